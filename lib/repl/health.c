/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "repl/health.h"

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
		an_repl_check_choose(&health->check, entry);
		return true;
	}
	return false;
}

static void begin_try(struct an_repl_health *health, const struct an_repl_host *host,
                      const struct an_repl_view *view, bool ready, an_time_us now)
{
	const bool can = ready && view->count > AN_REPL_HEALTH_NEIGHBOURS;
	const bool again = health->tries > 0;
	if (!can || (again ? host->find(host->context, health->check.target) == NULL
	                   : !draw(health, host, view)))
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
	an_repl_check_begin(&health->check, health->random);
	health->state = AN_REPL_HEALTH_PROVING;
	return AN_REPL_HEALTH_PROVE;
}

/* ---- Suspects. */

static void acquit(struct an_repl_health *health, size_t suspect)
{
	health->suspects[suspect] = health->suspects[--health->suspect_count];
}

void an_repl_health_found(struct an_repl_health *health, const struct an_repl_nearest *nearest)
{
	if (health->state != AN_REPL_HEALTH_SEARCHING)
		return;
	for (size_t i = health->suspect_count; i > 0; i--) {
		if (!an_repl_nearest_holds(nearest, health->profile, &health->check.dht_key,
		                           &health->suspects[i - 1]))
			acquit(health, i - 1);
	}
	if (health->suspect_count > 0)
		health->state = AN_REPL_HEALTH_BEGUN;
	else
		forget(health, nearest->now);
}

/* ---- Asking. */

/* Without a proof of our own there is nothing to compare: the next try is another day's. */
void an_repl_health_proven(struct an_repl_health *health, const struct an_repl_view *view,
                           struct an_message_list proofs, an_time_us now)
{
	struct an_repl_check *check = &health->check;
	size_t others[AN_REPL_HOLDERS_MAX], count = 0;
	if (health->state != AN_REPL_HEALTH_PROVING)
		return;
	if (an_repl_check_proven(check, proofs))
		count = other_holders(view, health->profile, &check->dht_key, others);
	for (size_t i = 0; i < count; i++)
		an_repl_check_add(check, &view->peers[others[i]].contact);
	health->state = AN_REPL_HEALTH_ASKING;
	if (count == 0)
		forget(health, now);
}

struct an_repl_checked *an_repl_health_next(struct an_repl_health *health)
{
	return health->state == AN_REPL_HEALTH_ASKING ? an_repl_check_next(&health->check) : NULL;
}

static bool lacked_by(const struct an_repl_check *check, const struct an_peer_id *id)
{
	for (size_t i = 0; i < check->count; i++) {
		if (an_peer_id_equal(&check->peers[i].contact.id, id))
			return an_repl_check_lacks(check, &check->peers[i]);
	}
	return false;
}

static void suspect_new(struct an_repl_health *health)
{
	const struct an_repl_check *check = &health->check;
	health->suspect_count = 0;
	for (size_t i = 0; i < check->count; i++) {
		if (an_repl_check_lacks(check, &check->peers[i]))
			health->suspects[health->suspect_count++] = check->peers[i].contact.id;
	}
}

static void acquit_old(struct an_repl_health *health)
{
	for (size_t i = health->suspect_count; i > 0; i--) {
		if (!lacked_by(&health->check, &health->suspects[i - 1]))
			acquit(health, i - 1);
	}
}

static enum an_repl_health_verdict conclude(struct an_repl_health *health, an_time_us now)
{
	if (health->tries == 0)
		suspect_new(health);
	else
		acquit_old(health);
	if (health->suspect_count == 0 ||
	    an_repl_check_count(&health->check, AN_REPL_ANSWER_SAME) < AN_REPL_HEALTH_GOOD_MIN) {
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
	return an_repl_check_ended(&health->check) ? conclude(health, now) : AN_REPL_HEALTH_OPEN;
}

an_time_us an_repl_health_deadline(const struct an_repl_health *health)
{
	switch (health->state) {
	case AN_REPL_HEALTH_WAITING:
		return health->due;
	case AN_REPL_HEALTH_BEGUN:
		return 0;
	case AN_REPL_HEALTH_ASKING:
		return health->check.next < health->check.count ? 0 : AN_TIME_NEVER;
	default:
		return AN_TIME_NEVER;
	}
}
