/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Peers that dialled us and wait to be dialled back (semantics 6.11): only one that can be reached
 * may enter the table. Each is tried once, after the profile's `dial_back`.
 *
 * Owns: its array of at most AN_KAD_DIAL_BACKS_MAX contacts, which exists while it has one.
 */
#ifndef AN_KAD_DIAL_BACK_H
#define AN_KAD_DIAL_BACK_H

#include "base/profile.h"
#include "ident/contact.h"

enum { AN_KAD_DIAL_BACKS_MAX = 64 };

struct an_kad_dial_back {
	struct an_contact contact;
	an_time_us due;
};

struct an_kad_dial_backs {
	struct an_kad_dial_back *waiting; /* the next one first */
	size_t count;
};

void an_kad_dial_backs_done(struct an_kad_dial_backs *backs);

/* Adds a peer unless it waits already, or there is no room or memory: the peer will call again. */
void an_kad_dial_backs_add(struct an_kad_dial_backs *backs, const struct an_contact *contact,
                           an_time_us due);
void an_kad_dial_backs_remove(struct an_kad_dial_backs *backs, const struct an_peer_id *id);
bool an_kad_dial_backs_take(struct an_kad_dial_backs *backs, an_time_us now,
                            struct an_contact *ret_contact);
an_time_us an_kad_dial_backs_deadline(const struct an_kad_dial_backs *backs);

#endif
