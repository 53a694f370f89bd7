/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Borrowed bytes: a pointer and a size that travel together. A span owns nothing. */
#ifndef AN_BASE_SPAN_H
#define AN_BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct an_span {
	const uint8_t *data; /* may be NULL where size is 0 */
	size_t size;
};

static inline struct an_span an_span(const void *data, size_t size)
{
	return (struct an_span){.data = data, .size = size};
}

static inline struct an_span an_span_text(const char *text)
{
	return an_span(text, strlen(text));
}

static inline bool an_span_equal(struct an_span a, struct an_span b)
{
	return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

#endif
