/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/derived_keys.h"

#include <string.h>

#include "base/memory.h"
#include "crypt/hash.h"
#include "crypt/keccak.h"
#include "data/address_text.h"

static const uint8_t zeros[AN_GRAPH_CONTENT_SIZE];

an_status an_register_secret(const uint8_t owner[AN_BLS_SECRET_SIZE], struct an_span name,
                             uint8_t ret_secret[AN_BLS_SECRET_SIZE])
{
	uint8_t index[AN_HASH_SIZE];
	an_sha3_256(name, index);
	return an_bls_child_secret(owner, an_span(index, sizeof(index)), ret_secret);
}

an_status an_head_public_key(const uint8_t public_key[AN_OWNER_KEY_SIZE],
                             uint8_t ret_head[AN_OWNER_KEY_SIZE])
{
	return an_bls_child_public(public_key, an_span(zeros, sizeof(zeros)), ret_head);
}

an_status an_head_secret(const uint8_t secret[AN_BLS_SECRET_SIZE],
                         uint8_t ret_head[AN_BLS_SECRET_SIZE])
{
	return an_bls_child_secret(secret, an_span(zeros, sizeof(zeros)), ret_head);
}

an_status an_register_value(struct an_span value, uint8_t ret_content[AN_GRAPH_CONTENT_SIZE])
{
	if (value.size > AN_GRAPH_CONTENT_SIZE)
		return AUTONOMI_E_TOO_LARGE;
	memset(ret_content, 0, AN_GRAPH_CONTENT_SIZE);
	if (value.size > 0)
		memcpy(ret_content, value.data, value.size);
	return AUTONOMI_OK;
}

void an_register_value_display_fault(size_t size, struct an_buffer *text)
{
	an_text_append(text, "Invalid register value length: ");
	an_text_append_number(text, size);
	an_text_append(text, ", expected something within ");
	an_text_append_number(text, AN_GRAPH_CONTENT_SIZE);
	an_text_append(text, " bytes");
}

/* ---- Vaults. */

void an_evm_message_hash(struct an_span message, uint8_t ret_hash[AN_EVM_HASH_SIZE])
{
	an_keccak_256(message, ret_hash);
}

/* Keccak-256 of the prefix (ERC-191, version 0x45) and the hash, which it replaces. */
static void prefix_and_hash(uint8_t hash[AN_EVM_HASH_SIZE])
{
	static const char prefix[] = "\x19"
				     "Ethereum Signed Message:\n32";
	uint8_t message[sizeof(prefix) - 1 + AN_EVM_HASH_SIZE];
	memcpy(message, prefix, sizeof(prefix) - 1);
	memcpy(message + sizeof(prefix) - 1, hash, AN_EVM_HASH_SIZE);
	an_keccak_256(an_span(message, sizeof(message)), hash);
}

an_status an_evm_sign_message(const uint8_t evm_secret[AN_SECP256K1_SECRET_SIZE],
                              struct an_span message,
                              uint8_t ret_signature[AN_SECP256K1_SIGNATURE_SIZE])
{
	uint8_t digest[AN_EVM_HASH_SIZE];
	an_evm_message_hash(message, digest);
	prefix_and_hash(digest);
	an_evm_message_hash(an_span(digest, sizeof(digest)), digest);
	prefix_and_hash(digest);
	return an_secp256k1_sign(evm_secret, digest, ret_signature);
}

an_status an_vault_signature(const uint8_t evm_secret[AN_SECP256K1_SECRET_SIZE],
                             uint8_t ret_signature[AN_SECP256K1_SIGNATURE_SIZE])
{
	static const char message[] = "Massive Array of Internet Disks Secure Access For Everyone";
	return an_evm_sign_message(evm_secret, an_span_text(message), ret_signature);
}

an_status an_vault_secret(struct an_span evm_signature, uint8_t ret_secret[AN_BLS_SECRET_SIZE])
{
	uint8_t material[AN_HASH_SIZE];
	an_sha256(evm_signature, material);
	const an_status status = an_bls_secret_generate(an_span(material, sizeof(material)),
	                                                ret_secret);
	an_wipe(material, sizeof(material));
	return status;
}

/* ---- Rust's default hash: SipHash-1-3 (Aumasson and Bernstein 2012) with a key of zeros. */

struct sip {
	uint64_t v0, v1, v2, v3;
	uint64_t word; /* bytes that are no whole word yet */
	uint64_t size;
};

static uint64_t rotate(uint64_t word, unsigned bits)
{
	return word << bits | word >> (64 - bits);
}

static void sip_round(struct sip *sip)
{
	sip->v0 += sip->v1;
	sip->v1 = rotate(sip->v1, 13) ^ sip->v0;
	sip->v0 = rotate(sip->v0, 32);
	sip->v2 += sip->v3;
	sip->v3 = rotate(sip->v3, 16) ^ sip->v2;
	sip->v0 += sip->v3;
	sip->v3 = rotate(sip->v3, 21) ^ sip->v0;
	sip->v2 += sip->v1;
	sip->v1 = rotate(sip->v1, 17) ^ sip->v2;
	sip->v2 = rotate(sip->v2, 32);
}

static void sip_word(struct sip *sip, uint64_t word)
{
	sip->v3 ^= word;
	sip_round(sip);
	sip->v0 ^= word;
}

static void sip_byte(struct sip *sip, uint8_t byte)
{
	sip->word |= (uint64_t)byte << 8 * (sip->size % 8);
	if (++sip->size % 8 != 0)
		return;
	sip_word(sip, sip->word);
	sip->word = 0;
}

static struct sip sip_begin(void)
{
	return (struct sip){.v0 = 0x736f6d6570736575,
	                    .v1 = 0x646f72616e646f6d,
	                    .v2 = 0x6c7967656e657261,
	                    .v3 = 0x7465646279746573};
}

/* Ends a text as Rust hashes texts: with a byte that none has. */
static uint64_t sip_end(struct sip *sip)
{
	sip_byte(sip, 0xff);
	sip_word(sip, sip->word | sip->size << 56);
	sip->v2 ^= 0xff;
	for (unsigned i = 0; i < 3; i++)
		sip_round(sip);
	return sip->v0 ^ sip->v1 ^ sip->v2 ^ sip->v3;
}

uint64_t an_vault_content_type(struct an_span application)
{
	struct sip sip = sip_begin();
	for (size_t i = 0; i < application.size; i++)
		sip_byte(&sip, application.data[i]);
	return sip_end(&sip);
}

uint64_t an_user_data_content_type(void)
{
	return an_vault_content_type(an_span_text("UserData"));
}

uint64_t an_private_short_name(struct an_span data_map)
{
	static const char digits[] = "0123456789abcdef";
	struct sip sip = sip_begin();
	for (size_t i = 0; i < data_map.size; i++) {
		sip_byte(&sip, (uint8_t)digits[data_map.data[i] >> 4]);
		sip_byte(&sip, (uint8_t)digits[data_map.data[i] & 15]);
	}
	return sip_end(&sip);
}
