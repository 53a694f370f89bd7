/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Nodes and clients in a virtual world, driven through the public API alone: opened, pumped, crashed
 * and restarted; the operations that they were asked for; and the records that they acknowledged.
 *
 * It keeps the books for the invariants of every scenario:
 *   - every operation completes exactly once, unless its process was cut;
 *   - a node that was cut comes back with every record that it had acknowledged;
 *   - a record is found as long as one node that acknowledged it is up.
 *
 * The first broken invariant is printed where it is found, and the run fails.
 */
#ifndef AN_SIM_FLEET_H
#define AN_SIM_FLEET_H

#include <autonomi/chunk.h>
#include <autonomi/dht.h>
#include <autonomi/file.h>
#include <autonomi/keys.h>
#include <autonomi/network.h>
#include <autonomi/storage.h>

#include "ident/contact.h"
#include "sim/world.h"

enum { AN_SIM_NODES_MAX = 60000, AN_SIM_PORT = 9000 };

enum an_sim_node_state {
	AN_SIM_NODE_NEW,
	AN_SIM_NODE_UP,
	AN_SIM_NODE_DOWN, /* cut, may come back */
	AN_SIM_NODE_GONE, /* for good */
};

struct an_sim_node {
	struct an_sim_fleet *fleet;
	struct an_sim_host *host;
	autonomi_node *node; /* NULL unless up */
	enum an_sim_node_state state;
	size_t index;
	bool is_client;
	bool joined, closed;
	bool has_bad_disk;
	bool was_full;                   /* its disk or its store, since the network healed */
	uint64_t records_max, bytes_max; /* of its store; 0: as usual */
	bool cleans_often;
	an_time_us up_since;
	uint64_t incarnation; /* grows with every start */
	char id[64];
	char address[160];         /* to dial it */
	struct an_contact contact; /* the same */
	struct an_dht_key dht_key;
};

struct an_sim_operation {
	struct an_sim_operation *next;
	struct an_sim_node *node;
	uint64_t incarnation;
	uint64_t tag;
	size_t completions;
	autonomi_event *event; /* the completion */
};

/* Who had stored a record durably, and in which version. */
struct an_sim_holder {
	uint32_t node; /* its index */
	uint32_t version;
};

/* A chunk or a pointer that a client puts or has put. What it says is a function of `number` and, of a
 * pointer, of the version; the only version of a chunk is 1. Clients put one version at a time. */
struct an_sim_record {
	uint64_t number;
	size_t size;                            /* of a chunk; a pointer has 0 */
	uint8_t address[AUTONOMI_ADDRESS_SIZE]; /* its key in stores */
	uint8_t owner[AUTONOMI_PUBLIC_KEY_SIZE];
	bool is_ended, is_stored; /* its last put; one, with success */
	uint32_t tried, version;  /* the newest that was put; that was acknowledged, 0: none */
	uint64_t copies;          /* of `version`, that the client was told */
	uint64_t dropped;         /* copies of what was put last, while that was under way */
	uint8_t (*hashes)[AUTONOMI_ADDRESS_SIZE]; /* of a pointer's versions, from 1 on */
	/* Nodes with `version` or a newer one; before the first acknowledgement with any. */
	struct an_sim_holder *holders;
	size_t holder_count, holder_capacity;
};

struct an_sim_fleet {
	struct an_sim_world *world;
	struct an_sim_node *nodes[AN_SIM_NODES_MAX];
	size_t count;
	struct an_sim_operation *operations; /* newest first */
	uint64_t last_tag;
	struct an_sim_record *records;
	size_t record_count, record_capacity;
	const char *log_level;
	bool disks_lie; /* ignore syncs: the invariants must notice */
	bool ip4;       /* nodes are dialled over IPv4, else IPv6 */
	bool messages;  /* the fidelity: over the message wire (wire/wire.h), else QUIC */
	size_t liars;   /* hosts that acknowledge and do not store */
	struct an_sim_liar *first_liar;
	void (*free_liars)(struct an_sim_fleet *fleet);
	bool failed;
	an_time_us node_time;     /* that nodes were up, those that are up now not counted yet */
	uint64_t asked, answered; /* puts and gets of clients that have ended; with success */
	uint64_t not_taken;       /* by a client that had too many under way */
	uint64_t repaired;        /* copies that nodes made of themselves, until they went down */
	bool cleaning;            /* every third node that is added cleans up often */
	uint64_t pruned, cleaned; /* records that nodes dropped to make room, and in cleanups */
	size_t deceived;          /* puts that hostile peers alone acknowledged */
	size_t lost;              /* acknowledged records that were not found when they had to be */
	/* Further options of every node that is added, "name=value" each. */
	const char *const *options;
	size_t option_count;
};

void an_sim_fleet_init(struct an_sim_fleet *fleet, uint64_t seed, const char *log_level);
/* Frees all nodes at once, without a word to anybody. */
void an_sim_fleet_done(struct an_sim_fleet *fleet);

/* Virtual time since the beginning. */
double an_sim_fleet_seconds(const struct an_sim_fleet *fleet);

/* Prints one line. */
void an_sim_say(struct an_sim_fleet *fleet, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Where `holds` is false: prints the sentence, and the run has failed. Returns `holds`. */
bool an_sim_expect(struct an_sim_fleet *fleet, bool holds, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Makes a host for a node or client. */
struct an_sim_node *an_sim_node_add(struct an_sim_fleet *fleet, bool is_client);
/* Opens it. It joins through up to three nodes that are up; the first one of a fleet through none. */
bool an_sim_node_start(struct an_sim_node *node);
/* Cuts it: nothing is told to anybody. */
void an_sim_node_cut(struct an_sim_node *node, enum an_sim_cut cut);
/* Closes it orderly, within `grace`, and frees it. */
bool an_sim_node_close(struct an_sim_node *node, an_time_us grace);
/* A client that has closed and is not needed again: its disk is freed. */
void an_sim_node_forget(struct an_sim_node *node);
/* After a restart: what it had acknowledged is there. */
bool an_sim_node_expect_records(struct an_sim_node *node);

/* Lets time pass. */
bool an_sim_pass(struct an_sim_fleet *fleet, an_time_us duration);

/* Adds and starts `count` nodes, `apart` one after the other, and waits until all have joined. */
bool an_sim_fleet_grow(struct an_sim_fleet *fleet, size_t count, an_time_us apart);
/* Every node that is up has joined and knows as many peers as a small network has. */
bool an_sim_fleet_wait_joined(struct an_sim_fleet *fleet, an_time_us timeout);
/* A new client that has joined, or NULL. */
struct an_sim_node *an_sim_fleet_client(struct an_sim_fleet *fleet);
/* A node that is up, or NULL; any with the same chance. */
struct an_sim_node *an_sim_fleet_random_node(struct an_sim_fleet *fleet);
size_t an_sim_fleet_up(const struct an_sim_fleet *fleet);

/* Looks up random names through `client`: the peers found must be the closest ones that are up. */
bool an_sim_fleet_expect_closest(struct an_sim_node *client, size_t count);

/* Registers an operation; its tag goes to the submit function. */
struct an_sim_operation *an_sim_operation_new(struct an_sim_node *node);
/* Takes it back where the submit function refused. */
void an_sim_operation_refused(struct an_sim_operation *operation);
/* Runs until it has completed. */
bool an_sim_operation_wait(struct an_sim_operation *operation, an_time_us timeout);
/* The same for what the submit function returned; its completion, or NULL where it was refused or does
 * not come, which fails the run. */
const autonomi_event *an_sim_operation_end(struct an_sim_operation *operation,
                                           autonomi_status submitted, const char *what,
                                           an_time_us timeout);
/* All operations of processes that live have completed, or they do so within `timeout`; then all are
 * forgotten. */
bool an_sim_fleet_settle(struct an_sim_fleet *fleet, an_time_us timeout);

/* Puts `count` new chunks of `size` bytes through `client`, `parallel` at a time, and notes who holds
 * them. Each must succeed with at least `copies_min` copies. */
bool an_sim_put(struct an_sim_node *client, size_t count, size_t size, size_t parallel,
                uint64_t copies_min);
/* As an_sim_put, where failure is no error; returns how many succeeded. */
size_t an_sim_try_put(struct an_sim_node *client, size_t count, size_t size, size_t parallel);
/* As an_sim_put, of pointers. */
bool an_sim_put_pointers(struct an_sim_node *client, size_t count, uint64_t copies_min);
/* Writes a new chunk to one node alone, from which its holders cannot be seen: none of them is among the
 * `around` nodes nearest to it. NULL where that fails, which fails the run. */
struct an_sim_node *an_sim_strand(struct an_sim_fleet *fleet, size_t size, size_t around);
/* Gets the records from `first` on through `client`; each must be found and right. */
bool an_sim_get(struct an_sim_node *client, size_t first, size_t parallel);
/* Gets one record. */
bool an_sim_get_one(struct an_sim_node *client, size_t which);
/* Whether a node has what was acknowledged of the record, or newer: it is up and says so, or it is
 * down and had it. */
bool an_sim_node_has_record(const struct an_sim_node *node, const struct an_sim_record *record);
/* Adds the nodes that are up and have the record now, and takes out those that dropped it. */
void an_sim_record_note_holders(struct an_sim_fleet *fleet, struct an_sim_record *record);
/* The noted holders that are not gone and may not drop it, `but` not counted (may be NULL). */
size_t an_sim_record_holders_left(const struct an_sim_fleet *fleet,
                                  const struct an_sim_record *record,
                                  const struct an_sim_node *but);
/* Whether this node acknowledged the record. */
bool an_sim_record_is_held_by(const struct an_sim_record *record, const struct an_sim_node *node);
/* The nodes that are up and acknowledged the record. */
size_t an_sim_record_holders_up(const struct an_sim_fleet *fleet,
                                const struct an_sim_record *record);
/* Puts and gets that go on while a scenario does other things. That one fails is no error; what it
 * brings must be right. */
enum { AN_SIM_WORK_MAX = 64 };
struct an_sim_work {
	struct an_sim_node *client;
	size_t count;
	struct {
		struct an_sim_operation *operation;
		size_t which;
		bool is_put;
	} tasks[AN_SIM_WORK_MAX];
};
/* Where there are too many, these do nothing. */
void an_sim_work_put(struct an_sim_work *work, size_t size);
/* The next version of a record that is a pointer and not being put. */
void an_sim_work_update(struct an_sim_work *work, size_t which);
void an_sim_work_get(struct an_sim_work *work, size_t which);
/* Takes what has ended. */
void an_sim_work_reap(struct an_sim_work *work);
/* Waits for all. */
void an_sim_work_finish(struct an_sim_work *work);

/* How many nodes that are up are nearer to a name than this one is; SIZE_MAX for one that is not up. */
size_t an_sim_node_rank(const struct an_sim_node *node, const uint8_t name[AUTONOMI_ADDRESS_SIZE]);

/* A node none of whose `around` nearest nodes must hold the record, nor itself; NULL: there is none. */
struct an_sim_node *an_sim_node_far_from(const struct an_sim_fleet *fleet,
                                         const struct an_sim_record *record, size_t around);

/* Of the nodes that are up and nearest to the record, five with the hostile peers, those that lack it. */
size_t an_sim_record_copies_missing(const struct an_sim_fleet *fleet,
                                    const struct an_sim_record *record);

/* Hours that nodes were up, all together. */
double an_sim_fleet_node_hours(const struct an_sim_fleet *fleet);

/* Notes what a node, about to be cut, holds of the records that are under way. */
void an_sim_node_note_records(struct an_sim_node *node);

/* It has lost all that it held. */
void an_sim_node_forget_records(struct an_sim_node *node);

/* NULL where no client put it. */
struct an_sim_record *an_sim_record_find(struct an_sim_fleet *fleet,
                                         const uint8_t name[AUTONOMI_ADDRESS_SIZE]);
/* A node drops it, as it may, and has it still. */
void an_sim_record_drop(struct an_sim_record *record, const struct an_sim_node *node);

/* stores.c: what the node, just opened, drops is counted from now on, and must be what it may drop. */
void an_sim_node_watch_store(struct an_sim_node *node);
/* Notes what a node, about to be cut, may have dropped in this moment. */
void an_sim_node_note_dropping(struct an_sim_node *node);
/* Whether so many peers are nearer to the record than the node is that it may drop it: of those in its
 * table, or of those that are not gone where it is down. */
bool an_sim_node_may_drop(const struct an_sim_node *node,
                          const uint8_t name[AUTONOMI_ADDRESS_SIZE]);
/* Whether the node has reason to drop what it may drop. */
bool an_sim_node_drops(const struct an_sim_node *node);
/* Its store is full from now on: its limit, in records or in bytes, is what it holds. */
void an_sim_store_fill(struct an_sim_node *node, bool by_bytes);
void an_sim_store_make_room(struct an_sim_node *node);
bool an_sim_store_is_full(const struct an_sim_node *node);

/* blame.c: no node that is up has blocked another one (semantics 6.10). */
void an_sim_fleet_expect_fair(struct an_sim_fleet *fleet);

/* The value of a counter summed over all nodes that are up. */
uint64_t an_sim_fleet_counter(const struct an_sim_fleet *fleet, const char *name);

#endif
