/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The closest peers as most of them know them (semantics 6.13; kad/test_majority.c has the rules). */
#include <string.h>

#include "base/memory.h"
#include "client/agreement.h"
#include "harness.h"
#include "virtual_network.h"

enum { PEERS = 25, WANTED = 5 };

static struct virtual_network network;
static struct an_client *client;
static struct outcome outcome;
static uint8_t name[32];
static size_t order[PEERS_MAX];

static void setup(void)
{
	network_open(&network, PEERS, 7);
	client = network_client(&network);
	an_random_fill(&network.random, name, sizeof(name));
	network_rank(&network, name, order);
}

static void teardown(void)
{
	outcome_release(&outcome);
	client = an_client_free(client);
	network_close(&network);
}

static an_status begin(size_t count)
{
	outcome_release(&outcome);
	return an_client_find_agreed(client, an_span(name, sizeof(name)), count, outcome_done,
	                             &outcome, &outcome.id);
}

static an_status find_agreed(size_t count)
{
	ck_assert_int_eq(begin(count), AUTONOMI_OK);
	ck_assert_uint_eq(outcome.calls, 0);
	return network_finish(&network, client, &outcome);
}

/* Places among the nearest, in their order. */
static void expect(const size_t *places, size_t count)
{
	ck_assert_uint_eq(outcome.result.holder_count, count);
	for (size_t i = 0; i < count; i++) {
		const struct an_contact *wanted = &network.peers[order[places[i]]].contact;
		ck_assert(an_peer_id_equal(&outcome.contacts[i].id, &wanted->id));
	}
}

static const size_t nearest[] = {0, 1, 2, 3, 4};

START_TEST(where_nobody_lies_the_nearest_are_found)
{
	ck_assert_int_eq(find_agreed(WANTED), AUTONOMI_OK);
	expect(nearest, WANTED);
	ck_assert_uint_eq(network.versions, 0);
}
END_TEST

START_TEST(what_a_lookup_missed_is_found_by_what_the_others_know)
{
	network.hidden = 1U << order[0] | 1U << order[3];
	/* Fewer than wanted come of the lookup, so that there is room. */
	for (size_t i = 5; i < PEERS; i++)
		network.hidden |= 1U << order[i];
	ck_assert_int_eq(find_agreed(WANTED), AUTONOMI_OK);
	expect(nearest, WANTED);
	ck_assert_uint_eq(network.versions, 2);
}
END_TEST

START_TEST(two_of_five_that_lie_name_nobody_into_the_result)
{
	network.peers[order[1]].behaviour = MISNAMING;
	network.peers[order[3]].behaviour = MISNAMING;
	ck_assert_int_eq(find_agreed(WANTED), AUTONOMI_OK);
	expect(nearest, WANTED);
}
END_TEST

START_TEST(who_is_silent_or_answers_nonsense_does_not_stop_it)
{
	network.peers[order[1]].behaviour = GARBAGE;
	network.peers[order[2]].behaviour = SILENT;
	network.peers[order[3]].behaviour = OTHER_ANSWER;
	network.peers[order[4]].behaviour = ALWAYS_BUSY;
	ck_assert_int_eq(find_agreed(WANTED), AUTONOMI_OK);
	ck_assert_uint_eq(outcome.result.holder_count, WANTED);
}
END_TEST

START_TEST(a_lookup_that_fails_is_repeated_once)
{
	network.lookups_that_fail = 1;
	network.lookup_failure = AUTONOMI_E_NO_PEERS;
	const an_time_us start = network.now;
	ck_assert_int_eq(find_agreed(WANTED), AUTONOMI_OK);
	expect(nearest, WANTED);
	ck_assert_uint_eq(network.lookups, 2);
	ck_assert_uint_ge(network.now - start, AN_SECONDS(2));
	network.lookups_that_fail = 2;
	ck_assert_int_eq(find_agreed(WANTED), AUTONOMI_E_NO_PEERS);
	ck_assert_uint_eq(network.lookups, 4);
}
END_TEST

START_TEST(requests_that_cannot_be_sent_are_as_good_as_not_answered)
{
	network.asks_refused_at_once = 2;
	ck_assert_int_eq(find_agreed(WANTED), AUTONOMI_OK);
	expect(nearest, WANTED);
}
END_TEST

START_TEST(it_can_be_cancelled_at_any_step)
{
	for (unsigned steps = 0; steps < 8; steps++) {
		ck_assert_int_eq(begin(WANTED), AUTONOMI_OK);
		for (unsigned i = 0; i < steps && outcome.calls == 0; i++)
			network_step(&network, client);
		an_client_cancel(client, outcome.id);
		while (network_step(&network, client))
			continue;
		ck_assert_uint_eq(outcome.calls, 1);
	}
	/* And a client may be freed in the midst of it. */
	ck_assert_int_eq(begin(WANTED), AUTONOMI_OK);
	for (unsigned i = 0; i < 3; i++)
		network_step(&network, client);
}
END_TEST

START_TEST(what_cannot_be_asked_is_refused)
{
	const uint8_t bytes[AN_PEER_ID_MAX + 1] = {0};
	ck_assert_int_eq(begin(0), AUTONOMI_E_INVALID);
	ck_assert_int_eq(begin(AN_KAD_MAJORITY_MAX + 1), AUTONOMI_E_INVALID);
	ck_assert_int_eq(an_client_find_agreed(client, an_span(bytes, 0), 1, outcome_done, &outcome,
	                                       NULL),
	                 AUTONOMI_E_INVALID);
	ck_assert_int_eq(an_client_find_agreed(client, an_span(bytes, sizeof(bytes)), 1,
	                                       outcome_done, &outcome, NULL),
	                 AUTONOMI_E_INVALID);
}
END_TEST

#ifdef AN_FAULT_INJECTION
START_TEST(without_memory_it_ends_once)
{
	for (uint64_t allocations = 0; allocations < 60; allocations++) {
		network.fail_at = an_memory_allocations() + allocations;
		network.failing = true;
		an_memory_fail_after(allocations);
		const an_status status = begin(WANTED);
		for (int i = 0; status == AUTONOMI_OK && i < 1000 && outcome.calls == 0; i++)
			network_step(&network, client);
		an_memory_fail_after(UINT64_MAX);
		network.failing = false;
		while (network_step(&network, client))
			continue;
		ck_assert_uint_eq(outcome.calls, status == AUTONOMI_OK);
	}
}
END_TEST
#endif

Suite *suite(void)
{
	Suite *s = suite_create("client/agreement");
	TCase *tests = tcase_create("agreement");
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, where_nobody_lies_the_nearest_are_found);
	tcase_add_test(tests, what_a_lookup_missed_is_found_by_what_the_others_know);
	tcase_add_test(tests, two_of_five_that_lie_name_nobody_into_the_result);
	tcase_add_test(tests, who_is_silent_or_answers_nonsense_does_not_stop_it);
	tcase_add_test(tests, a_lookup_that_fails_is_repeated_once);
	tcase_add_test(tests, requests_that_cannot_be_sent_are_as_good_as_not_answered);
	tcase_add_test(tests, it_can_be_cancelled_at_any_step);
	tcase_add_test(tests, what_cannot_be_asked_is_refused);
#ifdef AN_FAULT_INJECTION
	tcase_add_test(tests, without_memory_it_ends_once);
#endif
	suite_add_tcase(s, tests);
	return s;
}
