/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What ngtcp2 tells us, passed on as events. None of these frees a connection. */
#include "quic/internal.h"

static void fill_random(uint8_t *out, size_t size, const ngtcp2_rand_ctx *context)
{
	an_random_fill(context->native_handle, out, size);
}

static int path_challenge(ngtcp2_conn *conn, uint8_t *data, void *user)
{
	const struct an_quic_connection *connection = user;
	(void)conn;
	an_random_fill(connection->quic->random, data, NGTCP2_PATH_CHALLENGE_DATALEN);
	return 0;
}

/* Nobody can compute the token again, so a reset by us without state does not exist. */
static int id_new(ngtcp2_conn *conn, ngtcp2_cid *cid, uint8_t *token, size_t size, void *user)
{
	struct an_quic_connection *connection = user;
	(void)conn, (void)size; /* our ids have one size, which the demultiplexer relies on */
	an_quic_id_choose(connection->quic, cid);
	an_random_fill(connection->quic->random, token, NGTCP2_STATELESS_RESET_TOKENLEN);
	const an_status status = an_quic_id_add(connection->quic, &connection->route, cid);
	return status == AUTONOMI_OK ? 0 : NGTCP2_ERR_CALLBACK_FAILURE;
}

static int id_retired(ngtcp2_conn *conn, const ngtcp2_cid *cid, void *user)
{
	struct an_quic_connection *connection = user;
	(void)conn;
	an_quic_id_remove(connection->quic, cid);
	return 0;
}

static int path_validated(ngtcp2_conn *conn, uint32_t flags, const ngtcp2_path *path,
                          const ngtcp2_path *old_path, ngtcp2_path_validation_result result,
                          void *user)
{
	struct an_quic_connection *connection = user;
	(void)conn, (void)flags, (void)old_path;
	if (result == NGTCP2_PATH_VALIDATION_RESULT_SUCCESS)
		an_quic_path_remote(path, &connection->remote);
	return 0;
}

/* Without an agreed protocol (RFC 9001, 8.1) or a proven peer there is no connection. */
static int handshake_completed(ngtcp2_conn *conn, void *user)
{
	struct an_quic_connection *connection = user;
	struct an_quic *quic = connection->quic;
	(void)conn;
	if (!connection->verified || !an_quic_tls_alpn_agreed(&quic->tls, connection->tls))
		return NGTCP2_ERR_CALLBACK_FAILURE;
	connection->connected = true;
	connection->key_exchange = wolfSSL_get_curve_name(connection->tls);
	an_quic_handshake_over(connection);
	if (!connection->close_wanted)
		quic->events.connected(quic->events.context, connection);
	return 0;
}

static int stream_opened(ngtcp2_conn *conn, int64_t id, void *user)
{
	struct an_quic_connection *connection = user;
	const struct an_quic_events *events = &connection->quic->events;
	struct an_quic_stream *stream = an_quic_stream_new(connection);
	if (stream == NULL)
		return NGTCP2_ERR_CALLBACK_FAILURE;
	stream->id = id;
	if (ngtcp2_conn_set_stream_user_data(conn, id, stream) != 0) {
		an_quic_stream_free(stream);
		return NGTCP2_ERR_CALLBACK_FAILURE;
	}
	events->stream_opened(events->context, stream);
	return 0;
}

static int stream_data(ngtcp2_conn *conn, uint32_t flags, int64_t id, uint64_t offset,
                       const uint8_t *data, size_t size, void *user, void *stream_user)
{
	struct an_quic_stream *stream = stream_user;
	const struct an_quic_connection *connection = user;
	const struct an_quic_events *events = &connection->quic->events;
	const bool end = (flags & NGTCP2_STREAM_DATA_FLAG_FIN) != 0;
	(void)conn, (void)id, (void)offset;
	if (stream == NULL)
		return 0;
	stream->held += size;
	if (an_quic_stream_listens(stream))
		events->stream_data(events->context, stream, an_span(data, size), end);
	else
		an_quic_stream_consumed(stream, size);
	return 0;
}

static int stream_acknowledged(ngtcp2_conn *conn, int64_t id, uint64_t offset, uint64_t size,
                               void *user, void *stream_user)
{
	(void)conn, (void)id, (void)user;
	if (stream_user != NULL)
		an_quic_stream_acknowledge(stream_user, offset + size);
	return 0;
}

static int stream_window_grown(ngtcp2_conn *conn, int64_t id, uint64_t limit, void *user,
                               void *stream_user)
{
	struct an_quic_stream *stream = stream_user;
	struct an_quic_connection *connection = user;
	(void)conn, (void)id, (void)limit;
	if (stream == NULL || !stream->submitted || stream->end_sent || stream->reset_wanted ||
	    an_list_linked(&stream->turn))
		return 0;
	an_list_append(&connection->sending, &stream->turn);
	return 0;
}

/* A peer that gives up both directions says so twice; we say it once. */
static void tell_reset(struct an_quic_stream *stream, uint64_t code)
{
	const struct an_quic_events *events = &stream->connection->quic->events;
	if (stream->reset_told || !an_quic_stream_listens(stream))
		return;
	stream->reset_told = true;
	events->stream_reset(events->context, stream, code);
}

static int stream_reset(ngtcp2_conn *conn, int64_t id, uint64_t final_size, uint64_t code,
                        void *user, void *stream_user)
{
	(void)conn, (void)id, (void)final_size, (void)user;
	if (stream_user != NULL)
		tell_reset(stream_user, code);
	return 0;
}

static int stream_stopped(ngtcp2_conn *conn, int64_t id, uint64_t code, void *user,
                          void *stream_user)
{
	(void)conn, (void)id, (void)user;
	if (stream_user != NULL)
		tell_reset(stream_user, code);
	return 0;
}

static int stream_closed(ngtcp2_conn *conn, uint32_t flags, int64_t id, uint64_t code, void *user,
                         void *stream_user)
{
	(void)conn, (void)flags, (void)id, (void)code, (void)user;
	if (stream_user != NULL)
		an_quic_stream_closed(stream_user);
	return 0;
}

/* After the handshake the TLS session is gone: what could still come are tickets, which we do not use,
 * and key updates, which QUIC does itself (RFC 9001, 6). */
static int crypto_data(ngtcp2_conn *conn, ngtcp2_encryption_level level, uint64_t offset,
                       const uint8_t *data, size_t size, void *user)
{
	const struct an_quic_connection *connection = user;
	if (connection->tls == NULL)
		return 0;
	const int status = ngtcp2_crypto_recv_crypto_data_cb(conn, level, offset, data, size, user);
	return connection->tls_failed ? NGTCP2_ERR_CALLBACK_FAILURE : status;
}

static void set_crypto(ngtcp2_callbacks *callbacks)
{
	callbacks->client_initial = ngtcp2_crypto_client_initial_cb;
	callbacks->recv_client_initial = ngtcp2_crypto_recv_client_initial_cb;
	callbacks->recv_crypto_data = crypto_data;
	callbacks->encrypt = ngtcp2_crypto_encrypt_cb;
	callbacks->decrypt = ngtcp2_crypto_decrypt_cb;
	callbacks->hp_mask = ngtcp2_crypto_hp_mask_cb;
	callbacks->recv_retry = ngtcp2_crypto_recv_retry_cb;
	callbacks->update_key = ngtcp2_crypto_update_key_cb;
	callbacks->delete_crypto_aead_ctx = ngtcp2_crypto_delete_crypto_aead_ctx_cb;
	callbacks->delete_crypto_cipher_ctx = ngtcp2_crypto_delete_crypto_cipher_ctx_cb;
	callbacks->version_negotiation = ngtcp2_crypto_version_negotiation_cb;
}

void an_quic_callbacks_set(ngtcp2_callbacks *callbacks)
{
	*callbacks = (ngtcp2_callbacks){0};
	set_crypto(callbacks);
	callbacks->rand = fill_random;
	callbacks->get_path_challenge_data = path_challenge;
	callbacks->get_new_connection_id = id_new;
	callbacks->remove_connection_id = id_retired;
	callbacks->path_validation = path_validated;
	callbacks->handshake_completed = handshake_completed;
	callbacks->stream_open = stream_opened;
	callbacks->recv_stream_data = stream_data;
	callbacks->acked_stream_data_offset = stream_acknowledged;
	callbacks->extend_max_stream_data = stream_window_grown;
	callbacks->stream_reset = stream_reset;
	callbacks->stream_stop_sending = stream_stopped;
	callbacks->stream_close = stream_closed;
}
