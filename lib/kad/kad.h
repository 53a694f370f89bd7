/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Kademlia: the routing table, lookups, liveness and bootstrap of one node (semantics 4, 6.16, 6.18).
 *
 * A pure state machine. It says what it wants asked (an_kad_next_want), is told each answer or
 * failure, and calls the `done` of a lookup when that has ended. Peers enter the table only when they
 * were dialled by us with success (DESIGN 4), which lib/node reports with an_kad_peer_proven.
 *
 * Threading: single-threaded.
 */
#ifndef AN_KAD_KAD_H
#define AN_KAD_KAD_H

#include "base/log.h"
#include "base/profile.h"
#include "crypt/random.h"
#include "ident/contact.h"

struct an_kad;

/* The table won a peer or lost one. Called from inside any call below; must not call back. */
typedef void an_kad_changed(void *context, const struct an_contact *contact, bool added);

struct an_kad_config {
	const struct an_profile *profile;
	struct an_peer_id self;
	bool client;            /* never announces itself, refreshes nothing */
	bool private_addresses; /* whether loopback and private addresses may be dialled (local nets) */
	struct an_random *random;
	struct an_logger *logger;
	an_kad_changed *changed; /* may be NULL */
	void *changed_context;
};

enum {
	AN_KAD_TARGET_MAX = AN_PEER_ID_MAX,
	AN_KAD_CLOSEST_MAX = 64,  /* results of one lookup; the profile's K is at most this */
	AN_KAD_LOOKUPS_MAX = 256, /* of the host at once */
};

/* A request that shall be sent: FIND_NODE with the raw bytes of a name (semantics 5.7). */
struct an_kad_want {
	uint64_t token; /* names the want in the answer */
	struct an_contact contact;
	uint8_t target[AN_KAD_TARGET_MAX];
	size_t target_size;
	an_time_us timeout;
	bool dial_anew; /* over a connection that we made: the peer must prove that it can be reached */
};

/* The outcome of a lookup: the peers nearest to its target that answered, nearest first. */
struct an_kad_result {
	an_status status; /* AUTONOMI_OK; E_TIMEOUT with what was found; E_NO_PEERS; E_CANCELLED */
	size_t count;     /* fewer than were asked for where the network has fewer */
	const struct an_contact *contacts; /* borrowed during the call */
	size_t asked;                      /* requests that were sent */
	size_t hops; /* answers in the longest chain that led to a result, its own included */
};

typedef void an_kad_done(void *context, const struct an_kad_result *result);

/* Those that have answered, at least one, nearest first: borrowed during the call. */
typedef void an_kad_early(void *context, const struct an_contact *contacts, size_t count);

/* E_INVALID where the profile's K or alpha is 0 or K is above AN_KAD_CLOSEST_MAX. */
an_status an_kad_new(const struct an_kad_config *config, an_time_us now, struct an_kad **ret_kad);
/* Pending lookups end without `done`. */
struct an_kad *an_kad_free(struct an_kad *kad);

/* Starts a lookup for the `count` peers closest to the name `target` (raw bytes, at most
 * AN_KAD_TARGET_MAX). `done` is called exactly once, from inside an_kad_answered, an_kad_failed or
 * an_kad_expire and never from inside this call; it may start and cancel lookups, not free `kad`.
 * E_BUSY: too many lookups. */
an_status an_kad_lookup(struct an_kad *kad, struct an_span target, size_t count, an_time_us now,
                        an_kad_done *done, void *context, uint64_t *ret_lookup);
/* Somebody is waiting, and a dead peer shall not cost the time that a dial may take. `early` (may be
 * NULL) is called with the context of `done`, at most once and before it, when only peers are awaited
 * that are late (lookup.h), as a rule after half a second; the lookup goes on. With `hurried` it ends
 * after about two seconds without those that are silent then; otherwise the result is as exact as that
 * of any lookup. Unknown ids are ignored. */
void an_kad_lookup_hedge(struct an_kad *kad, uint64_t lookup, bool hurried, an_kad_early *early);
/* `done` is called with E_CANCELLED by the next an_kad_expire. Unknown ids are ignored. */
void an_kad_lookup_cancel(struct an_kad *kad, uint64_t lookup);

/* The next request to send; false where there is none now. To be called until then after any other
 * call that takes a time, as long as requests can be sent. */
bool an_kad_next_want(struct an_kad *kad, an_time_us now, struct an_kad_want *ret_want);
/* The answer: the contacts that the peer named, unchecked. More than a peer may name are ignored. */
void an_kad_answered(struct an_kad *kad, uint64_t token, const struct an_contact *contacts,
                     size_t count, an_time_us now);
/* No answer. What `why` says of the peer: E_REFUSED is an answer, the peer lives; E_TIMEOUT,
 * E_UNREACHABLE, E_IDENTITY, E_PROTOCOL, E_NETWORK_ID and E_VERSION say that it is gone, as
 * an_kad_peer_failed does; anything else is our own fault and says nothing. */
void an_kad_failed(struct an_kad *kad, uint64_t token, an_status why, an_time_us now);

an_time_us an_kad_deadline(const struct an_kad *kad);
void an_kad_expire(struct an_kad *kad, an_time_us now);

/* A peer that is a node of our network was dialled by us and proved its key. */
void an_kad_peer_proven(struct an_kad *kad, const struct an_contact *contact, an_time_us now);
/* A peer that is a node of our network dialled us from this address and proved its key. Where its
 * bucket has room it is dialled back after the profile's `dial_back`; with private addresses it
 * enters the table at once (semantics 6.11). */
void an_kad_peer_met(struct an_kad *kad, const struct an_contact *contact, an_time_us now);
/* A peer that is in the table answered something. */
void an_kad_peer_seen(struct an_kad *kad, const struct an_peer_id *id, an_time_us now);
/* A dial or a request to the peer failed in a way that says it is gone. */
void an_kad_peer_failed(struct an_kad *kad, const struct an_peer_id *id, an_time_us now);

/* The `capacity` peers of the table closest to `target`, nearest first; returns how many. */
size_t an_kad_closest(const struct an_kad *kad, const struct an_dht_key *target,
                      struct an_contact *contacts, size_t capacity);
size_t an_kad_size(const struct an_kad *kad);
/* Calls `visit` for each peer of the table, bucket by bucket. */
void an_kad_visit(const struct an_kad *kad,
                  void (*visit)(void *context, int bucket, const struct an_contact *contact,
                                an_time_us last_seen),
                  void *context);

/* Bootstrap: contacts to dial until enough peers are in the table; the first peer starts a lookup
 * for our own id. An id may be unknown (size 0): lib/node reports who answered with
 * an_kad_peer_proven. No contacts at all: this is the first node of its network. The contacts, and
 * peers that leave the table, are remembered and dialled again, without end, whenever the table
 * holds fewer peers than enough. */
void an_kad_bootstrap(struct an_kad *kad, const struct an_contact *contacts, size_t count,
                      an_time_us now);
/* True once, when the table first holds enough peers, or all that there are. */
bool an_kad_joined(struct an_kad *kad);
/* Whether a whole run of network discovery has ended since the table was last empty: before that a
 * node knows too few peers to judge what it is responsible for (autonomi-2 10.2 row 6). */
bool an_kad_converged(const struct an_kad *kad);

/* Estimated size of the network (semantics 6.7). */
uint64_t an_kad_network_size(const struct an_kad *kad);
/* The distance up to which we are responsible for keys (semantics 6.7); false where too few peers
 * are known, so that an earlier range stays. */
bool an_kad_responsible_range(const struct an_kad *kad, struct an_dht_key *ret_range);

#endif
