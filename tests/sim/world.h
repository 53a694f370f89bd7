/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A world in one process: a clock that jumps from event to event, a network that loses and delays,
 * and hosts, each with a disk and a machine (`struct an_sys`) of its own. Everything that happens is a
 * function of the seed and of what is asked of it; `an_sim_world_trace` sums it up in one number.
 *
 * A host runs at most one process: a `turn` that is called whenever the host's reactor is readable,
 * as a poll loop would. A turn takes no virtual time; jobs take what the disk says.
 *
 * One world at a time in a process: wolfCrypt's entropy and clock, and SQLite's default randomness,
 * belong to the process and are the world's while it exists.
 *
 * Threading: single-threaded.
 */
#ifndef AN_SIM_WORLD_H
#define AN_SIM_WORLD_H

#include "base/endpoint.h"
#include "crypt/random.h"
#include "sim/disk.h"
#include "sys/sys.h"

struct an_sim_world;
struct an_sim_host;

/* What happens to datagrams. Chances are in parts per million. */
struct an_sim_link {
	an_time_us latency; /* one way */
	an_time_us jitter;  /* added, evenly spread */
	uint32_t loss;
	uint32_t duplicate;
	uint32_t reorder; /* delayed by `reorder_delay` more */
	an_time_us reorder_delay;
	uint64_t bytes_per_second; /* of the sender; 0: no limit */
	size_t queue_bytes;        /* that wait at the sender; more are dropped */
};

struct an_sim_counters {
	uint64_t sent, delivered, duplicated;
	uint64_t lost, cut_off, too_large, overflowed,
		unreachable; /* why they were not delivered */
	uint64_t bytes_sent, bytes_delivered;
	uint64_t turns, events;
};

enum {
	AN_SIM_HOSTS_MAX = 65535,
	AN_SIM_NAT_SECONDS = 30,
	AN_SIM_MTU = 1500,              /* default; of an IP packet */
	AN_SIM_TURNS_MAX = 100000,      /* of one host at one instant: then it spins */
	AN_SIM_RECEIVE_BYTES = 4 << 20, /* that wait at a socket */
};

struct an_sim_world *an_sim_world_new(uint64_t seed);
void an_sim_world_free(struct an_sim_world *world);

/* Datagrams of any size travel whole, each lost or late as one: for the message wire (wire/wire.h),
 * whose packets stand for many. */
void an_sim_world_carry_any_size(struct an_sim_world *world);
/* The link of every host that has none of its own. */
void an_sim_world_set_link(struct an_sim_world *world, const struct an_sim_link *link);

an_time_us an_sim_world_now(const struct an_sim_world *world);
uint64_t an_sim_world_unix_time_us(void *world);
/* For decisions of a scenario; apart from what hosts and network draw. */
struct an_random *an_sim_world_random(struct an_sim_world *world);
const struct an_sim_counters *an_sim_world_counters(const struct an_sim_world *world);
/* A hash over everything that happened so far. */
uint64_t an_sim_world_trace(const struct an_sim_world *world);
/* Adds to the trace what a scenario saw. */
void an_sim_world_note(struct an_sim_world *world, const void *bytes, size_t size);
/* A sentence where the world had to stop: a host that spins; else NULL. */
const char *an_sim_world_failure(const struct an_sim_world *world);

/* Runs all events up to `until`, and ends there. False where the world had to stop. */
bool an_sim_world_run_until(struct an_sim_world *world, an_time_us until);
/* Runs until `is_done` says so, looking after each event; false where it does not by `until`. */
bool an_sim_world_run_while(struct an_sim_world *world, bool (*is_done)(void *context),
                            void *context, an_time_us until);
/* Calls `run` at `time`; not later than now: next. */
void an_sim_world_at(struct an_sim_world *world, an_time_us time, void (*run)(void *context),
                     void *context);

struct an_sim_host *an_sim_host_new(struct an_sim_world *world);
size_t an_sim_host_index(const struct an_sim_host *host);
struct an_sim_world *an_sim_host_world(const struct an_sim_host *host);
/* The machine, valid as long as the world. */
const struct an_sys *an_sim_host_sys(struct an_sim_host *host);
struct an_sim_disk *an_sim_host_disk(struct an_sim_host *host);
/* Its two addresses, with port 0: each host has an IPv6 network (/64) of its own in fd00::/8, and an
 * address in 10.0.0.0/8. */
struct an_endpoint an_sim_host_address6(const struct an_sim_host *host);
struct an_endpoint an_sim_host_address4(const struct an_sim_host *host);
/* NULL: the world's. */
void an_sim_host_set_link(struct an_sim_host *host, const struct an_sim_link *link);
/* For what the host sends alone: what comes to it travels over the links of others. NULL: as above. */
void an_sim_host_set_uplink(struct an_sim_host *host, const struct an_sim_link *link);
/* Behind a NAT: a datagram comes in only from where the host has sent one to in the last
 * AN_SIM_NAT_SECONDS, and others see a port that changes whenever the host was silent for so long. */
void an_sim_host_set_nat(struct an_sim_host *host, bool nat);
/* Its time of day is so many microseconds wrong. */
void an_sim_host_set_clock(struct an_sim_host *host, int64_t offset_us);
void an_sim_host_set_mtu(struct an_sim_host *host, size_t mtu);
/* Only hosts of the same side reach each other; all are on side 0 at first. */
void an_sim_host_set_side(struct an_sim_host *host, unsigned side);

/* The process: `turn` is called with `context` while the host's reactor is readable. */
void an_sim_host_start(struct an_sim_host *host, void (*turn)(void *context), void *context);
/* Ends it orderly: the machine goes on answering. */
void an_sim_host_stop(struct an_sim_host *host);
/* Ends it as kill -9 or a power cut does, and then calls `free_process`, whose every call of the
 * machine fails and changes nothing. Sockets are closed to others at once. */
void an_sim_host_crash(struct an_sim_host *host, enum an_sim_cut cut,
                       void (*free_process)(void *context), void *context);
/* Stops the process for a while, as SIGSTOP does: its sockets stay, and nobody reads them. */
void an_sim_host_freeze(struct an_sim_host *host, bool frozen);
bool an_sim_host_is_up(const struct an_sim_host *host);

#endif
