/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A host that keeps the rules of the transport and breaks all those above. It is proven by its own
 * key as any peer is, brings itself into the tables of others, and then
 *   - answers every search with peers that are not there, and with real ones at false addresses;
 *   - acknowledges every record and stores none;
 *   - answers every request for a record with another one.
 */
#ifndef AN_SIM_LIAR_H
#define AN_SIM_LIAR_H

#include "sim/fleet.h"

/* Opens one in a fleet whose nodes are up; the fleet frees it. */
void an_sim_liar_add(struct an_sim_fleet *fleet);
/* How many lies were told. */
uint64_t an_sim_liars_lies(const struct an_sim_fleet *fleet);

#endif
