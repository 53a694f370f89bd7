/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Bootstrap: dialling remembered contacts, a few at once, until enough peers are in the table
 * (semantics 6.16). It never gives up and never ends for good: whenever the table holds fewer peers
 * than enough, the contacts are dialled round after round, with a growing pause in between
 * (autonomi-2 10.2 row 6: a node sat 34 hours with an empty table). With an empty table the pause
 * stays short.
 *
 * Peers that leave the table are remembered too, beside the contacts that the host gave.
 *
 * Owns: its array of contacts.
 */
#ifndef AN_KAD_BOOTSTRAP_H
#define AN_KAD_BOOTSTRAP_H

#include "base/profile.h"
#include "crypt/random.h"
#include "ident/contact.h"

enum {
	AN_KAD_REMEMBERED_MAX = 64, /* contacts that are kept when a round has ended */
	AN_KAD_REMEMBERED_GIVEN =
		32, /* of them, those that peers which left the table do not replace */
};

struct an_kad_bootstrap {
	const struct an_profile *profile;
	struct an_random *random;
	struct an_contact *contacts;
	size_t count;
	size_t room;
	size_t next; /* the contact to dial next */
	size_t in_flight;
	size_t replaced; /* how many remembered contacts were replaced so far */
	bool running;    /* a round is under way */
	an_time_us retry_at;
	an_time_us pause; /* the last one */
};

void an_kad_bootstrap_init(struct an_kad_bootstrap *bootstrap, const struct an_profile *profile,
                           struct an_random *random);
void an_kad_bootstrap_done(struct an_kad_bootstrap *bootstrap);

/* Adds a contact that the host gave, unless it is there, the limit of the profile is reached or
 * memory lacks: then false. */
bool an_kad_bootstrap_add(struct an_kad_bootstrap *bootstrap, const struct an_contact *contact);

/* Remembers a peer that left the table. */
void an_kad_bootstrap_remember(struct an_kad_bootstrap *bootstrap,
                               const struct an_contact *contact);

/* A round begins at `now`. */
void an_kad_bootstrap_soon(struct an_kad_bootstrap *bootstrap, an_time_us now);

/* The next contact to dial while the table holds `peers`; false where there is none now. */
bool an_kad_bootstrap_next(struct an_kad_bootstrap *bootstrap, size_t peers, an_time_us now,
                           struct an_contact *ret_contact);

/* A dial ended, however. */
void an_kad_bootstrap_ended(struct an_kad_bootstrap *bootstrap);

/* Ends the round where it is over: true once for each. */
bool an_kad_bootstrap_over(struct an_kad_bootstrap *bootstrap, size_t peers, an_time_us now);

an_time_us an_kad_bootstrap_deadline(const struct an_kad_bootstrap *bootstrap, size_t peers);

#endif
