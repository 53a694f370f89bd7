/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How many peers of one k-bucket may share a network: who rents one prefix must not be able to fill
 * the buckets of others with ids that cost nothing (SECURITY.md). A network is the /24 of an IPv4
 * address and the /48 of an IPv6 address, the smallest that are routed on their own. Counted is the
 * first address of a peer, which is the one at which it proved itself. Addresses that are not global
 * have no share: whoever uses them trusts his network.
 */
#ifndef AN_KAD_DIVERSITY_H
#define AN_KAD_DIVERSITY_H

#include "kad/bucket.h"

/* Whether `contact` may be in the bucket beside its other peers, itself not counted, of which at most
 * `limit` are of one network. O(K). */
bool an_kad_diversity_admits(const struct an_kad_bucket *bucket, const struct an_contact *contact,
                             size_t limit);

#endif
