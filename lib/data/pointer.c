/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/pointer.h"

#include <string.h>

#include "wire/msgpack.h"
#include "wire/writer.h"

enum { OWNER, COUNTER, TARGET, SIGNATURE };
static const char *const field_names[] = {"owner", "counter", "target", "signature"};
static const struct an_fields fields = AN_FIELDS(field_names);

/* The numbers of the variants differ from those of a network address. */
static const char *const target_names[] = {"ChunkAddress", "GraphEntryAddress", "PointerAddress",
                                           "ScratchpadAddress"};
static const enum an_address_type target_types[] = {AN_ADDRESS_CHUNK, AN_ADDRESS_GRAPH_ENTRY,
                                                    AN_ADDRESS_POINTER, AN_ADDRESS_SCRATCHPAD};
static const struct an_fields targets = AN_FIELDS(target_names);

static bool is_target(const struct an_address *address)
{
	for (size_t i = 0; i < targets.count; i++)
		if (target_types[i] == address->type)
			return true;
	return false;
}

void an_pointer_target_read(struct an_reader *reader, struct an_address *ret_target)
{
	*ret_target = (struct an_address){0};
	bool has_data = false;
	const int variant = an_msgpack_read_variant(reader, &targets, &has_data);
	if (variant == AN_VARIANT_NONE || !has_data) {
		an_reader_fail(reader, AUTONOMI_E_CORRUPT);
		return;
	}
	ret_target->type = target_types[variant];
	if (ret_target->type == AN_ADDRESS_CHUNK) {
		ret_target->size = AN_RECORD_NAME_SIZE;
		an_msgpack_read_fixed(reader, ret_target->bytes, AN_RECORD_NAME_SIZE);
	} else {
		ret_target->size = AN_OWNER_KEY_SIZE;
		an_owner_key_read(reader, ret_target->bytes);
	}
}

void an_pointer_target_write(struct an_buffer *out, const struct an_address *target)
{
	an_address_write_msgpack(out, target);
}

void an_pointer_read(struct an_reader *reader, struct an_pointer *ret_pointer)
{
	*ret_pointer = (struct an_pointer){0};
	struct an_msgpack_run run = an_msgpack_read_struct(reader, &fields);
	int field;
	while ((field = an_msgpack_next_field(reader, &run, &fields)) != AN_FIELD_END) {
		if (field == OWNER)
			an_owner_key_read(reader, ret_pointer->owner);
		else if (field == COUNTER)
			ret_pointer->counter = an_msgpack_read_uint(reader, UINT64_MAX);
		else if (field == TARGET)
			an_pointer_target_read(reader, &ret_pointer->target);
		else
			an_owner_signature_read(reader, ret_pointer->signature);
	}
}

void an_pointer_write(struct an_buffer *out, const struct an_pointer *pointer)
{
	an_msgpack_write_array(out, (uint32_t)fields.count);
	an_msgpack_write_integers(out, an_span(pointer->owner, sizeof(pointer->owner)));
	an_msgpack_write_uint(out, pointer->counter);
	an_pointer_target_write(out, &pointer->target);
	an_msgpack_write_integers(out, an_span(pointer->signature, sizeof(pointer->signature)));
}

/* A counter that fits has 4 bytes, so that pointers of the time of 32-bit counters stay valid. */
struct an_span an_pointer_signed_bytes(const struct an_pointer *pointer,
                                       uint8_t space[AN_POINTER_SIGNED_MAX])
{
	struct an_buffer out = {.data = space,
	                        .capacity = AN_POINTER_SIGNED_MAX,
	                        .limit = AN_POINTER_SIGNED_MAX};
	(void)an_buffer_append(&out, an_span(pointer->owner, sizeof(pointer->owner)));
	an_write_little_endian(&out, pointer->counter, pointer->counter <= UINT32_MAX ? 4 : 8);
	an_pointer_target_write(&out, &pointer->target);
	return an_buffer_span(&out);
}

an_status an_pointer_sign(struct an_pointer *pointer, const uint8_t secret[AN_BLS_SECRET_SIZE])
{
	if (!is_target(&pointer->target))
		return AUTONOMI_E_INVALID;
	const an_status status = an_bls_public_key(secret, pointer->owner);
	if (status != AUTONOMI_OK)
		return status;
	uint8_t space[AN_POINTER_SIGNED_MAX];
	return an_bls_sign(secret, an_pointer_signed_bytes(pointer, space), pointer->signature);
}

bool an_pointer_verify(const struct an_pointer *pointer)
{
	uint8_t space[AN_POINTER_SIGNED_MAX];
	return is_target(&pointer->target) &&
	       an_bls_verify(pointer->owner, an_pointer_signed_bytes(pointer, space),
	                     pointer->signature);
}
