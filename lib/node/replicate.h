/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Replication brought together with the table, the store and the link: what lib/repl wants is sent,
 * fetched and stored here, and lists of peers are handed to it.
 *
 * Threading: single-threaded.
 */
#ifndef AN_NODE_REPLICATE_H
#define AN_NODE_REPLICATE_H

#include "data/message.h"
#include "node/internal.h"
#include "repl/replication.h"

struct an_node_replication {
	struct an_repl *repl;
	struct an_client_network network;
	uint64_t bytes_fetched; /* of record values that were stored */
};

/* Of a node, after its store, table and link. A client replicates nothing. */
an_status an_node_replication_open(struct an_node *node);
void an_node_replication_free(struct an_node *node);

/* The routing table won a peer or lost one. Must not call the table. */
void an_node_replication_changed(struct an_node *node, const struct an_contact *contact,
                                 bool added);

/* A client brought this record: an_admissions_config.brought. */
void an_node_replication_brought(void *context, const uint8_t key[AN_RECORD_KEY_SIZE]);

/* What the end of a request says of the peer, as an_repl_ended reads it. */
an_status an_node_replication_verdict(an_status status);

/* challenge.c: makes the proofs that replication wants, or asks a peer for them. */
an_status an_node_challenge(struct an_node *node, const struct an_repl_want *want);

/* bad_peers.c: looks up who is nearest to the target, for replication; takes a bad peer out of the
 * table and hangs up. */
an_status an_node_search(struct an_node *node, const struct an_repl_want *want);
an_status an_node_block(struct an_node *node, const struct an_repl_want *want);

/* Does what replication wants. */
void an_node_replicate(struct an_node *node);
void an_node_replication_expire(struct an_node *node);
an_time_us an_node_replication_deadline(const struct an_node *node);
void an_node_replication_count(const struct an_node *node, struct an_repl_counters *ret_counters,
                               uint64_t *ret_bytes);

/* A Replicate command of a peer. */
void an_serve_replicate(struct an_node *node, uint64_t inbound, const struct an_request *request,
                        const struct an_link_peer *peer);
/* A FreshReplicate command: taken as a Replicate of the same records. */
void an_serve_fresh_replicate(struct an_node *node, uint64_t inbound,
                              const struct an_request *request, const struct an_link_peer *peer);

#endif
