/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/disk.h"

#include <stdio.h>

#include "base/assert.h"
#include "base/memory.h"
#include "crypt/hash.h"
#include "data/record.h"

enum {
	APPLICATION = 0x414e5354, /* "ANST", in the header of the database */
	PAGE_SIZE = 4096,
	CACHE_BYTES = 256 * 1024,
	LOG_BYTES_MAX = 8 * 1024 * 1024,
	ALGORITHM_SHA3_256 = 1, /* which hash names the content, for the day of another one */
	NAME_HASH_BYTES = 8,    /* of the content's hash in a file's name */
};

static const struct an_db_migration migrations[] = {
	/* A row's id takes the place of an index over the keys: the index in memory knows it, so that
	 * a put appends instead of also writing a random page. `value` is last, so that loading the
	 * index does not read it. */
	{"CREATE TABLE meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;"
         "CREATE TABLE record (id INTEGER PRIMARY KEY, key BLOB NOT NULL, algorithm INTEGER NOT "
         "NULL,"
         " kind INTEGER NOT NULL, size INTEGER NOT NULL, content_hash BLOB, value BLOB)"},
};

bool an_store_place_is_chunk(const struct an_store_place *place)
{
	return place->entry.kind == AN_RECORD_CHUNK;
}

bool an_store_place_same_content(const struct an_store_place *a, const struct an_store_place *b)
{
	return a->entry.kind == b->entry.kind && a->entry.size == b->entry.size &&
	       memcmp(a->entry.content_hash, b->entry.content_hash, AN_HASH_SIZE) == 0;
}

bool an_store_place_same_file(const struct an_store_place *a, const struct an_store_place *b)
{
	return a->in_file && b->in_file && a->entry.kind == b->entry.kind &&
	       memcmp(a->entry.key, b->entry.key, AN_RECORD_KEY_SIZE) == 0 &&
	       memcmp(a->entry.content_hash, b->entry.content_hash, NAME_HASH_BYTES) == 0;
}

void an_store_place_hash(struct an_store_place *place, struct an_span bytes)
{
	if (!an_store_place_is_chunk(place))
		an_sha3_256(bytes, place->entry.content_hash);
}

an_status an_store_place_check(const struct an_store_place *place, struct an_span bytes)
{
	if (bytes.size != place->entry.size)
		return AUTONOMI_E_CORRUPT;
	if (an_store_place_is_chunk(place))
		return an_record_check(place->entry.key, bytes);
	/* Its key was checked when it was written; the hash says that it is still the same. */
	uint8_t digest[AN_HASH_SIZE];
	an_sha3_256(bytes, digest);
	return memcmp(digest, place->entry.content_hash, AN_HASH_SIZE) == 0 ? AUTONOMI_OK
	                                                                    : AUTONOMI_E_CORRUPT;
}

static char *write_hex(char *out, const uint8_t *bytes, size_t size)
{
	static const char digits[] = "0123456789abcdef";
	for (size_t i = 0; i < size; i++) {
		*out++ = digits[bytes[i] >> 4];
		*out++ = digits[bytes[i] & 15];
	}
	*out = '\0';
	return out;
}

unsigned an_store_disk_shard(const struct an_store_place *place)
{
	return place->entry.key[AN_RECORD_KEY_SIZE - 1];
}

void an_store_disk_name(const struct an_store_place *place, char name[AN_STORE_NAME_MAX])
{
	char *end = write_hex(name, place->entry.key, AN_RECORD_KEY_SIZE);
	if (an_store_place_is_chunk(place))
		return;
	*end++ = '.';
	write_hex(end, place->entry.content_hash, NAME_HASH_BYTES);
}

void an_store_disk_shard_path(const struct an_store_disk *disk, unsigned shard,
                              char path[AN_STORE_PATH_MAX])
{
	snprintf(path, AN_STORE_PATH_MAX, "%s/chunks/%02x", disk->directory, shard);
}

static void file_path(const struct an_store_disk *disk, const struct an_store_place *place,
                      const char *suffix, char path[AN_STORE_PATH_MAX])
{
	char name[AN_STORE_NAME_MAX];
	an_store_disk_name(place, name);
	const int size = snprintf(path, AN_STORE_PATH_MAX, "%s/chunks/%02x/%s%s", disk->directory,
	                          an_store_disk_shard(place), name, suffix);
	an_assert(size > 0 && size < AN_STORE_PATH_MAX);
	(void)size;
}

an_status an_store_disk_make_shards(struct an_store_disk *disk, const bool *wanted)
{
	char path[AN_STORE_PATH_MAX];
	bool made[AN_STORE_SHARDS] = {false};
	bool any = false;
	for (unsigned shard = 0; shard < AN_STORE_SHARDS; shard++) {
		if (!wanted[shard] || disk->shard_made[shard])
			continue;
		an_store_disk_shard_path(disk, shard, path);
		const an_status status = disk->sys->path_make_directory(disk->sys->context, path);
		if (status != AUTONOMI_OK)
			return status;
		any = made[shard] = true;
	}
	if (!any)
		return AUTONOMI_OK;
	snprintf(path, sizeof(path), "%s/chunks", disk->directory);
	const an_status status = disk->sys->path_sync(disk->sys->context, path);
	for (unsigned shard = 0; shard < AN_STORE_SHARDS && status == AUTONOMI_OK; shard++)
		disk->shard_made[shard] = disk->shard_made[shard] || made[shard];
	return status;
}

static an_status write_whole(const struct an_sys *sys, const char *path, struct an_span bytes)
{
	struct an_file *file;
	an_status status = sys->file_open(sys->context, path, AN_FILE_WRITE, &file);
	if (status != AUTONOMI_OK)
		return status;
	status = sys->file_truncate(sys->context, file, 0);
	if (status == AUTONOMI_OK)
		status = sys->file_write(sys->context, file, 0, bytes);
	if (status == AUTONOMI_OK)
		status = sys->file_sync(sys->context, file);
	sys->file_close(sys->context, file);
	return status;
}

an_status an_store_disk_write_file(struct an_store_disk *disk, const struct an_store_place *place,
                                   struct an_span bytes)
{
	const struct an_sys *sys = disk->sys;
	char path[AN_STORE_PATH_MAX], temporary[AN_STORE_PATH_MAX];
	file_path(disk, place, "", path);
	file_path(disk, place, ".tmp", temporary);
	an_status status = write_whole(sys, temporary, bytes);
	if (status == AUTONOMI_OK)
		status = sys->path_rename(sys->context, temporary, path);
	if (status == AUTONOMI_E_NO_FILE)
		disk->shard_made[an_store_disk_shard(place)] = false; /* somebody removed it */
	if (status != AUTONOMI_OK)
		sys->path_remove(sys->context, temporary);
	return status;
}

an_status an_store_disk_sync_shard(struct an_store_disk *disk, unsigned shard)
{
	char path[AN_STORE_PATH_MAX];
	an_store_disk_shard_path(disk, shard, path);
	return disk->sys->path_sync(disk->sys->context, path);
}

void an_store_disk_remove_file(struct an_store_disk *disk, const struct an_store_place *place)
{
	char path[AN_STORE_PATH_MAX];
	file_path(disk, place, "", path);
	/* What stays for an error is not named by any row, and opening sweeps it away. */
	disk->sys->path_remove(disk->sys->context, path);
}

static an_status run_with_content(struct an_db_statement *statement,
                                  const struct an_store_place *place, struct an_span bytes)
{
	const bool chunk = an_store_place_is_chunk(place);
	an_db_bind_number(statement, 1, place->row);
	an_db_bind_number(statement, 2, place->entry.kind);
	an_db_bind_number(statement, 3, place->entry.size);
	an_db_bind_bytes(statement, 4,
	                 an_span(chunk ? NULL : place->entry.content_hash,
	                         chunk ? 0 : AN_HASH_SIZE));
	an_db_bind_bytes(statement, 5, place->in_file ? an_span(NULL, 0) : bytes);
	return an_db_run(statement);
}

an_status an_store_disk_insert_row(struct an_store_disk *disk, const struct an_store_place *place,
                                   struct an_span bytes)
{
	an_db_bind_bytes(disk->insert, 6, an_span(place->entry.key, AN_RECORD_KEY_SIZE));
	an_db_bind_number(disk->insert, 7, ALGORITHM_SHA3_256);
	return run_with_content(disk->insert, place, bytes);
}

an_status an_store_disk_update_row(struct an_store_disk *disk, const struct an_store_place *place,
                                   struct an_span bytes)
{
	return run_with_content(disk->update, place, bytes);
}

an_status an_store_disk_remove_row(struct an_store_disk *disk, uint64_t row)
{
	an_db_bind_number(disk->remove, 1, row);
	return an_db_run(disk->remove);
}

static an_status read_row(struct an_store_disk *disk, const struct an_store_place *place,
                          struct an_blob *value)
{
	bool row = false;
	an_db_bind_number(disk->read, 1, place->row);
	an_db_bind_bytes(disk->read, 2, an_span(place->entry.key, AN_RECORD_KEY_SIZE));
	an_status status = an_db_step(disk->read, &row);
	if (status == AUTONOMI_OK && !row)
		status = AUTONOMI_E_NOT_FOUND;
	if (status == AUTONOMI_OK) {
		const struct an_span bytes = an_db_column_bytes(disk->read, 0);
		const bool null = an_db_column_null(disk->read, 0);
		if (bytes.size == value->size)
			memcpy(value->data, bytes.data, bytes.size);
		else
			/* A value that is there and did not come is memory that did not suffice. */
			status = bytes.size == 0 && !null ? AUTONOMI_E_NO_MEMORY
			                                  : AUTONOMI_E_CORRUPT;
	}
	an_db_reset(disk->read);
	return status;
}

static an_status read_file(struct an_store_disk *disk, const struct an_store_place *place,
                           struct an_blob *value)
{
	const struct an_sys *sys = disk->sys;
	char path[AN_STORE_PATH_MAX];
	file_path(disk, place, "", path);
	struct an_file *file;
	an_status status = sys->file_open(sys->context, path, AN_FILE_READ, &file);
	if (status != AUTONOMI_OK)
		return status == AUTONOMI_E_NO_FILE ? AUTONOMI_E_NOT_FOUND : status;
	size_t size = 0;
	status = sys->file_read(sys->context, file, 0, value->data, value->size, &size);
	sys->file_close(sys->context, file);
	if (status == AUTONOMI_OK && size != value->size)
		status = AUTONOMI_E_CORRUPT;
	return status;
}

an_status an_store_disk_read(struct an_store_disk *disk, const struct an_store_place *place,
                             struct an_blob **ret_value)
{
	struct an_blob *value = an_blob_new(place->entry.size);
	if (value == NULL)
		return AUTONOMI_E_NO_MEMORY;
	const an_status status = place->in_file ? read_file(disk, place, value)
	                                        : read_row(disk, place, value);
	if (status == AUTONOMI_OK)
		*ret_value = value;
	else
		an_blob_unref(value);
	return status;
}

void an_store_disk_shrink(struct an_store_disk *disk)
{
	bool row = false;
	uint64_t pages = 0;
	if (an_db_step(disk->free_pages, &row) == AUTONOMI_OK && row)
		pages = an_db_column_number(disk->free_pages, 0);
	an_db_reset(disk->free_pages);
	if (pages < AN_STORE_FREE_PAGES)
		return;
	char sql[64];
	snprintf(sql, sizeof(sql), "PRAGMA incremental_vacuum(%d)", AN_STORE_VACUUM_PAGES);
	an_db_execute(disk->db, sql);
}

/* A sentence for people, and the status. */
static an_status refuse(an_status status, const char *directory, const char *sentence, char *reterr,
                        size_t reterr_size)
{
	if (reterr != NULL)
		snprintf(reterr, reterr_size, "%s: %s", directory, sentence);
	return status;
}

static an_status take_lock(struct an_store_disk *disk, char *reterr, size_t reterr_size)
{
	const struct an_sys *sys = disk->sys;
	char path[AN_STORE_PATH_MAX];
	an_status status = sys->path_make_directory(sys->context, disk->directory);
	snprintf(path, sizeof(path), "%s/chunks", disk->directory);
	if (status == AUTONOMI_OK)
		status = sys->path_make_directory(sys->context, path);
	snprintf(path, sizeof(path), "%s/lock", disk->directory);
	if (status == AUTONOMI_OK)
		status = sys->file_open(sys->context, path, AN_FILE_WRITE, &disk->lock);
	if (status == AUTONOMI_OK)
		status = sys->file_lock(sys->context, disk->lock, AN_FILE_LOCK_EXCLUSIVE);
	if (status == AUTONOMI_E_IN_USE)
		return refuse(
			status, disk->directory,
			"another process uses these records; stop it or choose another directory",
			reterr, reterr_size);
	if (status != AUTONOMI_OK)
		return refuse(status, disk->directory, an_status_message(status), reterr,
		              reterr_size);
	return AUTONOMI_OK;
}

static an_status open_db(struct an_store_disk *disk, char *reterr, size_t reterr_size)
{
	char path[AN_STORE_PATH_MAX], sentence[160] = "";
	snprintf(path, sizeof(path), "%s/records.db", disk->directory);
	const struct an_db_options options = {
		.path = path,
		.vfs = disk->sys->sqlite_vfs,
		.application = APPLICATION,
		.page_size = PAGE_SIZE,
		.cache_bytes = CACHE_BYTES,
		.log_bytes_max = LOG_BYTES_MAX,
		.migrations = migrations,
		.migration_count = sizeof(migrations) / sizeof(migrations[0]),
	};
	const an_status status = an_db_open(&options, &disk->db, sentence, sizeof(sentence));
	return status == AUTONOMI_OK ? status : refuse(status, path, sentence, reterr, reterr_size);
}

/* Nothing of a database that belongs to another network is changed, so this comes before the
 * migrations. A new one has no network yet. */
static an_status check_network(struct an_store_disk *disk, uint8_t network_id, char *reterr,
                               size_t reterr_size)
{
	uint64_t found = network_id, known = 0;
	an_status status = AUTONOMI_OK;
	if (an_db_version(disk->db) > 0)
		status = an_db_number(disk->db, "SELECT count(*) FROM meta WHERE name = 'network'",
		                      &known);
	if (status == AUTONOMI_OK && known > 0)
		status = an_db_number(disk->db, "SELECT value FROM meta WHERE name = 'network'",
		                      &found);
	if (status != AUTONOMI_OK)
		return refuse(status, disk->directory, an_status_message(status), reterr,
		              reterr_size);
	disk->is_new = known == 0;
	if (found == network_id)
		return AUTONOMI_OK;
	char sentence[160];
	snprintf(sentence, sizeof(sentence),
	         "these records belong to network %llu, and this node is of network %u; choose "
	         "another directory",
	         (unsigned long long)found, network_id);
	return refuse(AUTONOMI_E_NETWORK_ID, disk->directory, sentence, reterr, reterr_size);
}

static an_status insert_number(struct an_store_disk *disk, const char *sql, uint64_t number)
{
	struct an_db_statement *statement;
	an_status status = an_db_prepare(disk->db, sql, &statement);
	if (status != AUTONOMI_OK)
		return status;
	an_db_bind_number(statement, 1, number);
	status = an_db_run(statement);
	an_db_statement_free(statement);
	return status;
}

an_status an_store_disk_set_network(struct an_store_disk *disk, uint8_t network_id)
{
	return insert_number(disk, "INSERT OR IGNORE INTO meta(name, value) VALUES('network', ?1)",
	                     network_id);
}

an_status an_store_disk_note_opening(struct an_store_disk *disk)
{
	uint64_t earlier = 0;
	const an_status status = an_db_number(disk->db,
	                                      "SELECT value FROM meta WHERE name = 'first_opened'",
	                                      &earlier);
	if (status != AUTONOMI_OK)
		return status;
	if (earlier == 0 && disk->first_opened == 0)
		return AUTONOMI_OK;
	if (earlier == 0)
		return insert_number(
			disk, "INSERT OR REPLACE INTO meta(name, value) VALUES('first_opened', ?1)",
			disk->first_opened);
	disk->first_opened = earlier;
	return AUTONOMI_OK;
}

static an_status prepare(struct an_store_disk *disk)
{
	struct an_db *db = disk->db;
	an_status status = an_db_prepare(
		db,
		"INSERT INTO record(id, key, algorithm, kind, size, content_hash, value) "
		"VALUES(?1, ?6, ?7, ?2, ?3, ?4, ?5)",
		&disk->insert);
	if (status == AUTONOMI_OK)
		status = an_db_prepare(db,
		                       "UPDATE record SET kind = ?2, size = ?3, content_hash = ?4, "
		                       "value = ?5 WHERE id = ?1",
		                       &disk->update);
	if (status == AUTONOMI_OK)
		status = an_db_prepare(db, "DELETE FROM record WHERE id = ?1", &disk->remove);
	if (status == AUTONOMI_OK)
		status = an_db_prepare(db, "SELECT value FROM record WHERE id = ?1 AND key = ?2",
		                       &disk->read);
	if (status == AUTONOMI_OK)
		status = an_db_prepare(db, "PRAGMA freelist_count", &disk->free_pages);
	return status;
}

/* The folder that holds the store's own. */
static void parent_path(const struct an_store_disk *disk, char path[AN_STORE_PATH_MAX])
{
	size_t size = strlen(disk->directory);
	while (size > 0 && disk->directory[size - 1] == '/')
		size--;
	while (size > 0 && disk->directory[size - 1] != '/')
		size--;
	snprintf(path, AN_STORE_PATH_MAX, "%.*s", size > 0 ? (int)size : 1,
	         size > 0 ? disk->directory : ".");
}

/* The names of the database, of `chunks` and of the directory itself must outlive a crash. Who may
 * not read the folder above cannot have made the directory in it. */
static an_status sync_names(struct an_store_disk *disk)
{
	char parent[AN_STORE_PATH_MAX];
	parent_path(disk, parent);
	an_status status = disk->sys->path_sync(disk->sys->context, disk->directory);
	if (status == AUTONOMI_OK)
		status = disk->sys->path_sync(disk->sys->context, parent);
	return status == AUTONOMI_E_PERMISSION ? AUTONOMI_OK : status;
}

static an_status open_all(struct an_store_disk *disk, uint8_t network_id, char *reterr,
                          size_t reterr_size)
{
	an_status status = take_lock(disk, reterr, reterr_size);
	if (status == AUTONOMI_OK)
		status = open_db(disk, reterr, reterr_size);
	if (status == AUTONOMI_OK)
		status = check_network(disk, network_id, reterr, reterr_size);
	if (status != AUTONOMI_OK)
		return status;
	status = an_db_migrate(disk->db);
	if (status == AUTONOMI_OK)
		status = prepare(disk);
	if (status == AUTONOMI_OK)
		status = sync_names(disk);
	if (status != AUTONOMI_OK)
		return refuse(status, disk->directory, an_status_message(status), reterr,
		              reterr_size);
	return AUTONOMI_OK;
}

an_status an_store_disk_open(struct an_store_disk *disk, const struct an_store_config *config,
                             char *reterr, size_t reterr_size)
{
	*disk = (struct an_store_disk){.sys = config->sys, .first_opened = config->unix_time};
	if (strlen(config->directory) > AN_STORE_DIRECTORY_MAX)
		return refuse(AUTONOMI_E_TOO_LARGE, "the directory", "its path is too long", reterr,
		              reterr_size);
	disk->directory = an_strdup(config->directory);
	if (disk->directory == NULL)
		return refuse(AUTONOMI_E_NO_MEMORY, config->directory,
		              an_status_message(AUTONOMI_E_NO_MEMORY), reterr, reterr_size);
	const an_status status = open_all(disk, config->profile->network_id, reterr, reterr_size);
	if (status != AUTONOMI_OK)
		an_store_disk_close(disk);
	return status;
}

void an_store_disk_close(struct an_store_disk *disk)
{
	an_db_statement_free(disk->insert);
	an_db_statement_free(disk->update);
	an_db_statement_free(disk->remove);
	an_db_statement_free(disk->read);
	an_db_statement_free(disk->free_pages);
	an_db_close(disk->db);
	an_store_disk_unlock(disk);
	an_free(disk->directory);
	*disk = (struct an_store_disk){0};
}

void an_store_disk_unlock(struct an_store_disk *disk)
{
	if (disk->lock != NULL)
		disk->sys->file_close(disk->sys->context, disk->lock);
	disk->lock = NULL;
}
