/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A disk in memory that forgets as real ones do. A write is volatile until its file is synced, and a
 * name (made, renamed or removed) until its directory is. A power cut drops what is volatile, or
 * keeps any part of it: of written bytes, sector by sector; of names, the first so many changes.
 *
 * It is stricter than common file systems: syncing a new file does not make its name durable.
 *
 * Operations cost virtual time, which adds up until somebody takes it, may be told to fail, and are
 * counted by kind. After an_sim_disk_cut every handle that was open is dead: it fails and changes
 * nothing, so the code of a crashed node can be freed as usual without touching what survived.
 *
 * Paths are absolute; "/" exists. Threading: single-threaded.
 */
#ifndef AN_SIM_DISK_H
#define AN_SIM_DISK_H

#include "crypt/random.h"
#include "sys/sys.h"

struct an_sim_disk;
struct an_sim_file;

enum { AN_SIM_SECTOR = 512 };

enum an_sim_disk_operation {
	AN_SIM_DISK_OPEN,
	AN_SIM_DISK_READ,
	AN_SIM_DISK_WRITE, /* and truncate */
	AN_SIM_DISK_SYNC,  /* of a file or a directory */
	AN_SIM_DISK_NAME,  /* rename, remove, make a directory */
	AN_SIM_DISK_OPERATIONS,
};

struct an_sim_disk_options {
	uint64_t capacity; /* bytes of all files */
	/* What an operation costs. */
	an_time_us read_us, write_us, sync_us;
	uint64_t bytes_per_second;
	bool ignores_sync; /* says that it synced, and did not */
};

/* A small SSD. */
extern const struct an_sim_disk_options an_sim_disk_ssd;

/* A failure to come: operations whose bit is set in `operations` succeed `after` times more, then
 * `count` of them fail with `status`. A write that fails with `torn` has written its first half. */
struct an_sim_disk_fault {
	unsigned operations; /* bits: 1 << AN_SIM_DISK_... */
	uint64_t after;
	uint64_t count;
	an_status status;
	bool torn;
};

enum an_sim_cut {
	AN_SIM_CUT_PROCESS,  /* kill -9: the system keeps running, and nothing is lost */
	AN_SIM_CUT_POWER,    /* all that is volatile is lost */
	AN_SIM_CUT_SCRAMBLE, /* any part of it is lost */
};

/* `unix_time_us` gives the files their times. */
struct an_sim_disk *an_sim_disk_new(const struct an_sim_disk_options *options,
                                    uint64_t (*unix_time_us)(void *context), void *context);
void an_sim_disk_free(struct an_sim_disk *disk);
/* Removes everything: a machine that never comes back. No handle may be open. */
void an_sim_disk_wipe(struct an_sim_disk *disk);
void an_sim_disk_set_options(struct an_sim_disk *disk, const struct an_sim_disk_options *options);

/* Replaces the failure that is due; NULL: none. */
void an_sim_disk_set_fault(struct an_sim_disk *disk, const struct an_sim_disk_fault *fault);
uint64_t an_sim_disk_count(const struct an_sim_disk *disk, enum an_sim_disk_operation operation);
uint64_t an_sim_disk_used(const struct an_sim_disk *disk);

/* The time that operations cost since the last call. */
an_time_us an_sim_disk_take_cost(struct an_sim_disk *disk);

/* Ends the process or the power; open handles die and locks are gone. */
void an_sim_disk_cut(struct an_sim_disk *disk, enum an_sim_cut cut, struct an_random *random);

/* Files, as in sys/sys.h. */
an_status an_sim_file_open(struct an_sim_disk *disk, const char *path, enum an_file_mode mode,
                           struct an_sim_file **ret_file);
void an_sim_file_close(struct an_sim_file *file);
an_status an_sim_file_read(struct an_sim_file *file, uint64_t offset, uint8_t *out, size_t size,
                           size_t *ret_size);
an_status an_sim_file_write(struct an_sim_file *file, uint64_t offset, struct an_span bytes);
an_status an_sim_file_truncate(struct an_sim_file *file, uint64_t size);
an_status an_sim_file_sync(struct an_sim_file *file);
an_status an_sim_file_lock(struct an_sim_file *file, enum an_file_lock lock);
an_status an_sim_file_size(struct an_sim_file *file, uint64_t *ret_size);

/* Locks of SQLite: 0 none, 1 shared, 2 reserved, 3 pending, 4 exclusive. False: another has it. */
bool an_sim_file_raise(struct an_sim_file *file, int level);
void an_sim_file_lower(struct an_sim_file *file, int level);
bool an_sim_file_reserved(struct an_sim_file *file);

an_status an_sim_path_info(struct an_sim_disk *disk, const char *path,
                           struct an_file_info *ret_info);
an_status an_sim_path_rename(struct an_sim_disk *disk, const char *from, const char *to);
an_status an_sim_path_remove(struct an_sim_disk *disk, const char *path);
an_status an_sim_path_make_directory(struct an_sim_disk *disk, const char *path);
an_status an_sim_path_sync(struct an_sim_disk *disk, const char *directory);
/* Makes the name `path` durable, and others in its directory. */
an_status an_sim_path_sync_parent(struct an_sim_disk *disk, const char *path);
an_status an_sim_path_list(struct an_sim_disk *disk, const char *directory,
                           bool (*visit)(void *visitor, const char *name), void *visitor);
an_status an_sim_path_free_space(struct an_sim_disk *disk, uint64_t *ret_bytes);

/* False while the code of a process that was cut is being freed: then paths fail as handles do. */
void an_sim_disk_set_alive(struct an_sim_disk *disk, bool alive);

#endif
