/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any bytes as the text of an address: the first byte chooses a chunk's name, an owner's key, or an
 * address in CBOR that is shown. What was understood is written and understood as the same; what is
 * refused has a reason that can be shown.
 */
#include "data/address_text.h"
#include "round_trip.h"
#include "wire/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef an_status read_text(struct an_span text, uint8_t *ret_bytes, struct an_buffer *reason);

static void check_hex(struct an_span text, read_text *read, size_t size)
{
	uint8_t bytes[AN_OWNER_KEY_SIZE], again[AN_OWNER_KEY_SIZE];
	struct an_buffer out;
	an_buffer_init(&out, ROUND_TRIP_MAX);
	if (read(text, bytes, &out) == AUTONOMI_OK) {
		must(out.size == 0);
		an_text_append_hex(&out, an_span(bytes, size));
		must(out.size == text.size);
		struct an_buffer reason;
		an_buffer_init(&reason, ROUND_TRIP_MAX);
		must(read(an_buffer_span(&out), again, &reason) == AUTONOMI_OK);
		must(memcmp(bytes, again, size) == 0);
		an_buffer_done(&reason);
	} else {
		must(out.size > 0 && an_utf8_valid(an_buffer_span(&out)));
	}
	an_buffer_done(&out);
}

static void check_shown(struct an_span input)
{
	struct an_address address;
	struct an_buffer text;
	struct an_reader reader = an_reader(input);
	an_address_read_cbor(&reader, &address);
	if (!an_reader_ok(&reader))
		return;
	an_buffer_init(&text, ROUND_TRIP_MAX);
	an_address_display(&address, &text);
	must(text.size >= 2 * (size_t)address.size);
	an_address_debug(&address, &text);
	an_record_key_display(an_span(address.bytes, address.size), &text);
	an_record_proof_debug(an_span(address.bytes, address.size), &text);
	must(text.failed == AUTONOMI_OK);
	an_buffer_done(&text);
}

static void check_quoted(struct an_span text)
{
	struct an_buffer out;
	an_buffer_init(&out, ROUND_TRIP_MAX);
	an_text_append_quoted(&out, text);
	must(out.failed == AUTONOMI_OK && out.size >= text.size + 2);
	must(out.data[0] == '"' && out.data[out.size - 1] == '"');
	for (size_t i = 0; i < out.size; i++)
		must(out.data[i] >= ' ' && out.data[i] != 0x7f);
	an_buffer_done(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	const struct an_span input = an_span(data + 1, size - 1);
	switch (data[0] & 3) {
	case 0:
		check_hex(input, an_chunk_name_from_hex, AN_RECORD_NAME_SIZE);
		break;
	case 1:
		check_hex(input, an_owner_key_from_hex, AN_OWNER_KEY_SIZE);
		break;
	case 2:
		check_shown(input);
		break;
	default:
		check_quoted(input);
		break;
	}
	return 0;
}
