/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Data in memory, and what downloads do with what is there already. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/download.h"
#include "client/upload.h"
#include "harness.h"
#include "scene.h"

static struct scene scene;
static struct an_blob *data;

static void setup(void)
{
	scene_open_small_pieces(&scene, 4, 20000);
}

static void teardown(void)
{
	data = an_blob_unref(data);
	scene_close(&scene);
}

static void make_data(size_t size)
{
	data = an_blob_unref(data);
	data = an_blob_new(size);
	ck_assert_ptr_nonnull(data);
	for (size_t i = 0; i < size; i++)
		data->data[i] = (uint8_t)(i * 31 + i / 251);
}

static an_status put(bool is_public)
{
	outcome_release(&scene.outcome);
	ck_assert_int_eq(an_client_data_put(scene.client, data, is_public, outcome_progress,
	                                    outcome_done, &scene.outcome, &scene.outcome.id),
	                 AUTONOMI_OK);
	const an_status status = scene_run(&scene);
	scene_note_source(&scene);
	return status;
}

static an_status get(size_t size_max)
{
	outcome_release(&scene.outcome);
	ck_assert_int_eq(an_client_data_get(scene.client, scene_source(&scene), size_max,
	                                    outcome_progress, outcome_done, &scene.outcome,
	                                    &scene.outcome.id),
	                 AUTONOMI_OK);
	return scene_run(&scene);
}

static void assert_round_trip(size_t size, bool is_public)
{
	make_data(size);
	ck_assert_int_eq(put(is_public), AUTONOMI_OK);
	ck_assert_uint_eq(scene.outcome.result.size, size);
	ck_assert_uint_eq(scene.outcome.progress_done, size);
	ck_assert_uint_eq(scene.outcome.result.copies[5], scene.outcome.result.chunks);
	ck_assert_int_eq(scene.outcome.content == NULL, is_public);
	ck_assert_int_eq(get(size), AUTONOMI_OK);
	ck_assert_uint_eq(scene.outcome.result.bytes.size, size);
	ck_assert_mem_eq(scene.outcome.result.bytes.data, data->data, size);
	ck_assert_uint_eq(scene_count_journals(&scene), 0);
}

static const size_t sizes[] = {3, 1000, 2999, 3000, 3001, 100000};
enum { SIZES = sizeof(sizes) / sizeof(sizes[0]) };

START_TEST(public_data_comes_back_by_its_address)
{
	assert_round_trip(sizes[_i], true);
}
END_TEST

START_TEST(private_data_comes_back_by_its_data_map)
{
	assert_round_trip(sizes[_i], false);
}
END_TEST

static void write_data_to(const char *path)
{
	FILE *file = fopen(path, "wb");
	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fwrite(data->data, 1, data->size, file), data->size);
	ck_assert_int_eq(fclose(file), 0);
}

START_TEST(data_has_the_address_of_a_file_with_these_bytes)
{
	make_data(sizes[_i]);
	ck_assert_int_eq(put(true), AUTONOMI_OK);
	write_data_to(scene.file);
	ck_assert_int_eq(scene_upload(&scene, true), AUTONOMI_OK);
	ck_assert_mem_eq(scene.outcome.result.address, scene.source, 32);
}
END_TEST

START_TEST(data_too_small_for_self_encryption_is_refused)
{
	make_data((size_t)_i);
	ck_assert_int_eq(put(true), AUTONOMI_E_TOO_SMALL);
	ck_assert_ptr_nonnull(strstr(scene.outcome.result.message, "needs 3"));
	ck_assert_uint_eq(scene.network.puts, 0);
}
END_TEST

START_TEST(data_larger_than_asked_for_is_not_fetched)
{
	make_data(50000);
	ck_assert_int_eq(put(true), AUTONOMI_OK);
	network_reset_counts(&scene.network);
	ck_assert_int_eq(get(49999), AUTONOMI_E_TOO_LARGE);
	ck_assert_ptr_nonnull(strstr(scene.outcome.result.message, "50000"));
	ck_assert_uint_lt(scene.network.gets, 20);
}
END_TEST

START_TEST(cancelled_data_ends_once)
{
	make_data(50000);
	ck_assert_int_eq(put(true), AUTONOMI_OK);
	scene.network.job_delay = AN_MS(3);
	outcome_release(&scene.outcome);
	ck_assert_int_eq(an_client_data_get(scene.client, scene_source(&scene), 50000, NULL,
	                                    outcome_done, &scene.outcome, &scene.outcome.id),
	                 AUTONOMI_OK);
	for (int i = 0; i < 31 * _i && scene.outcome.calls == 0; i++)
		ck_assert(network_step(&scene.network, scene.client));
	if (scene.outcome.calls > 0)
		return;
	an_client_cancel(scene.client, scene.outcome.id);
	while (network_step(&scene.network, scene.client))
		continue;
	ck_assert_uint_eq(scene.outcome.calls, 1);
	ck_assert_int_eq(scene.outcome.result.status, AUTONOMI_E_CANCELLED);
}
END_TEST

START_TEST(a_client_freed_with_data_on_its_way_leaves_nothing_behind)
{
	struct outcome other = {0};
	make_data(20000);
	ck_assert_int_eq(put(true), AUTONOMI_OK);
	scene.network.job_delay = AN_MS(3);
	ck_assert_int_eq(an_client_data_put(scene.client, data, false, NULL, outcome_done, &other,
	                                    NULL),
	                 AUTONOMI_OK);
	outcome_release(&scene.outcome);
	ck_assert_int_eq(an_client_data_get(scene.client, scene_source(&scene), 20000, NULL,
	                                    outcome_done, &scene.outcome, &scene.outcome.id),
	                 AUTONOMI_OK);
	for (int i = 0; i < 11 * _i && network_step(&scene.network, scene.client); i++)
		continue;
	/* Jobs that never run have no results: nothing may be made of them. */
	network_skip_jobs(&scene.network);
	scene.client = an_client_free(scene.client);
	outcome_release(&other);
}
END_TEST

/* ---- A download that compares. */
static an_status compare(bool replace)
{
	outcome_release(&scene.outcome);
	const struct an_download_spec spec = {.source = scene_source(&scene),
	                                      .path = scene.target,
	                                      .replace = replace,
	                                      .compare = true};
	ck_assert_int_eq(an_download_begin(scene.client, &spec, outcome_progress, outcome_done,
	                                   &scene.outcome, &scene.outcome.id),
	                 AUTONOMI_OK);
	return scene_run(&scene);
}

static bool target_is_data(void)
{
	uint8_t bytes[100001];
	FILE *file = fopen(scene.target, "rb");
	ck_assert_ptr_nonnull(file);
	const size_t size = fread(bytes, 1, sizeof(bytes), file);
	fclose(file);
	return size == data->size && memcmp(bytes, data->data, size) == 0;
}

static void put_data(void)
{
	make_data(100000);
	ck_assert_int_eq(put(true), AUTONOMI_OK);
	network_reset_counts(&scene.network);
}

START_TEST(a_file_that_is_there_with_the_right_bytes_stays)
{
	put_data();
	write_data_to(scene.target);
	ck_assert_int_eq(compare(false), AUTONOMI_OK);
	ck_assert_uint_eq(scene.outcome.result.size, data->size);
	/* The maps, and nothing of the file. */
	ck_assert_uint_lt(scene.network.gets, 30);
	ck_assert(target_is_data());
}
END_TEST

START_TEST(a_file_that_is_there_with_other_bytes_is_not_touched)
{
	put_data();
	data->data[77777] ^= 1;
	write_data_to(scene.target);
	ck_assert_int_eq(compare(false), AUTONOMI_E_EXISTS);
	ck_assert_ptr_nonnull(strstr(scene.outcome.result.message, scene.target));
	ck_assert(target_is_data());
	ck_assert(!scene_exists(scene.part));
}
END_TEST

START_TEST(a_file_that_is_there_with_another_size_is_not_touched)
{
	put_data();
	data->size--;
	write_data_to(scene.target);
	ck_assert_int_eq(compare(false), AUTONOMI_E_EXISTS);
	ck_assert(target_is_data());
}
END_TEST

START_TEST(a_file_with_other_bytes_is_replaced_where_that_is_asked)
{
	put_data();
	data->data[_i * 99999] ^= 1;
	write_data_to(scene.target);
	data->data[_i * 99999] ^= 1;
	ck_assert_int_eq(compare(true), AUTONOMI_OK);
	ck_assert(target_is_data());
	ck_assert(!scene_exists(scene.part));
}
END_TEST

START_TEST(a_download_that_compares_and_finds_nothing_fetches)
{
	put_data();
	ck_assert_int_eq(compare(false), AUTONOMI_OK);
	ck_assert(target_is_data());
}
END_TEST

START_TEST(a_file_that_cannot_be_read_cannot_be_compared)
{
	put_data();
	write_data_to(scene.target);
	ck_assert_int_eq(chmod(scene.target, 0), 0);
	if (access(scene.target, R_OK) == 0)
		return; /* of root no file is hidden */
	ck_assert_int_eq(compare(false), AUTONOMI_E_PERMISSION);
}
END_TEST

/* ---- Symbolic links. */
static char elsewhere[SCENE_PATH_MAX + 16];

static void make_link_at(const char *path)
{
	snprintf(elsewhere, sizeof(elsewhere), "%s/elsewhere", scene.folder);
	ck_assert_int_eq(symlink(elsewhere, path), 0);
}

static an_status download(bool replace)
{
	outcome_release(&scene.outcome);
	ck_assert_int_eq(an_client_download(scene.client, scene_source(&scene), scene.target,
	                                    replace, NULL, outcome_done, &scene.outcome, NULL),
	                 AUTONOMI_OK);
	return scene_run(&scene);
}

START_TEST(nothing_is_written_through_a_link_at_the_place_of_the_part)
{
	put_data();
	make_link_at(scene.part);
	ck_assert_int_eq(download(_i), AUTONOMI_E_EXISTS);
	ck_assert_ptr_nonnull(strstr(scene.outcome.result.message, scene.part));
	ck_assert(!scene_exists(elsewhere));
	ck_assert_int_eq(unlink(scene.part), 0);
}
END_TEST

START_TEST(a_link_at_the_target_is_in_the_way_even_where_it_leads_nowhere)
{
	put_data();
	make_link_at(scene.target);
	ck_assert_int_eq(download(false), AUTONOMI_E_EXISTS);
	ck_assert_uint_eq(scene.network.gets, 0);
	ck_assert(!scene_exists(elsewhere));
}
END_TEST

START_TEST(a_link_at_the_target_is_replaced_and_not_what_it_leads_to)
{
	put_data();
	make_link_at(scene.target);
	FILE *file = fopen(elsewhere, "wb");
	fputs("mine", file);
	fclose(file);
	ck_assert_int_eq(download(true), AUTONOMI_OK);
	struct stat info;
	ck_assert_int_eq(lstat(scene.target, &info), 0);
	ck_assert(S_ISREG(info.st_mode));
	ck_assert_int_eq(stat(elsewhere, &info), 0);
	ck_assert_int_eq(info.st_size, 4);
	ck_assert(target_is_data());
}
END_TEST

/* ---- A file that must be as it was. */
START_TEST(a_file_that_is_not_as_expected_is_not_stored)
{
	make_data(5000);
	write_data_to(scene.file);
	struct an_file_info info;
	ck_assert_int_eq(scene.sys.path_info(scene.sys.context, scene.file, &info), AUTONOMI_OK);
	if (_i == 1)
		info.size++;
	if (_i == 2)
		info.modified_us++;
	const struct an_upload_spec spec = {.path = scene.file, .expected = &info};
	outcome_release(&scene.outcome);
	ck_assert_int_eq(an_upload_begin(scene.client, &spec, NULL, outcome_done, &scene.outcome,
	                                 NULL),
	                 AUTONOMI_OK);
	ck_assert_int_eq(scene_run(&scene), _i == 0 ? AUTONOMI_OK : AUTONOMI_E_CORRUPT);
	ck_assert_int_eq(scene.network.puts == 0, _i > 0);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("client/data");
	TCase *memory = tcase_create("memory");
	tcase_add_checked_fixture(memory, setup, teardown);
	tcase_add_loop_test(memory, public_data_comes_back_by_its_address, 0, SIZES);
	tcase_add_loop_test(memory, private_data_comes_back_by_its_data_map, 0, SIZES);
	tcase_add_loop_test(memory, data_has_the_address_of_a_file_with_these_bytes, 0, SIZES);
	tcase_add_loop_test(memory, data_too_small_for_self_encryption_is_refused, 0, 3);
	tcase_add_test(memory, data_larger_than_asked_for_is_not_fetched);
	tcase_add_loop_test(memory, cancelled_data_ends_once, 0, 12);
	tcase_add_loop_test(memory, a_client_freed_with_data_on_its_way_leaves_nothing_behind, 0,
	                    20);
	suite_add_tcase(s, memory);
	TCase *compare = tcase_create("compare");
	tcase_add_checked_fixture(compare, setup, teardown);
	tcase_add_test(compare, a_file_that_is_there_with_the_right_bytes_stays);
	tcase_add_test(compare, a_file_that_is_there_with_other_bytes_is_not_touched);
	tcase_add_test(compare, a_file_that_is_there_with_another_size_is_not_touched);
	tcase_add_loop_test(compare, a_file_with_other_bytes_is_replaced_where_that_is_asked, 0, 2);
	tcase_add_test(compare, a_download_that_compares_and_finds_nothing_fetches);
	tcase_add_test(compare, a_file_that_cannot_be_read_cannot_be_compared);
	tcase_add_loop_test(compare, nothing_is_written_through_a_link_at_the_place_of_the_part, 0,
	                    2);
	tcase_add_test(compare, a_link_at_the_target_is_in_the_way_even_where_it_leads_nowhere);
	tcase_add_test(compare, a_link_at_the_target_is_replaced_and_not_what_it_leads_to);
	tcase_add_loop_test(compare, a_file_that_is_not_as_expected_is_not_stored, 0, 3);
	suite_add_tcase(s, compare);
	return s;
}
