/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "harness.h"

#include <stdlib.h>

#include "base/memory.h"
#include "kad/bucket.h"

enum { K = 20 };

static struct an_kad_bucket bucket;

static struct an_contact peer(uint8_t n)
{
	return (struct an_contact){
		.id = {.size = 2, .bytes = {0, n}},
		.endpoint_count = 1,
		.endpoints = {an_endpoint_ip4(44, 0, 0, n, 1)},
	};
}

static enum an_kad_seen see(uint8_t n, an_time_us now)
{
	const struct an_contact contact = peer(n);
	const struct an_dht_key key = {{n}};
	return an_kad_bucket_seen(&bucket, &contact, &key, now);
}

static bool lose(uint8_t n)
{
	const struct an_contact contact = peer(n);
	return an_kad_bucket_failed(&bucket, &contact.id);
}

static void setup_full(void)
{
	an_kad_bucket_init(&bucket, K);
	for (uint8_t n = 0; n < K; n++)
		ck_assert_int_eq(see(n, n), AN_KAD_SEEN_ADDED);
}

static void teardown(void)
{
	an_kad_bucket_done(&bucket);
}

static void assert_oldest(uint8_t n)
{
	const struct an_contact contact = peer(n);
	ck_assert(an_peer_id_equal(&an_kad_bucket_oldest(&bucket)->contact.id, &contact.id));
}

START_TEST(a_known_peer_moves_to_the_newest_place)
{
	ck_assert_int_eq(see(0, 100), AN_KAD_SEEN_KNOWN);
	assert_oldest(1);
	ck_assert_uint_eq(bucket.entries[K - 1].last_seen, 100);
}
END_TEST

START_TEST(a_peer_that_answers_moves_to_the_newest_place)
{
	const struct an_contact first = peer(0), unknown = peer(99);
	ck_assert(an_kad_bucket_heard(&bucket, &first.id, 100));
	assert_oldest(1);
	ck_assert_uint_eq(bucket.entries[K - 1].last_seen, 100);
	ck_assert(!an_kad_bucket_heard(&bucket, &unknown.id, 100));
	ck_assert_uint_eq(bucket.size, K);
}
END_TEST

START_TEST(a_newcomer_waits_and_replaces_a_peer_that_failed)
{
	ck_assert_int_eq(see(200, 100), AN_KAD_SEEN_PENDING);
	ck_assert(lose(0));
	ck_assert_uint_eq(bucket.size, K);
	ck_assert_int_eq(see(200, 101), AN_KAD_SEEN_KNOWN);
}
END_TEST

START_TEST(a_newcomer_is_dropped_when_the_oldest_answers)
{
	ck_assert_int_eq(see(200, 100), AN_KAD_SEEN_PENDING);
	ck_assert_int_eq(see(0, 101), AN_KAD_SEEN_KNOWN);
	ck_assert(lose(1));
	ck_assert_uint_eq(bucket.size, K - 1);
}
END_TEST

START_TEST(a_flood_does_not_displace_who_waits_first)
{
	ck_assert_int_eq(see(200, 100), AN_KAD_SEEN_PENDING);
	ck_assert_int_eq(see(201, 101), AN_KAD_SEEN_IGNORED);
	ck_assert(lose(5));
	ck_assert_int_eq(see(200, 102), AN_KAD_SEEN_KNOWN);
}
END_TEST

START_TEST(a_newcomer_that_fails_while_waiting_leaves_the_slot)
{
	ck_assert_int_eq(see(200, 100), AN_KAD_SEEN_PENDING);
	ck_assert(lose(200));
	ck_assert_int_eq(see(201, 101), AN_KAD_SEEN_PENDING);
}
END_TEST

START_TEST(losing_an_unknown_peer_changes_nothing)
{
	ck_assert(!lose(99));
	ck_assert_uint_eq(bucket.size, K);
}
END_TEST

START_TEST(a_new_address_of_a_known_peer_comes_first_and_the_old_one_stays)
{
	struct an_contact moved = peer(3);
	const struct an_endpoint before = moved.endpoints[0];
	const struct an_endpoint after = an_endpoint_ip4(45, 0, 0, 1, 9);
	moved.endpoints[0] = after;
	const struct an_dht_key key = {{3}};
	ck_assert_int_eq(an_kad_bucket_seen(&bucket, &moved, &key, 100), AN_KAD_SEEN_KNOWN);
	const struct an_kad_entry *entry = an_kad_bucket_find(&bucket, &moved.id);
	ck_assert_uint_eq(entry->contact.endpoint_count, 2);
	ck_assert(an_endpoint_equal(&entry->contact.endpoints[0], &after));
	ck_assert(an_endpoint_equal(&entry->contact.endpoints[1], &before));
}
END_TEST

#ifdef AN_FAULT_INJECTION
START_TEST(without_memory_a_newcomer_is_ignored_and_the_bucket_is_as_it_was)
{
	an_kad_bucket_init(&bucket, K);
	ck_assert_int_eq(see(1, 1), AN_KAD_SEEN_ADDED);
	ck_assert_int_eq(see(2, 2), AN_KAD_SEEN_ADDED);
	an_memory_fail_after(0);
	ck_assert_int_eq(see(3, 3), AN_KAD_SEEN_IGNORED);
	an_memory_fail_after(UINT64_MAX);
	ck_assert_uint_eq(bucket.size, 2);
	ck_assert_int_eq(see(3, 4), AN_KAD_SEEN_ADDED);
}
END_TEST
#endif

Suite *suite(void)
{
	Suite *s = suite_create("kad/bucket");
	TCase *full = tcase_create("full bucket");
	tcase_add_checked_fixture(full, setup_full, teardown);
	tcase_add_test(full, a_known_peer_moves_to_the_newest_place);
	tcase_add_test(full, a_peer_that_answers_moves_to_the_newest_place);
	tcase_add_test(full, a_newcomer_waits_and_replaces_a_peer_that_failed);
	tcase_add_test(full, a_newcomer_is_dropped_when_the_oldest_answers);
	tcase_add_test(full, a_flood_does_not_displace_who_waits_first);
	tcase_add_test(full, a_newcomer_that_fails_while_waiting_leaves_the_slot);
	tcase_add_test(full, losing_an_unknown_peer_changes_nothing);
	tcase_add_test(full, a_new_address_of_a_known_peer_comes_first_and_the_old_one_stays);
	suite_add_tcase(s, full);
#ifdef AN_FAULT_INJECTION
	TCase *memory = tcase_create("without memory");
	tcase_add_checked_fixture(memory, NULL, teardown);
	tcase_add_test(memory, without_memory_a_newcomer_is_ignored_and_the_bucket_is_as_it_was);
	suite_add_tcase(s, memory);
#endif
	return s;
}
