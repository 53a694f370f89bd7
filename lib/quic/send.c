/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Packets, back to back in the endpoint's buffer, as runs that the system can send in one call.
 * A connection writes one burst (what its pacing allows at once), then the next one has its turn;
 * within a burst the packets are filled from one stream, which then goes to the end of the queue.
 */
#include "quic/internal.h"

bool an_quic_output_has_room(const struct an_quic_output *output)
{
	return output->count < output->capacity &&
	       output->fill + AN_DATAGRAM_MAX <= AN_QUIC_OUTPUT_SIZE;
}

void an_quic_output_close_run(struct an_quic_output *output)
{
	output->segments = 0;
}

/* A run has pieces of one size, the last of which may be shorter. */
static bool fits_open_run(const struct an_quic_output *output, const struct an_endpoint *remote,
                          uint8_t ecn, size_t size)
{
	if (output->segments == 0 || output->segments == AN_QUIC_SEGMENTS_MAX)
		return false;
	const struct an_datagram *run = &output->runs[output->count - 1];
	return size <= run->segment && run->size == output->segments * run->segment &&
	       run->size + size <= AN_DATAGRAM_RUN_MAX && run->ecn == ecn &&
	       an_endpoint_equal(&run->remote, remote);
}

void an_quic_output_add(struct an_quic *quic, struct an_quic_output *output,
                        const struct an_endpoint *local, const struct an_endpoint *remote,
                        uint8_t ecn, size_t size)
{
	if (!fits_open_run(output, remote, ecn, size)) {
		an_assert(output->count < output->capacity);
		output->runs[output->count++] = (struct an_datagram){
			.local = *local,
			.remote = *remote,
			.data = output->buffer + output->fill,
			.segment = size,
			.ecn = ecn,
		};
		output->segments = 0;
	}
	output->segments++;
	output->runs[output->count - 1].size += size;
	output->fill += size;
	quic->counters.datagrams_sent++;
	quic->counters.bytes_sent += size;
}

/* The stream whose turn it is. Where the peer's window for the whole connection is used up, only
 * an empty message can still go. */
static struct an_quic_stream *next_sender(const struct an_quic_connection *connection)
{
	struct an_list *first = an_list_first(&connection->sending);
	if (first == NULL)
		return NULL;
	struct an_quic_stream *stream = an_container_of(first, struct an_quic_stream, turn);
	if (stream->sent < stream->size && ngtcp2_conn_get_max_data_left(connection->conn) == 0)
		return NULL;
	return stream;
}

static void pass_turn(struct an_quic_connection *connection)
{
	struct an_list *first = an_list_take(&connection->sending);
	if (first != NULL)
		an_list_append(&connection->sending, first);
}

static size_t bytes_left(const struct an_quic_stream *stream, ngtcp2_vec pieces[AN_QUIC_PARTS_MAX])
{
	size_t count = 0;
	for (size_t i = stream->parts_dropped; i < stream->part_count; i++) {
		if (stream->part_ends[i] <= stream->sent)
			continue;
		struct an_blob *part = stream->parts[i];
		const uint64_t begin = stream->part_ends[i] - part->size;
		const size_t skip = stream->sent > begin ? (size_t)(stream->sent - begin) : 0;
		pieces[count++] = (ngtcp2_vec){.base = part->data + skip, .len = part->size - skip};
	}
	return count;
}

static void took(struct an_quic_stream *stream, size_t size)
{
	stream->sent += size;
	if (stream->sent < stream->size)
		return;
	stream->end_sent = true;
	an_list_remove(&stream->turn);
}

/* Offers the bytes of `stream` to the packet that is being written at `place`. */
static ngtcp2_ssize write_stream(struct an_quic_stream *stream, ngtcp2_path *path,
                                 ngtcp2_pkt_info *info, uint8_t *place, uint64_t now)
{
	ngtcp2_vec pieces[AN_QUIC_PARTS_MAX];
	const size_t count = bytes_left(stream, pieces);
	ngtcp2_ssize taken = -1;
	const ngtcp2_ssize size = ngtcp2_conn_writev_stream(stream->connection->conn, path, info,
	                                                    place, AN_DATAGRAM_MAX, &taken,
	                                                    NGTCP2_WRITE_STREAM_FLAG_MORE |
	                                                            NGTCP2_WRITE_STREAM_FLAG_FIN,
	                                                    stream->id, pieces, count, now);
	if (taken >= 0)
		took(stream, (size_t)taken);
	return size;
}

/* One packet: the bytes of as many streams as fit, and whatever ngtcp2 has to say. A packet that was
 * begun is always completed, for ngtcp2 takes no other call in between. Its size; 0: nothing to
 * send now; below 0: an error of ngtcp2. */
static ngtcp2_ssize write_packet(struct an_quic_connection *connection, ngtcp2_path *path,
                                 ngtcp2_pkt_info *info, uint8_t *place)
{
	const uint64_t now = an_quic_clock(connection->quic);
	struct an_quic_stream *stream;
	while ((stream = next_sender(connection)) != NULL) {
		const ngtcp2_ssize size = write_stream(stream, path, info, place, now);
		switch (size) {
		case NGTCP2_ERR_WRITE_MORE:
			break;
		case NGTCP2_ERR_STREAM_DATA_BLOCKED: /* back when the peer's window grows */
		case NGTCP2_ERR_STREAM_SHUT_WR:      /* the peer no longer reads it */
		case NGTCP2_ERR_STREAM_NOT_FOUND:
			an_list_remove(&stream->turn);
			break;
		default:
			return size;
		}
	}
	return ngtcp2_conn_writev_stream(connection->conn, path, info, place, AN_DATAGRAM_MAX, NULL,
	                                 NGTCP2_WRITE_STREAM_FLAG_NONE, -1, NULL, 0, now);
}

enum an_quic_write an_quic_connection_write(struct an_quic_connection *connection,
                                            struct an_quic_output *output)
{
	struct an_quic *quic = connection->quic;
	size_t quantum = ngtcp2_conn_get_send_quantum(connection->conn);
	ngtcp2_path_storage path;
	ngtcp2_pkt_info info = {0};
	ngtcp2_ssize size = 0;
	ngtcp2_path_storage_zero(&path);
	an_quic_output_close_run(output);
	do {
		if (!an_quic_output_has_room(output))
			break;
		size = write_packet(connection, &path.path, &info, output->buffer + output->fill);
		if (size <= 0)
			break;
		struct an_endpoint remote = connection->remote;
		an_quic_path_remote(&path.path, &remote);
		an_quic_output_add(quic, output, &connection->local, &remote, info.ecn,
		                   (size_t)size);
		quantum -= (size_t)size < quantum ? (size_t)size : quantum;
	} while (quantum > 0);

	an_quic_output_close_run(output);
	if (size < 0) {
		an_quic_connection_fail(connection, (int)size);
		return AN_QUIC_WRITE_GONE;
	}
	ngtcp2_conn_update_pkt_tx_time(connection->conn, an_quic_clock(quic));
	pass_turn(connection);
	return size > 0 ? AN_QUIC_WRITE_MORE : AN_QUIC_WRITE_DONE;
}
