/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Ed25519 signatures (RFC 8032). A secret is the 32-byte seed of a key.
 *
 * Threading: any thread. Nothing is kept between calls.
 */
#ifndef AN_CRYPT_ED25519_H
#define AN_CRYPT_ED25519_H

#include <stdbool.h>

#include "base/span.h"
#include "base/status.h"

enum {
	AN_ED25519_SECRET_SIZE = 32,
	AN_ED25519_PUBLIC_SIZE = 32,
	AN_ED25519_SIGNATURE_SIZE = 64,
};

/* Computes the public key of `secret`. */
an_status an_ed25519_public_key(const uint8_t secret[AN_ED25519_SECRET_SIZE],
                                uint8_t public_key[AN_ED25519_PUBLIC_SIZE]);

/* Whether the bytes are a point of the curve. */
bool an_ed25519_public_key_valid(const uint8_t public_key[AN_ED25519_PUBLIC_SIZE]);

/* `public_key` must be the one of `secret`. */
an_status an_ed25519_sign(const uint8_t secret[AN_ED25519_SECRET_SIZE],
                          const uint8_t public_key[AN_ED25519_PUBLIC_SIZE], struct an_span message,
                          uint8_t signature[AN_ED25519_SIGNATURE_SIZE]);

bool an_ed25519_verify(const uint8_t public_key[AN_ED25519_PUBLIC_SIZE], struct an_span message,
                       struct an_span signature);

#endif
