/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Responses (semantics 5.1 and 5.3). */
#include "base/assert.h"
#include "data/message_codec.h"
#include "wire/msgpack.h"

/* Answers to commands, then to queries, as enum an_response_type has them. */
static const char *const type_names[] = {
	[AN_RESPONSE_REPLICATE] = "Replicate",
	[AN_RESPONSE_FRESH_REPLICATE] = "FreshReplicate",
	[AN_RESPONSE_PEER_CONSIDERED_AS_BAD] = "PeerConsideredAsBad",
	[AN_RESPONSE_GET_STORE_QUOTE] = "GetStoreQuote",
	[AN_RESPONSE_CHECK_NODE_IN_PROBLEM] = "CheckNodeInProblem",
	[AN_RESPONSE_GET_REPLICATED_RECORD] = "GetReplicatedRecord",
	[AN_RESPONSE_GET_CHUNK_EXISTENCE_PROOF] = "GetChunkExistenceProof",
	[AN_RESPONSE_GET_CLOSEST_PEERS] = "GetClosestPeers",
	[AN_RESPONSE_GET_VERSION] = "GetVersion",
	[AN_RESPONSE_PUT_RECORD] = "PutRecord",
	[AN_RESPONSE_GET_MERKLE_CANDIDATE_QUOTE] = "GetMerkleCandidateQuote",
	[AN_RESPONSE_DEV_GET_CLOSEST_PEERS_FROM_NETWORK] = "DevGetClosestPeersFromNetwork",
};
static const struct an_message_types types = {
	.names = type_names,
	.first_query = AN_RESPONSE_GET_STORE_QUOTE,
	.count = AN_RESPONSE_TYPES - (AN_MESSAGE_DEVELOPER ? 0 : 1),
};

/* ---- Answers to commands. */

static void read_command(struct an_message_source *source, struct an_response *response)
{
	an_message_read_unit_result(source, &response->command);
}

static void write_command(struct an_buffer *out, const struct an_response *response)
{
	an_message_write_unit_result(out, &response->command);
}

/* ---- GetReplicatedRecord: a pair of holder and value, or an error. */

static void read_get_record(struct an_message_source *source, struct an_response *response)
{
	if (!an_message_read_result(source, &response->get_replicated_record.result))
		return;
	an_cbor_read_tuple(&source->reader, 2);
	an_address_read_cbor(&source->reader, &response->get_replicated_record.holder);
	response->get_replicated_record.value = an_cbor_read_bytes(&source->reader);
}

static void write_get_record(struct an_buffer *out, const struct an_response *response)
{
	if (!an_message_write_result(out, &response->get_replicated_record.result))
		return;
	an_cbor_write_array(out, 2);
	an_address_write_cbor(out, &response->get_replicated_record.holder);
	an_cbor_write_bytes(out, response->get_replicated_record.value);
}

/* ---- GetChunkExistenceProof. */

static void read_proofs(struct an_message_source *source, struct an_response *response)
{
	response->get_chunk_existence_proof.proofs = an_message_read_list(source,
	                                                                  an_message_copy_proof,
	                                                                  AN_MESSAGE_LIST_MAX);
}

static void write_proofs(struct an_buffer *out, const struct an_response *response)
{
	an_message_write_list(out, response->get_chunk_existence_proof.proofs,
	                      an_message_copy_proof);
}

/* ---- GetClosestPeers. */

enum { CLOSEST_TARGET, CLOSEST_PEERS, CLOSEST_SIGNATURE };
static const char *const closest_names[] = {"target", "peers", "signature"};
static const struct an_fields closest_fields = {
	.names = closest_names,
	.count = 3,
	.optional = 1u << CLOSEST_SIGNATURE,
};

static void read_closest(struct an_message_source *source, struct an_response *response)
{
	struct an_reader *reader = &source->reader;
	struct an_cbor_run run = an_cbor_read_struct(reader);
	int field;
	while ((field = an_cbor_next_field(reader, &run, &closest_fields)) != AN_FIELD_END) {
		if (field == CLOSEST_TARGET) {
			an_address_read_cbor(reader, &response->get_closest_peers.target);
		} else if (field == CLOSEST_PEERS) {
			response->get_closest_peers.peers = an_message_read_list(
				source, an_message_copy_peer, AN_MESSAGE_LIST_MAX);
		} else if (!an_cbor_read_null(reader)) {
			response->get_closest_peers.has_signature = true;
			response->get_closest_peers.signature = an_message_read_list(
				source, an_message_copy_small, AN_MESSAGE_LIST_MAX);
		}
	}
}

static void write_closest(struct an_buffer *out, const struct an_response *response)
{
	an_cbor_write_map(out, closest_fields.count);
	an_cbor_write_name(out, closest_names[CLOSEST_TARGET]);
	an_address_write_cbor(out, &response->get_closest_peers.target);
	an_cbor_write_name(out, closest_names[CLOSEST_PEERS]);
	an_message_write_list(out, response->get_closest_peers.peers, an_message_copy_peer);
	an_cbor_write_name(out, closest_names[CLOSEST_SIGNATURE]);
	if (response->get_closest_peers.has_signature)
		an_message_write_list(out, response->get_closest_peers.signature,
		                      an_message_copy_small);
	else
		an_cbor_write_null(out);
}

/* ---- GetVersion. */

static const char *const version_names[] = {"peer", "version"};
static const struct an_fields version_fields = AN_FIELDS(version_names);

static void read_version(struct an_message_source *source, struct an_response *response)
{
	struct an_reader *reader = &source->reader;
	struct an_cbor_run run = an_cbor_read_struct(reader);
	int field;
	while ((field = an_cbor_next_field(reader, &run, &version_fields)) != AN_FIELD_END) {
		if (field == 0)
			an_address_read_cbor(reader, &response->get_version.peer);
		else
			response->get_version.version = an_cbor_read_text(reader, source->scratch);
	}
}

static void write_version(struct an_buffer *out, const struct an_response *response)
{
	an_cbor_write_map(out, version_fields.count);
	an_cbor_write_name(out, version_names[0]);
	an_address_write_cbor(out, &response->get_version.peer);
	an_cbor_write_name(out, version_names[1]);
	an_cbor_write_text(out, response->get_version.version);
}

/* ---- PutRecord. */

static const char *const put_names[] = {"result", "peer_address", "record_addr"};
static const struct an_fields put_fields = AN_FIELDS(put_names);

static void read_put(struct an_message_source *source, struct an_response *response)
{
	struct an_reader *reader = &source->reader;
	struct an_cbor_run run = an_cbor_read_struct(reader);
	int field;
	while ((field = an_cbor_next_field(reader, &run, &put_fields)) != AN_FIELD_END) {
		if (field == 0)
			an_message_read_unit_result(source, &response->put_record.result);
		else
			an_address_read_cbor(reader,
			                     field == 1 ? &response->put_record.peer_address
			                                : &response->put_record.record_address);
	}
}

static void write_put(struct an_buffer *out, const struct an_response *response)
{
	an_cbor_write_map(out, put_fields.count);
	an_cbor_write_name(out, put_names[0]);
	an_message_write_unit_result(out, &response->put_record.result);
	an_cbor_write_name(out, put_names[1]);
	an_address_write_cbor(out, &response->put_record.peer_address);
	an_cbor_write_name(out, put_names[2]);
	an_address_write_cbor(out, &response->put_record.record_address);
}

/* ---- GetStoreQuote. */

static const char *const quote_names[] = {"quote", "peer_address", "storage_proofs"};
static const struct an_fields quote_fields = AN_FIELDS(quote_names);

static void read_quote(struct an_message_source *source, struct an_response *response)
{
	struct an_reader *reader = &source->reader;
	struct an_cbor_run run = an_cbor_read_struct(reader);
	int field;
	while ((field = an_cbor_next_field(reader, &run, &quote_fields)) != AN_FIELD_END) {
		if (field == 1)
			an_address_read_cbor(reader, &response->get_store_quote.peer_address);
		else if (field == 2)
			response->get_store_quote.storage_proofs = an_message_read_list(
				source, an_message_copy_proof, AN_MESSAGE_LIST_MAX);
		else if (an_message_read_result(source, &response->get_store_quote.result))
			an_quote_read_cbor(reader, &response->get_store_quote.quote);
	}
}

static void write_quote(struct an_buffer *out, const struct an_response *response)
{
	an_cbor_write_map(out, quote_fields.count);
	an_cbor_write_name(out, quote_names[0]);
	if (an_message_write_result(out, &response->get_store_quote.result))
		an_quote_write_cbor(out, &response->get_store_quote.quote);
	an_cbor_write_name(out, quote_names[1]);
	an_address_write_cbor(out, &response->get_store_quote.peer_address);
	an_cbor_write_name(out, quote_names[2]);
	an_message_write_list(out, response->get_store_quote.storage_proofs, an_message_copy_proof);
}

/* ---- CheckNodeInProblem. */

static const char *const problem_names[] = {"reporter_address", "target_address", "is_in_trouble"};
static const struct an_fields problem_fields = AN_FIELDS(problem_names);

static void read_problem(struct an_message_source *source, struct an_response *response)
{
	struct an_reader *reader = &source->reader;
	struct an_cbor_run run = an_cbor_read_struct(reader);
	int field;
	while ((field = an_cbor_next_field(reader, &run, &problem_fields)) != AN_FIELD_END) {
		if (field == 2)
			response->check_node_in_problem.is_in_trouble = an_cbor_read_bool(reader);
		else
			an_address_read_cbor(
				reader, field == 0
						? &response->check_node_in_problem.reporter_address
						: &response->check_node_in_problem.target_address);
	}
}

static void write_problem(struct an_buffer *out, const struct an_response *response)
{
	an_cbor_write_map(out, problem_fields.count);
	an_cbor_write_name(out, problem_names[0]);
	an_address_write_cbor(out, &response->check_node_in_problem.reporter_address);
	an_cbor_write_name(out, problem_names[1]);
	an_address_write_cbor(out, &response->check_node_in_problem.target_address);
	an_cbor_write_name(out, problem_names[2]);
	an_cbor_write_bool(out, response->check_node_in_problem.is_in_trouble);
}

/* ---- GetMerkleCandidateQuote. */

static void read_merkle(struct an_message_source *source, struct an_response *response)
{
	if (an_message_read_result(source, &response->get_merkle_candidate_quote.result))
		an_merkle_candidate_read_cbor(&source->reader,
		                              &response->get_merkle_candidate_quote.candidate);
}

static void write_merkle(struct an_buffer *out, const struct an_response *response)
{
	if (an_message_write_result(out, &response->get_merkle_candidate_quote.result))
		an_merkle_candidate_write_cbor(out,
		                               &response->get_merkle_candidate_quote.candidate);
}

/* ---- DevGetClosestPeersFromNetwork. */

static const char *const dev_names[] = {"target", "queried_node", "peers"};
static const struct an_fields dev_fields = AN_FIELDS(dev_names);

static void read_dev_closest(struct an_message_source *source, struct an_response *response)
{
	struct an_reader *reader = &source->reader;
	struct an_cbor_run run = an_cbor_read_struct(reader);
	int field;
	while ((field = an_cbor_next_field(reader, &run, &dev_fields)) != AN_FIELD_END) {
		if (field == 2)
			response->dev_get_closest_peers.peers = an_message_read_list(
				source, an_message_copy_peer, AN_MESSAGE_LIST_MAX);
		else
			an_address_read_cbor(
				reader, field == 0 ? &response->dev_get_closest_peers.target
						   : &response->dev_get_closest_peers.queried_node);
	}
}

static void write_dev_closest(struct an_buffer *out, const struct an_response *response)
{
	an_cbor_write_map(out, dev_fields.count);
	an_cbor_write_name(out, dev_names[0]);
	an_address_write_cbor(out, &response->dev_get_closest_peers.target);
	an_cbor_write_name(out, dev_names[1]);
	an_address_write_cbor(out, &response->dev_get_closest_peers.queried_node);
	an_cbor_write_name(out, dev_names[2]);
	an_message_write_list(out, response->dev_get_closest_peers.peers, an_message_copy_peer);
}

/* ---- All of them. */

const char *an_response_name(enum an_response_type type)
{
	static const char *const names[] = {
		"Cmd.Replicate",
		"Cmd.FreshReplicate",
		"Cmd.PeerConsideredAsBad",
		"Query.GetStoreQuote",
		"Query.CheckNodeInProblem",
		"Query.GetReplicatedRecord",
		"Query.GetChunkExistenceProof",
		"Query.GetClosestPeers",
		"Query.GetVersion",
		"Query.PutRecord",
		"Query.GetMerkleCandidateQuote",
		"Query.DevGetClosestPeersFromNetwork",
	};
	return names[type];
}

static const struct codec {
	void (*read)(struct an_message_source *source, struct an_response *response);
	void (*write)(struct an_buffer *out, const struct an_response *response);
} codecs[AN_RESPONSE_TYPES] = {
	[AN_RESPONSE_REPLICATE] = {read_command, write_command},
	[AN_RESPONSE_FRESH_REPLICATE] = {read_command, write_command},
	[AN_RESPONSE_PEER_CONSIDERED_AS_BAD] = {read_command, write_command},
	[AN_RESPONSE_GET_STORE_QUOTE] = {read_quote, write_quote},
	[AN_RESPONSE_CHECK_NODE_IN_PROBLEM] = {read_problem, write_problem},
	[AN_RESPONSE_GET_REPLICATED_RECORD] = {read_get_record, write_get_record},
	[AN_RESPONSE_GET_CHUNK_EXISTENCE_PROOF] = {read_proofs, write_proofs},
	[AN_RESPONSE_GET_CLOSEST_PEERS] = {read_closest, write_closest},
	[AN_RESPONSE_GET_VERSION] = {read_version, write_version},
	[AN_RESPONSE_PUT_RECORD] = {read_put, write_put},
	[AN_RESPONSE_GET_MERKLE_CANDIDATE_QUOTE] = {read_merkle, write_merkle},
	[AN_RESPONSE_DEV_GET_CLOSEST_PEERS_FROM_NETWORK] = {read_dev_closest, write_dev_closest},
};

an_status an_response_decode(struct an_span message, struct an_buffer *scratch,
                             struct an_response *ret_response)
{
	struct an_message_source source = {.reader = an_reader(message), .scratch = scratch};
	const size_t type = an_message_read_type(&source.reader, &types);
	*ret_response = (struct an_response){.type = (enum an_response_type)type};
	if (!an_reader_ok(&source.reader))
		return an_message_status(&source);
	codecs[ret_response->type].read(&source, ret_response);
	return an_message_status(&source);
}

an_status an_response_encode(const struct an_response *response, struct an_buffer *out)
{
	an_assert(response->type < AN_RESPONSE_TYPES);
	an_message_write_type(out, &types, (size_t)response->type);
	codecs[response->type].write(out, response);
	return out->failed;
}

static an_status encode(const void *message, enum an_record_form form, struct an_buffer *out)
{
	(void)form;
	return an_response_encode(message, out);
}

an_status an_response_encode_blob(const struct an_response *response, struct an_blob **ret_message)
{
	return an_message_to_blob(response, AN_RECORD_FORM_BYTES, AN_MESSAGE_RESPONSE_MAX, encode,
	                          ret_message);
}

void an_response_write_signed(struct an_buffer *out, const struct an_response *response)
{
	struct an_message_list peers = response->get_closest_peers.peers;
	struct an_message_peer peer;
	struct an_span multiaddr;
	an_address_write_msgpack(out, &response->get_closest_peers.target);
	an_msgpack_write_array(out, (uint32_t)peers.count);
	while (an_message_next_peer(&peers, &peer)) {
		an_msgpack_write_array(out, 2);
		an_address_write_msgpack(out, &peer.address);
		an_msgpack_write_array(out, (uint32_t)peer.multiaddrs.count);
		while (an_message_next_multiaddr(&peer.multiaddrs, &multiaddr))
			an_msgpack_write_bin(out, multiaddr);
	}
}

an_status an_response_encode_record_head(const struct an_address *holder, size_t value_size,
                                         struct an_blob **ret_head)
{
	*ret_head = NULL;
	const struct an_message_result good = {.failed = false};
	struct an_buffer out;
	an_buffer_init(&out, AN_MESSAGE_OVERHEAD_MAX);
	an_message_write_type(&out, &types, (size_t)AN_RESPONSE_GET_REPLICATED_RECORD);
	(void)an_message_write_result(&out, &good);
	an_cbor_write_array(&out, 2);
	an_address_write_cbor(&out, holder);
	an_cbor_write_bytes_head(&out, value_size);
	an_status status = out.failed;
	if (status == AUTONOMI_OK) {
		*ret_head = an_blob_copy(an_buffer_span(&out));
		status = *ret_head != NULL ? AUTONOMI_OK : AUTONOMI_E_NO_MEMORY;
	}
	an_buffer_done(&out);
	return status;
}
