/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The routing table: up to 256 buckets around our own place in the key space, bucket i for the
 * peers whose distance from us has bit i as its highest (semantics 4.2). Never holds ourselves and
 * no peer twice. A bucket exists from its first peer on and goes with its last one.
 *
 * Owns: its buckets.
 */
#ifndef AN_KAD_TABLE_H
#define AN_KAD_TABLE_H

#include "base/profile.h"
#include "kad/bucket.h"

enum { AN_KAD_BUCKETS = AN_DHT_KEY_SIZE * 8 };

struct an_kad_table {
	const struct an_profile *profile;
	struct an_dht_key self;
	struct an_kad_bucket *buckets[AN_KAD_BUCKETS];
	int lowest; /* below it there never was a bucket: of 256 a network of n peers fills log2 n */
	size_t size; /* peers in all buckets, those that wait not included */
};

void an_kad_table_init(struct an_kad_table *table, const struct an_profile *profile,
                       const struct an_dht_key *self);
void an_kad_table_done(struct an_kad_table *table);

/* Notes that a peer proved itself. Ourselves, and a newcomer whose network has its share of the
 * bucket (kad/diversity.h): AN_KAD_SEEN_IGNORED. Of a peer that is known and moved into such a
 * network the old address stays. */
enum an_kad_seen an_kad_table_seen(struct an_kad_table *table, const struct an_contact *contact,
                                   an_time_us now);

/* Notes that a peer answered; false where the table does not hold it. */
bool an_kad_table_heard(struct an_kad_table *table, const struct an_peer_id *id, an_time_us now);

/* What became of a peer that failed, and of the one that waited for its place. */
struct an_kad_loss {
	bool removed; /* `left` is no longer in the table */
	bool filled;  /* `entered` took its place */
	struct an_contact left, entered;
};
struct an_kad_loss an_kad_table_failed(struct an_kad_table *table, const struct an_peer_id *id);

/* The entry of `id`: borrowed until the next change; NULL where it is not in the table. */
const struct an_kad_entry *an_kad_table_find(const struct an_kad_table *table,
                                             const struct an_peer_id *id);

/* The `capacity` peers closest to `target`, nearest first; returns how many. Looks at the buckets
 * in the order of their distance from the target and at no more of them than it needs. */
size_t an_kad_table_closest(const struct an_kad_table *table, const struct an_dht_key *target,
                            struct an_contact *contacts, size_t capacity);

/* Whether this peer would find a free place now. */
bool an_kad_table_has_room(const struct an_kad_table *table, const struct an_contact *contact);

/* Liveness: the oldest peer of a bucket is asked when a newcomer waits for its place, or when it
 * has been silent for the profile's liveness interval; each bucket at most once in that interval.
 * Returns the peer that is due, NULL where none is, and notes that it is being asked. */
const struct an_kad_entry *an_kad_table_take_due(struct an_kad_table *table, an_time_us now);
an_time_us an_kad_table_deadline(const struct an_kad_table *table);

/* Semantics 6.7: (peers in buckets that are not full + 1) * 2^(full buckets). */
uint64_t an_kad_table_network_size(const struct an_kad_table *table);

#endif
