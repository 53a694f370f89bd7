/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "signed_records.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "data/chunk.h"
#include "data/graph_entry.h"
#include "data/pointer.h"
#include "data/scratchpad.h"
#include "wire/msgpack.h"

enum { VALUE_MAX = 8 << 20, HEAD = AN_RECORD_HEADER_SIZE };

static void secret_of(uint8_t owner, uint8_t secret[AN_BLS_SECRET_SIZE])
{
	memset(secret, 0, AN_BLS_SECRET_SIZE);
	secret[AN_BLS_SECRET_SIZE - 2] = owner;
	secret[AN_BLS_SECRET_SIZE - 1] = 7;
}

static void begin(struct an_buffer *out, enum an_record_type type)
{
	an_buffer_init(out, VALUE_MAX);
	an_msgpack_write_array(out, 1);
	an_msgpack_write_uint(out, an_record_kind((struct an_record_header){.type = type}));
}

static struct signed_record finish(struct an_buffer *out, const uint8_t owner[AN_OWNER_KEY_SIZE])
{
	struct signed_record record = {.value = an_blob_copy(an_buffer_span(out))};
	ck_assert_ptr_nonnull(record.value);
	an_buffer_done(out);
	an_owner_key_name(owner, record.key);
	return record;
}

struct signed_record signed_chunk(uint8_t first, size_t size)
{
	struct signed_record record;
	uint8_t *content = calloc(1, size);
	content[0] = first;
	an_chunk_name(an_span(content, size), record.key);
	record.value = an_chunk_record_value(an_span(content, size));
	ck_assert_ptr_nonnull(record.value);
	free(content);
	return record;
}

struct signed_record signed_pointer(uint8_t owner, uint64_t counter, uint8_t target)
{
	uint8_t secret[AN_BLS_SECRET_SIZE], name[AN_RECORD_NAME_SIZE] = {target};
	struct an_pointer pointer = {.counter = counter, .target = an_address_of_chunk(name)};
	struct an_buffer out;
	secret_of(owner, secret);
	ck_assert_int_eq(an_pointer_sign(&pointer, secret), AUTONOMI_OK);
	begin(&out, AN_RECORD_POINTER);
	an_pointer_write(&out, &pointer);
	return finish(&out, pointer.owner);
}

struct signed_record signed_scratchpad(uint8_t owner, uint64_t counter, size_t size)
{
	uint8_t secret[AN_BLS_SECRET_SIZE];
	uint8_t *data = calloc(1, size + 1);
	struct an_scratchpad scratchpad = {.counter = counter,
	                                   .encrypted_data = an_span(data, size)};
	struct an_buffer out;
	secret_of(owner, secret);
	ck_assert_int_eq(an_scratchpad_sign(&scratchpad, secret), AUTONOMI_OK);
	begin(&out, AN_RECORD_SCRATCHPAD);
	an_scratchpad_write(&out, &scratchpad);
	free(data);
	return finish(&out, scratchpad.owner);
}

struct signed_record signed_graph(uint8_t owner, uint8_t first, size_t count)
{
	uint8_t secret[AN_BLS_SECRET_SIZE];
	struct an_graph_entry *entries = calloc(count, sizeof(*entries));
	struct an_buffer out;
	secret_of(owner, secret);
	for (size_t i = 0; i < count; i++) {
		entries[i].content[0] = (uint8_t)(first + i);
		ck_assert_int_eq(an_graph_entry_sign(&entries[i], secret), AUTONOMI_OK);
	}
	begin(&out, AN_RECORD_GRAPH_ENTRY);
	an_graph_set_write(&out, &(struct an_graph_set){.entries = entries, .count = count});
	const struct signed_record record = finish(&out, entries[0].owner);
	free(entries);
	return record;
}

struct signed_record signed_paid(struct signed_record record, enum an_record_payment payment)
{
	struct an_record_header header;
	ck_assert_int_eq(an_record_read_header(an_blob_span(record.value), &header), AUTONOMI_OK);
	header.payment = payment;
	/* A list of one entry has one byte in front of it. */
	const size_t body = header.type == AN_RECORD_GRAPH_ENTRY ? HEAD + 1 : HEAD;
	struct an_buffer out;
	an_buffer_init(&out, VALUE_MAX);
	an_msgpack_write_array(&out, 1);
	an_msgpack_write_uint(&out, an_record_kind(header));
	an_msgpack_write_array(&out, 2);
	an_msgpack_write_array(&out, 0);
	ck_assert_int_eq(an_buffer_append(&out, an_span(record.value->data + body,
	                                                record.value->size - body)),
	                 AUTONOMI_OK);
	an_blob_unref(record.value);
	record.value = an_blob_copy(an_buffer_span(&out));
	an_buffer_done(&out);
	return record;
}

struct signed_record signed_badly(struct signed_record record)
{
	struct an_record_header header;
	const struct an_span value = an_blob_span(record.value);
	struct an_reader reader = an_reader(an_span(value.data + HEAD, value.size - HEAD));
	struct an_buffer out, scratch;
	ck_assert_int_eq(an_record_read_header(value, &header), AUTONOMI_OK);
	an_buffer_init(&scratch, 0);
	begin(&out, header.type);
	if (header.type == AN_RECORD_POINTER) {
		struct an_pointer pointer;
		an_pointer_read(&reader, &pointer);
		pointer.counter++;
		an_pointer_write(&out, &pointer);
	} else if (header.type == AN_RECORD_SCRATCHPAD) {
		struct an_scratchpad scratchpad;
		an_scratchpad_read(&reader, &scratch, &scratchpad);
		scratchpad.counter++;
		an_scratchpad_write(&out, &scratchpad);
	} else {
		struct an_graph_set set;
		an_graph_set_read(&reader, &set);
		set.entries[set.count - 1].content[1]++;
		an_graph_set_write(&out, &set);
		an_graph_set_done(&set);
	}
	ck_assert(an_reader_ok(&reader));
	an_blob_unref(record.value);
	record.value = an_blob_copy(an_buffer_span(&out));
	an_buffer_done(&out);
	return record;
}

void signed_done(struct signed_record *record)
{
	record->value = an_blob_unref(record->value);
}
