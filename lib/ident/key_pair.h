/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A node's identity: its key pair and what follows from it. Other modules see a peer id, a DHT key
 * and a signature as bytes; that the key is Ed25519 is known here only (DESIGN 8).
 */
#ifndef AN_IDENT_KEY_PAIR_H
#define AN_IDENT_KEY_PAIR_H

#include "base/buffer.h"
#include "ident/agent.h"
#include "ident/peer_id.h"

enum {
	AN_KEY_SECRET_SIZE = 32, /* the file `secret-key` (semantics 6.1) */
	AN_SIGNATURE_MAX = 64,
	AN_PUBLIC_KEY_MAX = 32,
};

/* A peer's public identity, as a handshake proves it. */
struct an_identity {
	uint8_t public_key_size;
	uint8_t public_key[AN_PUBLIC_KEY_MAX];
	struct an_peer_id id;
	struct an_dht_key dht_key;
};

struct an_key_pair {
	uint8_t secret[AN_KEY_SECRET_SIZE];
	struct an_identity identity;
};

/* The identity of a public key. E_INVALID where no key has these bytes. */
an_status an_identity_from_public_key(struct an_identity *ret_identity, struct an_span public_key);

/* The same from libp2p's protobuf form, in which messages carry public keys (semantics 5.3), and the
 * other way round: borrowed from `identity`. */
an_status an_identity_from_protobuf(struct an_identity *ret_identity, struct an_span bytes);
struct an_span an_identity_protobuf(const struct an_identity *identity);

/* The key pair of 32 secret bytes. */
an_status an_key_pair_from_secret(struct an_key_pair *ret_pair,
                                  const uint8_t secret[AN_KEY_SECRET_SIZE]);

/* Appends libp2p's protobuf form of a key pair, which holds the secret: the caller wipes `out`. */
void an_key_pair_write_protobuf(const struct an_key_pair *pair, struct an_buffer *out);

/* Wipes the secret. */
void an_key_pair_done(struct an_key_pair *pair);

/* Signs `message`; writes the size of the signature. */
an_status an_key_pair_sign(const struct an_key_pair *pair, struct an_span message,
                           uint8_t signature[AN_SIGNATURE_MAX], size_t *ret_size);

bool an_identity_verify(const struct an_identity *identity, struct an_span message,
                        struct an_span signature);

/* The minimal self-signed certificate whose subject is `agent` (semantics 1.3, DESIGN 4), DER. */
an_status an_key_pair_certificate(const struct an_key_pair *pair, const char *agent,
                                  struct an_buffer *certificate);

/* The private key as TLS wants it (PKCS #8, DER). The caller wipes the buffer. */
an_status an_key_pair_private_key(const struct an_key_pair *pair, struct an_buffer *private_key);

/* What a peer's certificate says. Checks its form and its own signature; E_IDENTITY where bad. */
an_status an_identity_from_certificate(struct an_identity *ret_identity, char agent[AN_AGENT_MAX],
                                       struct an_span certificate);

#endif
