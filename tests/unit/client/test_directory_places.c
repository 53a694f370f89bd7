/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the files of an archive go, and where none ever goes. */
#include <ctype.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "client/directory_plan.h"
#include "client/directory_walk.h"
#include "harness.h"
#include "tree.h"

static struct tree tree;
static struct an_archive archive;
static uint8_t hello[32], world[32];

static void setup(void)
{
	tree_open(&tree, 6);
	an_archive_init(&archive, AN_ARCHIVE_PUBLIC);
	tree_store_content(&tree, "hello", hello);
	tree_store_content(&tree, "world", world);
}

static void teardown(void)
{
	an_archive_done(&archive);
	tree_close(&tree);
}

static void list_as(const void *path, size_t path_size, const uint8_t address[32])
{
	struct an_archive_entry entry = {.path = an_span(path, path_size), .size = 5};
	memcpy(entry.address, address, sizeof(entry.address));
	ck_assert_int_eq(an_archive_add(&archive, &entry), AUTONOMI_OK);
}

static void list(const char *path, const uint8_t address[32])
{
	list_as(path, strlen(path), address);
}

static an_status fetch(bool replace)
{
	tree_put_archive(&tree, &archive);
	network_reset_counts(&tree.scene.network);
	return tree_download(&tree, replace);
}

static void assert_says(const char *part)
{
	const char *message = tree.scene.outcome.result.message;
	ck_assert_msg(strstr(message, part) != NULL, "\"%s\"", message);
}

/* The tree, the destination if it was there, and the journals' folder are all that there was before. */
static size_t everything(void)
{
	return tree_count(tree.scene.folder);
}

/* ---- Paths of strangers. */
static const struct {
	const char *path;
	size_t size;
	const char *complaint;
} bad_paths[] = {
	{"../escaped", 10, "leads out"},
	{"a/../../escaped", 15, "leads out"},
	{"a/..", 4, "leads out"},
	{"..", 2, "leads out"},
	{"./..//../escaped", 16, "leads out"},
	{"/tmp/autonomi-escaped", 21, "does not begin"},
	{"//escaped", 9, "does not begin"},
	{"a\0b", 3, "zero byte"},
	{"\0", 1, "zero byte"},
	{"", 0, "is empty"},
	{".", 1, "is no name"},
	{"././/.", 6, "is no name"},
};
enum { BAD_PATHS = sizeof(bad_paths) / sizeof(bad_paths[0]) };

START_TEST(an_archive_with_such_a_path_is_refused_as_a_whole)
{
	const size_t before = everything();
	list("good", hello);
	list_as(bad_paths[_i].path, bad_paths[_i].size, world);
	ck_assert_int_eq(fetch(_i % 2 == 1), AUTONOMI_E_CORRUPT);
	assert_says(bad_paths[_i].complaint);
	ck_assert_uint_eq(everything(), before);
	ck_assert_int_ne(access("/tmp/autonomi-escaped", F_OK), 0);
}
END_TEST

START_TEST(a_path_longer_than_any_is_refused)
{
	static char path[AN_DIRECTORY_PATH_MAX + 1];
	memset(path, 'p', sizeof(path) - 1);
	list(path, hello);
	ck_assert_int_eq(fetch(false), AUTONOMI_E_CORRUPT);
	assert_says("longer than any path");
}
END_TEST

START_TEST(what_a_path_would_do_to_a_terminal_is_not_shown)
{
	list("../\x1b[2Jgone\n", hello);
	ck_assert_int_eq(fetch(false), AUTONOMI_E_CORRUPT);
	assert_says("'../?[2Jgone?'");
}
END_TEST

static const char *const pairs[][2] = {
	{"x", "./x"}, {"x", "x/y"}, {"./x/y", "x"}, {"x/./y", "./x/y"}, {"x/y/z", "./x/y"},
};
enum { PAIRS = sizeof(pairs) / sizeof(pairs[0]) };

START_TEST(an_archive_with_two_files_at_one_place_is_refused_as_a_whole)
{
	const size_t before = everything();
	list(pairs[_i][0], hello);
	list(pairs[_i][1], world);
	ck_assert_uint_eq(archive.count, 2);
	ck_assert_int_eq(fetch(false), AUTONOMI_E_CORRUPT);
	assert_says("is the place of two files");
	ck_assert_uint_eq(everything(), before);
}
END_TEST

/* As Autonomi's reader takes them: the last counts. */
START_TEST(of_one_path_that_comes_twice_the_last_is_fetched)
{
	struct an_buffer bytes;
	list("x", hello);
	list("y", world);
	an_buffer_init(&bytes, 1 << 20);
	ck_assert_int_eq(an_archive_encode(&archive, &bytes), AUTONOMI_OK);
	uint8_t *second = memmem(bytes.data, bytes.size, "\xa1y", 2);
	ck_assert_ptr_nonnull(second);
	second[1] = 'x';
	tree_put(&tree, an_buffer_span(&bytes), true);
	an_buffer_done(&bytes);
	ck_assert_int_eq(tree_download(&tree, false), AUTONOMI_OK);
	ck_assert(tree_holds(tree.out, "x", "world"));
	ck_assert_uint_eq(tree_count(tree.out), 2);
}
END_TEST

START_TEST(odd_paths_that_stay_inside_are_taken)
{
	list("./a//b/", hello);
	list("...", world);
	list("c\\..\\d", hello);
	list("-rf *", world);
	ck_assert_int_eq(fetch(false), AUTONOMI_OK);
	ck_assert(tree_holds(tree.out, "a/b", "hello"));
	ck_assert(tree_holds(tree.out, "...", "world"));
	ck_assert(tree_holds(tree.out, "c\\..\\d", "hello"));
	ck_assert(tree_holds(tree.out, "-rf *", "world"));
	ck_assert_uint_eq(tree_count(tree.out), 6);
}
END_TEST

START_TEST(a_file_may_have_the_name_of_the_part_of_another)
{
	list("x", hello);
	list("x.part", world);
	list("x.part.part", hello);
	tree.scene.network.job_delay = AN_MS(5);
	ck_assert_int_eq(fetch(false), AUTONOMI_OK);
	ck_assert(tree_holds(tree.out, "x", "hello"));
	ck_assert(tree_holds(tree.out, "x.part", "world"));
	ck_assert(tree_holds(tree.out, "x.part.part", "hello"));
	ck_assert_uint_eq(tree_count(tree.out), 4);
}
END_TEST

START_TEST(more_files_than_the_limit_are_refused)
{
	enum { COUNT = AN_DIRECTORY_FILES_MAX + 1, DIGITS = 8 };
	static char names[COUNT][DIGITS];
	struct an_directory_plan plan;
	archive.entries = an_calloc(COUNT, sizeof(archive.entries[0]));
	ck_assert_ptr_nonnull(archive.entries);
	for (archive.count = 0; archive.count < COUNT; archive.count++) {
		const int size = snprintf(names[archive.count], DIGITS, "%07zu", archive.count);
		archive.entries[archive.count].path = an_span(names[archive.count], (size_t)size);
	}
	ck_assert_int_eq(an_directory_plan_make(&plan, &archive), AUTONOMI_E_TOO_LARGE);
	an_directory_plan_done(&plan);
	archive.count--;
	ck_assert_int_eq(an_directory_plan_make(&plan, &archive), AUTONOMI_OK);
	ck_assert_uint_eq(plan.count, AN_DIRECTORY_FILES_MAX);
	ck_assert_str_eq(plan.targets[4711].path, "0004711");
	an_directory_plan_done(&plan);
}
END_TEST

/* ---- What is at the destination. */
static void make_file_at(const char *name, const char *text)
{
	tree_run("mkdir -p $(dirname '%s/%s') && printf %%s '%s' > '%s/%s'", tree.out, name, text,
	         tree.out, name);
}

START_TEST(a_destination_that_is_missing_is_made_but_not_what_leads_to_it)
{
	list("x", hello);
	ck_assert_int_eq(fetch(false), AUTONOMI_OK);
	struct stat info;
	ck_assert_int_eq(stat(tree.out, &info), 0);
	ck_assert_uint_eq(info.st_mode & 0777, 0700);
	char *end = tree.out + strlen(tree.out);
	snprintf(end, 8, "/no/way");
	ck_assert_int_eq(tree_download(&tree, false), AUTONOMI_E_NO_FILE);
	assert_says("/no' is no directory");
	*end = '\0';
}
END_TEST

START_TEST(a_destination_that_is_a_file_is_in_the_way)
{
	list("x", hello);
	tree_run("printf mine > %s", tree.out);
	ck_assert_int_eq(fetch(true), AUTONOMI_E_EXISTS);
	assert_says("is no directory");
}
END_TEST

START_TEST(a_destination_that_is_a_link_to_a_directory_was_the_hosts_choice)
{
	list("a/x", hello);
	tree_run("mkdir %s/elsewhere && ln -s elsewhere %s", tree.scene.folder, tree.out);
	ck_assert_int_eq(fetch(false), AUTONOMI_OK);
	ck_assert(tree_holds(tree.out, "a/x", "hello"));
}
END_TEST

START_TEST(another_file_is_not_touched_and_nothing_is_fetched)
{
	list("a/x", hello);
	list("a/y", world);
	make_file_at("a/y", "mine own");
	const size_t before = everything();
	ck_assert_int_eq(fetch(false), AUTONOMI_E_EXISTS);
	assert_says("a/y' exists already");
	ck_assert(tree_holds(tree.out, "a/y", "mine own"));
	ck_assert_uint_eq(everything(), before);
}
END_TEST

START_TEST(another_file_of_the_same_size_is_not_touched_either)
{
	list("a/x", hello);
	make_file_at("a/x", "HELLO");
	ck_assert_int_eq(fetch(false), AUTONOMI_E_EXISTS);
	assert_says("a/x' exists already");
	ck_assert(tree_holds(tree.out, "a/x", "HELLO"));
}
END_TEST

START_TEST(a_file_is_replaced_where_that_is_asked)
{
	list("a/x", hello);
	list("a/y", world);
	make_file_at("a/x", _i == 0 ? "HELLO" : "something longer");
	ck_assert_int_eq(fetch(true), AUTONOMI_OK);
	ck_assert(tree_holds(tree.out, "a/x", "hello"));
	ck_assert(tree_holds(tree.out, "a/y", "world"));
	ck_assert_uint_eq(tree_count(tree.out), 4);
}
END_TEST

START_TEST(a_directory_at_the_place_of_a_file_is_never_replaced)
{
	list("a/x", hello);
	tree_run("mkdir -p %s/a/x", tree.out);
	ck_assert_int_eq(fetch(_i), AUTONOMI_E_EXISTS);
	ck_assert_uint_eq(tree_count(tree.out), 3);
}
END_TEST

START_TEST(a_file_at_the_place_of_a_directory_is_never_replaced)
{
	list("a/x", hello);
	make_file_at("a", "mine");
	ck_assert_int_eq(fetch(_i), AUTONOMI_E_EXISTS);
	ck_assert(tree_holds(tree.out, "a", "mine"));
}
END_TEST

START_TEST(a_download_that_was_interrupted_goes_on)
{
	struct scene *scene = &tree.scene;
	tree_fill(&tree);
	ck_assert_int_eq(tree_upload(&tree, (struct an_client_directory_put){.has_archive = true}),
	                 AUTONOMI_OK);
	tree_begin_download(&tree, false);
	while (scene->outcome.progress_done < 25000)
		ck_assert(network_step(&scene->network, scene->client));
	scene_restart_client(scene);
	network_reset_counts(&scene->network);
	ck_assert_int_eq(tree_download(&tree, false), AUTONOMI_OK);
	ck_assert(tree_came_back(&tree));
	const size_t gets = scene->network.gets;
	ck_assert_int_eq(tree_download(&tree, false), AUTONOMI_OK);
	ck_assert(tree_came_back(&tree));
	ck_assert_uint_eq(scene->outcome.progress_done, scene->outcome.progress_total);
	ck_assert_uint_lt(scene->network.gets - gets, gets);
}
END_TEST

/* ---- Symbolic links at the destination. */
static void link_at(const char *name)
{
	tree_run("mkdir -p %s/elsewhere $(dirname %s/%s) && ln -s %s/elsewhere %s/%s",
	         tree.scene.folder, tree.out, name, tree.scene.folder, tree.out, name);
}

static size_t elsewhere(void)
{
	char path[TREE_PATH_MAX];
	snprintf(path, sizeof(path), "%s/elsewhere", tree.scene.folder);
	return tree_count(path);
}

static const char *const links[] = {"a", "a/b", "a/b/c"};

START_TEST(nothing_is_written_through_a_link_in_place_of_a_directory)
{
	list("a/b/c/x", hello);
	list("good", world);
	link_at(links[_i % 3]);
	ck_assert_int_eq(fetch(_i >= 3), AUTONOMI_E_EXISTS);
	assert_says("symbolic link");
	ck_assert_uint_eq(elsewhere(), 1);
	ck_assert(!tree_holds(tree.out, "good", "world"));
}
END_TEST

START_TEST(nothing_is_written_through_a_link_in_place_of_a_file)
{
	list("a/x", hello);
	tree_run("mkdir -p %s/a %s/elsewhere && printf mine > %s/elsewhere/f && "
	         "ln -s ../../elsewhere/f %s/a/x",
	         tree.out, tree.scene.folder, tree.scene.folder, tree.out);
	ck_assert_int_eq(fetch(_i), _i == 1 ? AUTONOMI_OK : AUTONOMI_E_EXISTS);
	char path[TREE_PATH_MAX];
	snprintf(path, sizeof(path), "%s/elsewhere", tree.scene.folder);
	ck_assert(tree_holds(path, "f", "mine"));
	ck_assert(tree_holds(tree.out, "a/x", _i == 1 ? "hello" : "mine"));
	ck_assert_uint_eq(elsewhere(), 2);
}
END_TEST

START_TEST(nothing_is_written_through_a_link_in_place_of_a_part)
{
	list("a/x", hello);
	link_at("a/x.part");
	tree_run("rm -r %s/elsewhere", tree.scene.folder);
	ck_assert_int_eq(fetch(_i), AUTONOMI_E_EXISTS);
	ck_assert_uint_eq(elsewhere(), 0);
}
END_TEST

/* Somebody puts a link where a directory was to be made, just then. */
static an_status make_link_instead(void *context, const char *path)
{
	(void)context;
	tree_run("mkdir -p %s/elsewhere && ln -s %s/elsewhere %s", tree.scene.folder,
	         tree.scene.folder, path);
	return AUTONOMI_OK;
}

START_TEST(a_link_that_appears_while_directories_are_made_is_not_followed)
{
	list("a/b/x", hello);
	tree_run("mkdir %s", tree.out);
	tree.scene.sys.path_make_directory = make_link_instead;
	tree.scene.journals[0] = '\0';
	ck_assert_int_eq(fetch(false), AUTONOMI_E_EXISTS);
	assert_says("symbolic link");
	ck_assert_uint_eq(elsewhere(), 1);
}
END_TEST

/* ---- A disk to which "A" and "a" are one file. */
static char folded[2 * TREE_PATH_MAX];

static const char *fold(const char *path)
{
	const size_t keep = strlen(tree.out);
	snprintf(folded, sizeof(folded), "%s", path);
	if (strncmp(path, tree.out, keep) == 0)
		for (size_t i = keep; folded[i] != '\0'; i++)
			folded[i] = (char)tolower((unsigned char)folded[i]);
	return folded;
}

static an_status fold_open(void *context, const char *path, enum an_file_mode mode,
                           struct an_file **ret_file)
{
	return an_sys_machine()->file_open(context, fold(path), mode, ret_file);
}

static an_status fold_info(void *context, const char *path, struct an_file_info *ret_info)
{
	return an_sys_machine()->path_info(context, fold(path), ret_info);
}

static an_status fold_link_info(void *context, const char *path, struct an_file_info *ret_info)
{
	return an_sys_machine()->path_link_info(context, fold(path), ret_info);
}

static an_status fold_rename(void *context, const char *from, const char *to)
{
	char source[2 * TREE_PATH_MAX];
	snprintf(source, sizeof(source), "%s", fold(from));
	return an_sys_machine()->path_rename(context, source, fold(to));
}

static an_status fold_make(void *context, const char *path)
{
	return an_sys_machine()->path_make_directory(context, fold(path));
}

static an_status fold_sync(void *context, const char *path)
{
	return an_sys_machine()->path_sync(context, fold(path));
}

START_TEST(two_paths_that_are_one_file_on_this_disk_do_not_replace_each_other)
{
	struct an_sys *sys = &tree.scene.sys;
	list("Dir/File", hello);
	list("dir/file", world);
	sys->file_open = fold_open;
	sys->path_info = fold_info;
	sys->path_link_info = fold_link_info;
	sys->path_rename = fold_rename;
	sys->path_make_directory = fold_make;
	sys->path_sync = fold_sync;
	const an_status status = fetch(_i);
	ck_assert(status == AUTONOMI_E_EXISTS || status == AUTONOMI_E_IN_USE);
	ck_assert(!tree_holds(tree.out, "dir/file", "world"));
}
END_TEST

/* ---- Archives that are none. */
START_TEST(a_file_is_no_archive)
{
	tree_put(&tree, an_span_text("just some text"), _i == 0);
	ck_assert_int_eq(tree_download(&tree, false), AUTONOMI_E_CORRUPT);
	assert_says("no such archive");
	ck_assert_uint_eq(tree_count(tree.out), 0);
}
END_TEST

START_TEST(an_archive_of_either_kind_is_read_whichever_way_it_was_stored)
{
	struct an_buffer bytes;
	list("x", hello);
	an_buffer_init(&bytes, 1 << 20);
	ck_assert_int_eq(an_archive_encode(&archive, &bytes), AUTONOMI_OK);
	tree_put(&tree, an_buffer_span(&bytes), false);
	an_buffer_done(&bytes);
	ck_assert_int_eq(tree_download(&tree, false), AUTONOMI_OK);
	ck_assert(tree_holds(tree.out, "x", "hello"));
	tree_add(&tree, "private", 1000, 3);
	ck_assert_int_eq(tree_upload(&tree, (struct an_client_directory_put){.path = NULL}),
	                 AUTONOMI_OK);
	struct an_blob *list = an_blob_ref(tree.scene.outcome.content);
	tree_put(&tree, an_blob_span(list), true);
	an_blob_unref(list);
	ck_assert_int_eq(tree_download(&tree, false), AUTONOMI_OK);
	char path[TREE_PATH_MAX + 16];
	snprintf(path, sizeof(path), "%s/tree/private", tree.out);
	ck_assert(scene_exists(path));
}
END_TEST

START_TEST(a_private_file_without_a_data_map_is_named)
{
	archive.kind = AN_ARCHIVE_PRIVATE;
	struct an_archive_entry entry = {.path = an_span_text("x"),
	                                 .data_map = an_span(hello, _i == 0 ? 0 : 31)};
	ck_assert_int_eq(an_archive_add(&archive, &entry), AUTONOMI_OK);
	ck_assert_int_eq(fetch(false), AUTONOMI_E_CORRUPT);
	assert_says("no data map for 'x'");
}
END_TEST

START_TEST(a_file_that_is_gone_is_named)
{
	static const uint8_t nowhere[32] = {7};
	list("a/gone", nowhere);
	list("b", hello);
	ck_assert_int_eq(fetch(false), AUTONOMI_E_NOT_FOUND);
	assert_says("'a/gone'");
}
END_TEST

START_TEST(sizes_that_an_archive_claims_are_believed_by_nobody)
{
	struct an_archive_entry entry = {.path = an_span_text("x"), .size = UINT64_MAX};
	memcpy(entry.address, hello, 32);
	ck_assert_int_eq(an_archive_add(&archive, &entry), AUTONOMI_OK);
	entry.path = an_span_text("y");
	ck_assert_int_eq(an_archive_add(&archive, &entry), AUTONOMI_OK);
	ck_assert_int_eq(fetch(false), AUTONOMI_OK);
	ck_assert_uint_eq(tree.scene.outcome.result.size, 10);
	ck_assert(tree_holds(tree.out, "y", "hello"));
}
END_TEST

/* ---- Archives alone. */
static an_status get_archive(enum an_archive_kind kind, size_t size_max)
{
	struct outcome *outcome = &tree.scene.outcome;
	outcome_release(outcome);
	ck_assert_int_eq(an_client_archive_get(tree.scene.client, kind, scene_source(&tree.scene),
	                                       size_max, outcome_done, outcome, &outcome->id),
	                 AUTONOMI_OK);
	return scene_run(&tree.scene);
}

START_TEST(an_archive_alone_is_fetched_and_checked)
{
	struct an_buffer bytes;
	list("x", hello);
	list("y/z", world);
	tree_put_archive(&tree, &archive);
	an_buffer_init(&bytes, 1 << 20);
	ck_assert_int_eq(an_archive_encode(&archive, &bytes), AUTONOMI_OK);
	ck_assert_int_eq(get_archive(AN_ARCHIVE_PUBLIC, bytes.size), AUTONOMI_OK);
	ck_assert_uint_eq(tree.scene.outcome.result.files, 2);
	ck_assert(an_span_equal(tree.scene.outcome.result.bytes, an_buffer_span(&bytes)));
	ck_assert_int_eq(get_archive(AN_ARCHIVE_PUBLIC, bytes.size - 1), AUTONOMI_E_TOO_LARGE);
	ck_assert_int_eq(get_archive(AN_ARCHIVE_PRIVATE, bytes.size), AUTONOMI_E_CORRUPT);
	an_buffer_done(&bytes);
	tree_add(&tree, "private", 1000, 3);
	ck_assert_int_eq(tree_upload(&tree, (struct an_client_directory_put){.has_archive = true}),
	                 AUTONOMI_OK);
	ck_assert_int_eq(get_archive(AN_ARCHIVE_PRIVATE, 10000), AUTONOMI_OK);
	ck_assert_uint_eq(tree.scene.outcome.result.files, 1);
	ck_assert_int_eq(get_archive(AN_ARCHIVE_PUBLIC, 10000), AUTONOMI_E_CORRUPT);
	tree_put(&tree, an_span("\x81\xa2V0\x81\xa3map\x80", 10), true);
	ck_assert_int_eq(get_archive(AN_ARCHIVE_PRIVATE, 10000), AUTONOMI_OK);
	ck_assert_int_eq(get_archive(AN_ARCHIVE_PUBLIC, 10000), AUTONOMI_OK);
	ck_assert_uint_eq(tree.scene.outcome.result.files, 0);
}
END_TEST

/* ---- Disks that fail. */
static an_status denied(void *context, const char *path)
{
	(void)context;
	(void)path;
	return AUTONOMI_E_PERMISSION;
}

static an_status io_error(void *context, const char *path, struct an_file_info *ret_info)
{
	if (strncmp(path, tree.out, strlen(tree.out)) == 0)
		return AUTONOMI_E_IO;
	return an_sys_machine()->path_info(context, path, ret_info);
}

static an_status io_error_below(void *context, const char *path, struct an_file_info *ret_info)
{
	if (strncmp(path, tree.out, strlen(tree.out)) == 0 && strstr(path, "/a/x") != NULL)
		return AUTONOMI_E_IO;
	return an_sys_machine()->path_link_info(context, path, ret_info);
}

START_TEST(a_disk_that_fails_is_told_with_the_path)
{
	struct an_sys *sys = &tree.scene.sys;
	list("a/x", hello);
	if (_i == 0)
		sys->path_make_directory = denied;
	else if (_i == 1)
		sys->path_sync = denied;
	else if (_i == 2)
		sys->path_info = io_error;
	else
		sys->path_link_info = io_error_below;
	if (_i == 3)
		tree_run("mkdir -p %s/a", tree.out);
	const an_status status = fetch(false);
	ck_assert_int_eq(status, _i < 2 ? AUTONOMI_E_PERMISSION : AUTONOMI_E_IO);
	assert_says(tree.out);
}
END_TEST

static void add_tests_of_destinations(Suite *s)
{
	TCase *there = tcase_create("destination");
	tcase_add_checked_fixture(there, setup, teardown);
	tcase_add_test(there, a_destination_that_is_missing_is_made_but_not_what_leads_to_it);
	tcase_add_test(there, a_destination_that_is_a_file_is_in_the_way);
	tcase_add_test(there, a_destination_that_is_a_link_to_a_directory_was_the_hosts_choice);
	tcase_add_test(there, another_file_is_not_touched_and_nothing_is_fetched);
	tcase_add_test(there, another_file_of_the_same_size_is_not_touched_either);
	tcase_add_loop_test(there, a_file_is_replaced_where_that_is_asked, 0, 2);
	tcase_add_loop_test(there, a_directory_at_the_place_of_a_file_is_never_replaced, 0, 2);
	tcase_add_loop_test(there, a_file_at_the_place_of_a_directory_is_never_replaced, 0, 2);
	tcase_add_test(there, a_download_that_was_interrupted_goes_on);
	tcase_add_loop_test(there, nothing_is_written_through_a_link_in_place_of_a_directory, 0, 6);
	tcase_add_loop_test(there, nothing_is_written_through_a_link_in_place_of_a_file, 0, 2);
	tcase_add_loop_test(there, nothing_is_written_through_a_link_in_place_of_a_part, 0, 2);
	tcase_add_test(there, a_link_that_appears_while_directories_are_made_is_not_followed);
	tcase_add_loop_test(there,
	                    two_paths_that_are_one_file_on_this_disk_do_not_replace_each_other, 0,
	                    2);
	tcase_add_loop_test(there, a_disk_that_fails_is_told_with_the_path, 0, 4);
	suite_add_tcase(s, there);
}

Suite *suite(void)
{
	Suite *s = suite_create("client/directory_places");
	TCase *paths = tcase_create("paths");
	tcase_add_checked_fixture(paths, setup, teardown);
	tcase_add_loop_test(paths, an_archive_with_such_a_path_is_refused_as_a_whole, 0, BAD_PATHS);
	tcase_add_test(paths, a_path_longer_than_any_is_refused);
	tcase_add_test(paths, what_a_path_would_do_to_a_terminal_is_not_shown);
	tcase_add_loop_test(paths, an_archive_with_two_files_at_one_place_is_refused_as_a_whole, 0,
	                    PAIRS);
	tcase_add_test(paths, of_one_path_that_comes_twice_the_last_is_fetched);
	tcase_add_test(paths, odd_paths_that_stay_inside_are_taken);
	tcase_add_test(paths, a_file_may_have_the_name_of_the_part_of_another);
	tcase_add_test(paths, more_files_than_the_limit_are_refused);
	suite_add_tcase(s, paths);
	add_tests_of_destinations(s);
	TCase *archives = tcase_create("archives");
	tcase_add_checked_fixture(archives, setup, teardown);
	tcase_add_loop_test(archives, a_file_is_no_archive, 0, 2);
	tcase_add_test(archives, an_archive_of_either_kind_is_read_whichever_way_it_was_stored);
	tcase_add_loop_test(archives, a_private_file_without_a_data_map_is_named, 0, 2);
	tcase_add_test(archives, a_file_that_is_gone_is_named);
	tcase_add_test(archives, sizes_that_an_archive_claims_are_believed_by_nobody);
	tcase_add_test(archives, an_archive_alone_is_fetched_and_checked);
	suite_add_tcase(s, archives);
	return s;
}
