/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a download of a directory does on the disk besides its files: it looks at every place before
 * the first file comes, and makes directories. Below the destination nothing is followed that is a
 * symbolic link: where one stands in place of a directory, the download ends.
 *
 * Threading: all of these block and belong in jobs.
 */
#ifndef AN_CLIENT_DIRECTORY_DISK_H
#define AN_CLIENT_DIRECTORY_DISK_H

#include "base/status.h"
#include "client/directory_plan.h"
#include "sys/sys.h"

enum { AN_DIRECTORY_COMPLAINT_MAX = 256 };

struct an_directory_disk {
	const struct an_sys *sys;
	char *root; /* the destination */
	bool replace;
	bool is_new; /* the destination is not there yet */
	char *known; /* a directory below it that was looked at last, or made */
	char message[AN_DIRECTORY_COMPLAINT_MAX]; /* of a failure */
};

/* Takes a copy of `root`. E_NO_MEMORY. */
an_status an_directory_disk_init(struct an_directory_disk *disk, const struct an_sys *sys,
                                 const char *root, bool replace);
void an_directory_disk_done(struct an_directory_disk *disk);

/* Whether the destination is a directory, or can be made one: E_NO_FILE, E_EXISTS and others. */
an_status an_directory_disk_begin(struct an_directory_disk *disk);

/* Whether the file may be written at its place: E_EXISTS where something is in the way. What is there
 * and has `size` bytes may be the file itself. Sets target->exists. */
an_status an_directory_disk_look(struct an_directory_disk *disk, struct an_directory_target *target,
                                 uint64_t size);

/* Makes the destination, or the directories that lead to the target. */
an_status an_directory_disk_make(struct an_directory_disk *disk,
                                 const struct an_directory_target *target);

/* Whether the directory of the target is the one that was made last. */
bool an_directory_disk_is_made(const struct an_directory_disk *disk,
                               const struct an_directory_target *target);

/* The whole path of a target, owned by the caller; NULL without memory. */
char *an_directory_disk_path(const struct an_directory_disk *disk, const char *path);

#endif
