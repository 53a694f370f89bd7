/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Responses (semantics 5.1 and 5.3). */
#include <stddef.h>

#include "base/assert.h"
#include "data/message_fields.h"
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

/* ---- Those whose fields are of the usual kinds. */

#define FIELD(name, kind, member)                                                                  \
	{                                                                                          \
		name, kind, offsetof(struct an_response, member)                                   \
	}
#define ADDRESS(name, member) FIELD(name, AN_MESSAGE_ADDRESS, member)
#define RESULT(name, member)  FIELD(name, AN_MESSAGE_UNIT_RESULT, member)
#define LIST(name, member, items)                                                                  \
	{                                                                                          \
		name, AN_MESSAGE_LIST, offsetof(struct an_response, member), items                 \
	}

static const struct an_message_field command_fields[] = {RESULT(NULL, command)};
static const struct an_message_field proofs_fields[] = {
	LIST(NULL, get_chunk_existence_proof.proofs, an_message_copy_proof),
};
static const struct an_message_field problem_fields[] = {
	ADDRESS("reporter_address", check_node_in_problem.reporter_address),
	ADDRESS("target_address", check_node_in_problem.target_address),
	FIELD("is_in_trouble", AN_MESSAGE_BOOL, check_node_in_problem.is_in_trouble),
};
static const struct an_message_field closest_fields[] = {
	ADDRESS("target", get_closest_peers.target),
	LIST("peers", get_closest_peers.peers, an_message_copy_peer),
	{"signature", AN_MESSAGE_LIST, offsetof(struct an_response, get_closest_peers.signature),
         an_message_copy_small, .optional = true,
         .presence = offsetof(struct an_response, get_closest_peers.has_signature)},
};
static const struct an_message_field version_fields[] = {
	ADDRESS("peer", get_version.peer),
	FIELD("version", AN_MESSAGE_TEXT, get_version.version),
};
static const struct an_message_field put_fields[] = {
	RESULT("result", put_record.result),
	ADDRESS("peer_address", put_record.peer_address),
	ADDRESS("record_addr", put_record.record_address),
};
static const struct an_message_field dev_fields[] = {
	ADDRESS("target", dev_get_closest_peers.target),
	ADDRESS("queried_node", dev_get_closest_peers.queried_node),
	LIST("peers", dev_get_closest_peers.peers, an_message_copy_peer),
};

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

#define SHAPE(fields) .shape = {(fields), sizeof(fields) / sizeof((fields)[0])}
#define BARE(fields)  .shape = {(fields), 1, .bare = true}

/* A type is read and written by its shape, or by functions of its own. */
static const struct codec {
	struct an_message_shape shape;
	void (*read)(struct an_message_source *source, struct an_response *response);
	void (*write)(struct an_buffer *out, const struct an_response *response);
} codecs[AN_RESPONSE_TYPES] = {
	[AN_RESPONSE_REPLICATE] = {BARE(command_fields)},
	[AN_RESPONSE_FRESH_REPLICATE] = {BARE(command_fields)},
	[AN_RESPONSE_PEER_CONSIDERED_AS_BAD] = {BARE(command_fields)},
	[AN_RESPONSE_GET_STORE_QUOTE] = {.read = read_quote, .write = write_quote},
	[AN_RESPONSE_CHECK_NODE_IN_PROBLEM] = {SHAPE(problem_fields)},
	[AN_RESPONSE_GET_REPLICATED_RECORD] = {.read = read_get_record, .write = write_get_record},
	[AN_RESPONSE_GET_CHUNK_EXISTENCE_PROOF] = {BARE(proofs_fields)},
	[AN_RESPONSE_GET_CLOSEST_PEERS] = {SHAPE(closest_fields)},
	[AN_RESPONSE_GET_VERSION] = {SHAPE(version_fields)},
	[AN_RESPONSE_PUT_RECORD] = {SHAPE(put_fields)},
	[AN_RESPONSE_GET_MERKLE_CANDIDATE_QUOTE] = {.read = read_merkle, .write = write_merkle},
	[AN_RESPONSE_DEV_GET_CLOSEST_PEERS_FROM_NETWORK] = {SHAPE(dev_fields)},
};

an_status an_response_decode(struct an_span message, struct an_buffer *scratch,
                             struct an_response *ret_response)
{
	struct an_message_source source = {.reader = an_reader(message), .scratch = scratch};
	const size_t type = an_message_read_type(&source.reader, &types);
	*ret_response = (struct an_response){.type = (enum an_response_type)type};
	if (!an_reader_ok(&source.reader))
		return an_message_status(&source);
	const struct codec *codec = &codecs[ret_response->type];
	if (codec->read != NULL)
		codec->read(&source, ret_response);
	else
		an_message_read_fields(&source, &codec->shape, ret_response);
	return an_message_status(&source);
}

an_status an_response_encode(const struct an_response *response, struct an_buffer *out)
{
	an_assert(response->type < AN_RESPONSE_TYPES);
	an_message_write_type(out, &types, (size_t)response->type);
	const struct codec *codec = &codecs[response->type];
	if (codec->write != NULL)
		codec->write(out, response);
	else
		an_message_write_fields(out, &codec->shape, response);
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
