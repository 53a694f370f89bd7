/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "crypt/keccak.h"

#include <stdlib.h>

#include "harness.h"
#include "support/vectors.h"

START_TEST(digests_are_those_of_the_vectors)
{
	json_t *vectors = vectors_load("hashes");
	size_t index = 0, count = 0;
	const json_t *item;
	for (; (item = vectors_next(vectors, "digest", &index)) != NULL; count++) {
		uint8_t digest[AN_KECCAK_SIZE], expected[AN_KECCAK_SIZE];
		size_t size;
		uint8_t *bytes = vectors_payload(json_object_get(item, "payload"), &size);
		an_keccak_256(an_span(bytes, size), digest);
		vectors_bytes(item, "keccak256", expected, sizeof(expected));
		ck_assert_mem_eq(digest, expected, sizeof(expected));
		free(bytes);
	}
	ck_assert_uint_eq(count, 26);
	json_decref(vectors);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("crypt/keccak");
	TCase *all = tcase_create("vectors");
	tcase_add_test(all, digests_are_those_of_the_vectors);
	suite_add_tcase(s, all);
	return s;
}
