/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Addresses and names as Autonomi writes them for people (semantics 4.3). Some of it travels: in the
 * text of a refused put. All functions append to `text`, without a final zero.
 *
 * Pure.
 */
#ifndef AN_DATA_ADDRESS_TEXT_H
#define AN_DATA_ADDRESS_TEXT_H

#include "base/buffer.h"
#include "data/address.h"

void an_text_append(struct an_buffer *text, const char *words);
void an_text_append_hex(struct an_buffer *text, struct an_span bytes);
void an_text_append_number(struct an_buffer *text, uint64_t number);
/* A text as Rust's `{:?}` writes it: in quotes, with escapes for quotes, backslashes and controls.
 * Characters beyond ASCII stay as they are. */
void an_text_append_quoted(struct an_buffer *text, struct an_span utf8);

/* `NetworkAddress::ChunkAddress(<hex>)`, and with the DHT key behind it. */
void an_address_display(const struct an_address *address, struct an_buffer *text);
void an_address_debug(const struct an_address *address, struct an_buffer *text);

/* `ChunkProof("<hex>")`. */
void an_record_proof_debug(struct an_span proof, struct an_buffer *text);

/* A record key: its first three bytes and its DHT key. */
void an_record_key_display(struct an_span key, struct an_buffer *text);

/* Reads the address of a chunk, or the key of an owner, from hex digits of either case. E_ADDRESS
 * where it is none; the reason is appended to `reason` as Autonomi words it. */
an_status an_chunk_name_from_hex(struct an_span text, uint8_t ret_name[AN_RECORD_NAME_SIZE],
                                 struct an_buffer *reason);
an_status an_owner_key_from_hex(struct an_span text, uint8_t ret_key[AN_OWNER_KEY_SIZE],
                                struct an_buffer *reason);

#endif
