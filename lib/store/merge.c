/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Records that come in and are judged beside what is held (semantics 6.3): the held one is read by a
 * job of the disk, the rules and their signatures are a compute job, and what is to be stored goes the
 * way of every put. Writes to one key wait for each other, so nothing changes what was read but a
 * removal that makes room; then the outcome is written as new.
 */
#include "store/internal.h"

#include "data/chunk.h"
#include "data/record_merge.h"

static an_status refuse(struct an_store_operation *put, enum an_put_error_type type)
{
	put->error.type = type;
	return AUTONOMI_E_CORRUPT;
}

static an_status judge_chunk(struct an_store_operation *put)
{
	const size_t limit = put->store->profile->chunk_max;
	struct an_span content;
	uint8_t name[AN_RECORD_KEY_SIZE];
	if (an_chunk_content(put->bytes, &content) != AUTONOMI_OK)
		return refuse(put, AN_PUT_ERROR_INVALID_RECORD);
	an_chunk_name(content, name);
	if (memcmp(name, put->place.entry.key, sizeof(name)) != 0)
		return refuse(put, AN_PUT_ERROR_RECORD_KEY_MISMATCH);
	if (content.size <= limit)
		return AUTONOMI_OK;
	put->error = (struct an_put_error){.type = AN_PUT_ERROR_OVERSIZED_CHUNK,
	                                   .size = content.size,
	                                   .limit = limit};
	return AUTONOMI_E_TOO_LARGE;
}

static void note_outcome(struct an_store_operation *put, struct an_blob *outcome)
{
	put->outcome = outcome;
	put->unchanged = outcome == NULL;
	put->place.entry.size = outcome != NULL ? (uint32_t)outcome->size : 0;
	an_store_place_hash(&put->place, an_blob_span(outcome));
}

/* On the pump: others may hold what came in. */
static void take_outcome(struct an_store_operation *put)
{
	an_blob_unref(put->value);
	put->value = put->outcome;
	put->bytes = an_blob_span(put->outcome);
	put->outcome = NULL;
}

static an_status judge_signed(struct an_store_operation *put)
{
	struct an_record_merged merged;
	if (put->held != NULL &&
	    an_store_place_check(&put->old, an_blob_span(put->held)) != AUTONOMI_OK) {
		put->held_status = AUTONOMI_E_CORRUPT;
		put->held = an_blob_unref(put->held);
	}
	const an_status status = an_record_merge(put->place.entry.key, an_blob_span(put->held),
	                                         put->bytes, put->store->profile->chunk_max,
	                                         put->source, &merged);
	put->error = merged.error;
	if (status == AUTONOMI_OK)
		note_outcome(put, merged.store);
	return status;
}

void an_store_merge_judge(struct an_store_operation *put)
{
	put->status = an_store_place_is_chunk(&put->place) ? judge_chunk(put) : judge_signed(put);
	put->held = an_blob_unref(put->held);
}

static void run_judge(struct an_job *job)
{
	an_store_merge_judge(an_container_of(job, struct an_store_operation, job));
}

/* The held record could not be had. It counts as absent, and goes, unless it changed meanwhile. */
static void forget_held(struct an_store_operation *put)
{
	struct an_store *store = put->store;
	struct an_store_record *record = an_store_index_find(&store->index, put->place.entry.key);
	if (record == NULL || record->damaged || record->changing ||
	    record->place.row != put->old.row)
		return;
	an_store_read_lost(store, record, put->held_status);
	struct an_store_operation *remove = an_store_operation_new(store, AN_STORE_REMOVE);
	if (remove == NULL)
		return;
	remove->mending = true;
	remove->place = record->place;
	an_list_append(&store->ready, &remove->link);
}

static void done_judge(struct an_job *job)
{
	struct an_store_operation *put = an_container_of(job, struct an_store_operation, job);
	if (job->skipped)
		put->status = AUTONOMI_E_CANCELLED;
	else if (put->held_status != AUTONOMI_OK)
		forget_held(put);
	if (put->status == AUTONOMI_OK && !put->unchanged) {
		take_outcome(put);
		an_list_append(&put->store->ready, &put->link);
		return;
	}
	put->store->counters.puts_existing += put->status == AUTONOMI_OK;
	if (put->status != AUTONOMI_OK && put->status != AUTONOMI_E_CANCELLED)
		put->store->counters.puts_refused++;
	an_store_operation_finish(put);
}

static void judge_later(struct an_store_operation *put)
{
	put->job = (struct an_job){.lane = AN_JOB_COMPUTE, .run = run_judge, .done = done_judge};
	an_list_append(&put->store->jobs, &put->job.link);
}

static void run_read(struct an_job *job)
{
	struct an_store_operation *put = an_container_of(job, struct an_store_operation, job);
	put->held_status = an_store_disk_read(&put->store->disk, &put->old, &put->held);
}

static void done_read(struct an_job *job)
{
	struct an_store_operation *put = an_container_of(job, struct an_store_operation, job);
	const an_status status = job->skipped ? AUTONOMI_E_CANCELLED : put->held_status;
	if (status == AUTONOMI_OK || an_store_read_is_loss(status)) {
		judge_later(put);
		return;
	}
	/* A disk that cannot be read does not say that there is nothing. */
	if (status != AUTONOMI_E_CANCELLED)
		put->store->counters.read_errors++;
	put->status = status;
	an_store_operation_finish(put);
}

void an_store_merge_start(struct an_store_operation *put)
{
	const struct an_store_record *record = an_store_index_find(&put->store->index,
	                                                           put->place.entry.key);
	if (record == NULL || record->damaged) {
		judge_later(put);
		return;
	}
	put->old = record->place;
	put->job = (struct an_job){.lane = AN_JOB_DISK, .run = run_read, .done = done_read};
	an_list_append(&put->store->jobs, &put->job.link);
}
