/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * HKDF (RFC 5869): keys out of a secret, as TLS 1.3 and QUIC make all of theirs.
 *
 * Threading: any thread. Nothing is kept between calls.
 */
#ifndef AN_CRYPT_HKDF_H
#define AN_CRYPT_HKDF_H

#include "base/span.h"
#include "base/status.h"

enum an_hkdf_hash { AN_HKDF_SHA256, AN_HKDF_SHA384 };

enum { AN_HKDF_SHA256_SIZE = 32, AN_HKDF_SHA384_SIZE = 48 }; /* of what is extracted */

/* Writes as many bytes as the hash has. E_INVALID where a size does not fit 31 bits; E_NO_MEMORY. */
an_status an_hkdf_extract(enum an_hkdf_hash hash, struct an_span secret, struct an_span salt,
                          uint8_t *ret_key);

/* Writes `size` bytes, at most 255 times what the hash has. As above; E_INVALID for more. */
an_status an_hkdf_expand(enum an_hkdf_hash hash, struct an_span key, struct an_span info,
                         uint8_t *out, size_t size);

#endif
