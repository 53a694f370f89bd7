/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "repl/history.h"

static size_t position_of(const struct an_repl_history *history, const struct an_peer_id *id)
{
	size_t at = 0;
	while (at < history->count && !an_peer_id_equal(&history->peers[at].id, id))
		at++;
	return at;
}

void an_repl_history_note(struct an_repl_history *history, const struct an_peer_id *id,
                          bool healthy)
{
	size_t at = position_of(history, id);
	struct an_repl_record_of peer = {.id = *id};
	if (at < history->count)
		peer = history->peers[at];
	else if (history->count < AN_REPL_HISTORY_PEERS)
		history->count++;
	else
		at--; /* who was not challenged for the longest time is forgotten */
	memmove(&peer.healthy[1], &peer.healthy[0],
	        (AN_REPL_HISTORY_RESULTS - 1) * sizeof(peer.healthy[0]));
	peer.healthy[0] = healthy;
	if (peer.count < AN_REPL_HISTORY_RESULTS)
		peer.count++;
	memmove(&history->peers[1], &history->peers[0], at * sizeof(peer));
	history->peers[0] = peer;
}

enum an_repl_trust an_repl_history_trust(const struct an_repl_history *history,
                                         const struct an_peer_id *id)
{
	const size_t at = position_of(history, id);
	if (at == history->count || history->peers[at].count < AN_REPL_HISTORY_RESULTS)
		return AN_REPL_UNKNOWN;
	for (size_t i = 0; i < AN_REPL_HISTORY_RESULTS; i++) {
		if (!history->peers[at].healthy[i])
			return AN_REPL_DISTRUSTED;
	}
	return AN_REPL_TRUSTED;
}
