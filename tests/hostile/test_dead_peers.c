/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Nodes that vanish without a word, as after kill -9: what that costs those who still trust them. */
#include "harness.h"

#include <stdio.h>
#include <string.h>

#include <autonomi/net.h>

#include "../prop/cluster.h"

enum { NODES = 20, DEAD = 4, CHUNKS = 6, MOST_MS = 4000 };

static struct cluster cluster;
static autonomi_node *others[NODES];

/* Pumps all until the operation is complete; the time that it took in ms. */
static unsigned long complete(autonomi_node *client, autonomi_op op, const char *what)
{
	const uint64_t begin = monotonic_us();
	autonomi_event *event = NULL;
	bool done = false;
	while (!done) {
		ck_assert_uint_lt(monotonic_us() - begin, 60000000);
		autonomi_node_wait(client, 1);
		for (size_t i = 0; i < NODES; i++) {
			if (others[i] == NULL)
				continue;
			if (is_readable(others[i]))
				autonomi_node_pump(others[i]);
			while (autonomi_node_next_event(others[i], &event) == 1)
				autonomi_event_free(event);
		}
		while (!done && autonomi_node_next_event(client, &event) == 1) {
			done = autonomi_event_type(event) == AUTONOMI_EVENT_COMPLETED &&
			       autonomi_event_op(event) == op;
			if (done)
				ck_assert_msg(autonomi_event_status(event) == AUTONOMI_OK, "%s: %s",
				              what, autonomi_event_message(event));
			if (done && strcmp(what, "put") == 0)
				ck_assert_uint_eq(autonomi_event_count(event), 5);
			autonomi_event_free(event);
		}
	}
	const unsigned long took = (unsigned long)((monotonic_us() - begin) / 1000);
	printf("# %s: %lu ms\n", what, took);
	fflush(stdout);
	return took;
}

static void run(unsigned milliseconds)
{
	const uint64_t end = monotonic_us() + (uint64_t)milliseconds * 1000;
	while (monotonic_us() < end) {
		for (size_t i = 0; i < NODES; i++) {
			if (others[i] != NULL && is_readable(others[i]))
				autonomi_node_pump(others[i]);
		}
	}
}

static void open_all(void)
{
	cluster_open(&cluster, 1, 1);
	others[0] = cluster.nodes[0];
	cluster.count = 0;
	for (size_t i = 1; i < NODES; i++) {
		char name[32];
		snprintf(name, sizeof(name), "other%zu", i);
		others[i] = cluster_open_node(cluster_config(&cluster, 1, name), NULL);
		run(100);
	}
	run(3000);
}

START_TEST(a_dead_peer_costs_a_new_client_two_seconds_and_no_copy)
{
	open_all();
	autonomi_node *before = cluster_client(&cluster, 1);
	for (uint8_t i = 0; i < CHUNKS; i++)
		complete(before, cluster_put(before, i, 2000), "put");
	autonomi_node_free(before);
	for (size_t i = 1; i <= DEAD; i++)
		others[i * 4] = autonomi_node_free(others[i * 4]);

	for (uint8_t i = 0; i < CHUNKS; i++) {
		autonomi_node *client = cluster_client(&cluster, 1);
		ck_assert_uint_lt(complete(client, cluster_put(client, (uint8_t)(100 + i), 3000),
		                           "put"),
		                  MOST_MS);
		ck_assert_uint_lt(complete(client, cluster_put(client, (uint8_t)(50 + i), 3000),
		                           "put"),
		                  MOST_MS);
		autonomi_node_free(client);
	}
	for (size_t i = 0; i < NODES; i++)
		autonomi_node_free(others[i]);
	cluster_close(&cluster);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("hostile/dead_peers");
	TCase *tests = tcase_create("dead peers");
	tcase_set_timeout(tests, 200);
	tcase_add_test(tests, a_dead_peer_costs_a_new_client_two_seconds_and_no_copy);
	suite_add_tcase(s, tests);
	return s;
}
