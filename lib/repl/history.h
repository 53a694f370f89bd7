/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How peers did in storage challenges, and whether their lists are believed (semantics 6.8.3): the
 * last two results of the last 20 peers that were challenged.
 *
 * A plain value. Pure.
 */
#ifndef AN_REPL_HISTORY_H
#define AN_REPL_HISTORY_H

#include "ident/peer_id.h"

enum { AN_REPL_HISTORY_PEERS = 20, AN_REPL_HISTORY_RESULTS = 2 }; /* semantics 1.6 */

struct an_repl_record_of {
	struct an_peer_id id;
	size_t count;
	bool healthy[AN_REPL_HISTORY_RESULTS]; /* the newest first */
};

struct an_repl_history {
	size_t count;
	struct an_repl_record_of peers[AN_REPL_HISTORY_PEERS]; /* the last challenged first */
};

enum an_repl_trust {
	AN_REPL_UNKNOWN,    /* fewer than two results: others must say the same */
	AN_REPL_TRUSTED,    /* two healthy ones: believed at once */
	AN_REPL_DISTRUSTED, /* not believed at all */
};

void an_repl_history_note(struct an_repl_history *history, const struct an_peer_id *id,
                          bool healthy);
enum an_repl_trust an_repl_history_trust(const struct an_repl_history *history,
                                         const struct an_peer_id *id);

#endif
