/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kad/table.h"

#include "base/memory.h"
#include "kad/diversity.h"
#include "kad/kad.h"

static bool bit_of(const struct an_dht_key *key, int bit)
{
	return (key->bytes[AN_DHT_KEY_SIZE - 1 - bit / 8] >> (bit % 8) & 1) != 0;
}

static struct an_kad_bucket *bucket_of(const struct an_kad_table *table,
                                       const struct an_peer_id *id)
{
	const struct an_dht_key key = an_peer_id_dht_key(id);
	const int i = an_dht_key_bucket(&table->self, &key);
	return i >= 0 ? table->buckets[i] : NULL;
}

static struct an_kad_bucket *bucket_new(size_t capacity, an_time_us now)
{
	struct an_kad_bucket *bucket = an_malloc(sizeof(*bucket));
	if (bucket == NULL)
		return NULL;
	an_kad_bucket_init(bucket, capacity);
	bucket->checked_at = now;
	return bucket;
}

static void bucket_free(struct an_kad_bucket **bucket)
{
	an_kad_bucket_done(*bucket);
	*bucket = an_free(*bucket);
}

void an_kad_table_init(struct an_kad_table *table, const struct an_profile *profile,
                       const struct an_dht_key *self)
{
	*table = (struct an_kad_table){.profile = profile, .self = *self, .lowest = AN_KAD_BUCKETS};
}

void an_kad_table_done(struct an_kad_table *table)
{
	for (int i = table->lowest; i < AN_KAD_BUCKETS; i++) {
		if (table->buckets[i] != NULL)
			bucket_free(&table->buckets[i]);
	}
	table->size = 0;
}

static bool admits(const struct an_kad_table *table, const struct an_kad_bucket *bucket,
                   const struct an_contact *contact)
{
	return an_kad_diversity_admits(bucket, contact, table->profile->bucket_network_peers);
}

/* A peer whose network has its share: it is no newcomer, or it does not enter. */
static enum an_kad_seen seen_where_full(struct an_kad_bucket *bucket,
                                        const struct an_contact *contact, an_time_us now)
{
	return an_kad_bucket_heard(bucket, &contact->id, now) ? AN_KAD_SEEN_KNOWN
	                                                      : AN_KAD_SEEN_IGNORED;
}

enum an_kad_seen an_kad_table_seen(struct an_kad_table *table, const struct an_contact *contact,
                                   an_time_us now)
{
	const struct an_dht_key key = an_peer_id_dht_key(&contact->id);
	const int i = an_dht_key_bucket(&table->self, &key);
	if (i < 0)
		return AN_KAD_SEEN_IGNORED;

	struct an_kad_bucket **bucket = &table->buckets[i];
	if (*bucket == NULL)
		*bucket = bucket_new(table->profile->k, now);
	if (*bucket == NULL)
		return AN_KAD_SEEN_IGNORED;
	table->lowest = i < table->lowest ? i : table->lowest;
	if (!admits(table, *bucket, contact))
		return seen_where_full(*bucket, contact, now);

	const enum an_kad_seen seen = an_kad_bucket_seen(*bucket, contact, &key, now);
	if (seen == AN_KAD_SEEN_ADDED)
		table->size++;
	if ((*bucket)->size == 0)
		bucket_free(bucket);
	return seen;
}

bool an_kad_table_heard(struct an_kad_table *table, const struct an_peer_id *id, an_time_us now)
{
	struct an_kad_bucket *bucket = bucket_of(table, id);
	return bucket != NULL && an_kad_bucket_heard(bucket, id, now);
}

struct an_kad_loss an_kad_table_failed(struct an_kad_table *table, const struct an_peer_id *id)
{
	struct an_kad_loss loss = {0};
	const struct an_dht_key key = an_peer_id_dht_key(id);
	const int i = an_dht_key_bucket(&table->self, &key);
	struct an_kad_bucket *bucket = i >= 0 ? table->buckets[i] : NULL;
	if (bucket == NULL)
		return loss;

	const struct an_kad_entry *entry = an_kad_bucket_find(bucket, id);
	if (entry != NULL) {
		loss.removed = true;
		loss.left = entry->contact;
		loss.filled = bucket->has_pending;
		loss.entered = bucket->pending.contact;
	}
	an_kad_bucket_failed(bucket, id);
	if (loss.removed && !loss.filled)
		table->size--;
	if (bucket->size == 0)
		bucket_free(&table->buckets[i]);
	return loss;
}

const struct an_kad_entry *an_kad_table_find(const struct an_kad_table *table,
                                             const struct an_peer_id *id)
{
	const struct an_kad_bucket *bucket = bucket_of(table, id);
	return bucket != NULL ? an_kad_bucket_find(bucket, id) : NULL;
}

/* Writes the peers of one bucket, nearest to the target first, up to `capacity`. */
static size_t sort_bucket(const struct an_kad_bucket *bucket, const struct an_dht_key *target,
                          struct an_contact *contacts, size_t capacity)
{
	const struct an_kad_entry *sorted[AN_KAD_CLOSEST_MAX];
	for (size_t i = 0; i < bucket->size; i++) {
		const struct an_kad_entry *entry = &bucket->entries[i];
		size_t place = i;
		for (; place > 0; place--) {
			if (an_dht_key_compare(target, &sorted[place - 1]->key, &entry->key) < 0)
				break;
			sorted[place] = sorted[place - 1];
		}
		sorted[place] = entry;
	}
	const size_t count = bucket->size < capacity ? bucket->size : capacity;
	for (size_t i = 0; i < count; i++)
		contacts[i] = sorted[i]->contact;
	return count;
}

/* The peers of bucket i differ from us in bit i and in none above it. So where we and the target
 * differ in that bit they are nearer to the target than we are, and the higher the bit the more so;
 * where we do not, they are farther, and the lower the bit the less so. */
size_t an_kad_table_closest(const struct an_kad_table *table, const struct an_dht_key *target,
                            struct an_contact *contacts, size_t capacity)
{
	const struct an_dht_key distance = an_dht_key_distance(&table->self, target);
	size_t count = 0;
	for (int i = AN_KAD_BUCKETS - 1; i >= table->lowest && count < capacity; i--) {
		if (table->buckets[i] != NULL && bit_of(&distance, i))
			count += sort_bucket(table->buckets[i], target, contacts + count,
			                     capacity - count);
	}
	for (int i = table->lowest; i < AN_KAD_BUCKETS && count < capacity; i++) {
		if (table->buckets[i] != NULL && !bit_of(&distance, i))
			count += sort_bucket(table->buckets[i], target, contacts + count,
			                     capacity - count);
	}
	return count;
}

bool an_kad_table_has_room(const struct an_kad_table *table, const struct an_contact *contact)
{
	const struct an_kad_bucket *bucket = bucket_of(table, &contact->id);
	return bucket == NULL ||
	       (bucket->size < bucket->capacity && admits(table, bucket, contact));
}

static an_time_us bucket_deadline(const struct an_kad_table *table,
                                  const struct an_kad_bucket *bucket)
{
	const an_time_us interval = table->profile->liveness_interval;
	const an_time_us again = an_time_after(bucket->checked_at, interval);
	const an_time_us silent = an_time_after(bucket->entries[0].last_seen, interval);
	return bucket->has_pending || silent < again ? again : silent;
}

const struct an_kad_entry *an_kad_table_take_due(struct an_kad_table *table, an_time_us now)
{
	for (int i = table->lowest; i < AN_KAD_BUCKETS; i++) {
		struct an_kad_bucket *bucket = table->buckets[i];
		if (bucket == NULL || bucket_deadline(table, bucket) > now)
			continue;
		bucket->checked_at = now;
		return an_kad_bucket_oldest(bucket);
	}
	return NULL;
}

an_time_us an_kad_table_deadline(const struct an_kad_table *table)
{
	an_time_us deadline = AN_TIME_NEVER;
	for (int i = table->lowest; i < AN_KAD_BUCKETS; i++) {
		if (table->buckets[i] != NULL)
			deadline = an_time_earlier(deadline,
			                           bucket_deadline(table, table->buckets[i]));
	}
	return deadline;
}

uint64_t an_kad_table_network_size(const struct an_kad_table *table)
{
	uint64_t others = 1;
	int full = 0;
	for (int i = table->lowest; i < AN_KAD_BUCKETS; i++) {
		const struct an_kad_bucket *bucket = table->buckets[i];
		if (bucket == NULL)
			continue;
		if (bucket->size == bucket->capacity)
			full++;
		else
			others += bucket->size;
	}
	const bool fits = full < 64 && others <= UINT64_MAX >> full;
	return fits ? others << full : UINT64_MAX;
}
