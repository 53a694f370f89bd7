/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The real machine, with single traits of it changed: a slow disk, a socket without room, a clock
 * that runs on while one pump is under way. For one test process at a time.
 */
#ifndef TESTS_PROP_MACHINE_H
#define TESTS_PROP_MACHINE_H

#include <stdatomic.h>

#include "sys/sys.h"

struct machine_traits {
	_Atomic unsigned write_us;   /* that writing to a file takes longer */
	_Atomic unsigned full_every; /* each n-th send finds no room; 0: none */
	_Atomic uint64_t later_us;   /* what readings of the clock add after the first since... */
	_Atomic uint64_t first_us;   /* ...machine_first_reading, which adds this */
	_Atomic unsigned writes;     /* counted */
	_Atomic unsigned refused_sends;
	_Atomic unsigned writing; /* under way */
};

extern struct machine_traits machine_traits;

/* The next reading of the clock is a first one. */
void machine_first_reading(void);

/* The machine with these traits. */
const struct an_sys *machine(void);

#endif
