/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Records that peers say they hold and we lack (semantics 6.8.3, 6.8.4): from the lists that they
 * send to the choice of what is fetched next and from whom.
 *
 * An offer is a name and what its content is checked by. It becomes ready when enough peers have
 * told of it, or one that is trusted, and while we must hold the record. Of the ready ones the
 * nearest to us comes first; each is fetched once, from one of those who told, the next one when
 * that fails.
 *
 * Hostile input: a reporter has at most AN_REPL_OFFERS_PER_REPORTER offers, all together
 * AN_REPL_OFFERS_MAX; what was fetched in vain counts against who told of it, and one that does so
 * AN_REPL_FALSE_MAX times in a row is not listened to for the lifetime of an offer. Strangers have a
 * small share of all that, which they cannot leave.
 *
 * Owns: its offers. Time is an argument.
 */
#ifndef AN_REPL_OFFERS_H
#define AN_REPL_OFFERS_H

#include "base/heap.h"
#include "base/list.h"
#include "base/map.h"
#include "base/profile.h"
#include "crypt/random.h"
#include "data/message.h"

enum {
	AN_REPL_OFFERS_MAX = 8192,
	AN_REPL_OFFERS_PER_REPORTER = 2048,
	AN_REPL_REPORTERS_MAX = 64,  /* peers with offers at one time */
	AN_REPL_OFFER_REPORTERS = 5, /* of one offer; further ones are not noted */
	AN_REPL_FALSE_MAX = 8,       /* fetches in vain in a row */
	/* All strangers together have as many offers as one neighbour may have. */
	AN_REPL_STRANGERS_MAX = 16, /* of the reporters */
	AN_REPL_OFFERS_PER_STRANGER = 128,
	AN_REPL_STRANGER_FETCHES_MAX = 2, /* records fetched from strangers at once */
};

/* What a reporter is to us. */
enum an_repl_standing {
	AN_REPL_STRANGER, /* none of the peers around us */
	AN_REPL_NEIGHBOUR,
	AN_REPL_VOUCHER, /* a neighbour that is trusted: its word suffices */
};

enum an_repl_offer_state {
	AN_REPL_OFFER_WAITING, /* for more reporters, or until the record is ours to hold */
	AN_REPL_OFFER_READY,
	AN_REPL_OFFER_RESTING, /* the holder was busy */
	AN_REPL_OFFER_FETCHING,
	AN_REPL_OFFER_REFUSED, /* what came was older than what we have: not to be fetched again */
};

/* What identifies an offer: the same name with another content is another one. */
struct an_repl_content {
	uint8_t name[AN_RECORD_NAME_SIZE];
	uint8_t is_chunk;
	uint8_t hash[AN_RECORD_NAME_SIZE];
};

struct an_repl_offer {
	struct an_repl_content content;
	struct an_dht_key dht_key;
	struct an_map_entry by_content;
	struct an_list by_age;
	struct an_heap_node timer; /* READY: by distance; RESTING: by time */
	an_time_us expires;
	enum an_repl_offer_state state;
	bool ours;    /* we must hold it */
	bool vouched; /* a trusted peer told of it */
	unsigned rests;
	uint8_t reporters[AN_REPL_OFFER_REPORTERS];
	uint8_t reporter_count;
	uint8_t asked; /* FETCHING: the reporter's number */
};

struct an_repl_reporter {
	struct an_peer_id id;
	struct an_endpoint remote; /* of its connection when it told us last */
	bool is_stranger;
	size_t offers;
	size_t fetches; /* from it, under way */
	unsigned in_vain;
	an_time_us muted_until;
};

struct an_repl_offers {
	const struct an_profile *profile;
	struct an_random *random;
	struct an_dht_key self;
	struct an_map by_content;
	struct an_list by_age; /* oldest first */
	struct an_heap ready, resting;
	struct an_repl_reporter reporters[AN_REPL_REPORTERS_MAX];
	size_t fetching;
	uint64_t muted; /* reporters, since the start */
};

void an_repl_offers_init(struct an_repl_offers *offers, const struct an_profile *profile,
                         const struct an_dht_key *self, struct an_random *random);
void an_repl_offers_done(struct an_repl_offers *offers);

/* Notes that a peer holds the record. Its contact has its id and where its connection comes from. `ours`:
 * we must hold it. E_BUSY: over a limit, it may be told again later; E_REFUSED: not listened to;
 * E_NO_MEMORY. */
an_status an_repl_offers_take(struct an_repl_offers *offers, const struct an_contact *reporter,
                              enum an_repl_standing standing, const struct an_repl_content *content,
                              const struct an_dht_key *dht_key, bool ours, an_time_us now);

/* Whether anything that this peer says now would be ignored. */
bool an_repl_offers_muted(const struct an_repl_offers *offers, const struct an_peer_id *reporter,
                          an_time_us now);

/* The offer to fetch next, which is FETCHING from then on, and from whom; NULL where there is none or
 * the profile's number is being fetched. Borrowed, as is the next. */
struct an_repl_offer *an_repl_offers_next(struct an_repl_offers *offers, an_time_us now,
                                          const struct an_repl_reporter **ret_holder);

/* From whom it is being fetched; until that has ended. */
const struct an_repl_reporter *an_repl_offer_holder(const struct an_repl_offers *offers,
                                                    const struct an_repl_offer *offer);

/* The record came in another way: it is not fetched, unless that is under way. */
void an_repl_offers_forget(struct an_repl_offers *offers, const struct an_repl_content *content);

/* It needs no fetch any more: the record is here. Frees it. */
void an_repl_offers_drop(struct an_repl_offers *offers, struct an_repl_offer *offer);

/* What became of a fetch. OK: stored; E_OUTDATED: ours is newer; E_BUSY: later; E_TIMEOUT,
 * E_UNREACHABLE: the holder is gone, with all that it told; anything else: in vain. The offer may be
 * freed. */
void an_repl_offers_ended(struct an_repl_offers *offers, struct an_repl_offer *offer,
                          an_status status, an_time_us now);

/* Asks for every offer that is not being fetched whether we must hold it: the view has changed. */
void an_repl_offers_review(struct an_repl_offers *offers,
                           bool (*ours)(void *context, const struct an_dht_key *dht_key),
                           void *context);

/* Forgets all but what is being fetched. */
void an_repl_offers_clear(struct an_repl_offers *offers);

size_t an_repl_offers_count(const struct an_repl_offers *offers);
an_time_us an_repl_offers_deadline(const struct an_repl_offers *offers);
void an_repl_offers_expire(struct an_repl_offers *offers, an_time_us now);

#endif
