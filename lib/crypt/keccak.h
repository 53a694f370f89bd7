/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Keccak-256 as Ethereum has it: SHA3-256 (FIPS 202) with the padding of Keccak's first submission,
 * which wolfCrypt has in some builds only. For the short inputs of payments; content is hashed with
 * crypt/hash.h, which is faster.
 *
 * Threading: any thread.
 */
#ifndef AN_CRYPT_KECCAK_H
#define AN_CRYPT_KECCAK_H

#include "base/span.h"

enum { AN_KECCAK_SIZE = 32 };

void an_keccak_256(struct an_span bytes, uint8_t digest[AN_KECCAK_SIZE]);

#endif
