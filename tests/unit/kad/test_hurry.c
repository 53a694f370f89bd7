/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lookups for which somebody is waiting. */
#include "harness.h"

#include "scene.h"

static const struct an_profile *const profile = &an_profile_autonomi;

static void prove_many(uint32_t count)
{
	for (uint32_t n = 1; n <= count; n++)
		scene_prove(n, 0);
	scene_refuse_all(0);
}

/* As a client's first get after 5 of 25 nodes were killed: each cost it a whole dial. */
START_TEST(a_lookup_in_a_hurry_ends_without_silent_peers_when_a_close_group_has_answered)
{
	struct an_kad_want wants[SCENE_WANTS_MAX], more[SCENE_WANTS_MAX];
	prove_many(12);
	const uint64_t lookup = scene_look_up(7, 0);
	an_kad_lookup_hurry(scene_kad, lookup);
	ck_assert_uint_eq(scene_take_wants(wants, 0), profile->alpha);
	an_kad_answered(scene_kad, wants[1].token, NULL, 0, 1);
	an_kad_answered(scene_kad, wants[2].token, NULL, 0, 1);
	scene_refuse_all(1);
	ck_assert_uint_eq(scene_found.called, 0);
	an_kad_expire(scene_kad, profile->slow_peer);
	scene_refuse_all(profile->slow_peer);
	an_kad_expire(scene_kad, 2 * profile->slow_peer - 1);
	ck_assert_uint_eq(scene_found.called, 0);
	ck_assert_uint_le(an_kad_deadline(scene_kad), 2 * profile->slow_peer);
	an_kad_expire(scene_kad, 2 * profile->slow_peer);
	ck_assert_uint_eq(scene_found.called, 1);
	ck_assert_int_eq(scene_found.status, AUTONOMI_OK);
	ck_assert_uint_eq(scene_found.count, 7);

	/* The next one asks the silent peer last, until it is heard. */
	scene_found = (struct sim_found){0};
	scene_look_up(7, 2 * profile->slow_peer);
	size_t count = scene_take_wants(more, 2 * profile->slow_peer);
	for (size_t i = 0; i < count; i++)
		ck_assert(!an_peer_id_equal(&more[i].contact.id, &wants[0].contact.id));
	an_kad_peer_seen(scene_kad, &wants[0].contact.id, 2 * profile->slow_peer);
	scene_look_up(7, 2 * profile->slow_peer);
	count = scene_take_wants(more, 2 * profile->slow_peer);
	ck_assert(an_peer_id_equal(&more[0].contact.id, &wants[0].contact.id));
}
END_TEST

START_TEST(a_lookup_in_a_hurry_waits_for_silent_peers_where_fewer_than_a_close_group_answer)
{
	struct an_kad_want wants[SCENE_WANTS_MAX];
	prove_many(5);
	an_kad_lookup_hurry(scene_kad, scene_look_up(7, 0));
	ck_assert_uint_eq(scene_take_wants(wants, 0), profile->alpha);
	an_kad_answered(scene_kad, wants[1].token, NULL, 0, 1);
	an_kad_answered(scene_kad, wants[2].token, NULL, 0, 1);
	scene_refuse_all(1);
	an_kad_expire(scene_kad, 3 * profile->slow_peer);
	ck_assert_uint_eq(scene_found.called, 0);
	an_kad_answered(scene_kad, wants[0].token, NULL, 0, 3 * profile->slow_peer);
	ck_assert_uint_eq(scene_found.called, 1);
	ck_assert_uint_eq(scene_found.count, 5);
}
END_TEST

/* A network in which everybody is slow, for example on one busy machine. */
START_TEST(a_lookup_in_a_hurry_is_as_patient_as_the_answers_are_slow)
{
	struct an_kad_want wants[SCENE_WANTS_MAX];
	prove_many(12);
	an_kad_lookup_hurry(scene_kad, scene_look_up(7, 0));
	ck_assert_uint_eq(scene_take_wants(wants, 0), profile->alpha);
	const an_time_us slow = profile->slow_peer * 9 / 10;
	an_kad_answered(scene_kad, wants[1].token, NULL, 0, slow);
	an_kad_answered(scene_kad, wants[2].token, NULL, 0, slow);
	scene_refuse_all(slow);
	an_kad_expire(scene_kad, slow * 4 - 1);
	scene_refuse_all(slow * 4 - 1);
	ck_assert_uint_eq(scene_found.called, 0);
	an_kad_expire(scene_kad, slow * 4);
	ck_assert_uint_eq(scene_found.called, 1);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("kad/hurry");
	TCase *tests = tcase_create("hurry");
	tcase_add_checked_fixture(tests, scene_setup, scene_teardown);
	tcase_add_test(
		tests,
		a_lookup_in_a_hurry_ends_without_silent_peers_when_a_close_group_has_answered);
	tcase_add_test(
		tests,
		a_lookup_in_a_hurry_waits_for_silent_peers_where_fewer_than_a_close_group_answer);
	tcase_add_test(tests, a_lookup_in_a_hurry_is_as_patient_as_the_answers_are_slow);
	suite_add_tcase(s, tests);
	return s;
}
