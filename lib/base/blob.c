/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/blob.h"

#include "base/assert.h"
#include "base/memory.h"

struct an_blob *an_blob_new(size_t size)
{
	if (size > SIZE_MAX - sizeof(struct an_blob))
		return NULL;
	struct an_blob *blob = an_malloc(sizeof(*blob) + size);
	if (blob != NULL)
		*blob = (struct an_blob){.references = 1, .size = size, .capacity = size};
	return blob;
}

struct an_blob *an_blob_copy(struct an_span bytes)
{
	struct an_blob *blob = an_blob_new(bytes.size);
	if (blob != NULL && bytes.size > 0)
		memcpy(blob->data, bytes.data, bytes.size);
	return blob;
}

struct an_blob *an_blob_grow(struct an_blob *blob, size_t capacity)
{
	an_assert(blob->references == 1);
	if (capacity <= blob->capacity)
		return blob;
	if (capacity > SIZE_MAX - sizeof(*blob))
		return NULL;
	struct an_blob *grown = an_realloc(blob, 1, sizeof(*blob) + capacity);
	if (grown != NULL)
		grown->capacity = capacity;
	return grown;
}

struct an_blob *an_blob_ref(struct an_blob *blob)
{
	blob->references++;
	return blob;
}

struct an_blob *an_blob_unref(struct an_blob *blob)
{
	if (blob == NULL)
		return NULL;
	an_assert(blob->references > 0);
	if (--blob->references == 0)
		an_free(blob);
	return NULL;
}

struct an_span an_blob_span(const struct an_blob *blob)
{
	return blob != NULL ? an_span(blob->data, blob->size) : an_span(NULL, 0);
}
