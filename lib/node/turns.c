/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "node/turns.h"

#include "base/memory.h"

struct an_turns_peer {
	struct an_map_entry entry;
	struct an_list link;  /* in `waiting` of all */
	struct an_list turns; /* that wait */
	struct an_peer_id id;
	size_t cost; /* of what is under way */
	size_t running;
};

void an_turns_init(struct an_turns *turns, const uint64_t seed[2])
{
	*turns = (struct an_turns){0};
	an_map_init(&turns->peers, seed);
	an_list_init(&turns->waiting);
}

void an_turns_done(struct an_turns *turns)
{
	for (struct an_map_entry *entry; (entry = an_map_first(&turns->peers)) != NULL;) {
		an_map_remove(&turns->peers, entry);
		an_free(an_container_of(entry, struct an_turns_peer, entry));
	}
	an_map_done(&turns->peers);
}

static struct an_turns_peer *peer_of(struct an_turns *turns, const struct an_peer_id *id)
{
	struct an_map_entry *entry = an_map_find(&turns->peers, an_peer_id_span(id));
	if (entry != NULL)
		return an_container_of(entry, struct an_turns_peer, entry);
	struct an_turns_peer *peer = an_calloc(1, sizeof(*peer));
	if (peer == NULL)
		return NULL;
	peer->id = *id;
	an_list_init(&peer->turns);
	if (an_map_insert(&turns->peers, &peer->entry, an_peer_id_span(&peer->id)) != AUTONOMI_OK)
		return an_free(peer);
	return peer;
}

/* A peer is in the list exactly while it has a waiting turn that its own share allows. */
static void line_up(struct an_turns *turns, struct an_turns_peer *peer)
{
	const bool may = !an_list_empty(&peer->turns) && peer->cost < AN_TURNS_COST_PER_PEER;
	if (may && !an_list_linked(&peer->link))
		an_list_append(&turns->waiting, &peer->link);
}

static void begin_first_of(struct an_turns *turns, struct an_turns_peer *peer)
{
	struct an_list *first = an_list_take(&peer->turns);
	if (first == NULL)
		return; /* which line_up rules out */
	struct an_turn *turn = an_container_of(first, struct an_turn, link);
	peer->cost += turn->cost;
	turns->cost += turn->cost;
	peer->running++;
	line_up(turns, peer);
	turn->begin(turn);
}

static void begin_those_that_may(struct an_turns *turns)
{
	if (turns->beginning)
		return;
	turns->beginning = true;
	while (turns->cost < AN_TURNS_COST_MAX) {
		struct an_list *next = an_list_take(&turns->waiting);
		if (next == NULL)
			break;
		begin_first_of(turns, an_container_of(next, struct an_turns_peer, link));
	}
	turns->beginning = false;
}

an_status an_turns_ask(struct an_turns *turns, const struct an_peer_id *id, size_t cost,
                       void (*begin)(struct an_turn *turn), struct an_turn *turn)
{
	struct an_turns_peer *peer = peer_of(turns, id);
	if (peer == NULL)
		return AUTONOMI_E_NO_MEMORY;
	*turn = (struct an_turn){.peer = peer, .cost = cost, .begin = begin};
	an_list_append(&peer->turns, &turn->link);
	line_up(turns, peer);
	begin_those_that_may(turns);
	return AUTONOMI_OK;
}

void an_turns_end(struct an_turns *turns, struct an_turn *turn)
{
	struct an_turns_peer *peer = turn->peer;
	peer->cost -= turn->cost;
	turns->cost -= turn->cost;
	peer->running--;
	line_up(turns, peer);
	if (peer->running == 0 && an_list_empty(&peer->turns)) {
		an_map_remove(&turns->peers, &peer->entry);
		an_free(peer);
	}
	begin_those_that_may(turns);
}
