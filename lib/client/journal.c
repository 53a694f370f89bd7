/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client/journal.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "crypt/hash.h"

enum {
	CHECK_SIZE = 8,
	ENTRY_SIZE = AN_RECORD_NAME_SIZE + CHECK_SIZE,
	KEY_SIZE = 16,      /* bytes of the hash that names a journal */
	READ_ENTRIES = 256, /* at once */
	OLD_MAX = 64,       /* old journals removed at once */
	FILE_NAME_MAX = 64,
};

#define PREFIX "upload-"
#define SUFFIX ".journal"
#define OLD    (UINT64_C(30) * 24 * 3600 * 1000000)

void an_journal_init(struct an_journal *journal, const struct an_sys *sys, const uint64_t seed[2])
{
	*journal = (struct an_journal){.sys = sys};
	an_map_init(&journal->known, seed);
}

static void add_number(struct an_hash *hash, uint64_t number)
{
	uint8_t bytes[8];
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(number >> (56 - 8 * i));
	an_hash_add(hash, an_span(bytes, sizeof(bytes)));
}

static char *join(const char *directory, const char *name)
{
	const size_t size = strlen(directory) + 1 + strlen(name) + 1;
	char *path = an_malloc(size);
	if (path != NULL)
		snprintf(path, size, "%s/%s", directory, name);
	return path;
}

static char *journal_path(const char *directory, const char *path, uint64_t size,
                          uint64_t modified_us)
{
	struct an_hash hash;
	uint8_t digest[AN_HASH_SIZE];
	an_hash_init(&hash, AN_HASH_SHA3_256);
	add_number(&hash, size);
	add_number(&hash, modified_us);
	an_hash_add(&hash, an_span_text(path));
	an_hash_finish(&hash, digest);
	char name[FILE_NAME_MAX] = PREFIX;
	size_t length = sizeof(PREFIX) - 1;
	for (size_t i = 0; i < KEY_SIZE; i++, length += 2)
		snprintf(name + length, sizeof(name) - length, "%02x", digest[i]);
	snprintf(name + length, sizeof(name) - length, SUFFIX);
	return join(directory, name);
}

/* ---- Old journals. */
struct old_journals {
	const struct an_sys *sys;
	const char *directory;
	char *paths[OLD_MAX];
	size_t count;
};

bool an_journal_is_name(const char *name)
{
	const size_t length = strlen(name);
	return length == sizeof(PREFIX) - 1 + (size_t)2 * KEY_SIZE + sizeof(SUFFIX) - 1 &&
	       strncmp(name, PREFIX, sizeof(PREFIX) - 1) == 0 &&
	       strcmp(name + length - (sizeof(SUFFIX) - 1), SUFFIX) == 0;
}

static bool note_if_old(void *visitor, const char *name)
{
	struct old_journals *old = visitor;
	if (!an_journal_is_name(name))
		return true;
	char *path = join(old->directory, name);
	if (path == NULL)
		return false;
	struct an_file_info info;
	const uint64_t today = old->sys->unix_time_us(old->sys->context);
	if (old->sys->path_info(old->sys->context, path, &info) == AUTONOMI_OK &&
	    info.kind == AN_FILE_REGULAR && info.modified_us < today &&
	    today - info.modified_us > OLD)
		old->paths[old->count++] = path;
	else
		an_free(path);
	return old->count < OLD_MAX;
}

static void remove_old(const struct an_sys *sys, const char *directory)
{
	struct old_journals old = {.sys = sys, .directory = directory};
	(void)sys->path_list(sys->context, directory, note_if_old, &old);
	for (size_t i = 0; i < old.count; i++) {
		(void)sys->path_remove(sys->context, old.paths[i]);
		an_free(old.paths[i]);
	}
}

/* ---- Reading. */
static void make_check(const uint8_t name[AN_RECORD_NAME_SIZE], uint8_t check[CHECK_SIZE])
{
	uint8_t digest[AN_HASH_SIZE];
	an_sha256(an_span(name, AN_RECORD_NAME_SIZE), digest);
	memcpy(check, digest, CHECK_SIZE);
}

static an_status learn(struct an_journal *journal, const uint8_t entry[ENTRY_SIZE])
{
	uint8_t check[CHECK_SIZE];
	make_check(entry, check);
	if (memcmp(entry + AN_RECORD_NAME_SIZE, check, CHECK_SIZE) != 0 ||
	    an_journal_has(journal, entry))
		return AUTONOMI_OK;
	struct an_journal_entry *known = &journal->entries[journal->count++];
	memcpy(known->name, entry, AN_RECORD_NAME_SIZE);
	return an_map_insert(&journal->known, &known->entry,
	                     an_span(known->name, AN_RECORD_NAME_SIZE));
}

static an_status read_entries(struct an_journal *journal, size_t count)
{
	const struct an_sys *sys = journal->sys;
	uint8_t bytes[READ_ENTRIES * ENTRY_SIZE];
	for (size_t done = 0; done < count;) {
		const size_t now = count - done < READ_ENTRIES ? count - done : READ_ENTRIES;
		size_t got = 0;
		an_status status = sys->file_read(sys->context, journal->file,
		                                  (uint64_t)done * ENTRY_SIZE, bytes,
		                                  now * ENTRY_SIZE, &got);
		for (size_t i = 0; i < got / ENTRY_SIZE && status == AUTONOMI_OK; i++)
			status = learn(journal, bytes + i * ENTRY_SIZE);
		if (status != AUTONOMI_OK)
			return status;
		done += now;
	}
	return AUTONOMI_OK;
}

static an_status load(struct an_journal *journal)
{
	struct an_file_info info;
	const struct an_sys *sys = journal->sys;
	an_status status = sys->file_open(sys->context, journal->path, AN_FILE_WRITE,
	                                  &journal->file);
	if (status == AUTONOMI_OK)
		status = sys->file_lock(sys->context, journal->file, AN_FILE_LOCK_EXCLUSIVE);
	if (status == AUTONOMI_OK)
		status = sys->path_info(sys->context, journal->path, &info);
	if (status != AUTONOMI_OK)
		return status;
	const uint64_t entries = info.size / ENTRY_SIZE;
	const size_t count = entries < AN_JOURNAL_ENTRIES_MAX ? (size_t)entries
	                                                      : AN_JOURNAL_ENTRIES_MAX;
	journal->end = (uint64_t)count * ENTRY_SIZE;
	if (count == 0)
		return AUTONOMI_OK;
	journal->entries = an_calloc(count, sizeof(*journal->entries));
	return journal->entries != NULL ? read_entries(journal, count) : AUTONOMI_E_NO_MEMORY;
}

an_status an_journal_open(struct an_journal *journal, const char *directory, const char *path,
                          uint64_t size, uint64_t modified_us)
{
	const struct an_sys *sys = journal->sys;
	an_status status = sys->path_make_directory(sys->context, directory);
	if (status != AUTONOMI_OK)
		return status;
	remove_old(sys, directory);
	journal->path = journal_path(directory, path, size, modified_us);
	status = journal->path != NULL ? load(journal) : AUTONOMI_E_NO_MEMORY;
	if (status != AUTONOMI_OK)
		an_journal_close(journal);
	return status;
}

bool an_journal_has(const struct an_journal *journal, const uint8_t name[AN_RECORD_NAME_SIZE])
{
	return an_map_find(&journal->known, an_span(name, AN_RECORD_NAME_SIZE)) != NULL;
}

an_status an_journal_append(struct an_journal *journal, struct an_span names)
{
	const struct an_sys *sys = journal->sys;
	if (journal->file == NULL)
		return AUTONOMI_OK;
	for (size_t at = 0; at + AN_RECORD_NAME_SIZE <= names.size; at += AN_RECORD_NAME_SIZE) {
		if (journal->end >= (uint64_t)AN_JOURNAL_ENTRIES_MAX * ENTRY_SIZE)
			return AUTONOMI_OK;
		uint8_t entry[ENTRY_SIZE];
		memcpy(entry, names.data + at, AN_RECORD_NAME_SIZE);
		make_check(entry, entry + AN_RECORD_NAME_SIZE);
		const an_status status = sys->file_write(sys->context, journal->file, journal->end,
		                                         an_span(entry, sizeof(entry)));
		if (status != AUTONOMI_OK)
			return status;
		journal->end += ENTRY_SIZE;
	}
	return AUTONOMI_OK;
}

void an_journal_remove(struct an_journal *journal)
{
	if (journal->file != NULL)
		(void)journal->sys->path_remove(journal->sys->context, journal->path);
}

void an_journal_close(struct an_journal *journal)
{
	if (journal->file != NULL)
		journal->sys->file_close(journal->sys->context, journal->file);
	journal->file = NULL;
	journal->path = an_free(journal->path);
	an_map_done(&journal->known);
	journal->entries = an_free(journal->entries);
	journal->count = 0;
}
