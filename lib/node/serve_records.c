/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records asked for and records brought (semantics 5.4, 6.2, 6.3). */
#include "data/chunk.h"
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
	if (status == AUTONOMI_E_BUSY || status == AUTONOMI_E_NO_MEMORY) {
		an_link_refuse(node->link, inbound, AN_LINK_CODE_BUSY);
		an_node_pending_free(pending);
	} else if (status != AUTONOMI_OK) {
		record_read(pending, &(struct an_store_result){.status = AUTONOMI_E_NOT_FOUND});
	}
}

static void reply_put(const struct an_serve_pending *pending, const char *problem)
{
	struct an_response response = {.type = AN_RESPONSE_PUT_RECORD};
	response.put_record.peer_address = pending->peer_address;
	response.put_record.record_address = pending->address;
	if (problem != NULL)
		response.put_record.result = (struct an_message_result){
			.failed = true,
			.error = {.type = AN_ERROR_PUT_RECORD_FAILED,
		                  .text = an_span_text(problem)},
		};
	an_serve_reply(pending->node, pending->inbound, &response);
}

/* The text of a refusal begins with the name that Autonomi's node gives it (semantics 5.4, 9.3). */
static const char *put_problem(an_status status)
{
	switch (status) {
	case AUTONOMI_OK:
		return NULL;
	case AUTONOMI_E_CORRUPT:
		return "RecordKeyMismatch";
	case AUTONOMI_E_FULL:
		return "LocalSwarmError(MaxRecords)";
	case AUTONOMI_E_DISK_FULL:
		return "LocalSwarmError(DiskFull)";
	case AUTONOMI_E_TOO_LARGE:
		return "OversizedChunk";
	case AUTONOMI_E_UNSUPPORTED:
		return "InvalidRecord";
	default:
		return "LocalSwarmError";
	}
}

static void record_written(void *context, const struct an_store_result *result)
{
	struct an_serve_pending *pending = context;
	reply_put(pending, put_problem(result->status));
	an_node_pending_free(pending);
}

/* The record value to store: an unpaid chunk as it came; of a paid one the chunk alone, for this
 * network takes no payment (semantics 6.3.1 with payments off). */
static an_status stored_form(struct an_span value, struct an_blob *message,
                             struct an_blob **ret_blob, struct an_span *ret_value)
{
	struct an_span content;
	if (an_chunk_content(value, &content) == AUTONOMI_OK) {
		*ret_blob = an_blob_ref(message);
		*ret_value = value;
		return AUTONOMI_OK;
	}
	struct an_buffer scratch;
	an_buffer_init(&scratch, value.size);
	an_status status = an_chunk_upload_content(value, &scratch, &content);
	if (status == AUTONOMI_OK) {
		*ret_blob = an_chunk_record_value(content);
		*ret_value = an_blob_span(*ret_blob);
		status = *ret_blob != NULL ? AUTONOMI_OK : AUTONOMI_E_NO_MEMORY;
	}
	an_buffer_done(&scratch);
	return status;
}

static an_status store_record(struct an_serve_pending *pending, const struct an_link_request *raw,
                              struct an_span value)
{
	struct an_node *node = pending->node;
	uint8_t name[AN_RECORD_NAME_SIZE];
	if (an_address_record_name(&pending->address, name) != AUTONOMI_OK)
		return AUTONOMI_E_CORRUPT;
	if (value.size > node->profile.record_value_max)
		return AUTONOMI_E_TOO_LARGE;
	struct an_record_header header;
	if (an_record_read_header(value, &header) != AUTONOMI_OK)
		return AUTONOMI_E_UNSUPPORTED;
	if (header.type != AN_RECORD_CHUNK)
		return AUTONOMI_E_UNSUPPORTED;

	struct an_blob *blob = NULL;
	struct an_span stored;
	an_status status = stored_form(value, raw->message, &blob, &stored);
	if (status == AUTONOMI_OK && stored.size > node->profile.chunk_max + AN_CHUNK_HEAD_MAX)
		status = AUTONOMI_E_TOO_LARGE;
	if (status == AUTONOMI_OK)
		status = an_store_put(node->store, name, blob, stored, record_written, pending);
	an_blob_unref(blob);
	return status;
}

void an_serve_put_record(struct an_node *node, uint64_t inbound, const struct an_request *request,
                         const struct an_link_request *raw)
{
	struct an_serve_pending *pending = an_serve_later(node, inbound);
	if (pending == NULL)
		return;
	pending->address = request->put_record.address;
	pending->peer_address = request->put_record.holder;
	const an_status status = store_record(pending, raw, request->put_record.value);
	if (status == AUTONOMI_OK)
		return;
	if (status == AUTONOMI_E_BUSY || status == AUTONOMI_E_NO_MEMORY)
		an_link_refuse(node->link, inbound, AN_LINK_CODE_BUSY);
	else
		reply_put(pending, put_problem(status));
	an_node_pending_free(pending);
}
