/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lookups for which somebody is waiting. */
#include "harness.h"

#include "kad/kad.h"
#include "support.h"

enum { SELF = 0, WANTS_MAX = 256 };

static const struct an_profile *const profile = &an_profile_autonomi;
static struct an_random generator;
static struct an_kad *kad;
static struct sim_found found;

/* A client, which does nothing by itself once it has looked up its own id. */
static void setup(void)
{
	const uint8_t seed[AN_RANDOM_SEED_SIZE] = {3};
	an_random_init(&generator, seed);
	found = (struct sim_found){0};
	const struct an_kad_config config = {
		.profile = profile,
		.self = sim_contact(SELF).id,
		.client = true,
		.random = &generator,
	};
	ck_assert_int_eq(an_kad_new(&config, 0, &kad), AUTONOMI_OK);
}

static void teardown(void)
{
	kad = an_kad_free(kad);
}

static void prove(uint32_t n, an_time_us now)
{
	const struct an_contact contact = sim_contact(n);
	an_kad_peer_proven(kad, &contact, now);
}

static size_t take_wants(struct an_kad_want *wants, an_time_us now)
{
	size_t count = 0;
	while (an_kad_next_want(kad, now, &wants[count])) {
		count++;
		ck_assert_uint_lt(count, WANTS_MAX);
	}
	return count;
}

/* Ends every request that is wanted now, and those that follow from it. */
static size_t refuse_all(an_time_us now)
{
	struct an_kad_want want;
	size_t count = 0;
	while (an_kad_next_want(kad, now, &want)) {
		an_kad_failed(kad, want.token, AUTONOMI_E_REFUSED, now);
		ck_assert_uint_lt(count++, 10000);
	}
	return count;
}

static uint64_t look_up(size_t count, an_time_us now)
{
	uint64_t id;
	ck_assert_int_eq(an_kad_lookup(kad, an_span_text("name"), count, now, sim_done_handler,
	                               &found, &id),
	                 AUTONOMI_OK);
	return id;
}

static void prove_many(uint32_t count)
{
	for (uint32_t n = 1; n <= count; n++)
		prove(n, 0);
	refuse_all(0);
}

/* As a client's first get after 5 of 25 nodes were killed: each cost it a whole dial. */
START_TEST(a_lookup_in_a_hurry_ends_without_silent_peers_when_a_close_group_has_answered)
{
	struct an_kad_want wants[WANTS_MAX], more[WANTS_MAX];
	prove_many(12);
	const uint64_t lookup = look_up(7, 0);
	an_kad_lookup_hurry(kad, lookup);
	ck_assert_uint_eq(take_wants(wants, 0), profile->alpha);
	an_kad_answered(kad, wants[1].token, NULL, 0, 1);
	an_kad_answered(kad, wants[2].token, NULL, 0, 1);
	refuse_all(1);
	ck_assert_uint_eq(found.called, 0);
	an_kad_expire(kad, profile->slow_peer);
	refuse_all(profile->slow_peer);
	an_kad_expire(kad, 2 * profile->slow_peer - 1);
	ck_assert_uint_eq(found.called, 0);
	ck_assert_uint_le(an_kad_deadline(kad), 2 * profile->slow_peer);
	an_kad_expire(kad, 2 * profile->slow_peer);
	ck_assert_uint_eq(found.called, 1);
	ck_assert_int_eq(found.status, AUTONOMI_OK);
	ck_assert_uint_eq(found.count, 7);

	/* The next one asks the silent peer last, until it is heard. */
	found = (struct sim_found){0};
	look_up(7, 2 * profile->slow_peer);
	size_t count = take_wants(more, 2 * profile->slow_peer);
	for (size_t i = 0; i < count; i++)
		ck_assert(!an_peer_id_equal(&more[i].contact.id, &wants[0].contact.id));
	an_kad_peer_seen(kad, &wants[0].contact.id, 2 * profile->slow_peer);
	look_up(7, 2 * profile->slow_peer);
	count = take_wants(more, 2 * profile->slow_peer);
	ck_assert(an_peer_id_equal(&more[0].contact.id, &wants[0].contact.id));
}
END_TEST

START_TEST(a_lookup_in_a_hurry_waits_for_silent_peers_where_fewer_than_a_close_group_answer)
{
	struct an_kad_want wants[WANTS_MAX];
	prove_many(5);
	an_kad_lookup_hurry(kad, look_up(7, 0));
	ck_assert_uint_eq(take_wants(wants, 0), profile->alpha);
	an_kad_answered(kad, wants[1].token, NULL, 0, 1);
	an_kad_answered(kad, wants[2].token, NULL, 0, 1);
	refuse_all(1);
	an_kad_expire(kad, 3 * profile->slow_peer);
	ck_assert_uint_eq(found.called, 0);
	an_kad_answered(kad, wants[0].token, NULL, 0, 3 * profile->slow_peer);
	ck_assert_uint_eq(found.called, 1);
	ck_assert_uint_eq(found.count, 5);
}
END_TEST

/* A network in which everybody is slow, for example on one busy machine. */
START_TEST(a_lookup_in_a_hurry_is_as_patient_as_the_answers_are_slow)
{
	struct an_kad_want wants[WANTS_MAX];
	prove_many(12);
	an_kad_lookup_hurry(kad, look_up(7, 0));
	ck_assert_uint_eq(take_wants(wants, 0), profile->alpha);
	const an_time_us slow = profile->slow_peer * 9 / 10;
	an_kad_answered(kad, wants[1].token, NULL, 0, slow);
	an_kad_answered(kad, wants[2].token, NULL, 0, slow);
	refuse_all(slow);
	an_kad_expire(kad, slow * 4 - 1);
	refuse_all(slow * 4 - 1);
	ck_assert_uint_eq(found.called, 0);
	an_kad_expire(kad, slow * 4);
	ck_assert_uint_eq(found.called, 1);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("kad/hurry");
	TCase *tests = tcase_create("hurry");
	tcase_add_checked_fixture(tests, setup, teardown);
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
