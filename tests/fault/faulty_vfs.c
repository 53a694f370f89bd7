/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "faulty_vfs.h"

#include <sqlite3.h>
#include <stddef.h>
#include <string.h>

struct an_faulty_vfs an_faulty_vfs;
struct an_faulty_vfs an_faulty_sqlite_memory;

struct faulty_file {
	sqlite3_file base;
	sqlite3_file *real; /* behind this struct */
};

static sqlite3_vfs *real_vfs;
static sqlite3_vfs vfs;
static sqlite3_mem_methods real_memory;

static bool fails(struct an_faulty_vfs *state)
{
	state->calls++;
	if (state->first == 0)
		return false;
	return state->lasting ? state->calls >= state->first : state->calls == state->first;
}

static int result_of(int io_error)
{
	return an_faulty_vfs.full ? SQLITE_FULL : io_error;
}

static sqlite3_file *real_of(sqlite3_file *file)
{
	return ((struct faulty_file *)(void *)file)->real;
}

static int file_close(sqlite3_file *file)
{
	return real_of(file)->pMethods->xClose(real_of(file));
}

static int file_read(sqlite3_file *file, void *out, int size, sqlite3_int64 offset)
{
	if (fails(&an_faulty_vfs))
		return SQLITE_IOERR_READ;
	return real_of(file)->pMethods->xRead(real_of(file), out, size, offset);
}

/* A write that fails has written its first half. */
static int file_write(sqlite3_file *file, const void *bytes, int size, sqlite3_int64 offset)
{
	const bool failing = fails(&an_faulty_vfs);
	const int result = real_of(file)->pMethods->xWrite(real_of(file), bytes,
	                                                   failing ? size / 2 : size, offset);
	return failing ? result_of(SQLITE_IOERR_WRITE) : result;
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	if (fails(&an_faulty_vfs))
		return SQLITE_IOERR_TRUNCATE;
	return real_of(file)->pMethods->xTruncate(real_of(file), size);
}

static int file_sync(sqlite3_file *file, int flags)
{
	if (fails(&an_faulty_vfs))
		return SQLITE_IOERR_FSYNC;
	return real_of(file)->pMethods->xSync(real_of(file), flags);
}

static int file_size(sqlite3_file *file, sqlite3_int64 *ret_size)
{
	if (fails(&an_faulty_vfs))
		return SQLITE_IOERR_FSTAT;
	return real_of(file)->pMethods->xFileSize(real_of(file), ret_size);
}

static int file_lock(sqlite3_file *file, int lock)
{
	return real_of(file)->pMethods->xLock(real_of(file), lock);
}

static int file_unlock(sqlite3_file *file, int lock)
{
	return real_of(file)->pMethods->xUnlock(real_of(file), lock);
}

static int file_check_lock(sqlite3_file *file, int *ret_reserved)
{
	return real_of(file)->pMethods->xCheckReservedLock(real_of(file), ret_reserved);
}

static int file_control(sqlite3_file *file, int operation, void *argument)
{
	return real_of(file)->pMethods->xFileControl(real_of(file), operation, argument);
}

static int file_sector_size(sqlite3_file *file)
{
	return real_of(file)->pMethods->xSectorSize(real_of(file));
}

static int file_characteristics(sqlite3_file *file)
{
	return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
}

/* Version 1 has no shared memory: the store must do without. */
static const sqlite3_io_methods methods = {
	.iVersion = 1,
	.xClose = file_close,
	.xRead = file_read,
	.xWrite = file_write,
	.xTruncate = file_truncate,
	.xSync = file_sync,
	.xFileSize = file_size,
	.xLock = file_lock,
	.xUnlock = file_unlock,
	.xCheckReservedLock = file_check_lock,
	.xFileControl = file_control,
	.xSectorSize = file_sector_size,
	.xDeviceCharacteristics = file_characteristics,
};

static int vfs_open(sqlite3_vfs *self, const char *name, sqlite3_file *file, int flags,
                    int *ret_flags)
{
	(void)self;
	struct faulty_file *faulty = (struct faulty_file *)(void *)file;
	faulty->base.pMethods = NULL;
	if (fails(&an_faulty_vfs))
		return SQLITE_CANTOPEN;
	faulty->real = (sqlite3_file *)(void *)&faulty[1];
	const int result = real_vfs->xOpen(real_vfs, name, faulty->real, flags, ret_flags);
	if (result == SQLITE_OK)
		faulty->base.pMethods = &methods;
	return result;
}

static int vfs_delete(sqlite3_vfs *self, const char *name, int sync_directory)
{
	(void)self;
	if (fails(&an_faulty_vfs))
		return SQLITE_IOERR_DELETE;
	return real_vfs->xDelete(real_vfs, name, sync_directory);
}

static void *memory_new(int size)
{
	return fails(&an_faulty_sqlite_memory) ? NULL : real_memory.xMalloc(size);
}

static void *memory_resize(void *memory, int size)
{
	return fails(&an_faulty_sqlite_memory) ? NULL : real_memory.xRealloc(memory, size);
}

void an_faulty_vfs_register(void)
{
	sqlite3_config(SQLITE_CONFIG_GETMALLOC, &real_memory);
	sqlite3_mem_methods memory = real_memory;
	memory.xMalloc = memory_new;
	memory.xRealloc = memory_resize;
	sqlite3_config(SQLITE_CONFIG_MALLOC, &memory);
	real_vfs = sqlite3_vfs_find(NULL);
	vfs = *real_vfs;
	vfs.zName = AN_FAULTY_VFS;
	vfs.pNext = NULL;
	vfs.szOsFile = (int)sizeof(struct faulty_file) + real_vfs->szOsFile;
	vfs.xOpen = vfs_open;
	vfs.xDelete = vfs_delete;
	sqlite3_vfs_register(&vfs, 0);
}
