/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pump: the table of contents of the library. */
#include "node/internal.h"
#include "node/replicate.h"

static void begin_turn(struct an_node *node)
{
	node->now = node->sys->now(node->sys->context);
	node->budget_end = an_time_after(node->now, node->config.pump_budget_us);
	node->more = false;
}

/* Deadlines use the turn's one reading of the clock; only the budget looks again. */
static bool budget_left(struct an_node *node)
{
	if (node->sys->now(node->sys->context) < node->budget_end)
		return true;
	node->more = true;
	return false;
}

static void receive(struct an_node *node)
{
	const struct an_sys *sys = node->sys;
	struct an_datagram runs[AN_DATAGRAM_BATCH];
	size_t count = 0;
	do {
		sys->udp_receive(sys->context, node->udp, runs, AN_DATAGRAM_BATCH, &count);
		if (count > 0)
			an_link_input(node->link, runs, count, node->now);
	} while (count > 0 && budget_left(node));
}

static void finish_jobs(struct an_node *node)
{
	node->sys->workers_finished(node->sys->context, node->workers, &node->finished);
	for (struct an_list *link; (link = an_list_take(&node->finished)) != NULL;) {
		struct an_job *job = an_container_of(link, struct an_job, link);
		job->done(job);
		if (!an_list_empty(&node->finished) && !budget_left(node))
			return;
	}
}

static void expire(struct an_node *node)
{
	an_link_expire(node->link, node->now);
	an_kad_expire(node->kad, node->now);
	an_client_expire(node->client, node->now);
	an_node_replication_expire(node);
	an_node_cache_expire(node);
	an_node_housekeeping(node);
}

static void submit_store_jobs(struct an_node *node)
{
	if (node->store == NULL)
		return;
	an_store_poll(node->store);
	struct an_list jobs;
	an_list_init(&jobs);
	an_store_jobs(node->store, &jobs);
	for (struct an_list *link; (link = an_list_take(&jobs)) != NULL;)
		an_node_submit(node, an_container_of(link, struct an_job, link));
}

/* Without workers a job blocks: each is a piece of the budget (contract, clause 6). */
static void run_jobs(struct an_node *node)
{
	for (struct an_list *link; (link = an_list_take(&node->jobs)) != NULL;) {
		node->sys->workers_submit(node->sys->context, node->workers,
		                          an_container_of(link, struct an_job, link));
		if (!an_list_empty(&node->jobs) && !budget_left(node))
			return;
	}
}

/* Hands the socket what is waiting; false where it had no room for all. */
static bool flush(struct an_node *node)
{
	const struct an_sys *sys = node->sys;
	size_t sent = 0;
	if (node->outgoing_sent < node->outgoing_count)
		sys->udp_send(sys->context, node->udp, node->outgoing + node->outgoing_sent,
		              node->outgoing_count - node->outgoing_sent, &sent);
	node->outgoing_sent += sent;
	return node->outgoing_sent == node->outgoing_count;
}

static void watch_for_room(struct an_node *node, bool wanted)
{
	if (node->waiting_for_room == wanted)
		return;
	const struct an_sys *sys = node->sys;
	if (sys->reactor_watch(sys->context, node->reactor, node->udp, wanted) == AUTONOMI_OK)
		node->waiting_for_room = wanted;
	else
		node->more = true;
}

static void send(struct an_node *node)
{
	do {
		if (!flush(node)) {
			watch_for_room(node, true);
			return;
		}
		node->outgoing_sent = 0;
		node->outgoing_count = an_link_output(node->link, node->outgoing, AN_DATAGRAM_BATCH,
		                                      node->now);
	} while (node->outgoing_count > 0 && budget_left(node));
	watch_for_room(node, false);
}

/* The earliest time at which a turn has something to do; 0 where it has now. */
static an_time_us deadline(const struct an_node *node)
{
	/* A node that leaves asks nobody anything any more. */
	an_time_us earliest = node->state != AN_NODE_LEAVING ? an_kad_deadline(node->kad)
	                                                     : AN_TIME_NEVER;
	/* Datagrams that wait for room are no reason to turn: the socket says when there is some. */
	if (!node->waiting_for_room)
		earliest = an_time_earlier(earliest, an_link_deadline(node->link));
	earliest = an_time_earlier(earliest, an_client_deadline(node->client));
	earliest = an_time_earlier(earliest, an_node_cache_deadline(node));
	earliest = an_time_earlier(earliest, an_node_replication_deadline(node));
	return an_time_earlier(earliest, an_node_housekeeping_deadline(node));
}

void an_node_settle(struct an_node *node)
{
	const struct an_sys *sys = node->sys;
	const an_time_us due = deadline(node);
	const bool busy = node->store != NULL && an_store_busy(node->store);
	if (due <= node->now || busy || !an_list_empty(&node->finished) ||
	    !an_list_empty(&node->jobs))
		node->more = true;
	if (node->state == AN_NODE_CLOSED)
		node->more = false;
	sys->reactor_set_timer(sys->context, node->reactor,
	                       node->more || node->state == AN_NODE_CLOSED ? AN_TIME_NEVER : due);
	sys->reactor_set_ready(sys->context, node->reactor,
	                       node->more || !an_event_queue_empty(&node->events));
}

void an_node_touch(struct an_node *node)
{
	node->more = true;
	if (!node->in_turn && !node->freeing)
		an_node_settle(node);
}

static void turn(struct an_node *node)
{
	begin_turn(node);
	receive(node);
	finish_jobs(node);
	expire(node);
	an_node_ask_wants(node);
	an_node_replicate(node);
	submit_store_jobs(node);
	run_jobs(node);
	send(node);
	an_node_advance_close(node);
	an_node_hand_over_log(node);
	node->sys->workers_finished(node->sys->context, node->workers, &node->finished);
}

static an_status pump_after_look(struct an_node *node)
{
	if (node->state == AN_NODE_CLOSED) {
		an_node_settle(node);
		return AUTONOMI_E_CLOSED;
	}
	node->in_turn = true;
	turn(node);
	node->in_turn = false;
	an_node_settle(node);
	return node->more ? 1 : 0;
}

an_status an_node_pump(struct an_node *node)
{
	struct an_reactor_ready ready;
	node->sys->reactor_look(node->sys->context, node->reactor, &ready);
	atomic_store(&node->woken, false);
	return pump_after_look(node);
}

void an_node_wake(struct an_node *node)
{
	atomic_store(&node->woken, true);
	node->sys->reactor_wake(node->sys->context, node->reactor);
}

an_status an_node_wait(struct an_node *node, int timeout_ms)
{
	const struct an_sys *sys = node->sys;
	const an_time_us end = timeout_ms < 0
	                               ? AN_TIME_NEVER
	                               : an_time_after(sys->now(sys->context), AN_MS(timeout_ms));
	for (;;) {
		struct an_reactor_ready ready;
		sys->reactor_look(sys->context, node->reactor, &ready);
		const an_status status = pump_after_look(node);
		if (!an_event_queue_empty(&node->events) || atomic_exchange(&node->woken, false))
			return 1;
		if (status < 0)
			return status;
		const an_time_us left = an_time_until(end, sys->now(sys->context));
		if (left == 0)
			return 0;
		const int wait_ms = end == AN_TIME_NEVER ? -1 : an_node_milliseconds(left);
		const an_status waited = sys->reactor_wait(sys->context, node->reactor, wait_ms);
		if (waited < 0)
			return waited;
	}
}

int an_node_milliseconds(an_time_us duration)
{
	const an_time_us rounded_up = duration / 1000 + (duration % 1000 != 0);
	return rounded_up > INT32_MAX ? INT32_MAX : (int)rounded_up;
}

int64_t an_node_timeout_us(struct an_node *node)
{
	if (node->more || !an_event_queue_empty(&node->events))
		return 0;
	if (node->state == AN_NODE_CLOSED)
		return -1;
	const an_time_us due = deadline(node);
	if (due == AN_TIME_NEVER)
		return -1;
	const an_time_us left = an_time_until(due, node->sys->now(node->sys->context));
	return left > INT64_MAX ? INT64_MAX : (int64_t)left;
}

an_time_us an_node_now(struct an_node *node)
{
	return node->in_turn ? node->now : node->sys->now(node->sys->context);
}

void an_node_submit(struct an_node *node, struct an_job *job)
{
	if (node->workers == NULL) {
		/* The node is being freed: nothing runs any more. */
		job->skipped = true;
		an_list_append(&node->finished, &job->link);
	} else if (node->compute_threads == 0) {
		an_list_append(&node->jobs, &job->link);
	} else {
		node->sys->workers_submit(node->sys->context, node->workers, job);
	}
}

void an_node_hand_over_log(struct an_node *node)
{
	struct an_log_line line;
	for (int i = 0; i < AN_LOG_QUEUE_MAX && an_logger_next(node->logger, &line); i++) {
		if (node->config.log_hook == NULL)
			continue;
		node->in_hook = true;
		node->config.log_hook(node->config.log_context, (int32_t)line.level, line.module,
		                      line.text);
		node->in_hook = false;
	}
}

struct autonomi_event *an_node_next_event(struct an_node *node)
{
	struct autonomi_event *event = an_event_queue_take(&node->events);
	if (event != NULL && event->type == AUTONOMI_EVENT_PROGRESS)
		an_operation_progress_taken(node, event->op);
	if (an_event_queue_empty(&node->events))
		an_node_settle(node);
	return event;
}
