/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "node/event.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/memory.h"

struct autonomi_event *an_event_new(uint32_t type)
{
	struct autonomi_event *event = an_calloc(1, sizeof(*event));
	if (event != NULL)
		event->type = type;
	return event;
}

struct autonomi_event *an_event_free(struct autonomi_event *event)
{
	if (event == NULL)
		return NULL;
	an_blob_unref(event->blob);
	an_free(event->text);
	an_free(event->peers);
	return an_free(event);
}

an_status an_event_set_text(struct autonomi_event *event, const char *text)
{
	char *copy = an_strdup(text);
	if (copy == NULL)
		return AUTONOMI_E_NO_MEMORY;
	an_free(event->text);
	event->text = copy;
	return AUTONOMI_OK;
}

an_status an_event_set_data(struct autonomi_event *event, struct an_blob *blob,
                            struct an_span bytes)
{
	struct an_blob *own = NULL;
	/* One reference is the giver's, who drops it when this call has returned. */
	if (blob != NULL && blob->references == 1) {
		own = an_blob_ref(blob);
	} else {
		own = an_blob_copy(bytes);
		if (own == NULL)
			return AUTONOMI_E_NO_MEMORY;
		bytes = an_blob_span(own);
	}
	an_blob_unref(event->blob);
	event->blob = own;
	event->data = bytes;
	return AUTONOMI_OK;
}

struct an_event_peer *an_event_add_peer(struct autonomi_event *event)
{
	if (event->peer_count == event->peer_capacity) {
		const size_t capacity = event->peer_capacity > 0 ? event->peer_capacity * 2 : 8;
		struct an_event_peer *peers = an_realloc(event->peers, capacity,
		                                         sizeof(struct an_event_peer));
		if (peers == NULL)
			return NULL;
		event->peers = peers;
		event->peer_capacity = capacity;
	}
	struct an_event_peer *peer = &event->peers[event->peer_count++];
	*peer = (struct an_event_peer){.bucket = -1};
	return peer;
}

void an_event_say(struct autonomi_event *event, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(event->message, sizeof(event->message), format, arguments);
	va_end(arguments);
}

void an_event_queue_init(struct an_event_queue *queue, size_t count_max, size_t bytes_max)
{
	*queue = (struct an_event_queue){.count_max = count_max, .bytes_max = bytes_max};
	an_list_init(&queue->waiting);
}

void an_event_queue_done(struct an_event_queue *queue)
{
	for (struct autonomi_event *event; (event = an_event_queue_take(queue)) != NULL;)
		an_event_free(event);
}

an_status an_event_queue_reserve(struct an_event_queue *queue, size_t bytes,
                                 struct autonomi_event **ret_event)
{
	if (queue->count >= queue->count_max || bytes > queue->bytes_max - queue->bytes)
		return AUTONOMI_E_BUSY;
	struct autonomi_event *event = an_event_new(AUTONOMI_EVENT_COMPLETED);
	if (event == NULL)
		return AUTONOMI_E_NO_MEMORY;
	event->reserved = bytes;
	queue->count++;
	queue->bytes += bytes;
	*ret_event = event;
	return AUTONOMI_OK;
}

static void give_back(struct an_event_queue *queue, const struct autonomi_event *event)
{
	if (event->type != AUTONOMI_EVENT_COMPLETED)
		return;
	queue->count--;
	queue->bytes -= event->reserved;
}

void an_event_queue_release(struct an_event_queue *queue, struct autonomi_event *event)
{
	give_back(queue, event);
	an_event_free(event);
}

void an_event_queue_push(struct an_event_queue *queue, struct autonomi_event *event)
{
	an_list_append(&queue->waiting, &event->link);
}

void an_event_queue_note(struct an_event_queue *queue, enum an_event_once kind, an_status status,
                         uint64_t count)
{
	static const uint32_t types[AN_EVENT_ONCE_COUNT] = {
		[AN_EVENT_ONCE_PEERS] = AUTONOMI_EVENT_PEERS,
		[AN_EVENT_ONCE_PRUNED] = AUTONOMI_EVENT_PRUNED,
		[AN_EVENT_ONCE_STORAGE] = AUTONOMI_EVENT_STORAGE_ERROR,
		[AN_EVENT_ONCE_STORED] = AUTONOMI_EVENT_STORED,
		[AN_EVENT_ONCE_BAD_PEERS] = AUTONOMI_EVENT_PEERS_REFUSED,
		[AN_EVENT_ONCE_OLD_PEERS] = AUTONOMI_EVENT_PEERS_REFUSED,
	};
	struct autonomi_event *event = queue->once[kind];
	if (event == NULL) {
		event = an_event_new(types[kind]);
		if (event == NULL)
			return;
		queue->once[kind] = event;
		an_event_queue_push(queue, event);
	}
	event->status = status;
	event->count = kind == AN_EVENT_ONCE_PEERS ? count : event->count + count;
}

void an_event_queue_withdraw(struct an_event_queue *queue, struct autonomi_event *event)
{
	an_list_remove(&event->link);
	give_back(queue, event);
	an_event_free(event);
}

struct autonomi_event *an_event_queue_take(struct an_event_queue *queue)
{
	struct an_list *link = an_list_take(&queue->waiting);
	if (link == NULL)
		return NULL;
	struct autonomi_event *event = an_container_of(link, struct autonomi_event, link);
	for (size_t i = 0; i < AN_EVENT_ONCE_COUNT; i++) {
		if (queue->once[i] == event)
			queue->once[i] = NULL;
	}
	give_back(queue, event);
	return event;
}

size_t an_event_queue_completions(const struct an_event_queue *queue)
{
	return queue->count;
}

bool an_event_queue_empty(const struct an_event_queue *queue)
{
	return an_list_empty(&queue->waiting);
}
