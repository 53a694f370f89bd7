/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Replica health (semantics 6.10): whether the other holders of a record of ours have it, and who of
 * them goes on lacking it. Now and then a chunk near us is drawn, we prove it to ourselves, and all
 * its other holders are asked for the same proof (difficulty 1), which costs no bytes of the record.
 *
 *   waiting ── due ──► proving it ourselves ──► asking the others, all at once ──┐
 *      ▲                      ▲                                                  │
 *      │                      └── after `health_retry`, if not the last try ─────┤ some lack it
 *      │                      └── searching who is nearest ◄── the last try ─────┤
 *      ├── all have it, or fewer than most: nobody is blamed ◄───────────────────┤
 *      └── the same ones lacked it at every try: bad ◄───────────────────────────┘
 *
 * Whoever lacks it is told of it again each time. A peer is bad only where, at each of the profile's
 * `health_tries`, it answered that it has not the record or proved it falsely, while most others had
 * it, and where a search that was begun for the purpose finds it among the nearest. One that is
 * silent, busy, says that it has no room, or that it is no holder in its own view, is not.
 *
 * A plain value. Pure: time is an argument.
 */
#ifndef AN_REPL_HEALTH_H
#define AN_REPL_HEALTH_H

#include "repl/check.h"

enum {
	AN_REPL_HEALTH_NEIGHBOURS = 7, /* that must be known (semantics 6.10) */
	AN_REPL_HEALTH_GOOD_MIN = 3,   /* other holders that have the record, for blaming anybody */
	AN_REPL_HEALTH_DRAWS = 8,      /* of a chunk that is ours to hold */
};

enum an_repl_health_state {
	AN_REPL_HEALTH_WAITING,
	AN_REPL_HEALTH_SEARCHING,
	AN_REPL_HEALTH_BEGUN, /* our own proof is wanted */
	AN_REPL_HEALTH_PROVING,
	AN_REPL_HEALTH_ASKING,
};

struct an_repl_health {
	const struct an_profile *profile;
	struct an_random *random;
	an_time_us due;
	enum an_repl_health_state state;
	size_t tries; /* with this record, that found somebody lacking */
	struct an_repl_check check;
	size_t suspect_count;
	/* Who lacked it at every try so far: of the last record with a verdict. */
	struct an_peer_id suspects[AN_REPL_HOLDERS_MAX];
};

enum an_repl_health_want {
	AN_REPL_HEALTH_NOTHING,
	AN_REPL_HEALTH_PROVE,  /* our own proof of the record, to an_repl_health_proven */
	AN_REPL_HEALTH_SEARCH, /* who is nearest to it, to an_repl_health_found */
};

enum an_repl_health_verdict {
	AN_REPL_HEALTH_OPEN, /* nothing yet, or nobody is blamed */
	AN_REPL_HEALTH_TELL, /* the suspects lack the record: they are to be told of it again */
	AN_REPL_HEALTH_BAD,  /* the suspects are bad */
};

void an_repl_health_init(struct an_repl_health *health, const struct an_profile *profile,
                         struct an_random *random, an_time_us now);

/* What is wanted now. `ready`: our table has converged. */
enum an_repl_health_want an_repl_health_begin(struct an_repl_health *health,
                                              const struct an_repl_host *host,
                                              const struct an_repl_view *view, bool ready,
                                              an_time_us now);

/* The peers that were found nearest. None: the search failed. */
void an_repl_health_found(struct an_repl_health *health, const struct an_repl_nearest *nearest);

/* Our own proof; a list without it: it could not be made. */
void an_repl_health_proven(struct an_repl_health *health, const struct an_repl_view *view,
                           struct an_message_list proofs, an_time_us now);

/* The next peer to ask for the proof; NULL where there is none now. */
struct an_repl_checked *an_repl_health_next(struct an_repl_health *health);
/* A peer that was asked has answered or not. */
enum an_repl_health_verdict an_repl_health_ended(struct an_repl_health *health, an_time_us now);

an_time_us an_repl_health_deadline(const struct an_repl_health *health);

#endif
