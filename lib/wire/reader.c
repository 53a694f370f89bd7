/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wire/reader.h"

#include "base/assert.h"

struct an_span an_reader_take(struct an_reader *reader, uint64_t size)
{
	if (size > an_reader_left(reader)) {
		an_reader_fail(reader, AUTONOMI_E_CORRUPT);
		return an_span(NULL, 0);
	}
	if (size == 0)
		return an_span(NULL, 0);
	const struct an_span taken = an_span(reader->bytes.data + reader->position, (size_t)size);
	reader->position += taken.size;
	return taken;
}

uint8_t an_reader_byte(struct an_reader *reader)
{
	const struct an_span taken = an_reader_take(reader, 1);
	return taken.size == 1 ? taken.data[0] : 0;
}

uint64_t an_reader_big_endian(struct an_reader *reader, size_t size)
{
	an_assert(size >= 1 && size <= 8);
	const struct an_span taken = an_reader_take(reader, size);
	uint64_t value = 0;
	for (size_t i = 0; i < taken.size; i++)
		value = value << 8 | taken.data[i];
	return value;
}

uint64_t an_reader_little_endian(struct an_reader *reader, size_t size)
{
	an_assert(size >= 1 && size <= 8);
	const struct an_span taken = an_reader_take(reader, size);
	uint64_t value = 0;
	for (size_t i = taken.size; i > 0; i--)
		value = value << 8 | taken.data[i - 1];
	return value;
}

bool an_reader_reserve(struct an_reader *reader, struct an_buffer *scratch)
{
	if (!an_reader_ok(reader))
		return false;
	if (scratch->capacity >= reader->bytes.size)
		return true;
	an_assert(scratch->size == 0);
	if (an_buffer_extend(scratch, reader->bytes.size) == NULL) {
		an_reader_fail(reader, scratch->failed);
		return false;
	}
	scratch->size = 0;
	return true;
}
