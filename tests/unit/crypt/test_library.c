/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TLS 1.3 over memory with wolfSSL, as lib/quic uses it: what our certificates, our entropy and our
 * clock are for. */
#include "crypt/library.h"

#include <wolfssl/options.h>

#include <wolfssl/ssl.h>
#include <wolfssl/wolfcrypt/random.h>

#include "crypt/certificate.h"
#include "crypt/hash.h"
#include "crypt/random.h"
#include "harness.h"

struct pipe {
	uint8_t bytes[1 << 16];
	size_t size, read;
};

struct side {
	WOLFSSL_CTX *context;
	WOLFSSL *tls;
	struct pipe sent;
	bool server;
};

/* One run: both ends, their seed and their time. */
static struct {
	struct an_random random;
	bool entropy_fails;
	uint64_t time_us;
	struct side client, server;
	struct an_hash transcript;
	uint8_t seen[2][AN_CERTIFICATE_MAX]; /* the certificates that the callback saw */
	size_t seen_size[2];
} run;

static an_status entropy(void *context, uint8_t *out, size_t size)
{
	(void)context;
	if (run.entropy_fails)
		return AUTONOMI_E_IO;
	an_random_fill(&run.random, out, size);
	return AUTONOMI_OK;
}

static uint64_t unix_time_us(void *context)
{
	(void)context;
	return run.time_us;
}

static int send_bytes(WOLFSSL *tls, char *bytes, int size, void *context)
{
	struct pipe *pipe = context;
	(void)tls;
	ck_assert_uint_le((size_t)size, sizeof(pipe->bytes) - pipe->size);
	memcpy(pipe->bytes + pipe->size, bytes, (size_t)size);
	pipe->size += (size_t)size;
	an_hash_add(&run.transcript, an_span(bytes, (size_t)size));
	return size;
}

static int receive_bytes(WOLFSSL *tls, char *bytes, int size, void *context)
{
	struct pipe *pipe = context;
	(void)tls;
	const size_t left = pipe->size - pipe->read;
	const size_t taken = (size_t)size < left ? (size_t)size : left;
	if (taken == 0)
		return WOLFSSL_CBIO_ERR_WANT_READ;
	memcpy(bytes, pipe->bytes + pipe->read, taken);
	pipe->read += taken;
	return (int)taken;
}

/* wolfSSL objects to a certificate without an authority, which is what ours are. */
static int verify(int fine, WOLFSSL_X509_STORE_CTX *store)
{
	(void)fine;
	const size_t end = store->userCtx == &run.server;
	run.seen_size[end] = store->certs[0].length;
	ck_assert_uint_le(run.seen_size[end], sizeof(run.seen[end]));
	memcpy(run.seen[end], store->certs[0].buffer, run.seen_size[end]);
	return 1;
}

static void certify(struct side *side, const char *name)
{
	const uint8_t secret[AN_ED25519_SECRET_SIZE] = {side->server ? 1 : 2};
	struct an_buffer certificate, private_key;
	an_buffer_init(&certificate, 1000);
	an_buffer_init(&private_key, 1000);
	ck_assert_int_eq(an_certificate_write(secret, an_span_text(name), &certificate), 0);
	ck_assert_int_eq(an_private_key_write(secret, &private_key), 0);
	ck_assert_int_eq(wolfSSL_CTX_use_certificate_buffer(side->context, certificate.data,
	                                                    (long)certificate.size,
	                                                    WOLFSSL_FILETYPE_ASN1),
	                 WOLFSSL_SUCCESS);
	ck_assert_int_eq(wolfSSL_CTX_use_PrivateKey_buffer(side->context, private_key.data,
	                                                   (long)private_key.size,
	                                                   WOLFSSL_FILETYPE_ASN1),
	                 WOLFSSL_SUCCESS);
	an_buffer_done(&certificate);
	an_buffer_done(&private_key);
}

static void open_side(struct side *side, struct side *other, const char *name)
{
	side->context = wolfSSL_CTX_new(side->server ? wolfTLSv1_3_server_method()
	                                             : wolfTLSv1_3_client_method());
	ck_assert_ptr_nonnull(side->context);
	certify(side, name);
	wolfSSL_CTX_set_verify(side->context,
	                       WOLFSSL_VERIFY_PEER | WOLFSSL_VERIFY_FAIL_IF_NO_PEER_CERT, verify);
	wolfSSL_CTX_SetIORecv(side->context, receive_bytes);
	wolfSSL_CTX_SetIOSend(side->context, send_bytes);
	side->tls = wolfSSL_new(side->context);
	ck_assert_ptr_nonnull(side->tls);
	wolfSSL_SetCertCbCtx(side->tls, side);
	wolfSSL_SetIOWriteCtx(side->tls, &side->sent);
	wolfSSL_SetIOReadCtx(side->tls, &other->sent);
}

static void close_side(struct side *side)
{
	wolfSSL_free(side->tls);
	wolfSSL_CTX_free(side->context);
}

static void start(uint8_t seed, uint64_t time_us)
{
	const uint8_t seed_bytes[AN_RANDOM_SEED_SIZE] = {seed};
	memset(&run, 0, sizeof(run));
	an_random_init(&run.random, seed_bytes);
	run.time_us = time_us;
	run.server.server = true;
	ck_assert_int_eq(wolfSSL_Init(), WOLFSSL_SUCCESS);
	ck_assert_int_eq(an_crypt_library_set(entropy, unix_time_us, NULL), AUTONOMI_OK);
}

/* Shakes hands; the digest of everything that was sent is the transcript. */
static bool shake_hands(uint8_t transcript[AN_HASH_SIZE])
{
	an_hash_init(&run.transcript, AN_HASH_SHA256);
	open_side(&run.client, &run.server, "ant/client/1.0/0.1.0/1");
	open_side(&run.server, &run.client, "ant/node/1.0/0.1.0/1");
	int connected = 0, accepted = 0;
	for (int i = 0; i < 20 && (connected != 1 || accepted != 1); i++) {
		if (connected != 1)
			connected = wolfSSL_connect(run.client.tls);
		if (accepted != 1)
			accepted = wolfSSL_accept(run.server.tls);
	}
	close_side(&run.client);
	close_side(&run.server);
	an_hash_finish(&run.transcript, transcript);
	return connected == 1 && accepted == 1;
}

START_TEST(both_ends_see_the_certificate_of_the_other)
{
	uint8_t transcript[AN_HASH_SIZE];
	struct an_certificate certificate;
	start(1, 1700000000000000);
	ck_assert(shake_hands(transcript));
	ck_assert_int_eq(an_certificate_read(&certificate, an_span(run.seen[0], run.seen_size[0])),
	                 AUTONOMI_OK);
	ck_assert(an_span_equal(certificate.name, an_span_text("ant/node/1.0/0.1.0/1")));
	ck_assert_int_eq(an_certificate_read(&certificate, an_span(run.seen[1], run.seen_size[1])),
	                 AUTONOMI_OK);
	ck_assert(an_span_equal(certificate.name, an_span_text("ant/client/1.0/0.1.0/1")));
}
END_TEST

START_TEST(certificates_are_good_at_any_time)
{
	static const uint64_t times_us[] = {1000000, 1700000000000000, 250000000000000000};
	uint8_t transcript[AN_HASH_SIZE];
	start(1, times_us[_i]);
	ck_assert(shake_hands(transcript));
}
END_TEST

START_TEST(without_entropy_there_is_no_handshake)
{
	start(1, 1700000000000000);
	run.entropy_fails = true;
	WC_RNG generator;
#ifdef WC_RNG_SEED_CB
	ck_assert_int_ne(wc_InitRng(&generator), 0);
#else
	(void)generator;
#endif
}
END_TEST

#if defined(WC_RNG_SEED_CB) && defined(USER_TICKS)
START_TEST(a_handshake_follows_from_seed_and_time)
{
	uint8_t first[AN_HASH_SIZE], again[AN_HASH_SIZE], other[AN_HASH_SIZE];
	start(1, 1700000000000000);
	ck_assert(shake_hands(first));
	start(1, 1700000000000000);
	ck_assert(shake_hands(again));
	start(2, 1700000000000000);
	ck_assert(shake_hands(other));
	ck_assert_mem_eq(first, again, AN_HASH_SIZE);
	ck_assert_mem_ne(first, other, AN_HASH_SIZE);
}
END_TEST
#endif

Suite *suite(void)
{
	Suite *s = suite_create("crypt/library");
	TCase *all = tcase_create("handshakes");
	tcase_add_test(all, both_ends_see_the_certificate_of_the_other);
	tcase_add_loop_test(all, certificates_are_good_at_any_time, 0, 3);
	tcase_add_test(all, without_entropy_there_is_no_handshake);
#if defined(WC_RNG_SEED_CB) && defined(USER_TICKS)
	tcase_add_test(all, a_handshake_follows_from_seed_and_time);
#endif
	suite_add_tcase(s, all);
	return s;
}
