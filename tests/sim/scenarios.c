/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/scenario.h"

const struct an_sim_link an_sim_bad_link = {
	.latency = 40000,
	.jitter = 30000,
	.loss = 50000,
	.duplicate = 10000,
	.reorder = 50000,
	.reorder_delay = 40000,
	.bytes_per_second = 12500000,
	.queue_bytes = 1 << 20,
};

const struct an_sim_scenario an_sim_scenarios[] = {
	{"join", "nodes join one after the other; lookups find the closest there are", an_sim_join},
	{"put-get", "a client puts chunks of 1 KiB, 100 KB and 4 MiB, another gets them",
         an_sim_put_get},
	{"interface", "what a node offers its host: requests, peers, rounds, records as bytes",
         an_sim_interface},
	{"kinds", "records of every kind, registers and vaults, put by one client, got by others",
         an_sim_kinds},
	{"ip4", "the same in a network without IPv6", an_sim_ip4},
	{"lossy", "the same with 5 % loss, jitter, duplicates and reordering", an_sim_lossy},
	{"mtu", "the same where every third host has the smallest MTU of IPv6", an_sim_mtu},
	{"slow-link", "a client behind 2 Mbit/s puts and gets 4 MiB", an_sim_slow_link},
	{"slowest-link", "a client behind 0.5 Mbit/s puts and gets 4 MiB", an_sim_slowest_link},
	{"files", "a client uploads files and a directory, another downloads them", an_sim_files},
	{"close", "clients and nodes close in the midst of operations", an_sim_close},
	{"crash-restart", "nodes lose power one after the other, in the midst of puts",
         an_sim_crash_restart},
	{"blackout", "all nodes lose power at once and come back", an_sim_blackout},
	{"last-holder", "of all who acknowledged a chunk, one alone is left", an_sim_last_holder},
	{"partition", "the network falls in two halves and heals", an_sim_partition},
	{"isolated", "a node and a client are alone for half an hour", an_sim_isolated},
	{"full-disk", "every third node has a full disk", an_sim_full_disk},
	{"slow-disk", "every third node has a disk that takes seconds", an_sim_slow_disk},
	{"read-errors", "every third node cannot read its disk any more", an_sim_read_errors},
	{"frozen", "every third node stops answering and goes on later", an_sim_frozen},
	{"dead-peers", "nodes die without a word: what that costs clients in time",
         an_sim_dead_peers},
	{"liars", "one liar to five nodes: false peers, false records, no storage", an_sim_liars},
	{"churn", "5 % loss, crashes, and nodes that leave for good, for --hours (1)",
         an_sim_churn},
	{"leave", "a node leaves for good; every record is back on its five holders", an_sim_leave},
	{"newcomer", "a node comes and gets what it must hold", an_sim_newcomer},
	{"lost-disk", "a node comes back with its identity and an empty disk", an_sim_lost_disk},
	{"equivocation", "owners tell different versions of a record to different peers",
         an_sim_equivocation},
	{"settled", "nothing happens: what that costs", an_sim_settled},
	{"challenges", "a liar proves falsely that it has records; nobody else is blamed",
         an_sim_challenges},
	{"network-wide", "records are left on nodes that see none of their holders",
         an_sim_network_wide},
	{"mass-leave", "up to a third of the nodes leave for good within a minute",
         an_sim_mass_leave},
	{"mass-join", "as many nodes again come at once", an_sim_mass_join},
	{"nats", "every third node is behind a NAT, and a client", an_sim_nats},
	{"upgrade", "one node after the other comes back as the next version", an_sim_upgrade},
	{"crash-loops", "crashes and restarts, drawn until --faults (200)", an_sim_crash_loops},
	{"disks", "full, slow and torn disks, full stores and crashes, likewise", an_sim_disks},
	{"clocks", "clocks that jump by up to ten days, and crashes, likewise", an_sim_clocks},
	{"links", "lossy, slow, asymmetric links, NATs and partitions, likewise", an_sim_links},
	{"hostile", "lies and floods of hostile peers, joins and leaves, likewise", an_sim_hostile},
	{"audits", "as all, with audits and replication 45 times as often", an_sim_audits},
	{"all", "faults of every sort, likewise", an_sim_all},
};

const size_t an_sim_scenario_count = sizeof(an_sim_scenarios) / sizeof(an_sim_scenarios[0]);

bool an_sim_step(struct an_sim_fleet *fleet, const char *what)
{
	if (!fleet->failed)
		an_sim_say(fleet, "%s", what);
	return !fleet->failed;
}

bool an_sim_grow(struct an_sim_fleet *fleet, const struct an_sim_arguments *arguments)
{
	return an_sim_step(fleet, "nodes join") &&
	       an_sim_fleet_grow(fleet, arguments->nodes, AN_MS(200));
}

uint64_t an_sim_full_copies(const struct an_sim_arguments *arguments)
{
	return arguments->nodes < AN_SIM_FULL_COPIES ? arguments->nodes : AN_SIM_FULL_COPIES;
}

bool an_sim_is_unlucky(size_t index)
{
	return index % 3 == 2;
}

bool an_sim_get_all(struct an_sim_fleet *fleet)
{
	if (!an_sim_step(fleet, "a new client gets all of them"))
		return false;
	struct an_sim_node *reader = an_sim_fleet_client(fleet);
	return reader != NULL && an_sim_get(reader, 0, 10);
}
