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

static an_status refuse(enum an_put_error_type type, struct an_record_merged *merged)
{
	merged->error.type = type;
	return AUTONOMI_E_CORRUPT;
}

/* A failure to read or to verify, where memory may have been the reason. */
static an_status refuse_unless_memory(an_status status, enum an_put_error_type type,
                                      struct an_record_merged *merged)
{
	if (status == AUTONOMI_E_NO_MEMORY)
		return status;
	(void)refuse(type, merged);
	return status;
}

static an_status outdated(uint64_t counter, uint64_t expected, struct an_record_merged *merged)
{
	merged->error = (struct an_put_error){.type = AN_PUT_ERROR_OUTDATED_COUNTER,
	                                      .counter = counter,
	                                      .expected = expected};
	return AUTONOMI_E_OUTDATED;
}

static an_status too_large(enum an_put_error_type type, size_t size, size_t limit,
                           struct an_record_merged *merged)
{
	merged->error = (struct an_put_error){.type = type, .size = size, .limit = limit};
	return AUTONOMI_E_TOO_LARGE;
}

/* Each of the following is given values in our own writer's form. */

static an_status merge_chunk(const uint8_t key[AN_RECORD_NAME_SIZE], struct an_span held,
                             struct an_span value, size_t chunk_max,
                             struct an_record_merged *merged)
{
	struct an_span content;
	const an_status status = an_chunk_content(value, &content);
	if (status != AUTONOMI_OK)
		return refuse(AN_PUT_ERROR_INVALID_RECORD, merged);
	uint8_t name[AN_RECORD_NAME_SIZE];
	an_chunk_name(content, name);
	if (memcmp(name, key, sizeof(name)) != 0)
		return refuse(AN_PUT_ERROR_RECORD_KEY_MISMATCH, merged);
	if (held.size > 0)
		return AUTONOMI_OK;
	if (content.size > chunk_max)
		return too_large(AN_PUT_ERROR_OVERSIZED_CHUNK, content.size, chunk_max, merged);
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
		return refuse_unless_memory(status, AN_PUT_ERROR_INVALID_RECORD, merged);
	if (!is_owner_of(scratchpad.owner, key))
		return refuse(AN_PUT_ERROR_RECORD_KEY_MISMATCH, merged);
	if (held.size > 0) {
		if (!is_of_type(held, AN_RECORD_SCRATCHPAD) ||
		    read_scratchpad(held, &before) != AUTONOMI_OK)
			return refuse(AN_PUT_ERROR_INVALID_RECORD, merged);
		if (an_span_equal(held, value))
			return AUTONOMI_OK;
		if (before.counter >= scratchpad.counter)
			return outdated(scratchpad.counter, before.counter, merged);
	}
	status = an_scratchpad_verify(&scratchpad);
	if (status != AUTONOMI_OK)
		return refuse_unless_memory(status, AN_PUT_ERROR_INVALID_SCRATCHPAD_SIGNATURE,
		                            merged);
	if (an_scratchpad_too_big(&scratchpad))
		return too_large(AN_PUT_ERROR_SCRATCHPAD_TOO_BIG, an_scratchpad_size(&scratchpad),
		                 AN_SCRATCHPAD_SIZE_MAX, merged);
	return store(value, merged);
}

static an_status check_pointer(const uint8_t key[AN_RECORD_NAME_SIZE],
                               const struct an_pointer *pointer, enum an_record_source source,
                               struct an_record_merged *merged)
{
	const bool is_own = is_owner_of(pointer->owner, key);
	if (!is_own && source == AN_RECORD_FROM_CLIENT)
		return refuse(AN_PUT_ERROR_RECORD_KEY_MISMATCH, merged);
	if (!an_pointer_verify(pointer))
		return refuse(AN_PUT_ERROR_INVALID_POINTER_SIGNATURE, merged);
	return is_own ? AUTONOMI_OK : refuse(AN_PUT_ERROR_RECORD_KEY_MISMATCH, merged);
}

static an_status merge_pointer(const uint8_t key[AN_RECORD_NAME_SIZE], struct an_span held,
                               struct an_span value, enum an_record_source source,
                               struct an_record_merged *merged)
{
	struct an_pointer pointer, before;
	struct an_reader reader = body_reader(value);
	an_pointer_read(&reader, &pointer);
	if (!an_reader_ok(&reader))
		return refuse_unless_memory(reader.failed, AN_PUT_ERROR_INVALID_RECORD, merged);
	const an_status status = check_pointer(key, &pointer, source, merged);
	if (status != AUTONOMI_OK)
		return status;
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

static bool has_entry(const struct an_graph_set *set, const struct an_graph_entry *entry)
{
	return set->count > 0 && bsearch(entry, set->entries, set->count, sizeof(set->entries[0]),
	                                 compare_entries) != NULL;
}

/* Takes out the entries of other keys. */
static void keep_own(const uint8_t key[AN_RECORD_NAME_SIZE], struct an_graph_set *set)
{
	size_t kept = 0;
	for (size_t i = 0; i < set->count; i++) {
		if (is_owner_of(set->entries[i].owner, key))
			set->entries[kept++] = set->entries[i];
		else
			an_graph_entry_done(&set->entries[i]);
	}
	set->count = kept;
}

/* Takes out what is in `held`, whose signatures were verified before, and what is not signed well. */
static an_status keep_new(const struct an_graph_set *held, struct an_graph_set *set)
{
	size_t kept = 0;
	an_status status = AUTONOMI_OK;
	for (size_t i = 0; i < set->count; i++) {
		struct an_graph_entry *entry = &set->entries[i];
		an_status valid = AUTONOMI_E_CORRUPT;
		if (status == AUTONOMI_OK && !has_entry(held, entry))
			valid = an_graph_entry_verify(entry);
		if (valid == AUTONOMI_E_NO_MEMORY)
			status = valid;
		if (valid == AUTONOMI_OK)
			set->entries[kept++] = *entry;
		else
			an_graph_entry_done(entry);
	}
	set->count = kept;
	return status;
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

/* Adds what is new of `incoming` to `held`, and says whether there was any. What is held under the key
 * and is no list matters only when there is something to add to it (semantics 6.3.5, step 3). */
static an_status unite(struct an_graph_set *held, an_status held_read,
                       struct an_graph_set *incoming, struct an_record_merged *merged)
{
	const an_status status = keep_new(held, incoming);
	if (status != AUTONOMI_OK || incoming->count == 0)
		return status;
	if (held_read != AUTONOMI_OK)
		return refuse_unless_memory(held_read, AN_PUT_ERROR_INVALID_RECORD, merged);
	const an_status added = add_all(held, incoming);
	if (added != AUTONOMI_OK)
		return added;
	make_set(held);
	if (!an_graph_set_too_large(held))
		return AUTONOMI_OK;
	merged->error.type = AN_PUT_ERROR_INVALID_RECORD;
	return AUTONOMI_E_TOO_LARGE;
}

static an_status merge_sets(const uint8_t key[AN_RECORD_NAME_SIZE], struct an_span held,
                            struct an_graph_set *incoming, enum an_record_source source,
                            struct an_record_merged *merged, size_t size_max)
{
	keep_own(key, incoming);
	if (incoming->count == 0)
		return refuse(source == AN_RECORD_FROM_CLIENT ? AN_PUT_ERROR_RECORD_KEY_MISMATCH
		                                              : AN_PUT_ERROR_EMPTY_GRAPH_ENTRY,
		              merged);
	struct an_graph_set all;
	const an_status held_read = read_set(held, &all);
	if (held_read == AUTONOMI_OK)
		make_set(&all);
	else
		an_graph_set_done(&all);
	const size_t before = all.count;
	an_status status = unite(&all, held_read, incoming, merged);
	if (status == AUTONOMI_OK && all.count > before)
		status = store_set(&all, size_max, merged);
	an_graph_set_done(&all);
	return status;
}

static an_status merge_graph(const uint8_t key[AN_RECORD_NAME_SIZE], struct an_span held,
                             struct an_span value, enum an_record_source source,
                             struct an_record_merged *merged)
{
	struct an_graph_set incoming;
	an_status status = read_set(value, &incoming);
	if (status == AUTONOMI_OK)
		status = merge_sets(key, held, &incoming, source, merged, held.size + value.size);
	else
		status = refuse_unless_memory(status, AN_PUT_ERROR_INVALID_RECORD, merged);
	an_graph_set_done(&incoming);
	return status;
}

static an_status merge(const uint8_t key[AN_RECORD_NAME_SIZE], struct an_span held,
                       struct an_span value, size_t chunk_max, enum an_record_source source,
                       enum an_record_type type, struct an_record_merged *merged)
{
	switch (type) {
	case AN_RECORD_CHUNK:
		return merge_chunk(key, held, value, chunk_max, merged);
	case AN_RECORD_GRAPH_ENTRY:
		return merge_graph(key, held, value, source, merged);
	case AN_RECORD_POINTER:
		return merge_pointer(key, held, value, source, merged);
	case AN_RECORD_SCRATCHPAD:
		return merge_scratchpad(key, held, value, merged);
	}
	return refuse(AN_PUT_ERROR_INVALID_RECORD, merged);
}

an_status an_record_merge(const uint8_t key[AN_RECORD_NAME_SIZE], struct an_span held,
                          struct an_span incoming, size_t chunk_max, enum an_record_source source,
                          struct an_record_merged *ret_merged)
{
	*ret_merged = (struct an_record_merged){0};
	struct an_record_header header;
	if (an_record_read_header(incoming, &header) != AUTONOMI_OK)
		return refuse(AN_PUT_ERROR_INVALID_RECORD_HEADER, ret_merged);
	if (header.payment != AN_RECORD_UNPAID)
		return refuse(AN_PUT_ERROR_UNEXPECTED_PAYMENT, ret_merged);
	struct an_buffer canonical;
	an_buffer_init(&canonical, 2 * incoming.size + CANONICAL_EXTRA);
	an_status status = an_record_canonical(incoming, &canonical);
	if (status == AUTONOMI_OK)
		status = merge(key, held, an_buffer_span(&canonical), chunk_max, source,
		               header.type, ret_merged);
	else
		status = refuse_unless_memory(status, AN_PUT_ERROR_INVALID_RECORD, ret_merged);
	an_buffer_done(&canonical);
	return status;
}
