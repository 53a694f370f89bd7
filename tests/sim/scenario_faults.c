/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scenarios in which machines, disks and networks fail for a while. */
#include "sim/faults.h"
#include "sim/liar.h"
#include "sim/scenario.h"

enum { PUTS_BETWEEN = 10, OUTAGE_SECONDS = 20, SETTLE_MINUTES = 10, LIAR_ONE_IN = 5 };

/* The power fails somewhere between the first byte of a put and its last sync. */
static void cut_in_the_midst(void *context)
{
	an_sim_node_cut(context, AN_SIM_CUT_SCRAMBLE);
}

static void plan_cut(struct an_sim_node *node)
{
	struct an_sim_world *world = node->fleet->world;
	const an_time_us delay = an_random_below(an_sim_world_random(world), AN_MS(400));
	an_sim_world_at(world, an_sim_world_now(world) + delay, cut_in_the_midst, node);
}

void an_sim_crash_restart(struct an_sim_fleet *fleet, const struct an_sim_arguments *arguments)
{
	if (!an_sim_grow(fleet, arguments))
		return;
	struct an_sim_node *writer = an_sim_fleet_client(fleet);
	if (writer == NULL || !an_sim_step(fleet, "nodes lose power one after the other"))
		return;
	size_t stored = 0;
	for (size_t i = 0; i < arguments->nodes && !fleet->failed; i++) {
		struct an_sim_node *node = fleet->nodes[i];
		plan_cut(node);
		stored += an_sim_try_put(writer, PUTS_BETWEEN, i % 4 == 0 ? 200000 : 2000,
		                         PUTS_BETWEEN);
		an_sim_pass(fleet, AN_SECONDS(OUTAGE_SECONDS));
		if (node->state == AN_SIM_NODE_DOWN)
			an_sim_node_restart(node);
	}
	an_sim_say(fleet, "%zu of %zu puts succeeded meanwhile", stored,
	           arguments->nodes * PUTS_BETWEEN);
	an_sim_expect(fleet, stored * 10 >= arguments->nodes * PUTS_BETWEEN * 9,
	              "more than a tenth of the puts failed");
	an_sim_fleet_wait_joined(fleet, AN_MINUTES(SETTLE_MINUTES));
	an_sim_get_all(fleet);
}

void an_sim_blackout(struct an_sim_fleet *fleet, const struct an_sim_arguments *arguments)
{
	if (!an_sim_grow(fleet, arguments))
		return;
	struct an_sim_node *writer = an_sim_fleet_client(fleet);
	if (writer == NULL || !an_sim_put(writer, 30, 1024, 10, an_sim_full_copies(arguments)) ||
	    !an_sim_put(writer, 5, 300000, 5, an_sim_full_copies(arguments)))
		return;
	an_sim_step(fleet, "all nodes lose power");
	for (size_t i = 0; i < arguments->nodes; i++)
		an_sim_node_cut(fleet->nodes[i], AN_SIM_CUT_SCRAMBLE);
	/* Meanwhile the client finds nobody, and forgets whom it knew. */
	an_sim_try_put(writer, 3, 1000, 3);
	an_sim_pass(fleet, AN_MINUTES(10));
	an_sim_step(fleet, "all nodes come back");
	for (size_t i = 0; i < arguments->nodes && !fleet->failed; i++) {
		an_sim_node_restart(fleet->nodes[i]);
		an_sim_pass(fleet, AN_MS(50));
	}
	an_sim_fleet_wait_joined(fleet, AN_MINUTES(SETTLE_MINUTES));
	an_sim_pass(fleet, AN_MINUTES(SETTLE_MINUTES));
	if (an_sim_step(fleet, "the client that saw it gets all of them") &&
	    an_sim_get(writer, 0, 10))
		an_sim_get_all(fleet);
}

static void cut_all_holders_but_one(struct an_sim_fleet *fleet, const struct an_sim_record *record)
{
	const size_t holders = an_sim_record_holders_up(fleet, record);
	size_t spared = (size_t)an_random_below(an_sim_world_random(fleet->world), holders);
	for (size_t i = 0; i < fleet->count; i++) {
		struct an_sim_node *node = fleet->nodes[i];
		if (!an_sim_record_is_held_by(record, node) || node->state != AN_SIM_NODE_UP)
			continue;
		if (spared-- != 0)
			an_sim_node_cut(node, AN_SIM_CUT_PROCESS);
	}
}

static void restart_all(struct an_sim_fleet *fleet)
{
	for (size_t i = 0; i < fleet->count && !fleet->failed; i++)
		if (fleet->nodes[i]->state == AN_SIM_NODE_DOWN)
			an_sim_node_restart(fleet->nodes[i]);
	an_sim_fleet_wait_joined(fleet, AN_MINUTES(SETTLE_MINUTES));
}

void an_sim_last_holder(struct an_sim_fleet *fleet, const struct an_sim_arguments *arguments)
{
	if (!an_sim_grow(fleet, arguments))
		return;
	struct an_sim_node *client = an_sim_fleet_client(fleet);
	if (client == NULL || !an_sim_put(client, 8, 1024, 8, an_sim_full_copies(arguments)))
		return;
	for (size_t i = 0; i < fleet->record_count && !fleet->failed; i++) {
		an_sim_say(fleet, "all holders of chunk %zu die but one", i + 1);
		cut_all_holders_but_one(fleet, &fleet->records[i]);
		an_sim_get_one(client, i);
		struct an_sim_node *other = fleet->failed ? NULL : an_sim_fleet_client(fleet);
		if (other != NULL && an_sim_get_one(other, i))
			an_sim_node_close(other, 0);
		restart_all(fleet);
	}
}

void an_sim_partition(struct an_sim_fleet *fleet, const struct an_sim_arguments *arguments)
{
	if (!an_sim_grow(fleet, arguments))
		return;
	struct an_sim_node *left = an_sim_fleet_client(fleet);
	struct an_sim_node *right = left != NULL ? an_sim_fleet_client(fleet) : NULL;
	if (right == NULL || !an_sim_put(left, 20, 1024, 10, an_sim_full_copies(arguments)))
		return;
	an_sim_step(fleet, "the network falls in two");
	for (size_t i = 0; i < arguments->nodes; i++)
		an_sim_host_set_side(fleet->nodes[i]->host, i % 2);
	an_sim_host_set_side(right->host, 1);
	const size_t stored = an_sim_try_put(left, 10, 2000, 10) +
	                      an_sim_try_put(right, 10, 2000, 10);
	an_sim_say(fleet, "%zu of 20 puts succeeded meanwhile", stored);
	an_sim_pass(fleet, AN_MINUTES(10));
	an_sim_step(fleet, "the network heals");
	for (size_t i = 0; i < fleet->count; i++)
		an_sim_host_set_side(fleet->nodes[i]->host, 0);
	an_sim_pass(fleet, AN_MINUTES(SETTLE_MINUTES));
	an_sim_get_all(fleet);
}

static void isolate(struct an_sim_node *node, unsigned side)
{
	an_sim_host_set_side(node->host, side);
}

/* A laptop that was shut, a router that was off: alone for half an hour, with something to do. */
void an_sim_isolated(struct an_sim_fleet *fleet, const struct an_sim_arguments *arguments)
{
	if (!an_sim_grow(fleet, arguments))
		return;
	struct an_sim_node *client = an_sim_fleet_client(fleet);
	if (client == NULL || !an_sim_put(client, 20, 1024, 10, an_sim_full_copies(arguments)))
		return;
	struct an_sim_node *node = fleet->nodes[arguments->nodes / 2];
	an_sim_step(fleet, "a node and a client are cut off, each alone");
	isolate(node, 1);
	isolate(client, 2);
	an_sim_try_put(client, 3, 1000, 3);
	an_sim_pass(fleet, AN_MINUTES(30));
	an_sim_step(fleet, "they are back");
	isolate(node, 0);
	isolate(client, 0);
	an_sim_pass(fleet, AN_MINUTES(SETTLE_MINUTES));
	an_sim_fleet_wait_joined(fleet, AN_MINUTES(SETTLE_MINUTES));
	if (an_sim_step(fleet, "the client gets all chunks"))
		an_sim_get(client, 0, 10);
}

static void for_unlucky(struct an_sim_fleet *fleet, const struct an_sim_arguments *arguments,
                        void (*act)(struct an_sim_node *node))
{
	for (size_t i = 0; i < arguments->nodes; i++)
		if (an_sim_is_unlucky(i))
			act(fleet->nodes[i]);
}

static void fail_reads(struct an_sim_node *node)
{
	an_sim_disk_set_fault(an_sim_host_disk(node->host),
	                      &(struct an_sim_disk_fault){
				      .operations = 1U << AN_SIM_DISK_READ,
				      .count = UINT64_MAX,
				      .status = AUTONOMI_E_IO,
			      });
}

/* Trouble for every third node, then puts that must not suffer from it, then gets. */
static void with_trouble(struct an_sim_fleet *fleet, const struct an_sim_arguments *arguments,
                         void (*trouble)(struct an_sim_node *node), const char *what)
{
	if (!an_sim_grow(fleet, arguments))
		return;
	struct an_sim_node *writer = an_sim_fleet_client(fleet);
	if (writer == NULL || !an_sim_put(writer, 20, 1024, 10, an_sim_full_copies(arguments)))
		return;
	an_sim_step(fleet, what);
	for_unlucky(fleet, arguments, trouble);
	if (an_sim_put(writer, 20, 2000, 10, 3) && an_sim_put(writer, 20, 100000, 10, 3))
		an_sim_get_all(fleet);
}

void an_sim_full_disk(struct an_sim_fleet *fleet, const struct an_sim_arguments *arguments)
{
	with_trouble(fleet, arguments, an_sim_disk_fill, "every third disk is full");
	an_sim_say(fleet, "puts refused by nodes: %llu",
	           (unsigned long long)an_sim_fleet_counter(fleet, "store_write_errors"));
}

void an_sim_slow_disk(struct an_sim_fleet *fleet, const struct an_sim_arguments *arguments)
{
	with_trouble(fleet, arguments, an_sim_disk_slow_down, "every third disk is slow");
}

void an_sim_read_errors(struct an_sim_fleet *fleet, const struct an_sim_arguments *arguments)
{
	with_trouble(fleet, arguments, fail_reads, "every third disk cannot be read");
}

static void freeze(struct an_sim_node *node)
{
	an_sim_host_freeze(node->host, true);
}

static void thaw(struct an_sim_node *node)
{
	an_sim_host_freeze(node->host, false);
}

void an_sim_frozen(struct an_sim_fleet *fleet, const struct an_sim_arguments *arguments)
{
	with_trouble(fleet, arguments, freeze, "every third node stops answering");
	if (!an_sim_step(fleet, "they go on"))
		return;
	for_unlucky(fleet, arguments, thaw);
	an_sim_pass(fleet, AN_MINUTES(SETTLE_MINUTES));
	an_sim_get_all(fleet);
}

/* At least three of the copies must be told; at least one of them then is true. */
void an_sim_liars(struct an_sim_fleet *fleet, const struct an_sim_arguments *arguments)
{
	if (!an_sim_grow(fleet, arguments))
		return;
	while (fleet->liars < (arguments->nodes + LIAR_ONE_IN - 1) / LIAR_ONE_IN)
		an_sim_liar_add(fleet);
	an_sim_say(fleet, "%zu liars come", fleet->liars);
	an_sim_pass(fleet, AN_MINUTES(SETTLE_MINUTES));
	struct an_sim_node *writer = an_sim_fleet_client(fleet);
	if (writer != NULL && an_sim_step(fleet, "a client puts 60 chunks") &&
	    an_sim_put(writer, 60, 1500, 10, 3))
		an_sim_get_all(fleet);
	an_sim_say(fleet, "%llu lies were told", (unsigned long long)an_sim_liars_lies(fleet));
	an_sim_expect(fleet, an_sim_liars_lies(fleet) > 0, "nobody asked the liars");
}
