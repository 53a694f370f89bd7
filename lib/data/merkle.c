/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/merkle.h"

#include <string.h>

#include "base/assert.h"
#include "base/memory.h"
#include "crypt/hash.h"
#include "wire/writer.h"

static struct an_span span_of(const struct an_merkle_hash *hash)
{
	return an_span(hash->bytes, sizeof(hash->bytes));
}

static bool same(const struct an_merkle_hash *a, const struct an_merkle_hash *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

static struct an_merkle_hash hash_one(const struct an_merkle_hash *a)
{
	struct an_merkle_hash result;
	an_sha3_256(span_of(a), result.bytes);
	return result;
}

static struct an_merkle_hash hash_two(const struct an_merkle_hash *a,
                                      const struct an_merkle_hash *b)
{
	struct an_merkle_hash result;
	struct an_hash hash;
	an_hash_init(&hash, AN_HASH_SHA3_256);
	an_hash_add(&hash, span_of(a));
	an_hash_add(&hash, span_of(b));
	an_hash_finish(&hash, result.bytes);
	return result;
}

static void add_number(struct an_hash *hash, uint64_t number, size_t size)
{
	uint8_t bytes[8];
	for (size_t i = 0; i < size; i++)
		bytes[i] = (uint8_t)(number >> 8 * i);
	an_hash_add(hash, an_span(bytes, size));
}

/* ---- Trees. */

size_t an_merkle_leaves(size_t count)
{
	size_t leaves = 1;
	while (leaves < count)
		leaves *= 2;
	return leaves;
}

size_t an_merkle_midpoints(size_t depth)
{
	return (size_t)1 << (depth + 1) / 2;
}

/* Where the nodes of a level begin; level 0 has the leaves. */
static const struct an_merkle_hash *level_of(const struct an_merkle_tree *tree, size_t level)
{
	size_t start = 0;
	for (size_t i = 0; i < level; i++)
		start += (size_t)1 << (tree->depth - i);
	return tree->nodes + start;
}

static void fill_nodes(struct an_merkle_tree *tree, const struct an_merkle_hash *padding)
{
	const size_t leaves = (size_t)1 << tree->depth;
	for (size_t i = 0; i < leaves; i++)
		tree->nodes[i] = i < tree->count ? hash_two(&tree->names[i], &tree->salts[i])
		                                 : padding[i - tree->count];
	struct an_merkle_hash *below = tree->nodes, *level = tree->nodes + leaves;
	for (size_t size = leaves / 2; size > 0; size /= 2) {
		for (size_t i = 0; i < size; i++)
			level[i] = hash_two(&below[2 * i], &below[2 * i + 1]);
		below = level;
		level += size;
	}
	tree->root = hash_one(below);
}

an_status an_merkle_tree_init(struct an_merkle_tree *ret_tree, const struct an_merkle_hash *names,
                              const struct an_merkle_hash *salts, size_t count,
                              const struct an_merkle_hash *padding)
{
	*ret_tree = (struct an_merkle_tree){0};
	if (count < AN_MERKLE_LEAVES_MIN || count > AN_MERKLE_LEAVES_MAX)
		return AUTONOMI_E_INVALID;
	const size_t leaves = an_merkle_leaves(count);
	/* One block: nodes of all levels, names, salts. */
	struct an_merkle_hash *block = an_calloc(2 * leaves + 2 * count, sizeof(block[0]));
	if (block == NULL)
		return AUTONOMI_E_NO_MEMORY;
	ret_tree->nodes = block;
	ret_tree->names = block + 2 * leaves;
	ret_tree->salts = ret_tree->names + count;
	ret_tree->count = count;
	while ((size_t)1 << ret_tree->depth < leaves)
		ret_tree->depth++;
	memcpy(ret_tree->names, names, count * sizeof(names[0]));
	memcpy(ret_tree->salts, salts, count * sizeof(salts[0]));
	fill_nodes(ret_tree, padding);
	return AUTONOMI_OK;
}

void an_merkle_tree_done(struct an_merkle_tree *tree)
{
	an_free(tree->nodes);
	*tree = (struct an_merkle_tree){0};
}

/* The siblings on the way up from node `i` of a level. */
static void fill_branch(const struct an_merkle_tree *tree, size_t level, size_t i,
                        struct an_merkle_branch *branch)
{
	*branch = (struct an_merkle_branch){.index = i,
	                                    .total = (uint64_t)1 << (tree->depth - level),
	                                    .root = tree->root};
	for (; level < tree->depth; level++, i /= 2)
		branch->hashes[branch->hash_count++] = level_of(tree, level)[i ^ 1];
}

void an_merkle_tree_branch(const struct an_merkle_tree *tree, size_t i,
                           struct an_merkle_branch *ret_branch)
{
	an_assert(i < tree->count);
	fill_branch(tree, 0, i, ret_branch);
	ret_branch->unsalted = tree->names[i];
	ret_branch->has_salt = true;
	ret_branch->salt = tree->salts[i];
}

void an_merkle_tree_midpoint(const struct an_merkle_tree *tree, size_t i, uint64_t timestamp,
                             struct an_merkle_midpoint *ret_midpoint)
{
	const size_t level = tree->depth / 2;
	an_assert(i < an_merkle_midpoints(tree->depth));
	fill_branch(tree, level, i, &ret_midpoint->branch);
	ret_midpoint->branch.unsalted = level_of(tree, level)[i];
	ret_midpoint->timestamp = timestamp;
}

void an_merkle_join(const struct an_merkle_hash *left, const struct an_merkle_hash *right,
                    struct an_merkle_hash *ret_node)
{
	*ret_node = hash_two(left, right);
}

void an_merkle_root(struct an_merkle_hash *leaves, size_t count, struct an_merkle_hash *ret_root)
{
	for (; count > 1; count = (count + 1) / 2) {
		for (size_t i = 0; 2 * i < count; i++)
			leaves[i] = 2 * i + 1 < count ? hash_two(&leaves[2 * i], &leaves[2 * i + 1])
			                              : hash_one(&leaves[2 * i]);
	}
	*ret_root = hash_one(&leaves[0]);
}

/* As the tree library climbs: as many rounds as the count has bits, the last one alone. */
bool an_merkle_branch_verify(const struct an_merkle_branch *branch)
{
	struct an_merkle_hash current = branch->has_salt
	                                        ? hash_two(&branch->unsalted, &branch->salt)
	                                        : branch->unsalted;
	if (branch->total == 0 || branch->index >= branch->total)
		return false;
	uint64_t index = branch->index, count = branch->total;
	size_t used = 0;
	for (uint64_t bits = branch->total; bits > 0; bits /= 2) {
		if (index % 2 == 0 && index + 1 == count) {
			current = hash_one(&current);
		} else if (used == branch->hash_count) {
			return false;
		} else {
			const struct an_merkle_hash *sibling = &branch->hashes[used++];
			current = index % 2 == 0 ? hash_two(&current, sibling)
			                         : hash_two(sibling, &current);
		}
		index /= 2;
		count = count / 2 + count % 2;
	}
	return same(&current, &branch->root);
}

/* ---- Pools. */

void an_merkle_midpoint_address(const struct an_merkle_midpoint *midpoint,
                                struct an_merkle_hash *ret_address)
{
	struct an_hash hash;
	an_hash_init(&hash, AN_HASH_SHA3_256);
	an_hash_add(&hash, span_of(&midpoint->branch.unsalted));
	an_hash_add(&hash, span_of(&midpoint->branch.root));
	add_number(&hash, midpoint->timestamp, 8);
	an_hash_finish(&hash, ret_address->bytes);
}

void an_merkle_midpoint_hash(const struct an_merkle_midpoint *midpoint,
                             struct an_merkle_hash *ret_hash)
{
	const struct an_merkle_branch *branch = &midpoint->branch;
	struct an_hash hash;
	an_hash_init(&hash, AN_HASH_SHA3_256);
	for (size_t i = 0; i < branch->hash_count; i++)
		an_hash_add(&hash, span_of(&branch->hashes[i]));
	add_number(&hash, branch->index, 8);
	add_number(&hash, branch->total, 8);
	an_hash_add(&hash, span_of(&branch->unsalted));
	an_hash_add(&hash, span_of(&branch->root));
	add_number(&hash, branch->has_salt ? 1 : 0, 1);
	if (branch->has_salt)
		an_hash_add(&hash, span_of(&branch->salt));
	add_number(&hash, midpoint->timestamp, 8);
	an_hash_finish(&hash, ret_hash->bytes);
}

static void add_candidate(struct an_hash *hash, const struct an_merkle_candidate *candidate)
{
	uint8_t space[AN_QUOTE_SIGNED_MAX];
	an_hash_add(hash, an_span(candidate->public_key.bytes, candidate->public_key.size));
	an_hash_add(hash, an_merkle_candidate_signed_bytes(candidate, space));
	an_hash_add(hash, an_span(candidate->signature.bytes, candidate->signature.size));
}

void an_merkle_pool_hash(const struct an_merkle_pool *pool, struct an_merkle_hash *ret_hash)
{
	struct an_merkle_hash midpoint;
	an_merkle_midpoint_hash(&pool->midpoint, &midpoint);
	struct an_hash hash;
	an_hash_init(&hash, AN_HASH_SHA3_256);
	an_hash_add(&hash, span_of(&midpoint));
	add_number(&hash, AN_MERKLE_CANDIDATES, 4);
	for (size_t i = 0; i < AN_MERKLE_CANDIDATES; i++)
		add_candidate(&hash, &pool->candidates[i]);
	an_hash_finish(&hash, ret_hash->bytes);
}

bool an_merkle_costs_match(const struct an_merkle_pool *pool,
                           const uint8_t packed[AN_MERKLE_CANDIDATES][AN_WORD_SIZE],
                           size_t *ret_first_wrong)
{
	for (size_t i = 0; i < AN_MERKLE_CANDIDATES; i++) {
		uint8_t expected[AN_WORD_SIZE];
		an_quoting_metrics_packed(&pool->candidates[i].metrics, expected);
		*ret_first_wrong = i;
		if (memcmp(expected, packed[i], AN_WORD_SIZE) != 0)
			return false;
	}
	return true;
}

/* ---- Verification. */

static enum an_merkle_fault check_candidates(const struct an_merkle_pool *pool, uint64_t timestamp)
{
	const struct an_merkle_candidate *nodes = pool->candidates;
	for (size_t i = 0; i < AN_MERKLE_CANDIDATES; i++)
		if (!an_merkle_candidate_verify(&nodes[i]))
			return AN_MERKLE_SIGNATURE;
	for (size_t i = 0; i < AN_MERKLE_CANDIDATES; i++)
		if (nodes[i].merkle_payment_timestamp != timestamp)
			return AN_MERKLE_NODE_TIMESTAMP;
	for (size_t i = 1; i < AN_MERKLE_CANDIDATES; i++) {
		if (nodes[i].metrics.data_type != nodes[0].metrics.data_type)
			return AN_MERKLE_DATA_TYPE;
		if (nodes[i].metrics.data_size != nodes[0].metrics.data_size)
			return AN_MERKLE_DATA_SIZE;
	}
	return AN_MERKLE_GOOD;
}

static enum an_merkle_fault check_time(const struct an_merkle_proof *proof, uint64_t timestamp,
                                       uint64_t unix_now)
{
	if (timestamp > unix_now)
		return AN_MERKLE_IN_FUTURE;
	if (unix_now - timestamp > AN_MERKLE_LIFETIME_S)
		return AN_MERKLE_EXPIRED;
	return proof->pool.midpoint.timestamp == timestamp ? AN_MERKLE_GOOD : AN_MERKLE_TIMESTAMP;
}

static enum an_merkle_fault check_branches(const struct an_merkle_proof *proof, size_t depth)
{
	const struct an_merkle_branch *pool = &proof->pool.midpoint.branch;
	if (proof->data.hash_count != depth)
		return AN_MERKLE_DATA_DEPTH;
	if (pool->hash_count != (depth + 1) / 2)
		return AN_MERKLE_POOL_DEPTH;
	if (!an_merkle_branch_verify(&proof->data))
		return AN_MERKLE_DATA_BRANCH;
	if (!an_merkle_branch_verify(pool))
		return AN_MERKLE_POOL_BRANCH;
	if (!same(&proof->address, &proof->data.unsalted))
		return AN_MERKLE_NAME;
	return same(&proof->data.root, &pool->root) ? AN_MERKLE_GOOD : AN_MERKLE_ROOT;
}

static enum an_merkle_fault check_paid(const struct an_merkle_pool *pool,
                                       const struct an_merkle_contract *contract)
{
	if (contract->paid_count != contract->depth)
		return AN_MERKLE_PAID_COUNT;
	for (size_t i = 0; i < contract->paid_count; i++) {
		const struct an_merkle_paid *paid = &contract->paid[i];
		if (paid->index >= AN_MERKLE_CANDIDATES)
			return AN_MERKLE_PAID_INDEX;
		if (memcmp(paid->address, pool->candidates[paid->index].reward_address,
		           AN_REWARDS_ADDRESS_SIZE) != 0)
			return AN_MERKLE_PAID_ADDRESS;
	}
	return AN_MERKLE_GOOD;
}

enum an_merkle_fault an_merkle_proof_verify(const struct an_merkle_proof *proof,
                                            const struct an_merkle_contract *contract,
                                            uint64_t unix_now)
{
	enum an_merkle_fault fault = check_candidates(&proof->pool, contract->timestamp);
	struct an_merkle_hash pool_hash;
	an_merkle_pool_hash(&proof->pool, &pool_hash);
	if (fault == AN_MERKLE_GOOD && !same(&pool_hash, &contract->pool_hash))
		fault = AN_MERKLE_POOL_HASH;
	if (fault == AN_MERKLE_GOOD)
		fault = check_time(proof, contract->timestamp, unix_now);
	if (fault == AN_MERKLE_GOOD)
		fault = check_branches(proof, contract->depth);
	return fault == AN_MERKLE_GOOD ? check_paid(&proof->pool, contract) : fault;
}
