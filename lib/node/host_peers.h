/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Peers as the host sees them: contacts and connections written into events. */
#ifndef AN_NODE_HOST_PEERS_H
#define AN_NODE_HOST_PEERS_H

#include "node/internal.h"

/* Adds a peer to the list of `event`. E_NO_MEMORY. */
an_status an_host_add_contact(struct an_node *node, struct autonomi_event *event,
                              const struct an_contact *contact, int bucket);
an_status an_host_add_peer(struct an_node *node, struct autonomi_event *event,
                           const struct an_link_peer *peer);

/* "/ip6/.../udp/.../quic-v1/p2p/..." with a final zero; cut to "" where it would not fit. */
void an_host_write_address(const struct an_endpoint *endpoint, const struct an_peer_id *id,
                           char text[AN_EVENT_ADDRESS_MAX]);

#endif
