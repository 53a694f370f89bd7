/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mesh.h"

#include <check.h>
#include <stdlib.h>

#include "harness.h"

static struct mesh mesh;
static struct mesh_node *alice, *bob;

static void setup(void)
{
	mesh_make(&mesh, 2, 2);
	alice = &mesh.nodes[0];
	bob = &mesh.nodes[1];
}

static void teardown(void)
{
	mesh_done(&mesh);
}

static struct mesh_ask *ask(const struct an_contact *contact)
{
	return mesh_ask_wish(alice, contact, MESH_ANSWER, 0, 100, 100, AN_SECONDS(60));
}

static const struct an_link_peer *find(struct mesh_node *node, const struct mesh_node *peer)
{
	return an_link_find(node->link, mesh_id(peer));
}

START_TEST(one_dial_serves_all_who_wait_for_it)
{
	for (unsigned i = 0; i < 30; i++)
		mesh_ask(alice, bob, 100, 100);
	mesh_run(&mesh, AN_SECONDS(5));
	ck_assert_uint_eq(mesh_count(alice).dials, 1);
	ck_assert_uint_eq(bob->connected, 1);
	ck_assert_uint_eq(mesh_count(bob).accepted, 1);
}
END_TEST

START_TEST(both_sides_know_who_the_other_is)
{
	mesh_ask(alice, bob, 100, 100);
	mesh_run(&mesh, AN_SECONDS(5));
	ck_assert(find(alice, bob)->dialled);
	ck_assert(!find(bob, alice)->dialled);
	ck_assert(an_endpoint_equal(&find(bob, alice)->remote, &alice->addresses[0]));
	ck_assert(an_peer_id_equal(&find(bob, alice)->identity.id, mesh_id(alice)));
	ck_assert_str_eq(find(bob, alice)->agent, "ant/node/1.0/0.1.0/1");
	ck_assert_int_eq(find(bob, alice)->role, AN_LINK_ROLE_NODE);
	ck_assert_uint_ge(find(alice, bob)->rtt, AN_MS(20));
	ck_assert_str_ne(find(alice, bob)->key_exchange, "");
}
END_TEST

START_TEST(a_client_says_so)
{
	struct mesh_node *client = mesh_add(&mesh);
	client->client = true;
	mesh_start(client);
	mesh_ask(client, bob, 100, 100);
	mesh_run(&mesh, AN_SECONDS(5));
	ck_assert_int_eq(find(bob, client)->role, AN_LINK_ROLE_CLIENT);
}
END_TEST

START_TEST(a_client_is_asked_over_its_own_connection_and_cannot_be_dialled)
{
	struct mesh_node *client = mesh_add(&mesh);
	client->client = true;
	mesh_start(client);
	const struct mesh_ask *before = mesh_ask(bob, client, 100, 100);
	mesh_run(&mesh, AN_SECONDS(15));
	ck_assert_int_eq(before->status, AUTONOMI_E_UNREACHABLE);
	mesh_ask(client, bob, 100, 100);
	mesh_run(&mesh, AN_SECONDS(5));
	const struct mesh_ask *after = mesh_ask(bob, client, 100, 100);
	mesh_run(&mesh, AN_SECONDS(5));
	ck_assert_int_eq(after->status, AUTONOMI_OK);
}
END_TEST

START_TEST(another_peer_at_the_address_is_refused)
{
	struct an_contact contact = mesh_contact(bob);
	contact.id.bytes[10] ^= 1;
	const struct mesh_ask *wrong = ask(&contact);
	mesh_run(&mesh, AN_SECONDS(5));
	ck_assert_int_eq(wrong->status, AUTONOMI_E_IDENTITY);
	ck_assert(!wrong->had_peer);
	ck_assert_uint_eq(alice->connected, 0);
	ck_assert_uint_eq(alice->dials_failed, 1);
	ck_assert_int_eq(alice->dial_failed_why, AUTONOMI_E_IDENTITY);
	ck_assert(mesh_logged(alice, "it is not who was meant"));
	mesh_run_for(&mesh, AN_SECONDS(1));
	ck_assert_uint_eq(bob->requests, 0);
}
END_TEST

START_TEST(another_network_is_refused_by_name_on_both_sides)
{
	mesh_crash(bob);
	bob->profile.network_id = 2;
	mesh_start(bob);
	const struct mesh_ask *there = mesh_ask(alice, bob, 100, 100);
	mesh_run(&mesh, AN_SECONDS(1));
	ck_assert_int_eq(there->status, AUTONOMI_E_NETWORK_ID);
	ck_assert_int_eq(alice->dial_failed_why, AUTONOMI_E_NETWORK_ID);
	mesh_run_for(&mesh, AN_MS(200));
	ck_assert(mesh_logged(alice, "another network"));
	ck_assert(mesh_logged(bob, "another network"));
	ck_assert_uint_eq(alice->connected + bob->connected, 0);
	ck_assert_uint_eq(mesh_count(alice).connections, 0);
	ck_assert_uint_eq(mesh_count(bob).refused_connections, 1);
}
END_TEST

START_TEST(another_protocol_version_is_another_network)
{
	mesh_crash(bob);
	bob->profile.protocol_version = "2.0";
	mesh_start(bob);
	const struct mesh_ask *there = mesh_ask(alice, bob, 100, 100);
	mesh_run(&mesh, AN_SECONDS(1));
	ck_assert_int_eq(there->status, AUTONOMI_E_NETWORK_ID);
}
END_TEST

static const struct an_agent_version minimum = {{0, 2, 0}};

/* Semantics 6.12. The newer end refuses, whichever dialled. */
static void check_version(const char *version, bool client, bool newer_dials, an_status expected)
{
	mesh_crash(alice);
	mesh_crash(bob);
	alice->version = "0.2.0";
	alice->minimum_version = &minimum;
	bob->version = version;
	bob->client = client;
	mesh_start(alice);
	mesh_start(bob);
	const struct mesh_ask *there = newer_dials ? mesh_ask(alice, bob, 100, 100)
	                                           : mesh_ask(bob, alice, 100, 100);
	mesh_run(&mesh, AN_SECONDS(1));
	ck_assert_int_eq(there->status, expected);
	mesh_run_for(&mesh, AN_MS(500));
	const bool refused = expected == AUTONOMI_E_VERSION;
	ck_assert_uint_eq(mesh_count(alice).refused_versions, refused);
	ck_assert_uint_eq(alice->connected, !refused);
	ck_assert(mesh_logged(alice, "its version is too old") == refused);
	/* Who is called cannot understand a code before the handshake is over. */
	if (!newer_dials)
		ck_assert(mesh_logged(bob, "our version is too old") == refused);
	if (refused)
		ck_assert_uint_eq(mesh_count(alice).connections, 0);
}

START_TEST(a_node_below_the_minimum_version_that_calls_is_refused_by_name)
{
	check_version("0.1.9", false, false, AUTONOMI_E_VERSION);
}
END_TEST

START_TEST(a_node_below_the_minimum_version_that_is_called_is_refused_by_name)
{
	check_version("0.1.9", false, true, AUTONOMI_E_VERSION);
	ck_assert_int_eq(alice->dial_failed_why, AUTONOMI_E_VERSION);
}
END_TEST

START_TEST(a_version_that_cannot_be_read_is_too_old)
{
	check_version("nightly", false, false, AUTONOMI_E_VERSION);
}
END_TEST

START_TEST(a_node_of_the_minimum_version_is_let_in)
{
	check_version("0.2.0", false, false, AUTONOMI_OK);
}
END_TEST

START_TEST(clients_of_any_version_are_let_in)
{
	check_version("0.0.1", true, false, AUTONOMI_OK);
}
END_TEST

/* autonomi-2.md 10.2, row 11 */
START_TEST(refusals_are_logged_at_a_rate)
{
	mesh_crash(bob);
	bob->profile.network_id = 2;
	mesh_start(bob);
	for (unsigned i = 0; i < 50; i++) {
		mesh_ask(alice, bob, 100, 100);
		mesh_run(&mesh, AN_SECONDS(1));
	}
	struct an_log_line line;
	unsigned lines = 0;
	while (an_logger_next(bob->logger, &line))
		lines++;
	ck_assert_uint_ge(lines, 1);
	ck_assert_uint_le(lines, 2);
}
END_TEST

START_TEST(nobody_dials_himself)
{
	an_status status;
	struct an_contact contact = mesh_contact(alice);
	mesh_try_ask(alice, &contact, MESH_ANSWER, 0, 16, 0, AN_SECONDS(5), &status);
	ck_assert_int_eq(status, AUTONOMI_E_INVALID);
	ck_assert_int_eq(an_link_dial(alice->link, &contact, mesh.now), AUTONOMI_E_INVALID);

	contact.id = (struct an_peer_id){0};
	const struct mesh_ask *blind = ask(&contact);
	mesh_run(&mesh, AN_SECONDS(5));
	ck_assert_int_eq(blind->status, AUTONOMI_E_IDENTITY);
	ck_assert_uint_eq(alice->requests, 0);
}
END_TEST

START_TEST(a_dead_first_address_costs_only_the_stagger)
{
	struct an_contact contact = mesh_contact(bob);
	contact.endpoints[contact.endpoint_count++] = bob->addresses[1];
	bob->deaf[1] = true;
	const struct mesh_ask *first = ask(&contact);
	mesh_run(&mesh, AN_SECONDS(5));
	ck_assert_int_eq(first->status, AUTONOMI_OK);
	ck_assert_uint_lt(first->took, AN_MS(400));
	ck_assert(an_endpoint_is_ip4(&find(alice, bob)->remote));
	mesh_run_for(&mesh, AN_SECONDS(1));
	ck_assert_uint_eq(mesh_count(alice).connections, 1);
}
END_TEST

START_TEST(ipv6_comes_first)
{
	struct an_contact contact = mesh_contact(bob);
	contact.endpoints[contact.endpoint_count++] = bob->addresses[1];
	ask(&contact);
	mesh_run(&mesh, AN_SECONDS(5));
	ck_assert(!an_endpoint_is_ip4(&find(alice, bob)->remote));
}
END_TEST

START_TEST(a_peer_that_is_not_there_is_unreachable_after_the_handshake_timeout)
{
	struct an_contact contact = mesh_contact(bob);
	contact.endpoints[contact.endpoint_count++] = bob->addresses[1];
	bob->deaf[0] = bob->deaf[1] = true;
	const struct mesh_ask *lost = ask(&contact);
	mesh_run(&mesh, AN_SECONDS(20));
	ck_assert_int_eq(lost->status, AUTONOMI_E_UNREACHABLE);
	ck_assert_uint_le(lost->took, AN_MS(10300));
	ck_assert_uint_eq(alice->dials_failed, 1);
	ck_assert_uint_eq(mesh_count(alice).dials_failed, 1);
	mesh_run_for(&mesh, AN_SECONDS(1));
	ck_assert_uint_eq(mesh_count(alice).connections, 0);
}
END_TEST

START_TEST(a_short_timeout_does_not_wait_for_the_dial)
{
	struct an_contact contact = mesh_contact(bob);
	bob->deaf[0] = true;
	const struct mesh_ask *lost = mesh_ask_wish(alice, &contact, MESH_ANSWER, 0, 16, 0,
	                                            AN_SECONDS(2));
	mesh_run(&mesh, AN_SECONDS(3));
	ck_assert_int_eq(lost->status, AUTONOMI_E_TIMEOUT);
	ck_assert_uint_eq(lost->took, AN_SECONDS(2));
	mesh_run_for(&mesh, AN_MS(10));
	ck_assert_uint_eq(mesh_count(alice).connections, 0);
}
END_TEST

START_TEST(a_dial_that_nobody_waits_for_ends)
{
	bob->deaf[0] = true;
	mesh_cancel(mesh_ask(alice, bob, 16, 0));
	mesh_run_for(&mesh, AN_MS(10));
	ck_assert_uint_eq(mesh_count(alice).connections, 0);
	ck_assert_uint_eq(alice->dials_failed, 0);
}
END_TEST

START_TEST(an_endpoint_alone_is_enough_and_its_connection_is_found_again)
{
	struct an_contact contact = mesh_contact(bob);
	contact.id = (struct an_peer_id){0};
	const struct mesh_ask *first = ask(&contact);
	const struct mesh_ask *second = ask(&contact);
	mesh_run(&mesh, AN_SECONDS(5));
	ck_assert_int_eq(first->status, AUTONOMI_OK);
	ck_assert_int_eq(second->status, AUTONOMI_OK);
	const struct mesh_ask *by_id = mesh_ask(alice, bob, 16, 16);
	const struct mesh_ask *by_endpoint = ask(&contact);
	mesh_run(&mesh, AN_SECONDS(5));
	ck_assert_int_eq(by_id->status, AUTONOMI_OK);
	ck_assert_int_eq(by_endpoint->status, AUTONOMI_OK);
	ck_assert_uint_eq(mesh_count(alice).dials, 1);
}
END_TEST

START_TEST(an_id_alone_is_enough_where_there_is_a_connection)
{
	struct an_contact contact = {.id = *mesh_id(bob)};
	const struct mesh_ask *unknown = ask(&contact);
	mesh_run(&mesh, AN_SECONDS(5));
	ck_assert_int_eq(unknown->status, AUTONOMI_E_UNREACHABLE);
	mesh_ask(bob, alice, 16, 16);
	mesh_run(&mesh, AN_SECONDS(5));
	const struct mesh_ask *known = ask(&contact);
	mesh_run(&mesh, AN_SECONDS(5));
	ck_assert_int_eq(known->status, AUTONOMI_OK);
}
END_TEST

static void check_same_connection_is_kept(void)
{
	ck_assert_ptr_nonnull(find(alice, bob));
	ck_assert_ptr_nonnull(find(bob, alice));
	ck_assert(find(alice, bob)->dialled != find(bob, alice)->dialled);
}

static void dial_at_once(unsigned round)
{
	mesh.latency = AN_MS(1 + an_random_below(&mesh.random, 40));
	mesh.loss = round % 4 == 3 ? 20 : 0;
	for (unsigned i = 0; i < 3; i++)
		mesh_ask(alice, bob, 2000, 2000);
	mesh_run_for(&mesh, an_random_below(&mesh.random, 2 * mesh.latency + 1));
	for (unsigned i = 0; i < 3; i++)
		mesh_ask(bob, alice, 2000, 2000);
}

/* peers.md 6.1, "simultaneous dial leaves a dead pair" */
START_TEST(field_failure_7_simultaneous_dials_leave_one_connection_a_thousand_times)
{
	unsigned both = 0;
	for (unsigned round = 0; round < 1000; round++) {
		const unsigned before = alice->connected;
		dial_at_once(round);
		mesh_run(&mesh, AN_SECONDS(30));
		/* A handshake that lost a datagram takes a second or three more. */
		mesh_run_for(&mesh, AN_SECONDS(5));
		check_same_connection_is_kept();
		both += alice->connected - before > 1 ? 1 : 0;
		/* The other one ends by itself, and no request with it. */
		for (unsigned i = 0; i < 6; i++) {
			mesh_ask(alice, bob, 100, 100);
			mesh_ask(bob, alice, 100, 100);
			mesh_run_for(&mesh, AN_SECONDS(2));
		}
		mesh_run(&mesh, AN_SECONDS(30));
		check_same_connection_is_kept();
		ck_assert_uint_eq(mesh_count(alice).connections, 1);
		ck_assert_uint_eq(mesh_count(bob).connections, 1);
		mesh_run_for(&mesh, AN_SECONDS(25));
		ck_assert_uint_eq(mesh_count(alice).connections, 0);
	}
	mesh_check_accounts(&mesh);
	ck_assert_uint_eq(mesh_count(alice).replies_failed, 0);
	ck_assert_uint_eq(mesh_count(bob).replies_failed, 0);
	/* The test is about two connections: most rounds must have had them. */
	ck_assert_uint_gt(both, 500);
}
END_TEST

static void restart_and_ask(struct mesh_node *stays, struct mesh_node *restarts)
{
	mesh_ask(stays, restarts, 100, 100);
	mesh_run(&mesh, AN_SECONDS(5));
	mesh_run_for(&mesh, AN_SECONDS(3));
	mesh_crash(restarts);
	mesh_start(restarts);
	mesh_ask(restarts, stays, 100, 100);
	mesh_run(&mesh, AN_SECONDS(5));
	const struct mesh_ask *after = mesh_ask(stays, restarts, 100, 100);
	mesh_run(&mesh, AN_SECONDS(5));
	ck_assert_int_eq(after->status, AUTONOMI_OK);
	ck_assert_uint_lt(after->took, AN_MS(100));
	mesh_run_for(&mesh, AN_SECONDS(40));
}

/* Both ways, for the connection of the smaller id would be kept had they dialled at once. */
START_TEST(a_restarted_peer_is_asked_over_its_new_connection)
{
	restart_and_ask(alice, bob);
	restart_and_ask(bob, alice);
}
END_TEST

/* Who restarts forgets its connections, and tells nobody. */
START_TEST(a_peer_that_restarted_without_a_word_is_dialled_for_the_next_request)
{
	mesh_ask(alice, bob, 100, 100);
	mesh_run(&mesh, AN_SECONDS(5));
	mesh_crash(bob);
	mesh_start(bob);
	mesh_ask(alice, bob, 100, 100);
	mesh_run_for(&mesh, 2 * alice->profile.slow_peer - 1);
	const size_t connections = mesh_count(alice).connections;
	const uint64_t dials = mesh_count(alice).dials;
	mesh_ask(alice, bob, 100, 100);
	ck_assert_uint_eq(mesh_count(alice).dials, dials);
	mesh_run_for(&mesh, 1);
	ck_assert_uint_eq(mesh_count(alice).connections, connections);
	const struct mesh_ask *next = mesh_ask(alice, bob, 100, 100);
	ck_assert_uint_eq(mesh_count(alice).dials, dials + 1);
	mesh_run_for(&mesh, AN_SECONDS(1));
	ck_assert_int_eq(next->status, AUTONOMI_OK);
	ck_assert_uint_lt(next->took, AN_MS(200));
	mesh_run(&mesh, AN_SECONDS(60));
}
END_TEST

START_TEST(a_peer_that_reached_us_can_be_dialled_back)
{
	const struct an_contact contact = mesh_contact(alice);
	mesh_ask(alice, bob, 100, 100);
	mesh_run(&mesh, AN_SECONDS(5));
	ck_assert_uint_eq(bob->connected_by_us, 0);
	ck_assert_int_eq(an_link_dial(bob->link, &contact, mesh.now), AUTONOMI_OK);
	mesh_run_for(&mesh, AN_SECONDS(1));
	ck_assert_uint_eq(bob->connected_by_us, 1);
	mesh_ask(alice, bob, 100, 100);
	mesh_ask(bob, alice, 100, 100);
	mesh_run(&mesh, AN_SECONDS(5));
	ck_assert_uint_eq(mesh_count(alice).replies_failed, 0);
	check_same_connection_is_kept();
}
END_TEST

START_TEST(a_dial_back_to_nobody_fails_and_keeps_the_connection)
{
	struct an_contact contact = mesh_contact(alice);
	contact.endpoints[0].port++;
	mesh_ask(alice, bob, 100, 100);
	mesh_run(&mesh, AN_SECONDS(5));
	ck_assert_int_eq(an_link_dial(bob->link, &contact, mesh.now), AUTONOMI_OK);
	for (unsigned i = 0; i < 6; i++) {
		mesh_run_for(&mesh, AN_SECONDS(2));
		mesh_ask(bob, alice, 100, 100);
		mesh_run(&mesh, AN_SECONDS(1));
	}
	ck_assert_uint_eq(bob->dials_failed, 1);
	ck_assert_uint_eq(mesh_count(bob).replies_failed, 0);
}
END_TEST

START_TEST(a_quiet_connection_ends_and_the_next_request_dials)
{
	mesh_ask(alice, bob, 100, 100);
	mesh_run(&mesh, AN_SECONDS(5));
	mesh_run_for(&mesh, AN_SECONDS(12));
	ck_assert_uint_eq(mesh_count(alice).connections + mesh_count(bob).connections, 0);
	ck_assert_uint_eq(alice->disconnected + bob->disconnected, 2);
	ck_assert_ptr_null(find(alice, bob));
	const struct mesh_ask *next = mesh_ask(alice, bob, 100, 100);
	mesh_run(&mesh, AN_SECONDS(5));
	ck_assert_int_eq(next->status, AUTONOMI_OK);
}
END_TEST

START_TEST(a_request_at_the_moment_of_the_idle_timeout_is_not_lost)
{
	for (unsigned i = 0; i < 60; i++) {
		mesh_ask(alice, bob, 100, 100);
		mesh_run(&mesh, AN_SECONDS(5));
		mesh_run_for(&mesh, AN_MS(9700) + i * AN_MS(10));
		const struct mesh_ask *next = mesh_ask(alice, bob, 100, 100);
		mesh_run(&mesh, AN_SECONDS(15));
		ck_assert_int_eq(next->status, AUTONOMI_OK);
		ck_assert_uint_lt(next->took, AN_MS(500));
		mesh_run_for(&mesh, AN_SECONDS(15));
	}
}
END_TEST

START_TEST(a_disconnected_peer_is_dialled_again)
{
	const struct an_contact contact = mesh_contact(bob);
	mesh_ask(alice, bob, 100, 100);
	mesh_run(&mesh, AN_SECONDS(5));
	const struct mesh_ask *lost = mesh_ask_wish(alice, &contact, MESH_SILENCE, 0, 16, 0,
	                                            AN_SECONDS(60));
	mesh_run_for(&mesh, AN_MS(100));
	an_link_disconnect(alice->link, mesh_id(bob), AN_LINK_CODE_NONE);
	const struct mesh_ask *next = mesh_ask(alice, bob, 100, 100);
	mesh_run(&mesh, AN_SECONDS(5));
	ck_assert_int_eq(lost->status, AUTONOMI_E_UNREACHABLE);
	ck_assert_int_eq(next->status, AUTONOMI_OK);
	ck_assert_uint_eq(alice->connected, 2);
	mesh_run_for(&mesh, AN_MS(100));
	ck_assert_uint_eq(bob->disconnected, 1);
}
END_TEST

START_TEST(a_request_that_never_left_is_dialled_for_once_more)
{
	mesh_crash(bob);
	bob->limits.requests_per_peer = 1;
	mesh_start(bob);
	const struct an_contact contact = mesh_contact(bob);
	const struct mesh_ask *sent = mesh_ask_wish(alice, &contact, MESH_SILENCE, 0, 16, 0,
	                                            AN_SECONDS(100));
	mesh_run_for(&mesh, AN_SECONDS(1));
	const struct mesh_ask *waiting = ask(&contact);
	mesh_run_for(&mesh, AN_SECONDS(1));
	ck_assert_uint_eq(bob->requests, 1);
	mesh_crash(bob);
	mesh_start(bob);
	mesh_run(&mesh, AN_SECONDS(40));
	ck_assert_int_eq(sent->status, AUTONOMI_E_UNREACHABLE);
	ck_assert_int_eq(waiting->status, AUTONOMI_OK);
}
END_TEST

START_TEST(a_full_table_of_connections_is_busy)
{
	mesh_crash(alice);
	alice->limits.connections = 1;
	mesh_start(alice);
	struct mesh_node *carol = mesh_add(&mesh);
	mesh_start(carol);
	mesh_ask(alice, bob, 100, 100);
	mesh_run(&mesh, AN_SECONDS(5));
	const struct mesh_ask *full = mesh_ask(alice, carol, 100, 100);
	mesh_run(&mesh, AN_SECONDS(5));
	ck_assert_int_eq(full->status, AUTONOMI_E_BUSY);
}
END_TEST

static void count_peer(void *context, const struct an_link_peer *peer)
{
	unsigned *count = context;
	ck_assert(peer->identity.id.size > 0);
	++*count;
}

START_TEST(each_connected_peer_is_visited_once)
{
	unsigned count = 0;
	struct mesh_node *carol = mesh_add(&mesh);
	mesh_start(carol);
	mesh_ask(alice, bob, 100, 100);
	mesh_ask(bob, alice, 100, 100);
	mesh_ask(carol, alice, 100, 100);
	mesh_run(&mesh, AN_SECONDS(5));
	mesh_run_for(&mesh, AN_MS(100));
	ck_assert_uint_eq(alice->connected, 3);
	an_link_visit(alice->link, count_peer, &count);
	ck_assert_uint_eq(count, 2);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("link/peers");
	TCase *pair = tcase_create("two links");
	tcase_set_timeout(pair, 240);
	tcase_add_checked_fixture(pair, setup, teardown);
	tcase_add_test(pair, one_dial_serves_all_who_wait_for_it);
	tcase_add_test(pair, both_sides_know_who_the_other_is);
	tcase_add_test(pair, a_client_says_so);
	tcase_add_test(pair, a_client_is_asked_over_its_own_connection_and_cannot_be_dialled);
	tcase_add_test(pair, another_peer_at_the_address_is_refused);
	tcase_add_test(pair, another_network_is_refused_by_name_on_both_sides);
	tcase_add_test(pair, another_protocol_version_is_another_network);
	tcase_add_test(pair, a_node_below_the_minimum_version_that_calls_is_refused_by_name);
	tcase_add_test(pair, a_node_below_the_minimum_version_that_is_called_is_refused_by_name);
	tcase_add_test(pair, a_version_that_cannot_be_read_is_too_old);
	tcase_add_test(pair, a_node_of_the_minimum_version_is_let_in);
	tcase_add_test(pair, clients_of_any_version_are_let_in);
	tcase_add_test(pair, refusals_are_logged_at_a_rate);
	tcase_add_test(pair, nobody_dials_himself);
	tcase_add_test(pair, a_dead_first_address_costs_only_the_stagger);
	tcase_add_test(pair, ipv6_comes_first);
	tcase_add_test(pair, a_peer_that_is_not_there_is_unreachable_after_the_handshake_timeout);
	tcase_add_test(pair, a_short_timeout_does_not_wait_for_the_dial);
	tcase_add_test(pair, a_dial_that_nobody_waits_for_ends);
	tcase_add_test(pair, an_endpoint_alone_is_enough_and_its_connection_is_found_again);
	tcase_add_test(pair, an_id_alone_is_enough_where_there_is_a_connection);
	tcase_add_test(pair,
	               field_failure_7_simultaneous_dials_leave_one_connection_a_thousand_times);
	tcase_add_test(pair, a_restarted_peer_is_asked_over_its_new_connection);
	tcase_add_test(pair, a_peer_that_restarted_without_a_word_is_dialled_for_the_next_request);
	tcase_add_test(pair, a_peer_that_reached_us_can_be_dialled_back);
	tcase_add_test(pair, a_dial_back_to_nobody_fails_and_keeps_the_connection);
	tcase_add_test(pair, a_quiet_connection_ends_and_the_next_request_dials);
	tcase_add_test(pair, a_request_at_the_moment_of_the_idle_timeout_is_not_lost);
	tcase_add_test(pair, a_disconnected_peer_is_dialled_again);
	tcase_add_test(pair, a_request_that_never_left_is_dialled_for_once_more);
	tcase_add_test(pair, a_full_table_of_connections_is_busy);
	tcase_add_test(pair, each_connected_peer_is_visited_once);
	suite_add_tcase(s, pair);
	return s;
}
