/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/data_handle.h"
#include "base/memory.h"

static bool is_form(uint32_t form)
{
	return form == AUTONOMI_DATA_MAP_ROOT || form == AUTONOMI_DATA_MAP_LEVEL;
}

an_status an_api_give_data_map(struct an_data_map *value, an_status status,
                               struct autonomi_data_map **ret_map)
{
	struct autonomi_data_map *map = NULL;
	if (status == AUTONOMI_OK) {
		map = an_malloc(sizeof(*map));
		status = map != NULL ? AUTONOMI_OK : AUTONOMI_E_NO_MEMORY;
	}
	if (status != AUTONOMI_OK) {
		an_data_map_done(value);
		return status;
	}
	map->value = *value;
	*value = (struct an_data_map){0};
	*ret_map = map;
	return AUTONOMI_OK;
}

autonomi_status autonomi_data_map_decode(uint32_t form, const uint8_t *bytes, size_t size,
                                         autonomi_data_map **ret_map)
{
	struct an_guard guard;
	struct an_data_map value = {0};
	if (!is_form(form) || bytes == NULL || ret_map == NULL)
		return AUTONOMI_E_INVALID;
	an_guard_begin(&guard);
	const struct an_span span = an_span(bytes, size);
	const an_status status = form == AUTONOMI_DATA_MAP_ROOT
	                                 ? an_data_map_decode_root(span, &value)
	                                 : an_data_map_decode_level(span, &value);
	return an_guard_leave(&guard, an_api_give_data_map(&value, status, ret_map));
}

autonomi_data_map *autonomi_data_map_free(autonomi_data_map *map)
{
	if (map != NULL)
		an_data_map_done(&map->value);
	return an_free(map);
}

autonomi_status autonomi_data_map_encode(const autonomi_data_map *map, uint32_t form,
                                         autonomi_bytes **ret_bytes)
{
	struct an_guard guard;
	struct an_buffer out;
	if (map == NULL || !is_form(form) || ret_bytes == NULL)
		return AUTONOMI_E_INVALID;
	an_guard_begin(&guard);
	an_buffer_init(&out, AN_API_BYTES_MAX);
	const an_status status = form == AUTONOMI_DATA_MAP_ROOT
	                                 ? an_data_map_encode_root(&map->value, &out)
	                                 : an_data_map_encode_level(&map->value, &out);
	return an_guard_leave(&guard, an_api_take_bytes(&out, status, ret_bytes));
}

size_t autonomi_data_map_count(const autonomi_data_map *map)
{
	return map != NULL ? map->value.count : 0;
}

uint64_t autonomi_data_map_depth(const autonomi_data_map *map)
{
	if (map == NULL || !map->value.has_child)
		return 0;
	return map->value.child > 0 ? map->value.child : 1;
}

uint64_t autonomi_data_map_size(const autonomi_data_map *map)
{
	return map != NULL ? an_data_map_size(&map->value) : 0;
}

autonomi_status autonomi_data_map_at(const autonomi_data_map *map, size_t index,
                                     autonomi_data_map_entry_view *view, size_t view_size)
{
	if (map == NULL || view == NULL || index >= map->value.count)
		return AUTONOMI_E_INVALID;
	const struct an_data_map_entry *entry = &map->value.entries[index];
	const autonomi_data_map_entry_view full = {
		.address = entry->dst_hash,
		.source_hash = entry->src_hash,
		.index = entry->index,
		.source_size = entry->src_size,
	};
	an_api_fill_view(view, view_size, &full, sizeof(full));
	return AUTONOMI_OK;
}
