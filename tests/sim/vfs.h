/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * SQLite over a virtual disk: a VFS whose files, time and randomness are the simulator's. It has no
 * shared memory, so WAL works with exclusive locking only, which is how lib/db opens its databases.
 */
#ifndef AN_SIM_VFS_H
#define AN_SIM_VFS_H

#include "crypt/random.h"
#include "sim/disk.h"

struct an_sim_vfs_options {
	const char *name;         /* copied */
	struct an_sim_disk *disk; /* NULL: no file can be opened */
	struct an_random *random;
	uint64_t (*unix_time_us)(void *context);
	void *context;
	/* SQLite draws the seed of its own generator from the default VFS, and once only; the default
	 * begins that anew. */
	bool is_default;
};

struct an_sim_vfs;

struct an_sim_vfs *an_sim_vfs_new(const struct an_sim_vfs_options *options);
const char *an_sim_vfs_name(const struct an_sim_vfs *vfs);
/* No connection may be open through it. NULL is allowed. */
void an_sim_vfs_free(struct an_sim_vfs *vfs);

#endif
