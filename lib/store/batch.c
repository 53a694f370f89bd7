/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/internal.h"

#include "base/memory.h"

/* The record has the same content already: nothing to write. Nor does a chunk that somebody brings
 * displace anything, whatever lies under its key (semantics 6.3). */
static bool is_same(const struct an_store_record *record, const struct an_store_operation *put)
{
	if (record->damaged)
		return false;
	return (put->merging && an_store_place_is_chunk(&put->place)) ||
	       an_store_place_same_content(&record->place, &put->place);
}

/* What is accounted for before the batch runs, so that a later put in it sees the space taken. */
static void account(struct an_store_batch *batch, const struct an_store_operation *operation)
{
	const bool put = operation->kind == AN_STORE_PUT;
	if (put) {
		batch->added += operation->record != NULL;
		batch->bytes_added += operation->place.entry.size;
		if (operation->old_record != NULL)
			batch->bytes_removed += operation->old.entry.size;
	} else {
		batch->removed++;
		batch->bytes_removed += operation->place.entry.size;
	}
}

void an_store_batch_take(struct an_store *store, struct an_store_operation *operation)
{
	struct an_store_batch *batch = &store->batch;
	an_list_append(&batch->operations, &operation->link);
	batch->count++;
	batch->bytes += operation->bytes.size;
	if (operation->old_record != NULL)
		operation->old_record->changing = true;
	account(batch, operation);
}

static an_status prepare_new(struct an_store *store, struct an_store_operation *put)
{
	an_status status = an_store_index_reserve(&store->index, store->batch.added + 1);
	if (status != AUTONOMI_OK)
		return status;
	put->record = an_calloc(1, sizeof(*put->record));
	if (put->record == NULL)
		return AUTONOMI_E_NO_MEMORY;
	put->place.row = store->next_row++;
	return AUTONOMI_OK;
}

static void replace(struct an_store_operation *put, struct an_store_record *record)
{
	put->old_record = record;
	put->old = record->place;
	put->place.row = record->place.row;
}

static void refuse(struct an_store *store, struct an_store_operation *operation, an_status status)
{
	if (status == AUTONOMI_E_FULL || status == AUTONOMI_E_DISK_FULL)
		store->counters.puts_refused++;
	an_store_operation_end(operation, status);
}

static void admit_put(struct an_store *store, struct an_store_operation *put,
                      struct an_store_record *record)
{
	if (record != NULL && is_same(record, put)) {
		store->counters.puts_existing++;
		put->unchanged = true;
		an_store_operation_end(put, AUTONOMI_OK);
		return;
	}
	put->place.in_file = put->bytes.size > store->inline_max;
	an_status status = AUTONOMI_OK;
	if (record != NULL)
		replace(put, record);
	else
		status = prepare_new(store, put);
	if (record != NULL)
		record->changing = true; /* not to give way to itself */
	if (status == AUTONOMI_OK)
		status = an_store_room_make(store, put);
	if (record != NULL)
		record->changing = false;
	if (status == AUTONOMI_OK)
		an_store_batch_take(store, put);
	else
		refuse(store, put, status);
}

static void admit_remove(struct an_store *store, struct an_store_operation *remove,
                         struct an_store_record *record)
{
	/* A damaged record may have been replaced by a whole one meanwhile. */
	if (record == NULL || (remove->mending && !record->damaged)) {
		an_store_operation_end(remove, AUTONOMI_E_NOT_FOUND);
		return;
	}
	remove->old_record = record;
	remove->place = record->place;
	an_store_batch_take(store, remove);
}

/* What concerns a record of this batch stays where it is and waits for the next one. */
static void admit(struct an_store *store, struct an_store_operation *operation)
{
	struct an_store_record *record = an_store_index_find(&store->index,
	                                                     operation->place.entry.key);
	if (record != NULL && record->changing)
		return;
	an_list_remove(&operation->link);
	if (operation->kind == AN_STORE_PUT)
		admit_put(store, operation, record);
	else
		admit_remove(store, operation, record);
}

static bool has_room_for(const struct an_store_batch *batch,
                         const struct an_store_operation *operation)
{
	return batch->count == 0 || (batch->count < AN_STORE_BATCH_OPERATIONS &&
	                             batch->bytes + operation->bytes.size <= AN_STORE_BATCH_BYTES);
}

static bool takes_part(const struct an_store_operation *operation)
{
	/* Nothing gives way for a put that failed. */
	return operation->status == AUTONOMI_OK &&
	       (operation->on_behalf == NULL || operation->on_behalf->status == AUTONOMI_OK);
}

static bool has_file(const struct an_store_operation *operation)
{
	return operation->kind == AN_STORE_PUT && operation->place.in_file;
}

static an_status make_shards(struct an_store_batch *batch)
{
	bool wanted[AN_STORE_SHARDS] = {false};
	for (struct an_list *at = an_list_first(&batch->operations); at != NULL;
	     at = an_list_next(&batch->operations, at)) {
		const struct an_store_operation *operation = an_container_of(
			at, struct an_store_operation, link);
		if (has_file(operation))
			wanted[an_store_disk_shard(&operation->place)] = true;
	}
	return an_store_disk_make_shards(batch->disk, wanted);
}

/* All files first and then all folders: the first flush of a folder mostly covers the others. */
static void write_files(struct an_store_batch *batch)
{
	bool dirty[AN_STORE_SHARDS] = {false};
	an_status synced[AN_STORE_SHARDS] = {0};
	const an_status made = make_shards(batch);
	for (struct an_list *at = an_list_first(&batch->operations); at != NULL;
	     at = an_list_next(&batch->operations, at)) {
		struct an_store_operation *put = an_container_of(at, struct an_store_operation,
		                                                 link);
		if (!has_file(put))
			continue;
		put->status = made;
		if (made == AUTONOMI_OK)
			put->status = an_store_disk_write_file(batch->disk, &put->place,
			                                       put->bytes);
		if (put->status == AUTONOMI_OK)
			dirty[an_store_disk_shard(&put->place)] = true;
	}
	for (unsigned shard = 0; shard < AN_STORE_SHARDS; shard++) {
		if (dirty[shard])
			synced[shard] = an_store_disk_sync_shard(batch->disk, shard);
	}
	for (struct an_list *at = an_list_first(&batch->operations); at != NULL;
	     at = an_list_next(&batch->operations, at)) {
		struct an_store_operation *put = an_container_of(at, struct an_store_operation,
		                                                 link);
		if (has_file(put) && put->status == AUTONOMI_OK)
			put->status = synced[an_store_disk_shard(&put->place)];
	}
}

static an_status write_row(struct an_store_disk *disk, const struct an_store_operation *operation)
{
	if (operation->kind == AN_STORE_REMOVE)
		return an_store_disk_remove_row(disk, operation->place.row);
	if (operation->old_record != NULL)
		return an_store_disk_update_row(disk, &operation->place, operation->bytes);
	return an_store_disk_insert_row(disk, &operation->place, operation->bytes);
}

static an_status write_rows(struct an_store_batch *batch)
{
	an_status status = an_db_begin(batch->disk->db);
	for (struct an_list *at = an_list_first(&batch->operations);
	     at != NULL && status == AUTONOMI_OK; at = an_list_next(&batch->operations, at)) {
		const struct an_store_operation *operation = an_container_of(
			at, struct an_store_operation, link);
		if (takes_part(operation))
			status = write_row(batch->disk, operation);
	}
	if (status == AUTONOMI_OK)
		return an_db_commit(batch->disk->db);
	an_db_rollback(batch->disk->db);
	return status;
}

/* After the commit no row names these any more. */
static void remove_obsolete(struct an_store_batch *batch,
                            const struct an_store_operation *operation)
{
	const bool put = operation->kind == AN_STORE_PUT;
	const struct an_store_place *gone = put ? &operation->old : &operation->place;
	if (gone->in_file && !(put && an_store_place_same_file(gone, &operation->place)))
		an_store_disk_remove_file(batch->disk, gone);
}

/* After a commit that failed the new files go again; but one that replaces another stays for the
 * next opening to sweep, for a crash now may yet keep the commit, and then its row names the new
 * file while the old one would have no row. */
static void remove_new(struct an_store_batch *batch, const struct an_store_operation *operation)
{
	if (operation->kind != AN_STORE_PUT || !operation->place.in_file)
		return;
	const bool had_row = operation->status == AUTONOMI_OK;
	if (operation->old_record != NULL &&
	    (had_row || an_store_place_same_file(&operation->old, &operation->place)))
		return;
	an_store_disk_remove_file(batch->disk, &operation->place);
}

static void tidy(struct an_store_batch *batch)
{
	for (struct an_list *at = an_list_first(&batch->operations); at != NULL;
	     at = an_list_next(&batch->operations, at)) {
		struct an_store_operation *operation = an_container_of(at,
		                                                       struct an_store_operation,
		                                                       link);
		if (batch->status == AUTONOMI_OK && takes_part(operation))
			remove_obsolete(batch, operation);
		else
			remove_new(batch, operation);
	}
}

static void run_batch(struct an_job *job)
{
	struct an_store_batch *batch = an_container_of(job, struct an_store_batch, job);
	write_files(batch);
	batch->status = write_rows(batch);
	tidy(batch);
	if (batch->status == AUTONOMI_OK && batch->removed > 0)
		an_store_disk_shrink(batch->disk);
}

static void apply_put(struct an_store *store, struct an_store_operation *put)
{
	store->counters.puts++;
	if (put->old_record != NULL) {
		an_store_index_update(&store->index, put->old_record, &put->place);
		an_store_index_note_change(&store->index, put->old_record);
		return;
	}
	put->record->place = put->place;
	an_store_index_note_change(&store->index, put->record);
	an_store_index_insert(&store->index, put->record);
	put->record = NULL;
}

static void apply_remove(struct an_store *store, struct an_store_operation *remove)
{
	if (remove->pruning) {
		store->counters.pruned++;
		an_log(store->logger, AN_LOG_DEBUG, "store", "pruned a record of %u bytes",
		       remove->place.entry.size);
		if (store->pruned != NULL)
			store->pruned(store->pruned_context, &remove->place.entry);
	}
	an_store_index_remove(&store->index, remove->old_record);
}

static void apply(struct an_store *store, struct an_store_operation *operation)
{
	if (operation->kind == AN_STORE_PUT)
		apply_put(store, operation);
	else
		apply_remove(store, operation);
}

/* One line when writing begins to fail and one when it works again: a full disk must not also fill
 * the log (autonomi-2 10.2, row 11). */
static void tell(struct an_store *store, an_status status)
{
	if (status == AUTONOMI_E_CANCELLED)
		return;
	if (status != AUTONOMI_OK && !store->failing)
		an_log(store->logger, AN_LOG_ERROR, "store", "writing fails: %s; reading goes on",
		       an_status_message(status));
	if (status == AUTONOMI_OK && store->failing)
		an_log(store->logger, AN_LOG_INFO, "store", "writing works again");
	store->failing = status != AUTONOMI_OK;
}

static void count_error(struct an_store *store, an_status status)
{
	store->counters.write_errors++;
	store->counters.write_error_status = status;
}

static void conclude(struct an_store *store, struct an_store_operation *operation, an_status commit)
{
	if (operation->old_record != NULL)
		operation->old_record->changing = false;
	if (operation->on_behalf != NULL && operation->status == AUTONOMI_OK)
		operation->status = operation->on_behalf->status;
	if (operation->status == AUTONOMI_OK)
		operation->status = commit;
	if (operation->status == AUTONOMI_OK)
		apply(store, operation);
	else if (operation->on_behalf == NULL && operation->status != AUTONOMI_E_CANCELLED)
		count_error(store, operation->status);
}

/* Two walks: a remove that makes room reads the status of its put, and `done` may ask for more. */
static void done_batch(struct an_job *job)
{
	struct an_store_batch *batch = an_container_of(job, struct an_store_batch, job);
	struct an_store *store = an_container_of(batch, struct an_store, batch);
	if (job->skipped)
		batch->status = AUTONOMI_E_CANCELLED;
	an_status worst = batch->status;
	for (struct an_list *at = an_list_first(&batch->operations); at != NULL;
	     at = an_list_next(&batch->operations, at)) {
		struct an_store_operation *operation = an_container_of(at,
		                                                       struct an_store_operation,
		                                                       link);
		conclude(store, operation, batch->status);
		if (operation->status != AUTONOMI_OK)
			worst = operation->status;
	}
	store->counters.commits += batch->status == AUTONOMI_OK;
	tell(store, worst);
	batch->running = false;
	struct an_list ended;
	an_list_init(&ended);
	an_list_move_all(&ended, &batch->operations);
	for (struct an_list *at; (at = an_list_take(&ended)) != NULL;)
		an_store_operation_finish(an_container_of(at, struct an_store_operation, link));
}

void an_store_batch_gather(struct an_store *store)
{
	struct an_store_batch *batch = &store->batch;
	if (batch->running)
		return;
	batch->count = batch->bytes = batch->added = batch->removed = 0;
	batch->bytes_added = batch->bytes_removed = 0;
	for (struct an_list *at = an_list_first(&store->ready), *next; at != NULL; at = next) {
		next = an_list_next(&store->ready, at);
		struct an_store_operation *operation = an_container_of(at,
		                                                       struct an_store_operation,
		                                                       link);
		if (!has_room_for(batch, operation))
			break;
		admit(store, operation);
	}
	if (batch->count == 0)
		return;
	batch->disk = &store->disk;
	batch->running = true;
	batch->job = (struct an_job){.lane = AN_JOB_DISK, .run = run_batch, .done = done_batch};
	an_list_append(&store->jobs, &batch->job.link);
}
