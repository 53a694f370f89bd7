/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "crypt/ed25519.h"

#include <wolfssl/options.h>

#include <wolfssl/wolfcrypt/ed25519.h>
#include <wolfssl/wolfcrypt/error-crypt.h>

/* wolfCrypt counts in 32 bits; no message of ours comes near. */
enum { MESSAGE_MAX = 1 << 30 };

static an_status status_of(int result)
{
	if (result == 0)
		return AUTONOMI_OK;
	return result == MEMORY_E ? AUTONOMI_E_NO_MEMORY : AUTONOMI_E_INTERNAL;
}

/* wolfCrypt takes no NULL for an empty message. */
static const uint8_t *message_data(struct an_span message)
{
	return message.size > 0 ? message.data : (const uint8_t *)"";
}

an_status an_ed25519_public_key(const uint8_t secret[AN_ED25519_SECRET_SIZE],
                                uint8_t public_key[AN_ED25519_PUBLIC_SIZE])
{
	ed25519_key key;
	int result = wc_ed25519_init(&key);
	if (result != 0)
		return status_of(result);
	result = wc_ed25519_import_private_only(secret, AN_ED25519_SECRET_SIZE, &key);
	if (result == 0)
		result = wc_ed25519_make_public(&key, public_key, AN_ED25519_PUBLIC_SIZE);
	wc_ed25519_free(&key);
	return status_of(result);
}

static int verify(const uint8_t *public_key, bool check_key, struct an_span message,
                  const uint8_t *signature, bool *ret_valid)
{
	ed25519_key key;
	int result = wc_ed25519_init(&key);
	if (result != 0)
		return result;
	int valid = 0;
	result = wc_ed25519_import_public_ex(public_key, AN_ED25519_PUBLIC_SIZE, &key, !check_key);
	if (result == 0)
		result = wc_ed25519_verify_msg(signature, AN_ED25519_SIGNATURE_SIZE,
		                               message_data(message), (word32)message.size, &valid,
		                               &key);
	wc_ed25519_free(&key);
	*ret_valid = result == 0 && valid == 1;
	return result;
}

/* wolfCrypt checks the range of a key only when it is imported, and that it is on the curve when a
 * signature is verified: so one is, which cannot fit but is well-formed. */
bool an_ed25519_public_key_valid(const uint8_t public_key[AN_ED25519_PUBLIC_SIZE])
{
	static const uint8_t signature[AN_ED25519_SIGNATURE_SIZE];
	bool valid;
	const int result = verify(public_key, true, an_span(NULL, 0), signature, &valid);
	return result == 0 || result == SIG_VERIFY_E;
}

an_status an_ed25519_sign(const uint8_t secret[AN_ED25519_SECRET_SIZE],
                          const uint8_t public_key[AN_ED25519_PUBLIC_SIZE], struct an_span message,
                          uint8_t signature[AN_ED25519_SIGNATURE_SIZE])
{
	if (message.size > MESSAGE_MAX)
		return AUTONOMI_E_TOO_LARGE;
	ed25519_key key;
	int result = wc_ed25519_init(&key);
	if (result != 0)
		return status_of(result);
	word32 size = AN_ED25519_SIGNATURE_SIZE;
	result = wc_ed25519_import_private_key_ex(secret, AN_ED25519_SECRET_SIZE, public_key,
	                                          AN_ED25519_PUBLIC_SIZE, &key, 1);
	if (result == 0)
		result = wc_ed25519_sign_msg(message_data(message), (word32)message.size, signature,
		                             &size, &key);
	wc_ed25519_free(&key);
	return status_of(result);
}

bool an_ed25519_verify(const uint8_t public_key[AN_ED25519_PUBLIC_SIZE], struct an_span message,
                       struct an_span signature)
{
	if (signature.size != AN_ED25519_SIGNATURE_SIZE || message.size > MESSAGE_MAX)
		return false;
	bool valid = false;
	(void)verify(public_key, false, message, signature.data, &valid);
	return valid;
}
