/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The index in memory: every record by its key and by its distance from us.
 *
 * It says what is on the disk as of the last commit. A damaged record stays in it, hidden from
 * everybody, until the disk has let it go.
 *
 * Owns its records. Threading: single-threaded. Cost: find O(1), insert and remove O(log n) to find
 * the place by distance, and one memmove of pointers.
 */
#ifndef AN_STORE_INDEX_H
#define AN_STORE_INDEX_H

#include "base/map.h"
#include "store/place.h"

struct an_store_record {
	struct an_store_place place;
	struct an_map_entry by_key;
	bool changing; /* an operation of the batch under way concerns it */
	bool damaged;  /* its content is lost; not to be found any more */
	bool seen;     /* while opening: its file is there */
};

struct an_store_index {
	struct an_map by_key;
	struct an_store_record **by_distance; /* nearest first */
	size_t count;
	size_t capacity;
	size_t damaged;
	size_t of_type[AN_RECORD_TYPES]; /* of those that are not damaged */
	uint64_t bytes;                  /* of values */
	uint64_t changes;
	struct an_dht_key self;
};

/* A map that has its first buckets already, so that inserting never fails (base/map.h). */
an_status an_store_index_open_map(struct an_map *map, struct an_random *random);

/* E_NO_MEMORY leaves nothing to tidy. */
an_status an_store_index_init(struct an_store_index *index, const struct an_dht_key *self,
                              struct an_random *random);
void an_store_index_done(struct an_store_index *index);

/* Any record with the key, damaged ones included; NULL where unknown. */
struct an_store_record *an_store_index_find(const struct an_store_index *index,
                                            const uint8_t key[AN_RECORD_KEY_SIZE]);

/* Makes room so that the next `count` inserts cannot fail. */
an_status an_store_index_reserve(struct an_store_index *index, size_t count);

/* How many records are nearer to us than `key`. */
size_t an_store_index_position(const struct an_store_index *index, const struct an_dht_key *key);

/* The content of `record` is new: gives it the number of the change. */
void an_store_index_note_change(struct an_store_index *index, struct an_store_record *record);

/* Adds `record`, whose key must not be there, and owns it. Room must have been reserved. */
void an_store_index_insert(struct an_store_index *index, struct an_store_record *record);

/* The record now lies at `place`, which has the same key; it is whole again. */
void an_store_index_update(struct an_store_index *index, struct an_store_record *record,
                           const struct an_store_place *place);

void an_store_index_set_damaged(struct an_store_index *index, struct an_store_record *record);

/* Takes the record out and frees it. */
void an_store_index_remove(struct an_store_index *index, struct an_store_record *record);

#endif
