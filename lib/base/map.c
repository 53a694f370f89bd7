/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/map.h"

#include "base/assert.h"
#include "base/memory.h"

enum { FIRST_BUCKET_COUNT = 16 };

static uint64_t rotate(uint64_t x, unsigned n)
{
	return (x << n) | (x >> (64 - n));
}

static void sip_round(uint64_t v[4])
{
	v[0] += v[1];
	v[1] = rotate(v[1], 13) ^ v[0];
	v[0] = rotate(v[0], 32);
	v[2] += v[3];
	v[3] = rotate(v[3], 16) ^ v[2];
	v[0] += v[3];
	v[3] = rotate(v[3], 21) ^ v[0];
	v[2] += v[1];
	v[1] = rotate(v[1], 17) ^ v[2];
	v[2] = rotate(v[2], 32);
}

static uint64_t little_endian(const uint8_t *bytes, size_t size)
{
	uint64_t word = 0;
	for (size_t i = 0; i < size; i++)
		word |= (uint64_t)bytes[i] << (8 * i);
	return word;
}

static void sip_word(uint64_t v[4], uint64_t word)
{
	v[3] ^= word;
	sip_round(v);
	v[0] ^= word;
}

/* SipHash-1-3 (Aumasson and Bernstein 2012). */
static uint64_t hash_of(const struct an_map *map, struct an_span key)
{
	uint64_t v[4] = {map->seed[0] ^ 0x736f6d6570736575, map->seed[1] ^ 0x646f72616e646f6d,
	                 map->seed[0] ^ 0x6c7967656e657261, map->seed[1] ^ 0x7465646279746573};
	size_t i = 0;
	for (; i + 8 <= key.size; i += 8)
		sip_word(v, little_endian(key.data + i, 8));
	const uint64_t tail = key.size > i ? little_endian(key.data + i, key.size - i) : 0;
	sip_word(v, tail | (uint64_t)key.size << 56);
	v[2] ^= 0xff;
	sip_round(v);
	sip_round(v);
	sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

static struct an_map_entry **bucket_of(const struct an_map *map, uint64_t hash)
{
	return &map->buckets[hash & (map->bucket_count - 1)];
}

void an_map_init(struct an_map *map, const uint64_t seed[2])
{
	*map = (struct an_map){.seed = {seed[0], seed[1]}};
}

void an_map_done(struct an_map *map)
{
	an_free(map->buckets);
	map->buckets = NULL;
	map->bucket_count = map->size = 0;
}

struct an_map_entry *an_map_find(const struct an_map *map, struct an_span key)
{
	if (map->size == 0)
		return NULL;
	const uint64_t hash = hash_of(map, key);
	struct an_map_entry *entry = *bucket_of(map, hash);
	while (entry != NULL && (entry->hash != hash || !an_span_equal(entry->key, key)))
		entry = entry->next;
	return entry;
}

static void push(struct an_map *map, struct an_map_entry *entry)
{
	struct an_map_entry **bucket = bucket_of(map, entry->hash);
	entry->next = *bucket;
	*bucket = entry;
}

static an_status grow(struct an_map *map)
{
	struct an_map_entry **old = map->buckets;
	const size_t old_count = map->bucket_count;
	const size_t count = old_count > 0 ? old_count * 2 : FIRST_BUCKET_COUNT;
	struct an_map_entry **buckets = an_calloc(count, sizeof(struct an_map_entry *));
	if (buckets == NULL)
		return AUTONOMI_E_NO_MEMORY;

	map->buckets = buckets;
	map->bucket_count = count;
	for (size_t i = 0; i < old_count; i++) {
		for (struct an_map_entry *entry = old[i], *next; entry != NULL; entry = next) {
			next = entry->next;
			push(map, entry);
		}
	}
	an_free(old);
	return AUTONOMI_OK;
}

an_status an_map_insert(struct an_map *map, struct an_map_entry *entry, struct an_span key)
{
	an_assert(an_map_find(map, key) == NULL);
	/* A map that cannot grow only becomes slower, so that is no reason to fail. */
	if (map->size >= map->bucket_count && grow(map) != AUTONOMI_OK && map->bucket_count == 0)
		return AUTONOMI_E_NO_MEMORY;
	entry->key = key;
	entry->hash = hash_of(map, key);
	push(map, entry);
	map->size++;
	return AUTONOMI_OK;
}

void an_map_remove(struct an_map *map, struct an_map_entry *entry)
{
	struct an_map_entry **place = bucket_of(map, entry->hash);
	while (*place != entry) {
		an_assert(*place != NULL);
		place = &(*place)->next;
	}
	*place = entry->next;
	map->size--;
}

static struct an_map_entry *first_from(const struct an_map *map, size_t bucket)
{
	for (; bucket < map->bucket_count; bucket++) {
		if (map->buckets[bucket] != NULL)
			return map->buckets[bucket];
	}
	return NULL;
}

struct an_map_entry *an_map_first(const struct an_map *map)
{
	return first_from(map, 0);
}

struct an_map_entry *an_map_next(const struct an_map *map, const struct an_map_entry *entry)
{
	if (entry->next != NULL)
		return entry->next;
	return first_from(map, (size_t)(entry->hash & (map->bucket_count - 1)) + 1);
}
