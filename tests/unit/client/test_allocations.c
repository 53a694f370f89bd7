/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Memory that runs out at the n-th allocation, for all n of one small upload and download: the
 * operation ends once, with a status; nothing leaks; and what it began can be done again.
 */
#include <string.h>
#include <unistd.h>

#include "harness.h"
#include "scene.h"

enum { FILE_SIZE = 5000, ALLOCATIONS_MAX = 20000 };

static struct scene scene;
#ifdef AN_FAULT_INJECTION
static uint8_t address[32];
#endif

static void setup(void)
{
	scene_open_small_pieces(&scene, 4, 64 << 20);
	scene_write_file(&scene, FILE_SIZE, 1);
}

static void teardown(void)
{
	scene_close(&scene);
}

#ifdef AN_FAULT_INJECTION
/* Returns whether memory ran out at all: past the last allocation it does not. */
static bool upload_with_failure(uint64_t allocations, an_status *ret_status)
{
	outcome_release(&scene.outcome);
	scene_fail_after(&scene, allocations);
	*ret_status = scene_upload(&scene, true);
	const bool ran_out = scene_ran_out(&scene);
	scene_succeed_again(&scene);
	return ran_out;
}

static bool download_with_failure(uint64_t allocations, an_status *ret_status)
{
	outcome_release(&scene.outcome);
	scene_fail_after(&scene, allocations);
	*ret_status = scene_download(&scene, an_span(address, sizeof(address)));
	const bool ran_out = scene_ran_out(&scene);
	scene_succeed_again(&scene);
	return ran_out;
}

static uint64_t failures_of_uploads(uint64_t first, uint64_t step)
{
	an_status status = AUTONOMI_OK;
	uint64_t n = first;
	while (upload_with_failure(n, &status)) {
		n += step;
		ck_assert_uint_lt(n, ALLOCATIONS_MAX);
		scene_restart_client(&scene);
	}
	ck_assert_int_eq(status, AUTONOMI_OK);
	return n;
}

START_TEST(an_upload_survives_the_failure_of_any_allocation)
{
	ck_assert_uint_gt(failures_of_uploads((uint64_t)_i, 4), 100);
	ck_assert_int_eq(scene_upload(&scene, true), AUTONOMI_OK);
}
END_TEST

/* Data in memory, there and back. Returns whether memory ran out. */
static bool data_with_failure(uint64_t allocations, an_status *ret_status)
{
	static uint8_t bytes[FILE_SIZE];
	struct an_blob *data = an_blob_copy(an_span(bytes, sizeof(bytes)));
	ck_assert_ptr_nonnull(data);
	outcome_release(&scene.outcome);
	scene_fail_after(&scene, allocations);
	*ret_status = an_client_data_put(scene.client, data, true, outcome_progress, outcome_done,
	                                 &scene.outcome, NULL);
	if (*ret_status == AUTONOMI_OK)
		*ret_status = scene_run(&scene);
	memcpy(address, scene.outcome.result.address, sizeof(address));
	if (*ret_status == AUTONOMI_OK) {
		outcome_release(&scene.outcome);
		*ret_status = an_client_data_get(scene.client, an_span(address, sizeof(address)),
		                                 FILE_SIZE, outcome_progress, outcome_done,
		                                 &scene.outcome, NULL);
		if (*ret_status == AUTONOMI_OK)
			*ret_status = scene_run(&scene);
	}
	const bool ran_out = scene_ran_out(&scene);
	scene_succeed_again(&scene);
	an_blob_unref(data);
	return ran_out;
}

START_TEST(data_in_memory_survives_the_failure_of_any_allocation)
{
	an_status status = AUTONOMI_OK;
	uint64_t n = (uint64_t)_i;
	while (data_with_failure(n, &status)) {
		n += 4;
		ck_assert_uint_lt(n, ALLOCATIONS_MAX);
		scene_restart_client(&scene);
	}
	ck_assert_uint_gt(n, 100);
	ck_assert_int_eq(status, AUTONOMI_OK);
	ck_assert_uint_eq(scene.outcome.result.bytes.size, FILE_SIZE);
}
END_TEST

START_TEST(a_download_survives_the_failure_of_any_allocation)
{
	ck_assert_int_eq(scene_upload(&scene, true), AUTONOMI_OK);
	memcpy(address, scene.outcome.result.address, sizeof(address));
	an_status status = AUTONOMI_OK;
	uint64_t n = (uint64_t)_i;
	while (download_with_failure(n, &status)) {
		n += 4;
		ck_assert_uint_lt(n, ALLOCATIONS_MAX);
		scene_restart_client(&scene);
		unlink(scene.part);
		unlink(scene.target);
	}
	ck_assert_uint_gt(n, 50);
	ck_assert_int_eq(status, AUTONOMI_OK);
	scene_assert_target_is_file(&scene);
}
END_TEST
#endif

Suite *suite(void)
{
	Suite *s = suite_create("client/allocations");
	TCase *failures = tcase_create("failures");
	tcase_add_checked_fixture(failures, setup, teardown);
#ifdef AN_FAULT_INJECTION
	tcase_set_timeout(failures, 300);
	tcase_add_loop_test(failures, an_upload_survives_the_failure_of_any_allocation, 0, 4);
	tcase_add_loop_test(failures, a_download_survives_the_failure_of_any_allocation, 0, 4);
	tcase_add_loop_test(failures, data_in_memory_survives_the_failure_of_any_allocation, 0, 4);
#endif
	suite_add_tcase(s, failures);
	return s;
}
