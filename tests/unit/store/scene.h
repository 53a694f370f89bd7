/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A store in a folder of its own, and short words for what tests do with it. Everything is real:
 * SQLite, files, hashes.
 */
#ifndef AN_TESTS_STORE_SCENE_H
#define AN_TESTS_STORE_SCENE_H

#include <limits.h>

#include "base/log.h"
#include "store/store.h"

struct scene {
	char directory[PATH_MAX];
	struct an_store_config config;
	struct an_random random;
	struct an_profile profile;
	struct an_logger *logger;
	struct an_store *store;
	char sentence[256]; /* why the store did not open */
	size_t pruned;
};

/* The answer to one operation. */
struct answer {
	unsigned calls;
	an_status status;
	struct an_blob *value; /* of a get */
};

/* A record and its key. */
struct record {
	struct an_blob *value;
	uint8_t key[AN_RECORD_KEY_SIZE];
};

void scene_setup(struct scene *scene);
void scene_teardown(struct scene *scene);
an_status scene_try_open(struct scene *scene);
void scene_open(struct scene *scene);
void scene_close(struct scene *scene);
void scene_reopen(struct scene *scene);

/* A chunk whose content is made from `seed`; the record value is `size` bytes or a few more. */
struct record chunk(uint64_t seed, size_t size);
/* A record of another kind: the header, its key, then content made from `seed`. */
struct record pointer(uint8_t owner, uint64_t seed, size_t size);
void drop(struct record *record);

void note(void *context, const struct an_store_result *result);

/* Each runs everything that is to do and returns the one answer. */
an_status put(struct scene *scene, const struct record *record);
an_status take(struct scene *scene, const struct record *record);
/* AUTONOMI_OK only where the value that came equals the record's. */
an_status get(struct scene *scene, const struct record *record);

/* The path of the file that holds the record, and of the database. */
void file_of(const struct scene *scene, const struct record *record, char path[PATH_MAX]);
void database_of(const struct scene *scene, char path[PATH_MAX]);
bool exists(const char *path);
/* Files below chunks/. */
size_t count_files(const struct scene *scene);
/* Finds `bytes` in the file and flips one bit in the middle of it. */
void flip(const char *path, struct an_span bytes);

#endif
