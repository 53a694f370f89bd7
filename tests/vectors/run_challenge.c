/* SPDX-License-Identifier: GPL-3.0-or-later */
/* challenge.json, brotli.json (README.md). */
#include <stdio.h>
#include <string.h>

#include "base/profile.h"
#include "client/retry.h"
#include "crypt/hash.h"
#include "data/address_text.h"
#include "data/compress.h"
#include "data/node_event.h"
#include "data/record.h"
#include "ident/agent.h"
#include "ident/protocol_names.h"
#include "kad/range.h"
#include "vectors/payload.h"
#include "vectors/run.h"

static void check_chunk_proof(void)
{
	struct an_buffer *text = run_buffer();
	const struct an_span value = run_has("record_payload") ? run_payload("record_payload")
	                                                       : run_bytes("record_value");
	if (run_has("record_value"))
		run_expect_bytes("record_value", value);
	uint8_t proof[AN_CHUNK_PROOF_SIZE];
	an_record_proof(value, run_number("nonce"), proof);
	run_expect_bytes("proof", an_span(proof, sizeof(proof)));
	an_record_proof_debug(an_span(proof, sizeof(proof)), text);
	if (run_has("record_value") || run_has("debug"))
		run_expect_text("debug", an_buffer_span(text));
}

static void check_chunk_proof_equal(void)
{
	uint8_t proofs[2][AN_CHUNK_PROOF_SIZE];
	const json_t *nonces = run_list("nonces");
	for (size_t i = 0; i < 2; i++)
		an_record_proof(run_bytes("record_value"), run_number_of(json_array_get(nonces, i)),
		                proofs[i]);
	run_expect_bool("equal", memcmp(proofs[0], proofs[1], AN_CHUNK_PROOF_SIZE) == 0);
}

static struct an_dht_key key_of_address(const json_t *value)
{
	const struct an_address address = run_address_of(value);
	uint8_t space[AN_RECORD_NAME_SIZE];
	return an_dht_key_of(an_address_record_key(&address, space));
}

static void check_nearest(void)
{
	const struct an_dht_key target = key_of_address(run_get("key"));
	const json_t *chunks = run_list("chunks");
	const size_t count = json_array_size(chunks);
	struct an_dht_key *keys = run_memory(count * sizeof(*keys));
	for (size_t i = 0; i < count; i++)
		keys[i] = key_of_address(json_array_get(chunks, i));
	run_expect("order", run_order_of(&target, keys, count, count));
	run_expect("difficulty_5", run_order_of(&target, keys, count, 5));
}

static void check_version_gate(void)
{
	static const char *const verdicts[] = {"Accepted", "Rejected", "Legacy", "ParseError"};
	static const char *const roles[] = {"Node", "Client", "ReachabilityCheckClient", "Unknown"};
	const struct an_span agent = an_span_text(run_text("agent"));
	struct an_agent_version minimum;
	run_must(an_agent_version_read(&minimum, an_span_text(run_text("minimum"))), "minimum");
	run_expect_text("result", an_span_text(verdicts[an_agent_judge(agent, &minimum)]));
	run_expect_text("result_without_minimum",
	                an_span_text(verdicts[an_agent_judge(agent, NULL)]));
	run_expect_text("peer_type", an_span_text(roles[an_agent_role_of(agent)]));
	/* The version that the gate reads is seen from outside by the versions that it lets pass. */
	if (an_agent_judge(agent, NULL) != AN_AGENT_ACCEPTED) {
		run_expect("version", json_null());
		return;
	}
	struct an_agent_version version;
	run_must(an_agent_version_read(&version, an_span_text(run_text("version"))) &&
	                 an_agent_judge(agent, &version) == AN_AGENT_ACCEPTED,
	         "another version");
	version.part[2]++;
	run_must(an_agent_judge(agent, &version) == AN_AGENT_REJECTED, "another version");
}

static void check_compress(void)
{
	const struct an_span pattern = run_has("pattern") ? run_bytes("pattern") : an_span(NULL, 0);
	const size_t size = (size_t)run_number("length");
	const uint64_t seed = run_has("seed") ? run_number("seed") : 0;
	uint8_t *plain = run_memory(size);
	uint8_t hash[AN_HASH_SIZE];
	run_must(payload_fill(run_text("generator"), seed, pattern, plain, size), "generator");
	an_sha256(an_span(plain, size), hash);
	run_expect_bytes("payload_sha256", an_span(hash, sizeof(hash)));
	struct an_blob *compressed;
	struct an_blob *again;
	/* What a stock encoder gives differs where, and only where, one of our edits matters. */
	run_expect_bool("stock_libbrotli_1_0_9_equal",
	                json_array_size(run_list("depends_on")) == 0);
	if (an_compress(an_span(plain, size), 0, &compressed) != AUTONOMI_OK) {
		run_fail("does not compress");
		return;
	}
	const struct an_span bytes = an_blob_span(compressed);
	an_sha256(bytes, hash);
	run_encoder_bytes("compressed_sha256", an_span(hash, sizeof(hash)));
	run_encoder_number("compressed_length", bytes.size);
	const an_status status = an_decompress(bytes, size, size + 1, &again);
	run_must(status == AUTONOMI_OK && an_span_equal(an_blob_span(again), an_span(plain, size)),
	         "does not come back");
	an_blob_unref(again);
	an_blob_unref(compressed);
}

/* ---- Names and numbers. */

static void expect_agent(const char *name, enum an_agent_role role, const char *version,
                         const struct an_profile *profile)
{
	struct an_agent agent = {.role = role, .network_id = profile->network_id};
	char text[AN_AGENT_MAX];
	(void)snprintf(agent.protocol, sizeof(agent.protocol), "%s", profile->protocol_version);
	(void)snprintf(agent.version, sizeof(agent.version), "%s", version);
	run_must(an_agent_write(&agent, text) == AUTONOMI_OK, name);
	run_expect_text(name, an_span_text(text));
}

static void check_protocol_strings(void)
{
	struct an_profile profile = an_profile_autonomi;
	char text[AN_PROTOCOL_NAME_MAX];
	const uint64_t id = run_number("network_id");
	run_must(id <= UINT8_MAX, "network_id");
	profile.network_id = (uint8_t)id;
	run_expect_text("protocol_version", an_span_text(profile.protocol_version));
	run_must(an_protocol_identify(&profile, text) == AUTONOMI_OK, "identify");
	run_expect_text("identify", an_span_text(text));
	run_must(an_protocol_request_response(&profile, text) == AUTONOMI_OK, "request_response");
	run_expect_text("request_response", an_span_text(text));
	run_must(an_protocol_cache_file(&profile, false, text) == AUTONOMI_OK, "network_version");
	run_expect_text("network_version", an_span_text(text));
	run_must(an_protocol_cache_file(&profile, true, text) == AUTONOMI_OK, "network_version");
	run_expect_text("local_network_version", an_span_text(text));
	expect_agent("node_agent", AN_AGENT_NODE, AN_PROTOCOL_AUTONOMI_NODE, &profile);
	expect_agent("client_agent", AN_AGENT_CLIENT, AN_PROTOCOL_AUTONOMI_CLIENT, &profile);
}

static void check_attempts(void)
{
	struct an_retry retry = {0};
	const char *strategy = run_text("strategy");
	run_must(an_retry_read(&retry, an_span_text(strategy)), strategy);
	run_expect_integer("attempts", an_retry_attempts(&retry));
}

static void check_node_event(void)
{
	struct an_node_event event;
	struct an_buffer *out = run_buffer();
	if (an_node_event_decode(run_bytes("msgpack"), &event) != AUTONOMI_OK) {
		run_fail("does not decode");
		return;
	}
	run_expect_text("event", an_span_text(an_node_event_name(event.type)));
	an_node_event_debug(&event, out);
	run_expect_text("debug", an_buffer_span(out));
	an_buffer_clear(out);
	(void)an_node_event_encode(&event, out);
	run_expect_bytes("msgpack", an_buffer_span(out));
}

static void expect_key(const char *name, const struct an_dht_key *key)
{
	run_expect_bytes(name, an_span(key->bytes, sizeof(key->bytes)));
}

static void check_responsible_range(void)
{
	const struct an_dht_key zero = {{0}};
	const uint32_t group = (uint32_t)an_profile_autonomi.close_group;
	const uint64_t size = run_number("estimated_network_size");
	const struct an_dht_key self = key_of_address(run_get("self"));
	const struct an_dht_key other = key_of_address(run_get("seventh"));
	const struct an_dht_key seventh = an_dht_key_distance(&self, &other);
	const struct an_dht_key share = an_kad_share(size, group);
	const struct an_dht_key range = an_kad_range(size, group, &seventh);
	expect_key("seventh_distance", &seventh);
	expect_key("density_range", &share);
	expect_key("range", &range);
	run_expect_integer("ilog2", an_dht_key_bucket(&zero, &range));
}

const struct run_kind run_challenge[] = {
	{"challenge", "protocol_strings", check_protocol_strings},
	{"challenge", "attempts", check_attempts},
	{"challenge", "node_event", check_node_event},
	{"challenge", "responsible_range", check_responsible_range},
	{"challenge", "chunk_proof", check_chunk_proof},
	{NULL, "chunk_proof_equal", check_chunk_proof_equal},
	{NULL, "nearest", check_nearest},
	{NULL, "version_gate", check_version_gate},
	{NULL, "compress", check_compress},
	{NULL, NULL, NULL},
};
