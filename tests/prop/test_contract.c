/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Clauses 2 to 8 of the contract in <autonomi/node.h>: the descriptor and the pump. */
#include <check.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "cluster.h"
#include "machine.h"

enum { LIMIT_MS = 60000 };

/* ---- Clause 2. */

START_TEST(clause_2_the_descriptor_never_changes_for_the_life_of_the_node)
{
	struct cluster cluster;
	cluster_open(&cluster, 3, 1);
	autonomi_node *client = cluster_client(&cluster, 1);
	const int32_t fd = autonomi_node_fd(client);
	ck_assert_int_ge(fd, 0);
	for (uint8_t i = 0; i < 3; i++) {
		cluster_expect_ok(cluster_completion(&cluster, client, cluster_put(client, i, 1000),
		                                     LIMIT_MS));
		ck_assert_int_eq(autonomi_node_fd(client), fd);
	}
	ck_assert_int_eq(autonomi_node_close(client, 0), AUTONOMI_OK);
	for (uint32_t type = 0; type != AUTONOMI_EVENT_CLOSED;) {
		autonomi_event *event = cluster_next_event(&cluster, client, LIMIT_MS);
		ck_assert_ptr_nonnull(event);
		type = autonomi_event_type(event);
		autonomi_event_free(event);
		ck_assert_int_eq(autonomi_node_fd(client), fd);
	}
	/* Closed, it has nothing to say any more, and says so by being unreadable. */
	ck_assert_int_eq(autonomi_node_pump(client), AUTONOMI_E_CLOSED);
	cluster_run(&cluster, 100);
	ck_assert(!is_readable(client));
	autonomi_node_free(client);
	cluster_close(&cluster);
}
END_TEST

/* Pumps until 0 and takes events until 0, as clause 2 asks of an edge-triggered host. */
static size_t drain(autonomi_node *node)
{
	size_t completed = 0;
	autonomi_event *event = NULL;
	while (autonomi_node_pump(node) == 1)
		;
	while (autonomi_node_next_event(node, &event) == 1) {
		completed += autonomi_event_type(event) == AUTONOMI_EVENT_COMPLETED &&
		             autonomi_event_status(event) == AUTONOMI_OK;
		autonomi_event_free(event);
	}
	return completed;
}

START_TEST(clause_2_an_edge_triggered_host_misses_nothing)
{
	struct cluster cluster;
	cluster_open(&cluster, 3, 1);
	autonomi_node *client = cluster_client(&cluster, _i == 0 ? 0 : 1);
	const int epoll = epoll_create1(EPOLL_CLOEXEC);
	struct epoll_event wanted = {.events = EPOLLIN | EPOLLET};
	ck_assert_int_eq(epoll_ctl(epoll, EPOLL_CTL_ADD, autonomi_node_fd(client), &wanted), 0);

	size_t completed = 0;
	for (size_t submitted = 1; submitted <= 10; submitted++) {
		cluster_put(client, (uint8_t)submitted, submitted * 20000);
		const uint64_t end = monotonic_us() + LIMIT_MS * 1000;
		while (completed < submitted && monotonic_us() < end) {
			struct epoll_event edge;
			if (epoll_wait(epoll, &edge, 1, 1) == 1)
				completed += drain(client);
			cluster_step(&cluster);
		}
		ck_assert_uint_eq(completed, submitted);
	}
	close(epoll);
	autonomi_node_free(client);
	cluster_close(&cluster);
}
END_TEST

/* ---- Clauses 3 and 4. */

START_TEST(clause_3_a_host_that_polls_for_input_alone_sends_through_a_socket_without_room)
{
	struct cluster cluster;
	cluster_open(&cluster, 3, 1);
	autonomi_node *client = cluster_open_node(cluster_client_config(&cluster, 1), machine());
	machine_traits.full_every = 2;
	const autonomi_op op = cluster_put(client, 3, 1000000);
	autonomi_event *event = NULL;
	const uint64_t end = monotonic_us() + LIMIT_MS * 1000;
	while (event == NULL && monotonic_us() < end) {
		if (is_readable(client))
			autonomi_node_pump(client);
		if (autonomi_node_next_event(client, &event) == 1 &&
		    (autonomi_event_op(event) != op ||
		     autonomi_event_type(event) != AUTONOMI_EVENT_COMPLETED))
			event = autonomi_event_free(event);
		cluster_step(&cluster);
	}
	cluster_expect_ok(event);
	ck_assert_uint_gt(machine_traits.refused_sends, 10);
	autonomi_node_free(client);
	cluster_close(&cluster);
}
END_TEST

START_TEST(clause_4_timers_make_the_descriptor_readable)
{
	struct cluster cluster;
	cluster_open(&cluster, 1, 1);
	autonomi_config *config = cluster_client_config(&cluster, 1);
	cluster_set(config, "network.handshake_timeout_ms", "300");
	autonomi_node *client = cluster_open_node(config, NULL);
	/* The cluster stands still: nothing but the client's own timers can end this. */
	autonomi_op op = 0;
	ck_assert_int_eq(autonomi_network_connect(autonomi_node_network(client), cluster.address, 4,
	                                          &op),
	                 AUTONOMI_OK);
	autonomi_event *event = NULL;
	while (event == NULL) {
		struct pollfd fd = {.fd = autonomi_node_fd(client), .events = POLLIN};
		ck_assert_int_eq(poll(&fd, 1, 20000), 1);
		autonomi_node_pump(client);
		if (autonomi_node_next_event(client, &event) == 1 && autonomi_event_op(event) != op)
			event = autonomi_event_free(event);
	}
	const autonomi_status status = autonomi_event_status(event);
	ck_assert_msg(status == AUTONOMI_E_UNREACHABLE || status == AUTONOMI_E_TIMEOUT, "%s",
	              autonomi_status_name(status));
	autonomi_event_free(event);
	autonomi_node_free(client);
	cluster_close(&cluster);
}
END_TEST

/* ---- Clause 5. */

static bool completed_within(autonomi_node *node, autonomi_op op, int pumps)
{
	for (int i = 0; i < pumps; i++) {
		autonomi_event *event = NULL;
		machine_first_reading();
		autonomi_node_pump(node);
		while (autonomi_node_next_event(node, &event) == 1) {
			const bool ours = autonomi_event_op(event) == op;
			autonomi_event_free(event);
			if (ours)
				return true;
		}
	}
	return false;
}

START_TEST(clause_5_one_pump_has_one_reading_of_the_clock)
{
	struct cluster cluster;
	cluster_open(&cluster, 1, 0);
	autonomi_node *client = cluster_open_node(cluster_client_config(&cluster, 0), machine());
	autonomi_op op = 0;
	ck_assert_int_eq(autonomi_network_connect(autonomi_node_network(client), cluster.address, 5,
	                                          &op),
	                 AUTONOMI_OK);
	/* All readings but the first of each pump are an hour late: no deadline may see them. */
	machine_traits.later_us = 3600000000;
	ck_assert(!completed_within(client, op, 50));
	/* The first one counts. */
	machine_traits.first_us = 3600000000;
	ck_assert(completed_within(client, op, 50));
	autonomi_node_free(client);
	cluster_close(&cluster);
}
END_TEST

/* ---- Clause 6. */

static uint64_t longest_pump;

static void pump_timed(autonomi_node *node)
{
	if (!is_readable(node))
		return;
	const uint64_t began = monotonic_us();
	autonomi_node_pump(node);
	const uint64_t took = monotonic_us() - began;
	if (took > longest_pump)
		longest_pump = took;
}

START_TEST(clause_6_pump_does_not_wait_for_a_slow_disk)
{
	struct cluster cluster;
	cluster_open(&cluster, 2, 1);
	autonomi_node *slow = cluster_add(&cluster, cluster_config(&cluster, 1, "slow"), machine());
	cluster_run(&cluster, 500);
	autonomi_node *client = cluster_client(&cluster, 1);
	machine_traits.write_us = 1500000;
	/* Too large for the database: a file of its own, written through the machine. */
	const autonomi_op op = cluster_put(client, 6, 300000);
	autonomi_event *event = NULL;
	bool saw_writing = false;
	const uint64_t end = monotonic_us() + LIMIT_MS * 1000;
	while (event == NULL && monotonic_us() < end) {
		saw_writing = saw_writing || machine_traits.writing > 0;
		pump_timed(slow);
		event = cluster_next_event(&cluster, client, 1);
		if (event != NULL && autonomi_event_op(event) != op)
			event = autonomi_event_free(event);
	}
	cluster_expect_ok(event);
	ck_assert_uint_gt(machine_traits.writes, 0);
	ck_assert_msg(saw_writing, "no pump ran while the disk was being waited for");
	ck_assert_msg(longest_pump < 1000000, "a pump took %llu us",
	              (unsigned long long)longest_pump);
	machine_traits.write_us = 0;
	autonomi_node_free(client);
	cluster_close(&cluster);
}
END_TEST

/* ---- Clause 7. */

START_TEST(clause_7_a_pump_whose_budget_ends_returns_1_and_stays_readable)
{
	struct cluster cluster;
	cluster_open(&cluster, 3, 1);
	autonomi_config *config = cluster_client_config(&cluster, 1);
	cluster_set(config, "pump.budget_us", "100");
	autonomi_node *client = cluster_open_node(config, NULL);
	const autonomi_op op = cluster_put(client, 7, 2000000);
	unsigned early = 0;
	autonomi_event *event = NULL;
	const uint64_t end = monotonic_us() + LIMIT_MS * 1000;
	while (event == NULL && monotonic_us() < end) {
		if (is_readable(client) && autonomi_node_pump(client) == 1) {
			early++;
			ck_assert(is_readable(client));
			ck_assert_int_eq(autonomi_node_timeout_us(client), 0);
		}
		if (autonomi_node_next_event(client, &event) == 1 && autonomi_event_op(event) != op)
			event = autonomi_event_free(event);
		cluster_step(&cluster);
	}
	cluster_expect_ok(event);
	ck_assert_uint_gt(early, 10);
	autonomi_node_free(client);
	cluster_close(&cluster);
}
END_TEST

/* ---- Clause 8. */

struct hooked {
	autonomi_node *node;
	unsigned lines;
	unsigned allowed; /* calls that were not refused */
};

static void call_library(void *context, int32_t level, const char *module, const char *text)
{
	struct hooked *hooked = context;
	autonomi_node *node = hooked->node;
	(void)level;
	ck_assert_ptr_nonnull(module);
	ck_assert_ptr_nonnull(text);
	if (node == NULL)
		return;
	hooked->lines++;
	autonomi_event *event = NULL;
	uint64_t value = 0;
	size_t count = 0;
	const uint8_t bytes[32] = {0};
	const autonomi_status answers[] = {
		autonomi_node_pump(node),
		autonomi_node_wait(node, 0),
		autonomi_node_close(node, 0),
		autonomi_node_next_event(node, &event),
		autonomi_op_cancel(node, 1),
		autonomi_node_set_log_level(node, AUTONOMI_LOG_NONE),
		autonomi_node_counter(node, "bytes_sent", &value),
		autonomi_node_pollfds(node, NULL, sizeof(autonomi_pollfd), 0, &count, NULL),
		autonomi_node_fd(node),
		autonomi_chunk_put(node, bytes, sizeof(bytes), 0, NULL),
		autonomi_chunk_get(node, bytes, 0, NULL),
		autonomi_file_upload(node, "/nowhere", 0, 0, NULL),
		autonomi_file_download(node, bytes, 32, "/nowhere", 0, 0, NULL),
		autonomi_data_put(node, bytes, 32, 0, 0, NULL),
		autonomi_data_get(node, bytes, 32, 1000, 0, NULL),
		autonomi_directory_upload(node, "/nowhere", 0, 0, NULL),
		autonomi_directory_download(node, bytes, 32, "/nowhere", 0, 0, NULL),
		autonomi_archive_get(node, 0, bytes, 32, 1000, 0, NULL),
		autonomi_dht_table(autonomi_node_dht(node), 0, NULL),
		autonomi_dht_find_closest(autonomi_node_dht(node), bytes, 32, 1, 0, NULL),
		autonomi_network_peers(autonomi_node_network(node), 0, NULL),
		autonomi_network_addresses(autonomi_node_network(node), 0, NULL),
		autonomi_network_connect(autonomi_node_network(node), "", 0, NULL),
		autonomi_network_ask_info(autonomi_node_network(node), "", 0, NULL),
		autonomi_network_ask_peers(autonomi_node_network(node), "", 0, NULL),
	};
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++)
		hooked->allowed += answers[i] != AUTONOMI_E_REENTRANT;
	hooked->allowed += event != NULL || autonomi_node_pending(node) != 0;
	/* Must do nothing at all: the node is in use around us. */
	autonomi_node_free(node);
}

START_TEST(clause_8_a_log_hook_that_calls_the_library_is_refused_without_effect)
{
	struct cluster cluster;
	struct hooked hooked = {0};
	cluster_open(&cluster, 3, 1);
	autonomi_config *config = cluster_client_config(&cluster, 1);
	cluster_set(config, "log.level", "trace");
	ck_assert_int_eq(autonomi_config_set_log(config, call_library, &hooked), AUTONOMI_OK);
	autonomi_node *client = cluster_open_node(config, NULL);
	hooked.node = client;
	autonomi_node_wait(client, 100);
	const autonomi_op op = cluster_put(client, 8, 100);
	hooked.node = NULL; /* an operation is pending: the hook looks for none */
	cluster_expect_ok(cluster_completion(&cluster, client, op, LIMIT_MS));
	hooked.node = client;
	ck_assert_int_eq(autonomi_node_close(client, 0), AUTONOMI_OK);
	cluster_await(&cluster, client, AUTONOMI_EVENT_CLOSED, LIMIT_MS);
	ck_assert_uint_gt(hooked.lines, 0);
	ck_assert_uint_eq(hooked.allowed, 0);
	autonomi_node_free(client);
	cluster_close(&cluster);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("prop/contract");
	TCase *cases = tcase_create("contract");
	tcase_set_timeout(cases, 180);
	tcase_add_test(cases, clause_2_the_descriptor_never_changes_for_the_life_of_the_node);
	tcase_add_loop_test(cases, clause_2_an_edge_triggered_host_misses_nothing, 0, 2);
	tcase_add_test(
		cases,
		clause_3_a_host_that_polls_for_input_alone_sends_through_a_socket_without_room);
	tcase_add_test(cases, clause_4_timers_make_the_descriptor_readable);
	tcase_add_test(cases, clause_5_one_pump_has_one_reading_of_the_clock);
	tcase_add_test(cases, clause_6_pump_does_not_wait_for_a_slow_disk);
	tcase_add_test(cases, clause_7_a_pump_whose_budget_ends_returns_1_and_stays_readable);
	tcase_add_test(cases, clause_8_a_log_hook_that_calls_the_library_is_refused_without_effect);
	suite_add_tcase(s, cases);
	return s;
}
