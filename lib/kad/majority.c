/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kad/majority.h"

#include "base/assert.h"
#include "base/memory.h"
#include "kad/routable.h"

enum {
	PEERS_MAX = AN_KAD_MAJORITY_MAX * (1 + AN_KAD_MAJORITY_NAMED),
	PEERS_FIRST = 32,
};

enum state {
	STATE_IDLE,
	STATE_OPEN,     /* a candidate is asked whom it knows, anybody else to prove itself */
	STATE_ANSWERED, /* it did */
	STATE_FAILED,
};

struct peer {
	struct an_contact contact;
	struct an_dht_key key;
	bool is_candidate; /* the first ones are, nearest first or not */
	enum state state;
	size_t known_by; /* candidates that know it, itself included */
	size_t named_by; /* the last one who named it, and 1 */
};

struct an_kad_majority {
	struct an_kad_majority_config config;
	size_t candidates, next, open;
	struct peer *peers; /* the candidates, then those that they named */
	size_t count, capacity;
};

/* ---- Peers. */

static struct peer *find(const struct an_kad_majority *majority, const struct an_peer_id *id)
{
	for (size_t i = 0; i < majority->count; i++) {
		if (an_peer_id_equal(&majority->peers[i].contact.id, id))
			return &majority->peers[i];
	}
	return NULL;
}

static an_status grow(struct an_kad_majority *majority)
{
	const size_t capacity = majority->capacity > 0 ? majority->capacity * 2 : PEERS_FIRST;
	struct peer *peers = an_realloc(majority->peers, capacity, sizeof(*peers));
	if (peers == NULL)
		return AUTONOMI_E_NO_MEMORY;
	majority->peers = peers;
	majority->capacity = capacity;
	return AUTONOMI_OK;
}

/* NULL: without memory, or there are as many as honest candidates can name. */
static struct peer *add(struct an_kad_majority *majority, const struct an_contact *contact)
{
	if (majority->count == PEERS_MAX ||
	    (majority->count == majority->capacity && grow(majority) != AUTONOMI_OK))
		return NULL;
	struct peer *peer = &majority->peers[majority->count++];
	*peer = (struct peer){.contact = *contact, .key = an_peer_id_dht_key(&contact->id)};
	return peer;
}

static bool is_self(const struct an_kad_majority *majority, const struct an_peer_id *id)
{
	return an_peer_id_equal(&majority->config.self, id);
}

an_status an_kad_majority_new(const struct an_kad_majority_config *config,
                              const struct an_contact *candidates, size_t count,
                              struct an_kad_majority **ret_majority)
{
	if (config->wanted == 0 || config->wanted > AN_KAD_MAJORITY_MAX)
		return AUTONOMI_E_INVALID;
	struct an_kad_majority *majority = an_calloc(1, sizeof(*majority));
	if (majority == NULL)
		return AUTONOMI_E_NO_MEMORY;
	majority->config = *config;
	for (size_t i = 0; i < count && majority->count < AN_KAD_MAJORITY_MAX; i++) {
		if (is_self(majority, &candidates[i].id) ||
		    find(majority, &candidates[i].id) != NULL)
			continue;
		struct peer *peer = add(majority, &candidates[i]);
		if (peer == NULL) {
			an_kad_majority_free(majority);
			return AUTONOMI_E_NO_MEMORY;
		}
		peer->is_candidate = true;
	}
	majority->candidates = majority->count;
	*ret_majority = majority;
	return AUTONOMI_OK;
}

struct an_kad_majority *an_kad_majority_free(struct an_kad_majority *majority)
{
	if (majority != NULL)
		an_free(majority->peers);
	return an_free(majority);
}

/* ---- Who is popular, and who is nearest. */

static bool is_popular(const struct an_kad_majority *majority, const struct peer *peer)
{
	const size_t whole = majority->config.client ? majority->config.wanted
	                                             : majority->candidates;
	return peer->known_by > whole / 2;
}

static bool is_nearer(const struct an_kad_majority *majority, const struct peer *a,
                      const struct peer *b)
{
	return b == NULL || an_dht_key_compare(&majority->config.target, &a->key, &b->key) < 0;
}

typedef bool predicate(const struct an_kad_majority *majority, const struct peer *peer);

/* The nearest of those behind `after` (NULL: of all) of whom it holds, or NULL. */
static struct peer *nearest(const struct an_kad_majority *majority, predicate *holds,
                            const struct peer *after)
{
	struct peer *best = NULL;
	for (size_t i = 0; i < majority->count; i++) {
		struct peer *peer = &majority->peers[i];
		if ((after == NULL || is_nearer(majority, after, peer)) &&
		    is_nearer(majority, peer, best) && holds(majority, peer))
			best = peer;
	}
	return best;
}

static bool is_popular_candidate(const struct an_kad_majority *majority, const struct peer *peer)
{
	return peer->is_candidate && is_popular(majority, peer);
}

static bool is_missed(const struct an_kad_majority *majority, const struct peer *peer)
{
	return !peer->is_candidate && is_popular(majority, peer) &&
	       peer->contact.endpoint_count > 0 && peer->state == STATE_IDLE;
}

static bool was_proven(const struct an_kad_majority *majority, const struct peer *peer)
{
	(void)majority;
	return !peer->is_candidate && peer->state == STATE_ANSWERED;
}

static size_t count_of(const struct an_kad_majority *majority, predicate *holds)
{
	size_t count = 0;
	for (size_t i = 0; i < majority->count; i++)
		count += holds(majority, &majority->peers[i]);
	return count;
}

/* ---- Asking. */

static bool next_candidate(struct an_kad_majority *majority, struct an_kad_majority_want *ret_want)
{
	if (majority->next == majority->candidates)
		return false;
	const size_t at = majority->next++;
	majority->peers[at].state = STATE_OPEN;
	*ret_want = (struct an_kad_majority_want){
		.type = AN_KAD_MAJORITY_ASK,
		.peer = at,
		.contact = majority->peers[at].contact,
		.count = majority->config.wanted + AN_KAD_MAJORITY_EXTRA,
	};
	majority->open++;
	return true;
}

/* All candidates have ended: as many others as are missing prove that they live. */
static bool next_missed(struct an_kad_majority *majority, struct an_kad_majority_want *ret_want)
{
	const size_t there = count_of(majority, is_popular_candidate) +
	                     count_of(majority, was_proven) + majority->open;
	struct peer *peer = there < majority->config.wanted ? nearest(majority, is_missed, NULL)
	                                                    : NULL;
	if (peer == NULL)
		return false;
	peer->state = STATE_OPEN;
	*ret_want = (struct an_kad_majority_want){
		.type = AN_KAD_MAJORITY_PROVE,
		.peer = (size_t)(peer - majority->peers),
		.contact = peer->contact,
	};
	majority->open++;
	return true;
}

static bool is_asking(const struct an_kad_majority *majority)
{
	for (size_t i = 0; i < majority->candidates; i++) {
		if (majority->peers[i].state == STATE_IDLE ||
		    majority->peers[i].state == STATE_OPEN)
			return true;
	}
	return false;
}

bool an_kad_majority_next(struct an_kad_majority *majority, struct an_kad_majority_want *ret_want)
{
	return next_candidate(majority, ret_want) ||
	       (!is_asking(majority) && next_missed(majority, ret_want));
}

static struct peer *end(struct an_kad_majority *majority, size_t at, enum state state)
{
	struct peer *peer = &majority->peers[at];
	an_assert(at < majority->count && majority->open > 0);
	majority->open--;
	peer->state = state;
	return peer;
}

static void name(struct an_kad_majority *majority, size_t by, const struct an_contact *contact)
{
	struct an_contact usable = *contact;
	if (!an_kad_peer_id_valid(&contact->id) || is_self(majority, &contact->id))
		return;
	if (!an_kad_contact_routable(&usable, majority->config.private_addresses))
		usable.endpoint_count = 0;
	struct peer *peer = find(majority, &contact->id);
	if (peer == NULL)
		peer = add(majority, &usable);
	if (peer == NULL || peer->named_by == by + 1)
		return;
	peer->named_by = by + 1;
	peer->known_by++;
}

void an_kad_majority_named(struct an_kad_majority *majority, size_t peer,
                           const struct an_contact *contacts, size_t count)
{
	struct peer *by = end(majority, peer, STATE_ANSWERED);
	by->known_by += by->named_by != peer + 1;
	by->named_by = peer + 1; /* it does not count twice where it names itself */
	for (size_t i = 0; i < count && i < AN_KAD_MAJORITY_NAMED; i++)
		name(majority, peer, &contacts[i]);
}

void an_kad_majority_proven(struct an_kad_majority *majority, size_t peer)
{
	end(majority, peer, STATE_ANSWERED);
}

void an_kad_majority_failed(struct an_kad_majority *majority, size_t peer)
{
	end(majority, peer, STATE_FAILED);
}

bool an_kad_majority_done(const struct an_kad_majority *majority)
{
	return majority->open == 0 && !is_asking(majority) &&
	       (nearest(majority, is_missed, NULL) == NULL ||
	        count_of(majority, is_popular_candidate) + count_of(majority, was_proven) >=
	                majority->config.wanted);
}

/* ---- The result. */

struct choice {
	const struct an_kad_majority *majority;
	const struct peer *peers[AN_KAD_MAJORITY_MAX];
	size_t count;
};

static void choose(struct choice *choice, const struct peer *peer)
{
	for (size_t i = 0; i < choice->count; i++) {
		if (choice->peers[i] == peer)
			return;
	}
	if (choice->count < choice->majority->config.wanted)
		choice->peers[choice->count++] = peer;
}

static void choose_all(struct choice *choice, predicate *holds, const struct peer *after)
{
	const struct an_kad_majority *majority = choice->majority;
	for (const struct peer *peer = nearest(majority, holds, after); peer != NULL;
	     peer = nearest(majority, holds, peer))
		choose(choice, peer);
}

static bool is_any_candidate(const struct an_kad_majority *majority, const struct peer *peer)
{
	(void)majority;
	return peer->is_candidate;
}

static const struct peer *farthest_popular(const struct an_kad_majority *majority)
{
	const struct peer *farthest = NULL;
	for (size_t i = 0; i < majority->count; i++) {
		const struct peer *peer = &majority->peers[i];
		if (is_popular(majority, peer) &&
		    (farthest == NULL || is_nearer(majority, farthest, peer)))
			farthest = peer;
	}
	return farthest;
}

static void sort(struct choice *choice)
{
	for (size_t i = 1; i < choice->count; i++) {
		const struct peer *peer = choice->peers[i];
		size_t at = i;
		for (; at > 0 && is_nearer(choice->majority, peer, choice->peers[at - 1]); at--)
			choice->peers[at] = choice->peers[at - 1];
		choice->peers[at] = peer;
	}
}

size_t an_kad_majority_result(const struct an_kad_majority *majority,
                              struct an_contact contacts[AN_KAD_MAJORITY_MAX])
{
	struct choice choice = {.majority = majority};
	const struct peer *farthest = farthest_popular(majority);
	choose_all(&choice, is_popular_candidate, NULL);
	choose_all(&choice, was_proven, NULL);
	if (farthest != NULL)
		choose_all(&choice, is_any_candidate, farthest);
	choose_all(&choice, is_any_candidate, NULL);
	sort(&choice);
	for (size_t i = 0; i < choice.count; i++)
		contacts[i] = choice.peers[i]->contact;
	return choice.count;
}
