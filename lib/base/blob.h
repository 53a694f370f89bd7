/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Counted bytes: one block that several readers share, so that a chunk on its way to five peers
 * exists once. Writable until it is shared, immutable afterwards.
 *
 * Threading: references are taken and dropped on the pump only. A job may read the bytes of a blob
 * of which its maker holds a reference.
 */
#ifndef AN_BASE_BLOB_H
#define AN_BASE_BLOB_H

#include "base/span.h"

struct an_blob {
	size_t references;
	size_t size;     /* bytes in use */
	size_t capacity; /* bytes that fit */
	uint8_t data[];
};

/* A blob of `size` bytes with one reference; the bytes are not initialised. NULL without memory. */
struct an_blob *an_blob_new(size_t size);

/* A blob with a copy of `bytes`. NULL without memory. */
struct an_blob *an_blob_copy(struct an_span bytes);

/* Makes room for `capacity` bytes in all. The blob has one reference, and may move: the old pointer is
 * gone. NULL without memory: then the blob is as it was. */
struct an_blob *an_blob_grow(struct an_blob *blob, size_t capacity);

struct an_blob *an_blob_ref(struct an_blob *blob);

/* Drops one reference; the last one frees. NULL is allowed. Returns NULL. */
struct an_blob *an_blob_unref(struct an_blob *blob);

/* All bytes of the blob, borrowed; an empty span for NULL. */
struct an_span an_blob_span(const struct an_blob *blob);

#endif
