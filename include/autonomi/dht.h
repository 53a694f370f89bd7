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
 * bytes of a peer id, `name_size` in all. The completion lists them, nearest first. It fails with
 * AUTONOMI_E_NO_PEERS or AUTONOMI_E_CANCELLED; with AUTONOMI_E_TIMEOUT it lists what was found. */
AUTONOMI_API autonomi_status autonomi_dht_find_closest(autonomi_dht *dht, const uint8_t *name,
                                                       size_t name_size, size_t count, uint64_t tag,
                                                       autonomi_op *ret_op);

/* A snapshot of the routing table. The completion lists its peers, bucket by bucket; its count is the
 * estimated size of the network (semantics 6.7). */
AUTONOMI_API autonomi_status autonomi_dht_table(autonomi_dht *dht, uint64_t tag,
                                                autonomi_op *ret_op);

#ifdef __cplusplus
}
#endif

#endif
