/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Faults of all sorts, or of those that a scenario is about, drawn from the seed until --faults of them
 * were injected (tests/sim/faults.h says what they are, and which rules they keep). They come as fast
 * as the network is large: every machine meets one in NODE_SECONDS on average. Meanwhile a client puts
 * and gets. When every machine has met FAULTS_OF_NODE of them the network heals, and what was promised
 * must hold:
 *   - No acknowledged record is lost: a new client finds it, unchanged, a pointer with the newest
 *     version that was acknowledged or a newer one. Some are read each time, all of them in the end.
 *   - Every record comes back to the five nodes nearest to it, hostile ones counted but not asked,
 *     within an hour and an interval, for in an hour everything is told again (docs/replication.md).
 *     How often it took longer than three intervals is printed.
 *   - A node that was down comes back with every record that it had acknowledged.
 *   - Every operation completes exactly once.
 *   - No node has blocked an honest one.
 * And all the time no queue of any node is longer than its limit.
 *
 * One node in three cleans up every minute, from ten records on, what is beyond its range; and stores
 * reach a limit. So nodes drop records (semantics 6.14), and whenever one chooses a record, seven peers
 * of its table must be nearer to it than the node, the record out of its range, and it must not be the
 * last copy (stores.c). Hundreds of them are dropped in a long run of `all`, which fails where none is.
 *
 * Two of a record's holders may leave for good before the nodes have made new copies, never a third.
 * Who may drop it and has reason to does not count as one.
 */
#include <inttypes.h>
#include <stdio.h>

#include "sim/faults.h"
#include "sim/liar.h"
#include "sim/scenario.h"

enum {
	FAULTS_AS_USUAL = 200,
	NODE_SECONDS = 10,   /* between two faults of a machine, on average */
	FAULTS_OF_NODE = 20, /* until the network heals */
	LOOK_SECONDS = 2,    /* between two looks at all queues */
	POINTERS = 5,        /* the first records */
	FIRST_PUTS = 30,
	PUT_ONE_IN = 8, /* steps */
	UPDATE_ONE_IN = 48,
	GETS_IN_STEP = 1,
	READ_IN_EPOCH = 50,
	READ_AT_ONCE = 10,
	SETTLE_SECONDS = 30,
	JOIN_MINUTES = 15,
	RECORD_SIZE_MAX = 4000,
	LARGE_RECORD_SIZE = 200000,
	LARGE_ONE_IN = 50,
	REPAIR_SECONDS = 3600 + 180,
	REPAIR_SECONDS_AS_USUAL = 3 * 180,
	REPAIR_LOOK_SECONDS = 5,
	DROPS_FAULTS = 1000, /* from so many on records must have been dropped */
	DROPS_NODES = 15,    /* in a network of so many, or more */
};

struct all {
	struct an_sim_faults faults;
	struct an_sim_work work;
	const enum an_sim_fault *sorts; /* that are drawn */
	size_t sort_count;
	uint64_t wanted, injected;
	an_time_us next_look; /* at the queues */
	an_time_us slowest_repair;
	size_t healings, slow_repairs;
};

static uint64_t draw(const struct all *all, uint64_t bound)
{
	return an_random_below(an_sim_world_random(all->faults.fleet->world), bound);
}

static void expect_within(struct an_sim_node *node, const char *counter, uint64_t limit)
{
	uint64_t value = 0;
	autonomi_node_counter(node->node, counter, &value);
	an_sim_expect(node->fleet, value <= limit, "node %zu: %s is %" PRIu64 ", over %" PRIu64,
	              node->index, counter, value, limit);
}

/* The defaults of docs/contract.md; bytes may reach twice their limit (link/link.h). */
static void expect_bounded_queues(struct all *all)
{
	struct an_sim_fleet *fleet = all->faults.fleet;
	static const struct {
		const char *counter;
		uint64_t limit;
	} limits[] = {
		{"connections", 1000},
		{"inbound_requests", 4096},
		{"inbound_bytes", 512 << 20},
		{"operations", 4096},
		{"store_pending_bytes", 256 << 20},
	};
	if (an_sim_world_now(fleet->world) < all->next_look)
		return;
	all->next_look = an_sim_world_now(fleet->world) + AN_SECONDS(LOOK_SECONDS);
	for (size_t i = 0; i < fleet->count; i++)
		for (size_t j = 0; j < sizeof(limits) / sizeof(limits[0]); j++)
			if (fleet->nodes[i]->state == AN_SIM_NODE_UP)
				expect_within(fleet->nodes[i], limits[j].counter, limits[j].limit);
}

static void inject(struct all *all)
{
	const enum an_sim_fault fault = all->sorts[draw(all, all->sort_count)];
	all->injected += an_sim_fault_inject(&all->faults, fault) ? 1 : 0;
}

static void put_something(struct all *all)
{
	an_sim_work_put(&all->work, draw(all, LARGE_ONE_IN) == 0
	                                    ? LARGE_RECORD_SIZE
	                                    : 1 + (size_t)draw(all, RECORD_SIZE_MAX));
}

static void work(struct all *all)
{
	const struct an_sim_fleet *fleet = all->faults.fleet;
	if (draw(all, PUT_ONE_IN) == 0)
		put_something(all);
	if (draw(all, UPDATE_ONE_IN) == 0)
		an_sim_work_update(&all->work, (size_t)draw(all, POINTERS));
	for (int i = 0; i < GETS_IN_STEP; i++)
		an_sim_work_get(&all->work, (size_t)draw(all, fleet->record_count));
	an_sim_work_reap(&all->work);
}

static void step(struct all *all)
{
	struct an_sim_fleet *fleet = all->faults.fleet;
	inject(all);
	if (!fleet->failed)
		work(all);
	an_sim_pass(fleet, draw(all, 2 * AN_SECONDS(NODE_SECONDS) / all->faults.nodes));
	expect_bounded_queues(all);
}

/* Reads `count` of the records (0: all) through a client that has seen nothing of it all. */
static void read_records(struct all *all, size_t count)
{
	struct an_sim_fleet *fleet = all->faults.fleet;
	struct an_sim_node *reader = fleet->failed ? NULL : an_sim_fleet_client(fleet);
	if (reader == NULL)
		return;
	if (count == 0)
		an_sim_get(reader, 0, READ_AT_ONCE);
	for (size_t i = 0; i < count && !fleet->failed; i++)
		an_sim_get_one(reader, (size_t)draw(all, fleet->record_count));
	if (!fleet->failed && an_sim_node_close(reader, 0))
		an_sim_node_forget(reader);
}

/* A record that is back once needs no second look: nobody drops it while nothing happens. */
static void expect_repaired(struct all *all)
{
	struct an_sim_fleet *fleet = all->faults.fleet;
	const an_time_us start = an_sim_world_now(fleet->world);
	for (size_t i = 0; i < fleet->record_count && !fleet->failed;) {
		const size_t missing = an_sim_record_copies_missing(fleet, &fleet->records[i]);
		const an_time_us waited = an_sim_world_now(fleet->world) - start;
		if (missing == 0)
			i++;
		else if (an_sim_expect(fleet, waited < AN_SECONDS(REPAIR_SECONDS),
		                       "chunk %zu lacks %zu of its copies %d s after healing",
		                       i + 1, missing, REPAIR_SECONDS))
			an_sim_pass(fleet, AN_SECONDS(REPAIR_LOOK_SECONDS));
	}
	const an_time_us took = an_sim_world_now(fleet->world) - start;
	all->healings++;
	all->slow_repairs += took > AN_SECONDS(REPAIR_SECONDS_AS_USUAL);
	all->slowest_repair = took > all->slowest_repair ? took : all->slowest_repair;
}

static void heal(struct all *all, size_t to_read)
{
	struct an_sim_fleet *fleet = all->faults.fleet;
	an_sim_fleet_expect_fair(fleet);
	an_sim_faults_heal(&all->faults);
	an_sim_fleet_wait_joined(fleet, AN_MINUTES(JOIN_MINUTES));
	an_sim_pass(fleet, AN_SECONDS(SETTLE_SECONDS));
	an_sim_work_finish(&all->work);
	expect_repaired(all);
	read_records(all, to_read);
	an_sim_fleet_expect_fair(fleet);
}

/* Else it was for nothing that they were looked at. */
static void expect_drops(const struct all *all)
{
	struct an_sim_fleet *fleet = all->faults.fleet;
	if (all->sort_count < AN_SIM_FAULTS || all->wanted < DROPS_FAULTS ||
	    all->faults.nodes < DROPS_NODES)
		return;
	an_sim_expect(fleet, fleet->pruned > 0, "no full store dropped a record");
	an_sim_expect(fleet, fleet->cleaned > 0, "no cleanup dropped a record");
}

static void tell(const struct all *all)
{
	struct an_sim_fleet *fleet = all->faults.fleet;
	char text[400] = "";
	size_t used = 0;
	for (int i = 0; i < AN_SIM_FAULTS && used < sizeof(text); i++)
		if (all->faults.injected[i] > 0)
			used += (size_t)snprintf(text + used, sizeof(text) - used,
			                         "%s%" PRIu64 " %s", used > 0 ? ", " : "",
			                         all->faults.injected[i],
			                         an_sim_fault_name((enum an_sim_fault)i));
	an_sim_say(fleet, "%" PRIu64 " faults: %s", all->injected, text);
	an_sim_say(fleet,
	           "every record was back on its holders at most %" PRIu64 " s after the network "
	           "had settled, after %zu of %zu healings later than %d s",
	           all->slowest_repair / AN_SECONDS(1), all->slow_repairs, all->healings,
	           REPAIR_SECONDS_AS_USUAL);
	an_sim_say(fleet,
	           "network-wide, since the nodes were last started: %" PRIu64
	           " records looked at, %" PRIu64 " holders asked, %" PRIu64 " lacked one",
	           an_sim_fleet_counter(fleet, "replication_network_wide_records"),
	           an_sim_fleet_counter(fleet, "replication_network_wide_asked"),
	           an_sim_fleet_counter(fleet, "replication_network_wide_lacking"));
	if (fleet->liars > 0)
		an_sim_say(fleet,
		           "%zu hostile peers told %" PRIu64 " lies; %" PRIu64
		           " times one is blocked by a node, and no honest one",
		           fleet->liars, an_sim_liars_lies(fleet),
		           an_sim_fleet_counter(fleet, "peers_blocked"));
}

static void run_drawn(struct an_sim_fleet *fleet, const struct an_sim_arguments *arguments,
                      const enum an_sim_fault *sorts, size_t sort_count)
{
	static struct all all;
	all = (struct all){
		.faults = {.fleet = fleet, .nodes = arguments->nodes},
		.sorts = sorts,
		.sort_count = sort_count,
		.wanted = arguments->faults > 0 ? arguments->faults : FAULTS_AS_USUAL,
	};
	fleet->cleaning = true;
	if (!an_sim_grow(fleet, arguments))
		return;
	all.work.client = an_sim_fleet_client(fleet);
	if (all.work.client == NULL ||
	    !an_sim_put_pointers(all.work.client, POINTERS, an_sim_full_copies(arguments)) ||
	    !an_sim_put(all.work.client, FIRST_PUTS, 1024, 10, an_sim_full_copies(arguments)))
		return;
	while (!fleet->failed && all.injected < all.wanted) {
		const uint64_t before = all.injected;
		step(&all);
		if (all.injected != before &&
		    all.injected % (FAULTS_OF_NODE * arguments->nodes) == 0)
			heal(&all, READ_IN_EPOCH);
	}
	an_sim_step(fleet, "the network heals for good");
	heal(&all, 0);
	expect_drops(&all);
	tell(&all);
}

void an_sim_all(struct an_sim_fleet *fleet, const struct an_sim_arguments *arguments)
{
	enum an_sim_fault sorts[AN_SIM_FAULTS];
	for (int i = 0; i < AN_SIM_FAULTS; i++)
		sorts[i] = (enum an_sim_fault)i;
	run_drawn(fleet, arguments, sorts, AN_SIM_FAULTS);
}

/* With intervals of a 45th: audits that blame come that much oftener in the same trouble. */
void an_sim_audits(struct an_sim_fleet *fleet, const struct an_sim_arguments *arguments)
{
	static const char *const often[] = {"replication.interval_ms=4000"};
	fleet->options = often;
	fleet->option_count = 1;
	an_sim_all(fleet, arguments);
}

void an_sim_crash_loops(struct an_sim_fleet *fleet, const struct an_sim_arguments *arguments)
{
	static const enum an_sim_fault sorts[] = {AN_SIM_FAULT_CRASH, AN_SIM_FAULT_RESTART};
	run_drawn(fleet, arguments, sorts, 2);
}

void an_sim_disks(struct an_sim_fleet *fleet, const struct an_sim_arguments *arguments)
{
	static const enum an_sim_fault sorts[] = {AN_SIM_FAULT_DISK_FULL, AN_SIM_FAULT_DISK_SLOW,
	                                          AN_SIM_FAULT_DISK_TORN, AN_SIM_FAULT_STORE,
	                                          AN_SIM_FAULT_CRASH,     AN_SIM_FAULT_RESTART};
	run_drawn(fleet, arguments, sorts, 6);
}

void an_sim_clocks(struct an_sim_fleet *fleet, const struct an_sim_arguments *arguments)
{
	static const enum an_sim_fault sorts[] = {AN_SIM_FAULT_CLOCK, AN_SIM_FAULT_CRASH,
	                                          AN_SIM_FAULT_RESTART};
	run_drawn(fleet, arguments, sorts, 3);
}

void an_sim_links(struct an_sim_fleet *fleet, const struct an_sim_arguments *arguments)
{
	static const enum an_sim_fault sorts[] = {AN_SIM_FAULT_LINK, AN_SIM_FAULT_LINK,
	                                          AN_SIM_FAULT_PARTITION};
	run_drawn(fleet, arguments, sorts, 3);
}

void an_sim_hostile(struct an_sim_fleet *fleet, const struct an_sim_arguments *arguments)
{
	static const enum an_sim_fault sorts[] = {AN_SIM_FAULT_LIE, AN_SIM_FAULT_FLOOD,
	                                          AN_SIM_FAULT_JOIN, AN_SIM_FAULT_LEAVE};
	run_drawn(fleet, arguments, sorts, 4);
}
