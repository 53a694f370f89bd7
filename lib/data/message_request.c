/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Requests (semantics 5.1 and 5.2). */
#include <stddef.h>

#include "base/assert.h"
#include "data/message_fields.h"

/* Commands, then queries, as enum an_request_type has them. */
static const char *const type_names[] = {
	[AN_REQUEST_REPLICATE] = "Replicate",
	[AN_REQUEST_FRESH_REPLICATE] = "FreshReplicate",
	[AN_REQUEST_PEER_CONSIDERED_AS_BAD] = "PeerConsideredAsBad",
	[AN_REQUEST_GET_STORE_QUOTE] = "GetStoreQuote",
	[AN_REQUEST_GET_REPLICATED_RECORD] = "GetReplicatedRecord",
	[AN_REQUEST_GET_CHUNK_EXISTENCE_PROOF] = "GetChunkExistenceProof",
	[AN_REQUEST_CHECK_NODE_IN_PROBLEM] = "CheckNodeInProblem",
	[AN_REQUEST_GET_CLOSEST_PEERS] = "GetClosestPeers",
	[AN_REQUEST_GET_VERSION] = "GetVersion",
	[AN_REQUEST_PUT_RECORD] = "PutRecord",
	[AN_REQUEST_GET_MERKLE_CANDIDATE_QUOTE] = "GetMerkleCandidateQuote",
	[AN_REQUEST_DEV_GET_CLOSEST_PEERS_FROM_NETWORK] = "DevGetClosestPeersFromNetwork",
};
static const struct an_message_types types = {
	.names = type_names,
	.first_query = AN_REQUEST_GET_STORE_QUOTE,
	.count = AN_REQUEST_TYPES - (AN_MESSAGE_DEVELOPER ? 0 : 1),
};

/* ---- Those whose fields are of the usual kinds. */

#define FIELD(name, kind, member)                                                                  \
	{                                                                                          \
		name, kind, offsetof(struct an_request, member)                                    \
	}
#define ADDRESS(name, member) FIELD(name, AN_MESSAGE_ADDRESS, member)
#define NUMBER(name, member)  FIELD(name, AN_MESSAGE_UINT64, member)
#define SHAPE(fields)                                                                              \
	{                                                                                          \
		(fields), sizeof(fields) / sizeof((fields)[0])                                     \
	}
#define BARE(fields)                                                                               \
	{                                                                                          \
		(fields), 1, .bare = true                                                          \
	}
#define LIST(name, member, items)                                                                  \
	{                                                                                          \
		name, AN_MESSAGE_LIST, offsetof(struct an_request, member), items                  \
	}
#define OPTIONAL(name, kind, member, has_member)                                                   \
	{                                                                                          \
		name, kind, offsetof(struct an_request, member),                                   \
			.optional = true, .presence = offsetof(struct an_request, has_member)      \
	}

static const struct an_message_field replicate_fields[] = {
	ADDRESS("holder", replicate.holder),
	LIST("keys", replicate.keys, an_message_copy_key),
};
static const struct an_message_field fresh_replicate_fields[] = {
	ADDRESS("holder", replicate.holder),
	LIST("keys", replicate.keys, an_message_copy_fresh_key),
};
static const struct an_message_field bad_fields[] = {
	ADDRESS("detected_by", peer_considered_as_bad.detected_by),
	ADDRESS("bad_peer", peer_considered_as_bad.bad_peer),
	FIELD("bad_behaviour", AN_MESSAGE_TEXT, peer_considered_as_bad.bad_behaviour),
};
static const struct an_message_field quote_fields[] = {
	ADDRESS("key", get_store_quote.key),
	FIELD("data_type", AN_MESSAGE_UINT32, get_store_quote.data_type),
	NUMBER("data_size", get_store_quote.data_size),
	OPTIONAL("nonce", AN_MESSAGE_UINT64, get_store_quote.nonce, get_store_quote.has_nonce),
	NUMBER("difficulty", get_store_quote.difficulty),
};
static const struct an_message_field get_record_fields[] = {
	ADDRESS("requester", get_replicated_record.requester),
	ADDRESS("key", get_replicated_record.key),
};
static const struct an_message_field get_proof_fields[] = {
	ADDRESS("key", get_chunk_existence_proof.key),
	NUMBER("nonce", get_chunk_existence_proof.nonce),
	NUMBER("difficulty", get_chunk_existence_proof.difficulty),
};
static const struct an_message_field problem_fields[] = {
	ADDRESS(NULL, check_node_in_problem.address),
};
static const struct an_message_field closest_fields[] = {
	ADDRESS("key", get_closest_peers.key),
	OPTIONAL("num_of_peers", AN_MESSAGE_UINT64, get_closest_peers.count,
                 get_closest_peers.has_count),
	OPTIONAL("range", AN_MESSAGE_DHT_KEY, get_closest_peers.range, get_closest_peers.has_range),
	FIELD("sign_result", AN_MESSAGE_BOOL, get_closest_peers.sign_result),
};
static const struct an_message_field version_fields[] = {
	ADDRESS(NULL, get_version.address),
};
static const struct an_message_field merkle_fields[] = {
	ADDRESS("key", get_merkle_candidate_quote.key),
	FIELD("data_type", AN_MESSAGE_UINT32, get_merkle_candidate_quote.data_type),
	NUMBER("data_size", get_merkle_candidate_quote.data_size),
	NUMBER("merkle_payment_timestamp", get_merkle_candidate_quote.merkle_payment_timestamp),
};
static const struct an_message_field dev_fields[] = {
	ADDRESS("key", dev_get_closest_peers.key),
	OPTIONAL("num_of_peers", AN_MESSAGE_UINT64, dev_get_closest_peers.count,
                 dev_get_closest_peers.has_count),
};

/* PutRecord is none of them. */
static const struct an_message_shape shapes[AN_REQUEST_TYPES] = {
	[AN_REQUEST_REPLICATE] = SHAPE(replicate_fields),
	[AN_REQUEST_FRESH_REPLICATE] = SHAPE(fresh_replicate_fields),
	[AN_REQUEST_PEER_CONSIDERED_AS_BAD] = SHAPE(bad_fields),
	[AN_REQUEST_GET_STORE_QUOTE] = SHAPE(quote_fields),
	[AN_REQUEST_GET_REPLICATED_RECORD] = SHAPE(get_record_fields),
	[AN_REQUEST_GET_CHUNK_EXISTENCE_PROOF] = SHAPE(get_proof_fields),
	[AN_REQUEST_CHECK_NODE_IN_PROBLEM] = BARE(problem_fields),
	[AN_REQUEST_GET_CLOSEST_PEERS] = SHAPE(closest_fields),
	[AN_REQUEST_GET_VERSION] = BARE(version_fields),
	[AN_REQUEST_GET_MERKLE_CANDIDATE_QUOTE] = SHAPE(merkle_fields),
	[AN_REQUEST_DEV_GET_CLOSEST_PEERS_FROM_NETWORK] = SHAPE(dev_fields),
};

/* ---- PutRecord. */

enum { PUT_HOLDER, PUT_VALUE, PUT_ADDRESS };
static const char *const put_names[] = {"holder", "serialized_record", "address"};
static const struct an_fields put_fields = AN_FIELDS(put_names);

static struct an_span gather_value(struct an_message_source *source)
{
	struct an_reader *reader = &source->reader;
	if (!an_reader_reserve(reader, source->scratch))
		return an_span(NULL, 0);
	struct an_buffer *scratch = source->scratch;
	const size_t start = scratch->size;
	struct an_cbor_run run = an_cbor_read_list(reader);
	while (an_cbor_next(reader, &run)) {
		const uint8_t byte = (uint8_t)an_cbor_read_uint(reader, UINT8_MAX);
		if (an_buffer_append_byte(scratch, byte) != AUTONOMI_OK)
			an_reader_fail(reader, scratch->failed);
	}
	return an_span(scratch->data + start, scratch->size - start);
}

static struct an_span read_value(struct an_message_source *source)
{
	return source->form == AN_RECORD_FORM_INTEGERS ? gather_value(source)
	                                               : an_cbor_read_bytes(&source->reader);
}

static void read_put(struct an_message_source *source, struct an_request *request)
{
	struct an_reader *reader = &source->reader;
	struct an_cbor_run run = an_cbor_read_struct(reader);
	int field;
	while ((field = an_cbor_next_field(reader, &run, &put_fields)) != AN_FIELD_END) {
		if (field == PUT_HOLDER)
			an_address_read_cbor(reader, &request->put_record.holder);
		else if (field == PUT_VALUE)
			request->put_record.value = read_value(source);
		else
			an_address_read_cbor(reader, &request->put_record.address);
	}
}

static void write_put_start(struct an_buffer *out, const struct an_address *holder)
{
	an_cbor_write_map(out, put_fields.count);
	an_cbor_write_name(out, put_names[PUT_HOLDER]);
	an_address_write_cbor(out, holder);
	an_cbor_write_name(out, put_names[PUT_VALUE]);
}

static void write_put_end(struct an_buffer *out, const struct an_address *address)
{
	an_cbor_write_name(out, put_names[PUT_ADDRESS]);
	an_address_write_cbor(out, address);
}

static void write_put(struct an_buffer *out, const struct an_request *request,
                      enum an_record_form form)
{
	write_put_start(out, &request->put_record.holder);
	if (form == AN_RECORD_FORM_INTEGERS)
		an_cbor_write_integers(out, request->put_record.value);
	else
		an_cbor_write_bytes(out, request->put_record.value);
	write_put_end(out, &request->put_record.address);
}

/* ---- All of them. */

const char *an_request_name(enum an_request_type type)
{
	static const char *const names[] = {
		"Cmd.Replicate",
		"Cmd.FreshReplicate",
		"Cmd.PeerConsideredAsBad",
		"Query.GetStoreQuote",
		"Query.GetReplicatedRecord",
		"Query.GetChunkExistenceProof",
		"Query.CheckNodeInProblem",
		"Query.GetClosestPeers",
		"Query.GetVersion",
		"Query.PutRecord",
		"Query.GetMerkleCandidateQuote",
		"Query.DevGetClosestPeersFromNetwork",
	};
	return names[type];
}

const struct an_address *an_request_destination(const struct an_request *request)
{
	switch (request->type) {
	case AN_REQUEST_REPLICATE:
	case AN_REQUEST_FRESH_REPLICATE:
		return &request->replicate.holder;
	case AN_REQUEST_PEER_CONSIDERED_AS_BAD:
		return &request->peer_considered_as_bad.bad_peer;
	case AN_REQUEST_GET_STORE_QUOTE:
		return &request->get_store_quote.key;
	case AN_REQUEST_GET_REPLICATED_RECORD:
		return &request->get_replicated_record.key;
	case AN_REQUEST_GET_CHUNK_EXISTENCE_PROOF:
		return &request->get_chunk_existence_proof.key;
	case AN_REQUEST_CHECK_NODE_IN_PROBLEM:
		return &request->check_node_in_problem.address;
	case AN_REQUEST_GET_CLOSEST_PEERS:
		return &request->get_closest_peers.key;
	case AN_REQUEST_GET_VERSION:
		return &request->get_version.address;
	case AN_REQUEST_PUT_RECORD:
		return &request->put_record.holder;
	case AN_REQUEST_GET_MERKLE_CANDIDATE_QUOTE:
		return &request->get_merkle_candidate_quote.key;
	case AN_REQUEST_DEV_GET_CLOSEST_PEERS_FROM_NETWORK:
	case AN_REQUEST_TYPES:
		break;
	}
	return &request->dev_get_closest_peers.key;
}

an_status an_request_decode(struct an_span message, enum an_record_form form,
                            struct an_buffer *scratch, struct an_request *ret_request)
{
	struct an_message_source source = {.reader = an_reader(message),
	                                   .scratch = scratch,
	                                   .form = form};
	const size_t type = an_message_read_type(&source.reader, &types);
	*ret_request = (struct an_request){.type = (enum an_request_type)type};
	if (!an_reader_ok(&source.reader))
		return an_message_status(&source);
	if (ret_request->type == AN_REQUEST_PUT_RECORD)
		read_put(&source, ret_request);
	else
		an_message_read_fields(&source, &shapes[ret_request->type], ret_request);
	return an_message_status(&source);
}

an_status an_request_encode(const struct an_request *request, enum an_record_form form,
                            struct an_buffer *out)
{
	an_assert(request->type < AN_REQUEST_TYPES);
	an_message_write_type(out, &types, (size_t)request->type);
	if (request->type == AN_REQUEST_PUT_RECORD)
		write_put(out, request, form);
	else
		an_message_write_fields(out, &shapes[request->type], request);
	return out->failed;
}

static an_status encode(const void *message, enum an_record_form form, struct an_buffer *out)
{
	return an_request_encode(message, form, out);
}

an_status an_request_encode_blob(const struct an_request *request, enum an_record_form form,
                                 struct an_blob **ret_message)
{
	size_t size_max = AN_MESSAGE_OVERHEAD_MAX;
	if (request->type == AN_REQUEST_PUT_RECORD)
		size_max += 2 * request->put_record.value.size;
	if (request->type == AN_REQUEST_REPLICATE || request->type == AN_REQUEST_FRESH_REPLICATE)
		size_max += request->replicate.keys.items.size;
	return an_message_to_blob(request, form, size_max, encode, ret_message);
}

static void write_put_head(struct an_buffer *out, const struct an_address *holder,
                           struct an_span value_head, size_t content_size)
{
	an_message_write_type(out, &types, (size_t)AN_REQUEST_PUT_RECORD);
	write_put_start(out, holder);
	an_cbor_write_bytes_head(out, (uint64_t)value_head.size + content_size);
	(void)an_buffer_append(out, value_head);
}

an_status an_request_encode_put(const struct an_address *holder, const struct an_address *address,
                                struct an_span value_head, size_t content_size,
                                struct an_blob **ret_head, struct an_blob **ret_tail)
{
	*ret_head = *ret_tail = NULL;
	struct an_buffer out;
	an_buffer_init(&out, AN_MESSAGE_OVERHEAD_MAX + value_head.size);
	write_put_head(&out, holder, value_head, content_size);
	const size_t head_size = out.size;
	write_put_end(&out, address);
	an_status status = out.failed;
	if (status == AUTONOMI_OK) {
		*ret_head = an_blob_copy(an_span(out.data, head_size));
		*ret_tail = an_blob_copy(an_span(out.data + head_size, out.size - head_size));
		if (*ret_head == NULL || *ret_tail == NULL)
			status = AUTONOMI_E_NO_MEMORY;
	}
	an_buffer_done(&out);
	if (status != AUTONOMI_OK) {
		*ret_head = an_blob_unref(*ret_head);
		*ret_tail = an_blob_unref(*ret_tail);
	}
	return status;
}
