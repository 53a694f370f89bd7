/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "api/data_handle.h"
#include "data/address_text.h"
#include "ident/dht_key.h"
#include "ident/multiaddr.h"
#include "wire/reader.h"

_Static_assert((int)AUTONOMI_ADDRESS_PEER_ID == (int)AN_ADDRESS_PEER_ID &&
                       (int)AUTONOMI_ADDRESS_CHUNK == (int)AN_ADDRESS_CHUNK &&
                       (int)AUTONOMI_ADDRESS_GRAPH_ENTRY == (int)AN_ADDRESS_GRAPH_ENTRY &&
                       (int)AUTONOMI_ADDRESS_SCRATCHPAD == (int)AN_ADDRESS_SCRATCHPAD &&
                       (int)AUTONOMI_ADDRESS_POINTER == (int)AN_ADDRESS_POINTER &&
                       (int)AUTONOMI_ADDRESS_RECORD_KEY == (int)AN_ADDRESS_RECORD_KEY,
               "the numbers are the same");

static bool has_owner(uint32_t type)
{
	return type == AN_ADDRESS_GRAPH_ENTRY || type == AN_ADDRESS_SCRATCHPAD ||
	       type == AN_ADDRESS_POINTER;
}

static bool is_address(uint32_t type, const uint8_t *bytes, size_t size)
{
	if (type > AN_ADDRESS_RECORD_KEY || size > AN_ADDRESS_BYTES_MAX)
		return false;
	if (has_owner(type))
		return size == AN_OWNER_KEY_SIZE && an_bls_public_valid(bytes);
	return type != AN_ADDRESS_CHUNK || size == AN_RECORD_NAME_SIZE;
}

an_status an_api_address(uint32_t type, const uint8_t *bytes, size_t size,
                         struct an_address *ret_address)
{
	if (!an_api_has(bytes, size))
		return AUTONOMI_E_INVALID;
	if (!is_address(type, bytes, size))
		return AUTONOMI_E_ADDRESS;
	*ret_address = (struct an_address){.type = (enum an_address_type)type,
	                                   .size = (uint8_t)size};
	if (size > 0)
		memcpy(ret_address->bytes, bytes, size);
	return AUTONOMI_OK;
}

autonomi_status autonomi_address_check(uint32_t type, const uint8_t *bytes, size_t size)
{
	struct an_guard guard;
	struct an_address address;
	an_guard_begin(&guard);
	return an_guard_leave(&guard, an_api_address(type, bytes, size, &address));
}

autonomi_status autonomi_address_record_key(uint32_t type, const uint8_t *bytes, size_t size,
                                            uint8_t *ret_key, size_t *ret_size)
{
	struct an_guard guard;
	struct an_address address;
	uint8_t space[AN_RECORD_NAME_SIZE];
	if (ret_key == NULL || ret_size == NULL)
		return AUTONOMI_E_INVALID;
	an_guard_begin(&guard);
	const an_status status = an_api_address(type, bytes, size, &address);
	if (status == AUTONOMI_OK) {
		const struct an_span key = an_address_record_key(&address, space);
		memcpy(ret_key, key.data, key.size);
		*ret_size = key.size;
	}
	return an_guard_leave(&guard, status);
}

autonomi_status autonomi_address_dht_key(uint32_t type, const uint8_t *bytes, size_t size,
                                         uint8_t *ret_dht_key)
{
	struct an_guard guard;
	struct an_address address;
	uint8_t space[AN_RECORD_NAME_SIZE];
	if (ret_dht_key == NULL)
		return AUTONOMI_E_INVALID;
	an_guard_begin(&guard);
	const an_status status = an_api_address(type, bytes, size, &address);
	if (status == AUTONOMI_OK) {
		const struct an_dht_key key = an_dht_key_of(an_address_record_key(&address, space));
		memcpy(ret_dht_key, key.bytes, sizeof(key.bytes));
	}
	return an_guard_leave(&guard, status);
}

/* ---- Text. */

static an_status read_text(uint32_t type, const char *text, uint8_t *ret_bytes, size_t *ret_size,
                           struct an_buffer *reason)
{
	const struct an_span span = an_span_text(text);
	if (has_owner(type)) {
		*ret_size = AN_OWNER_KEY_SIZE;
		an_text_append(reason, "Invalid public key: ");
		return an_owner_key_from_hex(span, ret_bytes, reason);
	}
	if (type == AN_ADDRESS_CHUNK) {
		*ret_size = AN_RECORD_NAME_SIZE;
		return an_chunk_name_from_hex(span, ret_bytes, reason);
	}
	if (type == AN_ADDRESS_PEER_ID)
		return autonomi_peer_id_from_text(text, ret_bytes, ret_size);
	if (type != AN_ADDRESS_RECORD_KEY)
		return AUTONOMI_E_INVALID;
	return autonomi_hex_decode(text, ret_bytes, AN_ADDRESS_BYTES_MAX, ret_size) == AUTONOMI_OK
	               ? AUTONOMI_OK
	               : AUTONOMI_E_ADDRESS;
}

autonomi_status autonomi_address_from_text(uint32_t type, const char *text, uint8_t *ret_bytes,
                                           size_t *ret_size, char *reterr, size_t reterr_size)
{
	enum { REASON_MAX = 256 };
	struct an_guard guard;
	struct an_buffer reason;
	if (text == NULL || ret_bytes == NULL || ret_size == NULL)
		return AUTONOMI_E_INVALID;
	an_guard_begin(&guard);
	an_buffer_init(&reason, REASON_MAX);
	const an_status status = read_text(type, text, ret_bytes, ret_size, &reason);
	an_api_say(an_buffer_span(&reason), status, reterr, reterr_size);
	an_buffer_done(&reason);
	return an_guard_leave(&guard, status);
}

autonomi_status autonomi_address_to_text(uint32_t type, const uint8_t *bytes, size_t size,
                                         char *text, size_t text_size)
{
	if (text == NULL)
		return AUTONOMI_E_INVALID;
	const an_status status = autonomi_address_check(type, bytes, size);
	if (status != AUTONOMI_OK)
		return status;
	if (type == AN_ADDRESS_PEER_ID)
		return autonomi_peer_id_to_text(bytes, size, text, text_size);
	return autonomi_hex_encode(bytes, size, text, text_size);
}

autonomi_status autonomi_address_display(uint32_t type, const uint8_t *bytes, size_t size,
                                         int32_t with_dht_key, autonomi_bytes **ret_text)
{
	struct an_guard guard;
	struct an_address address;
	struct an_buffer text;
	if (ret_text == NULL)
		return AUTONOMI_E_INVALID;
	an_guard_begin(&guard);
	an_buffer_init(&text, AN_API_BYTES_MAX);
	an_status status = an_api_address(type, bytes, size, &address);
	if (status == AUTONOMI_OK) {
		(with_dht_key != 0 ? an_address_debug : an_address_display)(&address, &text);
		status = text.failed;
	}
	return an_guard_leave(&guard, an_api_take_bytes(&text, status, ret_text));
}

autonomi_status autonomi_record_key_display(const uint8_t *key, size_t size,
                                            autonomi_bytes **ret_text)
{
	struct an_guard guard;
	struct an_buffer text;
	if (!an_api_has(key, size) || ret_text == NULL)
		return AUTONOMI_E_INVALID;
	if (size > AN_ADDRESS_BYTES_MAX)
		return AUTONOMI_E_TOO_LARGE;
	an_guard_begin(&guard);
	an_buffer_init(&text, AN_API_BYTES_MAX);
	an_record_key_display(an_span(key, size), &text);
	return an_guard_leave(&guard, an_api_take_bytes(&text, text.failed, ret_text));
}

/* ---- Encodings. */

autonomi_status autonomi_address_encode(uint32_t form, uint32_t type, const uint8_t *bytes,
                                        size_t size, autonomi_bytes **ret_encoded)
{
	struct an_guard guard;
	struct an_address address;
	struct an_buffer out;
	if (!an_api_is_form(form) || ret_encoded == NULL)
		return AUTONOMI_E_INVALID;
	an_guard_begin(&guard);
	an_buffer_init(&out, AN_API_BYTES_MAX);
	an_status status = an_api_address(type, bytes, size, &address);
	if (status == AUTONOMI_OK) {
		(form == AUTONOMI_FORM_CBOR ? an_address_write_cbor
		                            : an_address_write_msgpack)(&out, &address);
		status = out.failed;
	}
	return an_guard_leave(&guard, an_api_take_bytes(&out, status, ret_encoded));
}

static an_status decode(uint32_t form, struct an_span encoded, struct an_address *ret_address)
{
	struct an_reader reader = an_reader(encoded);
	(form == AUTONOMI_FORM_CBOR ? an_address_read_cbor : an_address_read_msgpack)(&reader,
	                                                                              ret_address);
	return an_api_read_whole(&reader);
}

autonomi_status autonomi_address_decode(uint32_t form, const uint8_t *encoded, size_t encoded_size,
                                        uint32_t *ret_type, uint8_t *ret_bytes, size_t *ret_size)
{
	struct an_guard guard;
	struct an_address address;
	if (!an_api_is_form(form) || !an_api_has(encoded, encoded_size) || ret_type == NULL ||
	    ret_bytes == NULL || ret_size == NULL)
		return AUTONOMI_E_INVALID;
	an_guard_begin(&guard);
	an_status status = decode(form, an_span(encoded, encoded_size), &address);
	if (status == AUTONOMI_OK && !is_address(address.type, address.bytes, address.size))
		status = AUTONOMI_E_CORRUPT;
	if (status == AUTONOMI_OK) {
		*ret_type = address.type;
		memcpy(ret_bytes, address.bytes, address.size);
		*ret_size = address.size;
	}
	return an_guard_leave(&guard, status);
}

/* ---- Distances and multiaddresses. */

autonomi_status autonomi_dht_distance(const uint8_t *dht_key, const uint8_t *other,
                                      uint8_t *ret_distance, int32_t *ret_bucket)
{
	struct an_dht_key a, b;
	if (dht_key == NULL || other == NULL || ret_distance == NULL)
		return AUTONOMI_E_INVALID;
	memcpy(a.bytes, dht_key, sizeof(a.bytes));
	memcpy(b.bytes, other, sizeof(b.bytes));
	const struct an_dht_key distance = an_dht_key_distance(&a, &b);
	memcpy(ret_distance, distance.bytes, sizeof(distance.bytes));
	if (ret_bucket != NULL)
		*ret_bucket = an_dht_key_bucket(&a, &b);
	return AUTONOMI_OK;
}

autonomi_status autonomi_multiaddr_from_text(const char *text, uint8_t *ret_bytes, size_t *ret_size)
{
	struct an_guard guard;
	struct an_buffer bytes;
	if (text == NULL || ret_bytes == NULL || ret_size == NULL)
		return AUTONOMI_E_INVALID;
	an_guard_begin(&guard);
	an_buffer_init(&bytes, AN_MULTIADDR_MAX);
	const an_status status = an_multiaddr_from_text(&bytes, an_span_text(text), NULL);
	if (status == AUTONOMI_OK) {
		memcpy(ret_bytes, bytes.data, bytes.size);
		*ret_size = bytes.size;
	}
	an_buffer_done(&bytes);
	return an_guard_leave(&guard, status);
}

autonomi_status autonomi_multiaddr_to_text(const uint8_t *bytes, size_t size, char *text,
                                           size_t text_size)
{
	struct an_guard guard;
	struct an_buffer out;
	if (bytes == NULL || text == NULL)
		return AUTONOMI_E_INVALID;
	an_guard_begin(&guard);
	an_buffer_init(&out, AN_MULTIADDR_TEXT_MAX);
	an_status status = an_multiaddr_to_text(&out, an_span(bytes, size));
	if (status == AUTONOMI_OK)
		status = an_api_copy_text(an_buffer_span(&out), text, text_size);
	an_buffer_done(&out);
	return an_guard_leave(&guard, status);
}

autonomi_status autonomi_multiaddr_udp_port(const uint8_t *bytes, size_t size, uint16_t *ret_port)
{
	if (bytes == NULL || ret_port == NULL)
		return AUTONOMI_E_INVALID;
	return an_multiaddr_udp_port(ret_port, an_span(bytes, size)) ? AUTONOMI_OK
	                                                             : AUTONOMI_E_NOT_FOUND;
}
