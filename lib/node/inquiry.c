/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Questions of the host to one peer: connect, who are you, whom do you know, come into our table. The
 * first request asks how the peer sees us, which any node answers; a second step follows where more is
 * wanted.
 */
#include <stdio.h>

#include "base/memory.h"
#include "data/kademlia.h"
#include "data/message.h"
#include "ident/multiaddr.h"
#include "kad/routable.h"
#include "node/host_peers.h"

enum inquiry_kind { INQUIRY_CONNECT, INQUIRY_INFO, INQUIRY_PEERS, INQUIRY_ADD };

enum { VERSION_TEXT_MAX = 64, INFO_TEXT_MAX = 1024 };

struct inquiry {
	struct an_operation *operation;
	enum inquiry_kind kind;
	struct an_contact contact;
	uint8_t target[AN_KADEMLIA_KEY_MAX]; /* whose nearest peers are asked for */
	size_t target_size;                  /* 0: those of the peer itself */
	struct an_list dialling;             /* in the node's, while a dial of it shall end */
	char seen_as[AN_EVENT_ADDRESS_MAX];
};

static void release_inquiry(void *context)
{
	struct inquiry *inquiry = context;
	an_list_remove(&inquiry->dialling);
	an_free(inquiry);
}

static void fail(struct an_operation *operation, an_status status)
{
	an_event_say(operation->completion, "the peer could not be asked: %s",
	             an_status_message(status));
	an_operation_complete(operation, status);
}

static an_status ask(struct inquiry *inquiry, enum an_link_kind kind, struct an_blob *message,
                     an_link_reply_handler *handler)
{
	struct an_node *node = inquiry->operation->node;
	const an_time_us timeout = node->profile.handshake_timeout;
	an_status status = AUTONOMI_E_NO_MEMORY;
	if (message != NULL)
		status = an_link_ask(node->link, &inquiry->contact, kind, &message, 1, timeout,
		                     an_node_now(node), handler, inquiry,
		                     &inquiry->operation->handle);
	an_blob_unref(message);
	return status;
}

static void write_info(struct inquiry *inquiry, const struct an_link_peer *peer,
                       struct an_span version)
{
	struct autonomi_event *event = inquiry->operation->completion;
	char text[INFO_TEXT_MAX];
	const int length = version.size < VERSION_TEXT_MAX ? (int)version.size : VERSION_TEXT_MAX;
	snprintf(text, sizeof(text),
	         "peer: %s\naddress: %s\nagent: %s\nversion: %.*s\nkey exchange: %s\n"
	         "round trip: %llu us\nsees us at: %s",
	         event->peers[0].id, event->peers[0].address, event->peers[0].agent, length,
	         (const char *)version.data, peer->key_exchange, (unsigned long long)peer->rtt,
	         inquiry->seen_as);
	if (an_event_set_text(event, text) != AUTONOMI_OK)
		fail(inquiry->operation, AUTONOMI_E_NO_MEMORY);
	else
		an_operation_complete(inquiry->operation, AUTONOMI_OK);
}

static void version_told(void *context, uint64_t request, const struct an_link_reply *reply)
{
	(void)request;
	struct inquiry *inquiry = context;
	struct an_response response;
	struct an_buffer scratch;
	an_buffer_init(&scratch, reply->body.size);
	an_status status = reply->status;
	if (status == AUTONOMI_OK)
		status = an_response_decode(reply->body, &scratch, &response);
	if (status == AUTONOMI_OK && response.type != AN_RESPONSE_GET_VERSION)
		status = AUTONOMI_E_PROTOCOL;
	if (status == AUTONOMI_OK)
		write_info(inquiry, reply->peer, response.get_version.version);
	else
		fail(inquiry->operation, status);
	an_buffer_done(&scratch);
}

static an_status ask_version(struct inquiry *inquiry)
{
	struct an_node *node = inquiry->operation->node;
	struct an_request request = {.type = AN_REQUEST_GET_VERSION};
	request.get_version.address = an_address_of_peer(&inquiry->contact.id);
	struct an_blob *message = NULL;
	const an_status status = an_request_encode_blob(&request, node->profile.record_form,
	                                                &message);
	if (status != AUTONOMI_OK)
		return status;
	return ask(inquiry, AN_LINK_KIND_MESSAGE, message, version_told);
}

static void peers_told(void *context, uint64_t request, const struct an_link_reply *reply)
{
	(void)request;
	struct inquiry *inquiry = context;
	struct an_operation *operation = inquiry->operation;
	struct an_kademlia_message answer;
	an_status status = reply->status;
	if (status == AUTONOMI_OK && an_kademlia_decode(reply->body, &answer) != AUTONOMI_OK)
		status = AUTONOMI_E_PROTOCOL;
	if (status != AUTONOMI_OK) {
		fail(operation, status);
		return;
	}
	operation->completion->peer_count = 0;
	for (size_t i = 0; i < answer.peer_count && status == AUTONOMI_OK; i++)
		status = an_host_add_contact(operation->node, operation->completion,
		                             &answer.peers[i], -1);
	operation->completion->count = operation->completion->peer_count;
	an_operation_complete(operation, status);
}

static an_status ask_peers(struct inquiry *inquiry)
{
	struct an_buffer message;
	an_buffer_init(&message, AN_KADEMLIA_KEY_MAX * 2);
	const struct an_span target = inquiry->target_size > 0
	                                      ? an_span(inquiry->target, inquiry->target_size)
	                                      : an_peer_id_span(&inquiry->contact.id);
	an_status status = an_kademlia_encode_find(target, &message);
	if (status == AUTONOMI_OK)
		status = ask(inquiry, AN_LINK_KIND_KADEMLIA, an_blob_copy(an_buffer_span(&message)),
		             peers_told);
	an_buffer_done(&message);
	return status;
}

/* ---- Into the routing table: only who was dialled with success may enter (DESIGN 4). */

/* The one peer that was listed, with its place in the table where it has one. */
static void end_adding(struct inquiry *inquiry)
{
	struct an_operation *operation = inquiry->operation;
	struct an_contact known;
	if (an_host_in_table(operation->node, &inquiry->contact.id, &known)) {
		operation->completion->count = 1;
		an_operation_complete(operation, AUTONOMI_OK);
		return;
	}
	an_event_say(
		operation->completion,
		"the routing table has no room for the peer: its k-bucket, or the share of its "
		"network in that, is full");
	an_operation_complete(operation, AUTONOMI_E_FULL);
}

void an_node_inquiries_dialled(struct an_node *node, const struct an_peer_id *id, an_status status)
{
	struct an_list *member = an_list_first(&node->dialling);
	while (member != NULL) {
		struct an_list *next = an_list_next(&node->dialling, member);
		struct inquiry *inquiry = an_container_of(member, struct inquiry, dialling);
		if (an_peer_id_equal(&inquiry->contact.id, id)) {
			an_list_remove(member);
			if (status == AUTONOMI_OK)
				end_adding(inquiry);
			else
				fail(inquiry->operation, status);
		}
		member = next;
	}
}

/* The peer has answered. Where it dialled us, that it can be reached is still to be shown. */
static an_status add(struct inquiry *inquiry, const struct an_link_peer *peer)
{
	struct an_node *node = inquiry->operation->node;
	struct an_contact known;
	if (peer->role != AN_LINK_ROLE_NODE)
		return AUTONOMI_E_UNSUPPORTED;
	if (peer->dialled) {
		inquiry->contact.endpoint_count = 1;
		inquiry->contact.endpoints[0] = peer->remote;
		an_kad_peer_proven(node->kad, &inquiry->contact, node->now);
	}
	if (peer->dialled || an_host_in_table(node, &inquiry->contact.id, &known)) {
		end_adding(inquiry);
		return AUTONOMI_OK;
	}
	const an_status status = an_link_dial(node->link, &inquiry->contact, node->now);
	if (status == AUTONOMI_OK)
		an_list_append(&node->dialling, &inquiry->dialling);
	return status;
}

static void note_how_seen(struct inquiry *inquiry, const struct an_link_reply *reply)
{
	struct an_multiaddr_target seen;
	if (reply->kind != AN_LINK_KIND_ADDRESS ||
	    an_multiaddr_target(&seen, reply->body) != AUTONOMI_OK)
		return;
	an_host_write_address(&seen.endpoint, &seen.id, inquiry->seen_as);
	an_node_observed(inquiry->operation->node, &seen.endpoint);
}

static void connected(void *context, uint64_t request, const struct an_link_reply *reply)
{
	(void)request;
	struct inquiry *inquiry = context;
	struct an_operation *operation = inquiry->operation;
	an_status status = reply->status;
	if (status == AUTONOMI_OK)
		status = an_host_add_peer(operation->node, operation->completion, reply->peer);
	if (status != AUTONOMI_OK) {
		fail(operation, status);
		return;
	}
	inquiry->contact.id = reply->peer->identity.id;
	note_how_seen(inquiry, reply);
	if (inquiry->kind == INQUIRY_INFO)
		status = ask_version(inquiry);
	else if (inquiry->kind == INQUIRY_PEERS)
		status = ask_peers(inquiry);
	else if (inquiry->kind == INQUIRY_ADD)
		status = add(inquiry, reply->peer);
	else
		an_operation_complete(operation, AUTONOMI_OK);
	if (status != AUTONOMI_OK)
		fail(operation, status);
}

/* What is asked, as it shall begin. */
static struct inquiry *inquiry_new(enum inquiry_kind kind, const struct an_contact *contact,
                                   struct an_span target)
{
	struct inquiry *inquiry = an_calloc(1, sizeof(*inquiry));
	if (inquiry == NULL)
		return NULL;
	inquiry->kind = kind;
	inquiry->contact = *contact;
	inquiry->target_size = target.size;
	if (target.size > 0)
		memcpy(inquiry->target, target.data, target.size);
	return inquiry;
}

static an_status begin(struct an_node *node, enum inquiry_kind kind, const char *peer,
                       struct an_span target, uint64_t tag, autonomi_op *ret_op)
{
	struct an_contact contact;
	an_status status = an_host_find_contact(node, peer, &contact);
	if (status != AUTONOMI_OK)
		return status;
	if (kind == INQUIRY_ADD && !an_kad_contact_routable(&contact, node->config.network_local))
		return AUTONOMI_E_ADDRESS;
	struct inquiry *inquiry = inquiry_new(kind, &contact, target);
	if (inquiry == NULL)
		return AUTONOMI_E_NO_MEMORY;
	struct an_operation *operation = NULL;
	const size_t room = node->profile.k * sizeof(struct an_event_peer) + INFO_TEXT_MAX;
	status = an_operation_begin(node, tag, room, an_host_cancel_request, &operation);
	if (status != AUTONOMI_OK) {
		an_free(inquiry);
		return status;
	}
	operation->context = inquiry;
	operation->release = release_inquiry;
	inquiry->operation = operation;
	status = ask(inquiry, AN_LINK_KIND_ADDRESS, an_blob_new(0), connected);
	return an_host_submitted(operation, status, ret_op);
}

static const struct an_span itself = {0};

an_status an_node_connect(struct an_node *node, const char *peer, uint64_t tag, autonomi_op *ret_op)
{
	return begin(node, INQUIRY_CONNECT, peer, itself, tag, ret_op);
}

an_status an_node_ask_info(struct an_node *node, const char *peer, uint64_t tag,
                           autonomi_op *ret_op)
{
	return begin(node, INQUIRY_INFO, peer, itself, tag, ret_op);
}

an_status an_node_ask_peers(struct an_node *node, const char *peer, uint64_t tag,
                            autonomi_op *ret_op)
{
	return begin(node, INQUIRY_PEERS, peer, itself, tag, ret_op);
}

an_status an_node_ask_closest(struct an_node *node, const char *peer, struct an_span name,
                              uint64_t tag, autonomi_op *ret_op)
{
	if (name.size == 0 || name.size > AN_KADEMLIA_KEY_MAX)
		return AUTONOMI_E_INVALID;
	return begin(node, INQUIRY_PEERS, peer, name, tag, ret_op);
}

an_status an_node_add_peer(struct an_node *node, const char *peer, uint64_t tag,
                           autonomi_op *ret_op)
{
	return begin(node, INQUIRY_ADD, peer, itself, tag, ret_op);
}
