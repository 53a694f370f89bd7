/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Opening: loads the index from the rows, then compares it with the files. A crash leaves files that
 * no row names, and rarely rows without a file, at most one batch of either; both are swept.
 */
#include "store/internal.h"

#include <stdio.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "data/record.h"

enum {
	KEY_DIGITS = 2 * AN_RECORD_KEY_SIZE,
	NAMES_MAX = 16 * 1024 * 1024, /* bytes of the names of one shard's files that go */
	ROWS_MAX = 16 * 1024 * 1024,  /* bytes of the ids of the rows that go */
};

/* ---- Rows ---- */

static bool read_place(struct an_db_statement *rows, const struct an_profile *profile,
                       struct an_store_place *ret_place)
{
	const struct an_span key = an_db_column_bytes(rows, 1);
	const uint64_t kind = an_db_column_number(rows, 2), size = an_db_column_number(rows, 3);
	const struct an_span hash = an_db_column_bytes(rows, 4);
	const bool chunk = kind == AN_RECORD_CHUNK;
	if (key.size != AN_RECORD_KEY_SIZE || kind > AN_RECORD_SCRATCHPAD || size == 0 ||
	    size > profile->record_value_max || (!chunk && hash.size != AN_RECORD_KEY_SIZE))
		return false;
	*ret_place = (struct an_store_place){
		.row = an_db_column_number(rows, 0),
		.in_file = an_db_column_number(rows, 5) != 0,
		.entry = {.dht_key = an_dht_key_of(key),
	                  .kind = (uint8_t)kind,
	                  .size = (uint32_t)size},
	};
	memcpy(ret_place->entry.key, key.data, AN_RECORD_KEY_SIZE);
	if (!chunk)
		memcpy(ret_place->entry.content_hash, hash.data, AN_RECORD_KEY_SIZE);
	return true;
}

static an_status doom_row(struct an_buffer *rows, uint64_t row)
{
	return an_buffer_append(rows, an_span(&row, sizeof(row)));
}

static an_status load_row(struct an_store *store, struct an_db_statement *rows,
                          struct an_buffer *doomed)
{
	struct an_store_place place;
	const uint64_t row = an_db_column_number(rows, 0);
	if (row >= store->next_row)
		store->next_row = row + 1;
	if (!read_place(rows, store->profile, &place) ||
	    an_store_index_find(&store->index, place.entry.key) != NULL)
		return doom_row(doomed, row);
	an_status status = an_store_index_reserve(&store->index, 1);
	if (status != AUTONOMI_OK)
		return status;
	struct an_store_record *record = an_calloc(1, sizeof(*record));
	if (record == NULL)
		return AUTONOMI_E_NO_MEMORY;
	record->place = place;
	an_store_index_insert(&store->index, record);
	return AUTONOMI_OK;
}

static an_status load(struct an_store *store, struct an_buffer *doomed)
{
	struct an_db_statement *rows;
	an_status status = an_db_prepare(store->disk.db,
	                                 "SELECT id, key, kind, size, content_hash, value IS NULL "
	                                 "FROM record ORDER BY id",
	                                 &rows);
	if (status != AUTONOMI_OK)
		return status;
	bool more = true;
	while (status == AUTONOMI_OK && (status = an_db_step(rows, &more)) == AUTONOMI_OK && more)
		status = load_row(store, rows, doomed);
	an_db_statement_free(rows);
	return status;
}

static an_status remove_rows(struct an_store *store, struct an_buffer *doomed)
{
	const size_t count = doomed->size / sizeof(uint64_t);
	if (count == 0)
		return AUTONOMI_OK;
	an_status status = an_db_begin(store->disk.db);
	for (size_t i = 0; i < count && status == AUTONOMI_OK; i++) {
		uint64_t row;
		memcpy(&row, doomed->data + i * sizeof(row), sizeof(row));
		status = an_store_disk_remove_row(&store->disk, row);
	}
	if (status == AUTONOMI_OK)
		status = an_db_commit(store->disk.db);
	an_db_rollback(store->disk.db);
	if (status == AUTONOMI_OK)
		store->counters.swept_rows += count;
	return status;
}

/* ---- Files ---- */

struct sweep {
	struct an_store *store;
	unsigned shard;
	size_t seen;     /* files that a row names */
	size_t orphans;  /* files of ours that none does */
	bool collecting; /* names of orphans */
	struct an_buffer names;
};

static int hex_value(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

static bool read_hex(const char *text, uint8_t *out, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		const int high = hex_value(text[2 * i]);
		const int low = high >= 0 ? hex_value(text[2 * i + 1]) : -1;
		if (low < 0)
			return false;
		out[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

/* Whether a row names the file; its record is marked as seen then. */
static bool is_named(struct an_store *store, const uint8_t key[AN_RECORD_KEY_SIZE], unsigned shard,
                     const char *name)
{
	struct an_store_record *record = an_store_index_find(&store->index, key);
	if (record == NULL || !record->place.in_file ||
	    shard != an_store_disk_shard(&record->place))
		return false;
	char expected[AN_STORE_NAME_MAX];
	an_store_disk_name(&record->place, expected);
	if (strcmp(name, expected) != 0)
		return false;
	record->seen = true;
	return true;
}

/* Names that do not begin like ours are left alone. */
static bool visit_file(void *visitor, const char *name)
{
	struct sweep *sweep = visitor;
	uint8_t key[AN_RECORD_KEY_SIZE];
	if (!read_hex(name, key, sizeof(key)) ||
	    (name[KEY_DIGITS] != '\0' && name[KEY_DIGITS] != '.'))
		return true;
	if (is_named(sweep->store, key, sweep->shard, name)) {
		sweep->seen++;
		return true;
	}
	sweep->orphans++;
	if (!sweep->collecting)
		return true;
	return an_buffer_append(&sweep->names, an_span(name, strlen(name) + 1)) == AUTONOMI_OK;
}

static an_status list_shard(struct sweep *sweep, unsigned shard)
{
	struct an_store_disk *disk = &sweep->store->disk;
	char path[AN_STORE_PATH_MAX];
	an_store_disk_shard_path(disk, shard, path);
	sweep->shard = shard;
	const an_status status = disk->sys->path_list(disk->sys->context, path, visit_file, sweep);
	if (status == AUTONOMI_E_NO_FILE)
		return AUTONOMI_OK;
	disk->shard_made[shard] = status == AUTONOMI_OK;
	return status;
}

static void remove_named(struct sweep *sweep, unsigned shard)
{
	struct an_store *store = sweep->store;
	const struct an_sys *sys = store->disk.sys;
	char directory[AN_STORE_PATH_MAX], path[AN_STORE_PATH_MAX + 256];
	an_store_disk_shard_path(&store->disk, shard, directory);
	for (size_t at = 0; at < sweep->names.size;) {
		const char *name = (const char *)sweep->names.data + at;
		at += strlen(name) + 1;
		if (store->counters.swept_files == AN_STORE_SWEEP_MAX)
			return;
		snprintf(path, sizeof(path), "%s/%s", directory, name);
		if (sys->path_remove(sys->context, path) == AUTONOMI_OK)
			store->counters.swept_files++;
	}
}

static an_status sweep_shards(struct sweep *sweep)
{
	an_status status = AUTONOMI_OK;
	for (unsigned shard = 0; shard < AN_STORE_SHARDS && status == AUTONOMI_OK; shard++) {
		status = list_shard(sweep, shard);
		if (status == AUTONOMI_OK && sweep->collecting) {
			status = sweep->names.failed == AUTONOMI_E_NO_MEMORY ? AUTONOMI_E_NO_MEMORY
			                                                     : AUTONOMI_OK;
			remove_named(sweep, shard);
			an_buffer_clear(&sweep->names);
		}
	}
	return status;
}

static an_status doom_missing(struct an_store *store, struct an_buffer *doomed)
{
	an_status status = AUTONOMI_OK;
	for (size_t i = store->index.count; i > 0 && status == AUTONOMI_OK; i--) {
		struct an_store_record *record = store->index.by_distance[i - 1];
		if (!record->place.in_file || record->seen)
			continue;
		status = doom_row(doomed, record->place.row);
		if (status == AUTONOMI_OK)
			an_store_index_remove(&store->index, record);
	}
	return status;
}

static size_t count_missing(const struct an_store *store)
{
	size_t missing = 0;
	for (size_t i = 0; i < store->index.count; i++) {
		const struct an_store_record *record = store->index.by_distance[i];
		missing += record->place.in_file && !record->seen;
	}
	return missing;
}

/* Index and files that have nothing in common are not the trace of a crash: a disk is not mounted,
 * or half of the directory was restored. Deleting then would turn a mishap into a loss. Nor has a crash
 * ever left files before there was a database. */
static bool is_mishap(const struct sweep *sweep, size_t missing)
{
	if (sweep->store->disk.is_new && sweep->orphans > 0)
		return true;
	return sweep->seen == 0 &&
	       (sweep->orphans > AN_STORE_BATCH_OPERATIONS || missing > AN_STORE_BATCH_OPERATIONS);
}

static an_status compare(struct sweep *sweep, struct an_buffer *doomed, bool *ret_mishap)
{
	struct an_store *store = sweep->store;
	an_status status = sweep_shards(sweep);
	if (status != AUTONOMI_OK)
		return status;
	*ret_mishap = is_mishap(sweep, count_missing(store));
	if (*ret_mishap)
		return AUTONOMI_E_CORRUPT;
	status = doom_missing(store, doomed);
	if (status == AUTONOMI_OK)
		status = remove_rows(store, doomed);
	if (status == AUTONOMI_OK && sweep->orphans > 0) {
		sweep->collecting = true;
		status = sweep_shards(sweep);
	}
	return status;
}

static void tell(const struct an_store *store)
{
	const struct an_store_counters *counters = &store->counters;
	if (counters->swept_files > 0 || counters->swept_rows > 0)
		an_log(store->logger, AN_LOG_WARNING, "store",
		       "swept %llu files without a record and %llu records without a file",
		       (unsigned long long)counters->swept_files,
		       (unsigned long long)counters->swept_rows);
	an_log(store->logger, AN_LOG_INFO, "store", "%zu records of %llu bytes", store->index.count,
	       (unsigned long long)store->index.bytes);
}

/* A shard that an earlier run made may not be durable yet under its name. */
static an_status sync_shards(const struct an_store_disk *disk)
{
	char path[AN_STORE_PATH_MAX];
	snprintf(path, sizeof(path), "%s/chunks", disk->directory);
	return disk->sys->path_sync(disk->sys->context, path);
}

an_status an_store_recover(struct an_store *store, char *reterr, size_t reterr_size)
{
	struct an_buffer doomed;
	struct sweep sweep = {.store = store};
	bool mishap = false;
	an_buffer_init(&doomed, ROWS_MAX);
	an_buffer_init(&sweep.names, NAMES_MAX);
	an_status status = load(store, &doomed);
	if (status == AUTONOMI_OK)
		status = compare(&sweep, &doomed, &mishap);
	if (status == AUTONOMI_OK && store->disk.is_new)
		status = an_store_disk_set_network(&store->disk, store->profile->network_id);
	if (status == AUTONOMI_OK)
		status = an_store_disk_note_opening(&store->disk);
	if (status == AUTONOMI_OK)
		status = sync_shards(&store->disk);
	an_buffer_done(&sweep.names);
	an_buffer_done(&doomed);
	if (status == AUTONOMI_OK)
		tell(store);
	else if (reterr != NULL)
		snprintf(reterr, reterr_size, "%s: %s", store->disk.directory,
		         mishap ? "records.db and the files in chunks have nothing in common; is a "
		                  "disk "
		                  "not mounted, or was only a part restored?"
		                : an_status_message(status));
	return status;
}
