/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "link/state.h"

static bool is_ip6(const struct an_endpoint *endpoint)
{
	return !an_endpoint_is_ip4(endpoint);
}

/* IPv6 before IPv4, else in the contact's order (DESIGN 4). */
static void order_endpoints(struct an_link_target *target)
{
	struct an_endpoint ordered[AN_CONTACT_ENDPOINTS_MAX];
	size_t count = 0;
	for (size_t i = 0; i < target->endpoint_count; i++) {
		if (is_ip6(&target->endpoints[i]))
			ordered[count++] = target->endpoints[i];
	}
	for (size_t i = 0; i < target->endpoint_count; i++) {
		if (!is_ip6(&target->endpoints[i]))
			ordered[count++] = target->endpoints[i];
	}
	memcpy(target->endpoints, ordered, count * sizeof(ordered[0]));
}

/* Who answered but is the wrong one tells more than silence does. */
static void note_failure(struct an_link_target *target, an_status why,
                         const struct an_endpoint *endpoint)
{
	const an_status known = target->dial_status;
	if (known == AUTONOMI_E_NETWORK_ID || known == AUTONOMI_E_VERSION ||
	    known == AUTONOMI_E_IDENTITY)
		return;
	target->dial_status = why;
	target->dial_endpoint = *endpoint;
}

static an_status attempt(struct an_link_target *target, const struct an_endpoint *endpoint)
{
	struct an_link *link = target->link;
	struct an_link_connection *connection = an_link_connection_new(link);
	if (connection == NULL)
		return AUTONOMI_E_NO_MEMORY;
	connection->endpoint = *endpoint;
	const an_status status = an_quic_dial(link->quic, endpoint, connection, link->now,
	                                      &connection->quic);
	if (status != AUTONOMI_OK) {
		an_link_connection_free(connection);
		return status;
	}
	connection->dial = target;
	an_list_append(&target->attempts, &connection->of_dial);
	return AUTONOMI_OK;
}

static void schedule(struct an_link_target *target)
{
	struct an_link *link = target->link;
	const an_time_us patience = target->next_endpoint < target->endpoint_count
	                                    ? AN_LINK_STAGGER
	                                    : link->profile->handshake_timeout;
	an_heap_set(&link->dial_timers, &target->dial_timer, an_time_after(link->now, patience));
}

/* Begins the next attempt; where none is left and none under way, the dial has failed. */
static void go_on(struct an_link_target *target)
{
	while (target->next_endpoint < target->endpoint_count) {
		const struct an_endpoint *endpoint = &target->endpoints[target->next_endpoint++];
		const an_status status = attempt(target, endpoint);
		if (status == AUTONOMI_OK) {
			schedule(target);
			return;
		}
		note_failure(target, status, endpoint);
	}
	if (an_list_empty(&target->attempts))
		an_link_dial_end(target, target->dial_status);
	else if (!an_heap_holds(&target->dial_timer))
		schedule(target);
}

void an_link_dial_begin(struct an_link_target *target)
{
	target->link->counters.dials++;
	target->dialling = true;
	target->next_endpoint = 0;
	target->dial_status = AUTONOMI_E_UNREACHABLE;
	target->dial_endpoint = target->endpoints[0];
	order_endpoints(target);
	go_on(target);
}

static void hang_up(struct an_link_target *target)
{
	for (struct an_list *member; (member = an_list_take(&target->attempts)) != NULL;) {
		struct an_link_connection *connection = an_container_of(member,
		                                                        struct an_link_connection,
		                                                        of_dial);
		connection->dial = NULL;
		an_link_connection_close(connection, AN_LINK_CODE_NONE);
	}
}

an_status an_link_status_of_loss(an_status why)
{
	switch (why) {
	case AUTONOMI_E_NETWORK_ID:
	case AUTONOMI_E_VERSION:
	case AUTONOMI_E_IDENTITY:
	case AUTONOMI_E_BUSY:
	case AUTONOMI_E_NO_MEMORY:
	case AUTONOMI_E_CANCELLED:
		return why;
	default:
		return AUTONOMI_E_UNREACHABLE;
	}
}

static void fail_waiting(struct an_link_target *target, an_status status)
{
	for (struct an_list *member; (member = an_list_first(&target->waiting)) != NULL;)
		an_link_outbound_finish(an_container_of(member, struct an_link_outbound, member),
		                        an_link_status_of_loss(status), 0);
}

/* A dial that we gave up says nothing about the peer, so it is no event. */
static void tell_failure(struct an_link_target *target, an_status status)
{
	fail_waiting(target, status);
	if (status == AUTONOMI_E_CANCELLED)
		return;
	target->link->counters.dials_failed++;
	an_link_event_queue(target->link, &target->dial_failed, AN_LINK_EVENT_DIAL_FAILED);
}

void an_link_dial_end(struct an_link_target *target, an_status status)
{
	struct an_link *link = target->link;
	if (target->dialling) {
		target->dialling = target->wanted = false;
		an_heap_remove(&link->dial_timers, &target->dial_timer);
		hang_up(target);
		target->dial_status = status;
		if (status != AUTONOMI_OK)
			tell_failure(target, status);
	}
	an_link_target_settle(target);
}

void an_link_dial_attempt_failed(struct an_link_connection *connection, an_status why)
{
	struct an_link_target *target = connection->dial;
	an_list_remove(&connection->of_dial);
	connection->dial = NULL;
	note_failure(target, why, &connection->endpoint);
	/* What is left of the stagger need not be waited for. */
	go_on(target);
}

void an_link_dials_expire(struct an_link *link)
{
	for (struct an_heap_node *node;
	     (node = an_heap_take_due(&link->dial_timers, link->now)) != NULL;) {
		struct an_link_target *target = an_container_of(node, struct an_link_target,
		                                                dial_timer);
		if (target->next_endpoint < target->endpoint_count) {
			go_on(target);
			continue;
		}
		note_failure(target, AUTONOMI_E_TIMEOUT, &target->endpoints[0]);
		an_link_dial_end(target, target->dial_status);
	}
}

an_status an_link_dial(struct an_link *link, const struct an_contact *contact, an_time_us now)
{
	link->now = now;
	if (link->closing)
		return AUTONOMI_E_CLOSED;
	if (contact->endpoint_count == 0 ||
	    an_peer_id_equal(&contact->id, &link->key_pair->identity.id))
		return AUTONOMI_E_INVALID;
	struct an_link_target *target = an_link_target_of(link, contact);
	if (target == NULL)
		return AUTONOMI_E_NO_MEMORY;
	target->wanted = true;
	if (!target->dialling)
		an_link_dial_begin(target);
	return AUTONOMI_OK;
}
