/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Operations of the host on chunks and files: the client works, its results become completions. */

#include "node/host.h"

#include "base/memory.h"
#include "node/internal.h"

static void cancel(struct an_operation *operation)
{
	an_client_cancel(operation->node->client, operation->handle);
	an_node_touch(operation->node);
}

an_status an_host_begin(struct an_node *node, uint64_t tag, size_t bytes,
                        struct an_operation **ret_operation)
{
	return an_operation_begin(node, tag, bytes, cancel, ret_operation);
}

static void set_hexadecimal(struct autonomi_event *event, struct an_span bytes)
{
	static const char digits[] = "0123456789abcdef";
	char *text = an_malloc(bytes.size * 2 + 1);
	if (text == NULL)
		return;
	for (size_t i = 0; i < bytes.size; i++) {
		text[2 * i] = digits[bytes.data[i] >> 4];
		text[2 * i + 1] = digits[bytes.data[i] & 15];
	}
	text[bytes.size * 2] = '\0';
	an_free(event->text);
	event->text = text;
}

void an_host_set_message(struct autonomi_event *event, const struct an_client_result *result)
{
	if (result->status < 0)
		an_event_say(event, "%s", result->message);
}

an_status an_host_give(struct autonomi_event *event, struct an_blob *blob, struct an_span bytes)
{
	const an_status status = an_event_set_data(event, blob, bytes);
	if (status == AUTONOMI_OK)
		set_hexadecimal(event, bytes);
	return status == AUTONOMI_OK && event->text == NULL ? AUTONOMI_E_NO_MEMORY : status;
}

static uint64_t best_copies(const struct an_client_result *result)
{
	for (size_t i = AN_CLIENT_COPIES_MAX; i > 0; i--) {
		if (result->copies[i] > 0)
			return i;
	}
	return 0;
}

static void put_done(void *context, const struct an_client_result *result)
{
	struct an_operation *operation = context;
	struct autonomi_event *event = operation->completion;
	an_host_set_message(event, result);
	memcpy(event->copies, result->copies, sizeof(event->copies));
	event->count = best_copies(result);
	an_status status = result->status;
	if (status >= 0)
		status = an_host_give(event, NULL,
		                      an_span(result->address, AN_CLIENT_ADDRESS_SIZE));
	an_operation_complete(operation, status);
}

void an_host_get_done(void *context, const struct an_client_result *result)
{
	struct an_operation *operation = context;
	an_host_set_message(operation->completion, result);
	operation->completion->files = result->files;
	an_status status = result->status;
	if (status >= 0)
		status = an_event_set_data(operation->completion, result->content, result->bytes);
	an_operation_complete(operation, status);
}

void an_host_tell_upload(struct autonomi_event *event, const struct an_client_result *result)
{
	an_host_set_message(event, result);
	memcpy(event->copies, result->copies, sizeof(event->copies));
	event->count = result->chunks;
	event->total = event->done = result->size;
	event->files = result->files;
	event->skipped = result->skipped;
}

void an_host_upload_done(void *context, const struct an_client_result *result)
{
	struct an_operation *operation = context;
	struct autonomi_event *event = operation->completion;
	an_host_tell_upload(event, result);
	an_status status = result->status;
	if (status >= 0 && result->content != NULL)
		status = an_host_give(event, result->content, result->bytes);
	else if (status >= 0)
		status = an_host_give(event, NULL,
		                      an_span(result->address, AN_CLIENT_ADDRESS_SIZE));
	an_operation_complete(operation, status);
}

void an_host_download_done(void *context, const struct an_client_result *result)
{
	struct an_operation *operation = context;
	struct autonomi_event *event = operation->completion;
	an_host_set_message(event, result);
	event->count = event->total = event->done = result->size;
	event->files = result->files;
	an_operation_complete(operation, result->status);
}

void an_host_progressed(void *context, uint64_t done, uint64_t total)
{
	an_operation_progress(context, done, total);
}

an_status an_host_submitted(struct an_operation *operation, an_status status, autonomi_op *ret_op)
{
	if (status != AUTONOMI_OK) {
		an_operation_abandon(operation);
		return status;
	}
	if (ret_op != NULL)
		*ret_op = operation->id;
	an_node_touch(operation->node);
	return AUTONOMI_OK;
}

an_status an_node_chunk_put(struct an_node *node, struct an_span content, uint64_t tag,
                            autonomi_op *ret_op)
{
	if (content.size > node->profile.chunk_max)
		return AUTONOMI_E_TOO_LARGE;
	struct an_operation *operation = NULL;
	an_status status = an_host_begin(node, tag, AN_HOST_SMALL_COMPLETION, &operation);
	if (status != AUTONOMI_OK)
		return status;
	struct an_blob *blob = an_blob_copy(content);
	status = blob != NULL ? an_client_chunk_put(node->client, blob, put_done, operation,
	                                            &operation->handle)
	                      : AUTONOMI_E_NO_MEMORY;
	an_blob_unref(blob);
	return an_host_submitted(operation, status, ret_op);
}

an_status an_node_chunk_get(struct an_node *node, const uint8_t address[AN_RECORD_KEY_SIZE],
                            uint64_t tag, autonomi_op *ret_op)
{
	struct an_operation *operation = NULL;
	an_status status = an_host_begin(node, tag,
	                                 node->profile.chunk_max + AN_HOST_SMALL_COMPLETION,
	                                 &operation);
	if (status != AUTONOMI_OK)
		return status;
	status = an_client_chunk_get(node->client, address, an_host_get_done, operation,
	                             &operation->handle);
	return an_host_submitted(operation, status, ret_op);
}

an_status an_node_upload(struct an_node *node, const char *path, bool is_public, uint64_t tag,
                         autonomi_op *ret_op)
{
	struct an_operation *operation = NULL;
	an_status status = an_host_begin(node, tag, AN_HOST_SMALL_COMPLETION, &operation);
	if (status != AUTONOMI_OK)
		return status;
	status = an_client_upload(node->client, path, is_public, an_host_progressed,
	                          an_host_upload_done, operation, &operation->handle);
	return an_host_submitted(operation, status, ret_op);
}

an_status an_node_data_put(struct an_node *node, struct an_span data, bool is_public, uint64_t tag,
                           autonomi_op *ret_op)
{
	if (data.size > AN_HOST_DATA_MAX)
		return AUTONOMI_E_TOO_LARGE;
	struct an_operation *operation = NULL;
	an_status status = an_host_begin(node, tag, AN_HOST_SMALL_COMPLETION, &operation);
	if (status != AUTONOMI_OK)
		return status;
	struct an_blob *blob = an_blob_copy(data);
	status = blob != NULL
	                 ? an_client_data_put(node->client, blob, is_public, an_host_progressed,
	                                      an_host_upload_done, operation, &operation->handle)
	                 : AUTONOMI_E_NO_MEMORY;
	an_blob_unref(blob);
	return an_host_submitted(operation, status, ret_op);
}

an_status an_node_data_get(struct an_node *node, struct an_span source, size_t size_max,
                           uint64_t tag, autonomi_op *ret_op)
{
	/* What could never be reserved is no reason to try again later. */
	if (size_max > node->events.bytes_max)
		return AUTONOMI_E_TOO_LARGE;
	struct an_operation *operation = NULL;
	an_status status = an_host_begin(node, tag, size_max, &operation);
	if (status != AUTONOMI_OK)
		return status;
	status = an_client_data_get(node->client, source, size_max, an_host_progressed,
	                            an_host_get_done, operation, &operation->handle);
	return an_host_submitted(operation, status, ret_op);
}

an_status an_node_download(struct an_node *node, struct an_span source, const char *path,
                           bool replace, uint64_t tag, autonomi_op *ret_op)
{
	struct an_operation *operation = NULL;
	an_status status = an_host_begin(node, tag, AN_HOST_SMALL_COMPLETION, &operation);
	if (status != AUTONOMI_OK)
		return status;
	status = an_client_download(node->client, source, path, replace, an_host_progressed,
	                            an_host_download_done, operation, &operation->handle);
	return an_host_submitted(operation, status, ret_op);
}
