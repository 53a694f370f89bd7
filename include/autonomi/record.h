/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Records on the network: of any kind as bytes, and those with an owner: pointers, graph entries,
 * scratchpads (semantics 7.3, 7.4, 7.7), and registers and vaults, which are built of them (2.8, 2.9).
 * Objects and bytes of them are those of <autonomi/data.h>. Operations as in <autonomi/network.h>.
 *
 * Puts. A record goes to the peers closest to its owner's record key. The completion's data is the
 * owner's public key, AUTONOMI_PUBLIC_KEY_SIZE bytes, its text the same in hexadecimal, its count the
 * number of peers that have the record, autonomi_event_counter the counter that was written. Where a
 * peer has a newer version, autonomi_event_network_counter is higher than that: with
 * AUTONOMI_E_OUTDATED too few others took the record, with AUTONOMI_OK enough did and somebody else
 * was quicker all the same. Puts fail with AUTONOMI_E_OUTDATED, AUTONOMI_E_CORRUPT where a given record
 * is not signed by its owner, AUTONOMI_E_NO_PEERS, AUTONOMI_E_QUORUM, AUTONOMI_E_TIMEOUT,
 * AUTONOMI_E_PAYMENT or AUTONOMI_E_CANCELLED.
 *
 * Gets ask several peers and compare. Each answer's signatures are verified; then the highest
 * counter wins, and of its versions the one that most peers have. The completion's data is the
 * record value, which autonomi_pointer_decode, autonomi_graph_entry_decode and
 * autonomi_scratchpad_decode read; its count the number of peers that gave this version, which the
 * completion lists, autonomi_event_versions the number of different ones. Where two have as many
 * copies, or nobody has a graph entry alone, the completion has AUTONOMI_E_FORK, and its data is a
 * record with one of the versions (of graph entries: as many as one peer had). Gets fail with
 * AUTONOMI_E_NOT_FOUND, AUTONOMI_E_QUORUM where too few peers answered, AUTONOMI_E_NO_PEERS,
 * AUTONOMI_E_TIMEOUT, AUTONOMI_E_BUSY, AUTONOMI_E_CORRUPT where every answer was false, or
 * AUTONOMI_E_CANCELLED.
 *
 * Secret keys are copied, used by workers of the library, and wiped.
 *
 * Threading: as the node.
 */
#ifndef AUTONOMI_RECORD_H
#define AUTONOMI_RECORD_H

#include <autonomi/data.h>
#include <autonomi/node.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Flags of autonomi_pointer_put, autonomi_graph_entry_put and autonomi_scratchpad_put: the put fails
 * with AUTONOMI_E_EXISTS where a record of this owner, of whatever type, is there already. */
enum { AUTONOMI_PUT_CREATE = 1 };

/* Asks whether a record exists at an address, `type` being AUTONOMI_ADDRESS_... (of no peer),
 * without fetching it. The completion's count is the number of peers that say they have one, which
 * it lists; 0 where it does not exist. It fails with AUTONOMI_E_QUORUM where too few peers
 * answered, AUTONOMI_E_NO_PEERS, AUTONOMI_E_TIMEOUT, AUTONOMI_E_CORRUPT or AUTONOMI_E_CANCELLED.
 * AUTONOMI_E_ADDRESS at once where the address is none. */
AUTONOMI_API autonomi_status autonomi_record_exists(autonomi_node *node, uint32_t type,
                                                    const uint8_t *address, size_t address_size,
                                                    uint64_t tag, autonomi_op *ret_op);

/* Stores a record of any kind: a whole unpaid record value, header included, as autonomi_chunk_encode,
 * autonomi_pointer_encode and their like make it. Of a chunk the completion is that of
 * autonomi_chunk_put, and AUTONOMI_PUT_CREATE changes nothing; otherwise it ends as above. At once with
 * AUTONOMI_E_CORRUPT where the value has no header of an unpaid record or is no chunk though its header
 * says so, AUTONOMI_E_TOO_LARGE. */
AUTONOMI_API autonomi_status autonomi_record_put(autonomi_node *node, const uint8_t *value,
                                                 size_t value_size, uint32_t flags, uint64_t tag,
                                                 autonomi_op *ret_op);

/* Fetches the record at an address, `type` being AUTONOMI_ADDRESS_... (of no peer). The
 * completion's data is the record value, header included, which autonomi_record_read_header tells
 * the kind of. Of a chunk one copy is fetched, otherwise it ends as gets do; what is at an
 * AUTONOMI_ADDRESS_RECORD_KEY may be of any kind, and several copies are compared even of a chunk.
 * AUTONOMI_E_ADDRESS at once where the address is none. */
AUTONOMI_API autonomi_status autonomi_record_get(autonomi_node *node, uint32_t type,
                                                 const uint8_t *address, size_t address_size,
                                                 uint64_t tag, autonomi_op *ret_op);

/* Stores a pointer as it is. Flags: AUTONOMI_PUT_CREATE. Ends as above. */
AUTONOMI_API autonomi_status autonomi_pointer_put(autonomi_node *node,
                                                  const autonomi_pointer *pointer, uint32_t flags,
                                                  uint64_t tag, autonomi_op *ret_op);

/* Makes, signs and stores the first pointer of `owner_secret`, with counter 0. It fails with
 * AUTONOMI_E_EXISTS where a record of this owner is there already. AUTONOMI_E_ADDRESS at once where
 * nothing can point at the target; AUTONOMI_E_INVALID where the secret is none. */
AUTONOMI_API autonomi_status autonomi_pointer_create(autonomi_node *node,
                                                     const uint8_t *owner_secret,
                                                     uint32_t target_type, const uint8_t *target,
                                                     size_t target_size, uint64_t tag,
                                                     autonomi_op *ret_op);

/* Reads the pointer of `owner_secret` and stores one to another target with the next counter; this
 * mends a fork as well. It fails with AUTONOMI_E_NOT_FOUND where there is none, and as gets and puts
 * do. At once as autonomi_pointer_create. */
AUTONOMI_API autonomi_status autonomi_pointer_update(autonomi_node *node,
                                                     const uint8_t *owner_secret,
                                                     uint32_t target_type, const uint8_t *target,
                                                     size_t target_size, uint64_t tag,
                                                     autonomi_op *ret_op);

/* Fetches the pointer of an owner, AUTONOMI_PUBLIC_KEY_SIZE bytes. */
AUTONOMI_API autonomi_status autonomi_pointer_get(autonomi_node *node, const uint8_t *owner,
                                                  uint64_t tag, autonomi_op *ret_op);

/* Stores a graph entry. Flags: AUTONOMI_PUT_CREATE; without it a second entry of an owner is kept
 * beside the first, and the owner has forked. */
AUTONOMI_API autonomi_status autonomi_graph_entry_put(autonomi_node *node,
                                                      const autonomi_graph_entry *entry,
                                                      uint32_t flags, uint64_t tag,
                                                      autonomi_op *ret_op);

/* Fetches the graph entry of an owner. */
AUTONOMI_API autonomi_status autonomi_graph_entry_get(autonomi_node *node, const uint8_t *owner,
                                                      uint64_t tag, autonomi_op *ret_op);

/* Stores a scratchpad as it is. Flags: AUTONOMI_PUT_CREATE. */
AUTONOMI_API autonomi_status autonomi_scratchpad_put(autonomi_node *node,
                                                     const autonomi_scratchpad *scratchpad,
                                                     uint32_t flags, uint64_t tag,
                                                     autonomi_op *ret_op);

/* Encrypts `plain` to its owner, signs and stores it as the first scratchpad of `owner_secret`, with
 * counter 0; `data_encoding` says what the application wants it to say. It fails with
 * AUTONOMI_E_EXISTS where a record of this owner is there already. AUTONOMI_E_TOO_LARGE at once above
 * 4,193,824 bytes; AUTONOMI_E_INVALID where the secret is none. */
AUTONOMI_API autonomi_status autonomi_scratchpad_create(autonomi_node *node,
                                                        const uint8_t *owner_secret,
                                                        uint64_t data_encoding,
                                                        const uint8_t *plain, size_t plain_size,
                                                        uint64_t tag, autonomi_op *ret_op);

/* Reads the scratchpad of `owner_secret` and replaces it with the next counter. As
 * autonomi_pointer_update; at once as autonomi_scratchpad_create. */
AUTONOMI_API autonomi_status autonomi_scratchpad_update(autonomi_node *node,
                                                        const uint8_t *owner_secret,
                                                        uint64_t data_encoding,
                                                        const uint8_t *plain, size_t plain_size,
                                                        uint64_t tag, autonomi_op *ret_op);

/* Fetches the scratchpad of an owner; autonomi_scratchpad_decrypt opens what it decodes to. */
AUTONOMI_API autonomi_status autonomi_scratchpad_get(autonomi_node *node, const uint8_t *owner,
                                                     uint64_t tag, autonomi_op *ret_op);

/* ---- Registers: values of up to AUTONOMI_GRAPH_CONTENT_SIZE bytes, with zeros behind them. The
 * address of a register is the public key of its secret (<autonomi/register.h>). A write stores a
 * graph entry and then the head pointer, each as a put above, and fails as these do; it may be cut off
 * between the two, and what the next one makes of that is said below. Each returns at once
 * AUTONOMI_E_INVALID where the key is none, and AUTONOMI_E_TOO_LARGE for a value that is too long. */

/* Makes a register with its first value. The completion's data is the address, its text the same in
 * hexadecimal; its count the copies of what has fewest; autonomi_event_counter the head's. It fails
 * with AUTONOMI_E_EXISTS where the register is there. One whose creation was cut off is completed: with
 * AUTONOMI_OK where it has the same value, else with AUTONOMI_E_EXISTS. */
AUTONOMI_API autonomi_status autonomi_register_create(autonomi_node *node,
                                                      const uint8_t *register_secret,
                                                      const uint8_t *value, size_t value_size,
                                                      uint64_t tag, autonomi_op *ret_op);

/* Appends a value, which is the register's from then on; where the newest place is a fork, behind the
 * value that Autonomi's rule chooses, which mends it. The completion is that of
 * autonomi_register_create. It fails with AUTONOMI_E_NOT_FOUND where there is no register;
 * AUTONOMI_E_CORRUPT where something else is stored there; AUTONOMI_E_TOO_LARGE where the head has the
 * highest counter; and with AUTONOMI_E_OUTDATED where there is a value that the head did not point at,
 * of an update that was cut off or of somebody else: then it points at that now, and the update can be
 * repeated where it is needed still. Two updates at the same time may both succeed: that is a fork. */
AUTONOMI_API autonomi_status autonomi_register_update(autonomi_node *node,
                                                      const uint8_t *register_secret,
                                                      const uint8_t *value, size_t value_size,
                                                      uint64_t tag, autonomi_op *ret_op);

/* Fetches the newest value of the register at an address, AUTONOMI_PUBLIC_KEY_SIZE bytes. The
 * completion's data is AUTONOMI_GRAPH_CONTENT_SIZE bytes, its count the peers that gave them,
 * autonomi_event_counter the head's. It fails with AUTONOMI_E_FORK where several values are at the
 * newest place, and data has them one behind the other; where two heads have the same counter it has
 * none. AUTONOMI_E_CORRUPT where something else is stored there; or as a get above. */
AUTONOMI_API autonomi_status autonomi_register_get(autonomi_node *node, const uint8_t *address,
                                                   uint64_t tag, autonomi_op *ret_op);

/* Fetches all values. The completion's data has them one behind the other, the oldest first; its count
 * says how many. At a fork it has the value behind which an update goes on; autonomi_event_versions is
 * above 1 where there was one. It fails with AUTONOMI_E_TOO_LARGE above 32,768 values, and as
 * autonomi_register_get. */
AUTONOMI_API autonomi_status autonomi_register_history(autonomi_node *node, const uint8_t *address,
                                                       uint64_t tag, autonomi_op *ret_op);

/* ---- Vaults: content of up to 1 GiB, encrypted, under the key that <autonomi/vault.h> makes. Whoever
 * has the vault's secret can read and write it. It is in scratchpads, which one graph entry names; a
 * write goes to them one after the other, from the last to the first, each as a put above. So a write
 * that was cut off changes nothing where the old content was at most AUTONOMI_VAULT_PIECE_SIZE bytes;
 * longer content is a mixture then, until the write is repeated. */

/* Stores content as a vault, in place of what it has; makes the vault where there is none.
 * `content_type` says what it is (autonomi_vault_content_type). Reports progress in bytes. The
 * completion's data is the vault's public key, its text the same in hexadecimal, its count the copies
 * of the part that has fewest. It fails as a put above, and with AUTONOMI_E_CORRUPT where something
 * else is stored under this key. At once AUTONOMI_E_INVALID without content or where the secret is
 * none; AUTONOMI_E_TOO_LARGE. */
AUTONOMI_API autonomi_status autonomi_vault_put(autonomi_node *node, const uint8_t *vault_secret,
                                                uint64_t content_type, const uint8_t *content,
                                                size_t content_size, uint64_t tag,
                                                autonomi_op *ret_op);

/* Fetches and decrypts the content of a vault of at most `size_max` bytes, 1 to 1 GiB, for which room
 * is reserved in the queue of events: AUTONOMI_E_BUSY at once where events.max_bytes does not leave so
 * much. The completion's data is the content; autonomi_event_content_type says what it is. It fails
 * with AUTONOMI_E_NOT_FOUND where there is no vault, or a piece of the content is missing;
 * AUTONOMI_E_TOO_LARGE; AUTONOMI_E_CORRUPT where something else is stored under this key; and as a get
 * above. AUTONOMI_E_INVALID at once where the secret is none. */
AUTONOMI_API autonomi_status autonomi_vault_get(autonomi_node *node, const uint8_t *vault_secret,
                                                size_t size_max, uint64_t tag, autonomi_op *ret_op);

#ifdef __cplusplus
}
#endif

#endif
