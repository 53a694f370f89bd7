/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/disk_internal.h"

#include "sim/memory.h"

enum { LOCK_NONE, LOCK_SHARED, LOCK_RESERVED, LOCK_PENDING, LOCK_EXCLUSIVE };

const struct an_sim_disk_options an_sim_disk_ssd = {
	.capacity = (uint64_t)64 << 30,
	.read_us = 80,
	.write_us = 20,
	.sync_us = 1500,
	.bytes_per_second = 300000000,
};

static void make_root(struct an_sim_disk *disk)
{
	struct an_sim_inode *root = an_sim_inode_new(true);
	an_sim_name_set(disk, "/", root);
	an_sim_inode_release(disk, root);
	an_sim_path_sync(disk, "/");
}

struct an_sim_disk *an_sim_disk_new(const struct an_sim_disk_options *options,
                                    uint64_t (*unix_time_us)(void *context), void *context)
{
	struct an_sim_disk *disk = an_sim_alloc(sizeof(*disk));
	disk->options = *options;
	disk->unix_time_us = unix_time_us;
	disk->context = context;
	disk->alive = true;
	make_root(disk);
	disk->counts[AN_SIM_DISK_SYNC] = 0;
	disk->cost = 0;
	return disk;
}

void an_sim_disk_wipe(struct an_sim_disk *disk)
{
	an_sim_names_free(disk);
	disk->names = NULL;
	disk->name_capacity = 0;
	disk->used = 0;
	disk->fault = (struct an_sim_disk_fault){0};
	make_root(disk);
}

void an_sim_disk_free(struct an_sim_disk *disk)
{
	if (disk == NULL)
		return;
	an_sim_names_free(disk);
	free(disk);
}

void an_sim_disk_set_options(struct an_sim_disk *disk, const struct an_sim_disk_options *options)
{
	disk->options = *options;
}

void an_sim_disk_set_fault(struct an_sim_disk *disk, const struct an_sim_disk_fault *fault)
{
	disk->fault = fault != NULL ? *fault : (struct an_sim_disk_fault){0};
}

void an_sim_disk_set_alive(struct an_sim_disk *disk, bool alive)
{
	disk->alive = alive;
}

uint64_t an_sim_disk_count(const struct an_sim_disk *disk, enum an_sim_disk_operation operation)
{
	return disk->counts[operation];
}

uint64_t an_sim_disk_used(const struct an_sim_disk *disk)
{
	return disk->used;
}

an_time_us an_sim_disk_take_cost(struct an_sim_disk *disk)
{
	const an_time_us cost = disk->cost;
	disk->cost = 0;
	return cost;
}

static an_time_us cost_of(const struct an_sim_disk *disk, enum an_sim_disk_operation operation,
                          size_t bytes)
{
	an_time_us cost = disk->options.write_us;
	if (operation == AN_SIM_DISK_SYNC)
		cost = disk->options.sync_us;
	else if (operation == AN_SIM_DISK_READ || operation == AN_SIM_DISK_OPEN)
		cost = disk->options.read_us;
	if (disk->options.bytes_per_second > 0)
		cost += (uint64_t)bytes * 1000000 / disk->options.bytes_per_second;
	return cost;
}

static an_status take_fault(struct an_sim_disk *disk, enum an_sim_disk_operation operation)
{
	struct an_sim_disk_fault *fault = &disk->fault;
	if ((fault->operations >> operation & 1) == 0 || fault->count == 0)
		return AUTONOMI_OK;
	if (fault->after > 0) {
		fault->after--;
		return AUTONOMI_OK;
	}
	fault->count--;
	return fault->status;
}

an_status an_sim_disk_begin(struct an_sim_disk *disk, enum an_sim_disk_operation operation,
                            size_t bytes)
{
	if (!disk->alive)
		return AUTONOMI_E_IO;
	disk->counts[operation]++;
	disk->cost += cost_of(disk, operation, bytes);
	return take_fault(disk, operation);
}

void an_sim_disk_cut(struct an_sim_disk *disk, enum an_sim_cut cut, struct an_random *random)
{
	disk->generation++;
	disk->fault = (struct an_sim_disk_fault){0};
	disk->cost = 0;
	an_sim_names_cut(disk, cut, random);
	for (size_t i = 0; i < disk->name_count; i++)
		an_sim_inode_cut(disk, disk->names[i].inode, cut, random);
}

static bool is_dead(const struct an_sim_file *file)
{
	return file->generation != file->disk->generation || !file->disk->alive;
}

static struct an_sim_inode *create(struct an_sim_disk *disk, const char *path)
{
	struct an_sim_inode *inode = an_sim_inode_new(false);
	inode->modified_us = disk->unix_time_us(disk->context);
	an_sim_name_set(disk, path, inode);
	return inode; /* the reference is the handle's */
}

an_status an_sim_file_open(struct an_sim_disk *disk, const char *path, enum an_file_mode mode,
                           struct an_sim_file **ret_file)
{
	const an_status status = an_sim_disk_begin(disk, AN_SIM_DISK_OPEN, 0);
	if (status != AUTONOMI_OK)
		return status;
	struct an_sim_inode *inode = an_sim_name_find(disk, path);
	if (inode != NULL && mode == AN_FILE_CREATE_NEW)
		return AUTONOMI_E_EXISTS;
	if (inode != NULL && inode->is_directory)
		return AUTONOMI_E_IO;
	if (inode == NULL && (mode == AN_FILE_READ || !an_sim_name_parent_exists(disk, path)))
		return AUTONOMI_E_NO_FILE;
	inode = inode != NULL ? an_sim_inode_hold(inode) : create(disk, path);

	struct an_sim_file *file = an_sim_alloc(sizeof(*file));
	*file = (struct an_sim_file){
		.disk = disk,
		.inode = inode,
		.generation = disk->generation,
		.writable = mode != AN_FILE_READ,
	};
	*ret_file = file;
	return AUTONOMI_OK;
}

void an_sim_file_close(struct an_sim_file *file)
{
	if (file == NULL)
		return;
	if (file->generation == file->disk->generation)
		an_sim_file_lower(file, LOCK_NONE);
	an_sim_inode_release(file->disk, file->inode);
	free(file);
}

an_status an_sim_file_read(struct an_sim_file *file, uint64_t offset, uint8_t *out, size_t size,
                           size_t *ret_size)
{
	if (is_dead(file))
		return AUTONOMI_E_IO;
	const an_status status = an_sim_disk_begin(file->disk, AN_SIM_DISK_READ, size);
	if (status != AUTONOMI_OK)
		return status;
	const struct an_sim_inode *inode = file->inode;
	const uint64_t there = offset < inode->size ? inode->size - offset : 0;
	*ret_size = there < size ? (size_t)there : size;
	if (*ret_size > 0)
		memcpy(out, inode->data + offset, *ret_size);
	return AUTONOMI_OK;
}

static bool has_room(const struct an_sim_file *file, uint64_t end)
{
	const struct an_sim_disk *disk = file->disk;
	return end <= file->inode->size ||
	       disk->used - file->inode->size + end <= disk->options.capacity;
}

an_status an_sim_file_write(struct an_sim_file *file, uint64_t offset, struct an_span bytes)
{
	if (is_dead(file) || !file->writable)
		return AUTONOMI_E_IO;
	struct an_sim_disk *disk = file->disk;
	const bool torn = disk->fault.torn;
	const an_status status = an_sim_disk_begin(disk, AN_SIM_DISK_WRITE, bytes.size);
	if (status != AUTONOMI_OK && torn)
		an_sim_inode_write(disk, file->inode, offset, an_span(bytes.data, bytes.size / 2));
	if (status != AUTONOMI_OK)
		return status;
	if (!has_room(file, offset + bytes.size))
		return AUTONOMI_E_DISK_FULL;
	an_sim_inode_write(disk, file->inode, offset, bytes);
	return AUTONOMI_OK;
}

an_status an_sim_file_truncate(struct an_sim_file *file, uint64_t size)
{
	if (is_dead(file) || !file->writable)
		return AUTONOMI_E_IO;
	const an_status status = an_sim_disk_begin(file->disk, AN_SIM_DISK_WRITE, 0);
	if (status != AUTONOMI_OK)
		return status;
	if (!has_room(file, size))
		return AUTONOMI_E_DISK_FULL;
	if (size != file->inode->size)
		an_sim_inode_truncate(file->disk, file->inode, size);
	return AUTONOMI_OK;
}

an_status an_sim_file_sync(struct an_sim_file *file)
{
	if (is_dead(file))
		return AUTONOMI_E_IO;
	const an_status status = an_sim_disk_begin(file->disk, AN_SIM_DISK_SYNC, 0);
	if (status != AUTONOMI_OK)
		return status;
	if (!file->disk->options.ignores_sync)
		an_sim_inode_sync(file->inode);
	return AUTONOMI_OK;
}

an_status an_sim_file_size(struct an_sim_file *file, uint64_t *ret_size)
{
	if (is_dead(file))
		return AUTONOMI_E_IO;
	*ret_size = file->inode->size;
	return AUTONOMI_OK;
}

an_status an_sim_file_lock(struct an_sim_file *file, enum an_file_lock lock)
{
	if (is_dead(file))
		return AUTONOMI_E_IO;
	const int before = file->level;
	const int level = lock == AN_FILE_LOCK_SHARED ? LOCK_SHARED : LOCK_EXCLUSIVE;
	if (an_sim_file_raise(file, LOCK_SHARED) && an_sim_file_raise(file, level)) {
		an_sim_file_lower(file, level);
		return AUTONOMI_OK;
	}
	an_sim_file_lower(file, before);
	return AUTONOMI_E_IN_USE;
}

static bool raise_to_shared(struct an_sim_file *file)
{
	struct an_sim_inode *inode = file->inode;
	if (inode->exclusive != NULL && inode->exclusive != file &&
	    inode->exclusive_level >= LOCK_PENDING)
		return false;
	inode->shared++;
	file->level = LOCK_SHARED;
	return true;
}

bool an_sim_file_raise(struct an_sim_file *file, int level)
{
	struct an_sim_inode *inode = file->inode;
	if (is_dead(file))
		return false;
	if (level <= file->level)
		return true;
	if (level == LOCK_SHARED)
		return raise_to_shared(file);
	if (inode->exclusive != NULL && inode->exclusive != file)
		return false;
	inode->exclusive = file;
	if (level == LOCK_EXCLUSIVE && inode->shared > 1) {
		file->level = inode->exclusive_level = LOCK_PENDING; /* no new readers meanwhile */
		return false;
	}
	file->level = inode->exclusive_level = level;
	return true;
}

void an_sim_file_lower(struct an_sim_file *file, int level)
{
	struct an_sim_inode *inode = file->inode;
	if (level >= file->level || file->generation != file->disk->generation)
		return;
	if (inode->exclusive == file) {
		inode->exclusive = NULL;
		inode->exclusive_level = LOCK_NONE;
	}
	if (level == LOCK_NONE && file->level >= LOCK_SHARED)
		inode->shared--;
	file->level = level;
}

bool an_sim_file_reserved(struct an_sim_file *file)
{
	return file->inode->exclusive != NULL;
}

an_status an_sim_path_free_space(struct an_sim_disk *disk, uint64_t *ret_bytes)
{
	if (!disk->alive)
		return AUTONOMI_E_IO;
	const uint64_t capacity = disk->options.capacity;
	*ret_bytes = capacity > disk->used ? capacity - disk->used : 0;
	return AUTONOMI_OK;
}
