/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "db/db.h"

#include <check.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char directory[PATH_MAX];
static char path[PATH_MAX + 16];

static const struct an_db_migration migrations[] = {
	{"CREATE TABLE thing (id INTEGER PRIMARY KEY, bytes BLOB)"},
	{"ALTER TABLE thing ADD COLUMN number INTEGER NOT NULL DEFAULT 7"},
	{"CREATE TABLE other (id INTEGER PRIMARY KEY); SELECT * FROM no_such_table"},
};

static struct an_db_options options(size_t version)
{
	return (struct an_db_options){.path = path,
	                              .application = 0x414e5453,
	                              .page_size = 4096,
	                              .cache_bytes = 64 * 1024,
	                              .log_bytes_max = 1024 * 1024,
	                              .migrations = migrations,
	                              .migration_count = version};
}

static an_status try_open(size_t version, struct an_db **ret_db)
{
	const struct an_db_options how = options(version);
	return an_db_open(&how, ret_db, NULL, 0);
}

static struct an_db *open_at(size_t version)
{
	struct an_db *db = NULL;
	ck_assert_int_eq(try_open(version, &db), AUTONOMI_OK);
	ck_assert_int_eq(an_db_migrate(db), AUTONOMI_OK);
	return db;
}

static uint64_t number(struct an_db *db, const char *sql)
{
	uint64_t result = UINT64_MAX;
	ck_assert_int_eq(an_db_number(db, sql, &result), AUTONOMI_OK);
	return result;
}

static void setup(void)
{
	snprintf(directory, sizeof(directory), "%s/an-db-XXXXXX",
	         getenv("TMPDIR") != NULL ? getenv("TMPDIR") : "/tmp");
	ck_assert_ptr_nonnull(mkdtemp(directory));
	snprintf(path, sizeof(path), "%s/test.db", directory);
}

static void teardown(void)
{
	static const char *const suffixes[] = {"", "-wal", "-shm", "-journal"};
	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		char name[PATH_MAX + 32];
		snprintf(name, sizeof(name), "%s%s", path, suffixes[i]);
		unlink(name);
	}
	ck_assert_int_eq(rmdir(directory), 0);
}

static bool exists(const char *suffix)
{
	char name[PATH_MAX + 32];
	struct stat found;
	snprintf(name, sizeof(name), "%s%s", path, suffix);
	return stat(name, &found) == 0;
}

START_TEST(what_was_committed_is_there_after_reopening)
{
	struct an_db *db = open_at(1);
	ck_assert_int_eq(an_db_begin(db), AUTONOMI_OK);
	ck_assert_int_eq(an_db_execute(db, "INSERT INTO thing VALUES(5, x'0102')"), AUTONOMI_OK);
	ck_assert_int_eq(an_db_commit(db), AUTONOMI_OK);
	an_db_close(db);
	db = open_at(1);
	ck_assert_uint_eq(number(db, "SELECT id FROM thing"), 5);
	an_db_close(db);
}
END_TEST

START_TEST(what_was_rolled_back_is_not)
{
	struct an_db *db = open_at(1);
	ck_assert_int_eq(an_db_begin(db), AUTONOMI_OK);
	ck_assert_int_eq(an_db_execute(db, "INSERT INTO thing VALUES(5, x'0102')"), AUTONOMI_OK);
	an_db_rollback(db);
	an_db_rollback(db);
	ck_assert_uint_eq(number(db, "SELECT count(*) FROM thing"), 0);
	an_db_close(db);
}
END_TEST

START_TEST(bytes_and_numbers_come_back_as_they_were_bound)
{
	struct an_db *db = open_at(1);
	struct an_db_statement *insert, *select;
	ck_assert_int_eq(an_db_prepare(db, "INSERT INTO thing VALUES(?1, ?2)", &insert),
	                 AUTONOMI_OK);
	an_db_bind_number(insert, 1, INT64_MAX);
	an_db_bind_bytes(insert, 2, an_span("a\0b", 3));
	ck_assert_int_eq(an_db_run(insert), AUTONOMI_OK);
	an_db_bind_number(insert, 1, 1);
	an_db_bind_bytes(insert, 2, an_span(NULL, 0));
	ck_assert_int_eq(an_db_run(insert), AUTONOMI_OK);

	bool row;
	ck_assert_int_eq(an_db_prepare(db, "SELECT * FROM thing ORDER BY id DESC", &select),
	                 AUTONOMI_OK);
	ck_assert_int_eq(an_db_step(select, &row), AUTONOMI_OK);
	ck_assert(row);
	ck_assert_uint_eq(an_db_column_number(select, 0), INT64_MAX);
	ck_assert(an_span_equal(an_db_column_bytes(select, 1), an_span("a\0b", 3)));
	ck_assert_int_eq(an_db_step(select, &row), AUTONOMI_OK);
	ck_assert(row && an_db_column_null(select, 1));
	ck_assert_int_eq(an_db_step(select, &row), AUTONOMI_OK);
	ck_assert(!row);
	an_db_statement_free(select);
	an_db_statement_free(insert);
	an_db_close(db);
}
END_TEST

START_TEST(a_number_that_sql_cannot_hold_is_refused_and_forgotten_by_reset)
{
	struct an_db *db = open_at(1);
	struct an_db_statement *insert;
	ck_assert_int_eq(an_db_prepare(db, "INSERT INTO thing VALUES(?1, NULL)", &insert),
	                 AUTONOMI_OK);
	an_db_bind_number(insert, 1, (uint64_t)INT64_MAX + 1);
	ck_assert_int_eq(an_db_run(insert), AUTONOMI_E_TOO_LARGE);
	an_db_bind_number(insert, 1, 1);
	ck_assert_int_eq(an_db_run(insert), AUTONOMI_OK);
	an_db_statement_free(insert);
	an_db_close(db);
}
END_TEST

START_TEST(a_second_opener_is_told_that_the_database_is_in_use)
{
	struct an_db *first = open_at(1), *second = NULL;
	char sentence[128] = "";
	const struct an_db_options how = options(1);
	ck_assert_int_eq(an_db_open(&how, &second, sentence, sizeof(sentence)), AUTONOMI_E_IN_USE);
	ck_assert_str_eq(sentence, "another process uses the database");
	an_db_close(first);
	an_db_close(open_at(1));
}
END_TEST

START_TEST(there_is_a_log_and_no_shared_memory)
{
	struct an_db *db = open_at(1);
	ck_assert(exists("-wal"));
	ck_assert(!exists("-shm"));
	ck_assert_uint_eq(number(db, "PRAGMA synchronous"), 2);
	ck_assert_uint_eq(number(db, "PRAGMA auto_vacuum"), 2);
	an_db_close(db);
}
END_TEST

START_TEST(an_older_schema_migrates_forward_and_keeps_its_rows)
{
	struct an_db *db = open_at(1);
	ck_assert_int_eq(an_db_execute(db, "INSERT INTO thing VALUES(5, x'01')"), AUTONOMI_OK);
	an_db_close(db);
	db = open_at(2);
	ck_assert_uint_eq(an_db_version(db), 2);
	ck_assert_uint_eq(number(db, "SELECT number FROM thing WHERE id = 5"), 7);
	an_db_close(db);
}
END_TEST

START_TEST(a_migration_that_fails_leaves_the_version_before_it)
{
	struct an_db *db = NULL;
	ck_assert_int_eq(try_open(3, &db), AUTONOMI_OK);
	ck_assert_int_eq(an_db_migrate(db), AUTONOMI_E_INTERNAL);
	ck_assert_uint_eq(an_db_version(db), 2);
	ck_assert_uint_eq(number(db, "SELECT count(*) FROM sqlite_master WHERE name = 'other'"), 0);
	an_db_close(db);
	an_db_close(open_at(2));
}
END_TEST

START_TEST(a_version_from_the_future_is_refused_and_unchanged)
{
	an_db_close(open_at(2));
	struct an_db *db = NULL;
	char sentence[128] = "";
	const struct an_db_options how = options(1);
	ck_assert_int_eq(an_db_open(&how, &db, sentence, sizeof(sentence)), AUTONOMI_E_VERSION);
	ck_assert_ptr_nonnull(strstr(sentence, "newer version"));
	db = open_at(2);
	ck_assert_uint_eq(an_db_version(db), 2);
	an_db_close(db);
}
END_TEST

START_TEST(the_database_of_another_program_is_refused)
{
	struct an_db *db = open_at(1);
	ck_assert_int_eq(an_db_execute(db, "PRAGMA application_id=1"), AUTONOMI_OK);
	an_db_close(db);
	ck_assert_int_eq(try_open(1, &db), AUTONOMI_E_VERSION);
}
END_TEST

START_TEST(a_file_that_is_no_database_is_corrupt)
{
	FILE *file = fopen(path, "w");
	for (int i = 0; i < 1000; i++)
		fputs("this is a text and no database\n", file);
	fclose(file);
	struct an_db *db = NULL;
	ck_assert_int_eq(try_open(1, &db), AUTONOMI_E_CORRUPT);
}
END_TEST

START_TEST(a_missing_directory_and_an_unknown_vfs_are_errors)
{
	struct an_db *db = NULL;
	struct an_db_options how = options(1);
	how.path = "/nonexistent/records.db";
	ck_assert_int_eq(an_db_open(&how, &db, NULL, 0), AUTONOMI_E_IO);
	how = options(1);
	how.vfs = "no such vfs";
	ck_assert_int_lt(an_db_open(&how, &db, NULL, 0), 0);
}
END_TEST

START_TEST(removed_rows_give_their_space_back)
{
	struct an_db *db = open_at(1);
	ck_assert_int_eq(
		an_db_execute(db, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM "
	                          "n WHERE i < 200) INSERT INTO thing SELECT i, "
	                          "randomblob(10000) FROM n"),
		AUTONOMI_OK);
	const uint64_t pages = number(db, "PRAGMA page_count");
	ck_assert_int_eq(an_db_execute(db, "DELETE FROM thing; PRAGMA incremental_vacuum"),
	                 AUTONOMI_OK);
	ck_assert_uint_lt(number(db, "PRAGMA page_count"), pages / 10);
	an_db_close(db);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("db");
	TCase *tests = tcase_create("db");
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, what_was_committed_is_there_after_reopening);
	tcase_add_test(tests, what_was_rolled_back_is_not);
	tcase_add_test(tests, bytes_and_numbers_come_back_as_they_were_bound);
	tcase_add_test(tests, a_number_that_sql_cannot_hold_is_refused_and_forgotten_by_reset);
	tcase_add_test(tests, a_second_opener_is_told_that_the_database_is_in_use);
	tcase_add_test(tests, there_is_a_log_and_no_shared_memory);
	tcase_add_test(tests, an_older_schema_migrates_forward_and_keeps_its_rows);
	tcase_add_test(tests, a_migration_that_fails_leaves_the_version_before_it);
	tcase_add_test(tests, a_version_from_the_future_is_refused_and_unchanged);
	tcase_add_test(tests, the_database_of_another_program_is_refused);
	tcase_add_test(tests, a_file_that_is_no_database_is_corrupt);
	tcase_add_test(tests, a_missing_directory_and_an_unknown_vfs_are_errors);
	tcase_add_test(tests, removed_rows_give_their_space_back);
	suite_add_tcase(s, tests);
	return s;
}
