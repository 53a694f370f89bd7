/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/memory.h"
#include "quic/internal.h"

enum { DIALLED_ID_SIZE = 16 }; /* of the id that we invent for a peer we do not know yet */

/* Sizes of datagrams that are tried once the handshake is over, the largest first: one probe is
 * enough on most paths. Every path carries 1200 bytes (RFC 9000, 14). */
static const uint16_t datagram_sizes[] = {AN_DATAGRAM_MAX, 1404, 1342};

static void set_settings(const struct an_quic *quic, ngtcp2_settings *settings)
{
	ngtcp2_settings_default(settings);
	settings->initial_ts = an_quic_clock(quic);
	settings->max_tx_udp_payload_size = AN_DATAGRAM_MAX;
	settings->handshake_timeout = an_quic_duration(quic->profile.handshake_timeout);
	settings->rand_ctx.native_handle = quic->random;
	settings->pmtud_probes = datagram_sizes;
	settings->pmtud_probeslen = sizeof(datagram_sizes) / sizeof(datagram_sizes[0]);
}

static void set_parameters(const struct an_quic *quic, ngtcp2_transport_params *parameters)
{
	const struct an_quic_limits *limits = &quic->limits;
	ngtcp2_transport_params_default(parameters);
	parameters->initial_max_streams_bidi = limits->streams;
	parameters->initial_max_stream_data_bidi_local = limits->stream_window;
	parameters->initial_max_stream_data_bidi_remote = limits->stream_window;
	parameters->initial_max_data = limits->connection_window;
	parameters->max_idle_timeout = an_quic_duration(quic->profile.idle_timeout);
}

static struct an_quic_connection *connection_new(struct an_quic *quic,
                                                 const struct an_endpoint *remote, bool dialled)
{
	struct an_quic_connection *connection = an_calloc(1, sizeof(*connection));
	if (connection == NULL)
		return NULL;
	connection->quic = quic;
	connection->route.connection = connection;
	connection->remote = *remote;
	connection->dialled = dialled;
	an_quic_budget_init(connection);
	an_list_init(&connection->route.ids);
	an_list_init(&connection->streams);
	an_list_init(&connection->sending);
	an_list_init(&connection->resets);
	an_list_append(&quic->connections, &connection->link);
	quic->counters.connections++;
	return connection;
}

/* Keeps `conn` where it was made: ngtcp2 leaves a stale pointer where not. */
static an_status started(struct an_quic_connection *connection, int error, ngtcp2_conn *conn)
{
	if (error == 0) {
		connection->conn = conn;
		return AUTONOMI_OK;
	}
	return error == NGTCP2_ERR_NOMEM ? AUTONOMI_E_NO_MEMORY : AUTONOMI_E_INTERNAL;
}

static an_status client_start(struct an_quic_connection *connection, const ngtcp2_cid *id)
{
	struct an_quic *quic = connection->quic;
	ngtcp2_callbacks callbacks;
	ngtcp2_settings settings;
	ngtcp2_transport_params parameters;
	ngtcp2_path_storage path;
	ngtcp2_conn *conn = NULL;
	ngtcp2_cid peer_id = {.datalen = DIALLED_ID_SIZE};
	an_random_fill(quic->random, peer_id.data, peer_id.datalen);
	an_quic_callbacks_set(&callbacks);
	set_settings(quic, &settings);
	set_parameters(quic, &parameters);
	an_quic_path_set(&path, &connection->remote);
	const int error = ngtcp2_conn_client_new(&conn, &peer_id, id, &path.path,
	                                         NGTCP2_PROTO_VER_V1, &callbacks, &settings,
	                                         &parameters, &connection->memory, connection);
	return started(connection, error, conn);
}

/* What the peer checks who answers it by (RFC 9000, 7.3). */
static void set_ids(ngtcp2_transport_params *parameters, const ngtcp2_pkt_hd *header,
                    const ngtcp2_cid *retried)
{
	parameters->original_dcid = retried != NULL ? *retried : header->dcid;
	parameters->original_dcid_present = 1;
	if (retried == NULL)
		return;
	parameters->retry_scid = header->dcid;
	parameters->retry_scid_present = 1;
}

static an_status server_start(struct an_quic_connection *connection, const ngtcp2_cid *id,
                              const ngtcp2_pkt_hd *header, const ngtcp2_cid *retried)
{
	struct an_quic *quic = connection->quic;
	ngtcp2_callbacks callbacks;
	ngtcp2_settings settings;
	ngtcp2_transport_params parameters;
	ngtcp2_path_storage path;
	ngtcp2_conn *conn = NULL;
	an_quic_callbacks_set(&callbacks);
	set_settings(quic, &settings);
	set_parameters(quic, &parameters);
	set_ids(&parameters, header, retried);
	if (retried != NULL) {
		settings.token = header->token;
		settings.tokenlen = header->tokenlen;
		settings.token_type = NGTCP2_TOKEN_TYPE_RETRY;
	}
	an_quic_path_set(&path, &connection->remote);
	const int error = ngtcp2_conn_server_new(&conn, &header->scid, id, &path.path,
	                                         header->version, &callbacks, &settings,
	                                         &parameters, &connection->memory, connection);
	return started(connection, error, conn);
}

static an_status attach(struct an_quic_connection *connection, const ngtcp2_cid *id)
{
	struct an_quic *quic = connection->quic;
	const an_status status = an_quic_id_add(quic, &connection->route, id);
	if (status != AUTONOMI_OK)
		return status;
	const an_status tls = an_quic_tls_attach(&quic->tls, connection);
	if (tls != AUTONOMI_OK)
		return tls;
	ngtcp2_conn_set_tls_native_handle(connection->conn, connection->tls);
	an_quic_connection_touch(connection);
	return AUTONOMI_OK;
}

an_status an_quic_dial(struct an_quic *quic, const struct an_endpoint *remote, void *user,
                       an_time_us now, struct an_quic_connection **ret_connection)
{
	if (now > quic->now)
		quic->now = now;
	if (quic->counters.connections >= quic->limits.connections)
		return AUTONOMI_E_BUSY;
	struct an_quic_connection *connection = connection_new(quic, remote, true);
	if (connection == NULL)
		return AUTONOMI_E_NO_MEMORY;

	ngtcp2_cid id;
	connection->user = user;
	an_quic_id_choose(quic, &id);
	an_status status = client_start(connection, &id);
	if (status == AUTONOMI_OK)
		status = attach(connection, &id);
	if (status != AUTONOMI_OK) {
		an_quic_connection_free(connection);
		return status;
	}
	*ret_connection = connection;
	return AUTONOMI_OK;
}

an_status an_quic_connection_accept(struct an_quic *quic, const struct an_datagram *run,
                                    const ngtcp2_pkt_hd *header, const ngtcp2_cid *retried,
                                    struct an_quic_connection **ret_connection)
{
	struct an_quic_connection *connection = connection_new(quic, &run->remote, false);
	if (connection == NULL)
		return AUTONOMI_E_NO_MEMORY;

	ngtcp2_cid id;
	connection->local = run->local;
	connection->address = an_quic_address_take(quic, &run->remote);
	an_quic_id_choose(quic, &id);
	an_status status = connection->address != NULL ? AUTONOMI_OK : AUTONOMI_E_NO_MEMORY;
	if (status == AUTONOMI_OK)
		an_quic_handshake_begin(connection);
	if (status == AUTONOMI_OK)
		status = server_start(connection, &id, header, retried);
	if (status == AUTONOMI_OK)
		status = an_quic_id_add(quic, &connection->route, &header->dcid);
	if (status == AUTONOMI_OK)
		status = attach(connection, &id);
	if (status != AUTONOMI_OK) {
		an_quic_connection_free(connection);
		return status;
	}
	*ret_connection = connection;
	return AUTONOMI_OK;
}

void an_quic_connection_free(struct an_quic_connection *connection)
{
	struct an_quic *quic = connection->quic;
	struct an_list *link;
	while ((link = an_list_first(&connection->streams)) != NULL)
		an_quic_stream_free(an_container_of(link, struct an_quic_stream, link));
	an_quic_ids_clear(quic, &connection->route);
	an_list_remove(&connection->link);
	an_list_remove(&connection->touched);
	an_heap_remove(&quic->timers, &connection->timer);
	an_quic_handshake_over(connection);
	if (connection->address != NULL)
		an_quic_address_release(quic, connection->address);
	quic->counters.connections--;
	an_quic_tls_detach(connection);
	if (connection->conn != NULL)
		ngtcp2_conn_del(connection->conn);
	an_free(connection);
}

void an_quic_connection_touch(struct an_quic_connection *connection)
{
	if (!an_list_linked(&connection->touched) && !connection->ended)
		an_list_append(&connection->quic->touched, &connection->touched);
}

static an_time_us deadline_of(const struct an_quic_connection *connection)
{
	const uint64_t expiry = ngtcp2_conn_get_expiry(connection->conn);
	const bool between = expiry % NGTCP2_MICROSECONDS != 0;
	if (expiry == UINT64_MAX)
		return AN_TIME_NEVER;
	return expiry / NGTCP2_MICROSECONDS + (between ? 1 : 0);
}

/* What is due now was done before the connection wrote. Pacing may name this very instant again, and
 * a deadline that does not move on would be a busy loop. */
void an_quic_connection_schedule(struct an_quic_connection *connection)
{
	struct an_quic *quic = connection->quic;
	an_time_us deadline = deadline_of(connection);
	if (connection->credits > 0)
		deadline = an_time_earlier(deadline, connection->credit_at);
	an_heap_set(&quic->timers, &connection->timer,
	            deadline > quic->now ? deadline : quic->now + 1);
}

void an_quic_connection_read(struct an_quic_connection *connection, const struct an_datagram *run,
                             const uint8_t *bytes, size_t size)
{
	ngtcp2_path_storage path;
	const ngtcp2_pkt_info info = {.ecn = run->ecn & NGTCP2_ECN_MASK};
	an_quic_path_set(&path, &run->remote);
	const int error = ngtcp2_conn_read_pkt(connection->conn, &path.path, &info, bytes, size,
	                                       an_quic_clock(connection->quic));
	an_quic_connection_touch(connection);
	if (error != 0)
		an_quic_connection_fail(connection, error);
	else
		an_quic_connection_settle(connection);
}

bool an_quic_connection_expire(struct an_quic_connection *connection)
{
	an_quic_connection_touch(connection);
	an_quic_credit_grant(connection);
	const int error = deadline_of(connection) <= connection->quic->now
	                          ? ngtcp2_conn_handle_expiry(connection->conn,
	                                                      an_quic_clock(connection->quic))
	                          : 0;
	if (error == 0)
		return an_quic_connection_settle(connection);
	an_quic_connection_fail(connection, error);
	return false;
}

static void reset_streams(struct an_quic_connection *connection)
{
	struct an_list *link;
	while (connection->broken == 0 && (link = an_list_take(&connection->resets)) != NULL)
		connection->broken = an_quic_stream_reset_now(
			an_container_of(link, struct an_quic_stream, reset));
}

static void close_as_asked(struct an_quic_connection *connection)
{
	const struct an_quic_close close = {.status = AUTONOMI_OK,
	                                    .code = connection->close_code,
	                                    .reason = "closed by us"};
	ngtcp2_ccerr error;
	ngtcp2_ccerr_set_application_error(&error, connection->close_code, NULL, 0);
	an_quic_connection_end(connection, &close, AN_QUIC_FAREWELL_SAY, &error);
}

bool an_quic_connection_settle(struct an_quic_connection *connection)
{
	if (connection->close_wanted) {
		close_as_asked(connection);
		return false;
	}
	if (connection->connected)
		an_quic_tls_detach(connection);
	reset_streams(connection);
	if (connection->broken != 0) {
		an_quic_connection_fail(connection, connection->broken);
		return false;
	}
	return true;
}

void an_quic_connection_fail(struct an_quic_connection *connection, int error)
{
	struct an_quic_close close;
	enum an_quic_farewell farewell;
	ngtcp2_ccerr told;
	an_quic_close_of_error(connection, error, &close, &farewell, &told);
	an_quic_connection_end(connection, &close, farewell, &told);
}

static void close_streams(struct an_quic_connection *connection)
{
	struct an_list *link;
	while ((link = an_list_first(&connection->streams)) != NULL)
		an_quic_stream_closed(an_container_of(link, struct an_quic_stream, link));
}

void an_quic_connection_end(struct an_quic_connection *connection,
                            const struct an_quic_close *close, enum an_quic_farewell farewell,
                            const ngtcp2_ccerr *error)
{
	struct an_quic *quic = connection->quic;
	an_assert(!connection->ended);
	connection->ended = true;
	if (!connection->connected)
		quic->counters.handshakes_failed++;
	close_streams(connection);
	an_log(quic->logger, AN_LOG_DEBUG, "quic", "a %s connection ended: %s (%s)",
	       connection->dialled ? "dialled" : "accepted", close->reason,
	       an_status_name(close->status));
	quic->events.closed(quic->events.context, connection, close);
	if (farewell != AN_QUIC_FAREWELL_NONE)
		an_quic_grave_dig(connection, farewell, error);
	an_quic_connection_free(connection);
}

void an_quic_connection_close(struct an_quic_connection *connection, uint64_t code)
{
	if (connection->close_wanted || connection->ended)
		return;
	connection->close_wanted = true;
	connection->close_code = code;
	an_quic_connection_touch(connection);
}

void *an_quic_connection_user(const struct an_quic_connection *connection)
{
	return connection->user;
}

void an_quic_connection_set_user(struct an_quic_connection *connection, void *user)
{
	connection->user = user;
}

bool an_quic_connection_dialled(const struct an_quic_connection *connection)
{
	return connection->dialled;
}

const struct an_endpoint *an_quic_connection_remote(const struct an_quic_connection *connection)
{
	return &connection->remote;
}

an_time_us an_quic_connection_rtt(const struct an_quic_connection *connection)
{
	ngtcp2_conn_info info;
	ngtcp2_conn_get_conn_info(connection->conn, &info);
	return info.latest_rtt == 0 ? 0 : info.smoothed_rtt / NGTCP2_MICROSECONDS;
}

const char *an_quic_connection_key_exchange(const struct an_quic_connection *connection)
{
	return connection->key_exchange != NULL ? connection->key_exchange : "";
}
