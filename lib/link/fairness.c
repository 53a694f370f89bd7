/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Limits that all peers share. Keys cost nothing, so a few peers that ask for large answers and fetch
 * none, or send requests byte by byte, could hold all there is for as long as a request may take. When
 * a limit is reached, the peer with the largest share gives way to one that has less.
 */
#include "link/state.h"

static size_t share_of(const struct an_link_target *target, enum an_link_share of)
{
	return of == AN_LINK_SHARE_OF_BYTES ? target->inbound_bytes : target->inbound_count;
}

/* What waits for the peer and not for us. */
static bool can_give_way(const struct an_link_inbound *inbound, enum an_link_share of)
{
	return (inbound->state == AN_LINK_INBOUND_RECEIVING ||
	        inbound->state == AN_LINK_INBOUND_ANSWERED) &&
	       (of == AN_LINK_SHARE_OF_REQUESTS || inbound->charge > 0);
}

static bool is_before(const struct an_link_inbound *inbound, const struct an_link_inbound *other,
                      enum an_link_share of)
{
	if (other == NULL)
		return true;
	const size_t share = share_of(inbound->connection->target, of);
	const size_t other_share = share_of(other->connection->target, of);
	return share != other_share ? share > other_share : inbound->id < other->id;
}

bool an_link_fairness_make_way(struct an_link_target *target, enum an_link_share of, size_t wanted)
{
	struct an_link *link = target->link;
	struct an_link_inbound *chosen = NULL;
	struct an_map_entry *entry = an_map_first(&link->inbound);
	for (; entry != NULL; entry = an_map_next(&link->inbound, entry)) {
		struct an_link_inbound *inbound = an_container_of(entry, struct an_link_inbound,
		                                                  entry);
		if (can_give_way(inbound, of) && is_before(inbound, chosen, of))
			chosen = inbound;
	}
	if (chosen == NULL || chosen->connection->target == target ||
	    share_of(chosen->connection->target, of) <= wanted)
		return false;
	link->counters.requests_refused++;
	an_link_inbound_end(chosen, AN_LINK_CODE_BUSY);
	return true;
}
