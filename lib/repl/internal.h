/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The struct of replication and what its files call of each other. Nobody outside lib/repl includes it. */
#ifndef AN_REPL_INTERNAL_H
#define AN_REPL_INTERNAL_H

#include "repl/replication.h"

/* Which part wants to know something. */
enum part { CHALLENGES, HEALTH, NETWORK_WIDE };

/* Something that was wanted and has not ended. */
struct task {
	uint64_t token; /* 0: free */
	enum an_repl_want_type type;
	struct an_repl_list *list;
	struct an_repl_offer *offer;
	struct an_repl_challenged *challenged;
	unsigned score; /* of its answer */
	enum part part; /* PROVE, CHALLENGE, SEARCH: for which */
	struct an_repl_checked *checked;
};

struct an_repl {
	const struct an_profile *profile;
	struct an_repl_host host;
	struct an_peer_id self;
	struct an_logger *logger;

	struct an_repl_tracker tracker;
	struct an_repl_rounds rounds;
	struct an_repl_offers offers;
	struct an_repl_probes probes;
	struct an_repl_history history;
	struct an_repl_challenges challenges;
	struct an_repl_health health;
	struct an_repl_network_wide network_wide;
	struct an_repl_issues issues;
	struct an_repl_blocklist blocklist;
	size_t bad_count; /* that are in the table still, maybe */
	struct an_peer_id bad[AN_REPL_BAD_MAX];

	struct an_repl_view view; /* for judging what peers tell us */
	bool view_stale;
	bool was_converged;
	an_time_us full_until; /* the store had no room: nothing is taken until then */

	struct task tasks[AN_REPL_TASKS_MAX];
	size_t under_way[AN_REPL_WANT_TYPES]; /* by type */
	uint64_t last_token;
	bool step_again;
	struct an_repl_counters counters;
};

/* replication.c */
/* Takes a new look at the peers around us where they changed. What was offered may be ours now, or may be
 * no longer. */
void an_repl_refresh_view(struct an_repl *repl, an_time_us now);
/* Whether we must hold it, by the view; `context` is the an_repl. */
bool an_repl_is_ours(void *context, const struct an_dht_key *dht_key);
/* Whether it is here with this content. */
bool an_repl_has(const struct an_repl *repl, const struct an_repl_content *content);

#endif
