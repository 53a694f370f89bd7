/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as MessagePack: skipped whole, and read as a struct of each kind of value. */
#include <stdlib.h>

#include "wire/msgpack.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const names[] = {"a", "owner", "key"};
static const struct an_fields fields = {.names = names, .count = 3, .optional = 4};

static void read_value(struct an_reader *reader, struct an_buffer *scratch)
{
	bool has_data;
	uint8_t fixed[4];
	switch (an_msgpack_peek(reader)) {
	case AN_MSGPACK_INTEGER:
		(void)an_msgpack_read_uint(reader, UINT32_MAX);
		break;
	case AN_MSGPACK_BOOL:
		(void)an_msgpack_read_bool(reader);
		break;
	case AN_MSGPACK_BIN:
		(void)an_msgpack_read_bytes(reader, scratch);
		break;
	case AN_MSGPACK_ARRAY:
		an_msgpack_read_fixed(reader, fixed, sizeof(fixed));
		break;
	case AN_MSGPACK_MAP:
		(void)an_msgpack_read_variant(reader, &fields, &has_data);
		break;
	default:
		an_msgpack_skip(reader);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct an_span input = an_span(data, size);
	struct an_reader reader = an_reader(input);
	an_msgpack_skip(&reader);
	if (reader.position > size)
		abort();

	struct an_buffer scratch;
	an_buffer_init(&scratch, size);
	reader = an_reader(input);
	(void)an_msgpack_read_bytes(&reader, &scratch);
	reader = an_reader(input);
	struct an_msgpack_run run = an_msgpack_read_struct(&reader, &fields);
	int field;
	while ((field = an_msgpack_next_field(&reader, &run, &fields)) != AN_FIELD_END) {
		if (field < 0 || (size_t)field >= fields.count)
			abort();
		read_value(&reader, &scratch);
	}
	an_buffer_done(&scratch);
	return 0;
}
