/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kad/kad.h"

#include "base/heap.h"
#include "base/list.h"
#include "base/memory.h"
#include "base/round_trip.h"
#include "kad/asks.h"
#include "kad/bootstrap.h"
#include "kad/dial_back.h"
#include "kad/failures.h"
#include "kad/lookup.h"
#include "kad/range.h"
#include "kad/refresh.h"
#include "kad/routable.h"
#include "kad/table.h"

struct an_kad {
	struct an_kad_config config;
	const struct an_profile *profile;
	struct an_kad_table table;
	struct an_kad_failures failures;
	struct an_kad_refresh refresh;
	struct an_kad_bootstrap bootstrap;
	struct an_kad_dial_backs dial_backs;

	struct an_kad_asks asks;
	struct an_round_trip answers; /* dials included */

	/* Each lookup is in one of these. */
	struct an_list ready;   /* may have something to ask; the longest waiting first */
	struct an_list waiting; /* for answers */
	struct an_list early;   /* `early` is due */
	struct an_list ended;   /* `done` is due */
	struct an_heap lookup_timers;
	uint64_t next_lookup;
	size_t host_lookups;

	an_time_us now; /* of the call under way */
	bool joined, joined_told;
	size_t runs_when_empty; /* runs of discovery that had ended when the table was last empty */
	struct an_log_rate empty_rate;
};

static struct an_kad_lookup *lookup_of(struct an_list *link)
{
	return an_container_of(link, struct an_kad_lookup, link);
}

/* Lookups. */

static void move(struct an_kad_lookup *lookup, struct an_list *list)
{
	an_list_remove(&lookup->link);
	an_list_append(list, &lookup->link);
}

/* Puts a lookup where it belongs after something happened to it. */
static void settle(struct an_kad *kad, struct an_kad_lookup *lookup)
{
	const bool ended = an_kad_lookup_ended(lookup, kad->now);
	const bool early = lookup->early != NULL && an_kad_lookup_is_early(lookup);
	move(lookup, ended ? &kad->ended : early ? &kad->early : &kad->ready);
	an_heap_set(&kad->lookup_timers, &lookup->timer,
	            ended ? AN_TIME_NEVER : an_kad_lookup_deadline(lookup));
}

static struct an_kad_lookup *lookup_free(struct an_kad *kad, struct an_kad_lookup *lookup)
{
	struct an_list *link;
	while ((link = an_list_take(&lookup->asks)) != NULL)
		an_container_of(link, struct an_kad_ask, link)->lookup = NULL;
	an_heap_remove(&kad->lookup_timers, &lookup->timer);
	an_list_remove(&lookup->link);
	an_kad_lookup_done(lookup);
	return an_free(lookup);
}

static void refresh_lookup_done(void *context, const struct an_kad_result *result)
{
	struct an_kad *kad = context;
	(void)result;
	an_kad_refresh_ended(&kad->refresh, &kad->table, kad->now);
	/* Who is near us has been asked, so whoever there is can be known now. */
	kad->joined = kad->joined || kad->table.size > 0;
}

/* Other lookups ask those last that are silent, as long as their silence may mean that a dial will
 * fail. */
static void note_silent(struct an_kad *kad, const struct an_kad_lookup *lookup)
{
	const an_time_us until = an_time_after(kad->now, kad->profile->handshake_timeout);
	for (size_t i = 0; i < lookup->size; i++) {
		if (an_kad_lookup_is_silent(lookup, i))
			an_kad_failures_add(&kad->failures, AN_KAD_STANDING_SILENT,
			                    &lookup->candidates[i].contact.id, until);
	}
}

static void tell_early(struct an_kad *kad, struct an_kad_lookup *lookup)
{
	struct an_contact contacts[AN_KAD_CLOSEST_MAX];
	an_kad_early *early = lookup->early;
	lookup->early = NULL;
	note_silent(kad, lookup);
	move(lookup, &kad->ready);
	early(lookup->context, contacts, an_kad_lookup_found(lookup, contacts));
}

static void finish(struct an_kad *kad, struct an_kad_lookup *lookup)
{
	struct an_contact contacts[AN_KAD_CLOSEST_MAX];
	struct an_kad_result result;
	an_kad_lookup_result(lookup, kad->now, contacts, &result);
	note_silent(kad, lookup);
	an_kad_done *done = lookup->done;
	void *context = lookup->context;
	if (done != refresh_lookup_done)
		kad->host_lookups--;
	lookup_free(kad, lookup);
	done(context, &result);
}

static void deliver(struct an_kad *kad)
{
	struct an_list *link;
	while ((link = an_list_first(&kad->early)) != NULL)
		tell_early(kad, lookup_of(link));
	while ((link = an_list_first(&kad->ended)) != NULL)
		finish(kad, lookup_of(link));
}

static void seed(struct an_kad *kad, struct an_kad_lookup *lookup)
{
	struct an_contact contacts[AN_KAD_CLOSEST_MAX];
	const size_t count = an_kad_table_closest(&kad->table, &lookup->key, contacts,
	                                          kad->profile->k);
	for (size_t i = 0; i < count; i++)
		an_kad_lookup_add(lookup, &contacts[i], AN_KAD_SOURCE_OWN,
		                  an_kad_failures_standing(&kad->failures, &contacts[i].id, true,
		                                           kad->now));
}

static an_status start(struct an_kad *kad, struct an_span target, size_t count, an_kad_done *done,
                       void *context, uint64_t *ret_lookup)
{
	struct an_kad_lookup *lookup = an_malloc(sizeof(*lookup));
	if (lookup == NULL)
		return AUTONOMI_E_NO_MEMORY;
	an_kad_lookup_init(lookup, kad->profile, target, count, kad->now);
	seed(kad, lookup);
	if (lookup->size == 0 && kad->table.size > 0) {
		lookup_free(kad, lookup);
		return AUTONOMI_E_NO_MEMORY;
	}
	lookup->id = ++kad->next_lookup;
	lookup->discovers = done == refresh_lookup_done;
	lookup->done = done;
	lookup->context = context;
	settle(kad, lookup);
	*ret_lookup = lookup->id;
	return AUTONOMI_OK;
}

static struct an_kad_lookup *find_lookup(struct an_kad *kad, uint64_t id)
{
	struct an_list *const lists[] = {&kad->ready, &kad->waiting, &kad->early, &kad->ended};
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		struct an_list *link = an_list_first(lists[i]);
		while (link != NULL && lookup_of(link)->id != id)
			link = an_list_next(lists[i], link);
		if (link != NULL)
			return lookup_of(link);
	}
	return NULL;
}

/* Contacts that peers name. */

static bool is_self(const struct an_kad *kad, const struct an_peer_id *id)
{
	return an_peer_id_equal(&kad->config.self, id);
}

/* A copy of a contact with what of it can be used; false where that is nothing. */
static bool usable(const struct an_kad *kad, const struct an_contact *contact,
                   struct an_contact *ret_contact)
{
	*ret_contact = *contact;
	return an_kad_peer_id_valid(&contact->id) && !is_self(kad, &contact->id) &&
	       an_kad_contact_routable(ret_contact, kad->config.private_addresses);
}

static void learn(struct an_kad *kad, struct an_kad_lookup *lookup, int source,
                  const struct an_contact *contacts, size_t count)
{
	for (size_t i = 0; i < count && i < kad->profile->k; i++) {
		struct an_contact contact;
		if (!usable(kad, &contacts[i], &contact))
			continue;
		/* What we know ourselves is better than what somebody says. */
		const struct an_kad_entry *known = an_kad_table_find(&kad->table, &contact.id);
		an_kad_lookup_add(lookup, known != NULL ? &known->contact : &contact, source,
		                  an_kad_failures_standing(&kad->failures, &contact.id,
		                                           known != NULL, kad->now));
	}
}

/* The table. */

static void tell_changed(struct an_kad *kad, const struct an_contact *contact, bool added)
{
	if (added)
		an_kad_refresh_added(&kad->refresh, kad->table.size, kad->now);
	if (kad->config.changed != NULL)
		kad->config.changed(kad->config.changed_context, contact, added);
}

static void note_empty(struct an_kad *kad)
{
	kad->runs_when_empty = kad->refresh.completed;
	an_kad_bootstrap_soon(&kad->bootstrap, kad->now);
	if (an_log_rate_admit(&kad->empty_rate, kad->now, kad->profile->discovery_most))
		an_log(kad->config.logger, AN_LOG_WARNING, "kad",
		       "the last known peer is gone: dialling %zu remembered ones",
		       kad->bootstrap.count);
}

static void lose(struct an_kad *kad, const struct an_peer_id *id)
{
	if (id->size == 0)
		return;
	an_kad_failures_add(&kad->failures, AN_KAD_STANDING_FAILED, id,
	                    an_time_after(kad->now, kad->profile->liveness_interval));
	an_kad_dial_backs_remove(&kad->dial_backs, id);
	const struct an_kad_loss loss = an_kad_table_failed(&kad->table, id);
	if (!loss.removed)
		return;
	an_kad_bootstrap_remember(&kad->bootstrap, &loss.left);
	tell_changed(kad, &loss.left, false);
	if (loss.filled)
		tell_changed(kad, &loss.entered, true);
	if (kad->table.size == 0)
		note_empty(kad);
}

static void hear(struct an_kad *kad, const struct an_peer_id *id)
{
	if (id->size == 0)
		return;
	an_kad_failures_forget(&kad->failures, id);
	an_kad_table_heard(&kad->table, id, kad->now);
}

static void prove(struct an_kad *kad, const struct an_contact *contact)
{
	an_kad_failures_forget(&kad->failures, &contact->id);
	an_kad_dial_backs_remove(&kad->dial_backs, &contact->id);
	if (an_kad_table_seen(&kad->table, contact, kad->now) == AN_KAD_SEEN_ADDED)
		tell_changed(kad, contact, true);
}

/* What is done without being asked. */

static void start_refreshes(struct an_kad *kad)
{
	struct an_kad_refresh_target target;
	while (an_kad_refresh_next(&kad->refresh, &kad->table, &kad->config.self, kad->now,
	                           &target)) {
		uint64_t lookup;
		if (start(kad, an_span(target.bytes, target.size), kad->profile->k,
		          refresh_lookup_done, kad, &lookup) != AUTONOMI_OK)
			an_kad_refresh_ended(&kad->refresh, &kad->table, kad->now);
	}
}

static void end_bootstrap_round(struct an_kad *kad)
{
	const size_t peers = kad->table.size;
	if (!an_kad_bootstrap_over(&kad->bootstrap, peers, kad->now))
		return;
	if (peers == 0) {
		if (an_log_rate_admit(&kad->empty_rate, kad->now, kad->profile->discovery_most))
			an_log(kad->config.logger, AN_LOG_WARNING, "kad",
			       "none of %zu known peers could be reached; trying again",
			       kad->bootstrap.count);
		return;
	}
	if (kad->refresh.phase == AN_KAD_REFRESH_IDLE)
		an_kad_refresh_soon(&kad->refresh, kad->now);
}

static void step(struct an_kad *kad)
{
	end_bootstrap_round(kad);
	if (kad->table.size >= kad->profile->bootstrap_enough)
		kad->joined = true;
	start_refreshes(kad);
}

/* Requests. */

/* Gives a request out, of which contact and target are written; one must be in reserve. */
static void give_out(struct an_kad *kad, enum an_kad_purpose purpose, struct an_kad_lookup *lookup,
                     struct an_kad_want *want)
{
	an_time_us timeout = kad->profile->request_timeout;
	if (lookup != NULL)
		timeout = an_time_earlier(timeout, an_time_until(lookup->deadline, kad->now));
	/* The caller, who counts the same time, comes first. */
	const an_time_us deadline = an_time_after(kad->now, timeout);
	struct an_kad_ask *ask = an_kad_asks_take(&kad->asks,
	                                          an_time_after(deadline, kad->profile->slow_peer));
	ask->purpose = purpose;
	ask->asked_at = kad->now;
	ask->lookup = lookup;
	ask->id = want->contact.id;
	if (lookup != NULL)
		an_list_append(&lookup->asks, &ask->link);
	want->token = ask->token;
	want->timeout = timeout;
}

/* A request that serves no lookup asks who is near us: of that we can never know too much. */
static void ask_for_neighbours(struct an_kad *kad, enum an_kad_purpose purpose,
                               const struct an_contact *contact, struct an_kad_want *ret_want)
{
	const struct an_peer_id *self = &kad->config.self;
	ret_want->contact = *contact;
	ret_want->target_size = self->size;
	memcpy(ret_want->target, self->bytes, self->size);
	give_out(kad, purpose, NULL, ret_want);
}

static bool next_bootstrap(struct an_kad *kad, struct an_kad_want *ret_want)
{
	struct an_contact contact;
	while (an_kad_bootstrap_next(&kad->bootstrap, kad->table.size, kad->now, &contact)) {
		if (an_kad_table_find(&kad->table, &contact.id) == NULL) {
			ask_for_neighbours(kad, AN_KAD_FOR_BOOTSTRAP, &contact, ret_want);
			return true;
		}
		an_kad_bootstrap_ended(&kad->bootstrap);
	}
	return false;
}

static bool next_dial_back(struct an_kad *kad, struct an_kad_want *ret_want)
{
	struct an_contact contact;
	if (!an_kad_dial_backs_take(&kad->dial_backs, kad->now, &contact))
		return false;
	ask_for_neighbours(kad, AN_KAD_FOR_DIAL_BACK, &contact, ret_want);
	ret_want->dial_anew = true;
	return true;
}

static bool next_liveness(struct an_kad *kad, struct an_kad_want *ret_want)
{
	if (kad->config.client)
		return false;
	const struct an_kad_entry *entry = an_kad_table_take_due(&kad->table, kad->now);
	if (entry == NULL)
		return false;
	ask_for_neighbours(kad, AN_KAD_FOR_LIVENESS, &entry->contact, ret_want);
	return true;
}

static bool next_of_lookups(struct an_kad *kad, struct an_kad_want *ret_want)
{
	struct an_list *link;
	while ((link = an_list_first(&kad->ready)) != NULL) {
		struct an_kad_lookup *lookup = lookup_of(link);
		if (!an_kad_lookup_next(lookup, kad->now, ret_want)) {
			move(lookup, &kad->waiting);
			continue;
		}
		give_out(kad, AN_KAD_FOR_LOOKUP, lookup, ret_want);
		move(lookup, &kad->ready);
		an_heap_set(&kad->lookup_timers, &lookup->timer, an_kad_lookup_deadline(lookup));
		return true;
	}
	return false;
}

bool an_kad_next_want(struct an_kad *kad, an_time_us now, struct an_kad_want *ret_want)
{
	kad->now = now;
	*ret_want = (struct an_kad_want){0};
	step(kad);
	if (!an_kad_asks_prepare(&kad->asks))
		return false;
	if (next_bootstrap(kad, ret_want) || next_dial_back(kad, ret_want) ||
	    next_liveness(kad, ret_want) || next_of_lookups(kad, ret_want))
		return true;
	step(kad);
	return false;
}

static void end_ask(struct an_kad *kad, struct an_kad_ask *ask)
{
	if (ask->purpose == AN_KAD_FOR_BOOTSTRAP)
		an_kad_bootstrap_ended(&kad->bootstrap);
	an_kad_asks_end(&kad->asks, ask);
}

static void take_answer(struct an_kad *kad, struct an_kad_ask *ask,
                        const struct an_contact *contacts, size_t count)
{
	struct an_kad_lookup *lookup = ask->lookup;
	hear(kad, &ask->id);
	an_round_trip_add(&kad->answers, an_time_until(kad->now, ask->asked_at));
	const int source = lookup != NULL ? an_kad_lookup_find(lookup, &ask->id) : -1;
	end_ask(kad, ask);
	if (source < 0)
		return;
	an_kad_lookup_answered(lookup, source, kad->now);
	learn(kad, lookup, source, contacts, count);
	settle(kad, lookup);
}

static bool says_gone(an_status why)
{
	return why == AUTONOMI_E_TIMEOUT || why == AUTONOMI_E_UNREACHABLE ||
	       why == AUTONOMI_E_IDENTITY || why == AUTONOMI_E_PROTOCOL ||
	       why == AUTONOMI_E_NETWORK_ID || why == AUTONOMI_E_VERSION;
}

static void take_failure(struct an_kad *kad, struct an_kad_ask *ask, an_status why)
{
	struct an_kad_lookup *lookup = ask->lookup;
	if (says_gone(why))
		lose(kad, &ask->id);
	const int candidate = lookup != NULL ? an_kad_lookup_find(lookup, &ask->id) : -1;
	end_ask(kad, ask);
	if (candidate < 0)
		return;
	an_kad_lookup_failed(lookup, candidate);
	settle(kad, lookup);
}

void an_kad_answered(struct an_kad *kad, uint64_t token, const struct an_contact *contacts,
                     size_t count, an_time_us now)
{
	kad->now = now;
	struct an_kad_ask *ask = an_kad_asks_find(&kad->asks, token);
	if (ask != NULL)
		take_answer(kad, ask, contacts, count);
	step(kad);
	deliver(kad);
}

void an_kad_failed(struct an_kad *kad, uint64_t token, an_status why, an_time_us now)
{
	kad->now = now;
	struct an_kad_ask *ask = an_kad_asks_find(&kad->asks, token);
	if (ask != NULL && why == AUTONOMI_E_REFUSED)
		take_answer(kad, ask, NULL, 0);
	else if (ask != NULL)
		take_failure(kad, ask, why);
	step(kad);
	deliver(kad);
}

an_time_us an_kad_deadline(const struct an_kad *kad)
{
	if (!an_list_empty(&kad->early) || !an_list_empty(&kad->ended))
		return 0;
	an_time_us deadline = an_time_earlier(an_heap_deadline(&kad->asks.timers),
	                                      an_heap_deadline(&kad->lookup_timers));
	deadline = an_time_earlier(deadline, an_kad_refresh_deadline(&kad->refresh));
	deadline = an_time_earlier(deadline,
	                           an_kad_bootstrap_deadline(&kad->bootstrap, kad->table.size));
	deadline = an_time_earlier(deadline, an_kad_dial_backs_deadline(&kad->dial_backs));
	if (!kad->config.client)
		deadline = an_time_earlier(deadline, an_kad_table_deadline(&kad->table));
	return deadline;
}

void an_kad_expire(struct an_kad *kad, an_time_us now)
{
	struct an_kad_ask *ask;
	struct an_heap_node *timer;
	kad->now = now;
	while ((ask = an_kad_asks_take_due(&kad->asks, now)) != NULL)
		take_failure(kad, ask, AUTONOMI_E_TIMEOUT);
	while ((timer = an_heap_take_due(&kad->lookup_timers, now)) != NULL) {
		struct an_kad_lookup *lookup = an_container_of(timer, struct an_kad_lookup, timer);
		an_kad_lookup_expire(lookup, now);
		settle(kad, lookup);
	}
	step(kad);
	deliver(kad);
}

/* The interface that is left. */

an_status an_kad_new(const struct an_kad_config *config, an_time_us now, struct an_kad **ret_kad)
{
	const struct an_profile *profile = config->profile;
	if (profile->k == 0 || profile->k > AN_KAD_CLOSEST_MAX || profile->alpha == 0)
		return AUTONOMI_E_INVALID;
	struct an_kad *kad = an_calloc(1, sizeof(*kad));
	if (kad == NULL)
		return AUTONOMI_E_NO_MEMORY;

	kad->config = *config;
	kad->profile = profile;
	kad->now = now;
	const struct an_dht_key key = an_peer_id_dht_key(&config->self);
	an_kad_table_init(&kad->table, profile, &key);
	an_kad_refresh_init(&kad->refresh, profile, config->random, config->client);
	an_kad_bootstrap_init(&kad->bootstrap, profile, config->random);
	const uint64_t map_seed[2] = {an_random_u64(config->random), an_random_u64(config->random)};
	an_kad_asks_init(&kad->asks, map_seed);
	an_heap_init(&kad->lookup_timers);
	an_list_init(&kad->ready);
	an_list_init(&kad->waiting);
	an_list_init(&kad->early);
	an_list_init(&kad->ended);
	*ret_kad = kad;
	return AUTONOMI_OK;
}

static void free_lookups(struct an_kad *kad, struct an_list *list)
{
	struct an_list *link;
	while ((link = an_list_first(list)) != NULL)
		lookup_free(kad, lookup_of(link));
}

struct an_kad *an_kad_free(struct an_kad *kad)
{
	if (kad == NULL)
		return NULL;
	free_lookups(kad, &kad->ready);
	free_lookups(kad, &kad->waiting);
	free_lookups(kad, &kad->early);
	free_lookups(kad, &kad->ended);
	an_kad_asks_done(&kad->asks);
	an_kad_dial_backs_done(&kad->dial_backs);
	an_kad_bootstrap_done(&kad->bootstrap);
	an_kad_failures_done(&kad->failures);
	an_kad_table_done(&kad->table);
	return an_free(kad);
}

an_status an_kad_lookup(struct an_kad *kad, struct an_span target, size_t count, an_time_us now,
                        an_kad_done *done, void *context, uint64_t *ret_lookup)
{
	if (target.size == 0 || target.size > AN_KAD_TARGET_MAX)
		return AUTONOMI_E_INVALID;
	if (count == 0 || count > AN_KAD_CLOSEST_MAX)
		return AUTONOMI_E_INVALID;
	if (kad->host_lookups == AN_KAD_LOOKUPS_MAX)
		return AUTONOMI_E_BUSY;
	kad->now = now;
	const an_status status = start(kad, target, count, done, context, ret_lookup);
	if (status == AUTONOMI_OK)
		kad->host_lookups++;
	return status;
}

void an_kad_lookup_hedge(struct an_kad *kad, uint64_t id, bool hurried, an_kad_early *early)
{
	struct an_kad_lookup *lookup = find_lookup(kad, id);
	if (lookup == NULL)
		return;
	an_kad_lookup_set_hedge(lookup, an_round_trip_late(&kad->answers, kad->profile));
	lookup->hurried = hurried;
	lookup->early = early;
	settle(kad, lookup);
}

void an_kad_lookup_cancel(struct an_kad *kad, uint64_t id)
{
	struct an_kad_lookup *lookup = find_lookup(kad, id);
	if (lookup == NULL)
		return;
	lookup->cancelled = true;
	settle(kad, lookup);
}

void an_kad_peer_proven(struct an_kad *kad, const struct an_contact *contact, an_time_us now)
{
	kad->now = now;
	struct an_contact proven;
	if (usable(kad, contact, &proven))
		prove(kad, &proven);
	step(kad);
}

void an_kad_peer_met(struct an_kad *kad, const struct an_contact *contact, an_time_us now)
{
	kad->now = now;
	struct an_contact met;
	if (!usable(kad, contact, &met) || an_kad_table_find(&kad->table, &met.id) != NULL)
		return;
	if (kad->config.private_addresses)
		prove(kad, &met);
	else if (an_kad_table_has_room(&kad->table, &met))
		an_kad_dial_backs_add(&kad->dial_backs, &met,
		                      an_time_after(now, kad->profile->dial_back));
	step(kad);
}

void an_kad_peer_seen(struct an_kad *kad, const struct an_peer_id *id, an_time_us now)
{
	kad->now = now;
	hear(kad, id);
}

void an_kad_peer_failed(struct an_kad *kad, const struct an_peer_id *id, an_time_us now)
{
	kad->now = now;
	lose(kad, id);
	step(kad);
}

size_t an_kad_closest(const struct an_kad *kad, const struct an_dht_key *target,
                      struct an_contact *contacts, size_t capacity)
{
	return an_kad_table_closest(&kad->table, target, contacts, capacity);
}

size_t an_kad_size(const struct an_kad *kad)
{
	return kad->table.size;
}

void an_kad_visit(const struct an_kad *kad,
                  void (*visit)(void *context, int bucket, const struct an_contact *contact,
                                an_time_us last_seen),
                  void *context)
{
	for (int i = kad->table.lowest; i < AN_KAD_BUCKETS; i++) {
		const struct an_kad_bucket *bucket = kad->table.buckets[i];
		for (size_t j = 0; bucket != NULL && j < bucket->size; j++)
			visit(context, i, &bucket->entries[j].contact,
			      bucket->entries[j].last_seen);
	}
}

/* A bootstrap contact may lack an id; otherwise it is like any other. */
static bool can_bootstrap_from(const struct an_kad *kad, const struct an_contact *contact,
                               struct an_contact *ret_contact)
{
	if (contact->id.size > 0)
		return usable(kad, contact, ret_contact);
	*ret_contact = *contact;
	return an_kad_contact_routable(ret_contact, kad->config.private_addresses);
}

void an_kad_bootstrap(struct an_kad *kad, const struct an_contact *contacts, size_t count,
                      an_time_us now)
{
	size_t added = 0;
	kad->now = now;
	for (size_t i = 0; i < count && i < kad->profile->bootstrap_cache_peers; i++) {
		struct an_contact contact;
		if (can_bootstrap_from(kad, &contacts[i], &contact))
			added += an_kad_bootstrap_add(&kad->bootstrap, &contact);
	}
	if (added < count)
		an_log(kad->config.logger, AN_LOG_INFO, "kad",
		       "%zu of %zu bootstrap contacts are new and may be dialled", added, count);
	if (kad->bootstrap.count == 0)
		kad->joined = kad->joined || count == 0;
	else
		an_kad_bootstrap_soon(&kad->bootstrap, now);
	step(kad);
}

bool an_kad_joined(struct an_kad *kad)
{
	if (!kad->joined || kad->joined_told)
		return false;
	kad->joined_told = true;
	an_log(kad->config.logger, AN_LOG_INFO, "kad", "joined with %zu peers in the table",
	       kad->table.size);
	return true;
}

bool an_kad_converged(const struct an_kad *kad)
{
	if (kad->table.size == 0)
		return kad->joined && kad->bootstrap.count == 0;
	return kad->refresh.completed > kad->runs_when_empty;
}

uint64_t an_kad_network_size(const struct an_kad *kad)
{
	return an_kad_table_network_size(&kad->table);
}

bool an_kad_responsible_range(const struct an_kad *kad, struct an_dht_key *ret_range)
{
	return an_kad_range_of_table(&kad->table, ret_range);
}
