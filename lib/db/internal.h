/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of lib/db share. */
#ifndef AN_DB_INTERNAL_H
#define AN_DB_INTERNAL_H

#include <sqlite3.h>

#include "db/db.h"

struct an_db {
	sqlite3 *connection;
	struct an_db_statement *begin, *commit;
	const struct an_db_migration *migrations;
	size_t migration_count;
	size_t version;
	int32_t application;
	size_t page_size;
	size_t log_bytes_max;
};

/* Our status for one of SQLite's result codes. */
an_status an_db_status_of(int result);

#endif
