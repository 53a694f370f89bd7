/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "quic/quic.h"

#include "harness.h"
#include "wire.h"

enum { MIB = 1 << 20 };

static struct wire wire;
static struct wire_peer *a, *b, *c;

static void setup_limits(struct an_quic_limits limits)
{
	wire_init(&wire, 2);
	a = wire_add(&wire, &limits);
	b = wire_add(&wire, &limits);
	c = wire_add(&wire, &limits);
}

static void setup(void)
{
	setup_limits(wire_limits());
}

static void teardown(void)
{
	wire_done(&wire);
}

static bool all_idle(struct wire *w)
{
	(void)w;
	return wire_peer_idle(a) && wire_peer_idle(b) && wire_peer_idle(c);
}

static struct wire_message *message_at(const struct wire_peer *peer, size_t i)
{
	struct an_list *link = an_list_first(&peer->messages);
	while (link != NULL && i-- > 0)
		link = an_list_next(&peer->messages, link);
	ck_assert_ptr_nonnull(link);
	return an_container_of(link, struct wire_message, link);
}

START_TEST(an_empty_message_is_only_its_end)
{
	struct wire_message *message = wire_send(wire_connect(a, b), 1, 0);
	ck_assert(wire_run(&wire, AN_SECONDS(1), all_idle));
	ck_assert(wire_received(message, 1, 0));
	ck_assert(message->delivered);
}
END_TEST

enum { PARTS = 3 };

START_TEST(parts_arrive_as_one_message_and_are_released_when_they_are_acknowledged)
{
	struct an_quic_connection *connection = wire_connect(a, b);
	struct an_blob *whole = wire_bytes(3, 300000);
	struct an_blob *parts[PARTS] = {
		an_blob_copy(an_span(whole->data, 1)),
		an_blob_copy(an_span(whole->data + 1, 199999)),
		an_blob_copy(an_span(whole->data + 200000, 100000)),
	};
	struct an_quic_stream *stream;
	struct wire_message *message = wire_open(connection, &stream);
	ck_assert_int_eq(an_quic_stream_send(stream, parts, PARTS), AUTONOMI_OK);
	ck_assert_int_eq(an_quic_stream_send(stream, parts, 1), AUTONOMI_E_INVALID);
	for (size_t i = 0; i < PARTS; i++)
		ck_assert_uint_eq(parts[i]->references, 2);
	ck_assert(wire_run(&wire, AN_SECONDS(2), all_idle));
	ck_assert(wire_received(message, 3, 300000));
	for (size_t i = 0; i < PARTS; i++) {
		ck_assert_uint_eq(parts[i]->references, 1);
		an_blob_unref(parts[i]);
	}
	an_blob_unref(whole);
}
END_TEST

/* Field failure: buffer aliasing corrupted payloads under concurrent writes of several peers
 * (peers 6.1, AQ#209). */
START_TEST(a_hundred_streams_of_a_mebibyte_from_two_peers_arrive_unharmed)
{
	b->echoes = false;
	struct an_quic_connection *from_a = wire_connect(a, b), *from_c = wire_connect(c, b);
	for (uint64_t i = 0; i < 50; i++) {
		wire_send(from_a, i, MIB);
		wire_send(from_c, i, MIB);
	}
	ck_assert(wire_run(&wire, AN_SECONDS(60), all_idle));
	ck_assert_uint_eq(wire_messages(b), 100);
	unsigned seen[50] = {0};
	for (size_t i = 0; i < 100; i++) {
		for (uint64_t seed = 0; seed < 50; seed++) {
			struct an_blob *first = wire_bytes(seed, 8);
			const bool same = memcmp(message_at(b, i)->data, first->data, 8) == 0;
			an_blob_unref(first);
			if (!same)
				continue;
			ck_assert(wire_received(message_at(b, i), seed, MIB));
			seen[seed]++;
		}
	}
	for (size_t i = 0; i < 50; i++)
		ck_assert_uint_eq(seen[i], 2);
}
END_TEST

/* Field failure: datagrams and messages vanished without an error (peers 6.1, AQ#166, AQ#128). */
START_TEST(under_loss_doubling_and_reordering_every_message_is_accounted_for)
{
	wire.loss = 50;
	wire.doubled = 20;
	wire.delayed = 100;
	struct an_quic_connection *there = wire_connect(a, b), *back = wire_connect(b, a);
	struct wire_message *messages[2][20];
	for (uint64_t i = 0; i < 20; i++) {
		messages[0][i] = wire_send(there, i, 50000);
		messages[1][i] = wire_send(back, i + 100, 50000);
	}
	ck_assert(wire_run(&wire, AN_SECONDS(120), all_idle));
	for (uint64_t i = 0; i < 20; i++) {
		ck_assert(wire_received(messages[0][i], i, 50000));
		ck_assert(wire_received(messages[1][i], i + 100, 50000));
	}
	ck_assert_uint_gt(wire.dropped, 20);
}
END_TEST

START_TEST(a_reader_that_gives_up_tells_the_sender_its_code)
{
	b->resets_on_data = true;
	struct an_quic_connection *connection = wire_connect(a, b);
	struct wire_message *message = wire_send(connection, 1, 4 * MIB);
	ck_assert(wire_run(&wire, AN_SECONDS(5), all_idle));
	ck_assert(message->reset);
	ck_assert_uint_eq(message->reset_code, 9);
	ck_assert(!message->delivered);
	ck_assert_uint_lt(b->bytes, MIB);
	ck_assert_uint_eq(a->closed + b->closed, 0);
}
END_TEST

START_TEST(many_streams_that_are_reset_do_not_use_up_the_connection_window)
{
	b->resets_on_data = true;
	struct an_quic_connection *connection = wire_connect(a, b);
	for (uint64_t i = 0; i < 60; i++) {
		wire_send(connection, i, MIB);
		ck_assert(wire_run(&wire, AN_SECONDS(5), all_idle));
	}
	b->resets_on_data = false;
	b->echoes = false;
	wire_send(connection, 100, 10 * MIB);
	ck_assert(wire_run(&wire, AN_SECONDS(10), all_idle));
	ck_assert(wire_received(message_at(b, 60), 100, 10 * MIB));
}
END_TEST

START_TEST(a_sender_waits_when_the_reader_does_not_consume)
{
	struct an_quic_limits limits = wire_limits();
	teardown();
	limits.stream_window = 100000;
	limits.connection_window = 150000;
	setup_limits(limits);
	b->hoards = true;
	b->echoes = false;
	struct an_quic_connection *connection = wire_connect(a, b);
	wire_send(connection, 1, 300000);
	wire_send(connection, 2, 300000);
	wire_run_for(&wire, AN_SECONDS(5));
	ck_assert_uint_eq(b->bytes, 150000);
	for (unsigned i = 0; i < 20; i++) {
		wire_consume(b);
		wire_run_for(&wire, AN_SECONDS(1));
	}
	ck_assert(all_idle(&wire));
	ck_assert(wire_received(message_at(b, 0), 1, 300000));
	ck_assert(wire_received(message_at(b, 1), 2, 300000));
}
END_TEST

/* Field failure: unbounded reassembly of out-of-order data (peers 6.1, GHSA-4w2j-m93h-cj5j). */
static bool drops_the_first_of_ten(struct wire *w, const struct an_datagram *datagram)
{
	return datagram->size > 1000 && w->sent % 10 == 0;
}

START_TEST(field_failure_4_data_out_of_order_is_held_up_to_the_window_and_no_further)
{
	struct an_quic_limits limits = wire_limits();
	teardown();
	limits.stream_window = limits.connection_window = 200000;
	setup_limits(limits);
	b->hoards = true;
	struct an_quic_connection *connection = wire_connect(a, b);
	wire.drops = drops_the_first_of_ten;
	wire_send(connection, 1, 4 * MIB);
	wire_run_for(&wire, AN_SECONDS(8));
	ck_assert_uint_le(b->bytes, 200000);
	ck_assert_uint_eq(a->closed + b->closed, 0);
}
END_TEST

START_TEST(a_connection_admits_only_so_many_streams_at_once)
{
	struct an_quic_limits limits = wire_limits();
	struct an_quic_stream *stream;
	teardown();
	limits.streams = 3;
	setup_limits(limits);
	struct an_quic_connection *connection = wire_connect(a, b);
	for (uint64_t i = 0; i < 3; i++)
		wire_send(connection, i, 1000);
	ck_assert(!an_quic_connection_can_open(connection));
	ck_assert_int_eq(an_quic_stream_open(connection, NULL, &stream), AUTONOMI_E_BUSY);
	ck_assert(wire_run(&wire, AN_SECONDS(1), all_idle));
	wire_run_for(&wire, AN_MS(100));
	ck_assert(an_quic_connection_can_open(connection));
	for (uint64_t i = 0; i < 3; i++)
		wire_send(connection, i, 1000);
	ck_assert(wire_run(&wire, AN_SECONDS(1), all_idle));
}
END_TEST

START_TEST(what_was_being_sent_is_released_when_the_connection_ends)
{
	struct an_quic_connection *connection = wire_connect(a, b);
	struct an_blob *blob = wire_bytes(1, 4 * MIB);
	struct an_quic_stream *stream;
	wire_open(connection, &stream);
	ck_assert_int_eq(an_quic_stream_send(stream, &blob, 1), AUTONOMI_OK);
	wire_crash(b);
	wire_settle(&wire);
	ck_assert_uint_eq(blob->references, 2);
	an_quic_free(a->quic);
	a->quic = NULL;
	ck_assert_uint_eq(blob->references, 1);
	an_blob_unref(blob);
}
END_TEST

START_TEST(small_messages_share_a_datagram)
{
	struct an_quic_connection *connection = wire_connect(a, b);
	b->echoes = false;
	wire_run_for(&wire, AN_SECONDS(1));
	const uint64_t before = an_quic_counters(a->quic)->datagrams_sent;
	for (uint64_t i = 0; i < 10; i++)
		wire_send(connection, i, 50);
	wire_settle(&wire);
	ck_assert_uint_eq(an_quic_counters(a->quic)->datagrams_sent - before, 1);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("quic/streams");
	TCase *streams = tcase_create("streams");
	tcase_add_checked_fixture(streams, setup, teardown);
	tcase_add_test(streams, an_empty_message_is_only_its_end);
	tcase_add_test(streams,
	               parts_arrive_as_one_message_and_are_released_when_they_are_acknowledged);
	tcase_add_test(streams, a_hundred_streams_of_a_mebibyte_from_two_peers_arrive_unharmed);
	tcase_add_test(streams, under_loss_doubling_and_reordering_every_message_is_accounted_for);
	tcase_add_test(streams, a_reader_that_gives_up_tells_the_sender_its_code);
	tcase_add_test(streams, many_streams_that_are_reset_do_not_use_up_the_connection_window);
	tcase_add_test(streams, a_sender_waits_when_the_reader_does_not_consume);
	tcase_add_test(streams,
	               field_failure_4_data_out_of_order_is_held_up_to_the_window_and_no_further);
	tcase_add_test(streams, a_connection_admits_only_so_many_streams_at_once);
	tcase_add_test(streams, what_was_being_sent_is_released_when_the_connection_ends);
	tcase_add_test(streams, small_messages_share_a_datagram);
	suite_add_tcase(s, streams);
	return s;
}
