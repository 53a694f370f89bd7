/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kad/diversity.h"

#include "kad/routable.h"

enum {
	PREFIX_IP4 = 12 + 3, /* bytes of the mapped address that are ::ffff:a.b.c */
	PREFIX_IP6 = 6,
};

static bool same_network(const struct an_endpoint *a, const struct an_endpoint *b)
{
	const size_t size = an_endpoint_is_ip4(a) ? PREFIX_IP4 : PREFIX_IP6;
	return memcmp(a->address, b->address, size) == 0;
}

bool an_kad_diversity_admits(const struct an_kad_bucket *bucket, const struct an_contact *contact,
                             size_t limit)
{
	if (contact->endpoint_count == 0 ||
	    !an_kad_endpoint_routable(&contact->endpoints[0], false))
		return true;
	size_t others = 0;
	for (size_t i = 0; i < bucket->size; i++) {
		const struct an_contact *other = &bucket->entries[i].contact;
		if (other->endpoint_count > 0 && !an_peer_id_equal(&other->id, &contact->id))
			others += same_network(&contact->endpoints[0], &other->endpoints[0]);
	}
	return others < limit;
}
