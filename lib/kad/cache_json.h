/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A reader of JSON text (RFC 8259) that hands out one value after the other and keeps no tree: the
 * caller says what it expects. A wrong expectation or malformed text marks the reader as failed; from
 * then on everything is false, so that a caller may check once, at the end.
 *
 * Bounds: nesting up to AN_KAD_JSON_DEPTH_MAX, no recursion; strings up to AN_KAD_JSON_STRING_MAX
 * bytes where they are read, of any length where they are skipped.
 */
#ifndef AN_KAD_CACHE_JSON_H
#define AN_KAD_CACHE_JSON_H

#include "base/span.h"

enum { AN_KAD_JSON_DEPTH_MAX = 64, AN_KAD_JSON_STRING_MAX = 1024 };

struct an_kad_json {
	struct an_span rest;
	bool failed;
	bool after_value; /* inside an array or object: the next member needs a comma */
};

struct an_kad_json_text {
	char bytes[AN_KAD_JSON_STRING_MAX];
	size_t size;
};

void an_kad_json_init(struct an_kad_json *json, struct an_span text);

/* Enters an object or an array: `open` is '{' or '['. */
bool an_kad_json_open(struct an_kad_json *json, char open);
/* Whether a further member follows; at the end, leaves: `close` is '}' or ']'. */
bool an_kad_json_more(struct an_kad_json *json, char close);
/* The name of an object's member, with the colon. */
bool an_kad_json_name(struct an_kad_json *json, struct an_kad_json_text *ret_name);
bool an_kad_json_string(struct an_kad_json *json, struct an_kad_json_text *ret_text);
/* A whole number without sign, fraction and exponent. */
bool an_kad_json_number(struct an_kad_json *json, uint64_t *ret_number);
bool an_kad_json_skip(struct an_kad_json *json);
/* Whether nothing but white space is left, and nothing failed. */
bool an_kad_json_end(struct an_kad_json *json);

#endif
