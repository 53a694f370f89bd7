/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * CBOR (RFC 8949) as Autonomi's request/response codec writes and reads it (semantics 3.4): structs
 * are maps with text keys, enum variants a text or a map of one, `Vec<u8>` is an array of integers.
 *
 * Writing: definite lengths, shortest heads. Reading accepts what that codec (cbor4ii 0.3.3) accepts
 * and no more: longer heads, fields in any order, unknown fields, indefinite structs, lists and texts.
 * That codec does not compare the types of texts, byte strings, lists and structs as it should, and
 * leaves the break behind the pieces of a text for whoever reads next; so do we.
 *
 * What is read is valid only while the reader has not failed; see wire/reader.h.
 */
#ifndef AN_WIRE_CBOR_H
#define AN_WIRE_CBOR_H

#include "base/buffer.h"
#include "wire/fields.h"
#include "wire/reader.h"

enum {
	AN_CBOR_DEPTH_MAX = 252, /* levels of a value that is skipped (semantics 3.4) */
	/* Items and pieces that one message makes us pass over, whatever it is made of: bounds the time
	 * that it takes. Of texts AN_CBOR_TEXT_STEP bytes count as an item. */
	AN_CBOR_SKIP_ITEMS_MAX = 1 << 16,
	AN_CBOR_TEXT_STEP = 16,
	AN_CBOR_NAME_MAX = 64, /* bytes of a field's or variant's name that are looked at */
};

enum an_cbor_major {
	AN_CBOR_UINT = 0,
	AN_CBOR_NEGATIVE = 1,
	AN_CBOR_BYTES = 2,
	AN_CBOR_TEXT = 3,
	AN_CBOR_ARRAY = 4,
	AN_CBOR_MAP = 5,
	AN_CBOR_TAG = 6,
	AN_CBOR_SIMPLE = 7,
};

/* ---- Writing. */
void an_cbor_write_uint(struct an_buffer *out, uint64_t value);
void an_cbor_write_bytes(struct an_buffer *out, struct an_span bytes);
void an_cbor_write_bytes_head(struct an_buffer *out, uint64_t size);
void an_cbor_write_text(struct an_buffer *out, struct an_span text);
void an_cbor_write_name(struct an_buffer *out, const char *name);
void an_cbor_write_array(struct an_buffer *out, uint64_t count);
void an_cbor_write_map(struct an_buffer *out, uint64_t count);
void an_cbor_write_bool(struct an_buffer *out, bool value);
void an_cbor_write_null(struct an_buffer *out);
/* An array of the bytes as integers: `Vec<u8>` and fixed arrays. */
void an_cbor_write_integers(struct an_buffer *out, struct an_span bytes);
/* The map of one that holds a variant with data; the data follows. */
void an_cbor_write_variant(struct an_buffer *out, const char *name);

/* ---- Reading single values. */

/* At most `max`, in a head no wider than an unsigned type for `max`, otherwise E_CORRUPT. */
uint64_t an_cbor_read_uint(struct an_reader *reader, uint64_t max);
bool an_cbor_read_bool(struct an_reader *reader);
/* A byte string in one piece. */
struct an_span an_cbor_read_bytes(struct an_reader *reader);
/* A text, checked to be UTF-8. In pieces it is put together in `scratch` (an_reader_reserve); where
 * that is NULL, pieces are passed over and give an empty text. */
struct an_span an_cbor_read_text(struct an_reader *reader, struct an_buffer *scratch);
/* Takes a null or undefined; false where something else comes. */
bool an_cbor_read_null(struct an_reader *reader);
/* The empty array that stands for (). */
void an_cbor_read_unit(struct an_reader *reader);
/* A definite array of exactly `size` integers below 256. */
void an_cbor_read_fixed(struct an_reader *reader, uint8_t *bytes, size_t size);
/* A definite array head: the number of its items, `count` of them or else E_CORRUPT. */
void an_cbor_read_tuple(struct an_reader *reader, uint64_t count);
/* Counts what costs time as so many items that were passed over; beyond AN_CBOR_SKIP_ITEMS_MAX of
 * them in one message it is malformed. */
void an_cbor_charge(struct an_reader *reader, size_t items);
/* Passes over one value of any kind, within the limits above. */
void an_cbor_skip(struct an_reader *reader);

/* ---- Reading lists and structs. */
struct an_cbor_run {
	uint64_t left; /* items, of a definite one */
	bool indefinite;
	uint32_t seen; /* fields, bit by number */
};

/* Begins a list, definite or not; an_cbor_next is true while an item comes. */
struct an_cbor_run an_cbor_read_list(struct an_reader *reader);
bool an_cbor_next(struct an_reader *reader, struct an_cbor_run *run);

/* Begins a struct; an_cbor_next_field gives the number of the field whose value comes next, having
 * skipped unknown ones, or AN_FIELD_END. A field twice or a missing one: E_CORRUPT. */
struct an_cbor_run an_cbor_read_struct(struct an_reader *reader);
int an_cbor_next_field(struct an_reader *reader, struct an_cbor_run *run,
                       const struct an_fields *fields);

/* The number of an enum's variant, or AN_VARIANT_NONE for a name that is not in the table. Of a
 * variant with data the data comes next. */
int an_cbor_read_variant(struct an_reader *reader, const struct an_fields *variants);

#endif
