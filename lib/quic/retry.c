/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Retry (RFC 9000, 8.1.2): proof of an address before anything is kept for it. It costs a round trip, so
 * it is asked for only while many handshakes are under way: then a flood from forged addresses takes no
 * places, and the limits of addresses count real ones. A token is encrypted under a key of the endpoint
 * and good for one address and connection, for as long as a handshake may take.
 */
#include "quic/internal.h"

bool an_quic_retry_wanted(const struct an_quic *quic)
{
	return quic->handshakes >= AN_QUIC_RETRY_FROM &&
	       quic->handshakes >= quic->limits.handshakes / AN_QUIC_RETRY_DIVISOR;
}

size_t an_quic_retry_write(struct an_quic *quic, const struct an_datagram *run,
                           const ngtcp2_pkt_hd *header, uint8_t *packet, size_t capacity)
{
	uint8_t token[NGTCP2_CRYPTO_MAX_RETRY_TOKENLEN];
	ngtcp2_path_storage path;
	ngtcp2_cid ours;
	an_quic_path_set(&path, &run->remote);
	an_quic_id_choose(quic, &ours);
	const ngtcp2_ssize token_size = ngtcp2_crypto_generate_retry_token(
		token, quic->retry_secret, sizeof(quic->retry_secret), header->version,
		path.path.remote.addr, path.path.remote.addrlen, &ours, &header->dcid,
		an_quic_clock(quic));
	if (token_size <= 0)
		return 0;
	const ngtcp2_ssize size = ngtcp2_crypto_write_retry(packet, capacity, header->version,
	                                                    &header->scid, &ours, &header->dcid,
	                                                    token, (size_t)token_size);
	return size > 0 ? (size_t)size : 0;
}

bool an_quic_retry_proven(const struct an_quic *quic, const struct an_datagram *run,
                          const ngtcp2_pkt_hd *header, ngtcp2_cid *ret_first)
{
	ngtcp2_path_storage path;
	an_quic_path_set(&path, &run->remote);
	return header->tokenlen > 0 &&
	       ngtcp2_crypto_verify_retry_token(ret_first, header->token, header->tokenlen,
	                                        quic->retry_secret, sizeof(quic->retry_secret),
	                                        header->version, path.path.remote.addr,
	                                        path.path.remote.addrlen, &header->dcid,
	                                        an_quic_duration(quic->profile.handshake_timeout),
	                                        an_quic_clock(quic)) == 0;
}
