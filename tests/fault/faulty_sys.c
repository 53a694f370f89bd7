/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fault/faulty_sys.h"

/* Every function passes its call on to the real machine, with the real machine's context. */
#define REAL(context)         (((struct an_faulty_sys *)(context))->real)
#define REAL_CONTEXT(context) (REAL(context)->context)

static bool is_due(void *context, enum an_faulty_kind kind)
{
	struct an_faulty_sys *faulty = context;
	if ((faulty->kinds >> kind & 1) == 0)
		return false;
	const uint64_t number = atomic_fetch_add(&faulty->operations, 1) + 1;
	if (faulty->first == 0 || number < faulty->first ||
	    number - faulty->first >= faulty->failures)
		return false;
	atomic_fetch_add(&faulty->failed, 1);
	return true;
}

static an_status status_of(void *context)
{
	return ((struct an_faulty_sys *)context)->status;
}

static an_time_us now(void *context)
{
	return REAL(context)->now(REAL_CONTEXT(context));
}

static uint64_t unix_time_us(void *context)
{
	return REAL(context)->unix_time_us(REAL_CONTEXT(context));
}

static an_status entropy(void *context, uint8_t *out, size_t size)
{
	return REAL(context)->entropy(REAL_CONTEXT(context), out, size);
}

static an_status udp_open(void *context, struct an_endpoint *bind,
                          const struct an_udp_options *options, struct an_udp **ret_udp)
{
	return REAL(context)->udp_open(REAL_CONTEXT(context), bind, options, ret_udp);
}

static void udp_close(void *context, struct an_udp *udp)
{
	REAL(context)->udp_close(REAL_CONTEXT(context), udp);
}

static void udp_send(void *context, struct an_udp *udp, const struct an_datagram *runs,
                     size_t count, size_t *ret_sent)
{
	for (*ret_sent = 0; *ret_sent < count;) {
		size_t sent = 1;
		if (!is_due(context, AN_FAULTY_SEND))
			REAL(context)->udp_send(REAL_CONTEXT(context), udp, runs + *ret_sent, 1,
			                        &sent);
		if (sent == 0)
			return;
		++*ret_sent;
	}
}

static void udp_receive(void *context, struct an_udp *udp, struct an_datagram *runs,
                        size_t capacity, size_t *ret_count)
{
	REAL(context)->udp_receive(REAL_CONTEXT(context), udp, runs, capacity, ret_count);
}

static uint64_t udp_lost(void *context, const struct an_udp *udp)
{
	return REAL(context)->udp_lost(REAL_CONTEXT(context), udp);
}

static an_status reactor_new(void *context, struct an_reactor **ret_reactor)
{
	return REAL(context)->reactor_new(REAL_CONTEXT(context), ret_reactor);
}

static void reactor_free(void *context, struct an_reactor *reactor)
{
	REAL(context)->reactor_free(REAL_CONTEXT(context), reactor);
}

static int reactor_fd(void *context, struct an_reactor *reactor)
{
	return REAL(context)->reactor_fd(REAL_CONTEXT(context), reactor);
}

static an_status reactor_watch(void *context, struct an_reactor *reactor, struct an_udp *udp,
                               bool for_room)
{
	return REAL(context)->reactor_watch(REAL_CONTEXT(context), reactor, udp, for_room);
}

static void reactor_unwatch(void *context, struct an_reactor *reactor, struct an_udp *udp)
{
	REAL(context)->reactor_unwatch(REAL_CONTEXT(context), reactor, udp);
}

static void reactor_set_timer(void *context, struct an_reactor *reactor, an_time_us deadline)
{
	REAL(context)->reactor_set_timer(REAL_CONTEXT(context), reactor, deadline);
}

static void reactor_set_ready(void *context, struct an_reactor *reactor, bool ready)
{
	REAL(context)->reactor_set_ready(REAL_CONTEXT(context), reactor, ready);
}

static void reactor_wake(void *context, struct an_reactor *reactor)
{
	REAL(context)->reactor_wake(REAL_CONTEXT(context), reactor);
}

static void reactor_look(void *context, struct an_reactor *reactor,
                         struct an_reactor_ready *ret_ready)
{
	REAL(context)->reactor_look(REAL_CONTEXT(context), reactor, ret_ready);
}

static an_status reactor_wait(void *context, struct an_reactor *reactor, int timeout_ms)
{
	return REAL(context)->reactor_wait(REAL_CONTEXT(context), reactor, timeout_ms);
}

static an_status file_open(void *context, const char *path, enum an_file_mode mode,
                           struct an_file **ret_file)
{
	if (is_due(context, AN_FAULTY_OPEN))
		return status_of(context);
	return REAL(context)->file_open(REAL_CONTEXT(context), path, mode, ret_file);
}

static void file_close(void *context, struct an_file *file)
{
	REAL(context)->file_close(REAL_CONTEXT(context), file);
}

static an_status file_read(void *context, struct an_file *file, uint64_t offset, uint8_t *out,
                           size_t size, size_t *ret_size)
{
	if (is_due(context, AN_FAULTY_READ))
		return status_of(context);
	return REAL(context)->file_read(REAL_CONTEXT(context), file, offset, out, size, ret_size);
}

static an_status file_write(void *context, struct an_file *file, uint64_t offset,
                            struct an_span bytes)
{
	const struct an_faulty_sys *faulty = context;
	if (!is_due(context, AN_FAULTY_WRITE))
		return REAL(context)->file_write(REAL_CONTEXT(context), file, offset, bytes);
	if (faulty->torn)
		REAL(context)->file_write(REAL_CONTEXT(context), file, offset,
		                          an_span(bytes.data, bytes.size / 2));
	return faulty->status;
}

static an_status file_truncate(void *context, struct an_file *file, uint64_t size)
{
	if (is_due(context, AN_FAULTY_TRUNCATE))
		return status_of(context);
	return REAL(context)->file_truncate(REAL_CONTEXT(context), file, size);
}

static an_status file_sync(void *context, struct an_file *file)
{
	if (is_due(context, AN_FAULTY_SYNC))
		return status_of(context);
	return REAL(context)->file_sync(REAL_CONTEXT(context), file);
}

static an_status file_lock(void *context, struct an_file *file, enum an_file_lock lock)
{
	return REAL(context)->file_lock(REAL_CONTEXT(context), file, lock);
}

static an_status path_info(void *context, const char *path, struct an_file_info *ret_info)
{
	return REAL(context)->path_info(REAL_CONTEXT(context), path, ret_info);
}

static an_status path_link_info(void *context, const char *path, struct an_file_info *ret_info)
{
	return REAL(context)->path_link_info(REAL_CONTEXT(context), path, ret_info);
}

static an_status path_rename(void *context, const char *from, const char *to)
{
	if (is_due(context, AN_FAULTY_RENAME))
		return status_of(context);
	return REAL(context)->path_rename(REAL_CONTEXT(context), from, to);
}

static an_status path_remove(void *context, const char *path)
{
	if (is_due(context, AN_FAULTY_REMOVE))
		return status_of(context);
	return REAL(context)->path_remove(REAL_CONTEXT(context), path);
}

static an_status path_make_directory(void *context, const char *path)
{
	if (is_due(context, AN_FAULTY_DIRECTORY))
		return status_of(context);
	return REAL(context)->path_make_directory(REAL_CONTEXT(context), path);
}

static an_status path_sync(void *context, const char *directory)
{
	if (is_due(context, AN_FAULTY_SYNC))
		return status_of(context);
	return REAL(context)->path_sync(REAL_CONTEXT(context), directory);
}

static an_status path_list(void *context, const char *directory,
                           bool (*visit)(void *visitor, const char *name), void *visitor)
{
	if (is_due(context, AN_FAULTY_DIRECTORY))
		return status_of(context);
	return REAL(context)->path_list(REAL_CONTEXT(context), directory, visit, visitor);
}

static an_status path_free_space(void *context, const char *path, uint64_t *ret_bytes)
{
	return REAL(context)->path_free_space(REAL_CONTEXT(context), path, ret_bytes);
}

static an_status workers_new(void *context, struct an_reactor *reactor, size_t compute_threads,
                             struct an_workers **ret_workers)
{
	return REAL(context)->workers_new(REAL_CONTEXT(context), reactor, compute_threads,
	                                  ret_workers);
}

static void workers_free(void *context, struct an_workers *workers, struct an_list *ret_finished,
                         struct an_list *ret_unrun)
{
	REAL(context)->workers_free(REAL_CONTEXT(context), workers, ret_finished, ret_unrun);
}

static void workers_submit(void *context, struct an_workers *workers, struct an_job *job)
{
	REAL(context)->workers_submit(REAL_CONTEXT(context), workers, job);
}

static void workers_finished(void *context, struct an_workers *workers,
                             struct an_list *ret_finished)
{
	REAL(context)->workers_finished(REAL_CONTEXT(context), workers, ret_finished);
}

static size_t workers_pending(void *context, struct an_workers *workers)
{
	return REAL(context)->workers_pending(REAL_CONTEXT(context), workers);
}

static const struct an_sys functions = {
	.now = now,
	.unix_time_us = unix_time_us,
	.entropy = entropy,
	.udp_open = udp_open,
	.udp_close = udp_close,
	.udp_send = udp_send,
	.udp_receive = udp_receive,
	.udp_lost = udp_lost,
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
	.path_link_info = path_link_info,
	.path_rename = path_rename,
	.path_remove = path_remove,
	.path_make_directory = path_make_directory,
	.path_sync = path_sync,
	.path_list = path_list,
	.path_free_space = path_free_space,
	.workers_new = workers_new,
	.workers_free = workers_free,
	.workers_submit = workers_submit,
	.workers_finished = workers_finished,
	.workers_pending = workers_pending,
};

void an_faulty_sys_init(struct an_faulty_sys *faulty, const struct an_sys *real)
{
	*faulty = (struct an_faulty_sys){.sys = functions, .real = real};
	faulty->sys.context = faulty;
	faulty->sys.sqlite_vfs = real->sqlite_vfs;
	an_faulty_sys_set(faulty, UINT32_MAX, 0, 0, AUTONOMI_OK, false);
}

void an_faulty_sys_set(struct an_faulty_sys *faulty, unsigned kinds, uint64_t first,
                       uint64_t failures, an_status status, bool torn)
{
	atomic_store(&faulty->operations, 0);
	atomic_store(&faulty->failed, 0);
	faulty->kinds = kinds;
	faulty->first = first;
	faulty->failures = failures;
	faulty->status = status;
	faulty->torn = torn;
}
