/* SPDX-License-Identifier: GPL-3.0-or-later */
/* records.json (README.md). */
#include <string.h>

#include "base/profile.h"
#include "crypt/bls.h"
#include "crypt/hash.h"
#include "data/chunk.h"
#include "data/graph_entry.h"
#include "data/kademlia.h"
#include "data/pointer.h"
#include "data/record_merge.h"
#include "data/scratchpad.h"
#include "vectors/run.h"
#include "wire/cbor.h"
#include "wire/msgpack.h"

static const char *const type_names[] = {"Chunk", "GraphEntry", "Pointer", "Scratchpad"};
static const char *const kind_names[] = {"DataOnly", "DataWithPayment", "DataWithMerklePayment"};

static struct an_reader body_of(struct an_span value)
{
	if (value.size < AN_RECORD_HEADER_SIZE)
		return an_reader(an_span(NULL, 0));
	return an_reader(
		an_span(value.data + AN_RECORD_HEADER_SIZE, value.size - AN_RECORD_HEADER_SIZE));
}

static void expect_header(const struct an_record_header *header)
{
	run_expect_text("record_kind", an_span_text(kind_names[header->payment]));
	run_expect_text("data_type", an_span_text(type_names[header->type]));
}

static void check_header(void)
{
	struct an_record_header header;
	struct an_buffer *text = run_buffer();
	const struct an_span bytes = run_bytes("bytes");
	uint8_t value[3] = {0};
	run_must(bytes.size == AN_RECORD_HEADER_SIZE, "bytes");
	memcpy(value, bytes.data, AN_RECORD_HEADER_SIZE);
	run_must(an_record_read_header(an_span(value, 3), &header) == AUTONOMI_OK, "no header");
	expect_header(&header);
	run_expect_integer("data_type_index", header.type);
	const uint8_t made[AN_RECORD_HEADER_SIZE] = {0x91, an_record_kind(header)};
	run_expect_bytes("bytes", an_span(made, sizeof(made)));
	(void)an_buffer_append(text, an_span_text("RecordKind("));
	(void)an_buffer_append(text, an_span_text(kind_names[header.payment]));
	(void)an_buffer_append(text, an_span_text("("));
	(void)an_buffer_append(text, an_span_text(type_names[header.type]));
	(void)an_buffer_append(text, an_span_text("))"));
	run_expect_text("display", an_buffer_span(text));
}

static void check_data_types(void)
{
	struct an_buffer *out = run_buffer();
	const size_t index = (size_t)run_number("index");
	run_must(index < 4, "index");
	const char *name = type_names[index & 3];
	run_expect_text("name", an_span_text(name));
	an_cbor_write_name(out, name);
	run_expect_bytes("cbor", an_buffer_span(out));
	an_buffer_clear(out);
	an_msgpack_write_name(out, name);
	run_expect_bytes("msgpack", an_buffer_span(out));
}

static void check_header_decode(void)
{
	struct an_record_header header;
	const bool ok = an_record_read_header(run_bytes("value"), &header) == AUTONOMI_OK;
	run_expect_bool("ok", ok);
	if (ok) {
		expect_header(&header);
		run_expect_bool("is_chunk", header.type == AN_RECORD_CHUNK &&
		                                    header.payment == AN_RECORD_UNPAID);
		return;
	}
	run_expect("record_kind", json_null());
	run_expect("data_type", json_null());
	run_expect("is_chunk", json_null());
}

static void expect_names(struct an_span name)
{
	const struct an_dht_key key = an_dht_key_of(name);
	run_expect_bytes("record_key", name);
	run_expect_bytes("dht_key", an_span(key.bytes, sizeof(key.bytes)));
}

static void expect_hash(const char *name, struct an_span bytes)
{
	uint8_t hash[AN_HASH_SIZE];
	an_sha3_256(bytes, hash);
	run_expect_bytes(name, an_span(hash, sizeof(hash)));
}

enum { HEAD_SIZE = 16 }; /* of a record value, shown of each (README.md) */

static void check_chunk(void)
{
	const struct an_span content = run_payload("payload");
	uint8_t name[AN_RECORD_NAME_SIZE];
	an_chunk_name(content, name);
	const struct an_span span = an_span(name, sizeof(name));
	run_expect_bytes("address", span);
	expect_names(span);
	run_expect_integer("size", (int64_t)content.size);
	run_expect_bool("is_too_big", content.size > an_profile_autonomi.chunk_max);
	struct an_blob *value = an_chunk_record_value(content);
	const struct an_span bytes = an_blob_span(value);
	run_expect_bytes("record_value_head",
	                 an_span(bytes.data, bytes.size < HEAD_SIZE ? bytes.size : HEAD_SIZE));
	run_expect_integer("record_value_length", (int64_t)bytes.size);
	expect_hash("record_value_sha3", bytes);
	if (run_has("record_value"))
		run_expect_bytes("record_value", bytes);
	run_must(an_record_check(name, bytes) == AUTONOMI_OK, "our own check");
	an_blob_unref(value);
}

/* What all signed records have, of the value as it is stored. */
static void expect_record(const uint8_t owner[AN_OWNER_KEY_SIZE], struct an_span value)
{
	uint8_t name[AN_RECORD_NAME_SIZE];
	uint8_t hash[AN_HASH_SIZE];
	struct an_buffer *out = run_buffer();
	run_expect_bytes("record_value", value);
	an_owner_key_name(owner, name);
	expect_names(an_span(name, sizeof(name)));
	expect_hash("nonchunk_hash", value);
	an_sha3_256(value, hash);
	an_msgpack_write_variant(out, "NonChunk");
	an_msgpack_write_integers(out, an_span(hash, sizeof(hash)));
	run_expect_bytes("validation_type", an_buffer_span(out));
	run_must(an_record_check(name, value) == AUTONOMI_OK, "our own check");
}

static struct an_buffer *header_of(enum an_record_type type)
{
	struct an_buffer *out = run_buffer();
	const struct an_record_header header = {.type = type, .payment = AN_RECORD_UNPAID};
	(void)an_buffer_append_byte(out, 0x91);
	(void)an_buffer_append_byte(out, an_record_kind(header));
	return out;
}

static const uint8_t *secret_of(void)
{
	const struct an_span secret = run_bytes("secret_key");
	run_must(secret.size == AN_BLS_SECRET_SIZE, "secret_key");
	return secret.size == AN_BLS_SECRET_SIZE ? secret.data : run_memory(AN_BLS_SECRET_SIZE);
}

json_t *json_of_pointer(const struct an_pointer *pointer)
{
	return json_pack("{s:o,s:o,s:o,s:o}", "owner",
	                 json_of_bytes(an_span(pointer->owner, AN_OWNER_KEY_SIZE)), "counter",
	                 json_of_number(pointer->counter), "target",
	                 json_of_address(&pointer->target), "signature",
	                 json_of_bytes(an_span(pointer->signature, AN_BLS_SIGNATURE_SIZE)));
}

static void check_pointer(void)
{
	struct an_pointer pointer = {0};
	uint8_t space[AN_POINTER_SIGNED_MAX];
	struct an_buffer *out = header_of(AN_RECORD_POINTER);
	const json_t *json = run_get("pointer");
	pointer.counter = run_number_of(run_member(json, "counter"));
	pointer.target = run_address_of(run_member(json, "target"));
	run_must(an_pointer_sign(&pointer, secret_of()) == AUTONOMI_OK, "does not sign");
	run_expect("pointer", json_of_pointer(&pointer));
	run_must(an_pointer_verify(&pointer), "does not verify");
	run_expect_bytes("signed_bytes", an_pointer_signed_bytes(&pointer, space));
	an_pointer_write(out, &pointer);
	expect_record(pointer.owner, an_buffer_span(out));
}

/* ---- Graph entries. */

static void copy_fixed(uint8_t *out, const json_t *value, size_t size)
{
	const struct an_span bytes = run_bytes_of(value);
	run_must(bytes.size == size, "bytes of another size");
	if (bytes.size == size)
		memcpy(out, bytes.data, size);
}

static void entry_from(const json_t *json, struct an_graph_entry *ret_entry)
{
	const json_t *parents = run_member(json, "parents");
	const json_t *descendants = run_member(json, "descendants");
	run_must(an_graph_entry_init(ret_entry, json_array_size(parents),
	                             json_array_size(descendants)) == AUTONOMI_OK,
	         "no entry");
	copy_fixed(ret_entry->content, run_member(json, "content"), AN_GRAPH_CONTENT_SIZE);
	for (size_t i = 0; i < ret_entry->parent_count; i++)
		copy_fixed(ret_entry->parents[i].key, json_array_get(parents, i),
		           AN_OWNER_KEY_SIZE);
	for (size_t i = 0; i < ret_entry->descendant_count; i++) {
		const json_t *one = json_array_get(descendants, i);
		copy_fixed(ret_entry->descendants[i].key, run_member(one, "public_key"),
		           AN_OWNER_KEY_SIZE);
		copy_fixed(ret_entry->descendants[i].content, run_member(one, "content"),
		           AN_GRAPH_CONTENT_SIZE);
	}
}

json_t *json_of_graph_entry(const struct an_graph_entry *entry)
{
	json_t *parents = json_array();
	json_t *descendants = json_array();
	for (size_t i = 0; i < entry->parent_count; i++)
		json_array_append_new(parents, json_of_bytes(an_span(entry->parents[i].key,
		                                                     AN_OWNER_KEY_SIZE)));
	for (size_t i = 0; i < entry->descendant_count; i++) {
		const struct an_graph_descendant *one = &entry->descendants[i];
		json_t *json = json_pack("{s:o,s:o}", "public_key",
		                         json_of_bytes(an_span(one->key, AN_OWNER_KEY_SIZE)),
		                         "content",
		                         json_of_bytes(
						 an_span(one->content, AN_GRAPH_CONTENT_SIZE)));
		json_array_append_new(descendants, json);
	}
	return json_pack("{s:o,s:o,s:o,s:o,s:o}", "owner",
	                 json_of_bytes(an_span(entry->owner, AN_OWNER_KEY_SIZE)), "parents",
	                 parents, "content",
	                 json_of_bytes(an_span(entry->content, AN_GRAPH_CONTENT_SIZE)),
	                 "descendants", descendants, "signature",
	                 json_of_bytes(an_span(entry->signature, AN_BLS_SIGNATURE_SIZE)));
}

static void check_graph_entry(void)
{
	struct an_graph_entry entry;
	struct an_buffer *out = run_buffer();
	entry_from(run_get("entry"), &entry);
	run_must(an_graph_entry_sign(&entry, secret_of()) == AUTONOMI_OK, "does not sign");
	run_must(an_graph_entry_verify(&entry) == AUTONOMI_OK, "does not verify");
	run_expect("entry", json_of_graph_entry(&entry));
	run_expect_integer("size", (int64_t)an_graph_entry_size(&entry));
	run_expect_bool("is_too_big", an_graph_entry_too_big(&entry));
	(void)an_graph_entry_signed_bytes(&entry, out);
	run_expect_bytes("signed_bytes", an_buffer_span(out));
	an_buffer_clear(out);
	an_graph_entry_write(out, &entry);
	run_expect_bytes("entry_msgpack", an_buffer_span(out));
	struct an_graph_set set = {.entries = &entry, .count = 1};
	struct an_buffer *value = header_of(AN_RECORD_GRAPH_ENTRY);
	an_graph_set_write(value, &set);
	expect_record(entry.owner, an_buffer_span(value));
	an_graph_entry_done(&entry);
}

static void check_graph_set(void)
{
	struct an_graph_set set;
	struct an_reader reader = body_of(run_bytes("record_value"));
	struct an_buffer *value = header_of(AN_RECORD_GRAPH_ENTRY);
	an_graph_set_read(&reader, &set);
	run_must(an_reader_ok(&reader) && set.count > 0, "does not read");
	json_t *entries = json_array();
	for (size_t i = 0; i < set.count; i++) {
		json_array_append_new(entries, json_of_graph_entry(&set.entries[i]));
		run_must(i == 0 || an_graph_entry_compare(&set.entries[i - 1], &set.entries[i]) < 0,
		         "another order");
	}
	run_expect("entries", entries);
	an_graph_set_write(value, &set);
	if (set.count > 0)
		expect_record(set.entries[0].owner, an_buffer_span(value));
	an_graph_set_done(&set);
}

/* ---- Scratchpads. */

json_t *json_of_scratchpad(const struct an_scratchpad *pad)
{
	return json_pack("{s:o,s:o,s:o,s:o,s:o}", "owner",
	                 json_of_bytes(an_span(pad->owner, AN_OWNER_KEY_SIZE)), "data_encoding",
	                 json_of_number(pad->data_encoding), "encrypted_data",
	                 json_of_bytes(pad->encrypted_data), "counter",
	                 json_of_number(pad->counter), "signature",
	                 json_of_bytes(an_span(pad->signature, AN_BLS_SIGNATURE_SIZE)));
}

/* The protocol's error for content that does not open. */
static void expect_decrypt_error(const struct an_scratchpad *pad, bool opens)
{
	struct an_buffer *words = run_buffer();
	const struct an_protocol_error error = {
		.type = an_bls_ciphertext_valid(pad->encrypted_data)
	                        ? AN_ERROR_SCRATCHPAD_CIPHER_TEXT_INVALID
	                        : AN_ERROR_SCRATCHPAD_CIPHER_TEXT_FAILED};
	an_error_display(&error, words);
	run_expect("decrypt_error", opens ? json_null() : json_of_text(an_buffer_span(words)));
}

static void check_scratchpad(void)
{
	struct an_scratchpad pad = {0};
	struct an_buffer *out = run_buffer();
	struct an_buffer *plain = run_buffer();
	uint8_t hash[AN_RECORD_NAME_SIZE];
	const json_t *json = run_get("scratchpad");
	pad.data_encoding = run_number_of(run_member(json, "data_encoding"));
	pad.counter = run_number_of(run_member(json, "counter"));
	pad.encrypted_data = run_bytes_of(run_member(json, "encrypted_data"));
	run_must(an_scratchpad_sign(&pad, secret_of()) == AUTONOMI_OK, "does not sign");
	run_must(an_scratchpad_verify(&pad) == AUTONOMI_OK, "does not verify");
	run_expect("scratchpad", json_of_scratchpad(&pad));
	run_expect_integer("size", (int64_t)an_scratchpad_size(&pad));
	run_expect_integer("payload_size", (int64_t)pad.encrypted_data.size);
	if (run_has("is_too_big"))
		run_expect_bool("is_too_big", an_scratchpad_too_big(&pad));
	expect_hash("encrypted_data_hash", pad.encrypted_data);
	an_scratchpad_hash(&pad, hash);
	run_expect_bytes("scratchpad_hash", an_span(hash, sizeof(hash)));
	(void)an_scratchpad_signed_bytes(&pad, out);
	run_expect_bytes("signed_bytes", an_buffer_span(out));
	const bool opens = an_scratchpad_open(&pad, secret_of(), plain) == AUTONOMI_OK;
	run_expect("plaintext", opens ? json_of_bytes(an_buffer_span(plain)) : json_null());
	if (run_has("decrypt_error") || !opens)
		expect_decrypt_error(&pad, opens);
	struct an_buffer *value = header_of(AN_RECORD_SCRATCHPAD);
	an_scratchpad_write(value, &pad);
	expect_record(pad.owner, an_buffer_span(value));
}

/* ---- Verdicts. */

static bool verifies(const char *type, struct an_reader *reader)
{
	bool valid = false;
	if (strcmp(type, "Pointer") == 0) {
		struct an_pointer pointer;
		an_pointer_read(reader, &pointer);
		valid = an_reader_ok(reader) && an_pointer_verify(&pointer);
	} else if (strcmp(type, "Scratchpad") == 0) {
		struct an_scratchpad pad;
		an_scratchpad_read(reader, run_buffer(), &pad);
		valid = an_reader_ok(reader) && an_scratchpad_verify(&pad) == AUTONOMI_OK;
	} else {
		struct an_graph_set set;
		run_must(strcmp(type, "GraphEntry") == 0, type);
		an_graph_set_read(reader, &set);
		valid = an_reader_ok(reader) && set.count > 0;
		for (size_t i = 0; i < set.count && valid; i++)
			valid = an_graph_entry_verify(&set.entries[i]) == AUTONOMI_OK;
		an_graph_set_done(&set);
	}
	return valid;
}

static void check_verify(void)
{
	struct an_reader reader = body_of(run_bytes("record_value"));
	run_expect_bool("valid", verifies(run_text("type"), &reader));
}

/* One graph entry, as an upload carries it; the list of a record is what is stored. */
static void check_decode_entry(void)
{
	struct an_graph_entry entry;
	struct an_buffer *out = run_buffer();
	struct an_reader reader = body_of(run_bytes("record_value"));
	an_graph_entry_read(&reader, &entry);
	const bool ok = an_reader_ok(&reader);
	run_expect_bool("ok", ok);
	if (ok)
		an_graph_entry_write(out, &entry);
	run_expect("body", ok ? json_of_bytes(an_buffer_span(out)) : json_null());
	an_graph_entry_done(&entry);
}

static void check_decode(void)
{
	if (strcmp(run_text("type"), "GraphEntry") == 0) {
		check_decode_entry();
		return;
	}
	const bool is_list = strcmp(run_text("type"), "GraphEntryList") == 0;
	struct an_buffer *out = run_buffer();
	struct an_record_header header;
	const struct an_span value = run_bytes("record_value");
	const bool ok = an_record_canonical(value, out) == AUTONOMI_OK;
	run_expect_bool("ok", ok);
	run_must(an_record_read_header(value, &header) != AUTONOMI_OK ||
	                 strcmp(is_list ? "GraphEntry" : run_text("type"),
	                        type_names[header.type]) == 0,
	         "another type");
	const struct an_reader body = body_of(an_buffer_span(out));
	run_expect("body", ok ? json_of_bytes(body.bytes) : json_null());
}

static void check_validation_type(void)
{
	struct an_validation validation = {0};
	struct an_buffer *out = run_buffer();
	const json_t *value = run_get("value");
	const char *type = run_text_of(run_member(value, "type"));
	validation.is_chunk = strcmp(type, "Chunk") == 0;
	run_must((validation.is_chunk || strcmp(type, "NonChunk") == 0) &&
	                 json_object_size(value) == (validation.is_chunk ? 1 : 2),
	         "value");
	if (!validation.is_chunk)
		copy_fixed(validation.hash, run_member(value, "hash"), AN_RECORD_NAME_SIZE);
	an_validation_write_cbor(out, &validation);
	run_expect_bytes("cbor", an_buffer_span(out));
	an_buffer_clear(out);
	if (validation.is_chunk) {
		an_msgpack_write_name(out, "Chunk");
	} else {
		an_msgpack_write_variant(out, "NonChunk");
		an_msgpack_write_integers(out, an_span(validation.hash, AN_RECORD_NAME_SIZE));
	}
	run_expect_bytes("msgpack", an_buffer_span(out));
}

/* ---- Constants and sizes. */

static void check_constants(void)
{
	const struct an_profile *profile = &an_profile_autonomi;
	struct an_graph_entry empty = {0};
	const struct an_scratchpad pad = {0};
	run_expect_integer("close_group_size", (int64_t)profile->close_group);
	run_expect_integer("replication_factor", (int64_t)profile->replication);
	run_expect_integer("chunk_max_raw_size", (int64_t)profile->chunk_content_max);
	run_expect_integer("chunk_max_size", (int64_t)profile->chunk_max);
	run_expect_integer("graph_entry_empty_size", (int64_t)an_graph_entry_size(&empty));
	run_expect_integer("graph_entry_max_size", AN_GRAPH_ENTRY_SIZE_MAX);
	run_expect_integer("scratchpad_struct_size", (int64_t)an_scratchpad_size(&pad));
	run_expect_integer("scratchpad_max_size", AN_SCRATCHPAD_SIZE_MAX);
	run_expect_integer("pointer_size", AN_POINTER_SIZE);
	run_expect_integer("record_header_size", AN_RECORD_HEADER_SIZE);
	run_expect_integer("max_packet_size", AN_KADEMLIA_PACKET_MAX);
	run_must(profile->record_value_max + 1 == AN_KADEMLIA_PACKET_MAX, "another value limit");
	run_expect_integer("max_record_size", AN_KADEMLIA_CLIENT_RECORD_MAX);
	run_expect_text("kad_stream_protocol", an_span_text(AN_KADEMLIA_PROTOCOL));
}

/* Its encoding and counter are 1 (README.md). */
static void check_large_scratchpad(void)
{
	struct an_scratchpad pad = {.encrypted_data = run_payload("encrypted_data"),
	                            .data_encoding = 1,
	                            .counter = 1};
	run_must(an_scratchpad_sign(&pad, secret_of()) == AUTONOMI_OK, "does not sign");
	run_expect_bytes("signature", an_span(pad.signature, AN_BLS_SIGNATURE_SIZE));
	run_expect_integer("size", (int64_t)an_scratchpad_size(&pad));
	run_expect_bool("is_too_big", an_scratchpad_too_big(&pad));
}

static void check_large_graph_entry(void)
{
	struct an_graph_entry entry;
	if (an_graph_entry_init(&entry, (size_t)run_number("parents"),
	                        (size_t)run_number("descendants")) != AUTONOMI_OK) {
		run_fail("no entry");
		return;
	}
	run_expect_integer("size", (int64_t)an_graph_entry_size(&entry));
	run_expect_bool("is_too_big", an_graph_entry_too_big(&entry));
	an_graph_entry_done(&entry);
}

static void check_oversize(void)
{
	const char *type = run_text("type");
	if (strcmp(type, type_names[AN_RECORD_SCRATCHPAD]) == 0)
		check_large_scratchpad();
	else if (strcmp(type, type_names[AN_RECORD_GRAPH_ENTRY]) == 0)
		check_large_graph_entry();
	else
		run_fail(type);
}

/* ---- Paid records: [proof, object], as they are uploaded. */

/* The object behind the proof, and its name. */
static json_t *read_object(enum an_record_type type, struct an_reader *reader,
                           struct an_buffer *out, uint8_t name[AN_RECORD_NAME_SIZE])
{
	json_t *json;
	if (type == AN_RECORD_CHUNK) {
		const struct an_span content = an_msgpack_read_bytes(reader, run_buffer());
		an_chunk_name(content, name);
		an_msgpack_write_bin(out, content);
		return json_pack("{s:o}", "value", json_of_bytes(content));
	}
	if (type == AN_RECORD_POINTER) {
		struct an_pointer pointer;
		an_pointer_read(reader, &pointer);
		run_must(an_pointer_verify(&pointer), "does not verify");
		an_owner_key_name(pointer.owner, name);
		an_pointer_write(out, &pointer);
		return json_of_pointer(&pointer);
	}
	if (type == AN_RECORD_SCRATCHPAD) {
		struct an_scratchpad pad;
		an_scratchpad_read(reader, run_buffer(), &pad);
		run_must(an_scratchpad_verify(&pad) == AUTONOMI_OK, "does not verify");
		an_owner_key_name(pad.owner, name);
		an_scratchpad_write(out, &pad);
		return json_of_scratchpad(&pad);
	}
	struct an_graph_entry entry;
	an_graph_entry_read(reader, &entry);
	run_must(an_graph_entry_verify(&entry) == AUTONOMI_OK, "does not verify");
	an_owner_key_name(entry.owner, name);
	an_graph_entry_write(out, &entry);
	json = json_of_graph_entry(&entry);
	an_graph_entry_done(&entry);
	return json;
}

/* Begins the record value that is made again; its type. */
static enum an_record_type begin_paid(enum an_record_payment payment, struct an_reader *reader,
                                      struct an_buffer *out)
{
	struct an_record_header header = {0};
	const struct an_span value = run_bytes("record_value");
	run_must(an_record_read_header(value, &header) == AUTONOMI_OK && header.payment == payment,
	         "another header");
	run_expect_text("data_type", an_span_text(type_names[header.type]));
	*reader = body_of(value);
	an_msgpack_read_tuple(reader, 2);
	(void)an_buffer_append_byte(out, 0x91);
	(void)an_buffer_append_byte(out, an_record_kind(header));
	an_msgpack_write_array(out, 2);
	return header.type;
}

static void end_paid(enum an_record_type type, struct an_reader *reader, struct an_buffer *out,
                     uint8_t name[AN_RECORD_NAME_SIZE])
{
	json_t *object = read_object(type, reader, out, name);
	run_must(an_reader_ok(reader) && an_reader_left(reader) == 0, "reading the object");
	run_expect("object", object);
	run_expect_bytes("record_value", an_buffer_span(out));
}

static void check_paid(void)
{
	struct an_reader reader;
	struct an_payment_proof proof;
	struct an_buffer *out = run_buffer();
	uint8_t name[AN_RECORD_NAME_SIZE];
	const enum an_record_type type = begin_paid(AN_RECORD_PAID, &reader, out);
	an_payment_proof_read(&reader, &proof);
	const size_t start = out->size;
	an_payment_proof_write(out, &proof);
	run_expect_bytes("proof_msgpack", an_span(out->data + start, out->size - start));
	run_expect("proof", json_of_proof(&proof));
	end_paid(type, &reader, out, name);
	run_expect_bytes("name", an_span(name, sizeof(name)));
	an_payment_proof_done(&proof);
}

static void check_merkle_paid(void)
{
	struct an_reader reader;
	struct an_merkle_proof *proof = run_memory(sizeof(*proof));
	struct an_buffer *out = run_buffer();
	uint8_t name[AN_RECORD_NAME_SIZE];
	const enum an_record_type type = begin_paid(AN_RECORD_PAID_MERKLE, &reader, out);
	an_merkle_proof_read(&reader, proof);
	an_merkle_proof_write(out, proof);
	run_expect("proof", json_of_merkle_proof(proof));
	end_paid(type, &reader, out, name);
}

const struct run_kind run_records[] = {
	{"records", "constants", check_constants},
	{"records", "oversize", check_oversize},
	{"records", "paid", check_paid},
	{"records", "merkle_paid", check_merkle_paid},
	{NULL, "header", check_header},
	{NULL, "data_types", check_data_types},
	{NULL, "header_decode", check_header_decode},
	{NULL, "chunk", check_chunk},
	{NULL, "pointer", check_pointer},
	{NULL, "graph_entry", check_graph_entry},
	{NULL, "graph_set", check_graph_set},
	{NULL, "scratchpad", check_scratchpad},
	{"records", "verify", check_verify},
	{NULL, "decode", check_decode},
	{NULL, "validation_type", check_validation_type},
	{NULL, NULL, NULL},
};
