/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which addresses may be dialled (semantics 6.19, extended to IPv6). Peers name addresses as they
 * like; a node must not be made to knock at its neighbours' printers.
 */
#ifndef AN_KAD_ROUTABLE_H
#define AN_KAD_ROUTABLE_H

#include "ident/contact.h"

/* Whether the endpoint is a unicast address with a port and, unless `private_addresses`, a global
 * one: not private, loopback, link-local, shared (RFC 6598) or for documentation. */
bool an_kad_endpoint_routable(const struct an_endpoint *endpoint, bool private_addresses);

/* Removes the endpoints that may not be dialled; false where none is left. */
bool an_kad_contact_routable(struct an_contact *contact, bool private_addresses);

/* Whether the bytes are a peer id, and of its size. */
bool an_kad_peer_id_valid(const struct an_peer_id *id);

#endif
