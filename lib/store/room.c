/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who gives way when the store is full (DESIGN 5): the farthest record, for a nearer one, and only
 * where it lies outside the range that we are responsible for. And cleanup (semantics 6.14).
 */
#include "store/internal.h"

#include "base/memory.h"

static struct an_dht_key distance_to(const struct an_store *store,
                                     const struct an_store_place *place)
{
	return an_dht_key_distance(&store->index.self, &place->entry.dht_key);
}

static int compare(const struct an_dht_key *a, const struct an_dht_key *b)
{
	return memcmp(a->bytes, b->bytes, AN_DHT_KEY_SIZE);
}

static bool is_droppable(const struct an_store *store, const struct an_store_record *record)
{
	return store->droppable == NULL ||
	       store->droppable(store->droppable_context, &record->place.entry);
}

static bool gives_way(const struct an_store *store, const struct an_store_record *record,
                      const struct an_dht_key *newcomer)
{
	const struct an_dht_key distance = distance_to(store, &record->place);
	return store->range_known && compare(&distance, &store->range) > 0 &&
	       compare(&distance, newcomer) > 0 && is_droppable(store, record);
}

/* What there would be after the batch and the put. */
struct need {
	size_t records;
	uint64_t bytes;
};

static struct need need_of(const struct an_store *store, const struct an_store_operation *put)
{
	const struct an_store_batch *batch = &store->batch;
	const uint64_t old = put->old_record != NULL ? put->old.entry.size : 0;
	return (struct need){
		.records = store->index.count + batch->added - batch->removed +
	                   (put->record != NULL),
		.bytes = store->index.bytes + batch->bytes_added - batch->bytes_removed +
	                 put->place.entry.size - old,
	};
}

static bool too_many(const struct an_store *store, const struct need *need,
                     const struct an_store_operation *put)
{
	/* A record that is only replaced takes no place, in a store that is beyond its limit too. */
	return put->record != NULL && need->records > store->records_max;
}

static bool too_large(const struct an_store *store, const struct need *need)
{
	return store->bytes_max > 0 && need->bytes > store->bytes_max;
}

static struct an_store_operation *remove_of(struct an_store *store,
                                            const struct an_store_record *record)
{
	struct an_store_operation *remove = an_store_operation_new(store, AN_STORE_REMOVE);
	if (remove == NULL)
		return NULL;
	remove->pruning = true;
	remove->place = record->place;
	return remove;
}

static an_status remove_all(struct an_store *store, struct an_store_operation *put,
                            struct an_store_record *const *victims, size_t count)
{
	struct an_store_operation *removes[AN_STORE_VICTIMS_MAX];
	for (size_t i = 0; i < count; i++) {
		removes[i] = remove_of(store, victims[i]);
		if (removes[i] == NULL) {
			while (i > 0)
				an_store_operation_free(removes[--i]);
			return AUTONOMI_E_NO_MEMORY;
		}
		removes[i]->old_record = victims[i];
		removes[i]->on_behalf = put;
	}
	for (size_t i = 0; i < count; i++)
		an_store_batch_take(store, removes[i]);
	return AUTONOMI_OK;
}

an_status an_store_room_make(struct an_store *store, struct an_store_operation *put)
{
	struct need need = need_of(store, put);
	struct an_store_record *victims[AN_STORE_VICTIMS_MAX];
	size_t count = 0, at = store->index.count;
	const struct an_dht_key newcomer = distance_to(store, &put->place);
	while (too_many(store, &need, put) || too_large(store, &need)) {
		struct an_store_record *farthest = NULL;
		while (at > 0 && (farthest = store->index.by_distance[--at])->changing)
			farthest = NULL;
		if (farthest == NULL || count == AN_STORE_VICTIMS_MAX ||
		    !gives_way(store, farthest, &newcomer))
			return too_many(store, &need, put) ? AUTONOMI_E_FULL : AUTONOMI_E_DISK_FULL;
		victims[count++] = farthest;
		need.records--;
		need.bytes -= farthest->place.entry.size;
	}
	return remove_all(store, put, victims, count);
}

static bool is_crowded(const struct an_store *store)
{
	return store->index.count >= store->records_max;
}

/* With so many bytes more. */
static bool is_large(const struct an_store *store, size_t size)
{
	return store->bytes_max > 0 && store->index.bytes + size > store->bytes_max;
}

void an_store_look_for_room(const struct an_store *store)
{
	if (!store->range_known ||
	    (!is_crowded(store) && !is_large(store, store->profile->chunk_max)))
		return;
	for (size_t i = store->index.count; i > 0; i--) {
		const struct an_store_record *record = store->index.by_distance[i - 1];
		const struct an_dht_key distance = distance_to(store, &record->place);
		if (store->index.count - i == AN_STORE_VICTIMS_MAX ||
		    compare(&distance, &store->range) <= 0)
			break;
		is_droppable(store, record);
	}
}

/* Whoever brings what a full store cannot keep shall not have it checked first (autonomi-2 10.2, row
 * 10): 99.6 % of the bytes that a network verified were verified by nodes that were full. */
an_status an_store_expect_room(struct an_store *store, const uint8_t key[AN_RECORD_KEY_SIZE],
                               size_t size)
{
	const struct an_store_index *index = &store->index;
	const bool crowded = is_crowded(store);
	const bool large = is_large(store, size);
	if ((!crowded && !large) || an_store_index_find(index, key) != NULL)
		return AUTONOMI_OK;
	const struct an_dht_key place = an_dht_key_of(an_span(key, AN_RECORD_KEY_SIZE));
	const struct an_dht_key distance = an_dht_key_distance(&index->self, &place);
	if (index->count > 0 && gives_way(store, index->by_distance[index->count - 1], &distance))
		return AUTONOMI_OK;
	store->counters.puts_refused++;
	return crowded ? AUTONOMI_E_FULL : AUTONOMI_E_DISK_FULL;
}

size_t an_store_cleanup(struct an_store *store)
{
	const size_t count = store->index.count;
	if (!store->range_known || count < store->profile->prune_batch)
		return 0;
	const struct an_dht_key limit = an_dht_key_times(&store->range,
	                                                 store->profile->cleanup_ranges);
	size_t removed = 0;
	for (size_t i = count; i > count - count / store->profile->cleanup_share; i--) {
		const struct an_store_record *record = store->index.by_distance[i - 1];
		const struct an_dht_key distance = distance_to(store, &record->place);
		if (compare(&distance, &limit) < 0 || compare(&distance, &store->range) <= 0)
			break;
		if (record->damaged || !is_droppable(store, record))
			continue;
		struct an_store_operation *remove = remove_of(store, record);
		if (remove == NULL)
			break;
		an_list_append(&store->ready, &remove->link);
		removed++;
	}
	if (removed > 0)
		an_log(store->logger, AN_LOG_INFO, "store",
		       "cleanup: %zu of %zu records lie far outside of our range and go", removed,
		       count);
	return removed;
}

void an_store_set_responsible_range(struct an_store *store, const struct an_dht_key *range)
{
	store->range = *range;
	store->range_known = true;
}
