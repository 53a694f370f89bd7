/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What went wrong in another network's production, and does not here: rows of autonomi-2.md 10.2. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "prop/cluster.h"

enum { LIMIT_MS = 60000 };

static struct cluster cluster;

static void setup(void)
{
	cluster_open(&cluster, 3, 1);
}

static void teardown(void)
{
	cluster_close(&cluster);
}

/* Every record was refused, for a cap was tested with small values in another encoding. */
START_TEST(lesson_2_the_largest_legal_chunk_is_stored_and_fetched)
{
	autonomi_node *client = cluster_client(&cluster, 1);
	uint8_t *content = malloc(AUTONOMI_CHUNK_MAX);
	autonomi_op op = 0;
	size_t size = 0;
	ck_assert_ptr_nonnull(content);
	ck_assert_int_eq(AUTONOMI_CHUNK_MAX, 4194336);
	for (size_t i = 0; i < AUTONOMI_CHUNK_MAX; i++)
		content[i] = (uint8_t)(i * 2654435761U >> 13);
	ck_assert_int_eq(autonomi_chunk_put(client, content, AUTONOMI_CHUNK_MAX, 0, &op),
	                 AUTONOMI_OK);
	autonomi_event *put = cluster_completion(&cluster, client, op, LIMIT_MS);
	ck_assert_ptr_nonnull(put);
	ck_assert_msg(autonomi_event_status(put) == AUTONOMI_OK, "%s", autonomi_event_message(put));
	ck_assert_uint_eq(autonomi_event_count(put), 3);
	ck_assert_int_eq(autonomi_chunk_get(client, autonomi_event_data(put, NULL), 0, &op),
	                 AUTONOMI_OK);
	autonomi_event *get = cluster_completion(&cluster, client, op, LIMIT_MS);
	ck_assert_ptr_nonnull(get);
	ck_assert_msg(autonomi_event_status(get) == AUTONOMI_OK, "%s", autonomi_event_message(get));
	const uint8_t *data = autonomi_event_data(get, &size);
	ck_assert_uint_eq(size, AUTONOMI_CHUNK_MAX);
	ck_assert(memcmp(data, content, size) == 0);
	autonomi_event_free(put);
	autonomi_event_free(get);
	free(content);
	autonomi_node_free(client);
}
END_TEST

START_TEST(lesson_2_the_smallest_chunks_are_stored_and_fetched)
{
	autonomi_node *client = cluster_client(&cluster, 1);
	for (size_t size = 0; size < 3; size++) {
		autonomi_op op = 0;
		size_t got = 99;
		ck_assert_int_eq(autonomi_chunk_put(client, (const uint8_t *)"ab", size, 0, &op),
		                 AUTONOMI_OK);
		autonomi_event *put = cluster_completion(&cluster, client, op, LIMIT_MS);
		ck_assert_ptr_nonnull(put);
		ck_assert_msg(autonomi_event_status(put) == AUTONOMI_OK, "%zu bytes: %s", size,
		              autonomi_event_message(put));
		ck_assert_int_eq(autonomi_chunk_get(client, autonomi_event_data(put, NULL), 0, &op),
		                 AUTONOMI_OK);
		autonomi_event *get = cluster_completion(&cluster, client, op, LIMIT_MS);
		ck_assert_ptr_nonnull(get);
		ck_assert_msg(autonomi_event_status(get) == AUTONOMI_OK, "%zu bytes: %s", size,
		              autonomi_event_message(get));
		autonomi_event_data(get, &got);
		ck_assert_uint_eq(got, size);
		autonomi_event_free(put);
		autonomi_event_free(get);
	}
	autonomi_node_free(client);
}
END_TEST

static void count_line(void *context, int32_t level, const char *module, const char *text)
{
	(void)level;
	(void)module;
	(void)text;
	++*(unsigned *)context;
}

/* A loop of retries wrote a million lines of log. */
START_TEST(lesson_11_a_node_whose_peers_are_gone_does_not_fill_the_log)
{
	unsigned lines = 0;
	autonomi_config *config = cluster_client_config(&cluster, 1);
	cluster_set(config, "log.level", "info");
	cluster_set(config, "network.handshake_timeout_ms", "100");
	cluster_set(config, "network.request_timeout_ms", "200");
	cluster_set(config, "network.idle_timeout_ms", "1000");
	ck_assert_int_eq(autonomi_config_set_log(config, count_line, &lines), AUTONOMI_OK);
	autonomi_node *client = cluster_open_node(config, NULL);
	cluster_await(&cluster, client, AUTONOMI_EVENT_JOINED, LIMIT_MS);
	for (uint8_t i = 0; i < 50; i++)
		cluster_put(client, i, 100);
	/* Nobody answers: the cluster stands still, and everything is tried again and again. */
	const uint64_t end = monotonic_us() + 5000000;
	unsigned pumps = 0;
	while (monotonic_us() < end) {
		autonomi_event *event = NULL;
		autonomi_node_wait(client, 100);
		pumps++;
		while (autonomi_node_next_event(client, &event) == 1)
			autonomi_event_free(event);
	}
	ck_assert_msg(lines < 100, "%u lines of log in five seconds", lines);
	/* Nor does it spin. */
	ck_assert_msg(pumps < 20000, "%u pumps in five seconds", pumps);
	autonomi_node_free(client);
}
END_TEST

/* The draining of bootstrap never ended, and a closed channel spun. */
START_TEST(lesson_12_an_idle_node_and_a_closed_one_do_not_spin)
{
	autonomi_node *client = cluster_client(&cluster, 1);
	cluster_await(&cluster, client, AUTONOMI_EVENT_JOINED, LIMIT_MS);
	cluster_run(&cluster, 2000);
	unsigned pumps = 0;
	const uint64_t end = monotonic_us() + 3000000;
	while (monotonic_us() < end) {
		for (size_t i = 0; i < cluster.count; i++)
			pumps += is_readable(cluster.nodes[i]);
		pumps += is_readable(client);
		autonomi_event_free(cluster_next_event(&cluster, client, 1));
	}
	ck_assert_msg(pumps < 1000, "%u pumps of four idle nodes in three seconds", pumps);
	ck_assert_int_eq(autonomi_node_close(client, 0), AUTONOMI_OK);
	cluster_await(&cluster, client, AUTONOMI_EVENT_CLOSED, LIMIT_MS);
	for (int i = 0; i < 50; i++) {
		cluster_run(&cluster, 10);
		ck_assert(!is_readable(client));
	}
	ck_assert_int_eq(autonomi_node_timeout_us(client), -1);
	autonomi_node_free(client);
}
END_TEST

START_TEST(lesson_12_a_node_whose_only_contact_is_gone_waits_instead_of_spinning)
{
	autonomi_node *client = cluster_client(&cluster, 1);
	const size_t count = cluster.count;
	unsigned pumps = 0;
	cluster.count = 0; /* they stand still */
	const uint64_t end = monotonic_us() + 3000000;
	while (monotonic_us() < end) {
		autonomi_event *event = NULL;
		autonomi_node_wait(client, 50);
		pumps++;
		while (autonomi_node_next_event(client, &event) == 1)
			autonomi_event_free(event);
	}
	ck_assert_msg(pumps < 1000, "%u pumps in three seconds", pumps);
	cluster.count = count;
	/* And finds in when they are back. */
	cluster_await(&cluster, client, AUTONOMI_EVENT_JOINED, LIMIT_MS);
	autonomi_node_free(client);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("api/field_failures");
	TCase *cases = tcase_create("field_failures");
	tcase_set_timeout(cases, 180);
	tcase_add_checked_fixture(cases, setup, teardown);
	tcase_add_test(cases, lesson_2_the_largest_legal_chunk_is_stored_and_fetched);
	tcase_add_test(cases, lesson_2_the_smallest_chunks_are_stored_and_fetched);
	tcase_add_test(cases, lesson_11_a_node_whose_peers_are_gone_does_not_fill_the_log);
	tcase_add_test(cases, lesson_12_an_idle_node_and_a_closed_one_do_not_spin);
	tcase_add_test(cases,
	               lesson_12_a_node_whose_only_contact_is_gone_waits_instead_of_spinning);
	suite_add_tcase(s, cases);
	return s;
}
