/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/seal.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

/* So that shared libraries find these before libc's. */
#pragma GCC visibility push(default)
int clock_gettime(clockid_t clock, struct timespec *time);
int gettimeofday(struct timeval *restrict time, void *restrict zone);
time_t time(time_t *out);
ssize_t getrandom(void *bytes, size_t size, unsigned flags);
int getentropy(void *bytes, size_t size);
#pragma GCC visibility pop

static bool sealed;
static const char *broken;

static void note(const char *name)
{
	if (sealed && broken == NULL)
		broken = name;
}

/* A sealed call answers as if the clock stood still: the note is what counts, and the kernel would
 * end the process. */
static int read_clock(clockid_t clock, struct timespec *time)
{
	*time = (struct timespec){0};
	return sealed ? 0 : (int)syscall(SYS_clock_gettime, clock, time);
}

int clock_gettime(clockid_t clock, struct timespec *time)
{
	note("clock_gettime");
	return read_clock(clock, time);
}

int gettimeofday(struct timeval *restrict time, void *restrict zone)
{
	(void)zone;
	note("gettimeofday");
	struct timespec now;
	const int result = read_clock(CLOCK_REALTIME, &now);
	*time = (struct timeval){.tv_sec = now.tv_sec, .tv_usec = now.tv_nsec / 1000};
	return result;
}

time_t time(time_t *out)
{
	note("time");
	struct timespec now;
	read_clock(CLOCK_REALTIME, &now);
	if (out != NULL)
		*out = now.tv_sec;
	return now.tv_sec;
}

ssize_t getrandom(void *bytes, size_t size, unsigned flags)
{
	note("getrandom");
	if (!sealed)
		return syscall(SYS_getrandom, bytes, size, flags);
	errno = ENOSYS;
	return -1;
}

int getentropy(void *bytes, size_t size)
{
	note("getentropy");
	if (!sealed)
		return syscall(SYS_getrandom, bytes, size, 0) == (long)size ? 0 : -1;
	errno = ENOSYS;
	return -1;
}

/* System calls that end a sealed process. */
static const unsigned forbidden[] = {
	SYS_clock_gettime, SYS_clock_nanosleep,
	SYS_nanosleep,     SYS_gettimeofday,
	SYS_getrandom,     SYS_openat,
	SYS_socket,        SYS_timerfd_create,
	SYS_epoll_create1, SYS_eventfd2,
	SYS_clone,         SYS_clone3,
#ifdef SYS_open
	SYS_open,          SYS_time,
	SYS_fork,
#endif
};

enum { FORBIDDEN = sizeof(forbidden) / sizeof(forbidden[0]) };

static void ask_the_kernel(void)
{
	struct sock_filter filter[FORBIDDEN + 3];
	size_t size = 0;
	filter[size++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
	                                              offsetof(struct seccomp_data, nr));
	for (size_t i = 0; i < FORBIDDEN; i++)
		filter[size++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
		                                              forbidden[i],
		                                              (unsigned char)(FORBIDDEN - i), 0);
	filter[size++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	filter[size++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
	const struct sock_fprog program = {.len = (unsigned short)size, .filter = filter};
	if (!AN_SIM_SEAL_KERNEL)
		return;
	/* A kernel without filters leaves the replaced functions to watch alone. */
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0)
		(void)prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

void an_sim_seal(void)
{
	/* gmtime looks for the time zone's file when it is called first, though it needs none. */
	tzset();
	ask_the_kernel();
	sealed = true;
}

const char *an_sim_seal_broken(void)
{
	return broken;
}
