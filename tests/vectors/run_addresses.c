/* SPDX-License-Identifier: GPL-3.0-or-later */
/* addresses.json (README.md). */
#include <string.h>

#include "data/address_text.h"
#include "ident/key_pair.h"
#include "ident/multiaddr.h"
#include "ident/peer_id.h"
#include "vectors/run.h"
#include "wire/cbor.h"
#include "wire/msgpack.h"

static void expect_hex_text(const char *name, struct an_span bytes)
{
	run_expect(name, json_of_bytes(bytes));
}

static void check_name_address(void)
{
	const struct an_span name = run_bytes("name");
	uint8_t read[AN_RECORD_NAME_SIZE];
	struct an_buffer *reason = run_buffer();
	const char *type = run_text("type");
	run_must(strcmp(type, "ChunkAddress") == 0 || strcmp(type, "DataAddress") == 0, type);
	run_must(an_chunk_name_from_hex(an_span_text(run_text("hex")), read, reason) == AUTONOMI_OK,
	         "hex");
	expect_hex_text("name", an_span(read, sizeof(read)));
	run_expect_integers("msgpack", "cbor", name);
}

static bool is_owner_type(const char *type)
{
	static const char *const types[] = {"GraphEntryAddress", "PointerAddress",
	                                    "ScratchpadAddress", "RegisterAddress"};
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strcmp(types[i], type) == 0)
			return true;
	return false;
}

static void check_owner_address(void)
{
	const struct an_span owner = run_bytes("owner");
	const char *type = run_text("type");
	struct an_address address = {.type = AN_ADDRESS_POINTER, .size = AN_OWNER_KEY_SIZE};
	uint8_t key[AN_OWNER_KEY_SIZE];
	uint8_t space[AN_RECORD_NAME_SIZE];
	struct an_buffer *reason = run_buffer();
	run_must(is_owner_type(type) && owner.size == sizeof(key), type);
	run_must(an_owner_key_from_hex(an_span_text(run_text("owner")), key, reason) == AUTONOMI_OK,
	         "no key");
	memcpy(address.bytes, key, sizeof(key));
	expect_hex_text("display", owner);
	expect_hex_text("debug", owner);
	if (run_has("hex"))
		expect_hex_text("hex", owner);
	run_expect_bytes("xorname", an_address_record_key(&address, space));
	run_expect_integers("msgpack", NULL, owner);
	run_expect_integers(NULL, "cbor", owner);
}

static struct an_address variant_of(void)
{
	json_t *tagged = json_object();
	struct an_address address;
	const char *variant = run_text("variant");
	(void)json_object_set_new(tagged, "type", json_string(variant));
	(void)json_object_set_new(tagged, "bytes", json_string(run_text("inner")));
	address = run_address_of(tagged);
	json_decref(tagged);
	return address;
}

static void check_codecs(const struct an_address *address)
{
	struct an_address read;
	struct an_buffer *out = run_buffer();
	an_address_write_msgpack(out, address);
	run_expect_bytes("msgpack", an_buffer_span(out));
	struct an_reader reader = an_reader(run_bytes("msgpack"));
	an_address_read_msgpack(&reader, &read);
	run_must(an_reader_ok(&reader) && an_address_equal(&read, address), "reading msgpack");
	an_buffer_clear(out);
	an_address_write_cbor(out, address);
	run_expect_bytes("cbor", an_buffer_span(out));
	reader = an_reader(run_bytes("cbor"));
	an_address_read_cbor(&reader, &read);
	run_must(an_reader_ok(&reader) && an_address_equal(&read, address), "reading cbor");
}

static void check_network_address(void)
{
	const struct an_address address = variant_of();
	const bool is_key = address.type == AN_ADDRESS_RECORD_KEY;
	uint8_t space[AN_RECORD_NAME_SIZE];
	const struct an_span name = an_address_record_key(&address, space);
	const struct an_dht_key key = an_dht_key_of(name);
	struct an_peer_id id;
	char base58[AN_PEER_ID_TEXT_MAX];
	run_expect_bytes("as_bytes", name);
	run_expect_bytes("record_key", name);
	run_expect("xorname", is_key || address.type == AN_ADDRESS_PEER_ID ? json_null()
	                                                                   : json_of_bytes(name));
	const bool has_id = address.type == AN_ADDRESS_PEER_ID &&
	                    an_peer_id_from_bytes(&id, name) == AUTONOMI_OK;
	if (has_id)
		an_peer_id_to_text(&id, base58);
	run_expect("peer_id", has_id ? json_string(base58) : json_null());
	run_expect_bytes("kbucket_key", an_span(key.bytes, sizeof(key.bytes)));
	run_expect_bytes("kbucket_key_text", an_span(key.bytes, sizeof(key.bytes)));
	struct an_buffer *text = run_buffer();
	an_address_display(&address, text);
	run_expect_text("display", an_buffer_span(text));
	an_buffer_clear(text);
	an_address_debug(&address, text);
	run_expect_text("debug", an_buffer_span(text));
	check_codecs(&address);
}

static void check_from_hex(void)
{
	const char *type = run_text("type");
	const struct an_span text = an_span_text(run_text("text"));
	const bool is_name = strcmp(type, "ChunkAddress") == 0 || strcmp(type, "DataAddress") == 0;
	uint8_t bytes[AN_OWNER_KEY_SIZE];
	struct an_buffer *reason = run_buffer();
	run_must(is_name || is_owner_type(type), type);
	if (!is_name && strcmp(type, "RegisterAddress") != 0)
		an_text_append(reason, "Invalid public key: ");
	const an_status status = is_name ? an_chunk_name_from_hex(text, bytes, reason)
	                                 : an_owner_key_from_hex(text, bytes, reason);
	run_expect_bool("ok", status == AUTONOMI_OK);
	run_expect("error",
	           status == AUTONOMI_OK ? json_null() : json_of_text(an_buffer_span(reason)));
}

static void check_peer_id(void)
{
	struct an_key_pair pair;
	char base58[AN_PEER_ID_TEXT_MAX];
	uint8_t signature[AN_SIGNATURE_MAX];
	size_t size = 0;
	const struct an_span secret = run_bytes("secret");
	run_must(secret.size == AN_KEY_SECRET_SIZE, "secret");
	run_must(an_key_pair_from_secret(&pair, secret.data) == AUTONOMI_OK, "secret");
	const struct an_identity *identity = &pair.identity;
	run_expect_bytes("public_key", an_span(identity->public_key, identity->public_key_size));
	run_expect_bytes("protobuf_public_key", an_identity_protobuf(identity));
	struct an_buffer *keys = run_buffer();
	an_key_pair_write_protobuf(&pair, keys);
	run_expect_bytes("protobuf_keypair", an_buffer_span(keys));
	run_expect_bytes("bytes", an_peer_id_span(&identity->id));
	an_peer_id_to_text(&identity->id, base58);
	run_expect_text("base58", an_span_text(base58));
	run_expect_bytes("kbucket_key",
	                 an_span(identity->dht_key.bytes, sizeof(identity->dht_key.bytes)));
	(void)an_key_pair_sign(&pair, run_bytes("message"), signature, &size);
	run_expect_bytes("signature", an_span(signature, size));
	run_must(an_identity_verify(identity, run_bytes("message"), run_bytes("signature")),
	         "does not verify");
	an_key_pair_done(&pair);
}

static void check_peer_id_parse(void)
{
	struct an_peer_id id;
	struct an_peer_id again;
	char base58[AN_PEER_ID_TEXT_MAX] = "";
	const bool ok = an_peer_id_from_bytes(&id, run_bytes("bytes")) == AUTONOMI_OK;
	if (ok) {
		an_peer_id_to_text(&id, base58);
		run_must(an_peer_id_from_text(&again, an_span_text(base58)) == AUTONOMI_OK &&
		                 an_peer_id_equal(&id, &again),
		         "its text");
	}
	run_expect_bool("ok", ok);
	run_expect("base58", ok ? json_string(base58) : json_null());
}

enum { CLOSEST_PEERS_MIN = 5 };

static void check_closest(void)
{
	const struct an_address target = run_address_of(run_get("target"));
	const json_t *peers = run_list("peers");
	const size_t count = json_array_size(peers);
	const size_t wanted = (size_t)run_number("wanted");
	uint8_t space[AN_RECORD_NAME_SIZE];
	const struct an_dht_key key = an_dht_key_of(an_address_record_key(&target, space));
	struct an_dht_key *keys = run_memory(count * sizeof(*keys));
	for (size_t i = 0; i < count; i++) {
		struct an_peer_id id = {0};
		const char *text = run_text_of(json_array_get(peers, i));
		run_must(an_peer_id_from_text(&id, an_span_text(text)) == AUTONOMI_OK, text);
		keys[i] = an_peer_id_dht_key(&id);
	}
	run_expect("order", count < CLOSEST_PEERS_MIN ? json_null()
	                                              : run_order_of(&key, keys, count, wanted));
}

static void check_record_key(void)
{
	const struct an_span key = run_bytes("key");
	struct an_buffer *text = run_buffer();
	an_record_key_display(key, text);
	run_expect_text("display", an_buffer_span(text));
	expect_hex_text("full", key);
	run_expect_integers("msgpack", "cbor", key);
}

static void check_multiaddr(void)
{
	const struct an_span bytes = run_bytes("bytes");
	struct an_buffer *out = run_buffer();
	uint16_t port = 0;
	(void)an_multiaddr_from_text(out, an_span_text(run_text("text")), NULL);
	run_expect_bytes("bytes", an_buffer_span(out));
	an_buffer_clear(out);
	(void)an_multiaddr_to_text(out, bytes);
	run_expect_text("text", an_buffer_span(out));
	run_expect("udp_port",
	           an_multiaddr_udp_port(&port, bytes) ? json_integer(port) : json_null());
	an_buffer_clear(out);
	an_msgpack_write_bin(out, bytes);
	run_expect_bytes("msgpack", an_buffer_span(out));
	an_buffer_clear(out);
	an_cbor_write_bytes(out, bytes);
	run_expect_bytes("cbor", an_buffer_span(out));
}

static void check_pointer_target(void)
{
	const struct an_address target = run_address_of(run_get("target"));
	struct an_buffer *out = run_buffer();
	uint8_t space[AN_RECORD_NAME_SIZE];
	expect_hex_text("hex", an_span(target.bytes, target.size));
	run_expect_bytes("xorname", an_address_record_key(&target, space));
	an_address_write_msgpack(out, &target);
	run_expect_bytes("msgpack", an_buffer_span(out));
}

static void check_equality(void)
{
	const struct an_address a = run_address_of(run_get("a"));
	const struct an_address b = run_address_of(run_get("b"));
	uint8_t space[2][AN_RECORD_NAME_SIZE];
	const struct an_dht_key key_a = an_dht_key_of(an_address_record_key(&a, space[0]));
	const struct an_dht_key key_b = an_dht_key_of(an_address_record_key(&b, space[1]));
	const struct an_dht_key distance = an_dht_key_distance(&key_a, &key_b);
	run_expect_bool("equal", an_address_equal(&a, &b));
	run_expect_bytes("distance", an_span(distance.bytes, sizeof(distance.bytes)));
}

const struct run_kind run_addresses[] = {
	{NULL, "name_address", check_name_address},
	{NULL, "owner_address", check_owner_address},
	{NULL, "network_address", check_network_address},
	{NULL, "from_hex", check_from_hex},
	{NULL, "peer_id", check_peer_id},
	{NULL, "peer_id_parse", check_peer_id_parse},
	{NULL, "closest", check_closest},
	{NULL, "record_key", check_record_key},
	{NULL, "multiaddr", check_multiaddr},
	{NULL, "pointer_target", check_pointer_target},
	{NULL, "equality", check_equality},
	{NULL, NULL, NULL},
};
