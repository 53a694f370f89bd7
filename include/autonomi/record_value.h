/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Record values: what nodes keep under a key of 32 bytes. A record value is two bytes of header, then the
 * body (semantics 3.1); the header says what the body is and whether a payment stands before it.
 *
 * <autonomi/pointer.h>, <autonomi/graph_entry.h>, <autonomi/scratchpad.h> and the functions of chunks
 * below make record values and read them; these functions judge any of them. None needs a node.
 *
 * Threading: any thread; nothing is kept between calls.
 */
#ifndef AUTONOMI_RECORD_VALUE_H
#define AUTONOMI_RECORD_VALUE_H

#include <autonomi/address.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Types of records: the numbers that quotes carry. */
enum {
	AUTONOMI_RECORD_CHUNK = 0,
	AUTONOMI_RECORD_GRAPH_ENTRY = 1,
	AUTONOMI_RECORD_POINTER = 2,
	AUTONOMI_RECORD_SCRATCHPAD = 3
};

/* Whether a payment stands before the content: only what has none is stored, replicated and served. */
enum {
	AUTONOMI_RECORD_UNPAID = 0,
	AUTONOMI_RECORD_PAID = 1,       /* a proof of payment */
	AUTONOMI_RECORD_PAID_MERKLE = 2 /* a proof of a Merkle payment */
};

/* Bytes of the header. */
enum { AUTONOMI_RECORD_HEADER_SIZE = 2 };

/* Reads the header of a record value; the outputs are AUTONOMI_RECORD_... from above. Returns
 * AUTONOMI_OK; AUTONOMI_E_CORRUPT where there is none; AUTONOMI_E_INVALID. */
AUTONOMI_API autonomi_status autonomi_record_read_header(const uint8_t *value, size_t value_size,
                                                         uint32_t *ret_type, uint32_t *ret_payment);

/* Writes the header of a record value, AUTONOMI_RECORD_HEADER_SIZE bytes. Returns AUTONOMI_OK;
 * AUTONOMI_E_INVALID. */
AUTONOMI_API autonomi_status autonomi_record_write_header(uint32_t type, uint32_t payment,
                                                          uint8_t *ret_header);

/* The record key that an unpaid record value belongs under, AUTONOMI_NAME_SIZE bytes: of a chunk its
 * hash, else that of its owner. Signatures are not verified. Returns AUTONOMI_OK; AUTONOMI_E_CORRUPT
 * where the value is no such record; AUTONOMI_E_INVALID; AUTONOMI_E_NO_MEMORY. */
AUTONOMI_API autonomi_status autonomi_record_key(const uint8_t *value, size_t value_size,
                                                 uint8_t *ret_key);

/* Whether the value is an unpaid record in the form in which nodes keep it, belongs under `key`, and
 * is signed by its owner where it has one. Takes about 7 ms for a chunk of 4 MiB and 2 ms for a
 * signature. Returns AUTONOMI_OK; AUTONOMI_E_CORRUPT where not; AUTONOMI_E_TOO_LARGE;
 * AUTONOMI_E_INVALID; AUTONOMI_E_NO_MEMORY. */
AUTONOMI_API autonomi_status autonomi_record_check(const uint8_t *key, const uint8_t *value,
                                                   size_t value_size);

/* The unpaid record, in the form in which nodes keep it, of a value as clients upload it: paid for or
 * not, in any encoding that Autonomi's nodes read. Nothing but its form is checked. Returns
 * AUTONOMI_OK; AUTONOMI_E_CORRUPT; AUTONOMI_E_TOO_LARGE; AUTONOMI_E_INVALID; AUTONOMI_E_NO_MEMORY. */
AUTONOMI_API autonomi_status autonomi_record_canonical(const uint8_t *value, size_t value_size,
                                                       autonomi_bytes **ret_value);

/* What becomes of an unpaid record that comes in under `key` where `held` is kept there, which is
 * taken to be good, or nothing (NULL, 0): the rules for counters and conflicts (semantics 6.3). The
 * value to keep now goes to `ret_value`; NULL where nothing changes. `reterr`, where not NULL, gets on
 * failure what Autonomi's nodes answer, at most `reterr_size` bytes with the final zero. Returns
 * AUTONOMI_OK; AUTONOMI_E_OUTDATED where the counter is not above that of another version, and the
 * counter that is held goes to `ret_held_counter`, which may be NULL; AUTONOMI_E_CORRUPT for a wrong
 * key or signature, or where another kind is kept and stays; AUTONOMI_E_TOO_LARGE; AUTONOMI_E_INVALID;
 * AUTONOMI_E_NO_MEMORY. */
AUTONOMI_API autonomi_status autonomi_record_merge(const uint8_t *key, const uint8_t *held,
                                                   size_t held_size, const uint8_t *incoming,
                                                   size_t incoming_size, autonomi_bytes **ret_value,
                                                   uint64_t *ret_held_counter, char *reterr,
                                                   size_t reterr_size);

/* What proves that a node has a record: 32 bytes made of its whole value and a nonce (semantics 5.4).
 * Two proofs of one value and nonce are the same bytes. Returns AUTONOMI_OK; AUTONOMI_E_INVALID. */
AUTONOMI_API autonomi_status autonomi_record_proof(const uint8_t *value, size_t value_size,
                                                   uint64_t nonce, uint8_t *ret_proof);

/* How replication says which version of a record is meant (ValidationType): a chunk by nothing more
 * than its address, another by the hash of its record value. `is_chunk` 0 or 1; `hash`, 32 bytes, is
 * not looked at where it is 1. `form` is AUTONOMI_FORM_.... Returns AUTONOMI_OK; AUTONOMI_E_INVALID;
 * AUTONOMI_E_NO_MEMORY. */
AUTONOMI_API autonomi_status autonomi_validation_encode(uint32_t form, int32_t is_chunk,
                                                        const uint8_t *hash,
                                                        autonomi_bytes **ret_encoded);

/* ---- Chunks: bytes whose address is autonomi_content_hash of them (semantics 2.4). */

/* A chunk as a record value. Returns AUTONOMI_OK; AUTONOMI_E_TOO_LARGE above AUTONOMI_CHUNK_MAX bytes;
 * AUTONOMI_E_INVALID; AUTONOMI_E_NO_MEMORY. */
AUTONOMI_API autonomi_status autonomi_chunk_encode(const uint8_t *data, size_t data_size,
                                                   autonomi_bytes **ret_value);

/* The content of a chunk's record value, paid for or not, in any encoding that Autonomi's nodes read.
 * Returns AUTONOMI_OK; AUTONOMI_E_CORRUPT where it is no chunk; AUTONOMI_E_INVALID;
 * AUTONOMI_E_NO_MEMORY. */
AUTONOMI_API autonomi_status autonomi_chunk_decode(const uint8_t *value, size_t value_size,
                                                   autonomi_bytes **ret_data);

#ifdef __cplusplus
}
#endif

#endif
