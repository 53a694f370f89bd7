/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "virtual_network.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "data/chunk.h"
#include "data/message.h"
#include "data/record_merge.h"

enum event_kind { EVENT_CLOSEST, EVENT_REPLY, EVENT_JOB };

struct event {
	struct an_list link;
	enum event_kind kind;
	an_time_us due;
	uint64_t id;
	enum behaviour behaviour; /* of the peer that was asked */
	an_status status;
	void *handler_context;
	an_client_closest_handler *closest;
	struct an_contact contacts[PEERS_MAX];
	size_t count;
	an_client_reply_handler *reply;
	struct an_blob *message;
	struct an_job *job;
};

/* ---- Allocations: the client's may fail, the network's may not. */
void *network_own(void *memory)
{
	ck_assert_ptr_nonnull(memory);
	return memory;
}

#ifdef AN_FAULT_INJECTION
static uint64_t pause_failures(struct virtual_network *network)
{
	an_memory_fail_after(UINT64_MAX);
	return network->failing ? an_memory_allocations() : 0;
}

static void resume_failures(struct virtual_network *network, uint64_t paused_at)
{
	if (!network->failing)
		return;
	network->fail_at += an_memory_allocations() - paused_at;
	const uint64_t made = an_memory_allocations();
	an_memory_fail_after(network->fail_at > made ? network->fail_at - made : 0);
}
#else
static uint64_t pause_failures(struct virtual_network *network)
{
	(void)network;
	return 0;
}

static void resume_failures(struct virtual_network *network, uint64_t paused_at)
{
	(void)network;
	(void)paused_at;
}
#endif

/* ---- Events. */
static struct event *event_at(struct an_list *link)
{
	return an_container_of(link, struct event, link);
}

static struct event *schedule(struct virtual_network *network, enum event_kind kind, an_time_us due)
{
	struct event *event = network_own(calloc(1, sizeof(*event)));
	event->kind = kind;
	event->due = due;
	event->id = ++network->last_id;
	struct an_list *place = an_list_first(&network->events);
	while (place != NULL && event_at(place)->due <= due)
		place = an_list_next(&network->events, place);
	an_list_insert_before(place != NULL ? place : &network->events, &event->link);
	return event;
}

static an_time_us after_latency(struct virtual_network *network)
{
	return network->now + network->latency +
	       an_random_below(&network->random, network->latency + 1);
}

static void drop(struct event *event)
{
	an_list_remove(&event->link);
	an_blob_unref(event->message);
	free(event);
}

/* ---- Peers. */
void network_rank(const struct virtual_network *network, const uint8_t name[32],
                  size_t order[PEERS_MAX])
{
	const struct an_dht_key target = an_dht_key_of(an_span(name, 32));
	for (size_t i = 0; i < network->peer_count; i++) {
		size_t place = i;
		while (place > 0 && an_dht_key_compare(&target, &network->peers[i].key,
		                                       &network->peers[order[place - 1]].key) < 0) {
			order[place] = order[place - 1];
			place--;
		}
		order[place] = i;
	}
}

struct virtual_peer *network_closest(struct virtual_network *network, const uint8_t name[32],
                                     size_t rank)
{
	size_t order[PEERS_MAX];
	network_rank(network, name, order);
	return &network->peers[order[rank]];
}

static struct virtual_peer *peer_of(struct virtual_network *network,
                                    const struct an_contact *contact)
{
	for (size_t i = 0; i < network->peer_count; i++) {
		if (an_peer_id_equal(&network->peers[i].contact.id, &contact->id))
			return &network->peers[i];
	}
	ck_abort_msg("a request to a peer that does not exist");
	return NULL;
}

static struct an_blob *noise(struct virtual_network *network, size_t size)
{
	struct an_blob *blob = network_own(an_blob_new(size));
	an_random_fill(&network->random, blob->data, size);
	return blob;
}

static struct an_blob *encoded(const struct an_response *response)
{
	struct an_blob *message = NULL;
	ck_assert_int_eq(an_response_encode_blob(response, &message), AUTONOMI_OK);
	return message;
}

/* As a node without payments does (semantics 6.3). */
static void store(struct virtual_network *network, const uint8_t name[32], struct an_span value,
                  size_t index, struct an_message_result *ret_result)
{
	struct an_blob *held = network_value(network, name, index);
	struct an_record_merged merged;
	const an_status status = an_record_merge(name, an_blob_span(held), value,
	                                         network->profile.chunk_max, AN_RECORD_FROM_CLIENT,
	                                         &merged);
	if (status == AUTONOMI_E_OUTDATED) {
		ret_result->failed = true;
		ret_result->error.type = AN_ERROR_OUTDATED_RECORD_COUNTER;
		ret_result->error.counter = merged.error.counter;
		ret_result->error.expected = merged.error.expected;
		return;
	}
	ck_assert_int_eq(status, AUTONOMI_OK);
	if (merged.store != NULL)
		network_keep(network, name, an_blob_span(merged.store), index);
	an_blob_unref(merged.store);
}

static struct an_blob *answer_put(struct virtual_network *network, struct virtual_peer *peer,
                                  const struct an_request *request)
{
	uint8_t name[32];
	ck_assert_int_eq(an_address_record_name(&request->put_record.address, name), AUTONOMI_OK);
	struct an_response response = {.type = AN_RESPONSE_PUT_RECORD};
	response.put_record.peer_address = request->put_record.holder;
	response.put_record.record_address = request->put_record.address;
	if (peer->behaviour == FULL || peer->behaviour == NOT_PAID) {
		response.put_record.result.failed = true;
		response.put_record.result.error.type = AN_ERROR_PUT_RECORD_FAILED;
		response.put_record.result.error.text = an_span_text(
			peer->behaviour == FULL ? "LocalSwarmError(MaxRecords)" : "NoPayment");
	} else if (peer->behaviour == LYING_ECHO) {
		response.put_record.record_address.bytes[0] ^= 1;
	} else {
		store(network, name, request->put_record.value, (size_t)(peer - network->peers),
		      &response.put_record.result);
	}
	return encoded(&response);
}

static struct an_blob *record_message(const struct virtual_peer *peer, struct an_span value)
{
	const struct an_address self = an_address_of_peer(&peer->contact.id);
	struct an_blob *head = NULL;
	ck_assert_int_eq(an_response_encode_record_head(&self, value.size, &head), AUTONOMI_OK);
	struct an_blob *message = network_own(an_blob_new(head->size + value.size));
	memcpy(message->data, head->data, head->size);
	memcpy(message->data + head->size, value.data, value.size);
	an_blob_unref(head);
	return message;
}

static struct an_blob *false_record(struct virtual_network *network, struct virtual_peer *peer)
{
	const size_t size = peer->behaviour == OVERSIZED ? network->profile.chunk_max + 1 : 1000;
	struct an_blob *content = noise(network, size);
	struct an_blob *value = peer->behaviour == NO_RECORD_FORM
	                                ? an_blob_ref(content)
	                                : network_own(an_chunk_record_value(an_blob_span(content)));
	struct an_blob *message = record_message(peer, an_blob_span(value));
	an_blob_unref(content);
	an_blob_unref(value);
	return message;
}

static struct an_blob *answer_get(struct virtual_network *network, struct virtual_peer *peer,
                                  const struct an_request *request)
{
	uint8_t name[32];
	ck_assert_int_eq(an_address_record_name(&request->get_replicated_record.key, name),
	                 AUTONOMI_OK);
	if (peer->behaviour == WRONG_BYTES || peer->behaviour == OVERSIZED ||
	    peer->behaviour == NO_RECORD_FORM)
		return false_record(network, peer);
	struct an_blob *held = network_value(network, name, (size_t)(peer - network->peers));
	if (held != NULL)
		return record_message(peer, an_blob_span(held));
	struct an_response response = {.type = AN_RESPONSE_GET_REPLICATED_RECORD};
	response.get_replicated_record.result.failed = true;
	response.get_replicated_record.result.error.type = AN_ERROR_REPLICATED_RECORD_NOT_FOUND;
	response.get_replicated_record.result.error.address = an_address_of_peer(&peer->contact.id);
	response.get_replicated_record.result.error.key = request->get_replicated_record.key;
	return encoded(&response);
}

static struct an_blob *answer_proof(struct virtual_network *network, struct virtual_peer *peer,
                                    const struct an_request *request)
{
	uint8_t name[32];
	const struct an_address *key = &request->get_chunk_existence_proof.key;
	ck_assert_uint_eq(request->get_chunk_existence_proof.difficulty, 1);
	ck_assert_int_eq(an_address_record_name(key, name), AUTONOMI_OK);
	struct an_message_proof proof = {.address = *key};
	proof.failed = !network_holds(network, name, (size_t)(peer - network->peers));
	proof.error.type = AN_ERROR_CHUNK_DOES_NOT_EXIST;
	proof.error.address = *key;
	if (peer->behaviour == FALSE_PROOF) {
		proof.failed = false;
		an_random_fill(&network->random, proof.proof, sizeof(proof.proof));
	} else if (!proof.failed) {
		an_record_proof(an_blob_span(network_value(network, name,
		                                           (size_t)(peer - network->peers))),
		                request->get_chunk_existence_proof.nonce, proof.proof);
	}
	struct an_response response = {.type = AN_RESPONSE_GET_CHUNK_EXISTENCE_PROOF};
	struct an_buffer items;
	an_buffer_init(&items, 4096);
	an_message_add_proof(&items, &response.get_chunk_existence_proof.proofs, &proof);
	response.get_chunk_existence_proof.proofs.items = an_buffer_span(&items);
	struct an_blob *message = encoded(&response);
	an_buffer_done(&items);
	return message;
}

/* The peers that it knows nearest to the key, itself not: all, or ones of its own making. */
static struct an_blob *answer_closest(struct virtual_network *network, struct virtual_peer *peer,
                                      const struct an_request *request)
{
	size_t order[PEERS_MAX];
	struct an_response response = {.type = AN_RESPONSE_GET_CLOSEST_PEERS};
	struct an_message_list *peers = &response.get_closest_peers.peers;
	struct an_buffer items;
	an_buffer_init(&items, 1 << 16);
	ck_assert(request->get_closest_peers.has_count);
	network_rank(network, request->get_closest_peers.key.bytes, order);
	response.get_closest_peers.target = request->get_closest_peers.key;
	for (size_t i = 0;
	     i < network->peer_count && peers->count < request->get_closest_peers.count; i++) {
		struct an_contact contact = network->peers[order[i]].contact;
		if (peer->behaviour == MISNAMING)
			contact.id.bytes[contact.id.size - 1] ^= 0x55;
		if (&network->peers[order[i]] != peer)
			an_message_add_peer(&items, peers, &contact);
	}
	peers->items = an_buffer_span(&items);
	struct an_blob *message = encoded(&response);
	an_buffer_done(&items);
	return message;
}

static struct an_blob *answer_version(const struct virtual_peer *peer)
{
	struct an_response response = {.type = AN_RESPONSE_GET_VERSION};
	response.get_version.peer = an_address_of_peer(&peer->contact.id);
	response.get_version.version = an_span_text("0.1.0");
	return encoded(&response);
}

static struct an_blob *answer(struct virtual_network *network, struct virtual_peer *peer,
                              const struct an_request *request)
{
	if (peer->behaviour == GARBAGE)
		return noise(network, 100);
	if (peer->behaviour == OTHER_ANSWER) {
		const struct an_response other = {.type = AN_RESPONSE_REPLICATE};
		return encoded(&other);
	}
	switch (request->type) {
	case AN_REQUEST_PUT_RECORD:
		return answer_put(network, peer, request);
	case AN_REQUEST_GET_REPLICATED_RECORD:
		return answer_get(network, peer, request);
	case AN_REQUEST_GET_CHUNK_EXISTENCE_PROOF:
		return answer_proof(network, peer, request);
	case AN_REQUEST_GET_CLOSEST_PEERS:
		return answer_closest(network, peer, request);
	case AN_REQUEST_GET_VERSION:
		return answer_version(peer);
	default:
		ck_abort_msg("the client asked something unexpected");
		return NULL;
	}
}

static void count_request(struct virtual_network *network, struct virtual_peer *peer,
                          enum an_request_type type)
{
	network->puts += type == AN_REQUEST_PUT_RECORD;
	network->gets += type == AN_REQUEST_GET_REPLICATED_RECORD;
	network->proofs += type == AN_REQUEST_GET_CHUNK_EXISTENCE_PROOF;
	network->versions += type == AN_REQUEST_GET_VERSION;
	peer->puts += type == AN_REQUEST_PUT_RECORD;
	peer->gets += type == AN_REQUEST_GET_REPLICATED_RECORD;
	peer->proofs += type == AN_REQUEST_GET_CHUNK_EXISTENCE_PROOF;
}

/* ---- The table. */
static void find(struct virtual_network *network, const struct an_client_lookup *lookup,
                 uint32_t missed, struct event *event)
{
	size_t order[PEERS_MAX];
	network_rank(network, lookup->name.data, order);
	for (size_t i = 0; i < network->peer_count && event->count < lookup->count; i++) {
		if ((missed >> order[i] & 1) == 0)
			event->contacts[event->count++] = network->peers[order[i]].contact;
	}
}

static struct event *schedule_closest(struct virtual_network *network, an_time_us due,
                                      an_client_closest_handler *handler, void *context)
{
	struct event *event = schedule(network, EVENT_CLOSEST, due);
	event->closest = handler;
	event->handler_context = context;
	return event;
}

/* As kad/lookup.h has it: after half a second, or, where fewer than a close group answer, two. */
static void plan_early(struct virtual_network *network, const struct an_client_lookup *lookup,
                       an_time_us soon, const struct event *found)
{
	struct event heard = {.count = 0};
	find(network, lookup, network->hidden | network->late, &heard);
	const bool is_group = heard.count >= network->profile.close_group;
	const an_time_us due = soon + (is_group ? AN_MS(500) : AN_SECONDS(2));
	if (heard.count == 0 || due >= found->due)
		return;
	struct event *early = schedule_closest(network, due, lookup->early, lookup->context);
	early->id = found->id;
	early->count = heard.count;
	memcpy(early->contacts, heard.contacts, sizeof(heard.contacts));
}

static an_status closest(void *context, const struct an_client_lookup *lookup, uint64_t *ret_id)
{
	struct virtual_network *network = context;
	ck_assert_uint_eq(lookup->name.size, 32);
	network->lookups++;
	const an_time_us soon = after_latency(network);
	const an_time_us patience = lookup->hurried ? AN_SECONDS(2) : AN_SECONDS(10);
	const bool waits = network->late != 0;
	const bool comes = network->lateness <= patience;
	struct event *event = schedule_closest(network,
	                                       waits ? soon + (comes ? network->lateness : patience)
	                                             : soon,
	                                       lookup->found, lookup->context);
	*ret_id = event->id;
	if (network->lookups_that_fail > 0) {
		network->lookups_that_fail--;
		event->status = network->lookup_failure;
		return AUTONOMI_OK;
	}
	find(network, lookup, network->hidden | (comes ? 0 : network->late), event);
	if (waits && lookup->early != NULL)
		plan_early(network, lookup, soon, event);
	return AUTONOMI_OK;
}

static struct an_blob *join(struct an_blob *const *parts, size_t count)
{
	size_t size = 0;
	for (size_t i = 0; i < count; i++)
		size += parts[i]->size;
	struct an_blob *message = network_own(an_blob_new(size));
	size = 0;
	for (size_t i = 0; i < count; i++) {
		if (parts[i]->size > 0)
			memcpy(message->data + size, parts[i]->data, parts[i]->size);
		size += parts[i]->size;
	}
	return message;
}

static void plan_reply(struct virtual_network *network, struct virtual_peer *peer,
                       struct event *event, const struct an_request *request, an_time_us timeout)
{
	const bool busy = peer->behaviour == ALWAYS_BUSY ||
	                  (peer->behaviour == BUSY_FOR_A_WHILE && peer->busy_answers++ < 3);
	if (busy)
		event->status = AUTONOMI_E_BUSY;
	else if (peer->behaviour == UNREACHABLE)
		event->status = AUTONOMI_E_UNREACHABLE;
	else if (event->due >= network->now + timeout)
		event->status = AUTONOMI_E_TIMEOUT;
	else
		event->message = answer(network, peer, request);
}

static an_time_us reply_time(struct virtual_network *network, const struct virtual_peer *peer,
                             an_time_us timeout)
{
	an_time_us due = after_latency(network);
	if (peer->behaviour == UNREACHABLE)
		due = network->now + AN_SECONDS(10);
	else if (peer->behaviour == SLOW || peer->behaviour == SLOW_LINE)
		due += network->slowness;
	if (peer->behaviour == SILENT || peer->behaviour == WITHHOLDING ||
	    due > network->now + timeout)
		due = network->now + timeout;
	return due;
}

static an_status ask(void *context, const struct an_contact *contact, struct an_blob *const *parts,
                     size_t part_count, an_time_us timeout, an_client_reply_handler *handler,
                     void *handler_context, uint64_t *ret_id)
{
	struct virtual_network *network = context;
	if (network->asks_refused_at_once > 0) {
		network->asks_refused_at_once--;
		return AUTONOMI_E_BUSY;
	}
	const uint64_t paused_at = pause_failures(network);
	struct virtual_peer *peer = peer_of(network, contact);
	struct an_blob *message = join(parts, part_count);
	struct an_request request;
	struct an_buffer scratch;
	an_buffer_init(&scratch, message->size);
	ck_assert_int_eq(an_request_decode(an_blob_span(message), network->profile.record_form,
	                                   &scratch, &request),
	                 AUTONOMI_OK);
	count_request(network, peer, request.type);
	struct event *event = schedule(network, EVENT_REPLY, reply_time(network, peer, timeout));
	event->reply = handler;
	event->behaviour = peer->behaviour;
	event->handler_context = handler_context;
	plan_reply(network, peer, event, &request, timeout);
	*ret_id = event->id;
	an_buffer_done(&scratch);
	an_blob_unref(message);
	resume_failures(network, paused_at);
	return AUTONOMI_OK;
}

static void cancel(void *context, uint64_t id)
{
	struct virtual_network *network = context;
	struct an_list *next;
	for (struct an_list *link = an_list_first(&network->events); link != NULL; link = next) {
		next = an_list_next(&network->events, link);
		if (event_at(link)->id == id && event_at(link)->kind != EVENT_JOB)
			drop(event_at(link));
	}
}

static void sign(void *context, uint64_t id, struct an_client_sign *ret_sign)
{
	const struct virtual_network *network = context;
	*ret_sign = (struct an_client_sign){0};
	for (struct an_list *link = an_list_first(&network->events); link != NULL;
	     link = an_list_next(&network->events, link)) {
		const struct event *event = event_at(link);
		if (event->id != id || event->kind != EVENT_REPLY ||
		    event->behaviour == UNREACHABLE || event->behaviour == SILENT)
			continue;
		ret_sign->rtt = network->latency;
		ret_sign->delivered = event->behaviour != SLOW_LINE;
		ret_sign->answering = event->behaviour == SLOW;
		if (event->behaviour != SLOW)
			ret_sign->heard_at = network->now;
	}
}

static void submit(void *context, struct an_job *job)
{
	struct virtual_network *network = context;
	/* The disk lane keeps its order. */
	an_time_us delay = 0;
	if (job->lane == AN_JOB_COMPUTE && network->job_delay > 0)
		delay = an_random_below(&network->random, network->job_delay);
	schedule(network, EVENT_JOB, network->now + delay)->job = job;
}

static an_time_us now(void *context)
{
	const struct virtual_network *network = context;
	return network->now;
}

/* ---- Life. */
void network_open(struct virtual_network *network, size_t count, uint8_t seed)
{
	*network = (struct virtual_network){.profile = an_profile_autonomi,
	                                    .peer_count = count,
	                                    .now = AN_SECONDS(1000),
	                                    .latency = AN_MS(5),
	                                    .slowness = AN_SECONDS(30)};
	const uint8_t bytes[AN_RANDOM_SEED_SIZE] = {seed};
	an_random_init(&network->random, bytes);
	an_list_init(&network->events);
	for (size_t i = 0; i < count; i++) {
		struct an_peer_id *id = &network->peers[i].contact.id;
		*id = (struct an_peer_id){.size = 38,
		                          .bytes = {0x00, 0x24, 0x08, 0x01, 0x12, 0x20}};
		an_random_fill(&network->random, id->bytes + 6, 32);
		network->peers[i].key = an_peer_id_dht_key(id);
		network->peers[i].contact.endpoint_count = 1;
		network->peers[i].contact.endpoints[0] = an_endpoint_ip4(127, 0, 0, 1,
		                                                         (uint16_t)(10000 + i));
	}
	network->table = (struct an_client_network){.context = network,
	                                            .profile = &network->profile,
	                                            .closest = closest,
	                                            .ask = ask,
	                                            .sign = sign,
	                                            .cancel = cancel,
	                                            .submit = submit,
	                                            .now = now};
}

/* Every request must have been taken back by then; jobs that never ran are the client's to free. */
void network_close(struct virtual_network *network)
{
	for (struct an_list *link; (link = an_list_first(&network->events)) != NULL;) {
		ck_assert_int_eq(event_at(link)->kind, EVENT_JOB);
		drop(event_at(link));
	}
	while (network->records != NULL) {
		struct stored_record *record = network->records;
		network->records = record->next;
		an_blob_unref(record->value);
		free(record);
	}
	an_random_done(&network->random);
}

void network_reset_counts(struct virtual_network *network)
{
	network->lookups = network->puts = network->gets = network->proofs = 0;
	network->bytes_received = 0;
	for (size_t i = 0; i < network->peer_count; i++)
		network->peers[i].puts = network->peers[i].gets = network->peers[i].proofs = 0;
}

static void deliver(struct virtual_network *network, struct event *event)
{
	an_list_remove(&event->link);
	if (event->kind == EVENT_JOB) {
		event->job->run(event->job);
		event->job->done(event->job);
	} else if (event->kind == EVENT_CLOSEST) {
		event->closest(event->handler_context, event->status, event->contacts,
		               event->count);
	} else {
		network->bytes_received += event->message != NULL ? event->message->size : 0;
		event->reply(event->handler_context, event->status, event->message,
		             an_blob_span(event->message));
	}
	drop(event);
}

static struct event *first_job(struct virtual_network *network)
{
	for (struct an_list *link = an_list_first(&network->events); link != NULL;
	     link = an_list_next(&network->events, link)) {
		if (event_at(link)->kind == EVENT_JOB)
			return event_at(link);
	}
	return NULL;
}

void network_skip_jobs(struct virtual_network *network)
{
	for (struct event *event; (event = first_job(network)) != NULL;) {
		an_list_remove(&event->link);
		event->job->skipped = true;
		event->job->done(event->job);
		drop(event);
	}
}

bool network_step(struct virtual_network *network, struct an_client *client)
{
	struct an_list *link = an_list_first(&network->events);
	const an_time_us deadline = an_client_deadline(client);
	if (link == NULL && deadline == AN_TIME_NEVER)
		return false;
	if (link != NULL && event_at(link)->due <= deadline) {
		if (network->now < event_at(link)->due)
			network->now = event_at(link)->due;
		deliver(network, event_at(link));
	} else if (network->now < deadline) {
		network->now = deadline;
	}
	an_client_expire(client, network->now);
	return true;
}
