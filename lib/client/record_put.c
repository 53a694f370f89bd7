/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client/record_put.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "client/put_messages.h"
#include "kad/placement.h"

enum {
	LINGERS_AFTER = 5, /* times the profile's slow_peer */
	BUSY_RESTS = 6,    /* how often a busy peer is asked again before another takes its place */
};

#define BUSY_WAIT      AN_MS(250)
#define BUSY_WAIT_MOST AN_SECONDS(4)

static void advance(struct an_record_put *put);

static const struct an_strategy *strategy_of(const struct an_record_put *put)
{
	return &put->client->profile->strategies[put->type];
}

static size_t index_of(const struct an_put_target *target)
{
	return (size_t)(target - target->put->targets);
}

static size_t count_in(const struct an_record_put *put, enum an_put_target_state state)
{
	size_t count = 0;
	for (size_t i = 0; i < put->search.count; i++)
		count += put->targets[i].state == state;
	return count;
}

static size_t under_way(const struct an_record_put *put)
{
	return count_in(put, AN_PUT_TARGET_CHECKING) + count_in(put, AN_PUT_TARGET_SENDING) +
	       count_in(put, AN_PUT_TARGET_RESTING);
}

static size_t count_late(const struct an_record_put *put)
{
	size_t count = 0;
	for (size_t i = 0; i < put->search.count; i++)
		count += put->targets[i].late;
	return count;
}

static size_t copies_wanted(const struct an_record_put *put)
{
	const size_t width = an_placement_width(put->client->profile, AN_PLACEMENT_HOLDER);
	return width < AN_RECORD_PUT_STORED_MAX ? width : AN_RECORD_PUT_STORED_MAX;
}

static size_t have_it(const struct an_record_put *put)
{
	return put->copies + count_in(put, AN_PUT_TARGET_OUTDATED);
}

/* Whether more peers are wanted than have the record, a newer one, or are asked now and alive. */
static bool is_missing(const struct an_record_put *put)
{
	return have_it(put) + under_way(put) - count_late(put) < copies_wanted(put);
}

static bool has_stored(const struct an_record_put *put, const struct an_peer_id *id)
{
	for (size_t i = 0; i < put->copies; i++) {
		if (an_peer_id_equal(&put->stored_by[i], id))
			return true;
	}
	return false;
}

static void stop_requests(struct an_record_put *put)
{
	const struct an_client_network *network = &put->client->network;
	an_client_search_stop(&put->search);
	for (size_t i = 0; i < put->search.count; i++) {
		struct an_put_target *target = &put->targets[i];
		if (target->request != 0)
			network->cancel(network->context, target->request);
		target->request = 0;
		an_client_set_timer(put->client, &target->timer, AN_TIME_NEVER);
	}
}

void an_record_put_stop(struct an_record_put *put)
{
	if (!put->running)
		return;
	put->running = false;
	stop_requests(put);
	an_client_set_timer(put->client, &put->timer, AN_TIME_NEVER);
	an_put_proof_abandon(put->proof);
	put->proof = NULL;
	put->content = an_blob_unref(put->content);
}

static void end(struct an_record_put *put, an_status status)
{
	put->status = status;
	an_record_put_stop(put);
	put->done(put);
}

/* ---- One target. */
static void fail_target(struct an_put_target *target, an_status why)
{
	target->state = AN_PUT_TARGET_FAILED;
	target->put->problem = why;
}

static void rest_over(struct an_client_timer *timer)
{
	struct an_put_target *target = an_container_of(timer, struct an_put_target, timer);
	target->state = AN_PUT_TARGET_WAITING;
	advance(target->put);
}

static void rest(struct an_put_target *target)
{
	struct an_client *client = target->put->client;
	if (target->rests == BUSY_RESTS) {
		fail_target(target, AUTONOMI_E_BUSY);
		return;
	}
	target->state = AN_PUT_TARGET_RESTING;
	target->timer.fire = rest_over;
	const an_time_us wait = an_client_backoff(client, BUSY_WAIT, target->rests++,
	                                          BUSY_WAIT_MOST);
	an_client_set_timer(client, &target->timer, an_time_after(an_client_now(client), wait));
}

static void late_peers_are_missing(struct an_client_timer *timer)
{
	struct an_record_put *put = an_container_of(timer, struct an_record_put, timer);
	if (put->lingers != NULL)
		put->lingers(put);
}

static void note_stored(struct an_put_target *target)
{
	struct an_record_put *put = target->put;
	struct an_client *client = put->client;
	if (client->spare_puts < AN_CLIENT_SPARES_MAX)
		client->spare_puts++;
	target->state = AN_PUT_TARGET_STORED;
	if (put->copies < AN_RECORD_PUT_STORED_MAX)
		put->stored_by[put->copies++] = put->search.found[index_of(target)].id;
	if (put->copies != strategy_of(put)->put_quorum)
		return;
	/* From here on no attempt follows, so the timer is free. */
	put->timer.fire = late_peers_are_missing;
	an_client_set_timer(put->client, &put->timer,
	                    an_time_after(an_client_now(client),
	                                  LINGERS_AFTER * client->profile->slow_peer));
}

/* The request of a target has ended. */
static void take_back(struct an_put_target *target)
{
	target->request = 0;
	target->late = false;
	an_client_set_timer(target->put->client, &target->timer, AN_TIME_NEVER);
}

static void checked(void *context, an_status status, struct an_blob *message, struct an_span body)
{
	struct an_put_target *target = context;
	struct an_record_put *put = target->put;
	(void)message;
	take_back(target);
	target->checked = true;
	if (status == AUTONOMI_OK)
		status = an_put_read_proof(put, body);
	if (status == AUTONOMI_OK)
		note_stored(target);
	else if (status == AUTONOMI_E_NOT_FOUND)
		target->state = AN_PUT_TARGET_WAITING; /* it is sent now */
	else if (status == AUTONOMI_E_BUSY)
		rest(target);
	else
		fail_target(target, status);
	advance(put);
}

static void answered(void *context, an_status status, struct an_blob *message, struct an_span body)
{
	struct an_put_target *target = context;
	struct an_record_put *put = target->put;
	(void)message;
	take_back(target);
	if (status == AUTONOMI_OK)
		status = an_put_read_answer(put, &put->search.found[index_of(target)], body);
	if (status == AUTONOMI_OK)
		note_stored(target);
	else if (status == AUTONOMI_E_OUTDATED)
		target->state = AN_PUT_TARGET_OUTDATED;
	else if (status == AUTONOMI_E_BUSY)
		rest(target);
	else
		fail_target(target, status);
	advance(put);
}

/* ---- Silence. On a line that is full the signs of all peers come slowly. */
static an_time_us slowest_round_trip(const struct an_record_put *put)
{
	const struct an_client_network *network = &put->client->network;
	an_time_us slowest = 0;
	for (size_t i = 0; i < put->search.count; i++) {
		struct an_client_sign sign;
		network->sign(network->context, put->targets[i].request, &sign);
		slowest = an_time_later(slowest, sign.rtt);
	}
	return slowest;
}

/* Who has all of it needs time to store it. */
static an_time_us silent_at(const struct an_put_target *target)
{
	const struct an_record_put *put = target->put;
	const struct an_client *client = put->client;
	struct an_client_sign sign;
	client->network.sign(client->network.context, target->request, &sign);
	an_time_us patience = an_client_silence(client, slowest_round_trip(put));
	if (sign.delivered)
		patience = an_time_later(patience, client->profile->late_most);
	return an_time_after(an_time_later(target->asked_at, sign.heard_at), patience);
}

static void look_at_time(struct an_client_timer *timer);

static void look_at(struct an_put_target *target, an_time_us when)
{
	target->timer.fire = look_at_time;
	an_client_set_timer(target->put->client, &target->timer, when);
}

/* Once nothing depends on one that has been silent for long, nobody waits for it. */
static void give_up(struct an_put_target *target)
{
	struct an_record_put *put = target->put;
	const struct an_client_network *network = &put->client->network;
	network->cancel(network->context, target->request);
	take_back(target);
	fail_target(target, AUTONOMI_E_TIMEOUT);
	advance(put);
}

static void look_at_time(struct an_client_timer *timer)
{
	struct an_put_target *target = an_container_of(timer, struct an_put_target, timer);
	struct an_record_put *put = target->put;
	struct an_client *client = put->client;
	const an_time_us now = an_client_now(client);
	const an_time_us when = silent_at(target);
	if (when > now) {
		target->late = false;
		look_at(target, when);
		return;
	}
	if (target->late && put->copies >= strategy_of(put)->put_quorum) {
		give_up(target);
		return;
	}
	look_at(target, an_time_after(now, client->profile->late_most));
	if (target->late || client->spare_puts < AN_CLIENT_SPARE)
		return;
	client->spare_puts -= AN_CLIENT_SPARE;
	target->late = true;
	an_client_suspects_add(&client->suspects, &put->search.found[index_of(target)].id, now);
	advance(put);
}

static void ask(struct an_put_target *target)
{
	struct an_record_put *put = target->put;
	const struct an_contact *contact = &put->search.found[index_of(target)];
	an_status status;
	target->asked_at = an_client_now(put->client);
	if (put->check && !target->checked) {
		target->state = AN_PUT_TARGET_CHECKING;
		status = an_put_ask_proof(put, contact, checked, target, &target->request);
	} else {
		target->state = AN_PUT_TARGET_SENDING;
		status = an_put_send(put, contact, answered, target, &target->request);
	}
	if (status == AUTONOMI_OK) {
		look_at(target, silent_at(target));
		return;
	}
	target->request = 0;
	if (status == AUTONOMI_E_BUSY)
		rest(target);
	else
		fail_target(target, status);
}

/* ---- The whole. */
static struct an_put_target *next_waiting(struct an_record_put *put)
{
	for (size_t i = 0; i < put->search.count; i++) {
		if (put->targets[i].state == AN_PUT_TARGET_WAITING)
			return &put->targets[i];
	}
	return NULL;
}

static void searched(struct an_client_search *search, an_status status)
{
	struct an_record_put *put = an_container_of(search, struct an_record_put, search);
	if (status != AUTONOMI_OK)
		put->problem = status;
	for (size_t i = 0; i < search->count; i++) {
		struct an_put_target *target = &put->targets[i];
		target->put = put;
		if (target->state == AN_PUT_TARGET_WAITING && has_stored(put, &search->found[i].id))
			target->state = AN_PUT_TARGET_STORED;
	}
	advance(put);
}

/* Whether those that have it and those that are asked now and alive make a quorum. */
static bool may_suffice(const struct an_record_put *put)
{
	return put->copies + under_way(put) - count_late(put) >= strategy_of(put)->put_quorum;
}

static bool widen(struct an_record_put *put)
{
	if (!an_client_search_can_widen(&put->search))
		return false;
	if (may_suffice(put) && an_client_search_has_all(&put->search))
		return false;
	const an_status status = an_client_search_widen(&put->search);
	if (status != AUTONOMI_OK)
		put->problem = status;
	return status == AUTONOMI_OK;
}

static an_status failure(const struct an_record_put *put)
{
	if (put->outdated > 0)
		return AUTONOMI_E_OUTDATED;
	switch (put->problem) {
	case AUTONOMI_E_PAYMENT:
	case AUTONOMI_E_NO_MEMORY:
	case AUTONOMI_E_CLOSED:
		return put->problem;
	case AUTONOMI_E_TIMEOUT:
		return put->copies == 0 ? AUTONOMI_E_TIMEOUT : AUTONOMI_E_QUORUM;
	default:
		return put->search.count == 0 ? AUTONOMI_E_NO_PEERS : AUTONOMI_E_QUORUM;
	}
}

/* Where nobody could be reached during all the time that joining may take, a repetition would only
 * keep the user waiting for the same answer. */
static bool may_repeat(const struct an_record_put *put)
{
	if (put->problem == AUTONOMI_E_NO_PEERS && !put->client->knows_peers)
		return false;
	return put->attempt < strategy_of(put)->put_tries && put->outdated == 0 &&
	       put->problem != AUTONOMI_E_PAYMENT && put->problem != AUTONOMI_E_CLOSED;
}

static void begin_attempt(struct an_client_timer *timer)
{
	struct an_record_put *put = an_container_of(timer, struct an_record_put, timer);
	put->attempt++;
	put->outdated = 0;
	an_client_search_stop(&put->search);
	an_client_search_init(&put->search, put->client, put->name, searched);
	memset(put->targets, 0, sizeof(put->targets));
	if (!widen(put))
		advance(put);
}

static void attempt_over(struct an_record_put *put)
{
	struct an_client *client = put->client;
	if (put->copies >= strategy_of(put)->put_quorum) {
		end(put, AUTONOMI_OK);
		return;
	}
	if (!may_repeat(put)) {
		end(put, failure(put));
		return;
	}
	const an_time_us wait = an_client_retry_wait(client, put->attempt);
	put->timer.fire = begin_attempt;
	an_client_set_timer(client, &put->timer, an_time_after(an_client_now(client), wait));
}

static void advance(struct an_record_put *put)
{
	if (put->held || put->proof != NULL || put->attempt == 0)
		return;
	struct an_put_target *target;
	while (is_missing(put) && (target = next_waiting(put)) != NULL)
		ask(target);
	if (put->search.running)
		return;
	if (have_it(put) >= copies_wanted(put)) {
		attempt_over(put);
		return;
	}
	if (is_missing(put) && widen(put))
		return;
	if (under_way(put) == 0)
		attempt_over(put);
}

void an_record_put_proof_done(struct an_record_put *put)
{
	put->proof = NULL;
	advance(put);
}

void an_record_put_start(struct an_record_put *put)
{
	put->running = true;
	put->copies = 0;
	put->outdated = 0;
	put->counter = 0;
	put->attempt = 0;
	put->problem = AUTONOMI_OK;
	put->refusal[0] = '\0';
	an_blob_ref(put->content);
	an_client_search_init(&put->search, put->client, put->name, searched);
	if (put->check)
		put->proof = an_put_proof_begin(put);
	put->check = put->proof != NULL; /* without memory for that it is simply sent */
	put->timer.fire = begin_attempt;
	an_client_set_timer(put->client, &put->timer, 0);
}

void an_record_put_release(struct an_record_put *put)
{
	if (!put->running || !put->held)
		return;
	put->held = false;
	advance(put);
}

void an_record_put_explain(const struct an_record_put *put, char text[AN_CLIENT_MESSAGE_MAX])
{
	char name[AN_CLIENT_NAME_TEXT_SIZE];
	an_client_name_text(put->name, name);
	const char *kind = an_client_kind_text(put->type);
	if (put->status == AUTONOMI_E_NO_PEERS)
		snprintf(text, AN_CLIENT_MESSAGE_MAX,
		         "%s %s could not be stored, for no peer of the network could be "
		         "reached; check the connection and the peers given, and try again",
		         kind, name);
	else if (put->status == AUTONOMI_E_NO_MEMORY)
		snprintf(text, AN_CLIENT_MESSAGE_MAX,
		         "%s %s could not be sent for lack of memory; free some and try again",
		         kind, name);
	else if (put->status == AUTONOMI_E_OUTDATED)
		snprintf(text, AN_CLIENT_MESSAGE_MAX,
		         "%s %s is outdated: the network has counter %" PRIu64
		         "; read it again and repeat the change",
		         kind, name, put->counter);
	else
		snprintf(text, AN_CLIENT_MESSAGE_MAX,
		         "%s %s was stored by %zu peers where %zu are needed (%s); try again "
		         "later",
		         kind, name, put->copies, strategy_of(put)->put_quorum,
		         put->refusal[0] != '\0' ? put->refusal : an_status_message(put->problem));
}
