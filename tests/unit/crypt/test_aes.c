/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "crypt/aes.h"

#include <stdlib.h>

#include "harness.h"
#include "support/vectors.h"

enum { SIZE_MAX_TRIED = 4 * AN_AES_BLOCK_SIZE + 1 };

static const uint8_t key[AN_AES_SEAL_KEY_SIZE] = {1, 2, 3};
static const uint8_t iv[AN_AES_BLOCK_SIZE] = {9, 8, 7};
static uint8_t plain[SIZE_MAX_TRIED], cipher[SIZE_MAX_TRIED + AN_AES_BLOCK_SIZE];

static void setup(void)
{
	for (size_t i = 0; i < sizeof(plain); i++)
		plain[i] = (uint8_t)(i * 31);
	memset(cipher, 0, sizeof(cipher));
}

static an_status decrypt(size_t size, size_t *ret_size)
{
	return an_aes_cbc_decrypt(key, iv, an_span(cipher, size), cipher, ret_size);
}

/* NIST SP 800-38A, F.2.1, its first two blocks; a whole block of padding follows. */
START_TEST(blocks_are_those_of_nist)
{
	size_t size;
	uint8_t *nist_key = vectors_hex("2b7e151628aed2a6abf7158809cf4f3c", &size);
	uint8_t *nist_iv = vectors_hex("000102030405060708090a0b0c0d0e0f", &size);
	uint8_t *text = vectors_hex(
		"6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51", &size);
	uint8_t *expected = vectors_hex(
		"7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2", &size);
	ck_assert_int_eq(an_aes_cbc_encrypt(nist_key, nist_iv, an_span(text, 32), cipher),
	                 AUTONOMI_OK);
	ck_assert_mem_eq(cipher, expected, 32);
	free(nist_key);
	free(nist_iv);
	free(text);
	free(expected);
}
END_TEST

/* Semantics 7.8: chunk 0 of the input "abc", of which Brotli makes 0b00806103. The key and the
 * initialisation vector are the hash of chunk 2; the pad, that of chunk 0. */
START_TEST(a_chunk_of_self_encryption_is_autonomis)
{
	size_t size;
	uint8_t *hash_a = vectors_hex(
		"263ab762270d3b73d3e2cddf9acc893bb6bd41110347e5d5e4bd1d3c128ea90a", &size);
	uint8_t *own = vectors_hex(
		"80084bf2fba02475726feb2cab2d8215eab14bc6bdd8bfb2c8151257032ecd8b", &size);
	uint8_t *expected = vectors_hex("6cf17f12aeeed1a70ed477d1dd48608d", &size);
	const uint8_t compressed[] = {0x0b, 0x00, 0x80, 0x61, 0x03};
	ck_assert_int_eq(an_aes_cbc_encrypt(hash_a, hash_a + 16,
	                                    an_span(compressed, sizeof(compressed)), cipher),
	                 AUTONOMI_OK);
	for (size_t i = 0; i < AN_AES_BLOCK_SIZE; i++)
		ck_assert_uint_eq(cipher[i] ^ own[i], expected[i]);
	free(hash_a);
	free(own);
	free(expected);
}
END_TEST

START_TEST(every_size_comes_back)
{
	for (size_t size = 0; size <= SIZE_MAX_TRIED; size++) {
		size_t back;
		const size_t padded = an_aes_cbc_padded_size(size);
		ck_assert_uint_gt(padded, size);
		ck_assert_uint_eq(padded % AN_AES_BLOCK_SIZE, 0);
		ck_assert_int_eq(an_aes_cbc_encrypt(key, iv, an_span(plain, size), cipher),
		                 AUTONOMI_OK);
		ck_assert_int_eq(decrypt(padded, &back), AUTONOMI_OK);
		ck_assert_uint_eq(back, size);
		ck_assert(an_span_equal(an_span(cipher, back), an_span(plain, size)));
	}
}
END_TEST

START_TEST(encrypting_in_place_gives_the_same)
{
	uint8_t place[SIZE_MAX_TRIED + AN_AES_BLOCK_SIZE];
	memcpy(place, plain, 37);
	ck_assert_int_eq(an_aes_cbc_encrypt(key, iv, an_span(plain, 37), cipher), AUTONOMI_OK);
	ck_assert_int_eq(an_aes_cbc_encrypt(key, iv, an_span(place, 37), place), AUTONOMI_OK);
	ck_assert_mem_eq(place, cipher, an_aes_cbc_padded_size(37));
}
END_TEST

START_TEST(a_size_that_is_no_multiple_of_a_block_is_corrupt)
{
	size_t back;
	ck_assert_int_eq(decrypt(0, &back), AUTONOMI_E_CORRUPT);
	ck_assert_int_eq(decrypt(15, &back), AUTONOMI_E_CORRUPT);
	ck_assert_int_eq(decrypt(17, &back), AUTONOMI_E_CORRUPT);
}
END_TEST

/* Flips bits of the last plain block through the block before it. */
static an_status decrypt_with_padding(const uint8_t last[AN_AES_BLOCK_SIZE])
{
	size_t back;
	ck_assert_int_eq(an_aes_cbc_encrypt(key, iv, an_span(plain, 16), cipher), AUTONOMI_OK);
	for (size_t i = 0; i < AN_AES_BLOCK_SIZE; i++)
		cipher[i] ^= AN_AES_BLOCK_SIZE ^ last[i];
	return decrypt(32, &back);
}

START_TEST(wrong_padding_is_corrupt)
{
	const uint8_t zero[16] = {0};
	const uint8_t too_large[16] = {[15] = 17};
	const uint8_t uneven[16] = {[13] = 3, [14] = 2, [15] = 3};
	const uint8_t right[16] = {[13] = 3, [14] = 3, [15] = 3};
	ck_assert_int_eq(decrypt_with_padding(zero), AUTONOMI_E_CORRUPT);
	ck_assert_int_eq(decrypt_with_padding(too_large), AUTONOMI_E_CORRUPT);
	ck_assert_int_eq(decrypt_with_padding(uneven), AUTONOMI_E_CORRUPT);
	ck_assert_int_eq(decrypt_with_padding(right), AUTONOMI_OK);
}
END_TEST

static const uint8_t nonce[AN_AES_SEAL_NONCE_SIZE] = {5};
static uint8_t tag[AN_AES_SEAL_TAG_SIZE], opened[SIZE_MAX_TRIED];

static void seal(size_t size)
{
	ck_assert_int_eq(an_aes_seal(key, nonce, an_span_text("header"), an_span(plain, size),
	                             cipher, tag),
	                 AUTONOMI_OK);
}

static an_status open_with(const char *header, size_t size)
{
	return an_aes_open(key, nonce, an_span_text(header), an_span(cipher, size), tag, opened);
}

START_TEST(what_is_sealed_opens)
{
	for (size_t size = 0; size <= SIZE_MAX_TRIED; size++) {
		seal(size);
		ck_assert_int_eq(open_with("header", size), AUTONOMI_OK);
		ck_assert(an_span_equal(an_span(opened, size), an_span(plain, size)));
	}
}
END_TEST

START_TEST(nothing_that_was_changed_opens)
{
	seal(40);
	cipher[7] ^= 1;
	ck_assert_int_eq(open_with("header", 40), AUTONOMI_E_CORRUPT);
	cipher[7] ^= 1;
	tag[15] ^= 1;
	ck_assert_int_eq(open_with("header", 40), AUTONOMI_E_CORRUPT);
	tag[15] ^= 1;
	ck_assert_int_eq(open_with("headeR", 40), AUTONOMI_E_CORRUPT);
	ck_assert_int_eq(open_with("header", 39), AUTONOMI_E_CORRUPT);
	ck_assert_int_eq(open_with("header", 40), AUTONOMI_OK);
}
END_TEST

/* "The Galois/Counter Mode of Operation", McGrew and Viega, test case 14. */
START_TEST(a_seal_is_aes_256_gcm)
{
	static const uint8_t zeros[AN_AES_SEAL_KEY_SIZE];
	size_t size;
	uint8_t *expected = vectors_hex("cea7403d4d606b6e074ec5d3baf39d18"
	                                "d0d1c8a799996bf0265b98b5d48ab919",
	                                &size);
	ck_assert_int_eq(an_aes_seal(zeros, zeros, an_span(NULL, 0), an_span(zeros, 16), cipher,
	                             tag),
	                 AUTONOMI_OK);
	ck_assert_mem_eq(cipher, expected, 16);
	ck_assert_mem_eq(tag, expected + 16, 16);
	free(expected);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("crypt/aes");
	TCase *all = tcase_create("cbc and seal");
	tcase_add_checked_fixture(all, setup, NULL);
	tcase_add_test(all, blocks_are_those_of_nist);
	tcase_add_test(all, a_chunk_of_self_encryption_is_autonomis);
	tcase_add_test(all, every_size_comes_back);
	tcase_add_test(all, encrypting_in_place_gives_the_same);
	tcase_add_test(all, a_size_that_is_no_multiple_of_a_block_is_corrupt);
	tcase_add_test(all, wrong_padding_is_corrupt);
	tcase_add_test(all, what_is_sealed_opens);
	tcase_add_test(all, nothing_that_was_changed_opens);
	tcase_add_test(all, a_seal_is_aes_256_gcm);
	suite_add_tcase(s, all);
	return s;
}
