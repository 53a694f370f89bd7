/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kad/refresh.h"

#include "base/assert.h"

void an_kad_refresh_init(struct an_kad_refresh *refresh, const struct an_profile *profile,
                         struct an_random *random, bool once)
{
	*refresh = (struct an_kad_refresh){
		.profile = profile,
		.random = random,
		.once = once,
		.next_run = AN_TIME_NEVER,
	};
}

void an_kad_refresh_added(struct an_kad_refresh *refresh, size_t peers, an_time_us now)
{
	refresh->last_added = now;
	if (peers == 1)
		an_kad_refresh_soon(refresh, now);
}

void an_kad_refresh_soon(struct an_kad_refresh *refresh, an_time_us now)
{
	refresh->next_run = an_time_earlier(refresh->next_run, now);
}

/* discovery_base * 1.00673^peers, without floating point. */
static an_time_us interval_for(const struct an_profile *profile, size_t peers)
{
	an_time_us interval = profile->discovery_base;
	for (size_t i = 0; i < peers && interval < profile->discovery_most; i++)
		interval += interval / 100000 * 673;
	return an_time_earlier(interval, profile->discovery_most);
}

static an_time_us interval_after_run(struct an_kad_refresh *refresh, size_t peers, an_time_us now)
{
	const struct an_profile *profile = refresh->profile;
	const an_time_us grown = refresh->interval == 0
	                                 ? profile->discovery_first
	                                 : an_time_after(refresh->interval, refresh->interval);
	refresh->interval = an_time_earlier(grown, interval_for(profile, peers));
	if (now < an_time_after(refresh->last_added, profile->discovery_quiet))
		return refresh->interval;

	const an_time_us half = profile->discovery_most / 2;
	return half + an_random_below(refresh->random, half + 1);
}

static void finish(struct an_kad_refresh *refresh, size_t peers, an_time_us now)
{
	refresh->phase = AN_KAD_REFRESH_IDLE;
	refresh->completed++;
	const an_time_us interval = interval_after_run(refresh, peers, now);
	refresh->next_run = refresh->once ? AN_TIME_NEVER : an_time_after(now, interval);
}

static bool in_want_of_peers(const struct an_kad_bucket *bucket)
{
	return bucket != NULL && bucket->size < bucket->capacity;
}

/* Fills the queue from its end, so that the buckets that have peers come first. */
static void plan(struct an_kad_refresh *refresh, const struct an_kad_table *table)
{
	uint8_t wanted[AN_KAD_REFRESH_TARGETS_MAX];
	size_t count = 0;
	for (int i = AN_KAD_BUCKETS - 1; i >= table->lowest && count < AN_KAD_REFRESH_TARGETS_MAX;
	     i--) {
		if (in_want_of_peers(table->buckets[i]))
			wanted[count++] = (uint8_t)i;
	}
	for (int i = AN_KAD_BUCKETS - 1;
	     i >= AN_KAD_BUCKETS - AN_KAD_REFRESH_DRAWN && count < AN_KAD_REFRESH_TARGETS; i--) {
		if (table->buckets[i] == NULL)
			wanted[count++] = (uint8_t)i;
	}
	for (refresh->queued = 0; refresh->queued < count; refresh->queued++)
		refresh->queue[refresh->queued] = wanted[count - 1 - refresh->queued];
}

static void set_target(struct an_kad_refresh_target *target, const struct an_peer_id *id)
{
	memcpy(target->bytes, id->bytes, id->size);
	target->size = id->size;
}

static bool draw(struct an_kad_refresh *refresh, const struct an_kad_table *table, int bucket,
                 struct an_kad_refresh_target *ret_target)
{
	struct an_kad_refresh_target target = {.size = AN_DHT_KEY_SIZE};
	for (size_t i = 0; i < AN_KAD_REFRESH_DRAWS_MAX; i++) {
		an_random_fill(refresh->random, target.bytes, target.size);
		const struct an_dht_key key = an_dht_key_of(an_span(target.bytes, target.size));
		if (an_dht_key_bucket(&table->self, &key) != bucket)
			continue;
		*ret_target = target;
		return true;
	}
	return false;
}

static bool target_in(struct an_kad_refresh *refresh, const struct an_kad_table *table, int i,
                      struct an_kad_refresh_target *ret_target)
{
	if (i >= AN_KAD_BUCKETS - AN_KAD_REFRESH_DRAWN)
		return draw(refresh, table, i, ret_target);
	const struct an_kad_bucket *bucket = table->buckets[i];
	if (bucket == NULL)
		return false;
	const uint64_t member = an_random_below(refresh->random, bucket->size);
	set_target(ret_target, &bucket->entries[member].contact.id);
	return true;
}

bool an_kad_refresh_next(struct an_kad_refresh *refresh, const struct an_kad_table *table,
                         const struct an_peer_id *self, an_time_us now,
                         struct an_kad_refresh_target *ret_target)
{
	if (refresh->phase == AN_KAD_REFRESH_IDLE && now >= refresh->next_run) {
		refresh->phase = AN_KAD_REFRESH_SELF;
		refresh->next_run = AN_TIME_NEVER;
		refresh->active = 1;
		set_target(ret_target, self);
		return true;
	}
	while (refresh->queued > 0 && refresh->active < refresh->profile->alpha) {
		const int bucket = refresh->queue[--refresh->queued];
		if (!target_in(refresh, table, bucket, ret_target))
			continue;
		refresh->active++;
		return true;
	}
	if (refresh->phase == AN_KAD_REFRESH_BUCKETS && refresh->active == 0)
		finish(refresh, table->size, now);
	return false;
}

void an_kad_refresh_ended(struct an_kad_refresh *refresh, const struct an_kad_table *table,
                          an_time_us now)
{
	an_assert(refresh->active > 0);
	refresh->active--;
	if (refresh->phase == AN_KAD_REFRESH_SELF) {
		refresh->phase = AN_KAD_REFRESH_BUCKETS;
		if (!refresh->once)
			plan(refresh, table);
	}
	if (refresh->active == 0 && refresh->queued == 0)
		finish(refresh, table->size, now);
}

an_time_us an_kad_refresh_deadline(const struct an_kad_refresh *refresh)
{
	return refresh->phase == AN_KAD_REFRESH_IDLE ? refresh->next_run : AN_TIME_NEVER;
}
