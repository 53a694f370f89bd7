/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/world.h"

#include <stdlib.h>

#include "base/datagram.h"
#include "harness.h"

static struct an_sim_world *world;

/* A process that answers every datagram with one of the same bytes, and counts. */
struct echo {
	struct an_sim_host *host;
	const struct an_sys *sys;
	struct an_reactor *reactor;
	struct an_udp *udp;
	struct an_endpoint at;
	bool answers;
	size_t received;
	an_time_us last_time;
	size_t last_size;
	uint8_t last_first_byte;
	struct an_endpoint last_remote;
};

static void take(struct echo *echo, const struct an_datagram *run)
{
	echo->received++;
	echo->last_time = an_sim_world_now(world);
	echo->last_size = run->size;
	echo->last_first_byte = run->data[0];
	echo->last_remote = run->remote;
	size_t sent;
	if (echo->answers)
		echo->sys->udp_send(echo->sys->context, echo->udp, run, 1, &sent);
}

static void turn(void *context)
{
	struct echo *echo = context;
	struct an_reactor_ready ready;
	echo->sys->reactor_look(echo->sys->context, echo->reactor, &ready);
	struct an_datagram runs[4];
	size_t count;
	do {
		echo->sys->udp_receive(echo->sys->context, echo->udp, runs, 4, &count);
		for (size_t i = 0; i < count; i++)
			take(echo, &runs[i]);
	} while (count > 0);
}

static struct echo *start(bool answers)
{
	struct echo *echo = calloc(1, sizeof(*echo));
	echo->host = an_sim_host_new(world);
	echo->sys = an_sim_host_sys(echo->host);
	echo->answers = answers;
	ck_assert_int_eq(echo->sys->reactor_new(echo->sys->context, &echo->reactor), AUTONOMI_OK);
	echo->at = (struct an_endpoint){.port = 9000};
	ck_assert_int_eq(echo->sys->udp_open(echo->sys->context, &echo->at,
	                                     &(struct an_udp_options){0}, &echo->udp),
	                 AUTONOMI_OK);
	echo->sys->reactor_watch(echo->sys->context, echo->reactor, echo->udp, false);
	an_sim_host_start(echo->host, turn, echo);
	return echo;
}

static void end(struct echo *echo)
{
	an_sim_host_stop(echo->host);
	echo->sys->udp_close(echo->sys->context, echo->udp);
	echo->sys->reactor_free(echo->sys->context, echo->reactor);
	free(echo);
}

static struct echo *left, *right;

static void setup(void)
{
	world = an_sim_world_new(1);
	left = start(false);
	right = start(true);
}

static void teardown(void)
{
	end(left);
	end(right);
	an_sim_world_free(world);
}

static struct an_endpoint address_of(struct echo *echo)
{
	struct an_endpoint at = an_sim_host_address6(echo->host);
	at.port = 9000;
	return at;
}

static size_t send_to(struct echo *echo, const struct an_endpoint *to, size_t size, size_t segment)
{
	static uint8_t bytes[60000] = {42};
	const struct an_datagram run = {.remote = *to,
	                                .data = bytes,
	                                .size = size,
	                                .segment = segment};
	size_t sent = 0;
	echo->sys->udp_send(echo->sys->context, echo->udp, &run, 1, &sent);
	return sent;
}

static void ping(size_t size)
{
	const struct an_endpoint to = address_of(right);
	send_to(left, &to, size, size);
}

static void pass(an_time_us duration)
{
	ck_assert(an_sim_world_run_until(world, an_sim_world_now(world) + duration));
}

static void set_link(struct an_sim_link link)
{
	an_sim_world_set_link(world, &link);
}

START_TEST(a_datagram_takes_the_latency_each_way)
{
	set_link((struct an_sim_link){.latency = 30000});
	const an_time_us begin = an_sim_world_now(world);
	ping(100);
	pass(AN_SECONDS(1));
	ck_assert_uint_eq(left->received, 1);
	ck_assert_uint_eq(left->last_time - begin, 60000);
	ck_assert_uint_eq(left->last_size, 100);
	ck_assert_uint_eq(left->last_first_byte, 42);
	const struct an_endpoint expected = address_of(right);
	ck_assert(an_endpoint_equal(&left->last_remote, &expected));
}
END_TEST

START_TEST(both_address_families_reach_a_wildcard_socket)
{
	struct an_endpoint to = an_sim_host_address4(right->host);
	to.port = 9000;
	send_to(left, &to, 10, 10);
	pass(AN_SECONDS(1));
	ck_assert_uint_eq(left->received, 1);
	ck_assert(an_endpoint_is_ip4(&left->last_remote));
}
END_TEST

START_TEST(a_run_is_cut_into_its_segments)
{
	const struct an_endpoint to = address_of(right);
	ck_assert_uint_eq(send_to(left, &to, 1200 * 10 + 5, 1200), 1);
	pass(AN_SECONDS(1));
	ck_assert_uint_eq(right->received, 11);
}
END_TEST

START_TEST(loss_has_the_rate_that_was_set)
{
	enum { COUNT = 20000 };
	set_link((struct an_sim_link){.latency = 1000, .loss = 50000});
	right->answers = false;
	for (int i = 0; i < COUNT; i++)
		ping(10);
	pass(AN_SECONDS(1));
	ck_assert_uint_gt(right->received, COUNT * 94 / 100);
	ck_assert_uint_lt(right->received, COUNT * 96 / 100);
	ck_assert_uint_eq(an_sim_world_counters(world)->lost, COUNT - right->received);
}
END_TEST

START_TEST(duplicates_arrive_twice)
{
	set_link((struct an_sim_link){.latency = 1000, .duplicate = 1000000});
	right->answers = false;
	ping(10);
	pass(AN_SECONDS(1));
	ck_assert_uint_eq(right->received, 2);
}
END_TEST

START_TEST(a_partition_holds_until_it_heals)
{
	an_sim_host_set_side(right->host, 1);
	ping(10);
	pass(AN_SECONDS(1));
	ck_assert_uint_eq(right->received, 0);
	an_sim_host_set_side(right->host, 0);
	ping(10);
	pass(AN_SECONDS(1));
	ck_assert_uint_eq(right->received, 1);
}
END_TEST

START_TEST(what_does_not_fit_the_mtu_is_lost_and_counted_at_the_sender)
{
	an_sim_host_set_mtu(left->host, 1280);
	ping(1232);
	ping(1233);
	pass(AN_SECONDS(1));
	ck_assert_uint_eq(right->received, 1);
	ck_assert_uint_eq(left->sys->udp_lost(left->sys->context, left->udp), 1);
}
END_TEST

START_TEST(datagrams_of_any_size_travel_where_the_world_carries_them)
{
	an_sim_world_carry_any_size(world);
	an_sim_host_set_mtu(right->host, 1280);
	ping(32000);
	pass(AN_SECONDS(1));
	ck_assert_uint_eq(right->received, 1);
	ck_assert_uint_eq(right->last_size, 32000);
}
END_TEST

START_TEST(an_uplink_is_slow_one_way)
{
	an_sim_host_set_uplink(left->host, &(struct an_sim_link){.latency = 500000});
	const an_time_us begin = an_sim_world_now(world);
	ping(10);
	pass(AN_SECONDS(2));
	ck_assert_uint_eq(right->last_time - begin, 500000);
	ck_assert_uint_lt(left->last_time - begin, 600000);
}
END_TEST

START_TEST(a_nat_lets_answers_in_and_nobody_else)
{
	an_sim_host_set_nat(left->host, true);
	const struct an_endpoint own = address_of(left);
	send_to(right, &own, 10, 10);
	pass(AN_SECONDS(1));
	ck_assert_uint_eq(left->received, 0);
	ping(10);
	pass(AN_SECONDS(1));
	ck_assert_uint_eq(left->received, 1);
	/* Others see a port of the NAT, and may use it as long as the host has a word with them. */
	const struct an_endpoint seen = right->last_remote;
	ck_assert_uint_ne(seen.port, own.port);
	send_to(right, &seen, 10, 10);
	pass(AN_SECONDS(1));
	ck_assert_uint_eq(left->received, 2);
	pass(AN_SECONDS(AN_SIM_NAT_SECONDS));
	send_to(right, &seen, 10, 10);
	pass(AN_SECONDS(1));
	ck_assert_uint_eq(left->received, 2);
}
END_TEST

START_TEST(a_clock_that_is_wrong_is_that_of_one_host)
{
	const uint64_t right_time = right->sys->unix_time_us(right->sys->context);
	an_sim_host_set_clock(left->host, -5000000);
	ck_assert_uint_eq(left->sys->unix_time_us(left->sys->context), right_time - 5000000);
	ck_assert_uint_eq(right->sys->unix_time_us(right->sys->context), right_time);
	ck_assert_uint_eq(left->sys->now(left->sys->context), an_sim_world_now(world));
}
END_TEST

START_TEST(a_slow_link_delays_and_a_full_one_refuses_until_there_is_room)
{
	set_link((struct an_sim_link){.latency = 0,
	                              .bytes_per_second = 1000000,
	                              .queue_bytes = 10000});
	right->answers = false;
	const struct an_endpoint to = address_of(right);
	size_t accepted = 0;
	while (send_to(left, &to, 952, 952) == 1)
		accepted++;
	ck_assert_uint_ge(accepted, 10);
	ck_assert_uint_le(accepted, 12);
	left->sys->reactor_watch(left->sys->context, left->reactor, left->udp, true);
	pass(AN_MS(5));
	ck_assert_uint_ge(right->received, 4);
	ck_assert_uint_le(right->received, 5);
	left->sys->reactor_watch(left->sys->context, left->reactor, left->udp, false);
	ck_assert_uint_eq(send_to(left, &to, 952, 952), 1);
}
END_TEST

START_TEST(a_socket_that_nobody_reads_is_bounded)
{
	right->sys->reactor_unwatch(right->sys->context, right->reactor, right->udp);
	set_link((struct an_sim_link){.latency = 1});
	const struct an_endpoint to = address_of(right);
	for (int i = 0; i < 200; i++)
		send_to(left, &to, 1000 * 50, 1000);
	pass(AN_SECONDS(1));
	ck_assert_uint_eq(an_sim_world_counters(world)->overflowed,
	                  200 * 50 - AN_SIM_RECEIVE_BYTES / 1000);
}
END_TEST

START_TEST(ports_and_addresses_are_refused_as_on_a_real_machine)
{
	const struct an_sys *sys = left->sys;
	struct an_udp *udp = NULL;
	struct an_endpoint taken = {.port = 9000};
	ck_assert_int_eq(sys->udp_open(sys->context, &taken, &(struct an_udp_options){0}, &udp),
	                 AUTONOMI_E_IN_USE);
	struct an_endpoint foreign = an_sim_host_address6(right->host);
	ck_assert_int_eq(sys->udp_open(sys->context, &foreign, &(struct an_udp_options){0}, &udp),
	                 AUTONOMI_E_ADDRESS);
	struct an_endpoint any = {.port = 0};
	ck_assert_int_eq(sys->udp_open(sys->context, &any, &(struct an_udp_options){0}, &udp),
	                 AUTONOMI_OK);
	ck_assert_uint_ne(any.port, 0);
	sys->udp_close(sys->context, udp);
}
END_TEST

static an_time_us turned_at;

static void note_turn(void *context)
{
	turned_at = an_sim_world_now(world);
	turn(context);
}

START_TEST(a_timer_turns_the_host_at_its_time)
{
	an_sim_host_start(left->host, note_turn, left);
	const an_time_us due = an_sim_world_now(world) + AN_SECONDS(3);
	left->sys->reactor_set_timer(left->sys->context, left->reactor, due + AN_SECONDS(5));
	left->sys->reactor_set_timer(left->sys->context, left->reactor, due);
	pass(AN_SECONDS(2));
	ck_assert_uint_eq(turned_at, 0);
	pass(AN_SECONDS(20));
	ck_assert_uint_eq(turned_at, due);
}
END_TEST

static void turn_in_vain(void *context)
{
	(void)context;
}

START_TEST(a_host_that_spins_stops_the_world)
{
	an_sim_host_start(left->host, turn_in_vain, left);
	left->sys->reactor_set_ready(left->sys->context, left->reactor, true);
	ck_assert(!an_sim_world_run_until(world, an_sim_world_now(world) + 1));
	ck_assert_ptr_nonnull(an_sim_world_failure(world));
}
END_TEST

struct write_job {
	struct an_job job;
	const struct an_sys *sys;
	bool has_run;
};

static void run_write(struct an_job *job)
{
	struct write_job *write = an_container_of(job, struct write_job, job);
	const struct an_sys *sys = write->sys;
	struct an_file *file = NULL;
	ck_assert_int_eq(sys->file_open(sys->context, "/f", AN_FILE_WRITE, &file), AUTONOMI_OK);
	ck_assert_int_eq(sys->file_write(sys->context, file, 0, an_span_text("abc")), AUTONOMI_OK);
	ck_assert_int_eq(sys->file_sync(sys->context, file), AUTONOMI_OK);
	sys->file_close(sys->context, file);
	write->has_run = true;
}

static size_t finished_jobs(struct an_workers *workers)
{
	struct an_list finished;
	an_list_init(&finished);
	left->sys->workers_finished(left->sys->context, workers, &finished);
	size_t count = 0;
	while (an_list_take(&finished) != NULL)
		count++;
	return count;
}

START_TEST(disk_jobs_run_in_order_and_are_done_when_the_disk_is)
{
	const struct an_sys *sys = left->sys;
	struct an_sim_disk_options slow = an_sim_disk_ssd;
	slow.sync_us = AN_SECONDS(1);
	an_sim_disk_set_options(an_sim_host_disk(left->host), &slow);
	struct an_workers *workers = NULL;
	ck_assert_int_eq(sys->workers_new(sys->context, left->reactor, 0, &workers), AUTONOMI_OK);
	struct write_job jobs[2] = {{.sys = sys}, {.sys = sys}};
	for (int i = 0; i < 2; i++) {
		jobs[i].job = (struct an_job){.lane = AN_JOB_DISK, .run = run_write};
		sys->workers_submit(sys->context, workers, &jobs[i].job);
	}
	ck_assert(jobs[0].has_run && !jobs[1].has_run);
	pass(AN_MS(900));
	ck_assert_uint_eq(finished_jobs(workers), 0);
	pass(AN_MS(200));
	ck_assert_uint_eq(finished_jobs(workers), 1);
	ck_assert(jobs[1].has_run);
	ck_assert_uint_eq(sys->workers_pending(sys->context, workers), 1);
	pass(AN_SECONDS(2));
	ck_assert_uint_eq(finished_jobs(workers), 1);

	sys->workers_submit(sys->context, workers, &jobs[0].job);
	sys->workers_submit(sys->context, workers, &jobs[1].job);
	struct an_list finished, unrun;
	an_list_init(&finished);
	an_list_init(&unrun);
	sys->workers_free(sys->context, workers, &finished, &unrun);
	ck_assert_ptr_eq(an_list_first(&finished), &jobs[0].job.link);
	ck_assert_ptr_eq(an_list_first(&unrun), &jobs[1].job.link);
}
END_TEST

static void die(void *context)
{
	struct echo *echo = context;
	const struct an_sys *sys = echo->sys;
	struct an_file *file = NULL;
	ck_assert_int_eq(sys->file_open(sys->context, "/last", AN_FILE_WRITE, &file),
	                 AUTONOMI_E_IO);
	const struct an_endpoint to = address_of(right);
	ck_assert_uint_eq(send_to(echo, &to, 10, 10), 1);
	sys->udp_close(sys->context, echo->udp);
	sys->reactor_free(sys->context, echo->reactor);
}

START_TEST(a_crashed_process_neither_sends_nor_writes_while_it_is_freed)
{
	an_sim_host_crash(left->host, AN_SIM_CUT_PROCESS, die, left);
	ck_assert(!an_sim_host_is_up(left->host));
	pass(AN_SECONDS(1));
	ck_assert_uint_eq(right->received, 0);
	struct an_file_info info;
	ck_assert_int_eq(left->sys->path_info(left->sys->context, "/last", &info), AUTONOMI_OK);
	ck_assert_int_eq(info.kind, AN_FILE_NONE);
	left->udp = NULL;
	left->reactor = NULL;
}
END_TEST

/* A little traffic over a bad link; what it leaves is the trace. */
static uint64_t trace_of(uint64_t seed)
{
	world = an_sim_world_new(seed);
	left = start(false);
	right = start(true);
	set_link((struct an_sim_link){
		.latency = 10000,
		.jitter = 30000,
		.loss = 100000,
		.duplicate = 100000,
		.reorder = 100000,
		.reorder_delay = 50000,
	});
	for (int i = 0; i < 200; i++) {
		uint8_t bytes[8];
		left->sys->entropy(left->sys->context, bytes, sizeof(bytes));
		ping(10 + bytes[0]);
		pass(AN_MS(7));
	}
	pass(AN_SECONDS(1));
	const uint64_t trace = an_sim_world_trace(world);
	end(left);
	end(right);
	an_sim_world_free(world);
	return trace;
}

START_TEST(the_same_seed_gives_the_same_trace_and_another_another)
{
	const uint64_t first = trace_of(7);
	ck_assert_uint_eq(trace_of(7), first);
	ck_assert_uint_ne(trace_of(8), first);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("sim/world");
	TCase *pair = tcase_create("two hosts");
	tcase_add_checked_fixture(pair, setup, teardown);
	tcase_add_test(pair, a_datagram_takes_the_latency_each_way);
	tcase_add_test(pair, both_address_families_reach_a_wildcard_socket);
	tcase_add_test(pair, a_run_is_cut_into_its_segments);
	tcase_add_test(pair, loss_has_the_rate_that_was_set);
	tcase_add_test(pair, duplicates_arrive_twice);
	tcase_add_test(pair, a_partition_holds_until_it_heals);
	tcase_add_test(pair, what_does_not_fit_the_mtu_is_lost_and_counted_at_the_sender);
	tcase_add_test(pair, a_slow_link_delays_and_a_full_one_refuses_until_there_is_room);
	tcase_add_test(pair, datagrams_of_any_size_travel_where_the_world_carries_them);
	tcase_add_test(pair, an_uplink_is_slow_one_way);
	tcase_add_test(pair, a_nat_lets_answers_in_and_nobody_else);
	tcase_add_test(pair, a_clock_that_is_wrong_is_that_of_one_host);
	tcase_add_test(pair, a_socket_that_nobody_reads_is_bounded);
	tcase_add_test(pair, ports_and_addresses_are_refused_as_on_a_real_machine);
	tcase_add_test(pair, a_timer_turns_the_host_at_its_time);
	tcase_add_test(pair, a_host_that_spins_stops_the_world);
	tcase_add_test(pair, disk_jobs_run_in_order_and_are_done_when_the_disk_is);
	tcase_add_test(pair, a_crashed_process_neither_sends_nor_writes_while_it_is_freed);
	suite_add_tcase(s, pair);

	TCase *seeds = tcase_create("seeds");
	tcase_add_test(seeds, the_same_seed_gives_the_same_trace_and_another_another);
	suite_add_tcase(s, seeds);
	return s;
}
