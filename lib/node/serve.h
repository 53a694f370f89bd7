/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Answers to the requests of peers: what the files serve*.c share. */
#ifndef AN_NODE_SERVE_H
#define AN_NODE_SERVE_H

#include "data/message.h"
#include "node/internal.h"

/* A request whose answer waits for the store. */
struct an_serve_pending {
	struct an_node *node;
	uint64_t inbound;
	struct an_address address;      /* what was asked for */
	struct an_address peer_address; /* to be echoed */
	uint64_t nonce;
};

/* Keeps `inbound` for an answer that comes later; the caller frees it with an_node_pending_free when
 * it has answered. Without memory the request is refused as busy, and NULL returned. */
struct an_serve_pending *an_serve_later(struct an_node *node, uint64_t inbound);

/* Answers with `message`, whose reference it takes over; NULL: refuses, for our own fault. */
void an_serve_reply_blob(struct an_node *node, uint64_t inbound, enum an_link_kind kind,
                         struct an_blob *message);
void an_serve_reply(struct an_node *node, uint64_t inbound, const struct an_response *response);

/* Whether a failure says nothing of what was asked: the peer is told that we are busy. */
bool an_serve_is_busy(an_status status);

/* serve_records.c: GetReplicatedRecord, PutRecord. */
void an_serve_get_record(struct an_node *node, uint64_t inbound, const struct an_request *request);
void an_serve_put_record(struct an_node *node, uint64_t inbound, const struct an_request *request,
                         const struct an_link_peer *peer, const struct an_link_request *raw);

/* serve_proof.c: GetChunkExistenceProof. */
void an_serve_existence_proof(struct an_node *node, uint64_t inbound,
                              const struct an_request *request);

#endif
