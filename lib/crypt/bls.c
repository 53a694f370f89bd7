/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "crypt/bls.h"

#include <string.h>

#include <blst.h>

#include "base/memory.h"
#include "crypt/bls_internal.h"

enum { SCALAR_BITS = 255, FACTOR_SIZE = 48, MATERIAL_MIN = 32 };

static const uint8_t domain[] = "BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_NUL_";
enum { DOMAIN_SIZE = sizeof(domain) - 1 };

/* blst takes NULL only with a size of 0; an empty message has any pointer. */
static const uint8_t *data_of(struct an_span span)
{
	return span.size > 0 ? span.data : (const uint8_t *)"";
}

/* ---- Encodings. */

bool an_bls_read_scalar(blst_scalar *ret_scalar, const uint8_t bytes[AN_BLS_SECRET_SIZE])
{
	blst_scalar_from_bendian(ret_scalar, bytes);
	return blst_scalar_fr_check(ret_scalar);
}

bool an_bls_read_g1(blst_p1_affine *ret_point, const uint8_t bytes[AN_BLS_PUBLIC_SIZE])
{
	return blst_p1_uncompress(ret_point, bytes) == BLST_SUCCESS &&
	       blst_p1_affine_in_g1(ret_point);
}

bool an_bls_read_g2(blst_p2_affine *ret_point, const uint8_t bytes[AN_BLS_SIGNATURE_SIZE])
{
	return blst_p2_uncompress(ret_point, bytes) == BLST_SUCCESS &&
	       blst_p2_affine_in_g2(ret_point);
}

bool an_bls_secret_valid(const uint8_t secret[AN_BLS_SECRET_SIZE])
{
	blst_scalar scalar;
	const bool valid = an_bls_read_scalar(&scalar, secret);
	an_wipe(&scalar, sizeof(scalar));
	return valid;
}

bool an_bls_public_valid(const uint8_t public_key[AN_BLS_PUBLIC_SIZE])
{
	blst_p1_affine point;
	return an_bls_read_g1(&point, public_key);
}

bool an_bls_signature_valid(const uint8_t signature[AN_BLS_SIGNATURE_SIZE])
{
	blst_p2_affine point;
	return an_bls_read_g2(&point, signature);
}

/* ---- Keys. */

void an_bls_secret_random(struct an_random *random, uint8_t ret_secret[AN_BLS_SECRET_SIZE])
{
	static const uint8_t zero[AN_BLS_SECRET_SIZE];
	do {
		an_random_fill(random, ret_secret, AN_BLS_SECRET_SIZE);
		ret_secret[0] &= 0x7f; /* the order has 255 bits */
	} while (!an_bls_secret_valid(ret_secret) || memcmp(ret_secret, zero, sizeof(zero)) == 0);
}

an_status an_bls_secret_generate(struct an_span material, uint8_t ret_secret[AN_BLS_SECRET_SIZE])
{
	if (material.size < MATERIAL_MIN)
		return AUTONOMI_E_INVALID;
	blst_scalar scalar;
	blst_keygen(&scalar, material.data, material.size, NULL, 0);
	blst_bendian_from_scalar(ret_secret, &scalar);
	an_wipe(&scalar, sizeof(scalar));
	return AUTONOMI_OK;
}

void an_bls_multiply_g1(const blst_p1 *point, const blst_scalar *scalar,
                        uint8_t ret_product[AN_BLS_PUBLIC_SIZE])
{
	blst_p1 product;
	blst_p1_mult(&product, point, scalar->b, SCALAR_BITS);
	blst_p1_compress(ret_product, &product);
	an_wipe(&product, sizeof(product));
}

void an_bls_multiply_hash(struct an_span message, const blst_scalar *scalar,
                          uint8_t ret_product[AN_BLS_SIGNATURE_SIZE])
{
	blst_p2 point, product;
	blst_hash_to_g2(&point, data_of(message), message.size, domain, DOMAIN_SIZE, NULL, 0);
	blst_p2_mult(&product, &point, scalar->b, SCALAR_BITS);
	blst_p2_compress(ret_product, &product);
	an_wipe(&product, sizeof(product));
}

an_status an_bls_public_key(const uint8_t secret[AN_BLS_SECRET_SIZE],
                            uint8_t ret_public_key[AN_BLS_PUBLIC_SIZE])
{
	blst_scalar scalar;
	const bool valid = an_bls_read_scalar(&scalar, secret);
	if (valid)
		an_bls_multiply_g1(blst_p1_generator(), &scalar, ret_public_key);
	an_wipe(&scalar, sizeof(scalar));
	return valid ? AUTONOMI_OK : AUTONOMI_E_INVALID;
}

/* The factor between a key and its child: the index hashed to a scalar that is not 0. */
static void child_factor(struct an_span index, blst_scalar *ret_factor)
{
	static const uint8_t zero[AN_BLS_SECRET_SIZE];
	uint8_t bytes[FACTOR_SIZE];
	blst_expand_message_xmd(bytes, sizeof(bytes), data_of(index), index.size, domain,
	                        DOMAIN_SIZE);
	if (blst_scalar_from_be_bytes(ret_factor, bytes, sizeof(bytes)))
		return;
	blst_expand_message_xmd(bytes, sizeof(bytes), zero, sizeof(zero), domain, DOMAIN_SIZE);
	(void)blst_scalar_from_be_bytes(ret_factor, bytes, sizeof(bytes));
}

an_status an_bls_child_secret(const uint8_t secret[AN_BLS_SECRET_SIZE], struct an_span index,
                              uint8_t ret_child[AN_BLS_SECRET_SIZE])
{
	blst_scalar scalar, factor;
	const bool valid = an_bls_read_scalar(&scalar, secret);
	if (valid) {
		child_factor(index, &factor);
		(void)blst_sk_mul_n_check(&scalar, &scalar, &factor); /* false for the key 0 */
		blst_bendian_from_scalar(ret_child, &scalar);
	}
	an_wipe(&scalar, sizeof(scalar));
	return valid ? AUTONOMI_OK : AUTONOMI_E_INVALID;
}

an_status an_bls_child_public(const uint8_t public_key[AN_BLS_PUBLIC_SIZE], struct an_span index,
                              uint8_t ret_child[AN_BLS_PUBLIC_SIZE])
{
	blst_p1_affine affine;
	if (!an_bls_read_g1(&affine, public_key))
		return AUTONOMI_E_INVALID;
	blst_p1 point;
	blst_p1_from_affine(&point, &affine);
	blst_scalar factor;
	child_factor(index, &factor);
	an_bls_multiply_g1(&point, &factor, ret_child);
	return AUTONOMI_OK;
}

/* ---- Signatures. */

void an_bls_hash_to_g2(struct an_span message, uint8_t ret_point[AN_BLS_SIGNATURE_SIZE])
{
	blst_p2 point;
	blst_hash_to_g2(&point, data_of(message), message.size, domain, DOMAIN_SIZE, NULL, 0);
	blst_p2_compress(ret_point, &point);
}

an_status an_bls_sign(const uint8_t secret[AN_BLS_SECRET_SIZE], struct an_span message,
                      uint8_t ret_signature[AN_BLS_SIGNATURE_SIZE])
{
	blst_scalar scalar;
	const bool valid = an_bls_read_scalar(&scalar, secret);
	if (valid)
		an_bls_multiply_hash(message, &scalar, ret_signature);
	an_wipe(&scalar, sizeof(scalar));
	return valid ? AUTONOMI_OK : AUTONOMI_E_INVALID;
}

bool an_bls_pairing_holds(const blst_p1_affine *key, struct an_span message,
                          const blst_p2_affine *signature)
{
	return blst_core_verify_pk_in_g1(key, signature, true, data_of(message), message.size,
	                                 domain, DOMAIN_SIZE, NULL, 0) == BLST_SUCCESS;
}

bool an_bls_verify(const uint8_t public_key[AN_BLS_PUBLIC_SIZE], struct an_span message,
                   const uint8_t signature[AN_BLS_SIGNATURE_SIZE])
{
	blst_p1_affine key;
	blst_p2_affine point;
	return an_bls_read_g1(&key, public_key) && !blst_p1_affine_is_inf(&key) &&
	       an_bls_read_g2(&point, signature) && an_bls_pairing_holds(&key, message, &point);
}
