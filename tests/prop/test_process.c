/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Clauses 14 to 17 of the contract in <autonomi/node.h>: threads, signals, fork and the end. */
#include <check.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cluster.h"
#include "machine.h"

enum { LIMIT_MS = 60000 };

/* ---- Clause 14. */

struct handover {
	struct cluster *cluster;
	autonomi_node *client;
	autonomi_op op;
	autonomi_event *event;
};

static void *drive(void *argument)
{
	struct handover *handover = argument;
	handover->event = cluster_completion(handover->cluster, handover->client, handover->op,
	                                     LIMIT_MS);
	return NULL;
}

START_TEST(clause_14_a_node_may_be_handed_from_thread_to_thread)
{
	struct cluster cluster;
	cluster_open(&cluster, 3, 1);
	struct handover handover = {.cluster = &cluster, .client = cluster_client(&cluster, 1)};
	for (uint8_t i = 0; i < 4; i++) {
		pthread_t thread;
		handover.op = cluster_put(handover.client, i, 500);
		ck_assert_int_eq(pthread_create(&thread, NULL, drive, &handover), 0);
		pthread_join(thread, NULL);
		cluster_expect_ok(handover.event);
	}
	autonomi_node_free(handover.client);
	cluster_close(&cluster);
}
END_TEST

static autonomi_node *waker;

static void *wake_soon(void *argument)
{
	const struct timespec soon = {0, 50000000};
	(void)argument;
	nanosleep(&soon, NULL);
	ck_assert_int_eq(autonomi_node_wake(waker), AUTONOMI_OK);
	return NULL;
}

/* Waits until only a wake can end the wait. */
static void settle(autonomi_node *node)
{
	autonomi_event *event = NULL;
	while (autonomi_node_wait(node, 300) == 1) {
		while (autonomi_node_next_event(node, &event) == 1)
			autonomi_event_free(event);
	}
}

START_TEST(clause_14_another_thread_may_wake_a_waiting_node)
{
	struct cluster cluster;
	pthread_t thread;
	cluster_open(&cluster, 1, 1);
	waker = cluster.nodes[0];
	settle(waker);
	ck_assert_int_eq(pthread_create(&thread, NULL, wake_soon, NULL), 0);
	const uint64_t began = monotonic_us();
	ck_assert_int_eq(autonomi_node_wait(waker, 20000), 1);
	ck_assert_uint_lt(monotonic_us() - began, 10000000);
	pthread_join(thread, NULL);
	cluster_close(&cluster);
}
END_TEST

static void wake_from_handler(int number)
{
	(void)number;
	autonomi_node_wake(waker);
}

START_TEST(clause_14_a_signal_handler_may_wake_a_waiting_node)
{
	struct cluster cluster;
	cluster_open(&cluster, 1, 1);
	waker = cluster.nodes[0];
	settle(waker);
	ck_assert(signal(SIGALRM, wake_from_handler) != SIG_ERR);
	const struct itimerval soon = {.it_value = {0, 50000}};
	ck_assert_int_eq(setitimer(ITIMER_REAL, &soon, NULL), 0);
	const uint64_t began = monotonic_us();
	ck_assert_int_eq(autonomi_node_wait(waker, 20000), 1);
	ck_assert_uint_lt(monotonic_us() - began, 10000000);
	signal(SIGALRM, SIG_DFL);
	cluster_close(&cluster);
}
END_TEST

/* ---- Clause 15. */

START_TEST(clause_15_a_wake_before_a_wait_makes_it_return_at_once_and_only_once)
{
	struct cluster cluster;
	cluster_open(&cluster, 1, 1);
	autonomi_node *node = cluster.nodes[0];
	settle(node);
	for (int i = 0; i < 1000; i++)
		autonomi_node_wake(node);
	ck_assert(is_readable(node));
	const uint64_t began = monotonic_us();
	ck_assert_int_eq(autonomi_node_wait(node, 20000), 1);
	ck_assert_uint_lt(monotonic_us() - began, 5000000);
	/* They were one. */
	settle(node);
	ck_assert_int_eq(autonomi_node_wait(node, 100), 0);
	cluster_close(&cluster);
}
END_TEST

START_TEST(clause_15_pump_clears_the_latch)
{
	struct cluster cluster;
	cluster_open(&cluster, 1, 1);
	autonomi_node *node = cluster.nodes[0];
	settle(node);
	autonomi_node_wake(node);
	ck_assert(is_readable(node));
	while (autonomi_node_pump(node) == 1)
		;
	ck_assert(!is_readable(node));
	ck_assert_int_eq(autonomi_node_wait(node, 50), 0);
	cluster_close(&cluster);
}
END_TEST

/* ---- Clause 16. */

/* Every exported function that takes the node or a part of it and gives a status. */
static unsigned calls_that_were_not_refused(autonomi_node *node)
{
	const uint8_t bytes[32] = {0};
	uint8_t space[64];
	size_t count = 0;
	uint64_t value = 0;
	autonomi_event *event = NULL;
	autonomi_network *network = autonomi_node_network(node);
	autonomi_dht *dht = autonomi_node_dht(node);
	autonomi_storage *storage = autonomi_node_storage(node);
	const autonomi_status answers[] = {
		autonomi_node_fd(node),
		autonomi_node_pump(node),
		autonomi_node_wait(node, 0),
		autonomi_node_wake(node),
		autonomi_node_close(node, 0),
		autonomi_node_next_event(node, &event),
		autonomi_op_cancel(node, 1),
		autonomi_node_set_log_level(node, AUTONOMI_LOG_NONE),
		autonomi_node_counter(node, "bytes_sent", &value),
		autonomi_node_pollfds(node, NULL, sizeof(autonomi_pollfd), 0, &count, NULL),
		autonomi_chunk_put(node, bytes, sizeof(bytes), 0, NULL),
		autonomi_chunk_get(node, bytes, 0, NULL),
		autonomi_file_upload(node, "/nowhere", 0, 0, NULL),
		autonomi_file_download(node, bytes, 32, "/nowhere", 0, 0, NULL),
		autonomi_data_put(node, bytes, 32, 0, 0, NULL),
		autonomi_data_get(node, bytes, 32, 1000, 0, NULL),
		autonomi_directory_upload(node, "/nowhere", 0, 0, NULL),
		autonomi_directory_download(node, bytes, 32, "/nowhere", 0, 0, NULL),
		autonomi_archive_get(node, 0, bytes, 32, 1000, 0, NULL),
		autonomi_dht_table(dht, 0, NULL),
		autonomi_dht_find_closest(dht, bytes, 32, 1, 0, NULL),
		autonomi_network_peers(network, 0, NULL),
		autonomi_network_addresses(network, 0, NULL),
		autonomi_network_connect(network, "", 0, NULL),
		autonomi_network_ask_info(network, "", 0, NULL),
		autonomi_network_ask_peers(network, "", 0, NULL),
		autonomi_storage_put(storage, bytes, bytes, sizeof(bytes)),
		autonomi_storage_get(storage, bytes, space, sizeof(space), &count),
		autonomi_storage_has(storage, bytes),
		autonomi_storage_iterate(storage, space, 2, &count),
	};
	unsigned others = 0;
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++)
		others += answers[i] != AUTONOMI_E_FORKED;
	return others + (event != NULL) + (autonomi_node_pending(node) != 0) +
	       (autonomi_node_timeout_us(node) != -1) + (autonomi_storage_count(storage) != 0);
}

static int child_of(struct cluster *cluster, autonomi_node *client)
{
	unsigned wrong = calls_that_were_not_refused(cluster->nodes[0]);
	for (size_t i = 0; i < cluster->count; i++)
		wrong += autonomi_node_free(cluster->nodes[i]) != NULL;
	wrong += autonomi_node_free(client) != NULL;
	return (int)wrong;
}

START_TEST(clause_16_a_forked_child_is_refused_and_the_parent_goes_on)
{
	struct cluster cluster;
	cluster_open(&cluster, 3, 1);
	autonomi_node *client = cluster_client(&cluster, 1);
	const autonomi_op op = cluster_put(client, 16, 3000000);
	cluster_run(&cluster, 20);
	autonomi_node_pump(client);
	for (int i = 0; i < 5; i++) {
		const pid_t child = fork();
		if (child == 0)
			_exit(child_of(&cluster, client));
		int outcome = -1;
		ck_assert_int_eq(waitpid(child, &outcome, 0), child);
		ck_assert_msg(WIFEXITED(outcome), "the child died of signal %d", WTERMSIG(outcome));
		ck_assert_int_eq(WEXITSTATUS(outcome), 0);
		cluster_run(&cluster, 20);
		autonomi_node_pump(client);
	}
	cluster_expect_ok(cluster_completion(&cluster, client, op, LIMIT_MS));
	autonomi_node_free(client);
	cluster_close(&cluster);
}
END_TEST

START_TEST(clause_16_a_child_neither_wakes_the_parent_nor_disarms_its_timer)
{
	struct cluster cluster;
	cluster_open(&cluster, 1, 1);
	autonomi_node *node = cluster.nodes[0];
	settle(node);
	const pid_t child = fork();
	if (child == 0) {
		autonomi_node_wake(node);
		_exit(child_of(&cluster, NULL));
	}
	int outcome = -1;
	ck_assert_int_eq(waitpid(child, &outcome, 0), child);
	ck_assert_int_eq(outcome, 0);
	ck_assert(!is_readable(node) || autonomi_node_timeout_us(node) == 0);
	/* What was due is still due: a connect that nobody answers ends by its timer. */
	autonomi_op op = 0;
	ck_assert_int_eq(autonomi_network_connect(autonomi_node_network(node),
	                                          "/ip4/127.0.0.1/udp/9/quic-v1", 0, &op),
	                 AUTONOMI_OK);
	autonomi_node_pump(node);
	const pid_t second = fork();
	if (second == 0)
		_exit(child_of(&cluster, NULL));
	ck_assert_int_eq(waitpid(second, &outcome, 0), second);
	ck_assert_int_eq(outcome, 0);
	autonomi_event *event = NULL;
	while (event == NULL) {
		ck_assert_int_eq(autonomi_node_wait(node, 30000), 1);
		if (autonomi_node_next_event(node, &event) == 1 && autonomi_event_op(event) != op)
			event = autonomi_event_free(event);
	}
	ck_assert_int_lt(autonomi_event_status(event), 0);
	autonomi_event_free(event);
	cluster_close(&cluster);
}
END_TEST

START_TEST(clause_16_a_child_that_lives_on_keeps_nobody_from_the_root_directory)
{
	struct cluster cluster;
	cluster_open(&cluster, 1, 1);
	autonomi_node *node = cluster_open_node(cluster_config(&cluster, 1, "again"), NULL);
	int freed[2], ended[2];
	char byte = 0;
	ck_assert_int_eq(pipe(freed), 0);
	ck_assert_int_eq(pipe(ended), 0);
	const pid_t child = fork();
	if (child == 0) {
		const int wrong = child_of(&cluster, node);
		close(ended[1]);
		_exit(wrong + (write(freed[1], "f", 1) != 1) + (read(ended[0], &byte, 1) != 0));
	}
	ck_assert_int_eq(read(freed[0], &byte, 1), 1);
	autonomi_node_free(node);
	node = cluster_open_node(cluster_config(&cluster, 1, "again"), NULL);
	close(ended[1]);
	int outcome = -1;
	ck_assert_int_eq(waitpid(child, &outcome, 0), child);
	ck_assert_int_eq(outcome, 0);
	autonomi_node_free(node);
	cluster_close(&cluster);
	close(freed[0]);
	close(freed[1]);
	close(ended[0]);
}
END_TEST

/* ---- Clause 17. */

START_TEST(clause_17_free_waits_for_the_one_running_job_and_for_nothing_else)
{
	struct cluster cluster;
	cluster_open(&cluster, 2, 1);
	autonomi_node *slow = cluster_open_node(cluster_config(&cluster, 1, "slow"), machine());
	autonomi_node *client = cluster_client(&cluster, 1);
	autonomi_event *event = NULL;
	const uint64_t joined = monotonic_us() + 1000000;
	while (monotonic_us() < joined)
		autonomi_event_free(cluster_next_event(&cluster, slow, 10));
	machine_traits.write_us = 1000000;
	for (uint8_t i = 0; i < 8; i++)
		cluster_put(client, i, 200000 + i);
	/* Until the first of the slow writes is under way. */
	const uint64_t end = monotonic_us() + LIMIT_MS * 1000;
	while (machine_traits.writing == 0 && monotonic_us() < end) {
		if (is_readable(slow))
			autonomi_node_pump(slow);
		autonomi_event_free(cluster_next_event(&cluster, client, 1));
	}
	ck_assert_uint_eq(machine_traits.writing, 1);
	autonomi_chunk_put(slow, (const uint8_t *)"pending", 7, 0, NULL);
	const unsigned begun = machine_traits.writes;
	const uint64_t began = monotonic_us();
	autonomi_node_free(slow);
	const uint64_t took = monotonic_us() - began;
	ck_assert_msg(took < 9000000, "free took %llu us", (unsigned long long)took);
	/* One job may hold a batch of records; no job after it was begun. */
	ck_assert_uint_le(machine_traits.writes - begun, 8);
	autonomi_event_free(event);
	autonomi_node_free(client);
	cluster_close(&cluster);
}
END_TEST

static void *read_and_free(void *argument)
{
	autonomi_event *event = argument;
	size_t size = 0;
	const uint8_t *data = autonomi_event_data(event, &size);
	for (size_t i = 1; i < size; i++)
		ck_assert_uint_eq(data[i], 0);
	ck_assert_uint_eq(size, 70000);
	autonomi_event_free(event);
	return NULL;
}

START_TEST(clause_17_events_outlive_the_node_and_may_be_freed_on_another_thread)
{
	struct cluster cluster;
	cluster_open(&cluster, 3, 1);
	autonomi_node *client = cluster_client(&cluster, 1);
	autonomi_event *event = cluster_completion(&cluster, client, cluster_put(client, 17, 70000),
	                                           LIMIT_MS);
	ck_assert_ptr_nonnull(event);
	autonomi_op op = 0;
	ck_assert_int_eq(autonomi_chunk_get(client, autonomi_event_data(event, NULL), 0, &op), 0);
	autonomi_event_free(event);
	event = cluster_completion(&cluster, client, op, LIMIT_MS);
	ck_assert_ptr_nonnull(event);
	ck_assert_int_eq(autonomi_event_status(event), AUTONOMI_OK);
	autonomi_node_free(client);
	cluster_close(&cluster);
	pthread_t thread;
	ck_assert_int_eq(pthread_create(&thread, NULL, read_and_free, event), 0);
	pthread_join(thread, NULL);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("prop/process");
	TCase *cases = tcase_create("process");
	tcase_set_timeout(cases, 180);
	tcase_add_test(cases, clause_14_a_node_may_be_handed_from_thread_to_thread);
	tcase_add_test(cases, clause_14_another_thread_may_wake_a_waiting_node);
	tcase_add_test(cases, clause_14_a_signal_handler_may_wake_a_waiting_node);
	tcase_add_test(cases, clause_15_a_wake_before_a_wait_makes_it_return_at_once_and_only_once);
	tcase_add_test(cases, clause_15_pump_clears_the_latch);
	tcase_add_test(cases, clause_16_a_forked_child_is_refused_and_the_parent_goes_on);
	tcase_add_test(cases, clause_16_a_child_neither_wakes_the_parent_nor_disarms_its_timer);
	tcase_add_test(cases, clause_16_a_child_that_lives_on_keeps_nobody_from_the_root_directory);
	tcase_add_test(cases, clause_17_free_waits_for_the_one_running_job_and_for_nothing_else);
	tcase_add_test(cases, clause_17_events_outlive_the_node_and_may_be_freed_on_another_thread);
	suite_add_tcase(s, cases);
	return s;
}
