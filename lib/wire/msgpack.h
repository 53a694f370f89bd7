/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * MessagePack as rmp-serde writes and reads it in its default form (semantics 3.2): structs are
 * arrays, variants a text or a map of one, byte arrays are arrays of integers, `Bytes` are bin.
 *
 * Writing: shortest heads. Reading accepts exactly what rmp-serde accepts beyond that: longer heads,
 * signed integers that are not negative, bin for integers in a row (of a fixed array of its size
 * alone), structs as maps by name or number, variants by number. Bytes after the value are the caller's business.
 *
 * What is read is valid only while the reader has not failed; see wire/reader.h.
 */
#ifndef AN_WIRE_MSGPACK_H
#define AN_WIRE_MSGPACK_H

#include "base/buffer.h"
#include "wire/fields.h"
#include "wire/reader.h"

enum {
	AN_MSGPACK_BIN_HEAD_MAX = 5,
	AN_MSGPACK_SKIP_ITEMS_MAX =
		1 << 18, /* in a value that is skipped: bounds the time it takes */
};

/* ---- Writing. */
void an_msgpack_write_uint(struct an_buffer *out, uint64_t value);
void an_msgpack_write_bin(struct an_buffer *out, struct an_span bytes);
void an_msgpack_write_text(struct an_buffer *out, struct an_span text);
void an_msgpack_write_name(struct an_buffer *out, const char *name);
void an_msgpack_write_array(struct an_buffer *out, uint32_t count);
void an_msgpack_write_map(struct an_buffer *out, uint32_t count);
void an_msgpack_write_bool(struct an_buffer *out, bool value);
void an_msgpack_write_nil(struct an_buffer *out);
void an_msgpack_write_integers(struct an_buffer *out, struct an_span bytes);
void an_msgpack_write_variant(struct an_buffer *out, const char *name);
/* The head of a bin of `size` bytes, outside of a buffer; returns the head's size. */
size_t an_msgpack_bin_head(uint32_t size, uint8_t head[AN_MSGPACK_BIN_HEAD_MAX]);

/* ---- Reading single values. */
enum an_msgpack_kind {
	AN_MSGPACK_NONE, /* the end, or a byte that begins nothing */
	AN_MSGPACK_INTEGER,
	AN_MSGPACK_NIL,
	AN_MSGPACK_BOOL,
	AN_MSGPACK_FLOAT,
	AN_MSGPACK_TEXT,
	AN_MSGPACK_BIN,
	AN_MSGPACK_ARRAY,
	AN_MSGPACK_MAP,
	AN_MSGPACK_EXTENSION,
};

/* What comes next. */
enum an_msgpack_kind an_msgpack_peek(const struct an_reader *reader);
/* At most `max`, otherwise E_CORRUPT. */
uint64_t an_msgpack_read_uint(struct an_reader *reader, uint64_t max);
bool an_msgpack_read_bool(struct an_reader *reader);
/* Takes a nil; false where something else comes. */
bool an_msgpack_read_nil(struct an_reader *reader);
/* A text in UTF-8; a bin may stand for it. */
struct an_span an_msgpack_read_text(struct an_reader *reader);
/* A bin, with any head; and one in our own writer's form, with the shortest. */
struct an_span an_msgpack_read_bin(struct an_reader *reader);
struct an_span an_msgpack_read_bin_canonical(struct an_reader *reader);
/* `Bytes`: a bin, a text, or an array of integers, which is gathered in `scratch`. */
struct an_span an_msgpack_read_bytes(struct an_reader *reader, struct an_buffer *scratch);
/* `size` bytes that are written as such, and never as integers: a bin, or a text that is no UTF-8. Zeros
 * where they are none. */
void an_msgpack_read_raw(struct an_reader *reader, uint8_t *bytes, size_t size);
/* A fixed array of integers below 256, or a bin of that size. */
void an_msgpack_read_fixed(struct an_reader *reader, uint8_t *bytes, size_t size);
/* The number of items of an array, of pairs of a map. Each item has at least one byte: a number
 * beyond what is left to read is E_CORRUPT. An empty bin is an array of none. */
uint32_t an_msgpack_read_array(struct an_reader *reader);
uint32_t an_msgpack_read_map(struct an_reader *reader);
/* An array of exactly `count`. */
void an_msgpack_read_tuple(struct an_reader *reader, uint32_t count);
/* A bin that stands for a tuple or struct of `count` integers, one in each byte; bytes behind these do
 * not count. False where something else comes. */
bool an_msgpack_read_packed(struct an_reader *reader, uint64_t *values, size_t count);
/* Passes over one value of any kind, however deep, without recursion, within the limit above. */
void an_msgpack_skip(struct an_reader *reader);

/* ---- Reading structs and enums. */
struct an_msgpack_run {
	bool as_map;
	uint32_t left;
	uint32_t seen; /* fields, bit by number */
	int next;      /* field, of an array */
};

/* Begins a struct; an_msgpack_next_field gives the number of the field whose value comes next, or
 * AN_FIELD_END. An array must have all fields but optional ones at its end. */
struct an_msgpack_run an_msgpack_read_struct(struct an_reader *reader,
                                             const struct an_fields *fields);
int an_msgpack_next_field(struct an_reader *reader, struct an_msgpack_run *run,
                          const struct an_fields *fields);

/* The number of an enum's variant, AN_VARIANT_NONE for an unknown name. Where `ret_has_data` is
 * true its data comes next. */
int an_msgpack_read_variant(struct an_reader *reader, const struct an_fields *variants,
                            bool *ret_has_data);

#endif
