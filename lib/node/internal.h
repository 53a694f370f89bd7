/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The node's own struct and what its files call of each other. Nobody outside lib/node includes it. */
#ifndef AN_NODE_INTERNAL_H
#define AN_NODE_INTERNAL_H

#include <stdatomic.h>
#include <stddef.h>

#include "base/log.h"
#include "base/profile.h"
#include "client/client.h"
#include "crypt/random.h"
#include "ident/key_pair.h"
#include "kad/kad.h"
#include "link/link.h"
#include "node/admission.h"
#include "node/node.h"
#include "node/operation.h"

#define AN_NODE_LOG_INTERVAL AN_SECONDS(10)

enum {
	AN_NODE_OBSERVED_MAX = 4,     /* addresses at which peers see us */
	AN_NODE_BOOTSTRAP_MAX = 1500, /* contacts to join through (semantics 1.8) */
};

enum an_node_state {
	AN_NODE_OPEN,
	AN_NODE_CLOSING, /* operations may finish until the deadline */
	AN_NODE_LEAVING, /* peers are being told */
	AN_NODE_CLOSED,  /* the last event was emitted */
};

struct an_node {
	const struct an_sys *sys;
	int process;
	struct an_node_config config;
	struct an_profile profile;
	struct an_logger *logger;
	bool in_hook;
	struct an_random random;
	struct an_key_pair key_pair;
	char id_text[AN_PEER_ID_TEXT_MAX];
	bool key_was_there; /* before this opening: others may know us */

	struct an_udp *udp;
	struct an_endpoint bound;
	struct an_reactor *reactor;
	struct an_workers *workers;
	size_t compute_threads;

	struct an_link *link;
	struct an_kad *kad;
	struct an_store *store; /* NULL for a client, likewise the next */
	struct an_admissions *admissions;
	struct an_node_replication *replication;
	struct an_turns turns; /* of peers, at what costs us more than it costs them */
	struct an_client *client;

	struct an_event_queue events;
	struct an_operations operations;
	struct an_list pending;              /* of pending.c */
	struct an_list dialling;             /* of inquiry.c */
	struct autonomi_event *joined_event; /* made at open, so that they cannot fail */
	struct autonomi_event *closed_event;

	_Atomic bool woken; /* by the host, since the last pump */

	/* One turn of the pump. */
	an_time_us now;
	an_time_us budget_end;
	bool in_turn;
	bool freeing;            /* the machine is left alone from now on */
	bool more;               /* the next pump has something to do at once */
	struct an_list finished; /* jobs whose `done` is due */
	struct an_list jobs;     /* that wait for their turn where there are no workers */

	/* Runs of datagrams that the socket had no room for. */
	struct an_datagram outgoing[AN_DATAGRAM_BATCH];
	size_t outgoing_count, outgoing_sent;
	bool waiting_for_room;

	enum an_node_state state;
	an_time_us close_deadline;
	bool cancelled_all; /* the grace is over */

	struct an_endpoint observed[AN_NODE_OBSERVED_MAX];
	size_t observed_count;
	size_t peers; /* connected */

	struct an_node_cache *cache; /* of contacts to join through; NULL where none is kept */
	an_time_us range_due;        /* next look at the responsible range (semantics 6.7) */
	an_time_us cleanup_due;      /* next cleanup of records (semantics 6.14) */
	uint64_t puts_seen, pruned_seen, write_errors_seen; /* that were told to the host */
	uint64_t refused_versions_seen;                     /* likewise */
	an_time_us write_error_at;                          /* the last one; 0: none */
	uint64_t shunned;                                   /* peers told us that we are bad */
	struct an_log_rate log_shunned;
};

/* pump.c */
/* Something changed outside of a pump: makes the descriptor readable where that matters. */
void an_node_touch(struct an_node *node);
/* Sets the reactor's timer and ready flag to what the node needs now. */
void an_node_settle(struct an_node *node);
/* The time for calls from outside of a pump. */
an_time_us an_node_now(struct an_node *node);
void an_node_submit(struct an_node *node, struct an_job *job);
void an_node_hand_over_log(struct an_node *node);
/* Rounded up, for poll(). */
int an_node_milliseconds(an_time_us duration);

/* pending.c: memory, zeroed, that goes to link, kad or store as the context of a handler, which frees
 * it. Those modules drop what still waits without a call when they are freed: then it goes with the
 * node. */
void *an_node_pending_new(struct an_node *node, size_t size);
/* NULL is allowed. Returns NULL. */
void *an_node_pending_free(void *content);
void an_node_pending_done(struct an_node *node);

/* housekeeping.c: what a node does by itself from time to time. */
void an_node_housekeeping(struct an_node *node);
an_time_us an_node_housekeeping_deadline(const struct an_node *node);
/* Whether this node may drop a record (DESIGN 5 and 8): an_store_droppable. */
bool an_node_is_droppable(void *context, const struct an_store_entry *entry);
/* Leads a closing node to its last event. */
void an_node_advance_close(struct an_node *node);

/* peers.c: link events, and what kad wants asked. */
struct an_link_events an_node_link_events(struct an_node *node);
void an_node_ask_wants(struct an_node *node);
void an_node_observed(struct an_node *node, const struct an_endpoint *endpoint);

/* inquiry.c: a dial of this peer ended. */
void an_node_inquiries_dialled(struct an_node *node, const struct an_peer_id *id, an_status status);

/* bad_peers.c: why this node has not this record and would not take it now if it were told of it: E_FULL,
 * E_DISK_FULL, E_BUSY (replication.h). OK: it would. */
an_status an_node_stance(struct an_node *node, const uint8_t name[AN_RECORD_NAME_SIZE]);

/* serve.c: requests of peers. */
void an_node_serve(struct an_node *node, uint64_t inbound, const struct an_link_peer *peer,
                   const struct an_link_request *request);

/* network.c: what the client asks of the network. */
struct an_client_network an_node_client_network(struct an_node *node);

/* bootstrap.c: contacts to begin with, and the cache file. */
an_status an_node_bootstrap(struct an_node *node, char *reterr, size_t reterr_size);
/* A peer entered the table, or left it. */
void an_node_cache_changed(void *context, const struct an_contact *contact, bool added);
void an_node_cache_expire(struct an_node *node);
an_time_us an_node_cache_deadline(const struct an_node *node);
/* Saves at once where there is something to save; true while that goes on. */
bool an_node_cache_finish(struct an_node *node);
void an_node_cache_free(struct an_node *node);

/* identity.c: the secret key in the root directory. */
an_status an_node_load_identity(struct an_node *node, char *reterr, size_t reterr_size);

/* directory + "/" + name as a new string; NULL without memory. */
char *an_node_path(const char *directory, const char *name);

#endif
