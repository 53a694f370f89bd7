/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who gives way, and when (DESIGN 5, semantics 6.14). */
#include "scene.h"

#include <check.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { RECORDS = 20, SIZE = 100 };

static struct scene scene;
static struct record records[RECORDS + 1]; /* nearest first */

static int compare(const void *a, const void *b)
{
	const struct record *left = a, *right = b;
	const struct an_dht_key x = an_dht_key_of(an_span(left->key, sizeof(left->key)));
	const struct an_dht_key y = an_dht_key_of(an_span(right->key, sizeof(right->key)));
	return an_dht_key_compare(&scene.config.self, &x, &y);
}

static struct an_dht_key distance_of(const struct record *record)
{
	const struct an_dht_key key = an_dht_key_of(an_span(record->key, sizeof(record->key)));
	return an_dht_key_distance(&scene.config.self, &key);
}

/* The records up to this one are within our range. */
static void set_range(size_t farthest)
{
	const struct an_dht_key range = distance_of(&records[farthest]);
	an_store_set_responsible_range(scene.store, &range);
}

static void setup(void)
{
	scene_setup(&scene);
	scene.config.records_max = RECORDS;
	scene.config.self.bytes[0] = 0x5a;
	for (size_t i = 0; i <= RECORDS; i++)
		records[i] = chunk(i, SIZE);
	qsort(records, RECORDS + 1, sizeof(records[0]), compare);
	scene_open(&scene);
}

static void teardown(void)
{
	for (size_t i = 0; i <= RECORDS; i++)
		drop(&records[i]);
	scene_teardown(&scene);
}

static void put_all_but(size_t except)
{
	for (size_t i = 0; i <= RECORDS; i++)
		if (i != except)
			ck_assert_int_eq(put(&scene, &records[i]), AUTONOMI_OK);
}

static bool holds(size_t i)
{
	return an_store_find(scene.store, records[i].key) != NULL;
}

START_TEST(a_full_store_gives_way_to_a_nearer_record_when_the_farthest_is_outside_the_range)
{
	put_all_but(3);
	set_range(10);
	ck_assert_int_eq(put(&scene, &records[3]), AUTONOMI_OK);
	ck_assert(holds(3));
	ck_assert(!holds(RECORDS));
	ck_assert_uint_eq(an_store_count(scene.store), RECORDS);
	ck_assert_uint_eq(an_store_counters(scene.store)->pruned, 1);
	ck_assert_uint_eq(scene.pruned, 1);
	ck_assert_uint_eq(an_store_counters(scene.store)->commits, RECORDS + 1);
}
END_TEST

START_TEST(nothing_gives_way_while_the_range_is_unknown)
{
	put_all_but(3);
	ck_assert_int_eq(put(&scene, &records[3]), AUTONOMI_E_FULL);
	ck_assert_uint_eq(an_store_count(scene.store), RECORDS);
	ck_assert_uint_eq(an_store_counters(scene.store)->puts_refused, 1);
}
END_TEST

START_TEST(a_record_within_the_range_does_not_give_way)
{
	put_all_but(3);
	set_range(RECORDS);
	ck_assert_int_eq(put(&scene, &records[3]), AUTONOMI_E_FULL);
	ck_assert(holds(RECORDS));
}
END_TEST

START_TEST(nothing_gives_way_to_a_record_that_is_farther)
{
	put_all_but(RECORDS);
	set_range(2);
	ck_assert_int_eq(put(&scene, &records[RECORDS]), AUTONOMI_E_FULL);
	ck_assert(holds(RECORDS - 1));
}
END_TEST

START_TEST(puts_of_one_batch_share_what_room_there_is)
{
	struct answer answers[3] = {{0}};
	for (size_t i = 3; i <= RECORDS; i++)
		put(&scene, &records[i]);
	set_range(RECORDS - 1);
	/* Two places are free, and one record lies outside of the range. */
	for (size_t i = 0; i < 3; i++)
		an_store_put(scene.store, records[i].key, records[i].value,
		             an_blob_span(records[i].value), note, &answers[i]);
	struct record fourth = chunk(99, SIZE);
	struct answer last = {0};
	an_store_put(scene.store, fourth.key, fourth.value, an_blob_span(fourth.value), note,
	             &last);
	an_store_run_inline(scene.store);
	for (size_t i = 0; i < 3; i++)
		ck_assert_int_eq(answers[i].status, AUTONOMI_OK);
	ck_assert_int_eq(last.status, AUTONOMI_E_FULL);
	ck_assert_uint_eq(an_store_count(scene.store), RECORDS);
	ck_assert(!holds(RECORDS));
	drop(&fourth);
}
END_TEST

START_TEST(a_quota_refuses_as_a_full_disk_and_reading_goes_on)
{
	scene_close(&scene);
	scene.config.bytes_max = 3 * records[0].value->size;
	scene_open(&scene);
	for (size_t i = 0; i < 3; i++)
		ck_assert_int_eq(put(&scene, &records[i]), AUTONOMI_OK);
	ck_assert_int_eq(put(&scene, &records[3]), AUTONOMI_E_DISK_FULL);
	ck_assert_int_eq(get(&scene, &records[1]), AUTONOMI_OK);
	take(&scene, &records[0]);
	ck_assert_int_eq(put(&scene, &records[3]), AUTONOMI_OK);
}
END_TEST

START_TEST(within_a_quota_several_farther_records_give_way_to_one_larger)
{
	uint64_t number = 1000;
	struct record large = chunk(number, 1500);
	while (compare(&large, &records[10]) > 0 || compare(&large, &records[6]) < 0) {
		drop(&large);
		large = chunk(++number, 1500);
	}
	scene_close(&scene);
	scene.config.bytes_max = RECORDS * records[0].value->size;
	scene_open(&scene);
	put_all_but(RECORDS);
	set_range(2);
	/* It needs the room of fifteen, and thirteen at most lie farther away than it. */
	ck_assert_int_eq(put(&scene, &large), AUTONOMI_E_DISK_FULL);
	ck_assert_uint_eq(an_store_count(scene.store), RECORDS);
	drop(&large);
	large = chunk(1, 250);
	for (uint64_t seed = 2; compare(&large, &records[3]) > 0; seed++) {
		drop(&large);
		large = chunk(seed, 250);
	}
	ck_assert_int_eq(put(&scene, &large), AUTONOMI_OK);
	ck_assert_uint_eq(an_store_count(scene.store), RECORDS + 1 - 3);
	ck_assert_uint_eq(scene.pruned, 3);
	ck_assert(!holds(RECORDS - 1) && !holds(RECORDS - 3) && holds(RECORDS - 4));
	drop(&large);
}
END_TEST

START_TEST(a_record_that_is_replaced_takes_no_new_place)
{
	struct record old = pointer(1, 1, SIZE), new = pointer(1, 2, SIZE + 10);
	for (size_t i = 0; i < RECORDS - 1; i++)
		put(&scene, &records[i]);
	ck_assert_int_eq(put(&scene, &old), AUTONOMI_OK);
	ck_assert_int_eq(put(&scene, &new), AUTONOMI_OK);
	ck_assert_int_eq(put(&scene, &records[RECORDS]), AUTONOMI_E_FULL);
	drop(&old);
	drop(&new);
}
END_TEST

/* The range that goes `tenths` / 10 times into the distance of record `i`. */
static void set_range_that_goes_into(size_t i, unsigned tenths)
{
	struct an_dht_key range = distance_of(&records[i]);
	unsigned carry = 0;
	for (size_t byte = AN_DHT_KEY_SIZE; byte > 0; byte--) {
		carry += range.bytes[byte - 1] * 10U;
		range.bytes[byte - 1] = (uint8_t)carry;
		carry >>= 8;
	}
	for (size_t byte = 0; byte < AN_DHT_KEY_SIZE; byte++) {
		carry = carry << 8 | range.bytes[byte];
		range.bytes[byte] = (uint8_t)(carry / tenths);
		carry %= tenths;
	}
	an_store_set_responsible_range(scene.store, &range);
}

/* Distances of random records lie close together, so the range is a small part of them. */
static void set_range_below_a_tenth_of(size_t i)
{
	set_range_that_goes_into(i, 100);
}

START_TEST(cleanup_removes_of_the_farthest_tenth_what_lies_ten_ranges_away)
{
	scene.profile.prune_batch = RECORDS;
	put_all_but(0);
	set_range_below_a_tenth_of(RECORDS);
	ck_assert_uint_eq(an_store_cleanup(scene.store), 1);
	ck_assert(holds(RECORDS));
	an_store_run_inline(scene.store);
	ck_assert(!holds(RECORDS));
	ck_assert(holds(RECORDS - 1));
	ck_assert_uint_eq(an_store_counters(scene.store)->pruned, 1);
}
END_TEST

START_TEST(cleanup_looks_at_a_tenth_however_far_away_all_lie)
{
	scene.profile.prune_batch = RECORDS;
	put_all_but(0);
	set_range_that_goes_into(1, 1000);
	ck_assert_uint_eq(an_store_cleanup(scene.store), RECORDS / 10);
	an_store_run_inline(scene.store);
	ck_assert(!holds(RECORDS) && !holds(RECORDS - 1) && holds(RECORDS - 2));
}
END_TEST

START_TEST(cleanup_leaves_what_lies_nearer_than_ten_ranges)
{
	scene.profile.prune_batch = RECORDS;
	put_all_but(0);
	set_range_that_goes_into(RECORDS, 99);
	ck_assert_uint_eq(an_store_cleanup(scene.store), 0);
}
END_TEST

START_TEST(cleanup_leaves_what_lies_nearer_and_what_are_few)
{
	put_all_but(0);
	ck_assert_uint_eq(an_store_cleanup(scene.store), 0);
	scene.profile.prune_batch = RECORDS;
	ck_assert_uint_eq(an_store_cleanup(scene.store), 0); /* the range is unknown */
	set_range(5);
	ck_assert_uint_eq(an_store_cleanup(scene.store), 0); /* ten times that is everything */
	scene.profile.prune_batch = RECORDS + 1;
	set_range_below_a_tenth_of(RECORDS);
	ck_assert_uint_eq(an_store_cleanup(scene.store), 0);
	ck_assert_uint_eq(an_store_count(scene.store), RECORDS);
}
END_TEST

static bool never(void *context, const struct an_store_entry *entry)
{
	(void)context;
	(void)entry;
	return false;
}

static bool all_but(void *context, const struct an_store_entry *entry)
{
	const struct record *kept = context;
	return memcmp(kept->key, entry->key, sizeof(kept->key)) != 0;
}

static void reopen_with(an_store_droppable *droppable, void *context)
{
	scene_close(&scene);
	scene.config.droppable = droppable;
	scene.config.droppable_context = context;
	scene_open(&scene);
}

/* DESIGN 8, "The same width everywhere". */
START_TEST(lesson_13_what_this_node_must_keep_gives_way_to_nobody)
{
	reopen_with(never, NULL);
	put_all_but(3);
	set_range(10);
	ck_assert_int_eq(put(&scene, &records[3]), AUTONOMI_E_FULL);
	ck_assert(holds(RECORDS));
}
END_TEST

START_TEST(lesson_13_cleanup_leaves_what_this_node_must_keep_and_removes_the_rest)
{
	scene.profile.prune_batch = RECORDS;
	reopen_with(all_but, &records[RECORDS]);
	put_all_but(0);
	set_range_below_a_tenth_of(RECORDS);
	ck_assert_uint_eq(an_store_cleanup(scene.store), 0);
	reopen_with(all_but, &records[0]);
	set_range_below_a_tenth_of(RECORDS);
	ck_assert_uint_eq(an_store_cleanup(scene.store), 1);
	an_store_run_inline(scene.store);
	ck_assert(!holds(RECORDS));
}
END_TEST

static bool count_question(void *context, const struct an_store_entry *entry)
{
	(void)entry;
	++*(size_t *)context;
	return false;
}

START_TEST(a_full_store_asks_what_it_may_drop_before_anything_comes)
{
	size_t questions = 0;
	reopen_with(count_question, &questions);
	put_all_but(3);
	an_store_look_for_room(scene.store);
	ck_assert_uint_eq(questions, 0); /* the range is unknown */
	set_range(10);
	an_store_look_for_room(scene.store);
	ck_assert_uint_eq(questions, RECORDS - 10);
	ck_assert_int_eq(an_store_remove(scene.store, records[RECORDS].key, NULL, NULL),
	                 AUTONOMI_OK);
	an_store_run_inline(scene.store);
	an_store_look_for_room(scene.store);
	ck_assert_uint_eq(questions, RECORDS - 10);
}
END_TEST

static off_t disk_used(void)
{
	char path[PATH_MAX];
	struct stat info;
	scene_close(&scene);
	database_of(&scene, path);
	ck_assert_int_eq(stat(path, &info), 0);
	scene_open(&scene);
	return info.st_size;
}

START_TEST(removed_records_give_their_bytes_back)
{
	/* autonomi-2 10.2 row 1: deleting 2.29 million chunks freed nothing. */
	enum { MANY = 300 };
	scene_close(&scene);
	scene.config.records_max = MANY;
	scene_open(&scene);
	struct record many[MANY];
	struct answer answer = {0};
	for (size_t i = 0; i < MANY; i++) {
		many[i] = chunk(500 + i, 60000);
		ck_assert_int_eq(put(&scene, &many[i]), AUTONOMI_OK);
	}
	const off_t full = disk_used();
	for (size_t i = 0; i < MANY; i++) {
		ck_assert_int_eq(an_store_remove(scene.store, many[i].key, note, &answer),
		                 AUTONOMI_OK);
		if (i % 10 == 0)
			an_store_run_inline(scene.store);
		drop(&many[i]);
	}
	an_store_run_inline(scene.store);
	ck_assert_uint_eq(answer.calls, MANY);
	ck_assert_int_lt(disk_used(), full / 2);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("store/full");
	TCase *tests = tcase_create("full");
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(
		tests,
		a_full_store_gives_way_to_a_nearer_record_when_the_farthest_is_outside_the_range);
	tcase_add_test(tests, nothing_gives_way_while_the_range_is_unknown);
	tcase_add_test(tests, a_full_store_asks_what_it_may_drop_before_anything_comes);
	tcase_add_test(tests, a_record_within_the_range_does_not_give_way);
	tcase_add_test(tests, nothing_gives_way_to_a_record_that_is_farther);
	tcase_add_test(tests, puts_of_one_batch_share_what_room_there_is);
	tcase_add_test(tests, a_quota_refuses_as_a_full_disk_and_reading_goes_on);
	tcase_add_test(tests, within_a_quota_several_farther_records_give_way_to_one_larger);
	tcase_add_test(tests, a_record_that_is_replaced_takes_no_new_place);
	tcase_add_test(tests, cleanup_removes_of_the_farthest_tenth_what_lies_ten_ranges_away);
	tcase_add_test(tests, cleanup_looks_at_a_tenth_however_far_away_all_lie);
	tcase_add_test(tests, cleanup_leaves_what_lies_nearer_than_ten_ranges);
	tcase_add_test(tests, cleanup_leaves_what_lies_nearer_and_what_are_few);
	tcase_add_test(tests, lesson_13_what_this_node_must_keep_gives_way_to_nobody);
	tcase_add_test(tests,
	               lesson_13_cleanup_leaves_what_this_node_must_keep_and_removes_the_rest);
	tcase_add_test(tests, removed_records_give_their_bytes_back);
	suite_add_tcase(s, tests);
	return s;
}
