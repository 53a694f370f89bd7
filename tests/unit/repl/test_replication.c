/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What replication achieves in a small network, and what it costs (docs/replication.md). */
#include "harness.h"

#include "base/memory.h"
#include "town.h"

enum { NODES = 20, RECORDS = 300 };

static struct town town;

static void setup(void)
{
	town_init(&town, NODES);
}

static void teardown(void)
{
	town_done(&town);
}

static an_time_us intervals(unsigned count)
{
	return count * town.profile.replication_interval;
}

static void store_all(size_t copies)
{
	for (uint32_t i = 0; i < RECORDS; i++)
		town_store(&town, i, 0, copies);
}

static void assert_all_held(void)
{
	for (uint32_t i = 0; i < RECORDS; i++)
		ck_assert_uint_eq(town_holders(&town, i, 0), 5);
}

static size_t missing(void)
{
	size_t copies = 0;
	for (uint32_t i = 0; i < RECORDS; i++)
		copies += 5 - town_holders(&town, i, 0);
	return copies;
}

START_TEST(a_record_of_which_one_copy_is_left_comes_to_all_five)
{
	store_all(1);
	town_run(&town, intervals(2));
	assert_all_held();
	ck_assert_uint_eq(town_fetched(&town), RECORDS * 4);
}
END_TEST

START_TEST(a_record_on_a_node_that_need_not_hold_it_comes_to_those_who_must)
{
	for (uint32_t i = 0; i < RECORDS; i++)
		town_put(&town.nodes[0], i, 0);
	town_run(&town, intervals(2));
	assert_all_held();
}
END_TEST

START_TEST(a_settled_network_says_nothing_but_that_it_lives)
{
	store_all(5);
	town_run(&town, intervals(2));
	const size_t before = town_keys(&town);
	ck_assert_uint_eq(town_fetched(&town), 0);
	town_run(&town, AN_MINUTES(20));
	ck_assert_uint_eq(town_keys(&town), before);
	ck_assert_uint_eq(town_fetched(&town), 0);
	size_t probes = 0;
	for (size_t i = 0; i < NODES; i++)
		probes += town.nodes[i].probes;
	ck_assert_uint_gt(probes, 0);
	/* Twice in each interval at most, and half of that where both ends ask. */
	ck_assert_uint_le(probes, NODES * (NODES - 1) * 20 * 60 / 90);
}
END_TEST

START_TEST(everything_is_told_again_once_in_a_long_while)
{
	store_all(5);
	town_run(&town, intervals(2));
	const size_t before = town_keys(&town);
	town_run(&town, town.profile.replication_refresh + intervals(2));
	const size_t told = town_keys(&town) - before;
	ck_assert_uint_ge(told, RECORDS * 5 * 4);
	ck_assert_uint_le(told, RECORDS * 5 * 4 * 2);
	ck_assert_uint_eq(town_fetched(&town), 0);
}
END_TEST

START_TEST(when_a_node_leaves_each_record_that_it_held_moves_once)
{
	store_all(5);
	town_run(&town, intervals(2));
	town_leave(&town.nodes[7]);
	const size_t needed = missing();
	ck_assert_uint_gt(needed, RECORDS / NODES);
	town_run(&town, intervals(3));
	assert_all_held();
	ck_assert_uint_eq(town_fetched(&town), needed);
}
END_TEST

START_TEST(when_a_node_comes_it_gets_what_it_must_hold_and_nothing_else)
{
	store_all(5);
	town_run(&town, intervals(2));
	struct town_node *newcomer = town_add(&town);
	const size_t needed = missing();
	ck_assert_uint_gt(needed, RECORDS / NODES);
	town_run(&town, intervals(3));
	assert_all_held();
	ck_assert_uint_eq(town_fetched(&town), needed);
	ck_assert_uint_eq(newcomer->count, needed);
}
END_TEST

START_TEST(who_comes_back_with_nothing_asks_and_is_told_everything_within_an_interval)
{
	store_all(5);
	town_run(&town, intervals(2));
	struct town_node *node = &town.nodes[4];
	const size_t held = node->count;
	town_lose_records(node);
	ck_assert_uint_eq(missing(), held);
	town_run(&town, intervals(1));
	assert_all_held();
	ck_assert_uint_eq(town_fetched(&town), held);
}
END_TEST

START_TEST(one_that_comes_back_with_nothing_to_no_table_asks_when_there_is_a_neighbour)
{
	store_all(5);
	town_run(&town, intervals(2));
	struct town_node *node = &town.nodes[4];
	node->unconverged = true;
	town_lose_records(node);
	const size_t before = node->lists;
	town_run(&town, intervals(2));
	ck_assert_uint_eq(node->lists, before);
	node->unconverged = false;
	town_run(&town, intervals(1));
	assert_all_held();
}
END_TEST

START_TEST(one_that_nobody_knows_again_yet_asks_until_somebody_does)
{
	store_all(5);
	town_run(&town, intervals(2));
	struct town_node *node = &town.nodes[4];
	for (size_t i = 0; i < NODES; i++)
		town.nodes[i].busy = true;
	town_lose_records(node);
	town_run(&town, intervals(2));
	ck_assert_uint_eq(node->count, 0);
	for (size_t i = 0; i < NODES; i++)
		town.nodes[i].busy = false;
	town_run(&town, intervals(2));
	assert_all_held();
}
END_TEST

/* What `teller` tells `asker`, who says every second that it holds nothing. */
static size_t told_while_asked(struct town_node *teller, const struct town_node *asker,
                               an_time_us duration)
{
	const size_t before = teller->keys;
	for (an_time_us passed = 0; passed < duration; passed += AN_SECONDS(1)) {
		ck_assert_int_eq(town_tell(teller, &asker->contact, NULL, 0), AUTONOMI_OK);
		town_run(&town, AN_SECONDS(1));
	}
	return teller->keys - before;
}

START_TEST(one_that_says_again_and_again_that_it_holds_nothing_is_heard_once_in_an_interval)
{
	store_all(5);
	town_run(&town, intervals(2));
	struct town_node *teller = &town.nodes[3];
	const struct town_node *asker = &town.nodes[4];
	const size_t once = told_while_asked(teller, asker, intervals(1));
	ck_assert_uint_gt(once, 0);
	ck_assert_uint_le(once, teller->count);
	ck_assert_uint_eq(told_while_asked(teller, asker, intervals(3)), 3 * once);
	ck_assert_uint_eq(town_fetched(&town), 0);
}
END_TEST

START_TEST(a_stranger_that_says_that_it_holds_nothing_is_busy_and_told_nothing)
{
	store_all(5);
	town_run(&town, intervals(2));
	struct town_node *node = &town.nodes[3];
	const struct an_contact stranger = town_contact(999);
	const size_t before = node->keys;
	ck_assert_int_eq(town_tell(node, &stranger, NULL, 0), AUTONOMI_E_BUSY);
	town_run(&town, intervals(1));
	ck_assert_uint_eq(node->keys, before);
}
END_TEST

START_TEST(a_newer_counter_spreads_to_all_five)
{
	town_store(&town, 1, 3, 5);
	town_run(&town, intervals(2));
	town_store(&town, 1, 4, 1);
	town_run(&town, intervals(2));
	ck_assert_uint_eq(town_holders(&town, 1, 4), 5);
	ck_assert_uint_eq(town_fetched(&town), 4);
}
END_TEST

START_TEST(an_older_counter_is_fetched_once_at_most_and_replaces_nothing)
{
	town_store(&town, 1, 9, 5);
	size_t holder = 0;
	while (town_version(&town.nodes[holder], 1) != 9)
		holder++;
	town_put(&town.nodes[holder], 1, 2); /* as after a long absence */
	town_run(&town, intervals(4));
	ck_assert_uint_eq(town_holders(&town, 1, 9), 5);
	/* Each of the four others looked at the old one once, and the one took the new. */
	ck_assert_uint_le(town_fetched(&town), 5);
}
END_TEST

START_TEST(who_was_away_is_told_what_came_meanwhile)
{
	town_run(&town, intervals(2));
	struct town_node *away = &town.nodes[4];
	town_leave(away);
	town_run(&town, intervals(2));
	store_all(5);
	town_run(&town, intervals(2));
	town_return(away);
	const size_t needed = missing();
	ck_assert_uint_gt(needed, 0);
	town_run(&town, intervals(3));
	assert_all_held();
	ck_assert_uint_eq(away->fetched, needed);
}
END_TEST

START_TEST(who_was_busy_is_told_again)
{
	town_run(&town, intervals(2));
	struct town_node *busy = &town.nodes[4];
	busy->busy = true;
	store_all(1);
	town_run(&town, intervals(2));
	const size_t held = busy->count;
	busy->busy = false;
	town_run(&town, intervals(2));
	assert_all_held();
	ck_assert_uint_gt(busy->count, held);
}
END_TEST

START_TEST(before_the_table_has_converged_nothing_is_concluded_from_it)
{
	store_all(5);
	struct town_node *newcomer = town_add(&town);
	newcomer->unconverged = true;
	for (uint32_t i = 0; i < RECORDS; i++)
		town_put(newcomer, RECORDS + i, 0);
	town_run(&town, intervals(3));
	ck_assert_uint_eq(newcomer->fetched, 0);
	ck_assert_uint_eq(newcomer->keys, 0);
	newcomer->unconverged = false;
	town_run(&town, intervals(1));
	assert_all_held();
	ck_assert_uint_gt(newcomer->fetched, 0);
	ck_assert_uint_gt(newcomer->keys, 0);
}
END_TEST

/* autonomi-2 10.2, row 10. */
START_TEST(lesson_10_a_full_node_does_not_fetch_what_it_cannot_keep_again_and_again)
{
	town.nodes[4].full = true;
	store_all(1);
	town_run(&town, intervals(5));
	ck_assert_uint_le(town.nodes[4].fetched_in_vain, 2 * town.profile.fetch_parallel);
	town.nodes[4].full = false;
	town_run(&town, 2 * town.profile.replication_refresh + intervals(2));
	assert_all_held();
}
END_TEST

START_TEST(many_records_are_walked_in_pieces_and_all_are_told)
{
	town_done(&town);
	town_init(&town, 6);
	for (uint32_t i = 0; i < 4000; i++)
		town_store(&town, i, 0, 1);
	town_run(&town, intervals(3));
	for (uint32_t i = 0; i < 4000; i++)
		ck_assert_uint_eq(town_holders(&town, i, 0), 5);
}
END_TEST

START_TEST(a_node_alone_is_quiet)
{
	town_done(&town);
	town_init(&town, 1);
	store_all(1);
	town_run(&town, AN_HOURS(3));
	struct an_repl_counters counters;
	an_repl_count(town.nodes[0].repl, town.now, &counters);
	ck_assert_uint_eq(counters.keys_told, 0);
	ck_assert_uint_eq(town.nodes[0].lists, 0);
}
END_TEST

START_TEST(a_trigger_tells_everything_once_more)
{
	store_all(5);
	town_run(&town, intervals(2));
	const size_t before = town.nodes[3].keys;
	ck_assert_int_eq(an_repl_trigger(town.nodes[3].repl, town.now), AUTONOMI_OK);
	town_run(&town, intervals(1));
	ck_assert_uint_eq(town.nodes[3].keys - before, town.nodes[3].count * 4);
}
END_TEST

START_TEST(a_trigger_too_soon_is_busy_and_changes_nothing)
{
	store_all(5);
	town_run(&town, intervals(2));
	struct an_repl *repl = town.nodes[3].repl;
	struct an_repl_counters counters;
	an_repl_count(repl, town.now, &counters);
	const uint64_t rounds = counters.rounds;
	ck_assert_int_eq(an_repl_trigger(repl, town.now), AUTONOMI_OK);
	town_run(&town, AN_SECONDS(1));
	an_repl_count(repl, town.now, &counters);
	ck_assert_uint_eq(counters.rounds, rounds + 1);
	for (int second = 1; second < 30; second++) {
		ck_assert_int_eq(an_repl_trigger(repl, town.now), AUTONOMI_E_BUSY);
		town_run(&town, AN_SECONDS(1));
	}
	an_repl_count(repl, town.now, &counters);
	ck_assert_uint_eq(counters.rounds, rounds + 1);
	town_run(&town, AN_SECONDS(1));
	ck_assert_int_eq(an_repl_trigger(repl, town.now), AUTONOMI_OK);
}
END_TEST

START_TEST(without_neighbours_there_is_nothing_to_trigger)
{
	town_done(&town);
	town_init(&town, 1);
	ck_assert_int_eq(an_repl_trigger(town.nodes[0].repl, town.now), AUTONOMI_E_NO_PEERS);
}
END_TEST

#ifdef AN_FAULT_INJECTION
START_TEST(without_memory_for_a_while_nothing_is_lost_for_good)
{
	town_run(&town, intervals(2));
	store_all(2);
	for (uint64_t allocations = 0; allocations < 60; allocations++) {
		an_memory_fail_after(allocations);
		town_run(&town, AN_SECONDS(3));
		an_memory_fail_after(UINT64_MAX);
	}
	town_run(&town, intervals(2));
	assert_all_held();
}
END_TEST

START_TEST(without_memory_none_is_made)
{
	struct an_repl *repl = NULL;
	const struct an_repl_config config = {.profile = &town.profile, .random = &town.random};
	an_memory_fail_after(0);
	const an_status status = an_repl_new(&config, 0, &repl);
	an_memory_fail_after(UINT64_MAX);
	ck_assert_int_eq(status, AUTONOMI_E_NO_MEMORY);
	ck_assert_ptr_null(an_repl_free(repl));
}
END_TEST
#endif

START_TEST(lists_that_cannot_be_sent_are_freed_with_their_node)
{
	store_all(1);
	for (size_t i = 0; i < NODES; i++)
		an_repl_trigger(town.nodes[i].repl, town.now);
	town_run(&town, AN_SECONDS(2)); /* some wait for their moment now */
}
END_TEST

START_TEST(fetch_parallelism_out_of_bounds_is_refused)
{
	struct an_repl *repl = NULL;
	struct an_repl_config config = {.profile = &town.profile, .random = &town.random};
	town.profile.fetch_parallel = 0;
	ck_assert_int_eq(an_repl_new(&config, 0, &repl), AUTONOMI_E_INVALID);
	town.profile.fetch_parallel = AN_REPL_FETCHING_MAX + 1;
	ck_assert_int_eq(an_repl_new(&config, 0, &repl), AUTONOMI_E_INVALID);
	ck_assert_ptr_null(repl);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("repl/replication");
	TCase *tests = tcase_create("town");
	tcase_set_timeout(tests, 120);
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, a_record_of_which_one_copy_is_left_comes_to_all_five);
	tcase_add_test(tests, a_record_on_a_node_that_need_not_hold_it_comes_to_those_who_must);
	tcase_add_test(tests, a_settled_network_says_nothing_but_that_it_lives);
	tcase_add_test(tests, everything_is_told_again_once_in_a_long_while);
	tcase_add_test(tests, when_a_node_leaves_each_record_that_it_held_moves_once);
	tcase_add_test(tests, when_a_node_comes_it_gets_what_it_must_hold_and_nothing_else);
	tcase_add_test(tests,
	               who_comes_back_with_nothing_asks_and_is_told_everything_within_an_interval);
	tcase_add_test(tests,
	               one_that_comes_back_with_nothing_to_no_table_asks_when_there_is_a_neighbour);
	tcase_add_test(
		tests,
		one_that_says_again_and_again_that_it_holds_nothing_is_heard_once_in_an_interval);
	tcase_add_test(tests, one_that_nobody_knows_again_yet_asks_until_somebody_does);
	tcase_add_test(tests, a_stranger_that_says_that_it_holds_nothing_is_busy_and_told_nothing);
	tcase_add_test(tests, a_newer_counter_spreads_to_all_five);
	tcase_add_test(tests, an_older_counter_is_fetched_once_at_most_and_replaces_nothing);
	tcase_add_test(tests, who_was_away_is_told_what_came_meanwhile);
	tcase_add_test(tests, who_was_busy_is_told_again);
	tcase_add_test(tests, before_the_table_has_converged_nothing_is_concluded_from_it);
	tcase_add_test(tests,
	               lesson_10_a_full_node_does_not_fetch_what_it_cannot_keep_again_and_again);
	tcase_add_test(tests, many_records_are_walked_in_pieces_and_all_are_told);
	tcase_add_test(tests, a_node_alone_is_quiet);
	tcase_add_test(tests, a_trigger_tells_everything_once_more);
	tcase_add_test(tests, a_trigger_too_soon_is_busy_and_changes_nothing);
	tcase_add_test(tests, without_neighbours_there_is_nothing_to_trigger);
#ifdef AN_FAULT_INJECTION
	tcase_add_test(tests, without_memory_for_a_while_nothing_is_lost_for_good);
	tcase_add_test(tests, without_memory_none_is_made);
#endif
	tcase_add_test(tests, lists_that_cannot_be_sent_are_freed_with_their_node);
	tcase_add_test(tests, fetch_parallelism_out_of_bounds_is_refused);
	suite_add_tcase(s, tests);
	return s;
}
