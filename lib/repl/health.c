/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "repl/health.h"

#include "kad/placement.h"

/* As challenges: semantics 6.10 has one after the other. */
static void forget(struct an_repl_health *health, an_time_us now)
{
	const an_time_us half = health->profile->challenge_interval / 2;
	health->due = an_time_after(now,
	                            an_time_after(half, an_random_below(health->random, half + 1)));
	health->state = AN_REPL_HEALTH_WAITING;
	health->tries = 0;
}

void an_repl_health_init(struct an_repl_health *health, const struct an_profile *profile,
                         struct an_random *random, an_time_us now)
{
	*health = (struct an_repl_health){.profile = profile, .random = random};
	forget(health, now);
}

/* ---- Which record. */

/* Where we are one of its holders: those of the others, else 0. */
static size_t other_holders(const struct an_repl_view *view, const struct an_profile *profile,
                            const struct an_dht_key *record, size_t others[AN_REPL_HOLDERS_MAX])
{
	size_t holders[AN_REPL_HOLDERS_MAX], found = 0;
	const size_t count = an_repl_view_holders(view, profile, record, holders);
	for (size_t i = 0; i < count; i++) {
		if (holders[i] != AN_REPL_SELF)
			others[found++] = holders[i];
	}
	return found < count ? found : 0;
}

static bool draw(struct an_repl_health *health, const struct an_repl_host *host,
                 const struct an_repl_view *view)
{
	size_t others[AN_REPL_HOLDERS_MAX];
	for (int i = 0; i < AN_REPL_HEALTH_DRAWS; i++) {
		const struct an_store_entry *entry = host->near_chunk(host->context,
		                                                      health->random);
		if (entry == NULL)
			return false;
		if (other_holders(view, health->profile, &entry->dht_key, others) == 0)
			continue;
		memcpy(health->target, entry->key, sizeof(health->target));
		health->dht_key = entry->dht_key;
		return true;
	}
	return false;
}

static void begin_try(struct an_repl_health *health, const struct an_repl_host *host,
                      const struct an_repl_view *view, bool ready, an_time_us now)
{
	const bool can = ready && view->count > AN_REPL_HEALTH_NEIGHBOURS;
	const bool again = health->tries > 0;
	if (!can ||
	    (again ? host->find(host->context, health->target) == NULL : !draw(health, host, view)))
		forget(health, now);
	else if (again && health->tries + 1 >= health->profile->health_tries)
		health->state = AN_REPL_HEALTH_SEARCHING;
	else
		health->state = AN_REPL_HEALTH_BEGUN;
}

enum an_repl_health_want an_repl_health_begin(struct an_repl_health *health,
                                              const struct an_repl_host *host,
                                              const struct an_repl_view *view, bool ready,
                                              an_time_us now)
{
	if (health->state == AN_REPL_HEALTH_WAITING && health->due <= now) {
		begin_try(health, host, view, ready, now);
		if (health->state == AN_REPL_HEALTH_SEARCHING)
			return AN_REPL_HEALTH_SEARCH;
	}
	if (health->state != AN_REPL_HEALTH_BEGUN)
		return AN_REPL_HEALTH_NOTHING;
	health->nonce = an_random_u64(health->random);
	health->state = AN_REPL_HEALTH_PROVING;
	return AN_REPL_HEALTH_PROVE;
}

/* ---- Suspects. */

static void acquit(struct an_repl_health *health, size_t suspect)
{
	health->suspects[suspect] = health->suspects[--health->suspect_count];
}

/* How many of those that were found, of us and of the blocked are nearer than the peer. */
static bool is_found_near(const struct an_repl_health *health, const struct an_peer_id *id,
                          const struct an_dht_key *self, const struct an_contact *contacts,
                          size_t count, const struct an_repl_blocklist *blocked, an_time_us now)
{
	const struct an_dht_key key = an_peer_id_dht_key(id);
	size_t nearer = an_placement_rank(&health->dht_key, &key, self, 1) +
	                an_repl_blocklist_nearer(blocked, &health->dht_key, &key, now);
	bool found = false;
	for (size_t i = 0; i < count; i++) {
		const struct an_dht_key other = an_peer_id_dht_key(&contacts[i].id);
		nearer += an_placement_rank(&health->dht_key, &key, &other, 1);
		found = found || an_peer_id_equal(id, &contacts[i].id);
	}
	return found && an_placement_at(health->profile, nearer) == AN_PLACEMENT_HOLDER;
}

void an_repl_health_found(struct an_repl_health *health, const struct an_dht_key *self,
                          const struct an_contact *contacts, size_t count,
                          const struct an_repl_blocklist *blocked, an_time_us now)
{
	if (health->state != AN_REPL_HEALTH_SEARCHING)
		return;
	for (size_t i = health->suspect_count; i > 0; i--) {
		if (!is_found_near(health, &health->suspects[i - 1], self, contacts, count, blocked,
		                   now))
			acquit(health, i - 1);
	}
	if (health->suspect_count > 0)
		health->state = AN_REPL_HEALTH_BEGUN;
	else
		forget(health, now);
}

/* ---- Asking. */

static bool is_target(const struct an_repl_health *health, const struct an_address *address)
{
	uint8_t name[AN_RECORD_NAME_SIZE];
	return an_address_record_name(address, name) == AUTONOMI_OK &&
	       memcmp(name, health->target, sizeof(name)) == 0;
}

static bool find_proof(const struct an_repl_health *health, struct an_message_list *proofs,
                       struct an_message_proof *ret_proof)
{
	while (an_message_next_proof(proofs, ret_proof)) {
		if (is_target(health, &ret_proof->address))
			return true;
	}
	return false;
}

/* Without a proof of our own there is nothing to compare: the next try is another day's. */
void an_repl_health_proven(struct an_repl_health *health, const struct an_repl_view *view,
                           struct an_message_list proofs, an_time_us now)
{
	struct an_message_proof own;
	size_t others[AN_REPL_HOLDERS_MAX];
	if (health->state != AN_REPL_HEALTH_PROVING)
		return;
	health->count = health->next = health->open = 0;
	if (find_proof(health, &proofs, &own) && !own.failed) {
		memcpy(health->proof, own.proof, sizeof(health->proof));
		health->count = other_holders(view, health->profile, &health->dht_key, others);
	}
	for (size_t i = 0; i < health->count; i++)
		health->peers[i] = (struct an_repl_checked){
			.contact = view->peers[others[i]].contact};
	health->state = AN_REPL_HEALTH_ASKING;
	if (health->count == 0)
		forget(health, now);
}

struct an_repl_checked *an_repl_health_next(struct an_repl_health *health)
{
	if (health->state != AN_REPL_HEALTH_ASKING || health->next == health->count)
		return NULL;
	health->open++;
	return &health->peers[health->next++];
}

void an_repl_health_answered(const struct an_repl_health *health, struct an_repl_checked *peer,
                             struct an_message_list proofs)
{
	struct an_message_proof proof;
	peer->answer = AN_REPL_HEALTH_LACKS;
	if (!find_proof(health, &proofs, &proof))
		return;
	if (proof.failed && proof.error.type != AN_ERROR_CHUNK_DOES_NOT_EXIST)
		peer->answer = AN_REPL_HEALTH_UNKNOWN;
	else if (!proof.failed)
		peer->answer = memcmp(proof.proof, health->proof, sizeof(health->proof)) == 0
		                       ? AN_REPL_HEALTH_GOOD
		                       : AN_REPL_HEALTH_FALSE;
}

static bool lacks(const struct an_repl_checked *peer)
{
	return peer->answer == AN_REPL_HEALTH_LACKS || peer->answer == AN_REPL_HEALTH_FALSE;
}

static bool lacked_by(const struct an_repl_health *health, const struct an_peer_id *id)
{
	for (size_t i = 0; i < health->count; i++) {
		if (an_peer_id_equal(&health->peers[i].contact.id, id))
			return lacks(&health->peers[i]);
	}
	return false;
}

static void suspect_new(struct an_repl_health *health)
{
	health->suspect_count = 0;
	for (size_t i = 0; i < health->count; i++) {
		if (lacks(&health->peers[i]))
			health->suspects[health->suspect_count++] = health->peers[i].contact.id;
	}
}

static void acquit_old(struct an_repl_health *health)
{
	for (size_t i = health->suspect_count; i > 0; i--) {
		if (!lacked_by(health, &health->suspects[i - 1]))
			acquit(health, i - 1);
	}
}

static size_t count_good(const struct an_repl_health *health)
{
	size_t good = 0;
	for (size_t i = 0; i < health->count; i++)
		good += health->peers[i].answer == AN_REPL_HEALTH_GOOD;
	return good;
}

static enum an_repl_health_verdict conclude(struct an_repl_health *health, an_time_us now)
{
	if (health->tries == 0)
		suspect_new(health);
	else
		acquit_old(health);
	if (health->suspect_count == 0 || count_good(health) < AN_REPL_HEALTH_GOOD_MIN) {
		forget(health, now);
		return AN_REPL_HEALTH_OPEN;
	}
	if (++health->tries == health->profile->health_tries) {
		forget(health, now);
		return AN_REPL_HEALTH_BAD;
	}
	health->state = AN_REPL_HEALTH_WAITING;
	health->due = an_time_after(now, health->profile->health_retry);
	return AN_REPL_HEALTH_TELL;
}

enum an_repl_health_verdict an_repl_health_ended(struct an_repl_health *health, an_time_us now)
{
	an_assert(health->open > 0);
	health->open--;
	if (health->open > 0 || health->next < health->count)
		return AN_REPL_HEALTH_OPEN;
	return conclude(health, now);
}

an_time_us an_repl_health_deadline(const struct an_repl_health *health)
{
	switch (health->state) {
	case AN_REPL_HEALTH_WAITING:
		return health->due;
	case AN_REPL_HEALTH_BEGUN:
		return 0;
	case AN_REPL_HEALTH_ASKING:
		return health->next < health->count ? 0 : AN_TIME_NEVER;
	default:
		return AN_TIME_NEVER;
	}
}
