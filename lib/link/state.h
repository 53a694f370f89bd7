/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The state of a link, for the files of lib/link only.
 *
 * A *target* is whom requests want to reach: a peer id, or, where no id is known, an endpoint. It owns
 * the requests that wait, the dial that they wait for, and lists the proven connections to that peer;
 * it exists as long as it has any of them. A *connection* owns the requests that are on its wire, in
 * both directions.
 *
 * What happened is put into one queue of events and told to the host from an_link_events_deliver
 * alone, so a handler never runs in the depth of a state change. The order of the queue keeps what an
 * event names alive: the end of a connection stands behind everything that it carried.
 */
#ifndef AN_LINK_STATE_H
#define AN_LINK_STATE_H

#include "base/blob.h"
#include "base/heap.h"
#include "base/list.h"
#include "base/map.h"
#include "ident/agent.h"
#include "link/link.h"
#include "quic/quic.h"

enum {
	AN_LINK_KINDS = 3,
	/* Requests in a row that ran out of time without a sign of life, until we hang up. */
	AN_LINK_SILENCES_MAX = 3,
	/* A request without a sign of life for so many times `slow_peer`, and so many round trips, has
	 * the next one dial. */
	AN_LINK_SILENT_SLOW_PEERS = 2,
	AN_LINK_SILENT_ROUND_TRIPS = 4,
};

/* A dial goes on to the next endpoint after this silence (RFC 8305, section 5). */
#define AN_LINK_STAGGER AN_MS(250)

/* Two connections that were proven within this time, one dialled by each end, met by chance: both
 * ends keep the one that the smaller id dialled. Otherwise the newer one is kept, for a peer that
 * dials although it has a connection has lost it, or restarted. */
#define AN_LINK_SIMULTANEOUS AN_SECONDS(2)

/* Lines that a peer can cause are logged at most this often, each sort by itself. */
#define AN_LINK_LOG_INTERVAL AN_SECONDS(10)

enum an_link_event_type {
	AN_LINK_EVENT_CONNECTED,
	AN_LINK_EVENT_DISCONNECTED,
	AN_LINK_EVENT_DIAL_FAILED,
	AN_LINK_EVENT_REPLY,
	AN_LINK_EVENT_REQUEST,
};

struct an_link_event {
	struct an_list member; /* of link->events */
	enum an_link_event_type type;
};

/* A message on its way in: the kind byte, then the body. */
struct an_link_receiver {
	bool has_kind;
	enum an_link_kind kind;
	struct an_blob *blob; /* NULL before the first byte of the body */
};

struct an_link_target {
	struct an_map_entry entry; /* of link->targets, under `key` */
	uint8_t key[AN_PEER_ID_MAX + 1];
	struct an_link *link;
	struct an_peer_id id; /* size 0: whoever answers at the endpoint */
	size_t endpoint_count;
	struct an_endpoint endpoints[AN_CONTACT_ENDPOINTS_MAX];

	struct an_list connections;      /* proven */
	struct an_link_connection *kept; /* the one that carries new requests, or NULL */
	struct an_list waiting;          /* requests without a stream yet */
	struct an_list member;           /* of link->waiting, while requests wait */

	bool dialling;
	bool wanted; /* dialled for its own sake: goes on without a waiting request */
	size_t next_endpoint;
	struct an_list attempts;
	struct an_heap_node dial_timer;
	an_status dial_status; /* the most telling failure of the attempts */
	struct an_endpoint dial_endpoint;
	struct an_link_event dial_failed;

	size_t inbound_count; /* over all its connections */
	size_t inbound_bytes;
};

struct an_link_connection {
	struct an_link *link;
	struct an_list member;           /* of link->connections */
	struct an_quic_connection *quic; /* NULL once it has ended */
	struct an_link_target *target;   /* whom it reaches, when proven */
	struct an_list of_target;
	struct an_link_target *dial; /* whose attempt it is, until proven */
	struct an_list of_dial;
	struct an_endpoint endpoint; /* that was dialled */
	struct an_link_peer peer;
	an_status refusal; /* what the certificate said, where that ends the connection by a code */
	bool ending;       /* no new requests */
	an_status why;
	an_time_us active_at;     /* when something of the peer came last */
	an_time_us waiting_since; /* when a request was sent first after that; 0: none was */
	unsigned silences;
	struct an_list outbound;
	struct an_list inbound;
	struct an_link_event connected;
	struct an_link_event disconnected;
};

/* What the streams of lib/quic point to. */
struct an_link_stream {
	struct an_quic_stream *quic; /* NULL when it has ended, or before it began */
	bool inbound;
};

struct an_link_outbound {
	struct an_link_stream stream;
	struct an_map_entry entry; /* of link->outbound, under `id` */
	uint64_t id;
	struct an_link *link;
	struct an_link_target *target;         /* while it waits */
	struct an_link_connection *connection; /* when it was sent */
	struct an_list member;                 /* of target->waiting or connection->outbound */
	enum an_link_kind kind;
	size_t part_count;
	struct an_blob *parts[AN_LINK_PARTS_MAX];
	struct an_heap_node timer;
	an_time_us asked_at;
	an_time_us sent_at;
	an_time_us deadline;   /* while no bytes go either way */
	uint64_t acknowledged; /* bytes that the peer has */
	bool delivered;
	bool redialled; /* lost a connection that it waited for */
	struct an_link_receiver reply;
	an_link_reply_handler *handler;
	void *context;
	an_status status;
	uint64_t code;
	an_time_us took;
	struct an_link_event done;
};

enum an_link_inbound_state {
	AN_LINK_INBOUND_RECEIVING,
	AN_LINK_INBOUND_READY, /* whole, waits to be told */
	AN_LINK_INBOUND_ASKED, /* the host works on it */
	AN_LINK_INBOUND_ANSWERED,
};

struct an_link_inbound {
	struct an_link_stream stream;
	struct an_map_entry entry; /* of link->inbound, under `id` */
	uint64_t id;
	struct an_link_connection *connection;
	struct an_list of_connection;
	struct an_list of_receiving; /* link->receiving, the oldest first */
	enum an_link_inbound_state state;
	struct an_link_receiver request;
	size_t charge; /* bytes that it holds of the budgets */
	size_t owed;   /* flow-control credit that is held back */
	struct an_heap_node timer;
	an_time_us started_at; /* the request, then the answer */
	struct an_link_event event;
};

struct an_link {
	const struct an_profile *profile;
	const struct an_key_pair *key_pair;
	bool has_minimum_version;
	struct an_agent_version minimum_version;
	struct an_link_limits limits;
	struct an_link_events on;
	struct an_random *random;
	struct an_logger *logger;
	struct an_quic *quic;
	struct an_blob *kind_bytes[AN_LINK_KINDS];
	an_time_us now; /* of the call under way, or the last one */

	struct an_map targets;
	struct an_list waiting; /* targets with waiting requests */
	struct an_list connections;
	struct an_map outbound;
	struct an_map inbound;
	struct an_list receiving;
	struct an_heap outbound_timers;
	struct an_heap inbound_timers;
	struct an_heap dial_timers;
	struct an_list events;

	uint64_t next_id;
	size_t inbound_bytes;
	bool closing;
	bool ended; /* every connection was told to end */
	an_time_us close_at;
	struct an_link_counters counters;
	struct an_log_rate log_network_id, log_version, log_identity, log_busy, log_malformed;
};

/* event.c */
void an_link_event_queue(struct an_link *link, struct an_link_event *event,
                         enum an_link_event_type type);
void an_link_event_drop(struct an_link_event *event);
/* Tells what the queue held at the call; what handlers cause waits for the next one. */
void an_link_events_deliver(struct an_link *link);

/* target.c */
struct an_link_target *an_link_target_find(struct an_link *link, const struct an_peer_id *id);
/* Finds or makes the target of a contact; NULL without memory. */
struct an_link_target *an_link_target_of(struct an_link *link, const struct an_contact *contact);
/* Frees a target that nothing needs any more. */
void an_link_target_settle(struct an_link_target *target);
void an_link_target_free(struct an_link_target *target);
/* Takes the addresses of a contact, where it has some and no dial is using the old ones. */
void an_link_target_learn(struct an_link_target *target, const struct an_contact *contact);
void an_link_target_add(struct an_link_target *target, struct an_link_connection *connection);
void an_link_target_remove(struct an_link_target *target, struct an_link_connection *connection);
/* The connection that carries new requests, or NULL. */
struct an_link_connection *an_link_target_kept(struct an_link_target *target);
/* Any connection that has not ended, the kept one first, or NULL. */
struct an_link_connection *an_link_target_open(struct an_link_target *target);
/* Fails what waits and ends the dial. May free the target. */
void an_link_target_give_up(struct an_link_target *target, an_status why);
/* Sends what waits, or dials. May free the target. */
void an_link_target_advance(struct an_link_target *target);
void an_link_target_wait(struct an_link_target *target, struct an_link_outbound *request);
/* Takes over the requests that wait for `from`. */
void an_link_target_adopt(struct an_link_target *target, struct an_link_target *from);
/* A request stopped waiting: ends the dial, for the reason `why`, where it was the last one. May
 * free the target. */
void an_link_target_left(struct an_link_target *target, an_status why);
/* A connection ended: what waited for it dials again, or fails. May free the target. */
void an_link_target_lost(struct an_link_target *target);
/* The target of a proven connection to `endpoint`, or NULL. */
struct an_link_target *an_link_target_at(struct an_link *link, const struct an_endpoint *endpoint);

/* connection.c */
/* How much longer a message may take of which so many bytes have come. */
static inline an_time_us an_link_time_for(const struct an_profile *profile, uint64_t bytes)
{
	return AN_SECONDS(bytes / profile->least_rate);
}

struct an_link_connection *an_link_connection_new(struct an_link *link);
void an_link_connection_free(struct an_link_connection *connection);
bool an_link_connection_usable(const struct an_link_connection *connection);
void an_link_connection_touch(struct an_link_connection *connection);
void an_link_connection_close(struct an_link_connection *connection, enum an_link_code code);
const struct an_link_peer *an_link_connection_peer(struct an_link_connection *connection);
an_status an_link_connection_verify(struct an_link_connection *connection,
                                    struct an_span certificate);
void an_link_connection_proven(struct an_link_connection *connection);
void an_link_connection_closed(struct an_link_connection *connection,
                               const struct an_quic_close *close);

/* dial.c */
void an_link_dial_begin(struct an_link_target *target);
/* AUTONOMI_OK: a connection was proven. Otherwise the waiting requests fail with `status`. May free
 * the target. */
void an_link_dial_end(struct an_link_target *target, an_status status);
void an_link_dial_attempt_failed(struct an_link_connection *attempt, an_status why);
/* How a request ends that lost its connection for this reason. */
an_status an_link_status_of_loss(an_status why);
void an_link_dials_expire(struct an_link *link);

/* outbound.c */
/* Puts the request on the wire. Anything but AUTONOMI_OK leaves it waiting. */
an_status an_link_outbound_send(struct an_link_outbound *request,
                                struct an_link_connection *connection);
/* Ends the request; its handler is called by the next delivery. */
void an_link_outbound_finish(struct an_link_outbound *request, an_status status, uint64_t code);
void an_link_outbound_free(struct an_link_outbound *request);
void an_link_outbound_data(struct an_link_outbound *request, struct an_span bytes, bool end);
void an_link_outbound_reset(struct an_link_outbound *request, uint64_t code);
/* The peer has the first `size` bytes of the stream. */
void an_link_outbound_progressed(struct an_link_outbound *request, uint64_t size);
void an_link_outbound_expire(struct an_link *link);
void an_link_outbound_fail_all(struct an_link *link, an_status status);

/* inbound.c */
void an_link_inbound_opened(struct an_link_connection *connection, struct an_quic_stream *stream);
void an_link_inbound_data(struct an_link_inbound *inbound, struct an_span bytes, bool end);
/* The stream has ended or its peer gave up: forgets the request. */
void an_link_inbound_end(struct an_link_inbound *inbound, enum an_link_code code);
/* The peer has the first `size` bytes of the answer. */
void an_link_inbound_progressed(struct an_link_inbound *inbound, uint64_t size);
void an_link_inbound_expire(struct an_link *link);

void an_link_inbound_free(struct an_link_inbound *inbound);

/* wire.c */
extern const struct an_quic_events an_link_quic_events;

/* receiver.c */
size_t an_link_request_limit(const struct an_profile *profile, enum an_link_kind kind);
size_t an_link_reply_limit(const struct an_profile *profile, enum an_link_kind kind);
/* Takes the kind byte off the first bytes. False where there is no such kind. */
bool an_link_receiver_kind(struct an_link_receiver *receiver, struct an_span *bytes);
/* The capacity that the body needs for `more` bytes, within `limit`: exactly where they are the
 * last ones, else with room to grow. */
size_t an_link_receiver_capacity(const struct an_link_receiver *receiver, size_t more, bool last,
                                 size_t limit);
an_status an_link_receiver_append(struct an_link_receiver *receiver, struct an_span bytes,
                                  size_t capacity);
void an_link_receiver_done(struct an_link_receiver *receiver);

/* fairness.c */
enum an_link_share { AN_LINK_SHARE_OF_BYTES, AN_LINK_SHARE_OF_REQUESTS };
/* Where a limit of all peers together is reached: refuses a request of the peer that has the largest
 * share, if that is larger than the one that `target` wants. False: nobody has to give way. */
bool an_link_fairness_make_way(struct an_link_target *target, enum an_link_share of, size_t wanted);

/* budget.c */
/* Changes what the request holds to `bytes`. E_BUSY changes nothing. */
an_status an_link_budget_charge(struct an_link_inbound *inbound, size_t bytes);
void an_link_budget_release(struct an_link_inbound *inbound);
/* Gives the peer credit for what was taken, where there is room for as much again. */
void an_link_budget_offer(struct an_link_inbound *inbound);
/* Gives credit that was held back, the oldest message first. */
void an_link_budget_grant(struct an_link *link);

#endif
