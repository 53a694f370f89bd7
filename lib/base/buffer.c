/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/buffer.h"

#include "base/memory.h"

enum { FIRST_CAPACITY = 64 };

void an_buffer_init(struct an_buffer *buffer, size_t limit)
{
	*buffer = (struct an_buffer){.limit = limit};
}

void an_buffer_done(struct an_buffer *buffer)
{
	an_free(buffer->data);
	*buffer = (struct an_buffer){.limit = buffer->limit};
}

void an_buffer_clear(struct an_buffer *buffer)
{
	buffer->size = 0;
	buffer->failed = AUTONOMI_OK;
}

static size_t grown_capacity(const struct an_buffer *buffer, size_t needed)
{
	size_t capacity = buffer->capacity > 0 ? buffer->capacity : FIRST_CAPACITY;
	while (capacity < needed)
		capacity = capacity > buffer->limit / 2 ? buffer->limit : capacity * 2;
	return capacity;
}

static an_status reserve(struct an_buffer *buffer, size_t size)
{
	if (buffer->failed != AUTONOMI_OK)
		return buffer->failed;
	if (size > buffer->limit - buffer->size)
		return buffer->failed = AUTONOMI_E_TOO_LARGE;
	const size_t needed = buffer->size + size;
	if (needed <= buffer->capacity && buffer->data != NULL)
		return AUTONOMI_OK;

	const size_t capacity = grown_capacity(buffer, needed);
	uint8_t *data = an_realloc(buffer->data, capacity, 1);
	if (data == NULL)
		return buffer->failed = AUTONOMI_E_NO_MEMORY;
	buffer->data = data;
	buffer->capacity = capacity;
	return AUTONOMI_OK;
}

uint8_t *an_buffer_extend(struct an_buffer *buffer, size_t size)
{
	if (reserve(buffer, size) != AUTONOMI_OK)
		return NULL;
	uint8_t *room = buffer->data + buffer->size;
	buffer->size += size;
	return room;
}

an_status an_buffer_append(struct an_buffer *buffer, struct an_span bytes)
{
	if (bytes.size == 0)
		return buffer->failed;
	uint8_t *room = an_buffer_extend(buffer, bytes.size);
	if (room == NULL)
		return buffer->failed;
	memcpy(room, bytes.data, bytes.size);
	return AUTONOMI_OK;
}

an_status an_buffer_append_byte(struct an_buffer *buffer, uint8_t byte)
{
	return an_buffer_append(buffer, an_span(&byte, 1));
}

struct an_span an_buffer_span(const struct an_buffer *buffer)
{
	return an_span(buffer->data, buffer->size);
}
