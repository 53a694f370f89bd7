/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/memory.h"
#include "ident/endpoint_text.h"
#include "link/state.h"

struct an_link_connection *an_link_connection_new(struct an_link *link)
{
	struct an_link_connection *connection = an_calloc(1, sizeof(*connection));
	if (connection == NULL)
		return NULL;
	connection->link = link;
	connection->peer.role = AN_LINK_ROLE_UNKNOWN;
	connection->active_at = link->now;
	an_list_init(&connection->outbound);
	an_list_init(&connection->inbound);
	an_list_append(&link->connections, &connection->member);
	return connection;
}

void an_link_connection_free(struct an_link_connection *connection)
{
	an_list_remove(&connection->member);
	an_list_remove(&connection->of_dial);
	an_list_remove(&connection->connected.member);
	an_list_remove(&connection->disconnected.member);
	an_free(connection);
}

static bool carries_requests(const struct an_link_connection *connection)
{
	return !an_list_empty(&connection->outbound) || !an_list_empty(&connection->inbound);
}

/* A connection that was quiet for most of its idle timeout may have ended at the other side: a
 * request on it would wait for nothing. */
static bool is_fresh(const struct an_link_connection *connection)
{
	const an_time_us idle = connection->link->profile->idle_timeout;
	return connection->link->now < an_time_after(connection->active_at, idle - idle / 4);
}

/* A peer that restarted does not know the connection, and says nothing. */
static bool is_silent(const struct an_link_connection *connection)
{
	if (connection->waiting_since == 0)
		return false;
	const an_time_us patience = an_time_later(AN_LINK_SILENT_SLOW_PEERS *
	                                                  connection->link->profile->slow_peer,
	                                          AN_LINK_SILENT_ROUND_TRIPS *
	                                                  an_quic_connection_rtt(connection->quic));
	return connection->link->now >= an_time_after(connection->waiting_since, patience);
}

bool an_link_connection_usable(const struct an_link_connection *connection)
{
	return connection->quic != NULL && !connection->ending && !is_silent(connection) &&
	       (carries_requests(connection) || is_fresh(connection));
}

void an_link_connection_touch(struct an_link_connection *connection)
{
	connection->active_at = connection->link->now;
	connection->waiting_since = 0;
	connection->silences = 0;
}

void an_link_connection_close(struct an_link_connection *connection, enum an_link_code code)
{
	if (connection->quic == NULL || connection->ending)
		return;
	connection->ending = true;
	an_quic_connection_close(connection->quic, (uint64_t)code);
}

const struct an_link_peer *an_link_connection_peer(struct an_link_connection *connection)
{
	if (connection->quic != NULL) {
		connection->peer.remote = *an_quic_connection_remote(connection->quic);
		connection->peer.rtt = an_quic_connection_rtt(connection->quic);
	}
	return &connection->peer;
}

/* One line about a peer that is not let in; `text` says why. */
static void log_refusal(struct an_link_connection *connection, struct an_log_rate *rate,
                        const char *text)
{
	struct an_link *link = connection->link;
	if (!an_log_wanted(link->logger, AN_LOG_WARNING) ||
	    !an_log_rate_admit(rate, link->now, AN_LINK_LOG_INTERVAL))
		return;
	char remote[AN_ENDPOINT_TEXT_MAX];
	an_endpoint_write(an_quic_connection_remote(connection->quic), remote);
	an_log(link->logger, AN_LOG_WARNING, "link", "refused %s (%s): %s", remote,
	       connection->peer.agent[0] != '\0' ? connection->peer.agent : "no agent", text);
}

static enum an_link_role role_of(const struct an_agent *agent)
{
	switch (agent->role) {
	case AN_AGENT_NODE:
		return AN_LINK_ROLE_NODE;
	case AN_AGENT_CLIENT:
		return AN_LINK_ROLE_CLIENT;
	default:
		return AN_LINK_ROLE_UNKNOWN;
	}
}

/* Semantics 6.12: nodes alone are held to it. */
static bool is_too_old(const struct an_link *link, enum an_link_role role, const char *agent)
{
	return link->has_minimum_version && role == AN_LINK_ROLE_NODE &&
	       an_agent_judge(an_span_text(agent), &link->minimum_version) != AN_AGENT_ACCEPTED;
}

static an_status read_agent(struct an_link_connection *connection)
{
	const struct an_profile *profile = connection->link->profile;
	struct an_agent agent;
	const an_status status = an_agent_read(&agent, an_span_text(connection->peer.agent));
	if (status != AUTONOMI_OK)
		return status;
	connection->peer.role = role_of(&agent);
	/* The same two parts make up identify's protocol string (semantics 1.3, 6.11). */
	if (agent.network_id != profile->network_id ||
	    strcmp(agent.protocol, profile->protocol_version) != 0)
		connection->refusal = AUTONOMI_E_NETWORK_ID;
	else if (is_too_old(connection->link, connection->peer.role, connection->peer.agent))
		connection->refusal = AUTONOMI_E_VERSION;
	return AUTONOMI_OK;
}

static bool is_who_was_meant(const struct an_link_connection *connection)
{
	const struct an_peer_id *id = &connection->peer.identity.id;
	if (an_peer_id_equal(id, &connection->link->key_pair->identity.id))
		return false;
	return connection->dial == NULL || connection->dial->id.size == 0 ||
	       an_peer_id_equal(id, &connection->dial->id);
}

an_status an_link_connection_verify(struct an_link_connection *connection,
                                    struct an_span certificate)
{
	struct an_link *link = connection->link;
	struct an_link_peer *peer = &connection->peer;
	an_status status = an_identity_from_certificate(&peer->identity, peer->agent, certificate);
	if (status == AUTONOMI_OK)
		status = read_agent(connection);
	if (status != AUTONOMI_OK) {
		log_refusal(connection, &link->log_malformed, "its certificate is malformed");
		connection->why = status;
		return status;
	}
	if (!is_who_was_meant(connection)) {
		log_refusal(connection, &link->log_identity, "it is not who was meant");
		connection->why = AUTONOMI_E_IDENTITY;
		return AUTONOMI_E_IDENTITY;
	}
	return AUTONOMI_OK;
}

/* The dial that brought the connection is over, and those that waited for it have a peer. */
static void end_dial(struct an_link_connection *connection)
{
	struct an_link_target *dial = connection->dial;
	struct an_link_target *target = connection->target;
	if (dial == NULL)
		return;
	an_list_remove(&connection->of_dial);
	connection->dial = NULL;
	if (dial != target) {
		an_link_target_adopt(target, dial);
		target->endpoints[0] = connection->endpoint;
		target->endpoint_count = 1;
	}
	an_link_dial_end(dial, AUTONOMI_OK);
}

static void refuse(struct an_link_connection *connection, enum an_link_code code, an_status why)
{
	connection->why = why;
	connection->link->counters.refused_connections++;
	an_link_connection_close(connection, code);
	if (connection->dial != NULL)
		an_link_dial_attempt_failed(connection, why);
}

/* Both ends shall learn the reason, so the handshake is let through, and the end that was dialled
 * says it: it has seen both certificates. The other one could be understood only after that, and the
 * idle timeout ends what is left. */
static void refuse_network(struct an_link_connection *connection)
{
	log_refusal(connection, &connection->link->log_network_id, "it is of another network");
	if (!an_quic_connection_dialled(connection->quic)) {
		refuse(connection, AN_LINK_CODE_NETWORK_ID, connection->refusal);
		return;
	}
	connection->why = connection->refusal;
	if (connection->dial != NULL)
		an_link_dial_attempt_failed(connection, connection->why);
}

/* A peer has reason for a few connections at once: both ends dialled, one dialled back, it restarted.
 * One that takes more takes them from itself. */
static void end_surplus(struct an_link_target *target)
{
	const struct an_link *link = target->link;
	struct an_link_connection *oldest = NULL;
	size_t open = 0;
	struct an_list *member = an_list_first(&target->connections);
	for (; member != NULL; member = an_list_next(&target->connections, member)) {
		struct an_link_connection *connection = an_container_of(member,
		                                                        struct an_link_connection,
		                                                        of_target);
		if (connection->quic == NULL || connection->ending)
			continue;
		open++;
		if (oldest == NULL)
			oldest = connection;
	}
	if (link->limits.connections_per_peer > 0 && open > link->limits.connections_per_peer)
		an_link_connection_close(oldest, AN_LINK_CODE_BUSY);
}

static void describe(struct an_link_connection *connection)
{
	struct an_link_peer *peer = &connection->peer;
	peer->dialled = an_quic_connection_dialled(connection->quic);
	peer->connected_at = connection->link->now;
	peer->key_exchange = an_quic_connection_key_exchange(connection->quic);
	peer->remote = *an_quic_connection_remote(connection->quic);
}

/* Only the newer end knows, so it says it. Where it dialled, the other one sees no more than an end. */
static void refuse_version(struct an_link_connection *connection)
{
	log_refusal(connection, &connection->link->log_version, "its version is too old");
	connection->link->counters.refused_versions++;
	refuse(connection, AN_LINK_CODE_VERSION, connection->refusal);
}

void an_link_connection_proven(struct an_link_connection *connection)
{
	struct an_link *link = connection->link;
	if (connection->ending)
		return;
	if (connection->refusal == AUTONOMI_E_NETWORK_ID) {
		refuse_network(connection);
		return;
	}
	if (connection->refusal != AUTONOMI_OK) {
		refuse_version(connection);
		return;
	}
	struct an_contact contact = {.id = connection->peer.identity.id, .endpoint_count = 1};
	contact.endpoints[0] = *an_quic_connection_remote(connection->quic);
	struct an_link_target *target = an_link_target_find(link, &contact.id);
	if (target == NULL)
		target = an_link_target_of(link, &contact);
	if (target == NULL) {
		refuse(connection, AN_LINK_CODE_BUSY, AUTONOMI_E_NO_MEMORY);
		return;
	}
	describe(connection);
	an_link_connection_touch(connection);
	an_link_target_add(target, connection);
	end_surplus(target);
	link->counters.accepted += connection->peer.dialled ? 0 : 1;
	an_link_event_queue(link, &connection->connected, AN_LINK_EVENT_CONNECTED);
	end_dial(connection);
	an_link_target_advance(target);
}

static an_status reason_of(const struct an_link_connection *connection,
                           const struct an_quic_close *close)
{
	if (connection->why != AUTONOMI_OK)
		return connection->why;
	if (!close->by_peer)
		return close->status;
	/* Told in the middle of the handshake, where no code of ours can be: it has no room for us. */
	if (close->status == AUTONOMI_E_REFUSED)
		return AUTONOMI_E_BUSY;
	switch (close->code) {
	case AN_LINK_CODE_NETWORK_ID:
		return AUTONOMI_E_NETWORK_ID;
	case AN_LINK_CODE_VERSION:
		return AUTONOMI_E_VERSION;
	case AN_LINK_CODE_IDENTITY:
		return AUTONOMI_E_IDENTITY;
	case AN_LINK_CODE_BUSY:
		return AUTONOMI_E_BUSY;
	default:
		return close->status;
	}
}

static void end_requests(struct an_link_connection *connection)
{
	for (struct an_list *member; (member = an_list_first(&connection->outbound)) != NULL;) {
		struct an_link_outbound *request = an_container_of(member, struct an_link_outbound,
		                                                   member);
		request->stream.quic = NULL;
		an_link_outbound_finish(request, an_link_status_of_loss(connection->why), 0);
	}
	for (struct an_list *member; (member = an_list_first(&connection->inbound)) != NULL;) {
		struct an_link_inbound *inbound = an_container_of(member, struct an_link_inbound,
		                                                  of_connection);
		inbound->stream.quic = NULL;
		an_link_inbound_end(inbound, AN_LINK_CODE_NONE);
	}
}

void an_link_connection_closed(struct an_link_connection *connection,
                               const struct an_quic_close *close)
{
	struct an_link *link = connection->link;
	struct an_link_target *target = connection->target;
	connection->why = reason_of(connection, close);
	if (connection->why == AUTONOMI_E_NETWORK_ID && close->by_peer &&
	    connection->refusal == AUTONOMI_OK)
		log_refusal(connection, &link->log_network_id,
		            "it says that we are of another network");
	if (connection->why == AUTONOMI_E_VERSION && close->by_peer)
		log_refusal(connection, &link->log_version, "it says that our version is too old");
	connection->ending = true;
	connection->quic = NULL;
	end_requests(connection);
	if (connection->dial != NULL)
		an_link_dial_attempt_failed(connection, connection->why != AUTONOMI_OK
		                                                ? connection->why
		                                                : AUTONOMI_E_UNREACHABLE);
	if (target == NULL) {
		an_link_connection_free(connection);
		return;
	}
	an_link_target_remove(target, connection);
	an_link_event_queue(link, &connection->disconnected, AN_LINK_EVENT_DISCONNECTED);
	an_link_target_lost(target);
}
