/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The journal of an upload: the addresses of the chunks that it stored, so that a later run asks the
 * network for them before it sends them again. It says what to ask about and is never believed: an
 * address stands for content (anchors part 1, section 8, surprise 1), and peers prove that they have
 * it.
 *
 * One file per upload in the client's data folder, named by a hash of path, size and time of the file;
 * neither name nor content of the file is in it. Entries are 40 bytes: the address, and 8 bytes of its
 * SHA-256, so that a torn one is recognised. A file that changes gets a journal of its own; those that
 * nobody finished are removed when they are a month old.
 *
 * Threading: an_journal_open, _append and _remove block and belong in jobs, one at a time; has and
 * close are for the pump, while no job is out.
 */
#ifndef AN_CLIENT_JOURNAL_H
#define AN_CLIENT_JOURNAL_H

#include "base/map.h"
#include "data/address.h"
#include "sys/sys.h"

enum { AN_JOURNAL_ENTRIES_MAX = 1 << 20 }; /* 40 MiB; chunks beyond are not remembered */

struct an_journal_entry {
	struct an_map_entry entry;
	uint8_t name[AN_RECORD_NAME_SIZE];
};

struct an_journal {
	const struct an_sys *sys;
	char *path;           /* of the journal; NULL where there is none */
	struct an_file *file; /* NULL where there is none: nothing is remembered */
	uint64_t end;         /* where the next entry goes */
	struct an_map known;
	struct an_journal_entry *entries; /* what earlier runs stored */
	size_t count;
};

/* `seed` for the map. */
void an_journal_init(struct an_journal *journal, const struct an_sys *sys, const uint64_t seed[2]);

/* Opens or makes the journal in `directory`, made where missing, of the file at `path` of that size and
 * time, and reads it. Any failure leaves a journal that remembers nothing. E_IN_USE: another process
 * uploads the same file. */
an_status an_journal_open(struct an_journal *journal, const char *directory, const char *path,
                          uint64_t size, uint64_t modified_us);

/* Whether a file with this name is a journal. */
bool an_journal_is_name(const char *name);

/* Whether an earlier run stored the chunk. */
bool an_journal_has(const struct an_journal *journal, const uint8_t name[AN_RECORD_NAME_SIZE]);

/* `names`: AN_RECORD_NAME_SIZE bytes each. */
an_status an_journal_append(struct an_journal *journal, struct an_span names);

/* The upload is complete: removes the file. */
void an_journal_remove(struct an_journal *journal);

void an_journal_close(struct an_journal *journal);

#endif
