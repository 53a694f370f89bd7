/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "quic/quic.h"

#include <stdlib.h>

#include "harness.h"
#include "quic/internal.h"
#include "wire.h"

enum { RECORDED_MAX = 400 };

static struct wire wire;
static struct wire_peer *a, *b;

/* Real datagrams of a whole connection, in both directions. */
static struct recorded {
	struct an_endpoint to;
	size_t size;
	uint8_t bytes[AN_DATAGRAM_MAX];
} recorded[RECORDED_MAX];
static size_t recorded_count;

static bool record(struct wire *w, const struct an_datagram *datagram)
{
	(void)w;
	if (recorded_count < RECORDED_MAX) {
		struct recorded *one = &recorded[recorded_count++];
		one->to = datagram->remote;
		one->size = datagram->size;
		memcpy(one->bytes, datagram->data, datagram->size);
	}
	return false;
}

static void setup(void)
{
	const struct an_quic_limits limits = wire_limits();
	wire_init(&wire, 4);
	a = wire_add(&wire, &limits);
	b = wire_add(&wire, &limits);
	wire.drops = record;
	recorded_count = 0;
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

static void assert_works(struct an_quic_connection *connection, uint64_t seed)
{
	struct wire_message *message = wire_send(connection, seed, 20000);
	ck_assert(wire_run(&wire, AN_SECONDS(8), both_idle));
	ck_assert(wire_received(message, seed, 20000));
}

START_TEST(field_failure_8_random_datagrams_are_dropped_and_counted)
{
	uint8_t bytes[1500];
	struct an_quic_connection *connection = wire_connect(a, b);
	for (unsigned i = 0; i < 20000; i++) {
		const size_t size = (size_t)an_random_below(&wire.random, sizeof(bytes));
		an_random_fill(&wire.random, bytes, size);
		wire_inject(b, &a->address, bytes, size);
		wire_inject(a, &b->address, bytes, size);
	}
	ck_assert_uint_gt(an_quic_counters(b->quic)->datagrams_dropped, 10000);
	ck_assert_uint_eq(an_quic_counters(b->quic)->connections, 1);
	assert_works(connection, 1);
}
END_TEST

static void replay(const struct recorded *one, const uint8_t *bytes, size_t size)
{
	struct wire_peer *to = an_endpoint_equal(&one->to, &a->address) ? a : b;
	wire_inject(to, to == a ? &b->address : &a->address, bytes, size);
}

START_TEST(a_connection_survives_its_own_datagrams_again_cut_and_damaged)
{
	uint8_t bytes[AN_DATAGRAM_MAX];
	struct an_quic_connection *connection = wire_connect(a, b);
	assert_works(connection, 1);
	wire.drops = NULL;
	for (unsigned i = 0; i < 20000; i++) {
		const struct recorded
			*one = &recorded[an_random_below(&wire.random, recorded_count)];
		size_t size = one->size;
		memcpy(bytes, one->bytes, size);
		if (i % 3 == 1)
			size = (size_t)an_random_below(&wire.random, size);
		if (i % 3 == 2)
			bytes[an_random_below(&wire.random, size)] ^=
				(uint8_t)(1u << an_random_below(&wire.random, 8));
		replay(one, bytes, size);
		wire_settle(&wire);
	}
	assert_works(connection, 2);
}
END_TEST

START_TEST(handshakes_and_messages_get_through_a_wire_that_damages_datagrams)
{
	wire.damaged = 100;
	for (uint64_t i = 0; i < 20; i++) {
		struct an_quic_connection *connection = wire_connect(a, b);
		assert_works(connection, i);
	}
}
END_TEST

/* First flights of many diallers, cut and damaged, never make more than the limit admits. */
START_TEST(damaged_first_flights_cost_no_more_than_the_limit_of_handshakes)
{
	uint8_t bytes[AN_DATAGRAM_MAX];
	wire_connect(a, b);
	wire.drops = NULL;
	const struct recorded *first = &recorded[0];
	for (unsigned i = 0; i < 3000; i++) {
		const struct an_endpoint from = an_endpoint_ip4(10, 1, (uint8_t)(i >> 8),
		                                                (uint8_t)i, 4000);
		memcpy(bytes, first->bytes, first->size);
		an_random_fill(&wire.random, bytes + 6, 8); /* another connection id */
		wire_inject(b, &from, bytes, first->size);
		ck_assert_uint_le(b->quic->handshakes, 100);
		wire_settle(&wire);
	}
	wire_run_for(&wire, AN_SECONDS(12));
	ck_assert_uint_eq(an_quic_counters(b->quic)->connections, 0);
}
END_TEST

enum { FIRST_FLIGHT_MAX = 2 }; /* datagrams: with a post-quantum key share; otherwise one */

/* What is sent before anything came back gets through and nothing more: nobody stands behind the
 * address. */
static bool all_but_the_first_flight(struct wire *w, const struct an_datagram *datagram)
{
	(void)w;
	return an_endpoint_equal(&datagram->remote, &b->address) &&
	       an_quic_counters(a->quic)->datagrams_received > 0;
}

START_TEST(an_address_that_is_not_proven_gets_at_most_three_times_its_bytes)
{
	wire.drops = all_but_the_first_flight;
	wire_dial(a, b);
	wire_run_for(&wire, AN_SECONDS(30));
	const struct an_quic_counters *counters = an_quic_counters(b->quic);
	ck_assert_uint_ge(counters->datagrams_received, 1);
	ck_assert_uint_le(counters->datagrams_received, FIRST_FLIGHT_MAX);
	ck_assert_uint_gt(counters->bytes_sent, counters->bytes_received);
	ck_assert_uint_le(counters->bytes_sent, 3 * counters->bytes_received);
	ck_assert_uint_eq(counters->connections, 0);
}
END_TEST

/* Records what goes to `b`, and keeps it from there. */
static bool record_and_drop(struct wire *w, const struct an_datagram *datagram)
{
	record(w, datagram);
	return true;
}

/* First flights, each from an address of its own that nobody stands behind: the one that the connection
 * id says, which is at byte 6 of a first datagram. */
static void flood_with_first_flights(void)
{
	for (size_t i = 0; i < recorded_count; i++) {
		struct recorded *one = &recorded[i];
		const struct an_endpoint forged = an_endpoint_ip4(172, 16, one->bytes[6],
		                                                  one->bytes[7], 1000);
		wire_inject(b, &forged, one->bytes, one->size);
		wire_run_for(&wire, AN_MS(1));
	}
}

enum { HANDSHAKES = 32, FLIGHTS = 100 };

/* At a server that has room for HANDSHAKES; returns a peer that has not called yet. */
static struct wire_peer *make_crowd(void)
{
	struct an_quic_limits limits = wire_limits();
	teardown();
	limits.handshakes = HANDSHAKES;
	wire_init(&wire, 3);
	a = wire_add(&wire, &limits);
	b = wire_add(&wire, &limits);
	struct wire_peer *c = wire_add(&wire, &limits);
	wire_run_for(&wire, AN_SECONDS(60));
	recorded_count = 0;
	wire.drops = record_and_drop;
	for (unsigned i = 0; i < FLIGHTS; i++)
		wire_dial(a, b);
	wire_run_for(&wire, AN_MS(5));
	wire_crash(a);
	wire.drops = NULL;
	ck_assert_uint_ge(recorded_count, FLIGHTS);
	flood_with_first_flights();
	return c;
}

START_TEST(forged_addresses_take_no_more_places_once_there_is_a_crowd)
{
	struct wire_peer *c = make_crowd();
	ck_assert_uint_le(b->quic->handshakes, HANDSHAKES / AN_QUIC_RETRY_DIVISOR);
	ck_assert_uint_ge(an_quic_counters(b->quic)->retries, FLIGHTS / 2);
	ck_assert_uint_eq(an_quic_counters(b->quic)->connections_refused, 0);
	/* Who is there proves it, and comes in, in the midst of it. */
	wire_connect(c, b);
	ck_assert_uint_eq(c->closed, 0);
	/* And without a crowd nobody has to. */
	wire_run_for(&wire, AN_SECONDS(15));
	ck_assert_uint_eq(b->quic->handshakes, 0);
	const uint64_t before = an_quic_counters(b->quic)->retries;
	wire_connect(c, b);
	ck_assert_uint_eq(an_quic_counters(b->quic)->retries, before);
}
END_TEST

struct forgery {
	uint8_t secret[32];        /* that its token is encrypted under */
	struct an_endpoint proven; /* by the token */
	uint64_t made_at;
};

/* A first flight that nobody has let in, with a token. */
static void inject_with_token(const struct forgery *forgery, const struct an_endpoint *from)
{
	const struct recorded *one = &recorded[recorded_count - 1];
	uint8_t token[NGTCP2_CRYPTO_MAX_RETRY_TOKENLEN], bytes[2048];
	ngtcp2_path_storage path;
	ngtcp2_pkt_hd header;
	ck_assert_int_eq(ngtcp2_accept(&header, one->bytes, one->size), 0);
	an_quic_path_set(&path, &forgery->proven);
	const ngtcp2_ssize size = ngtcp2_crypto_generate_retry_token(
		token, forgery->secret, sizeof(forgery->secret), header.version,
		path.path.remote.addr, path.path.remote.addrlen, &header.dcid, &header.dcid,
		forgery->made_at);
	ck_assert_int_gt(size, 0);
	/* Its length is behind the two ids (RFC 9000, 17.2.2), and was 0. */
	const size_t at = 7 + header.dcid.datalen + header.scid.datalen;
	ck_assert_uint_eq(one->bytes[at], 0);
	memcpy(bytes, one->bytes, at);
	bytes[at] = (uint8_t)(0x40 | size >> 8);
	bytes[at + 1] = (uint8_t)size;
	memcpy(bytes + at + 2, token, (size_t)size);
	memcpy(bytes + at + 2 + size, one->bytes + at + 1, one->size - at - 1);
	wire_inject(b, from, bytes, one->size + 1 + (size_t)size);
}

START_TEST(a_token_is_good_from_this_endpoint_for_this_address_and_a_while_alone)
{
	make_crowd();
	const struct an_endpoint from = an_endpoint_ip4(172, 17, 1, 1, 1000);
	const struct an_endpoint other = an_endpoint_ip4(172, 17, 1, 2, 1000);
	struct forgery good = {.proven = from, .made_at = an_quic_clock(b->quic)};
	memcpy(good.secret, b->quic->retry_secret, sizeof(good.secret));
	struct forgery forgeries[] = {good, good, good, good};
	memset(forgeries[0].secret, 0, sizeof(forgeries[0].secret));
	forgeries[1].secret[31] ^= 1;
	forgeries[2].proven = other;
	forgeries[3].made_at -= 30 * NGTCP2_SECONDS;
	const unsigned before = b->accepted;
	for (size_t i = 0; i < sizeof(forgeries) / sizeof(forgeries[0]); i++) {
		inject_with_token(&forgeries[i], &from);
		ck_assert_msg(b->accepted == before, "forgery %zu", i);
		wire_run_for(&wire, AN_MS(1));
	}
	inject_with_token(&good, &from);
	ck_assert_uint_eq(b->accepted, before + 1);
}
END_TEST

START_TEST(a_flood_to_an_ended_connection_is_answered_ever_more_rarely)
{
	struct an_quic_connection *connection = wire_connect(a, b);
	assert_works(connection, 1);
	an_quic_connection_close(connection, 0);
	wire_settle(&wire);
	wire.drops = NULL;
	const uint64_t before = an_quic_counters(a->quic)->datagrams_sent;
	for (unsigned i = 0; i < 1000; i++) {
		for (size_t k = recorded_count; k-- > 0;) {
			if (!an_endpoint_equal(&recorded[k].to, &a->address))
				continue;
			replay(&recorded[k], recorded[k].bytes, recorded[k].size);
			break;
		}
		wire_settle(&wire);
	}
	ck_assert_uint_le(an_quic_counters(a->quic)->datagrams_sent - before, 10);
}
END_TEST

START_TEST(a_datagram_of_nothing_or_of_one_byte_is_dropped)
{
	const uint8_t nothing = 0;
	wire_connect(a, b);
	wire_inject(b, &a->address, &nothing, 0);
	for (unsigned value = 0; value < 256; value++) {
		const uint8_t one = (uint8_t)value;
		wire_inject(b, &a->address, &one, 1);
	}
	ck_assert_uint_eq(an_quic_counters(b->quic)->connections, 1);
	ck_assert_uint_ge(an_quic_counters(b->quic)->datagrams_dropped, 256);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("quic/hostile");
	TCase *hostile = tcase_create("hostile");
	tcase_add_checked_fixture(hostile, setup, teardown);
	tcase_set_timeout(hostile, 200);
	tcase_add_test(hostile, field_failure_8_random_datagrams_are_dropped_and_counted);
	tcase_add_test(hostile, a_connection_survives_its_own_datagrams_again_cut_and_damaged);
	tcase_add_test(hostile, handshakes_and_messages_get_through_a_wire_that_damages_datagrams);
	tcase_add_test(hostile, damaged_first_flights_cost_no_more_than_the_limit_of_handshakes);
	tcase_add_test(hostile, an_address_that_is_not_proven_gets_at_most_three_times_its_bytes);
	tcase_add_test(hostile, forged_addresses_take_no_more_places_once_there_is_a_crowd);
	tcase_add_test(hostile,
	               a_token_is_good_from_this_endpoint_for_this_address_and_a_while_alone);
	tcase_add_test(hostile, a_flood_to_an_ended_connection_is_answered_ever_more_rarely);
	tcase_add_test(hostile, a_datagram_of_nothing_or_of_one_byte_is_dropped);
	suite_add_tcase(s, hostile);
	return s;
}
