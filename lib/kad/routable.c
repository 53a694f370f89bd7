/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kad/routable.h"

struct prefix {
	uint8_t bytes[16];
	uint8_t bits;
};

/* Never the address of one peer. */
static const struct prefix not_unicast[] = {
	{{[10] = 0xff, 0xff, 0}, 96 + 8},   /* 0.0.0.0/8: this network */
	{{[10] = 0xff, 0xff, 224}, 96 + 3}, /* 224.0.0.0/3: multicast, reserved, broadcast */
	{{0}, 128},                         /* ::, unspecified */
	{{0xff}, 8},                        /* ff00::/8, multicast */
};

static const struct prefix not_global[] = {
	{{[10] = 0xff, 0xff, 10}, 96 + 8},            /* RFC 1918 */
	{{[10] = 0xff, 0xff, 172, 16}, 96 + 12},      /* RFC 1918 */
	{{[10] = 0xff, 0xff, 192, 168}, 96 + 16},     /* RFC 1918 */
	{{[10] = 0xff, 0xff, 100, 64}, 96 + 10},      /* RFC 6598, shared */
	{{[10] = 0xff, 0xff, 127}, 96 + 8},           /* loopback */
	{{[10] = 0xff, 0xff, 169, 254}, 96 + 16},     /* link-local */
	{{[10] = 0xff, 0xff, 192, 0, 2}, 96 + 24},    /* RFC 5737, documentation */
	{{[10] = 0xff, 0xff, 198, 51, 100}, 96 + 24}, /* RFC 5737, documentation */
	{{[10] = 0xff, 0xff, 203, 0, 113}, 96 + 24},  /* RFC 5737, documentation */
	{{[15] = 1}, 128},                            /* ::1, loopback */
	{{0xfe, 0x80}, 10},                           /* link-local */
	{{0xfc}, 7},                                  /* RFC 4193, unique local */
	{{0x20, 0x01, 0x0d, 0xb8}, 32},               /* RFC 3849, documentation */
};

static bool within(const struct an_endpoint *endpoint, const struct prefix *prefix)
{
	const size_t whole = prefix->bits / 8;
	const unsigned rest = prefix->bits % 8;
	if (memcmp(endpoint->address, prefix->bytes, whole) != 0)
		return false;
	return rest == 0 || (endpoint->address[whole] ^ prefix->bytes[whole]) >> (8 - rest) == 0;
}

static bool within_any(const struct an_endpoint *endpoint, const struct prefix *prefixes,
                       size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (within(endpoint, &prefixes[i]))
			return true;
	}
	return false;
}

bool an_kad_endpoint_routable(const struct an_endpoint *endpoint, bool private_addresses)
{
	if (endpoint->port == 0 ||
	    within_any(endpoint, not_unicast, sizeof(not_unicast) / sizeof(not_unicast[0])))
		return false;
	return private_addresses ||
	       !within_any(endpoint, not_global, sizeof(not_global) / sizeof(not_global[0]));
}

bool an_kad_contact_routable(struct an_contact *contact, bool private_addresses)
{
	size_t kept = 0;
	for (size_t i = 0; i < contact->endpoint_count && i < AN_CONTACT_ENDPOINTS_MAX; i++) {
		if (an_kad_endpoint_routable(&contact->endpoints[i], private_addresses))
			contact->endpoints[kept++] = contact->endpoints[i];
	}
	contact->endpoint_count = kept;
	return kept > 0;
}

bool an_kad_peer_id_valid(const struct an_peer_id *id)
{
	struct an_peer_id read;
	return id->size <= AN_PEER_ID_MAX &&
	       an_peer_id_from_bytes(&read, an_peer_id_span(id)) == AUTONOMI_OK &&
	       an_peer_id_equal(&read, id);
}
