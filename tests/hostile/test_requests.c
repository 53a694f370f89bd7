/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every request of the protocol over the real wire, and what a node answers (semantics 5.4, 5.7). */
#include "harness.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "api/handle.h"
#include "attacker.h"
#include "crypt/hash.h"
#include "data/kademlia.h"
#include "data/payment.h"
#include "data/peer_messages.h"
#include "node/internal.h"
#include "support/signed_records.h"
#include "wire/cbor.h"

enum { NODES = 3, DAY = 86400 };

static struct cluster cluster;
static struct attacker attacker;
static struct an_buffer scratch;
static struct an_address victim;

static void setup(void)
{
	cluster_open(&cluster, NODES, 1);
	cluster_run(&cluster, 500);
	attacker_open(&attacker, &cluster, 1);
	an_buffer_init(&scratch, 8 << 20);
	victim = an_address_of_peer(&attacker.victim.id);
}

static void teardown(void)
{
	an_buffer_done(&scratch);
	attacker_close(&attacker);
	cluster_close(&cluster);
}

static void await_reply(void)
{
	attacker_await(&attacker, &cluster, attacker.answered + attacker.failed + 1, 20000);
}

/* Asks, and reads the answer, which must come. */
static struct an_response ask(const struct an_request *request)
{
	struct an_response response;
	attacker_request(&attacker, request);
	await_reply();
	ck_assert_msg(attacker.status == AUTONOMI_OK, "%s: %s, code %lu",
	              an_request_name(request->type), an_status_message(attacker.status),
	              (unsigned long)attacker.code);
	an_buffer_clear(&scratch);
	ck_assert_int_eq(an_response_decode(an_blob_span(attacker.reply), &scratch, &response),
	                 AUTONOMI_OK);
	return response;
}

static struct an_message_result put_kept(const struct signed_record *record)
{
	struct an_request request = {.type = AN_REQUEST_PUT_RECORD};
	request.put_record.holder = an_address_of_record_key(record->key);
	request.put_record.address = an_address_of_record_key(record->key);
	request.put_record.value = an_blob_span(record->value);
	const struct an_response response = ask(&request);
	ck_assert_int_eq(response.type, AN_RESPONSE_PUT_RECORD);
	ck_assert(an_address_equal(&response.put_record.peer_address, &request.put_record.holder));
	ck_assert(
		an_address_equal(&response.put_record.record_address, &request.put_record.address));
	return response.put_record.result;
}

static void expect_put(struct signed_record record)
{
	ck_assert(!put_kept(&record).failed);
	signed_done(&record);
}

static void expect_refused(struct signed_record record, const char *text)
{
	const struct an_message_result result = put_kept(&record);
	ck_assert(result.failed);
	ck_assert_int_eq(result.error.type, AN_ERROR_PUT_RECORD_FAILED);
	ck_assert_msg(an_span_equal(result.error.text, an_span_text(text)), "%.*s",
	              (int)result.error.text.size, (const char *)result.error.text.data);
	signed_done(&record);
}

static struct an_response get(const uint8_t key[AN_RECORD_NAME_SIZE])
{
	struct an_request request = {.type = AN_REQUEST_GET_REPLICATED_RECORD};
	request.get_replicated_record.requester = victim;
	request.get_replicated_record.key = an_address_of_record_key(key);
	const struct an_response response = ask(&request);
	ck_assert_int_eq(response.type, AN_RESPONSE_GET_REPLICATED_RECORD);
	return response;
}

START_TEST(records_of_every_kind_are_put_and_got)
{
	struct signed_record records[] = {
		signed_chunk(1, 1000),      signed_chunk(2, 3000000),
		signed_pointer(1, 4, 1),    signed_scratchpad(2, 1, 100000),
		signed_scratchpad(3, 1, 0), signed_graph(4, 1, 1),
	};
	for (size_t i = 0; i < sizeof(records) / sizeof(records[0]); i++) {
		ck_assert(!put_kept(&records[i]).failed);
		const struct an_response response = get(records[i].key);
		ck_assert(!response.get_replicated_record.result.failed);
		ck_assert(an_address_equal(&response.get_replicated_record.holder, &victim));
		ck_assert(an_span_equal(response.get_replicated_record.value,
		                        an_blob_span(records[i].value)));
		signed_done(&records[i]);
	}
	ck_assert_uint_eq(victim_counter(&cluster, "records"), 6);
	const struct an_response absent = get(attacker.key_pair.identity.dht_key.bytes);
	ck_assert_int_eq(absent.get_replicated_record.result.error.type,
	                 AN_ERROR_REPLICATED_RECORD_NOT_FOUND);
}
END_TEST

START_TEST(refusals_say_why)
{
	struct signed_record wrong = signed_chunk(1, 100), paid = signed_pointer(1, 1, 1);
	wrong.key[0] ^= 1;
	expect_refused(wrong, "RecordKeyMismatch");
	expect_refused(signed_badly(signed_pointer(1, 1, 1)), "InvalidPointerSignature");
	expect_refused(signed_badly(signed_scratchpad(1, 1, 9)), "InvalidScratchpadSignature");
	expect_refused(signed_chunk(1, 4194337), "OversizedChunk(4194337, 4194336)");
	wrong = signed_chunk(1, 100);
	wrong.value->data[1] = 99;
	expect_refused(wrong, "InvalidRecordHeader");
	expect_put(signed_pointer(1, 7, 1));
	expect_put(signed_paid(signed_pointer(1, 8, 1), AN_RECORD_PAID));
	const struct an_message_result late = put_kept(&paid);
	ck_assert_int_eq(late.error.type, AN_ERROR_OUTDATED_RECORD_COUNTER);
	ck_assert_uint_eq(late.error.counter, 1);
	ck_assert_uint_eq(late.error.expected, 8);
	signed_done(&paid);
	/* A peer's id is the key of no record. */
	struct signed_record chunk = signed_chunk(5, 10);
	struct an_request request = {.type = AN_REQUEST_PUT_RECORD};
	request.put_record.holder = request.put_record.address = victim;
	request.put_record.value = an_blob_span(chunk.value);
	const struct an_response response = ask(&request);
	ck_assert(an_span_equal(response.put_record.result.error.text,
	                        an_span_text("RecordKeyMismatch")));
	signed_done(&chunk);
}
END_TEST

static struct an_response quote_of(const struct an_address *key, bool has_nonce,
                                   uint64_t difficulty)
{
	struct an_request request = {.type = AN_REQUEST_GET_STORE_QUOTE};
	request.get_store_quote.key = *key;
	request.get_store_quote.data_type = AN_RECORD_POINTER;
	request.get_store_quote.data_size = 400;
	request.get_store_quote.has_nonce = has_nonce;
	request.get_store_quote.nonce = 77;
	request.get_store_quote.difficulty = difficulty;
	const struct an_response response = ask(&request);
	ck_assert_int_eq(response.type, AN_RESPONSE_GET_STORE_QUOTE);
	ck_assert(an_address_equal(&response.get_store_quote.peer_address, &victim));
	return response;
}

START_TEST(a_quote_is_signed_and_says_what_the_node_has)
{
	const uint8_t name[AN_RECORD_NAME_SIZE] = {1, 2, 3};
	const struct an_address chunk = an_address_of_chunk(name);
	expect_put(signed_chunk(1, 10));
	expect_put(signed_scratchpad(1, 1, 10));
	expect_put(signed_scratchpad(2, 1, 10));
	const struct an_response response = quote_of(&chunk, false, 0);
	const struct an_quote *quote = &response.get_store_quote.quote;
	ck_assert(!response.get_store_quote.result.failed);
	ck_assert(an_quote_verify(quote, &attacker.victim.id));
	ck_assert_mem_eq(quote->content, name, sizeof(name));
	ck_assert_uint_gt(quote->timestamp_secs, 1600000000);
	ck_assert_uint_eq(quote->metrics.data_type, AN_RECORD_POINTER);
	ck_assert_uint_eq(quote->metrics.data_size, 400);
	ck_assert_uint_eq(quote->metrics.close_records_stored, 3);
	ck_assert_uint_eq(quote->metrics.max_records, 16384);
	ck_assert_uint_eq(quote->metrics.received_payment_count, 0);
	ck_assert_uint_lt(quote->metrics.live_time, 600);
	ck_assert_uint_eq(quote->metrics.record_type_count, 2);
	ck_assert_uint_eq(quote->metrics.records_per_type[0].type, AN_RECORD_CHUNK);
	ck_assert_uint_eq(quote->metrics.records_per_type[0].count, 1);
	ck_assert_uint_eq(quote->metrics.records_per_type[1].type, AN_RECORD_SCRATCHPAD);
	ck_assert_uint_eq(quote->metrics.records_per_type[1].count, 2);
	ck_assert(!quote->metrics.has_network_density);
	ck_assert(quote->metrics.has_network_size);
	ck_assert_uint_eq(response.get_store_quote.storage_proofs.count, 0);
	const struct an_address key = an_address_of_record_key(name);
	const struct an_response bare = quote_of(&key, false, 0);
	static const uint8_t zero[AN_QUOTE_CONTENT_SIZE];
	ck_assert_mem_eq(bare.get_store_quote.quote.content, zero, sizeof(zero));
}
END_TEST

static void check_proof(struct an_message_list *list, const struct signed_record *record,
                        uint64_t nonce)
{
	struct an_message_proof proof;
	uint8_t expected[AN_CHUNK_PROOF_SIZE];
	const struct an_address address = an_address_of_record_key(record->key);
	ck_assert(an_message_next_proof(list, &proof));
	ck_assert(!proof.failed);
	ck_assert(an_address_equal(&proof.address, &address));
	an_record_proof(an_blob_span(record->value), nonce, expected);
	ck_assert_mem_eq(proof.proof, expected, sizeof(expected));
}

START_TEST(of_what_is_stored_there_is_no_quote_but_a_proof_where_a_nonce_is_given)
{
	struct signed_record pad = signed_scratchpad(1, 1, 100);
	const struct an_address key = an_address_of_record_key(pad.key);
	ck_assert(!put_kept(&pad).failed);
	for (uint64_t difficulty = 0; difficulty < 4; difficulty++) {
		struct an_response response = quote_of(&key, true, difficulty);
		ck_assert(response.get_store_quote.result.failed);
		ck_assert_int_eq(response.get_store_quote.result.error.type,
		                 AN_ERROR_RECORD_EXISTS);
		uint8_t told[AN_RECORD_NAME_SIZE];
		ck_assert_uint_eq(
			an_message_gather(response.get_store_quote.result.error.record_key, told,
		                          sizeof(told)),
			sizeof(told));
		ck_assert_mem_eq(told, pad.key, sizeof(told));
		struct an_message_list *proofs = &response.get_store_quote.storage_proofs;
		ck_assert_uint_eq(proofs->count, difficulty > 0);
		if (difficulty > 0)
			check_proof(proofs, &pad, 77);
	}
	ck_assert_uint_eq(quote_of(&key, false, 1).get_store_quote.storage_proofs.count, 0);
	/* A key that is not here is quoted for, and its absence is proven. */
	const struct an_response absent = quote_of(&victim, true, 1);
	ck_assert(!absent.get_store_quote.result.failed);
	ck_assert_uint_eq(absent.get_store_quote.storage_proofs.count, 1);
	signed_done(&pad);
}
END_TEST

static struct an_message_list challenge(const struct an_address *key, uint64_t difficulty)
{
	struct an_request request = {.type = AN_REQUEST_GET_CHUNK_EXISTENCE_PROOF};
	request.get_chunk_existence_proof.key = *key;
	request.get_chunk_existence_proof.nonce = 9;
	request.get_chunk_existence_proof.difficulty = difficulty;
	const struct an_response response = ask(&request);
	ck_assert_int_eq(response.type, AN_RESPONSE_GET_CHUNK_EXISTENCE_PROOF);
	return response.get_chunk_existence_proof.proofs;
}

static int nearer(const struct signed_record *a, const struct signed_record *b,
                  const struct an_dht_key *target)
{
	const struct an_dht_key one = an_dht_key_of(an_span(a->key, sizeof(a->key)));
	const struct an_dht_key other = an_dht_key_of(an_span(b->key, sizeof(b->key)));
	return an_dht_key_compare(target, &one, &other);
}

static void sort(struct signed_record *records, size_t count, const struct an_dht_key *target)
{
	for (size_t i = 1; i < count; i++) {
		for (size_t j = i; j > 0 && nearer(&records[j], &records[j - 1], target) < 0; j--) {
			const struct signed_record moved = records[j];
			records[j] = records[j - 1];
			records[j - 1] = moved;
		}
	}
}

START_TEST(a_challenge_is_answered_for_the_nearest_chunks)
{
	enum { CHUNKS = 8, CLOSE_GROUP = 5 };
	struct signed_record chunks[CHUNKS], pad = signed_scratchpad(1, 1, 10);
	ck_assert(!put_kept(&pad).failed);
	for (uint8_t i = 0; i < CHUNKS; i++) {
		chunks[i] = signed_chunk(i, i == 3 ? 2000000 : 100);
		ck_assert(!put_kept(&chunks[i]).failed);
	}
	const struct an_address target = an_address_of_record_key(pad.key);
	const struct an_dht_key key = an_dht_key_of(an_span(pad.key, sizeof(pad.key)));
	sort(chunks, CHUNKS, &key);
	for (uint64_t difficulty = 2; difficulty < 10; difficulty += 3) {
		struct an_message_list proofs = challenge(&target, difficulty);
		const size_t expected = difficulty < CLOSE_GROUP ? (size_t)difficulty : CLOSE_GROUP;
		ck_assert_uint_eq(proofs.count, expected);
		for (size_t i = 0; i < expected; i++)
			check_proof(&proofs, &chunks[i], 9);
	}
	ck_assert_uint_eq(challenge(&target, 0).count, 0);
	struct an_message_list one = challenge(&target, 1);
	ck_assert_uint_eq(one.count, 1);
	check_proof(&one, &pad, 9);
	struct an_message_proof proof;
	one = challenge(&victim, 1);
	ck_assert(an_message_next_proof(&one, &proof));
	ck_assert(proof.failed);
	ck_assert_int_eq(proof.error.type, AN_ERROR_CHUNK_DOES_NOT_EXIST);
	ck_assert(an_address_equal(&proof.error.address, &victim));
	for (size_t i = 0; i < CHUNKS; i++)
		signed_done(&chunks[i]);
	signed_done(&pad);
}
END_TEST

/* Cuts the file of a large chunk that the victim holds. */
static void damage(const struct signed_record *chunk)
{
	char path[512];
	int used = snprintf(path, sizeof(path), "%s/chunks/%02x/",
	                    autonomi_node_root_dir(cluster.nodes[0]),
	                    chunk->key[AN_RECORD_NAME_SIZE - 1]);
	for (size_t i = 0; i < AN_RECORD_NAME_SIZE; i++)
		used += snprintf(path + used, sizeof(path) - (size_t)used, "%02x", chunk->key[i]);
	ck_assert_int_eq(truncate(path, 1000), 0);
}

START_TEST(what_cannot_be_read_is_left_out_of_a_challenge)
{
	struct signed_record small = signed_chunk(1, 100), large = signed_chunk(2, 2000000);
	ck_assert(!put_kept(&small).failed);
	ck_assert(!put_kept(&large).failed);
	ck_assert_uint_eq(challenge(&victim, 5).count, 2);
	damage(&large);
	struct an_message_list proofs = challenge(&victim, 5);
	ck_assert_uint_eq(proofs.count, 1);
	check_proof(&proofs, &small, 9);
	const struct an_response lost = get(large.key);
	ck_assert_int_eq(lost.get_replicated_record.result.error.type,
	                 AN_ERROR_REPLICATED_RECORD_NOT_FOUND);
	signed_done(&small);
	signed_done(&large);
}
END_TEST

static struct an_response closest(struct an_request *request)
{
	request->type = AN_REQUEST_GET_CLOSEST_PEERS;
	request->get_closest_peers.key = victim;
	const struct an_response response = ask(request);
	ck_assert_int_eq(response.type, AN_RESPONSE_GET_CLOSEST_PEERS);
	ck_assert(an_address_equal(&response.get_closest_peers.target, &victim));
	return response;
}

START_TEST(closest_peers_come_by_count_or_range_and_signed_if_wanted)
{
	struct an_request request = {0};
	ck_assert_uint_eq(closest(&request).get_closest_peers.peers.count, 0);
	request.get_closest_peers.has_count = true;
	request.get_closest_peers.count = 1;
	ck_assert_uint_eq(closest(&request).get_closest_peers.peers.count, 1);
	request.get_closest_peers.count = UINT64_MAX;
	ck_assert_uint_eq(closest(&request).get_closest_peers.peers.count, NODES - 1);
	/* A range wins; nobody else is at distance zero. */
	request.get_closest_peers.has_range = true;
	ck_assert_uint_eq(closest(&request).get_closest_peers.peers.count, 0);
	/* A peer whose distance is the range is within it. */
	const struct an_dht_key *key = &cluster.nodes[0]->inner->key_pair.identity.dht_key;
	struct an_dht_key range = {{0}};
	for (size_t i = 1; i < NODES; i++) {
		const struct an_dht_key distance = an_dht_key_distance(
			key, &cluster.nodes[i]->inner->key_pair.identity.dht_key);
		if (memcmp(distance.bytes, range.bytes, AN_DHT_KEY_SIZE) > 0)
			range = distance;
	}
	memcpy(request.get_closest_peers.range, range.bytes, AN_DHT_KEY_SIZE);
	ck_assert_uint_eq(closest(&request).get_closest_peers.peers.count, NODES - 1);
	for (size_t i = AN_DHT_KEY_SIZE; request.get_closest_peers.range[i - 1]-- == 0; i--)
		ck_assert_uint_gt(i, 1);
	ck_assert_uint_eq(closest(&request).get_closest_peers.peers.count, NODES - 2);
	memset(request.get_closest_peers.range, 0xff, AN_DHT_KEY_SIZE);
	ck_assert_uint_eq(closest(&request).get_closest_peers.peers.count, NODES - 1);
	ck_assert(!closest(&request).get_closest_peers.has_signature);
	request.get_closest_peers.sign_result = true;
	const struct an_response response = closest(&request);
	ck_assert(response.get_closest_peers.has_signature);
	struct an_buffer covered;
	an_buffer_init(&covered, 1 << 16);
	an_response_write_signed(&covered, &response);
	uint8_t signature[AN_SIGNATURE_MAX];
	const size_t size = an_message_gather(response.get_closest_peers.signature, signature,
	                                      sizeof(signature));
	struct an_identity identity;
	/* The id of an Ed25519 node is its key behind six bytes (semantics 4.2). */
	ck_assert_int_eq(an_identity_from_public_key(&identity,
	                                             an_span(attacker.victim.id.bytes + 6, 32)),
	                 AUTONOMI_OK);
	ck_assert(
		an_identity_verify(&identity, an_buffer_span(&covered), an_span(signature, size)));
	an_buffer_done(&covered);
}
END_TEST

START_TEST(nobody_is_in_trouble_and_who_is_shunned_counts_it)
{
	struct an_request request = {.type = AN_REQUEST_CHECK_NODE_IN_PROBLEM};
	const struct an_address self = an_address_of_peer(&attacker.key_pair.identity.id);
	request.check_node_in_problem.address = self;
	const struct an_response response = ask(&request);
	ck_assert(!response.check_node_in_problem.is_in_trouble);
	ck_assert(an_address_equal(&response.check_node_in_problem.reporter_address, &victim));
	ck_assert(an_address_equal(&response.check_node_in_problem.target_address, &self));
	struct an_request bad = {.type = AN_REQUEST_PEER_CONSIDERED_AS_BAD};
	bad.peer_considered_as_bad.detected_by = self;
	bad.peer_considered_as_bad.bad_peer = self;
	bad.peer_considered_as_bad.bad_behaviour = an_span_text("noise");
	ck_assert(!ask(&bad).command.failed);
	ck_assert_uint_eq(victim_counter(&cluster, "shunned"), 0);
	bad.peer_considered_as_bad.bad_peer = victim;
	ck_assert_int_eq(ask(&bad).type, AN_RESPONSE_PEER_CONSIDERED_AS_BAD);
	ck_assert_uint_eq(victim_counter(&cluster, "shunned"), 1);
}
END_TEST

START_TEST(the_version_is_told)
{
	struct an_request request = {.type = AN_REQUEST_GET_VERSION};
	request.get_version.address = victim;
	const struct an_response response = ask(&request);
	ck_assert(an_address_equal(&response.get_version.peer, &victim));
	ck_assert_uint_gt(response.get_version.version.size, 0);
}
END_TEST

START_TEST(lists_of_records_are_answered_at_once)
{
	for (int fresh = 0; fresh < 2; fresh++) {
		struct an_request request = {.type = fresh ? AN_REQUEST_FRESH_REPLICATE
		                                           : AN_REQUEST_REPLICATE};
		struct an_message_key key = {.address = an_address_of_chunk(victim.bytes),
		                             .validation = {.is_chunk = true}};
		struct an_buffer items;
		an_buffer_init(&items, 1024);
		an_message_add_key(&items, &request.replicate.keys, fresh, &key);
		request.replicate.keys.items = an_buffer_span(&items);
		request.replicate.holder = an_address_of_peer(&attacker.key_pair.identity.id);
		const struct an_response response = ask(&request);
		ck_assert_int_eq(response.type,
		                 fresh ? AN_RESPONSE_FRESH_REPLICATE : AN_RESPONSE_REPLICATE);
		ck_assert(!response.command.failed);
		an_buffer_done(&items);
	}
}
END_TEST

static struct an_response merkle_quote(uint64_t timestamp)
{
	struct an_request request = {.type = AN_REQUEST_GET_MERKLE_CANDIDATE_QUOTE};
	request.get_merkle_candidate_quote.key = victim;
	request.get_merkle_candidate_quote.data_type = AN_RECORD_CHUNK;
	request.get_merkle_candidate_quote.data_size = 1000;
	request.get_merkle_candidate_quote.merkle_payment_timestamp = timestamp;
	return ask(&request);
}

START_TEST(a_merkle_candidate_signs_for_times_that_are_near)
{
	const uint64_t now = an_sys_machine()->unix_time_us(NULL) / 1000000;
	static const int64_t good[] = {0, DAY - 60, -8 * DAY + 60};
	static const int64_t bad[] = {DAY + 60, -8 * DAY - 60};
	for (size_t i = 0; i < 3; i++) {
		const struct an_response response = merkle_quote(now + (uint64_t)good[i]);
		const struct an_merkle_candidate *candidate = &response.get_merkle_candidate_quote
		                                                       .candidate;
		ck_assert(!response.get_merkle_candidate_quote.result.failed);
		ck_assert(an_merkle_candidate_verify(candidate));
		ck_assert_uint_eq(candidate->metrics.data_size, 1000);
		ck_assert_uint_eq(candidate->merkle_payment_timestamp, now + (uint64_t)good[i]);
	}
	for (size_t i = 0; i < 2; i++) {
		const struct an_response response = merkle_quote(now + (uint64_t)bad[i]);
		ck_assert(response.get_merkle_candidate_quote.result.failed);
		ck_assert_int_eq(response.get_merkle_candidate_quote.result.error.type,
		                 AN_ERROR_GET_MERKLE_CANDIDATE_QUOTE_FAILED);
	}
}
END_TEST

#ifdef AN_DEVELOPER
START_TEST(a_developer_may_have_the_network_searched)
{
	struct an_request request = {.type = AN_REQUEST_DEV_GET_CLOSEST_PEERS_FROM_NETWORK};
	request.dev_get_closest_peers.key = victim;
	for (int counted = 0; counted < 2; counted++) {
		request.dev_get_closest_peers.has_count = counted;
		request.dev_get_closest_peers.count = 1;
		const struct an_response response = ask(&request);
		ck_assert(an_address_equal(&response.dev_get_closest_peers.queried_node, &victim));
		ck_assert_uint_eq(response.dev_get_closest_peers.peers.count,
		                  counted ? 1 : NODES - 1);
	}
}
END_TEST
#endif

START_TEST(what_is_no_request_is_refused_as_such)
{
	struct an_buffer out;
	an_buffer_init(&out, 1024);
	an_cbor_write_variant(&out, "Query");
	an_cbor_write_variant(&out, "GetEverything");
	an_cbor_write_map(&out, 0);
	attacker_ask(&attacker, AN_LINK_KIND_MESSAGE, an_blob_copy(an_buffer_span(&out)));
	await_reply();
	ck_assert_int_eq(attacker.status, AUTONOMI_E_REFUSED);
	ck_assert_uint_eq(attacker.code, AN_LINK_CODE_MALFORMED);
	an_buffer_done(&out);
}
END_TEST

/* ---- Kademlia. */

static struct an_kademlia_whole answer;

static void send_kademlia(const struct an_kademlia_whole *message)
{
	struct an_buffer out;
	an_buffer_init(&out, 8 << 20);
	ck_assert_int_eq(an_kademlia_whole_encode(message, &out), AUTONOMI_OK);
	attacker_ask(&attacker, AN_LINK_KIND_KADEMLIA, an_blob_copy(an_buffer_span(&out)));
	an_buffer_done(&out);
	await_reply();
	if (attacker.status == AUTONOMI_OK)
		ck_assert_int_eq(an_kademlia_whole_decode(an_blob_span(attacker.reply), &answer),
		                 AUTONOMI_OK);
}

static void put_value(const struct signed_record *record)
{
	struct an_kademlia_whole message = {.type = AN_KADEMLIA_PUT_VALUE, .has_record = true};
	message.key = message.record.key = an_span(record->key, sizeof(record->key));
	message.record.value = an_blob_span(record->value);
	send_kademlia(&message);
}

static void expect_echo(const struct signed_record *record)
{
	put_value(record);
	ck_assert_int_eq(attacker.status, AUTONOMI_OK);
	ck_assert_int_eq(answer.type, AN_KADEMLIA_PUT_VALUE);
	ck_assert_uint_eq(answer.level, 0);
	ck_assert(an_span_equal(answer.key, an_span(record->key, sizeof(record->key))));
	ck_assert(an_span_equal(answer.record.key, answer.key));
	ck_assert(an_span_equal(answer.record.value, an_blob_span(record->value)));
	/* What libp2p would write. */
	struct an_buffer again;
	an_buffer_init(&again, 8 << 20);
	ck_assert_int_eq(an_kademlia_whole_encode(&answer, &again), AUTONOMI_OK);
	ck_assert(an_span_equal(an_buffer_span(&again), an_blob_span(attacker.reply)));
	an_buffer_done(&again);
}

static void ask_kademlia(enum an_kademlia_type type, struct an_span key)
{
	const struct an_kademlia_whole message = {.type = type, .level = 10, .key = key};
	send_kademlia(&message);
}

START_TEST(a_record_that_libp2p_puts_is_stored_and_got_with_closer_peers)
{
	struct signed_record records[] = {signed_chunk(1, 2000000), signed_pointer(1, 1, 1)};
	for (size_t i = 0; i < 2; i++) {
		expect_echo(&records[i]);
		ask_kademlia(AN_KADEMLIA_GET_VALUE, an_span(records[i].key, AN_RECORD_NAME_SIZE));
		ck_assert_int_eq(attacker.status, AUTONOMI_OK);
		ck_assert_int_eq(answer.type, AN_KADEMLIA_GET_VALUE);
		ck_assert_uint_eq(answer.level, 9);
		ck_assert(answer.has_record);
		ck_assert(an_span_equal(answer.record.value, an_blob_span(records[i].value)));
		ck_assert_uint_eq(answer.closer_count, NODES - 1);
		struct an_buffer again;
		an_buffer_init(&again, 8 << 20);
		ck_assert_int_eq(an_kademlia_whole_encode(&answer, &again), AUTONOMI_OK);
		ck_assert(an_span_equal(an_buffer_span(&again), an_blob_span(attacker.reply)));
		an_buffer_done(&again);
		expect_echo(&records[i]);
		signed_done(&records[i]);
	}
	ck_assert_uint_eq(victim_counter(&cluster, "records"), 2);
}
END_TEST

START_TEST(a_bad_record_that_libp2p_puts_is_answered_and_dropped)
{
	struct signed_record records[] = {signed_chunk(1, 100),
	                                  signed_badly(signed_pointer(1, 1, 1)),
	                                  signed_chunk(2, 100)};
	records[0].key[0] ^= 1;
	records[2].value->data[1] = 77;
	for (size_t i = 0; i < 3; i++) {
		expect_echo(&records[i]);
		signed_done(&records[i]);
	}
	ck_assert_uint_eq(victim_counter(&cluster, "records"), 0);
	struct signed_record large = signed_chunk(1, 5242880);
	put_value(&large);
	ck_assert_int_eq(attacker.status, AUTONOMI_E_REFUSED);
	ck_assert_uint_eq(attacker.code, AN_LINK_CODE_TOO_LARGE);
	signed_done(&large);
}
END_TEST

START_TEST(kademlia_s_other_messages_have_their_answers)
{
	const struct an_span key = an_peer_id_span(&attacker.victim.id);
	ask_kademlia(AN_KADEMLIA_FIND_NODE, key);
	ck_assert_uint_eq(answer.closer_count, NODES - 1);
	ask_kademlia(AN_KADEMLIA_GET_VALUE, key);
	ck_assert(!answer.has_record);
	ck_assert_uint_eq(answer.closer_count, NODES - 1);
	ask_kademlia(AN_KADEMLIA_GET_PROVIDERS, key);
	ck_assert_int_eq(answer.type, AN_KADEMLIA_GET_PROVIDERS);
	ck_assert_uint_eq(answer.provider_count, 0);
	ck_assert_uint_eq(answer.closer_count, NODES - 1);
	ask_kademlia(AN_KADEMLIA_ADD_PROVIDER, key);
	ck_assert_int_eq(attacker.status, AUTONOMI_E_REFUSED);
	ck_assert_uint_eq(attacker.code, AN_LINK_CODE_NONE);
	ask_kademlia(AN_KADEMLIA_PING, key);
	ck_assert_uint_eq(attacker.code, AN_LINK_CODE_UNSUPPORTED);
	ask_kademlia(AN_KADEMLIA_PUT_VALUE, key);
	ck_assert_uint_eq(attacker.code, AN_LINK_CODE_MALFORMED);
	static uint8_t long_key[AN_KADEMLIA_KEY_MAX + 1];
	ask_kademlia(AN_KADEMLIA_FIND_NODE, an_span(long_key, sizeof(long_key)));
	ck_assert_uint_eq(attacker.code, AN_LINK_CODE_MALFORMED);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("hostile/requests");
	TCase *tests = tcase_create("requests");
	tcase_set_timeout(tests, 120);
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, records_of_every_kind_are_put_and_got);
	tcase_add_test(tests, refusals_say_why);
	tcase_add_test(tests, a_quote_is_signed_and_says_what_the_node_has);
	tcase_add_test(tests,
	               of_what_is_stored_there_is_no_quote_but_a_proof_where_a_nonce_is_given);
	tcase_add_test(tests, a_challenge_is_answered_for_the_nearest_chunks);
	tcase_add_test(tests, what_cannot_be_read_is_left_out_of_a_challenge);
	tcase_add_test(tests, closest_peers_come_by_count_or_range_and_signed_if_wanted);
	tcase_add_test(tests, nobody_is_in_trouble_and_who_is_shunned_counts_it);
	tcase_add_test(tests, the_version_is_told);
	tcase_add_test(tests, lists_of_records_are_answered_at_once);
	tcase_add_test(tests, a_merkle_candidate_signs_for_times_that_are_near);
#ifdef AN_DEVELOPER
	tcase_add_test(tests, a_developer_may_have_the_network_searched);
#endif
	tcase_add_test(tests, what_is_no_request_is_refused_as_such);
	tcase_add_test(tests, a_record_that_libp2p_puts_is_stored_and_got_with_closer_peers);
	tcase_add_test(tests, a_bad_record_that_libp2p_puts_is_answered_and_dropped);
	tcase_add_test(tests, kademlia_s_other_messages_have_their_answers);
	suite_add_tcase(s, tests);
	return s;
}
