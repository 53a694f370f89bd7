/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The distributed hash table. Operations as in <autonomi/network.h>.
 *
 * Threading: as the node.
 */
#ifndef AUTONOMI_DHT_H
#define AUTONOMI_DHT_H

#include <autonomi/node.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Looks up the `count` peers (1 to 20) closest to `name`: the 32 bytes of a record's address, or the
 * bytes of a peer id, `name_size` in all. The completion lists them, nearest first; who is silent for about
 * two seconds is not among them. It fails with AUTONOMI_E_NO_PEERS or AUTONOMI_E_CANCELLED; with
 * AUTONOMI_E_TIMEOUT it lists what was found. */
AUTONOMI_API autonomi_status autonomi_dht_find_closest(autonomi_dht *dht, const uint8_t *name,
                                                       size_t name_size, size_t count, uint64_t tag,
                                                       autonomi_op *ret_op);

/* As autonomi_dht_find_closest, but as most of the peers there know it (semantics 6.13): each peer of a
 * lookup is asked for the nearest ones that it knows, and those that more than half of them know come
 * first, so that a few liars can neither hide a peer nor push one in. It costs a request to each of
 * them. It fails with AUTONOMI_E_NO_PEERS, after a second try, or AUTONOMI_E_CANCELLED. */
AUTONOMI_API autonomi_status autonomi_dht_find_agreed(autonomi_dht *dht, const uint8_t *name,
                                                      size_t name_size, size_t count, uint64_t tag,
                                                      autonomi_op *ret_op);

/* Asks one peer, a `peer` as in <autonomi/network.h>, for the up to 20 peers that its own table has
 * nearest to `name`, which is as above but may have up to 128 bytes. The completion lists them as they
 * were named: nobody has checked them. Fails as autonomi_network_connect. */
AUTONOMI_API autonomi_status autonomi_dht_ask_closest(autonomi_dht *dht, const char *peer,
                                                      const uint8_t *name, size_t name_size,
                                                      uint64_t tag, autonomi_op *ret_op);

/* Brings a peer, as in <autonomi/network.h>, into the routing table: connects to it, dials it anew where
 * it had dialled us, for only who can be reached may enter. The completion lists the peer with its
 * bucket. It fails with AUTONOMI_E_FULL where the table has no room for it (it may take the place of a
 * peer that is gone later), AUTONOMI_E_UNSUPPORTED where it is a client, and as
 * autonomi_network_connect. At once also with AUTONOMI_E_ADDRESS where the address is a private one and
 * the network is not local. */
AUTONOMI_API autonomi_status autonomi_dht_add_peer(autonomi_dht *dht, const char *peer,
                                                   uint64_t tag, autonomi_op *ret_op);

/* A snapshot of the routing table. The completion lists its peers, bucket by bucket, each with its
 * distance from this node; its count is the estimated size of the network (semantics 6.7). */
AUTONOMI_API autonomi_status autonomi_dht_table(autonomi_dht *dht, uint64_t tag,
                                                autonomi_op *ret_op);

/* The distance up to which this node is responsible for records (semantics 6.7): 32 bytes,
 * big-endian. From memory. Returns AUTONOMI_OK; AUTONOMI_E_NO_PEERS while too few peers are known
 * to tell; AUTONOMI_E_INVALID; a status of clauses 8 and 16. */
AUTONOMI_API autonomi_status autonomi_dht_responsible_range(autonomi_dht *dht,
                                                            uint8_t *ret_distance);

/* The estimated size of the network (semantics 6.7), this node included. From memory. 0 for NULL. */
AUTONOMI_API uint64_t autonomi_dht_network_size(autonomi_dht *dht);

#ifdef __cplusplus
}
#endif

#endif
