/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A link and a peer that speaks QUIC but keeps no rule of ours. */
#include <check.h>
#include <stdlib.h>

#include "crypt/library.h"
#include "harness.h"
#include "link/link.h"
#include "quic/quic.h"

enum { ROUNDS = 200 };

static an_time_us now;
static struct an_random entropy, link_random, stranger_random;
static struct an_key_pair link_pair, stranger_pair;
static struct an_link *honest;
static struct an_quic *stranger;
static struct an_logger *logger;
static const struct an_endpoint honest_address = {.address = {[15] = 1}, .port = 1};
static const struct an_endpoint stranger_address = {.address = {[15] = 2}, .port = 2};

/* What the stranger answers to every request, and what happened to it. */
static const char *answer;
static size_t answer_size;
static struct an_quic_connection *connection;
static unsigned closed;
static struct an_quic_close close_of_stranger;
static unsigned resets, replies_to_stranger;
static uint64_t reset_code;

/* What the honest one was told. */
static unsigned requests, connected;
static enum an_link_role role;
static unsigned replies;
static an_status reply_status;
static size_t reply_size;

static an_status give_entropy(void *context, uint8_t *out, size_t size)
{
	(void)context;
	an_random_fill(&entropy, out, size);
	return AUTONOMI_OK;
}

static uint64_t give_time(void *context)
{
	(void)context;
	return AN_SECONDS(UINT64_C(1800000000));
}

/* The stranger. */

static an_status on_verify(void *context, struct an_quic_connection *of, struct an_span certificate)
{
	(void)context, (void)of, (void)certificate;
	return AUTONOMI_OK;
}

static void on_accepted(void *context, struct an_quic_connection *of)
{
	(void)context, (void)of;
}

static void on_connected(void *context, struct an_quic_connection *of)
{
	(void)context;
	connection = of;
}

static void on_closed(void *context, struct an_quic_connection *of,
                      const struct an_quic_close *close)
{
	(void)context;
	closed++;
	close_of_stranger = *close;
	connection = connection == of ? NULL : connection;
}

static void on_stream_opened(void *context, struct an_quic_stream *stream)
{
	(void)context;
	an_quic_stream_set_user(stream, NULL);
}

static void send_bytes(struct an_quic_stream *stream, const char *bytes, size_t size)
{
	struct an_blob *blob = an_blob_copy(an_span(bytes, size));
	ck_assert_int_eq(an_quic_stream_send(stream, &blob, 1), AUTONOMI_OK);
	an_blob_unref(blob);
}

static void on_stream_data(void *context, struct an_quic_stream *stream, struct an_span bytes,
                           bool end)
{
	(void)context;
	an_quic_stream_consumed(stream, bytes.size);
	if (!end)
		return;
	if (an_quic_stream_user(stream) != NULL)
		replies_to_stranger++;
	else if (answer != NULL)
		send_bytes(stream, answer, answer_size);
}

static void on_stream_reset(void *context, struct an_quic_stream *stream, uint64_t code)
{
	(void)context;
	resets++;
	reset_code = code;
	an_quic_stream_reset(stream, code);
}

static void on_stream(void *context, struct an_quic_stream *stream)
{
	(void)context, (void)stream;
}

static void start_stranger(const char *agent)
{
	const struct an_quic_events events = {
		.verify = on_verify,
		.accepted = on_accepted,
		.connected = on_connected,
		.closed = on_closed,
		.stream_opened = on_stream_opened,
		.stream_data = on_stream_data,
		.stream_reset = on_stream_reset,
		.stream_delivered = on_stream,
		.stream_closed = on_stream,
	};
	struct an_buffer certificate, key;
	an_buffer_init(&certificate, 4096);
	an_buffer_init(&key, 4096);
	ck_assert_int_eq(an_key_pair_certificate(&stranger_pair, agent, &certificate), AUTONOMI_OK);
	ck_assert_int_eq(an_key_pair_private_key(&stranger_pair, &key), AUTONOMI_OK);
	const struct an_quic_config config = {
		.profile = &an_profile_autonomi,
		.certificate = an_buffer_span(&certificate),
		.private_key = an_buffer_span(&key),
		.limits = {.connections = 10,
	                   .handshakes = 10,
	                   .connections_per_address = 10,
	                   .streams = 10,
	                   .stream_window = 1 << 20,
	                   .connection_window = 1 << 20},
		.accepts = true,
		.random = &stranger_random,
	};
	ck_assert_int_eq(an_quic_new(&config, &events, &stranger), AUTONOMI_OK);
	an_buffer_done(&certificate);
	an_buffer_done(&key);
}

/* The honest link. */

static void link_connected(void *context, const struct an_link_peer *peer)
{
	(void)context;
	connected++;
	role = peer->role;
}

static void link_request(void *context, uint64_t inbound, const struct an_link_peer *peer,
                         const struct an_link_request *request)
{
	(void)context, (void)peer, (void)request;
	requests++;
	an_link_reply(honest, inbound, request->kind, NULL, 0);
}

static void link_reply(void *context, uint64_t request, const struct an_link_reply *reply)
{
	(void)context, (void)request;
	replies++;
	reply_status = reply->status;
	reply_size = reply->body.size;
}

static void start_link(void)
{
	const struct an_link_events events = {.connected = link_connected, .request = link_request};
	const struct an_link_config config = {
		.profile = &an_profile_autonomi,
		.key_pair = &link_pair,
		.version = "0.1.0",
		.limits = {.connections = 10,
	                   .handshakes = 10,
	                   .connections_per_address = 10,
	                   .requests_per_peer = 10,
	                   .requests = 10,
	                   .inbound_bytes = 20 << 20,
	                   .inbound_bytes_per_peer = 20 << 20,
	                   .outbound_requests = 10},
		.random = &link_random,
		.logger = logger,
	};
	ck_assert_int_eq(an_link_new(&config, &events, &honest), AUTONOMI_OK);
}

static void make_pair(struct an_key_pair *pair, struct an_random *random, uint8_t seed)
{
	uint8_t bytes[AN_RANDOM_SEED_SIZE] = {seed};
	an_random_init(random, bytes);
	ck_assert_int_eq(an_key_pair_from_secret(pair, bytes), AUTONOMI_OK);
}

static void setup(void)
{
	const uint8_t seed[AN_RANDOM_SEED_SIZE] = {9};
	now = AN_SECONDS(1000);
	an_random_init(&entropy, seed);
	ck_assert_int_eq(an_quic_library_start(), AUTONOMI_OK);
	ck_assert_int_eq(an_crypt_library_set(give_entropy, give_time, NULL), AUTONOMI_OK);
	make_pair(&link_pair, &link_random, 1);
	make_pair(&stranger_pair, &stranger_random, 2);
	logger = an_logger_new(AN_LOG_INFO);
	start_link();
}

static void teardown(void)
{
	an_link_free(honest);
	an_quic_free(stranger);
	an_logger_free(logger);
}

static bool to_stranger(void)
{
	struct an_datagram runs[AN_DATAGRAM_BATCH];
	const size_t count = an_link_output(honest, runs, AN_DATAGRAM_BATCH, now);
	for (size_t i = 0; i < count; i++)
		runs[i].remote = honest_address;
	an_quic_input(stranger, runs, count, now);
	return count > 0;
}

static bool to_honest(void)
{
	struct an_datagram runs[AN_DATAGRAM_BATCH];
	const size_t count = an_quic_output(stranger, runs, AN_DATAGRAM_BATCH, now);
	for (size_t i = 0; i < count; i++)
		runs[i].remote = stranger_address;
	an_link_input(honest, runs, count, now);
	return count > 0;
}

static void run(void)
{
	for (unsigned i = 0; i < ROUNDS; i++) {
		an_link_expire(honest, now);
		an_quic_expire(stranger, now);
		while (to_stranger() || to_honest())
			;
		now += AN_MS(5);
	}
}

static void stranger_dials(const char *agent)
{
	struct an_quic_connection *dialled;
	start_stranger(agent);
	ck_assert_int_eq(an_quic_dial(stranger, &honest_address, NULL, now, &dialled), AUTONOMI_OK);
	run();
}

static void stranger_sends(const char *bytes, size_t size)
{
	struct an_quic_stream *stream;
	static int mine;
	ck_assert_ptr_nonnull(connection);
	ck_assert_int_eq(an_quic_stream_open(connection, &mine, &stream), AUTONOMI_OK);
	send_bytes(stream, bytes, size);
	run();
}

static void honest_asks(const char *bytes, size_t size)
{
	const struct an_contact contact = {.endpoint_count = 1, .endpoints = {stranger_address}};
	struct an_blob *blob = an_blob_copy(an_span_text("hello"));
	start_stranger("ant/node/1.0/0.4.17/1");
	answer = bytes;
	answer_size = size;
	ck_assert_int_eq(an_link_ask(honest, &contact, AN_LINK_KIND_MESSAGE, &blob, 1,
	                             AN_SECONDS(5), now, link_reply, NULL, NULL),
	                 AUTONOMI_OK);
	an_blob_unref(blob);
	run();
	ck_assert_uint_eq(replies, 1);
}

START_TEST(an_ordinary_stranger_is_served)
{
	stranger_dials("ant/node/1.0/0.4.17/1");
	stranger_sends("\0hello", 6);
	ck_assert_uint_eq(requests, 1);
	ck_assert_uint_eq(replies_to_stranger, 1);
	ck_assert_int_eq(role, AN_LINK_ROLE_NODE);
}
END_TEST

START_TEST(an_unknown_kind_is_refused_before_anything_else)
{
	stranger_dials("ant/node/1.0/0.4.17/1");
	stranger_sends("\3hello", 6);
	ck_assert_uint_eq(requests, 0);
	ck_assert_uint_eq(resets, 1);
	ck_assert_uint_eq(reset_code, AN_LINK_CODE_UNKNOWN_KIND);
}
END_TEST

START_TEST(a_request_without_a_kind_is_malformed)
{
	stranger_dials("ant/node/1.0/0.4.17/1");
	stranger_sends("", 0);
	ck_assert_uint_eq(requests, 0);
	ck_assert_uint_eq(reset_code, AN_LINK_CODE_MALFORMED);
}
END_TEST

START_TEST(a_kind_alone_is_an_empty_request)
{
	stranger_dials("ant/node/1.0/0.4.17/1");
	stranger_sends("\2", 1);
	ck_assert_uint_eq(requests, 1);
	ck_assert_uint_eq(replies_to_stranger, 1);
}
END_TEST

START_TEST(an_address_request_has_no_body)
{
	stranger_dials("ant/node/1.0/0.4.17/1");
	stranger_sends("\2x", 2);
	ck_assert_uint_eq(requests, 0);
	ck_assert_uint_eq(reset_code, AN_LINK_CODE_TOO_LARGE);
}
END_TEST

START_TEST(a_kademlia_message_is_small)
{
	static char large[AN_LINK_KADEMLIA_MAX + 2] = {1};
	stranger_dials("ant/node/1.0/0.4.17/1");
	stranger_sends(large, sizeof(large) - 1);
	ck_assert_uint_eq(requests, 1);
	stranger_sends(large, sizeof(large));
	ck_assert_uint_eq(requests, 1);
	ck_assert_uint_eq(reset_code, AN_LINK_CODE_TOO_LARGE);
}
END_TEST

START_TEST(an_unknown_role_is_told_as_such)
{
	stranger_dials("ant/reachability-check-peer/1.0/0.1.0/1");
	ck_assert_uint_eq(connected, 1);
	ck_assert_int_eq(role, AN_LINK_ROLE_UNKNOWN);
}
END_TEST

START_TEST(a_certificate_without_an_agent_of_ours_is_refused)
{
	struct an_log_line line;
	stranger_dials("example.org");
	ck_assert_uint_eq(connected, 0);
	ck_assert_uint_eq(closed, 1);
	ck_assert_ptr_null(connection);
	ck_assert(an_logger_next(logger, &line));
	ck_assert_ptr_nonnull(strstr(line.text, "certificate is malformed"));
}
END_TEST

START_TEST(another_network_learns_why_it_is_sent_away)
{
	stranger_dials("ant/node/1.0/0.4.17/77");
	ck_assert_uint_eq(connected, 0);
	ck_assert_uint_eq(closed, 1);
	ck_assert(close_of_stranger.by_peer);
	ck_assert_uint_eq(close_of_stranger.code, AN_LINK_CODE_NETWORK_ID);
}
END_TEST

START_TEST(one_who_shows_our_own_key_is_refused)
{
	stranger_pair = link_pair;
	stranger_dials("ant/node/1.0/0.4.17/1");
	ck_assert_uint_eq(connected, 0);
	ck_assert_uint_eq(closed, 1);
}
END_TEST

START_TEST(a_reply_without_a_kind_breaks_the_protocol)
{
	honest_asks("", 0);
	ck_assert_int_eq(reply_status, AUTONOMI_E_PROTOCOL);
}
END_TEST

START_TEST(a_reply_of_another_kind_breaks_the_protocol)
{
	honest_asks("\1hello", 6);
	ck_assert_int_eq(reply_status, AUTONOMI_E_PROTOCOL);
}
END_TEST

START_TEST(a_reply_of_an_unknown_kind_breaks_the_protocol)
{
	honest_asks("\200hello", 6);
	ck_assert_int_eq(reply_status, AUTONOMI_E_PROTOCOL);
}
END_TEST

START_TEST(a_reply_of_the_right_kind_is_taken)
{
	honest_asks("\0hello", 6);
	ck_assert_int_eq(reply_status, AUTONOMI_OK);
	ck_assert_uint_eq(reply_size, 5);
}
END_TEST

/* Closes with `code` when the request has come. */
static void check_close(uint64_t code, an_status status)
{
	const struct an_contact contact = {.endpoint_count = 1, .endpoints = {stranger_address}};
	struct an_blob *blob = an_blob_copy(an_span_text("hello"));
	start_stranger("ant/node/1.0/0.4.17/1");
	answer = NULL;
	ck_assert_int_eq(an_link_ask(honest, &contact, AN_LINK_KIND_MESSAGE, &blob, 1,
	                             AN_SECONDS(50), now, link_reply, NULL, NULL),
	                 AUTONOMI_OK);
	an_blob_unref(blob);
	run();
	ck_assert_uint_eq(replies, 0);
	an_quic_connection_close(connection, code);
	run();
	ck_assert_uint_eq(replies, 1);
	ck_assert_int_eq(reply_status, status);
}

START_TEST(the_code_of_a_close_says_why_the_request_failed)
{
	static const struct {
		uint64_t code;
		an_status status;
	} cases[] = {
		{AN_LINK_CODE_NONE, AUTONOMI_E_UNREACHABLE},
		{AN_LINK_CODE_SHUTDOWN, AUTONOMI_E_UNREACHABLE},
		{AN_LINK_CODE_NETWORK_ID, AUTONOMI_E_NETWORK_ID},
		{AN_LINK_CODE_IDENTITY, AUTONOMI_E_IDENTITY},
		{AN_LINK_CODE_BUSY, AUTONOMI_E_BUSY},
		{12345, AUTONOMI_E_UNREACHABLE},
	};
	check_close(cases[_i].code, cases[_i].status);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("link/strange");
	TCase *requests_of = tcase_create("a stranger");
	tcase_add_checked_fixture(requests_of, setup, teardown);
	tcase_add_test(requests_of, an_ordinary_stranger_is_served);
	tcase_add_test(requests_of, an_unknown_kind_is_refused_before_anything_else);
	tcase_add_test(requests_of, a_request_without_a_kind_is_malformed);
	tcase_add_test(requests_of, a_kind_alone_is_an_empty_request);
	tcase_add_test(requests_of, an_address_request_has_no_body);
	tcase_add_test(requests_of, a_kademlia_message_is_small);
	tcase_add_test(requests_of, an_unknown_role_is_told_as_such);
	tcase_add_test(requests_of, a_certificate_without_an_agent_of_ours_is_refused);
	tcase_add_test(requests_of, another_network_learns_why_it_is_sent_away);
	tcase_add_test(requests_of, one_who_shows_our_own_key_is_refused);
	tcase_add_test(requests_of, a_reply_without_a_kind_breaks_the_protocol);
	tcase_add_test(requests_of, a_reply_of_another_kind_breaks_the_protocol);
	tcase_add_test(requests_of, a_reply_of_an_unknown_kind_breaks_the_protocol);
	tcase_add_test(requests_of, a_reply_of_the_right_kind_is_taken);
	tcase_add_loop_test(requests_of, the_code_of_a_close_says_why_the_request_failed, 0, 6);
	suite_add_tcase(s, requests_of);
	return s;
}
