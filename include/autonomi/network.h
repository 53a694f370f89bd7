/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Peers and addresses. Every function here is an operation, unless it says "from memory": it copies
 * its inputs, returns at once, gives an op, and completes with one event (contract, clauses 9 to
 * 13). Each returns AUTONOMI_OK; AUTONOMI_E_INVALID; AUTONOMI_E_BUSY; AUTONOMI_E_CLOSED;
 * AUTONOMI_E_NO_MEMORY; or a status of clauses 8 and 16. `tag` comes back in the events; `ret_op`
 * may be NULL.
 *
 * A `peer` is an address, "/ip4|ip6/ADDR/udp/PORT/quic-v1", with "/p2p/ID" behind it where the peer must
 * be that one; or the id alone, "12D3KooW...", of a peer that is connected or in the routing table.
 * Submits that name one also return AUTONOMI_E_ADDRESS where it is neither, AUTONOMI_E_NOT_FOUND where
 * nothing is known of the id, and AUTONOMI_E_INVALID where it is this node itself.
 *
 * Threading: as the node.
 */
#ifndef AUTONOMI_NETWORK_H
#define AUTONOMI_NETWORK_H

#include <autonomi/message.h>
#include <autonomi/node.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The connected peers. The completion lists them. */
AUTONOMI_API autonomi_status autonomi_network_peers(autonomi_network *network, uint64_t tag,
                                                    autonomi_op *ret_op);

/* The addresses at which this node can be dialled, as far as it knows: the one that it is bound to,
 * and those at which peers see it. The text of the completion has one to a line. */
AUTONOMI_API autonomi_status autonomi_network_addresses(autonomi_network *network, uint64_t tag,
                                                        autonomi_op *ret_op);

/* The UDP port that the node is bound to. From memory. Returns the port, 1 to 65535; AUTONOMI_E_INVALID
 * for NULL; a status of clauses 8 and 16. */
AUTONOMI_API autonomi_status autonomi_network_port(autonomi_network *network);

/* How many peers are connected. From memory. 0 for NULL. */
AUTONOMI_API size_t autonomi_network_peer_count(autonomi_network *network);

/* Connects to a peer. The completion lists it. It fails with AUTONOMI_E_UNREACHABLE,
 * AUTONOMI_E_TIMEOUT, AUTONOMI_E_IDENTITY, AUTONOMI_E_NETWORK_ID, AUTONOMI_E_REFUSED or
 * AUTONOMI_E_CANCELLED. */
AUTONOMI_API autonomi_status autonomi_network_connect(autonomi_network *network, const char *peer,
                                                      uint64_t tag, autonomi_op *ret_op);

/* Asks a peer who it is: connects where needed, and asks for its version and at which address it sees
 * us. The completion lists the peer; its text has one "name: value" to a line. Fails as
 * autonomi_network_connect. */
AUTONOMI_API autonomi_status autonomi_network_ask_info(autonomi_network *network, const char *peer,
                                                       uint64_t tag, autonomi_op *ret_op);

/* Asks a peer for the peers that it knows nearest to itself. The completion lists them. Fails as
 * autonomi_network_connect. */
AUTONOMI_API autonomi_status autonomi_network_ask_peers(autonomi_network *network, const char *peer,
                                                        uint64_t tag, autonomi_op *ret_op);

/* Sends a peer any request of the protocol (<autonomi/message.h>), which is copied, and waits for
 * its response (semantics 5). The completion lists the peer; its data is the response as it came,
 * which autonomi_message_decode reads (AUTONOMI_MESSAGE_RESPONSE, AUTONOMI_RECORD_AS_BYTES); its
 * text is the response's name. A response that says that the request failed is a success here:
 * autonomi_message_error tells. Nothing that comes is checked beyond its form. It fails with
 * AUTONOMI_E_REFUSED where the peer does not answer such a request, AUTONOMI_E_BUSY where it has no
 * time for it, AUTONOMI_E_PROTOCOL, AUTONOMI_E_TOO_LARGE above 1 MiB, of GetReplicatedRecord above
 * the largest record, and as autonomi_network_connect. At once with AUTONOMI_E_INVALID where
 * `request` is none, or an address of it was not set. */
AUTONOMI_API autonomi_status autonomi_network_send_request(autonomi_network *network,
                                                           const char *peer,
                                                           const autonomi_message *request,
                                                           uint64_t tag, autonomi_op *ret_op);

#ifdef __cplusplus
}
#endif

#endif
