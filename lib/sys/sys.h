/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The operating system as a table of functions: clock, entropy, datagrams, the reactor behind the
 * one file descriptor, files and workers. lib/node is given one; the simulator gives another, over
 * virtual time, virtual datagrams and a virtual disk.
 *
 * Threading: everything on the pump, except what says otherwise. No function blocks unless it says
 * so, and those are for jobs and for opening and freeing a node.
 *
 * In a forked child only udp_close, reactor_free, file_close and workers_free may be called; they
 * take nothing away from the parent.
 */
#ifndef AN_SYS_SYS_H
#define AN_SYS_SYS_H

#include <stdbool.h>

#include "base/datagram.h"
#include "base/job.h"
#include "base/span.h"
#include "base/status.h"
#include "base/time.h"

struct an_udp;
struct an_file;
struct an_reactor;
struct an_workers;

struct an_udp_options {
	size_t receive_buffer; /* bytes wanted from the kernel; 0: its default */
	size_t send_buffer;
};

enum an_file_mode {
	AN_FILE_READ,       /* must exist */
	AN_FILE_WRITE,      /* read and write; made where missing, mode 0600 */
	AN_FILE_WRITE_HERE, /* the same; E_EXISTS where the path is a symbolic link */
	AN_FILE_CREATE_NEW, /* read and write; E_EXISTS where it exists, mode 0600 */
};

enum an_file_kind {
	AN_FILE_NONE,
	AN_FILE_REGULAR,
	AN_FILE_DIRECTORY,
	AN_FILE_LINK, /* symbolic: from path_link_info only */
	AN_FILE_OTHER,
};

enum an_file_lock { AN_FILE_LOCK_SHARED, AN_FILE_LOCK_EXCLUSIVE };

struct an_file_info {
	enum an_file_kind kind; /* AN_FILE_NONE: the path does not exist */
	uint64_t size;
	uint64_t modified_us; /* Unix time */
	uint64_t created_us; /* likewise, from path_link_info only; 0 where the system keeps none */
};

/* What made the reactor's descriptor readable. */
struct an_reactor_ready {
	bool udp;   /* some socket may have datagrams or room */
	bool wake;  /* an_reactor_wake was called since the last look */
	bool timer; /* the timer is due */
};

struct an_sys {
	void *context;

	/* Monotonic; never goes back. Any thread. */
	an_time_us (*now)(void *context);
	/* Microseconds since 1970-01-01 00:00 UTC. Any thread. */
	uint64_t (*unix_time_us)(void *context);
	/* Fills `out` from the system's random source. Any thread. */
	an_status (*entropy)(void *context, uint8_t *out, size_t size);

	/* Opens a non-blocking UDP socket at `bind` (IPv6 wildcard: dual stack where the system can,
	 * IPv4 only where it has no IPv6). `bind` becomes the address in fact, port included.
	 * E_IN_USE: port taken; E_PERMISSION; E_ADDRESS: no such local address. */
	an_status (*udp_open)(void *context, struct an_endpoint *bind,
	                      const struct an_udp_options *options, struct an_udp **ret_udp);
	void (*udp_close)(void *context, struct an_udp *udp);
	/* Sends up to `count` runs; `ret_sent` says how many left. Fewer: the socket is full; ask the
	 * reactor to watch for room, and send the rest then. The first of them may have left in part,
	 * and its datagrams go twice: QUIC drops the second. An error of one path (unreachable, too
	 * large, refused, no permission) loses that run only and is counted, never returned. */
	void (*udp_send)(void *context, struct an_udp *udp, const struct an_datagram *runs,
	                 size_t count, size_t *ret_sent);
	/* Receives up to `capacity` runs into memory of the socket, valid until the next call. Call
	 * until it gives none: fewer than `capacity` does not mean that no more are there. */
	void (*udp_receive)(void *context, struct an_udp *udp, struct an_datagram *runs,
	                    size_t capacity, size_t *ret_count);
	/* How many runs, or parts of them, were lost to an error of their path. */
	uint64_t (*udp_lost)(void *context, const struct an_udp *udp);

	/* The reactor: one descriptor that is readable while a watched socket, the timer, a wake or
	 * the ready flag says so. */
	an_status (*reactor_new)(void *context, struct an_reactor **ret_reactor);
	void (*reactor_free)(void *context, struct an_reactor *reactor);
	int (*reactor_fd)(void *context, struct an_reactor *reactor);
	an_status (*reactor_watch)(void *context, struct an_reactor *reactor, struct an_udp *udp,
	                           bool for_room);
	void (*reactor_unwatch)(void *context, struct an_reactor *reactor, struct an_udp *udp);
	/* AN_TIME_NEVER: no timer. */
	void (*reactor_set_timer)(void *context, struct an_reactor *reactor, an_time_us deadline);
	/* While true, the descriptor is readable. */
	void (*reactor_set_ready)(void *context, struct an_reactor *reactor, bool ready);
	/* Makes the descriptor readable until the next look. Any thread; async-signal-safe. */
	void (*reactor_wake)(void *context, struct an_reactor *reactor);
	/* Looks, without waiting, and clears wake and timer. */
	void (*reactor_look)(void *context, struct an_reactor *reactor,
	                     struct an_reactor_ready *ret_ready);
	/* Blocks until the descriptor is readable, a signal came, or `timeout_ms` passed (-1: for
	 * ever). */
	an_status (*reactor_wait)(void *context, struct an_reactor *reactor, int timeout_ms);

	/* Files. All of these block; they belong in jobs. Paths are UTF-8 text. Errors: E_NO_FILE,
	 * E_EXISTS, E_PERMISSION, E_DISK_FULL, E_IN_USE (a lock), E_IO, E_NO_MEMORY. Any thread. */
	an_status (*file_open)(void *context, const char *path, enum an_file_mode mode,
	                       struct an_file **ret_file);
	void (*file_close)(void *context, struct an_file *file);
	/* Reads up to `size` bytes; fewer only at the end of the file. */
	an_status (*file_read)(void *context, struct an_file *file, uint64_t offset, uint8_t *out,
	                       size_t size, size_t *ret_size);
	/* Writes all or fails. */
	an_status (*file_write)(void *context, struct an_file *file, uint64_t offset,
	                        struct an_span bytes);
	an_status (*file_truncate)(void *context, struct an_file *file, uint64_t size);
	an_status (*file_sync)(void *context, struct an_file *file);
	/* An advisory lock until the file is closed; E_IN_USE at once where another has it. */
	an_status (*file_lock)(void *context, struct an_file *file, enum an_file_lock lock);
	/* kind AN_FILE_NONE and AUTONOMI_OK where nothing is there. */
	an_status (*path_info)(void *context, const char *path, struct an_file_info *ret_info);
	/* The same, but where the path is a symbolic link, of that and not of what it leads to. */
	an_status (*path_link_info)(void *context, const char *path, struct an_file_info *ret_info);
	an_status (*path_rename)(void *context, const char *from, const char *to);
	an_status (*path_remove)(void *context, const char *path);
	/* Makes one directory, mode 0700; AUTONOMI_OK where it exists. */
	an_status (*path_make_directory)(void *context, const char *path);
	/* Makes the names in a directory durable. */
	an_status (*path_sync)(void *context, const char *directory);
	/* Calls `visit` for each entry but "." and ".."; stops where it returns false. */
	an_status (*path_list)(void *context, const char *directory,
	                       bool (*visit)(void *visitor, const char *name), void *visitor);
	/* Bytes that an unprivileged process may still write where `path` lies. */
	an_status (*path_free_space)(void *context, const char *path, uint64_t *ret_bytes);
	/* The name of the SQLite VFS over the same files; NULL: SQLite's own. */
	const char *sqlite_vfs;

	/* Workers: one for the disk lane and `compute_threads` for the compute lane, started with the
	 * first job of their lane. With 0 compute threads there are none at all: jobs run inline when
	 * submitted. A finished job wakes `reactor`. */
	an_status (*workers_new)(void *context, struct an_reactor *reactor, size_t compute_threads,
	                         struct an_workers **ret_workers);
	/* Waits for the jobs that are running, never for queued ones; appends all that did not run to
	 * `ret_unrun` and all whose `done` is still due to `ret_finished`. In a forked child it
	 * touches neither lock nor job and leaves both lists as they are. */
	void (*workers_free)(void *context, struct an_workers *workers,
	                     struct an_list *ret_finished, struct an_list *ret_unrun);
	/* Never fails: where no thread can be started, the job runs inline. */
	void (*workers_submit)(void *context, struct an_workers *workers, struct an_job *job);
	/* Appends the finished jobs to the list; the caller calls `done` of each. Call it after each
	 * look that saw a wake. */
	void (*workers_finished)(void *context, struct an_workers *workers,
	                         struct an_list *ret_finished);
	/* Jobs submitted whose `done` was not yet taken. */
	size_t (*workers_pending)(void *context, struct an_workers *workers);
};

/* The table of the machine that we run on. */
const struct an_sys *an_sys_machine(void);

/* The process id, cached nowhere: to notice a fork. Any thread. */
int an_sys_process_id(void);

/* One lock for the whole process, held for moments: for what libraries keep once for all nodes. */
void an_sys_process_lock(void);
void an_sys_process_unlock(void);

/* The number of processors that this process may use; at least 1. */
size_t an_sys_processors(void);

#endif
