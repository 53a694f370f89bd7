/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "api/data_handle.h"
#include "base/memory.h"

_Static_assert(sizeof(struct an_graph_parent) == AUTONOMI_PUBLIC_KEY_SIZE, "shown as bytes");
_Static_assert(sizeof(struct an_graph_descendant) == AUTONOMI_GRAPH_DESCENDANT_SIZE,
               "shown as bytes");

an_status an_api_give_graph_entry(struct an_graph_entry *value, an_status status,
                                  struct autonomi_graph_entry **ret_entry)
{
	struct autonomi_graph_entry *entry = NULL;
	if (status == AUTONOMI_OK) {
		entry = an_malloc(sizeof(*entry));
		status = entry != NULL ? AUTONOMI_OK : AUTONOMI_E_NO_MEMORY;
	}
	if (status != AUTONOMI_OK) {
		an_graph_entry_done(value);
		return status;
	}
	entry->value = *value;
	*ret_entry = entry;
	return AUTONOMI_OK;
}

/* The lists and the content that the host gave. */
struct parts {
	const uint8_t *parents, *descendants, *content;
	size_t parent_count, descendant_count;
};

static bool are_there(const struct parts *parts)
{
	return an_api_has(parts->parents, parts->parent_count) &&
	       an_api_has(parts->descendants, parts->descendant_count) && parts->content != NULL;
}

static bool are_keys(const uint8_t *items, size_t count, size_t item_size)
{
	for (size_t i = 0; i < count; i++) {
		if (!an_bls_public_valid(items + i * item_size))
			return false;
	}
	return true;
}

static an_status begin(const struct parts *parts, struct an_graph_entry *ret_value)
{
	an_status status = an_graph_entry_init(ret_value, parts->parent_count,
	                                       parts->descendant_count);
	if (status != AUTONOMI_OK)
		return status;
	if (an_graph_entry_too_big(ret_value))
		return AUTONOMI_E_TOO_LARGE;
	if (!are_keys(parts->parents, parts->parent_count, AUTONOMI_PUBLIC_KEY_SIZE) ||
	    !are_keys(parts->descendants, parts->descendant_count, AUTONOMI_GRAPH_DESCENDANT_SIZE))
		return AUTONOMI_E_INVALID;
	if (parts->parent_count > 0)
		memcpy(ret_value->parents, parts->parents,
		       parts->parent_count * AUTONOMI_PUBLIC_KEY_SIZE);
	if (parts->descendant_count > 0)
		memcpy(ret_value->descendants, parts->descendants,
		       parts->descendant_count * AUTONOMI_GRAPH_DESCENDANT_SIZE);
	memcpy(ret_value->content, parts->content, AN_GRAPH_CONTENT_SIZE);
	return AUTONOMI_OK;
}

autonomi_status autonomi_graph_entry_new(const uint8_t *owner_secret, const uint8_t *parents,
                                         size_t parent_count, const uint8_t *content,
                                         const uint8_t *descendants, size_t descendant_count,
                                         autonomi_graph_entry **ret_entry)
{
	const struct parts parts = {parents, descendants, content, parent_count, descendant_count};
	if (owner_secret == NULL || !are_there(&parts) || ret_entry == NULL)
		return AUTONOMI_E_INVALID;
	struct an_guard guard;
	struct an_graph_entry value;
	an_guard_begin(&guard);
	an_status status = begin(&parts, &value);
	if (status == AUTONOMI_OK)
		status = an_graph_entry_sign(&value, owner_secret);
	return an_guard_leave(&guard, an_api_give_graph_entry(&value, status, ret_entry));
}

autonomi_status autonomi_graph_entry_new_signed(const uint8_t *owner, const uint8_t *parents,
                                                size_t parent_count, const uint8_t *content,
                                                const uint8_t *descendants, size_t descendant_count,
                                                const uint8_t *signature,
                                                autonomi_graph_entry **ret_entry)
{
	const struct parts parts = {parents, descendants, content, parent_count, descendant_count};
	if (owner == NULL || !are_there(&parts) || signature == NULL || ret_entry == NULL)
		return AUTONOMI_E_INVALID;
	struct an_guard guard;
	struct an_graph_entry value;
	an_guard_begin(&guard);
	an_status status = begin(&parts, &value);
	if (status == AUTONOMI_OK)
		status = an_api_owned(owner, signature, value.owner, value.signature);
	return an_guard_leave(&guard, an_api_give_graph_entry(&value, status, ret_entry));
}

autonomi_graph_entry *autonomi_graph_entry_free(autonomi_graph_entry *entry)
{
	if (entry != NULL)
		an_graph_entry_done(&entry->value);
	return an_free(entry);
}

autonomi_status autonomi_graph_entry_get_view(const autonomi_graph_entry *entry,
                                              autonomi_graph_entry_view *view, size_t view_size)
{
	if (entry == NULL || view == NULL)
		return AUTONOMI_E_INVALID;
	const struct an_graph_entry *value = &entry->value;
	const autonomi_graph_entry_view full = {
		.owner = value->owner,
		.parents = (const uint8_t *)value->parents,
		.descendants = (const uint8_t *)value->descendants,
		.content = value->content,
		.signature = value->signature,
		.parent_count = value->parent_count,
		.descendant_count = value->descendant_count,
		.size = an_graph_entry_size(value),
		.is_too_big = an_graph_entry_too_big(value),
	};
	an_api_fill_view(view, view_size, &full, sizeof(full));
	return AUTONOMI_OK;
}

autonomi_status autonomi_graph_entry_verify(const autonomi_graph_entry *entry)
{
	if (entry == NULL)
		return AUTONOMI_E_INVALID;
	struct an_guard guard;
	an_guard_begin(&guard);
	return an_guard_leave(&guard, an_graph_entry_verify(&entry->value));
}

autonomi_status autonomi_graph_entry_signed_bytes(const autonomi_graph_entry *entry,
                                                  autonomi_bytes **ret_bytes)
{
	if (entry == NULL || ret_bytes == NULL)
		return AUTONOMI_E_INVALID;
	struct an_guard guard;
	struct an_buffer out;
	an_guard_begin(&guard);
	an_buffer_init(&out, AN_API_BYTES_MAX);
	const an_status status = an_graph_entry_signed_bytes(&entry->value, &out);
	return an_guard_leave(&guard, an_api_take_bytes(&out, status, ret_bytes));
}

/* ---- Records. */

static bool have_one_owner(const autonomi_graph_entry *const *entries, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (entries[i] == NULL || memcmp(entries[i]->value.owner, entries[0]->value.owner,
		                                 AN_OWNER_KEY_SIZE) != 0)
			return false;
	}
	return count > 0;
}

/* The entries as a set that borrows their lists. E_TOO_LARGE, E_NO_MEMORY. */
static an_status borrow(const autonomi_graph_entry *const *entries, size_t count,
                        struct an_graph_set *ret_set)
{
	*ret_set = (struct an_graph_set){.entries = an_calloc(count, sizeof(struct an_graph_entry)),
	                                 .count = count};
	if (ret_set->entries == NULL)
		return AUTONOMI_E_NO_MEMORY;
	for (size_t i = 0; i < count; i++)
		ret_set->entries[i] = entries[i]->value;
	return an_graph_set_too_large(ret_set) ? AUTONOMI_E_TOO_LARGE : AUTONOMI_OK;
}

autonomi_status autonomi_graph_entry_encode(const autonomi_graph_entry *const *entries,
                                            size_t count, autonomi_bytes **ret_value)
{
	if (entries == NULL || ret_value == NULL || !have_one_owner(entries, count))
		return AUTONOMI_E_INVALID;
	struct an_guard guard;
	struct an_graph_set set;
	struct an_buffer out;
	an_guard_begin(&guard);
	an_buffer_init(&out, AN_API_BYTES_MAX);
	an_status status = borrow(entries, count, &set);
	if (status == AUTONOMI_OK) {
		an_api_record_begin(&out, AN_RECORD_GRAPH_ENTRY);
		an_graph_set_write(&out, &set);
		status = out.failed;
	}
	an_free(set.entries);
	return an_guard_leave(&guard, an_api_take_bytes(&out, status, ret_value));
}

/* Moves the entries out of a set into objects of their own: all of them, or none. */
static an_status give_all(struct an_graph_set *set, struct autonomi_graph_entry **ret_entries)
{
	an_status status = AUTONOMI_OK;
	size_t made = 0;
	while (made < set->count && status == AUTONOMI_OK) {
		status = an_api_give_graph_entry(&set->entries[made], AUTONOMI_OK,
		                                 &ret_entries[made]);
		if (status != AUTONOMI_OK)
			break;
		set->entries[made++] = (struct an_graph_entry){0};
	}
	for (size_t i = 0; i < made && status != AUTONOMI_OK; i++)
		ret_entries[i] = autonomi_graph_entry_free(ret_entries[i]);
	return status;
}

static an_status decode(struct an_span value, struct autonomi_graph_entry **ret_entries,
                        size_t capacity, size_t *ret_count)
{
	struct an_reader reader;
	struct an_graph_set set;
	an_status status = an_api_record_body(value, AN_RECORD_GRAPH_ENTRY, &reader);
	if (status != AUTONOMI_OK)
		return status;
	an_graph_set_read(&reader, &set);
	status = reader.failed;
	if (status == AUTONOMI_OK) {
		*ret_count = set.count;
		status = set.count <= capacity ? give_all(&set, ret_entries) : AUTONOMI_E_TOO_SMALL;
	}
	an_graph_set_done(&set);
	return status;
}

autonomi_status autonomi_graph_entry_decode(const uint8_t *value, size_t value_size,
                                            autonomi_graph_entry **ret_entries, size_t capacity,
                                            size_t *ret_count)
{
	if (value == NULL || !an_api_has(ret_entries, capacity) || ret_count == NULL)
		return AUTONOMI_E_INVALID;
	struct an_guard guard;
	an_guard_begin(&guard);
	return an_guard_leave(&guard,
	                      decode(an_span(value, value_size), ret_entries, capacity, ret_count));
}
