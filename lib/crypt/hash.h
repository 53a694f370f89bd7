/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The hashes of the network: SHA3-256 names content (semantics 2.1), SHA-256 makes keys of names
 * (semantics 4.2). At once over a span, or piece by piece as bytes arrive.
 *
 * Threading: any thread, one object at a time. Nothing is allocated and nothing fails.
 */
#ifndef AN_CRYPT_HASH_H
#define AN_CRYPT_HASH_H

#include <stdalign.h>

#include "base/span.h"

enum { AN_HASH_SIZE = 32, AN_HASH_STATE_SIZE = 768 };

enum an_hash_kind { AN_HASH_SHA3_256, AN_HASH_SHA256 };

/* A hash under way. It owns nothing and may be abandoned at any time. */
struct an_hash {
	enum an_hash_kind kind;
	alignas(32) uint8_t state[AN_HASH_STATE_SIZE]; /* wolfCrypt's */
};

void an_hash_init(struct an_hash *hash, enum an_hash_kind kind);
void an_hash_add(struct an_hash *hash, struct an_span bytes);

/* Writes the digest of everything that was added; `hash` must be initialised before its next use. */
void an_hash_finish(struct an_hash *hash, uint8_t digest[AN_HASH_SIZE]);

void an_sha3_256(struct an_span bytes, uint8_t digest[AN_HASH_SIZE]);
void an_sha256(struct an_span bytes, uint8_t digest[AN_HASH_SIZE]);

#endif
