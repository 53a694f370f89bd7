/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kad/dial_back.h"

#include "base/memory.h"

static size_t position_of(const struct an_kad_dial_backs *backs, const struct an_peer_id *id)
{
	size_t i = 0;
	while (i < backs->count && !an_peer_id_equal(&backs->waiting[i].contact.id, id))
		i++;
	return i;
}

static void remove_at(struct an_kad_dial_backs *backs, size_t i)
{
	backs->count--;
	memmove(&backs->waiting[i], &backs->waiting[i + 1],
	        (backs->count - i) * sizeof(backs->waiting[0]));
	if (backs->count == 0)
		an_kad_dial_backs_done(backs);
}

void an_kad_dial_backs_done(struct an_kad_dial_backs *backs)
{
	backs->waiting = an_free(backs->waiting);
	backs->count = 0;
}

void an_kad_dial_backs_add(struct an_kad_dial_backs *backs, const struct an_contact *contact,
                           an_time_us due)
{
	if (position_of(backs, &contact->id) < backs->count)
		return;
	if (backs->waiting == NULL)
		backs->waiting = an_calloc(AN_KAD_DIAL_BACKS_MAX, sizeof(*backs->waiting));
	if (backs->waiting == NULL || backs->count == AN_KAD_DIAL_BACKS_MAX)
		return;
	backs->waiting[backs->count++] = (struct an_kad_dial_back){.contact = *contact, .due = due};
}

void an_kad_dial_backs_remove(struct an_kad_dial_backs *backs, const struct an_peer_id *id)
{
	const size_t i = position_of(backs, id);
	if (i < backs->count)
		remove_at(backs, i);
}

bool an_kad_dial_backs_take(struct an_kad_dial_backs *backs, an_time_us now,
                            struct an_contact *ret_contact)
{
	if (an_kad_dial_backs_deadline(backs) > now)
		return false;
	*ret_contact = backs->waiting[0].contact;
	remove_at(backs, 0);
	return true;
}

an_time_us an_kad_dial_backs_deadline(const struct an_kad_dial_backs *backs)
{
	return backs->count > 0 ? backs->waiting[0].due : AN_TIME_NEVER;
}
