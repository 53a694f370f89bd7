/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/data_map.h"

#include <check.h>
#include <stdlib.h>

#include "base/memory.h"
#include "data/chunk.h"
#include "harness.h"
#include "vectors/vector.h"

static struct an_buffer out;

static void setup(void)
{
	an_buffer_init(&out, 1 << 20);
}

static void teardown(void)
{
	an_buffer_done(&out);
}

static void assert_map(const struct an_data_map *map, const json_t *expected)
{
	const json_t *chunks = vector_get(expected, "chunks");
	ck_assert_int_eq(map->has_child, vector_has(expected, "child"));
	if (map->has_child)
		ck_assert_uint_eq(map->child, vector_number(expected, "child"));
	ck_assert_uint_eq(map->count, json_array_size(chunks));
	for (size_t i = 0; i < map->count; i++) {
		const json_t *chunk = json_array_get(chunks, i);
		const struct an_data_map_entry *entry = &map->entries[i];
		ck_assert_uint_eq(entry->index, vector_number(chunk, "index"));
		ck_assert_uint_eq(entry->src_size, vector_number(chunk, "src_size"));
		vector_equal(an_span(entry->dst_hash, 32), vector_bytes(chunk, "dst_hash"));
		vector_equal(an_span(entry->src_hash, 32), vector_bytes(chunk, "src_hash"));
	}
}

static void check_encodings(const json_t *vector)
{
	struct an_data_map map;
	const struct an_span root = vector_bytes(vector, "msgpack");
	const struct an_span level = vector_bytes(vector, "bincode");
	const json_t *expected = vector_get(vector, "data_map");

	ck_assert_int_eq(an_data_map_decode_level(level, &map), AUTONOMI_OK);
	assert_map(&map, expected);
	an_data_map_done(&map);
	ck_assert_int_eq(an_data_map_decode_level(vector_bytes(vector, "old_bincode"), &map),
	                 AUTONOMI_OK);
	an_data_map_done(&map);

	ck_assert_int_eq(an_data_map_decode_root(root, &map), AUTONOMI_OK);
	assert_map(&map, expected);
	ck_assert_uint_eq(an_data_map_size(&map), vector_number(vector, "original_size"));
	an_buffer_clear(&out);
	ck_assert_int_eq(an_data_map_encode_root(&map, &out), AUTONOMI_OK);
	vector_equal(an_buffer_span(&out), root);
	uint8_t name[AN_RECORD_NAME_SIZE];
	an_chunk_name(an_buffer_span(&out), name);
	vector_equal(an_span(name, sizeof(name)), vector_bytes(vector, "address"));
	an_buffer_clear(&out);
	ck_assert_int_eq(an_data_map_encode_level(&map, &out), AUTONOMI_OK);
	vector_equal(an_buffer_span(&out), level);
	an_buffer_clear(&out);
	ck_assert_int_eq(an_data_map_encode_old_level(&map, &out), AUTONOMI_OK);
	vector_equal(an_buffer_span(&out), vector_bytes(vector, "old_bincode"));
	an_buffer_clear(&out);
	ck_assert_int_eq(an_data_map_encode_json(&map, &out), AUTONOMI_OK);
	vector_equal(an_buffer_span(&out), an_span_text(vector_text(vector, "json")));
	an_data_map_done(&map);
}

START_TEST(maps_read_and_write_as_the_real_crates_do)
{
	ck_assert_uint_eq(vector_each("self_encryption", "data_map", check_encodings), 7);
}
END_TEST

static void check_read(const json_t *vector, an_status status, struct an_data_map *map)
{
	const bool ok = json_is_true(vector_get(vector, "ok"));
	ck_assert_msg((status == AUTONOMI_OK) == ok, "%s %s", vector_id(),
	              vector_text(vector, "note"));
	if (ok)
		assert_map(map, vector_get(vector, "data_map"));
	else
		ck_assert_ptr_null(map->entries);
	an_data_map_done(map);
}

static void check_level(const json_t *vector)
{
	struct an_data_map map;
	check_read(vector, an_data_map_decode_level(vector_bytes(vector, "bytes"), &map), &map);
}

static void check_root(const json_t *vector)
{
	struct an_data_map map;
	check_read(vector, an_data_map_decode_root(vector_bytes(vector, "bytes"), &map), &map);
}

START_TEST(levels_get_the_verdict_of_the_real_reader)
{
	ck_assert_uint_eq(vector_each("self_encryption", "bincode_read", check_level), 12);
}
END_TEST

START_TEST(roots_get_the_verdict_of_the_real_reader)
{
	ck_assert_uint_eq(vector_each("self_encryption", "data_map_read", check_root), 11);
}
END_TEST

static void check_root_cuts(const json_t *vector)
{
	const struct an_span root = vector_bytes(vector, "msgpack");
	for (size_t size = 0; size < root.size && size < 1000; size++) {
		struct an_data_map map;
		/* The last byte is the child, which may be absent. */
		const an_status status = an_data_map_decode_root(an_span(root.data, size), &map);
		ck_assert_int_ne(status, AUTONOMI_OK);
		ck_assert_ptr_null(map.entries);
	}
}

START_TEST(a_root_that_is_cut_is_refused)
{
	ck_assert_uint_gt(vector_each("self_encryption", "data_map", check_root_cuts), 0);
}
END_TEST

START_TEST(a_count_without_entries_allocates_nothing)
{
	struct an_data_map map;
	/* 16,777,216 entries claimed in 14 bytes */
	ck_assert_int_eq(an_data_map_decode_root(an_span("\x93\x01\xdd\x01\0\0\0\x94\0\0\0\0\0\0",
	                                                 14),
	                                         &map),
	                 AUTONOMI_E_CORRUPT);
	ck_assert_ptr_null(map.entries);
	ck_assert_int_eq(an_data_map_decode_level(an_span("\x01\0\0\0\x01\0\0\0\0\0", 10), &map),
	                 AUTONOMI_E_CORRUPT);
	ck_assert_int_eq(an_data_map_init(&map, AN_DATA_MAP_ENTRIES_MAX + 1), AUTONOMI_E_TOO_LARGE);
}
END_TEST

START_TEST(a_size_that_overflows_is_the_largest)
{
	struct an_data_map map;
	ck_assert_int_eq(an_data_map_init(&map, 2), AUTONOMI_OK);
	map.entries[0].src_size = UINT64_MAX - 1;
	map.entries[1].src_size = 2;
	ck_assert_uint_eq(an_data_map_size(&map), UINT64_MAX);
	an_data_map_done(&map);
}
END_TEST

#ifdef AN_FAULT_INJECTION
static void check_faults(const json_t *vector)
{
	struct an_data_map map;
	an_memory_fail_after(0);
	const an_status root = an_data_map_decode_root(vector_bytes(vector, "msgpack"), &map);
	ck_assert_ptr_null(map.entries);
	const an_status level = an_data_map_decode_level(vector_bytes(vector, "bincode"), &map);
	ck_assert_ptr_null(map.entries);
	an_memory_fail_after(UINT64_MAX);
	const bool empty = json_array_size(vector_get(vector_get(vector, "data_map"), "chunks")) ==
	                   0;
	ck_assert_int_eq(root, empty ? AUTONOMI_OK : AUTONOMI_E_NO_MEMORY);
	ck_assert_int_eq(level, empty ? AUTONOMI_OK : AUTONOMI_E_NO_MEMORY);
}

START_TEST(without_memory_reading_a_map_is_an_error_and_leaks_nothing)
{
	ck_assert_uint_gt(vector_each("self_encryption", "data_map", check_faults), 0);
}
END_TEST
#endif

Suite *suite(void)
{
	Suite *s = suite_create("data/data_map");
	TCase *maps = tcase_create("maps");
	tcase_add_checked_fixture(maps, setup, teardown);
	tcase_add_test(maps, maps_read_and_write_as_the_real_crates_do);
	tcase_add_test(maps, levels_get_the_verdict_of_the_real_reader);
	tcase_add_test(maps, roots_get_the_verdict_of_the_real_reader);
	tcase_add_test(maps, a_root_that_is_cut_is_refused);
	tcase_add_test(maps, a_count_without_entries_allocates_nothing);
	tcase_add_test(maps, a_size_that_overflows_is_the_largest);
#ifdef AN_FAULT_INJECTION
	tcase_add_test(maps, without_memory_reading_a_map_is_an_error_and_leaks_nothing);
#endif
	suite_add_tcase(s, maps);
	return s;
}
