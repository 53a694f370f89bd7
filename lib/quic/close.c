/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Why a connection ended, in our words, and how the peer is told. */
#include "quic/internal.h"

enum {
	ALERT_BAD_CERTIFICATE = 42,
	ALERT_ILLEGAL_PARAMETER = 47,
	ALERT_UNKNOWN_AUTHORITY = 48,
	ALERT_ACCESS_DENIED = 49,
	ALERT_CERTIFICATE_REQUIRED = 116,
};

/* TLS alerts (RFC 8446, 6.2) that speak about the other side's identity. */
static bool alert_is_about_identity(uint64_t alert)
{
	return (alert >= ALERT_BAD_CERTIFICATE && alert < ALERT_ILLEGAL_PARAMETER) ||
	       alert == ALERT_UNKNOWN_AUTHORITY || alert == ALERT_ACCESS_DENIED ||
	       alert == ALERT_CERTIFICATE_REQUIRED;
}

static bool is_alert(uint64_t code)
{
	return code >= NGTCP2_CRYPTO_ERROR && code <= NGTCP2_CRYPTO_ERROR + 0xff;
}

static void close_of_transport_code(uint64_t code, struct an_quic_close *ret_close)
{
	ret_close->status = AUTONOMI_E_PROTOCOL;
	ret_close->reason = "the peer reported an error";
	if (code == NGTCP2_NO_ERROR) {
		ret_close->status = AUTONOMI_OK;
		ret_close->reason = "closed by the peer";
	} else if (code == NGTCP2_CONNECTION_REFUSED || code == NGTCP2_APPLICATION_ERROR) {
		/* An application code cannot be told during the handshake (RFC 9000, 10.2.3). */
		ret_close->status = AUTONOMI_E_REFUSED;
		ret_close->reason = "the peer refused the connection";
	} else if (is_alert(code) && alert_is_about_identity(code - NGTCP2_CRYPTO_ERROR)) {
		ret_close->status = AUTONOMI_E_REFUSED;
		ret_close->reason = "the peer refused our certificate";
	}
}

static void close_by_peer(const ngtcp2_ccerr *error, struct an_quic_close *ret_close)
{
	ret_close->by_peer = true;
	switch (error->type) {
	case NGTCP2_CCERR_TYPE_APPLICATION:
		ret_close->code = error->error_code;
		ret_close->reason = "closed by the peer";
		break;
	case NGTCP2_CCERR_TYPE_TRANSPORT:
		close_of_transport_code(error->error_code, ret_close);
		break;
	default: /* a stateless reset */
		ret_close->status = AUTONOMI_E_UNREACHABLE;
		ret_close->reason = "the peer has forgotten the connection";
		break;
	}
}

static void close_of_handshake(struct an_quic_connection *connection,
                               struct an_quic_close *ret_close, ngtcp2_ccerr *ret_error)
{
	const uint8_t alert = ngtcp2_conn_get_tls_alert(connection->conn);
	ngtcp2_ccerr_set_tls_alert(ret_error, alert, NULL, 0);
	ret_close->status = AUTONOMI_E_PROTOCOL;
	ret_close->reason = "the TLS handshake failed";
	if (connection->refusal != AUTONOMI_OK) {
		ret_close->status = connection->refusal;
		ret_close->reason = "the peer's certificate was refused";
	} else if (alert_is_about_identity(alert)) {
		ret_close->status = AUTONOMI_E_IDENTITY;
		ret_close->reason = "the peer showed no valid certificate";
	}
}

static void close_of_other(struct an_quic_connection *connection, int error,
                           struct an_quic_close *ret_close, ngtcp2_ccerr *ret_error)
{
	ngtcp2_ccerr_set_liberr(ret_error, error, NULL, 0);
	ret_close->reason = ngtcp2_strerror(error);
	ret_close->status = AUTONOMI_E_PROTOCOL;
	if (error == NGTCP2_ERR_NOMEM)
		ret_close->status = AUTONOMI_E_NO_MEMORY;
	else if (error == NGTCP2_ERR_CALLBACK_FAILURE && connection->connected)
		ret_close->status = AUTONOMI_E_NO_MEMORY;
	else if (error == NGTCP2_ERR_CALLBACK_FAILURE && !connection->verified)
		ret_close->status = AUTONOMI_E_IDENTITY;
}

static void close_of_silence(const struct an_quic_connection *connection,
                             struct an_quic_close *ret_close)
{
	if (connection->connected) {
		ret_close->status = AUTONOMI_E_TIMEOUT;
		ret_close->reason = "nothing was received for the idle timeout";
	} else {
		ret_close->status = AUTONOMI_E_UNREACHABLE;
		ret_close->reason = "the handshake did not complete in time";
	}
}

void an_quic_close_of_error(struct an_quic_connection *connection, int error,
                            struct an_quic_close *ret_close, enum an_quic_farewell *ret_farewell,
                            ngtcp2_ccerr *ret_error)
{
	*ret_close = (struct an_quic_close){.status = AUTONOMI_OK};
	*ret_farewell = AN_QUIC_FAREWELL_NONE;
	ngtcp2_ccerr_default(ret_error);
	switch (error) {
	case NGTCP2_ERR_IDLE_CLOSE:
	case NGTCP2_ERR_HANDSHAKE_TIMEOUT:
		close_of_silence(connection, ret_close);
		break;
	case NGTCP2_ERR_RECV_VERSION_NEGOTIATION:
		ret_close->status = AUTONOMI_E_VERSION;
		ret_close->reason = "the peer speaks another version of QUIC";
		break;
	case NGTCP2_ERR_DROP_CONN:
	case NGTCP2_ERR_RETRY:
		ret_close->status = AUTONOMI_E_PROTOCOL;
		ret_close->reason = "the first datagram was not valid";
		break;
	case NGTCP2_ERR_DRAINING:
		*ret_farewell = AN_QUIC_FAREWELL_DRAIN;
		close_by_peer(ngtcp2_conn_get_ccerr(connection->conn), ret_close);
		break;
	case NGTCP2_ERR_CRYPTO:
		*ret_farewell = AN_QUIC_FAREWELL_SAY;
		close_of_handshake(connection, ret_close, ret_error);
		break;
	default:
		*ret_farewell = AN_QUIC_FAREWELL_SAY;
		close_of_other(connection, error, ret_close, ret_error);
		break;
	}
}
