/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "crypt/hkdf.h"

#include <stdlib.h>

#include "harness.h"
#include "support/vectors.h"

/* RFC 5869, appendix A: SHA-256. */
static const struct {
	const char *secret, *salt, *info, *key, *out;
} cases[] = {
	{"0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "000102030405060708090a0b0c",
         "f0f1f2f3f4f5f6f7f8f9", "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5",
         "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"},
	{"0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "", "",
         "19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04",
         "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"},
};

static struct an_span bytes_of(const char *text, uint8_t **ret_bytes)
{
	size_t size = 0;
	*ret_bytes = vectors_hex(text, &size);
	return an_span(*ret_bytes, size);
}

START_TEST(keys_are_those_of_the_standard)
{
	uint8_t *bytes[5], key[AN_HKDF_SHA256_SIZE], out[64];
	const struct an_span secret = bytes_of(cases[_i].secret, &bytes[0]),
			     salt = bytes_of(cases[_i].salt, &bytes[1]),
			     info = bytes_of(cases[_i].info, &bytes[2]),
			     expected_key = bytes_of(cases[_i].key, &bytes[3]),
			     expected = bytes_of(cases[_i].out, &bytes[4]);
	ck_assert_int_eq(an_hkdf_extract(AN_HKDF_SHA256, secret, salt, key), AUTONOMI_OK);
	ck_assert_uint_eq(expected_key.size, sizeof(key));
	ck_assert_mem_eq(key, expected_key.data, sizeof(key));
	ck_assert_int_eq(an_hkdf_expand(AN_HKDF_SHA256, expected_key, info, out, expected.size),
	                 AUTONOMI_OK);
	ck_assert_mem_eq(out, expected.data, expected.size);
	for (size_t i = 0; i < 5; i++)
		free(bytes[i]);
}
END_TEST

START_TEST(the_longer_hash_gives_other_and_longer_keys)
{
	uint8_t key[AN_HKDF_SHA384_SIZE] = {0}, other[AN_HKDF_SHA384_SIZE] = {0};
	const struct an_span secret = an_span((const uint8_t *)"secret", 6),
			     none = an_span(NULL, 0);
	ck_assert_int_eq(an_hkdf_extract(AN_HKDF_SHA256, secret, none, other), AUTONOMI_OK);
	ck_assert_int_eq(an_hkdf_extract(AN_HKDF_SHA384, secret, none, key), AUTONOMI_OK);
	ck_assert_mem_ne(key, other, AN_HKDF_SHA256_SIZE);
	ck_assert(key[AN_HKDF_SHA384_SIZE - 1] != 0 || key[AN_HKDF_SHA384_SIZE - 2] != 0);
	ck_assert_int_eq(an_hkdf_expand(AN_HKDF_SHA384, an_span(key, sizeof(key)), none, other,
	                                sizeof(other)),
	                 AUTONOMI_OK);
	ck_assert_mem_ne(key, other, sizeof(key));
}
END_TEST

START_TEST(sizes_that_the_standard_has_not_are_refused)
{
	uint8_t out[1];
	const struct an_span key = an_span((const uint8_t *)"key", 3);
	const struct an_span huge = {.data = key.data, .size = (size_t)INT32_MAX + 1};
	ck_assert_int_eq(an_hkdf_expand(AN_HKDF_SHA256, key, key, out, 255 * 32 + 1),
	                 AUTONOMI_E_INVALID);
	ck_assert_int_eq(an_hkdf_expand(AN_HKDF_SHA256, key, huge, out, 1), AUTONOMI_E_INVALID);
	ck_assert_int_eq(an_hkdf_expand(AN_HKDF_SHA256, huge, key, out, 1), AUTONOMI_E_INVALID);
	ck_assert_int_eq(an_hkdf_extract(AN_HKDF_SHA256, huge, key, out), AUTONOMI_E_INVALID);
	ck_assert_int_eq(an_hkdf_extract(AN_HKDF_SHA256, key, huge, out), AUTONOMI_E_INVALID);
}
END_TEST

Suite *suite(void)
{
	Suite *whole = suite_create("hkdf");
	TCase *cases_of_hkdf = tcase_create("hkdf");
	tcase_add_loop_test(cases_of_hkdf, keys_are_those_of_the_standard, 0,
	                    (int)(sizeof(cases) / sizeof(cases[0])));
	tcase_add_test(cases_of_hkdf, the_longer_hash_gives_other_and_longer_keys);
	tcase_add_test(cases_of_hkdf, sizes_that_the_standard_has_not_are_refused);
	suite_add_tcase(whole, cases_of_hkdf);
	return whole;
}
