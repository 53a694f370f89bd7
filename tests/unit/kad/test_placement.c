/* SPDX-License-Identifier: GPL-3.0-or-later */
/* DESIGN 8, "The same width everywhere"; autonomi-2 10.2, row 13. */
#include "kad/placement.h"

#include "harness.h"
#include <stdlib.h>

#include "support.h"

enum { PEERS = 40, RECORDS = 50 };

static struct an_dht_key keys[PEERS];

static struct an_dht_key random_key(struct an_random *random)
{
	struct an_dht_key key;
	an_random_fill(random, key.bytes, sizeof(key.bytes));
	return key;
}

static struct an_random *start_random(void)
{
	static struct an_random random;
	const uint8_t seed[AN_RANDOM_SEED_SIZE] = {7};
	an_random_init(&random, seed);
	for (size_t i = 0; i < PEERS; i++)
		keys[i] = random_key(&random);
	return &random;
}

START_TEST(five_hold_two_more_keep_and_the_rest_may_drop)
{
	const struct an_profile *profile = &an_profile_autonomi;
	for (size_t nearer = 0; nearer < 5; nearer++)
		ck_assert_int_eq(an_placement_at(profile, nearer), AN_PLACEMENT_HOLDER);
	for (size_t nearer = 5; nearer < 7; nearer++)
		ck_assert_int_eq(an_placement_at(profile, nearer), AN_PLACEMENT_KEEPER);
	ck_assert_int_eq(an_placement_at(profile, 7), AN_PLACEMENT_FREE);
	ck_assert_int_eq(an_placement_at(profile, SIZE_MAX - 1), AN_PLACEMENT_FREE);
	ck_assert_uint_eq(an_placement_width(profile, AN_PLACEMENT_HOLDER), 5);
	ck_assert_uint_eq(an_placement_width(profile, AN_PLACEMENT_KEEPER), 7);
}
END_TEST

START_TEST(the_nearest_are_found_in_the_order_of_their_rank)
{
	struct an_random *random = start_random();
	for (int i = 0; i < RECORDS; i++) {
		const struct an_dht_key record = random_key(random);
		size_t places[PEERS];
		ck_assert_uint_eq(an_placement_nearest(&record, keys, PEERS, 7, places), 7);
		for (size_t rank = 0; rank < 7; rank++)
			ck_assert_uint_eq(an_placement_rank(&record, &keys[places[rank]], keys,
			                                    PEERS),
			                  rank);
	}
}
END_TEST

START_TEST(fewer_peers_than_wanted_are_all_found)
{
	struct an_random *random = start_random();
	const struct an_dht_key record = random_key(random);
	size_t places[PEERS];
	ck_assert_uint_eq(an_placement_nearest(&record, keys, 3, 7, places), 3);
	ck_assert_uint_eq(an_placement_nearest(&record, keys, 0, 7, places), 0);
	ck_assert_uint_eq(an_placement_nearest(&record, keys, 3, 0, places), 0);
}
END_TEST

START_TEST(who_is_holder_by_rank_is_among_the_nearest_and_nobody_else)
{
	struct an_random *random = start_random();
	for (int i = 0; i < RECORDS; i++) {
		const struct an_dht_key record = random_key(random);
		size_t places[5], holders = 0;
		an_placement_nearest(&record, keys, PEERS, 5, places);
		for (size_t p = 0; p < PEERS; p++) {
			const size_t rank = an_placement_rank(&record, &keys[p], keys, PEERS);
			if (an_placement_at(&an_profile_autonomi, rank) != AN_PLACEMENT_HOLDER)
				continue;
			holders++;
			ck_assert_uint_eq(places[rank], p);
		}
		ck_assert_uint_eq(holders, 5);
	}
}
END_TEST

START_TEST(our_own_placement_counts_the_peers_of_the_table)
{
	struct sim sim;
	sim_init(&sim, 60, 3);
	sim_start(&sim, 5000, false);
	const struct an_contact contact = sim_contact(5000);
	const struct an_dht_key self = sim_key(&contact);
	ck_assert_int_eq(an_placement_of_self(&an_profile_autonomi, sim.kad, &self, &self),
	                 AN_PLACEMENT_HOLDER);
	sim_bootstrap(&sim, 10);
	sim_run(&sim, AN_MINUTES(3));
	size_t seen[AN_PLACEMENT_FREE + 1] = {0};
	for (size_t i = 0; i < sim.node_count; i++) {
		const struct an_dht_key *record = &sim.nodes[i].key;
		struct an_contact known[AN_KAD_CLOSEST_MAX];
		size_t nearer = 0;
		const size_t count = an_kad_closest(sim.kad, record, known, AN_KAD_CLOSEST_MAX);
		for (size_t j = 0; j < count; j++) {
			const struct an_dht_key other = sim_key(&known[j]);
			nearer += an_dht_key_compare(record, &other, &self) < 0;
		}
		const enum an_placement placement = an_placement_of_self(&an_profile_autonomi,
		                                                         sim.kad, &self, record);
		ck_assert_int_eq(placement, an_placement_at(&an_profile_autonomi, nearer));
		seen[placement]++;
	}
	ck_assert_uint_gt(seen[AN_PLACEMENT_HOLDER], 0);
	ck_assert_uint_gt(seen[AN_PLACEMENT_FREE], 0);
	sim_done(&sim);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("kad/placement");
	TCase *pure = tcase_create("ranks");
	tcase_add_test(pure, five_hold_two_more_keep_and_the_rest_may_drop);
	tcase_add_test(pure, the_nearest_are_found_in_the_order_of_their_rank);
	tcase_add_test(pure, fewer_peers_than_wanted_are_all_found);
	tcase_add_test(pure, who_is_holder_by_rank_is_among_the_nearest_and_nobody_else);
	tcase_add_test(pure, our_own_placement_counts_the_peers_of_the_table);
	suite_add_tcase(s, pure);
	return s;
}
