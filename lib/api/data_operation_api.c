/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Operations on data in memory, directories and archives: the guard, the arguments, the node. */
#include <autonomi/directory.h>

#include "api/data_handle.h"
#include "base/memory.h"

autonomi_status autonomi_data_put(autonomi_node *node, const uint8_t *data, size_t data_size,
                                  uint32_t flags, uint64_t tag, autonomi_op *ret_op)
{
	struct an_guard guard;
	an_status status = an_guard_enter(&guard, node);
	if (status == AUTONOMI_OK &&
	    (!an_api_has(data, data_size) || (flags & ~(uint32_t)AUTONOMI_UPLOAD_PUBLIC) != 0))
		status = AUTONOMI_E_INVALID;
	if (status == AUTONOMI_OK)
		status = an_node_data_put(node->inner, an_span(data, data_size),
		                          (flags & AUTONOMI_UPLOAD_PUBLIC) != 0, tag, ret_op);
	return an_guard_leave(&guard, status);
}

autonomi_status autonomi_data_get(autonomi_node *node, const uint8_t *source, size_t source_size,
                                  size_t size_max, uint64_t tag, autonomi_op *ret_op)
{
	struct an_guard guard;
	an_status status = an_guard_enter(&guard, node);
	if (status == AUTONOMI_OK && source == NULL)
		status = AUTONOMI_E_INVALID;
	if (status == AUTONOMI_OK)
		status = an_node_data_get(node->inner, an_span(source, source_size), size_max, tag,
		                          ret_op);
	return an_guard_leave(&guard, status);
}

autonomi_status autonomi_directory_upload(autonomi_node *node, const char *path, uint32_t flags,
                                          uint64_t tag, autonomi_op *ret_op)
{
	const uint32_t known = AUTONOMI_UPLOAD_PUBLIC | AUTONOMI_UPLOAD_SKIP |
	                       AUTONOMI_UPLOAD_NO_ARCHIVE;
	const struct an_client_directory_put put = {
		.path = path,
		.is_public = (flags & AUTONOMI_UPLOAD_PUBLIC) != 0,
		.has_archive = (flags & AUTONOMI_UPLOAD_NO_ARCHIVE) == 0,
		.skips = (flags & AUTONOMI_UPLOAD_SKIP) != 0,
	};
	struct an_guard guard;
	an_status status = an_guard_enter(&guard, node);
	if (status == AUTONOMI_OK && (path == NULL || (flags & ~known) != 0))
		status = AUTONOMI_E_INVALID;
	if (status == AUTONOMI_OK)
		status = an_node_directory_upload(node->inner, &put, tag, ret_op);
	return an_guard_leave(&guard, status);
}

autonomi_status autonomi_directory_download(autonomi_node *node, const uint8_t *source,
                                            size_t source_size, const char *path, uint32_t flags,
                                            uint64_t tag, autonomi_op *ret_op)
{
	struct an_guard guard;
	an_status status = an_guard_enter(&guard, node);
	if (status == AUTONOMI_OK &&
	    (path == NULL || source == NULL || (flags & ~(uint32_t)AUTONOMI_DOWNLOAD_REPLACE) != 0))
		status = AUTONOMI_E_INVALID;
	if (status == AUTONOMI_OK)
		status = an_node_directory_download(node->inner, an_span(source, source_size), path,
		                                    (flags & AUTONOMI_DOWNLOAD_REPLACE) != 0, tag,
		                                    ret_op);
	return an_guard_leave(&guard, status);
}

static an_status put_archive(struct an_node *node, const struct an_archive *archive, uint64_t tag,
                             autonomi_op *ret_op)
{
	struct an_buffer bytes;
	an_buffer_init(&bytes, AUTONOMI_DATA_MAX);
	an_status status = an_archive_encode(archive, &bytes);
	if (status == AUTONOMI_OK)
		status = an_node_data_put(node, an_buffer_span(&bytes),
		                          archive->kind == AN_ARCHIVE_PUBLIC, tag, ret_op);
	if (bytes.data != NULL)
		an_wipe(bytes.data, bytes.size);
	an_buffer_done(&bytes);
	return status;
}

autonomi_status autonomi_archive_put(autonomi_node *node, const autonomi_archive *archive,
                                     uint64_t tag, autonomi_op *ret_op)
{
	struct an_guard guard;
	an_status status = an_guard_enter(&guard, node);
	if (status == AUTONOMI_OK && archive == NULL)
		status = AUTONOMI_E_INVALID;
	if (status == AUTONOMI_OK)
		status = put_archive(node->inner, &archive->value, tag, ret_op);
	return an_guard_leave(&guard, status);
}

autonomi_status autonomi_archive_get(autonomi_node *node, uint32_t kind, const uint8_t *source,
                                     size_t source_size, size_t size_max, uint64_t tag,
                                     autonomi_op *ret_op)
{
	struct an_guard guard;
	an_status status = an_guard_enter(&guard, node);
	if (status == AUTONOMI_OK && (source == NULL || kind > AUTONOMI_ARCHIVE_PRIVATE))
		status = AUTONOMI_E_INVALID;
	if (status == AUTONOMI_OK)
		status = an_node_archive_get(node->inner, (enum an_archive_kind)kind,
		                             an_span(source, source_size), size_max, tag, ret_op);
	return an_guard_leave(&guard, status);
}
