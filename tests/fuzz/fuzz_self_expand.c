/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a level of data maps decrypts to, which a stranger may have made: the input, encrypted as a
 * level, is expanded; of any form, old ones included. What was understood is shrunk and expanded to
 * the same map.
 */
#include "data/chunk.h"
#include "data/self_encryption.h"
#include "round_trip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { PIECE_MAX = 4096, CHUNKS_MAX = 64 };

struct chunks {
	struct an_blob *blobs[CHUNKS_MAX];
	struct an_span spans[CHUNKS_MAX];
	size_t count;
};

static an_status take(void *context, struct an_blob *chunk, const uint8_t *name)
{
	struct chunks *chunks = context;
	uint8_t own_name[AN_RECORD_NAME_SIZE];
	must(chunks->count < CHUNKS_MAX);
	an_chunk_name(an_blob_span(chunk), own_name);
	must(memcmp(own_name, name, sizeof(own_name)) == 0);
	chunks->blobs[chunks->count] = chunk;
	chunks->spans[chunks->count++] = an_blob_span(chunk);
	return AUTONOMI_OK;
}

static void drop(struct chunks *chunks)
{
	for (size_t i = 0; i < chunks->count; i++)
		an_blob_unref(chunks->blobs[i]);
	chunks->count = 0;
}

static bool same(const struct an_data_map *a, const struct an_data_map *b)
{
	return a->count == b->count && a->has_child == b->has_child && a->child == b->child &&
	       memcmp(a->entries, b->entries, a->count * sizeof(a->entries[0])) == 0;
}

static void shrink_and_expand(const struct an_data_map *map)
{
	struct chunks chunks = {.count = 0};
	struct an_data_map other;
	must(an_data_map_init(&other, map->count) == AUTONOMI_OK);
	if (map->count > 0)
		memcpy(other.entries, map->entries, map->count * sizeof(map->entries[0]));
	other.has_child = map->has_child;
	other.child = map->child;
	must(an_self_shrink(&other, PIECE_MAX, take, &chunks) == AUTONOMI_OK);
	must(other.has_child && !(map->has_child && other.child != map->child + 1));
	must(an_self_expand(&other, chunks.spans, PIECE_MAX) == AUTONOMI_OK);
	must(map->count == 0 || same(map, &other));
	an_data_map_done(&other);
	drop(&chunks);
}

/* The map of the input's pieces, as an_self_shrink makes it of a map's bytes. */
static bool encrypt(struct an_span input, struct an_data_map *map, struct chunks *chunks)
{
	struct an_self_layout layout;
	if (an_self_layout_init(&layout, input.size, PIECE_MAX) != AUTONOMI_OK)
		return false;
	must(layout.count <= CHUNKS_MAX && an_data_map_init(map, layout.count) == AUTONOMI_OK);
	for (size_t i = 0; i < layout.count; i++) {
		const struct an_span piece = an_span(input.data + an_self_piece_offset(&layout, i),
		                                     an_self_piece_size(&layout, i));
		map->entries[i].index = i;
		map->entries[i].src_size = piece.size;
		an_chunk_name(piece, map->entries[i].src_hash);
	}
	for (size_t i = 0; i < layout.count; i++) {
		const struct an_span piece = an_span(input.data + an_self_piece_offset(&layout, i),
		                                     an_self_piece_size(&layout, i));
		struct an_self_key key;
		struct an_blob *chunk;
		must(an_self_key_init(&key, map, i) == AUTONOMI_OK);
		must(an_self_encrypt(&key, piece, &chunk, map->entries[i].dst_hash) == AUTONOMI_OK);
		must(take(chunks, chunk, map->entries[i].dst_hash) == AUTONOMI_OK);
	}
	map->has_child = true;
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct an_data_map map = {0};
	struct chunks chunks = {.count = 0};
	if (encrypt(an_span(data, size), &map, &chunks) &&
	    an_self_expand(&map, chunks.spans, PIECE_MAX) == AUTONOMI_OK)
		shrink_and_expand(&map);
	an_data_map_done(&map);
	drop(&chunks);
	return 0;
}
