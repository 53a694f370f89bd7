/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kad/failures.h"

#include "base/memory.h"

static struct an_kad_failure *find(const struct an_kad_failure_ring *ring,
                                   const struct an_peer_id *id)
{
	for (size_t i = 0; ring->failures != NULL && i < AN_KAD_FAILURES_MAX; i++) {
		if (an_peer_id_equal(&ring->failures[i].id, id))
			return &ring->failures[i];
	}
	return NULL;
}

static void add(struct an_kad_failure_ring *ring, const struct an_peer_id *id, an_time_us until)
{
	if (ring->failures == NULL)
		ring->failures = an_calloc(AN_KAD_FAILURES_MAX, sizeof(*ring->failures));
	if (ring->failures == NULL)
		return;

	struct an_kad_failure *place = find(ring, id);
	if (place == NULL) {
		place = &ring->failures[ring->next];
		ring->next = (ring->next + 1) % AN_KAD_FAILURES_MAX;
	}
	*place = (struct an_kad_failure){.id = *id, .until = until};
}

static void forget(struct an_kad_failure_ring *ring, const struct an_peer_id *id)
{
	struct an_kad_failure *place = find(ring, id);
	if (place != NULL)
		*place = (struct an_kad_failure){0};
}

static bool holds(const struct an_kad_failure_ring *ring, const struct an_peer_id *id,
                  an_time_us now)
{
	const struct an_kad_failure *place = find(ring, id);
	return place != NULL && place->until > now;
}

void an_kad_failures_done(struct an_kad_failures *failures)
{
	failures->failed.failures = an_free(failures->failed.failures);
	failures->silent.failures = an_free(failures->silent.failures);
}

void an_kad_failures_add(struct an_kad_failures *failures, enum an_kad_standing standing,
                         const struct an_peer_id *id, an_time_us until)
{
	add(standing == AN_KAD_STANDING_SILENT ? &failures->silent : &failures->failed, id, until);
}

void an_kad_failures_forget(struct an_kad_failures *failures, const struct an_peer_id *id)
{
	forget(&failures->failed, id);
	forget(&failures->silent, id);
}

enum an_kad_standing an_kad_failures_standing(const struct an_kad_failures *failures,
                                              const struct an_peer_id *id, bool in_table,
                                              an_time_us now)
{
	if (!in_table && holds(&failures->failed, id, now))
		return AN_KAD_STANDING_FAILED;
	return holds(&failures->silent, id, now) ? AN_KAD_STANDING_SILENT : AN_KAD_STANDING_GOOD;
}
