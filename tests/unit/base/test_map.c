/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/map.h"

#include "base/memory.h"
#include "harness.h"

enum { ENTRIES = 2000, STEPS = 100000 };

struct item {
	struct an_map_entry entry;
	uint32_t number;
	bool in;
};

static struct an_map map;
static struct item item[ENTRIES];

static void setup(void)
{
	const uint64_t seed[2] = {0x0706050403020100, 0x0f0e0d0c0b0a0908};
	an_map_init(&map, seed);
	for (uint32_t i = 0; i < ENTRIES; i++)
		item[i] = (struct item){.number = i * 0x10000};
}

static void teardown(void)
{
	an_map_done(&map);
}

static struct an_span key_of(size_t i)
{
	return an_span(&item[i].number, sizeof(item[i].number));
}

static void insert(size_t i)
{
	ck_assert_int_eq(an_map_insert(&map, &item[i].entry, key_of(i)), AUTONOMI_OK);
	item[i].in = true;
}

START_TEST(an_empty_map_holds_nothing_and_no_memory)
{
	ck_assert_ptr_null(an_map_find(&map, key_of(0)));
	ck_assert_ptr_null(an_map_first(&map));
	ck_assert_ptr_null(map.buckets);
}
END_TEST

START_TEST(what_was_inserted_is_found_by_equal_bytes)
{
	const uint32_t number = item[7].number;
	insert(7);
	ck_assert_ptr_eq(an_map_find(&map, an_span(&number, sizeof(number))), &item[7].entry);
	ck_assert_ptr_null(an_map_find(&map, an_span(&number, sizeof(number) - 1)));
	ck_assert_ptr_null(an_map_find(&map, key_of(8)));
}
END_TEST

START_TEST(an_empty_key_is_a_key)
{
	ck_assert_int_eq(an_map_insert(&map, &item[0].entry, an_span(NULL, 0)), AUTONOMI_OK);
	ck_assert_ptr_eq(an_map_find(&map, an_span("", 0)), &item[0].entry);
}
END_TEST

/* Key 00 to 0f, messages 00, 01, 02 and so on: an implementation of its own, which gives the
 * published vectors of SipHash-2-4, gave these with 1 and 3 rounds. */
START_TEST(the_hash_is_siphash_1_3)
{
	static const struct {
		size_t size;
		uint64_t hash;
	} rows[] = {{0, 0xabac0158050fc4dc},
	            {1, 0xc9f49bf37d57ca93},
	            {8, 0x369095118d299a8e},
	            {15, 0xd320d86d2a519956}};
	uint8_t message[15];
	for (uint8_t i = 0; i < sizeof(message); i++)
		message[i] = i;
	for (size_t i = 0; i < 4; i++) {
		ck_assert_int_eq(an_map_insert(&map, &item[i].entry,
		                               an_span(message, rows[i].size)),
		                 AUTONOMI_OK);
		ck_assert_uint_eq(item[i].entry.hash, rows[i].hash);
	}
}
END_TEST

START_TEST(another_seed_gives_other_hashes)
{
	struct an_map second;
	struct an_map_entry entry;
	const uint64_t seed[2] = {1, 2};
	an_map_init(&second, seed);
	insert(0);
	ck_assert_int_eq(an_map_insert(&second, &entry, key_of(0)), AUTONOMI_OK);
	ck_assert_uint_ne(entry.hash, item[0].entry.hash);
	an_map_done(&second);
}
END_TEST

static void assert_iterates_over_all(size_t expected)
{
	size_t count = 0;
	for (struct an_map_entry *entry = an_map_first(&map); entry != NULL;
	     entry = an_map_next(&map, entry), count++)
		ck_assert(((struct item *)entry)->in);
	ck_assert_uint_eq(count, expected);
	ck_assert_uint_eq(map.size, expected);
}

START_TEST(a_map_is_a_set_of_what_is_in_it)
{
	uint64_t state = 1;
	size_t expected = 0;
	for (int step = 0; step < STEPS; step++) {
		state = state * 6364136223846793005u + 1442695040888963407u;
		const size_t i = (state >> 33) % ENTRIES;
		if (item[i].in) {
			an_map_remove(&map, &item[i].entry);
			item[i].in = false;
			expected--;
		} else {
			insert(i);
			expected++;
		}
		const size_t asked = (state >> 40) % ENTRIES;
		ck_assert_ptr_eq(an_map_find(&map, key_of(asked)),
		                 item[asked].in ? &item[asked].entry : NULL);
		if (step % 1000 == 0)
			assert_iterates_over_all(expected);
	}
}
END_TEST

START_TEST(chains_stay_short)
{
	for (size_t i = 0; i < ENTRIES; i++)
		insert(i);
	for (size_t bucket = 0; bucket < map.bucket_count; bucket++) {
		size_t length = 0;
		for (struct an_map_entry *i = map.buckets[bucket]; i != NULL; i = i->next)
			length++;
		ck_assert_uint_lt(length, 12);
	}
}
END_TEST

#ifdef AN_FAULT_INJECTION
START_TEST(without_memory_the_first_insertion_fails_and_leaves_the_map)
{
	an_memory_fail_after(0);
	ck_assert_int_eq(an_map_insert(&map, &item[0].entry, key_of(0)), AUTONOMI_E_NO_MEMORY);
	an_memory_fail_after(UINT64_MAX);
	ck_assert_uint_eq(map.size, 0);
	insert(0);
	ck_assert_ptr_eq(an_map_find(&map, key_of(0)), &item[0].entry);
}
END_TEST

START_TEST(a_map_that_cannot_grow_still_works)
{
	insert(0);
	an_memory_fail_after(0);
	for (size_t i = 1; i < 100; i++)
		insert(i);
	an_memory_fail_after(UINT64_MAX);
	for (size_t i = 0; i < 100; i++)
		ck_assert_ptr_eq(an_map_find(&map, key_of(i)), &item[i].entry);
}
END_TEST
#endif

Suite *suite(void)
{
	Suite *s = suite_create("base/map");
	TCase *all = tcase_create("maps");
	tcase_add_checked_fixture(all, setup, teardown);
	tcase_add_test(all, an_empty_map_holds_nothing_and_no_memory);
	tcase_add_test(all, what_was_inserted_is_found_by_equal_bytes);
	tcase_add_test(all, an_empty_key_is_a_key);
	tcase_add_test(all, the_hash_is_siphash_1_3);
	tcase_add_test(all, another_seed_gives_other_hashes);
	tcase_add_test(all, a_map_is_a_set_of_what_is_in_it);
	tcase_add_test(all, chains_stay_short);
#ifdef AN_FAULT_INJECTION
	tcase_add_test(all, without_memory_the_first_insertion_fails_and_leaves_the_map);
	tcase_add_test(all, a_map_that_cannot_grow_still_works);
#endif
	suite_add_tcase(s, all);
	return s;
}
