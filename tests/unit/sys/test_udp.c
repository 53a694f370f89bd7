/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sys/sys.h"

#include <errno.h>
#include <unistd.h>

#include "harness.h"
#include "refusing_send.h"

static const struct an_sys *sys;
static struct an_udp *left, *right;
static struct an_endpoint left_at, right_at;
static uint8_t bytes[AN_DATAGRAM_RUN_MAX];

static struct an_udp *open_at(struct an_endpoint *at)
{
	struct an_udp *udp = NULL;
	ck_assert_int_eq(sys->udp_open(sys->context, at, &(struct an_udp_options){0}, &udp),
	                 AUTONOMI_OK);
	return udp;
}

static void open_pair(struct an_endpoint at)
{
	sys = an_sys_machine();
	left_at = right_at = at;
	left = open_at(&left_at);
	right = open_at(&right_at);
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 7 + i / 256);
}

static void setup_ip4(void)
{
	open_pair(an_endpoint_ip4(127, 0, 0, 1, 0));
}

static const struct an_endpoint loopback6 = {.address = {[15] = 1}};

static bool has_ip6(void)
{
	struct an_endpoint at = loopback6;
	struct an_udp *udp = NULL;
	sys = an_sys_machine();
	if (sys->udp_open(sys->context, &at, &(struct an_udp_options){0}, &udp) != AUTONOMI_OK)
		return false;
	sys->udp_close(sys->context, udp);
	return true;
}

static void setup_ip6(void)
{
	open_pair(has_ip6() ? loopback6 : an_endpoint_ip4(127, 0, 0, 1, 0));
}

static void teardown(void)
{
	sys->udp_close(sys->context, left);
	sys->udp_close(sys->context, right);
}

static struct an_datagram run_to(const struct an_endpoint *remote, size_t size, size_t segment)
{
	return (struct an_datagram){.remote = *remote,
	                            .data = bytes,
	                            .size = size,
	                            .segment = segment};
}

static size_t send_runs(struct an_udp *udp, const struct an_datagram *runs, size_t count)
{
	size_t sent = 0;
	sys->udp_send(sys->context, udp, runs, count, &sent);
	return sent;
}

static void send_one(struct an_udp *udp, const struct an_endpoint *remote, size_t size)
{
	const struct an_datagram run = run_to(remote, size, size);
	ck_assert_uint_eq(send_runs(udp, &run, 1), 1);
}

/* Loopback delivers at once, but on a busy machine not always before we look. */
static size_t receive(struct an_udp *udp, struct an_datagram *runs, size_t capacity)
{
	size_t count = 0;
	for (int tries = 0; count == 0 && tries < 200; tries++) {
		sys->udp_receive(sys->context, udp, runs, capacity, &count);
		if (count == 0)
			usleep(1000);
	}
	return count;
}

static struct an_datagram receive_one(struct an_udp *udp)
{
	struct an_datagram run = {0};
	ck_assert_uint_eq(receive(udp, &run, 1), 1);
	return run;
}

static size_t datagrams_of(const struct an_datagram *run)
{
	return (run->size + run->segment - 1) / run->segment;
}

/* Receives until `expected` datagrams came, each a piece of `bytes` in order. */
static void expect_pieces(struct an_udp *udp, size_t expected, size_t total)
{
	size_t datagrams = 0;
	size_t offset = 0;
	struct an_datagram runs[AN_DATAGRAM_BATCH];
	while (datagrams < expected) {
		const size_t count = receive(udp, runs, AN_DATAGRAM_BATCH);
		ck_assert_uint_gt(count, 0);
		for (size_t i = 0; i < count; i++) {
			ck_assert_uint_le(offset + runs[i].size, total);
			ck_assert_mem_eq(runs[i].data, bytes + offset, runs[i].size);
			offset += runs[i].size;
			datagrams += datagrams_of(&runs[i]);
		}
	}
	ck_assert_uint_eq(datagrams, expected);
	ck_assert_uint_eq(offset, total);
}

START_TEST(a_datagram_arrives_with_both_addresses_and_its_ecn_bits)
{
	struct an_datagram run = run_to(&right_at, 1200, 1200);
	run.ecn = 2;
	ck_assert_uint_eq(send_runs(left, &run, 1), 1);
	const struct an_datagram got = receive_one(right);
	ck_assert_uint_eq(got.size, 1200);
	ck_assert_uint_eq(got.segment, 1200);
	ck_assert_mem_eq(got.data, bytes, 1200);
	ck_assert(an_endpoint_equal(&got.remote, &left_at));
	ck_assert(an_endpoint_equal(&got.local, &right_at));
	ck_assert_uint_eq(got.ecn, 2);
}
END_TEST

START_TEST(a_reply_leaves_from_the_address_that_was_asked)
{
	struct an_endpoint any_at = {.port = 0};
	struct an_udp *any = open_at(&any_at);
	struct an_endpoint target = an_endpoint_ip4(127, 0, 0, 9, any_at.port);
	if (!an_endpoint_is_ip4(&left_at)) {
		target = left_at;
		target.port = any_at.port;
	}
	send_one(left, &target, 10);
	const struct an_datagram asked = receive_one(any);
	ck_assert(an_endpoint_equal(&asked.local, &target));

	struct an_datagram reply = run_to(&left_at, 5, 5);
	reply.local = asked.local;
	ck_assert_uint_eq(send_runs(any, &reply, 1), 1);
	const struct an_datagram got = receive_one(left);
	ck_assert(an_endpoint_equal(&got.remote, &target));
	sys->udp_close(sys->context, any);
}
END_TEST

START_TEST(a_run_arrives_as_its_datagrams_whole_and_in_order)
{
	const struct an_datagram run = run_to(&right_at, 1200 * 20 + 77, 1200);
	ck_assert_uint_eq(send_runs(left, &run, 1), 1);
	expect_pieces(right, 21, run.size);
}
END_TEST

START_TEST(a_run_of_more_segments_than_the_kernel_takes_arrives_whole)
{
	const struct an_datagram run = run_to(&right_at, 200 * 300, 200);
	ck_assert_uint_eq(send_runs(left, &run, 1), 1);
	expect_pieces(right, 300, run.size);
}
END_TEST

START_TEST(more_runs_than_one_batch_leave_in_one_call)
{
	struct an_datagram runs[AN_DATAGRAM_BATCH * 2 + 5];
	const size_t count = sizeof(runs) / sizeof(runs[0]);
	for (size_t i = 0; i < count; i++) {
		runs[i] = run_to(&right_at, 50, 50);
		runs[i].data = bytes + i * 50;
	}
	ck_assert_uint_eq(send_runs(left, runs, count), count);
	expect_pieces(right, count, count * 50);
}
END_TEST

START_TEST(empty_datagrams_are_dropped)
{
	send_one(left, &right_at, 0);
	send_one(left, &right_at, 3);
	ck_assert_uint_eq(receive_one(right).size, 3);
}
END_TEST

START_TEST(nothing_to_receive_is_not_an_error)
{
	struct an_datagram run;
	size_t count = 7;
	sys->udp_receive(sys->context, right, &run, 1, &count);
	ck_assert_uint_eq(count, 0);
}
END_TEST

START_TEST(a_port_that_is_taken_says_so)
{
	struct an_endpoint at = right_at;
	struct an_udp *udp = NULL;
	ck_assert_int_eq(sys->udp_open(sys->context, &at, &(struct an_udp_options){0}, &udp),
	                 AUTONOMI_E_IN_USE);
	ck_assert_ptr_null(udp);
}
END_TEST

START_TEST(an_address_of_another_machine_cannot_be_bound)
{
	struct an_endpoint at = an_endpoint_ip4(198, 51, 100, 7, 0);
	struct an_udp *udp = NULL;
	ck_assert_int_eq(sys->udp_open(sys->context, &at, &(struct an_udp_options){0}, &udp),
	                 AUTONOMI_E_ADDRESS);
}
END_TEST

START_TEST(the_wildcard_serves_both_families)
{
	struct an_endpoint any_at = {.port = 0};
	struct an_udp *any = open_at(&any_at);
	ck_assert_uint_ne(any_at.port, 0);
	const struct an_endpoint target = an_endpoint_ip4(127, 0, 0, 1, any_at.port);
	send_one(left, &target, 4);
	const struct an_datagram got = receive_one(any);
	ck_assert(an_endpoint_is_ip4(&got.remote));
	ck_assert(an_endpoint_equal(&got.remote, &left_at));
	send_one(any, &got.remote, 6);
	ck_assert_uint_eq(receive_one(left).size, 6);
	sys->udp_close(sys->context, any);
}
END_TEST

/* Field failure 1 (peers.md 6.1): one ICMP unreachable ended the endpoint driver. */
START_TEST(field_failure_1_a_closed_port_does_not_end_the_socket)
{
	struct an_endpoint closed_at = left_at;
	closed_at.port = 0;
	struct an_udp *closed = open_at(&closed_at);
	sys->udp_close(sys->context, closed);

	for (int i = 0; i < 50; i++) {
		send_one(left, &closed_at, 100); /* the kernel answers with an ICMP error */
		struct an_datagram run;
		size_t count = 0;
		sys->udp_receive(sys->context, left, &run, 1, &count);
		ck_assert_uint_eq(count, 0);
		send_one(left, &right_at, 200);
		ck_assert_uint_eq(receive_one(right).size, 200);
		send_one(right, &left_at, 300);
		ck_assert_uint_eq(receive_one(left).size, 300);
	}
}
END_TEST

static const int path_errors[] = {ECONNREFUSED, ENETUNREACH, EHOSTUNREACH, EPERM, EACCES,
                                  EMSGSIZE,     ENOBUFS,     ENETDOWN,     EINVAL};

/* Field failure 2 (peers.md 6.1): a transient send error wedged all connections. */
START_TEST(field_failure_2_an_error_of_one_path_loses_one_run_only)
{
	const uint64_t before = sys->udp_lost(sys->context, left);
	const struct an_datagram runs[] = {run_to(&right_at, 11, 11), run_to(&right_at, 22, 22),
	                                   run_to(&right_at, 33, 33)};
	refuse_sends(1, path_errors[_i]);
	ck_assert_uint_eq(send_runs(left, runs, 3), 3);
	ck_assert_uint_eq(sys->udp_lost(sys->context, left), before + 1);
	ck_assert_uint_eq(receive_one(right).size, 22);
	ck_assert_uint_eq(receive_one(right).size, 33);
}
END_TEST

START_TEST(field_failure_2_a_full_socket_sends_the_rest_later)
{
	const struct an_datagram runs[] = {run_to(&right_at, 11, 11), run_to(&right_at, 22, 22)};
	refuse_sends(1, EAGAIN);
	ck_assert_uint_eq(send_runs(left, runs, 2), 0);
	ck_assert_uint_eq(sys->udp_lost(sys->context, left), 0);
	ck_assert_uint_eq(send_runs(left, runs, 2), 2);
	ck_assert_uint_eq(receive_one(right).size, 11);
}
END_TEST

START_TEST(an_interrupted_send_is_repeated)
{
	refuse_sends(3, EINTR);
	send_one(left, &right_at, 44);
	ck_assert_uint_eq(receive_one(right).size, 44);
	ck_assert_uint_eq(sys->udp_lost(sys->context, left), 0);
}
END_TEST

START_TEST(an_error_left_on_the_socket_does_not_hide_what_arrived)
{
	send_one(left, &right_at, 55);
	refuse_receives(3, ECONNREFUSED);
	ck_assert_uint_eq(receive_one(right).size, 55);
}
END_TEST

START_TEST(endless_receive_errors_do_not_hold_the_pump)
{
	refuse_receives(1000000, ECONNREFUSED);
	struct an_datagram run;
	size_t count = 1;
	sys->udp_receive(sys->context, right, &run, 1, &count);
	ck_assert_uint_eq(count, 0);
	refuse_receives(0, 0);
}
END_TEST

static const int segmentation_errors[] = {EIO, EINVAL};

START_TEST(a_kernel_that_cannot_segment_gets_separate_datagrams_from_then_on)
{
	const struct an_datagram run = run_to(&right_at, 1000 * 10, 1000);
	refuse_segmentation(segmentation_errors[_i]);
	ck_assert_uint_eq(send_runs(left, &run, 1), 1);
	expect_pieces(right, 10, run.size);
	ck_assert_uint_eq(sys->udp_lost(sys->context, left), 0);

	refuse_segmentation(0);
	const int before = segmented_sends();
	ck_assert_uint_eq(send_runs(left, &run, 1), 1);
	expect_pieces(right, 10, run.size);
	ck_assert_int_eq(segmented_sends(), before);
}
END_TEST

START_TEST(a_bad_address_does_not_turn_segmentation_off)
{
	const struct an_datagram probe = run_to(&right_at, 1000 * 4, 1000);
	ck_assert_uint_eq(send_runs(left, &probe, 1), 1);
	expect_pieces(right, 4, probe.size);
	const int before = segmented_sends();
	if (before == 0)
		return; /* a kernel without segmentation */

	struct an_endpoint nowhere = right_at;
	nowhere.port = 0; /* the kernel refuses port 0 with EINVAL */
	const struct an_datagram lost = run_to(&nowhere, 1000 * 4, 1000);
	ck_assert_uint_eq(send_runs(left, &lost, 1), 1);
	ck_assert_uint_gt(sys->udp_lost(sys->context, left), 0);
	ck_assert_uint_eq(send_runs(left, &probe, 1), 1);
	expect_pieces(right, 4, probe.size);
	ck_assert_int_gt(segmented_sends(), before + 1);
}
END_TEST

static void add_tests(TCase *pair)
{
	tcase_add_test(pair, a_datagram_arrives_with_both_addresses_and_its_ecn_bits);
	tcase_add_test(pair, a_reply_leaves_from_the_address_that_was_asked);
	tcase_add_test(pair, a_run_arrives_as_its_datagrams_whole_and_in_order);
	tcase_add_test(pair, a_run_of_more_segments_than_the_kernel_takes_arrives_whole);
	tcase_add_test(pair, more_runs_than_one_batch_leave_in_one_call);
	tcase_add_test(pair, field_failure_1_a_closed_port_does_not_end_the_socket);
	tcase_add_test(pair, a_bad_address_does_not_turn_segmentation_off);
}

Suite *suite(void)
{
	Suite *s = suite_create("sys/udp");
	TCase *ip4 = tcase_create("IPv4");
	tcase_add_checked_fixture(ip4, setup_ip4, teardown);
	add_tests(ip4);
	tcase_add_test(ip4, empty_datagrams_are_dropped);
	tcase_add_test(ip4, nothing_to_receive_is_not_an_error);
	tcase_add_test(ip4, a_port_that_is_taken_says_so);
	tcase_add_test(ip4, an_address_of_another_machine_cannot_be_bound);
	tcase_add_test(ip4, the_wildcard_serves_both_families);
	tcase_add_loop_test(ip4, field_failure_2_an_error_of_one_path_loses_one_run_only, 0,
	                    sizeof(path_errors) / sizeof(path_errors[0]));
	tcase_add_test(ip4, field_failure_2_a_full_socket_sends_the_rest_later);
	tcase_add_test(ip4, an_interrupted_send_is_repeated);
	tcase_add_test(ip4, an_error_left_on_the_socket_does_not_hide_what_arrived);
	tcase_add_test(ip4, endless_receive_errors_do_not_hold_the_pump);
	tcase_add_loop_test(ip4, a_kernel_that_cannot_segment_gets_separate_datagrams_from_then_on,
	                    0, 2);
	suite_add_tcase(s, ip4);

	TCase *ip6 = tcase_create("IPv6");
	tcase_add_checked_fixture(ip6, setup_ip6, teardown);
	add_tests(ip6);
	suite_add_tcase(s, ip6);
	return s;
}
