/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Records on this machine's disk. The storage of a node is borrowed from it and answers from memory
 * or with operations; a storage that was opened alone is for tools and tests, and its functions
 * BLOCK for the disk.
 *
 * A record's key is the 32 bytes of its address; its value is the record as the network carries it,
 * header included (semantics 3.1). Every value is checked against its key, when written and when read.
 *
 * Threading: a storage belongs to one thread at a time, that of the node where it has one.
 */
#ifndef AUTONOMI_STORAGE_H
#define AUTONOMI_STORAGE_H

#include <autonomi/node.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Opens the storage in `directory` alone; options storage.* and network.id of `config` (which may be
 * NULL) hold. BLOCKS. `reterr` as in autonomi_node_open. Returns AUTONOMI_OK, and the storage goes to
 * `ret_storage`, owned by the caller; AUTONOMI_E_INVALID; AUTONOMI_E_IN_USE where a process has it
 * open; AUTONOMI_E_VERSION and AUTONOMI_E_NETWORK_ID (nothing is changed); AUTONOMI_E_PERMISSION;
 * AUTONOMI_E_DISK_FULL; AUTONOMI_E_IO; AUTONOMI_E_CORRUPT; AUTONOMI_E_NO_MEMORY. */
AUTONOMI_API autonomi_status autonomi_storage_open(const autonomi_config *config,
                                                   const char *directory,
                                                   autonomi_storage **ret_storage, char *reterr,
                                                   size_t reterr_size);

/* Closes a storage that was opened alone; does nothing to that of a node. NULL is allowed. BLOCKS.
 * Returns NULL. */
AUTONOMI_API autonomi_storage *autonomi_storage_free(autonomi_storage *storage);

/* Stores a record durably. BLOCKS. Only for a storage that was opened alone: AUTONOMI_E_BUSY for that
 * of a node. Returns AUTONOMI_OK, also where the record is there already; AUTONOMI_E_CORRUPT where the
 * value does not belong to the key; AUTONOMI_E_FULL; AUTONOMI_E_DISK_FULL; AUTONOMI_E_TOO_LARGE;
 * AUTONOMI_E_IO; AUTONOMI_E_NO_MEMORY. */
AUTONOMI_API autonomi_status autonomi_storage_put(autonomi_storage *storage, const uint8_t *key,
                                                  const uint8_t *value, size_t value_size);

/* Reads a record: copies it to `value`, at most `capacity` bytes, and its size goes to `ret_size`.
 * BLOCKS; only for a storage that was opened alone. Returns AUTONOMI_OK; AUTONOMI_E_NOT_FOUND;
 * AUTONOMI_E_TOO_SMALL where `capacity` does not suffice (`ret_size` says what does);
 * AUTONOMI_E_CORRUPT; AUTONOMI_E_IO; AUTONOMI_E_BUSY; AUTONOMI_E_NO_MEMORY. */
AUTONOMI_API autonomi_status autonomi_storage_get(autonomi_storage *storage, const uint8_t *key,
                                                  uint8_t *value, size_t capacity,
                                                  size_t *ret_size);

/* Whether the record is there: 1 or 0. From memory, never blocks. AUTONOMI_E_INVALID for NULL. */
AUTONOMI_API autonomi_status autonomi_storage_has(const autonomi_storage *storage,
                                                  const uint8_t *key);

/* How many records there are. From memory, never blocks. */
AUTONOMI_API size_t autonomi_storage_count(const autonomi_storage *storage);

/* Copies the keys of all records, nearest to the node first, to `keys`: 32 bytes each, at most
 * `capacity` of them; their number in all goes to `ret_count`. From memory, never blocks. Returns
 * AUTONOMI_OK; AUTONOMI_E_TOO_SMALL where they do not all fit; AUTONOMI_E_INVALID. */
AUTONOMI_API autonomi_status autonomi_storage_iterate(const autonomi_storage *storage,
                                                      uint8_t *keys, size_t capacity,
                                                      size_t *ret_count);

/* Copies keys as autonomi_storage_iterate does, in pages: from the nearest one on where `after` is NULL,
 * else from the one that is next behind the key `after`, which must be that of a record that is there or
 * was. Fewer than `capacity` in `ret_count` mean that these are the last ones. Records that come and go
 * meanwhile may be missed or not, the others come once each. From memory, never blocks. Returns
 * AUTONOMI_OK; AUTONOMI_E_INVALID. */
AUTONOMI_API autonomi_status autonomi_storage_iterate_after(const autonomi_storage *storage,
                                                            const uint8_t *after, uint8_t *keys,
                                                            size_t capacity, size_t *ret_count);

/* Reads a record of a running node's own storage: an operation as in <autonomi/network.h>, whose
 * completion has the record value as data. It fails with AUTONOMI_E_NOT_FOUND; AUTONOMI_E_CORRUPT where
 * the disk has lost it; AUTONOMI_E_IO; AUTONOMI_E_BUSY; AUTONOMI_E_CANCELLED. At once with
 * AUTONOMI_E_UNSUPPORTED for a storage that was opened alone. */
AUTONOMI_API autonomi_status autonomi_storage_read(autonomi_storage *storage, const uint8_t *key,
                                                   uint64_t tag, autonomi_op *ret_op);

/* Brings a record to a running node's own storage, as a client would bring it, with the same checks and
 * limits; replication takes it to the peers that must hold it. An operation as in
 * <autonomi/network.h>, which completes when the record is durable. It fails with AUTONOMI_E_CORRUPT
 * where the value is not what belongs there, AUTONOMI_E_OUTDATED, AUTONOMI_E_FULL, AUTONOMI_E_DISK_FULL,
 * AUTONOMI_E_IO, AUTONOMI_E_BUSY or AUTONOMI_E_CANCELLED; the message is what a peer would be told. At
 * once with AUTONOMI_E_TOO_LARGE, and AUTONOMI_E_UNSUPPORTED for a storage that was opened alone. */
AUTONOMI_API autonomi_status autonomi_storage_write(autonomi_storage *storage, const uint8_t *key,
                                                    const uint8_t *value, size_t value_size,
                                                    uint64_t tag, autonomi_op *ret_op);

/* Begins a round of replication now (docs/replication.md), in which every neighbour is told of every
 * record that it must hold, whatever it was told before. An operation of a node as in
 * <autonomi/network.h>; it completes when the round has begun. At most one round begins in 30 s: within
 * that time it fails with AUTONOMI_E_BUSY and changes nothing. AUTONOMI_E_NO_PEERS while the node knows
 * nobody whom it could tell, or has not found its place yet. At once with AUTONOMI_E_UNSUPPORTED for a
 * storage that was opened alone. */
AUTONOMI_API autonomi_status autonomi_storage_replicate(autonomi_storage *storage, uint64_t tag,
                                                        autonomi_op *ret_op);

#ifdef __cplusplus
}
#endif

#endif
