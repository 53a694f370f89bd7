/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who holds a record (DESIGN 8, "The same width everywhere"): the peers ranked by their distance from
 * its key. The profile's `close_group` nearest must hold it, and only who is outside of the
 * `replication` nearest may drop it. Put, repair, audit and pruning ask here and count nothing
 * themselves.
 *
 * Pure.
 */
#ifndef AN_KAD_PLACEMENT_H
#define AN_KAD_PLACEMENT_H

#include "kad/kad.h"

enum an_placement {
	AN_PLACEMENT_HOLDER, /* must hold the record */
	AN_PLACEMENT_KEEPER, /* need not take it, and must not drop it */
	AN_PLACEMENT_FREE,   /* may drop it */
};

/* How many of the nearest peers are holders; how many are holders or keepers. FREE: everybody. */
size_t an_placement_width(const struct an_profile *profile, enum an_placement placement);

/* The placement of a peer that `nearer` others are nearer to the record than. */
enum an_placement an_placement_at(const struct an_profile *profile, size_t nearer);

/* How many of `keys` are nearer to `record` than `key`. */
size_t an_placement_rank(const struct an_dht_key *record, const struct an_dht_key *key,
                         const struct an_dht_key *keys, size_t count);

/* The places in `keys` of the `width` nearest to `record`, nearest first; returns how many. */
size_t an_placement_nearest(const struct an_dht_key *record, const struct an_dht_key *keys,
                            size_t count, size_t width, size_t *ret_places);

/* Our own placement, `self` being our key, among the peers of our table. */
enum an_placement an_placement_of_self(const struct an_profile *profile, const struct an_kad *kad,
                                       const struct an_dht_key *self,
                                       const struct an_dht_key *record);

#endif
