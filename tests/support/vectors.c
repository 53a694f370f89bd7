/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/vectors.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "crypt/hash.h"

json_t *vectors_load(const char *name)
{
	char path[4096];
	snprintf(path, sizeof(path), "%s/vectors/%s.json", AN_TESTS_DIR, name);
	json_error_t error;
	json_t *vectors = json_load_file(path, 0, &error);
	ck_assert_msg(vectors != NULL, "%s: %s", path, error.text);
	return vectors;
}

const json_t *vectors_next(const json_t *vectors, const char *kind, size_t *index)
{
	const json_t *cases = json_object_get(vectors, "cases");
	while (*index < json_array_size(cases)) {
		const json_t *item = json_array_get(cases, (*index)++);
		if (strcmp(json_string_value(json_object_get(item, "kind")), kind) == 0)
			return item;
	}
	return NULL;
}

const char *vectors_text(const json_t *item, const char *field)
{
	const json_t *value = json_object_get(item, field);
	ck_assert_msg(json_is_string(value) || json_is_null(value), "no field %s", field);
	return json_string_value(value);
}

uint8_t *vectors_hex(const char *text, size_t *ret_size)
{
	ck_assert_ptr_nonnull(text);
	const size_t size = strlen(text) / 2;
	uint8_t *bytes = malloc(size + 1);
	ck_assert_ptr_nonnull(bytes);
	for (size_t i = 0; i < size; i++) {
		unsigned byte;
		ck_assert_int_eq(sscanf(text + 2 * i, "%2x", &byte), 1);
		bytes[i] = (uint8_t)byte;
	}
	*ret_size = size;
	return bytes;
}

struct an_span vectors_bytes(const json_t *item, const char *field, uint8_t *bytes, size_t capacity)
{
	size_t size;
	uint8_t *found = vectors_hex(vectors_text(item, field), &size);
	ck_assert_uint_le(size, capacity);
	memcpy(bytes, found, size);
	free(found);
	return an_span(bytes, size);
}

static void put_little_endian(uint8_t *to, uint64_t number)
{
	for (unsigned i = 0; i < 8; i++)
		to[i] = (uint8_t)(number >> (8 * i));
}

static void fill_counter(uint8_t *bytes, size_t size, uint64_t seed)
{
	for (size_t i = 0; i * AN_HASH_SIZE < size; i++) {
		uint8_t block[16], digest[AN_HASH_SIZE];
		put_little_endian(block, seed);
		put_little_endian(block + 8, i);
		an_sha256(an_span(block, sizeof(block)), digest);
		const size_t left = size - i * AN_HASH_SIZE;
		memcpy(bytes + i * AN_HASH_SIZE, digest, left < AN_HASH_SIZE ? left : AN_HASH_SIZE);
	}
}

static void fill_pattern(uint8_t *bytes, size_t size, const char *text)
{
	size_t pattern_size;
	uint8_t *pattern = vectors_hex(text, &pattern_size);
	for (size_t i = 0; i < size; i++)
		bytes[i] = pattern[i % pattern_size];
	free(pattern);
}

uint8_t *vectors_payload(const json_t *payload, size_t *ret_size)
{
	const size_t size = (size_t)json_integer_value(json_object_get(payload, "length"));
	const char *generator = vectors_text(payload, "generator");
	uint8_t *bytes = malloc(size + 1);
	ck_assert_ptr_nonnull(bytes);
	if (strcmp(generator, "sha256-counter") == 0)
		fill_counter(bytes, size, strtoull(vectors_text(payload, "seed"), NULL, 10));
	else if (strcmp(generator, "repeat") == 0)
		fill_pattern(bytes, size, vectors_text(payload, "pattern"));
	else
		ck_abort_msg("no generator %s", generator);
	*ret_size = size;
	return bytes;
}
