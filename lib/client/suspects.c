/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client/suspects.h"

#define SUSPECTED_FOR AN_SECONDS(60)

void an_client_suspects_clear(struct an_client_suspects *suspects, const struct an_peer_id *id)
{
	for (size_t i = 0; i < AN_CLIENT_SUSPECTS_MAX; i++) {
		if (an_peer_id_equal(&suspects->peer[i].id, id))
			suspects->peer[i].until = 0;
	}
}

void an_client_suspects_add(struct an_client_suspects *suspects, const struct an_peer_id *id,
                            an_time_us now)
{
	an_client_suspects_clear(suspects, id);
	suspects->peer[suspects->next].id = *id;
	suspects->peer[suspects->next].until = an_time_after(now, SUSPECTED_FOR);
	suspects->next = (suspects->next + 1) % AN_CLIENT_SUSPECTS_MAX;
}

bool an_client_suspects_has(const struct an_client_suspects *suspects, const struct an_peer_id *id,
                            an_time_us now)
{
	for (size_t i = 0; i < AN_CLIENT_SUSPECTS_MAX; i++) {
		if (suspects->peer[i].until > now && an_peer_id_equal(&suspects->peer[i].id, id))
			return true;
	}
	return false;
}
