/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whether the peers around us still live. Connections close when they are idle, so a peer that left
 * is noticed only when somebody asks it; until then its records are a copy short. In each interval
 * of replication those of the nearest that were silent for half of it are asked once, spread over
 * the other half. Who asks us counts as heard, so two peers seldom ask each other both.
 *
 * A plain value. Pure: time and randomness are arguments.
 */
#ifndef AN_REPL_PROBES_H
#define AN_REPL_PROBES_H

#include "crypt/random.h"
#include "repl/host.h"
#include "repl/tracker.h"

struct an_repl_probe {
	struct an_peer_id id;
	an_time_us due;
};

struct an_repl_probes {
	const struct an_profile *profile;
	struct an_random *random;
	an_time_us due; /* next look at who is silent */
	size_t count;
	struct an_repl_probe probes[AN_REPL_TRACKED_MAX];
};

void an_repl_probes_init(struct an_repl_probes *probes, const struct an_profile *profile,
                         struct an_random *random, an_time_us now);

/* A peer that is to be asked now; false where there is none. */
bool an_repl_probes_next(struct an_repl_probes *probes, const struct an_repl_host *host,
                         an_time_us now, struct an_contact *ret_contact);

an_time_us an_repl_probes_deadline(const struct an_repl_probes *probes);

#endif
