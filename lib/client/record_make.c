/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client/record_make.h"

#include <string.h>

#include "base/memory.h"
#include "wire/msgpack.h"

an_status an_record_body(struct an_span value, enum an_record_type type,
                         struct an_reader *ret_reader)
{
	struct an_record_header header;
	const an_status status = an_record_read_header(value, &header);
	if (status != AUTONOMI_OK)
		return status;
	if (header.type != type || header.payment != AN_RECORD_UNPAID)
		return AUTONOMI_E_CORRUPT;
	*ret_reader = an_reader(
		an_span(value.data + AN_RECORD_HEADER_SIZE, value.size - AN_RECORD_HEADER_SIZE));
	return AUTONOMI_OK;
}

static void owner_of_graph(struct an_reader *reader, uint8_t ret_owner[AN_OWNER_KEY_SIZE])
{
	struct an_graph_set set;
	an_graph_set_read(reader, &set);
	if (an_reader_ok(reader) && set.count == 0)
		an_reader_fail(reader, AUTONOMI_E_CORRUPT);
	if (an_reader_ok(reader))
		memcpy(ret_owner, set.entries[0].owner, AN_OWNER_KEY_SIZE);
	an_graph_set_done(&set);
}

static void owner_of_scratchpad(struct an_reader *reader, uint8_t ret_owner[AN_OWNER_KEY_SIZE])
{
	struct an_scratchpad scratchpad;
	struct an_buffer scratch;
	an_buffer_init(&scratch, reader->bytes.size);
	an_scratchpad_read(reader, &scratch, &scratchpad);
	if (an_reader_ok(reader))
		memcpy(ret_owner, scratchpad.owner, AN_OWNER_KEY_SIZE);
	an_buffer_done(&scratch);
}

static void owner_of_pointer(struct an_reader *reader, uint8_t ret_owner[AN_OWNER_KEY_SIZE])
{
	struct an_pointer pointer;
	an_pointer_read(reader, &pointer);
	if (an_reader_ok(reader))
		memcpy(ret_owner, pointer.owner, AN_OWNER_KEY_SIZE);
}

an_status an_record_owner_of(struct an_span value, enum an_record_type *ret_type,
                             uint8_t ret_owner[AN_OWNER_KEY_SIZE])
{
	struct an_record_header header;
	struct an_reader reader;
	an_status status = an_record_read_header(value, &header);
	if (status == AUTONOMI_OK && header.type == AN_RECORD_CHUNK)
		status = AUTONOMI_E_INVALID;
	if (status == AUTONOMI_OK)
		status = an_record_body(value, header.type, &reader);
	if (status != AUTONOMI_OK)
		return status;
	*ret_type = header.type;
	if (header.type == AN_RECORD_GRAPH_ENTRY)
		owner_of_graph(&reader, ret_owner);
	else if (header.type == AN_RECORD_POINTER)
		owner_of_pointer(&reader, ret_owner);
	else
		owner_of_scratchpad(&reader, ret_owner);
	return reader.failed;
}

/* ---- Making. */
static void begin(struct an_buffer *out, enum an_record_type type)
{
	an_buffer_init(out, SIZE_MAX);
	an_msgpack_write_array(out, 1);
	an_msgpack_write_uint(out, an_record_kind((struct an_record_header){.type = type}));
}

static an_status take(struct an_buffer *out, struct an_blob **ret_value)
{
	an_status status = out->failed;
	if (status == AUTONOMI_OK) {
		*ret_value = an_blob_copy(an_buffer_span(out));
		status = *ret_value != NULL ? AUTONOMI_OK : AUTONOMI_E_NO_MEMORY;
	}
	an_buffer_done(out);
	return status;
}

an_status an_record_make_pointer(struct an_pointer *pointer,
                                 const uint8_t secret[AN_BLS_SECRET_SIZE],
                                 struct an_blob **ret_value)
{
	const an_status status = an_pointer_sign(pointer, secret);
	if (status != AUTONOMI_OK)
		return status;
	struct an_buffer out;
	begin(&out, AN_RECORD_POINTER);
	an_pointer_write(&out, pointer);
	return take(&out, ret_value);
}

an_status an_record_make_scratchpad(struct an_scratchpad *scratchpad,
                                    const uint8_t secret[AN_BLS_SECRET_SIZE],
                                    const uint8_t r[AN_BLS_SECRET_SIZE], struct an_span plain,
                                    struct an_blob **ret_value)
{
	struct an_buffer sealed, out;
	an_buffer_init(&sealed, AN_SCRATCHPAD_DATA_MAX);
	an_status status = an_scratchpad_seal(scratchpad, secret, r, plain, &sealed);
	if (status == AUTONOMI_OK) {
		begin(&out, AN_RECORD_SCRATCHPAD);
		an_scratchpad_write(&out, scratchpad);
		status = take(&out, ret_value);
	}
	an_buffer_done(&sealed);
	return status;
}

an_status an_record_write_graph(const struct an_graph_entry *entry, struct an_blob **ret_value)
{
	if (an_graph_entry_too_big(entry))
		return AUTONOMI_E_TOO_LARGE;
	struct an_buffer out;
	begin(&out, AN_RECORD_GRAPH_ENTRY);
	an_msgpack_write_array(&out, 1);
	an_graph_entry_write(&out, entry);
	return take(&out, ret_value);
}

an_status an_record_make_graph(struct an_graph_entry *entry,
                               const uint8_t secret[AN_BLS_SECRET_SIZE], struct an_blob **ret_value)
{
	if (an_graph_entry_too_big(entry))
		return AUTONOMI_E_TOO_LARGE;
	const an_status status = an_graph_entry_sign(entry, secret);
	return status == AUTONOMI_OK ? an_record_write_graph(entry, ret_value) : status;
}
