/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Telling peers which records they must hold (semantics 6.8.2), in rounds.
 *
 * A round compares what is with what the last one left: a peer is told of a record that it must hold
 * when the record is new or changed, when the peer was not among its holders before, or when a list
 * did not reach it. Nobody is told what it was told already, and where nothing changed there is no
 * round. Once in the profile's `replication_refresh` everything is told again.
 *
 * A node that comes back with nothing was told everything before, and nobody tells it again: its first
 * round sends its neighbours a list without keys. That says that it holds nothing, and a neighbour who
 * gets one owes it everything. While it holds nothing it asks again where one did not reach a neighbour.
 *
 * A round walks the records in pieces (an_repl_rounds_step) and pauses while AN_REPL_LISTS_MAX lists
 * wait to be sent. Lists go out spread over the profile's `replication_spread`.
 *
 * Owns: the lists. Time is an argument.
 */
#ifndef AN_REPL_ROUNDS_H
#define AN_REPL_ROUNDS_H

#include "base/blob.h"
#include "base/heap.h"
#include "crypt/random.h"
#include "data/message.h"
#include "repl/host.h"

enum {
	AN_REPL_LIST_KEYS = 512,    /* of one list that we send */
	AN_REPL_LISTS_MAX = 128,    /* that wait to be sent */
	AN_REPL_STEP_RECORDS = 256, /* looked at in one step */
	AN_REPL_ASKED_MAX = 20,     /* neighbours, by a node that comes back with nothing */
};

/* A list on its way to a peer. */
struct an_repl_list {
	struct an_heap_node due;
	struct an_contact contact;
	struct an_blob *message; /* a whole Replicate request */
	size_t keys;
};

/* What the round under way has for one peer. */
struct an_repl_draft {
	struct an_buffer items;
	struct an_message_list keys;
};

struct an_repl_rounds {
	const struct an_profile *profile;
	const struct an_repl_host *host;
	struct an_random *random;
	struct an_address self;

	struct an_repl_view told; /* as of the last round */
	uint64_t told_changes;
	an_time_us due;     /* of the next round */
	an_time_us began;   /* the last one; 0: none yet */
	an_time_us refresh; /* when everything is told again */
	bool asking;        /* we came back with nothing, and nobody knows yet */

	bool running;
	struct an_repl_view view;
	uint64_t changes;
	bool same_view;
	bool at_begin;
	struct an_dht_key at; /* the last record that was looked at */
	struct an_repl_draft drafts[AN_REPL_VIEW_MAX + 1];

	struct an_heap lists;
	size_t list_count;
	uint64_t rounds, keys_told;
};

void an_repl_rounds_init(struct an_repl_rounds *rounds, const struct an_profile *profile,
                         const struct an_repl_host *host, const struct an_peer_id *self,
                         struct an_random *random, an_time_us now);
void an_repl_rounds_done(struct an_repl_rounds *rounds);

/* The next round begins soon: the neighbourhood changed. */
void an_repl_rounds_trigger(struct an_repl_rounds *rounds, an_time_us now);

/* A round that tells everybody everything begins with the next step. E_BUSY: one is under way, or the
 * last one began less than the profile's `replication_spacing` ago. */
an_status an_repl_rounds_begin(struct an_repl_rounds *rounds, an_time_us now);

/* The next round tells this peer everything. */
void an_repl_rounds_owe(struct an_repl_rounds *rounds, const struct an_peer_id *id);

/* The list did not reach its peer: the next round tells it everything, or asks again. */
void an_repl_rounds_failed(struct an_repl_rounds *rounds, const struct an_repl_list *list);

/* A list of this one record for a peer, whether it is around us or not. E_BUSY: too many lists wait;
 * E_NO_MEMORY. */
an_status an_repl_rounds_tell(struct an_repl_rounds *rounds, const struct an_contact *contact,
                              const struct an_store_entry *entry, an_time_us now);

/* We have come back with nothing: the next round in which there is a neighbour says so. */
void an_repl_rounds_ask(struct an_repl_rounds *rounds);
/* This peer says that it holds nothing: the next round comes soon and tells it everything. Who says so
 * more than once in the profile's `replication_interval` is not heard. */
void an_repl_rounds_asked(struct an_repl_rounds *rounds, const struct an_peer_id *id,
                          an_time_us now);

/* Begins a round that is due, and does a piece of one under way. True: there is more to do at once. */
bool an_repl_rounds_step(struct an_repl_rounds *rounds, an_time_us now);

/* Takes out a list that is due; the caller frees it with an_repl_list_free. NULL: none. */
struct an_repl_list *an_repl_rounds_take(struct an_repl_rounds *rounds, an_time_us now);
struct an_repl_list *an_repl_list_free(struct an_repl_list *list);

an_time_us an_repl_rounds_deadline(const struct an_repl_rounds *rounds);

#endif
