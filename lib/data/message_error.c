/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Protocol errors and results (semantics 5.5). */
#include "data/message_codec.h"

#include "base/assert.h"

static const char *const error_names[] = {
	[AN_ERROR_CHUNK_DOES_NOT_EXIST] = "ChunkDoesNotExist",
	[AN_ERROR_SCRATCHPAD_CIPHER_TEXT_FAILED] = "ScratchpadCipherTextFailed",
	[AN_ERROR_SCRATCHPAD_CIPHER_TEXT_INVALID] = "ScratchpadCipherTextInvalid",
	[AN_ERROR_GET_STORE_QUOTE_FAILED] = "GetStoreQuoteFailed",
	[AN_ERROR_QUOTE_GENERATION_FAILED] = "QuoteGenerationFailed",
	[AN_ERROR_REPLICATED_RECORD_NOT_FOUND] = "ReplicatedRecordNotFound",
	[AN_ERROR_RECORD_HEADER_PARSING_FAILED] = "RecordHeaderParsingFailed",
	[AN_ERROR_RECORD_PARSING_FAILED] = "RecordParsingFailed",
	[AN_ERROR_RECORD_EXISTS] = "RecordExists",
	[AN_ERROR_PUT_RECORD_FAILED] = "PutRecordFailed",
	[AN_ERROR_OUTDATED_RECORD_COUNTER] = "OutdatedRecordCounter",
	[AN_ERROR_GET_MERKLE_CANDIDATE_QUOTE_FAILED] = "GetMerkleCandidateQuoteFailed",
	[AN_ERROR_FAILED_TO_SIGN_MERKLE_CANDIDATE] = "FailedToSignMerkleCandidate",
	[AN_ERROR_MERKLE_PAYMENT_VERIFICATION_FAILED] = "MerklePaymentVerificationFailed",
	[AN_ERROR_TOPOLOGY_VERIFICATION_FAILED] = "TopologyVerificationFailed",
	[AN_ERROR_UNKNOWN] = "Unknown",
};
static const struct an_fields errors = AN_FIELDS(error_names);

static const char *const not_found_names[] = {"holder", "key"};
static const struct an_fields not_found_fields = AN_FIELDS(not_found_names);

static const char *const counter_names[] = {"counter", "expected"};
static const struct an_fields counter_fields = AN_FIELDS(counter_names);

static const char *const topology_names[] = {"target_address", "valid_count", "total_paid",
                                             "closest_count",  "node_peers",  "paid_peers"};
static const struct an_fields topology_fields = AN_FIELDS(topology_names);

static const char *const result_names[] = {"Ok", "Err"};
static const struct an_fields results = AN_FIELDS(result_names);

const char *an_error_name(enum an_error_type type)
{
	return error_names[type];
}

bool an_message_error_is_unit(enum an_error_type type)
{
	switch (type) {
	case AN_ERROR_SCRATCHPAD_CIPHER_TEXT_FAILED:
	case AN_ERROR_SCRATCHPAD_CIPHER_TEXT_INVALID:
	case AN_ERROR_GET_STORE_QUOTE_FAILED:
	case AN_ERROR_QUOTE_GENERATION_FAILED:
	case AN_ERROR_RECORD_HEADER_PARSING_FAILED:
	case AN_ERROR_RECORD_PARSING_FAILED:
	case AN_ERROR_UNKNOWN:
		return true;
	default:
		return false;
	}
}

static void read_not_found(struct an_message_source *source, struct an_protocol_error *error)
{
	struct an_reader *reader = &source->reader;
	struct an_cbor_run run = an_cbor_read_struct(reader);
	int field;
	while ((field = an_cbor_next_field(reader, &run, &not_found_fields)) != AN_FIELD_END)
		an_address_read_cbor(reader, field == 0 ? &error->address : &error->key);
}

static void read_counter(struct an_message_source *source, struct an_protocol_error *error)
{
	struct an_reader *reader = &source->reader;
	struct an_cbor_run run = an_cbor_read_struct(reader);
	int field;
	while ((field = an_cbor_next_field(reader, &run, &counter_fields)) != AN_FIELD_END) {
		const uint64_t value = an_cbor_read_uint(reader, UINT64_MAX);
		*(field == 0 ? &error->counter : &error->expected) = value;
	}
}

/* A peer id as a list of integers. */
static void copy_peer_bytes(struct an_message_source *source, struct an_buffer *out)
{
	const struct an_message_list list = an_message_read_list(source, an_message_copy_small,
	                                                         AN_ADDRESS_BYTES_MAX);
	uint8_t bytes[AN_ADDRESS_BYTES_MAX];
	struct an_peer_id id;
	const size_t size = an_message_gather(list, bytes, sizeof(bytes));
	if (an_peer_id_from_bytes(&id, an_span(bytes, size)) != AUTONOMI_OK)
		an_reader_fail(&source->reader, AUTONOMI_E_CORRUPT);
	if (out != NULL)
		an_message_write_list(out, list, an_message_copy_small);
}

static struct an_message_list read_peers(struct an_message_source *source)
{
	return an_message_read_list(source, copy_peer_bytes, AN_MESSAGE_LIST_MAX);
}

static void read_topology(struct an_message_source *source, struct an_protocol_error *error)
{
	struct an_reader *reader = &source->reader;
	uint64_t *const counts[] = {&error->topology.valid_count, &error->topology.total_paid,
	                            &error->topology.closest_count};
	struct an_cbor_run run = an_cbor_read_struct(reader);
	int field;
	while ((field = an_cbor_next_field(reader, &run, &topology_fields)) != AN_FIELD_END) {
		if (field == 0)
			an_address_read_cbor(reader, &error->address);
		else if (field <= 3)
			*counts[field - 1] = an_cbor_read_uint(reader, UINT64_MAX);
		else if (field == 4)
			error->topology.node_peers = read_peers(source);
		else
			error->topology.paid_peers = read_peers(source);
	}
}

static void read_error_data(struct an_message_source *source, struct an_protocol_error *error)
{
	switch (error->type) {
	case AN_ERROR_CHUNK_DOES_NOT_EXIST:
		an_address_read_cbor(&source->reader, &error->address);
		return;
	case AN_ERROR_REPLICATED_RECORD_NOT_FOUND:
		read_not_found(source, error);
		return;
	case AN_ERROR_RECORD_EXISTS:
		error->record_key = an_message_read_list(source, an_message_copy_small,
		                                         AN_ADDRESS_BYTES_MAX);
		return;
	case AN_ERROR_OUTDATED_RECORD_COUNTER:
		read_counter(source, error);
		return;
	case AN_ERROR_TOPOLOGY_VERIFICATION_FAILED:
		read_topology(source, error);
		return;
	default:
		error->text = an_cbor_read_text(&source->reader, source->scratch);
	}
}

/* Autonomi's reader turns a name that it does not know into Unknown, and reads neither its data nor
 * those of a known variant without data: what stands there spoils what follows (semantics 5.5). */
void an_message_read_error(struct an_message_source *source, struct an_protocol_error *ret_error)
{
	*ret_error = (struct an_protocol_error){.type = AN_ERROR_UNKNOWN};
	const int variant = an_cbor_read_variant(&source->reader, &errors);
	if (variant != AN_VARIANT_NONE)
		ret_error->type = (enum an_error_type)variant;
	if (!an_message_error_is_unit(ret_error->type))
		read_error_data(source, ret_error);
}

static void write_topology(struct an_buffer *out, const struct an_protocol_error *error)
{
	const uint64_t counts[] = {error->topology.valid_count, error->topology.total_paid,
	                           error->topology.closest_count};
	an_cbor_write_map(out, topology_fields.count);
	an_cbor_write_name(out, topology_names[0]);
	an_address_write_cbor(out, &error->address);
	for (size_t i = 0; i < 3; i++) {
		an_cbor_write_name(out, topology_names[1 + i]);
		an_cbor_write_uint(out, counts[i]);
	}
	an_cbor_write_name(out, topology_names[4]);
	an_message_write_list(out, error->topology.node_peers, copy_peer_bytes);
	an_cbor_write_name(out, topology_names[5]);
	an_message_write_list(out, error->topology.paid_peers, copy_peer_bytes);
}

static void write_error_data(struct an_buffer *out, const struct an_protocol_error *error)
{
	switch (error->type) {
	case AN_ERROR_CHUNK_DOES_NOT_EXIST:
		an_address_write_cbor(out, &error->address);
		return;
	case AN_ERROR_REPLICATED_RECORD_NOT_FOUND:
		an_cbor_write_map(out, not_found_fields.count);
		an_cbor_write_name(out, not_found_names[0]);
		an_address_write_cbor(out, &error->address);
		an_cbor_write_name(out, not_found_names[1]);
		an_address_write_cbor(out, &error->key);
		return;
	case AN_ERROR_RECORD_EXISTS:
		an_message_write_list(out, error->record_key, an_message_copy_small);
		return;
	case AN_ERROR_OUTDATED_RECORD_COUNTER:
		an_cbor_write_map(out, counter_fields.count);
		an_cbor_write_name(out, counter_names[0]);
		an_cbor_write_uint(out, error->counter);
		an_cbor_write_name(out, counter_names[1]);
		an_cbor_write_uint(out, error->expected);
		return;
	case AN_ERROR_TOPOLOGY_VERIFICATION_FAILED:
		write_topology(out, error);
		return;
	default:
		an_cbor_write_text(out, error->text);
	}
}

void an_message_write_error(struct an_buffer *out, const struct an_protocol_error *error)
{
	if (an_message_error_is_unit(error->type)) {
		an_cbor_write_name(out, error_names[error->type]);
		return;
	}
	an_cbor_write_variant(out, error_names[error->type]);
	write_error_data(out, error);
}

void an_error_write_cbor(struct an_buffer *out, const struct an_protocol_error *error)
{
	an_message_write_error(out, error);
}

an_status an_error_decode(struct an_span cbor, struct an_buffer *scratch,
                          struct an_protocol_error *ret_error)
{
	struct an_message_source source = {.reader = an_reader(cbor), .scratch = scratch};
	an_message_read_error(&source, ret_error);
	return an_message_status(&source);
}

bool an_message_next_peer_bytes(struct an_message_list *list, struct an_message_list *ret_peer)
{
	if (list->count == 0)
		return false;
	struct an_message_source source = an_message_begin_item(list);
	*ret_peer = an_message_read_list(&source, an_message_copy_small, AN_ADDRESS_BYTES_MAX);
	an_message_end_item(list, &source);
	return an_reader_ok(&source.reader);
}

bool an_message_read_result(struct an_message_source *source, struct an_message_result *ret_result)
{
	*ret_result = (struct an_message_result){0};
	const int variant = an_cbor_read_variant(&source->reader, &results);
	if (variant == AN_VARIANT_NONE)
		an_reader_fail(&source->reader, AUTONOMI_E_CORRUPT);
	ret_result->failed = variant != 0;
	if (ret_result->failed)
		an_message_read_error(source, &ret_result->error);
	return !ret_result->failed;
}

void an_message_read_unit_result(struct an_message_source *source,
                                 struct an_message_result *ret_result)
{
	if (an_message_read_result(source, ret_result))
		an_cbor_read_unit(&source->reader);
}

bool an_message_write_result(struct an_buffer *out, const struct an_message_result *result)
{
	an_cbor_write_variant(out, result_names[result->failed ? 1 : 0]);
	if (result->failed)
		an_message_write_error(out, &result->error);
	return !result->failed;
}

void an_message_write_unit_result(struct an_buffer *out, const struct an_message_result *result)
{
	if (an_message_write_result(out, result))
		an_cbor_write_array(out, 0);
}
