/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A record that comes in while another is held: the first byte says the type of both and who sends it,
 * the rest makes them. What is to be stored is a record that the store would take, and whoever sends
 * the same once more changes nothing.
 */
#include "data/chunk.h"
#include "data/graph_entry.h"
#include "data/pointer.h"
#include "data/record_merge.h"
#include "data/scratchpad.h"
#include "round_trip.h"
#include "script.h"
#include "wire/msgpack.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { PARENTS_MAX = 2, FORKS_MAX = 3, OWNERS = 2 };

static const uint8_t secrets[OWNERS][AN_BLS_SECRET_SIZE] = {{1, 2}, {3, 4}};
static uint8_t owners[OWNERS][AN_BLS_PUBLIC_SIZE];

static void write_header(struct an_buffer *out, enum an_record_type type)
{
	an_msgpack_write_array(out, 1);
	an_msgpack_write_uint(out, an_record_kind((struct an_record_header){.type = type}));
}

/* Now and then a signature is not the owner's. */
static void spoil(struct script *script, uint8_t *bytes)
{
	const uint8_t place = script_byte(script);
	if (place >= 0xf0)
		bytes[place & 15] ^= 1;
}

static void write_pointer(struct an_buffer *out, struct script *script, const uint8_t *secret)
{
	struct an_pointer pointer = {.counter = script_byte(script)};
	pointer.target = an_address_of_chunk(owners[script_byte(script) % OWNERS]);
	must(an_pointer_sign(&pointer, secret) == AUTONOMI_OK);
	spoil(script, pointer.target.bytes);
	an_pointer_write(out, &pointer);
}

static void write_scratchpad(struct an_buffer *out, struct script *script, const uint8_t *secret)
{
	struct an_scratchpad scratchpad = {.counter = script_byte(script),
	                                   .data_encoding = script_byte(script)};
	scratchpad.encrypted_data = script_bytes(script, 32);
	must(an_scratchpad_sign(&scratchpad, secret) == AUTONOMI_OK);
	uint8_t counter[16] = {0};
	spoil(script, counter);
	scratchpad.counter += counter[0];
	an_scratchpad_write(out, &scratchpad);
}

static void write_entry(struct an_buffer *out, struct script *script, const uint8_t *secret)
{
	struct an_graph_entry entry;
	const size_t parents = script_byte(script) % (PARENTS_MAX + 1);
	const size_t descendants = script_byte(script) % (PARENTS_MAX + 1);
	must(an_graph_entry_init(&entry, parents, descendants) == AUTONOMI_OK);
	for (size_t i = 0; i < parents; i++)
		memcpy(entry.parents[i].key, owners[i % OWNERS], AN_OWNER_KEY_SIZE);
	for (size_t i = 0; i < descendants; i++)
		memcpy(entry.descendants[i].key, owners[i % OWNERS], AN_OWNER_KEY_SIZE);
	entry.content[0] = script_byte(script);
	must(an_graph_entry_sign(&entry, secret) == AUTONOMI_OK);
	spoil(script, entry.content);
	an_graph_entry_write(out, &entry);
	an_graph_entry_done(&entry);
}

static void write_record(struct an_buffer *out, struct script *script, enum an_record_type type)
{
	write_header(out, type);
	const uint8_t *secret = secrets[script_byte(script) >= 0xc0];
	if (type == AN_RECORD_CHUNK) {
		an_msgpack_write_bin(out, script_bytes(script, 32));
	} else if (type == AN_RECORD_POINTER) {
		write_pointer(out, script, secret);
	} else if (type == AN_RECORD_SCRATCHPAD) {
		write_scratchpad(out, script, secret);
	} else {
		const uint32_t count = script_byte(script) % (FORKS_MAX + 1);
		an_msgpack_write_array(out, count);
		for (uint32_t i = 0; i < count; i++)
			write_entry(out, script, secret);
	}
	must(out->failed == AUTONOMI_OK);
}

/* Some names fit no record, most the incoming one. */
static void choose_key(enum an_record_type type, struct an_span incoming,
                       uint8_t key[AN_RECORD_NAME_SIZE])
{
	struct an_span content;
	if (type == AN_RECORD_CHUNK && an_chunk_content(incoming, &content) == AUTONOMI_OK)
		an_chunk_name(content, key);
	else
		an_owner_key_name(owners[0], key);
}

static void check(const uint8_t *key, struct an_span held, struct an_span incoming,
                  enum an_record_source source)
{
	struct an_record_merged merged, again;
	const bool held_is_good = held.size == 0 || an_record_check(key, held) == AUTONOMI_OK;
	const an_status status = an_record_merge(key, held, incoming, 1 << 20, source, &merged);
	must((status == AUTONOMI_OK) >= (merged.store != NULL));
	must(status != AUTONOMI_E_OUTDATED || merged.error.counter <= merged.error.expected);
	must((merged.error.type != AN_PUT_ERROR_NONE) == (status != AUTONOMI_OK));
	if (merged.store == NULL)
		return;
	must(!held_is_good || an_record_check(key, an_blob_span(merged.store)) == AUTONOMI_OK);
	must(an_record_merge(key, an_blob_span(merged.store), incoming, 1 << 20, source, &again) ==
	     AUTONOMI_OK);
	must(again.store == NULL);
	an_blob_unref(merged.store);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct script script = {.rest = an_span(data, size)};
	if (owners[0][0] == 0)
		for (size_t i = 0; i < OWNERS; i++)
			must(an_bls_public_key(secrets[i], owners[i]) == AUTONOMI_OK);
	const uint8_t types = script_byte(&script);
	const enum an_record_type incoming_type = (enum an_record_type)(types & 3);
	const enum an_record_type held_type = (types & 4) != 0
	                                              ? (enum an_record_type)(types >> 3 & 3)
	                                              : incoming_type;
	struct an_buffer held, incoming;
	uint8_t key[AN_RECORD_NAME_SIZE];
	an_buffer_init(&held, ROUND_TRIP_MAX);
	an_buffer_init(&incoming, ROUND_TRIP_MAX);
	if ((types & 0x20) == 0)
		write_record(&held, &script, held_type);
	if ((types & 0x40) == 0)
		write_record(&incoming, &script, incoming_type);
	else
		(void)an_buffer_append(&incoming, script.rest);
	choose_key(incoming_type, an_buffer_span(&incoming), key);
	check(key, an_buffer_span(&held), an_buffer_span(&incoming),
	      (types & 0x80) != 0 ? AN_RECORD_FROM_CLIENT : AN_RECORD_FROM_PEER);
	an_buffer_done(&incoming);
	an_buffer_done(&held);
	return 0;
}
