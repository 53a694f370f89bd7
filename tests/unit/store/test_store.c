/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scene.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

enum { SMALL = 1000, LARGE = 300 * 1024, CHUNK = 4194304 };

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

static void submit_put(const struct record *record, struct answer *answer)
{
	ck_assert_int_eq(an_store_put(scene.store, record->key, record->value,
	                              an_blob_span(record->value), note, answer),
	                 AUTONOMI_OK);
}

/* Runs what there is to run once, so that a test sees what lies between. */
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

START_TEST(a_record_of_any_size_comes_back_also_after_reopening)
{
	static const size_t sizes[] = {1,     SMALL, AN_STORE_INLINE_MAX - 10, AN_STORE_INLINE_MAX,
	                               LARGE, CHUNK};
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct record record = chunk(i, sizes[i]);
		ck_assert_int_eq(get(&scene, &record), AUTONOMI_E_NOT_FOUND);
		ck_assert_int_eq(put(&scene, &record), AUTONOMI_OK);
		ck_assert_int_eq(get(&scene, &record), AUTONOMI_OK);
		scene_reopen(&scene);
		ck_assert_int_eq(get(&scene, &record), AUTONOMI_OK);
		ck_assert_uint_eq(an_store_find(scene.store, record.key)->size, record.value->size);
		drop(&record);
	}
	ck_assert_uint_eq(an_store_count(scene.store), 6);
	ck_assert_uint_eq(an_store_counters(scene.store)->swept_files, 0);
}
END_TEST

START_TEST(small_records_lie_in_the_database_and_larger_ones_in_files)
{
	struct record small = chunk(1, SMALL), large = chunk(2, LARGE);
	char path[PATH_MAX];
	put(&scene, &small);
	put(&scene, &large);
	file_of(&scene, &small, path);
	ck_assert(!exists(path));
	file_of(&scene, &large, path);
	ck_assert(exists(path));
	drop(&small);
	drop(&large);
}
END_TEST

START_TEST(files_are_sharded_by_the_last_digits_of_their_address)
{
	/* autonomi-2 10.2 row 12: the first digits are the same on all records of a node. */
	struct record record = chunk(3, LARGE);
	char path[PATH_MAX];
	put(&scene, &record);
	file_of(&scene, &record, path);
	ck_assert(exists(path));
	const char *name = strrchr(path, '/') + 1;
	ck_assert_uint_eq(strlen(name), 64);
	ck_assert_mem_eq(name - 3, name + 62, 2);
	drop(&record);
}
END_TEST

START_TEST(a_value_that_does_not_give_its_key_is_refused)
{
	static const size_t sizes[] = {SMALL, LARGE};
	for (size_t i = 0; i < 2; i++) {
		struct record record = chunk(i, sizes[i]);
		record.key[5] ^= 1;
		ck_assert_int_eq(put(&scene, &record), AUTONOMI_E_CORRUPT);
		ck_assert_ptr_null(an_store_find(scene.store, record.key));
		drop(&record);
	}
	ck_assert_uint_eq(an_store_counters(scene.store)->puts_refused, 2);
	ck_assert_uint_eq(an_store_counters(scene.store)->pending_bytes, 0);
	ck_assert_uint_eq(count_files(&scene), 0);
}
END_TEST

START_TEST(a_value_without_a_header_is_refused)
{
	struct record record = chunk(1, SMALL);
	record.value->data[0] = 0;
	ck_assert_int_eq(put(&scene, &record), AUTONOMI_E_CORRUPT);
	drop(&record);
}
END_TEST

START_TEST(what_is_there_already_counts_as_stored_and_is_not_written_again)
{
	struct record record = chunk(1, LARGE);
	ck_assert_int_eq(put(&scene, &record), AUTONOMI_OK);
	ck_assert_int_eq(put(&scene, &record), AUTONOMI_OK);
	ck_assert_uint_eq(an_store_counters(scene.store)->commits, 1);
	ck_assert_uint_eq(an_store_counters(scene.store)->puts, 1);
	ck_assert_uint_eq(an_store_counters(scene.store)->puts_existing, 1);
	drop(&record);
}
END_TEST

START_TEST(puts_of_one_record_at_once_write_it_once)
{
	struct record record = chunk(1, LARGE);
	struct answer answers[5] = {{0}};
	for (size_t i = 0; i < 5; i++)
		submit_put(&record, &answers[i]);
	an_store_run_inline(scene.store);
	for (size_t i = 0; i < 5; i++) {
		ck_assert_uint_eq(answers[i].calls, 1);
		ck_assert_int_eq(answers[i].status, AUTONOMI_OK);
	}
	ck_assert_uint_eq(an_store_counters(scene.store)->puts, 1);
	ck_assert_uint_eq(an_store_count(scene.store), 1);
	drop(&record);
}
END_TEST

START_TEST(puts_that_wait_together_share_one_commit)
{
	struct record records[20];
	struct answer answers[20] = {{0}};
	for (size_t i = 0; i < 20; i++) {
		records[i] = chunk(i, SMALL);
		submit_put(&records[i], &answers[i]);
	}
	an_store_run_inline(scene.store);
	ck_assert_uint_eq(an_store_counters(scene.store)->commits, 1);
	ck_assert_uint_eq(an_store_counters(scene.store)->puts, 20);
	for (size_t i = 0; i < 20; i++) {
		ck_assert_int_eq(get(&scene, &records[i]), AUTONOMI_OK);
		drop(&records[i]);
	}
}
END_TEST

START_TEST(puts_that_come_while_a_batch_runs_form_the_next_one)
{
	struct record first = chunk(1, SMALL), more[3];
	struct answer answer = {0}, answers[3] = {{0}};
	struct an_list jobs, none;
	an_list_init(&jobs);
	an_list_init(&none);
	submit_put(&first, &answer);
	an_store_jobs(scene.store, &jobs);
	for (size_t i = 0; i < 3; i++) {
		more[i] = chunk(10 + i, SMALL);
		submit_put(&more[i], &answers[i]);
	}
	an_store_jobs(scene.store, &none);
	ck_assert(an_list_empty(&none));
	ck_assert(!an_store_busy(scene.store));
	struct an_job *job = an_container_of(an_list_take(&jobs), struct an_job, link);
	job->run(job);
	ck_assert_uint_eq(answer.calls, 0);
	job->done(job);
	ck_assert_uint_eq(answer.calls, 1);
	ck_assert(an_store_busy(scene.store));
	an_store_run_inline(scene.store);
	ck_assert_uint_eq(an_store_counters(scene.store)->commits, 2);
	for (size_t i = 0; i < 3; i++) {
		ck_assert_uint_eq(answers[i].calls, 1);
		drop(&more[i]);
	}
	drop(&first);
}
END_TEST

START_TEST(a_record_is_found_only_when_it_is_durable)
{
	struct record record = chunk(1, LARGE);
	struct answer answer = {0};
	submit_put(&record, &answer);
	step(); /* the check */
	ck_assert_ptr_null(an_store_find(scene.store, record.key));
	ck_assert_uint_eq(answer.calls, 0);
	step(); /* the batch */
	ck_assert_ptr_nonnull(an_store_find(scene.store, record.key));
	ck_assert_uint_eq(answer.calls, 1);
	drop(&record);
}
END_TEST

START_TEST(operations_on_one_key_are_done_in_their_order)
{
	struct record record = chunk(1, LARGE);
	struct answer stored = {0}, removed = {0}, again = {0};
	submit_put(&record, &stored);
	ck_assert_int_eq(an_store_remove(scene.store, record.key, note, &removed), AUTONOMI_OK);
	submit_put(&record, &again);
	an_store_run_inline(scene.store);
	ck_assert_int_eq(stored.status, AUTONOMI_OK);
	ck_assert_int_eq(removed.status, AUTONOMI_OK);
	ck_assert_int_eq(again.status, AUTONOMI_OK);
	ck_assert_int_eq(get(&scene, &record), AUTONOMI_OK);
	scene_reopen(&scene);
	ck_assert_int_eq(get(&scene, &record), AUTONOMI_OK);
	drop(&record);
}
END_TEST

START_TEST(a_removed_record_and_its_file_are_gone)
{
	static const size_t sizes[] = {SMALL, LARGE};
	for (size_t i = 0; i < 2; i++) {
		struct record record = chunk(i, sizes[i]);
		put(&scene, &record);
		ck_assert_int_eq(take(&scene, &record), AUTONOMI_OK);
		ck_assert_int_eq(take(&scene, &record), AUTONOMI_E_NOT_FOUND);
		ck_assert_int_eq(get(&scene, &record), AUTONOMI_E_NOT_FOUND);
		scene_reopen(&scene);
		ck_assert_int_eq(get(&scene, &record), AUTONOMI_E_NOT_FOUND);
		drop(&record);
	}
	ck_assert_uint_eq(count_files(&scene), 0);
	ck_assert_uint_eq(an_store_bytes(scene.store), 0);
}
END_TEST

static bool collect(void *context, const struct an_store_entry *entry)
{
	struct an_dht_key **next = context;
	*(*next)++ = entry->dht_key;
	return true;
}

static bool stop_at_third(void *context, const struct an_store_entry *entry)
{
	(void)entry;
	return ++*(int *)context < 3;
}

START_TEST(a_visit_goes_from_near_to_far_and_stops_when_told)
{
	struct an_dht_key keys[50], *end = keys;
	for (uint64_t i = 0; i < 50; i++) {
		struct record record = chunk(i, 20);
		put(&scene, &record);
		drop(&record);
	}
	an_store_visit(scene.store, collect, &end);
	ck_assert_int_eq(end - keys, 50);
	for (size_t i = 1; i < 50; i++)
		ck_assert_int_lt(an_dht_key_compare(&scene.config.self, &keys[i - 1], &keys[i]), 0);
	int seen = 0;
	an_store_visit(scene.store, stop_at_third, &seen);
	ck_assert_int_eq(seen, 3);
}
END_TEST

START_TEST(a_visit_goes_on_behind_any_place_whether_a_record_is_there_or_not)
{
	struct an_dht_key keys[20], *end = keys, rest[20], *rest_end = rest;
	for (uint64_t i = 0; i < 20; i++) {
		struct record record = chunk(i, 20);
		put(&scene, &record);
		drop(&record);
	}
	an_store_visit(scene.store, collect, &end);
	an_store_visit_behind(scene.store, &keys[11], collect, &rest_end);
	ck_assert_int_eq(rest_end - rest, 8);
	ck_assert_mem_eq(rest, keys + 12, 8 * sizeof(keys[0]));
	/* A place of no record, directly before that one: all from it on. */
	rest_end = rest;
	struct an_dht_key before = keys[12];
	const struct an_dht_key *self = &scene.config.self;
	before.bytes[AN_DHT_KEY_SIZE - 1] ^= 1;
	const bool nearer = an_dht_key_compare(self, &before, &keys[12]) < 0;
	an_store_visit_behind(scene.store, &before, collect, &rest_end);
	ck_assert_int_eq(rest_end - rest, nearer ? 8 : 7);
	rest_end = rest;
	an_store_visit_behind(scene.store, &keys[19], collect, &rest_end);
	ck_assert_ptr_eq(rest_end, rest);
}
END_TEST

START_TEST(what_came_or_was_replaced_has_the_number_of_its_change)
{
	struct record first = pointer(1, 1, SMALL), second = pointer(2, 1, SMALL),
		      newer = pointer(1, 2, SMALL);
	ck_assert_uint_eq(an_store_changes(scene.store), 0);
	put(&scene, &first);
	put(&scene, &second);
	ck_assert_uint_eq(an_store_find(scene.store, first.key)->change, 1);
	ck_assert_uint_eq(an_store_find(scene.store, second.key)->change, 2);
	put(&scene, &first); /* there already: no change */
	ck_assert_uint_eq(an_store_changes(scene.store), 2);
	put(&scene, &newer);
	ck_assert_uint_eq(an_store_find(scene.store, first.key)->change, 3);
	scene_reopen(&scene);
	ck_assert_uint_eq(an_store_changes(scene.store), 0);
	ck_assert_uint_eq(an_store_find(scene.store, first.key)->change, 0);
	drop(&first);
	drop(&second);
	drop(&newer);
}
END_TEST

START_TEST(too_many_waiting_bytes_are_refused_and_taken_again_later)
{
	scene_close(&scene);
	scene.config.pending_bytes_max = 2 * LARGE;
	scene_open(&scene);
	struct record records[3];
	struct answer answers[3] = {{0}};
	for (size_t i = 0; i < 3; i++)
		records[i] = chunk(i, LARGE - 10);
	submit_put(&records[0], &answers[0]);
	submit_put(&records[1], &answers[1]);
	ck_assert_int_eq(an_store_put(scene.store, records[2].key, records[2].value,
	                              an_blob_span(records[2].value), note, &answers[2]),
	                 AUTONOMI_E_BUSY);
	ck_assert_uint_eq(records[2].value->references, 1);
	an_store_run_inline(scene.store);
	ck_assert_int_eq(put(&scene, &records[2]), AUTONOMI_OK);
	ck_assert_uint_eq(answers[2].calls, 0);
	for (size_t i = 0; i < 3; i++)
		drop(&records[i]);
}
END_TEST

START_TEST(too_many_waiting_reads_are_refused)
{
	struct record record = chunk(1, 100);
	struct answer answer = {0};
	put(&scene, &record);
	for (int i = 0; i < AN_STORE_READS_MAX; i++)
		ck_assert_int_eq(an_store_get(scene.store, record.key, note, &answer), AUTONOMI_OK);
	ck_assert_int_eq(an_store_get(scene.store, record.key, note, &answer), AUTONOMI_E_BUSY);
	scene_close(&scene);
	ck_assert_uint_eq(answer.calls, 0);
	drop(&record);
}
END_TEST

START_TEST(freeing_ends_what_waits_without_an_answer_and_without_a_leak)
{
	struct record record = chunk(1, SMALL), large = chunk(2, LARGE);
	struct answer answers[3] = {{0}};
	struct an_list jobs;
	an_list_init(&jobs);
	submit_put(&record, &answers[0]);
	submit_put(&large, &answers[1]);
	submit_put(&large, &answers[2]);
	an_store_jobs(scene.store, &jobs);
	scene_close(&scene);
	for (size_t i = 0; i < 3; i++)
		ck_assert_uint_eq(answers[i].calls, 0);
	ck_assert_uint_eq(record.value->references, 1);
	ck_assert_uint_eq(large.value->references, 1);
	drop(&record);
	drop(&large);
}
END_TEST

START_TEST(skipped_jobs_end_their_operations_as_cancelled)
{
	struct record small = chunk(1, SMALL), large = chunk(2, LARGE), stored = chunk(3, LARGE);
	struct answer answers[3] = {{0}};
	put(&scene, &stored);
	submit_put(&small, &answers[0]);
	submit_put(&large, &answers[1]);
	ck_assert_int_eq(an_store_get(scene.store, stored.key, note, &answers[2]), AUTONOMI_OK);
	struct an_list jobs;
	an_list_init(&jobs);
	an_store_jobs(scene.store, &jobs);
	for (struct an_list *at; (at = an_list_take(&jobs)) != NULL;) {
		struct an_job *job = an_container_of(at, struct an_job, link);
		job->skipped = true;
		job->done(job);
	}
	for (size_t i = 0; i < 3; i++) {
		ck_assert_uint_eq(answers[i].calls, 1);
		ck_assert_int_eq(answers[i].status, AUTONOMI_E_CANCELLED);
	}
	ck_assert_uint_eq(an_store_count(scene.store), 1);
	drop(&small);
	drop(&large);
	drop(&stored);
}
END_TEST

START_TEST(a_read_during_a_remove_finds_nothing_and_calls_nothing_damaged)
{
	struct record record = chunk(1, LARGE);
	struct answer removed = {0}, read = {0};
	put(&scene, &record);
	ck_assert_int_eq(an_store_remove(scene.store, record.key, note, &removed), AUTONOMI_OK);
	struct an_list jobs;
	an_list_init(&jobs);
	an_store_jobs(scene.store, &jobs);
	struct an_job *batch = an_container_of(an_list_take(&jobs), struct an_job, link);
	batch->run(batch);
	ck_assert_int_eq(an_store_get(scene.store, record.key, note, &read), AUTONOMI_OK);
	step();
	ck_assert_uint_eq(read.calls, 0);
	batch->done(batch);
	an_store_run_inline(scene.store);
	ck_assert_int_eq(removed.status, AUTONOMI_OK);
	ck_assert_int_eq(read.status, AUTONOMI_E_NOT_FOUND);
	ck_assert_uint_eq(an_store_counters(scene.store)->reads_corrupt, 0);
	drop(&record);
}
END_TEST

static void put_again(void *context, const struct an_store_result *result)
{
	struct record *record = context;
	ck_assert_int_eq(result->status, AUTONOMI_OK);
	static struct answer answer;
	submit_put(record, &answer);
}

START_TEST(an_answer_may_ask_for_more)
{
	struct record first = chunk(1, SMALL), second = chunk(2, SMALL);
	ck_assert_int_eq(an_store_put(scene.store, first.key, first.value,
	                              an_blob_span(first.value), put_again, &second),
	                 AUTONOMI_OK);
	an_store_run_inline(scene.store);
	ck_assert_int_eq(get(&scene, &second), AUTONOMI_OK);
	drop(&first);
	drop(&second);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("store");
	TCase *tests = tcase_create("store");
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, a_record_of_any_size_comes_back_also_after_reopening);
	tcase_add_test(tests, small_records_lie_in_the_database_and_larger_ones_in_files);
	tcase_add_test(tests, files_are_sharded_by_the_last_digits_of_their_address);
	tcase_add_test(tests, a_value_that_does_not_give_its_key_is_refused);
	tcase_add_test(tests, a_value_without_a_header_is_refused);
	tcase_add_test(tests, what_is_there_already_counts_as_stored_and_is_not_written_again);
	tcase_add_test(tests, puts_of_one_record_at_once_write_it_once);
	tcase_add_test(tests, puts_that_wait_together_share_one_commit);
	tcase_add_test(tests, puts_that_come_while_a_batch_runs_form_the_next_one);
	tcase_add_test(tests, a_record_is_found_only_when_it_is_durable);
	tcase_add_test(tests, operations_on_one_key_are_done_in_their_order);
	tcase_add_test(tests, a_removed_record_and_its_file_are_gone);
	tcase_add_test(tests, a_visit_goes_from_near_to_far_and_stops_when_told);
	tcase_add_test(tests, a_visit_goes_on_behind_any_place_whether_a_record_is_there_or_not);
	tcase_add_test(tests, what_came_or_was_replaced_has_the_number_of_its_change);
	tcase_add_test(tests, too_many_waiting_bytes_are_refused_and_taken_again_later);
	tcase_add_test(tests, too_many_waiting_reads_are_refused);
	tcase_add_test(tests, freeing_ends_what_waits_without_an_answer_and_without_a_leak);
	tcase_add_test(tests, skipped_jobs_end_their_operations_as_cancelled);
	tcase_add_test(tests, a_read_during_a_remove_finds_nothing_and_calls_nothing_damaged);
	tcase_add_test(tests, an_answer_may_ask_for_more);
	suite_add_tcase(s, tests);
	return s;
}
