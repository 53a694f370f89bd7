/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/memory.h"
#include "sim/wire/wire.h"

/* A loose packet: to a peer, about a connection that is over or never was. */
struct loose {
	struct an_list link;
	struct an_endpoint local, remote;
	size_t size;
	uint8_t bytes[2 * AN_WIRE_HEADER_SIZE];
};

an_status an_quic_library_start(void)
{
	return AUTONOMI_OK;
}

const char *an_quic_tls_library(void)
{
	return "none";
}

const char *an_quic_library(void)
{
	return "message wire";
}

const char *an_quic_best_key_exchange(void)
{
	return "none";
}

an_status an_quic_new(const struct an_quic_config *config, const struct an_quic_events *events,
                      struct an_quic **ret_quic)
{
	if (config->certificate.size > AN_WIRE_CERTIFICATE_MAX)
		return AUTONOMI_E_INVALID;
	struct an_quic *quic = an_sim_alloc(sizeof(*quic));
	const uint64_t seed[2] = {an_random_u64(config->random), an_random_u64(config->random)};
	quic->profile = *config->profile;
	quic->limits = config->limits;
	quic->events = *events;
	quic->random = config->random;
	quic->logger = config->logger;
	quic->accepts = config->accepts;
	quic->certificate_size = config->certificate.size;
	memcpy(quic->certificate, config->certificate.data, config->certificate.size);
	an_map_init(&quic->connections_by_id, seed);
	an_map_init(&quic->graves_by_id, seed);
	an_map_init(&quic->addresses, seed);
	an_list_init(&quic->connections);
	an_list_init(&quic->touched);
	an_list_init(&quic->unproven);
	an_list_init(&quic->loose);
	an_list_init(&quic->spent);
	an_heap_init(&quic->timers);
	an_heap_init(&quic->graves);
	*ret_quic = quic;
	return AUTONOMI_OK;
}

static void free_loose(struct an_list *list)
{
	for (struct an_list *link; (link = an_list_take(list)) != NULL;)
		free(an_container_of(link, struct loose, link));
}

struct an_quic *an_quic_free(struct an_quic *quic)
{
	struct an_list *link;
	if (quic == NULL)
		return NULL;
	while ((link = an_list_first(&quic->connections)) != NULL)
		an_wire_connection_free(an_container_of(link, struct an_quic_connection, link));
	an_wire_graves_clear(quic);
	an_map_done(&quic->connections_by_id);
	an_map_done(&quic->addresses);
	free_loose(&quic->loose);
	an_wire_packets_free(&quic->spent);
	free(quic);
	return NULL;
}

struct an_quic_connection *an_wire_find(const struct an_quic *quic, uint64_t id)
{
	struct an_map_entry *entry = an_map_find(&quic->connections_by_id,
	                                         an_span(&id, sizeof(id)));
	return entry != NULL ? an_container_of(entry, struct an_quic_connection, entry) : NULL;
}

void an_wire_say_close(struct an_quic *quic, const struct an_endpoint *local,
                       const struct an_endpoint *remote, uint64_t id, enum an_wire_close how,
                       uint64_t code)
{
	struct loose *loose = an_sim_alloc(sizeof(*loose));
	loose->local = *local;
	loose->remote = *remote;
	an_wire_write_header(loose->bytes, AN_WIRE_LATER, id, NULL, 0, 0);
	loose->size = AN_WIRE_HEADER_SIZE +
	              an_wire_write_close(loose->bytes + AN_WIRE_HEADER_SIZE, how, code);
	an_list_append(&quic->loose, &loose->link);
}

/* A packet for nobody: the first one of a connection, or dropped. */
static struct an_quic_connection *admit(struct an_quic *quic, const struct an_datagram *run,
                                        unsigned type, uint64_t id)
{
	if (!quic->accepts || type != AN_WIRE_FIRST) {
		quic->counters.datagrams_dropped++;
		return NULL;
	}
	if (!an_wire_admit(quic, &run->remote)) {
		quic->counters.connections_refused++;
		an_wire_say_close(quic, &run->local, &run->remote, ~id, AN_WIRE_CLOSE_REFUSED, 0);
		return NULL;
	}
	struct an_quic_connection *connection = an_wire_connection_new(quic, id, &run->remote,
	                                                               false);
	if (connection == NULL)
		return NULL;
	connection->local = run->local;
	connection->address = an_wire_address_take(quic, &run->remote);
	if (connection->address == NULL) {
		an_wire_connection_free(connection);
		return NULL;
	}
	an_wire_handshake_begin(connection);
	quic->events.accepted(quic->events.context, connection);
	return connection;
}

static void take_packet(struct an_quic *quic, const struct an_datagram *run, const uint8_t *bytes,
                        size_t size)
{
	uint64_t id;
	quic->counters.datagrams_received++;
	quic->counters.bytes_received += size;
	if (size < AN_WIRE_HEADER_SIZE) {
		quic->counters.datagrams_dropped++;
		return;
	}
	memcpy(&id, bytes + 1, sizeof(id));
	if (an_map_find(&quic->graves_by_id, an_span(&id, sizeof(id))) != NULL) {
		an_wire_grave_disturb(quic, id);
		return;
	}
	struct an_quic_connection *connection = an_wire_find(quic, id);
	if (connection == NULL)
		connection = admit(quic, run, bytes[0], id);
	if (connection == NULL)
		return;
	connection->local = run->local;
	/* Behind a NAT the peer's address may change. */
	if (connection->connected)
		connection->remote = run->remote;
	an_wire_take(connection, bytes, size);
	an_wire_settle(connection);
}

void an_quic_input(struct an_quic *quic, const struct an_datagram *runs, size_t count,
                   an_time_us now)
{
	quic->now = now > quic->now ? now : quic->now;
	for (size_t i = 0; i < count; i++) {
		const size_t segment = runs[i].segment > 0 ? runs[i].segment : runs[i].size;
		for (size_t begin = 0; begin < runs[i].size; begin += segment) {
			const size_t left = runs[i].size - begin;
			take_packet(quic, &runs[i], runs[i].data + begin,
			            left < segment ? left : segment);
		}
	}
}

static void add_run(struct an_quic *quic, struct an_datagram *run, const struct an_endpoint *local,
                    const struct an_endpoint *remote, uint8_t *bytes, size_t size)
{
	*run = (struct an_datagram){
		.local = *local,
		.remote = *remote,
		.data = bytes,
		.size = size,
		.segment = size,
	};
	quic->counters.datagrams_sent++;
	quic->counters.bytes_sent += size;
}

/* What is said goes to the spent packets, so that its bytes outlive this call. */
static size_t write_loose(struct an_quic *quic, struct an_datagram *runs, size_t capacity)
{
	struct an_list *link;
	size_t count = 0;
	while (count < capacity && (link = an_list_take(&quic->loose)) != NULL) {
		struct loose *loose = an_container_of(link, struct loose, link);
		struct an_wire_packet *packet = an_wire_packet_new(loose->size);
		memcpy(packet->bytes, loose->bytes, loose->size);
		an_list_append(&quic->spent, &packet->link);
		add_run(quic, &runs[count++], &loose->local, &loose->remote, packet->bytes,
		        packet->size);
		free(loose);
	}
	return count;
}

/* One packet of a connection, then it is the next one's turn. */
static bool write_one(struct an_quic *quic, struct an_datagram *run,
                      struct an_quic_connection *connection)
{
	if (!an_wire_settle(connection))
		return false;
	an_list_remove(&connection->touched);
	struct an_wire_packet *packet = an_wire_write(connection);
	if (packet == NULL) {
		an_wire_schedule(connection);
		return false;
	}
	add_run(quic, run, &connection->local, &connection->remote, packet->bytes, packet->size);
	an_wire_touch(connection);
	return true;
}

size_t an_quic_output(struct an_quic *quic, struct an_datagram *runs, size_t capacity,
                      an_time_us now)
{
	struct an_list *link;
	quic->now = now > quic->now ? now : quic->now;
	an_wire_packets_free(&quic->spent);
	size_t count = write_loose(quic, runs, capacity);
	while (count < capacity && (link = an_list_first(&quic->touched)) != NULL)
		count += write_one(quic, &runs[count],
		                   an_container_of(link, struct an_quic_connection, touched));
	return count;
}

an_time_us an_quic_deadline(const struct an_quic *quic)
{
	if (!an_list_empty(&quic->touched) || !an_list_empty(&quic->loose))
		return 0;
	return an_time_earlier(an_heap_deadline(&quic->timers), an_heap_deadline(&quic->graves));
}

void an_quic_expire(struct an_quic *quic, an_time_us now)
{
	struct an_heap_node *timer;
	quic->now = now > quic->now ? now : quic->now;
	an_wire_graves_expire(quic);
	while ((timer = an_heap_take_due(&quic->timers, quic->now)) != NULL)
		an_wire_expire(an_container_of(timer, struct an_quic_connection, timer));
}

const struct an_quic_counters *an_quic_counters(const struct an_quic *quic)
{
	return &quic->counters;
}
