/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records of the kinds whose content may change under their key. */
#include "scene.h"

#include <check.h>

enum { SMALL = 500, LARGE = 200 * 1024 };

static struct scene scene;

static void setup(void)
{
	scene_setup(&scene);
	scene_open(&scene);
}

static void teardown(void)
{
	scene_teardown(&scene);
}

static void replace(size_t old_size, size_t new_size)
{
	struct record old = pointer(1, 1, old_size), new = pointer(1, 2, new_size);
	char path[PATH_MAX];
	ck_assert_int_eq(put(&scene, &old), AUTONOMI_OK);
	ck_assert_int_eq(get(&scene, &old), AUTONOMI_OK);
	ck_assert_int_eq(put(&scene, &new), AUTONOMI_OK);
	ck_assert_int_eq(get(&scene, &new), AUTONOMI_OK);
	ck_assert_uint_eq(an_store_count(scene.store), 1);
	ck_assert_uint_eq(an_store_bytes(scene.store), new.value->size);
	file_of(&scene, &old, path);
	ck_assert(!exists(path));
	scene_reopen(&scene);
	ck_assert_int_eq(get(&scene, &new), AUTONOMI_OK);
	ck_assert_uint_eq(an_store_counters(scene.store)->swept_files, 0);
	drop(&old);
	drop(&new);
}

START_TEST(a_new_content_replaces_the_old_inside_the_database)
{
	replace(SMALL, SMALL);
}
END_TEST

START_TEST(a_new_content_replaces_the_old_file)
{
	replace(LARGE, LARGE);
	ck_assert_uint_eq(count_files(&scene), 1);
}
END_TEST

START_TEST(a_content_that_grows_moves_into_a_file)
{
	replace(SMALL, LARGE);
	ck_assert_uint_eq(count_files(&scene), 1);
}
END_TEST

START_TEST(a_content_that_shrinks_moves_into_the_database)
{
	replace(LARGE, SMALL);
	ck_assert_uint_eq(count_files(&scene), 0);
}
END_TEST

START_TEST(the_same_content_is_not_written_again)
{
	struct record record = pointer(1, 1, LARGE);
	put(&scene, &record);
	ck_assert_int_eq(put(&scene, &record), AUTONOMI_OK);
	ck_assert_uint_eq(an_store_counters(scene.store)->puts, 1);
	ck_assert_uint_eq(an_store_counters(scene.store)->puts_existing, 1);
	drop(&record);
}
END_TEST

START_TEST(of_two_versions_asked_for_at_once_the_later_one_stays)
{
	struct record first = pointer(1, 1, LARGE), second = pointer(1, 2, SMALL);
	struct answer answers[2] = {{0}};
	an_store_put(scene.store, first.key, first.value, an_blob_span(first.value), note,
	             &answers[0]);
	an_store_put(scene.store, second.key, second.value, an_blob_span(second.value), note,
	             &answers[1]);
	an_store_run_inline(scene.store);
	ck_assert_int_eq(answers[0].status, AUTONOMI_OK);
	ck_assert_int_eq(answers[1].status, AUTONOMI_OK);
	ck_assert_int_eq(get(&scene, &second), AUTONOMI_OK);
	ck_assert_uint_eq(count_files(&scene), 0);
	drop(&first);
	drop(&second);
}
END_TEST

static void step(void)
{
	struct an_list jobs;
	an_list_init(&jobs);
	an_store_jobs(scene.store, &jobs);
	for (struct an_list *at; (at = an_list_take(&jobs)) != NULL;) {
		struct an_job *job = an_container_of(at, struct an_job, link);
		job->run(job);
		job->done(job);
	}
}

START_TEST(a_read_that_overlaps_a_replacement_gives_the_new_content)
{
	struct record old = pointer(1, 1, LARGE), new = pointer(1, 2, LARGE);
	struct answer written = {0}, read = {0};
	put(&scene, &old);
	an_store_put(scene.store, new.key, new.value, an_blob_span(new.value), note, &written);
	step(); /* the check */
	ck_assert_int_eq(an_store_get(scene.store, old.key, note, &read), AUTONOMI_OK);
	struct an_list jobs;
	an_list_init(&jobs);
	an_store_jobs(scene.store, &jobs);
	struct an_job *get_job = an_container_of(an_list_take(&jobs), struct an_job, link);
	struct an_job *batch = an_container_of(an_list_take(&jobs), struct an_job, link);
	batch->run(batch);
	get_job->run(get_job);
	batch->done(batch);
	get_job->done(get_job);
	an_store_run_inline(scene.store);
	ck_assert_int_eq(read.status, AUTONOMI_OK);
	ck_assert(an_span_equal(an_blob_span(read.value), an_blob_span(new.value)));
	ck_assert_uint_eq(an_store_counters(scene.store)->reads_corrupt, 0);
	an_blob_unref(read.value);
	drop(&old);
	drop(&new);
}
END_TEST

START_TEST(a_flipped_bit_is_found_by_the_hash_of_the_content)
{
	static const size_t sizes[] = {SMALL, LARGE};
	for (size_t i = 0; i < 2; i++) {
		struct record record = pointer((uint8_t)i, i, sizes[i]);
		char path[PATH_MAX];
		put(&scene, &record);
		scene_close(&scene);
		if (i == 0)
			database_of(&scene, path);
		else
			file_of(&scene, &record, path);
		flip(path, an_span(record.value->data + 100, 64));
		scene_open(&scene);
		ck_assert_int_eq(get(&scene, &record), AUTONOMI_E_CORRUPT);
		ck_assert_int_eq(put(&scene, &record), AUTONOMI_OK);
		ck_assert_int_eq(get(&scene, &record), AUTONOMI_OK);
		drop(&record);
	}
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("store/replace");
	TCase *tests = tcase_create("replace");
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, a_new_content_replaces_the_old_inside_the_database);
	tcase_add_test(tests, a_new_content_replaces_the_old_file);
	tcase_add_test(tests, a_content_that_grows_moves_into_a_file);
	tcase_add_test(tests, a_content_that_shrinks_moves_into_the_database);
	tcase_add_test(tests, the_same_content_is_not_written_again);
	tcase_add_test(tests, of_two_versions_asked_for_at_once_the_later_one_stays);
	tcase_add_test(tests, a_read_that_overlaps_a_replacement_gives_the_new_content);
	tcase_add_test(tests, a_flipped_bit_is_found_by_the_hash_of_the_content);
	suite_add_tcase(s, tests);
	return s;
}
