/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Quotes and proofs of payment (semantics 3.3, 6.4, 6.5): what nodes sign when they are asked for a
 * price, and what an upload carries. No chain is asked here; <autonomi/merkle.h> has payments for many
 * records at once.
 *
 * Threading: any thread; an object belongs to one thread while it is changed, and may be read by
 * several at once otherwise.
 */
#ifndef AUTONOMI_PAYMENT_H
#define AUTONOMI_PAYMENT_H

#include <autonomi/address.h>
#include <autonomi/keys.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Sizes in bytes: of an EVM address; of a quote's id and of a number on the chain. */
enum { AUTONOMI_REWARDS_ADDRESS_SIZE = 20, AUTONOMI_WORD_SIZE = 32 };

/* ---- Amounts of tokens: numbers of AUTONOMI_WORD_SIZE bytes, big-endian, in the smallest unit, of which
 * a token has 10^18. */

/* Reads tokens as people write them, for example `1.5`, as leniently as Autonomi does. `reterr`, where
 * not NULL, gets on failure what Autonomi says, at most `reterr_size` bytes with the final zero.
 * Returns AUTONOMI_OK; AUTONOMI_E_CORRUPT where the text is no amount; AUTONOMI_E_INVALID for NULL. */
AUTONOMI_API autonomi_status autonomi_amount_parse(const char *text, uint8_t *ret_amount,
                                                   char *reterr, size_t reterr_size);

/* Tokens as people read them, always with 18 digits behind the point. Returns AUTONOMI_OK;
 * AUTONOMI_E_INVALID; AUTONOMI_E_NO_MEMORY. */
AUTONOMI_API autonomi_status autonomi_amount_display(const uint8_t *amount,
                                                     autonomi_bytes **ret_text);

/* The sum and the difference of two amounts. Each returns AUTONOMI_OK; AUTONOMI_E_TOO_LARGE where the
 * sum has no room; AUTONOMI_E_TOO_SMALL where the difference would be negative;
 * AUTONOMI_E_INVALID. */
AUTONOMI_API autonomi_status autonomi_amount_add(const uint8_t *amount, const uint8_t *other,
                                                 uint8_t *ret_sum);
/* As autonomi_amount_add, for the difference. */
AUTONOMI_API autonomi_status autonomi_amount_subtract(const uint8_t *amount, const uint8_t *other,
                                                      uint8_t *ret_difference);

/* ---- Quotes. */

typedef struct autonomi_quote autonomi_quote;

/* What a quote says. Borrowed from it until it changes. New members are only added at the end. */
typedef struct autonomi_quote_view {
	const uint8_t *content;         /* what is to be stored: AUTONOMI_NAME_SIZE bytes */
	const uint8_t *rewards_address; /* AUTONOMI_REWARDS_ADDRESS_SIZE bytes */
	const uint8_t *public_key;      /* of the node, in libp2p's protobuf form, as it came */
	const uint8_t *signature;       /* as it came */
	const uint8_t *network_density; /* AUTONOMI_NAME_SIZE bytes; NULL where there is none */
	size_t public_key_size;
	size_t signature_size;
	uint64_t timestamp_secs; /* since 1970 */
	uint32_t timestamp_nanos;
	uint32_t record_types; /* how many pairs autonomi_quote_record_type has */
} autonomi_quote_view;

/* The numbers in a quote: what it is for, and how full the node is. */
enum {
	AUTONOMI_METRIC_DATA_TYPE = 0, /* AUTONOMI_RECORD_... */
	AUTONOMI_METRIC_DATA_SIZE = 1, /* bytes */
	AUTONOMI_METRIC_CLOSE_RECORDS_STORED = 2,
	AUTONOMI_METRIC_MAX_RECORDS = 3,
	AUTONOMI_METRIC_RECEIVED_PAYMENTS = 4,
	AUTONOMI_METRIC_LIVE_TIME = 5,   /* hours */
	AUTONOMI_METRIC_NETWORK_SIZE = 6 /* may be missing */
};

/* A quote for a record, not signed yet, with every number 0. `content` is the record's key. Returns
 * AUTONOMI_OK, and the quote goes to `ret_quote`, owned by the caller; AUTONOMI_E_INVALID;
 * AUTONOMI_E_NO_MEMORY. */
AUTONOMI_API autonomi_status autonomi_quote_new(const uint8_t *content, uint64_t timestamp_secs,
                                                uint32_t timestamp_nanos,
                                                const uint8_t *rewards_address,
                                                autonomi_quote **ret_quote);

/* Reads a quote that makes up the whole of `bytes`, `form` being AUTONOMI_FORM_.... Nothing is
 * verified. Returns as autonomi_quote_new; AUTONOMI_E_CORRUPT where it is none; AUTONOMI_E_TOO_LARGE
 * where a key or a signature has more than 128 bytes, or there are more than 64 record types. */
AUTONOMI_API autonomi_status autonomi_quote_decode(uint32_t form, const uint8_t *bytes, size_t size,
                                                   autonomi_quote **ret_quote);

/* NULL is allowed. Returns NULL. */
AUTONOMI_API autonomi_quote *autonomi_quote_free(autonomi_quote *quote);

/* The bytes of a quote, `form` being AUTONOMI_FORM_.... Returns AUTONOMI_OK; AUTONOMI_E_INVALID;
 * AUTONOMI_E_NO_MEMORY. */
AUTONOMI_API autonomi_status autonomi_quote_encode(const autonomi_quote *quote, uint32_t form,
                                                   autonomi_bytes **ret_bytes);

/* Fills `view`; `view_size` is sizeof(autonomi_quote_view) of the caller's header. Returns AUTONOMI_OK;
 * AUTONOMI_E_INVALID. */
AUTONOMI_API autonomi_status autonomi_quote_get_view(const autonomi_quote *quote,
                                                     autonomi_quote_view *view, size_t view_size);

/* A number of the quote, `metric` being AUTONOMI_METRIC_.... Returns AUTONOMI_OK;
 * AUTONOMI_E_NOT_FOUND where it is missing; AUTONOMI_E_INVALID. */
AUTONOMI_API autonomi_status autonomi_quote_metric(const autonomi_quote *quote, uint32_t metric,
                                                   uint64_t *ret_value);

/* Sets a number, which makes a signature wrong. Returns AUTONOMI_OK; AUTONOMI_E_INVALID, also for a
 * type of data above 32 bits. */
AUTONOMI_API autonomi_status autonomi_quote_set_metric(autonomi_quote *quote, uint32_t metric,
                                                       uint64_t value);

/* How many records of a type the node has, by index. Returns AUTONOMI_OK; AUTONOMI_E_INVALID, also
 * where there is no such pair. */
AUTONOMI_API autonomi_status autonomi_quote_record_type(const autonomi_quote *quote, size_t index,
                                                        uint32_t *ret_type, uint32_t *ret_count);

/* Adds a pair of them, and sets the network's density, AUTONOMI_WORD_SIZE bytes, or that it is unknown
 * (NULL); a signature gets wrong. Each returns AUTONOMI_OK; AUTONOMI_E_TOO_LARGE above 64 pairs;
 * AUTONOMI_E_INVALID. */
AUTONOMI_API autonomi_status autonomi_quote_add_record_type(autonomi_quote *quote, uint32_t type,
                                                            uint32_t count);
/* As autonomi_quote_add_record_type. */
AUTONOMI_API autonomi_status autonomi_quote_set_network_density(autonomi_quote *quote,
                                                                const uint8_t *density);

/* Signs the quote with a node's key. Returns AUTONOMI_OK; AUTONOMI_E_INVALID; AUTONOMI_E_INTERNAL. */
AUTONOMI_API autonomi_status autonomi_quote_sign(autonomi_quote *quote,
                                                 const uint8_t *identity_secret);

/* Whether the peer with this id signed the quote. Returns AUTONOMI_OK; AUTONOMI_E_CORRUPT where not;
 * AUTONOMI_E_INVALID. */
AUTONOMI_API autonomi_status autonomi_quote_verify(const autonomi_quote *quote, const uint8_t *id,
                                                   size_t id_size);

/* Who the quote says that it is from, in bytes, at most AUTONOMI_PEER_ID_MAX. Returns AUTONOMI_OK;
 * AUTONOMI_E_CORRUPT where its key is none; AUTONOMI_E_INVALID. */
AUTONOMI_API autonomi_status autonomi_quote_peer_id(const autonomi_quote *quote, uint8_t *ret_id,
                                                    size_t *ret_size);

/* The quote's id on the chain, AUTONOMI_WORD_SIZE bytes; the bytes that are signed. Each returns
 * AUTONOMI_OK; AUTONOMI_E_INVALID; AUTONOMI_E_NO_MEMORY. */
AUTONOMI_API autonomi_status autonomi_quote_hash(const autonomi_quote *quote, uint8_t *ret_hash);
/* As autonomi_quote_hash. */
AUTONOMI_API autonomi_status autonomi_quote_signed_bytes(const autonomi_quote *quote,
                                                         autonomi_bytes **ret_bytes);

/* Whether a quote is newer than another: 1 or 0. AUTONOMI_E_INVALID for NULL. */
AUTONOMI_API autonomi_status autonomi_quote_is_newer(const autonomi_quote *quote,
                                                     const autonomi_quote *than);

/* Whether one node can have made both quotes: neither its uptime nor its payments may fall, and the
 * uptime must not grow faster than the time. `unix_now` is in seconds. Returns AUTONOMI_OK;
 * AUTONOMI_E_CORRUPT where not; AUTONOMI_E_INVALID. */
AUTONOMI_API autonomi_status autonomi_quote_check_history(const autonomi_quote *quote,
                                                          const autonomi_quote *other,
                                                          uint64_t unix_now);

/* ---- Proofs of payment: quotes, each with the peer that it is listed under. */

typedef struct autonomi_payment_proof autonomi_payment_proof;

/* An empty proof, owned by the caller. NULL without memory. */
AUTONOMI_API autonomi_payment_proof *autonomi_payment_proof_new(void);

/* Reads a proof that makes up the whole of `bytes`, `form` being AUTONOMI_FORM_...: uploads have
 * MessagePack. Nothing is verified. Returns AUTONOMI_OK, and the proof goes to `ret_proof`, owned by
 * the caller; AUTONOMI_E_CORRUPT; AUTONOMI_E_TOO_LARGE above 64 quotes; AUTONOMI_E_INVALID;
 * AUTONOMI_E_NO_MEMORY. */
AUTONOMI_API autonomi_status autonomi_payment_proof_decode(uint32_t form, const uint8_t *bytes,
                                                           size_t size,
                                                           autonomi_payment_proof **ret_proof);

/* Reads the form that clients keep (MessagePack; semantics 7.6), with the addresses of those who are
 * paid, and leaves these out: what an upload carries. Returns as autonomi_payment_proof_decode;
 * AUTONOMI_E_TOO_LARGE also above 16 addresses of one. */
AUTONOMI_API autonomi_status autonomi_payment_proof_decode_client(
	const uint8_t *bytes, size_t size, autonomi_payment_proof **ret_proof);

/* NULL is allowed. Returns NULL. */
AUTONOMI_API autonomi_payment_proof *autonomi_payment_proof_free(autonomi_payment_proof *proof);

/* Adds a copy of a quote under a peer. Returns AUTONOMI_OK; AUTONOMI_E_ADDRESS where the id is none;
 * AUTONOMI_E_TOO_LARGE above 64; AUTONOMI_E_INVALID; AUTONOMI_E_NO_MEMORY. */
AUTONOMI_API autonomi_status autonomi_payment_proof_add(autonomi_payment_proof *proof,
                                                        const uint8_t *id, size_t id_size,
                                                        const autonomi_quote *quote);

/* The bytes of a proof. Returns AUTONOMI_OK; AUTONOMI_E_INVALID; AUTONOMI_E_NO_MEMORY. */
AUTONOMI_API autonomi_status autonomi_payment_proof_encode(const autonomi_payment_proof *proof,
                                                           uint32_t form,
                                                           autonomi_bytes **ret_bytes);

/* How many quotes there are; 0 for NULL. */
AUTONOMI_API size_t autonomi_payment_proof_count(const autonomi_payment_proof *proof);

/* The peer that a quote is listed under, at most AUTONOMI_PEER_ID_MAX bytes. Returns AUTONOMI_OK;
 * AUTONOMI_E_CORRUPT where the bytes are no peer id; AUTONOMI_E_INVALID. */
AUTONOMI_API autonomi_status autonomi_payment_proof_peer(const autonomi_payment_proof *proof,
                                                         size_t index, uint8_t *ret_id,
                                                         size_t *ret_size);

/* A copy of a quote, owned by the caller. Returns AUTONOMI_OK; AUTONOMI_E_INVALID;
 * AUTONOMI_E_NO_MEMORY. */
AUTONOMI_API autonomi_status autonomi_payment_proof_quote(const autonomi_payment_proof *proof,
                                                          size_t index, autonomi_quote **ret_quote);

/* Whether the peer with this id is paid by the proof: it is listed, and each quote is signed by the
 * peer that it is listed under. Returns AUTONOMI_OK; AUTONOMI_E_CORRUPT where not;
 * AUTONOMI_E_INVALID. */
AUTONOMI_API autonomi_status autonomi_payment_proof_verify_for(const autonomi_payment_proof *proof,
                                                               const uint8_t *id, size_t id_size);

/* Whether every quote is for this type of record. Returns AUTONOMI_OK; AUTONOMI_E_CORRUPT where not;
 * AUTONOMI_E_INVALID. */
AUTONOMI_API autonomi_status autonomi_payment_proof_verify_type(const autonomi_payment_proof *proof,
                                                                uint32_t data_type);

#ifdef __cplusplus
}
#endif

#endif
