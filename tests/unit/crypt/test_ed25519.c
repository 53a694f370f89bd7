/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "crypt/ed25519.h"

#include <stdlib.h>

#include "harness.h"
#include "support/vectors.h"

static json_t *vectors;

struct key {
	uint8_t secret[AN_ED25519_SECRET_SIZE];
	uint8_t public_key[AN_ED25519_PUBLIC_SIZE];
	uint8_t signature[AN_ED25519_SIGNATURE_SIZE];
	uint8_t message_bytes[4096];
	struct an_span message;
};

static struct key key;

static void read_key(const json_t *item)
{
	vectors_bytes(item, "secret", key.secret, sizeof(key.secret));
	vectors_bytes(item, "public_key", key.public_key, sizeof(key.public_key));
	vectors_bytes(item, "signature", key.signature, sizeof(key.signature));
	key.message = vectors_bytes(item, "message", key.message_bytes, sizeof(key.message_bytes));
}

static void load(void)
{
	size_t index = 0;
	vectors = vectors_load("addresses");
	read_key(vectors_next(vectors, "peer_id", &index));
}

static void unload(void)
{
	json_decref(vectors);
}

static bool verifies(void)
{
	return an_ed25519_verify(key.public_key, key.message,
	                         an_span(key.signature, sizeof(key.signature)));
}

START_TEST(keys_and_signatures_are_those_of_the_vectors)
{
	size_t index = 0, count = 0;
	const json_t *item;
	for (; (item = vectors_next(vectors, "peer_id", &index)) != NULL; count++) {
		uint8_t public_key[AN_ED25519_PUBLIC_SIZE], signature[AN_ED25519_SIGNATURE_SIZE];
		read_key(item);
		ck_assert_int_eq(an_ed25519_public_key(key.secret, public_key), AUTONOMI_OK);
		ck_assert_mem_eq(public_key, key.public_key, sizeof(public_key));
		ck_assert_int_eq(an_ed25519_sign(key.secret, public_key, key.message, signature),
		                 AUTONOMI_OK);
		ck_assert_mem_eq(signature, key.signature, sizeof(signature));
		ck_assert(verifies());
	}
	ck_assert_uint_eq(count, 12);
}
END_TEST

/* RFC 8032, 7.1, TEST 1: the empty message. */
START_TEST(an_empty_message_can_be_signed)
{
	size_t size;
	uint8_t *secret = vectors_hex(
		"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", &size);
	uint8_t *expected = vectors_hex(
		"e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bac"
		"c61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
		&size);
	uint8_t public_key[AN_ED25519_PUBLIC_SIZE], signature[AN_ED25519_SIGNATURE_SIZE];
	ck_assert_int_eq(an_ed25519_public_key(secret, public_key), AUTONOMI_OK);
	ck_assert_int_eq(an_ed25519_sign(secret, public_key, an_span(NULL, 0), signature),
	                 AUTONOMI_OK);
	ck_assert_mem_eq(signature, expected, sizeof(signature));
	ck_assert(an_ed25519_verify(public_key, an_span(NULL, 0), an_span(signature, 64)));
	free(secret);
	free(expected);
}
END_TEST

START_TEST(a_changed_message_does_not_verify)
{
	key.message_bytes[0] ^= 1;
	ck_assert(!verifies());
}
END_TEST

START_TEST(a_changed_signature_does_not_verify)
{
	key.signature[_i] ^= 0x10;
	ck_assert(!verifies());
}
END_TEST

START_TEST(the_key_of_another_does_not_verify)
{
	key.secret[0] ^= 1;
	ck_assert_int_eq(an_ed25519_public_key(key.secret, key.public_key), AUTONOMI_OK);
	ck_assert(!verifies());
}
END_TEST

START_TEST(a_signature_of_another_size_does_not_verify)
{
	ck_assert(!an_ed25519_verify(key.public_key, key.message, an_span(key.signature, 63)));
	ck_assert(!an_ed25519_verify(key.public_key, key.message, an_span(NULL, 0)));
}
END_TEST

START_TEST(bytes_that_are_no_point_are_no_key)
{
	const uint8_t no_point[AN_ED25519_PUBLIC_SIZE] = {2}; /* no x fits y = 2 */
	uint8_t too_large[AN_ED25519_PUBLIC_SIZE];
	memset(too_large, 0xff, sizeof(too_large));
	ck_assert(an_ed25519_public_key_valid(key.public_key));
	ck_assert(!an_ed25519_public_key_valid(no_point));
	ck_assert(!an_ed25519_public_key_valid(too_large));
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("crypt/ed25519");
	TCase *all = tcase_create("a key of the vectors");
	tcase_add_checked_fixture(all, load, unload);
	tcase_add_test(all, keys_and_signatures_are_those_of_the_vectors);
	tcase_add_test(all, an_empty_message_can_be_signed);
	tcase_add_test(all, a_changed_message_does_not_verify);
	tcase_add_loop_test(all, a_changed_signature_does_not_verify, 0, 64);
	tcase_add_test(all, the_key_of_another_does_not_verify);
	tcase_add_test(all, a_signature_of_another_size_does_not_verify);
	tcase_add_test(all, bytes_that_are_no_point_are_no_key);
	suite_add_tcase(s, all);
	return s;
}
