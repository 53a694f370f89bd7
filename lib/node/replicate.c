/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "node/replicate.h"

#include "base/memory.h"
#include "node/serve.h"

enum { FRESH_KEY_BYTES = 512 }; /* of an item of a list without its payment, and more */

/* ---- What lib/repl asks of the node. */

struct neighbours {
	struct an_repl_peer *peers;
	size_t count;
};

static void note_last_seen(void *context, int bucket, const struct an_contact *contact,
                           an_time_us last_seen)
{
	struct neighbours *neighbours = context;
	(void)bucket;
	for (size_t i = 0; i < neighbours->count; i++) {
		if (an_peer_id_equal(&neighbours->peers[i].contact.id, &contact->id))
			neighbours->peers[i].last_seen = last_seen;
	}
}

static size_t nearest(void *context, struct an_repl_peer *ret_peers, size_t capacity)
{
	const struct an_node *node = context;
	struct an_contact contacts[AN_REPL_VIEW_MAX];
	const size_t count = an_kad_closest(node->kad, &node->key_pair.identity.dht_key, contacts,
	                                    capacity < AN_REPL_VIEW_MAX ? capacity
	                                                                : AN_REPL_VIEW_MAX);
	for (size_t i = 0; i < count; i++)
		ret_peers[i] = (struct an_repl_peer){.contact = contacts[i]};
	struct neighbours neighbours = {ret_peers, count};
	an_kad_visit(node->kad, note_last_seen, &neighbours);
	return count;
}

static bool converged(void *context)
{
	const struct an_node *node = context;
	return an_kad_converged(node->kad);
}

static const struct an_store_entry *find(void *context, const uint8_t key[AN_RECORD_KEY_SIZE])
{
	const struct an_node *node = context;
	return an_store_find(node->store, key);
}

static void visit(void *context, const struct an_dht_key *after, an_repl_visitor *visitor,
                  void *visitor_context)
{
	const struct an_node *node = context;
	if (after == NULL)
		an_store_visit(node->store, visitor, visitor_context);
	else
		an_store_visit_behind(node->store, after, visitor, visitor_context);
}

static size_t records(void *context)
{
	const struct an_node *node = context;
	return an_store_count(node->store);
}

static uint64_t changes(void *context)
{
	const struct an_node *node = context;
	return an_store_changes(node->store);
}

static size_t chunks(void *context)
{
	const struct an_node *node = context;
	return an_store_count_type(node->store, AN_RECORD_CHUNK);
}

static const struct an_store_entry *near_chunk(void *context, struct an_random *random)
{
	const struct an_node *node = context;
	return an_store_near_chunk(node->store, random);
}

an_status an_node_replication_open(struct an_node *node)
{
	if (node->store == NULL)
		return AUTONOMI_OK;
	struct an_node_replication *replication = an_calloc(1, sizeof(*replication));
	if (replication == NULL)
		return AUTONOMI_E_NO_MEMORY;
	const struct an_repl_config config = {
		.profile = &node->profile,
		.self = node->key_pair.identity.id,
		.lost_records = node->key_was_there && an_store_count(node->store) == 0,
		.host = {node, nearest, converged, find, visit, records, changes, chunks,
	                 near_chunk},
		.random = &node->random,
		.logger = node->logger,
	};
	const an_status status = an_repl_new(&config, node->now, &replication->repl);
	if (status != AUTONOMI_OK) {
		an_free(replication);
		return status;
	}
	replication->network = an_node_client_network(node);
	node->replication = replication;
	return AUTONOMI_OK;
}

void an_node_replication_free(struct an_node *node)
{
	if (node->replication == NULL)
		return;
	an_repl_free(node->replication->repl);
	node->replication = an_free(node->replication);
}

void an_node_replication_changed(struct an_node *node, const struct an_contact *contact, bool added)
{
	if (node->replication != NULL)
		an_repl_peer_changed(node->replication->repl, &contact->id, added,
		                     an_node_now(node));
}

void an_node_replication_brought(void *context, const uint8_t key[AN_RECORD_KEY_SIZE])
{
	struct an_node *node = context;
	if (node->replication != NULL)
		an_repl_brought(node->replication->repl, key);
}

/* ---- What lib/repl wants. */

/* A want under way. */
struct pending_want {
	struct an_node *node;
	uint64_t token;
	struct an_peer_id peer;
	struct an_repl_content content;
	size_t size; /* of the value that came */
};

static void end_want(struct pending_want *want, an_status status)
{
	struct an_node *node = want->node;
	if (node->replication != NULL)
		an_repl_ended(node->replication->repl, want->token, status, an_node_now(node));
	an_node_pending_free(want);
	an_node_touch(node);
}

/* What is our own fault says nothing of the peer, and one that is leaving is as good as gone. */
an_status an_node_replication_verdict(an_status status)
{
	switch ((int)status) {
	case AUTONOMI_E_NO_MEMORY:
	case AUTONOMI_E_CANCELLED:
	case AUTONOMI_E_IO:
	case AUTONOMI_E_CLOSED:
		return AUTONOMI_E_BUSY;
	case AUTONOMI_E_REFUSED:
	case AUTONOMI_E_IDENTITY:
		return AUTONOMI_E_UNREACHABLE;
	default:
		return status;
	}
}

static void answered(void *context, an_status status, struct an_blob *message, struct an_span body)
{
	(void)message;
	(void)body;
	end_want(context, an_node_replication_verdict(status));
}

static void admitted(void *context, const struct an_admission_verdict *verdict)
{
	struct pending_want *want = context;
	if (verdict->status == AUTONOMI_OK && want->node->replication != NULL)
		want->node->replication->bytes_fetched += want->size;
	end_want(want, an_node_replication_verdict(verdict->status));
}

static an_status admit(struct pending_want *want, struct an_blob *message, struct an_span value)
{
	struct an_admission admission = {
		.source = AN_ADMISSION_REPLICATION,
		.peer = &want->peer,
		.value = message,
		.bytes = value,
	};
	memcpy(admission.key, want->content.name, sizeof(admission.key));
	want->size = value.size;
	return an_admit(want->node->admissions, &admission, admitted, want);
}

static void record_came(void *context, an_status status, struct an_blob *message,
                        struct an_span body)
{
	struct pending_want *want = context;
	struct an_response response;
	struct an_buffer scratch;
	an_buffer_init(&scratch, body.size);
	if (status == AUTONOMI_OK)
		status = an_response_decode(body, &scratch, &response);
	if (status == AUTONOMI_OK && response.type != AN_RESPONSE_GET_REPLICATED_RECORD)
		status = AUTONOMI_E_PROTOCOL;
	if (status == AUTONOMI_OK && response.get_replicated_record.result.failed)
		status = AUTONOMI_E_NOT_FOUND;
	if (status == AUTONOMI_OK)
		status = admit(want, message, response.get_replicated_record.value);
	if (status != AUTONOMI_OK)
		end_want(want, an_node_replication_verdict(status));
	an_buffer_done(&scratch);
}

static an_status encode(struct an_node *node, const struct an_repl_want *want,
                        struct an_blob **ret_message)
{
	const struct an_address self = an_address_of_peer(&node->key_pair.identity.id);
	struct an_request request = {.type = AN_REQUEST_GET_VERSION};
	if (want->type == AN_REPL_FETCH_RECORD) {
		request.type = AN_REQUEST_GET_REPLICATED_RECORD;
		request.get_replicated_record.requester = self;
		request.get_replicated_record.key = an_address_of_record_key(want->content.name);
	} else {
		request.get_version.address = an_address_of_peer(&want->contact.id);
	}
	return an_request_encode_blob(&request, node->profile.record_form, ret_message);
}

static an_status ask(struct an_node *node, const struct an_repl_want *want)
{
	const struct an_client_network *network = &node->replication->network;
	struct pending_want *pending = an_node_pending_new(node, sizeof(*pending));
	if (pending == NULL)
		return AUTONOMI_E_NO_MEMORY;
	*pending = (struct pending_want){.node = node,
	                                 .token = want->token,
	                                 .peer = want->contact.id,
	                                 .content = want->content};
	uint64_t id = 0;
	struct an_blob *message = want->message != NULL ? an_blob_ref(want->message) : NULL;
	an_status status = message != NULL ? AUTONOMI_OK : encode(node, want, &message);
	if (status == AUTONOMI_OK)
		status = network->ask(network->context, &want->contact, &message, 1, want->timeout,
		                      want->type == AN_REPL_FETCH_RECORD ? record_came : answered,
		                      pending, &id);
	an_blob_unref(message);
	if (status != AUTONOMI_OK)
		an_node_pending_free(pending);
	return status;
}

static an_status do_want(struct an_node *node, const struct an_repl_want *want)
{
	switch (want->type) {
	case AN_REPL_PROVE:
	case AN_REPL_CHALLENGE:
		return an_node_challenge(node, want);
	case AN_REPL_SEARCH:
		return an_node_search(node, want);
	case AN_REPL_BLOCK:
		return an_node_block(node, want);
	default:
		return ask(node, want);
	}
}

void an_node_replicate(struct an_node *node)
{
	struct an_repl_want want;
	if (node->replication == NULL || node->state != AN_NODE_OPEN)
		return;
	struct an_repl *repl = node->replication->repl;
	while (an_repl_next_want(repl, node->now, &want)) {
		const an_status status = do_want(node, &want);
		if (status != AUTONOMI_OK)
			an_repl_ended(repl, want.token, an_node_replication_verdict(status),
			              node->now);
	}
}

void an_node_replication_expire(struct an_node *node)
{
	if (node->replication != NULL && node->state == AN_NODE_OPEN)
		an_repl_expire(node->replication->repl, node->now);
}

an_time_us an_node_replication_deadline(const struct an_node *node)
{
	return node->replication != NULL && node->state == AN_NODE_OPEN
	               ? an_repl_deadline(node->replication->repl)
	               : AN_TIME_NEVER;
}

void an_node_replication_count(const struct an_node *node, struct an_repl_counters *ret_counters,
                               uint64_t *ret_bytes)
{
	*ret_counters = (struct an_repl_counters){0};
	*ret_bytes = 0;
	if (node->replication == NULL)
		return;
	an_repl_count(node->replication->repl, node->now, ret_counters);
	*ret_bytes = node->replication->bytes_fetched;
}

/* ---- Lists of peers. */

static void take_list(struct an_node *node, uint64_t inbound, const struct an_address *holder,
                      struct an_message_list keys, const struct an_link_peer *peer,
                      enum an_response_type type)
{
	const struct an_contact sender = {.id = peer->identity.id,
	                                  .endpoint_count = 1,
	                                  .endpoints = {peer->remote}};
	const an_status status = an_repl_take_list(node->replication->repl, &sender, holder, keys,
	                                           node->now);
	const struct an_response response = {.type = type};
	if (status == AUTONOMI_OK)
		an_serve_reply(node, inbound, &response);
	else
		an_link_refuse(node->link, inbound, AN_LINK_CODE_BUSY);
}

void an_serve_replicate(struct an_node *node, uint64_t inbound, const struct an_request *request,
                        const struct an_link_peer *peer)
{
	take_list(node, inbound, &request->replicate.holder, request->replicate.keys, peer,
	          AN_RESPONSE_REPLICATE);
}

void an_serve_fresh_replicate(struct an_node *node, uint64_t inbound,
                              const struct an_request *request, const struct an_link_peer *peer)
{
	struct an_message_list fresh = request->replicate.keys, keys = {0};
	struct an_message_key key;
	struct an_buffer items;
	an_buffer_init(&items, AN_REPL_LIST_TAKEN * FRESH_KEY_BYTES);
	while (keys.count < AN_REPL_LIST_TAKEN && an_message_next_key(&fresh, true, &key))
		an_message_add_key(&items, &keys, false, &key);
	keys.items = an_buffer_span(&items);
	if (items.failed == AUTONOMI_OK)
		take_list(node, inbound, &request->replicate.holder, keys, peer,
		          AN_RESPONSE_FRESH_REPLICATE);
	else
		an_link_refuse(node->link, inbound, AN_LINK_CODE_BUSY);
	an_buffer_done(&items);
}
