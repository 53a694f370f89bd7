/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "crypt/hash.h"

#include <stdlib.h>

#include "harness.h"
#include "support/vectors.h"

static json_t *vectors;

static void load(void)
{
	vectors = vectors_load("hashes");
}

static void unload(void)
{
	json_decref(vectors);
}

static void assert_digest(const json_t *item, const char *field, const uint8_t *digest)
{
	uint8_t expected[AN_HASH_SIZE];
	vectors_bytes(item, field, expected, sizeof(expected));
	ck_assert_mem_eq(digest, expected, AN_HASH_SIZE);
}

static void hash_in_pieces(enum an_hash_kind kind, struct an_span bytes, size_t piece,
                           uint8_t digest[AN_HASH_SIZE])
{
	struct an_hash hash;
	an_hash_init(&hash, kind);
	for (size_t i = 0; i < bytes.size; i += piece) {
		const size_t left = bytes.size - i;
		an_hash_add(&hash, an_span(bytes.data + i, left < piece ? left : piece));
	}
	an_hash_finish(&hash, digest);
}

START_TEST(digests_at_once_are_those_of_the_vectors)
{
	size_t index = 0, count = 0;
	const json_t *item;
	for (; (item = vectors_next(vectors, "digest", &index)) != NULL; count++) {
		uint8_t digest[AN_HASH_SIZE];
		size_t size;
		uint8_t *bytes = vectors_payload(json_object_get(item, "payload"), &size);
		an_sha3_256(an_span(bytes, size), digest);
		assert_digest(item, "sha3_256", digest);
		an_sha256(an_span(bytes, size), digest);
		assert_digest(item, "sha256", digest);
		free(bytes);
	}
	ck_assert_uint_eq(count, 26);
}
END_TEST

START_TEST(digests_in_pieces_are_the_same)
{
	static const size_t pieces[] = {1, 3, 64, 65, 136, 137, 65536};
	const size_t piece = pieces[_i];
	size_t index = 0;
	const json_t *item;
	while ((item = vectors_next(vectors, "digest", &index)) != NULL) {
		uint8_t digest[AN_HASH_SIZE];
		size_t size;
		uint8_t *bytes = vectors_payload(json_object_get(item, "payload"), &size);
		if (size / piece < 70000) { /* spares millions of calls */
			hash_in_pieces(AN_HASH_SHA3_256, an_span(bytes, size), piece, digest);
			assert_digest(item, "sha3_256", digest);
			hash_in_pieces(AN_HASH_SHA256, an_span(bytes, size), piece, digest);
			assert_digest(item, "sha256", digest);
		}
		free(bytes);
	}
}
END_TEST

START_TEST(a_name_of_content_in_parts_is_that_of_the_whole)
{
	size_t index = 0;
	const json_t *item;
	while ((item = vectors_next(vectors, "content_parts", &index)) != NULL) {
		struct an_hash hash;
		an_hash_init(&hash, AN_HASH_SHA3_256);
		size_t i;
		const json_t *part;
		json_array_foreach(json_object_get(item, "parts"), i, part)
		{
			size_t size;
			uint8_t *bytes = vectors_hex(json_string_value(part), &size);
			an_hash_add(&hash, an_span(bytes, size));
			free(bytes);
		}
		uint8_t digest[AN_HASH_SIZE];
		an_hash_finish(&hash, digest);
		assert_digest(item, "name", digest);
	}
}
END_TEST

START_TEST(a_copied_state_goes_on_by_itself)
{
	uint8_t first[AN_HASH_SIZE], second[AN_HASH_SIZE], expected[AN_HASH_SIZE];
	struct an_hash hash;
	an_hash_init(&hash, AN_HASH_SHA3_256);
	an_hash_add(&hash, an_span_text("abc"));
	struct an_hash copy = hash;
	an_hash_add(&copy, an_span_text("def"));
	an_hash_finish(&hash, first);
	an_hash_finish(&copy, second);
	an_sha3_256(an_span_text("abc"), expected);
	ck_assert_mem_eq(first, expected, AN_HASH_SIZE);
	an_sha3_256(an_span_text("abcdef"), expected);
	ck_assert_mem_eq(second, expected, AN_HASH_SIZE);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("crypt/hash");
	TCase *all = tcase_create("vectors");
	tcase_add_checked_fixture(all, load, unload);
	tcase_add_test(all, digests_at_once_are_those_of_the_vectors);
	tcase_add_loop_test(all, digests_in_pieces_are_the_same, 0, 7);
	tcase_add_test(all, a_name_of_content_in_parts_is_that_of_the_whole);
	tcase_add_test(all, a_copied_state_goes_on_by_itself);
	suite_add_tcase(s, all);
	return s;
}
