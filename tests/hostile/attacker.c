/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "attacker.h"

#include <check.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "ident/multiaddr.h"

uint64_t thread_cpu_us(void)
{
	struct timespec now;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

size_t resident_bytes(void)
{
	unsigned long total = 0, resident = 0;
	FILE *file = fopen("/proc/self/statm", "re");
	ck_assert_ptr_nonnull(file);
	ck_assert_int_eq(fscanf(file, "%lu %lu", &total, &resident), 2);
	fclose(file);
	return resident * (size_t)sysconf(_SC_PAGESIZE);
}

uint64_t victim_counter(struct cluster *cluster, const char *name)
{
	uint64_t value = 0;
	ck_assert_int_eq(autonomi_node_counter(cluster->nodes[0], name, &value), AUTONOMI_OK);
	return value;
}

static an_time_us now(void)
{
	return an_sys_machine()->now(an_sys_machine()->context);
}

static void connected(void *context, const struct an_link_peer *peer)
{
	struct attacker *attacker = context;
	(void)peer;
	attacker->connected = true;
}

static void disconnected(void *context, const struct an_link_peer *peer, an_status why)
{
	struct attacker *attacker = context;
	(void)peer;
	(void)why;
	attacker->hung_up++;
}

static void requested(void *context, uint64_t inbound, const struct an_link_peer *peer,
                      const struct an_link_request *request)
{
	struct attacker *attacker = context;
	(void)peer;
	attacker->asked++;
	if (attacker->mute)
		return;
	if (attacker->answer != NULL)
		an_link_reply(attacker->link, inbound, request->kind, &attacker->answer, 1);
	else
		an_link_refuse(attacker->link, inbound, AN_LINK_CODE_BUSY);
}

static void open_socket(struct attacker *attacker, uint8_t host)
{
	const struct an_udp_options options = {.receive_buffer = 4 << 20, .send_buffer = 4 << 20};
	attacker->bound = an_endpoint_ip4(127, 0, 0, host, 0);
	ck_assert_int_eq(an_sys_machine()->udp_open(NULL, &attacker->bound, &options,
	                                            &attacker->udp),
	                 AUTONOMI_OK);
}

static void make_link(struct attacker *attacker)
{
	const struct an_link_config config = {
		.profile = &attacker->profile,
		.key_pair = &attacker->key_pair,
		.version = "0.1.0",
		.client = true,
		.limits = {.connections = 100,
	                   .handshakes = 100,
	                   .connections_per_address = 100,
	                   .requests_per_peer = 1000,
	                   .requests = 1000,
	                   .inbound_bytes = 256 << 20,
	                   .inbound_bytes_per_peer = 64 << 20,
	                   .outbound_requests = 100000},
		.random = &attacker->random,
	};
	const struct an_link_events events = {.context = attacker,
	                                      .connected = connected,
	                                      .disconnected = disconnected,
	                                      .request = requested};
	ck_assert_int_eq(an_link_new(&config, &events, &attacker->link), AUTONOMI_OK);
}

void attacker_open(struct attacker *attacker, struct cluster *cluster, uint8_t seed)
{
	attacker_open_at(attacker, cluster, seed, 1);
}

void attacker_open_at(struct attacker *attacker, struct cluster *cluster, uint8_t seed,
                      uint8_t host)
{
	const uint8_t secret[AN_KEY_SECRET_SIZE] = {seed, 0x66};
	*attacker = (struct attacker){.profile = an_profile_autonomi};
	attacker->profile.network_id = 0;
	attacker->profile.payments = false;
	an_random_init(&attacker->random, secret);
	ck_assert_int_eq(an_key_pair_from_secret(&attacker->key_pair, secret), AUTONOMI_OK);

	struct an_multiaddr_target target;
	ck_assert_int_eq(an_multiaddr_target_from_text(&target, an_span_text(cluster->address),
	                                               NULL),
	                 AUTONOMI_OK);
	attacker->victim = (struct an_contact){.id = target.id,
	                                       .endpoint_count = 1,
	                                       .endpoints = {target.endpoint}};
	open_socket(attacker, host);
	make_link(attacker);
	attacker_ask(attacker, AN_LINK_KIND_ADDRESS, an_blob_new(0));
	attacker_await(attacker, cluster, 1, 5000);
	ck_assert_uint_eq(attacker->answered, 1);
	attacker->answered = 0;
}

void attacker_close(struct attacker *attacker)
{
	an_link_free(attacker->link);
	attacker->reply = an_blob_unref(attacker->reply);
	an_sys_machine()->udp_close(NULL, attacker->udp);
}

static void receive(struct attacker *attacker)
{
	struct an_datagram runs[16];
	size_t count = 0;
	do {
		an_sys_machine()->udp_receive(NULL, attacker->udp, runs, 16, &count);
		an_link_input(attacker->link, runs, count, now());
	} while (count > 0);
}

void attacker_pump(struct attacker *attacker)
{
	struct an_datagram runs[16];
	size_t count, sent, turns = 0;
	if (!attacker->deaf)
		receive(attacker);
	an_link_expire(attacker->link, now());
	while (turns++ < 16 && (count = an_link_output(attacker->link, runs, 16, now())) > 0)
		an_sys_machine()->udp_send(NULL, attacker->udp, runs, count, &sent);
}

void attacker_step(struct attacker *attacker, struct cluster *cluster)
{
	if (is_readable(cluster->nodes[0])) {
		const uint64_t before = thread_cpu_us();
		autonomi_node_pump(cluster->nodes[0]);
		const uint64_t took = thread_cpu_us() - before;
		if (took > attacker->pump_max)
			attacker->pump_max = took;
	}
	cluster_step(cluster);
	attacker_pump(attacker);
}

void attacker_run(struct attacker *attacker, struct cluster *cluster, int milliseconds)
{
	const uint64_t end = monotonic_us() + (uint64_t)milliseconds * 1000;
	while (monotonic_us() < end)
		attacker_step(attacker, cluster);
}

void attacker_await(struct attacker *attacker, struct cluster *cluster, size_t ended, int limit_ms)
{
	const uint64_t end = monotonic_us() + (uint64_t)limit_ms * 1000;
	while (monotonic_us() < end && attacker->answered + attacker->failed < ended)
		attacker_step(attacker, cluster);
	ck_assert_uint_ge(attacker->answered + attacker->failed, ended);
}

static void replied(void *context, uint64_t request, const struct an_link_reply *reply)
{
	struct attacker *attacker = context;
	(void)request;
	attacker->answered += reply->status == AUTONOMI_OK;
	attacker->failed += reply->status != AUTONOMI_OK;
	attacker->status = reply->status;
	attacker->code = reply->code;
	an_blob_unref(attacker->reply);
	attacker->reply = reply->message != NULL ? an_blob_copy(reply->body) : NULL;
}

void attacker_ask(struct attacker *attacker, enum an_link_kind kind, struct an_blob *message)
{
	ck_assert_ptr_nonnull(message);
	ck_assert_int_eq(an_link_ask(attacker->link, &attacker->victim, kind, &message, 1,
	                             AN_SECONDS(60), now(), replied, attacker, NULL),
	                 AUTONOMI_OK);
	an_blob_unref(message);
}

void attacker_request(struct attacker *attacker, const struct an_request *request)
{
	struct an_blob *message = NULL;
	ck_assert_int_eq(an_request_encode_blob(request, attacker->profile.record_form, &message),
	                 AUTONOMI_OK);
	attacker_ask(attacker, AN_LINK_KIND_MESSAGE, message);
}
