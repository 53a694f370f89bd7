/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Semantics 6.13 among peers of which each has a table, and some lie. */
#include "harness.h"

#include <stdlib.h>

#include "base/memory.h"
#include "kad/majority.h"
#include "kad/placement.h"
#include "support.h"

enum { PEERS = 60, WANTED = 5, NAMED = WANTED + AN_KAD_MAJORITY_EXTRA };

static struct an_contact peers[PEERS]; /* nearest to the target first */
static struct an_dht_key target;
static bool dead[PEERS];
static bool knows[PEERS][PEERS]; /* whom each has in its table */
static size_t versions_asked;
static struct an_kad_majority_config config;

static int compare(const void *a, const void *b)
{
	const struct an_contact *x = a, *y = b;
	const struct an_dht_key p = an_peer_id_dht_key(&x->id), q = an_peer_id_dht_key(&y->id);
	return an_dht_key_compare(&target, &p, &q);
}

static void setup(void)
{
	memset(dead, 0, sizeof(dead));
	memset(knows, 1, sizeof(knows));
	versions_asked = 0;
	target = an_dht_key_of(an_span_text("majority"));
	for (uint32_t i = 0; i < PEERS; i++)
		peers[i] = sim_contact(i);
	qsort(peers, PEERS, sizeof(peers[0]), compare);
	config = (struct an_kad_majority_config){.self = sim_contact(PEERS).id,
	                                         .target = target,
	                                         .wanted = WANTED};
}

static size_t index_of(const struct an_contact *contact)
{
	size_t i = 0;
	while (i < PEERS && !an_peer_id_equal(&peers[i].id, &contact->id))
		i++;
	return i;
}

static size_t table_of(size_t of, struct an_contact *named, size_t count)
{
	size_t found = 0;
	for (size_t i = 0; i < PEERS && found < count; i++) {
		if (i != of && knows[of][i])
			named[found++] = peers[i];
	}
	return found;
}

static void answer(struct an_kad_majority *majority, const struct an_kad_majority_want *want)
{
	struct an_contact named[AN_KAD_MAJORITY_NAMED];
	const size_t at = index_of(&want->contact);
	ck_assert_uint_lt(at, PEERS);
	versions_asked += want->type == AN_KAD_MAJORITY_PROVE;
	if (dead[at]) {
		an_kad_majority_failed(majority, want->peer);
	} else if (want->type == AN_KAD_MAJORITY_PROVE) {
		an_kad_majority_proven(majority, want->peer);
	} else {
		ck_assert_uint_eq(want->count, config.wanted + AN_KAD_MAJORITY_EXTRA);
		an_kad_majority_named(majority, want->peer, named,
		                      table_of(at, named, want->count));
	}
}

/* Runs it with these candidates; which peers came out. */
static size_t run(const size_t *candidates, size_t count, size_t result[AN_KAD_MAJORITY_MAX])
{
	struct an_contact found[AN_KAD_MAJORITY_MAX] = {0}, contacts[AN_KAD_MAJORITY_MAX];
	struct an_kad_majority *majority = NULL;
	struct an_kad_majority_want want;
	for (size_t i = 0; i < count; i++)
		found[i] = peers[candidates[i]];
	ck_assert_int_eq(an_kad_majority_new(&config, found, count, &majority), AUTONOMI_OK);
	ck_assert(count == 0 || !an_kad_majority_done(majority));
	while (an_kad_majority_next(majority, &want))
		answer(majority, &want);
	ck_assert(an_kad_majority_done(majority));
	const size_t came = an_kad_majority_result(majority, contacts);
	for (size_t i = 0; i < came; i++)
		result[i] = index_of(&contacts[i]);
	an_kad_majority_free(majority);
	return came;
}

static void check(const size_t *candidates, size_t count, const size_t *expected, size_t wanted)
{
	size_t result[AN_KAD_MAJORITY_MAX];
	ck_assert_uint_eq(run(candidates, count, result), wanted);
	for (size_t i = 0; i < wanted; i++)
		ck_assert_uint_eq(result[i], expected[i]);
}

static const size_t first_five[] = {0, 1, 2, 3, 4};

START_TEST(where_the_lookup_was_right_its_result_stays)
{
	check(first_five, 5, first_five, 5);
	ck_assert_uint_eq(versions_asked, 0);
}
END_TEST

/* Semantics 6.13, step 4 (a). */
START_TEST(candidates_that_most_know_come_before_a_peer_that_the_lookup_missed)
{
	const size_t without[] = {0, 1, 3, 4, 5};
	check(without, 5, without, 5);
	ck_assert_uint_eq(versions_asked, 0);
}
END_TEST

START_TEST(a_missed_peer_that_does_not_answer_is_left_out)
{
	const size_t candidates[] = {0, 1, 3, 20, 30};
	dead[2] = true;
	for (size_t i = 0; i < PEERS; i++)
		knows[i][20] = knows[i][30] = false;
	const size_t expected[] = {0, 1, 3, 4, 5};
	check(candidates, 5, expected, 5);
	ck_assert_uint_eq(versions_asked, 3);
}
END_TEST

START_TEST(a_peer_that_most_know_is_taken_in_place_of_one_that_nobody_knows)
{
	const size_t candidates[] = {0, 1, 2, 3, 30};
	for (size_t i = 0; i < PEERS; i++)
		knows[i][30] = false;
	check(candidates, 5, first_five, 5);
	ck_assert_uint_eq(versions_asked, 1);
}
END_TEST

/* Semantics 6.13, step 4 (c): nearer ones that most should know and do not come last. */
START_TEST(candidates_beyond_the_farthest_popular_peer_come_before_nearer_unpopular_ones)
{
	const size_t candidates[] = {1, 3, 5, 40, 50};
	memset(knows, 0, sizeof(knows));
	for (size_t i = 0; i < PEERS; i++)
		knows[i][5] = true;
	const size_t expected[] = {5, 40, 50};
	config.wanted = 2;
	check(candidates, 5, expected, 2);
	config.wanted = 3;
	check(candidates, 5, expected, 3);
	const size_t with_the_nearest[] = {1, 5, 40, 50};
	config.wanted = 4;
	check(candidates, 5, with_the_nearest, 4);
}
END_TEST

/* Two of five are liars that only know each other and a third that is near and dead. */
START_TEST(liars_among_the_candidates_neither_push_in_nor_hide)
{
	const size_t candidates[] = {0, 1, 2, 3, 4};
	for (size_t i = 0; i < PEERS; i++) {
		knows[0][i] = i == 1 || i == 50;
		knows[1][i] = i == 0 || i == 50;
		knows[i][0] = knows[i][1] = i <= 1;
		knows[i][50] = i <= 1;
	}
	knows[0][1] = knows[1][0] = true;
	/* 2, 3 and 4 know each other, 5 and 6: three of five. */
	const size_t expected[] = {2, 3, 4, 5, 6};
	check(candidates, 5, expected, 5);
}
END_TEST

START_TEST(a_client_counts_half_of_what_it_wants)
{
	/* Of three candidates three know the others; half of five is two. */
	const size_t candidates[] = {0, 1, 2};
	config.client = true;
	check(candidates, 3, first_five, 5);
	/* A node counts half of the candidates: the same here, for all agree. */
	config.client = false;
	check(candidates, 3, first_five, 5);
	/* Where two of three know a peer, that is a majority of a node's candidates alone. */
	knows[2][3] = knows[2][4] = false;
	check(candidates, 3, first_five, 5);
	config.client = true;
	size_t result[AN_KAD_MAJORITY_MAX];
	ck_assert_uint_ge(run(candidates, 3, result), 3);
	ck_assert_uint_ne(result[3], 3);
}
END_TEST

START_TEST(who_names_a_peer_many_times_counts_once_and_itself_once)
{
	struct an_kad_majority *majority = NULL;
	struct an_kad_majority_want want;
	struct an_contact named[AN_KAD_MAJORITY_NAMED + 10];
	const struct an_contact found[] = {peers[0], peers[1], peers[2], peers[0]};
	for (size_t i = 0; i < AN_KAD_MAJORITY_NAMED + 10; i++)
		named[i] = peers[40];
	named[1] = peers[0];
	named[AN_KAD_MAJORITY_NAMED] = peers[41]; /* beyond what counts */
	named[2].id = config.self;
	named[3].id = (struct an_peer_id){0};
	ck_assert_int_eq(an_kad_majority_new(&config, found, 4, &majority), AUTONOMI_OK);
	size_t asked = 0;
	while (an_kad_majority_next(majority, &want)) {
		ck_assert_int_eq(want.type, AN_KAD_MAJORITY_ASK);
		if (asked++ == 0)
			an_kad_majority_named(majority, want.peer, named,
			                      AN_KAD_MAJORITY_NAMED + 10);
		else
			an_kad_majority_failed(majority, want.peer);
	}
	ck_assert_uint_eq(asked, 3);
	struct an_contact contacts[AN_KAD_MAJORITY_MAX];
	ck_assert_uint_eq(an_kad_majority_result(majority, contacts), 3);
	for (size_t i = 0; i < 3; i++)
		ck_assert_uint_eq(index_of(&contacts[i]), i);
	an_kad_majority_free(majority);
}
END_TEST

START_TEST(addresses_that_may_not_be_dialled_are_not)
{
	const size_t candidates[] = {0, 1, 2, 3};
	peers[4].endpoints[0] = an_endpoint_ip4(127, 0, 0, 1, 9000);
	const size_t expected[] = {0, 1, 2, 3, 5};
	check(candidates, 4, expected, 5);
	config.private_addresses = true;
	check(candidates, 4, first_five, 5);
}
END_TEST

START_TEST(without_answers_the_candidates_stay)
{
	const size_t candidates[] = {7, 3, 9};
	const size_t expected[] = {3, 7, 9};
	for (size_t i = 0; i < PEERS; i++)
		dead[i] = true;
	check(candidates, 3, expected, 3);
	check(candidates, 0, expected, 0);
}
END_TEST

START_TEST(more_than_twenty_or_none_are_refused)
{
	struct an_kad_majority *majority = NULL;
	config.wanted = 0;
	ck_assert_int_eq(an_kad_majority_new(&config, peers, 3, &majority), AUTONOMI_E_INVALID);
	config.wanted = AN_KAD_MAJORITY_MAX + 1;
	ck_assert_int_eq(an_kad_majority_new(&config, peers, 3, &majority), AUTONOMI_E_INVALID);
	/* Of many candidates the first ones count. */
	config.wanted = AN_KAD_MAJORITY_MAX;
	ck_assert_int_eq(an_kad_majority_new(&config, peers, PEERS, &majority), AUTONOMI_OK);
	struct an_kad_majority_want want;
	size_t asked = 0;
	while (an_kad_majority_next(majority, &want)) {
		answer(majority, &want);
		asked++;
	}
	ck_assert_uint_eq(asked, AN_KAD_MAJORITY_MAX);
	struct an_contact contacts[AN_KAD_MAJORITY_MAX];
	ck_assert_uint_eq(an_kad_majority_result(majority, contacts), AN_KAD_MAJORITY_MAX);
	an_kad_majority_free(majority);
	ck_assert_ptr_null(an_kad_majority_free(NULL));
}
END_TEST

#ifdef AN_FAULT_INJECTION
START_TEST(without_memory_less_is_known_and_nothing_breaks)
{
	struct an_contact found[AN_KAD_MAJORITY_MAX] = {0};
	for (size_t i = 0; i < WANTED; i++)
		found[i] = peers[i];
	for (uint64_t countdown = 0; countdown < 12; countdown++) {
		struct an_kad_majority *majority = NULL;
		struct an_kad_majority_want want;
		an_memory_fail_after(countdown);
		const an_status status = an_kad_majority_new(&config, found, WANTED, &majority);
		if (status == AUTONOMI_OK) {
			while (an_kad_majority_next(majority, &want))
				answer(majority, &want);
			struct an_contact contacts[AN_KAD_MAJORITY_MAX];
			ck_assert_uint_eq(an_kad_majority_result(majority, contacts), WANTED);
			an_kad_majority_free(majority);
		}
		an_memory_fail_after(UINT64_MAX);
		ck_assert(status == AUTONOMI_OK || status == AUTONOMI_E_NO_MEMORY);
	}
}
END_TEST
#endif

Suite *suite(void)
{
	Suite *s = suite_create("kad/majority");
	TCase *tests = tcase_create("majority");
	tcase_add_checked_fixture(tests, setup, NULL);
	tcase_add_test(tests, where_the_lookup_was_right_its_result_stays);
	tcase_add_test(tests, candidates_that_most_know_come_before_a_peer_that_the_lookup_missed);
	tcase_add_test(tests, a_missed_peer_that_does_not_answer_is_left_out);
	tcase_add_test(tests, a_peer_that_most_know_is_taken_in_place_of_one_that_nobody_knows);
	tcase_add_test(
		tests,
		candidates_beyond_the_farthest_popular_peer_come_before_nearer_unpopular_ones);
	tcase_add_test(tests, liars_among_the_candidates_neither_push_in_nor_hide);
	tcase_add_test(tests, a_client_counts_half_of_what_it_wants);
	tcase_add_test(tests, who_names_a_peer_many_times_counts_once_and_itself_once);
	tcase_add_test(tests, addresses_that_may_not_be_dialled_are_not);
	tcase_add_test(tests, without_answers_the_candidates_stay);
	tcase_add_test(tests, more_than_twenty_or_none_are_refused);
#ifdef AN_FAULT_INJECTION
	tcase_add_test(tests, without_memory_less_is_known_and_nothing_breaks);
#endif
	suite_add_tcase(s, tests);
	return s;
}
