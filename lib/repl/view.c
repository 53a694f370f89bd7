/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "repl/view.h"

#include <string.h>

#include "kad/placement.h"

void an_repl_view_init(struct an_repl_view *view, const struct an_dht_key *self)
{
	*view = (struct an_repl_view){.count = 1, .keys = {*self}};
}

void an_repl_view_set(struct an_repl_view *view, const struct an_repl_peer *peers, size_t count)
{
	struct an_repl_view next;
	an_repl_view_init(&next, &view->keys[AN_REPL_SELF]);
	for (size_t i = 0; i < count && i < AN_REPL_VIEW_MAX; i++) {
		const size_t before = an_repl_view_find(view, &peers[i].contact.id);
		next.keys[next.count] = before != 0 ? view->keys[before]
		                                    : an_peer_id_dht_key(&peers[i].contact.id);
		next.peers[next.count] = peers[i];
		next.peers[next.count].owed = view->peers[before].owed;
		next.peers[next.count].asked = view->peers[before].asked;
		next.count++;
	}
	*view = next;
}

size_t an_repl_view_find(const struct an_repl_view *view, const struct an_peer_id *id)
{
	for (size_t i = 1; i < view->count; i++) {
		if (an_peer_id_equal(&view->peers[i].contact.id, id))
			return i;
	}
	return 0;
}

size_t an_repl_view_holders(const struct an_repl_view *view, const struct an_profile *profile,
                            const struct an_dht_key *record, size_t ret_places[AN_REPL_HOLDERS_MAX])
{
	const size_t width = an_placement_width(profile, AN_PLACEMENT_HOLDER);
	return an_placement_nearest(record, view->keys, view->count,
	                            width < AN_REPL_HOLDERS_MAX ? width : AN_REPL_HOLDERS_MAX,
	                            ret_places);
}

bool an_repl_view_reaches(const struct an_repl_view *view, const struct an_dht_key *key,
                          uint32_t times)
{
	const struct an_dht_key *self = &view->keys[AN_REPL_SELF];
	const struct an_dht_key farthest = an_dht_key_distance(self, &view->keys[view->count - 1]);
	const struct an_dht_key reach = an_dht_key_times(&farthest, times);
	const struct an_dht_key distance = an_dht_key_distance(self, key);
	return memcmp(distance.bytes, reach.bytes, sizeof(reach.bytes)) <= 0;
}

bool an_repl_view_same(const struct an_repl_view *a, const struct an_repl_view *b)
{
	bool same = a->count == b->count;
	for (size_t i = 1; same && i < a->count; i++)
		same = an_repl_view_find(b, &a->peers[i].contact.id) != 0;
	return same;
}
