/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Time: microseconds of a monotonic clock whose zero means nothing. Time is always an argument;
 * lib/sys alone reads a clock.
 */
#ifndef AN_BASE_TIME_H
#define AN_BASE_TIME_H

#include <stdint.h>

typedef uint64_t an_time_us;

#define AN_TIME_NEVER UINT64_MAX

#define AN_MS(n)      ((an_time_us)(n)*1000)
#define AN_SECONDS(n) ((an_time_us)(n)*1000000)
#define AN_MINUTES(n) AN_SECONDS((an_time_us)(n)*60)
#define AN_HOURS(n)   AN_MINUTES((an_time_us)(n)*60)

/* `time` + `duration`, which stays AN_TIME_NEVER where either is never or the sum would wrap. */
static inline an_time_us an_time_after(an_time_us time, an_time_us duration)
{
	return duration > AN_TIME_NEVER - time ? AN_TIME_NEVER : time + duration;
}

static inline an_time_us an_time_later(an_time_us a, an_time_us b)
{
	return a > b ? a : b;
}

static inline an_time_us an_time_earlier(an_time_us a, an_time_us b)
{
	return a < b ? a : b;
}

/* How long from `now` until `time`; 0 where it has passed. */
static inline an_time_us an_time_until(an_time_us time, an_time_us now)
{
	return time > now ? time - now : 0;
}

#endif
