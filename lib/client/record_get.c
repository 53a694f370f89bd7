/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client/record_get.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "data/chunk.h"
#include "data/message.h"

enum {
	BUSY_RESTS = 5,     /* how often busy peers are asked again */
	LATE_DOUBLINGS = 4, /* of the patience within one get */
	SMOOTHING = 4,      /* a new duration weighs 1 in so many */
};

#define BUSY_WAIT      AN_MS(250)
#define BUSY_WAIT_MOST AN_SECONDS(4)

static void pursue(struct an_record_get *get);

/* ---- Hashing an answer: a job that outlives its get where that is stopped. */
struct an_get_check {
	struct an_client_work work;
	struct an_get_target *target; /* NULL: nobody wants it any more */
	struct an_blob *blob;
	struct an_span content;
	uint8_t name[AN_RECORD_NAME_SIZE];
};

static void hash_content(struct an_job *job)
{
	struct an_get_check *check = an_container_of(job, struct an_get_check, work.job);
	an_chunk_name(check->content, check->name);
}

static void release_check(struct an_client_work *work)
{
	struct an_get_check *check = an_container_of(work, struct an_get_check, work);
	an_blob_unref(check->blob);
	an_free(check);
}

/* ---- Ends. */
static void stop_target(struct an_get_target *target)
{
	const struct an_client_network *network = &target->get->client->network;
	if (target->request != 0)
		network->cancel(network->context, target->request);
	target->request = 0;
	if (target->check != NULL)
		target->check->target = NULL;
	target->check = NULL;
}

void an_record_get_stop(struct an_record_get *get)
{
	if (!get->running)
		return;
	get->running = false;
	an_client_search_stop(&get->search);
	for (size_t i = 0; i < get->ordered; i++)
		stop_target(&get->targets[get->order[i]]);
	an_client_set_timer(get->client, &get->timer, AN_TIME_NEVER);
}

static void end(struct an_record_get *get, an_status status)
{
	get->status = status;
	an_record_get_stop(get);
	get->done(get);
}

static void note_success(struct an_record_get *get, const struct an_get_target *target)
{
	struct an_client *client = get->client;
	const an_time_us took = an_time_until(an_client_now(client), target->asked_at);
	if (client->spare_gets < AN_CLIENT_SPARES_MAX)
		client->spare_gets++;
	if (client->get_duration == 0)
		client->get_duration = took;
	else
		client->get_duration = client->get_duration - client->get_duration / SMOOTHING +
		                       took / SMOOTHING;
}

/* What the answers, taken together, say of the chunk. */
static an_status failure(const struct an_record_get *get)
{
	if (get->problem == AUTONOMI_E_NO_MEMORY || get->problem == AUTONOMI_E_CLOSED)
		return get->problem;
	if (get->absent > 0)
		return AUTONOMI_E_NOT_FOUND;
	if (get->corrupt > 0)
		return AUTONOMI_E_CORRUPT;
	if (get->busy > 0)
		return AUTONOMI_E_BUSY;
	return get->problem == AUTONOMI_E_TIMEOUT ? AUTONOMI_E_TIMEOUT : AUTONOMI_E_NO_PEERS;
}

/* ---- One target. */
static void fail_target(struct an_get_target *target, an_status why)
{
	struct an_record_get *get = target->get;
	target->state = AN_GET_TARGET_FAILED;
	get->problem = why;
	get->absent += why == AUTONOMI_E_NOT_FOUND;
	get->corrupt += why == AUTONOMI_E_CORRUPT || why == AUTONOMI_E_PROTOCOL;
	get->busy += why == AUTONOMI_E_BUSY;
	if (why == AUTONOMI_E_BUSY)
		target->state = AN_GET_TARGET_BUSY;
}

static void hashed(struct an_client_work *work)
{
	struct an_get_check *check = an_container_of(work, struct an_get_check, work);
	struct an_get_target *target = check->target;
	if (target == NULL) {
		release_check(work);
		return;
	}
	struct an_record_get *get = target->get;
	target->check = NULL;
	if (memcmp(check->name, get->name, sizeof(get->name)) != 0) {
		release_check(work);
		fail_target(target, AUTONOMI_E_CORRUPT);
		pursue(get);
		return;
	}
	note_success(get, target);
	get->blob = an_blob_ref(check->blob);
	get->content = check->content;
	release_check(work);
	end(get, AUTONOMI_OK);
}

static an_status begin_check(struct an_get_target *target, struct an_blob *blob,
                             struct an_span content)
{
	struct an_get_check *check = an_calloc(1, sizeof(*check));
	if (check == NULL)
		return AUTONOMI_E_NO_MEMORY;
	check->target = target;
	check->blob = an_blob_ref(blob);
	check->content = content;
	check->work.finished = hashed;
	check->work.release = release_check;
	target->check = check;
	target->state = AN_GET_TARGET_CHECKING;
	an_client_submit(target->get->client, &check->work, AN_JOB_COMPUTE, hash_content);
	return AUTONOMI_OK;
}

/* Values that the decoder had to gather lie in its scratch buffer: they are copied. */
static an_status check_value(struct an_get_target *target, struct an_blob *message,
                             const struct an_buffer *scratch, struct an_span value)
{
	const struct an_profile *profile = target->get->client->profile;
	struct an_span content;
	if (an_chunk_content(value, &content) != AUTONOMI_OK || content.size > profile->chunk_max)
		return AUTONOMI_E_CORRUPT;
	if (scratch->size == 0)
		return begin_check(target, message, content);
	struct an_blob *copy = an_blob_copy(content);
	const an_status status = copy != NULL ? begin_check(target, copy, an_blob_span(copy))
	                                      : AUTONOMI_E_NO_MEMORY;
	an_blob_unref(copy);
	return status;
}

static an_status read_answer(struct an_get_target *target, struct an_blob *message,
                             struct an_span body)
{
	struct an_response response;
	struct an_buffer scratch;
	an_buffer_init(&scratch, body.size);
	an_status status = an_response_decode(body, &scratch, &response);
	if (status == AUTONOMI_E_UNSUPPORTED)
		status = AUTONOMI_E_PROTOCOL;
	if (status == AUTONOMI_OK && response.type != AN_RESPONSE_GET_REPLICATED_RECORD)
		status = AUTONOMI_E_PROTOCOL;
	if (status == AUTONOMI_OK && response.get_replicated_record.result.failed)
		status = response.get_replicated_record.result.error.type ==
		                         AN_ERROR_REPLICATED_RECORD_NOT_FOUND
		                 ? AUTONOMI_E_NOT_FOUND
		                 : AUTONOMI_E_REFUSED;
	if (status == AUTONOMI_OK)
		status = check_value(target, message, &scratch,
		                     response.get_replicated_record.value);
	an_buffer_done(&scratch);
	return status;
}

static const struct an_peer_id *peer_of(const struct an_get_target *target)
{
	return &target->get->search.found[target - target->get->targets].id;
}

static void answered(void *context, an_status status, struct an_blob *message, struct an_span body)
{
	struct an_get_target *target = context;
	struct an_client_suspects *suspects = &target->get->client->suspects;
	target->request = 0;
	if (status == AUTONOMI_E_UNREACHABLE || status == AUTONOMI_E_TIMEOUT)
		an_client_suspects_add(suspects, peer_of(target),
		                       an_client_now(target->get->client));
	else
		an_client_suspects_clear(suspects, peer_of(target));
	if (status == AUTONOMI_OK)
		status = read_answer(target, message, body);
	if (status == AUTONOMI_OK)
		return;
	fail_target(target, status);
	pursue(target->get);
}

static an_status send_request(struct an_get_target *target)
{
	struct an_record_get *get = target->get;
	const struct an_client *client = get->client;
	const struct an_client_network *network = &client->network;
	const struct an_contact *contact = &get->search.found[target - get->targets];
	struct an_request request = {.type = AN_REQUEST_GET_REPLICATED_RECORD};
	request.get_replicated_record.requester = an_address_of_peer(&contact->id);
	request.get_replicated_record.key = an_address_of_record_key(get->name);
	struct an_blob *message = NULL;
	an_status status = an_request_encode_blob(&request, client->profile->record_form, &message);
	if (status == AUTONOMI_OK)
		status = network->ask(network->context, contact, &message, 1,
		                      client->profile->request_timeout, answered, target,
		                      &target->request);
	an_blob_unref(message);
	return status;
}

/* How long an answer may take before another holder is asked as well: well above what answers took
 * lately, since a second copy costs all its bytes again. */
static an_time_us patience(const struct an_record_get *get)
{
	const struct an_client *client = get->client;
	an_time_us patience = 2 * client->profile->slow_peer;
	if (patience < 4 * client->get_duration)
		patience = 4 * client->get_duration;
	const unsigned doublings = get->late < LATE_DOUBLINGS ? get->late : LATE_DOUBLINGS;
	patience <<= doublings;
	const an_time_us most = client->profile->request_timeout;
	return patience < most ? patience : most;
}

static void suspect_late_peers(struct an_record_get *get)
{
	struct an_client *client = get->client;
	for (size_t i = 0; i < get->ordered; i++) {
		if (get->targets[i].state == AN_GET_TARGET_ASKED)
			an_client_suspects_add(&client->suspects, peer_of(&get->targets[i]),
			                       an_client_now(client));
	}
}

/* When a peer that has not even acknowledged the request counts as dead, or one that has it all and
 * sends not a byte: it withholds the answer. Once bytes come they may take their time. */
static an_time_us silent_at(const struct an_get_target *target)
{
	const struct an_record_get *get = target->get;
	const struct an_client_network *network = &get->client->network;
	struct an_client_sign sign;
	network->sign(network->context, target->request, &sign);
	if (sign.answering)
		return AN_TIME_NEVER;
	if (sign.delivered)
		return an_time_after(target->asked_at, get->client->profile->idle_timeout);
	const unsigned doublings = get->silent < LATE_DOUBLINGS ? get->silent : LATE_DOUBLINGS;
	return an_time_after(an_time_later(target->asked_at, sign.heard_at),
	                     an_client_silence(get->client, sign.rtt) << doublings);
}

/* The latest time at which one of those that were asked counts as dead: as long as one of them lives
 * nobody else is asked for that reason. */
static an_time_us all_silent_at(const struct an_record_get *get)
{
	an_time_us latest = 0;
	for (size_t i = 0; i < get->ordered; i++) {
		if (get->targets[i].state == AN_GET_TARGET_ASKED)
			latest = an_time_later(latest, silent_at(&get->targets[i]));
	}
	return latest > 0 ? latest : AN_TIME_NEVER;
}

static void watch(struct an_record_get *get);

static void look_at_time(struct an_client_timer *timer)
{
	struct an_record_get *get = an_container_of(timer, struct an_record_get, timer);
	struct an_client *client = get->client;
	const an_time_us now = an_client_now(client);
	const bool silent = all_silent_at(get) <= now;
	if (!silent && now < get->late_at) {
		watch(get);
		return;
	}
	suspect_late_peers(get);
	if (!silent && client->spare_gets < AN_CLIENT_SPARE) {
		get->late_at = an_time_after(now, patience(get));
		watch(get);
		return;
	}
	if (silent) {
		get->silent++;
	} else {
		client->spare_gets -= AN_CLIENT_SPARE;
		get->late++;
	}
	get->late_at = an_time_after(now, patience(get));
	watch(get);
	pursue(get);
}

/* Looks again when somebody may be late. */
static void watch(struct an_record_get *get)
{
	get->timer.fire = look_at_time;
	an_time_us when = an_time_earlier(get->late_at, all_silent_at(get));
	const an_time_us now = an_client_now(get->client);
	if (when <= now)
		when = an_time_after(now, an_client_silence(get->client, 0));
	an_client_set_timer(get->client, &get->timer, when);
}

static bool ask(struct an_get_target *target)
{
	struct an_record_get *get = target->get;
	struct an_client *client = get->client;
	target->asked_at = an_client_now(client);
	target->state = AN_GET_TARGET_ASKED;
	const an_status status = send_request(target);
	if (status != AUTONOMI_OK) {
		target->request = 0;
		fail_target(target, status);
		return false;
	}
	get->late_at = an_time_after(target->asked_at, patience(get));
	watch(get);
	return true;
}

/* ---- The whole. */
static struct an_get_target *next_waiting(struct an_record_get *get)
{
	for (size_t i = 0; i < get->ordered; i++) {
		if (get->targets[get->order[i]].state == AN_GET_TARGET_WAITING)
			return &get->targets[get->order[i]];
	}
	return NULL;
}

static bool any_in(const struct an_record_get *get, enum an_get_target_state state)
{
	for (size_t i = 0; i < get->ordered; i++) {
		if (get->targets[i].state == state)
			return true;
	}
	return false;
}

static void ask_busy_again(struct an_client_timer *timer)
{
	struct an_record_get *get = an_container_of(timer, struct an_record_get, timer);
	for (size_t i = 0; i < get->ordered; i++) {
		if (get->targets[i].state == AN_GET_TARGET_BUSY)
			get->targets[i].state = AN_GET_TARGET_WAITING;
	}
	pursue(get);
}

static bool rest(struct an_record_get *get)
{
	if (get->rests == BUSY_RESTS || !any_in(get, AN_GET_TARGET_BUSY))
		return false;
	const an_time_us wait = an_client_backoff(get->client, BUSY_WAIT, get->rests++,
	                                          BUSY_WAIT_MOST);
	get->timer.fire = ask_busy_again;
	an_client_set_timer(get->client, &get->timer,
	                    an_time_after(an_client_now(get->client), wait));
	return true;
}

static bool widen(struct an_record_get *get)
{
	if (!an_client_search_can_widen(&get->search))
		return false;
	const an_status status = an_client_search_widen(&get->search);
	if (status != AUTONOMI_OK)
		get->problem = status;
	return status == AUTONOMI_OK;
}

/* Asks one holder more; looks for more where none is left; ends where there are none to be had. */
static void pursue(struct an_record_get *get)
{
	struct an_get_target *target;
	while ((target = next_waiting(get)) != NULL) {
		if (ask(target))
			return;
	}
	if (get->search.running || widen(get))
		return;
	if (any_in(get, AN_GET_TARGET_ASKED) || any_in(get, AN_GET_TARGET_CHECKING) || rest(get))
		return;
	end(get, failure(get));
}

static void shuffle(struct an_record_get *get, size_t count)
{
	for (size_t i = count; i > 1; i--) {
		const size_t other = (size_t)an_random_below(get->client->random, i);
		const size_t kept = get->order[i - 1];
		get->order[i - 1] = get->order[other];
		get->order[other] = kept;
	}
}

/* Those that were late a moment ago come last among the first `count`. */
static void put_suspects_last(struct an_record_get *get, size_t count)
{
	size_t trusted[AN_CLIENT_FOUND_MAX], suspected[AN_CLIENT_FOUND_MAX];
	size_t trusted_count = 0, suspected_count = 0;
	for (size_t i = 0; i < count; i++) {
		const struct an_peer_id *id = &get->search.found[get->order[i]].id;
		if (an_client_suspects_has(&get->client->suspects, id, an_client_now(get->client)))
			suspected[suspected_count++] = get->order[i];
		else
			trusted[trusted_count++] = get->order[i];
	}
	memcpy(get->order, trusted, trusted_count * sizeof(trusted[0]));
	memcpy(get->order + trusted_count, suspected, suspected_count * sizeof(suspected[0]));
}

static void order_close_group(struct an_record_get *get)
{
	const size_t group = get->client->profile->close_group;
	const size_t count = get->ordered < group ? get->ordered : group;
	shuffle(get, count);
	put_suspects_last(get, count);
}

static void searched(struct an_client_search *search, an_status status)
{
	struct an_record_get *get = an_container_of(search, struct an_record_get, search);
	if (status != AUTONOMI_OK)
		get->problem = status;
	const bool first = get->ordered == 0;
	for (; get->ordered < search->count; get->ordered++) {
		get->targets[get->ordered].get = get;
		get->order[get->ordered] = get->ordered;
	}
	if (first)
		order_close_group(get);
	pursue(get);
}

static void begin(struct an_client_timer *timer)
{
	pursue(an_container_of(timer, struct an_record_get, timer));
}

void an_record_get_start(struct an_record_get *get)
{
	get->running = true;
	an_client_search_init(&get->search, get->client, get->name, searched);
	get->timer.fire = begin;
	an_client_set_timer(get->client, &get->timer, 0);
}

static const char *explanation(an_status status)
{
	switch (status) {
	case AUTONOMI_E_NOT_FOUND:
		return "is held by no peer that was asked; check the address, or try again later";
	case AUTONOMI_E_CORRUPT:
		return "came with false bytes from every peer that was asked; try again later";
	case AUTONOMI_E_NO_PEERS:
		return "could not be fetched, for no peer of the network could be reached; check "
		       "the "
		       "connection and the peers given, and try again";
	case AUTONOMI_E_NO_MEMORY:
		return "could not be fetched for lack of memory; free some and try again";
	default:
		return "could not be fetched, for no peer answered in time; try again later";
	}
}

void an_record_get_explain(const struct an_record_get *get, char text[AN_CLIENT_MESSAGE_MAX])
{
	char name[AN_CLIENT_NAME_TEXT_SIZE];
	snprintf(text, AN_CLIENT_MESSAGE_MAX, "the chunk %s %s",
	         an_client_name_text(get->name, name), explanation(get->status));
}
