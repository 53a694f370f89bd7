/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How operations on files end: cancelled, freed, many at once, among peers of all kinds. */
#include <string.h>

#include "harness.h"
#include "scene.h"

static struct scene scene;

static void setup(void)
{
	scene_open_small_pieces(&scene, 4, 20000);
}

static void teardown(void)
{
	scene_close(&scene);
}

static void upload(size_t size)
{
	scene_write_file(&scene, size, 1);
	ck_assert_int_eq(scene_upload(&scene, true), AUTONOMI_OK);
	scene_note_source(&scene);
}

static an_status download(void)
{
	return scene_download(&scene, scene_source(&scene));
}

START_TEST(a_cancelled_upload_ends_once)
{
	scene_write_file(&scene, 50000, 1);
	scene.network.job_delay = AN_MS(3);
	scene_begin_upload(&scene);
	for (int i = 0; i < 23 * _i && scene.outcome.calls == 0; i++)
		ck_assert(network_step(&scene.network, scene.client));
	if (scene.outcome.calls > 0)
		return;
	an_client_cancel(scene.client, scene.outcome.id);
	while (network_step(&scene.network, scene.client))
		continue;
	ck_assert_uint_eq(scene.outcome.calls, 1);
	ck_assert_int_eq(scene.outcome.result.status, AUTONOMI_E_CANCELLED);
}
END_TEST

START_TEST(a_cancelled_download_ends_once_and_leaves_no_target)
{
	upload(50000);
	scene.network.job_delay = AN_MS(3);
	scene_begin_download(&scene, scene_source(&scene));
	for (int i = 0; i < 19 * _i && scene.outcome.calls == 0; i++)
		ck_assert(network_step(&scene.network, scene.client));
	if (scene.outcome.calls > 0)
		return;
	an_client_cancel(scene.client, scene.outcome.id);
	while (network_step(&scene.network, scene.client))
		continue;
	ck_assert_uint_eq(scene.outcome.calls, 1);
	ck_assert_int_eq(scene.outcome.result.status, AUTONOMI_E_CANCELLED);
	ck_assert(!scene_exists(scene.target));
}
END_TEST

START_TEST(a_client_freed_in_the_middle_leaves_nothing_behind)
{
	upload(20000);
	scene.network.job_delay = AN_MS(3);
	struct outcome other = {0};
	scene_begin_download(&scene, scene_source(&scene));
	ck_assert_int_eq(an_client_upload(scene.client, scene.file, false, NULL, outcome_done,
	                                  &other, NULL),
	                 AUTONOMI_OK);
	for (int i = 0; i < 11 * _i && network_step(&scene.network, scene.client); i++)
		continue;
	outcome_release(&other);
}
END_TEST

START_TEST(operations_share_the_memory_limit_and_all_end)
{
	enum { OPERATIONS = 6 };
	struct outcome outcomes[OPERATIONS] = {0};
	upload(60000);
	scene.network.job_delay = AN_MS(3);
	for (size_t i = 0; i < OPERATIONS; i++) {
		char target[SCENE_PATH_MAX + 8];
		snprintf(target, sizeof(target), "%s%zu", scene.target, i);
		const an_status status = i % 2 == 0
		                                 ? an_client_upload(scene.client, scene.file, true,
		                                                    outcome_progress, outcome_done,
		                                                    &outcomes[i], NULL)
		                                 : an_client_download(scene.client,
		                                                      scene_source(&scene), target,
		                                                      false, outcome_progress,
		                                                      outcome_done, &outcomes[i],
		                                                      NULL);
		ck_assert_int_eq(status, AUTONOMI_OK);
	}
	while (network_step(&scene.network, scene.client))
		continue;
	for (size_t i = 0; i < OPERATIONS; i++) {
		ck_assert_uint_eq(outcomes[i].calls, 1);
		ck_assert_int_eq(outcomes[i].result.status, AUTONOMI_OK);
		outcome_release(&outcomes[i]);
	}
}
END_TEST

/* Whatever peers do, each operation ends once, and what succeeds is right. */
START_TEST(any_mixture_of_peers_ends_every_file_once)
{
	const uint8_t seed[AN_RANDOM_SEED_SIZE] = {(uint8_t)_i, 42};
	an_random_init(&scene.network.random, seed);
	scene.network.job_delay = AN_MS(20);
	for (size_t i = 0; i < 25; i++) {
		if (an_random_below(&scene.network.random, 4) == 0)
			scene.network.peers[i].behaviour = (enum behaviour)
				an_random_below(&scene.network.random, SLOW + 1);
	}
	scene_write_file(&scene, 20000 + (size_t)an_random_below(&scene.network.random, 20000), 1);
	if (scene_upload(&scene, true) != AUTONOMI_OK)
		return;
	scene_note_source(&scene);
	if (download() == AUTONOMI_OK)
		scene_assert_target_is_file(&scene);
	else
		ck_assert(!scene_exists(scene.target));
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("client/file_ends");
	TCase *ends = tcase_create("ends");
	tcase_add_checked_fixture(ends, setup, teardown);
	tcase_add_loop_test(ends, a_cancelled_upload_ends_once, 0, 40);
	tcase_add_loop_test(ends, a_cancelled_download_ends_once_and_leaves_no_target, 0, 20);
	tcase_add_loop_test(ends, a_client_freed_in_the_middle_leaves_nothing_behind, 0, 40);
	tcase_add_test(ends, operations_share_the_memory_limit_and_all_end);
	tcase_add_loop_test(ends, any_mixture_of_peers_ends_every_file_once, 0, 50);
	suite_add_tcase(s, ends);
	return s;
}
