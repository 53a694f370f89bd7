/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kad/bootstrap.h"

#include "base/assert.h"
#include "base/memory.h"

enum { ROOM_FIRST = 4 };

void an_kad_bootstrap_init(struct an_kad_bootstrap *bootstrap, const struct an_profile *profile,
                           struct an_random *random)
{
	*bootstrap = (struct an_kad_bootstrap){
		.profile = profile,
		.random = random,
		.retry_at = AN_TIME_NEVER,
	};
}

void an_kad_bootstrap_done(struct an_kad_bootstrap *bootstrap)
{
	bootstrap->contacts = an_free(bootstrap->contacts);
	bootstrap->count = bootstrap->room = 0;
}

/* Contacts without an id are the same where their first endpoint is. */
static bool is_same(const struct an_contact *a, const struct an_contact *b)
{
	if (a->id.size > 0 || b->id.size > 0)
		return an_peer_id_equal(&a->id, &b->id);
	return a->endpoint_count > 0 && b->endpoint_count > 0 &&
	       an_endpoint_equal(&a->endpoints[0], &b->endpoints[0]);
}

static struct an_contact *find(const struct an_kad_bootstrap *bootstrap,
                               const struct an_contact *contact)
{
	for (size_t i = 0; i < bootstrap->count; i++) {
		if (is_same(&bootstrap->contacts[i], contact))
			return &bootstrap->contacts[i];
	}
	return NULL;
}

static bool make_room(struct an_kad_bootstrap *bootstrap)
{
	if (bootstrap->count < bootstrap->room)
		return true;
	const size_t room = bootstrap->room > 0 ? bootstrap->room * 2 : ROOM_FIRST;
	struct an_contact *contacts = an_realloc(bootstrap->contacts, room, sizeof(*contacts));
	if (contacts == NULL)
		return false;
	bootstrap->contacts = contacts;
	bootstrap->room = room;
	return true;
}

bool an_kad_bootstrap_add(struct an_kad_bootstrap *bootstrap, const struct an_contact *contact)
{
	if (find(bootstrap, contact) != NULL)
		return false;
	if (bootstrap->count >= bootstrap->profile->bootstrap_cache_peers || !make_room(bootstrap))
		return false;
	bootstrap->contacts[bootstrap->count++] = *contact;
	return true;
}

void an_kad_bootstrap_remember(struct an_kad_bootstrap *bootstrap, const struct an_contact *contact)
{
	struct an_contact *known = find(bootstrap, contact);
	if (known != NULL) {
		*known = *contact;
		return;
	}
	if (bootstrap->count < AN_KAD_REMEMBERED_MAX) {
		an_kad_bootstrap_add(bootstrap, contact);
		return;
	}
	const size_t replaceable = AN_KAD_REMEMBERED_MAX - AN_KAD_REMEMBERED_GIVEN;
	bootstrap->contacts[AN_KAD_REMEMBERED_GIVEN + bootstrap->replaced++ % replaceable] =
		*contact;
}

void an_kad_bootstrap_soon(struct an_kad_bootstrap *bootstrap, an_time_us now)
{
	bootstrap->pause = 0;
	bootstrap->retry_at = now;
}

static bool is_wanted(const struct an_kad_bootstrap *bootstrap, size_t peers)
{
	return peers < bootstrap->profile->bootstrap_enough && bootstrap->count > 0;
}

bool an_kad_bootstrap_next(struct an_kad_bootstrap *bootstrap, size_t peers, an_time_us now,
                           struct an_contact *ret_contact)
{
	if (!is_wanted(bootstrap, peers))
		return false;
	if (!bootstrap->running) {
		if (now < bootstrap->retry_at)
			return false;
		bootstrap->running = true;
		bootstrap->next = 0;
	}
	if (bootstrap->next == bootstrap->count ||
	    bootstrap->in_flight >= bootstrap->profile->bootstrap_dials)
		return false;
	*ret_contact = bootstrap->contacts[bootstrap->next++];
	bootstrap->in_flight++;
	return true;
}

void an_kad_bootstrap_ended(struct an_kad_bootstrap *bootstrap)
{
	an_assert(bootstrap->in_flight > 0);
	bootstrap->in_flight--;
}

/* The pause doubles from one second of silence (a slow peer) to a minute while nobody is there, for
 * then nothing else can help, and to the pause of discovery while somebody is. */
static void set_pause(struct an_kad_bootstrap *bootstrap, size_t peers, an_time_us now)
{
	const struct an_profile *profile = bootstrap->profile;
	const an_time_us most = peers == 0 ? profile->liveness_interval : profile->discovery_most;
	const an_time_us first = peers == 0 ? profile->slow_peer : profile->liveness_interval;
	const an_time_us doubled = an_time_after(bootstrap->pause, bootstrap->pause);
	bootstrap->pause = an_time_earlier(doubled > first ? doubled : first, most);

	/* Nodes that lost the network together shall not come back together. */
	const an_time_us jitter = an_random_below(bootstrap->random, bootstrap->pause / 4 + 1);
	bootstrap->retry_at = an_time_after(now, bootstrap->pause + jitter);
}

/* A list from a cache file may be long; what is kept for later need not be. */
static void trim(struct an_kad_bootstrap *bootstrap)
{
	if (bootstrap->count <= AN_KAD_REMEMBERED_MAX)
		return;
	bootstrap->count = AN_KAD_REMEMBERED_MAX;
	struct an_contact *contacts = an_realloc(bootstrap->contacts, bootstrap->count,
	                                         sizeof(*contacts));
	if (contacts == NULL)
		return;
	bootstrap->contacts = contacts;
	bootstrap->room = bootstrap->count;
}

bool an_kad_bootstrap_over(struct an_kad_bootstrap *bootstrap, size_t peers, an_time_us now)
{
	const bool enough = peers >= bootstrap->profile->bootstrap_enough;
	const bool exhausted = bootstrap->next == bootstrap->count && bootstrap->in_flight == 0;
	if (!bootstrap->running || !(enough || exhausted))
		return false;

	bootstrap->running = false;
	set_pause(bootstrap, peers, now);
	if (enough)
		bootstrap->pause = 0;
	if (peers > 0)
		trim(bootstrap);
	return true;
}

an_time_us an_kad_bootstrap_deadline(const struct an_kad_bootstrap *bootstrap, size_t peers)
{
	const bool waits = is_wanted(bootstrap, peers) && !bootstrap->running;
	return waits ? bootstrap->retry_at : AN_TIME_NEVER;
}
