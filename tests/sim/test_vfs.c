/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Real SQLite over the virtual disk: what it promises must hold there, or the disk lies. */
#include "sim/vfs.h"

#include <sqlite3.h>
#include <stdio.h>

#include "db/db.h"
#include "harness.h"

static struct an_sim_disk *disk;
static struct an_sim_vfs *default_vfs, *vfs;
static struct an_random chance, entropy;

static uint64_t read_clock(void *context)
{
	(void)context;
	return 1800000000000000;
}

static void seed(struct an_random *random, uint8_t first)
{
	const uint8_t bytes[AN_RANDOM_SEED_SIZE] = {first};
	an_random_init(random, bytes);
}

static void setup(void)
{
	seed(&chance, 1);
	seed(&entropy, 2);
	disk = an_sim_disk_new(&an_sim_disk_ssd, read_clock, NULL);
	default_vfs = an_sim_vfs_new(&(struct an_sim_vfs_options){
		.name = "none",
		.random = &entropy,
		.unix_time_us = read_clock,
		.is_default = true,
	});
	vfs = an_sim_vfs_new(&(struct an_sim_vfs_options){
		.name = "virtual",
		.disk = disk,
		.random = &entropy,
		.unix_time_us = read_clock,
	});
	ck_assert_int_eq(an_sim_path_make_directory(disk, "/db"), AUTONOMI_OK);
	ck_assert_int_eq(an_sim_path_sync(disk, "/"), AUTONOMI_OK);
}

static void teardown(void)
{
	an_sim_vfs_free(vfs);
	an_sim_vfs_free(default_vfs);
	an_sim_disk_free(disk);
}

static int try(sqlite3 *db, const char *sql)
{
	return sqlite3_exec(db, sql, NULL, NULL, NULL);
}

static void run(sqlite3 *db, const char *sql)
{
	ck_assert_msg(try(db, sql) == SQLITE_OK, "%s: %s", sql, sqlite3_errmsg(db));
}

static sqlite3 *open_db(const char *journal)
{
	sqlite3 *db = NULL;
	const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
	ck_assert_int_eq(sqlite3_open_v2("/db/index", &db, flags, "virtual"), SQLITE_OK);
	run(db, "PRAGMA locking_mode=EXCLUSIVE; PRAGMA synchronous=FULL;");
	run(db, journal);
	return db;
}

static int number(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *statement = NULL;
	ck_assert_int_eq(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
	ck_assert_int_eq(sqlite3_step(statement), SQLITE_ROW);
	const int value = sqlite3_column_int(statement, 0);
	sqlite3_finalize(statement);
	return value;
}

static void expect_sound(sqlite3 *db)
{
	ck_assert_int_eq(number(db, "SELECT count(*) FROM pragma_integrity_check "
	                            "WHERE integrity_check <> 'ok'"),
	                 0);
}

/* The process dies with the database open; its handle is freed as that of a dead one. */
static void crash(sqlite3 *db, enum an_sim_cut cut)
{
	an_sim_disk_cut(disk, cut, &chance);
	an_sim_disk_set_alive(disk, false);
	sqlite3_close(db);
	an_sim_disk_set_alive(disk, true);
}

static const char *const journals[] = {"PRAGMA journal_mode=WAL", "PRAGMA journal_mode=DELETE"};
static const enum an_sim_cut cuts[] = {AN_SIM_CUT_PROCESS, AN_SIM_CUT_POWER, AN_SIM_CUT_SCRAMBLE};

START_TEST(committed_survives_and_uncommitted_vanishes)
{
	const char *journal = journals[_i / 3];
	sqlite3 *db = open_db(journal);
	run(db, "CREATE TABLE t (n INTEGER PRIMARY KEY, filler BLOB)");
	int committed = 0;
	for (int round = 0; round < 40; round++) {
		char sql[128];
		snprintf(sql, sizeof(sql), "INSERT INTO t VALUES (%d, randomblob(3000))",
		         committed);
		run(db, sql);
		committed++;
		/* With a cache this small the transaction reaches the disk before it ends. */
		run(db, "PRAGMA cache_size=2; BEGIN");
		run(db, "INSERT INTO t SELECT n + 1000000, randomblob(3000) FROM t");
		run(db, "UPDATE t SET filler = zeroblob(10)");
		crash(db, cuts[_i % 3]);
		db = open_db(journal);
		expect_sound(db);
		ck_assert_int_eq(number(db, "SELECT count(*) FROM t"), committed);
		ck_assert_int_eq(number(db, "SELECT count(*) FROM t WHERE n < 1000000 AND "
		                            "length(filler) = 3000"),
		                 committed);
	}
	sqlite3_close(db);
}
END_TEST

START_TEST(without_syncing_a_power_cut_loses_commits)
{
	sqlite3 *db = open_db("PRAGMA journal_mode=WAL");
	run(db, "CREATE TABLE t (n)");
	run(db, "PRAGMA wal_checkpoint; PRAGMA synchronous=OFF");
	run(db, "INSERT INTO t VALUES (1)");
	crash(db, AN_SIM_CUT_POWER);
	db = open_db("PRAGMA journal_mode=WAL");
	ck_assert_int_eq(number(db, "SELECT count(*) FROM t"), 0);
	sqlite3_close(db);
}
END_TEST

START_TEST(a_second_opener_is_refused)
{
	sqlite3 *db = open_db("PRAGMA journal_mode=WAL");
	run(db, "CREATE TABLE t (n)");
	sqlite3 *second = NULL;
	ck_assert_int_eq(sqlite3_open_v2("/db/index", &second, SQLITE_OPEN_READWRITE, "virtual"),
	                 SQLITE_OK);
	run(second, "PRAGMA locking_mode=EXCLUSIVE");
	ck_assert_int_eq(try(second, "SELECT * FROM t"), SQLITE_BUSY);
	sqlite3_close(second);
	sqlite3_close(db);
}
END_TEST

START_TEST(a_full_disk_is_reported_and_harms_nothing)
{
	sqlite3 *db = open_db("PRAGMA journal_mode=WAL");
	run(db, "CREATE TABLE t (n, filler); INSERT INTO t VALUES (1, zeroblob(100))");
	struct an_sim_disk_options full = an_sim_disk_ssd;
	full.capacity = an_sim_disk_used(disk) + 20000;
	an_sim_disk_set_options(disk, &full);
	ck_assert_int_eq(try(db, "INSERT INTO t VALUES (2, zeroblob(100000))"), SQLITE_FULL);
	ck_assert_int_eq(number(db, "SELECT count(*) FROM t"), 1);
	an_sim_disk_set_options(disk, &an_sim_disk_ssd);
	run(db, "INSERT INTO t VALUES (2, zeroblob(100000))");
	expect_sound(db);
	sqlite3_close(db);
}
END_TEST

START_TEST(every_failing_operation_leaves_a_sound_database)
{
	sqlite3 *db = open_db("PRAGMA journal_mode=WAL");
	run(db, "CREATE TABLE t (n, filler)");
	int rows = 0;
	for (uint64_t after = 0; after < 40; after++) {
		an_sim_disk_set_fault(disk, &(struct an_sim_disk_fault){
						    .operations = 1U << AN_SIM_DISK_WRITE |
		                                                  1U << AN_SIM_DISK_SYNC,
						    .after = after,
						    .count = 1,
						    .status = AUTONOMI_E_IO,
						    .torn = true,
					    });
		rows += try(db, "INSERT INTO t VALUES (1, randomblob(9000))") == SQLITE_OK;
		try(db, "PRAGMA wal_checkpoint");
		an_sim_disk_set_fault(disk, NULL);
		expect_sound(db);
		/* A commit that failed while it was synced may yet be there; none is missing. */
		ck_assert_int_ge(number(db, "SELECT count(*) FROM t"), rows);
	}
	sqlite3_close(db);
}
END_TEST

START_TEST(time_and_randomness_are_the_simulators)
{
	sqlite3 *db = open_db("PRAGMA journal_mode=WAL");
	ck_assert_int_eq(number(db, "SELECT strftime('%s', 'now')"), 1800000000);
	sqlite3_randomness(0, NULL);
	seed(&entropy, 9);
	const int first = number(db, "SELECT random()");
	sqlite3_randomness(0, NULL);
	seed(&entropy, 9);
	ck_assert_int_eq(number(db, "SELECT random()"), first);
	sqlite3_close(db);
}
END_TEST

START_TEST(closing_leaves_no_log_behind)
{
	sqlite3 *db = open_db("PRAGMA journal_mode=WAL");
	run(db, "CREATE TABLE t (n); INSERT INTO t VALUES (1)");
	ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
	struct an_file_info info;
	ck_assert_int_eq(an_sim_path_info(disk, "/db/index-wal", &info), AUTONOMI_OK);
	ck_assert_int_eq(info.kind, AN_FILE_NONE);
}
END_TEST

static an_status try_ours(struct an_db **ret_db)
{
	static const struct an_db_migration migrations[] = {{"CREATE TABLE t (n INTEGER)"}};
	const struct an_db_options options = {.path = "/db/ours",
	                                      .vfs = "virtual",
	                                      .application = 1,
	                                      .page_size = 4096,
	                                      .cache_bytes = 1 << 20,
	                                      .log_bytes_max = 1 << 20,
	                                      .migrations = migrations,
	                                      .migration_count = 1};
	ck_assert_int_eq(an_db_open(&options, ret_db, NULL, 0), AUTONOMI_OK);
	return an_db_migrate(*ret_db);
}

static struct an_db *open_ours(void)
{
	struct an_db *db = NULL;
	ck_assert_int_eq(try_ours(&db), AUTONOMI_OK);
	return db;
}

static uint64_t rows_of(struct an_db *db)
{
	uint64_t count = 0;
	ck_assert_int_eq(an_db_number(db, "SELECT count(*) FROM t", &count), AUTONOMI_OK);
	return count;
}

static void crash_ours(struct an_db *db, enum an_sim_cut cut)
{
	an_sim_disk_cut(disk, cut, &chance);
	an_sim_disk_set_alive(disk, false);
	an_db_close(db);
	an_sim_disk_set_alive(disk, true);
}

static void refuse_to_sync(void)
{
	an_sim_disk_set_fault(disk,
	                      &(struct an_sim_disk_fault){.operations = 1U << AN_SIM_DISK_SYNC,
	                                                  .count = UINT64_MAX,
	                                                  .status = AUTONOMI_E_IO});
}

/* One row is durable; another was written, its flush failed, and the process died. */
static void leave_a_row_unflushed(void)
{
	crash_ours(open_ours(), AN_SIM_CUT_PROCESS);
	struct an_db *db = open_ours();
	ck_assert_int_eq(an_db_execute(db, "INSERT INTO t VALUES (6)"), AUTONOMI_OK);
	ck_assert_int_eq(an_db_begin(db), AUTONOMI_OK);
	ck_assert_int_eq(an_db_execute(db, "INSERT INTO t VALUES (7)"), AUTONOMI_OK);
	refuse_to_sync();
	ck_assert_int_ne(an_db_commit(db), AUTONOMI_OK);
	crash_ours(db, AN_SIM_CUT_PROCESS);
}

/* From the moment on when an opener sees it the row has to stay, for somebody may have been told of it. */
START_TEST(what_an_opener_sees_survives_the_next_power_cut)
{
	leave_a_row_unflushed();
	struct an_db *db = open_ours();
	const uint64_t seen = rows_of(db);
	crash_ours(db, AN_SIM_CUT_POWER);
	db = open_ours();
	ck_assert_uint_eq(seen, 2);
	ck_assert_uint_eq(rows_of(db), seen);
	an_db_close(db);
}
END_TEST

START_TEST(what_cannot_be_flushed_is_not_shown)
{
	leave_a_row_unflushed();
	struct an_db *db = NULL;
	refuse_to_sync();
	ck_assert_int_eq(try_ours(&db), AUTONOMI_E_IO);
	an_db_close(db);
	an_sim_disk_set_fault(disk, NULL);
	an_db_close(open_ours());
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("sim/vfs");
	TCase *tests = tcase_create("SQLite");
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_loop_test(tests, committed_survives_and_uncommitted_vanishes, 0, 6);
	tcase_add_test(tests, without_syncing_a_power_cut_loses_commits);
	tcase_add_test(tests, a_second_opener_is_refused);
	tcase_add_test(tests, a_full_disk_is_reported_and_harms_nothing);
	tcase_add_test(tests, every_failing_operation_leaves_a_sound_database);
	tcase_add_test(tests, time_and_randomness_are_the_simulators);
	tcase_add_test(tests, closing_leaves_no_log_behind);
	tcase_add_test(tests, what_an_opener_sees_survives_the_next_power_cut);
	tcase_add_test(tests, what_cannot_be_flushed_is_not_shown);
	suite_add_tcase(s, tests);
	return s;
}
