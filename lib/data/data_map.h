/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A data map: which chunks a file consists of and how each is decrypted (semantics 7.8).
 *
 * A map with more than three entries is shrunk: its bytes are self-encrypted like a file, and the
 * map of those chunks takes its place, one level higher. The root is kept in MessagePack (as a chunk
 * of its own for public data, by its owner for private data), the levels below in bincode.
 *
 * Owns: its entries. Pure but for memory.
 */
#ifndef AN_DATA_DATA_MAP_H
#define AN_DATA_DATA_MAP_H

#include "base/buffer.h"
#include "base/span.h"
#include "base/status.h"
#include "data/address.h"

enum {
	AN_DATA_MAP_ROOT_ENTRIES = 3,      /* a map with more is shrunk */
	AN_DATA_MAP_ENTRIES_MAX = 1 << 24, /* 64 TiB of 4 MiB chunks */
	AN_DATA_MAP_LEVELS_MAX = 16,       /* children on the way down; more are not followed */
	AN_DATA_MAP_ROOT_SIZE_MAX = 4096,  /* bytes of a root map in MessagePack */
};

struct an_data_map_entry {
	uint64_t index;
	uint8_t dst_hash[AN_RECORD_NAME_SIZE]; /* SHA3-256 of the encrypted chunk: its address */
	uint8_t src_hash[AN_RECORD_NAME_SIZE]; /* SHA3-256 of the plain bytes */
	uint64_t src_size;
};

struct an_data_map {
	struct an_data_map_entry *entries;
	size_t count;
	bool has_child; /* what it decrypts to is another map, not the file */
	uint64_t child; /* how many levels down the file's own map is */
};

/* An empty map with room for `count` zeroed entries, all counted in. E_NO_MEMORY, E_TOO_LARGE. */
an_status an_data_map_init(struct an_data_map *ret_map, size_t count);
void an_data_map_done(struct an_data_map *map);

/* Bytes of what the map decrypts to: the sum of its src_sizes; UINT64_MAX where that overflows. */
uint64_t an_data_map_size(const struct an_data_map *map);

/* Appends the root form. The buffer's failure, if any. */
an_status an_data_map_encode_root(const struct an_data_map *map, struct an_buffer *out);

/* Reads a root map, or one of the old root forms. E_CORRUPT, E_TOO_LARGE, E_NO_MEMORY. */
an_status an_data_map_decode_root(struct an_span bytes, struct an_data_map *ret_map);

/* The form of the levels below, both ways; reading takes the old bare list too. */
an_status an_data_map_encode_level(const struct an_data_map *map, struct an_buffer *out);
an_status an_data_map_decode_level(struct an_span bytes, struct an_data_map *ret_map);

/* Appends the list of entries as it was written before there were versions: it says no child. */
an_status an_data_map_encode_old_level(const struct an_data_map *map, struct an_buffer *out);

/* Appends the map as JSON, as Autonomi's programs show it. */
an_status an_data_map_encode_json(const struct an_data_map *map, struct an_buffer *text);

#endif
