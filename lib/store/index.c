/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/index.h"

#include "base/assert.h"
#include "base/memory.h"

enum { FIRST_CAPACITY = 32 };

static struct an_span key_of(const struct an_store_record *record)
{
	return an_span(record->place.entry.key, AN_RECORD_KEY_SIZE);
}

an_status an_store_index_open_map(struct an_map *map, struct an_random *random)
{
	const uint64_t seed[2] = {an_random_u64(random), an_random_u64(random)};
	an_map_init(map, seed);
	struct an_map_entry first = {0};
	const an_status status = an_map_insert(map, &first, an_span("", 0));
	if (status == AUTONOMI_OK)
		an_map_remove(map, &first);
	return status;
}

an_status an_store_index_init(struct an_store_index *index, const struct an_dht_key *self,
                              struct an_random *random)
{
	*index = (struct an_store_index){.self = *self};
	return an_store_index_open_map(&index->by_key, random);
}

void an_store_index_done(struct an_store_index *index)
{
	for (size_t i = 0; i < index->count; i++)
		an_free(index->by_distance[i]);
	an_free(index->by_distance);
	an_map_done(&index->by_key);
	*index = (struct an_store_index){0};
}

struct an_store_record *an_store_index_find(const struct an_store_index *index,
                                            const uint8_t key[AN_RECORD_KEY_SIZE])
{
	struct an_map_entry *found = an_map_find(&index->by_key, an_span(key, AN_RECORD_KEY_SIZE));
	return found != NULL ? an_container_of(found, struct an_store_record, by_key) : NULL;
}

an_status an_store_index_reserve(struct an_store_index *index, size_t count)
{
	if (index->capacity - index->count >= count)
		return AUTONOMI_OK;
	size_t capacity = index->capacity > 0 ? index->capacity * 2 : FIRST_CAPACITY;
	if (capacity < index->count + count)
		capacity = index->count + count;
	struct an_store_record **grown = an_realloc(index->by_distance, capacity,
	                                            sizeof(struct an_store_record *));
	if (grown == NULL)
		return AUTONOMI_E_NO_MEMORY;
	index->by_distance = grown;
	index->capacity = capacity;
	return AUTONOMI_OK;
}

size_t an_store_index_position(const struct an_store_index *index, const struct an_dht_key *key)
{
	size_t low = 0, high = index->count;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		const struct an_dht_key *there = &index->by_distance[middle]->place.entry.dht_key;
		if (an_dht_key_compare(&index->self, there, key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void an_store_index_note_change(struct an_store_index *index, struct an_store_record *record)
{
	record->place.entry.change = ++index->changes;
}

void an_store_index_insert(struct an_store_index *index, struct an_store_record *record)
{
	an_assert(index->count < index->capacity);
	const size_t at = an_store_index_position(index, &record->place.entry.dht_key);
	memmove(&index->by_distance[at + 1], &index->by_distance[at],
	        (index->count - at) * sizeof(index->by_distance[0]));
	index->by_distance[at] = record;
	index->count++;
	index->bytes += record->place.entry.size;
	index->of_type[record->place.entry.kind]++;
	const an_status status = an_map_insert(&index->by_key, &record->by_key, key_of(record));
	an_assert(status == AUTONOMI_OK);
	(void)status;
}

void an_store_index_update(struct an_store_index *index, struct an_store_record *record,
                           const struct an_store_place *place)
{
	an_assert(memcmp(record->place.entry.key, place->entry.key, AN_RECORD_KEY_SIZE) == 0);
	index->bytes -= record->place.entry.size;
	index->bytes += place->entry.size;
	if (record->damaged)
		index->damaged--;
	else
		index->of_type[record->place.entry.kind]--;
	index->of_type[place->entry.kind]++;
	record->place = *place;
	record->damaged = false;
}

void an_store_index_set_damaged(struct an_store_index *index, struct an_store_record *record)
{
	if (!record->damaged) {
		index->damaged++;
		index->of_type[record->place.entry.kind]--;
	}
	record->damaged = true;
}

void an_store_index_remove(struct an_store_index *index, struct an_store_record *record)
{
	const size_t at = an_store_index_position(index, &record->place.entry.dht_key);
	an_assert(at < index->count && index->by_distance[at] == record);
	index->count--;
	memmove(&index->by_distance[at], &index->by_distance[at + 1],
	        (index->count - at) * sizeof(index->by_distance[0]));
	index->bytes -= record->place.entry.size;
	if (record->damaged)
		index->damaged--;
	else
		index->of_type[record->place.entry.kind]--;
	an_map_remove(&index->by_key, &record->by_key);
	an_free(record);
}
