/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kad/lookup.h"

#include "base/memory.h"
#include "kad/bucket.h"

enum {
	ROOM_FIRST = 32,
	DOUBT_FROM = 3, /* dead discoveries before a peer is doubted: one may just have bad luck */
	OVERDUE_SLOW_PEERS = 2,
	LATE_ANSWERS = 4, /* times the slowest one */
};

static struct an_kad_candidate *at(const struct an_kad_lookup *lookup, size_t place)
{
	return &lookup->candidates[lookup->order[place]];
}

/* The place in the order of the first candidate that is not nearer than `distance`. */
static size_t place_of(const struct an_kad_lookup *lookup, const struct an_dht_key *distance)
{
	size_t low = 0, high = lookup->size;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		if (memcmp(at(lookup, middle)->distance.bytes, distance->bytes, AN_DHT_KEY_SIZE) <
		    0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool is_at(const struct an_kad_lookup *lookup, size_t place,
                  const struct an_dht_key *distance)
{
	return place < lookup->size &&
	       memcmp(at(lookup, place)->distance.bytes, distance->bytes, AN_DHT_KEY_SIZE) == 0;
}

static bool is_liar(const struct an_kad_lookup *lookup, int source)
{
	if (source == AN_KAD_SOURCE_OWN)
		return false;
	const struct an_kad_candidate *candidate = &lookup->candidates[source];
	return candidate->dead >= DOUBT_FROM && candidate->dead > candidate->alive;
}

/* Whether a candidate is to be asked only when the others do not suffice. */
static bool is_doubtful(const struct an_kad_lookup *lookup,
                        const struct an_kad_candidate *candidate)
{
	return candidate->standing != AN_KAD_STANDING_GOOD || is_liar(lookup, candidate->source);
}

static bool is_in_flight(const struct an_kad_candidate *candidate)
{
	return candidate->state == AN_KAD_CANDIDATE_ASKED ||
	       candidate->state == AN_KAD_CANDIDATE_SLOW;
}

static bool is_dead(enum an_kad_candidate_state state)
{
	return state == AN_KAD_CANDIDATE_SLOW || state == AN_KAD_CANDIDATE_FAILED;
}

/* Moves a candidate to a state, and keeps the record of who named it. */
static void set_state(struct an_kad_lookup *lookup, struct an_kad_candidate *candidate,
                      enum an_kad_candidate_state state)
{
	if (candidate->source != AN_KAD_SOURCE_OWN) {
		struct an_kad_candidate *source = &lookup->candidates[candidate->source];
		source->dead -= is_dead(candidate->state);
		source->dead += is_dead(state);
		source->alive -= candidate->state == AN_KAD_CANDIDATE_ANSWERED;
		source->alive += state == AN_KAD_CANDIDATE_ANSWERED;
	}
	candidate->state = state;
}

void an_kad_lookup_init(struct an_kad_lookup *lookup, const struct an_profile *profile,
                        struct an_span target, size_t count, an_time_us now)
{
	an_assert(target.size <= sizeof(lookup->target));
	*lookup = (struct an_kad_lookup){
		.profile = profile,
		.key = an_dht_key_of(target),
		.target_size = target.size,
		.count = count,
		.deadline = an_time_after(now, profile->lookup_timeout),
		.hedge = profile->slow_peer,
	};
	memcpy(lookup->target, target.data, target.size);
	an_list_init(&lookup->asks);
}

void an_kad_lookup_set_hedge(struct an_kad_lookup *lookup, an_time_us hedge)
{
	lookup->hedged = true;
	lookup->hedge = an_time_earlier(hedge, lookup->profile->slow_peer);
}

void an_kad_lookup_done(struct an_kad_lookup *lookup)
{
	lookup->candidates = an_free(lookup->candidates);
	lookup->order = an_free(lookup->order);
	lookup->size = lookup->room = 0;
}

static bool grow(struct an_kad_lookup *lookup)
{
	const size_t room = lookup->room > 0 ? lookup->room * 2 : ROOM_FIRST;
	struct an_kad_candidate *candidates = an_realloc(lookup->candidates, room,
	                                                 sizeof(*candidates));
	if (candidates == NULL)
		return false;
	lookup->candidates = candidates;
	uint16_t *order = an_realloc(lookup->order, room, sizeof(*order));
	if (order == NULL)
		return false;
	lookup->order = order;
	lookup->room = room;
	return true;
}

/* The place of the farthest candidate that was not asked yet and lies at `from` or behind it. */
static size_t farthest_new(const struct an_kad_lookup *lookup, size_t from)
{
	for (size_t place = lookup->size; place > from; place--) {
		if (at(lookup, place - 1)->state == AN_KAD_CANDIDATE_NEW)
			return place - 1;
	}
	return lookup->size;
}

/* Makes a free slot for a candidate at `place`: a new one, or that of the farthest which was not
 * asked. Returns its index, or -1 where there is none. */
static int take_slot(struct an_kad_lookup *lookup, size_t place)
{
	if (lookup->size < AN_KAD_LOOKUP_CANDIDATES_MAX) {
		if (lookup->size == lookup->room && !grow(lookup))
			return -1;
		return (int)lookup->size++;
	}
	const size_t farthest = farthest_new(lookup, place);
	if (farthest == lookup->size)
		return -1;
	const int slot = lookup->order[farthest];
	memmove(&lookup->order[farthest], &lookup->order[farthest + 1],
	        (lookup->size - 1 - farthest) * sizeof(lookup->order[0]));
	return slot;
}

static bool adds_endpoints(const struct an_kad_candidate *candidate,
                           const struct an_contact *contact)
{
	struct an_contact merged = candidate->contact;
	an_kad_contact_merge(&merged, contact);
	return merged.endpoint_count > candidate->contact.endpoint_count;
}

/* The best of the new source's addresses comes second: neither of two sources, one of which may
 * lie, can keep the other's address from being tried. */
static void add_endpoints(struct an_kad_candidate *candidate, const struct an_contact *contact)
{
	struct an_contact merged = candidate->contact;
	merged.endpoint_count = merged.endpoint_count > 0 ? 1 : 0;
	an_kad_contact_merge(&merged, contact);
	an_kad_contact_merge(&merged, &candidate->contact);
	candidate->contact = merged;
}

static void add_again(struct an_kad_lookup *lookup, struct an_kad_candidate *candidate,
                      const struct an_contact *contact, int source)
{
	const bool failed = candidate->state == AN_KAD_CANDIDATE_FAILED;
	if (candidate->state != AN_KAD_CANDIDATE_NEW && !failed)
		return;

	const bool more = adds_endpoints(candidate, contact);
	if (more && failed && candidate->tries < AN_KAD_LOOKUP_TRIES_MAX) {
		candidate->contact = *contact;
		set_state(lookup, candidate, AN_KAD_CANDIDATE_NEW);
	}
	if (more && !failed)
		add_endpoints(candidate, contact);
	if (candidate->state == AN_KAD_CANDIDATE_NEW && is_liar(lookup, candidate->source) &&
	    !is_liar(lookup, source))
		candidate->source = source;
}

void an_kad_lookup_add(struct an_kad_lookup *lookup, const struct an_contact *contact, int source,
                       enum an_kad_standing standing)
{
	const struct an_dht_key key = an_peer_id_dht_key(&contact->id);
	const struct an_dht_key distance = an_dht_key_distance(&lookup->key, &key);
	const size_t place = place_of(lookup, &distance);
	if (is_at(lookup, place, &distance)) {
		add_again(lookup, at(lookup, place), contact, source);
		return;
	}
	const size_t before = lookup->size;
	const int slot = take_slot(lookup, place);
	if (slot < 0)
		return;

	/* A slot that was taken from another candidate left a hole at the end of the order. */
	const size_t end = lookup->size > before ? before : lookup->size - 1;
	memmove(&lookup->order[place + 1], &lookup->order[place],
	        (end - place) * sizeof(lookup->order[0]));
	lookup->order[place] = (uint16_t)slot;
	lookup->candidates[slot] = (struct an_kad_candidate){
		.contact = *contact,
		.distance = distance,
		.source = source,
		.hops = source == AN_KAD_SOURCE_OWN ? 1 : lookup->candidates[source].hops + 1,
		.standing = standing,
	};
}

static bool has_free_request(const struct an_kad_lookup *lookup)
{
	size_t asked = 0, slow = 0;
	for (size_t i = 0; i < lookup->size; i++) {
		asked += lookup->candidates[i].state == AN_KAD_CANDIDATE_ASKED;
		slow += lookup->candidates[i].state == AN_KAD_CANDIDATE_SLOW &&
		        !lookup->candidates[i].overdue;
	}
	return asked < lookup->profile->alpha && asked + slow < lookup->profile->k;
}

/* A close group of those that we know tells discovery who is near the target; more of them would say
 * the same. */
static bool is_spared(const struct an_kad_lookup *lookup, const struct an_kad_candidate *candidate,
                      size_t known_asked)
{
	return lookup->discovers && candidate->source == AN_KAD_SOURCE_OWN &&
	       known_asked >= lookup->profile->close_group;
}

/* The nearest candidate to ask: one of the `count` nearest that are neither failed nor slow. Where
 * those of good name are fewer than that, the doubtful ones have their turn. */
static struct an_kad_candidate *choose(const struct an_kad_lookup *lookup)
{
	struct an_kad_candidate *doubtful = NULL;
	size_t counted = 0, known_asked = 0;
	for (size_t place = 0; place < lookup->size && counted < lookup->count; place++) {
		struct an_kad_candidate *candidate = at(lookup, place);
		if (is_dead(candidate->state))
			continue;
		const bool asked = candidate->state != AN_KAD_CANDIDATE_NEW;
		known_asked += asked && candidate->source == AN_KAD_SOURCE_OWN;
		if (asked || is_spared(lookup, candidate, known_asked)) {
			counted++;
			continue;
		}
		if (!is_doubtful(lookup, candidate))
			return candidate;
		if (doubtful == NULL)
			doubtful = candidate;
	}
	return counted < lookup->count ? doubtful : NULL;
}

/* How many answers let a hedged lookup do without those that are late. */
static size_t enough(const struct an_kad_lookup *lookup)
{
	const size_t group = lookup->profile->close_group;
	return lookup->count < group ? lookup->count : group;
}

/* Whether the lookup does without a candidate that is overdue. */
static bool is_spent(const struct an_kad_lookup *lookup, const struct an_kad_candidate *candidate)
{
	return candidate->overdue &&
	       (lookup->hurried || candidate->standing == AN_KAD_STANDING_FAILED);
}

/* Whether somebody among the `count` nearest that have not failed still owes an answer. Where nobody has
 * answered, that may be our own line. */
static bool waits(const struct an_kad_lookup *lookup)
{
	size_t answered = 0, spent = 0;
	for (size_t place = 0; place < lookup->size && answered < lookup->count; place++) {
		const struct an_kad_candidate *candidate = at(lookup, place);
		const bool in_flight = is_in_flight(candidate);
		if (in_flight && !is_spent(lookup, candidate))
			return true;
		spent += in_flight && candidate->standing == AN_KAD_STANDING_GOOD;
		answered += candidate->state == AN_KAD_CANDIDATE_ANSWERED;
	}
	return spent > 0 && answered == 0;
}

/* The farthest of those that were found, when all is answered and somebody may yet be missing. */
static struct an_kad_candidate *choose_edge(const struct an_kad_lookup *lookup)
{
	struct an_kad_candidate *edge = NULL;
	size_t dead = 0, answered = 0;
	if (lookup->edges == AN_KAD_LOOKUP_EDGES_MAX || waits(lookup))
		return NULL;
	for (size_t place = 0; place < lookup->size && answered < lookup->count; place++) {
		struct an_kad_candidate *candidate = at(lookup, place);
		dead += is_dead(candidate->state);
		if (candidate->state != AN_KAD_CANDIDATE_ANSWERED)
			continue;
		answered++;
		edge = candidate->edge ? edge : candidate;
	}
	return lookup->count + dead > lookup->profile->k ? edge : NULL;
}

static void set_want(struct an_kad_want *want, const struct an_kad_candidate *candidate,
                     const uint8_t *target, size_t size)
{
	want->contact = candidate->contact;
	memcpy(want->target, target, size);
	want->target_size = size;
}

static bool next_edge(struct an_kad_lookup *lookup, an_time_us now, struct an_kad_want *want)
{
	struct an_kad_candidate *candidate = choose_edge(lookup);
	if (candidate == NULL)
		return false;
	candidate->edge = candidate->edge_asked = true;
	candidate->asked_at = now;
	lookup->edges++;
	lookup->asked++;
	set_want(want, candidate, candidate->contact.id.bytes, candidate->contact.id.size);
	return true;
}

bool an_kad_lookup_next(struct an_kad_lookup *lookup, an_time_us now, struct an_kad_want *want)
{
	if (lookup->asked == AN_KAD_LOOKUP_REQUESTS_MAX || !has_free_request(lookup))
		return false;
	struct an_kad_candidate *candidate = choose(lookup);
	if (candidate == NULL)
		return next_edge(lookup, now, want);

	set_state(lookup, candidate, AN_KAD_CANDIDATE_ASKED);
	candidate->asked_at = now;
	candidate->late = candidate->overdue = false;
	candidate->tries++;
	lookup->asked++;
	set_want(want, candidate, lookup->target, lookup->target_size);
	return true;
}

int an_kad_lookup_find(const struct an_kad_lookup *lookup, const struct an_peer_id *id)
{
	const struct an_dht_key key = an_peer_id_dht_key(id);
	const struct an_dht_key distance = an_dht_key_distance(&lookup->key, &key);
	const size_t place = place_of(lookup, &distance);
	return is_at(lookup, place, &distance) ? (int)lookup->order[place] : -1;
}

void an_kad_lookup_answered(struct an_kad_lookup *lookup, int index, an_time_us now)
{
	struct an_kad_candidate *candidate = &lookup->candidates[index];
	const an_time_us took = an_time_until(now, candidate->asked_at);
	if (took > lookup->slowest)
		lookup->slowest = took;
	candidate->edge_asked = false;
	set_state(lookup, candidate, AN_KAD_CANDIDATE_ANSWERED);
}

void an_kad_lookup_failed(struct an_kad_lookup *lookup, int candidate)
{
	lookup->candidates[candidate].edge_asked = false;
	if (lookup->candidates[candidate].state != AN_KAD_CANDIDATE_ANSWERED)
		set_state(lookup, &lookup->candidates[candidate], AN_KAD_CANDIDATE_FAILED);
}

static an_time_us slow_at(const struct an_kad_lookup *lookup,
                          const struct an_kad_candidate *candidate)
{
	return an_time_after(candidate->asked_at, lookup->hedge);
}

static an_time_us edge_given_up_at(const struct an_kad_lookup *lookup,
                                   const struct an_kad_candidate *candidate)
{
	return an_time_after(candidate->asked_at, lookup->profile->slow_peer);
}

static an_time_us given_up_at(const struct an_kad_lookup *lookup,
                              const struct an_kad_candidate *candidate)
{
	return an_time_after(candidate->asked_at, lookup->profile->handshake_timeout);
}

/* When it will have been silent for `least`, and long for the answers that came. */
static an_time_us silent_at(const struct an_kad_lookup *lookup,
                            const struct an_kad_candidate *candidate, an_time_us least)
{
	return an_time_after(candidate->asked_at,
	                     an_time_later(LATE_ANSWERS * lookup->slowest, least));
}

static an_time_us late_at(const struct an_kad_lookup *lookup,
                          const struct an_kad_candidate *candidate)
{
	if (!lookup->hedged || candidate->late)
		return AN_TIME_NEVER;
	return silent_at(lookup, candidate, lookup->profile->late_first);
}

static an_time_us overdue_at(const struct an_kad_lookup *lookup,
                             const struct an_kad_candidate *candidate)
{
	const bool matters = lookup->hedged || candidate->standing == AN_KAD_STANDING_FAILED;
	if (!matters || candidate->overdue)
		return AN_TIME_NEVER;
	return silent_at(lookup, candidate, OVERDUE_SLOW_PEERS * lookup->profile->slow_peer);
}

void an_kad_lookup_expire(struct an_kad_lookup *lookup, an_time_us now)
{
	for (size_t i = 0; i < lookup->size; i++) {
		struct an_kad_candidate *candidate = &lookup->candidates[i];
		if (edge_given_up_at(lookup, candidate) <= now)
			candidate->edge_asked = false;
		if (!is_in_flight(candidate))
			continue;
		if (late_at(lookup, candidate) <= now)
			candidate->late = true;
		if (overdue_at(lookup, candidate) <= now)
			candidate->overdue = true;
		if (given_up_at(lookup, candidate) <= now)
			set_state(lookup, candidate, AN_KAD_CANDIDATE_FAILED);
		else if (slow_at(lookup, candidate) <= now)
			set_state(lookup, candidate, AN_KAD_CANDIDATE_SLOW);
	}
}

an_time_us an_kad_lookup_deadline(const struct an_kad_lookup *lookup)
{
	an_time_us deadline = lookup->deadline;
	for (size_t i = 0; i < lookup->size; i++) {
		const struct an_kad_candidate *candidate = &lookup->candidates[i];
		if (candidate->edge_asked)
			deadline = an_time_earlier(deadline, edge_given_up_at(lookup, candidate));
		if (!is_in_flight(candidate))
			continue;
		const bool slow = candidate->state == AN_KAD_CANDIDATE_SLOW;
		deadline = an_time_earlier(deadline, slow ? given_up_at(lookup, candidate)
		                                          : slow_at(lookup, candidate));
		deadline = an_time_earlier(deadline, late_at(lookup, candidate));
		deadline = an_time_earlier(deadline, overdue_at(lookup, candidate));
	}
	return deadline;
}

static bool waits_for_edge(const struct an_kad_lookup *lookup)
{
	for (size_t i = 0; i < lookup->size; i++) {
		if (lookup->candidates[i].edge_asked)
			return true;
	}
	return false;
}

static bool may_ask(const struct an_kad_lookup *lookup)
{
	return lookup->asked < AN_KAD_LOOKUP_REQUESTS_MAX &&
	       (choose(lookup) != NULL || choose_edge(lookup) != NULL);
}

bool an_kad_lookup_ended(const struct an_kad_lookup *lookup, an_time_us now)
{
	return lookup->cancelled || now >= lookup->deadline ||
	       (!may_ask(lookup) && !waits(lookup) && !waits_for_edge(lookup));
}

/* Whether only those are awaited that are late, and, unless they were silent or had failed before, overdue
 * where that is wanted. */
static bool awaits_only(const struct an_kad_lookup *lookup, bool overdue)
{
	size_t answered = 0;
	for (size_t place = 0; place < lookup->size && answered < lookup->count; place++) {
		const struct an_kad_candidate *candidate = at(lookup, place);
		const bool patient = overdue && candidate->standing == AN_KAD_STANDING_GOOD;
		const bool silent = patient ? candidate->overdue : candidate->late;
		if (is_in_flight(candidate) && !silent)
			return false;
		answered += candidate->state == AN_KAD_CANDIDATE_ANSWERED;
	}
	return true;
}

static size_t count_answered(const struct an_kad_lookup *lookup)
{
	size_t answered = 0;
	for (size_t i = 0; i < lookup->size; i++)
		answered += lookup->candidates[i].state == AN_KAD_CANDIDATE_ANSWERED;
	return answered;
}

bool an_kad_lookup_is_early(const struct an_kad_lookup *lookup)
{
	const size_t answered = count_answered(lookup);
	return lookup->hedged && answered > 0 && choose(lookup) == NULL &&
	       awaits_only(lookup, answered < enough(lookup));
}

bool an_kad_lookup_is_silent(const struct an_kad_lookup *lookup, size_t candidate)
{
	return lookup->candidates[candidate].state == AN_KAD_CANDIDATE_SLOW &&
	       (!lookup->hedged || lookup->candidates[candidate].late);
}

size_t an_kad_lookup_found(const struct an_kad_lookup *lookup, struct an_contact *contacts)
{
	size_t count = 0;
	for (size_t place = 0; place < lookup->size && count < lookup->count; place++) {
		if (at(lookup, place)->state == AN_KAD_CANDIDATE_ANSWERED)
			contacts[count++] = at(lookup, place)->contact;
	}
	return count;
}

static size_t hops_of(const struct an_kad_lookup *lookup)
{
	size_t count = 0, hops = 0;
	for (size_t place = 0; place < lookup->size && count < lookup->count; place++) {
		const struct an_kad_candidate *candidate = at(lookup, place);
		if (candidate->state != AN_KAD_CANDIDATE_ANSWERED)
			continue;
		count++;
		hops = candidate->hops > hops ? candidate->hops : hops;
	}
	return hops;
}

static an_status status_of(const struct an_kad_lookup *lookup, size_t found, an_time_us now)
{
	if (lookup->cancelled)
		return AUTONOMI_E_CANCELLED;
	if (now >= lookup->deadline)
		return AUTONOMI_E_TIMEOUT;
	if (found == 0)
		return AUTONOMI_E_NO_PEERS;
	/* Out of requests with a nearer peer untried: what was found may not be the nearest. */
	return choose(lookup) != NULL ? AUTONOMI_E_TIMEOUT : AUTONOMI_OK;
}

void an_kad_lookup_result(const struct an_kad_lookup *lookup, an_time_us now,
                          struct an_contact *contacts, struct an_kad_result *ret_result)
{
	const size_t count = an_kad_lookup_found(lookup, contacts);
	*ret_result = (struct an_kad_result){
		.status = status_of(lookup, count, now),
		.count = count,
		.contacts = contacts,
		.asked = lookup->asked,
		.hops = hops_of(lookup),
	};
}
