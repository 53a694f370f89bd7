/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Replica health among the nodes of a town: who lacks what it must hold, and whom that makes bad. */
#include "harness.h"

#include "repl/health.h"
#include "town.h"

enum { NODES = 12, CHUNKS = 400, HOURS = 24, BAD = 3 };

static struct town town;

static void setup(void)
{
	town_init(&town, NODES);
	for (uint32_t i = 0; i < CHUNKS; i++)
		town_store(&town, i, 0, 5);
}

static void teardown(void)
{
	town_done(&town);
}

static struct an_repl_counters all_counters(void)
{
	struct an_repl_counters sum = {0};
	for (size_t i = 0; i < town.count; i++) {
		struct an_repl_counters counters;
		if (!town.nodes[i].alive)
			continue;
		an_repl_count(town.nodes[i].repl, town.now, &counters);
		sum.health_asked += counters.health_asked;
		sum.health_lacking += counters.health_lacking;
		sum.health_false += counters.health_false;
		sum.issues += counters.issues;
		sum.blocked_ever += counters.blocked_ever;
		sum.blocked += counters.blocked;
	}
	return sum;
}

/* How many have blocked this one; nobody may have blocked anybody else. */
static size_t count_blockers(const struct town_node *bad)
{
	size_t blockers = 0;
	for (size_t i = 0; i < town.count; i++) {
		for (size_t j = 0; j < town.count; j++) {
			const bool blocks = town_blocks(&town.nodes[i], &town.nodes[j]);
			ck_assert(!blocks || &town.nodes[j] == bad);
			blockers += blocks;
		}
	}
	return blockers;
}

START_TEST(where_all_have_what_they_must_nobody_is_blamed)
{
	town_run(&town, AN_HOURS(HOURS));
	const struct an_repl_counters counters = all_counters();
	ck_assert_uint_ge(counters.health_asked, NODES * HOURS * 4 / 2 / 2);
	ck_assert_uint_le(counters.health_asked, NODES * HOURS * 4);
	ck_assert_uint_eq(counters.health_lacking, 0);
	ck_assert_uint_eq(counters.issues, 0);
	ck_assert_uint_eq(count_blockers(NULL), 0);
}
END_TEST

START_TEST(who_goes_on_lacking_a_record_is_blocked_and_nobody_else)
{
	struct town_node *bad = &town.nodes[BAD];
	bad->mood = TOWN_LACKS;
	/* Six tries, a quarter of an hour apart, after an hour at least. */
	town_run(&town, AN_HOURS(1) + AN_MINUTES(74));
	ck_assert_uint_gt(bad->checks, 0);
	ck_assert_uint_eq(count_blockers(bad), 0);
	town_run(&town, AN_HOURS(HOURS / 2));
	ck_assert_uint_gt(count_blockers(bad), NODES / 3);
	const struct an_repl_counters counters = all_counters();
	ck_assert_uint_gt(counters.health_lacking, 0);
	ck_assert_uint_eq(counters.health_false, 0);
	ck_assert_uint_eq(counters.blocked, count_blockers(bad));
	for (size_t i = 0; i < town.count; i++) {
		ck_assert_uint_eq(town.nodes[i].blocked > 0, town_blocks(&town.nodes[i], bad));
		ck_assert(town.nodes[i].blocked == 0 || town.nodes[i].searches > 0);
	}
}
END_TEST

START_TEST(a_block_ends_after_a_day)
{
	struct town_node *bad = &town.nodes[BAD];
	bad->mood = TOWN_LACKS;
	town_run(&town, AN_HOURS(10));
	ck_assert_uint_gt(count_blockers(bad), 0);
	bad->mood = TOWN_HONEST;
	town_run(&town, AN_HOURS(26));
	ck_assert_uint_eq(count_blockers(bad), 0);
	ck_assert_uint_eq(all_counters().blocked, 0);
	ck_assert_uint_gt(all_counters().blocked_ever, 0);
}
END_TEST

START_TEST(who_says_nothing_more_is_blocked_as_well)
{
	struct town_node *bad = &town.nodes[BAD];
	bad->mood = TOWN_PROVES_NOTHING;
	town_run(&town, AN_HOURS(HOURS));
	ck_assert_uint_gt(count_blockers(bad), 0);
}
END_TEST

START_TEST(who_proves_falsely_three_times_is_blocked)
{
	struct town_node *bad = &town.nodes[BAD];
	bad->mood = TOWN_PROVES_FALSELY;
	town_run(&town, AN_HOURS(HOURS));
	ck_assert_uint_gt(count_blockers(bad), NODES / 3);
	ck_assert_uint_ge(all_counters().issues, 3 * all_counters().blocked);
	ck_assert_uint_gt(all_counters().health_false, 0);
}
END_TEST

static void check_innocent(enum town_mood mood)
{
	struct town_node *node = &town.nodes[BAD];
	node->mood = mood;
	town_run(&town, AN_HOURS(HOURS));
	ck_assert_uint_gt(node->checks, 0);
	ck_assert_uint_eq(count_blockers(NULL), 0);
}

START_TEST(a_full_node_is_not_a_bad_one)
{
	check_innocent(TOWN_SAYS_FULL);
}
END_TEST

START_TEST(a_silent_node_is_not_a_bad_one)
{
	check_innocent(TOWN_ANSWERS_NOT);
}
END_TEST

START_TEST(a_slow_node_is_not_a_bad_one)
{
	check_innocent(TOWN_PROVES_LATE);
}
END_TEST

START_TEST(a_busy_node_is_not_a_bad_one)
{
	town.nodes[BAD].busy = true;
	town_run(&town, AN_HOURS(HOURS));
	ck_assert_uint_eq(count_blockers(NULL), 0);
}
END_TEST

/* Its disk has no room: it lost records, and cannot take them back. */
START_TEST(a_node_that_lost_records_and_has_no_room_for_them_says_so)
{
	struct town_node *node = &town.nodes[BAD];
	node->full = true;
	node->count = 0;
	town_run(&town, AN_HOURS(HOURS));
	ck_assert_uint_gt(node->checks, 0);
	ck_assert_uint_eq(count_blockers(NULL), 0);
}
END_TEST

START_TEST(who_lost_records_gets_them_back_and_is_not_blamed)
{
	struct town_node *node = &town.nodes[BAD];
	for (int i = 0; i < 10; i++) {
		node->count = 0;
		town_run(&town, AN_HOURS(2));
	}
	ck_assert_uint_gt(node->fetched, 0);
	ck_assert_uint_eq(count_blockers(NULL), 0);
}
END_TEST

START_TEST(where_most_lack_a_record_nobody_is_blamed)
{
	town.nodes[0].mood = town.nodes[1].mood = town.nodes[2].mood = TOWN_LACKS;
	town.nodes[3].mood = town.nodes[4].mood = town.nodes[5].mood = TOWN_LACKS;
	town.nodes[6].mood = town.nodes[7].mood = town.nodes[8].mood = TOWN_LACKS;
	town_run(&town, AN_HOURS(HOURS));
	ck_assert_uint_gt(all_counters().health_lacking, 0);
	ck_assert_uint_eq(count_blockers(NULL), 0);
}
END_TEST

/* Whom a search does not find nearest is not blamed: others may be nearer than we know. */
START_TEST(who_is_not_found_among_the_nearest_is_not_blocked)
{
	town.nodes[BAD].mood = TOWN_LACKS;
	town.nodes[BAD].is_hidden = true;
	town_run(&town, AN_HOURS(HOURS));
	size_t searches = 0;
	for (size_t i = 0; i < town.count; i++)
		searches += town.nodes[i].searches;
	ck_assert_uint_gt(searches, 0);
	ck_assert_uint_eq(count_blockers(NULL), 0);
}
END_TEST

START_TEST(where_the_search_fails_nobody_is_blocked)
{
	town.nodes[BAD].mood = TOWN_LACKS;
	for (size_t i = 0; i < town.count; i++)
		town.nodes[i].searches_fail = true;
	town_run(&town, AN_HOURS(HOURS));
	ck_assert_uint_eq(count_blockers(NULL), 0);
}
END_TEST

START_TEST(who_mends_itself_between_two_tries_is_not_blocked)
{
	struct town_node *node = &town.nodes[BAD];
	for (int i = 0; i < HOURS; i++) {
		node->mood = TOWN_LACKS;
		town_run(&town, AN_MINUTES(40));
		node->mood = TOWN_HONEST;
		town_run(&town, AN_MINUTES(20));
	}
	ck_assert_uint_gt(all_counters().health_lacking, 0);
	ck_assert_uint_eq(count_blockers(NULL), 0);
}
END_TEST

/* Who blocked a peer counts it nevertheless where it asks who is nearest: in the view of others it is
 * a holder, and the next one is none. */
START_TEST(a_blocked_peer_does_not_make_the_next_one_look_bad)
{
	struct town_node *bad = &town.nodes[BAD];
	bad->mood = TOWN_LACKS;
	town_run(&town, AN_HOURS(3 * HOURS));
	count_blockers(bad);
	ck_assert_uint_gt(all_counters().blocked_ever, 0);
}
END_TEST

START_TEST(in_a_small_network_and_before_the_table_has_converged_nobody_asks)
{
	for (size_t i = 0; i < town.count; i++)
		town.nodes[i].unconverged = true;
	town_run(&town, AN_HOURS(5));
	ck_assert_uint_eq(all_counters().health_asked, 0);
	town_done(&town);
	town_init(&town, AN_REPL_HEALTH_NEIGHBOURS);
	for (uint32_t i = 0; i < CHUNKS; i++)
		town_store(&town, i, 0, 5);
	town_run(&town, AN_HOURS(5));
	ck_assert_uint_eq(all_counters().health_asked, 0);
}
END_TEST

START_TEST(who_cannot_prove_its_own_asks_nobody)
{
	for (size_t i = 0; i < town.count; i++)
		town.nodes[i].mood = TOWN_CANNOT_PROVE;
	town_run(&town, AN_HOURS(5));
	ck_assert_uint_eq(all_counters().health_asked, 0);
}
END_TEST

START_TEST(without_chunks_nobody_is_asked)
{
	town_done(&town);
	town_init(&town, NODES);
	town_run(&town, AN_HOURS(5));
	ck_assert_uint_eq(all_counters().health_asked, 0);
}
END_TEST

START_TEST(who_sends_false_records_three_times_is_blocked)
{
	struct town_node *bad = &town.nodes[BAD];
	bad->mood = TOWN_SENDS_FALSE_RECORDS;
	/* It alone has them, and tells of them. */
	for (uint32_t i = 0; i < 20; i++) {
		town_put(bad, 1000 + i, 0);
		town_run(&town, AN_MINUTES(10));
	}
	ck_assert_uint_gt(count_blockers(bad), 0);
}
END_TEST

static size_t count_down(void)
{
	size_t down = 0;
	for (size_t i = 0; i < town.count; i++)
		down += !town.nodes[i].alive;
	return down;
}

START_TEST(churn_full_slow_and_busy_nodes_block_nobody)
{
	struct an_random *random = &town.random;
	uint64_t asked = 0;
	for (int step = 0; step < 200; step++) {
		struct town_node *node = &town.nodes[an_random_below(random, NODES)];
		const uint64_t what = an_random_below(random, 8);
		if (!node->alive)
			town_return(node);
		else if (what < 3 && count_down() < NODES / 4)
			town_leave(node);
		else if (what == 3 && node->alive)
			node->full = !node->full;
		else if (what == 4)
			node->busy = !node->busy;
		else if (what == 5)
			node->mood = node->mood == TOWN_HONEST ? TOWN_PROVES_LATE : TOWN_HONEST;
		else if (what == 6 && node->alive)
			node->count = 0; /* its disk is lost */
		else
			town_store(&town, (uint32_t)(2000 + step), 0, 5);
		town_run(&town, AN_MINUTES(an_random_below(random, 30)));
		ck_assert_uint_eq(count_blockers(NULL), 0);
		asked += all_counters().health_asked;
	}
	ck_assert_uint_gt(asked, 0);
}
END_TEST

START_TEST(fewer_than_two_tries_are_refused)
{
	struct an_profile profile = an_profile_autonomi;
	profile.health_tries = 1;
	const struct an_repl_config config = {.profile = &profile, .random = &town.random};
	struct an_repl *repl = NULL;
	ck_assert_int_eq(an_repl_new(&config, 0, &repl), AUTONOMI_E_INVALID);
}
END_TEST

/* ---- What becomes of the answers of one try. */

static enum an_repl_health_verdict conclude(struct an_repl_health *health, size_t lacking,
                                            size_t good)
{
	struct an_repl_check *check = &health->check;
	check->count = check->next = lacking + good;
	check->open = 1;
	for (uint32_t i = 0; i < check->count; i++) {
		check->peers[i].contact = town.nodes[i].contact;
		check->peers[i].answer = i < lacking ? AN_REPL_ANSWER_LACKING : AN_REPL_ANSWER_SAME;
	}
	health->state = AN_REPL_HEALTH_ASKING;
	return an_repl_health_ended(health, 0);
}

START_TEST(the_sixth_try_is_the_last)
{
	struct an_repl_health health;
	an_repl_health_init(&health, &town.profile, &town.random, 0);
	for (int i = 1; i < 6; i++)
		ck_assert_int_eq(conclude(&health, 1, 3), AN_REPL_HEALTH_TELL);
	ck_assert_int_eq(conclude(&health, 1, 3), AN_REPL_HEALTH_BAD);
	ck_assert_uint_eq(health.suspect_count, 1);
	ck_assert(an_peer_id_equal(&health.suspects[0], &town.nodes[0].contact.id));
}
END_TEST

START_TEST(two_that_have_a_record_are_too_few_to_blame_anybody)
{
	struct an_repl_health health;
	an_repl_health_init(&health, &town.profile, &town.random, 0);
	ck_assert_int_eq(conclude(&health, 1, 2), AN_REPL_HEALTH_OPEN);
	/* At the last of several tries, too. */
	for (int i = 1; i < 6; i++)
		ck_assert_int_eq(conclude(&health, 1, 3), AN_REPL_HEALTH_TELL);
	ck_assert_int_eq(conclude(&health, 1, 2), AN_REPL_HEALTH_OPEN);
	ck_assert_uint_eq(health.tries, 0);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("repl/health");
	TCase *tests = tcase_create("health");
	tcase_set_timeout(tests, 300);
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, where_all_have_what_they_must_nobody_is_blamed);
	tcase_add_test(tests, who_goes_on_lacking_a_record_is_blocked_and_nobody_else);
	tcase_add_test(tests, a_block_ends_after_a_day);
	tcase_add_test(tests, who_says_nothing_more_is_blocked_as_well);
	tcase_add_test(tests, who_proves_falsely_three_times_is_blocked);
	tcase_add_test(tests, a_full_node_is_not_a_bad_one);
	tcase_add_test(tests, a_silent_node_is_not_a_bad_one);
	tcase_add_test(tests, a_slow_node_is_not_a_bad_one);
	tcase_add_test(tests, a_busy_node_is_not_a_bad_one);
	tcase_add_test(tests, a_node_that_lost_records_and_has_no_room_for_them_says_so);
	tcase_add_test(tests, who_lost_records_gets_them_back_and_is_not_blamed);
	tcase_add_test(tests, where_most_lack_a_record_nobody_is_blamed);
	tcase_add_test(tests, who_is_not_found_among_the_nearest_is_not_blocked);
	tcase_add_test(tests, where_the_search_fails_nobody_is_blocked);
	tcase_add_test(tests, who_mends_itself_between_two_tries_is_not_blocked);
	tcase_add_test(tests, a_blocked_peer_does_not_make_the_next_one_look_bad);
	tcase_add_test(tests, in_a_small_network_and_before_the_table_has_converged_nobody_asks);
	tcase_add_test(tests, who_cannot_prove_its_own_asks_nobody);
	tcase_add_test(tests, without_chunks_nobody_is_asked);
	tcase_add_test(tests, who_sends_false_records_three_times_is_blocked);
	tcase_add_test(tests, churn_full_slow_and_busy_nodes_block_nobody);
	tcase_add_test(tests, fewer_than_two_tries_are_refused);
	suite_add_tcase(s, tests);
	TCase *verdicts = tcase_create("verdicts");
	tcase_add_checked_fixture(verdicts, setup, teardown);
	tcase_add_test(verdicts, the_sixth_try_is_the_last);
	tcase_add_test(verdicts, two_that_have_a_record_are_too_few_to_blame_anybody);
	suite_add_tcase(s, verdicts);
	return s;
}
