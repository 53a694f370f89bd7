/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/memory.h"
#include "quic/internal.h"

static void part_drop(struct an_quic_stream *stream, size_t i)
{
	stream->parts[i] = an_blob_unref(stream->parts[i]);
}

static bool connection_open(const struct an_quic_connection *connection)
{
	return connection->connected && !connection->close_wanted && !connection->ended &&
	       connection->broken == 0;
}

/* Nobody's idle timeout is shorter than the work that it waits for (DESIGN 8): whoever waits for a
 * reply is not idle, and only an answer to a ping tells that the peer still works on it. Without
 * streams nothing is kept alive, and a connection is cheap to lose. */
static void keep_alive_while_used(struct an_quic_connection *connection)
{
	const bool used = !an_list_empty(&connection->streams);
	const ngtcp2_duration half = connection->quic->profile.idle_timeout * NGTCP2_MICROSECONDS /
	                             2;
	if (connection->conn != NULL)
		ngtcp2_conn_set_keep_alive_timeout(connection->conn, used ? half : UINT64_MAX);
}

struct an_quic_stream *an_quic_stream_new(struct an_quic_connection *connection)
{
	struct an_quic_stream *stream = an_calloc(1, sizeof(*stream));
	if (stream == NULL)
		return NULL;
	stream->connection = connection;
	an_list_append(&connection->streams, &stream->link);
	keep_alive_while_used(connection);
	return stream;
}

void an_quic_stream_free(struct an_quic_stream *stream)
{
	an_list_remove(&stream->link);
	keep_alive_while_used(stream->connection);
	an_list_remove(&stream->turn);
	an_list_remove(&stream->reset);
	for (size_t i = 0; i < stream->part_count; i++)
		part_drop(stream, i);
	an_free(stream);
}

bool an_quic_stream_listens(const struct an_quic_stream *stream)
{
	const struct an_quic_connection *connection = stream->connection;
	return !stream->reset_wanted && !stream->closed && !connection->close_wanted &&
	       !connection->ended;
}

bool an_quic_connection_can_open(const struct an_quic_connection *connection)
{
	return connection_open(connection) &&
	       ngtcp2_conn_get_streams_bidi_left(connection->conn) > 0;
}

an_status an_quic_stream_open(struct an_quic_connection *connection, void *user,
                              struct an_quic_stream **ret_stream)
{
	if (connection->close_wanted || connection->ended || connection->broken != 0)
		return AUTONOMI_E_CLOSED;
	if (!an_quic_connection_can_open(connection))
		return AUTONOMI_E_BUSY;
	struct an_quic_stream *stream = an_quic_stream_new(connection);
	if (stream == NULL)
		return AUTONOMI_E_NO_MEMORY;

	stream->user = user;
	const int error = ngtcp2_conn_open_bidi_stream(connection->conn, &stream->id, stream);
	if (error != 0) {
		an_quic_stream_free(stream);
		return error == NGTCP2_ERR_NOMEM ? AUTONOMI_E_NO_MEMORY : AUTONOMI_E_BUSY;
	}
	*ret_stream = stream;
	return AUTONOMI_OK;
}

an_status an_quic_stream_send(struct an_quic_stream *stream, struct an_blob *const *parts,
                              size_t count)
{
	if (stream->submitted || count > AN_QUIC_PARTS_MAX)
		return AUTONOMI_E_INVALID;
	if (!an_quic_stream_listens(stream))
		return AUTONOMI_E_CLOSED;

	for (size_t i = 0; i < count; i++) {
		stream->parts[i] = an_blob_ref(parts[i]);
		stream->size += parts[i]->size;
		stream->part_ends[i] = stream->size;
	}
	stream->part_count = count;
	stream->submitted = true;
	an_list_append(&stream->connection->sending, &stream->turn);
	an_quic_connection_touch(stream->connection);
	return AUTONOMI_OK;
}

/* Drops the references to the parts that are acknowledged completely. */
static void drop_acknowledged(struct an_quic_stream *stream)
{
	while (stream->parts_dropped < stream->part_count &&
	       stream->part_ends[stream->parts_dropped] <= stream->acknowledged)
		part_drop(stream, stream->parts_dropped++);
}

void an_quic_stream_acknowledge(struct an_quic_stream *stream, uint64_t offset)
{
	const struct an_quic_events *events = &stream->connection->quic->events;
	stream->acknowledged = offset;
	drop_acknowledged(stream);
	if (events->stream_progressed != NULL && an_quic_stream_listens(stream))
		events->stream_progressed(events->context, stream, offset);
	/* The end travels with the last byte, or alone where there is none. */
	if (!stream->end_sent || stream->delivered || offset < stream->size)
		return;
	stream->delivered = true;
	if (an_quic_stream_listens(stream))
		events->stream_delivered(events->context, stream);
}

void an_quic_stream_reset(struct an_quic_stream *stream, uint64_t code)
{
	if (stream->reset_wanted || stream->closed || stream->connection->ended)
		return;
	stream->reset_wanted = true;
	stream->reset_code = code;
	an_list_remove(&stream->turn);
	an_list_append(&stream->connection->resets, &stream->reset);
	an_quic_connection_touch(stream->connection);
}

int an_quic_stream_reset_now(struct an_quic_stream *stream)
{
	return ngtcp2_conn_shutdown_stream(stream->connection->conn, 0, stream->id,
	                                   stream->reset_code);
}

void an_quic_stream_consumed(struct an_quic_stream *stream, size_t size)
{
	struct an_quic_connection *connection = stream->connection;
	if (size > stream->held)
		size = (size_t)stream->held;
	stream->held -= size;
	if (stream->closed || connection->ended || connection->broken != 0)
		return;
	connection->broken = ngtcp2_conn_extend_max_stream_offset(connection->conn, stream->id,
	                                                          size);
	ngtcp2_conn_extend_max_offset(connection->conn, size);
	an_quic_connection_touch(connection);
}

/* What nobody will consume any more is given back to the connection, or it would dry up. */
static void give_back(struct an_quic_stream *stream)
{
	ngtcp2_conn *conn = stream->connection->conn;
	if (stream->held > 0)
		ngtcp2_conn_extend_max_offset(conn, stream->held);
	stream->held = 0;
	if (!ngtcp2_conn_is_local_stream(conn, stream->id))
		an_quic_credit_owe(stream->connection);
}

void an_quic_stream_closed(struct an_quic_stream *stream)
{
	struct an_quic_connection *connection = stream->connection;
	const struct an_quic_events *events = &connection->quic->events;
	stream->closed = true;
	if (!connection->ended) {
		give_back(stream);
		an_quic_connection_touch(connection);
	}
	events->stream_closed(events->context, stream);
	an_quic_stream_free(stream);
}

void *an_quic_stream_user(const struct an_quic_stream *stream)
{
	return stream->user;
}

void an_quic_stream_set_user(struct an_quic_stream *stream, void *user)
{
	stream->user = user;
}

struct an_quic_connection *an_quic_stream_connection(const struct an_quic_stream *stream)
{
	return stream->connection;
}
