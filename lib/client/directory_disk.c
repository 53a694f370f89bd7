/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client/directory_disk.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"

an_status an_directory_disk_init(struct an_directory_disk *disk, const struct an_sys *sys,
                                 const char *root, bool replace)
{
	*disk = (struct an_directory_disk){.sys = sys, .replace = replace};
	disk->root = an_strdup(root);
	return disk->root != NULL ? AUTONOMI_OK : AUTONOMI_E_NO_MEMORY;
}

void an_directory_disk_done(struct an_directory_disk *disk)
{
	an_free(disk->root);
	an_free(disk->known);
	*disk = (struct an_directory_disk){0};
}

char *an_directory_disk_path(const struct an_directory_disk *disk, const char *path)
{
	const size_t size = strlen(disk->root) + 1 + strlen(path) + 1;
	char *whole = an_malloc(size);
	if (whole != NULL)
		snprintf(whole, size, "%s/%s", disk->root, path);
	return whole;
}

/* ---- What is said when it fails. */
static an_status complain(struct an_directory_disk *disk, an_status status, const char *path,
                          const char *what)
{
	char shown[AN_DIRECTORY_SHOWN_SIZE];
	an_directory_show(an_span_text(path), shown);
	snprintf(disk->message, sizeof(disk->message), "'%s' %s", shown, what);
	return status;
}

static an_status complain_unseen(struct an_directory_disk *disk, an_status status, const char *path)
{
	char what[128];
	snprintf(what, sizeof(what), "could not be looked at or made: %s; check its permissions",
	         an_status_message(status));
	return complain(disk, status, path, what);
}

static an_status complain_no_memory(struct an_directory_disk *disk)
{
	snprintf(disk->message, sizeof(disk->message),
	         "there is not enough memory for this operation; free some and try again");
	return AUTONOMI_E_NO_MEMORY;
}

/* ---- The destination. */
static size_t size_of_parent(const char *path)
{
	size_t size = strlen(path);
	while (size > 1 && path[size - 1] == '/')
		size--;
	while (size > 0 && path[size - 1] != '/')
		size--;
	while (size > 1 && path[size - 1] == '/')
		size--;
	return size;
}

/* The directory that a path lies in; NULL without memory. */
static char *parent_of(const char *path)
{
	const size_t size = size_of_parent(path);
	if (size == 0)
		return an_strdup(".");
	char *parent = an_malloc(size + 1);
	if (parent != NULL) {
		memcpy(parent, path, size);
		parent[size] = '\0';
	}
	return parent;
}

static an_status look_at_parent(struct an_directory_disk *disk)
{
	struct an_file_info info;
	char *parent = parent_of(disk->root);
	if (parent == NULL)
		return complain_no_memory(disk);
	an_status status = disk->sys->path_info(disk->sys->context, parent, &info);
	if (status != AUTONOMI_OK)
		complain_unseen(disk, status, parent);
	else if (info.kind != AN_FILE_DIRECTORY)
		status = complain(disk, AUTONOMI_E_NO_FILE, parent,
		                  "is no directory; make it and try again");
	an_free(parent);
	return status;
}

an_status an_directory_disk_begin(struct an_directory_disk *disk)
{
	struct an_file_info info;
	/* The host chose the destination: it may be a link to another directory. */
	const an_status status = disk->sys->path_info(disk->sys->context, disk->root, &info);
	if (status != AUTONOMI_OK)
		return complain_unseen(disk, status, disk->root);
	disk->is_new = info.kind == AN_FILE_NONE;
	if (disk->is_new)
		return look_at_parent(disk);
	return info.kind == AN_FILE_DIRECTORY
	               ? AUTONOMI_OK
	               : complain(disk, AUTONOMI_E_EXISTS, disk->root,
	                          "exists and is no directory; choose another destination");
}

/* ---- The directories between it and a file. */
static size_t directory_size(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash != NULL ? (size_t)(slash - path) : 0;
}

static bool is_known(const struct an_directory_disk *disk, const char *path)
{
	const size_t size = directory_size(path);
	return disk->known != NULL && strlen(disk->known) == size &&
	       memcmp(disk->known, path, size) == 0;
}

static an_status know(struct an_directory_disk *disk, const char *path)
{
	const size_t size = directory_size(path);
	char *known = an_malloc(size + 1);
	if (known == NULL)
		return complain_no_memory(disk);
	memcpy(known, path, size);
	known[size] = '\0';
	an_free(disk->known);
	disk->known = known;
	return AUTONOMI_OK;
}

static an_status complain_in_the_way(struct an_directory_disk *disk, const char *path,
                                     enum an_file_kind kind)
{
	return complain(disk, AUTONOMI_E_EXISTS, path,
	                kind == AN_FILE_LINK
	                        ? "is a symbolic link, and nothing is written through one; remove "
	                          "it or choose another destination"
	                        : "exists already; choose another destination or ask to replace "
	                          "it");
}

/* What one directory on the way is: only AN_FILE_DIRECTORY and AN_FILE_NONE are no failure. */
static an_status look_at_directory(struct an_directory_disk *disk, const char *whole,
                                   enum an_file_kind *ret_kind)
{
	struct an_file_info info;
	const an_status status = disk->sys->path_link_info(disk->sys->context, whole, &info);
	if (status != AUTONOMI_OK)
		return complain_unseen(disk, status, whole);
	*ret_kind = info.kind;
	if (info.kind == AN_FILE_DIRECTORY || info.kind == AN_FILE_NONE)
		return AUTONOMI_OK;
	return complain_in_the_way(disk, whole, info.kind);
}

static an_status make_directory(struct an_directory_disk *disk, const char *whole,
                                enum an_file_kind *ret_kind)
{
	const struct an_sys *sys = disk->sys;
	an_status status = look_at_directory(disk, whole, ret_kind);
	if (status != AUTONOMI_OK || *ret_kind == AN_FILE_DIRECTORY)
		return status;
	char *parent = parent_of(whole);
	if (parent == NULL)
		return complain_no_memory(disk);
	status = sys->path_make_directory(sys->context, whole);
	if (status == AUTONOMI_OK)
		status = sys->path_sync(sys->context, parent);
	an_free(parent);
	/* Somebody may have put a link there in between. */
	return status == AUTONOMI_OK ? look_at_directory(disk, whole, ret_kind)
	                             : complain_unseen(disk, status, whole);
}

typedef an_status visit_directory(struct an_directory_disk *disk, const char *whole,
                                  enum an_file_kind *ret_kind);

/* Visits the directories from the destination to the file at `path` until one is not there. */
static an_status visit_way(struct an_directory_disk *disk, const char *path, visit_directory *visit,
                           bool *ret_is_there)
{
	char *whole = an_directory_disk_path(disk, path);
	if (whole == NULL)
		return complain_no_memory(disk);
	enum an_file_kind kind = AN_FILE_DIRECTORY;
	an_status status = AUTONOMI_OK;
	char *slash = whole + strlen(disk->root);
	while (status == AUTONOMI_OK && kind == AN_FILE_DIRECTORY &&
	       (slash = strchr(slash + 1, '/')) != NULL) {
		*slash = '\0';
		status = visit(disk, whole, &kind);
		*slash = '/';
	}
	*ret_is_there = kind == AN_FILE_DIRECTORY;
	an_free(whole);
	return status;
}

/* ---- Files. */
static an_status look_at_file(struct an_directory_disk *disk, struct an_directory_target *target,
                              uint64_t size)
{
	struct an_file_info info;
	char *whole = an_directory_disk_path(disk, target->path);
	if (whole == NULL)
		return complain_no_memory(disk);
	an_status status = disk->sys->path_link_info(disk->sys->context, whole, &info);
	if (status != AUTONOMI_OK)
		complain_unseen(disk, status, whole);
	target->exists = status == AUTONOMI_OK && info.kind != AN_FILE_NONE;
	const bool may_be_same = info.kind == AN_FILE_REGULAR && info.size == size;
	/* A link is replaced itself: nothing is written through it. */
	const bool may_go = disk->replace &&
	                    (info.kind == AN_FILE_REGULAR || info.kind == AN_FILE_LINK);
	if (target->exists && !may_be_same && !may_go)
		status = complain_in_the_way(disk, whole, info.kind);
	an_free(whole);
	return status;
}

an_status an_directory_disk_look(struct an_directory_disk *disk, struct an_directory_target *target,
                                 uint64_t size)
{
	bool is_there = true;
	target->exists = false;
	if (disk->is_new)
		return AUTONOMI_OK;
	an_status status = AUTONOMI_OK;
	if (!is_known(disk, target->path))
		status = visit_way(disk, target->path, look_at_directory, &is_there);
	if (status != AUTONOMI_OK || !is_there)
		return status;
	status = know(disk, target->path);
	return status == AUTONOMI_OK ? look_at_file(disk, target, size) : status;
}

bool an_directory_disk_is_made(const struct an_directory_disk *disk,
                               const struct an_directory_target *target)
{
	return !disk->is_new && is_known(disk, target->path);
}

an_status an_directory_disk_make(struct an_directory_disk *disk,
                                 const struct an_directory_target *target)
{
	enum an_file_kind kind;
	bool is_there;
	an_status status = AUTONOMI_OK;
	if (disk->is_new)
		status = make_directory(disk, disk->root, &kind);
	disk->is_new = disk->is_new && status != AUTONOMI_OK;
	if (status == AUTONOMI_OK && target != NULL)
		status = visit_way(disk, target->path, make_directory, &is_there);
	return status == AUTONOMI_OK && target != NULL ? know(disk, target->path) : status;
}
