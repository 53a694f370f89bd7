/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Operations of the host: each has an id that is never used twice, a completion that was reserved
 * when it was submitted, and a way to be cancelled.
 *
 * Owns: the operations and their completions until these are pushed to the event queue.
 */
#ifndef AN_NODE_OPERATION_H
#define AN_NODE_OPERATION_H

#include "base/map.h"
#include "node/event.h"

struct an_node;

struct an_operation {
	struct an_map_entry entry; /* by id */
	struct an_list link;       /* in the order of submission */
	struct an_node *node;
	uint64_t id;
	uint64_t tag;
	uint64_t handle; /* of the module below that works on it */
	struct autonomi_event *completion;
	struct autonomi_event *progress; /* the one that waits in the queue, or NULL */
	bool cancelled;
	/* Asks the module below to stop; the completion comes from there, or from here. */
	void (*cancel)(struct an_operation *operation);
	void *context; /* what the kind of operation keeps besides; freed by `release` */
	void (*release)(void *context);
};

struct an_operations {
	struct an_map by_id;
	struct an_list all;
	uint64_t last_id;
};

void an_operations_init(struct an_operations *operations, const uint64_t seed[2]);
/* Drops all operations without completions. */
void an_operations_done(struct an_node *node);

/* Begins an operation of which the completion may hold `bytes`. E_BUSY, E_CLOSED, E_NO_MEMORY. */
an_status an_operation_begin(struct an_node *node, uint64_t tag, size_t bytes,
                             void (*cancel)(struct an_operation *),
                             struct an_operation **ret_operation);

/* Takes back an operation that could not begin. */
void an_operation_abandon(struct an_operation *operation);

/* Ends it: its completion, as filled in, goes to the queue with `status`. */
void an_operation_complete(struct an_operation *operation, an_status status);

/* Shows how far it is; at most one such event waits. */
void an_operation_progress(struct an_operation *operation, uint64_t done, uint64_t total);

/* The host took a progress event of the operation `id` out of the queue. */
void an_operation_progress_taken(struct an_node *node, uint64_t id);

struct an_operation *an_operation_find(struct an_node *node, uint64_t id);
void an_operation_cancel(struct an_operation *operation);
void an_operations_cancel_all(struct an_node *node);
size_t an_operations_count(const struct an_operations *operations);

#endif
