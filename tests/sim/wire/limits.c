/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who may come in, as in lib/quic (handshakes.c there says why), and who has just left. */
#include "sim/memory.h"
#include "sim/wire/wire.h"

enum { CLOSING_PATIENCES = 3 };

static struct an_span address_key(const struct an_endpoint *remote)
{
	return an_span(remote->address, an_endpoint_is_ip4(remote) ? 16 : 8);
}

static struct an_wire_address *address_find(const struct an_quic *quic,
                                            const struct an_endpoint *remote)
{
	struct an_map_entry *entry = an_map_find(&quic->addresses, address_key(remote));
	return entry != NULL ? an_container_of(entry, struct an_wire_address, entry) : NULL;
}

struct an_wire_address *an_wire_address_take(struct an_quic *quic, const struct an_endpoint *remote)
{
	struct an_wire_address *address = address_find(quic, remote);
	if (address == NULL) {
		const struct an_span key = address_key(remote);
		address = an_sim_alloc(sizeof(*address));
		memcpy(address->key, key.data, key.size);
		if (an_map_insert(&quic->addresses, &address->entry,
		                  an_span(address->key, key.size)) != AUTONOMI_OK) {
			free(address);
			return NULL;
		}
	}
	address->connections++;
	return address;
}

void an_wire_address_release(struct an_quic *quic, struct an_wire_address *address)
{
	if (--address->connections > 0)
		return;
	an_map_remove(&quic->addresses, &address->entry);
	free(address);
}

void an_wire_handshake_begin(struct an_quic_connection *connection)
{
	connection->address->handshakes++;
	connection->quic->handshakes++;
	an_list_append(&connection->quic->unproven, &connection->unproven);
}

void an_wire_handshake_over(struct an_quic_connection *connection)
{
	if (!an_list_linked(&connection->unproven))
		return;
	an_list_remove(&connection->unproven);
	connection->address->handshakes--;
	connection->quic->handshakes--;
}

static bool admit_handshake(struct an_quic *quic, size_t theirs)
{
	struct an_list *first = an_list_first(&quic->unproven);
	if (quic->handshakes < quic->limits.handshakes)
		return true;
	if (first == NULL)
		return false;
	struct an_quic_connection *oldest = an_container_of(first, struct an_quic_connection,
	                                                    unproven);
	if (oldest->address->handshakes <= theirs + 1 &&
	    an_time_after(oldest->began, quic->profile.slow_peer) > quic->now)
		return false;
	oldest->close = (struct an_quic_close){
		.status = AUTONOMI_E_UNREACHABLE,
		.reason = "the handshake gave way to a newer one",
	};
	an_wire_end(oldest, false);
	return true;
}

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

static bool admit_connection(struct an_quic *quic, size_t theirs)
{
	if (quic->counters.connections < quic->limits.connections)
		return true;
	struct an_quic_connection *unused = unused_of_many(quic, theirs + 1);
	if (unused == NULL)
		return false;
	unused->close = (struct an_quic_close){
		.status = AUTONOMI_OK,
		.reason = "the connection gave way to another address",
	};
	an_wire_end(unused, true);
	return true;
}

bool an_wire_admit(struct an_quic *quic, const struct an_endpoint *remote)
{
	const struct an_wire_address *address = address_find(quic, remote);
	const size_t connections = address != NULL ? address->connections : 0;
	const size_t handshakes = address != NULL ? address->handshakes : 0;
	return connections < quic->limits.connections_per_address &&
	       admit_connection(quic, connections) && admit_handshake(quic, handshakes);
}

static void grave_free(struct an_quic *quic, struct an_wire_grave *grave)
{
	an_map_remove(&quic->graves_by_id, &grave->entry);
	an_heap_remove(&quic->graves, &grave->timer);
	free(grave);
}

static struct an_wire_grave *first_grave(const struct an_quic *quic)
{
	struct an_heap_node *timer = an_heap_first(&quic->graves);
	return timer != NULL ? an_container_of(timer, struct an_wire_grave, timer) : NULL;
}

void an_wire_grave_dig(struct an_quic_connection *connection, bool silent)
{
	struct an_quic *quic = connection->quic;
	if (quic->graves_by_id.size >= AN_WIRE_GRAVES_MAX)
		grave_free(quic, first_grave(quic));
	struct an_wire_grave *grave = an_sim_alloc(sizeof(*grave));
	grave->id = connection->id;
	grave->silent = silent;
	grave->local = connection->local;
	grave->remote = connection->remote;
	grave->how = connection->close_how;
	grave->code = connection->close_code;
	if (an_map_insert(&quic->graves_by_id, &grave->entry,
	                  an_span(&grave->id, sizeof(grave->id))) != AUTONOMI_OK) {
		free(grave);
		return;
	}
	an_heap_set(&quic->graves, &grave->timer,
	            quic->now + CLOSING_PATIENCES * an_wire_patience(connection));
}

void an_wire_graves_expire(struct an_quic *quic)
{
	struct an_wire_grave *grave;
	while ((grave = first_grave(quic)) != NULL && grave->timer.deadline <= quic->now)
		grave_free(quic, grave);
}

/* Said again to the 1st, 2nd, 4th, 8th… packet. */
void an_wire_grave_disturb(struct an_quic *quic, uint64_t id)
{
	struct an_map_entry *entry = an_map_find(&quic->graves_by_id, an_span(&id, sizeof(id)));
	struct an_wire_grave *grave = an_container_of(entry, struct an_wire_grave, entry);
	grave->received++;
	if (!grave->silent && (grave->received & (grave->received - 1)) == 0)
		an_wire_say_close(quic, &grave->local, &grave->remote, ~grave->id, grave->how,
		                  grave->code);
}

void an_wire_graves_clear(struct an_quic *quic)
{
	struct an_wire_grave *grave;
	while ((grave = first_grave(quic)) != NULL)
		grave_free(quic, grave);
	an_map_done(&quic->graves_by_id);
}
