/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The names of files, and the way back to those that are durable. */
#include "sim/disk_internal.h"

#include "sim/memory.h"

/* The place of `path` in the sorted table, or where it would go. */
static size_t place_of(const struct an_sim_disk *disk, const char *path)
{
	size_t low = 0;
	size_t high = disk->name_count;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		if (strcmp(disk->names[middle].path, path) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool is_at(const struct an_sim_disk *disk, size_t place, const char *path)
{
	return place < disk->name_count && strcmp(disk->names[place].path, path) == 0;
}

struct an_sim_inode *an_sim_name_find(const struct an_sim_disk *disk, const char *path)
{
	const size_t place = place_of(disk, path);
	return is_at(disk, place, path) ? disk->names[place].inode : NULL;
}

static void insert(struct an_sim_disk *disk, size_t place, const char *path,
                   struct an_sim_inode *inode)
{
	if (disk->name_count == disk->name_capacity) {
		disk->name_capacity = disk->name_capacity * 2 + 16;
		disk->names = an_sim_resize(disk->names,
		                            disk->name_capacity * sizeof(disk->names[0]));
	}
	memmove(&disk->names[place + 1], &disk->names[place],
	        (disk->name_count - place) * sizeof(disk->names[0]));
	disk->names[place] = (struct an_sim_name){an_sim_copy_text(path), inode};
	disk->name_count++;
}

static void take_out(struct an_sim_disk *disk, size_t place)
{
	free(disk->names[place].path);
	disk->name_count--;
	memmove(&disk->names[place], &disk->names[place + 1],
	        (disk->name_count - place) * sizeof(disk->names[0]));
}

/* Points `path` at `inode` and returns what it pointed at; the references go along. */
static struct an_sim_inode *point(struct an_sim_disk *disk, const char *path,
                                  struct an_sim_inode *inode)
{
	const size_t place = place_of(disk, path);
	if (!is_at(disk, place, path)) {
		if (inode != NULL)
			insert(disk, place, path, inode);
		return NULL;
	}
	struct an_sim_inode *before = disk->names[place].inode;
	disk->names[place].inode = inode;
	if (inode == NULL)
		take_out(disk, place);
	return before;
}

static struct an_sim_name_change *add_change(struct an_sim_disk *disk)
{
	struct an_sim_name_change *change = an_sim_alloc(sizeof(*change));
	change->earlier = disk->last;
	if (disk->last != NULL)
		disk->last->later = change;
	else
		disk->first = change;
	disk->last = change;
	return change;
}

static void free_change(struct an_sim_disk *disk, struct an_sim_name_change *change)
{
	if (change->earlier != NULL)
		change->earlier->later = change->later;
	else
		disk->first = change->later;
	if (change->later != NULL)
		change->later->earlier = change->earlier;
	else
		disk->last = change->earlier;
	for (int i = 0; i < 2; i++) {
		free(change->path[i]);
		an_sim_inode_release(disk, change->before[i]);
	}
	free(change);
}

void an_sim_name_set(struct an_sim_disk *disk, const char *path, struct an_sim_inode *inode)
{
	struct an_sim_name_change *change = add_change(disk);
	change->path[0] = an_sim_copy_text(path);
	change->before[0] = point(disk, path, an_sim_inode_hold(inode));
}

static size_t parent_size(const char *path)
{
	const size_t size = (size_t)(strrchr(path, '/') - path);
	return size > 0 ? size : 1; /* of "/name": "/" */
}

static bool is_in(const char *path, const char *directory)
{
	return parent_size(path) == strlen(directory) &&
	       memcmp(path, directory, parent_size(path)) == 0;
}

bool an_sim_name_parent_exists(const struct an_sim_disk *disk, const char *path)
{
	char *parent = an_sim_copy_text(path);
	parent[parent_size(path)] = 0;
	const struct an_sim_inode *inode = an_sim_name_find(disk, parent);
	free(parent);
	return inode != NULL && inode->is_directory;
}

/* A rename becomes durable with the directory that it led to. */
static void sync_names(struct an_sim_disk *disk, const char *directory)
{
	struct an_sim_name_change *later;
	for (struct an_sim_name_change *change = disk->first; change != NULL; change = later) {
		later = change->later;
		const char *path = change->path[1] != NULL ? change->path[1] : change->path[0];
		if (is_in(path, directory))
			free_change(disk, change);
	}
}

static void undo_last(struct an_sim_disk *disk)
{
	struct an_sim_name_change *change = disk->last;
	for (int i = 1; i >= 0; i--) {
		if (change->path[i] == NULL)
			continue;
		an_sim_inode_release(disk, point(disk, change->path[i], change->before[i]));
		change->before[i] = NULL;
	}
	free_change(disk, change);
}

static void drop_orphans(struct an_sim_disk *disk)
{
	for (size_t i = 0; i < disk->name_count;) {
		struct an_sim_name *name = &disk->names[i];
		if (strcmp(name->path, "/") == 0 || an_sim_name_parent_exists(disk, name->path)) {
			i++;
			continue;
		}
		struct an_sim_inode *inode = name->inode;
		take_out(disk, i);
		an_sim_inode_release(disk, inode);
	}
}

static size_t count_changes(const struct an_sim_disk *disk)
{
	size_t count = 0;
	for (struct an_sim_name_change *i = disk->first; i != NULL; i = i->later)
		count++;
	return count;
}

/* A journal keeps changes of names in order, so what survives is a beginning of them. */
void an_sim_names_cut(struct an_sim_disk *disk, enum an_sim_cut cut, struct an_random *random)
{
	if (cut == AN_SIM_CUT_PROCESS)
		return;
	size_t lost = count_changes(disk);
	if (cut == AN_SIM_CUT_SCRAMBLE)
		lost = (size_t)an_random_below(random, lost + 1);
	for (; lost > 0; lost--)
		undo_last(disk);
	while (disk->first != NULL)
		free_change(disk, disk->first);
	drop_orphans(disk);
}

void an_sim_names_free(struct an_sim_disk *disk)
{
	while (disk->first != NULL)
		free_change(disk, disk->first);
	while (disk->name_count > 0) {
		struct an_sim_inode *inode = disk->names[disk->name_count - 1].inode;
		take_out(disk, disk->name_count - 1);
		an_sim_inode_release(disk, inode);
	}
	free(disk->names);
}

an_status an_sim_path_info(struct an_sim_disk *disk, const char *path,
                           struct an_file_info *ret_info)
{
	if (!disk->alive)
		return AUTONOMI_E_IO;
	const struct an_sim_inode *inode = an_sim_name_find(disk, path);
	*ret_info = (struct an_file_info){.kind = AN_FILE_NONE};
	if (inode != NULL)
		*ret_info = (struct an_file_info){
			.kind = inode->is_directory ? AN_FILE_DIRECTORY : AN_FILE_REGULAR,
			.size = inode->size,
			.modified_us = inode->modified_us,
		};
	return AUTONOMI_OK;
}

an_status an_sim_path_rename(struct an_sim_disk *disk, const char *from, const char *to)
{
	const an_status status = an_sim_disk_begin(disk, AN_SIM_DISK_NAME, 0);
	if (status != AUTONOMI_OK)
		return status;
	struct an_sim_inode *inode = an_sim_name_find(disk, from);
	if (inode == NULL || !an_sim_name_parent_exists(disk, to))
		return AUTONOMI_E_NO_FILE;
	if (strcmp(from, to) == 0)
		return AUTONOMI_OK;
	if (inode->is_directory)
		return AUTONOMI_E_UNSUPPORTED; /* nobody renames directories */
	struct an_sim_name_change *change = add_change(disk);
	change->path[0] = an_sim_copy_text(from);
	change->path[1] = an_sim_copy_text(to);
	change->before[1] = point(disk, to, an_sim_inode_hold(inode));
	change->before[0] = point(disk, from, NULL);
	return AUTONOMI_OK;
}

static bool has_entries(const struct an_sim_disk *disk, const char *directory)
{
	for (size_t i = 0; i < disk->name_count; i++)
		if (is_in(disk->names[i].path, directory) &&
		    strcmp(disk->names[i].path, directory) != 0)
			return true;
	return false;
}

an_status an_sim_path_remove(struct an_sim_disk *disk, const char *path)
{
	const an_status status = an_sim_disk_begin(disk, AN_SIM_DISK_NAME, 0);
	if (status != AUTONOMI_OK)
		return status;
	const struct an_sim_inode *inode = an_sim_name_find(disk, path);
	if (inode == NULL)
		return AUTONOMI_E_NO_FILE;
	if (inode->is_directory && has_entries(disk, path))
		return AUTONOMI_E_EXISTS;
	an_sim_name_set(disk, path, NULL);
	return AUTONOMI_OK;
}

an_status an_sim_path_make_directory(struct an_sim_disk *disk, const char *path)
{
	const an_status status = an_sim_disk_begin(disk, AN_SIM_DISK_NAME, 0);
	if (status != AUTONOMI_OK)
		return status;
	struct an_sim_inode *inode = an_sim_name_find(disk, path);
	if (inode != NULL)
		return inode->is_directory ? AUTONOMI_OK : AUTONOMI_E_EXISTS;
	if (!an_sim_name_parent_exists(disk, path))
		return AUTONOMI_E_NO_FILE;
	inode = an_sim_inode_new(true);
	an_sim_name_set(disk, path, inode);
	an_sim_inode_release(disk, inode);
	return AUTONOMI_OK;
}

an_status an_sim_path_sync(struct an_sim_disk *disk, const char *directory)
{
	const an_status status = an_sim_disk_begin(disk, AN_SIM_DISK_SYNC, 0);
	if (status != AUTONOMI_OK)
		return status;
	const struct an_sim_inode *inode = an_sim_name_find(disk, directory);
	if (inode == NULL || !inode->is_directory)
		return AUTONOMI_E_NO_FILE;
	if (!disk->options.ignores_sync)
		sync_names(disk, directory);
	return AUTONOMI_OK;
}

an_status an_sim_path_sync_parent(struct an_sim_disk *disk, const char *path)
{
	char *parent = an_sim_copy_text(path);
	parent[parent_size(path)] = 0;
	const an_status status = an_sim_path_sync(disk, parent);
	free(parent);
	return status;
}

an_status an_sim_path_list(struct an_sim_disk *disk, const char *directory,
                           bool (*visit)(void *visitor, const char *name), void *visitor)
{
	const an_status status = an_sim_disk_begin(disk, AN_SIM_DISK_READ, 0);
	if (status != AUTONOMI_OK)
		return status;
	const struct an_sim_inode *inode = an_sim_name_find(disk, directory);
	if (inode == NULL || !inode->is_directory)
		return AUTONOMI_E_NO_FILE;
	/* The visitor may remove what it is shown, so the names are copied first. */
	char **names = an_sim_alloc((disk->name_count + 1) * sizeof(names[0]));
	size_t count = 0;
	for (size_t i = 0; i < disk->name_count; i++) {
		const char *path = disk->names[i].path;
		if (strcmp(path, "/") != 0 && is_in(path, directory))
			names[count++] = an_sim_copy_text(strrchr(path, '/') + 1);
	}
	bool more = true;
	for (size_t i = 0; i < count; i++) {
		more = more && visit(visitor, names[i]);
		free(names[i]);
	}
	free(names);
	return AUTONOMI_OK;
}
