/* SPDX-License-Identifier: GPL-3.0-or-later */
/* self_encryption.json (README.md). */
#include <string.h>

#include "base/profile.h"
#include "data/chunk.h"
#include "data/compress.h"
#include "data/self_encryption.h"
#include "vectors/run.h"

static size_t piece_max(void)
{
	return an_profile_autonomi.chunk_content_max;
}

/* ---- The chunks of a case, as a network would hold them. */

enum { STORE_MAX = 64 };

static struct an_blob *stored[STORE_MAX];
static size_t stored_count;

static void forget_all(void)
{
	while (stored_count > 0)
		an_blob_unref(stored[--stored_count]);
}

static an_status store(void *context, struct an_blob *chunk,
                       const uint8_t name[AN_RECORD_NAME_SIZE])
{
	(void)context;
	(void)name;
	if (stored_count == STORE_MAX) {
		an_blob_unref(chunk);
		return AUTONOMI_E_FULL;
	}
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

static void load_chunks(void)
{
	const json_t *chunks = run_list("chunks");
	forget_all();
	for (size_t i = 0; i < json_array_size(chunks); i++) {
		const json_t *chunk = json_array_get(chunks, i);
		const struct an_span content = run_bytes_of(run_member(chunk, "content"));
		uint8_t name[AN_RECORD_NAME_SIZE];
		an_chunk_name(content, name);
		json_t *made = json_pack("{s:o,s:o,s:I}", "address",
		                         json_of_bytes(an_span(name, sizeof(name))), "content",
		                         json_of_bytes(content), "length",
		                         (json_int_t)content.size);
		run_must(json_equal(made, chunk), "a chunk is not what its address says");
		json_decref(made);
		(void)store(NULL, an_blob_copy(content), name);
	}
}

/* ---- Both directions. */

/* Why the last decryption failed, in Autonomi's words. */
static struct an_buffer *reason;

/* Autonomi looks for all chunks before it decrypts the first. */
static an_status find_all(const struct an_data_map *map)
{
	for (size_t i = 0; i < map->count; i++) {
		const uint8_t *name = map->entries[i].dst_hash;
		if (fetch(name).size > 0)
			continue;
		an_self_fault_display(AN_SELF_MISSING, name, reason);
		return AUTONOMI_E_NOT_FOUND;
	}
	return AUTONOMI_OK;
}

static an_status decrypt_pieces(const struct an_data_map *map, struct an_buffer *file)
{
	an_status status = find_all(map);
	for (size_t i = 0; i < map->count && status == AUTONOMI_OK; i++) {
		struct an_self_key key;
		struct an_blob *piece;
		status = an_self_key_init(&key, map, i);
		const struct an_span chunk = fetch(map->entries[i].dst_hash);
		if (status != AUTONOMI_OK)
			break;
		status = an_self_decrypt(&key, chunk, map->entries[i].src_size, piece_max(),
		                         &piece);
		if (status == AUTONOMI_E_CORRUPT)
			an_self_fault_display(an_self_fault_of(&key, chunk), NULL, reason);
		if (status != AUTONOMI_OK)
			break;
		status = an_buffer_append(file, an_blob_span(piece));
		an_blob_unref(piece);
	}
	return status;
}

static an_status decrypt(struct an_span root, struct an_buffer *file)
{
	struct an_data_map map;
	reason = run_buffer();
	an_status status = an_data_map_decode_root(root, &map);
	if (status != AUTONOMI_OK)
		return status;
	for (size_t n = 0; n < AN_DATA_MAP_LEVELS_MAX && map.has_child; n++) {
		struct an_span *chunks = run_memory(map.count * sizeof(*chunks));
		for (size_t i = 0; i < map.count && status == AUTONOMI_OK; i++) {
			chunks[i] = fetch(map.entries[i].dst_hash);
			if (chunks[i].size == 0)
				status = AUTONOMI_E_NOT_FOUND;
		}
		if (status == AUTONOMI_OK)
			status = an_self_expand(&map, chunks, piece_max());
		if (status == AUTONOMI_E_CORRUPT &&
		    decrypt_pieces(&map, run_buffer()) == AUTONOMI_OK)
			an_self_fault_display(AN_SELF_NO_MAP, NULL, reason);
		if (status != AUTONOMI_OK)
			break;
	}
	if (status == AUTONOMI_OK)
		status = decrypt_pieces(&map, file);
	an_data_map_done(&map);
	return status;
}

static an_status encrypt(struct an_span file, struct an_data_map *ret_map)
{
	struct an_self_layout layout;
	an_status status = an_self_layout_init(&layout, file.size, piece_max());
	if (status == AUTONOMI_OK)
		status = an_data_map_init(ret_map, layout.count);
	if (status != AUTONOMI_OK)
		return status;
	for (size_t i = 0; i < layout.count; i++) {
		struct an_data_map_entry *entry = &ret_map->entries[i];
		entry->index = i;
		entry->src_size = an_self_piece_size(&layout, i);
		an_chunk_name(an_span(file.data + an_self_piece_offset(&layout, i),
		                      (size_t)entry->src_size),
		              entry->src_hash);
	}
	for (size_t i = 0; i < layout.count && status == AUTONOMI_OK; i++) {
		struct an_self_key key;
		struct an_blob *chunk;
		const struct an_span piece = an_span(file.data + an_self_piece_offset(&layout, i),
		                                     (size_t)ret_map->entries[i].src_size);
		status = an_self_key_init(&key, ret_map, i);
		if (status == AUTONOMI_OK)
			status = an_self_encrypt(&key, piece, &chunk, ret_map->entries[i].dst_hash);
		if (status == AUTONOMI_OK)
			status = store(NULL, chunk, ret_map->entries[i].dst_hash);
	}
	return status;
}

/* ---- Kinds. */

static void check_constants(void)
{
	run_expect_integer("max_chunk_size", (int64_t)piece_max());
	run_expect_integer("min_encryptable_bytes", AN_SELF_ENCRYPTION_MIN);
	run_expect_integer("min_chunk_size", AN_SELF_ENCRYPTION_MIN / 3);
	run_expect_integer("compression_quality", an_compressor_quality());
}

static void check_too_small(void)
{
	struct an_self_layout layout;
	struct an_buffer *words = run_buffer();
	const an_status status = an_self_layout_init(&layout, run_number("length"), piece_max());
	an_self_fault_display(AN_SELF_TOO_SMALL, NULL, words);
	run_expect_bool("ok", status == AUTONOMI_OK);
	run_expect("error", status == AUTONOMI_E_TOO_SMALL ? json_of_text(an_buffer_span(words))
	                                                   : json_null());
}

/* How often a map of `*chunks` entries is shrunk; adds the chunks that this makes. */
static size_t levels_of(size_t *chunks)
{
	size_t levels = 0;
	size_t count = *chunks;
	while (count > AN_DATA_MAP_ROOT_ENTRIES) {
		struct an_self_layout layout;
		struct an_buffer *out = run_buffer();
		struct an_data_map map;
		run_must(an_data_map_init(&map, count) == AUTONOMI_OK &&
		                 an_data_map_encode_level(&map, out) == AUTONOMI_OK &&
		                 an_self_layout_init(&layout, out->size, piece_max()) ==
		                         AUTONOMI_OK,
		         "level");
		an_data_map_done(&map);
		count = layout.count;
		*chunks += count;
		levels++;
	}
	return levels;
}

static void check_chunk_sizes(void)
{
	struct an_self_layout layout;
	const an_status status = an_self_layout_init(&layout, run_number("length"), piece_max());
	json_t *sizes = json_array();
	run_must(status == AUTONOMI_OK, "no layout");
	for (size_t i = 0; status == AUTONOMI_OK && i < layout.count; i++)
		json_array_append_new(sizes,
		                      json_integer((json_int_t)an_self_piece_size(&layout, i)));
	run_expect("sizes", sizes);
	size_t chunks = layout.count;
	const size_t levels = levels_of(&chunks);
	run_expect("root_child", levels == 0 ? json_null() : json_integer((json_int_t)levels));
	run_expect_integer("total_chunks", (int64_t)chunks);
}

static json_t *chunk_json(const struct an_blob *chunk, const json_t *expected)
{
	uint8_t name[AN_RECORD_NAME_SIZE];
	an_chunk_name(an_blob_span(chunk), name);
	const bool small = json_is_string(json_object_get(expected, "content"));
	json_t *json = json_pack("{s:o,s:I}", "address", json_of_bytes(an_span(name, sizeof(name))),
	                         "length", (json_int_t)chunk->size);
	if (json_object_get(expected, "content") != NULL)
		json_object_set_new(json, "content",
		                    small ? json_of_bytes(an_blob_span(chunk)) : json_null());
	return json;
}

static json_t *stored_json(const json_t *expected)
{
	json_t *chunks = json_array();
	for (size_t i = 0; i < stored_count; i++)
		json_array_append_new(chunks, chunk_json(stored[i], json_array_get(expected, i)));
	return chunks;
}

static json_t *level_json(const struct an_data_map *map)
{
	struct an_buffer *bincode = run_buffer();
	(void)an_data_map_encode_level(map, bincode);
	return json_pack("{s:o,s:o}", "data_map", json_of_data_map(map), "bincode",
	                 json_of_bytes(an_buffer_span(bincode)));
}

/* Encrypts the payload down to a root; the levels go into `levels`. */
static void encrypt_all(struct an_span payload, struct an_data_map *map, json_t *levels,
                        struct an_buffer *root)
{
	forget_all();
	run_must(encrypt(payload, map) == AUTONOMI_OK, "does not encrypt");
	json_array_append_new(levels, level_json(map));
	while (an_self_must_shrink(map)) {
		if (an_self_shrink(map, piece_max(), store, NULL) != AUTONOMI_OK) {
			run_fail("does not shrink");
			break;
		}
		json_array_append_new(levels, level_json(map));
	}
	(void)an_data_map_encode_root(map, root);
}

static void check_encrypt(void)
{
	struct an_data_map map = {0};
	struct an_buffer *root = run_buffer();
	struct an_buffer *again = run_buffer();
	uint8_t address[AN_RECORD_NAME_SIZE];
	const struct an_span payload = run_payload("payload");
	json_t *levels = json_array();
	encrypt_all(payload, &map, levels, root);
	run_encoder_json("levels", levels);
	run_encoder_json("data_map", json_of_data_map(&map));
	run_encoder_bytes("data_map_chunk", an_buffer_span(root));
	an_chunk_name(an_buffer_span(root), address);
	run_encoder_bytes("data_map_address", an_span(address, sizeof(address)));
	struct an_blob *record = an_chunk_record_value(an_buffer_span(root));
	run_encoder_bytes("data_map_record", an_blob_span(record));
	an_blob_unref(record);
	run_encoder_json("chunks", stored_json(run_list("chunks")));
	run_must(decrypt(an_buffer_span(root), again) == AUTONOMI_OK &&
	                 an_span_equal(an_buffer_span(again), payload),
	         "does not come back");
	an_data_map_done(&map);
	forget_all();
}

static void check_stream(void)
{
	struct an_data_map map = {0};
	struct an_buffer *root = run_buffer();
	json_t *levels = json_array();
	encrypt_all(run_payload("payload"), &map, levels, root);
	json_decref(levels);
	run_encoder_bytes("data_map_chunk", an_buffer_span(root));
	run_must(run_true("chunks_equal") && run_true("data_map_equal"), "not equal");
	an_data_map_done(&map);
	forget_all();
}

static void check_decrypt(void)
{
	struct an_buffer *file = run_buffer();
	uint8_t hash[AN_RECORD_NAME_SIZE];
	load_chunks();
	run_must(decrypt(run_bytes("data_map_chunk"), file) == AUTONOMI_OK, "does not decrypt");
	run_must(an_span_equal(an_buffer_span(file), run_payload("payload")), "other bytes");
	an_chunk_name(an_buffer_span(file), hash);
	run_expect_bytes("sha3_256", an_span(hash, sizeof(hash)));
	forget_all();
}

static void check_decrypt_fails(void)
{
	struct an_buffer *file = run_buffer();
	load_chunks();
	const bool ok = decrypt(run_bytes("data_map_chunk"), file) == AUTONOMI_OK;
	run_expect_bool("ok", ok);
	run_expect("plaintext", ok ? json_of_bytes(an_buffer_span(file)) : json_null());
	run_expect("error", ok ? json_null() : json_of_text(an_buffer_span(reason)));
	forget_all();
}

static void check_read(an_status (*decode)(struct an_span, struct an_data_map *))
{
	struct an_data_map map;
	const bool ok = decode(run_bytes("bytes"), &map) == AUTONOMI_OK;
	run_expect_bool("ok", ok);
	run_expect("data_map", ok ? json_of_data_map(&map) : json_null());
	if (ok)
		an_data_map_done(&map);
}

static void check_bincode_read(void)
{
	check_read(an_data_map_decode_level);
}

static void check_data_map_read(void)
{
	check_read(an_data_map_decode_root);
}

static void check_data_map(void)
{
	struct an_data_map map;
	struct an_data_map level;
	struct an_buffer *out = run_buffer();
	uint8_t address[AN_RECORD_NAME_SIZE];
	run_must(an_data_map_decode_root(run_bytes("msgpack"), &map) == AUTONOMI_OK, "msgpack");
	run_must(an_data_map_decode_level(run_bytes("bincode"), &level) == AUTONOMI_OK, "bincode");
	run_expect("data_map", json_of_data_map(&map));
	run_expect("data_map", json_of_data_map(&level));
	(void)an_data_map_encode_root(&map, out);
	run_expect_bytes("msgpack", an_buffer_span(out));
	an_chunk_name(an_buffer_span(out), address);
	run_expect_bytes("address", an_span(address, sizeof(address)));
	an_buffer_clear(out);
	(void)an_data_map_encode_level(&map, out);
	run_expect_bytes("bincode", an_buffer_span(out));
	an_buffer_clear(out);
	(void)an_data_map_encode_old_level(&map, out);
	run_expect_bytes("old_bincode", an_buffer_span(out));
	an_buffer_clear(out);
	(void)an_data_map_encode_json(&map, out);
	run_expect_text("json", an_buffer_span(out));
	run_expect_integer("original_size", (int64_t)an_data_map_size(&map));
	an_data_map_done(&level);
	an_data_map_done(&map);
}

const struct run_kind run_self_encryption[] = {
	{"self_encryption", "data_map", check_data_map},
	{"self_encryption", "constants", check_constants},
	{NULL, "too_small", check_too_small},
	{NULL, "chunk_sizes", check_chunk_sizes},
	{"self_encryption", "encrypt", check_encrypt},
	{"self_encryption", "decrypt", check_decrypt},
	{NULL, "decrypt_fails", check_decrypt_fails},
	{NULL, "bincode_read", check_bincode_read},
	{NULL, "data_map_read", check_data_map_read},
	{"self_encryption", "stream", check_stream},
	{NULL, NULL, NULL},
};
