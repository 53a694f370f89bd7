/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Peers that answer what the host or the node itself asks with nonsense, late or not at all. */
#include "harness.h"

#include <string.h>

#include "api/handle.h"
#include "attacker.h"
#include "data/chunk.h"
#include "data/message.h"
#include "node/internal.h"
#include "repl/issues.h"
#include "store/internal.h"

enum { LIMIT_MS = 20000, LARGE = 2 * 1024 * 1024 };

static struct cluster cluster;
static struct attacker liar;
static char liar_id[AN_PEER_ID_TEXT_MAX];
static autonomi_op op;

static void setup(void)
{
	cluster_open(&cluster, 1, 1);
	attacker_open(&liar, &cluster, 1);
	an_peer_id_to_text(&liar.key_pair.identity.id, liar_id);
}

static void teardown(void)
{
	attacker_close(&liar);
	cluster_close(&cluster);
}

/* The completion of `op`, while the liar does what it does. */
static autonomi_event *completion(void)
{
	const uint64_t deadline = monotonic_us() + LIMIT_MS * 1000ULL;
	while (monotonic_us() < deadline) {
		autonomi_event *event = NULL;
		attacker_pump(&liar);
		autonomi_node_pump(cluster.nodes[0]);
		while (autonomi_node_next_event(cluster.nodes[0], &event) == 1) {
			if (autonomi_event_op(event) == op)
				return event;
			autonomi_event_free(event);
		}
	}
	ck_abort_msg("the operation did not complete");
	return NULL;
}

static autonomi_status status_of(autonomi_status submitted)
{
	ck_assert_int_eq(submitted, AUTONOMI_OK);
	autonomi_event *event = completion();
	const autonomi_status status = autonomi_event_status(event);
	size_t size = 1;
	autonomi_event_data(event, &size);
	if (status < 0) {
		ck_assert_str_ne(autonomi_event_message(event), "");
		ck_assert_uint_eq(size, 0);
	}
	autonomi_event_free(event);
	ck_assert_uint_eq(autonomi_node_pending(cluster.nodes[0]), 0);
	return status;
}

static autonomi_status send_version_request(void)
{
	autonomi_message *request = NULL;
	const struct an_peer_id *id = &liar.key_pair.identity.id;
	ck_assert_int_eq(autonomi_request_new("Query.GetVersion", &request), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_message_set_address(request, "address", AUTONOMI_ADDRESS_PEER_ID,
	                                              id->bytes, id->size),
	                 AUTONOMI_OK);
	const autonomi_status status = autonomi_network_send_request(autonomi_node_network(
									     cluster.nodes[0]),
	                                                             liar_id, request, 0, &op);
	autonomi_message_free(request);
	return status;
}

/* What the host is told where the liar answers this, which is freed. */
static autonomi_status status_where_answered(struct an_blob *answer)
{
	liar.answer = answer;
	const autonomi_status status = status_of(send_version_request());
	liar.answer = an_blob_unref(answer);
	return status;
}

static struct an_blob *version_of(size_t size)
{
	struct an_blob *text = an_blob_new(size), *message = NULL;
	struct an_response response = {.type = AN_RESPONSE_GET_VERSION};
	memset(text->data, '7', size);
	response.get_version.peer = an_address_of_peer(&liar.key_pair.identity.id);
	response.get_version.version = an_blob_span(text);
	ck_assert_int_eq(an_response_encode_blob(&response, &message), AUTONOMI_OK);
	an_blob_unref(text);
	return message;
}

START_TEST(an_answer_of_any_form_is_a_status_and_the_node_goes_on)
{
	const struct an_response other = {.type = AN_RESPONSE_REPLICATE};
	const struct an_request request = {.type = AN_REQUEST_GET_VERSION,
	                                   .get_version.address = an_address_of_peer(
						   &liar.key_pair.identity.id)};
	struct an_blob *message = NULL;
	ck_assert_int_eq(status_where_answered(version_of(10)), AUTONOMI_OK);
	ck_assert_int_eq(status_where_answered(an_blob_new(0)), AUTONOMI_E_PROTOCOL);
	ck_assert_int_eq(status_where_answered(an_blob_copy(an_span_text("nonsense"))),
	                 AUTONOMI_E_PROTOCOL);
	ck_assert_int_eq(an_response_encode_blob(&other, &message), AUTONOMI_OK);
	ck_assert_int_eq(status_where_answered(message), AUTONOMI_E_PROTOCOL);
	ck_assert_int_eq(an_request_encode_blob(&request, AN_RECORD_FORM_BYTES, &message),
	                 AUTONOMI_OK);
	ck_assert_int_eq(status_where_answered(message), AUTONOMI_E_PROTOCOL);
	ck_assert_int_eq(status_where_answered(version_of(LARGE)), AUTONOMI_E_TOO_LARGE);
	ck_assert_int_eq(status_where_answered(NULL), AUTONOMI_E_BUSY);
	ck_assert_int_eq(status_where_answered(version_of(10)), AUTONOMI_OK);
}
END_TEST

START_TEST(a_peer_that_answers_nothing_can_be_given_up)
{
	liar.mute = true;
	ck_assert_int_eq(send_version_request(), AUTONOMI_OK);
	while (liar.asked == 0)
		attacker_step(&liar, &cluster);
	ck_assert_int_eq(autonomi_op_cancel(cluster.nodes[0], op), AUTONOMI_OK);
	autonomi_event *event = completion();
	ck_assert_int_eq(autonomi_event_status(event), AUTONOMI_E_CANCELLED);
	autonomi_event_free(event);
	ck_assert_uint_eq(autonomi_node_pending(cluster.nodes[0]), 0);
}
END_TEST

START_TEST(a_peer_that_goes_while_it_is_asked_is_unreachable)
{
	liar.mute = true;
	ck_assert_int_eq(send_version_request(), AUTONOMI_OK);
	while (liar.asked == 0)
		attacker_step(&liar, &cluster);
	an_link_disconnect(liar.link, &liar.victim.id, AN_LINK_CODE_NONE);
	ck_assert_int_eq(status_of(AUTONOMI_OK), AUTONOMI_E_UNREACHABLE);
}
END_TEST

START_TEST(whoever_is_no_node_is_not_added_to_the_table)
{
	autonomi_dht *dht = autonomi_node_dht(cluster.nodes[0]);
	liar.answer = an_blob_new(0); /* how it sees us: nowhere */
	ck_assert_int_eq(status_of(autonomi_dht_add_peer(dht, liar_id, 0, &op)),
	                 AUTONOMI_E_UNSUPPORTED);
	ck_assert_int_eq(autonomi_dht_table(dht, 0, &op), AUTONOMI_OK);
	autonomi_event *event = completion();
	ck_assert_uint_eq(autonomi_event_peer_count(event), 0);
	autonomi_event_free(event);
	/* An empty message of Kademlia names nobody. */
	const uint8_t name[AUTONOMI_NAME_SIZE] = {1};
	const autonomi_status status = status_of(
		autonomi_dht_ask_closest(dht, liar_id, name, sizeof(name), 0, &op));
	ck_assert_msg(status == AUTONOMI_E_PROTOCOL, "%s", autonomi_status_name(status));
	liar.answer = an_blob_unref(liar.answer);
}
END_TEST

/* ---- What a node asks by itself. */

enum { NODES = 3, JOINING_MS = 120000 };

static struct an_node *asker; /* the first node */

static void setup_network(void)
{
	cluster_open(&cluster, NODES, 1);
	asker = cluster.nodes[0]->inner;
	asker->profile.issue_spacing = 0;
	const uint64_t deadline = monotonic_us() + JOINING_MS * 1000ULL;
	while (!an_kad_converged(asker->kad) && monotonic_us() < deadline)
		cluster_run(&cluster, 50);
	ck_assert(an_kad_converged(asker->kad));
	attacker_open(&liar, &cluster, 1);
}

/* The answer that gives this chunk. */
static struct an_blob *record_of(const void *bytes, size_t size)
{
	struct an_response response = {.type = AN_RESPONSE_GET_REPLICATED_RECORD};
	struct an_blob *message = NULL;
	struct an_blob *value = an_chunk_record_value(an_span(bytes, size));
	ck_assert_ptr_nonnull(value);
	response.get_replicated_record.holder = an_address_of_peer(&liar.key_pair.identity.id);
	response.get_replicated_record.value = an_blob_span(value);
	ck_assert_int_eq(an_response_encode_blob(&response, &message), AUTONOMI_OK);
	an_blob_unref(value);
	return message;
}

static void tell_of(struct an_address address)
{
	struct an_request request = {.type = AN_REQUEST_REPLICATE};
	struct an_message_key key = {.address = address, .validation = {.is_chunk = true}};
	struct an_buffer items;
	an_buffer_init(&items, 1024);
	an_message_add_key(&items, &request.replicate.keys, false, &key);
	request.replicate.keys.items = an_buffer_span(&items);
	request.replicate.holder = an_address_of_peer(&liar.key_pair.identity.id);
	attacker_request(&liar, &request);
	an_buffer_done(&items);
}

static void tell_of_record(uint8_t number)
{
	const uint8_t name[AN_RECORD_NAME_SIZE] = {number};
	tell_of(an_address_of_chunk(name));
}

static struct an_address record_name(const void *bytes, size_t size)
{
	uint8_t name[AN_RECORD_NAME_SIZE];
	an_chunk_name(an_span(bytes, size), name);
	return an_address_of_chunk(name);
}

static void await_refusal(void)
{
	const uint64_t deadline = monotonic_us() + LIMIT_MS * 1000ULL;
	autonomi_event *event = NULL;
	bool told = false;
	while (!told && monotonic_us() < deadline) {
		attacker_pump(&liar);
		autonomi_node_pump(cluster.nodes[0]);
		while (autonomi_node_next_event(cluster.nodes[0], &event) == 1) {
			told = told ||
			       (autonomi_event_type(event) == AUTONOMI_EVENT_PEERS_REFUSED &&
			        autonomi_event_status(event) == AUTONOMI_E_REFUSED);
			autonomi_event_free(event);
		}
	}
	ck_assert_msg(told, "%zu records were asked for", liar.asked);
}

static void await_hang_up(size_t times)
{
	const uint64_t deadline = monotonic_us() + LIMIT_MS * 1000ULL;
	while (liar.hung_up < times && monotonic_us() < deadline)
		attacker_step(&liar, &cluster);
	ck_assert_uint_eq(liar.hung_up, times);
}

/* What the first node says of `bad` to `witness`. */
static bool in_trouble(struct attacker *witness, const struct an_peer_id *bad)
{
	struct an_request request = {.type = AN_REQUEST_CHECK_NODE_IN_PROBLEM};
	struct an_response response;
	struct an_buffer scratch;
	request.check_node_in_problem.address = an_address_of_peer(bad);
	attacker_request(witness, &request);
	attacker_await(witness, &cluster, witness->answered + witness->failed + 1, LIMIT_MS);
	ck_assert_int_eq(witness->status, AUTONOMI_OK);
	an_buffer_init(&scratch, 1024);
	ck_assert_int_eq(an_response_decode(an_blob_span(witness->reply), &scratch, &response),
	                 AUTONOMI_OK);
	an_buffer_done(&scratch);
	return response.check_node_in_problem.is_in_trouble;
}

START_TEST(who_gives_false_records_is_hung_up_on_and_refused)
{
	struct attacker witness;
	attacker_open(&witness, &cluster, 2);
	ck_assert(!in_trouble(&witness, &liar.key_pair.identity.id));
	static const char another[] = "another content";
	liar.answer = record_of(another, sizeof(another));
	for (uint8_t i = 1; i <= AN_REPL_ISSUE_THRESHOLD; i++)
		tell_of_record(i);
	await_refusal();
	ck_assert_uint_ge(liar.asked, AN_REPL_ISSUE_THRESHOLD);
	ck_assert_uint_eq(victim_counter(&cluster, "peers_blocked"), 1);
	await_hang_up(1);
	const size_t answered = liar.answered;
	tell_of_record(99);
	attacker_await(&liar, &cluster, answered + liar.failed + 1, LIMIT_MS);
	ck_assert_uint_eq(liar.answered, answered);
	await_hang_up(2);
	liar.answer = an_blob_unref(liar.answer);
	/* Others are told, who ask. */
	ck_assert(in_trouble(&witness, &liar.key_pair.identity.id));
	ck_assert(!in_trouble(&witness, &witness.key_pair.identity.id));
	attacker_close(&witness);
}
END_TEST

/* ---- Why a node has not a record (semantics 5.4, docs/compatibility.md). */

/* Asks for the proof of one record, which is not there. */
static struct an_protocol_error reason_for(const uint8_t name[AN_RECORD_NAME_SIZE])
{
	static uint8_t space[1024];
	struct an_request request = {.type = AN_REQUEST_GET_CHUNK_EXISTENCE_PROOF};
	struct an_response response;
	struct an_message_proof proof;
	struct an_buffer scratch;
	request.get_chunk_existence_proof.key = an_address_of_chunk(name);
	request.get_chunk_existence_proof.difficulty = 1;
	attacker_request(&liar, &request);
	attacker_await(&liar, &cluster, liar.answered + liar.failed + 1, LIMIT_MS);
	ck_assert_int_eq(liar.status, AUTONOMI_OK);
	ck_assert_uint_le(liar.reply->size, sizeof(space));
	memcpy(space, liar.reply->data, liar.reply->size);
	an_buffer_init(&scratch, 1024);
	ck_assert_int_eq(an_response_decode(an_span(space, liar.reply->size), &scratch, &response),
	                 AUTONOMI_OK);
	an_buffer_done(&scratch);
	ck_assert(an_message_next_proof(&response.get_chunk_existence_proof.proofs, &proof));
	ck_assert(proof.failed);
	return proof.error;
}

static void assert_reason(const uint8_t name[AN_RECORD_NAME_SIZE], const char *text)
{
	const struct an_protocol_error error = reason_for(name);
	ck_assert_int_eq(error.type, AN_ERROR_PUT_RECORD_FAILED);
	ck_assert_msg(an_span_equal(error.text, an_span_text(text)), "%.*s instead of %s",
	              (int)error.text.size, (const char *)error.text.data, text);
}

static bool is_nearest(const uint8_t name[AN_RECORD_NAME_SIZE])
{
	const struct an_dht_key record = an_dht_key_of(an_span(name, AN_RECORD_NAME_SIZE));
	size_t nearer = 0;
	for (size_t i = 1; i < NODES; i++)
		nearer += an_dht_key_compare(&record,
		                             &cluster.nodes[i]->inner->key_pair.identity.dht_key,
		                             &asker->key_pair.identity.dht_key) < 0;
	return nearer == 0;
}

START_TEST(who_is_no_holder_of_a_record_says_so)
{
	size_t held = 0, others = 0;
	asker->profile.close_group = 1;
	for (uint8_t i = 0; i < 100 && (held < 3 || others < 3); i++) {
		const uint8_t name[AN_RECORD_NAME_SIZE] = {i, 0x55};
		if (is_nearest(name)) {
			const struct an_protocol_error error = reason_for(name);
			const struct an_address chunk = an_address_of_chunk(name);
			ck_assert_int_eq(error.type, AN_ERROR_CHUNK_DOES_NOT_EXIST);
			ck_assert(an_address_equal(&error.address, &chunk));
			held++;
		} else {
			assert_reason(name, "NotAHolder");
			others++;
		}
	}
	ck_assert_uint_ge(held, 3);
	ck_assert_uint_ge(others, 3);
}
END_TEST

START_TEST(who_has_no_room_for_a_record_says_so)
{
	const uint8_t absent[AN_RECORD_NAME_SIZE] = {9}, none = 0;
	ck_assert_int_eq(reason_for(absent).type, AN_ERROR_CHUNK_DOES_NOT_EXIST);
	/* A record that it must hold is brought to it, and finds no room. */
	asker->store->records_max = 0;
	liar.answer = record_of(&none, sizeof(none));
	tell_of(record_name(&none, sizeof(none)));
	const uint64_t deadline = monotonic_us() + LIMIT_MS * 1000ULL;
	while (victim_counter(&cluster, "replication_failed") == 0 && monotonic_us() < deadline)
		attacker_step(&liar, &cluster);
	assert_reason(absent, "MaxRecords");
	asker->write_error_at = asker->now;
	assert_reason(absent, "DiskFull");
	liar.answer = an_blob_unref(liar.answer);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("hostile/answers");
	TCase *answers = tcase_create("answers");
	tcase_add_checked_fixture(answers, setup, teardown);
	tcase_set_timeout(answers, 120);
	tcase_add_test(answers, an_answer_of_any_form_is_a_status_and_the_node_goes_on);
	tcase_add_test(answers, a_peer_that_answers_nothing_can_be_given_up);
	tcase_add_test(answers, a_peer_that_goes_while_it_is_asked_is_unreachable);
	tcase_add_test(answers, whoever_is_no_node_is_not_added_to_the_table);
	suite_add_tcase(s, answers);
	TCase *network = tcase_create("network");
	tcase_add_checked_fixture(network, setup_network, teardown);
	tcase_set_timeout(network, 240);
	tcase_add_test(network, who_gives_false_records_is_hung_up_on_and_refused);
	tcase_add_test(network, who_is_no_holder_of_a_record_says_so);
	tcase_add_test(network, who_has_no_room_for_a_record_says_so);
	suite_add_tcase(s, network);
	return s;
}
