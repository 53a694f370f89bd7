/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/record_merge.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "data/chunk.h"
#include "data/graph_entry.h"
#include "data/pointer.h"
#include "data/scratchpad.h"
#include "wire/msgpack.h"

/* In our own form keys have up to two bytes for one of a bin, and a variant has its name. */
enum { CANONICAL_EXTRA = 64 };

static struct an_reader body_reader(struct an_span value)
{
	return an_reader(
		an_span(value.data + AN_RECORD_HEADER_SIZE, value.size - AN_RECORD_HEADER_SIZE));
}

static bool is_of_type(struct an_span value, enum an_record_type type)
{
	struct an_record_header header;
	return an_record_read_header(value, &header) == AUTONOMI_OK && header.type == type &&
	       header.payment == AN_RECORD_UNPAID;
}

static bool is_owner_of(const uint8_t owner[AN_OWNER_KEY_SIZE],
                        const uint8_t key[AN_RECORD_NAME_SIZE])
{
	uint8_t name[AN_RECORD_NAME_SIZE];
	an_owner_key_name(owner, name);
	return memcmp(name, key, sizeof(name)) == 0;
}

static an_status store(struct an_span value, struct an_record_merged *merged)
{
	merged->store = an_blob_copy(value);
	return merged->store != NULL ? AUTONOMI_OK : AUTONOMI_E_NO_MEMORY;
}

static an_status outdated(uint64_t counter, uint64_t expected, struct an_record_merged *merged)
{
	merged->counter = counter;
	merged->expected = expected;
	return AUTONOMI_E_OUTDATED;
}

/* Each of the following is given values in our own writer's form. */

static an_status merge_chunk(const uint8_t key[AN_RECORD_NAME_SIZE], struct an_span held,
                             struct an_span value, size_t chunk_max,
                             struct an_record_merged *merged)
{
	struct an_span content;
	an_status status = an_chunk_content(value, &content);
	if (status != AUTONOMI_OK)
		return status;
	uint8_t name[AN_RECORD_NAME_SIZE];
	an_chunk_name(content, name);
	if (memcmp(name, key, sizeof(name)) != 0)
		return AUTONOMI_E_CORRUPT;
	if (held.size > 0)
		return AUTONOMI_OK;
	if (content.size > chunk_max)
		return AUTONOMI_E_TOO_LARGE;
	return store(value, merged);
}

static an_status read_scratchpad(struct an_span value, struct an_scratchpad *ret_scratchpad)
{
	struct an_buffer scratch;
	an_buffer_init(&scratch, 0);
	struct an_reader reader = body_reader(value);
	an_scratchpad_read(&reader, &scratch, ret_scratchpad);
	an_buffer_done(&scratch);
	return reader.failed;
}

static an_status merge_scratchpad(const uint8_t key[AN_RECORD_NAME_SIZE], struct an_span held,
                                  struct an_span value, struct an_record_merged *merged)
{
	struct an_scratchpad scratchpad, before;
	an_status status = read_scratchpad(value, &scratchpad);
	if (status != AUTONOMI_OK)
		return status;
	if (!is_owner_of(scratchpad.owner, key))
		return AUTONOMI_E_CORRUPT;
	if (held.size > 0) {
		if (!is_of_type(held, AN_RECORD_SCRATCHPAD) ||
		    read_scratchpad(held, &before) != AUTONOMI_OK)
			return AUTONOMI_E_CORRUPT;
		if (an_span_equal(held, value))
			return AUTONOMI_OK;
		if (before.counter >= scratchpad.counter)
			return outdated(scratchpad.counter, before.counter, merged);
	}
	status = an_scratchpad_verify(&scratchpad);
	if (status != AUTONOMI_OK)
		return status;
	return an_scratchpad_too_big(&scratchpad) ? AUTONOMI_E_TOO_LARGE : store(value, merged);
}

static an_status merge_pointer(const uint8_t key[AN_RECORD_NAME_SIZE], struct an_span held,
                               struct an_span value, struct an_record_merged *merged)
{
	struct an_pointer pointer, before;
	struct an_reader reader = body_reader(value);
	an_pointer_read(&reader, &pointer);
	if (!an_reader_ok(&reader) || !an_pointer_verify(&pointer) ||
	    !is_owner_of(pointer.owner, key))
		return AUTONOMI_E_CORRUPT;
	if (held.size > 0 && is_of_type(held, AN_RECORD_POINTER)) {
		reader = body_reader(held);
		an_pointer_read(&reader, &before);
		if (an_span_equal(held, value))
			return AUTONOMI_OK;
		if (an_reader_ok(&reader) && pointer.counter <= before.counter)
			return outdated(pointer.counter, before.counter, merged);
	}
	return store(value, merged);
}

/* ---- Graph entries. */

static int compare_entries(const void *a, const void *b)
{
	return an_graph_entry_compare(a, b);
}

/* Takes out what is not wanted; E_CORRUPT where no entry is of this key. */
static an_status keep_good(const uint8_t key[AN_RECORD_NAME_SIZE], struct an_graph_set *set)
{
	size_t kept = 0, owned = 0;
	an_status status = AUTONOMI_OK;
	for (size_t i = 0; i < set->count; i++) {
		struct an_graph_entry *entry = &set->entries[i];
		const bool own = is_owner_of(entry->owner, key);
		const an_status valid = own && status == AUTONOMI_OK ? an_graph_entry_verify(entry)
		                                                     : AUTONOMI_E_CORRUPT;
		owned += own;
		if (valid == AUTONOMI_E_NO_MEMORY)
			status = valid;
		if (valid == AUTONOMI_OK)
			set->entries[kept++] = *entry;
		else
			an_graph_entry_done(entry);
	}
	set->count = kept;
	if (status != AUTONOMI_OK)
		return status;
	return owned > 0 ? AUTONOMI_OK : AUTONOMI_E_CORRUPT;
}

/* Sorts, and drops entries that are there twice. */
static void make_set(struct an_graph_set *set)
{
	if (set->count == 0)
		return;
	qsort(set->entries, set->count, sizeof(set->entries[0]), compare_entries);
	size_t kept = 1;
	for (size_t i = 1; i < set->count; i++) {
		if (an_graph_entry_compare(&set->entries[kept - 1], &set->entries[i]) == 0)
			an_graph_entry_done(&set->entries[i]);
		else
			set->entries[kept++] = set->entries[i];
	}
	set->count = kept;
}

/* Moves all of `more` into `set`. */
static an_status add_all(struct an_graph_set *set, struct an_graph_set *more)
{
	struct an_graph_entry *entries = an_realloc(set->entries, set->count + more->count,
	                                            sizeof(entries[0]));
	if (entries == NULL)
		return AUTONOMI_E_NO_MEMORY;
	set->entries = entries;
	if (more->count > 0)
		memcpy(entries + set->count, more->entries, more->count * sizeof(entries[0]));
	set->count += more->count;
	more->count = 0;
	return AUTONOMI_OK;
}

static an_status store_set(const struct an_graph_set *set, size_t size_max,
                           struct an_record_merged *merged)
{
	struct an_buffer out;
	an_buffer_init(&out, size_max);
	an_msgpack_write_array(&out, 1);
	an_msgpack_write_uint(&out, an_record_kind((struct an_record_header){
					    .type = AN_RECORD_GRAPH_ENTRY}));
	an_graph_set_write(&out, set);
	const an_status status = out.failed == AUTONOMI_OK ? store(an_buffer_span(&out), merged)
	                                                   : out.failed;
	an_buffer_done(&out);
	return status;
}

/* Reads the list of a record; an empty one where there is no record. */
static an_status read_set(struct an_span value, struct an_graph_set *ret_set)
{
	*ret_set = (struct an_graph_set){0};
	if (value.size == 0)
		return AUTONOMI_OK;
	if (!is_of_type(value, AN_RECORD_GRAPH_ENTRY))
		return AUTONOMI_E_CORRUPT;
	struct an_reader reader = body_reader(value);
	an_graph_set_read(&reader, ret_set);
	return reader.failed;
}

static an_status merge_graph(const uint8_t key[AN_RECORD_NAME_SIZE], struct an_span held,
                             struct an_span value, struct an_record_merged *merged)
{
	struct an_graph_set incoming, all = {0};
	an_status status = read_set(value, &incoming);
	if (status == AUTONOMI_OK)
		status = keep_good(key, &incoming);
	if (status == AUTONOMI_OK && incoming.count > 0) {
		status = read_set(held, &all);
		make_set(&all);
		const size_t before = all.count;
		if (status == AUTONOMI_OK)
			status = add_all(&all, &incoming);
		make_set(&all);
		if (status == AUTONOMI_OK && an_graph_set_too_large(&all))
			status = AUTONOMI_E_TOO_LARGE;
		if (status == AUTONOMI_OK && all.count > before)
			status = store_set(&all, held.size + value.size, merged);
	}
	an_graph_set_done(&all);
	an_graph_set_done(&incoming);
	return status;
}

static an_status merge(const uint8_t key[AN_RECORD_NAME_SIZE], struct an_span held,
                       struct an_span value, size_t chunk_max, struct an_record_merged *merged)
{
	struct an_record_header header;
	const an_status status = an_record_read_header(value, &header);
	if (status != AUTONOMI_OK)
		return status;
	switch (header.type) {
	case AN_RECORD_CHUNK:
		return merge_chunk(key, held, value, chunk_max, merged);
	case AN_RECORD_GRAPH_ENTRY:
		return merge_graph(key, held, value, merged);
	case AN_RECORD_POINTER:
		return merge_pointer(key, held, value, merged);
	case AN_RECORD_SCRATCHPAD:
		return merge_scratchpad(key, held, value, merged);
	}
	return AUTONOMI_E_CORRUPT;
}

an_status an_record_merge(const uint8_t key[AN_RECORD_NAME_SIZE], struct an_span held,
                          struct an_span incoming, size_t chunk_max,
                          struct an_record_merged *ret_merged)
{
	*ret_merged = (struct an_record_merged){0};
	struct an_record_header header;
	an_status status = an_record_read_header(incoming, &header);
	if (status != AUTONOMI_OK)
		return status;
	if (header.payment != AN_RECORD_UNPAID)
		return AUTONOMI_E_CORRUPT;
	struct an_buffer canonical;
	an_buffer_init(&canonical, 2 * incoming.size + CANONICAL_EXTRA);
	status = an_record_canonical(incoming, &canonical);
	if (status == AUTONOMI_OK)
		status = merge(key, held, an_buffer_span(&canonical), chunk_max, ret_merged);
	an_buffer_done(&canonical);
	return status;
}
