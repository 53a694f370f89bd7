/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any bytes as what is said of prices: the first byte chooses metrics, quote or candidate, each in
 * MessagePack or CBOR, the list of those whom a payment paid as uploads, messages and clients have it,
 * or two quotes of one node. What was understood survives both encodings; what a key of ours signs
 * verifies, and not after a change.
 */
#include "data/payment.h"
#include "round_trip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t secret[AN_KEY_SECRET_SIZE] = {1, 2, 3};
static struct an_key_pair pair;

#define DEFINE_BOTH(name, type)                                                                    \
	DEFINE_ROUND_TRIP(name##_msgpack, struct type, type##_read_msgpack, type##_write_msgpack,  \
	                  type##_read_cbor, type##_write_cbor)                                     \
	DEFINE_ROUND_TRIP(name##_cbor, struct type, type##_read_cbor, type##_write_cbor,           \
	                  type##_read_msgpack, type##_write_msgpack)
DEFINE_BOTH(metrics, an_quoting_metrics)
DEFINE_BOTH(quote, an_quote)
DEFINE_BOTH(candidate, an_merkle_candidate)

static void check_metrics(struct an_span input, bool cbor)
{
	struct an_quoting_metrics read;
	uint8_t packed[AN_WORD_SIZE], unit[AN_WORD_SIZE];
	if (!(cbor ? metrics_cbor(input, &read) : metrics_msgpack(input, &read)))
		return;
	an_quoting_metrics_cost_unit(&read, unit);
	an_quoting_metrics_packed(&read, packed);
	must(memcmp(packed, unit + 1, AN_WORD_SIZE - 1) == 0);
}

static void check_quote(struct an_span input, bool cbor)
{
	struct an_quote read;
	struct an_peer_id id;
	uint8_t hash[AN_QUOTE_HASH_SIZE];
	if (!(cbor ? quote_cbor(input, &read) : quote_msgpack(input, &read)))
		return;
	an_quote_hash(&read, hash);
	if (an_quote_peer(&read, &id))
		(void)an_quote_verify(&read, &id);
	must(an_quote_sign(&read, &pair) == AUTONOMI_OK);
	must(an_quote_verify(&read, &pair.identity.id));
	read.timestamp_secs ^= 1;
	must(!an_quote_verify(&read, &pair.identity.id));
}

static void check_candidate(struct an_span input, bool cbor)
{
	struct an_merkle_candidate read;
	struct an_peer_id id;
	if (!(cbor ? candidate_cbor(input, &read) : candidate_msgpack(input, &read)))
		return;
	must(an_merkle_candidate_peer(&read, &id) || !an_merkle_candidate_verify(&read));
	must(an_merkle_candidate_sign(&read, &pair) == AUTONOMI_OK);
	must(an_merkle_candidate_verify(&read));
	read.merkle_payment_timestamp ^= 1;
	must(!an_merkle_candidate_verify(&read));
}

static void judge_proof(const struct an_payment_proof *proof)
{
	struct an_peer_id id;
	for (size_t i = 0; i < proof->count; i++) {
		const uint32_t type = proof->entries[i].quote.metrics.data_type;
		must(proof->count != 1 || an_payment_proof_is_of_type(proof, type));
		if (an_payment_proof_peer(proof, i, &id))
			(void)an_payment_proof_is_for(proof, &id);
	}
	must(!an_payment_proof_is_for(proof, &pair.identity.id) || proof->count > 0);
}

enum proof_form { UPLOADED, IN_MESSAGE, CLIENTS };

static struct an_payment_addresses addresses[AN_PAYMENT_QUOTES_MAX];

static void read_proof(struct an_reader *reader, enum proof_form form,
                       struct an_payment_proof *ret_proof)
{
	if (form == UPLOADED)
		an_payment_proof_read(reader, ret_proof);
	else if (form == IN_MESSAGE)
		an_payment_proof_read_cbor(reader, ret_proof);
	else
		an_client_proof_read(reader, ret_proof, addresses);
}

static void write_proof(struct an_buffer *out, enum proof_form form,
                        const struct an_payment_proof *proof)
{
	if (form == UPLOADED)
		an_payment_proof_write(out, proof);
	else if (form == IN_MESSAGE)
		an_payment_proof_write_cbor(out, proof);
	else
		an_client_proof_write(out, proof, addresses);
	must(out->failed == AUTONOMI_OK);
}

static void check_proof(struct an_span input, enum proof_form form)
{
	struct an_payment_proof proof, again;
	struct an_buffer first, last;
	struct an_reader reader = an_reader(input);
	an_buffer_init(&first, ROUND_TRIP_MAX);
	an_buffer_init(&last, ROUND_TRIP_MAX);
	read_proof(&reader, form, &proof);
	if (an_reader_ok(&reader)) {
		judge_proof(&proof);
		write_proof(&first, form, &proof);
		reader = an_reader(an_buffer_span(&first));
		read_proof(&reader, form, &again);
		must(an_reader_ok(&reader) && an_reader_left(&reader) == 0);
		write_proof(&last, form, &again);
		must(an_span_equal(an_buffer_span(&first), an_buffer_span(&last)));
		an_payment_proof_done(&again);
	}
	an_payment_proof_done(&proof);
	an_buffer_done(&last);
	an_buffer_done(&first);
}

/* Which of two is the newer does not depend on the order in which they are given. */
static void check_history(struct an_span input)
{
	struct an_quote a, b;
	struct an_reader reader = an_reader(input);
	an_quote_read_msgpack(&reader, &a);
	an_quote_read_msgpack(&reader, &b);
	if (!an_reader_ok(&reader))
		return;
	const bool differ = a.timestamp_secs != b.timestamp_secs ||
	                    a.timestamp_nanos != b.timestamp_nanos;
	must((an_quote_is_newer(&a, &b) != an_quote_is_newer(&b, &a)) == differ);
	must(!differ || an_quote_history_valid(&a, &b, 1700000000) ==
	                        an_quote_history_valid(&b, &a, 1700000000));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	if (pair.identity.public_key_size == 0)
		must(an_key_pair_from_secret(&pair, secret) == AUTONOMI_OK);
	const struct an_span input = an_span(data + 1, size - 1);
	const bool cbor = (data[0] & 1) != 0;
	switch (data[0] >> 1 & 3) {
	case 0:
		check_metrics(input, cbor);
		break;
	case 1:
		check_quote(input, cbor);
		break;
	case 2:
		check_candidate(input, cbor);
		break;
	default:
		if ((data[0] & 8) != 0)
			check_proof(input, cbor ? IN_MESSAGE : CLIENTS);
		else if (cbor)
			check_history(input);
		else
			check_proof(input, UPLOADED);
		break;
	}
	return 0;
}
