/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/memory.h"
#include "sim/wire/wire.h"

static bool is_own(const struct an_quic_connection *connection, uint64_t id)
{
	return (id % 2 == 0) == connection->dialled;
}

static bool listens(const struct an_quic_stream *stream)
{
	const struct an_quic_connection *connection = stream->connection;
	return !stream->reset_wanted && !connection->close_wanted && !connection->ended;
}

bool an_wire_stream_has_words(const struct an_quic_stream *stream)
{
	if (stream->reset_wanted)
		return !stream->reset_sent;
	return stream->credit_wanted ||
	       (stream->submitted && !stream->end_sent &&
	        (stream->sent < stream->credit || stream->sent == stream->size));
}

static void take_turn(struct an_quic_stream *stream)
{
	if (!an_list_linked(&stream->turn) && an_wire_stream_has_words(stream))
		an_list_append(&stream->connection->turns, &stream->turn);
	an_wire_touch(stream->connection);
}

static struct an_quic_stream *stream_new(struct an_quic_connection *connection, uint64_t id)
{
	struct an_quic_stream *stream = an_sim_alloc(sizeof(*stream));
	stream->connection = connection;
	stream->id = id;
	stream->credit = connection->window_of_peer;
	stream->offered = connection->quic->limits.stream_window;
	an_list_append(&connection->streams, &stream->link);
	return stream;
}

struct an_quic_stream *an_wire_stream_find(const struct an_quic_connection *connection, uint64_t id)
{
	struct an_list *link = an_list_first(&connection->streams);
	for (; link != NULL; link = an_list_next(&connection->streams, link)) {
		struct an_quic_stream *stream = an_container_of(link, struct an_quic_stream, link);
		if (stream->id == id)
			return stream;
	}
	return NULL;
}

bool an_quic_connection_can_open(const struct an_quic_connection *connection)
{
	return connection->connected && !connection->close_wanted && !connection->ended &&
	       connection->opened < connection->may_open;
}

an_status an_quic_stream_open(struct an_quic_connection *connection, void *user,
                              struct an_quic_stream **ret_stream)
{
	if (connection->close_wanted || connection->ended)
		return AUTONOMI_E_CLOSED;
	if (!an_quic_connection_can_open(connection))
		return AUTONOMI_E_BUSY;
	const uint64_t id = 2 * connection->opened++ + (connection->dialled ? 0 : 1);
	*ret_stream = stream_new(connection, id);
	(*ret_stream)->user = user;
	return AUTONOMI_OK;
}

an_status an_quic_stream_send(struct an_quic_stream *stream, struct an_blob *const *parts,
                              size_t count)
{
	if (stream->submitted || count > AN_QUIC_PARTS_MAX)
		return AUTONOMI_E_INVALID;
	if (!listens(stream))
		return AUTONOMI_E_CLOSED;
	for (size_t i = 0; i < count; i++) {
		stream->parts[i] = an_blob_ref(parts[i]);
		stream->size += parts[i]->size;
	}
	stream->part_count = count;
	stream->submitted = true;
	take_turn(stream);
	return AUTONOMI_OK;
}

void an_wire_stream_copy(const struct an_quic_stream *stream, uint64_t offset, uint8_t *out,
                         size_t size)
{
	for (size_t i = 0; i < stream->part_count && size > 0; i++) {
		const struct an_blob *part = stream->parts[i];
		if (offset >= part->size) {
			offset -= part->size;
			continue;
		}
		const size_t left = part->size - (size_t)offset;
		const size_t taken = left < size ? left : size;
		memcpy(out, part->data + offset, taken);
		out += taken;
		size -= taken;
		offset = 0;
	}
}

static void drop_parts(struct an_quic_stream *stream)
{
	for (size_t i = 0; i < stream->part_count; i++)
		an_blob_unref(stream->parts[i]);
	stream->part_count = 0;
}

void an_quic_stream_reset(struct an_quic_stream *stream, uint64_t code)
{
	if (stream->reset_wanted || stream->connection->ended || !an_list_linked(&stream->link))
		return;
	stream->reset_wanted = true;
	stream->reset_code = code;
	take_turn(stream);
}

/* The peer is told of more room when half of the window is free again. */
void an_quic_stream_consumed(struct an_quic_stream *stream, size_t size)
{
	const size_t window = stream->connection->quic->limits.stream_window;
	stream->consumed += size;
	if (stream->consumed > stream->received)
		stream->consumed = stream->received;
	if (stream->end_received || stream->credit_wanted ||
	    stream->offered - stream->consumed > window / 2)
		return;
	stream->credit_wanted = true;
	take_turn(stream);
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

void an_wire_stream_close(struct an_quic_stream *stream)
{
	struct an_quic_connection *connection = stream->connection;
	const struct an_quic_events *events = &connection->quic->events;
	an_list_remove(&stream->link);
	an_list_remove(&stream->turn);
	if (!is_own(connection, stream->id)) {
		connection->may_accept++;
		connection->streams_wanted = true;
		an_wire_touch(connection);
	}
	events->stream_closed(events->context, stream);
	drop_parts(stream);
	free(stream);
}

static void close_where_over(struct an_quic_stream *stream)
{
	if (!stream->reset_wanted && stream->end_received && stream->delivered)
		an_wire_stream_close(stream);
}

/* The stream of a frame: a new one where the peer opens it. NULL: it is over, or must not be. */
static struct an_quic_stream *stream_of_peer(struct an_quic_connection *connection, uint64_t id)
{
	const struct an_quic_events *events = &connection->quic->events;
	struct an_quic_stream *stream = an_wire_stream_find(connection, id);
	if (stream != NULL || is_own(connection, id) || id / 2 < connection->accepted)
		return stream;
	if (id / 2 >= connection->may_accept) {
		an_wire_fail(connection, AUTONOMI_E_PROTOCOL, "the peer opened too many streams",
		             AN_WIRE_CLOSE_PROTOCOL);
		return NULL;
	}
	connection->accepted = id / 2 + 1;
	stream = stream_new(connection, id);
	events->stream_opened(events->context, stream);
	return stream;
}

void an_wire_stream_data(struct an_quic_connection *connection, uint64_t id, struct an_span bytes,
                         bool end)
{
	const struct an_quic_events *events = &connection->quic->events;
	struct an_quic_stream *stream = stream_of_peer(connection, id);
	if (stream == NULL || stream->end_received)
		return;
	stream->received += bytes.size;
	stream->end_received = end;
	if (listens(stream))
		events->stream_data(events->context, stream, bytes, end);
	close_where_over(stream);
}

void an_wire_stream_told_reset(struct an_quic_connection *connection, uint64_t id, uint64_t code)
{
	const struct an_quic_events *events = &connection->quic->events;
	struct an_quic_stream *stream = stream_of_peer(connection, id);
	if (stream == NULL)
		return;
	if (listens(stream))
		events->stream_reset(events->context, stream, code);
	an_wire_stream_close(stream);
}

void an_wire_stream_credit(struct an_quic_connection *connection, uint64_t id, uint64_t offset)
{
	struct an_quic_stream *stream = an_wire_stream_find(connection, id);
	if (stream == NULL || offset <= stream->credit)
		return;
	stream->credit = offset;
	take_turn(stream);
}

void an_wire_stream_acknowledged(struct an_quic_connection *connection, uint64_t id, size_t size,
                                 bool end)
{
	const struct an_quic_events *events = &connection->quic->events;
	struct an_quic_stream *stream = an_wire_stream_find(connection, id);
	if (stream == NULL)
		return;
	stream->acknowledged += size;
	stream->end_acknowledged = stream->end_acknowledged || end;
	if (events->stream_progressed != NULL && listens(stream))
		events->stream_progressed(events->context, stream, stream->acknowledged);
	if (!stream->end_acknowledged || stream->acknowledged < stream->size || stream->delivered)
		return;
	stream->delivered = true;
	drop_parts(stream);
	if (listens(stream))
		events->stream_delivered(events->context, stream);
	close_where_over(stream);
}

void an_wire_stream_reset_acknowledged(struct an_quic_connection *connection, uint64_t id)
{
	struct an_quic_stream *stream = an_wire_stream_find(connection, id);
	if (stream != NULL)
		an_wire_stream_close(stream);
}
