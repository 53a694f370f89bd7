/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The files below a directory, found step by step: each with the path that an archive gives it, which
 * begins with the directory's own name as Autonomi's client writes it (semantics 2.10, 7.9), its size
 * and its times.
 *
 * Links are not followed. What an archive cannot hold (links, sockets, pipes and devices; files too
 * small for self-encryption; names that are no UTF-8) ends the walk, or is left out and counted where
 * that is asked. Directories without files leave no trace, and journals of uploads are left out always:
 * that of this one changes while it is stored.
 *
 * One directory is open at a time. Numbers of files and bytes of paths are bounded.
 *
 * Threading: an_directory_walk_step blocks and belongs in a job, one at a time.
 */
#ifndef AN_CLIENT_DIRECTORY_WALK_H
#define AN_CLIENT_DIRECTORY_WALK_H

#include "base/blob.h"
#include "data/address.h"
#include "sys/sys.h"

enum {
	AN_DIRECTORY_FILES_MAX = 1 << 17,      /* of one upload or download */
	AN_DIRECTORY_PATH_MAX = 4096,          /* bytes of one path, its final zero included */
	AN_DIRECTORY_PATH_BYTES_MAX = 1 << 25, /* of all paths of the archive */
	AN_DIRECTORY_MESSAGE_MAX = 224,
};

struct an_directory_file {
	char *path; /* of the file; the archive's begins at `name` in it */
	const char *name;
	struct an_file_info info;
	uint8_t address[AN_RECORD_NAME_SIZE]; /* where it was stored: a public file */
	struct an_blob *data_map;             /* a private one */
};

struct an_directory_walk {
	const struct an_sys *sys;
	bool skips;
	struct an_directory_file *files; /* in the archive's order when the walk is over */
	size_t count, capacity;
	size_t skipped;
	uint64_t size;     /* of all files */
	size_t path_bytes; /* of the archive's paths */
	char **folders;    /* still to be listed */
	size_t folder_count, folder_capacity;
	size_t prefix;                          /* bytes of paths that are not the archive's */
	size_t steps;                           /* entries seen in this step */
	char *folder;                           /* being listed */
	an_status status;                       /* why it stopped */
	char message[AN_DIRECTORY_MESSAGE_MAX]; /* the same for people */
};

/* Begins at the directory `path`. E_INVALID where its last part is no name; E_NO_MEMORY. */
an_status an_directory_walk_begin(struct an_directory_walk *walk, const struct an_sys *sys,
                                  const char *path, bool skips);

/* Goes on for some hundred entries. Returns whether more is to be done; otherwise walk->status says how
 * it ended: AUTONOMI_OK; E_NO_FILE where there is no such directory; E_UNSUPPORTED, E_TOO_SMALL,
 * E_TOO_LARGE, E_PERMISSION, E_IO, E_NO_MEMORY. */
bool an_directory_walk_step(struct an_directory_walk *walk);

void an_directory_walk_done(struct an_directory_walk *walk);

#endif
