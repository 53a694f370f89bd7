/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The memory of one connection. Flow control bounds the bytes that a peer can make us hold, but not
 * what it costs to remember where they lie: one byte in every second place is the worst case. So
 * what ngtcp2 allocates is counted, and a connection that needs more than its budget ends. Nor is that
 * enough where connections cost their peers nothing: when all together need more than they may, the one
 * that needs most ends.
 */
#include <stdalign.h>

#include "base/memory.h"
#include "quic/internal.h"

enum { BUDGET_BASE = 4 * 1024 * 1024 }; /* sent packets, streams and ngtcp2's own tables */

/* Stands before each block. */
struct block {
	alignas(max_align_t) size_t size;
};

static bool fits(const struct an_quic_connection *connection, size_t size)
{
	return size <= connection->memory_limit - connection->memory_used;
}

static void *budget_realloc(void *memory, size_t size, void *context)
{
	struct an_quic_connection *connection = context;
	struct block *block = memory != NULL ? (struct block *)memory - 1 : NULL;
	const size_t before = block != NULL ? block->size : 0;
	if (size > before && !fits(connection, size - before))
		return NULL;
	block = an_realloc(block, 1, sizeof(*block) + size);
	if (block == NULL)
		return NULL;
	connection->memory_used += size - before;
	connection->quic->memory_used += size - before;
	block->size = size;
	return block + 1;
}

static void *budget_malloc(size_t size, void *context)
{
	return budget_realloc(NULL, size, context);
}

static void *budget_calloc(size_t count, size_t size, void *context)
{
	if (size != 0 && count > SIZE_MAX / 2 / size)
		return NULL;
	void *memory = budget_realloc(NULL, count * size, context);
	if (memory != NULL)
		memset(memory, 0, count * size);
	return memory;
}

static void budget_free(void *memory, void *context)
{
	struct an_quic_connection *connection = context;
	if (memory == NULL)
		return;
	struct block *block = (struct block *)memory - 1;
	connection->memory_used -= block->size;
	connection->quic->memory_used -= block->size;
	an_free(block);
}

void an_quic_budget_init(struct an_quic_connection *connection)
{
	connection->memory_limit = 2 * connection->quic->limits.connection_window + BUDGET_BASE;
	connection->memory = (ngtcp2_mem){
		.user_data = connection,
		.malloc = budget_malloc,
		.free = budget_free,
		.calloc = budget_calloc,
		.realloc = budget_realloc,
	};
}

static struct an_quic_connection *largest(const struct an_quic *quic)
{
	struct an_quic_connection *found = NULL;
	struct an_list *link = an_list_first(&quic->connections);
	for (; link != NULL; link = an_list_next(&quic->connections, link)) {
		struct an_quic_connection *connection = an_container_of(link,
		                                                        struct an_quic_connection,
		                                                        link);
		if (!connection->ended &&
		    (found == NULL || connection->memory_used > found->memory_used))
			found = connection;
	}
	return found;
}

void an_quic_budget_relieve(struct an_quic *quic)
{
	static const struct an_quic_close crowded = {
		.status = AUTONOMI_E_NO_MEMORY,
		.reason = "all connections together need more memory than they may",
	};
	ngtcp2_ccerr none;
	ngtcp2_ccerr_default(&none);
	while (quic->limits.connection_bytes > 0 &&
	       quic->memory_used > quic->limits.connection_bytes) {
		struct an_quic_connection *connection = largest(quic);
		if (connection == NULL)
			return;
		an_quic_connection_end(connection, &crowded, AN_QUIC_FAREWELL_SAY, &none);
	}
}
