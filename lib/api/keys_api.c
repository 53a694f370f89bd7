/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "api/data_handle.h"
#include "base/memory.h"
#include "crypt/bls.h"
#include "crypt/ed25519.h"
#include "ident/key_pair.h"

/* ---- BLS. */

static an_status generate_bls(const uint8_t *seed, uint8_t *ret_secret)
{
	struct an_random random;
	const an_status status = an_api_random(seed, &random);
	if (status != AUTONOMI_OK)
		return status;
	an_bls_secret_random(&random, ret_secret);
	an_random_done(&random);
	return AUTONOMI_OK;
}

autonomi_status autonomi_bls_secret_generate(const uint8_t *seed, uint8_t *ret_secret)
{
	if (ret_secret == NULL)
		return AUTONOMI_E_INVALID;
	struct an_guard guard;
	an_guard_begin(&guard);
	return an_guard_leave(&guard, generate_bls(seed, ret_secret));
}

autonomi_status autonomi_bls_secret_from_material(const uint8_t *material, size_t material_size,
                                                  uint8_t *ret_secret)
{
	if (material == NULL || ret_secret == NULL)
		return AUTONOMI_E_INVALID;
	struct an_guard guard;
	an_guard_begin(&guard);
	return an_guard_leave(&guard,
	                      an_bls_secret_generate(an_span(material, material_size), ret_secret));
}

static an_status check(bool (*valid)(const uint8_t *bytes), const uint8_t *bytes)
{
	if (bytes == NULL)
		return AUTONOMI_E_INVALID;
	struct an_guard guard;
	an_guard_begin(&guard);
	return an_guard_leave(&guard, valid(bytes) ? AUTONOMI_OK : AUTONOMI_E_CORRUPT);
}

autonomi_status autonomi_bls_secret_check(const uint8_t *secret)
{
	return check(an_bls_secret_valid, secret);
}

autonomi_status autonomi_bls_public_check(const uint8_t *public_key)
{
	return check(an_bls_public_valid, public_key);
}

autonomi_status autonomi_bls_signature_check(const uint8_t *signature)
{
	return check(an_bls_signature_valid, signature);
}

/* Reads exactly `size` bytes of hex that `valid` takes. */
static an_status from_hex(const char *text, size_t size, bool (*valid)(const uint8_t *bytes),
                          uint8_t *ret_bytes)
{
	uint8_t bytes[AN_BLS_SIGNATURE_SIZE];
	size_t read = 0;
	if (text == NULL || ret_bytes == NULL)
		return AUTONOMI_E_INVALID;
	const bool whole = autonomi_hex_decode(text, bytes, size, &read) == AUTONOMI_OK &&
	                   read == size;
	const an_status status = whole ? check(valid, bytes) : AUTONOMI_E_CORRUPT;
	if (status == AUTONOMI_OK)
		memcpy(ret_bytes, bytes, size);
	an_wipe(bytes, sizeof(bytes));
	return status;
}

autonomi_status autonomi_bls_secret_from_hex(const char *text, uint8_t *ret_secret)
{
	return from_hex(text, AN_BLS_SECRET_SIZE, an_bls_secret_valid, ret_secret);
}

autonomi_status autonomi_bls_public_from_hex(const char *text, uint8_t *ret_public_key)
{
	return from_hex(text, AN_BLS_PUBLIC_SIZE, an_bls_public_valid, ret_public_key);
}

autonomi_status autonomi_bls_public_key(const uint8_t *secret, uint8_t *ret_public_key)
{
	if (secret == NULL || ret_public_key == NULL)
		return AUTONOMI_E_INVALID;
	struct an_guard guard;
	an_guard_begin(&guard);
	return an_guard_leave(&guard, an_bls_public_key(secret, ret_public_key));
}

typedef an_status derivation(const uint8_t *key, struct an_span index, uint8_t *ret_child);

static an_status derive(derivation *child_of, const uint8_t *key, const uint8_t *index,
                        size_t index_size, uint8_t *ret_child)
{
	if (key == NULL || !an_api_has(index, index_size) || ret_child == NULL)
		return AUTONOMI_E_INVALID;
	struct an_guard guard;
	an_guard_begin(&guard);
	return an_guard_leave(&guard, child_of(key, an_span(index, index_size), ret_child));
}

autonomi_status autonomi_bls_derive_secret(const uint8_t *secret, const uint8_t *index,
                                           size_t index_size, uint8_t *ret_child)
{
	return derive(an_bls_child_secret, secret, index, index_size, ret_child);
}

autonomi_status autonomi_bls_derive_public(const uint8_t *public_key, const uint8_t *index,
                                           size_t index_size, uint8_t *ret_child)
{
	return derive(an_bls_child_public, public_key, index, index_size, ret_child);
}

autonomi_status autonomi_bls_sign(const uint8_t *secret, const uint8_t *message,
                                  size_t message_size, uint8_t *ret_signature)
{
	if (secret == NULL || !an_api_has(message, message_size) || ret_signature == NULL)
		return AUTONOMI_E_INVALID;
	struct an_guard guard;
	an_guard_begin(&guard);
	return an_guard_leave(&guard,
	                      an_bls_sign(secret, an_span(message, message_size), ret_signature));
}

autonomi_status autonomi_bls_verify(const uint8_t *public_key, const uint8_t *message,
                                    size_t message_size, const uint8_t *signature)
{
	if (public_key == NULL || !an_api_has(message, message_size) || signature == NULL)
		return AUTONOMI_E_INVALID;
	struct an_guard guard;
	an_guard_begin(&guard);
	const bool good = an_bls_verify(public_key, an_span(message, message_size), signature);
	return an_guard_leave(&guard, good ? AUTONOMI_OK : AUTONOMI_E_CORRUPT);
}

static an_status encrypt(const uint8_t *public_key, struct an_span plain, const uint8_t *seed,
                         struct autonomi_bytes **ret_ciphertext)
{
	uint8_t scalar[AN_BLS_SECRET_SIZE];
	struct an_buffer out;
	an_status status = generate_bls(seed, scalar);
	if (status != AUTONOMI_OK)
		return status;
	an_buffer_init(&out, plain.size + AN_BLS_CIPHERTEXT_OVERHEAD);
	status = an_bls_encrypt(public_key, scalar, plain, &out);
	an_wipe(scalar, sizeof(scalar));
	return an_api_take_bytes(&out, status, ret_ciphertext);
}

autonomi_status autonomi_bls_encrypt(const uint8_t *public_key, const uint8_t *plain,
                                     size_t plain_size, const uint8_t *seed,
                                     autonomi_bytes **ret_ciphertext)
{
	if (public_key == NULL || plain == NULL || plain_size == 0 || ret_ciphertext == NULL)
		return AUTONOMI_E_INVALID;
	if (plain_size > AN_BLS_PLAINTEXT_MAX)
		return AUTONOMI_E_TOO_LARGE;
	struct an_guard guard;
	an_guard_begin(&guard);
	return an_guard_leave(&guard, encrypt(public_key, an_span(plain, plain_size), seed,
	                                      ret_ciphertext));
}

autonomi_status autonomi_bls_decrypt(const uint8_t *secret, const uint8_t *ciphertext,
                                     size_t ciphertext_size, autonomi_bytes **ret_plain)
{
	if (secret == NULL || ciphertext == NULL || ret_plain == NULL)
		return AUTONOMI_E_INVALID;
	struct an_guard guard;
	an_guard_begin(&guard);
	struct an_buffer plain;
	an_buffer_init(&plain, ciphertext_size);
	const an_status status = an_bls_decrypt(secret, an_span(ciphertext, ciphertext_size),
	                                        &plain);
	return an_guard_leave(&guard, an_api_take_bytes(&plain, status, ret_plain));
}

an_status an_api_owned(const uint8_t *owner, const uint8_t *signature,
                       uint8_t ret_owner[AN_OWNER_KEY_SIZE],
                       uint8_t ret_signature[AN_BLS_SIGNATURE_SIZE])
{
	if (!an_bls_public_valid(owner) || !an_bls_signature_valid(signature))
		return AUTONOMI_E_INVALID;
	memcpy(ret_owner, owner, AN_OWNER_KEY_SIZE);
	memcpy(ret_signature, signature, AN_BLS_SIGNATURE_SIZE);
	return AUTONOMI_OK;
}

/* ---- Identities. */

static an_status generate_identity(const uint8_t *seed, uint8_t *ret_secret)
{
	struct an_random random;
	const an_status status = an_api_random(seed, &random);
	if (status != AUTONOMI_OK)
		return status;
	an_random_fill(&random, ret_secret, AN_KEY_SECRET_SIZE);
	an_random_done(&random);
	return AUTONOMI_OK;
}

autonomi_status autonomi_identity_generate(const uint8_t *seed, uint8_t *ret_secret)
{
	if (ret_secret == NULL)
		return AUTONOMI_E_INVALID;
	struct an_guard guard;
	an_guard_begin(&guard);
	return an_guard_leave(&guard, generate_identity(seed, ret_secret));
}

autonomi_status autonomi_identity_public_key(const uint8_t *secret, uint8_t *ret_public_key)
{
	if (secret == NULL || ret_public_key == NULL)
		return AUTONOMI_E_INVALID;
	struct an_guard guard;
	an_guard_begin(&guard);
	return an_guard_leave(&guard, an_ed25519_public_key(secret, ret_public_key));
}

static an_status sign(const uint8_t *secret, struct an_span message, uint8_t *ret_signature)
{
	struct an_key_pair pair;
	size_t size;
	an_status status = an_key_pair_from_secret(&pair, secret);
	if (status == AUTONOMI_OK)
		status = an_key_pair_sign(&pair, message, ret_signature, &size);
	an_key_pair_done(&pair);
	return status;
}

autonomi_status autonomi_identity_sign(const uint8_t *secret, const uint8_t *message,
                                       size_t message_size, uint8_t *ret_signature)
{
	if (secret == NULL || !an_api_has(message, message_size) || ret_signature == NULL)
		return AUTONOMI_E_INVALID;
	struct an_guard guard;
	an_guard_begin(&guard);
	return an_guard_leave(&guard, sign(secret, an_span(message, message_size), ret_signature));
}

autonomi_status autonomi_identity_verify(const uint8_t *public_key, const uint8_t *message,
                                         size_t message_size, const uint8_t *signature)
{
	if (public_key == NULL || !an_api_has(message, message_size) || signature == NULL)
		return AUTONOMI_E_INVALID;
	struct an_guard guard;
	an_guard_begin(&guard);
	const bool good = an_ed25519_verify(public_key, an_span(message, message_size),
	                                    an_span(signature, AN_ED25519_SIGNATURE_SIZE));
	return an_guard_leave(&guard, good ? AUTONOMI_OK : AUTONOMI_E_CORRUPT);
}

autonomi_status autonomi_identity_peer_id(const uint8_t *public_key, uint8_t *ret_id,
                                          size_t *ret_size)
{
	if (public_key == NULL || ret_id == NULL || ret_size == NULL)
		return AUTONOMI_E_INVALID;
	struct an_guard guard;
	struct an_identity identity;
	an_guard_begin(&guard);
	const an_status status = an_identity_from_public_key(&identity,
	                                                     an_span(public_key,
	                                                             AN_ED25519_PUBLIC_SIZE));
	if (status == AUTONOMI_OK) {
		memcpy(ret_id, identity.id.bytes, identity.id.size);
		*ret_size = identity.id.size;
	}
	return an_guard_leave(&guard, status);
}

static an_status pair_to_protobuf(const uint8_t *secret, struct autonomi_bytes **ret_protobuf)
{
	struct an_buffer out;
	struct an_key_pair pair;
	an_buffer_init(&out, AN_API_BYTES_MAX);
	an_status status = an_key_pair_from_secret(&pair, secret);
	if (status == AUTONOMI_OK) {
		an_key_pair_write_protobuf(&pair, &out);
		status = out.failed;
	}
	an_key_pair_done(&pair);
	return an_api_take_bytes(&out, status, ret_protobuf);
}

autonomi_status autonomi_identity_pair_to_protobuf(const uint8_t *secret,
                                                   autonomi_bytes **ret_protobuf)
{
	if (secret == NULL || ret_protobuf == NULL)
		return AUTONOMI_E_INVALID;
	struct an_guard guard;
	an_guard_begin(&guard);
	return an_guard_leave(&guard, pair_to_protobuf(secret, ret_protobuf));
}

static an_status public_to_protobuf(const uint8_t *public_key, struct autonomi_bytes **ret_protobuf)
{
	struct an_buffer out;
	struct an_identity identity;
	an_buffer_init(&out, AN_API_BYTES_MAX);
	an_status status = an_identity_from_public_key(&identity,
	                                               an_span(public_key, AN_ED25519_PUBLIC_SIZE));
	if (status == AUTONOMI_OK)
		status = an_buffer_append(&out, an_identity_protobuf(&identity));
	return an_api_take_bytes(&out, status, ret_protobuf);
}

autonomi_status autonomi_identity_public_to_protobuf(const uint8_t *public_key,
                                                     autonomi_bytes **ret_protobuf)
{
	if (public_key == NULL || ret_protobuf == NULL)
		return AUTONOMI_E_INVALID;
	struct an_guard guard;
	an_guard_begin(&guard);
	return an_guard_leave(&guard, public_to_protobuf(public_key, ret_protobuf));
}

autonomi_status autonomi_peer_id_to_text(const uint8_t *id, size_t id_size, char *text,
                                         size_t text_size)
{
	struct an_peer_id peer;
	char full[AN_PEER_ID_TEXT_MAX];
	if (id == NULL || text == NULL)
		return AUTONOMI_E_INVALID;
	const an_status status = an_peer_id_from_bytes(&peer, an_span(id, id_size));
	if (status != AUTONOMI_OK)
		return status;
	an_peer_id_to_text(&peer, full);
	return an_api_copy_text(an_span_text(full), text, text_size);
}

autonomi_status autonomi_peer_id_from_text(const char *text, uint8_t *ret_id, size_t *ret_size)
{
	struct an_peer_id peer;
	if (text == NULL || ret_id == NULL || ret_size == NULL)
		return AUTONOMI_E_INVALID;
	const an_status status = an_peer_id_from_text(&peer, an_span_text(text));
	if (status != AUTONOMI_OK)
		return status;
	memcpy(ret_id, peer.bytes, peer.size);
	*ret_size = peer.size;
	return AUTONOMI_OK;
}
