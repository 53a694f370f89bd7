/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Allocations that fail: a status or one reply for each request, nothing leaked, and the link goes on
 * when there is memory again. */
#include "mesh.h"

#include <check.h>
#include <malloc.h>
#include <stdlib.h>

#include "base/memory.h"
#include "harness.h"

enum { CYCLES = 1000, SLACK = 256 * 1024 };

static struct mesh mesh;

/* Bytes in use after `cycles` rounds of a failed dial, or of a connection that opens and closes. */
static size_t used_after(unsigned cycles, bool answers)
{
	struct mesh_node *from = &mesh.nodes[0], *to = &mesh.nodes[1];
	const struct an_contact contact = mesh_contact(to);
	to->deaf[0] = !answers;
	for (unsigned i = 0; i < cycles; i++) {
		struct mesh_ask *ask = mesh_ask_wish(from, &contact, MESH_ANSWER, 0, 100, 100,
		                                     AN_SECONDS(20));
		mesh_run(&mesh, AN_SECONDS(30));
		ck_assert_int_eq(ask->status, answers ? AUTONOMI_OK : AUTONOMI_E_UNREACHABLE);
		mesh_run_for(&mesh, AN_SECONDS(30));
		an_list_remove(&ask->member);
		free(ask);
	}
	return mallinfo2().uordblks;
}

static void check_flat(bool answers)
{
	mesh_make(&mesh, 7, 2);
	const size_t before = used_after(20, answers);
	const size_t after = used_after(CYCLES, answers);
	ck_assert_uint_le(after, before + SLACK);
	mesh_done(&mesh);
}

/* peers.md 6.1, "2.3 MB kept per failed dial; 4 MB per closed connection" */
START_TEST(field_failure_3_a_thousand_failed_dials_keep_no_memory)
{
	check_flat(false);
}
END_TEST

START_TEST(field_failure_3_a_thousand_closed_connections_keep_no_memory)
{
	check_flat(true);
}
END_TEST

#ifdef AN_FAULT_INJECTION

enum { ALLOCATIONS_MAX = 3000 };

/* Two links, requests in both directions; whatever fails, each request that was taken ends. */
static void exchange(uint64_t countdown)
{
	struct an_contact contacts[2];
	mesh_make(&mesh, 5, 2);
	for (size_t i = 0; i < 2; i++)
		contacts[i] = mesh_contact(&mesh.nodes[i]);
	an_memory_fail_after(countdown);
	for (unsigned i = 0; i < 3; i++) {
		for (size_t from = 0; from < 2; from++) {
			an_status status;
			mesh_try_ask(&mesh.nodes[from], &contacts[1 - from], MESH_ANSWER, 0, 9000,
			             9000, AN_SECONDS(5), &status);
		}
	}
	mesh_run_for(&mesh, AN_MS(500));
	an_memory_fail_after(UINT64_MAX);
	mesh_run(&mesh, AN_SECONDS(20));
	mesh_check_accounts(&mesh);
}

static void check_it_works_again(void)
{
	mesh_run_for(&mesh, AN_SECONDS(15));
	const struct mesh_ask *ask = mesh_ask(&mesh.nodes[0], &mesh.nodes[1], 100, 100);
	mesh_run(&mesh, AN_SECONDS(20));
	ck_assert_int_eq(ask->status, AUTONOMI_OK);
}

START_TEST(whichever_allocation_fails_every_request_ends)
{
	uint64_t needed = an_memory_allocations();
	exchange(UINT64_MAX);
	needed = an_memory_allocations() - needed;
	mesh_done(&mesh);
	ck_assert_uint_gt(needed, 20);
	for (uint64_t n = 0; n < needed && n < ALLOCATIONS_MAX; n++) {
		exchange(n);
		check_it_works_again();
		mesh_done(&mesh);
	}
}
END_TEST

START_TEST(a_link_is_made_whole_or_not_at_all)
{
	mesh_init(&mesh, 6);
	struct mesh_node *node = mesh_add(&mesh);
	an_status status = AUTONOMI_E_NO_MEMORY;
	uint64_t n = 0;
	for (; status != AUTONOMI_OK && n < ALLOCATIONS_MAX; n++) {
		an_memory_fail_after(n);
		status = mesh_try_start(node);
		an_memory_fail_after(UINT64_MAX);
		ck_assert(status == AUTONOMI_OK || node->link == NULL);
	}
	ck_assert_int_eq(status, AUTONOMI_OK);
	ck_assert_uint_gt(n, 5);
	mesh_done(&mesh);
}
END_TEST

#endif

Suite *suite(void)
{
	Suite *s = suite_create("link/memory");
	TCase *memory = tcase_create("without memory");
	tcase_set_timeout(memory, 240);
	tcase_add_test(memory, field_failure_3_a_thousand_failed_dials_keep_no_memory);
	tcase_add_test(memory, field_failure_3_a_thousand_closed_connections_keep_no_memory);
#ifdef AN_FAULT_INJECTION
	tcase_add_test(memory, whichever_allocation_fails_every_request_ends);
	tcase_add_test(memory, a_link_is_made_whole_or_not_at_all);
#endif
	suite_add_tcase(s, memory);
	return s;
}
