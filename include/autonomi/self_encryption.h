/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Self-encryption (semantics 7.8): data becomes chunks that anybody may hold and nobody can read
 * without the data map, and the same data always becomes the same chunks.
 *
 * A data map says which chunks there are and how each is decrypted. One with more than three entries
 * is encrypted like data itself, and the map of that takes its place, one level higher. The root map
 * that remains is kept by its owner (private data), or is a chunk of its own whose address is
 * autonomi_content_hash of its bytes (public data).
 *
 * Encrypting and decrypting are streams: data goes in piece by piece, chunks come out, and the other
 * way round. They compute on the calling thread: a chunk of 4 MiB takes some tenths of a second to
 * compress and encrypt. At most about five chunks and the chunks not yet taken are in memory. None of
 * it needs a node.
 *
 * Threading: an encryptor or a decryptor belongs to one thread at a time; a data map never changes, and
 * may be read by several at once.
 */
#ifndef AUTONOMI_SELF_ENCRYPTION_H
#define AUTONOMI_SELF_ENCRYPTION_H

#include <autonomi/address.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The smallest data in bytes, the largest piece of data that becomes one chunk but for a byte, and the
 * most entries of a root map that is made. */
enum {
	AUTONOMI_DATA_MIN = 3,
	AUTONOMI_DATA_PIECE_MAX = 4194304,
	AUTONOMI_DATA_MAP_ROOT_ENTRIES = 3
};

/* ---- Data maps. */

typedef struct autonomi_data_map autonomi_data_map;

/* An entry of a data map. Borrowed from it. New members are only added at the end. */
typedef struct autonomi_data_map_entry_view {
	const uint8_t *address;     /* of the chunk, AUTONOMI_NAME_SIZE bytes */
	const uint8_t *source_hash; /* of the piece, likewise */
	uint64_t index;
	uint64_t source_size; /* bytes of the piece */
} autonomi_data_map_entry_view;

/* Forms of data maps: that of roots, and that of the levels below, which are data themselves. */
enum { AUTONOMI_DATA_MAP_ROOT = 1, AUTONOMI_DATA_MAP_LEVEL = 2 };

/* Reads a data map, `form` being AUTONOMI_DATA_MAP_...; old forms are read too. Returns AUTONOMI_OK,
 * and the map goes to `ret_map`, owned by the caller; AUTONOMI_E_CORRUPT; AUTONOMI_E_TOO_LARGE above
 * 16,777,216 entries; AUTONOMI_E_INVALID; AUTONOMI_E_NO_MEMORY. */
AUTONOMI_API autonomi_status autonomi_data_map_decode(uint32_t form, const uint8_t *bytes,
                                                      size_t size, autonomi_data_map **ret_map);

/* NULL is allowed. Returns NULL. */
AUTONOMI_API autonomi_data_map *autonomi_data_map_free(autonomi_data_map *map);

/* The bytes of a data map. Returns AUTONOMI_OK; AUTONOMI_E_TOO_LARGE above 1 GiB; AUTONOMI_E_INVALID;
 * AUTONOMI_E_NO_MEMORY. */
AUTONOMI_API autonomi_status autonomi_data_map_encode(const autonomi_data_map *map, uint32_t form,
                                                      autonomi_bytes **ret_bytes);

/* How many entries there are; 0 for NULL. */
AUTONOMI_API size_t autonomi_data_map_count(const autonomi_data_map *map);

/* How many levels the data's own map lies below this one; 0 where it is this one, or for NULL. */
AUTONOMI_API uint64_t autonomi_data_map_depth(const autonomi_data_map *map);

/* How many bytes the map decrypts to: of the data where its depth is 0, else of the map below.
 * UINT64_MAX where the sum of the entries is larger; 0 for NULL. */
AUTONOMI_API uint64_t autonomi_data_map_size(const autonomi_data_map *map);

/* Fills `view` with the entry at `index`; `view_size` is sizeof(autonomi_data_map_entry_view) of the
 * caller's header. Returns AUTONOMI_OK; AUTONOMI_E_INVALID, also where there is no such entry. */
AUTONOMI_API autonomi_status autonomi_data_map_at(const autonomi_data_map *map, size_t index,
                                                  autonomi_data_map_entry_view *view,
                                                  size_t view_size);

/* ---- Encrypting. */

typedef struct autonomi_encryptor autonomi_encryptor;

/* Begins to encrypt data of `size` bytes. Returns AUTONOMI_OK, and the encryptor goes to
 * `ret_encryptor`, owned by the caller; AUTONOMI_E_TOO_SMALL below AUTONOMI_DATA_MIN;
 * AUTONOMI_E_TOO_LARGE above 64 TiB; AUTONOMI_E_INVALID; AUTONOMI_E_NO_MEMORY. */
AUTONOMI_API autonomi_status autonomi_encryptor_new(uint64_t size,
                                                    autonomi_encryptor **ret_encryptor);

/* NULL is allowed. Returns NULL. */
AUTONOMI_API autonomi_encryptor *autonomi_encryptor_free(autonomi_encryptor *encryptor);

/* Takes the next bytes of the data, as many as there are: all at once, or in parts of any size. Chunks
 * come with autonomi_encryptor_next_chunk, and are kept until they are taken. Returns AUTONOMI_OK;
 * AUTONOMI_E_TOO_LARGE beyond the size that was said (nothing is taken); AUTONOMI_E_INVALID;
 * AUTONOMI_E_NO_MEMORY, after which the encryptor can only be freed. */
AUTONOMI_API autonomi_status autonomi_encryptor_write(autonomi_encryptor *encryptor,
                                                      const uint8_t *data, size_t data_size);

/* Ends the data and makes the root map: further chunks may come, which hold the levels below it.
 * Returns AUTONOMI_OK, and the map goes to `ret_map`, owned by the caller; AUTONOMI_E_TOO_SMALL where
 * bytes of the data are missing; AUTONOMI_E_INVALID, also for a second time; AUTONOMI_E_NO_MEMORY,
 * after which the encryptor can only be freed. */
AUTONOMI_API autonomi_status autonomi_encryptor_finish(autonomi_encryptor *encryptor,
                                                       autonomi_data_map **ret_map);

/* Takes a chunk that is ready: its content goes to `ret_chunk`, its address, AUTONOMI_NAME_SIZE bytes,
 * to `ret_address`. A chunk may come twice. Returns 1 with a chunk; 0 where none is ready;
 * AUTONOMI_E_INVALID; AUTONOMI_E_NO_MEMORY, and the chunk stays. */
AUTONOMI_API autonomi_status autonomi_encryptor_next_chunk(autonomi_encryptor *encryptor,
                                                           uint8_t *ret_address,
                                                           autonomi_bytes **ret_chunk);

/* ---- Decrypting. */

typedef struct autonomi_decryptor autonomi_decryptor;

/* Begins to decrypt what a root map leads to; the map is copied. Returns AUTONOMI_OK, and the decryptor
 * goes to `ret_decryptor`, owned by the caller; AUTONOMI_E_CORRUPT where no data has such a map;
 * AUTONOMI_E_INVALID; AUTONOMI_E_NO_MEMORY. */
AUTONOMI_API autonomi_status autonomi_decryptor_new(const autonomi_data_map *map,
                                                    autonomi_decryptor **ret_decryptor);

/* NULL is allowed. Returns NULL. */
AUTONOMI_API autonomi_decryptor *autonomi_decryptor_free(autonomi_decryptor *decryptor);

/* The address of the chunk that is wanted next, AUTONOMI_NAME_SIZE bytes. Returns 1; 0 where all data
 * was given out; AUTONOMI_E_CORRUPT where a level led to a map that cannot be; AUTONOMI_E_INVALID. */
AUTONOMI_API autonomi_status autonomi_decryptor_wanted(const autonomi_decryptor *decryptor,
                                                       uint8_t *ret_address);

/* Takes the content of the chunk that is wanted. Chunks of levels above the data's own come first and
 * give nothing; each later one gives the next piece of the data. Returns 1, and the piece goes to
 * `ret_piece`; 0 where it gives none; AUTONOMI_E_CORRUPT where the content is not that of the wanted
 * address, does not decrypt, or says what cannot be (the same chunk stays wanted);
 * AUTONOMI_E_TOO_LARGE; AUTONOMI_E_NOT_FOUND where nothing is wanted; AUTONOMI_E_INVALID;
 * AUTONOMI_E_NO_MEMORY. */
AUTONOMI_API autonomi_status autonomi_decryptor_give(autonomi_decryptor *decryptor,
                                                     const uint8_t *chunk, size_t chunk_size,
                                                     autonomi_bytes **ret_piece);

/* The size of the data in bytes. Returns AUTONOMI_OK; AUTONOMI_E_BUSY while chunks of the levels above
 * are wanted; AUTONOMI_E_INVALID. */
AUTONOMI_API autonomi_status autonomi_decryptor_size(const autonomi_decryptor *decryptor,
                                                     uint64_t *ret_size);

/* Goes to a place in the data: the next piece is the one that holds the byte at `offset`, and how many
 * bytes of that piece come before it goes to `ret_before`. At the size of the data nothing is wanted
 * any more. Returns AUTONOMI_OK; AUTONOMI_E_BUSY as above; AUTONOMI_E_INVALID, also behind the end. */
AUTONOMI_API autonomi_status autonomi_decryptor_seek(autonomi_decryptor *decryptor, uint64_t offset,
                                                     uint64_t *ret_before);

#ifdef __cplusplus
}
#endif

#endif
