/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Peers that are not spoken with: the last AN_REPL_BLOCKED_MAX that were found to be bad (semantics
 * 6.10), the oldest of which is let go when another one comes. Each is let go after the profile's
 * `block_lifetime` in any case, for its owner may have mended it.
 *
 * Owns: its entries. Time is an argument.
 */
#ifndef AN_REPL_BLOCKLIST_H
#define AN_REPL_BLOCKLIST_H

#include "base/status.h"
#include "base/time.h"
#include "ident/peer_id.h"

enum { AN_REPL_BLOCKED_MAX = 1000 }; /* semantics 1.5 */

struct an_repl_blocked {
	struct an_peer_id id;
	struct an_dht_key key;
	an_time_us until;
};

struct an_repl_blocklist {
	/* As many as were ever blocked at once; a ring when full. */
	struct an_repl_blocked *entries;
	size_t count, capacity;
	size_t next; /* of a full ring */
};

void an_repl_blocklist_done(struct an_repl_blocklist *blocklist);

/* Blocks a peer until then, anew where it is blocked. E_NO_MEMORY. */
an_status an_repl_blocklist_add(struct an_repl_blocklist *blocklist, const struct an_peer_id *id,
                                an_time_us until);
bool an_repl_blocklist_holds(const struct an_repl_blocklist *blocklist, const struct an_peer_id *id,
                             an_time_us now);

/* How many are blocked now, and how many of them are nearer to `record` than `key`. */
size_t an_repl_blocklist_count(const struct an_repl_blocklist *blocklist, an_time_us now);
size_t an_repl_blocklist_nearer(const struct an_repl_blocklist *blocklist,
                                const struct an_dht_key *record, const struct an_dht_key *key,
                                an_time_us now);

#endif
