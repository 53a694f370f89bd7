/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the record of each kind costs one core: to encode, to decode, and to check as a store does
 * (against its key; for a chunk that is its hash, for the others a signature). Decoding borrows: it
 * does not copy content, and checks the points of keys and signatures. A table, and an object in JSON.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/chunk.h"
#include "data/graph_entry.h"
#include "data/pointer.h"
#include "data/scratchpad.h"
#include "measure.h"
#include "wire/msgpack.h"

enum { SMALL = 1024, LARGE = 4190208, PARENTS = 2, DESCENDANTS = 2 };

static const uint8_t secret[AN_BLS_SECRET_SIZE] = {1, 2, 3};
static uint8_t content[LARGE];

static struct an_pointer pointer = {.counter = 7};
static struct an_graph_entry entry;
static const struct an_graph_set set = {.entries = &entry, .count = 1};
static struct an_scratchpad small_scratchpad = {.counter = 7}, large_scratchpad = {.counter = 7};

struct record {
	const char *name;
	void (*encode)(const struct record *record, struct an_buffer *out);
	void (*decode)(struct an_span body, struct an_reader *reader);
	enum an_record_type type;
	size_t size;
	const struct an_scratchpad *scratchpad;
	struct an_buffer value; /* encoded */
	uint8_t key[AN_RECORD_NAME_SIZE];
};

static void write_header(struct an_buffer *out, enum an_record_type type)
{
	an_msgpack_write_array(out, 1);
	an_msgpack_write_uint(out, an_record_kind((struct an_record_header){.type = type}));
}

static void encode_chunk(const struct record *record, struct an_buffer *out)
{
	uint8_t head[AN_CHUNK_HEAD_MAX];
	const size_t head_size = an_chunk_head(record->size, head);
	(void)an_buffer_append(out, an_span(head, head_size));
	(void)an_buffer_append(out, an_span(content, record->size));
}

static void decode_chunk(struct an_span body, struct an_reader *reader)
{
	*reader = an_reader(body);
	(void)an_msgpack_read_bin_canonical(reader);
}

static void encode_pointer(const struct record *record, struct an_buffer *out)
{
	write_header(out, record->type);
	an_pointer_write(out, &pointer);
}

static void decode_pointer(struct an_span body, struct an_reader *reader)
{
	struct an_pointer read;
	*reader = an_reader(body);
	an_pointer_read(reader, &read);
}

static void encode_graph(const struct record *record, struct an_buffer *out)
{
	write_header(out, record->type);
	an_graph_set_write(out, &set);
}

static void decode_graph(struct an_span body, struct an_reader *reader)
{
	struct an_graph_set read;
	*reader = an_reader(body);
	an_graph_set_read(reader, &read);
	an_graph_set_done(&read);
}

static void encode_scratchpad(const struct record *record, struct an_buffer *out)
{
	write_header(out, record->type);
	an_scratchpad_write(out, record->scratchpad);
}

static void decode_scratchpad(struct an_span body, struct an_reader *reader)
{
	struct an_scratchpad read;
	struct an_buffer scratch;
	an_buffer_init(&scratch, 0);
	*reader = an_reader(body);
	an_scratchpad_read(reader, &scratch, &read);
	an_buffer_done(&scratch);
}

static struct record records[] = {
	{.name = "chunk, 1 KiB",
         .encode = encode_chunk,
         .decode = decode_chunk,
         .type = AN_RECORD_CHUNK,
         .size = SMALL},
	{.name = "chunk, 4 MiB",
         .encode = encode_chunk,
         .decode = decode_chunk,
         .type = AN_RECORD_CHUNK,
         .size = LARGE},
	{.name = "pointer",
         .encode = encode_pointer,
         .decode = decode_pointer,
         .type = AN_RECORD_POINTER},
	{.name = "graph entry, 2 and 2 keys",
         .encode = encode_graph,
         .decode = decode_graph,
         .type = AN_RECORD_GRAPH_ENTRY},
	{.name = "scratchpad, 1 KiB",
         .encode = encode_scratchpad,
         .decode = decode_scratchpad,
         .type = AN_RECORD_SCRATCHPAD,
         .scratchpad = &small_scratchpad},
	{.name = "scratchpad, 4 MiB",
         .encode = encode_scratchpad,
         .decode = decode_scratchpad,
         .type = AN_RECORD_SCRATCHPAD,
         .scratchpad = &large_scratchpad},
};

enum { RECORDS = sizeof(records) / sizeof(records[0]) };

static void run_encode(void *context)
{
	struct record *record = context;
	an_buffer_clear(&record->value);
	record->encode(record, &record->value);
	measure_check(record->value.failed == AUTONOMI_OK, "encoding");
}

static void run_decode(void *context)
{
	struct record *record = context;
	struct an_reader reader;
	const struct an_span value = an_buffer_span(&record->value);
	record->decode(an_span(value.data + AN_RECORD_HEADER_SIZE,
	                       value.size - AN_RECORD_HEADER_SIZE),
	               &reader);
	measure_check(an_reader_ok(&reader) && an_reader_left(&reader) == 0, "decoding");
}

static void run_check(void *context)
{
	struct record *record = context;
	measure_check(an_record_check(record->key, an_buffer_span(&record->value)) == AUTONOMI_OK,
	              "checking");
}

static void make_entry(void)
{
	measure_check(an_graph_entry_init(&entry, PARENTS, DESCENDANTS) == AUTONOMI_OK, "memory");
	for (uint8_t i = 0; i < PARENTS + DESCENDANTS; i++) {
		const uint8_t other[AN_BLS_SECRET_SIZE] = {i, 1};
		uint8_t *key = i < PARENTS ? entry.parents[i].key
		                           : entry.descendants[i - PARENTS].key;
		measure_check(an_bls_public_key(other, key) == AUTONOMI_OK, "a key");
	}
	measure_check(an_graph_entry_sign(&entry, secret) == AUTONOMI_OK, "signing");
}

static void make_all(void)
{
	uint64_t state = 1;
	for (size_t i = 0; i < LARGE; i++) {
		state = state * 6364136223846793005u + 1442695040888963407u;
		content[i] = (uint8_t)(state >> 56);
	}
	pointer.target = an_address_of_chunk(content);
	small_scratchpad.encrypted_data = an_span(content, SMALL);
	large_scratchpad.encrypted_data = an_span(content, LARGE);
	measure_check(an_pointer_sign(&pointer, secret) == AUTONOMI_OK, "signing");
	measure_check(an_scratchpad_sign(&small_scratchpad, secret) == AUTONOMI_OK, "signing");
	measure_check(an_scratchpad_sign(&large_scratchpad, secret) == AUTONOMI_OK, "signing");
	make_entry();
	for (size_t i = 0; i < RECORDS; i++) {
		struct record *record = &records[i];
		an_buffer_init(&record->value, 2 * (size_t)LARGE);
		run_encode(record);
		if (record->type == AN_RECORD_CHUNK)
			an_chunk_name(an_span(content, record->size), record->key);
		else
			an_owner_key_name(pointer.owner, record->key);
	}
}

int main(void)
{
	static const struct {
		const char *name;
		void (*run)(void *context);
	} actions[] = {{"encode", run_encode}, {"decode", run_decode}, {"check", run_check}};
	char json[4096];
	size_t used = 0;
	make_all();
	printf("%-26s %9s", "record", "bytes");
	for (size_t k = 0; k < 3; k++)
		printf(" %9s ns %11s", actions[k].name, "MB/s");
	printf("\n");
	for (size_t i = 0; i < RECORDS; i++) {
		struct record *record = &records[i];
		printf("%-26s %9zu", record->name, record->value.size);
		for (size_t k = 0; k < 3; k++) {
			const double rate = measure_rate(actions[k].run, record);
			const double bytes = rate * (double)record->value.size;
			printf(" %12.0f %11.1f", 1e9 / rate, bytes / 1e6);
			used += (size_t)
				snprintf(json + used, sizeof(json) - used,
			                 "%s{\"record\":\"%s\",\"bytes\":%zu,\"action\":\"%s\","
			                 "\"ns\":%.0f,\"bytes_per_second\":%.0f}",
			                 used > 0 ? "," : "", record->name, record->value.size,
			                 actions[k].name, 1e9 / rate, bytes);
		}
		printf("\n");
	}
	printf("{\"bench\":\"records\",\"cells\":[%s]}\n", json);
	for (size_t i = 0; i < RECORDS; i++)
		an_buffer_done(&records[i].value);
	an_graph_entry_done(&entry);
	return 0;
}
