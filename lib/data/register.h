/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The chain of graph entries that a register is (semantics 2.8): each entry has a value and one
 * descendant, whose content is the index from which the key of the next entry is derived.
 *
 * Pure but for memory. Derives keys and signs, some milliseconds: for jobs.
 */
#ifndef AN_DATA_REGISTER_H
#define AN_DATA_REGISTER_H

#include "data/graph_entry.h"

/* Makes and signs the entry behind `before`, which is NULL for the first one; `index` is that of the
 * entry behind this one, and random. The entry is to be given back only where this succeeds. E_CORRUPT
 * where `before` is no entry of this register; E_INVALID; E_NO_MEMORY. */
an_status an_register_entry_make(const uint8_t secret[AN_BLS_SECRET_SIZE],
                                 const struct an_graph_entry *before,
                                 const uint8_t value[AN_GRAPH_CONTENT_SIZE],
                                 const uint8_t index[AN_GRAPH_CONTENT_SIZE],
                                 struct an_graph_entry *ret_entry);

/* The owner of the entry behind this one. E_CORRUPT where it does not say, or its key is not derived
 * from the register's; E_INVALID where that is none. */
an_status an_register_next_owner(const uint8_t public_key[AN_OWNER_KEY_SIZE],
                                 const struct an_graph_entry *entry,
                                 uint8_t ret_owner[AN_OWNER_KEY_SIZE]);

/* Of the entries under one owner the one at which the chain goes on: of a fork that with the smallest
 * index. NULL where none says how it goes on. */
const struct an_graph_entry *an_register_entry_choose(const uint8_t public_key[AN_OWNER_KEY_SIZE],
                                                      const struct an_graph_set *set);

#endif
