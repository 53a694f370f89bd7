/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/address.h"

#include <string.h>

#include "base/assert.h"
#include "crypt/bls.h"
#include "crypt/hash.h"
#include "wire/cbor.h"
#include "wire/msgpack.h"

static const char *const type_names[] = {
	[AN_ADDRESS_PEER_ID] = "PeerId",
	[AN_ADDRESS_CHUNK] = "ChunkAddress",
	[AN_ADDRESS_GRAPH_ENTRY] = "GraphEntryAddress",
	[AN_ADDRESS_SCRATCHPAD] = "ScratchpadAddress",
	[AN_ADDRESS_POINTER] = "PointerAddress",
	[AN_ADDRESS_RECORD_KEY] = "RecordKey",
};

static const struct an_fields types = AN_FIELDS(type_names);

/* The size that every address of a type has; 0 where it varies. */
static size_t fixed_size(enum an_address_type type)
{
	switch (type) {
	case AN_ADDRESS_CHUNK:
		return AN_RECORD_NAME_SIZE;
	case AN_ADDRESS_GRAPH_ENTRY:
	case AN_ADDRESS_SCRATCHPAD:
	case AN_ADDRESS_POINTER:
		return AN_OWNER_KEY_SIZE;
	case AN_ADDRESS_PEER_ID:
	case AN_ADDRESS_RECORD_KEY:
		break;
	}
	return 0;
}

static struct an_span inner(const struct an_address *address)
{
	return an_span(address->bytes, address->size);
}

static struct an_address make(enum an_address_type type, struct an_span bytes)
{
	struct an_address address = {.type = type, .size = (uint8_t)bytes.size};
	an_assert(bytes.size <= sizeof(address.bytes));
	if (bytes.size > 0)
		memcpy(address.bytes, bytes.data, bytes.size);
	return address;
}

struct an_address an_address_of_peer(const struct an_peer_id *id)
{
	return make(AN_ADDRESS_PEER_ID, an_peer_id_span(id));
}

struct an_address an_address_of_chunk(const uint8_t name[AN_RECORD_NAME_SIZE])
{
	return make(AN_ADDRESS_CHUNK, an_span(name, AN_RECORD_NAME_SIZE));
}

struct an_address an_address_of_record_key(const uint8_t key[AN_RECORD_NAME_SIZE])
{
	return make(AN_ADDRESS_RECORD_KEY, an_span(key, AN_RECORD_NAME_SIZE));
}

bool an_address_equal(const struct an_address *a, const struct an_address *b)
{
	return a->type == b->type && an_span_equal(inner(a), inner(b));
}

struct an_span an_address_record_key(const struct an_address *address,
                                     uint8_t space[AN_RECORD_NAME_SIZE])
{
	if (fixed_size(address->type) != AN_OWNER_KEY_SIZE)
		return inner(address);
	an_sha3_256(inner(address), space);
	return an_span(space, AN_RECORD_NAME_SIZE);
}

an_status an_address_record_name(const struct an_address *address,
                                 uint8_t ret_name[AN_RECORD_NAME_SIZE])
{
	uint8_t space[AN_RECORD_NAME_SIZE];
	const struct an_span key = an_address_record_key(address, space);
	if (key.size != AN_RECORD_NAME_SIZE)
		return AUTONOMI_E_ADDRESS;
	memcpy(ret_name, key.data, key.size);
	return AUTONOMI_OK;
}

/* Takes over bytes of any length, or refuses those beyond our limit. */
static void keep_bytes(struct an_reader *reader, struct an_address *address, struct an_span bytes)
{
	if (bytes.size > sizeof(address->bytes))
		an_reader_fail(reader, AUTONOMI_E_CORRUPT);
	if (an_reader_ok(reader))
		*address = make(address->type, bytes);
}

/* Begins an address with its type; false where there is none. */
static bool begin(struct an_reader *reader, int variant, struct an_address *address)
{
	*address = (struct an_address){0};
	if (variant == AN_VARIANT_NONE) {
		an_reader_fail(reader, AUTONOMI_E_CORRUPT);
		return false;
	}
	address->type = (enum an_address_type)variant;
	address->size = (uint8_t)fixed_size(address->type);
	return true;
}

static void check_key(struct an_reader *reader, const struct an_address *address)
{
	if (address->size == AN_OWNER_KEY_SIZE && an_reader_ok(reader) &&
	    !an_bls_public_valid(address->bytes))
		an_reader_fail(reader, AUTONOMI_E_CORRUPT);
}

/* A variant of a fixed size: a name or a key. */
static void read_fixed_cbor(struct an_reader *reader, struct an_address *address)
{
	an_cbor_read_fixed(reader, address->bytes, address->size);
	if (address->size == AN_OWNER_KEY_SIZE)
		an_cbor_charge(reader, AN_CBOR_SKIP_ITEMS_MAX / AN_ADDRESS_KEYS_MAX);
	check_key(reader, address);
}

void an_address_read_cbor(struct an_reader *reader, struct an_address *ret_address)
{
	const int variant = an_cbor_read_variant(reader, &types);
	if (!begin(reader, variant, ret_address))
		return;
	if (ret_address->size > 0)
		read_fixed_cbor(reader, ret_address);
	else
		keep_bytes(reader, ret_address, an_cbor_read_bytes(reader));
	if (!an_reader_ok(reader))
		*ret_address = (struct an_address){0};
}

void an_address_write_cbor(struct an_buffer *out, const struct an_address *address)
{
	an_cbor_write_variant(out, type_names[address->type]);
	if (fixed_size(address->type) > 0)
		an_cbor_write_integers(out, inner(address));
	else
		an_cbor_write_bytes(out, inner(address));
}

/* `Bytes` may be an array of integers too, which has to be put together first. */
static void read_msgpack_bytes(struct an_reader *reader, struct an_address *address)
{
	struct an_buffer scratch;
	an_buffer_init(&scratch, reader->bytes.size);
	keep_bytes(reader, address, an_msgpack_read_bytes(reader, &scratch));
	an_buffer_done(&scratch);
}

void an_address_read_msgpack(struct an_reader *reader, struct an_address *ret_address)
{
	bool has_data = false;
	const int variant = an_msgpack_read_variant(reader, &types, &has_data);
	if (!begin(reader, has_data ? variant : AN_VARIANT_NONE, ret_address))
		return;
	if (ret_address->size > 0) {
		an_msgpack_read_fixed(reader, ret_address->bytes, ret_address->size);
		check_key(reader, ret_address);
	} else {
		read_msgpack_bytes(reader, ret_address);
	}
	if (!an_reader_ok(reader))
		*ret_address = (struct an_address){0};
}

void an_address_write_msgpack(struct an_buffer *out, const struct an_address *address)
{
	an_msgpack_write_variant(out, type_names[address->type]);
	if (fixed_size(address->type) > 0)
		an_msgpack_write_integers(out, inner(address));
	else
		an_msgpack_write_bin(out, inner(address));
}
