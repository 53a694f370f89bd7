/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a node says that storing something costs: a quote, and the signed word of a candidate for a
 * Merkle payment (semantics 3.3, 6.4, 8.6). Plain values: own nothing.
 *
 * This header has the values and their form in messages (CBOR, semantics 3.4).
 *
 * Pure. Safe on any thread.
 */
#ifndef AN_DATA_QUOTE_H
#define AN_DATA_QUOTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/span.h"
#include "wire/reader.h"

enum {
	AN_QUOTE_CONTENT_SIZE = 32,
	AN_REWARDS_ADDRESS_SIZE = 20,
	AN_NETWORK_DENSITY_SIZE = 32,
	AN_QUOTE_KEY_MAX = 128, /* bytes of a public key or signature: ours, Autonomi has none */
	AN_QUOTE_RECORD_TYPES_MAX = 64, /* pairs of type and count; likewise */
};

struct an_quoting_metrics {
	uint32_t data_type; /* enum an_record_type, where it is one */
	uint64_t data_size;
	uint64_t close_records_stored;
	size_t record_type_count;
	struct {
		uint32_t type, count;
	} records_per_type[AN_QUOTE_RECORD_TYPES_MAX];
	uint64_t max_records;
	uint64_t received_payment_count;
	uint64_t live_time; /* hours */
	bool has_network_density, has_network_size;
	uint8_t network_density[AN_NETWORK_DENSITY_SIZE];
	uint64_t network_size;
};

/* A public key in protobuf form, or a signature, as it came: nothing of it was checked. */
struct an_quote_bytes {
	size_t size;
	uint8_t bytes[AN_QUOTE_KEY_MAX];
};

struct an_quote {
	uint8_t content[AN_QUOTE_CONTENT_SIZE];
	uint64_t timestamp_secs; /* since 1970 */
	uint32_t timestamp_nanos;
	struct an_quoting_metrics metrics;
	uint8_t rewards_address[AN_REWARDS_ADDRESS_SIZE];
	struct an_quote_bytes public_key;
	struct an_quote_bytes signature;
};

struct an_merkle_candidate {
	struct an_quote_bytes public_key;
	struct an_quoting_metrics metrics;
	uint8_t reward_address[AN_REWARDS_ADDRESS_SIZE];
	uint64_t merkle_payment_timestamp;
	struct an_quote_bytes signature;
};

/* A failed reader stays failed; E_TOO_LARGE beyond the limits above. */
void an_quoting_metrics_read_cbor(struct an_reader *reader, struct an_quoting_metrics *ret_metrics);
void an_quoting_metrics_write_cbor(struct an_buffer *out, const struct an_quoting_metrics *metrics);
void an_quote_read_cbor(struct an_reader *reader, struct an_quote *ret_quote);
void an_quote_write_cbor(struct an_buffer *out, const struct an_quote *quote);
void an_merkle_candidate_read_cbor(struct an_reader *reader,
                                   struct an_merkle_candidate *ret_candidate);
void an_merkle_candidate_write_cbor(struct an_buffer *out,
                                    const struct an_merkle_candidate *candidate);

#endif
