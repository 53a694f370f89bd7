/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Deadlines, the earliest first: an intrusive pairing heap, so adding and removing never allocates
 * and never fails. Of equal deadlines the order is not defined but always the same.
 *
 * Cost: add O(1), earliest O(1), remove O(log n) amortised.
 */
#ifndef AN_BASE_HEAP_H
#define AN_BASE_HEAP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/time.h"

struct an_heap_node {
	an_time_us deadline;
	struct an_heap_node *child;
	struct an_heap_node *sibling;
	struct an_heap_node
		*previous; /* parent of a first child, else left sibling; itself: root */
};

struct an_heap {
	struct an_heap_node *root;
};

void an_heap_init(struct an_heap *heap);

/* Puts `node` under `deadline`, moving it where it is in the heap already. AN_TIME_NEVER takes it
 * out. A node starts zero-initialised. */
void an_heap_set(struct an_heap *heap, struct an_heap_node *node, an_time_us deadline);

/* Takes `node` out; does nothing where it is not in the heap. */
void an_heap_remove(struct an_heap *heap, struct an_heap_node *node);

bool an_heap_holds(const struct an_heap_node *node);

/* The node with the earliest deadline, or NULL. */
struct an_heap_node *an_heap_first(const struct an_heap *heap);

/* The earliest deadline, or AN_TIME_NEVER. */
an_time_us an_heap_deadline(const struct an_heap *heap);

/* Takes out and returns a node whose deadline is at or before `now`, or NULL. */
struct an_heap_node *an_heap_take_due(struct an_heap *heap, an_time_us now);

#endif
