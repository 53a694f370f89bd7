/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wire.h"

#include <stdio.h>
#include <stdlib.h>

#include "crypt/library.h"
#include "ident/key_pair.h"

/* Not Check's: the fuzz target uses the wire too. */
#define must(condition) ((condition) ? (void)0 : failed(__LINE__, #condition))

static _Noreturn void failed(int line, const char *condition)
{
	fprintf(stderr, "wire.c:%d: %s does not hold\n", line, condition);
	abort();
}

struct packet {
	struct an_list link;
	an_time_us arrival;
	struct an_endpoint from, to;
	uint8_t ecn;
	size_t size;
	uint8_t bytes[];
};

static struct an_random entropy;

static an_status give_entropy(void *context, uint8_t *out, size_t size)
{
	(void)context;
	an_random_fill(&entropy, out, size);
	return AUTONOMI_OK;
}

static uint64_t give_time(void *context)
{
	(void)context;
	return AN_SECONDS(UINT64_C(1800000000));
}

static void seed_random(struct an_random *random, uint64_t seed, uint8_t salt)
{
	uint8_t bytes[AN_RANDOM_SEED_SIZE] = {salt};
	memcpy(bytes + 8, &seed, sizeof(seed));
	an_random_init(random, bytes);
}

void wire_init(struct wire *wire, uint64_t seed)
{
	*wire = (struct wire){.now = AN_SECONDS(1000), .latency = AN_MS(10)};
	an_list_init(&wire->packets);
	seed_random(&wire->random, seed, 200);
	seed_random(&entropy, seed, 201);
	must(an_quic_library_start() == AUTONOMI_OK);
	must(an_crypt_library_set(give_entropy, give_time, NULL) == AUTONOMI_OK);
}

static void packet_free(struct wire *wire, struct packet *packet)
{
	an_list_remove(&packet->link);
	wire->in_flight--;
	free(packet);
}

void wire_crash(struct wire_peer *peer)
{
	struct an_list *link;
	peer->quic = an_quic_free(peer->quic);
	while ((link = an_list_take(&peer->messages)) != NULL) {
		struct wire_message *message = an_container_of(link, struct wire_message, link);
		free(message->data);
		free(message);
	}
}

void wire_done(struct wire *wire)
{
	struct an_list *link;
	for (size_t i = 0; i < wire->peer_count; i++)
		wire_crash(&wire->peers[i]);
	while ((link = an_list_first(&wire->packets)) != NULL)
		packet_free(wire, an_container_of(link, struct packet, link));
}

/* The application. */

static struct wire_message *message_new(struct wire_peer *peer, struct an_quic_stream *stream)
{
	struct wire_message *message = calloc(1, sizeof(*message));
	must(message != NULL);
	message->peer = peer;
	message->stream = stream;
	an_list_append(&peer->messages, &message->link);
	return message;
}

static an_status on_verify(void *context, struct an_quic_connection *connection,
                           struct an_span certificate)
{
	struct wire_peer *peer = context;
	(void)connection;
	must(certificate.size <= sizeof(peer->peer_certificate));
	memcpy(peer->peer_certificate, certificate.data, certificate.size);
	peer->peer_certificate_size = certificate.size;
	peer->verified++;
	return peer->verdict;
}

static void on_accepted(void *context, struct an_quic_connection *connection)
{
	struct wire_peer *peer = context;
	peer->accepted++;
	an_quic_connection_set_user(connection, peer);
	if (peer->closes_at_once)
		an_quic_connection_close(connection, 3);
}

static void on_connected(void *context, struct an_quic_connection *connection)
{
	struct wire_peer *peer = context;
	peer->connected++;
	peer->connection = connection;
	if (peer->closes_at_once)
		an_quic_connection_close(connection, 3);
}

static void on_closed(void *context, struct an_quic_connection *connection,
                      const struct an_quic_close *close)
{
	struct wire_peer *peer = context;
	peer->closed++;
	peer->close = *close;
	must(close->reason != NULL);
	if (peer->connection == connection)
		peer->connection = NULL;
}

static void on_stream_opened(void *context, struct an_quic_stream *stream)
{
	struct wire_peer *peer = context;
	struct wire_message *message = message_new(peer, stream);
	message->inbound = true;
	peer->streams_opened++;
	an_quic_stream_set_user(stream, message);
}

static void keep(struct wire_message *message, struct an_span bytes)
{
	if (message->size + bytes.size > message->capacity) {
		message->capacity = (message->size + bytes.size) * 2;
		message->data = realloc(message->data, message->capacity);
		must(message->data != NULL);
	}
	if (bytes.size > 0)
		memcpy(message->data + message->size, bytes.data, bytes.size);
	message->size += bytes.size;
}

static void answer(struct wire_message *message)
{
	const size_t size = message->peer->echoes ? message->size : 0;
	struct an_blob *blob = an_blob_copy(an_span(message->data, size));
	if (blob == NULL)
		return;
	an_quic_stream_send(message->stream, &blob, 1);
	an_blob_unref(blob);
}

static void on_stream_data(void *context, struct an_quic_stream *stream, struct an_span bytes,
                           bool end)
{
	struct wire_peer *peer = context;
	struct wire_message *message = an_quic_stream_user(stream);
	must(!message->ended);
	peer->bytes += bytes.size;
	message->ended = end;
	if (peer->resets_on_data) {
		an_quic_stream_reset(stream, 9);
		return;
	}
	if (!peer->forgets)
		keep(message, bytes);
	if (peer->hoards)
		message->unconsumed += bytes.size;
	else
		an_quic_stream_consumed(stream, bytes.size);
	if (end && message->inbound && !peer->silent)
		answer(message);
}

static void on_stream_reset(void *context, struct an_quic_stream *stream, uint64_t code)
{
	struct wire_message *message = an_quic_stream_user(stream);
	(void)context;
	message->reset = true;
	message->reset_code = code;
	an_quic_stream_reset(stream, code);
}

static void on_stream_delivered(void *context, struct an_quic_stream *stream)
{
	struct wire_message *message = an_quic_stream_user(stream);
	(void)context;
	must(!message->delivered);
	message->delivered = true;
}

static void on_stream_closed(void *context, struct an_quic_stream *stream)
{
	struct wire_peer *peer = context;
	struct wire_message *message = an_quic_stream_user(stream);
	must(message->stream == stream);
	message->stream = NULL;
	peer->streams_closed++;
}

/* Endpoints. */

struct an_quic_limits wire_limits(void)
{
	return (struct an_quic_limits){
		.connections = 1000,
		.handshakes = 100,
		.connections_per_address = 100,
		.streams = 256,
		.stream_window = 6 << 20,
		.connection_window = 16 << 20,
	};
}

an_status wire_remake(struct wire_peer *peer, const struct an_quic_limits *limits)
{
	const struct an_quic_events events = {
		.context = peer,
		.verify = on_verify,
		.accepted = on_accepted,
		.connected = on_connected,
		.closed = on_closed,
		.stream_opened = on_stream_opened,
		.stream_data = on_stream_data,
		.stream_reset = on_stream_reset,
		.stream_delivered = on_stream_delivered,
		.stream_closed = on_stream_closed,
	};
	struct an_key_pair pair;
	struct an_buffer certificate, key;
	uint8_t secret[AN_KEY_SECRET_SIZE];
	an_random_fill(&peer->random, secret, sizeof(secret));
	an_buffer_init(&certificate, 4096);
	an_buffer_init(&key, 4096);
	an_status status = an_key_pair_from_secret(&pair, secret);
	if (status == AUTONOMI_OK)
		status = an_key_pair_certificate(&pair, "ant/node/1.0/0.1.0/1", &certificate);
	if (status == AUTONOMI_OK)
		status = an_key_pair_private_key(&pair, &key);
	const struct an_quic_config config = {
		.profile = &peer->profile,
		.certificate = an_buffer_span(&certificate),
		.private_key = an_buffer_span(&key),
		.limits = *limits,
		.accepts = true,
		.random = &peer->random,
	};
	if (status == AUTONOMI_OK)
		status = an_quic_new(&config, &events, &peer->quic);
	an_buffer_done(&certificate);
	an_buffer_done(&key);
	return status;
}

an_status wire_try_add(struct wire *wire, const struct an_quic_limits *limits)
{
	must(wire->peer_count < WIRE_PEERS);
	const uint8_t number = (uint8_t)(wire->peer_count + 1);
	struct wire_peer *peer = &wire->peers[wire->peer_count++];
	*peer = (struct wire_peer){.wire = wire, .profile = an_profile_autonomi, .echoes = true};
	peer->address = an_endpoint_ip4(10, 0, 0, number, (uint16_t)(4000 + number));
	an_list_init(&peer->messages);
	seed_random(&peer->random, an_random_u64(&wire->random), number);
	return wire_remake(peer, limits);
}

struct wire_peer *wire_add(struct wire *wire, const struct an_quic_limits *limits)
{
	must(wire_try_add(wire, limits) == AUTONOMI_OK);
	return &wire->peers[wire->peer_count - 1];
}

/* The wire. */

static bool chance(struct wire *wire, unsigned of_thousand)
{
	return of_thousand > 0 && an_random_below(&wire->random, 1000) < of_thousand;
}

static void packet_add(struct wire *wire, const struct wire_peer *from,
                       const struct an_datagram *datagram)
{
	struct packet *packet = calloc(1, sizeof(*packet) + datagram->size);
	must(packet != NULL);
	packet->from = from->address;
	packet->to = datagram->remote;
	packet->ecn = datagram->ecn;
	packet->size = datagram->size;
	memcpy(packet->bytes, datagram->data, datagram->size);
	packet->arrival = wire->now + wire->latency;
	if (chance(wire, wire->delayed))
		packet->arrival += an_random_below(&wire->random, wire->latency * 2 + 1);
	if (chance(wire, wire->damaged) && packet->size > 0)
		packet->bytes[an_random_below(&wire->random, packet->size)] ^=
			(uint8_t)(1u << an_random_below(&wire->random, 8));

	struct an_list *before = wire->packets.previous;
	while (before != &wire->packets &&
	       an_container_of(before, struct packet, link)->arrival > packet->arrival)
		before = before->previous;
	an_list_insert_before(before->next, &packet->link);
	wire->in_flight++;
}

static void transmit(struct wire *wire, const struct wire_peer *from,
                     const struct an_datagram *datagram)
{
	wire->sent++;
	must(datagram->size <= AN_DATAGRAM_MAX);
	if (chance(wire, wire->loss) || (wire->drops != NULL && wire->drops(wire, datagram))) {
		wire->dropped++;
		return;
	}
	packet_add(wire, from, datagram);
	if (chance(wire, wire->doubled))
		packet_add(wire, from, datagram);
}

static bool collect(struct wire *wire, struct wire_peer *peer)
{
	struct an_datagram runs[AN_DATAGRAM_BATCH];
	const size_t count = an_quic_output(peer->quic, runs, AN_DATAGRAM_BATCH, wire->now);
	for (size_t i = 0; i < count; i++) {
		must(runs[i].segment > 0);
		must(runs[i].size <= AN_DATAGRAM_RUN_MAX);
		for (size_t begin = 0; begin < runs[i].size; begin += runs[i].segment) {
			struct an_datagram one = runs[i];
			one.data += begin;
			one.size = runs[i].size - begin;
			if (one.size > runs[i].segment)
				one.size = runs[i].segment;
			transmit(wire, peer, &one);
		}
	}
	return count > 0;
}

void wire_settle(struct wire *wire)
{
	for (size_t i = 0; i < wire->peer_count; i++) {
		struct wire_peer *peer = &wire->peers[i];
		if (peer->quic == NULL)
			continue;
		if (an_quic_deadline(peer->quic) <= wire->now)
			an_quic_expire(peer->quic, wire->now);
		while (collect(wire, peer))
			;
		/* A deadline that has passed must not stay: that would be a busy loop. */
		must(an_quic_deadline(peer->quic) > wire->now);
	}
}

static struct wire_peer *peer_at(struct wire *wire, const struct an_endpoint *address)
{
	for (size_t i = 0; i < wire->peer_count; i++) {
		if (an_endpoint_equal(&wire->peers[i].address, address))
			return &wire->peers[i];
	}
	return NULL;
}

static void deliver(struct wire *wire, struct packet *packet)
{
	struct wire_peer *peer = peer_at(wire, &packet->to);
	const struct an_datagram datagram = {
		.local = packet->to,
		.remote = packet->from,
		.data = packet->bytes,
		.size = packet->size,
		.segment = packet->size,
		.ecn = packet->ecn,
	};
	if (peer != NULL && peer->quic != NULL)
		an_quic_input(peer->quic, &datagram, 1, wire->now);
	packet_free(wire, packet);
}

static an_time_us next_time(const struct wire *wire)
{
	const struct an_list *first = an_list_first(&wire->packets);
	an_time_us time = first != NULL ? an_container_of(first, struct packet, link)->arrival
	                                : AN_TIME_NEVER;
	for (size_t i = 0; i < wire->peer_count; i++) {
		if (wire->peers[i].quic != NULL)
			time = an_time_earlier(time, an_quic_deadline(wire->peers[i].quic));
	}
	return time;
}

/* One instant; false where nothing happens before `end`. */
static bool step(struct wire *wire, an_time_us end)
{
	struct an_list *first;
	wire_settle(wire);
	const an_time_us time = next_time(wire);
	if (time > end)
		return false;
	wire->now = time;
	while ((first = an_list_first(&wire->packets)) != NULL &&
	       an_container_of(first, struct packet, link)->arrival <= wire->now)
		deliver(wire, an_container_of(first, struct packet, link));
	wire_settle(wire);
	return true;
}

bool wire_run(struct wire *wire, an_time_us limit, bool (*done)(struct wire *wire))
{
	const an_time_us end = wire->now + limit;
	while (!done(wire)) {
		if (!step(wire, end)) {
			wire->now = end;
			return done(wire);
		}
	}
	return true;
}

static bool never(struct wire *wire)
{
	(void)wire;
	return false;
}

void wire_run_for(struct wire *wire, an_time_us duration)
{
	wire_run(wire, duration, never);
}

struct an_quic_connection *wire_dial(struct wire_peer *from, struct wire_peer *to)
{
	struct an_quic_connection *connection = NULL;
	must(an_quic_dial(from->quic, &to->address, from, from->wire->now, &connection) ==
	     AUTONOMI_OK);
	return connection;
}

struct an_quic_connection *wire_connect(struct wire_peer *from, struct wire_peer *to)
{
	const unsigned before = from->connected, there = to->connected;
	const an_time_us end = from->wire->now + AN_SECONDS(10);
	struct an_quic_connection *connection = wire_dial(from, to);
	while (from->connected == before || to->connected == there)
		must(step(from->wire, end));
	return connection;
}

struct an_blob *wire_bytes(uint64_t seed, size_t size)
{
	struct an_random random;
	struct an_blob *blob = an_blob_new(size);
	if (blob == NULL)
		return NULL;
	seed_random(&random, seed, 7);
	an_random_fill(&random, blob->data, size);
	return blob;
}

struct wire_message *wire_try_open(struct an_quic_connection *connection,
                                   struct an_quic_stream **ret_stream)
{
	struct wire_peer *peer = an_quic_connection_user(connection);
	struct wire_message *message = message_new(peer, NULL);
	if (an_quic_stream_open(connection, message, ret_stream) != AUTONOMI_OK) {
		an_list_remove(&message->link);
		free(message);
		return NULL;
	}
	message->stream = *ret_stream;
	return message;
}

struct wire_message *wire_open(struct an_quic_connection *connection,
                               struct an_quic_stream **ret_stream)
{
	struct wire_message *message = wire_try_open(connection, ret_stream);
	must(message != NULL);
	return message;
}

struct wire_message *wire_send(struct an_quic_connection *connection, uint64_t seed, size_t size)
{
	struct an_quic_stream *stream;
	struct wire_message *message = wire_open(connection, &stream);
	struct an_blob *blob = wire_bytes(seed, size);
	must(blob != NULL);
	must(an_quic_stream_send(stream, &blob, 1) == AUTONOMI_OK);
	an_blob_unref(blob);
	return message;
}

bool wire_received(const struct wire_message *message, uint64_t seed, size_t size)
{
	if (!message->ended || message->size != size)
		return false;
	struct an_blob *expected = wire_bytes(seed, size);
	must(expected != NULL);
	const bool equal = size == 0 || memcmp(expected->data, message->data, size) == 0;
	an_blob_unref(expected);
	return equal;
}

bool wire_peer_idle(const struct wire_peer *peer)
{
	for (struct an_list *link = an_list_first(&peer->messages); link != NULL;
	     link = an_list_next(&peer->messages, link)) {
		if (an_container_of(link, struct wire_message, link)->stream != NULL)
			return false;
	}
	return true;
}

size_t wire_messages(const struct wire_peer *peer)
{
	size_t count = 0;
	for (struct an_list *link = an_list_first(&peer->messages); link != NULL;
	     link = an_list_next(&peer->messages, link))
		count++;
	return count;
}

void wire_consume(struct wire_peer *peer)
{
	for (struct an_list *link = an_list_first(&peer->messages); link != NULL;
	     link = an_list_next(&peer->messages, link)) {
		struct wire_message *message = an_container_of(link, struct wire_message, link);
		if (message->stream != NULL)
			an_quic_stream_consumed(message->stream, message->unconsumed);
		message->unconsumed = 0;
	}
}

void wire_inject(struct wire_peer *to, const struct an_endpoint *from, const uint8_t *bytes,
                 size_t size)
{
	uint8_t copy[2048];
	must(size <= sizeof(copy));
	memcpy(copy, bytes, size);
	const struct an_datagram datagram = {
		.local = to->address, .remote = *from, .data = copy, .size = size, .segment = size};
	an_quic_input(to->quic, &datagram, 1, to->wire->now);
}
