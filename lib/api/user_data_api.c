/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "api/data_handle.h"
#include "base/memory.h"
#include "data/user_data.h"
#include "wire/utf8.h"

_Static_assert((int)AUTONOMI_USER_PRIVATE_FILES == (int)AN_USER_PRIVATE_FILES &&
                       (int)AUTONOMI_USER_REGISTERS == (int)AN_USER_REGISTERS &&
                       (int)AUTONOMI_USER_POINTER_KEY == (int)AN_USER_POINTER_KEY,
               "the numbers are the same");

enum { TEXT_MAX = 1 << 30 };

/* Each item owns a block that begins with its name and goes on with its data map; each key is a text
 * of its own. */
struct autonomi_user_data {
	struct an_user_data value;
};

autonomi_user_data *autonomi_user_data_new(void)
{
	struct an_guard guard;
	an_guard_begin(&guard);
	struct autonomi_user_data *data = an_calloc(1, sizeof(*data));
	an_guard_leave(&guard, AUTONOMI_OK);
	return data;
}

static void free_block(const struct an_user_item *item)
{
	an_free((void *)(uintptr_t)item->name.data);
}

static void free_key(struct an_user_data *data, uint32_t which)
{
	if (!data->has_key[which])
		return;
	uint8_t *text = (uint8_t *)(uintptr_t)data->keys[which].data;
	an_wipe(text, data->keys[which].size);
	an_free(text);
	data->has_key[which] = false;
}

autonomi_user_data *autonomi_user_data_free(autonomi_user_data *data)
{
	if (data == NULL)
		return NULL;
	for (uint32_t list = 0; list < AN_USER_LISTS; list++)
		for (size_t i = 0; i < data->value.lists[list].count; i++)
			free_block(&data->value.lists[list].items[i]);
	for (uint32_t which = 0; which < AN_USER_KEYS; which++)
		free_key(&data->value, which);
	an_user_data_done(&data->value);
	return an_free(data);
}

/* ---- Items. */

static bool by_data_map(uint32_t list)
{
	return list == AN_USER_PRIVATE_FILE_ARCHIVES || list == AN_USER_PRIVATE_FILES;
}

static size_t key_size_of(uint32_t list)
{
	return list == AN_USER_REGISTERS ? AN_OWNER_KEY_SIZE : AN_RECORD_NAME_SIZE;
}

static struct an_span key_of(const struct an_user_item *item, uint32_t list)
{
	return by_data_map(list) ? item->data_map : an_span(item->key, key_size_of(list));
}

static bool is_key(uint32_t list, struct an_span key)
{
	if (by_data_map(list))
		return key.size <= TEXT_MAX;
	return key.size == key_size_of(list) &&
	       (list != AN_USER_REGISTERS || an_bls_public_valid(key.data));
}

/* Copies what the item borrows into a block of its own. */
static an_status own(struct an_user_item *item)
{
	uint8_t *room = an_malloc(item->name.size + 1 + item->data_map.size);
	if (room == NULL)
		return AUTONOMI_E_NO_MEMORY;
	if (item->name.size > 0)
		memcpy(room, item->name.data, item->name.size);
	room[item->name.size] = 0;
	if (item->data_map.size > 0)
		memcpy(room + item->name.size + 1, item->data_map.data, item->data_map.size);
	item->name.data = room;
	item->data_map.data = room + item->name.size + 1;
	return AUTONOMI_OK;
}

static struct an_user_item *find(const struct an_user_data *data, uint32_t list, struct an_span key)
{
	const struct an_user_items *items = &data->lists[list];
	for (size_t i = 0; i < items->count; i++) {
		if (an_span_equal(key_of(&items->items[i], list), key))
			return &items->items[i];
	}
	return NULL;
}

static an_status append(struct an_user_items *items, const struct an_user_item *item)
{
	if (items->count >= AN_USER_ITEMS_MAX)
		return AUTONOMI_E_TOO_LARGE;
	struct an_user_item *grown = an_realloc(items->items, items->count + 1, sizeof(grown[0]));
	if (grown == NULL)
		return AUTONOMI_E_NO_MEMORY;
	items->items = grown;
	items->items[items->count++] = *item;
	return AUTONOMI_OK;
}

static an_status add(struct an_user_data *data, uint32_t list, struct an_span key, const char *name)
{
	struct an_user_item item = {.name = an_span_text(name)};
	if (item.name.size > TEXT_MAX)
		return AUTONOMI_E_TOO_LARGE;
	if (by_data_map(list))
		item.data_map = key;
	else
		memcpy(item.key, key.data, key.size);
	an_status status = own(&item);
	if (status != AUTONOMI_OK)
		return status;
	struct an_user_item *found = find(data, list, key);
	if (found != NULL) {
		free_block(found);
		*found = item;
		return AUTONOMI_OK;
	}
	status = append(&data->lists[list], &item);
	if (status != AUTONOMI_OK)
		free_block(&item);
	return status;
}

autonomi_status autonomi_user_data_add(autonomi_user_data *data, uint32_t list, const uint8_t *key,
                                       size_t key_size, const char *name)
{
	struct an_guard guard;
	if (data == NULL || list >= AN_USER_LISTS || !an_api_has(key, key_size) || name == NULL ||
	    !is_key(list, an_span(key, key_size)) || !an_utf8_valid(an_span_text(name)))
		return AUTONOMI_E_INVALID;
	an_guard_begin(&guard);
	return an_guard_leave(&guard, add(&data->value, list, an_span(key, key_size), name));
}

autonomi_status autonomi_user_data_remove(autonomi_user_data *data, uint32_t list,
                                          const uint8_t *key, size_t key_size)
{
	if (data == NULL || list >= AN_USER_LISTS || !an_api_has(key, key_size))
		return AUTONOMI_E_INVALID;
	struct an_user_items *items = &data->value.lists[list];
	struct an_user_item *found = find(&data->value, list, an_span(key, key_size));
	if (found == NULL)
		return AUTONOMI_E_NOT_FOUND;
	free_block(found);
	items->count--;
	const size_t behind = (size_t)(&items->items[items->count] - found);
	memmove(found, found + 1, behind * sizeof(*found));
	return AUTONOMI_OK;
}

size_t autonomi_user_data_count(const autonomi_user_data *data, uint32_t list)
{
	return data != NULL && list < AN_USER_LISTS ? data->value.lists[list].count : 0;
}

autonomi_status autonomi_user_data_at(const autonomi_user_data *data, uint32_t list, size_t index,
                                      autonomi_user_item_view *view, size_t view_size)
{
	if (index >= autonomi_user_data_count(data, list) || view == NULL)
		return AUTONOMI_E_INVALID;
	const struct an_user_item *item = &data->value.lists[list].items[index];
	const struct an_span key = key_of(item, list);
	const autonomi_user_item_view full = {
		.key = key.data,
		.name = (const char *)item->name.data,
		.key_size = key.size,
		.name_size = item->name.size,
	};
	an_api_fill_view(view, view_size, &full, sizeof(full));
	return AUTONOMI_OK;
}

/* ---- Keys. */

static an_status set_key(struct an_user_data *data, uint32_t which, struct an_span hex)
{
	char *copy = an_malloc(hex.size + 1);
	if (copy == NULL)
		return AUTONOMI_E_NO_MEMORY;
	if (hex.size > 0)
		memcpy(copy, hex.data, hex.size);
	copy[hex.size] = '\0';
	free_key(data, which);
	data->has_key[which] = true;
	data->keys[which] = an_span(copy, hex.size);
	return AUTONOMI_OK;
}

autonomi_status autonomi_user_data_set_key(autonomi_user_data *data, uint32_t which,
                                           const char *hex)
{
	struct an_guard guard;
	if (data == NULL || which >= AN_USER_KEYS)
		return AUTONOMI_E_INVALID;
	if (hex == NULL) {
		free_key(&data->value, which);
		return AUTONOMI_OK;
	}
	if (!an_utf8_valid(an_span_text(hex)))
		return AUTONOMI_E_INVALID;
	an_guard_begin(&guard);
	return an_guard_leave(&guard, set_key(&data->value, which, an_span_text(hex)));
}

const char *autonomi_user_data_key(const autonomi_user_data *data, uint32_t which)
{
	if (data == NULL || which >= AN_USER_KEYS || !data->value.has_key[which])
		return NULL;
	return (const char *)data->value.keys[which].data;
}

/* ---- Bytes. */

autonomi_status autonomi_user_data_encode(const autonomi_user_data *data,
                                          autonomi_bytes **ret_bytes)
{
	struct an_guard guard;
	struct an_buffer out;
	if (data == NULL || ret_bytes == NULL)
		return AUTONOMI_E_INVALID;
	an_guard_begin(&guard);
	an_buffer_init(&out, AN_API_BYTES_MAX);
	const an_status status = an_user_data_encode(&data->value, &out);
	return an_guard_leave(&guard, an_api_take_bytes(&out, status, ret_bytes));
}

/* Replaces what was read by copies that it owns; on failure there is as much as is owned. */
static an_status own_items(struct an_user_items *items, bool failed)
{
	for (size_t i = 0; i < items->count && !failed; i++) {
		if (own(&items->items[i]) != AUTONOMI_OK) {
			items->count = i;
			return AUTONOMI_E_NO_MEMORY;
		}
	}
	if (failed)
		items->count = 0;
	return AUTONOMI_OK;
}

static an_status own_all(struct an_user_data *data)
{
	an_status status = AUTONOMI_OK;
	for (uint32_t list = 0; list < AN_USER_LISTS; list++) {
		const an_status owned = own_items(&data->lists[list], status != AUTONOMI_OK);
		status = status != AUTONOMI_OK ? status : owned;
	}
	for (uint32_t which = 0; which < AN_USER_KEYS; which++) {
		const bool wanted = data->has_key[which] && status == AUTONOMI_OK;
		data->has_key[which] = false;
		if (wanted)
			status = set_key(data, which, data->keys[which]);
	}
	return status;
}

static an_status decode(struct an_span bytes, struct an_user_data *data)
{
	struct an_buffer scratch;
	an_buffer_init(&scratch, bytes.size);
	an_status status = an_user_data_decode(bytes, &scratch, data);
	if (status == AUTONOMI_OK)
		status = own_all(data);
	an_buffer_done(&scratch);
	return status;
}

autonomi_status autonomi_user_data_decode(const uint8_t *bytes, size_t size,
                                          autonomi_user_data **ret_data)
{
	struct an_guard guard;
	if (!an_api_has(bytes, size) || ret_data == NULL)
		return AUTONOMI_E_INVALID;
	struct autonomi_user_data *data = autonomi_user_data_new();
	if (data == NULL)
		return AUTONOMI_E_NO_MEMORY;
	an_guard_begin(&guard);
	const an_status status = decode(an_span(bytes, size), &data->value);
	if (status == AUTONOMI_OK)
		*ret_data = data;
	else
		autonomi_user_data_free(data);
	return an_guard_leave(&guard, status);
}
