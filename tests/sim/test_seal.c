/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The seal must find what it is there to find. It is tried in children: Check itself reads clocks. */
#include "sim/seal.h"

#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "harness.h"

static void call_clock_gettime(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
}

static void call_gettimeofday(void)
{
	struct timeval now;
	gettimeofday(&now, NULL);
}

static void call_time(void)
{
	time(NULL);
}

static void call_getrandom(void)
{
	char bytes[4];
	(void)!getrandom(bytes, sizeof(bytes), 0);
}

static void call_getentropy(void)
{
	char bytes[4];
	(void)!getentropy(bytes, sizeof(bytes));
}

static const struct {
	const char *name;
	void (*call)(void);
} forbidden[] = {
	{"clock_gettime", call_clock_gettime},
	{"gettimeofday", call_gettimeofday},
	{"time", call_time},
	{"getrandom", call_getrandom},
	{"getentropy", call_getentropy},
};

/* What became of a child that sealed itself, acted, and looked whether the seal names `expected`. */
static int in_sealed_child(void (*act)(void), const char *expected)
{
	const pid_t child = fork();
	if (child == 0) {
		an_sim_seal();
		act();
		const char *broken = an_sim_seal_broken();
		const bool as_expected = expected == NULL
		                                 ? broken == NULL
		                                 : broken != NULL && strcmp(broken, expected) == 0;
		_exit(as_expected ? 0 : 1);
	}
	int result = -1;
	ck_assert_int_eq(waitpid(child, &result, 0), child);
	return result;
}

START_TEST(a_call_of_libc_is_noted_by_name)
{
	ck_assert_int_eq(in_sealed_child(forbidden[_i].call, forbidden[_i].name), 0);
}
END_TEST

START_TEST(calls_before_the_seal_are_not_noted)
{
	for (size_t i = 0; i < sizeof(forbidden) / sizeof(forbidden[0]); i++)
		forbidden[i].call();
	ck_assert_ptr_null(an_sim_seal_broken());
}
END_TEST

static void let_sqlite_read_the_clock(void)
{
	sqlite3_int64 now = 0;
	sqlite3_vfs *vfs = sqlite3_vfs_find("unix");
	vfs->xCurrentTimeInt64(vfs, &now);
}

START_TEST(a_call_from_a_shared_library_is_noted)
{
	sqlite3_initialize();
	ck_assert_int_eq(in_sealed_child(let_sqlite_read_the_clock, "gettimeofday"), 0);
}
END_TEST

static void ask_for_entropy(void)
{
	char bytes[4];
	(void)!syscall(SYS_getrandom, bytes, sizeof(bytes), 0);
}

static void ask_for_time(void)
{
	struct timespec now;
	(void)!syscall(SYS_clock_gettime, CLOCK_REALTIME, &now);
}

static void open_urandom(void)
{
	(void)!open("/dev/urandom", O_RDONLY);
}

static void (*const system_calls[])(void) = {ask_for_entropy, ask_for_time, open_urandom};

START_TEST(a_system_call_around_libc_ends_the_process)
{
	const int result = in_sealed_child(system_calls[_i], NULL);
	ck_assert(WIFSIGNALED(result));
	ck_assert_int_eq(WTERMSIG(result), SIGSYS);
}
END_TEST

static void use_memory_and_write(void)
{
	char *volatile memory = malloc(50000000);
	memory[49999999] = 'x';
	free(memory);
	(void)!write(1, "", 0);
}

START_TEST(memory_may_be_had_and_lines_written)
{
	ck_assert_int_eq(in_sealed_child(use_memory_and_write, NULL), 0);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("sim/seal");
	TCase *tests = tcase_create("seal");
	tcase_add_loop_test(tests, a_call_of_libc_is_noted_by_name, 0,
	                    sizeof(forbidden) / sizeof(forbidden[0]));
	tcase_add_test(tests, calls_before_the_seal_are_not_noted);
	tcase_add_test(tests, a_call_from_a_shared_library_is_noted);
	if (AN_SIM_SEAL_KERNEL)
		tcase_add_loop_test(tests, a_system_call_around_libc_ends_the_process, 0,
		                    sizeof(system_calls) / sizeof(system_calls[0]));
	tcase_add_test(tests, memory_may_be_had_and_lines_written);
	suite_add_tcase(s, tests);
	return s;
}
