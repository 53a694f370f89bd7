/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The files of a directory that are stored or fetched now, each by an operation of its own: small ones
 * side by side, of large ones one fills the memory limit alone.
 *
 * Embedded in the operation of the directory, which waits for theirs.
 */
#ifndef AN_CLIENT_DIRECTORY_FILES_H
#define AN_CLIENT_DIRECTORY_FILES_H

#include "client/internal.h"

enum { AN_DIRECTORY_ACTIVE_MAX = 16 };

struct an_directory_files;

struct an_directory_active {
	struct an_directory_files *files;
	bool runs;
	size_t index; /* in its owner's list */
	uint64_t id;
	uint64_t done; /* bytes */
	uint64_t size; /* as far as is known */
	size_t room;   /* bytes that it may hold in memory */
};

struct an_directory_files {
	/* Filled in by the owner. */
	struct an_client_operation *whole;
	uint64_t total; /* bytes of all files; those that turn out to have others correct it */

	/* Its own. */
	struct an_directory_active active[AN_DIRECTORY_ACTIVE_MAX];
	size_t count; /* that run */
	size_t room;  /* bytes that they may hold */
	uint64_t done;
};

/* A place for this file, NULL while there is none. It is free again unless the file is begun. */
struct an_directory_active *an_directory_files_place(struct an_directory_files *files, size_t index,
                                                     uint64_t size, size_t room);

/* The operation of the file is `active->id`, with an_directory_file_progressed, a `done` that calls
 * an_directory_file_ended first, and `active` as their context. */
void an_directory_file_begun(struct an_directory_active *active);
void an_directory_file_progressed(void *context, uint64_t done, uint64_t total);
void an_directory_file_ended(struct an_directory_active *active,
                             const struct an_client_result *result);

/* For the owner's `stop`. */
void an_directory_files_stop(struct an_directory_files *files);

#endif
