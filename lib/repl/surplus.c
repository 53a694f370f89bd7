/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "repl/surplus.h"

#include <string.h>

#include "base/memory.h"

void an_repl_surplus_done(struct an_repl_surplus *surplus)
{
	surplus->places = an_free(surplus->places);
}

static bool make_places(struct an_repl_surplus *surplus)
{
	if (surplus->places == NULL)
		surplus->places = an_calloc(AN_REPL_SURPLUS_MAX, sizeof(*surplus->places));
	return surplus->places != NULL;
}

static void set_state(struct an_repl_surplus *surplus, struct an_repl_surplus_place *place,
                      enum an_repl_surplus_state state)
{
	surplus->asked -= place->state == AN_REPL_SURPLUS_ASKED;
	surplus->asked += state == AN_REPL_SURPLUS_ASKED;
	place->state = state;
}

static struct an_repl_surplus_place *find(const struct an_repl_surplus *surplus,
                                          const struct an_store_entry *entry)
{
	for (size_t i = 0; i < AN_REPL_SURPLUS_MAX; i++) {
		struct an_repl_surplus_place *place = &surplus->places[i];
		if (place->state != AN_REPL_SURPLUS_FREE && place->change == entry->change &&
		    memcmp(place->name, entry->key, sizeof(place->name)) == 0)
			return place;
	}
	return NULL;
}

static struct an_repl_surplus_place *oldest(const struct an_repl_surplus *surplus,
                                            enum an_repl_surplus_state state)
{
	struct an_repl_surplus_place *found = NULL;
	for (size_t i = 0; i < AN_REPL_SURPLUS_MAX; i++) {
		struct an_repl_surplus_place *place = &surplus->places[i];
		if (place->state == state && (found == NULL || place->since < found->since))
			found = place;
	}
	return found;
}

/* Old proofs give way to questions, and these to nothing: they are answered soon. */
static void put(struct an_repl_surplus *surplus, const struct an_store_entry *entry,
                enum an_repl_surplus_state state, an_time_us now)
{
	struct an_repl_surplus_place *place = find(surplus, entry);
	if (place == NULL)
		place = oldest(surplus, AN_REPL_SURPLUS_FREE);
	if (place == NULL)
		place = oldest(surplus, AN_REPL_SURPLUS_PROVEN);
	if (place == NULL)
		return;
	set_state(surplus, place, state);
	memcpy(place->name, entry->key, sizeof(place->name));
	place->change = entry->change;
	place->since = now;
}

bool an_repl_surplus_ask(struct an_repl_surplus *surplus, const struct an_store_entry *entry,
                         an_time_us now)
{
	if (!make_places(surplus))
		return false;
	const struct an_repl_surplus_place *place = find(surplus, entry);
	if (place != NULL && place->state == AN_REPL_SURPLUS_PROVEN &&
	    now < an_time_after(place->since, surplus->profile->surplus_lifetime))
		return true;
	if (place == NULL || place->state == AN_REPL_SURPLUS_PROVEN)
		put(surplus, entry, AN_REPL_SURPLUS_ASKED, now);
	return false;
}

bool an_repl_surplus_take(struct an_repl_surplus *surplus, uint8_t ret_name[AN_RECORD_NAME_SIZE])
{
	if (surplus->asked == 0)
		return false;
	struct an_repl_surplus_place *place = oldest(surplus, AN_REPL_SURPLUS_ASKED);
	memcpy(ret_name, place->name, sizeof(place->name));
	set_state(surplus, place, AN_REPL_SURPLUS_FREE);
	return true;
}

void an_repl_surplus_note(struct an_repl_surplus *surplus, const struct an_store_entry *entry,
                          size_t holders, an_time_us now)
{
	if (surplus->places != NULL && holders >= AN_REPL_SURPLUS_HOLDERS)
		put(surplus, entry, AN_REPL_SURPLUS_PROVEN, now);
}
