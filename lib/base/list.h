/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An intrusive doubly linked list: the links live inside the members, so adding and removing never
 * allocates and never fails. The head is a ring through itself.
 *
 * A member that is in no list has NULL links after an_list_remove or zero-initialisation.
 * Iterate with an_list_first and an_list_next; removing the current member is allowed when the next
 * one was read before.
 */
#ifndef AN_BASE_LIST_H
#define AN_BASE_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/assert.h"

struct an_list {
	struct an_list *next;
	struct an_list *previous;
};

/* The struct of `type` whose `field` is at `pointer`. */
#define an_container_of(pointer, type, field)                                                      \
	((type *)(void *)((char *)(pointer)-offsetof(type, field)))

static inline void an_list_init(struct an_list *head)
{
	head->next = head->previous = head;
}

static inline bool an_list_empty(const struct an_list *head)
{
	return head->next == head;
}

static inline bool an_list_linked(const struct an_list *member)
{
	return member->next != NULL;
}

static inline void an_list_insert_before(struct an_list *place, struct an_list *member)
{
	an_assert(!an_list_linked(member));
	member->next = place;
	member->previous = place->previous;
	place->previous->next = member;
	place->previous = member;
}

static inline void an_list_append(struct an_list *head, struct an_list *member)
{
	an_list_insert_before(head, member);
}

static inline void an_list_prepend(struct an_list *head, struct an_list *member)
{
	an_list_insert_before(head->next, member);
}

/* Does nothing where the member is in no list. */
static inline void an_list_remove(struct an_list *member)
{
	if (!an_list_linked(member))
		return;
	member->next->previous = member->previous;
	member->previous->next = member->next;
	member->next = member->previous = NULL;
}

/* The first member, or NULL. */
static inline struct an_list *an_list_first(const struct an_list *head)
{
	return head->next != head ? head->next : NULL;
}

/* The last member, or NULL. */
static inline struct an_list *an_list_last(const struct an_list *head)
{
	return head->previous != head ? head->previous : NULL;
}

/* The member after `member`, or NULL at the end. */
static inline struct an_list *an_list_next(const struct an_list *head, const struct an_list *member)
{
	return member->next != head ? member->next : NULL;
}

/* Takes the first member out of the list and returns it, or NULL. */
static inline struct an_list *an_list_take(struct an_list *head)
{
	struct an_list *first = an_list_first(head);
	if (first != NULL)
		an_list_remove(first);
	return first;
}

/* Moves all members of `from` to the end of `to`, in order; `from` is empty afterwards. */
static inline void an_list_move_all(struct an_list *to, struct an_list *from)
{
	if (an_list_empty(from))
		return;
	from->next->previous = to->previous;
	to->previous->next = from->next;
	from->previous->next = to;
	to->previous = from->previous;
	an_list_init(from);
}

#endif
