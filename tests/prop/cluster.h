/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A few real nodes and a client in one process, on real sockets and disks, driven by hand: for tests
 * of the contract between library and host.
 */
#ifndef TESTS_PROP_CLUSTER_H
#define TESTS_PROP_CLUSTER_H

#include <stdbool.h>

#include <autonomi/net.h>

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

/* A config of the cluster's network for one more node. */
autonomi_config *cluster_config(const struct cluster *cluster, unsigned threads, const char *name);

/* Pumps each node of the cluster whose descriptor is readable once, and drops its events. */
void cluster_step(struct cluster *cluster);

/* Pumps the cluster and `node` until `node` has an event, which the caller frees; NULL after `limit_ms`. */
autonomi_event *cluster_next_event(struct cluster *cluster, autonomi_node *node, int limit_ms);

/* The same until the completion of `op`; other events are dropped. */
autonomi_event *cluster_completion(struct cluster *cluster, autonomi_node *node, autonomi_op op,
                                   int limit_ms);

bool is_readable(autonomi_node *node);
uint64_t monotonic_us(void);

#endif
