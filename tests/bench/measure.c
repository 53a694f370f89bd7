/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "measure.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ROUNDS = 5 };

static const double round_seconds = 0.05, batch_seconds = 0.001;

static double seconds_of(clockid_t clock)
{
	struct timespec time;
	clock_gettime(clock, &time);
	return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

double measure_now(void)
{
	return seconds_of(CLOCK_MONOTONIC);
}

double measure_worked(void)
{
	return seconds_of(CLOCK_THREAD_CPUTIME_ID);
}

static int compare(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

double measure_median(double *values, size_t count)
{
	qsort(values, count, sizeof(values[0]), compare);
	return values[count / 2];
}

/* The clock is read so seldom that it does not count. */
static double rate_of_round(void (*run)(void *context), void *context, size_t batch)
{
	const double begin = measure_worked();
	double elapsed = 0;
	size_t runs = 0;
	for (; elapsed < round_seconds; elapsed = measure_worked() - begin)
		for (size_t i = 0; i < batch; i++, runs++)
			run(context);
	return (double)runs / elapsed;
}

static size_t batch_for(void (*run)(void *context), void *context)
{
	run(context);
	const double begin = measure_worked();
	run(context);
	const double once = measure_worked() - begin;
	return once < batch_seconds ? (size_t)(batch_seconds / (once + 1e-9)) : 1;
}

double measure_rate(void (*run)(void *context), void *context)
{
	double rates[ROUNDS];
	const size_t batch = batch_for(run, context);
	for (size_t round = 0; round < ROUNDS; round++)
		rates[round] = rate_of_round(run, context, batch);
	return measure_median(rates, ROUNDS);
}

void measure_check(bool done, const char *what)
{
	if (done)
		return;
	fprintf(stderr, "bench: %s failed\n", what);
	exit(1);
}
