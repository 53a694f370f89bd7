/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Keys, names and numbers that follow from bytes of any kind: the first byte chooses a register's name
 * and value, the signature that opens a vault, an application's name, or libp2p's form of a public key.
 */
#include "data/derived_keys.h"
#include "ident/key_pair.h"
#include "round_trip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t owner[AN_BLS_SECRET_SIZE] = {1, 2, 3};

static void check_register(struct an_span name)
{
	uint8_t secret[AN_BLS_SECRET_SIZE], public_key[AN_OWNER_KEY_SIZE];
	uint8_t head_secret[AN_BLS_SECRET_SIZE], head[AN_OWNER_KEY_SIZE], other[AN_OWNER_KEY_SIZE];
	uint8_t content[AN_GRAPH_CONTENT_SIZE];
	must(an_register_secret(owner, name, secret) == AUTONOMI_OK);
	must(an_bls_public_key(secret, public_key) == AUTONOMI_OK);
	must(an_head_public_key(public_key, head) == AUTONOMI_OK);
	must(an_head_secret(secret, head_secret) == AUTONOMI_OK);
	must(an_bls_public_key(head_secret, other) == AUTONOMI_OK);
	must(memcmp(head, other, sizeof(head)) == 0);
	const an_status status = an_register_value(name, content);
	must((status == AUTONOMI_OK) == (name.size <= sizeof(content)));
	must(status != AUTONOMI_OK || name.size == 0 || memcmp(content, name.data, name.size) == 0);
}

static void check_vault(struct an_span signature)
{
	uint8_t secret[AN_BLS_SECRET_SIZE], again[AN_BLS_SECRET_SIZE];
	must(an_vault_secret(signature, secret) == AUTONOMI_OK && an_bls_secret_valid(secret));
	must(an_bls_secret_generate(signature, again) ==
	     (signature.size < AN_BLS_SECRET_SIZE ? AUTONOMI_E_INVALID : AUTONOMI_OK));
	if (signature.size >= AN_SECP256K1_SECRET_SIZE) {
		uint8_t made[AN_SECP256K1_SIGNATURE_SIZE], vault[AN_SECP256K1_SIGNATURE_SIZE];
		const an_status status = an_evm_sign_message(signature.data, signature, made);
		must(status == an_vault_signature(signature.data, vault));
	}
}

/* The short name is the hash of the hex. */
static void check_name(struct an_span bytes)
{
	struct an_buffer hex;
	an_buffer_init(&hex, ROUND_TRIP_MAX);
	for (size_t i = 0; i < bytes.size; i++) {
		static const char digits[] = "0123456789abcdef";
		(void)an_buffer_append_byte(&hex, (uint8_t)digits[bytes.data[i] >> 4]);
		(void)an_buffer_append_byte(&hex, (uint8_t)digits[bytes.data[i] & 15]);
	}
	must(an_private_short_name(bytes) == an_vault_content_type(an_buffer_span(&hex)));
	an_buffer_done(&hex);
}

static void check_identity(struct an_span bytes)
{
	struct an_identity identity, again;
	if (an_identity_from_protobuf(&identity, bytes) != AUTONOMI_OK)
		return;
	must(an_identity_from_protobuf(&again, an_identity_protobuf(&identity)) == AUTONOMI_OK);
	must(an_peer_id_equal(&identity.id, &again.id));
	must(an_identity_from_public_key(&again, an_span(identity.public_key,
	                                                 identity.public_key_size)) == AUTONOMI_OK);
	must(an_peer_id_equal(&identity.id, &again.id));
	(void)an_identity_verify(&identity, bytes, bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	static void (*const checks[])(struct an_span) = {check_register, check_vault, check_name,
	                                                 check_identity};
	checks[data[0] & 3](an_span(data + 1, size - 1));
	return 0;
}
