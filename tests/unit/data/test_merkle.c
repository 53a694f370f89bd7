/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Merkle payments against the real crates. */
#include <check.h>
#include <stdlib.h>

#include "crypt/hash.h"
#include "data/merkle.h"
#include "harness.h"
#include "vectors/vector.h"

static struct an_buffer out;
static struct an_merkle_pool pool;
static struct an_merkle_proof merkle_proof;

static void setup(void)
{
	an_buffer_init(&out, 1 << 24);
}

static void teardown(void)
{
	an_buffer_done(&out);
}

static struct an_merkle_hash hash_of(const char *text)
{
	struct an_merkle_hash hash;
	memcpy(hash.bytes, vector_unhex(text).data, sizeof(hash.bytes));
	return hash;
}

static void hashes_equal(const struct an_merkle_hash *actual, const json_t *object,
                         const char *name)
{
	vector_equal(an_span(actual->bytes, sizeof(actual->bytes)), vector_bytes(object, name));
}

/* ---- Merkle trees. */

static void check_branch_msgpack(const json_t *item, const struct an_merkle_branch *branch)
{
	an_buffer_clear(&out);
	an_merkle_branch_write(&out, branch);
	vector_equal(an_buffer_span(&out), vector_bytes(item, "msgpack"));
}

static void check_midpoint(const json_t *item, struct an_merkle_midpoint *midpoint)
{
	struct an_reader reader = vector_reader(item, "msgpack");
	an_merkle_midpoint_read(&reader, midpoint);
	ck_assert(an_reader_ok(&reader));
	an_buffer_clear(&out);
	an_merkle_midpoint_write(&out, midpoint);
	vector_equal(an_buffer_span(&out), vector_bytes(item, "msgpack"));
	struct an_merkle_hash hash;
	an_merkle_midpoint_hash(midpoint, &hash);
	hashes_equal(&hash, item, "hash");
	an_merkle_midpoint_address(midpoint, &hash);
	hashes_equal(&hash, item, "address");
	ck_assert(an_merkle_branch_verify(&midpoint->branch) == vector_is_true(item, "verifies"));
}

/* What the vector has of a tree is right; padding is random, so only full trees can be made again. */
static void check_given(const json_t *vector)
{
	size_t i;
	const json_t *item;
	struct an_merkle_branch branch;
	struct an_merkle_midpoint midpoint;
	json_array_foreach(vector_get(vector, "branches"), i, item)
	{
		struct an_reader reader = vector_reader(item, "msgpack");
		an_merkle_branch_read(&reader, &branch);
		ck_assert(an_reader_ok(&reader));
		check_branch_msgpack(item, &branch);
		ck_assert(an_merkle_branch_verify(&branch) == vector_is_true(item, "verifies"));
		hashes_equal(&branch.unsalted, item, "unsalted_leaf_hash");
	}
	json_array_foreach(vector_get(vector, "midpoints"), i, item)
	{
		check_midpoint(item, &midpoint);
	}
}

static void check_made(const json_t *vector, const struct an_merkle_tree *tree)
{
	hashes_equal(&tree->root, vector, "root");
	size_t i;
	const json_t *item;
	json_array_foreach(vector_get(vector, "branches"), i, item)
	{
		struct an_merkle_branch branch;
		an_merkle_tree_branch(tree, i, &branch);
		check_branch_msgpack(item, &branch);
	}
	json_array_foreach(vector_get(vector, "midpoints"), i, item)
	{
		struct an_merkle_midpoint midpoint;
		an_merkle_tree_midpoint(tree, i, vector_number(item, "merkle_payment_timestamp"),
		                        &midpoint);
		an_buffer_clear(&out);
		an_merkle_midpoint_write(&out, &midpoint);
		vector_equal(an_buffer_span(&out), vector_bytes(item, "msgpack"));
	}
}

static size_t trees_made;

static void check_tree(const json_t *vector)
{
	static struct an_merkle_hash names[AN_MERKLE_LEAVES_MAX], salts[AN_MERKLE_LEAVES_MAX],
		padding[AN_MERKLE_LEAVES_MAX];
	const json_t *texts = vector_get(vector, "names");
	const size_t count = json_array_size(texts);
	for (size_t i = 0; i < count; i++) {
		names[i] = hash_of(json_string_value(json_array_get(texts, i)));
		salts[i] = hash_of(
			json_string_value(json_array_get(vector_get(vector, "salts"), i)));
	}
	check_given(vector);
	struct an_merkle_tree tree;
	ck_assert_int_eq(an_merkle_tree_init(&tree, names, salts, count, padding), AUTONOMI_OK);
	ck_assert_uint_eq(tree.depth, vector_number(vector, "depth"));
	ck_assert_uint_eq(an_merkle_midpoints(tree.depth), vector_number(vector, "expected_pools"));
	if (an_merkle_leaves(count) == count) {
		check_made(vector, &tree);
		trees_made++;
	}
	an_merkle_tree_done(&tree);
}

START_TEST(trees_have_the_roots_branches_and_midpoints_of_the_real_crate)
{
	trees_made = 0;
	ck_assert_uint_eq(vector_each("payments", "merkle_tree", check_tree), 7);
	ck_assert_uint_eq(trees_made, 4);
}
END_TEST

START_TEST(a_tree_of_one_name_or_too_many_is_refused)
{
	struct an_merkle_tree tree;
	struct an_merkle_hash one = {{1}};
	ck_assert_int_eq(an_merkle_tree_init(&tree, &one, &one, 1, &one), AUTONOMI_E_INVALID);
	ck_assert_int_eq(an_merkle_tree_init(&tree, &one, &one, AN_MERKLE_LEAVES_MAX + 1, &one),
	                 AUTONOMI_E_INVALID);
}
END_TEST

static void check_levels(const json_t *vector)
{
	static struct an_merkle_hash leaves[AN_MERKLE_LEAVES_MAX];
	const json_t *seeds = vector_get(vector_get(vector, "leaves"), "seeds");
	const size_t count = json_array_size(seeds);
	for (size_t i = 0; i < count; i++) {
		const uint64_t seed = strtoull(json_string_value(json_array_get(seeds, i)), NULL,
		                               10);
		uint8_t block[16] = {0};
		for (size_t k = 0; k < 8; k++)
			block[k] = (uint8_t)(seed >> 8 * k);
		an_sha256(an_span(block, sizeof(block)), leaves[i].bytes);
	}
	struct an_merkle_hash root, joined, above;
	an_merkle_join(&leaves[0], &leaves[1], &joined);
	an_merkle_root(&joined, 1, &above);
	an_merkle_root(leaves, count, &root);
	ck_assert(count > 2 || memcmp(&above, &root, sizeof(root)) == 0);
	hashes_equal(&root, vector, "root");
}

static void check_depths(const json_t *vector)
{
	size_t i;
	const json_t *row;
	json_array_foreach(vector_get(vector, "rows"), i, row)
	{
		ck_assert_uint_eq(an_merkle_midpoints((size_t)vector_number(row, "depth")),
		                  vector_number(row, "pools"));
	}
}

START_TEST(roots_and_pool_counts_are_those_of_the_real_crate)
{
	ck_assert_uint_eq(vector_each("payments", "merkle_levels", check_levels), 5);
	ck_assert_uint_eq(vector_each("payments", "depth_table", check_depths), 1);
}
END_TEST

static void check_branch(const json_t *vector)
{
	struct an_reader reader = vector_reader(vector, "msgpack");
	struct an_merkle_branch branch;
	an_merkle_branch_read(&reader, &branch);
	ck_assert(an_reader_ok(&reader));
	ck_assert_msg(an_merkle_branch_verify(&branch) == vector_is_true(vector, "outcome"), "%s",
	              vector_id());
}

START_TEST(branches_are_judged_as_the_real_crate_judges_them)
{
	ck_assert_uint_eq(vector_each("payments", "branch_verify", check_branch), 25);
}
END_TEST

/* ---- Pools, proofs. */

static void read_pool(const json_t *vector, const char *name)
{
	struct an_reader reader = vector_reader(vector, name);
	an_merkle_pool_read(&reader, &pool);
	ck_assert_msg(an_reader_ok(&reader), "%s", vector_id());
	an_buffer_clear(&out);
	an_merkle_pool_write(&out, &pool);
	vector_equal(an_buffer_span(&out), vector_bytes(vector, name));
}

static void check_pool(const json_t *vector)
{
	read_pool(vector, "msgpack");
	struct an_merkle_hash hash;
	an_merkle_pool_hash(&pool, &hash);
	hashes_equal(&hash, vector, "hash");
	size_t i;
	const json_t *item;
	json_array_foreach(vector_get(vector, "commitment"), i, item)
	{
		uint8_t packed[AN_WORD_SIZE];
		an_quoting_metrics_packed(&pool.candidates[i].metrics, packed);
		vector_equal(an_span(packed, sizeof(packed)), vector_bytes(item, "packed"));
		vector_equal(an_span(pool.candidates[i].reward_address, AN_REWARDS_ADDRESS_SIZE),
		             vector_bytes(item, "rewards_address"));
	}
	ck_assert_uint_eq(i, AN_MERKLE_CANDIDATES);
}

static void check_cost_units(const json_t *vector)
{
	read_pool(vector, "pool_msgpack");
	struct an_merkle_commitment commitments[4] = {0};
	struct an_merkle_hash hash;
	const json_t *on_chain = vector_get(vector, "on_chain");
	const size_t count = json_array_size(on_chain);
	ck_assert_uint_le(count, 4);
	for (size_t i = 0; i < count; i++) {
		const json_t *item = json_array_get(on_chain, i);
		commitments[i].pool_hash = hash_of(vector_text(item, "pool_hash"));
		for (size_t k = 0; k < AN_MERKLE_CANDIDATES; k++)
			memcpy(commitments[i].packed[k],
			       vector_unhex(json_string_value(
						    json_array_get(vector_get(item, "packed"), k)))
			               .data,
			       AN_WORD_SIZE);
	}
	an_merkle_pool_hash(&pool, &hash);
	an_buffer_clear(&out);
	const bool match = an_merkle_commitments_match(&pool, &hash, commitments, count, &out);
	ck_assert(match == an_merkle_commitments_match(&pool, &hash, commitments, count, NULL));
	ck_assert_msg(match != vector_has(vector, "error"), "%s", vector_id());
	vector_equal(an_buffer_span(&out), an_span_text(match ? "" : vector_text(vector, "error")));
}

START_TEST(pools_have_the_hash_and_the_costs_of_the_real_crate)
{
	ck_assert_uint_eq(vector_each("payments", "pool", check_pool), 2);
	ck_assert_uint_eq(vector_each("payments", "cost_units", check_cost_units), 6);
}
END_TEST

static void assert_fault_words(enum an_merkle_fault fault,
                               const struct an_merkle_contract *contract, uint64_t now,
                               const char *expected)
{
	an_buffer_clear(&out);
	an_merkle_fault_display(fault, &merkle_proof, contract, now, &out);
	vector_equal(an_buffer_span(&out), an_span_text(expected));
}

static void check_merkle_verify(const json_t *vector)
{
	struct an_reader reader = vector_reader(vector, "proof_msgpack");
	an_merkle_proof_read(&reader, &merkle_proof);
	ck_assert(an_reader_ok(&reader));
	an_buffer_clear(&out);
	an_merkle_proof_write(&out, &merkle_proof);
	vector_equal(an_buffer_span(&out), vector_bytes(vector, "proof_msgpack"));

	const json_t *json = vector_get(vector, "contract");
	struct an_merkle_paid paid[AN_MERKLE_DEPTH_MAX];
	const struct an_merkle_contract contract = {
		.depth = (uint8_t)vector_number(json, "depth"),
		.timestamp = vector_number(json, "timestamp"),
		.pool_hash = hash_of(vector_text(json, "pool_hash")),
		.paid = paid,
		.paid_count = json_array_size(vector_get(json, "paid")),
	};
	for (size_t i = 0; i < contract.paid_count; i++) {
		const json_t *item = json_array_get(vector_get(json, "paid"), i);
		vector_copy(item, "address", paid[i].address, AN_REWARDS_ADDRESS_SIZE);
		paid[i].index = vector_number(item, "index");
	}
	const enum an_merkle_fault fault = an_merkle_proof_verify(&merkle_proof, &contract,
	                                                          vector_number(vector, "now"));
	ck_assert_msg((fault == AN_MERKLE_GOOD) == vector_is_true(vector, "ok"), "%s: %d",
	              vector_id(), fault);
	assert_fault_words(fault, &contract, vector_number(vector, "now"),
	                   fault != AN_MERKLE_GOOD ? vector_text(vector, "error") : "");
}

START_TEST(merkle_payments_are_judged_as_the_real_crate_judges_them)
{
	ck_assert_uint_eq(vector_each("payments", "merkle_verify", check_merkle_verify), 18);
}
END_TEST

START_TEST(faults_of_the_pool_have_words_too)
{
	const struct an_merkle_contract contract = {.depth = 3, .timestamp = 7};
	merkle_proof = (struct an_merkle_proof){0};
	merkle_proof.pool.midpoint.timestamp = 8;
	assert_fault_words(
		AN_MERKLE_TIMESTAMP, &contract, 9,
		"Merkle proof verification failed: Winner pool timestamp 8 doesn't match "
		"smart contract timestamp 7");
	assert_fault_words(
		AN_MERKLE_POOL_DEPTH, &contract, 9,
		"Merkle proof verification failed: Winner proof depth mismatch: expected "
		"2, got 0");
	assert_fault_words(AN_MERKLE_POOL_BRANCH, &contract, 9,
	                   "Merkle proof verification failed: Winner/intersection branch proof "
	                   "failed Merkle verification");
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("data/merkle");
	TCase *tcase = tcase_create("vectors");
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, trees_have_the_roots_branches_and_midpoints_of_the_real_crate);
	tcase_add_test(tcase, a_tree_of_one_name_or_too_many_is_refused);
	tcase_add_test(tcase, roots_and_pool_counts_are_those_of_the_real_crate);
	tcase_add_test(tcase, branches_are_judged_as_the_real_crate_judges_them);
	tcase_add_test(tcase, pools_have_the_hash_and_the_costs_of_the_real_crate);
	tcase_add_test(tcase, faults_of_the_pool_have_words_too);
	tcase_add_test(tcase, merkle_payments_are_judged_as_the_real_crate_judges_them);
	suite_add_tcase(s, tcase);
	return s;
}
