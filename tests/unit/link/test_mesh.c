/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Many links, random interleavings: every request has its one end. Round n of a test has the seed
 * n + 1, or n + AN_LINK_SEED where that is in the environment. */
#include "mesh.h"

#include <check.h>
#include <stdlib.h>

#include "harness.h"

enum { SEEDS = 24, STEPS = 300 };

static struct mesh mesh;

static uint64_t below(uint64_t bound)
{
	return an_random_below(&mesh.random, bound);
}

static struct mesh_node *any_node(void)
{
	return &mesh.nodes[below(mesh.node_count)];
}

static struct mesh_ask *any_ask(void)
{
	size_t count = 0;
	struct an_list *member = an_list_first(&mesh.asks);
	for (; member != NULL; member = an_list_next(&mesh.asks, member))
		count++;
	if (count == 0)
		return NULL;
	member = an_list_first(&mesh.asks);
	for (uint64_t skip = below(count); skip > 0; skip--)
		member = an_list_next(&mesh.asks, member);
	return an_container_of(member, struct mesh_ask, member);
}

static void ask_something(struct mesh_node *from, const struct mesh_node *to)
{
	static const enum mesh_wish wishes[] = {MESH_ANSWER, MESH_ANSWER, MESH_ANSWER,
	                                        MESH_LATER,  MESH_REFUSE, MESH_SILENCE};
	an_status status;
	struct an_contact contact = mesh_contact(to);
	const enum mesh_wish wish = wishes[below(sizeof(wishes) / sizeof(wishes[0]))];
	const uint32_t detail = wish == MESH_LATER ? (uint32_t)below(12000) : 1;
	const size_t size = 16 + below(below(8) == 0 ? 300000 : 2000);
	if (below(6) == 0)
		contact.endpoints[contact.endpoint_count++] = to->addresses[1];
	if (below(10) == 0)
		contact.id = (struct an_peer_id){0};
	mesh_try_ask(from, &contact, wish, detail, size, below(20000),
	             AN_MS(100) + below(AN_SECONDS(20)), &status);
}

static void restart(struct mesh_node *node)
{
	if (node->link != NULL)
		mesh_crash(node);
	else
		mesh_start(node);
}

/* What a host may do at any time, from inside an event too. */
static void do_something_with(struct mesh_node *node)
{
	struct mesh_node *other = any_node();
	struct mesh_ask *ask;
	const struct an_contact contact = mesh_contact(other);
	const uint64_t choice = below(92);
	if (node->link == NULL || node == other)
		return;
	if (choice < 70)
		ask_something(node, other);
	else if (choice < 80 && (ask = any_ask()) != NULL)
		mesh_cancel(ask);
	else if (choice < 84)
		an_link_disconnect(node->link, mesh_id(other), AN_LINK_CODE_NONE);
	else
		an_link_dial(node->link, &contact, mesh.now);
}

static void react(struct mesh_node *node)
{
	if (below(4) == 0)
		do_something_with(node);
}

static void do_something(void)
{
	struct mesh_node *node = any_node();
	const uint64_t choice = below(100);
	if (choice < 2)
		restart(node);
	else if (choice < 4)
		node->deaf[below(2)] ^= true;
	else
		do_something_with(node);
}

/* Closes what still runs: then nothing may be left open. */
static void close_all(void)
{
	for (size_t i = 0; i < mesh.node_count; i++) {
		if (mesh.nodes[i].link != NULL)
			an_link_close(mesh.nodes[i].link, mesh.now + AN_SECONDS(2));
	}
	mesh_run_for(&mesh, AN_SECONDS(4));
	for (size_t i = 0; i < mesh.node_count; i++) {
		const struct mesh_node *node = &mesh.nodes[i];
		if (node->link != NULL)
			ck_assert(an_link_closed(node->link));
	}
	mesh_check_accounts(&mesh);
}

static uint64_t seed_of(int round)
{
	const char *text = getenv("AN_LINK_SEED");
	return (uint64_t)round + (text != NULL ? strtoull(text, NULL, 10) : 1);
}

START_TEST(every_request_ends_once_whatever_happens)
{
	mesh_make(&mesh, seed_of(_i), 4);
	mesh.loss = (unsigned)below(60);
	mesh.delayed = (unsigned)below(500);
	mesh.react = react;
	for (unsigned i = 0; i < STEPS; i++) {
		do_something();
		if (below(3) == 0)
			mesh_run_for(&mesh, below(below(10) == 0 ? AN_SECONDS(12) : AN_MS(200)));
	}
	mesh.react = NULL;
	if (_i % 2 == 0) {
		mesh_run(&mesh, AN_SECONDS(60));
		mesh_check_accounts(&mesh);
	}
	close_all();
	mesh_done(&mesh);
}
END_TEST

/* peers.md 6.1, "send reports OK, receiver drops silently" */
START_TEST(field_failure_5_eight_nodes_with_churn_account_for_every_message)
{
	uint64_t answered = 0, failed = 0;
	mesh_make(&mesh, 100 + (uint64_t)_i, MESH_NODES);
	mesh.loss = 10;
	for (unsigned round = 0; round < 40; round++) {
		for (size_t from = 0; from < MESH_NODES; from++) {
			for (size_t to = 0; to < MESH_NODES; to++) {
				if (from != to && mesh.nodes[from].link != NULL)
					mesh_ask(&mesh.nodes[from], &mesh.nodes[to], 500, 3000);
			}
		}
		mesh_run_for(&mesh, AN_MS(500));
		restart(any_node());
	}
	mesh_run(&mesh, AN_SECONDS(120));
	mesh_check_accounts(&mesh);
	const struct an_list *member = an_list_first(&mesh.asks);
	for (; member != NULL; member = an_list_next(&mesh.asks, member)) {
		const struct mesh_ask *ask = an_container_of(member, struct mesh_ask, member);
		ck_assert(ask->status == AUTONOMI_OK || ask->status == AUTONOMI_E_UNREACHABLE);
		*(ask->status == AUTONOMI_OK ? &answered : &failed) += 1;
	}
	ck_assert_uint_gt(answered, 200);
	ck_assert_uint_gt(failed, 0);
	close_all();
	mesh_done(&mesh);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("link/mesh");
	TCase *all = tcase_create("random");
	tcase_set_timeout(all, 240);
	tcase_add_loop_test(all, every_request_ends_once_whatever_happens, 0, SEEDS);
	tcase_add_loop_test(all, field_failure_5_eight_nodes_with_churn_account_for_every_message,
	                    0, 2);
	suite_add_tcase(s, all);
	return s;
}
