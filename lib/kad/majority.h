/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Closest peers with majority knowledge (semantics 6.13): the result of a lookup, checked against what
 * its peers know. Each of them, a *candidate*, is asked for the peers of its table that are nearest to
 * the target. A peer is *popular* when more than half as many know it as are wanted, itself counted
 * where it answered. What most know comes first:
 *
 *   1. candidates that are popular, nearest first
 *   2. popular peers that the lookup missed, nearest first, when they answer GetVersion
 *   3. candidates that are farther than the farthest popular peer
 *   4. the other candidates
 *
 * so that a few liars on the way of the lookup can neither hide a peer that the others know, nor push
 * in one that they do not.
 *
 * A pure state machine without time: it says whom to ask (an_kad_majority_next) and is told how that
 * ended. Every want ends with exactly one of the three calls below.
 *
 * Hostile input: of what one candidate names, the first AN_KAD_MAJORITY_NAMED peers count, each once.
 */
#ifndef AN_KAD_MAJORITY_H
#define AN_KAD_MAJORITY_H

#include "base/span.h"
#include "base/status.h"
#include "ident/contact.h"

struct an_kad_majority;

enum {
	AN_KAD_MAJORITY_MAX = 20,  /* peers that may be wanted (the profile's K at most) */
	AN_KAD_MAJORITY_EXTRA = 2, /* peers that a candidate is asked for beyond the wanted ones */
	AN_KAD_MAJORITY_NAMED = AN_KAD_MAJORITY_MAX + AN_KAD_MAJORITY_EXTRA,
};

enum an_kad_majority_want_type {
	AN_KAD_MAJORITY_ASK,   /* GetClosestPeers of the target, for `count` peers */
	AN_KAD_MAJORITY_PROVE, /* GetVersion: does it live? */
};

struct an_kad_majority_want {
	enum an_kad_majority_want_type type;
	size_t peer; /* names the want in its end */
	struct an_contact contact;
	size_t count;
};

struct an_kad_majority_config {
	struct an_peer_id self; /* never in the result */
	struct an_dht_key target;
	size_t wanted;          /* 1 to AN_KAD_MAJORITY_MAX */
	bool client;            /* half is of what is wanted; of a node, of the candidates */
	bool private_addresses; /* whether loopback and private addresses count as addresses */
};

/* Of the candidates that a lookup found the first AN_KAD_MAJORITY_MAX count. E_INVALID; E_NO_MEMORY. */
an_status an_kad_majority_new(const struct an_kad_majority_config *config,
                              const struct an_contact *candidates, size_t count,
                              struct an_kad_majority **ret_majority);
struct an_kad_majority *an_kad_majority_free(struct an_kad_majority *majority);

/* The next thing to ask; false where there is nothing now. */
bool an_kad_majority_next(struct an_kad_majority *majority, struct an_kad_majority_want *ret_want);

/* A candidate named these. */
void an_kad_majority_named(struct an_kad_majority *majority, size_t peer,
                           const struct an_contact *contacts, size_t count);
/* A peer that was to prove that it lives did. */
void an_kad_majority_proven(struct an_kad_majority *majority, size_t peer);
/* A want came to nothing. */
void an_kad_majority_failed(struct an_kad_majority *majority, size_t peer);

/* Whether all is known: nothing is wanted any more. */
bool an_kad_majority_done(const struct an_kad_majority *majority);

/* The peers, nearest first; returns how many, at most those that were wanted. */
size_t an_kad_majority_result(const struct an_kad_majority *majority,
                              struct an_contact contacts[AN_KAD_MAJORITY_MAX]);

#endif
