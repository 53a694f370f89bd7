/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <autonomi/chunk.h>

#include "api/data_handle.h"
#include "base/profile.h"
#include "data/chunk.h"
#include "data/message.h"
#include "data/put_error.h"
#include "data/record_merge.h"
#include "wire/msgpack.h"

_Static_assert((int)AUTONOMI_RECORD_CHUNK == (int)AN_RECORD_CHUNK &&
                       (int)AUTONOMI_RECORD_GRAPH_ENTRY == (int)AN_RECORD_GRAPH_ENTRY &&
                       (int)AUTONOMI_RECORD_POINTER == (int)AN_RECORD_POINTER &&
                       (int)AUTONOMI_RECORD_SCRATCHPAD == (int)AN_RECORD_SCRATCHPAD,
               "the numbers are the same");

autonomi_status autonomi_record_read_header(const uint8_t *value, size_t value_size,
                                            uint32_t *ret_type, uint32_t *ret_payment)
{
	struct an_record_header header;
	if (value == NULL || ret_type == NULL || ret_payment == NULL)
		return AUTONOMI_E_INVALID;
	const an_status status = an_record_read_header(an_span(value, value_size), &header);
	if (status == AUTONOMI_OK) {
		*ret_type = header.type;
		*ret_payment = header.payment;
	}
	return status;
}

autonomi_status autonomi_record_write_header(uint32_t type, uint32_t payment, uint8_t *ret_header)
{
	if (type > AN_RECORD_SCRATCHPAD || payment > AN_RECORD_PAID_MERKLE || ret_header == NULL)
		return AUTONOMI_E_INVALID;
	const struct an_record_header header = {.type = (enum an_record_type)type,
	                                        .payment = (enum an_record_payment)payment};
	struct an_buffer out = {.data = ret_header,
	                        .capacity = AN_RECORD_HEADER_SIZE,
	                        .limit = AN_RECORD_HEADER_SIZE};
	an_msgpack_write_array(&out, 1);
	an_msgpack_write_uint(&out, an_record_kind(header));
	return AUTONOMI_OK;
}

/* ---- The key of a value. */

static an_status key_of_graph(struct an_reader *reader, uint8_t ret_key[AN_RECORD_NAME_SIZE])
{
	struct an_graph_set set;
	an_graph_set_read(reader, &set);
	if (set.count == 0)
		an_reader_fail(reader, AUTONOMI_E_CORRUPT);
	if (an_reader_ok(reader))
		an_owner_key_name(set.entries[0].owner, ret_key);
	an_graph_set_done(&set);
	return reader->failed;
}

static an_status key_of_scratchpad(struct an_reader *reader, uint8_t ret_key[AN_RECORD_NAME_SIZE])
{
	struct an_buffer scratch;
	struct an_scratchpad scratchpad;
	an_buffer_init(&scratch, reader->bytes.size);
	an_scratchpad_read(reader, &scratch, &scratchpad);
	an_buffer_done(&scratch);
	if (an_reader_ok(reader))
		an_owner_key_name(scratchpad.owner, ret_key);
	return reader->failed;
}

static an_status key_of_pointer(struct an_reader *reader, uint8_t ret_key[AN_RECORD_NAME_SIZE])
{
	struct an_pointer pointer;
	an_pointer_read(reader, &pointer);
	if (an_reader_ok(reader))
		an_owner_key_name(pointer.owner, ret_key);
	return reader->failed;
}

static an_status key_of_chunk(struct an_reader *reader, uint8_t ret_key[AN_RECORD_NAME_SIZE])
{
	struct an_buffer scratch;
	an_buffer_init(&scratch, reader->bytes.size);
	const struct an_span content = an_msgpack_read_bytes(reader, &scratch);
	if (an_reader_ok(reader))
		an_chunk_name(content, ret_key);
	an_buffer_done(&scratch);
	return reader->failed;
}

static an_status key_of(struct an_span value, uint8_t ret_key[AN_RECORD_NAME_SIZE])
{
	struct an_record_header header;
	struct an_reader reader;
	an_status status = an_record_read_header(value, &header);
	if (status == AUTONOMI_OK)
		status = an_api_record_body(value, header.type, &reader);
	if (status != AUTONOMI_OK)
		return status;
	if (header.type == AN_RECORD_CHUNK)
		return key_of_chunk(&reader, ret_key);
	if (header.type == AN_RECORD_GRAPH_ENTRY)
		return key_of_graph(&reader, ret_key);
	return header.type == AN_RECORD_POINTER ? key_of_pointer(&reader, ret_key)
	                                        : key_of_scratchpad(&reader, ret_key);
}

autonomi_status autonomi_record_key(const uint8_t *value, size_t value_size, uint8_t *ret_key)
{
	struct an_guard guard;
	if (value == NULL || ret_key == NULL)
		return AUTONOMI_E_INVALID;
	an_guard_begin(&guard);
	return an_guard_leave(&guard, key_of(an_span(value, value_size), ret_key));
}

/* ---- Verdicts. */

autonomi_status autonomi_record_check(const uint8_t *key, const uint8_t *value, size_t value_size)
{
	struct an_guard guard;
	if (key == NULL || value == NULL)
		return AUTONOMI_E_INVALID;
	an_guard_begin(&guard);
	return an_guard_leave(&guard, an_record_check(key, an_span(value, value_size)));
}

autonomi_status autonomi_record_canonical(const uint8_t *value, size_t value_size,
                                          autonomi_bytes **ret_value)
{
	struct an_guard guard;
	struct an_buffer out;
	if (value == NULL || ret_value == NULL)
		return AUTONOMI_E_INVALID;
	an_guard_begin(&guard);
	an_buffer_init(&out, AN_API_BYTES_MAX);
	const an_status status = an_record_canonical(an_span(value, value_size), &out);
	return an_guard_leave(&guard, an_api_take_bytes(&out, status, ret_value));
}

/* The blob's bytes as the host gets them; NULL where there is none. Takes the blob. */
static an_status give_blob(struct an_blob *blob, struct autonomi_bytes **ret_bytes)
{
	struct an_buffer out;
	if (blob == NULL) {
		*ret_bytes = NULL;
		return AUTONOMI_OK;
	}
	an_buffer_init(&out, AN_API_BYTES_MAX);
	const an_status status = an_buffer_append(&out, an_blob_span(blob));
	an_blob_unref(blob);
	return an_api_take_bytes(&out, status, ret_bytes);
}

/* What a node would say of it. */
static void say_error(const struct an_put_error *error, const uint8_t *key, an_status status,
                      char *reterr, size_t reterr_size)
{
	enum { ERROR_MAX = 512 };
	struct an_buffer text;
	an_buffer_init(&text, ERROR_MAX);
	if (error->type != AN_PUT_ERROR_NONE)
		an_put_error_debug(error, an_span(key, AN_RECORD_NAME_SIZE), &text);
	an_api_say(an_buffer_span(&text), status, reterr, reterr_size);
	an_buffer_done(&text);
}

autonomi_status autonomi_record_merge(const uint8_t *key, const uint8_t *held, size_t held_size,
                                      const uint8_t *incoming, size_t incoming_size,
                                      autonomi_bytes **ret_value, uint64_t *ret_held_counter,
                                      char *reterr, size_t reterr_size)
{
	struct an_guard guard;
	struct an_record_merged merged = {0};
	if (key == NULL || !an_api_has(held, held_size) || incoming == NULL || ret_value == NULL)
		return AUTONOMI_E_INVALID;
	an_guard_begin(&guard);
	an_status status = an_record_merge(key, an_span(held, held_size),
	                                   an_span(incoming, incoming_size),
	                                   an_profile_autonomi.chunk_max, AN_RECORD_FROM_CLIENT,
	                                   &merged);
	if (status == AUTONOMI_OK)
		status = give_blob(merged.store, ret_value);
	if (status == AUTONOMI_E_OUTDATED && ret_held_counter != NULL)
		*ret_held_counter = merged.error.expected;
	say_error(&merged.error, key, status, reterr, reterr_size);
	return an_guard_leave(&guard, status);
}

autonomi_status autonomi_record_proof(const uint8_t *value, size_t value_size, uint64_t nonce,
                                      uint8_t *ret_proof)
{
	if (!an_api_has(value, value_size) || ret_proof == NULL)
		return AUTONOMI_E_INVALID;
	an_record_proof(an_span(value, value_size), nonce, ret_proof);
	return AUTONOMI_OK;
}

/* In MessagePack as in CBOR: the variant's name alone, or a map of it and the hash. */
static void write_validation_msgpack(struct an_buffer *out, const struct an_validation *validation)
{
	if (validation->is_chunk) {
		an_msgpack_write_name(out, "Chunk");
		return;
	}
	an_msgpack_write_variant(out, "NonChunk");
	an_msgpack_write_integers(out, an_span(validation->hash, sizeof(validation->hash)));
}

autonomi_status autonomi_validation_encode(uint32_t form, int32_t is_chunk, const uint8_t *hash,
                                           autonomi_bytes **ret_encoded)
{
	struct an_guard guard;
	struct an_buffer out;
	struct an_validation validation = {.is_chunk = is_chunk != 0};
	if (!an_api_is_form(form) || (hash == NULL && is_chunk == 0) || ret_encoded == NULL)
		return AUTONOMI_E_INVALID;
	if (is_chunk == 0)
		memcpy(validation.hash, hash, sizeof(validation.hash));
	an_guard_begin(&guard);
	an_buffer_init(&out, AN_API_BYTES_MAX);
	(form == AUTONOMI_FORM_CBOR ? an_validation_write_cbor
	                            : write_validation_msgpack)(&out, &validation);
	return an_guard_leave(&guard, an_api_take_bytes(&out, out.failed, ret_encoded));
}

/* ---- Chunks. */

autonomi_status autonomi_chunk_encode(const uint8_t *data, size_t data_size,
                                      autonomi_bytes **ret_value)
{
	struct an_guard guard;
	struct an_buffer out;
	uint8_t head[AN_CHUNK_HEAD_MAX];
	if (!an_api_has(data, data_size) || ret_value == NULL)
		return AUTONOMI_E_INVALID;
	if (data_size > AUTONOMI_CHUNK_MAX)
		return AUTONOMI_E_TOO_LARGE;
	an_guard_begin(&guard);
	an_buffer_init(&out, sizeof(head) + data_size);
	(void)an_buffer_append(&out, an_span(head, an_chunk_head(data_size, head)));
	const an_status status = an_buffer_append(&out, an_span(data, data_size));
	return an_guard_leave(&guard, an_api_take_bytes(&out, status, ret_value));
}

static an_status decode_chunk(struct an_span value, struct autonomi_bytes **ret_data)
{
	struct an_buffer scratch, out;
	struct an_span content;
	an_buffer_init(&scratch, value.size);
	an_buffer_init(&out, AN_API_BYTES_MAX);
	an_status status = an_chunk_upload_content(value, &scratch, &content);
	if (status == AUTONOMI_OK)
		status = an_buffer_append(&out, content);
	an_buffer_done(&scratch);
	return an_api_take_bytes(&out, status, ret_data);
}

autonomi_status autonomi_chunk_decode(const uint8_t *value, size_t value_size,
                                      autonomi_bytes **ret_data)
{
	struct an_guard guard;
	if (value == NULL || ret_data == NULL)
		return AUTONOMI_E_INVALID;
	an_guard_begin(&guard);
	return an_guard_leave(&guard, decode_chunk(an_span(value, value_size), ret_data));
}
