/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ECDSA on secp256k1: the keys and signatures of EVM chains.
 *
 * Signatures are deterministic (RFC 6979), have the smaller of the two possible s, and are r and s one
 * after the other, without a recovery byte. Work on secret keys takes a time that does not depend on
 * them. Threading: any thread.
 */
#ifndef AN_CRYPT_SECP256K1_H
#define AN_CRYPT_SECP256K1_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"

enum {
	AN_SECP256K1_SECRET_SIZE = 32, /* big-endian, from 1 to the order of the group - 1 */
	AN_SECP256K1_DIGEST_SIZE = 32,
	AN_SECP256K1_SIGNATURE_SIZE = 64,
};

/* E_INVALID where `secret` is no key; E_NO_MEMORY. */
an_status an_secp256k1_sign(const uint8_t secret[AN_SECP256K1_SECRET_SIZE],
                            const uint8_t digest[AN_SECP256K1_DIGEST_SIZE],
                            uint8_t ret_signature[AN_SECP256K1_SIGNATURE_SIZE]);

#endif
