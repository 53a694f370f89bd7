/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * wolfSSL makes and seeds a random generator for each key that it derives for QUIC (its EVP_PKEY holds
 * one). The linker takes these in place of its two functions (--wrap, in meson.build and
 * lib/bundle-static): the same keys without (docs/performance.md). Where wolfSSL is a shared library
 * its own remain.
 */
#include "crypt/hkdf.h"
#include "quic/internal.h"

int __wrap_wolfSSL_quic_hkdf_extract(uint8_t *out, const WOLFSSL_EVP_MD *hash,
                                     const uint8_t *secret, size_t secret_size, const uint8_t *salt,
                                     size_t salt_size);
int __wrap_wolfSSL_quic_hkdf_expand(uint8_t *out, size_t size, const WOLFSSL_EVP_MD *hash,
                                    const uint8_t *secret, size_t secret_size, const uint8_t *info,
                                    size_t info_size);

/* TLS 1.3 has no cipher suite with another hash than these two (RFC 8446, B.4). */
static bool hash_of(const WOLFSSL_EVP_MD *hash, enum an_hkdf_hash *ret_hash)
{
	*ret_hash = hash == wolfSSL_EVP_sha256() ? AN_HKDF_SHA256 : AN_HKDF_SHA384;
	return hash == wolfSSL_EVP_sha256() || hash == wolfSSL_EVP_sha384();
}

static int result_of(an_status status)
{
	return status == AUTONOMI_OK ? WOLFSSL_SUCCESS : WOLFSSL_FAILURE;
}

int __wrap_wolfSSL_quic_hkdf_extract(uint8_t *out, const WOLFSSL_EVP_MD *hash,
                                     const uint8_t *secret, size_t secret_size, const uint8_t *salt,
                                     size_t salt_size)
{
	enum an_hkdf_hash known;
	if (!hash_of(hash, &known))
		return WOLFSSL_FAILURE;
	return result_of(an_hkdf_extract(known, an_span(secret, secret_size),
	                                 an_span(salt, salt_size), out));
}

int __wrap_wolfSSL_quic_hkdf_expand(uint8_t *out, size_t size, const WOLFSSL_EVP_MD *hash,
                                    const uint8_t *secret, size_t secret_size, const uint8_t *info,
                                    size_t info_size)
{
	enum an_hkdf_hash known;
	if (!hash_of(hash, &known))
		return WOLFSSL_FAILURE;
	return result_of(an_hkdf_expand(known, an_span(secret, secret_size),
	                                an_span(info, info_size), out, size));
}
