/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * BLS12-381 as Autonomi's crate blsttc uses it (semantics 2.2): secret keys are scalars, public keys
 * points of G1, signatures points of G2, all in their standard compressed encodings.
 *
 * Points from outside are checked for encoding, curve and subgroup wherever they are taken. The point
 * at infinity and the secret key 0 are encodings like others; nothing verifies under the public key
 * at infinity. Keys and signatures are ordered as their bytes are.
 *
 * Work on secret keys takes a time that does not depend on them, and leaves none on the stack.
 * Signing takes about 0.6 ms, verifying 1.8 ms. Threading: any thread.
 */
#ifndef AN_CRYPT_BLS_H
#define AN_CRYPT_BLS_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/span.h"
#include "base/status.h"
#include "crypt/random.h"

enum {
	AN_BLS_SECRET_SIZE = 32, /* big-endian, below the order of the group */
	AN_BLS_PUBLIC_SIZE = 48,
	AN_BLS_SIGNATURE_SIZE = 96,
	AN_BLS_CIPHERTEXT_OVERHEAD = AN_BLS_PUBLIC_SIZE + AN_BLS_SIGNATURE_SIZE,
	AN_BLS_PLAINTEXT_MAX = 1 << 30,
};

bool an_bls_secret_valid(const uint8_t secret[AN_BLS_SECRET_SIZE]);
bool an_bls_public_valid(const uint8_t public_key[AN_BLS_PUBLIC_SIZE]);
bool an_bls_signature_valid(const uint8_t signature[AN_BLS_SIGNATURE_SIZE]);

/* A secret key, or a scalar for an_bls_encrypt, that is not 0. */
void an_bls_secret_random(struct an_random *random, uint8_t ret_secret[AN_BLS_SECRET_SIZE]);

/* The secret key that the BLS key generation draft makes of at least 32 bytes, with no key info.
 * E_INVALID where there are fewer. */
an_status an_bls_secret_generate(struct an_span material, uint8_t ret_secret[AN_BLS_SECRET_SIZE]);

/* E_INVALID where `secret` is none, also below. */
an_status an_bls_public_key(const uint8_t secret[AN_BLS_SECRET_SIZE],
                            uint8_t ret_public_key[AN_BLS_PUBLIC_SIZE]);

/* The message is hashed to the curve as it is: RFC 9380 with blsttc's domain separation. */
void an_bls_hash_to_g2(struct an_span message, uint8_t ret_point[AN_BLS_SIGNATURE_SIZE]);

an_status an_bls_sign(const uint8_t secret[AN_BLS_SECRET_SIZE], struct an_span message,
                      uint8_t ret_signature[AN_BLS_SIGNATURE_SIZE]);

/* False where key or signature are none. */
bool an_bls_verify(const uint8_t public_key[AN_BLS_PUBLIC_SIZE], struct an_span message,
                   const uint8_t signature[AN_BLS_SIGNATURE_SIZE]);

/* The child keys at an index of any bytes, from either half of a pair. E_INVALID where the key is
 * none. */
an_status an_bls_child_secret(const uint8_t secret[AN_BLS_SECRET_SIZE], struct an_span index,
                              uint8_t ret_child[AN_BLS_SECRET_SIZE]);
an_status an_bls_child_public(const uint8_t public_key[AN_BLS_PUBLIC_SIZE], struct an_span index,
                              uint8_t ret_child[AN_BLS_PUBLIC_SIZE]);

/* Appends the ciphertext of `plain` to `out`. `r` is a fresh secret scalar, never used twice.
 * E_INVALID where key or scalar are none, E_TOO_LARGE, or the buffer's failure. */
an_status an_bls_encrypt(const uint8_t public_key[AN_BLS_PUBLIC_SIZE],
                         const uint8_t r[AN_BLS_SECRET_SIZE], struct an_span plain,
                         struct an_buffer *out);

/* Whether the bytes are a ciphertext: two points and at least one byte. */
bool an_bls_ciphertext_valid(struct an_span ciphertext);

/* Whether its maker knew the plaintext. E_CORRUPT where it is no ciphertext or was not. */
an_status an_bls_ciphertext_verify(struct an_span ciphertext);

/* Verifies, and appends the plaintext to `out`, which is as wide as `ciphertext` is; with another key
 * than the one it was made for, other bytes come out. E_CORRUPT, E_INVALID where the key is none, or
 * the buffer's failure. */
an_status an_bls_decrypt(const uint8_t secret[AN_BLS_SECRET_SIZE], struct an_span ciphertext,
                         struct an_buffer *out);

#endif
