/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kad/asks.h"

#include "base/assert.h"
#include "base/memory.h"

static struct an_kad_ask *ask_of(struct an_map_entry *entry)
{
	return an_container_of(entry, struct an_kad_ask, entry);
}

void an_kad_asks_init(struct an_kad_asks *asks, const uint64_t map_seed[2])
{
	*asks = (struct an_kad_asks){0};
	an_map_init(&asks->by_token, map_seed);
	an_heap_init(&asks->timers);
}

void an_kad_asks_done(struct an_kad_asks *asks)
{
	struct an_map_entry *entry;
	while ((entry = an_map_first(&asks->by_token)) != NULL)
		an_kad_asks_end(asks, ask_of(entry));
	an_map_done(&asks->by_token);
}

bool an_kad_asks_prepare(struct an_kad_asks *asks)
{
	if (asks->spare != NULL)
		return true;
	struct an_kad_ask *ask = an_calloc(1, sizeof(*ask));
	if (ask == NULL)
		return false;
	ask->token = ++asks->last_token;
	const struct an_span key = an_span(&ask->token, sizeof(ask->token));
	if (an_map_insert(&asks->by_token, &ask->entry, key) != AUTONOMI_OK) {
		an_free(ask);
		return false;
	}
	asks->spare = ask;
	return true;
}

struct an_kad_ask *an_kad_asks_take(struct an_kad_asks *asks, an_time_us deadline)
{
	struct an_kad_ask *ask = asks->spare;
	an_assert(ask != NULL);
	asks->spare = NULL;
	an_heap_set(&asks->timers, &ask->timer, deadline);
	return ask;
}

struct an_kad_ask *an_kad_asks_find(const struct an_kad_asks *asks, uint64_t token)
{
	struct an_map_entry *entry = an_map_find(&asks->by_token, an_span(&token, sizeof(token)));
	struct an_kad_ask *ask = entry != NULL ? ask_of(entry) : NULL;
	return ask != asks->spare ? ask : NULL;
}

struct an_kad_ask *an_kad_asks_take_due(struct an_kad_asks *asks, an_time_us now)
{
	struct an_heap_node *timer = an_heap_take_due(&asks->timers, now);
	return timer != NULL ? an_container_of(timer, struct an_kad_ask, timer) : NULL;
}

void an_kad_asks_end(struct an_kad_asks *asks, struct an_kad_ask *ask)
{
	an_map_remove(&asks->by_token, &ask->entry);
	an_heap_remove(&asks->timers, &ask->timer);
	an_list_remove(&ask->link);
	an_free(ask);
}
