/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Careless hosts: nodes opened and freed without end, at any moment, and on many threads. */
#include "harness.h"

#include <dirent.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "attacker.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { SANITIZED = 1, LIVES = 60, CRASHES = 15 };
#else
enum { SANITIZED = 0, LIVES = 1000, CRASHES = 60 };
#endif

static struct cluster cluster;

static size_t open_descriptors(void)
{
	size_t count = 0;
	DIR *folder = opendir("/proc/self/fd");
	ck_assert_ptr_nonnull(folder);
	while (readdir(folder) != NULL)
		count++;
	closedir(folder);
	return count;
}

static size_t threads(void)
{
	size_t count = 0;
	DIR *folder = opendir("/proc/self/task");
	ck_assert_ptr_nonnull(folder);
	while (readdir(folder) != NULL)
		count++;
	closedir(folder);
	return count - 2;
}

static void live_and_die(unsigned life)
{
	char name[32];
	snprintf(name, sizeof(name), "life%u", life % 5);
	autonomi_node *node = life % 2 == 0
	                              ? cluster_open_node(cluster_config(&cluster, 1, name), NULL)
	                              : cluster_client(&cluster, 1);
	for (unsigned i = 0; i < life % 4; i++) {
		if (is_readable(node))
			autonomi_node_pump(node);
		cluster_step(&cluster);
	}
	if (life % 3 == 0)
		autonomi_node_close(node, 0);
	autonomi_node_free(node);
	cluster_step(&cluster);
}

START_TEST(a_thousand_lives_leak_no_descriptor_no_thread_and_no_memory)
{
	cluster_open(&cluster, 1, 1);
	for (unsigned life = 0; life < LIVES / 10; life++)
		live_and_die(life);
	const size_t descriptors = open_descriptors(), before = resident_bytes();
	for (unsigned life = 0; life < LIVES; life++)
		live_and_die(life);
	printf("# %d lives: %lu KiB more\n", LIVES,
	       (unsigned long)(resident_bytes() > before ? (resident_bytes() - before) / 1024 : 0));
	ck_assert_uint_eq(open_descriptors(), descriptors);
	ck_assert_uint_le(threads(), 4);
	if (MEASURED)
		ck_assert_uint_lt(resident_bytes(), before + (24u << 20));
	cluster_close(&cluster);
}
END_TEST

/* A node under load, freed at a random moment, with and without a close before. Its root directory
 * opens again each time, and what was acknowledged is there. */
START_TEST(a_node_may_be_freed_at_any_moment_of_its_work)
{
	cluster_open(&cluster, 5, 1);
	unsigned random = 12345;
	for (unsigned life = 0; life < CRASHES; life++) {
		autonomi_node *node = cluster_open_node(cluster_config(&cluster, 2, "victim"),
		                                        NULL);
		autonomi_node *client = cluster_client(&cluster, 1);
		for (uint8_t i = 0; i < 6; i++) {
			cluster_put(client, (uint8_t)(life * 6 + i), 300000 + 100000 * i);
			cluster_put(node, (uint8_t)(life * 6 + i), 500 + 10000 * i);
		}
		random = random * 1103515245 + 12345;
		const uint64_t end = monotonic_us() + random / 65536 % 400 * 1000;
		while (monotonic_us() < end) {
			if (is_readable(node))
				autonomi_node_pump(node);
			if (is_readable(client))
				autonomi_node_pump(client);
			cluster_step(&cluster);
		}
		if (life % 3 == 1)
			autonomi_node_close(node, 0);
		autonomi_node_free(node);
		autonomi_node_free(client);
	}
	cluster_close(&cluster);
}
END_TEST

/* ---- One node, one thread, many of both. */
enum { HOSTS = 6 };

static _Atomic bool stop;
static _Atomic unsigned completed, wakes;

struct host {
	pthread_t thread;
	autonomi_node *node;
	unsigned number;
};

static void count_lines(void *context, int32_t level, const char *module, const char *text)
{
	unsigned *lines = context;
	(void)level;
	(void)module;
	*lines += text[0] != '\0';
}

static void take_events(struct host *host)
{
	autonomi_event *event = NULL;
	while (autonomi_node_next_event(host->node, &event) == 1) {
		if (autonomi_event_type(event) == AUTONOMI_EVENT_COMPLETED &&
		    autonomi_event_status(event) == AUTONOMI_OK)
			completed++;
		autonomi_event_free(event);
	}
}

static void *run_host(void *argument)
{
	struct host *host = argument;
	unsigned lines = 0, turn = 0;
	uint8_t content[4096] = {(uint8_t)host->number};
	char error[256] = "", name[32];
	snprintf(name, sizeof(name), "host%u", host->number);
	autonomi_config *config = cluster_config(&cluster, 2, name);
	autonomi_config_set(config, "log.level", "trace");
	autonomi_config_set_log(config, count_lines, &lines);
	if (autonomi_node_open(config, &host->node, error, sizeof(error)) != AUTONOMI_OK)
		return host;
	autonomi_config_free(config);
	while (!stop) {
		autonomi_op op;
		memcpy(content + 1, &turn, sizeof(turn));
		if (turn++ % 16 == 0)
			autonomi_chunk_put(host->node, content, sizeof(content), turn, &op);
		struct pollfd poll_fd = {.fd = autonomi_node_fd(host->node), .events = POLLIN};
		poll(&poll_fd, 1, 20);
		autonomi_node_pump(host->node);
		take_events(host);
	}
	host->node = autonomi_node_free(host->node);
	return NULL;
}

static autonomi_node *_Atomic woken;

static void *wake_without_end(void *argument)
{
	const struct timespec pause = {0, 50000};
	(void)argument;
	while (!stop) {
		for (int i = 0; i < 20; i++)
			autonomi_node_wake(woken);
		wakes += 20;
		nanosleep(&pause, NULL);
	}
	return NULL;
}

START_TEST(nodes_on_threads_of_their_own_do_not_disturb_each_other)
{
	struct host hosts[HOSTS];
	pthread_t waker;
	cluster_open(&cluster, 1, 2);
	woken = cluster.nodes[0];
	ck_assert_int_eq(pthread_create(&waker, NULL, wake_without_end, NULL), 0);
	for (unsigned i = 0; i < HOSTS; i++) {
		hosts[i].number = i;
		ck_assert_int_eq(pthread_create(&hosts[i].thread, NULL, run_host, &hosts[i]), 0);
	}
	cluster_run(&cluster, SANITIZED ? 15000 : 5000);
	stop = true;
	pthread_join(waker, NULL);
	for (unsigned i = 0; i < HOSTS; i++) {
		void *problem = NULL;
		pthread_join(hosts[i].thread, &problem);
		ck_assert_msg(problem == NULL, "host %u could not be opened", i);
	}
	printf("# %u puts, %u wakes\n", completed, wakes);
	ck_assert_uint_gt(completed, 10);
	cluster_close(&cluster);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("hostile/lives");
	TCase *tests = tcase_create("lives");
	tcase_set_timeout(tests, 300);
	tcase_add_test(tests, a_thousand_lives_leak_no_descriptor_no_thread_and_no_memory);
	tcase_add_test(tests, a_node_may_be_freed_at_any_moment_of_its_work);
	tcase_add_test(tests, nodes_on_threads_of_their_own_do_not_disturb_each_other);
	suite_add_tcase(s, tests);
	return s;
}
