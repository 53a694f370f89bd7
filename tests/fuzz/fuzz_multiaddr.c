/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a multiaddress; the first byte chooses its binary form or text. What has both forms
 * has each of them once: written and read again it is the same. */
#include <stdlib.h>

#include "ident/multiaddr.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_target(struct an_span bytes)
{
	struct an_multiaddr_target target, again;
	struct an_buffer out;
	if (an_multiaddr_target(&target, bytes) != AUTONOMI_OK)
		return;
	an_buffer_init(&out, AN_MULTIADDR_MAX);
	if (an_multiaddr_of(&out, &target.endpoint, &target.id) != AUTONOMI_OK ||
	    an_multiaddr_target(&again, an_buffer_span(&out)) != AUTONOMI_OK ||
	    !an_endpoint_equal(&again.endpoint, &target.endpoint) ||
	    !an_peer_id_equal(&again.id, &target.id))
		abort();
	an_buffer_done(&out);
}

/* No parts at all are a well-formed address in bytes, and none in text. */
static void check_text(struct an_span bytes)
{
	struct an_buffer text, again;
	if (bytes.size == 0)
		return;
	an_buffer_init(&text, AN_MULTIADDR_TEXT_MAX);
	an_buffer_init(&again, AN_MULTIADDR_MAX);
	const an_status status = an_multiaddr_to_text(&text, bytes);
	if (status == AUTONOMI_E_ADDRESS)
		abort();
	if (status == AUTONOMI_OK &&
	    (an_multiaddr_from_text(&again, an_buffer_span(&text), NULL) != AUTONOMI_OK ||
	     !an_span_equal(an_buffer_span(&again), bytes)))
		abort();
	an_buffer_done(&again);
	an_buffer_done(&text);
}

/* What is repaired is an address, and repaired as it is. */
static void check_repair(struct an_span bytes, bool needs_peer)
{
	struct an_buffer first, last;
	an_buffer_init(&first, AN_MULTIADDR_MAX);
	an_buffer_init(&last, AN_MULTIADDR_MAX);
	if (an_multiaddr_repair(&first, bytes, needs_peer) == AUTONOMI_OK &&
	    (an_multiaddr_check(an_buffer_span(&first)) != AUTONOMI_OK ||
	     an_multiaddr_repair(&last, an_buffer_span(&first), needs_peer) != AUTONOMI_OK ||
	     !an_span_equal(an_buffer_span(&first), an_buffer_span(&last))))
		abort();
	an_buffer_done(&last);
	an_buffer_done(&first);
}

static void check_binary(struct an_span bytes)
{
	uint16_t port;
	struct an_span rest = bytes;
	struct an_multiaddr_part part;
	(void)an_multiaddr_udp_port(&port, bytes);
	check_target(bytes);
	if (an_multiaddr_check(bytes) != AUTONOMI_OK)
		return;
	while (an_multiaddr_next(&rest, &part) == AUTONOMI_OK)
		;
	if (rest.size != 0)
		abort();
	check_text(bytes);
	check_repair(bytes, false);
	check_repair(bytes, true);
}

static void read_text(struct an_span text)
{
	struct an_buffer bytes;
	struct an_multiaddr_error error = {0};
	an_buffer_init(&bytes, AN_MULTIADDR_MAX);
	const an_status status = an_multiaddr_from_text(&bytes, text, &error);
	if (status == AUTONOMI_OK) {
		if (an_multiaddr_check(an_buffer_span(&bytes)) != AUTONOMI_OK)
			abort();
		check_binary(an_buffer_span(&bytes));
	} else if (bytes.size != 0 || error.offset > text.size ||
	           (status == AUTONOMI_E_ADDRESS) != (error.reason != NULL)) {
		abort();
	}
	an_buffer_done(&bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	const struct an_span input = an_span(data + 1, size - 1);
	if ((data[0] & 1) == 0)
		check_binary(input);
	else
		read_text(input);
	return 0;
}
