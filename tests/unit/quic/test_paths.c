/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "quic/quic.h"

#include "harness.h"
#include "quic/internal.h"
#include "wire.h"

static struct wire wire;
static struct wire_peer *a, *b;

static void setup_seed(uint64_t seed)
{
	const struct an_quic_limits limits = wire_limits();
	wire_init(&wire, seed);
	a = wire_add(&wire, &limits);
	b = wire_add(&wire, &limits);
}

static void setup(void)
{
	setup_seed(6);
}

static void teardown(void)
{
	wire_done(&wire);
}

static bool both_idle(struct wire *w)
{
	(void)w;
	return wire_peer_idle(a) && wire_peer_idle(b);
}

static void assert_works(struct an_quic_connection *connection, uint64_t seed, size_t size)
{
	struct wire_message *message = wire_send(connection, seed, size);
	ck_assert(wire_run(&wire, AN_SECONDS(9), both_idle));
	ck_assert(wire_received(message, seed, size));
}

static bool drops_large(struct wire *w, const struct an_datagram *datagram)
{
	(void)w;
	return datagram->size > 1232; /* what a path with an MTU of 1280 carries over IPv6 */
}

START_TEST(a_path_with_the_smallest_mtu_works)
{
	wire.drops = drops_large;
	struct an_quic_connection *connection = wire_connect(a, b);
	assert_works(connection, 1, 1 << 20);
}
END_TEST

START_TEST(datagrams_grow_to_what_the_path_carries)
{
	struct an_quic_connection *connection = wire_connect(a, b);
	assert_works(connection, 1, 100000);
	ck_assert_uint_eq(ngtcp2_conn_get_path_max_tx_udp_payload_size(connection->conn),
	                  AN_DATAGRAM_MAX);
}
END_TEST

/* A home router may give a peer another port at any time (RFC 9000, 9). */
START_TEST(a_peer_whose_port_changes_is_followed)
{
	struct an_quic_connection *connection = wire_connect(a, b);
	assert_works(connection, 1, 1000);
	a->address.port = 5555;
	assert_works(connection, 2, 50000);
	ck_assert_uint_eq(an_quic_connection_remote(b->connection)->port, 5555);
	ck_assert_uint_eq(a->closed + b->closed, 0);
}
END_TEST

START_TEST(the_round_trip_time_is_measured)
{
	struct an_quic_connection *connection = wire_dial(a, b);
	ck_assert_uint_eq(an_quic_connection_rtt(connection), 0);
	wire_run_for(&wire, AN_MS(100));
	const an_time_us measured = an_quic_connection_rtt(connection);
	ck_assert_uint_ge(measured, 2 * wire.latency - AN_MS(1));
	ck_assert_uint_le(measured, 2 * wire.latency + AN_MS(5));
}
END_TEST

START_TEST(time_that_goes_back_does_no_harm)
{
	struct an_quic_connection *connection = wire_connect(a, b);
	wire_send(connection, 1, 1000);
	struct an_datagram runs[8];
	an_quic_output(a->quic, runs, 8, wire.now - AN_SECONDS(500));
	an_quic_expire(a->quic, 0);
	an_quic_input(a->quic, runs, 0, 1);
	assert_works(connection, 2, 1000);
}
END_TEST

static uint64_t checksum;

static bool sums(struct wire *w, const struct an_datagram *datagram)
{
	(void)w;
	for (size_t i = 0; i < datagram->size; i++)
		checksum = (checksum ^ datagram->data[i]) * UINT64_C(1099511628211);
	return false;
}

static uint64_t checksum_of_run(uint64_t seed)
{
	teardown();
	setup_seed(seed);
	wire.loss = 30;
	wire.drops = sums;
	checksum = 0;
	assert_works(wire_connect(a, b), 1, 100000);
	return checksum;
}

START_TEST(the_same_seed_gives_the_same_datagrams_and_another_one_others)
{
	const uint64_t first = checksum_of_run(7);
	ck_assert_uint_ne(checksum_of_run(8), first);
	ck_assert_uint_eq(checksum_of_run(7), first);
}
END_TEST

START_TEST(a_run_has_pieces_of_one_size_and_may_be_cut_by_capacity)
{
	struct an_quic_connection *connection = wire_connect(a, b);
	assert_works(connection, 1, 2 << 20);
	wire_send(connection, 2, 1 << 20);
	struct an_datagram runs[2];
	ck_assert_uint_eq(an_quic_output(a->quic, runs, 1, wire.now), 1);
	ck_assert_uint_le(runs[0].size, runs[0].segment);
	ck_assert_uint_eq(an_quic_output(a->quic, runs, 0, wire.now), 0);
	ck_assert_uint_eq(an_quic_deadline(a->quic), 0);
	wire.now += AN_MS(5); /* what pacing asks for after the first one */
	an_quic_expire(a->quic, wire.now);
	const size_t count = an_quic_output(a->quic, runs, 2, wire.now);
	ck_assert_uint_ge(count, 1);
	ck_assert_uint_gt(runs[0].size, 2 * runs[0].segment);
	ck_assert(an_endpoint_equal(&runs[0].remote, &b->address));
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("quic/paths");
	TCase *paths = tcase_create("paths");
	tcase_add_checked_fixture(paths, setup, teardown);
	tcase_add_test(paths, a_path_with_the_smallest_mtu_works);
	tcase_add_test(paths, datagrams_grow_to_what_the_path_carries);
	tcase_add_test(paths, a_peer_whose_port_changes_is_followed);
	tcase_add_test(paths, the_round_trip_time_is_measured);
	tcase_add_test(paths, time_that_goes_back_does_no_harm);
	tcase_add_test(paths, the_same_seed_gives_the_same_datagrams_and_another_one_others);
	tcase_add_test(paths, a_run_has_pieces_of_one_size_and_may_be_cut_by_capacity);
	suite_add_tcase(s, paths);
	return s;
}
