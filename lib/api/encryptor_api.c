/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Encrypting as a stream. A piece needs the hashes of the two before it, the first two those of the
 * last ones: so pieces from the third on are encrypted as soon as they are whole, the first two at the
 * end.
 */
#include <string.h>

#include "api/data_handle.h"
#include "base/memory.h"
#include "base/profile.h"
#include "data/chunk.h"
#include "data/self_encryption.h"

enum { KEPT = 2, FIRST_CAPACITY = 8 };

/* A chunk that waits to be taken. */
struct ready {
	struct an_blob *chunk;
	uint8_t name[AN_RECORD_NAME_SIZE];
};

struct autonomi_encryptor {
	struct an_self_layout layout;
	struct an_data_map map;
	size_t piece;            /* that is being filled */
	struct an_blob *filling; /* NULL before its first byte */
	struct an_blob *kept[KEPT];
	struct ready *ready;
	size_t ready_first, ready_count, ready_capacity; /* first: the next to be taken */
	bool finished;
	an_status failed;
};

autonomi_status autonomi_encryptor_new(uint64_t size, autonomi_encryptor **ret_encryptor)
{
	struct an_guard guard;
	struct an_self_layout layout;
	if (ret_encryptor == NULL)
		return AUTONOMI_E_INVALID;
	an_guard_begin(&guard);
	an_status status = an_self_layout_init(&layout, size,
	                                       an_profile_autonomi.chunk_content_max);
	if (status != AUTONOMI_OK)
		return an_guard_leave(&guard, status);
	struct autonomi_encryptor *encryptor = an_calloc(1, sizeof(*encryptor));
	status = encryptor != NULL ? an_data_map_init(&encryptor->map, layout.count)
	                           : AUTONOMI_E_NO_MEMORY;
	if (status != AUTONOMI_OK) {
		an_free(encryptor);
		return an_guard_leave(&guard, status);
	}
	encryptor->layout = layout;
	*ret_encryptor = encryptor;
	return an_guard_leave(&guard, AUTONOMI_OK);
}

autonomi_encryptor *autonomi_encryptor_free(autonomi_encryptor *encryptor)
{
	if (encryptor == NULL)
		return NULL;
	an_data_map_done(&encryptor->map);
	an_blob_unref(encryptor->filling);
	for (size_t i = 0; i < KEPT; i++)
		an_blob_unref(encryptor->kept[i]);
	for (size_t i = encryptor->ready_first; i < encryptor->ready_count; i++)
		an_blob_unref(encryptor->ready[i].chunk);
	an_free(encryptor->ready);
	return an_free(encryptor);
}

/* ---- Chunks that are ready. */

static an_status make_room(struct autonomi_encryptor *encryptor)
{
	if (encryptor->ready_count < encryptor->ready_capacity)
		return AUTONOMI_OK;
	const size_t capacity = encryptor->ready_capacity > 0 ? 2 * encryptor->ready_capacity
	                                                      : FIRST_CAPACITY;
	struct ready *ready = an_realloc(encryptor->ready, capacity, sizeof(ready[0]));
	if (ready == NULL)
		return AUTONOMI_E_NO_MEMORY;
	encryptor->ready = ready;
	encryptor->ready_capacity = capacity;
	return AUTONOMI_OK;
}

/* Takes the chunk over where it succeeds. */
static an_status add_ready(void *context, struct an_blob *chunk,
                           const uint8_t name[AN_RECORD_NAME_SIZE])
{
	struct autonomi_encryptor *encryptor = context;
	const an_status status = make_room(encryptor);
	if (status != AUTONOMI_OK) {
		an_blob_unref(chunk);
		return status;
	}
	struct ready *ready = &encryptor->ready[encryptor->ready_count++];
	ready->chunk = chunk;
	memcpy(ready->name, name, AN_RECORD_NAME_SIZE);
	return AUTONOMI_OK;
}

static void take_first(struct autonomi_encryptor *encryptor)
{
	an_blob_unref(encryptor->ready[encryptor->ready_first].chunk);
	encryptor->ready_first++;
	if (encryptor->ready_first == encryptor->ready_count)
		encryptor->ready_first = encryptor->ready_count = 0;
}

static an_status next_chunk(struct autonomi_encryptor *encryptor, uint8_t *ret_address,
                            struct autonomi_bytes **ret_chunk)
{
	struct an_buffer content;
	const struct ready *ready = &encryptor->ready[encryptor->ready_first];
	an_buffer_init(&content, AN_API_BYTES_MAX);
	an_status status = an_buffer_append(&content, an_blob_span(ready->chunk));
	status = an_api_take_bytes(&content, status, ret_chunk);
	if (status != AUTONOMI_OK)
		return status;
	memcpy(ret_address, ready->name, AN_RECORD_NAME_SIZE);
	take_first(encryptor);
	return 1;
}

autonomi_status autonomi_encryptor_next_chunk(autonomi_encryptor *encryptor, uint8_t *ret_address,
                                              autonomi_bytes **ret_chunk)
{
	struct an_guard guard;
	if (encryptor == NULL || ret_address == NULL || ret_chunk == NULL)
		return AUTONOMI_E_INVALID;
	if (encryptor->ready_first == encryptor->ready_count)
		return 0;
	an_guard_begin(&guard);
	return an_guard_leave(&guard, next_chunk(encryptor, ret_address, ret_chunk));
}

/* ---- Data. */

static an_status encrypt(struct autonomi_encryptor *encryptor, size_t index,
                         const struct an_blob *piece)
{
	struct an_self_key key;
	struct an_blob *chunk = NULL;
	uint8_t *name = encryptor->map.entries[index].dst_hash;
	an_status status = an_self_key_init(&key, &encryptor->map, index);
	if (status == AUTONOMI_OK)
		status = an_self_encrypt(&key, an_blob_span(piece), &chunk, name);
	an_wipe(&key, sizeof(key));
	return status == AUTONOMI_OK ? add_ready(encryptor, chunk, name) : status;
}

static an_status encrypt_kept(struct autonomi_encryptor *encryptor)
{
	an_status status = AUTONOMI_OK;
	for (size_t i = 0; i < KEPT && status == AUTONOMI_OK; i++) {
		status = encrypt(encryptor, i, encryptor->kept[i]);
		encryptor->kept[i] = an_blob_unref(encryptor->kept[i]);
	}
	return status;
}

/* The piece that is being filled is whole. */
static an_status end_piece(struct autonomi_encryptor *encryptor)
{
	const size_t index = encryptor->piece++;
	struct an_blob *piece = encryptor->filling;
	struct an_data_map_entry *entry = &encryptor->map.entries[index];
	encryptor->filling = NULL;
	entry->index = index;
	entry->src_size = piece->size;
	an_chunk_name(an_blob_span(piece), entry->src_hash);
	if (index < KEPT) {
		encryptor->kept[index] = piece;
		return AUTONOMI_OK;
	}
	const an_status status = encrypt(encryptor, index, piece);
	an_blob_unref(piece);
	if (status != AUTONOMI_OK || encryptor->piece < encryptor->layout.count)
		return status;
	return encrypt_kept(encryptor);
}

/* Takes as much as the piece lacks. */
static an_status fill(struct autonomi_encryptor *encryptor, struct an_span *data)
{
	const size_t whole = an_self_piece_size(&encryptor->layout, encryptor->piece);
	if (encryptor->filling == NULL) {
		encryptor->filling = an_blob_new(whole);
		if (encryptor->filling == NULL)
			return AUTONOMI_E_NO_MEMORY;
		encryptor->filling->size = 0;
	}
	struct an_blob *piece = encryptor->filling;
	const size_t lacks = whole - piece->size;
	const size_t taken = data->size < lacks ? data->size : lacks;
	memcpy(piece->data + piece->size, data->data, taken);
	piece->size += taken;
	*data = an_span(data->data + taken, data->size - taken);
	return piece->size == whole ? end_piece(encryptor) : AUTONOMI_OK;
}

static uint64_t missing(const struct autonomi_encryptor *encryptor)
{
	if (encryptor->piece == encryptor->layout.count)
		return 0;
	return encryptor->layout.size - an_self_piece_offset(&encryptor->layout, encryptor->piece) -
	       an_blob_span(encryptor->filling).size;
}

autonomi_status autonomi_encryptor_write(autonomi_encryptor *encryptor, const uint8_t *data,
                                         size_t data_size)
{
	struct an_guard guard;
	if (encryptor == NULL || !an_api_has(data, data_size))
		return AUTONOMI_E_INVALID;
	if (encryptor->failed != AUTONOMI_OK)
		return encryptor->failed;
	if (data_size > missing(encryptor))
		return AUTONOMI_E_TOO_LARGE;
	an_guard_begin(&guard);
	struct an_span left = an_span(data, data_size);
	while (left.size > 0 && encryptor->failed == AUTONOMI_OK)
		encryptor->failed = fill(encryptor, &left);
	return an_guard_leave(&guard, encryptor->failed);
}

static an_status shrink(struct autonomi_encryptor *encryptor)
{
	an_status status = AUTONOMI_OK;
	while (an_self_must_shrink(&encryptor->map) && status == AUTONOMI_OK)
		status = an_self_shrink(&encryptor->map, an_profile_autonomi.chunk_content_max,
		                        add_ready, encryptor);
	return status;
}

autonomi_status autonomi_encryptor_finish(autonomi_encryptor *encryptor,
                                          autonomi_data_map **ret_map)
{
	struct an_guard guard;
	if (encryptor == NULL || ret_map == NULL || encryptor->finished)
		return AUTONOMI_E_INVALID;
	if (encryptor->failed != AUTONOMI_OK)
		return encryptor->failed;
	if (missing(encryptor) > 0)
		return AUTONOMI_E_TOO_SMALL;
	an_guard_begin(&guard);
	encryptor->failed = shrink(encryptor);
	encryptor->failed = an_api_give_data_map(&encryptor->map, encryptor->failed, ret_map);
	encryptor->finished = encryptor->failed == AUTONOMI_OK;
	return an_guard_leave(&guard, encryptor->failed);
}
