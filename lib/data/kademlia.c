/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/kademlia.h"

#include "ident/multiaddr.h"
#include "wire/protobuf.h"

/* Field numbers (libp2p's dht.proto, semantics 5.7). */
enum {
	MESSAGE_TYPE = 1,
	MESSAGE_KEY = 2,
	MESSAGE_RECORD = 3,
	MESSAGE_CLOSER_PEERS = 8,
	MESSAGE_CLUSTER_LEVEL = 10
};
enum { RECORD_KEY = 1, RECORD_VALUE = 2, RECORD_HEADS_MAX = 32 };
enum { PEER_ID = 1, PEER_ADDRESS = 2, PEER_CONNECTION = 3 };

/* clusterLevelRaw, as libp2p writes it; nobody reads it. */
enum { LEVEL_REQUEST = 10, LEVEL_ANSWER = 9 };

enum { CONNECTED = 1 };

static void keep_endpoint(struct an_contact *contact, struct an_span multiaddr)
{
	struct an_multiaddr_target target;
	if (contact->endpoint_count == AN_CONTACT_ENDPOINTS_MAX ||
	    an_multiaddr_target(&target, multiaddr) != AUTONOMI_OK)
		return;
	contact->endpoints[contact->endpoint_count++] = target.endpoint;
}

/* False where the peer has no valid id. */
static bool read_peer(struct an_span bytes, struct an_contact *ret_contact)
{
	*ret_contact = (struct an_contact){0};
	struct an_reader reader = an_reader(bytes);
	struct an_protobuf_field field;
	bool has_id = false;
	size_t addresses = 0;
	while (an_protobuf_next(&reader, &field)) {
		if (field.type != AN_PROTOBUF_BYTES)
			continue;
		if (field.number == PEER_ID)
			has_id = an_peer_id_from_bytes(&ret_contact->id, field.bytes) ==
			         AUTONOMI_OK;
		else if (field.number == PEER_ADDRESS && addresses++ < AN_KADEMLIA_ADDRESSES_MAX)
			keep_endpoint(ret_contact, field.bytes);
	}
	return has_id && an_reader_ok(&reader);
}

static void add_peer(struct an_kademlia_message *message, struct an_span bytes)
{
	if (message->peer_count == AN_KADEMLIA_PEERS_MAX)
		return;
	if (read_peer(bytes, &message->peers[message->peer_count]))
		message->peer_count++;
}

static void take_field(struct an_kademlia_message *message, const struct an_protobuf_field *field,
                       uint64_t *type)
{
	if (field->number == MESSAGE_TYPE && field->type == AN_PROTOBUF_VARINT)
		*type = field->value;
	else if (field->number == MESSAGE_KEY && field->type == AN_PROTOBUF_BYTES)
		message->key = field->bytes;
	else if (field->number == MESSAGE_CLOSER_PEERS && field->type == AN_PROTOBUF_BYTES)
		add_peer(message, field->bytes);
}

an_status an_kademlia_decode(struct an_span message, struct an_kademlia_message *ret_message)
{
	*ret_message = (struct an_kademlia_message){0};
	if (message.size > AN_KADEMLIA_ANSWER_MAX)
		return AUTONOMI_E_TOO_LARGE;
	struct an_reader reader = an_reader(message);
	struct an_protobuf_field field;
	uint64_t type = AN_KADEMLIA_PUT_VALUE; /* the default, which is left out */
	while (an_protobuf_next(&reader, &field))
		take_field(ret_message, &field, &type);
	if (!an_reader_ok(&reader) || type > AN_KADEMLIA_PING ||
	    ret_message->key.size > AN_KADEMLIA_KEY_MAX)
		return AUTONOMI_E_PROTOCOL;
	ret_message->type = (enum an_kademlia_type)type;
	return type == AN_KADEMLIA_FIND_NODE ? AUTONOMI_OK : AUTONOMI_E_UNSUPPORTED;
}

an_status an_kademlia_encode_find(struct an_span key, struct an_buffer *out)
{
	an_protobuf_write_uint(out, MESSAGE_TYPE, AN_KADEMLIA_FIND_NODE);
	an_protobuf_write_uint(out, MESSAGE_CLUSTER_LEVEL, LEVEL_REQUEST);
	an_protobuf_write_bytes(out, MESSAGE_KEY, key);
	return out->failed;
}

static void write_address(struct an_buffer *peer, const struct an_contact *contact, size_t i)
{
	struct an_buffer multiaddr;
	an_buffer_init(&multiaddr, AN_MULTIADDR_CONTACT_MAX);
	const an_status status = an_multiaddr_of(&multiaddr, &contact->endpoints[i], &contact->id);
	an_protobuf_write_bytes(peer, PEER_ADDRESS, an_buffer_span(&multiaddr));
	if (status != AUTONOMI_OK && peer->failed == AUTONOMI_OK)
		peer->failed = status;
	an_buffer_done(&multiaddr);
}

/* The peer as a message of its own, in `peer`, whose memory serves one after the other. */
static void write_peer(struct an_buffer *out, struct an_buffer *peer,
                       const struct an_contact *contact)
{
	an_buffer_clear(peer);
	an_protobuf_write_bytes(peer, PEER_ID, an_peer_id_span(&contact->id));
	for (size_t i = 0; i < contact->endpoint_count; i++)
		write_address(peer, contact, i);
	an_protobuf_write_uint(peer, PEER_CONNECTION, CONNECTED);
	an_protobuf_write_bytes(out, MESSAGE_CLOSER_PEERS, an_buffer_span(peer));
	if (peer->failed != AUTONOMI_OK && out->failed == AUTONOMI_OK)
		out->failed = peer->failed;
}

void an_kademlia_encode_answer(enum an_kademlia_type type, struct an_buffer *out)
{
	an_protobuf_write_uint(out, MESSAGE_TYPE, (uint64_t)type);
	an_protobuf_write_uint(out, MESSAGE_CLUSTER_LEVEL, LEVEL_ANSWER);
}

void an_kademlia_encode_record_head(struct an_span key, size_t value_size, struct an_buffer *out)
{
	struct an_buffer inner;
	an_buffer_init(&inner, AN_KADEMLIA_KEY_MAX + RECORD_HEADS_MAX);
	an_protobuf_write_bytes(&inner, RECORD_KEY, key);
	if (value_size > 0)
		an_protobuf_write_head(&inner, RECORD_VALUE, value_size);
	an_protobuf_write_head(out, MESSAGE_RECORD, inner.size + value_size);
	(void)an_buffer_append(out, an_buffer_span(&inner));
	if (inner.failed != AUTONOMI_OK && out->failed == AUTONOMI_OK)
		out->failed = inner.failed;
	an_buffer_done(&inner);
}

void an_kademlia_encode_closer(const struct an_contact *peers, size_t count, struct an_buffer *out)
{
	struct an_buffer peer;
	an_buffer_init(&peer, 1024);
	for (size_t i = 0; i < count; i++)
		write_peer(out, &peer, &peers[i]);
	an_buffer_done(&peer);
}

void an_kademlia_encode_echo(struct an_span key, struct an_span value, struct an_buffer *out)
{
	an_protobuf_write_bytes(out, MESSAGE_KEY, key);
	an_kademlia_encode_record_head(key, value.size, out);
	(void)an_buffer_append(out, value);
}

an_status an_kademlia_encode_peers(const struct an_contact *peers, size_t count,
                                   struct an_buffer *out)
{
	an_kademlia_encode_answer(AN_KADEMLIA_FIND_NODE, out);
	an_kademlia_encode_closer(peers, count, out);
	return out->failed;
}
