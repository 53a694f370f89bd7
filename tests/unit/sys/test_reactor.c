/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sys/sys.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"

static const struct an_sys *sys;
static struct an_reactor *reactor;

static void setup(void)
{
	sys = an_sys_machine();
	ck_assert_int_eq(sys->reactor_new(sys->context, &reactor), AUTONOMI_OK);
}

static void teardown(void)
{
	sys->reactor_free(sys->context, reactor);
}

static bool readable_within(int timeout_ms)
{
	struct pollfd watched = {
		.fd = sys->reactor_fd(sys->context, reactor),
		.events = POLLIN,
	};
	return poll(&watched, 1, timeout_ms) == 1;
}

static bool readable(void)
{
	return readable_within(0);
}

static struct an_reactor_ready look(void)
{
	struct an_reactor_ready ready;
	sys->reactor_look(sys->context, reactor, &ready);
	return ready;
}

static struct an_udp *open_socket(struct an_endpoint *at)
{
	struct an_udp *udp = NULL;
	*at = an_endpoint_ip4(127, 0, 0, 1, 0);
	ck_assert_int_eq(sys->udp_open(sys->context, at, &(struct an_udp_options){0}, &udp),
	                 AUTONOMI_OK);
	return udp;
}

static void send_to(struct an_udp *udp, const struct an_endpoint *remote)
{
	uint8_t byte = 1;
	const struct an_datagram run = {.remote = *remote, .data = &byte, .size = 1, .segment = 1};
	size_t sent = 0;
	sys->udp_send(sys->context, udp, &run, 1, &sent);
	ck_assert_uint_eq(sent, 1);
}

START_TEST(a_new_reactor_is_not_readable)
{
	ck_assert(!readable());
	const struct an_reactor_ready ready = look();
	ck_assert(!ready.udp && !ready.wake && !ready.timer);
}
END_TEST

START_TEST(wakes_are_kept_and_one_look_takes_them_all)
{
	for (int i = 0; i < 1000; i++)
		sys->reactor_wake(sys->context, reactor);
	ck_assert(readable());
	ck_assert(look().wake);
	ck_assert(!readable());
	ck_assert(!look().wake);
}
END_TEST

START_TEST(the_ready_flag_holds_until_it_is_taken_down)
{
	sys->reactor_set_ready(sys->context, reactor, true);
	sys->reactor_set_ready(sys->context, reactor, true);
	look();
	ck_assert(readable());
	sys->reactor_set_ready(sys->context, reactor, false);
	ck_assert(!readable());
}
END_TEST

START_TEST(a_timer_fires_at_its_time_and_once)
{
	const an_time_us deadline = sys->now(sys->context) + AN_MS(20);
	sys->reactor_set_timer(sys->context, reactor, deadline);
	ck_assert(!readable());
	ck_assert(readable_within(5000));
	ck_assert_uint_ge(sys->now(sys->context), deadline);
	ck_assert(look().timer);
	ck_assert(!readable());
}
END_TEST

START_TEST(a_deadline_that_has_passed_fires_at_once)
{
	sys->reactor_set_timer(sys->context, reactor, 0);
	ck_assert(readable_within(1000));
	ck_assert(look().timer);
	sys->reactor_set_timer(sys->context, reactor, 0);
	ck_assert(readable_within(1000));
}
END_TEST

START_TEST(a_timer_that_is_set_to_never_stays_silent)
{
	sys->reactor_set_timer(sys->context, reactor, sys->now(sys->context) + AN_MS(5));
	sys->reactor_set_timer(sys->context, reactor, AN_TIME_NEVER);
	ck_assert(!readable_within(30));
}
END_TEST

START_TEST(a_due_timer_that_is_moved_ahead_is_not_reported)
{
	sys->reactor_set_timer(sys->context, reactor, 1);
	ck_assert(readable_within(1000));
	sys->reactor_set_timer(sys->context, reactor, sys->now(sys->context) + AN_HOURS(1));
	ck_assert(!readable());
	ck_assert(!look().timer);
}
END_TEST

START_TEST(a_datagram_makes_it_readable_until_it_is_received)
{
	struct an_endpoint at, other_at;
	struct an_udp *udp = open_socket(&at);
	struct an_udp *other = open_socket(&other_at);
	ck_assert_int_eq(sys->reactor_watch(sys->context, reactor, udp, false), AUTONOMI_OK);
	ck_assert(!readable());
	send_to(other, &at);
	ck_assert(readable_within(1000));
	ck_assert(look().udp);
	ck_assert(readable());

	struct an_datagram run;
	size_t count = 0;
	sys->udp_receive(sys->context, udp, &run, 1, &count);
	ck_assert_uint_eq(count, 1);
	ck_assert(!readable());

	send_to(other, &at);
	sys->reactor_unwatch(sys->context, reactor, udp);
	ck_assert(!readable_within(20));
	sys->udp_close(sys->context, other);
	sys->udp_close(sys->context, udp);
}
END_TEST

START_TEST(room_to_send_is_reported_only_when_it_was_asked_for)
{
	struct an_endpoint at;
	struct an_udp *udp = open_socket(&at);
	ck_assert_int_eq(sys->reactor_watch(sys->context, reactor, udp, true), AUTONOMI_OK);
	ck_assert(readable());
	ck_assert(look().udp);
	ck_assert_int_eq(sys->reactor_watch(sys->context, reactor, udp, false), AUTONOMI_OK);
	ck_assert(!readable());
	sys->udp_close(sys->context, udp);
}
END_TEST

static void *wake_from_thread(void *argument)
{
	(void)argument;
	usleep(10000);
	sys->reactor_wake(sys->context, reactor);
	return NULL;
}

START_TEST(a_wake_from_another_thread_ends_a_wait)
{
	pthread_t thread;
	ck_assert_int_eq(pthread_create(&thread, NULL, wake_from_thread, NULL), 0);
	ck_assert_int_eq(sys->reactor_wait(sys->context, reactor, 5000), AUTONOMI_OK);
	ck_assert(look().wake);
	pthread_join(thread, NULL);
}
END_TEST

static void wake_from_handler(int signal_number)
{
	(void)signal_number;
	sys->reactor_wake(sys->context, reactor);
}

START_TEST(a_wake_from_a_signal_handler_is_seen)
{
	struct sigaction action = {.sa_handler = wake_from_handler};
	sigaction(SIGUSR1, &action, NULL);
	raise(SIGUSR1);
	ck_assert_int_eq(sys->reactor_wait(sys->context, reactor, 5000), AUTONOMI_OK);
	ck_assert(look().wake);
}
END_TEST

START_TEST(a_wait_without_events_ends_at_its_timeout)
{
	const an_time_us before = sys->now(sys->context);
	ck_assert_int_eq(sys->reactor_wait(sys->context, reactor, 15), AUTONOMI_OK);
	ck_assert_uint_ge(sys->now(sys->context) - before, AN_MS(14));
}
END_TEST

START_TEST(a_forked_child_that_frees_its_copy_leaves_the_parents_watch)
{
	struct an_endpoint at;
	struct an_udp *udp = open_socket(&at);
	ck_assert_int_eq(sys->reactor_watch(sys->context, reactor, udp, false), AUTONOMI_OK);
	const pid_t child = fork();
	if (child == 0) {
		sys->udp_close(sys->context, udp);
		sys->reactor_free(sys->context, reactor);
		_exit(0);
	}
	ck_assert_int_eq(waitpid(child, NULL, 0), child);
	send_to(udp, &at);
	ck_assert(readable_within(1000));
	sys->udp_close(sys->context, udp);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("sys/reactor");
	TCase *machine = tcase_create("machine");
	tcase_add_checked_fixture(machine, setup, teardown);
	tcase_add_test(machine, a_new_reactor_is_not_readable);
	tcase_add_test(machine, wakes_are_kept_and_one_look_takes_them_all);
	tcase_add_test(machine, the_ready_flag_holds_until_it_is_taken_down);
	tcase_add_test(machine, a_timer_fires_at_its_time_and_once);
	tcase_add_test(machine, a_deadline_that_has_passed_fires_at_once);
	tcase_add_test(machine, a_timer_that_is_set_to_never_stays_silent);
	tcase_add_test(machine, a_due_timer_that_is_moved_ahead_is_not_reported);
	tcase_add_test(machine, a_datagram_makes_it_readable_until_it_is_received);
	tcase_add_test(machine, room_to_send_is_reported_only_when_it_was_asked_for);
	tcase_add_test(machine, a_wake_from_another_thread_ends_a_wait);
	tcase_add_test(machine, a_wake_from_a_signal_handler_is_seen);
	tcase_add_test(machine, a_wait_without_events_ends_at_its_timeout);
	tcase_add_test(machine, a_forked_child_that_frees_its_copy_leaves_the_parents_watch);
	suite_add_tcase(s, machine);
	return s;
}
