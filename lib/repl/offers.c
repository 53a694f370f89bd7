/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "repl/offers.h"

#include "base/memory.h"

#define REST AN_SECONDS(1)

enum { RESTS_THAT_GROW = 5 };

static struct an_repl_offer *offer_of(struct an_map_entry *entry)
{
	return an_container_of(entry, struct an_repl_offer, by_content);
}

static struct an_span span_of(const struct an_repl_content *content)
{
	return an_span((const uint8_t *)content, sizeof(*content));
}

/* ---- Reporters. */

static int find_reporter(const struct an_repl_offers *offers, const struct an_peer_id *id)
{
	for (int i = 0; i < AN_REPL_REPORTERS_MAX; i++) {
		if (an_peer_id_equal(&offers->reporters[i].id, id))
			return i;
	}
	return -1;
}

/* Nobody needs its place. One of whom we hold no offer, but that is muted, does. */
static bool is_idle(const struct an_repl_reporter *reporter, an_time_us now)
{
	return reporter->offers == 0 && reporter->fetches == 0 && reporter->muted_until <= now;
}

static int free_reporter(const struct an_repl_offers *offers, an_time_us now)
{
	for (int i = 0; i < AN_REPL_REPORTERS_MAX; i++) {
		if (is_idle(&offers->reporters[i], now))
			return i;
	}
	return -1;
}

static bool has_room_for_stranger(const struct an_repl_offers *offers, an_time_us now)
{
	size_t strangers = 0;
	for (int i = 0; i < AN_REPL_REPORTERS_MAX; i++)
		strangers += offers->reporters[i].is_stranger &&
		             !is_idle(&offers->reporters[i], now);
	return strangers < AN_REPL_STRANGERS_MAX;
}

static int reporter_of(struct an_repl_offers *offers, const struct an_contact *contact,
                       bool is_stranger, an_time_us now)
{
	int at = find_reporter(offers, &contact->id);
	const bool comes = at < 0 || is_idle(&offers->reporters[at], now);
	if (is_stranger && comes && !has_room_for_stranger(offers, now))
		return -1;
	if (at < 0 && (at = free_reporter(offers, now)) >= 0)
		offers->reporters[at] = (struct an_repl_reporter){.id = contact->id};
	if (at >= 0) {
		offers->reporters[at].remote = contact->endpoints[0];
		offers->reporters[at].is_stranger = is_stranger;
	}
	return at;
}

static bool reports(const struct an_repl_offer *offer, uint8_t reporter)
{
	for (size_t i = 0; i < offer->reporter_count; i++) {
		if (offer->reporters[i] == reporter)
			return true;
	}
	return false;
}

static void remove_reporter(struct an_repl_offers *offers, struct an_repl_offer *offer,
                            uint8_t reporter)
{
	for (uint8_t i = 0; i < offer->reporter_count; i++) {
		if (offer->reporters[i] != reporter)
			continue;
		offer->reporters[i] = offer->reporters[--offer->reporter_count];
		offers->reporters[reporter].offers--;
		return;
	}
}

/* Strangers give way, so that they cannot keep those out who will have the record. */
static void make_place(struct an_repl_offers *offers, struct an_repl_offer *offer)
{
	for (uint8_t i = 0; i < offer->reporter_count; i++) {
		if (offers->reporters[offer->reporters[i]].is_stranger) {
			remove_reporter(offers, offer, offer->reporters[i]);
			return;
		}
	}
}

static void add_reporter(struct an_repl_offers *offers, struct an_repl_offer *offer,
                         uint8_t reporter)
{
	if (offer->reporter_count == AN_REPL_OFFER_REPORTERS &&
	    !offers->reporters[reporter].is_stranger)
		make_place(offers, offer);
	if (offer->reporter_count == AN_REPL_OFFER_REPORTERS)
		return;
	offer->reporters[offer->reporter_count++] = reporter;
	offers->reporters[reporter].offers++;
}

/* ---- States. */

/* The nearer, the earlier: the first bytes of the distance tell it well enough. */
static uint64_t urgency(const struct an_repl_offers *offers, const struct an_repl_offer *offer)
{
	const struct an_dht_key distance = an_dht_key_distance(&offers->self, &offer->dht_key);
	uint64_t high = 0;
	for (size_t i = 0; i < sizeof(high); i++)
		high = high << 8 | distance.bytes[i];
	return high == AN_TIME_NEVER ? high - 1 : high;
}

static void set_state(struct an_repl_offers *offers, struct an_repl_offer *offer,
                      enum an_repl_offer_state state)
{
	if (offer->state == AN_REPL_OFFER_READY)
		an_heap_remove(&offers->ready, &offer->timer);
	if (offer->state == AN_REPL_OFFER_RESTING)
		an_heap_remove(&offers->resting, &offer->timer);
	offers->fetching -= offer->state == AN_REPL_OFFER_FETCHING;
	offers->fetching += state == AN_REPL_OFFER_FETCHING;
	offer->state = state;
	if (state == AN_REPL_OFFER_READY)
		an_heap_set(&offers->ready, &offer->timer, urgency(offers, offer));
}

/* Half of the close group must agree where records are paid for; where they are not, anybody may
 * store anything, and a record of which one holder is left must not wait for a second one. */
static size_t reporters_needed(const struct an_repl_offers *offers)
{
	return offers->profile->payments ? offers->profile->close_group / 2 : 1;
}

static void judge(struct an_repl_offers *offers, struct an_repl_offer *offer)
{
	if (offer->state != AN_REPL_OFFER_WAITING && offer->state != AN_REPL_OFFER_READY)
		return;
	const bool believed = offer->vouched || offer->reporter_count >= reporters_needed(offers);
	const bool ready = offer->ours && believed && offer->reporter_count > 0;
	set_state(offers, offer, ready ? AN_REPL_OFFER_READY : AN_REPL_OFFER_WAITING);
}

void an_repl_offers_drop(struct an_repl_offers *offers, struct an_repl_offer *offer)
{
	set_state(offers, offer, AN_REPL_OFFER_WAITING);
	while (offer->reporter_count > 0)
		remove_reporter(offers, offer, offer->reporters[0]);
	an_list_remove(&offer->by_age);
	an_map_remove(&offers->by_content, &offer->by_content);
	an_free(offer);
}

/* ---- The table. */

void an_repl_offers_init(struct an_repl_offers *offers, const struct an_profile *profile,
                         const struct an_dht_key *self, struct an_random *random)
{
	*offers = (struct an_repl_offers){.profile = profile, .random = random, .self = *self};
	const uint64_t seed[2] = {an_random_u64(random), an_random_u64(random)};
	an_map_init(&offers->by_content, seed);
	an_list_init(&offers->by_age);
	an_heap_init(&offers->ready);
	an_heap_init(&offers->resting);
}

void an_repl_offers_done(struct an_repl_offers *offers)
{
	struct an_list *link;
	while ((link = an_list_first(&offers->by_age)) != NULL)
		an_repl_offers_drop(offers, an_container_of(link, struct an_repl_offer, by_age));
	an_map_done(&offers->by_content);
}

static an_status add(struct an_repl_offers *offers, const struct an_repl_content *content,
                     const struct an_dht_key *dht_key, an_time_us now,
                     struct an_repl_offer **ret_offer)
{
	if (offers->by_content.size >= AN_REPL_OFFERS_MAX)
		return AUTONOMI_E_BUSY;
	struct an_repl_offer *offer = an_calloc(1, sizeof(*offer));
	if (offer == NULL)
		return AUTONOMI_E_NO_MEMORY;
	offer->content = *content;
	offer->dht_key = *dht_key;
	offer->expires = an_time_after(now, offers->profile->offer_lifetime);
	const an_status status = an_map_insert(&offers->by_content, &offer->by_content,
	                                       span_of(&offer->content));
	if (status != AUTONOMI_OK) {
		an_free(offer);
		return status;
	}
	an_list_append(&offers->by_age, &offer->by_age);
	*ret_offer = offer;
	return AUTONOMI_OK;
}

bool an_repl_offers_muted(const struct an_repl_offers *offers, const struct an_peer_id *reporter,
                          an_time_us now)
{
	const int at = find_reporter(offers, reporter);
	return at >= 0 && offers->reporters[at].muted_until > now;
}

static size_t offers_most(const struct an_repl_reporter *reporter)
{
	return reporter->is_stranger ? AN_REPL_OFFERS_PER_STRANGER : AN_REPL_OFFERS_PER_REPORTER;
}

an_status an_repl_offers_take(struct an_repl_offers *offers, const struct an_contact *reporter,
                              enum an_repl_standing standing, const struct an_repl_content *content,
                              const struct an_dht_key *dht_key, bool ours, an_time_us now)
{
	const int at = reporter_of(offers, reporter, standing == AN_REPL_STRANGER, now);
	if (at < 0)
		return AUTONOMI_E_BUSY;
	if (offers->reporters[at].muted_until > now)
		return AUTONOMI_E_REFUSED;
	struct an_map_entry *known = an_map_find(&offers->by_content, span_of(content));
	struct an_repl_offer *offer = known != NULL ? offer_of(known) : NULL;
	if (offer != NULL && reports(offer, (uint8_t)at))
		return AUTONOMI_OK;
	if (offers->reporters[at].offers >= offers_most(&offers->reporters[at]))
		return AUTONOMI_E_BUSY;
	const an_status status = offer == NULL ? add(offers, content, dht_key, now, &offer)
	                                       : AUTONOMI_OK;
	if (status != AUTONOMI_OK)
		return status;
	offer->ours = ours;
	offer->vouched = offer->vouched || standing == AN_REPL_VOUCHER;
	if (offer->state != AN_REPL_OFFER_REFUSED)
		add_reporter(offers, offer, (uint8_t)at);
	judge(offers, offer);
	return AUTONOMI_OK;
}

static void rest(struct an_repl_offers *offers, struct an_repl_offer *offer, an_time_us now)
{
	an_time_us wait = REST << offer->rests;
	if (offer->rests < RESTS_THAT_GROW)
		offer->rests++;
	set_state(offers, offer, AN_REPL_OFFER_RESTING);
	an_heap_set(&offers->resting, &offer->timer,
	            an_time_after(now, wait + an_random_below(offers->random, wait)));
}

static size_t fetched_from_strangers(const struct an_repl_offers *offers)
{
	size_t fetches = 0;
	for (int i = 0; i < AN_REPL_REPORTERS_MAX; i++)
		fetches += offers->reporters[i].is_stranger ? offers->reporters[i].fetches : 0;
	return fetches;
}

/* Any of those who told, so that the first of a close group does not carry all. False: only strangers
 * did, and enough is being fetched from such. */
static bool choose_holder(struct an_repl_offers *offers, struct an_repl_offer *offer)
{
	offer->asked = offer->reporters[an_random_below(offers->random, offer->reporter_count)];
	if (!offers->reporters[offer->asked].is_stranger ||
	    fetched_from_strangers(offers) < AN_REPL_STRANGER_FETCHES_MAX)
		return true;
	for (uint8_t i = 0; i < offer->reporter_count; i++) {
		offer->asked = offer->reporters[i];
		if (!offers->reporters[offer->asked].is_stranger)
			return true;
	}
	return false;
}

struct an_repl_offer *an_repl_offers_next(struct an_repl_offers *offers, an_time_us now,
                                          const struct an_repl_reporter **ret_holder)
{
	struct an_heap_node *first;
	an_repl_offers_expire(offers, now);
	while (offers->fetching < offers->profile->fetch_parallel &&
	       (first = an_heap_first(&offers->ready)) != NULL) {
		struct an_repl_offer *offer = an_container_of(first, struct an_repl_offer, timer);
		if (!choose_holder(offers, offer)) {
			rest(offers, offer, now);
			continue;
		}
		set_state(offers, offer, AN_REPL_OFFER_FETCHING);
		offers->reporters[offer->asked].fetches++;
		*ret_holder = &offers->reporters[offer->asked];
		return offer;
	}
	return NULL;
}

const struct an_repl_reporter *an_repl_offer_holder(const struct an_repl_offers *offers,
                                                    const struct an_repl_offer *offer)
{
	return &offers->reporters[offer->asked];
}

void an_repl_offers_forget(struct an_repl_offers *offers, const struct an_repl_content *content)
{
	struct an_map_entry *known = an_map_find(&offers->by_content, span_of(content));
	if (known != NULL && offer_of(known)->state != AN_REPL_OFFER_FETCHING)
		an_repl_offers_drop(offers, offer_of(known));
}

/* ---- What becomes of a fetch. */

static void forget_reporter(struct an_repl_offers *offers, uint8_t reporter)
{
	struct an_list *link = an_list_first(&offers->by_age);
	while (link != NULL && offers->reporters[reporter].offers > 0) {
		struct an_repl_offer *offer = an_container_of(link, struct an_repl_offer, by_age);
		link = an_list_next(&offers->by_age, link);
		if (!reports(offer, reporter))
			continue;
		remove_reporter(offers, offer, reporter);
		if (offer->reporter_count == 0 && offer->state != AN_REPL_OFFER_FETCHING)
			an_repl_offers_drop(offers, offer);
	}
}

static void blame(struct an_repl_offers *offers, uint8_t reporter, an_time_us now)
{
	struct an_repl_reporter *peer = &offers->reporters[reporter];
	if (++peer->in_vain < AN_REPL_FALSE_MAX)
		return;
	peer->in_vain = 0;
	peer->muted_until = an_time_after(now, offers->profile->offer_lifetime);
	offers->muted++;
	forget_reporter(offers, reporter);
}

/* Somebody else who told of it may have it. */
static void try_others(struct an_repl_offers *offers, struct an_repl_offer *offer)
{
	set_state(offers, offer, AN_REPL_OFFER_WAITING);
	if (offer->reporter_count == 0)
		an_repl_offers_drop(offers, offer);
	else if (offer->ours)
		set_state(offers, offer, AN_REPL_OFFER_READY);
}

static void refuse(struct an_repl_offers *offers, struct an_repl_offer *offer)
{
	set_state(offers, offer, AN_REPL_OFFER_REFUSED);
	while (offer->reporter_count > 0)
		remove_reporter(offers, offer, offer->reporters[0]);
}

void an_repl_offers_ended(struct an_repl_offers *offers, struct an_repl_offer *offer,
                          an_status status, an_time_us now)
{
	const uint8_t asked = offer->asked;
	offers->reporters[asked].fetches--;
	switch (status) {
	case AUTONOMI_OK:
		offers->reporters[asked].in_vain = 0;
		an_repl_offers_drop(offers, offer);
		return;
	case AUTONOMI_E_OUTDATED:
		refuse(offers, offer);
		blame(offers, asked, now);
		return;
	case AUTONOMI_E_BUSY:
		/* An answer: it, or another one, is asked again as long as the offer lives. */
		if (offer->reporter_count > 0) {
			rest(offers, offer, now);
			return;
		}
		break;
	case AUTONOMI_E_TIMEOUT:
	case AUTONOMI_E_UNREACHABLE:
		forget_reporter(offers, asked);
		break;
	default:
		remove_reporter(offers, offer, asked);
		blame(offers, asked, now);
	}
	try_others(offers, offer);
}

/* ---- The whole. */

void an_repl_offers_review(struct an_repl_offers *offers,
                           bool (*ours)(void *context, const struct an_dht_key *dht_key),
                           void *context)
{
	for (struct an_list *link = an_list_first(&offers->by_age); link != NULL;
	     link = an_list_next(&offers->by_age, link)) {
		struct an_repl_offer *offer = an_container_of(link, struct an_repl_offer, by_age);
		offer->ours = ours(context, &offer->dht_key);
		judge(offers, offer);
	}
}

static void forget_idle(struct an_repl_offers *offers, an_time_us until)
{
	struct an_list *link = an_list_first(&offers->by_age);
	while (link != NULL) {
		struct an_repl_offer *offer = an_container_of(link, struct an_repl_offer, by_age);
		link = an_list_next(&offers->by_age, link);
		if (offer->expires > until)
			return;
		if (offer->state != AN_REPL_OFFER_FETCHING)
			an_repl_offers_drop(offers, offer);
	}
}

void an_repl_offers_clear(struct an_repl_offers *offers)
{
	forget_idle(offers, AN_TIME_NEVER);
}

size_t an_repl_offers_count(const struct an_repl_offers *offers)
{
	return offers->by_content.size;
}

an_time_us an_repl_offers_deadline(const struct an_repl_offers *offers)
{
	const struct an_list *oldest = an_list_first(&offers->by_age);
	an_time_us deadline = an_heap_deadline(&offers->resting);
	if (an_heap_first(&offers->ready) != NULL &&
	    offers->fetching < offers->profile->fetch_parallel)
		return 0;
	/* What is being fetched has its own timeout. */
	if (oldest != NULL && an_repl_offers_count(offers) > offers->fetching) {
		const struct an_repl_offer *offer = an_container_of(oldest, struct an_repl_offer,
		                                                    by_age);
		if (offer->state != AN_REPL_OFFER_FETCHING)
			deadline = an_time_earlier(deadline, offer->expires);
	}
	return deadline;
}

void an_repl_offers_expire(struct an_repl_offers *offers, an_time_us now)
{
	struct an_heap_node *timer;
	while ((timer = an_heap_take_due(&offers->resting, now)) != NULL) {
		struct an_repl_offer *offer = an_container_of(timer, struct an_repl_offer, timer);
		offer->state = AN_REPL_OFFER_WAITING;
		set_state(offers, offer, offer->ours ? AN_REPL_OFFER_READY : AN_REPL_OFFER_WAITING);
	}
	forget_idle(offers, now);
}
