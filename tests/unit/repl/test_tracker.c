/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rows of the table of semantics 6.8.1. */
#include "harness.h"

#include <stdlib.h>

#include "repl/internal.h"
#include "town.h"

static struct an_repl_tracker tracker;
static struct an_dht_key self;
static struct an_peer_id peers[40]; /* nearest first */

static int compare(const void *a, const void *b)
{
	const struct an_dht_key x = an_peer_id_dht_key(a), y = an_peer_id_dht_key(b);
	return an_dht_key_compare(&self, &x, &y);
}

static void setup(void)
{
	self = (struct an_dht_key){{0x31}};
	an_repl_tracker_init(&tracker, &an_profile_autonomi, &self);
	for (uint32_t i = 0; i < 40; i++)
		peers[i] = town_contact(i).id;
	qsort(peers, 40, sizeof(peers[0]), compare);
}

static enum an_repl_tracking add(size_t i)
{
	return an_repl_tracker_added(&tracker, &peers[i]);
}

static enum an_repl_tracking lose(size_t i, an_time_us now)
{
	return an_repl_tracker_removed(&tracker, &peers[i], now);
}

START_TEST(a_new_peer_triggers_once)
{
	ck_assert_int_eq(add(3), AN_REPL_TRACKING_TRIGGER);
	ck_assert_int_eq(add(3), AN_REPL_TRACKING_IGNORE);
}
END_TEST

START_TEST(a_peer_that_leaves_triggers_and_its_return_does_not)
{
	add(3);
	ck_assert_int_eq(lose(3, 1000), AN_REPL_TRACKING_TRIGGER);
	ck_assert_int_eq(add(3), AN_REPL_TRACKING_SKIP);
}
END_TEST

START_TEST(a_peer_that_restarts_again_triggers_nothing_within_the_time_of_a_restart)
{
	add(3);
	lose(3, 1000);
	add(3);
	ck_assert_int_eq(lose(3, AN_SECONDS(10)), AN_REPL_TRACKING_SKIP);
	an_repl_tracker_tick(&tracker, AN_SECONDS(99));
	ck_assert_int_eq(add(3), AN_REPL_TRACKING_SKIP);
}
END_TEST

START_TEST(one_that_stays_away_longer_is_new_when_it_comes)
{
	add(3);
	lose(3, 1000);
	add(3);
	lose(3, AN_SECONDS(10));
	an_repl_tracker_tick(&tracker, AN_SECONDS(100));
	ck_assert_uint_eq(tracker.count, 0);
	ck_assert_int_eq(add(3), AN_REPL_TRACKING_TRIGGER);
}
END_TEST

START_TEST(who_is_farther_than_twenty_others_does_not_count)
{
	for (size_t i = 0; i < 20; i++)
		ck_assert_int_eq(add(i), AN_REPL_TRACKING_TRIGGER);
	ck_assert_int_eq(add(20), AN_REPL_TRACKING_IGNORE);
	ck_assert_int_eq(lose(20, 1000), AN_REPL_TRACKING_IGNORE);
	ck_assert_uint_eq(tracker.count, AN_REPL_TRACKED_MAX);
}
END_TEST

START_TEST(a_nearer_one_takes_the_place_of_the_farthest)
{
	for (size_t i = 1; i <= 20; i++)
		add(i);
	ck_assert_int_eq(add(0), AN_REPL_TRACKING_TRIGGER);
	ck_assert_uint_eq(tracker.count, AN_REPL_TRACKED_MAX);
	ck_assert_int_eq(lose(20, 1000), AN_REPL_TRACKING_IGNORE);
	ck_assert_int_eq(lose(0, 1000), AN_REPL_TRACKING_TRIGGER);
}
END_TEST

START_TEST(they_stand_in_the_order_of_their_distance_and_none_twice)
{
	struct an_random random;
	const uint8_t seed[AN_RANDOM_SEED_SIZE] = {9};
	an_random_init(&random, seed);
	for (int step = 0; step < 5000; step++) {
		const size_t peer = (size_t)an_random_below(&random, 40);
		const an_time_us now = AN_SECONDS((an_time_us)step * 7);
		if (an_random_below(&random, 2) == 0)
			add(peer);
		else
			lose(peer, now);
		an_repl_tracker_tick(&tracker, now);
		ck_assert_uint_le(tracker.count, AN_REPL_TRACKED_MAX);
		for (size_t i = 1; i < tracker.count; i++)
			ck_assert_int_lt(an_dht_key_compare(&self, &tracker.peers[i - 1].key,
			                                    &tracker.peers[i].key),
			                 0);
	}
}
END_TEST

/* ---- The view. */

START_TEST(what_is_owed_to_a_peer_stays_while_it_is_around)
{
	static struct an_repl_view view;
	struct an_repl_peer around[3] = {0};
	an_repl_view_init(&view, &self);
	for (uint32_t i = 0; i < 3; i++)
		around[i].contact = town_contact(i);
	an_repl_view_set(&view, around, 3);
	view.peers[an_repl_view_find(&view, &around[1].contact.id)].owed = true;
	an_repl_view_set(&view, around + 1, 2);
	ck_assert(view.peers[an_repl_view_find(&view, &around[1].contact.id)].owed);
	ck_assert_uint_eq(an_repl_view_find(&view, &around[0].contact.id), 0);
	an_repl_view_set(&view, around, 1);
	an_repl_view_set(&view, around, 3);
	ck_assert(!view.peers[an_repl_view_find(&view, &around[1].contact.id)].owed);
}
END_TEST

START_TEST(a_view_is_the_same_in_any_order_and_another_with_one_more)
{
	static struct an_repl_view a, b;
	struct an_repl_peer around[3] = {0};
	for (uint32_t i = 0; i < 3; i++)
		around[i].contact = town_contact(i);
	const struct an_repl_peer turned[3] = {around[2], around[0], around[1]};
	an_repl_view_init(&a, &self);
	an_repl_view_init(&b, &self);
	ck_assert(an_repl_view_same(&a, &b));
	an_repl_view_set(&a, around, 3);
	an_repl_view_set(&b, turned, 3);
	ck_assert(an_repl_view_same(&a, &b));
	an_repl_view_set(&b, turned, 2);
	ck_assert(!an_repl_view_same(&a, &b));
}
END_TEST

/* ---- The history of challenges. */

START_TEST(two_healthy_results_make_trust_and_one_bad_one_ends_it)
{
	struct an_repl_history history = {0};
	ck_assert_int_eq(an_repl_history_trust(&history, &peers[0]), AN_REPL_UNKNOWN);
	an_repl_history_note(&history, &peers[0], true);
	ck_assert_int_eq(an_repl_history_trust(&history, &peers[0]), AN_REPL_UNKNOWN);
	an_repl_history_note(&history, &peers[0], true);
	ck_assert_int_eq(an_repl_history_trust(&history, &peers[0]), AN_REPL_TRUSTED);
	an_repl_history_note(&history, &peers[0], false);
	ck_assert_int_eq(an_repl_history_trust(&history, &peers[0]), AN_REPL_DISTRUSTED);
	an_repl_history_note(&history, &peers[0], true);
	ck_assert_int_eq(an_repl_history_trust(&history, &peers[0]), AN_REPL_DISTRUSTED);
	an_repl_history_note(&history, &peers[0], true);
	ck_assert_int_eq(an_repl_history_trust(&history, &peers[0]), AN_REPL_TRUSTED);
}
END_TEST

START_TEST(twenty_peers_are_remembered_and_the_longest_unasked_is_forgotten)
{
	struct an_repl_history history = {0};
	for (size_t i = 0; i < AN_REPL_HISTORY_PEERS; i++)
		for (int twice = 0; twice < 2; twice++)
			an_repl_history_note(&history, &peers[i], true);
	an_repl_history_note(&history, &peers[0], true);
	an_repl_history_note(&history, &peers[30], true);
	ck_assert_int_eq(an_repl_history_trust(&history, &peers[0]), AN_REPL_TRUSTED);
	ck_assert_int_eq(an_repl_history_trust(&history, &peers[1]), AN_REPL_UNKNOWN);
	ck_assert_int_eq(an_repl_history_trust(&history, &peers[2]), AN_REPL_TRUSTED);
	ck_assert_uint_eq(history.count, AN_REPL_HISTORY_PEERS);
}
END_TEST

/* Semantics 6.8.3. */
START_TEST(the_reach_of_strangers_ends_at_ten_times_the_distance_of_the_farthest)
{
	struct an_repl_view view;
	an_repl_view_init(&view, &self);
	view.keys[view.count] = self;
	view.keys[view.count++].bytes[30] ^= 1;
	struct an_dht_key key = self;
	key.bytes[30] ^= 10;
	ck_assert(an_repl_view_reaches(&view, &key, an_profile_autonomi.network_load_reach));
	key.bytes[31] ^= 1;
	ck_assert(!an_repl_view_reaches(&view, &key, an_profile_autonomi.network_load_reach));
}
END_TEST

START_TEST(numbers_of_peers_and_chunks_are_autonomi_s)
{
	/* Semantics 1.5, 1.6, 6.8.3 and 6.10. */
	ck_assert_int_eq(AN_REPL_TRACKED_MAX, 20);
	ck_assert_int_eq(AN_REPL_VIEW_MAX, 39);
	ck_assert_int_eq(AN_REPL_HISTORY_PEERS, 20);
	ck_assert_int_eq(AN_REPL_HISTORY_RESULTS, 2);
	ck_assert_int_eq(AN_REPL_CHALLENGE_CHUNKS_MIN, 50);
	ck_assert_int_eq(AN_REPL_CHALLENGE_RECORDS, 5);
	ck_assert_int_eq(AN_REPL_HEALTH_NEIGHBOURS, 7);
	ck_assert_int_eq(AN_REPL_HEALTH_GOOD_MIN, 3);
	ck_assert_int_eq(AN_REPL_ISSUE_THRESHOLD, 3);
	ck_assert_int_eq(AN_REPL_ISSUES_MAX, 10);
	ck_assert_int_eq(AN_REPL_BLOCKED_MAX, 1000);
	ck_assert_int_eq(AN_REPL_NETWORK_WIDE_MANY, 3);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("repl/tracker");
	TCase *tests = tcase_create("tracker");
	tcase_add_checked_fixture(tests, setup, NULL);
	tcase_add_test(tests, numbers_of_peers_and_chunks_are_autonomi_s);
	tcase_add_test(tests, a_new_peer_triggers_once);
	tcase_add_test(tests, a_peer_that_leaves_triggers_and_its_return_does_not);
	tcase_add_test(tests,
	               a_peer_that_restarts_again_triggers_nothing_within_the_time_of_a_restart);
	tcase_add_test(tests, one_that_stays_away_longer_is_new_when_it_comes);
	tcase_add_test(tests, who_is_farther_than_twenty_others_does_not_count);
	tcase_add_test(tests, a_nearer_one_takes_the_place_of_the_farthest);
	tcase_add_test(tests, they_stand_in_the_order_of_their_distance_and_none_twice);
	tcase_add_test(tests, what_is_owed_to_a_peer_stays_while_it_is_around);
	tcase_add_test(tests, a_view_is_the_same_in_any_order_and_another_with_one_more);
	tcase_add_test(tests, two_healthy_results_make_trust_and_one_bad_one_ends_it);
	tcase_add_test(tests,
	               the_reach_of_strangers_ends_at_ten_times_the_distance_of_the_farthest);
	tcase_add_test(tests, twenty_peers_are_remembered_and_the_longest_unasked_is_forgotten);
	suite_add_tcase(s, tests);
	return s;
}
