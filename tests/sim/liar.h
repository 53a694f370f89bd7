/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A host that keeps the rules of the transport and breaks all those above. It is proven by its own
 * key as any peer is, brings itself into the tables of others, and then
 *   - answers every search with peers that are not there, and with real ones at false addresses;
 *   - acknowledges every record and stores none;
 *   - answers every request for a record with another one;
 *   - proves falsely that it has what it is asked for.
 * It may also serve old versions, which nobody can tell from the newest, and offer them, and what does
 * not exist, in long lists.
 */
#ifndef AN_SIM_LIAR_H
#define AN_SIM_LIAR_H

#include "ident/dht_key.h"
#include "sim/fleet.h"

/* How it lies. */
enum an_sim_lie {
	AN_SIM_LIE_ALL,      /* as above */
	AN_SIM_LIE_CLOSEST,  /* false peers; of records it has none */
	AN_SIM_LIE_RECORDS,  /* false records and acknowledgements; about peers it says nothing */
	AN_SIM_LIE_WITHHOLD, /* takes every request and answers none */
	AN_SIM_LIE_STALE,    /* gives of each record the first version that it was sent, for ever */
	AN_SIM_LIE_LISTS, /* tells its neighbours of records that are none, and of old versions */
	AN_SIM_LIES,
};

/* Opens one in a fleet whose nodes are up; the fleet frees it. */
void an_sim_liar_add(struct an_sim_fleet *fleet);
/* One of those that are there lies in another way. */
void an_sim_liar_change(struct an_sim_fleet *fleet);
/* One of them asks one node hundreds of things at once, and sends it megabytes that are not what they
 * say. False where no node is up. */
bool an_sim_liar_flood(struct an_sim_fleet *fleet);
/* Where one of them is among the names, by its number from 0. */
struct an_dht_key an_sim_liar_key(const struct an_sim_fleet *fleet, size_t number);
/* How many lies were told. */
uint64_t an_sim_liars_lies(const struct an_sim_fleet *fleet);
/* How many of them were false proofs. */
uint64_t an_sim_liars_false_proofs(const struct an_sim_fleet *fleet);

#endif
