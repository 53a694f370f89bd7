/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/archive.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "wire/msgpack.h"

static const char *const version_names[] = {"V0"};
static const struct an_fields versions = AN_FIELDS(version_names);
static const char *const archive_names[] = {"map"};
static const struct an_fields archive_fields = AN_FIELDS(archive_names);

enum { CREATED, MODIFIED, SIZE, EXTRA };
static const char *const metadata_names[] = {"created", "modified", "size", "extra"};
static const struct an_fields metadata_fields = {
	.names = metadata_names,
	.count = 4,
	.optional = 1u << EXTRA,
};

enum { FIRST_CAPACITY = 16 };

/* ---- Paths. */

enum part_kind { PART_END, PART_ROOT, PART_CURRENT, PART_PARENT, PART_NAME };

struct path_reader {
	struct an_span left;
	bool started;
};

static struct an_span skip(struct an_span bytes, size_t size)
{
	return an_span(bytes.data + size, bytes.size - size);
}

static enum part_kind kind_of(struct an_span part)
{
	if (an_span_equal(part, an_span_text(".")))
		return PART_CURRENT;
	return an_span_equal(part, an_span_text("..")) ? PART_PARENT : PART_NAME;
}

/* The next part that says something: no empty ones, and a dot only where it begins the path. */
static enum part_kind next_part(struct path_reader *path, struct an_span *ret_part)
{
	const bool is_first = !path->started;
	path->started = true;
	*ret_part = an_span(NULL, 0);
	if (is_first && path->left.size > 0 && path->left.data[0] == '/')
		return PART_ROOT;
	for (bool may_be_dot = is_first; path->left.size > 0; may_be_dot = false) {
		size_t size = 0;
		while (size < path->left.size && path->left.data[size] != '/')
			size++;
		*ret_part = an_span(path->left.data, size);
		path->left = skip(path->left, size < path->left.size ? size + 1 : size);
		const enum part_kind kind = kind_of(*ret_part);
		if (size > 0 && (kind != PART_CURRENT || may_be_dot))
			return kind;
	}
	return PART_END;
}

static int compare_bytes(struct an_span a, struct an_span b)
{
	const size_t shared = a.size < b.size ? a.size : b.size;
	const int order = shared > 0 ? memcmp(a.data, b.data, shared) : 0;
	return order != 0 ? order : (a.size > b.size) - (a.size < b.size);
}

int an_archive_path_compare(struct an_span a, struct an_span b)
{
	struct path_reader left = {.left = a}, right = {.left = b};
	for (;;) {
		struct an_span left_part, right_part;
		const enum part_kind left_kind = next_part(&left, &left_part);
		const enum part_kind right_kind = next_part(&right, &right_part);
		if (left_kind != right_kind)
			return left_kind < right_kind ? -1 : 1;
		if (left_kind == PART_END)
			return 0;
		const int order = left_kind == PART_NAME ? compare_bytes(left_part, right_part) : 0;
		if (order != 0)
			return order;
	}
}

an_status an_archive_path(struct an_span path, struct an_buffer *out)
{
	struct an_buffer slashes;
	an_buffer_init(&slashes, path.size);
	uint8_t *copy = an_buffer_extend(&slashes, path.size);
	if (copy == NULL)
		return slashes.failed;
	for (size_t i = 0; i < path.size; i++)
		copy[i] = path.data[i] == '\\' ? '/' : path.data[i];

	struct path_reader reader = {.left = an_buffer_span(&slashes)};
	struct an_span part;
	bool needs_slash = false;
	enum part_kind kind;
	while ((kind = next_part(&reader, &part)) != PART_END) {
		if (needs_slash || kind == PART_ROOT)
			(void)an_buffer_append_byte(out, '/');
		(void)an_buffer_append(out, part);
		needs_slash = kind != PART_ROOT;
	}
	an_buffer_done(&slashes);
	return out->failed;
}

/* ---- Entries. */

void an_archive_init(struct an_archive *archive, enum an_archive_kind kind)
{
	*archive = (struct an_archive){.kind = kind};
}

void an_archive_done(struct an_archive *archive)
{
	an_free(archive->entries);
	*archive = (struct an_archive){.kind = archive->kind};
}

/* Where `path` is, or where it belongs. */
static size_t position_of(const struct an_archive *archive, struct an_span path, bool *ret_found)
{
	size_t low = 0, high = archive->count;
	*ret_found = false;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		const int order = an_archive_path_compare(archive->entries[middle].path, path);
		if (order == 0) {
			*ret_found = true;
			return middle;
		}
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static an_status grow(struct an_archive *archive)
{
	if (archive->count < archive->capacity)
		return AUTONOMI_OK;
	if (archive->count >= AN_ARCHIVE_ENTRIES_MAX)
		return AUTONOMI_E_TOO_LARGE;
	const size_t capacity = archive->capacity > 0 ? 2 * archive->capacity : FIRST_CAPACITY;
	struct an_archive_entry *entries = an_realloc(archive->entries, capacity,
	                                              sizeof(entries[0]));
	if (entries == NULL)
		return AUTONOMI_E_NO_MEMORY;
	archive->entries = entries;
	archive->capacity = capacity;
	return AUTONOMI_OK;
}

an_status an_archive_add(struct an_archive *archive, const struct an_archive_entry *entry)
{
	bool found;
	const size_t i = position_of(archive, entry->path, &found);
	if (found) {
		const struct an_span path = archive->entries[i].path;
		archive->entries[i] = *entry;
		archive->entries[i].path = path;
		return AUTONOMI_OK;
	}
	const an_status status = grow(archive);
	if (status != AUTONOMI_OK)
		return status;
	memmove(&archive->entries[i + 1], &archive->entries[i],
	        (archive->count - i) * sizeof(archive->entries[0]));
	archive->entries[i] = *entry;
	archive->count++;
	return AUTONOMI_OK;
}

const struct an_archive_entry *an_archive_find(const struct an_archive *archive,
                                               struct an_span path)
{
	bool found;
	const size_t i = position_of(archive, path, &found);
	return found ? &archive->entries[i] : NULL;
}

/* ---- Bytes. */

static void write_metadata(struct an_buffer *out, const struct an_archive_entry *entry)
{
	an_msgpack_write_map(out, (uint32_t)metadata_fields.count);
	an_msgpack_write_name(out, metadata_names[CREATED]);
	an_msgpack_write_uint(out, entry->created);
	an_msgpack_write_name(out, metadata_names[MODIFIED]);
	an_msgpack_write_uint(out, entry->modified);
	an_msgpack_write_name(out, metadata_names[SIZE]);
	an_msgpack_write_uint(out, entry->size);
	an_msgpack_write_name(out, metadata_names[EXTRA]);
	if (entry->has_extra)
		an_msgpack_write_text(out, entry->extra);
	else
		an_msgpack_write_nil(out);
}

an_status an_archive_encode(const struct an_archive *archive, struct an_buffer *out)
{
	an_msgpack_write_variant(out, version_names[0]);
	an_msgpack_write_map(out, (uint32_t)archive_fields.count);
	an_msgpack_write_name(out, archive_names[0]);
	an_msgpack_write_map(out, (uint32_t)archive->count);
	for (size_t i = 0; i < archive->count && out->failed == AUTONOMI_OK; i++) {
		const struct an_archive_entry *entry = &archive->entries[i];
		an_msgpack_write_text(out, entry->path);
		an_msgpack_write_array(out, 2);
		if (archive->kind == AN_ARCHIVE_PUBLIC)
			an_msgpack_write_integers(out,
			                          an_span(entry->address, sizeof(entry->address)));
		else
			an_msgpack_write_bin(out, entry->data_map);
		write_metadata(out, entry);
	}
	return out->failed;
}

static void read_metadata(struct an_reader *reader, struct an_archive_entry *entry)
{
	struct an_msgpack_run run = an_msgpack_read_struct(reader, &metadata_fields);
	if (!run.as_map && run.left != metadata_fields.count)
		an_reader_fail(reader, AUTONOMI_E_CORRUPT);
	int field;
	while ((field = an_msgpack_next_field(reader, &run, &metadata_fields)) != AN_FIELD_END) {
		if (field == CREATED)
			entry->created = an_msgpack_read_uint(reader, UINT64_MAX);
		else if (field == MODIFIED)
			entry->modified = an_msgpack_read_uint(reader, UINT64_MAX);
		else if (field == SIZE)
			entry->size = an_msgpack_read_uint(reader, UINT64_MAX);
		else if (!an_msgpack_read_nil(reader)) {
			entry->has_extra = true;
			entry->extra = an_msgpack_read_text(reader);
		}
	}
}

/* By path; among equal ones as they came, which is also how their texts lie in the archive's bytes. */
static int compare_read(const void *a, const void *b)
{
	const struct an_archive_entry *left = a, *right = b;
	const int order = an_archive_path_compare(left->path, right->path);
	return order != 0 ? order
	                  : (left->path.data > right->path.data) -
	                            (left->path.data < right->path.data);
}

/* Of a path that came twice the first spelling and the last content are kept, as by Rust's map. */
static void drop_repeated(struct an_archive *archive)
{
	size_t kept = 0;
	for (size_t i = 0; i < archive->count; i++) {
		struct an_archive_entry *entry = &archive->entries[i];
		struct an_archive_entry *last = kept > 0 ? &archive->entries[kept - 1] : NULL;
		if (last != NULL && an_archive_path_compare(last->path, entry->path) == 0) {
			entry->path = last->path;
			*last = *entry;
		} else {
			archive->entries[kept++] = *entry;
		}
	}
	archive->count = kept;
}

/* Adding entries one by one would take a time that grows with the square of a stranger's count. */
static void append_read(struct an_reader *reader, struct an_archive *archive,
                        const struct an_archive_entry *entry, bool *is_ordered)
{
	const an_status status = grow(archive);
	if (status != AUTONOMI_OK) {
		an_reader_fail(reader, status);
		return;
	}
	const size_t count = archive->count;
	if (count > 0 &&
	    an_archive_path_compare(archive->entries[count - 1].path, entry->path) >= 0)
		*is_ordered = false;
	archive->entries[archive->count++] = *entry;
}

/* An empty one has its place too. */
static struct an_span read_path(struct an_reader *reader)
{
	const struct an_span path = an_msgpack_read_text(reader);
	return path.size > 0 ? path : an_span(reader->bytes.data + reader->position, 0);
}

static void read_entries(struct an_reader *reader, struct an_buffer *scratch,
                         struct an_archive *archive)
{
	const uint32_t count = an_msgpack_read_map(reader);
	bool is_ordered = true;
	for (uint32_t i = 0; i < count && an_reader_ok(reader); i++) {
		struct an_archive_entry entry = {.path = read_path(reader)};
		an_msgpack_read_tuple(reader, 2);
		if (archive->kind == AN_ARCHIVE_PUBLIC)
			an_msgpack_read_fixed(reader, entry.address, sizeof(entry.address));
		else
			entry.data_map = an_msgpack_read_bytes(reader, scratch);
		read_metadata(reader, &entry);
		if (!an_reader_ok(reader))
			return;
		append_read(reader, archive, &entry, &is_ordered);
	}
	if (is_ordered || !an_reader_ok(reader))
		return;
	qsort(archive->entries, archive->count, sizeof(archive->entries[0]), compare_read);
	drop_repeated(archive);
}

an_status an_archive_decode(struct an_span bytes, enum an_archive_kind kind,
                            struct an_buffer *scratch, struct an_archive *ret_archive)
{
	an_archive_init(ret_archive, kind);
	if (bytes.size > AN_ARCHIVE_SIZE_MAX)
		return AUTONOMI_E_TOO_LARGE;
	struct an_reader reader = an_reader(bytes);
	bool has_data = false;
	if (an_msgpack_read_variant(&reader, &versions, &has_data) != 0 || !has_data)
		an_reader_fail(&reader, AUTONOMI_E_CORRUPT);
	struct an_msgpack_run run = an_msgpack_read_struct(&reader, &archive_fields);
	while (an_msgpack_next_field(&reader, &run, &archive_fields) != AN_FIELD_END)
		read_entries(&reader, scratch, ret_archive);
	if (!an_reader_ok(&reader))
		an_archive_done(ret_archive);
	return reader.failed;
}
