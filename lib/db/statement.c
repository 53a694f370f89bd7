/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "db/internal.h"

#include "base/memory.h"

struct an_db_statement {
	sqlite3_stmt *prepared;
	int failed; /* the first result other than SQLITE_OK of binding parameters */
};

an_status an_db_status_of(int result)
{
	if (result == SQLITE_IOERR_NOMEM)
		return AUTONOMI_E_NO_MEMORY;
	switch (result & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return AUTONOMI_OK;
	case SQLITE_NOMEM:
		return AUTONOMI_E_NO_MEMORY;
	case SQLITE_FULL:
		return AUTONOMI_E_DISK_FULL;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return AUTONOMI_E_CORRUPT;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return AUTONOMI_E_IN_USE;
	case SQLITE_PERM:
	case SQLITE_AUTH:
	case SQLITE_READONLY:
		return AUTONOMI_E_PERMISSION;
	case SQLITE_IOERR:
	case SQLITE_CANTOPEN:
	case SQLITE_PROTOCOL:
		return AUTONOMI_E_IO;
	case SQLITE_TOOBIG:
		return AUTONOMI_E_TOO_LARGE;
	default:
		return AUTONOMI_E_INTERNAL;
	}
}

an_status an_db_prepare(struct an_db *db, const char *sql, struct an_db_statement **ret_statement)
{
	struct an_db_statement *statement = an_calloc(1, sizeof(*statement));
	if (statement == NULL)
		return AUTONOMI_E_NO_MEMORY;
	const an_status status = an_db_status_of(sqlite3_prepare_v3(db->connection, sql, -1,
	                                                            SQLITE_PREPARE_PERSISTENT,
	                                                            &statement->prepared, NULL));
	if (status != AUTONOMI_OK) {
		an_free(statement);
		return status;
	}
	*ret_statement = statement;
	return AUTONOMI_OK;
}

struct an_db_statement *an_db_statement_free(struct an_db_statement *statement)
{
	if (statement == NULL)
		return NULL;
	sqlite3_finalize(statement->prepared);
	return an_free(statement);
}

static void note(struct an_db_statement *statement, int result)
{
	if (statement->failed == SQLITE_OK)
		statement->failed = result;
}

void an_db_bind_number(struct an_db_statement *statement, int parameter, uint64_t number)
{
	if (number > INT64_MAX)
		note(statement, SQLITE_TOOBIG);
	else
		note(statement,
		     sqlite3_bind_int64(statement->prepared, parameter, (sqlite3_int64)number));
}

void an_db_bind_bytes(struct an_db_statement *statement, int parameter, struct an_span bytes)
{
	note(statement, sqlite3_bind_blob64(statement->prepared, parameter, bytes.data, bytes.size,
	                                    SQLITE_STATIC));
}

an_status an_db_step(struct an_db_statement *statement, bool *ret_row)
{
	if (statement->failed != SQLITE_OK)
		return an_db_status_of(statement->failed);
	const int result = sqlite3_step(statement->prepared);
	*ret_row = result == SQLITE_ROW;
	return an_db_status_of(result);
}

uint64_t an_db_column_number(struct an_db_statement *statement, int column)
{
	const sqlite3_int64 number = sqlite3_column_int64(statement->prepared, column);
	return number > 0 ? (uint64_t)number : 0;
}

struct an_span an_db_column_bytes(struct an_db_statement *statement, int column)
{
	/* In this order: the size is that of the form in which the bytes were asked for. */
	const void *data = sqlite3_column_blob(statement->prepared, column);
	const int size = sqlite3_column_bytes(statement->prepared, column);
	return data != NULL ? an_span(data, (size_t)size) : an_span(NULL, 0);
}

bool an_db_column_null(struct an_db_statement *statement, int column)
{
	return sqlite3_column_type(statement->prepared, column) == SQLITE_NULL;
}

void an_db_reset(struct an_db_statement *statement)
{
	/* The result repeats what step returned. */
	sqlite3_reset(statement->prepared);
	sqlite3_clear_bindings(statement->prepared);
	statement->failed = SQLITE_OK;
}

an_status an_db_run(struct an_db_statement *statement)
{
	bool row = false;
	const an_status status = an_db_step(statement, &row);
	an_db_reset(statement);
	return status;
}

an_status an_db_number(struct an_db *db, const char *sql, uint64_t *ret_number)
{
	struct an_db_statement *statement;
	an_status status = an_db_prepare(db, sql, &statement);
	if (status != AUTONOMI_OK)
		return status;
	bool row = false;
	status = an_db_step(statement, &row);
	if (status == AUTONOMI_OK)
		*ret_number = row ? an_db_column_number(statement, 0) : 0;
	an_db_statement_free(statement);
	return status;
}

an_status an_db_execute(struct an_db *db, const char *sql)
{
	return an_db_status_of(sqlite3_exec(db->connection, sql, NULL, NULL, NULL));
}

an_status an_db_begin(struct an_db *db)
{
	return an_db_run(db->begin);
}

an_status an_db_commit(struct an_db *db)
{
	const an_status status = an_db_run(db->commit);
	if (status != AUTONOMI_OK)
		an_db_rollback(db);
	return status;
}

void an_db_rollback(struct an_db *db)
{
	/* SQLite has rolled back by itself after some errors, and then a second time is one. */
	if (sqlite3_get_autocommit(db->connection) == 0)
		sqlite3_exec(db->connection, "ROLLBACK", NULL, NULL, NULL);
}
