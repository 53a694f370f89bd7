/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What every test file stands on. A test file defines `suite()` and nothing else that is visible;
 * `harness.c` brings `main`, runs the suite and prints one TAP line per test.
 *
 * Each test runs in a process of its own (CK_FORK=no in the environment: in this one, for gdb).
 * AN_TESTS_DIR is the folder `tests/` as a string literal, for test data.
 */
#ifndef AN_TESTS_HARNESS_H
#define AN_TESTS_HARNESS_H

#include <check.h>

Suite *suite(void);

/* In a child that a test forks and kills: what it asserts is told to nobody. A child that dies while it
 * writes to the file through which Check hears of tests leaves half a message there, and Check ends. */
void harness_leave_check(void);

#endif
