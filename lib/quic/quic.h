/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * QUIC version 1 (RFC 9000, 9001, 9002): datagrams in, connections and stream bytes out, and back.
 *
 * An endpoint owns its connections, and a connection its streams. Time, randomness and datagrams are
 * arguments. Both ends prove a key with a certificate in the TLS 1.3 handshake; what a certificate
 * means is decided by whoever owns the endpoint, in `verify`.
 *
 * A connection without streams and without traffic ends after the profile's idle timeout. One with
 * streams lives as long as the peer does: a reply may take longer than that.
 *
 * Every event comes from inside an_quic_input, an_quic_expire or an_quic_output. A handler may call
 * any function of this header except those three and an_quic_free; a connection or stream that it
 * closes stays valid until its `closed` event has returned.
 *
 * Threading: single-threaded.
 */
#ifndef AN_QUIC_QUIC_H
#define AN_QUIC_QUIC_H

#include <stdbool.h>

#include "base/blob.h"
#include "base/datagram.h"
#include "base/log.h"
#include "base/profile.h"
#include "base/span.h"
#include "base/status.h"
#include "base/time.h"
#include "crypt/random.h"

struct an_quic;
struct an_quic_connection;
struct an_quic_stream;

/* What a peer can make us keep, and do. */
struct an_quic_limits {
	size_t connections;             /* in all */
	size_t handshakes;              /* accepted connections whose peer is not proven yet */
	size_t connections_per_address; /* accepted ones, by remote IP address (IPv6: by /64) */
	size_t streams;                 /* that one peer may have open on a connection */
	size_t stream_window;           /* bytes in flight on one stream */
	size_t connection_window;       /* bytes in flight on one connection */
	/* The rest may be 0: not limited. */
	size_t connection_bytes; /* memory that all connections together need */
	size_t stream_rate; /* that a peer may open on a connection in a second, in the long run */
	/* That one remote IP address may begin in a second, in the long run; at once as many as it may
	 * have connections. */
	size_t handshake_rate;
};

struct an_quic_config {
	const struct an_profile *profile;
	struct an_span certificate; /* DER; copied */
	struct an_span private_key; /* PKCS #8, DER; copied */
	struct an_quic_limits limits;
	bool accepts; /* false: only dials */
	struct an_random *random;
	struct an_logger *logger;
};

/* Why a connection ended. */
struct an_quic_close {
	/* OK: closed by either side. TIMEOUT: nothing was received for the idle timeout. UNREACHABLE:
	 * the handshake did not complete in time. REFUSED: the peer is full, or refused our
	 * certificate, or closed during the handshake. What `verify` returned: we refused the peer's.
	 * IDENTITY: it showed none. VERSION, PROTOCOL, NO_MEMORY, INTERNAL. */
	an_status status;
	uint64_t code; /* application error code, where the peer closed with one */
	bool by_peer;
	const char *reason; /* for people; borrowed */
};

struct an_quic_events {
	void *context;
	/* The peer showed this certificate (DER) and proved its key. Anything but AUTONOMI_OK ends
	 * the connection. Called before `connected`. */
	an_status (*verify)(void *context, struct an_quic_connection *connection,
	                    struct an_span certificate);
	void (*accepted)(void *context, struct an_quic_connection *connection);
	/* The handshake is complete. */
	void (*connected)(void *context, struct an_quic_connection *connection);
	/* Exactly once for each connection, the last event about it; its streams have ended before,
	 * each with its own `stream_closed`. */
	void (*closed)(void *context, struct an_quic_connection *connection,
	               const struct an_quic_close *close);
	void (*stream_opened)(void *context, struct an_quic_stream *stream);
	/* The next bytes in order; `end` with the last ones, which may be none. The handler calls
	 * an_quic_stream_consumed when it has room for as many again. */
	void (*stream_data)(void *context, struct an_quic_stream *stream, struct an_span bytes,
	                    bool end);
	/* The peer gave up sending (RESET_STREAM) or reading (STOP_SENDING). */
	void (*stream_reset)(void *context, struct an_quic_stream *stream, uint64_t code);
	/* So many bytes of what was sent are acknowledged now. May be NULL. */
	void (*stream_progressed)(void *context, struct an_quic_stream *stream, uint64_t size);
	/* Everything that was sent is acknowledged, the end included. */
	void (*stream_delivered)(void *context, struct an_quic_stream *stream);
	/* Exactly once for each stream, the last event about it. */
	void (*stream_closed)(void *context, struct an_quic_stream *stream);
};

/* What happened so far; for metrics. */
struct an_quic_counters {
	uint64_t datagrams_received, bytes_received;
	uint64_t datagrams_sent, bytes_sent;
	uint64_t datagrams_dropped; /* not for any connection, or over a limit */
	uint64_t handshakes_failed;
	uint64_t connections_refused; /* over a limit */
	uint64_t retries;             /* proofs of an address that were asked for */
	size_t connections;           /* now */
};

/* Starts wolfSSL, once for the process. It puts the system's entropy in place (crypt/library.h), so
 * whoever sets another one calls this first. an_quic_new calls it too. The first call in a process
 * must have ended before others begin. */
an_status an_quic_library_start(void);

/* Names and versions of what QUIC is made of, and the key exchange that we offer first. Static. */
const char *an_quic_tls_library(void);
const char *an_quic_library(void);
const char *an_quic_best_key_exchange(void);

/* Copies what `config` and `events` say. E_INVALID where the certificate or key is refused. */
an_status an_quic_new(const struct an_quic_config *config, const struct an_quic_events *events,
                      struct an_quic **ret_quic);

/* Frees all connections and streams without a word to peers and without events. NULL is allowed. */
struct an_quic *an_quic_free(struct an_quic *quic);

/* Takes datagrams as they came. */
void an_quic_input(struct an_quic *quic, const struct an_datagram *runs, size_t count,
                   an_time_us now);

/* Writes up to `capacity` runs that shall be sent, in memory of the endpoint that is valid until the
 * next call; returns how many. 0: nothing to send now. */
size_t an_quic_output(struct an_quic *quic, struct an_datagram *runs, size_t capacity,
                      an_time_us now);

/* When an_quic_expire or an_quic_output has something to do: 0 where it has now. */
an_time_us an_quic_deadline(const struct an_quic *quic);
void an_quic_expire(struct an_quic *quic, an_time_us now);

/* Begins a handshake. `user` is what an_quic_connection_user returns. E_BUSY: over the limit. */
an_status an_quic_dial(struct an_quic *quic, const struct an_endpoint *remote, void *user,
                       an_time_us now, struct an_quic_connection **ret_connection);

/* Ends the connection: its streams end, the peer is told `code`, `closed` follows from a later
 * call. */
void an_quic_connection_close(struct an_quic_connection *connection, uint64_t code);

void *an_quic_connection_user(const struct an_quic_connection *connection);
void an_quic_connection_set_user(struct an_quic_connection *connection, void *user);
bool an_quic_connection_dialled(const struct an_quic_connection *connection);
const struct an_endpoint *an_quic_connection_remote(const struct an_quic_connection *connection);
/* Smoothed round-trip time; 0 where unknown. */
an_time_us an_quic_connection_rtt(const struct an_quic_connection *connection);
/* For people: the key exchange in use, for example "X25519MLKEM768". Static text. */
const char *an_quic_connection_key_exchange(const struct an_quic_connection *connection);

/* Opens a bidirectional stream. E_BUSY: the peer admits no more now; `can_open` becomes true again
 * without an event, so ask at each turn. E_CLOSED: the connection is ending. */
an_status an_quic_stream_open(struct an_quic_connection *connection, void *user,
                              struct an_quic_stream **ret_stream);
bool an_quic_connection_can_open(const struct an_quic_connection *connection);

/* Sends the blobs one after the other, then the end of the stream. Takes references of its own and
 * drops each when its bytes are acknowledged. At most once for a stream. */
enum { AN_QUIC_PARTS_MAX = 4 };
an_status an_quic_stream_send(struct an_quic_stream *stream, struct an_blob *const *parts,
                              size_t count);

/* Ends both directions with `code`; does nothing to a direction that has ended. */
void an_quic_stream_reset(struct an_quic_stream *stream, uint64_t code);

/* Lets the peer send `size` bytes more. */
void an_quic_stream_consumed(struct an_quic_stream *stream, size_t size);

void *an_quic_stream_user(const struct an_quic_stream *stream);
void an_quic_stream_set_user(struct an_quic_stream *stream, void *user);
struct an_quic_connection *an_quic_stream_connection(const struct an_quic_stream *stream);

const struct an_quic_counters *an_quic_counters(const struct an_quic *quic);

#endif
