/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Peers that take more than their share: of handshakes, of memory, of disk. Honest ones are served. */
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attacker.h"
#include "base/memory.h"
#include "data/chunk.h"
#include "quic/quic.h"

enum { CHUNK = 4 * 1024 * 1024, ATTACKERS = 3 };

static struct cluster cluster;
static struct attacker attackers[ATTACKERS];

static void open_victim(const char *option, const char *value, const char *other,
                        const char *other_value)
{
	memset(&cluster, 0, sizeof(cluster));
	cluster.threads = 1;
	snprintf(cluster.directory, sizeof(cluster.directory), "/tmp/autonomi-test-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(cluster.directory));
	autonomi_config *config = cluster_config(&cluster, 1, "victim");
	if (option != NULL)
		cluster_set(config, option, value);
	if (other != NULL)
		cluster_set(config, other, other_value);
	cluster_add(&cluster, config, NULL);
	autonomi_op op = 0;
	ck_assert_int_eq(autonomi_network_addresses(autonomi_node_network(cluster.nodes[0]), 0,
	                                            &op),
	                 AUTONOMI_OK);
	cluster.count = 0;
	autonomi_event *event = cluster_completion(&cluster, cluster.nodes[0], op, 5000);
	ck_assert_ptr_nonnull(event);
	snprintf(cluster.address, sizeof(cluster.address), "%s", autonomi_event_text(event));
	autonomi_event_free(event);
	cluster.count = 1;
}

static void name_of(uint8_t first, size_t size, uint8_t name[AN_RECORD_NAME_SIZE])
{
	uint8_t *content = an_calloc(1, size);
	content[0] = first;
	an_chunk_name(an_span(content, size), name);
	an_free(content);
}

static void put(struct attacker *attacker, uint8_t first, size_t size,
                const uint8_t name[AN_RECORD_NAME_SIZE])
{
	struct an_blob *content = an_blob_new(size);
	memset(content->data, 0, size);
	content->data[0] = first;
	struct an_blob *value = an_chunk_record_value(an_blob_span(content));
	struct an_request request = {.type = AN_REQUEST_PUT_RECORD};
	request.put_record.holder = an_address_of_peer(&attacker->victim.id);
	request.put_record.address = an_address_of_record_key(name);
	request.put_record.value = an_blob_span(value);
	attacker_request(attacker, &request);
	an_blob_unref(value);
	an_blob_unref(content);
}

static void get(struct attacker *attacker, const uint8_t name[AN_RECORD_NAME_SIZE])
{
	struct an_request request = {.type = AN_REQUEST_GET_REPLICATED_RECORD};
	request.get_replicated_record.requester = an_address_of_peer(&attacker->victim.id);
	request.get_replicated_record.key = an_address_of_record_key(name);
	attacker_request(attacker, &request);
}

/* An honest peer asks for the version and gets an answer; how long that took, in ms. */
static unsigned long honest_answer(struct attacker *honest, const char *what)
{
	const struct an_request request = {
		.type = AN_REQUEST_GET_VERSION,
		.get_version.address = an_address_of_peer(&honest->victim.id),
	};
	const size_t answered = honest->answered;
	const uint64_t begin = monotonic_us();
	attacker_request(honest, &request);
	attacker_await(honest, &cluster, honest->answered + honest->failed + 1, 10000);
	const unsigned long took = (unsigned long)((monotonic_us() - begin) / 1000);
	printf("# %s: honest answer after %lu ms\n", what, took);
	fflush(stdout);
	ck_assert_msg(honest->answered == answered + 1, "refused: status %d, code %u",
	              honest->status, (unsigned)honest->code);
	return took;
}

/* Each asks for more than its share of answers, and fetches none: all the memory for answers is held,
 * for as long as the request timeout. */
START_TEST(peers_that_fetch_no_answers_do_not_keep_honest_ones_from_theirs)
{
	uint8_t name[AN_RECORD_NAME_SIZE];
	open_victim("link.inbound_bytes", "16777216", "link.inbound_bytes_per_peer", "20971520");
	for (uint8_t i = 0; i < ATTACKERS; i++)
		attacker_open(&attackers[i], &cluster, (uint8_t)(i + 1));
	name_of(7, CHUNK, name);
	put(&attackers[0], 7, CHUNK, name);
	attacker_await(&attackers[0], &cluster, 1, 20000);
	ck_assert_int_eq(attackers[0].status, AUTONOMI_OK);

	for (size_t i = 1; i < ATTACKERS; i++) {
		for (int n = 0; n < 8; n++)
			get(&attackers[i], name);
		attacker_pump(&attackers[i]);
		attackers[i].deaf = true;
	}
	for (size_t i = 1; i < ATTACKERS; i++)
		attacker_run(&attackers[i], &cluster, 700);
	printf("# held for answers: %lu bytes\n",
	       (unsigned long)victim_counter(&cluster, "inbound_bytes"));
	honest_answer(&attackers[0], "memory for answers held");
	get(&attackers[0], name);
	attacker_await(&attackers[0], &cluster, attackers[0].answered + attackers[0].failed + 1,
	               20000);
	ck_assert_int_eq(attackers[0].status, AUTONOMI_OK);
	for (size_t i = 0; i < ATTACKERS; i++)
		attacker_close(&attackers[i]);
	cluster_close(&cluster);
}
END_TEST

/* Small answers that nobody fetches hold all the places for requests. */
START_TEST(answers_that_are_never_fetched_do_not_keep_honest_requests_out)
{
	open_victim("link.requests", "100", "link.requests_per_peer", "60");
	for (uint8_t i = 0; i < ATTACKERS; i++)
		attacker_open(&attackers[i], &cluster, (uint8_t)(i + 1));
	for (size_t i = 1; i < ATTACKERS; i++) {
		for (int n = 0; n < 60; n++) {
			const struct an_request request = {
				.type = AN_REQUEST_GET_VERSION,
				.get_version.address = an_address_of_peer(&attackers[i].victim.id),
			};
			attacker_request(&attackers[i], &request);
		}
		/* What goes out reaches the node, and no acknowledgement comes back. */
		attackers[i].deaf = true;
		attacker_run(&attackers[i], &cluster, 50);
	}
	printf("# %lu requests held\n",
	       (unsigned long)victim_counter(&cluster, "inbound_requests"));
	ck_assert_uint_ge(victim_counter(&cluster, "inbound_requests"), 100);
	honest_answer(&attackers[0], "places for requests held");
	for (size_t i = 0; i < ATTACKERS; i++)
		attacker_close(&attackers[i]);
	cluster_close(&cluster);
}
END_TEST

/* As fast as it can, over one connection. A slow machine makes it slower still. */
START_TEST(one_peer_asks_no_faster_than_its_rate)
{
	enum { OPEN = 10, RATE = 100, ASKED = 2000 };
	open_victim("link.request_rate", "100", "link.requests_per_peer", "10");
	for (uint8_t i = 0; i < 2; i++)
		attacker_open(&attackers[i], &cluster, (uint8_t)(i + 1));
	const uint64_t begin = monotonic_us(),
		       before = victim_counter(&cluster, "requests_received");
	for (int n = 0; n < ASKED; n++) {
		const struct an_request request = {
			.type = AN_REQUEST_GET_VERSION,
			.get_version.address = an_address_of_peer(&attackers[1].victim.id),
		};
		attacker_request(&attackers[1], &request);
	}
	attacker_run(&attackers[1], &cluster, 1500);
	const uint64_t came = victim_counter(&cluster, "requests_received") - before;
	const uint64_t most = 2 * OPEN + RATE * (monotonic_us() - begin) / 1000000 + 1;
	printf("# %lu requests came, at most %lu\n", (unsigned long)came, (unsigned long)most);
	ck_assert_uint_le(came, most);
	ck_assert_uint_ge(came, OPEN);
	ck_assert_uint_eq(attackers[1].failed, 0);
	honest_answer(&attackers[0], "another asks without end");
	for (size_t i = 0; i < 2; i++)
		attacker_close(&attackers[i]);
	cluster_close(&cluster);
}
END_TEST

/* ---- Handshakes that are begun and left, from one address. */
static an_status verify(void *context, struct an_quic_connection *connection,
                        struct an_span certificate)
{
	(void)context;
	(void)connection;
	(void)certificate;
	return AUTONOMI_OK;
}

static void about_connection(void *context, struct an_quic_connection *connection)
{
	(void)context;
	(void)connection;
}

static void closed(void *context, struct an_quic_connection *connection,
                   const struct an_quic_close *close)
{
	(void)context;
	(void)connection;
	(void)close;
}

static void about_stream(void *context, struct an_quic_stream *stream)
{
	(void)context;
	(void)stream;
}

static struct an_quic *make_dialler(struct attacker *attacker)
{
	struct an_buffer certificate, private_key;
	struct an_quic *quic = NULL;
	an_buffer_init(&certificate, 2048);
	an_buffer_init(&private_key, 2048);
	ck_assert_int_eq(an_key_pair_certificate(&attacker->key_pair, "ant/client/1.0/0.1.0/0",
	                                         &certificate),
	                 AUTONOMI_OK);
	ck_assert_int_eq(an_key_pair_private_key(&attacker->key_pair, &private_key), AUTONOMI_OK);
	const struct an_quic_config config = {
		.profile = &attacker->profile,
		.certificate = an_buffer_span(&certificate),
		.private_key = an_buffer_span(&private_key),
		.limits = {.connections = 100000,
	                   .handshakes = 100000,
	                   .connections_per_address = 100000,
	                   .streams = 10,
	                   .stream_window = 1 << 20,
	                   .connection_window = 1 << 20},
		.random = &attacker->random,
	};
	const struct an_quic_events events = {
		.verify = verify,
		.accepted = about_connection,
		.connected = about_connection,
		.closed = closed,
		.stream_opened = about_stream,
		.stream_delivered = about_stream,
		.stream_closed = about_stream,
	};
	ck_assert_int_eq(an_quic_new(&config, &events, &quic), AUTONOMI_OK);
	an_buffer_done(&certificate);
	an_buffer_done(&private_key);
	return quic;
}

static an_time_us now(void)
{
	return an_sys_machine()->now(an_sys_machine()->context);
}

/* Sends the first flight of `count` handshakes, and never listens. */
static void half_open(struct attacker *attacker, struct an_quic *quic, size_t count)
{
	struct an_datagram runs[16];
	for (size_t i = 0; i < count; i++) {
		struct an_quic_connection *connection;
		size_t sent, written;
		ck_assert_int_eq(an_quic_dial(quic, &attacker->victim.endpoints[0], NULL, now(),
		                              &connection),
		                 AUTONOMI_OK);
		while ((written = an_quic_output(quic, runs, 16, now())) > 0)
			an_sys_machine()->udp_send(NULL, attacker->udp, runs, written, &sent);
		cluster_step(&cluster);
	}
}

/* ---- Whole connections, many from one address. */
START_TEST(connections_of_one_address_do_not_keep_other_addresses_out)
{
	enum { CONNECTIONS = 8 };
	struct attacker many[CONNECTIONS], honest;
	open_victim("link.connections", "8", NULL, NULL);
	for (uint8_t i = 0; i < CONNECTIONS; i++)
		attacker_open(&many[i], &cluster, (uint8_t)(i + 1));
	ck_assert_uint_eq(victim_counter(&cluster, "connections"), CONNECTIONS);
	attacker_open_at(&honest, &cluster, 99, 2);
	honest_answer(&honest, "all connections taken");
	ck_assert_uint_eq(victim_counter(&cluster, "connections"), CONNECTIONS);
	attacker_close(&honest);
	for (size_t i = 0; i < CONNECTIONS; i++)
		attacker_close(&many[i]);
	cluster_close(&cluster);
}
END_TEST

/* ---- Noise on the port: no QUIC at all, other versions, and the same datagrams again and again. */
static void send_noise(struct attacker *attacker, size_t count)
{
	uint8_t bytes[1200];
	for (size_t i = 0; i < count; i++) {
		size_t sent = 0;
		an_random_fill(&attacker->random, bytes, sizeof(bytes));
		if (i % 3 > 0)
			bytes[0] |= 0xc0;
		if (i % 3 == 2)
			memcpy(bytes + 1, "\0\0\0\1\010", 5);
		const struct an_datagram run = {
			.data = bytes,
			.size = i % 5 == 0 ? i % 60 : sizeof(bytes),
			.remote = attacker->victim.endpoints[0],
			.local = attacker->bound,
		};
		an_sys_machine()->udp_send(NULL, attacker->udp, &run, 1, &sent);
		if (i % 64 == 0)
			attacker_step(attacker, &cluster);
	}
}

START_TEST(noise_and_foreign_versions_cost_no_memory_and_no_answer_of_others)
{
	struct attacker honest;
	open_victim(NULL, NULL, NULL, NULL);
	attacker_open(&attackers[0], &cluster, 1);
	attacker_open(&honest, &cluster, 2);
	send_noise(&attackers[0], 1000);
	const size_t before = resident_bytes();
	send_noise(&attackers[0], 30000);
	const size_t after = resident_bytes();
	printf("# 30000 datagrams of noise: %lu KiB more\n",
	       (unsigned long)(after > before ? (after - before) / 1024 : 0));
	if (MEASURED)
		ck_assert_uint_lt(after, before + (16u << 20));
	ck_assert_uint_le(victim_counter(&cluster, "connections"), 2 + 200);
	honest_answer(&honest, "noise");
	attacker_close(&honest);
	attacker_close(&attackers[0]);
	cluster_close(&cluster);
}
END_TEST

START_TEST(handshakes_left_half_open_do_not_keep_honest_peers_out)
{
	struct attacker honest;
	open_victim("link.connections_per_address", "1000", NULL, NULL);
	attacker_open(&attackers[0], &cluster, 1);
	struct an_quic *quic = make_dialler(&attackers[0]);
	const size_t before = resident_bytes();
	half_open(&attackers[0], quic, 600);
	printf("# %lu connections, %lu KiB more\n",
	       (unsigned long)victim_counter(&cluster, "connections"),
	       (unsigned long)((resident_bytes() - before) / 1024));
	/* The same address, so only their age counts against them. */
	attacker_run(&attackers[0], &cluster, 1100);
	const uint64_t begin = monotonic_us();
	attacker_open(&honest, &cluster, 9);
	printf("# a new peer connected after %lu ms\n",
	       (unsigned long)((monotonic_us() - begin) / 1000));
	honest_answer(&honest, "600 handshakes left half open");
	attacker_close(&honest);
	an_quic_free(quic);
	attacker_close(&attackers[0]);
	cluster_close(&cluster);
}
END_TEST

/* ---- The disk. */
START_TEST(a_flood_of_records_under_wrong_keys_leaves_nothing)
{
	open_victim(NULL, NULL, NULL, NULL);
	attacker_open(&attackers[0], &cluster, 1);
	size_t asked = 0;
	const size_t before = resident_bytes();
	for (int round = 0; round < 4; round++) {
		for (int i = 0; i < 100; i++) {
			uint8_t name[AN_RECORD_NAME_SIZE];
			an_random_fill(&attackers[0].random, name, sizeof(name));
			put(&attackers[0], (uint8_t)i, i % 10 == 0 ? CHUNK / 4 : 1000, name);
			asked++;
		}
		attacker_await(&attackers[0], &cluster, asked, 60000);
	}
	const size_t after = resident_bytes();
	printf("# %lu KiB more\n", (unsigned long)(after > before ? (after - before) / 1024 : 0));
	ck_assert_uint_eq(victim_counter(&cluster, "records"), 0);
	ck_assert_uint_eq(victim_counter(&cluster, "store_pending_bytes"), 0);
	if (MEASURED)
		ck_assert_uint_lt(after, before + (160u << 20));
	honest_answer(&attackers[0], "records under wrong keys");
	attacker_close(&attackers[0]);
	cluster_close(&cluster);
}
END_TEST

START_TEST(a_flood_of_true_records_stops_at_the_quota_and_says_so)
{
	open_victim("storage.records_max", "50", NULL, NULL);
	attacker_open(&attackers[0], &cluster, 1);
	size_t asked = 0;
	for (uint8_t i = 0; i < 120; i++) {
		uint8_t name[AN_RECORD_NAME_SIZE];
		name_of(i, 2000, name);
		put(&attackers[0], i, 2000, name);
		asked++;
	}
	attacker_await(&attackers[0], &cluster, asked, 60000);
	ck_assert_uint_le(victim_counter(&cluster, "records"), 50);
	ck_assert_uint_ge(victim_counter(&cluster, "store_puts_refused"), 70);
	honest_answer(&attackers[0], "the store full");
	attacker_close(&attackers[0]);
	cluster_close(&cluster);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("hostile/sieges");
	TCase *tests = tcase_create("sieges");
	tcase_set_timeout(tests, 120);
	tcase_add_test(tests, peers_that_fetch_no_answers_do_not_keep_honest_ones_from_theirs);
	tcase_add_test(tests, answers_that_are_never_fetched_do_not_keep_honest_requests_out);
	tcase_add_test(tests, one_peer_asks_no_faster_than_its_rate);
	tcase_add_test(tests, connections_of_one_address_do_not_keep_other_addresses_out);
	tcase_add_test(tests, noise_and_foreign_versions_cost_no_memory_and_no_answer_of_others);
	tcase_add_test(tests, handshakes_left_half_open_do_not_keep_honest_peers_out);
	tcase_add_test(tests, a_flood_of_records_under_wrong_keys_leaves_nothing);
	tcase_add_test(tests, a_flood_of_true_records_stops_at_the_quota_and_says_so);
	suite_add_tcase(s, tests);
	return s;
}
