/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Records on this node's disk (DESIGN 5, docs/storage.md): an index in memory, small records inside
 * SQLite, larger ones in files named by their address, and SQLite as the index of both.
 *
 * A put is done when it is durable; puts that wait together share one commit. Every record is
 * checked against its key before it is written and after it is read. What blocks is returned as jobs
 * by an_store_jobs; an operation's `done` is called from inside the `done` of a job or, where no job
 * was needed, from inside an_store_poll.
 *
 * Threading: single-threaded; the jobs run on workers.
 */
#ifndef AN_STORE_STORE_H
#define AN_STORE_STORE_H

#include "base/blob.h"
#include "base/job.h"
#include "base/log.h"
#include "base/profile.h"
#include "crypt/random.h"
#include "ident/dht_key.h"
#include "sys/sys.h"

struct an_store;

enum { AN_RECORD_KEY_SIZE = 32 };

struct an_store_config {
	const struct an_profile *profile;
	const struct an_sys *sys;
	const char *directory;     /* made where missing; borrowed during open only */
	struct an_dht_key self;    /* distances are counted from here */
	size_t records_max;        /* 0: the profile's */
	uint64_t bytes_max;        /* quota on disk; 0: none */
	size_t inline_max;         /* largest value kept inside SQLite; 0: the default */
	size_t pending_bytes_max;  /* of values that wait to be written; 0: the default */
	struct an_random *random;
	struct an_logger *logger;
};

/* What the index knows of a record. */
struct an_store_entry {
	uint8_t key[AN_RECORD_KEY_SIZE];
	struct an_dht_key dht_key; /* SHA-256 of the key */
	uint8_t kind;              /* record kind (semantics 3.1) */
	uint32_t size;             /* bytes of the value */
	uint8_t content_hash[32];  /* SHA3-256 of the value; of a chunk: zero, for its key says it */
};

/* Opens or makes a store. Blocks. `reterr`, where not NULL, gets one sentence for people on failure
 * (at most `reterr_size` bytes with the zero). E_IN_USE: another process has it; E_VERSION,
 * E_NETWORK_ID: written by another version or for another network, nothing was changed; E_IO;
 * E_DISK_FULL; E_CORRUPT; E_PERMISSION. */
an_status an_store_open(const struct an_store_config *config, struct an_store **ret_store,
                        char *reterr, size_t reterr_size);

/* Blocks until a running commit has ended (its job must have run). Pending operations end without
 * `done`. NULL is allowed. */
struct an_store *an_store_free(struct an_store *store);

struct an_store_result {
	an_status status; /* OK; E_FULL; E_DISK_FULL; E_IO; E_CORRUPT: not what its key says; E_NOT_FOUND;
	                   * E_EXISTS never: what is there already counts as stored; E_OUTDATED */
	struct an_blob *value; /* of a get: one reference may be taken; else NULL */
	struct an_span bytes;  /* the value inside `value` */
};
typedef void an_store_done(void *context, const struct an_store_result *result);

/* Stores the record value `bytes`, which lie in `value`, under `key`. Takes a reference of `value`.
 * E_BUSY: too many bytes wait; nothing was taken. */
an_status an_store_put(struct an_store *store, const uint8_t key[AN_RECORD_KEY_SIZE],
                       struct an_blob *value, struct an_span bytes, an_store_done *done,
                       void *context);

/* Reads and verifies a record. E_BUSY: too many reads wait. */
an_status an_store_get(struct an_store *store, const uint8_t key[AN_RECORD_KEY_SIZE],
                       an_store_done *done, void *context);

an_status an_store_remove(struct an_store *store, const uint8_t key[AN_RECORD_KEY_SIZE],
                          an_store_done *done, void *context);

/* From memory, at once. NULL where unknown; borrowed until the next change. */
const struct an_store_entry *an_store_find(const struct an_store *store,
                                           const uint8_t key[AN_RECORD_KEY_SIZE]);
size_t an_store_count(const struct an_store *store);
uint64_t an_store_bytes(const struct an_store *store);
/* Calls `visit` for each record, nearest to us first, until it returns false. */
void an_store_visit(const struct an_store *store,
                    bool (*visit)(void *context, const struct an_store_entry *entry),
                    void *context);

/* Records farther than this are outside of our responsibility and may make room for nearer ones
 * (DESIGN 5). Unknown at first: then nothing gives way. */
void an_store_set_responsible_range(struct an_store *store, const struct an_dht_key *range);

/* Removes what semantics 6.14's cleanup removes within DESIGN 5's rule; returns how many. */
size_t an_store_cleanup(struct an_store *store);

/* Takes the jobs that shall run now. */
void an_store_jobs(struct an_store *store, struct an_list *ret_jobs);
/* Calls the `done` of operations that needed no job. */
void an_store_poll(struct an_store *store);
/* Whether an_store_jobs or an_store_poll has something to do. */
bool an_store_busy(const struct an_store *store);

struct an_store_counters {
	uint64_t puts, puts_existing, puts_refused, commits, reads, reads_corrupt, pruned, write_errors;
	size_t pending_bytes;
};
const struct an_store_counters *an_store_counters(const struct an_store *store);

#endif
