/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Network-wide replication (semantics 6.9): every record of ours, whoever must hold it, is looked at once
 * in the profile's `network_wide_cycle`. A search finds who must hold it, they are asked for its proof,
 * and who lacks it is told of it. So a record comes back to its holders that rounds do not bring back:
 * one that is left on a node from which they cannot be seen.
 *
 *   waiting ── due ──► searching ──► our own proof wanted ──► proving ──► asking the holders ──┐
 *      ▲                   │ nobody found                       │ none      all have answered  │
 *      └───────────────────┴────────────────────────────────────┴──────────────────────────────┘
 *
 * The records are walked in the order of their distance, round and round, from one that is drawn at the
 * start: so those of a node that restarts often are looked at as well. There is no queue; the cursor is
 * a place in the key space, and the pause between two records is the cycle divided by the records
 * that there are now, a tenth more or less. One record is looked at at a time.
 *
 * A record that we want to drop (surplus.h) is looked at before all others, the profile's `surplus_pause`
 * after the one before.
 *
 * Where AN_REPL_NETWORK_WIDE_MANY of the holders lack a record the network is under load for the
 * profile's `network_load_lifetime` (semantics 6.8.3: lists of farther peers are looked at then).
 *
 * Pure: time is an argument.
 */
#ifndef AN_REPL_NETWORK_WIDE_H
#define AN_REPL_NETWORK_WIDE_H

#include "repl/check.h"
#include "repl/surplus.h"

enum { AN_REPL_NETWORK_WIDE_MANY = 3 }; /* that lack a record (semantics 6.9) */

enum an_repl_network_wide_state {
	AN_REPL_NETWORK_WIDE_WAITING,
	AN_REPL_NETWORK_WIDE_SEARCHING,
	AN_REPL_NETWORK_WIDE_BEGUN, /* our own proof is wanted */
	AN_REPL_NETWORK_WIDE_PROVING,
	AN_REPL_NETWORK_WIDE_ASKING,
};

struct an_repl_network_wide {
	const struct an_profile *profile;
	struct an_random *random;
	enum an_repl_network_wide_state state;
	an_time_us last;  /* when it was a record's turn, or could have been */
	unsigned percent; /* of the usual pause, until the next one */
	bool walking;     /* `cursor` is the place of the last record */
	bool drawn;       /* where to begin */
	struct an_dht_key cursor;
	struct an_repl_check check;
	struct an_repl_surplus surplus;
	an_time_us loaded_until;
};

enum an_repl_network_wide_want {
	AN_REPL_NETWORK_WIDE_NOTHING,
	AN_REPL_NETWORK_WIDE_SEARCH, /* who is nearest to the record, to _found */
	AN_REPL_NETWORK_WIDE_PROVE,  /* our own proof of it, to _proven */
};

void an_repl_network_wide_init(struct an_repl_network_wide *wide, const struct an_profile *profile,
                               struct an_random *random, an_time_us now);
void an_repl_network_wide_done(struct an_repl_network_wide *wide);

/* What is wanted now. `ready`: our table has converged. */
enum an_repl_network_wide_want an_repl_network_wide_begin(struct an_repl_network_wide *wide,
                                                          const struct an_repl_host *host,
                                                          bool ready, an_time_us now);

/* The peers that were found nearest. None: the search failed. */
void an_repl_network_wide_found(struct an_repl_network_wide *wide,
                                const struct an_repl_nearest *nearest);

/* Our own proof; a list without it: it could not be made. */
void an_repl_network_wide_proven(struct an_repl_network_wide *wide, struct an_message_list proofs);

/* The next peer to ask for the proof; NULL where there is none now. */
struct an_repl_checked *an_repl_network_wide_next(struct an_repl_network_wide *wide);
/* A peer that was asked has answered or not. True: it was the last one, and those of `check` of which
 * an_repl_network_wide_tells is true are to be told of the record. */
bool an_repl_network_wide_ended(struct an_repl_network_wide *wide, an_time_us now);
/* It lacks the record, or has another version of it. */
bool an_repl_network_wide_tells(const struct an_repl_checked *peer);

/* Whether most holders of a record of ours lacked it lately. */
bool an_repl_network_wide_loaded(const struct an_repl_network_wide *wide, an_time_us now);

an_time_us an_repl_network_wide_deadline(const struct an_repl_network_wide *wide,
                                         const struct an_repl_host *host);

#endif
