/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What keys, signatures and ciphertexts of crypt/bls.h share. Only its own files include this. */
#ifndef AN_CRYPT_BLS_INTERNAL_H
#define AN_CRYPT_BLS_INTERNAL_H

#include <blst.h>

#include "crypt/bls.h"

/* Each checks everything that crypt/bls.h says of points from outside; false where it is none. */
bool an_bls_read_scalar(blst_scalar *ret_scalar, const uint8_t bytes[AN_BLS_SECRET_SIZE]);
bool an_bls_read_g1(blst_p1_affine *ret_point, const uint8_t bytes[AN_BLS_PUBLIC_SIZE]);
bool an_bls_read_g2(blst_p2_affine *ret_point, const uint8_t bytes[AN_BLS_SIGNATURE_SIZE]);

/* Compressed products, in constant time: of a point, of a message hashed to G2. */
void an_bls_multiply_g1(const blst_p1 *point, const blst_scalar *scalar,
                        uint8_t ret_product[AN_BLS_PUBLIC_SIZE]);
void an_bls_multiply_hash(struct an_span message, const blst_scalar *scalar,
                          uint8_t ret_product[AN_BLS_SIGNATURE_SIZE]);

/* Whether e(key, hash of message) = e(generator, signature). Not for a key at infinity. */
bool an_bls_pairing_holds(const blst_p1_affine *key, struct an_span message,
                          const blst_p2_affine *signature);

#endif
