/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Archives through the public functions, against the real crates. */
#include <string.h>

#include "harness.h"
#include "unit/api/data_support.h"

static const uint8_t address[AUTONOMI_NAME_SIZE] = {5};

static void add_from(autonomi_archive *archive, const json_t *json)
{
	const json_t *metadata = vector_get(json, "metadata");
	const bool is_private = vector_has(json, "data_map");
	const struct an_span data = vector_bytes(json, is_private ? "data_map" : "address");
	ck_assert_int_eq(autonomi_archive_add(archive, vector_text(json, "path"), data.data,
	                                      data.size, vector_number(metadata, "created"),
	                                      vector_number(metadata, "modified"),
	                                      vector_number(metadata, "size"),
	                                      vector_has(metadata, "extra")
	                                              ? vector_text(metadata, "extra")
	                                              : NULL),
	                 AUTONOMI_OK);
}

static void check_entry(const autonomi_archive *archive, size_t i, const json_t *json)
{
	const json_t *metadata = vector_get(json, "metadata");
	const bool is_private = vector_has(json, "data_map");
	autonomi_archive_view view;
	ck_assert_int_eq(autonomi_archive_at(archive, i, &view, sizeof(view)), AUTONOMI_OK);
	ck_assert_str_eq(view.path, vector_text(json, "path"));
	ck_assert_uint_eq(view.path_size, strlen(view.path));
	data_equal(view.data, view.data_size, json, is_private ? "data_map" : "address");
	ck_assert_uint_eq(view.created, vector_number(metadata, "created"));
	ck_assert_uint_eq(view.modified, vector_number(metadata, "modified"));
	ck_assert_uint_eq(view.size, vector_number(metadata, "size"));
	ck_assert(vector_has(metadata, "extra") == (view.extra != NULL));
	if (view.extra != NULL)
		vector_equal(an_span(view.extra, view.extra_size),
		             an_span_text(vector_text(metadata, "extra")));
}

static void check_archive(const json_t *vector, uint32_t kind)
{
	const json_t *entries = vector_get(vector, "entries");
	const struct an_span encoded = vector_bytes(vector, "bytes");
	const size_t count = json_array_size(entries);
	autonomi_archive *made = autonomi_archive_new(kind), *read = NULL;
	autonomi_bytes *bytes = NULL;
	ck_assert_int_eq(autonomi_archive_kind(made), (autonomi_status)kind);
	for (size_t i = count; i > 0; i--) {
		add_from(made, json_array_get(entries, i - 1));
		add_from(made, json_array_get(entries, i - 1));
	}
	ck_assert_uint_eq(autonomi_archive_count(made), count);
	ck_assert_int_eq(autonomi_archive_encode(made, &bytes), AUTONOMI_OK);
	data_expect(bytes, encoded);
	ck_assert_int_eq(autonomi_archive_decode(kind, encoded.data, encoded.size, &read),
	                 AUTONOMI_OK);
	for (size_t i = 0; i < count; i++) {
		size_t found = count;
		check_entry(read, i, json_array_get(entries, i));
		ck_assert_int_eq(
			autonomi_archive_find(read, vector_text(json_array_get(entries, i), "path"),
		                              &found),
			AUTONOMI_OK);
		ck_assert_uint_eq(found, i);
	}
	ck_assert_ptr_null(autonomi_archive_free(made));
	autonomi_archive_free(read);
}

static void check_public(const json_t *vector)
{
	check_archive(vector, AUTONOMI_ARCHIVE_PUBLIC);
}

static void check_private(const json_t *vector)
{
	check_archive(vector, AUTONOMI_ARCHIVE_PRIVATE);
}

START_TEST(archives_are_written_and_read_as_the_real_crate_does)
{
	ck_assert_uint_gt(vector_each("archives", "public_archive", check_public), 0);
	ck_assert_uint_gt(vector_each("archives", "private_archive", check_private), 0);
}
END_TEST

static void check_decode(const json_t *vector)
{
	const struct an_span bytes = vector_bytes(vector, "bytes");
	autonomi_archive *archive = NULL;
	const autonomi_status status = autonomi_archive_decode(AUTONOMI_ARCHIVE_PUBLIC, bytes.data,
	                                                       bytes.size, &archive);
	if (!json_is_true(vector_get(vector, "ok"))) {
		ck_assert_msg(status == AUTONOMI_E_CORRUPT, "%s", vector_id());
		return;
	}
	const json_t *entries = vector_get(vector, "entries");
	ck_assert_msg(status == AUTONOMI_OK, "%s", vector_id());
	ck_assert_uint_eq(autonomi_archive_count(archive), json_array_size(entries));
	for (size_t i = 0; i < json_array_size(entries); i++)
		check_entry(archive, i, json_array_get(entries, i));
	autonomi_archive_free(archive);
}

START_TEST(unusual_archives_are_judged_as_the_real_crate_judges_them)
{
	ck_assert_uint_gt(vector_each("archives", "archive_decode", check_decode), 0);
}
END_TEST

static void check_path(const json_t *vector)
{
	autonomi_archive *archive = autonomi_archive_new(AUTONOMI_ARCHIVE_PUBLIC);
	autonomi_archive_view view;
	ck_assert_int_eq(autonomi_archive_add(archive, vector_text(vector, "input"), address,
	                                      sizeof(address), 0, 0, 0, NULL),
	                 AUTONOMI_OK);
	ck_assert_int_eq(autonomi_archive_at(archive, 0, &view, sizeof(view)), AUTONOMI_OK);
	ck_assert_str_eq(view.path, vector_text(vector, "stored"));
	autonomi_archive_free(archive);
}

START_TEST(paths_are_normalised_as_the_real_crate_does)
{
	ck_assert_uint_gt(vector_each("archives", "path", check_path), 0);
}
END_TEST

/* ---- Changes. */

static autonomi_archive *with_files(const char *const *paths, size_t count)
{
	autonomi_archive *archive = autonomi_archive_new(AUTONOMI_ARCHIVE_PUBLIC);
	for (size_t i = 0; i < count; i++)
		ck_assert_int_eq(autonomi_archive_add(archive, paths[i], address, sizeof(address),
		                                      i, i, i, "extra"),
		                 AUTONOMI_OK);
	return archive;
}

/* Checks the order and, by the size that each was added with, which file is where. */
static void expect_files(const autonomi_archive *archive, const char *const *paths,
                         const uint64_t *sizes, size_t count)
{
	ck_assert_uint_eq(autonomi_archive_count(archive), count);
	for (size_t i = 0; i < count; i++) {
		autonomi_archive_view view;
		ck_assert_int_eq(autonomi_archive_at(archive, i, &view, sizeof(view)), AUTONOMI_OK);
		ck_assert_str_eq(view.path, paths[i]);
		ck_assert_uint_eq(view.size, sizes[i]);
		ck_assert_str_eq(view.extra, "extra");
	}
}

static const char *const three[] = {"b", "c", "d"};

START_TEST(a_renamed_file_keeps_what_is_known_of_it)
{
	autonomi_archive *archive = with_files(three, 3);
	autonomi_archive_view view;
	size_t index = 9;
	ck_assert_int_eq(autonomi_archive_rename(archive, "c", "a", 77), AUTONOMI_OK);
	expect_files(archive, (const char *const[]){"a", "b", "d"}, (const uint64_t[]){1, 0, 2}, 3);
	ck_assert_int_eq(autonomi_archive_at(archive, 0, &view, sizeof(view)), AUTONOMI_OK);
	ck_assert_uint_eq(view.created, 1);
	ck_assert_uint_eq(view.modified, 77);
	ck_assert_int_eq(autonomi_archive_rename(archive, "a", "e", 78), AUTONOMI_OK);
	expect_files(archive, (const char *const[]){"b", "d", "e"}, (const uint64_t[]){0, 2, 1}, 3);
	ck_assert_int_eq(autonomi_archive_rename(archive, "e", "b", 79), AUTONOMI_OK);
	expect_files(archive, (const char *const[]){"b", "d"}, (const uint64_t[]){1, 2}, 2);
	ck_assert_int_eq(autonomi_archive_rename(archive, "d", "b", 80), AUTONOMI_OK);
	expect_files(archive, (const char *const[]){"b"}, (const uint64_t[]){2}, 1);
	ck_assert_int_eq(autonomi_archive_rename(archive, "b", "b/", 81), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_archive_at(archive, 0, &view, sizeof(view)), AUTONOMI_OK);
	ck_assert_uint_eq(view.modified, 81);
	ck_assert_int_eq(autonomi_archive_rename(archive, "none", "b", 0), AUTONOMI_E_NOT_FOUND);
	ck_assert_int_eq(autonomi_archive_find(archive, "none", &index), AUTONOMI_E_NOT_FOUND);
	autonomi_archive_free(archive);
}
END_TEST

START_TEST(files_are_taken_out_and_archives_are_merged)
{
	autonomi_archive *archive = with_files(three, 3);
	autonomi_archive *more = with_files((const char *const[]){"x", "a", "d"}, 3);
	autonomi_archive *other = autonomi_archive_new(AUTONOMI_ARCHIVE_PRIVATE);
	ck_assert_int_eq(autonomi_archive_remove(archive, "./c"), AUTONOMI_E_NOT_FOUND);
	ck_assert_int_eq(autonomi_archive_remove(archive, "c"), AUTONOMI_OK);
	expect_files(archive, (const char *const[]){"b", "d"}, (const uint64_t[]){0, 2}, 2);
	ck_assert_int_eq(autonomi_archive_merge(archive, more), AUTONOMI_OK);
	expect_files(archive, (const char *const[]){"a", "b", "d", "x"},
	             (const uint64_t[]){1, 0, 2, 0}, 4);
	ck_assert_int_eq(autonomi_archive_merge(archive, other), AUTONOMI_E_CONFLICT);
	ck_assert_int_eq(autonomi_archive_merge(archive, archive), AUTONOMI_E_INVALID);
	autonomi_archive_free(other);
	autonomi_archive_free(more);
	autonomi_archive_free(archive);
}
END_TEST

START_TEST(arguments_are_checked)
{
	autonomi_archive *archive = autonomi_archive_new(AUTONOMI_ARCHIVE_PUBLIC), *read = NULL;
	autonomi_archive_view view;
	autonomi_bytes *bytes = NULL;
	size_t index;
	ck_assert_ptr_null(autonomi_archive_new(2));
	ck_assert_ptr_null(autonomi_archive_free(NULL));
	ck_assert_int_eq(autonomi_archive_kind(NULL), AUTONOMI_E_INVALID);
	ck_assert_uint_eq(autonomi_archive_count(NULL), 0);
	ck_assert_int_eq(autonomi_archive_add(archive, NULL, address, 32, 0, 0, 0, NULL),
	                 AUTONOMI_E_INVALID);
	/* A text that nobody reads would make the whole archive unreadable. */
	ck_assert_int_eq(autonomi_archive_add(archive, "a\xff", address, 32, 0, 0, 0, NULL),
	                 AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_archive_add(archive, "a", address, 32, 0, 0, 0, "\xff"),
	                 AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_archive_rename(archive, "a", "\xed\xa0\x80", 0),
	                 AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_archive_add(archive, "a", address, 31, 0, 0, 0, NULL),
	                 AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_archive_remove(archive, NULL), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_archive_rename(archive, NULL, "b", 0), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_archive_at(archive, 0, &view, sizeof(view)), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_archive_find(archive, NULL, &index), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_archive_encode(NULL, &bytes), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_archive_decode(2, address, 1, &read), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_archive_decode(0, address, 1, &read), AUTONOMI_E_CORRUPT);
	autonomi_archive_free(archive);
	archive = autonomi_archive_new(AUTONOMI_ARCHIVE_PRIVATE);
	ck_assert_int_eq(autonomi_archive_add(archive, "a", address, SIZE_MAX / 2, 0, 0, 0, NULL),
	                 AUTONOMI_E_TOO_LARGE);
	ck_assert_uint_eq(autonomi_archive_count(archive), 0);
	autonomi_archive_free(archive);
}
END_TEST

static autonomi_status change(autonomi_archive *archive, autonomi_bytes **ret_bytes)
{
	size_t index;
	autonomi_status status = autonomi_archive_add(archive, "a", address, 32, 1, 2, 3, "extra");
	if (status == AUTONOMI_OK)
		status = autonomi_archive_add(archive, "b", address, 32, 1, 2, 3, NULL);
	if (status == AUTONOMI_OK)
		status = autonomi_archive_rename(archive, "a", "c", 4);
	if (status == AUTONOMI_OK)
		status = autonomi_archive_find(archive, "c", &index);
	return status == AUTONOMI_OK ? autonomi_archive_encode(archive, ret_bytes) : status;
}

static autonomi_status use_archive(void)
{
	autonomi_archive *archive = autonomi_archive_new(AUTONOMI_ARCHIVE_PUBLIC), *read = NULL;
	autonomi_bytes *bytes = NULL;
	autonomi_status status = archive != NULL ? change(archive, &bytes) : AUTONOMI_E_NO_MEMORY;
	if (status == AUTONOMI_OK)
		status = autonomi_archive_decode(AUTONOMI_ARCHIVE_PUBLIC, data_span(bytes).data,
		                                 data_span(bytes).size, &read);
	if (status == AUTONOMI_OK)
		status = autonomi_archive_remove(read, "c");
	autonomi_archive_free(archive);
	autonomi_archive_free(read);
	autonomi_bytes_free(bytes);
	return status;
}

START_TEST(without_memory_nothing_is_made_and_nothing_leaks)
{
	data_without_memory(use_archive, 12);
}
END_TEST

Suite *suite(void)
{
	Suite *archives = suite_create("data_archive");
	TCase *tests = tcase_create("archives");
	tcase_add_test(tests, archives_are_written_and_read_as_the_real_crate_does);
	tcase_add_test(tests, unusual_archives_are_judged_as_the_real_crate_judges_them);
	tcase_add_test(tests, paths_are_normalised_as_the_real_crate_does);
	tcase_add_test(tests, a_renamed_file_keeps_what_is_known_of_it);
	tcase_add_test(tests, files_are_taken_out_and_archives_are_merged);
	tcase_add_test(tests, arguments_are_checked);
	tcase_add_test(tests, without_memory_nothing_is_made_and_nothing_leaks);
	suite_add_tcase(archives, tests);
	return archives;
}
