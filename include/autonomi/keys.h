/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Keys. Data has owners with BLS12-381 keys, as Autonomi's crate blsttc makes them (semantics 2.2);
 * nodes have Ed25519 keys, of which their peer id is made (semantics 4.2).
 *
 * Keys, signatures and indices are plain bytes of fixed sizes, in their standard encodings. Public
 * keys and signatures from outside are checked for encoding, curve and subgroup wherever they are
 * taken. Work on secret keys takes a time that does not depend on them. The caller wipes the secrets
 * that it holds.
 *
 * Randomness: where a function takes `seed`, that is AUTONOMI_SEED_SIZE bytes that nobody else knows
 * and that are never used twice, or NULL: then the library asks the operating system. The same seed
 * gives the same result.
 *
 * Threading: any thread; nothing is kept between calls.
 */
#ifndef AUTONOMI_KEYS_H
#define AUTONOMI_KEYS_H

#include <stddef.h>
#include <stdint.h>

#include <autonomi/bytes.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
	AUTONOMI_SEED_SIZE = 32,
	AUTONOMI_SECRET_KEY_SIZE = 32, /* big-endian, below the order of the group */
	AUTONOMI_PUBLIC_KEY_SIZE = 48,
	AUTONOMI_SIGNATURE_SIZE = 96,
	AUTONOMI_CIPHERTEXT_OVERHEAD = 144, /* bytes that encryption adds */
	AUTONOMI_IDENTITY_SECRET_SIZE = 32, /* as in the file `secret-key` of a node */
	AUTONOMI_IDENTITY_PUBLIC_SIZE = 32,
	AUTONOMI_IDENTITY_SIGNATURE_SIZE = 64,
	AUTONOMI_PEER_ID_MAX = 44,     /* bytes of a peer id; one of an Ed25519 key has 38 */
	AUTONOMI_PEER_ID_TEXT_MAX = 64 /* characters in base58, with the final zero */
};

/* ---- Owners' keys: BLS12-381. */

/* A new secret key. Returns AUTONOMI_OK; AUTONOMI_E_INVALID; AUTONOMI_E_IO where the operating system
 * gives no randomness. */
AUTONOMI_API autonomi_status autonomi_bls_secret_generate(const uint8_t *seed, uint8_t *ret_secret);

/* The secret key that the key generation of the BLS draft makes of at least 32 bytes, with no key
 * info: how vault keys are made (semantics 2.9). Returns AUTONOMI_OK; AUTONOMI_E_INVALID, also where
 * there are fewer. */
AUTONOMI_API autonomi_status autonomi_bls_secret_from_material(const uint8_t *material,
                                                               size_t material_size,
                                                               uint8_t *ret_secret);

/* Whether the bytes are a secret key, a public key, a signature. Each returns AUTONOMI_OK;
 * AUTONOMI_E_CORRUPT where they are none; AUTONOMI_E_INVALID for NULL. */
AUTONOMI_API autonomi_status autonomi_bls_secret_check(const uint8_t *secret);
/* As autonomi_bls_secret_check, for a public key. */
AUTONOMI_API autonomi_status autonomi_bls_public_check(const uint8_t *public_key);
/* As autonomi_bls_secret_check, for a signature. */
AUTONOMI_API autonomi_status autonomi_bls_signature_check(const uint8_t *signature);

/* Keys from hexadecimal digits of either case; autonomi_hex_encode writes them. Each returns
 * AUTONOMI_OK; AUTONOMI_E_CORRUPT where the text is no such key; AUTONOMI_E_INVALID for NULL. */
AUTONOMI_API autonomi_status autonomi_bls_secret_from_hex(const char *text, uint8_t *ret_secret);
/* As autonomi_bls_secret_from_hex, for a public key. */
AUTONOMI_API autonomi_status autonomi_bls_public_from_hex(const char *text,
                                                          uint8_t *ret_public_key);

/* The public key of a secret one. Returns AUTONOMI_OK; AUTONOMI_E_INVALID, also where `secret` is
 * none. */
AUTONOMI_API autonomi_status autonomi_bls_public_key(const uint8_t *secret,
                                                     uint8_t *ret_public_key);

/* The child keys at an index of any bytes, from either half of a pair: the public key of the child
 * secret is the child of the public key. Derivation indices of Autonomi's client have 32 bytes. Each
 * returns AUTONOMI_OK; AUTONOMI_E_INVALID, also where the key is none. */
AUTONOMI_API autonomi_status autonomi_bls_derive_secret(const uint8_t *secret, const uint8_t *index,
                                                        size_t index_size, uint8_t *ret_child);
/* As autonomi_bls_derive_secret, of a public key. */
AUTONOMI_API autonomi_status autonomi_bls_derive_public(const uint8_t *public_key,
                                                        const uint8_t *index, size_t index_size,
                                                        uint8_t *ret_child);

/* Signs a message as it is; takes about 0.6 ms. Returns AUTONOMI_OK; AUTONOMI_E_INVALID, also where
 * `secret` is none. */
AUTONOMI_API autonomi_status autonomi_bls_sign(const uint8_t *secret, const uint8_t *message,
                                               size_t message_size, uint8_t *ret_signature);

/* Whether the signature is by the key; takes about 2 ms. Returns AUTONOMI_OK; AUTONOMI_E_CORRUPT where
 * it is not, or key or signature are none; AUTONOMI_E_INVALID for NULL. */
AUTONOMI_API autonomi_status autonomi_bls_verify(const uint8_t *public_key, const uint8_t *message,
                                                 size_t message_size, const uint8_t *signature);

/* Encrypts so that the holder of the secret key alone can read it. Returns AUTONOMI_OK, and the
 * ciphertext goes to `ret_ciphertext`; AUTONOMI_E_INVALID, also where the key is none or there is
 * nothing to encrypt; AUTONOMI_E_TOO_LARGE above 1 GiB; AUTONOMI_E_IO as above; AUTONOMI_E_NO_MEMORY. */
AUTONOMI_API autonomi_status autonomi_bls_encrypt(const uint8_t *public_key, const uint8_t *plain,
                                                  size_t plain_size, const uint8_t *seed,
                                                  autonomi_bytes **ret_ciphertext);

/* Decrypts. With another key than the one it was made for, other bytes come out. Returns AUTONOMI_OK;
 * AUTONOMI_E_CORRUPT where it is no ciphertext or was tampered with; AUTONOMI_E_INVALID, also where
 * the key is none; AUTONOMI_E_NO_MEMORY. */
AUTONOMI_API autonomi_status autonomi_bls_decrypt(const uint8_t *secret, const uint8_t *ciphertext,
                                                  size_t ciphertext_size,
                                                  autonomi_bytes **ret_plain);

/* ---- Nodes' identities: Ed25519. */

/* A new secret key of a node. Returns AUTONOMI_OK; AUTONOMI_E_INVALID; AUTONOMI_E_IO as above. */
AUTONOMI_API autonomi_status autonomi_identity_generate(const uint8_t *seed, uint8_t *ret_secret);

/* The public key of a secret one. Returns AUTONOMI_OK; AUTONOMI_E_INVALID; AUTONOMI_E_INTERNAL where
 * the cryptographic library fails. */
AUTONOMI_API autonomi_status autonomi_identity_public_key(const uint8_t *secret,
                                                          uint8_t *ret_public_key);

/* Signs a message. Returns as autonomi_identity_public_key. */
AUTONOMI_API autonomi_status autonomi_identity_sign(const uint8_t *secret, const uint8_t *message,
                                                    size_t message_size, uint8_t *ret_signature);

/* Whether the signature is by the key. Returns AUTONOMI_OK; AUTONOMI_E_CORRUPT where it is not, or
 * the key is none; AUTONOMI_E_INVALID for NULL. */
AUTONOMI_API autonomi_status autonomi_identity_verify(const uint8_t *public_key,
                                                      const uint8_t *message, size_t message_size,
                                                      const uint8_t *signature);

/* The peer id of a public key in bytes, at most AUTONOMI_PEER_ID_MAX; their number goes to
 * `ret_size`. Returns AUTONOMI_OK; AUTONOMI_E_INVALID, also where the key is none. */
AUTONOMI_API autonomi_status autonomi_identity_peer_id(const uint8_t *public_key, uint8_t *ret_id,
                                                       size_t *ret_size);

/* The pair, and the public key, in the protobuf form that libp2p's programs keep and send. The first
 * holds the secret. Each returns AUTONOMI_OK; AUTONOMI_E_INVALID, also where the key is none;
 * AUTONOMI_E_INTERNAL; AUTONOMI_E_NO_MEMORY. */
AUTONOMI_API autonomi_status autonomi_identity_pair_to_protobuf(const uint8_t *secret,
                                                                autonomi_bytes **ret_protobuf);
/* As autonomi_identity_pair_to_protobuf, of the public key. */
AUTONOMI_API autonomi_status autonomi_identity_public_to_protobuf(const uint8_t *public_key,
                                                                  autonomi_bytes **ret_protobuf);

/* A peer id as people see it ("12D3KooW…"), in base58 with a final zero: room for
 * AUTONOMI_PEER_ID_TEXT_MAX characters suffices. Returns AUTONOMI_OK; AUTONOMI_E_ADDRESS where the
 * bytes are no peer id; AUTONOMI_E_TOO_SMALL; AUTONOMI_E_INVALID. */
AUTONOMI_API autonomi_status autonomi_peer_id_to_text(const uint8_t *id, size_t id_size, char *text,
                                                      size_t text_size);

/* Reads a peer id, at most AUTONOMI_PEER_ID_MAX bytes, from base58. Returns AUTONOMI_OK;
 * AUTONOMI_E_ADDRESS where the text is no peer id; AUTONOMI_E_INVALID for NULL. */
AUTONOMI_API autonomi_status autonomi_peer_id_from_text(const char *text, uint8_t *ret_id,
                                                        size_t *ret_size);

#ifdef __cplusplus
}
#endif

#endif
