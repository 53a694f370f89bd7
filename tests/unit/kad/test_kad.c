/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "harness.h"

#include <stdlib.h>

#include "base/memory.h"
#include "kad/kad.h"
#include "kad/lookup.h"
#include "scene.h"

static const struct an_profile *const profile = &an_profile_autonomi;

static bool is_for(const struct an_kad_want *want, uint32_t n)
{
	const struct an_contact contact = sim_contact(n);
	return an_peer_id_equal(&want->contact.id, &contact.id);
}

/* Lookups. */

START_TEST(a_lookup_without_peers_ends_with_no_peers_and_not_at_once)
{
	scene_look_up(5, 0);
	ck_assert_uint_eq(scene_found.called, 0);
	ck_assert_uint_eq(an_kad_deadline(scene_kad), 0);
	an_kad_expire(scene_kad, 0);
	ck_assert_uint_eq(scene_found.called, 1);
	ck_assert_int_eq(scene_found.status, AUTONOMI_E_NO_PEERS);
}
END_TEST

START_TEST(a_cancelled_lookup_is_done_once_by_the_next_expire)
{
	struct an_kad_want wants[SCENE_WANTS_MAX];
	scene_prove(1, 0);
	scene_refuse_all(0);
	const uint64_t id = scene_look_up(5, 0);
	const size_t count = scene_take_wants(wants, 0);
	ck_assert_uint_eq(count, 1);
	an_kad_lookup_cancel(scene_kad, id);
	an_kad_lookup_cancel(scene_kad, id);
	ck_assert_uint_eq(scene_found.called, 0);
	an_kad_expire(scene_kad, 0);
	ck_assert_uint_eq(scene_found.called, 1);
	ck_assert_int_eq(scene_found.status, AUTONOMI_E_CANCELLED);
	an_kad_lookup_cancel(scene_kad, id);
	an_kad_answered(scene_kad, wants[0].token, NULL, 0, 1);
	an_kad_expire(scene_kad, AN_HOURS(1));
	ck_assert_uint_eq(scene_found.called, 1);
}
END_TEST

START_TEST(free_ends_pending_lookups_without_done)
{
	scene_prove(1, 0);
	scene_look_up(5, 0);
	scene_kad = an_kad_free(scene_kad);
	ck_assert_uint_eq(scene_found.called, 0);
}
END_TEST

START_TEST(a_lookup_too_many_is_refused)
{
	uint64_t id;
	for (int i = 0; i < AN_KAD_LOOKUPS_MAX; i++)
		scene_look_up(5, 0);
	ck_assert_int_eq(an_kad_lookup(scene_kad, an_span_text("name"), 5, 0, sim_done_handler,
	                               &scene_found, &id),
	                 AUTONOMI_E_BUSY);
	an_kad_expire(scene_kad, 0);
	ck_assert_uint_eq(scene_found.called, AN_KAD_LOOKUPS_MAX);
	scene_look_up(5, 0);
}
END_TEST

START_TEST(a_target_or_count_that_cannot_be_is_refused)
{
	uint64_t id;
	const uint8_t target[AN_KAD_TARGET_MAX + 1] = {0};
	ck_assert_int_eq(an_kad_lookup(scene_kad, an_span(target, 0), 5, 0, sim_done_handler,
	                               &scene_found, &id),
	                 AUTONOMI_E_INVALID);
	ck_assert_int_eq(an_kad_lookup(scene_kad, an_span(target, sizeof(target)), 5, 0,
	                               sim_done_handler, &scene_found, &id),
	                 AUTONOMI_E_INVALID);
	ck_assert_int_eq(an_kad_lookup(scene_kad, an_span(target, 32), 0, 0, sim_done_handler,
	                               &scene_found, &id),
	                 AUTONOMI_E_INVALID);
	ck_assert_int_eq(an_kad_lookup(scene_kad, an_span(target, 32), AN_KAD_CLOSEST_MAX + 1, 0,
	                               sim_done_handler, &scene_found, &id),
	                 AUTONOMI_E_INVALID);
}
END_TEST

START_TEST(what_a_peer_names_is_bounded_and_checked)
{
	struct an_kad_want want;
	struct an_contact named[100];
	scene_prove(1, 0);
	scene_refuse_all(0);
	scene_look_up(20, 0);
	ck_assert(an_kad_next_want(scene_kad, 0, &want));
	for (uint32_t i = 0; i < 100; i++)
		named[i] = sim_contact(100 + i);
	named[0] = sim_contact(SCENE_SELF);
	named[1].endpoints[0] = an_endpoint_ip4(192, 168, 0, 1, 10000);
	named[2].endpoints[0] = an_endpoint_ip4(127, 0, 0, 1, 10000);
	named[3].endpoint_count = 0;
	named[4].id.size = 0;
	named[5].id.size = AN_PEER_ID_MAX + 1;
	named[6].id.bytes[0] = 0x77;
	named[7].endpoint_count = 200;
	named[8].endpoints[0].port = 0;
	an_kad_answered(scene_kad, want.token, named, 100, 0);

	size_t asked = 0;
	while (an_kad_next_want(scene_kad, 0, &want)) {
		ck_assert(an_endpoint_equal(&want.contact.endpoints[0],
		                            &sim_contact(100).endpoints[0]) ||
		          want.contact.endpoints[0].address[12] == 44);
		ck_assert(!is_for(&want, SCENE_SELF));
		an_kad_failed(scene_kad, want.token, AUTONOMI_E_REFUSED, 0);
		asked++;
	}
	/* 20 are looked at, 8 of them are of no use; the one with too many endpoints has one. */
	ck_assert_uint_eq(asked, 12);
	ck_assert_uint_eq(scene_found.called, 1);
	ck_assert_uint_eq(scene_found.count, 13);
}
END_TEST

START_TEST(who_only_was_named_is_no_result)
{
	struct an_kad_want want;
	scene_prove(1, 0);
	scene_refuse_all(0);
	scene_look_up(5, 0);
	ck_assert(an_kad_next_want(scene_kad, 0, &want));
	const struct an_contact named = sim_contact(7);
	an_kad_answered(scene_kad, want.token, &named, 1, 0);
	ck_assert(an_kad_next_want(scene_kad, 0, &want));
	ck_assert(is_for(&want, 7));
	an_kad_failed(scene_kad, want.token, AUTONOMI_E_UNREACHABLE, 0);
	ck_assert_uint_eq(scene_found.called, 1);
	ck_assert_uint_eq(scene_found.count, 1);
	ck_assert_int_eq(scene_found.status, AUTONOMI_OK);
	ck_assert_uint_eq(scene_found.asked, 2);
	ck_assert_uint_eq(scene_found.hops, 1);
}
END_TEST

static void prove_many(uint32_t count)
{
	for (uint32_t n = 1; n <= count; n++)
		scene_prove(n, 0);
	scene_refuse_all(0);
}

START_TEST(a_slow_peer_does_not_hold_its_slot_and_its_late_answer_counts)
{
	struct an_kad_want wants[SCENE_WANTS_MAX], more[SCENE_WANTS_MAX];
	prove_many(10);
	scene_look_up(4, 0);
	ck_assert_uint_eq(scene_take_wants(wants, 0), profile->alpha);
	ck_assert_uint_eq(an_kad_deadline(scene_kad), profile->slow_peer);
	an_kad_expire(scene_kad, profile->slow_peer);
	ck_assert_uint_eq(scene_take_wants(more, profile->slow_peer), profile->alpha);

	const an_time_us late = 3 * profile->slow_peer;
	an_kad_expire(scene_kad, late);
	for (size_t i = 0; i < profile->alpha; i++)
		an_kad_failed(scene_kad, more[i].token, AUTONOMI_E_REFUSED, late);
	ck_assert_uint_eq(scene_found.called, 0);
	for (size_t i = 0; i < profile->alpha; i++)
		an_kad_answered(scene_kad, wants[i].token, NULL, 0, late);
	scene_refuse_all(late);
	ck_assert_uint_eq(scene_found.called, 1);
	ck_assert_int_eq(scene_found.status, AUTONOMI_OK);
	ck_assert_uint_eq(scene_found.count, 4);
	for (size_t i = 0; i < profile->alpha; i++)
		ck_assert(an_peer_id_equal(&scene_found.contacts[i].id, &wants[i].contact.id));
}
END_TEST

START_TEST(silent_peers_are_not_waited_for_longer_than_a_dial_may_take)
{
	struct an_kad_want wants[SCENE_WANTS_MAX];
	prove_many(2);
	scene_look_up(5, 0);
	ck_assert_uint_eq(scene_take_wants(wants, 0), 2);
	an_kad_answered(scene_kad, wants[0].token, NULL, 0, 1);
	an_kad_expire(scene_kad, profile->slow_peer);
	an_kad_expire(scene_kad, profile->handshake_timeout - 1);
	ck_assert_uint_eq(scene_found.called, 0);
	an_kad_expire(scene_kad, profile->handshake_timeout);
	ck_assert_uint_eq(scene_found.called, 1);
	ck_assert_uint_eq(scene_found.count, 1);
}
END_TEST

START_TEST(a_lookup_that_takes_too_long_gives_what_it_has)
{
	struct an_kad_want want;
	an_time_us now = 0;
	scene_prove(1, 0);
	scene_refuse_all(0);
	scene_look_up(20, 0);
	/* Each peer names one more, and takes its time. */
	for (uint32_t n = 100; scene_found.called == 0; n++) {
		if (an_kad_next_want(scene_kad, now, &want)) {
			now += AN_SECONDS(9);
			const struct an_contact named = sim_contact(n);
			an_kad_answered(scene_kad, want.token, &named, 1, now);
		}
		an_kad_expire(scene_kad, now);
		ck_assert_uint_lt(n, 200);
	}
	ck_assert_int_eq(scene_found.status, AUTONOMI_E_TIMEOUT);
	ck_assert_uint_ge(scene_found.count, 12);
	ck_assert_uint_ge(now, profile->lookup_timeout);
}
END_TEST

START_TEST(a_peer_that_names_only_inventions_costs_a_bounded_number_of_requests)
{
	struct an_kad_want want;
	uint32_t next = 1000;
	scene_prove(1, 0);
	scene_refuse_all(0);
	scene_look_up(20, 0);
	while (an_kad_next_want(scene_kad, 0, &want)) {
		struct an_contact named[20];
		for (size_t i = 0; i < 20; i++)
			named[i] = sim_contact(next++);
		/* Every peer lies, and all of them answer: no end but ours. */
		an_kad_answered(scene_kad, want.token, named, 20, 0);
	}
	an_kad_expire(scene_kad, 0);
	ck_assert_uint_eq(scene_found.called, 1);
	ck_assert_uint_le(scene_found.asked, AN_KAD_LOOKUP_REQUESTS_MAX);
	ck_assert_uint_eq(scene_found.count, 20);
}
END_TEST

START_TEST(a_request_of_which_nothing_is_heard_fails_by_itself)
{
	struct an_kad_want want;
	scene_prove(1, 0);
	scene_refuse_all(0);
	scene_look_up(5, 0);
	ck_assert(an_kad_next_want(scene_kad, 0, &want));
	an_kad_expire(scene_kad, want.timeout + profile->slow_peer);
	ck_assert_uint_eq(scene_found.called, 1);
	ck_assert_uint_eq(an_kad_size(scene_kad), 0);
	an_kad_answered(scene_kad, want.token, NULL, 0, AN_HOURS(1));
}
END_TEST

static void look_up_again(void *context, const struct an_kad_result *result)
{
	uint64_t id;
	(void)result;
	ck_assert_ptr_null(context);
	ck_assert_int_eq(an_kad_lookup(scene_kad, an_span_text("name"), 5, 0, sim_done_handler,
	                               &scene_found, &id),
	                 AUTONOMI_OK);
}

START_TEST(done_may_start_the_next_lookup)
{
	uint64_t id;
	ck_assert_int_eq(an_kad_lookup(scene_kad, an_span_text("name"), 5, 0, look_up_again, NULL,
	                               &id),
	                 AUTONOMI_OK);
	an_kad_expire(scene_kad, 0);
	an_kad_expire(scene_kad, 0);
	ck_assert_uint_eq(scene_found.called, 1);
}
END_TEST

/* Peers. */

START_TEST(a_refusal_is_an_answer)
{
	struct an_kad_want want;
	scene_prove(1, 0);
	scene_refuse_all(0);
	scene_look_up(5, 0);
	ck_assert(an_kad_next_want(scene_kad, 0, &want));
	an_kad_failed(scene_kad, want.token, AUTONOMI_E_REFUSED, 0);
	ck_assert_uint_eq(scene_found.count, 1);
	ck_assert_uint_eq(an_kad_size(scene_kad), 1);
}
END_TEST

START_TEST(our_own_failure_says_nothing_of_the_peer)
{
	struct an_kad_want want;
	scene_prove(1, 0);
	scene_refuse_all(0);
	scene_look_up(5, 0);
	ck_assert(an_kad_next_want(scene_kad, 0, &want));
	an_kad_failed(scene_kad, want.token, AUTONOMI_E_BUSY, 0);
	ck_assert_uint_eq(scene_found.count, 0);
	ck_assert_uint_eq(an_kad_size(scene_kad), 1);
}
END_TEST

START_TEST(a_dead_peer_leaves_the_table_and_is_asked_last_for_a_while)
{
	struct an_kad_want want;
	const struct an_contact dead = sim_contact(2);
	prove_many(2);
	an_kad_peer_failed(scene_kad, &dead.id, 0);
	ck_assert_uint_eq(an_kad_size(scene_kad), 1);
	ck_assert_uint_eq(scene_removed, 1);

	scene_look_up(1, 0);
	ck_assert(an_kad_next_want(scene_kad, 0, &want));
	ck_assert(is_for(&want, 1));
	an_kad_answered(scene_kad, want.token, &dead, 1, 0);
	ck_assert_uint_eq(scene_found.called, 1);
	ck_assert_uint_eq(scene_found.asked, 1);
}
END_TEST

START_TEST(a_peer_with_a_private_address_does_not_enter)
{
	struct an_contact contact = sim_contact(1);
	contact.endpoints[0] = an_endpoint_ip4(10, 0, 0, 1, 10000);
	an_kad_peer_proven(scene_kad, &contact, 0);
	ck_assert_uint_eq(an_kad_size(scene_kad), 0);

	scene_teardown();
	scene_kad = scene_make(true, true, NULL);
	an_kad_peer_proven(scene_kad, &contact, 0);
	ck_assert_uint_eq(an_kad_size(scene_kad), 1);
}
END_TEST

START_TEST(who_calls_us_is_dialled_back_before_it_enters)
{
	struct an_kad_want want;
	const struct an_contact caller = sim_contact(1);
	an_kad_peer_met(scene_kad, &caller, 0);
	an_kad_peer_met(scene_kad, &caller, 1);
	ck_assert_uint_eq(an_kad_size(scene_kad), 0);
	ck_assert(!an_kad_next_want(scene_kad, profile->dial_back - 1, &want));
	ck_assert_uint_eq(an_kad_deadline(scene_kad), profile->dial_back);
	ck_assert(an_kad_next_want(scene_kad, profile->dial_back, &want));
	ck_assert(is_for(&want, 1));
	ck_assert(!an_kad_next_want(scene_kad, profile->dial_back, &want));
}
END_TEST

START_TEST(a_crowd_of_callers_is_dialled_back_up_to_a_limit)
{
	enum { LIMIT = 64, CALLERS = 3 * LIMIT };
	struct an_kad_want want;
	unsigned dialled = 0;
	for (uint32_t i = 1; i <= CALLERS; i++) {
		const struct an_contact caller = sim_contact(i);
		an_kad_peer_met(scene_kad, &caller, 0);
	}
	while (an_kad_next_want(scene_kad, profile->dial_back, &want))
		dialled++;
	ck_assert_uint_ge(dialled, 1);
	ck_assert_uint_le(dialled, LIMIT);
	ck_assert_uint_eq(an_kad_size(scene_kad), 0);
}
END_TEST

START_TEST(one_who_calls_again_and_again_waits_once)
{
	enum { LIMIT = 64 };
	struct an_kad_want want;
	const struct an_contact caller = sim_contact(1), other = sim_contact(2);
	for (size_t i = 0; i < LIMIT; i++)
		an_kad_peer_met(scene_kad, &caller, 0);
	an_kad_peer_met(scene_kad, &other, 0);
	ck_assert(an_kad_next_want(scene_kad, profile->dial_back, &want));
	ck_assert(is_for(&want, 1));
	ck_assert(an_kad_next_want(scene_kad, profile->dial_back, &want));
	ck_assert(is_for(&want, 2));
}
END_TEST

START_TEST(in_a_local_network_who_calls_us_enters_at_once)
{
	scene_teardown();
	scene_kad = scene_make(false, true, NULL);
	const struct an_contact caller = sim_contact(1);
	an_kad_peer_met(scene_kad, &caller, 0);
	ck_assert_uint_eq(an_kad_size(scene_kad), 1);
	ck_assert_uint_eq(scene_added, 1);
}
END_TEST

/* Bootstrap. */

static void bootstrap(uint32_t first, size_t count, an_time_us now)
{
	struct an_contact contacts[64];
	for (uint32_t i = 0; i < count; i++)
		contacts[i] = sim_contact(first + i);
	an_kad_bootstrap(scene_kad, contacts, count, now);
}

START_TEST(bootstrap_dials_a_few_at_once_until_enough_answered)
{
	struct an_kad_want wants[SCENE_WANTS_MAX];
	bootstrap(1, 40, 0);
	ck_assert_uint_eq(scene_take_wants(wants, 0), profile->bootstrap_dials);
	for (uint32_t i = 0; i < profile->bootstrap_enough; i++) {
		ck_assert(!an_kad_joined(scene_kad));
		scene_prove(i + 1, 0);
		an_kad_answered(scene_kad, wants[i].token, NULL, 0, 0);
	}
	ck_assert(an_kad_joined(scene_kad));
	ck_assert(!an_kad_joined(scene_kad));
	/* From now on only the lookup for our own id. */
	struct an_kad_want want;
	while (an_kad_next_want(scene_kad, 0, &want)) {
		size_t n = 1;
		while (n <= profile->bootstrap_enough && !is_for(&want, (uint32_t)n))
			n++;
		ck_assert_uint_le(n, profile->bootstrap_enough);
	}
}
END_TEST

START_TEST(a_contact_without_an_id_is_dialled_and_counts_when_it_has_proven_one)
{
	struct an_kad_want want;
	struct an_contact contact = sim_contact(1);
	contact.id = (struct an_peer_id){0};
	an_kad_bootstrap(scene_kad, &contact, 1, 0);
	ck_assert(an_kad_next_want(scene_kad, 0, &want));
	ck_assert_uint_eq(want.contact.id.size, 0);
	scene_prove(1, 0);
	an_kad_answered(scene_kad, want.token, NULL, 0, 0);
	scene_refuse_all(0);
	ck_assert(an_kad_joined(scene_kad));
	ck_assert_uint_eq(an_kad_size(scene_kad), 1);
}
END_TEST

START_TEST(ourselves_and_private_contacts_are_not_dialled)
{
	struct an_kad_want want;
	struct an_contact contacts[3] = {sim_contact(SCENE_SELF), sim_contact(1), sim_contact(2)};
	contacts[1].endpoints[0] = an_endpoint_ip4(192, 168, 1, 1, 1);
	contacts[2].endpoints[0] = an_endpoint_ip4(192, 168, 1, 1, 1);
	contacts[2].id = (struct an_peer_id){0};
	an_kad_bootstrap(scene_kad, contacts, 3, 0);
	ck_assert(!an_kad_next_want(scene_kad, 0, &want));
	ck_assert(!an_kad_joined(scene_kad));
}
END_TEST

START_TEST(the_first_node_of_a_network_has_joined_at_once)
{
	an_kad_bootstrap(scene_kad, NULL, 0, 0);
	ck_assert(an_kad_joined(scene_kad));
	ck_assert(an_kad_converged(scene_kad));
}
END_TEST

/* Time passes; every dial fails. Returns how many there were. */
static size_t live_alone(an_time_us *now, an_time_us until)
{
	struct an_kad_want want;
	size_t dials = 0;
	while (*now < until) {
		while (an_kad_next_want(scene_kad, *now, &want)) {
			dials++;
			an_kad_failed(scene_kad, want.token, AUTONOMI_E_UNREACHABLE, *now);
		}
		const an_time_us next = an_kad_deadline(scene_kad);
		ck_assert_uint_lt(next, AN_TIME_NEVER);
		*now = next > *now ? next : *now;
		an_kad_expire(scene_kad, *now);
	}
	return dials;
}

/* autonomi-2 10.2 row 6: a node sat 34 hours with an empty table. */
START_TEST(an_empty_table_is_bootstrapped_again_without_end_and_with_few_words)
{
	struct an_logger *logger = an_logger_new(AN_LOG_DEBUG);
	struct an_log_line line;
	an_time_us now = 0;
	scene_teardown();
	scene_kad = scene_make(false, false, logger);
	bootstrap(1, 3, 0);
	const size_t dials = live_alone(&now, AN_HOURS(34));
	/* At least each 75 seconds, three each time; not much more. */
	ck_assert_uint_ge(dials, 34 * 48 * 3);
	ck_assert_uint_le(dials, 34 * 61 * 3);
	ck_assert(!an_kad_joined(scene_kad));
	ck_assert(!an_kad_converged(scene_kad));
	size_t lines = 0;
	while (an_logger_next(logger, &line))
		lines++;
	ck_assert_uint_ge(lines, 2);
	ck_assert_uint_le(lines, 34 * 3 + 2);

	const an_time_us back = now;
	struct an_kad_want want;
	while (!an_kad_next_want(scene_kad, now, &want)) {
		now = an_kad_deadline(scene_kad);
		an_kad_expire(scene_kad, now);
	}
	ck_assert_uint_le(now - back, AN_SECONDS(75));
	an_kad_peer_proven(scene_kad, &want.contact, now);
	an_kad_answered(scene_kad, want.token, NULL, 0, now);
	ck_assert_uint_eq(an_kad_size(scene_kad), 1);
	scene_kad = an_kad_free(scene_kad);
	an_logger_free(logger);
}
END_TEST

START_TEST(peers_that_left_the_table_are_dialled_when_it_is_empty)
{
	struct an_kad_want want;
	scene_prove(9, 0);
	scene_refuse_all(0);
	const struct an_contact last = sim_contact(9);
	an_kad_peer_failed(scene_kad, &last.id, AN_HOURS(2));
	ck_assert_uint_eq(an_kad_size(scene_kad), 0);
	ck_assert(an_kad_next_want(scene_kad, AN_HOURS(2), &want));
	ck_assert(is_for(&want, 9));
}
END_TEST

#ifdef AN_FAULT_INJECTION
START_TEST(without_memory_lookups_end_all_the_same)
{
	for (uint64_t n = 0; n < 60; n++) {
		scene_teardown();
		scene_setup();
		an_memory_fail_after(n);
		bootstrap(1, 10, 0);
		for (uint32_t peer = 1; peer < 6; peer++)
			scene_prove(peer, 0);
		uint64_t id;
		const an_status status = an_kad_lookup(scene_kad, an_span_text("name"), 5, 0,
		                                       sim_done_handler, &scene_found, &id);
		scene_refuse_all(0);
		an_kad_expire(scene_kad, 0);
		an_memory_fail_after(UINT64_MAX);
		scene_refuse_all(1);
		an_kad_expire(scene_kad, AN_HOURS(1));
		ck_assert_uint_eq(scene_found.called, status == AUTONOMI_OK);
	}
}
END_TEST
#endif

static void add_lookups(Suite *s)
{
	TCase *tests = tcase_create("lookups");
	tcase_add_checked_fixture(tests, scene_setup, scene_teardown);
	tcase_add_test(tests, a_lookup_without_peers_ends_with_no_peers_and_not_at_once);
	tcase_add_test(tests, a_cancelled_lookup_is_done_once_by_the_next_expire);
	tcase_add_test(tests, free_ends_pending_lookups_without_done);
	tcase_add_test(tests, a_lookup_too_many_is_refused);
	tcase_add_test(tests, a_target_or_count_that_cannot_be_is_refused);
	tcase_add_test(tests, what_a_peer_names_is_bounded_and_checked);
	tcase_add_test(tests, who_only_was_named_is_no_result);
	tcase_add_test(tests, a_slow_peer_does_not_hold_its_slot_and_its_late_answer_counts);
	tcase_add_test(tests, silent_peers_are_not_waited_for_longer_than_a_dial_may_take);
	tcase_add_test(tests, a_lookup_that_takes_too_long_gives_what_it_has);
	tcase_add_test(tests, a_peer_that_names_only_inventions_costs_a_bounded_number_of_requests);
	tcase_add_test(tests, a_request_of_which_nothing_is_heard_fails_by_itself);
	tcase_add_test(tests, done_may_start_the_next_lookup);
#ifdef AN_FAULT_INJECTION
	tcase_add_test(tests, without_memory_lookups_end_all_the_same);
#endif
	suite_add_tcase(s, tests);
}

static void add_peers(Suite *s)
{
	TCase *tests = tcase_create("peers");
	tcase_add_checked_fixture(tests, scene_setup, scene_teardown);
	tcase_add_test(tests, a_refusal_is_an_answer);
	tcase_add_test(tests, our_own_failure_says_nothing_of_the_peer);
	tcase_add_test(tests, a_dead_peer_leaves_the_table_and_is_asked_last_for_a_while);
	tcase_add_test(tests, a_peer_with_a_private_address_does_not_enter);
	tcase_add_test(tests, who_calls_us_is_dialled_back_before_it_enters);
	tcase_add_test(tests, a_crowd_of_callers_is_dialled_back_up_to_a_limit);
	tcase_add_test(tests, one_who_calls_again_and_again_waits_once);
	tcase_add_test(tests, in_a_local_network_who_calls_us_enters_at_once);
	suite_add_tcase(s, tests);
}

static void add_bootstrap(Suite *s)
{
	TCase *tests = tcase_create("bootstrap");
	tcase_add_checked_fixture(tests, scene_setup, scene_teardown);
	tcase_add_test(tests, bootstrap_dials_a_few_at_once_until_enough_answered);
	tcase_add_test(tests, a_contact_without_an_id_is_dialled_and_counts_when_it_has_proven_one);
	tcase_add_test(tests, ourselves_and_private_contacts_are_not_dialled);
	tcase_add_test(tests, the_first_node_of_a_network_has_joined_at_once);
	tcase_add_test(tests, an_empty_table_is_bootstrapped_again_without_end_and_with_few_words);
	tcase_add_test(tests, peers_that_left_the_table_are_dialled_when_it_is_empty);
	suite_add_tcase(s, tests);
}

Suite *suite(void)
{
	Suite *s = suite_create("kad/kad");
	add_lookups(s);
	add_peers(s);
	add_bootstrap(s);
	return s;
}
