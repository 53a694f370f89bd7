/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/register.h"

#include <string.h>

#include "base/memory.h"

static struct an_span index_of(const struct an_graph_entry *entry)
{
	return an_span(entry->descendants[0].content, AN_GRAPH_CONTENT_SIZE);
}

/* The secret key of the entry behind `before`. */
static an_status secret_behind(const uint8_t secret[AN_BLS_SECRET_SIZE],
                               const struct an_graph_entry *before,
                               uint8_t ret_secret[AN_BLS_SECRET_SIZE])
{
	uint8_t key[AN_OWNER_KEY_SIZE];
	if (before->descendant_count != 1)
		return AUTONOMI_E_CORRUPT;
	an_status status = an_bls_child_secret(secret, index_of(before), ret_secret);
	if (status == AUTONOMI_OK)
		status = an_bls_public_key(ret_secret, key);
	if (status == AUTONOMI_OK && memcmp(key, before->descendants[0].key, sizeof(key)) != 0)
		status = AUTONOMI_E_CORRUPT;
	return status;
}

static an_status fill(const uint8_t secret[AN_BLS_SECRET_SIZE], const struct an_graph_entry *before,
                      struct an_graph_entry *entry)
{
	uint8_t own[AN_BLS_SECRET_SIZE], public_key[AN_OWNER_KEY_SIZE];
	an_status status = AUTONOMI_OK;
	memcpy(own, secret, sizeof(own));
	if (before != NULL) {
		memcpy(entry->parents[0].key, before->owner, AN_OWNER_KEY_SIZE);
		status = secret_behind(secret, before, own);
	}
	if (status == AUTONOMI_OK)
		status = an_bls_public_key(secret, public_key);
	if (status == AUTONOMI_OK)
		status = an_bls_child_public(public_key, index_of(entry),
		                             entry->descendants[0].key);
	if (status == AUTONOMI_OK)
		status = an_graph_entry_sign(entry, own);
	an_wipe(own, sizeof(own));
	return status;
}

an_status an_register_entry_make(const uint8_t secret[AN_BLS_SECRET_SIZE],
                                 const struct an_graph_entry *before,
                                 const uint8_t value[AN_GRAPH_CONTENT_SIZE],
                                 const uint8_t index[AN_GRAPH_CONTENT_SIZE],
                                 struct an_graph_entry *ret_entry)
{
	an_status status = an_graph_entry_init(ret_entry, before != NULL ? 1 : 0, 1);
	if (status != AUTONOMI_OK)
		return status;
	memcpy(ret_entry->content, value, sizeof(ret_entry->content));
	memcpy(ret_entry->descendants[0].content, index, AN_GRAPH_CONTENT_SIZE);
	status = fill(secret, before, ret_entry);
	if (status != AUTONOMI_OK)
		an_graph_entry_done(ret_entry);
	return status;
}

an_status an_register_next_owner(const uint8_t public_key[AN_OWNER_KEY_SIZE],
                                 const struct an_graph_entry *entry,
                                 uint8_t ret_owner[AN_OWNER_KEY_SIZE])
{
	uint8_t key[AN_OWNER_KEY_SIZE];
	if (entry->descendant_count != 1)
		return AUTONOMI_E_CORRUPT;
	const an_status status = an_bls_child_public(public_key, index_of(entry), key);
	if (status != AUTONOMI_OK)
		return status;
	if (memcmp(key, entry->descendants[0].key, sizeof(key)) != 0)
		return AUTONOMI_E_CORRUPT;
	memcpy(ret_owner, key, sizeof(key));
	return AUTONOMI_OK;
}

const struct an_graph_entry *an_register_entry_choose(const uint8_t public_key[AN_OWNER_KEY_SIZE],
                                                      const struct an_graph_set *set)
{
	const struct an_graph_entry *chosen = NULL;
	uint8_t owner[AN_OWNER_KEY_SIZE];
	for (size_t i = 0; i < set->count; i++) {
		const struct an_graph_entry *entry = &set->entries[i];
		if (an_register_next_owner(public_key, entry, owner) != AUTONOMI_OK)
			continue;
		if (chosen == NULL ||
		    memcmp(index_of(entry).data, index_of(chosen).data, AN_GRAPH_CONTENT_SIZE) < 0)
			chosen = entry;
	}
	return chosen;
}
