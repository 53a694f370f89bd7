/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What handlers of link, kad and store find their way back with. */
#include "base/memory.h"
#include "node/internal.h"

/* The content begins where any type may. */
struct pending {
	struct an_list link;
	max_align_t content[];
};

void *an_node_pending_new(struct an_node *node, size_t size)
{
	struct pending *pending = an_calloc(1, sizeof(*pending) + size);
	if (pending == NULL)
		return NULL;
	an_list_append(&node->pending, &pending->link);
	return pending->content;
}

void *an_node_pending_free(void *content)
{
	if (content == NULL)
		return NULL;
	struct pending *pending = an_container_of(content, struct pending, content);
	an_list_remove(&pending->link);
	return an_free(pending);
}

void an_node_pending_done(struct an_node *node)
{
	for (struct an_list *link; (link = an_list_take(&node->pending)) != NULL;)
		an_free(an_container_of(link, struct pending, link));
}
