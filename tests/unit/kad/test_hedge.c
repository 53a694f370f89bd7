/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lookups for which somebody is waiting. */
#include "harness.h"

#include "scene.h"

static const struct an_profile *const profile = &an_profile_autonomi;

static struct {
	size_t called;
	size_t count;
	struct an_contact contacts[AN_KAD_CLOSEST_MAX];
	uint64_t cancels; /* the lookup that is cancelled then, or 0 */
} early;

static void told_early(void *context, const struct an_contact *contacts, size_t count)
{
	ck_assert_ptr_eq(context, &scene_found);
	ck_assert_uint_eq(scene_found.called, 0);
	early.called++;
	early.count = count;
	memcpy(early.contacts, contacts, count * sizeof(contacts[0]));
	an_kad_lookup_cancel(scene_kad, early.cancels);
}

static void setup(void)
{
	memset(&early, 0, sizeof(early));
	scene_setup();
}

static void prove_many(uint32_t count)
{
	for (uint32_t n = 1; n <= count; n++)
		scene_prove(n, 0);
	scene_refuse_all(0);
}

static uint64_t look_up(size_t count, bool hurried, an_time_us now)
{
	scene_found = (struct sim_found){0};
	early.called = 0;
	const uint64_t lookup = scene_look_up(count, now);
	an_kad_lookup_hedge(scene_kad, lookup, hurried, told_early);
	return lookup;
}

/* Of the first ones that are asked the first, which is the nearest, is silent; all others answer. */
static struct an_kad_want begin_with_silent(size_t count, bool hurried, an_time_us answered_at)
{
	struct an_kad_want wants[SCENE_WANTS_MAX];
	look_up(count, hurried, 0);
	ck_assert_uint_eq(scene_take_wants(wants, 0), profile->alpha);
	for (size_t i = 1; i < profile->alpha; i++)
		an_kad_answered(scene_kad, wants[i].token, NULL, 0, answered_at);
	scene_refuse_all(answered_at);
	return wants[0];
}

/* Lets time pass; the next step must not have to be later than `until`. */
static void expire(an_time_us until)
{
	ck_assert_uint_le(an_kad_deadline(scene_kad), until);
	for (an_time_us next; (next = an_kad_deadline(scene_kad)) <= until;) {
		an_kad_expire(scene_kad, next);
		scene_refuse_all(next);
	}
}

static void quiet_until(an_time_us until)
{
	for (an_time_us next; (next = an_kad_deadline(scene_kad)) <= until;) {
		an_kad_expire(scene_kad, next);
		scene_refuse_all(next);
	}
}

/* As a client's first get after nodes were killed: each cost it a whole dial. */
START_TEST(what_a_close_group_says_is_told_after_half_a_second_and_late_answers_count)
{
	prove_many(12);
	const struct an_kad_want silent = begin_with_silent(7, false, 1);
	quiet_until(profile->late_first - 1);
	ck_assert_uint_eq(early.called, 0);
	expire(profile->late_first);
	ck_assert_uint_eq(early.called, 1);
	ck_assert_uint_eq(early.count, 7);
	for (size_t i = 0; i < early.count; i++)
		ck_assert(!an_peer_id_equal(&early.contacts[i].id, &silent.contact.id));
	quiet_until(AN_SECONDS(3));
	ck_assert_uint_eq(scene_found.called, 0);
	an_kad_answered(scene_kad, silent.token, NULL, 0, AN_SECONDS(3));
	ck_assert_uint_eq(early.called, 1);
	ck_assert_uint_eq(scene_found.called, 1);
	ck_assert_int_eq(scene_found.status, AUTONOMI_OK);
	ck_assert_uint_eq(scene_found.count, 7);
	ck_assert(an_peer_id_equal(&scene_found.contacts[0].id, &silent.contact.id));
}
END_TEST

START_TEST(a_lookup_that_is_not_hurried_waits_for_silent_peers_as_long_as_a_dial_may_take)
{
	prove_many(12);
	begin_with_silent(7, false, 1);
	quiet_until(profile->handshake_timeout - 1);
	ck_assert_uint_eq(early.called, 1);
	ck_assert_uint_eq(scene_found.called, 0);
	expire(profile->handshake_timeout);
	ck_assert_uint_eq(scene_found.called, 1);
	ck_assert_uint_eq(scene_found.count, 7);
}
END_TEST

START_TEST(a_hurried_one_ends_without_those_that_are_overdue)
{
	prove_many(12);
	begin_with_silent(7, true, 1);
	quiet_until(2 * profile->slow_peer - 1);
	ck_assert_uint_eq(early.called, 1);
	ck_assert_uint_eq(scene_found.called, 0);
	expire(2 * profile->slow_peer);
	ck_assert_uint_eq(scene_found.called, 1);
	ck_assert_int_eq(scene_found.status, AUTONOMI_OK);
}
END_TEST

START_TEST(where_all_answer_nothing_is_told_early)
{
	prove_many(12);
	look_up(7, false, 0);
	scene_refuse_all(1);
	an_kad_expire(scene_kad, 1);
	ck_assert_uint_eq(scene_found.called, 1);
	ck_assert_uint_eq(early.called, 0);
}
END_TEST

/* As in a small network of which half is dead. */
START_TEST(what_fewer_than_a_close_group_say_is_told_when_the_others_are_overdue)
{
	prove_many(5);
	begin_with_silent(7, _i == 1, 1);
	quiet_until(2 * profile->slow_peer - 1);
	ck_assert_uint_eq(early.called, 0);
	expire(2 * profile->slow_peer);
	ck_assert_uint_eq(early.called, _i == 0);
	ck_assert_uint_eq(scene_found.called, _i);
	ck_assert_uint_eq(_i == 0 ? early.count : scene_found.count, 4);
}
END_TEST

START_TEST(where_nobody_answers_nothing_is_told_until_dials_have_failed)
{
	struct an_kad_want wants[SCENE_WANTS_MAX];
	prove_many(3);
	look_up(7, _i == 1, 0);
	ck_assert_uint_eq(scene_take_wants(wants, 0), 3);
	quiet_until(profile->handshake_timeout - 1);
	ck_assert_uint_eq(early.called + scene_found.called, 0);
	expire(profile->handshake_timeout);
	ck_assert_uint_eq(early.called, 0);
	ck_assert_int_eq(scene_found.status, AUTONOMI_E_NO_PEERS);
}
END_TEST

/* A network in which everybody is slow, for example on one busy machine. */
START_TEST(patience_is_four_times_as_long_as_the_slowest_answer_took)
{
	const an_time_us slow = profile->slow_peer * 9 / 10;
	prove_many(12);
	begin_with_silent(7, true, slow);
	quiet_until(4 * slow - 1);
	ck_assert_uint_eq(early.called + scene_found.called, 0);
	expire(4 * slow);
	ck_assert_uint_eq(scene_found.called, 1);
}
END_TEST

START_TEST(a_silent_peer_gives_up_its_place_when_answers_lately_were_there)
{
	struct an_kad_want wants[SCENE_WANTS_MAX];
	const an_time_us start = AN_SECONDS(1);
	prove_many(12);
	/* All answers so far took no time, so the shortest patience counts. */
	look_up(7, false, start);
	ck_assert_uint_eq(scene_take_wants(wants, start), profile->alpha);
	an_kad_expire(scene_kad, start + profile->late_least - 1);
	ck_assert_uint_eq(scene_take_wants(wants, start + profile->late_least - 1), 0);
	ck_assert_uint_le(an_kad_deadline(scene_kad), start + profile->late_least);
	an_kad_expire(scene_kad, start + profile->late_least);
	ck_assert_uint_eq(scene_take_wants(wants, start + profile->late_least), profile->alpha);
}
END_TEST

/* Twice as many peers as a lookup asks at once, all of them dead. */
START_TEST(those_that_are_overdue_keep_nobody_from_being_asked)
{
	struct an_kad_want wants[SCENE_WANTS_MAX];
	struct an_contact names[SCENE_WANTS_MAX];
	size_t asked = 0;
	prove_many(2);
	for (uint32_t n = 0; n < 2 * profile->k; n++)
		names[n] = sim_contact(100 + n);
	look_up(profile->k, false, 0);
	ck_assert_uint_eq(scene_take_wants(wants, 0), 2);
	an_kad_answered(scene_kad, wants[0].token, names, profile->k, 1);
	an_kad_answered(scene_kad, wants[1].token, names + profile->k, profile->k, 1);
	for (an_time_us now = 1; now < AN_SECONDS(4); now += AN_MS(50)) {
		an_kad_expire(scene_kad, now);
		asked += scene_take_wants(wants, now);
	}
	ck_assert_uint_eq(asked, 2 * profile->k);
}
END_TEST

START_TEST(who_was_silent_is_asked_last_until_it_is_heard)
{
	struct an_kad_want wants[SCENE_WANTS_MAX];
	const an_time_us now = profile->late_first;
	prove_many(12);
	const struct an_kad_want silent = begin_with_silent(7, false, 1);
	quiet_until(now);
	ck_assert_uint_eq(early.called, 1);

	/* Though the first lookup has not ended. */
	look_up(7, false, now);
	size_t count = scene_take_wants(wants, now);
	for (size_t i = 0; i < count; i++)
		ck_assert(!an_peer_id_equal(&wants[i].contact.id, &silent.contact.id));
	an_kad_peer_seen(scene_kad, &silent.contact.id, now);
	look_up(7, false, now);
	count = scene_take_wants(wants, now);
	ck_assert_uint_gt(count, 0);
	ck_assert(an_peer_id_equal(&wants[0].contact.id, &silent.contact.id));
}
END_TEST

START_TEST(a_short_silence_is_no_reason_to_ask_a_peer_last)
{
	struct an_kad_want wants[SCENE_WANTS_MAX];
	prove_many(12);
	const uint64_t lookup = look_up(7, false, 0);
	ck_assert_uint_eq(scene_take_wants(wants, 0), profile->alpha);
	const struct an_peer_id nearest = wants[0].contact.id;
	an_kad_expire(scene_kad, profile->late_least);
	an_kad_lookup_cancel(scene_kad, lookup);
	an_kad_expire(scene_kad, profile->late_least);
	ck_assert_int_eq(scene_found.status, AUTONOMI_E_CANCELLED);
	look_up(7, false, profile->late_least);
	ck_assert_uint_gt(scene_take_wants(wants, profile->late_least), 0);
	ck_assert(an_peer_id_equal(&wants[0].contact.id, &nearest));
}
END_TEST

/* Others go on naming it: it is asked again, for it may be back, but not awaited as if it were new. */
START_TEST(who_had_failed_is_awaited_for_two_seconds)
{
	struct an_kad_want wants[SCENE_WANTS_MAX];
	const struct an_contact dead = sim_contact(200);
	prove_many(3);
	an_kad_peer_failed(scene_kad, &dead.id, 0);
	scene_look_up(7, 0);
	ck_assert_uint_eq(scene_take_wants(wants, 0), 3);
	for (size_t i = 0; i < 3; i++)
		an_kad_answered(scene_kad, wants[i].token, &dead, 1, 1);
	ck_assert_uint_eq(scene_take_wants(wants, 1), 1);
	ck_assert(an_peer_id_equal(&wants[0].contact.id, &dead.id));
	quiet_until(2 * profile->slow_peer);
	ck_assert_uint_eq(scene_found.called, 0);
	expire(2 * profile->slow_peer + 1);
	ck_assert_uint_eq(scene_found.called, 1);
	ck_assert_uint_eq(scene_found.count, 3);
}
END_TEST

START_TEST(who_was_told_early_may_cancel_the_lookup)
{
	prove_many(12);
	begin_with_silent(7, false, 1);
	early.cancels = 2; /* the client's first one looked up its own id */
	quiet_until(profile->late_first);
	ck_assert_uint_eq(early.called, 1);
	ck_assert_uint_eq(scene_found.called, 1);
	ck_assert_int_eq(scene_found.status, AUTONOMI_E_CANCELLED);
}
END_TEST

/* The hedge comes when it is early already, and the lookup is cancelled or freed before that was told. */
START_TEST(what_is_early_already_is_told_by_the_next_call)
{
	struct an_kad_want wants[SCENE_WANTS_MAX];
	prove_many(12);
	look_up(7, false, 0);
	ck_assert_uint_eq(scene_take_wants(wants, 0), profile->alpha);
	an_kad_answered(scene_kad, wants[1].token, NULL, 0, 1);
	an_kad_answered(scene_kad, wants[2].token, NULL, 0, 1);
	scene_refuse_all(1);
	const uint64_t lookup = 2;
	quiet_until(profile->late_first);
	ck_assert_uint_eq(early.called, 1);
	an_kad_lookup_hedge(scene_kad, lookup, false, told_early);
	ck_assert_uint_eq(early.called, 1);
	ck_assert_uint_eq(an_kad_deadline(scene_kad), 0);
	if (_i == 0)
		return;
	if (_i == 1)
		an_kad_lookup_cancel(scene_kad, lookup);
	an_kad_expire(scene_kad, profile->late_first);
	ck_assert_uint_eq(early.called, _i == 1 ? 1 : 2);
	ck_assert_uint_eq(scene_found.called, _i == 1);
	an_kad_lookup_hedge(scene_kad, 77, false, told_early);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("kad/hedge");
	TCase *tests = tcase_create("hedge");
	tcase_add_checked_fixture(tests, setup, scene_teardown);
	tcase_add_test(tests,
	               what_a_close_group_says_is_told_after_half_a_second_and_late_answers_count);
	tcase_add_test(
		tests,
		a_lookup_that_is_not_hurried_waits_for_silent_peers_as_long_as_a_dial_may_take);
	tcase_add_test(tests, a_hurried_one_ends_without_those_that_are_overdue);
	tcase_add_test(tests, where_all_answer_nothing_is_told_early);
	tcase_add_loop_test(tests,
	                    what_fewer_than_a_close_group_say_is_told_when_the_others_are_overdue,
	                    0, 2);
	tcase_add_loop_test(tests, where_nobody_answers_nothing_is_told_until_dials_have_failed, 0,
	                    2);
	tcase_add_test(tests, patience_is_four_times_as_long_as_the_slowest_answer_took);
	tcase_add_test(tests, a_silent_peer_gives_up_its_place_when_answers_lately_were_there);
	tcase_add_test(tests, those_that_are_overdue_keep_nobody_from_being_asked);
	tcase_add_test(tests, who_was_silent_is_asked_last_until_it_is_heard);
	tcase_add_test(tests, a_short_silence_is_no_reason_to_ask_a_peer_last);
	tcase_add_test(tests, who_had_failed_is_awaited_for_two_seconds);
	tcase_add_test(tests, who_was_told_early_may_cancel_the_lookup);
	tcase_add_loop_test(tests, what_is_early_already_is_told_by_the_next_call, 0, 3);
	suite_add_tcase(s, tests);
	return s;
}
