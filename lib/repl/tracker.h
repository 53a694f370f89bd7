/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The close-group tracker (semantics 6.8.1): which changes of the routing table are a reason to
 * replicate. A peer that leaves and comes back is one that restarted: neither its return nor its next
 * absence moves records, for it brings them back with it.
 *
 * Holds at most AN_REPL_TRACKED_MAX peers, those nearest to us. Pure: time is an argument, nothing is
 * allocated.
 */
#ifndef AN_REPL_TRACKER_H
#define AN_REPL_TRACKER_H

#include "base/profile.h"
#include "base/time.h"
#include "ident/peer_id.h"

enum { AN_REPL_TRACKED_MAX = 20 }; /* semantics 1.6 */

struct an_repl_tracked {
	struct an_peer_id id;
	struct an_dht_key key;
	bool present;
	bool awaiting_rejoin;
	bool restart_detected;
	an_time_us deadline; /* until when its absence counts as a restart; 0: no such */
};

struct an_repl_tracker {
	an_time_us suppression; /* how long a restart may take */
	struct an_dht_key self;
	size_t count;
	struct an_repl_tracked peers[AN_REPL_TRACKED_MAX + 1]; /* nearest first */
};

enum an_repl_tracking {
	AN_REPL_TRACKING_IGNORE,  /* concerns us not, or is known already */
	AN_REPL_TRACKING_SKIP,    /* a restart: the periodic round covers it */
	AN_REPL_TRACKING_TRIGGER, /* replicate */
};

void an_repl_tracker_init(struct an_repl_tracker *tracker, const struct an_profile *profile,
                          const struct an_dht_key *self);
enum an_repl_tracking an_repl_tracker_added(struct an_repl_tracker *tracker,
                                            const struct an_peer_id *id);
enum an_repl_tracking an_repl_tracker_removed(struct an_repl_tracker *tracker,
                                              const struct an_peer_id *id, an_time_us now);
/* Restarts that took too long are none; who left and is forgotten makes room. */
void an_repl_tracker_tick(struct an_repl_tracker *tracker, an_time_us now);

#endif
