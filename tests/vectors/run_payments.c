/* SPDX-License-Identifier: GPL-3.0-or-later */
/* payments.json (README.md): quotes, their hashes and signatures. */
#include <string.h>

#include "data/merkle.h"
#include "data/payment.h"
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
	run_words("debug", true);
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

static json_t *hash_json(const struct an_merkle_hash *hash)
{
	return json_of_bytes(an_span(hash->bytes, sizeof(hash->bytes)));
}

static json_t *branch_json(const struct an_merkle_branch *branch)
{
	json_t *hashes = json_array();
	for (size_t i = 0; i < branch->hash_count; i++)
		json_array_append_new(hashes, hash_json(&branch->hashes[i]));
	return json_pack("{s:o,s:I,s:I,s:o,s:o,s:o}", "proof_hashes", hashes, "leaf_index",
	                 (json_int_t)branch->index, "total_leaves_count", (json_int_t)branch->total,
	                 "unsalted_leaf_hash", hash_json(&branch->unsalted), "root",
	                 hash_json(&branch->root), "salt",
	                 branch->has_salt ? hash_json(&branch->salt) : json_null());
}

static void check_branch_verify(void)
{
	struct an_merkle_branch branch;
	struct an_buffer *out = run_buffer();
	struct an_reader reader = reader_of("msgpack");
	an_merkle_branch_read(&reader, &branch);
	run_must(an_reader_ok(&reader), "reading msgpack");
	run_expect("branch", branch_json(&branch));
	an_merkle_branch_write(out, &branch);
	run_expect_bytes("msgpack", an_buffer_span(out));
	run_expect_bool("outcome", an_merkle_branch_verify(&branch));
}

static void check_evm_data_types(void)
{
	const json_t *rows = run_get("rows");
	(void)run_get("now");
	for (size_t i = 0; i < json_array_size(rows); i++) {
		const json_t *row = json_array_get(rows, i);
		const uint32_t type = (uint32_t)run_number_of(run_member(row, "protocol"));
		run_must(an_solidity_type(type) == run_number_of(run_member(row, "solidity")) &&
		                 json_object_size(row) == 2,
		         "another type");
	}
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
	{NULL, "branch_verify", check_branch_verify},
	{NULL, "evm_data_types", check_evm_data_types},
	{NULL, "encoded_peer_id", check_encoded_peer_id},
	{NULL, NULL, NULL},
};
