/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/address_text.h"

#include <string.h>

#include "crypt/bls.h"
#include "ident/dht_key.h"

void an_text_append(struct an_buffer *text, const char *words)
{
	(void)an_buffer_append(text, an_span_text(words));
}

void an_text_append_hex(struct an_buffer *text, struct an_span bytes)
{
	static const char digits[] = "0123456789abcdef";
	for (size_t i = 0; i < bytes.size; i++) {
		(void)an_buffer_append_byte(text, (uint8_t)digits[bytes.data[i] >> 4]);
		(void)an_buffer_append_byte(text, (uint8_t)digits[bytes.data[i] & 15]);
	}
}

void an_text_append_number(struct an_buffer *text, uint64_t number)
{
	char digits[20];
	size_t at = sizeof(digits);
	do {
		digits[--at] = (char)('0' + number % 10);
		number /= 10;
	} while (number > 0);
	(void)an_buffer_append(text, an_span(digits + at, sizeof(digits) - at));
}

/* The `\u{..}` of a control character. */
static void append_control(struct an_buffer *text, uint8_t byte)
{
	static const char digits[] = "0123456789abcdef";
	an_text_append(text, "\\u{");
	if (byte >= 16)
		(void)an_buffer_append_byte(text, (uint8_t)digits[byte >> 4]);
	(void)an_buffer_append_byte(text, (uint8_t)digits[byte & 15]);
	an_text_append(text, "}");
}

static const char *escape_of(uint8_t byte)
{
	switch (byte) {
	case '"':
		return "\\\"";
	case '\\':
		return "\\\\";
	case '\n':
		return "\\n";
	case '\r':
		return "\\r";
	case '\t':
		return "\\t";
	case '\0':
		return "\\0";
	default:
		return NULL;
	}
}

void an_text_append_quoted(struct an_buffer *text, struct an_span utf8)
{
	an_text_append(text, "\"");
	for (size_t i = 0; i < utf8.size; i++) {
		const uint8_t byte = utf8.data[i];
		const char *escape = escape_of(byte);
		if (escape != NULL)
			an_text_append(text, escape);
		else if (byte < 0x20 || byte == 0x7f)
			append_control(text, byte);
		else
			(void)an_buffer_append_byte(text, byte);
	}
	an_text_append(text, "\"");
}

/* A byte as the character of that number, which the crate for hexadecimal text takes it for, as Rust's
 * `{:?}` writes it: what has no shape by its number. */
static void append_character(struct an_buffer *text, uint8_t byte)
{
	const bool has_shape = (byte >= ' ' && byte < 0x7f) || (byte > 0xa0 && byte != 0xad);
	const char *escape = byte == '\'' ? "\\'" : escape_of(byte);
	an_text_append(text, "'");
	if (escape != NULL && byte != '"') {
		an_text_append(text, escape);
	} else if (!has_shape) {
		append_control(text, byte);
	} else if (byte < 0x80) {
		(void)an_buffer_append_byte(text, byte);
	} else {
		(void)an_buffer_append_byte(text, (uint8_t)(0xc0 | byte >> 6));
		(void)an_buffer_append_byte(text, (uint8_t)(0x80 | (byte & 0x3f)));
	}
	an_text_append(text, "'");
}

static void append_type(struct an_buffer *text, const struct an_address *address)
{
	static const char *const names[] = {
		[AN_ADDRESS_PEER_ID] = "NetworkAddress::PeerId(",
		[AN_ADDRESS_CHUNK] = "NetworkAddress::ChunkAddress(",
		[AN_ADDRESS_GRAPH_ENTRY] = "NetworkAddress::GraphEntryAddress(",
		[AN_ADDRESS_SCRATCHPAD] = "NetworkAddress::ScratchpadAddress(",
		[AN_ADDRESS_POINTER] = "NetworkAddress::PointerAddress(",
		[AN_ADDRESS_RECORD_KEY] = "NetworkAddress::RecordKey(",
	};
	an_text_append(text, names[address->type]);
}

void an_address_display(const struct an_address *address, struct an_buffer *text)
{
	append_type(text, address);
	an_text_append_hex(text, an_span(address->bytes, address->size));
	an_text_append(text, ")");
}

static void append_dht_key(struct an_buffer *text, struct an_span name)
{
	const struct an_dht_key key = an_dht_key_of(name);
	an_text_append_hex(text, an_span(key.bytes, sizeof(key.bytes)));
}

void an_address_debug(const struct an_address *address, struct an_buffer *text)
{
	const struct an_span bytes = an_span(address->bytes, address->size);
	uint8_t space[AN_RECORD_NAME_SIZE];
	const struct an_span name = an_address_record_key(address, space);
	struct an_peer_id id;
	append_type(text, address);
	if (address->type == AN_ADDRESS_PEER_ID) {
		if (an_peer_id_from_bytes(&id, bytes) != AUTONOMI_OK) {
			append_dht_key(text, name);
			an_text_append(text, ")");
			return;
		}
		char base58[AN_PEER_ID_TEXT_MAX];
		an_peer_id_to_text(&id, base58);
		an_text_append_quoted(text, an_span_text(base58));
	} else if (address->type == AN_ADDRESS_RECORD_KEY) {
		an_text_append(text, "\"");
		an_text_append_hex(text, bytes);
		an_text_append(text, "\"");
	} else {
		an_text_append_hex(text, bytes);
	}
	an_text_append(text, ") - (");
	append_dht_key(text, name);
	an_text_append(text, ")");
}

void an_record_proof_debug(struct an_span proof, struct an_buffer *text)
{
	an_text_append(text, "ChunkProof(\"");
	an_text_append_hex(text, proof);
	an_text_append(text, "\")");
}

void an_record_key_display(struct an_span key, struct an_buffer *text)
{
	an_text_append_hex(text, an_span(key.data, key.size < 3 ? key.size : 3));
	an_text_append(text, "(");
	append_dht_key(text, key);
	an_text_append(text, ")");
}

static int digit_of(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The place of the first character that is no digit; the size where there is none. */
static size_t digits_end(struct an_span text)
{
	size_t i = 0;
	while (i < text.size && digit_of(text.data[i]) >= 0)
		i++;
	return i;
}

static void convert(struct an_span text, uint8_t *bytes)
{
	for (size_t i = 0; i < text.size / 2; i++)
		bytes[i] = (uint8_t)(digit_of(text.data[2 * i]) << 4 |
		                     digit_of(text.data[2 * i + 1]));
}

static an_status refuse(struct an_buffer *reason, const char *why)
{
	an_text_append(reason, why);
	return AUTONOMI_E_ADDRESS;
}

an_status an_chunk_name_from_hex(struct an_span text, uint8_t ret_name[AN_RECORD_NAME_SIZE],
                                 struct an_buffer *reason)
{
	const size_t end = digits_end(text);
	if (text.size % 2 != 0)
		return refuse(reason, "Invalid hex string: Odd number of digits");
	if (end < text.size) {
		an_text_append(reason, "Invalid hex string: Invalid character ");
		append_character(reason, text.data[end]);
		an_text_append(reason, " at position ");
		an_text_append_number(reason, end);
		return AUTONOMI_E_ADDRESS;
	}
	if (text.size != 2 * (size_t)AN_RECORD_NAME_SIZE)
		return refuse(reason, "Invalid string length");
	convert(text, ret_name);
	return AUTONOMI_OK;
}

an_status an_owner_key_from_hex(struct an_span text, uint8_t ret_key[AN_OWNER_KEY_SIZE],
                                struct an_buffer *reason)
{
	if (text.size % 2 != 0 || digits_end(text) < text.size)
		return refuse(reason, "Failed to convert the key from hex");
	if (text.size == 2 * (size_t)AN_OWNER_KEY_SIZE) {
		convert(text, ret_key);
		if (an_bls_public_valid(ret_key))
			return AUTONOMI_OK;
	}
	return refuse(reason, "Invalid bytes representation.");
}
