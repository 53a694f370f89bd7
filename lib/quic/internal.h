/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the files of this module share.
 *
 * Life of a connection: it is made by a dial or an Initial packet, is `touched` whenever it may have
 * something to write, and ends in an_quic_connection_end, which is called from the three entry
 * points alone and never from inside ngtcp2. Whatever a handler asks for meanwhile (close, reset) is
 * noted and carried out by an_quic_connection_settle.
 */
#ifndef AN_QUIC_INTERNAL_H
#define AN_QUIC_INTERNAL_H

#include <ngtcp2/ngtcp2.h>
#include <ngtcp2/ngtcp2_crypto.h>
#include <wolfssl/options.h>
#include <wolfssl/ssl.h>

#include "base/heap.h"
#include "base/list.h"
#include "base/map.h"
#include "quic/quic.h"

enum {
	AN_QUIC_ID_SIZE = 8,              /* of the connection ids that we choose */
	AN_QUIC_OUTPUT_SIZE = 256 * 1024, /* bytes of one an_quic_output */
	AN_QUIC_SEGMENTS_MAX = 64,  /* datagrams in a run: what Linux takes (UDP_MAX_SEGMENTS) */
	AN_QUIC_REPLIES_MAX = 16,   /* answers to datagrams without a connection, waiting */
	AN_QUIC_REPLY_SIZE = 576,   /* bytes of one such answer */
	AN_QUIC_GRAVES_MAX = 1024,  /* ended connections that are still remembered */
	AN_QUIC_RESTING_MAX = 1024, /* addresses without a connection that are remembered */
	/* With so many handshakes under way, and with this part of those that may be, an address must be
	 * proven before the next one begins. */
	AN_QUIC_RETRY_FROM = 8,
	AN_QUIC_RETRY_DIVISOR = 4,
	AN_QUIC_ALPN_MAX = 64,
};

/* Where datagrams with one of our connection ids go: a connection, or the grave of one. */
struct an_quic_route {
	struct an_quic_connection *connection; /* NULL: a grave */
	struct an_list ids;
};

/* A connection id of ours. */
struct an_quic_id {
	struct an_map_entry entry;
	struct an_list link;
	struct an_quic_route *route;
	ngtcp2_cid cid;
};

/* How many accepted connections a remote address has. */
struct an_quic_address {
	struct an_map_entry entry;
	size_t connections;
	size_t handshakes; /* of them, not proven */
	/* The handshakes that it began are paid for at this time, at the limit's rate. */
	an_time_us paid;
	struct an_list resting; /* in quic->resting: without connections, and not paid for */
	uint8_t key[16];
};

/* An ended connection in its closing or draining period (RFC 9000, 10.2). */
struct an_quic_grave {
	struct an_quic_route route;
	struct an_heap_node timer;
	struct an_list link; /* in quic->farewells while the packet waits to be sent */
	struct an_endpoint local, remote;
	size_t received; /* datagrams since it ended */
	size_t size;     /* 0: draining, nothing may be sent */
	uint8_t packet[];
};

/* An answer to a datagram that belongs to no connection. */
struct an_quic_reply {
	struct an_endpoint local, remote;
	size_t size;
	uint8_t packet[AN_QUIC_REPLY_SIZE];
};

/* The TLS contexts of one ALPN. Sessions never cross from one to another, and no protocol (""), of
 * which a handshake is refused, has no context at all. */
struct an_quic_tls {
	char alpn[AN_QUIC_ALPN_MAX];
	WOLFSSL_CTX *server, *client;
};

struct an_quic {
	struct an_profile profile;
	struct an_quic_limits limits;
	struct an_quic_events events;
	struct an_quic_tls tls;
	struct an_random *random;
	struct an_logger *logger;
	bool accepts;
	an_time_us now; /* never goes back: ngtcp2 aborts when it does */

	struct an_map ids;       /* struct an_quic_id by connection id */
	struct an_map addresses; /* struct an_quic_address */
	struct an_list connections;
	struct an_list touched;
	struct an_heap timers;  /* of connections */
	size_t memory_used;     /* of all connections */
	struct an_list resting; /* addresses that are remembered for their rate, the oldest first */
	size_t resting_count;
	uint8_t retry_secret[32];
	size_t handshakes;       /* accepted and not proven */
	struct an_list unproven; /* they, the oldest first */

	struct an_heap graves;
	size_t grave_count;
	struct an_list farewells;
	size_t reply_count;
	struct an_quic_reply replies[AN_QUIC_REPLIES_MAX];
	/* Whom we refused last: a first flight has several datagrams, but counts once. */
	ngtcp2_cid refused[AN_QUIC_REPLIES_MAX];
	size_t refused_next;

	uint8_t *output;
	struct an_quic_counters counters;
};

struct an_quic_connection {
	struct an_quic_route route;
	struct an_list link;
	struct an_list touched;
	struct an_heap_node timer;
	struct an_quic *quic;
	void *user;

	ngtcp2_mem memory; /* counts what `conn` allocates */
	size_t memory_used, memory_limit;
	ngtcp2_conn *conn;
	WOLFSSL *tls; /* NULL once the handshake is complete: half of an idle connection's memory */
	const char *key_exchange;
	ngtcp2_crypto_conn_ref reference; /* how the TLS session finds `conn` */
	struct an_endpoint local, remote;
	struct an_quic_address *address; /* NULL where dialled */
	struct an_list unproven;         /* in quic->unproven */
	an_time_us began;

	bool dialled;
	bool verified;   /* `verify` accepted the peer's certificate */
	bool connected;  /* the handshake is complete */
	bool tls_failed; /* a key could not be installed */
	bool close_wanted;
	bool ended;
	int broken; /* an error of ngtcp2 that a call of ours met: ends the connection */
	uint64_t close_code;
	an_status refusal; /* what `verify` said, where it refused */

	struct an_list streams;
	struct an_list sending; /* streams with bytes that may go out now */
	struct an_list resets;  /* streams that shall be reset */

	size_t credits;       /* streams that ended, whose place the peer has not got back yet */
	an_time_us credit_at; /* when it gets the next one */
};

struct an_quic_stream {
	struct an_list link;
	struct an_list turn;  /* in connection->sending */
	struct an_list reset; /* in connection->resets */
	struct an_quic_connection *connection;
	void *user;
	int64_t id;

	struct an_blob *parts[AN_QUIC_PARTS_MAX];
	uint64_t part_ends[AN_QUIC_PARTS_MAX]; /* offset of the byte after each part */
	size_t part_count;
	size_t parts_dropped; /* the first ones, which are acknowledged */
	uint64_t size, sent, acknowledged;
	uint64_t held; /* bytes that were handed over and not consumed */
	uint64_t reset_code;
	bool submitted;
	bool end_sent;
	bool delivered;
	bool reset_wanted; /* by us: no more events but `closed` */
	bool reset_told;   /* by the peer */
	bool closed;
};

/* The runs of one an_quic_output. */
struct an_quic_output {
	struct an_datagram *runs;
	size_t capacity, count;
	uint8_t *buffer;
	size_t fill;
	size_t segments; /* in the open run; 0: none is open */
};

/* How to leave the peer. */
enum an_quic_farewell {
	AN_QUIC_FAREWELL_SAY,   /* send CONNECTION_CLOSE */
	AN_QUIC_FAREWELL_DRAIN, /* the peer closed: be silent, but know its datagrams */
	AN_QUIC_FAREWELL_NONE,  /* nobody is there */
};

/* A time as ngtcp2 counts it; very long ones are cut, for ngtcp2 adds to them. */
static inline ngtcp2_duration an_quic_duration(an_time_us time)
{
	const ngtcp2_duration longest = UINT64_MAX / 4;
	return time < longest / NGTCP2_MICROSECONDS ? time * NGTCP2_MICROSECONDS : longest;
}

/* endpoint.c */
uint64_t an_quic_clock(const struct an_quic *quic); /* ngtcp2's nanoseconds */

/* demux.c */
an_status an_quic_id_add(struct an_quic *quic, struct an_quic_route *route, const ngtcp2_cid *cid);
void an_quic_id_remove(struct an_quic *quic, const ngtcp2_cid *cid);
void an_quic_ids_move(struct an_quic_route *to, struct an_quic_route *from);
void an_quic_ids_clear(struct an_quic *quic, struct an_quic_route *route);
struct an_quic_route *an_quic_route_find(const struct an_quic *quic, const uint8_t *id,
                                         size_t size);
/* A random connection id that is not in use. */
void an_quic_id_choose(struct an_quic *quic, ngtcp2_cid *ret_cid);

/* addresses.c */
struct an_quic_address *an_quic_address_find(const struct an_quic *quic,
                                             const struct an_endpoint *remote);
bool an_quic_address_full(const struct an_quic *quic, const struct an_endpoint *remote);
/* Whether it begins handshakes faster than it may. */
bool an_quic_address_hasty(const struct an_quic *quic, const struct an_endpoint *remote);
/* For a connection that begins. NULL without memory. */
struct an_quic_address *an_quic_address_take(struct an_quic *quic,
                                             const struct an_endpoint *remote);
void an_quic_address_release(struct an_quic *quic, struct an_quic_address *address);
void an_quic_addresses_clear(struct an_quic *quic);

/* retry.c */
/* Whether an address must be proven before a handshake begins. */
bool an_quic_retry_wanted(const struct an_quic *quic);
/* Writes a Retry in answer to a first datagram; returns its size, 0 where that fails. */
size_t an_quic_retry_write(struct an_quic *quic, const struct an_datagram *run,
                           const ngtcp2_pkt_hd *header, uint8_t *packet, size_t capacity);
/* Whether the datagram has a token of ours for its address; the id that the peer had invented for us
 * before goes to `ret_first`. */
bool an_quic_retry_proven(const struct an_quic *quic, const struct an_datagram *run,
                          const ngtcp2_pkt_hd *header, ngtcp2_cid *ret_first);

/* handshakes.c */
void an_quic_handshake_begin(struct an_quic_connection *connection);
/* It was proven, or ended. */
void an_quic_handshake_over(struct an_quic_connection *connection);
/* Whether one more from this address may begin; ends one that must give way to it. */
bool an_quic_handshake_admit(struct an_quic *quic, const struct an_endpoint *remote);
/* The same of connections in all. */
bool an_quic_connection_admit(struct an_quic *quic, const struct an_endpoint *remote);

/* budget.c */
void an_quic_budget_init(struct an_quic_connection *connection);
/* Ends connections while all together need more than they may. */
void an_quic_budget_relieve(struct an_quic *quic);

/* connection.c */
void an_quic_connection_touch(struct an_quic_connection *connection);
void an_quic_connection_schedule(struct an_quic_connection *connection);
/* `retried`: the first id that the peer invented, where it answers a Retry; else NULL. */
an_status an_quic_connection_accept(struct an_quic *quic, const struct an_datagram *run,
                                    const ngtcp2_pkt_hd *header, const ngtcp2_cid *retried,
                                    struct an_quic_connection **ret_connection);
void an_quic_connection_read(struct an_quic_connection *connection, const struct an_datagram *run,
                             const uint8_t *bytes, size_t size);
/* Does what is due now, and what handlers asked for. False: the connection is gone. */
bool an_quic_connection_expire(struct an_quic_connection *connection);
/* Carries out what handlers asked for. False: the connection is gone. */
bool an_quic_connection_settle(struct an_quic_connection *connection);
/* Ends the connection for an error of ngtcp2. */
void an_quic_connection_fail(struct an_quic_connection *connection, int error);
/* The only end of a connection; frees it. */
void an_quic_connection_end(struct an_quic_connection *connection,
                            const struct an_quic_close *close, enum an_quic_farewell farewell,
                            const ngtcp2_ccerr *error);
/* Frees without events and without a word. */
void an_quic_connection_free(struct an_quic_connection *connection);

/* close.c */
void an_quic_close_of_error(struct an_quic_connection *connection, int error,
                            struct an_quic_close *ret_close, enum an_quic_farewell *ret_farewell,
                            ngtcp2_ccerr *ret_error);

/* grave.c */
void an_quic_grave_dig(struct an_quic_connection *connection, enum an_quic_farewell farewell,
                       const ngtcp2_ccerr *error);
void an_quic_grave_disturb(struct an_quic *quic, struct an_quic_grave *grave);
void an_quic_graves_expire(struct an_quic *quic);
void an_quic_graves_clear(struct an_quic *quic);

/* path.c: our endpoints as ngtcp2 sees them. Always IPv6, as on a dual-stack socket; the local one is
 * always the same, for the endpoint itself answers from the address that was asked. */
void an_quic_path_set(ngtcp2_path_storage *storage, const struct an_endpoint *remote);
void an_quic_path_remote(const ngtcp2_path *path, struct an_endpoint *ret_remote);

/* send.c */
bool an_quic_output_has_room(const struct an_quic_output *output);
void an_quic_output_close_run(struct an_quic_output *output);
/* Adds the packet of `size` bytes that was written at the end of the buffer. */
void an_quic_output_add(struct an_quic *quic, struct an_quic_output *output,
                        const struct an_endpoint *local, const struct an_endpoint *remote,
                        uint8_t ecn, size_t size);
enum an_quic_write {
	AN_QUIC_WRITE_DONE, /* nothing more to write now */
	AN_QUIC_WRITE_MORE, /* the burst or the room is used up */
	AN_QUIC_WRITE_GONE, /* the connection failed and is freed */
};
/* Writes a burst. */
enum an_quic_write an_quic_connection_write(struct an_quic_connection *connection,
                                            struct an_quic_output *output);

/* stream.c */
struct an_quic_stream *an_quic_stream_new(struct an_quic_connection *connection);
void an_quic_stream_free(struct an_quic_stream *stream);
void an_quic_stream_acknowledge(struct an_quic_stream *stream, uint64_t offset);
void an_quic_stream_closed(struct an_quic_stream *stream);
int an_quic_stream_reset_now(struct an_quic_stream *stream);
bool an_quic_stream_listens(const struct an_quic_stream *stream);

/* tls.c */
an_status an_quic_tls_init(struct an_quic_tls *tls, const struct an_quic_config *config);
void an_quic_tls_done(struct an_quic_tls *tls);
/* Makes the TLS session of `connection`; E_NO_MEMORY. */
an_status an_quic_tls_attach(struct an_quic_tls *tls, struct an_quic_connection *connection);
void an_quic_tls_detach(struct an_quic_connection *connection);
bool an_quic_tls_alpn_agreed(const struct an_quic_tls *tls, WOLFSSL *session);

/* callbacks.c */
void an_quic_callbacks_set(ngtcp2_callbacks *callbacks);

/* credit.c */
/* A stream of the peer ended: it may open another one, now or later. */
void an_quic_credit_owe(struct an_quic_connection *connection);
/* Gives what is due by now. */
void an_quic_credit_grant(struct an_quic_connection *connection);

#endif
