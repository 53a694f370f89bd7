/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A place in the Kademlia key space and the distance between two of them: the XOR of the keys, read
 * as a 256-bit big-endian number (semantics 4.2).
 */
#ifndef AN_IDENT_DHT_KEY_H
#define AN_IDENT_DHT_KEY_H

#include <stdbool.h>

#include "base/span.h"

enum { AN_DHT_KEY_SIZE = 32 };

struct an_dht_key {
	uint8_t bytes[AN_DHT_KEY_SIZE];
};

/* SHA-256 of a name's bytes: of a peer id, of a record key. */
struct an_dht_key an_dht_key_of(struct an_span name);

/* The distance between two keys. */
struct an_dht_key an_dht_key_distance(const struct an_dht_key *a, const struct an_dht_key *b);

/* A distance as many times as great; the greatest there is where that has no room. */
struct an_dht_key an_dht_key_times(const struct an_dht_key *distance, uint32_t factor);

/* Negative where `a` is nearer to `target` than `b`, positive where farther, 0 where equal. */
int an_dht_key_compare(const struct an_dht_key *target, const struct an_dht_key *a,
                       const struct an_dht_key *b);

/* Index of the highest bit in which the keys differ, 0 to 255: the bucket; -1 where equal. */
int an_dht_key_bucket(const struct an_dht_key *a, const struct an_dht_key *b);

#endif
