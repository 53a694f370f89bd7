/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * TLS 1.3 as QUIC uses it (RFC 9001): both sides show a self-signed certificate and prove its key.
 * That the key may speak for somebody is decided by the owner of the endpoint, so the errors "no
 * authority signed it" and "not valid today" (clocks of nodes are wrong) are no errors here.
 */
#include <ngtcp2/ngtcp2_crypto_wolfssl.h>
#include <wolfssl/error-ssl.h>
#include <wolfssl/wolfcrypt/error-crypt.h>

#include "quic/internal.h"

#if defined(WOLFSSL_HAVE_MLKEM) && !defined(WOLFSSL_NO_ML_KEM_768) && defined(HAVE_CURVE25519)
#define AN_QUIC_POST_QUANTUM 1
#else
#define AN_QUIC_POST_QUANTUM 0
#endif

enum { AN_QUIC_TRANSPORT_PARAMETERS = 0x39 }; /* the TLS extension (RFC 9001, 8.2) */

static const int groups[] = {
#if AN_QUIC_POST_QUANTUM
	WOLFSSL_X25519MLKEM768,
#endif
	WOLFSSL_ECC_X25519,
};

/* AES-128-GCM is the faster one where the processor has instructions for it. */
static const char *ciphers(void)
{
#if defined(__x86_64__) || defined(__i386__)
	if (!__builtin_cpu_supports("aes"))
		return "TLS13-CHACHA20-POLY1305-SHA256:TLS13-AES128-GCM-SHA256";
#endif
	return "TLS13-AES128-GCM-SHA256:TLS13-CHACHA20-POLY1305-SHA256";
}

static bool error_is_ours_to_judge(int error)
{
	return error == ASN_NO_SIGNER_E || error == ASN_BEFORE_DATE_E || error == ASN_AFTER_DATE_E;
}

static bool certificate_accepted(struct an_quic_connection *connection,
                                 const WOLFSSL_BUFFER_INFO *certificate)
{
	const struct an_quic_events *events = &connection->quic->events;
	connection->refusal = events->verify(events->context, connection,
	                                     an_span(certificate->buffer, certificate->length));
	connection->verified = connection->refusal == AUTONOMI_OK;
	return connection->verified;
}

static int verify(int passed, WOLFSSL_X509_STORE_CTX *store)
{
	struct an_quic_connection *connection = store->userCtx;
	if (connection == NULL || connection->close_wanted)
		return 0;
	if (connection->verified)
		return 1;
	connection->refusal = AUTONOMI_E_IDENTITY;
	if (!passed && !error_is_ours_to_judge(store->error))
		return 0;
	/* A chain says nothing that we would believe. */
	if (store->totalCerts != 1 || store->certs == NULL)
		return 0;
	return certificate_accepted(connection, &store->certs[0]) ? 1 : 0;
}

static bool set_identity(WOLFSSL_CTX *context, const struct an_quic_config *config)
{
	const struct an_span certificate = config->certificate, key = config->private_key;
	return wolfSSL_CTX_use_certificate_buffer(context, certificate.data, (long)certificate.size,
	                                          WOLFSSL_FILETYPE_ASN1) == WOLFSSL_SUCCESS &&
	       wolfSSL_CTX_use_PrivateKey_buffer(context, key.data, (long)key.size,
	                                         WOLFSSL_FILETYPE_ASN1) == WOLFSSL_SUCCESS &&
	       wolfSSL_CTX_check_private_key(context) == WOLFSSL_SUCCESS;
}

/* Resumption is not offered: no tickets, and no cache that outlives the connection. */
static bool set_policy(WOLFSSL_CTX *context)
{
	int copy[sizeof(groups) / sizeof(groups[0])];
	memcpy(copy, groups, sizeof(groups));
	wolfSSL_CTX_set_session_cache_mode(context, WOLFSSL_SESS_CACHE_OFF);
	wolfSSL_CTX_set_verify(context, WOLFSSL_VERIFY_PEER | WOLFSSL_VERIFY_FAIL_IF_NO_PEER_CERT,
	                       verify);
	return wolfSSL_CTX_set_cipher_list(context, ciphers()) == WOLFSSL_SUCCESS &&
	       wolfSSL_CTX_set_groups(context, copy, (int)(sizeof(copy) / sizeof(copy[0]))) ==
	               WOLFSSL_SUCCESS;
}

/* ---- What TLS hands to QUIC (RFC 9001, 4.1). */

static struct an_quic_connection *connection_of(WOLFSSL *session)
{
	const ngtcp2_crypto_conn_ref *reference = wolfSSL_get_app_data(session);
	return reference->user_data;
}

/* A failure is noted and not told: wolfSSL 5.7.2 takes it for progress and then asks without end for
 * the next message. crypto_data (callbacks.c) ends the connection. */
static int take_secrets(WOLFSSL *session, WOLFSSL_ENCRYPTION_LEVEL of, const uint8_t *receive,
                        const uint8_t *send, size_t size)
{
	struct an_quic_connection *connection = connection_of(session);
	const ngtcp2_encryption_level level = ngtcp2_crypto_wolfssl_from_wolfssl_encryption_level(
		of);
	if (connection->tls_failed)
		return 1;
	if (receive != NULL &&
	    ngtcp2_crypto_derive_and_install_rx_key(connection->conn, NULL, NULL, NULL, level,
	                                            receive, size) != 0)
		connection->tls_failed = true;
	else if (send != NULL &&
	         ngtcp2_crypto_derive_and_install_tx_key(connection->conn, NULL, NULL, NULL, level,
	                                                 send, size) != 0)
		connection->tls_failed = true;
	return 1;
}

static int take_handshake_data(WOLFSSL *session, WOLFSSL_ENCRYPTION_LEVEL level,
                               const uint8_t *data, size_t size)
{
	const int status = ngtcp2_conn_submit_crypto_data(
		connection_of(session)->conn,
		ngtcp2_crypto_wolfssl_from_wolfssl_encryption_level(level), data, size);
	return status == 0;
}

static int flush_flight(WOLFSSL *session)
{
	(void)session;
	return 1;
}

static int take_alert(WOLFSSL *session, WOLFSSL_ENCRYPTION_LEVEL level, uint8_t alert)
{
	(void)level;
	ngtcp2_conn_set_tls_alert(connection_of(session)->conn, alert);
	return 1;
}

static const WOLFSSL_QUIC_METHOD to_quic = {
	.set_encryption_secrets = take_secrets,
	.add_handshake_data = take_handshake_data,
	.flush_flight = flush_flight,
	.send_alert = take_alert,
};

static WOLFSSL_CTX *context_free(WOLFSSL_CTX *context)
{
	if (context != NULL)
		wolfSSL_CTX_free(context);
	return NULL;
}

an_status an_quic_tls_init(struct an_quic_tls *tls, const struct an_quic_config *config)
{
	*tls = (struct an_quic_tls){0};
	const size_t size = strlen(config->profile->alpn);
	if (size == 0 || size >= sizeof(tls->alpn))
		return AUTONOMI_E_INVALID;
	if (config->certificate.size > INT32_MAX || config->private_key.size > INT32_MAX)
		return AUTONOMI_E_INVALID;
	memcpy(tls->alpn, config->profile->alpn, size + 1);

	tls->server = wolfSSL_CTX_new(wolfTLSv1_3_server_method());
	tls->client = wolfSSL_CTX_new(wolfTLSv1_3_client_method());
	if (tls->server == NULL || tls->client == NULL)
		return AUTONOMI_E_NO_MEMORY;
	if (ngtcp2_crypto_wolfssl_configure_server_context(tls->server) != 0 ||
	    ngtcp2_crypto_wolfssl_configure_client_context(tls->client) != 0 ||
	    wolfSSL_CTX_set_quic_method(tls->server, &to_quic) != WOLFSSL_SUCCESS ||
	    wolfSSL_CTX_set_quic_method(tls->client, &to_quic) != WOLFSSL_SUCCESS ||
	    !set_policy(tls->server) || !set_policy(tls->client) ||
	    wolfSSL_CTX_no_ticket_TLSv13(tls->server) != 0)
		return AUTONOMI_E_UNSUPPORTED;
	if (!set_identity(tls->server, config) || !set_identity(tls->client, config))
		return AUTONOMI_E_INVALID;
	return AUTONOMI_OK;
}

void an_quic_tls_done(struct an_quic_tls *tls)
{
	tls->server = context_free(tls->server);
	tls->client = context_free(tls->client);
}

static ngtcp2_conn *conn_of(ngtcp2_crypto_conn_ref *reference)
{
	return ((struct an_quic_connection *)reference->user_data)->conn;
}

/* A share for every group, so that a peer which lacks the first one costs no second round trip. */
static bool offer_key_shares(WOLFSSL *session)
{
	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		if (wolfSSL_UseKeyShare(session, (word16)groups[i]) != WOLFSSL_SUCCESS)
			return false;
	}
	return true;
}

static bool set_protocol(const struct an_quic_tls *tls, WOLFSSL *session)
{
	char alpn[AN_QUIC_ALPN_MAX];
	memcpy(alpn, tls->alpn, sizeof(alpn));
	return wolfSSL_UseALPN(session, alpn, (unsigned)strlen(alpn),
	                       WOLFSSL_ALPN_FAILED_ON_MISMATCH) == WOLFSSL_SUCCESS;
}

an_status an_quic_tls_attach(struct an_quic_tls *tls, struct an_quic_connection *connection)
{
	WOLFSSL *session = wolfSSL_new(connection->dialled ? tls->client : tls->server);
	if (session == NULL)
		return AUTONOMI_E_NO_MEMORY;
	connection->tls = session;
	connection->reference.get_conn = conn_of;
	connection->reference.user_data = connection;
	wolfSSL_set_app_data(session, &connection->reference);
	wolfSSL_SetCertCbCtx(session, connection);
	wolfSSL_set_quic_transport_version(session, AN_QUIC_TRANSPORT_PARAMETERS);
	if (!set_protocol(tls, session))
		return AUTONOMI_E_NO_MEMORY;

	if (!connection->dialled) {
		wolfSSL_set_accept_state(session);
		return AUTONOMI_OK;
	}
	wolfSSL_set_connect_state(session);
	return offer_key_shares(session) ? AUTONOMI_OK : AUTONOMI_E_NO_MEMORY;
}

void an_quic_tls_detach(struct an_quic_connection *connection)
{
	if (connection->tls == NULL)
		return;
	if (connection->conn != NULL)
		ngtcp2_conn_set_tls_native_handle(connection->conn, NULL);
	wolfSSL_free(connection->tls);
	connection->tls = NULL;
}

bool an_quic_tls_alpn_agreed(const struct an_quic_tls *tls, WOLFSSL *session)
{
	char *name = NULL;
	word16 size = 0;
	if (wolfSSL_ALPN_GetProtocol(session, &name, &size) != WOLFSSL_SUCCESS)
		return false;
	return an_span_equal(an_span(name, size), an_span_text(tls->alpn));
}

const char *an_quic_tls_library(void)
{
	return "wolfSSL " LIBWOLFSSL_VERSION_STRING;
}

const char *an_quic_library(void)
{
	return "ngtcp2 " NGTCP2_VERSION;
}

const char *an_quic_best_key_exchange(void)
{
	return AN_QUIC_POST_QUANTUM ? "X25519MLKEM768" : "X25519";
}
