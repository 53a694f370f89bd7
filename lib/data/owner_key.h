/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owners' keys and signatures in MessagePack: how the signed kinds of records carry them (semantics
 * 2.2, 3.2). Bytes that are no point of the right group are refused, as blsttc refuses them.
 *
 * Checking a point takes about a tenth of a millisecond, so lists of keys have limits.
 */
#ifndef AN_DATA_OWNER_KEY_H
#define AN_DATA_OWNER_KEY_H

#include "base/buffer.h"
#include "crypt/bls.h"
#include "data/address.h"
#include "wire/reader.h"

_Static_assert((int)AN_OWNER_KEY_SIZE == (int)AN_BLS_PUBLIC_SIZE, "owners are BLS public keys");

/* Each fails the reader with E_CORRUPT where there is none. */
void an_owner_key_read(struct an_reader *reader, uint8_t ret_key[AN_OWNER_KEY_SIZE]);
void an_owner_signature_read(struct an_reader *reader,
                             uint8_t ret_signature[AN_BLS_SIGNATURE_SIZE]);

/* The name under which everything of an owner is stored: SHA3-256 of the key (semantics 2.3). */
void an_owner_key_name(const uint8_t key[AN_OWNER_KEY_SIZE], uint8_t ret_name[AN_RECORD_NAME_SIZE]);

#endif
