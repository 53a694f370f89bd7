/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Events and the bounded queue in which they wait for the host (contract, clauses 9 to 13).
 *
 * The completion of an operation is allocated, and its room reserved, when the operation is
 * submitted: from then on nothing can keep it from being delivered. All other events coalesce.
 */
#ifndef AN_NODE_EVENT_H
#define AN_NODE_EVENT_H

#include <autonomi/event.h>

#include "base/blob.h"
#include "base/list.h"
#include "base/time.h"
#include "ident/contact.h"
#include "ident/key_pair.h"

enum { AN_EVENT_MESSAGE_MAX = 256, AN_EVENT_COPIES_MAX = 5, AN_EVENT_ADDRESS_MAX = 128 };

struct an_event_peer {
	char id[AN_PEER_ID_TEXT_MAX];
	char address[AN_EVENT_ADDRESS_MAX];
	char agent[AN_AGENT_MAX];
	an_time_us rtt;
	an_time_us age;
	int32_t bucket;
	uint32_t flags;
	struct an_dht_key distance; /* from this node */
};

struct autonomi_event {
	struct an_list link; /* in the queue */
	uint32_t type;
	an_status status;
	autonomi_op op;
	uint64_t tag;
	uint64_t done, total, count;
	uint64_t counter, network_counter, versions; /* of a record */
	uint64_t content_type;                       /* of a vault */
	uint64_t copies[AN_EVENT_COPIES_MAX + 1];
	uint64_t files, skipped; /* of a directory */
	struct an_blob *blob;    /* owned alone, so that the event may be freed on any thread */
	struct an_span data;     /* inside of blob */
	char *text;              /* owned, or NULL */
	struct an_event_peer *peers;
	size_t peer_count, peer_capacity;
	size_t reserved; /* bytes of the queue's budget that the event holds */
	char message[AN_EVENT_MESSAGE_MAX];
};

/* A new event; NULL without memory. */
struct autonomi_event *an_event_new(uint32_t type);

/* Frees all that the event owns. NULL is allowed. Returns NULL. */
struct autonomi_event *an_event_free(struct autonomi_event *event);

/* The setters return E_NO_MEMORY without memory and leave the event as it was. */
an_status an_event_set_text(struct autonomi_event *event, const char *text);

/* The bytes, which lie in `blob`: taken over where nobody else refers to it, else copied. */
an_status an_event_set_data(struct autonomi_event *event, struct an_blob *blob,
                            struct an_span bytes);

/* Room for one more peer, zeroed and counted in; NULL without memory. */
struct an_event_peer *an_event_add_peer(struct autonomi_event *event);

/* Writes a sentence; a longer one is cut. */
void an_event_say(struct autonomi_event *event, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Event types that wait at most once each. */
enum an_event_once {
	AN_EVENT_ONCE_PEERS,
	AN_EVENT_ONCE_PRUNED,
	AN_EVENT_ONCE_STORAGE,
	AN_EVENT_ONCE_STORED,
	AN_EVENT_ONCE_BAD_PEERS,
	AN_EVENT_ONCE_OLD_PEERS,
	AN_EVENT_ONCE_COUNT
};

struct an_event_queue {
	struct an_list waiting;
	size_t count_max, bytes_max;
	size_t count;                                     /* completions reserved or waiting */
	size_t bytes;                                     /* reserved */
	struct autonomi_event *once[AN_EVENT_ONCE_COUNT]; /* waiting ones, borrowed from the list */
};

void an_event_queue_init(struct an_event_queue *queue, size_t count_max, size_t bytes_max);
void an_event_queue_done(struct an_event_queue *queue);

/* Makes a completion and reserves room for it and `bytes` of payload. E_BUSY without room. */
an_status an_event_queue_reserve(struct an_event_queue *queue, size_t bytes,
                                 struct autonomi_event **ret_event);
/* Gives a reservation back whose event was never pushed, and frees it. */
void an_event_queue_release(struct an_event_queue *queue, struct autonomi_event *event);

/* Puts a reserved event, or one that the queue always has room for, at the end. */
void an_event_queue_push(struct an_event_queue *queue, struct autonomi_event *event);

/* Notes `status` and adds `count` to (or, for peers, sets) the waiting event of this kind; makes one
 * where none waits. Without memory the news is dropped: it would only have said what counters say. */
void an_event_queue_note(struct an_event_queue *queue, enum an_event_once kind, an_status status,
                         uint64_t count);

/* Takes an event that waits out of the queue again, for one that is out of date. */
void an_event_queue_withdraw(struct an_event_queue *queue, struct autonomi_event *event);

/* The oldest event, owned by the caller now; NULL where none waits. */
struct autonomi_event *an_event_queue_take(struct an_event_queue *queue);

/* Completions that were reserved and not taken yet. */
size_t an_event_queue_completions(const struct an_event_queue *queue);

bool an_event_queue_empty(const struct an_event_queue *queue);

#endif
