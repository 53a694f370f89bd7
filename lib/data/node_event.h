/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * NodeEvent: what an Autonomi node tells its host, in the form in which it may leave the process
 * (semantics 9.7). Our own events are others (node/event.h); this is for who reads or writes theirs.
 *
 * Pure.
 */
#ifndef AN_DATA_NODE_EVENT_H
#define AN_DATA_NODE_EVENT_H

#include "data/address.h"
#include "data/amount.h"

/* In the order of declaration. */
enum an_node_event_type {
	AN_NODE_EVENT_CONNECTED_TO_NETWORK,
	AN_NODE_EVENT_CHUNK_STORED,    /* address: of the chunk */
	AN_NODE_EVENT_REWARD_RECEIVED, /* amount, address: what for */
	AN_NODE_EVENT_CHANNEL_CLOSED,
	AN_NODE_EVENT_TERMINATE_NODE, /* reason */
};

struct an_node_event {
	enum an_node_event_type type;
	struct an_address address;
	struct an_amount amount;
	struct an_span reason; /* UTF-8; borrowed */
};

/* Appends the bytes. The buffer's failure. */
an_status an_node_event_encode(const struct an_node_event *event, struct an_buffer *out);

/* Reads an event, which borrows from `bytes`. E_CORRUPT; bytes after the event do not matter. */
an_status an_node_event_decode(struct an_span bytes, struct an_node_event *ret_event);

/* The name of its type. Static. */
const char *an_node_event_name(enum an_node_event_type type);

/* Appends what Rust's debug output of it is. */
void an_node_event_debug(const struct an_node_event *event, struct an_buffer *text);

#endif
