/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/self_encryption.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "base/profile.h"
#include "crypt/aes.h"
#include "crypt/hash.h"
#include "data/chunk.h"
#include "harness.h"
#include "vectors/vector.h"

enum { STORE_MAX = 64, FILE_MAX = 64 << 20 };

/* The chunks that were put, as a network would hold them. */
static struct an_blob *stored[STORE_MAX];
static size_t stored_count;

static size_t piece_max;

static void forget_all(void)
{
	while (stored_count > 0)
		an_blob_unref(stored[--stored_count]);
}

static void setup(void)
{
	stored_count = 0;
	piece_max = an_profile_autonomi.chunk_content_max;
}

static an_status keep(void *context, struct an_blob *chunk, const uint8_t name[AN_RECORD_NAME_SIZE])
{
	(void)context;
	uint8_t actual[AN_RECORD_NAME_SIZE];
	an_chunk_name(an_blob_span(chunk), actual);
	ck_assert_mem_eq(actual, name, sizeof(actual));
	ck_assert_uint_lt(stored_count, STORE_MAX);
	stored[stored_count++] = chunk;
	return AUTONOMI_OK;
}

static struct an_span fetch(const uint8_t name[AN_RECORD_NAME_SIZE])
{
	for (size_t i = 0; i < stored_count; i++) {
		uint8_t actual[AN_RECORD_NAME_SIZE];
		an_chunk_name(an_blob_span(stored[i]), actual);
		if (memcmp(actual, name, sizeof(actual)) == 0)
			return an_blob_span(stored[i]);
	}
	return an_span(NULL, 0);
}

/* The file's own map, as a client makes it. */
static void encrypt(struct an_span file, struct an_data_map *map)
{
	struct an_self_layout layout;
	ck_assert_int_eq(an_self_layout_init(&layout, file.size, piece_max), AUTONOMI_OK);
	ck_assert_int_eq(an_data_map_init(map, layout.count), AUTONOMI_OK);
	for (size_t i = 0; i < layout.count; i++) {
		const struct an_span piece = an_span(file.data + an_self_piece_offset(&layout, i),
		                                     an_self_piece_size(&layout, i));
		map->entries[i].index = i;
		map->entries[i].src_size = piece.size;
		an_chunk_name(piece, map->entries[i].src_hash);
	}
	for (size_t i = 0; i < layout.count; i++) {
		const struct an_span piece = an_span(file.data + an_self_piece_offset(&layout, i),
		                                     an_self_piece_size(&layout, i));
		struct an_self_key key;
		struct an_blob *chunk;
		ck_assert_int_eq(an_self_key_init(&key, map, i), AUTONOMI_OK);
		ck_assert_int_eq(an_self_encrypt(&key, piece, &chunk, map->entries[i].dst_hash),
		                 AUTONOMI_OK);
		ck_assert_uint_le(chunk->size, piece.size + AN_SELF_GROWTH_MAX);
		(void)keep(NULL, chunk, map->entries[i].dst_hash);
	}
}

static an_status fetch_all(const struct an_data_map *map, struct an_span *chunks)
{
	for (size_t i = 0; i < map->count; i++) {
		chunks[i] = fetch(map->entries[i].dst_hash);
		if (chunks[i].data == NULL)
			return AUTONOMI_E_NOT_FOUND;
	}
	return AUTONOMI_OK;
}

/* The file that a map leads to, through all of its levels. */
static an_status decrypt(struct an_data_map *map, struct an_buffer *file)
{
	struct an_span chunks[STORE_MAX];
	an_status status = fetch_all(map, chunks);
	while (status == AUTONOMI_OK && map->has_child) {
		status = an_self_expand(map, chunks, piece_max);
		if (status == AUTONOMI_OK)
			status = fetch_all(map, chunks);
	}
	for (size_t i = 0; i < map->count && status == AUTONOMI_OK; i++) {
		struct an_self_key key;
		struct an_blob *piece;
		status = an_self_key_init(&key, map, i);
		if (status != AUTONOMI_OK)
			break;
		status = an_self_decrypt(&key, chunks[i], map->entries[i].src_size, piece_max,
		                         &piece);
		if (status == AUTONOMI_OK)
			status = an_buffer_append(file, an_blob_span(piece));
		an_blob_unref(piece);
	}
	return status;
}

static an_status decrypt_root(struct an_span root, struct an_buffer *file)
{
	struct an_data_map map;
	an_status status = an_data_map_decode_root(root, &map);
	if (status == AUTONOMI_OK)
		status = decrypt(&map, file);
	an_data_map_done(&map);
	return status;
}

/* ---- Layout. */

static void check_sizes(const json_t *vector)
{
	struct an_self_layout layout;
	const json_t *sizes = vector_get(vector, "sizes");
	const uint64_t size = vector_number(vector, "length");
	ck_assert_int_eq(an_self_layout_init(&layout, size, piece_max), AUTONOMI_OK);
	ck_assert_uint_eq(layout.count, json_array_size(sizes));
	uint64_t offset = 0;
	for (size_t i = 0; i < json_array_size(sizes); i++) {
		ck_assert_uint_eq(an_self_piece_offset(&layout, i), offset);
		ck_assert_uint_eq(an_self_piece_size(&layout, i),
		                  (size_t)json_integer_value(json_array_get(sizes, i)));
		offset += an_self_piece_size(&layout, i);
	}
	ck_assert_uint_eq(offset, size);
}

START_TEST(files_are_cut_as_the_real_crate_cuts_them)
{
	ck_assert_uint_eq(vector_each("self_encryption", "chunk_sizes", check_sizes), 16);
}
END_TEST

START_TEST(a_file_below_three_bytes_is_too_small)
{
	struct an_self_layout layout;
	for (uint64_t size = 0; size < AN_SELF_ENCRYPTION_MIN; size++)
		ck_assert_int_eq(an_self_layout_init(&layout, size, piece_max),
		                 AUTONOMI_E_TOO_SMALL);
	ck_assert_int_eq(an_self_layout_init(&layout, UINT64_MAX, piece_max), AUTONOMI_E_TOO_LARGE);
}
END_TEST

START_TEST(the_first_two_pieces_have_their_neighbours_at_the_end)
{
	ck_assert_uint_eq(an_self_neighbour_key(5, 0), 4);
	ck_assert_uint_eq(an_self_neighbour_pad(5, 0), 3);
	ck_assert_uint_eq(an_self_neighbour_key(5, 1), 0);
	ck_assert_uint_eq(an_self_neighbour_pad(5, 1), 4);
	ck_assert_uint_eq(an_self_neighbour_key(5, 4), 3);
	ck_assert_uint_eq(an_self_neighbour_pad(5, 4), 2);
}
END_TEST

/* ---- Decrypting what the real client made. */

static void load_chunks(const json_t *vector)
{
	const json_t *chunks = vector_get(vector, "chunks");
	for (size_t i = 0; i < json_array_size(chunks); i++) {
		const json_t *chunk = json_array_get(chunks, i);
		ck_assert_uint_lt(stored_count, STORE_MAX);
		struct an_blob *blob = an_blob_copy(vector_bytes(chunk, "content"));
		stored[stored_count++] = blob;
	}
}

static void check_decrypt(const json_t *vector)
{
	struct an_buffer file;
	an_buffer_init(&file, FILE_MAX);
	load_chunks(vector);
	const struct an_span expected = vector_payload(vector_get(vector, "payload"));
	const an_status status = decrypt_root(vector_bytes(vector, "data_map_chunk"), &file);
	ck_assert_msg(status == AUTONOMI_OK, "%s: %s", vector_id(), an_status_name(status));
	vector_equal(an_buffer_span(&file), expected);
	an_buffer_done(&file);
	forget_all();
}

START_TEST(what_the_real_client_encrypted_decrypts_byte_for_byte)
{
	ck_assert_uint_eq(vector_each("self_encryption", "decrypt", check_decrypt), 16);
}
END_TEST

static void check_decrypt_fails(const json_t *vector)
{
	struct an_buffer file;
	an_buffer_init(&file, FILE_MAX);
	load_chunks(vector);
	const bool ok = json_is_true(vector_get(vector, "ok"));
	const an_status status = decrypt_root(vector_bytes(vector, "data_map_chunk"), &file);
	ck_assert_msg((status == AUTONOMI_OK) == ok, "%s %s: %s", vector_id(),
	              vector_text(vector, "note"), an_status_name(status));
	if (ok)
		vector_equal(an_buffer_span(&file), vector_bytes(vector, "plaintext"));
	else
		ck_assert(status == AUTONOMI_E_CORRUPT || status == AUTONOMI_E_NOT_FOUND);
	an_buffer_done(&file);
	forget_all();
}

START_TEST(damaged_chunks_and_maps_get_the_verdict_of_the_real_client)
{
	ck_assert_uint_eq(vector_each("self_encryption", "decrypt_fails", check_decrypt_fails), 10);
}
END_TEST

/* ---- Encrypting. */

static size_t same_as_real;

static void assert_sources(const struct an_data_map *map, const json_t *expected)
{
	const json_t *chunks = vector_get(expected, "chunks");
	ck_assert_uint_eq(map->count, json_array_size(chunks));
	for (size_t i = 0; i < map->count; i++) {
		const json_t *chunk = json_array_get(chunks, i);
		ck_assert_uint_eq(map->entries[i].src_size, vector_number(chunk, "src_size"));
		vector_equal(an_span(map->entries[i].src_hash, 32),
		             vector_bytes(chunk, "src_hash"));
	}
}

static void check_encrypt(const json_t *vector)
{
	struct an_data_map map;
	struct an_buffer root;
	struct an_buffer file;
	const struct an_span payload = vector_payload(vector_get(vector, "payload"));
	encrypt(payload, &map);
	const json_t *levels = vector_get(vector, "levels");
	const json_t *lowest = json_array_get(levels, 0);
	assert_sources(&map,
	               vector_has(lowest, "data_map") ? vector_get(lowest, "data_map") : lowest);
	size_t depth = 1;
	for (; an_self_must_shrink(&map); depth++)
		ck_assert_int_eq(an_self_shrink(&map, piece_max, keep, NULL), AUTONOMI_OK);
	ck_assert_uint_eq(depth, json_array_size(levels));
	ck_assert_uint_eq(stored_count, json_array_size(vector_get(vector, "chunks")));

	an_buffer_init(&root, AN_DATA_MAP_ROOT_SIZE_MAX);
	an_buffer_init(&file, FILE_MAX);
	ck_assert_int_eq(an_data_map_encode_root(&map, &root), AUTONOMI_OK);
	same_as_real += an_span_equal(an_buffer_span(&root),
	                              vector_bytes(vector, "data_map_chunk"));
	ck_assert_int_eq(decrypt_root(an_buffer_span(&root), &file), AUTONOMI_OK);
	vector_equal(an_buffer_span(&file), payload);
	an_buffer_done(&file);
	an_buffer_done(&root);
	an_data_map_done(&map);
	forget_all();
}

START_TEST(what_we_encrypt_has_the_real_sources_and_decrypts)
{
	same_as_real = 0;
	ck_assert_uint_eq(vector_each("self_encryption", "encrypt", check_encrypt), 23);
	(void)printf("# the very bytes of the real client: %zu of 23\n", same_as_real);
#ifdef AN_BROTLI_AUTONOMI
	ck_assert_uint_eq(same_as_real, 23);
#else
	ck_assert_uint_ge(same_as_real, 18);
#endif
}
END_TEST

static const uint8_t known[] = "an example of some length";

START_TEST(a_full_piece_of_random_bytes_stays_within_the_largest_chunk)
{
	struct an_self_key key = {.key = {1}, .start = {2}, .pad = {3}};
	uint8_t *bytes = malloc(piece_max);
	for (size_t i = 0; i + AN_HASH_SIZE <= piece_max; i += AN_HASH_SIZE)
		an_sha256(an_span(&i, sizeof(i)), bytes + i);
	struct an_blob *chunk;
	struct an_blob *piece;
	ck_assert_int_eq(an_self_encrypt(&key, an_span(bytes, piece_max), &chunk, NULL),
	                 AUTONOMI_OK);
	ck_assert_uint_le(chunk->size, an_profile_autonomi.chunk_max);
	ck_assert_int_eq(an_self_decrypt(&key, an_blob_span(chunk), piece_max, piece_max, &piece),
	                 AUTONOMI_OK);
	ck_assert(an_span_equal(an_blob_span(piece), an_span(bytes, piece_max)));
	an_blob_unref(piece);
	ck_assert_int_eq(an_self_decrypt(&key, an_blob_span(chunk), piece_max, piece_max - 3,
	                                 &piece),
	                 AUTONOMI_E_TOO_LARGE);
	ck_assert_ptr_null(piece);
	an_blob_unref(chunk);
	free(bytes);
}
END_TEST

START_TEST(a_chunk_that_is_no_chunk_does_not_decrypt)
{
	const struct an_self_key key = {.key = {1}};
	struct an_blob *piece;
	ck_assert_int_eq(an_self_decrypt(&key, an_span(NULL, 0), 1, 100, &piece),
	                 AUTONOMI_E_CORRUPT);
	ck_assert_int_eq(an_self_decrypt(&key, an_span(known, 17), 1, 100, &piece),
	                 AUTONOMI_E_CORRUPT);
	ck_assert_int_eq(an_self_decrypt(&key, an_span(known, 16), 1, 100, &piece),
	                 AUTONOMI_E_CORRUPT);
	ck_assert_ptr_null(piece);
}
END_TEST

static void assert_words(enum an_self_fault fault, const uint8_t *name, const char *expected)
{
	struct an_buffer text;
	an_buffer_init(&text, 1 << 10);
	an_self_fault_display(fault, name, &text);
	an_buffer_append_byte(&text, 0);
	ck_assert_str_eq((const char *)text.data, expected);
	an_buffer_done(&text);
}

START_TEST(faults_have_autonomis_words)
{
	const uint8_t name[AN_RECORD_NAME_SIZE] = {0xab};
	const struct an_self_key key = {{0}, {0}, {0}};
	assert_words(AN_SELF_TOO_SMALL, NULL,
	             "Generic error(Too small for self-encryption! Required size at least 3)");
	assert_words(AN_SELF_MISSING, name,
	             "Generic error(Missing chunk: "
	             "ab00000000000000000000000000000000000000000000000000000000000000)");
	assert_words(AN_SELF_CIPHER, NULL,
	             "An error within the symmetric decryption process(Decrypt failed with Unpad "
	             "Error)");
	assert_words(AN_SELF_COMPRESSION, NULL, "An error during compression or decompression.");
	assert_words(AN_SELF_NO_MAP, NULL, "Generic error(Failed to deserialize data map)");
	ck_assert_int_eq(an_self_fault_of(&key, an_span(NULL, 0)), AN_SELF_CIPHER);
	ck_assert_int_eq(an_self_fault_of(&key, an_span(name, 15)), AN_SELF_CIPHER);
	/* One byte of content that is no brotli stream, padded and encrypted with a key of zeros. */
	uint8_t chunk[16];
	const uint8_t plain[1] = {0xff};
	ck_assert_int_eq(an_aes_cbc_encrypt(key.key, key.start, an_span(plain, 1), chunk),
	                 AUTONOMI_OK);
	ck_assert_int_eq(an_self_fault_of(&key, an_span(chunk, sizeof(chunk))),
	                 AN_SELF_COMPRESSION);
}
END_TEST

START_TEST(a_map_of_less_than_two_has_no_keys)
{
	struct an_data_map map;
	struct an_self_key key;
	ck_assert_int_eq(an_data_map_init(&map, 1), AUTONOMI_OK);
	ck_assert_int_eq(an_self_key_init(&key, &map, 0), AUTONOMI_E_CORRUPT);
	an_data_map_done(&map);
	ck_assert_int_eq(an_data_map_init(&map, 3), AUTONOMI_OK);
	ck_assert_int_eq(an_self_key_init(&key, &map, 2), AUTONOMI_OK);
	ck_assert_int_eq(an_self_key_init(&key, &map, 3), AUTONOMI_E_CORRUPT);
	an_data_map_done(&map);
}
END_TEST

START_TEST(a_map_shrinks_over_several_levels_and_comes_back)
{
	struct an_data_map map;
	struct an_data_map original;
	struct an_span chunks[STORE_MAX];
	piece_max = 512; /* small pieces make deep maps */
	static uint8_t bytes[8000];
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * i >> 5);
	encrypt(an_span(bytes, sizeof(bytes)), &map);
	ck_assert_int_eq(an_data_map_init(&original, map.count), AUTONOMI_OK);
	memcpy(original.entries, map.entries, map.count * sizeof(map.entries[0]));
	size_t levels = 0;
	for (; an_self_must_shrink(&map) && levels < 2; levels++) {
		ck_assert_int_eq(an_self_shrink(&map, piece_max, keep, NULL), AUTONOMI_OK);
		ck_assert(map.has_child);
		ck_assert_uint_eq(map.child, levels + 1);
	}
	for (; levels > 0; levels--) {
		ck_assert_int_eq(fetch_all(&map, chunks), AUTONOMI_OK);
		ck_assert_int_eq(an_self_expand(&map, chunks, piece_max), AUTONOMI_OK);
	}
	ck_assert(!map.has_child);
	ck_assert_uint_eq(map.count, original.count);
	ck_assert_mem_eq(map.entries, original.entries, map.count * sizeof(map.entries[0]));
	an_data_map_done(&map);
	an_data_map_done(&original);
	forget_all();
}
END_TEST

static an_status refuse(void *context, struct an_blob *chunk,
                        const uint8_t name[AN_RECORD_NAME_SIZE])
{
	(void)name;
	an_blob_unref(chunk);
	return ++*(int *)context == 2 ? AUTONOMI_E_BUSY : AUTONOMI_OK;
}

START_TEST(a_shrink_whose_chunk_is_not_taken_leaves_the_map)
{
	struct an_data_map map;
	int calls = 0;
	ck_assert_int_eq(an_data_map_init(&map, 4), AUTONOMI_OK);
	map.entries[3].index = 9;
	ck_assert_int_eq(an_self_shrink(&map, piece_max, refuse, &calls), AUTONOMI_E_BUSY);
	ck_assert_uint_eq(map.count, 4);
	ck_assert_uint_eq(map.entries[3].index, 9);
	ck_assert(!map.has_child);
	an_data_map_done(&map);
}
END_TEST

#ifdef AN_FAULT_INJECTION
static an_status drop(void *context, struct an_blob *chunk, const uint8_t name[AN_RECORD_NAME_SIZE])
{
	(void)context;
	(void)name;
	an_blob_unref(chunk);
	return AUTONOMI_OK;
}

START_TEST(without_memory_every_step_is_an_error_and_leaks_nothing)
{
	const struct an_self_key key = {.key = {1}, .start = {2}, .pad = {3}};
	static uint8_t bytes[20000];
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * i >> 6);
	struct an_blob *good;
	ck_assert_int_eq(an_self_encrypt(&key, an_span(bytes, sizeof(bytes)), &good, NULL),
	                 AUTONOMI_OK);
	size_t failures = 0;
	bool all_good = false;
	for (uint64_t allowed = 0; !all_good && allowed < 200; allowed++) {
		struct an_blob *chunk;
		struct an_blob *piece;
		struct an_data_map map;
		ck_assert_int_eq(an_data_map_init(&map, 4), AUTONOMI_OK);
		an_memory_fail_after(allowed);
		const an_status status[] = {
			an_self_encrypt(&key, an_span(bytes, sizeof(bytes)), &chunk, NULL),
			an_self_decrypt(&key, an_blob_span(good), 100, sizeof(bytes), &piece),
			an_self_shrink(&map, piece_max, drop, NULL),
		};
		an_memory_fail_after(UINT64_MAX);
		all_good = true;
		for (size_t i = 0; i < 3; i++) {
			ck_assert(status[i] == AUTONOMI_OK || status[i] == AUTONOMI_E_NO_MEMORY);
			failures += status[i] != AUTONOMI_OK;
			all_good = all_good && status[i] == AUTONOMI_OK;
		}
		ck_assert_uint_eq(map.count, status[2] == AUTONOMI_OK ? 3 : 4);
		an_blob_unref(chunk);
		an_blob_unref(piece);
		an_data_map_done(&map);
	}
	ck_assert(all_good);
	ck_assert_uint_gt(failures, 20);
	an_blob_unref(good);
}
END_TEST
#endif

Suite *suite(void)
{
	Suite *s = suite_create("data/self_encryption");
	TCase *vectors = tcase_create("as the real client");
	tcase_set_timeout(vectors, 400);
	tcase_add_checked_fixture(vectors, setup, NULL);
	tcase_add_test(vectors, files_are_cut_as_the_real_crate_cuts_them);
	tcase_add_test(vectors, what_the_real_client_encrypted_decrypts_byte_for_byte);
	tcase_add_test(vectors, damaged_chunks_and_maps_get_the_verdict_of_the_real_client);
	tcase_add_test(vectors, what_we_encrypt_has_the_real_sources_and_decrypts);
	suite_add_tcase(s, vectors);
	TCase *own = tcase_create("pieces and levels");
	tcase_set_timeout(own, 120);
	tcase_add_checked_fixture(own, setup, NULL);
	tcase_add_test(own, a_file_below_three_bytes_is_too_small);
	tcase_add_test(own, the_first_two_pieces_have_their_neighbours_at_the_end);
	tcase_add_test(own, a_full_piece_of_random_bytes_stays_within_the_largest_chunk);
	tcase_add_test(own, a_chunk_that_is_no_chunk_does_not_decrypt);
	tcase_add_test(own, faults_have_autonomis_words);
	tcase_add_test(own, a_map_of_less_than_two_has_no_keys);
	tcase_add_test(own, a_map_shrinks_over_several_levels_and_comes_back);
	tcase_add_test(own, a_shrink_whose_chunk_is_not_taken_leaves_the_map);
#ifdef AN_FAULT_INJECTION
	tcase_add_test(own, without_memory_every_step_is_an_error_and_leaks_nothing);
#endif
	suite_add_tcase(s, own);
	return s;
}
