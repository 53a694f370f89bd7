/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/self_encryption.h"

#include <string.h>

#include "base/assert.h"
#include "base/buffer.h"
#include "base/memory.h"
#include "crypt/aes.h"
#include "data/address_text.h"
#include "data/chunk.h"
#include "data/compress.h"

enum { PIECES_MIN = 3, NEIGHBOURS_MIN = 2 };

an_status an_self_layout_init(struct an_self_layout *ret_layout, uint64_t size, size_t piece_max)
{
	*ret_layout = (struct an_self_layout){0};
	if (size < AN_SELF_ENCRYPTION_MIN)
		return AUTONOMI_E_TOO_SMALL;
	if (size / piece_max < PIECES_MIN) {
		*ret_layout = (struct an_self_layout){.size = size,
		                                      .piece = size / PIECES_MIN,
		                                      .count = PIECES_MIN};
		return AUTONOMI_OK;
	}
	const uint64_t count = size / piece_max + (size % piece_max > 0 ? 1 : 0);
	if (count > AN_DATA_MAP_ENTRIES_MAX)
		return AUTONOMI_E_TOO_LARGE;
	*ret_layout = (struct an_self_layout){.size = size,
	                                      .piece = piece_max,
	                                      .count = (size_t)count};
	return AUTONOMI_OK;
}

uint64_t an_self_piece_offset(const struct an_self_layout *layout, size_t index)
{
	an_assert(index < layout->count);
	return layout->piece * index;
}

size_t an_self_piece_size(const struct an_self_layout *layout, size_t index)
{
	const uint64_t offset = an_self_piece_offset(layout, index);
	return (size_t)(index == layout->count - 1 ? layout->size - offset : layout->piece);
}

size_t an_self_neighbour_key(size_t count, size_t index)
{
	return (index + count - 1) % count;
}

size_t an_self_neighbour_pad(size_t count, size_t index)
{
	return (index + count - 2) % count;
}

an_status an_self_key_init(struct an_self_key *ret_key, const struct an_data_map *map, size_t index)
{
	if (map->count < NEIGHBOURS_MIN || index >= map->count)
		return AUTONOMI_E_CORRUPT;
	const struct an_data_map_entry *entries = map->entries;
	const uint8_t *key = entries[an_self_neighbour_key(map->count, index)].src_hash;
	const uint8_t *pad = entries[an_self_neighbour_pad(map->count, index)].src_hash;
	memcpy(ret_key->key, key, AN_SELF_CIPHER_KEY_SIZE);
	memcpy(ret_key->start, key + AN_SELF_CIPHER_KEY_SIZE, AN_SELF_CIPHER_KEY_SIZE);
	memcpy(ret_key->pad, entries[index].src_hash, AN_RECORD_NAME_SIZE);
	memcpy(ret_key->pad + AN_RECORD_NAME_SIZE, pad, AN_RECORD_NAME_SIZE);
	return AUTONOMI_OK;
}

enum { PAD_WORDS = AN_SELF_PAD_SIZE / 8 };

static void apply_words(uint8_t *out, const uint8_t *in, const uint64_t pad[PAD_WORDS])
{
	uint64_t block[PAD_WORDS];
	memcpy(block, in, sizeof(block));
	for (size_t k = 0; k < PAD_WORDS; k++)
		block[k] ^= pad[k];
	memcpy(out, block, sizeof(block));
}

/* By words that are nowhere else in memory: byte by byte it would take as long as the cipher. */
static void apply_pad(uint8_t *out, const uint8_t *in, size_t size,
                      const uint8_t pad[AN_SELF_PAD_SIZE])
{
	uint64_t words[PAD_WORDS];
	memcpy(words, pad, sizeof(words));
	size_t i = 0;
	for (; size - i >= AN_SELF_PAD_SIZE; i += AN_SELF_PAD_SIZE)
		apply_words(out + i, in + i, words);
	for (size_t k = 0; i + k < size; k++)
		out[i + k] = in[i + k] ^ pad[k];
	an_wipe(words, sizeof(words));
}

/* Pads, encrypts and masks the compressed bytes where they lie. */
static an_status encrypt_in_place(const struct an_self_key *key, struct an_blob *chunk)
{
	const size_t size = an_aes_cbc_padded_size(chunk->size);
	an_assert(size <= chunk->capacity);
	const an_status status = an_aes_cbc_encrypt(key->key, key->start, an_blob_span(chunk),
	                                            chunk->data);
	if (status != AUTONOMI_OK)
		return status;
	chunk->size = size;
	apply_pad(chunk->data, chunk->data, size, key->pad);
	return AUTONOMI_OK;
}

an_status an_self_encrypt(const struct an_self_key *key, struct an_span piece,
                          struct an_blob **ret_chunk, uint8_t ret_name[AN_RECORD_NAME_SIZE])
{
	struct an_blob *chunk = NULL;
	an_status status = an_compress(piece, AN_AES_BLOCK_SIZE, &chunk);
	if (status == AUTONOMI_OK)
		status = encrypt_in_place(key, chunk);
	*ret_chunk = status == AUTONOMI_OK ? chunk : an_blob_unref(chunk);
	if (status == AUTONOMI_OK && ret_name != NULL)
		an_chunk_name(an_blob_span(chunk), ret_name);
	return status;
}

/* The compressed bytes of a chunk, in `ret_bytes`, whose memory is the caller's to free. */
static an_status unmask_and_decrypt(const struct an_self_key *key, struct an_span chunk,
                                    uint8_t **ret_memory, struct an_span *ret_bytes)
{
	size_t size = 0;
	uint8_t *memory = *ret_memory = an_malloc(chunk.size);
	if (memory == NULL)
		return AUTONOMI_E_NO_MEMORY;
	apply_pad(memory, chunk.data, chunk.size, key->pad);
	const an_status status = an_aes_cbc_decrypt(key->key, key->start,
	                                            an_span(memory, chunk.size), memory, &size);
	*ret_bytes = an_span(memory, size);
	return status;
}

an_status an_self_decrypt(const struct an_self_key *key, struct an_span chunk, uint64_t src_size,
                          size_t piece_max, struct an_blob **ret_piece)
{
	const size_t size_max = piece_max + AN_SELF_REST_MAX;
	const size_t size_hint = src_size < size_max ? (size_t)src_size : size_max;
	*ret_piece = NULL;
	if (chunk.size == 0)
		return AUTONOMI_E_CORRUPT;
	uint8_t *memory = NULL;
	struct an_span compressed;
	an_status status = unmask_and_decrypt(key, chunk, &memory, &compressed);
	if (status == AUTONOMI_OK)
		status = an_decompress(compressed, size_hint, size_max, ret_piece);
	an_free(memory);
	return status;
}

enum an_self_fault an_self_fault_of(const struct an_self_key *key, struct an_span chunk)
{
	uint8_t *memory = NULL;
	struct an_span compressed;
	const an_status status = chunk.size > 0
	                                 ? unmask_and_decrypt(key, chunk, &memory, &compressed)
	                                 : AUTONOMI_E_CORRUPT;
	an_free(memory);
	return status == AUTONOMI_E_CORRUPT ? AN_SELF_CIPHER : AN_SELF_COMPRESSION;
}

void an_self_fault_display(enum an_self_fault fault, const uint8_t *name, struct an_buffer *text)
{
	switch (fault) {
	case AN_SELF_TOO_SMALL:
		an_text_append(text,
		               "Generic error(Too small for self-encryption! Required size at "
		               "least ");
		an_text_append_number(text, AN_SELF_ENCRYPTION_MIN);
		an_text_append(text, ")");
		break;
	case AN_SELF_MISSING:
		an_text_append(text, "Generic error(Missing chunk: ");
		an_text_append_hex(text, an_span(name, AN_RECORD_NAME_SIZE));
		an_text_append(text, ")");
		break;
	case AN_SELF_CIPHER:
		an_text_append(text, "An error within the symmetric decryption process(Decrypt "
		                     "failed with Unpad Error)");
		break;
	case AN_SELF_COMPRESSION:
		an_text_append(text, "An error during compression or decompression.");
		break;
	case AN_SELF_NO_MAP:
		an_text_append(text, "Generic error(Failed to deserialize data map)");
		break;
	}
}

/* ---- Levels. */

bool an_self_must_shrink(const struct an_data_map *map)
{
	return map->count > AN_DATA_MAP_ROOT_ENTRIES;
}

static void fill_entry(struct an_data_map *map, size_t index, struct an_span piece)
{
	struct an_data_map_entry *entry = &map->entries[index];
	entry->index = index;
	entry->src_size = piece.size;
	an_chunk_name(piece, entry->src_hash);
}

static struct an_span piece_of(struct an_span bytes, const struct an_self_layout *layout,
                               size_t index)
{
	return an_span(bytes.data + an_self_piece_offset(layout, index),
	               an_self_piece_size(layout, index));
}

static an_status encrypt_piece(struct an_data_map *map, size_t index, struct an_span piece,
                               an_self_take_chunk *take, void *context)
{
	struct an_self_key key;
	struct an_blob *chunk = NULL;
	uint8_t *name = map->entries[index].dst_hash;
	an_status status = an_self_key_init(&key, map, index);
	if (status == AUTONOMI_OK)
		status = an_self_encrypt(&key, piece, &chunk, name);
	if (status == AUTONOMI_OK)
		status = take(context, chunk, name);
	an_wipe(&key, sizeof(key));
	return status;
}

/* Self-encrypts bytes that are in memory; `ret_map` is the map of the result. */
static an_status encrypt_bytes(struct an_span bytes, size_t piece_max, an_self_take_chunk *take,
                               void *context, struct an_data_map *ret_map)
{
	struct an_self_layout layout;
	an_status status = an_self_layout_init(&layout, bytes.size, piece_max);
	if (status == AUTONOMI_OK)
		status = an_data_map_init(ret_map, layout.count);
	if (status != AUTONOMI_OK)
		return status;
	for (size_t i = 0; i < layout.count; i++)
		fill_entry(ret_map, i, piece_of(bytes, &layout, i));
	for (size_t i = 0; i < layout.count && status == AUTONOMI_OK; i++)
		status = encrypt_piece(ret_map, i, piece_of(bytes, &layout, i), take, context);
	if (status != AUTONOMI_OK)
		an_data_map_done(ret_map);
	return status;
}

/* Room for a whole map in bincode. */
enum { LEVEL_SIZE_MAX = AN_DATA_MAP_ENTRIES_MAX * 80 + 32 };

an_status an_self_shrink(struct an_data_map *map, size_t piece_max, an_self_take_chunk *take,
                         void *context)
{
	struct an_buffer bytes;
	struct an_data_map above = {0};
	an_buffer_init(&bytes, LEVEL_SIZE_MAX);
	an_status status = an_data_map_encode_level(map, &bytes);
	if (status == AUTONOMI_OK)
		status = encrypt_bytes(an_buffer_span(&bytes), piece_max, take, context, &above);
	if (status == AUTONOMI_OK) {
		above.child = map->has_child ? map->child + 1 : 1;
		above.has_child = true;
		an_data_map_done(map);
		*map = above;
	}
	if (bytes.data != NULL)
		an_wipe(bytes.data, bytes.size);
	an_buffer_done(&bytes);
	return status;
}

static an_status append_piece(const struct an_data_map *map, size_t index, struct an_span chunk,
                              size_t piece_max, struct an_buffer *out)
{
	struct an_self_key key;
	struct an_blob *piece = NULL;
	an_status status = an_self_key_init(&key, map, index);
	if (status == AUTONOMI_OK)
		status = an_self_decrypt(&key, chunk, map->entries[index].src_size, piece_max,
		                         &piece);
	if (status == AUTONOMI_OK)
		status = an_buffer_append(out, an_blob_span(piece));
	an_blob_unref(piece);
	an_wipe(&key, sizeof(key));
	return status;
}

/* What a level decrypts to is in bincode; before the versioned form it was like a root. */
static an_status decode_below(struct an_span bytes, struct an_data_map *ret_below)
{
	const an_status status = an_data_map_decode_level(bytes, ret_below);
	return status == AUTONOMI_E_CORRUPT ? an_data_map_decode_root(bytes, ret_below) : status;
}

an_status an_self_expand(struct an_data_map *map, const struct an_span *chunks, size_t piece_max)
{
	struct an_buffer bytes;
	struct an_data_map below = {0};
	an_status status = AUTONOMI_OK;
	an_buffer_init(&bytes, LEVEL_SIZE_MAX);
	for (size_t i = 0; i < map->count && status == AUTONOMI_OK; i++)
		status = append_piece(map, i, chunks[i], piece_max, &bytes);
	if (status == AUTONOMI_OK)
		status = decode_below(an_buffer_span(&bytes), &below);
	if (status == AUTONOMI_OK) {
		an_data_map_done(map);
		*map = below;
	}
	if (bytes.data != NULL)
		an_wipe(bytes.data, bytes.size);
	an_buffer_done(&bytes);
	return status;
}
