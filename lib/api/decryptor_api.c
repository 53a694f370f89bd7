/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Decrypting as a stream: first the maps from the root down, then the data, chunk by chunk. */
#include <string.h>

#include "api/data_handle.h"
#include "base/memory.h"
#include "base/profile.h"
#include "data/chunk.h"
#include "data/self_encryption.h"

enum { LEVEL_ENTRIES_MAX = 128 }; /* chunks of one map above the data's own: as in lib/client */

struct autonomi_decryptor {
	struct an_data_map map; /* of the level at which it is */
	size_t index;           /* of the entry that is wanted */
	size_t levels;          /* that it went down */
	an_status failed;       /* where it led to a map that cannot be followed */
	struct an_blob *chunks[LEVEL_ENTRIES_MAX]; /* of a map above the data's own */
};

static void drop_chunks(struct autonomi_decryptor *decryptor)
{
	for (size_t i = 0; i < LEVEL_ENTRIES_MAX; i++)
		decryptor->chunks[i] = an_blob_unref(decryptor->chunks[i]);
}

/* Whether such a map can be followed. */
static an_status check_map(const struct an_data_map *map)
{
	if (map->count < AN_DATA_MAP_ROOT_ENTRIES || an_data_map_size(map) == UINT64_MAX)
		return AUTONOMI_E_CORRUPT;
	return map->has_child && map->count > LEVEL_ENTRIES_MAX ? AUTONOMI_E_CORRUPT : AUTONOMI_OK;
}

autonomi_status autonomi_decryptor_new(const autonomi_data_map *map,
                                       autonomi_decryptor **ret_decryptor)
{
	struct an_guard guard;
	if (map == NULL || ret_decryptor == NULL)
		return AUTONOMI_E_INVALID;
	an_guard_begin(&guard);
	an_status status = check_map(&map->value);
	if (status != AUTONOMI_OK)
		return an_guard_leave(&guard, status);
	struct autonomi_decryptor *decryptor = an_calloc(1, sizeof(*decryptor));
	status = decryptor != NULL ? an_data_map_init(&decryptor->map, map->value.count)
	                           : AUTONOMI_E_NO_MEMORY;
	if (status != AUTONOMI_OK) {
		an_free(decryptor);
		return an_guard_leave(&guard, status);
	}
	memcpy(decryptor->map.entries, map->value.entries,
	       map->value.count * sizeof(map->value.entries[0]));
	decryptor->map.has_child = map->value.has_child;
	decryptor->map.child = map->value.child;
	*ret_decryptor = decryptor;
	return an_guard_leave(&guard, AUTONOMI_OK);
}

autonomi_decryptor *autonomi_decryptor_free(autonomi_decryptor *decryptor)
{
	if (decryptor == NULL)
		return NULL;
	drop_chunks(decryptor);
	an_data_map_done(&decryptor->map);
	return an_free(decryptor);
}

autonomi_status autonomi_decryptor_wanted(const autonomi_decryptor *decryptor, uint8_t *ret_address)
{
	if (decryptor == NULL || ret_address == NULL)
		return AUTONOMI_E_INVALID;
	if (decryptor->failed != AUTONOMI_OK)
		return decryptor->failed;
	if (decryptor->index == decryptor->map.count)
		return 0;
	memcpy(ret_address, decryptor->map.entries[decryptor->index].dst_hash, AN_RECORD_NAME_SIZE);
	return 1;
}

/* ---- Levels above the data's own. */

/* Goes a level down with the chunks of this one. */
static an_status descend(struct autonomi_decryptor *decryptor)
{
	struct an_span spans[LEVEL_ENTRIES_MAX];
	if (decryptor->levels == AN_DATA_MAP_LEVELS_MAX)
		return AUTONOMI_E_TOO_LARGE;
	for (size_t i = 0; i < decryptor->map.count; i++)
		spans[i] = an_blob_span(decryptor->chunks[i]);
	an_status status = an_self_expand(&decryptor->map, spans,
	                                  an_profile_autonomi.chunk_content_max);
	if (status != AUTONOMI_OK)
		return status;
	drop_chunks(decryptor);
	decryptor->levels++;
	decryptor->index = 0;
	return decryptor->failed = check_map(&decryptor->map);
}

static an_status keep(struct autonomi_decryptor *decryptor, struct an_span content)
{
	const size_t index = decryptor->index;
	struct an_blob *chunk = an_blob_copy(content);
	if (chunk == NULL)
		return AUTONOMI_E_NO_MEMORY;
	decryptor->chunks[index] = chunk;
	if (index + 1 < decryptor->map.count) {
		decryptor->index++;
		return AUTONOMI_OK;
	}
	const an_status status = descend(decryptor);
	if (status != AUTONOMI_OK && decryptor->failed == AUTONOMI_OK)
		decryptor->chunks[index] = an_blob_unref(decryptor->chunks[index]);
	return status;
}

/* ---- The data's own level. */

static an_status give_piece(struct an_blob *piece, struct autonomi_bytes **ret_piece)
{
	struct an_buffer out;
	an_buffer_init(&out, AN_API_BYTES_MAX);
	return an_api_take_bytes(&out, an_buffer_append(&out, an_blob_span(piece)), ret_piece);
}

static an_status decrypt(struct autonomi_decryptor *decryptor, struct an_span content,
                         struct autonomi_bytes **ret_piece)
{
	struct an_self_key key;
	struct an_blob *piece = NULL;
	const struct an_data_map_entry *entry = &decryptor->map.entries[decryptor->index];
	an_status status = an_self_key_init(&key, &decryptor->map, decryptor->index);
	if (status == AUTONOMI_OK)
		status = an_self_decrypt(&key, content, entry->src_size,
		                         an_profile_autonomi.chunk_content_max, &piece);
	an_wipe(&key, sizeof(key));
	if (status == AUTONOMI_OK && piece->size != entry->src_size)
		status = AUTONOMI_E_CORRUPT;
	if (status == AUTONOMI_OK)
		status = give_piece(piece, ret_piece);
	an_blob_unref(piece);
	if (status != AUTONOMI_OK)
		return status;
	decryptor->index++;
	return 1;
}

static an_status give(struct autonomi_decryptor *decryptor, struct an_span content,
                      struct autonomi_bytes **ret_piece)
{
	uint8_t name[AN_RECORD_NAME_SIZE];
	an_chunk_name(content, name);
	if (memcmp(name, decryptor->map.entries[decryptor->index].dst_hash, sizeof(name)) != 0)
		return AUTONOMI_E_CORRUPT;
	return decryptor->map.has_child ? keep(decryptor, content)
	                                : decrypt(decryptor, content, ret_piece);
}

autonomi_status autonomi_decryptor_give(autonomi_decryptor *decryptor, const uint8_t *chunk,
                                        size_t chunk_size, autonomi_bytes **ret_piece)
{
	struct an_guard guard;
	if (decryptor == NULL || !an_api_has(chunk, chunk_size) || ret_piece == NULL)
		return AUTONOMI_E_INVALID;
	if (decryptor->failed != AUTONOMI_OK)
		return decryptor->failed;
	if (decryptor->index == decryptor->map.count)
		return AUTONOMI_E_NOT_FOUND;
	an_guard_begin(&guard);
	return an_guard_leave(&guard, give(decryptor, an_span(chunk, chunk_size), ret_piece));
}

autonomi_status autonomi_decryptor_size(const autonomi_decryptor *decryptor, uint64_t *ret_size)
{
	if (decryptor == NULL || ret_size == NULL)
		return AUTONOMI_E_INVALID;
	if (decryptor->map.has_child)
		return AUTONOMI_E_BUSY;
	*ret_size = an_data_map_size(&decryptor->map);
	return AUTONOMI_OK;
}

autonomi_status autonomi_decryptor_seek(autonomi_decryptor *decryptor, uint64_t offset,
                                        uint64_t *ret_before)
{
	if (decryptor == NULL || ret_before == NULL)
		return AUTONOMI_E_INVALID;
	if (decryptor->map.has_child)
		return AUTONOMI_E_BUSY;
	if (offset > an_data_map_size(&decryptor->map))
		return AUTONOMI_E_INVALID;
	size_t index = 0;
	for (; index < decryptor->map.count && offset >= decryptor->map.entries[index].src_size;
	     index++)
		offset -= decryptor->map.entries[index].src_size;
	decryptor->index = index;
	*ret_before = offset;
	return AUTONOMI_OK;
}
