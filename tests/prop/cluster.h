/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A few real nodes and a client in one process, on real sockets and disks, driven by hand: for tests
 * of the contract between library and host.
 */
#ifndef TESTS_PROP_CLUSTER_H
#define TESTS_PROP_CLUSTER_H

#include <stdbool.h>

#include <autonomi/net.h>

#include "sys/sys.h"

enum { CLUSTER_NODES = 6 };

struct cluster {
	char directory[64];
	char address[256]; /* of the first node */
	autonomi_node *nodes[CLUSTER_NODES];
	size_t count;
	unsigned threads; /* compute.threads of every node */
};

/* Makes a folder and opens `count` nodes that join each other. */
void cluster_open(struct cluster *cluster, size_t count, unsigned threads);
void cluster_close(struct cluster *cluster);

/* A client of the cluster, with `threads` of its own. */
autonomi_node *cluster_client(const struct cluster *cluster, unsigned threads);

/* Opens a node with `config`, which it frees, on the machine `sys`; NULL: the real one. */
autonomi_node *cluster_open_node(autonomi_config *config, const struct an_sys *sys);

/* The same, as a member of the cluster that is pumped with it and freed by cluster_close. */
autonomi_node *cluster_add(struct cluster *cluster, autonomi_config *config,
                           const struct an_sys *sys);

/* A config of the cluster's network for one more node. */
autonomi_config *cluster_config(const struct cluster *cluster, unsigned threads, const char *name);
autonomi_config *cluster_client_config(const struct cluster *cluster, unsigned threads);

void cluster_set(autonomi_config *config, const char *name, const char *value);

/* Pumps each node of the cluster whose descriptor is readable once, and drops its events. */
void cluster_step(struct cluster *cluster);

/* Pumps the cluster and `node` until `node` has an event, which the caller frees; NULL after `limit_ms`. */
autonomi_event *cluster_next_event(struct cluster *cluster, autonomi_node *node, int limit_ms);

/* The same until the completion of `op`; other events are dropped. */
autonomi_event *cluster_completion(struct cluster *cluster, autonomi_node *node, autonomi_op op,
                                   int limit_ms);

/* Lets the cluster work for a while. */
void cluster_run(struct cluster *cluster, int milliseconds);

/* Submits a put of `size` bytes, all zero but the first. */
autonomi_op cluster_put(autonomi_node *node, uint8_t first, size_t size);

/* Frees `event` after it said OK. */
void cluster_expect_ok(autonomi_event *event);

/* Pumps the cluster and `node` until it has an event of this type. */
void cluster_await(struct cluster *cluster, autonomi_node *node, uint32_t type, int limit_ms);

bool is_readable(autonomi_node *node);
uint64_t monotonic_us(void);

#endif
