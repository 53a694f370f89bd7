/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as what libp2p peers exchange: the first byte chooses identify or Kademlia of any type.
 * What was understood is written, understood again and written as the same. */
#include <string.h>

#include "data/peer_messages.h"
#include "round_trip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_identify(struct an_span message)
{
	struct an_identify identify, again;
	struct an_buffer first, last;
	if (an_identify_decode(message, &identify) != AUTONOMI_OK)
		return;
	an_buffer_init(&first, ROUND_TRIP_MAX);
	an_buffer_init(&last, ROUND_TRIP_MAX);
	must(an_identify_encode(&identify, &first) == AUTONOMI_OK);
	must(an_identify_decode(an_buffer_span(&first), &again) == AUTONOMI_OK);
	must(again.listen_count == identify.listen_count &&
	     again.protocol_count == identify.protocol_count);
	must(an_identify_encode(&again, &last) == AUTONOMI_OK);
	must(an_span_equal(an_buffer_span(&first), an_buffer_span(&last)));
	an_buffer_done(&last);
	an_buffer_done(&first);
}

/* Lookups read less of a message, and never one that is none. */
static void check_lookup(struct an_span bytes, const struct an_kademlia_whole *whole)
{
	static struct an_kademlia_message message;
	const an_status status = an_kademlia_decode(bytes, &message);
	if (status == AUTONOMI_OK || status == AUTONOMI_E_UNSUPPORTED)
		must(whole->type == message.type && an_span_equal(whole->key, message.key) &&
		     whole->closer_count >= message.peer_count);
}

static void check_kademlia(struct an_span bytes)
{
	static struct an_kademlia_whole message, again;
	struct an_buffer first, last;
	if (an_kademlia_whole_decode(bytes, &message) != AUTONOMI_OK)
		return;
	an_buffer_init(&first, ROUND_TRIP_MAX);
	an_buffer_init(&last, ROUND_TRIP_MAX);
	must(an_kademlia_whole_encode(&message, &first) == AUTONOMI_OK);
	must(an_kademlia_whole_decode(an_buffer_span(&first), &again) == AUTONOMI_OK);
	must(again.type == message.type && again.closer_count == message.closer_count &&
	     again.provider_count == message.provider_count &&
	     again.has_record == message.has_record);
	must(an_kademlia_whole_encode(&again, &last) == AUTONOMI_OK);
	must(an_span_equal(an_buffer_span(&first), an_buffer_span(&last)));
	check_lookup(bytes, &message);
	an_buffer_done(&last);
	an_buffer_done(&first);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	const struct an_span message = an_span(data + 1, size - 1);
	if ((data[0] & 1) == 0)
		check_kademlia(message);
	else
		check_identify(message);
	return 0;
}
