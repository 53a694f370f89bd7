/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "crypt/hkdf.h"

#include <wolfssl/options.h>

#include <wolfssl/wolfcrypt/error-crypt.h>
#include <wolfssl/wolfcrypt/hmac.h>

enum { SIZE_MAX_OF_HKDF = INT32_MAX, BLOCKS_MAX = 255 };

static int type_of(enum an_hkdf_hash hash)
{
	return hash == AN_HKDF_SHA256 ? WC_SHA256 : WC_SHA384;
}

static size_t size_of(enum an_hkdf_hash hash)
{
	return hash == AN_HKDF_SHA256 ? AN_HKDF_SHA256_SIZE : AN_HKDF_SHA384_SIZE;
}

static bool fits(struct an_span bytes)
{
	return bytes.size <= SIZE_MAX_OF_HKDF;
}

static an_status status_of(int result)
{
	if (result == 0)
		return AUTONOMI_OK;
	return result == MEMORY_E ? AUTONOMI_E_NO_MEMORY : AUTONOMI_E_INTERNAL;
}

an_status an_hkdf_extract(enum an_hkdf_hash hash, struct an_span secret, struct an_span salt,
                          uint8_t *ret_key)
{
	if (!fits(secret) || !fits(salt))
		return AUTONOMI_E_INVALID;
	return status_of(wc_HKDF_Extract(type_of(hash), salt.data, (word32)salt.size, secret.data,
	                                 (word32)secret.size, ret_key));
}

an_status an_hkdf_expand(enum an_hkdf_hash hash, struct an_span key, struct an_span info,
                         uint8_t *out, size_t size)
{
	if (!fits(key) || !fits(info) || size > BLOCKS_MAX * size_of(hash))
		return AUTONOMI_E_INVALID;
	return status_of(wc_HKDF_Expand(type_of(hash), key.data, (word32)key.size, info.data,
	                                (word32)info.size, out, (word32)size));
}
