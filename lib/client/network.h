/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the client's pipelines ask of the network, as a table of functions that lib/node fills in.
 * No handler is ever called from inside the call that names it.
 */
#ifndef AN_CLIENT_NETWORK_H
#define AN_CLIENT_NETWORK_H

#include "base/blob.h"
#include "base/job.h"
#include "base/profile.h"
#include "base/status.h"
#include "base/time.h"
#include "ident/contact.h"

/* The peers closest to a name, nearest first: borrowed during the call. */
typedef void an_client_closest_handler(void *context, an_status status,
                                       const struct an_contact *contacts, size_t count);

/* A reply to a CBOR request: `message` is NULL unless status is AUTONOMI_OK. E_REFUSED with a code
 * of enum an_link_code; E_BUSY where that code says busy. */
typedef void an_client_reply_handler(void *context, an_status status, struct an_blob *message,
                                     struct an_span body);

enum { AN_CLIENT_PARTS_MAX = 3 }; /* of one request */

/* What was heard of a peer that was asked. */
struct an_client_sign {
	/* When its connection last gave a sign of life; 0: there is none yet. */
	an_time_us heard_at;
	an_time_us rtt; /* 0: unknown */
	bool delivered; /* it has the whole request */
	bool answering; /* the first bytes of its answer are here */
};

/* The `count` peers closest to `name`. `early` (may be NULL) is called at most once, and before `found`,
 * when those that are still awaited have been silent for long; `found` then follows, after as long as a
 * dial may take, or, where the search is `hurried`, after two seconds without those that are silent still. */
struct an_client_lookup {
	struct an_span name;
	size_t count;
	bool hurried;
	an_client_closest_handler *early, *found;
	void *context;
};

struct an_client_network {
	void *context;
	const struct an_profile *profile;

	/* Starts a lookup. Any status but AUTONOMI_OK: nothing was begun and no handler will be called. */
	an_status (*closest)(void *context, const struct an_client_lookup *lookup,
	                     uint64_t *ret_id);
	/* Sends a CBOR request in at most AN_CLIENT_PARTS_MAX parts (references are taken) to a peer;
	 * status as for `closest`, E_BUSY where our own limit of requests is reached. */
	an_status (*ask)(void *context, const struct an_contact *contact,
	                 struct an_blob *const *parts, size_t part_count, an_time_us timeout,
	                 an_client_reply_handler *handler, void *handler_context, uint64_t *ret_id);
	/* What was heard of the peer of a request that is under way; otherwise all 0. */
	void (*sign)(void *context, uint64_t id, struct an_client_sign *ret_sign);
	/* The handler will not be called any more. 0 and finished ids are ignored. */
	void (*cancel)(void *context, uint64_t id);
	/* Hands a job to the workers. */
	void (*submit)(void *context, struct an_job *job);
	/* The time of this turn. */
	an_time_us (*now)(void *context);
};

#endif
