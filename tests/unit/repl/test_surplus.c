/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What may be dropped, since others have proven that they hold it. */
#include "harness.h"

#include "base/memory.h"
#include "repl/surplus.h"

static struct an_profile profile;
static struct an_repl_surplus surplus;
static const an_time_us now = AN_HOURS(1);

static void setup(void)
{
	profile = an_profile_autonomi;
	surplus = (struct an_repl_surplus){.profile = &profile};
}

static void teardown(void)
{
	an_repl_surplus_done(&surplus);
}

static struct an_store_entry entry_of(unsigned number, uint64_t change)
{
	return (struct an_store_entry){.key = {(uint8_t)number, (uint8_t)(number >> 8)},
	                               .change = change};
}

static bool ask(unsigned number, uint64_t change, an_time_us when)
{
	const struct an_store_entry entry = entry_of(number, change);
	return an_repl_surplus_ask(&surplus, &entry, when);
}

static void note(unsigned number, uint64_t change, size_t holders, an_time_us when)
{
	const struct an_store_entry entry = entry_of(number, change);
	an_repl_surplus_note(&surplus, &entry, holders, when);
}

/* The number of the record that was asked for first. */
static unsigned take(void)
{
	uint8_t name[AN_RECORD_NAME_SIZE];
	ck_assert(an_repl_surplus_take(&surplus, name));
	return name[0] + 256U * name[1];
}

START_TEST(only_what_three_others_hold_is_surplus_and_for_a_while)
{
	ck_assert(!ask(1, 7, now));
	ck_assert_uint_eq(take(), 1);
	note(1, 7, AN_REPL_SURPLUS_HOLDERS - 1, now);
	ck_assert(!ask(1, 7, now));
	ck_assert_uint_eq(take(), 1);
	note(1, 7, AN_REPL_SURPLUS_HOLDERS, now);
	ck_assert(ask(1, 7, now));
	ck_assert(ask(1, 7, now + profile.surplus_lifetime - 1));
	ck_assert_uint_eq(surplus.asked, 0);
	ck_assert(!ask(1, 7, now + profile.surplus_lifetime));
	ck_assert_uint_eq(take(), 1);
}
END_TEST

START_TEST(a_newer_version_is_another_record)
{
	ask(1, 7, now);
	note(1, 7, 5, now);
	ck_assert(!ask(1, 8, now));
	ck_assert(ask(1, 7, now));
}
END_TEST

START_TEST(what_was_asked_for_first_is_looked_at_first_and_once)
{
	uint8_t name[AN_RECORD_NAME_SIZE];
	ck_assert(!an_repl_surplus_take(&surplus, name));
	for (unsigned i = 0; i < 5; i++)
		ask(10 + i, 1, now + i);
	ask(10, 1, now + 9);
	ck_assert_uint_eq(surplus.asked, 5);
	for (unsigned i = 0; i < 5; i++)
		ck_assert_uint_eq(take(), 10 + i);
	ck_assert(!an_repl_surplus_take(&surplus, name));
}
END_TEST

START_TEST(old_proofs_give_way_to_questions_and_questions_to_nothing)
{
	ask(0, 1, now);
	for (unsigned i = 0; i < AN_REPL_SURPLUS_MAX; i++)
		note(i, 1, 5, now + i);
	ck_assert(ask(0, 1, now + 1));
	ck_assert(!ask(1000, 1, now + 200));
	ck_assert_uint_eq(surplus.asked, 1);
	ck_assert(ask(1, 1, now + 201));
	ck_assert(!ask(0, 1, now + 202));
	for (unsigned i = 0; i < AN_REPL_SURPLUS_MAX; i++)
		ask(2000 + i, 1, now + 300 + i);
	ck_assert_uint_eq(surplus.asked, AN_REPL_SURPLUS_MAX);
	note(5000, 1, 5, now + 900);
	ck_assert(!ask(5000, 1, now + 901));
	ck_assert_uint_eq(surplus.asked, AN_REPL_SURPLUS_MAX);
	ck_assert_uint_eq(take(), 1000);
}
END_TEST

#ifdef AN_FAULT_INJECTION
START_TEST(without_memory_nothing_is_surplus)
{
	an_memory_fail_after(0);
	ck_assert(!ask(1, 1, now));
	an_memory_fail_after(UINT64_MAX);
	ck_assert_uint_eq(surplus.asked, 0);
}
END_TEST
#endif

START_TEST(what_nobody_asked_for_is_not_remembered)
{
	note(1, 1, 5, now);
	ck_assert(!ask(1, 1, now));
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("repl/surplus");
	TCase *tests = tcase_create("surplus");
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, only_what_three_others_hold_is_surplus_and_for_a_while);
	tcase_add_test(tests, a_newer_version_is_another_record);
	tcase_add_test(tests, what_was_asked_for_first_is_looked_at_first_and_once);
	tcase_add_test(tests, old_proofs_give_way_to_questions_and_questions_to_nothing);
#ifdef AN_FAULT_INJECTION
	tcase_add_test(tests, without_memory_nothing_is_surplus);
#endif
	tcase_add_test(tests, what_nobody_asked_for_is_not_remembered);
	suite_add_tcase(s, tests);
	return s;
}
