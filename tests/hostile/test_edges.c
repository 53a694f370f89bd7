/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Requests of every kind whose contents lie at or beyond an edge: each has the answer that docs/wire.md
 * and docs/compatibility.md give it, and the node holds nothing of it afterwards. */
#include "harness.h"

#include <stdlib.h>
#include <string.h>

#include "attacker.h"
#include "crypt/bls.h"
#include "data/owner_key.h"
#include "support/signed_records.h"
#include "wire/cbor.h"

enum {
	NODES = 2,
	ADDRESS_MOST = 128,
	KEYS_MOST = 16, /* owners' keys in one message */
	LIST_MOST = 16384,
	TEXT_MOST = 1 << 20,
	VALUE_MOST = 5242879,
	MESSAGE_MOST = 10485760,
};

static struct cluster cluster;
static struct attacker attacker;
static struct an_buffer scratch;
static struct an_address victim, self;

static void setup(void)
{
	cluster_open(&cluster, NODES, 1);
	cluster_run(&cluster, 300);
	attacker_open(&attacker, &cluster, 1);
	an_buffer_init(&scratch, MESSAGE_MOST);
	victim = an_address_of_peer(&attacker.victim.id);
	self = an_address_of_peer(&attacker.key_pair.identity.id);
}

static void await_reply(void)
{
	attacker_await(&attacker, &cluster, attacker.answered + attacker.failed + 1, 20000);
}

static void send(struct an_span message)
{
	attacker_ask(&attacker, AN_LINK_KIND_MESSAGE, an_blob_copy(message));
	await_reply();
}

/* The answer to what was just sent, which must have come. */
static struct an_response answer(enum an_response_type type)
{
	struct an_response response;
	ck_assert_msg(attacker.status == AUTONOMI_OK, "%s, code %lu",
	              an_status_message(attacker.status), (unsigned long)attacker.code);
	an_buffer_clear(&scratch);
	ck_assert_int_eq(an_response_decode(an_blob_span(attacker.reply), &scratch, &response),
	                 AUTONOMI_OK);
	ck_assert_int_eq(response.type, type);
	return response;
}

static struct an_response ask(const struct an_request *request, enum an_response_type type)
{
	attacker_request(&attacker, request);
	await_reply();
	return answer(type);
}

static void expect_code(enum an_link_code code)
{
	ck_assert_int_eq(attacker.status,
	                 code == AN_LINK_CODE_BUSY ? AUTONOMI_E_BUSY : AUTONOMI_E_REFUSED);
	ck_assert_uint_eq(attacker.code, code);
}

static void refused(const struct an_request *request, enum an_link_code code)
{
	attacker_request(&attacker, request);
	await_reply();
	expect_code(code);
}

/* The node lives, and holds neither requests nor bytes of what came. */
static void teardown(void)
{
	struct an_request request = {.type = AN_REQUEST_GET_VERSION};
	request.get_version.address = victim;
	ask(&request, AN_RESPONSE_GET_VERSION);
	attacker_run(&attacker, &cluster, 100);
	ck_assert_uint_eq(victim_counter(&cluster, "inbound_requests"), 0);
	ck_assert_uint_eq(victim_counter(&cluster, "inbound_bytes"), 0);
	ck_assert_uint_eq(victim_counter(&cluster, "store_pending_bytes"), 0);
	an_buffer_done(&scratch);
	attacker_close(&attacker);
	cluster_close(&cluster);
}

/* ---- Every kind of request. */

static struct an_request some_request(enum an_request_type type, struct an_buffer *items)
{
	static const uint8_t value[] = {0x91, 0x00, 0xc4, 0x00};
	struct an_request request = {.type = type};
	struct an_message_key key = {.address = victim};
	switch (type) {
	case AN_REQUEST_REPLICATE:
	case AN_REQUEST_FRESH_REPLICATE:
		request.replicate.holder = self;
		an_message_add_key(items, &request.replicate.keys,
		                   type == AN_REQUEST_FRESH_REPLICATE, &key);
		request.replicate.keys.items = an_buffer_span(items);
		break;
	case AN_REQUEST_PEER_CONSIDERED_AS_BAD:
		request.peer_considered_as_bad.detected_by = self;
		request.peer_considered_as_bad.bad_peer = self;
		request.peer_considered_as_bad.bad_behaviour = an_span_text("noise");
		break;
	case AN_REQUEST_GET_REPLICATED_RECORD:
		request.get_replicated_record.requester = self;
		request.get_replicated_record.key = victim;
		break;
	case AN_REQUEST_PUT_RECORD:
		request.put_record.holder = victim;
		request.put_record.address = victim;
		request.put_record.value = an_span(value, sizeof(value));
		break;
	default: /* the others begin with an address */
		request.get_store_quote.key = victim;
	}
	return request;
}

static enum an_request_type last_type(void)
{
#ifdef AN_DEVELOPER
	return AN_REQUEST_DEV_GET_CLOSEST_PEERS_FROM_NETWORK;
#else
	return AN_REQUEST_GET_MERKLE_CANDIDATE_QUOTE;
#endif
}

START_TEST(a_request_that_is_cut_anywhere_is_malformed_and_one_with_more_behind_it_is_not)
{
	struct an_buffer items, bytes;
	an_buffer_init(&items, 1024);
	an_buffer_init(&bytes, 4096);
	const struct an_request request = some_request((enum an_request_type)_i, &items);
	ck_assert_int_eq(an_request_encode(&request, AN_RECORD_FORM_BYTES, &bytes), AUTONOMI_OK);
	for (size_t size = 0; size < bytes.size; size++)
		attacker_ask(&attacker, AN_LINK_KIND_MESSAGE,
		             an_blob_copy(an_span(bytes.data, size)));
	attacker_await(&attacker, &cluster, bytes.size, 20000);
	ck_assert_uint_eq(attacker.failed, bytes.size);
	expect_code(AN_LINK_CODE_MALFORMED);
	ck_assert_int_eq(an_buffer_append(&bytes, an_span("\xff\x00\x9f", 3)), AUTONOMI_OK);
	send(an_buffer_span(&bytes));
	/* A list of a stranger has its answer too. */
	ck_assert_int_eq(attacker.status, AUTONOMI_OK);
	an_buffer_done(&bytes);
	an_buffer_done(&items);
}
END_TEST

START_TEST(a_request_with_any_byte_changed_is_answered_or_refused)
{
	struct an_buffer items, bytes;
	an_buffer_init(&items, 1024);
	an_buffer_init(&bytes, 4096);
	const struct an_request request = some_request((enum an_request_type)_i, &items);
	ck_assert_int_eq(an_request_encode(&request, AN_RECORD_FORM_BYTES, &bytes), AUTONOMI_OK);
	for (size_t at = 0; at < bytes.size; at++) {
		bytes.data[at] ^= 0x15;
		attacker_ask(&attacker, AN_LINK_KIND_MESSAGE, an_blob_copy(an_buffer_span(&bytes)));
		bytes.data[at] ^= 0x15;
	}
	attacker_await(&attacker, &cluster, bytes.size, 20000);
	ck_assert_uint_eq(victim_counter(&cluster, "records"), 0);
	an_buffer_done(&bytes);
	an_buffer_done(&items);
}
END_TEST

START_TEST(what_is_named_otherwise_than_it_should_be_is_malformed)
{
	static const char *const names[][2] = {{"Query", "Replicate"},  {"Cmd", "GetVersion"},
	                                       {"query", "GetVersion"}, {"Query", "getVersion"},
	                                       {"Query", ""},           {"", "GetVersion"},
	                                       {"Query", "GetVersion "}};
	struct an_buffer out;
	an_buffer_init(&out, 1024);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		an_buffer_clear(&out);
		an_cbor_write_variant(&out, names[i][0]);
		an_cbor_write_variant(&out, names[i][1]);
		an_address_write_cbor(&out, &victim);
		send(an_buffer_span(&out));
		expect_code(AN_LINK_CODE_MALFORMED);
	}
	/* A variant without data, by number, in a map of two and of none; an address of no type. */
	static const char *const raw[] = {
		"\xa1\x65Query\x6aGetVersion",
		"\xa1\x01\xa1\x06\x80",
		"\xa2\x65Query\xa1\x6aGetVersion\x80\x65Other\x80",
		"\xa0",
		"\xa1\x65Query\xa0",
		"\xa1\x65Query\xa1\x6aGetVersion\xa1\x66Nobody\x41x",
		"\xa1\x65Query\xa1\x6aGetVersion\x66PeerId",
		"\xa1\x65Query\xa1\x6aGetVersion\xa1\x66PeerId\x81\x01",
	};
	for (size_t i = 0; i < sizeof(raw) / sizeof(raw[0]); i++) {
		send(an_span_text(raw[i]));
		expect_code(AN_LINK_CODE_MALFORMED);
	}
	an_buffer_done(&out);
}
END_TEST

/* ---- Addresses and numbers. */

static struct an_address key_of_length(size_t size)
{
	struct an_address address = {.type = AN_ADDRESS_RECORD_KEY, .size = (uint8_t)size};
	memset(address.bytes, 7, size);
	return address;
}

START_TEST(a_key_may_have_any_length_up_to_128_and_is_that_of_no_record_unless_it_is_32)
{
	static const size_t lengths[] = {0, 1, 31, 33, 38, ADDRESS_MOST};
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		const struct an_address key = key_of_length(lengths[i]);
		struct an_request request = {.type = AN_REQUEST_GET_REPLICATED_RECORD};
		request.get_replicated_record.requester = key;
		request.get_replicated_record.key = key;
		struct an_response response = ask(&request, AN_RESPONSE_GET_REPLICATED_RECORD);
		const struct an_protocol_error *error = &response.get_replicated_record.result
		                                                 .error;
		ck_assert_int_eq(error->type, AN_ERROR_REPLICATED_RECORD_NOT_FOUND);
		ck_assert(an_address_equal(&error->address, &victim));
		ck_assert(an_address_equal(&error->key, &key));

		request = (struct an_request){.type = AN_REQUEST_GET_CHUNK_EXISTENCE_PROOF};
		request.get_chunk_existence_proof.key = key;
		request.get_chunk_existence_proof.difficulty = 1;
		response = ask(&request, AN_RESPONSE_GET_CHUNK_EXISTENCE_PROOF);
		ck_assert_uint_eq(response.get_chunk_existence_proof.proofs.count, 1);

		request = (struct an_request){.type = AN_REQUEST_CHECK_NODE_IN_PROBLEM};
		request.check_node_in_problem.address = key;
		request.check_node_in_problem.address.type = AN_ADDRESS_PEER_ID;
		response = ask(&request, AN_RESPONSE_CHECK_NODE_IN_PROBLEM);
		ck_assert(!response.check_node_in_problem.is_in_trouble);

		struct signed_record chunk = signed_chunk(1, 10);
		request = (struct an_request){.type = AN_REQUEST_PUT_RECORD};
		request.put_record.holder = request.put_record.address = key;
		request.put_record.value = an_blob_span(chunk.value);
		response = ask(&request, AN_RESPONSE_PUT_RECORD);
		ck_assert(an_span_equal(response.put_record.result.error.text,
		                        an_span_text("RecordKeyMismatch")));
		signed_done(&chunk);
	}
}
END_TEST

static void send_key_of(size_t size)
{
	static uint8_t zeros[2 * ADDRESS_MOST];
	struct an_buffer out;
	an_buffer_init(&out, 1024);
	an_cbor_write_variant(&out, "Query");
	an_cbor_write_variant(&out, "GetVersion");
	an_cbor_write_variant(&out, "RecordKey");
	an_cbor_write_bytes(&out, an_span(zeros, size));
	send(an_buffer_span(&out));
	an_buffer_done(&out);
}

START_TEST(a_key_that_is_longer_or_an_owner_that_is_no_key_is_malformed)
{
	send_key_of(ADDRESS_MOST);
	answer(AN_RESPONSE_GET_VERSION);
	send_key_of(ADDRESS_MOST + 1);
	expect_code(AN_LINK_CODE_MALFORMED);
	/* 48 bytes that are no point, and of a chunk one byte too few. */
	struct an_request request = {.type = AN_REQUEST_GET_VERSION};
	request.get_version.address = (struct an_address){.type = AN_ADDRESS_POINTER,
	                                                  .size = AN_OWNER_KEY_SIZE};
	refused(&request, AN_LINK_CODE_MALFORMED);
	static const char short_name[] =
		"\xa1\x65Query\xa1\x6aGetVersion\xa1\x6c"
		"ChunkAddress\x98\x1f"
		"\x01\x01\x01\x01"
		"\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01"
		"\x01\x01\x01\x01\x01\x01\x01";
	send(an_span_text(short_name));
	expect_code(AN_LINK_CODE_MALFORMED);
}
END_TEST

START_TEST(the_largest_numbers_are_as_good_as_any)
{
	struct an_request request = {.type = AN_REQUEST_GET_STORE_QUOTE};
	request.get_store_quote.key = victim;
	request.get_store_quote.data_type = UINT32_MAX;
	request.get_store_quote.data_size = UINT64_MAX;
	request.get_store_quote.has_nonce = true;
	request.get_store_quote.nonce = UINT64_MAX;
	request.get_store_quote.difficulty = UINT64_MAX;
	struct an_response response = ask(&request, AN_RESPONSE_GET_STORE_QUOTE);
	ck_assert(!response.get_store_quote.result.failed);
	ck_assert_uint_eq(response.get_store_quote.quote.metrics.data_type, UINT32_MAX);
	ck_assert_uint_eq(response.get_store_quote.quote.metrics.data_size, UINT64_MAX);
	ck_assert_uint_eq(response.get_store_quote.storage_proofs.count, 0);

	request = (struct an_request){.type = AN_REQUEST_GET_CHUNK_EXISTENCE_PROOF};
	request.get_chunk_existence_proof.key = victim;
	request.get_chunk_existence_proof.nonce = UINT64_MAX;
	request.get_chunk_existence_proof.difficulty = UINT64_MAX;
	response = ask(&request, AN_RESPONSE_GET_CHUNK_EXISTENCE_PROOF);
	ck_assert_uint_eq(response.get_chunk_existence_proof.proofs.count, 0);

	static const uint64_t times[] = {0, UINT64_MAX};
	for (size_t i = 0; i < 2; i++) {
		request = (struct an_request){.type = AN_REQUEST_GET_MERKLE_CANDIDATE_QUOTE};
		request.get_merkle_candidate_quote.key = victim;
		request.get_merkle_candidate_quote.merkle_payment_timestamp = times[i];
		response = ask(&request, AN_RESPONSE_GET_MERKLE_CANDIDATE_QUOTE);
		ck_assert_int_eq(response.get_merkle_candidate_quote.result.error.type,
		                 AN_ERROR_GET_MERKLE_CANDIDATE_QUOTE_FAILED);
	}
}
END_TEST

START_TEST(an_accusation_may_have_nearly_a_mebibyte_and_means_nothing)
{
	struct an_blob *noise = an_blob_new(TEXT_MOST + 1);
	memset(noise->data, 'x', noise->size);
	struct an_request request = {.type = AN_REQUEST_PEER_CONSIDERED_AS_BAD};
	request.peer_considered_as_bad.detected_by = victim;
	request.peer_considered_as_bad.bad_peer = self;
	struct an_buffer out;
	an_buffer_init(&out, MESSAGE_MOST);
	request.peer_considered_as_bad.bad_behaviour = an_blob_span(noise);
	ck_assert_int_eq(an_request_encode(&request, AN_RECORD_FORM_BYTES, &out), AUTONOMI_OK);
	send(an_buffer_span(&out));
	expect_code(AN_LINK_CODE_MALFORMED);
	an_buffer_clear(&out);
	request.peer_considered_as_bad.bad_behaviour.size -= 4096;
	ck_assert_int_eq(an_request_encode(&request, AN_RECORD_FORM_BYTES, &out), AUTONOMI_OK);
	send(an_buffer_span(&out));
	answer(AN_RESPONSE_PEER_CONSIDERED_AS_BAD);
	/* No UTF-8. */
	out.data[out.size - 1] = 0xff;
	send(an_buffer_span(&out));
	expect_code(AN_LINK_CODE_MALFORMED);
	ck_assert_uint_eq(victim_counter(&cluster, "shunned"), 0);
	an_buffer_done(&out);
	an_blob_unref(noise);
}
END_TEST

/* ---- Lists. */

/* The same key `count` times, as any list may have it. */
static void fill_list(struct an_request *request, struct an_buffer *items, size_t count)
{
	const bool fresh = request->type == AN_REQUEST_FRESH_REPLICATE;
	const struct an_message_key key = {.address = key_of_length(AN_RECORD_NAME_SIZE),
	                                   .validation = {.is_chunk = true}};
	an_buffer_init(items, MESSAGE_MOST);
	for (size_t i = 0; i < count; i++)
		an_message_add_key(items, &request->replicate.keys, fresh, &key);
	request->replicate.keys.items = an_buffer_span(items);
	request->replicate.holder = self;
}

START_TEST(a_list_may_be_full_of_one_key_and_no_longer_than_16384)
{
	for (int fresh = 0; fresh < 2; fresh++) {
		const enum an_request_type type = fresh ? AN_REQUEST_FRESH_REPLICATE
		                                        : AN_REQUEST_REPLICATE;
		struct an_request request = {.type = type};
		struct an_buffer items;
		fill_list(&request, &items, LIST_MOST);
		ask(&request, fresh ? AN_RESPONSE_FRESH_REPLICATE : AN_RESPONSE_REPLICATE);
		/* In the name of the node itself, or of somebody else. */
		request.replicate.holder = victim;
		ask(&request, fresh ? AN_RESPONSE_FRESH_REPLICATE : AN_RESPONSE_REPLICATE);
		request.replicate.holder = key_of_length(0);
		ask(&request, fresh ? AN_RESPONSE_FRESH_REPLICATE : AN_RESPONSE_REPLICATE);
		an_buffer_done(&items);

		request = (struct an_request){.type = type};
		fill_list(&request, &items, LIST_MOST + 1);
		refused(&request, AN_LINK_CODE_TOO_LARGE);
		an_buffer_done(&items);
	}
	ck_assert_uint_eq(victim_counter(&cluster, "replication_offers"), 0);
}
END_TEST

START_TEST(an_empty_list_of_a_stranger_is_busy_and_one_in_another_s_name_is_nothing)
{
	struct an_request request = {.type = AN_REQUEST_REPLICATE};
	request.replicate.holder = self;
	refused(&request, AN_LINK_CODE_BUSY);
	request.replicate.holder = victim;
	ask(&request, AN_RESPONSE_REPLICATE);
}
END_TEST

START_TEST(owners_keys_have_a_number_in_one_message)
{
	const uint8_t secret[AN_BLS_SECRET_SIZE] = {[AN_BLS_SECRET_SIZE - 1] = 5};
	struct an_address owner = {.type = AN_ADDRESS_POINTER, .size = AN_OWNER_KEY_SIZE};
	ck_assert_int_eq(an_bls_public_key(secret, owner.bytes), AUTONOMI_OK);
	for (size_t count = KEYS_MOST; count <= KEYS_MOST + 1; count++) {
		struct an_buffer out;
		an_buffer_init(&out, MESSAGE_MOST);
		an_cbor_write_variant(&out, "Cmd");
		an_cbor_write_variant(&out, "Replicate");
		an_cbor_write_map(&out, 2);
		an_cbor_write_name(&out, "holder");
		an_address_write_cbor(&out, &self);
		an_cbor_write_name(&out, "keys");
		an_cbor_write_array(&out, count);
		for (size_t i = 0; i < count; i++) {
			an_cbor_write_array(&out, 2);
			an_address_write_cbor(&out, &owner);
			an_cbor_write_name(&out, "Chunk");
		}
		send(an_buffer_span(&out));
		if (count == KEYS_MOST)
			answer(AN_RESPONSE_REPLICATE);
		else
			expect_code(AN_LINK_CODE_MALFORMED);
		an_buffer_done(&out);
	}
}
END_TEST

/* ---- Record values. */

static struct an_message_result put(struct an_span value, const uint8_t key[AN_RECORD_NAME_SIZE])
{
	struct an_request request = {.type = AN_REQUEST_PUT_RECORD};
	request.put_record.holder = victim;
	request.put_record.address = an_address_of_record_key(key);
	request.put_record.value = value;
	return ask(&request, AN_RESPONSE_PUT_RECORD).put_record.result;
}

static void expect_put_error(struct an_span value, const char *text)
{
	const uint8_t key[AN_RECORD_NAME_SIZE] = {1};
	const struct an_message_result result = put(value, key);
	ck_assert(result.failed);
	ck_assert_int_eq(result.error.type, AN_ERROR_PUT_RECORD_FAILED);
	ck_assert_msg(result.error.text.size >= strlen(text) &&
	                      memcmp(result.error.text.data, text, strlen(text)) == 0,
	              "%.*s instead of %s", (int)result.error.text.size,
	              (const char *)result.error.text.data, text);
}

START_TEST(values_of_any_size_and_kind_have_their_verdict)
{
	uint8_t *value = calloc(1, MESSAGE_MOST);
	ck_assert_ptr_nonnull(value);
	for (size_t size = 0; size < 3; size++)
		expect_put_error(an_span("\x91\x00\xc4", size), "InvalidRecordHeader");
	value[0] = 0x91;
	static const uint8_t kinds[] = {0,  1,  2,  3,  4,  9,  10, 11,  12,  13,
	                                14, 20, 21, 22, 23, 24, 30, 127, 128, 255};
	for (size_t i = 0; i < sizeof(kinds); i++) {
		const uint8_t kind = kinds[i];
		const bool known = kind < 24 && kind % 10 < 4;
		value[1] = kind;
		value[2] = 0xc1; /* of no type of MessagePack */
		expect_put_error(an_span(value, 3),
		                 known ? "InvalidRecord(010000" : "InvalidRecordHeader");
		expect_put_error(an_span(value, VALUE_MOST + 1),
		                 !known           ? "InvalidRecordHeader"
		                 : kind % 10 == 0 ? "OversizedChunk(5242880, 4194336)"
		                                  : "InvalidRecord(010000");
	}
	value[1] = 3;
	expect_put_error(an_span(value, VALUE_MOST), "InvalidRecord(010000");
	expect_put_error(an_span(value, MESSAGE_MOST - AN_MESSAGE_OVERHEAD_MAX),
	                 "InvalidRecord(010000");
	free(value);
	ck_assert_uint_eq(victim_counter(&cluster, "records"), 0);
}
END_TEST

START_TEST(of_one_record_many_times_at_once_there_is_one)
{
	enum { TIMES = 100 };
	struct signed_record pad = signed_scratchpad(1, 1, 1000);
	struct an_request request = {.type = AN_REQUEST_PUT_RECORD};
	request.put_record.holder = victim;
	request.put_record.address = an_address_of_record_key(pad.key);
	request.put_record.value = an_blob_span(pad.value);
	for (int i = 0; i < TIMES; i++)
		attacker_request(&attacker, &request);
	attacker_await(&attacker, &cluster, TIMES, 60000);
	ck_assert_uint_eq(attacker.answered, TIMES);
	ck_assert(!answer(AN_RESPONSE_PUT_RECORD).put_record.result.failed);
	ck_assert_uint_eq(victim_counter(&cluster, "records"), 1);
	ck_assert_uint_eq(victim_counter(&cluster, "store_puts"), 1);
	signed_done(&pad);
}
END_TEST

START_TEST(an_address_request_is_empty)
{
	attacker_ask(&attacker, AN_LINK_KIND_ADDRESS, an_blob_new(0));
	await_reply();
	ck_assert_int_eq(attacker.status, AUTONOMI_OK);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("hostile/edges");
	TCase *tests = tcase_create("edges");
	const int types = (int)last_type() + 1;
	tcase_set_timeout(tests, 300);
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_loop_test(
		tests,
		a_request_that_is_cut_anywhere_is_malformed_and_one_with_more_behind_it_is_not, 0,
		types);
	tcase_add_loop_test(tests, a_request_with_any_byte_changed_is_answered_or_refused, 0,
	                    types);
	tcase_add_test(tests, what_is_named_otherwise_than_it_should_be_is_malformed);
	tcase_add_test(
		tests,
		a_key_may_have_any_length_up_to_128_and_is_that_of_no_record_unless_it_is_32);
	tcase_add_test(tests, a_key_that_is_longer_or_an_owner_that_is_no_key_is_malformed);
	tcase_add_test(tests, the_largest_numbers_are_as_good_as_any);
	tcase_add_test(tests, an_accusation_may_have_nearly_a_mebibyte_and_means_nothing);
	tcase_add_test(tests, a_list_may_be_full_of_one_key_and_no_longer_than_16384);
	tcase_add_test(tests,
	               an_empty_list_of_a_stranger_is_busy_and_one_in_another_s_name_is_nothing);
	tcase_add_test(tests, owners_keys_have_a_number_in_one_message);
	tcase_add_test(tests, values_of_any_size_and_kind_have_their_verdict);
	tcase_add_test(tests, of_one_record_many_times_at_once_there_is_one);
	tcase_add_test(tests, an_address_request_is_empty);
	suite_add_tcase(s, tests);
	return s;
}
