/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a lookup finds, against what there is. */
#include "ident/peer_id.h"
#include "sim/liar.h"

enum { WANTED = 5, LOOKUP_SECONDS = 300 };

static bool can_be_found(const struct an_sim_node *node)
{
	return node->state == AN_SIM_NODE_UP && !node->is_client;
}

/* How many nodes are nearer to the target than this one. */
static size_t rank_of(const struct an_sim_fleet *fleet, const struct an_dht_key *target,
                      const struct an_dht_key *key)
{
	size_t nearer = 0;
	for (size_t i = 0; i < fleet->count; i++)
		nearer += can_be_found(fleet->nodes[i]) &&
		          an_dht_key_compare(target, &fleet->nodes[i]->dht_key, key) < 0;
	return nearer;
}

size_t an_sim_node_rank(const struct an_sim_node *node, const uint8_t name[AUTONOMI_ADDRESS_SIZE])
{
	const struct an_dht_key target = an_dht_key_of(an_span(name, AUTONOMI_ADDRESS_SIZE));
	return can_be_found(node) ? rank_of(node->fleet, &target, &node->dht_key) : SIZE_MAX;
}

struct place {
	struct an_dht_key key;
	const struct an_sim_node *node; /* NULL: a hostile peer's */
};

/* Puts it among the nearest that are known, nearest first; returns how many these are then. */
static size_t rank(struct place places[WANTED], size_t count, const struct an_dht_key *target,
                   const struct place *place)
{
	size_t at = count;
	for (; at > 0 && an_dht_key_compare(target, &place->key, &places[at - 1].key) < 0; at--)
		if (at < WANTED)
			places[at] = places[at - 1];
	if (at < WANTED)
		places[at] = *place;
	return count < WANTED ? count + 1 : WANTED;
}

size_t an_sim_record_copies_missing(const struct an_sim_fleet *fleet,
                                    const struct an_sim_record *record)
{
	const struct an_dht_key target = an_dht_key_of(
		an_span(record->address, sizeof(record->address)));
	struct place places[WANTED];
	size_t count = 0, missing = 0;
	for (size_t i = 0; i < fleet->count; i++)
		if (can_be_found(fleet->nodes[i]))
			count = rank(places, count, &target,
			             &(struct place){fleet->nodes[i]->dht_key, fleet->nodes[i]});
	for (size_t i = 0; i < fleet->liars; i++)
		count = rank(places, count, &target,
		             &(struct place){an_sim_liar_key(fleet, i), NULL});
	for (size_t i = 0; record->is_stored && i < count; i++)
		missing += places[i].node != NULL &&
		           !an_sim_node_has_record(places[i].node, record);
	return missing;
}

/* Whether the node itself or one of the nearest to it must hold the record. */
static bool sees_holder(const struct an_sim_node *node, const struct an_sim_record *record,
                        size_t around)
{
	const struct an_sim_fleet *fleet = node->fleet;
	for (size_t i = 0; i < fleet->count; i++) {
		const struct an_sim_node *other = fleet->nodes[i];
		/* A node is the nearest to itself. */
		if (an_sim_node_rank(other, record->address) < WANTED &&
		    rank_of(fleet, &node->dht_key, &other->dht_key) <= around)
			return true;
	}
	return false;
}

struct an_sim_node *an_sim_node_far_from(const struct an_sim_fleet *fleet,
                                         const struct an_sim_record *record, size_t around)
{
	const size_t first = (size_t)an_random_below(an_sim_world_random(fleet->world),
	                                             fleet->count);
	for (size_t i = 0; i < fleet->count; i++) {
		struct an_sim_node *node = fleet->nodes[(first + i) % fleet->count];
		if (can_be_found(node) && !sees_holder(node, record, around))
			return node;
	}
	return NULL;
}

static bool expect_peer(struct an_sim_fleet *fleet, const struct an_dht_key *target,
                        const autonomi_event *event, size_t place)
{
	autonomi_peer_view peer;
	struct an_peer_id id;
	if (!an_sim_expect(fleet,
	                   autonomi_event_peer(event, place, &peer, sizeof(peer)) == AUTONOMI_OK,
	                   "a lookup found only %zu peers", autonomi_event_peer_count(event)))
		return false;
	an_peer_id_from_text(&id, an_span_text(peer.id));
	const struct an_dht_key key = an_peer_id_dht_key(&id);
	return an_sim_expect(fleet, rank_of(fleet, target, &key) == place,
	                     "a lookup's peer %zu is %zu in truth", place,
	                     rank_of(fleet, target, &key));
}

static bool expect_lookup(struct an_sim_node *client)
{
	struct an_sim_fleet *fleet = client->fleet;
	uint8_t name[AUTONOMI_ADDRESS_SIZE];
	an_random_fill(an_sim_world_random(fleet->world), name, sizeof(name));
	const struct an_dht_key target = an_dht_key_of(an_span(name, sizeof(name)));
	struct an_sim_operation *lookup = an_sim_operation_new(client);
	const autonomi_status status = autonomi_dht_find_closest(autonomi_node_dht(client->node),
	                                                         name, sizeof(name), WANTED,
	                                                         lookup->tag, NULL);
	const autonomi_event *event = an_sim_operation_end(lookup, status, "a lookup",
	                                                   AN_SECONDS(LOOKUP_SECONDS));
	if (event == NULL)
		return false;
	const size_t up = an_sim_fleet_up(fleet);
	for (size_t place = 0; place < WANTED && place < up; place++)
		if (!expect_peer(fleet, &target, event, place))
			return false;
	return true;
}

bool an_sim_fleet_expect_closest(struct an_sim_node *client, size_t count)
{
	bool found = true;
	for (size_t i = 0; i < count && found; i++)
		found = expect_lookup(client);
	return an_sim_fleet_settle(client->fleet, AN_SECONDS(LOOKUP_SECONDS)) && found;
}
