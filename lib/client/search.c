/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client/search.h"

#include <string.h>

#include "kad/placement.h"

#define JOINING          AN_SECONDS(10)
#define REPEAT_WAIT      AN_MS(10)
#define REPEAT_WAIT_MOST AN_MS(500)

void an_client_search_init(struct an_client_search *search, struct an_client *client,
                           const uint8_t name[AN_RECORD_NAME_SIZE],
                           void (*done)(struct an_client_search *search, an_status status))
{
	*search = (struct an_client_search){.client = client, .done = done};
	memcpy(search->name, name, sizeof(search->name));
}

static size_t next_width(const struct an_client_search *search)
{
	const struct an_profile *profile = search->client->profile;
	const size_t keepers = an_placement_width(profile, AN_PLACEMENT_KEEPER);
	return search->width < keepers ? keepers : profile->k;
}

bool an_client_search_can_widen(const struct an_client_search *search)
{
	return search->halved || search->width < next_width(search);
}

bool an_client_search_has_all(const struct an_client_search *search)
{
	return search->halved ? search->width == search->client->profile->k
	                      : search->count < search->width;
}

static bool is_known(const struct an_client_search *search, const struct an_contact *contact)
{
	for (size_t i = 0; i < search->known; i++) {
		if (an_peer_id_equal(&search->found[i].id, &contact->id))
			return true;
	}
	return false;
}

static an_status look_up(struct an_client_search *search);

static void repeat(struct an_client_timer *timer)
{
	struct an_client_search *search = an_container_of(timer, struct an_client_search, timer);
	const an_status status = look_up(search);
	if (status == AUTONOMI_OK)
		return;
	search->running = false;
	search->done(search, status);
}

/* Whether the network may just not be joined yet: then the lookup is repeated after a while. */
static bool repeat_later(struct an_client_search *search)
{
	struct an_client *client = search->client;
	const an_time_us now = an_client_now(client);
	if (client->knows_peers || now > an_time_after(client->first_lookup, JOINING))
		return false;
	search->timer.fire = repeat;
	const an_time_us wait = an_client_backoff(client, REPEAT_WAIT, search->repeats++,
	                                          REPEAT_WAIT_MOST);
	an_client_set_timer(client, &search->timer, an_time_after(now, wait));
	return true;
}

static void add(struct an_client_search *search, const struct an_contact *contacts, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (search->known < AN_CLIENT_FOUND_MAX && !is_known(search, &contacts[i]))
			search->found[search->known++] = contacts[i];
	}
	search->client->knows_peers = search->client->knows_peers || search->known > 0;
}

static void tell(struct an_client_search *search, an_status status)
{
	search->running = false;
	search->count = search->known;
	search->done(search, status);
}

static void found_early(void *context, an_status status, const struct an_contact *contacts,
                        size_t count)
{
	struct an_client_search *search = context;
	search->halved = search->was_halved = true;
	add(search, contacts, count);
	tell(search, status);
}

static void tell_rest(struct an_client_timer *timer)
{
	struct an_client_search *search = an_container_of(timer, struct an_client_search, timer);
	search->halved = false;
	tell(search, search->rest);
}

static void found(void *context, an_status status, const struct an_contact *contacts, size_t count)
{
	struct an_client_search *search = context;
	search->lookup = 0;
	search->rest = status;
	if (status == AUTONOMI_OK)
		add(search, contacts, count);
	if ((status == AUTONOMI_E_NO_PEERS || status == AUTONOMI_OK) && search->known == 0 &&
	    repeat_later(search))
		return;
	if (search->running)
		tell_rest(&search->timer);
}

static an_status look_up(struct an_client_search *search)
{
	const struct an_client_network *network = &search->client->network;
	const struct an_client_lookup lookup = {
		.name = an_span(search->name, sizeof(search->name)),
		.count = search->width,
		.hurried = search->width < search->client->profile->k,
		.early = found_early,
		.found = found,
		.context = search,
	};
	const an_status status = network->closest(network->context, &lookup, &search->lookup);
	if (status == AUTONOMI_OK)
		return AUTONOMI_OK;
	search->lookup = 0;
	return status == AUTONOMI_E_NO_PEERS && repeat_later(search) ? AUTONOMI_OK : status;
}

static void await_rest(struct an_client_search *search)
{
	search->running = true;
	search->timer.fire = tell_rest;
	if (search->lookup == 0)
		an_client_set_timer(search->client, &search->timer, 0);
}

an_status an_client_search_widen(struct an_client_search *search)
{
	struct an_client *client = search->client;
	if (search->halved) {
		await_rest(search);
		return AUTONOMI_OK;
	}
	const size_t width = search->width;
	if (client->first_lookup == 0)
		client->first_lookup = an_client_now(client);
	search->width = next_width(search);
	const an_status status = look_up(search);
	search->running = status == AUTONOMI_OK;
	if (!search->running)
		search->width = width;
	return status;
}

void an_client_search_stop(struct an_client_search *search)
{
	const struct an_client_network *network = &search->client->network;
	if (search->lookup != 0)
		network->cancel(network->context, search->lookup);
	an_client_set_timer(search->client, &search->timer, AN_TIME_NEVER);
	search->lookup = 0;
	search->running = search->halved = false;
}
