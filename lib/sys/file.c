/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sys/machine.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/memory.h"

struct an_file {
	int fd;
};

static an_status status_of_result(int result)
{
	return result == 0 ? AUTONOMI_OK : an_sys_status_of(errno);
}

static int open_flags(enum an_file_mode mode)
{
	switch (mode) {
	case AN_FILE_READ:
		return O_RDONLY;
	case AN_FILE_WRITE:
		return O_RDWR | O_CREAT;
	case AN_FILE_WRITE_HERE:
		return O_RDWR | O_CREAT | O_NOFOLLOW;
	case AN_FILE_CREATE_NEW:
		return O_RDWR | O_CREAT | O_EXCL;
	}
	return O_RDONLY;
}

/* A slow file system may answer EINTR to a signal of the host. */
static int open_uninterrupted(const char *path, int flags)
{
	int fd;
	do
		fd = open(path, flags | O_CLOEXEC, 0600);
	while (fd < 0 && errno == EINTR);
	return fd;
}

an_status an_sys_file_open(void *context, const char *path, enum an_file_mode mode,
                           struct an_file **ret_file)
{
	(void)context;
	struct an_file *file = an_malloc(sizeof(*file));
	if (file == NULL)
		return AUTONOMI_E_NO_MEMORY;
	file->fd = open_uninterrupted(path, open_flags(mode));
	if (file->fd < 0) {
		an_free(file);
		return mode == AN_FILE_WRITE_HERE && errno == ELOOP ? AUTONOMI_E_EXISTS
		                                                    : an_sys_status_of(errno);
	}
	*ret_file = file;
	return AUTONOMI_OK;
}

void an_sys_file_close(void *context, struct an_file *file)
{
	(void)context;
	if (file == NULL)
		return;
	/* Never repeated: on Linux the descriptor is gone even after EINTR. */
	close(file->fd);
	an_free(file);
}

an_status an_sys_file_read(void *context, struct an_file *file, uint64_t offset, uint8_t *out,
                           size_t size, size_t *ret_size)
{
	(void)context;
	size_t done = 0;
	while (done < size) {
		const ssize_t got = pread(file->fd, out + done, size - done,
		                          (off_t)(offset + done));
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return an_sys_status_of(errno);
		if (got == 0)
			break;
		done += (size_t)got;
	}
	*ret_size = done;
	return AUTONOMI_OK;
}

an_status an_sys_file_write(void *context, struct an_file *file, uint64_t offset,
                            struct an_span bytes)
{
	(void)context;
	size_t done = 0;
	while (done < bytes.size) {
		const ssize_t put = pwrite(file->fd, bytes.data + done, bytes.size - done,
		                           (off_t)(offset + done));
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return an_sys_status_of(errno);
		if (put == 0)
			return AUTONOMI_E_IO;
		done += (size_t)put;
	}
	return AUTONOMI_OK;
}

an_status an_sys_file_truncate(void *context, struct an_file *file, uint64_t size)
{
	(void)context;
	int result;
	do
		result = ftruncate(file->fd, (off_t)size);
	while (result != 0 && errno == EINTR);
	return status_of_result(result);
}

an_status an_sys_file_sync(void *context, struct an_file *file)
{
	(void)context;
	int result;
	/* The size is part of what fdatasync makes durable; times are not, and nobody needs them. */
	do
		result = fdatasync(file->fd);
	while (result != 0 && errno == EINTR);
	return status_of_result(result);
}

an_status an_sys_file_lock(void *context, struct an_file *file, enum an_file_lock lock)
{
	(void)context;
	const int operation = lock == AN_FILE_LOCK_SHARED ? LOCK_SH : LOCK_EX;
	int result;
	/* flock, not fcntl: it belongs to this open file and is not lost when somebody else in the
	 * process closes the same path. */
	do
		result = flock(file->fd, operation | LOCK_NB);
	while (result != 0 && errno == EINTR);
	return status_of_result(result);
}

static enum an_file_kind kind_of(mode_t mode)
{
	if (S_ISREG(mode))
		return AN_FILE_REGULAR;
	if (S_ISDIR(mode))
		return AN_FILE_DIRECTORY;
	return S_ISLNK(mode) ? AN_FILE_LINK : AN_FILE_OTHER;
}

/* What stat or lstat, which returned `result`, found. */
static an_status tell_info(int result, const struct stat *found, struct an_file_info *ret_info)
{
	if (result != 0) {
		if (an_sys_status_of(errno) != AUTONOMI_E_NO_FILE)
			return an_sys_status_of(errno);
		*ret_info = (struct an_file_info){.kind = AN_FILE_NONE};
		return AUTONOMI_OK;
	}
	*ret_info = (struct an_file_info){
		.kind = kind_of(found->st_mode),
		.size = (uint64_t)found->st_size,
		.modified_us = (uint64_t)found->st_mtim.tv_sec * 1000000 +
	                       (uint64_t)found->st_mtim.tv_nsec / 1000,
	};
	return AUTONOMI_OK;
}

an_status an_sys_path_info(void *context, const char *path, struct an_file_info *ret_info)
{
	(void)context;
	struct stat found;
	return tell_info(stat(path, &found), &found, ret_info);
}

/* Not every file system and kernel knows it. */
static uint64_t created_us(const char *path)
{
	struct statx found;
	if (statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, STATX_BTIME, &found) != 0 ||
	    (found.stx_mask & STATX_BTIME) == 0 || found.stx_btime.tv_sec < 0)
		return 0;
	return (uint64_t)found.stx_btime.tv_sec * 1000000 + found.stx_btime.tv_nsec / 1000;
}

an_status an_sys_path_link_info(void *context, const char *path, struct an_file_info *ret_info)
{
	(void)context;
	struct stat found;
	const an_status status = tell_info(lstat(path, &found), &found, ret_info);
	if (status == AUTONOMI_OK && ret_info->kind == AN_FILE_REGULAR)
		ret_info->created_us = created_us(path);
	return status;
}

an_status an_sys_path_rename(void *context, const char *from, const char *to)
{
	(void)context;
	return status_of_result(rename(from, to));
}

an_status an_sys_path_remove(void *context, const char *path)
{
	(void)context;
	if (unlink(path) == 0)
		return AUTONOMI_OK;
	if (errno != EISDIR && errno != EPERM)
		return an_sys_status_of(errno);
	const int saved = errno;
	if (rmdir(path) == 0)
		return AUTONOMI_OK;
	return an_sys_status_of(errno == ENOTDIR ? saved : errno);
}

an_status an_sys_path_make_directory(void *context, const char *path)
{
	if (mkdir(path, 0700) == 0)
		return AUTONOMI_OK;
	if (errno != EEXIST)
		return an_sys_status_of(errno);
	struct an_file_info info = {0};
	const an_status status = an_sys_path_info(context, path, &info);
	if (status != AUTONOMI_OK)
		return status;
	return info.kind == AN_FILE_DIRECTORY ? AUTONOMI_OK : AUTONOMI_E_EXISTS;
}

an_status an_sys_path_sync(void *context, const char *directory)
{
	(void)context;
	const int fd = open_uninterrupted(directory, O_RDONLY | O_DIRECTORY);
	if (fd < 0)
		return an_sys_status_of(errno);
	int result;
	do
		result = fsync(fd);
	while (result != 0 && errno == EINTR);
	const an_status status = status_of_result(result);
	close(fd);
	return status;
}

static bool is_dots(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

an_status an_sys_path_list(void *context, const char *directory,
                           bool (*visit)(void *visitor, const char *name), void *visitor)
{
	(void)context;
	DIR *stream = opendir(directory);
	if (stream == NULL)
		return an_sys_status_of(errno);
	bool more = true;
	errno = 0;
	for (struct dirent *entry; more && (entry = readdir(stream)) != NULL; errno = 0)
		more = is_dots(entry->d_name) || visit(visitor, entry->d_name);
	const an_status status = more ? an_sys_status_of(errno) : AUTONOMI_OK;
	closedir(stream);
	return status;
}

an_status an_sys_path_free_space(void *context, const char *path, uint64_t *ret_bytes)
{
	(void)context;
	struct statvfs found;
	int result;
	do
		result = statvfs(path, &found);
	while (result != 0 && errno == EINTR);
	if (result != 0)
		return an_sys_status_of(errno);
	*ret_bytes = (uint64_t)found.f_bavail * found.f_frsize;
	return AUTONOMI_OK;
}
