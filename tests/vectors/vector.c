/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vectors/vector.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vectors/payload.h"

enum { KEPT_MAX = 4096, PATH_MAX_SIZE = 512 };

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

struct an_reader vector_reader(const json_t *object, const char *name)
{
	return an_reader(vector_bytes(object, name));
}

void vector_copy(const json_t *object, const char *name, void *to, size_t size)
{
	const struct an_span bytes = vector_bytes(object, name);
	ck_assert_uint_eq(bytes.size, size);
	memcpy(to, bytes.data, size);
}

bool vector_is_true(const json_t *object, const char *name)
{
	return json_is_true(vector_get(object, name));
}

struct an_span vector_payload(const json_t *payload)
{
	const char *generator = vector_text(payload, "generator");
	const bool repeats = vector_has(payload, "pattern");
	const size_t size = (size_t)vector_number(payload, "length");
	const uint64_t seed = repeats ? 0 : vector_number(payload, "seed");
	const struct an_span pattern = repeats ? vector_bytes(payload, "pattern")
	                                       : an_span(NULL, 0);
	uint8_t *out = keep(size);
	ck_assert(payload_fill(generator, seed, pattern, out, size));
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
