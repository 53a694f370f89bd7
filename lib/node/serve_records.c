/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records asked for and records brought (semantics 5.4, 6.2, 6.3). */
#include "node/serve.h"

static void record_read(void *context, const struct an_store_result *result)
{
	struct an_serve_pending *pending = context;
	struct an_node *node = pending->node;
	const struct an_address self = an_address_of_peer(&node->key_pair.identity.id);
	if (result->status == AUTONOMI_OK) {
		struct an_blob *parts[2] = {NULL, result->value};
		if (an_response_encode_record_head(&self, result->bytes.size, &parts[0]) ==
		    AUTONOMI_OK)
			an_link_reply(node->link, pending->inbound, AN_LINK_KIND_MESSAGE, parts, 2);
		else
			an_link_refuse(node->link, pending->inbound, AN_LINK_CODE_BUSY);
		an_blob_unref(parts[0]);
	} else {
		struct an_response response = {.type = AN_RESPONSE_GET_REPLICATED_RECORD};
		response.get_replicated_record.result = (struct an_message_result){
			.failed = true,
			.error = {.type = AN_ERROR_REPLICATED_RECORD_NOT_FOUND,
		                  .address = self,
		                  .key = pending->address},
		};
		an_serve_reply(node, pending->inbound, &response);
	}
	an_node_pending_free(pending);
}

void an_serve_get_record(struct an_node *node, uint64_t inbound, const struct an_request *request)
{
	const struct an_address *key = &request->get_replicated_record.key;
	struct an_serve_pending *pending = an_serve_later(node, inbound);
	if (pending == NULL)
		return;
	pending->address = *key;
	uint8_t name[AN_RECORD_NAME_SIZE];
	an_status status = an_address_record_name(key, name);
	if (status == AUTONOMI_OK)
		status = an_store_get(node->store, name, record_read, pending);
	if (an_serve_is_busy(status)) {
		an_link_refuse(node->link, inbound, AN_LINK_CODE_BUSY);
		an_node_pending_free(pending);
	} else if (status != AUTONOMI_OK) {
		record_read(pending, &(struct an_store_result){.status = AUTONOMI_E_NOT_FOUND});
	}
}

/* ---- PutRecord. */

/* An address that is no record's of ours is the key of no value (semantics 6.3). */
static const struct an_admission_verdict no_key = {
	.status = AUTONOMI_E_CORRUPT,
	.error = {.type = AN_PUT_ERROR_RECORD_KEY_MISMATCH},
};

static void admitted(void *context, const struct an_admission_verdict *verdict)
{
	struct an_serve_pending *pending = context;
	struct an_response response = {.type = AN_RESPONSE_PUT_RECORD};
	response.put_record.peer_address = pending->peer_address;
	response.put_record.record_address = pending->address;
	struct an_buffer text;
	an_buffer_init(&text, AN_MESSAGE_OVERHEAD_MAX);
	if (verdict->status != AUTONOMI_OK) {
		uint8_t space[AN_RECORD_NAME_SIZE];
		response.put_record.result.failed = true;
		an_admission_error(verdict, an_address_record_key(&pending->address, space).data,
		                   &text, &response.put_record.result.error);
	}
	if (an_serve_is_busy(verdict->status) || text.failed != AUTONOMI_OK)
		an_link_refuse(pending->node->link, pending->inbound, AN_LINK_CODE_BUSY);
	else
		an_serve_reply(pending->node, pending->inbound, &response);
	an_buffer_done(&text);
	an_node_pending_free(pending);
}

void an_serve_put_record(struct an_node *node, uint64_t inbound, const struct an_request *request,
                         const struct an_link_peer *peer, const struct an_link_request *raw)
{
	struct an_serve_pending *pending = an_serve_later(node, inbound);
	if (pending == NULL)
		return;
	pending->address = request->put_record.address;
	pending->peer_address = request->put_record.holder;
	struct an_admission admission = {
		.source = AN_ADMISSION_CLIENT,
		.peer = &peer->identity.id,
		.value = raw->message,
		.bytes = request->put_record.value,
	};
	an_status status = AUTONOMI_OK;
	if (an_address_record_name(&pending->address, admission.key) == AUTONOMI_OK)
		status = an_admit(node->admissions, &admission, admitted, pending);
	else
		admitted(pending, &no_key);
	if (status != AUTONOMI_OK)
		admitted(pending, &(struct an_admission_verdict){.status = status});
}
