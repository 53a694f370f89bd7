/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client/directory_walk.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "client/journal.h"
#include "data/archive.h"
#include "data/self_encryption.h"
#include "wire/utf8.h"

enum { STEP_ENTRIES = 256, FIRST_CAPACITY = 16 };

/* The first problem ends the walk. */
__attribute__((format(printf, 3, 4))) static void end(struct an_directory_walk *walk,
                                                      an_status status, const char *format, ...)
{
	if (walk->status != AUTONOMI_OK)
		return;
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(walk->message, sizeof(walk->message), format, arguments);
	va_end(arguments);
	walk->status = status;
}

static void end_no_memory(struct an_directory_walk *walk)
{
	end(walk, AUTONOMI_E_NO_MEMORY, "there is not enough memory for the list of files");
}

/* ---- Lists. */
static void *grow(void *items, size_t count, size_t *capacity, size_t item_size)
{
	if (count < *capacity)
		return items;
	const size_t more = *capacity > 0 ? 2 * *capacity : FIRST_CAPACITY;
	void *grown = an_realloc(items, more, item_size);
	if (grown != NULL)
		*capacity = more;
	return grown;
}

/* Takes `path`. */
static void add_folder(struct an_directory_walk *walk, char *path)
{
	char **folders = grow(walk->folders, walk->folder_count, &walk->folder_capacity,
	                      sizeof(*folders));
	if (folders == NULL) {
		an_free(path);
		end_no_memory(walk);
		return;
	}
	walk->folders = folders;
	folders[walk->folder_count++] = path;
}

/* Takes `path`. */
static void add_file(struct an_directory_walk *walk, char *path, const struct an_file_info *info)
{
	const size_t name_size = strlen(path) - walk->prefix;
	struct an_directory_file *files = NULL;
	if (walk->count >= AN_DIRECTORY_FILES_MAX ||
	    name_size > AN_DIRECTORY_PATH_BYTES_MAX - walk->path_bytes)
		end(walk, AUTONOMI_E_TOO_LARGE,
		    "the directory holds more than %d files or too long paths; upload its parts",
		    AN_DIRECTORY_FILES_MAX);
	else if ((files = grow(walk->files, walk->count, &walk->capacity, sizeof(*files))) == NULL)
		end_no_memory(walk);
	if (files == NULL) {
		an_free(path);
		return;
	}
	walk->files = files;
	files[walk->count++] = (struct an_directory_file){
		.path = path,
		.name = path + walk->prefix,
		.info = *info,
	};
	walk->path_bytes += name_size;
	walk->size += info->size;
}

/* ---- Entries. */
static const char *reason_against(const char *name, const struct an_file_info *info,
                                  an_status *ret_status)
{
	*ret_status = AUTONOMI_E_UNSUPPORTED;
	if (!an_utf8_valid(an_span_text(name)))
		return "has a name that is not UTF-8";
	if (info->kind == AN_FILE_LINK)
		return "is a symbolic link";
	if (info->kind == AN_FILE_OTHER)
		return "is neither a file nor a directory";
	*ret_status = AUTONOMI_E_TOO_SMALL;
	if (info->kind == AN_FILE_REGULAR && info->size < AN_SELF_ENCRYPTION_MIN)
		return "has less than the 3 bytes that self-encryption needs";
	return NULL;
}

static void leave_out(struct an_directory_walk *walk, char *path)
{
	walk->skipped++;
	an_free(path);
}

static void end_at(struct an_directory_walk *walk, an_status status, char *path, const char *reason)
{
	end(walk, status,
	    "'%.100s' %s; take it out of the directory, or ask to skip what cannot be stored",
	    path + walk->prefix, reason);
	an_free(path);
}

/* Takes `path`. */
static void take_entry(struct an_directory_walk *walk, const char *name, char *path,
                       const struct an_file_info *info)
{
	an_status status;
	const char *reason = reason_against(name, info, &status);
	if (info->kind == AN_FILE_REGULAR && an_journal_is_name(name))
		leave_out(walk, path);
	else if (reason != NULL && walk->skips)
		leave_out(walk, path);
	else if (reason != NULL)
		end_at(walk, status, path, reason);
	else if (info->kind == AN_FILE_DIRECTORY)
		add_folder(walk, path);
	else
		add_file(walk, path, info);
}

static bool visit(void *visitor, const char *name)
{
	struct an_directory_walk *walk = visitor;
	const size_t size = strlen(walk->folder) + strlen(name) + 2;
	struct an_file_info info;
	walk->steps++;
	if (size > AN_DIRECTORY_PATH_MAX) {
		end(walk, AUTONOMI_E_TOO_LARGE, "a path below '%.100s' is longer than %d bytes",
		    walk->folder + walk->prefix, AN_DIRECTORY_PATH_MAX - 1);
		return false;
	}
	char *path = an_malloc(size);
	if (path == NULL) {
		end_no_memory(walk);
		return false;
	}
	snprintf(path, size, "%s/%s", walk->folder, name);
	const an_status status = walk->sys->path_link_info(walk->sys->context, path, &info);
	if (status == AUTONOMI_OK && info.kind != AN_FILE_NONE) {
		take_entry(walk, name, path, &info);
		return walk->status == AUTONOMI_OK;
	}
	if (status != AUTONOMI_OK)
		end(walk, status, "'%.100s' could not be looked at: %s", path,
		    an_status_message(status));
	an_free(path);
	return walk->status == AUTONOMI_OK;
}

static void list_next(struct an_directory_walk *walk)
{
	walk->folder = walk->folders[--walk->folder_count];
	const an_status status = walk->sys->path_list(walk->sys->context, walk->folder, visit,
	                                              walk);
	if (status != AUTONOMI_OK)
		end(walk, status,
		    "the directory '%.100s' could not be read: %s; check the path and its "
		    "permissions",
		    walk->folder, an_status_message(status));
	walk->folder = an_free(walk->folder);
}

static int compare_files(const void *a, const void *b)
{
	const struct an_directory_file *left = a, *right = b;
	return an_archive_path_compare(an_span_text(left->name), an_span_text(right->name));
}

bool an_directory_walk_step(struct an_directory_walk *walk)
{
	walk->steps = 0;
	while (walk->status == AUTONOMI_OK && walk->folder_count > 0 && walk->steps < STEP_ENTRIES)
		list_next(walk);
	if (walk->status == AUTONOMI_OK && walk->folder_count > 0)
		return true;
	if (walk->count > 1)
		qsort(walk->files, walk->count, sizeof(walk->files[0]), compare_files);
	return false;
}

/* ---- The whole. */
static size_t size_without_slashes(const char *path)
{
	size_t size = strlen(path);
	while (size > 0 && path[size - 1] == '/')
		size--;
	return size;
}

static bool is_name(struct an_span part)
{
	return part.size > 0 && !an_span_equal(part, an_span_text(".")) &&
	       !an_span_equal(part, an_span_text("..")) && an_utf8_valid(part);
}

an_status an_directory_walk_begin(struct an_directory_walk *walk, const struct an_sys *sys,
                                  const char *path, bool skips)
{
	const size_t size = size_without_slashes(path);
	*walk = (struct an_directory_walk){.sys = sys, .skips = skips};
	walk->prefix = size;
	while (walk->prefix > 0 && path[walk->prefix - 1] != '/')
		walk->prefix--;
	if (!is_name(an_span(path + walk->prefix, size - walk->prefix)))
		return AUTONOMI_E_INVALID;
	char *folder = an_malloc(size + 1);
	if (folder == NULL)
		return AUTONOMI_E_NO_MEMORY;
	memcpy(folder, path, size);
	folder[size] = '\0';
	add_folder(walk, folder);
	return walk->status;
}

void an_directory_walk_done(struct an_directory_walk *walk)
{
	for (size_t i = 0; i < walk->count; i++) {
		an_blob_unref(walk->files[i].data_map);
		an_free(walk->files[i].path);
	}
	while (walk->folder_count > 0)
		an_free(walk->folders[--walk->folder_count]);
	an_free(walk->files);
	an_free(walk->folders);
	*walk = (struct an_directory_walk){0};
}
