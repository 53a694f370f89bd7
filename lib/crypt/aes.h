/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * AES in the two forms that the network and we use: AES-128-CBC with PKCS #7 padding, by which
 * chunks are encrypted (semantics 7.8), and AES-256-GCM, by which we seal what must come back to us
 * unread and unchanged (session tickets).
 *
 * Threading: any thread. Nothing is kept between calls; nothing is allocated.
 */
#ifndef AN_CRYPT_AES_H
#define AN_CRYPT_AES_H

#include "base/span.h"
#include "base/status.h"

enum {
	AN_AES_BLOCK_SIZE = 16,
	AN_AES_CBC_KEY_SIZE = 16,
	AN_AES_SEAL_KEY_SIZE = 32,
	AN_AES_SEAL_NONCE_SIZE = 12,
	AN_AES_SEAL_TAG_SIZE = 16,
};

/* How long `size` bytes are when they are padded: the next multiple of 16, never `size` itself. */
static inline size_t an_aes_cbc_padded_size(size_t size)
{
	return size + AN_AES_BLOCK_SIZE - size % AN_AES_BLOCK_SIZE;
}

/* Writes an_aes_cbc_padded_size(plain.size) bytes to `cipher`, which may be where `plain` is. */
an_status an_aes_cbc_encrypt(const uint8_t key[AN_AES_CBC_KEY_SIZE],
                             const uint8_t iv[AN_AES_BLOCK_SIZE], struct an_span plain,
                             uint8_t *cipher);

/* Writes up to `cipher.size` bytes to `plain`, which may be where `cipher` is, and how many of them
 * are content. E_CORRUPT where the size or the padding is wrong. */
an_status an_aes_cbc_decrypt(const uint8_t key[AN_AES_CBC_KEY_SIZE],
                             const uint8_t iv[AN_AES_BLOCK_SIZE], struct an_span cipher,
                             uint8_t *plain, size_t *ret_size);

/* Writes plain.size bytes to `cipher`, which may be where `plain` is, and the tag over them and
 * `header`. A nonce must never be used twice with a key. */
an_status an_aes_seal(const uint8_t key[AN_AES_SEAL_KEY_SIZE],
                      const uint8_t nonce[AN_AES_SEAL_NONCE_SIZE], struct an_span header,
                      struct an_span plain, uint8_t *cipher, uint8_t tag[AN_AES_SEAL_TAG_SIZE]);

/* The reverse. E_CORRUPT, and nothing useful in `plain`, where the tag does not fit. */
an_status an_aes_open(const uint8_t key[AN_AES_SEAL_KEY_SIZE],
                      const uint8_t nonce[AN_AES_SEAL_NONCE_SIZE], struct an_span header,
                      struct an_span cipher, const uint8_t tag[AN_AES_SEAL_TAG_SIZE],
                      uint8_t *plain);

#endif
