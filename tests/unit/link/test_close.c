/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mesh.h"

#include <check.h>
#include <stdlib.h>

#include "harness.h"

static struct mesh mesh;
static struct mesh_node *alice, *bob;

static void setup(void)
{
	mesh_make(&mesh, 4, 2);
	alice = &mesh.nodes[0];
	bob = &mesh.nodes[1];
}

static void teardown(void)
{
	mesh_done(&mesh);
}

static struct mesh_ask *ask(struct mesh_node *from, struct mesh_node *to, enum mesh_wish wish,
                            uint32_t detail)
{
	const struct an_contact contact = mesh_contact(to);
	return mesh_ask_wish(from, &contact, wish, detail, 100, 100, AN_SECONDS(60));
}

static void connect_both(void)
{
	mesh_ask(alice, bob, 100, 100);
	mesh_run(&mesh, AN_SECONDS(5));
}

START_TEST(a_link_that_did_nothing_closes_at_once)
{
	an_link_close(alice->link, mesh.now + AN_SECONDS(10));
	ck_assert(!an_link_closed(alice->link));
	mesh_run_for(&mesh, 1);
	ck_assert(an_link_closed(alice->link));
}
END_TEST

START_TEST(idle_connections_are_told_and_end)
{
	connect_both();
	an_link_close(alice->link, mesh.now + AN_SECONDS(10));
	mesh_run_for(&mesh, AN_MS(100));
	ck_assert(an_link_closed(alice->link));
	ck_assert_uint_eq(alice->disconnected, 1);
	ck_assert_uint_eq(bob->disconnected, 1);
	ck_assert_uint_eq(mesh_count(bob).connections, 0);
}
END_TEST

START_TEST(what_is_under_way_is_finished_in_both_directions)
{
	connect_both();
	const struct mesh_ask *out = ask(alice, bob, MESH_LATER, 2000);
	const struct mesh_ask *in = ask(bob, alice, MESH_LATER, 3000);
	mesh_run_for(&mesh, AN_MS(100));
	an_link_close(alice->link, mesh.now + AN_SECONDS(10));
	mesh_run(&mesh, AN_SECONDS(5));
	ck_assert_int_eq(out->status, AUTONOMI_OK);
	ck_assert_int_eq(in->status, AUTONOMI_OK);
	mesh_run_for(&mesh, AN_MS(200));
	ck_assert(an_link_closed(alice->link));
}
END_TEST

START_TEST(a_request_that_waits_for_its_dial_is_under_way_too)
{
	const struct mesh_ask *out = ask(alice, bob, MESH_ANSWER, 0);
	an_link_close(alice->link, mesh.now + AN_SECONDS(10));
	mesh_run(&mesh, AN_SECONDS(5));
	ck_assert_int_eq(out->status, AUTONOMI_OK);
}
END_TEST

START_TEST(new_requests_are_refused_on_both_sides)
{
	an_status status;
	const struct an_contact contact = mesh_contact(bob);
	connect_both();
	ask(alice, bob, MESH_LATER, 2000);
	mesh_run_for(&mesh, AN_MS(100));
	an_link_close(alice->link, mesh.now + AN_SECONDS(10));
	mesh_try_ask(alice, &contact, MESH_ANSWER, 0, 100, 100, AN_SECONDS(5), &status);
	ck_assert_int_eq(status, AUTONOMI_E_CLOSED);
	ck_assert_int_eq(an_link_dial(alice->link, &contact, mesh.now), AUTONOMI_E_CLOSED);
	const struct mesh_ask *in = ask(bob, alice, MESH_ANSWER, 0);
	mesh_run_for(&mesh, AN_SECONDS(1));
	ck_assert_int_eq(in->status, AUTONOMI_E_REFUSED);
	ck_assert_uint_eq(in->code, AN_LINK_CODE_SHUTDOWN);
	ck_assert_uint_eq(alice->requests, 0);
}
END_TEST

START_TEST(at_the_deadline_everything_is_cancelled)
{
	connect_both();
	struct mesh_node *carol = mesh_add(&mesh);
	mesh_start(carol);
	carol->deaf[0] = true;
	const struct mesh_ask *out = ask(alice, bob, MESH_SILENCE, 0);
	const struct mesh_ask *in = ask(bob, alice, MESH_SILENCE, 0);
	const struct mesh_ask *dialling = ask(alice, carol, MESH_ANSWER, 0);
	mesh_run_for(&mesh, AN_MS(100));
	an_link_close(alice->link, mesh.now + AN_SECONDS(3));
	mesh_run_for(&mesh, AN_MS(2900));
	ck_assert(!an_link_closed(alice->link));
	mesh_run_for(&mesh, AN_MS(300));
	ck_assert(an_link_closed(alice->link));
	ck_assert_int_eq(out->status, AUTONOMI_E_CANCELLED);
	ck_assert_int_eq(dialling->status, AUTONOMI_E_CANCELLED);
	ck_assert_int_eq(in->status, AUTONOMI_E_UNREACHABLE);
	ck_assert_uint_eq(alice->connected, alice->disconnected);
	mesh_check_accounts(&mesh);
}
END_TEST

START_TEST(an_earlier_deadline_counts)
{
	connect_both();
	ask(alice, bob, MESH_SILENCE, 0);
	mesh_run_for(&mesh, AN_MS(100));
	an_link_close(alice->link, mesh.now + AN_SECONDS(30));
	an_link_close(alice->link, mesh.now + AN_SECONDS(1));
	an_link_close(alice->link, mesh.now + AN_SECONDS(60));
	mesh_run_for(&mesh, AN_MS(1200));
	ck_assert(an_link_closed(alice->link));
}
END_TEST

START_TEST(free_in_the_middle_leaves_nothing_behind)
{
	struct mesh_node *carol = mesh_add(&mesh);
	mesh_start(carol);
	carol->deaf[0] = true;
	connect_both();
	ask(alice, bob, MESH_LATER, 1000);
	ask(bob, alice, MESH_LATER, 1000);
	ask(alice, carol, MESH_ANSWER, 0);
	mesh_ask(bob, alice, 5 << 20, 5 << 20);
	mesh_ask(alice, bob, 5 << 20, 5 << 20);
	mesh_run_for(&mesh, AN_MS(70));
	ck_assert_uint_gt(mesh_count(alice).inbound_requests, 0);
	mesh_crash(alice);
	mesh_run_for(&mesh, AN_SECONDS(30));
	mesh_check_accounts(&mesh);
	ck_assert_uint_eq(mesh_count(bob).inbound_bytes, 0);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("link/close");
	TCase *pair = tcase_create("two links");
	tcase_add_checked_fixture(pair, setup, teardown);
	tcase_add_test(pair, a_link_that_did_nothing_closes_at_once);
	tcase_add_test(pair, idle_connections_are_told_and_end);
	tcase_add_test(pair, what_is_under_way_is_finished_in_both_directions);
	tcase_add_test(pair, a_request_that_waits_for_its_dial_is_under_way_too);
	tcase_add_test(pair, new_requests_are_refused_on_both_sides);
	tcase_add_test(pair, at_the_deadline_everything_is_cancelled);
	tcase_add_test(pair, an_earlier_deadline_counts);
	tcase_add_test(pair, free_in_the_middle_leaves_nothing_behind);
	suite_add_tcase(s, pair);
	return s;
}
