/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "node/operation.h"

#include "base/memory.h"
#include "node/internal.h"

static struct an_span key_of(const uint64_t *id)
{
	return an_span(id, sizeof(*id));
}

void an_operations_init(struct an_operations *operations, const uint64_t seed[2])
{
	*operations = (struct an_operations){0};
	an_map_init(&operations->by_id, seed);
	an_list_init(&operations->all);
}

static void destroy(struct an_operation *operation)
{
	an_map_remove(&operation->node->operations.by_id, &operation->entry);
	an_list_remove(&operation->link);
	if (operation->release != NULL)
		operation->release(operation->context);
	an_free(operation);
}

void an_operations_done(struct an_node *node)
{
	struct an_operations *operations = &node->operations;
	for (struct an_list *link; (link = an_list_first(&operations->all)) != NULL;)
		an_operation_abandon(an_container_of(link, struct an_operation, link));
	an_map_done(&operations->by_id);
}

an_status an_operation_begin(struct an_node *node, uint64_t tag, size_t bytes,
                             void (*cancel)(struct an_operation *),
                             struct an_operation **ret_operation)
{
	if (node->state != AN_NODE_OPEN)
		return AUTONOMI_E_CLOSED;
	struct an_operation *operation = an_calloc(1, sizeof(*operation));
	if (operation == NULL)
		return AUTONOMI_E_NO_MEMORY;
	*operation = (struct an_operation){.node = node, .tag = tag, .cancel = cancel};
	an_status status = an_event_queue_reserve(&node->events, bytes, &operation->completion);
	if (status != AUTONOMI_OK)
		goto out;
	operation->id = node->operations.last_id + 1;
	status = an_map_insert(&node->operations.by_id, &operation->entry, key_of(&operation->id));
	if (status != AUTONOMI_OK)
		goto out;
	node->operations.last_id = operation->id;
	an_list_append(&node->operations.all, &operation->link);
	operation->completion->op = operation->id;
	operation->completion->tag = tag;
	*ret_operation = operation;
	return AUTONOMI_OK;
out:
	if (operation->completion != NULL)
		an_event_queue_release(&node->events, operation->completion);
	an_free(operation);
	return status;
}

void an_operation_abandon(struct an_operation *operation)
{
	an_event_queue_release(&operation->node->events, operation->completion);
	destroy(operation);
}

void an_operation_complete(struct an_operation *operation, an_status status)
{
	struct an_node *node = operation->node;
	struct autonomi_event *completion = operation->completion;
	/* News of an operation that is over would only confuse: the completion says more. */
	if (operation->progress != NULL)
		an_event_queue_withdraw(&node->events, operation->progress);
	completion->status = status;
	if (status < 0 && completion->message[0] == '\0')
		an_event_say(completion, "%s", an_status_message(status));
	an_event_queue_push(&node->events, completion);
	destroy(operation);
	an_node_touch(node);
}

void an_operation_progress(struct an_operation *operation, uint64_t done, uint64_t total)
{
	struct an_node *node = operation->node;
	if (operation->progress == NULL) {
		operation->progress = an_event_new(AUTONOMI_EVENT_PROGRESS);
		if (operation->progress == NULL)
			return;
		operation->progress->op = operation->id;
		operation->progress->tag = operation->tag;
		an_event_queue_push(&node->events, operation->progress);
	}
	operation->progress->done = done;
	operation->progress->total = total;
	an_node_touch(node);
}

void an_operation_progress_taken(struct an_node *node, uint64_t id)
{
	struct an_operation *operation = an_operation_find(node, id);
	if (operation != NULL)
		operation->progress = NULL;
}

struct an_operation *an_operation_find(struct an_node *node, uint64_t id)
{
	struct an_map_entry *entry = an_map_find(&node->operations.by_id, key_of(&id));
	return entry != NULL ? an_container_of(entry, struct an_operation, entry) : NULL;
}

void an_operation_cancel(struct an_operation *operation)
{
	if (operation->cancelled)
		return;
	operation->cancelled = true;
	operation->cancel(operation);
}

void an_operations_cancel_all(struct an_node *node)
{
	/* Cancelling may complete, and so remove, the operation at once. */
	struct an_list todo;
	an_list_init(&todo);
	an_list_move_all(&todo, &node->operations.all);
	for (struct an_list *link; (link = an_list_take(&todo)) != NULL;) {
		an_list_append(&node->operations.all, link);
		an_operation_cancel(an_container_of(link, struct an_operation, link));
	}
}

size_t an_operations_count(const struct an_operations *operations)
{
	return operations->by_id.size;
}
