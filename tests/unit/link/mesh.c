/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mesh.h"

#include <check.h>
#include <stdlib.h>

#include "crypt/library.h"
#include "quic/quic.h"

enum { HEADER = 16 };

struct packet {
	struct an_list member;
	an_time_us arrival;
	struct an_endpoint from, to;
	size_t size;
	uint8_t bytes[];
};

struct held {
	struct an_list member;
	uint64_t inbound;
	an_time_us due;
	struct an_blob *answer;
};

static struct an_random entropy;

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

static void seed_random(struct an_random *random, uint64_t seed, uint8_t salt)
{
	uint8_t bytes[AN_RANDOM_SEED_SIZE] = {salt};
	memcpy(bytes + 8, &seed, sizeof(seed));
	an_random_init(random, bytes);
}

void mesh_init(struct mesh *mesh, uint64_t seed)
{
	*mesh = (struct mesh){.now = AN_SECONDS(1000), .latency = AN_MS(10)};
	an_list_init(&mesh->packets);
	an_list_init(&mesh->asks);
	seed_random(&mesh->random, seed, 200);
	seed_random(&entropy, seed, 201);
	ck_assert_int_eq(an_quic_library_start(), AUTONOMI_OK);
	ck_assert_int_eq(an_crypt_library_set(give_entropy, give_time, NULL), AUTONOMI_OK);
}

static void drop_held(struct mesh_node *node)
{
	for (struct an_list *member; (member = an_list_take(&node->held)) != NULL;) {
		struct held *held = an_container_of(member, struct held, member);
		an_blob_unref(held->answer);
		free(held);
	}
	node->held_count = 0;
}

void mesh_crash(struct mesh_node *node)
{
	struct an_list *member = an_list_first(&node->mesh->asks);
	while (member != NULL) {
		struct an_list *next = an_list_next(&node->mesh->asks, member);
		struct mesh_ask *ask = an_container_of(member, struct mesh_ask, member);
		if (ask->node == node && ask->replies == 0) {
			an_list_remove(&ask->member);
			free(ask);
		}
		member = next;
	}
	node->link = an_link_free(node->link);
	drop_held(node);
}

void mesh_done(struct mesh *mesh)
{
	for (size_t i = 0; i < mesh->node_count; i++) {
		mesh_crash(&mesh->nodes[i]);
		an_logger_free(mesh->nodes[i].logger);
	}
	for (struct an_list *member; (member = an_list_take(&mesh->asks)) != NULL;)
		free(an_container_of(member, struct mesh_ask, member));
	for (struct an_list *member; (member = an_list_take(&mesh->packets)) != NULL;)
		free(an_container_of(member, struct packet, member));
}

/* Bytes and their hash. */

static uint64_t hash_of(struct an_span bytes)
{
	uint64_t hash = UINT64_C(14695981039346656037);
	size_t i = 0;
	for (; i + 8 <= bytes.size; i += 8) {
		uint64_t word;
		memcpy(&word, bytes.data + i, sizeof(word));
		hash = (hash ^ word) * UINT64_C(1099511628211);
		hash ^= hash >> 29;
	}
	for (; i < bytes.size; i++)
		hash = (hash ^ bytes.data[i]) * UINT64_C(1099511628211);
	return hash;
}

static void fill(uint8_t *out, size_t size, uint64_t seed)
{
	uint64_t state = seed | 1;
	for (size_t i = 0; i < size; i += sizeof(state)) {
		state ^= state << 13;
		state ^= state >> 7;
		state ^= state << 17;
		memcpy(out + i, &state, size - i < sizeof(state) ? size - i : sizeof(state));
	}
}

static struct an_blob *answer_of(uint64_t hash, size_t size)
{
	struct an_blob *blob = an_blob_new(size);
	if (blob != NULL)
		fill(blob->data, size, hash);
	return blob;
}

static bool is_answer(struct an_span body, uint64_t hash, size_t size)
{
	if (body.size != size)
		return false;
	uint8_t *expected = malloc(size + 1);
	ck_assert_ptr_nonnull(expected);
	fill(expected, size, hash);
	const bool equal = size == 0 || memcmp(expected, body.data, size) == 0;
	free(expected);
	return equal;
}

/* The application. */

static void react(struct mesh_node *node)
{
	if (node->mesh->react != NULL)
		node->mesh->react(node);
}

static void on_connected(void *context, const struct an_link_peer *peer)
{
	struct mesh_node *node = context;
	node->connected++;
	node->connected_by_us += peer->dialled ? 1 : 0;
	react(node);
}

static void on_disconnected(void *context, const struct an_link_peer *peer, an_status why)
{
	struct mesh_node *node = context;
	(void)peer;
	node->disconnected++;
	node->disconnected_why = why;
	react(node);
}

static void on_dial_failed(void *context, const struct an_peer_id *id,
                           const struct an_endpoint *endpoint, an_status why)
{
	struct mesh_node *node = context;
	(void)id, (void)endpoint;
	node->dials_failed++;
	node->dial_failed_why = why;
	react(node);
}

static void hold(struct mesh_node *node, uint64_t inbound, an_time_us due, struct an_blob *answer)
{
	struct held *held = calloc(1, sizeof(*held));
	ck_assert_ptr_nonnull(held);
	*held = (struct held){.inbound = inbound, .due = due, .answer = an_blob_ref(answer)};
	an_list_append(&node->held, &held->member);
	node->held_count++;
}

static void tell_address(struct mesh_node *node, uint64_t inbound,
                         const struct an_endpoint *endpoint)
{
	struct an_blob *answer = an_blob_copy(an_span(endpoint->address, 16));
	ck_assert_ptr_nonnull(answer);
	an_link_reply(node->link, inbound, AN_LINK_KIND_ADDRESS, &answer, 1);
	an_blob_unref(answer);
}

static void on_request(void *context, uint64_t inbound, const struct an_link_peer *peer,
                       const struct an_link_request *request)
{
	struct mesh_node *node = context;
	uint32_t header[4] = {0};
	node->requests++;
	if (request->kind == AN_LINK_KIND_ADDRESS) {
		tell_address(node, inbound, &peer->remote);
		return;
	}
	ck_assert_uint_eq(request->body.size, request->message->size);
	ck_assert_uint_ge(request->body.size, HEADER);
	memcpy(header, request->body.data, sizeof(header));
	struct an_blob *answer = answer_of(hash_of(request->body), header[2]);
	if (answer == NULL) {
		an_link_refuse(node->link, inbound, AN_LINK_CODE_INTERNAL);
		return;
	}
	switch ((enum mesh_wish)header[0]) {
	case MESH_ANSWER:
		an_link_reply(node->link, inbound, request->kind, &answer, 1);
		break;
	case MESH_REFUSE:
		an_link_refuse(node->link, inbound, (enum an_link_code)header[1]);
		break;
	case MESH_SILENCE:
		break;
	case MESH_LATER:
		hold(node, inbound, node->mesh->now + AN_MS(header[1]), answer);
		break;
	case MESH_WRONG_KIND:
		an_link_reply(node->link, inbound, AN_LINK_KIND_ADDRESS, &answer, 1);
		break;
	}
	an_blob_unref(answer);
	react(node);
}

static void on_reply(void *context, uint64_t request, const struct an_link_reply *reply)
{
	struct mesh_ask *ask = context;
	ck_assert_uint_eq(ask->id, request);
	ck_assert(!ask->cancelled);
	ask->replies++;
	ck_assert_uint_eq(ask->replies, 1);
	ask->status = reply->status;
	ask->code = reply->code;
	ask->took = reply->took;
	ask->had_peer = reply->peer != NULL;
	if (reply->status == AUTONOMI_OK)
		ck_assert(is_answer(reply->body, ask->hash, ask->reply_size));
	else
		ck_assert_ptr_null(reply->message);
	react(ask->node);
}

/* Nodes. */

struct an_link_limits mesh_limits(void)
{
	return (struct an_link_limits){
		.connections = 200,
		.handshakes = 100,
		.connections_per_address = 100,
		.requests_per_peer = 256,
		.requests = 1024,
		.inbound_bytes = 256 << 20,
		.inbound_bytes_per_peer = 64 << 20,
		.outbound_requests = 2000,
	};
}

struct mesh_node *mesh_add(struct mesh *mesh)
{
	ck_assert_uint_lt(mesh->node_count, MESH_NODES);
	const uint8_t number = (uint8_t)(mesh->node_count + 1);
	struct mesh_node *node = &mesh->nodes[mesh->node_count++];
	*node = (struct mesh_node){
		.mesh = mesh,
		.number = number,
		.limits = mesh_limits(),
		.profile = an_profile_autonomi,
		.logger = an_logger_new(AN_LOG_INFO),
	};
	an_list_init(&node->held);
	node->addresses[0] = an_endpoint_ip4(10, 0, 0, number, (uint16_t)(4000 + number));
	node->addresses[1] = (struct an_endpoint){.address = {0x20, 1, 0xd, 0xb8, [15] = number},
	                                          .port = (uint16_t)(4000 + number)};
	seed_random(&node->random, an_random_u64(&mesh->random), number);
	uint8_t secret[AN_KEY_SECRET_SIZE];
	an_random_fill(&node->random, secret, sizeof(secret));
	ck_assert_int_eq(an_key_pair_from_secret(&node->key_pair, secret), AUTONOMI_OK);
	return node;
}

an_status mesh_try_start(struct mesh_node *node)
{
	const struct an_link_events events = {
		.context = node,
		.connected = on_connected,
		.disconnected = on_disconnected,
		.request = on_request,
		.dial_failed = on_dial_failed,
	};
	const struct an_link_config config = {
		.profile = &node->profile,
		.key_pair = &node->key_pair,
		.version = node->version != NULL ? node->version : "0.1.0",
		.minimum_version = node->minimum_version,
		.client = node->client,
		.limits = node->limits,
		.random = &node->random,
		.logger = node->logger,
	};
	return an_link_new(&config, &events, &node->link);
}

void mesh_start(struct mesh_node *node)
{
	ck_assert_int_eq(mesh_try_start(node), AUTONOMI_OK);
}

void mesh_make(struct mesh *mesh, uint64_t seed, size_t count)
{
	mesh_init(mesh, seed);
	for (size_t i = 0; i < count; i++)
		mesh_start(mesh_add(mesh));
}

const struct an_peer_id *mesh_id(const struct mesh_node *node)
{
	return &node->key_pair.identity.id;
}

struct an_contact mesh_contact(const struct mesh_node *node)
{
	struct an_contact contact = {.id = *mesh_id(node), .endpoint_count = 1};
	contact.endpoints[0] = node->addresses[0];
	return contact;
}

struct request {
	struct an_blob *parts[2];
	uint64_t hash;
};

static bool request_make(struct request *request, struct mesh *mesh, const uint32_t header[4],
                         size_t size)
{
	request->parts[0] = an_blob_new(HEADER);
	request->parts[1] = an_blob_new(size - HEADER);
	if (request->parts[0] == NULL || request->parts[1] == NULL)
		return false;
	uint8_t *whole = malloc(size);
	ck_assert_ptr_nonnull(whole);
	memcpy(whole, header, HEADER);
	fill(whole + HEADER, size - HEADER, an_random_u64(&mesh->random));
	memcpy(request->parts[0]->data, whole, HEADER);
	memcpy(request->parts[1]->data, whole + HEADER, size - HEADER);
	request->hash = hash_of(an_span(whole, size));
	free(whole);
	return true;
}

struct mesh_ask *mesh_try_ask(struct mesh_node *from, const struct an_contact *to,
                              enum mesh_wish wish, uint32_t detail, size_t size, size_t reply_size,
                              an_time_us timeout, an_status *ret_status)
{
	struct mesh *mesh = from->mesh;
	const uint32_t header[4] = {wish, detail, (uint32_t)reply_size, 0};
	struct request request;
	struct mesh_ask *ask = calloc(1, sizeof(*ask));
	ck_assert_uint_ge(size, HEADER);
	ck_assert_ptr_nonnull(ask);
	*ret_status = AUTONOMI_E_NO_MEMORY;
	if (request_make(&request, mesh, header, size)) {
		ask->node = from;
		ask->hash = request.hash;
		ask->reply_size = reply_size;
		*ret_status = an_link_ask(from->link, to, AN_LINK_KIND_MESSAGE, request.parts, 2,
		                          timeout, mesh->now, on_reply, ask, &ask->id);
	}
	an_blob_unref(request.parts[0]);
	an_blob_unref(request.parts[1]);
	if (*ret_status != AUTONOMI_OK) {
		free(ask);
		return NULL;
	}
	an_list_append(&mesh->asks, &ask->member);
	return ask;
}

struct mesh_ask *mesh_ask_wish(struct mesh_node *from, const struct an_contact *to,
                               enum mesh_wish wish, uint32_t detail, size_t size, size_t reply_size,
                               an_time_us timeout)
{
	an_status status;
	struct mesh_ask *ask = mesh_try_ask(from, to, wish, detail, size, reply_size, timeout,
	                                    &status);
	ck_assert_int_eq(status, AUTONOMI_OK);
	return ask;
}

struct mesh_ask *mesh_ask(struct mesh_node *from, const struct mesh_node *to, size_t size,
                          size_t reply_size)
{
	const struct an_contact contact = mesh_contact(to);
	return mesh_ask_wish(from, &contact, MESH_ANSWER, 0, size, reply_size, AN_SECONDS(120));
}

void mesh_cancel(struct mesh_ask *ask)
{
	if (ask->node->link == NULL || ask->replies > 0 || ask->cancelled)
		return;
	ck_assert_ptr_eq(an_link_cancel(ask->node->link, ask->id), ask);
	ask->cancelled = true;
}

/* The wire. */

static bool chance(struct mesh *mesh, unsigned of_thousand)
{
	return of_thousand > 0 && an_random_below(&mesh->random, 1000) < of_thousand;
}

/* A queue of half a second before the slow uplink; what does not fit is lost. */
static bool through_uplink(struct mesh_node *node, size_t size, an_time_us *at)
{
	if (node->uplink == 0)
		return true;
	const an_time_us start = node->uplink_free_at > *at ? node->uplink_free_at : *at;
	if (start - *at > AN_MS(500))
		return false;
	node->uplink_free_at = start + size * AN_SECONDS(1) / node->uplink;
	*at = node->uplink_free_at;
	return true;
}

static void transmit(struct mesh *mesh, struct mesh_node *from, const struct an_datagram *datagram)
{
	an_time_us at = mesh->now;
	if (chance(mesh, mesh->loss) || !through_uplink(from, datagram->size, &at))
		return;
	struct packet *packet = calloc(1, sizeof(*packet) + datagram->size);
	ck_assert_ptr_nonnull(packet);
	packet->from = from->addresses[an_endpoint_is_ip4(&datagram->remote) ? 0 : 1];
	packet->to = datagram->remote;
	packet->size = datagram->size;
	memcpy(packet->bytes, datagram->data, datagram->size);
	packet->arrival = at + mesh->latency;
	if (chance(mesh, mesh->delayed))
		packet->arrival += an_random_below(&mesh->random, mesh->latency * 2 + 1);

	struct an_list *before = mesh->packets.previous;
	while (before != &mesh->packets &&
	       an_container_of(before, struct packet, member)->arrival > packet->arrival)
		before = before->previous;
	an_list_insert_before(before->next, &packet->member);
}

static bool collect(struct mesh *mesh, struct mesh_node *node)
{
	struct an_datagram runs[AN_DATAGRAM_BATCH];
	const size_t count = an_link_output(node->link, runs, AN_DATAGRAM_BATCH, mesh->now);
	for (size_t i = 0; i < count; i++) {
		for (size_t begin = 0; begin < runs[i].size; begin += runs[i].segment) {
			struct an_datagram one = runs[i];
			one.data += begin;
			one.size = runs[i].size - begin;
			if (one.size > runs[i].segment)
				one.size = runs[i].segment;
			transmit(mesh, node, &one);
		}
	}
	return count > 0;
}

static void answer_held(struct mesh_node *node)
{
	struct an_list *member = an_list_first(&node->held);
	while (member != NULL) {
		struct an_list *next = an_list_next(&node->held, member);
		struct held *held = an_container_of(member, struct held, member);
		if (held->due <= node->mesh->now) {
			an_link_reply(node->link, held->inbound, AN_LINK_KIND_MESSAGE,
			              &held->answer, 1);
			an_list_remove(&held->member);
			an_blob_unref(held->answer);
			free(held);
			node->held_count--;
		}
		member = next;
	}
}

static void settle_node(struct mesh *mesh, struct mesh_node *node)
{
	/* What stays due after this many turns would be a busy loop. */
	unsigned turns = 100;
	answer_held(node);
	do {
		ck_assert_uint_gt(turns--, 0);
		if (an_link_deadline(node->link) <= mesh->now)
			an_link_expire(node->link, mesh->now);
		while (collect(mesh, node))
			;
	} while (an_link_deadline(node->link) <= mesh->now);
	const struct an_link_counters counters = mesh_count(node);
	if (counters.inbound_bytes > node->most_inbound_bytes)
		node->most_inbound_bytes = counters.inbound_bytes;
}

static void settle(struct mesh *mesh)
{
	for (size_t i = 0; i < mesh->node_count; i++) {
		if (mesh->nodes[i].link != NULL)
			settle_node(mesh, &mesh->nodes[i]);
	}
}

static struct mesh_node *node_at(struct mesh *mesh, const struct an_endpoint *address)
{
	for (size_t i = 0; i < mesh->node_count; i++) {
		for (size_t a = 0; a < MESH_ADDRESSES; a++) {
			if (an_endpoint_equal(&mesh->nodes[i].addresses[a], address))
				return mesh->nodes[i].deaf[a] ? NULL : &mesh->nodes[i];
		}
	}
	return NULL;
}

static void deliver(struct mesh *mesh, struct packet *packet)
{
	struct mesh_node *node = node_at(mesh, &packet->to);
	const struct an_datagram datagram = {
		.local = packet->to,
		.remote = packet->from,
		.data = packet->bytes,
		.size = packet->size,
		.segment = packet->size,
	};
	if (node != NULL && node->link != NULL)
		an_link_input(node->link, &datagram, 1, mesh->now);
	an_list_remove(&packet->member);
	free(packet);
}

static an_time_us next_time(const struct mesh *mesh)
{
	const struct an_list *first = an_list_first(&mesh->packets);
	an_time_us time = first != NULL ? an_container_of(first, struct packet, member)->arrival
	                                : AN_TIME_NEVER;
	for (size_t i = 0; i < mesh->node_count; i++) {
		const struct mesh_node *node = &mesh->nodes[i];
		if (node->link == NULL)
			continue;
		time = an_time_earlier(time, an_link_deadline(node->link));
		const struct an_list *member = an_list_first(&node->held);
		for (; member != NULL; member = an_list_next(&node->held, member))
			time = an_time_earlier(time,
			                       an_container_of(member, struct held, member)->due);
	}
	return time;
}

/* One instant; false where nothing happens before `end`. */
static bool step(struct mesh *mesh, an_time_us end)
{
	struct an_list *first;
	settle(mesh);
	const an_time_us time = next_time(mesh);
	if (time > end)
		return false;
	mesh->now = time > mesh->now ? time : mesh->now;
	while ((first = an_list_first(&mesh->packets)) != NULL &&
	       an_container_of(first, struct packet, member)->arrival <= mesh->now)
		deliver(mesh, an_container_of(first, struct packet, member));
	settle(mesh);
	return true;
}

void mesh_run_for(struct mesh *mesh, an_time_us duration)
{
	const an_time_us end = mesh->now + duration;
	while (step(mesh, end))
		;
	mesh->now = end;
}

static bool all_ended(const struct mesh *mesh)
{
	const struct an_list *member = an_list_first(&mesh->asks);
	for (; member != NULL; member = an_list_next(&mesh->asks, member)) {
		const struct mesh_ask *ask = an_container_of(member, struct mesh_ask, member);
		if (ask->replies == 0 && !ask->cancelled)
			return false;
	}
	return true;
}

void mesh_run(struct mesh *mesh, an_time_us limit)
{
	const an_time_us end = mesh->now + limit;
	while (!all_ended(mesh)) {
		if (!step(mesh, end))
			ck_assert_msg(all_ended(mesh), "requests did not end in time");
	}
}

void mesh_check_accounts(const struct mesh *mesh)
{
	const struct an_list *member = an_list_first(&mesh->asks);
	for (; member != NULL; member = an_list_next(&mesh->asks, member)) {
		const struct mesh_ask *ask = an_container_of(member, struct mesh_ask, member);
		ck_assert_uint_eq(ask->replies, ask->cancelled ? 0 : 1);
	}
}

struct an_link_counters mesh_count(const struct mesh_node *node)
{
	struct an_link_counters counters;
	an_link_count(node->link, &counters);
	return counters;
}

bool mesh_logged(struct mesh_node *node, const char *text)
{
	struct an_log_line line;
	bool found = false;
	while (an_logger_next(node->logger, &line))
		found = found || strstr(line.text, text) != NULL;
	return found;
}
