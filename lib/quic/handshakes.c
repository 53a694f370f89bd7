/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who may come in: limits of handshakes and of connections, and who gives way when they are reached.
 *
 * Accepted handshakes that are not proven yet: whoever sends first flights and never listens could
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

/* Where all connections are taken, the oldest that nobody uses gives way, if its address has more of
 * them than that of the newcomer: a lost connection is made again without a round trip. */
static struct an_quic_connection *unused_of_many(const struct an_quic *quic, size_t more_than)
{
	struct an_list *link = an_list_first(&quic->connections);
	for (; link != NULL; link = an_list_next(&quic->connections, link)) {
		struct an_quic_connection *connection = an_container_of(link,
		                                                        struct an_quic_connection,
		                                                        link);
		if (connection->address != NULL && connection->connected &&
		    !connection->close_wanted && an_list_empty(&connection->streams) &&
		    connection->address->connections > more_than)
			return connection;
	}
	return NULL;
}

bool an_quic_connection_admit(struct an_quic *quic, const struct an_endpoint *remote)
{
	static const struct an_quic_close crowded = {
		.status = AUTONOMI_OK,
		.reason = "the connection gave way to another address",
	};
	if (quic->counters.connections < quic->limits.connections)
		return true;
	const struct an_quic_address *address = an_quic_address_find(quic, remote);
	struct an_quic_connection *unused = unused_of_many(quic, address != NULL
	                                                                 ? address->connections + 1
	                                                                 : 1);
	if (unused == NULL)
		return false;
	ngtcp2_ccerr none;
	ngtcp2_ccerr_default(&none);
	an_quic_connection_end(unused, &crowded, AN_QUIC_FAREWELL_SAY, &none);
	return true;
}
