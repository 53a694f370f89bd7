/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Peers as the host sees them: contacts and connections written into events. */
#ifndef AN_NODE_HOST_PEERS_H
#define AN_NODE_HOST_PEERS_H

#include "node/host.h"
#include "node/internal.h"

/* Adds a peer to the list of `event`. E_NO_MEMORY. */
an_status an_host_add_contact(struct an_node *node, struct autonomi_event *event,
                              const struct an_contact *contact, int bucket);
/* The same with each of them, and its bucket. */
an_status an_host_add_contacts(struct an_node *node, struct autonomi_event *event,
                               const struct an_contact *contacts, size_t count);
an_status an_host_add_peer(struct an_node *node, struct autonomi_event *event,
                           const struct an_link_peer *peer);

/* The `cancel` of an operation whose handle is a request to a peer. */
void an_host_cancel_request(struct an_operation *operation);

/* Reads what the host calls a peer by: an address, or the id of a peer of which the table or a
 * connection knows the address. E_ADDRESS; E_NOT_FOUND: nothing is known of the id. */
an_status an_host_find_contact(struct an_node *node, const char *peer,
                               struct an_contact *ret_contact);

/* Whether the routing table has the peer; its contact there goes to `ret_contact`. */
bool an_host_in_table(const struct an_node *node, const struct an_peer_id *id,
                      struct an_contact *ret_contact);

/* "/ip6/.../udp/.../quic-v1/p2p/..." with a final zero; cut to "" where it would not fit. */
void an_host_write_address(const struct an_endpoint *endpoint, const struct an_peer_id *id,
                           char text[AN_EVENT_ADDRESS_MAX]);

#endif
