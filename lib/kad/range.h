/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The range of keys that a node is responsible for (semantics 6.7). Pure. */
#ifndef AN_KAD_RANGE_H
#define AN_KAD_RANGE_H

#include "kad/table.h"

/* floor((2^256 - 1) / size) * factor, at most 2^256 - 1; a `size` of 0 is taken as 1. */
struct an_dht_key an_kad_share(uint64_t size, uint32_t factor);

/* The responsible range in a network of about `size` nodes, `group` of which hold each record: the
 * share of that group, or the distance to the seventh closest peer (ourselves counted as the first)
 * where that is farther. */
struct an_dht_key an_kad_range(uint64_t size, uint32_t group, const struct an_dht_key *seventh);

/* The same for the node of a table; false where that knows too few peers to tell. */
bool an_kad_range_of_table(const struct an_kad_table *table, struct an_dht_key *ret_range);

#endif
