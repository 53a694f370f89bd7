/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Bytes from outside as a host hands them to the public handles of payments, Merkle structures, data
 * maps, user data, records and messages: the first byte chooses which, and the form. What was
 * understood can be looked at in full, is written, and understood as the same.
 */
#include <autonomi/data.h>

#include "round_trip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ADDRESS_MAX = 256, WORD = 32 };

static struct an_span span_of(const autonomi_bytes *bytes)
{
	size_t size;
	const uint8_t *data = autonomi_bytes_data(bytes, &size);
	return an_span(data, size);
}

/* For each handle: `DECODE` and `ENCODE` with the form as an argument where the type has forms, and
 * `LOOK` at what it holds. */
#define ROUND_TRIP(TYPE, DECODE, ENCODE, LOOK)                                                     \
	do {                                                                                       \
		TYPE *value, *again;                                                               \
		autonomi_bytes *first, *last;                                                      \
		struct an_span bytes = input;                                                      \
		if (DECODE(value) != AUTONOMI_OK)                                                  \
			return;                                                                    \
		LOOK(value);                                                                       \
		must(ENCODE(value, first) == AUTONOMI_OK);                                         \
		bytes = span_of(first);                                                            \
		must(DECODE(again) == AUTONOMI_OK);                                                \
		must(ENCODE(again, last) == AUTONOMI_OK);                                          \
		must(an_span_equal(span_of(first), span_of(last)));                                \
		autonomi_bytes_free(first);                                                        \
		autonomi_bytes_free(last);                                                         \
		TYPE##_free(value);                                                                \
		TYPE##_free(again);                                                                \
	} while (0)

static void look_at_quote(const autonomi_quote *quote)
{
	uint8_t hash[WORD], id[ADDRESS_MAX];
	size_t id_size = sizeof(id);
	autonomi_quote_view view;
	autonomi_bytes *signed_bytes;
	uint64_t number;
	uint32_t type, count;
	must(autonomi_quote_get_view(quote, &view, sizeof(view)) == AUTONOMI_OK);
	for (uint32_t i = 0; i <= AUTONOMI_METRIC_NETWORK_SIZE; i++)
		(void)autonomi_quote_metric(quote, i, &number);
	for (uint32_t i = 0; i < view.record_types; i++)
		must(autonomi_quote_record_type(quote, i, &type, &count) == AUTONOMI_OK);
	must(autonomi_quote_hash(quote, hash) == AUTONOMI_OK);
	if (autonomi_quote_peer_id(quote, id, &id_size) == AUTONOMI_OK)
		(void)autonomi_quote_verify(quote, id, id_size);
	if (autonomi_quote_signed_bytes(quote, &signed_bytes) == AUTONOMI_OK)
		autonomi_bytes_free(signed_bytes);
	(void)autonomi_quote_check_history(quote, quote, view.timestamp_secs);
}

static void check_quote(struct an_span input, uint32_t form)
{
#define DECODE(ret)        autonomi_quote_decode(form, bytes.data, bytes.size, &(ret))
#define ENCODE(value, ret) autonomi_quote_encode(value, form, &(ret))
	ROUND_TRIP(autonomi_quote, DECODE, ENCODE, look_at_quote);
#undef DECODE
#undef ENCODE
}

static void look_at_proof(const autonomi_payment_proof *proof)
{
	for (size_t i = 0; i < autonomi_payment_proof_count(proof); i++) {
		uint8_t id[ADDRESS_MAX];
		size_t id_size = sizeof(id);
		autonomi_quote *quote;
		if (autonomi_payment_proof_peer(proof, i, id, &id_size) == AUTONOMI_OK)
			(void)autonomi_payment_proof_verify_for(proof, id, id_size);
		if (autonomi_payment_proof_quote(proof, i, &quote) == AUTONOMI_OK) {
			look_at_quote(quote);
			autonomi_quote_free(quote);
		}
	}
	(void)autonomi_payment_proof_verify_type(proof, 0);
}

static void check_proof(struct an_span input, uint32_t form)
{
#define DECODE(ret)        autonomi_payment_proof_decode(form, bytes.data, bytes.size, &(ret))
#define ENCODE(value, ret) autonomi_payment_proof_encode(value, form, &(ret))
	ROUND_TRIP(autonomi_payment_proof, DECODE, ENCODE, look_at_proof);
#undef DECODE
#undef ENCODE
}

static void look_at_candidate(const autonomi_merkle_candidate *candidate)
{
	uint8_t id[ADDRESS_MAX];
	size_t id_size = sizeof(id);
	(void)autonomi_merkle_candidate_verify(candidate, id, &id_size);
}

static void check_candidate(struct an_span input, uint32_t form)
{
#define DECODE(ret)        autonomi_merkle_candidate_decode(form, bytes.data, bytes.size, &(ret))
#define ENCODE(value, ret) autonomi_merkle_candidate_encode(value, form, &(ret))
	ROUND_TRIP(autonomi_merkle_candidate, DECODE, ENCODE, look_at_candidate);
#undef DECODE
#undef ENCODE
}

static void look_at_branch(const autonomi_merkle_branch *branch)
{
	uint8_t leaf[WORD], root[WORD];
	(void)autonomi_merkle_branch_verify(branch, leaf, root);
}

static void check_branch(struct an_span input)
{
#define DECODE(ret)        autonomi_merkle_branch_decode(bytes.data, bytes.size, &(ret))
#define ENCODE(value, ret) autonomi_merkle_branch_encode(value, &(ret))
	ROUND_TRIP(autonomi_merkle_branch, DECODE, ENCODE, look_at_branch);
#undef DECODE
#undef ENCODE
}

static void look_at_pool(const autonomi_merkle_pool *pool)
{
	uint8_t hash[WORD];
	autonomi_merkle_candidate *candidate;
	must(autonomi_merkle_pool_hash(pool, hash) == AUTONOMI_OK);
	for (size_t i = 0; autonomi_merkle_pool_candidate(pool, i, &candidate) == AUTONOMI_OK; i++)
		autonomi_merkle_candidate_free(candidate);
}

static void check_pool(struct an_span input)
{
#define DECODE(ret)        autonomi_merkle_pool_decode(bytes.data, bytes.size, &(ret))
#define ENCODE(value, ret) autonomi_merkle_pool_encode(value, &(ret))
	ROUND_TRIP(autonomi_merkle_pool, DECODE, ENCODE, look_at_pool);
#undef DECODE
#undef ENCODE
}

static void look_at_merkle_proof(const autonomi_merkle_proof *proof)
{
	static const uint8_t nothing[WORD];
	char problem[128];
	(void)autonomi_merkle_proof_verify(proof, nothing, 1, 0, nothing, NULL, 0, 0, problem,
	                                   sizeof(problem));
}

static void check_merkle_proof(struct an_span input)
{
#define DECODE(ret)        autonomi_merkle_proof_decode(bytes.data, bytes.size, &(ret))
#define ENCODE(value, ret) autonomi_merkle_proof_encode(value, &(ret))
	ROUND_TRIP(autonomi_merkle_proof, DECODE, ENCODE, look_at_merkle_proof);
#undef DECODE
#undef ENCODE
}

static void look_at_data_map(const autonomi_data_map *map)
{
	autonomi_data_map_entry_view entry;
	autonomi_decryptor *decryptor;
	for (size_t i = 0; i < autonomi_data_map_count(map); i++)
		must(autonomi_data_map_at(map, i, &entry, sizeof(entry)) == AUTONOMI_OK);
	if (autonomi_decryptor_new(map, &decryptor) != AUTONOMI_OK)
		return;
	uint8_t wanted[WORD];
	autonomi_bytes *piece;
	if (autonomi_decryptor_wanted(decryptor, wanted) == AUTONOMI_OK)
		must(autonomi_decryptor_give(decryptor, wanted, sizeof(wanted), &piece) !=
		     AUTONOMI_OK);
	autonomi_decryptor_free(decryptor);
}

static void check_data_map(struct an_span input, uint32_t form)
{
#define DECODE(ret)        autonomi_data_map_decode(form, bytes.data, bytes.size, &(ret))
#define ENCODE(value, ret) autonomi_data_map_encode(value, form, &(ret))
	ROUND_TRIP(autonomi_data_map, DECODE, ENCODE, look_at_data_map);
#undef DECODE
#undef ENCODE
}

static void look_at_user_data(const autonomi_user_data *data)
{
	autonomi_user_item_view item;
	for (uint32_t list = 0; list <= AUTONOMI_USER_PRIVATE_FILES; list++) {
		for (size_t i = 0; i < autonomi_user_data_count(data, list); i++)
			must(autonomi_user_data_at(data, list, i, &item, sizeof(item)) ==
			     AUTONOMI_OK);
	}
}

static void check_user_data(struct an_span input)
{
#define DECODE(ret)        autonomi_user_data_decode(bytes.data, bytes.size, &(ret))
#define ENCODE(value, ret) autonomi_user_data_encode(value, &(ret))
	ROUND_TRIP(autonomi_user_data, DECODE, ENCODE, look_at_user_data);
#undef DECODE
#undef ENCODE
}

static void look_at_message(const autonomi_message *message)
{
	uint8_t address[ADDRESS_MAX], proof[WORD];
	autonomi_quote *quote;
	autonomi_merkle_candidate *candidate;
	autonomi_bytes *text;
	uint32_t type;
	must(autonomi_message_name(message) != NULL);
	size_t size = sizeof(address);
	(void)autonomi_message_destination(message, &type, address, &size);
	if (autonomi_message_error(message, &text) == AUTONOMI_OK)
		autonomi_bytes_free(text);
	if (autonomi_message_quote(message, &quote) == AUTONOMI_OK)
		autonomi_quote_free(quote);
	if (autonomi_message_candidate(message, &candidate) == AUTONOMI_OK)
		autonomi_merkle_candidate_free(candidate);
	for (size_t i = 0; i < autonomi_message_count(message); i++) {
		size = sizeof(address);
		(void)autonomi_message_item(message, i, &type, address, &size);
		(void)autonomi_message_item_proof(message, i, proof);
	}
}

static void check_message(struct an_span input, uint32_t direction, uint32_t form)
{
#define DECODE(ret)        autonomi_message_decode(direction, form, bytes.data, bytes.size, &(ret))
#define ENCODE(value, ret) autonomi_message_encode(value, form, &(ret))
	ROUND_TRIP(autonomi_message, DECODE, ENCODE, look_at_message);
#undef DECODE
#undef ENCODE
}

static void look_at_peer_message(const autonomi_peer_message *message)
{
	const uint8_t *bytes;
	size_t size;
	must(autonomi_peer_message_name(message) != NULL);
	for (size_t i = 0; i < autonomi_peer_message_count(message); i++)
		(void)autonomi_peer_message_item(message, i, &bytes, &size);
}

static void check_peer_message(struct an_span input, uint32_t protocol)
{
#define DECODE(ret)        autonomi_peer_message_decode(protocol, bytes.data, bytes.size, &(ret))
#define ENCODE(value, ret) autonomi_peer_message_encode(value, &(ret))
	ROUND_TRIP(autonomi_peer_message, DECODE, ENCODE, look_at_peer_message);
#undef DECODE
#undef ENCODE
}

/* The canonical form of a record is its own, has the key that the record has where that is unpaid, and
 * merges with itself. */
static void check_record(struct an_span input)
{
	uint8_t key[WORD], again[WORD];
	uint32_t type, payment;
	uint64_t counter;
	char problem[128];
	autonomi_bytes *canonical, *last, *merged;
	(void)autonomi_record_read_header(input.data, input.size, &type, &payment);
	if (autonomi_record_canonical(input.data, input.size, &canonical) != AUTONOMI_OK)
		return;
	const struct an_span value = span_of(canonical);
	must(autonomi_record_canonical(value.data, value.size, &last) == AUTONOMI_OK);
	must(an_span_equal(value, span_of(last)));
	if (autonomi_record_key(value.data, value.size, key) == AUTONOMI_OK) {
		if (autonomi_record_key(input.data, input.size, again) == AUTONOMI_OK)
			must(memcmp(key, again, sizeof(key)) == 0);
		if (autonomi_record_merge(key, value.data, value.size, value.data, value.size,
		                          &merged, &counter, problem,
		                          sizeof(problem)) == AUTONOMI_OK)
			autonomi_bytes_free(merged);
	}
	autonomi_bytes_free(last);
	autonomi_bytes_free(canonical);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	const struct an_span input = an_span(data + 1, size - 1);
	const uint32_t form = data[0] >> 4;
	switch (data[0] & 15) {
	case 0:
		check_quote(input, form);
		break;
	case 1:
		check_proof(input, form);
		break;
	case 2:
		check_candidate(input, form);
		break;
	case 3:
		check_branch(input);
		break;
	case 4:
		check_pool(input);
		break;
	case 5:
		check_merkle_proof(input);
		break;
	case 6:
		check_data_map(input, form);
		break;
	case 7:
		check_user_data(input);
		break;
	case 8:
		check_message(input, form & 3, form >> 2 & 1);
		break;
	case 9:
		check_peer_message(input, form);
		break;
	default:
		check_record(input);
	}
	return 0;
}
