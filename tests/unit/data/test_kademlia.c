/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/kademlia.h"

#include <check.h>
#include <string.h>

#include "harness.h"
#include "vectors/vector.h"

static struct an_buffer out;

static void setup(void)
{
	an_buffer_init(&out, 1 << 17);
}

static void teardown(void)
{
	an_buffer_done(&out);
}

static size_t find_nodes;
static size_t others;

static void check_request(struct an_span bytes)
{
	struct an_kademlia_message message;
	ck_assert_int_eq(an_kademlia_decode(bytes, &message), AUTONOMI_OK);
	ck_assert_int_eq(message.type, AN_KADEMLIA_FIND_NODE);
	an_buffer_clear(&out);
	ck_assert_int_eq(an_kademlia_encode_find(message.key, &out), AUTONOMI_OK);
	vector_equal(an_buffer_span(&out), bytes);
}

static void check_answer(struct an_span bytes)
{
	struct an_kademlia_message message;
	struct an_kademlia_message again;
	ck_assert_int_eq(an_kademlia_decode(bytes, &message), AUTONOMI_OK);
	ck_assert_uint_gt(message.peer_count, 0);
	for (size_t i = 0; i < message.peer_count; i++)
		ck_assert_uint_gt(message.peers[i].endpoint_count, 0);
	an_buffer_clear(&out);
	ck_assert_int_eq(an_kademlia_encode_peers(message.peers, message.peer_count, &out),
	                 AUTONOMI_OK);
	ck_assert_int_eq(an_kademlia_decode(an_buffer_span(&out), &again), AUTONOMI_OK);
	ck_assert_uint_eq(again.peer_count, message.peer_count);
	ck_assert_mem_eq(again.peers, message.peers, sizeof(message.peers));
}

static void check_stream(const json_t *vector)
{
	struct an_kademlia_message message;
	if (!vector_has(vector, "messages_sent") ||
	    strcmp(vector_text(vector, "protocol"), "/autonomi/kad/1.0.0") != 0)
		return;
	const char *sent = json_string_value(
		json_array_get(vector_get(vector, "messages_sent"), 0));
	if (strcmp(vector_text(vector, "what"), "FIND_NODE") != 0) {
		ck_assert_int_eq(an_kademlia_decode(vector_unhex(sent), &message),
		                 AUTONOMI_E_UNSUPPORTED);
		others++;
		return;
	}
	find_nodes++;
	check_request(vector_unhex(sent));
	check_answer(vector_unhex(
		json_string_value(json_array_get(vector_get(vector, "messages_received"), 0))));
}

START_TEST(find_node_reads_and_writes_as_libp2p_does)
{
	find_nodes = others = 0;
	(void)vector_each("network_local", "stream", check_stream);
	ck_assert_uint_ge(find_nodes, 1);
	ck_assert_uint_ge(others, 3);
}
END_TEST

static struct an_contact contact(uint8_t n)
{
	struct an_contact c = {.endpoint_count = 1};
	c.id = (struct an_peer_id){.size = 38, .bytes = {0, 0x24, 8, 1, 0x12, 0x20}};
	memset(c.id.bytes + 6, n, 32);
	c.endpoints[0] = an_endpoint_ip4(192, 0, 2, n, (uint16_t)(12000 + n));
	return c;
}

START_TEST(more_peers_than_a_bucket_holds_are_ignored)
{
	struct an_contact peers[AN_KADEMLIA_PEERS_MAX + 5];
	for (uint8_t n = 0; n < AN_KADEMLIA_PEERS_MAX + 5; n++)
		peers[n] = contact(n);
	ck_assert_int_eq(an_kademlia_encode_peers(peers, AN_KADEMLIA_PEERS_MAX + 5, &out),
	                 AUTONOMI_OK);
	struct an_kademlia_message message;
	ck_assert_int_eq(an_kademlia_decode(an_buffer_span(&out), &message), AUTONOMI_OK);
	ck_assert_uint_eq(message.peer_count, AN_KADEMLIA_PEERS_MAX);
	ck_assert_mem_eq(message.peers, peers, sizeof(message.peers));
}
END_TEST

START_TEST(a_peer_without_a_valid_id_is_left_out)
{
	static const char message[] = "\x08\x04\x42\x05\x0a\x03"
				      "abc\x42\x02\x12\x00\x42\x03\x0a\x09x";
	struct an_kademlia_message read;
	ck_assert_int_eq(an_kademlia_decode(an_span(message, sizeof(message) - 1), &read),
	                 AUTONOMI_OK);
	ck_assert_uint_eq(read.peer_count, 0);
}
END_TEST

START_TEST(addresses_beyond_those_of_a_contact_are_ignored)
{
	struct an_contact one = contact(1);
	one.endpoint_count = AN_CONTACT_ENDPOINTS_MAX;
	for (uint8_t i = 0; i < AN_CONTACT_ENDPOINTS_MAX; i++)
		one.endpoints[i] = an_endpoint_ip4(192, 0, 2, i, 9);
	ck_assert_int_eq(an_kademlia_encode_peers(&one, 1, &out), AUTONOMI_OK);
	struct an_kademlia_message read;
	ck_assert_int_eq(an_kademlia_decode(an_buffer_span(&out), &read), AUTONOMI_OK);
	ck_assert_mem_eq(&read.peers[0], &one, sizeof(one));
}
END_TEST

START_TEST(malformed_messages_are_refused)
{
	struct an_kademlia_message read;
	static uint8_t large[AN_KADEMLIA_ANSWER_MAX + 1];
	ck_assert_int_eq(an_kademlia_decode(an_span("\x08\x06", 2), &read), AUTONOMI_E_PROTOCOL);
	ck_assert_int_eq(an_kademlia_decode(an_span("\x08\x04\x12\x05x", 5), &read),
	                 AUTONOMI_E_PROTOCOL);
	ck_assert_int_eq(an_kademlia_decode(an_span(large, sizeof(large)), &read),
	                 AUTONOMI_E_TOO_LARGE);
	ck_assert_int_eq(an_kademlia_decode(an_span("", 0), &read), AUTONOMI_E_UNSUPPORTED);
	const uint8_t key[AN_KADEMLIA_KEY_MAX + 1] = {0};
	for (size_t size = AN_KADEMLIA_KEY_MAX; size <= sizeof(key); size++) {
		an_buffer_clear(&out);
		ck_assert_int_eq(an_kademlia_encode_find(an_span(key, size), &out), AUTONOMI_OK);
		ck_assert_int_eq(an_kademlia_decode(an_buffer_span(&out), &read),
		                 size <= AN_KADEMLIA_KEY_MAX ? AUTONOMI_OK : AUTONOMI_E_PROTOCOL);
	}
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("data/kademlia");
	TCase *messages = tcase_create("messages");
	tcase_add_checked_fixture(messages, setup, teardown);
	tcase_add_test(messages, find_node_reads_and_writes_as_libp2p_does);
	tcase_add_test(messages, more_peers_than_a_bucket_holds_are_ignored);
	tcase_add_test(messages, a_peer_without_a_valid_id_is_left_out);
	tcase_add_test(messages, addresses_beyond_those_of_a_contact_are_ignored);
	tcase_add_test(messages, malformed_messages_are_refused);
	suite_add_tcase(s, messages);
	return s;
}
