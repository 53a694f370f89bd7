/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What names a peer: the first byte chooses the bytes of a peer id, its text, an agent string, or an
 * address and port as text. What was understood is written and read back as the same. */
#include <stdlib.h>

#include "ident/agent.h"
#include "ident/endpoint_text.h"
#include "ident/peer_id.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_id(const struct an_peer_id *id)
{
	char text[AN_PEER_ID_TEXT_MAX];
	struct an_peer_id again;
	an_peer_id_to_text(id, text);
	if (an_peer_id_from_text(&again, an_span_text(text)) != AUTONOMI_OK ||
	    !an_peer_id_equal(id, &again) ||
	    an_peer_id_from_bytes(&again, an_peer_id_span(id)) != AUTONOMI_OK ||
	    !an_peer_id_equal(id, &again))
		abort();
}

static void read_agent(struct an_span text)
{
	static const struct an_agent_version minimum = {{0, 4, 15}};
	struct an_agent agent, again;
	struct an_agent_version version;
	char out[AN_AGENT_MAX];
	(void)an_agent_judge(text, &minimum);
	(void)an_agent_judge(text, NULL);
	(void)an_agent_role_of(text);
	(void)an_agent_version_read(&version, text);
	if (an_agent_read(&agent, text) != AUTONOMI_OK || agent.role == AN_AGENT_UNKNOWN)
		return;
	if (an_agent_write(&agent, out) != AUTONOMI_OK ||
	    an_agent_read(&again, an_span_text(out)) != AUTONOMI_OK || again.role != agent.role ||
	    again.network_id != agent.network_id || strcmp(again.version, agent.version) != 0 ||
	    strcmp(again.protocol, agent.protocol) != 0)
		abort();
}

static void read_endpoint(struct an_span text)
{
	struct an_endpoint endpoint, again;
	uint8_t ip4[4], ip6[16], ip6_again[16];
	uint16_t port;
	char out[AN_ENDPOINT_TEXT_MAX], address[AN_ADDRESS_TEXT_MAX];
	(void)an_ip4_read(ip4, text);
	(void)an_port_read(&port, text);
	if (an_ip6_read(ip6, text)) {
		an_ip6_write(ip6, address);
		if (!an_ip6_read(ip6_again, an_span_text(address)) ||
		    memcmp(ip6, ip6_again, 16) != 0)
			abort();
	}
	if (an_endpoint_read(&endpoint, text) != AUTONOMI_OK)
		return;
	an_endpoint_write(&endpoint, out);
	if (an_endpoint_read(&again, an_span_text(out)) != AUTONOMI_OK ||
	    !an_endpoint_equal(&endpoint, &again))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct an_peer_id id;
	if (size == 0)
		return 0;
	const struct an_span input = an_span(data + 1, size - 1);
	switch (data[0] & 3) {
	case 0:
		if (an_peer_id_from_bytes(&id, input) == AUTONOMI_OK)
			check_id(&id);
		break;
	case 1:
		if (an_peer_id_from_text(&id, input) == AUTONOMI_OK)
			check_id(&id);
		break;
	case 2:
		read_agent(input);
		break;
	default:
		read_endpoint(input);
		break;
	}
	return 0;
}
