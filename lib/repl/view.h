/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The peers around us as of one moment: those of the routing table that are nearest to us, and which
 * of them and of us hold a record (kad/placement.h).
 *
 * As many as semantics 6.8.3 counts to the neighbourhood. Whoever is nearer to a record of ours than
 * we are lies in the same part of the key space as the record, so a few dozen suffice.
 *
 * A plain value. Pure.
 */
#ifndef AN_REPL_VIEW_H
#define AN_REPL_VIEW_H

#include "base/profile.h"
#include "base/time.h"
#include "ident/contact.h"

enum {
	AN_REPL_VIEW_MAX = 39,   /* peers (semantics 1.6: 40 with ourselves) */
	AN_REPL_HOLDERS_MAX = 8, /* of one record; the profile's close group is at most this */
	AN_REPL_SELF = 0, /* our own place in a view; those of peers follow, the nearest first */
};

struct an_repl_peer {
	struct an_contact contact;
	an_time_us last_seen; /* when it last answered or asked something */
	bool owed;            /* a list did not reach it: it is told everything again */
	an_time_us asked;     /* when it was owed everything because it asked; 0: never */
};

struct an_repl_view {
	size_t count;                                 /* places, our own included */
	struct an_dht_key keys[AN_REPL_VIEW_MAX + 1]; /* by place */
	struct an_repl_peer
		peers[AN_REPL_VIEW_MAX + 1]; /* by place; that of AN_REPL_SELF is empty */
};

/* A view of ourselves alone. */
void an_repl_view_init(struct an_repl_view *view, const struct an_dht_key *self);

/* Takes the `count` peers nearest to us. What is owed and what was asked stays with those that
 * are still there. */
void an_repl_view_set(struct an_repl_view *view, const struct an_repl_peer *peers, size_t count);

/* The place of a peer; 0, which is no peer's, where it is not in the view. */
size_t an_repl_view_find(const struct an_repl_view *view, const struct an_peer_id *id);

/* The places of who must hold `record`, nearest first; returns how many. */
size_t an_repl_view_holders(const struct an_repl_view *view, const struct an_profile *profile,
                            const struct an_dht_key *record,
                            size_t ret_places[AN_REPL_HOLDERS_MAX]);

/* Whether a place is at most `times` as far from us as the farthest peer of the view. */
bool an_repl_view_reaches(const struct an_repl_view *view, const struct an_dht_key *key,
                          uint32_t times);

/* Whether both hold the same peers, in any order. */
bool an_repl_view_same(const struct an_repl_view *a, const struct an_repl_view *b);

#endif
