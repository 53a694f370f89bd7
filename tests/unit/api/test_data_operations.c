/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Data, archives and directories through the public functions and real nodes. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "scene.h"

enum { SIZE = 100000 };

static void setup(void)
{
	scene_open(CLUSTER_NODES);
}

static void expect(autonomi_event *event, autonomi_status status)
{
	ck_assert_msg(autonomi_event_status(event) == status, "%s: %s",
	              autonomi_status_name(autonomi_event_status(event)),
	              autonomi_event_message(event));
}

static void fill(uint8_t *data, size_t size)
{
	for (size_t i = 0; i < size; i++)
		data[i] = (uint8_t)(i * 7 + i / 300);
}

START_TEST(data_in_memory_comes_back)
{
	static uint8_t data[SIZE];
	fill(data, sizeof(data));
	autonomi_event *put = scene_completion(
		autonomi_data_put(scene_client, data, sizeof(data),
	                          _i == 0 ? AUTONOMI_UPLOAD_PUBLIC : 0, 0, &scene_op));
	expect(put, AUTONOMI_OK);
	size_t source_size = 0, size = 0;
	const uint8_t *source = autonomi_event_data(put, &source_size);
	ck_assert_int_eq(source_size == AUTONOMI_ADDRESS_SIZE, _i == 0);
	ck_assert_uint_eq(strlen(autonomi_event_text(put)), 2 * source_size);
	autonomi_event *got = scene_completion(
		autonomi_data_get(scene_client, source, source_size, sizeof(data), 0, &scene_op));
	expect(got, AUTONOMI_OK);
	const uint8_t *back = autonomi_event_data(got, &size);
	ck_assert_uint_eq(size, sizeof(data));
	ck_assert_mem_eq(back, data, size);
	autonomi_event_free(got);
	got = scene_completion(autonomi_data_get(scene_client, source, source_size,
	                                         sizeof(data) - 1, 0, &scene_op));
	expect(got, AUTONOMI_E_TOO_LARGE);
	autonomi_event_free(got);
	autonomi_event_free(put);
}
END_TEST

START_TEST(what_could_never_be_held_is_refused_at_once)
{
	const uint8_t bytes[32] = {1};
	ck_assert_int_eq(autonomi_data_get(scene_client, bytes, sizeof(bytes), SIZE_MAX, 0,
	                                   &scene_op),
	                 AUTONOMI_E_TOO_LARGE);
	ck_assert_int_eq(autonomi_data_put(scene_client, bytes, SIZE_MAX, 0, 0, &scene_op),
	                 AUTONOMI_E_TOO_LARGE);
	autonomi_event *event = scene_completion(
		autonomi_data_put(scene_client, bytes, 2, 0, 0, &scene_op));
	expect(event, AUTONOMI_E_TOO_SMALL);
	autonomi_event_free(event);
}
END_TEST

/* ---- Archives. */
static void assert_lists(autonomi_event *event, uint32_t kind)
{
	size_t size = 0;
	const uint8_t *bytes = autonomi_event_data(event, &size);
	autonomi_archive *archive = NULL;
	autonomi_archive_view view;
	ck_assert_uint_eq(autonomi_event_files(event), 1);
	ck_assert_int_eq(autonomi_archive_decode(kind, bytes, size, &archive), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_archive_at(archive, 0, &view, sizeof(view)), AUTONOMI_OK);
	ck_assert_str_eq(view.path, "some/file");
	ck_assert_uint_eq(view.size, 77);
	autonomi_archive_free(archive);
}

START_TEST(an_archive_is_stored_by_its_kind_and_comes_back)
{
	const uint32_t kind = _i == 0 ? AUTONOMI_ARCHIVE_PUBLIC : AUTONOMI_ARCHIVE_PRIVATE;
	const uint8_t place[64] = {7};
	autonomi_archive *archive = autonomi_archive_new(kind);
	ck_assert_int_eq(autonomi_archive_add(archive, "some/file", place, _i == 0 ? 32 : 64, 1, 2,
	                                      77, NULL),
	                 AUTONOMI_OK);
	autonomi_event *put = scene_completion(
		autonomi_archive_put(scene_client, archive, 0, &scene_op));
	autonomi_archive_free(archive);
	expect(put, AUTONOMI_OK);
	size_t source_size = 0;
	const uint8_t *source = autonomi_event_data(put, &source_size);
	ck_assert_int_eq(source_size == AUTONOMI_ADDRESS_SIZE, _i == 0);
	autonomi_event *got = scene_completion(
		autonomi_archive_get(scene_client, kind, source, source_size, SIZE, 0, &scene_op));
	expect(got, AUTONOMI_OK);
	assert_lists(got, kind);
	autonomi_event_free(got);
	got = scene_completion(autonomi_archive_get(scene_client, 1 - kind, source, source_size,
	                                            SIZE, 0, &scene_op));
	expect(got, AUTONOMI_E_CORRUPT);
	autonomi_event_free(got);
	ck_assert_int_eq(autonomi_archive_get(scene_client, kind, source, source_size, SIZE_MAX, 0,
	                                      &scene_op),
	                 AUTONOMI_E_TOO_LARGE);
	autonomi_event_free(put);
}
END_TEST

/* ---- Directories. */
static char folder[128], back[128];

static void make_folder(void)
{
	char path[256];
	static uint8_t data[SIZE];
	fill(data, sizeof(data));
	snprintf(folder, sizeof(folder), "%s/folder", scene_cluster.directory);
	snprintf(back, sizeof(back), "%s/back", scene_cluster.directory);
	ck_assert_int_eq(mkdir(folder, 0700), 0);
	for (int i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s/%d", folder, i);
		FILE *file = fopen(path, "wb");
		ck_assert_ptr_nonnull(file);
		ck_assert_uint_eq(fwrite(data, 1, (size_t)i * 49999, file), (size_t)i * 49999);
		ck_assert_int_eq(fclose(file), 0);
	}
}

START_TEST(a_directory_comes_back_and_what_was_left_out_is_told)
{
	const uint32_t flags = _i == 0 ? AUTONOMI_UPLOAD_PUBLIC : 0;
	make_folder();
	autonomi_event *put = scene_completion(
		autonomi_directory_upload(scene_client, folder, flags, 0, &scene_op));
	expect(put, AUTONOMI_E_TOO_SMALL);
	ck_assert_ptr_nonnull(strstr(autonomi_event_message(put), "folder/0"));
	autonomi_event_free(put);
	put = scene_completion(autonomi_directory_upload(scene_client, folder,
	                                                 flags | AUTONOMI_UPLOAD_SKIP, 0,
	                                                 &scene_op));
	expect(put, AUTONOMI_OK);
	ck_assert_uint_eq(autonomi_event_files(put), 2);
	ck_assert_uint_eq(autonomi_event_skipped(put), 1);
	size_t source_size = 0;
	const uint8_t *source = autonomi_event_data(put, &source_size);
	autonomi_event *got = scene_completion(autonomi_directory_download(scene_client, source,
	                                                                   source_size, back, 0, 0,
	                                                                   &scene_op));
	expect(got, AUTONOMI_OK);
	autonomi_event_view view;
	ck_assert_int_eq(autonomi_event_get_view(got, &view, sizeof(view)), AUTONOMI_OK);
	ck_assert_uint_eq(view.files, 2);
	ck_assert_uint_eq(view.count, 3 * 49999);
	autonomi_event_free(got);
	autonomi_event_free(put);
	char command[512];
	snprintf(command, sizeof(command), "rm %s/0 && diff -r %s %s/folder", folder, folder, back);
	ck_assert_int_eq(system(command), 0);
}
END_TEST

START_TEST(a_list_is_given_back_where_it_is_not_to_be_stored)
{
	make_folder();
	autonomi_event *event = scene_completion(
		autonomi_directory_upload(scene_client, folder,
	                                  AUTONOMI_UPLOAD_PUBLIC | AUTONOMI_UPLOAD_SKIP |
	                                          AUTONOMI_UPLOAD_NO_ARCHIVE,
	                                  0, &scene_op));
	expect(event, AUTONOMI_OK);
	size_t size = 0;
	const uint8_t *bytes = autonomi_event_data(event, &size);
	autonomi_archive *archive = NULL;
	ck_assert_str_eq(autonomi_event_text(event), "");
	ck_assert_int_eq(autonomi_archive_decode(AUTONOMI_ARCHIVE_PUBLIC, bytes, size, &archive),
	                 AUTONOMI_OK);
	ck_assert_uint_eq(autonomi_archive_count(archive), 2);
	autonomi_archive_free(archive);
	autonomi_event_free(event);
}
END_TEST

START_TEST(a_cancelled_directory_completes_once)
{
	make_folder();
	ck_assert_int_eq(autonomi_directory_upload(scene_client, folder, AUTONOMI_UPLOAD_SKIP, 0,
	                                           &scene_op),
	                 AUTONOMI_OK);
	ck_assert_int_eq(autonomi_op_cancel(scene_client, scene_op), AUTONOMI_OK);
	autonomi_event *event = scene_completion(AUTONOMI_OK);
	expect(event, AUTONOMI_E_CANCELLED);
	autonomi_event_free(event);
	ck_assert_uint_eq(autonomi_node_pending(scene_client), 0);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("api/data_operations");
	TCase *data = tcase_create("data");
	tcase_set_timeout(data, 120);
	tcase_add_checked_fixture(data, setup, scene_close);
	tcase_add_loop_test(data, data_in_memory_comes_back, 0, 2);
	tcase_add_test(data, what_could_never_be_held_is_refused_at_once);
	tcase_add_loop_test(data, an_archive_is_stored_by_its_kind_and_comes_back, 0, 2);
	tcase_add_loop_test(data, a_directory_comes_back_and_what_was_left_out_is_told, 0, 2);
	tcase_add_test(data, a_list_is_given_back_where_it_is_not_to_be_stored);
	tcase_add_test(data, a_cancelled_directory_completes_once);
	suite_add_tcase(s, data);
	return s;
}
