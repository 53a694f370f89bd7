/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Link and Kademlia brought together: who connected, who is gone, and whom a lookup asks. */
#include "data/kademlia.h"
#include "node/internal.h"

static struct an_contact contact_of(const struct an_link_peer *peer)
{
	return (struct an_contact){.id = peer->identity.id,
	                           .endpoint_count = 1,
	                           .endpoints = {peer->remote}};
}

static void connected(void *context, const struct an_link_peer *peer)
{
	struct an_node *node = context;
	node->peers++;
	an_event_queue_note(&node->events, AN_EVENT_ONCE_PEERS, AUTONOMI_OK, node->peers);
	if (an_node_is_blocked(node, &peer->identity.id)) {
		an_link_disconnect(node->link, &peer->identity.id, AN_LINK_CODE_BLOCKED);
		return;
	}
	if (peer->role != AN_LINK_ROLE_NODE)
		return;
	const struct an_contact contact = contact_of(peer);
	if (!peer->dialled) {
		an_kad_peer_met(node->kad, &contact, node->now);
		return;
	}
	an_kad_peer_proven(node->kad, &contact, node->now);
	an_node_inquiries_dialled(node, &contact.id, AUTONOMI_OK);
}

static void disconnected(void *context, const struct an_link_peer *peer, an_status why)
{
	struct an_node *node = context;
	node->peers--;
	an_event_queue_note(&node->events, AN_EVENT_ONCE_PEERS, AUTONOMI_OK, node->peers);
	if (why != AUTONOMI_OK && why != AUTONOMI_E_TIMEOUT)
		an_log(node->logger, AN_LOG_DEBUG, "node", "connection to %s ended: %s",
		       peer->agent, an_status_message(why));
}

static void dial_failed(void *context, const struct an_peer_id *id,
                        const struct an_endpoint *endpoint, an_status why)
{
	(void)endpoint;
	struct an_node *node = context;
	if (id != NULL)
		an_node_inquiries_dialled(node, id, why);
	/* Our own limits, and a peer that is full, say nothing against the peer. */
	if (why == AUTONOMI_E_BUSY || why == AUTONOMI_E_NO_MEMORY)
		return;
	if (id != NULL && id->size > 0)
		an_kad_peer_failed(node->kad, id, node->now);
}

static void requested(void *context, uint64_t inbound, const struct an_link_peer *peer,
                      const struct an_link_request *request)
{
	struct an_node *node = context;
	if (an_node_is_blocked(node, &peer->identity.id)) {
		an_link_refuse(node->link, inbound, AN_LINK_CODE_BLOCKED);
		return;
	}
	an_kad_peer_seen(node->kad, &peer->identity.id, node->now);
	an_node_serve(node, inbound, peer, request);
}

struct an_link_events an_node_link_events(struct an_node *node)
{
	return (struct an_link_events){
		.context = node,
		.connected = connected,
		.disconnected = disconnected,
		.request = requested,
		.dial_failed = dial_failed,
	};
}

/* A want under way: what the reply handler needs to find its way back. */
struct pending_want {
	struct an_node *node;
	uint64_t token;
};

static void want_answered(void *context, uint64_t request, const struct an_link_reply *reply)
{
	(void)request;
	struct pending_want *want = context;
	struct an_node *node = want->node;
	struct an_kademlia_message answer;
	an_status status = reply->status;
	if (status == AUTONOMI_OK)
		status = reply->kind == AN_LINK_KIND_KADEMLIA
		                 ? an_kademlia_decode(reply->body, &answer)
		                 : AUTONOMI_E_PROTOCOL;
	if (status == AUTONOMI_OK) {
		an_kad_peer_seen(node->kad, &reply->peer->identity.id, node->now);
		an_kad_answered(node->kad, want->token, answer.peers, answer.peer_count, node->now);
	} else {
		an_kad_failed(node->kad, want->token, status, node->now);
	}
	an_node_pending_free(want);
}

static an_status encode_find(const struct an_kad_want *want, struct an_blob **ret_message)
{
	struct an_buffer message;
	an_buffer_init(&message, AN_KADEMLIA_KEY_MAX * 2);
	an_status status = an_kademlia_encode_find(an_span(want->target, want->target_size),
	                                           &message);
	*ret_message = status == AUTONOMI_OK ? an_blob_copy(an_buffer_span(&message)) : NULL;
	an_buffer_done(&message);
	if (status == AUTONOMI_OK && *ret_message == NULL)
		status = AUTONOMI_E_NO_MEMORY;
	return status;
}

static an_status ask(struct an_node *node, const struct an_kad_want *want)
{
	/* Others go on naming it. To us it is as good as gone. */
	if (an_node_is_blocked(node, &want->contact.id))
		return AUTONOMI_E_UNREACHABLE;
	struct pending_want *pending = an_node_pending_new(node, sizeof(*pending));
	if (pending == NULL)
		return AUTONOMI_E_NO_MEMORY;
	*pending = (struct pending_want){.node = node, .token = want->token};
	struct an_blob *message = NULL;
	uint64_t request = 0;
	an_status status = encode_find(want, &message);
	if (status == AUTONOMI_OK && want->dial_anew)
		status = an_link_dial(node->link, &want->contact, node->now);
	if (status == AUTONOMI_OK)
		status = an_link_ask(node->link, &want->contact, AN_LINK_KIND_KADEMLIA, &message, 1,
		                     want->timeout, node->now, want_answered, pending, &request);
	an_blob_unref(message);
	if (status != AUTONOMI_OK)
		an_node_pending_free(pending);
	return status;
}

void an_node_ask_wants(struct an_node *node)
{
	struct an_kad_want want;
	while (node->state != AN_NODE_LEAVING && an_kad_next_want(node->kad, node->now, &want)) {
		const an_status status = ask(node, &want);
		if (status != AUTONOMI_OK)
			an_kad_failed(node->kad, want.token, status, node->now);
	}
	if (node->joined_event != NULL && an_kad_joined(node->kad)) {
		an_event_queue_push(&node->events, node->joined_event);
		node->joined_event = NULL;
		an_log(node->logger, AN_LOG_INFO, "node", "joined the network: %zu peers known",
		       an_kad_size(node->kad));
	}
}

void an_node_observed(struct an_node *node, const struct an_endpoint *endpoint)
{
	for (size_t i = 0; i < node->observed_count; i++) {
		if (an_endpoint_equal(&node->observed[i], endpoint))
			return;
	}
	if (node->observed_count < AN_NODE_OBSERVED_MAX)
		node->observed[node->observed_count++] = *endpoint;
}
