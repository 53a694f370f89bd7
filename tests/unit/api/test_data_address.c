/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Addresses through the public functions, against the real crates. */
#include <string.h>

#include "harness.h"
#include "unit/api/data_support.h"

static const uint8_t name[AUTONOMI_NAME_SIZE] = {1, 2, 3};

static void check_forms(uint32_t type, struct an_span inner, const json_t *vector)
{
	static const uint32_t forms[] = {AUTONOMI_FORM_MSGPACK, AUTONOMI_FORM_CBOR};
	static const char *const fields[] = {"msgpack", "cbor"};
	for (size_t i = 0; i < 2; i++) {
		const struct an_span encoded = vector_bytes(vector, fields[i]);
		autonomi_bytes *bytes = NULL;
		uint8_t read[AUTONOMI_ADDRESS_MAX];
		uint32_t read_type = 99;
		size_t size = 0;
		ck_assert_int_eq(autonomi_address_encode(forms[i], type, inner.data, inner.size,
		                                         &bytes),
		                 AUTONOMI_OK);
		data_expect(bytes, encoded);
		ck_assert_int_eq(autonomi_address_decode(forms[i], encoded.data, encoded.size,
		                                         &read_type, read, &size),
		                 AUTONOMI_OK);
		ck_assert_uint_eq(read_type, type);
		vector_equal(an_span(read, size), inner);
		ck_assert_int_eq(autonomi_address_decode(forms[i], encoded.data, encoded.size - 1,
		                                         &read_type, read, &size),
		                 AUTONOMI_E_CORRUPT);
		uint8_t longer[1024] = {0};
		memcpy(longer, encoded.data, encoded.size);
		ck_assert_int_eq(autonomi_address_decode(forms[i], longer, encoded.size + 1,
		                                         &read_type, read, &size),
		                 AUTONOMI_E_CORRUPT);
	}
}

static void check_address(const json_t *vector)
{
	const uint32_t type = data_address_type(vector_text(vector, "variant"));
	const struct an_span inner = vector_bytes(vector, "inner");
	uint8_t key[AUTONOMI_ADDRESS_MAX], dht_key[AUTONOMI_NAME_SIZE];
	autonomi_bytes *text = NULL;
	size_t size = 0;
	ck_assert_int_eq(autonomi_address_check(type, inner.data, inner.size), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_address_record_key(type, inner.data, inner.size, key, &size),
	                 AUTONOMI_OK);
	data_equal(key, size, vector, "record_key");
	ck_assert_int_eq(autonomi_address_dht_key(type, inner.data, inner.size, dht_key),
	                 AUTONOMI_OK);
	data_equal(dht_key, sizeof(dht_key), vector, "kbucket_key");
	ck_assert_int_eq(autonomi_address_display(type, inner.data, inner.size, 0, &text),
	                 AUTONOMI_OK);
	data_expect_text(text, vector_text(vector, "display"));
	ck_assert_int_eq(autonomi_address_display(type, inner.data, inner.size, 1, &text),
	                 AUTONOMI_OK);
	data_expect_text(text, vector_text(vector, "debug"));
	check_forms(type, inner, vector);
}

START_TEST(addresses_are_shown_and_encoded_as_the_real_crate_does)
{
	ck_assert_uint_gt(vector_each("addresses", "network_address", check_address), 0);
}
END_TEST

/* The client's addresses have the forms of a chunk's and of an owner's. */
static uint32_t type_of(const char *words)
{
	if (strcmp(words, "DataAddress") == 0)
		return AUTONOMI_ADDRESS_CHUNK;
	return strcmp(words, "RegisterAddress") == 0 ? AUTONOMI_ADDRESS_GRAPH_ENTRY
	                                             : data_address_type(words);
}

static void check_text(const json_t *vector)
{
	const char *text = vector_text(vector, "text");
	const uint32_t type = type_of(vector_text(vector, "type"));
	uint8_t bytes[AUTONOMI_ADDRESS_MAX];
	size_t size = 0;
	char error[256], back[256];
	const autonomi_status status = autonomi_address_from_text(type, text, bytes, &size, error,
	                                                          sizeof(error));
	if (!json_is_true(vector_get(vector, "ok"))) {
		ck_assert_msg(status == AUTONOMI_E_ADDRESS, "%s", vector_id());
		ck_assert_msg(strstr(error, vector_text(vector, "error")) != NULL, "%s: %s",
		              vector_id(), error);
		char shorter[8];
		autonomi_address_from_text(type, text, bytes, &size, shorter, sizeof(shorter));
		ck_assert_uint_lt(strlen(shorter), sizeof(shorter));
		ck_assert(strncmp(shorter, error, strlen(shorter)) == 0);
		return;
	}
	ck_assert_msg(status == AUTONOMI_OK, "%s", vector_id());
	ck_assert_str_eq(error, "");
	ck_assert_int_eq(autonomi_address_to_text(type, bytes, size, back, sizeof(back)),
	                 AUTONOMI_OK);
	vector_equal(vector_unhex(back), an_span(bytes, size));
	ck_assert_int_eq(autonomi_address_to_text(type, bytes, size, back, 2 * size),
	                 AUTONOMI_E_TOO_SMALL);
}

START_TEST(texts_are_read_and_refused_as_the_real_crate_does)
{
	ck_assert_uint_gt(vector_each("addresses", "from_hex", check_text), 0);
}
END_TEST

static void check_record_key(const json_t *vector)
{
	const struct an_span key = vector_bytes(vector, "key");
	uint8_t bytes[AUTONOMI_ADDRESS_MAX];
	size_t size = 0;
	char full[2 * AUTONOMI_ADDRESS_MAX + 1];
	autonomi_bytes *text = NULL;
	ck_assert_int_eq(autonomi_record_key_display(key.data, key.size, &text), AUTONOMI_OK);
	data_expect_text(text, vector_text(vector, "display"));
	ck_assert_int_eq(autonomi_address_to_text(AUTONOMI_ADDRESS_RECORD_KEY, key.data, key.size,
	                                          full, sizeof(full)),
	                 AUTONOMI_OK);
	ck_assert_str_eq(full, vector_text(vector, "full"));
	ck_assert_int_eq(autonomi_address_from_text(AUTONOMI_ADDRESS_RECORD_KEY, full, bytes, &size,
	                                            NULL, 0),
	                 AUTONOMI_OK);
	vector_equal(an_span(bytes, size), key);
}

START_TEST(record_keys_are_shown_as_the_real_crate_does)
{
	ck_assert_uint_gt(vector_each("addresses", "record_key", check_record_key), 0);
}
END_TEST

START_TEST(a_peer_id_is_written_in_base58)
{
	static const char id[] = "12D3KooWADASmPnPMGfZAq2zPaGYV3DDWjvtAKzNuczYwFnFzAEN";
	uint8_t bytes[AUTONOMI_ADDRESS_MAX];
	char text[AUTONOMI_PEER_ID_TEXT_MAX], error[64];
	size_t size = 0;
	ck_assert_int_eq(autonomi_address_from_text(AUTONOMI_ADDRESS_PEER_ID, id, bytes, &size,
	                                            NULL, 0),
	                 AUTONOMI_OK);
	ck_assert_int_eq(autonomi_address_to_text(AUTONOMI_ADDRESS_PEER_ID, bytes, size, text,
	                                          sizeof(text)),
	                 AUTONOMI_OK);
	ck_assert_str_eq(text, id);
	ck_assert_int_eq(autonomi_address_from_text(AUTONOMI_ADDRESS_PEER_ID, "none", bytes, &size,
	                                            error, sizeof(error)),
	                 AUTONOMI_E_ADDRESS);
	ck_assert_str_ne(error, "");
}
END_TEST

static void check_distance(const json_t *vector)
{
	uint8_t distance[AUTONOMI_NAME_SIZE];
	int32_t bucket = -9;
	ck_assert_int_eq(autonomi_dht_distance(vector_bytes(vector, "key_a").data,
	                                       vector_bytes(vector, "key_b").data, distance,
	                                       &bucket),
	                 AUTONOMI_OK);
	data_equal(distance, sizeof(distance), vector, "distance");
	if (vector_has(vector, "ilog2"))
		ck_assert_int_eq(bucket, (int32_t)vector_number(vector, "ilog2"));
	else
		ck_assert_int_eq(bucket, -1);
}

START_TEST(distances_are_those_of_the_real_crate)
{
	ck_assert_uint_gt(vector_each("addresses", "distance", check_distance), 0);
	uint8_t distance[AUTONOMI_NAME_SIZE];
	ck_assert_int_eq(autonomi_dht_distance(name, name, distance, NULL), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_dht_distance(name, NULL, distance, NULL), AUTONOMI_E_INVALID);
}
END_TEST

static void check_multiaddr(const json_t *vector)
{
	const struct an_span binary = vector_bytes(vector, "bytes");
	uint8_t bytes[AUTONOMI_MULTIADDR_MAX];
	char text[AUTONOMI_MULTIADDR_TEXT_MAX];
	size_t size = 0;
	uint16_t port = 0;
	ck_assert_int_eq(autonomi_multiaddr_from_text(vector_text(vector, "text"), bytes, &size),
	                 AUTONOMI_OK);
	vector_equal(an_span(bytes, size), binary);
	ck_assert_int_eq(autonomi_multiaddr_to_text(bytes, size, text, sizeof(text)), AUTONOMI_OK);
	ck_assert_str_eq(text, vector_text(vector, "text"));
	ck_assert_int_eq(autonomi_multiaddr_to_text(bytes, size, text, 3), AUTONOMI_E_TOO_SMALL);
	const autonomi_status status = autonomi_multiaddr_udp_port(bytes, size, &port);
	if (!vector_has(vector, "udp_port")) {
		ck_assert_int_eq(status, AUTONOMI_E_NOT_FOUND);
		return;
	}
	ck_assert_int_eq(status, AUTONOMI_OK);
	ck_assert_uint_eq(port, vector_number(vector, "udp_port"));
}

START_TEST(multiaddresses_are_those_of_libp2p)
{
	ck_assert_uint_gt(vector_each("addresses", "multiaddr", check_multiaddr), 0);
}
END_TEST

START_TEST(arguments_are_checked)
{
	uint8_t bytes[AUTONOMI_MULTIADDR_MAX], no_key[AUTONOMI_PUBLIC_KEY_SIZE] = {1};
	char text[AUTONOMI_MULTIADDR_TEXT_MAX];
	uint32_t type;
	uint16_t port;
	size_t size;
	autonomi_bytes *made = NULL;
	const uint32_t chunk = AUTONOMI_ADDRESS_CHUNK, key = AUTONOMI_ADDRESS_RECORD_KEY;
	ck_assert_int_eq(autonomi_address_check(chunk, name, 31), AUTONOMI_E_ADDRESS);
	ck_assert_int_eq(autonomi_address_check(6, name, 32), AUTONOMI_E_ADDRESS);
	ck_assert_int_eq(autonomi_address_check(key, bytes, 129), AUTONOMI_E_ADDRESS);
	ck_assert_int_eq(autonomi_address_check(key, NULL, 0), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_address_check(key, NULL, 1), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_address_check(AUTONOMI_ADDRESS_POINTER, no_key, sizeof(no_key)),
	                 AUTONOMI_E_ADDRESS);
	ck_assert_int_eq(autonomi_address_check(AUTONOMI_ADDRESS_SCRATCHPAD, name, 32),
	                 AUTONOMI_E_ADDRESS);
	ck_assert_int_eq(autonomi_address_record_key(chunk, name, 32, NULL, &size),
	                 AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_address_record_key(chunk, name, 1, bytes, &size),
	                 AUTONOMI_E_ADDRESS);
	ck_assert_int_eq(autonomi_address_dht_key(chunk, name, 32, NULL), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_address_dht_key(chunk, name, 1, bytes), AUTONOMI_E_ADDRESS);
	ck_assert_int_eq(autonomi_address_from_text(6, "00", bytes, &size, NULL, 0),
	                 AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_address_from_text(key, "0x", bytes, &size, NULL, 0),
	                 AUTONOMI_E_ADDRESS);
	ck_assert_int_eq(autonomi_address_from_text(key, NULL, bytes, &size, NULL, 0),
	                 AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_address_to_text(key, name, 32, NULL, 0), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_address_to_text(chunk, name, 1, text, sizeof(text)),
	                 AUTONOMI_E_ADDRESS);
	ck_assert_int_eq(autonomi_address_display(chunk, name, 32, 0, NULL), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_address_display(chunk, name, 1, 0, &made), AUTONOMI_E_ADDRESS);
	ck_assert_int_eq(autonomi_record_key_display(NULL, 1, &made), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_record_key_display(bytes, 129, &made), AUTONOMI_E_TOO_LARGE);
	ck_assert_int_eq(autonomi_address_encode(3, chunk, name, 32, &made), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_address_encode(AUTONOMI_FORM_CBOR, chunk, name, 1, &made),
	                 AUTONOMI_E_ADDRESS);
	ck_assert_int_eq(autonomi_address_decode(0, name, 32, &type, bytes, &size),
	                 AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_multiaddr_from_text("/ip4/none", bytes, &size),
	                 AUTONOMI_E_ADDRESS);
	ck_assert_int_eq(autonomi_multiaddr_from_text(NULL, bytes, &size), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_multiaddr_to_text(name, 3, text, sizeof(text)),
	                 AUTONOMI_E_ADDRESS);
	ck_assert_int_eq(autonomi_multiaddr_to_text(NULL, 0, text, sizeof(text)),
	                 AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_multiaddr_udp_port(NULL, 0, &port), AUTONOMI_E_INVALID);
	ck_assert_ptr_null(made);
}
END_TEST

/* On the curve, of the right size, but a chunk's name where an owner should be. */
START_TEST(an_encoded_owner_that_is_no_key_is_refused)
{
	autonomi_bytes *bytes = NULL;
	uint8_t encoded[256], read[AUTONOMI_ADDRESS_MAX], secret[AUTONOMI_SECRET_KEY_SIZE];
	uint8_t owner[AUTONOMI_PUBLIC_KEY_SIZE];
	uint32_t type;
	size_t size;
	ck_assert_int_eq(autonomi_bls_secret_generate(name, secret), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_bls_public_key(secret, owner), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_address_encode(AUTONOMI_FORM_MSGPACK, AUTONOMI_ADDRESS_POINTER,
	                                         owner, sizeof(owner), &bytes),
	                 AUTONOMI_OK);
	const struct an_span good = data_span(bytes);
	memcpy(encoded, good.data, good.size);
	encoded[good.size - 1] ^= 1;
	const autonomi_status status = autonomi_address_decode(AUTONOMI_FORM_MSGPACK, encoded,
	                                                       good.size, &type, read, &size);
	ck_assert(status == AUTONOMI_E_CORRUPT);
	autonomi_bytes_free(bytes);
}
END_TEST

static autonomi_status use_addresses(void)
{
	uint8_t bytes[AUTONOMI_MULTIADDR_MAX];
	char text[AUTONOMI_MULTIADDR_TEXT_MAX];
	size_t size = 0;
	autonomi_bytes *shown = NULL, *key = NULL, *encoded = NULL;
	autonomi_status status = autonomi_address_display(AUTONOMI_ADDRESS_CHUNK, name, 32, 1,
	                                                  &shown);
	if (status == AUTONOMI_OK)
		status = autonomi_record_key_display(name, 32, &key);
	if (status == AUTONOMI_OK)
		status = autonomi_address_encode(AUTONOMI_FORM_CBOR, AUTONOMI_ADDRESS_CHUNK, name,
		                                 32, &encoded);
	if (status == AUTONOMI_OK)
		status = autonomi_multiaddr_from_text("/ip4/192.0.2.1/udp/9", bytes, &size);
	if (status == AUTONOMI_OK)
		status = autonomi_multiaddr_to_text(bytes, size, text, sizeof(text));
	autonomi_bytes_free(shown);
	autonomi_bytes_free(key);
	autonomi_bytes_free(encoded);
	return status;
}

START_TEST(without_memory_nothing_is_made_and_nothing_leaks)
{
	data_without_memory(use_addresses, 6);
}
END_TEST

Suite *suite(void)
{
	Suite *addresses = suite_create("data_address");
	TCase *tests = tcase_create("addresses");
	tcase_add_test(tests, addresses_are_shown_and_encoded_as_the_real_crate_does);
	tcase_add_test(tests, texts_are_read_and_refused_as_the_real_crate_does);
	tcase_add_test(tests, record_keys_are_shown_as_the_real_crate_does);
	tcase_add_test(tests, a_peer_id_is_written_in_base58);
	tcase_add_test(tests, distances_are_those_of_the_real_crate);
	tcase_add_test(tests, multiaddresses_are_those_of_libp2p);
	tcase_add_test(tests, arguments_are_checked);
	tcase_add_test(tests, an_encoded_owner_that_is_no_key_is_refused);
	tcase_add_test(tests, without_memory_nothing_is_made_and_nothing_leaks);
	suite_add_tcase(addresses, tests);
	return addresses;
}
