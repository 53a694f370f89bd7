/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The counters of a node by name, for hosts and metrics. One table gives names and values. */
#include "node/internal.h"
#include "node/replicate.h"

struct sample {
	struct an_link_counters link;
	struct an_store_counters store;
	struct an_repl_counters replication;
	uint64_t replication_bytes;
	uint64_t records, record_bytes, table_peers, operations, shunned;
};

#define LINK(field)                                                                                \
	{                                                                                          \
#field, offsetof(struct sample, link.field)                                        \
	}
#define STORE(name, field)                                                                         \
	{                                                                                          \
		name, offsetof(struct sample, store.field)                                         \
	}
#define REPLICATION(name, field)                                                                   \
	{                                                                                          \
		name, offsetof(struct sample, replication.field)                                   \
	}
#define NODE(field)                                                                                \
	{                                                                                          \
#field, offsetof(struct sample, field)                                             \
	}

static const struct {
	const char *name;
	size_t offset;
} table[] = {
	LINK(accepted),
	LINK(bytes_received),
	LINK(bytes_sent),
	LINK(connections),
	LINK(datagrams_dropped),
	LINK(datagrams_received),
	LINK(datagrams_sent),
	LINK(dials),
	LINK(dials_failed),
	LINK(inbound_bytes),
	LINK(inbound_requests),
	REPLICATION("network_load", network_load),
	NODE(operations),
	REPLICATION("peer_issues", issues),
	REPLICATION("peers_blocked", blocked),
	REPLICATION("peers_blocked_ever", blocked_ever),
	NODE(record_bytes),
	NODE(records),
	LINK(refused_connections),
	LINK(refused_versions),
	NODE(replication_bytes),
	REPLICATION("replication_challenged", challenged),
	REPLICATION("replication_challenges_failed", challenges_failed),
	REPLICATION("replication_failed", fetches_failed),
	REPLICATION("replication_fetched", fetched),
	REPLICATION("replication_health_asked", health_asked),
	REPLICATION("replication_health_false", health_false),
	REPLICATION("replication_health_lacking", health_lacking),
	REPLICATION("replication_keys_heard", keys_heard),
	REPLICATION("replication_keys_told", keys_told),
	REPLICATION("replication_lists_ignored", lists_ignored),
	REPLICATION("replication_network_wide_asked", network_wide_asked),
	REPLICATION("replication_network_wide_lacking", network_wide_lacking),
	REPLICATION("replication_network_wide_records", network_wide_records),
	REPLICATION("replication_offers", offers),
	REPLICATION("replication_rounds", rounds),
	LINK(replies_failed),
	LINK(requests_received),
	LINK(requests_refused),
	LINK(requests_sent),
	NODE(shunned),
	STORE("store_commits", commits),
	STORE("store_pending_bytes", pending_bytes),
	STORE("store_pruned", pruned),
	STORE("store_puts", puts),
	STORE("store_puts_existing", puts_existing),
	STORE("store_puts_refused", puts_refused),
	STORE("store_reads", reads),
	STORE("store_reads_corrupt", reads_corrupt),
	STORE("store_write_errors", write_errors),
	NODE(table_peers),
};

enum { COUNTERS = sizeof(table) / sizeof(table[0]) };

static void take_sample(struct an_node *node, struct sample *sample)
{
	*sample = (struct sample){.table_peers = an_kad_size(node->kad),
	                          .operations = an_operations_count(&node->operations),
	                          .shunned = node->shunned};
	an_link_count(node->link, &sample->link);
	an_node_replication_count(node, &sample->replication, &sample->replication_bytes);
	if (node->store == NULL)
		return;
	sample->store = *an_store_counters(node->store);
	sample->records = an_store_count(node->store);
	sample->record_bytes = an_store_bytes(node->store);
}

const char *an_node_counter_name(size_t index)
{
	return index < COUNTERS ? table[index].name : NULL;
}

an_status an_node_counter(struct an_node *node, const char *name, uint64_t *ret_value)
{
	for (size_t i = 0; i < COUNTERS; i++) {
		if (strcmp(table[i].name, name) != 0)
			continue;
		struct sample sample;
		take_sample(node, &sample);
		*ret_value = 0;
		/* Sizes and counters are both 64 bits wide on the machines that we build for. */
		_Static_assert(sizeof(size_t) == sizeof(uint64_t), "size_t has 64 bits");
		memcpy(ret_value, (const char *)&sample + table[i].offset, sizeof(*ret_value));
		return AUTONOMI_OK;
	}
	return AUTONOMI_E_NOT_FOUND;
}
