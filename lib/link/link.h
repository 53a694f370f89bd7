/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Peers: who they are, how they are reached, and one reply for one request (DESIGN 4).
 *
 * A request goes to a contact. Where a connection to that peer is open it is used; else one is
 * dialled, once for all requests that wait for it, and the request is sent when the handshake has
 * proven that the peer is the one that was meant. Each request has a stream of its own: a kind byte,
 * the message, the end; the reply likewise. A connection without traffic closes by itself.
 *
 * Every request ends with exactly one reply event, whatever happens. Every inbound request is
 * answered with an_link_reply or an_link_refuse, once, at any later time; if its peer is gone by
 * then, the answer is dropped.
 *
 * Every event comes from inside an_link_input or an_link_expire. Handlers may call everything here
 * but an_link_input, an_link_output, an_link_expire and an_link_free.
 *
 * Threading: single-threaded.
 */
#ifndef AN_LINK_LINK_H
#define AN_LINK_LINK_H

#include "base/blob.h"
#include "base/datagram.h"
#include "base/log.h"
#include "base/profile.h"
#include "crypt/random.h"
#include "ident/contact.h"
#include "ident/key_pair.h"

struct an_link;

/* The kind byte of a message (docs/wire.md). */
enum an_link_kind {
	AN_LINK_KIND_MESSAGE = 0,  /* Request or Response in CBOR */
	AN_LINK_KIND_KADEMLIA = 1, /* Kademlia message in protobuf, without a length in front */
	AN_LINK_KIND_ADDRESS =
		2, /* asks how we see the peer: empty; answered with a binary multiaddr */
};

enum {
	AN_LINK_PARTS_MAX = 3,          /* blobs of one message */
	AN_LINK_KADEMLIA_MAX = 5308415, /* bytes of a Kademlia message: a record and 64 KiB */
	AN_LINK_ADDRESS_MAX = 64,       /* bytes of the answer to AN_LINK_KIND_ADDRESS */
};

/* Codes with which a stream is reset or a connection closed (docs/wire.md). */
enum an_link_code {
	AN_LINK_CODE_NONE = 0,      /* done, or no longer wanted */
	AN_LINK_CODE_BUSY = 1,      /* a limit is reached: try another peer */
	AN_LINK_CODE_TOO_LARGE = 2, /* longer than this kind may be, or a list or record in it */
	AN_LINK_CODE_UNKNOWN_KIND = 3,
	AN_LINK_CODE_MALFORMED = 4,    /* could not be decoded */
	AN_LINK_CODE_CANCELLED = 5,    /* the asker no longer wants the reply */
	AN_LINK_CODE_SHUTDOWN = 6,     /* the node is leaving */
	AN_LINK_CODE_NETWORK_ID = 7,   /* the peer is of another network */
	AN_LINK_CODE_IDENTITY = 8,     /* the peer is not who it should be */
	AN_LINK_CODE_INTERNAL = 9,     /* the peer failed to answer */
	AN_LINK_CODE_UNSUPPORTED = 10, /* a request that this node does not answer */
	AN_LINK_CODE_BLOCKED = 11,     /* the peer was found to be bad and is not spoken with */
	AN_LINK_CODE_VERSION = 12,     /* the peer's version is too old */
};

enum an_link_role { AN_LINK_ROLE_NODE, AN_LINK_ROLE_CLIENT, AN_LINK_ROLE_UNKNOWN };

struct an_link_limits {
	size_t connections;
	size_t handshakes;
	size_t connections_per_address;
	/* The next four may be 0: not limited. */
	size_t connections_per_peer; /* of more, the oldest ends */
	size_t connection_bytes;     /* memory of all connections, without what follows */
	size_t handshake_rate;       /* that an IP address may begin in a second (quic/quic.h) */
	size_t request_rate;         /* that a peer may send over a connection in a second */
	size_t requests_per_peer;    /* inbound, being received or answered */
	size_t requests;             /* inbound, of all peers */
	/* Bytes that inbound requests hold: the message until it is answered, then the answer until it
	 * is delivered. Where all of them together reach `inbound_bytes`, peers that are sending get
	 * no more flow-control credit, but for the oldest message, and new requests are refused; at
	 * twice as much, or over a peer's own share, a request is refused whatever it is. */
	size_t inbound_bytes;
	size_t inbound_bytes_per_peer;
	size_t outbound_requests; /* waiting or under way */
};

struct an_link_config {
	const struct an_profile *profile;
	const struct an_key_pair *key_pair; /* borrowed for the life of the link */
	const char *version; /* of this program, for the agent string, for example "0.1.0" */
	/* Nodes of an older version, or of one that cannot be read, are refused (semantics 6.12); NULL:
	 * none is. */
	const struct an_agent_version *minimum_version;
	bool client;
	struct an_link_limits limits;
	struct an_random *random;
	struct an_logger *logger;
};

/* A connected peer: borrowed, valid during the event. */
struct an_link_peer {
	struct an_identity identity;
	struct an_endpoint remote;
	enum an_link_role role;
	char agent[AN_AGENT_MAX];
	bool dialled; /* by us */
	an_time_us connected_at;
	an_time_us rtt;           /* 0: unknown */
	const char *key_exchange; /* static text */
};

struct an_link_request {
	enum an_link_kind kind;
	struct an_blob *message; /* without the kind byte; a reference may be taken */
	struct an_span body;     /* its bytes */
};

/* How a request ended. `body` is in `message`, of which a reference may be taken. Status:
 *
 *   OK           the reply is whole
 *   E_TIMEOUT    the reply did not come in time
 *   E_UNREACHABLE  no connection came about, or it ended before the reply. A request that was on the
 *                wire may have been carried out: it is never sent again by itself
 *   E_IDENTITY   another peer answered at its address, or we ourselves
 *   E_NETWORK_ID the peer is of another network
 *   E_VERSION    the peer's version is too old for us, or ours for the peer
 *   E_BUSY       the peer is at a limit, or we are at ours of connections
 *   E_REFUSED    the peer refused; `code` says why
 *   E_TOO_LARGE  the reply is longer than its kind may be
 *   E_PROTOCOL   the reply has no kind, or another kind than the request
 *   E_NO_MEMORY, E_CANCELLED (an_link_close reached its deadline; an_link_disconnect) */
struct an_link_reply {
	an_status status;
	enum an_link_kind kind;
	struct an_blob *message; /* NULL unless status is AUTONOMI_OK */
	struct an_span body;
	uint64_t code;
	const struct an_link_peer *peer; /* NULL where no connection came about */
	an_time_us took;
};

typedef void an_link_reply_handler(void *context, uint64_t request,
                                   const struct an_link_reply *reply);

struct an_link_events {
	void *context;
	/* A connection was proven, and that connection ended: one pair for each. Two connections to
	 * one peer may exist for a while, after both ends dialled at once or a dial back; then
	 * an_link_find says which one is used. */
	void (*connected)(void *context, const struct an_link_peer *peer);
	void (*disconnected)(void *context, const struct an_link_peer *peer, an_status why);
	/* A request of a peer. `inbound` names it in the answer. */
	void (*request)(void *context, uint64_t inbound, const struct an_link_peer *peer,
	                const struct an_link_request *request);
	/* A dial that we began ended without a peer: once for all its endpoints, of which this is one.
	 * `id` has size 0 where any peer would have done. E_BUSY and E_NO_MEMORY say nothing about
	 * whether it is there. A dial for which nobody waits any more ends without an event. */
	void (*dial_failed)(void *context, const struct an_peer_id *id,
	                    const struct an_endpoint *endpoint, an_status why);
};

struct an_link_counters {
	uint64_t datagrams_received, bytes_received, datagrams_sent, bytes_sent, datagrams_dropped;
	uint64_t dials, dials_failed, accepted, refused_connections, refused_versions;
	uint64_t requests_sent, requests_received, requests_refused, replies_failed;
	size_t connections;      /* now */
	size_t inbound_requests; /* now */
	size_t inbound_bytes;    /* now */
};

an_status an_link_new(const struct an_link_config *config, const struct an_link_events *events,
                      struct an_link **ret_link);
struct an_link *an_link_free(struct an_link *link);

void an_link_input(struct an_link *link, const struct an_datagram *runs, size_t count,
                   an_time_us now);
size_t an_link_output(struct an_link *link, struct an_datagram *runs, size_t capacity,
                      an_time_us now);
an_time_us an_link_deadline(const struct an_link *link);
void an_link_expire(struct an_link *link, an_time_us now);

/* Asks `contact` and calls `handler` with the reply, never from inside this call. Takes references
 * of the parts. A contact without an id is dialled by its endpoint and may be any peer (bootstrap).
 * `timeout` runs from now until the whole reply. At most AN_LINK_PARTS_MAX parts. E_BUSY: over the
 * limit of outbound requests. E_CLOSED, E_TOO_LARGE, E_NO_MEMORY. E_INVALID: the contact is
 * ourselves. */
an_status an_link_ask(struct an_link *link, const struct an_contact *contact,
                      enum an_link_kind kind, struct an_blob *const *parts, size_t part_count,
                      an_time_us timeout, an_time_us now, an_link_reply_handler *handler,
                      void *context, uint64_t *ret_request);

/* Dials a contact though there may be a connection already: proves that it can be reached at its
 * endpoints, as the routing table wants it. `connected` with `dialled`, or `dial_failed`, follows;
 * one dial at a time for a peer. */
an_status an_link_dial(struct an_link *link, const struct an_contact *contact, an_time_us now);

/* The handler is not called any more; a request on the wire is reset. Returns the handler's context,
 * so that its owner can free it; NULL for an id that has ended or is unknown. */
void *an_link_cancel(struct an_link *link, uint64_t request);

/* Answers an inbound request. Takes references of the parts. */
void an_link_reply(struct an_link *link, uint64_t inbound, enum an_link_kind kind,
                   struct an_blob *const *parts, size_t part_count);
void an_link_refuse(struct an_link *link, uint64_t inbound, enum an_link_code code);

/* What was heard of the peer of a request, for one who may ask another peer besides. */
struct an_link_sign {
	/* When its connection last gave a sign of life; 0: there is none yet. */
	an_time_us heard_at;
	an_time_us rtt; /* 0: unknown */
	bool delivered; /* the peer has the whole request */
	bool answering; /* the first bytes of its reply are here */
};

/* All 0 for an id that has ended or is unknown. */
void an_link_request_sign(const struct an_link *link, uint64_t request,
                          struct an_link_sign *ret_sign);

/* The open connection to `id`, or NULL. Borrowed until the next call. */
const struct an_link_peer *an_link_find(struct an_link *link, const struct an_peer_id *id);

/* Calls `visit` for each connected peer. */
void an_link_visit(struct an_link *link,
                   void (*visit)(void *context, const struct an_link_peer *peer), void *context);

/* Closes the connection to a peer, if there is one. */
void an_link_disconnect(struct an_link *link, const struct an_peer_id *id, enum an_link_code code);

/* Refuses new requests and dials (E_CLOSED; inbound ones AN_LINK_CODE_SHUTDOWN), lets those under
 * way finish until `deadline`, then closes every connection. an_link_closed says when all is said. */
void an_link_close(struct an_link *link, an_time_us deadline);
bool an_link_closed(const struct an_link *link);

void an_link_count(const struct an_link *link, struct an_link_counters *ret_counters);

#endif
