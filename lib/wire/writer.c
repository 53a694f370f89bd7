/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wire/writer.h"

#include "base/assert.h"

void an_write_big_endian(struct an_buffer *out, uint64_t value, size_t size)
{
	an_assert(size >= 1 && size <= 8);
	uint8_t bytes[8];
	for (size_t i = size; i > 0; i--) {
		bytes[i - 1] = (uint8_t)value;
		value >>= 8;
	}
	(void)an_buffer_append(out, an_span(bytes, size));
}

void an_write_little_endian(struct an_buffer *out, uint64_t value, size_t size)
{
	an_assert(size >= 1 && size <= 8);
	uint8_t bytes[8];
	for (size_t i = 0; i < size; i++) {
		bytes[i] = (uint8_t)value;
		value >>= 8;
	}
	(void)an_buffer_append(out, an_span(bytes, size));
}
