/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <autonomi/merkle.h>

#include "api/data_handle.h"
#include "base/memory.h"
#include "data/merkle.h"

struct autonomi_merkle_tree {
	struct an_merkle_tree value;
};

struct autonomi_merkle_branch {
	struct an_merkle_branch value;
};

struct autonomi_merkle_candidate {
	struct an_merkle_candidate value;
};

struct autonomi_merkle_pool {
	struct an_merkle_pool value;
};

struct autonomi_merkle_proof {
	struct an_merkle_proof value;
};

/* ---- Trees. */

static an_status make_tree(const uint8_t *names, const uint8_t *salts, size_t count,
                           struct an_random *random, struct an_merkle_tree *ret_tree)
{
	struct an_merkle_hash *hashes = an_malloc(3 * AN_MERKLE_LEAVES_MAX * sizeof(hashes[0]));
	if (hashes == NULL)
		return AUTONOMI_E_NO_MEMORY;
	struct an_merkle_hash *own_salts = hashes + AN_MERKLE_LEAVES_MAX;
	struct an_merkle_hash *padding = own_salts + AN_MERKLE_LEAVES_MAX;
	memcpy(hashes, names, count * sizeof(hashes[0]));
	if (salts != NULL)
		memcpy(own_salts, salts, count * sizeof(hashes[0]));
	else
		an_random_fill(random, own_salts, count * sizeof(hashes[0]));
	an_random_fill(random, padding, AN_MERKLE_LEAVES_MAX * sizeof(hashes[0]));
	const an_status status = an_merkle_tree_init(ret_tree, hashes, own_salts, count, padding);
	an_free(hashes);
	return status;
}

static an_status new_tree(const uint8_t *names, const uint8_t *salts, size_t count,
                          const uint8_t *seed, struct autonomi_merkle_tree **ret_tree)
{
	struct an_random random;
	an_status status = an_api_random(seed, &random);
	if (status != AUTONOMI_OK)
		return status;
	struct autonomi_merkle_tree *tree = an_malloc(sizeof(*tree));
	status = tree != NULL ? make_tree(names, salts, count, &random, &tree->value)
	                      : AUTONOMI_E_NO_MEMORY;
	an_random_done(&random);
	if (status == AUTONOMI_OK)
		*ret_tree = tree;
	else
		an_free(tree);
	return status;
}

autonomi_status autonomi_merkle_tree_new(const uint8_t *names, const uint8_t *salts, size_t count,
                                         const uint8_t *seed, autonomi_merkle_tree **ret_tree)
{
	struct an_guard guard;
	if (names == NULL || count < AN_MERKLE_LEAVES_MIN || count > AN_MERKLE_LEAVES_MAX ||
	    ret_tree == NULL)
		return AUTONOMI_E_INVALID;
	an_guard_begin(&guard);
	return an_guard_leave(&guard, new_tree(names, salts, count, seed, ret_tree));
}

autonomi_merkle_tree *autonomi_merkle_tree_free(autonomi_merkle_tree *tree)
{
	if (tree != NULL)
		an_merkle_tree_done(&tree->value);
	return an_free(tree);
}

autonomi_status autonomi_merkle_tree_root(const autonomi_merkle_tree *tree, uint8_t *ret_root)
{
	if (tree == NULL || ret_root == NULL)
		return AUTONOMI_E_INVALID;
	memcpy(ret_root, tree->value.root.bytes, AN_MERKLE_HASH_SIZE);
	return AUTONOMI_OK;
}

size_t autonomi_merkle_tree_depth(const autonomi_merkle_tree *tree)
{
	return tree != NULL ? tree->value.depth : 0;
}

size_t autonomi_merkle_tree_count(const autonomi_merkle_tree *tree)
{
	return tree != NULL ? tree->value.count : 0;
}

size_t autonomi_merkle_tree_midpoints(const autonomi_merkle_tree *tree)
{
	return tree != NULL ? an_merkle_midpoints(tree->value.depth) : 0;
}

typedef void midpoint_naming(const struct an_merkle_midpoint *midpoint,
                             struct an_merkle_hash *ret_name);

static an_status name_midpoint(const autonomi_merkle_tree *tree, size_t index, uint64_t timestamp,
                               midpoint_naming *naming, uint8_t *ret_name)
{
	struct an_merkle_midpoint midpoint;
	struct an_merkle_hash name;
	if (index >= autonomi_merkle_tree_midpoints(tree) || ret_name == NULL)
		return AUTONOMI_E_INVALID;
	an_merkle_tree_midpoint(&tree->value, index, timestamp, &midpoint);
	naming(&midpoint, &name);
	memcpy(ret_name, name.bytes, sizeof(name.bytes));
	return AUTONOMI_OK;
}

autonomi_status autonomi_merkle_tree_midpoint(const autonomi_merkle_tree *tree, size_t index,
                                              uint64_t timestamp, uint8_t *ret_address)
{
	return name_midpoint(tree, index, timestamp, an_merkle_midpoint_address, ret_address);
}

autonomi_status autonomi_merkle_tree_midpoint_hash(const autonomi_merkle_tree *tree, size_t index,
                                                   uint64_t timestamp, uint8_t *ret_hash)
{
	return name_midpoint(tree, index, timestamp, an_merkle_midpoint_hash, ret_hash);
}

size_t autonomi_merkle_midpoint_depth(size_t depth)
{
	return depth / 2 + depth % 2;
}

/* ---- Branches. */

autonomi_status autonomi_merkle_tree_branch(const autonomi_merkle_tree *tree, size_t index,
                                            autonomi_merkle_branch **ret_branch)
{
	struct an_guard guard;
	if (index >= autonomi_merkle_tree_count(tree) || ret_branch == NULL)
		return AUTONOMI_E_INVALID;
	an_guard_begin(&guard);
	struct autonomi_merkle_branch *branch = an_malloc(sizeof(*branch));
	if (branch == NULL)
		return an_guard_leave(&guard, AUTONOMI_E_NO_MEMORY);
	an_merkle_tree_branch(&tree->value, index, &branch->value);
	*ret_branch = branch;
	return an_guard_leave(&guard, AUTONOMI_OK);
}

autonomi_merkle_branch *autonomi_merkle_branch_free(autonomi_merkle_branch *branch)
{
	return an_free(branch);
}

autonomi_status autonomi_merkle_branch_verify(const autonomi_merkle_branch *branch,
                                              uint8_t *ret_leaf, uint8_t *ret_root)
{
	if (branch == NULL)
		return AUTONOMI_E_INVALID;
	if (ret_leaf != NULL)
		memcpy(ret_leaf, branch->value.unsalted.bytes, AN_MERKLE_HASH_SIZE);
	if (ret_root != NULL)
		memcpy(ret_root, branch->value.root.bytes, AN_MERKLE_HASH_SIZE);
	return an_merkle_branch_verify(&branch->value) ? AUTONOMI_OK : AUTONOMI_E_CORRUPT;
}

/* ---- Reading and writing: objects whose value begins them. */

typedef void reading(struct an_reader *reader, void *ret_value);
typedef void writing(struct an_buffer *out, const void *value);

static an_status read_object(reading *read_value, size_t object_size, const uint8_t *bytes,
                             size_t size, void **ret_object)
{
	struct an_guard guard;
	if (bytes == NULL)
		return AUTONOMI_E_INVALID;
	an_guard_begin(&guard);
	void *object = an_malloc(object_size);
	if (object == NULL)
		return an_guard_leave(&guard, AUTONOMI_E_NO_MEMORY);
	struct an_reader reader = an_reader(an_span(bytes, size));
	read_value(&reader, object);
	const an_status status = an_api_read_whole(&reader);
	if (status == AUTONOMI_OK)
		*ret_object = object;
	else
		an_free(object);
	return an_guard_leave(&guard, status);
}

static an_status write_object(writing *write_value, const void *object,
                              struct autonomi_bytes **ret_bytes)
{
	struct an_guard guard;
	struct an_buffer out;
	if (object == NULL || ret_bytes == NULL)
		return AUTONOMI_E_INVALID;
	an_guard_begin(&guard);
	an_buffer_init(&out, AN_API_BYTES_MAX);
	write_value(&out, object);
	return an_guard_leave(&guard, an_api_take_bytes(&out, out.failed, ret_bytes));
}

static void read_branch(struct an_reader *reader, void *ret_value)
{
	an_merkle_branch_read(reader, ret_value);
}

static void write_branch(struct an_buffer *out, const void *value)
{
	an_merkle_branch_write(out, value);
}

autonomi_status autonomi_merkle_branch_decode(const uint8_t *bytes, size_t size,
                                              autonomi_merkle_branch **ret_branch)
{
	void *object = NULL;
	if (ret_branch == NULL)
		return AUTONOMI_E_INVALID;
	const an_status status = read_object(read_branch, sizeof(**ret_branch), bytes, size,
	                                     &object);
	if (status == AUTONOMI_OK)
		*ret_branch = object;
	return status;
}

autonomi_status autonomi_merkle_branch_encode(const autonomi_merkle_branch *branch,
                                              autonomi_bytes **ret_bytes)
{
	return write_object(write_branch, branch, ret_bytes);
}

/* ---- Candidates. */

static an_status sign_candidate(struct an_merkle_candidate *candidate, const uint8_t *secret)
{
	struct an_key_pair pair;
	an_status status = an_key_pair_from_secret(&pair, secret);
	if (status == AUTONOMI_OK)
		status = an_merkle_candidate_sign(candidate, &pair);
	an_key_pair_done(&pair);
	return status;
}

autonomi_status autonomi_merkle_candidate_new(const autonomi_quote *quote,
                                              const uint8_t *rewards_address, uint64_t timestamp,
                                              const uint8_t *identity_secret,
                                              autonomi_merkle_candidate **ret_candidate)
{
	struct an_guard guard;
	if (quote == NULL || rewards_address == NULL || identity_secret == NULL ||
	    ret_candidate == NULL)
		return AUTONOMI_E_INVALID;
	struct an_merkle_candidate value = {.metrics = quote->value.metrics,
	                                    .merkle_payment_timestamp = timestamp};
	memcpy(value.reward_address, rewards_address, sizeof(value.reward_address));
	an_guard_begin(&guard);
	an_status status = sign_candidate(&value, identity_secret);
	if (status == AUTONOMI_OK)
		status = an_api_give_candidate(&value, ret_candidate);
	return an_guard_leave(&guard, status);
}

autonomi_status autonomi_merkle_candidate_signed_bytes(const autonomi_merkle_candidate *candidate,
                                                       autonomi_bytes **ret_bytes)
{
	struct an_guard guard;
	struct an_buffer out;
	uint8_t space[AN_QUOTE_SIGNED_MAX];
	if (candidate == NULL || ret_bytes == NULL)
		return AUTONOMI_E_INVALID;
	an_guard_begin(&guard);
	an_buffer_init(&out, AN_API_BYTES_MAX);
	const an_status status = an_buffer_append(
		&out, an_merkle_candidate_signed_bytes(&candidate->value, space));
	return an_guard_leave(&guard, an_api_take_bytes(&out, status, ret_bytes));
}

static void read_candidate_msgpack(struct an_reader *reader, void *ret_value)
{
	an_merkle_candidate_read_msgpack(reader, ret_value);
}

static void read_candidate_cbor(struct an_reader *reader, void *ret_value)
{
	an_merkle_candidate_read_cbor(reader, ret_value);
}

static void write_candidate_msgpack(struct an_buffer *out, const void *value)
{
	an_merkle_candidate_write_msgpack(out, value);
}

static void write_candidate_cbor(struct an_buffer *out, const void *value)
{
	an_merkle_candidate_write_cbor(out, value);
}

autonomi_status autonomi_merkle_candidate_decode(uint32_t form, const uint8_t *bytes, size_t size,
                                                 autonomi_merkle_candidate **ret_candidate)
{
	void *object = NULL;
	if (!an_api_is_form(form) || ret_candidate == NULL)
		return AUTONOMI_E_INVALID;
	reading *read_value = form == AUTONOMI_FORM_CBOR ? read_candidate_cbor
	                                                 : read_candidate_msgpack;
	const an_status status = read_object(read_value, sizeof(**ret_candidate), bytes, size,
	                                     &object);
	if (status == AUTONOMI_OK)
		*ret_candidate = object;
	return status;
}

autonomi_merkle_candidate *autonomi_merkle_candidate_free(autonomi_merkle_candidate *candidate)
{
	return an_free(candidate);
}

autonomi_status autonomi_merkle_candidate_encode(const autonomi_merkle_candidate *candidate,
                                                 uint32_t form, autonomi_bytes **ret_bytes)
{
	if (!an_api_is_form(form))
		return AUTONOMI_E_INVALID;
	return write_object(form == AUTONOMI_FORM_CBOR ? write_candidate_cbor
	                                               : write_candidate_msgpack,
	                    candidate, ret_bytes);
}

autonomi_status autonomi_merkle_candidate_verify(const autonomi_merkle_candidate *candidate,
                                                 uint8_t *ret_id, size_t *ret_size)
{
	struct an_guard guard;
	struct an_peer_id id;
	if (candidate == NULL || ret_id == NULL || ret_size == NULL)
		return AUTONOMI_E_INVALID;
	an_guard_begin(&guard);
	const bool good = an_merkle_candidate_verify(&candidate->value) &&
	                  an_merkle_candidate_peer(&candidate->value, &id);
	if (good) {
		memcpy(ret_id, id.bytes, id.size);
		*ret_size = id.size;
	}
	return an_guard_leave(&guard, good ? AUTONOMI_OK : AUTONOMI_E_CORRUPT);
}

/* ---- Pools. */

static void read_pool(struct an_reader *reader, void *ret_value)
{
	an_merkle_pool_read(reader, ret_value);
}

static void write_pool(struct an_buffer *out, const void *value)
{
	an_merkle_pool_write(out, value);
}

autonomi_status autonomi_merkle_pool_decode(const uint8_t *bytes, size_t size,
                                            autonomi_merkle_pool **ret_pool)
{
	void *object = NULL;
	if (ret_pool == NULL)
		return AUTONOMI_E_INVALID;
	const an_status status = read_object(read_pool, sizeof(**ret_pool), bytes, size, &object);
	if (status == AUTONOMI_OK)
		*ret_pool = object;
	return status;
}

autonomi_status autonomi_merkle_pool_encode(const autonomi_merkle_pool *pool,
                                            autonomi_bytes **ret_bytes)
{
	return write_object(write_pool, pool, ret_bytes);
}

autonomi_merkle_pool *autonomi_merkle_pool_free(autonomi_merkle_pool *pool)
{
	return an_free(pool);
}

autonomi_status autonomi_merkle_pool_hash(const autonomi_merkle_pool *pool, uint8_t *ret_hash)
{
	struct an_merkle_hash hash;
	if (pool == NULL || ret_hash == NULL)
		return AUTONOMI_E_INVALID;
	an_merkle_pool_hash(&pool->value, &hash);
	memcpy(ret_hash, hash.bytes, sizeof(hash.bytes));
	return AUTONOMI_OK;
}

an_status an_api_give_candidate(const struct an_merkle_candidate *value,
                                struct autonomi_merkle_candidate **ret_candidate)
{
	struct autonomi_merkle_candidate *candidate = an_malloc(sizeof(*candidate));
	if (candidate == NULL)
		return AUTONOMI_E_NO_MEMORY;
	candidate->value = *value;
	*ret_candidate = candidate;
	return AUTONOMI_OK;
}

autonomi_status autonomi_merkle_pool_candidate(const autonomi_merkle_pool *pool, size_t index,
                                               autonomi_merkle_candidate **ret_candidate)
{
	struct an_guard guard;
	if (pool == NULL || index >= AN_MERKLE_CANDIDATES || ret_candidate == NULL)
		return AUTONOMI_E_INVALID;
	an_guard_begin(&guard);
	return an_guard_leave(&guard,
	                      an_api_give_candidate(&pool->value.candidates[index], ret_candidate));
}

autonomi_status autonomi_merkle_pool_check_costs(const autonomi_merkle_pool *pool,
                                                 const uint8_t *packed_costs, size_t *ret_index)
{
	const uint8_t(*packed)[AN_WORD_SIZE] = (const uint8_t(*)[AN_WORD_SIZE])packed_costs;
	size_t wrong = 0;
	if (pool == NULL || packed_costs == NULL)
		return AUTONOMI_E_INVALID;
	if (an_merkle_costs_match(&pool->value, packed, &wrong))
		return AUTONOMI_OK;
	if (ret_index != NULL)
		*ret_index = wrong;
	return AUTONOMI_E_CORRUPT;
}

/* ---- Proofs. */

static void read_proof(struct an_reader *reader, void *ret_value)
{
	an_merkle_proof_read(reader, ret_value);
}

static void write_proof(struct an_buffer *out, const void *value)
{
	an_merkle_proof_write(out, value);
}

autonomi_status autonomi_merkle_proof_new(const uint8_t *name, const autonomi_merkle_branch *branch,
                                          const autonomi_merkle_pool *pool,
                                          autonomi_merkle_proof **ret_proof)
{
	struct an_guard guard;
	if (name == NULL || branch == NULL || pool == NULL || ret_proof == NULL)
		return AUTONOMI_E_INVALID;
	an_guard_begin(&guard);
	struct autonomi_merkle_proof *proof = an_malloc(sizeof(*proof));
	if (proof == NULL)
		return an_guard_leave(&guard, AUTONOMI_E_NO_MEMORY);
	memcpy(proof->value.address.bytes, name, AN_MERKLE_HASH_SIZE);
	proof->value.data = branch->value;
	proof->value.pool = pool->value;
	*ret_proof = proof;
	return an_guard_leave(&guard, AUTONOMI_OK);
}

autonomi_status autonomi_merkle_proof_pool(const autonomi_merkle_proof *proof,
                                           autonomi_merkle_pool **ret_pool)
{
	struct an_guard guard;
	if (proof == NULL || ret_pool == NULL)
		return AUTONOMI_E_INVALID;
	an_guard_begin(&guard);
	struct autonomi_merkle_pool *pool = an_malloc(sizeof(*pool));
	if (pool == NULL)
		return an_guard_leave(&guard, AUTONOMI_E_NO_MEMORY);
	pool->value = proof->value.pool;
	*ret_pool = pool;
	return an_guard_leave(&guard, AUTONOMI_OK);
}

autonomi_status autonomi_merkle_proof_decode(const uint8_t *bytes, size_t size,
                                             autonomi_merkle_proof **ret_proof)
{
	void *object = NULL;
	if (ret_proof == NULL)
		return AUTONOMI_E_INVALID;
	const an_status status = read_object(read_proof, sizeof(**ret_proof), bytes, size, &object);
	if (status == AUTONOMI_OK)
		*ret_proof = object;
	return status;
}

autonomi_status autonomi_merkle_proof_encode(const autonomi_merkle_proof *proof,
                                             autonomi_bytes **ret_bytes)
{
	return write_object(write_proof, proof, ret_bytes);
}

autonomi_merkle_proof *autonomi_merkle_proof_free(autonomi_merkle_proof *proof)
{
	return an_free(proof);
}

/* Whom the contract paid, as the library wants it. */
static void fill_paid(const uint8_t *addresses, const uint64_t *indices, size_t count,
                      struct an_merkle_paid *ret_paid)
{
	for (size_t i = 0; i < count; i++) {
		memcpy(ret_paid[i].address, addresses + i * AN_REWARDS_ADDRESS_SIZE,
		       AN_REWARDS_ADDRESS_SIZE);
		ret_paid[i].index = indices[i];
	}
}

static an_status verify(const struct an_merkle_proof *proof,
                        const struct an_merkle_contract *contract, uint64_t unix_now, char *reterr,
                        size_t reterr_size)
{
	enum { WORDS_MAX = 1024 };
	struct an_buffer words;
	const enum an_merkle_fault fault = an_merkle_proof_verify(proof, contract, unix_now);
	an_buffer_init(&words, WORDS_MAX);
	an_merkle_fault_display(fault, proof, contract, unix_now, &words);
	const an_status status = fault == AN_MERKLE_GOOD ? AUTONOMI_OK : AUTONOMI_E_PAYMENT;
	an_api_say(an_buffer_span(&words), status, reterr, reterr_size);
	an_buffer_done(&words);
	return status;
}

autonomi_status autonomi_merkle_proof_verify(const autonomi_merkle_proof *proof,
                                             const uint8_t *pool_hash, uint32_t depth,
                                             uint64_t timestamp, const uint8_t *paid_addresses,
                                             const uint64_t *paid_indices, size_t paid_count,
                                             uint64_t unix_now, char *reterr, size_t reterr_size)
{
	struct an_guard guard;
	struct an_merkle_paid paid[UINT8_MAX];
	if (proof == NULL || pool_hash == NULL || depth > UINT8_MAX || paid_count > UINT8_MAX ||
	    !an_api_has(paid_addresses, paid_count) || !an_api_has(paid_indices, paid_count))
		return AUTONOMI_E_INVALID;
	fill_paid(paid_addresses, paid_indices, paid_count, paid);
	struct an_merkle_contract contract = {.depth = (uint8_t)depth,
	                                      .timestamp = timestamp,
	                                      .paid = paid,
	                                      .paid_count = paid_count};
	memcpy(contract.pool_hash.bytes, pool_hash, sizeof(contract.pool_hash.bytes));
	an_guard_begin(&guard);
	return an_guard_leave(&guard,
	                      verify(&proof->value, &contract, unix_now, reterr, reterr_size));
}
