/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cluster.h"

#include <check.h>
#include <ftw.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

uint64_t monotonic_us(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

bool is_readable(autonomi_node *node)
{
	struct pollfd poll_fd = {.fd = autonomi_node_fd(node), .events = POLLIN};
	return poll(&poll_fd, 1, 0) == 1;
}

static void set(autonomi_config *config, const char *name, const char *value)
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
	set(config, "node.root_dir", path);
	set(config, "network.local", "on");
	set(config, "network.ip", "127.0.0.1");
	if (cluster->address[0] != '\0')
		set(config, "network.peers", cluster->address);
	else
		set(config, "network.first", "on");
	ck_assert_int_eq(autonomi_config_set_number(config, "compute.threads", threads),
	                 AUTONOMI_OK);
	return config;
}

static autonomi_node *open_node(autonomi_config *config)
{
	char error[256] = "";
	autonomi_node *node = NULL;
	const autonomi_status status = autonomi_node_open(config, &node, error, sizeof(error));
	ck_assert_msg(status == AUTONOMI_OK, "%s", error);
	autonomi_config_free(config);
	return node;
}

autonomi_node *cluster_client(const struct cluster *cluster, unsigned threads)
{
	autonomi_config *config = cluster_config(cluster, threads, "");
	set(config, "node.role", "client");
	set(config, "node.root_dir", "");
	return open_node(config);
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
	for (size_t i = 0; i < cluster->count; i++)
		fds[i] = (struct pollfd){.fd = autonomi_node_fd(cluster->nodes[i]),
		                         .events = POLLIN};
	fds[cluster->count] = (struct pollfd){.fd = autonomi_node_fd(node), .events = POLLIN};
	poll(fds, cluster->count + 1, limit_ms);
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
		char name[16];
		snprintf(name, sizeof(name), "node%zu", i);
		cluster->nodes[i] = open_node(cluster_config(cluster, threads, name));
		cluster->count = i + 1;
		if (i == 0)
			learn_address(cluster);
		const uint64_t end = monotonic_us() + 200000;
		while (i > 0 && monotonic_us() < end)
			cluster_step(cluster);
	}
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
