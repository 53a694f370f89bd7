/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "api/data_handle.h"
#include "base/memory.h"

/* An object of the value; NULL without memory. */
static struct autonomi_pointer *make(const struct an_pointer *value)
{
	struct autonomi_pointer *pointer = an_malloc(sizeof(*pointer));
	if (pointer != NULL)
		pointer->value = *value;
	return pointer;
}

static an_status give(const struct an_pointer *value, an_status status,
                      struct autonomi_pointer **ret_pointer)
{
	struct autonomi_pointer *pointer = status == AUTONOMI_OK ? make(value) : NULL;
	if (pointer != NULL)
		*ret_pointer = pointer;
	return status == AUTONOMI_OK && pointer == NULL ? AUTONOMI_E_NO_MEMORY : status;
}

static an_status begin(uint64_t counter, uint32_t target_type, const uint8_t *target,
                       size_t target_size, struct an_pointer *ret_value)
{
	*ret_value = (struct an_pointer){.counter = counter};
	const an_status status = an_api_address(target_type, target, target_size,
	                                        &ret_value->target);
	if (status != AUTONOMI_OK)
		return status;
	const enum an_address_type type = ret_value->target.type;
	return type == AN_ADDRESS_PEER_ID || type == AN_ADDRESS_RECORD_KEY ? AUTONOMI_E_ADDRESS
	                                                                   : AUTONOMI_OK;
}

autonomi_status autonomi_pointer_new(const uint8_t *owner_secret, uint64_t counter,
                                     uint32_t target_type, const uint8_t *target,
                                     size_t target_size, autonomi_pointer **ret_pointer)
{
	if (owner_secret == NULL || ret_pointer == NULL)
		return AUTONOMI_E_INVALID;
	struct an_guard guard;
	struct an_pointer value;
	an_guard_begin(&guard);
	an_status status = begin(counter, target_type, target, target_size, &value);
	if (status == AUTONOMI_OK)
		status = an_pointer_sign(&value, owner_secret);
	return an_guard_leave(&guard, give(&value, status, ret_pointer));
}

autonomi_status autonomi_pointer_new_signed(const uint8_t *owner, uint64_t counter,
                                            uint32_t target_type, const uint8_t *target,
                                            size_t target_size, const uint8_t *signature,
                                            autonomi_pointer **ret_pointer)
{
	if (owner == NULL || signature == NULL || ret_pointer == NULL)
		return AUTONOMI_E_INVALID;
	struct an_guard guard;
	struct an_pointer value;
	an_guard_begin(&guard);
	an_status status = begin(counter, target_type, target, target_size, &value);
	if (status == AUTONOMI_OK)
		status = an_api_owned(owner, signature, value.owner, value.signature);
	return an_guard_leave(&guard, give(&value, status, ret_pointer));
}

autonomi_pointer *autonomi_pointer_free(autonomi_pointer *pointer)
{
	return an_free(pointer);
}

autonomi_status autonomi_pointer_get_view(const autonomi_pointer *pointer,
                                          autonomi_pointer_view *view, size_t view_size)
{
	if (pointer == NULL || view == NULL)
		return AUTONOMI_E_INVALID;
	const struct an_pointer *value = &pointer->value;
	const autonomi_pointer_view full = {
		.owner = value->owner,
		.target = value->target.bytes,
		.signature = value->signature,
		.counter = value->counter,
		.target_size = value->target.size,
		.target_type = value->target.type,
	};
	an_api_fill_view(view, view_size, &full, sizeof(full));
	return AUTONOMI_OK;
}

autonomi_status autonomi_pointer_verify(const autonomi_pointer *pointer)
{
	if (pointer == NULL)
		return AUTONOMI_E_INVALID;
	struct an_guard guard;
	an_guard_begin(&guard);
	const bool good = an_pointer_verify(&pointer->value);
	return an_guard_leave(&guard, good ? AUTONOMI_OK : AUTONOMI_E_CORRUPT);
}

autonomi_status autonomi_pointer_signed_bytes(const autonomi_pointer *pointer,
                                              autonomi_bytes **ret_bytes)
{
	if (pointer == NULL || ret_bytes == NULL)
		return AUTONOMI_E_INVALID;
	struct an_guard guard;
	struct an_buffer out;
	uint8_t space[AN_POINTER_SIGNED_MAX];
	an_guard_begin(&guard);
	an_buffer_init(&out, AN_API_BYTES_MAX);
	const an_status status = an_buffer_append(&out,
	                                          an_pointer_signed_bytes(&pointer->value, space));
	return an_guard_leave(&guard, an_api_take_bytes(&out, status, ret_bytes));
}

autonomi_status autonomi_pointer_encode(const autonomi_pointer *pointer, autonomi_bytes **ret_value)
{
	if (pointer == NULL || ret_value == NULL)
		return AUTONOMI_E_INVALID;
	struct an_guard guard;
	struct an_buffer out;
	an_guard_begin(&guard);
	an_buffer_init(&out, AN_API_BYTES_MAX);
	an_api_record_begin(&out, AN_RECORD_POINTER);
	an_pointer_write(&out, &pointer->value);
	return an_guard_leave(&guard, an_api_take_bytes(&out, out.failed, ret_value));
}

autonomi_status autonomi_pointer_decode(const uint8_t *value, size_t value_size,
                                        autonomi_pointer **ret_pointer)
{
	if (value == NULL || ret_pointer == NULL)
		return AUTONOMI_E_INVALID;
	struct an_guard guard;
	struct an_reader reader;
	struct an_pointer read;
	an_guard_begin(&guard);
	an_status status = an_api_record_body(an_span(value, value_size), AN_RECORD_POINTER,
	                                      &reader);
	if (status == AUTONOMI_OK) {
		an_pointer_read(&reader, &read);
		status = reader.failed;
	}
	return an_guard_leave(&guard, give(&read, status, ret_pointer));
}
