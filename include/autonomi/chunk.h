/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Chunks: immutable bytes, at most 4,194,336, whose address is their SHA3-256 hash (semantics 2.4).
 * Operations as in <autonomi/network.h>.
 *
 * Threading: as the node.
 */
#ifndef AUTONOMI_CHUNK_H
#define AUTONOMI_CHUNK_H

#include <autonomi/node.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { AUTONOMI_ADDRESS_SIZE = 32, AUTONOMI_CHUNK_MAX = 4194336 };

/* Stores `data` as a chunk on the peers closest to its address. It completes when as many peers have
 * it durably as the network's quorum says and every other target has answered or failed; the data of
 * the completion is the address, the text the same in hexadecimal, the count the number of copies. It
 * fails with AUTONOMI_E_NO_PEERS, AUTONOMI_E_QUORUM, AUTONOMI_E_TIMEOUT, AUTONOMI_E_PAYMENT or
 * AUTONOMI_E_CANCELLED. AUTONOMI_E_TOO_LARGE at once where the data is too long. */
AUTONOMI_API autonomi_status autonomi_chunk_put(autonomi_node *node, const uint8_t *data,
                                                size_t data_size, uint64_t tag,
                                                autonomi_op *ret_op);

/* Fetches the chunk with `address`, AUTONOMI_ADDRESS_SIZE bytes, and checks it. The data of the
 * completion is its content. It fails with AUTONOMI_E_NOT_FOUND, AUTONOMI_E_NO_PEERS,
 * AUTONOMI_E_TIMEOUT, AUTONOMI_E_CORRUPT where every answer was false, or AUTONOMI_E_CANCELLED. What
 * is found does not wait for peers that are silent; AUTONOMI_E_NOT_FOUND waits for them as long as a
 * dial may take. */
AUTONOMI_API autonomi_status autonomi_chunk_get(autonomi_node *node, const uint8_t *address,
                                                uint64_t tag, autonomi_op *ret_op);

#ifdef __cplusplus
}
#endif

#endif
