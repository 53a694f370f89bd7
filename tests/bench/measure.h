/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Clocks, medians, and how often something can be done in a second. */
#ifndef TESTS_BENCH_MEASURE_H
#define TESTS_BENCH_MEASURE_H

#include <stdbool.h>
#include <stddef.h>

/* Seconds: on the clock, and that the calling thread worked. */
double measure_now(void);
double measure_worked(void);

/* Sorts the values. */
double measure_median(double *values, size_t count);

/* How often `run` can be called in a second of a processor, whoever else has it meanwhile: the median of
 * some rounds of a twentieth of a second. */
double measure_rate(void (*run)(void *context), void *context);

/* Ends the program where a measured operation failed: a figure of it would mean nothing. */
void measure_check(bool done, const char *what);

#endif
