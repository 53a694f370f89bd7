/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ident/key_pair.h"

#include "harness.h"
#include "support/vectors.h"

static json_t *vectors;
static const json_t *peer;
static struct an_key_pair pair;

static void read_peer(const json_t *item)
{
	uint8_t secret[AN_KEY_SECRET_SIZE];
	peer = item;
	vectors_bytes(item, "secret", secret, sizeof(secret));
	ck_assert_int_eq(an_key_pair_from_secret(&pair, secret), AUTONOMI_OK);
}

static void load(void)
{
	size_t index = 0;
	vectors = vectors_load("addresses");
	read_peer(vectors_next(vectors, "peer_id", &index));
}

static void unload(void)
{
	json_decref(vectors);
}

static void assert_field(const char *field, struct an_span found)
{
	uint8_t bytes[500];
	ck_assert(an_span_equal(found, vectors_bytes(peer, field, bytes, sizeof(bytes))));
}

START_TEST(a_secret_gives_autonomis_identity)
{
	size_t index = 0;
	const json_t *item;
	while ((item = vectors_next(vectors, "peer_id", &index)) != NULL) {
		read_peer(item);
		assert_field("public_key", an_span(pair.identity.public_key, 32));
		assert_field("bytes", an_peer_id_span(&pair.identity.id));
		assert_field("protobuf_public_key", an_identity_protobuf(&pair.identity));
		assert_field("kbucket_key", an_span(pair.identity.dht_key.bytes, 32));
	}
}
END_TEST

START_TEST(a_public_key_gives_the_same_identity)
{
	struct an_identity identity;
	ck_assert_int_eq(an_identity_from_public_key(&identity,
	                                             an_span(pair.identity.public_key, 32)),
	                 AUTONOMI_OK);
	ck_assert(an_peer_id_equal(&identity.id, &pair.identity.id));
	ck_assert_int_eq(an_identity_from_protobuf(&identity, an_identity_protobuf(&pair.identity)),
	                 AUTONOMI_OK);
	ck_assert(an_peer_id_equal(&identity.id, &pair.identity.id));
}
END_TEST

START_TEST(bytes_that_are_no_public_key_are_refused)
{
	struct an_identity identity;
	uint8_t bytes[36];
	memset(bytes, 0xff, sizeof(bytes));
	ck_assert_int_eq(an_identity_from_public_key(&identity, an_span(bytes, 32)),
	                 AUTONOMI_E_INVALID);
	ck_assert_int_eq(an_identity_from_public_key(&identity,
	                                             an_span(pair.identity.public_key, 31)),
	                 AUTONOMI_E_INVALID);
	memcpy(bytes, an_identity_protobuf(&pair.identity).data, sizeof(bytes));
	bytes[1] = 2; /* secp256k1 */
	ck_assert_int_eq(an_identity_from_protobuf(&identity, an_span(bytes, sizeof(bytes))),
	                 AUTONOMI_E_INVALID);
	ck_assert_int_eq(an_identity_from_protobuf(&identity, an_span(NULL, 0)),
	                 AUTONOMI_E_INVALID);
}
END_TEST

START_TEST(a_signature_is_autonomis_and_verifies)
{
	uint8_t message_bytes[500], signature[AN_SIGNATURE_MAX];
	size_t size;
	const struct an_span message = vectors_bytes(peer, "message", message_bytes,
	                                             sizeof(message_bytes));
	ck_assert_int_eq(an_key_pair_sign(&pair, message, signature, &size), AUTONOMI_OK);
	assert_field("signature", an_span(signature, size));
	ck_assert(an_identity_verify(&pair.identity, message, an_span(signature, size)));
	ck_assert(!an_identity_verify(&pair.identity, an_span_text("other"),
	                              an_span(signature, size)));
	ck_assert(!an_identity_verify(&pair.identity, message, an_span(signature, size - 1)));
}
END_TEST

START_TEST(a_certificate_tells_identity_and_agent)
{
	struct an_buffer certificate;
	struct an_identity identity;
	char agent[AN_AGENT_MAX];
	an_buffer_init(&certificate, 1000);
	ck_assert_int_eq(an_key_pair_certificate(&pair, "ant/node/1.0/0.1.0/1", &certificate),
	                 AUTONOMI_OK);
	ck_assert_int_eq(an_identity_from_certificate(&identity, agent,
	                                              an_buffer_span(&certificate)),
	                 AUTONOMI_OK);
	ck_assert_str_eq(agent, "ant/node/1.0/0.1.0/1");
	ck_assert(an_peer_id_equal(&identity.id, &pair.identity.id));
	ck_assert_mem_eq(&identity.dht_key, &pair.identity.dht_key, AN_DHT_KEY_SIZE);
	certificate.data[100] ^= 1;
	ck_assert_int_eq(an_identity_from_certificate(&identity, agent,
	                                              an_buffer_span(&certificate)),
	                 AUTONOMI_E_IDENTITY);
	an_buffer_done(&certificate);
}
END_TEST

START_TEST(the_longest_agent_fits_a_certificate)
{
	struct an_buffer certificate;
	struct an_identity identity;
	char agent[AN_AGENT_MAX], read[AN_AGENT_MAX];
	memset(agent, 'a', sizeof(agent) - 1);
	agent[sizeof(agent) - 1] = '\0';
	an_buffer_init(&certificate, 1000);
	ck_assert_int_eq(an_key_pair_certificate(&pair, agent, &certificate), AUTONOMI_OK);
	ck_assert_int_eq(an_identity_from_certificate(&identity, read,
	                                              an_buffer_span(&certificate)),
	                 AUTONOMI_OK);
	ck_assert_str_eq(read, agent);
	an_buffer_done(&certificate);
}
END_TEST

START_TEST(the_private_key_for_tls_holds_the_secret)
{
	struct an_buffer der;
	an_buffer_init(&der, 100);
	ck_assert_int_eq(an_key_pair_private_key(&pair, &der), AUTONOMI_OK);
	ck_assert_uint_gt(der.size, AN_KEY_SECRET_SIZE);
	ck_assert_mem_eq(der.data + der.size - AN_KEY_SECRET_SIZE, pair.secret, AN_KEY_SECRET_SIZE);
	an_buffer_done(&der);
}
END_TEST

START_TEST(done_wipes_the_secret)
{
	static const uint8_t zeros[AN_KEY_SECRET_SIZE];
	an_key_pair_done(&pair);
	ck_assert_mem_eq(pair.secret, zeros, sizeof(zeros));
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("ident/key_pair");
	TCase *all = tcase_create("a key of the vectors");
	tcase_add_checked_fixture(all, load, unload);
	tcase_add_test(all, a_secret_gives_autonomis_identity);
	tcase_add_test(all, a_public_key_gives_the_same_identity);
	tcase_add_test(all, bytes_that_are_no_public_key_are_refused);
	tcase_add_test(all, a_signature_is_autonomis_and_verifies);
	tcase_add_test(all, a_certificate_tells_identity_and_agent);
	tcase_add_test(all, the_longest_agent_fits_a_certificate);
	tcase_add_test(all, the_private_key_for_tls_holds_the_secret);
	tcase_add_test(all, done_wipes_the_secret);
	suite_add_tcase(s, all);
	return s;
}
