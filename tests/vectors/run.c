/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vectors/run.h"

#include <errno.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vectors/payload.h"
#include "wire/cbor.h"
#include "wire/msgpack.h"

enum {
	KEPT_MAX = 1 << 16,
	BUFFERS_MAX = 64,
	BUFFER_MAX = 1 << 27,
	FAILURES_SHOWN = 20,
	PAYLOAD_MAX = 1 << 28,
	SHOWN_MAX = 300,
};

static const struct run_kind *const tables[] = {
	run_hashes,  run_bls,      run_addresses, run_messages, run_self_encryption, run_challenge,
	run_records, run_payments, run_merkle,    run_archives, run_bootstrap};

/* ---- The running case. */
static const json_t *vector;
static json_t *seen; /* names of the fields that were asked for */
static bool failed;
static jmp_buf malformed;
static void *kept[KEPT_MAX];
static size_t kept_count;
static struct an_buffer buffers[BUFFERS_MAX];
static size_t buffer_count;

/* ---- What is printed. */
static bool is_quiet;
static size_t shown;

void run_quietly(void)
{
	is_quiet = true;
}

void run_begin_file(void)
{
	shown = 0;
}

static void show(const char *what, const char *detail)
{
	const char *id = json_string_value(json_object_get(vector, "id"));
	if (!is_quiet && shown++ < FAILURES_SHOWN)
		(void)printf("  %s: %s%s%s\n", id != NULL ? id : "?", what,
		             detail[0] != '\0' ? ": " : "", detail);
	failed = true;
}

void run_fail(const char *why)
{
	show(why, "");
}

static void end_case(const char *why, const char *detail)
{
	show(why, detail);
	longjmp(malformed, 1);
}

void run_must(bool condition, const char *why)
{
	if (!condition)
		end_case(why, "");
}

static void *keep(void *memory)
{
	if (memory == NULL || kept_count == KEPT_MAX)
		end_case("out of memory", "");
	return kept[kept_count++] = memory;
}

void *run_memory(size_t size)
{
	if (size > PAYLOAD_MAX)
		end_case("too large", "");
	return keep(calloc(1, size + 1));
}

struct an_buffer *run_buffer(void)
{
	if (buffer_count == BUFFERS_MAX)
		end_case("out of buffers", "");
	an_buffer_init(&buffers[buffer_count], BUFFER_MAX);
	return &buffers[buffer_count++];
}

void run_drop_buffer(void)
{
	an_buffer_done(&buffers[--buffer_count]);
}

static void drop_memory(void)
{
	while (kept_count > 0)
		free(kept[--kept_count]);
	while (buffer_count > 0)
		an_buffer_done(&buffers[--buffer_count]);
}

/* ---- Fields. */

const json_t *run_get(const char *name)
{
	const json_t *value = json_object_get(vector, name);
	if (value == NULL)
		end_case("a field is missing", name);
	(void)json_object_set_new(seen, name, json_true());
	return value;
}

const json_t *run_list(const char *name)
{
	const json_t *list = run_get(name);
	if (!json_is_array(list))
		end_case("no list", name);
	return list;
}

bool run_has(const char *name)
{
	const json_t *value = json_object_get(vector, name);
	(void)json_object_set_new(seen, name, json_true());
	return value != NULL && !json_is_null(value);
}

const json_t *run_member(const json_t *object, const char *name)
{
	const json_t *value = json_object_get(object, name);
	if (value == NULL)
		end_case("a member is missing", name);
	return value;
}

const char *run_text_of(const json_t *value)
{
	const char *text = json_string_value(value);
	if (text == NULL)
		end_case("no text where one is due", "");
	return text;
}

const char *run_text(const char *name)
{
	return run_text_of(run_get(name));
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c < 'a' || c > 'f')
		end_case("no lower-case hex", "");
	return c - 'a' + 10;
}

struct an_span run_bytes_of(const json_t *value)
{
	const char *text = run_text_of(value);
	const size_t size = strlen(text) / 2;
	uint8_t *bytes = run_memory(size);
	if (strlen(text) % 2 != 0)
		end_case("an odd number of hex digits", text);
	for (size_t i = 0; i < size; i++)
		bytes[i] = (uint8_t)(digit(text[2 * i]) << 4 | digit(text[2 * i + 1]));
	return an_span(bytes, size);
}

struct an_span run_bytes(const char *name)
{
	return run_bytes_of(run_get(name));
}

uint64_t run_number_of(const json_t *value)
{
	if (json_is_integer(value) && json_integer_value(value) >= 0)
		return (uint64_t)json_integer_value(value);
	const char *text = run_text_of(value);
	char *end;
	errno = 0;
	const uint64_t number = strtoull(text, &end, 10);
	if (errno != 0 || *text < '0' || *text > '9' || *end != '\0')
		end_case("no number", text);
	return number;
}

uint64_t run_number(const char *name)
{
	return run_number_of(run_get(name));
}

bool run_true(const char *name)
{
	const json_t *value = run_get(name);
	if (!json_is_boolean(value))
		end_case("no boolean", name);
	return json_is_true(value);
}

struct an_span run_payload(const char *name)
{
	const json_t *payload = run_get(name);
	const json_t *pattern = json_object_get(payload, "pattern");
	const size_t size = (size_t)run_number_of(run_member(payload, "length"));
	const uint64_t seed = pattern != NULL ? 0 : run_number_of(run_member(payload, "seed"));
	if (size > PAYLOAD_MAX || json_object_size(payload) != 3)
		end_case("a payload of another form", name);
	uint8_t *bytes = run_memory(size);
	if (!payload_fill(run_text_of(run_member(payload, "generator")), seed,
	                  pattern != NULL ? run_bytes_of(pattern) : an_span(NULL, 0), bytes, size))
		end_case("a generator that we do not know", name);
	return an_span(bytes, size);
}

struct an_address run_address_of(const json_t *value)
{
	static const char *const types[] = {
		"PeerId",         "ChunkAddress", "GraphEntryAddress", "ScratchpadAddress",
		"PointerAddress", "RecordKey"};
	struct an_address address = {0};
	const char *type = run_text_of(run_member(value, "type"));
	const struct an_span bytes = run_bytes_of(run_member(value, "bytes"));
	size_t i = 0;
	while (i < 6 && strcmp(types[i], type) != 0)
		i++;
	if (i == 6 || bytes.size > sizeof(address.bytes) || json_object_size(value) != 2)
		end_case("an address of another form", type);
	address.type = (enum an_address_type)i;
	address.size = (uint8_t)bytes.size;
	if (bytes.size > 0)
		memcpy(address.bytes, bytes.data, bytes.size);
	return address;
}

/* ---- Comparing. */

static void show_difference(const char *name, const json_t *actual, const json_t *expected)
{
	if (is_quiet) {
		failed = true;
		return;
	}
	char *a = json_dumps(actual, JSON_ENCODE_ANY | JSON_SORT_KEYS);
	char *b = json_dumps(expected, JSON_ENCODE_ANY | JSON_SORT_KEYS);
	char line[2 * SHOWN_MAX + 64];
	(void)snprintf(line, sizeof(line), "%s is %.*s, expected %.*s", name, SHOWN_MAX,
	               a != NULL ? a : "nothing", SHOWN_MAX, b != NULL ? b : "nothing");
	show(line, "");
	free(a);
	free(b);
}

void run_expect(const char *name, json_t *actual)
{
	if (json_object_get(vector, name) == NULL)
		json_decref(actual);
	const json_t *expected = run_get(name);
	if (!json_equal(actual, expected))
		show_difference(name, actual, expected);
	json_decref(actual);
}

void run_expect_bytes(const char *name, struct an_span actual)
{
	run_expect(name, json_of_bytes(actual));
}

void run_expect_text(const char *name, struct an_span actual)
{
	run_expect(name, json_of_text(actual));
}

void run_expect_bool(const char *name, bool actual)
{
	run_expect(name, json_boolean(actual));
}

void run_expect_integer(const char *name, int64_t actual)
{
	run_expect(name, json_integer(actual));
}

void run_expect_integers(const char *msgpack, const char *cbor, struct an_span bytes)
{
	struct an_buffer *out = run_buffer();
	if (msgpack != NULL) {
		an_msgpack_write_integers(out, bytes);
		run_expect_bytes(msgpack, an_buffer_span(out));
	}
	if (cbor == NULL)
		return;
	an_buffer_clear(out);
	an_cbor_write_integers(out, bytes);
	run_expect_bytes(cbor, an_buffer_span(out));
}

static size_t other_encoder;

size_t run_other_encoder(void)
{
	return other_encoder;
}

void run_encoder_json(const char *name, json_t *actual)
{
#ifdef AN_BROTLI_AUTONOMI
	run_expect(name, actual);
#else
	other_encoder += !json_equal(actual, run_get(name));
	json_decref(actual);
#endif
}

void run_encoder_bytes(const char *name, struct an_span actual)
{
	run_encoder_json(name, json_of_bytes(actual));
}

void run_encoder_number(const char *name, size_t actual)
{
	run_encoder_json(name, json_integer((json_int_t)actual));
}

/* ---- Cases. */

static const struct run_kind *find_kind(const char *file, const char *kind)
{
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		for (const struct run_kind *k = tables[i]; k->kind != NULL; k++)
			if (strcmp(k->kind, kind) == 0 &&
			    (k->file == NULL || strcmp(k->file, file) == 0))
				return k;
	return NULL;
}

static void check_fields(void)
{
	const char *name;
	const json_t *value;
	json_object_foreach((json_t *)vector, name, value)
	{
		if (strcmp(name, "id") != 0 && strcmp(name, "kind") != 0 &&
		    strcmp(name, "note") != 0 && json_object_get(seen, name) == NULL)
			show("a field that the runner does not know", name);
	}
}

static bool passes(const struct run_kind *kind)
{
	failed = false;
	seen = json_object();
	if (setjmp(malformed) == 0) {
		kind->check();
		check_fields();
	}
	json_decref(seen);
	drop_memory();
	return !failed;
}

enum run_verdict run_case(const char *file, const json_t *one)
{
	vector = one;
	const char *kind = json_string_value(json_object_get(vector, "kind"));
	if (kind == NULL || json_string_value(json_object_get(vector, "id")) == NULL) {
		show("a case without kind or id", "");
		return RUN_FAILED;
	}
	const struct run_kind *known = find_kind(file, kind);
	if (known == NULL)
		return RUN_UNKNOWN;
	return passes(known) ? RUN_PASSED : RUN_FAILED;
}

void run_show_unknown(void)
{
	show("a kind that the runner does not know",
	     json_string_value(json_object_get(vector, "kind")));
}
