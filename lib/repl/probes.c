/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "repl/probes.h"

static an_time_us half_of(const struct an_repl_probes *probes)
{
	return probes->profile->replication_interval / 2;
}

static an_time_us some_of(struct an_repl_probes *probes, an_time_us duration)
{
	return an_random_below(probes->random, duration + 1);
}

void an_repl_probes_init(struct an_repl_probes *probes, const struct an_profile *profile,
                         struct an_random *random, an_time_us now)
{
	*probes = (struct an_repl_probes){.profile = profile, .random = random};
	probes->due = an_time_after(now, half_of(probes) + some_of(probes, half_of(probes)));
}

static bool is_silent(const struct an_repl_probes *probes, const struct an_repl_peer *peer,
                      an_time_us now)
{
	return an_time_after(peer->last_seen, half_of(probes)) <= now;
}

static void plan(struct an_repl_probes *probes, const struct an_repl_host *host, an_time_us now)
{
	struct an_repl_peer peers[AN_REPL_TRACKED_MAX];
	const size_t count = host->nearest(host->context, peers, AN_REPL_TRACKED_MAX);
	probes->count = 0;
	for (size_t i = 0; i < count; i++) {
		if (!is_silent(probes, &peers[i], now))
			continue;
		probes->probes[probes->count++] = (struct an_repl_probe){
			.id = peers[i].contact.id,
			.due = an_time_after(now, some_of(probes, half_of(probes))),
		};
	}
	probes->due = an_time_after(now, half_of(probes) + some_of(probes, half_of(probes)));
}

/* It may have left, or have been heard of meanwhile. */
static bool still_silent(const struct an_repl_probes *probes, const struct an_repl_host *host,
                         const struct an_peer_id *id, an_time_us now,
                         struct an_contact *ret_contact)
{
	struct an_repl_peer peers[AN_REPL_TRACKED_MAX];
	const size_t count = host->nearest(host->context, peers, AN_REPL_TRACKED_MAX);
	for (size_t i = 0; i < count; i++) {
		if (!an_peer_id_equal(&peers[i].contact.id, id))
			continue;
		*ret_contact = peers[i].contact;
		return is_silent(probes, &peers[i], now);
	}
	return false;
}

bool an_repl_probes_next(struct an_repl_probes *probes, const struct an_repl_host *host,
                         an_time_us now, struct an_contact *ret_contact)
{
	if (probes->due <= now)
		plan(probes, host, now);
	for (size_t i = probes->count; i > 0; i--) {
		if (probes->probes[i - 1].due > now)
			continue;
		const struct an_peer_id id = probes->probes[i - 1].id;
		probes->probes[i - 1] = probes->probes[--probes->count];
		if (still_silent(probes, host, &id, now, ret_contact))
			return true;
	}
	return false;
}

an_time_us an_repl_probes_deadline(const struct an_repl_probes *probes)
{
	an_time_us deadline = probes->due;
	for (size_t i = 0; i < probes->count; i++)
		deadline = an_time_earlier(deadline, probes->probes[i].due);
	return deadline;
}
