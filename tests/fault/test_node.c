/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Memory runs out at the n-th allocation of a node's life: while it opens, joins, stores a chunk and
 * fetches it. Everything in the process suffers, its peers included. Nothing may crash or leak, every
 * status is one that the contract names, and with memory again everything works.
 *
 * A run takes samples of n; AUTONOMI_SOAK=1 takes every n.
 */
#include <check.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "prop/cluster.h"

enum { SAMPLES_OPEN = 120, SAMPLES_LIFE = 60, STARVING_MS = 120, LIMIT_MS = 60000 };

static uint64_t step_for(uint64_t total, uint64_t samples)
{
	if (getenv("AUTONOMI_SOAK") != NULL || total <= samples)
		return 1;
	/* Odd, so that it does not follow a pattern of the code. */
	return (total / samples) | 1;
}

static void with_memory(void)
{
	an_memory_fail_after(UINT64_MAX);
}

static uint64_t allocations_of_opening(const struct cluster *cluster)
{
	autonomi_config *config = cluster_config(cluster, 0, "measured");
	const uint64_t before = an_memory_allocations();
	autonomi_node *node = cluster_open_node(config, NULL);
	const uint64_t total = an_memory_allocations() - before;
	autonomi_node_free(node);
	return total;
}

START_TEST(a_node_that_finds_no_memory_while_it_opens_says_so)
{
	struct cluster cluster;
	cluster_open(&cluster, 1, 0);
	const uint64_t total = allocations_of_opening(&cluster);
	const uint64_t step = step_for(total, SAMPLES_OPEN);
	unsigned failed = 0;
	for (uint64_t n = 0; n < total; n += step) {
		autonomi_config *config = cluster_config(&cluster, 0, "opened");
		autonomi_node *node = NULL;
		char error[256] = "?";
		an_memory_fail_after(n);
		const autonomi_status status = autonomi_node_open(config, &node, error,
		                                                  sizeof(error));
		with_memory();
		ck_assert_msg(status == AUTONOMI_E_NO_MEMORY || status == AUTONOMI_OK,
		              "allocation %llu: %s: %s", (unsigned long long)n,
		              autonomi_status_name(status), error);
		failed += status != AUTONOMI_OK;
		if (status != AUTONOMI_OK) {
			ck_assert_ptr_null(node);
			ck_assert_str_ne(error, "?");
			ck_assert_str_ne(error, "");
		}
		autonomi_node_free(node);
		autonomi_config_free(config);
	}
	ck_assert_uint_gt(failed, 10);
	/* What the failed ones left behind is a good root directory. */
	autonomi_node_free(cluster_open_node(cluster_config(&cluster, 0, "opened"), NULL));
	cluster_close(&cluster);
}
END_TEST

START_TEST(a_config_that_finds_no_memory_says_so)
{
	for (uint64_t n = 0; n < 40; n++) {
		an_memory_fail_after(n);
		autonomi_config *config = autonomi_config_new();
		if (config != NULL) {
			const autonomi_status status = autonomi_config_set(config, "network.peers",
			                                                   "somebody");
			ck_assert(status == AUTONOMI_OK || status == AUTONOMI_E_NO_MEMORY);
			char text[64];
			ck_assert_int_eq(autonomi_config_get(config, "network.peers", text,
			                                     sizeof(text)),
			                 AUTONOMI_OK);
			ck_assert_str_eq(text, status == AUTONOMI_OK ? "somebody" : "");
		}
		autonomi_config_free(config);
	}
	with_memory();
}
END_TEST

/* What a host does and sees. */
struct life {
	struct cluster *cluster;
	autonomi_node *node;
	size_t submitted, completed, joined;
	bool closed;
};

static void take_events(struct life *life)
{
	autonomi_event *event = NULL;
	while (autonomi_node_next_event(life->node, &event) == 1) {
		const autonomi_status status = autonomi_event_status(event);
		ck_assert_msg(status != AUTONOMI_E_INTERNAL && status != AUTONOMI_E_INVALID, "%s",
		              autonomi_event_message(event));
		life->completed += autonomi_event_type(event) == AUTONOMI_EVENT_COMPLETED;
		life->joined += autonomi_event_type(event) == AUTONOMI_EVENT_JOINED;
		life->closed = autonomi_event_type(event) == AUTONOMI_EVENT_CLOSED;
		autonomi_event_free(event);
	}
}

static void submit(struct life *life, uint8_t filling)
{
	uint8_t bytes[1500];
	const uint8_t somewhere[AUTONOMI_ADDRESS_SIZE] = {filling};
	memset(bytes, filling, sizeof(bytes));
	autonomi_node *node = life->node;
	autonomi_network *network = autonomi_node_network(node);
	autonomi_dht *dht = autonomi_node_dht(node);
	const autonomi_status answers[] = {
		autonomi_chunk_put(node, bytes, sizeof(bytes), 0, NULL),
		autonomi_chunk_get(node, somewhere, 0, NULL),
		autonomi_network_ask_info(network, life->cluster->address, 0, NULL),
		autonomi_network_ask_peers(network, life->cluster->address, 0, NULL),
		autonomi_network_peers(network, 0, NULL),
		autonomi_network_addresses(network, 0, NULL),
		autonomi_dht_find_closest(dht, somewhere, 32, 5, 0, NULL),
		autonomi_dht_table(dht, 0, NULL),
	};
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		ck_assert_msg(answers[i] == AUTONOMI_OK || answers[i] == AUTONOMI_E_NO_MEMORY ||
		                      answers[i] == AUTONOMI_E_BUSY,
		              "submit %zu: %s", i, autonomi_status_name(answers[i]));
		life->submitted += answers[i] == AUTONOMI_OK;
	}
}

static void go_on(struct life *life, int milliseconds)
{
	const uint64_t end = monotonic_us() + (uint64_t)milliseconds * 1000;
	while (monotonic_us() < end && !life->closed && life->completed < life->submitted) {
		poll(NULL, 0, is_readable(life->node) ? 0 : 1);
		if (is_readable(life->node))
			autonomi_node_pump(life->node);
		take_events(life);
		cluster_step(life->cluster);
	}
}

static void begin(struct life *life, uint8_t filling)
{
	const uint64_t end = monotonic_us() + (uint64_t)STARVING_MS * 1000;
	while (life->joined == 0 && monotonic_us() < end) {
		autonomi_node_pump(life->node);
		take_events(life);
		cluster_step(life->cluster);
	}
	submit(life, filling);
	go_on(life, STARVING_MS);
}

static void end(struct life *life, bool orderly)
{
	if (orderly) {
		ck_assert_int_eq(autonomi_node_close(life->node, 0), AUTONOMI_OK);
		life->submitted = SIZE_MAX;
		go_on(life, LIMIT_MS);
		ck_assert(life->closed);
	}
	autonomi_node_free(life->node);
}

/* Lives until allocation n, starves, and ends with memory again; false where all went well. */
static bool starve_at(struct cluster *cluster, autonomi_config *config, uint64_t n)
{
	struct life life = {.cluster = cluster};
	char error[256];
	const uint64_t before = an_memory_allocations();
	an_memory_fail_after(n);
	if (autonomi_node_open(config, &life.node, error, sizeof(error)) != AUTONOMI_OK) {
		with_memory();
		return true;
	}
	begin(&life, (uint8_t)n);
	const bool starved = an_memory_allocations() - before >= n;
	const size_t submitted = life.submitted;
	with_memory();
	const bool orderly = n % 4 == 0;
	end(&life, orderly);
	if (orderly)
		ck_assert_msg(life.completed == submitted, "allocation %llu: %zu of %zu completed",
		              (unsigned long long)n, life.completed, submitted);
	return starved;
}

static uint64_t allocations_of_a_life(struct cluster *cluster, const char *name)
{
	struct life life = {.cluster = cluster};
	autonomi_config *config = cluster_config(cluster, 0, name);
	const uint64_t before = an_memory_allocations();
	life.node = cluster_open_node(config, NULL);
	begin(&life, 1);
	const uint64_t total = an_memory_allocations() - before;
	end(&life, false);
	return total;
}

START_TEST(a_node_without_memory_goes_on_when_there_is_some_again)
{
	struct cluster cluster;
	cluster_open(&cluster, 3, 0);
	cluster_run(&cluster, 300);
	const uint64_t opening = allocations_of_opening(&cluster);
	const uint64_t total = allocations_of_a_life(&cluster, "measured");
	ck_assert_uint_gt(total, opening);
	const uint64_t step = step_for(total - opening, SAMPLES_LIFE);
	unsigned starved = 0;
	for (uint64_t n = opening; n < total; n += step) {
		autonomi_config *config = cluster_config(&cluster, 0, "starving");
		starved += starve_at(&cluster, config, n);
		autonomi_config_free(config);
	}
	ck_assert_uint_gt(starved, SAMPLES_LIFE / 4);
	/* The peers suffered as well, and serve as before. */
	cluster_run(&cluster, 500);
	autonomi_node *client = cluster_client(&cluster, 0);
	cluster_expect_ok(
		cluster_completion(&cluster, client, cluster_put(client, 99, 2000), LIMIT_MS));
	autonomi_node_free(client);
	cluster_close(&cluster);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("fault/node");
	TCase *cases = tcase_create("node");
	tcase_set_timeout(cases, getenv("AUTONOMI_SOAK") != NULL ? 7200 : 300);
	tcase_add_test(cases, a_config_that_finds_no_memory_says_so);
	tcase_add_test(cases, a_node_that_finds_no_memory_while_it_opens_says_so);
	tcase_add_test(cases, a_node_without_memory_goes_on_when_there_is_some_again);
	suite_add_tcase(s, cases);
	return s;
}
