/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The peers that failed a short while ago, and those that owe us an answer. Others go on naming a dead
 * peer until they notice; with this memory each of our lookups need not wait for it anew. It is a hint
 * only: such a peer is asked after all others, and one that proves itself is forgotten at once.
 *
 * Owns: two rings of AN_KAD_FAILURES_MAX ids, each allocated with its first one. Without memory they are
 * empty.
 */
#ifndef AN_KAD_FAILURES_H
#define AN_KAD_FAILURES_H

#include "base/time.h"
#include "ident/peer_id.h"

enum { AN_KAD_FAILURES_MAX = 64 };

/* What is known of a peer before a lookup. */
enum an_kad_standing {
	AN_KAD_STANDING_GOOD,
	AN_KAD_STANDING_SILENT, /* was asked a moment ago and has not answered */
	AN_KAD_STANDING_FAILED,
};

struct an_kad_failure {
	struct an_peer_id id; /* size 0: free */
	an_time_us until;
};

struct an_kad_failure_ring {
	struct an_kad_failure *failures;
	size_t next;
};

struct an_kad_failures {
	struct an_kad_failure_ring failed, silent;
};

void an_kad_failures_done(struct an_kad_failures *failures);
/* `standing` is not good; it is remembered beside the other one. */
void an_kad_failures_add(struct an_kad_failures *failures, enum an_kad_standing standing,
                         const struct an_peer_id *id, an_time_us until);
void an_kad_failures_forget(struct an_kad_failures *failures, const struct an_peer_id *id);
/* Who is in the table is not held for dead. */
enum an_kad_standing an_kad_failures_standing(const struct an_kad_failures *failures,
                                              const struct an_peer_id *id, bool in_table,
                                              an_time_us now);

#endif
