/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The peers that failed a short while ago. Others go on naming a dead peer until they notice; with
 * this memory each of our lookups need not wait for it anew. It is a hint only: such a peer is asked
 * after all others, and one that proves itself is forgotten at once.
 *
 * Owns: a ring of AN_KAD_FAILURES_MAX ids, allocated with the first one. Without memory it is empty.
 */
#ifndef AN_KAD_FAILURES_H
#define AN_KAD_FAILURES_H

#include "base/time.h"
#include "ident/peer_id.h"

enum { AN_KAD_FAILURES_MAX = 64 };

struct an_kad_failure {
	struct an_peer_id id; /* size 0: free */
	an_time_us until;
};

struct an_kad_failures {
	struct an_kad_failure *ring;
	size_t next;
};

void an_kad_failures_done(struct an_kad_failures *failures);
void an_kad_failures_add(struct an_kad_failures *failures, const struct an_peer_id *id,
                         an_time_us until);
void an_kad_failures_forget(struct an_kad_failures *failures, const struct an_peer_id *id);
bool an_kad_failures_holds(const struct an_kad_failures *failures, const struct an_peer_id *id,
                           an_time_us now);

#endif
