/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * SQLite on files that break on demand: a VFS over SQLite's own whose calls are counted, and one of
 * which fails, or all from one on; and SQLite's allocator with the same habit.
 *
 * Threading: one thread.
 */
#ifndef AN_FAULT_FAULTY_VFS_H
#define AN_FAULT_FAULTY_VFS_H

#include <stdbool.h>
#include <stdint.h>

#define AN_FAULTY_VFS "faulty"

struct an_faulty_vfs {
	uint64_t calls; /* so far: reads, writes, truncates, syncs, sizes, opens and deletes */
	uint64_t first; /* the first that fails, from 1; 0: none */
	bool lasting;   /* all after it fail too */
	bool full;      /* as a full disk where that can be, else as an I/O error */
};

/* The one state of the one VFS. */
extern struct an_faulty_vfs an_faulty_vfs;

/* Likewise for SQLite's allocations. */
extern struct an_faulty_vfs an_faulty_sqlite_memory;

/* Before the first use of SQLite in the process. */
void an_faulty_vfs_register(void);

#endif
