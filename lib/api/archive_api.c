/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "api/data_handle.h"
#include "base/memory.h"
#include "wire/utf8.h"

autonomi_archive *autonomi_archive_new(uint32_t kind)
{
	if (kind > AUTONOMI_ARCHIVE_PRIVATE)
		return NULL;
	struct an_guard guard;
	an_guard_begin(&guard);
	struct autonomi_archive *archive = an_malloc(sizeof(*archive));
	if (archive != NULL)
		an_archive_init(&archive->value, (enum an_archive_kind)kind);
	an_guard_leave(&guard, AUTONOMI_OK);
	return archive;
}

/* The block that an entry owns begins where its path does. */
static void free_block(const struct an_archive_entry *entry)
{
	an_free((void *)(uintptr_t)entry->path.data);
}

autonomi_archive *autonomi_archive_free(autonomi_archive *archive)
{
	if (archive == NULL)
		return NULL;
	for (size_t i = 0; i < archive->value.count; i++)
		free_block(&archive->value.entries[i]);
	an_archive_done(&archive->value);
	return an_free(archive);
}

autonomi_status autonomi_archive_kind(const autonomi_archive *archive)
{
	return archive != NULL ? (autonomi_status)archive->value.kind : AUTONOMI_E_INVALID;
}

/* Copies bytes and a zero to `room`, and makes the span that of the copy. Returns what is behind. */
static uint8_t *move_text(uint8_t *room, struct an_span *text)
{
	if (text->size > 0)
		memcpy(room, text->data, text->size);
	room[text->size] = 0;
	text->data = room;
	return room + text->size + 1;
}

/* Copies what the entry borrows into a block of its own. E_TOO_LARGE, E_NO_MEMORY. */
static an_status own(struct an_archive_entry *entry)
{
	if (entry->path.size > AN_ARCHIVE_SIZE_MAX || entry->extra.size > AN_ARCHIVE_SIZE_MAX ||
	    entry->data_map.size > AN_ARCHIVE_SIZE_MAX)
		return AUTONOMI_E_TOO_LARGE;
	uint8_t *room = an_malloc(entry->path.size + entry->extra.size + entry->data_map.size + 3);
	if (room == NULL)
		return AUTONOMI_E_NO_MEMORY;
	room = move_text(room, &entry->path);
	room = move_text(room, &entry->extra);
	move_text(room, &entry->data_map);
	return AUTONOMI_OK;
}

/* Adds a copy of an entry, or puts it in the place of the one with its path, whose spelling stays. */
static an_status add(struct an_archive *archive, struct an_archive_entry entry)
{
	const struct an_archive_entry *found = an_archive_find(archive, entry.path);
	if (found != NULL)
		entry.path = found->path;
	an_status status = own(&entry);
	if (status != AUTONOMI_OK)
		return status;
	if (found != NULL) {
		free_block(found);
		archive->entries[found - archive->entries] = entry;
		return AUTONOMI_OK;
	}
	status = an_archive_add(archive, &entry);
	if (status != AUTONOMI_OK)
		free_block(&entry);
	return status;
}

/* Begins an entry with the archive's form of a path, which lies in `ret_path`. */
static an_status normalise(const char *path, struct an_buffer *ret_path)
{
	an_buffer_init(ret_path, AN_ARCHIVE_SIZE_MAX);
	return an_archive_path(an_span_text(path), ret_path);
}

static an_status add_file(struct an_archive *archive, const char *path,
                          struct an_archive_entry *entry)
{
	struct an_buffer normal;
	an_status status = normalise(path, &normal);
	entry->path = an_buffer_span(&normal);
	if (status == AUTONOMI_OK)
		status = add(archive, *entry);
	an_buffer_done(&normal);
	return status;
}

autonomi_status autonomi_archive_add(autonomi_archive *archive, const char *path,
                                     const uint8_t *data, size_t data_size, uint64_t created,
                                     uint64_t modified, uint64_t size, const char *extra)
{
	if (archive == NULL || path == NULL || !an_api_has(data, data_size) ||
	    !an_utf8_valid(an_span_text(path)) ||
	    (extra != NULL && !an_utf8_valid(an_span_text(extra))))
		return AUTONOMI_E_INVALID;
	struct an_archive_entry entry = {.created = created, .modified = modified, .size = size};
	if (archive->value.kind == AN_ARCHIVE_PRIVATE)
		entry.data_map = an_span(data, data_size);
	else if (data_size != sizeof(entry.address))
		return AUTONOMI_E_INVALID;
	else
		memcpy(entry.address, data, sizeof(entry.address));
	entry.has_extra = extra != NULL;
	if (extra != NULL)
		entry.extra = an_span_text(extra);
	struct an_guard guard;
	an_guard_begin(&guard);
	return an_guard_leave(&guard, add_file(&archive->value, path, &entry));
}

static an_status find(const struct an_archive *archive, const char *path, size_t *ret_index)
{
	struct an_buffer normal;
	an_status status = normalise(path, &normal);
	const struct an_archive_entry *found = NULL;
	if (status == AUTONOMI_OK)
		found = an_archive_find(archive, an_buffer_span(&normal));
	an_buffer_done(&normal);
	if (found != NULL)
		*ret_index = (size_t)(found - archive->entries);
	return status == AUTONOMI_OK && found == NULL ? AUTONOMI_E_NOT_FOUND : status;
}

static void take_out(struct an_archive *archive, size_t index)
{
	free_block(&archive->entries[index]);
	archive->count--;
	memmove(&archive->entries[index], &archive->entries[index + 1],
	        (archive->count - index) * sizeof(archive->entries[0]));
}

autonomi_status autonomi_archive_remove(autonomi_archive *archive, const char *path)
{
	if (archive == NULL || path == NULL)
		return AUTONOMI_E_INVALID;
	struct an_guard guard;
	size_t index;
	an_guard_begin(&guard);
	const an_status status = find(&archive->value, path, &index);
	if (status == AUTONOMI_OK)
		take_out(&archive->value, index);
	return an_guard_leave(&guard, status);
}

/* Adds the file anew before the old one goes, so that a failure changes nothing. */
static an_status rename_file(struct an_archive *archive, const char *path, const char *new_path,
                             uint64_t modified)
{
	size_t index, other;
	struct an_buffer normal;
	an_status status = find(archive, path, &index);
	if (status != AUTONOMI_OK)
		return status;
	status = normalise(new_path, &normal);
	struct an_archive_entry entry = archive->entries[index];
	const struct an_span old = entry.path;
	entry.modified = modified;
	entry.path = an_buffer_span(&normal);
	const bool same = an_archive_path_compare(old, entry.path) == 0;
	if (status == AUTONOMI_OK && same)
		archive->entries[index].modified = modified;
	else if (status == AUTONOMI_OK)
		status = add(archive, entry);
	an_buffer_done(&normal);
	if (status != AUTONOMI_OK || same)
		return status;
	/* It is there still, one place further where the new path comes before it. */
	other = index < archive->count && archive->entries[index].path.data == old.data ? index
	                                                                                : index + 1;
	take_out(archive, other);
	return AUTONOMI_OK;
}

autonomi_status autonomi_archive_rename(autonomi_archive *archive, const char *path,
                                        const char *new_path, uint64_t modified)
{
	if (archive == NULL || path == NULL || new_path == NULL ||
	    !an_utf8_valid(an_span_text(new_path)))
		return AUTONOMI_E_INVALID;
	struct an_guard guard;
	an_guard_begin(&guard);
	return an_guard_leave(&guard, rename_file(&archive->value, path, new_path, modified));
}

autonomi_status autonomi_archive_merge(autonomi_archive *archive, const autonomi_archive *other)
{
	if (archive == NULL || other == NULL || archive == other)
		return AUTONOMI_E_INVALID;
	if (archive->value.kind != other->value.kind)
		return AUTONOMI_E_CONFLICT;
	struct an_guard guard;
	an_status status = AUTONOMI_OK;
	an_guard_begin(&guard);
	for (size_t i = 0; i < other->value.count && status == AUTONOMI_OK; i++)
		status = add(&archive->value, other->value.entries[i]);
	return an_guard_leave(&guard, status);
}

size_t autonomi_archive_count(const autonomi_archive *archive)
{
	return archive != NULL ? archive->value.count : 0;
}

autonomi_status autonomi_archive_at(const autonomi_archive *archive, size_t index,
                                    autonomi_archive_view *view, size_t view_size)
{
	if (archive == NULL || view == NULL || index >= archive->value.count)
		return AUTONOMI_E_INVALID;
	const struct an_archive_entry *entry = &archive->value.entries[index];
	const bool is_public = archive->value.kind == AN_ARCHIVE_PUBLIC;
	const autonomi_archive_view full = {
		.path = (const char *)entry->path.data,
		.data = is_public ? entry->address : entry->data_map.data,
		.extra = entry->has_extra ? (const char *)entry->extra.data : NULL,
		.path_size = entry->path.size,
		.data_size = is_public ? sizeof(entry->address) : entry->data_map.size,
		.extra_size = entry->extra.size,
		.created = entry->created,
		.modified = entry->modified,
		.size = entry->size,
	};
	an_api_fill_view(view, view_size, &full, sizeof(full));
	return AUTONOMI_OK;
}

autonomi_status autonomi_archive_find(const autonomi_archive *archive, const char *path,
                                      size_t *ret_index)
{
	if (archive == NULL || path == NULL || ret_index == NULL)
		return AUTONOMI_E_INVALID;
	struct an_guard guard;
	an_guard_begin(&guard);
	return an_guard_leave(&guard, find(&archive->value, path, ret_index));
}

autonomi_status autonomi_archive_encode(const autonomi_archive *archive, autonomi_bytes **ret_bytes)
{
	if (archive == NULL || ret_bytes == NULL)
		return AUTONOMI_E_INVALID;
	struct an_guard guard;
	struct an_buffer out;
	an_guard_begin(&guard);
	an_buffer_init(&out, AN_ARCHIVE_SIZE_MAX);
	const an_status status = an_archive_encode(&archive->value, &out);
	return an_guard_leave(&guard, an_api_take_bytes(&out, status, ret_bytes));
}

/* Replaces what the entries borrow by blocks of their own. On failure there are as many as are owned. */
static an_status own_all(struct an_archive *archive)
{
	for (size_t i = 0; i < archive->count; i++) {
		const an_status status = own(&archive->entries[i]);
		if (status != AUTONOMI_OK) {
			archive->count = i;
			return status;
		}
	}
	return AUTONOMI_OK;
}

static an_status decode(struct an_span bytes, struct autonomi_archive *archive)
{
	struct an_buffer scratch;
	an_buffer_init(&scratch, bytes.size);
	an_status status = an_archive_decode(bytes, archive->value.kind, &scratch, &archive->value);
	if (status == AUTONOMI_OK)
		status = own_all(&archive->value);
	an_buffer_done(&scratch);
	return status;
}

autonomi_status autonomi_archive_decode(uint32_t kind, const uint8_t *bytes, size_t size,
                                        autonomi_archive **ret_archive)
{
	if (kind > AUTONOMI_ARCHIVE_PRIVATE || bytes == NULL || ret_archive == NULL)
		return AUTONOMI_E_INVALID;
	struct autonomi_archive *archive = autonomi_archive_new(kind);
	if (archive == NULL)
		return AUTONOMI_E_NO_MEMORY;
	struct an_guard guard;
	an_guard_begin(&guard);
	const an_status status = decode(an_span(bytes, size), archive);
	if (status == AUTONOMI_OK)
		*ret_archive = archive;
	else
		autonomi_archive_free(archive);
	return an_guard_leave(&guard, status);
}
