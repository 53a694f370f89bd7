/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ident/endpoint_text.h"
#include "ident/multiaddr.h"
#include "ident/multiaddr_table.h"
#include "wire/varint.h"
#include "wire/writer.h"

enum { DIGITS_MAX = 20 }; /* of 64 bits in decimal */

/* Decimal without leading zeros, at most what fits `size` bytes. */
static bool read_number(uint64_t *ret_number, struct an_span text, size_t size)
{
	uint64_t number = 0;
	if (text.size == 0 || text.size > DIGITS_MAX || (text.size > 1 && text.data[0] == '0'))
		return false;
	for (size_t i = 0; i < text.size; i++) {
		const unsigned digit = text.data[i] - (unsigned)'0';
		if (digit > 9 || number > (UINT64_MAX - digit) / 10)
			return false;
		number = number * 10 + digit;
	}
	*ret_number = number;
	return size == sizeof(number) || number >> (8 * size) == 0;
}

/* The writers of values from text; each says what is wrong, or returns NULL. */
static const char *write_ip(struct an_buffer *bytes, const struct an_multiaddr_row *row,
                            struct an_span text)
{
	uint8_t address[16];
	if (row->form == AN_MULTIADDR_FORM_IP4) {
		if (!an_ip4_read(address, text))
			return "this is not an IPv4 address";
	} else if (!an_ip6_read(address, text)) {
		return "this is not an IPv6 address";
	}
	an_buffer_append(bytes, an_span(address, (size_t)row->size));
	return NULL;
}

static const char *write_number(struct an_buffer *bytes, const struct an_multiaddr_row *row,
                                struct an_span text)
{
	uint64_t number;
	const size_t size = (size_t)row->size;
	if (!read_number(&number, text, size))
		return size == 2 ? "a port is a number from 0 to 65535"
		                 : "this is not a number, or it is too large";
	an_write_big_endian(bytes, number, size);
	return NULL;
}

static const char *write_name(struct an_buffer *bytes, struct an_span text)
{
	if (text.size == 0)
		return "a name is missing here";
	if (!an_multiaddr_name_valid(text))
		return "a name has printable characters only";
	an_varint_write(bytes, text.size);
	an_buffer_append(bytes, text);
	return NULL;
}

static const char *write_peer_id(struct an_buffer *bytes, struct an_span text)
{
	struct an_peer_id id;
	if (an_peer_id_from_text(&id, text) != AUTONOMI_OK)
		return "this is not a peer id";
	an_varint_write(bytes, id.size);
	an_buffer_append(bytes, an_peer_id_span(&id));
	return NULL;
}

static const char *write_value(struct an_buffer *bytes, const struct an_multiaddr_row *row,
                               struct an_span text)
{
	switch (row->form) {
	case AN_MULTIADDR_FORM_NONE:
		return NULL;
	case AN_MULTIADDR_FORM_IP4:
	case AN_MULTIADDR_FORM_IP6:
		return write_ip(bytes, row, text);
	case AN_MULTIADDR_FORM_NUMBER:
		return write_number(bytes, row, text);
	case AN_MULTIADDR_FORM_NAME:
		return write_name(bytes, text);
	case AN_MULTIADDR_FORM_PEER_ID:
		return write_peer_id(bytes, text);
	case AN_MULTIADDR_FORM_BINARY:
		break;
	}
	return "the value of this protocol is not read from text";
}

/* A text that is read from slash to slash. */
struct path {
	struct an_span text;
	size_t position;
	size_t word_start; /* of the last word that was taken: where an error points to */
};

/* Takes the slash and the word behind it. False where no slash stands here. */
static bool take_word(struct path *path, struct an_span *ret_word)
{
	path->word_start = path->position;
	if (path->position == path->text.size || path->text.data[path->position] != '/')
		return false;
	path->word_start = ++path->position;
	while (path->position < path->text.size && path->text.data[path->position] != '/')
		path->position++;
	*ret_word = an_span(path->text.data + path->word_start, path->position - path->word_start);
	return true;
}

static const char *read_part(struct an_buffer *bytes, struct path *path)
{
	struct an_span name, value = {0};
	if (!take_word(path, &name))
		return "an address starts with a slash";
	if (name.size == 0)
		return "the name of a protocol is missing here";
	const struct an_multiaddr_row *row = an_multiaddr_row_of_name(name.data, name.size);
	if (row == NULL)
		return "there is no such protocol";
	if (row->form != AN_MULTIADDR_FORM_NONE && !take_word(path, &value))
		return "the value of the protocol is missing here";
	an_varint_write(bytes, row->code);
	return write_value(bytes, row, value);
}

static const char *read_parts(struct an_buffer *bytes, struct path *path)
{
	const size_t start = bytes->size;
	const char *reason = NULL;
	size_t count = 0;
	do {
		if (++count > AN_MULTIADDR_PARTS_MAX) {
			path->word_start = path->position;
			return "the address has too many parts";
		}
		reason = read_part(bytes, path);
	} while (reason == NULL && path->position < path->text.size);
	if (reason == NULL && bytes->size - start > AN_MULTIADDR_MAX)
		return "the address is too long";
	return reason;
}

an_status an_multiaddr_from_text(struct an_buffer *bytes, struct an_span text,
                                 struct an_multiaddr_error *ret_error)
{
	struct path path = {.text = text};
	const size_t start = bytes->size;
	const char *reason = text.size > AN_MULTIADDR_TEXT_MAX ? "the address is too long"
	                                                       : read_parts(bytes, &path);
	if (reason == NULL && bytes->failed == AUTONOMI_OK)
		return AUTONOMI_OK;
	bytes->size = start;
	if (reason == NULL)
		return bytes->failed;
	if (ret_error != NULL)
		*ret_error = (struct an_multiaddr_error){.offset = path.word_start,
		                                         .reason = reason};
	return AUTONOMI_E_ADDRESS;
}

static void add_word(struct an_buffer *text, const char *word)
{
	an_buffer_append_byte(text, '/');
	an_buffer_append(text, an_span_text(word));
}

static void add_number(struct an_buffer *text, struct an_span value)
{
	uint64_t number = 0;
	for (size_t i = 0; i < value.size; i++)
		number = number << 8 | value.data[i];
	char digits[DIGITS_MAX + 1];
	size_t start = DIGITS_MAX;
	digits[start] = '\0';
	do {
		digits[--start] = (char)('0' + number % 10);
		number /= 10;
	} while (number > 0);
	add_word(text, digits + start);
}

static void add_ip4(struct an_buffer *text, struct an_span value)
{
	const struct an_endpoint endpoint = an_endpoint_ip4(value.data[0], value.data[1],
	                                                    value.data[2], value.data[3], 0);
	char word[AN_ADDRESS_TEXT_MAX];
	an_endpoint_write_address(&endpoint, word);
	add_word(text, word);
}

static void add_ip6(struct an_buffer *text, struct an_span value)
{
	char word[AN_ADDRESS_TEXT_MAX];
	an_ip6_write(value.data, word);
	add_word(text, word);
}

static void add_peer_id(struct an_buffer *text, struct an_span value)
{
	struct an_peer_id id;
	char word[AN_PEER_ID_TEXT_MAX];
	if (an_peer_id_from_bytes(&id, value) != AUTONOMI_OK)
		return;
	an_peer_id_to_text(&id, word);
	add_word(text, word);
}

static an_status add_part(struct an_buffer *text, const struct an_multiaddr_part *part)
{
	const struct an_multiaddr_row *row = an_multiaddr_row_of_code(part->code);
	add_word(text, row->name);
	switch (row->form) {
	case AN_MULTIADDR_FORM_NONE:
		break;
	case AN_MULTIADDR_FORM_IP4:
		add_ip4(text, part->value);
		break;
	case AN_MULTIADDR_FORM_IP6:
		add_ip6(text, part->value);
		break;
	case AN_MULTIADDR_FORM_NUMBER:
		add_number(text, part->value);
		break;
	case AN_MULTIADDR_FORM_NAME:
		an_buffer_append_byte(text, '/');
		an_buffer_append(text, part->value);
		break;
	case AN_MULTIADDR_FORM_PEER_ID:
		add_peer_id(text, part->value);
		break;
	case AN_MULTIADDR_FORM_BINARY:
		return AUTONOMI_E_UNSUPPORTED;
	}
	return text->failed;
}

an_status an_multiaddr_to_text(struct an_buffer *text, struct an_span bytes)
{
	struct an_multiaddr_part part;
	const size_t start = text->size;
	an_status status = an_multiaddr_check(bytes);
	while (status == AUTONOMI_OK && an_multiaddr_next(&bytes, &part) == AUTONOMI_OK)
		status = add_part(text, &part);
	if (status != AUTONOMI_OK)
		text->size = start;
	return status;
}

an_status an_multiaddr_target_from_text(struct an_multiaddr_target *ret_target, struct an_span text,
                                        struct an_multiaddr_error *ret_error)
{
	struct an_buffer bytes;
	an_buffer_init(&bytes, AN_MULTIADDR_MAX + AN_MULTIADDR_TEXT_MAX);
	an_status status = an_multiaddr_from_text(&bytes, text, ret_error);
	if (status == AUTONOMI_OK)
		status = an_multiaddr_target(ret_target, an_buffer_span(&bytes));
	if (status == AUTONOMI_E_UNSUPPORTED && ret_error != NULL)
		*ret_error = (struct an_multiaddr_error){
			.reason = "only /ip4 or /ip6, /udp, /quic-v1 and /p2p can be dialled"};
	an_buffer_done(&bytes);
	return status;
}

an_status an_multiaddr_text_of(struct an_buffer *text, const struct an_endpoint *endpoint,
                               const struct an_peer_id *id)
{
	struct an_buffer bytes;
	an_buffer_init(&bytes, AN_MULTIADDR_CONTACT_MAX);
	an_status status = an_multiaddr_of(&bytes, endpoint, id);
	if (status == AUTONOMI_OK)
		status = an_multiaddr_to_text(text, an_buffer_span(&bytes));
	an_buffer_done(&bytes);
	return status;
}
