/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/faults.h"

#include <stdlib.h>

#include "ident/key_pair.h"
#include "sim/liar.h"

/* In the root directory that the fleet gives its nodes. */
#define ROOT_PATH "/node"
#define KEY_PATH  ROOT_PATH "/secret-key"

enum {
	DOWN_ONE_IN = 5,
	FULL_ONE_IN = 3,
	HOSTILE_ONE_IN = 10,
	PARTED_PERCENT_MAX = 33,
	TRIES = 8, /* of machines, until one suits */
	CLOCK_JUMP_HOURS = 240,
	LEAVE_GRACE_SECONDS = 5,
	ROOM_LEFT = 200000, /* bytes, on a disk that is nearly full */
	TORN_AFTER = 20,
	TORN_COUNT = 4,
};

static uint64_t draw(const struct an_sim_fleet *fleet, uint64_t bound)
{
	return an_random_below(an_sim_world_random(fleet->world), bound);
}

const char *an_sim_fault_name(enum an_sim_fault fault)
{
	static const char *const names[AN_SIM_FAULTS] = {
		[AN_SIM_FAULT_CRASH] = "crashes",        [AN_SIM_FAULT_RESTART] = "restarts",
		[AN_SIM_FAULT_JOIN] = "joins",           [AN_SIM_FAULT_LEAVE] = "leaves",
		[AN_SIM_FAULT_PARTITION] = "partitions", [AN_SIM_FAULT_DISK_FULL] = "full disks",
		[AN_SIM_FAULT_DISK_SLOW] = "slow disks", [AN_SIM_FAULT_DISK_TORN] = "torn writes",
		[AN_SIM_FAULT_STORE] = "full stores",    [AN_SIM_FAULT_CLOCK] = "clock jumps",
		[AN_SIM_FAULT_LINK] = "links",           [AN_SIM_FAULT_LIE] = "lies",
		[AN_SIM_FAULT_FLOOD] = "floods",
	};
	return names[fault];
}

static size_t count_state(const struct an_sim_fleet *fleet, enum an_sim_node_state state)
{
	size_t count = 0;
	for (size_t i = 0; i < fleet->count; i++)
		count += !fleet->nodes[i]->is_client && fleet->nodes[i]->state == state;
	return count;
}

static struct an_sim_node *random_node_down(struct an_sim_fleet *fleet)
{
	const size_t down = count_state(fleet, AN_SIM_NODE_DOWN);
	if (down == 0)
		return NULL;
	size_t chosen = (size_t)draw(fleet, down);
	for (size_t i = 0; i < fleet->count; i++) {
		struct an_sim_node *node = fleet->nodes[i];
		if (!node->is_client && node->state == AN_SIM_NODE_DOWN && chosen-- == 0)
			return node;
	}
	return NULL;
}

/* Machines. */

static bool crash(struct an_sim_faults *faults)
{
	struct an_sim_fleet *fleet = faults->fleet;
	const size_t down = count_state(fleet, AN_SIM_NODE_DOWN);
	struct an_sim_node *node = an_sim_fleet_random_node(fleet);
	if (node == NULL || (down + 1) * DOWN_ONE_IN > an_sim_fleet_up(fleet) + down)
		return false;
	an_sim_node_cut(node, (enum an_sim_cut)draw(fleet, AN_SIM_CUT_SCRAMBLE + 1));
	return true;
}

bool an_sim_node_restart(struct an_sim_node *node)
{
	an_sim_disk_set_fault(an_sim_host_disk(node->host), NULL);
	return an_sim_node_start(node) && an_sim_node_expect_records(node);
}

static bool restart(struct an_sim_faults *faults)
{
	struct an_sim_node *node = random_node_down(faults->fleet);
	return node != NULL && an_sim_node_restart(node);
}

static bool join(struct an_sim_faults *faults)
{
	struct an_sim_fleet *fleet = faults->fleet;
	const size_t there = an_sim_fleet_up(fleet) + count_state(fleet, AN_SIM_NODE_DOWN);
	return there * 10 < faults->nodes * 11 && fleet->count + 1 < AN_SIM_NODES_MAX &&
	       an_sim_node_start(an_sim_node_add(fleet, false));
}

bool an_sim_node_may_leave(const struct an_sim_node *node)
{
	struct an_sim_fleet *fleet = node->fleet;
	for (size_t i = 0; i < fleet->record_count; i++) {
		struct an_sim_record *record = &fleet->records[i];
		if (!an_sim_node_has_record(node, record))
			continue;
		an_sim_record_note_holders(fleet, record);
		if (an_sim_record_holders_left(fleet, record, node) < AN_SIM_HOLDERS_LEFT)
			return false;
	}
	return true;
}

void an_sim_node_leave(struct an_sim_node *node, bool orderly)
{
	if (orderly)
		an_sim_node_close(node, AN_SECONDS(LEAVE_GRACE_SECONDS));
	else
		an_sim_node_cut(node, AN_SIM_CUT_PROCESS);
	node->state = AN_SIM_NODE_GONE;
	an_sim_disk_wipe(an_sim_host_disk(node->host));
}

static void read_key(struct an_sim_disk *disk, uint8_t key[AN_KEY_SECRET_SIZE])
{
	struct an_sim_file *file = NULL;
	size_t size = 0;
	if (an_sim_file_open(disk, KEY_PATH, AN_FILE_READ, &file) != AUTONOMI_OK ||
	    an_sim_file_read(file, 0, key, AN_KEY_SECRET_SIZE, &size) != AUTONOMI_OK ||
	    size != AN_KEY_SECRET_SIZE)
		abort();
	an_sim_file_close(file);
}

static void write_key(struct an_sim_disk *disk, const uint8_t key[AN_KEY_SECRET_SIZE])
{
	struct an_sim_file *file = NULL;
	if (an_sim_path_make_directory(disk, ROOT_PATH) != AUTONOMI_OK ||
	    an_sim_file_open(disk, KEY_PATH, AN_FILE_CREATE_NEW, &file) != AUTONOMI_OK ||
	    an_sim_file_write(file, 0, an_span(key, AN_KEY_SECRET_SIZE)) != AUTONOMI_OK ||
	    an_sim_file_sync(file) != AUTONOMI_OK)
		abort();
	an_sim_file_close(file);
	an_sim_path_sync(disk, ROOT_PATH);
	an_sim_path_sync(disk, "/");
}

void an_sim_node_lose_disk(struct an_sim_node *node)
{
	struct an_sim_disk *disk = an_sim_host_disk(node->host);
	uint8_t key[AN_KEY_SECRET_SIZE];
	an_sim_node_cut(node, AN_SIM_CUT_PROCESS);
	read_key(disk, key);
	an_sim_disk_wipe(disk);
	write_key(disk, key);
	an_sim_node_forget_records(node);
}

static bool leave(struct an_sim_faults *faults)
{
	struct an_sim_fleet *fleet = faults->fleet;
	const size_t there = an_sim_fleet_up(fleet) + count_state(fleet, AN_SIM_NODE_DOWN);
	for (int i = 0; i < TRIES && there * 10 > faults->nodes * 9; i++) {
		struct an_sim_node *node = an_sim_fleet_random_node(fleet);
		if (node == NULL || !an_sim_node_may_leave(node))
			continue;
		an_sim_node_leave(node, draw(fleet, 2) == 0);
		return true;
	}
	return false;
}

/* The network. */

void an_sim_fleet_part(struct an_sim_fleet *fleet, unsigned percent,
                       const struct an_sim_node *spared)
{
	for (size_t i = 0; i < fleet->count; i++) {
		struct an_sim_node *node = fleet->nodes[i];
		const bool cut_off = node != spared && draw(fleet, 100) < percent;
		an_sim_host_set_side(node->host, cut_off ? 1 : 0);
	}
}

void an_sim_fleet_join_up(struct an_sim_fleet *fleet)
{
	for (size_t i = 0; i < fleet->count; i++)
		an_sim_host_set_side(fleet->nodes[i]->host, 0);
}

static bool partition(struct an_sim_faults *faults)
{
	struct an_sim_fleet *fleet = faults->fleet;
	if (faults->is_parted)
		an_sim_fleet_join_up(fleet);
	else
		an_sim_fleet_part(fleet, 1 + (unsigned)draw(fleet, PARTED_PERCENT_MAX), NULL);
	faults->is_parted = !faults->is_parted;
	return true;
}

/* A link of each sort: lossy, slow, far away. */
static const struct an_sim_link bad_links[] = {
	{.latency = 40000,
         .jitter = 30000,
         .loss = 50000,
         .duplicate = 10000,
         .reorder = 50000,
         .reorder_delay = 40000,
         .bytes_per_second = 12500000,
         .queue_bytes = 1 << 20},
	{.latency = 30000,
         .jitter = 5000,
         .bytes_per_second = 125000, /* 1 Mbit/s */
         .queue_bytes = 128 << 10},
	{.latency = 300000, .jitter = 50000, .bytes_per_second = 2500000, .queue_bytes = 1 << 20},
};

enum { BAD_LINKS = sizeof(bad_links) / sizeof(bad_links[0]) };

static bool change_link(struct an_sim_faults *faults)
{
	struct an_sim_fleet *fleet = faults->fleet;
	struct an_sim_node *node = an_sim_fleet_random_node(fleet);
	if (node == NULL)
		return false;
	an_sim_host_set_link(node->host, NULL);
	an_sim_host_set_nat(node->host, false);
	const size_t sort = (size_t)draw(fleet, BAD_LINKS + 2);
	if (sort < BAD_LINKS && draw(fleet, 2) == 0)
		an_sim_host_set_link(node->host, &bad_links[sort]);
	else if (sort < BAD_LINKS)
		an_sim_host_set_uplink(node->host, &bad_links[sort]);
	else if (sort == BAD_LINKS)
		an_sim_host_set_nat(node->host, true);
	return true;
}

/* Disks and clocks. */

void an_sim_disk_fill(struct an_sim_node *node)
{
	struct an_sim_disk *disk = an_sim_host_disk(node->host);
	struct an_sim_disk_options full = an_sim_disk_ssd;
	full.capacity = an_sim_disk_used(disk) + ROOM_LEFT;
	node->was_full = true;
	an_sim_disk_set_options(disk, &full);
}

void an_sim_disk_slow_down(struct an_sim_node *node)
{
	struct an_sim_disk_options slow = an_sim_disk_ssd;
	slow.sync_us = AN_SECONDS(3);
	slow.read_us = AN_MS(500);
	slow.bytes_per_second = 2000000;
	an_sim_disk_set_options(an_sim_host_disk(node->host), &slow);
}

void an_sim_disk_tear(struct an_sim_node *node)
{
	const struct an_sim_disk_fault fault = {
		.operations = 1U << AN_SIM_DISK_WRITE | 1U << AN_SIM_DISK_SYNC,
		.after = draw(node->fleet, TORN_AFTER),
		.count = 1 + draw(node->fleet, TORN_COUNT),
		.status = AUTONOMI_E_IO,
		.torn = true,
	};
	an_sim_disk_set_fault(an_sim_host_disk(node->host), &fault);
}

static void repair_disk(struct an_sim_node *node)
{
	struct an_sim_disk_options good = an_sim_disk_ssd;
	good.ignores_sync = node->fleet->disks_lie;
	an_sim_disk_set_options(an_sim_host_disk(node->host), &good);
	an_sim_disk_set_fault(an_sim_host_disk(node->host), NULL);
	node->has_bad_disk = false;
}

static size_t count_full(const struct an_sim_fleet *fleet)
{
	size_t count = 0;
	for (size_t i = 0; i < fleet->count; i++)
		count += fleet->nodes[i]->state != AN_SIM_NODE_GONE && fleet->nodes[i]->was_full;
	return count;
}

/* Who was full takes nothing for an hour: it counts until the network heals. */
static bool may_fill(const struct an_sim_fleet *fleet, const struct an_sim_node *node)
{
	return node->was_full || (count_full(fleet) + 1) * FULL_ONE_IN <= an_sim_fleet_up(fleet);
}

static bool change_disk(struct an_sim_faults *faults, void (*act)(struct an_sim_node *node))
{
	struct an_sim_node *node = an_sim_fleet_random_node(faults->fleet);
	if (node == NULL || (act == an_sim_disk_fill && !may_fill(faults->fleet, node)))
		return false;
	const bool was_bad = node->has_bad_disk;
	repair_disk(node);
	if (!was_bad)
		act(node);
	node->has_bad_disk = !was_bad;
	return true;
}

static bool fill_store(struct an_sim_faults *faults)
{
	struct an_sim_fleet *fleet = faults->fleet;
	struct an_sim_node *node = an_sim_fleet_random_node(fleet);
	if (node == NULL)
		return false;
	if (an_sim_store_is_full(node))
		an_sim_store_make_room(node);
	else if (may_fill(fleet, node))
		an_sim_store_fill(node, draw(fleet, 2) == 0);
	else
		return false;
	return true;
}

static bool jump_clock(struct an_sim_faults *faults)
{
	struct an_sim_node *node = an_sim_fleet_random_node(faults->fleet);
	if (node == NULL)
		return false;
	const int64_t span = (int64_t)AN_HOURS(CLOCK_JUMP_HOURS);
	an_sim_host_set_clock(node->host, (int64_t)draw(faults->fleet, 2 * (uint64_t)span) - span);
	return true;
}

/* Hostile peers. */

static bool lie(struct an_sim_faults *faults)
{
	struct an_sim_fleet *fleet = faults->fleet;
	if (fleet->liars * HOSTILE_ONE_IN < an_sim_fleet_up(fleet) && draw(fleet, 2) == 0)
		an_sim_liar_add(fleet);
	else if (fleet->liars == 0)
		return false;
	an_sim_liar_change(fleet);
	return true;
}

static bool flood(struct an_sim_faults *faults)
{
	return faults->fleet->liars > 0 && an_sim_liar_flood(faults->fleet);
}

static bool do_it(struct an_sim_faults *faults, enum an_sim_fault fault)
{
	switch (fault) {
	case AN_SIM_FAULT_CRASH:
		return crash(faults);
	case AN_SIM_FAULT_RESTART:
		return restart(faults);
	case AN_SIM_FAULT_JOIN:
		return join(faults);
	case AN_SIM_FAULT_LEAVE:
		return leave(faults);
	case AN_SIM_FAULT_PARTITION:
		return partition(faults);
	case AN_SIM_FAULT_DISK_FULL:
		return change_disk(faults, an_sim_disk_fill);
	case AN_SIM_FAULT_DISK_SLOW:
		return change_disk(faults, an_sim_disk_slow_down);
	case AN_SIM_FAULT_DISK_TORN:
		return change_disk(faults, an_sim_disk_tear);
	case AN_SIM_FAULT_STORE:
		return fill_store(faults);
	case AN_SIM_FAULT_CLOCK:
		return jump_clock(faults);
	case AN_SIM_FAULT_LINK:
		return change_link(faults);
	case AN_SIM_FAULT_LIE:
		return lie(faults);
	case AN_SIM_FAULT_FLOOD:
		return flood(faults);
	default:
		return false;
	}
}

bool an_sim_fault_inject(struct an_sim_faults *faults, enum an_sim_fault fault)
{
	if (faults->fleet->failed || !do_it(faults, fault))
		return false;
	faults->injected[fault]++;
	return true;
}

void an_sim_faults_heal(struct an_sim_faults *faults)
{
	struct an_sim_fleet *fleet = faults->fleet;
	an_sim_fleet_join_up(fleet);
	faults->is_parted = false;
	for (size_t i = 0; i < fleet->count && !fleet->failed; i++) {
		struct an_sim_node *node = fleet->nodes[i];
		if (node->is_client || node->state == AN_SIM_NODE_GONE)
			continue;
		repair_disk(node);
		an_sim_store_make_room(node);
		an_sim_host_set_link(node->host, NULL);
		an_sim_host_set_nat(node->host, false);
		if (node->was_full)
			an_sim_node_cut(node, AN_SIM_CUT_PROCESS);
		node->was_full = false;
		if (node->state == AN_SIM_NODE_DOWN)
			an_sim_node_restart(node);
	}
}
