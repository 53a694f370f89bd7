/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Amounts of money: 256-bit numbers of the smallest unit, of which a token has 10^18 (semantics 8,
 * 10.3), as text and in messages.
 *
 * A plain value. Pure.
 */
#ifndef AN_DATA_AMOUNT_H
#define AN_DATA_AMOUNT_H

#include "base/buffer.h"
#include "base/span.h"
#include "wire/reader.h"

enum {
	AN_AMOUNT_SIZE = 32,
	AN_AMOUNT_DIGITS = 18,      /* of a token's fraction */
	AN_AMOUNT_DECIMAL_MAX = 79, /* digits of 2^256 - 1, and the final zero */
};

struct an_amount {
	uint8_t bytes[AN_AMOUNT_SIZE]; /* big-endian */
};

struct an_amount an_amount_of(uint64_t number);

/* False, and `ret_sum` untouched, where the sum has no room, or the difference would be negative. */
bool an_amount_add(struct an_amount *ret_sum, const struct an_amount *a, const struct an_amount *b);
bool an_amount_subtract(struct an_amount *ret_difference, const struct an_amount *a,
                        const struct an_amount *b);

/* Negative, 0 or positive. */
int an_amount_compare(const struct an_amount *a, const struct an_amount *b);

/* The number in decimal, with a final zero; returns its length. */
size_t an_amount_decimal(const struct an_amount *amount, char text[AN_AMOUNT_DECIMAL_MAX]);

/* Appends tokens as people read them: `3.213126624735411441`, always with 18 digits. */
void an_amount_display(const struct an_amount *amount, struct an_buffer *text);

/* What is wrong with a text, in the order in which it is looked for. */
enum an_amount_fault {
	AN_AMOUNT_GOOD,
	AN_AMOUNT_UNITS,     /* what is in front of the point is no number */
	AN_AMOUNT_TOO_LARGE, /* or one of 2^64 and above */
	AN_AMOUNT_REMAINDER, /* what is behind it is no number */
	AN_AMOUNT_PRECISION, /* or has more than 18 digits */
};

/* Reads tokens as Autonomi does: `1.5`, and also `1.`, `.5` and nothing at all; zeros at the end of
 * the fraction do not count. Each number may have a prefix 0x, 0o or 0b, and underscores anywhere,
 * as the crate for large numbers takes them. */
enum an_amount_fault an_amount_parse(struct an_amount *ret_amount, struct an_span text);

/* Autonomi's words for it, for people. Static; "" for AN_AMOUNT_GOOD. */
const char *an_amount_fault_text(enum an_amount_fault fault);

/* 32 bytes, in MessagePack as a bin and in CBOR as a byte string. */
void an_amount_read_msgpack(struct an_reader *reader, struct an_amount *ret_amount);
void an_amount_write_msgpack(struct an_buffer *out, const struct an_amount *amount);
void an_amount_read_cbor(struct an_reader *reader, struct an_amount *ret_amount);
void an_amount_write_cbor(struct an_buffer *out, const struct an_amount *amount);

/* The same in Autonomi's `to_bytes`: little-endian. */
void an_amount_to_bytes(const struct an_amount *amount, uint8_t ret_bytes[AN_AMOUNT_SIZE]);

#endif
