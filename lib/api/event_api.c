/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/handle.h"
#include "node/event.h"

uint32_t autonomi_event_type(const autonomi_event *event)
{
	return event != NULL ? event->type : 0;
}

autonomi_op autonomi_event_op(const autonomi_event *event)
{
	return event != NULL ? event->op : 0;
}

uint64_t autonomi_event_tag(const autonomi_event *event)
{
	return event != NULL ? event->tag : 0;
}

autonomi_status autonomi_event_status(const autonomi_event *event)
{
	return event != NULL ? event->status : AUTONOMI_E_INVALID;
}

const char *autonomi_event_message(const autonomi_event *event)
{
	return event != NULL ? event->message : "";
}

const uint8_t *autonomi_event_data(const autonomi_event *event, size_t *ret_size)
{
	const struct an_span data = event != NULL ? event->data : an_span(NULL, 0);
	if (ret_size != NULL)
		*ret_size = data.size;
	return data.data;
}

const char *autonomi_event_text(const autonomi_event *event)
{
	return event != NULL && event->text != NULL ? event->text : "";
}

uint64_t autonomi_event_count(const autonomi_event *event)
{
	return event != NULL ? event->count : 0;
}

uint64_t autonomi_event_counter(const autonomi_event *event)
{
	return event != NULL ? event->counter : 0;
}

uint64_t autonomi_event_network_counter(const autonomi_event *event)
{
	return event != NULL ? event->network_counter : 0;
}

uint64_t autonomi_event_versions(const autonomi_event *event)
{
	return event != NULL ? event->versions : 0;
}

uint64_t autonomi_event_content_type(const autonomi_event *event)
{
	return event != NULL ? event->content_type : 0;
}

size_t autonomi_event_peer_count(const autonomi_event *event)
{
	return event != NULL ? event->peer_count : 0;
}

autonomi_status autonomi_event_peer(const autonomi_event *event, size_t index,
                                    autonomi_peer_view *view, size_t view_size)
{
	if (event == NULL || view == NULL || index >= event->peer_count)
		return AUTONOMI_E_INVALID;
	const struct an_event_peer *peer = &event->peers[index];
	const autonomi_peer_view full = {
		.id = peer->id,
		.address = peer->address,
		.agent = peer->agent,
		.rtt_us = peer->rtt,
		.age_us = peer->age,
		.bucket = peer->bucket,
		.flags = peer->flags,
		.distance = peer->distance.bytes,
	};
	an_api_fill_view(view, view_size, &full, sizeof(full));
	return AUTONOMI_OK;
}

uint64_t autonomi_event_chunks_with_copies(const autonomi_event *event, uint32_t copies)
{
	return event != NULL && copies <= AN_EVENT_COPIES_MAX ? event->copies[copies] : 0;
}

uint64_t autonomi_event_files(const autonomi_event *event)
{
	return event != NULL ? event->files : 0;
}

uint64_t autonomi_event_skipped(const autonomi_event *event)
{
	return event != NULL ? event->skipped : 0;
}

autonomi_status autonomi_event_get_view(const autonomi_event *event, autonomi_event_view *view,
                                        size_t view_size)
{
	if (event == NULL || view == NULL)
		return AUTONOMI_E_INVALID;
	const autonomi_event_view full = {
		.type = event->type,
		.status = event->status,
		.op = event->op,
		.tag = event->tag,
		.done = event->done,
		.total = event->total,
		.count = event->count,
		.message = event->message,
		.data = event->data.data,
		.data_size = event->data.size,
		.text = autonomi_event_text(event),
		.counter = event->counter,
		.network_counter = event->network_counter,
		.versions = event->versions,
		.content_type = event->content_type,
		.files = event->files,
		.skipped = event->skipped,
	};
	an_api_fill_view(view, view_size, &full, sizeof(full));
	return AUTONOMI_OK;
}

autonomi_event *autonomi_event_free(autonomi_event *event)
{
	return an_event_free(event);
}
