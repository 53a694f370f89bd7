/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Questions about what is stored, answered from the index in memory. */
#include "store/internal.h"

size_t an_store_count_type(const struct an_store *store, enum an_record_type type)
{
	return store->index.of_type[type];
}

static struct an_dht_key distance_at(const struct an_store_index *index, size_t place)
{
	return an_dht_key_distance(&index->self, &index->by_distance[place]->place.entry.dht_key);
}

/* The first place whose record is at least so far away. */
static size_t place_of(const struct an_store_index *index, const struct an_dht_key *distance)
{
	size_t low = 0, high = index->count;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		const struct an_dht_key there = distance_at(index, middle);
		if (memcmp(there.bytes, distance->bytes, AN_DHT_KEY_SIZE) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

size_t an_store_count_nearer(const struct an_store *store, const struct an_dht_key *distance)
{
	const struct an_store_index *index = &store->index;
	const size_t nearer = place_of(index, distance);
	size_t damaged = 0;
	for (size_t i = 0; i < nearer && damaged < index->damaged; i++)
		damaged += index->by_distance[i]->damaged;
	return nearer - damaged;
}

static bool bit_of(const struct an_dht_key *key, size_t bit)
{
	return (key->bytes[bit / 8] >> (7 - bit % 8) & 1) != 0;
}

/* Of the places from `low` to `high`, which agree in all bits before this one, the first with a one. */
static size_t split(const struct an_store_index *index, size_t low, size_t high, size_t bit)
{
	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		const struct an_dht_key there = distance_at(index, middle);
		if (bit_of(&there, bit))
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

struct walk {
	const struct an_store_index *index;
	struct an_dht_key target; /* as a distance from us, like the order of the index */
	bool (*visit)(void *context, const struct an_store_entry *entry);
	void *context;
};

/* Places whose distances share a prefix are one subtree of the key space: the half in which the target
 * lies is nearer to it, all of it, than the other. */
static bool walk_places(const struct walk *walk, size_t low, size_t high, size_t bit)
{
	while (high - low > 1 && bit < 8 * AN_DHT_KEY_SIZE) {
		const size_t middle = split(walk->index, low, high, bit);
		const bool one = bit_of(&walk->target, bit++);
		if (middle == low || middle == high)
			continue;
		if (!walk_places(walk, one ? middle : low, one ? high : middle, bit))
			return false;
		if (one)
			high = middle;
		else
			low = middle;
	}
	if (high == low)
		return true;
	const struct an_store_record *record = walk->index->by_distance[low];
	return record->damaged || walk->visit(walk->context, &record->place.entry);
}

void an_store_visit_nearest(const struct an_store *store, const struct an_dht_key *target,
                            bool (*visit)(void *context, const struct an_store_entry *entry),
                            void *context)
{
	const struct an_store_index *index = &store->index;
	const struct walk walk = {
		.index = index,
		.target = an_dht_key_distance(&index->self, target),
		.visit = visit,
		.context = context,
	};
	walk_places(&walk, 0, index->count, 0);
}

const struct an_store_entry *an_store_near_chunk(const struct an_store *store,
                                                 struct an_random *random)
{
	const struct an_store_index *index = &store->index;
	const size_t chunks = index->of_type[AN_RECORD_CHUNK];
	if (chunks == 0)
		return NULL;
	size_t left = (size_t)an_random_below(random, (chunks + 1) / 2);
	for (size_t i = 0;; i++) {
		const struct an_store_record *record = index->by_distance[i];
		if (!record->damaged && an_store_place_is_chunk(&record->place) && left-- == 0)
			return &record->place.entry;
	}
}

uint64_t an_store_first_opened(const struct an_store *store)
{
	return store->disk.first_opened;
}

bool an_store_responsible_range(const struct an_store *store, struct an_dht_key *ret_range)
{
	*ret_range = store->range;
	return store->range_known;
}

size_t an_store_records_max(const struct an_store *store)
{
	return store->records_max;
}
