/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A scenario: what happens to a fleet, and what must hold. The table is in scenarios.c. */
#ifndef AN_SIM_SCENARIO_H
#define AN_SIM_SCENARIO_H

#include "sim/fleet.h"

enum { AN_SIM_FULL_COPIES = 5 };

struct an_sim_arguments {
	size_t nodes;
	uint64_t seed;
	uint64_t hours;  /* of churn and idling; a scenario has a short default where 0 */
	uint64_t faults; /* to inject; likewise */
};

typedef void an_sim_scenario_run(struct an_sim_fleet *fleet,
                                 const struct an_sim_arguments *arguments);

struct an_sim_scenario {
	const char *name;
	const char *description;
	an_sim_scenario_run *run;
};

extern const struct an_sim_scenario an_sim_scenarios[];
extern const size_t an_sim_scenario_count;

/* 5 % loss, 40 to 70 ms one way, duplicates, reordering, 100 Mbit/s. */
extern const struct an_sim_link an_sim_bad_link;

/* Prints what begins; false where the run has failed already. */
bool an_sim_step(struct an_sim_fleet *fleet, const char *what);
/* Starts the nodes and waits until all have joined. */
bool an_sim_grow(struct an_sim_fleet *fleet, const struct an_sim_arguments *arguments);
/* Copies that a put has in a network without trouble. */
uint64_t an_sim_full_copies(const struct an_sim_arguments *arguments);
/* Every third node, as scenarios of partial trouble have it: `index` is the node's. */
bool an_sim_is_unlucky(size_t index);
/* A new client gets all records. */
bool an_sim_get_all(struct an_sim_fleet *fleet);

/* scenario_basic.c */
an_sim_scenario_run an_sim_join, an_sim_put_get, an_sim_ip4, an_sim_lossy, an_sim_mtu,
	an_sim_slow_link, an_sim_slowest_link, an_sim_files, an_sim_close;
/* scenario_faults.c */
an_sim_scenario_run an_sim_crash_restart, an_sim_blackout, an_sim_last_holder, an_sim_partition,
	an_sim_isolated, an_sim_full_disk, an_sim_slow_disk, an_sim_read_errors, an_sim_frozen,
	an_sim_liars;
/* scenario_dead.c */
an_sim_scenario_run an_sim_dead_peers;
/* scenario_churn.c */
an_sim_scenario_run an_sim_churn;
/* scenario_drawn.c */
an_sim_scenario_run an_sim_all, an_sim_audits, an_sim_crash_loops, an_sim_disks, an_sim_clocks,
	an_sim_links, an_sim_hostile;
/* scenario_mass.c */
an_sim_scenario_run an_sim_mass_leave, an_sim_mass_join, an_sim_nats, an_sim_upgrade;

/* scenario_interface.c */
an_sim_scenario_run an_sim_interface;

/* scenario_kinds.c */
an_sim_scenario_run an_sim_kinds;

/* scenario_equivocation.c */
an_sim_scenario_run an_sim_equivocation;

/* scenario_replication.c */
an_sim_scenario_run an_sim_leave, an_sim_newcomer, an_sim_lost_disk, an_sim_settled,
	an_sim_challenges, an_sim_network_wide;

#endif
