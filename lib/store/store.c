/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/internal.h"

#include <stdio.h>

#include "base/memory.h"
#include "data/record.h"

static size_t or_default(size_t value, size_t standard)
{
	return value > 0 ? value : standard;
}

static struct an_store *store_new(const struct an_store_config *config)
{
	struct an_store *store = an_calloc(1, sizeof(*store));
	if (store == NULL)
		return NULL;
	store->profile = config->profile;
	store->records_max = or_default(config->records_max, config->profile->records_max);
	store->bytes_max = config->bytes_max;
	store->inline_max = or_default(config->inline_max, AN_STORE_INLINE_MAX);
	store->pending_bytes_max = or_default(config->pending_bytes_max,
	                                      AN_STORE_PENDING_BYTES_MAX);
	store->logger = config->logger;
	store->pruned = config->pruned;
	store->pruned_context = config->pruned_context;
	store->droppable = config->droppable;
	store->droppable_context = config->droppable_context;
	store->next_row = 1;
	an_list_init(&store->all);
	an_list_init(&store->jobs);
	an_list_init(&store->ready);
	an_list_init(&store->ended);
	an_list_init(&store->batch.operations);
	return store;
}

static an_status make_maps(struct an_store *store, const struct an_store_config *config)
{
	const an_status status = an_store_index_init(&store->index, &config->self, config->random);
	return status == AUTONOMI_OK ? an_store_index_open_map(&store->writing, config->random)
	                             : status;
}

static an_status fill(struct an_store *store, const struct an_store_config *config, char *reterr,
                      size_t reterr_size)
{
	an_status status = make_maps(store, config);
	if (status != AUTONOMI_OK && reterr != NULL)
		snprintf(reterr, reterr_size, "%s", an_status_message(status));
	if (status == AUTONOMI_OK)
		status = an_store_disk_open(&store->disk, config, reterr, reterr_size);
	if (status == AUTONOMI_OK)
		status = an_store_recover(store, reterr, reterr_size);
	return status;
}

an_status an_store_open(const struct an_store_config *config, struct an_store **ret_store,
                        char *reterr, size_t reterr_size)
{
	struct an_store *store = store_new(config);
	if (store == NULL) {
		if (reterr != NULL)
			snprintf(reterr, reterr_size, "%s",
			         an_status_message(AUTONOMI_E_NO_MEMORY));
		return AUTONOMI_E_NO_MEMORY;
	}
	const an_status status = fill(store, config, reterr, reterr_size);
	if (status != AUTONOMI_OK) {
		an_store_free(store);
		return status;
	}
	*ret_store = store;
	return AUTONOMI_OK;
}

struct an_store *an_store_free(struct an_store *store)
{
	if (store == NULL)
		return NULL;
	for (struct an_list *at; (at = an_list_first(&store->all)) != NULL;)
		an_store_operation_free(an_container_of(at, struct an_store_operation, in_all));
	an_map_done(&store->writing);
	an_store_index_done(&store->index);
	an_store_disk_close(&store->disk);
	return an_free(store);
}

void an_store_leave(struct an_store *store)
{
	if (store != NULL)
		an_store_disk_unlock(&store->disk);
}

static struct an_store_entry entry_of(const uint8_t key[AN_RECORD_KEY_SIZE])
{
	struct an_store_entry entry = {.dht_key = an_dht_key_of(an_span(key, AN_RECORD_KEY_SIZE))};
	memcpy(entry.key, key, AN_RECORD_KEY_SIZE);
	return entry;
}

static bool write_fits(const struct an_store *store, size_t size)
{
	const size_t pending = store->counters.pending_bytes;
	if (store->writes >= AN_STORE_WRITES_MAX)
		return false;
	/* One value that is larger than the limit is taken when nothing else waits. */
	return pending == 0 ||
	       (pending <= store->pending_bytes_max && size <= store->pending_bytes_max - pending);
}

static void read_kind(struct an_store_operation *put)
{
	struct an_record_header header = {0};
	if (an_record_read_header(put->bytes, &header) != AUTONOMI_OK)
		put->error.type = AN_PUT_ERROR_INVALID_RECORD_HEADER;
	else if (header.payment != AN_RECORD_UNPAID)
		put->error.type = AN_PUT_ERROR_UNEXPECTED_PAYMENT;
	else if (put->bytes.size > put->store->profile->record_value_max)
		put->error.type = AN_PUT_ERROR_INVALID_RECORD;
	put->place.entry.kind = an_record_kind(header);
	if (put->error.type != AN_PUT_ERROR_NONE)
		put->status = AUTONOMI_E_CORRUPT;
}

static struct an_store_operation *put_new(struct an_store *store,
                                          const uint8_t key[AN_RECORD_KEY_SIZE],
                                          struct an_blob *value, struct an_span bytes,
                                          an_store_done *done, void *context)
{
	struct an_store_operation *put = an_store_operation_new(store, AN_STORE_PUT);
	if (put == NULL)
		return NULL;
	put->place.entry = entry_of(key);
	put->place.entry.size = (uint32_t)bytes.size;
	put->value = an_blob_ref(value);
	put->bytes = bytes;
	put->charge = bytes.size;
	put->done = done;
	put->context = context;
	read_kind(put);
	return put;
}

an_status an_store_put(struct an_store *store, const uint8_t key[AN_RECORD_KEY_SIZE],
                       struct an_blob *value, struct an_span bytes, an_store_done *done,
                       void *context)
{
	if (!write_fits(store, bytes.size))
		return AUTONOMI_E_BUSY;
	struct an_store_operation *put = put_new(store, key, value, bytes, done, context);
	if (put == NULL)
		return AUTONOMI_E_NO_MEMORY;
	an_store_operation_enqueue(put);
	return AUTONOMI_OK;
}

an_status an_store_merge(struct an_store *store, const uint8_t key[AN_RECORD_KEY_SIZE],
                         struct an_blob *value, struct an_span bytes, enum an_record_source source,
                         an_store_done *done, void *context)
{
	/* What is held is read into memory beside it. */
	const struct an_store_entry *held = an_store_find(store, key);
	const size_t held_size = held != NULL ? held->size : 0;
	if (!write_fits(store, bytes.size + held_size))
		return AUTONOMI_E_BUSY;
	struct an_store_operation *put = put_new(store, key, value, bytes, done, context);
	if (put == NULL)
		return AUTONOMI_E_NO_MEMORY;
	put->merging = true;
	put->source = source;
	put->charge += held_size;
	an_store_operation_enqueue(put);
	return AUTONOMI_OK;
}

an_status an_store_remove(struct an_store *store, const uint8_t key[AN_RECORD_KEY_SIZE],
                          an_store_done *done, void *context)
{
	if (!write_fits(store, 0))
		return AUTONOMI_E_BUSY;
	struct an_store_operation *remove = an_store_operation_new(store, AN_STORE_REMOVE);
	if (remove == NULL)
		return AUTONOMI_E_NO_MEMORY;
	remove->place.entry = entry_of(key);
	remove->done = done;
	remove->context = context;
	an_store_operation_enqueue(remove);
	return AUTONOMI_OK;
}

static bool read_fits(const struct an_store *store, size_t size)
{
	return store->reads < AN_STORE_READS_MAX &&
	       (store->reads == 0 || (store->read_bytes <= AN_STORE_READ_BYTES_MAX &&
	                              size <= AN_STORE_READ_BYTES_MAX - store->read_bytes));
}

an_status an_store_get(struct an_store *store, const uint8_t key[AN_RECORD_KEY_SIZE],
                       an_store_done *done, void *context)
{
	const struct an_store_record *record = an_store_index_find(&store->index, key);
	const bool found = record != NULL && !record->damaged;
	if (!read_fits(store, found ? record->place.entry.size : 0))
		return AUTONOMI_E_BUSY;
	struct an_store_operation *get = an_store_operation_new(store, AN_STORE_GET);
	if (get == NULL)
		return AUTONOMI_E_NO_MEMORY;
	get->done = done;
	get->context = context;
	if (found)
		get->place = record->place;
	store->reads++;
	store->read_bytes += get->place.entry.size;
	if (found)
		an_store_read_start(get);
	else
		an_store_operation_end(get, AUTONOMI_E_NOT_FOUND);
	return AUTONOMI_OK;
}

const struct an_store_entry *an_store_find(const struct an_store *store,
                                           const uint8_t key[AN_RECORD_KEY_SIZE])
{
	const struct an_store_record *record = an_store_index_find(&store->index, key);
	return record != NULL && !record->damaged ? &record->place.entry : NULL;
}

size_t an_store_count(const struct an_store *store)
{
	return store->index.count - store->index.damaged;
}

uint64_t an_store_bytes(const struct an_store *store)
{
	return store->index.bytes;
}

static void visit_from(const struct an_store *store, size_t first,
                       bool (*visit)(void *context, const struct an_store_entry *entry),
                       void *context)
{
	for (size_t i = first; i < store->index.count; i++) {
		const struct an_store_record *record = store->index.by_distance[i];
		if (!record->damaged && !visit(context, &record->place.entry))
			return;
	}
}

void an_store_visit(const struct an_store *store,
                    bool (*visit)(void *context, const struct an_store_entry *entry), void *context)
{
	visit_from(store, 0, visit, context);
}

void an_store_visit_behind(const struct an_store *store, const struct an_dht_key *after,
                           bool (*visit)(void *context, const struct an_store_entry *entry),
                           void *context)
{
	size_t first = an_store_index_position(&store->index, after);
	if (first < store->index.count &&
	    memcmp(&store->index.by_distance[first]->place.entry.dht_key, after, sizeof(*after)) ==
	            0)
		first++;
	visit_from(store, first, visit, context);
}

uint64_t an_store_changes(const struct an_store *store)
{
	return store->index.changes;
}

void an_store_jobs(struct an_store *store, struct an_list *ret_jobs)
{
	an_store_batch_gather(store);
	an_list_move_all(ret_jobs, &store->jobs);
}

void an_store_poll(struct an_store *store)
{
	/* What `done` asks for and ends at once waits for the next poll. */
	struct an_list ended;
	an_list_init(&ended);
	an_list_move_all(&ended, &store->ended);
	for (struct an_list *at; (at = an_list_take(&ended)) != NULL;)
		an_store_operation_finish(an_container_of(at, struct an_store_operation, link));
}

bool an_store_busy(const struct an_store *store)
{
	return !an_list_empty(&store->jobs) || !an_list_empty(&store->ended) ||
	       (!store->batch.running && !an_list_empty(&store->ready));
}

static void run_all(struct an_list *jobs)
{
	for (struct an_list *at; (at = an_list_take(jobs)) != NULL;) {
		struct an_job *job = an_container_of(at, struct an_job, link);
		job->run(job);
		job->done(job);
	}
}

void an_store_run_inline(struct an_store *store)
{
	struct an_list jobs;
	an_list_init(&jobs);
	while (an_store_busy(store)) {
		an_store_jobs(store, &jobs);
		run_all(&jobs);
		an_store_poll(store);
	}
}

const struct an_store_counters *an_store_counters(const struct an_store *store)
{
	return &store->counters;
}
