/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Bytes that grow up to a limit. Appending beyond the limit or without memory marks the buffer as
 * failed and changes nothing else, so that a writer may check once, at the end.
 */
#ifndef AN_BASE_BUFFER_H
#define AN_BASE_BUFFER_H

#include "base/span.h"
#include "base/status.h"

struct an_buffer {
	uint8_t *data;
	size_t size;
	size_t capacity;
	size_t limit;
	an_status failed; /* AUTONOMI_OK, E_TOO_LARGE or E_NO_MEMORY: the first failure */
};

void an_buffer_init(struct an_buffer *buffer, size_t limit);
void an_buffer_done(struct an_buffer *buffer);

/* Forgets the content and the failure; keeps the memory. */
void an_buffer_clear(struct an_buffer *buffer);

an_status an_buffer_append(struct an_buffer *buffer, struct an_span bytes);
an_status an_buffer_append_byte(struct an_buffer *buffer, uint8_t byte);

/* Room for `size` more bytes at the end, uninitialised and already counted in; NULL on failure. */
uint8_t *an_buffer_extend(struct an_buffer *buffer, size_t size);

/* All bytes, borrowed until the next change. */
struct an_span an_buffer_span(const struct an_buffer *buffer);

#endif
