/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Archives: which files belong together, each with its path, its place and what is known of it
 * (semantics 2.10). A public archive has addresses of data maps, a private one the data maps
 * themselves. The bytes of an archive are data like any other: they are self-encrypted and stored.
 *
 * These functions make and read archives; they need no node.
 *
 * Threading: an archive belongs to one thread at a time.
 */
#ifndef AUTONOMI_ARCHIVE_H
#define AUTONOMI_ARCHIVE_H

#include <autonomi/bytes.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Kinds of archives. */
enum { AUTONOMI_ARCHIVE_PUBLIC = 0, AUTONOMI_ARCHIVE_PRIVATE = 1 };

typedef struct autonomi_archive autonomi_archive;

/* A file of an archive. Borrowed from it until its next change. New members are only added at the
 * end. */
typedef struct autonomi_archive_view {
	const char *path; /* with forward slashes, and a final zero that `path_size` leaves out */
	const uint8_t
		*data; /* public: the 32 bytes of the data map's address; private: the data map */
	const char *extra; /* text with a final zero; NULL where there is none */
	size_t path_size;
	size_t data_size;
	size_t extra_size;
	uint64_t created;  /* seconds since 1970 */
	uint64_t modified; /* likewise */
	uint64_t size;     /* of the file, in bytes */
} autonomi_archive_view;

/* An empty archive, owned by the caller. NULL without memory, or where the kind is none. */
AUTONOMI_API autonomi_archive *autonomi_archive_new(uint32_t kind);

/* NULL is allowed. Returns NULL. */
AUTONOMI_API autonomi_archive *autonomi_archive_free(autonomi_archive *archive);

/* AUTONOMI_ARCHIVE_PUBLIC or AUTONOMI_ARCHIVE_PRIVATE; AUTONOMI_E_INVALID for NULL. */
AUTONOMI_API autonomi_status autonomi_archive_kind(const autonomi_archive *archive);

/* Adds a file, or replaces the one with the same path. The path becomes one with forward slashes and
 * without parts that say nothing. `data` is what the view says, `extra` may be NULL. Everything is
 * copied. Returns AUTONOMI_OK; AUTONOMI_E_INVALID, also where the address has not 32 bytes, or a text is
 * no UTF-8, which nobody could read again;
 * AUTONOMI_E_TOO_LARGE above 1,048,576 files or 1 GiB; AUTONOMI_E_NO_MEMORY. */
AUTONOMI_API autonomi_status autonomi_archive_add(autonomi_archive *archive, const char *path,
                                                  const uint8_t *data, size_t data_size,
                                                  uint64_t created, uint64_t modified,
                                                  uint64_t size, const char *extra);

/* Takes a file out. Returns AUTONOMI_OK; AUTONOMI_E_NOT_FOUND where no file has this path;
 * AUTONOMI_E_INVALID; AUTONOMI_E_NO_MEMORY. */
AUTONOMI_API autonomi_status autonomi_archive_remove(autonomi_archive *archive, const char *path);

/* Gives a file another path, and replaces a file that has it. `modified` becomes its time of change.
 * Returns as autonomi_archive_remove, AUTONOMI_E_INVALID also where `new_path` is no UTF-8. */
AUTONOMI_API autonomi_status autonomi_archive_rename(autonomi_archive *archive, const char *path,
                                                     const char *new_path, uint64_t modified);

/* Adds every file of another archive of the same kind, which stays as it is. Returns as
 * autonomi_archive_add; AUTONOMI_E_CONFLICT where the kinds differ. */
AUTONOMI_API autonomi_status autonomi_archive_merge(autonomi_archive *archive,
                                                    const autonomi_archive *other);

/* How many files there are; 0 for NULL. */
AUTONOMI_API size_t autonomi_archive_count(const autonomi_archive *archive);

/* Fills `view` with the file at `index`, in the order of paths; `view_size` is
 * sizeof(autonomi_archive_view) of the caller's header. Returns AUTONOMI_OK; AUTONOMI_E_INVALID, also
 * where there is no such file. */
AUTONOMI_API autonomi_status autonomi_archive_at(const autonomi_archive *archive, size_t index,
                                                 autonomi_archive_view *view, size_t view_size);

/* The index of the file with this path, which becomes as in autonomi_archive_add. Returns AUTONOMI_OK;
 * AUTONOMI_E_NOT_FOUND; AUTONOMI_E_INVALID; AUTONOMI_E_NO_MEMORY. */
AUTONOMI_API autonomi_status autonomi_archive_find(const autonomi_archive *archive,
                                                   const char *path, size_t *ret_index);

/* The bytes of an archive, to be self-encrypted. Returns AUTONOMI_OK; AUTONOMI_E_INVALID;
 * AUTONOMI_E_TOO_LARGE above 1 GiB; AUTONOMI_E_NO_MEMORY. */
AUTONOMI_API autonomi_status autonomi_archive_encode(const autonomi_archive *archive,
                                                     autonomi_bytes **ret_bytes);

/* Reads an archive of this kind. Paths are taken as they are. Returns AUTONOMI_OK, and the archive
 * goes to `ret_archive`, owned by the caller; AUTONOMI_E_CORRUPT where the bytes are no archive of
 * this kind; AUTONOMI_E_TOO_LARGE; AUTONOMI_E_INVALID; AUTONOMI_E_NO_MEMORY. */
AUTONOMI_API autonomi_status autonomi_archive_decode(uint32_t kind, const uint8_t *bytes,
                                                     size_t size, autonomi_archive **ret_archive);

#ifdef __cplusplus
}
#endif

#endif
