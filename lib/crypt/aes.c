/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "crypt/aes.h"

#include <wolfssl/options.h>

#include <wolfssl/wolfcrypt/aes.h>
#include <wolfssl/wolfcrypt/error-crypt.h>

#include "base/memory.h"

/* wolfCrypt counts in 32 bits. */
enum { SIZE_LIMIT = 1 << 30 };

static an_status status_of(int result)
{
	if (result == 0)
		return AUTONOMI_OK;
	return result == MEMORY_E ? AUTONOMI_E_NO_MEMORY : AUTONOMI_E_INTERNAL;
}

static int cbc_begin(Aes *aes, const uint8_t *key, const uint8_t *iv, int direction)
{
	const int result = wc_AesInit(aes, NULL, INVALID_DEVID);
	if (result != 0)
		return result;
	return wc_AesSetKey(aes, key, AN_AES_CBC_KEY_SIZE, iv, direction);
}

an_status an_aes_cbc_encrypt(const uint8_t key[AN_AES_CBC_KEY_SIZE],
                             const uint8_t iv[AN_AES_BLOCK_SIZE], struct an_span plain,
                             uint8_t *cipher)
{
	if (plain.size > SIZE_LIMIT)
		return AUTONOMI_E_TOO_LARGE;
	const size_t whole = plain.size - plain.size % AN_AES_BLOCK_SIZE;
	const size_t rest = plain.size - whole;
	/* Taken before the first byte is written, for `cipher` may be where `plain` is. */
	uint8_t last[AN_AES_BLOCK_SIZE];
	memset(last, (int)(AN_AES_BLOCK_SIZE - rest), sizeof(last));
	if (rest > 0)
		memcpy(last, plain.data + whole, rest);

	Aes aes;
	int result = cbc_begin(&aes, key, iv, AES_ENCRYPTION);
	if (result == 0 && whole > 0)
		result = wc_AesCbcEncrypt(&aes, cipher, plain.data, (word32)whole);
	if (result == 0)
		result = wc_AesCbcEncrypt(&aes, cipher + whole, last, sizeof(last));
	wc_AesFree(&aes);
	an_wipe(last, sizeof(last));
	return status_of(result);
}

/* PKCS #7 (RFC 5652, 6.3): n bytes of value n, n from 1 to 16. False where it is otherwise. */
static bool padding_of(const uint8_t *last, size_t *ret_padding)
{
	const uint8_t padding = last[AN_AES_BLOCK_SIZE - 1];
	if (padding == 0 || padding > AN_AES_BLOCK_SIZE)
		return false;
	for (size_t i = AN_AES_BLOCK_SIZE - padding; i < AN_AES_BLOCK_SIZE; i++)
		if (last[i] != padding)
			return false;
	*ret_padding = padding;
	return true;
}

an_status an_aes_cbc_decrypt(const uint8_t key[AN_AES_CBC_KEY_SIZE],
                             const uint8_t iv[AN_AES_BLOCK_SIZE], struct an_span cipher,
                             uint8_t *plain, size_t *ret_size)
{
	if (cipher.size == 0 || cipher.size % AN_AES_BLOCK_SIZE != 0)
		return AUTONOMI_E_CORRUPT;
	if (cipher.size > SIZE_LIMIT)
		return AUTONOMI_E_TOO_LARGE;

	Aes aes;
	int result = cbc_begin(&aes, key, iv, AES_DECRYPTION);
	if (result == 0)
		result = wc_AesCbcDecrypt(&aes, plain, cipher.data, (word32)cipher.size);
	wc_AesFree(&aes);
	if (result != 0)
		return status_of(result);

	size_t padding;
	if (!padding_of(plain + cipher.size - AN_AES_BLOCK_SIZE, &padding))
		return AUTONOMI_E_CORRUPT;
	*ret_size = cipher.size - padding;
	return AUTONOMI_OK;
}

static int gcm_begin(Aes *aes, const uint8_t *key)
{
	const int result = wc_AesInit(aes, NULL, INVALID_DEVID);
	if (result != 0)
		return result;
	return wc_AesGcmSetKey(aes, key, AN_AES_SEAL_KEY_SIZE);
}

an_status an_aes_seal(const uint8_t key[AN_AES_SEAL_KEY_SIZE],
                      const uint8_t nonce[AN_AES_SEAL_NONCE_SIZE], struct an_span header,
                      struct an_span plain, uint8_t *cipher, uint8_t tag[AN_AES_SEAL_TAG_SIZE])
{
	if (plain.size > SIZE_LIMIT || header.size > SIZE_LIMIT)
		return AUTONOMI_E_TOO_LARGE;
	Aes aes;
	int result = gcm_begin(&aes, key);
	if (result == 0)
		result = wc_AesGcmEncrypt(&aes, cipher, plain.data, (word32)plain.size, nonce,
		                          AN_AES_SEAL_NONCE_SIZE, tag, AN_AES_SEAL_TAG_SIZE,
		                          header.data, (word32)header.size);
	wc_AesFree(&aes);
	return status_of(result);
}

an_status an_aes_open(const uint8_t key[AN_AES_SEAL_KEY_SIZE],
                      const uint8_t nonce[AN_AES_SEAL_NONCE_SIZE], struct an_span header,
                      struct an_span cipher, const uint8_t tag[AN_AES_SEAL_TAG_SIZE],
                      uint8_t *plain)
{
	if (cipher.size > SIZE_LIMIT || header.size > SIZE_LIMIT)
		return AUTONOMI_E_TOO_LARGE;
	Aes aes;
	int result = gcm_begin(&aes, key);
	if (result == 0)
		result = wc_AesGcmDecrypt(&aes, plain, cipher.data, (word32)cipher.size, nonce,
		                          AN_AES_SEAL_NONCE_SIZE, tag, AN_AES_SEAL_TAG_SIZE,
		                          header.data, (word32)header.size);
	wc_AesFree(&aes);
	return result == AES_GCM_AUTH_E ? AUTONOMI_E_CORRUPT : status_of(result);
}
