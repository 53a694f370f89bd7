/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reads bytes from the front and never beyond the end. The first failure sticks: whatever is read
 * after it is zero or empty and does not move, so a decoder may check once, at the end. Every loop
 * over items must therefore also end when the reader has failed.
 *
 * A reader borrows its bytes. Spans that it gives lie in them: nothing is copied, and no length that
 * a peer wrote makes anything be allocated.
 */
#ifndef AN_WIRE_READER_H
#define AN_WIRE_READER_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/span.h"
#include "base/status.h"

struct an_reader {
	struct an_span bytes;
	size_t position;
	an_status failed; /* AUTONOMI_OK or the first failure */
	size_t passed;    /* items that were read for nothing, where a format bounds them */
};

static inline struct an_reader an_reader(struct an_span bytes)
{
	return (struct an_reader){.bytes = bytes};
}

static inline bool an_reader_ok(const struct an_reader *reader)
{
	return reader->failed == AUTONOMI_OK;
}

/* Bytes not read yet; 0 after a failure. */
static inline size_t an_reader_left(const struct an_reader *reader)
{
	return an_reader_ok(reader) ? reader->bytes.size - reader->position : 0;
}

/* Notes a failure, unless there was one before. */
static inline void an_reader_fail(struct an_reader *reader, an_status why)
{
	if (an_reader_ok(reader))
		reader->failed = why;
}

/* The next byte without taking it; -1 at the end or after a failure. */
static inline int an_reader_peek(const struct an_reader *reader)
{
	return an_reader_left(reader) > 0 ? reader->bytes.data[reader->position] : -1;
}

/* The next `size` bytes. Fewer are there: E_CORRUPT. */
struct an_span an_reader_take(struct an_reader *reader, uint64_t size);
uint8_t an_reader_byte(struct an_reader *reader);

/* An unsigned integer of `size` bytes, 1 to 8. */
uint64_t an_reader_big_endian(struct an_reader *reader, size_t size);
uint64_t an_reader_little_endian(struct an_reader *reader, size_t size);

/*
 * Makes room in `scratch` for everything that could ever be gathered from the reader's bytes, so
 * that spans into it never move. One scratch buffer, empty at first, serves one message. False, with
 * the reader failed, where there is no room.
 */
bool an_reader_reserve(struct an_reader *reader, struct an_buffer *scratch);

#endif
