/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Storage challenges (semantics 6.10): every hour or two the four nearest peers are asked to prove that
 * they hold the chunks nearest to one of ours. We prove ours first, with the same nonce, and compare
 * what a peer says of those that it must hold (kad/placement.h) and that we hold too.
 *
 *   waiting ── due ──► target chosen ──► our own proofs ──► peers asked, all at once ──► waiting
 *
 * A plain value. Pure: time is an argument.
 */
#ifndef AN_REPL_CHALLENGES_H
#define AN_REPL_CHALLENGES_H

#include "crypt/random.h"
#include "repl/challenge_score.h"
#include "repl/host.h"

enum {
	AN_REPL_CHALLENGE_RECORDS = 5,     /* semantics 6.10: the difficulty */
	AN_REPL_CHALLENGE_CHUNKS_MIN = 50, /* of ours, for a challenge at all */
	/* A peer may hold nearer chunks that we do not, and prove those: of one who must hold fewer
	 * than so many of ours the answer would say nothing. */
	AN_REPL_CHALLENGE_EXPECTED_MIN = 3,
	AN_REPL_CHALLENGED_MAX = AN_REPL_HOLDERS_MAX - 1,
};

enum an_repl_challenge_state {
	AN_REPL_CHALLENGE_WAITING,
	AN_REPL_CHALLENGE_PROVING,
	AN_REPL_CHALLENGE_ASKING,
};

struct an_repl_challenged {
	struct an_contact contact;
	size_t expected_count;
	struct an_challenge_expected expected[AN_REPL_CHALLENGE_RECORDS];
	an_time_us asked_at;
};

struct an_repl_challenges {
	const struct an_profile *profile;
	struct an_random *random;
	an_time_us due;
	enum an_repl_challenge_state state;
	uint8_t target[AN_RECORD_NAME_SIZE];
	uint64_t nonce;
	size_t count; /* peers to ask */
	size_t next;  /* the next of them */
	size_t open;  /* asked, and not ended */
	struct an_repl_challenged peers[AN_REPL_CHALLENGED_MAX];
};

void an_repl_challenges_init(struct an_repl_challenges *challenges,
                             const struct an_profile *profile, struct an_random *random,
                             an_time_us now);

/* Begins a challenge that is due, where we have chunks and peers enough, and `ready`. True: our own
 * proofs of the chunks nearest to `target` are wanted, and told to an_repl_challenges_proven. */
bool an_repl_challenges_begin(struct an_repl_challenges *challenges,
                              const struct an_repl_host *host, const struct an_repl_view *view,
                              bool ready, an_time_us now);
void an_repl_challenges_proven(struct an_repl_challenges *challenges,
                               const struct an_repl_view *view, struct an_message_list proofs);

/* The next peer to ask for proofs; NULL where there is none now. Valid until all have ended. */
struct an_repl_challenged *an_repl_challenges_next(struct an_repl_challenges *challenges,
                                                   an_time_us now);
/* What the answer of a peer is worth, from 0 to AN_CHALLENGE_SCORE_MAX. */
unsigned an_repl_challenges_score(const struct an_repl_challenged *peer,
                                  struct an_message_list proofs, an_time_us now);
/* A peer that was asked has answered or not. */
void an_repl_challenges_ended(struct an_repl_challenges *challenges);

an_time_us an_repl_challenges_deadline(const struct an_repl_challenges *challenges);

#endif
