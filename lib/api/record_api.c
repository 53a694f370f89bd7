/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Operations on records of any kind: the guard, the arguments, the node. */
#include <string.h>

#include <autonomi/record.h>

#include "api/data_handle.h"
#include "base/memory.h"
#include "base/profile.h"
#include "data/chunk.h"
#include "wire/msgpack.h"

/* ---- Records that the host made. */
static an_status put_record(struct autonomi_node *node, struct an_buffer *value, uint32_t flags,
                            uint64_t tag, autonomi_op *ret_op)
{
	struct an_client_write write = {.mode = (flags & AUTONOMI_PUT_CREATE) != 0 ? AN_WRITE_CREATE
	                                                                           : AN_WRITE_PUT};
	an_status status = value->failed;
	if (status == AUTONOMI_OK) {
		write.value = an_blob_copy(an_buffer_span(value));
		status = write.value != NULL ? AUTONOMI_OK : AUTONOMI_E_NO_MEMORY;
	}
	if (status == AUTONOMI_OK)
		status = an_node_record_write(node->inner, &write, tag, ret_op);
	an_blob_unref(write.value);
	return status;
}

/* Begins a put of a record of this type; `value` is to be given back where it succeeds. */
static an_status begin_put(struct an_guard *guard, const struct autonomi_node *node,
                           const void *record, uint32_t flags, enum an_record_type type,
                           struct an_buffer *value)
{
	an_status status = an_guard_enter(guard, node);
	if (status == AUTONOMI_OK &&
	    (record == NULL || (flags & ~(uint32_t)AUTONOMI_PUT_CREATE) != 0))
		status = AUTONOMI_E_INVALID;
	if (status != AUTONOMI_OK)
		return status;
	an_buffer_init(value, AN_API_BYTES_MAX);
	an_api_record_begin(value, type);
	return AUTONOMI_OK;
}

static an_status end_put(struct autonomi_node *node, struct an_buffer *value, uint32_t flags,
                         uint64_t tag, autonomi_op *ret_op)
{
	const an_status status = put_record(node, value, flags, tag, ret_op);
	an_buffer_done(value);
	return status;
}

autonomi_status autonomi_pointer_put(autonomi_node *node, const autonomi_pointer *pointer,
                                     uint32_t flags, uint64_t tag, autonomi_op *ret_op)
{
	struct an_guard guard;
	struct an_buffer value;
	an_status status = begin_put(&guard, node, pointer, flags, AN_RECORD_POINTER, &value);
	if (status == AUTONOMI_OK) {
		an_pointer_write(&value, &pointer->value);
		status = end_put(node, &value, flags, tag, ret_op);
	}
	return an_guard_leave(&guard, status);
}

autonomi_status autonomi_graph_entry_put(autonomi_node *node, const autonomi_graph_entry *entry,
                                         uint32_t flags, uint64_t tag, autonomi_op *ret_op)
{
	struct an_guard guard;
	struct an_buffer value;
	an_status status = begin_put(&guard, node, entry, flags, AN_RECORD_GRAPH_ENTRY, &value);
	if (status == AUTONOMI_OK) {
		an_msgpack_write_array(&value, 1);
		an_graph_entry_write(&value, &entry->value);
		status = end_put(node, &value, flags, tag, ret_op);
	}
	return an_guard_leave(&guard, status);
}

autonomi_status autonomi_scratchpad_put(autonomi_node *node, const autonomi_scratchpad *scratchpad,
                                        uint32_t flags, uint64_t tag, autonomi_op *ret_op)
{
	struct an_guard guard;
	struct an_buffer value;
	an_status status = begin_put(&guard, node, scratchpad, flags, AN_RECORD_SCRATCHPAD, &value);
	if (status == AUTONOMI_OK) {
		an_scratchpad_write(&value, &scratchpad->value);
		status = end_put(node, &value, flags, tag, ret_op);
	}
	return an_guard_leave(&guard, status);
}

/* Of a chunk the network makes its own record value again: the same bytes. */
static an_status put_value(struct autonomi_node *node, struct an_span value, uint32_t flags,
                           uint64_t tag, autonomi_op *ret_op)
{
	struct an_record_header header;
	struct an_span content;
	an_status status = an_record_read_header(value, &header);
	if (status == AUTONOMI_OK && header.payment != AN_RECORD_UNPAID)
		status = AUTONOMI_E_CORRUPT;
	if (status == AUTONOMI_OK && header.type == AN_RECORD_CHUNK) {
		status = an_chunk_content(value, &content);
		return status == AUTONOMI_OK ? an_node_chunk_put(node->inner, content, tag, ret_op)
		                             : status;
	}
	if (status != AUTONOMI_OK)
		return status;
	struct an_buffer copy;
	an_buffer_init(&copy, AN_API_BYTES_MAX);
	an_buffer_append(&copy, value);
	status = put_record(node, &copy, flags, tag, ret_op);
	an_buffer_done(&copy);
	return status;
}

autonomi_status autonomi_record_put(autonomi_node *node, const uint8_t *value, size_t value_size,
                                    uint32_t flags, uint64_t tag, autonomi_op *ret_op)
{
	struct an_guard guard;
	an_status status = an_guard_enter(&guard, node);
	if (status == AUTONOMI_OK &&
	    (value == NULL || (flags & ~(uint32_t)AUTONOMI_PUT_CREATE) != 0))
		status = AUTONOMI_E_INVALID;
	if (status == AUTONOMI_OK && value_size > an_profile_autonomi.record_value_max)
		status = AUTONOMI_E_TOO_LARGE;
	if (status == AUTONOMI_OK)
		status = put_value(node, an_span(value, value_size), flags, tag, ret_op);
	return an_guard_leave(&guard, status);
}

/* ---- Records that the library makes. */
static an_status write_record(struct autonomi_node *node, struct an_client_write *write,
                              const uint8_t *secret, uint64_t tag, autonomi_op *ret_op)
{
	memcpy(write->secret, secret, sizeof(write->secret));
	const an_status status = an_node_record_write(node->inner, write, tag, ret_op);
	an_wipe(write->secret, sizeof(write->secret));
	return status;
}

static an_status write_pointer(struct autonomi_node *node, enum an_write_mode mode,
                               const uint8_t *secret, uint32_t target_type, const uint8_t *target,
                               size_t target_size, uint64_t tag, autonomi_op *ret_op)
{
	struct an_guard guard;
	struct an_client_write write = {.mode = mode, .type = AN_RECORD_POINTER};
	an_status status = an_guard_enter(&guard, node);
	if (status == AUTONOMI_OK && secret == NULL)
		status = AUTONOMI_E_INVALID;
	if (status == AUTONOMI_OK)
		status = an_api_address(target_type, target, target_size, &write.target);
	const enum an_address_type type = write.target.type;
	if (status == AUTONOMI_OK && (type == AN_ADDRESS_PEER_ID || type == AN_ADDRESS_RECORD_KEY))
		status = AUTONOMI_E_ADDRESS;
	if (status == AUTONOMI_OK)
		status = write_record(node, &write, secret, tag, ret_op);
	return an_guard_leave(&guard, status);
}

autonomi_status autonomi_pointer_create(autonomi_node *node, const uint8_t *owner_secret,
                                        uint32_t target_type, const uint8_t *target,
                                        size_t target_size, uint64_t tag, autonomi_op *ret_op)
{
	return write_pointer(node, AN_WRITE_CREATE, owner_secret, target_type, target, target_size,
	                     tag, ret_op);
}

autonomi_status autonomi_pointer_update(autonomi_node *node, const uint8_t *owner_secret,
                                        uint32_t target_type, const uint8_t *target,
                                        size_t target_size, uint64_t tag, autonomi_op *ret_op)
{
	return write_pointer(node, AN_WRITE_UPDATE, owner_secret, target_type, target, target_size,
	                     tag, ret_op);
}

static an_status write_scratchpad(struct autonomi_node *node, enum an_write_mode mode,
                                  const uint8_t *secret, uint64_t data_encoding,
                                  struct an_span plain, uint64_t tag, autonomi_op *ret_op)
{
	struct an_guard guard;
	struct an_client_write write = {.mode = mode,
	                                .type = AN_RECORD_SCRATCHPAD,
	                                .data_encoding = data_encoding};
	an_status status = an_guard_enter(&guard, node);
	if (status == AUTONOMI_OK && (secret == NULL || (plain.data == NULL && plain.size > 0)))
		status = AUTONOMI_E_INVALID;
	if (status == AUTONOMI_OK && plain.size > AN_SCRATCHPAD_PLAIN_MAX)
		status = AUTONOMI_E_TOO_LARGE;
	if (status == AUTONOMI_OK) {
		write.plain = an_blob_copy(plain);
		status = write.plain != NULL ? AUTONOMI_OK : AUTONOMI_E_NO_MEMORY;
	}
	if (status == AUTONOMI_OK)
		status = write_record(node, &write, secret, tag, ret_op);
	an_blob_unref(write.plain);
	return an_guard_leave(&guard, status);
}

autonomi_status autonomi_scratchpad_create(autonomi_node *node, const uint8_t *owner_secret,
                                           uint64_t data_encoding, const uint8_t *plain,
                                           size_t plain_size, uint64_t tag, autonomi_op *ret_op)
{
	return write_scratchpad(node, AN_WRITE_CREATE, owner_secret, data_encoding,
	                        an_span(plain, plain_size), tag, ret_op);
}

autonomi_status autonomi_scratchpad_update(autonomi_node *node, const uint8_t *owner_secret,
                                           uint64_t data_encoding, const uint8_t *plain,
                                           size_t plain_size, uint64_t tag, autonomi_op *ret_op)
{
	return write_scratchpad(node, AN_WRITE_UPDATE, owner_secret, data_encoding,
	                        an_span(plain, plain_size), tag, ret_op);
}

/* ---- Reading. */
static an_status get(struct autonomi_node *node, enum an_record_type type, const uint8_t *owner,
                     uint64_t tag, autonomi_op *ret_op)
{
	struct an_guard guard;
	an_status status = an_guard_enter(&guard, node);
	if (status == AUTONOMI_OK && owner == NULL)
		status = AUTONOMI_E_INVALID;
	if (status == AUTONOMI_OK) {
		uint8_t name[AN_RECORD_NAME_SIZE];
		an_owner_key_name(owner, name);
		status = an_node_record_get(node->inner, type, name, tag, ret_op);
	}
	return an_guard_leave(&guard, status);
}

autonomi_status autonomi_pointer_get(autonomi_node *node, const uint8_t *owner, uint64_t tag,
                                     autonomi_op *ret_op)
{
	return get(node, AN_RECORD_POINTER, owner, tag, ret_op);
}

autonomi_status autonomi_graph_entry_get(autonomi_node *node, const uint8_t *owner, uint64_t tag,
                                         autonomi_op *ret_op)
{
	return get(node, AN_RECORD_GRAPH_ENTRY, owner, tag, ret_op);
}

autonomi_status autonomi_scratchpad_get(autonomi_node *node, const uint8_t *owner, uint64_t tag,
                                        autonomi_op *ret_op)
{
	return get(node, AN_RECORD_SCRATCHPAD, owner, tag, ret_op);
}

/* The name of the record at the host's address. */
static an_status name_of(uint32_t type, const uint8_t *address, size_t address_size,
                         struct an_address *ret_address, uint8_t ret_name[AN_RECORD_NAME_SIZE])
{
	const an_status status = an_api_address(type, address, address_size, ret_address);
	if (status != AUTONOMI_OK)
		return status;
	return ret_address->type == AN_ADDRESS_PEER_ID
	               ? AUTONOMI_E_ADDRESS
	               : an_address_record_name(ret_address, ret_name);
}

static an_status get_record(struct an_node *node, enum an_address_type type,
                            const uint8_t name[AN_RECORD_NAME_SIZE], uint64_t tag,
                            autonomi_op *ret_op)
{
	switch (type) {
	case AN_ADDRESS_CHUNK:
		return an_node_chunk_record_get(node, name, tag, ret_op);
	case AN_ADDRESS_GRAPH_ENTRY:
		return an_node_record_get(node, AN_RECORD_GRAPH_ENTRY, name, tag, ret_op);
	case AN_ADDRESS_POINTER:
		return an_node_record_get(node, AN_RECORD_POINTER, name, tag, ret_op);
	case AN_ADDRESS_SCRATCHPAD:
		return an_node_record_get(node, AN_RECORD_SCRATCHPAD, name, tag, ret_op);
	default:
		return an_node_any_record_get(node, name, tag, ret_op);
	}
}

autonomi_status autonomi_record_get(autonomi_node *node, uint32_t type, const uint8_t *address,
                                    size_t address_size, uint64_t tag, autonomi_op *ret_op)
{
	struct an_guard guard;
	struct an_address read;
	uint8_t name[AN_RECORD_NAME_SIZE];
	an_status status = an_guard_enter(&guard, node);
	if (status == AUTONOMI_OK)
		status = name_of(type, address, address_size, &read, name);
	if (status == AUTONOMI_OK)
		status = get_record(node->inner, read.type, name, tag, ret_op);
	return an_guard_leave(&guard, status);
}

autonomi_status autonomi_record_exists(autonomi_node *node, uint32_t type, const uint8_t *address,
                                       size_t address_size, uint64_t tag, autonomi_op *ret_op)
{
	struct an_guard guard;
	struct an_address read;
	uint8_t name[AN_RECORD_NAME_SIZE];
	an_status status = an_guard_enter(&guard, node);
	if (status == AUTONOMI_OK)
		status = name_of(type, address, address_size, &read, name);
	if (status == AUTONOMI_OK)
		status = an_node_record_exists(node->inner, name, tag, ret_op);
	return an_guard_leave(&guard, status);
}
