/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records of every kind through the public functions, against the real crates. */
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "unit/api/data_support.h"

static const uint8_t content[AUTONOMI_GRAPH_CONTENT_SIZE] = "content";
static uint8_t secret[AUTONOMI_SECRET_KEY_SIZE], key[AUTONOMI_NAME_SIZE];

static void setup(void)
{
	uint8_t owner[AUTONOMI_PUBLIC_KEY_SIZE];
	size_t size;
	ck_assert_int_eq(autonomi_bls_secret_generate(content, secret), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_bls_public_key(secret, owner), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_address_record_key(AUTONOMI_ADDRESS_POINTER, owner, sizeof(owner),
	                                             key, &size),
	                 AUTONOMI_OK);
}

static void check_header(const json_t *vector)
{
	const struct an_span value = vector_bytes(vector, "value");
	uint32_t type = 9, payment = 9;
	uint8_t header[AUTONOMI_RECORD_HEADER_SIZE + 1] = {0};
	const autonomi_status status = autonomi_record_read_header(value.data, value.size, &type,
	                                                           &payment);
	if (!json_is_true(vector_get(vector, "ok"))) {
		ck_assert_msg(status == AUTONOMI_E_CORRUPT, "%s", vector_id());
		return;
	}
	ck_assert_msg(status == AUTONOMI_OK, "%s", vector_id());
	ck_assert(json_is_true(vector_get(vector, "is_chunk")) ==
	          (type == AUTONOMI_RECORD_CHUNK && payment == AUTONOMI_RECORD_UNPAID));
	ck_assert(strcmp(vector_text(vector, "record_kind"), "DataOnly") == 0
	                  ? payment == AUTONOMI_RECORD_UNPAID
	                  : payment != AUTONOMI_RECORD_UNPAID);
	ck_assert_int_eq(autonomi_record_write_header(type, payment, header), AUTONOMI_OK);
	uint32_t same_type, same_payment;
	ck_assert_int_eq(autonomi_record_read_header(header, sizeof(header), &same_type,
	                                             &same_payment),
	                 AUTONOMI_OK);
	ck_assert(same_type == type && same_payment == payment);
}

static void check_written_header(const json_t *vector)
{
	const uint32_t type = (uint32_t)vector_number(vector, "data_type_index");
	const char *kind = vector_text(vector, "record_kind");
	uint32_t payment = AUTONOMI_RECORD_UNPAID;
	uint8_t header[AUTONOMI_RECORD_HEADER_SIZE];
	if (strcmp(kind, "DataOnly") != 0)
		payment = strstr(kind, "Merkle") != NULL ? AUTONOMI_RECORD_PAID_MERKLE
		                                         : AUTONOMI_RECORD_PAID;
	ck_assert_int_eq(autonomi_record_write_header(type, payment, header), AUTONOMI_OK);
	data_equal(header, sizeof(header), vector, "bytes");
}

START_TEST(headers_are_read_and_written_as_the_real_crate_does)
{
	ck_assert_uint_gt(vector_each("records", "header_decode", check_header), 0);
	ck_assert_uint_gt(vector_each("records", "header", check_written_header), 0);
}
END_TEST

static void check_chunk(const json_t *vector)
{
	const struct an_span data = vector_payload(vector_get(vector, "payload"));
	uint8_t address[AUTONOMI_NAME_SIZE], hash[AUTONOMI_NAME_SIZE];
	autonomi_bytes *value = NULL, *back = NULL;
	ck_assert_int_eq(autonomi_content_hash(data.data, data.size, address), AUTONOMI_OK);
	data_equal(address, sizeof(address), vector, "address");
	const autonomi_status status = autonomi_chunk_encode(data.data, data.size, &value);
	if (json_is_true(vector_get(vector, "is_too_big"))) {
		ck_assert_int_eq(status, AUTONOMI_E_TOO_LARGE);
		return;
	}
	ck_assert_int_eq(status, AUTONOMI_OK);
	const struct an_span record = data_span(value);
	ck_assert_uint_eq(record.size, vector_number(vector, "record_value_length"));
	ck_assert_int_eq(autonomi_content_hash(record.data, record.size, hash), AUTONOMI_OK);
	data_equal(hash, sizeof(hash), vector, "record_value_sha3");
	ck_assert_int_eq(autonomi_chunk_decode(record.data, record.size, &back), AUTONOMI_OK);
	data_expect(back, data);
	ck_assert_int_eq(autonomi_record_key(record.data, record.size, hash), AUTONOMI_OK);
	data_equal(hash, sizeof(hash), vector, "record_key");
	ck_assert_int_eq(autonomi_record_check(hash, record.data, record.size), AUTONOMI_OK);
	hash[0] ^= 1;
	ck_assert_int_eq(autonomi_record_check(hash, record.data, record.size), AUTONOMI_E_CORRUPT);
	autonomi_bytes_free(value);
}

START_TEST(chunks_are_named_written_and_read_as_the_real_crate_does)
{
	ck_assert_uint_gt(vector_each("records", "chunk", check_chunk), 0);
}
END_TEST

static void check_key(const json_t *vector)
{
	const struct an_span value = vector_bytes(vector, "record_value");
	const struct an_span hash = vector_bytes(vector, "nonchunk_hash");
	uint8_t made[AUTONOMI_NAME_SIZE];
	autonomi_bytes *bytes = NULL;
	ck_assert_int_eq(autonomi_record_key(value.data, value.size, made), AUTONOMI_OK);
	data_equal(made, sizeof(made), vector, "record_key");
	ck_assert_int_eq(autonomi_record_check(made, value.data, value.size), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_record_key(value.data, value.size - 1, made), AUTONOMI_E_CORRUPT);
	ck_assert_int_eq(autonomi_content_hash(value.data, value.size, made), AUTONOMI_OK);
	vector_equal(an_span(made, sizeof(made)), hash);
	ck_assert_int_eq(autonomi_record_canonical(value.data, value.size, &bytes), AUTONOMI_OK);
	data_expect(bytes, value);
	ck_assert_int_eq(autonomi_validation_encode(AUTONOMI_FORM_MSGPACK, 0, hash.data, &bytes),
	                 AUTONOMI_OK);
	data_expect(bytes, vector_bytes(vector, "validation_type"));
}

START_TEST(records_of_owners_belong_under_the_keys_of_the_real_crate)
{
	ck_assert_uint_gt(vector_each("records", "pointer", check_key), 0);
	ck_assert_uint_gt(vector_each("records", "graph_entry", check_key), 0);
	ck_assert_uint_gt(vector_each("records", "graph_set", check_key), 0);
	ck_assert_uint_gt(vector_each("records", "scratchpad", check_key), 0);
}
END_TEST

static void check_validation(const json_t *vector)
{
	const json_t *value = vector_get(vector, "value");
	const bool is_chunk = !vector_has(value, "hash");
	const uint8_t *hash = is_chunk ? NULL : vector_bytes(value, "hash").data;
	autonomi_bytes *bytes = NULL;
	ck_assert_int_eq(autonomi_validation_encode(AUTONOMI_FORM_MSGPACK, is_chunk, hash, &bytes),
	                 AUTONOMI_OK);
	data_expect(bytes, vector_bytes(vector, "msgpack"));
	ck_assert_int_eq(autonomi_validation_encode(AUTONOMI_FORM_CBOR, is_chunk, hash, &bytes),
	                 AUTONOMI_OK);
	data_expect(bytes, vector_bytes(vector, "cbor"));
}

START_TEST(validation_types_are_written_as_the_real_crate_does)
{
	ck_assert_uint_gt(vector_each("records", "validation_type", check_validation), 0);
}
END_TEST

/* Paid records give the same record as unpaid ones, which belongs under the name. */
static void check_paid(const json_t *vector)
{
	const struct an_span value = vector_bytes(vector, "record_value");
	autonomi_bytes *unpaid = NULL;
	uint8_t name[AUTONOMI_NAME_SIZE];
	uint32_t type, payment;
	ck_assert_int_eq(autonomi_record_read_header(value.data, value.size, &type, &payment),
	                 AUTONOMI_OK);
	ck_assert_uint_ne(payment, AUTONOMI_RECORD_UNPAID);
	ck_assert_int_eq(autonomi_record_key(value.data, value.size, name), AUTONOMI_E_CORRUPT);
	ck_assert_int_eq(autonomi_record_canonical(value.data, value.size, &unpaid), AUTONOMI_OK);
	const struct an_span record = data_span(unpaid);
	ck_assert_int_eq(autonomi_record_key(record.data, record.size, name), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_record_check(name, record.data, record.size), AUTONOMI_OK);
	if (vector_has(vector, "name") && type == AUTONOMI_RECORD_CHUNK)
		data_equal(name, sizeof(name), vector, "name");
	autonomi_bytes_free(unpaid);
}

START_TEST(a_payment_is_taken_off_a_record)
{
	ck_assert_uint_gt(vector_each("records", "paid", check_paid), 0);
	ck_assert_uint_gt(vector_each("records", "merkle_paid", check_paid), 0);
}
END_TEST

static void check_proof(const json_t *vector)
{
	const struct an_span value = vector_has(vector, "record_payload")
	                                     ? vector_payload(vector_get(vector, "record_payload"))
	                                     : vector_bytes(vector, "record_value");
	uint8_t proof[AUTONOMI_NAME_SIZE];
	ck_assert_int_eq(autonomi_record_proof(value.data, value.size,
	                                       vector_number(vector, "nonce"), proof),
	                 AUTONOMI_OK);
	data_equal(proof, sizeof(proof), vector, "proof");
}

START_TEST(proofs_of_having_a_record_are_those_of_the_real_crate)
{
	ck_assert_uint_gt(vector_each("challenge", "chunk_proof", check_proof), 0);
}
END_TEST

/* ---- Merging. */

static autonomi_bytes *pointer_value(uint64_t counter, uint8_t target)
{
	uint8_t name[AUTONOMI_NAME_SIZE] = {target};
	autonomi_pointer *pointer = NULL;
	autonomi_bytes *value = NULL;
	ck_assert_int_eq(autonomi_pointer_new(secret, counter, AUTONOMI_ADDRESS_CHUNK, name,
	                                      sizeof(name), &pointer),
	                 AUTONOMI_OK);
	ck_assert_int_eq(autonomi_pointer_encode(pointer, &value), AUTONOMI_OK);
	autonomi_pointer_free(pointer);
	return value;
}

static char error[256]; /* of the last merge */

static autonomi_status merge(const autonomi_bytes *held, const autonomi_bytes *incoming,
                             autonomi_bytes **ret_value, uint64_t *ret_held_counter)
{
	return autonomi_record_merge(key, data_span(held).data, data_span(held).size,
	                             data_span(incoming).data, data_span(incoming).size, ret_value,
	                             ret_held_counter, error, sizeof(error));
}

START_TEST(the_higher_counter_wins)
{
	autonomi_bytes *old = pointer_value(4, 1), *new = pointer_value(5, 2), *value = NULL;
	autonomi_bytes *fork = pointer_value(5, 3);
	uint64_t counter = 0;
	ck_assert_int_eq(merge(NULL, old, &value, &counter), AUTONOMI_OK);
	data_expect(value, data_span(old));
	ck_assert_int_eq(merge(old, new, &value, NULL), AUTONOMI_OK);
	data_expect(value, data_span(new));
	ck_assert_int_eq(merge(new, new, &value, NULL), AUTONOMI_OK);
	ck_assert_ptr_null(value);
	ck_assert_int_eq(merge(new, old, &value, &counter), AUTONOMI_E_OUTDATED);
	ck_assert_uint_eq(counter, 5);
	ck_assert_str_eq(error, "OutdatedRecordCounter { counter: 4, expected: 5 }");
	ck_assert_int_eq(merge(new, fork, &value, NULL), AUTONOMI_E_OUTDATED);
	autonomi_bytes_free(old);
	autonomi_bytes_free(new);
	autonomi_bytes_free(fork);
}
END_TEST

START_TEST(forks_of_a_graph_entry_are_kept_together)
{
	autonomi_graph_entry *entries[2] = {NULL}, *both[2] = {NULL};
	autonomi_bytes *values[2] = {NULL}, *merged = NULL;
	size_t count = 0;
	for (uint8_t i = 0; i < 2; i++) {
		uint8_t other[AUTONOMI_GRAPH_CONTENT_SIZE] = {i};
		const autonomi_graph_entry *one[1];
		ck_assert_int_eq(autonomi_graph_entry_new(secret, NULL, 0, other, NULL, 0,
		                                          &entries[i]),
		                 AUTONOMI_OK);
		one[0] = entries[i];
		ck_assert_int_eq(autonomi_graph_entry_encode(one, 1, &values[i]), AUTONOMI_OK);
	}
	ck_assert_int_eq(merge(values[0], values[1], &merged, NULL), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_graph_entry_decode(data_span(merged).data, data_span(merged).size,
	                                             both, 2, &count),
	                 AUTONOMI_OK);
	ck_assert_uint_eq(count, 2);
	for (size_t i = 0; i < 2; i++) {
		autonomi_graph_entry_free(entries[i]);
		autonomi_graph_entry_free(both[i]);
		autonomi_bytes_free(values[i]);
	}
	autonomi_bytes_free(merged);
}
END_TEST

START_TEST(arguments_are_checked)
{
	uint32_t type, payment;
	uint8_t out[AUTONOMI_NAME_SIZE];
	autonomi_bytes *bytes = NULL;
	const uint8_t *const no_owner = (const uint8_t *)"\x91\x01\x90";
	ck_assert_int_eq(autonomi_record_read_header(NULL, 0, &type, &payment), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_record_read_header(out, 0, &type, &payment), AUTONOMI_E_CORRUPT);
	ck_assert_int_eq(autonomi_record_write_header(4, 0, out), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_record_write_header(0, 3, out), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_record_key(NULL, 0, out), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_record_key(no_owner, 3, out), AUTONOMI_E_CORRUPT);
	ck_assert_int_eq(autonomi_record_key(no_owner, 1, out), AUTONOMI_E_CORRUPT);
	ck_assert_int_eq(autonomi_record_check(NULL, out, 1), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_record_canonical(NULL, 0, &bytes), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_record_canonical(out, 1, &bytes), AUTONOMI_E_CORRUPT);
	ck_assert_int_eq(autonomi_record_merge(out, NULL, 1, out, 1, &bytes, NULL, NULL, 0),
	                 AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_record_merge(out, NULL, 0, out, 1, &bytes, NULL, NULL, 0),
	                 AUTONOMI_E_CORRUPT);
	ck_assert_int_eq(autonomi_record_proof(NULL, 1, 0, out), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_validation_encode(0, 1, NULL, &bytes), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_validation_encode(AUTONOMI_FORM_CBOR, 0, NULL, &bytes),
	                 AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_chunk_encode(NULL, 1, &bytes), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_chunk_decode(NULL, 1, &bytes), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_chunk_decode(out, 1, &bytes), AUTONOMI_E_CORRUPT);
	ck_assert_ptr_null(bytes);
}
END_TEST

static autonomi_status use_records(void)
{
	uint8_t name[AUTONOMI_NAME_SIZE];
	autonomi_bytes *value = NULL, *data = NULL, *canonical = NULL, *merged = NULL;
	autonomi_bytes *validation = NULL;
	autonomi_status status = autonomi_chunk_encode(content, sizeof(content), &value);
	const struct an_span record = data_span(value);
	if (status == AUTONOMI_OK)
		status = autonomi_chunk_decode(record.data, record.size, &data);
	if (status == AUTONOMI_OK)
		status = autonomi_record_canonical(record.data, record.size, &canonical);
	if (status == AUTONOMI_OK)
		status = autonomi_record_key(record.data, record.size, name);
	if (status == AUTONOMI_OK)
		status = autonomi_record_merge(name, NULL, 0, record.data, record.size, &merged,
		                               NULL, NULL, 0);
	if (status == AUTONOMI_OK)
		status = autonomi_validation_encode(AUTONOMI_FORM_CBOR, 1, NULL, &validation);
	autonomi_bytes_free(value);
	autonomi_bytes_free(data);
	autonomi_bytes_free(canonical);
	autonomi_bytes_free(merged);
	autonomi_bytes_free(validation);
	return status;
}

START_TEST(without_memory_nothing_is_made_and_nothing_leaks)
{
	data_without_memory(use_records, 8);
}
END_TEST

Suite *suite(void)
{
	Suite *records = suite_create("data_record");
	TCase *tests = tcase_create("records");
	tcase_add_checked_fixture(tests, setup, NULL);
	tcase_add_test(tests, headers_are_read_and_written_as_the_real_crate_does);
	tcase_add_test(tests, chunks_are_named_written_and_read_as_the_real_crate_does);
	tcase_add_test(tests, records_of_owners_belong_under_the_keys_of_the_real_crate);
	tcase_add_test(tests, validation_types_are_written_as_the_real_crate_does);
	tcase_add_test(tests, a_payment_is_taken_off_a_record);
	tcase_add_test(tests, proofs_of_having_a_record_are_those_of_the_real_crate);
	tcase_add_test(tests, the_higher_counter_wins);
	tcase_add_test(tests, forks_of_a_graph_entry_are_kept_together);
	tcase_add_test(tests, arguments_are_checked);
	tcase_add_test(tests, without_memory_nothing_is_made_and_nothing_leaks);
	suite_add_tcase(records, tests);
	return records;
}
