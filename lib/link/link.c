/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "link/link.h"

#include "base/memory.h"
#include "link/state.h"

/* What a request or an answer has around a record value: a record fits into one stream window, so
 * that it never waits for credit on the way. */
enum { ENVELOPE_MAX = 64 * 1024, WINDOWS_PER_CONNECTION = 3, TLS_TEXT_MAX = 1024 };

static an_status make_kind_bytes(struct an_link *link)
{
	for (uint8_t kind = 0; kind < AN_LINK_KINDS; kind++) {
		link->kind_bytes[kind] = an_blob_copy(an_span(&kind, 1));
		if (link->kind_bytes[kind] == NULL)
			return AUTONOMI_E_NO_MEMORY;
	}
	return AUTONOMI_OK;
}

static an_status write_agent(const struct an_link_config *config, char text[AN_AGENT_MAX])
{
	struct an_agent agent = {
		.role = config->client ? AN_AGENT_CLIENT : AN_AGENT_NODE,
		.network_id = config->profile->network_id,
	};
	const size_t protocol_size = strlen(config->profile->protocol_version);
	const size_t version_size = strlen(config->version);
	if (protocol_size >= sizeof(agent.protocol) || version_size >= sizeof(agent.version))
		return AUTONOMI_E_INVALID;
	memcpy(agent.protocol, config->profile->protocol_version, protocol_size);
	memcpy(agent.version, config->version, version_size);
	return an_agent_write(&agent, text);
}

static struct an_quic_limits quic_limits(const struct an_link_config *config)
{
	const size_t window = config->profile->record_value_max + ENVELOPE_MAX;
	return (struct an_quic_limits){
		.connections = config->limits.connections,
		.handshakes = config->limits.handshakes,
		.connections_per_address = config->limits.connections_per_address,
		.streams = config->limits.requests_per_peer,
		.stream_window = window,
		.connection_window = WINDOWS_PER_CONNECTION * window,
		.connection_bytes = config->limits.connection_bytes,
		.stream_rate = config->limits.request_rate,
		.handshake_rate = config->limits.handshake_rate,
	};
}

static an_status make_endpoint(struct an_link *link, const struct an_link_config *config,
                               struct an_buffer *certificate, struct an_buffer *private_key)
{
	char agent[AN_AGENT_MAX];
	an_status status = write_agent(config, agent);
	if (status == AUTONOMI_OK)
		status = an_key_pair_certificate(config->key_pair, agent, certificate);
	if (status == AUTONOMI_OK)
		status = an_key_pair_private_key(config->key_pair, private_key);
	if (status != AUTONOMI_OK)
		return status;
	const struct an_quic_config quic_config = {
		.profile = config->profile,
		.certificate = an_buffer_span(certificate),
		.private_key = an_buffer_span(private_key),
		.limits = quic_limits(config),
		.accepts = !config->client,
		.random = config->random,
		.logger = config->logger,
	};
	struct an_quic_events events = an_link_quic_events;
	events.context = link;
	return an_quic_new(&quic_config, &events, &link->quic);
}

static an_status make_quic(struct an_link *link, const struct an_link_config *config)
{
	struct an_buffer certificate, private_key;
	an_buffer_init(&certificate, TLS_TEXT_MAX);
	an_buffer_init(&private_key, TLS_TEXT_MAX);
	const an_status status = make_endpoint(link, config, &certificate, &private_key);
	if (private_key.size > 0)
		an_wipe(private_key.data, private_key.size);
	an_buffer_done(&private_key);
	an_buffer_done(&certificate);
	return status;
}

static void init_map(struct an_map *map, struct an_random *random)
{
	uint64_t seed[2];
	an_random_fill(random, seed, sizeof(seed));
	an_map_init(map, seed);
}

static void init(struct an_link *link, const struct an_link_config *config,
                 const struct an_link_events *events)
{
	link->profile = config->profile;
	link->key_pair = config->key_pair;
	link->limits = config->limits;
	link->has_minimum_version = config->minimum_version != NULL;
	if (link->has_minimum_version)
		link->minimum_version = *config->minimum_version;
	link->on = *events;
	link->random = config->random;
	link->logger = config->logger;
	init_map(&link->targets, config->random);
	init_map(&link->outbound, config->random);
	init_map(&link->inbound, config->random);
	an_list_init(&link->waiting);
	an_list_init(&link->connections);
	an_list_init(&link->receiving);
	an_list_init(&link->events);
	an_heap_init(&link->outbound_timers);
	an_heap_init(&link->inbound_timers);
	an_heap_init(&link->dial_timers);
}

static bool is_valid(const struct an_link_config *config, const struct an_link_events *events)
{
	const struct an_link_limits *limits = &config->limits;
	/* One request and one answer of each legal size must fit into a peer's share. */
	return events->request != NULL &&
	       limits->inbound_bytes_per_peer >= config->profile->request_max &&
	       limits->inbound_bytes_per_peer >= config->profile->response_max;
}

an_status an_link_new(const struct an_link_config *config, const struct an_link_events *events,
                      struct an_link **ret_link)
{
	if (!is_valid(config, events))
		return AUTONOMI_E_INVALID;
	struct an_link *link = an_calloc(1, sizeof(*link));
	if (link == NULL)
		return AUTONOMI_E_NO_MEMORY;
	init(link, config, events);
	an_status status = make_kind_bytes(link);
	if (status == AUTONOMI_OK)
		status = make_quic(link, config);
	if (status != AUTONOMI_OK) {
		an_link_free(link);
		return status;
	}
	*ret_link = link;
	return AUTONOMI_OK;
}

static void free_outbound(struct an_link *link)
{
	struct an_map_entry *entry = an_map_first(&link->outbound);
	while (entry != NULL) {
		struct an_map_entry *next = an_map_next(&link->outbound, entry);
		an_link_outbound_free(an_container_of(entry, struct an_link_outbound, entry));
		entry = next;
	}
	an_map_done(&link->outbound);
}

static void free_inbound(struct an_link *link)
{
	struct an_map_entry *entry = an_map_first(&link->inbound);
	while (entry != NULL) {
		struct an_map_entry *next = an_map_next(&link->inbound, entry);
		an_link_inbound_free(an_container_of(entry, struct an_link_inbound, entry));
		entry = next;
	}
	an_map_done(&link->inbound);
}

static void free_targets(struct an_link *link)
{
	struct an_map_entry *entry = an_map_first(&link->targets);
	while (entry != NULL) {
		struct an_map_entry *next = an_map_next(&link->targets, entry);
		an_link_target_free(an_container_of(entry, struct an_link_target, entry));
		entry = next;
	}
	an_map_done(&link->targets);
}

static void free_connections(struct an_link *link)
{
	for (struct an_list *member; (member = an_list_take(&link->connections)) != NULL;)
		an_free(an_container_of(member, struct an_link_connection, member));
}

struct an_link *an_link_free(struct an_link *link)
{
	if (link == NULL)
		return NULL;
	link->quic = an_quic_free(link->quic);
	free_outbound(link);
	free_inbound(link);
	free_connections(link);
	free_targets(link);
	for (size_t i = 0; i < AN_LINK_KINDS; i++)
		an_blob_unref(link->kind_bytes[i]);
	return an_free(link);
}

/* Streams may have become free without an event, so who waits is looked at in every turn. */
static void advance_waiting(struct an_link *link)
{
	struct an_list *member = an_list_first(&link->waiting);
	while (member != NULL) {
		struct an_list *next = an_list_next(&link->waiting, member);
		an_link_target_advance(an_container_of(member, struct an_link_target, member));
		member = next;
	}
}

static bool is_quiet(const struct an_link *link)
{
	return link->outbound.size == 0 && link->inbound.size == 0;
}

static void end_dials(struct an_link *link)
{
	struct an_map_entry *entry = an_map_first(&link->targets);
	while (entry != NULL) {
		struct an_map_entry *next = an_map_next(&link->targets, entry);
		struct an_link_target *target = an_container_of(entry, struct an_link_target,
		                                                entry);
		if (target->dialling)
			an_link_dial_end(target, AUTONOMI_E_CANCELLED);
		entry = next;
	}
}

static void end_connections(struct an_link *link)
{
	struct an_list *member = an_list_first(&link->connections);
	for (; member != NULL; member = an_list_next(&link->connections, member))
		an_link_connection_close(an_container_of(member, struct an_link_connection, member),
		                         AN_LINK_CODE_SHUTDOWN);
}

static void go_on_closing(struct an_link *link)
{
	if (!link->closing || link->ended || (!is_quiet(link) && link->now < link->close_at))
		return;
	link->ended = true;
	an_link_outbound_fail_all(link, AUTONOMI_E_CANCELLED);
	end_dials(link);
	end_connections(link);
}

static void turn(struct an_link *link)
{
	advance_waiting(link);
	an_link_events_deliver(link);
	go_on_closing(link);
}

void an_link_input(struct an_link *link, const struct an_datagram *runs, size_t count,
                   an_time_us now)
{
	link->now = now;
	an_quic_input(link->quic, runs, count, now);
	turn(link);
}

size_t an_link_output(struct an_link *link, struct an_datagram *runs, size_t capacity,
                      an_time_us now)
{
	link->now = now;
	advance_waiting(link);
	return an_quic_output(link->quic, runs, capacity, now);
}

void an_link_expire(struct an_link *link, an_time_us now)
{
	link->now = now;
	an_quic_expire(link->quic, now);
	an_link_outbound_expire(link);
	an_link_inbound_expire(link);
	an_link_dials_expire(link);
	turn(link);
}

static an_time_us own_deadline(const struct an_link *link)
{
	if (!an_list_empty(&link->events))
		return 0;
	an_time_us deadline = AN_TIME_NEVER;
	if (link->closing && !link->ended)
		deadline = is_quiet(link) ? 0 : link->close_at;
	deadline = an_time_earlier(deadline, an_heap_deadline(&link->outbound_timers));
	deadline = an_time_earlier(deadline, an_heap_deadline(&link->inbound_timers));
	return an_time_earlier(deadline, an_heap_deadline(&link->dial_timers));
}

an_time_us an_link_deadline(const struct an_link *link)
{
	return an_time_earlier(own_deadline(link), an_quic_deadline(link->quic));
}

const struct an_link_peer *an_link_find(struct an_link *link, const struct an_peer_id *id)
{
	struct an_link_target *target = an_link_target_find(link, id);
	struct an_link_connection *connection = target != NULL ? an_link_target_open(target) : NULL;
	return connection != NULL ? an_link_connection_peer(connection) : NULL;
}

void an_link_visit(struct an_link *link,
                   void (*visit)(void *context, const struct an_link_peer *peer), void *context)
{
	struct an_map_entry *entry = an_map_first(&link->targets);
	for (; entry != NULL; entry = an_map_next(&link->targets, entry)) {
		struct an_link_connection *connection = an_link_target_open(
			an_container_of(entry, struct an_link_target, entry));
		if (connection != NULL)
			visit(context, an_link_connection_peer(connection));
	}
}

void an_link_disconnect(struct an_link *link, const struct an_peer_id *id, enum an_link_code code)
{
	struct an_link_target *target = an_link_target_find(link, id);
	if (target == NULL)
		return;
	struct an_list *member = an_list_first(&target->connections);
	for (; member != NULL; member = an_list_next(&target->connections, member))
		an_link_connection_close(an_container_of(member, struct an_link_connection,
		                                         of_target),
		                         code);
	an_link_target_give_up(target, AUTONOMI_E_CANCELLED);
}

void an_link_close(struct an_link *link, an_time_us deadline)
{
	link->close_at = link->closing ? an_time_earlier(link->close_at, deadline) : deadline;
	link->closing = true;
}

bool an_link_closed(const struct an_link *link)
{
	return link->ended && link->outbound.size == 0 && an_list_empty(&link->connections) &&
	       an_list_empty(&link->events);
}

void an_link_count(const struct an_link *link, struct an_link_counters *ret_counters)
{
	const struct an_quic_counters *quic = an_quic_counters(link->quic);
	struct an_link_counters counters = link->counters;
	counters.datagrams_received = quic->datagrams_received;
	counters.bytes_received = quic->bytes_received;
	counters.datagrams_sent = quic->datagrams_sent;
	counters.bytes_sent = quic->bytes_sent;
	counters.datagrams_dropped = quic->datagrams_dropped;
	counters.refused_connections += quic->connections_refused;
	counters.connections = quic->connections;
	counters.inbound_requests = link->inbound.size;
	counters.inbound_bytes = link->inbound_bytes;
	*ret_counters = counters;
}
