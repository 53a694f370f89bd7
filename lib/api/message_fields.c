/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/message_fields.h"

#include <stddef.h>
#include <string.h>

#define REQUEST(member)  offsetof(struct an_request, member)
#define RESPONSE(member) offsetof(struct an_response, member)

static const struct an_api_field requests[] = {
	{AN_REQUEST_REPLICATE, "holder", AN_API_FIELD_ADDRESS, REQUEST(replicate.holder)},
	{AN_REQUEST_FRESH_REPLICATE, "holder", AN_API_FIELD_ADDRESS, REQUEST(replicate.holder)},
	{AN_REQUEST_PEER_CONSIDERED_AS_BAD, "detected_by", AN_API_FIELD_ADDRESS,
         REQUEST(peer_considered_as_bad.detected_by)},
	{AN_REQUEST_PEER_CONSIDERED_AS_BAD, "bad_peer", AN_API_FIELD_ADDRESS,
         REQUEST(peer_considered_as_bad.bad_peer)},
	{AN_REQUEST_PEER_CONSIDERED_AS_BAD, "bad_behaviour", AN_API_FIELD_BYTES,
         REQUEST(peer_considered_as_bad.bad_behaviour)},
	{AN_REQUEST_GET_STORE_QUOTE, "key", AN_API_FIELD_ADDRESS, REQUEST(get_store_quote.key)},
	{AN_REQUEST_GET_STORE_QUOTE, "data_type", AN_API_FIELD_UINT32,
         REQUEST(get_store_quote.data_type)},
	{AN_REQUEST_GET_STORE_QUOTE, "data_size", AN_API_FIELD_UINT64,
         REQUEST(get_store_quote.data_size)},
	{AN_REQUEST_GET_STORE_QUOTE, "nonce", AN_API_FIELD_UINT64, REQUEST(get_store_quote.nonce),
         true, REQUEST(get_store_quote.has_nonce)},
	{AN_REQUEST_GET_STORE_QUOTE, "difficulty", AN_API_FIELD_UINT64,
         REQUEST(get_store_quote.difficulty)},
	{AN_REQUEST_GET_REPLICATED_RECORD, "requester", AN_API_FIELD_ADDRESS,
         REQUEST(get_replicated_record.requester)},
	{AN_REQUEST_GET_REPLICATED_RECORD, "key", AN_API_FIELD_ADDRESS,
         REQUEST(get_replicated_record.key)},
	{AN_REQUEST_GET_CHUNK_EXISTENCE_PROOF, "key", AN_API_FIELD_ADDRESS,
         REQUEST(get_chunk_existence_proof.key)},
	{AN_REQUEST_GET_CHUNK_EXISTENCE_PROOF, "nonce", AN_API_FIELD_UINT64,
         REQUEST(get_chunk_existence_proof.nonce)},
	{AN_REQUEST_GET_CHUNK_EXISTENCE_PROOF, "difficulty", AN_API_FIELD_UINT64,
         REQUEST(get_chunk_existence_proof.difficulty)},
	{AN_REQUEST_CHECK_NODE_IN_PROBLEM, "address", AN_API_FIELD_ADDRESS,
         REQUEST(check_node_in_problem.address)},
	{AN_REQUEST_GET_CLOSEST_PEERS, "key", AN_API_FIELD_ADDRESS, REQUEST(get_closest_peers.key)},
	{AN_REQUEST_GET_CLOSEST_PEERS, "num_of_peers", AN_API_FIELD_UINT64,
         REQUEST(get_closest_peers.count), true, REQUEST(get_closest_peers.has_count)},
	{AN_REQUEST_GET_CLOSEST_PEERS, "range", AN_API_FIELD_NAME, REQUEST(get_closest_peers.range),
         true, REQUEST(get_closest_peers.has_range)},
	{AN_REQUEST_GET_CLOSEST_PEERS, "sign_result", AN_API_FIELD_FLAG,
         REQUEST(get_closest_peers.sign_result)},
	{AN_REQUEST_GET_VERSION, "address", AN_API_FIELD_ADDRESS, REQUEST(get_version.address)},
	{AN_REQUEST_PUT_RECORD, "holder", AN_API_FIELD_ADDRESS, REQUEST(put_record.holder)},
	{AN_REQUEST_PUT_RECORD, "address", AN_API_FIELD_ADDRESS, REQUEST(put_record.address)},
	{AN_REQUEST_PUT_RECORD, "serialized_record", AN_API_FIELD_BYTES, REQUEST(put_record.value)},
	{AN_REQUEST_GET_MERKLE_CANDIDATE_QUOTE, "key", AN_API_FIELD_ADDRESS,
         REQUEST(get_merkle_candidate_quote.key)},
	{AN_REQUEST_GET_MERKLE_CANDIDATE_QUOTE, "data_type", AN_API_FIELD_UINT32,
         REQUEST(get_merkle_candidate_quote.data_type)},
	{AN_REQUEST_GET_MERKLE_CANDIDATE_QUOTE, "data_size", AN_API_FIELD_UINT64,
         REQUEST(get_merkle_candidate_quote.data_size)},
	{AN_REQUEST_GET_MERKLE_CANDIDATE_QUOTE, "merkle_payment_timestamp", AN_API_FIELD_UINT64,
         REQUEST(get_merkle_candidate_quote.merkle_payment_timestamp)},
	{AN_REQUEST_DEV_GET_CLOSEST_PEERS_FROM_NETWORK, "key", AN_API_FIELD_ADDRESS,
         REQUEST(dev_get_closest_peers.key)},
	{AN_REQUEST_DEV_GET_CLOSEST_PEERS_FROM_NETWORK, "num_of_peers", AN_API_FIELD_UINT64,
         REQUEST(dev_get_closest_peers.count), true, REQUEST(dev_get_closest_peers.has_count)},
};

static const struct an_api_field responses[] = {
	{AN_RESPONSE_GET_STORE_QUOTE, "peer_address", AN_API_FIELD_ADDRESS,
         RESPONSE(get_store_quote.peer_address)},
	{AN_RESPONSE_CHECK_NODE_IN_PROBLEM, "reporter_address", AN_API_FIELD_ADDRESS,
         RESPONSE(check_node_in_problem.reporter_address)},
	{AN_RESPONSE_CHECK_NODE_IN_PROBLEM, "target_address", AN_API_FIELD_ADDRESS,
         RESPONSE(check_node_in_problem.target_address)},
	{AN_RESPONSE_CHECK_NODE_IN_PROBLEM, "is_in_trouble", AN_API_FIELD_FLAG,
         RESPONSE(check_node_in_problem.is_in_trouble)},
	{AN_RESPONSE_GET_REPLICATED_RECORD, "holder", AN_API_FIELD_ADDRESS,
         RESPONSE(get_replicated_record.holder)},
	{AN_RESPONSE_GET_REPLICATED_RECORD, "record", AN_API_FIELD_BYTES,
         RESPONSE(get_replicated_record.value)},
	{AN_RESPONSE_GET_CLOSEST_PEERS, "target", AN_API_FIELD_ADDRESS,
         RESPONSE(get_closest_peers.target)},
	{AN_RESPONSE_GET_VERSION, "peer", AN_API_FIELD_ADDRESS, RESPONSE(get_version.peer)},
	{AN_RESPONSE_GET_VERSION, "version", AN_API_FIELD_BYTES, RESPONSE(get_version.version)},
	{AN_RESPONSE_PUT_RECORD, "peer_address", AN_API_FIELD_ADDRESS,
         RESPONSE(put_record.peer_address)},
	{AN_RESPONSE_PUT_RECORD, "record_addr", AN_API_FIELD_ADDRESS,
         RESPONSE(put_record.record_address)},
	{AN_RESPONSE_DEV_GET_CLOSEST_PEERS_FROM_NETWORK, "target", AN_API_FIELD_ADDRESS,
         RESPONSE(dev_get_closest_peers.target)},
	{AN_RESPONSE_DEV_GET_CLOSEST_PEERS_FROM_NETWORK, "queried_node", AN_API_FIELD_ADDRESS,
         RESPONSE(dev_get_closest_peers.queried_node)},
};

static const struct an_api_field *find(const struct an_api_field *fields, size_t count,
                                       unsigned type, const char *name)
{
	for (size_t i = 0; i < count; i++) {
		if (fields[i].type == type && strcmp(fields[i].name, name) == 0)
			return &fields[i];
	}
	return NULL;
}

const struct an_api_field *an_api_request_field(enum an_request_type type, const char *name)
{
	return find(requests, sizeof(requests) / sizeof(requests[0]), type, name);
}

const struct an_api_field *an_api_response_field(enum an_response_type type, const char *name)
{
	return find(responses, sizeof(responses) / sizeof(responses[0]), type, name);
}

/* Addresses begin empty: only a peer id may have no bytes, and nobody is asked in its name. */
bool an_api_request_is_whole(const struct an_request *request)
{
	for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
		const struct an_api_field *field = &requests[i];
		if (field->type != request->type || field->kind != AN_API_FIELD_ADDRESS)
			continue;
		const struct an_address *address = (const void *)((const char *)request +
		                                                  field->place);
		if (address->type == AN_ADDRESS_PEER_ID && address->size == 0)
			return false;
	}
	return true;
}

const struct an_message_list *an_api_request_list(const struct an_request *request)
{
	if (request->type == AN_REQUEST_REPLICATE || request->type == AN_REQUEST_FRESH_REPLICATE)
		return &request->replicate.keys;
	return NULL;
}

const struct an_message_list *an_api_response_list(const struct an_response *response)
{
	switch (response->type) {
	case AN_RESPONSE_GET_STORE_QUOTE:
		return &response->get_store_quote.storage_proofs;
	case AN_RESPONSE_GET_CHUNK_EXISTENCE_PROOF:
		return &response->get_chunk_existence_proof.proofs;
	case AN_RESPONSE_GET_CLOSEST_PEERS:
		return &response->get_closest_peers.peers;
	case AN_RESPONSE_DEV_GET_CLOSEST_PEERS_FROM_NETWORK:
		return &response->dev_get_closest_peers.peers;
	default:
		return NULL;
	}
}

static const struct an_message_result *result_of(const struct an_response *response)
{
	switch (response->type) {
	case AN_RESPONSE_REPLICATE:
	case AN_RESPONSE_FRESH_REPLICATE:
	case AN_RESPONSE_PEER_CONSIDERED_AS_BAD:
		return &response->command;
	case AN_RESPONSE_GET_STORE_QUOTE:
		return &response->get_store_quote.result;
	case AN_RESPONSE_GET_REPLICATED_RECORD:
		return &response->get_replicated_record.result;
	case AN_RESPONSE_PUT_RECORD:
		return &response->put_record.result;
	case AN_RESPONSE_GET_MERKLE_CANDIDATE_QUOTE:
		return &response->get_merkle_candidate_quote.result;
	default:
		return NULL;
	}
}

const struct an_protocol_error *an_api_response_error(const struct an_response *response)
{
	const struct an_message_result *result = result_of(response);
	return result != NULL && result->failed ? &result->error : NULL;
}
