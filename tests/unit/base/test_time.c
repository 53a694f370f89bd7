/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/time.h"

#include "harness.h"

START_TEST(units_are_microseconds)
{
	ck_assert_uint_eq(AN_MS(3), 3000);
	ck_assert_uint_eq(AN_SECONDS(3), 3000000);
	ck_assert_uint_eq(AN_MINUTES(3), 180000000);
	ck_assert_uint_eq(AN_HOURS(100), 360000000000);
}
END_TEST

START_TEST(a_sum_stays_never)
{
	ck_assert_uint_eq(an_time_after(5, 7), 12);
	ck_assert_uint_eq(an_time_after(AN_TIME_NEVER, 0), AN_TIME_NEVER);
	ck_assert_uint_eq(an_time_after(AN_TIME_NEVER, 7), AN_TIME_NEVER);
	ck_assert_uint_eq(an_time_after(7, AN_TIME_NEVER), AN_TIME_NEVER);
	ck_assert_uint_eq(an_time_after(AN_TIME_NEVER - 6, 7), AN_TIME_NEVER);
	ck_assert_uint_eq(an_time_after(AN_TIME_NEVER - 8, 7), AN_TIME_NEVER - 1);
}
END_TEST

START_TEST(the_earlier_of_two)
{
	ck_assert_uint_eq(an_time_earlier(5, 7), 5);
	ck_assert_uint_eq(an_time_earlier(7, 5), 5);
	ck_assert_uint_eq(an_time_earlier(AN_TIME_NEVER, 5), 5);
}
END_TEST

START_TEST(nothing_is_left_of_the_past)
{
	ck_assert_uint_eq(an_time_until(7, 5), 2);
	ck_assert_uint_eq(an_time_until(5, 5), 0);
	ck_assert_uint_eq(an_time_until(5, 7), 0);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("base/time");
	TCase *all = tcase_create("arithmetic");
	tcase_add_test(all, units_are_microseconds);
	tcase_add_test(all, a_sum_stays_never);
	tcase_add_test(all, the_earlier_of_two);
	tcase_add_test(all, nothing_is_left_of_the_past);
	suite_add_tcase(s, all);
	return s;
}
