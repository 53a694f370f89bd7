/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Clause 1 of the contract as a property, over random interleavings of what a host and its peers do:
 *
 * (1) While pump would make progress or an event waits, the descriptor is readable. Seen from
 *     outside: where it is not readable, no event waits and a pump changes nothing that counts.
 * (2) When it is readable and there is nothing to do, one pump makes it unreadable. Seen from
 *     outside: after a pump that returned 0, with no event waiting, it is not readable.
 *
 * A failing sequence is shortened before it is shown, with the seed that made it.
 */
#include <check.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cluster.h"

enum { STEPS = 120, MARGIN_US = 3000, SEQUENCES = 12 };

enum step {
	STEP_SUBMIT_TABLE,
	STEP_SUBMIT_CLOSEST,
	STEP_SUBMIT_PUT,
	STEP_SUBMIT_CONNECT,
	STEP_CANCEL_NEWEST,
	STEP_WAKE,
	STEP_PUMP,
	STEP_PUMP_UNTIL_IDLE,
	STEP_TAKE_ONE,
	STEP_TAKE_ALL,
	STEP_PEERS_GO_ON,
	STEP_TIME_PASSES,
	STEP_KINDS,
};

static const char *const step_names[STEP_KINDS] = {"submit table",  "submit closest",
                                                   "submit put",    "submit connect",
                                                   "cancel newest", "wake",
                                                   "pump",          "pump until idle",
                                                   "take one",      "take all",
                                                   "peers go on",   "time passes"};

struct host {
	struct cluster *cluster;
	autonomi_node *node;
	autonomi_op newest;
	size_t submitted, completed;
	const char *broken; /* what was violated, or NULL */
};

/* All that a pump could change and a host could see. */
static uint64_t observable(autonomi_node *node)
{
	uint64_t sum = autonomi_node_pending(node);
	const char *name = NULL;
	for (size_t i = 0; (name = autonomi_node_counter_name(i)) != NULL; i++) {
		uint64_t value = 0;
		autonomi_node_counter(node, name, &value);
		sum = sum * 31 + value;
	}
	return sum;
}

static bool take_one(struct host *host)
{
	autonomi_event *event = NULL;
	if (autonomi_node_next_event(host->node, &event) != 1)
		return false;
	host->completed += autonomi_event_type(event) == AUTONOMI_EVENT_COMPLETED;
	autonomi_event_free(event);
	return true;
}

static void submit(struct host *host, enum step step)
{
	uint8_t bytes[40];
	memset(bytes, (int)host->submitted, sizeof(bytes));
	autonomi_node *node = host->node;
	autonomi_status status = AUTONOMI_E_INVALID;
	if (step == STEP_SUBMIT_TABLE)
		status = autonomi_dht_table(autonomi_node_dht(node), 0, &host->newest);
	else if (step == STEP_SUBMIT_CLOSEST)
		status = autonomi_dht_find_closest(autonomi_node_dht(node), bytes, 32, 3, 0,
		                                   &host->newest);
	else if (step == STEP_SUBMIT_PUT)
		status = autonomi_chunk_put(node, bytes, sizeof(bytes), 0, &host->newest);
	else
		status = autonomi_network_connect(autonomi_node_network(node),
		                                  host->cluster->address, 0, &host->newest);
	if (status == AUTONOMI_OK)
		host->submitted++;
}

static void perform(struct host *host, enum step step)
{
	switch (step) {
	case STEP_CANCEL_NEWEST:
		autonomi_op_cancel(host->node, host->newest);
		break;
	case STEP_WAKE:
		autonomi_node_wake(host->node);
		break;
	case STEP_PUMP:
		autonomi_node_pump(host->node);
		break;
	case STEP_PUMP_UNTIL_IDLE:
		for (int i = 0; i < 1000 && autonomi_node_pump(host->node) == 1; i++)
			;
		break;
	case STEP_TAKE_ONE:
		take_one(host);
		break;
	case STEP_TAKE_ALL:
		while (take_one(host))
			;
		break;
	case STEP_PEERS_GO_ON:
		cluster_step(host->cluster);
		break;
	case STEP_TIME_PASSES:
		poll(NULL, 0, 4);
		break;
	default:
		submit(host, step);
	}
}

/* A timer that falls due between two looks would make both of them right. */
static bool timer_is_near(autonomi_node *node)
{
	const int64_t timeout = autonomi_node_timeout_us(node);
	return timeout > 0 && timeout <= MARGIN_US;
}

/* Whether the descriptor stays unreadable for longer than a timer needs that was just due. */
static bool stays_unreadable(autonomi_node *node)
{
	if (is_readable(node))
		return false;
	poll(NULL, 0, 1);
	return !is_readable(node);
}

static void check_unreadable_means_idle(struct host *host)
{
	if (timer_is_near(host->node) || !stays_unreadable(host->node))
		return;
	if (autonomi_node_timeout_us(host->node) == 0) {
		host->broken = "unreadable, but something was due at once";
		return;
	}
	const uint64_t before = observable(host->node);
	const uint64_t began = monotonic_us();
	const autonomi_status status = autonomi_node_pump(host->node);
	if (timer_is_near(host->node) || monotonic_us() - began > MARGIN_US)
		return;
	if (status != 0)
		host->broken = "unreadable, but pump had more to do";
	else if (observable(host->node) != before)
		host->broken = "unreadable, but pump made progress";
	else if (take_one(host))
		host->broken = "unreadable, but an event waited";
}

static void check_idle_becomes_unreadable(struct host *host)
{
	while (take_one(host))
		;
	const autonomi_status status = autonomi_node_pump(host->node);
	if (status != 0 || take_one(host) || timer_is_near(host->node) ||
	    autonomi_node_timeout_us(host->node) == 0)
		return;
	if (is_readable(host->node) && !timer_is_near(host->node))
		host->broken = "readable after a pump that found nothing to do";
}

/* Runs the steps on a fresh client; what was violated, or NULL. */
static const char *violation(struct cluster *cluster, const uint8_t *steps, size_t count)
{
	struct host host = {.cluster = cluster, .node = cluster_client(cluster, 0)};
	for (size_t i = 0; i < count && host.broken == NULL; i++) {
		perform(&host, (enum step)steps[i]);
		if (i % 2 == 0)
			check_unreadable_means_idle(&host);
		else if (i % 7 == 0)
			check_idle_becomes_unreadable(&host);
	}
	autonomi_node_free(host.node);
	return host.broken;
}

static size_t shortened(struct cluster *cluster, uint8_t *steps, size_t count)
{
	for (size_t size = count / 2; size > 0; size /= 2) {
		for (size_t at = 0; at + size <= count;) {
			uint8_t fewer[STEPS];
			memcpy(fewer, steps, at);
			memcpy(fewer + at, steps + at + size, count - at - size);
			if (violation(cluster, fewer, count - size) == NULL) {
				at += size;
				continue;
			}
			count -= size;
			memcpy(steps, fewer, count);
		}
	}
	return count;
}

static void report(struct cluster *cluster, uint64_t seed, uint8_t *steps, const char *what)
{
	char text[STEPS * 24] = "";
	const size_t count = shortened(cluster, steps, STEPS);
	for (size_t i = 0; i < count; i++) {
		strncat(text, step_names[steps[i]], sizeof(text) - strlen(text) - 1);
		strncat(text, "; ", sizeof(text) - strlen(text) - 1);
	}
	cluster_close(cluster);
	ck_abort_msg("seed %" PRIu64 ": %s after: %s", seed, what, text);
}

static uint64_t next(uint64_t *state)
{
	*state = *state * 6364136223846793005U + 1442695040888963407U;
	return *state >> 33;
}

START_TEST(clause_1_the_descriptor_is_readable_when_and_only_when_there_is_something_to_do)
{
	const char *given = getenv("AUTONOMI_SEED");
	uint64_t seed = given != NULL ? strtoull(given, NULL, 10) : 1;
	struct cluster cluster;
	cluster_open(&cluster, 3, 0);
	for (int i = 0; i < (given != NULL ? 1 : SEQUENCES); i++, seed++) {
		uint64_t state = seed;
		uint8_t steps[STEPS];
		for (size_t j = 0; j < STEPS; j++)
			steps[j] = (uint8_t)(next(&state) % STEP_KINDS);
		const char *what = violation(&cluster, steps, STEPS);
		if (what != NULL)
			report(&cluster, seed, steps, what);
	}
	cluster_close(&cluster);
}
END_TEST

/* The host sleeps without a timeout: whatever is due must make the descriptor readable. */
START_TEST(clause_1_with_workers_a_host_that_only_polls_the_descriptor_misses_nothing)
{
	struct cluster cluster;
	cluster_open(&cluster, 5, 2);
	autonomi_node *client = cluster_client(&cluster, 2);
	size_t submitted = 0;
	size_t completed = 0;
	static uint8_t content[200000];
	for (int i = 0; i < 20; i++) {
		memset(content, i, sizeof(content));
		if (autonomi_chunk_put(client, content, sizeof(content), 0, NULL) == AUTONOMI_OK)
			submitted++;
	}
	const uint64_t end = monotonic_us() + 60000000;
	while (completed < submitted && monotonic_us() < end) {
		autonomi_event *event = cluster_next_event(&cluster, client, 60000);
		if (event == NULL)
			break;
		completed += autonomi_event_type(event) == AUTONOMI_EVENT_COMPLETED;
		if (autonomi_event_type(event) == AUTONOMI_EVENT_COMPLETED)
			ck_assert_msg(autonomi_event_status(event) == AUTONOMI_OK, "%s",
			              autonomi_event_message(event));
		autonomi_event_free(event);
	}
	autonomi_node_free(client);
	cluster_close(&cluster);
	ck_assert_uint_eq(submitted, 20);
	ck_assert_uint_eq(completed, submitted);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("prop/readiness");
	TCase *cases = tcase_create("readiness");
	tcase_set_timeout(cases, 180);
	tcase_add_test(
		cases,
		clause_1_the_descriptor_is_readable_when_and_only_when_there_is_something_to_do);
	tcase_add_test(cases,
	               clause_1_with_workers_a_host_that_only_polls_the_descriptor_misses_nothing);
	suite_add_tcase(s, cases);
	return s;
}
