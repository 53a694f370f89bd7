/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as CBOR: skipped whole, and read as each kind of value. What is skipped must end where
 * the input does or before. */
#include <stdlib.h>

#include "wire/cbor.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const names[] = {"a", "holder", "key"};
static const struct an_fields fields = {.names = names, .count = 3, .optional = 2};

static void read_struct(struct an_span input)
{
	struct an_reader reader = an_reader(input);
	struct an_cbor_run run = an_cbor_read_struct(&reader);
	int field;
	while ((field = an_cbor_next_field(&reader, &run, &fields)) != AN_FIELD_END) {
		if (field < 0 || (size_t)field >= fields.count)
			abort();
		an_cbor_skip(&reader);
	}
}

static void read_list(struct an_span input, struct an_buffer *scratch)
{
	struct an_reader reader = an_reader(input);
	struct an_cbor_run run = an_cbor_read_list(&reader);
	while (an_cbor_next(&reader, &run)) {
		uint8_t fixed[4];
		switch (an_reader_peek(&reader) >> 5) {
		case AN_CBOR_TEXT:
			(void)an_cbor_read_text(&reader, scratch);
			break;
		case AN_CBOR_BYTES:
			(void)an_cbor_read_bytes(&reader);
			break;
		case AN_CBOR_ARRAY:
			an_cbor_read_fixed(&reader, fixed, sizeof(fixed));
			break;
		case AN_CBOR_MAP:
			(void)an_cbor_read_variant(&reader, &fields);
			break;
		default:
			an_cbor_skip(&reader);
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct an_span input = an_span(data, size);
	struct an_reader reader = an_reader(input);
	an_cbor_skip(&reader);
	if (reader.position > size)
		abort();
	struct an_buffer scratch;
	an_buffer_init(&scratch, size);
	read_struct(input);
	read_list(input, &scratch);
	an_buffer_done(&scratch);
	return 0;
}
