/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "quic/quic.h"

#include "harness.h"
#include "ident/key_pair.h"
#include "quic/internal.h"
#include "wire.h"

static struct wire wire;
static struct wire_peer *a, *b;

static void setup(void)
{
	const struct an_quic_limits limits = wire_limits();
	wire_init(&wire, 1);
	a = wire_add(&wire, &limits);
	b = wire_add(&wire, &limits);
}

static void teardown(void)
{
	wire_done(&wire);
}

static bool both_closed(struct wire *w)
{
	(void)w;
	return a->closed == 1 && b->closed == 1;
}

static bool both_idle(struct wire *w)
{
	(void)w;
	return wire_peer_idle(a) && wire_peer_idle(b);
}

START_TEST(both_sides_learn_the_certificate_whose_key_the_other_one_proved)
{
	struct an_identity identity;
	char agent[AN_AGENT_MAX];
	wire_connect(a, b);
	ck_assert_uint_eq(a->verified, 1);
	ck_assert_uint_eq(b->verified, 1);
	ck_assert_int_eq(an_identity_from_certificate(&identity, agent,
	                                              an_span(b->peer_certificate,
	                                                      b->peer_certificate_size)),
	                 AUTONOMI_OK);
	ck_assert_str_eq(agent, "ant/node/1.0/0.1.0/1");
	ck_assert(a->peer_certificate_size != b->peer_certificate_size ||
	          memcmp(a->peer_certificate, b->peer_certificate, a->peer_certificate_size) != 0);
}
END_TEST

START_TEST(a_message_is_echoed_over_a_stream)
{
	struct an_quic_connection *connection = wire_connect(a, b);
	struct wire_message *message = wire_send(connection, 5, 100000);
	ck_assert(wire_run(&wire, AN_SECONDS(5), both_idle));
	ck_assert(wire_received(message, 5, 100000));
	ck_assert(message->delivered);
	ck_assert_uint_eq(b->streams_opened, 1);
	ck_assert_uint_eq(b->streams_closed, 1);
}
END_TEST

START_TEST(a_handshake_takes_one_round_trip_until_the_dialler_may_speak)
{
	const an_time_us before = wire.now;
	wire_dial(a, b);
	while (a->connected == 0)
		wire_run_for(&wire, AN_MS(1));
	ck_assert_uint_le(wire.now - before, 2 * wire.latency + AN_MS(2));
}
END_TEST

START_TEST(the_key_exchange_is_post_quantum_where_wolfssl_has_it)
{
	const char *name = an_quic_connection_key_exchange(wire_connect(a, b));
#ifdef WOLFSSL_HAVE_MLKEM
	ck_assert_str_eq(name, "X25519MLKEM768");
#else
	ck_assert_str_eq(name, "X25519");
#endif
}
END_TEST

START_TEST(a_dialler_that_refuses_the_certificate_ends_the_connection)
{
	a->verdict = AUTONOMI_E_NETWORK_ID;
	wire_dial(a, b);
	ck_assert(wire_run(&wire, AN_SECONDS(5), both_closed));
	ck_assert_int_eq(a->close.status, AUTONOMI_E_NETWORK_ID);
	ck_assert(!a->close.by_peer);
	ck_assert_int_eq(b->close.status, AUTONOMI_E_REFUSED);
	ck_assert(b->close.by_peer);
	ck_assert_uint_eq(a->connected, 0);
	ck_assert_uint_eq(b->connected, 0);
}
END_TEST

START_TEST(an_accepter_that_refuses_the_certificate_ends_the_connection)
{
	b->verdict = AUTONOMI_E_IDENTITY;
	wire_dial(a, b);
	ck_assert(wire_run(&wire, AN_SECONDS(5), both_closed));
	ck_assert_int_eq(b->close.status, AUTONOMI_E_IDENTITY);
	ck_assert_int_eq(a->close.status, AUTONOMI_E_REFUSED);
	ck_assert_uint_eq(b->connected, 0);
}
END_TEST

START_TEST(peers_of_another_protocol_do_not_connect)
{
	const struct an_quic_limits limits = wire_limits();
	/* The name is read when the endpoint is made, so make one that speaks another. */
	wire_crash(b);
	b->profile.alpn = "autonomi/2";
	ck_assert_int_eq(wire_remake(b, &limits), AUTONOMI_OK);
	wire_dial(a, b);
	ck_assert(wire_run(&wire, AN_SECONDS(5), both_closed));
	ck_assert_int_eq(a->close.status, AUTONOMI_E_PROTOCOL);
	ck_assert_uint_eq(a->connected + b->connected, 0);
}
END_TEST

static unsigned unlucky; /* the number of the datagram that is lost */

static bool drops_one(struct wire *w, const struct an_datagram *datagram)
{
	(void)datagram;
	return w->sent == unlucky;
}

START_TEST(a_handshake_survives_the_loss_of_any_one_datagram)
{
	for (unlucky = 1; unlucky <= 12; unlucky++) {
		wire.sent = 0;
		wire.drops = drops_one;
		struct an_quic_connection *connection = wire_connect(a, b);
		struct wire_message *message = wire_send(connection, unlucky, 1000);
		ck_assert(wire_run(&wire, AN_SECONDS(5), both_idle));
		ck_assert(wire_received(message, unlucky, 1000));
	}
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("quic/handshake");
	TCase *handshake = tcase_create("handshake");
	tcase_add_checked_fixture(handshake, setup, teardown);
	tcase_add_test(handshake, both_sides_learn_the_certificate_whose_key_the_other_one_proved);
	tcase_add_test(handshake, a_message_is_echoed_over_a_stream);
	tcase_add_test(handshake, a_handshake_takes_one_round_trip_until_the_dialler_may_speak);
	tcase_add_test(handshake, the_key_exchange_is_post_quantum_where_wolfssl_has_it);
	tcase_add_test(handshake, a_dialler_that_refuses_the_certificate_ends_the_connection);
	tcase_add_test(handshake, an_accepter_that_refuses_the_certificate_ends_the_connection);
	tcase_add_test(handshake, peers_of_another_protocol_do_not_connect);
	tcase_add_test(handshake, a_handshake_survives_the_loss_of_any_one_datagram);
	suite_add_tcase(s, handshake);
	return s;
}
