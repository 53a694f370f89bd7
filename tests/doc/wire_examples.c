/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Prints the examples of docs/wire.md as the library makes them, one `name hex` to a line; the test
 * test_wire.py compares them with the document. The keys are those of RFC 8032, 7.1.
 */
#include <stdio.h>

#include "data/chunk.h"
#include "data/kademlia.h"
#include "data/message.h"
#include "ident/key_pair.h"
#include "ident/multiaddr.h"

static const uint8_t secret[AN_KEY_SECRET_SIZE] = {
	0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a,
	0xf4, 0x92, 0xec, 0x2c, 0xc4, 0x44, 0x49, 0xc5, 0x69, 0x7b, 0x32,
	0x69, 0x19, 0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae, 0x7f, 0x60,
};
static const char content[] = "hello";

static struct an_key_pair node;
static struct an_address self;  /* the node's */
static struct an_address chunk; /* of the content, as a record key */
static struct an_blob *value;   /* its record value */
static bool failed;

static void print(const char *name, struct an_span bytes)
{
	printf("%s ", name);
	for (size_t i = 0; i < bytes.size; i++)
		printf("%02x", bytes.data[i]);
	printf("\n");
}

static void print_buffer(const char *name, an_status status, struct an_buffer *buffer)
{
	failed = failed || status != AUTONOMI_OK || buffer->failed != AUTONOMI_OK;
	print(name, an_buffer_span(buffer));
	an_buffer_done(buffer);
}

static void print_request(const char *name, const struct an_request *request)
{
	struct an_buffer out;
	an_buffer_init(&out, 4096);
	print_buffer(name, an_request_encode(request, AN_RECORD_FORM_BYTES, &out), &out);
}

static void print_response(const char *name, const struct an_response *response)
{
	struct an_buffer out;
	an_buffer_init(&out, 4096);
	print_buffer(name, an_response_encode(response, &out), &out);
}

static struct an_contact contact(void)
{
	struct an_contact peer = {.id = node.identity.id, .endpoint_count = 1};
	peer.endpoints[0] = an_endpoint_ip4(192, 0, 2, 1, 9000);
	return peer;
}

static bool prepare(void)
{
	const struct an_span bytes = an_span_text(content);
	uint8_t name[AN_RECORD_NAME_SIZE];
	if (an_key_pair_from_secret(&node, secret) != AUTONOMI_OK)
		return false;
	an_chunk_name(bytes, name);
	self = an_address_of_peer(&node.identity.id);
	chunk = an_address_of_record_key(name);
	value = an_chunk_record_value(bytes);
	return value != NULL;
}

static void print_identity(void)
{
	struct an_buffer out;
	an_buffer_init(&out, 1024);
	const an_status status = an_key_pair_certificate(&node, "ant/node/1.0/0.1.0/1", &out);
	print_buffer("certificate", status, &out);
	print("peer-id", an_peer_id_span(&node.identity.id));
	print("peer-dht-key", an_span(node.identity.dht_key.bytes, AN_DHT_KEY_SIZE));
	print("record-value", an_blob_span(value));
	print("record-key", an_span(chunk.bytes, chunk.size));
	const struct an_dht_key key = an_dht_key_of(an_span(chunk.bytes, chunk.size));
	print("record-dht-key", an_span(key.bytes, AN_DHT_KEY_SIZE));
}

static void print_records(void)
{
	struct an_request get = {.type = AN_REQUEST_GET_REPLICATED_RECORD};
	get.get_replicated_record.requester = self;
	get.get_replicated_record.key = chunk;
	print_request("get-request", &get);

	struct an_response got = {.type = AN_RESPONSE_GET_REPLICATED_RECORD};
	got.get_replicated_record.holder = self;
	got.get_replicated_record.value = an_blob_span(value);
	print_response("get-response", &got);

	struct an_response none = {.type = AN_RESPONSE_GET_REPLICATED_RECORD};
	none.get_replicated_record.result.failed = true;
	none.get_replicated_record.result.error = (struct an_protocol_error){
		.type = AN_ERROR_REPLICATED_RECORD_NOT_FOUND, .address = self, .key = chunk};
	print_response("get-response-not-found", &none);

	struct an_request put = {.type = AN_REQUEST_PUT_RECORD};
	put.put_record.holder = self;
	put.put_record.value = an_blob_span(value);
	put.put_record.address = chunk;
	print_request("put-request", &put);

	struct an_response stored = {.type = AN_RESPONSE_PUT_RECORD};
	stored.put_record.peer_address = self;
	stored.put_record.record_address = chunk;
	print_response("put-response", &stored);
	stored.put_record.result.failed = true;
	stored.put_record.result.error.type = AN_ERROR_PUT_RECORD_FAILED;
	stored.put_record.result.error.text = an_span_text("RecordKeyMismatch");
	print_response("put-response-refused", &stored);
}

static void print_proofs(void)
{
	struct an_request ask = {.type = AN_REQUEST_GET_CHUNK_EXISTENCE_PROOF};
	ask.get_chunk_existence_proof.key = chunk;
	ask.get_chunk_existence_proof.nonce = 1;
	ask.get_chunk_existence_proof.difficulty = 1;
	print_request("proof-request", &ask);

	struct an_response answer = {.type = AN_RESPONSE_GET_CHUNK_EXISTENCE_PROOF};
	struct an_message_proof proof = {.address = chunk};
	struct an_buffer items;
	an_buffer_init(&items, 4096);
	an_record_proof(an_blob_span(value), 1, proof.proof);
	an_message_add_proof(&items, &answer.get_chunk_existence_proof.proofs, &proof);
	answer.get_chunk_existence_proof.proofs.items = an_buffer_span(&items);
	print_response("proof-response", &answer);
	an_buffer_done(&items);
}

static void print_questions(void)
{
	struct an_request closest = {.type = AN_REQUEST_GET_CLOSEST_PEERS};
	closest.get_closest_peers.key = chunk;
	closest.get_closest_peers.has_count = true;
	closest.get_closest_peers.count = 5;
	print_request("closest-request", &closest);

	struct an_response peers = {.type = AN_RESPONSE_GET_CLOSEST_PEERS};
	const struct an_contact peer = contact();
	struct an_buffer items;
	an_buffer_init(&items, 4096);
	peers.get_closest_peers.target = chunk;
	an_message_add_peer(&items, &peers.get_closest_peers.peers, &peer);
	peers.get_closest_peers.peers.items = an_buffer_span(&items);
	print_response("closest-response", &peers);
	an_buffer_done(&items);

	struct an_request version = {.type = AN_REQUEST_GET_VERSION};
	version.get_version.address = self;
	print_request("version-request", &version);
	struct an_response told = {.type = AN_RESPONSE_GET_VERSION};
	told.get_version.peer = self;
	told.get_version.version = an_span_text("0.1.0");
	print_response("version-response", &told);
}

static void print_other_kinds(void)
{
	const struct an_contact peer = contact();
	struct an_buffer out;
	an_buffer_init(&out, 4096);
	an_status status = an_kademlia_encode_find(an_span(chunk.bytes, chunk.size), &out);
	print_buffer("find-request", status, &out);
	an_buffer_init(&out, 4096);
	status = an_kademlia_encode_peers(&peer, 1, &out);
	print_buffer("find-response", status, &out);
	an_buffer_init(&out, 4096);
	status = an_multiaddr_of(&out, &peer.endpoints[0], &peer.id);
	print_buffer("address-response", status, &out);
}

int main(void)
{
	if (!prepare())
		return 1;
	print_identity();
	print_records();
	print_proofs();
	print_questions();
	print_other_kinds();
	an_blob_unref(value);
	return failed ? 1 : 0;
}
