/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What becomes of peers that replication finds to be bad (semantics 6.10), and how this node shows that
 * it is not one of them. */
#include "node/replicate.h"

/* ---- Who is nearest to a record, now. */

struct pending_search {
	struct an_node *node;
	uint64_t token;
};

static void found(void *context, const struct an_kad_result *result)
{
	struct pending_search *pending = context;
	struct an_node *node = pending->node;
	struct an_repl *repl = node->replication != NULL ? node->replication->repl : NULL;
	if (repl != NULL && result->status == AUTONOMI_OK)
		an_repl_found(repl, pending->token, result->contacts, result->count,
		              an_node_now(node));
	if (repl != NULL)
		an_repl_ended(repl, pending->token, result->status, an_node_now(node));
	an_node_pending_free(pending);
	an_node_touch(node);
}

an_status an_node_search(struct an_node *node, const struct an_repl_want *want)
{
	struct pending_search *pending = an_node_pending_new(node, sizeof(*pending));
	if (pending == NULL)
		return AUTONOMI_E_NO_MEMORY;
	*pending = (struct pending_search){node, want->token};
	uint64_t lookup = 0;
	const an_status status = an_kad_lookup(node->kad,
	                                       an_span(want->target, sizeof(want->target)),
	                                       want->width, node->now, found, pending, &lookup);
	if (status != AUTONOMI_OK)
		an_node_pending_free(pending);
	return status;
}

/* ---- The blocklist. */

an_status an_node_block(struct an_node *node, const struct an_repl_want *want)
{
	an_kad_peer_failed(node->kad, &want->contact.id, node->now);
	an_link_disconnect(node->link, &want->contact.id, AN_LINK_CODE_BLOCKED);
	an_event_queue_note(&node->events, AN_EVENT_ONCE_BAD_PEERS, AUTONOMI_E_REFUSED, 1);
	an_repl_ended(node->replication->repl, want->token, AUTONOMI_OK, node->now);
	return AUTONOMI_OK;
}

bool an_node_is_blocked(struct an_node *node, const struct an_peer_id *id)
{
	return node->replication != NULL &&
	       an_repl_is_blocked(node->replication->repl, id, an_node_now(node));
}

/* ---- What we say where a record is not here. */

an_status an_node_stance(struct an_node *node, const uint8_t name[AN_RECORD_NAME_SIZE])
{
	const an_time_us now = an_node_now(node);
	if (node->replication == NULL)
		return AUTONOMI_OK;
	if (node->write_error_at != 0 &&
	    an_time_after(node->write_error_at, node->profile.replication_refresh) > now)
		return AUTONOMI_E_DISK_FULL;
	return an_repl_stance(node->replication->repl, name, now);
}
