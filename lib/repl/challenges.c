/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "repl/challenges.h"

#include <string.h>

static void wait(struct an_repl_challenges *challenges, an_time_us now)
{
	const an_time_us half = challenges->profile->challenge_interval / 2;
	challenges->due = an_time_after(now, an_time_after(half, an_random_below(challenges->random,
	                                                                         half + 1)));
}

void an_repl_challenges_init(struct an_repl_challenges *challenges,
                             const struct an_profile *profile, struct an_random *random,
                             an_time_us now)
{
	*challenges = (struct an_repl_challenges){.profile = profile, .random = random};
	wait(challenges, now);
}

bool an_repl_challenges_begin(struct an_repl_challenges *challenges,
                              const struct an_repl_host *host, const struct an_repl_view *view,
                              bool ready, an_time_us now)
{
	if (challenges->state != AN_REPL_CHALLENGE_WAITING || challenges->due > now)
		return false;
	wait(challenges, now);
	if (!ready || view->count < challenges->profile->close_group ||
	    host->chunks(host->context) < AN_REPL_CHALLENGE_CHUNKS_MIN)
		return false;
	const struct an_store_entry *target = host->near_chunk(host->context, challenges->random);
	if (target == NULL)
		return false;
	memcpy(challenges->target, target->key, sizeof(challenges->target));
	challenges->nonce = an_random_u64(challenges->random);
	challenges->state = AN_REPL_CHALLENGE_PROVING;
	return true;
}

static bool is_holder(const struct an_repl_view *view, const struct an_profile *profile,
                      const struct an_address *record, size_t place)
{
	uint8_t name[AN_RECORD_NAME_SIZE];
	size_t holders[AN_REPL_HOLDERS_MAX];
	if (an_address_record_name(record, name) != AUTONOMI_OK)
		return false;
	const struct an_dht_key key = an_dht_key_of(an_span(name, sizeof(name)));
	const size_t count = an_repl_view_holders(view, profile, &key, holders);
	for (size_t i = 0; i < count; i++) {
		if (holders[i] == place)
			return true;
	}
	return false;
}

/* The proofs of ours that the peer in this place must be able to make. */
static void expect(struct an_repl_challenged *peer, const struct an_repl_view *view,
                   const struct an_profile *profile, size_t place, struct an_message_list proofs)
{
	struct an_message_proof proof;
	*peer = (struct an_repl_challenged){.contact = view->peers[place].contact};
	while (peer->expected_count < AN_REPL_CHALLENGE_RECORDS &&
	       an_message_next_proof(&proofs, &proof)) {
		if (proof.failed || !is_holder(view, profile, &proof.address, place))
			continue;
		struct an_challenge_expected *expected = &peer->expected[peer->expected_count++];
		expected->address = proof.address;
		memcpy(expected->proof, proof.proof, sizeof(expected->proof));
	}
}

void an_repl_challenges_proven(struct an_repl_challenges *challenges,
                               const struct an_repl_view *view, struct an_message_list proofs)
{
	const struct an_profile *profile = challenges->profile;
	if (challenges->state != AN_REPL_CHALLENGE_PROVING)
		return;
	challenges->count = challenges->next = challenges->open = 0;
	/* A view begins with ourselves, and then the nearest peers. */
	for (size_t place = 1; place < view->count && place < profile->close_group &&
	                       challenges->count < AN_REPL_CHALLENGED_MAX;
	     place++) {
		struct an_repl_challenged *peer = &challenges->peers[challenges->count];
		expect(peer, view, profile, place, proofs);
		challenges->count += peer->expected_count >= AN_REPL_CHALLENGE_EXPECTED_MIN;
	}
	challenges->state = challenges->count > 0 ? AN_REPL_CHALLENGE_ASKING
	                                          : AN_REPL_CHALLENGE_WAITING;
}

struct an_repl_challenged *an_repl_challenges_next(struct an_repl_challenges *challenges,
                                                   an_time_us now)
{
	if (challenges->state != AN_REPL_CHALLENGE_ASKING || challenges->next == challenges->count)
		return NULL;
	struct an_repl_challenged *peer = &challenges->peers[challenges->next++];
	peer->asked_at = now;
	challenges->open++;
	return peer;
}

unsigned an_repl_challenges_score(const struct an_repl_challenged *peer,
                                  struct an_message_list proofs, an_time_us now)
{
	return an_challenge_score(peer->expected, peer->expected_count, proofs,
	                          an_time_until(now, peer->asked_at));
}

void an_repl_challenges_ended(struct an_repl_challenges *challenges)
{
	an_assert(challenges->open > 0);
	challenges->open--;
	if (challenges->open == 0 && challenges->next == challenges->count)
		challenges->state = AN_REPL_CHALLENGE_WAITING;
}

an_time_us an_repl_challenges_deadline(const struct an_repl_challenges *challenges)
{
	if (challenges->state == AN_REPL_CHALLENGE_WAITING)
		return challenges->due;
	const bool can_ask = challenges->state == AN_REPL_CHALLENGE_ASKING &&
	                     challenges->next < challenges->count;
	return can_ask ? 0 : AN_TIME_NEVER;
}
