/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A network of simulated peers around one real struct an_kad: answers come from routing tables that
 * are real too, over virtual time. Peers may be dead (a dial fails late), slow or lying (they name
 * peers that do not exist, nearer to the target than all that do).
 */
#ifndef AN_TESTS_KAD_SUPPORT_H
#define AN_TESTS_KAD_SUPPORT_H

#include "base/heap.h"
#include "kad/kad.h"
#include "kad/table.h"

enum sim_mood { SIM_HONEST, SIM_SLOW, SIM_DEAD, SIM_LIAR };

struct sim_node {
	struct an_contact contact;
	struct an_dht_key key;
	enum sim_mood mood;
	struct an_kad_table table;
};

struct sim {
	struct an_random random;
	struct sim_node *nodes;
	size_t node_count;
	struct an_contact *fakes; /* what liars name */
	struct an_dht_key *fake_keys;
	size_t fake_count;

	struct an_kad *kad;
	an_time_us now;
	struct an_heap events;
	size_t requests; /* that the kad under test sent */
	size_t in_flight;
	size_t in_flight_most;
};

/* The contact of peer number `n`: a well-formed id and a public address. */
struct an_contact sim_contact(uint32_t n);
struct an_dht_key sim_key(const struct an_contact *contact);

/* `nodes` peers, and as many tables filled in random order, as far as buckets of K go. */
void sim_init(struct sim *sim, size_t nodes, uint8_t seed);
void sim_done(struct sim *sim);

/* Makes `percent` of the honest peers so. */
void sim_set_mood(struct sim *sim, unsigned percent, enum sim_mood mood);
void sim_make_fakes(struct sim *sim, size_t count);

/* The kad under test, which is peer number `self` (of none of the nodes where >= node_count). */
void sim_start(struct sim *sim, uint32_t self, bool client);
void sim_bootstrap(struct sim *sim, size_t contacts);

/* Lets time pass until nothing happens before `until`. */
void sim_run(struct sim *sim, an_time_us until);

/* A lookup, run to its end. */
struct sim_found {
	size_t called; /* how often `done` was called */
	an_status status;
	size_t count;
	struct an_contact contacts[AN_KAD_CLOSEST_MAX];
	size_t asked, hops;
	an_time_us took;
};
void sim_done_handler(void *found, const struct an_kad_result *result);
void sim_lookup(struct sim *sim, struct an_span target, size_t count, struct sim_found *ret_found);

/* The `count` peers nearest to `target` whose mood is at most `worst` (of those that answer). */
size_t sim_nearest(const struct sim *sim, const struct an_dht_key *target, enum sim_mood worst,
                   struct an_contact *contacts, size_t count);

#endif
