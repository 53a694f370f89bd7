/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The keys of registers and vaults, which are built of graph entries, pointers and scratchpads
 * (semantics 2.8, 2.9), and the numbers that say what a vault holds.
 *
 * Pure.
 */
#ifndef AN_DATA_DERIVED_KEYS_H
#define AN_DATA_DERIVED_KEYS_H

#include "crypt/secp256k1.h"
#include "data/graph_entry.h"
#include "data/scratchpad.h"

enum {
	AN_VAULT_PIECE_SIZE = AN_SCRATCHPAD_SIZE_MAX - 1024, /* content of one scratchpad */
	AN_EVM_HASH_SIZE = 32,
	AN_VAULT_PIECES_PER_ENTRY = 1000, /* scratchpads that a graph entry of a vault names */
};

/* ---- Registers. The key that an owner has under a name. E_INVALID where the secret is none. */
an_status an_register_secret(const uint8_t owner[AN_BLS_SECRET_SIZE], struct an_span name,
                             uint8_t ret_secret[AN_BLS_SECRET_SIZE]);

/* The owner of the pointer to a register's newest entry; likewise of a vault's first graph entry. */
an_status an_head_public_key(const uint8_t public_key[AN_OWNER_KEY_SIZE],
                             uint8_t ret_head[AN_OWNER_KEY_SIZE]);
an_status an_head_secret(const uint8_t secret[AN_BLS_SECRET_SIZE],
                         uint8_t ret_head[AN_BLS_SECRET_SIZE]);

/* A value as its entry's content: zeros follow it. E_TOO_LARGE. */
an_status an_register_value(struct an_span value, uint8_t ret_content[AN_GRAPH_CONTENT_SIZE]);

/* Appends Autonomi's words for a value of `size` bytes that is too large. */
void an_register_value_display_fault(size_t size, struct an_buffer *text);

/* ---- Vaults. A signature on a message by an EVM key, as Autonomi makes it: the prefix of a signed
 * message goes in front twice. E_INVALID where the secret is none; E_NO_MEMORY. */
void an_evm_message_hash(struct an_span message, uint8_t ret_hash[AN_EVM_HASH_SIZE]);
an_status an_evm_sign_message(const uint8_t evm_secret[AN_SECP256K1_SECRET_SIZE],
                              struct an_span message,
                              uint8_t ret_signature[AN_SECP256K1_SIGNATURE_SIZE]);

/* The signature that the owner of an EVM key opens the vault with. */
an_status an_vault_signature(const uint8_t evm_secret[AN_SECP256K1_SECRET_SIZE],
                             uint8_t ret_signature[AN_SECP256K1_SIGNATURE_SIZE]);

/* The vault's secret key of a signature by the owner's EVM key. */
an_status an_vault_secret(struct an_span evm_signature, uint8_t ret_secret[AN_BLS_SECRET_SIZE]);

/* The content type of an application: Rust's default hash of its name. */
uint64_t an_vault_content_type(struct an_span application);

/* That of user data (data/user_data.h). */
uint64_t an_user_data_content_type(void);

/* How private data is called where a short name is wanted: the same hash of its data map's hex. */
uint64_t an_private_short_name(struct an_span data_map);

#endif
