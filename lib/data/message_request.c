/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Requests (semantics 5.1 and 5.2). */
#include "base/assert.h"
#include "data/message_codec.h"

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

/* ---- Replicate and FreshReplicate. */

static const char *const replicate_names[] = {"holder", "keys"};
static const struct an_fields replicate_fields = AN_FIELDS(replicate_names);

static an_message_copy_item *key_form(const struct an_request *request)
{
	return request->type == AN_REQUEST_FRESH_REPLICATE ? an_message_copy_fresh_key
	                                                   : an_message_copy_key;
}

static void read_replicate(struct an_message_source *source, struct an_request *request)
{
	struct an_reader *reader = &source->reader;
	struct an_cbor_run run = an_cbor_read_struct(reader);
	int field;
	while ((field = an_cbor_next_field(reader, &run, &replicate_fields)) != AN_FIELD_END) {
		if (field == 0)
			an_address_read_cbor(reader, &request->replicate.holder);
		else
			request->replicate.keys = an_message_read_list(source, key_form(request),
			                                               AN_MESSAGE_LIST_MAX);
	}
}

static void write_replicate(struct an_buffer *out, const struct an_request *request,
                            enum an_record_form form)
{
	(void)form;
	an_cbor_write_map(out, replicate_fields.count);
	an_cbor_write_name(out, replicate_names[0]);
	an_address_write_cbor(out, &request->replicate.holder);
	an_cbor_write_name(out, replicate_names[1]);
	an_message_write_list(out, request->replicate.keys, key_form(request));
}

/* ---- PeerConsideredAsBad. */

static const char *const bad_names[] = {"detected_by", "bad_peer", "bad_behaviour"};
static const struct an_fields bad_fields = AN_FIELDS(bad_names);

static void read_bad(struct an_message_source *source, struct an_request *request)
{
	struct an_reader *reader = &source->reader;
	struct an_cbor_run run = an_cbor_read_struct(reader);
	int field;
	while ((field = an_cbor_next_field(reader, &run, &bad_fields)) != AN_FIELD_END) {
		if (field == 2)
			request->peer_considered_as_bad.bad_behaviour = an_cbor_read_text(
				reader, source->scratch);
		else
			an_address_read_cbor(reader,
			                     field == 0
			                             ? &request->peer_considered_as_bad.detected_by
			                             : &request->peer_considered_as_bad.bad_peer);
	}
}

static void write_bad(struct an_buffer *out, const struct an_request *request,
                      enum an_record_form form)
{
	(void)form;
	an_cbor_write_map(out, bad_fields.count);
	an_cbor_write_name(out, bad_names[0]);
	an_address_write_cbor(out, &request->peer_considered_as_bad.detected_by);
	an_cbor_write_name(out, bad_names[1]);
	an_address_write_cbor(out, &request->peer_considered_as_bad.bad_peer);
	an_cbor_write_name(out, bad_names[2]);
	an_cbor_write_text(out, request->peer_considered_as_bad.bad_behaviour);
}

/* ---- GetStoreQuote. */

enum { QUOTE_KEY, QUOTE_TYPE, QUOTE_SIZE, QUOTE_NONCE, QUOTE_DIFFICULTY };
static const char *const quote_names[] = {"key", "data_type", "data_size", "nonce", "difficulty"};
static const struct an_fields quote_fields = {
	.names = quote_names,
	.count = 5,
	.optional = 1u << QUOTE_NONCE,
};

static void read_quote_field(struct an_reader *reader, int field, struct an_request *request)
{
	switch (field) {
	case QUOTE_KEY:
		an_address_read_cbor(reader, &request->get_store_quote.key);
		return;
	case QUOTE_TYPE:
		request->get_store_quote.data_type = (uint32_t)an_cbor_read_uint(reader,
		                                                                 UINT32_MAX);
		return;
	case QUOTE_SIZE:
		request->get_store_quote.data_size = an_cbor_read_uint(reader, UINT64_MAX);
		return;
	case QUOTE_NONCE:
		request->get_store_quote.has_nonce = !an_cbor_read_null(reader);
		if (request->get_store_quote.has_nonce)
			request->get_store_quote.nonce = an_cbor_read_uint(reader, UINT64_MAX);
		return;
	default:
		request->get_store_quote.difficulty = an_cbor_read_uint(reader, UINT64_MAX);
	}
}

static void read_quote(struct an_message_source *source, struct an_request *request)
{
	struct an_cbor_run run = an_cbor_read_struct(&source->reader);
	int field;
	while ((field = an_cbor_next_field(&source->reader, &run, &quote_fields)) != AN_FIELD_END)
		read_quote_field(&source->reader, field, request);
}

static void write_quote(struct an_buffer *out, const struct an_request *request,
                        enum an_record_form form)
{
	(void)form;
	an_cbor_write_map(out, quote_fields.count);
	an_cbor_write_name(out, quote_names[QUOTE_KEY]);
	an_address_write_cbor(out, &request->get_store_quote.key);
	an_cbor_write_name(out, quote_names[QUOTE_TYPE]);
	an_cbor_write_uint(out, request->get_store_quote.data_type);
	an_cbor_write_name(out, quote_names[QUOTE_SIZE]);
	an_cbor_write_uint(out, request->get_store_quote.data_size);
	an_cbor_write_name(out, quote_names[QUOTE_NONCE]);
	if (request->get_store_quote.has_nonce)
		an_cbor_write_uint(out, request->get_store_quote.nonce);
	else
		an_cbor_write_null(out);
	an_cbor_write_name(out, quote_names[QUOTE_DIFFICULTY]);
	an_cbor_write_uint(out, request->get_store_quote.difficulty);
}

/* ---- CheckNodeInProblem. */

static void read_problem(struct an_message_source *source, struct an_request *request)
{
	an_address_read_cbor(&source->reader, &request->check_node_in_problem.address);
}

static void write_problem(struct an_buffer *out, const struct an_request *request,
                          enum an_record_form form)
{
	(void)form;
	an_address_write_cbor(out, &request->check_node_in_problem.address);
}

/* ---- GetMerkleCandidateQuote. */

static const char *const merkle_names[] = {"key", "data_type", "data_size",
                                           "merkle_payment_timestamp"};
static const struct an_fields merkle_fields = AN_FIELDS(merkle_names);

static void read_merkle(struct an_message_source *source, struct an_request *request)
{
	struct an_reader *reader = &source->reader;
	struct an_cbor_run run = an_cbor_read_struct(reader);
	int field;
	while ((field = an_cbor_next_field(reader, &run, &merkle_fields)) != AN_FIELD_END) {
		if (field == 0)
			an_address_read_cbor(reader, &request->get_merkle_candidate_quote.key);
		else if (field == 1)
			request->get_merkle_candidate_quote.data_type = (uint32_t)
				an_cbor_read_uint(reader, UINT32_MAX);
		else if (field == 2)
			request->get_merkle_candidate_quote.data_size = an_cbor_read_uint(
				reader, UINT64_MAX);
		else
			request->get_merkle_candidate_quote
				.merkle_payment_timestamp = an_cbor_read_uint(reader, UINT64_MAX);
	}
}

static void write_merkle(struct an_buffer *out, const struct an_request *request,
                         enum an_record_form form)
{
	(void)form;
	an_cbor_write_map(out, merkle_fields.count);
	an_cbor_write_name(out, merkle_names[0]);
	an_address_write_cbor(out, &request->get_merkle_candidate_quote.key);
	an_cbor_write_name(out, merkle_names[1]);
	an_cbor_write_uint(out, request->get_merkle_candidate_quote.data_type);
	an_cbor_write_name(out, merkle_names[2]);
	an_cbor_write_uint(out, request->get_merkle_candidate_quote.data_size);
	an_cbor_write_name(out, merkle_names[3]);
	an_cbor_write_uint(out, request->get_merkle_candidate_quote.merkle_payment_timestamp);
}

/* ---- DevGetClosestPeersFromNetwork. */

static const char *const dev_names[] = {"key", "num_of_peers"};
static const struct an_fields dev_fields = {.names = dev_names, .count = 2, .optional = 1u << 1};

static void read_dev_closest(struct an_message_source *source, struct an_request *request)
{
	struct an_reader *reader = &source->reader;
	struct an_cbor_run run = an_cbor_read_struct(reader);
	int field;
	while ((field = an_cbor_next_field(reader, &run, &dev_fields)) != AN_FIELD_END) {
		if (field == 0) {
			an_address_read_cbor(reader, &request->dev_get_closest_peers.key);
		} else if (!an_cbor_read_null(reader)) {
			request->dev_get_closest_peers.has_count = true;
			request->dev_get_closest_peers.count = an_cbor_read_uint(reader,
			                                                         UINT64_MAX);
		}
	}
}

static void write_dev_closest(struct an_buffer *out, const struct an_request *request,
                              enum an_record_form form)
{
	(void)form;
	an_cbor_write_map(out, dev_fields.count);
	an_cbor_write_name(out, dev_names[0]);
	an_address_write_cbor(out, &request->dev_get_closest_peers.key);
	an_cbor_write_name(out, dev_names[1]);
	if (request->dev_get_closest_peers.has_count)
		an_cbor_write_uint(out, request->dev_get_closest_peers.count);
	else
		an_cbor_write_null(out);
}

/* ---- GetReplicatedRecord. */

static const char *const get_record_names[] = {"requester", "key"};
static const struct an_fields get_record_fields = AN_FIELDS(get_record_names);

static void read_get_record(struct an_message_source *source, struct an_request *request)
{
	struct an_reader *reader = &source->reader;
	struct an_cbor_run run = an_cbor_read_struct(reader);
	int field;
	while ((field = an_cbor_next_field(reader, &run, &get_record_fields)) != AN_FIELD_END)
		an_address_read_cbor(reader, field == 0 ? &request->get_replicated_record.requester
		                                        : &request->get_replicated_record.key);
}

static void write_get_record(struct an_buffer *out, const struct an_request *request,
                             enum an_record_form form)
{
	(void)form;
	an_cbor_write_map(out, get_record_fields.count);
	an_cbor_write_name(out, get_record_names[0]);
	an_address_write_cbor(out, &request->get_replicated_record.requester);
	an_cbor_write_name(out, get_record_names[1]);
	an_address_write_cbor(out, &request->get_replicated_record.key);
}

/* ---- GetChunkExistenceProof. */

static const char *const get_proof_names[] = {"key", "nonce", "difficulty"};
static const struct an_fields get_proof_fields = AN_FIELDS(get_proof_names);

static void read_get_proof(struct an_message_source *source, struct an_request *request)
{
	struct an_reader *reader = &source->reader;
	struct an_cbor_run run = an_cbor_read_struct(reader);
	int field;
	while ((field = an_cbor_next_field(reader, &run, &get_proof_fields)) != AN_FIELD_END) {
		if (field == 0)
			an_address_read_cbor(reader, &request->get_chunk_existence_proof.key);
		else if (field == 1)
			request->get_chunk_existence_proof.nonce = an_cbor_read_uint(reader,
			                                                             UINT64_MAX);
		else
			request->get_chunk_existence_proof.difficulty = an_cbor_read_uint(
				reader, UINT64_MAX);
	}
}

static void write_get_proof(struct an_buffer *out, const struct an_request *request,
                            enum an_record_form form)
{
	(void)form;
	an_cbor_write_map(out, get_proof_fields.count);
	an_cbor_write_name(out, get_proof_names[0]);
	an_address_write_cbor(out, &request->get_chunk_existence_proof.key);
	an_cbor_write_name(out, get_proof_names[1]);
	an_cbor_write_uint(out, request->get_chunk_existence_proof.nonce);
	an_cbor_write_name(out, get_proof_names[2]);
	an_cbor_write_uint(out, request->get_chunk_existence_proof.difficulty);
}

/* ---- GetClosestPeers. */

enum { CLOSEST_KEY, CLOSEST_COUNT, CLOSEST_RANGE, CLOSEST_SIGN };
static const char *const closest_names[] = {"key", "num_of_peers", "range", "sign_result"};
static const struct an_fields closest_fields = {
	.names = closest_names,
	.count = 4,
	.optional = 1u << CLOSEST_COUNT | 1u << CLOSEST_RANGE,
};

static void read_closest(struct an_message_source *source, struct an_request *request)
{
	struct an_reader *reader = &source->reader;
	struct an_cbor_run run = an_cbor_read_struct(reader);
	int field;
	while ((field = an_cbor_next_field(reader, &run, &closest_fields)) != AN_FIELD_END) {
		if (field == CLOSEST_KEY) {
			an_address_read_cbor(reader, &request->get_closest_peers.key);
		} else if (field == CLOSEST_SIGN) {
			request->get_closest_peers.sign_result = an_cbor_read_bool(reader);
		} else if (an_cbor_read_null(reader)) {
			continue;
		} else if (field == CLOSEST_COUNT) {
			request->get_closest_peers.has_count = true;
			request->get_closest_peers.count = an_cbor_read_uint(reader, UINT64_MAX);
		} else {
			request->get_closest_peers.has_range = true;
			an_cbor_read_fixed(reader, request->get_closest_peers.range,
			                   AN_DHT_KEY_SIZE);
		}
	}
}

static void write_closest(struct an_buffer *out, const struct an_request *request,
                          enum an_record_form form)
{
	(void)form;
	an_cbor_write_map(out, closest_fields.count);
	an_cbor_write_name(out, closest_names[CLOSEST_KEY]);
	an_address_write_cbor(out, &request->get_closest_peers.key);
	an_cbor_write_name(out, closest_names[CLOSEST_COUNT]);
	if (request->get_closest_peers.has_count)
		an_cbor_write_uint(out, request->get_closest_peers.count);
	else
		an_cbor_write_null(out);
	an_cbor_write_name(out, closest_names[CLOSEST_RANGE]);
	if (request->get_closest_peers.has_range)
		an_cbor_write_integers(out,
		                       an_span(request->get_closest_peers.range, AN_DHT_KEY_SIZE));
	else
		an_cbor_write_null(out);
	an_cbor_write_name(out, closest_names[CLOSEST_SIGN]);
	an_cbor_write_bool(out, request->get_closest_peers.sign_result);
}

/* ---- GetVersion. */

static void read_get_version(struct an_message_source *source, struct an_request *request)
{
	an_address_read_cbor(&source->reader, &request->get_version.address);
}

static void write_get_version(struct an_buffer *out, const struct an_request *request,
                              enum an_record_form form)
{
	(void)form;
	an_address_write_cbor(out, &request->get_version.address);
}

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

static const struct codec {
	void (*read)(struct an_message_source *source, struct an_request *request);
	void (*write)(struct an_buffer *out, const struct an_request *request,
	              enum an_record_form form);
} codecs[AN_REQUEST_TYPES] = {
	[AN_REQUEST_REPLICATE] = {read_replicate, write_replicate},
	[AN_REQUEST_FRESH_REPLICATE] = {read_replicate, write_replicate},
	[AN_REQUEST_PEER_CONSIDERED_AS_BAD] = {read_bad, write_bad},
	[AN_REQUEST_GET_STORE_QUOTE] = {read_quote, write_quote},
	[AN_REQUEST_GET_REPLICATED_RECORD] = {read_get_record, write_get_record},
	[AN_REQUEST_GET_CHUNK_EXISTENCE_PROOF] = {read_get_proof, write_get_proof},
	[AN_REQUEST_CHECK_NODE_IN_PROBLEM] = {read_problem, write_problem},
	[AN_REQUEST_GET_CLOSEST_PEERS] = {read_closest, write_closest},
	[AN_REQUEST_GET_VERSION] = {read_get_version, write_get_version},
	[AN_REQUEST_PUT_RECORD] = {read_put, write_put},
	[AN_REQUEST_GET_MERKLE_CANDIDATE_QUOTE] = {read_merkle, write_merkle},
	[AN_REQUEST_DEV_GET_CLOSEST_PEERS_FROM_NETWORK] = {read_dev_closest, write_dev_closest},
};

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
	codecs[ret_request->type].read(&source, ret_request);
	return an_message_status(&source);
}

an_status an_request_encode(const struct an_request *request, enum an_record_form form,
                            struct an_buffer *out)
{
	an_assert(request->type < AN_REQUEST_TYPES);
	an_message_write_type(out, &types, (size_t)request->type);
	codecs[request->type].write(out, request, form);
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
