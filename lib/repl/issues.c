/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "repl/issues.h"

void an_repl_issues_init(struct an_repl_issues *issues, const struct an_profile *profile)
{
	*issues = (struct an_repl_issues){.profile = profile};
}

/* Moves the peer to the front, where there is a place for it from then on. */
static struct an_repl_issues_of *take_peer(struct an_repl_issues *issues,
                                           const struct an_peer_id *id)
{
	size_t at = 0;
	while (at < issues->count && !an_peer_id_equal(&issues->peers[at].id, id))
		at++;
	struct an_repl_issues_of peer = {.id = *id};
	if (at < issues->count)
		peer = issues->peers[at];
	else if (issues->count < AN_REPL_ISSUE_PEERS_MAX)
		issues->count++;
	else
		at--; /* whose last issue is the oldest is forgotten */
	memmove(&issues->peers[1], &issues->peers[0], at * sizeof(peer));
	issues->peers[0] = peer;
	return &issues->peers[0];
}

static void forget_old(const struct an_repl_issues *issues, struct an_repl_issues_of *peer,
                       an_time_us now)
{
	size_t kept = 0;
	for (size_t i = 0; i < peer->count; i++) {
		const struct an_repl_noted noted = peer->noted[i];
		if (an_time_after(noted.at, issues->profile->issue_lifetime) > now)
			peer->noted[kept++] = noted;
	}
	peer->count = kept;
}

static void append(struct an_repl_issues_of *peer, enum an_repl_issue kind, an_time_us now)
{
	if (peer->count == AN_REPL_ISSUES_MAX)
		memmove(&peer->noted[0], &peer->noted[1], --peer->count * sizeof(peer->noted[0]));
	peer->noted[peer->count++] = (struct an_repl_noted){kind, now};
}

static size_t count_kind(const struct an_repl_issues_of *peer, enum an_repl_issue kind)
{
	size_t count = 0;
	for (size_t i = 0; i < peer->count; i++)
		count += peer->noted[i].kind == kind;
	return count;
}

bool an_repl_issues_note(struct an_repl_issues *issues, const struct an_peer_id *id,
                         enum an_repl_issue kind, an_time_us now)
{
	struct an_repl_issues_of *peer = take_peer(issues, id);
	forget_old(issues, peer, now);
	const an_time_us spacing = issues->profile->issue_spacing;
	if (peer->count > 0 && an_time_after(peer->noted[peer->count - 1].at, spacing) > now)
		return false;
	append(peer, kind, now);
	issues->recorded++;
	if (count_kind(peer, kind) < AN_REPL_ISSUE_THRESHOLD)
		return false;
	*peer = (struct an_repl_issues_of){.id = *id};
	return true;
}
