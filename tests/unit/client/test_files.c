/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "data/data_map.h"
#include "harness.h"
#include "scene.h"

#define MIB (1 << 20)

static struct scene scene;

static void setup(void)
{
	scene_open(&scene, 3);
}

/* Pieces of 1000 bytes: levels of maps and many chunks at little cost. */
static void setup_small_pieces(void)
{
	scene_open_small_pieces(&scene, 4, 20000);
}

static void teardown(void)
{
	scene_close(&scene);
}

static void upload(size_t size)
{
	scene_write_file(&scene, size, 1);
	ck_assert_msg(scene_upload(&scene, true) == AUTONOMI_OK, "%s",
	              scene.outcome.result.message);
	scene_note_source(&scene);
}

static an_status download(void)
{
	return scene_download(&scene, scene_source(&scene));
}

static void assert_round_trip(size_t size, bool is_public)
{
	scene_write_file(&scene, size, 1);
	ck_assert_int_eq(scene_upload(&scene, is_public), AUTONOMI_OK);
	ck_assert_uint_eq(scene.outcome.result.size, size);
	ck_assert_uint_eq(scene.outcome.result.copies[5], scene.outcome.result.chunks);
	ck_assert_uint_eq(scene.outcome.result.chunks, network_record_count(&scene.network));
	ck_assert_uint_eq(scene.outcome.progress_done, size);
	ck_assert_int_eq(scene.outcome.content == NULL, is_public);
	scene_note_source(&scene);
	ck_assert_int_eq(download(), AUTONOMI_OK);
	ck_assert_uint_eq(scene.outcome.result.size, size);
	ck_assert_uint_eq(scene.outcome.progress_done, size);
	scene_assert_target_is_file(&scene);
	ck_assert(!scene_exists(scene.part));
	ck_assert_uint_eq(scene_count_journals(&scene), 0);
}

static const size_t sizes[] = {3,           1000,         MIB,          4 * MIB - 1, 4 * MIB,
                               4 * MIB + 1, 12 * MIB - 1, 12 * MIB + 1, 30 * MIB};
enum { SIZES = sizeof(sizes) / sizeof(sizes[0]) };

START_TEST(a_public_file_comes_back_by_its_address)
{
	assert_round_trip(sizes[_i], true);
}
END_TEST

START_TEST(a_private_file_comes_back_by_its_data_map)
{
	assert_round_trip(sizes[_i], false);
}
END_TEST

START_TEST(a_file_whose_map_has_many_levels_comes_back)
{
	assert_round_trip(200000, true);
}
END_TEST

START_TEST(files_too_small_for_self_encryption_are_refused_with_the_way_out)
{
	scene_write_file(&scene, (size_t)_i, 1);
	ck_assert_int_eq(scene_upload(&scene, true), AUTONOMI_E_TOO_SMALL);
	ck_assert_ptr_nonnull(strstr(scene.outcome.result.message, "needs 3"));
	ck_assert_ptr_nonnull(strstr(scene.outcome.result.message, "chunk put"));
	ck_assert_uint_eq(scene.network.puts, 0);
}
END_TEST

START_TEST(a_missing_file_is_named)
{
	ck_assert_int_eq(scene_upload(&scene, true), AUTONOMI_E_NO_FILE);
	ck_assert_ptr_nonnull(strstr(scene.outcome.result.message, scene.file));
}
END_TEST

START_TEST(a_directory_is_no_file)
{
	snprintf(scene.file, sizeof(scene.file), "%s", scene.folder);
	ck_assert_int_eq(scene_upload(&scene, true), AUTONOMI_E_UNSUPPORTED);
}
END_TEST

/* anchors part 1, section 8, surprise 1 */
START_TEST(a_file_that_changed_under_its_name_is_stored_again_in_full)
{
	upload(MIB);
	uint8_t first[32];
	memcpy(first, scene.source, sizeof(first));
	const size_t records = network_record_count(&scene.network);
	network_reset_counts(&scene.network);
	scene_write_file(&scene, MIB, 2);
	ck_assert_int_eq(scene_upload(&scene, true), AUTONOMI_OK);
	ck_assert_uint_eq(network_record_count(&scene.network), 2 * records);
	ck_assert_uint_eq(scene.network.puts, 5 * records);
	scene_note_source(&scene);
	ck_assert_int_eq(download(), AUTONOMI_OK);
	scene_assert_target_is_file(&scene);
	ck_assert_int_eq(unlink(scene.target), 0);
	scene_write_file(&scene, MIB, 1);
	ck_assert_int_eq(scene_download(&scene, an_span(first, sizeof(first))), AUTONOMI_OK);
	scene_assert_target_is_file(&scene);
}
END_TEST

START_TEST(a_file_that_changes_while_it_is_read_is_an_error)
{
	scene_write_file(&scene, MIB, 1);
	scene_begin_upload(&scene);
	for (int i = 0; i < 5; i++)
		ck_assert(network_step(&scene.network, scene.client));
	scene_write_file(&scene, MIB + 1, 2);
	network_run(&scene.network, scene.client, &scene.outcome);
	ck_assert_int_eq(scene.outcome.result.status, AUTONOMI_E_CORRUPT);
	ck_assert_ptr_nonnull(strstr(scene.outcome.result.message, "changed"));
}
END_TEST

START_TEST(an_upload_that_misses_its_quorum_fails_and_names_the_chunk)
{
	scene_write_file(&scene, MIB, 1);
	for (size_t i = 0; i < 25; i++)
		scene.network.peers[i].behaviour = FULL;
	ck_assert_int_eq(scene_upload(&scene, true), AUTONOMI_E_QUORUM);
	ck_assert_ptr_nonnull(strstr(scene.outcome.result.message, "MaxRecords"));
}
END_TEST

/* ---- Resuming an upload. */
static void interrupt_upload_after(size_t records)
{
	scene_begin_upload(&scene);
	while (network_record_count(&scene.network) < records)
		ck_assert(network_step(&scene.network, scene.client));
	/* The chunks on their way now may or may not have been noted. */
	for (int i = 0; i < 100 && scene.outcome.calls == 0; i++)
		ck_assert(network_step(&scene.network, scene.client));
	ck_assert_uint_eq(scene.outcome.calls, 0);
	scene_restart_client(&scene);
}

START_TEST(a_resumed_upload_asks_for_proofs_and_sends_only_what_is_missing)
{
	scene_write_file(&scene, 100000, 1);
	interrupt_upload_after(50);
	ck_assert_uint_eq(scene_count_journals(&scene), 1);
	const size_t before = network_record_count(&scene.network);
	network_reset_counts(&scene.network);
	ck_assert_int_eq(scene_upload(&scene, true), AUTONOMI_OK);
	const size_t chunks = (size_t)scene.outcome.result.chunks;
	ck_assert_uint_eq(scene.outcome.result.copies[5], chunks);
	ck_assert_uint_ge(scene.network.proofs, 5 * 45);
	ck_assert_uint_lt(scene.network.puts, 5 * (chunks - before + 10));
	ck_assert_uint_eq(scene_count_journals(&scene), 0);
	scene_note_source(&scene);
	ck_assert_int_eq(download(), AUTONOMI_OK);
	scene_assert_target_is_file(&scene);
}
END_TEST

START_TEST(copies_that_were_lost_meanwhile_are_stored_again)
{
	scene_write_file(&scene, 100000, 1);
	interrupt_upload_after(50);
	for (struct stored_record *record = scene.network.records; record != NULL;
	     record = record->next)
		network_lose(&scene.network, record->name, 3);
	ck_assert_int_eq(scene_upload(&scene, true), AUTONOMI_OK);
	for (struct stored_record *record = scene.network.records; record != NULL;
	     record = record->next)
		ck_assert_uint_eq(network_copies(&scene.network, record->name), 5);
}
END_TEST

START_TEST(a_false_proof_does_not_pass_for_a_copy)
{
	scene_write_file(&scene, 100000, 1);
	interrupt_upload_after(50);
	for (struct stored_record *record = scene.network.records; record != NULL;
	     record = record->next)
		record->holders = 0;
	for (size_t i = 0; i < 25; i++)
		scene.network.peers[i].behaviour = FALSE_PROOF;
	ck_assert_int_eq(scene_upload(&scene, true), AUTONOMI_OK);
	for (struct stored_record *record = scene.network.records; record != NULL;
	     record = record->next)
		ck_assert_uint_eq(network_copies(&scene.network, record->name), 5);
}
END_TEST

START_TEST(the_journal_says_nothing_of_the_file)
{
	scene_write_file(&scene, 100000, 1);
	interrupt_upload_after(50);
	char command[512];
	snprintf(command, sizeof(command), "grep -rqa holiday %s", scene.journals);
	ck_assert_int_ne(system(command), 0);
	snprintf(command, sizeof(command), "ls %s | grep -qa holiday", scene.journals);
	ck_assert_int_ne(system(command), 0);
}
END_TEST

START_TEST(a_torn_or_forged_journal_does_no_harm)
{
	scene_write_file(&scene, 100000, 1);
	interrupt_upload_after(50);
	char command[512];
	snprintf(command, sizeof(command),
	         "for f in %s/*; do head -c 777 /dev/urandom >> $f; printf x >> $f; done",
	         scene.journals);
	ck_assert_int_eq(system(command), 0);
	ck_assert_int_eq(scene_upload(&scene, true), AUTONOMI_OK);
	scene_note_source(&scene);
	ck_assert_int_eq(download(), AUTONOMI_OK);
	scene_assert_target_is_file(&scene);
}
END_TEST

START_TEST(without_a_place_for_its_journal_an_upload_goes_on)
{
	snprintf(scene.journals, sizeof(scene.journals), "/proc/no-such-folder");
	scene_restart_client(&scene);
	assert_round_trip(10000, true);
}
END_TEST

/* ---- Downloads. */
START_TEST(a_resumed_download_fetches_only_what_is_missing)
{
	upload(100000);
	scene_begin_download(&scene, scene_source(&scene));
	while (scene.outcome.progress_done < 50000)
		ck_assert(network_step(&scene.network, scene.client));
	scene_restart_client(&scene);
	ck_assert(scene_exists(scene.part));
	ck_assert(!scene_exists(scene.target));
	network_reset_counts(&scene.network);
	ck_assert_int_eq(download(), AUTONOMI_OK);
	scene_assert_target_is_file(&scene);
	/* Half of 100 pieces, and the maps above them. */
	ck_assert_uint_lt(scene.network.gets, 50 + 20);
}
END_TEST

START_TEST(false_bytes_in_a_part_file_are_fetched_again)
{
	upload(100000);
	FILE *part = fopen(scene.part, "wb");
	for (int i = 0; i < 100000; i++)
		fputc(i, part);
	fclose(part);
	ck_assert_int_eq(download(), AUTONOMI_OK);
	scene_assert_target_is_file(&scene);
}
END_TEST

START_TEST(a_file_in_the_way_is_not_touched)
{
	upload(1000);
	FILE *file = fopen(scene.target, "wb");
	fputs("mine", file);
	fclose(file);
	network_reset_counts(&scene.network);
	ck_assert_int_eq(download(), AUTONOMI_E_EXISTS);
	ck_assert_uint_eq(scene.network.gets, 0);
	ck_assert(!scene_exists(scene.part));
	outcome_release(&scene.outcome);
	ck_assert_int_eq(an_client_download(scene.client, scene_source(&scene), scene.target, true,
	                                    NULL, outcome_done, &scene.outcome, NULL),
	                 AUTONOMI_OK);
	network_run(&scene.network, scene.client, &scene.outcome);
	ck_assert_int_eq(scene.outcome.result.status, AUTONOMI_OK);
	scene_assert_target_is_file(&scene);
}
END_TEST

START_TEST(a_missing_directory_is_named)
{
	upload(1000);
	const size_t length = strlen(scene.target);
	snprintf(scene.target + length, sizeof(scene.target) - length, "/below");
	ck_assert_int_eq(download(), AUTONOMI_E_NO_FILE);
	ck_assert_ptr_nonnull(strstr(scene.outcome.result.message, "directory"));
}
END_TEST

START_TEST(an_address_that_nobody_knows_is_not_found)
{
	memset(scene.source, 7, 32);
	scene.source_size = 32;
	ck_assert_int_eq(download(), AUTONOMI_E_NOT_FOUND);
	ck_assert(!scene_exists(scene.part));
}
END_TEST

START_TEST(a_chunk_that_is_gone_fails_and_leaves_the_part)
{
	upload(100000);
	struct stored_record *lost = scene.network.records;
	for (int i = 0; i < 60; i++)
		lost = lost->next;
	lost->holders = 0;
	ck_assert_int_eq(download(), AUTONOMI_E_NOT_FOUND);
	ck_assert(scene_exists(scene.part));
	ck_assert(!scene_exists(scene.target));
}
END_TEST

START_TEST(a_download_survives_the_loss_of_four_holders_and_false_ones)
{
	upload(100000);
	for (struct stored_record *record = scene.network.records; record != NULL;
	     record = record->next)
		network_lose(&scene.network, record->name, 1);
	for (size_t i = 0; i < 25; i++) {
		if (i % 6 == 0 && scene.network.peers[i].behaviour == HONEST)
			scene.network.peers[i].behaviour = BUSY_FOR_A_WHILE;
	}
	ck_assert_int_eq(download(), AUTONOMI_OK);
	scene_assert_target_is_file(&scene);
}
END_TEST

START_TEST(late_answers_everywhere_do_not_multiply_the_bytes)
{
	upload(100000);
	for (size_t i = 0; i < 25; i++)
		scene.network.peers[i].behaviour = SLOW;
	network_reset_counts(&scene.network);
	ck_assert_int_eq(download(), AUTONOMI_OK);
	ck_assert_uint_le(scene.network.gets, scene.outcome.result.chunks * 11 / 10 + 8);
}
END_TEST

START_TEST(a_silent_peer_does_not_stop_an_upload)
{
	const an_time_us began = scene.network.now;
	scene.network.peers[0].behaviour = SILENT;
	upload(100000);
	ck_assert_uint_gt(scene.network.peers[0].puts, 15);
	ck_assert_uint_eq(scene.outcome.result.copies[5], scene.outcome.result.chunks);
	/* Each wait for it takes two minutes. */
	ck_assert_uint_lt(scene.network.now - began, AN_MINUTES(5));
}
END_TEST

/* ---- A disk that fails. */
static unsigned writes_left;

static an_status write_until_full(void *context, struct an_file *file, uint64_t offset,
                                  struct an_span bytes)
{
	if (writes_left == 0)
		return AUTONOMI_E_DISK_FULL;
	writes_left--;
	return an_sys_machine()->file_write(context, file, offset, bytes);
}

static an_status little_space(void *context, const char *path, uint64_t *ret_bytes)
{
	(void)context;
	(void)path;
	*ret_bytes = 99999;
	return AUTONOMI_OK;
}

static an_status sync_fails(void *context, struct an_file *file)
{
	(void)context;
	(void)file;
	return AUTONOMI_E_IO;
}

START_TEST(a_disk_that_fills_up_keeps_the_part_and_the_download_goes_on_later)
{
	upload(100000);
	writes_left = 50;
	scene.sys.file_write = write_until_full;
	ck_assert_int_eq(download(), AUTONOMI_E_DISK_FULL);
	ck_assert(scene_exists(scene.part));
	ck_assert(!scene_exists(scene.target));
	writes_left = UINT32_MAX;
	network_reset_counts(&scene.network);
	ck_assert_int_eq(download(), AUTONOMI_OK);
	ck_assert_uint_lt(scene.network.gets, 50 + 20);
	scene_assert_target_is_file(&scene);
}
END_TEST

START_TEST(a_disk_without_room_for_the_file_is_noticed_before_it_is_fetched)
{
	upload(100000);
	scene.sys.path_free_space = little_space;
	network_reset_counts(&scene.network);
	ck_assert_int_eq(download(), AUTONOMI_E_DISK_FULL);
	ck_assert_uint_lt(scene.network.gets, 20);
	ck_assert(!scene_exists(scene.part));
}
END_TEST

START_TEST(a_sync_that_fails_leaves_no_target)
{
	upload(10000);
	scene.sys.file_sync = sync_fails;
	ck_assert_int_eq(download(), AUTONOMI_E_IO);
	ck_assert(!scene_exists(scene.target));
}
END_TEST

START_TEST(a_journal_that_cannot_be_written_does_not_stop_an_upload)
{
	writes_left = 3;
	scene.sys.file_write = write_until_full;
	upload(100000);
	ck_assert_uint_eq(scene.outcome.result.copies[5], scene.outcome.result.chunks);
}
END_TEST

/* ---- Maps of strangers. */
static void make_root(const struct an_data_map *map)
{
	struct an_buffer out;
	an_buffer_init(&out, sizeof(scene.source));
	ck_assert_int_eq(an_data_map_encode_root(map, &out), AUTONOMI_OK);
	memcpy(scene.source, out.data, out.size);
	scene.source_size = out.size;
	an_buffer_done(&out);
}

static void make_map(size_t count, uint64_t size, bool has_child)
{
	struct an_data_map map;
	ck_assert_int_eq(an_data_map_init(&map, count), AUTONOMI_OK);
	for (size_t i = 0; i < count; i++) {
		map.entries[i].index = i;
		map.entries[i].src_size = size;
		memset(map.entries[i].dst_hash, (int)i + 1, 32);
	}
	map.has_child = has_child;
	map.child = has_child ? 1 : 0;
	make_root(&map);
	an_data_map_done(&map);
}

START_TEST(noise_is_no_data_map)
{
	an_random_fill(&scene.network.random, scene.source, sizeof(scene.source));
	scene.source_size = _i == 0 ? 33 : _i == 1 ? 1 : sizeof(scene.source);
	ck_assert_int_eq(download(), AUTONOMI_E_CORRUPT);
	ck_assert(!scene_exists(scene.part));
}
END_TEST

START_TEST(a_chunk_that_is_no_data_map_is_not_a_file)
{
	uint8_t noise[500];
	an_random_fill(&scene.network.random, noise, sizeof(noise));
	network_store(&scene.network, an_span(noise, sizeof(noise)), scene.source);
	scene.source_size = 32;
	ck_assert_int_eq(download(), AUTONOMI_E_CORRUPT);
}
END_TEST

START_TEST(sizes_that_cannot_be_are_refused_before_anything_is_fetched)
{
	static const uint64_t claims[] = {0, 4 * MIB + 3, UINT64_MAX, UINT64_C(1) << 60};
	make_map(3, claims[_i], false);
	ck_assert_int_eq(download(), AUTONOMI_E_CORRUPT);
	make_map(3, claims[_i], true);
	ck_assert_int_eq(download(), AUTONOMI_E_CORRUPT);
	make_map(2, 1000, false);
	ck_assert_int_eq(download(), AUTONOMI_E_CORRUPT);
	make_map(32, 4 * MIB, true);
	ck_assert_int_eq(download(), AUTONOMI_E_CORRUPT);
	ck_assert_uint_eq(scene.network.gets, 0);
}
END_TEST

START_TEST(a_map_with_another_size_than_its_chunks_have_is_corrupt)
{
	struct an_data_map map;
	scene_write_file(&scene, 3000, 1);
	ck_assert_int_eq(scene_upload(&scene, false), AUTONOMI_OK);
	ck_assert_int_eq(an_data_map_decode_root(scene.outcome.result.bytes, &map), AUTONOMI_OK);
	map.entries[1].src_size = _i == 0 ? 999 : 1001;
	make_root(&map);
	an_data_map_done(&map);
	ck_assert_int_eq(download(), AUTONOMI_E_CORRUPT);
	ck_assert(!scene_exists(scene.target));
}
END_TEST

static void add_resuming(TCase *resuming)
{
	tcase_add_test(resuming, a_file_whose_map_has_many_levels_comes_back);
	tcase_add_test(resuming, a_resumed_upload_asks_for_proofs_and_sends_only_what_is_missing);
	tcase_add_test(resuming, copies_that_were_lost_meanwhile_are_stored_again);
	tcase_add_test(resuming, a_false_proof_does_not_pass_for_a_copy);
	tcase_add_test(resuming, the_journal_says_nothing_of_the_file);
	tcase_add_test(resuming, a_torn_or_forged_journal_does_no_harm);
	tcase_add_test(resuming, without_a_place_for_its_journal_an_upload_goes_on);
	tcase_add_test(resuming, a_resumed_download_fetches_only_what_is_missing);
	tcase_add_test(resuming, false_bytes_in_a_part_file_are_fetched_again);
	tcase_add_test(resuming, a_chunk_that_is_gone_fails_and_leaves_the_part);
	tcase_add_test(resuming, a_download_survives_the_loss_of_four_holders_and_false_ones);
	tcase_add_test(resuming, late_answers_everywhere_do_not_multiply_the_bytes);
	tcase_add_test(resuming, a_silent_peer_does_not_stop_an_upload);
	tcase_add_test(resuming,
	               a_disk_that_fills_up_keeps_the_part_and_the_download_goes_on_later);
	tcase_add_test(resuming, a_disk_without_room_for_the_file_is_noticed_before_it_is_fetched);
	tcase_add_test(resuming, a_sync_that_fails_leaves_no_target);
	tcase_add_test(resuming, a_journal_that_cannot_be_written_does_not_stop_an_upload);
	tcase_add_loop_test(resuming, a_map_with_another_size_than_its_chunks_have_is_corrupt, 0,
	                    2);
}

static void add_files(TCase *files)
{
	tcase_add_loop_test(files, a_public_file_comes_back_by_its_address, 0, SIZES);
	tcase_add_loop_test(files, a_private_file_comes_back_by_its_data_map, 0, SIZES);
	tcase_add_loop_test(files, files_too_small_for_self_encryption_are_refused_with_the_way_out,
	                    0, 3);
	tcase_add_test(files, a_missing_file_is_named);
	tcase_add_test(files, a_directory_is_no_file);
	tcase_add_test(files, a_file_that_changed_under_its_name_is_stored_again_in_full);
	tcase_add_test(files, a_file_that_changes_while_it_is_read_is_an_error);
	tcase_add_test(files, an_upload_that_misses_its_quorum_fails_and_names_the_chunk);
	tcase_add_test(files, a_file_in_the_way_is_not_touched);
	tcase_add_test(files, a_missing_directory_is_named);
	tcase_add_test(files, an_address_that_nobody_knows_is_not_found);
	tcase_add_loop_test(files, noise_is_no_data_map, 0, 3);
	tcase_add_test(files, a_chunk_that_is_no_data_map_is_not_a_file);
	tcase_add_loop_test(files, sizes_that_cannot_be_are_refused_before_anything_is_fetched, 0,
	                    4);
}

Suite *suite(void)
{
	Suite *s = suite_create("client/files");
	TCase *files = tcase_create("files");
	tcase_set_timeout(files, 60);
	tcase_add_checked_fixture(files, setup, teardown);
	add_files(files);
	suite_add_tcase(s, files);
	TCase *resuming = tcase_create("many small pieces");
	tcase_add_checked_fixture(resuming, setup_small_pieces, teardown);
	add_resuming(resuming);
	suite_add_tcase(s, resuming);
	return s;
}
