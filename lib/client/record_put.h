/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One record to its close group (semantics 7.3). It goes to the closest peers in parallel; a peer
 * that refuses or fails is replaced by the next closest, one that gives no sign of life has a
 * substitute within the client's budget, and its late acknowledgement still counts, one that is
 * busy is asked again within a budget, for that is an answer. Done when all that can be had have
 * the record. Below the quorum the whole is repeated with waits between, as the profile's strategy
 * for the type says; who stored it counts then too. A peer that has a newer version keeps its
 * place: nobody replaces it.
 *
 * A chunk that an earlier run stored is asked for first, with a proof of existence that only who has
 * its bytes can give, and sent where it is missing.
 *
 * Embedded in its owner, who fills in the first part. Owns requests, lookups and a reference of the
 * content from start until `done` is called or it is stopped.
 */
#ifndef AN_CLIENT_RECORD_PUT_H
#define AN_CLIENT_RECORD_PUT_H

#include "client/search.h"

enum { AN_RECORD_PUT_REFUSAL_MAX = 64, AN_RECORD_PUT_STORED_MAX = AN_CLIENT_COPIES_MAX };

enum an_put_target_state {
	AN_PUT_TARGET_WAITING,
	AN_PUT_TARGET_CHECKING, /* asked for a proof */
	AN_PUT_TARGET_SENDING,
	AN_PUT_TARGET_RESTING, /* was busy: is asked again later */
	AN_PUT_TARGET_STORED,
	AN_PUT_TARGET_OUTDATED, /* has a newer version */
	AN_PUT_TARGET_FAILED,
};

struct an_record_put;

struct an_put_target {
	struct an_record_put *put;
	enum an_put_target_state state;
	bool checked; /* does not have it */
	bool late;    /* asked, and gives no sign of life: another is asked besides */
	unsigned rests;
	uint64_t request;
	an_time_us asked_at;
	struct an_client_timer timer; /* of its rest, or when it may be late */
};

struct an_put_proof;

struct an_record_put {
	/* Filled in by the owner before the start. */
	struct an_client *client;
	enum an_record_type type;
	struct an_blob *content; /* of a chunk its content, else the whole record value */
	uint8_t name[AN_RECORD_NAME_SIZE];
	bool held;  /* looks its peers up, and sends when it is released */
	bool check; /* may be there already */
	void (*done)(struct an_record_put *put); /* never from inside start; may free the put */
	/* The quorum has been there for a while and only late peers are missing: others may begin
	 * their puts meanwhile. Once at most; NULL: of no interest. */
	void (*lingers)(struct an_record_put *put);

	/* The outcome: AUTONOMI_OK, E_QUORUM, E_NO_PEERS, E_TIMEOUT, E_PAYMENT, E_OUTDATED,
	 * E_NO_MEMORY. */
	an_status status;
	size_t copies;
	size_t outdated; /* peers that say that they have a newer version; also where it succeeded */
	uint64_t counter;                        /* the highest counter that they named */
	char refusal[AN_RECORD_PUT_REFUSAL_MAX]; /* what the last peer that refused said */

	/* Its own. */
	bool running;
	unsigned attempt;
	an_status problem;
	struct an_peer_id stored_by[AN_RECORD_PUT_STORED_MAX];
	struct an_client_search search;
	struct an_put_target targets[AN_CLIENT_FOUND_MAX]; /* of search.found */
	struct an_client_timer timer;
	struct an_put_proof *proof; /* being computed */
	uint64_t nonce;
	uint8_t expected[AN_CHUNK_PROOF_SIZE];
};

/* Never fails: what goes wrong comes with `done`. */
void an_record_put_start(struct an_record_put *put);

/* Lets a held put send. */
void an_record_put_release(struct an_record_put *put);

/* Ends it without `done`. Does nothing to one that does not run. */
void an_record_put_stop(struct an_record_put *put);

/* Writes the sentence that tells why it failed, and what to do. */
void an_record_put_explain(const struct an_record_put *put, char text[AN_CLIENT_MESSAGE_MAX]);

#endif
