/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/data_handle.h"
#include "base/memory.h"
#include "data/derived_keys.h"
#include "data/register.h"

autonomi_status autonomi_register_key(const uint8_t *owner_secret, const uint8_t *name,
                                      size_t name_size, uint8_t *ret_secret)
{
	struct an_guard guard;
	if (owner_secret == NULL || !an_api_has(name, name_size) || ret_secret == NULL)
		return AUTONOMI_E_INVALID;
	an_guard_begin(&guard);
	return an_guard_leave(&guard, an_register_secret(owner_secret, an_span(name, name_size),
	                                                 ret_secret));
}

autonomi_status autonomi_register_value(const uint8_t *value, size_t value_size,
                                        uint8_t *ret_content)
{
	if (!an_api_has(value, value_size) || ret_content == NULL)
		return AUTONOMI_E_INVALID;
	return an_register_value(an_span(value, value_size), ret_content);
}

autonomi_status autonomi_register_head_public(const uint8_t *public_key, uint8_t *ret_public_key)
{
	struct an_guard guard;
	if (public_key == NULL || ret_public_key == NULL)
		return AUTONOMI_E_INVALID;
	an_guard_begin(&guard);
	return an_guard_leave(&guard, an_head_public_key(public_key, ret_public_key));
}

/* ---- Entries. */
static an_status make_entry(const uint8_t *secret, const struct an_graph_entry *before,
                            struct an_span value, const uint8_t *seed,
                            struct an_graph_entry *ret_entry)
{
	struct an_random random;
	uint8_t content[AN_GRAPH_CONTENT_SIZE], index[AN_GRAPH_CONTENT_SIZE];
	an_status status = an_register_value(value, content);
	if (status == AUTONOMI_OK)
		status = an_api_random(seed, &random);
	if (status != AUTONOMI_OK)
		return status;
	an_random_fill(&random, index, sizeof(index));
	an_random_done(&random);
	return an_register_entry_make(secret, before, content, index, ret_entry);
}

autonomi_status autonomi_register_entry(const uint8_t *register_secret,
                                        const autonomi_graph_entry *before, const uint8_t *value,
                                        size_t value_size, const uint8_t *seed,
                                        autonomi_graph_entry **ret_entry)
{
	struct an_guard guard;
	struct an_graph_entry entry = {0};
	if (register_secret == NULL || !an_api_has(value, value_size) || ret_entry == NULL)
		return AUTONOMI_E_INVALID;
	an_guard_begin(&guard);
	const an_status status = make_entry(register_secret, before != NULL ? &before->value : NULL,
	                                    an_span(value, value_size), seed, &entry);
	return an_guard_leave(&guard, an_api_give_graph_entry(&entry, status, ret_entry));
}

autonomi_status autonomi_register_head(const uint8_t *register_secret,
                                       const autonomi_graph_entry *entry, uint64_t counter,
                                       autonomi_pointer **ret_pointer)
{
	struct an_guard guard;
	uint8_t secret[AN_BLS_SECRET_SIZE];
	if (register_secret == NULL || entry == NULL || ret_pointer == NULL)
		return AUTONOMI_E_INVALID;
	an_guard_begin(&guard);
	an_status status = an_head_secret(register_secret, secret);
	if (status == AUTONOMI_OK)
		status = autonomi_pointer_new(secret, counter, AUTONOMI_ADDRESS_GRAPH_ENTRY,
		                              entry->value.owner, AN_OWNER_KEY_SIZE, ret_pointer);
	an_wipe(secret, sizeof(secret));
	return an_guard_leave(&guard, status);
}

autonomi_status autonomi_register_next_owner(const uint8_t *public_key,
                                             const autonomi_graph_entry *entry, uint8_t *ret_owner)
{
	struct an_guard guard;
	if (public_key == NULL || entry == NULL || ret_owner == NULL)
		return AUTONOMI_E_INVALID;
	an_guard_begin(&guard);
	return an_guard_leave(&guard, an_register_next_owner(public_key, &entry->value, ret_owner));
}
