/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client/search.h"

#include <string.h>

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
	return search->width < profile->replication ? profile->replication : profile->k;
}

bool an_client_search_can_widen(const struct an_client_search *search)
{
	return search->width < next_width(search);
}

static bool is_known(const struct an_client_search *search, const struct an_contact *contact)
{
	for (size_t i = 0; i < search->count; i++) {
		if (an_peer_id_equal(&search->found[i].id, &contact->id))
			return true;
	}
	return false;
}

static void found(void *context, an_status status, const struct an_contact *contacts, size_t count)
{
	struct an_client_search *search = context;
	search->lookup = 0;
	for (size_t i = 0; status == AUTONOMI_OK && i < count; i++) {
		if (search->count < AN_CLIENT_FOUND_MAX && !is_known(search, &contacts[i]))
			search->found[search->count++] = contacts[i];
	}
	search->done(search, status);
}

an_status an_client_search_widen(struct an_client_search *search)
{
	const struct an_client_network *network = &search->client->network;
	const size_t width = next_width(search);
	const an_status status = network->closest(network->context,
	                                          an_span(search->name, sizeof(search->name)),
	                                          width, found, search, &search->lookup);
	if (status == AUTONOMI_OK)
		search->width = width;
	else
		search->lookup = 0;
	return status;
}

void an_client_search_stop(struct an_client_search *search)
{
	const struct an_client_network *network = &search->client->network;
	if (search->lookup != 0)
		network->cancel(network->context, search->lookup);
	search->lookup = 0;
}
