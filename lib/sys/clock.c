/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sys/machine.h"

#include <errno.h>
#include <sched.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

static uint64_t read_clock(clockid_t clock)
{
	struct timespec time = {0};
	clock_gettime(clock, &time);
	return (uint64_t)time.tv_sec * 1000000 + (uint64_t)time.tv_nsec / 1000;
}

an_time_us an_sys_now(void *context)
{
	(void)context;
	return read_clock(CLOCK_MONOTONIC);
}

uint64_t an_sys_unix_time_us(void *context)
{
	(void)context;
	return read_clock(CLOCK_REALTIME);
}

an_status an_sys_entropy(void *context, uint8_t *out, size_t size)
{
	(void)context;
	while (size > 0) {
		const ssize_t got = getrandom(out, size, 0);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return AUTONOMI_E_IO;
		out += got;
		size -= (size_t)got;
	}
	return AUTONOMI_OK;
}

int an_sys_process_id(void)
{
	return getpid();
}

size_t an_sys_processors(void)
{
	cpu_set_t set;
	if (sched_getaffinity(0, sizeof(set), &set) == 0 && CPU_COUNT(&set) > 0)
		return (size_t)CPU_COUNT(&set);
	/* More processors than a cpu_set_t can name. */
	const long online = sysconf(_SC_NPROCESSORS_ONLN);
	return online > 0 ? (size_t)online : 1;
}
