/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What replication asks of its node: the table around it and the records that it holds, as functions
 * that lib/node fills in. All answer at once, from memory. */
#ifndef AN_REPL_HOST_H
#define AN_REPL_HOST_H

#include "repl/view.h"
#include "store/store.h"

typedef bool an_repl_visitor(void *context, const struct an_store_entry *entry);

struct an_repl_host {
	void *context;
	/* The peers of the routing table nearest to us, nearest first; returns how many. */
	size_t (*nearest)(void *context, struct an_repl_peer *ret_peers, size_t capacity);
	/* Whether the table has converged: before that nothing is concluded from it. */
	bool (*converged)(void *context);
	/* The record with this key, or NULL. Borrowed until the next change. */
	const struct an_store_entry *(*find)(void *context, const uint8_t key[AN_RECORD_KEY_SIZE]);
	/* The records behind the place `after` (NULL: all), nearest first, until the visitor says no. */
	void (*visit)(void *context, const struct an_dht_key *after, an_repl_visitor *visitor,
	              void *visitor_context);
	size_t (*records)(void *context); /* how many there are */
	/* The number of the newest change (store/store.h). */
	uint64_t (*changes)(void *context);
	/* How many chunks there are, and one of the nearer half of them, drawn; NULL: none. Borrowed
	 * until the next change. */
	size_t (*chunks)(void *context);
	const struct an_store_entry *(*near_chunk)(void *context, struct an_random *random);
};

/* How a replica of this record is checked, as lists say it. */
struct an_repl_content;
void an_repl_content_of(const struct an_store_entry *entry, struct an_repl_content *ret_content);

#endif
