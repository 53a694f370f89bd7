/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a protobuf message, and its fields as messages themselves. Numbers and bytes that were
 * read, written again, are read as the same. */
#include <stdlib.h>

#include "wire/protobuf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { DEPTH_MAX = 4 };

static bool same(const struct an_protobuf_field *a, const struct an_protobuf_field *b)
{
	return a->number == b->number && a->type == b->type && a->value == b->value &&
	       an_span_equal(a->bytes, b->bytes);
}

static void write_again(const struct an_protobuf_field *field)
{
	struct an_buffer out;
	struct an_protobuf_field again;
	an_buffer_init(&out, field->bytes.size + 64);
	if (field->type == AN_PROTOBUF_VARINT)
		an_protobuf_write_uint(&out, field->number, field->value);
	else if (field->type == AN_PROTOBUF_BYTES)
		an_protobuf_write_bytes(&out, field->number, field->bytes);
	if (out.size > 0) {
		struct an_reader reader = an_reader(an_buffer_span(&out));
		if (!an_protobuf_next(&reader, &again) || !same(field, &again) ||
		    an_reader_left(&reader) != 0)
			abort();
	}
	an_buffer_done(&out);
}

static void read_fields(struct an_span message, unsigned depth)
{
	struct an_reader reader = an_reader(message);
	struct an_protobuf_field field;
	while (an_protobuf_next(&reader, &field)) {
		if (reader.position > message.size)
			abort();
		write_again(&field);
		if (field.type == AN_PROTOBUF_BYTES && depth < DEPTH_MAX)
			read_fields(field.bytes, depth + 1);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	read_fields(an_span(data, size), 0);
	return 0;
}
