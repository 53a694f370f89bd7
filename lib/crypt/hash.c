/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "crypt/hash.h"

#include <wolfssl/options.h>

#include <wolfssl/wolfcrypt/sha256.h>
#include <wolfssl/wolfcrypt/sha3.h>

#include "base/assert.h"

_Static_assert(sizeof(wc_Sha3) <= AN_HASH_STATE_SIZE && alignof(wc_Sha3) <= 32,
               "wolfCrypt's SHA-3 state fits");
_Static_assert(sizeof(wc_Sha256) <= AN_HASH_STATE_SIZE && alignof(wc_Sha256) <= 32,
               "wolfCrypt's SHA-256 state fits");

/* wolfCrypt counts in 32 bits. */
enum { PIECE_MAX = 1 << 30 };

static wc_Sha3 *sha3_of(struct an_hash *hash)
{
	return (wc_Sha3 *)(void *)hash->state;
}

static wc_Sha256 *sha256_of(struct an_hash *hash)
{
	return (wc_Sha256 *)(void *)hash->state;
}

/* wolfCrypt's software hashes refuse NULL arguments only, and never get any. */
static void expect(int result)
{
	(void)result;
	an_assert(result == 0);
}

void an_hash_init(struct an_hash *hash, enum an_hash_kind kind)
{
	hash->kind = kind;
	if (kind == AN_HASH_SHA3_256)
		expect(wc_InitSha3_256(sha3_of(hash), NULL, INVALID_DEVID));
	else
		expect(wc_InitSha256_ex(sha256_of(hash), NULL, INVALID_DEVID));
}

static void add_piece(struct an_hash *hash, const uint8_t *data, word32 size)
{
	if (hash->kind == AN_HASH_SHA3_256)
		expect(wc_Sha3_256_Update(sha3_of(hash), data, size));
	else
		expect(wc_Sha256Update(sha256_of(hash), data, size));
}

void an_hash_add(struct an_hash *hash, struct an_span bytes)
{
	while (bytes.size > 0) {
		const size_t size = bytes.size < PIECE_MAX ? bytes.size : PIECE_MAX;
		add_piece(hash, bytes.data, (word32)size);
		bytes = an_span(bytes.data + size, bytes.size - size);
	}
}

void an_hash_finish(struct an_hash *hash, uint8_t digest[AN_HASH_SIZE])
{
	if (hash->kind == AN_HASH_SHA3_256) {
		expect(wc_Sha3_256_Final(sha3_of(hash), digest));
		wc_Sha3_256_Free(sha3_of(hash));
		return;
	}
	expect(wc_Sha256Final(sha256_of(hash), digest));
	wc_Sha256Free(sha256_of(hash));
}

static void hash_once(enum an_hash_kind kind, struct an_span bytes, uint8_t digest[AN_HASH_SIZE])
{
	struct an_hash hash;
	an_hash_init(&hash, kind);
	an_hash_add(&hash, bytes);
	an_hash_finish(&hash, digest);
}

void an_sha3_256(struct an_span bytes, uint8_t digest[AN_HASH_SIZE])
{
	hash_once(AN_HASH_SHA3_256, bytes, digest);
}

void an_sha256(struct an_span bytes, uint8_t digest[AN_HASH_SIZE])
{
	hash_once(AN_HASH_SHA256, bytes, digest);
}
