/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An intrusive hash map: the entries belong to the caller, the map owns the array of bucket heads
 * only. Keys are spans inside the entries. The hash is keyed (SipHash-1-3), so that a peer which
 * chooses keys cannot make the chains long.
 *
 * Cost: O(1) expected. The array grows with the number of entries and starts empty.
 */
#ifndef AN_BASE_MAP_H
#define AN_BASE_MAP_H

#include "base/span.h"
#include "base/status.h"

struct an_map_entry {
	struct an_map_entry *next; /* in the chain of its bucket */
	uint64_t hash;
	struct an_span key; /* borrowed from the entry's owner; must not change while in the map */
};

struct an_map {
	struct an_map_entry **buckets;
	size_t bucket_count; /* a power of two, or 0 */
	size_t size;         /* entries */
	uint64_t seed[2];
};

/* `seed` comes from the node's random generator. */
void an_map_init(struct an_map *map, const uint64_t seed[2]);

/* Frees the array, not the entries. */
void an_map_done(struct an_map *map);

/* The entry with `key`, or NULL. */
struct an_map_entry *an_map_find(const struct an_map *map, struct an_span key);

/* Adds `entry` under `key`, which must not be in the map. E_NO_MEMORY leaves the map as it was. */
an_status an_map_insert(struct an_map *map, struct an_map_entry *entry, struct an_span key);

/* Removes `entry`, which must be in the map. Never fails. */
void an_map_remove(struct an_map *map, struct an_map_entry *entry);

/* Iteration in no particular order: the first entry, and the one after `entry`; NULL at the end.
 * The map must not change meanwhile; to remove while iterating, read the next entry first. */
struct an_map_entry *an_map_first(const struct an_map *map);
struct an_map_entry *an_map_next(const struct an_map *map, const struct an_map_entry *entry);

#endif
