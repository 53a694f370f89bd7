/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The content of files, and the way back to what is durable of it. */
#include "sim/disk_internal.h"

#include "sim/memory.h"

enum { PAGE = 4096 };

struct an_sim_inode *an_sim_inode_new(bool is_directory)
{
	struct an_sim_inode *inode = an_sim_alloc(sizeof(*inode));
	inode->references = 1;
	inode->is_directory = is_directory;
	return inode;
}

struct an_sim_inode *an_sim_inode_hold(struct an_sim_inode *inode)
{
	if (inode != NULL)
		inode->references++;
	return inode;
}

void an_sim_inode_release(struct an_sim_disk *disk, struct an_sim_inode *inode)
{
	if (inode == NULL || --inode->references > 0)
		return;
	disk->used -= inode->size;
	an_sim_inode_sync(inode);
	free(inode->data);
	free(inode);
}

static void set_size(struct an_sim_disk *disk, struct an_sim_inode *inode, uint64_t size)
{
	if (size > inode->capacity) {
		/* A quarter more: thousands of disks lie in the memory of one process. */
		const uint64_t capacity = (size + size / 4 + PAGE - 1) / PAGE * PAGE;
		inode->data = an_sim_resize(inode->data, capacity);
		inode->capacity = capacity;
	}
	if (size > inode->size)
		memset(inode->data + inode->size, 0, size - inode->size);
	disk->used = disk->used - inode->size + size;
	inode->size = size;
}

static struct an_sim_change *remember(struct an_sim_inode *inode, uint64_t offset, uint64_t end,
                                      uint64_t size_after)
{
	struct an_sim_change *change = an_sim_alloc(sizeof(*change));
	const uint64_t kept_end = end < inode->size ? end : inode->size;
	change->offset = offset;
	change->size_before = inode->size;
	change->size_after = size_after;
	if (offset < kept_end) {
		change->bytes_size = kept_end - offset;
		change->bytes = an_sim_copy(inode->data + offset, change->bytes_size);
	}
	change->earlier = inode->last;
	if (inode->last != NULL)
		inode->last->later = change;
	else
		inode->first = change;
	inode->last = change;
	return change;
}

void an_sim_inode_write(struct an_sim_disk *disk, struct an_sim_inode *inode, uint64_t offset,
                        struct an_span bytes)
{
	const uint64_t end = offset + bytes.size;
	const uint64_t size = end > inode->size ? end : inode->size;
	if (bytes.size == 0)
		return;
	remember(inode, offset, end, size);
	set_size(disk, inode, size);
	memcpy(inode->data + offset, bytes.data, bytes.size);
	inode->modified_us = disk->unix_time_us(disk->context);
}

void an_sim_inode_truncate(struct an_sim_disk *disk, struct an_sim_inode *inode, uint64_t size)
{
	remember(inode, size, inode->size, size)->truncates = true;
	set_size(disk, inode, size);
	inode->modified_us = disk->unix_time_us(disk->context);
}

static struct an_sim_change *free_change(struct an_sim_change *change)
{
	struct an_sim_change *later = change->later;
	free(change->bytes);
	free(change);
	return later;
}

void an_sim_inode_sync(struct an_sim_inode *inode)
{
	for (struct an_sim_change *change = inode->first; change != NULL;)
		change = free_change(change);
	inode->first = inode->last = NULL;
}

/* Takes a change back, and keeps in it what it had written. */
static void undo(struct an_sim_disk *disk, struct an_sim_inode *inode, struct an_sim_change *change)
{
	uint8_t *before = change->bytes;
	const size_t before_size = change->bytes_size;
	/* A write wrote from its offset to the longer of what it replaced and what it added. */
	uint64_t written = before_size;
	if (change->size_after > change->size_before && !change->truncates)
		written = change->size_after - change->offset;
	change->bytes = NULL;
	change->bytes_size = 0;
	if (!change->truncates) {
		change->bytes = an_sim_copy(inode->data + change->offset, written);
		change->bytes_size = written;
	}
	set_size(disk, inode, change->size_before);
	if (before_size > 0)
		memcpy(inode->data + change->offset, before, before_size);
	free(before);
}

static bool coin(struct an_random *random)
{
	return an_random_below(random, 2) == 1;
}

static void redo_sectors(struct an_sim_disk *disk, struct an_sim_inode *inode,
                         const struct an_sim_change *change, struct an_random *random)
{
	const uint64_t end = change->offset + change->bytes_size;
	for (uint64_t at = change->offset; at < end;) {
		uint64_t next = (at / AN_SIM_SECTOR + 1) * AN_SIM_SECTOR;
		if (next > end)
			next = end;
		if (coin(random)) {
			if (next > inode->size)
				set_size(disk, inode, next);
			memcpy(inode->data + at, change->bytes + (at - change->offset), next - at);
		}
		at = next;
	}
}

static void redo_part(struct an_sim_disk *disk, struct an_sim_inode *inode,
                      const struct an_sim_change *change, struct an_random *random)
{
	/* Half of all cuts keep a change as it was: else a file would never survive whole. */
	if (change->truncates) {
		if (coin(random))
			set_size(disk, inode, change->size_after);
		return;
	}
	if (!coin(random)) {
		redo_sectors(disk, inode, change, random);
		return;
	}
	if (change->offset + change->bytes_size > inode->size)
		set_size(disk, inode, change->offset + change->bytes_size);
	memcpy(inode->data + change->offset, change->bytes, change->bytes_size);
}

void an_sim_inode_cut(struct an_sim_disk *disk, struct an_sim_inode *inode, enum an_sim_cut cut,
                      struct an_random *random)
{
	inode->shared = 0;
	inode->exclusive = NULL;
	inode->exclusive_level = 0;
	if (cut == AN_SIM_CUT_PROCESS)
		return;
	for (struct an_sim_change *change = inode->last; change != NULL; change = change->earlier)
		undo(disk, inode, change);
	if (cut == AN_SIM_CUT_SCRAMBLE)
		for (struct an_sim_change *change = inode->first; change != NULL;
		     change = change->later)
			redo_part(disk, inode, change, random);
	an_sim_inode_sync(inode);
}
