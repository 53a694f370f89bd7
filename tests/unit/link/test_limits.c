/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mesh.h"

#include <check.h>
#include <stdlib.h>

#include "harness.h"

enum { MIB = 1 << 20 };

static struct mesh mesh;
static struct mesh_node *server;

static void setup(void)
{
	mesh_init(&mesh, 3);
	server = mesh_add(&mesh);
}

static void teardown(void)
{
	mesh_done(&mesh);
}

static struct mesh_node *peer(void)
{
	struct mesh_node *node = mesh_add(&mesh);
	mesh_start(node);
	return node;
}

static unsigned count(an_status status)
{
	unsigned found = 0;
	const struct an_list *member = an_list_first(&mesh.asks);
	for (; member != NULL; member = an_list_next(&mesh.asks, member)) {
		const struct mesh_ask *ask = an_container_of(member, struct mesh_ask, member);
		found += ask->replies == 1 && ask->status == status ? 1 : 0;
	}
	return found;
}

/* The last answers must have been acknowledged. */
static void check_all_is_released(void)
{
	mesh_run_for(&mesh, AN_SECONDS(1));
	ck_assert_uint_eq(mesh_count(server).inbound_bytes, 0);
	ck_assert_uint_eq(mesh_count(server).inbound_requests, 0);
}

static void ask_many(struct mesh_node *from, enum mesh_wish wish, unsigned count, size_t size,
                     size_t reply_size, an_time_us timeout)
{
	const struct an_contact contact = mesh_contact(server);
	for (unsigned i = 0; i < count; i++)
		mesh_ask_wish(from, &contact, wish, 1000, size, reply_size, timeout);
}

START_TEST(a_share_that_holds_no_whole_message_is_refused)
{
	server->limits.inbound_bytes_per_peer = server->profile.request_max - 1;
	ck_assert_int_eq(mesh_try_start(server), AUTONOMI_E_INVALID);
}
END_TEST

START_TEST(requests_over_the_peers_limit_wait_for_their_turn)
{
	server->limits.requests_per_peer = 4;
	mesh_start(server);
	ask_many(peer(), MESH_LATER, 40, 1000, 1000, AN_SECONDS(60));
	mesh_run_for(&mesh, AN_MS(500));
	ck_assert_uint_eq(mesh_count(server).inbound_requests, 4);
	mesh_run(&mesh, AN_SECONDS(30));
	ck_assert_uint_eq(count(AUTONOMI_OK), 40);
}
END_TEST

START_TEST(a_peer_has_its_limit_over_all_its_connections)
{
	server->limits.requests_per_peer = 4;
	mesh_start(server);
	struct mesh_node *greedy = peer();
	const struct an_contact contact = mesh_contact(server);
	ask_many(greedy, MESH_LATER, 4, 1000, 1000, AN_SECONDS(60));
	mesh_run_for(&mesh, AN_MS(300));
	ck_assert_int_eq(an_link_dial(greedy->link, &contact, mesh.now), AUTONOMI_OK);
	mesh_run_for(&mesh, AN_MS(300));
	ck_assert_uint_eq(mesh_count(server).connections, 2);
	ask_many(greedy, MESH_LATER, 4, 1000, 1000, AN_SECONDS(60));
	mesh_run_for(&mesh, AN_MS(300));
	ck_assert_uint_eq(mesh_count(server).inbound_requests, 4);
	mesh_run(&mesh, AN_SECONDS(30));
	ck_assert_uint_eq(count(AUTONOMI_OK), 4);
	ck_assert_uint_eq(count(AUTONOMI_E_BUSY), 4);
}
END_TEST

/* autonomi-2.md 10.2, row 19: a full receiver answers; nobody waits for a timer */
START_TEST(requests_over_the_limit_of_all_peers_are_told_busy)
{
	server->limits.requests = 10;
	mesh_start(server);
	ask_many(peer(), MESH_LATER, 8, 1000, 1000, AN_SECONDS(60));
	ask_many(peer(), MESH_LATER, 8, 1000, 1000, AN_SECONDS(60));
	mesh_run(&mesh, AN_SECONDS(30));
	ck_assert_uint_eq(count(AUTONOMI_OK), 10);
	ck_assert_uint_eq(count(AUTONOMI_E_BUSY), 6);
	ck_assert_uint_eq(mesh_count(server).requests_refused, 6);
}
END_TEST

START_TEST(a_greedy_peer_is_held_to_its_share_and_others_are_served)
{
	server->limits.inbound_bytes_per_peer = 10 * MIB;
	mesh_start(server);
	struct mesh_node *greedy = peer();
	struct mesh_node *modest = peer();
	ask_many(greedy, MESH_LATER, 12, 4 * MIB, 100, AN_SECONDS(60));
	const struct mesh_ask *ask = mesh_ask(modest, server, 4 * MIB, 4 * MIB);
	mesh_run(&mesh, AN_SECONDS(60));
	ck_assert_int_eq(ask->status, AUTONOMI_OK);
	ck_assert_uint_ge(count(AUTONOMI_OK), 1 + 2);
	ck_assert_uint_ge(count(AUTONOMI_E_BUSY), 1);
	ck_assert_uint_eq(count(AUTONOMI_OK) + count(AUTONOMI_E_BUSY), 13);
	ck_assert_uint_le(server->most_inbound_bytes, 20 * MIB);
	check_all_is_released();
	ck_assert(mesh_logged(server, "refused a request"));
}
END_TEST

START_TEST(all_peers_together_stay_within_twice_the_budget)
{
	server->limits.inbound_bytes = 12 * MIB;
	server->limits.inbound_bytes_per_peer = 10 * MIB;
	mesh_start(server);
	for (unsigned i = 0; i < 5; i++)
		ask_many(peer(), MESH_LATER, 4, 4 * MIB, 100, AN_SECONDS(60));
	mesh_run(&mesh, AN_SECONDS(60));
	ck_assert_uint_ge(count(AUTONOMI_OK), 3);
	ck_assert_uint_eq(count(AUTONOMI_OK) + count(AUTONOMI_E_BUSY), 20);
	ck_assert_uint_le(server->most_inbound_bytes, 24 * MIB);
	check_all_is_released();
	mesh_check_accounts(&mesh);
}
END_TEST

START_TEST(a_full_budget_refuses_newcomers_until_there_is_room)
{
	server->limits.inbound_bytes = 8 * MIB;
	server->limits.inbound_bytes_per_peer = 12 * MIB;
	mesh_start(server);
	struct mesh_node *newcomer = peer();
	ask_many(peer(), MESH_LATER, 2, 4 * MIB + 1000, 100, AN_SECONDS(60));
	mesh_run_for(&mesh, AN_MS(900));
	ck_assert_uint_eq(server->requests, 2);
	const struct mesh_ask *early = mesh_ask(newcomer, server, 100, 100);
	mesh_run(&mesh, AN_SECONDS(5));
	const struct mesh_ask *later = mesh_ask(newcomer, server, 100, 100);
	mesh_run(&mesh, AN_SECONDS(5));
	ck_assert_int_eq(early->status, AUTONOMI_E_BUSY);
	ck_assert_int_eq(later->status, AUTONOMI_OK);
	check_all_is_released();
}
END_TEST

START_TEST(a_full_budget_holds_senders_back_and_all_get_through)
{
	server->profile.record_value_max = 256 * 1024; /* a stream window far below the message */
	server->limits.inbound_bytes = 6 * MIB;
	server->limits.inbound_bytes_per_peer = 10 * MIB;
	mesh_start(server);
	struct mesh_node *peers[4];
	for (unsigned i = 0; i < 4; i++) {
		peers[i] = peer();
		mesh_ask(peers[i], server, 100, 100);
	}
	mesh_run(&mesh, AN_SECONDS(5));
	for (unsigned i = 0; i < 4; i++)
		ask_many(peers[i], MESH_ANSWER, 1, 5 * MIB, 100, AN_SECONDS(100));
	mesh_run(&mesh, AN_SECONDS(101));
	ck_assert_uint_ge(count(AUTONOMI_OK), 4 + 2);
	ck_assert_uint_le(server->most_inbound_bytes, 12 * MIB);
	check_all_is_released();
}
END_TEST

START_TEST(a_sender_below_the_least_rate_is_given_up)
{
	server->profile.request_timeout = AN_SECONDS(5);
	server->profile.least_rate = 100000;
	mesh_start(server);
	struct mesh_node *slow = peer();
	struct mesh_node *quick = peer();
	slow->uplink = 20000;
	const struct an_contact contact = mesh_contact(server);
	const struct mesh_ask *late = mesh_ask_wish(slow, &contact, MESH_ANSWER, 0, 500000, 100,
	                                            AN_SECONDS(60));
	mesh_run_for(&mesh, AN_SECONDS(4));
	ck_assert_uint_gt(mesh_count(server).inbound_bytes, 0);
	const struct mesh_ask *other = mesh_ask(quick, server, 500000, 100);
	mesh_run(&mesh, AN_SECONDS(40));
	ck_assert_int_eq(late->status, AUTONOMI_E_BUSY);
	ck_assert_uint_le(late->took, AN_SECONDS(12));
	ck_assert_int_eq(other->status, AUTONOMI_OK);
	check_all_is_released();
}
END_TEST

START_TEST(a_slow_sender_that_goes_on_is_not_given_up)
{
	server->profile.request_timeout = AN_SECONDS(5);
	server->profile.least_rate = 10000;
	mesh_start(server);
	struct mesh_node *slow = peer();
	slow->profile.least_rate = 10000;
	slow->uplink = 20000;
	const struct an_contact contact = mesh_contact(server);
	const struct mesh_ask *ask = mesh_ask_wish(slow, &contact, MESH_ANSWER, 0, 500000, 100,
	                                           AN_SECONDS(5));
	mesh_run(&mesh, AN_SECONDS(60));
	ck_assert_int_eq(ask->status, AUTONOMI_OK);
	ck_assert_uint_ge(ask->took, AN_SECONDS(20));
	check_all_is_released();
}
END_TEST

START_TEST(an_answer_that_is_fetched_slowly_is_not_given_up)
{
	server->profile.request_timeout = AN_SECONDS(5);
	server->profile.least_rate = 10000;
	server->uplink = 20000;
	mesh_start(server);
	struct mesh_node *reader = peer();
	reader->profile.least_rate = 10000;
	const struct an_contact contact = mesh_contact(server);
	const struct mesh_ask *ask = mesh_ask_wish(reader, &contact, MESH_ANSWER, 0, 100, 500000,
	                                           AN_SECONDS(5));
	mesh_run(&mesh, AN_SECONDS(60));
	ck_assert_int_eq(ask->status, AUTONOMI_OK);
	ck_assert_uint_ge(ask->took, AN_SECONDS(20));
	check_all_is_released();
}
END_TEST

START_TEST(many_half_open_requests_hold_no_more_than_a_share)
{
	server->limits.requests_per_peer = 32;
	server->limits.inbound_bytes_per_peer = 10 * MIB;
	server->profile.request_timeout = AN_SECONDS(8);
	mesh_start(server);
	struct mesh_node *hostile = peer();
	struct mesh_node *honest = peer();
	hostile->uplink = 100000;
	hostile->profile.least_rate = server->profile.least_rate = 1 * MIB;
	ask_many(hostile, MESH_ANSWER, 200, 1 * MIB, 100, AN_SECONDS(30));
	for (unsigned i = 0; i < 15; i++) {
		const struct mesh_ask *ask = mesh_ask(honest, server, 100000, 100000);
		mesh_run_for(&mesh, AN_SECONDS(1));
		ck_assert_uint_eq(ask->replies, 1);
		ck_assert_int_eq(ask->status, AUTONOMI_OK);
		ck_assert_uint_le(mesh_count(server).inbound_requests, 32);
	}
	mesh_run(&mesh, AN_SECONDS(60));
	mesh_run_for(&mesh, AN_SECONDS(20));
	ck_assert_uint_le(server->most_inbound_bytes, 11 * MIB);
	check_all_is_released();
}
END_TEST

START_TEST(answers_that_nobody_fetches_are_bounded_and_let_go)
{
	server->limits.inbound_bytes_per_peer = 10 * MIB;
	mesh_start(server);
	struct mesh_node *reader = peer();
	mesh_ask(reader, server, 100, 100);
	mesh_run(&mesh, AN_SECONDS(5));
	ask_many(reader, MESH_ANSWER, 20, 100, 4 * MIB, AN_SECONDS(60));
	mesh_run_for(&mesh, AN_MS(15));
	reader->deaf[0] = true;
	mesh_run_for(&mesh, AN_SECONDS(2));
	ck_assert_uint_le(server->most_inbound_bytes, 10 * MIB);
	ck_assert_uint_ge(server->most_inbound_bytes, 8 * MIB);
	mesh_run_for(&mesh, AN_SECONDS(40));
	check_all_is_released();
}
END_TEST

/* autonomi-2.md 10.2, row 15: a full node must not look dead */
START_TEST(a_peer_that_is_full_of_connections_says_busy)
{
	server->limits.connections = 3;
	mesh_start(server);
	for (unsigned i = 0; i < 5; i++)
		ask_many(peer(), MESH_ANSWER, 1, 100, 100, AN_SECONDS(30));
	mesh_run(&mesh, AN_SECONDS(31));
	ck_assert_uint_eq(count(AUTONOMI_OK), 3);
	ck_assert_uint_eq(count(AUTONOMI_E_BUSY), 2);
	ck_assert_uint_eq(mesh_count(server).refused_connections, 2);
	mesh_check_accounts(&mesh);
}
END_TEST

START_TEST(one_who_connects_again_and_again_takes_it_from_himself)
{
	server->limits.connections_per_peer = 2;
	mesh_start(server);
	struct mesh_node *greedy = peer(), *other = peer();
	const struct an_contact contact = mesh_contact(server);
	mesh_ask(other, server, 100, 100);
	mesh_run(&mesh, AN_SECONDS(5));
	for (unsigned i = 0; i < 6; i++) {
		ck_assert_int_eq(an_link_dial(greedy->link, &contact, mesh.now), AUTONOMI_OK);
		mesh_run_for(&mesh, AN_SECONDS(1));
		ck_assert_uint_le(mesh_count(server).connections, 3);
		mesh_ask(other, server, 100, 100);
	}
	ck_assert_uint_eq(server->connected, 7);
	mesh_ask(greedy, server, 100, 100);
	mesh_run(&mesh, AN_SECONDS(5));
	ck_assert_uint_eq(count(AUTONOMI_OK), 8);
}
END_TEST

/* Of its connections that died without a word, the oldest gives way, never the new one. */
START_TEST(one_who_restarts_again_and_again_is_let_in)
{
	server->limits.connections_per_peer = 2;
	mesh_start(server);
	struct mesh_node *restarts = peer();
	for (unsigned i = 0; i < 6; i++) {
		const struct mesh_ask *ask = mesh_ask(restarts, server, 100, 100);
		mesh_run(&mesh, AN_SECONDS(5));
		ck_assert_int_eq(ask->status, AUTONOMI_OK);
		mesh_run_for(&mesh, AN_MS(500));
		ck_assert_uint_eq(mesh_count(server).connections, i == 0 ? 1 : 2);
		mesh_crash(restarts);
		mesh_start(restarts);
	}
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("link/limits");
	TCase *limits = tcase_create("a server and its peers");
	tcase_set_timeout(limits, 120);
	tcase_add_checked_fixture(limits, setup, teardown);
	tcase_add_test(limits, a_share_that_holds_no_whole_message_is_refused);
	tcase_add_test(limits, requests_over_the_peers_limit_wait_for_their_turn);
	tcase_add_test(limits, a_peer_has_its_limit_over_all_its_connections);
	tcase_add_test(limits, requests_over_the_limit_of_all_peers_are_told_busy);
	tcase_add_test(limits, a_greedy_peer_is_held_to_its_share_and_others_are_served);
	tcase_add_test(limits, all_peers_together_stay_within_twice_the_budget);
	tcase_add_test(limits, a_full_budget_refuses_newcomers_until_there_is_room);
	tcase_add_test(limits, a_full_budget_holds_senders_back_and_all_get_through);
	tcase_add_test(limits, a_sender_below_the_least_rate_is_given_up);
	tcase_add_test(limits, a_slow_sender_that_goes_on_is_not_given_up);
	tcase_add_test(limits, an_answer_that_is_fetched_slowly_is_not_given_up);
	tcase_add_test(limits, many_half_open_requests_hold_no_more_than_a_share);
	tcase_add_test(limits, answers_that_nobody_fetches_are_bounded_and_let_go);
	tcase_add_test(limits, a_peer_that_is_full_of_connections_says_busy);
	tcase_add_test(limits, one_who_connects_again_and_again_takes_it_from_himself);
	tcase_add_test(limits, one_who_restarts_again_and_again_is_let_in);
	suite_add_tcase(s, limits);
	return s;
}
