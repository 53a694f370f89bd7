/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A machine that breaks on demand: a copy of another `struct an_sys` whose file operations and sends
 * are counted, and one of which, or all from one on, fail. A test runs a scenario once to learn how
 * many operations it has, and then once for each of them.
 *
 * What it does not see are the files that SQLite opens by itself; tests/sim has a VFS for those.
 *
 * Threading: the counters are atomic, so jobs may run on workers; everything else is for one thread.
 */
#ifndef AN_FAULT_FAULTY_SYS_H
#define AN_FAULT_FAULTY_SYS_H

#include <stdatomic.h>
#include <stdbool.h>

#include "sys/sys.h"

enum an_faulty_kind {
	AN_FAULTY_OPEN,
	AN_FAULTY_READ,
	AN_FAULTY_WRITE,
	AN_FAULTY_TRUNCATE,
	AN_FAULTY_SYNC, /* of files and directories */
	AN_FAULTY_RENAME,
	AN_FAULTY_REMOVE,
	AN_FAULTY_DIRECTORY, /* making and listing */
	AN_FAULTY_SEND,
	AN_FAULTY_KINDS,
};

enum { AN_FAULTY_EVERY_FILE_KIND = (1 << AN_FAULTY_SEND) - 1 };

struct an_faulty_sys {
	struct an_sys sys; /* hand this out; its context is this struct */
	const struct an_sys *real;
	_Atomic uint64_t operations; /* of the kinds in `kinds`, so far */
	_Atomic uint64_t failed;
	unsigned kinds;    /* bits: 1 << AN_FAULTY_... that count and may fail */
	uint64_t first;    /* the first that fails, from 1; 0: none */
	uint64_t failures; /* how many in a row; UINT64_MAX: all from then on */
	an_status status;  /* what they return */
	bool torn;         /* a write that fails has written its first half */
};

/* Counts everything and fails nothing. `real` must outlive it. */
void an_faulty_sys_init(struct an_faulty_sys *faulty, const struct an_sys *real);

/* Counts from zero, and lets the operations `first` to `first + failures - 1` of `kinds` fail. A send
 * that fails is lost, as an error of its path is. */
void an_faulty_sys_set(struct an_faulty_sys *faulty, unsigned kinds, uint64_t first,
                       uint64_t failures, an_status status, bool torn);

#endif
