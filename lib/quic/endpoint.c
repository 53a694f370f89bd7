/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/memory.h"
#include "quic/internal.h"

uint64_t an_quic_clock(const struct an_quic *quic)
{
	return quic->now * NGTCP2_MICROSECONDS;
}

static void advance(struct an_quic *quic, an_time_us now)
{
	if (now > quic->now)
		quic->now = now;
}

an_status an_quic_library_start(void)
{
	static bool started;
	if (!started)
		started = wolfSSL_Init() == WOLFSSL_SUCCESS;
	return started ? AUTONOMI_OK : AUTONOMI_E_INTERNAL;
}

static void init_tables(struct an_quic *quic)
{
	const uint64_t seed[2] = {an_random_u64(quic->random), an_random_u64(quic->random)};
	an_map_init(&quic->ids, seed);
	an_map_init(&quic->addresses, seed);
	an_list_init(&quic->connections);
	an_list_init(&quic->touched);
	an_list_init(&quic->unproven);
	an_list_init(&quic->resting);
	an_list_init(&quic->farewells);
	an_heap_init(&quic->timers);
	an_heap_init(&quic->graves);
}

an_status an_quic_new(const struct an_quic_config *config, const struct an_quic_events *events,
                      struct an_quic **ret_quic)
{
	const an_status started = an_quic_library_start();
	if (started != AUTONOMI_OK)
		return started;
	struct an_quic *quic = an_calloc(1, sizeof(*quic));
	if (quic == NULL)
		return AUTONOMI_E_NO_MEMORY;

	quic->profile = *config->profile;
	quic->limits = config->limits;
	quic->events = *events;
	quic->random = config->random;
	quic->logger = config->logger;
	quic->accepts = config->accepts;
	an_random_fill(quic->random, quic->retry_secret, sizeof(quic->retry_secret));
	init_tables(quic);
	an_status status = an_quic_tls_init(&quic->tls, config);
	if (status == AUTONOMI_OK && (quic->output = an_malloc(AN_QUIC_OUTPUT_SIZE)) == NULL)
		status = AUTONOMI_E_NO_MEMORY;
	if (status != AUTONOMI_OK) {
		an_quic_free(quic);
		return status;
	}
	*ret_quic = quic;
	return AUTONOMI_OK;
}

struct an_quic *an_quic_free(struct an_quic *quic)
{
	struct an_list *link;
	if (quic == NULL)
		return NULL;
	while ((link = an_list_first(&quic->connections)) != NULL)
		an_quic_connection_free(an_container_of(link, struct an_quic_connection, link));
	an_quic_graves_clear(quic);
	an_quic_addresses_clear(quic);
	an_map_done(&quic->ids);
	an_map_done(&quic->addresses);
	an_quic_tls_done(&quic->tls);
	an_free(quic->output);
	return an_free(quic);
}

/* Where no more fit, the datagram that asked for the answer counts as dropped. */
static struct an_quic_reply *reply_add(struct an_quic *quic, const struct an_datagram *run)
{
	if (quic->reply_count == AN_QUIC_REPLIES_MAX) {
		quic->counters.datagrams_dropped++;
		return NULL;
	}
	struct an_quic_reply *reply = &quic->replies[quic->reply_count];
	reply->local = run->local;
	reply->remote = run->remote;
	return reply;
}

static void reply_commit(struct an_quic *quic, struct an_quic_reply *reply, ngtcp2_ssize size)
{
	if (size <= 0)
		return;
	reply->size = (size_t)size;
	quic->reply_count++;
}

/* RFC 9000, 6.1. */
static void answer_version(struct an_quic *quic, const struct an_datagram *run,
                           const uint8_t *peer_id, size_t peer_id_size, const uint8_t *our_id,
                           size_t our_id_size)
{
	const uint32_t versions[] = {NGTCP2_PROTO_VER_V1};
	uint8_t unused;
	struct an_quic_reply *reply = reply_add(quic, run);
	if (reply == NULL)
		return;
	an_random_fill(quic->random, &unused, sizeof(unused));
	reply_commit(quic, reply,
	             ngtcp2_pkt_write_version_negotiation(reply->packet, sizeof(reply->packet),
	                                                  unused, peer_id, peer_id_size, our_id,
	                                                  our_id_size, versions, 1));
}

static bool was_refused(struct an_quic *quic, const ngtcp2_cid *id)
{
	for (size_t i = 0; i < AN_QUIC_REPLIES_MAX; i++) {
		if (ngtcp2_cid_eq(&quic->refused[i], id))
			return true;
	}
	quic->refused[quic->refused_next] = *id;
	quic->refused_next = (quic->refused_next + 1) % AN_QUIC_REPLIES_MAX;
	return false;
}

/* A busy node says so (DESIGN 8). The answer is smaller than what it answers. */
static void refuse(struct an_quic *quic, const struct an_datagram *run, const ngtcp2_pkt_hd *header)
{
	if (!was_refused(quic, &header->dcid))
		quic->counters.connections_refused++;
	struct an_quic_reply *reply = reply_add(quic, run);
	if (reply == NULL)
		return;
	/* ngtcp2 takes the keys from our id, so it must be the one that the peer invented for us. */
	reply_commit(quic, reply,
	             ngtcp2_crypto_write_connection_close(reply->packet, sizeof(reply->packet),
	                                                  header->version, &header->scid,
	                                                  &header->dcid, NGTCP2_CONNECTION_REFUSED,
	                                                  NULL, 0));
}

static bool is_full(struct an_quic *quic, const struct an_endpoint *remote)
{
	return an_quic_address_full(quic, remote) || an_quic_address_hasty(quic, remote) ||
	       !an_quic_connection_admit(quic, remote) || !an_quic_handshake_admit(quic, remote);
}

static void ask_for_proof(struct an_quic *quic, const struct an_datagram *run,
                          const ngtcp2_pkt_hd *header)
{
	struct an_quic_reply *reply = reply_add(quic, run);
	if (reply == NULL)
		return;
	reply->size = an_quic_retry_write(quic, run, header, reply->packet, sizeof(reply->packet));
	if (reply->size == 0)
		return;
	quic->reply_count++;
	quic->counters.retries++;
}

static struct an_quic_connection *let_in(struct an_quic *quic, const struct an_datagram *run,
                                         const ngtcp2_pkt_hd *header, const ngtcp2_cid *retried)
{
	struct an_quic_connection *connection = NULL;
	if (is_full(quic, &run->remote)) {
		refuse(quic, run, header);
		return NULL;
	}
	if (an_quic_connection_accept(quic, run, header, retried, &connection) != AUTONOMI_OK) {
		quic->counters.datagrams_dropped++;
		return NULL;
	}
	quic->events.accepted(quic->events.context, connection);
	return connection;
}

/* A datagram for nobody: the first one of a connection, or dropped. */
static struct an_quic_connection *admit(struct an_quic *quic, const struct an_datagram *run,
                                        const uint8_t *bytes, size_t size)
{
	ngtcp2_pkt_hd header;
	ngtcp2_cid first;
	if (!quic->accepts || ngtcp2_accept(&header, bytes, size) != 0) {
		quic->counters.datagrams_dropped++;
		return NULL;
	}
	if (header.version != NGTCP2_PROTO_VER_V1) {
		answer_version(quic, run, header.scid.data, header.scid.datalen, header.dcid.data,
		               header.dcid.datalen);
		return NULL;
	}
	if (an_quic_retry_proven(quic, run, &header, &first))
		return let_in(quic, run, &header, &first);
	if (!an_quic_retry_wanted(quic))
		return let_in(quic, run, &header, NULL);
	ask_for_proof(quic, run, &header);
	return NULL;
}

static void take_datagram(struct an_quic *quic, const struct an_datagram *run, const uint8_t *bytes,
                          size_t size)
{
	ngtcp2_version_cid ids;
	quic->counters.datagrams_received++;
	quic->counters.bytes_received += size;
	const int error = ngtcp2_pkt_decode_version_cid(&ids, bytes, size, AN_QUIC_ID_SIZE);
	if (error == NGTCP2_ERR_VERSION_NEGOTIATION && quic->accepts) {
		answer_version(quic, run, ids.scid, ids.scidlen, ids.dcid, ids.dcidlen);
		return;
	}
	if (error != 0) {
		quic->counters.datagrams_dropped++;
		return;
	}

	struct an_quic_route *route = an_quic_route_find(quic, ids.dcid, ids.dcidlen);
	struct an_quic_connection *connection = route != NULL ? route->connection
	                                                      : admit(quic, run, bytes, size);
	if (connection != NULL)
		an_quic_connection_read(connection, run, bytes, size);
	else if (route != NULL)
		an_quic_grave_disturb(quic, an_container_of(route, struct an_quic_grave, route));
	an_quic_budget_relieve(quic);
}

void an_quic_input(struct an_quic *quic, const struct an_datagram *runs, size_t count,
                   an_time_us now)
{
	advance(quic, now);
	for (size_t i = 0; i < count; i++) {
		const size_t segment = runs[i].segment > 0 ? runs[i].segment : runs[i].size;
		for (size_t begin = 0; begin < runs[i].size; begin += segment) {
			const size_t left = runs[i].size - begin;
			take_datagram(quic, &runs[i], runs[i].data + begin,
			              left < segment ? left : segment);
		}
	}
}

static void write_alone(struct an_quic *quic, struct an_quic_output *output,
                        const struct an_endpoint *local, const struct an_endpoint *remote,
                        const uint8_t *packet, size_t size)
{
	memcpy(output->buffer + output->fill, packet, size);
	an_quic_output_close_run(output);
	an_quic_output_add(quic, output, local, remote, 0, size);
	an_quic_output_close_run(output);
}

static void write_replies(struct an_quic *quic, struct an_quic_output *output)
{
	while (quic->reply_count > 0 && an_quic_output_has_room(output)) {
		const struct an_quic_reply *reply = &quic->replies[--quic->reply_count];
		write_alone(quic, output, &reply->local, &reply->remote, reply->packet,
		            reply->size);
	}
}

static void write_farewells(struct an_quic *quic, struct an_quic_output *output)
{
	struct an_list *link;
	while (an_quic_output_has_room(output) && (link = an_list_take(&quic->farewells)) != NULL) {
		const struct an_quic_grave *grave = an_container_of(link, struct an_quic_grave,
		                                                    link);
		write_alone(quic, output, &grave->local, &grave->remote, grave->packet,
		            grave->size);
	}
}

static void write_connections(struct an_quic *quic, struct an_quic_output *output)
{
	struct an_list *link;
	while (an_quic_output_has_room(output) && (link = an_list_first(&quic->touched)) != NULL) {
		struct an_quic_connection *connection = an_container_of(link,
		                                                        struct an_quic_connection,
		                                                        touched);
		if (!an_quic_connection_expire(connection))
			continue;
		an_list_remove(link);
		switch (an_quic_connection_write(connection, output)) {
		case AN_QUIC_WRITE_MORE:
			an_quic_connection_touch(connection);
			break;
		case AN_QUIC_WRITE_DONE:
			an_quic_connection_schedule(connection);
			break;
		case AN_QUIC_WRITE_GONE:
			break;
		}
	}
}

size_t an_quic_output(struct an_quic *quic, struct an_datagram *runs, size_t capacity,
                      an_time_us now)
{
	struct an_quic_output output = {.runs = runs, .capacity = capacity, .buffer = quic->output};
	advance(quic, now);
	write_replies(quic, &output);
	write_connections(quic, &output);
	write_farewells(quic, &output);
	return output.count;
}

an_time_us an_quic_deadline(const struct an_quic *quic)
{
	if (!an_list_empty(&quic->touched) || !an_list_empty(&quic->farewells) ||
	    quic->reply_count > 0)
		return 0;
	return an_time_earlier(an_heap_deadline(&quic->timers), an_heap_deadline(&quic->graves));
}

void an_quic_expire(struct an_quic *quic, an_time_us now)
{
	struct an_heap_node *timer;
	advance(quic, now);
	an_quic_graves_expire(quic);
	while ((timer = an_heap_take_due(&quic->timers, quic->now)) != NULL)
		an_quic_connection_expire(an_container_of(timer, struct an_quic_connection, timer));
}

const struct an_quic_counters *an_quic_counters(const struct an_quic *quic)
{
	return &quic->counters;
}
