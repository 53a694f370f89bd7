/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records asked for and records brought (semantics 5.4, 6.2, 6.3). */
#include "base/memory.h"
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

/* Ends the pending answer where the store did not take the record. */
static void put_begun(struct an_serve_pending *pending, an_status status)
{
	if (status == AUTONOMI_OK)
		return;
	if (status == AUTONOMI_E_BUSY || status == AUTONOMI_E_NO_MEMORY)
		an_link_refuse(pending->node->link, pending->inbound, AN_LINK_CODE_BUSY);
	else
		reply_put(pending, put_problem(status));
	an_node_pending_free(pending);
}

static an_status store_value(struct an_serve_pending *pending, struct an_blob *blob,
                             struct an_span value)
{
	struct an_node *node = pending->node;
	uint8_t name[AN_RECORD_NAME_SIZE];
	an_status status = an_address_record_name(&pending->address, name);
	if (status == AUTONOMI_OK && value.size > node->profile.chunk_max + AN_CHUNK_HEAD_MAX)
		status = AUTONOMI_E_TOO_LARGE;
	if (status == AUTONOMI_OK)
		status = an_store_put(node->store, name, blob, value, record_written, pending);
	return status;
}

/* Of a paid chunk the chunk alone is stored, for this network takes no payment (semantics 6.3.1 with
 * payments off). To get at it means to read what the peer made up, number by number: a job. */
struct unwrap_job {
	struct an_job job;
	struct an_serve_pending *pending;
	struct an_blob *message;
	struct an_span value;
	struct an_blob *stored;
	an_status status;
};

static void unwrap(struct an_job *job)
{
	struct unwrap_job *work = an_container_of(job, struct unwrap_job, job);
	struct an_buffer scratch;
	struct an_span content;
	an_buffer_init(&scratch, work->value.size);
	work->status = an_chunk_upload_content(work->value, &scratch, &content);
	if (work->status == AUTONOMI_OK) {
		work->stored = an_chunk_record_value(content);
		work->status = work->stored != NULL ? AUTONOMI_OK : AUTONOMI_E_NO_MEMORY;
	}
	an_buffer_done(&scratch);
}

static void unwrapped(struct an_job *job)
{
	struct unwrap_job *work = an_container_of(job, struct unwrap_job, job);
	if (!job->skipped) {
		an_status status = work->status;
		if (status == AUTONOMI_OK)
			status = store_value(work->pending, work->stored,
			                     an_blob_span(work->stored));
		put_begun(work->pending, status);
	}
	an_blob_unref(work->stored);
	an_blob_unref(work->message);
	an_free(work);
}

static an_status begin_unwrap(struct an_serve_pending *pending, struct an_blob *message,
                              struct an_span value)
{
	struct unwrap_job *work = an_calloc(1, sizeof(*work));
	if (work == NULL)
		return AUTONOMI_E_NO_MEMORY;
	work->job = (struct an_job){.lane = AN_JOB_COMPUTE, .run = unwrap, .done = unwrapped};
	work->pending = pending;
	work->message = an_blob_ref(message);
	work->value = value;
	an_node_submit(pending->node, &work->job);
	return AUTONOMI_OK;
}

static an_status store_record(struct an_serve_pending *pending, const struct an_link_request *raw,
                              struct an_span value)
{
	uint8_t name[AN_RECORD_NAME_SIZE];
	if (an_address_record_name(&pending->address, name) != AUTONOMI_OK)
		return AUTONOMI_E_CORRUPT;
	if (value.size > pending->node->profile.record_value_max)
		return AUTONOMI_E_TOO_LARGE;
	struct an_record_header header;
	if (an_record_read_header(value, &header) != AUTONOMI_OK || header.type != AN_RECORD_CHUNK)
		return AUTONOMI_E_UNSUPPORTED;
	struct an_span content;
	return an_chunk_content(value, &content) == AUTONOMI_OK
	               ? store_value(pending, raw->message, value)
	               : begin_unwrap(pending, raw->message, value);
}

void an_serve_put_record(struct an_node *node, uint64_t inbound, const struct an_request *request,
                         const struct an_link_request *raw)
{
	struct an_serve_pending *pending = an_serve_later(node, inbound);
	if (pending == NULL)
		return;
	pending->address = request->put_record.address;
	pending->peer_address = request->put_record.holder;
	put_begun(pending, store_record(pending, raw, request->put_record.value));
}
