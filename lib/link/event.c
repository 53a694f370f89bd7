/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "link/state.h"

void an_link_event_queue(struct an_link *link, struct an_link_event *event,
                         enum an_link_event_type type)
{
	if (an_list_linked(&event->member))
		return;
	event->type = type;
	an_list_append(&link->events, &event->member);
}

void an_link_event_drop(struct an_link_event *event)
{
	an_list_remove(&event->member);
}

static void tell_connected(struct an_link *link, struct an_link_connection *connection)
{
	if (link->on.connected != NULL)
		link->on.connected(link->on.context, an_link_connection_peer(connection));
}

static void tell_disconnected(struct an_link *link, struct an_link_connection *connection)
{
	if (link->on.disconnected != NULL)
		link->on.disconnected(link->on.context, &connection->peer, connection->why);
	an_link_connection_free(connection);
}

static void tell_dial_failed(struct an_link *link, struct an_link_target *target)
{
	/* The handler may ask again and cancel, which may free the target. */
	const struct an_peer_id id = target->id;
	const struct an_endpoint endpoint = target->dial_endpoint;
	const an_status why = target->dial_status;
	an_link_target_settle(target);
	if (link->on.dial_failed != NULL)
		link->on.dial_failed(link->on.context, &id, &endpoint, why);
}

static void tell_reply(struct an_link *link, struct an_link_outbound *request)
{
	const bool whole = request->status == AUTONOMI_OK;
	const struct an_link_reply reply = {
		.status = request->status,
		.kind = request->kind,
		.message = whole ? request->reply.blob : NULL,
		.body = an_blob_span(whole ? request->reply.blob : NULL),
		.code = request->code,
		.peer = request->connection != NULL ? an_link_connection_peer(request->connection)
	                                            : NULL,
		.took = request->took,
	};
	an_map_remove(&link->outbound, &request->entry);
	request->handler(request->context, request->id, &reply);
	an_link_outbound_free(request);
}

static void tell_request(struct an_link *link, struct an_link_inbound *inbound)
{
	inbound->state = AN_LINK_INBOUND_ASKED;
	/* The answer may come from inside the handler, and then the end of `inbound` with it. */
	struct an_blob *message = inbound->request.blob;
	inbound->request.blob = NULL;
	const struct an_link_request request = {
		.kind = inbound->request.kind,
		.message = message,
		.body = an_blob_span(message),
	};
	link->on.request(link->on.context, inbound->id,
	                 an_link_connection_peer(inbound->connection), &request);
	an_blob_unref(message);
}

static void tell(struct an_link *link, struct an_link_event *event)
{
	switch (event->type) {
	case AN_LINK_EVENT_CONNECTED:
		tell_connected(link, an_container_of(event, struct an_link_connection, connected));
		break;
	case AN_LINK_EVENT_DISCONNECTED:
		tell_disconnected(link,
		                  an_container_of(event, struct an_link_connection, disconnected));
		break;
	case AN_LINK_EVENT_DIAL_FAILED:
		tell_dial_failed(link, an_container_of(event, struct an_link_target, dial_failed));
		break;
	case AN_LINK_EVENT_REPLY:
		tell_reply(link, an_container_of(event, struct an_link_outbound, done));
		break;
	case AN_LINK_EVENT_REQUEST:
		tell_request(link, an_container_of(event, struct an_link_inbound, event));
		break;
	}
}

void an_link_events_deliver(struct an_link *link)
{
	struct an_list batch;
	an_list_init(&batch);
	an_list_move_all(&batch, &link->events);
	for (struct an_list *member; (member = an_list_take(&batch)) != NULL;)
		tell(link, an_container_of(member, struct an_link_event, member));
}
