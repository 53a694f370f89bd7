/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What one core of this machine does with our cryptography: bytes a second of hashing, packet
 * protection, encryption and compression, operations a second of signatures. Each figure is the median
 * of several rounds. With --json, one object; without, a table.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "crypt/aes.h"
#include "crypt/ed25519.h"
#include "crypt/hash.h"
#include "data/compress.h"

enum { BLOCK = 4 << 20, PACKET = 1200, ROUNDS = 5 };

static const double round_seconds = 0.05;

static uint8_t plain[BLOCK], cipher[BLOCK + AN_AES_BLOCK_SIZE];
static uint8_t secret[AN_ED25519_SECRET_SIZE] = {1}, public_key[AN_ED25519_PUBLIC_SIZE];
static uint8_t signature[AN_ED25519_SIGNATURE_SIZE];

static void check(bool done)
{
	if (done)
		return;
	fputs("bench_crypto: an operation failed\n", stderr);
	exit(1);
}

static void hash_sha3(void)
{
	an_sha3_256(an_span(plain, BLOCK), cipher);
}

static void hash_sha2(void)
{
	an_sha256(an_span(plain, BLOCK), cipher);
}

static void encrypt(void)
{
	check(an_aes_cbc_encrypt(secret, plain, an_span(plain, BLOCK), cipher) == AUTONOMI_OK);
}

static void seal(void)
{
	static const uint8_t key[AN_AES_SEAL_KEY_SIZE], nonce[AN_AES_SEAL_NONCE_SIZE];
	uint8_t tag[AN_AES_SEAL_TAG_SIZE];
	check(an_aes_seal(key, nonce, an_span(NULL, 0), an_span(plain, PACKET), cipher, tag) ==
	      AUTONOMI_OK);
}

static void compress(void)
{
	struct an_blob *blob = NULL;
	check(an_compress(an_span(plain, BLOCK), 0, &blob) == AUTONOMI_OK);
	an_blob_unref(blob);
}

static void sign(void)
{
	check(an_ed25519_sign(secret, public_key, an_span(plain, 64), signature) == AUTONOMI_OK);
}

static void verify(void)
{
	check(an_ed25519_verify(public_key, an_span(plain, 64),
	                        an_span(signature, sizeof(signature))));
}

/* `bytes` is what one run works on; 0 where operations are counted. */
static const struct measure {
	const char *name, *text;
	void (*run)(void);
	size_t bytes;
} measures[] = {
	{"sha3_256", "SHA3-256", hash_sha3, BLOCK},
	{"sha256", "SHA-256", hash_sha2, BLOCK},
	{"aes_128_cbc", "AES-128-CBC, chunks", encrypt, BLOCK},
	{"aes_gcm", "AES-256-GCM, 1200 bytes", seal, PACKET},
	{"brotli", "Brotli, random bytes", compress, BLOCK},
	{"ed25519_sign", "Ed25519 signatures", sign, 0},
	{"ed25519_verify", "Ed25519 verifications", verify, 0},
};

enum { MEASURES = sizeof(measures) / sizeof(measures[0]) };

static double now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static int compare(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

/* Bytes, or operations, a second. */
static double rate(const struct measure *measure)
{
	double rates[ROUNDS];
	measure->run();
	for (size_t round = 0; round < ROUNDS; round++) {
		const double begin = now();
		double elapsed = 0;
		size_t runs = 0;
		for (; elapsed < round_seconds; runs++, elapsed = now() - begin)
			measure->run();
		rates[round] = (double)runs / elapsed;
	}
	qsort(rates, ROUNDS, sizeof(rates[0]), compare);
	return rates[ROUNDS / 2] * (measure->bytes > 0 ? (double)measure->bytes : 1);
}

static void fill(void)
{
	uint64_t state = 1;
	for (size_t i = 0; i < BLOCK; i++) {
		state = state * 6364136223846793005u + 1442695040888963407u;
		plain[i] = (uint8_t)(state >> 56);
	}
	check(an_ed25519_public_key(secret, public_key) == AUTONOMI_OK);
	sign();
}

int main(int argc, char **argv)
{
	const bool json = argc > 1 && strcmp(argv[1], "--json") == 0;
	fill();
	for (size_t i = 0; i < MEASURES; i++) {
		const double value = rate(&measures[i]);
		if (json)
			printf("%s\"%s\":%.0f", i > 0 ? "," : "{", measures[i].name, value);
		else if (measures[i].bytes > 0)
			printf("%-26s %9.0f MB/s\n", measures[i].text, value / 1e6);
		else
			printf("%-26s %9.0f /s\n", measures[i].text, value);
	}
	if (json)
		puts("}");
	return 0;
}
