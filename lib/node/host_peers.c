/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "node/host_peers.h"

#include "client/agreement.h"
#include "ident/multiaddr.h"

void an_host_write_address(const struct an_endpoint *endpoint, const struct an_peer_id *id,
                           char text[AN_EVENT_ADDRESS_MAX])
{
	struct an_buffer buffer;
	an_buffer_init(&buffer, AN_EVENT_ADDRESS_MAX - 1);
	text[0] = '\0';
	if (an_multiaddr_text_of(&buffer, endpoint, id) == AUTONOMI_OK) {
		memcpy(text, buffer.data, buffer.size);
		text[buffer.size] = '\0';
	}
	an_buffer_done(&buffer);
}

an_status an_host_add_contact(struct an_node *node, struct autonomi_event *event,
                              const struct an_contact *contact, int bucket)
{
	struct an_event_peer *entry = an_event_add_peer(event);
	if (entry == NULL)
		return AUTONOMI_E_NO_MEMORY;
	an_peer_id_to_text(&contact->id, entry->id);
	if (contact->endpoint_count > 0)
		an_host_write_address(&contact->endpoints[0], &contact->id, entry->address);
	entry->bucket = bucket;
	const struct an_dht_key key = an_peer_id_dht_key(&contact->id);
	entry->distance = an_dht_key_distance(&node->key_pair.identity.dht_key, &key);
	const struct an_link_peer *peer = an_link_find(node->link, &contact->id);
	if (peer != NULL) {
		memcpy(entry->agent, peer->agent, sizeof(entry->agent));
		entry->rtt = peer->rtt;
		entry->flags = peer->dialled ? AUTONOMI_PEER_DIALLED : 0;
	}
	return AUTONOMI_OK;
}

an_status an_host_add_peer(struct an_node *node, struct autonomi_event *event,
                           const struct an_link_peer *peer)
{
	struct an_event_peer *entry = an_event_add_peer(event);
	if (entry == NULL)
		return AUTONOMI_E_NO_MEMORY;
	an_peer_id_to_text(&peer->identity.id, entry->id);
	an_host_write_address(&peer->remote, &peer->identity.id, entry->address);
	memcpy(entry->agent, peer->agent, sizeof(entry->agent));
	entry->rtt = peer->rtt;
	entry->age = an_time_until(an_node_now(node), peer->connected_at);
	entry->bucket = an_dht_key_bucket(&node->key_pair.identity.dht_key,
	                                  &peer->identity.dht_key);
	entry->distance = an_dht_key_distance(&node->key_pair.identity.dht_key,
	                                      &peer->identity.dht_key);
	entry->flags = (peer->dialled ? AUTONOMI_PEER_DIALLED : 0U) |
	               (peer->role == AN_LINK_ROLE_CLIENT ? AUTONOMI_PEER_CLIENT : 0U);
	return AUTONOMI_OK;
}

bool an_host_in_table(const struct an_node *node, const struct an_peer_id *id,
                      struct an_contact *ret_contact)
{
	const struct an_dht_key key = an_peer_id_dht_key(id);
	return an_kad_closest(node->kad, &key, ret_contact, 1) == 1 &&
	       an_peer_id_equal(&ret_contact->id, id);
}

static an_status find_by_id(struct an_node *node, const struct an_peer_id *id,
                            struct an_contact *ret_contact)
{
	if (an_host_in_table(node, id, ret_contact))
		return AUTONOMI_OK;
	const struct an_link_peer *peer = an_link_find(node->link, id);
	if (peer == NULL)
		return AUTONOMI_E_NOT_FOUND;
	*ret_contact = (struct an_contact){.id = *id, .endpoint_count = 1};
	ret_contact->endpoints[0] = peer->remote;
	return AUTONOMI_OK;
}

an_status an_host_find_contact(struct an_node *node, const char *peer,
                               struct an_contact *ret_contact)
{
	struct an_peer_id id;
	struct an_multiaddr_target target;
	if (an_peer_id_from_text(&id, an_span_text(peer)) == AUTONOMI_OK)
		return find_by_id(node, &id, ret_contact);
	const an_status status = an_multiaddr_target_from_text(&target, an_span_text(peer), NULL);
	if (status != AUTONOMI_OK)
		return status == AUTONOMI_E_NO_MEMORY ? status : AUTONOMI_E_ADDRESS;
	*ret_contact = (struct an_contact){.id = target.id, .endpoint_count = 1};
	ret_contact->endpoints[0] = target.endpoint;
	return AUTONOMI_OK;
}

void an_host_cancel_request(struct an_operation *operation)
{
	an_link_cancel(operation->node->link, operation->handle);
	an_operation_complete(operation, AUTONOMI_E_CANCELLED);
}

static void cancel_lookup(struct an_operation *operation)
{
	an_kad_lookup_cancel(operation->node->kad, operation->handle);
	an_node_touch(operation->node);
}

an_status an_host_add_contacts(struct an_node *node, struct autonomi_event *event,
                               const struct an_contact *contacts, size_t count)
{
	an_status status = AUTONOMI_OK;
	for (size_t i = 0; status == AUTONOMI_OK && i < count; i++) {
		const struct an_dht_key key = an_peer_id_dht_key(&contacts[i].id);
		const int bucket = an_dht_key_bucket(&node->key_pair.identity.dht_key, &key);
		status = an_host_add_contact(node, event, &contacts[i], bucket);
	}
	return status;
}

static void closest_found(void *context, const struct an_kad_result *result)
{
	struct an_operation *operation = context;
	const an_status listed = an_host_add_contacts(operation->node, operation->completion,
	                                              result->contacts, result->count);
	operation->completion->count = result->count;
	an_operation_complete(operation, listed == AUTONOMI_OK ? result->status : listed);
}

static void agreed(void *context, const struct an_client_result *result)
{
	struct an_operation *operation = context;
	const an_status listed = an_host_add_contacts(operation->node, operation->completion,
	                                              result->holders, result->holder_count);
	an_host_set_message(operation->completion, result);
	operation->completion->count = result->holder_count;
	an_operation_complete(operation, listed == AUTONOMI_OK ? result->status : listed);
}

an_status an_node_find_agreed(struct an_node *node, struct an_span name, size_t count, uint64_t tag,
                              autonomi_op *ret_op)
{
	struct an_operation *operation = NULL;
	if (count > node->profile.k)
		return AUTONOMI_E_INVALID;
	an_status status = an_host_begin(node, tag, count * sizeof(struct an_event_peer),
	                                 &operation);
	if (status != AUTONOMI_OK)
		return status;
	status = an_client_find_agreed(node->client, name, count, agreed, operation,
	                               &operation->handle);
	return an_host_submitted(operation, status, ret_op);
}

an_status an_node_find_closest(struct an_node *node, struct an_span name, size_t count,
                               uint64_t tag, autonomi_op *ret_op)
{
	if (name.size == 0 || name.size > AN_KAD_TARGET_MAX || count == 0 ||
	    count > node->profile.k)
		return AUTONOMI_E_INVALID;
	struct an_operation *operation = NULL;
	an_status status = an_operation_begin(node, tag, count * sizeof(struct an_event_peer),
	                                      cancel_lookup, &operation);
	if (status != AUTONOMI_OK)
		return status;
	status = an_kad_lookup(node->kad, name, count, an_node_now(node), closest_found, operation,
	                       &operation->handle);
	if (status == AUTONOMI_OK)
		an_kad_lookup_hedge(node->kad, operation->handle, true, NULL);
	return an_host_submitted(operation, status, ret_op);
}

/* Snapshots are made when they are submitted and are complete by then. */
static void cancel_nothing(struct an_operation *operation)
{
	(void)operation;
}

struct snapshot {
	struct an_node *node;
	struct autonomi_event *event;
	an_status status;
};

static void add_table_entry(void *context, int bucket, const struct an_contact *contact,
                            an_time_us last_seen)
{
	struct snapshot *snapshot = context;
	if (an_host_add_contact(snapshot->node, snapshot->event, contact, bucket) != AUTONOMI_OK)
		snapshot->status = AUTONOMI_E_NO_MEMORY;
	else
		snapshot->event->peers[snapshot->event->peer_count - 1].age = an_time_until(
			an_node_now(snapshot->node), last_seen);
}

static void add_connection(void *context, const struct an_link_peer *peer)
{
	struct snapshot *snapshot = context;
	if (an_host_add_peer(snapshot->node, snapshot->event, peer) != AUTONOMI_OK)
		snapshot->status = AUTONOMI_E_NO_MEMORY;
}

static an_status begin_snapshot(struct an_node *node, uint64_t tag, size_t peers,
                                struct an_operation **ret_operation, autonomi_op *ret_op)
{
	const an_status status = an_operation_begin(node, tag, peers * sizeof(struct an_event_peer),
	                                            cancel_nothing, ret_operation);
	if (status == AUTONOMI_OK && ret_op != NULL)
		*ret_op = (*ret_operation)->id;
	return status;
}

an_status an_node_table(struct an_node *node, uint64_t tag, autonomi_op *ret_op)
{
	struct an_operation *operation = NULL;
	const an_status status = begin_snapshot(node, tag, an_kad_size(node->kad), &operation,
	                                        ret_op);
	if (status != AUTONOMI_OK)
		return status;
	struct snapshot snapshot = {.node = node, .event = operation->completion};
	an_kad_visit(node->kad, add_table_entry, &snapshot);
	operation->completion->count = an_kad_network_size(node->kad);
	an_operation_complete(operation, snapshot.status);
	return AUTONOMI_OK;
}

an_status an_node_peers(struct an_node *node, uint64_t tag, autonomi_op *ret_op)
{
	struct an_operation *operation = NULL;
	const an_status status = begin_snapshot(node, tag, node->peers, &operation, ret_op);
	if (status != AUTONOMI_OK)
		return status;
	struct snapshot snapshot = {.node = node, .event = operation->completion};
	an_link_visit(node->link, add_connection, &snapshot);
	operation->completion->count = operation->completion->peer_count;
	an_operation_complete(operation, snapshot.status);
	return AUTONOMI_OK;
}

static bool is_wildcard(const struct an_endpoint *endpoint)
{
	const struct an_endpoint any4 = an_endpoint_ip4(0, 0, 0, 0, endpoint->port);
	const struct an_endpoint any6 = {.port = endpoint->port};
	return an_endpoint_equal(endpoint, &any4) || an_endpoint_equal(endpoint, &any6);
}

static an_status add_line(struct an_buffer *text, struct an_node *node,
                          const struct an_endpoint *endpoint)
{
	if (text->size > 0)
		an_buffer_append_byte(text, '\n');
	return an_multiaddr_text_of(text, endpoint, &node->key_pair.identity.id);
}

/* A socket bound to the wildcard answers on loopback, which is an address in a local network. */
static void write_addresses(struct an_node *node, struct an_buffer *text)
{
	struct an_endpoint loopback4 = an_endpoint_ip4(127, 0, 0, 1, node->bound.port);
	struct an_endpoint loopback6 = {.address = {[15] = 1}, .port = node->bound.port};
	if (!is_wildcard(&node->bound)) {
		add_line(text, node, &node->bound);
	} else if (node->config.network_local) {
		if (!an_endpoint_is_ip4(&node->bound))
			add_line(text, node, &loopback6);
		add_line(text, node, &loopback4);
	}
	for (size_t i = 0; i < node->observed_count; i++)
		add_line(text, node, &node->observed[i]);
}

an_status an_node_addresses(struct an_node *node, uint64_t tag, autonomi_op *ret_op)
{
	struct an_operation *operation = NULL;
	an_status status = begin_snapshot(node, tag, AN_NODE_OBSERVED_MAX, &operation, ret_op);
	if (status != AUTONOMI_OK)
		return status;
	struct an_buffer text;
	an_buffer_init(&text, AN_EVENT_ADDRESS_MAX * (AN_NODE_OBSERVED_MAX + 3));
	write_addresses(node, &text);
	an_buffer_append_byte(&text, '\0');
	status = text.failed;
	if (status == AUTONOMI_OK)
		status = an_event_set_text(operation->completion, (const char *)text.data);
	an_buffer_done(&text);
	operation->completion->count = node->observed_count;
	an_operation_complete(operation, status);
	return AUTONOMI_OK;
}
