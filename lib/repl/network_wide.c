/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "repl/network_wide.h"

/* A tenth of the pause more or less, so that no two nodes stay in step. */
enum { PERCENT_MIN = 90, PERCENT_SPAN = 20 };

static void wait(struct an_repl_network_wide *wide, an_time_us now)
{
	wide->state = AN_REPL_NETWORK_WIDE_WAITING;
	wide->last = now;
	wide->percent = PERCENT_MIN + (unsigned)an_random_below(wide->random, PERCENT_SPAN + 1);
}

void an_repl_network_wide_init(struct an_repl_network_wide *wide, const struct an_profile *profile,
                               struct an_random *random, an_time_us now)
{
	*wide = (struct an_repl_network_wide){.profile = profile,
	                                      .random = random,
	                                      .last = now,
	                                      .surplus.profile = profile};
	/* Anywhere in the first pause: nodes that start together do not ask together. */
	wide->percent = (unsigned)an_random_below(random, 100 + 1);
}

void an_repl_network_wide_done(struct an_repl_network_wide *wide)
{
	an_repl_surplus_done(&wide->surplus);
}

/* ---- Which record. */

/* When the next one is due; AN_TIME_NEVER where there is none. */
static an_time_us due(const struct an_repl_network_wide *wide, const struct an_repl_host *host)
{
	const size_t records = host->records(host->context);
	if (records == 0)
		return AN_TIME_NEVER;
	const an_time_us pause = wide->profile->network_wide_cycle / records * wide->percent / 100;
	const an_time_us soon = an_time_earlier(pause, wide->profile->surplus_pause);
	return an_time_after(wide->last, wide->surplus.asked > 0 ? soon : pause);
}

static bool choose_asked(struct an_repl_network_wide *wide, const struct an_repl_host *host)
{
	uint8_t name[AN_RECORD_NAME_SIZE];
	const struct an_store_entry *entry = NULL;
	if (an_repl_surplus_take(&wide->surplus, name))
		entry = host->find(host->context, name);
	if (entry != NULL)
		an_repl_check_choose(&wide->check, entry);
	return entry != NULL;
}

struct walk {
	struct an_repl_network_wide *wide;
	uint64_t skipped; /* records, before the one that is wanted */
	bool found;
};

static bool look_at(void *context, const struct an_store_entry *entry)
{
	struct walk *walk = context;
	if (walk->skipped > 0) {
		walk->skipped--;
		return true;
	}
	an_repl_check_choose(&walk->wide->check, entry);
	walk->wide->cursor = entry->dht_key;
	walk->found = true;
	return false;
}

/* The record behind the cursor, or the first of all. */
static bool choose_next(struct an_repl_network_wide *wide, const struct an_repl_host *host)
{
	struct walk walk = {.wide = wide};
	if (!wide->drawn)
		walk.skipped = an_random_below(wide->random, host->records(host->context));
	wide->drawn = true;
	host->visit(host->context, wide->walking ? &wide->cursor : NULL, look_at, &walk);
	if (!walk.found && wide->walking)
		host->visit(host->context, NULL, look_at, &walk);
	wide->walking = walk.found;
	return walk.found;
}

enum an_repl_network_wide_want an_repl_network_wide_begin(struct an_repl_network_wide *wide,
                                                          const struct an_repl_host *host,
                                                          bool ready, an_time_us now)
{
	if (wide->state == AN_REPL_NETWORK_WIDE_WAITING && due(wide, host) <= now) {
		wait(wide, now);
		if (!ready || (!choose_asked(wide, host) && !choose_next(wide, host)))
			return AN_REPL_NETWORK_WIDE_NOTHING;
		wide->state = AN_REPL_NETWORK_WIDE_SEARCHING;
		return AN_REPL_NETWORK_WIDE_SEARCH;
	}
	if (wide->state != AN_REPL_NETWORK_WIDE_BEGUN)
		return AN_REPL_NETWORK_WIDE_NOTHING;
	wide->state = AN_REPL_NETWORK_WIDE_PROVING;
	return AN_REPL_NETWORK_WIDE_PROVE;
}

void an_repl_network_wide_found(struct an_repl_network_wide *wide,
                                const struct an_repl_nearest *nearest)
{
	if (wide->state != AN_REPL_NETWORK_WIDE_SEARCHING)
		return;
	an_repl_check_begin(&wide->check, wide->random);
	for (size_t i = 0; i < nearest->count && wide->check.count < AN_REPL_HOLDERS_MAX; i++) {
		const struct an_contact *contact = &nearest->contacts[i];
		if (an_repl_nearest_holds(nearest, wide->profile, &wide->check.dht_key,
		                          &contact->id))
			an_repl_check_add(&wide->check, contact);
	}
	wide->state = wide->check.count > 0 ? AN_REPL_NETWORK_WIDE_BEGUN
	                                    : AN_REPL_NETWORK_WIDE_WAITING;
}

/* ---- Who has it. */

void an_repl_network_wide_proven(struct an_repl_network_wide *wide, struct an_message_list proofs)
{
	if (wide->state != AN_REPL_NETWORK_WIDE_PROVING)
		return;
	wide->state = an_repl_check_proven(&wide->check, proofs) ? AN_REPL_NETWORK_WIDE_ASKING
	                                                         : AN_REPL_NETWORK_WIDE_WAITING;
}

struct an_repl_checked *an_repl_network_wide_next(struct an_repl_network_wide *wide)
{
	return wide->state == AN_REPL_NETWORK_WIDE_ASKING ? an_repl_check_next(&wide->check) : NULL;
}

bool an_repl_network_wide_tells(const struct an_repl_checked *peer)
{
	return peer->answer == AN_REPL_ANSWER_LACKING || peer->answer == AN_REPL_ANSWER_DIFFERENT;
}

bool an_repl_network_wide_ended(struct an_repl_network_wide *wide, an_time_us now)
{
	size_t lacking = 0;
	if (!an_repl_check_ended(&wide->check))
		return false;
	for (size_t i = 0; i < wide->check.count; i++)
		lacking += an_repl_check_lacks(&wide->check, &wide->check.peers[i]);
	if (lacking >= AN_REPL_NETWORK_WIDE_MANY)
		wide->loaded_until = an_time_after(now, wide->profile->network_load_lifetime);
	wide->state = AN_REPL_NETWORK_WIDE_WAITING;
	return true;
}

bool an_repl_network_wide_loaded(const struct an_repl_network_wide *wide, an_time_us now)
{
	return wide->loaded_until > now;
}

an_time_us an_repl_network_wide_deadline(const struct an_repl_network_wide *wide,
                                         const struct an_repl_host *host)
{
	switch (wide->state) {
	case AN_REPL_NETWORK_WIDE_WAITING:
		return due(wide, host);
	case AN_REPL_NETWORK_WIDE_BEGUN:
		return 0;
	case AN_REPL_NETWORK_WIDE_ASKING:
		return wide->check.next < wide->check.count ? 0 : AN_TIME_NEVER;
	default:
		return AN_TIME_NEVER;
	}
}
