/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "harness.h"

#include "base/memory.h"
#include "repl/blocklist.h"
#include "town.h"

static struct an_repl_blocklist blocklist;

static void setup(void)
{
	blocklist = (struct an_repl_blocklist){0};
}

static void teardown(void)
{
	an_repl_blocklist_done(&blocklist);
}

static void block(uint32_t number, an_time_us until)
{
	const struct an_contact contact = town_contact(number);
	ck_assert_int_eq(an_repl_blocklist_add(&blocklist, &contact.id, until), AUTONOMI_OK);
}

static bool is_blocked(uint32_t number, an_time_us now)
{
	const struct an_contact contact = town_contact(number);
	return an_repl_blocklist_holds(&blocklist, &contact.id, now);
}

START_TEST(a_peer_is_blocked_until_its_time_is_over)
{
	ck_assert(!is_blocked(1, 0));
	block(1, 100);
	ck_assert(is_blocked(1, 99));
	ck_assert(!is_blocked(1, 100));
	ck_assert(!is_blocked(2, 99));
	ck_assert_uint_eq(an_repl_blocklist_count(&blocklist, 99), 1);
	ck_assert_uint_eq(an_repl_blocklist_count(&blocklist, 100), 0);
	block(1, 300); /* anew, in its place */
	ck_assert(is_blocked(1, 299));
	ck_assert_uint_eq(blocklist.count, 1);
}
END_TEST

START_TEST(the_oldest_is_let_go_when_there_are_too_many)
{
	for (uint32_t i = 0; i < AN_REPL_BLOCKED_MAX; i++)
		block(i, 100);
	ck_assert(is_blocked(0, 0));
	for (uint32_t i = 0; i < 3; i++) {
		block(AN_REPL_BLOCKED_MAX + i, 100);
		ck_assert(!is_blocked(i, 0));
		ck_assert(is_blocked(i + 1, 0));
		ck_assert(is_blocked(AN_REPL_BLOCKED_MAX + i, 0));
	}
	ck_assert_uint_eq(an_repl_blocklist_count(&blocklist, 0), AN_REPL_BLOCKED_MAX);
}
END_TEST

START_TEST(who_is_blocked_counts_among_the_nearer_ones)
{
	enum { PEERS = 20 };
	const struct an_contact self = town_contact(PEERS);
	const struct an_dht_key record = an_peer_id_dht_key(&self.id);
	size_t expected = 0;
	const struct an_contact middle = town_contact(0);
	const struct an_dht_key key = an_peer_id_dht_key(&middle.id);
	for (uint32_t i = 1; i < PEERS; i++) {
		const struct an_contact contact = town_contact(i);
		const struct an_dht_key other = an_peer_id_dht_key(&contact.id);
		block(i, i % 2 == 0 ? 100 : 50);
		expected += i % 2 == 0 && an_dht_key_compare(&record, &other, &key) < 0;
	}
	ck_assert_uint_gt(expected, 0);
	ck_assert_uint_eq(an_repl_blocklist_nearer(&blocklist, &record, &key, 70), expected);
	ck_assert_uint_eq(an_repl_blocklist_nearer(&blocklist, &record, &key, 100), 0);
}
END_TEST

#ifdef AN_FAULT_INJECTION
START_TEST(without_memory_nobody_is_blocked_and_all_stays)
{
	const struct an_contact contact = town_contact(100);
	an_memory_fail_after(0);
	ck_assert_int_eq(an_repl_blocklist_add(&blocklist, &contact.id, 100), AUTONOMI_E_NO_MEMORY);
	an_memory_fail_after(UINT64_MAX);
	ck_assert(!is_blocked(100, 0));
	block(100, 100);
	ck_assert(is_blocked(100, 0));
}
END_TEST
#endif

Suite *suite(void)
{
	Suite *s = suite_create("repl/blocklist");
	TCase *tests = tcase_create("blocklist");
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, a_peer_is_blocked_until_its_time_is_over);
	tcase_add_test(tests, the_oldest_is_let_go_when_there_are_too_many);
	tcase_add_test(tests, who_is_blocked_counts_among_the_nearer_ones);
#ifdef AN_FAULT_INJECTION
	tcase_add_test(tests, without_memory_nobody_is_blocked_and_all_stays);
#endif
	suite_add_tcase(s, tests);
	return s;
}
