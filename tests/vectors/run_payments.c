/* SPDX-License-Identifier: GPL-3.0-or-later */
/* payments.json (README.md): quotes, their hashes and signatures. */
#include <string.h>

#include "data/amount.h"
#include "data/derived_keys.h"
#include "data/payment.h"
#include "ident/multiaddr.h"
#include "vectors/run.h"
#include "wire/msgpack.h"

static struct an_reader reader_of(const char *name)
{
	return an_reader(run_bytes(name));
}

static json_t *peer_json(bool known, const struct an_peer_id *id)
{
	char base58[AN_PEER_ID_TEXT_MAX];
	if (!known)
		return json_null();
	an_peer_id_to_text(id, base58);
	return json_string(base58);
}

static void check_metrics(void)
{
	struct an_quoting_metrics metrics;
	struct an_quoting_metrics again;
	struct an_buffer *out = run_buffer();
	uint8_t word[AN_WORD_SIZE];
	struct an_reader reader = reader_of("msgpack");
	an_quoting_metrics_read_msgpack(&reader, &metrics);
	run_must(an_reader_ok(&reader), "reading msgpack");
	run_expect("metrics", json_of_metrics(&metrics));
	an_quoting_metrics_write_msgpack(out, &metrics);
	run_expect_bytes("msgpack", an_buffer_span(out));
	reader = reader_of("cbor");
	an_quoting_metrics_read_cbor(&reader, &again);
	run_must(an_reader_ok(&reader), "reading cbor");
	run_expect("metrics", json_of_metrics(&again));
	an_buffer_clear(out);
	an_quoting_metrics_write_cbor(out, &again);
	run_expect_bytes("cbor", an_buffer_span(out));
	an_buffer_clear(out);
	an_quoting_metrics_write_bytes(out, &metrics);
	run_expect_bytes("to_bytes", an_buffer_span(out));
	run_expect_integer("solidity_type", an_solidity_type(metrics.data_type));
	an_quoting_metrics_cost_unit(&metrics, word);
	run_expect_bytes("total_cost_unit", an_span(word, sizeof(word)));
	an_quoting_metrics_packed(&metrics, word);
	run_expect_bytes("packed", an_span(word, sizeof(word)));
	an_buffer_clear(out);
	an_quoting_metrics_debug(&metrics, out);
	run_expect_text("debug", an_buffer_span(out));
}

static void key_pair_of(struct an_key_pair *pair)
{
	const struct an_span secret = run_bytes("node_secret");
	run_must(secret.size == AN_KEY_SECRET_SIZE &&
	                 an_key_pair_from_secret(pair, secret.data) == AUTONOMI_OK,
	         "node_secret");
}

static void check_quote(void)
{
	struct an_quote quote;
	struct an_key_pair pair;
	struct an_peer_id id;
	struct an_buffer *out = run_buffer();
	uint8_t space[AN_QUOTE_SIGNED_MAX];
	uint8_t hash[AN_QUOTE_HASH_SIZE];
	struct an_reader reader = reader_of("msgpack");
	an_quote_read_msgpack(&reader, &quote);
	run_must(an_reader_ok(&reader), "reading msgpack");
	key_pair_of(&pair);
	memset(&quote.signature, 0, sizeof(quote.signature));
	run_must(an_quote_sign(&quote, &pair) == AUTONOMI_OK, "does not sign");
	run_expect("quote", json_of_quote(&quote));
	an_quote_write_msgpack(out, &quote);
	run_expect_bytes("msgpack", an_buffer_span(out));
	an_buffer_clear(out);
	an_quote_write_cbor(out, &quote);
	run_expect_bytes("cbor", an_buffer_span(out));
	run_expect_bytes("signed_bytes", an_quote_signed_bytes(&quote, space));
	an_quote_hash(&quote, hash);
	run_expect_bytes("hash", an_span(hash, sizeof(hash)));
	run_expect("peer_id", peer_json(an_quote_peer(&quote, &id), &id));
	run_must(an_quote_verify(&quote, &pair.identity.id), "does not verify");
	an_key_pair_done(&pair);
}

static void check_quote_verify(void)
{
	struct an_quote quote;
	struct an_peer_id claimed;
	struct an_peer_id id;
	uint8_t hash[AN_QUOTE_HASH_SIZE];
	struct an_reader reader = reader_of("quote_msgpack");
	an_quote_read_msgpack(&reader, &quote);
	run_must(an_reader_ok(&reader), "reading msgpack");
	run_must(an_peer_id_from_text(&claimed, an_span_text(run_text("claimed_peer"))) ==
	                 AUTONOMI_OK,
	         "claimed_peer");
	run_expect_bool("valid", an_quote_verify(&quote, &claimed));
	run_expect("peer_id", peer_json(an_quote_peer(&quote, &id), &id));
	an_quote_hash(&quote, hash);
	run_expect_bytes("hash", an_span(hash, sizeof(hash)));
}

static void check_candidate(void)
{
	struct an_merkle_candidate candidate;
	struct an_key_pair pair;
	struct an_peer_id id;
	struct an_buffer *out = run_buffer();
	uint8_t space[AN_QUOTE_SIGNED_MAX];
	struct an_reader reader = reader_of("msgpack");
	an_merkle_candidate_read_msgpack(&reader, &candidate);
	run_must(an_reader_ok(&reader), "reading msgpack");
	key_pair_of(&pair);
	memset(&candidate.signature, 0, sizeof(candidate.signature));
	run_must(an_merkle_candidate_sign(&candidate, &pair) == AUTONOMI_OK, "does not sign");
	run_expect("node", json_of_candidate(&candidate));
	an_merkle_candidate_write_msgpack(out, &candidate);
	run_expect_bytes("msgpack", an_buffer_span(out));
	an_buffer_clear(out);
	an_merkle_candidate_write_cbor(out, &candidate);
	run_expect_bytes("cbor", an_buffer_span(out));
	run_expect_bytes("signed_bytes", an_merkle_candidate_signed_bytes(&candidate, space));
	run_expect("peer_id", peer_json(an_merkle_candidate_peer(&candidate, &id), &id));
	an_key_pair_done(&pair);
}

static void check_candidate_verify(void)
{
	struct an_merkle_candidate candidate;
	struct an_reader reader = reader_of("msgpack");
	an_merkle_candidate_read_msgpack(&reader, &candidate);
	run_expect_bool("valid", an_reader_ok(&reader) && an_merkle_candidate_verify(&candidate));
}

/* ---- Proofs of payment. */

static json_t *quote_bytes_json(const struct an_quote_bytes *bytes)
{
	return json_of_bytes(an_span(bytes->bytes, bytes->size));
}

json_t *json_of_proof(const struct an_payment_proof *proof)
{
	json_t *list = json_array();
	for (size_t i = 0; i < proof->count; i++)
		json_array_append_new(list,
		                      json_pack("{s:o,s:o}", "peer_id",
		                                quote_bytes_json(&proof->entries[i].peer_id),
		                                "quote", json_of_quote(&proof->entries[i].quote)));
	return list;
}

/* What is asked of the contract: one of each quote. */
static json_t *digest_json(const struct an_payment_proof *proof)
{
	json_t *list = json_array();
	for (size_t i = 0; i < proof->count; i++) {
		const struct an_quote *quote = &proof->entries[i].quote;
		uint8_t hash[AN_QUOTE_HASH_SIZE];
		an_quote_hash(quote, hash);
		json_array_append_new(list,
		                      json_pack("{s:o,s:o,s:o}", "metrics",
		                                json_of_metrics(&quote->metrics), "quote_hash",
		                                json_of_bytes(an_span(hash, sizeof(hash))),
		                                "rewards_address",
		                                json_of_bytes(an_span(quote->rewards_address,
		                                                      AN_REWARDS_ADDRESS_SIZE))));
	}
	return list;
}

static json_t *payees_json(const struct an_payment_proof *proof)
{
	json_t *list = json_array();
	for (size_t i = 0; i < proof->count; i++) {
		struct an_peer_id id;
		if (an_payment_proof_peer(proof, i, &id))
			json_array_append_new(list, peer_json(true, &id));
	}
	return list;
}

static json_t *checks_json(const struct an_payment_proof *proof, const json_t *checks)
{
	json_t *list = json_array();
	for (size_t i = 0; i < json_array_size(checks); i++) {
		struct an_peer_id id = {0};
		const char *text = run_text_of(run_member(json_array_get(checks, i), "peer"));
		run_must(an_peer_id_from_text(&id, an_span_text(text)) == AUTONOMI_OK, text);
		json_array_append_new(list,
		                      json_pack("{s:o,s:b}", "peer", peer_json(true, &id), "valid",
		                                (int)an_payment_proof_is_for(proof, &id)));
	}
	return list;
}

static json_t *types_json(const struct an_payment_proof *proof, const json_t *types)
{
	json_t *list = json_array();
	for (size_t i = 0; i < json_array_size(types); i++) {
		const json_t *type = json_array_get(json_array_get(types, i), 0);
		const uint32_t number = (uint32_t)run_number_of(type);
		json_array_append_new(list,
		                      json_pack("[I,b]", (json_int_t)number,
		                                (int)an_payment_proof_is_of_type(proof, number)));
	}
	return list;
}

static void expect_proof_codecs(struct an_payment_proof *proof)
{
	struct an_payment_proof again;
	struct an_buffer *out = run_buffer();
	an_payment_proof_write(out, proof);
	run_expect_bytes("msgpack", an_buffer_span(out));
	struct an_reader reader = reader_of("cbor");
	an_payment_proof_read_cbor(&reader, &again);
	run_must(an_reader_ok(&reader), "reading cbor");
	an_buffer_clear(out);
	an_payment_proof_write_cbor(out, &again);
	run_expect_bytes("cbor", an_buffer_span(out));
	run_expect("proof", json_of_proof(&again));
	an_payment_proof_done(&again);
}

static void check_proof(void)
{
	struct an_payment_proof proof;
	struct an_reader reader = reader_of("msgpack");
	an_payment_proof_read(&reader, &proof);
	run_must(an_reader_ok(&reader), "reading msgpack");
	run_expect("proof", json_of_proof(&proof));
	run_expect("digest", digest_json(&proof));
	run_expect("payees", payees_json(&proof));
	run_expect("checks", checks_json(&proof, run_list("checks")));
	run_expect("types", types_json(&proof, run_list("types")));
	expect_proof_codecs(&proof);
	an_payment_proof_done(&proof);
}

static json_t *addresses_json(const struct an_payment_addresses *addresses, size_t count)
{
	json_t *lists = json_array();
	for (size_t i = 0; i < count; i++) {
		json_t *list = json_array();
		for (size_t k = 0; k < addresses[i].count; k++) {
			struct an_buffer *text = run_buffer();
			(void)an_multiaddr_to_text(text, addresses[i].items[k]);
			json_array_append_new(list, json_of_text(an_buffer_span(text)));
		}
		json_array_append_new(lists, list);
	}
	return lists;
}

static void check_client_proof(void)
{
	struct an_payment_proof proof;
	struct an_payment_addresses *addresses = run_memory(AN_PAYMENT_QUOTES_MAX *
	                                                    sizeof(*addresses));
	struct an_buffer *out = run_buffer();
	struct an_reader reader = reader_of("msgpack");
	an_client_proof_read(&reader, &proof, addresses);
	run_must(an_reader_ok(&reader), "reading msgpack");
	run_expect("proof", json_of_proof(&proof));
	run_expect("multiaddrs", addresses_json(addresses, proof.count));
	an_client_proof_write(out, &proof, addresses);
	run_expect_bytes("msgpack", an_buffer_span(out));
	an_buffer_clear(out);
	an_payment_proof_write(out, &proof);
	run_expect_bytes("node_form_msgpack", an_buffer_span(out));
	an_payment_proof_done(&proof);
}

static struct an_quote historical_of(const json_t *value)
{
	struct an_quote quote = {.timestamp_secs = run_number_of(run_member(value, "timestamp"))};
	quote.metrics.live_time = run_number_of(run_member(value, "live_time"));
	quote.metrics.received_payment_count = run_number_of(run_member(value, "payments"));
	run_must(json_object_size(value) == 3, "a quote of another form");
	return quote;
}

static void check_historical(void)
{
	const struct an_quote own = historical_of(run_get("own"));
	const struct an_quote other = historical_of(run_get("other"));
	run_expect_bool("is_newer", an_quote_is_newer(&own, &other));
	run_expect_bool("valid", an_quote_history_valid(&own, &other, run_number("now")));
}

/* ---- Amounts. */

static json_t *amount_json(const struct an_amount *amount)
{
	return json_of_bytes(an_span(amount->bytes, sizeof(amount->bytes)));
}

static void check_atto(void)
{
	struct an_amount amount;
	struct an_amount again;
	uint8_t bytes[AN_AMOUNT_SIZE];
	struct an_buffer *out = run_buffer();
	struct an_reader reader = reader_of("msgpack");
	an_amount_read_msgpack(&reader, &amount);
	run_must(an_reader_ok(&reader), "reading msgpack");
	run_expect("value", amount_json(&amount));
	an_amount_write_msgpack(out, &amount);
	run_expect_bytes("msgpack", an_buffer_span(out));
	reader = reader_of("cbor");
	an_amount_read_cbor(&reader, &again);
	run_must(an_reader_ok(&reader), "reading cbor");
	an_buffer_clear(out);
	an_amount_write_cbor(out, &again);
	run_expect_bytes("cbor", an_buffer_span(out));
	run_expect("value", amount_json(&again));
	an_amount_to_bytes(&amount, bytes);
	run_expect_bytes("to_bytes", an_span(bytes, sizeof(bytes)));
	an_buffer_clear(out);
	an_amount_display(&amount, out);
	run_expect_text("display", an_buffer_span(out));
}

static void check_atto_parse(void)
{
	struct an_amount amount;
	const enum an_amount_fault fault = an_amount_parse(&amount, an_span_text(run_text("text")));
	const bool ok = fault == AN_AMOUNT_GOOD;
	run_expect("value", ok ? amount_json(&amount) : json_null());
	run_expect("error", ok ? json_null() : json_string(an_amount_fault_text(fault)));
}

static void check_evm_data_types(void)
{
	const json_t *rows = run_list("rows");
	json_t *own = json_array();
	(void)run_number("now");
	for (size_t i = 0; i < json_array_size(rows); i++) {
		const json_t *row = json_array_get(rows, i);
		const uint32_t type = (uint32_t)run_number_of(run_member(row, "protocol"));
		run_must(type == i, "a type left out");
		json_array_append_new(own,
		                      json_pack("{s:I,s:I}", "protocol", (json_int_t)type,
		                                "solidity", (json_int_t)an_solidity_type(type)));
	}
	run_expect("rows", own);
}

static void check_evm_sign_message(void)
{
	uint8_t hash[AN_EVM_HASH_SIZE];
	uint8_t signature[AN_SECP256K1_SIGNATURE_SIZE] = {0};
	const struct an_span secret = run_bytes("secret_key");
	const struct an_span message = run_bytes("message");
	run_must(secret.size == AN_SECP256K1_SECRET_SIZE &&
	                 an_evm_sign_message(secret.data, message, signature) == AUTONOMI_OK,
	         "does not sign");
	an_evm_message_hash(message, hash);
	run_expect_bytes("message_hash", an_span(hash, sizeof(hash)));
	run_expect_bytes("signature", an_span(signature, sizeof(signature)));
}

static void check_encoded_peer_id(void)
{
	struct an_peer_id id;
	run_must(an_peer_id_from_text(&id, an_span_text(run_text("peer_id"))) == AUTONOMI_OK,
	         "peer_id");
	run_expect_integers("msgpack", "cbor", an_peer_id_span(&id));
}

const struct run_kind run_payments[] = {
	{NULL, "metrics", check_metrics},
	{NULL, "quote", check_quote},
	{NULL, "quote_verify", check_quote_verify},
	{NULL, "candidate", check_candidate},
	{NULL, "candidate_verify", check_candidate_verify},
	{NULL, "proof", check_proof},
	{NULL, "client_proof", check_client_proof},
	{NULL, "historical", check_historical},
	{NULL, "atto", check_atto},
	{NULL, "atto_parse", check_atto_parse},
	{NULL, "evm_data_types", check_evm_data_types},
	{NULL, "evm_sign_message", check_evm_sign_message},
	{NULL, "encoded_peer_id", check_encoded_peer_id},
	{NULL, NULL, NULL},
};
