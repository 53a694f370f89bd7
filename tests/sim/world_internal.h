/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the virtual world share. */
#ifndef AN_SIM_WORLD_INTERNAL_H
#define AN_SIM_WORLD_INTERNAL_H

#include "base/datagram.h"
#include "base/list.h"
#include "sim/vfs.h"
#include "sim/world.h"

struct an_sim_event {
	an_time_us time;
	uint64_t number; /* events at one time happen in the order in which they were planned */
	void (*run)(void *context);
	void (*drop)(
		void *context); /* frees `context` where the event never happens; may be NULL */
	void *context;
};

struct an_sim_lane {
	struct an_list queue;
	struct an_job *running; /* has run; its time is not over */
	an_time_us finish_at;
};

struct an_workers {
	struct an_sim_host *host;
	struct an_sim_lane lane[2]; /* by enum an_job_lane */
	struct an_list finished;
	size_t pending;
};

struct an_reactor {
	bool in_use;
	bool wake, ready;
	an_time_us deadline;
	an_time_us event_at; /* of the earliest event that looks at the deadline */
};

struct an_sim_packet {
	struct an_list link;
	struct an_sim_world *world;
	struct an_endpoint from, to;
	uint8_t ecn;
	size_t size;
	uint8_t bytes[];
};

/* Where a host behind a NAT has sent something to. */
struct an_sim_nat_path {
	struct an_list link;
	struct an_endpoint remote;
	an_time_us used_at;
};

struct an_udp {
	struct an_list link; /* of the host */
	struct an_sim_host *host;
	struct an_endpoint bound;
	bool watched, for_room;
	bool dead; /* of a process that was cut */
	struct an_list waiting;
	size_t waiting_bytes;
	struct an_list held; /* shown by the last receive */
	uint64_t lost;
};

struct an_sim_host {
	struct an_list dirty; /* of the world, while its reactor may be readable */
	struct an_sim_world *world;
	size_t index;
	struct an_sys sys;
	struct an_sim_disk *disk;
	struct an_sim_vfs *vfs;
	struct an_sim_link link;
	bool has_link, link_is_one_way;
	bool has_nat;
	uint16_t nat_port;        /* that others see */
	struct an_list nat_paths; /* struct an_sim_nat_path */
	int64_t clock_offset_us;
	size_t mtu;
	unsigned side;

	bool up;
	void (*turn)(void *context);
	void *turn_context;
	an_time_us turns_time;
	uint64_t turns; /* at that time */

	struct an_reactor reactor;
	struct an_workers *workers;
	struct an_list sockets;
	uint16_t next_port;
	an_time_us uplink_free_at; /* when the last byte that waits to be sent has left */
};

struct an_sim_world {
	an_time_us now;
	uint64_t next_number;
	struct an_sim_event *events; /* a binary heap, the next one at [0] */
	size_t event_count, event_capacity;
	struct an_random entropy; /* what hosts draw */
	struct an_random chance;  /* what happens on network and disks */
	struct an_random scenario;
	struct an_sim_vfs *vfs;
	struct an_sim_host **hosts;
	size_t host_count, host_capacity;
	bool any_size;
	struct an_list dirty;
	struct an_sim_link link;
	struct an_sim_counters counters;
	uint64_t trace;
	const char *failure;
};

/* world.c */
void an_sim_plan(struct an_sim_world *world, an_time_us time, void (*run)(void *context),
                 void (*drop)(void *context), void *context);
/* The host's reactor may have become readable. */
void an_sim_host_touch(struct an_sim_host *host);

/* network.c */
an_status an_sim_udp_open(void *context, struct an_endpoint *bind,
                          const struct an_udp_options *options, struct an_udp **ret_udp);
void an_sim_udp_close(void *context, struct an_udp *udp);
void an_sim_udp_send(void *context, struct an_udp *udp, const struct an_datagram *runs,
                     size_t count, size_t *ret_sent);
void an_sim_udp_receive(void *context, struct an_udp *udp, struct an_datagram *runs,
                        size_t capacity, size_t *ret_count);
uint64_t an_sim_udp_lost(void *context, const struct an_udp *udp);
/* Whether the host may send more now; else it is touched when it may. */
bool an_sim_udp_has_room(struct an_sim_host *host);
bool an_sim_udp_readable(struct an_sim_host *host);
/* The sockets of a process that is gone. */
void an_sim_udp_cut(struct an_sim_host *host);

/* nat.c */
/* Gives a datagram that leaves the port that others see, and lets answers in. */
void an_sim_nat_leave(struct an_sim_host *host, struct an_sim_packet *packet);
/* Gives a datagram that comes in the port of its socket; false where it must stay out. */
bool an_sim_nat_enter(struct an_sim_host *host, struct an_sim_packet *packet);
void an_sim_nat_forget(struct an_sim_host *host);

/* machine.c */
struct an_sys an_sim_machine(struct an_sim_host *host, const char *vfs);
bool an_sim_reactor_readable(struct an_sim_host *host);

#endif
