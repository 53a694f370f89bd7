/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One k-bucket: the peers whose distance from us has the same leading bit.
 *
 * A bucket keeps its peers in the order in which they were last heard, oldest first, and never
 * drops one that still answers: the longer a peer has been up, the likelier it stays up
 * (Maymounkov and Mazières 2002, section 4.1). A newcomer to a full bucket waits in a single
 * pending slot until the oldest peer proves alive or dead.
 *
 * Owns: its entries, an array that grows with them up to the capacity that the profile gives. No
 * clock, no I/O.
 */
#ifndef AN_KAD_BUCKET_H
#define AN_KAD_BUCKET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/time.h"
#include "ident/contact.h"

enum an_kad_seen {
	AN_KAD_SEEN_KNOWN,   /* was there: moved to the newest place */
	AN_KAD_SEEN_ADDED,   /* took a free place */
	AN_KAD_SEEN_PENDING, /* bucket full: waits; ask the oldest peer */
	AN_KAD_SEEN_IGNORED, /* full with another newcomer waiting, not admitted, or no memory */
};

struct an_kad_entry {
	struct an_contact contact;
	struct an_dht_key key; /* of the id: hashed once */
	an_time_us last_seen;
};

struct an_kad_bucket {
	struct an_kad_entry *entries; /* [0] is the oldest */
	size_t size;
	size_t room;     /* entries that fit without growing */
	size_t capacity; /* K */
	struct an_kad_entry pending;
	bool has_pending;
	an_time_us checked_at; /* when the oldest peer was last asked whether it lives */
};

void an_kad_bucket_init(struct an_kad_bucket *bucket, size_t capacity);
void an_kad_bucket_done(struct an_kad_bucket *bucket);

/* Notes that `contact`, whose place is `key`, proved itself at `now`. Of a known peer the new
 * addresses come first and the old ones stay as far as there is room. O(K). */
enum an_kad_seen an_kad_bucket_seen(struct an_kad_bucket *bucket, const struct an_contact *contact,
                                    const struct an_dht_key *key, an_time_us now);

/* Notes that the peer `id` answered; false where the bucket does not hold it. O(K). */
bool an_kad_bucket_heard(struct an_kad_bucket *bucket, const struct an_peer_id *id, an_time_us now);

/* Removes `id`, which failed to answer, from its place or from the pending slot; a waiting newcomer
 * takes a freed place. Returns false where the bucket did not hold it. O(K). */
bool an_kad_bucket_failed(struct an_kad_bucket *bucket, const struct an_peer_id *id);

/* The entry of `id`, the pending slot not included: borrowed until the next change; NULL: none. */
const struct an_kad_entry *an_kad_bucket_find(const struct an_kad_bucket *bucket,
                                              const struct an_peer_id *id);

/* The peer to ask before a newcomer may enter: borrowed until the next change; NULL where empty. */
const struct an_kad_entry *an_kad_bucket_oldest(const struct an_kad_bucket *bucket);

/* Puts the endpoints of `from` that `contact` lacks behind its own, as far as there is room. */
void an_kad_contact_merge(struct an_contact *contact, const struct an_contact *from);

#endif
