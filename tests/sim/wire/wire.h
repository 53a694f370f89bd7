/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The message wire: quic/quic.h without QUIC, for the simulator's second fidelity. A program that
 * links these files before lib/quic has lib/link, and all above it, talk over it: the same limits,
 * refusals, timeouts and events, without TLS, packet protection, congestion control and MTUs.
 *
 * Peers exchange *packets*, each one datagram of up to AN_WIRE_PACKET_MAX bytes, so a request or
 * reply of usual size is one packet. Numbered packets of a connection arrive once and in order: they
 * are acknowledged, and sent again when they are lost. A handshake takes as many round trips as
 * QUIC's, and a peer is who its certificate says: in a simulation nobody shows another one's.
 *
 * packet: type, id of the connection at the receiver, number (0: none), the first number that was
 *         not received, a bit for each of the 64 after it, then frames. The two ids of a connection
 *         are each other's complement.
 * frame:  a type byte and its fields (packet.c).
 *
 * Threading: single-threaded.
 */
#ifndef AN_SIM_WIRE_WIRE_H
#define AN_SIM_WIRE_WIRE_H

#include "base/heap.h"
#include "base/list.h"
#include "base/map.h"
#include "quic/quic.h"

enum {
	AN_WIRE_PACKET_MAX = 32 * 1024,
	AN_WIRE_HEADER_SIZE = 33,
	AN_WIRE_HELLO_SIZE = 1200, /* a first flight is padded, as QUIC's is */
	AN_WIRE_WINDOW = 64,       /* packets on their way */
	AN_WIRE_ACK_EVERY = 4,     /* packets; else after AN_WIRE_ACK_DELAY */
	AN_WIRE_OVERTAKEN = 3,     /* by so many: the packet was lost */
	AN_WIRE_ANSWERS_MAX = 16,  /* to packets of no connection, waiting */
	AN_WIRE_GRAVES_MAX = 256,  /* ended connections that are still known */
	AN_WIRE_CERTIFICATE_MAX = 512,
};

#define AN_WIRE_ACK_DELAY AN_MS(25)  /* RFC 9000, max_ack_delay */
#define AN_WIRE_FIRST_RTT AN_MS(333) /* RFC 9002, kInitialRtt */

enum an_wire_packet_type { AN_WIRE_FIRST = 1, AN_WIRE_LATER = 2 };

enum an_wire_frame_type {
	AN_WIRE_FRAME_HELLO = 1, /* streams, stream window, ALPN; of the server its certificate */
	AN_WIRE_FRAME_PROOF,     /* the client's certificate: the handshake is complete */
	AN_WIRE_FRAME_DATA,      /* stream, offset, is it the end, bytes */
	AN_WIRE_FRAME_RESET,     /* stream, code */
	AN_WIRE_FRAME_CREDIT,    /* stream, offset up to which bytes are welcome */
	AN_WIRE_FRAME_STREAMS,   /* how many streams the peer may have opened in all */
	AN_WIRE_FRAME_PING,
	AN_WIRE_FRAME_CLOSE,   /* how, code; in a packet without a number */
	AN_WIRE_FRAME_PADDING, /* to the end of the packet */
};

/* How a connection is closed. */
enum an_wire_close {
	AN_WIRE_CLOSE_CODE,     /* by the application, or quietly with code 0 */
	AN_WIRE_CLOSE_REFUSED,  /* before the handshake was complete, or over the certificate */
	AN_WIRE_CLOSE_PROTOCOL, /* another ALPN */
};

/* A packet in memory; its header is written whenever it goes out. */
struct an_wire_packet {
	struct an_list link;
	uint64_t number;
	an_time_us sent_at;
	bool sent_again;
	bool queued; /* to be sent, again or first */
	size_t size;
	uint8_t bytes[];
};

/* Accepted connections of one remote address (IPv6: of one /64). */
struct an_wire_address {
	struct an_map_entry entry;
	size_t connections, handshakes;
	uint8_t key[16];
};

/* A packet to a peer without a connection. */
struct an_wire_answer {
	struct an_endpoint local, remote;
	uint64_t id;
	enum an_wire_close how;
};

struct an_quic_stream {
	struct an_list link; /* in connection->streams */
	struct an_list turn; /* in connection->turns, while it has something to say */
	struct an_quic_connection *connection;
	void *user;
	uint64_t id;
	struct an_blob *parts[AN_QUIC_PARTS_MAX];
	size_t part_count;
	uint64_t size, sent, acknowledged, credit; /* of what we send */
	bool submitted, end_sent, end_acknowledged, delivered;
	uint64_t received, consumed, offered; /* of what we get: credit that the peer knows of */
	bool end_received;
	bool credit_wanted;
	bool reset_wanted, reset_sent;
	uint64_t reset_code;
};

struct an_quic_connection {
	struct an_map_entry entry; /* of quic->connections_by_id */
	uint64_t id;
	struct an_list link;
	struct an_list touched;
	struct an_list unproven;
	struct an_heap_node timer;
	struct an_quic *quic;
	void *user;
	struct an_endpoint local, remote;
	struct an_wire_address *address; /* NULL where dialled */
	an_time_us began, heard_at, spoke_at;

	bool dialled;
	bool connected;
	bool hello_wanted, proof_wanted, ping_wanted, streams_wanted;
	bool close_wanted, ended, peer_ended;
	uint64_t close_code;
	enum an_wire_close close_how;
	struct an_quic_close close; /* what `closed` tells */

	struct an_list turns;
	struct an_list streams;
	uint64_t opened, may_open;     /* streams by us */
	uint64_t accepted, may_accept; /* by the peer */
	uint64_t told_streams;         /* what the peer knows of `may_accept` */
	uint64_t window_of_peer;       /* bytes of a stream that the peer takes at first */

	uint64_t next_number;
	struct an_list in_flight; /* packets by number */
	size_t in_flight_count, queued_count;
	uint64_t expected; /* the first number that did not arrive */
	struct an_list early;
	size_t unacknowledged;
	an_time_us acknowledge_at;
	an_time_us smoothed_rtt, rtt_variation;
	unsigned timeouts; /* in a row */
};

/* An ended connection: late packets are known, and told again that it is closed. */
struct an_wire_grave {
	struct an_map_entry entry;
	struct an_heap_node timer;
	uint64_t id;
	bool silent;
	struct an_endpoint local, remote;
	enum an_wire_close how;
	uint64_t code;
	size_t received;
};

struct an_quic {
	struct an_profile profile;
	struct an_quic_limits limits;
	struct an_quic_events events;
	struct an_random *random;
	struct an_logger *logger;
	bool accepts;
	size_t certificate_size;
	uint8_t certificate[AN_WIRE_CERTIFICATE_MAX];
	an_time_us now;
	struct an_map connections_by_id, graves_by_id, addresses;
	struct an_list connections, touched, unproven;
	struct an_heap timers, graves;
	size_t handshakes;
	struct an_list loose; /* packets without a number, to be sent */
	struct an_list spent; /* that runs may still point to; freed by the next output */
	struct an_quic_counters counters;
};

/* endpoint.c */
/* Puts a packet without a number in front of all others. */
void an_wire_say_close(struct an_quic *quic, const struct an_endpoint *local,
                       const struct an_endpoint *remote, uint64_t id, enum an_wire_close how,
                       uint64_t code);
struct an_quic_connection *an_wire_find(const struct an_quic *quic, uint64_t id);

/* limits.c */
struct an_wire_address *an_wire_address_take(struct an_quic *quic,
                                             const struct an_endpoint *remote);
void an_wire_address_release(struct an_quic *quic, struct an_wire_address *address);
void an_wire_handshake_begin(struct an_quic_connection *connection);
void an_wire_handshake_over(struct an_quic_connection *connection);
/* Whether a connection from there may come in; makes room as lib/quic does. */
bool an_wire_admit(struct an_quic *quic, const struct an_endpoint *remote);
void an_wire_grave_dig(struct an_quic_connection *connection, bool silent);
void an_wire_graves_expire(struct an_quic *quic);
void an_wire_grave_disturb(struct an_quic *quic, uint64_t id);
void an_wire_graves_clear(struct an_quic *quic);

/* connection.c */
struct an_quic_connection *an_wire_connection_new(struct an_quic *quic, uint64_t id,
                                                  const struct an_endpoint *remote, bool dialled);
void an_wire_connection_free(struct an_quic_connection *connection);
void an_wire_touch(struct an_quic_connection *connection);
/* Ends it: `closed` is told, and the connection is freed. `tell`: the peer too. */
void an_wire_end(struct an_quic_connection *connection, bool tell);
/* Ends it where that was asked for meanwhile; false where it did. */
bool an_wire_settle(struct an_quic_connection *connection);
/* Notes how it ends, for an_wire_settle. */
void an_wire_fail(struct an_quic_connection *connection, an_status status, const char *reason,
                  enum an_wire_close how);
void an_wire_greeted(struct an_quic_connection *connection, struct an_span certificate);
void an_wire_proven(struct an_quic_connection *connection, struct an_span certificate);
void an_wire_closed_by_peer(struct an_quic_connection *connection, enum an_wire_close how,
                            uint64_t code);
void an_wire_schedule(struct an_quic_connection *connection);
void an_wire_expire(struct an_quic_connection *connection);

/* packet.c */
/* Takes a packet that came for this connection. */
void an_wire_take(struct an_quic_connection *connection, const uint8_t *bytes, size_t size);
/* The next packet to send, or NULL; it stays valid until the next an_quic_output. */
struct an_wire_packet *an_wire_write(struct an_quic_connection *connection);
struct an_wire_packet *an_wire_packet_new(size_t size);
void an_wire_write_header(uint8_t *bytes, enum an_wire_packet_type type, uint64_t id,
                          const struct an_wire_packet *packet, uint64_t expected, uint64_t bits);
size_t an_wire_write_close(uint8_t *bytes, enum an_wire_close how, uint64_t code);
void an_wire_packets_free(struct an_list *packets);
an_time_us an_wire_patience(const struct an_quic_connection *connection);
/* Nothing was heard of the oldest packet for too long: it goes out again. */
void an_wire_send_oldest_again(struct an_quic_connection *connection);

/* stream.c */
struct an_quic_stream *an_wire_stream_find(const struct an_quic_connection *connection,
                                           uint64_t id);
bool an_wire_stream_has_words(const struct an_quic_stream *stream);
/* Copies `size` bytes from `offset` of what is sent. */
void an_wire_stream_copy(const struct an_quic_stream *stream, uint64_t offset, uint8_t *out,
                         size_t size);
void an_wire_stream_data(struct an_quic_connection *connection, uint64_t id, struct an_span bytes,
                         bool end);
void an_wire_stream_told_reset(struct an_quic_connection *connection, uint64_t id, uint64_t code);
void an_wire_stream_credit(struct an_quic_connection *connection, uint64_t id, uint64_t offset);
void an_wire_stream_acknowledged(struct an_quic_connection *connection, uint64_t id, size_t size,
                                 bool end);
void an_wire_stream_reset_acknowledged(struct an_quic_connection *connection, uint64_t id);
void an_wire_stream_close(struct an_quic_stream *stream);

#endif
