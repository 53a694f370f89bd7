/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a response. What was understood must be writable and understood again, and its lists
 * must have as many items as they say. */
#include <stdlib.h>

#include "data/message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { OUT_MAX = 1 << 22 };

static void read_lists(const struct an_response *response)
{
	if (response->type == AN_RESPONSE_GET_CHUNK_EXISTENCE_PROOF) {
		struct an_message_list list = response->get_chunk_existence_proof.proofs;
		struct an_message_proof proof;
		size_t count = list.count;
		while (an_message_next_proof(&list, &proof))
			count--;
		if (count != 0)
			abort();
	}
	if (response->type == AN_RESPONSE_GET_CLOSEST_PEERS) {
		struct an_message_list list = response->get_closest_peers.peers;
		struct an_message_peer peer;
		size_t count = list.count;
		uint8_t signature[64];
		while (an_message_next_peer(&list, &peer))
			count--;
		if (count != 0)
			abort();
		(void)an_message_gather(response->get_closest_peers.signature, signature,
		                        sizeof(signature));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct an_response response;
	struct an_response again;
	struct an_buffer scratch;
	struct an_buffer scratch_again;
	struct an_buffer out;
	an_buffer_init(&scratch, size);
	an_buffer_init(&scratch_again, OUT_MAX);
	an_buffer_init(&out, OUT_MAX);
	if (an_response_decode(an_span(data, size), &scratch, &response) == AUTONOMI_OK) {
		read_lists(&response);
		if (an_response_encode(&response, &out) != AUTONOMI_OK ||
		    an_response_decode(an_buffer_span(&out), &scratch_again, &again) !=
		            AUTONOMI_OK ||
		    again.type != response.type)
			abort();
	}
	an_buffer_done(&out);
	an_buffer_done(&scratch_again);
	an_buffer_done(&scratch);
	return 0;
}
