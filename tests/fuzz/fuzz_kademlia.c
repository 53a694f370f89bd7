/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a Kademlia message. Contacts that were understood survive being written. */
#include <stdlib.h>
#include <string.h>

#include "data/kademlia.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct an_kademlia_message message;
	struct an_kademlia_message again;
	if (an_kademlia_decode(an_span(data, size), &message) != AUTONOMI_OK)
		return 0;
	struct an_buffer out;
	an_buffer_init(&out, AN_KADEMLIA_ANSWER_MAX);
	if (an_kademlia_encode_peers(message.peers, message.peer_count, &out) != AUTONOMI_OK ||
	    an_kademlia_decode(an_buffer_span(&out), &again) != AUTONOMI_OK ||
	    again.peer_count != message.peer_count ||
	    memcmp(again.peers, message.peers, message.peer_count * sizeof(message.peers[0])) != 0)
		abort();
	an_buffer_done(&out);
	return 0;
}
