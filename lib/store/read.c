/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/internal.h"

#include "base/memory.h"

static void check(struct an_store_operation *get)
{
	get->status = an_store_place_check(&get->place, get->bytes);
}

static bool checks_with_reading(const struct an_store_operation *get)
{
	return an_store_place_is_chunk(&get->place) &&
	       get->place.entry.size <= AN_STORE_CHECK_AT_ONCE;
}

static void run_read(struct an_job *job)
{
	struct an_store_operation *get = an_container_of(job, struct an_store_operation, job);
	get->status = an_store_disk_read(&get->store->disk, &get->place, &get->value);
	if (get->status != AUTONOMI_OK)
		return;
	get->bytes = an_blob_span(get->value);
	if (checks_with_reading(get))
		check(get);
}

static void run_check(struct an_job *job)
{
	check(an_container_of(job, struct an_store_operation, job));
}

bool an_store_read_is_loss(an_status status)
{
	return status == AUTONOMI_E_CORRUPT || status == AUTONOMI_E_NOT_FOUND;
}

/* The record changed, or is about to, since its place was looked up. */
static bool is_outdated(const struct an_store_operation *get, const struct an_store_record *record)
{
	return record->changing || record->place.row != get->place.row ||
	       !an_store_place_same_content(&record->place, &get->place);
}

void an_store_read_lost(struct an_store *store, struct an_store_record *record, an_status status)
{
	store->counters.reads_corrupt++;
	an_log(store->logger, AN_LOG_ERROR, "store", "a record of %u bytes was lost: %s",
	       record->place.entry.size,
	       status == AUTONOMI_E_CORRUPT ? "its content is damaged" : "its value is missing");
	an_store_index_set_damaged(&store->index, record);
}

/* Takes the record out of everybody's sight, and lets the operation live on as the remove. */
static void mend(struct an_store_operation *get, struct an_store_record *record)
{
	struct an_store *store = get->store;
	an_store_read_lost(store, record, get->status);
	an_store_operation_tell(get);
	get->kind = AN_STORE_REMOVE;
	get->mending = true;
	get->status = AUTONOMI_OK;
	get->value = an_blob_unref(get->value);
	get->bytes = an_span(NULL, 0);
	get->done = NULL;
	an_list_append(&store->ready, &get->link);
}

static void lost(struct an_store_operation *get)
{
	struct an_store *store = get->store;
	struct an_store_record *record = an_store_index_find(&store->index, get->place.entry.key);
	if (record == NULL || record->damaged) {
		get->status = AUTONOMI_E_NOT_FOUND;
		an_store_operation_finish(get);
	} else if (!is_outdated(get, record)) {
		mend(get, record);
	} else if (++get->tries < AN_STORE_READ_TRIES) {
		get->value = an_blob_unref(get->value);
		store->read_bytes -= get->place.entry.size;
		get->place = record->place;
		store->read_bytes += get->place.entry.size;
		an_store_read_start(get);
	} else {
		get->status = AUTONOMI_E_BUSY;
		an_store_operation_finish(get);
	}
}

static void conclude(struct an_store_operation *get)
{
	if (an_store_read_is_loss(get->status)) {
		lost(get);
		return;
	}
	if (get->status == AUTONOMI_OK)
		get->store->counters.reads++;
	else if (get->status != AUTONOMI_E_CANCELLED)
		get->store->counters.read_errors++;
	an_store_operation_finish(get);
}

static void done_check(struct an_job *job)
{
	struct an_store_operation *get = an_container_of(job, struct an_store_operation, job);
	if (job->skipped)
		get->status = AUTONOMI_E_CANCELLED;
	conclude(get);
}

static void done_read(struct an_job *job)
{
	struct an_store_operation *get = an_container_of(job, struct an_store_operation, job);
	if (job->skipped)
		get->status = AUTONOMI_E_CANCELLED;
	if (get->status != AUTONOMI_OK || checks_with_reading(get)) {
		conclude(get);
		return;
	}
	get->job = (struct an_job){.lane = AN_JOB_COMPUTE, .run = run_check, .done = done_check};
	an_list_append(&get->store->jobs, &get->job.link);
}

void an_store_read_start(struct an_store_operation *get)
{
	get->job = (struct an_job){.lane = AN_JOB_DISK, .run = run_read, .done = done_read};
	an_list_append(&get->store->jobs, &get->job.link);
}
