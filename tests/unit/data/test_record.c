/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/record.h"

#include <check.h>
#include <stdlib.h>

#include "base/memory.h"
#include "crypt/hash.h"
#include "data/chunk.h"
#include "harness.h"
#include "vectors/vector.h"

static struct an_buffer scratch;

static void setup(void)
{
	an_buffer_init(&scratch, 1 << 24);
}

static void teardown(void)
{
	an_buffer_done(&scratch);
}

static const char *const type_names[] = {"Chunk", "GraphEntry", "Pointer", "Scratchpad"};
static const char *const payment_names[] = {"DataOnly", "DataWithPayment", "DataWithMerklePayment"};

static void check_header_decode(const json_t *vector)
{
	struct an_record_header header;
	const struct an_span value = vector_bytes(vector, "value");
	const bool ok = json_is_true(vector_get(vector, "ok"));
	const an_status status = an_record_read_header(value, &header);
	ck_assert_msg((status == AUTONOMI_OK) == ok, "%s", vector_id());
	if (!ok)
		return;
	ck_assert_str_eq(type_names[header.type], vector_text(vector, "data_type"));
	ck_assert_str_eq(payment_names[header.payment], vector_text(vector, "record_kind"));
}

START_TEST(headers_are_judged_as_the_real_crate_judges_them)
{
	ck_assert_uint_eq(vector_each("records", "header_decode", check_header_decode), 45);
}
END_TEST

static void check_header(const json_t *vector)
{
	const struct an_span bytes = vector_bytes(vector, "bytes");
	const uint8_t value[3] = {bytes.data[0], bytes.data[1], 0xc0};
	struct an_record_header header;
	ck_assert_int_eq(an_record_read_header(an_span(value, 3), &header), AUTONOMI_OK);
	ck_assert_uint_eq(an_record_kind(header), bytes.data[1]);
	ck_assert_uint_eq(header.type, vector_number(vector, "data_type_index"));
}

START_TEST(every_kind_has_its_number)
{
	ck_assert_uint_eq(vector_each("records", "header", check_header), 12);
}
END_TEST

static void check_chunk(const json_t *vector)
{
	const struct an_span content = vector_payload(vector_get(vector, "payload"));
	uint8_t name[AN_RECORD_NAME_SIZE];
	an_chunk_name(content, name);
	vector_equal(an_span(name, sizeof(name)), vector_bytes(vector, "address"));

	struct an_blob *value = an_chunk_record_value(content);
	uint8_t hash[AN_HASH_SIZE];
	an_sha3_256(an_blob_span(value), hash);
	vector_equal(an_span(hash, sizeof(hash)), vector_bytes(vector, "record_value_sha3"));
	ck_assert_uint_eq(value->size, vector_number(vector, "record_value_length"));

	struct an_span again;
	ck_assert_int_eq(an_chunk_content(an_blob_span(value), &again), AUTONOMI_OK);
	vector_equal(again, content);
	ck_assert_int_eq(an_chunk_upload_content(an_blob_span(value), &scratch, &again),
	                 AUTONOMI_OK);
	vector_equal(again, content);
	ck_assert_uint_eq(scratch.size, 0);
	ck_assert_int_eq(an_record_check(name, an_blob_span(value)), AUTONOMI_OK);
	name[31] ^= 1;
	ck_assert_int_eq(an_record_check(name, an_blob_span(value)), AUTONOMI_E_CORRUPT);
	an_blob_unref(value);
}

START_TEST(a_chunk_has_the_address_and_record_value_of_the_real_crate)
{
	ck_assert_uint_eq(vector_each("records", "chunk", check_chunk), 16);
}
END_TEST

static size_t chunks_paid;

static void check_paid(const json_t *vector)
{
	const struct an_span value = vector_bytes(vector, "record_value");
	struct an_span content;
	const bool is_chunk = strcmp(vector_text(vector, "data_type"), "Chunk") == 0;
	const an_status status = an_chunk_upload_content(value, &scratch, &content);
	ck_assert_int_eq(status, is_chunk ? AUTONOMI_OK : AUTONOMI_E_CORRUPT);
	if (is_chunk) {
		chunks_paid++;
		vector_equal(content, vector_bytes(vector_get(vector, "object"), "value"));
		ck_assert(content.data >= value.data && content.data < value.data + value.size);
	}
	ck_assert_int_eq(an_chunk_content(value, &content), AUTONOMI_E_CORRUPT);
}

START_TEST(the_payment_in_front_of_a_chunk_is_dropped)
{
	chunks_paid = 0;
	ck_assert_uint_eq(vector_each("records", "paid", check_paid), 9);
	ck_assert_uint_eq(vector_each("records", "merkle_paid", check_paid), 4);
	ck_assert_uint_eq(chunks_paid, 4);
}
END_TEST

static void check_decode(const json_t *vector)
{
	if (strcmp(vector_text(vector, "type"), "Chunk") != 0)
		return;
	const struct an_span value = vector_bytes(vector, "record_value");
	struct an_span content;
	an_buffer_clear(&scratch);
	const an_status status = an_chunk_upload_content(value, &scratch, &content);
	ck_assert_msg((status == AUTONOMI_OK) == json_is_true(vector_get(vector, "ok")), "%s",
	              vector_id());
	if (status != AUTONOMI_OK)
		return;
	struct an_blob *canonical = an_chunk_record_value(content);
	const struct an_span whole = an_blob_span(canonical);
	vector_equal(an_span(whole.data + 2, whole.size - 2), vector_bytes(vector, "body"));
	const bool as_written = an_span_equal(whole, value);
	uint8_t name[AN_RECORD_NAME_SIZE];
	an_chunk_name(content, name);
	ck_assert_int_eq(an_record_check(name, value),
	                 as_written ? AUTONOMI_OK : AUTONOMI_E_CORRUPT);
	an_blob_unref(canonical);
}

START_TEST(unusual_encodings_of_a_chunk_are_taken_from_clients_but_never_stored)
{
	ck_assert_uint_eq(vector_each("records", "decode", check_decode), 51);
}
END_TEST

static void check_proof(const json_t *vector)
{
	const struct an_span value = vector_has(vector, "record_value")
	                                     ? vector_bytes(vector, "record_value")
	                                     : vector_payload(vector_get(vector, "record_payload"));
	uint8_t proof[AN_CHUNK_PROOF_SIZE];
	an_record_proof(value, vector_number(vector, "nonce"), proof);
	vector_equal(an_span(proof, sizeof(proof)), vector_bytes(vector, "proof"));
}

START_TEST(a_proof_is_over_the_whole_record_value_and_the_nonce)
{
	ck_assert_uint_eq(vector_each("challenge", "chunk_proof", check_proof), 12);
}
END_TEST

START_TEST(a_record_value_that_is_cut_or_has_more_is_refused)
{
	const uint8_t value[] = {0x91, 0, 0xc4, 5, 'h', 'e', 'l', 'l', 'o', 0};
	uint8_t name[AN_RECORD_NAME_SIZE];
	an_chunk_name(an_span_text("hello"), name);
	for (size_t size = 0; size <= sizeof(value); size++)
		ck_assert_int_eq(an_record_check(name, an_span(value, size)),
		                 size == 9 ? AUTONOMI_OK : AUTONOMI_E_CORRUPT);
}
END_TEST

#ifdef AN_FAULT_INJECTION
START_TEST(without_memory_a_gathered_chunk_is_an_error_and_nothing_leaks)
{
	const uint8_t value[] = {0x91, 0, 0x93, 1, 2, 3};
	struct an_span content;
	an_memory_fail_after(0);
	const an_status status = an_chunk_upload_content(an_span(value, sizeof(value)), &scratch,
	                                                 &content);
	struct an_blob *blob = an_chunk_record_value(an_span_text("hello"));
	an_memory_fail_after(UINT64_MAX);
	ck_assert_int_eq(status, AUTONOMI_E_NO_MEMORY);
	ck_assert_ptr_null(blob);
	an_buffer_clear(&scratch);
	ck_assert_int_eq(an_chunk_upload_content(an_span(value, sizeof(value)), &scratch, &content),
	                 AUTONOMI_OK);
	ck_assert(an_span_equal(content, an_span("\1\2\3", 3)));
}
END_TEST
#endif

Suite *suite(void)
{
	Suite *s = suite_create("data/record");
	TCase *records = tcase_create("records");
	tcase_add_checked_fixture(records, setup, teardown);
	tcase_add_test(records, headers_are_judged_as_the_real_crate_judges_them);
	tcase_add_test(records, every_kind_has_its_number);
	tcase_add_test(records, a_chunk_has_the_address_and_record_value_of_the_real_crate);
	tcase_add_test(records, the_payment_in_front_of_a_chunk_is_dropped);
	tcase_add_test(records,
	               unusual_encodings_of_a_chunk_are_taken_from_clients_but_never_stored);
	tcase_add_test(records, a_proof_is_over_the_whole_record_value_and_the_nonce);
	tcase_add_test(records, a_record_value_that_is_cut_or_has_more_is_refused);
#ifdef AN_FAULT_INJECTION
	tcase_add_test(records, without_memory_a_gathered_chunk_is_an_error_and_nothing_leaks);
#endif
	suite_add_tcase(s, records);
	return s;
}
