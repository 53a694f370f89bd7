/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The peers closest to a name, nearest first, found in two steps: first as many as keep copies of a
 * record (the profile's `replication`), and only where these do not suffice as many as a lookup gives
 * (`k`). A peer keeps its place in the list when the search is widened.
 *
 * Each step has two halves: those that answered, and, where somebody has been silent for long, what the
 * rest of the lookup brings. So a dead peer costs little where the others suffice; and who widens until
 * it cannot be widened has waited for everybody for as long as a dial may take.
 *
 * A client that has just begun may know no peer yet: until a first lookup has succeeded, and for at
 * most as long as joining a network may take (semantics 7.1), a lookup without result is repeated.
 *
 * Embedded in its owner; owns a lookup while one runs.
 */
#ifndef AN_CLIENT_SEARCH_H
#define AN_CLIENT_SEARCH_H

#include "client/internal.h"

enum { AN_CLIENT_FOUND_MAX = 32 }; /* peers that one search remembers */

struct an_client_search {
	struct an_client *client;
	uint8_t name[AN_RECORD_NAME_SIZE];
	struct an_contact found[AN_CLIENT_FOUND_MAX];
	size_t count;    /* that `done` has told of */
	size_t known;    /* and those of the second half */
	size_t width;    /* of the widest lookup so far; 0: none */
	uint64_t lookup; /* the one that is on its way, or 0 */
	bool running;    /* `done` will be called */
	bool halved;     /* the second half of a step is to come */
	bool was_halved; /* some step was */
	an_status rest;  /* of the lookup, which has ended before it was asked for */
	unsigned repeats;
	struct an_client_timer timer; /* of the next repeat, or the second half */
	void (*done)(struct an_client_search *search, an_status status);
};

/* Begins from nothing. */
void an_client_search_init(struct an_client_search *search, struct an_client *client,
                           const uint8_t name[AN_RECORD_NAME_SIZE],
                           void (*done)(struct an_client_search *search, an_status status));

/* Whether there is a second half to wait for, or a wider lookup to make. */
bool an_client_search_can_widen(const struct an_client_search *search);

/* Whether to widen it would only be to wait for peers that have been silent for two seconds. */
bool an_client_search_has_all(const struct an_client_search *search);

/* Goes on; `done` follows, never from inside this call. Any status but AUTONOMI_OK:
 * nothing was begun. */
an_status an_client_search_widen(struct an_client_search *search);

void an_client_search_stop(struct an_client_search *search);

#endif
