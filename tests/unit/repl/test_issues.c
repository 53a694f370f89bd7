/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Semantics 6.10: ten issues of a peer, ten seconds apart; three of a kind. */
#include "harness.h"

#include "repl/issues.h"
#include "town.h"

static struct an_repl_issues issues;

static void setup(void)
{
	an_repl_issues_init(&issues, &an_profile_autonomi);
}

static bool note(uint32_t number, enum an_repl_issue kind, an_time_us now)
{
	const struct an_contact contact = town_contact(number);
	return an_repl_issues_note(&issues, &contact.id, kind, now);
}

static bool record(uint32_t number, unsigned seconds)
{
	return note(number, AN_REPL_ISSUE_FALSE_RECORD, AN_SECONDS(seconds));
}

START_TEST(the_third_of_a_kind_makes_a_peer_bad)
{
	ck_assert(!record(1, 0));
	ck_assert(!record(1, 10));
	ck_assert(!record(2, 15));
	ck_assert(record(1, 20));
	ck_assert_uint_eq(issues.recorded, 4);
	/* And all is forgotten. */
	ck_assert(!record(1, 40));
	ck_assert(!record(1, 60));
	ck_assert(record(1, 80));
}
END_TEST

START_TEST(kinds_do_not_add_up)
{
	ck_assert(!record(1, 0));
	ck_assert(!note(1, AN_REPL_ISSUE_FALSE_PROOF, AN_SECONDS(10)));
	ck_assert(!record(1, 20));
	ck_assert(!note(1, AN_REPL_ISSUE_FALSE_PROOF, AN_SECONDS(30)));
	ck_assert(note(1, AN_REPL_ISSUE_FALSE_PROOF, AN_SECONDS(40)));
}
END_TEST

START_TEST(what_comes_within_ten_seconds_is_one_issue)
{
	ck_assert(!record(1, 0));
	for (unsigned i = 1; i < 10; i++)
		ck_assert(!record(1, i));
	ck_assert(!note(1, AN_REPL_ISSUE_FALSE_PROOF, AN_SECONDS(9)));
	ck_assert_uint_eq(issues.recorded, 1);
	ck_assert(!record(1, 10));
	ck_assert(record(1, 20));
}
END_TEST

START_TEST(old_issues_are_forgotten)
{
	const an_time_us lifetime = an_profile_autonomi.issue_lifetime;
	ck_assert(!note(2, AN_REPL_ISSUE_FALSE_PROOF, 0));
	ck_assert(!note(2, AN_REPL_ISSUE_FALSE_PROOF, AN_HOURS(2)));
	ck_assert(!note(2, AN_REPL_ISSUE_FALSE_PROOF, lifetime));
	ck_assert(note(2, AN_REPL_ISSUE_FALSE_PROOF, AN_HOURS(2) + lifetime - 1));
}
END_TEST

/* With as many kinds as threshold permits ten are never reached: a higher one would show them. */
START_TEST(of_a_peer_the_last_ten_are_remembered)
{
	const struct an_contact contact = town_contact(1);
	ck_assert(!record(1, 0));
	struct an_repl_issues_of *peer = &issues.peers[0];
	for (unsigned i = 0; i < AN_REPL_ISSUES_MAX; i++)
		peer->noted[i] = (struct an_repl_noted){AN_REPL_ISSUE_FALSE_PROOF + 1 + i, i};
	peer->count = AN_REPL_ISSUES_MAX;
	ck_assert(!record(1, 100));
	ck_assert(an_peer_id_equal(&issues.peers[0].id, &contact.id));
	ck_assert_uint_eq(peer->count, AN_REPL_ISSUES_MAX);
	ck_assert_uint_eq(peer->noted[0].at, 1);
	ck_assert_uint_eq(peer->noted[AN_REPL_ISSUES_MAX - 1].at, AN_SECONDS(100));
}
END_TEST

START_TEST(who_had_none_for_the_longest_time_is_forgotten)
{
	for (uint32_t i = 0; i < AN_REPL_ISSUE_PEERS_MAX; i++) {
		ck_assert(!record(i, 0));
		ck_assert(!record(i, 10));
	}
	ck_assert(!record(AN_REPL_ISSUE_PEERS_MAX, 15)); /* in the place of 0 */
	ck_assert_uint_eq(issues.count, AN_REPL_ISSUE_PEERS_MAX);
	ck_assert(!record(0, 20)); /* in the place of 1 */
	ck_assert(!record(1, 20)); /* of 2 */
	ck_assert(record(3, 20));
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("repl/issues");
	TCase *tests = tcase_create("issues");
	tcase_add_checked_fixture(tests, setup, NULL);
	tcase_add_test(tests, the_third_of_a_kind_makes_a_peer_bad);
	tcase_add_test(tests, kinds_do_not_add_up);
	tcase_add_test(tests, what_comes_within_ten_seconds_is_one_issue);
	tcase_add_test(tests, old_issues_are_forgotten);
	tcase_add_test(tests, of_a_peer_the_last_ten_are_remembered);
	tcase_add_test(tests, who_had_none_for_the_longest_time_is_forgotten);
	suite_add_tcase(s, tests);
	return s;
}
