/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a protocol error in CBOR. What was understood is written and understood as the same,
 * and has a text in every form. */
#include <string.h>

#include "data/message.h"
#include "round_trip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t count_peers(struct an_message_list list)
{
	struct an_message_list peer;
	size_t count = 0;
	uint8_t bytes[64];
	for (; an_message_next_peer_bytes(&list, &peer); count++)
		must(an_message_gather(peer, bytes, sizeof(bytes)) <= sizeof(bytes));
	return count;
}

static void check_texts(const struct an_protocol_error *error)
{
	struct an_buffer text;
	an_buffer_init(&text, ROUND_TRIP_MAX);
	an_error_display(error, &text);
	must(text.size > 0);
	an_buffer_clear(&text);
	an_error_debug(error, &text);
	must(text.size >= strlen(an_error_name(error->type)));
	an_buffer_clear(&text);
	an_error_write_msgpack(&text, error);
	must(text.failed == AUTONOMI_OK && text.size > 0);
	an_buffer_done(&text);
}

static void check(const struct an_protocol_error *error)
{
	struct an_protocol_error again;
	struct an_buffer first, last, scratch;
	an_buffer_init(&first, ROUND_TRIP_MAX);
	an_buffer_init(&last, ROUND_TRIP_MAX);
	an_buffer_init(&scratch, ROUND_TRIP_MAX);
	an_error_write_cbor(&first, error);
	must(first.failed == AUTONOMI_OK);
	must(an_error_decode(an_buffer_span(&first), &scratch, &again) == AUTONOMI_OK);
	must(again.type == error->type && an_span_equal(again.text, error->text));
	an_error_write_cbor(&last, &again);
	must(an_span_equal(an_buffer_span(&first), an_buffer_span(&last)));
	an_buffer_done(&scratch);
	an_buffer_done(&last);
	an_buffer_done(&first);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct an_protocol_error error;
	struct an_buffer scratch;
	an_buffer_init(&scratch, size);
	if (an_error_decode(an_span(data, size), &scratch, &error) == AUTONOMI_OK) {
		if (error.type == AN_ERROR_TOPOLOGY_VERIFICATION_FAILED)
			must(count_peers(error.topology.node_peers) ==
			             error.topology.node_peers.count &&
			     count_peers(error.topology.paid_peers) ==
			             error.topology.paid_peers.count);
		check_texts(&error);
		check(&error);
	}
	an_buffer_done(&scratch);
	return 0;
}
