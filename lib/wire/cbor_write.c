/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wire/cbor.h"

#include "wire/writer.h"

enum { SIMPLE_FALSE = 0xf4, SIMPLE_TRUE = 0xf5, SIMPLE_NULL = 0xf6 };

/* RFC 8949, 3: the argument in the head itself or in 1, 2, 4 or 8 bytes after it. */
static void write_head(struct an_buffer *out, enum an_cbor_major major, uint64_t argument)
{
	const unsigned type = (unsigned)major << 5;
	if (argument < 24) {
		(void)an_buffer_append_byte(out, (uint8_t)(type | argument));
		return;
	}
	const unsigned power = argument > UINT32_MAX   ? 3
	                       : argument > UINT16_MAX ? 2
	                       : argument > UINT8_MAX  ? 1
	                                               : 0;
	(void)an_buffer_append_byte(out, (uint8_t)(type | (24 + power)));
	an_write_big_endian(out, argument, (size_t)1 << power);
}

void an_cbor_write_uint(struct an_buffer *out, uint64_t value)
{
	write_head(out, AN_CBOR_UINT, value);
}

void an_cbor_write_bytes_head(struct an_buffer *out, uint64_t size)
{
	write_head(out, AN_CBOR_BYTES, size);
}

void an_cbor_write_bytes(struct an_buffer *out, struct an_span bytes)
{
	write_head(out, AN_CBOR_BYTES, bytes.size);
	(void)an_buffer_append(out, bytes);
}

void an_cbor_write_text(struct an_buffer *out, struct an_span text)
{
	write_head(out, AN_CBOR_TEXT, text.size);
	(void)an_buffer_append(out, text);
}

void an_cbor_write_name(struct an_buffer *out, const char *name)
{
	an_cbor_write_text(out, an_span_text(name));
}

void an_cbor_write_array(struct an_buffer *out, uint64_t count)
{
	write_head(out, AN_CBOR_ARRAY, count);
}

void an_cbor_write_map(struct an_buffer *out, uint64_t count)
{
	write_head(out, AN_CBOR_MAP, count);
}

void an_cbor_write_bool(struct an_buffer *out, bool value)
{
	(void)an_buffer_append_byte(out, value ? SIMPLE_TRUE : SIMPLE_FALSE);
}

void an_cbor_write_null(struct an_buffer *out)
{
	(void)an_buffer_append_byte(out, SIMPLE_NULL);
}

void an_cbor_write_integers(struct an_buffer *out, struct an_span bytes)
{
	an_cbor_write_array(out, bytes.size);
	for (size_t i = 0; i < bytes.size && out->failed == AUTONOMI_OK; i++)
		an_cbor_write_uint(out, bytes.data[i]);
}

void an_cbor_write_variant(struct an_buffer *out, const char *name)
{
	an_cbor_write_map(out, 1);
	an_cbor_write_name(out, name);
}
