/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/peer_messages.h"

#include "wire/protobuf.h"

/* Field numbers (semantics 5.7). */
enum { TYPE = 1, KEY = 2, RECORD = 3, CLOSER = 8, PROVIDER = 9, LEVEL = 10 };
enum { PEER_ID = 1, PEER_ADDRESS = 2, PEER_CONNECTION = 3 };
enum {
	RECORD_KEY = 1,
	RECORD_VALUE = 2,
	RECORD_TIME = 5,
	RECORD_PUBLISHER = 666,
	RECORD_TTL = 777
};
enum {
	IDENTIFY_PUBLIC_KEY = 1,
	IDENTIFY_LISTEN = 2,
	IDENTIFY_PROTOCOL = 3,
	IDENTIFY_OBSERVED = 4,
	IDENTIFY_VERSION = 5,
	IDENTIFY_AGENT = 6,
	IDENTIFY_SIGNED_RECORD = 8,
};

static bool is_bytes(const struct an_protobuf_field *field, uint32_t number)
{
	return field->number == number && field->type == AN_PROTOBUF_BYTES;
}

static bool is_number(const struct an_protobuf_field *field, uint32_t number)
{
	return field->number == number && field->type == AN_PROTOBUF_VARINT;
}

static void add_span(struct an_span *list, size_t *count, size_t max, struct an_span span)
{
	if (*count < max)
		list[(*count)++] = span;
}

/* ---- Reading Kademlia. A message within that is malformed spoils the whole. `left` counts down the
 * fields that may come, so that a message of tiny ones costs no more than its size suggests. */

static bool next_field(struct an_reader *reader, struct an_protobuf_field *field, size_t *left)
{
	if (!an_protobuf_next(reader, field))
		return false;
	if (*left == 0)
		an_reader_fail(reader, AUTONOMI_E_TOO_LARGE);
	else
		(*left)--;
	return an_reader_ok(reader);
}

static void read_peer(struct an_reader *outer, struct an_span bytes, size_t *left,
                      struct an_peer_entry *list, size_t *count)
{
	struct an_peer_entry peer = {.connection = 0};
	struct an_reader reader = an_reader(bytes);
	struct an_protobuf_field field;
	while (next_field(&reader, &field, left)) {
		if (is_bytes(&field, PEER_ID))
			peer.id = field.bytes;
		else if (is_bytes(&field, PEER_ADDRESS))
			add_span(peer.addresses, &peer.address_count, AN_PEER_ADDRESSES_MAX,
			         field.bytes);
		else if (is_number(&field, PEER_CONNECTION))
			peer.connection = field.value;
	}
	if (!an_reader_ok(&reader))
		an_reader_fail(outer, AUTONOMI_E_CORRUPT);
	else if (*count < AN_KADEMLIA_PEERS_MAX)
		list[(*count)++] = peer;
}

static void read_record(struct an_reader *outer, struct an_span bytes, size_t *left,
                        struct an_kademlia_record *record)
{
	struct an_reader reader = an_reader(bytes);
	struct an_protobuf_field field;
	*record = (struct an_kademlia_record){0};
	while (next_field(&reader, &field, left)) {
		if (is_bytes(&field, RECORD_KEY))
			record->key = field.bytes;
		else if (is_bytes(&field, RECORD_VALUE))
			record->value = field.bytes;
		else if (is_bytes(&field, RECORD_TIME))
			record->time_received = field.bytes;
		else if (is_bytes(&field, RECORD_PUBLISHER))
			record->publisher = field.bytes;
		else if (is_number(&field, RECORD_TTL))
			record->ttl = field.value;
	}
	if (!an_reader_ok(&reader))
		an_reader_fail(outer, AUTONOMI_E_CORRUPT);
}

static void take_field(struct an_reader *reader, const struct an_protobuf_field *field,
                       struct an_kademlia_whole *message, uint64_t *type, size_t *left)
{
	if (is_number(field, TYPE)) {
		*type = field->value;
	} else if (is_number(field, LEVEL)) {
		message->level = field->value;
	} else if (is_bytes(field, KEY)) {
		message->key = field->bytes;
	} else if (is_bytes(field, RECORD)) {
		message->has_record = true;
		read_record(reader, field->bytes, left, &message->record);
	} else if (is_bytes(field, CLOSER)) {
		read_peer(reader, field->bytes, left, message->closer, &message->closer_count);
	} else if (is_bytes(field, PROVIDER)) {
		read_peer(reader, field->bytes, left, message->providers, &message->provider_count);
	}
}

an_status an_kademlia_whole_decode(struct an_span message, struct an_kademlia_whole *ret_message)
{
	struct an_reader reader = an_reader(message);
	struct an_protobuf_field field;
	uint64_t type = AN_KADEMLIA_PUT_VALUE; /* the default, which is left out */
	size_t fields = AN_KADEMLIA_FIELDS_MAX, *left = &fields;
	*ret_message = (struct an_kademlia_whole){.type = AN_KADEMLIA_PUT_VALUE};
	while (next_field(&reader, &field, left))
		take_field(&reader, &field, ret_message, &type, left);
	if (!an_reader_ok(&reader) || type > AN_KADEMLIA_PING)
		return AUTONOMI_E_PROTOCOL;
	ret_message->type = (enum an_kademlia_type)type;
	return AUTONOMI_OK;
}

/* ---- Writing. What is empty or zero is left out. */

static void write_bytes(struct an_buffer *out, uint32_t number, struct an_span bytes)
{
	if (bytes.size > 0)
		an_protobuf_write_bytes(out, number, bytes);
}

static void write_number(struct an_buffer *out, uint32_t number, uint64_t value)
{
	if (value != 0)
		an_protobuf_write_uint(out, number, value);
}

/* Appends what `inner` holds as a field, and empties it for the next. */
static void write_inner(struct an_buffer *out, uint32_t number, struct an_buffer *inner)
{
	if (inner->failed != AUTONOMI_OK && out->failed == AUTONOMI_OK)
		out->failed = inner->failed;
	an_protobuf_write_bytes(out, number, an_buffer_span(inner));
	an_buffer_clear(inner);
}

static void write_peer(struct an_buffer *out, uint32_t number, struct an_buffer *inner,
                       const struct an_peer_entry *peer)
{
	write_bytes(inner, PEER_ID, peer->id);
	for (size_t i = 0; i < peer->address_count; i++)
		an_protobuf_write_bytes(inner, PEER_ADDRESS, peer->addresses[i]);
	write_number(inner, PEER_CONNECTION, peer->connection);
	write_inner(out, number, inner);
}

static void write_record(struct an_buffer *out, struct an_buffer *inner,
                         const struct an_kademlia_record *record)
{
	write_bytes(inner, RECORD_KEY, record->key);
	write_bytes(inner, RECORD_VALUE, record->value);
	write_bytes(inner, RECORD_TIME, record->time_received);
	write_bytes(inner, RECORD_PUBLISHER, record->publisher);
	write_number(inner, RECORD_TTL, record->ttl);
	write_inner(out, RECORD, inner);
}

an_status an_kademlia_whole_encode(const struct an_kademlia_whole *message, struct an_buffer *out)
{
	struct an_buffer inner;
	an_buffer_init(&inner, out->limit);
	write_number(out, TYPE, (uint64_t)message->type);
	write_number(out, LEVEL, message->level);
	write_bytes(out, KEY, message->key);
	if (message->has_record)
		write_record(out, &inner, &message->record);
	for (size_t i = 0; i < message->closer_count; i++)
		write_peer(out, CLOSER, &inner, &message->closer[i]);
	for (size_t i = 0; i < message->provider_count; i++)
		write_peer(out, PROVIDER, &inner, &message->providers[i]);
	an_buffer_done(&inner);
	return out->failed;
}

/* ---- Identify. */

an_status an_identify_decode(struct an_span message, struct an_identify *ret_identify)
{
	struct an_identify *identify = ret_identify;
	struct an_reader reader = an_reader(message);
	struct an_protobuf_field field;
	*identify = (struct an_identify){.listen_count = 0};
	while (an_protobuf_next(&reader, &field)) {
		if (is_bytes(&field, IDENTIFY_VERSION))
			identify->protocol_version = field.bytes;
		else if (is_bytes(&field, IDENTIFY_AGENT))
			identify->agent_version = field.bytes;
		else if (is_bytes(&field, IDENTIFY_PUBLIC_KEY))
			identify->public_key = field.bytes;
		else if (is_bytes(&field, IDENTIFY_OBSERVED))
			identify->observed = field.bytes;
		else if (is_bytes(&field, IDENTIFY_SIGNED_RECORD))
			identify->signed_record = field.bytes;
		else if (is_bytes(&field, IDENTIFY_LISTEN))
			add_span(identify->listen, &identify->listen_count, AN_PEER_ADDRESSES_MAX,
			         field.bytes);
		else if (is_bytes(&field, IDENTIFY_PROTOCOL))
			add_span(identify->protocols, &identify->protocol_count,
			         AN_IDENTIFY_PROTOCOLS_MAX, field.bytes);
	}
	return an_reader_ok(&reader) ? AUTONOMI_OK : AUTONOMI_E_PROTOCOL;
}

an_status an_identify_encode(const struct an_identify *identify, struct an_buffer *out)
{
	write_bytes(out, IDENTIFY_VERSION, identify->protocol_version);
	write_bytes(out, IDENTIFY_AGENT, identify->agent_version);
	write_bytes(out, IDENTIFY_PUBLIC_KEY, identify->public_key);
	for (size_t i = 0; i < identify->listen_count; i++)
		an_protobuf_write_bytes(out, IDENTIFY_LISTEN, identify->listen[i]);
	write_bytes(out, IDENTIFY_OBSERVED, identify->observed);
	for (size_t i = 0; i < identify->protocol_count; i++)
		an_protobuf_write_bytes(out, IDENTIFY_PROTOCOL, identify->protocols[i]);
	write_bytes(out, IDENTIFY_SIGNED_RECORD, identify->signed_record);
	return out->failed;
}
