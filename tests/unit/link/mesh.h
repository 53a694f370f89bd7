/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Links on a wire in memory, in virtual time. Each node has an application that answers what a
 * request asks of it; every ask is written down, with what became of it. Answers are a function of
 * the request's bytes, so a byte that is wrong anywhere, in either direction, is seen.
 */
#ifndef TESTS_LINK_MESH_H
#define TESTS_LINK_MESH_H

#include "base/list.h"
#include "link/link.h"

enum { MESH_NODES = 8, MESH_ADDRESSES = 2 };

/* What a request wants done with it. */
enum mesh_wish { MESH_ANSWER, MESH_REFUSE, MESH_SILENCE, MESH_LATER, MESH_WRONG_KIND };

struct mesh;
struct mesh_node;

struct mesh_ask {
	struct an_list member;
	struct mesh_node *node;
	uint64_t id;
	uint64_t hash;     /* of the request */
	size_t reply_size; /* that is expected */
	unsigned replies;
	bool cancelled;
	an_status status;
	uint64_t code;
	an_time_us took;
	bool had_peer;
};

struct mesh_node {
	struct mesh *mesh;
	size_t number;
	struct an_link *link; /* NULL: crashed */
	struct an_link_limits limits;
	struct an_profile profile;
	struct an_key_pair key_pair;
	struct an_random random;
	struct an_logger *logger;
	struct an_endpoint addresses[MESH_ADDRESSES]; /* the second one is IPv6 */
	bool client;
	const char *version;                            /* "0.1.0" where NULL */
	const struct an_agent_version *minimum_version; /* of others; may be NULL */
	bool deaf[MESH_ADDRESSES];                      /* nothing arrives there */
	size_t uplink;                                  /* bytes in a second; 0: no limit */
	an_time_us uplink_free_at;
	struct an_list held; /* requests that are answered later */
	size_t held_count;

	unsigned connected, connected_by_us, disconnected, requests, dials_failed;
	an_status disconnected_why, dial_failed_why;
	size_t most_inbound_bytes;
};

struct mesh {
	an_time_us now;
	struct an_random random;
	struct an_list packets; /* by arrival */
	struct an_list asks;
	an_time_us latency;
	unsigned loss, delayed; /* of 1000 datagrams */
	struct mesh_node nodes[MESH_NODES];
	size_t node_count;
	void (*react)(struct mesh_node *node); /* called from inside every event, or NULL */
};

void mesh_init(struct mesh *mesh, uint64_t seed);
void mesh_done(struct mesh *mesh);

struct an_link_limits mesh_limits(void);

/* Adds a node that is not started yet; its fields may be changed before mesh_start. */
struct mesh_node *mesh_add(struct mesh *mesh);
an_status mesh_try_start(struct mesh_node *node);
void mesh_start(struct mesh_node *node);
/* A mesh of `count` started nodes. */
void mesh_make(struct mesh *mesh, uint64_t seed, size_t count);
/* Without a word. What it had asked is forgotten. */
void mesh_crash(struct mesh_node *node);

struct an_contact mesh_contact(const struct mesh_node *node);
const struct an_peer_id *mesh_id(const struct mesh_node *node);

/* Asks with `size` bytes (at least 16) for `reply_size` bytes. */
struct mesh_ask *mesh_ask(struct mesh_node *from, const struct mesh_node *to, size_t size,
                          size_t reply_size);
struct mesh_ask *mesh_ask_wish(struct mesh_node *from, const struct an_contact *to,
                               enum mesh_wish wish, uint32_t detail, size_t size, size_t reply_size,
                               an_time_us timeout);
/* NULL where an_link_ask refused, with its status in `ret_status`. */
struct mesh_ask *mesh_try_ask(struct mesh_node *from, const struct an_contact *to,
                              enum mesh_wish wish, uint32_t detail, size_t size, size_t reply_size,
                              an_time_us timeout, an_status *ret_status);
void mesh_cancel(struct mesh_ask *ask);

void mesh_run_for(struct mesh *mesh, an_time_us duration);
/* Until every ask has ended; fails where that takes longer than `limit`. */
void mesh_run(struct mesh *mesh, an_time_us limit);
/* Each ask had exactly one reply, or none where it was cancelled. */
void mesh_check_accounts(const struct mesh *mesh);
struct an_link_counters mesh_count(const struct mesh_node *node);
/* Whether the node's log has a line with `text`; takes the lines. */
bool mesh_logged(struct mesh_node *node, const char *text);

#endif
