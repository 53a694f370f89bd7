/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A NetworkAddress: the name of a peer or of a record, tagged by what it names (semantics 4.1).
 *
 * Two addresses are equal where tag and bytes are; the same 32 bytes as chunk address and as record
 * key are different addresses at distance zero. Use the record key to look something up.
 *
 * A plain value: owns nothing. Pure.
 */
#ifndef AN_DATA_ADDRESS_H
#define AN_DATA_ADDRESS_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/span.h"
#include "base/status.h"
#include "ident/peer_id.h"
#include "wire/reader.h"

enum {
	AN_RECORD_NAME_SIZE = 32,   /* SHA3-256 of a chunk's content or of an owner's key */
	AN_OWNER_KEY_SIZE = 48,     /* a compressed BLS12-381 public key */
	AN_ADDRESS_BYTES_MAX = 128, /* peer ids and record keys have any length; this is ours */
	AN_ADDRESS_KEYS_MAX = 16,   /* owners' keys in one message: checking one takes 0.1 ms */
};

/* In the order of declaration, which is also the order of comparison. */
enum an_address_type {
	AN_ADDRESS_PEER_ID,     /* the bytes of a peer id */
	AN_ADDRESS_CHUNK,       /* 32 bytes: SHA3-256 of the content */
	AN_ADDRESS_GRAPH_ENTRY, /* 48 bytes: the owner's key; likewise the next two */
	AN_ADDRESS_SCRATCHPAD,
	AN_ADDRESS_POINTER,
	AN_ADDRESS_RECORD_KEY, /* the bytes of a record key */
};

struct an_address {
	enum an_address_type type;
	uint8_t size;
	uint8_t bytes[AN_ADDRESS_BYTES_MAX]; /* zero beyond size */
};

struct an_address an_address_of_peer(const struct an_peer_id *id);
struct an_address an_address_of_chunk(const uint8_t name[AN_RECORD_NAME_SIZE]);
struct an_address an_address_of_record_key(const uint8_t key[AN_RECORD_NAME_SIZE]);

bool an_address_equal(const struct an_address *a, const struct an_address *b);

/* The bytes that are stored and hashed for distances: of a key's owner SHA3-256 of the key, else
 * the address's own. The span lies in `address` or in `space`. */
struct an_span an_address_record_key(const struct an_address *address,
                                     uint8_t space[AN_RECORD_NAME_SIZE]);

/* The record key where it has the size that every record of ours has. E_ADDRESS otherwise. */
an_status an_address_record_name(const struct an_address *address,
                                 uint8_t ret_name[AN_RECORD_NAME_SIZE]);

/* As in messages (semantics 3.4). A failed reader stays failed and leaves a zeroed address. An owner's
 * key must be a point of the group, as blsttc demands: E_CORRUPT where it is none, and where a message
 * has more than AN_ADDRESS_KEYS_MAX of them. */
void an_address_read_cbor(struct an_reader *reader, struct an_address *ret_address);
void an_address_write_cbor(struct an_buffer *out, const struct an_address *address);

/* As in records and signed blobs (semantics 3.3). */
void an_address_read_msgpack(struct an_reader *reader, struct an_address *ret_address);
void an_address_write_msgpack(struct an_buffer *out, const struct an_address *address);

#endif
