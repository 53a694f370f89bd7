/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The shape of a struct or an enum as text names, in the order of declaration: what both codecs
 * need to read one and to write one. */
#ifndef AN_WIRE_FIELDS_H
#define AN_WIRE_FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { AN_FIELDS_MAX = 32 };

struct an_fields {
	const char *const *names;
	size_t count;      /* at most AN_FIELDS_MAX */
	uint32_t optional; /* bit i: field i may be absent from a map */
	uint32_t defaults; /* bit i: and from the end of an array */
	bool closed;       /* names that are not here are refused, not skipped */
	bool named;        /* of a closed one: a number is no name */
};

/* The shape of an array of names. */
#define AN_FIELDS(array)                                                                           \
	{                                                                                          \
		.names = (array), .count = sizeof(array) / sizeof((array)[0])                      \
	}

enum {
	AN_FIELD_END = -1,    /* no more fields, or the reader has failed */
	AN_VARIANT_NONE = -1, /* the name is none of the enum's */
};

#endif
