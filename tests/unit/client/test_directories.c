/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Directories into the network and back. */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/directory_walk.h"
#include "client/internal.h"
#include "harness.h"
#include "tree.h"

static struct tree tree;
static const struct an_client_directory_put as_public = {.is_public = true, .has_archive = true};
static const struct an_client_directory_put as_private = {.has_archive = true};
static const struct an_client_directory_put skipping = {.has_archive = true, .skips = true};

static void setup(void)
{
	tree_open(&tree, 5);
}

static void teardown(void)
{
	tree_close(&tree);
}

static const struct an_client_result *result(void)
{
	return &tree.scene.outcome.result;
}

static void assert_says(const char *part)
{
	ck_assert_msg(strstr(result()->message, part) != NULL, "\"%s\"", result()->message);
}

/* ---- There and back. */
START_TEST(a_directory_comes_back)
{
	tree_fill(&tree);
	ck_assert_int_eq(tree_upload(&tree, _i == 0 ? as_public : as_private), AUTONOMI_OK);
	ck_assert_uint_eq(result()->files, 8);
	ck_assert_uint_eq(result()->skipped, 0);
	ck_assert_uint_eq(result()->size, 3 + 5000 + 1000 + 2999 + 17 + 30000 + 100 + 5000);
	ck_assert_uint_eq(tree.scene.outcome.progress_done, result()->size);
	ck_assert_uint_eq(result()->copies[5], result()->chunks);
	ck_assert_int_eq(tree.scene.outcome.content == NULL, _i == 0);
	ck_assert_uint_eq(scene_count_journals(&tree.scene), 0);
	const uint64_t size = result()->size;
	ck_assert_int_eq(tree_download(&tree, false), AUTONOMI_OK);
	ck_assert_uint_eq(result()->files, 8);
	ck_assert_uint_eq(result()->size, size);
	ck_assert_uint_eq(tree.scene.outcome.progress_done, size);
	ck_assert_uint_eq(tree.scene.outcome.progress_total, size);
	ck_assert(tree_came_back(&tree));
}
END_TEST

START_TEST(slashes_at_the_end_of_the_path_say_nothing)
{
	char path[TREE_PATH_MAX + 8];
	tree_fill(&tree);
	snprintf(path, sizeof(path), "%s//", tree.path);
	struct an_client_directory_put put = as_public;
	put.path = path;
	ck_assert_int_eq(tree_upload(&tree, put), AUTONOMI_OK);
	ck_assert_int_eq(tree_download(&tree, false), AUTONOMI_OK);
	ck_assert(tree_came_back(&tree));
}
END_TEST

START_TEST(a_directory_without_files_is_an_empty_archive)
{
	tree_run("mkdir %s/empty", tree.path);
	ck_assert_int_eq(tree_upload(&tree, as_public), AUTONOMI_OK);
	ck_assert_uint_eq(result()->files, 0);
	ck_assert_int_eq(tree_download(&tree, false), AUTONOMI_OK);
	ck_assert_uint_eq(tree_count(tree.out), 1);
}
END_TEST

/* The archive that Autonomi's client makes of these files: its bytes are compared with vectors where
 * archives are tested. */
static void add_expected(struct an_archive *archive, const char *name, const char *text,
                         uint8_t address[32])
{
	struct an_archive_entry entry = {.path = an_span_text(name), .size = strlen(text)};
	char path[2 * TREE_PATH_MAX];
	struct an_file_info info;
	tree_store_content(&tree, text, address);
	memcpy(entry.address, address, 32);
	snprintf(path, sizeof(path), "%s/%s", tree.scene.folder, name);
	ck_assert_int_eq(tree.scene.sys.path_link_info(tree.scene.sys.context, path, &info),
	                 AUTONOMI_OK);
	entry.created = info.created_us / 1000000;
	entry.modified = info.modified_us / 1000000;
	ck_assert_int_eq(an_archive_add(archive, &entry), AUTONOMI_OK);
}

START_TEST(the_archive_has_the_address_of_these_entries)
{
	struct an_archive archive;
	uint8_t address[32];
	an_archive_init(&archive, AN_ARCHIVE_PUBLIC);
	tree_run("cd %s && mkdir sub && printf hello > sub/x && printf world! > sub.y", tree.path);
	add_expected(&archive, "tree/sub/x", "hello", address);
	add_expected(&archive, "tree/sub.y", "world!", address);
	tree_put_archive(&tree, &archive);
	an_archive_done(&archive);
	memcpy(address, tree.scene.source, sizeof(address));
	ck_assert_int_eq(tree_upload(&tree, as_public), AUTONOMI_OK);
	ck_assert_mem_eq(result()->address, address, sizeof(address));
}
END_TEST

START_TEST(without_an_archive_the_list_is_given_back_and_not_stored)
{
	struct an_archive archive;
	struct an_buffer scratch;
	struct an_client_directory_put put = _i == 0 ? as_public : as_private;
	tree_fill(&tree);
	put.has_archive = false;
	ck_assert_int_eq(tree_upload(&tree, put), AUTONOMI_OK);
	const size_t records = network_record_count(&tree.scene.network);
	an_buffer_init(&scratch, 1 << 20);
	ck_assert_int_eq(an_archive_decode(result()->bytes,
	                                   _i == 0 ? AN_ARCHIVE_PUBLIC : AN_ARCHIVE_PRIVATE,
	                                   &scratch, &archive),
	                 AUTONOMI_OK);
	ck_assert_uint_eq(archive.count, 8);
	const struct an_archive_entry *entry = an_archive_find(&archive, an_span_text("tree/b"));
	ck_assert_ptr_nonnull(entry);
	ck_assert_uint_eq(entry->size, 5000);
	const struct an_span source = _i == 0 ? an_span(entry->address, 32) : entry->data_map;
	ck_assert_uint_le(source.size, sizeof(tree.scene.source));
	memcpy(tree.scene.source, source.data, source.size);
	tree.scene.source_size = source.size;
	an_archive_done(&archive);
	an_buffer_done(&scratch);
	ck_assert_int_eq(scene_download(&tree.scene, scene_source(&tree.scene)), AUTONOMI_OK);
	ck_assert_uint_eq(result()->size, 5000);
	ck_assert_int_eq(tree_upload(&tree, _i == 0 ? as_public : as_private), AUTONOMI_OK);
	ck_assert_uint_gt(network_record_count(&tree.scene.network), records);
}
END_TEST

START_TEST(many_files_need_few_open_at_once_and_little_memory)
{
	enum { FILES = 600 };
	char name[64];
	for (int i = 0; i < FILES; i++) {
		snprintf(name, sizeof(name), "%d/%d", i % 7, i);
		tree_add(&tree, name, 3 + (size_t)(i % 5) * 700, 1);
	}
	ck_assert_int_eq(tree_upload(&tree, as_public), AUTONOMI_OK);
	ck_assert_uint_eq(result()->files, FILES);
	ck_assert_int_eq(tree_download(&tree, false), AUTONOMI_OK);
	ck_assert_uint_eq(result()->files, FILES);
	ck_assert(tree_came_back(&tree));
}
END_TEST

static size_t files_open, files_open_max;

static an_status counting_open(void *context, const char *path, enum an_file_mode mode,
                               struct an_file **ret_file)
{
	const an_status status = an_sys_machine()->file_open(context, path, mode, ret_file);
	files_open += status == AUTONOMI_OK;
	files_open_max = files_open > files_open_max ? files_open : files_open_max;
	return status;
}

static void counting_close(void *context, struct an_file *file)
{
	files_open -= file != NULL;
	an_sys_machine()->file_close(context, file);
}

static void run_and_watch_memory(size_t memory_max)
{
	struct scene *scene = &tree.scene;
	while (scene->outcome.calls == 0) {
		ck_assert(network_step(&scene->network, scene->client));
		ck_assert_uint_le(scene->client->memory_used, memory_max);
	}
	ck_assert_int_eq(result()->status, AUTONOMI_OK);
}

START_TEST(limits_of_memory_and_open_files_hold_for_all_files_together)
{
	char name[64];
	for (int i = 0; i < 60; i++) {
		snprintf(name, sizeof(name), "%d", i);
		tree_add(&tree, name, 3 + (size_t)i * 211, (uint8_t)i);
	}
	tree.scene.sys.file_open = counting_open;
	tree.scene.sys.file_close = counting_close;
	tree.scene.network.job_delay = AN_MS(5);
	files_open = files_open_max = 0;
	tree_begin_upload(&tree, as_public);
	run_and_watch_memory(2 * 20000);
	scene_note_source(&tree.scene);
	ck_assert_uint_le(files_open_max, 17);
	ck_assert_uint_ge(files_open_max, 4);
	files_open_max = 0;
	tree_begin_download(&tree, false);
	run_and_watch_memory(20000 + 4000);
	ck_assert_uint_le(files_open_max, 16);
	ck_assert_uint_ge(files_open_max, 4);
	ck_assert_uint_eq(files_open, 0);
	ck_assert(tree_came_back(&tree));
}
END_TEST

/* ---- What cannot be stored. */
static void assert_refused(an_status status, const char *part)
{
	tree_add(&tree, "good", 1000, 1);
	ck_assert_int_eq(tree_upload(&tree, as_public), status);
	assert_says(part);
	ck_assert_uint_eq(tree.scene.network.puts, 0);
	ck_assert_uint_eq(scene_count_journals(&tree.scene), 0);
	ck_assert_int_eq(tree_upload(&tree, skipping), AUTONOMI_OK);
	ck_assert_uint_eq(result()->files, 1);
	ck_assert_uint_eq(result()->skipped, 1);
	ck_assert_int_eq(tree_download(&tree, false), AUTONOMI_OK);
	ck_assert_uint_eq(tree_count(tree.out), 3);
}

START_TEST(a_file_too_small_is_named_before_anything_is_stored)
{
	tree_add(&tree, "sub/tiny", (size_t)_i, 1);
	assert_refused(AUTONOMI_E_TOO_SMALL, "tree/sub/tiny");
}
END_TEST

START_TEST(a_symbolic_link_is_named_before_anything_is_stored)
{
	tree_run("ln -s %s %s/link", _i == 0 ? "/etc/passwd" : "..", tree.path);
	assert_refused(AUTONOMI_E_UNSUPPORTED, "'tree/link' is a symbolic link");
}
END_TEST

START_TEST(a_pipe_is_named_before_anything_is_stored)
{
	tree_run("mkfifo %s/pipe", tree.path);
	assert_refused(AUTONOMI_E_UNSUPPORTED, "tree/pipe");
}
END_TEST

START_TEST(journals_of_uploads_are_left_out)
{
	tree_add(&tree, "upload-0123456789abcdef0123456789abcdef.journal", 40, 1);
	tree_add(&tree, "upload-0123456789abcdef.journal", 40, 1);
	ck_assert_int_eq(tree_upload(&tree, as_public), AUTONOMI_OK);
	ck_assert_uint_eq(result()->files, 1);
	ck_assert_uint_eq(result()->skipped, 1);
}
END_TEST

START_TEST(a_name_that_is_no_utf8_is_told_before_anything_is_stored)
{
	tree_add(&tree,
	         "b\xff"
	         "d",
	         1000, 1);
	assert_refused(AUTONOMI_E_UNSUPPORTED, "not UTF-8");
}
END_TEST

START_TEST(a_directory_that_is_not_there_is_named)
{
	struct an_client_directory_put put = as_public;
	put.path = "/nowhere/at-all";
	ck_assert_int_eq(tree_upload(&tree, put), AUTONOMI_E_NO_FILE);
	assert_says("/nowhere/at-all");
}
END_TEST

START_TEST(a_path_without_a_name_is_refused)
{
	static const char *const paths[] = {".", "..", "/", "a/..", "/.", "b\xff"};
	struct an_client_directory_put put = as_public;
	put.path = paths[_i];
	ck_assert_int_eq(tree_upload(&tree, put), AUTONOMI_E_INVALID);
	assert_says("name of a directory");
}
END_TEST

START_TEST(a_file_that_changed_since_it_was_found_is_an_error)
{
	tree_fill(&tree);
	tree_begin_upload(&tree, as_public);
	ck_assert(network_step(&tree.scene.network, tree.scene.client));
	ck_assert(network_step(&tree.scene.network, tree.scene.client));
	for (int i = 0; i < 8; i++)
		tree_run("printf x >> '%s/deep/er/and deeper/file'", tree.path);
	ck_assert_int_eq(scene_run(&tree.scene), AUTONOMI_E_CORRUPT);
	assert_says("changed");
}
END_TEST

START_TEST(a_chunk_that_nobody_takes_ends_the_whole)
{
	tree_fill(&tree);
	for (size_t i = 0; i < 25; i++)
		tree.scene.network.peers[i].behaviour = FULL;
	ck_assert_int_eq(tree_upload(&tree, as_private), AUTONOMI_E_QUORUM);
	assert_says("MaxRecords");
}
END_TEST

/* ---- Disks. */
static const char *failing_name;

static an_status link_info_fails(void *context, const char *path, struct an_file_info *ret_info)
{
	if (strstr(path, failing_name) != NULL)
		return AUTONOMI_E_IO;
	return an_sys_machine()->path_link_info(context, path, ret_info);
}

static an_status list_fails(void *context, const char *directory,
                            bool (*visit)(void *visitor, const char *name), void *visitor)
{
	if (strstr(directory, failing_name) != NULL)
		return AUTONOMI_E_PERMISSION;
	return an_sys_machine()->path_list(context, directory, visit, visitor);
}

static an_status vanishes(void *context, const char *path, struct an_file_info *ret_info)
{
	const an_status status = an_sys_machine()->path_link_info(context, path, ret_info);
	if (strstr(path, failing_name) != NULL)
		ret_info->kind = AN_FILE_NONE;
	return status;
}

START_TEST(a_directory_that_cannot_be_read_is_named)
{
	tree_fill(&tree);
	failing_name = "deep/er";
	tree.scene.sys.path_list = list_fails;
	ck_assert_int_eq(tree_upload(&tree, skipping), AUTONOMI_E_PERMISSION);
	assert_says("deep/er");
	ck_assert_uint_eq(tree.scene.network.puts, 0);
}
END_TEST

static an_status open_fails(void *context, const char *path, enum an_file_mode mode,
                            struct an_file **ret_file)
{
	if (strstr(path, failing_name) != NULL)
		return AUTONOMI_E_PERMISSION;
	return an_sys_machine()->file_open(context, path, mode, ret_file);
}

START_TEST(a_file_that_cannot_be_read_is_named)
{
	tree_fill(&tree);
	failing_name = "deep/er";
	tree.scene.sys.file_open = open_fails;
	ck_assert_int_eq(tree_upload(&tree, skipping), AUTONOMI_E_PERMISSION);
	assert_says("deep/er/and deeper/file' could not be opened");
}
END_TEST

START_TEST(a_file_that_cannot_be_looked_at_is_named)
{
	tree_fill(&tree);
	failing_name = "b.more";
	tree.scene.sys.path_link_info = link_info_fails;
	ck_assert_int_eq(tree_upload(&tree, as_public), AUTONOMI_E_IO);
	assert_says("b.more");
}
END_TEST

START_TEST(a_file_that_vanishes_while_files_are_found_was_none)
{
	tree_fill(&tree);
	failing_name = "b.more";
	tree.scene.sys.path_link_info = vanishes;
	ck_assert_int_eq(tree_upload(&tree, as_public), AUTONOMI_OK);
	ck_assert_uint_eq(result()->files, 7);
}
END_TEST

/* ---- More than there may be. */
static struct an_file_info false_info;
enum { DIGITS = 24 };
static char long_name[300];
static size_t false_names;

static an_status false_link_info(void *context, const char *path, struct an_file_info *ret_info)
{
	(void)context;
	(void)path;
	*ret_info = false_info;
	return AUTONOMI_OK;
}

static an_status false_list(void *context, const char *directory,
                            bool (*visit)(void *visitor, const char *name), void *visitor)
{
	(void)context;
	(void)directory;
	for (size_t i = 0; i < false_names; i++) {
		snprintf(long_name + sizeof(long_name) - DIGITS, DIGITS, "%zu", i);
		if (!visit(visitor, long_name))
			break;
	}
	return AUTONOMI_OK;
}

static void be_told(size_t names, size_t name_size, enum an_file_kind kind)
{
	false_names = names;
	false_info = (struct an_file_info){.kind = kind, .size = 1000};
	memset(long_name, 'n', sizeof(long_name));
	memmove(long_name, long_name + sizeof(long_name) - name_size, name_size);
	tree.scene.sys.path_link_info = false_link_info;
	tree.scene.sys.path_list = false_list;
}

START_TEST(more_files_than_the_limit_are_refused)
{
	be_told(AN_DIRECTORY_FILES_MAX + 1, sizeof(long_name), AN_FILE_REGULAR);
	ck_assert_int_eq(tree_upload(&tree, as_public), AUTONOMI_E_TOO_LARGE);
	assert_says("upload its parts");
	ck_assert_uint_eq(tree.scene.network.puts, 0);
}
END_TEST

START_TEST(directories_without_end_are_refused)
{
	be_told(1, sizeof(long_name), AN_FILE_DIRECTORY);
	ck_assert_int_eq(tree_upload(&tree, as_public), AUTONOMI_E_TOO_LARGE);
	assert_says("longer than 4095 bytes");
}
END_TEST

START_TEST(a_list_too_long_to_be_given_back_is_refused_before_anything_is_stored)
{
	struct an_client_directory_put put = as_private;
	put.has_archive = false;
	be_told(40000, sizeof(long_name), AN_FILE_REGULAR);
	ck_assert_int_eq(tree_upload(&tree, put), AUTONOMI_E_TOO_LARGE);
	assert_says("store the archive too");
	ck_assert_uint_eq(tree.scene.network.puts, 0);
}
END_TEST

/* ---- Interruptions. */
START_TEST(a_resumed_upload_asks_for_what_is_there_and_sends_the_rest)
{
	struct scene *scene = &tree.scene;
	tree_fill(&tree);
	tree_begin_upload(&tree, as_private);
	while (network_record_count(&scene->network) < 30)
		ck_assert(network_step(&scene->network, scene->client));
	for (int i = 0; i < 100 && scene->outcome.calls == 0; i++)
		ck_assert(network_step(&scene->network, scene->client));
	ck_assert_uint_eq(scene->outcome.calls, 0);
	scene_restart_client(scene);
	ck_assert_uint_eq(scene_count_journals(scene), 1);
	const size_t before = network_record_count(&scene->network);
	network_reset_counts(&scene->network);
	ck_assert_int_eq(tree_upload(&tree, as_private), AUTONOMI_OK);
	ck_assert_uint_ge(scene->network.proofs, 5 * 25);
	ck_assert_uint_lt(scene->network.puts, 5 * (result()->chunks - before + 15));
	ck_assert_uint_eq(scene_count_journals(scene), 0);
	ck_assert_int_eq(tree_download(&tree, false), AUTONOMI_OK);
	ck_assert(tree_came_back(&tree));
}
END_TEST

START_TEST(a_cancelled_upload_ends_once)
{
	struct scene *scene = &tree.scene;
	tree_fill(&tree);
	scene->network.job_delay = AN_MS(3);
	tree_begin_upload(&tree, as_public);
	for (int i = 0; i < 37 * _i && scene->outcome.calls == 0; i++)
		ck_assert(network_step(&scene->network, scene->client));
	if (scene->outcome.calls > 0)
		return;
	an_client_cancel(scene->client, scene->outcome.id);
	ck_assert_int_eq(scene_run(scene), AUTONOMI_E_CANCELLED);
}
END_TEST

START_TEST(a_client_freed_in_the_middle_of_a_directory_leaves_nothing_behind)
{
	struct scene *scene = &tree.scene;
	tree_fill(&tree);
	if (_i % 2 == 1)
		ck_assert_int_eq(tree_upload(&tree, as_public), AUTONOMI_OK);
	scene->network.job_delay = AN_MS(3);
	if (_i % 2 == 1)
		tree_begin_download(&tree, false);
	else
		tree_begin_upload(&tree, as_private);
	for (int i = 0; i < 31 * _i && network_step(&scene->network, scene->client); i++)
		continue;
	if (_i % 3 == 0)
		network_skip_jobs(&scene->network);
}
END_TEST

START_TEST(any_mixture_of_peers_ends_a_directory_once)
{
	struct scene *scene = &tree.scene;
	const uint8_t seed[AN_RANDOM_SEED_SIZE] = {(uint8_t)_i, 77};
	tree_fill(&tree);
	an_random_init(&scene->network.random, seed);
	scene->network.job_delay = AN_MS(20);
	for (size_t i = 0; i < 25; i++) {
		if (an_random_below(&scene->network.random, 5) == 0)
			scene->network.peers[i].behaviour = (enum behaviour)
				an_random_below(&scene->network.random, SLOW + 1);
	}
	if (tree_upload(&tree, as_public) == AUTONOMI_OK &&
	    tree_download(&tree, false) == AUTONOMI_OK)
		ck_assert(tree_came_back(&tree));
}
END_TEST

static void add_tests_of_trouble(Suite *s)
{
	TCase *trouble = tcase_create("trouble");
	tcase_set_timeout(trouble, 60);
	tcase_add_checked_fixture(trouble, setup, teardown);
	tcase_add_loop_test(trouble, a_file_too_small_is_named_before_anything_is_stored, 0, 3);
	tcase_add_loop_test(trouble, a_symbolic_link_is_named_before_anything_is_stored, 0, 2);
	tcase_add_test(trouble, a_pipe_is_named_before_anything_is_stored);
	tcase_add_test(trouble, journals_of_uploads_are_left_out);
	tcase_add_test(trouble, a_name_that_is_no_utf8_is_told_before_anything_is_stored);
	tcase_add_test(trouble, a_directory_that_is_not_there_is_named);
	tcase_add_loop_test(trouble, a_path_without_a_name_is_refused, 0, 6);
	tcase_add_test(trouble, a_file_that_changed_since_it_was_found_is_an_error);
	tcase_add_test(trouble, a_chunk_that_nobody_takes_ends_the_whole);
	tcase_add_test(trouble, a_directory_that_cannot_be_read_is_named);
	tcase_add_test(trouble, a_file_that_cannot_be_read_is_named);
	tcase_add_test(trouble, a_file_that_cannot_be_looked_at_is_named);
	tcase_add_test(trouble, a_file_that_vanishes_while_files_are_found_was_none);
	tcase_add_test(trouble, more_files_than_the_limit_are_refused);
	tcase_add_test(trouble, directories_without_end_are_refused);
	tcase_add_test(trouble,
	               a_list_too_long_to_be_given_back_is_refused_before_anything_is_stored);
	suite_add_tcase(s, trouble);
}

Suite *suite(void)
{
	Suite *s = suite_create("client/directories");
	TCase *back = tcase_create("there and back");
	tcase_set_timeout(back, 120);
	tcase_add_checked_fixture(back, setup, teardown);
	tcase_add_loop_test(back, a_directory_comes_back, 0, 2);
	tcase_add_test(back, slashes_at_the_end_of_the_path_say_nothing);
	tcase_add_test(back, a_directory_without_files_is_an_empty_archive);
	tcase_add_test(back, the_archive_has_the_address_of_these_entries);
	tcase_add_loop_test(back, without_an_archive_the_list_is_given_back_and_not_stored, 0, 2);
	tcase_add_test(back, many_files_need_few_open_at_once_and_little_memory);
	tcase_add_test(back, limits_of_memory_and_open_files_hold_for_all_files_together);
	suite_add_tcase(s, back);
	add_tests_of_trouble(s);
	TCase *ends = tcase_create("ends");
	tcase_set_timeout(ends, 60);
	tcase_add_checked_fixture(ends, setup, teardown);
	tcase_add_test(ends, a_resumed_upload_asks_for_what_is_there_and_sends_the_rest);
	tcase_add_loop_test(ends, a_cancelled_upload_ends_once, 0, 20);
	tcase_add_loop_test(ends, a_client_freed_in_the_middle_of_a_directory_leaves_nothing_behind,
	                    0, 30);
	tcase_add_loop_test(ends, any_mixture_of_peers_ends_a_directory_once, 0, 15);
	suite_add_tcase(s, ends);
	return s;
}
