/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Stores that are full or clean up often, and what they drop: no node may choose a record that it must
 * keep (docs/replication.md, "Who holds a record"). Who is nearer to it than the node is counted here
 * anew, of all peers in its table. The programs are linked with --wrap=an_store_batch_take and
 * --wrap=an_store_cleanup.
 */
#include "api/handle.h"
#include "node/internal.h"
#include "sim/liar.h"
#include "store/internal.h"

enum {
	CLEANUP_SECONDS = 60, /* the longest time between two */
	CLEANUP_RECORDS = 10, /* of fewer none is removed */
	CLEANUP_SHARE = 2,    /* the farther half is looked at */
	CLEANUP_RANGES = 1,
	SURPLUS_SECONDS = 2 * CLEANUP_SECONDS, /* of a proof that others hold a record */
	SURPLUS_PAUSE_SECONDS = 1,
};

/* ---- Who is nearer. */

struct neighbourhood {
	const struct an_dht_key *self, *record;
	size_t nearer;
};

static void look_at(void *context, int bucket, const struct an_contact *contact,
                    an_time_us last_seen)
{
	struct neighbourhood *around = context;
	const struct an_dht_key key = an_peer_id_dht_key(&contact->id);
	(void)bucket;
	(void)last_seen;
	around->nearer += an_dht_key_compare(around->record, &key, around->self) < 0;
}

/* Of the peers in the node's table. */
static size_t count_nearer(const struct an_sim_node *node, const struct an_dht_key *record)
{
	struct neighbourhood around = {&node->dht_key, record, 0};
	an_kad_visit(node->node->inner->kad, look_at, &around);
	return around.nearer;
}

/* Of nodes that are not gone, and of hostile peers. */
static size_t count_nearer_there(const struct an_sim_node *node, const struct an_dht_key *record)
{
	const struct an_sim_fleet *fleet = node->fleet;
	size_t nearer = 0;
	for (size_t i = 0; i < fleet->count; i++) {
		const struct an_sim_node *other = fleet->nodes[i];
		nearer += !other->is_client && other->state != AN_SIM_NODE_GONE &&
		          an_dht_key_compare(record, &other->dht_key, &node->dht_key) < 0;
	}
	for (size_t i = 0; i < fleet->liars; i++) {
		const struct an_dht_key liar = an_sim_liar_key(fleet, i);
		nearer += an_dht_key_compare(record, &liar, &node->dht_key) < 0;
	}
	return nearer;
}

bool an_sim_node_may_drop(const struct an_sim_node *node, const uint8_t name[AUTONOMI_ADDRESS_SIZE])
{
	const struct an_dht_key record = an_dht_key_of(an_span(name, AUTONOMI_ADDRESS_SIZE));
	const size_t nearer = node->state == AN_SIM_NODE_UP ? count_nearer(node, &record)
	                                                    : count_nearer_there(node, &record);
	return nearer >= an_profile_autonomi.replication;
}

bool an_sim_node_drops(const struct an_sim_node *node)
{
	return node->cleans_often || an_sim_store_is_full(node);
}

/* ---- What is dropped. */

static bool anybody_else_has(const struct an_sim_node *node, const struct an_sim_record *record)
{
	const struct an_sim_fleet *fleet = node->fleet;
	bool found = false;
	for (size_t i = 0; i < fleet->count && !found; i++)
		found = fleet->nodes[i] != node && an_sim_node_has_record(fleet->nodes[i], record);
	return found;
}

/* Who drops a record has had others prove that they hold it (repl/surplus.h). */
static void drop(const struct an_sim_node *node, struct an_sim_record *record)
{
	an_sim_record_drop(record, node);
	an_sim_expect(node->fleet, !record->is_stored || anybody_else_has(node, record),
	              "node %zu drops the last copy of an acknowledged record", node->index);
}

static void drop_name(const struct an_sim_node *node, const uint8_t name[AUTONOMI_ADDRESS_SIZE])
{
	struct an_sim_record *record = an_sim_record_find(node->fleet, name);
	if (record != NULL)
		drop(node, record);
}

static void dropped(void *context, const struct an_store_entry *entry)
{
	struct an_sim_node *node = context;
	const struct an_store_operation *remove = an_container_of(entry, struct an_store_operation,
	                                                          place.entry);
	if (remove->on_behalf != NULL)
		node->fleet->pruned++;
	else
		node->fleet->cleaned++;
	drop_name(node, entry->key);
}

static void expect_droppable(const struct an_store *store,
                             const struct an_store_operation *operation)
{
	const struct an_sim_node *node = store->pruned_context;
	if (!operation->pruning || store->pruned != dropped)
		return;
	const struct an_dht_key *record = &operation->place.entry.dht_key;
	const struct an_dht_key distance = an_dht_key_distance(&node->dht_key, record);
	const size_t nearer = count_nearer(node, record);
	an_sim_expect(node->fleet, nearer >= an_profile_autonomi.replication,
	              "node %zu drops a record to which only %zu are nearer", node->index, nearer);
	an_sim_expect(node->fleet, memcmp(distance.bytes, store->range.bytes, AN_DHT_KEY_SIZE) > 0,
	              "node %zu drops a record within its range", node->index);
}

void __real_an_store_batch_take(struct an_store *store, struct an_store_operation *operation);
void __wrap_an_store_batch_take(struct an_store *store, struct an_store_operation *operation);
size_t __real_an_store_cleanup(struct an_store *store);
size_t __wrap_an_store_cleanup(struct an_store *store);

/* What makes room for a record. */
void __wrap_an_store_batch_take(struct an_store *store, struct an_store_operation *operation)
{
	expect_droppable(store, operation);
	__real_an_store_batch_take(store, operation);
}

/* What a cleanup chooses stands behind what waits already. */
size_t __wrap_an_store_cleanup(struct an_store *store)
{
	const struct an_list *last = an_list_last(&store->ready);
	const size_t removed = __real_an_store_cleanup(store);
	const struct an_list *at = last != NULL ? an_list_next(&store->ready, last)
	                                        : an_list_first(&store->ready);
	for (; at != NULL; at = an_list_next(&store->ready, at))
		expect_droppable(store, an_container_of(at, struct an_store_operation, link));
	return removed;
}

void an_sim_node_watch_store(struct an_sim_node *node)
{
	struct an_node *inner = node->node->inner;
	if (inner->store == NULL)
		return;
	inner->store->pruned = dropped;
	inner->store->pruned_context = node;
	if (!node->fleet->cleaning)
		return;
	inner->profile.surplus_pause = AN_SECONDS(SURPLUS_PAUSE_SECONDS);
	inner->profile.surplus_lifetime = AN_SECONDS(SURPLUS_SECONDS);
	if (!node->cleans_often)
		return;
	inner->profile.cleanup_interval = AN_SECONDS(CLEANUP_SECONDS);
	inner->profile.prune_batch = CLEANUP_RECORDS;
	inner->profile.cleanup_share = CLEANUP_SHARE;
	inner->profile.cleanup_ranges = CLEANUP_RANGES;
}

static void drop_all_droppable(const struct an_sim_node *node)
{
	struct an_sim_fleet *fleet = node->fleet;
	for (size_t i = 0; i < fleet->record_count; i++) {
		struct an_sim_record *record = &fleet->records[i];
		if (an_sim_record_is_held_by(record, node) &&
		    an_sim_node_may_drop(node, record->address) && anybody_else_has(node, record))
			an_sim_record_drop(record, node);
	}
}

/* What is removed at this moment may be gone when the node comes back, or still be there. So may all
 * that gave way in a commit that failed, where no later one succeeded. */
void an_sim_node_note_dropping(struct an_sim_node *node)
{
	const struct an_store *store = node->node->inner->store;
	if (store != NULL && store->failing)
		drop_all_droppable(node);
	if (store == NULL || !store->batch.running)
		return;
	const struct an_list *operations = &store->batch.operations;
	for (const struct an_list *at = an_list_first(operations); at != NULL;
	     at = an_list_next(operations, at)) {
		const struct an_store_operation *operation = an_container_of(
			at, struct an_store_operation, link);
		if (operation->pruning)
			drop_name(node, operation->place.entry.key);
	}
}

/* ---- Limits. */

bool an_sim_store_is_full(const struct an_sim_node *node)
{
	return node->records_max > 0 || node->bytes_max > 0;
}

/* To a node that has had the limit from the beginning, and reaches it now, nothing else happens. */
static void set_limit(struct an_sim_node *node, uint64_t records_max, uint64_t bytes_max)
{
	struct an_store *store = node->state == AN_SIM_NODE_UP ? node->node->inner->store : NULL;
	node->records_max = records_max;
	node->bytes_max = bytes_max;
	if (store == NULL)
		return;
	store->records_max = records_max > 0 ? records_max : an_profile_autonomi.records_max;
	store->bytes_max = bytes_max;
}

void an_sim_store_fill(struct an_sim_node *node, bool by_bytes)
{
	const struct an_store *store = node->node->inner->store;
	if (by_bytes)
		set_limit(node, 0, an_store_bytes(store));
	else
		set_limit(node, an_store_count(store), 0);
	node->was_full = true;
}

void an_sim_store_make_room(struct an_sim_node *node)
{
	set_limit(node, 0, 0);
}
