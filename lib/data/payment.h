/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Quotes as nodes sign them and as uploads carry them: in MessagePack, with what is hashed and signed
 * (semantics 3.3, 6.4, 6.5, 8.2, 8.4). No chain is asked here.
 *
 * Plain values, but for the list of a proof. Pure.
 */
#ifndef AN_DATA_PAYMENT_H
#define AN_DATA_PAYMENT_H

#include "data/quote.h"
#include "ident/key_pair.h"

enum {
	AN_QUOTE_HASH_SIZE = 32,
	AN_WORD_SIZE = 32,          /* a number on the chain, big-endian */
	AN_QUOTE_SIGNED_MAX = 2048, /* bytes that are signed, and behind them key and signature */
	AN_PAYMENT_QUOTES_MAX = 64, /* of a proof: ours; clients send one for each payee */
	AN_PAYMENT_ADDRESSES_MAX = 16,  /* of one payee; likewise */
	AN_SOLIDITY_TYPE_INVALID = 4,   /* what the contract has no type for */
	AN_QUOTE_LIVE_TIME_MARGIN = 10, /* seconds */
};

/* ---- Metrics. */
void an_quoting_metrics_read_msgpack(struct an_reader *reader,
                                     struct an_quoting_metrics *ret_metrics);
void an_quoting_metrics_write_msgpack(struct an_buffer *out,
                                      const struct an_quoting_metrics *metrics);

/* Appends the layout that candidates of Merkle payments sign (semantics 8.6). */
void an_quoting_metrics_write_bytes(struct an_buffer *out,
                                    const struct an_quoting_metrics *metrics);

/* The contract's number of a record type. */
uint8_t an_solidity_type(uint32_t data_type);

/* What the node's records cost in units of the contract, and that with the type as it is sent. */
void an_quoting_metrics_cost_unit(const struct an_quoting_metrics *metrics,
                                  uint8_t ret_unit[AN_WORD_SIZE]);
void an_quoting_metrics_packed(const struct an_quoting_metrics *metrics,
                               uint8_t ret_packed[AN_WORD_SIZE]);

/* Appends Rust's debug output of metrics. */
void an_quoting_metrics_debug(const struct an_quoting_metrics *metrics, struct an_buffer *text);

/* Appends an address of the chain in hex, as EIP-55 mixes upper and lower case. */
void an_rewards_address_display(const uint8_t address[AN_REWARDS_ADDRESS_SIZE],
                                struct an_buffer *text);

/* ---- Quotes. */
void an_quote_read_msgpack(struct an_reader *reader, struct an_quote *ret_quote);
void an_quote_write_msgpack(struct an_buffer *out, const struct an_quote *quote);

/* The bytes that are signed; a part of `space`. */
struct an_span an_quote_signed_bytes(const struct an_quote *quote,
                                     uint8_t space[AN_QUOTE_SIGNED_MAX]);

/* The quote's id on the chain. */
void an_quote_hash(const struct an_quote *quote, uint8_t ret_hash[AN_QUOTE_HASH_SIZE]);

/* Sets key and signature. */
an_status an_quote_sign(struct an_quote *quote, const struct an_key_pair *pair);

/* Who the quote says that it is from. False where its key is none. */
bool an_quote_peer(const struct an_quote *quote, struct an_peer_id *ret_id);

/* Whether `claimed` signed it. */
bool an_quote_verify(const struct an_quote *quote, const struct an_peer_id *claimed);

bool an_quote_is_newer(const struct an_quote *quote, const struct an_quote *than);

/* Whether one node can have made both: neither its uptime nor its payments may fall, and the uptime
 * must not grow faster than the time. */
bool an_quote_history_valid(const struct an_quote *a, const struct an_quote *b, uint64_t unix_now);

/* ---- Candidates of Merkle payments. */
void an_merkle_candidate_read_msgpack(struct an_reader *reader,
                                      struct an_merkle_candidate *ret_candidate);
void an_merkle_candidate_write_msgpack(struct an_buffer *out,
                                       const struct an_merkle_candidate *candidate);
struct an_span an_merkle_candidate_signed_bytes(const struct an_merkle_candidate *candidate,
                                                uint8_t space[AN_QUOTE_SIGNED_MAX]);
an_status an_merkle_candidate_sign(struct an_merkle_candidate *candidate,
                                   const struct an_key_pair *pair);
bool an_merkle_candidate_peer(const struct an_merkle_candidate *candidate,
                              struct an_peer_id *ret_id);
bool an_merkle_candidate_verify(const struct an_merkle_candidate *candidate);

/* ---- Proofs of payment: quotes and the peers that they are listed under. */
struct an_payment_entry {
	struct an_quote_bytes peer_id; /* as it came; may be none */
	struct an_quote quote;
};

struct an_payment_proof {
	struct an_payment_entry *entries;
	size_t count;
};

void an_payment_proof_done(struct an_payment_proof *proof);

/* What was read is to be given back also when the reader failed. E_TOO_LARGE, E_NO_MEMORY. */
void an_payment_proof_read(struct an_reader *reader, struct an_payment_proof *ret_proof);
void an_payment_proof_write(struct an_buffer *out, const struct an_payment_proof *proof);

/* The same in messages (CBOR, semantics 3.4). */
void an_payment_proof_read_cbor(struct an_reader *reader, struct an_payment_proof *ret_proof);
void an_payment_proof_write_cbor(struct an_buffer *out, const struct an_payment_proof *proof);

/* A client's own form has the addresses of each payee beside it (semantics 7.6); binary, borrowed. */
struct an_payment_addresses {
	size_t count;
	struct an_span items[AN_PAYMENT_ADDRESSES_MAX];
};
void an_client_proof_read(struct an_reader *reader, struct an_payment_proof *ret_proof,
                          struct an_payment_addresses ret_addresses[AN_PAYMENT_QUOTES_MAX]);
void an_client_proof_write(struct an_buffer *out, const struct an_payment_proof *proof,
                           const struct an_payment_addresses *addresses);

/* The peer of an entry. False where its bytes are no peer id. */
bool an_payment_proof_peer(const struct an_payment_proof *proof, size_t i,
                           struct an_peer_id *ret_id);

/* Whether `self` is paid by it: is listed, and each quote is signed by the peer that it is listed
 * under (semantics 6.5, step 1). */
bool an_payment_proof_is_for(const struct an_payment_proof *proof, const struct an_peer_id *self);

/* Whether all quotes are for this type of record (step 2). */
bool an_payment_proof_is_of_type(const struct an_payment_proof *proof, uint32_t data_type);

/* Bytes in a list of integers of any length up to ours. */
void an_quote_bytes_read(struct an_reader *reader, struct an_quote_bytes *ret_bytes);
void an_quote_bytes_write(struct an_buffer *out, const struct an_quote_bytes *bytes);

#endif
