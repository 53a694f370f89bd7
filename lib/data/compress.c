/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/compress.h"

#include <brotli/decode.h>
#include <brotli/encode.h>
#include <string.h>

#include "base/memory.h"

enum { QUALITY = 6, WINDOW = 22, BLOCK = 4096 };
enum { GROWTH = 64, CAPACITY_MIN = 256 };

static void *brotli_alloc(void *context, size_t size)
{
	(void)context;
	return an_malloc(size);
}

static void brotli_free(void *context, void *memory)
{
	(void)context;
	an_free(memory);
}

/* ---- A blob that grows while a codec writes to it. */

struct sink {
	struct an_blob *blob;
	size_t max; /* capacity that it never exceeds */
};

static an_status sink_resize(struct sink *sink, size_t capacity)
{
	struct an_blob *larger = an_blob_new(capacity);
	if (larger == NULL)
		return AUTONOMI_E_NO_MEMORY;
	larger->size = sink->blob != NULL ? sink->blob->size : 0;
	if (larger->size > 0)
		memcpy(larger->data, sink->blob->data, larger->size);
	an_blob_unref(sink->blob);
	sink->blob = larger;
	return AUTONOMI_OK;
}

static an_status sink_grow(struct sink *sink)
{
	const size_t capacity = sink->blob->capacity;
	if (capacity >= sink->max)
		return AUTONOMI_E_TOO_LARGE;
	return sink_resize(sink, capacity > sink->max / 2 ? sink->max : capacity * 2);
}

/* Gives back what is not needed, where that is worth a copy: a blob may live long in a queue. */
static void sink_trim(struct sink *sink, size_t spare)
{
	const size_t needed = sink->blob->size + spare;
	if (needed < sink->blob->capacity - sink->blob->capacity / 4)
		(void)sink_resize(sink, needed);
}

/* ---- Compressing. */

/* Runs one operation until its input is taken and its output written. */
static an_status encode(BrotliEncoderState *state, BrotliEncoderOperation operation,
                        struct an_span in, struct sink *sink)
{
	size_t in_left = in.size;
	const uint8_t *next_in = in.data;
	for (;;) {
		struct an_blob *blob = sink->blob;
		size_t out_left = blob->capacity - blob->size;
		uint8_t *next_out = blob->data + blob->size;
		if (!BrotliEncoderCompressStream(state, operation, &in_left, &next_in, &out_left,
		                                 &next_out, NULL))
			return AUTONOMI_E_NO_MEMORY;
		blob->size = blob->capacity - out_left;
		if (in_left == 0 && !BrotliEncoderHasMoreOutput(state))
			return AUTONOMI_OK;
		if (out_left > 0)
			continue;
		const an_status status = sink_grow(sink);
		if (status != AUTONOMI_OK)
			return status;
	}
}

static an_status compress_into(BrotliEncoderState *state, struct an_span plain, struct sink *sink)
{
	if (!BrotliEncoderSetParameter(state, BROTLI_PARAM_QUALITY, QUALITY) ||
	    !BrotliEncoderSetParameter(state, BROTLI_PARAM_LGWIN, WINDOW))
		return AUTONOMI_E_INTERNAL;
	an_status status = AUTONOMI_OK;
	for (size_t i = 0; i < plain.size && status == AUTONOMI_OK; i += BLOCK) {
		const size_t left = plain.size - i;
		const struct an_span block = an_span(plain.data + i, left < BLOCK ? left : BLOCK);
		status = encode(state, BROTLI_OPERATION_PROCESS, block, sink);
	}
	if (status == AUTONOMI_OK)
		status = encode(state, BROTLI_OPERATION_FINISH, an_span(NULL, 0), sink);
	return status;
}

an_status an_compress(struct an_span plain, size_t spare, struct an_blob **ret_blob)
{
	*ret_blob = NULL;
	/* Random bytes grow by a dozen, so this holds nearly every piece without growing. */
	struct sink sink = {.max = 2 * plain.size + CAPACITY_MIN + spare};
	an_status status = sink_resize(&sink, plain.size + GROWTH + spare);
	if (status != AUTONOMI_OK)
		return status;
	BrotliEncoderState *state = BrotliEncoderCreateInstance(brotli_alloc, brotli_free, NULL);
	status = state != NULL ? compress_into(state, plain, &sink) : AUTONOMI_E_NO_MEMORY;
	BrotliEncoderDestroyInstance(state);
	if (status == AUTONOMI_OK && sink.blob->capacity - sink.blob->size < spare)
		status = sink_resize(&sink, sink.blob->size + spare);
	if (status != AUTONOMI_OK) {
		an_blob_unref(sink.blob);
		return status;
	}
	sink_trim(&sink, spare);
	*ret_blob = sink.blob;
	return AUTONOMI_OK;
}

/* ---- Decompressing. */

static an_status decode(BrotliDecoderState *state, struct an_span bytes, struct sink *sink)
{
	size_t in_left = bytes.size;
	const uint8_t *next_in = bytes.data;
	for (;;) {
		struct an_blob *blob = sink->blob;
		size_t out_left = blob->capacity - blob->size;
		uint8_t *next_out = blob->data + blob->size;
		const BrotliDecoderResult result = BrotliDecoderDecompressStream(
			state, &in_left, &next_in, &out_left, &next_out, NULL);
		blob->size = blob->capacity - out_left;
		if (result == BROTLI_DECODER_RESULT_SUCCESS)
			return in_left == 0 ? AUTONOMI_OK : AUTONOMI_E_CORRUPT;
		if (result != BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT)
			return AUTONOMI_E_CORRUPT;
		const an_status status = sink_grow(sink);
		if (status != AUTONOMI_OK)
			return status;
	}
}

/* Whether the decoder stopped for want of memory and not for what it read. */
static bool ran_out(BrotliDecoderState *state)
{
	const BrotliDecoderErrorCode code = BrotliDecoderGetErrorCode(state);
	return code <= BROTLI_DECODER_ERROR_ALLOC_CONTEXT_MODES &&
	       code >= BROTLI_DECODER_ERROR_ALLOC_BLOCK_TYPE_TREES;
}

an_status an_decompress(struct an_span bytes, size_t size_hint, size_t size_max,
                        struct an_blob **ret_plain)
{
	*ret_plain = NULL;
	const size_t wanted = size_hint > CAPACITY_MIN ? size_hint : CAPACITY_MIN;
	struct sink sink = {.max = size_max};
	an_status status = sink_resize(&sink, wanted < size_max ? wanted : size_max);
	if (status != AUTONOMI_OK)
		return status;
	BrotliDecoderState *state = BrotliDecoderCreateInstance(brotli_alloc, brotli_free, NULL);
	status = state != NULL ? decode(state, bytes, &sink) : AUTONOMI_E_NO_MEMORY;
	if (status == AUTONOMI_E_CORRUPT && ran_out(state))
		status = AUTONOMI_E_NO_MEMORY;
	if (state != NULL)
		BrotliDecoderDestroyInstance(state);
	if (status != AUTONOMI_OK) {
		an_blob_unref(sink.blob);
		return status;
	}
	*ret_plain = sink.blob;
	return AUTONOMI_OK;
}

const char *an_compressor_library(void)
{
	return "brotli, unchanged encoder";
}
