/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A folder of records that somebody else wrote: rows that say nonsense, files with any name and
 * content, a damaged database. The input is a list of such changes to the folder of a real store, which
 * is then opened on a disk in memory, read whole, written, closed and opened again. What opens serves
 * only what its checks let through, and is not worse the next time.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/chunk.h"
#include "db/db.h"
#include "script.h"
#include "sim/world.h"
#include "store/store.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { CHANGES_MAX = 64, PATH_SIZE = 512, INLINE_MAX = 256, CHUNKS = 4 };

static struct {
	struct script script;
	const struct an_sys *sys;
	struct an_random random;
	struct an_store *store;
	bool damaged; /* inside the database's pages */
	size_t visited;
	uint8_t keys[CHUNKS + CHANGES_MAX][AN_RECORD_KEY_SIZE];
} scene;

static const char database[] = "/store/records.db";

static an_status open_store(void)
{
	char sentence[256] = "";
	const struct an_store_config config = {
		.profile = &an_profile_autonomi,
		.sys = scene.sys,
		.directory = "/store",
		.inline_max = INLINE_MAX,
		.random = &scene.random,
	};
	const an_status status = an_store_open(&config, &scene.store, sentence, sizeof(sentence));
	if ((status != AUTONOMI_OK && sentence[0] == '\0') || strlen(sentence) >= sizeof(sentence))
		abort();
	return status;
}

static void close_store(void)
{
	scene.store = an_store_free(scene.store);
}

static void put_done(void *context, const struct an_store_result *result)
{
	*(an_status *)context = result->status;
}

/* Chunks of which every second one is a file. */
static an_status put_chunk(uint8_t number)
{
	uint8_t content[2 * INLINE_MAX] = {number};
	const size_t size = number % 2 == 0 ? INLINE_MAX / 2 : sizeof(content);
	uint8_t *key = scene.keys[number % CHUNKS];
	struct an_blob *value = an_chunk_record_value(an_span(content, size));
	an_status status = AUTONOMI_E_BUSY;
	an_chunk_name(an_span(content, size), key);
	if (value == NULL)
		abort();
	if (an_store_put(scene.store, key, value, an_blob_span(value), put_done, &status) ==
	    AUTONOMI_OK)
		an_store_run_inline(scene.store);
	an_blob_unref(value);
	return status;
}

/* ---- Changes ---- */

/* Integers are of 1, 2 or 8 bytes, with their sign. */
static void write_integer(char *sql, size_t size)
{
	int64_t number = script_byte(&scene.script);
	if (number > 250) {
		uint64_t bits = 0;
		for (int i = 0; i < 8; i++)
			bits = bits << 8 | script_byte(&scene.script);
		memcpy(&number, &bits, sizeof(number));
	} else if (number > 128) {
		number = (int64_t)script_short(&scene.script);
	}
	snprintf(sql, size, "%lld", (long long)number);
}

static void write_blob(char *sql, size_t size, struct an_span bytes)
{
	size_t at = (size_t)snprintf(sql, size, "x'");
	for (size_t i = 0; i < bytes.size; i++)
		at += (size_t)snprintf(sql + at, size - at, "%02x", bytes.data[i]);
	snprintf(sql + at, size - at, "'");
}

/* Of any type: a number, NULL, text, bytes. */
static void write_value(char *sql, size_t size)
{
	switch (script_byte(&scene.script) % 5) {
	case 0:
		snprintf(sql, size, "NULL");
		break;
	case 1:
		snprintf(sql, size, "'text'");
		break;
	case 2:
		write_blob(sql, size, script_bytes(&scene.script, 64));
		break;
	case 3:
		write_blob(sql, size,
		           an_span(scene.keys[script_byte(&scene.script) % CHUNKS],
		                   AN_RECORD_KEY_SIZE));
		break;
	default:
		write_integer(sql, size);
		break;
	}
}

static void with_database(const char *sql)
{
	struct an_db *db;
	const struct an_db_migration none = {.sql = ""};
	const struct an_db_options options = {.path = database,
	                                      .vfs = scene.sys->sqlite_vfs,
	                                      .application = 0x414e5354,
	                                      .page_size = 4096,
	                                      .cache_bytes = 65536,
	                                      .log_bytes_max = 65536,
	                                      .migrations = &none,
	                                      .migration_count = 1};
	if (an_db_open(&options, &db, NULL, 0) != AUTONOMI_OK)
		return;
	(void)an_db_execute(db, sql);
	an_db_close(db);
}

static void change_rows(void)
{
	enum { VALUES = 7, VALUE_SIZE = 160 };
	static const char *const columns[VALUES] = {"id",   "key",          "algorithm", "kind",
	                                            "size", "content_hash", "value"};
	char values[VALUES][VALUE_SIZE], sql[VALUES * VALUE_SIZE + 256];
	const uint8_t how = script_byte(&scene.script);
	if (how % 3 == 0) {
		for (size_t i = 0; i < VALUES; i++)
			write_value(values[i], VALUE_SIZE);
		snprintf(sql, sizeof(sql), "INSERT INTO record VALUES (%s,%s,%s,%s,%s,%s,%s)",
		         values[0], values[1], values[2], values[3], values[4], values[5],
		         values[6]);
	} else if (how % 3 == 1) {
		write_value(values[0], VALUE_SIZE);
		snprintf(sql, sizeof(sql), "UPDATE record SET %s = %s WHERE id %% 2 = %d",
		         columns[how / 3 % VALUES], values[0], how & 1);
	} else {
		write_value(values[0], VALUE_SIZE);
		snprintf(sql, sizeof(sql), "UPDATE OR REPLACE meta SET value = %s", values[0]);
	}
	with_database(sql);
}

static void overwrite(const char *path, uint64_t offset, struct an_span bytes)
{
	struct an_file *file;
	if (scene.sys->file_open(scene.sys->context, path, AN_FILE_WRITE, &file) != AUTONOMI_OK)
		return;
	(void)scene.sys->file_write(scene.sys->context, file, offset, bytes);
	scene.sys->file_close(scene.sys->context, file);
}

static void damage_database(void)
{
	const size_t offset = script_short(&scene.script);
	scene.damaged = true;
	overwrite(database, offset, script_bytes(&scene.script, 64));
}

static void cut_database(void)
{
	struct an_file *file;
	scene.damaged = true;
	if (scene.sys->file_open(scene.sys->context, database, AN_FILE_WRITE, &file) != AUTONOMI_OK)
		return;
	(void)scene.sys->file_truncate(scene.sys->context, file, script_short(&scene.script));
	scene.sys->file_close(scene.sys->context, file);
}

/* In the folder of a chunk: under its name, that and more, or any. */
static void change_file(void)
{
	char path[PATH_SIZE], name[2 * AN_RECORD_KEY_SIZE + 1];
	const uint8_t how = script_byte(&scene.script);
	const uint8_t *key = scene.keys[how % CHUNKS];
	struct an_span suffix = script_bytes(&scene.script, 40);
	for (size_t i = 0; i < AN_RECORD_KEY_SIZE; i++)
		snprintf(name + 2 * i, 3, "%02x", key[i]);
	for (size_t i = 0; i < suffix.size; i++) {
		if (suffix.data[i] == '/' || suffix.data[i] == '\0')
			suffix.size = i;
	}
	const int prefix = how < 192 ? 2 * AN_RECORD_KEY_SIZE : how % 65;
	snprintf(path, sizeof(path), "/store/chunks/%02x",
	         how & 4 ? key[31] : script_byte(&scene.script));
	(void)scene.sys->path_make_directory(scene.sys->context, path);
	snprintf(path + strlen(path), sizeof(path) - strlen(path), "/%.*s%.*s", prefix, name,
	         (int)suffix.size, (const char *)suffix.data);
	if ((how & 8) != 0)
		(void)scene.sys->path_remove(scene.sys->context, path);
	else if ((how & 16) != 0)
		(void)scene.sys->path_make_directory(scene.sys->context, path);
	else
		overwrite(path, script_byte(&scene.script), script_bytes(&scene.script, 64));
}

static void change(void)
{
	switch (script_byte(&scene.script) % 8) {
	case 0:
	case 1:
	case 2:
		change_rows();
		break;
	case 3:
	case 4:
		change_file();
		break;
	case 5:
		damage_database();
		break;
	case 6:
		overwrite("/store/records.db-wal", script_byte(&scene.script),
		          script_bytes(&scene.script, UINT8_MAX));
		scene.damaged = true;
		break;
	default:
		cut_database();
		break;
	}
}

/* ---- Reading ---- */

static bool visit(void *context, const struct an_store_entry *entry)
{
	(void)context;
	if (scene.visited == CHUNKS + CHANGES_MAX)
		return false;
	if (entry->size == 0 || entry->size > an_profile_autonomi.record_value_max)
		abort();
	memcpy(scene.keys[scene.visited++], entry->key, AN_RECORD_KEY_SIZE);
	return true;
}

static void got(void *context, const struct an_store_result *result)
{
	const uint8_t *key = context;
	if ((result->status == AUTONOMI_OK) != (result->value != NULL))
		abort();
	/* A chunk that was given is what its key says. */
	if (result->status == AUTONOMI_OK && result->bytes.size > 1 && result->bytes.data[1] == 0 &&
	    an_store_find(scene.store, key) != NULL && an_store_find(scene.store, key)->kind == 0 &&
	    an_record_check(key, result->bytes) != AUTONOMI_OK)
		abort();
}

static void read_all(void)
{
	scene.visited = 0;
	an_store_visit(scene.store, visit, NULL);
	if (scene.visited != an_store_count(scene.store))
		abort();
	for (size_t i = 0; i < scene.visited; i++) {
		if (an_store_get(scene.store, scene.keys[i], got, scene.keys[i]) == AUTONOMI_OK)
			an_store_run_inline(scene.store);
	}
}

static void use(void)
{
	if (open_store() != AUTONOMI_OK)
		return;
	read_all();
	const an_status put = put_chunk(CHUNKS);
	if (!scene.damaged && put != AUTONOMI_OK)
		abort();
	read_all();
	const size_t count = an_store_count(scene.store);
	close_store();
	const an_status status = open_store();
	if (!scene.damaged && (status != AUTONOMI_OK || an_store_count(scene.store) != count))
		abort();
	close_store();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t seed[AN_RANDOM_SEED_SIZE] = {3};
	memset(&scene, 0, sizeof(scene));
	scene.script.rest = an_span(data, size);
	an_random_init(&scene.random, seed);
	struct an_sim_world *world = an_sim_world_new(1);
	scene.sys = an_sim_host_sys(an_sim_host_new(world));
	if (open_store() != AUTONOMI_OK)
		abort();
	for (uint8_t i = 0; i < CHUNKS; i++) {
		if (put_chunk(i) != AUTONOMI_OK)
			abort();
	}
	close_store();
	for (size_t i = 0; i < CHANGES_MAX && scene.script.rest.size > 0; i++)
		change();
	use();
	an_sim_world_free(world);
	return 0;
}
