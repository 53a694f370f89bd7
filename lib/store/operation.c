/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/internal.h"

#include "base/assert.h"
#include "base/memory.h"
#include "data/record.h"

struct an_store_operation *an_store_operation_new(struct an_store *store,
                                                  enum an_store_operation_kind kind)
{
	struct an_store_operation *operation = an_calloc(1, sizeof(*operation));
	if (operation == NULL)
		return NULL;
	operation->store = store;
	operation->kind = kind;
	an_list_append(&store->all, &operation->in_all);
	return operation;
}

void an_store_operation_free(struct an_store_operation *operation)
{
	an_list_remove(&operation->in_all);
	an_blob_unref(operation->value);
	an_blob_unref(operation->held);
	an_blob_unref(operation->outcome);
	an_free(operation->record);
	an_free(operation);
}

void an_store_operation_end(struct an_store_operation *operation, an_status status)
{
	operation->status = status;
	an_list_append(&operation->store->ended, &operation->link);
}

static void check(struct an_store_operation *put)
{
	if (put->merging) {
		an_store_merge_judge(put);
		return;
	}
	put->status = an_record_check(put->place.entry.key, put->bytes);
	if (put->status == AUTONOMI_OK)
		an_store_place_hash(&put->place, put->bytes);
}

/* What passed its check waits for the next batch. */
static void accept(struct an_store_operation *put)
{
	if (put->status == AUTONOMI_OK)
		an_list_append(&put->store->ready, &put->link);
	else if (put->status != AUTONOMI_E_CANCELLED)
		put->store->counters.puts_refused++;
}

static void run_check(struct an_job *job)
{
	check(an_container_of(job, struct an_store_operation, job));
}

static void done_check(struct an_job *job)
{
	struct an_store_operation *put = an_container_of(job, struct an_store_operation, job);
	if (job->skipped)
		put->status = AUTONOMI_E_CANCELLED;
	accept(put);
	if (put->status != AUTONOMI_OK)
		an_store_operation_finish(put);
}

/* A chunk whose key, kind and size agree with a stored one is that one, if it is a chunk at all: no
 * need to hash it to say that the record is here. */
static bool is_stored(const struct an_store_operation *put)
{
	const struct an_store_record *record = an_store_index_find(&put->store->index,
	                                                           put->place.entry.key);
	return record != NULL && !record->damaged && an_store_place_is_chunk(&put->place) &&
	       an_store_place_same_content(&record->place, &put->place);
}

static void start_put(struct an_store_operation *put)
{
	if (put->status != AUTONOMI_OK) {
		put->store->counters.puts_refused++;
		an_store_operation_end(put, put->status);
		return;
	}
	if (is_stored(put)) {
		put->store->counters.puts_existing++;
		put->unchanged = true;
		an_store_operation_end(put, AUTONOMI_OK);
		return;
	}
	if (put->merging && !an_store_place_is_chunk(&put->place)) {
		an_store_merge_start(put);
		return;
	}
	if (an_store_place_is_chunk(&put->place) && put->bytes.size <= AN_STORE_CHECK_AT_ONCE) {
		check(put);
		accept(put);
		if (put->status != AUTONOMI_OK)
			an_store_operation_end(put, put->status);
		return;
	}
	put->job = (struct an_job){.lane = AN_JOB_COMPUTE, .run = run_check, .done = done_check};
	an_list_append(&put->store->jobs, &put->job.link);
}

static void start(struct an_store_operation *write)
{
	if (write->kind == AN_STORE_PUT)
		start_put(write);
	else
		an_list_append(&write->store->ready, &write->link);
}

static void become_first(struct an_store_operation *write)
{
	write->is_first = true;
	/* Cannot fail: the map had its buckets from the start (index.c). */
	an_map_insert(&write->store->writing, &write->by_key,
	              an_span(write->place.entry.key, AN_RECORD_KEY_SIZE));
}

void an_store_operation_enqueue(struct an_store_operation *write)
{
	struct an_store *store = write->store;
	store->writes++;
	store->counters.pending_bytes += write->charge;
	struct an_map_entry *entry = an_map_find(&store->writing, an_span(write->place.entry.key,
	                                                                  AN_RECORD_KEY_SIZE));
	if (entry == NULL) {
		become_first(write);
		start(write);
		return;
	}
	struct an_store_operation *last = an_container_of(entry, struct an_store_operation, by_key);
	while (last->next_same_key != NULL)
		last = last->next_same_key;
	last->next_same_key = write;
}

static void leave(struct an_store_operation *operation)
{
	struct an_store *store = operation->store;
	if (operation->kind == AN_STORE_GET) {
		store->reads--;
		store->read_bytes -= operation->place.entry.size;
		return;
	}
	if (!operation->is_first) /* a remove of our own, which nobody waits behind */
		return;
	store->writes--;
	store->counters.pending_bytes -= operation->charge;
	an_map_remove(&store->writing, &operation->by_key);
	struct an_store_operation *next = operation->next_same_key;
	if (next != NULL) {
		become_first(next);
		start(next);
	}
}

void an_store_operation_tell(struct an_store_operation *operation)
{
	const bool gives = operation->kind == AN_STORE_GET && operation->status == AUTONOMI_OK;
	leave(operation);
	if (operation->done != NULL) {
		const struct an_store_result result = {
			.status = operation->status,
			.value = gives ? operation->value : NULL,
			.bytes = gives ? operation->bytes : an_span(NULL, 0),
			.unchanged = operation->unchanged,
			.error = operation->error,
		};
		operation->done(operation->context, &result);
	}
}

void an_store_operation_finish(struct an_store_operation *operation)
{
	an_store_operation_tell(operation);
	an_store_operation_free(operation);
}
