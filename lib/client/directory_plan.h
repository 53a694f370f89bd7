/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where the files of an archive go below a directory. An archive comes from a stranger: a path that
 * would lead out of the directory, or that no file can have, and two files at one place, make the whole
 * archive unusable. Nothing is guessed and nothing is left out.
 *
 * Owns: the list and the paths in it. Pure but for memory. Safe on any thread.
 */
#ifndef AN_CLIENT_DIRECTORY_PLAN_H
#define AN_CLIENT_DIRECTORY_PLAN_H

#include "data/archive.h"

enum { AN_DIRECTORY_SHOWN_SIZE = 101 };

struct an_directory_target {
	char *path;   /* below the directory: names with one slash between them */
	size_t entry; /* of the archive */
	bool exists;  /* something was there before the download began */
};

struct an_directory_plan {
	struct an_directory_target *targets; /* by path; what lies in one directory is together */
	size_t count;
	const char *complaint; /* of a failure: what is wrong with the path in `shown` */
	char shown[AN_DIRECTORY_SHOWN_SIZE];
};

/* E_CORRUPT with a complaint; E_TOO_LARGE above AN_DIRECTORY_FILES_MAX files; E_NO_MEMORY. What was
 * made is given back with an_directory_plan_done in any case. */
an_status an_directory_plan_make(struct an_directory_plan *plan, const struct an_archive *archive);
void an_directory_plan_done(struct an_directory_plan *plan);

/* Writes as much of a stranger's path as there is room for, without what would move a terminal. */
void an_directory_show(struct an_span path, char shown[AN_DIRECTORY_SHOWN_SIZE]);

#endif
