/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/scenario.h"

enum { FULL_COPIES = 5 };

static const struct an_sim_link bad_link = {
	.latency = 40000,
	.jitter = 30000,
	.loss = 50000,
	.duplicate = 10000,
	.reorder = 50000,
	.reorder_delay = 40000,
	.bytes_per_second = 12500000,
	.queue_bytes = 1 << 20,
};

static size_t full_copies(const struct an_sim_arguments *arguments)
{
	return arguments->nodes < FULL_COPIES ? arguments->nodes : FULL_COPIES;
}

/* Whether the run has not failed yet; begins each step. */
static bool step(struct an_sim_fleet *fleet, const char *what)
{
	if (!fleet->failed)
		an_sim_say(fleet, "%s", what);
	return !fleet->failed;
}

static bool grow(struct an_sim_fleet *fleet, const struct an_sim_arguments *arguments)
{
	return step(fleet, "nodes join") && an_sim_fleet_grow(fleet, arguments->nodes, AN_MS(200));
}

/* A look-up of each client's: the peers found must be the closest ones that there are. */
static void join(struct an_sim_fleet *fleet, const struct an_sim_arguments *arguments)
{
	if (!grow(fleet, arguments))
		return;
	an_sim_say(fleet, "all nodes have joined; peers in all tables: %llu",
	           (unsigned long long)an_sim_fleet_counter(fleet, "table_peers"));
	step(fleet, "an hour passes");
	an_sim_pass(fleet, AN_HOURS(1));
	an_sim_say(fleet, "peers in all tables: %llu",
	           (unsigned long long)an_sim_fleet_counter(fleet, "table_peers"));
	an_sim_fleet_wait_joined(fleet, 1);
}

static bool put_mixed(struct an_sim_node *client, uint64_t copies)
{
	return an_sim_put(client, 20, 1024, 10, copies) &&
	       an_sim_put(client, 5, 100000, 5, copies) &&
	       an_sim_put(client, 1, 4194304, 1, copies);
}

static void put_get(struct an_sim_fleet *fleet, const struct an_sim_arguments *arguments)
{
	if (!grow(fleet, arguments))
		return;
	struct an_sim_node *writer = an_sim_fleet_client(fleet);
	if (writer == NULL || !an_sim_fleet_wait_joined(fleet, AN_SECONDS(60)))
		return;
	if (!step(fleet, "a client puts 26 chunks") || !put_mixed(writer, full_copies(arguments)))
		return;
	struct an_sim_node *reader = an_sim_fleet_client(fleet);
	if (reader != NULL && step(fleet, "another client gets them"))
		an_sim_get(reader, 0, 10);
}

static void lossy(struct an_sim_fleet *fleet, const struct an_sim_arguments *arguments)
{
	an_sim_world_set_link(fleet->world, &bad_link);
	put_get(fleet, arguments);
}

const struct an_sim_scenario an_sim_scenarios[] = {
	{"join", "nodes join one after the other and stay for an hour", join},
	{"put-get", "one client puts chunks of 1 KiB, 100 KB and 4 MiB, another gets them",
         put_get},
	{"lossy", "the same with 5 % loss, jitter, duplicates and reordering", lossy},
};

const size_t an_sim_scenario_count = sizeof(an_sim_scenarios) / sizeof(an_sim_scenarios[0]);
