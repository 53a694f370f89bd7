/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One chunk from one of its holders (DESIGN 4, "A get takes one copy"; semantics 7.4). The closest
 * peers are asked one at a time: the close group in random order, so that not all readers ask the
 * same holder first (autonomi-2 10.2 row 15), then the farther ones. The next one is asked when one
 * fails, and besides it when one gives no sign of life or its bytes are late; the first good answer
 * ends the others. What comes is hashed before it counts. Busy peers are asked again when nobody
 * else is left, within a budget.
 *
 * Embedded in its owner, who fills in the first part. Owns requests, lookups and answers from start
 * until `done` is called or it is stopped.
 */
#ifndef AN_CLIENT_RECORD_GET_H
#define AN_CLIENT_RECORD_GET_H

#include "client/search.h"

enum an_get_target_state {
	AN_GET_TARGET_WAITING,
	AN_GET_TARGET_ASKED,
	AN_GET_TARGET_CHECKING, /* its answer is being hashed */
	AN_GET_TARGET_BUSY,
	AN_GET_TARGET_FAILED,
};

struct an_record_get;
struct an_get_check;

struct an_get_target {
	struct an_record_get *get;
	enum an_get_target_state state;
	uint64_t request;
	an_time_us asked_at;
	struct an_get_check *check;
};

struct an_record_get {
	/* Filled in by the owner before the start. */
	struct an_client *client;
	uint8_t name[AN_RECORD_NAME_SIZE];
	void (*done)(struct an_record_get *get); /* never from inside start; may free the get */

	/* The outcome: AUTONOMI_OK, E_NOT_FOUND, E_NO_PEERS, E_TIMEOUT, E_BUSY, E_CORRUPT,
	 * E_NO_MEMORY. On success the content, and the blob that it lies in, which the owner gets. */
	an_status status;
	struct an_blob *blob;
	struct an_span content;

	/* Its own. */
	bool running;
	an_status problem;
	size_t absent, corrupt, busy; /* answers of that kind */
	unsigned late, silent, rests;
	an_time_us late_at; /* when the bytes are late */
	struct an_client_search search;
	struct an_get_target targets[AN_CLIENT_FOUND_MAX]; /* of search.found */
	size_t order[AN_CLIENT_FOUND_MAX];                 /* in which they are asked */
	size_t ordered;
	struct an_client_timer timer; /* when the answer is late; or a busy peer is asked again */
};

/* Never fails: what goes wrong comes with `done`. */
void an_record_get_start(struct an_record_get *get);

/* Ends it without `done`. Does nothing to one that does not run. */
void an_record_get_stop(struct an_record_get *get);

/* Writes the sentence that tells why it failed, and what to do. */
void an_record_get_explain(const struct an_record_get *get, char text[AN_CLIENT_MESSAGE_MAX]);

#endif
