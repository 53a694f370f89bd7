/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/graph_entry.h"

#include <string.h>

#include "base/memory.h"
#include "wire/msgpack.h"

enum { OWNER, PARENTS, CONTENT, DESCENDANTS, SIGNATURE };
static const char *const field_names[] = {"owner", "parents", "content", "descendants",
                                          "signature"};
static const struct an_fields fields = AN_FIELDS(field_names);

/* The least that a key, a descendant, an entry can have: bytes as bin. */
enum {
	KEY_MIN = 2 + AN_OWNER_KEY_SIZE,
	DESCENDANT_MIN = 1 + KEY_MIN + 2 + AN_GRAPH_CONTENT_SIZE,
	ENTRY_MIN = 1 + KEY_MIN + 1 + 2 + AN_GRAPH_CONTENT_SIZE + 1 + 2 + AN_BLS_SIGNATURE_SIZE,
};

enum { SIGNED_WORDS = 32 }; /* room for the three words between the parts */

an_status an_graph_entry_init(struct an_graph_entry *ret_entry, size_t parent_count,
                              size_t descendant_count)
{
	*ret_entry = (struct an_graph_entry){0};
	if (parent_count > AN_GRAPH_KEYS_MAX || descendant_count > AN_GRAPH_KEYS_MAX)
		return AUTONOMI_E_TOO_LARGE;
	struct an_graph_parent *parents = an_calloc(parent_count, sizeof(parents[0]));
	struct an_graph_descendant *descendants = an_calloc(descendant_count,
	                                                    sizeof(descendants[0]));
	if (parents == NULL || descendants == NULL) {
		an_free(parents);
		an_free(descendants);
		return AUTONOMI_E_NO_MEMORY;
	}
	ret_entry->parents = parents;
	ret_entry->parent_count = parent_count;
	ret_entry->descendants = descendants;
	ret_entry->descendant_count = descendant_count;
	return AUTONOMI_OK;
}

void an_graph_entry_done(struct an_graph_entry *entry)
{
	an_free(entry->parents);
	an_free(entry->descendants);
	*entry = (struct an_graph_entry){0};
}

size_t an_graph_entry_size(const struct an_graph_entry *entry)
{
	return AN_GRAPH_ENTRY_OVERHEAD + AN_OWNER_KEY_SIZE * entry->parent_count +
	       (AN_OWNER_KEY_SIZE + AN_GRAPH_CONTENT_SIZE) * entry->descendant_count;
}

bool an_graph_entry_too_big(const struct an_graph_entry *entry)
{
	return an_graph_entry_size(entry) > AN_GRAPH_ENTRY_SIZE_MAX;
}

/* ---- Signatures. */

an_status an_graph_entry_signed_bytes(const struct an_graph_entry *entry, struct an_buffer *out)
{
	(void)an_buffer_append(out, an_span(entry->owner, sizeof(entry->owner)));
	(void)an_buffer_append(out, an_span_text("parent"));
	for (size_t i = 0; i < entry->parent_count; i++)
		(void)an_buffer_append(out, an_span(entry->parents[i].key, AN_OWNER_KEY_SIZE));
	(void)an_buffer_append(out, an_span_text("content"));
	(void)an_buffer_append(out, an_span(entry->content, sizeof(entry->content)));
	(void)an_buffer_append(out, an_span_text("descendants"));
	for (size_t i = 0; i < entry->descendant_count; i++) {
		const struct an_graph_descendant *descendant = &entry->descendants[i];
		(void)an_buffer_append(out, an_span(descendant->key, sizeof(descendant->key)));
		(void)an_buffer_append(out,
		                       an_span(descendant->content, sizeof(descendant->content)));
	}
	return out->failed;
}

static an_status init_signed_bytes(const struct an_graph_entry *entry, struct an_buffer *ret_bytes)
{
	an_buffer_init(ret_bytes, an_graph_entry_size(entry) + SIGNED_WORDS);
	return an_graph_entry_signed_bytes(entry, ret_bytes);
}

an_status an_graph_entry_sign(struct an_graph_entry *entry,
                              const uint8_t secret[AN_BLS_SECRET_SIZE])
{
	an_status status = an_bls_public_key(secret, entry->owner);
	if (status != AUTONOMI_OK)
		return status;
	struct an_buffer bytes;
	status = init_signed_bytes(entry, &bytes);
	if (status == AUTONOMI_OK)
		status = an_bls_sign(secret, an_buffer_span(&bytes), entry->signature);
	an_buffer_done(&bytes);
	return status;
}

an_status an_graph_entry_verify(const struct an_graph_entry *entry)
{
	struct an_buffer bytes;
	an_status status = init_signed_bytes(entry, &bytes);
	if (status == AUTONOMI_OK &&
	    !an_bls_verify(entry->owner, an_buffer_span(&bytes), entry->signature))
		status = AUTONOMI_E_CORRUPT;
	an_buffer_done(&bytes);
	return status;
}

/* ---- Order. */

static int compare_lists(const void *a, size_t a_count, const void *b, size_t b_count,
                         size_t item_size)
{
	const size_t shared = a_count < b_count ? a_count : b_count;
	const int order = shared > 0 ? memcmp(a, b, shared * item_size) : 0;
	return order != 0 ? order : (a_count > b_count) - (a_count < b_count);
}

int an_graph_entry_compare(const struct an_graph_entry *a, const struct an_graph_entry *b)
{
	int order = memcmp(a->owner, b->owner, sizeof(a->owner));
	if (order == 0)
		order = compare_lists(a->parents, a->parent_count, b->parents, b->parent_count,
		                      sizeof(a->parents[0]));
	if (order == 0)
		order = memcmp(a->content, b->content, sizeof(a->content));
	if (order == 0)
		order = compare_lists(a->descendants, a->descendant_count, b->descendants,
		                      b->descendant_count, sizeof(a->descendants[0]));
	return order != 0 ? order : memcmp(a->signature, b->signature, sizeof(a->signature));
}

/* ---- Reading. `keys` is how many of AN_GRAPH_KEYS_MAX are left. */

static bool spend(struct an_reader *reader, size_t *keys, size_t count)
{
	if (an_reader_ok(reader) && count > *keys)
		an_reader_fail(reader, AUTONOMI_E_TOO_LARGE);
	if (!an_reader_ok(reader))
		return false;
	*keys -= count;
	return true;
}

/* Memory for a list whose length a stranger wrote: every item has `item_min` bytes still to come. */
static void *begin_list(struct an_reader *reader, size_t *keys, size_t item_size, size_t item_min,
                        size_t *ret_count)
{
	const size_t count = an_msgpack_read_array(reader);
	*ret_count = 0;
	if (count > an_reader_left(reader) / item_min)
		an_reader_fail(reader, AUTONOMI_E_CORRUPT);
	if (!spend(reader, keys, count))
		return NULL;
	void *list = an_calloc(count, item_size);
	if (list == NULL)
		an_reader_fail(reader, AUTONOMI_E_NO_MEMORY);
	else
		*ret_count = count;
	return list;
}

static void read_parents(struct an_reader *reader, size_t *keys, struct an_graph_entry *entry)
{
	entry->parents = begin_list(reader, keys, sizeof(entry->parents[0]), KEY_MIN,
	                            &entry->parent_count);
	for (size_t i = 0; i < entry->parent_count && an_reader_ok(reader); i++)
		an_owner_key_read(reader, entry->parents[i].key);
}

static void read_descendants(struct an_reader *reader, size_t *keys, struct an_graph_entry *entry)
{
	entry->descendants = begin_list(reader, keys, sizeof(entry->descendants[0]), DESCENDANT_MIN,
	                                &entry->descendant_count);
	for (size_t i = 0; i < entry->descendant_count && an_reader_ok(reader); i++) {
		an_msgpack_read_tuple(reader, 2);
		an_owner_key_read(reader, entry->descendants[i].key);
		an_msgpack_read_fixed(reader, entry->descendants[i].content, AN_GRAPH_CONTENT_SIZE);
	}
}

static void read_entry(struct an_reader *reader, size_t *keys, struct an_graph_entry *entry)
{
	*entry = (struct an_graph_entry){0};
	struct an_msgpack_run run = an_msgpack_read_struct(reader, &fields);
	int field;
	while ((field = an_msgpack_next_field(reader, &run, &fields)) != AN_FIELD_END) {
		if (field == OWNER)
			an_owner_key_read(reader, entry->owner);
		else if (field == PARENTS)
			read_parents(reader, keys, entry);
		else if (field == CONTENT)
			an_msgpack_read_fixed(reader, entry->content, sizeof(entry->content));
		else if (field == DESCENDANTS)
			read_descendants(reader, keys, entry);
		else
			an_owner_signature_read(reader, entry->signature);
	}
}

void an_graph_entry_read(struct an_reader *reader, struct an_graph_entry *ret_entry)
{
	size_t keys = AN_GRAPH_KEYS_MAX;
	read_entry(reader, &keys, ret_entry);
}

void an_graph_entry_write(struct an_buffer *out, const struct an_graph_entry *entry)
{
	an_msgpack_write_array(out, (uint32_t)fields.count);
	an_msgpack_write_integers(out, an_span(entry->owner, sizeof(entry->owner)));
	an_msgpack_write_array(out, (uint32_t)entry->parent_count);
	for (size_t i = 0; i < entry->parent_count; i++)
		an_msgpack_write_integers(out, an_span(entry->parents[i].key, AN_OWNER_KEY_SIZE));
	an_msgpack_write_integers(out, an_span(entry->content, sizeof(entry->content)));
	an_msgpack_write_array(out, (uint32_t)entry->descendant_count);
	for (size_t i = 0; i < entry->descendant_count; i++) {
		const struct an_graph_descendant *descendant = &entry->descendants[i];
		an_msgpack_write_array(out, 2);
		an_msgpack_write_integers(out, an_span(descendant->key, sizeof(descendant->key)));
		an_msgpack_write_integers(out, an_span(descendant->content,
		                                       sizeof(descendant->content)));
	}
	an_msgpack_write_integers(out, an_span(entry->signature, sizeof(entry->signature)));
}

void an_graph_set_done(struct an_graph_set *set)
{
	for (size_t i = 0; i < set->count; i++)
		an_graph_entry_done(&set->entries[i]);
	an_free(set->entries);
	*set = (struct an_graph_set){0};
}

bool an_graph_set_too_large(const struct an_graph_set *set)
{
	size_t keys = set->count;
	for (size_t i = 0; i < set->count; i++)
		keys += set->entries[i].parent_count + set->entries[i].descendant_count;
	return set->count > AN_GRAPH_FORKS_MAX || keys > AN_GRAPH_KEYS_MAX;
}

void an_graph_set_read(struct an_reader *reader, struct an_graph_set *ret_set)
{
	size_t keys = AN_GRAPH_KEYS_MAX;
	*ret_set = (struct an_graph_set){0};
	ret_set->entries = begin_list(reader, &keys, sizeof(ret_set->entries[0]), ENTRY_MIN,
	                              &ret_set->count);
	if (an_reader_ok(reader) && ret_set->count > AN_GRAPH_FORKS_MAX)
		an_reader_fail(reader, AUTONOMI_E_TOO_LARGE);
	for (size_t i = 0; i < ret_set->count && an_reader_ok(reader); i++)
		read_entry(reader, &keys, &ret_set->entries[i]);
}

void an_graph_set_write(struct an_buffer *out, const struct an_graph_set *set)
{
	an_msgpack_write_array(out, (uint32_t)set->count);
	for (size_t i = 0; i < set->count; i++)
		an_graph_entry_write(out, &set->entries[i]);
}
