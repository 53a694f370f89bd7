/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kad/placement.h"

size_t an_placement_width(const struct an_profile *profile, enum an_placement placement)
{
	switch (placement) {
	case AN_PLACEMENT_HOLDER:
		return profile->close_group;
	case AN_PLACEMENT_KEEPER:
		return profile->replication;
	case AN_PLACEMENT_FREE:
		break;
	}
	return SIZE_MAX;
}

enum an_placement an_placement_at(const struct an_profile *profile, size_t nearer)
{
	enum an_placement placement = AN_PLACEMENT_HOLDER;
	while (nearer >= an_placement_width(profile, placement))
		placement++;
	return placement;
}

size_t an_placement_rank(const struct an_dht_key *record, const struct an_dht_key *key,
                         const struct an_dht_key *keys, size_t count)
{
	size_t nearer = 0;
	for (size_t i = 0; i < count; i++)
		nearer += an_dht_key_compare(record, &keys[i], key) < 0;
	return nearer;
}

size_t an_placement_nearest(const struct an_dht_key *record, const struct an_dht_key *keys,
                            size_t count, size_t width, size_t *ret_places)
{
	size_t found = 0;
	for (size_t i = 0; i < count; i++) {
		size_t place = found;
		while (place > 0 &&
		       an_dht_key_compare(record, &keys[i], &keys[ret_places[place - 1]]) < 0)
			place--;
		if (place == width)
			continue;
		found += found < width;
		for (size_t j = found - 1; j > place; j--)
			ret_places[j] = ret_places[j - 1];
		ret_places[place] = i;
	}
	return found;
}

enum an_placement an_placement_of_self(const struct an_profile *profile, const struct an_kad *kad,
                                       const struct an_dht_key *self,
                                       const struct an_dht_key *record)
{
	struct an_contact closest[AN_KAD_CLOSEST_MAX];
	struct an_dht_key keys[AN_KAD_CLOSEST_MAX];
	const size_t width = an_placement_width(profile, AN_PLACEMENT_KEEPER);
	const size_t count = an_kad_closest(kad, record, closest,
	                                    width < AN_KAD_CLOSEST_MAX ? width
	                                                               : AN_KAD_CLOSEST_MAX);
	for (size_t i = 0; i < count; i++)
		keys[i] = an_peer_id_dht_key(&closest[i].id);
	return an_placement_at(profile, an_placement_rank(record, self, keys, count));
}
