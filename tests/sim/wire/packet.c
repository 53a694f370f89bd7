/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Packets of a connection: what is in them, their way out and in, and what becomes of lost ones. */
#include "sim/memory.h"
#include "sim/wire/wire.h"

/* A place in a packet that is written or read; `bad` where it does not hold what it should. */
struct cursor {
	uint8_t *bytes;
	size_t at, size;
	bool bad;
};

static void put_bytes(struct cursor *cursor, const void *bytes, size_t size)
{
	if (size > cursor->size - cursor->at) {
		cursor->bad = true;
		return;
	}
	if (size > 0)
		memcpy(cursor->bytes + cursor->at, bytes, size);
	cursor->at += size;
}

static void put_number(struct cursor *cursor, uint64_t number)
{
	put_bytes(cursor, &number, sizeof(number));
}

static void put_type(struct cursor *cursor, enum an_wire_frame_type type)
{
	const uint8_t byte = (uint8_t)type;
	put_bytes(cursor, &byte, 1);
}

static struct an_span get_bytes(struct cursor *cursor, uint64_t size)
{
	if (size > cursor->size - cursor->at) {
		cursor->bad = true;
		return an_span(NULL, 0);
	}
	const struct an_span bytes = an_span(cursor->bytes + cursor->at, (size_t)size);
	cursor->at += (size_t)size;
	return bytes;
}

static uint64_t get_number(struct cursor *cursor)
{
	uint64_t number = 0;
	const struct an_span bytes = get_bytes(cursor, sizeof(number));
	if (bytes.size > 0)
		memcpy(&number, bytes.data, sizeof(number));
	return number;
}

static unsigned get_type(struct cursor *cursor)
{
	const struct an_span byte = get_bytes(cursor, 1);
	return byte.size > 0 ? byte.data[0] : 0;
}

struct an_wire_packet *an_wire_packet_new(size_t size)
{
	struct an_wire_packet *packet = an_sim_alloc(sizeof(*packet) + size);
	packet->size = size;
	return packet;
}

void an_wire_packets_free(struct an_list *packets)
{
	for (struct an_list *link; (link = an_list_take(packets)) != NULL;)
		free(an_container_of(link, struct an_wire_packet, link));
}

static struct an_wire_packet *packet_of(struct an_list *link)
{
	return an_container_of(link, struct an_wire_packet, link);
}

void an_wire_write_header(uint8_t *bytes, enum an_wire_packet_type type, uint64_t id,
                          const struct an_wire_packet *packet, uint64_t expected, uint64_t bits)
{
	struct cursor cursor = {.bytes = bytes, .size = AN_WIRE_HEADER_SIZE};
	const uint8_t byte = (uint8_t)type;
	put_bytes(&cursor, &byte, 1);
	put_number(&cursor, id);
	put_number(&cursor, packet != NULL ? packet->number : 0);
	put_number(&cursor, expected);
	put_number(&cursor, bits);
}

size_t an_wire_write_close(uint8_t *bytes, enum an_wire_close how, uint64_t code)
{
	struct cursor cursor = {.bytes = bytes, .size = AN_WIRE_HEADER_SIZE};
	put_type(&cursor, AN_WIRE_FRAME_CLOSE);
	put_number(&cursor, (uint64_t)how);
	put_number(&cursor, code);
	return cursor.at;
}

/* The way out. */

static void put_hello(struct cursor *cursor, const struct an_quic_connection *connection)
{
	const struct an_quic *quic = connection->quic;
	const size_t alpn_size = strlen(quic->profile.alpn);
	const size_t certificate_size = connection->dialled ? 0 : quic->certificate_size;
	put_type(cursor, AN_WIRE_FRAME_HELLO);
	put_number(cursor, quic->limits.streams);
	put_number(cursor, quic->limits.stream_window);
	put_number(cursor, alpn_size);
	put_bytes(cursor, quic->profile.alpn, alpn_size);
	put_number(cursor, certificate_size);
	put_bytes(cursor, quic->certificate, certificate_size);
	put_type(cursor, AN_WIRE_FRAME_PADDING);
	if (cursor->at < AN_WIRE_HELLO_SIZE)
		memset(cursor->bytes + cursor->at, 0, AN_WIRE_HELLO_SIZE - cursor->at);
	cursor->at = AN_WIRE_HELLO_SIZE;
}

static void put_proof(struct cursor *cursor, const struct an_quic *quic)
{
	put_type(cursor, AN_WIRE_FRAME_PROOF);
	put_number(cursor, quic->certificate_size);
	put_bytes(cursor, quic->certificate, quic->certificate_size);
}

enum { STREAM_FRAMES_SIZE = 64, SMALL_FRAMES_SIZE = 1024 };

static void put_data(struct cursor *cursor, struct an_quic_stream *stream)
{
	uint64_t size = stream->size < stream->credit ? stream->size : stream->credit;
	size -= stream->sent;
	const size_t room = cursor->size - cursor->at - STREAM_FRAMES_SIZE;
	size = size < room ? size : room;
	const uint8_t end = stream->sent + size == stream->size ? 1 : 0;
	put_type(cursor, AN_WIRE_FRAME_DATA);
	put_number(cursor, stream->id);
	put_bytes(cursor, &end, 1);
	put_number(cursor, size);
	an_wire_stream_copy(stream, stream->sent, cursor->bytes + cursor->at, (size_t)size);
	cursor->at += (size_t)size;
	stream->sent += size;
	stream->end_sent = end != 0;
}

static void put_stream(struct cursor *cursor, struct an_quic_stream *stream)
{
	if (stream->reset_wanted) {
		put_type(cursor, AN_WIRE_FRAME_RESET);
		put_number(cursor, stream->id);
		put_number(cursor, stream->reset_code);
		stream->reset_sent = true;
		return;
	}
	if (stream->credit_wanted) {
		stream->credit_wanted = false;
		stream->offered = stream->consumed + stream->connection->quic->limits.stream_window;
		put_type(cursor, AN_WIRE_FRAME_CREDIT);
		put_number(cursor, stream->id);
		put_number(cursor, stream->offered);
	}
	if (an_wire_stream_has_words(stream))
		put_data(cursor, stream);
}

static void put_streams(struct cursor *cursor, struct an_quic_connection *connection)
{
	struct an_list *link;
	while (cursor->size - cursor->at > 2 * STREAM_FRAMES_SIZE &&
	       (link = an_list_take(&connection->turns)) != NULL) {
		struct an_quic_stream *stream = an_container_of(link, struct an_quic_stream, turn);
		put_stream(cursor, stream);
		if (an_wire_stream_has_words(stream))
			an_list_append(&connection->turns, &stream->turn);
	}
}

static void put_frames(struct cursor *cursor, struct an_quic_connection *connection)
{
	if (connection->hello_wanted) {
		put_hello(cursor, connection);
		connection->hello_wanted = false;
		return;
	}
	if (connection->proof_wanted)
		put_proof(cursor, connection->quic);
	if (connection->streams_wanted) {
		put_type(cursor, AN_WIRE_FRAME_STREAMS);
		put_number(cursor, connection->may_accept);
		connection->told_streams = connection->may_accept;
	}
	if (connection->ping_wanted)
		put_type(cursor, AN_WIRE_FRAME_PING);
	connection->proof_wanted = connection->streams_wanted = connection->ping_wanted = false;
	put_streams(cursor, connection);
}

/* That the peer may open more streams is worth no packet of its own before half of them are used. */
static bool has_words(const struct an_quic_connection *connection)
{
	if (connection->hello_wanted)
		return true;
	if (!connection->connected)
		return false;
	return connection->proof_wanted || connection->ping_wanted ||
	       !an_list_empty(&connection->turns) ||
	       (connection->streams_wanted && connection->told_streams - connection->accepted <=
	                                              connection->quic->limits.streams / 2);
}

static size_t size_of_words(const struct an_quic_connection *connection)
{
	size_t size = AN_WIRE_HEADER_SIZE + SMALL_FRAMES_SIZE + AN_WIRE_HELLO_SIZE;
	struct an_list *link = an_list_first(&connection->turns);
	for (; link != NULL && size < AN_WIRE_PACKET_MAX;
	     link = an_list_next(&connection->turns, link)) {
		const struct an_quic_stream *stream = an_container_of(link, struct an_quic_stream,
		                                                      turn);
		size += (size_t)(stream->size - stream->sent) + 2 * STREAM_FRAMES_SIZE;
	}
	return size < AN_WIRE_PACKET_MAX ? size : AN_WIRE_PACKET_MAX;
}

static struct an_wire_packet *new_packet(struct an_quic_connection *connection)
{
	const size_t room = size_of_words(connection);
	static uint8_t bytes[AN_WIRE_PACKET_MAX];
	struct cursor cursor = {.bytes = bytes, .at = AN_WIRE_HEADER_SIZE, .size = room};
	put_frames(&cursor, connection);
	struct an_wire_packet *packet = an_wire_packet_new(cursor.at);
	memcpy(packet->bytes, bytes, cursor.at);
	packet->number = connection->next_number++;
	an_list_append(&connection->in_flight, &packet->link);
	connection->in_flight_count++;
	return packet;
}

/* An acknowledgement alone: not kept, for nobody acknowledges it. */
static struct an_wire_packet *new_acknowledgement(struct an_quic_connection *connection)
{
	struct an_wire_packet *packet = an_wire_packet_new(AN_WIRE_HEADER_SIZE);
	an_list_append(&connection->quic->spent, &packet->link);
	return packet;
}

static struct an_wire_packet *queued_packet(struct an_quic_connection *connection)
{
	struct an_list *link = connection->queued_count > 0 ? an_list_first(&connection->in_flight)
	                                                    : NULL;
	for (; link != NULL; link = an_list_next(&connection->in_flight, link)) {
		struct an_wire_packet *packet = packet_of(link);
		if (!packet->queued)
			continue;
		packet->queued = false;
		packet->sent_again = true;
		connection->queued_count--;
		return packet;
	}
	return NULL;
}

static uint64_t early_bits(const struct an_quic_connection *connection)
{
	uint64_t bits = 0;
	struct an_list *link = an_list_first(&connection->early);
	for (; link != NULL; link = an_list_next(&connection->early, link))
		bits |= UINT64_C(1) << (packet_of(link)->number - connection->expected - 1);
	return bits;
}

static void seal(struct an_quic_connection *connection, struct an_wire_packet *packet)
{
	const bool first = connection->dialled && packet->number == 1;
	an_wire_write_header(packet->bytes, first ? AN_WIRE_FIRST : AN_WIRE_LATER, ~connection->id,
	                     packet, connection->expected, early_bits(connection));
	packet->sent_at = connection->quic->now;
	connection->spoke_at = packet->number != 0 ? connection->quic->now : connection->spoke_at;
	connection->unacknowledged = 0;
	connection->acknowledge_at = AN_TIME_NEVER;
}

struct an_wire_packet *an_wire_write(struct an_quic_connection *connection)
{
	struct an_wire_packet *packet = queued_packet(connection);
	if (packet == NULL && has_words(connection) && connection->in_flight_count < AN_WIRE_WINDOW)
		packet = new_packet(connection);
	if (packet == NULL && connection->acknowledge_at <= connection->quic->now)
		packet = new_acknowledgement(connection);
	if (packet != NULL)
		seal(connection, packet);
	return packet;
}

/* Acknowledgements and losses. */

static void measure(struct an_quic_connection *connection, an_time_us sample)
{
	if (connection->smoothed_rtt == 0) {
		connection->smoothed_rtt = sample > 0 ? sample : 1;
		connection->rtt_variation = sample / 2;
		return;
	}
	const an_time_us mean = connection->smoothed_rtt;
	const an_time_us off = sample > mean ? sample - mean : mean - sample;
	connection->rtt_variation = (3 * connection->rtt_variation + off) / 4;
	connection->smoothed_rtt = (7 * mean + sample) / 8;
}

/* RFC 9002, 6.2.1, doubled with every timeout in a row. */
an_time_us an_wire_patience(const struct an_quic_connection *connection)
{
	const an_time_us rtt = connection->smoothed_rtt > 0 ? connection->smoothed_rtt
	                                                    : AN_WIRE_FIRST_RTT;
	const an_time_us variation = connection->smoothed_rtt > 0 ? connection->rtt_variation
	                                                          : AN_WIRE_FIRST_RTT / 2;
	const unsigned doubled = connection->timeouts < 6 ? connection->timeouts : 6;
	return (rtt + 4 * variation + AN_WIRE_ACK_DELAY) << doubled;
}

static void queue_again(struct an_quic_connection *connection, struct an_wire_packet *packet)
{
	if (packet->queued)
		return;
	packet->queued = true;
	connection->queued_count++;
	an_wire_touch(connection);
}

void an_wire_send_oldest_again(struct an_quic_connection *connection)
{
	struct an_list *link = an_list_first(&connection->in_flight);
	connection->timeouts++;
	if (link != NULL)
		queue_again(connection, packet_of(link));
}

static void acknowledge_frames(struct an_quic_connection *connection, struct cursor *cursor)
{
	while (cursor->at < cursor->size && !cursor->bad) {
		const unsigned type = get_type(cursor);
		if (type == AN_WIRE_FRAME_DATA) {
			const uint64_t id = get_number(cursor);
			const bool end = get_type(cursor) != 0;
			const uint64_t size = get_number(cursor);
			get_bytes(cursor, size);
			an_wire_stream_acknowledged(connection, id, (size_t)size, end);
		} else if (type == AN_WIRE_FRAME_RESET) {
			const uint64_t id = get_number(cursor);
			get_number(cursor);
			an_wire_stream_reset_acknowledged(connection, id);
		} else if (type == AN_WIRE_FRAME_CREDIT) {
			get_bytes(cursor, 2 * sizeof(uint64_t));
		} else if (type == AN_WIRE_FRAME_STREAMS) {
			get_number(cursor);
		} else if (type == AN_WIRE_FRAME_PROOF) {
			get_bytes(cursor, get_number(cursor));
		} else if (type != AN_WIRE_FRAME_PING) {
			return; /* a hello has nothing behind it */
		}
	}
}

static void packet_arrived(struct an_quic_connection *connection, struct an_wire_packet *packet)
{
	struct cursor cursor = {.bytes = packet->bytes,
	                        .at = AN_WIRE_HEADER_SIZE,
	                        .size = packet->size};
	an_list_remove(&packet->link);
	connection->in_flight_count--;
	connection->queued_count -= packet->queued ? 1 : 0;
	connection->timeouts = 0;
	if (!packet->sent_again)
		measure(connection, connection->quic->now - packet->sent_at);
	an_list_append(&connection->quic->spent, &packet->link);
	an_wire_touch(connection);
	acknowledge_frames(connection, &cursor);
}

static bool is_acknowledged(uint64_t number, uint64_t expected, uint64_t bits)
{
	if (number < expected)
		return true;
	const uint64_t distance = number - expected;
	return distance > 0 && distance <= AN_WIRE_WINDOW && (bits >> (distance - 1) & 1) != 0;
}

static unsigned count_bits_above(uint64_t number, uint64_t expected, uint64_t bits)
{
	unsigned count = 0;
	for (uint64_t other = expected + 1; bits != 0; bits >>= 1, other++)
		count += (bits & 1) != 0 && other > number ? 1 : 0;
	return count;
}

/* A packet that others overtook was lost, unless it went out again less than a round trip ago. */
static void find_lost(struct an_quic_connection *connection, uint64_t expected, uint64_t bits)
{
	struct an_list *link = bits != 0 ? an_list_first(&connection->in_flight) : NULL;
	for (; link != NULL; link = an_list_next(&connection->in_flight, link)) {
		struct an_wire_packet *packet = packet_of(link);
		if (count_bits_above(packet->number, expected, bits) < AN_WIRE_OVERTAKEN)
			return;
		if (!packet->sent_again ||
		    packet->sent_at + connection->smoothed_rtt <= connection->quic->now)
			queue_again(connection, packet);
	}
}

static void take_acknowledgement(struct an_quic_connection *connection, uint64_t expected,
                                 uint64_t bits)
{
	struct an_list *link = an_list_first(&connection->in_flight);
	while (link != NULL) {
		struct an_list *next = an_list_next(&connection->in_flight, link);
		struct an_wire_packet *packet = packet_of(link);
		if (packet->number > expected + AN_WIRE_WINDOW)
			break;
		if (is_acknowledged(packet->number, expected, bits))
			packet_arrived(connection, packet);
		link = next;
	}
	find_lost(connection, expected, bits);
}

/* The way in. */

static void take_hello(struct an_quic_connection *connection, struct cursor *cursor)
{
	const uint64_t streams = get_number(cursor);
	const uint64_t window = get_number(cursor);
	const struct an_span alpn = get_bytes(cursor, get_number(cursor));
	const struct an_span certificate = get_bytes(cursor, get_number(cursor));
	const char *own = connection->quic->profile.alpn;
	cursor->at = cursor->size;
	if (cursor->bad || connection->window_of_peer > 0)
		return;
	if (alpn.size != strlen(own) || memcmp(alpn.data, own, alpn.size) != 0) {
		an_wire_fail(connection, AUTONOMI_E_PROTOCOL, "the peer speaks another protocol",
		             AN_WIRE_CLOSE_PROTOCOL);
		return;
	}
	connection->may_open = streams;
	connection->window_of_peer = window;
	an_wire_greeted(connection, certificate);
}

static void take_frame(struct an_quic_connection *connection, struct cursor *cursor)
{
	const unsigned type = get_type(cursor);
	if (type == AN_WIRE_FRAME_HELLO) {
		take_hello(connection, cursor);
	} else if (type == AN_WIRE_FRAME_PROOF) {
		const struct an_span certificate = get_bytes(cursor, get_number(cursor));
		an_wire_proven(connection, certificate);
	} else if (type == AN_WIRE_FRAME_DATA) {
		const uint64_t id = get_number(cursor);
		const bool end = get_type(cursor) != 0;
		const struct an_span bytes = get_bytes(cursor, get_number(cursor));
		if (!cursor->bad)
			an_wire_stream_data(connection, id, bytes, end);
	} else if (type == AN_WIRE_FRAME_RESET) {
		const uint64_t id = get_number(cursor);
		an_wire_stream_told_reset(connection, id, get_number(cursor));
	} else if (type == AN_WIRE_FRAME_CREDIT) {
		const uint64_t id = get_number(cursor);
		an_wire_stream_credit(connection, id, get_number(cursor));
	} else if (type == AN_WIRE_FRAME_STREAMS) {
		const uint64_t streams = get_number(cursor);
		if (streams > connection->may_open)
			connection->may_open = streams;
	} else if (type == AN_WIRE_FRAME_CLOSE) {
		const enum an_wire_close how = (enum an_wire_close)get_number(cursor);
		an_wire_closed_by_peer(connection, how, get_number(cursor));
	} else if (type != AN_WIRE_FRAME_PING) {
		cursor->at = cursor->size;
	}
}

static void take_frames(struct an_quic_connection *connection, struct an_wire_packet *packet)
{
	struct cursor cursor = {.bytes = packet->bytes,
	                        .at = AN_WIRE_HEADER_SIZE,
	                        .size = packet->size};
	while (cursor.at < cursor.size && !cursor.bad && !connection->close_wanted &&
	       !connection->peer_ended)
		take_frame(connection, &cursor);
}

static void acknowledge_soon(struct an_quic_connection *connection, bool at_once)
{
	const an_time_us now = connection->quic->now;
	const bool many = ++connection->unacknowledged >= AN_WIRE_ACK_EVERY;
	const an_time_us at = at_once || many ? now : now + AN_WIRE_ACK_DELAY;
	connection->acknowledge_at = an_time_earlier(connection->acknowledge_at, at);
	an_wire_touch(connection);
}

/* Puts an early packet in its place; false where it is there already. */
static bool keep_early(struct an_quic_connection *connection, struct an_wire_packet *packet)
{
	struct an_list *link = an_list_first(&connection->early);
	while (link != NULL && packet_of(link)->number < packet->number)
		link = an_list_next(&connection->early, link);
	if (link != NULL && packet_of(link)->number == packet->number)
		return false;
	an_list_insert_before(link != NULL ? link : &connection->early, &packet->link);
	return true;
}

static void take_in_order(struct an_quic_connection *connection)
{
	struct an_list *link;
	while ((link = an_list_first(&connection->early)) != NULL &&
	       packet_of(link)->number == connection->expected) {
		struct an_wire_packet *packet = packet_of(link);
		an_list_remove(link);
		connection->expected++;
		take_frames(connection, packet);
		free(packet);
	}
}

static void take_numbered(struct an_quic_connection *connection, uint64_t number,
                          const uint8_t *bytes, size_t size)
{
	const bool late = number < connection->expected;
	const bool gap = number > connection->expected;
	if (number > connection->expected + AN_WIRE_WINDOW)
		return;
	acknowledge_soon(connection, late || gap || !an_list_empty(&connection->early));
	if (late)
		return;
	struct an_wire_packet *packet = an_wire_packet_new(size);
	memcpy(packet->bytes, bytes, size);
	packet->number = number;
	if (!keep_early(connection, packet))
		free(packet);
	take_in_order(connection);
}

static void take_loose(struct an_quic_connection *connection, const uint8_t *bytes, size_t size)
{
	struct an_wire_packet *packet = an_wire_packet_new(size);
	memcpy(packet->bytes, bytes, size);
	take_frames(connection, packet);
	free(packet);
}

void an_wire_take(struct an_quic_connection *connection, const uint8_t *bytes, size_t size)
{
	uint64_t numbers[4];
	memcpy(numbers, bytes + 1, sizeof(numbers));
	connection->heard_at = connection->quic->now;
	an_wire_touch(connection);
	take_acknowledgement(connection, numbers[2], numbers[3]);
	if (numbers[1] != 0)
		take_numbered(connection, numbers[1], bytes, size);
	else if (size > AN_WIRE_HEADER_SIZE)
		take_loose(connection, bytes, size);
}
