/* SPDX-License-Identifier: GPL-3.0-or-later */
/* payments.json (README.md): Merkle payments. */
#include <string.h>

#include "data/merkle.h"
#include "vectors/payload.h"
#include "vectors/run.h"

/* ---- Values. */

static struct an_merkle_hash hash_of(const json_t *value)
{
	struct an_merkle_hash hash = {{0}};
	const struct an_span bytes = run_bytes_of(value);
	run_must(bytes.size == sizeof(hash.bytes), "a hash of another size");
	if (bytes.size == sizeof(hash.bytes))
		memcpy(hash.bytes, bytes.data, bytes.size);
	return hash;
}

static struct an_merkle_hash *hashes_of(const json_t *list)
{
	const size_t count = json_array_size(list);
	struct an_merkle_hash *hashes = run_memory(count * sizeof(*hashes));
	for (size_t i = 0; i < count; i++)
		hashes[i] = hash_of(json_array_get(list, i));
	return hashes;
}

static json_t *hash_json(const struct an_merkle_hash *hash)
{
	return json_of_bytes(an_span(hash->bytes, sizeof(hash->bytes)));
}

static json_t *branch_json(const struct an_merkle_branch *branch)
{
	json_t *hashes = json_array();
	for (size_t i = 0; i < branch->hash_count; i++)
		json_array_append_new(hashes, hash_json(&branch->hashes[i]));
	return json_pack("{s:o,s:I,s:I,s:o,s:o,s:o}", "proof_hashes", hashes, "leaf_index",
	                 (json_int_t)branch->index, "total_leaves_count", (json_int_t)branch->total,
	                 "unsalted_leaf_hash", hash_json(&branch->unsalted), "root",
	                 hash_json(&branch->root), "salt",
	                 branch->has_salt ? hash_json(&branch->salt) : json_null());
}

/* A branch as it lies in a tree's list: with its bytes and the verdict on it. */
static json_t *listed_branch_json(const struct an_merkle_branch *branch)
{
	json_t *json = branch_json(branch);
	struct an_buffer *bytes = run_buffer();
	an_merkle_branch_write(bytes, branch);
	(void)json_object_set_new(json, "msgpack", json_of_bytes(an_buffer_span(bytes)));
	(void)json_object_set_new(json, "verifies", json_boolean(an_merkle_branch_verify(branch)));
	run_drop_buffer();
	return json;
}

static json_t *midpoint_json(const struct an_merkle_midpoint *midpoint)
{
	struct an_merkle_hash hash, address;
	struct an_buffer *bytes = run_buffer();
	an_merkle_midpoint_hash(midpoint, &hash);
	an_merkle_midpoint_address(midpoint, &address);
	an_merkle_midpoint_write(bytes, midpoint);
	json_t *json = json_pack("{s:o,s:o,s:o,s:o,s:o,s:b}", "address", hash_json(&address),
	                         "branch", branch_json(&midpoint->branch), "hash", hash_json(&hash),
	                         "merkle_payment_timestamp", json_of_number(midpoint->timestamp),
	                         "msgpack", json_of_bytes(an_buffer_span(bytes)), "verifies",
	                         (int)an_merkle_branch_verify(&midpoint->branch));
	run_drop_buffer();
	return json;
}

static struct an_merkle_branch read_branch(const json_t *value)
{
	struct an_merkle_branch branch;
	struct an_reader reader = an_reader(run_bytes_of(run_member(value, "msgpack")));
	an_merkle_branch_read(&reader, &branch);
	run_must(an_reader_ok(&reader), "reading a branch");
	return branch;
}

static struct an_merkle_midpoint read_midpoint(const json_t *value)
{
	struct an_merkle_midpoint midpoint;
	struct an_reader reader = an_reader(run_bytes_of(run_member(value, "msgpack")));
	an_merkle_midpoint_read(&reader, &midpoint);
	run_must(an_reader_ok(&reader), "reading a midpoint");
	return midpoint;
}

static struct an_merkle_pool *read_pool(const char *name)
{
	struct an_merkle_pool *pool = run_memory(sizeof(*pool));
	struct an_buffer *again = run_buffer();
	struct an_reader reader = an_reader(run_bytes(name));
	an_merkle_pool_read(&reader, pool);
	run_must(an_reader_ok(&reader), "reading a pool");
	an_merkle_pool_write(again, pool);
	run_expect_bytes(name, an_buffer_span(again));
	return pool;
}

static void expect_pool_hash(const char *name, const struct an_merkle_pool *pool)
{
	struct an_merkle_hash hash;
	an_merkle_pool_hash(pool, &hash);
	run_expect(name, hash_json(&hash));
}

json_t *json_of_merkle_proof(const struct an_merkle_proof *proof)
{
	const struct an_merkle_pool *pool = &proof->pool;
	json_t *nodes = json_array();
	for (size_t i = 0; i < AN_MERKLE_CANDIDATES; i++)
		json_array_append_new(nodes, json_of_candidate(&pool->candidates[i]));
	return json_pack("{s:o,s:o,s:{s:{s:o,s:o},s:o}}", "address", hash_json(&proof->address),
	                 "data_proof", branch_json(&proof->data), "winner_pool", "midpoint_proof",
	                 "branch", branch_json(&pool->midpoint.branch), "merkle_payment_timestamp",
	                 json_of_number(pool->midpoint.timestamp), "candidate_nodes", nodes);
}

/* ---- Trees. */

/* Padding leaves are random and not given: of a tree that has some, branches come from the case, and
 * must be those of its names, lead to its root and agree with each other by that. */
static struct an_merkle_branch branch_of(const struct an_merkle_tree *tree, bool is_full, size_t i)
{
	struct an_merkle_branch branch;
	an_merkle_tree_branch(tree, i, &branch);
	if (is_full)
		return branch;
	const struct an_merkle_branch own = branch;
	branch = read_branch(json_array_get(run_list("branches"), i));
	const struct an_merkle_hash root = hash_of(run_get("root"));
	run_must(branch.index == own.index && branch.total == own.total &&
	                 branch.hash_count == own.hash_count && branch.has_salt &&
	                 memcmp(&branch.unsalted, &own.unsalted, sizeof(own.unsalted)) == 0 &&
	                 memcmp(&branch.salt, &own.salt, sizeof(own.salt)) == 0 &&
	                 memcmp(&branch.root, &root, sizeof(root)) == 0 &&
	                 an_merkle_branch_verify(&branch),
	         "a branch of another tree");
	return branch;
}

static struct an_merkle_midpoint midpoint_of(const struct an_merkle_tree *tree, bool is_full,
                                             size_t i)
{
	const json_t *given = json_array_get(run_list("midpoints"), i);
	const uint64_t timestamp = run_number_of(run_member(given, "merkle_payment_timestamp"));
	struct an_merkle_midpoint midpoint;
	an_merkle_tree_midpoint(tree, i, timestamp, &midpoint);
	if (is_full)
		return midpoint;
	const struct an_merkle_midpoint own = midpoint;
	const struct an_merkle_hash root = hash_of(run_get("root"));
	midpoint = read_midpoint(given);
	run_must(midpoint.branch.index == own.branch.index &&
	                 midpoint.branch.total == own.branch.total &&
	                 midpoint.branch.hash_count == own.branch.hash_count &&
	                 !midpoint.branch.has_salt &&
	                 memcmp(&midpoint.branch.root, &root, sizeof(root)) == 0 &&
	                 an_merkle_branch_verify(&midpoint.branch),
	         "a midpoint of another tree");
	return midpoint;
}

static void expect_tree(const struct an_merkle_tree *tree, bool is_full)
{
	json_t *branches = json_array();
	json_t *midpoints = json_array();
	for (size_t i = 0; i < tree->count; i++) {
		const struct an_merkle_branch branch = branch_of(tree, is_full, i);
		json_array_append_new(branches, listed_branch_json(&branch));
	}
	for (size_t i = 0; i < an_merkle_midpoints(tree->depth); i++) {
		const struct an_merkle_midpoint midpoint = midpoint_of(tree, is_full, i);
		json_array_append_new(midpoints, midpoint_json(&midpoint));
	}
	run_expect("branches", branches);
	run_expect("midpoints", midpoints);
	if (is_full)
		run_expect("root", hash_json(&tree->root));
	run_expect_integer("depth", (int64_t)tree->depth);
	run_expect_integer("expected_pools", (int64_t)an_merkle_midpoints(tree->depth));
}

static void check_tree(void)
{
	const json_t *names = run_list("names");
	const size_t count = json_array_size(names);
	struct an_merkle_tree tree;
	const bool same_count = json_array_size(run_list("salts")) == count &&
	                        json_array_size(run_list("branches")) == count;
	if (!same_count ||
	    an_merkle_tree_init(&tree, hashes_of(names), hashes_of(run_list("salts")), count,
	                        run_memory(AN_MERKLE_LEAVES_MAX * sizeof(struct an_merkle_hash))) !=
	            AUTONOMI_OK) {
		run_fail("no tree");
		return;
	}
	if (json_array_size(run_list("midpoints")) == an_merkle_midpoints(tree.depth))
		expect_tree(&tree, an_merkle_leaves(count) == count);
	else
		run_fail("another number of midpoints");
	an_merkle_tree_done(&tree);
}

static struct an_merkle_hash *leaves_of(const json_t *description, size_t *ret_count)
{
	const json_t *seeds = run_member(description, "seeds");
	const char *generator = run_text_of(run_member(description, "generator"));
	const size_t count = json_array_size(seeds);
	struct an_merkle_hash *leaves = run_memory(count * sizeof(*leaves));
	run_must(json_object_size(description) == 3 && count > 0 &&
	                 run_number_of(run_member(description, "length")) == sizeof(*leaves),
	         "leaves");
	for (size_t i = 0; i < count; i++)
		run_must(payload_fill(generator, run_number_of(json_array_get(seeds, i)),
		                      an_span(NULL, 0), leaves[i].bytes, sizeof(leaves[i].bytes)),
		         "generator");
	*ret_count = count;
	return leaves;
}

static json_t *level_json(const struct an_merkle_hash *level, size_t count)
{
	json_t *json = json_array();
	for (size_t i = 0; i < count; i++)
		json_array_append_new(json, hash_json(&level[i]));
	return json;
}

/* Each level's nodes are roots of the subtrees below, but for the last hash. */
static void expect_levels(struct an_merkle_hash *leaves, size_t count)
{
	json_t *levels = json_array();
	for (; count > 1; count /= 2) {
		json_array_append_new(levels, level_json(leaves, count));
		for (size_t i = 0; i < count / 2; i++)
			an_merkle_join(&leaves[2 * i], &leaves[2 * i + 1], &leaves[i]);
	}
	json_array_append_new(levels, level_json(leaves, 1));
	struct an_merkle_hash root;
	an_merkle_root(leaves, 1, &root);
	json_array_append_new(levels, level_json(&root, 1));
	run_expect("levels", levels);
}

static void check_levels(void)
{
	size_t count;
	struct an_merkle_hash *leaves = leaves_of(run_get("leaves"), &count);
	struct an_merkle_hash *copy = run_memory(count * sizeof(*copy));
	struct an_merkle_hash root;
	memcpy(copy, leaves, count * sizeof(*copy));
	an_merkle_root(copy, count, &root);
	run_expect("root", hash_json(&root));
	if (run_has("levels"))
		expect_levels(leaves, count);
}

static void check_depths(void)
{
	const json_t *rows = run_list("rows");
	json_t *own = json_array();
	for (size_t i = 0; i < json_array_size(rows); i++) {
		const uint64_t depth = run_number_of(run_member(json_array_get(rows, i), "depth"));
		run_must(depth == i, "a depth left out");
		json_array_append_new(
			own, json_pack("{s:I,s:I}", "depth", (json_int_t)depth, "pools",
		                       (json_int_t)an_merkle_midpoints((size_t)(depth & 31))));
	}
	run_must(json_array_size(rows) == AN_MERKLE_DEPTH_MAX + 1, "another number of depths");
	run_expect("rows", own);
}

static void check_branch_verify(void)
{
	struct an_merkle_branch branch;
	struct an_buffer *out = run_buffer();
	struct an_reader reader = an_reader(run_bytes("msgpack"));
	an_merkle_branch_read(&reader, &branch);
	run_must(an_reader_ok(&reader), "reading msgpack");
	run_expect("branch", branch_json(&branch));
	an_merkle_branch_write(out, &branch);
	run_expect_bytes("msgpack", an_buffer_span(out));
	run_expect_bool("outcome", an_merkle_branch_verify(&branch));
}

/* ---- Pools and proofs. */

static void check_pool(void)
{
	const struct an_merkle_pool *pool = read_pool("msgpack");
	json_t *nodes = json_array();
	json_t *commitment = json_array();
	for (size_t i = 0; i < AN_MERKLE_CANDIDATES; i++) {
		const struct an_merkle_candidate *node = &pool->candidates[i];
		uint8_t packed[AN_WORD_SIZE];
		an_quoting_metrics_packed(&node->metrics, packed);
		json_array_append_new(nodes, json_of_candidate(node));
		json_array_append_new(commitment,
		                      json_pack("{s:o,s:o}", "packed",
		                                json_of_bytes(an_span(packed, sizeof(packed))),
		                                "rewards_address",
		                                json_of_bytes(an_span(node->reward_address,
		                                                      AN_REWARDS_ADDRESS_SIZE))));
	}
	run_expect("candidate_nodes", nodes);
	run_expect("commitment", commitment);
	run_expect("midpoint_proof", midpoint_json(&pool->midpoint));
	expect_pool_hash("hash", pool);
}

static struct an_merkle_commitment commitment_of(const json_t *value)
{
	struct an_merkle_commitment commitment = {0};
	const json_t *packed = run_member(value, "packed");
	run_must(json_array_size(packed) == AN_MERKLE_CANDIDATES && json_object_size(value) == 2,
	         "a commitment of another form");
	commitment.pool_hash = hash_of(run_member(value, "pool_hash"));
	for (size_t i = 0; i < json_array_size(packed) && i < AN_MERKLE_CANDIDATES; i++) {
		const struct an_merkle_hash word = hash_of(json_array_get(packed, i));
		memcpy(commitment.packed[i], word.bytes, AN_WORD_SIZE);
	}
	return commitment;
}

static void check_cost_units(void)
{
	const struct an_merkle_pool *pool = read_pool("pool_msgpack");
	const json_t *list = run_list("on_chain");
	const size_t count = json_array_size(list);
	struct an_merkle_commitment *commitments = run_memory(count * sizeof(*commitments));
	struct an_buffer *reason = run_buffer();
	struct an_merkle_hash hash;
	for (size_t i = 0; i < count; i++)
		commitments[i] = commitment_of(json_array_get(list, i));
	an_merkle_pool_hash(pool, &hash);
	expect_pool_hash("pool_hash", pool);
	const bool match = an_merkle_commitments_match(pool, &hash, commitments, count, reason);
	run_expect("error", match ? json_null() : json_of_text(an_buffer_span(reason)));
}

static void contract_from(const json_t *value, struct an_merkle_contract *ret_contract)
{
	const json_t *list = run_member(value, "paid");
	const size_t count = json_array_size(list);
	const uint64_t depth = run_number_of(run_member(value, "depth"));
	struct an_merkle_paid *paid = run_memory(count * sizeof(*paid));
	run_must(json_object_size(value) == 4 && depth <= UINT8_MAX, "contract");
	for (size_t i = 0; i < count; i++) {
		const json_t *item = json_array_get(list, i);
		const struct an_span address = run_bytes_of(run_member(item, "address"));
		paid[i].index = run_number_of(run_member(item, "index"));
		run_must(address.size == AN_REWARDS_ADDRESS_SIZE && json_object_size(item) == 2,
		         "address");
		if (address.size == AN_REWARDS_ADDRESS_SIZE)
			memcpy(paid[i].address, address.data, address.size);
	}
	*ret_contract = (struct an_merkle_contract){
		.depth = (uint8_t)depth,
		.timestamp = run_number_of(run_member(value, "timestamp")),
		.pool_hash = hash_of(run_member(value, "pool_hash")),
		.paid = paid,
		.paid_count = count,
	};
}

static void check_merkle_verify(void)
{
	struct an_merkle_proof *proof = run_memory(sizeof(*proof));
	struct an_buffer *out = run_buffer();
	struct an_buffer *reason = run_buffer();
	struct an_merkle_contract contract;
	struct an_reader reader = an_reader(run_bytes("proof_msgpack"));
	const uint64_t now = run_number("now");
	an_merkle_proof_read(&reader, proof);
	run_must(an_reader_ok(&reader), "reading a proof");
	an_merkle_proof_write(out, proof);
	run_expect_bytes("proof_msgpack", an_buffer_span(out));
	contract_from(run_get("contract"), &contract);
	const enum an_merkle_fault fault = an_merkle_proof_verify(proof, &contract, now);
	run_expect_bool("ok", fault == AN_MERKLE_GOOD);
	an_merkle_fault_display(fault, proof, &contract, now, reason);
	run_expect("error",
	           fault == AN_MERKLE_GOOD ? json_null() : json_of_text(an_buffer_span(reason)));
	expect_pool_hash("winner_pool_hash", &proof->pool);
}

const struct run_kind run_merkle[] = {
	{"payments", "merkle_tree", check_tree},
	{"payments", "merkle_levels", check_levels},
	{"payments", "depth_table", check_depths},
	{"payments", "branch_verify", check_branch_verify},
	{"payments", "pool", check_pool},
	{"payments", "cost_units", check_cost_units},
	{"payments", "merkle_verify", check_merkle_verify},
	{NULL, NULL, NULL},
};
