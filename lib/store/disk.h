/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The half of the store that blocks: rows in `records.db`, values in files.
 *
 *     <directory>/lock                            held while the store is open
 *     <directory>/records.db                      the index, and values up to inline_max
 *     <directory>/chunks/<XX>/<key>               a chunk; XX: the last two digits of its key
 *     <directory>/chunks/<XX>/<key>.<hash>        another record; hash: 16 digits of its content's
 *     <directory>/chunks/<XX>/<key>[.<hash>].tmp  being written
 *
 * A file is complete and durable before a row names it, and the file of an older content goes when
 * no row names it any more: a crash leaves at most files without a row, which opening sweeps away.
 *
 * Threading: any thread, one at a time: opening, then the jobs of the disk lane, then closing.
 */
#ifndef AN_STORE_DISK_H
#define AN_STORE_DISK_H

#include "db/db.h"
#include "store/place.h"

enum {
	AN_STORE_SHARDS = 256,
	AN_STORE_DIRECTORY_MAX = 3072, /* bytes of the directory's path */
	AN_STORE_NAME_MAX = 96,        /* key, hash, suffix */
	AN_STORE_PATH_MAX = AN_STORE_DIRECTORY_MAX + 128,
	AN_STORE_FREE_PAGES = 1024, /* unused pages of the database before some are given back */
	AN_STORE_VACUUM_PAGES = 512,
};

struct an_store_disk {
	const struct an_sys *sys;
	char *directory;
	struct an_file *lock;
	struct an_db *db;
	struct an_db_statement *insert, *update, *remove, *read, *free_pages;
	bool shard_made[AN_STORE_SHARDS];
	uint64_t first_opened; /* seconds since 1970: now, and once recovered the first time */
	bool is_new;           /* the database says no network yet: it was made just now */
};

/* As an_store_open. On failure nothing is left to close. */
an_status an_store_disk_open(struct an_store_disk *disk, const struct an_store_config *config,
                             char *reterr, size_t reterr_size);
void an_store_disk_close(struct an_store_disk *disk);

/* Closes this process's descriptor of the lock, and nothing else. */
void an_store_disk_unlock(struct an_store_disk *disk);

/* From now on the database is not new: to be called before the first put. */
an_status an_store_disk_set_network(struct an_store_disk *disk, uint8_t network_id);

/* Remembers the first opening, or tells when it was. */
an_status an_store_disk_note_opening(struct an_store_disk *disk);

/* Name of the value's file in its shard, and its shard. */
void an_store_disk_name(const struct an_store_place *place, char name[AN_STORE_NAME_MAX]);
unsigned an_store_disk_shard(const struct an_store_place *place);
void an_store_disk_shard_path(const struct an_store_disk *disk, unsigned shard,
                              char path[AN_STORE_PATH_MAX]);

/* Makes those of the wanted shards that are missing, with one flush. */
an_status an_store_disk_make_shards(struct an_store_disk *disk, const bool *wanted);

/* Writes and flushes the value's file under its name; its name is durable after sync_shard.
 * The shard must have been made. */
an_status an_store_disk_write_file(struct an_store_disk *disk, const struct an_store_place *place,
                                   struct an_span bytes);
an_status an_store_disk_sync_shard(struct an_store_disk *disk, unsigned shard);
void an_store_disk_remove_file(struct an_store_disk *disk, const struct an_store_place *place);

/* Within a transaction of `disk->db`. */
an_status an_store_disk_insert_row(struct an_store_disk *disk, const struct an_store_place *place,
                                   struct an_span bytes);
an_status an_store_disk_update_row(struct an_store_disk *disk, const struct an_store_place *place,
                                   struct an_span bytes);
an_status an_store_disk_remove_row(struct an_store_disk *disk, uint64_t row);

/* Reads a value without looking at its content. E_NOT_FOUND: no row or no file; E_CORRUPT: of
 * another size, or the database is damaged there. */
an_status an_store_disk_read(struct an_store_disk *disk, const struct an_store_place *place,
                             struct an_blob **ret_value);

/* Gives unused pages of the database back to the file system, a bounded piece at a time. */
void an_store_disk_shrink(struct an_store_disk *disk);

#endif
