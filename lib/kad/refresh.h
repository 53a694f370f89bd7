/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Network discovery (semantics 6.18): when to look for peers, and where. A run is one lookup for
 * ourselves, then one into each bucket that has peers and room for more, then into empty buckets
 * until there are AN_KAD_REFRESH_TARGETS. The first peer starts the first run; the time between two
 * runs grows with the table.
 *
 * A target for a bucket is a name whose hash falls into it: for the far buckets one that is drawn,
 * for the near ones, which no draw would hit, a peer that is there. Nothing is kept between runs.
 *
 * Owns nothing outside the struct.
 */
#ifndef AN_KAD_REFRESH_H
#define AN_KAD_REFRESH_H

#include "crypt/random.h"
#include "kad/table.h"

enum {
	AN_KAD_REFRESH_TARGETS = 10,     /* lookups of a run that empty buckets may fill up to */
	AN_KAD_REFRESH_TARGETS_MAX = 32, /* lookups of a run */
	AN_KAD_REFRESH_DRAWN = 8,        /* the farthest buckets, whose targets are drawn */
	AN_KAD_REFRESH_DRAWS_MAX = 2048, /* names that are drawn for one target */
};

enum an_kad_refresh_phase { AN_KAD_REFRESH_IDLE, AN_KAD_REFRESH_SELF, AN_KAD_REFRESH_BUCKETS };

struct an_kad_refresh {
	const struct an_profile *profile;
	struct an_random *random;
	bool once; /* a client: one lookup for itself, no more */
	enum an_kad_refresh_phase phase;
	an_time_us next_run;
	an_time_us interval;                       /* the last one */
	an_time_us last_added;                     /* when the table last won a peer */
	uint8_t queue[AN_KAD_REFRESH_TARGETS_MAX]; /* buckets, the next one last */
	size_t queued;
	size_t active;    /* lookups under way */
	size_t completed; /* runs */
};

/* A target: the raw bytes of a name. */
struct an_kad_refresh_target {
	uint8_t bytes[AN_PEER_ID_MAX];
	size_t size;
};

void an_kad_refresh_init(struct an_kad_refresh *refresh, const struct an_profile *profile,
                         struct an_random *random, bool once);

/* The table, which now has `peers`, won one. */
void an_kad_refresh_added(struct an_kad_refresh *refresh, size_t peers, an_time_us now);

/* A run begins now, or as soon as the one under way is over. */
void an_kad_refresh_soon(struct an_kad_refresh *refresh, an_time_us now);

/* The next lookup to begin; false where there is none now. `self` is our own id. */
bool an_kad_refresh_next(struct an_kad_refresh *refresh, const struct an_kad_table *table,
                         const struct an_peer_id *self, an_time_us now,
                         struct an_kad_refresh_target *ret_target);

/* One of those lookups ended. */
void an_kad_refresh_ended(struct an_kad_refresh *refresh, const struct an_kad_table *table,
                          an_time_us now);

an_time_us an_kad_refresh_deadline(const struct an_kad_refresh *refresh);

#endif
