/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * QUIC endpoints on a wire in memory, in virtual time: every datagram takes `latency`, and may be
 * lost, doubled, delayed or damaged as the seed says. Each endpoint has an application that collects
 * what arrives and can echo it.
 */
#ifndef TESTS_QUIC_WIRE_H
#define TESTS_QUIC_WIRE_H

#include "base/list.h"
#include "quic/quic.h"

enum { WIRE_PEERS = 4 };

struct wire_peer;

/* One stream as its application sees it; lives until wire_done. */
struct wire_message {
	struct an_list link;
	struct wire_peer *peer;
	struct an_quic_stream *stream; /* NULL: closed */
	uint8_t *data;
	size_t size, capacity;
	size_t unconsumed;
	bool inbound, ended, delivered, reset;
	uint64_t reset_code;
};

struct wire_peer {
	struct wire *wire;
	struct an_quic *quic;
	struct an_random random;
	struct an_profile profile;
	struct an_endpoint address;
	struct an_list messages;
	struct an_quic_connection *connection; /* the last one that connected */
	uint8_t peer_certificate[1024];
	size_t peer_certificate_size;

	/* What the application does. */
	bool echoes;         /* sends what it got, when it has all of it; else an empty message */
	bool silent;         /* sends nothing */
	bool hoards;         /* does not consume */
	bool forgets;        /* counts bytes and keeps none */
	bool closes_at_once; /* in `accepted` or `connected` */
	bool resets_on_data; /* with code 9 */
	an_status verdict;   /* of `verify` */

	/* What happened. */
	unsigned accepted, verified, connected, closed, streams_opened, streams_closed;
	uint64_t bytes;
	struct an_quic_close close; /* of the last one that closed */
};

struct wire {
	an_time_us now;
	struct an_random random;
	struct an_list packets; /* by arrival */
	size_t in_flight;
	an_time_us latency;
	unsigned loss, doubled, delayed, damaged; /* of 1000 datagrams */
	bool (*drops)(struct wire *wire, const struct an_datagram *datagram); /* NULL: none */
	uint64_t sent, dropped;
	struct wire_peer peers[WIRE_PEERS];
	size_t peer_count;
};

void wire_init(struct wire *wire, uint64_t seed);
void wire_done(struct wire *wire);

/* Limits that are in nobody's way. */
struct an_quic_limits wire_limits(void);

/* Adds an endpoint at address 10.0.0.N, port 4000 + N, that accepts and echoes. */
struct wire_peer *wire_add(struct wire *wire, const struct an_quic_limits *limits);

/* As wire_add, but says how an_quic_new ended instead of insisting. */
an_status wire_try_add(struct wire *wire, const struct an_quic_limits *limits);

/* Makes the endpoint of a crashed peer again, with a new key and what its profile says now. */
an_status wire_remake(struct wire_peer *peer, const struct an_quic_limits *limits);

/* Frees the endpoint, as a crash would: without a word. */
void wire_crash(struct wire_peer *peer);

/* Runs until `done` says so; false where `limit` of virtual time passed before. */
bool wire_run(struct wire *wire, an_time_us limit, bool (*done)(struct wire *wire));
void wire_run_for(struct wire *wire, an_time_us duration);

/* Moves everything that can move without waiting. */
void wire_settle(struct wire *wire);

struct an_quic_connection *wire_dial(struct wire_peer *from, struct wire_peer *to);
/* Dials, and runs until both sides are connected. */
struct an_quic_connection *wire_connect(struct wire_peer *from, struct wire_peer *to);

/* As wire_open; NULL where it cannot be opened. */
struct wire_message *wire_try_open(struct an_quic_connection *connection,
                                   struct an_quic_stream **ret_stream);
/* A new stream on which nothing is sent yet. */
struct wire_message *wire_open(struct an_quic_connection *connection,
                               struct an_quic_stream **ret_stream);
/* Sends `size` bytes that `seed` determines, on a new stream. */
struct wire_message *wire_send(struct an_quic_connection *connection, uint64_t seed, size_t size);
struct an_blob *wire_bytes(uint64_t seed, size_t size);
/* Whether the message is complete and holds exactly these bytes. */
bool wire_received(const struct wire_message *message, uint64_t seed, size_t size);
/* Whether all messages of the peer are closed. */
bool wire_peer_idle(const struct wire_peer *peer);
size_t wire_messages(const struct wire_peer *peer);
/* Lets the peer consume what it hoarded. */
void wire_consume(struct wire_peer *peer);

/* Hands one datagram to a peer as it is. */
void wire_inject(struct wire_peer *to, const struct an_endpoint *from, const uint8_t *bytes,
                 size_t size);

#endif
