/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/payment.h"

#include <string.h>

#include "crypt/keccak.h"
#include "data/record.h"
#include "wire/writer.h"

/* Of each type of record: the contract's number and its units (semantics 8.2, 8.4). */
static const struct {
	uint8_t solidity;
	uint32_t unit;
} types[] = {
	[AN_RECORD_CHUNK] = {2, 10},
	[AN_RECORD_GRAPH_ENTRY] = {0, 1},
	[AN_RECORD_POINTER] = {3, 20},
	[AN_RECORD_SCRATCHPAD] = {1, 100},
};
enum { TYPES = sizeof(types) / sizeof(types[0]) };

static struct an_buffer fixed_buffer(uint8_t space[AN_QUOTE_SIGNED_MAX])
{
	return (struct an_buffer){.data = space,
	                          .capacity = AN_QUOTE_SIGNED_MAX,
	                          .limit = AN_QUOTE_SIGNED_MAX};
}

/* ---- Metrics. */

static void write_optional(struct an_buffer *out, bool is_there)
{
	(void)an_buffer_append_byte(out, is_there ? 1 : 0);
}

void an_quoting_metrics_write_bytes(struct an_buffer *out, const struct an_quoting_metrics *metrics)
{
	an_write_little_endian(out, metrics->data_type, 4);
	an_write_little_endian(out, metrics->data_size, 8);
	an_write_little_endian(out, metrics->close_records_stored, 8);
	an_write_little_endian(out, metrics->record_type_count, 4);
	for (size_t i = 0; i < metrics->record_type_count; i++) {
		an_write_little_endian(out, metrics->records_per_type[i].type, 4);
		an_write_little_endian(out, metrics->records_per_type[i].count, 4);
	}
	an_write_little_endian(out, metrics->max_records, 8);
	an_write_little_endian(out, metrics->received_payment_count, 8);
	an_write_little_endian(out, metrics->live_time, 8);
	write_optional(out, metrics->has_network_density);
	if (metrics->has_network_density)
		(void)an_buffer_append(out,
		                       an_span(metrics->network_density, AN_NETWORK_DENSITY_SIZE));
	write_optional(out, metrics->has_network_size);
	if (metrics->has_network_size)
		an_write_little_endian(out, metrics->network_size, 8);
}

uint8_t an_solidity_type(uint32_t data_type)
{
	return data_type < TYPES ? types[data_type].solidity : AN_SOLIDITY_TYPE_INVALID;
}

static uint32_t unit_of(uint32_t data_type)
{
	return data_type < TYPES ? types[data_type].unit : 0;
}

/* number × factor as a big-endian number. */
static void put_product(uint8_t word[AN_WORD_SIZE], uint64_t number, uint32_t factor)
{
	memset(word, 0, AN_WORD_SIZE);
	uint64_t carry = 0;
	for (size_t i = AN_WORD_SIZE; i > 0 && (number > 0 || carry > 0); i--) {
		carry += (number & 0xff) * factor;
		word[i - 1] = (uint8_t)carry;
		carry >>= 8;
		number >>= 8;
	}
}

void an_quoting_metrics_cost_unit(const struct an_quoting_metrics *metrics,
                                  uint8_t ret_unit[AN_WORD_SIZE])
{
	uint64_t sum = 0; /* of at most 64 products of 39 bits */
	for (size_t i = 0; i < metrics->record_type_count; i++)
		sum += (uint64_t)unit_of(metrics->records_per_type[i].type) *
		       metrics->records_per_type[i].count;
	const uint64_t close = metrics->close_records_stored;
	if (sum > 0)
		put_product(ret_unit, sum, 1);
	else
		put_product(ret_unit, close > 0 ? close : 1, unit_of(metrics->data_type));
}

void an_quoting_metrics_packed(const struct an_quoting_metrics *metrics,
                               uint8_t ret_packed[AN_WORD_SIZE])
{
	uint8_t unit[AN_WORD_SIZE];
	an_quoting_metrics_cost_unit(metrics, unit);
	memcpy(ret_packed, unit + 1, AN_WORD_SIZE - 1);
	ret_packed[AN_WORD_SIZE - 1] = an_solidity_type(metrics->data_type);
}

/* ---- Signatures. */

static bool peer_of(const struct an_quote_bytes *public_key, struct an_identity *ret_identity)
{
	return an_identity_from_protobuf(ret_identity, an_span(public_key->bytes,
	                                                       public_key->size)) == AUTONOMI_OK;
}

static an_status sign(const struct an_key_pair *pair, struct an_span message,
                      struct an_quote_bytes *ret_key, struct an_quote_bytes *ret_signature)
{
	const struct an_span key = an_identity_protobuf(&pair->identity);
	memcpy(ret_key->bytes, key.data, key.size);
	ret_key->size = key.size;
	return an_key_pair_sign(pair, message, ret_signature->bytes, &ret_signature->size);
}

static bool is_signed(const struct an_identity *identity, struct an_span message,
                      const struct an_quote_bytes *signature)
{
	return an_identity_verify(identity, message, an_span(signature->bytes, signature->size));
}

struct an_span an_quote_signed_bytes(const struct an_quote *quote,
                                     uint8_t space[AN_QUOTE_SIGNED_MAX])
{
	struct an_buffer out = fixed_buffer(space);
	(void)an_buffer_append(&out, an_span(quote->content, sizeof(quote->content)));
	an_write_little_endian(&out, quote->timestamp_secs, 8);
	an_quoting_metrics_write_msgpack(&out, &quote->metrics);
	(void)an_buffer_append(&out, an_span(quote->rewards_address, AN_REWARDS_ADDRESS_SIZE));
	return an_buffer_span(&out);
}

void an_quote_hash(const struct an_quote *quote, uint8_t ret_hash[AN_QUOTE_HASH_SIZE])
{
	uint8_t space[AN_QUOTE_SIGNED_MAX];
	struct an_buffer out = fixed_buffer(space);
	out.size = an_quote_signed_bytes(quote, space).size;
	(void)an_buffer_append(&out, an_span(quote->public_key.bytes, quote->public_key.size));
	(void)an_buffer_append(&out, an_span(quote->signature.bytes, quote->signature.size));
	an_keccak_256(an_buffer_span(&out), ret_hash);
}

an_status an_quote_sign(struct an_quote *quote, const struct an_key_pair *pair)
{
	uint8_t space[AN_QUOTE_SIGNED_MAX];
	return sign(pair, an_quote_signed_bytes(quote, space), &quote->public_key,
	            &quote->signature);
}

bool an_quote_peer(const struct an_quote *quote, struct an_peer_id *ret_id)
{
	struct an_identity identity;
	if (!peer_of(&quote->public_key, &identity))
		return false;
	*ret_id = identity.id;
	return true;
}

bool an_quote_verify(const struct an_quote *quote, const struct an_peer_id *claimed)
{
	struct an_identity identity;
	uint8_t space[AN_QUOTE_SIGNED_MAX];
	return peer_of(&quote->public_key, &identity) && an_peer_id_equal(&identity.id, claimed) &&
	       is_signed(&identity, an_quote_signed_bytes(quote, space), &quote->signature);
}

bool an_quote_is_newer(const struct an_quote *quote, const struct an_quote *than)
{
	if (quote->timestamp_secs != than->timestamp_secs)
		return quote->timestamp_secs > than->timestamp_secs;
	return quote->timestamp_nanos > than->timestamp_nanos;
}

bool an_quote_history_valid(const struct an_quote *a, const struct an_quote *b, uint64_t unix_now)
{
	const bool a_is_newer = an_quote_is_newer(a, b);
	const struct an_quote *newer = a_is_newer ? a : b, *older = a_is_newer ? b : a;
	if (newer->metrics.live_time < older->metrics.live_time ||
	    newer->metrics.received_payment_count < older->metrics.received_payment_count)
		return false;
	if (newer->timestamp_secs > unix_now)
		return true; /* its clock cannot be compared with ours */
	const uint64_t elapsed = newer->timestamp_secs - older->timestamp_secs;
	const uint64_t lived = newer->metrics.live_time - older->metrics.live_time;
	return lived <= elapsed || lived - elapsed <= AN_QUOTE_LIVE_TIME_MARGIN;
}

/* ---- Candidates. */

struct an_span an_merkle_candidate_signed_bytes(const struct an_merkle_candidate *candidate,
                                                uint8_t space[AN_QUOTE_SIGNED_MAX])
{
	struct an_buffer out = fixed_buffer(space);
	an_quoting_metrics_write_bytes(&out, &candidate->metrics);
	(void)an_buffer_append(&out, an_span(candidate->reward_address, AN_REWARDS_ADDRESS_SIZE));
	an_write_little_endian(&out, candidate->merkle_payment_timestamp, 8);
	return an_buffer_span(&out);
}

an_status an_merkle_candidate_sign(struct an_merkle_candidate *candidate,
                                   const struct an_key_pair *pair)
{
	uint8_t space[AN_QUOTE_SIGNED_MAX];
	return sign(pair, an_merkle_candidate_signed_bytes(candidate, space),
	            &candidate->public_key, &candidate->signature);
}

bool an_merkle_candidate_peer(const struct an_merkle_candidate *candidate,
                              struct an_peer_id *ret_id)
{
	struct an_identity identity;
	if (!peer_of(&candidate->public_key, &identity))
		return false;
	*ret_id = identity.id;
	return true;
}

bool an_merkle_candidate_verify(const struct an_merkle_candidate *candidate)
{
	struct an_identity identity;
	uint8_t space[AN_QUOTE_SIGNED_MAX];
	return peer_of(&candidate->public_key, &identity) &&
	       is_signed(&identity, an_merkle_candidate_signed_bytes(candidate, space),
	                 &candidate->signature);
}
