/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/world_internal.h"

#include <stdio.h>

#include "crypt/library.h"
#include "quic/quic.h"
#include "sim/memory.h"

enum { SIDES_AT_START = 0, FIRST_PORT = 49152 };

/* 2027-01-01 00:00 UTC, and a monotonic clock that does not begin at zero. */
static const uint64_t unix_start_us = 1798761600000000;
static const an_time_us monotonic_start = 1000000000;

static const struct an_sim_link default_link = {
	.latency = 20000,
	.jitter = 2000,
	.bytes_per_second = 125000000,
	.queue_bytes = 1 << 20,
};

static bool is_before(const struct an_sim_event *a, const struct an_sim_event *b)
{
	return a->time != b->time ? a->time < b->time : a->number < b->number;
}

static void swap(struct an_sim_event *a, struct an_sim_event *b)
{
	const struct an_sim_event kept = *a;
	*a = *b;
	*b = kept;
}

static void rise(struct an_sim_world *world, size_t i)
{
	struct an_sim_event *events = world->events;
	for (size_t parent; i > 0; i = parent) {
		parent = (i - 1) / 2;
		if (!is_before(&events[i], &events[parent]))
			return;
		swap(&events[i], &events[parent]);
	}
}

static void sink(struct an_sim_world *world)
{
	struct an_sim_event *events = world->events;
	for (size_t i = 0;;) {
		size_t first = i;
		for (size_t child = 2 * i + 1; child <= 2 * i + 2; child++)
			if (child < world->event_count && is_before(&events[child], &events[first]))
				first = child;
		if (first == i)
			return;
		swap(&events[i], &events[first]);
		i = first;
	}
}

void an_sim_plan(struct an_sim_world *world, an_time_us time, void (*run)(void *context),
                 void (*drop)(void *context), void *context)
{
	if (world->event_count == world->event_capacity) {
		world->event_capacity = world->event_capacity * 2 + 256;
		world->events = an_sim_resize(world->events,
		                              world->event_capacity * sizeof(world->events[0]));
	}
	world->events[world->event_count] = (struct an_sim_event){
		.time = time > world->now ? time : world->now,
		.number = world->next_number++,
		.run = run,
		.drop = drop,
		.context = context,
	};
	rise(world, world->event_count++);
}

void an_sim_world_at(struct an_sim_world *world, an_time_us time, void (*run)(void *context),
                     void *context)
{
	an_sim_plan(world, time, run, NULL, context);
}

static struct an_sim_event take_event(struct an_sim_world *world)
{
	const struct an_sim_event event = world->events[0];
	world->events[0] = world->events[--world->event_count];
	sink(world);
	return event;
}

static void seed_random(struct an_random *random, uint64_t seed, uint8_t purpose)
{
	uint8_t bytes[AN_RANDOM_SEED_SIZE] = {'a', 'n', 's', 'i', 'm', purpose};
	for (size_t i = 0; i < sizeof(seed); i++)
		bytes[8 + i] = (uint8_t)(seed >> (8 * i));
	an_random_init(random, bytes);
}

static an_status world_entropy(void *context, uint8_t *out, size_t size)
{
	struct an_sim_world *world = context;
	an_random_fill(&world->entropy, out, size);
	return AUTONOMI_OK;
}

struct an_sim_world *an_sim_world_new(uint64_t seed)
{
	struct an_sim_world *world = an_sim_alloc(sizeof(*world));
	world->now = monotonic_start;
	world->link = default_link;
	world->trace = seed;
	an_list_init(&world->dirty);
	seed_random(&world->entropy, seed, 1);
	seed_random(&world->chance, seed, 2);
	seed_random(&world->scenario, seed, 3);
	world->vfs = an_sim_vfs_new(&(struct an_sim_vfs_options){
		.name = "sim",
		.random = &world->entropy,
		.unix_time_us = an_sim_world_unix_time_us,
		.context = world,
		.is_default = true,
	});
	/* In this order: starting TLS puts the system's entropy in place. */
	if (an_quic_library_start() != AUTONOMI_OK ||
	    an_crypt_library_set(world_entropy, an_sim_world_unix_time_us, world) != AUTONOMI_OK)
		abort();
	return world;
}

static void free_host(struct an_sim_host *host)
{
	an_sim_nat_forget(host);
	an_sim_vfs_free(host->vfs);
	an_sim_disk_free(host->disk);
	free(host);
}

void an_sim_world_free(struct an_sim_world *world)
{
	for (size_t i = 0; i < world->event_count; i++)
		if (world->events[i].drop != NULL)
			world->events[i].drop(world->events[i].context);
	for (size_t i = 0; i < world->host_count; i++)
		free_host(world->hosts[i]);
	an_sim_vfs_free(world->vfs);
	const struct an_sys *machine = an_sys_machine();
	an_crypt_library_set(machine->entropy, machine->unix_time_us, machine->context);
	free(world->hosts);
	free(world->events);
	free(world);
}

void an_sim_world_carry_any_size(struct an_sim_world *world)
{
	world->any_size = true;
}

void an_sim_world_set_link(struct an_sim_world *world, const struct an_sim_link *link)
{
	world->link = *link;
}

an_time_us an_sim_world_now(const struct an_sim_world *world)
{
	return world->now;
}

uint64_t an_sim_world_unix_time_us(void *world)
{
	return unix_start_us + ((struct an_sim_world *)world)->now - monotonic_start;
}

struct an_random *an_sim_world_random(struct an_sim_world *world)
{
	return &world->scenario;
}

const struct an_sim_counters *an_sim_world_counters(const struct an_sim_world *world)
{
	return &world->counters;
}

uint64_t an_sim_world_trace(const struct an_sim_world *world)
{
	return world->trace;
}

static uint64_t mix(uint64_t trace, uint64_t word)
{
	trace = (trace ^ word) * 0x9e3779b97f4a7c15;
	return trace ^ trace >> 29;
}

void an_sim_world_note(struct an_sim_world *world, const void *bytes, size_t size)
{
	const uint8_t *at = bytes;
	uint64_t trace = mix(mix(world->trace, world->now), size);
	for (; size >= 8; size -= 8, at += 8) {
		uint64_t word;
		memcpy(&word, at, 8);
		trace = mix(trace, word);
	}
	for (; size > 0; size--, at++)
		trace = mix(trace, *at);
	world->trace = trace;
}

const char *an_sim_world_failure(const struct an_sim_world *world)
{
	return world->failure;
}

void an_sim_host_touch(struct an_sim_host *host)
{
	if (host->up && !an_list_linked(&host->dirty))
		an_list_append(&host->world->dirty, &host->dirty);
}

/* Once round a poll loop. A host that stays readable without end at one instant never sleeps. */
static void turn_host(struct an_sim_host *host)
{
	struct an_sim_world *world = host->world;
	if (host->turns_time != world->now) {
		host->turns_time = world->now;
		host->turns = 0;
	}
	while (host->up && world->failure == NULL && an_sim_reactor_readable(host)) {
		world->counters.turns++;
		if (++host->turns > AN_SIM_TURNS_MAX)
			world->failure = "a host stays readable without end";
		host->turn(host->turn_context);
	}
}

static void turn_hosts(struct an_sim_world *world)
{
	for (struct an_list *link; (link = an_list_take(&world->dirty)) != NULL;)
		turn_host(an_container_of(link, struct an_sim_host, dirty));
}

static bool run_next(struct an_sim_world *world, an_time_us until)
{
	if (world->event_count == 0 || world->events[0].time > until)
		return false;
	const struct an_sim_event event = take_event(world);
	world->now = event.time;
	world->counters.events++;
	event.run(event.context);
	turn_hosts(world);
	return true;
}

static bool never(void *context)
{
	(void)context;
	return false;
}

bool an_sim_world_run_while(struct an_sim_world *world, bool (*is_done)(void *context),
                            void *context, an_time_us until)
{
	turn_hosts(world);
	while (!is_done(context)) {
		if (world->failure != NULL)
			return false;
		if (run_next(world, until))
			continue;
		if (world->now < until)
			world->now = until;
		return false;
	}
	return true;
}

bool an_sim_world_run_until(struct an_sim_world *world, an_time_us until)
{
	an_sim_world_run_while(world, never, NULL, until);
	return world->failure == NULL;
}

struct an_sim_host *an_sim_host_new(struct an_sim_world *world)
{
	if (world->host_count == AN_SIM_HOSTS_MAX)
		abort();
	if (world->host_count == world->host_capacity) {
		world->host_capacity = world->host_capacity * 2 + 64;
		world->hosts = an_sim_resize(world->hosts,
		                             world->host_capacity * sizeof(world->hosts[0]));
	}
	struct an_sim_host *host = an_sim_alloc(sizeof(*host));
	host->world = world;
	host->index = world->host_count++;
	world->hosts[host->index] = host;
	host->mtu = AN_SIM_MTU;
	host->side = SIDES_AT_START;
	host->next_port = FIRST_PORT;
	an_list_init(&host->sockets);
	an_list_init(&host->nat_paths);
	host->disk = an_sim_disk_new(&an_sim_disk_ssd, an_sim_world_unix_time_us, world);
	char name[32];
	snprintf(name, sizeof(name), "sim-%zu", host->index);
	host->vfs = an_sim_vfs_new(&(struct an_sim_vfs_options){
		.name = name,
		.disk = host->disk,
		.random = &world->entropy,
		.unix_time_us = an_sim_world_unix_time_us,
		.context = world,
	});
	host->sys = an_sim_machine(host, an_sim_vfs_name(host->vfs));
	return host;
}

size_t an_sim_host_index(const struct an_sim_host *host)
{
	return host->index;
}

struct an_sim_world *an_sim_host_world(const struct an_sim_host *host)
{
	return host->world;
}

const struct an_sys *an_sim_host_sys(struct an_sim_host *host)
{
	return &host->sys;
}

struct an_sim_disk *an_sim_host_disk(struct an_sim_host *host)
{
	return host->disk;
}

void an_sim_host_set_link(struct an_sim_host *host, const struct an_sim_link *link)
{
	host->has_link = link != NULL;
	host->link_is_one_way = false;
	if (link != NULL)
		host->link = *link;
}

void an_sim_host_set_uplink(struct an_sim_host *host, const struct an_sim_link *link)
{
	an_sim_host_set_link(host, link);
	host->link_is_one_way = true;
}

void an_sim_host_set_clock(struct an_sim_host *host, int64_t offset_us)
{
	host->clock_offset_us = offset_us;
}

void an_sim_host_set_mtu(struct an_sim_host *host, size_t mtu)
{
	host->mtu = mtu;
}

void an_sim_host_set_side(struct an_sim_host *host, unsigned side)
{
	host->side = side;
}

void an_sim_host_start(struct an_sim_host *host, void (*turn)(void *context), void *context)
{
	host->turn = turn;
	host->turn_context = context;
	host->up = true;
	an_sim_host_touch(host);
}

void an_sim_host_stop(struct an_sim_host *host)
{
	host->up = false;
	an_list_remove(&host->dirty);
}

void an_sim_host_crash(struct an_sim_host *host, enum an_sim_cut cut,
                       void (*free_process)(void *context), void *context)
{
	an_sim_host_stop(host);
	an_sim_udp_cut(host);
	an_sim_disk_cut(host->disk, cut, &host->world->chance);
	an_sim_disk_set_alive(host->disk, false);
	free_process(context);
	an_sim_disk_set_alive(host->disk, true);
}

void an_sim_host_freeze(struct an_sim_host *host, bool frozen)
{
	host->up = !frozen;
	an_list_remove(&host->dirty);
	an_sim_host_touch(host);
}

bool an_sim_host_is_up(const struct an_sim_host *host)
{
	return host->up;
}
