/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A scenario: what happens to a fleet, and what must hold. The table is in scenarios.c. */
#ifndef AN_SIM_SCENARIO_H
#define AN_SIM_SCENARIO_H

#include "sim/fleet.h"

struct an_sim_arguments {
	size_t nodes;
	uint64_t seed;
	uint64_t hours; /* of churn and idling; a scenario has a short default where 0 */
};

struct an_sim_scenario {
	const char *name;
	const char *description;
	void (*run)(struct an_sim_fleet *fleet, const struct an_sim_arguments *arguments);
};

extern const struct an_sim_scenario an_sim_scenarios[];
extern const size_t an_sim_scenario_count;

#endif
