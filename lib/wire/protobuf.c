/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wire/protobuf.h"

#include "wire/varint.h"

enum { NUMBER_SHIFT = 3, TYPE_MASK = 7, NUMBER_MAX = (1 << 29) - 1 };

static void read_value(struct an_reader *reader, struct an_protobuf_field *field)
{
	switch (field->type) {
	case AN_PROTOBUF_VARINT:
		field->value = an_varint_read(reader);
		return;
	case AN_PROTOBUF_FIXED64:
		field->value = an_reader_little_endian(reader, 8);
		return;
	case AN_PROTOBUF_BYTES:
		field->bytes = an_reader_take(reader, an_varint_read(reader));
		return;
	case AN_PROTOBUF_FIXED32:
		field->value = an_reader_little_endian(reader, 4);
		return;
	}
	an_reader_fail(reader, AUTONOMI_E_CORRUPT);
}

bool an_protobuf_next(struct an_reader *reader, struct an_protobuf_field *ret_field)
{
	*ret_field = (struct an_protobuf_field){0};
	if (an_reader_left(reader) == 0)
		return false;
	const uint64_t key = an_varint_read(reader);
	const uint64_t number = key >> NUMBER_SHIFT;
	if (number == 0 || number > NUMBER_MAX) {
		an_reader_fail(reader, AUTONOMI_E_CORRUPT);
		return false;
	}
	ret_field->number = (uint32_t)number;
	ret_field->type = (enum an_protobuf_type)(key & TYPE_MASK);
	read_value(reader, ret_field);
	return an_reader_ok(reader);
}

static void write_key(struct an_buffer *out, uint32_t number, enum an_protobuf_type type)
{
	an_varint_write(out, (uint64_t)number << NUMBER_SHIFT | (uint64_t)type);
}

void an_protobuf_write_uint(struct an_buffer *out, uint32_t number, uint64_t value)
{
	write_key(out, number, AN_PROTOBUF_VARINT);
	an_varint_write(out, value);
}

void an_protobuf_write_head(struct an_buffer *out, uint32_t number, size_t size)
{
	write_key(out, number, AN_PROTOBUF_BYTES);
	an_varint_write(out, size);
}

void an_protobuf_write_bytes(struct an_buffer *out, uint32_t number, struct an_span bytes)
{
	an_protobuf_write_head(out, number, bytes.size);
	(void)an_buffer_append(out, bytes);
}
