/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "crypt/constant_time.h"

#include "harness.h"

START_TEST(equal_bytes_are_equal)
{
	ck_assert(an_constant_time_equal(an_span_text("secret"), an_span_text("secret")));
	ck_assert(an_constant_time_equal(an_span(NULL, 0), an_span_text("")));
}
END_TEST

START_TEST(one_different_bit_anywhere_is_noticed)
{
	const uint8_t zeros[16] = {0};
	for (size_t i = 0; i < sizeof(zeros); i++)
		for (unsigned bit = 0; bit < 8; bit++) {
			uint8_t other[16] = {0};
			other[i] = (uint8_t)(1U << bit);
			ck_assert(!an_constant_time_equal(an_span(zeros, 16), an_span(other, 16)));
		}
}
END_TEST

START_TEST(a_prefix_is_not_equal)
{
	ck_assert(!an_constant_time_equal(an_span_text("secret"), an_span_text("secre")));
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("crypt/constant_time");
	TCase *all = tcase_create("comparing");
	tcase_add_test(all, equal_bytes_are_equal);
	tcase_add_test(all, one_different_bit_anywhere_is_noticed);
	tcase_add_test(all, a_prefix_is_not_equal);
	suite_add_tcase(s, all);
	return s;
}
