/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/memory.h"
#include "link/state.h"

_Static_assert(1 + AN_LINK_PARTS_MAX <= (int)AN_QUIC_PARTS_MAX, "the kind byte is a part too");

static struct an_link_outbound *outbound_find(struct an_link *link, uint64_t id)
{
	struct an_map_entry *entry = an_map_find(&link->outbound, an_span(&id, sizeof(id)));
	return entry != NULL ? an_container_of(entry, struct an_link_outbound, entry) : NULL;
}

static void drop_parts(struct an_link_outbound *request)
{
	for (size_t i = 0; i < request->part_count; i++)
		an_blob_unref(request->parts[i]);
	request->part_count = 0;
}

void an_link_outbound_free(struct an_link_outbound *request)
{
	drop_parts(request);
	an_link_receiver_done(&request->reply);
	an_free(request);
}

static struct an_link_outbound *outbound_new(struct an_link *link, enum an_link_kind kind,
                                             struct an_blob *const *parts, size_t part_count)
{
	struct an_link_outbound *request = an_calloc(1, sizeof(*request));
	if (request == NULL)
		return NULL;
	request->link = link;
	request->id = ++link->next_id;
	request->kind = kind;
	request->asked_at = link->now;
	const struct an_span key = an_span(&request->id, sizeof(request->id));
	if (an_map_insert(&link->outbound, &request->entry, key) != AUTONOMI_OK)
		return an_free(request);
	for (size_t i = 0; i < part_count; i++)
		request->parts[i] = an_blob_ref(parts[i]);
	request->part_count = part_count;
	return request;
}

static an_status check_message(const struct an_link *link, enum an_link_kind kind,
                               struct an_blob *const *parts, size_t part_count)
{
	if ((unsigned)kind >= AN_LINK_KINDS || part_count > AN_LINK_PARTS_MAX)
		return AUTONOMI_E_INVALID;
	size_t size = 0;
	for (size_t i = 0; i < part_count; i++)
		size += parts[i]->size;
	return size <= an_link_request_limit(link->profile, kind) ? AUTONOMI_OK
	                                                          : AUTONOMI_E_TOO_LARGE;
}

static an_status check_contact(const struct an_link *link, const struct an_contact *contact)
{
	if (contact->id.size == 0 && contact->endpoint_count == 0)
		return AUTONOMI_E_INVALID;
	return an_peer_id_equal(&contact->id, &link->key_pair->identity.id) ? AUTONOMI_E_INVALID
	                                                                    : AUTONOMI_OK;
}

/* Without an id, any connection to the endpoint will do. */
static struct an_link_target *find_target(struct an_link *link, const struct an_contact *contact)
{
	struct an_link_target *target = NULL;
	if (contact->id.size == 0)
		target = an_link_target_at(link, &contact->endpoints[0]);
	return target != NULL ? target : an_link_target_of(link, contact);
}

an_status an_link_ask(struct an_link *link, const struct an_contact *contact,
                      enum an_link_kind kind, struct an_blob *const *parts, size_t part_count,
                      an_time_us timeout, an_time_us now, an_link_reply_handler *handler,
                      void *context, uint64_t *ret_request)
{
	link->now = now;
	if (link->closing)
		return AUTONOMI_E_CLOSED;
	an_status status = check_contact(link, contact);
	if (status == AUTONOMI_OK)
		status = check_message(link, kind, parts, part_count);
	if (status != AUTONOMI_OK)
		return status;
	if (link->outbound.size >= link->limits.outbound_requests)
		return AUTONOMI_E_BUSY;

	struct an_link_target *target = find_target(link, contact);
	if (target == NULL)
		return AUTONOMI_E_NO_MEMORY;
	struct an_link_outbound *request = outbound_new(link, kind, parts, part_count);
	if (request == NULL) {
		an_link_target_settle(target);
		return AUTONOMI_E_NO_MEMORY;
	}
	request->handler = handler;
	request->context = context;
	request->deadline = an_time_after(now, timeout);
	an_heap_set(&link->outbound_timers, &request->timer, request->deadline);
	if (ret_request != NULL)
		*ret_request = request->id;
	an_link_target_wait(target, request);
	an_link_target_advance(target);
	return AUTONOMI_OK;
}

an_status an_link_outbound_send(struct an_link_outbound *request,
                                struct an_link_connection *connection)
{
	struct an_link *link = request->link;
	struct an_quic_stream *stream;
	an_status status = an_quic_stream_open(connection->quic, &request->stream, &stream);
	if (status != AUTONOMI_OK)
		return status;
	struct an_blob *blobs[1 + AN_LINK_PARTS_MAX] = {link->kind_bytes[request->kind]};
	memcpy(blobs + 1, request->parts, request->part_count * sizeof(blobs[0]));
	status = an_quic_stream_send(stream, blobs, 1 + request->part_count);
	if (status != AUTONOMI_OK) {
		an_quic_stream_set_user(stream, NULL);
		an_quic_stream_reset(stream, AN_LINK_CODE_CANCELLED);
		return status;
	}
	an_list_remove(&request->member);
	an_list_append(&connection->outbound, &request->member);
	drop_parts(request);
	request->target = NULL;
	request->connection = connection;
	request->stream.quic = stream;
	request->sent_at = link->now;
	if (connection->waiting_since == 0)
		connection->waiting_since = link->now;
	link->counters.requests_sent++;
	return AUTONOMI_OK;
}

static void hang_up(struct an_link_outbound *request, bool whole)
{
	struct an_quic_stream *stream = request->stream.quic;
	if (stream == NULL)
		return;
	request->stream.quic = NULL;
	an_quic_stream_set_user(stream, NULL);
	if (!whole)
		an_quic_stream_reset(stream, AN_LINK_CODE_CANCELLED);
}

static void detach(struct an_link_outbound *request, bool whole)
{
	hang_up(request, whole);
	an_list_remove(&request->member);
	an_heap_remove(&request->link->outbound_timers, &request->timer);
	drop_parts(request);
	request->target = NULL;
}

void an_link_outbound_finish(struct an_link_outbound *request, an_status status, uint64_t code)
{
	struct an_link *link = request->link;
	detach(request, status == AUTONOMI_OK);
	request->status = status;
	request->code = code;
	request->took = an_time_until(link->now, request->asked_at);
	if (status != AUTONOMI_OK) {
		link->counters.replies_failed++;
		an_link_receiver_done(&request->reply);
	}
	an_link_event_queue(link, &request->done, AN_LINK_EVENT_REPLY);
}

void *an_link_cancel(struct an_link *link, uint64_t id)
{
	struct an_link_outbound *request = outbound_find(link, id);
	if (request == NULL)
		return NULL;
	struct an_link_target *target = request->target;
	void *context = request->context;
	detach(request, false);
	an_link_event_drop(&request->done);
	an_map_remove(&link->outbound, &request->entry);
	an_link_outbound_free(request);
	if (target != NULL)
		an_link_target_left(target, AUTONOMI_E_CANCELLED);
	return context;
}

/* A request whose bytes go, slowly as it may be, lives on after its deadline, as long as they go and no
 * longer than the least rate allows. */
static void allow_for_bytes(struct an_link_outbound *request)
{
	struct an_link *link = request->link;
	const struct an_blob *reply = request->reply.blob;
	const uint64_t bytes = request->acknowledged + (reply != NULL ? reply->size : 0);
	const an_time_us most = an_time_after(request->deadline,
	                                      an_link_time_for(link->profile, bytes));
	const an_time_us next = an_time_after(link->now, link->profile->idle_timeout);
	an_heap_set(&link->outbound_timers, &request->timer,
	            an_time_earlier(most, an_time_later(request->deadline, next)));
}

void an_link_outbound_progressed(struct an_link_outbound *request, uint64_t size)
{
	request->acknowledged = size;
	allow_for_bytes(request);
}

void an_link_request_sign(const struct an_link *link, uint64_t request,
                          struct an_link_sign *ret_sign)
{
	*ret_sign = (struct an_link_sign){0};
	const struct an_map_entry *entry = an_map_find(&link->outbound,
	                                               an_span(&request, sizeof(request)));
	if (entry == NULL)
		return;
	const struct an_link_outbound *outbound = an_container_of(entry, struct an_link_outbound,
	                                                          entry);
	const struct an_link_connection *connection = outbound->connection;
	if (connection == NULL && outbound->target != NULL)
		connection = outbound->target->kept;
	if (connection == NULL || connection->quic == NULL)
		return;
	ret_sign->heard_at = an_time_later(connection->active_at, outbound->sent_at);
	ret_sign->rtt = an_quic_connection_rtt(connection->quic);
	ret_sign->delivered = outbound->delivered;
	ret_sign->answering = outbound->reply.has_kind;
}

/* E_PROTOCOL, E_TOO_LARGE or E_NO_MEMORY where the reply cannot go on. */
static an_status take_reply(struct an_link_outbound *request, struct an_span bytes, bool end)
{
	struct an_link_receiver *reply = &request->reply;
	const size_t limit = an_link_reply_limit(request->link->profile, request->kind);
	if (bytes.size == 0)
		return reply->has_kind || !end ? AUTONOMI_OK : AUTONOMI_E_PROTOCOL;
	if (!an_link_receiver_kind(reply, &bytes) || reply->kind != request->kind)
		return AUTONOMI_E_PROTOCOL;
	const size_t size = reply->blob != NULL ? reply->blob->size : 0;
	if (bytes.size > limit - size)
		return AUTONOMI_E_TOO_LARGE;
	return an_link_receiver_append(reply, bytes,
	                               an_link_receiver_capacity(reply, bytes.size, end, limit));
}

void an_link_outbound_data(struct an_link_outbound *request, struct an_span bytes, bool end)
{
	const an_status status = take_reply(request, bytes, end);
	an_quic_stream_consumed(request->stream.quic, bytes.size);
	if (status != AUTONOMI_OK || end)
		an_link_outbound_finish(request, status, 0);
	else
		allow_for_bytes(request);
}

void an_link_outbound_reset(struct an_link_outbound *request, uint64_t code)
{
	an_link_outbound_finish(request,
	                        code == AN_LINK_CODE_BUSY ? AUTONOMI_E_BUSY : AUTONOMI_E_REFUSED,
	                        code);
}

/* A peer that leaves several requests in a row without any sign is taken for dead before the idle
 * timeout says so. */
static void note_silence(struct an_link_outbound *request)
{
	struct an_link_connection *connection = request->connection;
	if (connection == NULL || request->delivered || connection->active_at > request->sent_at)
		return;
	if (++connection->silences < AN_LINK_SILENCES_MAX || connection->quic == NULL)
		return;
	connection->why = AUTONOMI_E_TIMEOUT;
	an_link_connection_close(connection, AN_LINK_CODE_NONE);
}

void an_link_outbound_expire(struct an_link *link)
{
	for (struct an_heap_node *node;
	     (node = an_heap_take_due(&link->outbound_timers, link->now)) != NULL;) {
		struct an_link_outbound *request = an_container_of(node, struct an_link_outbound,
		                                                   timer);
		struct an_link_target *target = request->target;
		note_silence(request);
		an_link_outbound_finish(request, AUTONOMI_E_TIMEOUT, 0);
		if (target != NULL)
			an_link_target_left(target, AUTONOMI_E_TIMEOUT);
	}
}

void an_link_outbound_fail_all(struct an_link *link, an_status status)
{
	struct an_map_entry *entry = an_map_first(&link->outbound);
	for (; entry != NULL; entry = an_map_next(&link->outbound, entry)) {
		struct an_link_outbound *request = an_container_of(entry, struct an_link_outbound,
		                                                   entry);
		struct an_link_target *target = request->target;
		if (an_list_linked(&request->done.member))
			continue;
		an_link_outbound_finish(request, status, 0);
		if (target != NULL)
			an_link_target_left(target, status);
	}
}
