/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/compress.h"

#include <brotli/decode.h>
#ifdef AN_BROTLI_AUTONOMI
#include <autonomi-brotli/encode.h>
#else
#include <brotli/encode.h>
#endif
#include <setjmp.h>
#include <stdalign.h>
#include <string.h>

#include "base/list.h"
#include "base/memory.h"

enum { QUALITY = 6, WINDOW = 22, BLOCK = 4096 };
enum { GROWTH = 64, CAPACITY_MIN = 256 };

/*
 * What a codec has allocated. Distributions build the encoder so that it ends the process where an
 * allocation fails (BROTLI_ENCODER_EXIT_ON_OOM is its default), which a library must never do; so
 * its allocator does not return in that case, but jumps back to us, and all blocks are freed. The
 * encoder holds nothing else.
 */
struct arena {
	struct an_list blocks;
	jmp_buf out_of_memory;
};

struct block {
	struct an_list link;
	alignas(max_align_t) uint8_t memory[];
};

static void *arena_alloc(void *context, size_t size)
{
	struct arena *arena = context;
	struct block *block = an_malloc(sizeof(*block) + size);
	if (block == NULL)
		longjmp(arena->out_of_memory, 1);
	block->link = (struct an_list){0};
	an_list_append(&arena->blocks, &block->link);
	return block->memory;
}

static void arena_free(void *context, void *memory)
{
	(void)context;
	if (memory == NULL)
		return;
	struct block *block = an_container_of(memory, struct block, memory);
	an_list_remove(&block->link);
	an_free(block);
}

static void arena_done(struct arena *arena)
{
	struct an_list *link;
	while ((link = an_list_take(&arena->blocks)) != NULL)
		an_free(an_container_of(link, struct block, link));
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

/* Nothing that this function owns changes between the two returns of setjmp. */
static an_status compress_guarded(struct arena *arena, struct an_span plain, struct sink *sink)
{
	if (setjmp(arena->out_of_memory) != 0)
		return AUTONOMI_E_NO_MEMORY;
	BrotliEncoderState *state = BrotliEncoderCreateInstance(arena_alloc, arena_free, arena);
	if (state == NULL)
		return AUTONOMI_E_NO_MEMORY;
	const an_status status = compress_into(state, plain, sink);
	BrotliEncoderDestroyInstance(state);
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
	struct arena arena;
	an_list_init(&arena.blocks);
	status = compress_guarded(&arena, plain, &sink);
	arena_done(&arena);
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

/* What stands behind the end of the stream does not count, as with the real decoder. */
static an_status decode(BrotliDecoderState *state, struct an_span bytes, struct sink *sink)
{
	size_t in_left = bytes.size;
	const uint8_t *next_in = bytes.data;
	for (;;) {
		struct an_blob *blob = sink->blob;
		size_t out_left = blob->capacity - blob->size;
		uint8_t *next_out = blob->data + blob->size;
		const BrotliDecoderResult result = BrotliDecoderDecompressStream(state, &in_left,
		                                                                 &next_in,
		                                                                 &out_left,
		                                                                 &next_out, NULL);
		blob->size = blob->capacity - out_left;
		if (result == BROTLI_DECODER_RESULT_SUCCESS)
			return AUTONOMI_OK;
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

/* The decoder takes a failed allocation as an answer. */
static void *plain_alloc(void *context, size_t size)
{
	(void)context;
	return an_malloc(size);
}

static void plain_free(void *context, void *memory)
{
	(void)context;
	an_free(memory);
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
	BrotliDecoderState *state = BrotliDecoderCreateInstance(plain_alloc, plain_free, NULL);
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

int an_compressor_quality(void)
{
	return QUALITY;
}

const char *an_compressor_library(void)
{
#ifdef AN_BROTLI_AUTONOMI
	return "brotli 1.0.9, encoder as Autonomi's";
#else
	return "brotli, unchanged encoder";
#endif
}
