/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a node does over hours in a simulated network, and what holds whatever happens to it. */
#include "harness.h"

#include <stdlib.h>

#include "kad/lookup.h"
#include "support.h"

/* Liveness and discovery, over a simulated network. */

START_TEST(a_dead_peer_is_noticed_and_its_place_is_filled)
{
	struct sim sim;
	sim_init(&sim, 100, 5);
	sim_start(&sim, 5000, false);
	sim_bootstrap(&sim, 10);
	sim_run(&sim, AN_MINUTES(3));
	const size_t before = an_kad_size(sim.kad);
	ck_assert_uint_ge(before, 40);

	sim_set_mood(&sim, 20, SIM_DEAD);
	sim_run(&sim, AN_HOURS(1));
	struct an_contact contacts[AN_KAD_CLOSEST_MAX];
	const struct an_contact self = sim_contact(5000);
	const struct an_dht_key key = sim_key(&self);
	const size_t count = an_kad_closest(sim.kad, &key, contacts, AN_KAD_CLOSEST_MAX);
	size_t dead = 0;
	for (size_t i = 0; i < count; i++) {
		for (size_t n = 0; n < sim.node_count; n++)
			dead += sim.nodes[n].mood == SIM_DEAD &&
			        an_peer_id_equal(&sim.nodes[n].contact.id, &contacts[i].id);
	}
	ck_assert_uint_eq(dead, 0);
	ck_assert_uint_ge(count, 35);
	sim_done(&sim);
}
END_TEST

/* autonomi-2 10.2 row 6, peers 6.1 "Restarted node". */
START_TEST(responsibility_is_not_believed_before_the_table_has_converged)
{
	struct sim sim;
	sim_init(&sim, 300, 6);
	sim_start(&sim, 5000, false);
	struct an_dht_key range;
	ck_assert(!an_kad_converged(sim.kad));
	ck_assert(!an_kad_responsible_range(sim.kad, &range));
	sim_bootstrap(&sim, 20);
	sim_run(&sim, AN_MS(300));
	ck_assert(!an_kad_converged(sim.kad));
	sim_run(&sim, AN_MINUTES(2));
	ck_assert(an_kad_converged(sim.kad));

	/* Now it knows the peers that are really nearest, and a size of the right order. */
	const struct an_contact self = sim_contact(5000);
	const struct an_dht_key key = sim_key(&self);
	struct an_contact known[7], truth[7];
	ck_assert_uint_eq(an_kad_closest(sim.kad, &key, known, 7), 7);
	sim_nearest(&sim, &key, SIM_SLOW, truth, 7);
	for (size_t i = 0; i < 7; i++)
		ck_assert(an_peer_id_equal(&known[i].id, &truth[i].id));
	ck_assert_uint_ge(an_kad_network_size(sim.kad), 100);
	ck_assert_uint_le(an_kad_network_size(sim.kad), 900);
	ck_assert(an_kad_responsible_range(sim.kad, &range));
	const struct an_dht_key sixth = sim_key(&truth[5]);
	const struct an_dht_key distance = an_dht_key_distance(&key, &sixth);
	ck_assert_int_ge(memcmp(range.bytes, distance.bytes, sizeof(range.bytes)), 0);
	sim_done(&sim);
}
END_TEST

START_TEST(discovery_grows_rare)
{
	struct sim sim;
	sim_init(&sim, 100, 8);
	sim_start(&sim, 5000, false);
	sim_bootstrap(&sim, 10);
	sim_run(&sim, AN_HOURS(1));
	const size_t first = sim.requests;
	sim_run(&sim, AN_HOURS(2));
	const size_t second = sim.requests - first;
	/* Four to seven runs in an hour, of some 200 requests, and liveness: less than one a second. */
	ck_assert_uint_lt(second, 3000);
	ck_assert_uint_lt(second, first);
	ck_assert_uint_gt(second, 300);
	ck_assert_uint_le(sim.in_flight_most, 40);
	sim_done(&sim);
}
END_TEST

enum { KNOWN = 20, UNKNOWN = 3 };

/* Contacts by their distance from the name, those of the table first. */
static struct an_contact near_name[KNOWN + UNKNOWN];

static void sort_by_distance(const struct an_dht_key *name)
{
	for (uint32_t n = 0; n < KNOWN + UNKNOWN; n++) {
		const struct an_contact contact = sim_contact(n + 1);
		const struct an_dht_key key = sim_key(&contact);
		uint32_t place = n;
		for (; place > 0; place--) {
			const struct an_dht_key other = sim_key(&near_name[place - 1]);
			if (an_dht_key_compare(name, &other, &key) < 0)
				break;
			near_name[place] = near_name[place - 1];
		}
		near_name[place] = contact;
	}
}

/* Lets everyone who is asked answer, but for `dead`; returns how many were asked for the name, and
 * not, because somebody is dead, for their own neighbours. */
static size_t answer_all(struct an_kad_lookup *lookup, const struct an_peer_id *dead)
{
	struct an_kad_want want;
	size_t asked = 0;
	while (an_kad_lookup_next(lookup, 0, &want)) {
		asked += want.target_size == lookup->target_size;
		const int index = an_kad_lookup_find(lookup, &want.contact.id);
		if (dead != NULL && an_peer_id_equal(dead, &want.contact.id))
			an_kad_lookup_failed(lookup, index);
		else
			an_kad_lookup_answered(lookup, index, 0);
	}
	return asked;
}

/* 180 requests in a run cost a network of 25 nodes 15 % of what it stored, again and again. */
START_TEST(discovery_asks_a_close_group_of_those_that_it_knows_and_whoever_it_does_not)
{
	const struct an_profile *profile = &an_profile_autonomi;
	struct an_kad_lookup lookup;
	an_kad_lookup_init(&lookup, profile, an_span_text("name"), profile->k, 0);
	lookup.discovers = true;
	sort_by_distance(&lookup.key);
	for (size_t i = 0; i < KNOWN; i++)
		an_kad_lookup_add(&lookup, &near_name[i], AN_KAD_SOURCE_OWN, AN_KAD_STANDING_GOOD);

	/* Who is dead is replaced. */
	ck_assert_uint_eq(answer_all(&lookup, &near_name[1].id), profile->close_group + 1);
	ck_assert(an_kad_lookup_ended(&lookup, 0));

	for (size_t i = KNOWN; i < KNOWN + UNKNOWN; i++)
		an_kad_lookup_add(&lookup, &near_name[i], 0, AN_KAD_STANDING_GOOD);
	/* The dead one left a place among the K nearest; the others lie too far. */
	ck_assert(!an_kad_lookup_ended(&lookup, 0));
	struct an_kad_want want;
	ck_assert(an_kad_lookup_next(&lookup, 0, &want));
	ck_assert(an_peer_id_equal(&want.contact.id, &near_name[KNOWN].id));
	an_kad_lookup_done(&lookup);

	/* Any other lookup asks them all. */
	an_kad_lookup_init(&lookup, profile, an_span_text("name"), profile->k, 0);
	for (size_t i = 0; i < KNOWN; i++)
		an_kad_lookup_add(&lookup, &near_name[i], AN_KAD_SOURCE_OWN, AN_KAD_STANDING_GOOD);
	ck_assert_uint_eq(answer_all(&lookup, NULL), KNOWN);
	an_kad_lookup_done(&lookup);
}
END_TEST

enum { WANTS_MAX = 256, CONTACTS = 20 };

static struct an_random generator;
static struct an_kad *kad;
static size_t in_table;

static void count_change(void *context, const struct an_contact *contact, bool added)
{
	(void)context;
	ck_assert_uint_gt(contact->id.size, 0);
	in_table += added ? 1 : (size_t)-1;
}

static void start(void)
{
	const uint8_t seed[AN_RANDOM_SEED_SIZE] = {3};
	an_random_init(&generator, seed);
	const struct an_kad_config config = {
		.profile = &an_profile_autonomi,
		.self = sim_contact(0).id,
		.random = &generator,
		.changed = count_change,
	};
	ck_assert_int_eq(an_kad_new(&config, 0, &kad), AUTONOMI_OK);
	struct an_contact contacts[CONTACTS];
	for (uint32_t i = 0; i < CONTACTS; i++)
		contacts[i] = sim_contact(1 + i);
	an_kad_bootstrap(kad, contacts, CONTACTS, 0);
}

/* Anything in any order: each lookup is done exactly once, and the table holds no more than it may. */
enum { OPERATIONS = 4000, LOOKUPS = 200 };

static struct sim_found results[LOOKUPS];
static uint64_t lookups[LOOKUPS];
static size_t started;
static struct an_kad_want open_wants[WANTS_MAX];
static size_t open_count;

static void end_a_want(an_time_us now)
{
	static const an_status reasons[] = {AUTONOMI_E_TIMEOUT, AUTONOMI_E_REFUSED, AUTONOMI_E_BUSY,
	                                    AUTONOMI_E_UNREACHABLE};
	if (open_count == 0)
		return;
	const size_t i = (size_t)an_random_below(&generator, open_count);
	const uint64_t token = open_wants[i].token;
	open_wants[i] = open_wants[--open_count];
	if (an_random_below(&generator, 3) == 0) {
		an_kad_failed(kad, token, reasons[an_random_below(&generator, 4)], now);
		return;
	}
	struct an_contact named[30];
	for (size_t j = 0; j < 30; j++)
		named[j] = sim_contact((uint32_t)an_random_below(&generator, 2000));
	an_kad_answered(kad, token, named, (size_t)an_random_below(&generator, 31), now);
}

static void do_anything(an_time_us now)
{
	const uint32_t n = (uint32_t)an_random_below(&generator, 300);
	const struct an_contact contact = sim_contact(n);
	switch (an_random_below(&generator, 8)) {
	case 0:
		an_kad_peer_proven(kad, &contact, now);
		break;
	case 1:
		an_kad_peer_failed(kad, &contact.id, now);
		break;
	case 2:
		an_kad_peer_met(kad, &contact, now);
		break;
	case 3:
		if (started < LOOKUPS &&
		    an_kad_lookup(kad, an_peer_id_span(&contact.id), 1 + n % 20, now,
		                  sim_done_handler, &results[started],
		                  &lookups[started]) == AUTONOMI_OK)
			started++;
		break;
	case 4:
		if (started > 0 && n % 4 == 0)
			an_kad_lookup_cancel(kad, lookups[n % started]);
		break;
	case 5:
		an_kad_expire(kad, now);
		break;
	default:
		while (open_count < WANTS_MAX &&
		       an_kad_next_want(kad, now, &open_wants[open_count]))
			open_count++;
		end_a_want(now);
	}
}

START_TEST(whatever_happens_each_lookup_is_done_exactly_once)
{
	an_time_us now = 0;
	start();
	for (int i = 0; i < OPERATIONS; i++) {
		now += an_random_below(&generator, AN_MS(400));
		do_anything(now);
	}
	an_kad_expire(kad, now + AN_HOURS(1));
	an_kad_expire(kad, now + AN_HOURS(1));
	ck_assert_uint_eq(started, LOOKUPS);
	for (size_t i = 0; i < started; i++)
		ck_assert_uint_eq(results[i].called, 1);
	ck_assert_uint_eq(in_table, an_kad_size(kad));
	kad = an_kad_free(kad);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("kad/life");
	TCase *tests = tcase_create("life");
	tcase_set_timeout(tests, 120);
	tcase_add_test(tests, a_dead_peer_is_noticed_and_its_place_is_filled);
	tcase_add_test(tests, responsibility_is_not_believed_before_the_table_has_converged);
	tcase_add_test(tests, discovery_grows_rare);
	tcase_add_test(tests,
	               discovery_asks_a_close_group_of_those_that_it_knows_and_whoever_it_does_not);
	tcase_add_test(tests, whatever_happens_each_lookup_is_done_exactly_once);
	suite_add_tcase(s, tests);
	return s;
}
