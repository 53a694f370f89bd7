/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a node does by itself from time to time, and how it ends. */
#include "kad/placement.h"
#include "node/internal.h"
#include "node/replicate.h"

enum { LEAVE_SECONDS = 1 }; /* for telling peers that we go */

static void update_range(struct an_node *node)
{
	struct an_dht_key range;
	if (an_kad_converged(node->kad) && an_kad_responsible_range(node->kad, &range))
		an_store_set_responsible_range(node->store, &range);
}

/* What is ours to keep, and what may give way. */
static void look_around(struct an_node *node)
{
	update_range(node);
	an_store_look_for_room(node->store);
	node->range_due = an_time_after(node->now, node->profile.range_interval);
}

bool an_node_is_droppable(void *context, const struct an_store_entry *entry)
{
	struct an_node *node = context;
	/* Before the table has converged we know too few of those who are nearer. */
	return node->replication != NULL && node->kad != NULL && an_kad_converged(node->kad) &&
	       an_placement_of_self(&node->profile, node->kad, &node->key_pair.identity.dht_key,
	                            &entry->dht_key) == AN_PLACEMENT_FREE &&
	       an_repl_may_drop(node->replication->repl, entry, an_node_now(node));
}

/* So that nodes that began together do not clean up together. */
static void plan_cleanup(struct an_node *node)
{
	const an_time_us half = node->profile.cleanup_interval / 2;
	const an_time_us more = an_random_below(&node->random, half + 1);
	node->cleanup_due = an_time_after(node->now, an_time_after(half, more));
}

static void clean_up(struct an_node *node)
{
	const size_t removed = an_store_cleanup(node->store);
	if (removed > 0)
		an_log(node->logger, AN_LOG_INFO, "node", "%zu records far from here were removed",
		       removed);
	plan_cleanup(node);
}

/* What the store counted since the host was last told. */
static void tell_of_store(struct an_node *node)
{
	const struct an_store_counters *counters = an_store_counters(node->store);
	if (counters->pruned > node->pruned_seen)
		an_event_queue_note(&node->events, AN_EVENT_ONCE_PRUNED, AUTONOMI_OK,
		                    counters->pruned - node->pruned_seen);
	if (counters->write_errors > node->write_errors_seen)
		node->write_error_at = node->now;
	if (counters->write_errors > node->write_errors_seen)
		an_event_queue_note(&node->events, AN_EVENT_ONCE_STORAGE,
		                    counters->write_error_status,
		                    counters->write_errors - node->write_errors_seen);
	if (counters->puts > node->puts_seen)
		an_event_queue_note(&node->events, AN_EVENT_ONCE_STORED, AUTONOMI_OK,
		                    counters->puts - node->puts_seen);
	node->puts_seen = counters->puts;
	node->pruned_seen = counters->pruned;
	node->write_errors_seen = counters->write_errors;
}

static void tell_of_versions(struct an_node *node)
{
	struct an_link_counters counters;
	an_link_count(node->link, &counters);
	if (counters.refused_versions > node->refused_versions_seen)
		an_event_queue_note(&node->events, AN_EVENT_ONCE_OLD_PEERS, AUTONOMI_E_VERSION,
		                    counters.refused_versions - node->refused_versions_seen);
	node->refused_versions_seen = counters.refused_versions;
}

void an_node_housekeeping(struct an_node *node)
{
	tell_of_versions(node);
	if (node->store == NULL)
		return;
	if (node->range_due <= node->now)
		look_around(node);
	if (node->cleanup_due == 0)
		plan_cleanup(node);
	if (node->cleanup_due <= node->now)
		clean_up(node);
	tell_of_store(node);
}

an_time_us an_node_housekeeping_deadline(const struct an_node *node)
{
	an_time_us earliest = AN_TIME_NEVER;
	if (node->store != NULL)
		earliest = an_time_earlier(node->range_due, node->cleanup_due);
	if (node->state == AN_NODE_CLOSING)
		earliest = an_time_earlier(earliest, node->close_deadline);
	return earliest;
}

void an_node_close(struct an_node *node, an_time_us grace)
{
	const an_time_us deadline = an_time_after(an_node_now(node), grace);
	if (node->state == AN_NODE_OPEN) {
		node->state = AN_NODE_CLOSING;
		node->close_deadline = deadline;
		an_log(node->logger, AN_LOG_INFO, "node", "closing");
	} else if (node->state == AN_NODE_CLOSING) {
		node->close_deadline = an_time_earlier(node->close_deadline, deadline);
	}
	an_node_touch(node);
}

static bool work_left(const struct an_node *node)
{
	const struct an_sys *sys = node->sys;
	return an_operations_count(&node->operations) > 0 ||
	       sys->workers_pending(sys->context, node->workers) > 0 ||
	       !an_list_empty(&node->finished) || !an_list_empty(&node->jobs) ||
	       (node->store != NULL && an_store_busy(node->store));
}

static void advance_closing(struct an_node *node)
{
	if (node->now >= node->close_deadline && !node->cancelled_all) {
		an_operations_cancel_all(node);
		node->cancelled_all = true;
	}
	if (an_operations_count(&node->operations) > 0)
		return;
	node->state = AN_NODE_LEAVING;
	node->close_deadline = an_time_after(node->now, AN_SECONDS(LEAVE_SECONDS));
	an_link_close(node->link, node->close_deadline);
	node->more = true;
}

void an_node_advance_close(struct an_node *node)
{
	if (node->state == AN_NODE_CLOSING)
		advance_closing(node);
	if (node->state != AN_NODE_LEAVING || !an_link_closed(node->link))
		return;
	if (an_node_cache_finish(node) || work_left(node))
		return;
	node->state = AN_NODE_CLOSED;
	/* Late datagrams are nobody's business: they must not make the descriptor readable. */
	node->sys->reactor_unwatch(node->sys->context, node->reactor, node->udp);
	an_event_queue_push(&node->events, node->closed_event);
	node->closed_event = NULL;
	an_log(node->logger, AN_LOG_INFO, "node", "closed");
}
