/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Amounts, quotes and proofs through the public functions, against the real crates. */
#include <string.h>

#include "harness.h"
#include "unit/api/data_support.h"

enum { NAME = AUTONOMI_NAME_SIZE };

static const uint8_t seed[AUTONOMI_SEED_SIZE] = {5};
static const uint8_t content[NAME] = {6};
static const uint8_t rewards[AUTONOMI_REWARDS_ADDRESS_SIZE] = {7};
static const uint32_t msgpack = AUTONOMI_FORM_MSGPACK, cbor = AUTONOMI_FORM_CBOR;

/* ---- Amounts. */

static void check_amount(const json_t *vector)
{
	autonomi_bytes *text = NULL;
	ck_assert_int_eq(autonomi_amount_display(vector_bytes(vector, "value").data, &text),
	                 AUTONOMI_OK);
	data_expect_text(text, vector_text(vector, "display"));
}

static void check_parse(const json_t *vector)
{
	uint8_t amount[AUTONOMI_WORD_SIZE];
	char error[256];
	const autonomi_status status = autonomi_amount_parse(vector_text(vector, "text"), amount,
	                                                     error, sizeof(error));
	if (!vector_has(vector, "value")) {
		ck_assert_msg(status == AUTONOMI_E_CORRUPT, "%s", vector_id());
		ck_assert_str_ne(error, "");
		return;
	}
	ck_assert_msg(status == AUTONOMI_OK, "%s", vector_id());
	ck_assert_str_eq(error, "");
	data_equal(amount, sizeof(amount), vector, "value");
}

START_TEST(amounts_are_read_and_shown_as_the_real_crate_does)
{
	ck_assert_uint_gt(vector_each("payments", "atto", check_amount), 0);
	ck_assert_uint_gt(vector_each("payments", "atto_parse", check_parse), 0);
}
END_TEST

START_TEST(amounts_are_added_and_subtracted)
{
	uint8_t one[AUTONOMI_WORD_SIZE], two[AUTONOMI_WORD_SIZE], most[AUTONOMI_WORD_SIZE];
	uint8_t result[AUTONOMI_WORD_SIZE];
	autonomi_bytes *text = NULL;
	ck_assert_int_eq(autonomi_amount_parse("1.5", one, NULL, 0), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_amount_parse("2", two, NULL, 0), AUTONOMI_OK);
	memset(most, 0xff, sizeof(most));
	ck_assert_int_eq(autonomi_amount_add(one, two, result), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_amount_display(result, &text), AUTONOMI_OK);
	data_expect_text(text, "3.500000000000000000");
	ck_assert_int_eq(autonomi_amount_subtract(two, one, result), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_amount_display(result, &text), AUTONOMI_OK);
	data_expect_text(text, "0.500000000000000000");
	ck_assert_int_eq(autonomi_amount_add(one, most, result), AUTONOMI_E_TOO_LARGE);
	ck_assert_int_eq(autonomi_amount_subtract(one, two, result), AUTONOMI_E_TOO_SMALL);
	ck_assert_int_eq(autonomi_amount_add(NULL, two, result), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_amount_parse(NULL, one, NULL, 0), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_amount_display(NULL, &text), AUTONOMI_E_INVALID);
}
END_TEST

/* ---- Quotes. */

static const char *const metric_names[] = {
	"data_type",
	"data_size",
	"close_records_stored",
	"max_records",
	"received_payment_count",
	"live_time",
	"network_size",
};

static void check_metrics(const autonomi_quote *quote, const json_t *metrics)
{
	const json_t *types = vector_get(metrics, "records_per_type");
	autonomi_quote_view view;
	uint64_t value = 0;
	for (uint32_t metric = 0; metric <= AUTONOMI_METRIC_NETWORK_SIZE; metric++) {
		const autonomi_status status = autonomi_quote_metric(quote, metric, &value);
		const bool is_there = vector_has(metrics, metric_names[metric]);
		ck_assert_int_eq(status, is_there ? AUTONOMI_OK : AUTONOMI_E_NOT_FOUND);
		if (is_there)
			ck_assert_uint_eq(value, vector_number(metrics, metric_names[metric]));
	}
	autonomi_quote_get_view(quote, &view, sizeof(view));
	ck_assert_uint_eq(view.record_types, json_array_size(types));
	for (size_t i = 0; i < view.record_types; i++) {
		const json_t *pair = json_array_get(types, i);
		uint32_t type, count;
		ck_assert_int_eq(autonomi_quote_record_type(quote, i, &type, &count), AUTONOMI_OK);
		ck_assert_uint_eq(type, json_integer_value(json_array_get(pair, 0)));
		ck_assert_uint_eq(count, json_integer_value(json_array_get(pair, 1)));
	}
	if (vector_has(metrics, "network_density"))
		data_equal(view.network_density, NAME, metrics, "network_density");
	else
		ck_assert_ptr_null(view.network_density);
}

static void check_forms(const autonomi_quote *quote, const json_t *vector)
{
	autonomi_bytes *bytes = NULL;
	autonomi_quote *same = NULL;
	ck_assert_int_eq(autonomi_quote_encode(quote, msgpack, &bytes), AUTONOMI_OK);
	data_expect(bytes, vector_bytes(vector, "msgpack"));
	ck_assert_int_eq(autonomi_quote_encode(quote, cbor, &bytes), AUTONOMI_OK);
	data_expect(bytes, vector_bytes(vector, "cbor"));
	const struct an_span encoded = vector_bytes(vector, "cbor");
	ck_assert_int_eq(autonomi_quote_decode(cbor, encoded.data, encoded.size, &same),
	                 AUTONOMI_OK);
	ck_assert_int_eq(autonomi_quote_encode(same, msgpack, &bytes), AUTONOMI_OK);
	data_expect(bytes, vector_bytes(vector, "msgpack"));
	autonomi_quote_free(same);
}

static void check_quote(const json_t *vector)
{
	const json_t *json = vector_get(vector, "quote");
	const struct an_span encoded = vector_bytes(vector, "msgpack");
	const struct data_peer_id id = data_peer_id(vector_text(vector, "peer_id"));
	autonomi_quote *quote = NULL;
	autonomi_quote_view view;
	autonomi_bytes *bytes = NULL;
	uint8_t hash[AUTONOMI_WORD_SIZE];
	struct data_peer_id said;
	ck_assert_int_eq(autonomi_quote_decode(msgpack, encoded.data, encoded.size, &quote),
	                 AUTONOMI_OK);
	ck_assert_int_eq(autonomi_quote_get_view(quote, &view, sizeof(view)), AUTONOMI_OK);
	data_equal(view.content, NAME, json, "content");
	data_equal(view.rewards_address, AUTONOMI_REWARDS_ADDRESS_SIZE, json, "rewards_address");
	data_equal(view.public_key, view.public_key_size, json, "pub_key");
	data_equal(view.signature, view.signature_size, json, "signature");
	ck_assert_uint_eq(view.timestamp_secs, vector_number(json, "timestamp_secs"));
	ck_assert_uint_eq(view.timestamp_nanos, vector_number(json, "timestamp_nanos"));
	check_metrics(quote, vector_get(json, "quoting_metrics"));
	check_forms(quote, vector);
	ck_assert_int_eq(autonomi_quote_hash(quote, hash), AUTONOMI_OK);
	data_equal(hash, sizeof(hash), vector, "hash");
	ck_assert_int_eq(autonomi_quote_signed_bytes(quote, &bytes), AUTONOMI_OK);
	data_expect(bytes, vector_bytes(vector, "signed_bytes"));
	ck_assert_int_eq(autonomi_quote_peer_id(quote, said.bytes, &said.size), AUTONOMI_OK);
	vector_equal(an_span(said.bytes, said.size), an_span(id.bytes, id.size));
	ck_assert_int_eq(autonomi_quote_verify(quote, id.bytes, id.size), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_quote_sign(quote, vector_bytes(vector, "node_secret").data),
	                 AUTONOMI_OK);
	ck_assert_int_eq(autonomi_quote_encode(quote, msgpack, &bytes), AUTONOMI_OK);
	data_expect(bytes, encoded);
	ck_assert_ptr_null(autonomi_quote_free(quote));
}

static void check_verify(const json_t *vector)
{
	const struct an_span encoded = vector_bytes(vector, "quote_msgpack");
	const struct data_peer_id id = data_peer_id(vector_text(vector, "claimed_peer"));
	autonomi_quote *quote = NULL;
	ck_assert_int_eq(autonomi_quote_decode(msgpack, encoded.data, encoded.size, &quote),
	                 AUTONOMI_OK);
	ck_assert_msg(autonomi_quote_verify(quote, id.bytes, id.size) ==
	                      (vector_is_true(vector, "valid") ? AUTONOMI_OK : AUTONOMI_E_CORRUPT),
	              "%s", vector_id());
	autonomi_quote_free(quote);
}

static autonomi_quote *quote_of(const json_t *json)
{
	autonomi_quote *quote = NULL;
	ck_assert_int_eq(autonomi_quote_new(content, vector_number(json, "timestamp"), 0, rewards,
	                                    &quote),
	                 AUTONOMI_OK);
	autonomi_quote_set_metric(quote, AUTONOMI_METRIC_LIVE_TIME,
	                          vector_number(json, "live_time"));
	autonomi_quote_set_metric(quote, AUTONOMI_METRIC_RECEIVED_PAYMENTS,
	                          vector_number(json, "payments"));
	/* Quotes of one node alone are compared. */
	ck_assert_int_eq(autonomi_quote_sign(quote, seed), AUTONOMI_OK);
	return quote;
}

static void check_history(const json_t *vector)
{
	autonomi_quote *own = quote_of(vector_get(vector, "own"));
	autonomi_quote *other = quote_of(vector_get(vector, "other"));
	ck_assert_msg(autonomi_quote_is_newer(own, other) == vector_is_true(vector, "is_newer"),
	              "%s", vector_id());
	ck_assert_msg(autonomi_quote_check_history(own, other, vector_number(vector, "now")) ==
	                      (vector_is_true(vector, "valid") ? AUTONOMI_OK : AUTONOMI_E_CORRUPT),
	              "%s", vector_id());
	autonomi_quote_free(own);
	autonomi_quote_free(other);
}

START_TEST(quotes_are_read_signed_and_judged_as_the_real_crate_does)
{
	ck_assert_uint_gt(vector_each("payments", "quote", check_quote), 0);
	ck_assert_uint_gt(vector_each("payments", "quote_verify", check_verify), 0);
	ck_assert_uint_gt(vector_each("payments", "historical", check_history), 0);
}
END_TEST

START_TEST(numbers_of_a_quote_are_set)
{
	autonomi_quote *quote = NULL;
	uint64_t value = 9;
	ck_assert_int_eq(autonomi_quote_new(content, 1, 2, rewards, &quote), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_quote_metric(quote, AUTONOMI_METRIC_NETWORK_SIZE, &value),
	                 AUTONOMI_E_NOT_FOUND);
	for (uint32_t metric = 0; metric <= AUTONOMI_METRIC_NETWORK_SIZE; metric++) {
		ck_assert_int_eq(autonomi_quote_set_metric(quote, metric, 100 + metric),
		                 AUTONOMI_OK);
		ck_assert_int_eq(autonomi_quote_metric(quote, metric, &value), AUTONOMI_OK);
		ck_assert_uint_eq(value, 100 + metric);
	}
	ck_assert_int_eq(autonomi_quote_set_metric(quote, AUTONOMI_METRIC_DATA_TYPE, UINT64_MAX),
	                 AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_quote_set_metric(quote, 7, 0), AUTONOMI_E_INVALID);
	autonomi_quote_free(quote);
}
END_TEST

/* ---- Proofs. */

static void check_client_proof(const json_t *vector)
{
	const struct an_span encoded = vector_bytes(vector, "msgpack");
	autonomi_payment_proof *proof = NULL;
	autonomi_bytes *bytes = NULL;
	ck_assert_int_eq(autonomi_payment_proof_decode_client(encoded.data, encoded.size, &proof),
	                 AUTONOMI_OK);
	ck_assert_uint_eq(autonomi_payment_proof_count(proof),
	                  json_array_size(vector_get(vector, "proof")));
	ck_assert_int_eq(autonomi_payment_proof_encode(proof, msgpack, &bytes), AUTONOMI_OK);
	data_expect(bytes, vector_bytes(vector, "node_form_msgpack"));
	autonomi_payment_proof_free(proof);
}

static void check_proof(const json_t *vector)
{
	const struct an_span encoded = vector_bytes(vector, "msgpack");
	const json_t *payees = vector_get(vector, "payees");
	autonomi_payment_proof *proof = NULL, *copy = autonomi_payment_proof_new();
	autonomi_bytes *bytes = NULL;
	bool all_known = true;
	ck_assert_int_eq(autonomi_payment_proof_decode(msgpack, encoded.data, encoded.size, &proof),
	                 AUTONOMI_OK);
	for (size_t i = 0; i < autonomi_payment_proof_count(proof); i++) {
		struct data_peer_id id;
		autonomi_quote *quote = NULL;
		ck_assert_int_eq(autonomi_payment_proof_quote(proof, i, &quote), AUTONOMI_OK);
		if (autonomi_payment_proof_peer(proof, i, id.bytes, &id.size) == AUTONOMI_OK)
			ck_assert_int_eq(autonomi_payment_proof_add(copy, id.bytes, id.size, quote),
			                 AUTONOMI_OK);
		else
			all_known = false;
		autonomi_quote_free(quote);
	}
	ck_assert_int_eq(autonomi_payment_proof_encode(all_known ? copy : proof, msgpack, &bytes),
	                 AUTONOMI_OK);
	data_expect(bytes, encoded);
	ck_assert_uint_eq(autonomi_payment_proof_count(copy), json_array_size(payees));
	ck_assert_int_eq(autonomi_payment_proof_encode(proof, cbor, &bytes), AUTONOMI_OK);
	data_expect(bytes, vector_bytes(vector, "cbor"));
	size_t i;
	const json_t *check;
	json_array_foreach(vector_get(vector, "checks"), i, check)
	{
		const struct data_peer_id id = data_peer_id(vector_text(check, "peer"));
		ck_assert_int_eq(autonomi_payment_proof_verify_for(proof, id.bytes, id.size),
		                 vector_is_true(check, "valid") ? AUTONOMI_OK : AUTONOMI_E_CORRUPT);
	}
	json_array_foreach(vector_get(vector, "types"), i, check)
	{
		const uint32_t type = (uint32_t)json_integer_value(json_array_get(check, 0));
		ck_assert_int_eq(autonomi_payment_proof_verify_type(proof, type),
		                 json_is_true(json_array_get(check, 1)) ? AUTONOMI_OK
		                                                        : AUTONOMI_E_CORRUPT);
	}
	autonomi_payment_proof_free(copy);
	ck_assert_ptr_null(autonomi_payment_proof_free(proof));
}

START_TEST(proofs_of_payment_are_read_made_and_judged_as_the_real_crate_does)
{
	ck_assert_uint_gt(vector_each("payments", "proof", check_proof), 0);
	ck_assert_uint_gt(vector_each("payments", "client_proof", check_client_proof), 0);
}
END_TEST

START_TEST(arguments_of_quotes_and_proofs_are_checked)
{
	enum { MOST = 64 };
	autonomi_quote *quote = NULL, *none = NULL;
	autonomi_quote_view view;
	autonomi_payment_proof *proof = autonomi_payment_proof_new(), *read = NULL;
	autonomi_bytes *bytes = NULL;
	uint8_t out[NAME], key[AUTONOMI_IDENTITY_PUBLIC_SIZE];
	uint64_t value;
	uint32_t type, count;
	struct data_peer_id id;
	ck_assert_int_eq(autonomi_quote_new(content, 1, 2, rewards, &quote), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_identity_public_key(seed, key), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_identity_peer_id(key, id.bytes, &id.size), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_quote_new(NULL, 1, 2, rewards, &none), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_quote_decode(3, content, 1, &none), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_quote_decode(cbor, content, 1, &none), AUTONOMI_E_CORRUPT);
	ck_assert_int_eq(autonomi_quote_encode(quote, 3, &bytes), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_quote_get_view(NULL, &view, sizeof(view)), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_quote_metric(quote, 7, &value), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_quote_record_type(quote, 0, &type, &count), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_quote_sign(NULL, seed), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_quote_verify(quote, NULL, 0), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_quote_verify(quote, content, 3), AUTONOMI_E_CORRUPT);
	ck_assert_int_eq(autonomi_quote_peer_id(quote, id.bytes, NULL), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_quote_hash(NULL, out), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_quote_signed_bytes(NULL, &bytes), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_quote_is_newer(quote, NULL), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_quote_check_history(quote, NULL, 0), AUTONOMI_E_INVALID);
	struct data_peer_id nobody = id;
	ck_assert_int_eq(autonomi_quote_peer_id(quote, nobody.bytes, &nobody.size),
	                 AUTONOMI_E_CORRUPT);
	ck_assert_int_eq(autonomi_payment_proof_decode(3, content, 1, &read), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_payment_proof_decode_client(NULL, 1, &read), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_payment_proof_decode_client(content, 1, &read),
	                 AUTONOMI_E_CORRUPT);
	ck_assert_int_eq(autonomi_quote_add_record_type(NULL, 0, 0), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_quote_set_network_density(NULL, content), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_payment_proof_decode(msgpack, content, 1, &read),
	                 AUTONOMI_E_CORRUPT);
	ck_assert_int_eq(autonomi_payment_proof_add(proof, content, 3, quote), AUTONOMI_E_ADDRESS);
	ck_assert_int_eq(autonomi_payment_proof_add(proof, NULL, 3, quote), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_payment_proof_encode(NULL, cbor, &bytes), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_payment_proof_peer(proof, 0, id.bytes, &id.size),
	                 AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_payment_proof_quote(proof, 0, &none), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_payment_proof_verify_for(NULL, id.bytes, id.size),
	                 AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_payment_proof_verify_type(NULL, 0), AUTONOMI_E_INVALID);
	for (size_t i = 0; i < MOST; i++)
		ck_assert_int_eq(autonomi_payment_proof_add(proof, id.bytes, id.size, quote),
		                 AUTONOMI_OK);
	ck_assert_int_eq(autonomi_payment_proof_add(proof, id.bytes, id.size, quote),
	                 AUTONOMI_E_TOO_LARGE);
	autonomi_payment_proof_free(proof);
	autonomi_quote_free(quote);
}
END_TEST

static autonomi_status use_quotes(void)
{
	autonomi_quote *quote = NULL, *read = NULL, *copy = NULL;
	autonomi_payment_proof *proof = NULL, *again = NULL;
	autonomi_bytes *bytes = NULL, *signed_bytes = NULL, *proof_bytes = NULL, *text = NULL;
	uint8_t key[AUTONOMI_IDENTITY_PUBLIC_SIZE], id[AUTONOMI_PEER_ID_MAX];
	size_t size = 0;
	autonomi_status status = autonomi_quote_new(content, 1, 2, rewards, &quote);
	if (status == AUTONOMI_OK)
		status = autonomi_quote_sign(quote, seed);
	if (status == AUTONOMI_OK)
		status = autonomi_quote_encode(quote, cbor, &bytes);
	if (status == AUTONOMI_OK)
		status = autonomi_quote_decode(cbor, data_span(bytes).data, data_span(bytes).size,
		                               &read);
	if (status == AUTONOMI_OK)
		status = autonomi_quote_signed_bytes(read, &signed_bytes);
	if (status == AUTONOMI_OK)
		status = autonomi_identity_public_key(seed, key);
	if (status == AUTONOMI_OK)
		status = autonomi_identity_peer_id(key, id, &size);
	if (status == AUTONOMI_OK) {
		proof = autonomi_payment_proof_new();
		status = proof != NULL ? autonomi_payment_proof_add(proof, id, size, read)
		                       : AUTONOMI_E_NO_MEMORY;
	}
	if (status == AUTONOMI_OK)
		status = autonomi_payment_proof_encode(proof, msgpack, &proof_bytes);
	if (status == AUTONOMI_OK)
		status = autonomi_payment_proof_decode(msgpack, data_span(proof_bytes).data,
		                                       data_span(proof_bytes).size, &again);
	if (status == AUTONOMI_OK)
		status = autonomi_payment_proof_quote(again, 0, &copy);
	if (status == AUTONOMI_OK)
		status = autonomi_amount_display(content, &text);
	autonomi_quote_free(quote);
	autonomi_quote_free(read);
	autonomi_quote_free(copy);
	autonomi_payment_proof_free(proof);
	autonomi_payment_proof_free(again);
	autonomi_bytes_free(bytes);
	autonomi_bytes_free(signed_bytes);
	autonomi_bytes_free(proof_bytes);
	autonomi_bytes_free(text);
	return status;
}

START_TEST(without_memory_nothing_is_made_and_nothing_leaks)
{
	data_without_memory(use_quotes, 12);
}
END_TEST

Suite *suite(void)
{
	Suite *payments = suite_create("data_payment");
	TCase *tests = tcase_create("payments");
	tcase_add_test(tests, amounts_are_read_and_shown_as_the_real_crate_does);
	tcase_add_test(tests, amounts_are_added_and_subtracted);
	tcase_add_test(tests, quotes_are_read_signed_and_judged_as_the_real_crate_does);
	tcase_add_test(tests, numbers_of_a_quote_are_set);
	tcase_add_test(tests, proofs_of_payment_are_read_made_and_judged_as_the_real_crate_does);
	tcase_add_test(tests, arguments_of_quotes_and_proofs_are_checked);
	tcase_add_test(tests, without_memory_nothing_is_made_and_nothing_leaks);
	suite_add_tcase(payments, tests);
	return payments;
}
