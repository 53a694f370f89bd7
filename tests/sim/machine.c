/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The machine of a virtual host: its `struct an_sys`. The context of every function is the host. */
#include "sim/memory.h"
#include "sim/world_internal.h"

enum { COMPUTE_JOB_US = 500 }; /* what a job costs beside the disk */

static struct an_sim_file *inner(struct an_file *file)
{
	return (struct an_sim_file *)(void *)file;
}

static struct an_sim_disk *disk_of(void *context)
{
	return ((struct an_sim_host *)context)->disk;
}

static an_time_us now(void *context)
{
	return ((struct an_sim_host *)context)->world->now;
}

static uint64_t unix_time_us(void *context)
{
	const struct an_sim_host *host = context;
	return an_sim_world_unix_time_us(host->world) + (uint64_t)host->clock_offset_us;
}

static an_status entropy(void *context, uint8_t *out, size_t size)
{
	an_random_fill(&((struct an_sim_host *)context)->world->entropy, out, size);
	return AUTONOMI_OK;
}

static an_status reactor_new(void *context, struct an_reactor **ret_reactor)
{
	struct an_sim_host *host = context;
	if (host->reactor.in_use)
		return AUTONOMI_E_BUSY; /* one process to a host */
	host->reactor = (struct an_reactor){
		.in_use = true,
		.deadline = AN_TIME_NEVER,
		.event_at = AN_TIME_NEVER,
	};
	*ret_reactor = &host->reactor;
	return AUTONOMI_OK;
}

static void reactor_free(void *context, struct an_reactor *reactor)
{
	(void)context;
	if (reactor != NULL)
		*reactor = (struct an_reactor){0};
}

static int reactor_fd(void *context, struct an_reactor *reactor)
{
	(void)context;
	(void)reactor;
	return -1; /* nothing that a real poll could wait for */
}

static an_status reactor_watch(void *context, struct an_reactor *reactor, struct an_udp *udp,
                               bool for_room)
{
	(void)reactor;
	udp->watched = true;
	udp->for_room = for_room;
	an_sim_host_touch(context);
	return AUTONOMI_OK;
}

static void reactor_unwatch(void *context, struct an_reactor *reactor, struct an_udp *udp)
{
	(void)context;
	(void)reactor;
	udp->watched = false;
}

static void look_at_timer(void *context)
{
	struct an_sim_host *host = context;
	struct an_reactor *reactor = &host->reactor;
	const an_time_us now_us = host->world->now;
	if (!reactor->in_use)
		return;
	if (reactor->event_at <= now_us)
		reactor->event_at = AN_TIME_NEVER;
	if (reactor->deadline <= now_us) {
		an_sim_host_touch(host);
	} else if (reactor->deadline < reactor->event_at) {
		reactor->event_at = reactor->deadline;
		an_sim_plan(host->world, reactor->deadline, look_at_timer, NULL, host);
	}
}

static void reactor_set_timer(void *context, struct an_reactor *reactor, an_time_us deadline)
{
	reactor->deadline = deadline;
	look_at_timer(context);
}

static void reactor_set_ready(void *context, struct an_reactor *reactor, bool ready)
{
	reactor->ready = ready;
	an_sim_host_touch(context);
}

static void reactor_wake(void *context, struct an_reactor *reactor)
{
	reactor->wake = true;
	an_sim_host_touch(context);
}

static bool timer_is_due(const struct an_sim_host *host)
{
	return host->reactor.deadline <= host->world->now;
}

bool an_sim_reactor_readable(struct an_sim_host *host)
{
	const struct an_reactor *reactor = &host->reactor;
	return reactor->in_use &&
	       (reactor->wake || reactor->ready || timer_is_due(host) || an_sim_udp_readable(host));
}

static void reactor_look(void *context, struct an_reactor *reactor,
                         struct an_reactor_ready *ret_ready)
{
	struct an_sim_host *host = context;
	*ret_ready = (struct an_reactor_ready){
		.udp = an_sim_udp_readable(host),
		.wake = reactor->wake,
		.timer = timer_is_due(host),
	};
	reactor->wake = false;
	if (ret_ready->timer)
		reactor->deadline = AN_TIME_NEVER;
}

/* Nothing may wait in a world whose time stands still meanwhile. */
static an_status reactor_wait(void *context, struct an_reactor *reactor, int timeout_ms)
{
	(void)context;
	(void)reactor;
	(void)timeout_ms;
	return AUTONOMI_E_UNSUPPORTED;
}

static an_status file_open(void *context, const char *path, enum an_file_mode mode,
                           struct an_file **ret_file)
{
	return an_sim_file_open(disk_of(context), path, mode, (struct an_sim_file **)ret_file);
}

static void file_close(void *context, struct an_file *file)
{
	(void)context;
	an_sim_file_close(inner(file));
}

static an_status file_read(void *context, struct an_file *file, uint64_t offset, uint8_t *out,
                           size_t size, size_t *ret_size)
{
	(void)context;
	return an_sim_file_read(inner(file), offset, out, size, ret_size);
}

static an_status file_write(void *context, struct an_file *file, uint64_t offset,
                            struct an_span bytes)
{
	(void)context;
	return an_sim_file_write(inner(file), offset, bytes);
}

static an_status file_truncate(void *context, struct an_file *file, uint64_t size)
{
	(void)context;
	return an_sim_file_truncate(inner(file), size);
}

static an_status file_sync(void *context, struct an_file *file)
{
	(void)context;
	return an_sim_file_sync(inner(file));
}

static an_status file_lock(void *context, struct an_file *file, enum an_file_lock lock)
{
	(void)context;
	return an_sim_file_lock(inner(file), lock);
}

static an_status path_info(void *context, const char *path, struct an_file_info *ret_info)
{
	return an_sim_path_info(disk_of(context), path, ret_info);
}

static an_status path_rename(void *context, const char *from, const char *to)
{
	return an_sim_path_rename(disk_of(context), from, to);
}

static an_status path_remove(void *context, const char *path)
{
	return an_sim_path_remove(disk_of(context), path);
}

static an_status path_make_directory(void *context, const char *path)
{
	return an_sim_path_make_directory(disk_of(context), path);
}

static an_status path_sync(void *context, const char *directory)
{
	return an_sim_path_sync(disk_of(context), directory);
}

static an_status path_list(void *context, const char *directory,
                           bool (*visit)(void *visitor, const char *name), void *visitor)
{
	return an_sim_path_list(disk_of(context), directory, visit, visitor);
}

static an_status path_free_space(void *context, const char *path, uint64_t *ret_bytes)
{
	(void)path;
	return an_sim_path_free_space(disk_of(context), ret_bytes);
}

static an_status workers_new(void *context, struct an_reactor *reactor, size_t compute_threads,
                             struct an_workers **ret_workers)
{
	(void)reactor;
	(void)compute_threads;
	struct an_sim_host *host = context;
	if (host->workers != NULL)
		return AUTONOMI_E_BUSY;
	struct an_workers *workers = an_sim_alloc(sizeof(*workers));
	workers->host = host;
	an_list_init(&workers->finished);
	for (size_t i = 0; i < 2; i++)
		an_list_init(&workers->lane[i].queue);
	*ret_workers = host->workers = workers;
	return AUTONOMI_OK;
}

static void workers_free(void *context, struct an_workers *workers, struct an_list *ret_finished,
                         struct an_list *ret_unrun)
{
	struct an_sim_host *host = context;
	if (workers == NULL)
		return;
	an_list_move_all(ret_finished, &workers->finished);
	for (size_t i = 0; i < 2; i++) {
		if (workers->lane[i].running != NULL)
			an_list_append(ret_finished, &workers->lane[i].running->link);
		an_list_move_all(ret_unrun, &workers->lane[i].queue);
	}
	host->workers = NULL;
	free(workers);
}

static void look_at_lanes(void *context);

/* The job runs at once, and is done when the disk would be. */
static void begin_job(struct an_sim_host *host, struct an_sim_lane *lane)
{
	if (lane->running != NULL || an_list_empty(&lane->queue))
		return;
	lane->running = an_container_of(an_list_take(&lane->queue), struct an_job, link);
	an_sim_disk_take_cost(host->disk);
	lane->running->run(lane->running);
	lane->finish_at = host->world->now + COMPUTE_JOB_US + an_sim_disk_take_cost(host->disk);
	an_sim_plan(host->world, lane->finish_at, look_at_lanes, NULL, host);
}

static void look_at_lanes(void *context)
{
	struct an_sim_host *host = context;
	struct an_workers *workers = host->workers;
	for (size_t i = 0; i < 2 && workers != NULL; i++) {
		struct an_sim_lane *lane = &workers->lane[i];
		if (lane->running == NULL || lane->finish_at > host->world->now)
			continue;
		an_list_append(&workers->finished, &lane->running->link);
		lane->running = NULL;
		reactor_wake(host, &host->reactor);
		begin_job(host, lane);
	}
}

static void workers_submit(void *context, struct an_workers *workers, struct an_job *job)
{
	workers->pending++;
	an_list_append(&workers->lane[job->lane].queue, &job->link);
	begin_job(context, &workers->lane[job->lane]);
}

static void workers_finished(void *context, struct an_workers *workers,
                             struct an_list *ret_finished)
{
	(void)context;
	for (struct an_list *link; (link = an_list_take(&workers->finished)) != NULL;) {
		workers->pending--;
		an_list_append(ret_finished, link);
	}
}

static size_t workers_pending(void *context, struct an_workers *workers)
{
	(void)context;
	return workers->pending;
}

struct an_sys an_sim_machine(struct an_sim_host *host, const char *vfs)
{
	return (struct an_sys){
		.context = host,
		.now = now,
		.unix_time_us = unix_time_us,
		.entropy = entropy,
		.udp_open = an_sim_udp_open,
		.udp_close = an_sim_udp_close,
		.udp_send = an_sim_udp_send,
		.udp_receive = an_sim_udp_receive,
		.udp_lost = an_sim_udp_lost,
		.reactor_new = reactor_new,
		.reactor_free = reactor_free,
		.reactor_fd = reactor_fd,
		.reactor_watch = reactor_watch,
		.reactor_unwatch = reactor_unwatch,
		.reactor_set_timer = reactor_set_timer,
		.reactor_set_ready = reactor_set_ready,
		.reactor_wake = reactor_wake,
		.reactor_look = reactor_look,
		.reactor_wait = reactor_wait,
		.file_open = file_open,
		.file_close = file_close,
		.file_read = file_read,
		.file_write = file_write,
		.file_truncate = file_truncate,
		.file_sync = file_sync,
		.file_lock = file_lock,
		.path_info = path_info,
		.path_link_info = path_info, /* the virtual disk has no links */
		.path_rename = path_rename,
		.path_remove = path_remove,
		.path_make_directory = path_make_directory,
		.path_sync = path_sync,
		.path_list = path_list,
		.path_free_space = path_free_space,
		.sqlite_vfs = vfs,
		.workers_new = workers_new,
		.workers_free = workers_free,
		.workers_submit = workers_submit,
		.workers_finished = workers_finished,
		.workers_pending = workers_pending,
	};
}
