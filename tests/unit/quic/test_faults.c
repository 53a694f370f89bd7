/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every allocation of one small scenario fails in turn, with all that follow it. */
#include "quic/quic.h"

#include <stdlib.h>

#include "base/memory.h"
#include "harness.h"
#include "wire.h"

#ifdef AN_FAULT_INJECTION

static struct wire wire;
static struct wire_peer *a, *b;

static void setup(void)
{
	const struct an_quic_limits limits = wire_limits();
	wire_init(&wire, 5);
	a = wire_add(&wire, &limits);
	b = wire_add(&wire, &limits);
}

static void teardown(void)
{
	an_memory_fail_after(UINT64_MAX);
	wire_done(&wire);
}

static bool both_idle(struct wire *w)
{
	(void)w;
	return wire_peer_idle(a) && wire_peer_idle(b);
}

static bool nobody_is_connected(struct wire *w)
{
	(void)w;
	return an_quic_counters(a->quic)->connections == 0 &&
	       an_quic_counters(b->quic)->connections == 0;
}

static void try_send(struct an_blob *blob)
{
	struct an_quic_stream *stream;
	if (a->connection == NULL || !an_quic_connection_can_open(a->connection))
		return;
	struct wire_message *message = wire_try_open(a->connection, &stream);
	if (message != NULL)
		an_quic_stream_send(stream, &blob, 1);
}

/* Dials, sends and closes, as far as memory allows. */
static void scenario(struct an_blob *blob)
{
	struct an_quic_connection *connection;
	if (an_quic_dial(a->quic, &b->address, a, wire.now, &connection) != AUTONOMI_OK)
		return;
	wire_run_for(&wire, AN_MS(100));
	try_send(blob);
	wire_run_for(&wire, AN_MS(100));
	if (a->connection != NULL)
		an_quic_connection_close(a->connection, 0);
	wire_run_for(&wire, AN_MS(100));
}

static void assert_works(uint64_t seed)
{
	struct an_quic_connection *connection = wire_connect(a, b);
	struct wire_message *message = wire_send(connection, seed, 5000);
	ck_assert(wire_run(&wire, AN_SECONDS(5), both_idle));
	ck_assert(wire_received(message, seed, 5000));
	an_quic_connection_close(connection, 0);
	ck_assert(wire_run(&wire, AN_SECONDS(15), nobody_is_connected));
}

START_TEST(an_endpoint_works_again_after_any_allocation_of_a_connection_failed)
{
	struct an_blob *blob = wire_bytes(1, 20000);
	const uint64_t before = an_memory_allocations();
	scenario(blob);
	wire_run_for(&wire, AN_SECONDS(15));
	const uint64_t needed = an_memory_allocations() - before;
	ck_assert_uint_gt(needed, 50);
	for (uint64_t n = 0; n < needed; n++) {
		an_memory_fail_after(n);
		scenario(blob);
		an_memory_fail_after(UINT64_MAX);
		ck_assert(wire_run(&wire, AN_SECONDS(30), nobody_is_connected));
		ck_assert(both_idle(&wire));
		ck_assert_uint_eq(blob->references, 1);
		if (n % 10 == 0)
			assert_works(n);
	}
	an_blob_unref(blob);
}
END_TEST

START_TEST(an_endpoint_that_cannot_be_made_says_so_and_leaves_nothing)
{
	const struct an_quic_limits limits = wire_limits();
	an_status status = AUTONOMI_E_NO_MEMORY;
	for (uint64_t n = 0; n < 100 && status != AUTONOMI_OK; n++) {
		an_memory_fail_after(n);
		wire_crash(b);
		status = wire_remake(b, &limits);
		an_memory_fail_after(UINT64_MAX);
		ck_assert(status == AUTONOMI_OK || status == AUTONOMI_E_NO_MEMORY);
	}
	ck_assert_int_eq(status, AUTONOMI_OK);
	assert_works(1);
}
END_TEST

static void add_tests(Suite *s)
{
	TCase *faults = tcase_create("allocation");
	tcase_add_checked_fixture(faults, setup, teardown);
	tcase_set_timeout(faults, 300);
	tcase_add_test(faults, an_endpoint_works_again_after_any_allocation_of_a_connection_failed);
	tcase_add_test(faults, an_endpoint_that_cannot_be_made_says_so_and_leaves_nothing);
	suite_add_tcase(s, faults);
}

#else

static void add_tests(Suite *s)
{
	(void)s;
}

#endif

Suite *suite(void)
{
	Suite *s = suite_create("quic/faults");
	add_tests(s);
	return s;
}
