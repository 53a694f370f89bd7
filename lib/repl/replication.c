/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/memory.h"
#include "repl/internal.h"

an_status an_repl_new(const struct an_repl_config *config, an_time_us now,
                      struct an_repl **ret_repl)
{
	const struct an_profile *profile = config->profile;
	if (profile->fetch_parallel == 0 || profile->fetch_parallel > AN_REPL_FETCHING_MAX ||
	    profile->health_tries < 2)
		return AUTONOMI_E_INVALID;
	struct an_repl *repl = an_calloc(1, sizeof(*repl));
	if (repl == NULL)
		return AUTONOMI_E_NO_MEMORY;
	repl->profile = profile;
	repl->host = config->host;
	repl->self = config->self;
	repl->logger = config->logger;
	repl->view_stale = true;
	const struct an_dht_key key = an_peer_id_dht_key(&config->self);
	an_repl_view_init(&repl->view, &key);
	an_repl_tracker_init(&repl->tracker, profile, &key);
	an_repl_rounds_init(&repl->rounds, profile, &repl->host, &config->self, config->random,
	                    now);
	if (config->lost_records)
		an_repl_rounds_ask(&repl->rounds);
	an_repl_offers_init(&repl->offers, profile, &key, config->random);
	an_repl_probes_init(&repl->probes, profile, config->random, now);
	an_repl_challenges_init(&repl->challenges, profile, config->random, now);
	an_repl_health_init(&repl->health, profile, config->random, now);
	an_repl_network_wide_init(&repl->network_wide, profile, config->random, now);
	an_repl_issues_init(&repl->issues, profile);
	*ret_repl = repl;
	return AUTONOMI_OK;
}

struct an_repl *an_repl_free(struct an_repl *repl)
{
	if (repl == NULL)
		return NULL;
	for (size_t i = 0; i < AN_REPL_TASKS_MAX; i++)
		an_repl_list_free(repl->tasks[i].list);
	an_repl_rounds_done(&repl->rounds);
	an_repl_offers_done(&repl->offers);
	an_repl_network_wide_done(&repl->network_wide);
	an_repl_blocklist_done(&repl->blocklist);
	return an_free(repl);
}

/* ---- What is here, and what is ours. */

bool an_repl_is_ours(void *context, const struct an_dht_key *dht_key)
{
	const struct an_repl *repl = context;
	size_t holders[AN_REPL_HOLDERS_MAX];
	if (!repl->was_converged)
		return false;
	const size_t count = an_repl_view_holders(&repl->view, repl->profile, dht_key, holders);
	for (size_t i = 0; i < count; i++) {
		if (holders[i] == AN_REPL_SELF)
			return true;
	}
	return false;
}

void an_repl_refresh_view(struct an_repl *repl, an_time_us now)
{
	const bool converged = repl->host.converged(repl->host.context);
	if (!repl->view_stale && converged == repl->was_converged)
		return;
	struct an_repl_peer peers[AN_REPL_VIEW_MAX];
	const size_t count = repl->host.nearest(repl->host.context, peers, AN_REPL_VIEW_MAX);
	an_repl_view_set(&repl->view, peers, count);
	repl->view_stale = false;
	if (converged && !repl->was_converged)
		an_repl_rounds_trigger(&repl->rounds, now);
	repl->was_converged = converged;
	an_repl_offers_review(&repl->offers, an_repl_is_ours, repl);
}

bool an_repl_has(const struct an_repl *repl, const struct an_repl_content *content)
{
	const struct an_store_entry *entry = repl->host.find(repl->host.context, content->name);
	if (entry == NULL)
		return false;
	struct an_repl_content held;
	an_repl_content_of(entry, &held);
	return memcmp(&held, content, sizeof(held)) == 0;
}

void an_repl_peer_changed(struct an_repl *repl, const struct an_peer_id *id, bool added,
                          an_time_us now)
{
	const enum an_repl_tracking tracking = added ? an_repl_tracker_added(&repl->tracker, id)
	                                             : an_repl_tracker_removed(&repl->tracker, id,
	                                                                       now);
	repl->view_stale = true;
	if (tracking == AN_REPL_TRACKING_TRIGGER)
		an_repl_rounds_trigger(&repl->rounds, now);
}

/* ---- Bad peers. */

bool an_repl_is_blocked(const struct an_repl *repl, const struct an_peer_id *id, an_time_us now)
{
	return an_repl_blocklist_holds(&repl->blocklist, id, now);
}

static void block(struct an_repl *repl, const struct an_peer_id *id, const char *why,
                  an_time_us now)
{
	/* Where too many are being blocked, or without memory, its next issue comes. */
	if (an_repl_is_blocked(repl, id, now) || repl->bad_count == AN_REPL_BAD_MAX ||
	    an_repl_blocklist_add(&repl->blocklist, id,
	                          an_time_after(now, repl->profile->block_lifetime)) != AUTONOMI_OK)
		return;
	repl->bad[repl->bad_count++] = *id;
	repl->counters.blocked_ever++;
	char text[AN_PEER_ID_TEXT_MAX];
	an_peer_id_to_text(id, text);
	an_log(repl->logger, AN_LOG_WARNING, "repl", "%s is considered as bad and blocked: %s",
	       text, why);
}

static void note_issue(struct an_repl *repl, const struct an_peer_id *id, enum an_repl_issue kind,
                       an_time_us now)
{
	if (an_repl_issues_note(&repl->issues, id, kind, now))
		block(repl, id,
		      kind == AN_REPL_ISSUE_FALSE_PROOF
		              ? "it proved falsely that it holds records"
		              : "it gave records that are not what their keys say",
		      now);
}

/* ---- What is wanted. */

static bool has_room(const struct an_repl *repl, enum an_repl_want_type type)
{
	static const size_t most[] = {
		[AN_REPL_SEND_LIST] = AN_REPL_SENDING_MAX,
		[AN_REPL_FETCH_RECORD] = AN_REPL_FETCHING_MAX,
		[AN_REPL_PROBE] = AN_REPL_PROBING_MAX,
		[AN_REPL_PROVE] = AN_REPL_PROVING_MAX,
		[AN_REPL_CHALLENGE] = AN_REPL_ASKING_MAX,
		[AN_REPL_SEARCH] = AN_REPL_SEARCHING_MAX,
		[AN_REPL_BLOCK] = AN_REPL_BAD_MAX,
	};
	return repl->under_way[type] < most[type];
}

static struct task *new_task(struct an_repl *repl, enum an_repl_want_type type,
                             const struct an_contact *contact, struct an_repl_want *want)
{
	an_assert(has_room(repl, type));
	struct task *task = repl->tasks;
	while (task->token != 0)
		task++;
	*task = (struct task){.token = ++repl->last_token, .type = type};
	repl->under_way[type]++;
	*want = (struct an_repl_want){.type = type,
	                              .token = task->token,
	                              .contact = *contact,
	                              .timeout = type == AN_REPL_FETCH_RECORD
	                                                 ? repl->profile->request_timeout
	                                                 : 2 * repl->profile->handshake_timeout};
	return task;
}

static void end_task(struct an_repl *repl, struct task *task)
{
	repl->under_way[task->type]--;
	an_repl_list_free(task->list);
	*task = (struct task){0};
}

static bool next_list(struct an_repl *repl, an_time_us now, struct an_repl_want *want)
{
	if (!has_room(repl, AN_REPL_SEND_LIST))
		return false;
	struct an_repl_list *list = an_repl_rounds_take(&repl->rounds, now);
	if (list == NULL)
		return false;
	new_task(repl, AN_REPL_SEND_LIST, &list->contact, want)->list = list;
	want->message = list->message;
	return true;
}

/* False where a neighbour is none any more, for it may be gone. */
static bool contact_of(const struct an_repl *repl, const struct an_repl_reporter *holder,
                       struct an_contact *ret_contact)
{
	const size_t place = an_repl_view_find(&repl->view, &holder->id);
	if (place != 0)
		*ret_contact = repl->view.peers[place].contact;
	else
		*ret_contact = (struct an_contact){.id = holder->id,
		                                   .endpoint_count = 1,
		                                   .endpoints = {holder->remote}};
	return place != 0 || holder->is_stranger;
}

/* Passes over what came here meanwhile, and over holders that are no longer around. */
static bool next_record(struct an_repl *repl, an_time_us now, struct an_repl_want *want)
{
	const struct an_repl_reporter *holder;
	struct an_repl_offer *offer;
	while ((offer = an_repl_offers_next(&repl->offers, now, &holder)) != NULL) {
		struct an_contact contact;
		if (an_repl_has(repl, &offer->content)) {
			an_repl_offers_ended(&repl->offers, offer, AUTONOMI_OK, now);
		} else if (!contact_of(repl, holder, &contact)) {
			an_repl_offers_ended(&repl->offers, offer, AUTONOMI_E_UNREACHABLE, now);
		} else {
			new_task(repl, AN_REPL_FETCH_RECORD, &contact, want)->offer = offer;
			want->content = offer->content;
			return true;
		}
	}
	return false;
}

static bool next_probe(struct an_repl *repl, an_time_us now, struct an_repl_want *want)
{
	struct an_contact contact;
	if (!has_room(repl, AN_REPL_PROBE) ||
	    !an_repl_probes_next(&repl->probes, &repl->host, now, &contact))
		return false;
	new_task(repl, AN_REPL_PROBE, &contact, want);
	return true;
}

static const struct an_contact nobody;

static bool next_challenge(struct an_repl *repl, an_time_us now, struct an_repl_want *want)
{
	struct an_repl_challenges *challenges = &repl->challenges;
	if (an_repl_challenges_begin(challenges, &repl->host, &repl->view, repl->was_converged,
	                             now)) {
		new_task(repl, AN_REPL_PROVE, &nobody, want);
	} else {
		struct an_repl_challenged *peer = an_repl_challenges_next(challenges, now);
		if (peer == NULL)
			return false;
		new_task(repl, AN_REPL_CHALLENGE, &peer->contact, want)->challenged = peer;
	}
	memcpy(want->target, challenges->target, sizeof(want->target));
	want->nonce = challenges->nonce;
	want->difficulty = AN_REPL_CHALLENGE_RECORDS;
	return true;
}

/* One step of a check: its search, our own proof, or the question to a peer, which may be NULL: none. */
static bool want_of_check(struct an_repl *repl, enum part part, enum an_repl_want_type type,
                          struct an_repl_checked *peer, struct an_repl_want *want)
{
	const struct an_repl_check *check = part == HEALTH ? &repl->health.check
	                                                   : &repl->network_wide.check;
	if (type == AN_REPL_CHALLENGE && peer == NULL)
		return false;
	struct task *task = new_task(repl, type, peer != NULL ? &peer->contact : &nobody, want);
	task->part = part;
	task->checked = peer;
	memcpy(want->target, check->target, sizeof(want->target));
	want->nonce = check->nonce;
	want->difficulty = 1;
	/* Nobody is blamed for what network-wide replication finds: the holders suffice. */
	want->width = part == HEALTH ? repl->profile->k : repl->profile->replication;
	return true;
}

static bool next_health(struct an_repl *repl, an_time_us now, struct an_repl_want *want)
{
	struct an_repl_health *health = &repl->health;
	switch (an_repl_health_begin(health, &repl->host, &repl->view, repl->was_converged, now)) {
	case AN_REPL_HEALTH_PROVE:
		return want_of_check(repl, HEALTH, AN_REPL_PROVE, NULL, want);
	case AN_REPL_HEALTH_SEARCH:
		return want_of_check(repl, HEALTH, AN_REPL_SEARCH, NULL, want);
	default:
		return want_of_check(repl, HEALTH, AN_REPL_CHALLENGE, an_repl_health_next(health),
		                     want);
	}
}

static bool next_network_wide(struct an_repl *repl, an_time_us now, struct an_repl_want *want)
{
	struct an_repl_network_wide *wide = &repl->network_wide;
	switch (an_repl_network_wide_begin(wide, &repl->host, repl->was_converged, now)) {
	case AN_REPL_NETWORK_WIDE_SEARCH:
		return want_of_check(repl, NETWORK_WIDE, AN_REPL_SEARCH, NULL, want);
	case AN_REPL_NETWORK_WIDE_PROVE:
		return want_of_check(repl, NETWORK_WIDE, AN_REPL_PROVE, NULL, want);
	default:
		return want_of_check(repl, NETWORK_WIDE, AN_REPL_CHALLENGE,
		                     an_repl_network_wide_next(wide), want);
	}
}

static bool next_block(struct an_repl *repl, struct an_repl_want *want)
{
	if (repl->bad_count == 0 || !has_room(repl, AN_REPL_BLOCK))
		return false;
	const struct an_contact bad = {.id = repl->bad[--repl->bad_count]};
	new_task(repl, AN_REPL_BLOCK, &bad, want);
	return true;
}

bool an_repl_next_want(struct an_repl *repl, an_time_us now, struct an_repl_want *ret_want)
{
	an_repl_refresh_view(repl, now);
	return next_block(repl, ret_want) || next_list(repl, now, ret_want) ||
	       next_record(repl, now, ret_want) || next_probe(repl, now, ret_want) ||
	       next_challenge(repl, now, ret_want) || next_health(repl, now, ret_want) ||
	       next_network_wide(repl, now, ret_want);
}

static void list_ended(struct an_repl *repl, const struct task *task, an_status status)
{
	if (status != AUTONOMI_OK)
		an_repl_rounds_failed(&repl->rounds, task->list);
}

/* What is fetched in vain for lack of room would be offered again and again (autonomi-2 10.2,
 * row 10). */
static void no_room(struct an_repl *repl, an_time_us now)
{
	repl->full_until = an_time_after(now, repl->profile->replication_refresh);
	an_repl_offers_clear(&repl->offers);
	an_log(repl->logger, AN_LOG_WARNING, "repl",
	       "the store is full: records of other nodes are not taken for a while");
}

static void fetch_ended(struct an_repl *repl, struct an_repl_offer *offer, an_status status,
                        an_time_us now)
{
	const bool full = status == AUTONOMI_E_FULL || status == AUTONOMI_E_DISK_FULL;
	const struct an_peer_id holder = an_repl_offer_holder(&repl->offers, offer)->id;
	repl->counters.fetched += status == AUTONOMI_OK;
	repl->counters.fetches_failed += status != AUTONOMI_OK;
	an_repl_offers_ended(&repl->offers, offer, full ? AUTONOMI_OK : status, now);
	if (full)
		no_room(repl, now);
	if (status == AUTONOMI_E_CORRUPT)
		note_issue(repl, &holder, AN_REPL_ISSUE_FALSE_RECORD, now);
}

static struct task *find_task(struct an_repl *repl, uint64_t token)
{
	for (size_t i = 0; token != 0 && i < AN_REPL_TASKS_MAX; i++) {
		if (repl->tasks[i].token == token)
			return &repl->tasks[i];
	}
	return NULL;
}

static void proven(struct an_repl *repl, const struct task *task, struct an_message_list proofs,
                   an_time_us now)
{
	if (task->part == HEALTH)
		an_repl_health_proven(&repl->health, &repl->view, proofs, now);
	else if (task->part == NETWORK_WIDE)
		an_repl_network_wide_proven(&repl->network_wide, proofs);
	else
		an_repl_challenges_proven(&repl->challenges, &repl->view, proofs);
}

static void score(struct an_repl *repl, struct task *task, struct an_message_list proofs,
                  an_time_us now)
{
	const struct an_repl_challenged *peer = task->challenged;
	task->score = an_repl_challenges_score(peer, proofs, now);
	if (an_challenge_is_false(peer->expected, peer->expected_count, proofs))
		note_issue(repl, &peer->contact.id, AN_REPL_ISSUE_FALSE_PROOF, now);
}

void an_repl_proofs(struct an_repl *repl, uint64_t token, struct an_message_list proofs,
                    an_time_us now)
{
	struct task *task = find_task(repl, token);
	if (task != NULL && task->type == AN_REPL_PROVE)
		proven(repl, task, proofs, now);
	else if (task != NULL && task->checked != NULL)
		an_repl_check_answered(task->part == HEALTH ? &repl->health.check
		                                            : &repl->network_wide.check,
		                       task->checked, proofs);
	else if (task != NULL && task->challenged != NULL)
		score(repl, task, proofs, now);
}

void an_repl_found(struct an_repl *repl, uint64_t token, const struct an_contact *contacts,
                   size_t count, an_time_us now)
{
	const struct task *task = find_task(repl, token);
	const struct an_repl_nearest nearest = {.self = &repl->view.keys[AN_REPL_SELF],
	                                        .contacts = contacts,
	                                        .count = count,
	                                        .blocked = &repl->blocklist,
	                                        .now = now};
	if (task == NULL || task->type != AN_REPL_SEARCH)
		return;
	if (task->part == HEALTH)
		an_repl_health_found(&repl->health, &nearest);
	else
		an_repl_network_wide_found(&repl->network_wide, &nearest);
}

/* No answer is worth nothing; but one that has no time, or a fault of our own, says nothing. */
static void challenge_ended(struct an_repl *repl, const struct task *task, an_status status)
{
	const bool healthy = an_challenge_healthy(task->score);
	if (status != AUTONOMI_E_BUSY) {
		repl->counters.challenged++;
		repl->counters.challenges_failed += !healthy;
		an_repl_challenged(repl, &task->challenged->contact.id, healthy);
	}
	an_repl_challenges_ended(&repl->challenges);
}

static void block_suspects(struct an_repl *repl, an_time_us now)
{
	for (size_t i = 0; i < repl->health.suspect_count; i++)
		block(repl, &repl->health.suspects[i],
		      "it goes on lacking a record that it must hold and that others have", now);
}

static void health_ended(struct an_repl *repl, const struct task *task, an_time_us now)
{
	repl->counters.health_asked++;
	repl->counters.health_lacking += an_repl_check_lacks(&repl->health.check, task->checked);
	repl->counters.health_false += task->checked->answer == AN_REPL_ANSWER_DIFFERENT;
	const enum an_repl_health_verdict verdict = an_repl_health_ended(&repl->health, now);
	for (size_t i = 0; verdict == AN_REPL_HEALTH_TELL && i < repl->health.suspect_count; i++)
		an_repl_rounds_owe(&repl->rounds, &repl->health.suspects[i]);
	if (verdict == AN_REPL_HEALTH_BAD)
		block_suspects(repl, now);
}

static void tell_of_record(struct an_repl *repl, an_time_us now)
{
	const struct an_repl_check *check = &repl->network_wide.check;
	const struct an_store_entry *entry = repl->host.find(repl->host.context, check->target);
	repl->counters.network_wide_records++;
	for (size_t i = 0; entry != NULL && i < check->count; i++) {
		/* Where too many lists wait, or without memory, the next cycle comes. */
		if (an_repl_network_wide_tells(&check->peers[i]))
			an_repl_rounds_tell(&repl->rounds, &check->peers[i].contact, entry, now);
	}
	if (entry != NULL)
		an_repl_surplus_note(&repl->network_wide.surplus, entry,
		                     an_repl_check_count(check, AN_REPL_ANSWER_SAME), now);
}

static void network_wide_ended(struct an_repl *repl, const struct task *task, an_time_us now)
{
	struct an_repl_network_wide *wide = &repl->network_wide;
	const bool was_loaded = an_repl_network_wide_loaded(wide, now);
	repl->counters.network_wide_asked++;
	repl->counters.network_wide_lacking += an_repl_check_lacks(&wide->check, task->checked);
	if (!an_repl_network_wide_ended(wide, now))
		return;
	tell_of_record(repl, now);
	if (!was_loaded && an_repl_network_wide_loaded(wide, now))
		an_log(repl->logger, AN_LOG_WARNING, "repl",
		       "most holders of a record lack it: the network is under load");
}

/* A chunk has one content: who proves another one lies. */
static void check_ended(struct an_repl *repl, const struct task *task, an_time_us now)
{
	const struct an_peer_id id = task->checked->contact.id;
	const bool is_chunk = task->part == HEALTH || repl->network_wide.check.is_chunk;
	if (is_chunk && task->checked->answer == AN_REPL_ANSWER_DIFFERENT)
		note_issue(repl, &id, AN_REPL_ISSUE_FALSE_PROOF, now);
	if (task->part == HEALTH)
		health_ended(repl, task, now);
	else
		network_wide_ended(repl, task, now);
}

void an_repl_ended(struct an_repl *repl, uint64_t token, an_status status, an_time_us now)
{
	struct task *task = find_task(repl, token);
	if (task == NULL)
		return;
	if (task->list != NULL)
		list_ended(repl, task, status);
	if (task->offer != NULL)
		fetch_ended(repl, task->offer, status, now);
	/* Without proofs of ours the challenge is over, and without peers the search was in vain. */
	if (task->type == AN_REPL_PROVE)
		proven(repl, task, (struct an_message_list){0}, now);
	if (task->type == AN_REPL_SEARCH)
		an_repl_found(repl, token, NULL, 0, now);
	if (task->challenged != NULL)
		challenge_ended(repl, task, status);
	if (task->checked != NULL)
		check_ended(repl, task, now);
	end_task(repl, task);
}

void an_repl_challenged(struct an_repl *repl, const struct an_peer_id *id, bool healthy)
{
	an_repl_history_note(&repl->history, id, healthy);
}

bool an_repl_may_drop(struct an_repl *repl, const struct an_store_entry *entry, an_time_us now)
{
	return an_repl_surplus_ask(&repl->network_wide.surplus, entry, now);
}

an_status an_repl_trigger(struct an_repl *repl, an_time_us now)
{
	const struct an_repl_host *host = &repl->host;
	struct an_repl_peer nearest;
	if (!host->converged(host->context) || host->nearest(host->context, &nearest, 1) == 0)
		return AUTONOMI_E_NO_PEERS;
	return an_repl_rounds_begin(&repl->rounds, now);
}

an_time_us an_repl_deadline(const struct an_repl *repl)
{
	if (repl->step_again)
		return 0;
	an_time_us deadline = an_repl_offers_deadline(&repl->offers);
	/* What waits for something under way is no reason to turn. */
	if (has_room(repl, AN_REPL_SEND_LIST))
		deadline = an_time_earlier(deadline, an_repl_rounds_deadline(&repl->rounds));
	if (has_room(repl, AN_REPL_PROBE))
		deadline = an_time_earlier(deadline, an_repl_probes_deadline(&repl->probes));
	if (repl->bad_count > 0 && has_room(repl, AN_REPL_BLOCK))
		return 0;
	deadline = an_time_earlier(deadline, an_repl_health_deadline(&repl->health));
	deadline = an_time_earlier(deadline,
	                           an_repl_network_wide_deadline(&repl->network_wide, &repl->host));
	return an_time_earlier(deadline, an_repl_challenges_deadline(&repl->challenges));
}

void an_repl_expire(struct an_repl *repl, an_time_us now)
{
	an_repl_tracker_tick(&repl->tracker, now);
	an_repl_offers_expire(&repl->offers, now);
	repl->step_again = an_repl_rounds_step(&repl->rounds, now);
}

void an_repl_count(const struct an_repl *repl, an_time_us now,
                   struct an_repl_counters *ret_counters)
{
	*ret_counters = repl->counters;
	ret_counters->rounds = repl->rounds.rounds;
	ret_counters->keys_told = repl->rounds.keys_told;
	ret_counters->offers = an_repl_offers_count(&repl->offers);
	ret_counters->network_load = an_repl_network_wide_loaded(&repl->network_wide, now) ? 1 : 0;
	ret_counters->issues = repl->issues.recorded;
	ret_counters->blocked = an_repl_blocklist_count(&repl->blocklist, now);
}
