/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the files of lib/store share: the store itself, its operations and the batch.
 *
 * The way of a put: an_store_put → (check job) → `ready` → admitted into the batch → batch job →
 * index, done. An an_store_merge reads what is held and judges both before `ready`. Of a get:
 * an_store_get → read job → (check job) → done. Decisions about the index are made in two places
 * only: when a batch is gathered and when it has ended, both on the pump.
 */
#ifndef AN_STORE_INTERNAL_H
#define AN_STORE_INTERNAL_H

#include "data/record_merge.h"
#include "store/disk.h"
#include "store/index.h"

enum an_store_operation_kind { AN_STORE_PUT, AN_STORE_GET, AN_STORE_REMOVE };

struct an_store_operation {
	struct an_list in_all;
	struct an_list link; /* in `ready`, `ended` or the batch */
	struct an_job job;
	struct an_store *store;
	enum an_store_operation_kind kind;
	bool pruning; /* a remove that nobody asked for, to be counted */
	bool mending; /* a remove of a damaged record */
	an_status status;
	unsigned tries;

	/* Of a put that is judged beside what is held. */
	bool merging;
	bool unchanged; /* what it brought is there already */
	enum an_record_source source;
	struct an_put_error error;
	struct an_blob *held, *outcome; /* nobody else has them */
	an_status held_status;          /* of reading it */

	/* Writes to one key queue behind each other; the first is in the store's map `writing`. */
	struct an_map_entry by_key;
	bool is_first;
	struct an_store_operation *next_same_key;

	struct an_store_place place; /* of a put: where it will lie; else: where it lies */
	struct an_store_place old;   /* of a put that replaces or merges: the old content's */
	struct an_store_record *old_record;   /* what a put replaces or a remove removes */
	struct an_store_record *record;       /* of a put of a new key: becomes the index's */
	struct an_store_operation *on_behalf; /* of a remove that makes room: the put */

	struct an_blob *value;
	struct an_span bytes;
	size_t charge;       /* of a write: what it counts in the pending bytes */
	an_store_done *done; /* NULL: nobody is to be told */
	void *context;
};

struct an_store_batch {
	struct an_job job;
	struct an_list operations;
	struct an_store_disk *disk;
	an_status status; /* of the commit */
	bool running;
	size_t count;
	size_t bytes;
	size_t added; /* records, and their bytes */
	uint64_t bytes_added;
	size_t removed;
	uint64_t bytes_removed;
};

struct an_store {
	const struct an_profile *profile;
	struct an_store_disk disk;
	struct an_store_index index;
	size_t records_max;
	uint64_t bytes_max;
	size_t inline_max;
	size_t pending_bytes_max;
	struct an_logger *logger;
	an_store_pruned *pruned;
	void *pruned_context;
	an_store_droppable *droppable;
	void *droppable_context;

	bool range_known;
	struct an_dht_key range; /* a distance */
	uint64_t next_row;

	struct an_list all;   /* every operation */
	struct an_list jobs;  /* to be handed out */
	struct an_list ready; /* writes, checked, in order */
	struct an_list ended; /* whose done is due without a job */
	struct an_map writing;
	size_t writes;
	size_t reads;
	size_t read_bytes;
	bool failing; /* the last batch failed: told once */

	struct an_store_batch batch;
	struct an_store_counters counters;
};

/* operation.c */
struct an_store_operation *an_store_operation_new(struct an_store *store,
                                                  enum an_store_operation_kind kind);
/* Takes a write in, behind those to the same key. */
void an_store_operation_enqueue(struct an_store_operation *operation);
/* Its done is called by the next poll. */
void an_store_operation_end(struct an_store_operation *operation, an_status status);
/* Calls done; lets the next write to the key go on. */
void an_store_operation_tell(struct an_store_operation *operation);
/* Tells and frees. */
void an_store_operation_finish(struct an_store_operation *operation);
void an_store_operation_free(struct an_store_operation *operation);

/* batch.c */
/* Forms the next batch of what is ready, where none runs. */
void an_store_batch_gather(struct an_store *store);
/* Adds an operation to the batch that is being formed. */
void an_store_batch_take(struct an_store *store, struct an_store_operation *operation);

/* merge.c */
void an_store_merge_start(struct an_store_operation *put);
/* Sets status, error and outcome. Any thread. */
void an_store_merge_judge(struct an_store_operation *put);

/* read.c */
void an_store_read_start(struct an_store_operation *operation);
/* Whether a failed read says that the content is gone for good. */
bool an_store_read_is_loss(an_status status);
/* Hides the record from everybody, counts and logs its loss. */
void an_store_read_lost(struct an_store *store, struct an_store_record *record, an_status status);

/* room.c */
/* Finds room for a put in the batch under way: adds the removes that make it. */
an_status an_store_room_make(struct an_store *store, struct an_store_operation *put);

/* recover.c */
/* Loads the index and sweeps what a crash left. */
an_status an_store_recover(struct an_store *store, char *reterr, size_t reterr_size);

#endif
