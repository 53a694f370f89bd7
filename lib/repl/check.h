/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whether peers have a record that we have: each is asked to prove it (semantics 5.4, difficulty 1), which
 * costs no bytes of the record, and what it proves is compared with our own proof. Replica health and
 * network-wide replication ask so.
 *
 *   begun ──► our own proof ──► peers added ──► asked, all at once ──► all have ended
 *
 * A plain value. Pure: time is an argument.
 */
#ifndef AN_REPL_CHECK_H
#define AN_REPL_CHECK_H

#include "crypt/random.h"
#include "data/message.h"
#include "repl/blocklist.h"
#include "repl/host.h"

enum an_repl_answer {
	AN_REPL_ANSWER_UNKNOWN, /* says nothing against the peer */
	AN_REPL_ANSWER_SAME,
	AN_REPL_ANSWER_LACKING,
	AN_REPL_ANSWER_DIFFERENT, /* it proved another content */
};

struct an_repl_checked {
	struct an_contact contact;
	enum an_repl_answer answer;
};

struct an_repl_check {
	uint8_t target[AN_RECORD_NAME_SIZE];
	struct an_dht_key dht_key;
	bool is_chunk;
	uint64_t nonce;
	uint8_t proof[AN_CHUNK_PROOF_SIZE]; /* our own */
	size_t count, next, open;
	struct an_repl_checked peers[AN_REPL_HOLDERS_MAX];
};

/* What a search for the peers nearest to a record found. */
struct an_repl_nearest {
	const struct an_dht_key *self;
	const struct an_contact *contacts; /* who answered */
	size_t count;
	/* Those that are blocked are not found and count nevertheless, for others know them. */
	const struct an_repl_blocklist *blocked;
	an_time_us now;
};

/* Whether a peer is among those that were found, and must hold the record. */
bool an_repl_nearest_holds(const struct an_repl_nearest *nearest, const struct an_profile *profile,
                           const struct an_dht_key *record, const struct an_peer_id *id);

/* Which record. */
void an_repl_check_choose(struct an_repl_check *check, const struct an_store_entry *entry);

/* With a new nonce, and nobody to ask yet. Our own proof is wanted. */
void an_repl_check_begin(struct an_repl_check *check, struct an_random *random);
/* Our own proof; false where it is not among these. */
bool an_repl_check_proven(struct an_repl_check *check, struct an_message_list proofs);
/* One more to ask, of AN_REPL_HOLDERS_MAX. */
void an_repl_check_add(struct an_repl_check *check, const struct an_contact *contact);

/* The next peer to ask for the proof of `target` with `nonce`; NULL where there is none. */
struct an_repl_checked *an_repl_check_next(struct an_repl_check *check);
/* What a peer answered. One that gives no list is AN_REPL_ANSWER_UNKNOWN. */
void an_repl_check_answered(const struct an_repl_check *check, struct an_repl_checked *peer,
                            struct an_message_list proofs);
/* A peer that was asked has answered or not. True: it was the last one. */
bool an_repl_check_ended(struct an_repl_check *check);

/* Whether it has not the record: it says so, or it proved another content though there is but one. */
bool an_repl_check_lacks(const struct an_repl_check *check, const struct an_repl_checked *peer);
size_t an_repl_check_count(const struct an_repl_check *check, enum an_repl_answer answer);

#endif
