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
#include "data/record_merge.h"
#include "ident/dht_key.h"
#include "sys/sys.h"

struct an_store;

enum { AN_RECORD_KEY_SIZE = 32 };

/* Limits; the first three are defaults of the configuration's. */
enum {
	AN_STORE_INLINE_MAX = 128 * 1024, /* docs/storage.md has the figures */
	AN_STORE_PENDING_BYTES_MAX = 32 * 1024 * 1024,
	AN_STORE_READ_BYTES_MAX = 64 * 1024 * 1024, /* of values asked for and not yet given */
	AN_STORE_WRITES_MAX = 1024,                 /* puts and removes that wait */
	AN_STORE_READS_MAX = 1024,                  /* gets that wait */
	AN_STORE_BATCH_OPERATIONS = 256,            /* of one commit */
	AN_STORE_BATCH_BYTES = 16 * 1024 * 1024,    /* of one commit, or a single larger value */
	AN_STORE_VICTIMS_MAX = 64,                  /* records that one put may replace */
	AN_STORE_CHECK_AT_ONCE = 16 * 1024,         /* chunks up to this are hashed without a job */
	AN_STORE_READ_TRIES = 4,                    /* of a record that changes while it is read */
	AN_STORE_SWEEP_MAX = 65536,                 /* files that one opening removes */
};

struct an_store_entry;

/* Whether this node may drop a record; who ranks the holders of a record says it. False also while it is
 * not known. */
typedef bool an_store_droppable(void *context, const struct an_store_entry *entry);

/* Told of each record that was removed to make room or by cleanup, when it is gone. */
typedef void an_store_pruned(void *context, const struct an_store_entry *entry);

struct an_store_config {
	const struct an_profile *profile;
	const struct an_sys *sys;
	const char *directory;    /* made where missing; borrowed during open only */
	struct an_dht_key self;   /* distances are counted from here */
	uint64_t unix_time;       /* now, in seconds: a new store remembers it */
	size_t records_max;       /* 0: the profile's */
	uint64_t bytes_max;       /* quota on disk; 0: none */
	size_t inline_max;        /* largest value kept inside SQLite; 0: the default */
	size_t pending_bytes_max; /* of values that wait to be written; 0: the default */
	struct an_random *random;
	struct an_logger *logger;
	an_store_pruned *pruned; /* may be NULL; must not call the store */
	void *pruned_context;
	an_store_droppable *droppable; /* NULL: the range alone decides; must not call the store */
	void *droppable_context;
};

/* What the index knows of a record. */
struct an_store_entry {
	uint8_t key[AN_RECORD_KEY_SIZE];
	struct an_dht_key dht_key; /* SHA-256 of the key */
	uint8_t kind;              /* record kind (semantics 3.1) */
	uint32_t size;             /* bytes of the value */
	uint8_t content_hash[32]; /* SHA3-256 of the value; of a chunk: zero, for its key says it */
	uint64_t change; /* number of the change that brought this content; 0: an earlier opening */
};

/* Opens or makes a store. Blocks. `reterr`, where not NULL, gets one sentence for people on failure
 * (at most `reterr_size` bytes with the zero). E_IN_USE: another process has it; E_VERSION,
 * E_NETWORK_ID: written by another version or for another network, nothing was changed; E_IO;
 * E_DISK_FULL; E_CORRUPT; E_PERMISSION. */
an_status an_store_open(const struct an_store_config *config, struct an_store **ret_store,
                        char *reterr, size_t reterr_size);

/* Closes and frees. Blocks for the database. Every job that was handed out must have come back, run or
 * skipped (base/job.h), with or without its `done`. Operations that still wait end without `done`.
 * NULL is allowed. */
struct an_store *an_store_free(struct an_store *store);

/* In a forked child, in place of an_store_free: the directory is held no longer by the child, or nobody
 * could open it as long as that lives. The rest is the parent's, and stays. NULL is allowed. */
void an_store_leave(struct an_store *store);

struct an_store_result {
	an_status
		status; /* OK; E_FULL; E_DISK_FULL; E_IO; E_CORRUPT: not what its key says; E_NOT_FOUND;
	                   * E_EXISTS never: what is there already counts as stored; E_OUTDATED;
	                   * E_UNSUPPORTED: a type that cannot be checked; E_NO_MEMORY; E_CANCELLED: its job
	                   * was skipped */
	struct an_blob *value; /* of a get: one reference may be taken; else NULL */
	struct an_span bytes;  /* the value inside `value` */
	bool unchanged;        /* of a put or merge that is OK: it was there already */
	/* Of a merge with E_CORRUPT, E_TOO_LARGE or E_OUTDATED: why (data/record_merge.h). */
	struct an_put_error error;
};
typedef void an_store_done(void *context, const struct an_store_result *result);

/* Stores the record value `bytes`, which lie in `value`, under `key`. Takes a reference of `value`.
 * Only unpaid records in our own form are taken (data/record.h). A chunk that is there already is
 * done at once; a record of another kind is replaced where its content differs: which of two
 * versions counts is decided before the put. Operations on one key are done in the order in which
 * they were asked for. E_BUSY: too many bytes or operations wait; nothing was taken. E_NO_MEMORY. */
an_status an_store_put(struct an_store *store, const uint8_t key[AN_RECORD_KEY_SIZE],
                       struct an_blob *value, struct an_span bytes, an_store_done *done,
                       void *context);

/* As an_store_put, of a record that somebody brought: it is judged by the rules for its kind beside what
 * is held under its key (an_record_merge), and what comes of both is stored. What is held and damaged
 * counts as absent. A chunk must be in our own form. */
an_status an_store_merge(struct an_store *store, const uint8_t key[AN_RECORD_KEY_SIZE],
                         struct an_blob *value, struct an_span bytes, enum an_record_source source,
                         an_store_done *done, void *context);

/* Reads and verifies a record. What fails its check is removed, counted and logged, and the answer is
 * E_CORRUPT; a file that is gone likewise, as E_NOT_FOUND. A disk that cannot be read (E_IO) removes
 * nothing. E_BUSY: too many reads wait. E_NO_MEMORY. */
an_status an_store_get(struct an_store *store, const uint8_t key[AN_RECORD_KEY_SIZE],
                       an_store_done *done, void *context);

/* E_NOT_FOUND in the result: it was not there. E_BUSY; E_NO_MEMORY. */
an_status an_store_remove(struct an_store *store, const uint8_t key[AN_RECORD_KEY_SIZE],
                          an_store_done *done, void *context);

/* From memory, at once. NULL where unknown; borrowed until the next change. */
const struct an_store_entry *an_store_find(const struct an_store *store,
                                           const uint8_t key[AN_RECORD_KEY_SIZE]);
/* Whether a record of this size could find a place under the key, as far as can be told before
 * anything is known of it: OK; E_FULL and E_DISK_FULL, which count as refused puts. What is there
 * already has its place. From memory, at once. */
an_status an_store_expect_room(struct an_store *store, const uint8_t key[AN_RECORD_KEY_SIZE],
                               size_t size);
size_t an_store_count(const struct an_store *store);
uint64_t an_store_bytes(const struct an_store *store);
/* Calls `visit` for each record, nearest to us first, until it returns false. */
void an_store_visit(const struct an_store *store,
                    bool (*visit)(void *context, const struct an_store_entry *entry),
                    void *context);
/* The same from the record behind the place `after` on: to visit many in pieces. */
void an_store_visit_behind(const struct an_store *store, const struct an_dht_key *after,
                           bool (*visit)(void *context, const struct an_store_entry *entry),
                           void *context);
/* The number of the newest change: of a record that came or was replaced. It grows from 0 on since the
 * store was opened. */
uint64_t an_store_changes(const struct an_store *store);

/* Likewise, nearest to `target` first. Costs about log n for each. */
void an_store_visit_nearest(const struct an_store *store, const struct an_dht_key *target,
                            bool (*visit)(void *context, const struct an_store_entry *entry),
                            void *context);
size_t an_store_count_type(const struct an_store *store, enum an_record_type type);
/* Records whose distance from us is below `distance`. */
size_t an_store_count_nearer(const struct an_store *store, const struct an_dht_key *distance);
/* One of the nearer half of our chunks, each equally likely (semantics 6.10); NULL where there is no
 * chunk. Borrowed until the next change. */
const struct an_store_entry *an_store_near_chunk(const struct an_store *store,
                                                 struct an_random *random);
/* When this store was first opened, in seconds since 1970; 0 where that is unknown. */
uint64_t an_store_first_opened(const struct an_store *store);

/* Records farther than this are outside of our responsibility and may make room for nearer ones
 * (DESIGN 5), where `droppable` agrees. Unknown at first: then nothing gives way. */
void an_store_set_responsible_range(struct an_store *store, const struct an_dht_key *range);

/* Where the store is full: asks of the farthest records whether they are `droppable`, so that it is known
 * when a nearer one comes. */
void an_store_look_for_room(const struct an_store *store);

/* False where it is unknown. */
bool an_store_responsible_range(const struct an_store *store, struct an_dht_key *ret_range);
size_t an_store_records_max(const struct an_store *store);

/* Asks for the removal of what semantics 6.14's cleanup removes within DESIGN 5's rule: with the
 * profile's `prune_batch` of records or more and a known range, of the farthest tenth those at ten
 * times the range or more that are `droppable`. Returns how many will go; the pruned callback tells
 * when they did. */
size_t an_store_cleanup(struct an_store *store);

/* Takes the jobs that shall run now. */
void an_store_jobs(struct an_store *store, struct an_list *ret_jobs);
/* Calls the `done` of operations that needed no job. */
void an_store_poll(struct an_store *store);
/* Whether an_store_jobs or an_store_poll has something to do. */
bool an_store_busy(const struct an_store *store);

/* Runs all jobs on the calling thread until nothing is left to do: for a store without a node.
 * Blocks. Not to be mixed with jobs that run elsewhere. */
void an_store_run_inline(struct an_store *store);

struct an_store_counters {
	uint64_t puts;          /* stored, durable */
	uint64_t puts_existing; /* were there already */
	uint64_t puts_refused;  /* E_FULL, E_DISK_FULL by the quota, E_CORRUPT, E_UNSUPPORTED */
	uint64_t commits;
	uint64_t reads;         /* given, verified */
	uint64_t reads_corrupt; /* failed the check or were missing; the record is removed */
	uint64_t read_errors;   /* of the disk; nothing is removed */
	uint64_t pruned;        /* removed to make room or by cleanup */
	uint64_t write_errors;  /* puts and removes that the disk failed */
	uint64_t swept_files;   /* while opening: files that no row names */
	uint64_t swept_rows;    /* while opening: rows whose file is missing or that say nonsense */
	an_status write_error_status; /* of the newest write error */
	size_t pending_bytes;
};
const struct an_store_counters *an_store_counters(const struct an_store *store);

#endif
