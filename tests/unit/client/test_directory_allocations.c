/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Memory that runs out at the n-th allocation, for all n of a small directory on its way there and back:
 * the operation ends once, with a status; nothing leaks; and what it began can be done again.
 */
#include "harness.h"
#include "tree.h"

#ifdef AN_FAULT_INJECTION
enum { ALLOCATIONS_MAX = 40000 };

static struct tree tree;
static const struct an_client_directory_put as_private = {.has_archive = true, .skips = true};

static void setup(void)
{
	tree_open(&tree, 5);
	tree_add(&tree, "a/b", 3000, 1);
	tree_add(&tree, "c", 7, 2);
	tree_run("ln -s c %s/d", tree.path);
}

static void teardown(void)
{
	tree_close(&tree);
}

static an_status upload(void)
{
	struct outcome *outcome = &tree.scene.outcome;
	struct an_client_directory_put put = as_private;
	put.path = tree.path;
	const an_status status = an_client_directory_upload(tree.scene.client, &put,
	                                                    outcome_progress, outcome_done, outcome,
	                                                    &outcome->id);
	return status == AUTONOMI_OK ? scene_run(&tree.scene) : status;
}

static an_status download(void)
{
	struct outcome *outcome = &tree.scene.outcome;
	const an_status status = an_client_directory_download(tree.scene.client,
	                                                      scene_source(&tree.scene), tree.out,
	                                                      false, outcome_progress, outcome_done,
	                                                      outcome, &outcome->id);
	return status == AUTONOMI_OK ? scene_run(&tree.scene) : status;
}

/* Whether memory ran out at all: past the last allocation it does not. */
static bool run_with_failure(an_status (*run)(void), uint64_t allocations, an_status *ret_status)
{
	outcome_release(&tree.scene.outcome);
	scene_fail_after(&tree.scene, allocations);
	*ret_status = run();
	const bool ran_out = scene_ran_out(&tree.scene);
	scene_succeed_again(&tree.scene);
	return ran_out;
}

static uint64_t run_with_all_failures(an_status (*run)(void), uint64_t first)
{
	an_status status = AUTONOMI_OK;
	uint64_t n = first;
	while (run_with_failure(run, n, &status)) {
		n += 8;
		ck_assert_uint_lt(n, ALLOCATIONS_MAX);
		scene_restart_client(&tree.scene);
		tree_run("rm -rf %s", tree.out);
	}
	ck_assert_int_eq(status, AUTONOMI_OK);
	return n;
}

START_TEST(an_upload_of_a_directory_survives_the_failure_of_any_allocation)
{
	ck_assert_uint_gt(run_with_all_failures(upload, (uint64_t)_i), 100);
	scene_note_source(&tree.scene);
	ck_assert_int_eq(tree_download(&tree, false), AUTONOMI_OK);
	ck_assert_uint_eq(tree.scene.outcome.result.files, 2);
}
END_TEST

START_TEST(a_download_of_a_directory_survives_the_failure_of_any_allocation)
{
	ck_assert_int_eq(tree_upload(&tree, as_private), AUTONOMI_OK);
	ck_assert_uint_gt(run_with_all_failures(download, (uint64_t)_i), 100);
	tree_run("rm %s/d", tree.path);
	ck_assert(tree_came_back(&tree));
}
END_TEST
#endif

Suite *suite(void)
{
	Suite *s = suite_create("client/directory_allocations");
#ifdef AN_FAULT_INJECTION
	TCase *failures = tcase_create("failures");
	tcase_set_timeout(failures, 300);
	tcase_add_checked_fixture(failures, setup, teardown);
	tcase_add_loop_test(failures,
	                    an_upload_of_a_directory_survives_the_failure_of_any_allocation, 0, 8);
	tcase_add_loop_test(failures,
	                    a_download_of_a_directory_survives_the_failure_of_any_allocation, 0, 8);
	suite_add_tcase(s, failures);
#endif
	return s;
}
