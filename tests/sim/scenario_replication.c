/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What replication achieves and what it costs, with the intervals of the real network: after a node
 * left, after one came, and while nothing happens (docs/replication.md has the figures). Network-wide
 * replication, which takes days, has shorter ones.
 */
#include "ident/dht_key.h"
#include "sim/faults.h"
#include "sim/liar.h"
#include "sim/scenario.h"

enum {
	INTERVAL_SECONDS = 180,     /* the profile's longest */
	INTERVALS_MAX = 3,          /* in which every record is on its holders again */
	REFRESH_INTERVALS_MAX = 21, /* in which everything is told again (docs/replication.md) */
	RECORDS_LARGE = 10000,      /* from LARGE nodes on */
	LARGE_NODES = 25,
	RECORDS_A_NODE = 20, /* in smaller networks */
	RECORD_SIZE = 4096,
	PUTS_AT_ONCE = 100,
	MOVED_PERCENT_MAX = 120, /* of the bytes that had to move */
	QUIET_MINUTES = 10,
	QUIET_WIRE_PERCENT_MAX = 50, /* of the payload */
	QUIET_DISK_TIMES_MAX = 7,
	CHALLENGE_HOURS = 6, /* at least three challenges by each node */
	FAR_NODES = 60,      /* at least: in fewer everybody is a neighbour of everybody */
	AROUND = 39,         /* neighbours that a node tells in rounds */
	STRANDED = 20,       /* records */
	CYCLE_HOURS = 96,    /* the profile's, of network-wide replication */
	FASTER = 15,         /* are all intervals there */
	CYCLE_PARTS = 96,
	HOLDERS = 5,
};

static size_t records_of(const struct an_sim_arguments *arguments)
{
	return arguments->nodes >= LARGE_NODES ? RECORDS_LARGE : arguments->nodes * RECORDS_A_NODE;
}

/* ---- Who must hold what. */

static bool can_hold(const struct an_sim_node *node)
{
	return node->state == AN_SIM_NODE_UP && !node->is_client;
}

/* Copies that holders lack, of all records. */
static size_t copies_missing(const struct an_sim_fleet *fleet)
{
	size_t missing = 0;
	for (size_t i = 0; i < fleet->record_count; i++)
		missing += an_sim_record_copies_missing(fleet, &fleet->records[i]);
	return missing;
}

/* Waits until nothing is missing; returns how long that took. */
static an_time_us wait_for_holders(struct an_sim_fleet *fleet, unsigned intervals)
{
	const an_time_us start = an_sim_world_now(fleet->world);
	const an_time_us until = start + AN_SECONDS((an_time_us)intervals * INTERVAL_SECONDS);
	size_t missing;
	while ((missing = copies_missing(fleet)) > 0 && !fleet->failed) {
		if (!an_sim_expect(fleet, an_sim_world_now(fleet->world) < until,
		                   "after %u intervals %zu copies are missing", intervals, missing))
			break;
		an_sim_pass(fleet, AN_SECONDS(5));
	}
	return an_sim_world_now(fleet->world) - start;
}

/* ---- What it costs. */

struct cost {
	an_time_us at;
	uint64_t bytes_sent, datagrams_sent, moved, rounds, keys_told, fetched, failed;
};

static struct cost cost_of(struct an_sim_fleet *fleet)
{
	return (struct cost){
		.at = an_sim_world_now(fleet->world),
		.bytes_sent = an_sim_fleet_counter(fleet, "bytes_sent"),
		.datagrams_sent = an_sim_fleet_counter(fleet, "datagrams_sent"),
		.moved = an_sim_fleet_counter(fleet, "replication_bytes"),
		.rounds = an_sim_fleet_counter(fleet, "replication_rounds"),
		.keys_told = an_sim_fleet_counter(fleet, "replication_keys_told"),
		.fetched = an_sim_fleet_counter(fleet, "replication_fetched"),
		.failed = an_sim_fleet_counter(fleet, "replication_failed"),
	};
}

static uint64_t percent(uint64_t part, uint64_t whole)
{
	return whole > 0 ? part * 100 / whole : 0;
}

/* What was sent since, without that which the network sends when nothing happens. */
static uint64_t beyond_idle(const struct cost *before, const struct cost *after,
                            const struct cost idle[2])
{
	const uint64_t sent = after->bytes_sent - before->bytes_sent;
	const uint64_t expected = (idle[1].bytes_sent - idle[0].bytes_sent) *
	                          (after->at - before->at) / (idle[1].at - idle[0].at);
	return sent > expected ? sent - expected : 0;
}

static void say_repair(struct an_sim_fleet *fleet, const struct cost *before, size_t missing,
                       an_time_us took, const struct cost idle[2])
{
	const struct cost after = cost_of(fleet);
	const uint64_t needed = (uint64_t)missing * RECORD_SIZE;
	const uint64_t beyond = beyond_idle(before, &after, idle);
	an_sim_say(fleet,
	           "%zu copies were missing and are back after %llu s: %llu fetched, %llu in vain",
	           missing, (unsigned long long)(took / AN_SECONDS(1)),
	           (unsigned long long)(after.fetched - before->fetched),
	           (unsigned long long)(after.failed - before->failed));
	an_sim_say(fleet,
	           "record bytes moved: %llu of %llu that had to move (%llu %%); %llu keys told in "
	           "%llu rounds; %llu bytes on the wire in all (%llu %%), %llu (%llu %%) beyond "
	           "what it sends when idle",
	           (unsigned long long)(after.moved - before->moved), (unsigned long long)needed,
	           (unsigned long long)percent(after.moved - before->moved, needed),
	           (unsigned long long)(after.keys_told - before->keys_told),
	           (unsigned long long)(after.rounds - before->rounds),
	           (unsigned long long)(after.bytes_sent - before->bytes_sent),
	           (unsigned long long)percent(after.bytes_sent - before->bytes_sent, needed),
	           (unsigned long long)beyond, (unsigned long long)percent(beyond, needed));
	an_sim_expect(fleet, (after.moved - before->moved) * 100 <= needed * MOVED_PERCENT_MAX,
	              "more than %d %% of the bytes that had to move were moved",
	              MOVED_PERCENT_MAX);
}

/* ---- Scenarios. */

static bool put_records(struct an_sim_fleet *fleet, size_t count, size_t size,
                        const struct an_sim_arguments *arguments)
{
	struct an_sim_node *client = an_sim_fleet_client(fleet);
	if (client == NULL || !an_sim_step(fleet, "a client puts records") ||
	    !an_sim_put(client, count, size, size > RECORD_SIZE ? 2 : PUTS_AT_ONCE,
	                an_sim_full_copies(arguments)))
		return false;
	an_sim_node_close(client, 0);
	client->state = AN_SIM_NODE_GONE;
	return !fleet->failed;
}

/* Writes what there was at the beginning and at the end of a time in which nothing happened. */
static bool settle(struct an_sim_fleet *fleet, const struct an_sim_arguments *arguments,
                   struct cost ret_idle[2])
{
	if (!an_sim_grow(fleet, arguments) ||
	    !put_records(fleet, records_of(arguments), RECORD_SIZE, arguments))
		return false;
	/* What new records cost, and the first long rounds, shall not count. */
	wait_for_holders(fleet, INTERVALS_MAX);
	an_sim_pass(fleet, AN_SECONDS(INTERVAL_SECONDS));
	ret_idle[0] = cost_of(fleet);
	const bool passed = an_sim_pass(fleet, AN_SECONDS(INTERVAL_SECONDS));
	ret_idle[1] = cost_of(fleet);
	return passed;
}

void an_sim_leave(struct an_sim_fleet *fleet, const struct an_sim_arguments *arguments)
{
	struct cost idle[2];
	if (!settle(fleet, arguments, idle))
		return;
	struct an_sim_node *node = an_sim_fleet_random_node(fleet);
	an_sim_say(fleet, "node %zu leaves for good", node->index);
	an_sim_node_cut(node, AN_SIM_CUT_PROCESS);
	node->state = AN_SIM_NODE_GONE;
	const struct cost before = cost_of(fleet);
	const size_t missing = copies_missing(fleet);
	const an_time_us took = wait_for_holders(fleet, INTERVALS_MAX);
	say_repair(fleet, &before, missing, took, idle);
	an_sim_get_all(fleet);
}

void an_sim_newcomer(struct an_sim_fleet *fleet, const struct an_sim_arguments *arguments)
{
	struct cost idle[2];
	if (!settle(fleet, arguments, idle))
		return;
	struct cost before = cost_of(fleet);
	if (!an_sim_step(fleet, "one more node comes") ||
	    !an_sim_node_start(an_sim_node_add(fleet, false)))
		return;
	const size_t missing = copies_missing(fleet);
	const an_time_us took = wait_for_holders(fleet, INTERVALS_MAX);
	say_repair(fleet, &before, missing, took, idle);
	an_sim_get_all(fleet);
}

/* Neighbours that did not notice, or saw it come back at once, tell it nothing of what it was told
 * before: it says that it holds nothing. */
void an_sim_lost_disk(struct an_sim_fleet *fleet, const struct an_sim_arguments *arguments)
{
	struct cost idle[2];
	if (!settle(fleet, arguments, idle))
		return;
	struct an_sim_node *node = an_sim_fleet_random_node(fleet);
	an_sim_say(fleet, "node %zu loses its disk, but for its key", node->index);
	an_sim_node_lose_disk(node);
	const struct cost before = cost_of(fleet);
	if (!an_sim_node_start(node))
		return;
	const size_t missing = copies_missing(fleet);
	const an_time_us took = wait_for_holders(fleet, INTERVALS_MAX);
	say_repair(fleet, &before, missing, took, idle);
	an_sim_get_all(fleet);
}

static uint64_t disk_used(const struct an_sim_fleet *fleet)
{
	uint64_t used = 0;
	for (size_t i = 0; i < fleet->count; i++)
		if (can_hold(fleet->nodes[i]))
			used += an_sim_disk_used(an_sim_host_disk(fleet->nodes[i]->host));
	return used;
}

void an_sim_settled(struct an_sim_fleet *fleet, const struct an_sim_arguments *arguments)
{
	const size_t size = 4 << 20;
	const uint64_t payload = (uint64_t)size * arguments->nodes;
	if (!an_sim_grow(fleet, arguments) ||
	    !put_records(fleet, arguments->nodes, size, arguments))
		return;
	an_sim_step(fleet, "nothing happens for ten minutes");
	const struct cost before = cost_of(fleet);
	an_sim_pass(fleet, AN_MINUTES(QUIET_MINUTES));
	const struct cost after = cost_of(fleet);
	const uint64_t wire = after.bytes_sent - before.bytes_sent, disk = disk_used(fleet);
	const uint64_t node_seconds = arguments->nodes * QUIET_MINUTES * 60;
	an_sim_say(fleet,
	           "%llu bytes stored; on the wire %llu (%llu %% of them), on disk %llu (%llu %%); "
	           "each node sends %llu bytes and %.2f datagrams a second",
	           (unsigned long long)payload, (unsigned long long)wire,
	           (unsigned long long)percent(wire, payload), (unsigned long long)disk,
	           (unsigned long long)percent(disk, payload),
	           (unsigned long long)(wire / node_seconds),
	           (double)(after.datagrams_sent - before.datagrams_sent) / (double)node_seconds);
	an_sim_expect(fleet, after.fetched == before.fetched, "records moved without need");
	an_sim_expect(fleet, wire * 100 <= payload * QUIET_WIRE_PERCENT_MAX,
	              "a quiet network costs too much on the wire");
	an_sim_expect(fleet, disk <= payload * QUIET_DISK_TIMES_MAX,
	              "the records take too much room on disk");
	an_sim_expect(fleet, copies_missing(fleet) == 0, "copies are missing");
}

void an_sim_challenges(struct an_sim_fleet *fleet, const struct an_sim_arguments *arguments)
{
	if (!an_sim_grow(fleet, arguments) ||
	    !put_records(fleet, arguments->nodes * RECORDS_A_NODE, RECORD_SIZE, arguments))
		return;
	an_sim_step(fleet, "a liar comes, and hours pass");
	an_sim_liar_add(fleet);
	an_sim_pass(fleet, AN_HOURS(CHALLENGE_HOURS));
	const uint64_t challenged = an_sim_fleet_counter(fleet, "replication_challenged");
	const uint64_t failed = an_sim_fleet_counter(fleet, "replication_challenges_failed");
	const uint64_t checked = an_sim_fleet_counter(fleet, "replication_health_asked");
	const uint64_t falsely = an_sim_fleet_counter(fleet, "replication_health_false");
	const uint64_t lacking = an_sim_fleet_counter(fleet, "replication_health_lacking");
	const uint64_t wide = an_sim_fleet_counter(fleet, "replication_network_wide_asked");
	const uint64_t wide_lacking = an_sim_fleet_counter(fleet,
	                                                   "replication_network_wide_lacking");
	const uint64_t false_proofs = an_sim_liars_false_proofs(fleet);
	an_sim_say(fleet, "%llu peers were challenged, %llu failed; %llu false proofs",
	           (unsigned long long)challenged, (unsigned long long)failed,
	           (unsigned long long)false_proofs);
	an_sim_expect(fleet, false_proofs > 0, "nobody challenged the liar");
	an_sim_say(
		fleet,
		"%llu were asked for a record of theirs, %llu did not have it, %llu of these lied; "
		"%llu nodes have blocked the liar",
		(unsigned long long)checked, (unsigned long long)lacking,
		(unsigned long long)falsely,
		(unsigned long long)an_sim_fleet_counter(fleet, "peers_blocked"));
	an_sim_say(fleet, "%llu were asked by network-wide replication, %llu did not have it",
	           (unsigned long long)wide, (unsigned long long)wide_lacking);
	an_sim_expect(fleet, failed + falsely + wide_lacking == false_proofs,
	              "others failed than the liar");
	an_sim_expect(fleet, lacking == falsely, "somebody lacks what it must hold");
	an_sim_expect(fleet, checked > lacking, "nobody has what it must hold");
	an_sim_expect(fleet, an_sim_fleet_counter(fleet, "peers_blocked") > 0,
	              "nobody blocked the liar");
	an_sim_fleet_expect_fair(fleet);
	an_sim_expect(fleet, challenged > failed, "nobody proved anything");
	an_sim_get_all(fleet);
}

/* ---- Network-wide replication (semantics 6.9). */

/* How many peers a node may have asked within a part of the cycle: all holders of those of its records
 * whose turn it is, a tenth sooner at most, and of one more at each end. */
static uint64_t asked_most(const struct an_sim_node *node)
{
	const size_t records = autonomi_storage_count(autonomi_node_storage(node->node));
	return HOLDERS * (records * 10 / 9 / CYCLE_PARTS + 2);
}

static uint64_t counter_of(const struct an_sim_node *node, const char *name)
{
	uint64_t value = 0;
	autonomi_node_counter(node->node, name, &value);
	return value;
}

/* Lets a part of the cycle pass, in which nobody may ask in a burst. */
static void pass_part(struct an_sim_fleet *fleet)
{
	static uint64_t before[AN_SIM_NODES_MAX];
	for (size_t i = 0; i < fleet->count; i++)
		if (can_hold(fleet->nodes[i]))
			before[i] = counter_of(fleet->nodes[i], "replication_network_wide_asked");
	an_sim_pass(fleet, AN_HOURS(CYCLE_HOURS) / FASTER / CYCLE_PARTS);
	for (size_t i = 0; i < fleet->count; i++) {
		const struct an_sim_node *node = fleet->nodes[i];
		if (!can_hold(node))
			continue;
		const uint64_t asked = counter_of(node, "replication_network_wide_asked") -
		                       before[i];
		an_sim_expect(fleet, asked <= asked_most(node),
		              "node %zu asked %llu peers in a part of a cycle, more than %llu", i,
		              (unsigned long long)asked, (unsigned long long)asked_most(node));
	}
}

void an_sim_network_wide(struct an_sim_fleet *fleet, const struct an_sim_arguments *arguments)
{
	static const char *const often[] = {"replication.interval_ms=12000"};
	struct an_sim_arguments large = *arguments;
	large.nodes = large.nodes < FAR_NODES ? FAR_NODES : large.nodes;
	fleet->options = often;
	fleet->option_count = 1;
	if (!an_sim_grow(fleet, &large) ||
	    !put_records(fleet, large.nodes * RECORDS_A_NODE / HOLDERS, RECORD_SIZE, &large))
		return;
	wait_for_holders(fleet, INTERVALS_MAX);
	an_sim_step(fleet, "records are written to nodes that see none of their holders");
	for (int i = 0; i < STRANDED && an_sim_strand(fleet, RECORD_SIZE, AROUND) != NULL; i++)
		continue;
	const size_t missing = copies_missing(fleet);
	/* Everything is told again, and reaches nobody. */
	const struct cost before = cost_of(fleet);
	an_sim_pass(fleet, AN_SECONDS(REFRESH_INTERVALS_MAX * INTERVAL_SECONDS / FASTER));
	an_sim_say(fleet, "%zu copies are missing, after everything was told again %zu", missing,
	           copies_missing(fleet));
	an_sim_expect(fleet, copies_missing(fleet) > missing / 2,
	              "rounds brought back what they cannot reach");
	for (int i = 0; i < CYCLE_PARTS + CYCLE_PARTS / 9 && !fleet->failed; i++)
		pass_part(fleet);
	const struct cost after = cost_of(fleet);
	an_sim_say(
		fleet,
		"after a cycle %zu are missing; %llu records were looked at, %llu peers asked, "
		"%llu lacked one; %llu nodes think that the network is under load; record bytes "
		"moved: %llu of %zu",
		copies_missing(fleet),
		(unsigned long long)an_sim_fleet_counter(fleet, "replication_network_wide_records"),
		(unsigned long long)an_sim_fleet_counter(fleet, "replication_network_wide_asked"),
		(unsigned long long)an_sim_fleet_counter(fleet, "replication_network_wide_lacking"),
		(unsigned long long)an_sim_fleet_counter(fleet, "network_load"),
		(unsigned long long)(after.moved - before.moved), missing * RECORD_SIZE);
	an_sim_expect(fleet, copies_missing(fleet) == 0, "copies are missing after a cycle");
	an_sim_fleet_expect_fair(fleet);
	an_sim_get_all(fleet);
}
