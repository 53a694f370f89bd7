/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wire/msgpack.h"

#include <string.h>

#include "wire/writer.h"

/* The first byte of each form (MessagePack specification, "Formats"). */
enum {
	FIX_MAP = 0x80,
	FIX_ARRAY = 0x90,
	FIX_TEXT = 0xa0,
	NIL = 0xc0,
	FALSE = 0xc2,
	TRUE = 0xc3,
	BIN_8 = 0xc4,
	UINT_8 = 0xcc,
	TEXT_8 = 0xd9,
	ARRAY_16 = 0xdc,
	MAP_16 = 0xde,
};

/* 0, 1, 2 or 3 for 1, 2, 4 or 8 bytes. */
static unsigned power_of(uint64_t value)
{
	if (value <= UINT8_MAX)
		return 0;
	if (value <= UINT16_MAX)
		return 1;
	return value <= UINT32_MAX ? 2 : 3;
}

static void write_sized(struct an_buffer *out, unsigned first, unsigned power, uint64_t value)
{
	(void)an_buffer_append_byte(out, (uint8_t)first);
	an_write_big_endian(out, value, (size_t)1 << power);
}

void an_msgpack_write_uint(struct an_buffer *out, uint64_t value)
{
	if (value < 0x80) {
		(void)an_buffer_append_byte(out, (uint8_t)value);
		return;
	}
	const unsigned power = power_of(value);
	write_sized(out, UINT_8 + power, power, value);
}

size_t an_msgpack_bin_head(uint32_t size, uint8_t head[AN_MSGPACK_BIN_HEAD_MAX])
{
	const unsigned power = power_of(size);
	const size_t digits = (size_t)1 << power;
	head[0] = (uint8_t)(BIN_8 + power);
	for (size_t i = 0; i < digits; i++)
		head[1 + i] = (uint8_t)(size >> 8 * (digits - 1 - i));
	return 1 + digits;
}

void an_msgpack_write_bin(struct an_buffer *out, struct an_span bytes)
{
	uint8_t head[AN_MSGPACK_BIN_HEAD_MAX];
	(void)an_buffer_append(out, an_span(head, an_msgpack_bin_head((uint32_t)bytes.size, head)));
	(void)an_buffer_append(out, bytes);
}

void an_msgpack_write_text(struct an_buffer *out, struct an_span text)
{
	const unsigned power = power_of(text.size);
	if (text.size < 32)
		(void)an_buffer_append_byte(out, (uint8_t)(FIX_TEXT | text.size));
	else
		write_sized(out, TEXT_8 + power, power, text.size);
	(void)an_buffer_append(out, text);
}

void an_msgpack_write_name(struct an_buffer *out, const char *name)
{
	an_msgpack_write_text(out, an_span_text(name));
}

static void write_container(struct an_buffer *out, unsigned fixed, unsigned long_form,
                            uint32_t count)
{
	if (count < 16)
		(void)an_buffer_append_byte(out, (uint8_t)(fixed | count));
	else if (count <= UINT16_MAX)
		write_sized(out, long_form, 1, count);
	else
		write_sized(out, long_form + 1, 2, count);
}

void an_msgpack_write_array(struct an_buffer *out, uint32_t count)
{
	write_container(out, FIX_ARRAY, ARRAY_16, count);
}

void an_msgpack_write_map(struct an_buffer *out, uint32_t count)
{
	write_container(out, FIX_MAP, MAP_16, count);
}

void an_msgpack_write_bool(struct an_buffer *out, bool value)
{
	(void)an_buffer_append_byte(out, value ? TRUE : FALSE);
}

void an_msgpack_write_nil(struct an_buffer *out)
{
	(void)an_buffer_append_byte(out, NIL);
}

void an_msgpack_write_integers(struct an_buffer *out, struct an_span bytes)
{
	an_msgpack_write_array(out, (uint32_t)bytes.size);
	for (size_t i = 0; i < bytes.size && out->failed == AUTONOMI_OK; i++)
		an_msgpack_write_uint(out, bytes.data[i]);
}

void an_msgpack_write_variant(struct an_buffer *out, const char *name)
{
	an_msgpack_write_map(out, 1);
	an_msgpack_write_name(out, name);
}
