/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What tests of directories share: a tree of files on the real disk, archives made by hand, and the
 * operations on both. */
#ifndef AN_TESTS_CLIENT_TREE_H
#define AN_TESTS_CLIENT_TREE_H

#include "data/archive.h"
#include "scene.h"

enum { TREE_PATH_MAX = 512 };

struct tree {
	struct scene scene;
	char path[TREE_PATH_MAX]; /* what is uploaded: ".../tree" */
	char out[TREE_PATH_MAX];  /* where it is fetched to */
};

/* A scene with pieces of 1000 bytes, and an empty tree. */
void tree_open(struct tree *tree, uint8_t seed);
void tree_close(struct tree *tree);

/* A file of the tree, whose directories are made. The bytes depend on `size` and `seed`. */
void tree_add(struct tree *tree, const char *name, size_t size, uint8_t seed);
/* Some files at different depths. */
void tree_fill(struct tree *tree);

/* Runs to the end, and notes what it gave as the source of downloads. */
an_status tree_upload(struct tree *tree, struct an_client_directory_put put);
void tree_begin_upload(struct tree *tree, struct an_client_directory_put put);
an_status tree_download(struct tree *tree, bool replace);
void tree_begin_download(struct tree *tree, bool replace);
/* Of data in memory; notes the source too. */
void tree_put(struct tree *tree, struct an_span data, bool is_public);
/* Stores an archive. */
void tree_put_archive(struct tree *tree, const struct an_archive *archive);
/* The address of a file with these bytes. */
void tree_store_content(struct tree *tree, const char *text, uint8_t ret_address[32]);

/* Whether what was fetched is the tree, no more and no less. */
bool tree_came_back(const struct tree *tree);
/* How many entries of any kind there are at and below a path. */
size_t tree_count(const char *path);
bool tree_holds(const char *directory, const char *name, const char *text);
void tree_run(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
