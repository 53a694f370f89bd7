/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/disk.h"

#include <stdio.h>
#include <string.h>

#include "harness.h"

static struct an_sim_disk *disk;
static struct an_random chance;
static uint64_t clock_us;

static uint64_t read_clock(void *context)
{
	(void)context;
	return clock_us;
}

static void setup(void)
{
	const uint8_t seed[AN_RANDOM_SEED_SIZE] = {7};
	an_random_init(&chance, seed);
	disk = an_sim_disk_new(&an_sim_disk_ssd, read_clock, NULL);
	ck_assert_int_eq(an_sim_path_make_directory(disk, "/d"), AUTONOMI_OK);
	ck_assert_int_eq(an_sim_path_sync(disk, "/"), AUTONOMI_OK);
}

static void teardown(void)
{
	an_sim_disk_free(disk);
}

static struct an_sim_file *open_file(const char *path)
{
	struct an_sim_file *file = NULL;
	ck_assert_int_eq(an_sim_file_open(disk, path, AN_FILE_WRITE, &file), AUTONOMI_OK);
	return file;
}

static void write_at(struct an_sim_file *file, uint64_t offset, const char *text)
{
	ck_assert_int_eq(an_sim_file_write(file, offset, an_span_text(text)), AUTONOMI_OK);
}

static void sync_file(struct an_sim_file *file)
{
	ck_assert_int_eq(an_sim_file_sync(file), AUTONOMI_OK);
}

static void sync_names(void)
{
	ck_assert_int_eq(an_sim_path_sync(disk, "/d"), AUTONOMI_OK);
}

static void make_durable(const char *path, const char *text)
{
	struct an_sim_file *file = open_file(path);
	write_at(file, 0, text);
	sync_file(file);
	an_sim_file_close(file);
	sync_names();
}

static void expect_content(const char *path, const char *text)
{
	struct an_sim_file *file = NULL;
	uint8_t out[64] = {0};
	size_t size = 0;
	ck_assert_int_eq(an_sim_file_open(disk, path, AN_FILE_READ, &file), AUTONOMI_OK);
	ck_assert_int_eq(an_sim_file_read(file, 0, out, sizeof(out), &size), AUTONOMI_OK);
	ck_assert_uint_eq(size, strlen(text));
	ck_assert_mem_eq(out, text, size);
	an_sim_file_close(file);
}

static bool exists(const char *path)
{
	struct an_file_info info = {0};
	ck_assert_int_eq(an_sim_path_info(disk, path, &info), AUTONOMI_OK);
	return info.kind != AN_FILE_NONE;
}

static void cut(enum an_sim_cut kind)
{
	an_sim_disk_cut(disk, kind, &chance);
}

START_TEST(a_power_cut_takes_back_what_was_not_synced)
{
	make_durable("/d/f", "0123456789");
	struct an_sim_file *file = open_file("/d/f");
	write_at(file, 2, "xx");
	write_at(file, 8, "yyyyyy");
	ck_assert_int_eq(an_sim_file_truncate(file, 5), AUTONOMI_OK);
	write_at(file, 5, "z");
	an_sim_file_close(file);
	expect_content("/d/f", "01xx4z");
	cut(AN_SIM_CUT_POWER);
	expect_content("/d/f", "0123456789");
}
END_TEST

START_TEST(what_was_synced_survives_a_power_cut)
{
	make_durable("/d/f", "old");
	struct an_sim_file *file = open_file("/d/f");
	write_at(file, 0, "new content");
	sync_file(file);
	write_at(file, 0, "lost");
	an_sim_file_close(file);
	cut(AN_SIM_CUT_POWER);
	expect_content("/d/f", "new content");
}
END_TEST

START_TEST(a_killed_process_loses_nothing_that_it_wrote)
{
	struct an_sim_file *file = open_file("/d/f");
	write_at(file, 0, "abc");
	cut(AN_SIM_CUT_PROCESS);
	expect_content("/d/f", "abc");
	an_sim_file_close(file);
	cut(AN_SIM_CUT_POWER);
	ck_assert(!exists("/d/f"));
}
END_TEST

START_TEST(a_name_is_lost_until_its_directory_is_synced)
{
	struct an_sim_file *file = open_file("/d/f");
	write_at(file, 0, "abc");
	sync_file(file);
	an_sim_file_close(file);
	ck_assert(exists("/d/f"));
	cut(AN_SIM_CUT_POWER);
	ck_assert(!exists("/d/f"));
}
END_TEST

START_TEST(a_rename_is_lost_whole_until_its_directory_is_synced)
{
	make_durable("/d/old", "old");
	make_durable("/d/new", "new");
	ck_assert_int_eq(an_sim_path_rename(disk, "/d/new", "/d/old"), AUTONOMI_OK);
	expect_content("/d/old", "new");
	ck_assert(!exists("/d/new"));
	cut(AN_SIM_CUT_POWER);
	expect_content("/d/old", "old");
	expect_content("/d/new", "new");

	ck_assert_int_eq(an_sim_path_rename(disk, "/d/new", "/d/old"), AUTONOMI_OK);
	sync_names();
	cut(AN_SIM_CUT_POWER);
	expect_content("/d/old", "new");
	ck_assert(!exists("/d/new"));
}
END_TEST

START_TEST(a_removed_file_comes_back_until_its_directory_is_synced)
{
	make_durable("/d/f", "abc");
	ck_assert_int_eq(an_sim_path_remove(disk, "/d/f"), AUTONOMI_OK);
	ck_assert(!exists("/d/f"));
	cut(AN_SIM_CUT_POWER);
	expect_content("/d/f", "abc");
	ck_assert_int_eq(an_sim_path_remove(disk, "/d/f"), AUTONOMI_OK);
	sync_names();
	cut(AN_SIM_CUT_POWER);
	ck_assert(!exists("/d/f"));
}
END_TEST

START_TEST(a_directory_that_is_lost_takes_its_files_along)
{
	ck_assert_int_eq(an_sim_path_make_directory(disk, "/d/sub"), AUTONOMI_OK);
	struct an_sim_file *file = open_file("/d/sub/f");
	sync_file(file);
	an_sim_file_close(file);
	ck_assert_int_eq(an_sim_path_sync(disk, "/d/sub"), AUTONOMI_OK);
	cut(AN_SIM_CUT_POWER);
	ck_assert(!exists("/d/sub"));
	ck_assert(!exists("/d/sub/f"));
}
END_TEST

enum { SECTORS = 8, SCRAMBLES = 64 };

/* Writes one letter over the whole file. */
static void fill(struct an_sim_file *file, uint8_t letter)
{
	uint8_t bytes[SECTORS * AN_SIM_SECTOR];
	memset(bytes, letter, sizeof(bytes));
	ck_assert_int_eq(an_sim_file_write(file, 0, an_span(bytes, sizeof(bytes))), AUTONOMI_OK);
}

/* Bit 0: some sector is old; bit 1: some is new. Fails where one is neither. */
static int old_and_new(uint8_t old, uint8_t new)
{
	struct an_sim_file *file = open_file("/d/f");
	uint8_t bytes[SECTORS * AN_SIM_SECTOR];
	size_t size = 0;
	ck_assert_int_eq(an_sim_file_read(file, 0, bytes, sizeof(bytes), &size), AUTONOMI_OK);
	ck_assert_uint_eq(size, sizeof(bytes));
	an_sim_file_close(file);
	int seen = 0;
	for (size_t i = 0; i < size; i++) {
		const uint8_t first = bytes[i / AN_SIM_SECTOR * AN_SIM_SECTOR];
		ck_assert_uint_eq(bytes[i], first);
		ck_assert(first == old || first == new);
		seen |= first == old ? 1 : 2;
	}
	return seen;
}

START_TEST(a_scramble_keeps_any_sectors_but_never_half_a_sector)
{
	int outcomes[4] = {0};
	for (int round = 0; round < SCRAMBLES; round++) {
		struct an_sim_file *file = open_file("/d/f");
		fill(file, 'o');
		sync_file(file);
		sync_names();
		fill(file, 'n');
		an_sim_file_close(file);
		cut(AN_SIM_CUT_SCRAMBLE);
		outcomes[old_and_new('o', 'n')]++;
	}
	ck_assert_int_gt(outcomes[2], SCRAMBLES / 8); /* all new */
	ck_assert_int_gt(outcomes[3], SCRAMBLES / 8); /* torn */
}
END_TEST

START_TEST(a_scramble_keeps_a_beginning_of_the_changes_of_names)
{
	bool seen[4] = {false};
	for (int round = 0; round < SCRAMBLES; round++) {
		static const char *paths[] = {"/d/1", "/d/2", "/d/3"};
		for (int i = 0; i < 3; i++)
			an_sim_file_close(open_file(paths[i]));
		cut(AN_SIM_CUT_SCRAMBLE);
		int kept = 0;
		while (kept < 3 && exists(paths[kept]))
			kept++;
		for (int i = kept; i < 3; i++)
			ck_assert(!exists(paths[i]));
		seen[kept] = true;
		for (int i = 0; i < kept; i++)
			ck_assert_int_eq(an_sim_path_remove(disk, paths[i]), AUTONOMI_OK);
		sync_names();
	}
	ck_assert(seen[0] && seen[1] && seen[2] && seen[3]);
}
END_TEST

START_TEST(a_handle_from_before_the_cut_is_dead)
{
	make_durable("/d/f", "abc");
	struct an_sim_file *file = open_file("/d/f");
	cut(AN_SIM_CUT_PROCESS);
	uint8_t out[3];
	size_t size;
	ck_assert_int_eq(an_sim_file_write(file, 0, an_span_text("x")), AUTONOMI_E_IO);
	ck_assert_int_eq(an_sim_file_read(file, 0, out, 3, &size), AUTONOMI_E_IO);
	ck_assert_int_eq(an_sim_file_sync(file), AUTONOMI_E_IO);
	an_sim_file_close(file);
	expect_content("/d/f", "abc");
}
END_TEST

START_TEST(locks_keep_others_out_and_end_with_the_process)
{
	struct an_sim_file *first = open_file("/d/f");
	struct an_sim_file *second = open_file("/d/f");
	ck_assert_int_eq(an_sim_file_lock(first, AN_FILE_LOCK_EXCLUSIVE), AUTONOMI_OK);
	ck_assert_int_eq(an_sim_file_lock(second, AN_FILE_LOCK_SHARED), AUTONOMI_E_IN_USE);
	ck_assert_int_eq(an_sim_file_lock(second, AN_FILE_LOCK_EXCLUSIVE), AUTONOMI_E_IN_USE);
	cut(AN_SIM_CUT_PROCESS);
	struct an_sim_file *third = open_file("/d/f");
	ck_assert_int_eq(an_sim_file_lock(third, AN_FILE_LOCK_EXCLUSIVE), AUTONOMI_OK);
	an_sim_file_close(first);
	an_sim_file_close(second);
	second = open_file("/d/f");
	ck_assert_int_eq(an_sim_file_lock(second, AN_FILE_LOCK_SHARED), AUTONOMI_E_IN_USE);
	an_sim_file_close(third);
	ck_assert_int_eq(an_sim_file_lock(second, AN_FILE_LOCK_SHARED), AUTONOMI_OK);
	an_sim_file_close(second);
}
END_TEST

START_TEST(a_full_disk_refuses_to_grow_and_frees_what_is_removed)
{
	struct an_sim_disk_options small = an_sim_disk_ssd;
	small.capacity = 10;
	an_sim_disk_set_options(disk, &small);
	struct an_sim_file *file = open_file("/d/f");
	write_at(file, 0, "12345678");
	ck_assert_int_eq(an_sim_file_write(file, 8, an_span_text("abc")), AUTONOMI_E_DISK_FULL);
	uint64_t left = 0;
	ck_assert_int_eq(an_sim_path_free_space(disk, &left), AUTONOMI_OK);
	ck_assert_uint_eq(left, 2);
	write_at(file, 4, "xyz"); /* no growth */
	an_sim_file_close(file);
	ck_assert_int_eq(an_sim_path_remove(disk, "/d/f"), AUTONOMI_OK);
	sync_names();
	ck_assert_uint_eq(an_sim_disk_used(disk), 0);
}
END_TEST

START_TEST(a_fault_comes_when_and_as_often_as_it_was_ordered)
{
	struct an_sim_file *file = open_file("/d/f");
	an_sim_disk_set_fault(disk, &(struct an_sim_disk_fault){
					    .operations = 1U << AN_SIM_DISK_WRITE,
					    .after = 1,
					    .count = 2,
					    .status = AUTONOMI_E_IO,
					    .torn = true,
				    });
	write_at(file, 0, "aaaa");
	sync_file(file);
	ck_assert_int_eq(an_sim_file_write(file, 0, an_span_text("bbbb")), AUTONOMI_E_IO);
	ck_assert_int_eq(an_sim_file_write(file, 0, an_span_text("cc")), AUTONOMI_E_IO);
	write_at(file, 3, "d");
	an_sim_file_close(file);
	expect_content("/d/f", "cbad");
}
END_TEST

START_TEST(operations_cost_time)
{
	an_sim_disk_set_options(disk, &(struct an_sim_disk_options){
					      .capacity = 1 << 20,
					      .write_us = 10,
					      .sync_us = 1000,
					      .bytes_per_second = 1000000,
				      });
	struct an_sim_file *file = open_file("/d/f");
	an_sim_disk_take_cost(disk);
	write_at(file, 0, "12345");
	sync_file(file);
	ck_assert_uint_eq(an_sim_disk_take_cost(disk), 10 + 5 + 1000);
	ck_assert_uint_eq(an_sim_disk_take_cost(disk), 0);
	an_sim_file_close(file);
}
END_TEST

static bool remove_entry(void *visitor, const char *name)
{
	char path[64];
	snprintf(path, sizeof(path), "/d/%s", name);
	++*(int *)visitor;
	return an_sim_path_remove(disk, path) == AUTONOMI_OK;
}

START_TEST(listing_shows_the_direct_entries_and_may_remove_them)
{
	ck_assert_int_eq(an_sim_path_make_directory(disk, "/d/sub"), AUTONOMI_OK);
	an_sim_file_close(open_file("/d/a"));
	an_sim_file_close(open_file("/d/b"));
	ck_assert_int_eq(an_sim_path_make_directory(disk, "/dd"), AUTONOMI_OK);
	int seen = 0;
	ck_assert_int_eq(an_sim_path_list(disk, "/d", remove_entry, &seen), AUTONOMI_OK);
	ck_assert_int_eq(seen, 3);
	ck_assert(!exists("/d/a") && exists("/dd"));
	ck_assert_int_eq(an_sim_path_list(disk, "/missing", remove_entry, &seen),
	                 AUTONOMI_E_NO_FILE);
}
END_TEST

START_TEST(a_wiped_disk_is_as_new)
{
	struct an_sim_file *file = open_file("/d/a");
	write_at(file, 0, "text");
	an_sim_file_close(file);
	an_sim_disk_wipe(disk);
	ck_assert(!exists("/d") && exists("/"));
	ck_assert_uint_eq(an_sim_disk_used(disk), 0);
	ck_assert_int_eq(an_sim_path_make_directory(disk, "/d"), AUTONOMI_OK);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("sim/disk");
	TCase *tests = tcase_create("disk");
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, a_power_cut_takes_back_what_was_not_synced);
	tcase_add_test(tests, what_was_synced_survives_a_power_cut);
	tcase_add_test(tests, a_killed_process_loses_nothing_that_it_wrote);
	tcase_add_test(tests, a_name_is_lost_until_its_directory_is_synced);
	tcase_add_test(tests, a_rename_is_lost_whole_until_its_directory_is_synced);
	tcase_add_test(tests, a_removed_file_comes_back_until_its_directory_is_synced);
	tcase_add_test(tests, a_directory_that_is_lost_takes_its_files_along);
	tcase_add_test(tests, a_scramble_keeps_any_sectors_but_never_half_a_sector);
	tcase_add_test(tests, a_scramble_keeps_a_beginning_of_the_changes_of_names);
	tcase_add_test(tests, a_handle_from_before_the_cut_is_dead);
	tcase_add_test(tests, locks_keep_others_out_and_end_with_the_process);
	tcase_add_test(tests, a_full_disk_refuses_to_grow_and_frees_what_is_removed);
	tcase_add_test(tests, a_fault_comes_when_and_as_often_as_it_was_ordered);
	tcase_add_test(tests, operations_cost_time);
	tcase_add_test(tests, listing_shows_the_direct_entries_and_may_remove_them);
	tcase_add_test(tests, a_wiped_disk_is_as_new);
	suite_add_tcase(s, tests);
	return s;
}
