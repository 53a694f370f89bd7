/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A peer id: the multihash of a node's public key in libp2p's protobuf form (semantics 4.2). For an
 * Ed25519 key it is 38 bytes, an identity multihash. Other modules treat it as opaque bytes.
 */
#ifndef AN_IDENT_PEER_ID_H
#define AN_IDENT_PEER_ID_H

#include <stdbool.h>
#include <string.h>

#include "base/span.h"
#include "base/status.h"
#include "ident/dht_key.h"

enum {
	AN_PEER_ID_MAX = 44,      /* bytes: an identity multihash of at most 42 */
	AN_PEER_ID_TEXT_MAX = 64, /* base58 with the final zero */
};

struct an_peer_id {
	uint8_t size;
	uint8_t bytes[AN_PEER_ID_MAX]; /* zero beyond size, so that ids compare as a whole */
};

static inline bool an_peer_id_equal(const struct an_peer_id *a, const struct an_peer_id *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

static inline struct an_span an_peer_id_span(const struct an_peer_id *id)
{
	return an_span(id->bytes, id->size);
}

/* Reads the multihash bytes of an id. E_ADDRESS where they are no valid peer id. */
an_status an_peer_id_from_bytes(struct an_peer_id *ret_id, struct an_span bytes);

/* Reads base58 text ("12D3KooW..."). E_ADDRESS where it is no valid peer id. */
an_status an_peer_id_from_text(struct an_peer_id *ret_id, struct an_span text);

/* Writes base58 text with a final zero. */
void an_peer_id_to_text(const struct an_peer_id *id, char text[AN_PEER_ID_TEXT_MAX]);

/* The id's place in the key space: SHA-256 of its bytes (semantics 4.2). */
struct an_dht_key an_peer_id_dht_key(const struct an_peer_id *id);

#endif
