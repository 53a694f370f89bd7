/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "data/chunk.h"
#include "data/graph_entry.h"
#include "data/pointer.h"
#include "data/record_merge.h"
#include "data/scratchpad.h"
#include "wire/msgpack.h"

static struct an_reader body_reader(struct an_span value)
{
	return an_reader(
		an_span(value.data + AN_RECORD_HEADER_SIZE, value.size - AN_RECORD_HEADER_SIZE));
}

static void write_header(struct an_buffer *out, enum an_record_type type)
{
	an_msgpack_write_array(out, 1);
	an_msgpack_write_uint(out, an_record_kind((struct an_record_header){.type = type}));
}

/* ---- The unpaid record of a value. */

static void rewrite_graph(struct an_reader *reader, bool paid, struct an_buffer *out)
{
	struct an_graph_set set = {0};
	struct an_graph_entry entry;
	if (paid) {
		an_graph_entry_read(reader, &entry);
		an_msgpack_write_array(out, 1);
		an_graph_entry_write(out, &entry);
		an_graph_entry_done(&entry);
		return;
	}
	an_graph_set_read(reader, &set);
	if (an_reader_ok(reader))
		an_graph_set_write(out, &set);
	an_graph_set_done(&set);
}

static void rewrite_bytes(struct an_reader *reader, enum an_record_type type, struct an_buffer *out)
{
	struct an_buffer scratch;
	an_buffer_init(&scratch, reader->bytes.size);
	struct an_scratchpad scratchpad;
	if (type == AN_RECORD_CHUNK) {
		an_msgpack_write_bin(out, an_msgpack_read_bytes(reader, &scratch));
	} else {
		an_scratchpad_read(reader, &scratch, &scratchpad);
		an_scratchpad_write(out, &scratchpad);
	}
	an_buffer_done(&scratch);
}

static void rewrite(struct an_reader *reader, struct an_record_header header, struct an_buffer *out)
{
	struct an_pointer pointer;
	write_header(out, header.type);
	switch (header.type) {
	case AN_RECORD_CHUNK:
	case AN_RECORD_SCRATCHPAD:
		rewrite_bytes(reader, header.type, out);
		break;
	case AN_RECORD_GRAPH_ENTRY:
		rewrite_graph(reader, header.payment != AN_RECORD_UNPAID, out);
		break;
	case AN_RECORD_POINTER:
		an_pointer_read(reader, &pointer);
		if (an_reader_ok(reader))
			an_pointer_write(out, &pointer);
		break;
	}
}

an_status an_record_canonical(struct an_span value, struct an_buffer *out)
{
	struct an_record_header header;
	const an_status status = an_record_read_header(value, &header);
	if (status != AUTONOMI_OK)
		return status;
	struct an_reader reader = body_reader(value);
	if (header.payment != AN_RECORD_UNPAID) {
		an_msgpack_read_tuple(&reader, 2);
		an_msgpack_skip(&reader);
	}
	const size_t start = out->size;
	rewrite(&reader, header, out);
	if (an_reader_ok(&reader))
		return out->failed;
	out->size = start;
	return reader.failed;
}

/* ---- Records as they are kept: they give their key, and their signatures are good. */

static an_status check_owner(const uint8_t key[AN_RECORD_NAME_SIZE],
                             const uint8_t owner[AN_OWNER_KEY_SIZE])
{
	uint8_t name[AN_RECORD_NAME_SIZE];
	an_owner_key_name(owner, name);
	return memcmp(name, key, sizeof(name)) == 0 ? AUTONOMI_OK : AUTONOMI_E_CORRUPT;
}

static an_status compare_form(struct an_buffer *canonical, an_status status, struct an_span value)
{
	if (status == AUTONOMI_E_TOO_LARGE ||
	    (status == AUTONOMI_OK && !an_span_equal(an_buffer_span(canonical), value)))
		return AUTONOMI_E_CORRUPT;
	return status;
}

/* Whether a writer of ours made exactly these bytes. */
static an_status check_form(struct an_span value)
{
	struct an_buffer canonical;
	an_buffer_init(&canonical, value.size);
	const an_status status = compare_form(&canonical, an_record_canonical(value, &canonical),
	                                      value);
	an_buffer_done(&canonical);
	return status;
}

/* The same of a graph record that was read: reading it again would cost more than all the rest. */
static an_status check_graph_form(const struct an_graph_set *set, an_status read,
                                  struct an_span value)
{
	struct an_buffer canonical;
	an_buffer_init(&canonical, value.size);
	write_header(&canonical, AN_RECORD_GRAPH_ENTRY);
	if (read == AUTONOMI_OK)
		an_graph_set_write(&canonical, set);
	const an_status status = compare_form(&canonical,
	                                      read == AUTONOMI_OK ? canonical.failed : read, value);
	an_buffer_done(&canonical);
	return status;
}

static an_status check_pointer(const uint8_t key[AN_RECORD_NAME_SIZE], struct an_span value)
{
	struct an_reader reader = body_reader(value);
	struct an_pointer pointer;
	an_pointer_read(&reader, &pointer);
	if (!an_reader_ok(&reader))
		return reader.failed;
	const an_status status = check_owner(key, pointer.owner);
	if (status != AUTONOMI_OK)
		return status;
	return an_pointer_verify(&pointer) ? AUTONOMI_OK : AUTONOMI_E_CORRUPT;
}

static an_status check_scratchpad(const uint8_t key[AN_RECORD_NAME_SIZE], struct an_span value)
{
	struct an_buffer scratch; /* stays empty: the form is ours */
	an_buffer_init(&scratch, 0);
	struct an_reader reader = body_reader(value);
	struct an_scratchpad scratchpad;
	an_scratchpad_read(&reader, &scratch, &scratchpad);
	an_buffer_done(&scratch);
	if (!an_reader_ok(&reader))
		return reader.failed;
	if (an_scratchpad_too_big(&scratchpad))
		return AUTONOMI_E_TOO_LARGE;
	const an_status status = check_owner(key, scratchpad.owner);
	return status == AUTONOMI_OK ? an_scratchpad_verify(&scratchpad) : status;
}

static an_status check_entries(const uint8_t key[AN_RECORD_NAME_SIZE],
                               const struct an_graph_set *set)
{
	an_status status = set->count > 0 ? AUTONOMI_OK : AUTONOMI_E_CORRUPT;
	for (size_t i = 0; i < set->count && status == AUTONOMI_OK; i++) {
		status = check_owner(key, set->entries[i].owner);
		if (status == AUTONOMI_OK)
			status = an_graph_entry_verify(&set->entries[i]);
	}
	return status;
}

an_status an_record_check_graph(const uint8_t key[AN_RECORD_NAME_SIZE], struct an_span value,
                                struct an_graph_set *ret_set)
{
	struct an_record_header header;
	an_status status = an_record_read_header(value, &header);
	if (status != AUTONOMI_OK)
		return status;
	if (header.payment != AN_RECORD_UNPAID || header.type != AN_RECORD_GRAPH_ENTRY)
		return AUTONOMI_E_CORRUPT;
	struct an_reader reader = body_reader(value);
	an_graph_set_read(&reader, ret_set);
	status = check_graph_form(ret_set, reader.failed, value);
	if (status == AUTONOMI_OK)
		status = check_entries(key, ret_set);
	if (status != AUTONOMI_OK)
		an_graph_set_done(ret_set);
	return status;
}

static an_status check_graph(const uint8_t key[AN_RECORD_NAME_SIZE], struct an_span value)
{
	struct an_graph_set set;
	const an_status status = an_record_check_graph(key, value, &set);
	if (status == AUTONOMI_OK)
		an_graph_set_done(&set);
	return status;
}

static an_status check_chunk(const uint8_t key[AN_RECORD_NAME_SIZE], struct an_span value)
{
	struct an_span content;
	const an_status status = an_chunk_content(value, &content);
	if (status != AUTONOMI_OK)
		return status;
	uint8_t name[AN_RECORD_NAME_SIZE];
	an_chunk_name(content, name);
	return memcmp(name, key, sizeof(name)) == 0 ? AUTONOMI_OK : AUTONOMI_E_CORRUPT;
}

an_status an_record_check(const uint8_t key[AN_RECORD_NAME_SIZE], struct an_span value)
{
	struct an_record_header header;
	an_status status = an_record_read_header(value, &header);
	if (status != AUTONOMI_OK)
		return status;
	if (header.payment != AN_RECORD_UNPAID)
		return AUTONOMI_E_CORRUPT;
	if (header.type == AN_RECORD_CHUNK)
		return check_chunk(key, value);
	if (header.type == AN_RECORD_GRAPH_ENTRY)
		return check_graph(key, value);
	status = check_form(value);
	if (status != AUTONOMI_OK)
		return status;
	return header.type == AN_RECORD_POINTER ? check_pointer(key, value)
	                                        : check_scratchpad(key, value);
}

static bool names_any(const uint8_t key[AN_RECORD_NAME_SIZE], const struct an_graph_set *set)
{
	for (size_t i = 0; i < set->count; i++) {
		if (check_owner(key, set->entries[i].owner) == AUTONOMI_OK)
			return true;
	}
	return false;
}

bool an_record_names(struct an_span value, const uint8_t key[AN_RECORD_NAME_SIZE])
{
	struct an_record_header header;
	if (an_record_read_header(value, &header) != AUTONOMI_OK)
		return false;
	if (header.type == AN_RECORD_CHUNK)
		return check_chunk(key, value) == AUTONOMI_OK;
	struct an_reader reader = body_reader(value);
	uint8_t owner[AN_OWNER_KEY_SIZE];
	if (header.type == AN_RECORD_GRAPH_ENTRY) {
		struct an_graph_set set;
		an_graph_set_read(&reader, &set);
		const bool named = names_any(key, &set);
		an_graph_set_done(&set);
		return named;
	}
	/* A pointer and a scratchpad begin with their owner. */
	an_msgpack_read_array(&reader);
	an_owner_key_read(&reader, owner);
	return an_reader_ok(&reader) && check_owner(key, owner) == AUTONOMI_OK;
}
