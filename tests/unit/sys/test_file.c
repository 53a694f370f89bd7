/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sys/sys.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"

static const struct an_sys *sys;
static char folder[64];
static char path[128], other_path[128];

static void setup(void)
{
	sys = an_sys_machine();
	snprintf(folder, sizeof(folder), "/tmp/an-test-file-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/one", folder);
	snprintf(other_path, sizeof(other_path), "%s/two", folder);
}

static bool remove_entry(void *visitor, const char *name)
{
	(void)visitor;
	char entry[512];
	snprintf(entry, sizeof(entry), "%s/%s", folder, name);
	sys->path_remove(sys->context, entry);
	return true;
}

static void teardown(void)
{
	sys->path_list(sys->context, folder, remove_entry, NULL);
	ck_assert_int_eq(sys->path_remove(sys->context, folder), AUTONOMI_OK);
}

static struct an_file *open_file(const char *at, enum an_file_mode mode)
{
	struct an_file *file = NULL;
	ck_assert_int_eq(sys->file_open(sys->context, at, mode, &file), AUTONOMI_OK);
	return file;
}

static void make_file(const char *at, const char *text)
{
	struct an_file *file = open_file(at, AN_FILE_CREATE_NEW);
	ck_assert_int_eq(sys->file_write(sys->context, file, 0, an_span_text(text)), AUTONOMI_OK);
	ck_assert_int_eq(sys->file_sync(sys->context, file), AUTONOMI_OK);
	sys->file_close(sys->context, file);
}

static struct an_file_info info_of(const char *at)
{
	struct an_file_info info;
	ck_assert_int_eq(sys->path_info(sys->context, at, &info), AUTONOMI_OK);
	return info;
}

START_TEST(what_was_written_is_read_at_any_offset)
{
	make_file(path, "0123456789");
	struct an_file *file = open_file(path, AN_FILE_READ);
	uint8_t out[20];
	size_t size = 0;
	ck_assert_int_eq(sys->file_read(sys->context, file, 3, out, 4, &size), AUTONOMI_OK);
	ck_assert_uint_eq(size, 4);
	ck_assert_mem_eq(out, "3456", 4);
	ck_assert_int_eq(sys->file_read(sys->context, file, 6, out, 20, &size), AUTONOMI_OK);
	ck_assert_uint_eq(size, 4);
	ck_assert_int_eq(sys->file_read(sys->context, file, 100, out, 20, &size), AUTONOMI_OK);
	ck_assert_uint_eq(size, 0);
	sys->file_close(sys->context, file);
}
END_TEST

START_TEST(truncation_cuts_and_grows_with_zeros)
{
	make_file(path, "abcdef");
	struct an_file *file = open_file(path, AN_FILE_WRITE);
	ck_assert_int_eq(sys->file_truncate(sys->context, file, 2), AUTONOMI_OK);
	ck_assert_int_eq(sys->file_truncate(sys->context, file, 4), AUTONOMI_OK);
	uint8_t out[8];
	size_t size = 0;
	ck_assert_int_eq(sys->file_read(sys->context, file, 0, out, 8, &size), AUTONOMI_OK);
	ck_assert_uint_eq(size, 4);
	ck_assert_mem_eq(out, "ab\0\0", 4);
	sys->file_close(sys->context, file);
}
END_TEST

START_TEST(a_new_file_is_for_its_owner_only)
{
	umask(0);
	make_file(path, "x");
	struct stat found;
	ck_assert_int_eq(stat(path, &found), 0);
	ck_assert_int_eq(found.st_mode & 0777, 0600);
	ck_assert_int_eq(sys->path_make_directory(sys->context, other_path), AUTONOMI_OK);
	ck_assert_int_eq(stat(other_path, &found), 0);
	ck_assert_int_eq(found.st_mode & 0777, 0700);
}
END_TEST

START_TEST(create_new_refuses_what_exists_and_read_what_does_not)
{
	struct an_file *file = NULL;
	ck_assert_int_eq(sys->file_open(sys->context, path, AN_FILE_READ, &file),
	                 AUTONOMI_E_NO_FILE);
	make_file(path, "x");
	ck_assert_int_eq(sys->file_open(sys->context, path, AN_FILE_CREATE_NEW, &file),
	                 AUTONOMI_E_EXISTS);
	ck_assert_ptr_null(file);
	file = open_file(path, AN_FILE_WRITE);
	sys->file_close(sys->context, file);
	ck_assert_uint_eq(info_of(path).size, 1);
}
END_TEST

START_TEST(an_exclusive_lock_keeps_others_out_until_it_is_closed)
{
	make_file(path, "x");
	struct an_file *first = open_file(path, AN_FILE_WRITE);
	struct an_file *second = open_file(path, AN_FILE_WRITE);
	ck_assert_int_eq(sys->file_lock(sys->context, first, AN_FILE_LOCK_EXCLUSIVE), AUTONOMI_OK);
	ck_assert_int_eq(sys->file_lock(sys->context, second, AN_FILE_LOCK_SHARED),
	                 AUTONOMI_E_IN_USE);
	/* A third handle of the same path that comes and goes takes nothing away. */
	sys->file_close(sys->context, open_file(path, AN_FILE_READ));
	ck_assert_int_eq(sys->file_lock(sys->context, second, AN_FILE_LOCK_EXCLUSIVE),
	                 AUTONOMI_E_IN_USE);
	sys->file_close(sys->context, first);
	ck_assert_int_eq(sys->file_lock(sys->context, second, AN_FILE_LOCK_SHARED), AUTONOMI_OK);
	sys->file_close(sys->context, second);
}
END_TEST

START_TEST(a_forked_child_that_closes_its_copy_does_not_unlock)
{
	make_file(path, "x");
	struct an_file *file = open_file(path, AN_FILE_WRITE);
	ck_assert_int_eq(sys->file_lock(sys->context, file, AN_FILE_LOCK_EXCLUSIVE), AUTONOMI_OK);
	const pid_t child = fork();
	if (child == 0) {
		sys->file_close(sys->context, file);
		_exit(0);
	}
	ck_assert_int_eq(waitpid(child, NULL, 0), child);
	struct an_file *second = open_file(path, AN_FILE_WRITE);
	ck_assert_int_eq(sys->file_lock(sys->context, second, AN_FILE_LOCK_EXCLUSIVE),
	                 AUTONOMI_E_IN_USE);
	sys->file_close(sys->context, second);
	sys->file_close(sys->context, file);
}
END_TEST

START_TEST(path_info_tells_kinds_and_sizes)
{
	ck_assert_int_eq(info_of(path).kind, AN_FILE_NONE);
	make_file(path, "12345");
	const struct an_file_info info = info_of(path);
	ck_assert_int_eq(info.kind, AN_FILE_REGULAR);
	ck_assert_uint_eq(info.size, 5);
	const uint64_t now = sys->unix_time_us(sys->context);
	ck_assert_uint_lt(now - info.modified_us + AN_SECONDS(5), AN_SECONDS(100));
	ck_assert_int_eq(info_of(folder).kind, AN_FILE_DIRECTORY);
	ck_assert_int_eq(info_of("/dev/null").kind, AN_FILE_OTHER);
	char below[160];
	snprintf(below, sizeof(below), "%s/below", path);
	ck_assert_int_eq(info_of(below).kind, AN_FILE_NONE);
}
END_TEST

START_TEST(link_info_tells_of_a_link_itself_and_when_a_file_was_made)
{
	struct an_file_info info;
	ck_assert_int_eq(sys->path_link_info(sys->context, path, &info), AUTONOMI_OK);
	ck_assert_int_eq(info.kind, AN_FILE_NONE);
	make_file(path, "12345");
	ck_assert_int_eq(symlink(path, other_path), 0);
	ck_assert_int_eq(info_of(other_path).kind, AN_FILE_REGULAR);
	ck_assert_int_eq(sys->path_link_info(sys->context, other_path, &info), AUTONOMI_OK);
	ck_assert_int_eq(info.kind, AN_FILE_LINK);
	ck_assert_int_eq(sys->path_link_info(sys->context, path, &info), AUTONOMI_OK);
	ck_assert_int_eq(info.kind, AN_FILE_REGULAR);
	ck_assert_uint_eq(info.size, 5);
	ck_assert(info.created_us == 0 || info.created_us + AN_SECONDS(100) > info.modified_us);
}
END_TEST

START_TEST(nothing_is_written_through_a_link_where_that_is_asked)
{
	struct an_file *file = NULL;
	ck_assert_int_eq(symlink(path, other_path), 0);
	ck_assert_int_eq(sys->file_open(sys->context, other_path, AN_FILE_WRITE_HERE, &file),
	                 AUTONOMI_E_EXISTS);
	ck_assert_int_eq(info_of(path).kind, AN_FILE_NONE);
	sys->file_close(sys->context, open_file(path, AN_FILE_WRITE_HERE));
	ck_assert_int_eq(info_of(path).kind, AN_FILE_REGULAR);
}
END_TEST

START_TEST(rename_replaces_what_was_there)
{
	make_file(path, "new");
	make_file(other_path, "older");
	ck_assert_int_eq(sys->path_rename(sys->context, path, other_path), AUTONOMI_OK);
	ck_assert_int_eq(sys->path_sync(sys->context, folder), AUTONOMI_OK);
	ck_assert_int_eq(info_of(path).kind, AN_FILE_NONE);
	ck_assert_uint_eq(info_of(other_path).size, 3);
	ck_assert_int_eq(sys->path_rename(sys->context, path, other_path), AUTONOMI_E_NO_FILE);
}
END_TEST

START_TEST(remove_takes_files_and_empty_directories_only)
{
	ck_assert_int_eq(sys->path_remove(sys->context, path), AUTONOMI_E_NO_FILE);
	make_file(path, "x");
	ck_assert_int_eq(sys->path_remove(sys->context, folder), AUTONOMI_E_EXISTS);
	ck_assert_int_eq(sys->path_remove(sys->context, path), AUTONOMI_OK);
	ck_assert_int_eq(sys->path_make_directory(sys->context, path), AUTONOMI_OK);
	ck_assert_int_eq(sys->path_remove(sys->context, path), AUTONOMI_OK);
}
END_TEST

START_TEST(making_a_directory_twice_is_no_error_but_over_a_file_is)
{
	ck_assert_int_eq(sys->path_make_directory(sys->context, path), AUTONOMI_OK);
	ck_assert_int_eq(sys->path_make_directory(sys->context, path), AUTONOMI_OK);
	make_file(other_path, "x");
	ck_assert_int_eq(sys->path_make_directory(sys->context, other_path), AUTONOMI_E_EXISTS);
	char deep[160];
	snprintf(deep, sizeof(deep), "%s/missing/deep", folder);
	ck_assert_int_eq(sys->path_make_directory(sys->context, deep), AUTONOMI_E_NO_FILE);
}
END_TEST

struct visits {
	size_t seen;
	size_t stop_after;
};

static bool count_entry(void *visitor, const char *name)
{
	struct visits *visits = visitor;
	ck_assert_str_ne(name, ".");
	ck_assert_str_ne(name, "..");
	return ++visits->seen < visits->stop_after;
}

START_TEST(list_visits_each_entry_and_stops_when_told)
{
	make_file(path, "x");
	make_file(other_path, "x");
	struct visits all = {.stop_after = 100};
	ck_assert_int_eq(sys->path_list(sys->context, folder, count_entry, &all), AUTONOMI_OK);
	ck_assert_uint_eq(all.seen, 2);
	struct visits one = {.stop_after = 1};
	ck_assert_int_eq(sys->path_list(sys->context, folder, count_entry, &one), AUTONOMI_OK);
	ck_assert_uint_eq(one.seen, 1);
	char missing[160];
	snprintf(missing, sizeof(missing), "%s/missing", folder);
	ck_assert_int_eq(sys->path_list(sys->context, missing, count_entry, &all),
	                 AUTONOMI_E_NO_FILE);
}
END_TEST

START_TEST(a_full_disk_is_named)
{
	struct an_file *file = open_file("/dev/full", AN_FILE_WRITE);
	ck_assert_int_eq(sys->file_write(sys->context, file, 0, an_span_text("x")),
	                 AUTONOMI_E_DISK_FULL);
	sys->file_close(sys->context, file);
}
END_TEST

START_TEST(a_file_that_may_only_be_read_refuses_to_be_written)
{
	make_file(path, "x");
	struct an_file *file = open_file(path, AN_FILE_READ);
	ck_assert_int_eq(sys->file_write(sys->context, file, 0, an_span_text("y")), AUTONOMI_E_IO);
	sys->file_close(sys->context, file);
}
END_TEST

START_TEST(free_space_is_that_of_the_file_system)
{
	uint64_t bytes = 0;
	ck_assert_int_eq(sys->path_free_space(sys->context, folder, &bytes), AUTONOMI_OK);
	ck_assert_uint_gt(bytes, 0);
	ck_assert_int_eq(sys->path_free_space(sys->context, "/proc", &bytes), AUTONOMI_OK);
	ck_assert_uint_eq(bytes, 0);
	ck_assert_int_eq(sys->path_free_space(sys->context, path, &bytes), AUTONOMI_E_NO_FILE);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("sys/file");
	TCase *machine = tcase_create("machine");
	tcase_add_checked_fixture(machine, setup, teardown);
	tcase_add_test(machine, what_was_written_is_read_at_any_offset);
	tcase_add_test(machine, truncation_cuts_and_grows_with_zeros);
	tcase_add_test(machine, a_new_file_is_for_its_owner_only);
	tcase_add_test(machine, create_new_refuses_what_exists_and_read_what_does_not);
	tcase_add_test(machine, an_exclusive_lock_keeps_others_out_until_it_is_closed);
	tcase_add_test(machine, a_forked_child_that_closes_its_copy_does_not_unlock);
	tcase_add_test(machine, path_info_tells_kinds_and_sizes);
	tcase_add_test(machine, link_info_tells_of_a_link_itself_and_when_a_file_was_made);
	tcase_add_test(machine, nothing_is_written_through_a_link_where_that_is_asked);
	tcase_add_test(machine, rename_replaces_what_was_there);
	tcase_add_test(machine, remove_takes_files_and_empty_directories_only);
	tcase_add_test(machine, making_a_directory_twice_is_no_error_but_over_a_file_is);
	tcase_add_test(machine, list_visits_each_entry_and_stops_when_told);
	tcase_add_test(machine, a_full_disk_is_named);
	tcase_add_test(machine, a_file_that_may_only_be_read_refuses_to_be_written);
	tcase_add_test(machine, free_space_is_that_of_the_file_system);
	suite_add_tcase(s, machine);
	return s;
}
