/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/liar.h"

#include "crypt/hash.h"
#include "data/chunk.h"
#include "data/kademlia.h"
#include "data/message.h"
#include "link/link.h"
#include "sim/memory.h"

enum {
	FALSE_PEERS = 20,
	FALSE_HOST = 0xff, /* in an address: nobody is there */
	FLOOD_SEARCHES = 300,
	FLOOD_RECORDS = 30,
	FLOOD_RECORD_SIZE = 60000,
	CALL_SECONDS = 20, /* between two calls that bring us into a table */
	KEPT_MAX = 64,     /* old versions */
	LIST_KEYS = 512,
	LIST_KEY_BYTES = 160,
};

/* The first version of a record that came here. */
struct kept {
	uint8_t name[AN_RECORD_NAME_SIZE];
	struct an_blob *value;
};

struct an_sim_liar {
	struct an_sim_liar *next;
	struct an_sim_fleet *fleet;
	struct an_sim_host *host;
	const struct an_sys *sys;
	struct an_reactor *reactor;
	struct an_udp *udp;
	struct an_random random;
	struct an_profile profile;
	struct an_key_pair key_pair;
	struct an_dht_key dht_key;
	struct an_link *link;
	uint64_t lies;
	uint64_t false_proofs; /* of them */
	enum an_sim_lie lie;
	struct an_peer_id false_ids[FALSE_PEERS];
	struct kept kept[KEPT_MAX];
	size_t kept_count;
};

static an_time_us now_of(const struct an_sim_liar *liar)
{
	return liar->sys->now(liar->sys->context);
}

/* A peer that never was, or, every other time, a real one where it is not. */
static void invent_peer(struct an_sim_liar *liar, struct an_contact *contact, size_t index)
{
	const struct an_sim_node *node = an_sim_fleet_random_node(liar->fleet);
	*contact = (node != NULL ? node : liar->fleet->nodes[0])->contact;
	contact->endpoints[0].address[13] = FALSE_HOST;
	if (index % 2 != 0)
		contact->id = liar->false_ids[index];
}

static void make_false_ids(struct an_sim_liar *liar)
{
	for (size_t i = 0; i < FALSE_PEERS; i++) {
		uint8_t secret[AN_KEY_SECRET_SIZE];
		struct an_key_pair pair;
		an_random_fill(&liar->random, secret, sizeof(secret));
		if (an_key_pair_from_secret(&pair, secret) == AUTONOMI_OK)
			liar->false_ids[i] = pair.identity.id;
	}
}

static void reply_buffer(struct an_sim_liar *liar, uint64_t inbound, enum an_link_kind kind,
                         struct an_buffer *buffer)
{
	struct an_blob *message = an_blob_new(buffer->size);
	memcpy(message->data, buffer->data, buffer->size);
	an_link_reply(liar->link, inbound, kind, &message, 1);
	an_blob_unref(message);
	an_buffer_done(buffer);
	liar->lies++;
}

static void answer_search(struct an_sim_liar *liar, uint64_t inbound)
{
	struct an_contact peers[FALSE_PEERS];
	struct an_buffer buffer;
	an_buffer_init(&buffer, AN_KADEMLIA_ANSWER_MAX);
	for (size_t i = 0; i < FALSE_PEERS; i++)
		invent_peer(liar, &peers[i], i);
	an_kademlia_encode_peers(peers, FALSE_PEERS, &buffer);
	reply_buffer(liar, inbound, AN_LINK_KIND_KADEMLIA, &buffer);
}

static const struct kept *find_kept(const struct an_sim_liar *liar,
                                    const struct an_address *address)
{
	uint8_t name[AN_RECORD_NAME_SIZE];
	if (an_address_record_name(address, name) != AUTONOMI_OK)
		return NULL;
	for (size_t i = 0; i < liar->kept_count; i++)
		if (memcmp(liar->kept[i].name, name, sizeof(name)) == 0)
			return &liar->kept[i];
	return NULL;
}

static void keep_first(struct an_sim_liar *liar, const struct an_request *request)
{
	struct kept *kept = &liar->kept[liar->kept_count];
	if (liar->kept_count == KEPT_MAX || find_kept(liar, &request->put_record.address) != NULL ||
	    an_address_record_name(&request->put_record.address, kept->name) != AUTONOMI_OK)
		return;
	kept->value = an_blob_copy(request->put_record.value);
	liar->kept_count++;
}

static void give_record(struct an_sim_liar *liar, uint64_t inbound, struct an_blob *value)
{
	struct an_response response = {.type = AN_RESPONSE_GET_REPLICATED_RECORD};
	response.get_replicated_record.holder = an_address_of_peer(&liar->key_pair.identity.id);
	response.get_replicated_record.value = an_blob_span(value);
	struct an_buffer buffer;
	an_buffer_init(&buffer, AN_MESSAGE_RESPONSE_MAX);
	an_response_encode(&response, &buffer);
	reply_buffer(liar, inbound, AN_LINK_KIND_MESSAGE, &buffer);
}

static void give_another_record(struct an_sim_liar *liar, uint64_t inbound)
{
	uint8_t content[1024];
	an_random_fill(&liar->random, content, sizeof(content));
	struct an_blob *value = an_chunk_record_value(an_span(content, sizeof(content)));
	give_record(liar, inbound, value);
	an_blob_unref(value);
}

static void give_old_record(struct an_sim_liar *liar, uint64_t inbound,
                            const struct an_request *request)
{
	const struct kept *kept = find_kept(liar, &request->get_replicated_record.key);
	if (kept != NULL)
		give_record(liar, inbound, kept->value);
	else
		an_link_refuse(liar->link, inbound, AN_LINK_CODE_BUSY);
}

static void acknowledge(struct an_sim_liar *liar, uint64_t inbound,
                        const struct an_request *request)
{
	struct an_response response = {.type = AN_RESPONSE_PUT_RECORD};
	response.put_record.peer_address = an_address_of_peer(&liar->key_pair.identity.id);
	response.put_record.record_address = request->put_record.address;
	struct an_buffer buffer;
	an_buffer_init(&buffer, AN_MESSAGE_RESPONSE_MAX);
	an_response_encode(&response, &buffer);
	reply_buffer(liar, inbound, AN_LINK_KIND_MESSAGE, &buffer);
}

static void prove_falsely(struct an_sim_liar *liar, uint64_t inbound,
                          const struct an_request *request)
{
	struct an_response response = {.type = AN_RESPONSE_GET_CHUNK_EXISTENCE_PROOF};
	struct an_message_proof proof = {.address = request->get_chunk_existence_proof.key};
	struct an_buffer items, buffer;
	an_random_fill(&liar->random, proof.proof, sizeof(proof.proof));
	an_buffer_init(&items, AN_MESSAGE_RESPONSE_MAX);
	an_buffer_init(&buffer, AN_MESSAGE_RESPONSE_MAX);
	an_message_add_proof(&items, &response.get_chunk_existence_proof.proofs, &proof);
	response.get_chunk_existence_proof.proofs.items = an_buffer_span(&items);
	an_response_encode(&response, &buffer);
	liar->false_proofs++;
	reply_buffer(liar, inbound, AN_LINK_KIND_MESSAGE, &buffer);
	an_buffer_done(&items);
}

static void answer_message(struct an_sim_liar *liar, uint64_t inbound, struct an_span body)
{
	struct an_request request;
	struct an_buffer scratch;
	an_buffer_init(&scratch, body.size);
	const an_status status = an_request_decode(body, liar->profile.record_form, &scratch,
	                                           &request);
	const bool is_put = status == AUTONOMI_OK && request.type == AN_REQUEST_PUT_RECORD;
	if (is_put)
		keep_first(liar, &request);
	if (is_put)
		acknowledge(liar, inbound, &request);
	else if (status == AUTONOMI_OK && request.type == AN_REQUEST_GET_REPLICATED_RECORD &&
	         liar->lie == AN_SIM_LIE_STALE)
		give_old_record(liar, inbound, &request);
	else if (status == AUTONOMI_OK && request.type == AN_REQUEST_GET_REPLICATED_RECORD)
		give_another_record(liar, inbound);
	else if (status == AUTONOMI_OK && request.type == AN_REQUEST_GET_CHUNK_EXISTENCE_PROOF)
		prove_falsely(liar, inbound, &request);
	else
		an_link_refuse(liar->link, inbound, AN_LINK_CODE_BUSY);
	an_buffer_done(&scratch);
}

static void on_request(void *context, uint64_t inbound, const struct an_link_peer *peer,
                       const struct an_link_request *request)
{
	struct an_sim_liar *liar = context;
	(void)peer;
	if (liar->lie == AN_SIM_LIE_WITHHOLD)
		liar->lies++;
	else if (request->kind == AN_LINK_KIND_KADEMLIA &&
	         (liar->lie == AN_SIM_LIE_ALL || liar->lie == AN_SIM_LIE_CLOSEST))
		answer_search(liar, inbound);
	else if (request->kind == AN_LINK_KIND_MESSAGE && liar->lie != AN_SIM_LIE_CLOSEST)
		answer_message(liar, inbound, request->body);
	else
		an_link_refuse(liar->link, inbound, AN_LINK_CODE_BUSY);
}

static void on_connected(void *context, const struct an_link_peer *peer)
{
	(void)context;
	(void)peer;
}

static void on_disconnected(void *context, const struct an_link_peer *peer, an_status why)
{
	(void)context;
	(void)peer;
	(void)why;
}

static void on_dial_failed(void *context, const struct an_peer_id *id,
                           const struct an_endpoint *endpoint, an_status why)
{
	(void)context;
	(void)id;
	(void)endpoint;
	(void)why;
}

static void send_all(struct an_sim_liar *liar)
{
	const struct an_sys *sys = liar->sys;
	struct an_datagram runs[AN_DATAGRAM_BATCH];
	size_t count, sent;
	while ((count = an_link_output(liar->link, runs, AN_DATAGRAM_BATCH, now_of(liar))) > 0)
		sys->udp_send(sys->context, liar->udp, runs, count, &sent);
}

static void turn(void *context)
{
	struct an_sim_liar *liar = context;
	const struct an_sys *sys = liar->sys;
	struct an_reactor_ready ready;
	sys->reactor_look(sys->context, liar->reactor, &ready);
	struct an_datagram runs[AN_DATAGRAM_BATCH];
	size_t count;
	do {
		sys->udp_receive(sys->context, liar->udp, runs, AN_DATAGRAM_BATCH, &count);
		if (count > 0)
			an_link_input(liar->link, runs, count, now_of(liar));
	} while (count > 0);
	an_link_expire(liar->link, now_of(liar));
	send_all(liar);
	sys->reactor_set_timer(sys->context, liar->reactor, an_link_deadline(liar->link));
}

static void on_reply(void *context, uint64_t request, const struct an_link_reply *reply)
{
	(void)context;
	(void)request;
	(void)reply;
}

static void send_to(struct an_sim_liar *liar, const struct an_contact *contact,
                    enum an_link_kind kind, struct an_buffer *buffer, size_t count)
{
	struct an_blob *message = an_blob_new(buffer->size);
	memcpy(message->data, buffer->data, buffer->size);
	for (size_t i = 0; i < count; i++) {
		uint64_t request;
		an_link_ask(liar->link, contact, kind, &message, 1, AN_SECONDS(10), now_of(liar),
		            on_reply, liar, &request);
	}
	an_blob_unref(message);
	an_buffer_done(buffer);
}

static void encode_search(const struct an_sim_liar *liar, struct an_buffer *buffer)
{
	an_buffer_init(buffer, AN_KADEMLIA_ANSWER_MAX);
	an_kademlia_encode_find(an_peer_id_span(&liar->key_pair.identity.id), buffer);
}

/* One key in two is of an old version, as far as there are any. */
static void encode_list(struct an_sim_liar *liar, struct an_buffer *buffer)
{
	struct an_request request = {.type = AN_REQUEST_REPLICATE};
	struct an_buffer items;
	an_buffer_init(&items, LIST_KEYS * LIST_KEY_BYTES);
	for (size_t i = 0; i < LIST_KEYS; i++) {
		uint8_t name[AN_RECORD_NAME_SIZE];
		struct an_message_key key = {.validation = {.is_chunk = true}};
		an_random_fill(&liar->random, name, sizeof(name));
		if (i % 2 == 0 && i / 2 < liar->kept_count) {
			const struct kept *kept = &liar->kept[i / 2];
			memcpy(name, kept->name, sizeof(name));
			key.validation.is_chunk = false;
			an_sha3_256(an_blob_span(kept->value), key.validation.hash);
		}
		key.address = an_address_of_record_key(name);
		an_message_add_key(&items, &request.replicate.keys, false, &key);
	}
	request.replicate.holder = an_address_of_peer(&liar->key_pair.identity.id);
	request.replicate.keys.items = an_buffer_span(&items);
	an_buffer_init(buffer, liar->profile.request_max);
	an_request_encode(&request, liar->profile.record_form, buffer);
	an_buffer_done(&items);
}

/* Asks a node for something, so that it dials us back and takes us into its table. */
static void call_somebody(void *context)
{
	struct an_sim_liar *liar = context;
	const struct an_sim_node *node = an_sim_fleet_random_node(liar->fleet);
	if (node != NULL) {
		const struct an_contact contact = node->contact;
		struct an_buffer buffer;
		encode_search(liar, &buffer);
		send_to(liar, &contact, AN_LINK_KIND_KADEMLIA, &buffer, 1);
		if (liar->lie == AN_SIM_LIE_LISTS) {
			encode_list(liar, &buffer);
			send_to(liar, &contact, AN_LINK_KIND_MESSAGE, &buffer, 1);
			liar->lies++;
		}
		turn(liar);
	}
	an_sim_world_at(liar->fleet->world, now_of(liar) + AN_SECONDS(CALL_SECONDS), call_somebody,
	                liar);
}

/* A record that is not what its address says. */
static void encode_false_record(struct an_sim_liar *liar, struct an_buffer *buffer)
{
	uint8_t *content = an_sim_alloc(FLOOD_RECORD_SIZE);
	an_random_fill(&liar->random, content, FLOOD_RECORD_SIZE);
	struct an_blob *value = an_chunk_record_value(an_span(content, FLOOD_RECORD_SIZE));
	struct an_request request = {.type = AN_REQUEST_PUT_RECORD};
	request.put_record.address = (struct an_address){.type = AN_ADDRESS_CHUNK, .size = 32};
	an_random_fill(&liar->random, request.put_record.address.bytes, 32);
	request.put_record.value = an_blob_span(value);
	an_request_encode(&request, liar->profile.record_form, buffer);
	an_blob_unref(value);
	free(content);
}

static struct an_sim_liar *random_liar(const struct an_sim_fleet *fleet)
{
	uint64_t chosen = an_random_below(an_sim_world_random(fleet->world), fleet->liars);
	struct an_sim_liar *liar = fleet->first_liar;
	while (chosen-- > 0)
		liar = liar->next;
	return liar;
}

bool an_sim_liar_flood(struct an_sim_fleet *fleet)
{
	const struct an_sim_node *node = an_sim_fleet_random_node(fleet);
	struct an_sim_liar *liar = random_liar(fleet);
	struct an_buffer buffer;
	if (node == NULL)
		return false;
	const struct an_contact contact = node->contact;
	encode_search(liar, &buffer);
	send_to(liar, &contact, AN_LINK_KIND_KADEMLIA, &buffer, FLOOD_SEARCHES);
	an_buffer_init(&buffer, liar->profile.request_max);
	encode_false_record(liar, &buffer);
	send_to(liar, &contact, AN_LINK_KIND_MESSAGE, &buffer, FLOOD_RECORDS);
	liar->lies += FLOOD_SEARCHES + FLOOD_RECORDS;
	turn(liar);
	return true;
}

void an_sim_liar_change(struct an_sim_fleet *fleet)
{
	struct an_sim_liar *liar = random_liar(fleet);
	liar->lie = (enum an_sim_lie)an_random_below(an_sim_world_random(fleet->world),
	                                             AN_SIM_LIES);
}

static bool open_link(struct an_sim_liar *liar)
{
	uint8_t secret[AN_KEY_SECRET_SIZE];
	an_random_fill(&liar->random, secret, sizeof(secret));
	an_key_pair_from_secret(&liar->key_pair, secret);
	liar->dht_key = an_peer_id_dht_key(&liar->key_pair.identity.id);
	liar->profile = an_profile_autonomi;
	liar->profile.network_id = 0;
	liar->profile.payments = false;
	const struct an_link_config config = {
		.profile = &liar->profile,
		.key_pair = &liar->key_pair,
		.version = "0.1.0",
		.limits =
			{
				.connections = 1000,
				.handshakes = 100,
				.connections_per_address = 100,
				.requests_per_peer = 100,
				.requests = 1000,
				.inbound_bytes = 64 << 20,
				.inbound_bytes_per_peer = 16 << 20,
				.outbound_requests = 1000,
			},
		.random = &liar->random,
	};
	const struct an_link_events events = {
		.context = liar,
		.connected = on_connected,
		.disconnected = on_disconnected,
		.request = on_request,
		.dial_failed = on_dial_failed,
	};
	return an_link_new(&config, &events, &liar->link) == AUTONOMI_OK;
}

static void free_liar(struct an_sim_liar *liar)
{
	for (size_t i = 0; i < liar->kept_count; i++)
		an_blob_unref(liar->kept[i].value);
	an_sim_host_stop(liar->host);
	an_link_free(liar->link);
	liar->sys->udp_close(liar->sys->context, liar->udp);
	liar->sys->reactor_free(liar->sys->context, liar->reactor);
	free(liar);
}

static void free_liars(struct an_sim_fleet *fleet)
{
	for (struct an_sim_liar *next, *liar = fleet->first_liar; liar != NULL; liar = next) {
		next = liar->next;
		free_liar(liar);
	}
}

static void open_socket(struct an_sim_liar *liar)
{
	const struct an_sys *sys = liar->sys;
	struct an_endpoint at = {.port = AN_SIM_PORT};
	sys->reactor_new(sys->context, &liar->reactor);
	sys->udp_open(sys->context, &at, &(struct an_udp_options){0}, &liar->udp);
	sys->reactor_watch(sys->context, liar->reactor, liar->udp, false);
}

void an_sim_liar_add(struct an_sim_fleet *fleet)
{
	struct an_sim_liar *liar = an_sim_alloc(sizeof(*liar));
	liar->fleet = fleet;
	liar->host = an_sim_host_new(fleet->world);
	liar->sys = an_sim_host_sys(liar->host);
	liar->next = fleet->first_liar;
	fleet->first_liar = liar;
	fleet->free_liars = free_liars;
	fleet->liars++;
	uint8_t seed[AN_RANDOM_SEED_SIZE];
	liar->sys->entropy(liar->sys->context, seed, sizeof(seed));
	an_random_init(&liar->random, seed);
	make_false_ids(liar);
	open_socket(liar);
	if (!an_sim_expect(fleet, open_link(liar), "a liar does not open"))
		return;
	an_sim_host_start(liar->host, turn, liar);
	call_somebody(liar);
}

uint64_t an_sim_liars_lies(const struct an_sim_fleet *fleet)
{
	uint64_t lies = 0;
	for (const struct an_sim_liar *liar = fleet->first_liar; liar != NULL; liar = liar->next)
		lies += liar->lies;
	return lies;
}

uint64_t an_sim_liars_false_proofs(const struct an_sim_fleet *fleet)
{
	uint64_t proofs = 0;
	for (const struct an_sim_liar *liar = fleet->first_liar; liar != NULL; liar = liar->next)
		proofs += liar->false_proofs;
	return proofs;
}

struct an_dht_key an_sim_liar_key(const struct an_sim_fleet *fleet, size_t number)
{
	const struct an_sim_liar *liar = fleet->first_liar;
	while (number-- > 0)
		liar = liar->next;
	return liar->dht_key;
}
