/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "db/internal.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/memory.h"

enum { PRAGMA_TEXT_MAX = 160 };

/* Runs a pragma with a number in it; its answer, where it gives one, does not matter. */
static an_status set(struct an_db *db, const char *name, int64_t value)
{
	char sql[PRAGMA_TEXT_MAX];
	snprintf(sql, sizeof(sql), "PRAGMA %s=%" PRId64, name, value);
	return an_db_execute(db, sql);
}

/* Small memory: a process may hold one such connection for each of many nodes. */
static void spare_memory(struct an_db *db)
{
	sqlite3_db_config(db->connection, SQLITE_DBCONFIG_LOOKASIDE, NULL, 0, 0);
	sqlite3_db_config(db->connection, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_busy_timeout(db->connection, 0);
}

static an_status connect(struct an_db *db, const struct an_db_options *options)
{
	/* NOMUTEX: only one thread at a time uses the handle. */
	const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX |
	                  SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE;
	const int result = sqlite3_open_v2(options->path, &db->connection, flags, options->vfs);
	if (result != SQLITE_OK)
		return an_db_status_of(result);
	spare_memory(db);
	/* Before the first look at the file, so that the index of the log never is shared memory. */
	return an_db_execute(db, "PRAGMA locking_mode=EXCLUSIVE; PRAGMA temp_store=MEMORY;"
	                         "PRAGMA mmap_size=0; PRAGMA trusted_schema=OFF;");
}

static an_status refuse(const char *sentence, an_status status, char *reterr, size_t reterr_size)
{
	if (reterr != NULL)
		snprintf(reterr, reterr_size, "%s", sentence);
	return status;
}

static an_status look(struct an_db *db, char *reterr, size_t reterr_size)
{
	uint64_t version = 0, application = 0, objects = 0;
	an_status status = an_db_number(db, "PRAGMA user_version", &version);
	if (status == AUTONOMI_OK)
		status = an_db_number(db, "PRAGMA application_id", &application);
	if (status == AUTONOMI_OK)
		status = an_db_number(db, "SELECT count(*) FROM sqlite_master", &objects);
	if (status != AUTONOMI_OK)
		return status;

	const bool fresh = version == 0 && objects == 0 && application == 0;
	if (!fresh && application != (uint64_t)db->application)
		return refuse("the database belongs to another program", AUTONOMI_E_VERSION, reterr,
		              reterr_size);
	if (version > db->migration_count)
		return refuse("the database was written by a newer version of this library",
		              AUTONOMI_E_VERSION, reterr, reterr_size);
	db->version = (size_t)version;
	return AUTONOMI_OK;
}

static an_status describe(an_status status, char *reterr, size_t reterr_size)
{
	if (status == AUTONOMI_E_IN_USE)
		return refuse("another process uses the database", status, reterr, reterr_size);
	if (status == AUTONOMI_E_CORRUPT)
		return refuse("the database is damaged or none", status, reterr, reterr_size);
	return refuse(an_status_message(status), status, reterr, reterr_size);
}

static struct an_db *db_new(const struct an_db_options *options)
{
	struct an_db *db = an_calloc(1, sizeof(*db));
	if (db == NULL)
		return NULL;
	db->migrations = options->migrations;
	db->migration_count = options->migration_count;
	db->application = options->application;
	db->page_size = options->page_size;
	db->log_bytes_max = options->log_bytes_max;
	return db;
}

static an_status prepare(struct an_db *db, size_t cache_bytes)
{
	an_status status = set(db, "cache_size", -(int64_t)(cache_bytes / 1024));
	if (status == AUTONOMI_OK)
		status = an_db_prepare(db, "BEGIN IMMEDIATE", &db->begin);
	if (status == AUTONOMI_OK)
		status = an_db_prepare(db, "COMMIT", &db->commit);
	return status;
}

/* Closes without tidying: what is not ours to read is not ours to change. */
static void abandon(struct an_db *db)
{
	if (db->connection != NULL)
		sqlite3_db_config(db->connection, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	an_db_close(db);
}

an_status an_db_open(const struct an_db_options *options, struct an_db **ret_db, char *reterr,
                     size_t reterr_size)
{
	struct an_db *db = db_new(options);
	if (db == NULL)
		return describe(AUTONOMI_E_NO_MEMORY, reterr, reterr_size);
	an_status status = connect(db, options);
	if (status == AUTONOMI_OK)
		status = prepare(db, options->cache_bytes);
	if (status == AUTONOMI_OK)
		status = look(db, reterr, reterr_size);
	if (status == AUTONOMI_OK) {
		*ret_db = db;
		return AUTONOMI_OK;
	}
	if (status != AUTONOMI_E_VERSION)
		describe(status, reterr, reterr_size);
	abandon(db);
	return status;
}

size_t an_db_version(const struct an_db *db)
{
	return db->version;
}

/* What only a file without content can be given. */
static an_status shape(struct an_db *db)
{
	an_status status = set(db, "page_size", (int64_t)db->page_size);
	/* Removed records give their space back (autonomi-2 10.2, row 1). */
	if (status == AUTONOMI_OK)
		status = an_db_execute(db, "PRAGMA auto_vacuum=INCREMENTAL");
	return status;
}

static an_status use_log(struct an_db *db)
{
	struct an_db_statement *statement;
	an_status status = an_db_prepare(db, "PRAGMA journal_mode=WAL", &statement);
	if (status != AUTONOMI_OK)
		return status;
	bool row = false;
	status = an_db_step(statement, &row);
	if (status == AUTONOMI_OK &&
	    (!row || !an_span_equal(an_db_column_bytes(statement, 0), an_span_text("wal"))))
		status = AUTONOMI_E_UNSUPPORTED;
	an_db_statement_free(statement);
	if (status == AUTONOMI_OK)
		status = an_db_execute(db, "PRAGMA synchronous=FULL");
	if (status == AUTONOMI_OK)
		status = set(db, "journal_size_limit", (int64_t)db->log_bytes_max);
	return status;
}

/* What a process that was killed had written and not flushed is there for us to see and can yet be
 * lost to the next power cut. So the log is flushed before anybody is told what is in the database. What
 * comes after that, bringing it from the log to its place, may find the disk full. */
static an_status make_durable(struct an_db *db)
{
	const an_status status = an_db_execute(db, "PRAGMA wal_checkpoint(PASSIVE)");
	return status != AUTONOMI_E_DISK_FULL ? status : AUTONOMI_OK;
}

static an_status advance(struct an_db *db)
{
	an_status status = an_db_begin(db);
	if (status == AUTONOMI_OK)
		status = an_db_execute(db, db->migrations[db->version].sql);
	if (status == AUTONOMI_OK)
		status = set(db, "user_version", (int64_t)db->version + 1);
	if (status == AUTONOMI_OK)
		status = set(db, "application_id", db->application);
	if (status == AUTONOMI_OK)
		status = an_db_commit(db);
	if (status != AUTONOMI_OK) {
		an_db_rollback(db);
		return status;
	}
	db->version++;
	return AUTONOMI_OK;
}

an_status an_db_migrate(struct an_db *db)
{
	an_status status = db->version == 0 ? shape(db) : AUTONOMI_OK;
	if (status == AUTONOMI_OK)
		status = use_log(db);
	if (status == AUTONOMI_OK && db->version > 0)
		status = make_durable(db);
	while (status == AUTONOMI_OK && db->version < db->migration_count)
		status = advance(db);
	return status;
}

struct an_db *an_db_close(struct an_db *db)
{
	if (db == NULL)
		return NULL;
	an_db_statement_free(db->begin);
	an_db_statement_free(db->commit);
	/* v2 never fails for a statement that was forgotten; it closes with the last one. */
	sqlite3_close_v2(db->connection);
	return an_free(db);
}

const char *an_db_library(void)
{
	return "SQLite " SQLITE_VERSION;
}
