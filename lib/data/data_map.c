/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/data_map.h"

#include <string.h>

#include "base/assert.h"
#include "base/memory.h"
#include "data/address_text.h"
#include "wire/msgpack.h"
#include "wire/reader.h"
#include "wire/writer.h"

enum { VERSION = 1 };
enum { ENTRY_SIZE = 8 + AN_RECORD_NAME_SIZE + AN_RECORD_NAME_SIZE + 8 }; /* in bincode */

enum { MAP_VERSION, MAP_ENTRIES, MAP_CHILD };
static const char *const map_names[] = {"version", "chunk_identifiers", "child"};
static const struct an_fields map_fields = {
	.names = map_names,
	.count = 3,
	.optional = 1u << MAP_CHILD,
};

enum { ENTRY_INDEX, ENTRY_DST_HASH, ENTRY_SRC_HASH, ENTRY_SRC_SIZE };
static const char *const entry_names[] = {"index", "dst_hash", "src_hash", "src_size"};
static const struct an_fields entry_fields = AN_FIELDS(entry_names);

static const char *const old_names[] = {"First", "Additional"};
static const struct an_fields old_forms = AN_FIELDS(old_names);

an_status an_data_map_init(struct an_data_map *ret_map, size_t count)
{
	*ret_map = (struct an_data_map){0};
	if (count > AN_DATA_MAP_ENTRIES_MAX)
		return AUTONOMI_E_TOO_LARGE;
	if (count == 0)
		return AUTONOMI_OK;
	ret_map->entries = an_calloc(count, sizeof(ret_map->entries[0]));
	if (ret_map->entries == NULL)
		return AUTONOMI_E_NO_MEMORY;
	ret_map->count = count;
	return AUTONOMI_OK;
}

/* Whoever has a map can read the file: its hashes are the keys. */
void an_data_map_done(struct an_data_map *map)
{
	if (map->entries != NULL)
		an_wipe(map->entries, map->count * sizeof(map->entries[0]));
	an_free(map->entries);
	*map = (struct an_data_map){0};
}

uint64_t an_data_map_size(const struct an_data_map *map)
{
	uint64_t size = 0;
	for (size_t i = 0; i < map->count; i++) {
		if (map->entries[i].src_size > UINT64_MAX - size)
			return UINT64_MAX;
		size += map->entries[i].src_size;
	}
	return size;
}

/* ---- The root: MessagePack. */

static void write_entry(struct an_buffer *out, const struct an_data_map_entry *entry)
{
	an_msgpack_write_array(out, (uint32_t)entry_fields.count);
	an_msgpack_write_uint(out, entry->index);
	an_msgpack_write_integers(out, an_span(entry->dst_hash, sizeof(entry->dst_hash)));
	an_msgpack_write_integers(out, an_span(entry->src_hash, sizeof(entry->src_hash)));
	an_msgpack_write_uint(out, entry->src_size);
}

an_status an_data_map_encode_root(const struct an_data_map *map, struct an_buffer *out)
{
	an_msgpack_write_array(out, (uint32_t)map_fields.count);
	an_msgpack_write_uint(out, VERSION);
	an_msgpack_write_array(out, (uint32_t)map->count);
	for (size_t i = 0; i < map->count && out->failed == AUTONOMI_OK; i++)
		write_entry(out, &map->entries[i]);
	if (map->has_child)
		an_msgpack_write_uint(out, map->child);
	else
		an_msgpack_write_nil(out);
	return out->failed;
}

static void read_entry(struct an_reader *reader, struct an_data_map_entry *entry)
{
	struct an_msgpack_run run = an_msgpack_read_struct(reader, &entry_fields);
	int field;
	while ((field = an_msgpack_next_field(reader, &run, &entry_fields)) != AN_FIELD_END) {
		if (field == ENTRY_INDEX)
			entry->index = an_msgpack_read_uint(reader, UINT64_MAX);
		else if (field == ENTRY_DST_HASH)
			an_msgpack_read_fixed(reader, entry->dst_hash, sizeof(entry->dst_hash));
		else if (field == ENTRY_SRC_HASH)
			an_msgpack_read_fixed(reader, entry->src_hash, sizeof(entry->src_hash));
		else
			entry->src_size = an_msgpack_read_uint(reader, UINT64_MAX);
	}
}

/* Memory for a number of entries that a stranger wrote: each has at least `entry_size` bytes in
 * what is left to read, so the number is bounded by the bytes that came. */
static void make_entries(struct an_reader *reader, struct an_data_map *map, uint64_t count,
                         size_t entry_size)
{
	if (count > an_reader_left(reader) / entry_size)
		an_reader_fail(reader, AUTONOMI_E_CORRUPT);
	if (!an_reader_ok(reader))
		return;
	const an_status status = an_data_map_init(map, (size_t)count);
	if (status != AUTONOMI_OK)
		an_reader_fail(reader, status);
}

enum { ENTRY_MSGPACK_MIN = 1 + 1 + 2 * (2 + AN_RECORD_NAME_SIZE) + 1 }; /* with hashes as bin */

static void read_entries(struct an_reader *reader, struct an_data_map *map)
{
	make_entries(reader, map, an_msgpack_read_array(reader), ENTRY_MSGPACK_MIN);
	for (size_t i = 0; i < map->count && an_reader_ok(reader); i++)
		read_entry(reader, &map->entries[i]);
}

static void read_child(struct an_reader *reader, struct an_data_map *map)
{
	if (an_msgpack_read_nil(reader))
		return;
	const uint64_t child = an_msgpack_read_uint(reader, UINT64_MAX);
	map->has_child = true;
	map->child = child;
}

static void read_current(struct an_reader *reader, struct an_data_map *map)
{
	struct an_data_map child = {0};
	struct an_msgpack_run run = an_msgpack_read_struct(reader, &map_fields);
	int field;
	while ((field = an_msgpack_next_field(reader, &run, &map_fields)) != AN_FIELD_END) {
		if (field == MAP_ENTRIES)
			read_entries(reader, map);
		else if (field == MAP_CHILD)
			read_child(reader, &child);
		else if (an_msgpack_read_uint(reader, UINT8_MAX) != VERSION)
			an_reader_fail(reader, AUTONOMI_E_CORRUPT);
	}
	map->has_child = child.has_child;
	map->child = child.child;
}

/* Before the versioned form: First(list), or Additional(list) for a map of a map. */
static void read_old(struct an_reader *reader, struct an_data_map *map)
{
	bool has_data = false;
	const int variant = an_msgpack_read_variant(reader, &old_forms, &has_data);
	if (variant == AN_VARIANT_NONE || !has_data) {
		an_reader_fail(reader, AUTONOMI_E_CORRUPT);
		return;
	}
	read_entries(reader, map);
	map->has_child = variant == 1;
}

/* Ends the reading of a map: what was made goes where it failed. */
static an_status finish(struct an_reader *reader, struct an_data_map *map)
{
	if (!an_reader_ok(reader))
		an_data_map_done(map);
	return reader->failed;
}

an_status an_data_map_decode_root(struct an_span bytes, struct an_data_map *ret_map)
{
	*ret_map = (struct an_data_map){0};
	struct an_reader reader = an_reader(bytes);
	read_current(&reader, ret_map);
	if (finish(&reader, ret_map) != AUTONOMI_E_CORRUPT)
		return reader.failed;
	reader = an_reader(bytes);
	read_old(&reader, ret_map);
	return finish(&reader, ret_map);
}

/* ---- The levels below: bincode, little-endian, every width fixed. */

an_status an_data_map_encode_old_level(const struct an_data_map *map, struct an_buffer *out)
{
	an_write_little_endian(out, map->count, 8);
	for (size_t i = 0; i < map->count && out->failed == AUTONOMI_OK; i++) {
		const struct an_data_map_entry *entry = &map->entries[i];
		an_write_little_endian(out, entry->index, 8);
		(void)an_buffer_append(out, an_span(entry->dst_hash, sizeof(entry->dst_hash)));
		(void)an_buffer_append(out, an_span(entry->src_hash, sizeof(entry->src_hash)));
		an_write_little_endian(out, entry->src_size, 8);
	}
	return out->failed;
}

an_status an_data_map_encode_level(const struct an_data_map *map, struct an_buffer *out)
{
	(void)an_buffer_append_byte(out, VERSION);
	(void)an_data_map_encode_old_level(map, out);
	(void)an_buffer_append_byte(out, map->has_child ? 1 : 0);
	if (map->has_child)
		an_write_little_endian(out, map->child, 8);
	return out->failed;
}

static void read_hash(struct an_reader *reader, uint8_t hash[AN_RECORD_NAME_SIZE])
{
	const struct an_span bytes = an_reader_take(reader, AN_RECORD_NAME_SIZE);
	if (bytes.size == AN_RECORD_NAME_SIZE)
		memcpy(hash, bytes.data, bytes.size);
}

static void read_level_entries(struct an_reader *reader, struct an_data_map *map)
{
	make_entries(reader, map, an_reader_little_endian(reader, 8), ENTRY_SIZE);
	for (size_t i = 0; i < map->count; i++) {
		struct an_data_map_entry *entry = &map->entries[i];
		entry->index = an_reader_little_endian(reader, 8);
		read_hash(reader, entry->dst_hash);
		read_hash(reader, entry->src_hash);
		entry->src_size = an_reader_little_endian(reader, 8);
	}
}

static void read_level_child(struct an_reader *reader, struct an_data_map *map)
{
	const uint8_t option = an_reader_byte(reader);
	if (option > 1)
		an_reader_fail(reader, AUTONOMI_E_CORRUPT);
	map->has_child = option == 1;
	if (map->has_child)
		map->child = an_reader_little_endian(reader, 8);
}

/* The versioned form is tried first and bytes after it are ignored, as Autonomi does; so an old bare
 * list whose count begins with the version's byte is misread there, and here (semantics 7.8). */
an_status an_data_map_decode_level(struct an_span bytes, struct an_data_map *ret_map)
{
	*ret_map = (struct an_data_map){0};
	struct an_reader reader = an_reader(bytes);
	if (an_reader_byte(&reader) != VERSION)
		an_reader_fail(&reader, AUTONOMI_E_CORRUPT);
	read_level_entries(&reader, ret_map);
	read_level_child(&reader, ret_map);
	if (finish(&reader, ret_map) != AUTONOMI_E_CORRUPT)
		return reader.failed;

	reader = an_reader(bytes);
	read_level_entries(&reader, ret_map);
	return finish(&reader, ret_map);
}

/* ---- JSON. */

static void append_entry(struct an_buffer *text, const struct an_data_map_entry *entry)
{
	an_text_append(text, "{\"index\":");
	an_text_append_number(text, entry->index);
	an_text_append(text, ",\"dst_hash\":\"");
	an_text_append_hex(text, an_span(entry->dst_hash, sizeof(entry->dst_hash)));
	an_text_append(text, "\",\"src_hash\":\"");
	an_text_append_hex(text, an_span(entry->src_hash, sizeof(entry->src_hash)));
	an_text_append(text, "\",\"src_size\":");
	an_text_append_number(text, entry->src_size);
	an_text_append(text, "}");
}

an_status an_data_map_encode_json(const struct an_data_map *map, struct an_buffer *text)
{
	an_text_append(text, "{\"chunk_identifiers\":[");
	for (size_t i = 0; i < map->count && text->failed == AUTONOMI_OK; i++) {
		if (i > 0)
			an_text_append(text, ",");
		append_entry(text, &map->entries[i]);
	}
	an_text_append(text, "],\"child\":");
	if (map->has_child)
		an_text_append_number(text, map->child);
	else
		an_text_append(text, "null");
	an_text_append(text, "}");
	return text->failed;
}
