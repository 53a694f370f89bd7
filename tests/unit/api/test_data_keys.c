/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys, signatures and encryption through the public functions, against the real crates. */
#include <errno.h>
#include <string.h>

#include "harness.h"
#include "unit/api/data_support.h"

enum { SECRET = AUTONOMI_SECRET_KEY_SIZE, PUBLIC = AUTONOMI_PUBLIC_KEY_SIZE };

static const uint8_t seed[AUTONOMI_SEED_SIZE] = {7};
static const uint8_t message[] = "a message";
static uint8_t secret[SECRET], public_key[PUBLIC], signature[AUTONOMI_SIGNATURE_SIZE];

static void setup(void)
{
	ck_assert_int_eq(autonomi_bls_secret_generate(seed, secret), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_bls_public_key(secret, public_key), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_bls_sign(secret, message, sizeof(message), signature),
	                 AUTONOMI_OK);
}

/* ---- Owners' keys. */

static void check_key(const json_t *vector)
{
	uint8_t made[PUBLIC], from_hex[PUBLIC], secret_from_hex[SECRET];
	const struct an_span key = vector_bytes(vector, "secret_key");
	ck_assert_int_eq(autonomi_bls_public_key(key.data, made), AUTONOMI_OK);
	data_equal(made, sizeof(made), vector, "public_key");
	ck_assert_int_eq(autonomi_bls_public_from_hex(vector_text(vector, "public_key"), from_hex),
	                 AUTONOMI_OK);
	ck_assert_mem_eq(from_hex, made, PUBLIC);
	ck_assert_int_eq(autonomi_bls_secret_from_hex(vector_text(vector, "secret_key"),
	                                              secret_from_hex),
	                 AUTONOMI_OK);
	data_equal(secret_from_hex, SECRET, vector, "secret_key");
}

START_TEST(public_keys_are_those_of_the_real_crate)
{
	ck_assert_uint_gt(vector_each("bls", "key", check_key), 0);
}
END_TEST

static void check_decode(const json_t *vector, size_t size,
                         autonomi_status (*check)(const uint8_t *bytes))
{
	const struct an_span bytes = vector_bytes(vector, "bytes");
	const bool ok = json_is_true(vector_get(vector, "ok"));
	if (bytes.size == size)
		ck_assert_msg(check(bytes.data) == (ok ? AUTONOMI_OK : AUTONOMI_E_CORRUPT), "%s",
		              vector_id());
}

static void check_public(const json_t *vector)
{
	uint8_t read[PUBLIC];
	check_decode(vector, PUBLIC, autonomi_bls_public_check);
	const bool ok = json_is_true(vector_get(vector, "ok"));
	ck_assert_msg(autonomi_bls_public_from_hex(vector_text(vector, "bytes"), read) ==
	                      (ok ? AUTONOMI_OK : AUTONOMI_E_CORRUPT),
	              "%s", vector_id());
}

static void check_secret(const json_t *vector)
{
	uint8_t read[SECRET];
	check_decode(vector, SECRET, autonomi_bls_secret_check);
	const bool ok = json_is_true(vector_get(vector, "ok"));
	ck_assert_msg(autonomi_bls_secret_from_hex(vector_text(vector, "bytes"), read) ==
	                      (ok ? AUTONOMI_OK : AUTONOMI_E_CORRUPT),
	              "%s", vector_id());
}

static void check_signature(const json_t *vector)
{
	check_decode(vector, AUTONOMI_SIGNATURE_SIZE, autonomi_bls_signature_check);
}

START_TEST(bytes_that_are_no_key_are_refused_as_the_real_crate_does)
{
	ck_assert_uint_gt(vector_each("bls", "decode_public_key", check_public), 0);
	ck_assert_uint_gt(vector_each("bls", "decode_secret_key", check_secret), 0);
	ck_assert_uint_gt(vector_each("bls", "decode_signature", check_signature), 0);
}
END_TEST

static void check_sign(const json_t *vector)
{
	uint8_t made[AUTONOMI_SIGNATURE_SIZE];
	const struct an_span text = vector_has(vector, "payload")
	                                    ? vector_payload(vector_get(vector, "payload"))
	                                    : vector_bytes(vector, "message");
	ck_assert_int_eq(autonomi_bls_sign(vector_bytes(vector, "secret_key").data, text.data,
	                                   text.size, made),
	                 AUTONOMI_OK);
	data_equal(made, sizeof(made), vector, "signature");
}

static void check_verify(const json_t *vector)
{
	const struct an_span key = vector_bytes(vector, "public_key");
	const struct an_span text = vector_bytes(vector, "message");
	const struct an_span by = vector_bytes(vector, "signature");
	const bool valid = json_is_true(vector_get(vector, "valid"));
	ck_assert_msg(autonomi_bls_verify(key.data, text.data, text.size, by.data) ==
	                      (valid ? AUTONOMI_OK : AUTONOMI_E_CORRUPT),
	              "%s", vector_id());
}

START_TEST(signatures_are_made_and_judged_as_the_real_crate_does)
{
	ck_assert_uint_gt(vector_each("bls", "sign", check_sign), 0);
	ck_assert_uint_gt(vector_each("bls", "verify", check_verify), 0);
}
END_TEST

static void check_child(const json_t *vector)
{
	uint8_t child_secret[SECRET], child_public[PUBLIC];
	const struct an_span index = vector_bytes(vector, "index");
	ck_assert_int_eq(autonomi_bls_derive_secret(vector_bytes(vector, "secret_key").data,
	                                            index.data, index.size, child_secret),
	                 AUTONOMI_OK);
	data_equal(child_secret, SECRET, vector, "child_secret_key");
	ck_assert_int_eq(autonomi_bls_derive_public(vector_bytes(vector, "public_key").data,
	                                            index.data, index.size, child_public),
	                 AUTONOMI_OK);
	data_equal(child_public, PUBLIC, vector, "child_public_key");
}

/* The client's wrappers of derivation. */
static void check_derivation(const json_t *vector)
{
	uint8_t derived[SECRET];
	const struct an_span index = vector_bytes(vector, "index");
	ck_assert_int_eq(autonomi_bls_derive_secret(vector_bytes(vector, "main_secret_key").data,
	                                            index.data, index.size, derived),
	                 AUTONOMI_OK);
	data_equal(derived, SECRET, vector, "derived_secret_key");
}

START_TEST(child_keys_are_those_of_the_real_crates)
{
	ck_assert_uint_gt(vector_each("bls", "derive_child", check_child), 0);
	ck_assert_uint_gt(vector_each("archives", "derivation", check_derivation), 0);
}
END_TEST

static void check_decrypt(const json_t *vector)
{
	const struct an_span ciphertext = vector_bytes(vector, "ciphertext");
	autonomi_bytes *plain = NULL;
	const autonomi_status status = autonomi_bls_decrypt(vector_bytes(vector, "secret_key").data,
	                                                    ciphertext.data, ciphertext.size,
	                                                    &plain);
	if (!vector_has(vector, "plaintext")) {
		ck_assert_msg(status == AUTONOMI_E_CORRUPT, "%s", vector_id());
		ck_assert_ptr_null(plain);
		return;
	}
	ck_assert_msg(status == AUTONOMI_OK, "%s", vector_id());
	data_expect(plain, vector_bytes(vector, "plaintext"));
}

START_TEST(ciphertexts_are_read_as_the_real_crate_does)
{
	ck_assert_uint_gt(vector_each("bls", "decrypt", check_decrypt), 0);
}
END_TEST

START_TEST(what_is_encrypted_to_a_key_is_read_with_its_secret)
{
	autonomi_bytes *first = NULL, *second = NULL, *plain = NULL;
	ck_assert_int_eq(autonomi_bls_encrypt(public_key, message, sizeof(message), seed, &first),
	                 AUTONOMI_OK);
	ck_assert_uint_eq(data_span(first).size, sizeof(message) + AUTONOMI_CIPHERTEXT_OVERHEAD);
	ck_assert_int_eq(autonomi_bls_encrypt(public_key, message, sizeof(message), NULL, &second),
	                 AUTONOMI_OK);
	ck_assert(!an_span_equal(data_span(first), data_span(second)));
	ck_assert_int_eq(autonomi_bls_decrypt(secret, data_span(second).data,
	                                      data_span(second).size, &plain),
	                 AUTONOMI_OK);
	data_expect(plain, an_span(message, sizeof(message)));
	autonomi_bytes_free(second);
	autonomi_bytes *again = NULL;
	ck_assert_int_eq(autonomi_bls_encrypt(public_key, message, sizeof(message), seed, &again),
	                 AUTONOMI_OK);
	data_expect(again, data_span(first));
	autonomi_bytes_free(first);
}
END_TEST

START_TEST(keys_come_from_a_seed_from_material_or_from_the_system)
{
	uint8_t one[SECRET], two[SECRET];
	ck_assert_int_eq(autonomi_bls_secret_generate(seed, one), AUTONOMI_OK);
	ck_assert_mem_eq(one, secret, SECRET);
	ck_assert_int_eq(autonomi_bls_secret_generate(NULL, one), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_bls_secret_generate(NULL, two), AUTONOMI_OK);
	ck_assert(memcmp(one, two, SECRET) != 0);
	ck_assert_int_eq(autonomi_bls_secret_check(one), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_bls_secret_from_material(seed, sizeof(seed), one), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_bls_secret_check(one), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_bls_secret_from_material(seed, sizeof(seed) - 1, one),
	                 AUTONOMI_E_INVALID);
}
END_TEST

START_TEST(arguments_of_owners_keys_are_checked)
{
	uint8_t none[SECRET], out[AUTONOMI_SIGNATURE_SIZE];
	uint8_t no_key[PUBLIC] = {1};
	autonomi_bytes *bytes = NULL;
	memset(none, 0xff, sizeof(none));
	ck_assert_int_eq(autonomi_bls_secret_generate(seed, NULL), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_bls_secret_from_material(NULL, 32, out), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_bls_secret_check(NULL), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_bls_secret_from_hex(NULL, out), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_bls_public_from_hex("00", NULL), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_bls_public_from_hex("00", out), AUTONOMI_E_CORRUPT);
	ck_assert_int_eq(autonomi_bls_public_key(none, out), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_bls_public_key(NULL, out), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_bls_derive_secret(none, seed, 1, out), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_bls_derive_secret(secret, NULL, 1, out), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_bls_derive_public(no_key, seed, 1, out), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_bls_sign(none, message, 1, out), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_bls_sign(secret, NULL, 1, out), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_bls_verify(public_key, message, 1, NULL), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_bls_verify(no_key, message, 1, signature), AUTONOMI_E_CORRUPT);
	ck_assert_int_eq(autonomi_bls_encrypt(public_key, message, 0, NULL, &bytes),
	                 AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_bls_encrypt(public_key, message, (1u << 30) + 1, NULL, &bytes),
	                 AUTONOMI_E_TOO_LARGE);
	ck_assert_int_eq(autonomi_bls_encrypt(no_key, message, 1, NULL, &bytes),
	                 AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_bls_decrypt(secret, NULL, 1, &bytes), AUTONOMI_E_INVALID);
	ck_assert_ptr_null(bytes);
}
END_TEST

static autonomi_status encrypt_and_decrypt(void)
{
	autonomi_bytes *ciphertext = NULL, *plain = NULL;
	autonomi_status status = autonomi_bls_encrypt(public_key, message, sizeof(message), seed,
	                                              &ciphertext);
	if (status == AUTONOMI_OK)
		status = autonomi_bls_decrypt(secret, data_span(ciphertext).data,
		                              data_span(ciphertext).size, &plain);
	autonomi_bytes_free(ciphertext);
	autonomi_bytes_free(plain);
	return status;
}

static autonomi_status write_identities(void)
{
	uint8_t key[AUTONOMI_IDENTITY_PUBLIC_SIZE];
	autonomi_bytes *pair = NULL, *public_half = NULL;
	autonomi_status status = autonomi_identity_public_key(seed, key);
	if (status == AUTONOMI_OK)
		status = autonomi_identity_pair_to_protobuf(seed, &pair);
	if (status == AUTONOMI_OK)
		status = autonomi_identity_public_to_protobuf(key, &public_half);
	autonomi_bytes_free(pair);
	autonomi_bytes_free(public_half);
	return status;
}

START_TEST(without_memory_nothing_is_made_and_nothing_leaks)
{
	data_without_memory(encrypt_and_decrypt, 4);
	data_without_memory(write_identities, 4);
}
END_TEST

/* ---- Nodes' identities. */

static void check_identity(const json_t *vector)
{
	uint8_t key[AUTONOMI_IDENTITY_PUBLIC_SIZE], by[AUTONOMI_IDENTITY_SIGNATURE_SIZE];
	uint8_t id[AUTONOMI_PEER_ID_MAX], dht_key[AUTONOMI_NAME_SIZE];
	char text[AUTONOMI_PEER_ID_TEXT_MAX];
	size_t size = 0;
	autonomi_bytes *bytes = NULL;
	const uint8_t *from = vector_bytes(vector, "secret").data;
	const struct an_span said = vector_bytes(vector, "message");
	ck_assert_int_eq(autonomi_identity_public_key(from, key), AUTONOMI_OK);
	data_equal(key, sizeof(key), vector, "public_key");
	ck_assert_int_eq(autonomi_identity_sign(from, said.data, said.size, by), AUTONOMI_OK);
	data_equal(by, sizeof(by), vector, "signature");
	ck_assert_int_eq(autonomi_identity_verify(key, said.data, said.size, by), AUTONOMI_OK);
	by[0] ^= 1;
	ck_assert_int_eq(autonomi_identity_verify(key, said.data, said.size, by),
	                 AUTONOMI_E_CORRUPT);
	ck_assert_int_eq(autonomi_identity_peer_id(key, id, &size), AUTONOMI_OK);
	data_equal(id, size, vector, "bytes");
	ck_assert_int_eq(autonomi_peer_id_to_text(id, size, text, sizeof(text)), AUTONOMI_OK);
	ck_assert_str_eq(text, vector_text(vector, "base58"));
	ck_assert_int_eq(autonomi_address_dht_key(AUTONOMI_ADDRESS_PEER_ID, id, size, dht_key),
	                 AUTONOMI_OK);
	data_equal(dht_key, sizeof(dht_key), vector, "kbucket_key");
	ck_assert_int_eq(autonomi_identity_pair_to_protobuf(from, &bytes), AUTONOMI_OK);
	data_expect(bytes, vector_bytes(vector, "protobuf_keypair"));
	ck_assert_int_eq(autonomi_identity_public_to_protobuf(key, &bytes), AUTONOMI_OK);
	data_expect(bytes, vector_bytes(vector, "protobuf_public_key"));
}

static void check_peer_id(const json_t *vector)
{
	uint8_t id[AUTONOMI_PEER_ID_MAX];
	char text[AUTONOMI_PEER_ID_TEXT_MAX];
	size_t size = 0;
	const bool ok = json_is_true(vector_get(vector, "ok"));
	if (vector_has(vector, "bytes")) {
		const struct an_span bytes = vector_bytes(vector, "bytes");
		ck_assert_msg(autonomi_peer_id_to_text(bytes.data, bytes.size, text,
		                                       sizeof(text)) ==
		                      (ok ? AUTONOMI_OK : AUTONOMI_E_ADDRESS),
		              "%s", vector_id());
	}
	if (!ok || !vector_has(vector, "base58"))
		return;
	ck_assert_int_eq(autonomi_peer_id_from_text(vector_text(vector, "base58"), id, &size),
	                 AUTONOMI_OK);
	data_equal(id, size, vector, "bytes");
}

START_TEST(identities_and_peer_ids_are_those_of_libp2p)
{
	ck_assert_uint_gt(vector_each("addresses", "peer_id", check_identity), 0);
	ck_assert_uint_gt(vector_each("addresses", "peer_id_parse", check_peer_id), 0);
}
END_TEST

START_TEST(arguments_of_identities_are_checked)
{
	uint8_t out[AUTONOMI_IDENTITY_SIGNATURE_SIZE], id[AUTONOMI_PEER_ID_MAX], no_key[32];
	char text[AUTONOMI_PEER_ID_TEXT_MAX];
	size_t size = 0;
	autonomi_bytes *bytes = NULL;
	memset(no_key, 0xff, sizeof(no_key));
	no_key[31] = 0x7f;
	ck_assert_int_eq(autonomi_identity_generate(NULL, NULL), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_identity_generate(NULL, out), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_identity_public_key(NULL, out), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_identity_sign(out, NULL, 1, out), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_identity_verify(NULL, message, 1, out), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_identity_peer_id(no_key, id, &size), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_identity_peer_id(NULL, id, &size), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_identity_pair_to_protobuf(NULL, &bytes), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_identity_public_to_protobuf(NULL, &bytes), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_identity_public_to_protobuf(no_key, &bytes), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_peer_id_to_text(NULL, 1, text, sizeof(text)), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_peer_id_from_text("not one", id, &size), AUTONOMI_E_ADDRESS);
	ck_assert_int_eq(autonomi_peer_id_from_text(NULL, id, &size), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_identity_public_key(seed, out), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_identity_peer_id(out, id, &size), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_peer_id_to_text(id, size, text, 10), AUTONOMI_E_TOO_SMALL);
}
END_TEST

/* ---- Bytes. */

START_TEST(bytes_of_nothing_are_nothing)
{
	size_t size = 9;
	ck_assert_ptr_null(autonomi_bytes_data(NULL, &size));
	ck_assert_uint_eq(size, 0);
	ck_assert_ptr_null(autonomi_bytes_data(NULL, NULL));
	ck_assert_str_eq(autonomi_bytes_text(NULL), "");
	ck_assert_ptr_null(autonomi_bytes_free(NULL));
}
END_TEST

START_TEST(hexadecimal_digits_are_written_and_read)
{
	char text[7];
	uint8_t bytes[3];
	size_t size = 0;
	const uint8_t some[] = {0x00, 0xaf, 0x19};
	ck_assert_int_eq(autonomi_hex_encode(some, 3, text, sizeof(text)), AUTONOMI_OK);
	ck_assert_str_eq(text, "00af19");
	ck_assert_int_eq(autonomi_hex_encode(some, 3, text, 6), AUTONOMI_E_TOO_SMALL);
	ck_assert_int_eq(autonomi_hex_encode(some, 3, text, 0), AUTONOMI_E_TOO_SMALL);
	ck_assert_int_eq(autonomi_hex_encode(NULL, 3, text, 7), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_hex_encode(NULL, 0, text, 7), AUTONOMI_OK);
	ck_assert_str_eq(text, "");
	ck_assert_int_eq(autonomi_hex_decode("00aF19", bytes, 3, &size), AUTONOMI_OK);
	ck_assert_uint_eq(size, 3);
	ck_assert_mem_eq(bytes, some, 3);
	ck_assert_int_eq(autonomi_hex_decode("00aF19", bytes, 2, &size), AUTONOMI_E_TOO_SMALL);
	ck_assert_int_eq(autonomi_hex_decode("0", bytes, 3, &size), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_hex_decode("0g", bytes, 3, &size), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_hex_decode(NULL, bytes, 3, &size), AUTONOMI_E_INVALID);
}
END_TEST

START_TEST(content_is_named_by_its_hash)
{
	uint8_t hash[AUTONOMI_NAME_SIZE];
	uint8_t expected[AUTONOMI_NAME_SIZE];
	size_t size;
	ck_assert_int_eq(autonomi_content_hash(NULL, 0, hash), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_hex_decode("a7ffc6f8bf1ed76651c14756a061d662"
	                                     "f580ff4de43b49fa82d80a4b80f8434a",
	                                     expected, sizeof(expected), &size),
	                 AUTONOMI_OK);
	ck_assert_mem_eq(hash, expected, sizeof(hash));
	ck_assert_int_eq(autonomi_content_hash(NULL, 1, hash), AUTONOMI_E_INVALID);
}
END_TEST

START_TEST(errno_is_left_as_it_was)
{
	autonomi_bytes *bytes = NULL;
	errno = 77;
	ck_assert_int_eq(autonomi_bls_encrypt(public_key, message, 1, NULL, &bytes), AUTONOMI_OK);
	ck_assert_int_eq(errno, 77);
	autonomi_bytes_free(bytes);
	ck_assert_int_eq(errno, 77);
}
END_TEST

Suite *suite(void)
{
	Suite *keys = suite_create("data_keys");
	TCase *tests = tcase_create("keys");
	tcase_add_checked_fixture(tests, setup, NULL);
	tcase_add_test(tests, public_keys_are_those_of_the_real_crate);
	tcase_add_test(tests, bytes_that_are_no_key_are_refused_as_the_real_crate_does);
	tcase_add_test(tests, signatures_are_made_and_judged_as_the_real_crate_does);
	tcase_add_test(tests, child_keys_are_those_of_the_real_crates);
	tcase_add_test(tests, ciphertexts_are_read_as_the_real_crate_does);
	tcase_add_test(tests, what_is_encrypted_to_a_key_is_read_with_its_secret);
	tcase_add_test(tests, keys_come_from_a_seed_from_material_or_from_the_system);
	tcase_add_test(tests, arguments_of_owners_keys_are_checked);
	tcase_add_test(tests, without_memory_nothing_is_made_and_nothing_leaks);
	tcase_add_test(tests, identities_and_peer_ids_are_those_of_libp2p);
	tcase_add_test(tests, arguments_of_identities_are_checked);
	tcase_add_test(tests, bytes_of_nothing_are_nothing);
	tcase_add_test(tests, hexadecimal_digits_are_written_and_read);
	tcase_add_test(tests, content_is_named_by_its_hash);
	tcase_add_test(tests, errno_is_left_as_it_was);
	suite_add_tcase(keys, tests);
	return keys;
}
