/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Turns at work that costs us more than it costs who asks for it, such as checking signatures.
 *
 * A peer that asks for a lot waits for itself: at any time the work of one peer has at most a share of
 * what is under way, and of the peers that wait each has its turn after the others. How many
 * may wait is bounded by whoever asks (lib/link: requests of one peer).
 *
 * Whoever waits for a turn must wait no more when it is freed: there is no way to take a turn back.
 *
 * Threading: single-threaded. Owns its entries for peers; turns are embedded by their owners.
 */
#ifndef AN_NODE_TURNS_H
#define AN_NODE_TURNS_H

#include "base/list.h"
#include "base/map.h"
#include "ident/peer_id.h"

enum {
	/* In units of about 2 ms of one core: one signature. The last one taken may go beyond. */
	AN_TURNS_COST_MAX = 256,
	AN_TURNS_COST_PER_PEER = 32,
};

struct an_turns_peer;

struct an_turns {
	struct an_map peers;
	struct an_list waiting; /* peers that have waiting turns and may have one more */
	size_t cost;            /* of what is under way */
	bool beginning;         /* not to begin more from inside a turn that has just begun */
};

struct an_turn {
	struct an_list link; /* in its peer's waiting ones */
	struct an_turns_peer *peer;
	size_t cost;
	void (*begin)(struct an_turn *turn);
};

void an_turns_init(struct an_turns *turns, const uint64_t seed[2]);
/* Turns that wait or are under way are forgotten. */
void an_turns_done(struct an_turns *turns);

/* Calls `begin` when the turn has come, maybe from inside this call. E_NO_MEMORY. */
an_status an_turns_ask(struct an_turns *turns, const struct an_peer_id *peer, size_t cost,
                       void (*begin)(struct an_turn *turn), struct an_turn *turn);

/* The work of a turn that was begun is over: others may begin. */
void an_turns_end(struct an_turns *turns, struct an_turn *turn);

#endif
