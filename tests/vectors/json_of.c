/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The values of the library in the JSON of README.md. */
#include <string.h>

#include "ident/multiaddr.h"
#include "vectors/run.h"

json_t *json_of_bytes(struct an_span bytes)
{
	static const char digits[] = "0123456789abcdef";
	char *text = run_memory(2 * bytes.size);
	for (size_t i = 0; i < bytes.size; i++) {
		text[2 * i] = digits[bytes.data[i] >> 4];
		text[2 * i + 1] = digits[bytes.data[i] & 15];
	}
	return json_stringn(text, 2 * bytes.size);
}

json_t *json_of_text(struct an_span text)
{
	json_t *json = json_stringn(text.size > 0 ? (const char *)text.data : "", text.size);
	return json != NULL ? json : json_string("(no UTF-8)");
}

json_t *json_of_number(uint64_t number)
{
	char text[24];
	(void)snprintf(text, sizeof(text), "%llu", (unsigned long long)number);
	return json_string(text);
}

static const char *const address_types[] = {
	"PeerId",         "ChunkAddress", "GraphEntryAddress", "ScratchpadAddress",
	"PointerAddress", "RecordKey"};

json_t *json_of_address(const struct an_address *address)
{
	return json_pack("{s:s,s:o}", "type", address_types[address->type], "bytes",
	                 json_of_bytes(an_span(address->bytes, address->size)));
}

json_t *json_of_data_map(const struct an_data_map *map)
{
	json_t *chunks = json_array();
	for (size_t i = 0; i < map->count; i++) {
		const struct an_data_map_entry *entry = &map->entries[i];
		json_array_append_new(
			chunks,
			json_pack("{s:I,s:o,s:o,s:I}", "index", (json_int_t)entry->index,
		                  "dst_hash",
		                  json_of_bytes(an_span(entry->dst_hash, AN_RECORD_NAME_SIZE)),
		                  "src_hash",
		                  json_of_bytes(an_span(entry->src_hash, AN_RECORD_NAME_SIZE)),
		                  "src_size", (json_int_t)entry->src_size));
	}
	return json_pack("{s:o,s:o}", "child",
	                 map->has_child ? json_integer((json_int_t)map->child) : json_null(),
	                 "chunks", chunks);
}

/* ---- Errors and results. */

static json_t *gathered(struct an_message_list list)
{
	uint8_t *bytes = run_memory(list.count);
	return json_of_bytes(an_span(bytes, an_message_gather(list, bytes, list.count)));
}

static json_t *peers_of(struct an_message_list list)
{
	json_t *peers = json_array();
	struct an_message_list peer;
	while (an_message_next_peer_bytes(&list, &peer))
		json_array_append_new(peers, gathered(peer));
	return peers;
}

static void set(json_t *object, const char *name, json_t *value)
{
	(void)json_object_set_new(object, name, value);
}

json_t *json_of_error(const struct an_protocol_error *error)
{
	json_t *json = json_pack("{s:s}", "variant", an_error_name(error->type));
	switch (error->type) {
	case AN_ERROR_CHUNK_DOES_NOT_EXIST:
		set(json, "address", json_of_address(&error->address));
		break;
	case AN_ERROR_REPLICATED_RECORD_NOT_FOUND:
		set(json, "holder", json_of_address(&error->address));
		set(json, "key", json_of_address(&error->key));
		break;
	case AN_ERROR_RECORD_EXISTS:
		set(json, "key", gathered(error->record_key));
		break;
	case AN_ERROR_OUTDATED_RECORD_COUNTER:
		set(json, "counter", json_of_number(error->counter));
		set(json, "expected", json_of_number(error->expected));
		break;
	case AN_ERROR_TOPOLOGY_VERIFICATION_FAILED:
		set(json, "target_address", json_of_address(&error->address));
		set(json, "valid_count", json_of_number(error->topology.valid_count));
		set(json, "total_paid", json_of_number(error->topology.total_paid));
		set(json, "closest_count", json_of_number(error->topology.closest_count));
		set(json, "node_peers", peers_of(error->topology.node_peers));
		set(json, "paid_peers", peers_of(error->topology.paid_peers));
		break;
	case AN_ERROR_PUT_RECORD_FAILED:
	case AN_ERROR_GET_MERKLE_CANDIDATE_QUOTE_FAILED:
	case AN_ERROR_FAILED_TO_SIGN_MERKLE_CANDIDATE:
	case AN_ERROR_MERKLE_PAYMENT_VERIFICATION_FAILED:
		set(json, "text", json_of_text(error->text));
		break;
	default:
		break;
	}
	return json;
}

static json_t *result_of(const struct an_message_result *result, json_t *ok)
{
	if (!result->failed)
		return json_pack("{s:o}", "ok", ok);
	json_decref(ok);
	return json_pack("{s:o}", "err", json_of_error(&result->error));
}

/* ---- Quotes. */

json_t *json_of_metrics(const struct an_quoting_metrics *metrics)
{
	json_t *types = json_array();
	for (size_t i = 0; i < metrics->record_type_count; i++)
		json_array_append_new(types,
		                      json_pack("[I,I]",
		                                (json_int_t)metrics->records_per_type[i].type,
		                                (json_int_t)metrics->records_per_type[i].count));
	json_t *json = json_pack("{s:I,s:o}", "data_type", (json_int_t)metrics->data_type,
	                         "records_per_type", types);
	set(json, "data_size", json_of_number(metrics->data_size));
	set(json, "close_records_stored", json_of_number(metrics->close_records_stored));
	set(json, "max_records", json_of_number(metrics->max_records));
	set(json, "received_payment_count", json_of_number(metrics->received_payment_count));
	set(json, "live_time", json_of_number(metrics->live_time));
	set(json, "network_density",
	    metrics->has_network_density
	            ? json_of_bytes(an_span(metrics->network_density, AN_NETWORK_DENSITY_SIZE))
	            : json_null());
	set(json, "network_size",
	    metrics->has_network_size ? json_of_number(metrics->network_size) : json_null());
	return json;
}

static json_t *key_bytes_of(const struct an_quote_bytes *bytes)
{
	return json_of_bytes(an_span(bytes->bytes, bytes->size));
}

json_t *json_of_quote(const struct an_quote *quote)
{
	json_t *json = json_pack("{s:I}", "timestamp_nanos", (json_int_t)quote->timestamp_nanos);
	set(json, "content", json_of_bytes(an_span(quote->content, AN_QUOTE_CONTENT_SIZE)));
	set(json, "timestamp_secs", json_of_number(quote->timestamp_secs));
	set(json, "quoting_metrics", json_of_metrics(&quote->metrics));
	set(json, "rewards_address",
	    json_of_bytes(an_span(quote->rewards_address, AN_REWARDS_ADDRESS_SIZE)));
	set(json, "pub_key", key_bytes_of(&quote->public_key));
	set(json, "signature", key_bytes_of(&quote->signature));
	return json;
}

json_t *json_of_candidate(const struct an_merkle_candidate *candidate)
{
	json_t *json = json_object();
	set(json, "pub_key", key_bytes_of(&candidate->public_key));
	set(json, "quoting_metrics", json_of_metrics(&candidate->metrics));
	set(json, "reward_address",
	    json_of_bytes(an_span(candidate->reward_address, AN_REWARDS_ADDRESS_SIZE)));
	set(json, "merkle_payment_timestamp", json_of_number(candidate->merkle_payment_timestamp));
	set(json, "signature", key_bytes_of(&candidate->signature));
	return json;
}

/* ---- Lists. */

static json_t *payees_of(struct an_message_list list)
{
	json_t *payees = json_array();
	struct an_message_payee payee;
	while (an_message_next_payee(&list, &payee)) {
		json_t *json = json_object();
		set(json, "peer_id", key_bytes_of(&payee.peer_id));
		set(json, "quote", json_of_quote(&payee.quote));
		json_array_append_new(payees, json);
	}
	return payees;
}

static json_t *keys_of(struct an_message_list list, bool fresh)
{
	static const char *const types[] = {"Chunk", "GraphEntry", "Pointer", "Scratchpad"};
	json_t *keys = json_array();
	struct an_message_key key;
	while (an_message_next_key(&list, fresh, &key)) {
		json_t *json = json_pack("{s:o}", "address", json_of_address(&key.address));
		json_t *validation = json_pack("{s:s}", "type",
		                               key.validation.is_chunk ? "Chunk" : "NonChunk");
		if (!key.validation.is_chunk)
			set(validation, "hash",
			    json_of_bytes(an_span(key.validation.hash, AN_RECORD_NAME_SIZE)));
		set(json, "validation", validation);
		if (fresh) {
			set(json, "data_type", json_string(types[key.data_type]));
			set(json, "proof", key.has_proof ? payees_of(key.proof) : json_null());
		}
		json_array_append_new(keys, json);
	}
	return keys;
}

static json_t *proofs_of(struct an_message_list list)
{
	json_t *proofs = json_array();
	struct an_message_proof proof;
	while (an_message_next_proof(&list, &proof)) {
		const struct an_message_result result = {.failed = proof.failed,
		                                         .error = proof.error};
		json_t *ok = json_of_bytes(an_span(proof.proof, sizeof(proof.proof)));
		json_array_append_new(proofs, json_pack("{s:o,s:o}", "address",
		                                        json_of_address(&proof.address), "proof",
		                                        result_of(&result, ok)));
	}
	return proofs;
}

static json_t *contacts_of(struct an_message_list list)
{
	json_t *peers = json_array();
	struct an_message_peer peer;
	while (an_message_next_peer(&list, &peer)) {
		json_t *addresses = json_array();
		struct an_span multiaddr;
		while (an_message_next_multiaddr(&peer.multiaddrs, &multiaddr)) {
			struct an_buffer text;
			an_buffer_init(&text, AN_MULTIADDR_TEXT_MAX);
			(void)an_multiaddr_to_text(&text, multiaddr);
			json_array_append_new(addresses, json_of_text(an_buffer_span(&text)));
			an_buffer_done(&text);
		}
		json_array_append_new(peers, json_pack("{s:o,s:o}", "address",
		                                       json_of_address(&peer.address), "multiaddrs",
		                                       addresses));
	}
	return peers;
}

/* ---- Messages. */

static json_t *optional(bool there, uint64_t number)
{
	return there ? json_of_number(number) : json_null();
}

static json_t *request_rest_of(const struct an_request *request)
{
	json_t *json = json_object();
	switch (request->type) {
	case AN_REQUEST_PUT_RECORD:
		set(json, "holder", json_of_address(&request->put_record.holder));
		set(json, "serialized_record", json_of_bytes(request->put_record.value));
		set(json, "address", json_of_address(&request->put_record.address));
		break;
	case AN_REQUEST_GET_MERKLE_CANDIDATE_QUOTE:
		set(json, "key", json_of_address(&request->get_merkle_candidate_quote.key));
		set(json, "data_type", json_integer(request->get_merkle_candidate_quote.data_type));
		set(json, "data_size",
		    json_of_number(request->get_merkle_candidate_quote.data_size));
		set(json, "merkle_payment_timestamp",
		    json_of_number(request->get_merkle_candidate_quote.merkle_payment_timestamp));
		break;
	default:
		set(json, "key", json_of_address(&request->dev_get_closest_peers.key));
		set(json, "num_of_peers",
		    optional(request->dev_get_closest_peers.has_count,
		             request->dev_get_closest_peers.count));
	}
	set(json, "type", json_string(an_request_name(request->type)));
	return json;
}

json_t *json_of_request(const struct an_request *request)
{
	json_t *json = json_object();
	switch (request->type) {
	case AN_REQUEST_REPLICATE:
	case AN_REQUEST_FRESH_REPLICATE:
		set(json, "holder", json_of_address(&request->replicate.holder));
		set(json, "keys",
		    keys_of(request->replicate.keys, request->type == AN_REQUEST_FRESH_REPLICATE));
		break;
	case AN_REQUEST_PEER_CONSIDERED_AS_BAD:
		set(json, "detected_by",
		    json_of_address(&request->peer_considered_as_bad.detected_by));
		set(json, "bad_peer", json_of_address(&request->peer_considered_as_bad.bad_peer));
		set(json, "bad_behaviour",
		    json_of_text(request->peer_considered_as_bad.bad_behaviour));
		break;
	case AN_REQUEST_GET_STORE_QUOTE:
		set(json, "key", json_of_address(&request->get_store_quote.key));
		set(json, "data_type", json_integer(request->get_store_quote.data_type));
		set(json, "data_size", json_of_number(request->get_store_quote.data_size));
		set(json, "nonce",
		    optional(request->get_store_quote.has_nonce, request->get_store_quote.nonce));
		set(json, "difficulty", json_of_number(request->get_store_quote.difficulty));
		break;
	case AN_REQUEST_GET_REPLICATED_RECORD:
		set(json, "requester", json_of_address(&request->get_replicated_record.requester));
		set(json, "key", json_of_address(&request->get_replicated_record.key));
		break;
	case AN_REQUEST_GET_CHUNK_EXISTENCE_PROOF:
		set(json, "key", json_of_address(&request->get_chunk_existence_proof.key));
		set(json, "nonce", json_of_number(request->get_chunk_existence_proof.nonce));
		set(json, "difficulty",
		    json_of_number(request->get_chunk_existence_proof.difficulty));
		break;
	case AN_REQUEST_CHECK_NODE_IN_PROBLEM:
		set(json, "address", json_of_address(&request->check_node_in_problem.address));
		break;
	case AN_REQUEST_GET_VERSION:
		set(json, "address", json_of_address(&request->get_version.address));
		break;
	case AN_REQUEST_GET_CLOSEST_PEERS:
		set(json, "key", json_of_address(&request->get_closest_peers.key));
		set(json, "num_of_peers",
		    optional(request->get_closest_peers.has_count,
		             request->get_closest_peers.count));
		set(json, "range",
		    request->get_closest_peers.has_range
		            ? json_of_bytes(an_span(request->get_closest_peers.range, 32))
		            : json_null());
		set(json, "sign_result", json_boolean(request->get_closest_peers.sign_result));
		break;
	default:
		json_decref(json);
		return request_rest_of(request);
	}
	set(json, "type", json_string(an_request_name(request->type)));
	return json;
}

static json_t *record_answer_of(const struct an_response *response)
{
	json_t *holder = json_of_address(&response->get_replicated_record.holder);
	json_t *value = json_of_bytes(response->get_replicated_record.value);
	return result_of(&response->get_replicated_record.result,
	                 json_pack("{s:o,s:o}", "holder", holder, "value", value));
}

json_t *json_of_response(const struct an_response *response)
{
	json_t *json = json_pack("{s:s}", "type", an_response_name(response->type));
	switch (response->type) {
	case AN_RESPONSE_GET_STORE_QUOTE:
		set(json, "quote",
		    result_of(&response->get_store_quote.result,
		              json_of_quote(&response->get_store_quote.quote)));
		set(json, "peer_address", json_of_address(&response->get_store_quote.peer_address));
		set(json, "storage_proofs", proofs_of(response->get_store_quote.storage_proofs));
		break;
	case AN_RESPONSE_CHECK_NODE_IN_PROBLEM:
		set(json, "reporter_address",
		    json_of_address(&response->check_node_in_problem.reporter_address));
		set(json, "target_address",
		    json_of_address(&response->check_node_in_problem.target_address));
		set(json, "is_in_trouble",
		    json_boolean(response->check_node_in_problem.is_in_trouble));
		break;
	case AN_RESPONSE_GET_REPLICATED_RECORD:
		set(json, "result", record_answer_of(response));
		break;
	case AN_RESPONSE_GET_CHUNK_EXISTENCE_PROOF:
		set(json, "proofs", proofs_of(response->get_chunk_existence_proof.proofs));
		break;
	case AN_RESPONSE_GET_CLOSEST_PEERS:
		set(json, "target", json_of_address(&response->get_closest_peers.target));
		set(json, "peers", contacts_of(response->get_closest_peers.peers));
		set(json, "signature",
		    response->get_closest_peers.has_signature
		            ? gathered(response->get_closest_peers.signature)
		            : json_null());
		break;
	case AN_RESPONSE_GET_VERSION:
		set(json, "peer", json_of_address(&response->get_version.peer));
		set(json, "version", json_of_text(response->get_version.version));
		break;
	case AN_RESPONSE_PUT_RECORD:
		set(json, "result", result_of(&response->put_record.result, json_null()));
		set(json, "peer_address", json_of_address(&response->put_record.peer_address));
		set(json, "record_addr", json_of_address(&response->put_record.record_address));
		break;
	case AN_RESPONSE_GET_MERKLE_CANDIDATE_QUOTE:
		set(json, "result",
		    result_of(&response->get_merkle_candidate_quote.result,
		              json_of_candidate(&response->get_merkle_candidate_quote.candidate)));
		break;
	case AN_RESPONSE_DEV_GET_CLOSEST_PEERS_FROM_NETWORK:
		set(json, "target", json_of_address(&response->dev_get_closest_peers.target));
		set(json, "queried_node",
		    json_of_address(&response->dev_get_closest_peers.queried_node));
		set(json, "peers", contacts_of(response->dev_get_closest_peers.peers));
		break;
	default:
		set(json, "result", result_of(&response->command, json_null()));
	}
	return json;
}
