/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "repl/tracker.h"

#include <string.h>

static struct an_repl_tracked *find(struct an_repl_tracker *tracker, const struct an_peer_id *id)
{
	for (size_t i = 0; i < tracker->count; i++) {
		if (an_peer_id_equal(&tracker->peers[i].id, id))
			return &tracker->peers[i];
	}
	return NULL;
}

static void forget(struct an_repl_tracker *tracker, struct an_repl_tracked *peer)
{
	const size_t at = (size_t)(peer - tracker->peers);
	tracker->count--;
	memmove(peer, peer + 1, (tracker->count - at) * sizeof(*peer));
}

/* How many tracked peers are nearer to us. */
static size_t rank_of(const struct an_repl_tracker *tracker, const struct an_dht_key *key)
{
	size_t nearer = 0;
	while (nearer < tracker->count &&
	       an_dht_key_compare(&tracker->self, &tracker->peers[nearer].key, key) < 0)
		nearer++;
	return nearer;
}

static enum an_repl_tracking insert(struct an_repl_tracker *tracker, const struct an_peer_id *id,
                                    const struct an_dht_key *key)
{
	const size_t at = rank_of(tracker, key);
	memmove(&tracker->peers[at + 1], &tracker->peers[at],
	        (tracker->count - at) * sizeof(tracker->peers[0]));
	tracker->peers[at] = (struct an_repl_tracked){.id = *id, .key = *key, .present = true};
	if (tracker->count < AN_REPL_TRACKED_MAX)
		tracker->count++;
	return AN_REPL_TRACKING_TRIGGER;
}

static enum an_repl_tracking again(struct an_repl_tracked *peer)
{
	const bool was_present = peer->present;
	peer->present = true;
	if (peer->awaiting_rejoin || peer->deadline != 0) {
		peer->restart_detected = true;
		peer->awaiting_rejoin = false;
		peer->deadline = 0;
		return AN_REPL_TRACKING_SKIP;
	}
	if (was_present)
		return AN_REPL_TRACKING_IGNORE;
	peer->restart_detected = false;
	return AN_REPL_TRACKING_TRIGGER;
}

void an_repl_tracker_init(struct an_repl_tracker *tracker, const struct an_profile *profile,
                          const struct an_dht_key *self)
{
	*tracker = (struct an_repl_tracker){.suppression = profile->restart_suppression,
	                                    .self = *self};
}

enum an_repl_tracking an_repl_tracker_added(struct an_repl_tracker *tracker,
                                            const struct an_peer_id *id)
{
	const struct an_dht_key key = an_peer_id_dht_key(id);
	struct an_repl_tracked *peer = find(tracker, id);
	if (peer == NULL && tracker->count == AN_REPL_TRACKED_MAX &&
	    rank_of(tracker, &key) == tracker->count)
		return AN_REPL_TRACKING_IGNORE;
	return peer != NULL ? again(peer) : insert(tracker, id, &key);
}

enum an_repl_tracking an_repl_tracker_removed(struct an_repl_tracker *tracker,
                                              const struct an_peer_id *id, an_time_us now)
{
	struct an_repl_tracked *peer = find(tracker, id);
	if (peer == NULL)
		return AN_REPL_TRACKING_IGNORE;
	peer->present = false;
	if (peer->restart_detected) {
		peer->deadline = an_time_after(now, tracker->suppression);
		peer->awaiting_rejoin = false;
		return AN_REPL_TRACKING_SKIP;
	}
	peer->awaiting_rejoin = true;
	return AN_REPL_TRACKING_TRIGGER;
}

void an_repl_tracker_tick(struct an_repl_tracker *tracker, an_time_us now)
{
	for (size_t i = tracker->count; i > 0; i--) {
		struct an_repl_tracked *peer = &tracker->peers[i - 1];
		if (peer->deadline != 0 && peer->deadline <= now) {
			peer->deadline = 0;
			peer->awaiting_rejoin = false;
			peer->restart_detected = false;
		}
		if (!peer->present && !peer->awaiting_rejoin && !peer->restart_detected &&
		    peer->deadline == 0)
			forget(tracker, peer);
	}
}
