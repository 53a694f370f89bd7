/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the client asks of the network: lookups of Kademlia and requests over the link. */
#include "node/internal.h"

/* Ids of lookups and of requests come from two counters: the lowest bit tells them apart. */
static uint64_t id_of_lookup(uint64_t lookup)
{
	return lookup << 1;
}

static uint64_t id_of_request(uint64_t request)
{
	return request << 1 | 1;
}

struct pending_closest {
	struct an_node *node;
	struct an_client_lookup lookup;
};

static void closest_early(void *context, const struct an_contact *contacts, size_t count)
{
	const struct pending_closest *pending = context;
	pending->lookup.early(pending->lookup.context, AUTONOMI_OK, contacts, count);
}

static void closest_found(void *context, const struct an_kad_result *result)
{
	struct pending_closest *pending = context;
	if (result->status != AUTONOMI_E_CANCELLED)
		pending->lookup.found(pending->lookup.context, result->status, result->contacts,
		                      result->count);
	an_node_pending_free(pending);
}

static an_status closest(void *context, const struct an_client_lookup *wanted, uint64_t *ret_id)
{
	struct an_node *node = context;
	struct pending_closest *pending = an_node_pending_new(node, sizeof(*pending));
	if (pending == NULL)
		return AUTONOMI_E_NO_MEMORY;
	*pending = (struct pending_closest){node, *wanted};
	uint64_t lookup = 0;
	const an_status status = an_kad_lookup(node->kad, wanted->name, wanted->count,
	                                       an_node_now(node), closest_found, pending, &lookup);
	if (status != AUTONOMI_OK) {
		an_node_pending_free(pending);
		return status;
	}
	an_kad_lookup_hedge(node->kad, lookup, wanted->hurried,
	                    wanted->early != NULL ? closest_early : NULL);
	*ret_id = id_of_lookup(lookup);
	an_node_touch(node);
	return AUTONOMI_OK;
}

struct pending_ask {
	struct an_node *node;
	an_client_reply_handler *handler;
	void *context;
	struct an_peer_id peer;
};

static an_status status_of(const struct an_link_reply *reply)
{
	if (reply->status == AUTONOMI_OK && reply->kind != AN_LINK_KIND_MESSAGE)
		return AUTONOMI_E_PROTOCOL;
	return reply->status;
}

static void asked(void *context, uint64_t request, const struct an_link_reply *reply)
{
	(void)request;
	struct pending_ask *pending = context;
	struct an_node *node = pending->node;
	const an_status status = status_of(reply);
	if (status == AUTONOMI_OK)
		an_kad_peer_seen(node->kad, &pending->peer, node->now);
	else if (status == AUTONOMI_E_UNREACHABLE || status == AUTONOMI_E_TIMEOUT)
		an_kad_peer_failed(node->kad, &pending->peer, node->now);
	pending->handler(pending->context, status, status == AUTONOMI_OK ? reply->message : NULL,
	                 reply->body);
	an_node_pending_free(pending);
}

static an_status ask(void *context, const struct an_contact *contact, struct an_blob *const *parts,
                     size_t part_count, an_time_us timeout, an_client_reply_handler *handler,
                     void *handler_context, uint64_t *ret_id)
{
	struct an_node *node = context;
	struct pending_ask *pending = an_node_pending_new(node, sizeof(*pending));
	if (pending == NULL)
		return AUTONOMI_E_NO_MEMORY;
	*pending = (struct pending_ask){node, handler, handler_context, contact->id};
	uint64_t request = 0;
	const an_status status = an_link_ask(node->link, contact, AN_LINK_KIND_MESSAGE, parts,
	                                     part_count, timeout, an_node_now(node), asked, pending,
	                                     &request);
	if (status != AUTONOMI_OK) {
		an_node_pending_free(pending);
		return status;
	}
	*ret_id = id_of_request(request);
	an_node_touch(node);
	return AUTONOMI_OK;
}

static void cancel(void *context, uint64_t id)
{
	struct an_node *node = context;
	if (id == 0)
		return;
	if ((id & 1) == 0)
		an_kad_lookup_cancel(node->kad, id >> 1);
	else
		an_node_pending_free(an_link_cancel(node->link, id >> 1));
	an_node_touch(node);
}

static void sign(void *context, uint64_t id, struct an_client_sign *ret_sign)
{
	const struct an_node *node = context;
	struct an_link_sign heard;
	an_link_request_sign(node->link, id >> 1, &heard);
	*ret_sign = (struct an_client_sign){heard.heard_at, heard.rtt, heard.delivered,
	                                    heard.answering};
}

static void submit(void *context, struct an_job *job)
{
	struct an_node *node = context;
	an_node_submit(node, job);
	an_node_touch(node);
}

static an_time_us now(void *context)
{
	return an_node_now(context);
}

struct an_client_network an_node_client_network(struct an_node *node)
{
	return (struct an_client_network){
		.context = node,
		.profile = &node->profile,
		.closest = closest,
		.ask = ask,
		.sign = sign,
		.cancel = cancel,
		.submit = submit,
		.now = now,
	};
}
