/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Archives: which files belong together, each with its path, its place and what is known of it
 * (semantics 2.10). A public archive has addresses of data maps, a private one the data maps
 * themselves. An archive is data like any other: it is self-encrypted and stored.
 *
 * Paths are ordered by their parts, as Rust's are, and written with forward slashes.
 *
 * Owns: the list of entries. Texts and data maps are borrowed. Pure but for memory.
 */
#ifndef AN_DATA_ARCHIVE_H
#define AN_DATA_ARCHIVE_H

#include "base/buffer.h"
#include "data/address.h"

enum { AN_ARCHIVE_ENTRIES_MAX = 1 << 20, AN_ARCHIVE_SIZE_MAX = 1 << 30 };

enum an_archive_kind { AN_ARCHIVE_PUBLIC, AN_ARCHIVE_PRIVATE };

struct an_archive_entry {
	struct an_span path;                  /* borrowed */
	uint8_t address[AN_RECORD_NAME_SIZE]; /* public: of the data map's chunk */
	struct an_span data_map;              /* private: the root map's bytes; borrowed */
	uint64_t created, modified;           /* seconds since 1970 */
	uint64_t size;
	bool has_extra;
	struct an_span extra; /* borrowed */
};

struct an_archive {
	enum an_archive_kind kind;
	struct an_archive_entry *entries; /* ordered by path */
	size_t count, capacity;
};

void an_archive_init(struct an_archive *archive, enum an_archive_kind kind);
void an_archive_done(struct an_archive *archive);

/* Adds an entry, or replaces the one with the same path. The path is taken as it is; who makes an
 * archive normalises it first. E_TOO_LARGE, E_NO_MEMORY. */
an_status an_archive_add(struct an_archive *archive, const struct an_archive_entry *entry);

/* NULL where no entry has this path. Borrowed until the next change. */
const struct an_archive_entry *an_archive_find(const struct an_archive *archive,
                                               struct an_span path);

/* Appends the path with forward slashes and without parts that say nothing. */
an_status an_archive_path(struct an_span path, struct an_buffer *out);

/* Negative, 0 or positive, as Rust compares paths. */
int an_archive_path_compare(struct an_span a, struct an_span b);

/* Appends the archive's bytes. The buffer's failure. */
an_status an_archive_encode(const struct an_archive *archive, struct an_buffer *out);

/* Reads an archive, which borrows from `bytes`, or from `scratch` where a data map had to be gathered.
 * E_CORRUPT, E_TOO_LARGE, E_NO_MEMORY: then there is nothing to give back. */
an_status an_archive_decode(struct an_span bytes, enum an_archive_kind kind,
                            struct an_buffer *scratch, struct an_archive *ret_archive);

#endif
