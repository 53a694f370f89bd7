/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cluster.h"

#include <check.h>
#include <ftw.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/handle.h"

uint64_t monotonic_us(void)
{
	return an_sys_machine()->now(NULL);
}

bool is_readable(autonomi_node *node)
{
	struct pollfd poll_fd = {.fd = autonomi_node_fd(node), .events = POLLIN};
	return poll(&poll_fd, 1, 0) == 1;
}

void cluster_set(autonomi_config *config, const char *name, const char *value)
{
	ck_assert_msg(autonomi_config_set(config, name, value) == AUTONOMI_OK, "%s",
	              autonomi_config_error(config));
}

autonomi_config *cluster_config(const struct cluster *cluster, unsigned threads, const char *name)
{
	char path[sizeof(cluster->directory) + 32];
	autonomi_config *config = autonomi_config_new();
	ck_assert_ptr_nonnull(config);
	snprintf(path, sizeof(path), "%s/%s", cluster->directory, name);
	cluster_set(config, "node.root_dir", path);
	cluster_set(config, "network.local", "on");
	cluster_set(config, "network.ip", "127.0.0.1");
	if (cluster->address[0] != '\0')
		cluster_set(config, "network.peers", cluster->address);
	else
		cluster_set(config, "network.first", "on");
	ck_assert_int_eq(autonomi_config_set_number(config, "compute.threads", threads),
	                 AUTONOMI_OK);
	return config;
}

autonomi_node *cluster_open_node(autonomi_config *config, const struct an_sys *sys)
{
	char error[256] = "";
	autonomi_node *node = NULL;
	const autonomi_status status = an_api_node_open(config,
	                                                sys != NULL ? sys : an_sys_machine(), &node,
	                                                error, sizeof(error));
	ck_assert_msg(status == AUTONOMI_OK, "%s", error);
	autonomi_config_free(config);
	return node;
}

autonomi_config *cluster_client_config(const struct cluster *cluster, unsigned threads)
{
	autonomi_config *config = cluster_config(cluster, threads, "");
	cluster_set(config, "node.role", "client");
	cluster_set(config, "node.root_dir", "");
	return config;
}

autonomi_node *cluster_client(const struct cluster *cluster, unsigned threads)
{
	return cluster_open_node(cluster_client_config(cluster, threads), NULL);
}

static void drop_events(autonomi_node *node)
{
	autonomi_event *event = NULL;
	while (autonomi_node_next_event(node, &event) == 1)
		autonomi_event_free(event);
}

void cluster_step(struct cluster *cluster)
{
	for (size_t i = 0; i < cluster->count; i++) {
		if (is_readable(cluster->nodes[i]))
			autonomi_node_pump(cluster->nodes[i]);
		drop_events(cluster->nodes[i]);
	}
}

static void wait_for_any(struct cluster *cluster, autonomi_node *node, int limit_ms)
{
	struct pollfd fds[CLUSTER_NODES + 1];
	nfds_t count = 0;
	for (; count < cluster->count; count++)
		fds[count] = (struct pollfd){.fd = autonomi_node_fd(cluster->nodes[count]),
		                             .events = POLLIN};
	if (node != NULL)
		fds[count++] = (struct pollfd){.fd = autonomi_node_fd(node), .events = POLLIN};
	poll(fds, count, limit_ms);
}

void cluster_run(struct cluster *cluster, int milliseconds)
{
	const uint64_t end = monotonic_us() + (uint64_t)milliseconds * 1000;
	while (monotonic_us() < end) {
		wait_for_any(cluster, NULL, 5);
		cluster_step(cluster);
	}
}

autonomi_event *cluster_next_event(struct cluster *cluster, autonomi_node *node, int limit_ms)
{
	const uint64_t end = monotonic_us() + (uint64_t)limit_ms * 1000;
	autonomi_event *event = NULL;
	while (autonomi_node_next_event(node, &event) == 0 && monotonic_us() < end) {
		wait_for_any(cluster, node, 100);
		if (is_readable(node))
			autonomi_node_pump(node);
		cluster_step(cluster);
	}
	return event;
}

void cluster_await(struct cluster *cluster, autonomi_node *node, uint32_t type, int limit_ms)
{
	uint32_t found = 0;
	while (found != type) {
		autonomi_event *event = cluster_next_event(cluster, node, limit_ms);
		ck_assert_ptr_nonnull(event);
		found = autonomi_event_type(event);
		autonomi_event_free(event);
	}
}

autonomi_event *cluster_completion(struct cluster *cluster, autonomi_node *node, autonomi_op op,
                                   int limit_ms)
{
	const uint64_t end = monotonic_us() + (uint64_t)limit_ms * 1000;
	while (monotonic_us() < end) {
		autonomi_event *event = cluster_next_event(cluster, node, limit_ms);
		if (event == NULL || (autonomi_event_op(event) == op &&
		                      autonomi_event_type(event) == AUTONOMI_EVENT_COMPLETED))
			return event;
		autonomi_event_free(event);
	}
	return NULL;
}

static void learn_address(struct cluster *cluster)
{
	autonomi_node *node = cluster->nodes[0];
	autonomi_op op = 0;
	ck_assert_int_eq(autonomi_network_addresses(autonomi_node_network(node), 0, &op),
	                 AUTONOMI_OK);
	cluster->count = 0;
	autonomi_event *event = cluster_completion(cluster, node, op, 5000);
	ck_assert_ptr_nonnull(event);
	snprintf(cluster->address, sizeof(cluster->address), "%s", autonomi_event_text(event));
	autonomi_event_free(event);
	cluster->count = 1;
}

void cluster_open(struct cluster *cluster, size_t count, unsigned threads)
{
	*cluster = (struct cluster){.threads = threads};
	snprintf(cluster->directory, sizeof(cluster->directory), "/tmp/autonomi-test-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(cluster->directory));
	for (size_t i = 0; i < count; i++) {
		char name[32];
		snprintf(name, sizeof(name), "node%zu", i);
		cluster_add(cluster, cluster_config(cluster, threads, name), NULL);
		if (i == 0)
			learn_address(cluster);
		cluster_run(cluster, i > 0 ? 200 : 0);
	}
}

autonomi_node *cluster_add(struct cluster *cluster, autonomi_config *config,
                           const struct an_sys *sys)
{
	ck_assert_uint_lt(cluster->count, CLUSTER_NODES);
	autonomi_node *node = cluster_open_node(config, sys);
	cluster->nodes[cluster->count++] = node;
	return node;
}

autonomi_op cluster_put(autonomi_node *node, uint8_t first, size_t size)
{
	autonomi_op op = 0;
	uint8_t *content = calloc(1, size);
	ck_assert_ptr_nonnull(content);
	content[0] = first;
	ck_assert_int_eq(autonomi_chunk_put(node, content, size, first, &op), AUTONOMI_OK);
	free(content);
	return op;
}

void cluster_expect_ok(autonomi_event *event)
{
	ck_assert_ptr_nonnull(event);
	ck_assert_msg(autonomi_event_status(event) == AUTONOMI_OK, "%s",
	              autonomi_event_message(event));
	autonomi_event_free(event);
}

static int remove_entry(const char *path, const struct stat *info, int kind, struct FTW *place)
{
	(void)info;
	(void)kind;
	(void)place;
	return remove(path);
}

void cluster_close(struct cluster *cluster)
{
	for (size_t i = 0; i < cluster->count; i++)
		autonomi_node_free(cluster->nodes[i]);
	nftw(cluster->directory, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}
