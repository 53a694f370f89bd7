/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "crypt/secp256k1.h"

#include <secp256k1.h>
#include <secp256k1_preallocated.h>

#include "base/memory.h"

static an_status sign(const secp256k1_context *context, const uint8_t *secret,
                      const uint8_t *digest, uint8_t *ret_signature)
{
	secp256k1_ecdsa_signature signature;
	if (secp256k1_ec_seckey_verify(context, secret) != 1 ||
	    secp256k1_ecdsa_sign(context, &signature, digest, secret,
	                         secp256k1_nonce_function_rfc6979, NULL) != 1)
		return AUTONOMI_E_INVALID;
	(void)secp256k1_ecdsa_signature_serialize_compact(context, ret_signature, &signature);
	return AUTONOMI_OK;
}

/* The context is blinded with the key itself: signing needs no randomness of its own, and what the
 * blinding hides is known to whoever knows the key. */
an_status an_secp256k1_sign(const uint8_t secret[AN_SECP256K1_SECRET_SIZE],
                            const uint8_t digest[AN_SECP256K1_DIGEST_SIZE],
                            uint8_t ret_signature[AN_SECP256K1_SIGNATURE_SIZE])
{
	const size_t size = secp256k1_context_preallocated_size(SECP256K1_CONTEXT_NONE);
	void *memory = an_malloc(size);
	if (memory == NULL)
		return AUTONOMI_E_NO_MEMORY;
	secp256k1_context *context = secp256k1_context_preallocated_create(memory,
	                                                                   SECP256K1_CONTEXT_NONE);
	const an_status status = secp256k1_context_randomize(context, secret) == 1
	                                 ? sign(context, secret, digest, ret_signature)
	                                 : AUTONOMI_E_INTERNAL;
	secp256k1_context_preallocated_destroy(context);
	an_wipe(memory, size);
	an_free(memory);
	return status;
}
