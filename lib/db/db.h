/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One SQLite database, opened for one process (DESIGN 5): write-ahead log, a flush with each commit,
 * and exclusive locking, so that there is no shared memory and a second opener is refused.
 *
 * The schema's version stands in the file. Migrations only go forward, each in a transaction of its
 * own; a version from the future is an error that changes nothing. SQLite opens its files through
 * the VFS whose name the caller gives. Nothing of SQLite that belongs to the process is configured:
 * the host may use SQLite too.
 *
 * Errors: E_DISK_FULL; E_CORRUPT: damaged or no database; E_IN_USE: another connection has it;
 * E_PERMISSION; E_IO; E_NO_MEMORY; E_TOO_LARGE; E_INTERNAL: SQL that does not fit the schema.
 *
 * Threading: any thread, one at a time. Everything here may block.
 */
#ifndef AN_DB_DB_H
#define AN_DB_DB_H

#include <stdbool.h>

#include "base/span.h"
#include "base/status.h"

struct an_db;
struct an_db_statement;

/* The name and version of the database library. Static. */
const char *an_db_library(void);

/* Leads from version n to n + 1, where n is its place in the table. */
struct an_db_migration {
	const char *sql; /* one or more statements */
};

struct an_db_options {
	const char *path;
	const char *vfs;      /* NULL: SQLite's own */
	int32_t application;  /* stands in the file's header; a file with another is not ours */
	size_t page_size;     /* of a new file */
	size_t cache_bytes;   /* memory for pages */
	size_t log_bytes_max; /* what the write-ahead log shrinks to when it was written back */
	const struct an_db_migration *migrations;
	size_t migration_count; /* also the newest version that we know */
};

/* Opens or makes the database and looks at its version; nothing is written to a file that is not
 * ours. E_VERSION: from the future, or somebody else's. `reterr`, where not NULL, gets a sentence. */
an_status an_db_open(const struct an_db_options *options, struct an_db **ret_db, char *reterr,
                     size_t reterr_size);

/* The version of the schema in the file; 0: a new one. */
size_t an_db_version(const struct an_db *db);

/* Brings the schema to the newest version and sets the file up for writing. What fails leaves the
 * version before it. */
an_status an_db_migrate(struct an_db *db);

/* All statements must have been freed. NULL is allowed. */
struct an_db *an_db_close(struct an_db *db);

/* Runs statements that give no rows. */
an_status an_db_execute(struct an_db *db, const char *sql);

/* Runs a statement and gives the first column of its first row; 0 where there is none. */
an_status an_db_number(struct an_db *db, const char *sql, uint64_t *ret_number);

an_status an_db_begin(struct an_db *db);
/* Durable when it returns AUTONOMI_OK. Otherwise rolled back for this process; after a crash the
 * transaction may yet turn out to have been kept. */
an_status an_db_commit(struct an_db *db);
/* Does nothing where no transaction is open. */
void an_db_rollback(struct an_db *db);

an_status an_db_prepare(struct an_db *db, const char *sql, struct an_db_statement **ret_statement);
struct an_db_statement *an_db_statement_free(struct an_db_statement *statement);

/* Parameters, numbered from 1, up to INT64_MAX. Bytes are borrowed until the statement is reset;
 * without data: NULL of SQL. A failure is returned by the next step. */
void an_db_bind_number(struct an_db_statement *statement, int parameter, uint64_t number);
void an_db_bind_bytes(struct an_db_statement *statement, int parameter, struct an_span bytes);

/* Goes to the next row; `ret_row` says whether there is one. */
an_status an_db_step(struct an_db_statement *statement, bool *ret_row);

/* Of the row that step reached, columns from 0. Bytes are borrowed until the next step or reset,
 * and without data where NULL or without memory. */
uint64_t an_db_column_number(struct an_db_statement *statement, int column);
struct an_span an_db_column_bytes(struct an_db_statement *statement, int column);
bool an_db_column_null(struct an_db_statement *statement, int column);

/* Ends the run of a statement and forgets its parameters. */
void an_db_reset(struct an_db_statement *statement);

/* Steps once, for a statement that gives no rows, and resets. */
an_status an_db_run(struct an_db_statement *statement);

#endif
