/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Registers: 32 bytes that their owner may change, with their history (semantics 2.8). They are no
 * record of their own but a chain of graph entries, one for each value, and a pointer, the head, to
 * the newest. The address of a register is the public key of its secret.
 *
 * These functions make the parts; <autonomi/record.h> has the operations of a node that create, update
 * and read registers.
 *
 * Threading: any thread; nothing is kept between calls.
 */
#ifndef AUTONOMI_REGISTER_H
#define AUTONOMI_REGISTER_H

#include <autonomi/graph_entry.h>
#include <autonomi/pointer.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The secret key of the register that an owner has under a name; its public key is the address. Each
 * function here returns AUTONOMI_OK; AUTONOMI_E_INVALID, also where a key is none; and what it says. */
AUTONOMI_API autonomi_status autonomi_register_key(const uint8_t *owner_secret, const uint8_t *name,
                                                   size_t name_size, uint8_t *ret_secret);

/* A value of at most AUTONOMI_GRAPH_CONTENT_SIZE bytes as the content of an entry: zeros follow it.
 * AUTONOMI_E_TOO_LARGE where it is longer. */
AUTONOMI_API autonomi_status autonomi_register_value(const uint8_t *value, size_t value_size,
                                                     uint8_t *ret_content);

/* The owner of the head pointer, of the register's public key. The owner of the first entry is the
 * register's public key itself. */
AUTONOMI_API autonomi_status autonomi_register_head_public(const uint8_t *public_key,
                                                           uint8_t *ret_public_key);

/* The entry with the next value: the first one where `before` is NULL, else the one behind it. `seed`
 * as in <autonomi/keys.h>. AUTONOMI_E_TOO_LARGE for the value; AUTONOMI_E_CORRUPT where `before` is no
 * entry of this register; AUTONOMI_E_IO without randomness; AUTONOMI_E_NO_MEMORY. */
AUTONOMI_API autonomi_status autonomi_register_entry(const uint8_t *register_secret,
                                                     const autonomi_graph_entry *before,
                                                     const uint8_t *value, size_t value_size,
                                                     const uint8_t *seed,
                                                     autonomi_graph_entry **ret_entry);

/* The head pointer to an entry. The first one has counter 0, each later one a counter higher by one.
 * AUTONOMI_E_NO_MEMORY. */
AUTONOMI_API autonomi_status autonomi_register_head(const uint8_t *register_secret,
                                                    const autonomi_graph_entry *entry,
                                                    uint64_t counter,
                                                    autonomi_pointer **ret_pointer);

/* The owner of the entry behind this one, to walk through the history: its record may not be there
 * yet. AUTONOMI_E_CORRUPT where the entry does not say, or its key is not derived from the register's
 * public key. */
AUTONOMI_API autonomi_status autonomi_register_next_owner(const uint8_t *public_key,
                                                          const autonomi_graph_entry *entry,
                                                          uint8_t *ret_owner);

#ifdef __cplusplus
}
#endif

#endif
