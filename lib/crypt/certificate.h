/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The certificate that a node shows in the TLS handshake: X.509 version 3 (RFC 5280) with an Ed25519
 * key (RFC 8410), signed by itself, without extensions. Its subject and issuer are one common name.
 * All bytes follow from the key and the name: serial number 1, valid from 1970-01-01 to 9999-12-31.
 *
 * Reading is strict: DER in exactly this form, whatever the serial number and the dates, which say
 * nothing about a peer that just proved its key.
 *
 * Threading: any thread. Nothing is kept between calls.
 */
#ifndef AN_CRYPT_CERTIFICATE_H
#define AN_CRYPT_CERTIFICATE_H

#include "base/buffer.h"
#include "crypt/ed25519.h"

enum {
	AN_CERTIFICATE_NAME_MAX = 95, /* bytes of the common name */
	AN_CERTIFICATE_MAX = 512,     /* bytes of a certificate that is read at all */
	AN_PRIVATE_KEY_DER_SIZE = 48,
};

struct an_certificate {
	uint8_t public_key[AN_ED25519_PUBLIC_SIZE];
	struct an_span name; /* borrowed from the DER bytes: printable ASCII, not empty */
};

/* Appends the certificate of `secret` with `name`, which must be 1 to AN_CERTIFICATE_NAME_MAX bytes
 * of printable ASCII; E_INVALID where it is not. */
an_status an_certificate_write(const uint8_t secret[AN_ED25519_SECRET_SIZE], struct an_span name,
                               struct an_buffer *der);

/* Reads a certificate and verifies its own signature. E_IDENTITY where anything is wrong. */
an_status an_certificate_read(struct an_certificate *ret_certificate, struct an_span der);

/* Appends the private key in PKCS #8 form (RFC 8410, section 7). The caller wipes the buffer. */
an_status an_private_key_write(const uint8_t secret[AN_ED25519_SECRET_SIZE], struct an_buffer *der);

#endif
