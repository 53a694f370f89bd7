/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the virtual disk share. */
#ifndef AN_SIM_DISK_INTERNAL_H
#define AN_SIM_DISK_INTERNAL_H

#include "sim/disk.h"

/* A change of a file that is not durable yet. `bytes` are those of the other state: what was there
 * before while the change stands, what the change wrote while it is taken back. */
struct an_sim_change {
	struct an_sim_change *earlier;
	struct an_sim_change *later;
	uint64_t offset;
	uint64_t size_before, size_after; /* of the file */
	uint8_t *bytes;
	size_t bytes_size;
	bool truncates;
};

struct an_sim_inode {
	size_t references; /* names, handles, name changes */
	bool is_directory;
	uint8_t *data;
	uint64_t size, capacity;
	uint64_t modified_us;
	struct an_sim_change *first, *last; /* oldest and newest volatile change */
	size_t shared;                      /* holders of a lock that others may share */
	struct an_sim_file *exclusive;      /* holder of one that nobody may, or reserved for it */
	int exclusive_level;
};

struct an_sim_name {
	char *path;
	struct an_sim_inode *inode;
};

/* A name that was given to another file (or none), not durable yet. A rename is two at once. */
struct an_sim_name_change {
	struct an_sim_name_change *earlier;
	struct an_sim_name_change *later;
	char *path[2]; /* [1]: NULL, or where a rename went */
	struct an_sim_inode *before[2];
};

struct an_sim_disk {
	struct an_sim_disk_options options;
	uint64_t (*unix_time_us)(void *context);
	void *context;
	struct an_sim_name *names; /* by path */
	size_t name_count, name_capacity;
	struct an_sim_name_change *first, *last;
	struct an_sim_disk_fault fault;
	uint64_t counts[AN_SIM_DISK_OPERATIONS];
	uint64_t used;
	an_time_us cost;
	uint64_t generation; /* grows with every cut */
	bool alive;
};

struct an_sim_file {
	struct an_sim_disk *disk;
	struct an_sim_inode *inode;
	uint64_t generation;
	bool writable;
	int level; /* of its lock: SQLite's numbers */
};

/* Counts an operation on `bytes` bytes, lets it cost time, and fails where a fault is due. */
an_status an_sim_disk_begin(struct an_sim_disk *disk, enum an_sim_disk_operation operation,
                            size_t bytes);

struct an_sim_inode *an_sim_inode_new(bool is_directory);
struct an_sim_inode *an_sim_inode_hold(struct an_sim_inode *inode);
void an_sim_inode_release(struct an_sim_disk *disk, struct an_sim_inode *inode);
/* Sets bytes and size, and keeps the change that leads back. */
void an_sim_inode_write(struct an_sim_disk *disk, struct an_sim_inode *inode, uint64_t offset,
                        struct an_span bytes);
void an_sim_inode_truncate(struct an_sim_disk *disk, struct an_sim_inode *inode, uint64_t size);
void an_sim_inode_sync(struct an_sim_inode *inode);
void an_sim_inode_cut(struct an_sim_disk *disk, struct an_sim_inode *inode, enum an_sim_cut cut,
                      struct an_random *random);

/* The file under `path`, or NULL. */
struct an_sim_inode *an_sim_name_find(const struct an_sim_disk *disk, const char *path);
/* Gives `path` to `inode` (NULL: to none), and keeps the change that leads back. */
void an_sim_name_set(struct an_sim_disk *disk, const char *path, struct an_sim_inode *inode);
bool an_sim_name_parent_exists(const struct an_sim_disk *disk, const char *path);
void an_sim_names_cut(struct an_sim_disk *disk, enum an_sim_cut cut, struct an_random *random);
void an_sim_names_free(struct an_sim_disk *disk);

#endif
