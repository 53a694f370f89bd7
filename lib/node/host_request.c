/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any request of the protocol from the host to one peer; the peer's response goes to the host as it
 * came (semantics 5, 10.1). */
#include <string.h>

#include "base/memory.h"
#include "node/host_peers.h"

/* Bytes of a response that carries no record: the peers of a whole routing table fit. */
enum { PLAIN_RESPONSE_MAX = 1024 * 1024 };

struct host_request {
	struct an_operation *operation;
	enum an_request_type type;
	size_t room; /* for the response */
};

static void release_request(void *context)
{
	an_free(context);
}

static size_t room_for(const struct an_node *node, enum an_request_type type)
{
	return type == AN_REQUEST_GET_REPLICATED_RECORD
	               ? node->profile.record_value_max + AN_MESSAGE_OVERHEAD_MAX
	               : PLAIN_RESPONSE_MAX;
}

/* What came is a response to what was asked, and its name goes to the host. */
static an_status name_response(struct host_request *self, struct an_span body)
{
	struct an_response response;
	struct an_buffer scratch;
	an_buffer_init(&scratch, body.size);
	an_status status = an_response_decode(body, &scratch, &response);
	an_buffer_done(&scratch);
	if (status != AUTONOMI_OK)
		return status;
	const char *name = an_response_name(response.type);
	if (strcmp(name, an_request_name(self->type)) != 0)
		return AUTONOMI_E_PROTOCOL;
	return an_event_set_text(self->operation->completion, name);
}

static an_status take_response(struct host_request *self, const struct an_link_reply *reply)
{
	struct an_operation *operation = self->operation;
	if (reply->body.size > self->room)
		return AUTONOMI_E_TOO_LARGE;
	an_status status = name_response(self, reply->body);
	if (status == AUTONOMI_OK)
		status = an_host_add_peer(operation->node, operation->completion, reply->peer);
	if (status == AUTONOMI_OK)
		status = an_event_set_data(operation->completion, reply->message, reply->body);
	return status;
}

static void replied(void *context, uint64_t request, const struct an_link_reply *reply)
{
	(void)request;
	struct host_request *self = context;
	an_status status = reply->status;
	if (status == AUTONOMI_OK)
		status = take_response(self, reply);
	if (status != AUTONOMI_OK)
		an_event_say(self->operation->completion, "the peer gave no response: %s",
		             an_status_message(status));
	an_operation_complete(self->operation, status);
}

static an_status send(struct host_request *self, const struct an_contact *contact,
                      const struct an_request *request)
{
	struct an_node *node = self->operation->node;
	struct an_blob *message = NULL;
	an_status status = an_request_encode_blob(request, node->profile.record_form, &message);
	if (status != AUTONOMI_OK)
		return status;
	status = an_link_ask(node->link, contact, AN_LINK_KIND_MESSAGE, &message, 1,
	                     node->profile.request_timeout, an_node_now(node), replied, self,
	                     &self->operation->handle);
	an_blob_unref(message);
	return status;
}

an_status an_node_send_request(struct an_node *node, const char *peer,
                               const struct an_request *request, uint64_t tag, autonomi_op *ret_op)
{
	struct an_contact contact;
	an_status status = an_host_find_contact(node, peer, &contact);
	if (status != AUTONOMI_OK)
		return status;
	struct host_request *self = an_calloc(1, sizeof(*self));
	if (self == NULL)
		return AUTONOMI_E_NO_MEMORY;
	self->type = request->type;
	self->room = room_for(node, request->type);
	status = an_operation_begin(node, tag, self->room + AN_HOST_SMALL_COMPLETION,
	                            an_host_cancel_request, &self->operation);
	if (status != AUTONOMI_OK) {
		an_free(self);
		return status;
	}
	self->operation->context = self;
	self->operation->release = release_request;
	status = send(self, &contact, request);
	return an_host_submitted(self->operation, status, ret_op);
}
