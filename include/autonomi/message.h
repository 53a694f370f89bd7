/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Messages between nodes and clients: requests and responses in CBOR (semantics 5.1 to 5.5), Kademlia
 * and identify in protobuf (semantics 5.7). For tools that record, show or make messages; a node
 * exchanges its own.
 *
 * A message has a name, as Autonomi calls it ("Query.GetVersion", "Cmd.Replicate"), and fields with
 * Autonomi's names: addresses, numbers, bytes. Lists are read item by item.
 *
 * Threading: any thread; a message belongs to one thread while it is changed, and may be read by
 * several at once otherwise.
 */
#ifndef AUTONOMI_MESSAGE_H
#define AUTONOMI_MESSAGE_H

#include <autonomi/merkle.h>
#include <autonomi/payment.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Directions of messages. */
enum { AUTONOMI_MESSAGE_REQUEST = 1, AUTONOMI_MESSAGE_RESPONSE = 2 };

/* How a record value stands in a PutRecord request: as a byte string in the protocol `autonomi/1`, as
 * an array of integers between Autonomi's nodes. Other messages are the same in both. */
enum { AUTONOMI_RECORD_AS_BYTES = 0, AUTONOMI_RECORD_AS_INTEGERS = 1 };

typedef struct autonomi_message autonomi_message;

/* Reads a whole message of a direction; `record_form` is AUTONOMI_RECORD_AS_.... The bytes are copied.
 * Returns AUTONOMI_OK, and the message goes to `ret_message`, owned by the caller; AUTONOMI_E_PROTOCOL
 * where the bytes are none; AUTONOMI_E_TOO_LARGE beyond a limit (docs/compatibility.md);
 * AUTONOMI_E_INVALID; AUTONOMI_E_NO_MEMORY. */
AUTONOMI_API autonomi_status autonomi_message_decode(uint32_t direction, uint32_t record_form,
                                                     const uint8_t *bytes, size_t size,
                                                     autonomi_message **ret_message);

/* A request of this name with every field empty. Returns AUTONOMI_OK, and the message goes to
 * `ret_message`, owned by the caller; AUTONOMI_E_NOT_FOUND where no request has this name;
 * AUTONOMI_E_INVALID; AUTONOMI_E_NO_MEMORY. */
AUTONOMI_API autonomi_status autonomi_request_new(const char *name, autonomi_message **ret_message);

/* NULL is allowed. Returns NULL. */
AUTONOMI_API autonomi_message *autonomi_message_free(autonomi_message *message);

/* The bytes of a message. Returns AUTONOMI_OK; AUTONOMI_E_INVALID, also where an address of it was not
 * set; AUTONOMI_E_TOO_LARGE; AUTONOMI_E_NO_MEMORY. */
AUTONOMI_API autonomi_status autonomi_message_encode(const autonomi_message *message,
                                                     uint32_t record_form,
                                                     autonomi_bytes **ret_bytes);

/* The name of a message: of a response, that of what it answers. Static; "" for NULL. */
AUTONOMI_API const char *autonomi_message_name(const autonomi_message *message);

/* ---- Fields, by Autonomi's name. */

/* An address: its bytes, at most AUTONOMI_ADDRESS_MAX. Each of these functions returns AUTONOMI_OK;
 * AUTONOMI_E_NOT_FOUND where the message has no such field, or has it empty; AUTONOMI_E_INVALID. */
AUTONOMI_API autonomi_status autonomi_message_address(const autonomi_message *message,
                                                      const char *field, uint32_t *ret_type,
                                                      uint8_t *ret_bytes, size_t *ret_size);
/* As autonomi_message_address, for a number; of a flag 0 or 1. */
AUTONOMI_API autonomi_status autonomi_message_number(const autonomi_message *message,
                                                     const char *field, uint64_t *ret_number);
/* As autonomi_message_address, for bytes or a text, which are borrowed until the next change. */
AUTONOMI_API autonomi_status autonomi_message_bytes(const autonomi_message *message,
                                                    const char *field, const uint8_t **ret_bytes,
                                                    size_t *ret_size);

/* Sets an address of a request. Each of these functions returns AUTONOMI_OK; AUTONOMI_E_NOT_FOUND where
 * it has no such field; AUTONOMI_E_ADDRESS; AUTONOMI_E_UNSUPPORTED for a response;
 * AUTONOMI_E_INVALID, also for a number or bytes that the field cannot have; AUTONOMI_E_NO_MEMORY. */
AUTONOMI_API autonomi_status autonomi_message_set_address(autonomi_message *message,
                                                          const char *field, uint32_t type,
                                                          const uint8_t *bytes, size_t size);
/* As autonomi_message_set_address, for a number; of a flag 0 or 1. */
AUTONOMI_API autonomi_status autonomi_message_set_number(autonomi_message *message,
                                                         const char *field, uint64_t number);
/* As autonomi_message_set_address, for bytes, which are copied. */
AUTONOMI_API autonomi_status autonomi_message_set_bytes(autonomi_message *message,
                                                        const char *field, const uint8_t *bytes,
                                                        size_t size);

/* Adds a key to the list of a Cmd.Replicate: the address of a record, and NULL for a chunk, of any other
 * record the SHA3-256 of its value, AUTONOMI_NAME_SIZE bytes. Returns AUTONOMI_OK;
 * AUTONOMI_E_NOT_FOUND where the message is another; AUTONOMI_E_ADDRESS; AUTONOMI_E_TOO_LARGE where a
 * list may have no more; AUTONOMI_E_INVALID; AUTONOMI_E_NO_MEMORY. */
AUTONOMI_API autonomi_status autonomi_message_add_key(autonomi_message *message, uint32_t type,
                                                      const uint8_t *address, size_t address_size,
                                                      const uint8_t *content_hash);

/* Whom a request is for. Returns AUTONOMI_OK; AUTONOMI_E_UNSUPPORTED for a response;
 * AUTONOMI_E_INVALID. */
AUTONOMI_API autonomi_status autonomi_message_destination(const autonomi_message *message,
                                                          uint32_t *ret_type, uint8_t *ret_bytes,
                                                          size_t *ret_size);

/* ---- What responses say. */

/* The error that a response has, in Autonomi's words. Returns AUTONOMI_OK; AUTONOMI_E_NOT_FOUND where
 * it has none; AUTONOMI_E_INVALID; AUTONOMI_E_NO_MEMORY. */
AUTONOMI_API autonomi_status autonomi_message_error(const autonomi_message *message,
                                                    autonomi_bytes **ret_text);

/* The quote of an answer to Query.GetStoreQuote; the candidate of one to
 * Query.GetMerkleCandidateQuote. Copies, owned by the caller. Each returns AUTONOMI_OK;
 * AUTONOMI_E_NOT_FOUND where the message has none; AUTONOMI_E_INVALID; AUTONOMI_E_NO_MEMORY. */
AUTONOMI_API autonomi_status autonomi_message_quote(const autonomi_message *message,
                                                    autonomi_quote **ret_quote);
/* As autonomi_message_quote, for the candidate. */
AUTONOMI_API autonomi_status autonomi_message_candidate(const autonomi_message *message,
                                                        autonomi_merkle_candidate **ret_candidate);

/* How many items the message's list has: the keys of a replication, the proofs, the peers. 0 where it
 * has no list, and for NULL. */
AUTONOMI_API size_t autonomi_message_count(const autonomi_message *message);

/* The address of an item of the list: of a key, a proved record, a peer. Items are found by walking
 * through the list. Returns AUTONOMI_OK; AUTONOMI_E_INVALID, also where there is no such item. */
AUTONOMI_API autonomi_status autonomi_message_item(const autonomi_message *message, size_t index,
                                                   uint32_t *ret_type, uint8_t *ret_bytes,
                                                   size_t *ret_size);

/* An address at which an item of a list of peers can be dialled, by its `place` in what that peer has of
 * them: a multiaddress in bytes, which autonomi_multiaddr_to_text writes, borrowed until the next change.
 * Returns AUTONOMI_OK; AUTONOMI_E_NOT_FOUND where it has fewer, or the list is none of peers;
 * AUTONOMI_E_INVALID. */
AUTONOMI_API autonomi_status autonomi_message_item_multiaddr(const autonomi_message *message,
                                                             size_t index, size_t place,
                                                             const uint8_t **ret_bytes,
                                                             size_t *ret_size);

/* The proof of an item of a list of proofs, AUTONOMI_NAME_SIZE bytes: autonomi_record_proof makes the
 * same. Returns AUTONOMI_OK; AUTONOMI_E_NOT_FOUND where the item has an error in its place, or the list
 * is none of proofs; AUTONOMI_E_INVALID. */
AUTONOMI_API autonomi_status autonomi_message_item_proof(const autonomi_message *message,
                                                         size_t index, uint8_t *ret_proof);

/* ---- Kademlia and identify, without the length that libp2p puts in front. */

typedef struct autonomi_peer_message autonomi_peer_message;

/* Protocols of peer messages. */
enum { AUTONOMI_PEER_KADEMLIA = 1, AUTONOMI_PEER_IDENTIFY = 2 };

/* Reads a message of a protocol; the bytes are copied. Peers and addresses beyond the limits
 * (docs/compatibility.md) are left out. Returns AUTONOMI_OK, and it goes to `ret_message`, owned by the
 * caller; AUTONOMI_E_PROTOCOL where the bytes are none; AUTONOMI_E_TOO_LARGE; AUTONOMI_E_INVALID;
 * AUTONOMI_E_NO_MEMORY. */
AUTONOMI_API autonomi_status autonomi_peer_message_decode(uint32_t protocol, const uint8_t *bytes,
                                                          size_t size,
                                                          autonomi_peer_message **ret_message);

/* NULL is allowed. Returns NULL. */
AUTONOMI_API autonomi_peer_message *autonomi_peer_message_free(autonomi_peer_message *message);

/* The bytes of a peer message. Returns AUTONOMI_OK; AUTONOMI_E_INVALID; AUTONOMI_E_TOO_LARGE;
 * AUTONOMI_E_NO_MEMORY. */
AUTONOMI_API autonomi_status autonomi_peer_message_encode(const autonomi_peer_message *message,
                                                          autonomi_bytes **ret_bytes);

/* The name of a message: of Kademlia "PUT_VALUE", "GET_VALUE", "ADD_PROVIDER", "GET_PROVIDERS",
 * "FIND_NODE", "PING"; "identify". Static; "" for NULL. */
AUTONOMI_API const char *autonomi_peer_message_name(const autonomi_peer_message *message);

/* Bytes of a message by name: of Kademlia "key", and of its record "record.key", "record.value"; of
 * identify "protocol_version", "agent_version", "public_key", "observed_address". Borrowed. Returns
 * AUTONOMI_OK; AUTONOMI_E_NOT_FOUND where the message has no such bytes; AUTONOMI_E_INVALID. */
AUTONOMI_API autonomi_status autonomi_peer_message_bytes(const autonomi_peer_message *message,
                                                         const char *field,
                                                         const uint8_t **ret_bytes,
                                                         size_t *ret_size);

/* How many closer peers a Kademlia message names, or listen addresses an identify message; 0 for
 * NULL. */
AUTONOMI_API size_t autonomi_peer_message_count(const autonomi_peer_message *message);

/* The id of a closer peer, or a listen address, in bytes. Borrowed. Returns AUTONOMI_OK;
 * AUTONOMI_E_INVALID, also where there is none. */
AUTONOMI_API autonomi_status autonomi_peer_message_item(const autonomi_peer_message *message,
                                                        size_t index, const uint8_t **ret_bytes,
                                                        size_t *ret_size);

#ifdef __cplusplus
}
#endif

#endif
