/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/compress.h"

#include <check.h>
#include <string.h>

#include "base/memory.h"
#include "crypt/hash.h"
#include "harness.h"
#include "vectors/vector.h"

static size_t equal_to_rust;
static size_t predicted;

static struct an_blob *compress(struct an_span plain)
{
	struct an_blob *blob;
	ck_assert_int_eq(an_compress(plain, 16, &blob), AUTONOMI_OK);
	ck_assert_uint_ge(blob->capacity - blob->size, 16);
	return blob;
}

static void check_compress(const json_t *vector)
{
	const struct an_span plain = vector_payload(vector);
	struct an_blob *compressed = compress(plain);
	uint8_t hash[AN_HASH_SIZE];
	an_sha256(an_blob_span(compressed), hash);
	const struct an_span expected = vector_bytes(vector, "compressed_sha256");
	const bool equal = an_span_equal(an_span(hash, sizeof(hash)), expected);
	equal_to_rust += equal;
	predicted += equal == json_is_true(vector_get(vector, "stock_libbrotli_1_0_9_equal"));

	struct an_blob *again;
	ck_assert_int_eq(an_decompress(an_blob_span(compressed), plain.size, plain.size + 1,
	                               &again),
	                 AUTONOMI_OK);
	vector_equal(an_blob_span(again), plain);
	an_blob_unref(again);
	an_blob_unref(compressed);
}

START_TEST(what_was_compressed_comes_back)
{
	equal_to_rust = predicted = 0;
	ck_assert_uint_eq(vector_each("brotli", "compress", check_compress), 91);
	(void)printf("# equal to the Rust encoder: %zu of 91, as foreseen: %zu of 91\n",
	             equal_to_rust, predicted);
#ifdef AN_BROTLI_AUTONOMI
	ck_assert_uint_eq(equal_to_rust, 91);
#endif
}
END_TEST

START_TEST(the_smallest_input_gives_the_known_bytes)
{
	struct an_blob *compressed = compress(an_span_text("a"));
	ck_assert(an_span_equal(an_blob_span(compressed), an_span("\x0b\x00\x80\x61\x03", 5)));
	an_blob_unref(compressed);
}
END_TEST

START_TEST(output_is_never_larger_than_allowed)
{
	static uint8_t zeros[100000];
	struct an_blob *compressed = compress(an_span(zeros, sizeof(zeros)));
	struct an_blob *plain;
	ck_assert_uint_lt(compressed->capacity, 1000); /* what is not needed was given back */
	ck_assert_int_eq(an_decompress(an_blob_span(compressed), 10, sizeof(zeros) - 1, &plain),
	                 AUTONOMI_E_TOO_LARGE);
	ck_assert_ptr_null(plain);
	ck_assert_int_eq(an_decompress(an_blob_span(compressed), SIZE_MAX, sizeof(zeros), &plain),
	                 AUTONOMI_OK);
	ck_assert_uint_eq(plain->size, sizeof(zeros));
	an_blob_unref(plain);
	an_blob_unref(compressed);
}
END_TEST

START_TEST(bytes_that_are_no_stream_are_refused)
{
	struct an_blob *plain;
	static const struct {
		const char *bytes;
		size_t size;
	} cases[] = {{"", 0}, {"\x0b", 1}, {"\x0b\x00\x80\x61", 4}, {"\xff\xff\xff\xff", 4}};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct an_span bytes = an_span(cases[i].bytes, cases[i].size);
		ck_assert_int_eq(an_decompress(bytes, 1, 100, &plain), AUTONOMI_E_CORRUPT);
		ck_assert_ptr_null(plain);
	}
	/* Bytes behind the end do not count: the real decoder does not look at them. */
	ck_assert_int_eq(an_decompress(an_span("\x0b\x00\x80\x61\x03x", 6), 1, 100, &plain),
	                 AUTONOMI_OK);
	ck_assert(an_span_equal(an_blob_span(plain), an_span_text("a")));
	an_blob_unref(plain);
}
END_TEST

#ifdef AN_FAULT_INJECTION
START_TEST(without_memory_compressing_is_an_error_and_leaks_nothing)
{
	static uint8_t bytes[300000];
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * i >> 7);
	size_t failures = 0;
	an_status status = AUTONOMI_E_NO_MEMORY;
	for (uint64_t allowed = 0; status == AUTONOMI_E_NO_MEMORY; allowed++) {
		struct an_blob *blob;
		an_memory_fail_after(allowed);
		status = an_compress(an_span(bytes, sizeof(bytes)), 16, &blob);
		an_memory_fail_after(UINT64_MAX);
		failures += status == AUTONOMI_E_NO_MEMORY;
		ck_assert_int_eq(status == AUTONOMI_OK, blob != NULL);
		an_blob_unref(blob);
	}
	ck_assert_int_eq(status, AUTONOMI_OK);
	ck_assert_uint_gt(failures, 3);
}
END_TEST

START_TEST(without_memory_decompressing_is_an_error_and_leaks_nothing)
{
	static uint8_t bytes[300000];
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * i >> 7);
	struct an_blob *compressed = compress(an_span(bytes, sizeof(bytes)));
	size_t failures = 0;
	an_status status = AUTONOMI_E_NO_MEMORY;
	for (uint64_t allowed = 0; status == AUTONOMI_E_NO_MEMORY; allowed++) {
		struct an_blob *blob;
		an_memory_fail_after(allowed);
		status = an_decompress(an_blob_span(compressed), 100, sizeof(bytes), &blob);
		an_memory_fail_after(UINT64_MAX);
		failures += status == AUTONOMI_E_NO_MEMORY;
		an_blob_unref(blob);
	}
	ck_assert_int_eq(status, AUTONOMI_OK);
	ck_assert_uint_gt(failures, 3);
	an_blob_unref(compressed);
}
END_TEST
#endif

Suite *suite(void)
{
	Suite *s = suite_create("data/compress");
	TCase *streams = tcase_create("streams");
	tcase_set_timeout(streams, 300);
	tcase_add_test(streams, what_was_compressed_comes_back);
	tcase_add_test(streams, the_smallest_input_gives_the_known_bytes);
	tcase_add_test(streams, output_is_never_larger_than_allowed);
	tcase_add_test(streams, bytes_that_are_no_stream_are_refused);
#ifdef AN_FAULT_INJECTION
	tcase_add_test(streams, without_memory_compressing_is_an_error_and_leaks_nothing);
	tcase_add_test(streams, without_memory_decompressing_is_an_error_and_leaks_nothing);
#endif
	suite_add_tcase(s, streams);
	return s;
}
