/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Accepted handshakes that are not proven yet. Whoever sends first flights and never listens could
 * fill their number and keep everybody out for the handshake timeout. So when no more fit, the oldest
 * gives way: to an address that has fewer of them than its own, or to anybody where it is as old as
 * a peer may be silent; an honest handshake takes a round trip or two.
 */
#include "quic/internal.h"

void an_quic_handshake_begin(struct an_quic_connection *connection)
{
	struct an_quic *quic = connection->quic;
	connection->began = quic->now;
	connection->address->handshakes++;
	quic->handshakes++;
	an_list_append(&quic->unproven, &connection->unproven);
}

void an_quic_handshake_over(struct an_quic_connection *connection)
{
	if (!an_list_linked(&connection->unproven))
		return;
	an_list_remove(&connection->unproven);
	connection->address->handshakes--;
	connection->quic->handshakes--;
}

static bool gives_way(const struct an_quic_connection *oldest, const struct an_endpoint *remote)
{
	const struct an_quic *quic = oldest->quic;
	const struct an_quic_address *address = an_quic_address_find(quic, remote);
	const size_t theirs = address != NULL ? address->handshakes : 0;
	return oldest->address->handshakes > theirs + 1 ||
	       an_time_after(oldest->began, quic->profile.slow_peer) <= quic->now;
}

bool an_quic_handshake_admit(struct an_quic *quic, const struct an_endpoint *remote)
{
	static const struct an_quic_close too_old = {
		.status = AUTONOMI_E_UNREACHABLE,
		.reason = "the handshake gave way to a newer one",
	};
	struct an_list *first = an_list_first(&quic->unproven);
	if (quic->handshakes < quic->limits.handshakes)
		return true;
	if (first == NULL)
		return false;
	struct an_quic_connection *oldest = an_container_of(first, struct an_quic_connection,
	                                                    unproven);
	if (!gives_way(oldest, remote))
		return false;
	an_quic_connection_end(oldest, &too_old, AN_QUIC_FAREWELL_NONE, NULL);
	return true;
}
