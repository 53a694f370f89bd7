/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/message_fields.h"

#include "base/assert.h"

/* ---- Reading. */

static void *at(void *message, size_t place)
{
	return (uint8_t *)message + place;
}

static void read_value(struct an_message_source *source, const struct an_message_field *field,
                       void *value)
{
	struct an_reader *reader = &source->reader;
	switch (field->kind) {
	case AN_MESSAGE_ADDRESS:
		an_address_read_cbor(reader, value);
		break;
	case AN_MESSAGE_UINT32:
		*(uint32_t *)value = (uint32_t)an_cbor_read_uint(reader, UINT32_MAX);
		break;
	case AN_MESSAGE_UINT64:
		*(uint64_t *)value = an_cbor_read_uint(reader, UINT64_MAX);
		break;
	case AN_MESSAGE_BOOL:
		*(bool *)value = an_cbor_read_bool(reader);
		break;
	case AN_MESSAGE_TEXT:
		*(struct an_span *)value = an_cbor_read_text(reader, source->scratch);
		break;
	case AN_MESSAGE_DHT_KEY:
		an_cbor_read_fixed(reader, value, AN_DHT_KEY_SIZE);
		break;
	case AN_MESSAGE_LIST:
		*(struct an_message_list *)value = an_message_read_list(source, field->items,
		                                                        AN_MESSAGE_LIST_MAX);
		break;
	case AN_MESSAGE_UNIT_RESULT:
		an_message_read_unit_result(source, value);
		break;
	}
}

static void read_field(struct an_message_source *source, const struct an_message_field *field,
                       void *message)
{
	if (field->optional) {
		bool *is_there = at(message, field->presence);
		*is_there = !an_cbor_read_null(&source->reader);
		if (!*is_there)
			return;
	}
	read_value(source, field, at(message, field->place));
}

void an_message_read_fields(struct an_message_source *source, const struct an_message_shape *shape,
                            void *message)
{
	const char *names[AN_MESSAGE_FIELDS_MAX];
	struct an_fields fields = {.names = names, .count = shape->count};
	an_assert(shape->count <= AN_MESSAGE_FIELDS_MAX);
	if (shape->bare) {
		read_field(source, &shape->fields[0], message);
		return;
	}
	for (size_t i = 0; i < shape->count; i++) {
		names[i] = shape->fields[i].name;
		fields.optional |= (uint32_t)shape->fields[i].optional << i;
	}
	struct an_cbor_run run = an_cbor_read_struct(&source->reader);
	int field;
	while ((field = an_cbor_next_field(&source->reader, &run, &fields)) != AN_FIELD_END)
		read_field(source, &shape->fields[field], message);
}

/* ---- Writing. */

static const void *in(const void *message, size_t place)
{
	return (const uint8_t *)message + place;
}

static void write_value(struct an_buffer *out, const struct an_message_field *field,
                        const void *value)
{
	switch (field->kind) {
	case AN_MESSAGE_ADDRESS:
		an_address_write_cbor(out, value);
		break;
	case AN_MESSAGE_UINT32:
		an_cbor_write_uint(out, *(const uint32_t *)value);
		break;
	case AN_MESSAGE_UINT64:
		an_cbor_write_uint(out, *(const uint64_t *)value);
		break;
	case AN_MESSAGE_BOOL:
		an_cbor_write_bool(out, *(const bool *)value);
		break;
	case AN_MESSAGE_TEXT:
		an_cbor_write_text(out, *(const struct an_span *)value);
		break;
	case AN_MESSAGE_DHT_KEY:
		an_cbor_write_integers(out, an_span(value, AN_DHT_KEY_SIZE));
		break;
	case AN_MESSAGE_LIST:
		an_message_write_list(out, *(const struct an_message_list *)value, field->items);
		break;
	case AN_MESSAGE_UNIT_RESULT:
		an_message_write_unit_result(out, value);
		break;
	}
}

void an_message_write_fields(struct an_buffer *out, const struct an_message_shape *shape,
                             const void *message)
{
	if (!shape->bare)
		an_cbor_write_map(out, shape->count);
	for (size_t i = 0; i < shape->count; i++) {
		const struct an_message_field *field = &shape->fields[i];
		if (!shape->bare)
			an_cbor_write_name(out, field->name);
		if (field->optional && !*(const bool *)in(message, field->presence))
			an_cbor_write_null(out);
		else
			write_value(out, field, in(message, field->place));
	}
}
