/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Self-encryption (semantics 7.8): a file becomes chunks that anybody may hold and nobody can read
 * without its data map, and the same file always becomes the same chunks.
 *
 * The file is cut into pieces (an_self_layout). Each piece is hashed, compressed, encrypted under
 * the hashes of two of its neighbours, and named by the hash of the result. So a piece can be
 * encrypted once it and its two neighbours are hashed: first pass an_chunk_name over all pieces, or,
 * in one pass, piece i as soon as i-1 and i-2 are hashed, with pieces 0 and 1 last.
 *
 * These are pure functions over whole pieces, for jobs on workers; each call allocates its result
 * and what the compressor needs (about 14 MiB for a full piece), through base/memory.h.
 *
 * Threading: any thread; no shared state.
 */
#ifndef AN_DATA_SELF_ENCRYPTION_H
#define AN_DATA_SELF_ENCRYPTION_H

#include "base/blob.h"
#include "base/span.h"
#include "base/status.h"
#include "data/data_map.h"

enum {
	AN_SELF_ENCRYPTION_MIN = 3, /* bytes of the smallest input */
	AN_SELF_GROWTH_MAX = 32, /* a chunk is at most this larger than its piece (semantics 1.2) */
	AN_SELF_REST_MAX = 2,    /* the last of three pieces is at most this larger than the others,
	                              * and so may exceed piece_max by one byte */
};

/* How a file is cut. */
struct an_self_layout {
	uint64_t size;  /* of the file */
	uint64_t piece; /* size of each piece but the last */
	size_t count;
};

/* E_TOO_SMALL below 3 bytes; E_TOO_LARGE where a map could not hold the pieces. `piece_max` is the
 * profile's chunk_content_max. */
an_status an_self_layout_init(struct an_self_layout *ret_layout, uint64_t size, size_t piece_max);
uint64_t an_self_piece_offset(const struct an_self_layout *layout, size_t index);
size_t an_self_piece_size(const struct an_self_layout *layout, size_t index);

/* The two pieces whose hashes encrypt piece `index`; count is at least 3. */
size_t an_self_neighbour_key(size_t count, size_t index); /* gives key and start vector */
size_t an_self_neighbour_pad(size_t count, size_t index); /* gives half of the pad */

enum { AN_SELF_CIPHER_KEY_SIZE = 16, AN_SELF_PAD_SIZE = 64 };

struct an_self_key {
	uint8_t key[AN_SELF_CIPHER_KEY_SIZE];
	uint8_t start[AN_SELF_CIPHER_KEY_SIZE];
	uint8_t pad[AN_SELF_PAD_SIZE];
};

/* The key of entry number `index` (its place in the list, as Autonomi counts), of which the own
 * src_hash and those of both neighbours are set. E_CORRUPT where the map has less than 2 entries: nobody
 * makes one with 2, but Autonomi tries to read it. */
an_status an_self_key_init(struct an_self_key *ret_key, const struct an_data_map *map,
                           size_t index);

/* Compresses and encrypts a piece. `ret_name`, where not NULL, gets the chunk's address. */
an_status an_self_encrypt(const struct an_self_key *key, struct an_span piece,
                          struct an_blob **ret_chunk, uint8_t ret_name[AN_RECORD_NAME_SIZE]);

/* The piece of a chunk. `src_size` is what the map says: a hint, which Autonomi does not check.
 * E_CORRUPT where it does not decrypt; E_TOO_LARGE where the piece would be larger than any that is
 * made for `piece_max`. */
an_status an_self_decrypt(const struct an_self_key *key, struct an_span chunk, uint64_t src_size,
                          size_t piece_max, struct an_blob **ret_piece);

/* ---- Autonomi's words for what cannot be encrypted or decrypted. */
enum an_self_fault {
	AN_SELF_TOO_SMALL,   /* less than AN_SELF_ENCRYPTION_MIN bytes */
	AN_SELF_MISSING,     /* a chunk of the map is not there */
	AN_SELF_CIPHER,      /* a chunk is not what the key encrypts to */
	AN_SELF_COMPRESSION, /* or what that decrypts to is not compressed */
	AN_SELF_NO_MAP,      /* what a shrunk map's chunks hold is no map */
};

/* Which it is of a chunk that an_self_decrypt called corrupt. */
enum an_self_fault an_self_fault_of(const struct an_self_key *key, struct an_span chunk);

/* Appends the words; `name` is the missing chunk's address, and NULL otherwise. */
void an_self_fault_display(enum an_self_fault fault, const uint8_t *name, struct an_buffer *text);

/* ---- Levels. */

/* Whether the map must be shrunk before it may be a root. */
bool an_self_must_shrink(const struct an_data_map *map);

/* One level: self-encrypts the map's bytes and makes it the map of the result. Calls `take` with
 * each new chunk, which it owns; where that fails, so does this, and the map is as it was. For a
 * worker: encrypts all chunks of the level (three up to 157,000 entries) in this call. */
typedef an_status an_self_take_chunk(void *context, struct an_blob *chunk,
                                     const uint8_t name[AN_RECORD_NAME_SIZE]);
an_status an_self_shrink(struct an_data_map *map, size_t piece_max, an_self_take_chunk *take,
                         void *context);

/* One level down: the map that `map`, which has a child, decrypts to. `chunks` are the contents of
 * its entries, in order. `map` is replaced, or left as it was on failure. */
an_status an_self_expand(struct an_data_map *map, const struct an_span *chunks, size_t piece_max);

#endif
