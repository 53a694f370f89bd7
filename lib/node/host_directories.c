/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Operations of the host on directories and archives. */
#include "node/host.h"
#include "node/internal.h"

/* The archive itself is given back, and no text: it would be twice as long. */
static void listed(void *context, const struct an_client_result *result)
{
	struct an_operation *operation = context;
	struct autonomi_event *event = operation->completion;
	an_host_tell_upload(event, result);
	an_status status = result->status;
	if (status >= 0)
		status = an_event_set_data(event, result->content, result->bytes);
	an_operation_complete(operation, status);
}

an_status an_node_directory_upload(struct an_node *node, const struct an_client_directory_put *put,
                                   uint64_t tag, autonomi_op *ret_op)
{
	struct an_operation *operation = NULL;
	const size_t bytes = put->has_archive ? AN_HOST_SMALL_COMPLETION : AN_CLIENT_LIST_SIZE_MAX;
	if (bytes > node->events.bytes_max)
		return AUTONOMI_E_TOO_LARGE;
	an_status status = an_host_begin(node, tag, bytes, &operation);
	if (status != AUTONOMI_OK)
		return status;
	status = an_client_directory_upload(node->client, put, an_host_progressed,
	                                    put->has_archive ? an_host_upload_done : listed,
	                                    operation, &operation->handle);
	return an_host_submitted(operation, status, ret_op);
}

an_status an_node_directory_download(struct an_node *node, struct an_span source, const char *path,
                                     bool replace, uint64_t tag, autonomi_op *ret_op)
{
	struct an_operation *operation = NULL;
	an_status status = an_host_begin(node, tag, AN_HOST_SMALL_COMPLETION, &operation);
	if (status != AUTONOMI_OK)
		return status;
	status = an_client_directory_download(node->client, source, path, replace,
	                                      an_host_progressed, an_host_download_done, operation,
	                                      &operation->handle);
	return an_host_submitted(operation, status, ret_op);
}

an_status an_node_archive_get(struct an_node *node, enum an_archive_kind kind,
                              struct an_span source, size_t size_max, uint64_t tag,
                              autonomi_op *ret_op)
{
	if (size_max > node->events.bytes_max)
		return AUTONOMI_E_TOO_LARGE;
	struct an_operation *operation = NULL;
	an_status status = an_host_begin(node, tag, size_max, &operation);
	if (status != AUTONOMI_OK)
		return status;
	status = an_client_archive_get(node->client, kind, source, size_max, an_host_get_done,
	                               operation, &operation->handle);
	return an_host_submitted(operation, status, ret_op);
}
