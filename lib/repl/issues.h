/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What peers did wrong, and when that makes one of them bad (semantics 6.10).
 *
 * Only what a peer itself said falsely counts: a record that is not what its key says, a proof that
 * differs from ours. An honest peer checks every record when it comes in and when it is read, so it
 * cannot say such a thing. Silence, errors, slowness, a full or busy peer and a record that is not
 * there are no issues: honest peers have those by the dozen when the network is in trouble. (A peer
 * that goes on lacking a record is a matter of health.h.) So issues may be remembered for hours, and
 * challenges, of which there is one in an hour or two, can add up.
 *
 * A plain value. Pure: time is an argument.
 */
#ifndef AN_REPL_ISSUES_H
#define AN_REPL_ISSUES_H

#include "base/profile.h"
#include "ident/peer_id.h"

enum {
	AN_REPL_ISSUES_MAX = 10,      /* remembered of one peer (semantics 6.10) */
	AN_REPL_ISSUE_PEERS_MAX = 20, /* with issues at one time; the last to have one stay */
	AN_REPL_ISSUE_THRESHOLD = 3,  /* of one kind (semantics 6.10) */
};

enum an_repl_issue {
	AN_REPL_ISSUE_FALSE_RECORD, /* ReplicationFailure */
	AN_REPL_ISSUE_FALSE_PROOF,  /* FailedChunkProofCheck */
};

struct an_repl_noted {
	enum an_repl_issue kind;
	an_time_us at;
};

struct an_repl_issues_of {
	struct an_peer_id id;
	size_t count;
	struct an_repl_noted noted[AN_REPL_ISSUES_MAX]; /* the oldest first */
};

struct an_repl_issues {
	const struct an_profile *profile;
	size_t count;
	struct an_repl_issues_of peers[AN_REPL_ISSUE_PEERS_MAX]; /* the last one first */
	uint64_t recorded;                                       /* since the start */
};

void an_repl_issues_init(struct an_repl_issues *issues, const struct an_profile *profile);

/* Notes an issue of a peer. True: with this one it is bad, and its issues are forgotten. */
bool an_repl_issues_note(struct an_repl_issues *issues, const struct an_peer_id *id,
                         enum an_repl_issue kind, an_time_us now);

#endif
