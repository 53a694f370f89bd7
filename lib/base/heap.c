/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/heap.h"

/* Pairing heap (Fredman, Sedgewick, Sleator and Tarjan 1986), two-pass variant. */

static struct an_heap_node *meld(struct an_heap_node *a, struct an_heap_node *b)
{
	if (a == NULL)
		return b;
	if (b == NULL)
		return a;
	if (b->deadline < a->deadline) {
		struct an_heap_node *swap = a;
		a = b;
		b = swap;
	}
	b->sibling = a->child;
	if (a->child != NULL)
		a->child->previous = b;
	b->previous = a;
	a->child = b;
	return a;
}

/* Melds neighbours from left to right, collecting the pairs in reverse. */
static struct an_heap_node *meld_pairs(struct an_heap_node *first)
{
	struct an_heap_node *pairs = NULL;
	while (first != NULL) {
		struct an_heap_node *a = first;
		struct an_heap_node *b = a->sibling;
		first = b != NULL ? b->sibling : NULL;
		a->sibling = NULL;
		if (b != NULL)
			b->sibling = NULL;
		struct an_heap_node *pair = meld(a, b);
		pair->sibling = pairs;
		pairs = pair;
	}
	return pairs;
}

static struct an_heap_node *meld_siblings(struct an_heap_node *first)
{
	struct an_heap_node *pairs = meld_pairs(first);
	struct an_heap_node *root = NULL;
	while (pairs != NULL) {
		struct an_heap_node *next = pairs->sibling;
		pairs->sibling = NULL;
		root = meld(root, pairs);
		pairs = next;
	}
	return root;
}

static void set_root(struct an_heap *heap, struct an_heap_node *root)
{
	heap->root = root;
	if (root != NULL)
		root->previous = root;
}

static void cut(struct an_heap_node *node)
{
	if (node->previous->child == node)
		node->previous->child = node->sibling;
	else
		node->previous->sibling = node->sibling;
	if (node->sibling != NULL)
		node->sibling->previous = node->previous;
}

void an_heap_init(struct an_heap *heap)
{
	heap->root = NULL;
}

bool an_heap_holds(const struct an_heap_node *node)
{
	return node->previous != NULL;
}

void an_heap_remove(struct an_heap *heap, struct an_heap_node *node)
{
	if (!an_heap_holds(node))
		return;
	struct an_heap_node *orphans = meld_siblings(node->child);
	if (heap->root == node) {
		set_root(heap, orphans);
	} else {
		cut(node);
		set_root(heap, meld(heap->root, orphans));
	}
	node->child = node->sibling = node->previous = NULL;
}

void an_heap_set(struct an_heap *heap, struct an_heap_node *node, an_time_us deadline)
{
	an_heap_remove(heap, node);
	node->deadline = deadline;
	if (deadline != AN_TIME_NEVER)
		set_root(heap, meld(heap->root, node));
}

struct an_heap_node *an_heap_first(const struct an_heap *heap)
{
	return heap->root;
}

an_time_us an_heap_deadline(const struct an_heap *heap)
{
	return heap->root != NULL ? heap->root->deadline : AN_TIME_NEVER;
}

struct an_heap_node *an_heap_take_due(struct an_heap *heap, an_time_us now)
{
	struct an_heap_node *first = heap->root;
	if (first == NULL || first->deadline > now)
		return NULL;
	an_heap_remove(heap, first);
	return first;
}
