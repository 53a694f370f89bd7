/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Quotes, proofs of payment and Merkle payments against the real crates. */
#include <check.h>
#include <stdlib.h>

#include "base/memory.h"
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

static struct an_reader reader_of(const json_t *vector, const char *name)
{
	return an_reader(vector_bytes(vector, name));
}

static bool is_true(const json_t *object, const char *name)
{
	return json_is_true(vector_get(object, name));
}

static void copy(const json_t *object, const char *name, void *to, size_t size)
{
	const struct an_span bytes = vector_bytes(object, name);
	ck_assert_uint_eq(bytes.size, size);
	memcpy(to, bytes.data, size);
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

static struct an_peer_id peer_of(const char *text)
{
	struct an_peer_id id;
	ck_assert_int_eq(an_peer_id_from_text(&id, an_span_text(text)), AUTONOMI_OK);
	return id;
}

/* ---- Values of the vectors as ours. */

static struct an_quoting_metrics metrics_of(const json_t *json)
{
	struct an_quoting_metrics metrics = {
		.data_type = (uint32_t)vector_number(json, "data_type"),
		.data_size = vector_number(json, "data_size"),
		.close_records_stored = vector_number(json, "close_records_stored"),
		.max_records = vector_number(json, "max_records"),
		.received_payment_count = vector_number(json, "received_payment_count"),
		.live_time = vector_number(json, "live_time"),
		.has_network_density = vector_has(json, "network_density"),
		.has_network_size = vector_has(json, "network_size"),
	};
	const json_t *types = vector_get(json, "records_per_type");
	metrics.record_type_count = json_array_size(types);
	for (size_t i = 0; i < metrics.record_type_count; i++) {
		const json_t *pair = json_array_get(types, i);
		metrics.records_per_type[i].type = (uint32_t)json_integer_value(
			json_array_get(pair, 0));
		metrics.records_per_type[i].count = (uint32_t)json_integer_value(
			json_array_get(pair, 1));
	}
	if (metrics.has_network_density)
		copy(json, "network_density", metrics.network_density, AN_NETWORK_DENSITY_SIZE);
	if (metrics.has_network_size)
		metrics.network_size = vector_number(json, "network_size");
	return metrics;
}

static struct an_key_pair pair_of(const json_t *vector)
{
	struct an_key_pair pair;
	ck_assert_int_eq(an_key_pair_from_secret(&pair, vector_bytes(vector, "node_secret").data),
	                 AUTONOMI_OK);
	return pair;
}

/* ---- Metrics and quotes. */

static void check_metrics(const json_t *vector)
{
	const struct an_quoting_metrics metrics = metrics_of(vector_get(vector, "metrics"));
	an_buffer_clear(&out);
	an_quoting_metrics_write_msgpack(&out, &metrics);
	vector_equal(an_buffer_span(&out), vector_bytes(vector, "msgpack"));
	struct an_reader reader = reader_of(vector, "msgpack");
	struct an_quoting_metrics again;
	an_quoting_metrics_read_msgpack(&reader, &again);
	ck_assert(an_reader_ok(&reader));
	an_buffer_clear(&out);
	an_quoting_metrics_write_bytes(&out, &again);
	vector_equal(an_buffer_span(&out), vector_bytes(vector, "to_bytes"));
	ck_assert_uint_eq(an_solidity_type(again.data_type),
	                  vector_number(vector, "solidity_type"));
	uint8_t word[AN_WORD_SIZE];
	an_quoting_metrics_cost_unit(&again, word);
	vector_equal(an_span(word, sizeof(word)), vector_bytes(vector, "total_cost_unit"));
	an_quoting_metrics_packed(&again, word);
	vector_equal(an_span(word, sizeof(word)), vector_bytes(vector, "packed"));
}

START_TEST(metrics_have_the_forms_and_costs_of_the_real_crate)
{
	ck_assert_uint_eq(vector_each("payments", "metrics", check_metrics), 14);
}
END_TEST

static void check_quote(const json_t *vector)
{
	const json_t *json = vector_get(vector, "quote");
	struct an_quote quote = {
		.timestamp_secs = vector_number(json, "timestamp_secs"),
		.timestamp_nanos = (uint32_t)vector_number(json, "timestamp_nanos"),
		.metrics = metrics_of(vector_get(json, "quoting_metrics")),
	};
	copy(json, "content", quote.content, sizeof(quote.content));
	copy(json, "rewards_address", quote.rewards_address, AN_REWARDS_ADDRESS_SIZE);
	const struct an_key_pair pair = pair_of(vector);
	ck_assert_int_eq(an_quote_sign(&quote, &pair), AUTONOMI_OK);
	vector_equal(an_span(quote.signature.bytes, quote.signature.size),
	             vector_bytes(json, "signature"));
	uint8_t space[AN_QUOTE_SIGNED_MAX], hash[AN_QUOTE_HASH_SIZE];
	vector_equal(an_quote_signed_bytes(&quote, space), vector_bytes(vector, "signed_bytes"));
	an_quote_hash(&quote, hash);
	vector_equal(an_span(hash, sizeof(hash)), vector_bytes(vector, "hash"));
	an_buffer_clear(&out);
	an_quote_write_msgpack(&out, &quote);
	vector_equal(an_buffer_span(&out), vector_bytes(vector, "msgpack"));
	const struct an_peer_id id = peer_of(vector_text(vector, "peer_id"));
	ck_assert(an_quote_verify(&quote, &id));
}

START_TEST(a_quote_is_signed_hashed_and_written_as_the_real_crate_does)
{
	ck_assert_uint_eq(vector_each("payments", "quote", check_quote), 12);
}
END_TEST

static void check_quote_verify(const json_t *vector)
{
	struct an_reader reader = reader_of(vector, "quote_msgpack");
	struct an_quote quote;
	an_quote_read_msgpack(&reader, &quote);
	ck_assert_msg(an_reader_ok(&reader), "%s", vector_id());
	const struct an_peer_id claimed = peer_of(vector_text(vector, "claimed_peer"));
	ck_assert_msg(an_quote_verify(&quote, &claimed) == is_true(vector, "valid"), "%s",
	              vector_id());
	struct an_peer_id id;
	ck_assert(an_quote_peer(&quote, &id) == vector_has(vector, "peer_id"));
	if (vector_has(vector, "peer_id")) {
		const struct an_peer_id expected = peer_of(vector_text(vector, "peer_id"));
		ck_assert(an_peer_id_equal(&id, &expected));
	}
	uint8_t hash[AN_QUOTE_HASH_SIZE];
	an_quote_hash(&quote, hash);
	vector_equal(an_span(hash, sizeof(hash)), vector_bytes(vector, "hash"));
}

START_TEST(quotes_are_judged_as_the_real_crate_judges_them)
{
	ck_assert_uint_eq(vector_each("payments", "quote_verify", check_quote_verify), 32);
}
END_TEST

static struct an_quote historical(const json_t *json)
{
	struct an_quote quote = {.timestamp_secs = vector_number(json, "timestamp")};
	quote.metrics.live_time = vector_number(json, "live_time");
	quote.metrics.received_payment_count = vector_number(json, "payments");
	return quote;
}

static void check_historical(const json_t *vector)
{
	const struct an_quote own = historical(vector_get(vector, "own"));
	const struct an_quote other = historical(vector_get(vector, "other"));
	ck_assert(an_quote_is_newer(&own, &other) == is_true(vector, "is_newer"));
	ck_assert_msg(an_quote_history_valid(&own, &other, vector_number(vector, "now")) ==
	                      is_true(vector, "valid"),
	              "%s", vector_id());
}

START_TEST(two_quotes_of_a_node_are_compared_as_the_real_crate_does)
{
	ck_assert_uint_eq(vector_each("payments", "historical", check_historical), 10);
}
END_TEST

static void check_digest(const json_t *digest, const struct an_payment_proof *proof)
{
	ck_assert_uint_eq(json_array_size(digest), proof->count);
	for (size_t i = 0; i < proof->count; i++) {
		const json_t *item = json_array_get(digest, i);
		const struct an_quote *quote = &proof->entries[i].quote;
		uint8_t hash[AN_QUOTE_HASH_SIZE];
		an_quote_hash(quote, hash);
		vector_equal(an_span(hash, sizeof(hash)), vector_bytes(item, "quote_hash"));
		vector_equal(an_span(quote->rewards_address, AN_REWARDS_ADDRESS_SIZE),
		             vector_bytes(item, "rewards_address"));
	}
}

static void check_payees(const json_t *payees, const struct an_payment_proof *proof)
{
	size_t found = 0;
	for (size_t i = 0; i < proof->count; i++) {
		struct an_peer_id id;
		if (!an_payment_proof_peer(proof, i, &id))
			continue;
		const char *text = json_string_value(json_array_get(payees, found++));
		const struct an_peer_id expected = peer_of(text);
		ck_assert(an_peer_id_equal(&id, &expected));
	}
	ck_assert_uint_eq(found, json_array_size(payees));
}

static void check_proof(const json_t *vector)
{
	struct an_reader reader = reader_of(vector, "msgpack");
	struct an_payment_proof proof;
	an_payment_proof_read(&reader, &proof);
	ck_assert_msg(an_reader_ok(&reader), "%s", vector_id());
	an_buffer_clear(&out);
	an_payment_proof_write(&out, &proof);
	vector_equal(an_buffer_span(&out), vector_bytes(vector, "msgpack"));
	check_payees(vector_get(vector, "payees"), &proof);
	check_digest(vector_get(vector, "digest"), &proof);
	size_t i;
	const json_t *check;
	json_array_foreach(vector_get(vector, "checks"), i, check)
	{
		const struct an_peer_id id = peer_of(vector_text(check, "peer"));
		ck_assert_msg(an_payment_proof_is_for(&proof, &id) == is_true(check, "valid"),
		              "%s %zu", vector_id(), i);
	}
	json_array_foreach(vector_get(vector, "types"), i, check)
	{
		const uint32_t type = (uint32_t)json_integer_value(json_array_get(check, 0));
		ck_assert(an_payment_proof_is_of_type(&proof, type) ==
		          json_is_true(json_array_get(check, 1)));
	}
	an_payment_proof_done(&proof);
}

START_TEST(proofs_of_payment_are_read_and_judged_as_the_real_crate_does)
{
	ck_assert_uint_eq(vector_each("payments", "proof", check_proof), 16);
}
END_TEST

static void check_client_proof(const json_t *vector)
{
	struct an_reader reader = reader_of(vector, "node_form_msgpack");
	struct an_payment_proof proof;
	an_payment_proof_read(&reader, &proof);
	ck_assert(an_reader_ok(&reader));
	an_buffer_clear(&out);
	an_payment_proof_write(&out, &proof);
	vector_equal(an_buffer_span(&out), vector_bytes(vector, "node_form_msgpack"));
	an_payment_proof_done(&proof);
}

static void check_encoded_peer_id(const json_t *vector)
{
	const struct an_peer_id id = peer_of(vector_text(vector, "peer_id"));
	struct an_quote_bytes bytes = {.size = id.size};
	memcpy(bytes.bytes, id.bytes, id.size);
	an_buffer_clear(&out);
	an_quote_bytes_write(&out, &bytes);
	vector_equal(an_buffer_span(&out), vector_bytes(vector, "msgpack"));
}

START_TEST(peers_are_listed_in_proofs_as_the_real_crate_lists_them)
{
	ck_assert_uint_eq(vector_each("payments", "client_proof", check_client_proof), 2);
	ck_assert_uint_eq(vector_each("payments", "encoded_peer_id", check_encoded_peer_id), 2);
}
END_TEST

static void check_type_rows(const json_t *vector)
{
	size_t i;
	const json_t *row;
	json_array_foreach(vector_get(vector, "rows"), i, row)
	{
		const uint32_t type = (uint32_t)vector_number(row, "protocol");
		ck_assert_uint_eq(an_solidity_type(type), vector_number(row, "solidity"));
	}
}

START_TEST(the_contract_knows_the_types_under_its_own_numbers)
{
	ck_assert_uint_eq(vector_each("payments", "evm_data_types", check_type_rows), 1);
}
END_TEST

/* ---- Merkle trees. */

static void check_branch_msgpack(const json_t *item, const struct an_merkle_branch *branch)
{
	an_buffer_clear(&out);
	an_merkle_branch_write(&out, branch);
	vector_equal(an_buffer_span(&out), vector_bytes(item, "msgpack"));
}

static void check_midpoint(const json_t *item, struct an_merkle_midpoint *midpoint)
{
	struct an_reader reader = reader_of(item, "msgpack");
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
	ck_assert(an_merkle_branch_verify(&midpoint->branch) == is_true(item, "verifies"));
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
		struct an_reader reader = reader_of(item, "msgpack");
		an_merkle_branch_read(&reader, &branch);
		ck_assert(an_reader_ok(&reader));
		check_branch_msgpack(item, &branch);
		ck_assert(an_merkle_branch_verify(&branch) == is_true(item, "verifies"));
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
	struct an_merkle_hash root;
	an_merkle_root(leaves, count, &root);
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
	struct an_reader reader = reader_of(vector, "msgpack");
	struct an_merkle_branch branch;
	an_merkle_branch_read(&reader, &branch);
	ck_assert(an_reader_ok(&reader));
	ck_assert_msg(an_merkle_branch_verify(&branch) == is_true(vector, "outcome"), "%s",
	              vector_id());
}

START_TEST(branches_are_judged_as_the_real_crate_judges_them)
{
	ck_assert_uint_eq(vector_each("payments", "branch_verify", check_branch), 25);
}
END_TEST

/* ---- Candidates, pools, proofs. */

static void check_candidate(const json_t *vector)
{
	const json_t *json = vector_get(vector, "node");
	struct an_merkle_candidate candidate = {
		.metrics = metrics_of(vector_get(json, "quoting_metrics")),
		.merkle_payment_timestamp = vector_number(json, "merkle_payment_timestamp"),
	};
	copy(json, "reward_address", candidate.reward_address, AN_REWARDS_ADDRESS_SIZE);
	const struct an_key_pair pair = pair_of(vector);
	ck_assert_int_eq(an_merkle_candidate_sign(&candidate, &pair), AUTONOMI_OK);
	uint8_t space[AN_QUOTE_SIGNED_MAX];
	vector_equal(an_merkle_candidate_signed_bytes(&candidate, space),
	             vector_bytes(vector, "signed_bytes"));
	an_buffer_clear(&out);
	an_merkle_candidate_write_msgpack(&out, &candidate);
	vector_equal(an_buffer_span(&out), vector_bytes(vector, "msgpack"));
	struct an_peer_id id;
	ck_assert(an_merkle_candidate_peer(&candidate, &id));
	const struct an_peer_id expected = peer_of(vector_text(vector, "peer_id"));
	ck_assert(an_peer_id_equal(&id, &expected));
}

static void check_candidate_verify(const json_t *vector)
{
	struct an_reader reader = reader_of(vector, "msgpack");
	struct an_merkle_candidate candidate;
	an_merkle_candidate_read_msgpack(&reader, &candidate);
	ck_assert(an_reader_ok(&reader));
	ck_assert_msg(an_merkle_candidate_verify(&candidate) == is_true(vector, "valid"), "%s",
	              vector_id());
}

START_TEST(candidates_are_signed_and_judged_as_the_real_crate_does)
{
	ck_assert_uint_eq(vector_each("payments", "candidate", check_candidate), 3);
	ck_assert_uint_eq(vector_each("payments", "candidate_verify", check_candidate_verify), 9);
}
END_TEST

static void read_pool(const json_t *vector, const char *name)
{
	struct an_reader reader = reader_of(vector, name);
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

/* The pool's own commitment among those on the chain, and whether its costs match. */
static bool costs_match(const json_t *on_chain)
{
	struct an_merkle_hash hash;
	an_merkle_pool_hash(&pool, &hash);
	size_t i;
	const json_t *item;
	json_array_foreach(on_chain, i, item)
	{
		const struct an_merkle_hash paid = hash_of(vector_text(item, "pool_hash"));
		if (memcmp(&paid, &hash, sizeof(hash)) != 0)
			continue;
		uint8_t packed[AN_MERKLE_CANDIDATES][AN_WORD_SIZE];
		const json_t *words = vector_get(item, "packed");
		for (size_t k = 0; k < AN_MERKLE_CANDIDATES; k++)
			memcpy(packed[k],
			       vector_unhex(json_string_value(json_array_get(words, k))).data,
			       AN_WORD_SIZE);
		size_t wrong;
		const bool match = an_merkle_costs_match(&pool,
		                                         (const uint8_t(*)[AN_WORD_SIZE])packed,
		                                         &wrong);
		ck_assert(match || wrong == 3); /* as the vectors' error texts say */
		return match;
	}
	return false;
}

static void check_cost_units(const json_t *vector)
{
	read_pool(vector, "pool_msgpack");
	ck_assert_msg(costs_match(vector_get(vector, "on_chain")) != vector_has(vector, "error"),
	              "%s", vector_id());
}

START_TEST(pools_have_the_hash_and_the_costs_of_the_real_crate)
{
	ck_assert_uint_eq(vector_each("payments", "pool", check_pool), 2);
	ck_assert_uint_eq(vector_each("payments", "cost_units", check_cost_units), 6);
}
END_TEST

/* How each fault begins in the real crate's own words. */
static const char *const fault_texts[] = {
	[AN_MERKLE_SIGNATURE] = "Invalid node signature",
	[AN_MERKLE_NODE_TIMESTAMP] = "Timestamp mismatch for node",
	[AN_MERKLE_DATA_TYPE] = "Data type mismatch",
	[AN_MERKLE_DATA_SIZE] = "Data size mismatch",
	[AN_MERKLE_POOL_HASH] = "Winner pool hash mismatch",
	[AN_MERKLE_IN_FUTURE] = "Merkle proof verification failed: Payment timestamp",
	[AN_MERKLE_EXPIRED] = "Merkle proof verification failed: Payment expired",
	[AN_MERKLE_TIMESTAMP] = "Merkle proof verification failed: Timestamp mismatch",
	[AN_MERKLE_DATA_DEPTH] = "Merkle proof verification failed: Address proof depth",
	[AN_MERKLE_POOL_DEPTH] = "Merkle proof verification failed: Pool proof depth",
	[AN_MERKLE_DATA_BRANCH] = "Merkle proof verification failed: Address branch proof",
	[AN_MERKLE_POOL_BRANCH] = "Merkle proof verification failed: Pool branch proof",
	[AN_MERKLE_NAME] = "Merkle proof verification failed: Address hash not matching",
	[AN_MERKLE_ROOT] = "Merkle proof verification failed: Address branch root",
	[AN_MERKLE_PAID_COUNT] = "Wrong number of paid addresses",
	[AN_MERKLE_PAID_INDEX] = "Paid node index",
	[AN_MERKLE_PAID_ADDRESS] = "Address mismatch at index",
};

static void check_merkle_verify(const json_t *vector)
{
	struct an_reader reader = reader_of(vector, "proof_msgpack");
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
		copy(item, "address", paid[i].address, AN_REWARDS_ADDRESS_SIZE);
		paid[i].index = vector_number(item, "index");
	}
	const enum an_merkle_fault fault = an_merkle_proof_verify(&merkle_proof, &contract,
	                                                          vector_number(vector, "now"));
	ck_assert_msg((fault == AN_MERKLE_GOOD) == is_true(vector, "ok"), "%s: %d", vector_id(),
	              fault);
	if (fault != AN_MERKLE_GOOD)
		ck_assert_msg(strncmp(vector_text(vector, "error"), fault_texts[fault],
		                      strlen(fault_texts[fault])) == 0,
		              "%s: %d for %s", vector_id(), fault, vector_text(vector, "error"));
}

START_TEST(merkle_payments_are_judged_as_the_real_crate_judges_them)
{
	ck_assert_uint_eq(vector_each("payments", "merkle_verify", check_merkle_verify), 18);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("data/payment");
	TCase *tcase = tcase_create("vectors");
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, metrics_have_the_forms_and_costs_of_the_real_crate);
	tcase_add_test(tcase, a_quote_is_signed_hashed_and_written_as_the_real_crate_does);
	tcase_add_test(tcase, quotes_are_judged_as_the_real_crate_judges_them);
	tcase_add_test(tcase, two_quotes_of_a_node_are_compared_as_the_real_crate_does);
	tcase_add_test(tcase, proofs_of_payment_are_read_and_judged_as_the_real_crate_does);
	tcase_add_test(tcase, peers_are_listed_in_proofs_as_the_real_crate_lists_them);
	tcase_add_test(tcase, the_contract_knows_the_types_under_its_own_numbers);
	tcase_add_test(tcase, trees_have_the_roots_branches_and_midpoints_of_the_real_crate);
	tcase_add_test(tcase, a_tree_of_one_name_or_too_many_is_refused);
	tcase_add_test(tcase, roots_and_pool_counts_are_those_of_the_real_crate);
	tcase_add_test(tcase, branches_are_judged_as_the_real_crate_judges_them);
	tcase_add_test(tcase, candidates_are_signed_and_judged_as_the_real_crate_does);
	tcase_add_test(tcase, pools_have_the_hash_and_the_costs_of_the_real_crate);
	tcase_add_test(tcase, merkle_payments_are_judged_as_the_real_crate_judges_them);
	suite_add_tcase(s, tcase);
	return s;
}
