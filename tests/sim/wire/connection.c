/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/memory.h"
#include "sim/wire/wire.h"

enum { GIVE_UP_PATIENCES = 3 }; /* of the idle timeout: at least so many (RFC 9000, 10.1) */

struct an_quic_connection *an_wire_connection_new(struct an_quic *quic, uint64_t id,
                                                  const struct an_endpoint *remote, bool dialled)
{
	struct an_quic_connection *connection = an_sim_alloc(sizeof(*connection));
	connection->quic = quic;
	connection->id = id;
	connection->remote = *remote;
	connection->dialled = dialled;
	connection->began = connection->heard_at = connection->spoke_at = quic->now;
	connection->next_number = connection->expected = 1;
	connection->acknowledge_at = AN_TIME_NEVER;
	connection->may_accept = connection->told_streams = quic->limits.streams;
	an_list_init(&connection->turns);
	an_list_init(&connection->streams);
	an_list_init(&connection->in_flight);
	an_list_init(&connection->early);
	const struct an_span key = an_span(&connection->id, sizeof(connection->id));
	if (an_map_insert(&quic->connections_by_id, &connection->entry, key) != AUTONOMI_OK) {
		free(connection);
		return NULL;
	}
	an_list_append(&quic->connections, &connection->link);
	quic->counters.connections++;
	return connection;
}

static void free_streams(struct an_quic_connection *connection)
{
	struct an_list *link;
	while ((link = an_list_take(&connection->streams)) != NULL) {
		struct an_quic_stream *stream = an_container_of(link, struct an_quic_stream, link);
		for (size_t i = 0; i < stream->part_count; i++)
			an_blob_unref(stream->parts[i]);
		free(stream);
	}
}

void an_wire_connection_free(struct an_quic_connection *connection)
{
	struct an_quic *quic = connection->quic;
	free_streams(connection);
	an_list_move_all(&quic->spent, &connection->in_flight);
	an_wire_packets_free(&connection->early);
	an_map_remove(&quic->connections_by_id, &connection->entry);
	an_list_remove(&connection->link);
	an_list_remove(&connection->touched);
	an_heap_remove(&quic->timers, &connection->timer);
	an_wire_handshake_over(connection);
	if (connection->address != NULL)
		an_wire_address_release(quic, connection->address);
	quic->counters.connections--;
	free(connection);
}

an_status an_quic_dial(struct an_quic *quic, const struct an_endpoint *remote, void *user,
                       an_time_us now, struct an_quic_connection **ret_connection)
{
	quic->now = now > quic->now ? now : quic->now;
	if (quic->counters.connections >= quic->limits.connections)
		return AUTONOMI_E_BUSY;
	struct an_quic_connection *connection = an_wire_connection_new(quic,
	                                                               an_random_u64(quic->random),
	                                                               remote, true);
	if (connection == NULL)
		return AUTONOMI_E_NO_MEMORY;
	connection->user = user;
	connection->hello_wanted = true;
	an_wire_touch(connection);
	*ret_connection = connection;
	return AUTONOMI_OK;
}

void an_wire_touch(struct an_quic_connection *connection)
{
	if (!an_list_linked(&connection->touched) && !connection->ended)
		an_list_append(&connection->quic->touched, &connection->touched);
}

void an_wire_end(struct an_quic_connection *connection, bool tell)
{
	struct an_quic *quic = connection->quic;
	struct an_list *link;
	connection->ended = true;
	if (!connection->connected)
		quic->counters.handshakes_failed++;
	while ((link = an_list_first(&connection->streams)) != NULL)
		an_wire_stream_close(an_container_of(link, struct an_quic_stream, link));
	quic->events.closed(quic->events.context, connection, &connection->close);
	if (tell)
		an_wire_say_close(quic, &connection->local, &connection->remote, ~connection->id,
		                  connection->close_how, connection->close_code);
	if (tell || connection->close.by_peer)
		an_wire_grave_dig(connection, !tell);
	an_wire_connection_free(connection);
}

bool an_wire_settle(struct an_quic_connection *connection)
{
	if (!connection->close_wanted && !connection->peer_ended)
		return true;
	an_wire_end(connection, !connection->peer_ended);
	return false;
}

void an_wire_fail(struct an_quic_connection *connection, an_status status, const char *reason,
                  enum an_wire_close how)
{
	if (connection->close_wanted || connection->peer_ended)
		return;
	connection->close_wanted = true;
	connection->close_how = how;
	connection->close = (struct an_quic_close){.status = status, .reason = reason};
	an_wire_touch(connection);
}

/* A code of the application cannot be told before both ends have proven themselves. */
void an_quic_connection_close(struct an_quic_connection *connection, uint64_t code)
{
	if (connection->ended)
		return;
	an_wire_fail(connection, AUTONOMI_OK, "closed by us",
	             connection->connected ? AN_WIRE_CLOSE_CODE : AN_WIRE_CLOSE_REFUSED);
	connection->close.code = connection->close_code = code;
}

void an_wire_closed_by_peer(struct an_quic_connection *connection, enum an_wire_close how,
                            uint64_t code)
{
	connection->peer_ended = true;
	connection->close = (struct an_quic_close){.by_peer = true, .reason = "closed by the peer"};
	if (how == AN_WIRE_CLOSE_CODE)
		connection->close.code = code;
	else
		connection->close.status = how == AN_WIRE_CLOSE_REFUSED ? AUTONOMI_E_REFUSED
		                                                        : AUTONOMI_E_PROTOCOL;
}

static bool verify(struct an_quic_connection *connection, struct an_span certificate)
{
	const struct an_quic_events *events = &connection->quic->events;
	const an_status status = certificate.size > 0
	                                 ? events->verify(events->context, connection, certificate)
	                                 : AUTONOMI_E_IDENTITY;
	if (status != AUTONOMI_OK)
		an_wire_fail(connection, status, "the peer's certificate was refused",
		             AN_WIRE_CLOSE_REFUSED);
	return status == AUTONOMI_OK && !connection->close_wanted;
}

static void connect(struct an_quic_connection *connection)
{
	const struct an_quic_events *events = &connection->quic->events;
	connection->connected = true;
	an_wire_handshake_over(connection);
	events->connected(events->context, connection);
}

void an_wire_greeted(struct an_quic_connection *connection, struct an_span certificate)
{
	if (!connection->dialled) {
		connection->hello_wanted = true;
		return;
	}
	if (!verify(connection, certificate))
		return;
	connection->proof_wanted = true;
	connect(connection);
}

void an_wire_proven(struct an_quic_connection *connection, struct an_span certificate)
{
	if (connection->connected || connection->window_of_peer == 0 ||
	    !verify(connection, certificate))
		return;
	connect(connection);
}

/* Who waits for a reply is not idle: half of the timeout after the last word it asks for a sign. */
static an_time_us keep_alive_at(const struct an_quic_connection *connection)
{
	const an_time_us spoken = connection->heard_at > connection->spoke_at
	                                  ? connection->heard_at
	                                  : connection->spoke_at;
	if (!connection->connected || an_list_empty(&connection->streams) ||
	    connection->ping_wanted || !an_list_empty(&connection->in_flight))
		return AN_TIME_NEVER;
	return spoken + connection->quic->profile.idle_timeout / 2;
}

static an_time_us give_up_at(const struct an_quic_connection *connection)
{
	const struct an_profile *profile = &connection->quic->profile;
	if (!connection->connected)
		return connection->began + profile->handshake_timeout;
	const an_time_us patience = GIVE_UP_PATIENCES * an_wire_patience(connection);
	return connection->heard_at +
	       (patience > profile->idle_timeout ? patience : profile->idle_timeout);
}

static an_time_us lost_at(const struct an_quic_connection *connection)
{
	struct an_list *link = an_list_first(&connection->in_flight);
	if (link == NULL || connection->queued_count > 0)
		return AN_TIME_NEVER;
	const struct an_wire_packet *oldest = an_container_of(link, struct an_wire_packet, link);
	return oldest->sent_at + an_wire_patience(connection);
}

void an_wire_schedule(struct an_quic_connection *connection)
{
	struct an_quic *quic = connection->quic;
	an_time_us at = an_time_earlier(give_up_at(connection), lost_at(connection));
	at = an_time_earlier(at, keep_alive_at(connection));
	at = an_time_earlier(at, connection->acknowledge_at);
	an_heap_set(&quic->timers, &connection->timer, at > quic->now ? at : quic->now + 1);
}

static void give_up(struct an_quic_connection *connection)
{
	connection->close = (struct an_quic_close){
		.status = connection->connected ? AUTONOMI_E_TIMEOUT : AUTONOMI_E_UNREACHABLE,
		.reason = connection->connected ? "nothing was received for the idle timeout"
	                                        : "the handshake did not complete in time",
	};
	an_wire_end(connection, false);
}

void an_wire_expire(struct an_quic_connection *connection)
{
	const an_time_us now = connection->quic->now;
	if (!an_wire_settle(connection))
		return;
	if (give_up_at(connection) <= now) {
		give_up(connection);
		return;
	}
	if (lost_at(connection) <= now)
		an_wire_send_oldest_again(connection);
	connection->ping_wanted = connection->ping_wanted || keep_alive_at(connection) <= now;
	an_wire_touch(connection);
}

void *an_quic_connection_user(const struct an_quic_connection *connection)
{
	return connection->user;
}

void an_quic_connection_set_user(struct an_quic_connection *connection, void *user)
{
	connection->user = user;
}

bool an_quic_connection_dialled(const struct an_quic_connection *connection)
{
	return connection->dialled;
}

const struct an_endpoint *an_quic_connection_remote(const struct an_quic_connection *connection)
{
	return &connection->remote;
}

an_time_us an_quic_connection_rtt(const struct an_quic_connection *connection)
{
	return connection->smoothed_rtt;
}

const char *an_quic_connection_key_exchange(const struct an_quic_connection *connection)
{
	(void)connection;
	return "none";
}
