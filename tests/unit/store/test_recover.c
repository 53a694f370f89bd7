/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What opening finds and mends, what it refuses, and what reading notices. */
#include "harness.h"
#include "scene.h"

#include <check.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SMALL = 5000, LARGE = 200 * 1024 };

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

static void write_file(const char *path)
{
	FILE *file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	fputs("something", file);
	fclose(file);
}

/* Changes the database behind the store's back. */
static void with_sqlite(const char *sql)
{
	char path[PATH_MAX];
	sqlite3 *connection;
	scene_close(&scene);
	database_of(&scene, path);
	ck_assert_int_eq(sqlite3_open(path, &connection), SQLITE_OK);
	ck_assert_int_eq(sqlite3_exec(connection, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(connection);
}

static void damage(struct record *record, size_t size, uint64_t seed)
{
	char path[PATH_MAX];
	*record = chunk(seed, size);
	ck_assert_int_eq(put(&scene, record), AUTONOMI_OK);
	scene_close(&scene);
	if (size == SMALL)
		database_of(&scene, path);
	else
		file_of(&scene, record, path);
	flip(path, an_span(record->value->data + 1000, 64));
	scene_open(&scene);
}

static void assert_damage_is_found(size_t size)
{
	struct record record;
	damage(&record, size, size);
	ck_assert_ptr_nonnull(an_store_find(scene.store, record.key));
	ck_assert_int_eq(get(&scene, &record), AUTONOMI_E_CORRUPT);
	ck_assert_ptr_null(an_store_find(scene.store, record.key));
	ck_assert_uint_eq(an_store_count(scene.store), 0);
	ck_assert_uint_eq(an_store_counters(scene.store)->reads_corrupt, 1);
	ck_assert_int_eq(get(&scene, &record), AUTONOMI_E_NOT_FOUND);
	ck_assert_uint_eq(count_files(&scene), 0);
	scene_reopen(&scene);
	ck_assert_int_eq(get(&scene, &record), AUTONOMI_E_NOT_FOUND);
	ck_assert_int_eq(put(&scene, &record), AUTONOMI_OK);
	ck_assert_int_eq(get(&scene, &record), AUTONOMI_OK);
	drop(&record);
}

START_TEST(a_flipped_bit_in_the_database_is_found_and_the_record_removed)
{
	assert_damage_is_found(SMALL);
}
END_TEST

START_TEST(a_flipped_bit_in_a_file_is_found_and_the_record_removed)
{
	assert_damage_is_found(LARGE);
}
END_TEST

START_TEST(a_damaged_record_is_mended_by_a_put_that_comes_before_its_removal)
{
	struct record record;
	struct answer read = {0}, written = {0};
	damage(&record, LARGE, 1);
	an_store_get(scene.store, record.key, note, &read);
	an_store_put(scene.store, record.key, record.value, an_blob_span(record.value), note,
	             &written);
	/* As stored, since nothing was known of the damage yet. */
	an_store_run_inline(scene.store);
	ck_assert_int_eq(read.status, AUTONOMI_E_CORRUPT);
	ck_assert_int_eq(written.status, AUTONOMI_OK);
	ck_assert_int_eq(put(&scene, &record), AUTONOMI_OK);
	ck_assert_int_eq(get(&scene, &record), AUTONOMI_OK);
	scene_reopen(&scene);
	ck_assert_int_eq(get(&scene, &record), AUTONOMI_OK);
	drop(&record);
}
END_TEST

START_TEST(a_file_that_vanished_is_not_found_and_its_record_removed)
{
	struct record record = chunk(1, LARGE);
	char path[PATH_MAX];
	put(&scene, &record);
	file_of(&scene, &record, path);
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(get(&scene, &record), AUTONOMI_E_NOT_FOUND);
	ck_assert_uint_eq(an_store_counters(scene.store)->reads_corrupt, 1);
	ck_assert_uint_eq(an_store_count(scene.store), 0);
	drop(&record);
}
END_TEST

START_TEST(a_file_that_cannot_be_read_is_an_error_that_removes_nothing)
{
	struct record record = chunk(1, LARGE);
	char path[PATH_MAX], aside[PATH_MAX + 8];
	put(&scene, &record);
	file_of(&scene, &record, path);
	snprintf(aside, sizeof(aside), "%s.aside", path);
	ck_assert_int_eq(rename(path, aside), 0);
	ck_assert_int_eq(mkdir(path, 0700), 0); /* reading a directory fails with EISDIR */
	const an_status status = get(&scene, &record);
	ck_assert_int_ne(status, AUTONOMI_OK);
	ck_assert_int_ne(status, AUTONOMI_E_CORRUPT);
	ck_assert_int_ne(status, AUTONOMI_E_NOT_FOUND);
	ck_assert_uint_eq(an_store_counters(scene.store)->read_errors, 1);
	ck_assert_int_eq(rmdir(path), 0);
	ck_assert_int_eq(rename(aside, path), 0);
	ck_assert_int_eq(get(&scene, &record), AUTONOMI_OK);
	drop(&record);
}
END_TEST

START_TEST(files_that_no_record_names_are_swept_and_strangers_left_alone)
{
	struct record record = chunk(1, LARGE), other = chunk(2, LARGE);
	char path[PATH_MAX], temporary[PATH_MAX + 8], stranger[PATH_MAX + 8];
	put(&scene, &record);
	put(&scene, &other);
	file_of(&scene, &other, path);
	snprintf(temporary, sizeof(temporary), "%s.tmp", path);
	snprintf(stranger, sizeof(stranger), "%.*s/README", PATH_MAX - 80, scene.directory);
	write_file(temporary);
	write_file(stranger);
	snprintf(stranger, sizeof(stranger), "%.*s/notes.txt", (int)(strrchr(path, '/') - path),
	         path);
	write_file(stranger);
	with_sqlite("DELETE FROM record WHERE id = 2");
	scene_open(&scene);
	ck_assert_uint_eq(an_store_counters(scene.store)->swept_files, 2);
	ck_assert(!exists(path));
	ck_assert(!exists(temporary));
	ck_assert(exists(stranger));
	ck_assert_int_eq(get(&scene, &record), AUTONOMI_OK);
	drop(&record);
	drop(&other);
}
END_TEST

START_TEST(rows_whose_file_is_missing_are_swept)
{
	struct record record = chunk(1, LARGE), other = chunk(2, LARGE);
	char path[PATH_MAX];
	put(&scene, &record);
	put(&scene, &other);
	file_of(&scene, &other, path);
	scene_close(&scene);
	ck_assert_int_eq(unlink(path), 0);
	scene_open(&scene);
	ck_assert_uint_eq(an_store_counters(scene.store)->swept_rows, 1);
	ck_assert_uint_eq(an_store_count(scene.store), 1);
	ck_assert_int_eq(get(&scene, &other), AUTONOMI_E_NOT_FOUND);
	scene_reopen(&scene);
	ck_assert_uint_eq(an_store_counters(scene.store)->swept_rows, 0);
	drop(&record);
	drop(&other);
}
END_TEST

START_TEST(rows_that_say_nonsense_are_swept)
{
	struct record record = chunk(1, SMALL);
	put(&scene, &record);
	with_sqlite(
		"INSERT INTO record SELECT 10, x'0102', 1, kind, size, NULL, value FROM record;"
		"INSERT INTO record SELECT 11, key, 1, kind, size, NULL, value FROM record WHERE "
		"id = 1;"
		"INSERT INTO record SELECT 12, randomblob(32), 1, 99, size, NULL, value FROM "
		"record "
		"WHERE id = 1;"
		"INSERT INTO record SELECT 13, randomblob(32), 1, kind, -1, NULL, value FROM "
		"record "
		"WHERE id = 1;"
		"INSERT INTO record SELECT 14, randomblob(32), 1, 2, size, x'00', value FROM "
		"record "
		"WHERE id = 1");
	scene_open(&scene);
	ck_assert_uint_eq(an_store_counters(scene.store)->swept_rows, 5);
	ck_assert_uint_eq(an_store_count(scene.store), 1);
	ck_assert_int_eq(get(&scene, &record), AUTONOMI_OK);
	drop(&record);
}
END_TEST

START_TEST(a_disk_that_is_not_mounted_is_not_taken_for_an_empty_one)
{
	with_sqlite("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300) "
	            "INSERT INTO record SELECT i, randomblob(32), 1, 0, 70000, NULL, NULL FROM n");
	ck_assert_int_eq(scene_try_open(&scene), AUTONOMI_E_CORRUPT);
	ck_assert_ptr_nonnull(strstr(scene.sentence, "not mounted"));
	ck_assert_int_eq(scene_try_open(&scene), AUTONOMI_E_CORRUPT); /* and all is still there */
	with_sqlite("DELETE FROM record WHERE id > 10");
	scene_open(&scene);
	ck_assert_uint_eq(an_store_counters(scene.store)->swept_rows, 10);
}
END_TEST

START_TEST(files_whose_database_is_gone_are_not_swept)
{
	char path[PATH_MAX];
	snprintf(path, sizeof(path), "%.*s/chunks/00", PATH_MAX - 128, scene.directory);
	scene_close(&scene);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	for (int i = 0; i < 300; i++) {
		snprintf(path, sizeof(path), "%.*s/chunks/00/%062x00", PATH_MAX - 128,
		         scene.directory, (unsigned)i);
		write_file(path);
	}
	ck_assert_int_eq(scene_try_open(&scene), AUTONOMI_E_CORRUPT);
	ck_assert_uint_eq(count_files(&scene), 300);
}
END_TEST

START_TEST(a_second_opener_is_told_clearly)
{
	struct scene second = scene;
	ck_assert_int_eq(scene_try_open(&second), AUTONOMI_E_IN_USE);
	ck_assert_ptr_nonnull(strstr(second.sentence, "another process uses these records"));
	ck_assert_ptr_nonnull(strstr(second.sentence, scene.directory));
}
END_TEST

START_TEST(the_records_of_another_network_are_refused_and_kept)
{
	struct record record = chunk(1, LARGE);
	put(&scene, &record);
	scene_close(&scene);
	scene.profile.network_id = 77;
	ck_assert_int_eq(scene_try_open(&scene), AUTONOMI_E_NETWORK_ID);
	ck_assert_ptr_nonnull(strstr(scene.sentence, "network 1"));
	ck_assert_ptr_nonnull(strstr(scene.sentence, "network 77"));
	scene.profile.network_id = 1;
	scene_open(&scene);
	ck_assert_int_eq(get(&scene, &record), AUTONOMI_OK);
	drop(&record);
}
END_TEST

START_TEST(a_schema_from_the_future_is_refused_and_kept)
{
	struct record record = chunk(1, LARGE);
	put(&scene, &record);
	with_sqlite("PRAGMA user_version=999");
	ck_assert_int_eq(scene_try_open(&scene), AUTONOMI_E_VERSION);
	ck_assert_ptr_nonnull(strstr(scene.sentence, "newer version"));
	with_sqlite("PRAGMA user_version=1");
	scene_open(&scene);
	ck_assert_int_eq(get(&scene, &record), AUTONOMI_OK);
	drop(&record);
}
END_TEST

START_TEST(a_missing_parent_and_a_file_in_place_of_the_directory_are_errors)
{
	char path[PATH_MAX + 16];
	struct scene other = scene;
	snprintf(path, sizeof(path), "%s/a/b/c", scene.directory);
	other.config.directory = path;
	ck_assert_int_eq(scene_try_open(&other), AUTONOMI_E_NO_FILE);
	snprintf(path, sizeof(path), "%s/file", scene.directory);
	write_file(path);
	ck_assert_int_lt(scene_try_open(&other), 0);
	ck_assert_uint_gt(strlen(other.sentence), strlen(path));
}
END_TEST

/* ---- kill -9 ---- */

enum { KILL_SMALL = 900, KILL_LARGE = 150 * 1024, KILL_FLIGHT = 8 };

struct report {
	uint64_t number;
	int pipe;
};

static struct record numbered(uint64_t number)
{
	return chunk(number, number % 3 == 0 ? KILL_LARGE : KILL_SMALL);
}

static void tell_parent(void *context, const struct an_store_result *result)
{
	struct report *report = context;
	if (result->status != AUTONOMI_OK ||
	    write(report->pipe, &report->number, sizeof(report->number)) != sizeof(report->number))
		_exit(1);
}

/* Writes for ever, several records to a batch, and tells the number of each that was acknowledged. */
static void be_writer(uint64_t first, int pipe)
{
	struct report reports[KILL_FLIGHT];
	if (scene_try_open(&scene) != AUTONOMI_OK)
		_exit(2);
	for (;;) {
		for (size_t i = 0; i < KILL_FLIGHT; i++, first++) {
			struct record record = numbered(first);
			reports[i] = (struct report){first, pipe};
			if (an_store_put(scene.store, record.key, record.value,
			                 an_blob_span(record.value), tell_parent,
			                 &reports[i]) != AUTONOMI_OK)
				_exit(3);
			drop(&record);
		}
		an_store_run_inline(scene.store);
	}
}

/* Kills a writer `after` so many microseconds, counted from its start or, with `begun`, from its first
 * acknowledgement, however long that takes on a busy machine. */
static uint64_t kill_a_writer(uint64_t first, bool begun, useconds_t after, uint8_t *acknowledged,
                              size_t size)
{
	int ends[2];
	ck_assert_int_eq(pipe(ends), 0);
	const pid_t child = fork();
	if (child == 0) {
		close(ends[0]);
		harness_leave_check();
		be_writer(first, ends[1]);
	}
	close(ends[1]);
	uint64_t number, next = first;
	if (begun && read(ends[0], &number, sizeof(number)) == sizeof(number)) {
		acknowledged[number] = 1;
		next = number + 1;
	}
	usleep(after);
	kill(child, SIGKILL);
	int status;
	waitpid(child, &status, 0);
	ck_assert(WIFSIGNALED(status));
	while (read(ends[0], &number, sizeof(number)) == sizeof(number)) {
		ck_assert_uint_lt(number, size);
		acknowledged[number] = 1;
		next = number >= next ? number + 1 : next; /* those of a batch come in any order */
	}
	close(ends[0]);
	return next;
}

static void assert_all_are_there(const uint8_t *acknowledged, uint64_t end)
{
	size_t in_files = 0, found = 0;
	for (uint64_t i = 0; i < end; i++) {
		struct record record = numbered(i);
		const struct an_store_entry *entry = an_store_find(scene.store, record.key);
		found += entry != NULL;
		in_files += entry != NULL && entry->size > AN_STORE_INLINE_MAX;
		if (acknowledged[i])
			ck_assert_int_eq(get(&scene, &record), AUTONOMI_OK);
		drop(&record);
	}
	/* Nothing else is there, and no file without a record. */
	ck_assert_uint_eq(an_store_count(scene.store), found);
	ck_assert_uint_eq(count_files(&scene), in_files);
}

START_TEST(kill_9_loses_nothing_acknowledged_and_leaves_nothing_unreachable)
{
	const char *wanted = getenv("AN_KILL_CYCLES");
	const unsigned cycles = wanted != NULL ? (unsigned)strtoul(wanted, NULL, 10) : 15;
	const size_t size = 1 << 20;
	uint8_t *acknowledged = calloc(1, size);
	uint64_t next = 0;
	scene.profile.records_max = size;
	for (unsigned cycle = 0; cycle < cycles; cycle++) {
		scene_close(&scene);
		const uint64_t from = next;
		/* Some die while they open, the others while they write. */
		const bool begun = cycle % 4 != 0;
		next = kill_a_writer(from, begun, (cycle * 7919) % 40000, acknowledged, size);
		scene_open(&scene);
		/* All of them at the end; after each kill those of this cycle. */
		for (uint64_t i = from; i < next; i++) {
			struct record record = numbered(i);
			if (acknowledged[i])
				ck_assert_int_eq(get(&scene, &record), AUTONOMI_OK);
			drop(&record);
		}
		next += KILL_FLIGHT;
	}
	ck_assert_uint_ge(an_store_count(scene.store), cycles * 3 / 4);
	assert_all_are_there(acknowledged, next);
	free(acknowledged);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("store/recover");
	TCase *tests = tcase_create("recover");
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, a_flipped_bit_in_the_database_is_found_and_the_record_removed);
	tcase_add_test(tests, a_flipped_bit_in_a_file_is_found_and_the_record_removed);
	tcase_add_test(tests, a_damaged_record_is_mended_by_a_put_that_comes_before_its_removal);
	tcase_add_test(tests, a_file_that_vanished_is_not_found_and_its_record_removed);
	tcase_add_test(tests, a_file_that_cannot_be_read_is_an_error_that_removes_nothing);
	tcase_add_test(tests, files_that_no_record_names_are_swept_and_strangers_left_alone);
	tcase_add_test(tests, rows_whose_file_is_missing_are_swept);
	tcase_add_test(tests, rows_that_say_nonsense_are_swept);
	tcase_add_test(tests, a_disk_that_is_not_mounted_is_not_taken_for_an_empty_one);
	tcase_add_test(tests, files_whose_database_is_gone_are_not_swept);
	tcase_add_test(tests, a_second_opener_is_told_clearly);
	tcase_add_test(tests, the_records_of_another_network_are_refused_and_kept);
	tcase_add_test(tests, a_schema_from_the_future_is_refused_and_kept);
	tcase_add_test(tests, a_missing_parent_and_a_file_in_place_of_the_directory_are_errors);
	suite_add_tcase(s, tests);
	TCase *kills = tcase_create("kill -9");
	tcase_add_checked_fixture(kills, setup, teardown);
	tcase_set_timeout(kills, 1200);
	tcase_add_test(kills, kill_9_loses_nothing_acknowledged_and_leaves_nothing_unreachable);
	suite_add_tcase(s, kills);
	return s;
}
