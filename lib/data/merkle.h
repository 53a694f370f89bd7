/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Payment for many records at once: a Merkle tree over their names, pools of nodes that are drawn at
 * its middle level, and the proof that an upload carries (semantics 8.5, 8.6). What a chain says is
 * an argument here.
 *
 * Plain values, but for the tree. A pool has about 15 KiB. Pure.
 */
#ifndef AN_DATA_MERKLE_H
#define AN_DATA_MERKLE_H

#include "data/payment.h"

enum {
	AN_MERKLE_HASH_SIZE = 32,
	AN_MERKLE_DEPTH_MAX = 8,
	AN_MERKLE_LEAVES_MIN = 2,
	AN_MERKLE_LEAVES_MAX = 1 << AN_MERKLE_DEPTH_MAX,
	AN_MERKLE_CANDIDATES = 16, /* of a pool */
	AN_MERKLE_LIFETIME_S = 604800,
	AN_MERKLE_PROOF_MAX = 64, /* hashes of a branch that is read: one for each bit of a count */
};

struct an_merkle_hash {
	uint8_t bytes[AN_MERKLE_HASH_SIZE];
};

/* The way from a leaf, or from a midpoint, to the root. */
struct an_merkle_branch {
	struct an_merkle_hash hashes[AN_MERKLE_PROOF_MAX]; /* of the siblings, from below */
	size_t hash_count;
	uint64_t index, total;          /* among the nodes of the level where it begins */
	struct an_merkle_hash unsalted; /* a leaf's name, or the midpoint's hash */
	struct an_merkle_hash root;
	bool has_salt; /* leaves do */
	struct an_merkle_hash salt;
};

struct an_merkle_midpoint {
	struct an_merkle_branch branch;
	uint64_t timestamp; /* of the payment */
};

struct an_merkle_pool {
	struct an_merkle_midpoint midpoint;
	struct an_merkle_candidate candidates[AN_MERKLE_CANDIDATES];
};

struct an_merkle_proof {
	struct an_merkle_hash address; /* the record's name */
	struct an_merkle_branch data;
	struct an_merkle_pool pool;
};

/* ---- MessagePack. E_TOO_LARGE beyond the limit of a branch. */
void an_merkle_branch_read(struct an_reader *reader, struct an_merkle_branch *ret_branch);
void an_merkle_branch_write(struct an_buffer *out, const struct an_merkle_branch *branch);
void an_merkle_midpoint_read(struct an_reader *reader, struct an_merkle_midpoint *ret_midpoint);
void an_merkle_midpoint_write(struct an_buffer *out, const struct an_merkle_midpoint *midpoint);
void an_merkle_pool_read(struct an_reader *reader, struct an_merkle_pool *ret_pool);
void an_merkle_pool_write(struct an_buffer *out, const struct an_merkle_pool *pool);
void an_merkle_proof_read(struct an_reader *reader, struct an_merkle_proof *ret_proof);
void an_merkle_proof_write(struct an_buffer *out, const struct an_merkle_proof *proof);

/* ---- Trees. */
struct an_merkle_tree {
	struct an_merkle_hash *nodes; /* all levels, the leaves first, then the level above, ... */
	struct an_merkle_hash *names, *salts;
	size_t count; /* names */
	size_t depth;
	struct an_merkle_hash root;
};

/* The tree over `count` names, each with its salt. Leaves beyond the last name, up to the next power
 * of two, are taken from `padding`, which has room for them all: random bytes. Everything is copied.
 * E_INVALID where there are too few or too many names; E_NO_MEMORY. */
an_status an_merkle_tree_init(struct an_merkle_tree *ret_tree, const struct an_merkle_hash *names,
                              const struct an_merkle_hash *salts, size_t count,
                              const struct an_merkle_hash *padding);
void an_merkle_tree_done(struct an_merkle_tree *tree);

/* How many leaves a tree of `count` names has: the next power of two. */
size_t an_merkle_leaves(size_t count);

/* How many midpoints, and so pools, a tree of this depth has. */
size_t an_merkle_midpoints(size_t depth);

/* The way of the i-th name, of the i-th midpoint. */
void an_merkle_tree_branch(const struct an_merkle_tree *tree, size_t i,
                           struct an_merkle_branch *ret_branch);
void an_merkle_tree_midpoint(const struct an_merkle_tree *tree, size_t i, uint64_t timestamp,
                             struct an_merkle_midpoint *ret_midpoint);

/* The node above two. `ret_node` may be one of them. */
void an_merkle_join(const struct an_merkle_hash *left, const struct an_merkle_hash *right,
                    struct an_merkle_hash *ret_node);

/* The root over ready-made leaves: H3 of what joins the halves. `leaves` is overwritten. */
void an_merkle_root(struct an_merkle_hash *leaves, size_t count, struct an_merkle_hash *ret_root);

bool an_merkle_branch_verify(const struct an_merkle_branch *branch);

/* Where the pool of a midpoint is sought, and what names its proof. */
void an_merkle_midpoint_address(const struct an_merkle_midpoint *midpoint,
                                struct an_merkle_hash *ret_address);
void an_merkle_midpoint_hash(const struct an_merkle_midpoint *midpoint,
                             struct an_merkle_hash *ret_hash);

/* What names the pool on the chain. */
void an_merkle_pool_hash(const struct an_merkle_pool *pool, struct an_merkle_hash *ret_hash);

/* ---- Verification. */
struct an_merkle_paid {
	uint8_t address[AN_REWARDS_ADDRESS_SIZE];
	uint64_t index; /* in the pool */
};

/* What the contract has under a pool's hash. */
struct an_merkle_contract {
	uint8_t depth;
	uint64_t timestamp;
	struct an_merkle_hash pool_hash;
	const struct an_merkle_paid *paid;
	size_t paid_count;
};

/* What is wrong, in the order in which it is looked for. */
enum an_merkle_fault {
	AN_MERKLE_GOOD,
	AN_MERKLE_SIGNATURE,
	AN_MERKLE_NODE_TIMESTAMP,
	AN_MERKLE_DATA_TYPE,
	AN_MERKLE_DATA_SIZE,
	AN_MERKLE_POOL_HASH,
	AN_MERKLE_IN_FUTURE,
	AN_MERKLE_EXPIRED,
	AN_MERKLE_TIMESTAMP,
	AN_MERKLE_DATA_DEPTH,
	AN_MERKLE_POOL_DEPTH,
	AN_MERKLE_DATA_BRANCH,
	AN_MERKLE_POOL_BRANCH,
	AN_MERKLE_NAME,
	AN_MERKLE_ROOT,
	AN_MERKLE_PAID_COUNT,
	AN_MERKLE_PAID_INDEX,
	AN_MERKLE_PAID_ADDRESS,
};

enum an_merkle_fault an_merkle_proof_verify(const struct an_merkle_proof *proof,
                                            const struct an_merkle_contract *contract,
                                            uint64_t unix_now);

/* Appends Autonomi's words for a fault that an_merkle_proof_verify found with the same arguments: they
 * travel in MerklePaymentVerificationFailed (semantics 5.5, 6.6). Nothing for AN_MERKLE_GOOD. */
void an_merkle_fault_display(enum an_merkle_fault fault, const struct an_merkle_proof *proof,
                             const struct an_merkle_contract *contract, uint64_t unix_now,
                             struct an_buffer *text);

/* Whether what was paid on the chain for a pool is what its signed metrics ask for. Writes the first
 * candidate where it is not. */
bool an_merkle_costs_match(const struct an_merkle_pool *pool,
                           const uint8_t packed[AN_MERKLE_CANDIDATES][AN_WORD_SIZE],
                           size_t *ret_first_wrong);

/* What the payer sent to the chain for one pool. */
struct an_merkle_commitment {
	struct an_merkle_hash pool_hash;
	uint8_t packed[AN_MERKLE_CANDIDATES][AN_WORD_SIZE];
};

/* Looks among the pools of one payment for the one of this hash, and whether it was paid as its
 * metrics ask. False with Autonomi's words in `reason` (NULL is allowed) otherwise. */
bool an_merkle_commitments_match(const struct an_merkle_pool *pool,
                                 const struct an_merkle_hash *pool_hash,
                                 const struct an_merkle_commitment *commitments, size_t count,
                                 struct an_buffer *reason);

#endif
