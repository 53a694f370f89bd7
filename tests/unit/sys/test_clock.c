/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sys/sys.h"

#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "harness.h"

static const struct an_sys *sys;

static void setup(void)
{
	sys = an_sys_machine();
}

START_TEST(monotonic_time_never_goes_back)
{
	an_time_us last = sys->now(sys->context);
	for (int i = 0; i < 1000; i++) {
		const an_time_us now = sys->now(sys->context);
		ck_assert_uint_ge(now, last);
		last = now;
	}
}
END_TEST

START_TEST(monotonic_time_counts_microseconds)
{
	const an_time_us before = sys->now(sys->context);
	nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
	const an_time_us passed = sys->now(sys->context) - before;
	ck_assert_uint_ge(passed, AN_MS(20));
	ck_assert_uint_lt(passed, AN_SECONDS(20));
}
END_TEST

START_TEST(unix_time_agrees_with_the_system)
{
	const uint64_t seconds = sys->unix_time_us(sys->context) / 1000000;
	const uint64_t expected = (uint64_t)time(NULL);
	ck_assert_uint_le(expected - seconds, 1);
}
END_TEST

START_TEST(entropy_fills_every_byte_and_never_repeats)
{
	uint8_t seen[1000] = {0};
	for (int round = 0; round < 8; round++) {
		uint8_t bytes[1000] = {0};
		ck_assert_int_eq(sys->entropy(sys->context, bytes, sizeof(bytes)), AUTONOMI_OK);
		for (size_t i = 0; i < sizeof(bytes); i++)
			seen[i] |= bytes[i];
	}
	for (size_t i = 0; i < sizeof(seen); i++)
		ck_assert_uint_ne(seen[i], 0);
}
END_TEST

START_TEST(a_fork_changes_the_process_id)
{
	const int parent = an_sys_process_id();
	const pid_t child = fork();
	if (child == 0)
		_exit(an_sys_process_id() != parent && getppid() == parent ? 0 : 1);
	int result = -1;
	ck_assert_int_eq(waitpid(child, &result, 0), child);
	ck_assert_int_eq(result, 0);
}
END_TEST

START_TEST(there_is_at_least_one_processor)
{
	ck_assert_uint_ge(an_sys_processors(), 1);
	ck_assert_uint_le(an_sys_processors(), (size_t)sysconf(_SC_NPROCESSORS_CONF));
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("sys/clock");
	TCase *machine = tcase_create("machine");
	tcase_add_checked_fixture(machine, setup, NULL);
	tcase_add_test(machine, monotonic_time_never_goes_back);
	tcase_add_test(machine, monotonic_time_counts_microseconds);
	tcase_add_test(machine, unix_time_agrees_with_the_system);
	tcase_add_test(machine, entropy_fills_every_byte_and_never_repeats);
	tcase_add_test(machine, a_fork_changes_the_process_id);
	tcase_add_test(machine, there_is_at_least_one_processor);
	suite_add_tcase(s, machine);
	return s;
}
