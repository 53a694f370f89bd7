/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ident/multiaddr.h"

#include "ident/multiaddr_table.h"
#include "wire/utf8.h"
#include "wire/varint.h"
#include "wire/writer.h"

enum { IP4_SIZE = 4, IP6_SIZE = 16, PORT_SIZE = 2 };

#define VARIES     AN_MULTIADDR_SIZE_VARIES
#define FORM(name) AN_MULTIADDR_FORM_##name

/* In the order of codes. https://github.com/multiformats/multiaddr/blob/master/protocols.csv */
static const struct an_multiaddr_row rows[] = {
	{4, "ip4", IP4_SIZE, FORM(IP4)},
	{6, "tcp", PORT_SIZE, FORM(NUMBER)},
	{33, "dccp", PORT_SIZE, FORM(NUMBER)},
	{41, "ip6", IP6_SIZE, FORM(IP6)},
	{42, "ip6zone", VARIES, FORM(NAME)},
	{43, "ipcidr", 1, FORM(NUMBER)},
	{53, "dns", VARIES, FORM(NAME)},
	{54, "dns4", VARIES, FORM(NAME)},
	{55, "dns6", VARIES, FORM(NAME)},
	{56, "dnsaddr", VARIES, FORM(NAME)},
	{132, "sctp", PORT_SIZE, FORM(NUMBER)},
	{273, "udp", PORT_SIZE, FORM(NUMBER)},
	{275, "p2p-webrtc-star", 0, FORM(NONE)},
	{276, "p2p-webrtc-direct", 0, FORM(NONE)},
	{277, "p2p-stardust", 0, FORM(NONE)},
	{280, "webrtc-direct", 0, FORM(NONE)},
	{281, "webrtc", 0, FORM(NONE)},
	{290, "p2p-circuit", 0, FORM(NONE)},
	{301, "udt", 0, FORM(NONE)},
	{302, "utp", 0, FORM(NONE)},
	{400, "unix", VARIES, FORM(BINARY)},
	{421, "p2p", VARIES, FORM(PEER_ID)},
	{443, "https", 0, FORM(NONE)},
	{444, "onion", 12, FORM(BINARY)},
	{445, "onion3", 37, FORM(BINARY)},
	{446, "garlic64", VARIES, FORM(BINARY)},
	{447, "garlic32", VARIES, FORM(BINARY)},
	{448, "tls", 0, FORM(NONE)},
	{449, "sni", VARIES, FORM(NAME)},
	{454, "noise", 0, FORM(NONE)},
	{460, "quic", 0, FORM(NONE)},
	{461, "quic-v1", 0, FORM(NONE)},
	{465, "webtransport", 0, FORM(NONE)},
	{466, "certhash", VARIES, FORM(BINARY)},
	{477, "ws", 0, FORM(NONE)},
	{478, "wss", 0, FORM(NONE)},
	{479, "p2p-websocket-star", 0, FORM(NONE)},
	{480, "http", 0, FORM(NONE)},
	{481, "http-path", VARIES, FORM(BINARY)},
	{777, "memory", 8, FORM(NUMBER)},
	{4770, "x-parity-ws", VARIES, FORM(BINARY)},
	{4780, "x-parity-wss", VARIES, FORM(BINARY)},
};

enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

const struct an_multiaddr_row *an_multiaddr_row_of_code(uint64_t code)
{
	size_t low = 0, high = ROWS;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		if (rows[middle].code == code)
			return &rows[middle];
		if (rows[middle].code < code)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* `ipfs` is what `p2p` was called once. */
const struct an_multiaddr_row *an_multiaddr_row_of_name(const uint8_t *name, size_t size)
{
	if (an_span_equal(an_span(name, size), an_span_text("ipfs")))
		return an_multiaddr_row_of_code(AN_MULTIADDR_P2P);
	for (size_t i = 0; i < ROWS; i++)
		if (an_span_equal(an_span(name, size), an_span_text(rows[i].name)))
			return &rows[i];
	return NULL;
}

bool an_multiaddr_name_valid(struct an_span name)
{
	for (size_t i = 0; i < name.size; i++)
		if (name.data[i] <= 0x20 || name.data[i] == 0x7f || name.data[i] == '/')
			return false;
	return name.size > 0 && an_utf8_valid(name);
}

static bool value_valid(const struct an_multiaddr_row *row, struct an_span value)
{
	struct an_peer_id id;
	if (row->form == AN_MULTIADDR_FORM_NAME)
		return an_multiaddr_name_valid(value);
	if (row->form == AN_MULTIADDR_FORM_PEER_ID)
		return an_peer_id_from_bytes(&id, value) == AUTONOMI_OK;
	return true;
}

an_status an_multiaddr_next(struct an_span *bytes, struct an_multiaddr_part *ret_part)
{
	if (bytes->size == 0)
		return AUTONOMI_E_NOT_FOUND;
	struct an_reader reader = an_reader(*bytes);
	const uint64_t code = an_varint_read_shortest(&reader);
	const struct an_multiaddr_row *row = an_multiaddr_row_of_code(code);
	if (!an_reader_ok(&reader) || row == NULL)
		return AUTONOMI_E_ADDRESS;
	const uint64_t size = row->size == AN_MULTIADDR_SIZE_VARIES
	                              ? an_varint_read_shortest(&reader)
	                              : (uint64_t)row->size;
	const struct an_span value = an_reader_take(&reader, size);
	if (!an_reader_ok(&reader) || !value_valid(row, value))
		return AUTONOMI_E_ADDRESS;
	*bytes = an_span(bytes->data + reader.position, bytes->size - reader.position);
	*ret_part = (struct an_multiaddr_part){.code = row->code, .value = value};
	return AUTONOMI_OK;
}

an_status an_multiaddr_check(struct an_span bytes)
{
	struct an_multiaddr_part part;
	an_status status = AUTONOMI_OK;
	if (bytes.size > AN_MULTIADDR_MAX)
		return AUTONOMI_E_ADDRESS;
	for (size_t i = 0; i <= AN_MULTIADDR_PARTS_MAX && status == AUTONOMI_OK; i++)
		status = an_multiaddr_next(&bytes, &part);
	return status == AUTONOMI_E_NOT_FOUND ? AUTONOMI_OK : AUTONOMI_E_ADDRESS;
}

/* Takes the next part where it is `code`. */
static bool take(struct an_span *bytes, uint32_t code, struct an_span *ret_value)
{
	struct an_span rest = *bytes;
	struct an_multiaddr_part part;
	if (an_multiaddr_next(&rest, &part) != AUTONOMI_OK || part.code != code)
		return false;
	*bytes = rest;
	*ret_value = part.value;
	return true;
}

static uint16_t port_of(struct an_span value)
{
	return (uint16_t)(value.data[0] << 8 | value.data[1]);
}

static bool take_address(struct an_span *bytes, struct an_endpoint *endpoint)
{
	struct an_span value;
	if (take(bytes, AN_MULTIADDR_IP4, &value)) {
		*endpoint = an_endpoint_ip4(value.data[0], value.data[1], value.data[2],
		                            value.data[3], 0);
		return true;
	}
	if (!take(bytes, AN_MULTIADDR_IP6, &value))
		return false;
	*endpoint = (struct an_endpoint){0};
	memcpy(endpoint->address, value.data, IP6_SIZE);
	return true;
}

an_status an_multiaddr_target(struct an_multiaddr_target *ret_target, struct an_span bytes)
{
	struct an_multiaddr_target target = {0};
	struct an_span value;
	if (an_multiaddr_check(bytes) != AUTONOMI_OK)
		return AUTONOMI_E_ADDRESS;
	if (!take_address(&bytes, &target.endpoint) || !take(&bytes, AN_MULTIADDR_UDP, &value))
		return AUTONOMI_E_UNSUPPORTED;
	target.endpoint.port = port_of(value);
	if (!take(&bytes, AN_MULTIADDR_QUIC_V1, &value))
		return AUTONOMI_E_UNSUPPORTED;
	if (take(&bytes, AN_MULTIADDR_P2P, &value))
		(void)an_peer_id_from_bytes(&target.id,
		                            value); /* valid, as every part was checked */
	if (bytes.size > 0)
		return AUTONOMI_E_UNSUPPORTED;
	*ret_target = target;
	return AUTONOMI_OK;
}

static void write_address(struct an_buffer *bytes, const struct an_endpoint *endpoint)
{
	const bool ip4 = an_endpoint_is_ip4(endpoint);
	const size_t size = ip4 ? IP4_SIZE : IP6_SIZE;
	an_varint_write(bytes, ip4 ? AN_MULTIADDR_IP4 : AN_MULTIADDR_IP6);
	an_buffer_append(bytes, an_span(endpoint->address + IP6_SIZE - size, size));
}

an_status an_multiaddr_of(struct an_buffer *bytes, const struct an_endpoint *endpoint,
                          const struct an_peer_id *id)
{
	write_address(bytes, endpoint);
	an_varint_write(bytes, AN_MULTIADDR_UDP);
	an_write_big_endian(bytes, endpoint->port, PORT_SIZE);
	an_varint_write(bytes, AN_MULTIADDR_QUIC_V1);
	if (id != NULL && id->size > 0) {
		an_varint_write(bytes, AN_MULTIADDR_P2P);
		an_varint_write(bytes, id->size);
		an_buffer_append(bytes, an_peer_id_span(id));
	}
	return bytes->failed;
}

bool an_multiaddr_udp_port(uint16_t *ret_port, struct an_span bytes)
{
	struct an_multiaddr_part part;
	if (an_multiaddr_check(bytes) != AUTONOMI_OK)
		return false;
	while (an_multiaddr_next(&bytes, &part) == AUTONOMI_OK) {
		if (part.code != AN_MULTIADDR_UDP)
			continue;
		*ret_port = port_of(part.value);
		return true;
	}
	return false;
}

/* The first part with this code; its code is 0 where there is none. */
static struct an_multiaddr_part first_part(struct an_span bytes, uint32_t code)
{
	struct an_multiaddr_part part;
	while (an_multiaddr_next(&bytes, &part) == AUTONOMI_OK)
		if (part.code == code)
			return part;
	return (struct an_multiaddr_part){0};
}

bool an_multiaddr_has(struct an_span bytes, uint32_t code)
{
	return first_part(bytes, code).code == code;
}

/* Writes the part again; nothing where there is none. */
static void write_part(struct an_buffer *out, const struct an_multiaddr_part *part)
{
	const struct an_multiaddr_row *row = an_multiaddr_row_of_code(part->code);
	if (row == NULL)
		return;
	an_varint_write(out, part->code);
	if (row->size == AN_MULTIADDR_SIZE_VARIES)
		an_varint_write(out, part->value.size);
	(void)an_buffer_append(out, part->value);
}

an_status an_multiaddr_repair(struct an_buffer *out, struct an_span bytes, bool needs_peer)
{
	if (an_multiaddr_check(bytes) != AUTONOMI_OK)
		return AUTONOMI_E_UNSUPPORTED;
	const struct an_multiaddr_part ip4 = first_part(bytes, AN_MULTIADDR_IP4);
	const struct an_multiaddr_part udp = first_part(bytes, AN_MULTIADDR_UDP);
	const struct an_multiaddr_part port = udp.code != 0 ? udp
	                                                    : first_part(bytes, AN_MULTIADDR_TCP);
	const struct an_multiaddr_part above = first_part(bytes, udp.code != 0
	                                                                 ? AN_MULTIADDR_QUIC_V1
	                                                                 : AN_MULTIADDR_WS);
	const struct an_multiaddr_part peer = first_part(bytes, AN_MULTIADDR_P2P);
	if (ip4.code == 0 || port.code == 0 || (needs_peer && peer.code == 0))
		return AUTONOMI_E_UNSUPPORTED;

	/* Made beside `out`, whose memory moves when it grows, and `bytes` may lie there. */
	uint8_t space[AN_MULTIADDR_MAX];
	struct an_buffer made = {.data = space, .capacity = sizeof(space), .limit = sizeof(space)};
	write_part(&made, &ip4);
	write_part(&made, &port);
	write_part(&made, &above);
	write_part(&made, &peer);
	return an_buffer_append(out, an_buffer_span(&made));
}
