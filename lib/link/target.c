/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/memory.h"
#include "link/state.h"

enum { KEY_OF_ID = 0, KEY_OF_ENDPOINT = 1 };

static struct an_link_target *target_of_entry(struct an_map_entry *entry)
{
	return entry != NULL ? an_container_of(entry, struct an_link_target, entry) : NULL;
}

static struct an_span key_of_id(uint8_t key[AN_PEER_ID_MAX + 1], const struct an_peer_id *id)
{
	key[0] = KEY_OF_ID;
	memcpy(key + 1, id->bytes, id->size);
	return an_span(key, 1 + (size_t)id->size);
}

static struct an_span key_of_endpoint(uint8_t key[AN_PEER_ID_MAX + 1],
                                      const struct an_endpoint *endpoint)
{
	size_t size = 0;
	key[size++] = KEY_OF_ENDPOINT;
	memcpy(key + size, endpoint->address, sizeof(endpoint->address));
	size += sizeof(endpoint->address);
	memcpy(key + size, &endpoint->scope, sizeof(endpoint->scope));
	size += sizeof(endpoint->scope);
	memcpy(key + size, &endpoint->port, sizeof(endpoint->port));
	return an_span(key, size + sizeof(endpoint->port));
}

static struct an_span key_of_contact(uint8_t key[AN_PEER_ID_MAX + 1],
                                     const struct an_contact *contact)
{
	return contact->id.size > 0 ? key_of_id(key, &contact->id)
	                            : key_of_endpoint(key, &contact->endpoints[0]);
}

struct an_link_target *an_link_target_find(struct an_link *link, const struct an_peer_id *id)
{
	uint8_t key[AN_PEER_ID_MAX + 1];
	return target_of_entry(an_map_find(&link->targets, key_of_id(key, id)));
}

static struct an_link_target *target_new(struct an_link *link, const struct an_contact *contact)
{
	struct an_link_target *target = an_calloc(1, sizeof(*target));
	if (target == NULL)
		return NULL;
	target->link = link;
	target->id = contact->id;
	an_list_init(&target->connections);
	an_list_init(&target->waiting);
	an_list_init(&target->attempts);
	const struct an_span key = key_of_contact(target->key, contact);
	if (an_map_insert(&link->targets, &target->entry, key) != AUTONOMI_OK)
		return an_free(target);
	return target;
}

struct an_link_target *an_link_target_of(struct an_link *link, const struct an_contact *contact)
{
	uint8_t key[AN_PEER_ID_MAX + 1];
	struct an_link_target *target = target_of_entry(
		an_map_find(&link->targets, key_of_contact(key, contact)));
	if (target == NULL)
		target = target_new(link, contact);
	if (target != NULL)
		an_link_target_learn(target, contact);
	return target;
}

static bool needed(const struct an_link_target *target)
{
	return !an_list_empty(&target->connections) || !an_list_empty(&target->waiting) ||
	       target->dialling || an_list_linked(&target->dial_failed.member);
}

void an_link_target_settle(struct an_link_target *target)
{
	if (an_list_empty(&target->waiting))
		an_list_remove(&target->member);
	if (needed(target))
		return;
	an_map_remove(&target->link->targets, &target->entry);
	an_link_target_free(target);
}

void an_link_target_free(struct an_link_target *target)
{
	an_free(target);
}

void an_link_target_learn(struct an_link_target *target, const struct an_contact *contact)
{
	if (target->dialling || contact->endpoint_count == 0)
		return;
	const size_t count = contact->endpoint_count < AN_CONTACT_ENDPOINTS_MAX
	                             ? contact->endpoint_count
	                             : AN_CONTACT_ENDPOINTS_MAX;
	memcpy(target->endpoints, contact->endpoints, count * sizeof(target->endpoints[0]));
	target->endpoint_count = count;
}

static const struct an_peer_id *dialler_of(const struct an_link_connection *connection)
{
	return connection->peer.dialled ? &connection->link->key_pair->identity.id
	                                : &connection->peer.identity.id;
}

static bool met_by_chance(const struct an_link_connection *a, const struct an_link_connection *b)
{
	const an_time_us first = an_time_earlier(a->peer.connected_at, b->peer.connected_at);
	const an_time_us second = first == a->peer.connected_at ? b->peer.connected_at
	                                                        : a->peer.connected_at;
	return a->peer.dialled != b->peer.dialled && second - first < AN_LINK_SIMULTANEOUS;
}

/* Both ends must come to the same answer, whatever order they saw the two in. */
static bool replaces(const struct an_link_connection *newer, const struct an_link_connection *kept)
{
	if (kept == NULL || !an_link_connection_usable(kept))
		return true;
	if (!met_by_chance(newer, kept))
		return true;
	return memcmp(dialler_of(newer), dialler_of(kept), sizeof(struct an_peer_id)) < 0;
}

void an_link_target_add(struct an_link_target *target, struct an_link_connection *connection)
{
	connection->target = target;
	an_list_append(&target->connections, &connection->of_target);
	if (replaces(connection, target->kept))
		target->kept = connection;
}

void an_link_target_remove(struct an_link_target *target, struct an_link_connection *connection)
{
	an_list_remove(&connection->of_target);
	connection->target = NULL;
	if (target->kept == connection)
		target->kept = NULL;
}

static struct an_link_connection *newest_usable(const struct an_link_target *target)
{
	struct an_link_connection *newest = NULL;
	struct an_list *member = an_list_first(&target->connections);
	for (; member != NULL; member = an_list_next(&target->connections, member)) {
		struct an_link_connection *connection = an_container_of(member,
		                                                        struct an_link_connection,
		                                                        of_target);
		if (an_link_connection_usable(connection))
			newest = connection;
	}
	return newest;
}

struct an_link_connection *an_link_target_kept(struct an_link_target *target)
{
	if (target->kept == NULL || !an_link_connection_usable(target->kept))
		target->kept = newest_usable(target);
	return target->kept;
}

static struct an_link_outbound *first_waiting(const struct an_link_target *target)
{
	struct an_list *first = an_list_first(&target->waiting);
	return first != NULL ? an_container_of(first, struct an_link_outbound, member) : NULL;
}

static void send_waiting(struct an_link_target *target, struct an_link_connection *connection)
{
	struct an_link_outbound *request;
	while ((request = first_waiting(target)) != NULL &&
	       an_quic_connection_can_open(connection->quic)) {
		const an_status status = an_link_outbound_send(request, connection);
		if (status == AUTONOMI_E_BUSY)
			return;
		if (status == AUTONOMI_E_CLOSED) {
			connection->ending = true;
			return;
		}
		if (status != AUTONOMI_OK)
			an_link_outbound_finish(request, status, 0);
	}
}

void an_link_target_advance(struct an_link_target *target)
{
	struct an_link_connection *connection;
	while (!an_list_empty(&target->waiting) &&
	       (connection = an_link_target_kept(target)) != NULL) {
		send_waiting(target, connection);
		/* One that ended meanwhile is left to the next candidate. */
		if (an_link_connection_usable(connection))
			break;
	}
	if (!an_list_empty(&target->waiting) && target->kept == NULL && !target->dialling)
		an_link_dial_begin(target);
	an_link_target_settle(target);
}

struct an_link_target *an_link_target_at(struct an_link *link, const struct an_endpoint *endpoint)
{
	struct an_list *member = an_list_first(&link->connections);
	for (; member != NULL; member = an_list_next(&link->connections, member)) {
		struct an_link_connection *connection = an_container_of(member,
		                                                        struct an_link_connection,
		                                                        member);
		if (connection->target != NULL && an_link_connection_usable(connection) &&
		    an_endpoint_equal(&connection->peer.remote, endpoint))
			return connection->target;
	}
	return NULL;
}

void an_link_target_wait(struct an_link_target *target, struct an_link_outbound *request)
{
	request->target = target;
	an_list_append(&target->waiting, &request->member);
	if (!an_list_linked(&target->member))
		an_list_append(&target->link->waiting, &target->member);
}

void an_link_target_adopt(struct an_link_target *target, struct an_link_target *from)
{
	for (struct an_list *member; (member = an_list_take(&from->waiting)) != NULL;)
		an_link_target_wait(target,
		                    an_container_of(member, struct an_link_outbound, member));
}

void an_link_target_left(struct an_link_target *target, an_status why)
{
	if (an_list_empty(&target->waiting) && target->dialling && !target->wanted)
		an_link_dial_end(target, why);
	else
		an_link_target_settle(target);
}

/* A request that never left may be dialled for once more; one that lost two connections is told. */
void an_link_target_lost(struct an_link_target *target)
{
	struct an_list *member = an_list_first(&target->waiting);
	const bool replaced = target->dialling || an_link_target_kept(target) != NULL;
	while (member != NULL && !replaced) {
		struct an_list *next = an_list_next(&target->waiting, member);
		struct an_link_outbound *request = an_container_of(member, struct an_link_outbound,
		                                                   member);
		if (request->redialled)
			an_link_outbound_finish(request, AUTONOMI_E_UNREACHABLE, 0);
		request->redialled = true;
		member = next;
	}
	an_link_target_advance(target);
}

struct an_link_connection *an_link_target_open(struct an_link_target *target)
{
	struct an_link_connection *kept = an_link_target_kept(target);
	if (kept != NULL || an_list_empty(&target->connections))
		return kept;
	return an_container_of(an_list_first(&target->connections), struct an_link_connection,
	                       of_target);
}

void an_link_target_give_up(struct an_link_target *target, an_status why)
{
	for (struct an_list *member; (member = an_list_first(&target->waiting)) != NULL;)
		an_link_outbound_finish(an_container_of(member, struct an_link_outbound, member),
		                        why, 0);
	an_link_dial_end(target, why);
}
