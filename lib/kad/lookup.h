/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One iterative lookup: from the peers that we know ever nearer to a target, until the `count`
 * nearest that are known have all answered or failed (Maymounkov and Mazières 2002, section 2.3).
 *
 * What peers say is not believed, only tried. A contact becomes a result when it answered itself.
 *  - Slow: a peer that is silent for the profile's `slow_peer` gives up its place among the alpha
 *    requests in flight, and one more is asked in its stead. Its late answer still counts. After
 *    `handshake_timeout` the lookup no longer waits for it.
 *  - Hedged: where somebody is waiting, a peer gives up its place as soon as answers lately were
 *    there, and what was found is told early, once only late ones are awaited: silent for
 *    `late_first`, where a close group has answered, and until overdue where fewer have. Overdue is
 *    who is silent for twice `slow_peer`. Where answers come slowly, both are four times as long as
 *    the slowest of them took. The lookup goes on, and only one in a hurry ends without those that
 *    are overdue.
 *  - Dead: a failed peer is passed over. One that had failed before is not awaited once it is overdue.
 *    An answer names K peers: where so many of them are dead that nobody may have named all that live,
 *    the farthest of those that were found are asked once more, for their own neighbours.
 *  - Lying: of one answer at most K contacts are taken. A peer more than half of whose own
 *    discoveries proved dead is doubted: what only it has named is asked last, when others do not
 *    suffice. A peer that is named with several addresses keeps the first of each source.
 *  - Discovery (semantics 6.18): of those that were in our table a close group is asked, the nearest;
 *    who is not there is asked as always.
 *  - Whatever peers say, AN_KAD_LOOKUP_REQUESTS_MAX requests and AN_KAD_LOOKUP_CANDIDATES_MAX
 *    contacts are the most that one lookup costs.
 *
 * Owns: its candidates. Pure: time is an argument; asking, timers and `done` are the caller's.
 */
#ifndef AN_KAD_LOOKUP_H
#define AN_KAD_LOOKUP_H

#include "base/heap.h"
#include "base/list.h"
#include "kad/failures.h"
#include "kad/kad.h"

enum {
	AN_KAD_LOOKUP_CANDIDATES_MAX = 256, /* contacts that one lookup remembers */
	AN_KAD_LOOKUP_REQUESTS_MAX = 192,   /* requests of one lookup */
	AN_KAD_LOOKUP_TRIES_MAX = 2,        /* requests to one peer, at different addresses */
	AN_KAD_LOOKUP_EDGES_MAX = 5,        /* peers that are asked for their own neighbours */
};

enum an_kad_candidate_state {
	AN_KAD_CANDIDATE_NEW,
	AN_KAD_CANDIDATE_ASKED,
	AN_KAD_CANDIDATE_SLOW, /* asked and silent so far */
	AN_KAD_CANDIDATE_ANSWERED,
	AN_KAD_CANDIDATE_FAILED,
};

struct an_kad_candidate {
	struct an_contact contact;
	struct an_dht_key distance; /* from the target */
	an_time_us asked_at;
	enum an_kad_candidate_state state;
	int source;    /* the candidate that named it; AN_KAD_SOURCE_OWN: our table */
	unsigned hops; /* answers that led to it */
	unsigned tries;
	unsigned dead;  /* of those that it named: slow or failed */
	unsigned alive; /* of those that it named: answered */
	bool late, overdue;
	bool edge;                     /* was asked for its own neighbours */
	bool edge_asked;               /* and the answer is awaited */
	enum an_kad_standing standing; /* unless it is good: asked last */
};

enum { AN_KAD_SOURCE_OWN = -1 };

struct an_kad_lookup {
	const struct an_profile *profile;
	struct an_dht_key key;
	uint8_t target[AN_KAD_TARGET_MAX];
	size_t target_size;
	size_t count;
	an_time_us deadline;
	an_time_us hedge; /* after so long a silent peer gives up its place */
	bool hedged, hurried;
	bool discovers;     /* those that we do not know are looked for, not the nearest */
	an_time_us slowest; /* answer so far */

	struct an_kad_candidate *candidates; /* in order of arrival: indices stay valid */
	uint16_t *order;                     /* indices of candidates, nearest first */
	size_t size;
	size_t room;
	size_t asked; /* requests so far */
	size_t edges; /* of them, for the neighbours of the farthest that were found */

	/* The caller's. */
	uint64_t id;
	bool cancelled;
	an_kad_done *done;
	an_kad_early *early; /* NULL: not wanted, or called */
	void *context;
	struct an_list link;
	struct an_list asks;
	struct an_heap_node timer;
};

void an_kad_lookup_init(struct an_kad_lookup *lookup, const struct an_profile *profile,
                        struct an_span target, size_t count, an_time_us now);
void an_kad_lookup_done(struct an_kad_lookup *lookup);

/* Somebody is waiting: peers give up their places after `hedge`, or `slow_peer` where that is less. */
void an_kad_lookup_set_hedge(struct an_kad_lookup *lookup, an_time_us hedge);

/* Adds a contact that the candidate `source` named, or that we know ourselves. Without memory or room it
 * is not added. */
void an_kad_lookup_add(struct an_kad_lookup *lookup, const struct an_contact *contact, int source,
                       enum an_kad_standing standing);

/* Writes contact and target of the next request, noted as sent at `now`; false: none now. */
bool an_kad_lookup_next(struct an_kad_lookup *lookup, an_time_us now, struct an_kad_want *want);

/* The index of the candidate, a `source` for what it names; -1 where there is none. */
int an_kad_lookup_find(const struct an_kad_lookup *lookup, const struct an_peer_id *id);

void an_kad_lookup_answered(struct an_kad_lookup *lookup, int candidate, an_time_us now);
void an_kad_lookup_failed(struct an_kad_lookup *lookup, int candidate);

/* Notes who has become slow or has been waited for long enough. */
void an_kad_lookup_expire(struct an_kad_lookup *lookup, an_time_us now);
/* When an_kad_lookup_expire or an_kad_lookup_ended would say something new. */
an_time_us an_kad_lookup_deadline(const struct an_kad_lookup *lookup);

/* Whether nothing is left to ask or to wait for. */
bool an_kad_lookup_ended(const struct an_kad_lookup *lookup, an_time_us now);

/* Whether of a hedged lookup nothing is left but to wait for late ones. */
bool an_kad_lookup_is_early(const struct an_kad_lookup *lookup);

/* Whether a candidate owes its answer for so long that other lookups should ask it last. */
bool an_kad_lookup_is_silent(const struct an_kad_lookup *lookup, size_t candidate);

/* Writes the nearest that have answered to `contacts` (room for `count`), nearest first; returns how many. */
size_t an_kad_lookup_found(const struct an_kad_lookup *lookup, struct an_contact *contacts);

/* Writes what was found into `contacts` (room for `count`) and `ret_result`. */
void an_kad_lookup_result(const struct an_kad_lookup *lookup, an_time_us now,
                          struct an_contact *contacts, struct an_kad_result *ret_result);

#endif
