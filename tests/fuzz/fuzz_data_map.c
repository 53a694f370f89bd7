/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a data map, in the form of a root and of a level. What was understood is written and
 * read back in both, and written as JSON and as the old bare list. */
#include <stdlib.h>

#include "data/data_map.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A list whose count begins with the version's byte is taken for a map of a version. */
static void check_old_level(const struct an_data_map *map, struct an_buffer *out)
{
	struct an_data_map again;
	an_buffer_clear(out);
	if (an_data_map_encode_old_level(map, out) != AUTONOMI_OK)
		abort();
	const an_status status = an_data_map_decode_level(an_buffer_span(out), &again);
	if (map->count % 256 != 1 && (status != AUTONOMI_OK || again.count != map->count))
		abort();
	an_data_map_done(&again);
}

static void check(const struct an_data_map *map)
{
	struct an_buffer out;
	struct an_data_map again;
	an_buffer_init(&out, 1 << 24);
	if (an_data_map_encode_root(map, &out) != AUTONOMI_OK ||
	    an_data_map_decode_root(an_buffer_span(&out), &again) != AUTONOMI_OK ||
	    again.count != map->count || again.has_child != map->has_child ||
	    again.child != map->child)
		abort();
	an_data_map_done(&again);
	an_buffer_clear(&out);
	if (an_data_map_encode_level(map, &out) != AUTONOMI_OK ||
	    an_data_map_decode_level(an_buffer_span(&out), &again) != AUTONOMI_OK ||
	    again.count != map->count || an_data_map_size(&again) != an_data_map_size(map))
		abort();
	an_data_map_done(&again);
	an_buffer_clear(&out);
	if (an_data_map_encode_json(map, &out) != AUTONOMI_OK || out.size == 0)
		abort();
	check_old_level(map, &out);
	an_buffer_done(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct an_data_map map;
	if (an_data_map_decode_root(an_span(data, size), &map) == AUTONOMI_OK)
		check(&map);
	an_data_map_done(&map);
	if (an_data_map_decode_level(an_span(data, size), &map) == AUTONOMI_OK)
		check(&map);
	an_data_map_done(&map);
	return 0;
}
