/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wire/varint.h"

uint64_t an_varint_read(struct an_reader *reader)
{
	uint64_t value = 0;
	for (unsigned shift = 0; shift < 7 * AN_VARINT_MAX; shift += 7) {
		const uint8_t byte = an_reader_byte(reader);
		value |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80)
			return an_reader_ok(reader) ? value : 0;
	}
	an_reader_fail(reader, AUTONOMI_E_CORRUPT);
	return 0;
}

uint64_t an_varint_read_shortest(struct an_reader *reader)
{
	const size_t start = reader->position;
	const uint64_t value = an_varint_read(reader);
	const size_t size = reader->position - start;
	if (size > AN_VARINT_FORMATS_MAX || size > an_varint_size(value))
		an_reader_fail(reader, AUTONOMI_E_CORRUPT);
	return an_reader_ok(reader) ? value : 0;
}

void an_varint_write(struct an_buffer *out, uint64_t value)
{
	uint8_t bytes[AN_VARINT_MAX];
	size_t size = 0;
	while (value >= 0x80) {
		bytes[size++] = (uint8_t)(value | 0x80);
		value >>= 7;
	}
	bytes[size++] = (uint8_t)value;
	(void)an_buffer_append(out, an_span(bytes, size));
}

size_t an_varint_size(uint64_t value)
{
	size_t size = 1;
	while (value >= 0x80) {
		value >>= 7;
		size++;
	}
	return size;
}
