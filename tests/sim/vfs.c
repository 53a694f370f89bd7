/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/vfs.h"

#include <sqlite3.h>
#include <stdio.h>

#include "sim/memory.h"

enum { PATH_SIZE_MAX = 512 };

struct an_sim_vfs {
	sqlite3_vfs base;
	struct an_sim_vfs_options options;
	char *name;
	unsigned temporary_files;
};

struct vfs_file {
	sqlite3_file base;
	struct an_sim_file *file;
	struct an_sim_disk *disk;
	char *path;
	bool delete_on_close;
	bool name_is_new; /* of a journal or log: its name is made durable with its first bytes */
};

static struct vfs_file *file_of(sqlite3_file *base)
{
	return (struct vfs_file *)(void *)base;
}

static struct an_sim_vfs *vfs_of(sqlite3_vfs *base)
{
	return (struct an_sim_vfs *)(void *)base;
}

static int result_of(an_status status, int otherwise)
{
	if (status == AUTONOMI_OK)
		return SQLITE_OK;
	return status == AUTONOMI_E_DISK_FULL ? SQLITE_FULL : otherwise;
}

static int file_close(sqlite3_file *base)
{
	struct vfs_file *file = file_of(base);
	an_sim_file_close(file->file);
	if (file->delete_on_close)
		an_sim_path_remove(file->disk, file->path);
	free(file->path);
	return SQLITE_OK;
}

static int file_read(sqlite3_file *base, void *out, int size, sqlite3_int64 offset)
{
	size_t got = 0;
	const an_status status = an_sim_file_read(file_of(base)->file, (uint64_t)offset, out,
	                                          (size_t)size, &got);
	if (status != AUTONOMI_OK)
		return SQLITE_IOERR_READ;
	if (got == (size_t)size)
		return SQLITE_OK;
	memset((uint8_t *)out + got, 0, (size_t)size - got);
	return SQLITE_IOERR_SHORT_READ;
}

static int file_write(sqlite3_file *base, const void *bytes, int size, sqlite3_int64 offset)
{
	return result_of(an_sim_file_write(file_of(base)->file, (uint64_t)offset,
	                                   an_span(bytes, (size_t)size)),
	                 SQLITE_IOERR_WRITE);
}

static int file_truncate(sqlite3_file *base, sqlite3_int64 size)
{
	return result_of(an_sim_file_truncate(file_of(base)->file, (uint64_t)size),
	                 SQLITE_IOERR_TRUNCATE);
}

/* As SQLite does on unix: a journal or log that was made anew syncs its directory as well. */
static int file_sync(sqlite3_file *base, int flags)
{
	(void)flags;
	struct vfs_file *file = file_of(base);
	if (an_sim_file_sync(file->file) != AUTONOMI_OK)
		return SQLITE_IOERR_FSYNC;
	if (!file->name_is_new)
		return SQLITE_OK;
	file->name_is_new = false;
	return an_sim_path_sync_parent(file->disk, file->path) == AUTONOMI_OK
	               ? SQLITE_OK
	               : SQLITE_IOERR_DIR_FSYNC;
}

static int file_size(sqlite3_file *base, sqlite3_int64 *ret_size)
{
	uint64_t size = 0;
	if (an_sim_file_size(file_of(base)->file, &size) != AUTONOMI_OK)
		return SQLITE_IOERR_FSTAT;
	*ret_size = (sqlite3_int64)size;
	return SQLITE_OK;
}

static int file_lock(sqlite3_file *base, int level)
{
	return an_sim_file_raise(file_of(base)->file, level) ? SQLITE_OK : SQLITE_BUSY;
}

static int file_unlock(sqlite3_file *base, int level)
{
	an_sim_file_lower(file_of(base)->file, level);
	return SQLITE_OK;
}

static int file_check_reserved(sqlite3_file *base, int *ret_reserved)
{
	*ret_reserved = an_sim_file_reserved(file_of(base)->file);
	return SQLITE_OK;
}

static int file_control(sqlite3_file *base, int operation, void *argument)
{
	(void)base;
	(void)operation;
	(void)argument;
	return SQLITE_NOTFOUND;
}

static int file_sector_size(sqlite3_file *base)
{
	(void)base;
	return AN_SIM_SECTOR;
}

/* Sectors beside the one that is written stay as they are: the disk tears between sectors only. */
static int file_characteristics(sqlite3_file *base)
{
	(void)base;
	return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

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
	.xCheckReservedLock = file_check_reserved,
	.xFileControl = file_control,
	.xSectorSize = file_sector_size,
	.xDeviceCharacteristics = file_characteristics,
};

static enum an_file_mode mode_of(int flags)
{
	if ((flags & SQLITE_OPEN_CREATE) == 0)
		return AN_FILE_READ;
	return (flags & SQLITE_OPEN_EXCLUSIVE) != 0 ? AN_FILE_CREATE_NEW : AN_FILE_WRITE;
}

static bool exists(struct an_sim_disk *disk, const char *path)
{
	struct an_file_info info = {0};
	return an_sim_path_info(disk, path, &info) == AUTONOMI_OK && info.kind != AN_FILE_NONE;
}

static int open_path(struct an_sim_vfs *vfs, const char *path, struct vfs_file *file, int flags)
{
	enum an_file_mode mode = mode_of(flags);
	const bool is_new = !exists(file->disk, path);
	if (mode == AN_FILE_READ && (flags & SQLITE_OPEN_READWRITE) != 0) {
		if (is_new)
			return SQLITE_CANTOPEN;
		mode = AN_FILE_WRITE;
	}
	const an_status status = an_sim_file_open(vfs->options.disk, path, mode, &file->file);
	if (status != AUTONOMI_OK)
		return result_of(status, SQLITE_CANTOPEN);
	file->path = an_sim_copy_text(path);
	file->delete_on_close = (flags & SQLITE_OPEN_DELETEONCLOSE) != 0;
	file->name_is_new = is_new && (flags & (SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_WAL |
	                                        SQLITE_OPEN_SUPER_JOURNAL)) != 0;
	file->base.pMethods = &methods;
	return SQLITE_OK;
}

static int vfs_open(sqlite3_vfs *base, const char *path, sqlite3_file *opened, int flags,
                    int *ret_flags)
{
	struct an_sim_vfs *vfs = vfs_of(base);
	struct vfs_file *file = file_of(opened);
	*file = (struct vfs_file){.disk = vfs->options.disk};
	if (file->disk == NULL)
		return SQLITE_CANTOPEN;
	char temporary[32];
	if (path == NULL) {
		snprintf(temporary, sizeof(temporary), "/.sqlite-%u", vfs->temporary_files++);
		path = temporary;
	}
	if (ret_flags != NULL)
		*ret_flags = flags;
	return open_path(vfs, path, file, flags);
}

static int vfs_delete(sqlite3_vfs *base, const char *path, int sync_directory)
{
	struct an_sim_disk *disk = vfs_of(base)->options.disk;
	const an_status status = an_sim_path_remove(disk, path);
	if (status == AUTONOMI_E_NO_FILE)
		return SQLITE_IOERR_DELETE_NOENT;
	if (status != AUTONOMI_OK)
		return SQLITE_IOERR_DELETE;
	if (sync_directory != 0 && an_sim_path_sync_parent(disk, path) != AUTONOMI_OK)
		return SQLITE_IOERR_DIR_FSYNC;
	return SQLITE_OK;
}

static int vfs_access(sqlite3_vfs *base, const char *path, int flags, int *ret_result)
{
	struct an_file_info info = {0};
	if (an_sim_path_info(vfs_of(base)->options.disk, path, &info) != AUTONOMI_OK)
		return SQLITE_IOERR_ACCESS;
	/* As on unix, an empty file does not exist: it may be a journal that never was filled. */
	*ret_result = flags == SQLITE_ACCESS_EXISTS ? info.kind != AN_FILE_NONE && info.size > 0
	                                            : info.kind != AN_FILE_NONE;
	return SQLITE_OK;
}

static int vfs_full_path(sqlite3_vfs *base, const char *path, int size, char *out)
{
	(void)base;
	const size_t needed = strlen(path) + 1;
	if (needed > (size_t)size)
		return SQLITE_CANTOPEN;
	memcpy(out, path, needed);
	return SQLITE_OK;
}

static int vfs_randomness(sqlite3_vfs *base, int size, char *out)
{
	an_random_fill(vfs_of(base)->options.random, out, (size_t)size);
	return size;
}

/* Nobody waits in virtual time: a lock that is held is refused at once. */
static int vfs_sleep(sqlite3_vfs *base, int microseconds)
{
	(void)base;
	return microseconds;
}

static int vfs_current_time(sqlite3_vfs *base, double *ret_days)
{
	const struct an_sim_vfs *vfs = vfs_of(base);
	const double days_to_1970 = 2440587.5;
	const double us_per_day = 86400e6;
	const uint64_t now = vfs->options.unix_time_us(vfs->options.context);
	*ret_days = days_to_1970 + (double)now / us_per_day;
	return SQLITE_OK;
}

static int vfs_last_error(sqlite3_vfs *base, int size, char *out)
{
	(void)base;
	(void)size;
	(void)out;
	return 0;
}

struct an_sim_vfs *an_sim_vfs_new(const struct an_sim_vfs_options *options)
{
	struct an_sim_vfs *vfs = an_sim_alloc(sizeof(*vfs));
	vfs->options = *options;
	vfs->name = an_sim_copy_text(options->name);
	vfs->base = (sqlite3_vfs){
		.iVersion = 1,
		.szOsFile = sizeof(struct vfs_file),
		.mxPathname = PATH_SIZE_MAX,
		.zName = vfs->name,
		.xOpen = vfs_open,
		.xDelete = vfs_delete,
		.xAccess = vfs_access,
		.xFullPathname = vfs_full_path,
		.xRandomness = vfs_randomness,
		.xSleep = vfs_sleep,
		.xCurrentTime = vfs_current_time,
		.xGetLastError = vfs_last_error,
	};
	if (sqlite3_vfs_register(&vfs->base, options->is_default) != SQLITE_OK)
		abort();
	if (options->is_default)
		sqlite3_randomness(0, NULL);
	return vfs;
}

const char *an_sim_vfs_name(const struct an_sim_vfs *vfs)
{
	return vfs->name;
}

void an_sim_vfs_free(struct an_sim_vfs *vfs)
{
	if (vfs == NULL)
		return;
	sqlite3_vfs_unregister(&vfs->base);
	if (vfs->options.is_default)
		sqlite3_randomness(0, NULL);
	free(vfs->name);
	free(vfs);
}
