/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Addresses: what names a peer or a record (semantics 2.3 and 4). An address is a type and bytes: it
 * needs no object of its own.
 *
 * The record key is what a record is stored under: of a chunk its address, of the kinds that have an
 * owner SHA3-256 of the owner's key. So a graph entry, a pointer and a scratchpad of one owner share
 * a record key, and a node keeps only one of them. The DHT key is SHA-256 of the record key or peer
 * id: distances between DHT keys say who is close to what.
 *
 * Threading: any thread; nothing is kept between calls.
 */
#ifndef AUTONOMI_ADDRESS_H
#define AUTONOMI_ADDRESS_H

#include <stddef.h>
#include <stdint.h>

#include <autonomi/bytes.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Types of addresses, and what their bytes are. The numbers are Autonomi's order of declaration. */
enum {
	AUTONOMI_ADDRESS_PEER_ID = 0, /* a peer id, at most 128 bytes */
	AUTONOMI_ADDRESS_CHUNK = 1,   /* SHA3-256 of the content, 32 bytes */
	AUTONOMI_ADDRESS_GRAPH_ENTRY =
		2, /* the owner's public key, 48 bytes; likewise the next two */
	AUTONOMI_ADDRESS_SCRATCHPAD = 3,
	AUTONOMI_ADDRESS_POINTER = 4,
	AUTONOMI_ADDRESS_RECORD_KEY = 5 /* a record key, at most 128 bytes */
};

/* Sizes in bytes: of a hash, a chunk's address, an owner's record key, a DHT key; the largest of an
 * address; the largest of a multiaddress, and of its text with the final zero. */
enum {
	AUTONOMI_NAME_SIZE = 32,
	AUTONOMI_ADDRESS_MAX = 128,
	AUTONOMI_MULTIADDR_MAX = 512,
	AUTONOMI_MULTIADDR_TEXT_MAX = 1025
};

/* Forms in which values are encoded: MessagePack as in records, CBOR as in messages. */
enum { AUTONOMI_FORM_MSGPACK = 1, AUTONOMI_FORM_CBOR = 2 };

/* Whether an address is one: its type is known, its size right, an owner's key on the curve. Returns
 * AUTONOMI_OK; AUTONOMI_E_ADDRESS; AUTONOMI_E_INVALID for NULL. */
AUTONOMI_API autonomi_status autonomi_address_check(uint32_t type, const uint8_t *bytes,
                                                    size_t size);

/* The record key of an address, at most AUTONOMI_ADDRESS_MAX bytes; their number, 32 for all records,
 * goes to `ret_size`. Of a peer id, the peer id. Returns as autonomi_address_check. */
AUTONOMI_API autonomi_status autonomi_address_record_key(uint32_t type, const uint8_t *bytes,
                                                         size_t size, uint8_t *ret_key,
                                                         size_t *ret_size);

/* The DHT key of an address, AUTONOMI_NAME_SIZE bytes. Returns as autonomi_address_check. */
AUTONOMI_API autonomi_status autonomi_address_dht_key(uint32_t type, const uint8_t *bytes,
                                                      size_t size, uint8_t *ret_dht_key);

/* Reads the text by which people name a record of this type: 64 hexadecimal digits for a chunk, 96
 * for what has an owner, base58 for a peer id, any hexadecimal digits for a record key. At most
 * AUTONOMI_ADDRESS_MAX bytes; their number goes to `ret_size`. `reterr`, where not NULL, gets on
 * failure what Autonomi says, at most `reterr_size` bytes with the final zero. Returns AUTONOMI_OK;
 * AUTONOMI_E_ADDRESS; AUTONOMI_E_INVALID for NULL or an unknown type; AUTONOMI_E_NO_MEMORY. */
AUTONOMI_API autonomi_status autonomi_address_from_text(uint32_t type, const char *text,
                                                        uint8_t *ret_bytes, size_t *ret_size,
                                                        char *reterr, size_t reterr_size);

/* The text that autonomi_address_from_text reads. Returns AUTONOMI_OK; AUTONOMI_E_TOO_SMALL;
 * otherwise as autonomi_address_check. */
AUTONOMI_API autonomi_status autonomi_address_to_text(uint32_t type, const uint8_t *bytes,
                                                      size_t size, char *text, size_t text_size);

/* How Autonomi's logs show an address: `NetworkAddress::ChunkAddress(<hex>)`; where `with_dht_key` is
 * not 0, in the longer form with the DHT key behind it (semantics 4.3). Returns as
 * autonomi_address_check, or AUTONOMI_E_NO_MEMORY. */
AUTONOMI_API autonomi_status autonomi_address_display(uint32_t type, const uint8_t *bytes,
                                                      size_t size, int32_t with_dht_key,
                                                      autonomi_bytes **ret_text);

/* How Autonomi's logs show a record key: its first three bytes, and its DHT key in brackets. Returns
 * AUTONOMI_OK; AUTONOMI_E_INVALID; AUTONOMI_E_TOO_LARGE above AUTONOMI_ADDRESS_MAX bytes;
 * AUTONOMI_E_NO_MEMORY. */
AUTONOMI_API autonomi_status autonomi_record_key_display(const uint8_t *key, size_t size,
                                                         autonomi_bytes **ret_text);

/* Encodes an address, `form` being AUTONOMI_FORM_...; and decodes one that makes up the whole of
 * `encoded`: its bytes, at most AUTONOMI_ADDRESS_MAX. Each returns AUTONOMI_OK; AUTONOMI_E_ADDRESS
 * where the address is none; AUTONOMI_E_CORRUPT where the bytes are no encoded address;
 * AUTONOMI_E_INVALID; AUTONOMI_E_NO_MEMORY. */
AUTONOMI_API autonomi_status autonomi_address_encode(uint32_t form, uint32_t type,
                                                     const uint8_t *bytes, size_t size,
                                                     autonomi_bytes **ret_encoded);
/* As autonomi_address_encode, the other way round. */
AUTONOMI_API autonomi_status autonomi_address_decode(uint32_t form, const uint8_t *encoded,
                                                     size_t encoded_size, uint32_t *ret_type,
                                                     uint8_t *ret_bytes, size_t *ret_size);

/* The distance of two DHT keys: 32 bytes, a big-endian number. The index of its highest bit, 0 to 255,
 * goes to `ret_bucket`, which may be NULL; -1 for distance 0. Returns AUTONOMI_OK;
 * AUTONOMI_E_INVALID. */
AUTONOMI_API autonomi_status autonomi_dht_distance(const uint8_t *dht_key, const uint8_t *other,
                                                   uint8_t *ret_distance, int32_t *ret_bucket);

/* A multiaddress in bytes, at most AUTONOMI_MULTIADDR_MAX, of its text
 * (`/ip4/192.0.2.1/udp/9/quic-v1`), and the other way round. Each returns AUTONOMI_OK;
 * AUTONOMI_E_ADDRESS where it is none; AUTONOMI_E_UNSUPPORTED where a protocol in it is known in bytes
 * alone; AUTONOMI_E_TOO_SMALL; AUTONOMI_E_INVALID; AUTONOMI_E_NO_MEMORY. */
AUTONOMI_API autonomi_status autonomi_multiaddr_from_text(const char *text, uint8_t *ret_bytes,
                                                          size_t *ret_size);
/* As autonomi_multiaddr_from_text, the other way round. */
AUTONOMI_API autonomi_status autonomi_multiaddr_to_text(const uint8_t *bytes, size_t size,
                                                        char *text, size_t text_size);

/* The port of the first UDP part of a multiaddress. Returns AUTONOMI_OK; AUTONOMI_E_NOT_FOUND where it
 * has none; AUTONOMI_E_INVALID. */
AUTONOMI_API autonomi_status autonomi_multiaddr_udp_port(const uint8_t *bytes, size_t size,
                                                         uint16_t *ret_port);

#ifdef __cplusplus
}
#endif

#endif
