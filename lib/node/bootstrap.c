/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The contacts that a node begins with: those that it is told, then those of its cache (6.16). */
#include <stdio.h>

#include "base/memory.h"
#include "ident/multiaddr.h"
#include "node/cache.h"
#include "node/internal.h"

struct contact_list {
	struct an_contact *contacts;
	size_t count;
};

static bool known(const struct contact_list *list, const struct an_contact *contact)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct an_contact *other = &list->contacts[i];
		if (contact->id.size > 0 && an_peer_id_equal(&contact->id, &other->id))
			return true;
	}
	return false;
}

static void add(struct contact_list *list, const struct an_contact *contact)
{
	if (list->count < AN_NODE_BOOTSTRAP_MAX && !known(list, contact))
		list->contacts[list->count++] = *contact;
}

static an_status add_text(struct contact_list *list, struct an_span text, char *reterr,
                          size_t reterr_size)
{
	struct an_multiaddr_target target;
	struct an_multiaddr_error error = {.reason = ""};
	const an_status status = an_multiaddr_target_from_text(&target, text, &error);
	if (status == AUTONOMI_E_NO_MEMORY)
		return status;
	if (status != AUTONOMI_OK) {
		snprintf(reterr, reterr_size,
		         "\"%.*s\" is no address of a peer (%s); it must read "
		         "/ip4|ip6/ADDRESS/udp/PORT/quic-v1, with /p2p/ID behind it",
		         (int)text.size, (const char *)text.data, error.reason);
		return AUTONOMI_E_ADDRESS;
	}
	const struct an_contact contact = {.id = target.id,
	                                   .endpoint_count = 1,
	                                   .endpoints = {target.endpoint}};
	add(list, &contact);
	return AUTONOMI_OK;
}

static an_status add_configured(struct an_node *node, struct contact_list *list, char *reterr,
                                size_t reterr_size)
{
	const char *text = node->config.network_peers;
	while (*text != '\0') {
		const size_t size = strcspn(text, ",");
		if (size > 0) {
			const an_status status = add_text(list, an_span(text, size), reterr,
			                                  reterr_size);
			if (status != AUTONOMI_OK)
				return status;
		}
		text += size + (text[size] == ',');
	}
	return AUTONOMI_OK;
}

static void add_cached(void *context, const struct an_contact *contact)
{
	add(context, contact);
}

static an_status nobody(const struct an_node *node, char *reterr, size_t reterr_size)
{
	if (node->config.network_first)
		return AUTONOMI_OK;
	snprintf(reterr, reterr_size,
	         "no peer to join through is known: name one (network.peers), or say that this is "
	         "the first node of its network (network.first)");
	return AUTONOMI_E_NO_PEERS;
}

an_status an_node_bootstrap(struct an_node *node, char *reterr, size_t reterr_size)
{
	struct contact_list list = {
		.contacts = an_calloc(AN_NODE_BOOTSTRAP_MAX, sizeof(struct an_contact))};
	if (list.contacts == NULL)
		return AUTONOMI_E_NO_MEMORY;
	an_status status = add_configured(node, &list, reterr, reterr_size);
	if (status == AUTONOMI_OK)
		status = an_node_cache_open(node, add_cached, &list);
	if (status == AUTONOMI_OK && list.count == 0)
		status = nobody(node, reterr, reterr_size);
	if (status == AUTONOMI_OK)
		an_kad_bootstrap(node->kad, list.contacts, list.count, node->now);
	an_free(list.contacts);
	return status;
}
