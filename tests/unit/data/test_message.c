/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/message.h"

#include <check.h>
#include <stdlib.h>

#include "base/memory.h"
#include "data/chunk.h"
#include "harness.h"
#include "ident/multiaddr.h"
#include "vectors/vector.h"

static struct an_buffer out;
static struct an_buffer scratch;
static size_t supported;

static void setup(void)
{
	an_buffer_init(&out, 1 << 24);
	an_buffer_init(&scratch, 1 << 24);
	supported = 0;
}

static void teardown(void)
{
	an_buffer_done(&out);
	an_buffer_done(&scratch);
}

static void begin(void)
{
	an_buffer_clear(&out);
	an_buffer_clear(&scratch);
}

static void assert_address(const struct an_address *address, const json_t *object, const char *name)
{
	static const char *const types[] = {
		"PeerId",         "ChunkAddress", "GraphEntryAddress", "ScratchpadAddress",
		"PointerAddress", "RecordKey"};
	const json_t *expected = vector_get(object, name);
	ck_assert_str_eq(types[address->type], vector_text(expected, "type"));
	vector_equal(an_span(address->bytes, address->size), vector_bytes(expected, "bytes"));
}

/* ---- Requests. */

static void assert_request(const struct an_request *request, const json_t *message)
{
	switch (request->type) {
	case AN_REQUEST_GET_REPLICATED_RECORD:
		assert_address(&request->get_replicated_record.requester, message, "requester");
		assert_address(&request->get_replicated_record.key, message, "key");
		return;
	case AN_REQUEST_GET_CHUNK_EXISTENCE_PROOF:
		assert_address(&request->get_chunk_existence_proof.key, message, "key");
		ck_assert_uint_eq(request->get_chunk_existence_proof.nonce,
		                  vector_number(message, "nonce"));
		ck_assert_uint_eq(request->get_chunk_existence_proof.difficulty,
		                  vector_number(message, "difficulty"));
		return;
	case AN_REQUEST_GET_CLOSEST_PEERS:
		assert_address(&request->get_closest_peers.key, message, "key");
		ck_assert_int_eq(request->get_closest_peers.has_count,
		                 vector_has(message, "num_of_peers"));
		if (request->get_closest_peers.has_count)
			ck_assert_uint_eq(request->get_closest_peers.count,
			                  vector_number(message, "num_of_peers"));
		ck_assert_int_eq(request->get_closest_peers.has_range,
		                 vector_has(message, "range"));
		if (request->get_closest_peers.has_range)
			vector_equal(an_span(request->get_closest_peers.range, AN_DHT_KEY_SIZE),
			             vector_bytes(message, "range"));
		ck_assert_int_eq(request->get_closest_peers.sign_result,
		                 json_is_true(vector_get(message, "sign_result")));
		return;
	case AN_REQUEST_GET_VERSION:
		assert_address(&request->get_version.address, message, "address");
		return;
	case AN_REQUEST_PUT_RECORD:
		assert_address(&request->put_record.holder, message, "holder");
		assert_address(&request->put_record.address, message, "address");
		vector_equal(request->put_record.value, vector_bytes(message, "serialized_record"));
		return;
	default:
		return; /* tests/vectors compares these field by field */
	}
}

static void check_request(const json_t *vector)
{
	struct an_request request;
	const struct an_span cbor = vector_bytes(vector, "cbor");
	begin();
	const an_status status = an_request_decode(cbor, AN_RECORD_FORM_INTEGERS, &scratch,
	                                           &request);
	ck_assert_msg(status == AUTONOMI_OK, "%s", vector_id());
	supported++;
	assert_request(&request, vector_get(vector, "message"));
	ck_assert_int_eq(an_request_encode(&request, AN_RECORD_FORM_INTEGERS, &out), AUTONOMI_OK);
	vector_equal(an_buffer_span(&out), cbor);
}

START_TEST(requests_read_and_write_as_the_real_crates_do)
{
	ck_assert_uint_eq(vector_each("messages", "request", check_request), 38);
	ck_assert_uint_eq(supported, 38);
}
END_TEST

static void check_bytes_form(const json_t *vector)
{
	struct an_request request;
	struct an_request again;
	begin();
	if (an_request_decode(vector_bytes(vector, "cbor"), AN_RECORD_FORM_INTEGERS, &scratch,
	                      &request) != AUTONOMI_OK ||
	    request.type != AN_REQUEST_PUT_RECORD)
		return;
	supported++;
	ck_assert_int_eq(an_request_encode(&request, AN_RECORD_FORM_BYTES, &out), AUTONOMI_OK);
	struct an_buffer unused;
	an_buffer_init(&unused, 0);
	ck_assert_int_eq(an_request_decode(an_buffer_span(&out), AN_RECORD_FORM_BYTES, &unused,
	                                   &again),
	                 AUTONOMI_OK);
	assert_request(&again, vector_get(vector, "message"));
	ck_assert_int_eq(an_request_decode(an_buffer_span(&out), AN_RECORD_FORM_INTEGERS, &scratch,
	                                   &again),
	                 AUTONOMI_E_PROTOCOL);
	ck_assert_int_eq(an_request_decode(vector_bytes(vector, "cbor"), AN_RECORD_FORM_BYTES,
	                                   &unused, &again),
	                 AUTONOMI_E_PROTOCOL);
}

START_TEST(each_network_reads_only_its_own_form_of_a_record_value)
{
	(void)vector_each("messages", "request", check_bytes_form);
	ck_assert_uint_eq(supported, 5);
}
END_TEST

static void check_parts(const json_t *vector)
{
	struct an_request request;
	begin();
	if (an_request_decode(vector_bytes(vector, "cbor"), AN_RECORD_FORM_INTEGERS, &scratch,
	                      &request) != AUTONOMI_OK ||
	    request.type != AN_REQUEST_PUT_RECORD)
		return;
	supported++;
	const struct an_span value = request.put_record.value;
	const size_t inside = value.size < 3 ? value.size : 3;
	struct an_blob *head;
	struct an_blob *tail;
	struct an_blob *whole;
	ck_assert_int_eq(an_request_encode_put(&request.put_record.holder,
	                                       &request.put_record.address,
	                                       an_span(value.data, inside), value.size - inside,
	                                       &head, &tail),
	                 AUTONOMI_OK);
	ck_assert_int_eq(an_buffer_append(&out, an_blob_span(head)), AUTONOMI_OK);
	ck_assert_int_eq(an_buffer_append(&out, an_span(value.data + inside, value.size - inside)),
	                 AUTONOMI_OK);
	ck_assert_int_eq(an_buffer_append(&out, an_blob_span(tail)), AUTONOMI_OK);
	ck_assert_int_eq(an_request_encode_blob(&request, AN_RECORD_FORM_BYTES, &whole),
	                 AUTONOMI_OK);
	vector_equal(an_buffer_span(&out), an_blob_span(whole));
	an_blob_unref(head);
	an_blob_unref(tail);
	an_blob_unref(whole);
}

START_TEST(a_put_in_parts_is_the_put_in_one_piece)
{
	(void)vector_each("messages", "request", check_parts);
	ck_assert_uint_eq(supported, 5);
}
END_TEST

START_TEST(a_long_list_of_keys_fits_its_message)
{
	enum { KEYS = 1000 };
	struct an_buffer items;
	struct an_request request = {.type = AN_REQUEST_REPLICATE}, read;
	an_buffer_init(&items, 1 << 20);
	for (size_t i = 0; i < KEYS; i++) {
		struct an_message_key key = {.validation = {.hash = {0xff, (uint8_t)i}}};
		memset(key.validation.hash, 0xff, sizeof(key.validation.hash));
		key.address = an_address_of_record_key(key.validation.hash);
		an_message_add_key(&items, &request.replicate.keys, false, &key);
	}
	request.replicate.keys.items = an_buffer_span(&items);
	request.replicate.holder = an_address_of_record_key((const uint8_t[32]){1});
	struct an_blob *message = NULL;
	ck_assert_int_eq(an_request_encode_blob(&request, AN_RECORD_FORM_BYTES, &message),
	                 AUTONOMI_OK);
	begin();
	ck_assert_int_eq(an_request_decode(an_blob_span(message), AN_RECORD_FORM_BYTES, &scratch,
	                                   &read),
	                 AUTONOMI_OK);
	ck_assert_uint_eq(read.replicate.keys.count, KEYS);
	an_blob_unref(message);
	an_buffer_done(&items);
}
END_TEST

START_TEST(a_put_of_the_largest_chunk_fits_its_head)
{
	const uint8_t name[AN_RECORD_NAME_SIZE] = {0xff};
	const struct an_address address = an_address_of_chunk(name);
	const struct an_address holder = {.type = AN_ADDRESS_RECORD_KEY,
	                                  .size = AN_ADDRESS_BYTES_MAX};
	uint8_t chunk_head[AN_CHUNK_HEAD_MAX];
	const size_t size = an_profile_autonomi.chunk_max;
	const size_t head_size = an_chunk_head(size, chunk_head);
	struct an_blob *head;
	struct an_blob *tail;
	ck_assert_int_eq(an_request_encode_put(&holder, &address, an_span(chunk_head, head_size),
	                                       size, &head, &tail),
	                 AUTONOMI_OK);
	ck_assert_uint_lt(head->size + tail->size, 512);
	ck_assert_mem_eq(head->data + head->size - head_size, chunk_head, head_size);
	an_blob_unref(head);
	an_blob_unref(tail);
}
END_TEST

static void check_decode_request(const json_t *vector)
{
	struct an_request request;
	begin();
	const an_status status = an_request_decode(vector_bytes(vector, "bytes"),
	                                           AN_RECORD_FORM_INTEGERS, &scratch, &request);
	const bool ok = json_is_true(vector_get(vector, "ok"));
	ck_assert_msg((status == AUTONOMI_OK) == ok, "%s %s", vector_id(),
	              vector_text(vector, "note"));
	if (!ok)
		return;
	ck_assert_int_eq(an_request_encode(&request, AN_RECORD_FORM_INTEGERS, &out), AUTONOMI_OK);
	vector_equal(an_buffer_span(&out), vector_bytes(vector, "cbor"));
}

START_TEST(unusual_requests_get_the_verdict_of_the_real_codec)
{
	ck_assert_uint_eq(vector_each("messages", "decode_request", check_decode_request), 54);
}
END_TEST

/* A GetReplicatedRecord whose struct has `extra` as an unknown field. */
static an_status decode_with_extra(struct an_span extra)
{
	static const char start[] = "\xa1\x65Query\xa1\x73GetReplicatedRecord\xa3\x65"
				    "extra";
	static const char end[] =
		"\x69requester\xa1\x69RecordKey\x41x\x63key\xa1\x69RecordKey\x41y";
	struct an_request request;
	begin();
	(void)an_buffer_append(&out, an_span(start, sizeof(start) - 1));
	(void)an_buffer_append(&out, extra);
	(void)an_buffer_append(&out, an_span(end, sizeof(end) - 1));
	return an_request_decode(an_buffer_span(&out), AN_RECORD_FORM_BYTES, &scratch, &request);
}

START_TEST(an_unknown_field_is_skipped_up_to_252_levels)
{
	uint8_t nested[300];
	memset(nested, 0x81, sizeof(nested));
	nested[252] = 0;
	ck_assert_int_eq(decode_with_extra(an_span(nested, 253)), AUTONOMI_OK);
	nested[252] = 0x81;
	nested[253] = 0;
	ck_assert_int_eq(decode_with_extra(an_span(nested, 254)), AUTONOMI_E_PROTOCOL);
}
END_TEST

/* ---- Responses. */

static void assert_error(const struct an_protocol_error *error, const json_t *expected)
{
	uint8_t bytes[AN_ADDRESS_BYTES_MAX];
	ck_assert_str_eq(an_error_name(error->type), vector_text(expected, "variant"));
	if (vector_has(expected, "text"))
		vector_equal(error->text, an_span_text(vector_text(expected, "text")));
	if (vector_has(expected, "address"))
		assert_address(&error->address, expected, "address");
	if (vector_has(expected, "holder")) {
		assert_address(&error->address, expected, "holder");
		assert_address(&error->key, expected, "key");
	}
	if (error->type == AN_ERROR_RECORD_EXISTS)
		vector_equal(an_span(bytes,
		                     an_message_gather(error->record_key, bytes, sizeof(bytes))),
		             vector_bytes(expected, "key"));
	if (vector_has(expected, "counter")) {
		ck_assert_uint_eq(error->counter, vector_number(expected, "counter"));
		ck_assert_uint_eq(error->expected, vector_number(expected, "expected"));
	}
	if (vector_has(expected, "target_address")) {
		assert_address(&error->address, expected, "target_address");
		ck_assert_uint_eq(error->topology.valid_count,
		                  vector_number(expected, "valid_count"));
		ck_assert_uint_eq(error->topology.total_paid,
		                  vector_number(expected, "total_paid"));
		ck_assert_uint_eq(error->topology.closest_count,
		                  vector_number(expected, "closest_count"));
		ck_assert_uint_eq(error->topology.node_peers.count,
		                  json_array_size(vector_get(expected, "node_peers")));
		ck_assert_uint_eq(error->topology.paid_peers.count,
		                  json_array_size(vector_get(expected, "paid_peers")));
	}
}

static bool assert_result(const struct an_message_result *result, const json_t *expected)
{
	const json_t *error = json_object_get(expected, "err");
	ck_assert_int_eq(result->failed, error != NULL);
	if (error != NULL)
		assert_error(&result->error, error);
	return !result->failed;
}

static void assert_proofs(struct an_message_list list, const json_t *expected)
{
	struct an_message_proof proof;
	size_t i = 0;
	ck_assert_uint_eq(list.count, json_array_size(expected));
	for (; an_message_next_proof(&list, &proof); i++) {
		const json_t *item = json_array_get(expected, i);
		const json_t *result = json_is_array(item) ? json_array_get(item, 1)
		                                           : json_object_get(item, "proof");
		const json_t *ok = json_object_get(result, "ok");
		ck_assert_int_eq(proof.failed, ok == NULL);
		if (ok != NULL)
			vector_equal(an_span(proof.proof, sizeof(proof.proof)),
			             vector_unhex(json_string_value(ok)));
		else
			assert_error(&proof.error, vector_get(result, "err"));
	}
	ck_assert_uint_eq(i, json_array_size(expected));
}

static void assert_response(const struct an_response *response, const json_t *message)
{
	switch (response->type) {
	case AN_RESPONSE_GET_REPLICATED_RECORD: {
		const json_t *result = vector_get(message, "result");
		if (!assert_result(&response->get_replicated_record.result, result))
			return;
		const json_t *ok = vector_get(result, "ok");
		assert_address(&response->get_replicated_record.holder, ok, "holder");
		vector_equal(response->get_replicated_record.value, vector_bytes(ok, "value"));
		return;
	}
	case AN_RESPONSE_PUT_RECORD:
		(void)assert_result(&response->put_record.result, vector_get(message, "result"));
		assert_address(&response->put_record.peer_address, message, "peer_address");
		assert_address(&response->put_record.record_address, message, "record_addr");
		return;
	case AN_RESPONSE_GET_CHUNK_EXISTENCE_PROOF:
		assert_proofs(response->get_chunk_existence_proof.proofs,
		              vector_get(message, "proofs"));
		return;
	case AN_RESPONSE_GET_CLOSEST_PEERS:
		assert_address(&response->get_closest_peers.target, message, "target");
		ck_assert_uint_eq(response->get_closest_peers.peers.count,
		                  json_array_size(vector_get(message, "peers")));
		ck_assert_int_eq(response->get_closest_peers.has_signature,
		                 vector_has(message, "signature"));
		return;
	case AN_RESPONSE_GET_VERSION:
		assert_address(&response->get_version.peer, message, "peer");
		vector_equal(response->get_version.version,
		             an_span_text(vector_text(message, "version")));
		return;
	case AN_RESPONSE_REPLICATE:
	case AN_RESPONSE_FRESH_REPLICATE:
	case AN_RESPONSE_PEER_CONSIDERED_AS_BAD:
		(void)assert_result(&response->command, vector_get(message, "result"));
		return;
	default:
		return; /* tests/vectors compares these field by field */
	}
}

static void check_response(const json_t *vector)
{
	struct an_response response;
	const struct an_span cbor = vector_bytes(vector, "cbor");
	begin();
	const an_status status = an_response_decode(cbor, &scratch, &response);
	ck_assert_msg(status == AUTONOMI_OK, "%s", vector_id());
	supported++;
	assert_response(&response, vector_get(vector, "message"));
	ck_assert_int_eq(an_response_encode(&response, &out), AUTONOMI_OK);
	vector_equal(an_buffer_span(&out), cbor);
}

START_TEST(responses_read_and_write_as_the_real_crates_do)
{
	ck_assert_uint_eq(vector_each("messages", "response", check_response), 108);
	ck_assert_uint_eq(supported, 108);
}
END_TEST

static void check_decode_response(const json_t *vector)
{
	struct an_response response;
	begin();
	const an_status status = an_response_decode(vector_bytes(vector, "bytes"), &scratch,
	                                            &response);
	const bool ok = json_is_true(vector_get(vector, "ok"));
	ck_assert_msg((status == AUTONOMI_OK) == ok, "%s %s", vector_id(),
	              vector_text(vector, "note"));
	if (!ok)
		return;
	ck_assert_int_eq(an_response_encode(&response, &out), AUTONOMI_OK);
	vector_equal(an_buffer_span(&out), vector_bytes(vector, "cbor"));
}

START_TEST(unusual_responses_get_the_verdict_of_the_real_codec)
{
	ck_assert_uint_eq(vector_each("messages", "decode_response", check_decode_response), 22);
}
END_TEST

static void check_cuts(const json_t *vector)
{
	struct an_response response;
	const struct an_span cbor = vector_bytes(vector, "cbor");
	if (cbor.size > 2000)
		return;
	begin();
	if (an_response_decode(cbor, &scratch, &response) != AUTONOMI_OK)
		return;
	for (size_t size = 0; size < cbor.size; size++) {
		begin();
		ck_assert_int_lt(an_response_decode(an_span(cbor.data, size), &scratch, &response),
		                 0);
	}
	supported++;
}

START_TEST(a_response_that_is_cut_anywhere_is_refused)
{
	(void)vector_each("messages", "response", check_cuts);
	ck_assert_uint_gt(supported, 50);
}
END_TEST

/* ---- Lists that we make. */

static struct an_peer_id peer_id(uint8_t n)
{
	struct an_peer_id id = {.size = 38, .bytes = {0, 0x24, 8, 1, 0x12, 0x20}};
	memset(id.bytes + 6, n, 32);
	return id;
}

START_TEST(proofs_that_are_added_are_the_proofs_that_are_read)
{
	const uint8_t name[AN_RECORD_NAME_SIZE] = {7};
	struct an_buffer items;
	an_buffer_init(&items, 4096);
	struct an_response response = {.type = AN_RESPONSE_GET_CHUNK_EXISTENCE_PROOF};
	struct an_message_list *list = &response.get_chunk_existence_proof.proofs;
	struct an_message_proof proof = {.address = an_address_of_chunk(name),
	                                 .proof = {1, 2, 200}};
	an_message_add_proof(&items, list, &proof);
	proof.failed = true;
	proof.error = (struct an_protocol_error){.type = AN_ERROR_CHUNK_DOES_NOT_EXIST,
	                                         .address = an_address_of_record_key(name)};
	an_message_add_proof(&items, list, &proof);
	ck_assert_uint_eq(list->count, 2);

	struct an_blob *message;
	ck_assert_int_eq(an_response_encode_blob(&response, &message), AUTONOMI_OK);
	struct an_response read;
	ck_assert_int_eq(an_response_decode(an_blob_span(message), &scratch, &read), AUTONOMI_OK);
	struct an_message_list items_read = read.get_chunk_existence_proof.proofs;
	ck_assert(an_message_next_proof(&items_read, &proof));
	ck_assert(!proof.failed);
	ck_assert_uint_eq(proof.proof[2], 200);
	ck_assert(an_message_next_proof(&items_read, &proof));
	ck_assert(proof.failed);
	ck_assert_int_eq(proof.error.type, AN_ERROR_CHUNK_DOES_NOT_EXIST);
	ck_assert_int_eq(proof.error.address.type, AN_ADDRESS_RECORD_KEY);
	ck_assert(!an_message_next_proof(&items_read, &proof));
	an_blob_unref(message);
	an_buffer_done(&items);
}
END_TEST

START_TEST(peers_that_are_added_are_the_contacts_that_are_read)
{
	const uint8_t name[AN_RECORD_NAME_SIZE] = {7};
	struct an_buffer items;
	an_buffer_init(&items, 4096);
	struct an_response response = {.type = AN_RESPONSE_GET_CLOSEST_PEERS};
	response.get_closest_peers.target = an_address_of_chunk(name);
	const struct an_contact contact = {
		.id = peer_id(3),
		.endpoint_count = 2,
		.endpoints = {an_endpoint_ip4(192, 0, 2, 1, 12000),
	                      {.address = {0x20, 1, 0xd, 0xb8, [15] = 1}, .port = 9}},
	};
	an_message_add_peer(&items, &response.get_closest_peers.peers, &contact);
	ck_assert_int_eq(an_response_encode(&response, &out), AUTONOMI_OK);

	struct an_response read;
	ck_assert_int_eq(an_response_decode(an_buffer_span(&out), &scratch, &read), AUTONOMI_OK);
	struct an_message_peer peer;
	ck_assert(an_message_next_peer(&read.get_closest_peers.peers, &peer));
	ck_assert(an_peer_id_equal(&peer.contact.id, &contact.id));
	ck_assert_uint_eq(peer.contact.endpoint_count, 2);
	ck_assert(an_endpoint_equal(&peer.contact.endpoints[0], &contact.endpoints[0]));
	ck_assert(an_endpoint_equal(&peer.contact.endpoints[1], &contact.endpoints[1]));
	ck_assert(!an_message_next_peer(&read.get_closest_peers.peers, &peer));
	an_buffer_done(&items);
}
END_TEST

START_TEST(the_head_of_a_record_answer_stands_before_the_value)
{
	const struct an_peer_id id = peer_id(1);
	const struct an_address holder = an_address_of_peer(&id);
	struct an_blob *head;
	ck_assert_int_eq(an_response_encode_record_head(&holder, 5, &head), AUTONOMI_OK);
	ck_assert_int_eq(an_buffer_append(&out, an_blob_span(head)), AUTONOMI_OK);
	ck_assert_int_eq(an_buffer_append(&out, an_span_text("value")), AUTONOMI_OK);
	struct an_response response;
	ck_assert_int_eq(an_response_decode(an_buffer_span(&out), &scratch, &response),
	                 AUTONOMI_OK);
	ck_assert(!response.get_replicated_record.result.failed);
	ck_assert(an_address_equal(&response.get_replicated_record.holder, &holder));
	ck_assert(an_span_equal(response.get_replicated_record.value, an_span_text("value")));
	an_blob_unref(head);
}
END_TEST

#ifdef AN_FAULT_INJECTION
START_TEST(without_memory_every_encoder_answers_and_leaks_nothing)
{
	const struct an_peer_id id = peer_id(1);
	const struct an_address address = an_address_of_peer(&id);
	const struct an_request request = {.type = AN_REQUEST_GET_VERSION,
	                                   .get_version = {address}};
	const struct an_response response = {.type = AN_RESPONSE_REPLICATE};
	size_t failures = 0;
	for (uint64_t allowed = 0; allowed < 8; allowed++) {
		struct an_blob *blobs[5] = {0};
		an_memory_fail_after(allowed);
		const an_status status[] = {
			an_request_encode_blob(&request, AN_RECORD_FORM_BYTES, &blobs[0]),
			an_response_encode_blob(&response, &blobs[1]),
			an_request_encode_put(&address, &address, an_span_text("x"), 3, &blobs[2],
		                              &blobs[3]),
			an_response_encode_record_head(&address, 9, &blobs[4]),
		};
		an_memory_fail_after(UINT64_MAX);
		static const size_t blob_of[] = {0, 1, 2, 4};
		for (size_t i = 0; i < 4; i++) {
			ck_assert(status[i] == AUTONOMI_OK || status[i] == AUTONOMI_E_NO_MEMORY);
			ck_assert_int_eq(status[i] == AUTONOMI_OK, blobs[blob_of[i]] != NULL);
			failures += status[i] != AUTONOMI_OK;
		}
		ck_assert_int_eq(blobs[2] != NULL, blobs[3] != NULL);
		for (size_t i = 0; i < 5; i++)
			an_blob_unref(blobs[i]);
	}
	ck_assert_uint_gt(failures, 8);
}
END_TEST

START_TEST(without_memory_a_value_in_integers_is_an_error)
{
	static const char message[] =
		"\xa1\x65Query\xa1\x69PutRecord\xa3\x66holder\xa1\x69RecordKey\x41x"
		"\x71serialized_record\x82\x01\x02\x67"
		"address\xa1\x69RecordKey\x41y";
	struct an_request request;
	an_memory_fail_after(0);
	const an_status status = an_request_decode(an_span(message, sizeof(message) - 1),
	                                           AN_RECORD_FORM_INTEGERS, &scratch, &request);
	an_memory_fail_after(UINT64_MAX);
	ck_assert_int_eq(status, AUTONOMI_E_NO_MEMORY);
	begin();
	ck_assert_int_eq(an_request_decode(an_span(message, sizeof(message) - 1),
	                                   AN_RECORD_FORM_INTEGERS, &scratch, &request),
	                 AUTONOMI_OK);
	ck_assert(an_span_equal(request.put_record.value, an_span("\1\2", 2)));
}
END_TEST
#endif

Suite *suite(void)
{
	Suite *s = suite_create("data/message");
	TCase *requests = tcase_create("requests");
	tcase_add_checked_fixture(requests, setup, teardown);
	tcase_add_test(requests, requests_read_and_write_as_the_real_crates_do);
	tcase_add_test(requests, each_network_reads_only_its_own_form_of_a_record_value);
	tcase_add_test(requests, a_put_in_parts_is_the_put_in_one_piece);
	tcase_add_test(requests, a_long_list_of_keys_fits_its_message);
	tcase_add_test(requests, a_put_of_the_largest_chunk_fits_its_head);
	tcase_add_test(requests, unusual_requests_get_the_verdict_of_the_real_codec);
	tcase_add_test(requests, an_unknown_field_is_skipped_up_to_252_levels);
	suite_add_tcase(s, requests);
	TCase *responses = tcase_create("responses");
	tcase_add_checked_fixture(responses, setup, teardown);
	tcase_add_test(responses, responses_read_and_write_as_the_real_crates_do);
	tcase_add_test(responses, unusual_responses_get_the_verdict_of_the_real_codec);
	tcase_add_test(responses, a_response_that_is_cut_anywhere_is_refused);
	tcase_add_test(responses, proofs_that_are_added_are_the_proofs_that_are_read);
	tcase_add_test(responses, peers_that_are_added_are_the_contacts_that_are_read);
	tcase_add_test(responses, the_head_of_a_record_answer_stands_before_the_value);
	suite_add_tcase(s, responses);
#ifdef AN_FAULT_INJECTION
	TCase *faults = tcase_create("faults");
	tcase_add_checked_fixture(faults, setup, teardown);
	tcase_add_test(faults, without_memory_every_encoder_answers_and_leaks_nothing);
	tcase_add_test(faults, without_memory_a_value_in_integers_is_an_error);
	suite_add_tcase(s, faults);
#endif
	return s;
}
