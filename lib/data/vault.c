/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/vault.h"

#include <string.h>

/* From this size on a reader goes on behind a piece. */
enum { GOES_ON = AN_VAULT_PIECE_SIZE - AN_BLS_CIPHERTEXT_OVERHEAD };

/* ---- Content. */

/* How many pieces there would be if each but the last had AN_VAULT_PIECE_SIZE bytes, and the last. */
static size_t even_count(size_t size)
{
	return size == 0 ? 1 : (size - 1) / AN_VAULT_PIECE_SIZE + 1;
}

static size_t even_rest(size_t size)
{
	return size - (even_count(size) - 1) * AN_VAULT_PIECE_SIZE;
}

size_t an_vault_piece_count(size_t size)
{
	return even_count(size) + (even_rest(size) >= GOES_ON ? 1 : 0);
}

/* Where piece `index` begins. Of a last piece that is too long the end becomes one more; where
 * nothing of it would be left for that, it gets a byte of the one before. */
static size_t offset_of(size_t size, size_t index)
{
	const size_t even = even_count(size), rest = even_rest(size);
	const size_t borrowed = rest == GOES_ON && even > 1 ? 1 : 0;
	if (index < even - 1 || rest < GOES_ON)
		return index * AN_VAULT_PIECE_SIZE;
	const size_t before_last = (even - 1) * AN_VAULT_PIECE_SIZE - borrowed;
	return index == even - 1 ? before_last : before_last + GOES_ON;
}

struct an_span an_vault_piece(struct an_span content, size_t index)
{
	const size_t begin = offset_of(content.size, index);
	const size_t end = index + 1 < an_vault_piece_count(content.size)
	                           ? offset_of(content.size, index + 1)
	                           : content.size;
	return an_span(content.data + begin, end - begin);
}

bool an_vault_goes_on(size_t encrypted_size)
{
	return encrypted_size >= AN_VAULT_PIECE_SIZE;
}

/* ---- Entries. */
static struct an_span index_of(const struct an_graph_descendant *descendant)
{
	return an_span(descendant->content, sizeof(descendant->content));
}

an_status an_vault_entry_init(struct an_graph_entry *ret_entry)
{
	return an_graph_entry_init(ret_entry, 0, 1 + AN_VAULT_PIECES_PER_ENTRY);
}

bool an_vault_entry_derive(const uint8_t public_key[AN_OWNER_KEY_SIZE],
                           struct an_graph_entry *entry, size_t first, size_t count)
{
	const size_t left = entry->descendant_count - first;
	for (size_t i = first; i < first + (count < left ? count : left); i++) {
		struct an_graph_descendant *descendant = &entry->descendants[i];
		/* It fails for keys alone that are none. */
		(void)an_bls_child_public(public_key, index_of(descendant), descendant->key);
	}
	return count < left;
}

const struct an_graph_entry *an_vault_entry_choose(const struct an_graph_set *set)
{
	const struct an_graph_entry *chosen = NULL;
	for (size_t i = 0; i < set->count; i++) {
		if (chosen == NULL || an_graph_entry_compare(&set->entries[i], chosen) < 0)
			chosen = &set->entries[i];
	}
	return chosen;
}

size_t an_vault_pad_count(const struct an_graph_entry *entry)
{
	return entry->descendant_count > 0 ? entry->descendant_count - 1 : 0;
}

an_status an_vault_pad_keys(const uint8_t secret[AN_BLS_SECRET_SIZE],
                            const struct an_graph_entry *entry, size_t index,
                            uint8_t ret_secret[AN_BLS_SECRET_SIZE],
                            uint8_t ret_owner[AN_OWNER_KEY_SIZE])
{
	if (index >= an_vault_pad_count(entry))
		return AUTONOMI_E_CORRUPT;
	const struct an_graph_descendant *pad = &entry->descendants[1 + index];
	an_status status = an_bls_child_secret(secret, index_of(pad), ret_secret);
	if (status == AUTONOMI_OK)
		status = an_bls_public_key(ret_secret, ret_owner);
	if (status == AUTONOMI_OK && memcmp(ret_owner, pad->key, AN_OWNER_KEY_SIZE) != 0)
		status = AUTONOMI_E_CORRUPT;
	return status;
}
