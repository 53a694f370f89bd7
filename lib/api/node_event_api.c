/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <autonomi/node_event.h>

#include "api/data_handle.h"
#include "base/memory.h"
#include "data/node_event.h"

struct autonomi_node_event {
	struct an_node_event value; /* borrows its reason from `bytes` */
	struct an_buffer bytes;
};

static bool is_type(uint32_t type)
{
	return type <= AN_NODE_EVENT_TERMINATE_NODE;
}

static bool has_address(enum an_node_event_type type)
{
	return type == AN_NODE_EVENT_CHUNK_STORED || type == AN_NODE_EVENT_REWARD_RECEIVED;
}

autonomi_status autonomi_node_event_decode(const uint8_t *bytes, size_t size,
                                           autonomi_node_event **ret_event)
{
	struct an_guard guard;
	if (!an_api_has(bytes, size) || ret_event == NULL)
		return AUTONOMI_E_INVALID;
	an_guard_begin(&guard);
	struct autonomi_node_event *event = an_calloc(1, sizeof(*event));
	if (event == NULL)
		return an_guard_leave(&guard, AUTONOMI_E_NO_MEMORY);
	an_buffer_init(&event->bytes, AN_API_BYTES_MAX);
	an_status status = an_buffer_append(&event->bytes, an_span(bytes, size));
	if (status == AUTONOMI_OK)
		status = an_node_event_decode(an_buffer_span(&event->bytes), &event->value);
	if (status == AUTONOMI_OK)
		*ret_event = event;
	else
		autonomi_node_event_free(event);
	return an_guard_leave(&guard, status);
}

autonomi_node_event *autonomi_node_event_free(autonomi_node_event *event)
{
	if (event == NULL)
		return NULL;
	an_buffer_done(&event->bytes);
	return an_free(event);
}

autonomi_status autonomi_node_event_get_view(const autonomi_node_event *event,
                                             autonomi_node_event_view *view, size_t view_size)
{
	if (event == NULL || view == NULL)
		return AUTONOMI_E_INVALID;
	const struct an_node_event *value = &event->value;
	autonomi_node_event_view full = {.type = (uint32_t)value->type};
	if (has_address(value->type)) {
		full.address_type = value->address.type;
		full.address = value->address.bytes;
		full.address_size = value->address.size;
	}
	if (value->type == AN_NODE_EVENT_REWARD_RECEIVED)
		full.amount = value->amount.bytes;
	if (value->type == AN_NODE_EVENT_TERMINATE_NODE) {
		full.reason = (const char *)value->reason.data;
		full.reason_size = value->reason.size;
	}
	an_api_fill_view(view, view_size, &full, sizeof(full));
	return AUTONOMI_OK;
}

static an_status read_view(const autonomi_node_event_view *view, struct an_node_event *ret_event)
{
	*ret_event = (struct an_node_event){.type = (enum an_node_event_type)view->type};
	if (ret_event->type == AN_NODE_EVENT_TERMINATE_NODE)
		ret_event->reason = an_span(view->reason, view->reason_size);
	if (ret_event->type == AN_NODE_EVENT_REWARD_RECEIVED) {
		if (view->amount == NULL)
			return AUTONOMI_E_INVALID;
		memcpy(ret_event->amount.bytes, view->amount, sizeof(ret_event->amount.bytes));
	}
	if (!has_address(ret_event->type))
		return AUTONOMI_OK;
	const an_status status = an_api_address(view->address_type, view->address,
	                                        view->address_size, &ret_event->address);
	const bool is_chunk = ret_event->address.type == AN_ADDRESS_CHUNK;
	if (status == AUTONOMI_OK && ret_event->type == AN_NODE_EVENT_CHUNK_STORED && !is_chunk)
		return AUTONOMI_E_ADDRESS;
	return status;
}

autonomi_status autonomi_node_event_encode(const autonomi_node_event_view *view,
                                           autonomi_bytes **ret_bytes)
{
	struct an_guard guard;
	struct an_node_event event;
	struct an_buffer out;
	if (view == NULL || ret_bytes == NULL || !is_type(view->type) ||
	    !an_api_has(view->reason, view->reason_size))
		return AUTONOMI_E_INVALID;
	an_guard_begin(&guard);
	an_status status = read_view(view, &event);
	an_buffer_init(&out, AN_API_BYTES_MAX);
	if (status == AUTONOMI_OK)
		status = an_node_event_encode(&event, &out);
	return an_guard_leave(&guard, an_api_take_bytes(&out, status, ret_bytes));
}

const char *autonomi_node_event_name(uint32_t type)
{
	return is_type(type) ? an_node_event_name((enum an_node_event_type)type) : "";
}
