/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any bytes as the journal of an upload, on a disk in memory. What it remembers is only what has its
 * check, and what is appended to it is remembered, however torn it was.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/journal.h"
#include "crypt/hash.h"
#include "sim/world.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ENTRY_SIZE = AN_RECORD_NAME_SIZE + 8, PATH_SIZE = 512 };

static const uint64_t map_seed[2] = {1, 2};

static bool note_name(void *visitor, const char *name)
{
	snprintf(visitor, PATH_SIZE, "/data/%s", name);
	return true;
}

static void open_journal(struct an_journal *journal, const struct an_sys *sys)
{
	an_journal_init(journal, sys, map_seed);
	if (an_journal_open(journal, "/data", "/file", 1000, 1) != AUTONOMI_OK)
		abort();
}

static void write_bytes(const struct an_sys *sys, const char *path, struct an_span bytes)
{
	struct an_file *file;
	if (sys->file_open(sys->context, path, AN_FILE_WRITE, &file) != AUTONOMI_OK ||
	    sys->file_write(sys->context, file, 0, bytes) != AUTONOMI_OK)
		abort();
	sys->file_close(sys->context, file);
}

static bool is_entry(const uint8_t *entry)
{
	uint8_t digest[AN_HASH_SIZE];
	an_sha256(an_span(entry, AN_RECORD_NAME_SIZE), digest);
	return memcmp(entry + AN_RECORD_NAME_SIZE, digest, ENTRY_SIZE - AN_RECORD_NAME_SIZE) == 0;
}

static void check(const struct an_journal *journal, const uint8_t *data, size_t size)
{
	size_t right = 0;
	for (size_t at = 0; at + ENTRY_SIZE <= size; at += ENTRY_SIZE) {
		if (!is_entry(data + at))
			continue;
		right++;
		if (!an_journal_has(journal, data + at))
			abort();
	}
	/* One more may have been appended. */
	if (journal->count > right + 1)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t name[AN_RECORD_NAME_SIZE] = {7, 7, 7};
	char path[PATH_SIZE] = "";
	struct an_journal journal;
	struct an_sim_world *world = an_sim_world_new(1);
	const struct an_sys *sys = an_sim_host_sys(an_sim_host_new(world));
	open_journal(&journal, sys);
	an_journal_close(&journal);
	if (sys->path_list(sys->context, "/data", note_name, path) != AUTONOMI_OK)
		abort();
	write_bytes(sys, path, an_span(data, size));

	open_journal(&journal, sys);
	check(&journal, data, size);
	if (an_journal_append(&journal, an_span(name, sizeof(name))) != AUTONOMI_OK)
		abort();
	an_journal_close(&journal);
	open_journal(&journal, sys);
	check(&journal, data, size);
	if (!an_journal_has(&journal, name))
		abort();
	an_journal_close(&journal);
	an_sim_world_free(world);
	return 0;
}
