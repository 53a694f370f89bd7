/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Payments for many records at once (semantics 8.5, 8.6): a Merkle tree over their names, pools of 16
 * nodes that are drawn at its middle level, and the proof that an upload carries. What a chain says is
 * an argument here.
 *
 * Threading: any thread; an object never changes, and may be read by several at once.
 */
#ifndef AUTONOMI_MERKLE_H
#define AUTONOMI_MERKLE_H

#include <autonomi/payment.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Numbers: the fewest and the most names of a tree, the nodes of a pool. */
enum { AUTONOMI_MERKLE_MIN = 2, AUTONOMI_MERKLE_MAX = 256, AUTONOMI_MERKLE_CANDIDATES = 16 };

/* ---- Trees. */

typedef struct autonomi_merkle_tree autonomi_merkle_tree;
typedef struct autonomi_merkle_branch autonomi_merkle_branch;

/* The tree over `count` names of AUTONOMI_NAME_SIZE bytes, one after the other. Each has a salt, `salts`
 * likewise, or NULL: then they are random. `seed` as in <autonomi/keys.h>, also for the leaves that
 * fill the tree up to a power of two. Returns AUTONOMI_OK, and the tree goes to `ret_tree`, owned by
 * the caller; AUTONOMI_E_INVALID, also for too few or too many names; AUTONOMI_E_IO without
 * randomness; AUTONOMI_E_NO_MEMORY. */
AUTONOMI_API autonomi_status autonomi_merkle_tree_new(const uint8_t *names, const uint8_t *salts,
                                                      size_t count, const uint8_t *seed,
                                                      autonomi_merkle_tree **ret_tree);

/* NULL is allowed. Returns NULL. */
AUTONOMI_API autonomi_merkle_tree *autonomi_merkle_tree_free(autonomi_merkle_tree *tree);

/* The root, AUTONOMI_NAME_SIZE bytes. Returns AUTONOMI_OK; AUTONOMI_E_INVALID. */
AUTONOMI_API autonomi_status autonomi_merkle_tree_root(const autonomi_merkle_tree *tree,
                                                       uint8_t *ret_root);

/* The levels between leaves and root, the names, the midpoints (and so the pools) of a tree; 0 for
 * NULL. */
AUTONOMI_API size_t autonomi_merkle_tree_depth(const autonomi_merkle_tree *tree);
/* As autonomi_merkle_tree_depth: the names. */
AUTONOMI_API size_t autonomi_merkle_tree_count(const autonomi_merkle_tree *tree);
/* As autonomi_merkle_tree_depth: the midpoints. */
AUTONOMI_API size_t autonomi_merkle_tree_midpoints(const autonomi_merkle_tree *tree);

/* Where the pool of a midpoint is sought on the network, AUTONOMI_NAME_SIZE bytes; `timestamp` is that
 * of the payment, in seconds. Returns AUTONOMI_OK; AUTONOMI_E_INVALID, also where there is no such
 * midpoint. */
AUTONOMI_API autonomi_status autonomi_merkle_tree_midpoint(const autonomi_merkle_tree *tree,
                                                           size_t index, uint64_t timestamp,
                                                           uint8_t *ret_address);

/* What stands for a midpoint in the hash of its pool, AUTONOMI_NAME_SIZE bytes. Returns as
 * autonomi_merkle_tree_midpoint. */
AUTONOMI_API autonomi_status autonomi_merkle_tree_midpoint_hash(const autonomi_merkle_tree *tree,
                                                                size_t index, uint64_t timestamp,
                                                                uint8_t *ret_hash);

/* The levels between the midpoints and the root of a tree with `depth` levels between leaves and
 * root. */
AUTONOMI_API size_t autonomi_merkle_midpoint_depth(size_t depth);

/* The way of a name to the root. Returns AUTONOMI_OK, and the branch goes to `ret_branch`, owned by the
 * caller; AUTONOMI_E_INVALID, also where there is no such name; AUTONOMI_E_NO_MEMORY. */
AUTONOMI_API autonomi_status autonomi_merkle_tree_branch(const autonomi_merkle_tree *tree,
                                                         size_t index,
                                                         autonomi_merkle_branch **ret_branch);

/* NULL is allowed. Returns NULL. */
AUTONOMI_API autonomi_merkle_branch *autonomi_merkle_branch_free(autonomi_merkle_branch *branch);

/* Reads a branch in MessagePack, and writes one. Each returns AUTONOMI_OK; AUTONOMI_E_CORRUPT;
 * AUTONOMI_E_TOO_LARGE above 64 hashes; AUTONOMI_E_INVALID; AUTONOMI_E_NO_MEMORY. */
AUTONOMI_API autonomi_status autonomi_merkle_branch_decode(const uint8_t *bytes, size_t size,
                                                           autonomi_merkle_branch **ret_branch);
/* As autonomi_merkle_branch_decode, the other way round. */
AUTONOMI_API autonomi_status autonomi_merkle_branch_encode(const autonomi_merkle_branch *branch,
                                                           autonomi_bytes **ret_bytes);

/* Whether the branch leads from its leaf to its root; both, AUTONOMI_NAME_SIZE bytes, go to `ret_leaf`
 * (a record's name) and `ret_root`, which may be NULL. Returns AUTONOMI_OK; AUTONOMI_E_CORRUPT where
 * it does not; AUTONOMI_E_INVALID. */
AUTONOMI_API autonomi_status autonomi_merkle_branch_verify(const autonomi_merkle_branch *branch,
                                                           uint8_t *ret_leaf, uint8_t *ret_root);

/* ---- Candidates: nodes of a pool, each with what it signed. */

typedef struct autonomi_merkle_candidate autonomi_merkle_candidate;

/* What a node signs when it is asked to be a candidate: the metrics of `quote`, whom to pay
 * (AUTONOMI_REWARDS_ADDRESS_SIZE bytes) and the time of the payment in seconds, signed with the node's
 * key as in autonomi_quote_sign. Returns AUTONOMI_OK, and the candidate goes to `ret_candidate`, owned
 * by the caller; AUTONOMI_E_INVALID; AUTONOMI_E_INTERNAL; AUTONOMI_E_NO_MEMORY. */
AUTONOMI_API autonomi_status autonomi_merkle_candidate_new(
	const autonomi_quote *quote, const uint8_t *rewards_address, uint64_t timestamp,
	const uint8_t *identity_secret, autonomi_merkle_candidate **ret_candidate);

/* The bytes that a candidate signs. Returns AUTONOMI_OK; AUTONOMI_E_INVALID; AUTONOMI_E_NO_MEMORY. */
AUTONOMI_API autonomi_status autonomi_merkle_candidate_signed_bytes(
	const autonomi_merkle_candidate *candidate, autonomi_bytes **ret_bytes);

/* Reads a candidate that makes up the whole of `bytes`, `form` being AUTONOMI_FORM_.... Nothing is
 * verified. Returns AUTONOMI_OK, and it goes to `ret_candidate`, owned by the caller;
 * AUTONOMI_E_CORRUPT; AUTONOMI_E_TOO_LARGE; AUTONOMI_E_INVALID; AUTONOMI_E_NO_MEMORY. */
AUTONOMI_API autonomi_status
autonomi_merkle_candidate_decode(uint32_t form, const uint8_t *bytes, size_t size,
                                 autonomi_merkle_candidate **ret_candidate);

/* NULL is allowed. Returns NULL. */
AUTONOMI_API autonomi_merkle_candidate *autonomi_merkle_candidate_free(
	autonomi_merkle_candidate *candidate);

/* The bytes of a candidate. Returns AUTONOMI_OK; AUTONOMI_E_INVALID; AUTONOMI_E_NO_MEMORY. */
AUTONOMI_API autonomi_status autonomi_merkle_candidate_encode(
	const autonomi_merkle_candidate *candidate, uint32_t form, autonomi_bytes **ret_bytes);

/* Whether the candidate signed what it says. Its peer id, at most AUTONOMI_PEER_ID_MAX bytes, goes to
 * `ret_id`. Returns AUTONOMI_OK; AUTONOMI_E_CORRUPT where not; AUTONOMI_E_INVALID. */
AUTONOMI_API autonomi_status autonomi_merkle_candidate_verify(
	const autonomi_merkle_candidate *candidate, uint8_t *ret_id, size_t *ret_size);

/* ---- Pools and proofs. */

typedef struct autonomi_merkle_pool autonomi_merkle_pool;
typedef struct autonomi_merkle_proof autonomi_merkle_proof;

/* Reads a pool in MessagePack, and writes one. Each returns AUTONOMI_OK; AUTONOMI_E_CORRUPT;
 * AUTONOMI_E_TOO_LARGE; AUTONOMI_E_INVALID; AUTONOMI_E_NO_MEMORY. */
AUTONOMI_API autonomi_status autonomi_merkle_pool_decode(const uint8_t *bytes, size_t size,
                                                         autonomi_merkle_pool **ret_pool);
/* As autonomi_merkle_pool_decode, the other way round. */
AUTONOMI_API autonomi_status autonomi_merkle_pool_encode(const autonomi_merkle_pool *pool,
                                                         autonomi_bytes **ret_bytes);

/* NULL is allowed. Returns NULL. */
AUTONOMI_API autonomi_merkle_pool *autonomi_merkle_pool_free(autonomi_merkle_pool *pool);

/* What names the pool on the chain, AUTONOMI_WORD_SIZE bytes. Returns AUTONOMI_OK;
 * AUTONOMI_E_INVALID. */
AUTONOMI_API autonomi_status autonomi_merkle_pool_hash(const autonomi_merkle_pool *pool,
                                                       uint8_t *ret_hash);

/* A copy of a node of the pool, below AUTONOMI_MERKLE_CANDIDATES, owned by the caller. Returns
 * AUTONOMI_OK; AUTONOMI_E_INVALID; AUTONOMI_E_NO_MEMORY. */
AUTONOMI_API autonomi_status autonomi_merkle_pool_candidate(
	const autonomi_merkle_pool *pool, size_t index, autonomi_merkle_candidate **ret_candidate);

/* Whether what was paid on the chain for the pool, AUTONOMI_MERKLE_CANDIDATES words of
 * AUTONOMI_WORD_SIZE bytes, is what its signed metrics ask for. Returns AUTONOMI_OK;
 * AUTONOMI_E_CORRUPT, and the first candidate where not goes to `ret_index`, which may be NULL;
 * AUTONOMI_E_INVALID. */
AUTONOMI_API autonomi_status autonomi_merkle_pool_check_costs(const autonomi_merkle_pool *pool,
                                                              const uint8_t *packed_costs,
                                                              size_t *ret_index);

/* The proof of an upload: the record's name, its branch, and the pool that was paid. Everything is
 * copied. Returns AUTONOMI_OK, and the proof goes to `ret_proof`, owned by the caller;
 * AUTONOMI_E_INVALID; AUTONOMI_E_NO_MEMORY. */
AUTONOMI_API autonomi_status autonomi_merkle_proof_new(const uint8_t *name,
                                                       const autonomi_merkle_branch *branch,
                                                       const autonomi_merkle_pool *pool,
                                                       autonomi_merkle_proof **ret_proof);

/* Reads a proof in MessagePack, and writes one. Returns as the functions of pools. */
AUTONOMI_API autonomi_status autonomi_merkle_proof_decode(const uint8_t *bytes, size_t size,
                                                          autonomi_merkle_proof **ret_proof);
/* As autonomi_merkle_proof_decode, the other way round. */
AUTONOMI_API autonomi_status autonomi_merkle_proof_encode(const autonomi_merkle_proof *proof,
                                                          autonomi_bytes **ret_bytes);

/* NULL is allowed. Returns NULL. */
AUTONOMI_API autonomi_merkle_proof *autonomi_merkle_proof_free(autonomi_merkle_proof *proof);

/* A copy of the pool that was paid, owned by the caller: its hash is that of the contract, and its
 * nodes' verified ids are the peers that the proof names. Returns AUTONOMI_OK; AUTONOMI_E_INVALID;
 * AUTONOMI_E_NO_MEMORY. */
AUTONOMI_API autonomi_status autonomi_merkle_proof_pool(const autonomi_merkle_proof *proof,
                                                        autonomi_merkle_pool **ret_pool);

/* Whether the proof pays for its record, where the contract has under `pool_hash`: `depth`,
 * `timestamp` and whom it paid: `paid_count` entries, each an address of AUTONOMI_REWARDS_ADDRESS_SIZE
 * bytes in `paid_addresses` and its place in the pool in `paid_indices`. `unix_now` is in seconds.
 * `reterr`, where not NULL, gets on failure what Autonomi's nodes say of it, at most `reterr_size`
 * bytes with the final zero. Returns AUTONOMI_OK; AUTONOMI_E_PAYMENT where it does not pay;
 * AUTONOMI_E_INVALID. */
AUTONOMI_API autonomi_status autonomi_merkle_proof_verify(
	const autonomi_merkle_proof *proof, const uint8_t *pool_hash, uint32_t depth,
	uint64_t timestamp, const uint8_t *paid_addresses, const uint64_t *paid_indices,
	size_t paid_count, uint64_t unix_now, char *reterr, size_t reterr_size);

#ifdef __cplusplus
}
#endif

#endif
