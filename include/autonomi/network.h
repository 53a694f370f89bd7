/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Peers and addresses. Every function here is an operation: it copies its inputs, returns at once,
 * gives an op, and completes with one event (contract, clauses 9 to 13). Each returns AUTONOMI_OK;
 * AUTONOMI_E_INVALID; AUTONOMI_E_BUSY; AUTONOMI_E_CLOSED; AUTONOMI_E_NO_MEMORY; or a status of
 * clauses 8 and 16. `tag` comes back in the events; `ret_op` may be NULL.
 *
 * Threading: as the node.
 */
#ifndef AUTONOMI_NETWORK_H
#define AUTONOMI_NETWORK_H

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

/* Connects to the peer at `address`, "/ip4|ip6/ADDR/udp/PORT/quic-v1", with "/p2p/ID" behind it where
 * the peer must be that one. The completion lists the peer. It fails with AUTONOMI_E_ADDRESS,
 * AUTONOMI_E_UNREACHABLE, AUTONOMI_E_TIMEOUT, AUTONOMI_E_IDENTITY, AUTONOMI_E_NETWORK_ID,
 * AUTONOMI_E_REFUSED or AUTONOMI_E_CANCELLED. */
AUTONOMI_API autonomi_status autonomi_network_connect(autonomi_network *network,
                                                      const char *address, uint64_t tag,
                                                      autonomi_op *ret_op);

/* Asks the peer at `address` who it is: connects where needed, and asks for its version and at which
 * address it sees us. The completion lists the peer; its text has one "name: value" to a line. Fails
 * as autonomi_network_connect. */
AUTONOMI_API autonomi_status autonomi_network_ask_info(autonomi_network *network,
                                                       const char *address, uint64_t tag,
                                                       autonomi_op *ret_op);

/* Asks the peer at `address` for the peers that it knows nearest to itself. The completion lists
 * them. Fails as autonomi_network_connect. */
AUTONOMI_API autonomi_status autonomi_network_ask_peers(autonomi_network *network,
                                                        const char *address, uint64_t tag,
                                                        autonomi_op *ret_op);

#ifdef __cplusplus
}
#endif

#endif
