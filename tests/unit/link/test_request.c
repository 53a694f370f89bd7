/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mesh.h"

#include <check.h>
#include <stdlib.h>

#include "harness.h"

static struct mesh mesh;
static struct mesh_node *alice, *bob;

static void setup(void)
{
	mesh_make(&mesh, 1, 2);
	alice = &mesh.nodes[0];
	bob = &mesh.nodes[1];
}

static void teardown(void)
{
	mesh_done(&mesh);
}

static struct mesh_ask *wish(enum mesh_wish wish, uint32_t detail, an_time_us timeout)
{
	const struct an_contact contact = mesh_contact(bob);
	return mesh_ask_wish(alice, &contact, wish, detail, 100, 100, timeout);
}

START_TEST(one_request_has_one_reply)
{
	const struct mesh_ask *ask = mesh_ask(alice, bob, 16, 1);
	mesh_run(&mesh, AN_SECONDS(1));
	ck_assert_int_eq(ask->status, AUTONOMI_OK);
	ck_assert(ask->had_peer);
	ck_assert_uint_eq(bob->requests, 1);
}
END_TEST

START_TEST(messages_of_every_size_arrive_whole)
{
	static const size_t sizes[] = {16, 17, 1200, 4095, 4096, 65536, 1 << 20, 5 << 20};
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		const struct mesh_ask *ask = mesh_ask(alice, bob, sizes[i], sizes[i]);
		mesh_run(&mesh, AN_SECONDS(60));
		ck_assert_int_eq(ask->status, AUTONOMI_OK);
	}
	ck_assert_uint_eq(bob->connected, 1);
}
END_TEST

START_TEST(the_largest_legal_messages_fit)
{
	const struct mesh_ask *ask = mesh_ask(alice, bob, alice->profile.request_max,
	                                      alice->profile.response_max);
	mesh_run(&mesh, AN_SECONDS(60));
	ck_assert_int_eq(ask->status, AUTONOMI_OK);
}
END_TEST

START_TEST(an_empty_reply_is_a_reply)
{
	const struct mesh_ask *ask = mesh_ask(alice, bob, 16, 0);
	mesh_run(&mesh, AN_SECONDS(1));
	ck_assert_int_eq(ask->status, AUTONOMI_OK);
}
END_TEST

START_TEST(messages_survive_loss_and_reordering)
{
	mesh.loss = 50;
	mesh.delayed = 300;
	for (unsigned i = 0; i < 20; i++)
		mesh_ask(i % 2 == 0 ? alice : bob, i % 2 == 0 ? bob : alice, 16 + i * 20000,
		         400000 - i * 20000);
	mesh_run(&mesh, AN_SECONDS(110));
	mesh_check_accounts(&mesh);
}
END_TEST

START_TEST(five_hundred_requests_at_once_share_one_connection)
{
	for (unsigned i = 0; i < 500; i++)
		mesh_ask(alice, bob, 16 + i, 1000 + i);
	mesh_run(&mesh, AN_SECONDS(20));
	mesh_check_accounts(&mesh);
	ck_assert_uint_eq(bob->requests, 500);
	ck_assert_uint_eq(alice->connected, 1);
	ck_assert_uint_eq(mesh_count(alice).replies_failed, 0);
}
END_TEST

/* peers.md 6.1, "buffer aliasing corrupts payload" */
START_TEST(field_failure_6_concurrent_writes_to_several_peers_do_not_mix)
{
	struct mesh_node *carol = mesh_add(&mesh);
	struct mesh_node *dave = mesh_add(&mesh);
	mesh_start(carol);
	mesh_start(dave);
	for (unsigned i = 0; i < 4; i++) {
		for (size_t from = 0; from < 4; from++) {
			for (size_t to = 0; to < 4; to++) {
				if (from != to)
					mesh_ask(&mesh.nodes[from], &mesh.nodes[to], 300000 + i,
					         200000 + i);
			}
		}
	}
	mesh_run(&mesh, AN_SECONDS(60));
	for (size_t i = 0; i < 4; i++)
		ck_assert_uint_eq(mesh_count(&mesh.nodes[i]).replies_failed, 0);
}
END_TEST

START_TEST(a_peer_that_does_not_answer_costs_the_timeout_and_no_more)
{
	const struct mesh_ask *ask = wish(MESH_SILENCE, 0, AN_SECONDS(3));
	mesh_run(&mesh, AN_SECONDS(4));
	ck_assert_int_eq(ask->status, AUTONOMI_E_TIMEOUT);
	ck_assert_uint_eq(ask->took, AN_SECONDS(3));
	mesh_run_for(&mesh, AN_MS(100));
	ck_assert_uint_eq(mesh_count(bob).inbound_requests, 0);
}
END_TEST

/* autonomi-2.md 10.2, row 5: no timeout of ours is shorter than the work that is waited for */
START_TEST(an_answer_that_takes_longer_than_the_idle_timeout_arrives)
{
	const struct mesh_ask *ask = wish(MESH_LATER, 35000, AN_SECONDS(60));
	mesh_run(&mesh, AN_SECONDS(61));
	ck_assert_int_eq(ask->status, AUTONOMI_OK);
	ck_assert_uint_ge(ask->took, AN_SECONDS(35));
}
END_TEST

START_TEST(a_refusal_carries_its_code)
{
	const struct mesh_ask *ask = wish(MESH_REFUSE, AN_LINK_CODE_MALFORMED, AN_SECONDS(3));
	mesh_run(&mesh, AN_SECONDS(1));
	ck_assert_int_eq(ask->status, AUTONOMI_E_REFUSED);
	ck_assert_uint_eq(ask->code, AN_LINK_CODE_MALFORMED);
	ck_assert_uint_eq(mesh_count(bob).requests_refused, 1);
}
END_TEST

START_TEST(a_busy_peer_is_an_answer_of_its_own)
{
	const struct mesh_ask *ask = wish(MESH_REFUSE, AN_LINK_CODE_BUSY, AN_SECONDS(3));
	mesh_run(&mesh, AN_SECONDS(1));
	ck_assert_int_eq(ask->status, AUTONOMI_E_BUSY);
}
END_TEST

START_TEST(an_answer_of_another_kind_is_not_sent)
{
	const struct mesh_ask *ask = wish(MESH_WRONG_KIND, 0, AN_SECONDS(3));
	mesh_run(&mesh, AN_SECONDS(1));
	ck_assert_int_eq(ask->status, AUTONOMI_E_REFUSED);
	ck_assert_uint_eq(ask->code, AN_LINK_CODE_INTERNAL);
}
END_TEST

START_TEST(a_message_over_the_limit_is_not_sent)
{
	an_status status;
	const struct an_contact contact = mesh_contact(bob);
	mesh_try_ask(alice, &contact, MESH_ANSWER, 0, alice->profile.request_max + 1, 0,
	             AN_SECONDS(1), &status);
	ck_assert_int_eq(status, AUTONOMI_E_TOO_LARGE);
}
END_TEST

START_TEST(a_request_that_is_too_large_for_the_peer_is_refused)
{
	mesh_crash(bob);
	bob->profile.request_max = 100000;
	mesh_start(bob);
	const struct mesh_ask *ask = mesh_ask(alice, bob, 200000, 16);
	mesh_run(&mesh, AN_SECONDS(5));
	ck_assert_int_eq(ask->status, AUTONOMI_E_REFUSED);
	ck_assert_uint_eq(ask->code, AN_LINK_CODE_TOO_LARGE);
	ck_assert_uint_eq(bob->requests, 0);
	ck_assert_uint_eq(mesh_count(bob).inbound_bytes, 0);
}
END_TEST

START_TEST(a_reply_that_is_too_large_for_us_is_cut_off)
{
	mesh_crash(alice);
	alice->profile.response_max = 100000;
	mesh_start(alice);
	const struct mesh_ask *ask = mesh_ask(alice, bob, 16, 200000);
	mesh_run(&mesh, AN_SECONDS(5));
	ck_assert_int_eq(ask->status, AUTONOMI_E_TOO_LARGE);
	mesh_run_for(&mesh, AN_MS(100));
	ck_assert_uint_eq(mesh_count(bob).inbound_requests, 0);
}
END_TEST

START_TEST(a_cancelled_request_has_no_reply)
{
	struct mesh_ask *waiting = mesh_ask(alice, bob, 100, 100);
	mesh_cancel(waiting);
	mesh_run_for(&mesh, AN_SECONDS(1));
	ck_assert_uint_eq(bob->requests, 0);

	struct mesh_ask *sent = wish(MESH_LATER, 500, AN_SECONDS(10));
	mesh_run_for(&mesh, AN_MS(300));
	ck_assert_uint_eq(bob->requests, 1);
	mesh_cancel(sent);
	mesh_run_for(&mesh, AN_SECONDS(2));
	mesh_check_accounts(&mesh);
	ck_assert_uint_eq(mesh_count(bob).inbound_requests, 0);
}
END_TEST

START_TEST(a_cancelled_id_is_unknown_afterwards)
{
	struct mesh_ask *ask = mesh_ask(alice, bob, 100, 100);
	mesh_cancel(ask);
	ck_assert_ptr_null(an_link_cancel(alice->link, ask->id));
	ck_assert_ptr_null(an_link_cancel(alice->link, 999999));
}
END_TEST

START_TEST(an_answer_to_nobody_is_dropped)
{
	struct an_blob *blob = an_blob_copy(an_span_text("answer"));
	an_link_reply(bob->link, 12345, AN_LINK_KIND_MESSAGE, &blob, 1);
	an_link_refuse(bob->link, 12345, AN_LINK_CODE_BUSY);
	an_blob_unref(blob);

	mesh_ask(alice, bob, 100, 100);
	wish(MESH_LATER, 500, AN_SECONDS(10));
	mesh_run_for(&mesh, AN_MS(300));
	mesh_crash(alice);
	mesh_run_for(&mesh, AN_SECONDS(40));
	ck_assert_uint_eq(mesh_count(bob).inbound_requests, 0);
	ck_assert_uint_eq(mesh_count(bob).connections, 0);
}
END_TEST

START_TEST(more_requests_than_the_limit_are_busy)
{
	const struct an_contact contact = mesh_contact(bob);
	an_status status = AUTONOMI_OK;
	for (size_t i = 0; i < alice->limits.outbound_requests; i++)
		mesh_ask(alice, bob, 16, 0);
	mesh_try_ask(alice, &contact, MESH_ANSWER, 0, 16, 0, AN_SECONDS(1), &status);
	ck_assert_int_eq(status, AUTONOMI_E_BUSY);
	mesh_run(&mesh, AN_SECONDS(60));
	mesh_try_ask(alice, &contact, MESH_ANSWER, 0, 16, 0, AN_SECONDS(1), &status);
	ck_assert_int_eq(status, AUTONOMI_OK);
}
END_TEST

START_TEST(a_connection_whose_peer_died_ends_its_requests)
{
	mesh_ask(alice, bob, 100, 100);
	mesh_run(&mesh, AN_SECONDS(1));
	const struct mesh_ask *ask = wish(MESH_SILENCE, 0, AN_SECONDS(60));
	mesh_run_for(&mesh, AN_MS(200));
	mesh_crash(bob);
	mesh_run(&mesh, AN_SECONDS(30));
	ck_assert_int_eq(ask->status, AUTONOMI_E_UNREACHABLE);
	ck_assert_uint_eq(alice->disconnected, 1);
}
END_TEST

START_TEST(an_asker_sees_whether_the_peer_lives_and_has_the_request)
{
	struct an_link_sign sign;
	const struct mesh_ask *ask = wish(MESH_SILENCE, 0, AN_SECONDS(60));
	an_link_request_sign(alice->link, ask->id, &sign);
	ck_assert_uint_eq(sign.heard_at, 0);
	mesh_run_for(&mesh, AN_MS(500));
	an_link_request_sign(alice->link, ask->id, &sign);
	ck_assert_uint_gt(sign.heard_at, 0);
	ck_assert_uint_gt(sign.rtt, 0);
	ck_assert(sign.delivered);
	mesh_crash(bob);
	const struct mesh_ask *lost = wish(MESH_ANSWER, 0, AN_SECONDS(60));
	const an_time_us crashed_at = mesh.now;
	mesh_run_for(&mesh, AN_SECONDS(1));
	an_link_request_sign(alice->link, lost->id, &sign);
	ck_assert_uint_le(sign.heard_at, crashed_at);
	ck_assert(!sign.delivered);
	an_link_request_sign(alice->link, 4711, &sign);
	ck_assert_uint_eq(sign.heard_at, 0);
	mesh_run(&mesh, AN_SECONDS(30));
}
END_TEST

START_TEST(several_silent_timeouts_in_a_row_end_a_connection)
{
	mesh_ask(alice, bob, 100, 100);
	mesh_run(&mesh, AN_SECONDS(1));
	mesh_crash(bob);
	for (unsigned i = 0; i < 3; i++)
		wish(MESH_ANSWER, 0, AN_MS(1000 + i * 100));
	mesh_run_for(&mesh, AN_SECONDS(2));
	ck_assert_uint_eq(alice->disconnected, 1);
	ck_assert_int_eq(alice->disconnected_why, AUTONOMI_E_TIMEOUT);
}
END_TEST

static struct an_blob *seen_message;

static void keep_reply(void *context, uint64_t request, const struct an_link_reply *reply)
{
	(void)request;
	*(enum an_link_kind *)context = reply->kind;
	ck_assert_int_eq(reply->status, AUTONOMI_OK);
	seen_message = an_blob_ref(reply->message);
}

START_TEST(a_reply_may_be_kept_and_has_the_kind_of_its_request)
{
	const struct an_contact contact = mesh_contact(bob);
	enum an_link_kind kind = AN_LINK_KIND_MESSAGE;
	const uint32_t header[4] = {MESH_ANSWER, 0, 500, 0};
	struct an_blob *message = an_blob_copy(an_span(header, sizeof(header)));
	ck_assert_int_eq(an_link_ask(alice->link, &contact, AN_LINK_KIND_KADEMLIA, &message, 1,
	                             AN_SECONDS(5), mesh.now, keep_reply, &kind, NULL),
	                 AUTONOMI_OK);
	an_blob_unref(message);
	mesh_run_for(&mesh, AN_SECONDS(1));
	ck_assert_int_eq(kind, AN_LINK_KIND_KADEMLIA);
	ck_assert_uint_eq(seen_message->size, 500);
	ck_assert_uint_eq(seen_message->references, 1);
	an_blob_unref(seen_message);
}
END_TEST

START_TEST(the_address_at_which_we_are_seen_comes_back)
{
	const struct an_contact contact = mesh_contact(bob);
	enum an_link_kind kind = AN_LINK_KIND_MESSAGE;
	struct an_blob *empty = an_blob_new(0);
	ck_assert_int_eq(an_link_ask(alice->link, &contact, AN_LINK_KIND_ADDRESS, &empty, 1,
	                             AN_SECONDS(5), mesh.now, keep_reply, &kind, NULL),
	                 AUTONOMI_OK);
	an_blob_unref(empty);
	mesh_run_for(&mesh, AN_SECONDS(1));
	ck_assert_int_eq(kind, AN_LINK_KIND_ADDRESS);
	ck_assert_mem_eq(seen_message->data, alice->addresses[0].address, 16);
	an_blob_unref(seen_message);
}
END_TEST

START_TEST(an_ask_that_makes_no_sense_is_refused_at_once)
{
	struct an_contact contact = mesh_contact(bob);
	struct an_blob *part = an_blob_new(1);
	struct an_blob *parts[] = {part, part, part, part};
	enum an_link_kind kind = AN_LINK_KIND_MESSAGE;
	const struct {
		enum an_link_kind kind;
		size_t parts;
		an_status status;
	} cases[] = {
		{AN_LINK_KIND_MESSAGE, AN_LINK_PARTS_MAX + 1, AUTONOMI_E_INVALID},
		{(enum an_link_kind)7, 1, AUTONOMI_E_INVALID},
		{AN_LINK_KIND_ADDRESS, 1, AUTONOMI_E_TOO_LARGE},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		ck_assert_int_eq(an_link_ask(alice->link, &contact, cases[i].kind, parts,
		                             cases[i].parts, AN_SECONDS(5), mesh.now, keep_reply,
		                             &kind, NULL),
		                 cases[i].status);
	contact = (struct an_contact){0};
	ck_assert_int_eq(an_link_ask(alice->link, &contact, AN_LINK_KIND_MESSAGE, parts, 1,
	                             AN_SECONDS(5), mesh.now, keep_reply, &kind, NULL),
	                 AUTONOMI_E_INVALID);
	ck_assert_uint_eq(part->references, 1);
	an_blob_unref(part);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("link/request");
	TCase *pair = tcase_create("two links");
	tcase_add_checked_fixture(pair, setup, teardown);
	tcase_add_test(pair, one_request_has_one_reply);
	tcase_add_test(pair, messages_of_every_size_arrive_whole);
	tcase_add_test(pair, the_largest_legal_messages_fit);
	tcase_add_test(pair, an_empty_reply_is_a_reply);
	tcase_add_test(pair, messages_survive_loss_and_reordering);
	tcase_add_test(pair, five_hundred_requests_at_once_share_one_connection);
	tcase_add_test(pair, field_failure_6_concurrent_writes_to_several_peers_do_not_mix);
	tcase_add_test(pair, a_peer_that_does_not_answer_costs_the_timeout_and_no_more);
	tcase_add_test(pair, an_answer_that_takes_longer_than_the_idle_timeout_arrives);
	tcase_add_test(pair, a_refusal_carries_its_code);
	tcase_add_test(pair, a_busy_peer_is_an_answer_of_its_own);
	tcase_add_test(pair, an_answer_of_another_kind_is_not_sent);
	tcase_add_test(pair, a_message_over_the_limit_is_not_sent);
	tcase_add_test(pair, a_request_that_is_too_large_for_the_peer_is_refused);
	tcase_add_test(pair, a_reply_that_is_too_large_for_us_is_cut_off);
	tcase_add_test(pair, a_cancelled_request_has_no_reply);
	tcase_add_test(pair, a_cancelled_id_is_unknown_afterwards);
	tcase_add_test(pair, an_answer_to_nobody_is_dropped);
	tcase_add_test(pair, more_requests_than_the_limit_are_busy);
	tcase_add_test(pair, a_connection_whose_peer_died_ends_its_requests);
	tcase_add_test(pair, an_asker_sees_whether_the_peer_lives_and_has_the_request);
	tcase_add_test(pair, several_silent_timeouts_in_a_row_end_a_connection);
	tcase_add_test(pair, a_reply_may_be_kept_and_has_the_kind_of_its_request);
	tcase_add_test(pair, the_address_at_which_we_are_seen_comes_back);
	tcase_add_test(pair, an_ask_that_makes_no_sense_is_refused_at_once);
	suite_add_tcase(s, pair);
	return s;
}
