/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "link/state.h"

static struct an_link_target *payer(const struct an_link_inbound *inbound)
{
	return inbound->connection->target;
}

/* One message may always be half taken when the budget fills; the hard end lies at twice of it. */
static bool admitted(const struct an_link_inbound *inbound, size_t bytes)
{
	const struct an_link *link = inbound->connection->link;
	const size_t of_peer = payer(inbound)->inbound_bytes - inbound->charge;
	const size_t of_all = link->inbound_bytes - inbound->charge;
	if (of_peer + bytes > link->limits.inbound_bytes_per_peer)
		return false;
	if (inbound->charge == 0 && of_all >= link->limits.inbound_bytes)
		return false;
	return (of_all + bytes) / 2 <= link->limits.inbound_bytes;
}

static void set_charge(struct an_link_inbound *inbound, size_t bytes)
{
	struct an_link *link = inbound->connection->link;
	struct an_link_target *target = payer(inbound);
	link->inbound_bytes = link->inbound_bytes - inbound->charge + bytes;
	target->inbound_bytes = target->inbound_bytes - inbound->charge + bytes;
	inbound->charge = bytes;
}

an_status an_link_budget_charge(struct an_link_inbound *inbound, size_t bytes)
{
	while (bytes > inbound->charge && !admitted(inbound, bytes)) {
		const size_t share = payer(inbound)->inbound_bytes - inbound->charge + bytes;
		if (share > inbound->connection->link->limits.inbound_bytes_per_peer ||
		    !an_link_fairness_make_way(payer(inbound), AN_LINK_SHARE_OF_BYTES, share))
			return AUTONOMI_E_BUSY;
	}
	set_charge(inbound, bytes);
	return AUTONOMI_OK;
}

void an_link_budget_release(struct an_link_inbound *inbound)
{
	set_charge(inbound, 0);
}

/* The oldest message always goes on: otherwise many halves could wait for each other. */
static bool may_have_credit(const struct an_link_inbound *inbound)
{
	const struct an_link *link = inbound->connection->link;
	return link->inbound_bytes < link->limits.inbound_bytes ||
	       an_list_first(&link->receiving) == &inbound->of_receiving;
}

static void give_credit(struct an_link_inbound *inbound)
{
	if (inbound->owed == 0 || inbound->stream.quic == NULL)
		return;
	an_quic_stream_consumed(inbound->stream.quic, inbound->owed);
	inbound->owed = 0;
}

void an_link_budget_offer(struct an_link_inbound *inbound)
{
	if (may_have_credit(inbound))
		give_credit(inbound);
}

void an_link_budget_grant(struct an_link *link)
{
	struct an_list *member = an_list_first(&link->receiving);
	for (; member != NULL; member = an_list_next(&link->receiving, member)) {
		struct an_link_inbound *inbound = an_container_of(member, struct an_link_inbound,
		                                                  of_receiving);
		if (!may_have_credit(inbound))
			return;
		give_credit(inbound);
	}
}
