/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The requests that were given out and have neither been answered nor failed, by token. Each has a
 * deadline of its own, for an end of which the caller never tells us.
 *
 * Owns: its requests, among them one in reserve, so that giving one out cannot fail halfway.
 */
#ifndef AN_KAD_ASKS_H
#define AN_KAD_ASKS_H

#include "base/heap.h"
#include "base/list.h"
#include "base/map.h"
#include "ident/peer_id.h"

struct an_kad_lookup;

enum an_kad_purpose {
	AN_KAD_FOR_LOOKUP,
	AN_KAD_FOR_BOOTSTRAP,
	AN_KAD_FOR_DIAL_BACK,
	AN_KAD_FOR_LIVENESS,
};

struct an_kad_ask {
	struct an_map_entry entry; /* under the token */
	struct an_heap_node timer;
	struct an_list link; /* in its lookup's list */
	uint64_t token;
	enum an_kad_purpose purpose;
	struct an_kad_lookup *lookup; /* NULL where it has ended or there is none */
	struct an_peer_id id;         /* size 0: unknown */
	an_time_us asked_at;
};

struct an_kad_asks {
	struct an_map by_token;
	struct an_heap timers;
	struct an_kad_ask *spare; /* in the map, not given out */
	uint64_t last_token;
};

void an_kad_asks_init(struct an_kad_asks *asks, const uint64_t map_seed[2]);
void an_kad_asks_done(struct an_kad_asks *asks);

/* Makes sure of a request in reserve; false without memory. */
bool an_kad_asks_prepare(struct an_kad_asks *asks);

/* Gives out the request in reserve, which must exist. */
struct an_kad_ask *an_kad_asks_take(struct an_kad_asks *asks, an_time_us deadline);

/* The request of a token; NULL where there is none, or it has ended. */
struct an_kad_ask *an_kad_asks_find(const struct an_kad_asks *asks, uint64_t token);

/* Takes the timer of a request that is overdue; NULL where none is. */
struct an_kad_ask *an_kad_asks_take_due(struct an_kad_asks *asks, an_time_us now);

void an_kad_asks_end(struct an_kad_asks *asks, struct an_kad_ask *ask);

#endif
