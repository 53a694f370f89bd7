/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Peers that were late or could not be reached a moment ago: other gets ask them last, so that a dead
 * holder costs one wait and not one for each chunk that it held. An answer clears a peer, and so does
 * a minute (autonomi-2 10.2 row 15: nobody is shunned for long).
 *
 * A plain ring of a few; when it is full the oldest is forgotten.
 */
#ifndef AN_CLIENT_SUSPECTS_H
#define AN_CLIENT_SUSPECTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/time.h"
#include "ident/peer_id.h"

enum { AN_CLIENT_SUSPECTS_MAX = 16 };

struct an_client_suspects {
	struct {
		struct an_peer_id id;
		an_time_us until;
	} peer[AN_CLIENT_SUSPECTS_MAX];
	size_t next;
};

void an_client_suspects_add(struct an_client_suspects *suspects, const struct an_peer_id *id,
                            an_time_us now);
void an_client_suspects_clear(struct an_client_suspects *suspects, const struct an_peer_id *id);
bool an_client_suspects_has(const struct an_client_suspects *suspects, const struct an_peer_id *id,
                            an_time_us now);

#endif
