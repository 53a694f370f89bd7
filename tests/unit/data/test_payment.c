/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Quotes and proofs of payment against the real crates. */
#include <check.h>
#include <stdlib.h>

#include "base/memory.h"
#include "data/payment.h"
#include "harness.h"
#include "vectors/vector.h"
#include "wire/cbor.h"
#include "wire/msgpack.h"

static struct an_buffer out;

static void setup(void)
{
	an_buffer_init(&out, 1 << 24);
}

static void teardown(void)
{
	an_buffer_done(&out);
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
		vector_copy(json, "network_density", metrics.network_density,
		            AN_NETWORK_DENSITY_SIZE);
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
	struct an_reader reader = vector_reader(vector, "msgpack");
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
	an_buffer_clear(&out);
	an_quoting_metrics_debug(&again, &out);
	vector_equal(an_buffer_span(&out), an_span_text(vector_text(vector, "debug")));
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
	vector_copy(json, "content", quote.content, sizeof(quote.content));
	vector_copy(json, "rewards_address", quote.rewards_address, AN_REWARDS_ADDRESS_SIZE);
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
	struct an_reader reader = vector_reader(vector, "quote_msgpack");
	struct an_quote quote;
	an_quote_read_msgpack(&reader, &quote);
	ck_assert_msg(an_reader_ok(&reader), "%s", vector_id());
	const struct an_peer_id claimed = peer_of(vector_text(vector, "claimed_peer"));
	ck_assert_msg(an_quote_verify(&quote, &claimed) == vector_is_true(vector, "valid"), "%s",
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
	ck_assert(an_quote_is_newer(&own, &other) == vector_is_true(vector, "is_newer"));
	ck_assert_msg(an_quote_history_valid(&own, &other, vector_number(vector, "now")) ==
	                      vector_is_true(vector, "valid"),
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

static void check_cbor(const json_t *vector)
{
	struct an_reader reader = vector_reader(vector, "cbor");
	struct an_payment_proof proof;
	an_payment_proof_read_cbor(&reader, &proof);
	ck_assert_msg(an_reader_ok(&reader), "%s", vector_id());
	an_buffer_clear(&out);
	an_payment_proof_write_cbor(&out, &proof);
	vector_equal(an_buffer_span(&out), vector_bytes(vector, "cbor"));
	an_payment_proof_done(&proof);
}

static void check_proof(const json_t *vector)
{
	check_cbor(vector);
	struct an_reader reader = vector_reader(vector, "msgpack");
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
		ck_assert_msg(an_payment_proof_is_for(&proof, &id) ==
		                      vector_is_true(check, "valid"),
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
	struct an_reader reader = vector_reader(vector, "node_form_msgpack");
	struct an_payment_proof proof;
	an_payment_proof_read(&reader, &proof);
	ck_assert(an_reader_ok(&reader));
	an_buffer_clear(&out);
	an_payment_proof_write(&out, &proof);
	vector_equal(an_buffer_span(&out), vector_bytes(vector, "node_form_msgpack"));
	an_payment_proof_done(&proof);
}

static void check_client_addresses(const json_t *vector)
{
	static struct an_payment_addresses addresses[AN_PAYMENT_QUOTES_MAX];
	struct an_reader reader = vector_reader(vector, "msgpack");
	struct an_payment_proof proof;
	an_client_proof_read(&reader, &proof, addresses);
	ck_assert(an_reader_ok(&reader));
	const json_t *lists = vector_get(vector, "multiaddrs");
	ck_assert_uint_eq(proof.count, json_array_size(lists));
	for (size_t i = 0; i < proof.count; i++)
		ck_assert_uint_eq(addresses[i].count, json_array_size(json_array_get(lists, i)));
	an_buffer_clear(&out);
	an_client_proof_write(&out, &proof, addresses);
	vector_equal(an_buffer_span(&out), vector_bytes(vector, "msgpack"));
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

START_TEST(a_clients_proof_has_addresses_beside_each_peer)
{
	ck_assert_uint_eq(vector_each("payments", "client_proof", check_client_addresses), 2);
}
END_TEST

/* A client's proof of one payee with these addresses, each `address`. */
static an_status read_addresses(size_t count, struct an_span address)
{
	static struct an_payment_addresses addresses[AN_PAYMENT_QUOTES_MAX];
	struct an_payment_proof proof;
	const struct an_quote quote = {.timestamp_secs = 1};
	an_buffer_clear(&out);
	an_msgpack_write_array(&out, 1);
	an_msgpack_write_array(&out, 1);
	an_msgpack_write_array(&out, 3);
	an_msgpack_write_array(&out, 0);
	an_msgpack_write_array(&out, (uint32_t)count);
	for (size_t i = 0; i < count; i++)
		an_msgpack_write_bin(&out, address);
	an_quote_write_msgpack(&out, &quote);
	struct an_reader reader = an_reader(an_buffer_span(&out));
	an_client_proof_read(&reader, &proof, addresses);
	an_payment_proof_done(&proof);
	return reader.failed;
}

START_TEST(addresses_of_a_payee_are_checked_and_bounded)
{
	const struct an_span good = an_span("\x04\x01\x02\x03\x04", 5);
	ck_assert_int_eq(read_addresses(AN_PAYMENT_ADDRESSES_MAX, good), AUTONOMI_OK);
	ck_assert_int_eq(read_addresses(AN_PAYMENT_ADDRESSES_MAX + 1, good), AUTONOMI_E_TOO_LARGE);
	ck_assert_int_eq(read_addresses(1, an_span("\x04\x01", 2)), AUTONOMI_E_CORRUPT);
}
END_TEST

/* A proof of so many entries, in CBOR; `indefinite`: its list does not say how many. */
static an_status read_cbor(size_t count, bool indefinite, size_t peer_size)
{
	struct an_payment_proof proof;
	const uint8_t peer[2 * AN_QUOTE_KEY_MAX] = {1};
	const struct an_quote quote = {.timestamp_secs = 1};
	an_buffer_clear(&out);
	an_cbor_write_map(&out, 1);
	an_cbor_write_name(&out, "peer_quotes");
	if (indefinite)
		(void)an_buffer_append_byte(&out, 0x9f);
	else
		an_cbor_write_array(&out, count);
	for (size_t i = 0; i < count; i++) {
		an_cbor_write_array(&out, 2);
		an_cbor_write_integers(&out, an_span(peer, peer_size));
		an_quote_write_cbor(&out, &quote);
	}
	if (indefinite)
		(void)an_buffer_append_byte(&out, 0xff);
	struct an_reader reader = an_reader(an_buffer_span(&out));
	an_payment_proof_read_cbor(&reader, &proof);
	ck_assert(!an_reader_ok(&reader) || proof.count == count);
	an_payment_proof_done(&proof);
	return reader.failed;
}

START_TEST(a_proof_in_a_message_is_bounded_however_its_list_is_written)
{
	ck_assert_int_eq(read_cbor(3, false, 38), AUTONOMI_OK);
	ck_assert_int_eq(read_cbor(3, true, 38), AUTONOMI_OK);
	ck_assert_int_eq(read_cbor(AN_PAYMENT_QUOTES_MAX, true, 38), AUTONOMI_OK);
	ck_assert_int_eq(read_cbor(AN_PAYMENT_QUOTES_MAX + 1, false, 38), AUTONOMI_E_TOO_LARGE);
	ck_assert_int_eq(read_cbor(AN_PAYMENT_QUOTES_MAX + 1, true, 38), AUTONOMI_E_TOO_LARGE);
	ck_assert_int_eq(read_cbor(1, false, AN_QUOTE_KEY_MAX), AUTONOMI_OK);
	ck_assert_int_eq(read_cbor(1, false, AN_QUOTE_KEY_MAX + 1), AUTONOMI_E_TOO_LARGE);
}
END_TEST

START_TEST(a_list_that_promises_more_entries_than_bytes_is_refused)
{
	struct an_payment_proof proof;
	struct an_reader reader = an_reader(an_span("\x91\xdc\x00\x05\x92\x90\x90\x90\x90", 9));
	an_payment_proof_read(&reader, &proof);
	ck_assert_int_eq(reader.failed, AUTONOMI_E_CORRUPT);
	an_payment_proof_done(&proof);
}
END_TEST

#ifdef AN_FAULT_INJECTION
START_TEST(without_memory_a_proof_is_not_called_corrupt)
{
	(void)read_cbor(2, false, 38);
	struct an_payment_proof proof;
	struct an_reader reader = an_reader(an_buffer_span(&out));
	an_memory_fail_after(0);
	an_payment_proof_read_cbor(&reader, &proof);
	an_memory_fail_after(UINT64_MAX);
	ck_assert_int_eq(reader.failed, AUTONOMI_E_NO_MEMORY);
	an_payment_proof_done(&proof);
}
END_TEST
#endif

START_TEST(the_contract_knows_the_types_under_its_own_numbers)
{
	ck_assert_uint_eq(vector_each("payments", "evm_data_types", check_type_rows), 1);
}
END_TEST

/* ---- Candidates of Merkle payments. */

static void check_candidate(const json_t *vector)
{
	const json_t *json = vector_get(vector, "node");
	struct an_merkle_candidate candidate = {
		.metrics = metrics_of(vector_get(json, "quoting_metrics")),
		.merkle_payment_timestamp = vector_number(json, "merkle_payment_timestamp"),
	};
	vector_copy(json, "reward_address", candidate.reward_address, AN_REWARDS_ADDRESS_SIZE);
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
	struct an_reader reader = vector_reader(vector, "msgpack");
	struct an_merkle_candidate candidate;
	an_merkle_candidate_read_msgpack(&reader, &candidate);
	ck_assert(an_reader_ok(&reader));
	ck_assert_msg(an_merkle_candidate_verify(&candidate) == vector_is_true(vector, "valid"),
	              "%s", vector_id());
}

START_TEST(candidates_are_signed_and_judged_as_the_real_crate_does)
{
	ck_assert_uint_eq(vector_each("payments", "candidate", check_candidate), 3);
	ck_assert_uint_eq(vector_each("payments", "candidate_verify", check_candidate_verify), 9);
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
	tcase_add_test(tcase, a_clients_proof_has_addresses_beside_each_peer);
	tcase_add_test(tcase, addresses_of_a_payee_are_checked_and_bounded);
	tcase_add_test(tcase, a_proof_in_a_message_is_bounded_however_its_list_is_written);
	tcase_add_test(tcase, a_list_that_promises_more_entries_than_bytes_is_refused);
#ifdef AN_FAULT_INJECTION
	tcase_add_test(tcase, without_memory_a_proof_is_not_called_corrupt);
#endif
	tcase_add_test(tcase, the_contract_knows_the_types_under_its_own_numbers);
	tcase_add_test(tcase, candidates_are_signed_and_judged_as_the_real_crate_does);
	suite_add_tcase(s, tcase);
	return s;
}
