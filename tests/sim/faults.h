/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Faults: what is done to a fleet, one event at a time, drawn from the world's scenario generator. The
 * named scenarios and `all` share them.
 *
 * What a fault needs may not be there: then nothing happens, and it is no fault. Rules that every
 * fault keeps, since without them nobody could promise anything:
 *   - At most a fifth of the machines are down at once, and at least two thirds of the network are
 *     together where it falls apart.
 *   - A machine leaves for good only where each record that it holds has AN_SIM_HOLDERS_LEFT other
 *     holders that are not gone: of five holders two may be lost for good before somebody has made
 *     new copies, never a third.
 *     Who may drop the record, since seven peers are nearer to it, and has reason to, being full or
 *     cleaning up often, is none of these.
 *   - At most a third of the machines have had a full disk or store since the network healed, so that
 *     it has room for every record.
 *   - One machine in ten may be hostile. A put that hostile peers alone acknowledged is no acknowledged
 *     record: a client believes two, and cannot know. Such puts are counted.
 */
#ifndef AN_SIM_FAULTS_H
#define AN_SIM_FAULTS_H

#include "sim/fleet.h"

enum { AN_SIM_HOLDERS_LEFT = 3 };

enum an_sim_fault {
	AN_SIM_FAULT_CRASH,     /* kill -9 or a power cut */
	AN_SIM_FAULT_RESTART,   /* of a machine that is down */
	AN_SIM_FAULT_JOIN,      /* a new node */
	AN_SIM_FAULT_LEAVE,     /* for good, with its disk; half of them without a word */
	AN_SIM_FAULT_PARTITION, /* a part of the network is cut off, or its end */
	AN_SIM_FAULT_DISK_FULL, /* or room again */
	AN_SIM_FAULT_DISK_SLOW, /* or fast again */
	AN_SIM_FAULT_DISK_TORN, /* the next writes fail half way */
	AN_SIM_FAULT_STORE,     /* a store has reached its limit, or has room again */
	AN_SIM_FAULT_CLOCK,     /* the time of day jumps, by up to ten days either way */
	AN_SIM_FAULT_LINK,      /* lossy, slow, one way bad, behind a NAT, or good again */
	AN_SIM_FAULT_LIE,       /* a hostile peer comes, or lies in another way (liar.h) */
	AN_SIM_FAULT_FLOOD,     /* a hostile peer sends more than anybody should take */
	AN_SIM_FAULTS,
};

struct an_sim_faults {
	struct an_sim_fleet *fleet;
	size_t nodes; /* that the network shall have, more or less */
	bool is_parted;
	uint64_t injected[AN_SIM_FAULTS];
};

const char *an_sim_fault_name(enum an_sim_fault fault);

/* Does it to a machine that is drawn; false where nothing could be done. */
bool an_sim_fault_inject(struct an_sim_faults *faults, enum an_sim_fault fault);
/* Ends what can end: parted networks, full and slow disks, bad links, machines that are down. Clocks
 * stay wrong, hostile peers hostile, and who left is gone. Whose disk or store was full is started again, as an
 * operator does who has made room: by itself it takes no records of others for an hour
 * (docs/replication.md). */
void an_sim_faults_heal(struct an_sim_faults *faults);

/* One machine. */
void an_sim_disk_fill(struct an_sim_node *node);
void an_sim_disk_slow_down(struct an_sim_node *node);
void an_sim_disk_tear(struct an_sim_node *node);
bool an_sim_node_restart(struct an_sim_node *node);
bool an_sim_node_may_leave(const struct an_sim_node *node);
/* Closes or cuts it; its disk is gone. */
void an_sim_node_leave(struct an_sim_node *node, bool orderly);
/* Cuts it; of its disk nothing is left but the key that says who it is. */
void an_sim_node_lose_disk(struct an_sim_node *node);
/* Cuts off each node and client with a chance of `percent`, `spared` excepted. */
void an_sim_fleet_part(struct an_sim_fleet *fleet, unsigned percent,
                       const struct an_sim_node *spared);
void an_sim_fleet_join_up(struct an_sim_fleet *fleet);

#endif
