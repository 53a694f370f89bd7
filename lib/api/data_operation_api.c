/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Operations on data in memory: the guard, the arguments, the node. */
#include <autonomi/file.h>

#include "api/data_handle.h"

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
