/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "crypt/bls.h"

#include <check.h>
#include <stdlib.h>

#include "harness.h"
#include "support/vectors.h"

enum { BYTES_MAX = 1 << 16 };

static json_t *vectors;
static uint8_t space[3][BYTES_MAX];

static void setup(void)
{
	vectors = vectors_load("bls");
}

static void teardown(void)
{
	json_decref(vectors);
}

typedef void vector_check(const json_t *item);

/* Runs `check` on each case of a kind; returns how many there were. */
static unsigned each(const char *kind, vector_check *check)
{
	size_t index = 0;
	unsigned count = 0;
	const json_t *item;
	while ((item = vectors_next(vectors, kind, &index)) != NULL) {
		check(item);
		count++;
	}
	return count;
}

static struct an_span bytes(const json_t *item, const char *field, unsigned place)
{
	return vectors_bytes(item, field, space[place], BYTES_MAX);
}

static bool is_true(const json_t *item, const char *field)
{
	return json_is_true(json_object_get(item, field));
}

static void assert_bytes(const json_t *item, const char *field, struct an_span actual)
{
	uint8_t *expected = malloc(BYTES_MAX);
	ck_assert_ptr_nonnull(expected);
	const bool equal = an_span_equal(actual, vectors_bytes(item, field, expected, BYTES_MAX));
	free(expected);
	ck_assert_msg(equal, "%s: %s differs", vectors_text(item, "id"), field);
}

static void check_key(const json_t *item)
{
	uint8_t public_key[AN_BLS_PUBLIC_SIZE];
	ck_assert_int_eq(an_bls_public_key(bytes(item, "secret_key", 0).data, public_key),
	                 AUTONOMI_OK);
	assert_bytes(item, "public_key", an_span(public_key, sizeof(public_key)));
	ck_assert(an_bls_public_valid(public_key));
}

START_TEST(a_secret_key_has_the_public_key_of_blsttc)
{
	ck_assert_uint_eq(each("key", check_key), 17);
}
END_TEST

static void check_sign(const json_t *item)
{
	size_t size;
	uint8_t *message = json_object_get(item, "payload") != NULL
	                           ? vectors_payload(json_object_get(item, "payload"), &size)
	                           : vectors_hex(vectors_text(item, "message"), &size);
	uint8_t signature[AN_BLS_SIGNATURE_SIZE];
	ck_assert_int_eq(an_bls_sign(bytes(item, "secret_key", 0).data, an_span(message, size),
	                             signature),
	                 AUTONOMI_OK);
	assert_bytes(item, "signature", an_span(signature, sizeof(signature)));
	ck_assert(an_bls_verify(bytes(item, "public_key", 1).data, an_span(message, size),
	                        signature));
	free(message);
}

START_TEST(a_message_has_the_signature_of_blsttc)
{
	ck_assert_uint_eq(each("sign", check_sign), 9);
}
END_TEST

static void check_hash(const json_t *item)
{
	uint8_t point[AN_BLS_SIGNATURE_SIZE];
	an_bls_hash_to_g2(bytes(item, "message", 0), point);
	assert_bytes(item, "point", an_span(point, sizeof(point)));
}

START_TEST(a_message_is_hashed_to_the_point_of_blsttc)
{
	ck_assert_uint_eq(each("hash_to_g2", check_hash), 3);
}
END_TEST

static void check_verify(const json_t *item)
{
	const struct an_span key = bytes(item, "public_key", 0);
	const struct an_span signature = bytes(item, "signature", 1);
	ck_assert_uint_eq(key.size, AN_BLS_PUBLIC_SIZE);
	ck_assert_uint_eq(signature.size, AN_BLS_SIGNATURE_SIZE);
	const bool valid = an_bls_verify(key.data, bytes(item, "message", 2), signature.data);
	ck_assert_msg(valid == is_true(item, "valid"), "%s", vectors_text(item, "id"));
}

START_TEST(signatures_are_judged_as_blsttc_judges_them)
{
	ck_assert_uint_eq(each("verify", check_verify), 27);
}
END_TEST

static void check_decode(const json_t *item, size_t size, bool valid(const uint8_t *))
{
	const struct an_span encoded = bytes(item, "bytes", 0);
	const bool ok = encoded.size == size && valid(encoded.data);
	ck_assert_msg(ok == is_true(item, "ok"), "%s", vectors_text(item, "id"));
}

static void check_decode_public(const json_t *item)
{
	check_decode(item, AN_BLS_PUBLIC_SIZE, an_bls_public_valid);
}

static void check_decode_signature(const json_t *item)
{
	check_decode(item, AN_BLS_SIGNATURE_SIZE, an_bls_signature_valid);
}

static void check_decode_secret(const json_t *item)
{
	check_decode(item, AN_BLS_SECRET_SIZE, an_bls_secret_valid);
}

START_TEST(encodings_are_judged_as_blsttc_judges_them)
{
	ck_assert_uint_eq(each("decode_public_key", check_decode_public), 17);
	ck_assert_uint_eq(each("decode_signature", check_decode_signature), 12);
	ck_assert_uint_eq(each("decode_secret_key", check_decode_secret), 6);
}
END_TEST

static void check_child(const json_t *item)
{
	const struct an_span index = bytes(item, "index", 0);
	uint8_t secret[AN_BLS_SECRET_SIZE], public_key[AN_BLS_PUBLIC_SIZE];
	ck_assert_int_eq(an_bls_child_secret(bytes(item, "secret_key", 1).data, index, secret),
	                 AUTONOMI_OK);
	ck_assert_int_eq(an_bls_child_public(bytes(item, "public_key", 1).data, index, public_key),
	                 AUTONOMI_OK);
	assert_bytes(item, "child_secret_key", an_span(secret, sizeof(secret)));
	assert_bytes(item, "child_public_key", an_span(public_key, sizeof(public_key)));
}

START_TEST(children_of_both_halves_of_a_pair_are_those_of_blsttc)
{
	ck_assert_uint_eq(each("derive_child", check_child), 17);
}
END_TEST

static void check_encrypt(const json_t *item)
{
	struct an_buffer out;
	an_buffer_init(&out, BYTES_MAX);
	ck_assert_int_eq(an_bls_encrypt(bytes(item, "public_key", 0).data, bytes(item, "r", 1).data,
	                                bytes(item, "plaintext", 2), &out),
	                 AUTONOMI_OK);
	assert_bytes(item, "ciphertext", an_buffer_span(&out));
	an_buffer_done(&out);
}

START_TEST(with_the_same_scalar_the_ciphertext_is_that_of_blsttc)
{
	ck_assert_uint_eq(each("encrypt", check_encrypt), 7);
}
END_TEST

static void check_decrypt(const json_t *item)
{
	const struct an_span ciphertext = bytes(item, "ciphertext", 0);
	ck_assert_msg(an_bls_ciphertext_valid(ciphertext) == is_true(item, "parses"), "%s",
	              vectors_text(item, "id"));
	const bool verifies = an_bls_ciphertext_verify(ciphertext) == AUTONOMI_OK;
	ck_assert_msg(verifies == is_true(item, "verifies"), "%s", vectors_text(item, "id"));
	struct an_buffer out;
	an_buffer_init(&out, BYTES_MAX);
	const an_status status = an_bls_decrypt(bytes(item, "secret_key", 1).data, ciphertext,
	                                        &out);
	if (vectors_text(item, "plaintext") == NULL) {
		ck_assert_int_eq(status, AUTONOMI_E_CORRUPT);
		ck_assert_uint_eq(out.size, 0);
	} else {
		ck_assert_int_eq(status, AUTONOMI_OK);
		assert_bytes(item, "plaintext", an_buffer_span(&out));
	}
	an_buffer_done(&out);
}

START_TEST(ciphertexts_are_judged_and_decrypted_as_blsttc_does)
{
	ck_assert_uint_eq(each("decrypt", check_decrypt), 21);
}
END_TEST

static void check_order(const json_t *item)
{
	const json_t *keys = json_object_get(item, "public_keys");
	for (size_t i = 1; i < json_array_size(keys); i++)
		ck_assert_int_lt(strcmp(json_string_value(json_array_get(keys, i - 1)),
		                        json_string_value(json_array_get(keys, i))),
		                 0);
}

START_TEST(keys_are_ordered_as_their_bytes_are)
{
	ck_assert_uint_eq(each("order", check_order), 1);
}
END_TEST

START_TEST(a_secret_beyond_the_order_is_refused_everywhere)
{
	uint8_t secret[AN_BLS_SECRET_SIZE], public_key[AN_BLS_PUBLIC_SIZE];
	uint8_t out[AN_BLS_SIGNATURE_SIZE];
	memset(secret, 0xff, sizeof(secret));
	memset(public_key, 0xff, sizeof(public_key));
	struct an_buffer buffer;
	an_buffer_init(&buffer, BYTES_MAX);
	const struct an_span nothing = an_span(NULL, 0);
	ck_assert_int_eq(an_bls_public_key(secret, out), AUTONOMI_E_INVALID);
	ck_assert_int_eq(an_bls_sign(secret, nothing, out), AUTONOMI_E_INVALID);
	ck_assert_int_eq(an_bls_child_secret(secret, nothing, out), AUTONOMI_E_INVALID);
	ck_assert_int_eq(an_bls_child_public(public_key, nothing, out), AUTONOMI_E_INVALID);
	ck_assert_int_eq(an_bls_decrypt(secret, nothing, &buffer), AUTONOMI_E_INVALID);
	ck_assert_int_eq(an_bls_secret_generate(an_span(secret, 31), out), AUTONOMI_E_INVALID);
	an_buffer_done(&buffer);
}
END_TEST

START_TEST(random_secrets_encrypt_what_only_their_owner_reads)
{
	struct an_random random;
	const uint8_t seed[AN_RANDOM_SEED_SIZE] = {5};
	an_random_init(&random, seed);
	uint8_t secret[AN_BLS_SECRET_SIZE], r[AN_BLS_SECRET_SIZE], key[AN_BLS_PUBLIC_SIZE];
	an_bls_secret_random(&random, secret);
	an_bls_secret_random(&random, r);
	ck_assert_mem_ne(secret, r, sizeof(r));
	ck_assert_int_eq(an_bls_public_key(secret, key), AUTONOMI_OK);

	struct an_buffer sealed, opened;
	an_buffer_init(&sealed, BYTES_MAX);
	an_buffer_init(&opened, BYTES_MAX);
	ck_assert_int_eq(an_bls_encrypt(key, r, an_span(space[0], 5000), &sealed), AUTONOMI_OK);
	ck_assert_uint_eq(sealed.size, 5000 + AN_BLS_CIPHERTEXT_OVERHEAD);
	ck_assert_int_eq(an_bls_decrypt(secret, an_buffer_span(&sealed), &opened), AUTONOMI_OK);
	ck_assert(an_span_equal(an_buffer_span(&opened), an_span(space[0], 5000)));
	sealed.data[4000] ^= 1;
	ck_assert_int_eq(an_bls_decrypt(secret, an_buffer_span(&sealed), &opened),
	                 AUTONOMI_E_CORRUPT);
	opened.limit = opened.size;
	sealed.data[4000] ^= 1;
	ck_assert_int_eq(an_bls_decrypt(secret, an_buffer_span(&sealed), &opened),
	                 AUTONOMI_E_TOO_LARGE);
	an_buffer_done(&sealed);
	an_buffer_done(&opened);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("crypt/bls");
	TCase *tcase = tcase_create("vectors");
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, a_secret_key_has_the_public_key_of_blsttc);
	tcase_add_test(tcase, a_message_has_the_signature_of_blsttc);
	tcase_add_test(tcase, a_message_is_hashed_to_the_point_of_blsttc);
	tcase_add_test(tcase, signatures_are_judged_as_blsttc_judges_them);
	tcase_add_test(tcase, encodings_are_judged_as_blsttc_judges_them);
	tcase_add_test(tcase, children_of_both_halves_of_a_pair_are_those_of_blsttc);
	tcase_add_test(tcase, with_the_same_scalar_the_ciphertext_is_that_of_blsttc);
	tcase_add_test(tcase, ciphertexts_are_judged_and_decrypted_as_blsttc_does);
	tcase_add_test(tcase, keys_are_ordered_as_their_bytes_are);
	tcase_add_test(tcase, a_secret_beyond_the_order_is_refused_everywhere);
	tcase_add_test(tcase, random_secrets_encrypt_what_only_their_owner_reads);
	suite_add_tcase(s, tcase);
	return s;
}
