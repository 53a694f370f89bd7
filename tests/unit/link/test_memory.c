/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Allocations that fail: a status or one reply for each request, nothing leaked, and the link goes on
 * when there is memory again. */
#include "mesh.h"

#include <check.h>
#include <stdlib.h>

#include "base/memory.h"
#include "harness.h"

#ifdef AN_FAULT_INJECTION

enum { ALLOCATIONS_MAX = 3000 };

static struct mesh mesh;

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
	for (uint64_t n = 0; n < needed && n < ALLOCATIONS_MAX; n += 1 + n / 50) {
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
#ifdef AN_FAULT_INJECTION
	tcase_add_test(memory, whichever_allocation_fails_every_request_ends);
	tcase_add_test(memory, a_link_is_made_whole_or_not_at_all);
#endif
	suite_add_tcase(s, memory);
	return s;
}
