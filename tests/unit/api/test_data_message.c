/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages through the public functions, against the real crates. */
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "unit/api/data_support.h"

enum { NAME = AUTONOMI_NAME_SIZE, ADDRESS_MAX = AUTONOMI_ADDRESS_MAX };

static const uint32_t request = AUTONOMI_MESSAGE_REQUEST, response = AUTONOMI_MESSAGE_RESPONSE;
static const uint32_t integers = AUTONOMI_RECORD_AS_INTEGERS;
static const uint8_t name[NAME] = {1, 2, 3};

static autonomi_message *decode(uint32_t direction, struct an_span bytes)
{
	autonomi_message *message = NULL;
	const autonomi_status status = autonomi_message_decode(direction, integers, bytes.data,
	                                                       bytes.size, &message);
	ck_assert_msg(status == AUTONOMI_OK, "%s: %s", vector_id(), autonomi_status_name(status));
	return message;
}

static void expect_bytes(const autonomi_message *message, struct an_span expected)
{
	autonomi_bytes *bytes = NULL;
	ck_assert_int_eq(autonomi_message_encode(message, integers, &bytes), AUTONOMI_OK);
	data_expect(bytes, expected);
}

static void expect_address(uint32_t type, const uint8_t *bytes, size_t size, const json_t *expected)
{
	ck_assert_uint_eq(type, data_address_type(vector_text(expected, "type")));
	vector_equal(an_span(bytes, size), vector_bytes(expected, "bytes"));
}

/* ---- Fields. */

static bool is_address(const json_t *value)
{
	return json_is_object(value) && json_object_get(value, "bytes") != NULL;
}

/* Numbers above 53 bits are texts in the vectors, and so are bytes: which it is the message says. */
static void check_field(const autonomi_message *message, const char *field, const json_t *value)
{
	uint8_t bytes[ADDRESS_MAX];
	const uint8_t *data = NULL;
	uint32_t type = 99;
	uint64_t number = 99;
	size_t size = 0;
	if (is_address(value)) {
		ck_assert_msg(autonomi_message_address(message, field, &type, bytes, &size) ==
		                      AUTONOMI_OK,
		              "%s %s", vector_id(), field);
		expect_address(type, bytes, size, value);
	} else if (json_is_null(value)) {
		ck_assert_int_eq(autonomi_message_number(message, field, &number),
		                 AUTONOMI_E_NOT_FOUND);
		ck_assert_int_eq(autonomi_message_bytes(message, field, &data, &size),
		                 AUTONOMI_E_NOT_FOUND);
	} else if (json_is_array(value)) {
		ck_assert_uint_eq(autonomi_message_count(message), json_array_size(value));
	} else if (json_is_boolean(value)) {
		ck_assert_int_eq(autonomi_message_number(message, field, &number), AUTONOMI_OK);
		ck_assert_uint_eq(number, json_is_true(value));
	} else if (autonomi_message_number(message, field, &number) == AUTONOMI_OK) {
		ck_assert_uint_eq(number, json_is_integer(value)
		                                  ? (uint64_t)json_integer_value(value)
		                                  : strtoull(json_string_value(value), NULL, 10));
	} else {
		ck_assert_msg(autonomi_message_bytes(message, field, &data, &size) == AUTONOMI_OK,
		              "%s %s", vector_id(), field);
		const char *text = json_string_value(value);
		vector_equal(an_span(data, size), strcmp(field, "bad_behaviour") == 0
		                                          ? an_span_text(text)
		                                          : vector_unhex(text));
	}
}

/* Makes the request anew of its fields, where it has no list. */
static void copy_field(const autonomi_message *from, const char *field, autonomi_message *to)
{
	uint8_t bytes[ADDRESS_MAX];
	const uint8_t *data = NULL;
	uint32_t type;
	uint64_t number;
	size_t size;
	autonomi_status status = AUTONOMI_OK;
	if (autonomi_message_address(from, field, &type, bytes, &size) == AUTONOMI_OK)
		status = autonomi_message_set_address(to, field, type, bytes, size);
	else if (autonomi_message_number(from, field, &number) == AUTONOMI_OK)
		status = autonomi_message_set_number(to, field, number);
	else if (autonomi_message_bytes(from, field, &data, &size) == AUTONOMI_OK)
		status = autonomi_message_set_bytes(to, field, data, size);
	ck_assert_int_eq(status, AUTONOMI_OK);
}

static void check_items(const autonomi_message *message, const json_t *items)
{
	for (size_t i = 0; i < json_array_size(items); i++) {
		const json_t *item = json_array_get(items, i);
		uint8_t bytes[ADDRESS_MAX], proof[NAME];
		uint32_t type;
		size_t size;
		ck_assert_int_eq(autonomi_message_item(message, i, &type, bytes, &size),
		                 AUTONOMI_OK);
		expect_address(type, bytes, size, vector_get(item, "address"));
		const json_t *result = json_object_get(item, "proof");
		const autonomi_status status = autonomi_message_item_proof(message, i, proof);
		if (json_is_object(result) && json_is_string(json_object_get(result, "ok"))) {
			ck_assert_int_eq(status, AUTONOMI_OK);
			data_equal(proof, NAME, result, "ok");
		} else {
			ck_assert_int_eq(status, AUTONOMI_E_NOT_FOUND);
		}
	}
}

static void check_request(const json_t *vector)
{
	const json_t *json = vector_get(vector, "message");
	const struct an_span encoded = vector_bytes(vector, "cbor");
	autonomi_message *message = decode(request, encoded), *made = NULL;
	uint8_t bytes[ADDRESS_MAX];
	uint32_t type;
	size_t size;
	const char *field;
	const json_t *value;
	ck_assert_str_eq(autonomi_message_name(message), vector_text(json, "type"));
	expect_bytes(message, encoded);
	ck_assert_int_eq(autonomi_message_destination(message, &type, bytes, &size), AUTONOMI_OK);
	expect_address(type, bytes, size, vector_get(vector, "dst"));
	ck_assert_int_eq(autonomi_request_new(vector_text(json, "type"), &made), AUTONOMI_OK);
	json_object_foreach((json_t *)(uintptr_t)json, field, value)
	{
		if (strcmp(field, "type") == 0)
			continue;
		check_field(message, field, value);
		copy_field(message, field, made);
	}
	check_items(message, json_object_get(json, "keys"));
	if (autonomi_message_count(message) == 0)
		expect_bytes(made, encoded);
	autonomi_message_free(made);
	ck_assert_ptr_null(autonomi_message_free(message));
}

START_TEST(requests_are_read_and_made_as_the_real_crate_does)
{
	ck_assert_uint_gt(vector_each("messages", "request", check_request), 0);
}
END_TEST

static const json_t *result_of(const json_t *message)
{
	static const char *const names[] = {"result", "quote", "candidate"};
	for (size_t i = 0; i < 3; i++) {
		const json_t *value = json_object_get(message, names[i]);
		if (json_is_object(value) &&
		    (json_object_get(value, "err") != NULL || json_object_get(value, "ok") != NULL))
			return value;
	}
	return NULL;
}

static void check_response(const json_t *vector)
{
	static const char *const lists[] = {"storage_proofs", "proofs", "peers"};
	const json_t *json = vector_get(vector, "message");
	const json_t *result = result_of(json);
	const struct an_span encoded = vector_bytes(vector, "cbor");
	autonomi_message *message = decode(response, encoded);
	autonomi_bytes *text = NULL;
	ck_assert_str_eq(autonomi_message_name(message), vector_text(json, "type"));
	expect_bytes(message, encoded);
	const bool failed = result != NULL && json_object_get(result, "err") != NULL;
	ck_assert_int_eq(autonomi_message_error(message, &text),
	                 failed ? AUTONOMI_OK : AUTONOMI_E_NOT_FOUND);
	if (failed)
		ck_assert_str_ne(autonomi_bytes_text(text), "");
	autonomi_bytes_free(text);
	for (size_t i = 0; i < 3; i++) {
		const json_t *items = json_object_get(json, lists[i]);
		if (items == NULL)
			continue;
		ck_assert_uint_eq(autonomi_message_count(message), json_array_size(items));
		check_items(message, items);
	}
	const char *field;
	const json_t *value;
	json_object_foreach((json_t *)(uintptr_t)json, field, value)
	{
		if (is_address(value) || json_is_boolean(value))
			check_field(message, field, value);
	}
	autonomi_message_free(message);
}

START_TEST(responses_are_read_as_the_real_crate_does)
{
	ck_assert_uint_gt(vector_each("messages", "response", check_response), 0);
}
END_TEST

static size_t quotes, candidates, records, versions;

static void check_content(const json_t *vector)
{
	const json_t *json = vector_get(vector, "message");
	autonomi_message *message = decode(response, vector_bytes(vector, "cbor"));
	autonomi_quote *quote = NULL;
	autonomi_merkle_candidate *candidate = NULL;
	const uint8_t *bytes = NULL;
	size_t size = 0;
	if (autonomi_message_quote(message, &quote) == AUTONOMI_OK) {
		autonomi_quote_view view;
		quotes++;
		autonomi_quote_get_view(quote, &view, sizeof(view));
		data_equal(view.content, NAME, vector_get(vector_get(json, "quote"), "ok"),
		           "content");
	}
	if (autonomi_message_candidate(message, &candidate) == AUTONOMI_OK)
		candidates++;
	if (autonomi_message_bytes(message, "record", &bytes, &size) == AUTONOMI_OK)
		records++;
	if (autonomi_message_bytes(message, "version", &bytes, &size) == AUTONOMI_OK) {
		versions++;
		vector_equal(an_span(bytes, size), an_span_text(vector_text(json, "version")));
	}
	autonomi_quote_free(quote);
	autonomi_merkle_candidate_free(candidate);
	autonomi_message_free(message);
}

START_TEST(quotes_candidates_records_and_versions_are_taken_out)
{
	(void)vector_each("messages", "response", check_content);
	ck_assert_uint_gt(quotes, 0);
	ck_assert_uint_gt(candidates, 0);
	ck_assert_uint_gt(records, 0);
	ck_assert_uint_gt(versions, 0);
}
END_TEST

static void check_decode(const json_t *vector, uint32_t direction)
{
	const struct an_span bytes = vector_bytes(vector, "bytes");
	autonomi_message *message = NULL;
	const autonomi_status status = autonomi_message_decode(direction, integers, bytes.data,
	                                                       bytes.size, &message);
	ck_assert_msg((status == AUTONOMI_OK) == json_is_true(vector_get(vector, "ok")), "%s",
	              vector_id());
	autonomi_message_free(message);
}

static void check_decode_request(const json_t *vector)
{
	check_decode(vector, request);
}

static void check_decode_response(const json_t *vector)
{
	check_decode(vector, response);
}

START_TEST(unusual_messages_are_judged_as_the_real_crate_judges_them)
{
	ck_assert_uint_gt(vector_each("messages", "decode_request", check_decode_request), 0);
	ck_assert_uint_gt(vector_each("messages", "decode_response", check_decode_response), 0);
}
END_TEST

static autonomi_message *put_request(void)
{
	autonomi_message *message = NULL;
	ck_assert_int_eq(autonomi_request_new("Query.PutRecord", &message), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_message_set_address(message, "holder", AUTONOMI_ADDRESS_CHUNK,
	                                              name, NAME),
	                 AUTONOMI_OK);
	ck_assert_int_eq(autonomi_message_set_address(message, "address", AUTONOMI_ADDRESS_CHUNK,
	                                              name, NAME),
	                 AUTONOMI_OK);
	return message;
}

START_TEST(a_record_value_has_two_forms)
{
	autonomi_message *message = put_request(), *read = NULL;
	autonomi_bytes *bytes = NULL, *numbers = NULL;
	ck_assert_int_eq(autonomi_message_set_bytes(message, "serialized_record", name, NAME),
	                 AUTONOMI_OK);
	ck_assert_int_eq(autonomi_message_encode(message, AUTONOMI_RECORD_AS_BYTES, &bytes),
	                 AUTONOMI_OK);
	ck_assert_int_eq(autonomi_message_encode(message, integers, &numbers), AUTONOMI_OK);
	ck_assert(!an_span_equal(data_span(bytes), data_span(numbers)));
	ck_assert_int_eq(autonomi_message_decode(request, AUTONOMI_RECORD_AS_BYTES,
	                                         data_span(bytes).data, data_span(bytes).size,
	                                         &read),
	                 AUTONOMI_OK);
	autonomi_message_free(read);
	autonomi_message_free(message);
	autonomi_bytes_free(bytes);
	autonomi_bytes_free(numbers);
}
END_TEST

/* An answer to a command that has nothing to say. */
static autonomi_message *unit_response(void)
{
	return decode(response, vector_unhex("a163436d64a1695265706c6963617465a1624f6b80"));
}

/* Found by fuzzing: what was decoded could not be encoded again, as if its address had never been set. */
START_TEST(a_request_with_an_empty_peer_id_is_written_as_it_was_read)
{
	static const uint8_t sent[] = "\xa1\x65Query\xa1\x6aGetVersion\xa1\x66PeerId\x40";
	autonomi_message *message = NULL;
	autonomi_bytes *bytes = NULL;
	ck_assert_int_eq(autonomi_message_decode(AUTONOMI_MESSAGE_REQUEST, 0, sent,
	                                         sizeof(sent) - 1, &message),
	                 AUTONOMI_OK);
	ck_assert_int_eq(autonomi_message_encode(message, 0, &bytes), AUTONOMI_OK);
	data_expect(bytes, an_span(sent, sizeof(sent) - 1));
	autonomi_message_free(message);
}
END_TEST

START_TEST(arguments_of_messages_are_checked)
{
	autonomi_message *message = put_request(), *read = NULL, *empty = NULL;
	autonomi_message *answer = unit_response();
	autonomi_bytes *bytes = NULL;
	autonomi_quote *quote = NULL;
	autonomi_merkle_candidate *candidate = NULL;
	uint8_t out[ADDRESS_MAX];
	uint32_t type;
	size_t size;
	ck_assert_int_eq(autonomi_message_decode(3, 0, name, 1, &read), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_message_decode(request, 2, name, 1, &read), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_message_decode(request, 0, name, 1, &read), AUTONOMI_E_PROTOCOL);
	ck_assert_int_eq(autonomi_message_decode(request, 0, name, SIZE_MAX / 2, &read),
	                 AUTONOMI_E_TOO_LARGE);
	ck_assert_int_eq(autonomi_request_new("Query.Nothing", &read), AUTONOMI_E_NOT_FOUND);
	ck_assert_int_eq(autonomi_request_new(NULL, &read), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_request_new("Query.GetVersion", &empty), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_message_encode(empty, integers, &bytes), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_message_encode(message, 2, &bytes), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_message_encode(NULL, 0, &bytes), AUTONOMI_E_INVALID);
	ck_assert_str_eq(autonomi_message_name(NULL), "");
	ck_assert_uint_eq(autonomi_message_count(NULL), 0);
	ck_assert_uint_eq(autonomi_message_count(message), 0);
	ck_assert_int_eq(autonomi_message_destination(answer, &type, out, &size),
	                 AUTONOMI_E_UNSUPPORTED);
	ck_assert_int_eq(autonomi_message_destination(NULL, &type, out, &size), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_message_error(NULL, &bytes), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_message_error(message, &bytes), AUTONOMI_E_NOT_FOUND);
	ck_assert_int_eq(autonomi_message_quote(NULL, &quote), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_message_quote(message, &quote), AUTONOMI_E_NOT_FOUND);
	ck_assert_int_eq(autonomi_message_candidate(NULL, &candidate), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_message_candidate(answer, &candidate), AUTONOMI_E_NOT_FOUND);
	ck_assert_int_eq(autonomi_message_item(message, 0, &type, out, &size), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_message_item_proof(message, 0, out), AUTONOMI_E_INVALID);
	ck_assert_ptr_null(autonomi_message_free(NULL));
	autonomi_message_free(empty);
	autonomi_message_free(answer);
	autonomi_message_free(message);
}
END_TEST

START_TEST(fields_that_a_message_does_not_have_are_not_found)
{
	autonomi_message *message = put_request(), *answer = unit_response();
	uint8_t out[ADDRESS_MAX];
	const uint8_t *data;
	uint32_t type;
	uint64_t number;
	size_t size;
	ck_assert_int_eq(autonomi_message_address(message, NULL, &type, out, &size),
	                 AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_message_address(message, "nothing", &type, out, &size),
	                 AUTONOMI_E_NOT_FOUND);
	ck_assert_int_eq(autonomi_message_number(message, "holder", &number), AUTONOMI_E_NOT_FOUND);
	ck_assert_int_eq(autonomi_message_number(NULL, "holder", &number), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_message_bytes(message, "holder", &data, &size),
	                 AUTONOMI_E_NOT_FOUND);
	ck_assert_int_eq(autonomi_message_bytes(NULL, "holder", &data, &size), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_message_set_address(message, "holder", AUTONOMI_ADDRESS_CHUNK,
	                                              name, 3),
	                 AUTONOMI_E_ADDRESS);
	ck_assert_int_eq(autonomi_message_set_address(message, "serialized_record",
	                                              AUTONOMI_ADDRESS_CHUNK, name, NAME),
	                 AUTONOMI_E_NOT_FOUND);
	ck_assert_int_eq(autonomi_message_set_address(answer, "holder", AUTONOMI_ADDRESS_CHUNK,
	                                              name, NAME),
	                 AUTONOMI_E_UNSUPPORTED);
	ck_assert_int_eq(autonomi_message_set_number(message, "holder", 1), AUTONOMI_E_NOT_FOUND);
	ck_assert_int_eq(autonomi_message_set_number(message, "nothing", 1), AUTONOMI_E_NOT_FOUND);
	ck_assert_int_eq(autonomi_message_set_number(NULL, "nothing", 1), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_message_set_bytes(message, "holder", name, 1),
	                 AUTONOMI_E_NOT_FOUND);
	ck_assert_int_eq(autonomi_message_set_bytes(message, "serialized_record", NULL, 1),
	                 AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_message_set_bytes(message, "serialized_record", name,
	                                            SIZE_MAX / 2),
	                 AUTONOMI_E_INVALID);
	autonomi_message_free(answer);
	autonomi_message_free(message);
}
END_TEST

START_TEST(numbers_and_ranges_that_a_field_cannot_have_are_refused)
{
	autonomi_message *closest = NULL, *quote = NULL;
	ck_assert_int_eq(autonomi_request_new("Query.GetClosestPeers", &closest), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_request_new("Query.GetStoreQuote", &quote), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_message_set_number(closest, "sign_result", 2),
	                 AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_message_set_number(closest, "range", 2), AUTONOMI_E_NOT_FOUND);
	ck_assert_int_eq(autonomi_message_set_bytes(closest, "range", name, NAME - 1),
	                 AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_message_set_number(quote, "data_type", 1ULL << 32),
	                 AUTONOMI_E_INVALID);
	autonomi_message_free(closest);
	autonomi_message_free(quote);
}
END_TEST

/* ---- Kademlia and identify. */

/* Encoded by hand: FIND_NODE (4) with a key and one closer peer; a PUT_VALUE (0) with a record. */
static const uint8_t find_node[] = {0x08, 0x04, 0x12, 0x02, 'k', 'y',  0x42,
                                    0x06, 0x0a, 0x02, 'i',  'd', 0x18, 0x01};
static const uint8_t put_value[] = {0x08, 0x00, 0x12, 0x02, 'k',  'y',  0x1a, 0x08,
                                    0x0a, 0x02, 'k',  'y',  0x12, 0x02, 'v',  'a'};
static const uint8_t identify[] = {0x12, 0x02, 0x04, 0x7f, 0x2a, 0x03, 'v',
                                   '/',  '1',  0x32, 0x03, 'a',  'g',  't'};

static autonomi_peer_message *peer_message(uint32_t protocol, const uint8_t *bytes, size_t size)
{
	autonomi_peer_message *message = NULL;
	ck_assert_int_eq(autonomi_peer_message_decode(protocol, bytes, size, &message),
	                 AUTONOMI_OK);
	return message;
}

static void expect_peer_bytes(const autonomi_peer_message *message, const char *field,
                              const char *expected)
{
	const uint8_t *bytes = NULL;
	size_t size = 0;
	ck_assert_int_eq(autonomi_peer_message_bytes(message, field, &bytes, &size), AUTONOMI_OK);
	vector_equal(an_span(bytes, size), an_span_text(expected));
}

START_TEST(kademlia_and_identify_messages_are_read_and_written)
{
	autonomi_peer_message *find = peer_message(AUTONOMI_PEER_KADEMLIA, find_node,
	                                           sizeof(find_node));
	autonomi_peer_message *put = peer_message(AUTONOMI_PEER_KADEMLIA, put_value,
	                                          sizeof(put_value));
	autonomi_peer_message *who = peer_message(AUTONOMI_PEER_IDENTIFY, identify,
	                                          sizeof(identify));
	autonomi_peer_message *again;
	autonomi_bytes *bytes = NULL;
	const uint8_t *data;
	size_t size;
	ck_assert_str_eq(autonomi_peer_message_name(find), "FIND_NODE");
	ck_assert_str_eq(autonomi_peer_message_name(put), "PUT_VALUE");
	ck_assert_str_eq(autonomi_peer_message_name(who), "identify");
	expect_peer_bytes(find, "key", "ky");
	ck_assert_uint_eq(autonomi_peer_message_count(find), 1);
	ck_assert_int_eq(autonomi_peer_message_item(find, 0, &data, &size), AUTONOMI_OK);
	vector_equal(an_span(data, size), an_span_text("id"));
	expect_peer_bytes(put, "record.key", "ky");
	expect_peer_bytes(put, "record.value", "va");
	expect_peer_bytes(who, "protocol_version", "v/1");
	expect_peer_bytes(who, "agent_version", "agt");
	ck_assert_uint_eq(autonomi_peer_message_count(who), 1);
	ck_assert_int_eq(autonomi_peer_message_item(who, 0, &data, &size), AUTONOMI_OK);
	ck_assert_uint_eq(size, 2);
	ck_assert_int_eq(autonomi_peer_message_encode(find, &bytes), AUTONOMI_OK);
	data_expect(bytes, an_span(find_node, sizeof(find_node)));
	ck_assert_int_eq(autonomi_peer_message_encode(who, &bytes), AUTONOMI_OK);
	again = peer_message(AUTONOMI_PEER_IDENTIFY, data_span(bytes).data, data_span(bytes).size);
	expect_peer_bytes(again, "agent_version", "agt");
	autonomi_bytes_free(bytes);
	autonomi_peer_message_free(again);
	autonomi_peer_message_free(find);
	autonomi_peer_message_free(put);
	ck_assert_ptr_null(autonomi_peer_message_free(who));
}
END_TEST

START_TEST(arguments_of_peer_messages_are_checked)
{
	autonomi_peer_message *find = peer_message(AUTONOMI_PEER_KADEMLIA, find_node,
	                                           sizeof(find_node));
	autonomi_peer_message *who = peer_message(AUTONOMI_PEER_IDENTIFY, identify,
	                                          sizeof(identify));
	autonomi_peer_message *none = NULL;
	autonomi_bytes *bytes = NULL;
	const uint8_t *data;
	size_t size;
	ck_assert_int_eq(autonomi_peer_message_decode(3, find_node, 1, &none), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_peer_message_decode(1, NULL, 1, &none), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_peer_message_decode(1, find_node, 3, &none), AUTONOMI_E_PROTOCOL);
	ck_assert_int_eq(autonomi_peer_message_encode(NULL, &bytes), AUTONOMI_E_INVALID);
	ck_assert_str_eq(autonomi_peer_message_name(NULL), "");
	ck_assert_uint_eq(autonomi_peer_message_count(NULL), 0);
	ck_assert_int_eq(autonomi_peer_message_bytes(find, NULL, &data, &size), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_peer_message_bytes(find, "record.key", &data, &size),
	                 AUTONOMI_E_NOT_FOUND);
	ck_assert_int_eq(autonomi_peer_message_bytes(find, "record.value", &data, &size),
	                 AUTONOMI_E_NOT_FOUND);
	ck_assert_int_eq(autonomi_peer_message_bytes(who, "public_key", &data, &size),
	                 AUTONOMI_E_NOT_FOUND);
	ck_assert_int_eq(autonomi_peer_message_bytes(who, "observed_address", &data, &size),
	                 AUTONOMI_E_NOT_FOUND);
	ck_assert_int_eq(autonomi_peer_message_bytes(who, "key", &data, &size),
	                 AUTONOMI_E_NOT_FOUND);
	ck_assert_int_eq(autonomi_peer_message_item(find, 1, &data, &size), AUTONOMI_E_INVALID);
	autonomi_peer_message_free(find);
	autonomi_peer_message_free(who);
}
END_TEST

/* The first answers of the vectors that have an error, a quote, a candidate. */
static uint8_t kept[3][8192];
static size_t kept_size[3];

static void keep(const json_t *vector)
{
	const struct an_span encoded = vector_bytes(vector, "cbor");
	autonomi_message *message = decode(response, encoded);
	autonomi_bytes *text = NULL;
	autonomi_quote *quote = NULL;
	autonomi_merkle_candidate *candidate = NULL;
	const bool is[] = {autonomi_message_error(message, &text) == AUTONOMI_OK,
	                   autonomi_message_quote(message, &quote) == AUTONOMI_OK,
	                   autonomi_message_candidate(message, &candidate) == AUTONOMI_OK};
	for (size_t i = 0; i < 3; i++) {
		if (!is[i] || kept_size[i] > 0 || encoded.size > sizeof(kept[i]))
			continue;
		memcpy(kept[i], encoded.data, encoded.size);
		kept_size[i] = encoded.size;
	}
	autonomi_bytes_free(text);
	autonomi_quote_free(quote);
	autonomi_merkle_candidate_free(candidate);
	autonomi_message_free(message);
}

static autonomi_status use_request(void)
{
	autonomi_message *message = NULL, *read = NULL;
	autonomi_bytes *bytes = NULL;
	autonomi_status status = autonomi_request_new("Query.PutRecord", &message);
	if (status == AUTONOMI_OK)
		status = autonomi_message_set_address(message, "holder", AUTONOMI_ADDRESS_CHUNK,
		                                      name, NAME);
	if (status == AUTONOMI_OK)
		status = autonomi_message_set_address(message, "address", AUTONOMI_ADDRESS_CHUNK,
		                                      name, NAME);
	if (status == AUTONOMI_OK)
		status = autonomi_message_set_bytes(message, "serialized_record", name, NAME);
	if (status == AUTONOMI_OK)
		status = autonomi_message_encode(message, integers, &bytes);
	if (status == AUTONOMI_OK)
		status = autonomi_message_decode(request, integers, data_span(bytes).data,
		                                 data_span(bytes).size, &read);
	autonomi_bytes_free(bytes);
	autonomi_message_free(message);
	autonomi_message_free(read);
	return status;
}

static autonomi_status use_response(size_t which)
{
	autonomi_message *message = NULL;
	autonomi_bytes *text = NULL;
	autonomi_quote *quote = NULL;
	autonomi_merkle_candidate *candidate = NULL;
	autonomi_status status = autonomi_message_decode(response, integers, kept[which],
	                                                 kept_size[which], &message);
	if (status == AUTONOMI_OK && which == 0)
		status = autonomi_message_error(message, &text);
	if (status == AUTONOMI_OK && which == 1)
		status = autonomi_message_quote(message, &quote);
	if (status == AUTONOMI_OK && which == 2)
		status = autonomi_message_candidate(message, &candidate);
	autonomi_bytes_free(text);
	autonomi_quote_free(quote);
	autonomi_merkle_candidate_free(candidate);
	autonomi_message_free(message);
	return status;
}

static autonomi_status use_error(void)
{
	return use_response(0);
}

static autonomi_status use_quote(void)
{
	return use_response(1);
}

static autonomi_status use_candidate(void)
{
	return use_response(2);
}

static autonomi_status use_peer_message(void)
{
	autonomi_peer_message *message = NULL;
	autonomi_bytes *bytes = NULL;
	autonomi_status status = autonomi_peer_message_decode(AUTONOMI_PEER_KADEMLIA, find_node,
	                                                      sizeof(find_node), &message);
	if (status == AUTONOMI_OK)
		status = autonomi_peer_message_encode(message, &bytes);
	autonomi_bytes_free(bytes);
	autonomi_peer_message_free(message);
	return status;
}

START_TEST(without_memory_nothing_is_made_and_nothing_leaks)
{
	(void)vector_each("messages", "response", keep);
	data_without_memory(use_request, 5);
	data_without_memory(use_error, 4);
	data_without_memory(use_quote, 3);
	data_without_memory(use_candidate, 3);
	data_without_memory(use_peer_message, 4);
}
END_TEST

Suite *suite(void)
{
	Suite *messages = suite_create("data_message");
	TCase *tests = tcase_create("messages");
	tcase_add_test(tests, requests_are_read_and_made_as_the_real_crate_does);
	tcase_add_test(tests, responses_are_read_as_the_real_crate_does);
	tcase_add_test(tests, quotes_candidates_records_and_versions_are_taken_out);
	tcase_add_test(tests, unusual_messages_are_judged_as_the_real_crate_judges_them);
	tcase_add_test(tests, a_record_value_has_two_forms);
	tcase_add_test(tests, a_request_with_an_empty_peer_id_is_written_as_it_was_read);
	tcase_add_test(tests, arguments_of_messages_are_checked);
	tcase_add_test(tests, fields_that_a_message_does_not_have_are_not_found);
	tcase_add_test(tests, numbers_and_ranges_that_a_field_cannot_have_are_refused);
	tcase_add_test(tests, kademlia_and_identify_messages_are_read_and_written);
	tcase_add_test(tests, arguments_of_peer_messages_are_checked);
	tcase_add_test(tests, without_memory_nothing_is_made_and_nothing_leaks);
	suite_add_tcase(messages, tests);
	return messages;
}
