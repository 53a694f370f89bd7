/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kad/failures.h"

#include "base/memory.h"

static struct an_kad_failure *find(const struct an_kad_failures *failures,
                                   const struct an_peer_id *id)
{
	for (size_t i = 0; failures->ring != NULL && i < AN_KAD_FAILURES_MAX; i++) {
		if (an_peer_id_equal(&failures->ring[i].id, id))
			return &failures->ring[i];
	}
	return NULL;
}

void an_kad_failures_done(struct an_kad_failures *failures)
{
	failures->ring = an_free(failures->ring);
}

void an_kad_failures_add(struct an_kad_failures *failures, const struct an_peer_id *id,
                         an_time_us until)
{
	if (failures->ring == NULL)
		failures->ring = an_calloc(AN_KAD_FAILURES_MAX, sizeof(*failures->ring));
	if (failures->ring == NULL)
		return;

	struct an_kad_failure *place = find(failures, id);
	if (place == NULL) {
		place = &failures->ring[failures->next];
		failures->next = (failures->next + 1) % AN_KAD_FAILURES_MAX;
	}
	*place = (struct an_kad_failure){.id = *id, .until = until};
}

void an_kad_failures_forget(struct an_kad_failures *failures, const struct an_peer_id *id)
{
	struct an_kad_failure *place = find(failures, id);
	if (place != NULL)
		*place = (struct an_kad_failure){0};
}

bool an_kad_failures_holds(const struct an_kad_failures *failures, const struct an_peer_id *id,
                           an_time_us now)
{
	const struct an_kad_failure *place = find(failures, id);
	return place != NULL && place->until > now;
}
