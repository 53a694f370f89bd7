/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hashes.json, bls.json (README.md). */
#include <string.h>

#include "crypt/bls.h"
#include "crypt/hash.h"
#include "crypt/keccak.h"
#include "ident/dht_key.h"
#include "vectors/run.h"

static void check_digest(void)
{
	const struct an_span message = run_payload("payload");
	if (run_has("message"))
		run_expect_bytes("message", message);
	uint8_t hash[AN_HASH_SIZE];
	an_sha256(message, hash);
	run_expect_bytes("sha256", an_span(hash, sizeof(hash)));
	an_sha3_256(message, hash);
	run_expect_bytes("sha3_256", an_span(hash, sizeof(hash)));
	an_keccak_256(message, hash);
	run_expect_bytes("keccak256", an_span(hash, sizeof(hash)));
}

static void check_content_parts(void)
{
	struct an_hash hash;
	uint8_t name[AN_HASH_SIZE];
	const json_t *parts = run_list("parts");
	an_hash_init(&hash, AN_HASH_SHA3_256);
	for (size_t i = 0; i < json_array_size(parts); i++)
		an_hash_add(&hash, run_bytes_of(json_array_get(parts, i)));
	an_hash_finish(&hash, name);
	run_expect_bytes("name", an_span(name, sizeof(name)));
}

static struct an_dht_key raw_key(const char *name)
{
	const struct an_span bytes = run_bytes(name);
	struct an_dht_key key = {{0}};
	run_must(bytes.size == sizeof(key.bytes), name);
	if (bytes.size == sizeof(key.bytes))
		memcpy(key.bytes, bytes.data, bytes.size);
	return key;
}

static void check_cmp_distance(void)
{
	const struct an_dht_key base = raw_key("base");
	const struct an_dht_key lhs = raw_key("lhs");
	const struct an_dht_key rhs = raw_key("rhs");
	const int order = an_dht_key_compare(&base, &lhs, &rhs);
	run_expect_integer("order", (order > 0) - (order < 0));
}

static void check_distance(void)
{
	const struct an_dht_key a = an_dht_key_of(run_bytes("a"));
	const struct an_dht_key b = an_dht_key_of(run_bytes("b"));
	const struct an_dht_key distance = an_dht_key_distance(&a, &b);
	const int bucket = an_dht_key_bucket(&a, &b);
	run_expect_bytes("key_a", an_span(a.bytes, sizeof(a.bytes)));
	run_expect_bytes("key_b", an_span(b.bytes, sizeof(b.bytes)));
	run_expect_bytes("distance", an_span(distance.bytes, sizeof(distance.bytes)));
	run_expect("ilog2", bucket < 0 ? json_null() : json_integer(bucket));
}

/* The indices of names from the nearest to the farthest, at most `wanted`. */
json_t *run_order_of(const struct an_dht_key *target, const struct an_dht_key *keys, size_t count,
                     size_t wanted)
{
	json_t *order = json_array();
	bool *taken = run_memory(count * sizeof(*taken));
	for (size_t n = 0; n < count && n < wanted; n++) {
		size_t best = count;
		for (size_t i = 0; i < count; i++)
			if (!taken[i] && (best == count ||
			                  an_dht_key_compare(target, &keys[i], &keys[best]) < 0))
				best = i;
		taken[best] = true;
		(void)json_array_append_new(order, json_integer((json_int_t)best));
	}
	return order;
}

static struct an_dht_key *keys_of(size_t count)
{
	return run_memory(count * sizeof(struct an_dht_key));
}

static void check_distance_order(void)
{
	const struct an_dht_key target = an_dht_key_of(run_bytes("target"));
	const json_t *candidates = run_list("candidates");
	const size_t count = json_array_size(candidates);
	struct an_dht_key *keys = keys_of(count);
	for (size_t i = 0; i < count; i++)
		keys[i] = an_dht_key_of(run_bytes_of(json_array_get(candidates, i)));
	run_expect("order", run_order_of(&target, keys, count, count));
}

const struct run_kind run_hashes[] = {
	{NULL, "digest", check_digest},
	{NULL, "content_parts", check_content_parts},
	{NULL, "cmp_distance", check_cmp_distance},
	{NULL, "distance", check_distance},
	{NULL, "distance_order", check_distance_order},
	{NULL, NULL, NULL},
};

/* ---- bls. Bytes of another size than the type's are refused by whoever reads them. */

static const uint8_t *sized(const char *name, size_t size)
{
	const struct an_span bytes = run_bytes(name);
	run_must(bytes.size == size, name);
	return bytes.size == size ? bytes.data : run_memory(size);
}

static void expect_public_of(const uint8_t *secret, const char *name)
{
	uint8_t public_key[AN_BLS_PUBLIC_SIZE];
	run_must(an_bls_public_key(secret, public_key) == AUTONOMI_OK, "no secret key");
	run_expect_bytes(name, an_span(public_key, sizeof(public_key)));
}

static void check_key(void)
{
	const uint8_t *secret = sized("secret_key", AN_BLS_SECRET_SIZE);
	expect_public_of(secret, "public_key");
	run_expect_integers("public_key_msgpack", "public_key_cbor", run_bytes("public_key"));
	run_expect_integers("secret_key_msgpack", NULL, run_bytes("secret_key"));
}

static void check_sign(void)
{
	const uint8_t *secret = sized("secret_key", AN_BLS_SECRET_SIZE);
	const struct an_span message = run_payload("payload");
	if (run_has("message"))
		run_expect_bytes("message", message);
	uint8_t signature[AN_BLS_SIGNATURE_SIZE] = {0};
	const struct an_span span = an_span(signature, sizeof(signature));
	run_must(an_bls_sign(secret, message, signature) == AUTONOMI_OK, "does not sign");
	expect_public_of(secret, "public_key");
	run_expect_bytes("signature", span);
	run_expect_integers("signature_msgpack", NULL, span);
	run_must(an_bls_verify(run_bytes("public_key").data, message, signature),
	         "does not verify");
}

static void check_hash_to_g2(void)
{
	uint8_t point[AN_BLS_SIGNATURE_SIZE];
	an_bls_hash_to_g2(run_bytes("message"), point);
	run_expect_bytes("point", an_span(point, sizeof(point)));
}

static void check_verify(void)
{
	const struct an_span key = run_bytes("public_key");
	const struct an_span signature = run_bytes("signature");
	const struct an_span message = run_bytes("message");
	run_expect_bool("valid", key.size == AN_BLS_PUBLIC_SIZE &&
	                                 signature.size == AN_BLS_SIGNATURE_SIZE &&
	                                 an_bls_verify(key.data, message, signature.data));
}

static void check_decode_public(void)
{
	const struct an_span bytes = run_bytes("bytes");
	run_expect_bool("ok", bytes.size == AN_BLS_PUBLIC_SIZE && an_bls_public_valid(bytes.data));
}

static void check_decode_signature(void)
{
	const struct an_span bytes = run_bytes("bytes");
	run_expect_bool("ok",
	                bytes.size == AN_BLS_SIGNATURE_SIZE && an_bls_signature_valid(bytes.data));
}

static void check_decode_secret(void)
{
	const struct an_span bytes = run_bytes("bytes");
	run_expect_bool("ok", bytes.size == AN_BLS_SECRET_SIZE && an_bls_secret_valid(bytes.data));
}

static void check_derive_child(void)
{
	uint8_t secret[AN_BLS_SECRET_SIZE] = {0};
	uint8_t public_key[AN_BLS_PUBLIC_SIZE] = {0};
	const struct an_span index = run_bytes("index");
	expect_public_of(sized("secret_key", AN_BLS_SECRET_SIZE), "public_key");
	run_must(an_bls_child_secret(run_bytes("secret_key").data, index, secret) == AUTONOMI_OK &&
	                 an_bls_child_public(run_bytes("public_key").data, index, public_key) ==
	                         AUTONOMI_OK,
	         "does not derive");
	run_expect_bytes("child_secret_key", an_span(secret, sizeof(secret)));
	run_expect_bytes("child_public_key", an_span(public_key, sizeof(public_key)));
	expect_public_of(secret, "child_public_key");
}

static void check_encrypt(void)
{
	struct an_buffer *out = run_buffer();
	(void)an_bls_encrypt(sized("public_key", AN_BLS_PUBLIC_SIZE),
	                     sized("r", AN_BLS_SECRET_SIZE), run_bytes("plaintext"), out);
	run_expect_bytes("ciphertext", an_buffer_span(out));
}

static void check_decrypt(void)
{
	struct an_buffer *out = run_buffer();
	const struct an_span ciphertext = run_bytes("ciphertext");
	const bool parses = an_bls_ciphertext_valid(ciphertext);
	const bool verifies = parses && an_bls_ciphertext_verify(ciphertext) == AUTONOMI_OK;
	const an_status status = an_bls_decrypt(sized("secret_key", AN_BLS_SECRET_SIZE), ciphertext,
	                                        out);
	run_expect_bool("parses", parses);
	run_expect_bool("verifies", verifies);
	run_expect("plaintext",
	           status == AUTONOMI_OK ? json_of_bytes(an_buffer_span(out)) : json_null());
}

static void check_order(void)
{
	const json_t *keys = run_list("public_keys");
	for (size_t i = 0; i < json_array_size(keys); i++) {
		const struct an_span key = run_bytes_of(json_array_get(keys, i));
		run_must(key.size == AN_BLS_PUBLIC_SIZE && an_bls_public_valid(key.data), "no key");
	}
	for (size_t i = 1; i < json_array_size(keys); i++) {
		const struct an_span a = run_bytes_of(json_array_get(keys, i - 1));
		const struct an_span b = run_bytes_of(json_array_get(keys, i));
		run_must(a.size == b.size && memcmp(a.data, b.data, a.size) < 0, "another order");
	}
}

const struct run_kind run_bls[] = {
	{NULL, "key", check_key},
	{NULL, "sign", check_sign},
	{NULL, "hash_to_g2", check_hash_to_g2},
	{"bls", "verify", check_verify},
	{NULL, "decode_public_key", check_decode_public},
	{NULL, "decode_signature", check_decode_signature},
	{NULL, "decode_secret_key", check_decode_secret},
	{NULL, "derive_child", check_derive_child},
	{"bls", "encrypt", check_encrypt},
	{"bls", "decrypt", check_decrypt},
	{"bls", "order", check_order},
	{NULL, NULL, NULL},
};
