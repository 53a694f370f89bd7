/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages whose fields are all of the usual kinds, as tables: one reader and one writer serve them. */
#ifndef AN_DATA_MESSAGE_FIELDS_H
#define AN_DATA_MESSAGE_FIELDS_H

#include "data/message_codec.h"

enum { AN_MESSAGE_FIELDS_MAX = 8 }; /* of one message */

enum an_message_field_kind {
	AN_MESSAGE_ADDRESS,     /* struct an_address */
	AN_MESSAGE_UINT32,      /* uint32_t */
	AN_MESSAGE_UINT64,      /* uint64_t */
	AN_MESSAGE_BOOL,        /* bool */
	AN_MESSAGE_TEXT,        /* struct an_span */
	AN_MESSAGE_DHT_KEY,     /* bytes of a DHT key, as integers */
	AN_MESSAGE_LIST,        /* struct an_message_list */
	AN_MESSAGE_UNIT_RESULT, /* struct an_message_result */
};

struct an_message_field {
	const char *name;
	enum an_message_field_kind kind;
	size_t place;                /* of the value in the message's struct */
	an_message_copy_item *items; /* of a list */
	bool optional;               /* may be absent or null */
	size_t presence;             /* of an optional one: place of the bool that says so */
};

struct an_message_shape {
	const struct an_message_field *fields;
	size_t count;
	bool bare; /* the one field alone, without a map around it and so without a name */
};

/* `message` is the struct that the places are of. */
void an_message_read_fields(struct an_message_source *source, const struct an_message_shape *shape,
                            void *message);
void an_message_write_fields(struct an_buffer *out, const struct an_message_shape *shape,
                             const void *message);

#endif
