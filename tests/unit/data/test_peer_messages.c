/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/peer_messages.h"

#include <check.h>
#include <string.h>

#include "harness.h"
#include "vectors/vector.h"

static struct an_buffer out;
static size_t kademlia_count;
static size_t identify_count;

static void check_kademlia(struct an_span bytes)
{
	static struct an_kademlia_whole message;
	an_buffer_clear(&out);
	ck_assert_int_eq(an_kademlia_whole_decode(bytes, &message), AUTONOMI_OK);
	ck_assert_int_eq(an_kademlia_whole_encode(&message, &out), AUTONOMI_OK);
	vector_equal(an_buffer_span(&out), bytes);
	kademlia_count++;
	/* A cut message is none, or another: never one that reads as this one. */
	for (size_t size = 0; size < bytes.size; size++) {
		an_buffer_clear(&out);
		if (an_kademlia_whole_decode(an_span(bytes.data, size), &message) == AUTONOMI_OK)
			ck_assert_int_eq(an_kademlia_whole_encode(&message, &out), AUTONOMI_OK);
		ck_assert(!an_span_equal(an_buffer_span(&out), bytes));
	}
}

static void check_identify(struct an_span bytes)
{
	static struct an_identify identify;
	an_buffer_clear(&out);
	ck_assert_int_eq(an_identify_decode(bytes, &identify), AUTONOMI_OK);
	ck_assert_uint_gt(identify.agent_version.size, 0);
	ck_assert_int_eq(an_identify_encode(&identify, &out), AUTONOMI_OK);
	vector_equal(an_buffer_span(&out), bytes);
	ck_assert_int_eq(an_identify_decode(an_span(bytes.data, bytes.size - 1), &identify),
	                 AUTONOMI_E_PROTOCOL);
	identify_count++;
}

static void check_messages(const json_t *messages, void (*check)(struct an_span))
{
	for (size_t i = 0; i < json_array_size(messages); i++)
		check(vector_unhex(json_string_value(json_array_get(messages, i))));
}

static void check_stream(const json_t *vector)
{
	if (!vector_has(vector, "messages_sent"))
		return;
	const char *protocol = vector_text(vector, "protocol");
	if (strcmp(protocol, "/autonomi/kad/1.0.0") == 0) {
		check_messages(vector_get(vector, "messages_sent"), check_kademlia);
		check_messages(vector_get(vector, "messages_received"), check_kademlia);
	} else if (strcmp(protocol, "/ipfs/id/1.0.0") == 0) {
		check_messages(vector_get(vector, "messages_received"), check_identify);
	}
}

START_TEST(messages_of_every_type_read_and_write_as_libp2p_does)
{
	kademlia_count = identify_count = 0;
	an_buffer_init(&out, 1 << 20);
	(void)vector_each("network_local", "stream", check_stream);
	an_buffer_done(&out);
	ck_assert_uint_ge(kademlia_count, 21);
	ck_assert_uint_eq(identify_count, 4);
}
END_TEST

Suite *suite(void)
{
	Suite *suite = suite_create("peer messages");
	TCase *tests = tcase_create("as libp2p");
	tcase_add_test(tests, messages_of_every_type_read_and_write_as_libp2p_does);
	suite_add_tcase(suite, tests);
	return suite;
}
