/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Merkle payments through the public functions, against the real crates. */
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "unit/api/data_support.h"

enum { NAME = AUTONOMI_NAME_SIZE, CANDIDATES = AUTONOMI_MERKLE_CANDIDATES };

static const uint8_t seed[AUTONOMI_SEED_SIZE] = {5};
static const uint8_t content[NAME] = {6};
static const uint32_t msgpack = AUTONOMI_FORM_MSGPACK, cbor = AUTONOMI_FORM_CBOR;

static uint8_t *names_of(const json_t *list)
{
	uint8_t *names = malloc(json_array_size(list) * NAME + 1);
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *text = json_string_value(json_array_get(list, i));
		memcpy(names + i * NAME, vector_unhex(text).data, NAME);
	}
	return names;
}

static void check_branch(const autonomi_merkle_branch *branch, const json_t *json)
{
	uint8_t leaf[NAME], root[NAME];
	autonomi_bytes *bytes = NULL;
	ck_assert_int_eq(autonomi_merkle_branch_verify(branch, leaf, root), AUTONOMI_OK);
	data_equal(leaf, NAME, json, "unsalted_leaf_hash");
	data_equal(root, NAME, json, "root");
	ck_assert_int_eq(autonomi_merkle_branch_encode(branch, &bytes), AUTONOMI_OK);
	data_expect(bytes, vector_bytes(json, "msgpack"));
}

/* Leaves that fill up a tree are random: a tree of another number of names than a power of two has
 * another root each time. */
static void check_tree(const json_t *vector)
{
	const json_t *list = vector_get(vector, "names");
	const size_t count = json_array_size(list);
	uint8_t *names = names_of(list), *salts = names_of(vector_get(vector, "salts"));
	autonomi_merkle_tree *tree = NULL;
	uint8_t root[NAME], address[NAME];
	ck_assert_int_eq(autonomi_merkle_tree_new(names, salts, count, seed, &tree), AUTONOMI_OK);
	ck_assert_uint_eq(autonomi_merkle_tree_depth(tree), vector_number(vector, "depth"));
	ck_assert_uint_eq(autonomi_merkle_tree_count(tree), count);
	ck_assert_uint_eq(autonomi_merkle_tree_midpoints(tree),
	                  vector_number(vector, "expected_pools"));
	ck_assert_int_eq(autonomi_merkle_tree_root(tree, root), AUTONOMI_OK);
	const bool is_full = (count & (count - 1)) == 0;
	if (is_full)
		data_equal(root, NAME, vector, "root");
	for (size_t i = 0; i < count; i++) {
		autonomi_merkle_branch *branch = NULL;
		uint8_t leaf[NAME];
		ck_assert_int_eq(autonomi_merkle_tree_branch(tree, i, &branch), AUTONOMI_OK);
		ck_assert_int_eq(autonomi_merkle_branch_verify(branch, leaf, NULL), AUTONOMI_OK);
		ck_assert_mem_eq(leaf, names + i * NAME, NAME);
		if (is_full)
			check_branch(branch, json_array_get(vector_get(vector, "branches"), i));
		autonomi_merkle_branch_free(branch);
	}
	const json_t *midpoints = vector_get(vector, "midpoints");
	for (size_t i = 0; i < json_array_size(midpoints) && is_full; i++) {
		const json_t *midpoint = json_array_get(midpoints, i);
		const uint64_t time = vector_number(midpoint, "merkle_payment_timestamp");
		ck_assert_int_eq(autonomi_merkle_tree_midpoint(tree, i, time, address),
		                 AUTONOMI_OK);
		data_equal(address, NAME, midpoint, "address");
		ck_assert_int_eq(autonomi_merkle_tree_midpoint_hash(tree, i, time, address),
		                 AUTONOMI_OK);
		data_equal(address, NAME, midpoint, "hash");
	}
	ck_assert_ptr_null(autonomi_merkle_tree_free(tree));
	free(names);
	free(salts);
}

static void check_branch_verify(const json_t *vector)
{
	const struct an_span encoded = vector_bytes(vector, "msgpack");
	autonomi_merkle_branch *branch = NULL;
	ck_assert_int_eq(autonomi_merkle_branch_decode(encoded.data, encoded.size, &branch),
	                 AUTONOMI_OK);
	ck_assert_msg(autonomi_merkle_branch_verify(branch, NULL, NULL) ==
	                      (json_is_true(vector_get(vector, "outcome")) ? AUTONOMI_OK
	                                                                   : AUTONOMI_E_CORRUPT),
	              "%s", vector_id());
	autonomi_merkle_branch_free(branch);
}

static void check_candidate(const json_t *vector)
{
	const struct an_span encoded = vector_bytes(vector, "msgpack");
	const struct data_peer_id id = data_peer_id(vector_text(vector, "peer_id"));
	autonomi_merkle_candidate *candidate = NULL, *same = NULL;
	autonomi_bytes *bytes = NULL;
	struct data_peer_id said;
	ck_assert_int_eq(autonomi_merkle_candidate_decode(msgpack, encoded.data, encoded.size,
	                                                  &candidate),
	                 AUTONOMI_OK);
	ck_assert_int_eq(autonomi_merkle_candidate_verify(candidate, said.bytes, &said.size),
	                 AUTONOMI_OK);
	vector_equal(an_span(said.bytes, said.size), an_span(id.bytes, id.size));
	ck_assert_int_eq(autonomi_merkle_candidate_encode(candidate, cbor, &bytes), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_merkle_candidate_decode(cbor, data_span(bytes).data,
	                                                  data_span(bytes).size, &same),
	                 AUTONOMI_OK);
	data_expect(bytes, vector_bytes(vector, "cbor"));
	ck_assert_int_eq(autonomi_merkle_candidate_encode(same, msgpack, &bytes), AUTONOMI_OK);
	data_expect(bytes, encoded);
	ck_assert_int_eq(autonomi_merkle_candidate_signed_bytes(same, &bytes), AUTONOMI_OK);
	data_expect(bytes, vector_bytes(vector, "signed_bytes"));
	autonomi_merkle_candidate_free(same);
	ck_assert_ptr_null(autonomi_merkle_candidate_free(candidate));
}

static void set_metrics(autonomi_quote *quote, const json_t *metrics)
{
	static const char *const names[] = {"data_type",
	                                    "data_size",
	                                    "close_records_stored",
	                                    "max_records",
	                                    "received_payment_count",
	                                    "live_time",
	                                    "network_size"};
	for (uint32_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (vector_has(metrics, names[i]))
			ck_assert_int_eq(autonomi_quote_set_metric(quote, i,
			                                           vector_number(metrics,
			                                                         names[i])),
			                 AUTONOMI_OK);
	}
	const json_t *types = vector_get(metrics, "records_per_type");
	for (size_t i = 0; i < json_array_size(types); i++) {
		const json_t *pair = json_array_get(types, i);
		ck_assert_int_eq(autonomi_quote_add_record_type(
					 quote,
					 (uint32_t)json_integer_value(json_array_get(pair, 0)),
					 (uint32_t)json_integer_value(json_array_get(pair, 1))),
		                 AUTONOMI_OK);
	}
	const bool dense = vector_has(metrics, "network_density");
	ck_assert_int_eq(autonomi_quote_set_network_density(
				 quote,
				 dense ? vector_bytes(metrics, "network_density").data : NULL),
	                 AUTONOMI_OK);
}

static void check_new_candidate(const json_t *vector)
{
	const json_t *node = vector_get(vector, "node");
	const uint8_t *rewards = vector_bytes(node, "reward_address").data;
	autonomi_quote *quote = NULL;
	autonomi_merkle_candidate *candidate = NULL;
	autonomi_bytes *bytes = NULL;
	ck_assert_int_eq(autonomi_quote_new(content, 0, 0, rewards, &quote), AUTONOMI_OK);
	set_metrics(quote, vector_get(node, "quoting_metrics"));
	ck_assert_int_eq(autonomi_merkle_candidate_new(
				 quote, rewards, vector_number(node, "merkle_payment_timestamp"),
				 vector_bytes(vector, "node_secret").data, &candidate),
	                 AUTONOMI_OK);
	ck_assert_int_eq(autonomi_merkle_candidate_encode(candidate, msgpack, &bytes), AUTONOMI_OK);
	data_expect(bytes, vector_bytes(vector, "msgpack"));
	autonomi_merkle_candidate_free(candidate);
	autonomi_quote_free(quote);
}

static void check_candidate_verify(const json_t *vector)
{
	const struct an_span encoded = vector_bytes(vector, "msgpack");
	autonomi_merkle_candidate *candidate = NULL;
	struct data_peer_id said;
	ck_assert_int_eq(autonomi_merkle_candidate_decode(msgpack, encoded.data, encoded.size,
	                                                  &candidate),
	                 AUTONOMI_OK);
	ck_assert_msg(autonomi_merkle_candidate_verify(candidate, said.bytes, &said.size) ==
	                      (vector_is_true(vector, "valid") ? AUTONOMI_OK : AUTONOMI_E_CORRUPT),
	              "%s", vector_id());
	autonomi_merkle_candidate_free(candidate);
}

static void check_pool(const json_t *vector)
{
	const struct an_span encoded = vector_bytes(vector, "msgpack");
	const json_t *commitment = vector_get(vector, "commitment");
	autonomi_merkle_pool *pool = NULL;
	autonomi_bytes *bytes = NULL;
	uint8_t hash[AUTONOMI_WORD_SIZE], packed[CANDIDATES][AUTONOMI_WORD_SIZE];
	size_t wrong = 99;
	ck_assert_int_eq(autonomi_merkle_pool_decode(encoded.data, encoded.size, &pool),
	                 AUTONOMI_OK);
	ck_assert_int_eq(autonomi_merkle_pool_hash(pool, hash), AUTONOMI_OK);
	data_equal(hash, sizeof(hash), vector, "hash");
	ck_assert_int_eq(autonomi_merkle_pool_encode(pool, &bytes), AUTONOMI_OK);
	data_expect(bytes, encoded);
	for (size_t i = 0; i < CANDIDATES; i++) {
		autonomi_merkle_candidate *candidate = NULL;
		struct data_peer_id said;
		memcpy(packed[i], vector_bytes(json_array_get(commitment, i), "packed").data,
		       AUTONOMI_WORD_SIZE);
		ck_assert_int_eq(autonomi_merkle_pool_candidate(pool, i, &candidate), AUTONOMI_OK);
		ck_assert_int_eq(autonomi_merkle_candidate_verify(candidate, said.bytes,
		                                                  &said.size),
		                 AUTONOMI_OK);
		autonomi_merkle_candidate_free(candidate);
	}
	ck_assert_int_eq(autonomi_merkle_pool_check_costs(pool, packed[0], NULL), AUTONOMI_OK);
	packed[3][AUTONOMI_WORD_SIZE - 2] ^= 1;
	ck_assert_int_eq(autonomi_merkle_pool_check_costs(pool, packed[0], &wrong),
	                 AUTONOMI_E_CORRUPT);
	ck_assert_uint_eq(wrong, 3);
	ck_assert_int_eq(autonomi_merkle_pool_check_costs(pool, packed[0], NULL),
	                 AUTONOMI_E_CORRUPT);
	ck_assert_ptr_null(autonomi_merkle_pool_free(pool));
}

static void check_merkle_proof(const json_t *vector)
{
	enum { PAID_MAX = 32 };
	const struct an_span encoded = vector_bytes(vector, "proof_msgpack");
	const json_t *contract = vector_get(vector, "contract");
	const json_t *paid = vector_get(contract, "paid");
	uint8_t addresses[PAID_MAX][AUTONOMI_REWARDS_ADDRESS_SIZE];
	uint64_t indices[PAID_MAX];
	char error[512];
	autonomi_merkle_proof *proof = NULL;
	autonomi_bytes *bytes = NULL;
	for (size_t i = 0; i < json_array_size(paid); i++) {
		const json_t *item = json_array_get(paid, i);
		memcpy(addresses[i], vector_bytes(item, "address").data, sizeof(addresses[i]));
		indices[i] = vector_number(item, "index");
	}
	ck_assert_int_eq(autonomi_merkle_proof_decode(encoded.data, encoded.size, &proof),
	                 AUTONOMI_OK);
	ck_assert_int_eq(autonomi_merkle_proof_encode(proof, &bytes), AUTONOMI_OK);
	data_expect(bytes, encoded);
	const autonomi_status status = autonomi_merkle_proof_verify(
		proof, vector_bytes(contract, "pool_hash").data,
		(uint32_t)vector_number(contract, "depth"), vector_number(contract, "timestamp"),
		addresses[0], indices, json_array_size(paid), vector_number(vector, "now"), error,
		sizeof(error));
	autonomi_merkle_pool *pool = NULL;
	uint8_t hash[AUTONOMI_WORD_SIZE];
	ck_assert_int_eq(autonomi_merkle_proof_pool(proof, &pool), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_merkle_pool_hash(pool, hash), AUTONOMI_OK);
	data_equal(hash, sizeof(hash), vector, "winner_pool_hash");
	autonomi_merkle_pool_free(pool);
	if (vector_is_true(vector, "ok")) {
		ck_assert_int_eq(status, AUTONOMI_OK);
		ck_assert_str_eq(error, "");
	} else {
		ck_assert_int_eq(status, AUTONOMI_E_PAYMENT);
		ck_assert_str_eq(error, vector_text(vector, "error"));
	}
	ck_assert_ptr_null(autonomi_merkle_proof_free(proof));
}

START_TEST(merkle_payments_are_made_and_judged_as_the_real_crate_does)
{
	ck_assert_uint_gt(vector_each("payments", "merkle_tree", check_tree), 0);
	ck_assert_uint_gt(vector_each("payments", "branch_verify", check_branch_verify), 0);
	ck_assert_uint_gt(vector_each("payments", "candidate", check_candidate), 0);
	ck_assert_uint_gt(vector_each("payments", "candidate", check_new_candidate), 0);
	ck_assert_uint_gt(vector_each("payments", "candidate_verify", check_candidate_verify), 0);
	ck_assert_uint_gt(vector_each("payments", "pool", check_pool), 0);
	ck_assert_uint_gt(vector_each("payments", "merkle_verify", check_merkle_proof), 0);
}
END_TEST

/* The first pool that the vectors have: bytes of a pool for tests that need one. */
static uint8_t pool_bytes[65536];
static size_t pool_size;

static void keep_pool(const json_t *vector)
{
	const struct an_span encoded = vector_bytes(vector, "msgpack");
	ck_assert_uint_le(encoded.size, sizeof(pool_bytes));
	memcpy(pool_bytes, encoded.data, encoded.size);
	pool_size = encoded.size;
}

static void load_pool(void)
{
	ck_assert_uint_gt(vector_each("payments", "pool", keep_pool), 0);
}

/* Semantics 8.5: of a tree of depth d the midpoints' way to the root is ceil(d / 2) long. */
START_TEST(midpoints_are_half_way_up)
{
	static const size_t depths[] = {0, 1, 1, 2, 2, 3, 3, 4, 4};
	for (size_t depth = 0; depth < sizeof(depths) / sizeof(depths[0]); depth++)
		ck_assert_uint_eq(autonomi_merkle_midpoint_depth(depth), depths[depth]);
}
END_TEST

START_TEST(a_proof_is_made_of_name_branch_and_pool)
{
	const uint8_t names[3][NAME] = {{1}, {2}, {3}};
	autonomi_merkle_tree *tree = NULL;
	autonomi_merkle_branch *branch = NULL;
	autonomi_merkle_pool *pool = NULL;
	autonomi_merkle_proof *proof = NULL, *read = NULL;
	autonomi_bytes *bytes = NULL;
	char error[64];
	load_pool();
	ck_assert_int_eq(autonomi_merkle_tree_new(names[0], NULL, 3, NULL, &tree), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_merkle_tree_branch(tree, 2, &branch), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_merkle_branch_verify(branch, NULL, NULL), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_merkle_pool_decode(pool_bytes, pool_size, &pool), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_merkle_proof_new(names[2], branch, pool, &proof), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_merkle_proof_encode(proof, &bytes), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_merkle_proof_decode(data_span(bytes).data, data_span(bytes).size,
	                                              &read),
	                 AUTONOMI_OK);
	ck_assert_int_eq(autonomi_merkle_proof_verify(read, content, 2, 0, NULL, NULL, 0, 0, error,
	                                              sizeof(error)),
	                 AUTONOMI_E_PAYMENT);
	ck_assert_str_ne(error, "");
	autonomi_bytes_free(bytes);
	autonomi_merkle_proof_free(proof);
	autonomi_merkle_proof_free(read);
	autonomi_merkle_pool_free(pool);
	autonomi_merkle_branch_free(branch);
	autonomi_merkle_tree_free(tree);
}
END_TEST

START_TEST(arguments_of_merkle_payments_are_checked)
{
	const uint8_t names[2][NAME] = {{1}, {2}};
	autonomi_merkle_tree *tree = NULL, *none = NULL;
	autonomi_merkle_branch *branch = NULL;
	autonomi_merkle_pool *pool = NULL;
	autonomi_merkle_proof *proof = NULL;
	autonomi_merkle_candidate *candidate = NULL;
	autonomi_bytes *bytes = NULL;
	uint8_t out[NAME];
	struct data_peer_id id;
	ck_assert_int_eq(autonomi_merkle_tree_new(names[0], NULL, 1, NULL, &none),
	                 AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_merkle_tree_new(names[0], NULL, 257, NULL, &none),
	                 AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_merkle_tree_new(names[0], NULL, 2, NULL, &tree), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_merkle_tree_root(NULL, out), AUTONOMI_E_INVALID);
	ck_assert_uint_eq(autonomi_merkle_tree_depth(NULL), 0);
	ck_assert_uint_eq(autonomi_merkle_tree_count(NULL), 0);
	ck_assert_uint_eq(autonomi_merkle_tree_midpoints(NULL), 0);
	ck_assert_int_eq(autonomi_merkle_tree_midpoint(tree, 2, 0, out), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_merkle_tree_midpoint_hash(tree, 0, 0, NULL), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_merkle_candidate_new(NULL, out, 0, out, &candidate),
	                 AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_merkle_candidate_signed_bytes(NULL, &bytes), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_merkle_proof_pool(NULL, &pool), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_merkle_tree_branch(tree, 2, &branch), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_merkle_branch_decode(content, 1, NULL), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_merkle_branch_decode(NULL, 1, &branch), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_merkle_branch_decode(content, 1, &branch), AUTONOMI_E_CORRUPT);
	ck_assert_int_eq(autonomi_merkle_branch_encode(NULL, &bytes), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_merkle_branch_verify(NULL, out, out), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_merkle_candidate_decode(3, content, 1, &candidate),
	                 AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_merkle_candidate_decode(cbor, content, 1, &candidate),
	                 AUTONOMI_E_CORRUPT);
	ck_assert_int_eq(autonomi_merkle_candidate_encode(NULL, cbor, &bytes), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_merkle_candidate_encode(NULL, 3, &bytes), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_merkle_candidate_verify(NULL, id.bytes, &id.size),
	                 AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_merkle_pool_decode(content, 1, NULL), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_merkle_pool_decode(content, 1, &pool), AUTONOMI_E_CORRUPT);
	ck_assert_int_eq(autonomi_merkle_pool_encode(NULL, &bytes), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_merkle_pool_hash(NULL, out), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_merkle_pool_candidate(NULL, 0, &candidate), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_merkle_pool_check_costs(NULL, out, NULL), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_merkle_proof_new(out, NULL, NULL, &proof), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_merkle_proof_decode(content, 1, NULL), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_merkle_proof_decode(content, 1, &proof), AUTONOMI_E_CORRUPT);
	ck_assert_int_eq(autonomi_merkle_proof_encode(NULL, &bytes), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_merkle_proof_verify(NULL, out, 0, 0, NULL, NULL, 0, 0, NULL, 0),
	                 AUTONOMI_E_INVALID);
	autonomi_merkle_tree_free(tree);
}
END_TEST

static autonomi_status use_merkle(void)
{
	const uint8_t names[3][NAME] = {{1}, {2}, {3}};
	autonomi_merkle_tree *tree = NULL;
	autonomi_merkle_branch *branch = NULL;
	autonomi_merkle_pool *pool = NULL;
	autonomi_merkle_candidate *candidate = NULL, *made = NULL;
	autonomi_merkle_proof *proof = NULL, *read = NULL;
	autonomi_merkle_pool *paid = NULL;
	autonomi_quote *quote = NULL;
	autonomi_bytes *bytes = NULL, *signed_bytes = NULL;
	autonomi_status status = autonomi_merkle_tree_new(names[0], NULL, 3, seed, &tree);
	if (status == AUTONOMI_OK)
		status = autonomi_merkle_tree_branch(tree, 1, &branch);
	if (status == AUTONOMI_OK)
		status = autonomi_merkle_pool_decode(pool_bytes, pool_size, &pool);
	if (status == AUTONOMI_OK)
		status = autonomi_merkle_pool_candidate(pool, 1, &candidate);
	if (status == AUTONOMI_OK)
		status = autonomi_merkle_candidate_signed_bytes(candidate, &signed_bytes);
	if (status == AUTONOMI_OK)
		status = autonomi_quote_new(content, 0, 0, content, &quote);
	if (status == AUTONOMI_OK)
		status = autonomi_merkle_candidate_new(quote, content, 0, seed, &made);
	if (status == AUTONOMI_OK)
		status = autonomi_merkle_proof_new(names[1], branch, pool, &proof);
	if (status == AUTONOMI_OK)
		status = autonomi_merkle_proof_encode(proof, &bytes);
	if (status == AUTONOMI_OK)
		status = autonomi_merkle_proof_decode(data_span(bytes).data, data_span(bytes).size,
		                                      &read);
	if (status == AUTONOMI_OK)
		status = autonomi_merkle_proof_pool(read, &paid);
	autonomi_merkle_pool_free(paid);
	autonomi_merkle_candidate_free(made);
	autonomi_quote_free(quote);
	autonomi_bytes_free(signed_bytes);
	autonomi_bytes_free(bytes);
	autonomi_merkle_proof_free(proof);
	autonomi_merkle_proof_free(read);
	autonomi_merkle_candidate_free(candidate);
	autonomi_merkle_pool_free(pool);
	autonomi_merkle_branch_free(branch);
	autonomi_merkle_tree_free(tree);
	return status;
}

START_TEST(without_memory_nothing_is_made_and_nothing_leaks)
{
	load_pool();
	data_without_memory(use_merkle, 10);
}
END_TEST

Suite *suite(void)
{
	Suite *merkle = suite_create("data_merkle");
	TCase *tests = tcase_create("merkle");
	tcase_add_test(tests, merkle_payments_are_made_and_judged_as_the_real_crate_does);
	tcase_add_test(tests, midpoints_are_half_way_up);
	tcase_add_test(tests, a_proof_is_made_of_name_branch_and_pool);
	tcase_add_test(tests, arguments_of_merkle_payments_are_checked);
	tcase_add_test(tests, without_memory_nothing_is_made_and_nothing_leaks);
	suite_add_tcase(merkle, tests);
	return merkle;
}
