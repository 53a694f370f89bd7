/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/owner_key.h"

#include "crypt/hash.h"
#include "wire/msgpack.h"

void an_owner_key_read(struct an_reader *reader, uint8_t ret_key[AN_OWNER_KEY_SIZE])
{
	an_msgpack_read_fixed(reader, ret_key, AN_OWNER_KEY_SIZE);
	if (an_reader_ok(reader) && !an_bls_public_valid(ret_key))
		an_reader_fail(reader, AUTONOMI_E_CORRUPT);
}

void an_owner_signature_read(struct an_reader *reader, uint8_t ret_signature[AN_BLS_SIGNATURE_SIZE])
{
	an_msgpack_read_fixed(reader, ret_signature, AN_BLS_SIGNATURE_SIZE);
	if (an_reader_ok(reader) && !an_bls_signature_valid(ret_signature))
		an_reader_fail(reader, AUTONOMI_E_CORRUPT);
}

void an_owner_key_name(const uint8_t key[AN_OWNER_KEY_SIZE], uint8_t ret_name[AN_RECORD_NAME_SIZE])
{
	an_sha3_256(an_span(key, AN_OWNER_KEY_SIZE), ret_name);
}
