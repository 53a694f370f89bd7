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
	size_t wanted;                  /* peers */
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
                              const struct an_request *request, const struct an_link_peer *peer);

/* A storage challenge. */
struct an_serve_challenge {
	const struct an_peer_id *peer; /* whose share of our work it uses */
	struct an_address key;
	uint64_t nonce;
	uint64_t difficulty; /* 1: exactly this key, of any type; else the nearest ones */
	bool chunks_only;    /* of the nearest ones */
};

/* `list` is NULL where we are too busy; borrowed. */
typedef void an_serve_proven(void *context, const struct an_message_list *list);

/* Calls `done` once, maybe from inside this call. E_NO_MEMORY: it is not called. */
an_status an_serve_prove(struct an_node *node, const struct an_serve_challenge *challenge,
                         an_serve_proven *done, void *context);

/* serve_quote.c: GetStoreQuote, GetMerkleCandidateQuote. */
void an_serve_store_quote(struct an_node *node, uint64_t inbound, const struct an_request *request,
                          const struct an_link_peer *peer);
void an_serve_merkle_quote(struct an_node *node, uint64_t inbound, const struct an_request *request,
                           const struct an_link_peer *peer);

/* serve_peers.c: GetClosestPeers, DevGetClosestPeersFromNetwork, CheckNodeInProblem,
 * PeerConsideredAsBad. */
void an_serve_closest_peers(struct an_node *node, uint64_t inbound,
                            const struct an_request *request);
void an_serve_closest_of_network(struct an_node *node, uint64_t inbound,
                                 const struct an_request *request);
void an_serve_node_in_problem(struct an_node *node, uint64_t inbound,
                              const struct an_request *request);
void an_serve_considered_as_bad(struct an_node *node, uint64_t inbound,
                                const struct an_request *request);

/* serve_kademlia.c */
void an_serve_kademlia(struct an_node *node, uint64_t inbound, const struct an_link_peer *peer,
                       const struct an_link_request *raw);

#endif
