/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What one core of this machine does with our cryptography: bytes a second of hashing, packet
 * protection, encryption and compression, operations a second of signatures and of checking points.
 * Each figure is the median of several rounds. With --json, one object; without, a table.
 */
#include <stdio.h>
#include <string.h>

#include "crypt/aes.h"
#include "crypt/bls.h"
#include "crypt/ed25519.h"
#include "crypt/hash.h"
#include "data/compress.h"
#include "measure.h"

enum { BLOCK = 4 << 20, PACKET = 1200, MESSAGE = 64 };

static uint8_t plain[BLOCK], cipher[BLOCK + AN_AES_BLOCK_SIZE];
static uint8_t secret[AN_ED25519_SECRET_SIZE] = {1}, public_key[AN_ED25519_PUBLIC_SIZE];
static uint8_t signature[AN_ED25519_SIGNATURE_SIZE];
static const uint8_t bls_secret[AN_BLS_SECRET_SIZE] = {1, 2, 3};
static uint8_t bls_public[AN_BLS_PUBLIC_SIZE], bls_signature[AN_BLS_SIGNATURE_SIZE];

static void check(bool done)
{
	measure_check(done, "an operation");
}

static void hash_sha3(void *context)
{
	(void)context;
	an_sha3_256(an_span(plain, BLOCK), cipher);
}

static void hash_sha2(void *context)
{
	(void)context;
	an_sha256(an_span(plain, BLOCK), cipher);
}

static void encrypt(void *context)
{
	(void)context;
	check(an_aes_cbc_encrypt(secret, plain, an_span(plain, BLOCK), cipher) == AUTONOMI_OK);
}

static void seal(void *context)
{
	static const uint8_t key[AN_AES_SEAL_KEY_SIZE], nonce[AN_AES_SEAL_NONCE_SIZE];
	uint8_t tag[AN_AES_SEAL_TAG_SIZE];
	(void)context;
	check(an_aes_seal(key, nonce, an_span(NULL, 0), an_span(plain, PACKET), cipher, tag) ==
	      AUTONOMI_OK);
}

static void compress(void *context)
{
	struct an_blob *blob = NULL;
	(void)context;
	check(an_compress(an_span(plain, BLOCK), 0, &blob) == AUTONOMI_OK);
	an_blob_unref(blob);
}

static void sign(void *context)
{
	(void)context;
	check(an_ed25519_sign(secret, public_key, an_span(plain, MESSAGE), signature) ==
	      AUTONOMI_OK);
}

static void verify(void *context)
{
	(void)context;
	check(an_ed25519_verify(public_key, an_span(plain, MESSAGE),
	                        an_span(signature, sizeof(signature))));
}

static void bls_sign(void *context)
{
	(void)context;
	check(an_bls_sign(bls_secret, an_span(plain, MESSAGE), bls_signature) == AUTONOMI_OK);
}

static void bls_verify(void *context)
{
	(void)context;
	check(an_bls_verify(bls_public, an_span(plain, MESSAGE), bls_signature));
}

static void bls_check_public(void *context)
{
	(void)context;
	check(an_bls_public_valid(bls_public));
}

static void bls_check_signature(void *context)
{
	(void)context;
	check(an_bls_signature_valid(bls_signature));
}

/* `bytes` is what one run works on; 0 where operations are counted. */
static const struct row {
	const char *name, *text;
	void (*run)(void *context);
	size_t bytes;
} rows[] = {
	{"sha3_256", "SHA3-256", hash_sha3, BLOCK},
	{"sha256", "SHA-256", hash_sha2, BLOCK},
	{"aes_128_cbc", "AES-128-CBC, chunks", encrypt, BLOCK},
	{"aes_gcm", "AES-256-GCM, 1200 bytes", seal, PACKET},
	{"brotli", "Brotli, random bytes", compress, BLOCK},
	{"ed25519_sign", "Ed25519 signatures", sign, 0},
	{"ed25519_verify", "Ed25519 verifications", verify, 0},
	{"bls_sign", "BLS12-381 signatures", bls_sign, 0},
	{"bls_verify", "BLS12-381 verifications", bls_verify, 0},
	{"bls_public", "BLS12-381 checks of keys", bls_check_public, 0},
	{"bls_signature", "– of signatures' points", bls_check_signature, 0},
};

enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

static void fill(void)
{
	uint64_t state = 1;
	for (size_t i = 0; i < BLOCK; i++) {
		state = state * 6364136223846793005u + 1442695040888963407u;
		plain[i] = (uint8_t)(state >> 56);
	}
	check(an_ed25519_public_key(secret, public_key) == AUTONOMI_OK);
	check(an_bls_public_key(bls_secret, bls_public) == AUTONOMI_OK);
	sign(NULL);
	bls_sign(NULL);
}

int main(int argc, char **argv)
{
	const bool json = argc > 1 && strcmp(argv[1], "--json") == 0;
	fill();
	for (size_t i = 0; i < ROWS; i++) {
		const size_t bytes = rows[i].bytes;
		const double value = measure_rate(rows[i].run, NULL) *
		                     (bytes > 0 ? (double)bytes : 1);
		if (json)
			printf("%s\"%s\":%.0f", i > 0 ? "," : "{", rows[i].name, value);
		else if (bytes > 0)
			printf("%-26s %9.0f MB/s\n", rows[i].text, value / 1e6);
		else
			printf("%-26s %9.0f /s %9.1f us\n", rows[i].text, value, 1e6 / value);
	}
	if (json)
		puts("}");
	return 0;
}
