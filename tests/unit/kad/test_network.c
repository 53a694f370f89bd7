/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lookups in a static network of 1,000 peers, of which some are dead, slow or lying. */
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>

#include "support.h"

enum { NODES = 1000, SELF = 5000, LOOKUPS = 500 };

static struct sim sim;

/* What many lookups found and cost. */
struct tally {
	size_t lookups, exact, missed, wanted, asked, asked_most, hops, hops_most;
	an_time_us took, took_most;
};

static void join(void)
{
	sim_start(&sim, SELF, false);
	sim_bootstrap(&sim, 10);
	sim_run(&sim, sim.now + AN_MINUTES(5));
	ck_assert(an_kad_joined(sim.kad));
	ck_assert(an_kad_converged(sim.kad));
}

static bool holds(const struct sim_found *found, const struct an_contact *contact)
{
	for (size_t i = 0; i < found->count; i++) {
		if (an_peer_id_equal(&found->contacts[i].id, &contact->id))
			return true;
	}
	return false;
}

static void add(struct tally *tally, const struct sim_found *found, size_t missed, size_t wanted)
{
	tally->lookups++;
	tally->exact += missed == 0;
	tally->missed += missed;
	tally->wanted += wanted;
	tally->asked += found->asked;
	tally->hops += found->hops;
	tally->took += found->took;
	if (found->asked > tally->asked_most)
		tally->asked_most = found->asked;
	if (found->hops > tally->hops_most)
		tally->hops_most = found->hops;
	if (found->took > tally->took_most)
		tally->took_most = found->took;
}

static void show(const char *name, const struct tally *tally)
{
	printf("# %s: %zu of %zu lookups exact, %zu of %zu peers missed; requests %.1f, at most "
	       "%zu; hops %.2f, at most %zu; %.0f ms, at most %.0f\n",
	       name, tally->exact, tally->lookups, tally->missed, tally->wanted,
	       (double)tally->asked / (double)tally->lookups, tally->asked_most,
	       (double)tally->hops / (double)tally->lookups, tally->hops_most,
	       (double)tally->took / (double)tally->lookups / 1000,
	       (double)tally->took_most / 1000);
	fflush(stdout);
}

/* Looks up `count` peers many times, and counts which of the `wanted` nearest are not found. */
static struct tally search(size_t count, size_t wanted, enum sim_mood worst)
{
	struct tally tally = {0};
	for (size_t i = 0; i < LOOKUPS; i++) {
		uint8_t name[32];
		an_random_fill(&sim.random, name, sizeof(name));
		const struct an_dht_key key = an_dht_key_of(an_span(name, sizeof(name)));
		struct an_contact truth[AN_KAD_CLOSEST_MAX];
		const size_t expected = sim_nearest(&sim, &key, worst, truth, wanted);

		struct sim_found found;
		sim_lookup(&sim, an_span(name, sizeof(name)), count, &found);
		ck_assert_uint_eq(found.called, 1);
		size_t missed = 0;
		for (size_t j = 0; j < expected; j++)
			missed += !holds(&found, &truth[j]);
		add(&tally, &found, missed, expected);
	}
	return tally;
}

START_TEST(a_lookup_finds_the_true_closest)
{
	sim_init(&sim, NODES, 1);
	join();
	const struct tally tally = search(20, 20, SIM_SLOW);
	show("all well", &tally);
	ck_assert_uint_eq(tally.missed, 0);
	ck_assert_uint_le(tally.hops_most, 8);
	sim_done(&sim);
}
END_TEST

/* The tables of all peers hold the dead ones too, for ever: harder than a network that forgets them.
 * An answer then names 18 that live, and the last of 20 may be named by nobody. */
START_TEST(a_lookup_finds_the_true_closest_among_dead_and_slow_peers)
{
	sim_init(&sim, NODES, 2);
	sim_set_mood(&sim, 10, SIM_DEAD);
	sim_set_mood(&sim, 5, SIM_SLOW);
	join();
	const struct tally whole = search(20, 20, SIM_SLOW);
	show("10 % dead, 5 % slow", &whole);
	ck_assert_uint_le(whole.missed * 1000, whole.wanted);
	ck_assert_uint_lt(whole.asked_most, 64);

	const struct tally group = search(7, 7, SIM_SLOW);
	show("10 % dead, 5 % slow, 7 wanted", &group);
	ck_assert_uint_ge(group.exact * 1000, group.lookups * 999);
	sim_done(&sim);
}
END_TEST

START_TEST(a_lookup_finds_the_closest_honest_peers_among_liars)
{
	sim_init(&sim, NODES, 3);
	sim_make_fakes(&sim, 20000);
	sim_set_mood(&sim, 10, SIM_LIAR);
	join();
	const struct tally tally = search(20, 5, SIM_SLOW);
	show("10 % liars", &tally);
	ck_assert_uint_ge(tally.exact * 1000, tally.lookups * 999);
	/* Half of what it costs to try everything that a liar names. */
	ck_assert_uint_lt(tally.asked_most, 80);
	ck_assert_uint_lt(tally.took_most, AN_SECONDS(45));
	sim_done(&sim);
}
END_TEST

START_TEST(a_lookup_of_the_close_group_is_quick_when_nobody_is_slow)
{
	sim_init(&sim, NODES, 4);
	join();
	const struct tally tally = search(5, 5, SIM_SLOW);
	show("close group", &tally);
	ck_assert_uint_ge(tally.exact * 1000, tally.lookups * 999);
	ck_assert_uint_lt(tally.took_most, AN_SECONDS(2));
	sim_done(&sim);
}
END_TEST

START_TEST(the_same_seed_gives_the_same_requests)
{
	size_t requests[2];
	an_time_us ended[2];
	for (int i = 0; i < 2; i++) {
		sim_init(&sim, 200, 9);
		sim_set_mood(&sim, 10, SIM_DEAD);
		join();
		struct sim_found found;
		sim_lookup(&sim, an_span_text("a name"), 20, &found);
		requests[i] = sim.requests;
		ended[i] = sim.now;
		sim_done(&sim);
	}
	ck_assert_uint_eq(requests[0], requests[1]);
	ck_assert_uint_eq(ended[0], ended[1]);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("kad/network");
	TCase *network = tcase_create("1000 peers");
	tcase_set_timeout(network, 600);
	tcase_add_test(network, a_lookup_finds_the_true_closest);
	tcase_add_test(network, a_lookup_finds_the_true_closest_among_dead_and_slow_peers);
	tcase_add_test(network, a_lookup_finds_the_closest_honest_peers_among_liars);
	tcase_add_test(network, a_lookup_of_the_close_group_is_quick_when_nobody_is_slow);
	tcase_add_test(network, the_same_seed_gives_the_same_requests);
	suite_add_tcase(s, network);
	return s;
}
