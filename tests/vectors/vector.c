/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vectors/vector.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypt/hash.h"

enum { KEPT_MAX = 256, PATH_MAX_SIZE = 512, STREAM_BLOCK = 32 };

/* Memory of the running case. */
static uint8_t *kept[KEPT_MAX];
static size_t kept_count;
static const char *running = "";

static uint8_t *keep(size_t size)
{
	ck_assert_uint_lt(kept_count, KEPT_MAX);
	uint8_t *memory = malloc(size + 1);
	ck_assert_ptr_nonnull(memory);
	return kept[kept_count++] = memory;
}

static void drop_kept(void)
{
	while (kept_count > 0)
		free(kept[--kept_count]);
}

const char *vector_id(void)
{
	return running;
}

size_t vector_each(const char *file, const char *kind, vector_check *check)
{
	char path[PATH_MAX_SIZE];
	(void)snprintf(path, sizeof(path), "%s/vectors/%s.json", AN_TESTS_DIR, file);
	json_error_t error;
	json_t *root = json_load_file(path, 0, &error);
	ck_assert_msg(root != NULL, "%s:%d: %s", path, error.line, error.text);
	size_t count = 0;
	size_t i;
	json_t *vector;
	json_array_foreach(json_object_get(root, "cases"), i, vector)
	{
		if (strcmp(vector_text(vector, "kind"), kind) != 0)
			continue;
		running = vector_text(vector, "id");
		check(vector);
		drop_kept();
		count++;
	}
	running = "";
	json_decref(root);
	return count;
}

const json_t *vector_get(const json_t *object, const char *name)
{
	const json_t *value = json_object_get(object, name);
	ck_assert_msg(value != NULL, "%s: no member %s", running, name);
	return value;
}

bool vector_has(const json_t *object, const char *name)
{
	const json_t *value = json_object_get(object, name);
	return value != NULL && !json_is_null(value);
}

const char *vector_text(const json_t *object, const char *name)
{
	const char *text = json_string_value(vector_get(object, name));
	ck_assert_msg(text != NULL, "%s: %s is no text", running, name);
	return text;
}

uint64_t vector_number(const json_t *object, const char *name)
{
	const json_t *value = vector_get(object, name);
	if (json_is_integer(value))
		return (uint64_t)json_integer_value(value);
	ck_assert_msg(json_is_string(value), "%s: %s is no number", running, name);
	return strtoull(json_string_value(value), NULL, 10);
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	ck_assert_msg(c >= 'a' && c <= 'f', "%s: bad hex", running);
	return c - 'a' + 10;
}

struct an_span vector_unhex(const char *text)
{
	const size_t size = strlen(text) / 2;
	uint8_t *bytes = keep(size);
	for (size_t i = 0; i < size; i++)
		bytes[i] = (uint8_t)(digit(text[2 * i]) << 4 | digit(text[2 * i + 1]));
	return an_span(bytes, size);
}

struct an_span vector_bytes(const json_t *object, const char *name)
{
	return vector_unhex(vector_text(object, name));
}

/* ---- Generators (README.md). */

struct stream {
	uint64_t seed;
	uint64_t block;
	size_t used;
	uint8_t bytes[STREAM_BLOCK];
};

static void put_little_endian(uint8_t out[8], uint64_t value)
{
	for (size_t i = 0; i < 8; i++)
		out[i] = (uint8_t)(value >> 8 * i);
}

static uint8_t draw(struct stream *stream)
{
	if (stream->used == STREAM_BLOCK) {
		uint8_t input[16];
		put_little_endian(input, stream->seed);
		put_little_endian(input + 8, stream->block++);
		an_sha256(an_span(input, sizeof(input)), stream->bytes);
		stream->used = 0;
	}
	return stream->bytes[stream->used++];
}

static size_t draw_16(struct stream *stream)
{
	const size_t low = draw(stream);
	return low | (size_t)draw(stream) << 8;
}

static void fill_words(uint8_t *out, size_t size, struct stream *stream)
{
	static const char *const words[16] = {"data",  "peer",  "chunk",   "record",
	                                      "close", "group", "quote",   "pay",
	                                      "store", "node",  "address", "the",
	                                      "of",    "and",   "to",      "in"};
	size_t at = 0;
	while (at < size) {
		const char *word = words[draw(stream) & 15];
		for (; *word != '\0' && at < size; word++)
			out[at++] = (uint8_t)*word;
		if (at < size)
			out[at++] = ' ';
	}
}

static size_t copy_back(uint8_t *out, size_t at, size_t size, size_t distance, size_t count)
{
	for (; count > 0 && at < size; count--, at++)
		out[at] = out[at - distance];
	return at;
}

static size_t lz_literals(uint8_t *out, size_t at, size_t size, struct stream *stream, bool letters)
{
	size_t count = 1 + draw(stream) % (letters ? 64 : 32);
	for (; count > 0; count--) {
		const uint8_t r = draw(stream);
		if (at < size)
			out[at++] = letters ? (uint8_t)(97 + r % 26) : r;
	}
	return at;
}

static size_t lz_step(uint8_t *out, size_t at, size_t size, struct stream *stream)
{
	const unsigned op = draw(stream) % 8;
	if (op < 2 || at == 0)
		return lz_literals(out, at, size, stream, false);
	if (op == 7)
		return lz_literals(out, at, size, stream, true);
	if (op == 5) {
		const uint8_t value = draw(stream);
		for (size_t count = 4 + (size_t)draw(stream); count > 0 && at < size; count--)
			out[at++] = value;
		return at;
	}
	const size_t limit = op == 6 ? 16 : 65535;
	const size_t reach = at < limit ? at : limit;
	const size_t distance = 1 + (op == 6 ? draw(stream) : draw_16(stream)) % reach;
	const size_t count = (op == 6 ? 8 : 4) + (size_t)draw(stream);
	return copy_back(out, at, size, distance, count);
}

static void fill_stream(const char *generator, uint8_t *out, size_t size, struct stream *stream)
{
	for (size_t i = 0; i < size; i++) {
		out[i] = draw(stream);
		if (strcmp(generator, "thirds-zero") == 0 && i % 3 == 2)
			out[i] = 0;
		if (strcmp(generator, "nibble-blocks") == 0)
			out[i] &= i / 4096 % 2 == 0 ? 0x3f : 0x0f;
	}
}

static void fill_pattern(const json_t *payload, uint8_t *out, size_t size)
{
	const struct an_span pattern = vector_bytes(payload, "pattern");
	for (size_t i = 0; i < size; i++)
		out[i] = pattern.data[i % pattern.size];
}

struct an_span vector_payload(const json_t *payload)
{
	const char *generator = vector_text(payload, "generator");
	const size_t size = (size_t)vector_number(payload, "length");
	uint8_t *out = keep(size);
	struct stream stream = {.used = STREAM_BLOCK};
	if (strcmp(generator, "repeat") == 0) {
		fill_pattern(payload, out, size);
		return an_span(out, size);
	}
	stream.seed = vector_number(payload, "seed");
	if (strcmp(generator, "words") == 0) {
		fill_words(out, size, &stream);
	} else if (strcmp(generator, "lz-mix") == 0) {
		for (size_t at = 0; at < size;)
			at = lz_step(out, at, size, &stream);
	} else {
		ck_assert(strcmp(generator, "sha256-counter") == 0 ||
		          strcmp(generator, "thirds-zero") == 0 ||
		          strcmp(generator, "nibble-blocks") == 0);
		fill_stream(generator, out, size, &stream);
	}
	return an_span(out, size);
}

static void print_bytes(const char *name, struct an_span bytes)
{
	(void)printf("# %s %s (%zu): ", running, name, bytes.size);
	for (size_t i = 0; i < bytes.size && i < 160; i++)
		(void)printf("%02x", bytes.data[i]);
	(void)printf("\n");
}

void vector_equal(struct an_span actual, struct an_span expected)
{
	const bool equal = an_span_equal(actual, expected);
	if (!equal) {
		print_bytes("actual  ", actual);
		print_bytes("expected", expected);
	}
	ck_assert_msg(equal, "%s: the bytes differ", running);
}
