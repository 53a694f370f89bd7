/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "repl/challenge_score.h"

enum { PART_MAX = 100, STEP_MS = 50 };

static unsigned duration_part(an_time_us took)
{
	const an_time_us steps = took / AN_MS(STEP_MS);
	return PART_MAX - (unsigned)(steps < PART_MAX ? steps : PART_MAX);
}

enum verdict {
	VERDICT_NONE,  /* the answer says nothing about this record */
	VERDICT_RIGHT, /* it proves it */
	VERDICT_WRONG,
};

static enum verdict judge(const struct an_challenge_expected *expected,
                          struct an_message_list proofs)
{
	enum verdict verdict = VERDICT_NONE;
	struct an_message_proof proof;
	while (an_message_next_proof(&proofs, &proof)) {
		if (proof.failed || !an_address_equal(&proof.address, &expected->address))
			continue;
		if (memcmp(proof.proof, expected->proof, sizeof(proof.proof)) != 0)
			return VERDICT_WRONG;
		verdict = VERDICT_RIGHT;
	}
	return verdict;
}

bool an_challenge_is_false(const struct an_challenge_expected *expected, size_t count,
                           struct an_message_list proofs)
{
	bool is_false = false;
	for (size_t i = 0; i < count && !is_false; i++)
		is_false = judge(&expected[i], proofs) == VERDICT_WRONG;
	return is_false;
}

unsigned an_challenge_score(const struct an_challenge_expected *expected, size_t count,
                            struct an_message_list proofs, an_time_us took)
{
	size_t right = 0;
	for (size_t i = 0; i < count; i++) {
		const enum verdict verdict = judge(&expected[i], proofs);
		if (verdict == VERDICT_WRONG)
			return 0;
		right += verdict == VERDICT_RIGHT;
	}
	return count > 0 ? duration_part(took) * (unsigned)(PART_MAX * right / count) : 0;
}
