/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a peer's answer to a storage challenge is worth (semantics 6.10): a part for how fast it came
 * times a part for how many of the expected proofs it has, each from 0 to 100.
 *
 * A proof that differs from ours for the same record makes the whole answer worthless; a proof of a
 * record that we do not expect, and an error in the place of one, count for nothing. One expected
 * record counts once, however often the answer repeats it.
 *
 * Pure.
 */
#ifndef AN_REPL_CHALLENGE_SCORE_H
#define AN_REPL_CHALLENGE_SCORE_H

#include <stdbool.h>

#include "base/time.h"
#include "data/message.h"

enum {
	AN_CHALLENGE_SCORE_MAX = 100 * 100,
	AN_CHALLENGE_HEALTHY = 3000, /* a score above this one */
};

/* A proof that we can make ourselves. */
struct an_challenge_expected {
	struct an_address address;
	uint8_t proof[AN_CHUNK_PROOF_SIZE];
};

/* The score of `proofs` (an_message_next_proof), which came `took` after the question. 0 where
 * nothing is expected. No answer at all is a score of 0 too. */
unsigned an_challenge_score(const struct an_challenge_expected *expected, size_t count,
                            struct an_message_list proofs, an_time_us took);

/* Whether any of the proofs differs from ours: whoever gave it lies, for an honest peer proves what it
 * has checked, or nothing. */
bool an_challenge_is_false(const struct an_challenge_expected *expected, size_t count,
                           struct an_message_list proofs);

static inline bool an_challenge_healthy(unsigned score)
{
	return score > AN_CHALLENGE_HEALTHY;
}

#endif
