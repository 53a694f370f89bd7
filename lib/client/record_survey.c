/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client/record_survey.h"

#include <stdio.h>
#include <string.h>

#include "client/survey_messages.h"
#include "kad/placement.h"

enum { BUSY_RESTS = 5 }; /* how often busy peers are asked again */

#define BUSY_WAIT      AN_MS(250)
#define BUSY_WAIT_MOST AN_SECONDS(4)

static void advance(struct an_record_survey *survey);

static const struct an_strategy *strategy_of(const struct an_record_survey *survey)
{
	return &survey->client->profile->strategies[survey->type];
}

static size_t quorum_of(const struct an_record_survey *survey)
{
	return survey->existence ? strategy_of(survey)->exists_quorum
	                         : strategy_of(survey)->get_quorum;
}

static size_t count_in(const struct an_record_survey *survey, enum an_survey_target_state state)
{
	size_t count = 0;
	for (size_t i = 0; i < survey->target_count; i++)
		count += survey->targets[i].state == state;
	return count;
}

/* ---- Ends. */
static void stop_targets(struct an_record_survey *survey)
{
	const struct an_client_network *network = &survey->client->network;
	an_client_search_stop(&survey->search);
	for (size_t i = 0; i < survey->target_count; i++) {
		struct an_survey_target *target = &survey->targets[i];
		if (target->request != 0)
			network->cancel(network->context, target->request);
		target->request = 0;
		an_client_set_timer(survey->client, &target->timer, AN_TIME_NEVER);
		an_survey_answer_abandon(target->answer);
		target->answer = NULL;
	}
	survey->target_count = 0;
}

void an_record_survey_stop(struct an_record_survey *survey)
{
	if (!survey->running)
		return;
	survey->running = false;
	stop_targets(survey);
	an_client_set_timer(survey->client, &survey->timer, AN_TIME_NEVER);
}

static void end(struct an_record_survey *survey, an_status status)
{
	survey->status = status;
	an_record_survey_stop(survey);
	survey->done(survey);
}

/* ---- What was found. */
static const struct an_versions *found_at(const struct an_record_survey *survey, size_t i)
{
	const struct an_survey_target *target = &survey->targets[i];
	return target->state == AN_SURVEY_TARGET_FOUND && target->answer != NULL
	               ? &target->answer->versions
	               : NULL;
}

static uint64_t highest_counter(const struct an_record_survey *survey)
{
	uint64_t highest = 0;
	for (size_t i = 0; i < survey->target_count; i++) {
		const struct an_versions *versions = found_at(survey, i);
		if (versions != NULL && versions->items[0].counter > highest)
			highest = versions->items[0].counter;
	}
	return highest;
}

/* How many gave exactly what target `i` gave. */
static size_t same_as(const struct an_record_survey *survey, const struct an_versions *versions)
{
	size_t count = 0;
	for (size_t i = 0; i < survey->target_count; i++) {
		const struct an_versions *other = found_at(survey, i);
		count += other != NULL &&
		         memcmp(other->digest, versions->digest, sizeof(versions->digest)) == 0;
	}
	return count;
}

static bool is_settled(const struct an_record_survey *survey)
{
	if (survey->existence)
		return count_in(survey, AN_SURVEY_TARGET_FOUND) >= quorum_of(survey);
	const uint64_t highest = highest_counter(survey);
	for (size_t i = 0; i < survey->target_count; i++) {
		const struct an_versions *versions = found_at(survey, i);
		if (versions != NULL && versions->items[0].counter == highest &&
		    same_as(survey, versions) >= quorum_of(survey))
			return true;
	}
	return false;
}

/* The record to give: that which has the chosen version and, unless it is a fork, least besides. */
static const struct an_survey_answer *pick(const struct an_record_survey *survey, bool fork)
{
	const struct an_survey_answer *best = NULL;
	for (size_t i = 0; i < survey->target_count; i++) {
		const struct an_versions *versions = found_at(survey, i);
		if (versions == NULL || !an_versions_have(versions, survey->choice.digest))
			continue;
		const struct an_survey_answer *answer = survey->targets[i].answer;
		if (best == NULL || (fork ? versions->count > best->versions.count
		                          : versions->count < best->versions.count))
			best = answer;
	}
	return best;
}

static an_status choose(struct an_record_survey *survey)
{
	const struct an_versions *given[AN_CLIENT_FOUND_MAX];
	size_t count = 0;
	for (size_t i = 0; i < survey->target_count; i++) {
		if (found_at(survey, i) != NULL)
			given[count++] = found_at(survey, i);
	}
	const an_status status = an_versions_choose(given, count, &survey->choice);
	if (status != AUTONOMI_OK)
		return status;
	bool fork = survey->choice.tied > 1;
	const struct an_survey_answer *answer = pick(survey, fork);
	/* Nobody has the chosen entry of a graph alone: there is no record to give without the others. */
	if (!fork && answer->versions.count > 1) {
		fork = true;
		answer = pick(survey, true);
	}
	survey->blob = an_blob_ref(answer->blob);
	survey->value = answer->value;
	return fork ? AUTONOMI_E_FORK : AUTONOMI_OK;
}

static bool is_holder(const struct an_record_survey *survey, size_t i)
{
	if (survey->existence)
		return survey->targets[i].state == AN_SURVEY_TARGET_FOUND;
	const struct an_versions *versions = found_at(survey, i);
	return versions != NULL && an_versions_have(versions, survey->choice.digest);
}

static void note_holders(struct an_record_survey *survey)
{
	survey->copies = 0;
	for (size_t i = 0; i < survey->target_count; i++) {
		if (is_holder(survey, i))
			survey->holders[survey->copies++] = survey->search.found[i];
	}
}

static void conclude(struct an_record_survey *survey)
{
	const an_status status = survey->existence ? AUTONOMI_OK : choose(survey);
	if (status == AUTONOMI_OK || status == AUTONOMI_E_FORK)
		note_holders(survey);
	end(survey, status);
}

/* ---- One target. */
static void fail_target(struct an_survey_target *target, an_status why)
{
	struct an_record_survey *survey = target->survey;
	switch (why) {
	case AUTONOMI_E_NOT_FOUND:
		target->state = AN_SURVEY_TARGET_ABSENT;
		return;
	case AUTONOMI_E_BUSY:
		target->state = AN_SURVEY_TARGET_BUSY;
		break;
	default:
		target->state = AN_SURVEY_TARGET_FAILED;
	}
	survey->problem = why;
	survey->corrupt += why == AUTONOMI_E_CORRUPT || why == AUTONOMI_E_PROTOCOL ||
	                   why == AUTONOMI_E_TOO_LARGE;
}

void an_record_survey_checked(struct an_survey_target *target)
{
	struct an_record_survey *survey = target->survey;
	const an_status status = target->answer->status;
	target->state = AN_SURVEY_TARGET_FOUND;
	if (status != AUTONOMI_OK) {
		an_survey_answer_abandon(target->answer);
		target->answer = NULL;
		fail_target(target, status);
	}
	advance(survey);
}

static const struct an_contact *contact_of(const struct an_survey_target *target)
{
	return &target->survey->search.found[target - target->survey->targets];
}

static void note_answer(struct an_survey_target *target, an_status status)
{
	struct an_client *client = target->survey->client;
	const struct an_peer_id *id = &contact_of(target)->id;
	const an_time_us now = an_client_now(client);
	if (status == AUTONOMI_E_UNREACHABLE || status == AUTONOMI_E_TIMEOUT) {
		an_client_suspects_add(&client->suspects, id, now);
		return;
	}
	an_client_suspects_clear(&client->suspects, id);
	if (status == AUTONOMI_OK && target->survey->type != AN_RECORD_SCRATCHPAD)
		an_round_trip_add(&client->round_trip, an_time_until(now, target->asked_at));
}

static void answered(void *context, an_status status, struct an_blob *message, struct an_span body)
{
	struct an_survey_target *target = context;
	struct an_record_survey *survey = target->survey;
	target->request = 0;
	an_client_set_timer(survey->client, &target->timer, AN_TIME_NEVER);
	note_answer(target, status);
	if (status == AUTONOMI_OK)
		status = an_survey_read(target, message, body);
	if (status != AUTONOMI_OK) {
		fail_target(target, status);
	} else if (survey->existence) {
		target->state = AN_SURVEY_TARGET_FOUND;
	} else {
		target->state = AN_SURVEY_TARGET_CHECKING;
		an_survey_check(target);
		return;
	}
	advance(survey);
}

static void is_late(struct an_client_timer *timer)
{
	struct an_survey_target *target = an_container_of(timer, struct an_survey_target, timer);
	struct an_client *client = target->survey->client;
	target->state = AN_SURVEY_TARGET_LATE;
	an_client_suspects_add(&client->suspects, &contact_of(target)->id, an_client_now(client));
	advance(target->survey);
}

/* The bytes of a scratchpad may take their time. */
static an_time_us patience(const struct an_record_survey *survey)
{
	const struct an_client *client = survey->client;
	if (survey->existence || survey->type != AN_RECORD_SCRATCHPAD)
		return an_round_trip_late(&client->round_trip, client->profile);
	const an_time_us late = client->profile->late_most;
	return late > 4 * client->get_duration ? late : 4 * client->get_duration;
}

static void ask(struct an_survey_target *target)
{
	struct an_client *client = target->survey->client;
	target->asked_at = an_client_now(client);
	target->state = AN_SURVEY_TARGET_ASKED;
	const an_status status = an_survey_send(target, contact_of(target), answered);
	if (status != AUTONOMI_OK) {
		target->request = 0;
		fail_target(target, status);
		return;
	}
	target->timer.fire = is_late;
	an_client_set_timer(client, &target->timer,
	                    an_time_after(target->asked_at, patience(target->survey)));
}

/* ---- The whole. */
static struct an_survey_target *next_waiting(struct an_record_survey *survey)
{
	struct an_client *client = survey->client;
	struct an_survey_target *suspect = NULL;
	for (size_t i = 0; i < survey->target_count; i++) {
		struct an_survey_target *target = &survey->targets[i];
		if (target->state != AN_SURVEY_TARGET_WAITING)
			continue;
		if (!an_client_suspects_has(&client->suspects, &contact_of(target)->id,
		                            an_client_now(client)))
			return target;
		if (suspect == NULL)
			suspect = target;
	}
	return suspect;
}

static size_t definite(const struct an_record_survey *survey)
{
	return count_in(survey, AN_SURVEY_TARGET_FOUND) + count_in(survey, AN_SURVEY_TARGET_ABSENT);
}

static size_t outstanding(const struct an_record_survey *survey)
{
	return count_in(survey, AN_SURVEY_TARGET_ASKED) +
	       count_in(survey, AN_SURVEY_TARGET_CHECKING);
}

static bool wants_more(const struct an_record_survey *survey)
{
	const size_t group = an_placement_width(survey->client->profile, AN_PLACEMENT_HOLDER);
	if (outstanding(survey) >= group)
		return false;
	if (outstanding(survey) + definite(survey) < group)
		return true;
	/* Those who should have it do not: then those that were late are asked, and the farther ones. */
	return definite(survey) >= group && count_in(survey, AN_SURVEY_TARGET_FOUND) == 0 &&
	       (!survey->existence || survey->search.was_halved);
}

/* Whether a record exists is known from one who has it, or from as many as should have it and those
 * who were late. Of versions, the newest may be where silence is. */
static bool knows_existence(const struct an_record_survey *survey)
{
	const size_t group = an_placement_width(survey->client->profile, AN_PLACEMENT_HOLDER);
	if (count_in(survey, AN_SURVEY_TARGET_FOUND) > 0)
		return an_client_search_has_all(&survey->search);
	return definite(survey) >= group && !survey->search.halved;
}

static bool widen(struct an_record_survey *survey)
{
	if (!an_client_search_can_widen(&survey->search))
		return false;
	if (survey->existence && knows_existence(survey))
		return false;
	const an_status status = an_client_search_widen(&survey->search);
	if (status != AUTONOMI_OK)
		survey->problem = status;
	return status == AUTONOMI_OK;
}

static void ask_busy_again(struct an_client_timer *timer)
{
	struct an_record_survey *survey = an_container_of(timer, struct an_record_survey, timer);
	for (size_t i = 0; i < survey->target_count; i++) {
		if (survey->targets[i].state == AN_SURVEY_TARGET_BUSY)
			survey->targets[i].state = AN_SURVEY_TARGET_WAITING;
	}
	advance(survey);
}

static void set_timer(struct an_record_survey *survey, void (*fire)(struct an_client_timer *timer),
                      an_time_us wait)
{
	survey->timer.fire = fire;
	an_client_set_timer(survey->client, &survey->timer,
	                    an_time_after(an_client_now(survey->client), wait));
}

static bool rest(struct an_record_survey *survey)
{
	if (survey->rests == BUSY_RESTS || count_in(survey, AN_SURVEY_TARGET_BUSY) == 0)
		return false;
	set_timer(survey, ask_busy_again,
	          an_client_backoff(survey->client, BUSY_WAIT, survey->rests++, BUSY_WAIT_MOST));
	return true;
}

static void searched(struct an_client_search *search, an_status status)
{
	struct an_record_survey *survey = an_container_of(search, struct an_record_survey, search);
	if (status != AUTONOMI_OK)
		survey->problem = status;
	for (; survey->target_count < search->count; survey->target_count++)
		survey->targets[survey->target_count] = (struct an_survey_target){.survey = survey};
	advance(survey);
}

static void begin_try(struct an_client_timer *timer)
{
	struct an_record_survey *survey = an_container_of(timer, struct an_record_survey, timer);
	stop_targets(survey);
	survey->tries++;
	survey->rests = 0;
	survey->corrupt = 0;
	survey->problem = AUTONOMI_OK;
	an_client_search_init(&survey->search, survey->client, survey->name, searched);
	if (!widen(survey))
		advance(survey);
}

/* What the answers, taken together, say where nobody has the record. */
static an_status failure(const struct an_record_survey *survey)
{
	const size_t absent = count_in(survey, AN_SURVEY_TARGET_ABSENT);
	if (survey->problem == AUTONOMI_E_NO_MEMORY || survey->problem == AUTONOMI_E_CLOSED)
		return survey->problem;
	if (absent >= quorum_of(survey) || (absent > 0 && survey->problem == AUTONOMI_OK))
		return AUTONOMI_E_NOT_FOUND;
	if (absent > 0)
		return AUTONOMI_E_QUORUM;
	if (survey->corrupt > 0)
		return AUTONOMI_E_CORRUPT;
	if (survey->problem == AUTONOMI_E_BUSY || survey->problem == AUTONOMI_E_TIMEOUT)
		return survey->problem;
	return AUTONOMI_E_NO_PEERS;
}

static bool may_repeat(const struct an_record_survey *survey, an_status status)
{
	if (status == AUTONOMI_E_NO_PEERS && !survey->client->knows_peers)
		return false;
	return status != AUTONOMI_E_NOT_FOUND && status != AUTONOMI_E_CLOSED &&
	       survey->tries < strategy_of(survey)->get_tries;
}

static void try_over(struct an_record_survey *survey)
{
	if (count_in(survey, AN_SURVEY_TARGET_FOUND) > 0) {
		conclude(survey);
		return;
	}
	const an_status status = failure(survey);
	if (may_repeat(survey, status))
		set_timer(survey, begin_try, an_client_retry_wait(survey->client, survey->tries));
	else
		end(survey, status);
}

/* Whether only peers are awaited that are late, and the others' word suffices. */
static bool is_enough(const struct an_record_survey *survey)
{
	const size_t late = count_in(survey, AN_SURVEY_TARGET_LATE);
	return late == 0 || definite(survey) >= quorum_of(survey);
}

static void advance(struct an_record_survey *survey)
{
	if (is_settled(survey)) {
		conclude(survey);
		return;
	}
	struct an_survey_target *target;
	while (wants_more(survey) && (target = next_waiting(survey)) != NULL)
		ask(target);
	if (survey->search.running || outstanding(survey) > 0)
		return;
	if (wants_more(survey) && widen(survey))
		return;
	if (is_enough(survey) && !rest(survey))
		try_over(survey);
}

static void begin(struct an_client_timer *timer)
{
	struct an_record_survey *survey = an_container_of(timer, struct an_record_survey, timer);
	survey->nonce = an_random_u64(survey->client->random);
	begin_try(timer);
}

void an_record_survey_start(struct an_record_survey *survey)
{
	survey->running = true;
	survey->tries = 0;
	survey->target_count = 0;
	survey->copies = 0;
	survey->blob = NULL;
	survey->choice = (struct an_versions_choice){0};
	an_client_search_init(&survey->search, survey->client, survey->name, searched);
	survey->timer.fire = begin;
	an_client_set_timer(survey->client, &survey->timer, 0);
}

static const char *explanation(an_status status)
{
	switch (status) {
	case AUTONOMI_E_NOT_FOUND:
		return "is held by no peer that was asked; check the address, or try again later";
	case AUTONOMI_E_FORK:
		return "has versions of which none counts more: its owner signed several; "
		       "the owner can write a newer one";
	case AUTONOMI_E_CORRUPT:
		return "came with a false form or signature from every peer that was asked; try "
		       "again later";
	case AUTONOMI_E_NO_PEERS:
		return "could not be fetched, for no peer of the network could be reached; check "
		       "the connection and the peers given, and try again";
	case AUTONOMI_E_NO_MEMORY:
		return "could not be fetched for lack of memory; free some and try again";
	default:
		return "could not be fetched, for too few peers answered in time; try again later";
	}
}

void an_record_survey_explain(const struct an_record_survey *survey,
                              char text[AN_CLIENT_MESSAGE_MAX])
{
	char name[AN_CLIENT_NAME_TEXT_SIZE];
	snprintf(text, AN_CLIENT_MESSAGE_MAX, "the %s %s %s",
	         survey->existence || survey->any_type ? "record"
	                                               : an_client_kind_text(survey->type),
	         an_client_name_text(survey->name, name), explanation(survey->status));
}
