/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Storage challenges among the nodes of a town: who proves what, and who is believed then. */
#include "harness.h"

#include "town.h"

enum { NODES = 10, CHUNKS = 400, HOURS = 10 };

static struct town town;

/* Nobody is blocked (test_health.c). */
static void setup(void)
{
	town_init(&town, NODES);
	town.profile.issue_lifetime = 0;
	town.profile.health_tries = 1000000;
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
		an_repl_count(town.nodes[i].repl, town.now, &counters);
		sum.challenged += counters.challenged;
		sum.challenges_failed += counters.challenges_failed;
		sum.lists_ignored += counters.lists_ignored;
	}
	return sum;
}

START_TEST(nodes_that_hold_what_they_must_pass)
{
	town_run(&town, AN_HOURS(HOURS));
	const struct an_repl_counters counters = all_counters();
	/* Each challenges up to 4 others, five times at least. */
	ck_assert_uint_ge(counters.challenged, NODES * 5 * 2);
	ck_assert_uint_le(counters.challenged, NODES * HOURS * 4);
	ck_assert_uint_eq(counters.challenges_failed, 0);
}
END_TEST

START_TEST(nobody_is_challenged_within_the_first_hour)
{
	town_run(&town, AN_MINUTES(59));
	ck_assert_uint_eq(all_counters().challenged, 0);
}
END_TEST

/* Who asked the bad one, and no longer believes it. */
static size_t count_disbelievers(struct town_node *bad)
{
	const struct an_repl_content content = town_content(TOWN_RECORDS - 1, 0);
	size_t count = 0;
	for (size_t i = 0; i < town.count; i++) {
		struct an_repl_counters before, after;
		if (&town.nodes[i] == bad)
			continue;
		an_repl_count(town.nodes[i].repl, town.now, &before);
		ck_assert_int_eq(town_tell(&town.nodes[i], &bad->contact, &content, 1),
		                 AUTONOMI_OK);
		an_repl_count(town.nodes[i].repl, town.now, &after);
		count += after.lists_ignored > before.lists_ignored;
	}
	return count;
}

static void check_bad(enum town_mood mood)
{
	struct town_node *bad = &town.nodes[3];
	ck_assert_uint_eq(count_disbelievers(bad), 0);
	bad->mood = mood;
	town_run(&town, AN_HOURS(HOURS));
	const struct an_repl_counters counters = all_counters();
	ck_assert_uint_gt(bad->challenges, 0);
	ck_assert_uint_eq(counters.challenges_failed, bad->challenges);
	ck_assert_uint_gt(counters.challenged, counters.challenges_failed);
	ck_assert_uint_gt(count_disbelievers(bad), 0);

	/* It is believed again when it proves what it must. */
	bad->mood = TOWN_HONEST;
	town_run(&town, AN_HOURS(HOURS));
	ck_assert_uint_eq(count_disbelievers(bad), 0);
}

START_TEST(who_proves_nothing_is_not_believed)
{
	check_bad(TOWN_PROVES_NOTHING);
}
END_TEST

START_TEST(who_proves_falsely_is_not_believed)
{
	check_bad(TOWN_PROVES_FALSELY);
}
END_TEST

START_TEST(who_takes_four_seconds_is_not_believed)
{
	check_bad(TOWN_PROVES_LATE);
}
END_TEST

START_TEST(who_does_not_answer_is_not_believed)
{
	check_bad(TOWN_ANSWERS_NOT);
}
END_TEST

START_TEST(who_has_no_time_is_not_judged)
{
	struct town_node *busy = &town.nodes[3];
	busy->busy = true;
	town_run(&town, AN_HOURS(HOURS));
	const struct an_repl_counters counters = all_counters();
	ck_assert_uint_gt(counters.challenged, 0);
	ck_assert_uint_eq(counters.challenges_failed, 0);
	ck_assert_uint_eq(busy->challenges, 0);
}
END_TEST

START_TEST(who_cannot_prove_its_own_asks_nobody)
{
	for (size_t i = 0; i < town.count; i++)
		town.nodes[i].mood = TOWN_CANNOT_PROVE;
	town_run(&town, AN_HOURS(HOURS));
	ck_assert_uint_eq(all_counters().challenged, 0);
	/* And asks again when it can. */
	for (size_t i = 0; i < town.count; i++)
		town.nodes[i].mood = TOWN_HONEST;
	town_run(&town, AN_HOURS(2));
	ck_assert_uint_gt(all_counters().challenged, 0);
}
END_TEST

START_TEST(before_its_table_has_converged_a_node_asks_nobody)
{
	for (size_t i = 0; i < town.count; i++)
		town.nodes[i].unconverged = true;
	town_run(&town, AN_HOURS(HOURS));
	ck_assert_uint_eq(all_counters().challenged, 0);
}
END_TEST

START_TEST(with_few_chunks_nobody_is_asked)
{
	town_done(&town);
	town_init(&town, NODES);
	for (uint32_t i = 0; i < AN_REPL_CHALLENGE_CHUNKS_MIN - 1; i++)
		town_store(&town, i, 0, 5);
	town_run(&town, AN_HOURS(HOURS));
	ck_assert_uint_eq(all_counters().challenged, 0);
}
END_TEST

START_TEST(with_few_peers_nobody_is_asked)
{
	town_done(&town);
	town_init(&town, 4);
	for (uint32_t i = 0; i < CHUNKS; i++)
		town_store(&town, i, 0, 4);
	town_run(&town, AN_HOURS(HOURS));
	ck_assert_uint_eq(all_counters().challenged, 0);
}
END_TEST

/* ---- The parts that no honest host brings about. */

static size_t chunk_count;

static size_t chunks(void *context)
{
	(void)context;
	return chunk_count;
}

static const struct an_store_entry *no_chunk(void *context, struct an_random *random)
{
	(void)context;
	(void)random;
	return NULL;
}

START_TEST(without_a_readable_chunk_no_challenge_begins)
{
	const struct an_repl_host host = {.chunks = chunks, .near_chunk = no_chunk};
	struct an_repl_challenges challenges;
	struct an_repl_view view = {.count = NODES};
	chunk_count = AN_REPL_CHALLENGE_CHUNKS_MIN;
	an_repl_challenges_init(&challenges, &town.profile, &town.random, 0);
	const an_time_us due = an_repl_challenges_deadline(&challenges);
	ck_assert_uint_ge(due, AN_HOURS(1));
	ck_assert_uint_le(due, AN_HOURS(2));
	ck_assert(!an_repl_challenges_begin(&challenges, &host, &view, true, due - 1));
	ck_assert(!an_repl_challenges_begin(&challenges, &host, &view, true, due));
	ck_assert_uint_gt(an_repl_challenges_deadline(&challenges), due);
	/* Proofs that nobody waits for. */
	an_repl_challenges_proven(&challenges, &view, (struct an_message_list){0});
	ck_assert_ptr_null(an_repl_challenges_next(&challenges, due));
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("repl/challenges");
	TCase *tests = tcase_create("challenges");
	tcase_set_timeout(tests, 300);
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, nodes_that_hold_what_they_must_pass);
	tcase_add_test(tests, nobody_is_challenged_within_the_first_hour);
	tcase_add_test(tests, who_proves_nothing_is_not_believed);
	tcase_add_test(tests, who_proves_falsely_is_not_believed);
	tcase_add_test(tests, who_takes_four_seconds_is_not_believed);
	tcase_add_test(tests, who_does_not_answer_is_not_believed);
	tcase_add_test(tests, who_has_no_time_is_not_judged);
	tcase_add_test(tests, who_cannot_prove_its_own_asks_nobody);
	tcase_add_test(tests, before_its_table_has_converged_a_node_asks_nobody);
	tcase_add_test(tests, with_few_chunks_nobody_is_asked);
	tcase_add_test(tests, with_few_peers_nobody_is_asked);
	tcase_add_test(tests, without_a_readable_chunk_no_challenge_begins);
	suite_add_tcase(s, tests);
	return s;
}
