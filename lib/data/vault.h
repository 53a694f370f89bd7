/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The parts of a vault (semantics 2.9): a graph entry that names scratchpads, and content that is cut
 * into pieces, one for each scratchpad.
 *
 * A reader goes on to the next scratchpad as long as one has at least AN_VAULT_PIECE_SIZE bytes of
 * encrypted data, which are AN_BLS_CIPHERTEXT_OVERHEAD more than its content. Scratchpads that are not
 * needed any more stay where they are. So the last piece must be shorter than that, and where cutting
 * at each AN_VAULT_PIECE_SIZE bytes would leave one that is not, the last cuts are other ones.
 *
 * Pure but for memory.
 */
#ifndef AN_DATA_VAULT_H
#define AN_DATA_VAULT_H

#include "data/derived_keys.h"

/* How many pieces content of `size` bytes has, at least 1. */
size_t an_vault_piece_count(size_t size);

/* The piece at `index`; the last one of one certain size is empty. */
struct an_span an_vault_piece(struct an_span content, size_t index);

/* Whether content goes on behind a scratchpad with so much encrypted data. */
bool an_vault_goes_on(size_t encrypted_size);

/* The head of a vault with room for its descendants: the next entry of this kind, then the scratchpads.
 * Their indices are the caller's to fill with random bytes. E_NO_MEMORY. */
an_status an_vault_entry_init(struct an_graph_entry *ret_entry);

/* Derives the keys of up to `count` descendants from `first` on, 0.3 ms each. False where there are no
 * more behind them. */
bool an_vault_entry_derive(const uint8_t public_key[AN_OWNER_KEY_SIZE],
                           struct an_graph_entry *entry, size_t first, size_t count);

/* The entry that counts among those under the head: of a fork the smallest. */
const struct an_graph_entry *an_vault_entry_choose(const struct an_graph_set *set);

/* How many scratchpads it names. */
size_t an_vault_pad_count(const struct an_graph_entry *entry);

/* The keys of the scratchpad at `index`. E_CORRUPT where there is none, or its key is not derived from
 * the vault's. */
an_status an_vault_pad_keys(const uint8_t secret[AN_BLS_SECRET_SIZE],
                            const struct an_graph_entry *entry, size_t index,
                            uint8_t ret_secret[AN_BLS_SECRET_SIZE],
                            uint8_t ret_owner[AN_OWNER_KEY_SIZE]);

#endif
