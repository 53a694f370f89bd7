/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/memory.h"
#include "link/state.h"

static struct an_link_inbound *inbound_find(struct an_link *link, uint64_t id)
{
	struct an_map_entry *entry = an_map_find(&link->inbound, an_span(&id, sizeof(id)));
	return entry != NULL ? an_container_of(entry, struct an_link_inbound, entry) : NULL;
}

/* Before anything is spent on it: may this peer have one more request? */
static enum an_link_code judge(const struct an_link_connection *connection)
{
	const struct an_link *link = connection->link;
	if (link->closing)
		return AN_LINK_CODE_SHUTDOWN;
	if (connection->target == NULL || connection->ending)
		return AN_LINK_CODE_IDENTITY;
	struct an_link_target *target = connection->target;
	if (target->inbound_count >= link->limits.requests_per_peer)
		return AN_LINK_CODE_BUSY;
	if (link->inbound.size >= link->limits.requests &&
	    !an_link_fairness_make_way(target, AN_LINK_SHARE_OF_REQUESTS,
	                               target->inbound_count + 1))
		return AN_LINK_CODE_BUSY;
	return AN_LINK_CODE_NONE;
}

static struct an_link_inbound *inbound_new(struct an_link_connection *connection,
                                           struct an_quic_stream *stream)
{
	struct an_link *link = connection->link;
	struct an_link_inbound *inbound = an_calloc(1, sizeof(*inbound));
	if (inbound == NULL)
		return NULL;
	inbound->stream = (struct an_link_stream){.quic = stream, .inbound = true};
	inbound->id = ++link->next_id;
	inbound->connection = connection;
	inbound->started_at = link->now;
	const struct an_span key = an_span(&inbound->id, sizeof(inbound->id));
	if (an_map_insert(&link->inbound, &inbound->entry, key) != AUTONOMI_OK)
		return an_free(inbound);
	an_list_append(&connection->inbound, &inbound->of_connection);
	an_list_append(&link->receiving, &inbound->of_receiving);
	connection->target->inbound_count++;
	return inbound;
}

/* A sender must go on at the pace of the idle timeout, unless it is we who hold it back, and be
 * done within the request timeout, and as much longer as what it sent takes at the least rate. */
static void await_more(struct an_link_inbound *inbound)
{
	struct an_link *link = inbound->connection->link;
	const struct an_blob *request = inbound->request.blob;
	const an_time_us longer = an_link_time_for(link->profile,
	                                           request != NULL ? request->size : 0);
	const an_time_us whole = an_time_after(inbound->started_at,
	                                       link->profile->request_timeout + longer);
	const an_time_us next = an_time_after(link->now, link->profile->idle_timeout);
	an_heap_set(&link->inbound_timers, &inbound->timer,
	            inbound->owed > 0 ? whole : an_time_earlier(whole, next));
}

static void refuse_stream(struct an_link *link, struct an_quic_stream *stream,
                          enum an_link_code code)
{
	link->counters.requests_refused++;
	an_quic_stream_set_user(stream, NULL);
	an_quic_stream_reset(stream, (uint64_t)code);
}

void an_link_inbound_opened(struct an_link_connection *connection, struct an_quic_stream *stream)
{
	const enum an_link_code code = judge(connection);
	if (code != AN_LINK_CODE_NONE) {
		refuse_stream(connection->link, stream, code);
		return;
	}
	struct an_link_inbound *inbound = inbound_new(connection, stream);
	if (inbound == NULL) {
		refuse_stream(connection->link, stream, AN_LINK_CODE_BUSY);
		return;
	}
	an_quic_stream_set_user(stream, &inbound->stream);
	await_more(inbound);
}

void an_link_inbound_free(struct an_link_inbound *inbound)
{
	an_link_receiver_done(&inbound->request);
	an_free(inbound);
}

/* Gives back what it held. The stream, where it is still there, is reset with `code`. */
void an_link_inbound_end(struct an_link_inbound *inbound, enum an_link_code code)
{
	struct an_link *link = inbound->connection->link;
	struct an_quic_stream *stream = inbound->stream.quic;
	if (stream != NULL) {
		an_quic_stream_consumed(stream, inbound->owed);
		an_quic_stream_set_user(stream, NULL);
		an_quic_stream_reset(stream, (uint64_t)code);
	}
	an_link_budget_release(inbound);
	inbound->connection->target->inbound_count--;
	an_map_remove(&link->inbound, &inbound->entry);
	an_list_remove(&inbound->of_connection);
	an_list_remove(&inbound->of_receiving);
	an_heap_remove(&link->inbound_timers, &inbound->timer);
	an_link_event_drop(&inbound->event);
	an_link_inbound_free(inbound);
	an_link_budget_grant(link);
}

static void refuse(struct an_link_inbound *inbound, enum an_link_code code)
{
	inbound->connection->link->counters.requests_refused++;
	an_link_inbound_end(inbound, code);
}

/* The code with which to refuse, or NONE. */
static enum an_link_code take_request(struct an_link_inbound *inbound, struct an_span bytes,
                                      bool end)
{
	struct an_link_receiver *request = &inbound->request;
	if (bytes.size == 0)
		return request->has_kind || !end ? AN_LINK_CODE_NONE : AN_LINK_CODE_MALFORMED;
	if (!an_link_receiver_kind(request, &bytes))
		return AN_LINK_CODE_UNKNOWN_KIND;
	const size_t limit = an_link_request_limit(inbound->connection->link->profile,
	                                           request->kind);
	const size_t size = request->blob != NULL ? request->blob->size : 0;
	if (bytes.size > limit - size)
		return AN_LINK_CODE_TOO_LARGE;
	const size_t capacity = an_link_receiver_capacity(request, bytes.size, end, limit);
	if (an_link_budget_charge(inbound, capacity) != AUTONOMI_OK ||
	    an_link_receiver_append(request, bytes, capacity) != AUTONOMI_OK)
		return AN_LINK_CODE_BUSY;
	return AN_LINK_CODE_NONE;
}

static void complete(struct an_link_inbound *inbound)
{
	struct an_link *link = inbound->connection->link;
	an_heap_remove(&link->inbound_timers, &inbound->timer);
	an_list_remove(&inbound->of_receiving);
	inbound->state = AN_LINK_INBOUND_READY;
	link->counters.requests_received++;
	an_link_event_queue(link, &inbound->event, AN_LINK_EVENT_REQUEST);
	an_link_budget_grant(link);
}

static void log_busy(struct an_link_inbound *inbound)
{
	struct an_link *link = inbound->connection->link;
	if (!an_log_wanted(link->logger, AN_LOG_INFO) ||
	    !an_log_rate_admit(&link->log_busy, link->now, AN_LINK_LOG_INTERVAL))
		return;
	char id[AN_PEER_ID_TEXT_MAX];
	an_peer_id_to_text(&inbound->connection->peer.identity.id, id);
	an_log(link->logger, AN_LOG_INFO, "link",
	       "refused a request of %s: inbound requests hold %zu bytes", id, link->inbound_bytes);
}

void an_link_inbound_data(struct an_link_inbound *inbound, struct an_span bytes, bool end)
{
	const enum an_link_code code = take_request(inbound, bytes, end);
	inbound->owed += bytes.size;
	if (code == AN_LINK_CODE_BUSY)
		log_busy(inbound);
	if (code != AN_LINK_CODE_NONE) {
		refuse(inbound, code);
		return;
	}
	an_link_budget_offer(inbound);
	if (end)
		complete(inbound);
	else
		await_more(inbound);
}

void an_link_inbound_expire(struct an_link *link)
{
	for (struct an_heap_node *node;
	     (node = an_heap_take_due(&link->inbound_timers, link->now)) != NULL;)
		refuse(an_container_of(node, struct an_link_inbound, timer), AN_LINK_CODE_BUSY);
}

static size_t total(struct an_blob *const *parts, size_t part_count)
{
	size_t size = 0;
	for (size_t i = 0; i < part_count; i++)
		size += parts[i]->size;
	return size;
}

static enum an_link_code send_reply(struct an_link_inbound *inbound, enum an_link_kind kind,
                                    struct an_blob *const *parts, size_t part_count)
{
	struct an_link *link = inbound->connection->link;
	const size_t size = total(parts, part_count);
	if (part_count > AN_LINK_PARTS_MAX || kind != inbound->request.kind ||
	    size > an_link_reply_limit(link->profile, kind))
		return AN_LINK_CODE_INTERNAL;
	if (an_link_budget_charge(inbound, size) != AUTONOMI_OK)
		return AN_LINK_CODE_BUSY;
	struct an_blob *blobs[1 + AN_LINK_PARTS_MAX] = {link->kind_bytes[kind]};
	for (size_t i = 0; i < part_count; i++)
		blobs[1 + i] = parts[i];
	return an_quic_stream_send(inbound->stream.quic, blobs, 1 + part_count) == AUTONOMI_OK
	               ? AN_LINK_CODE_NONE
	               : AN_LINK_CODE_BUSY;
}

/* One who does not fetch the answer, or only trickles, must not hold it for ever. */
void an_link_inbound_progressed(struct an_link_inbound *inbound, uint64_t size)
{
	struct an_link *link = inbound->connection->link;
	if (inbound->state != AN_LINK_INBOUND_ANSWERED)
		return;
	an_heap_set(&link->inbound_timers, &inbound->timer,
	            an_time_after(inbound->started_at,
	                          link->profile->request_timeout +
	                                  an_link_time_for(link->profile, size)));
}

void an_link_reply(struct an_link *link, uint64_t id, enum an_link_kind kind,
                   struct an_blob *const *parts, size_t part_count)
{
	struct an_link_inbound *inbound = inbound_find(link, id);
	if (inbound == NULL || inbound->state != AN_LINK_INBOUND_ASKED)
		return;
	const enum an_link_code code = send_reply(inbound, kind, parts, part_count);
	if (code != AN_LINK_CODE_NONE) {
		refuse(inbound, code);
		return;
	}
	inbound->state = AN_LINK_INBOUND_ANSWERED;
	inbound->started_at = link->now;
	an_link_inbound_progressed(inbound, 0);
	an_link_budget_grant(link);
}

void an_link_refuse(struct an_link *link, uint64_t id, enum an_link_code code)
{
	struct an_link_inbound *inbound = inbound_find(link, id);
	if (inbound != NULL && inbound->state == AN_LINK_INBOUND_ASKED)
		refuse(inbound, code);
}
