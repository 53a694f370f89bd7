/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/status.h"

#include <ctype.h>
#include <string.h>

#include "harness.h"

struct row {
	an_status status;
	const char *name;
};

#define ROW(symbol, number, name, sentence) {symbol, name},
static const struct row rows[] = {AUTONOMI_STATUS_TABLE(ROW)};
#undef ROW

enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

START_TEST(every_code_has_its_name_and_a_sentence)
{
	for (size_t i = 0; i < ROWS; i++) {
		const char *message = an_status_message(rows[i].status);
		ck_assert_str_eq(an_status_name(rows[i].status), rows[i].name);
		ck_assert_uint_gt(strlen(message), 10);
		ck_assert_int_ne(message[strlen(message) - 1], '.');
		ck_assert(!isupper((unsigned char)message[0]));
	}
}
END_TEST

START_TEST(no_number_and_no_name_is_there_twice)
{
	for (size_t i = 0; i < ROWS; i++)
		for (size_t j = i + 1; j < ROWS; j++) {
			ck_assert_int_ne(rows[i].status, rows[j].status);
			ck_assert_str_ne(rows[i].name, rows[j].name);
		}
}
END_TEST

START_TEST(errors_are_negative)
{
	for (size_t i = 0; i < ROWS; i++)
		ck_assert_int_lt(rows[i].status, 0);
}
END_TEST

START_TEST(success_is_zero_and_above)
{
	ck_assert_str_eq(an_status_name(AUTONOMI_OK), "ok");
	ck_assert_str_eq(an_status_name(17), "ok");
	ck_assert_str_eq(an_status_message(AUTONOMI_OK), "success");
}
END_TEST

START_TEST(an_unknown_code_is_said_to_be_unknown)
{
	ck_assert_str_eq(an_status_name(-9999), "unknown");
	ck_assert_str_eq(an_status_name(INT32_MIN), "unknown");
	ck_assert_ptr_nonnull(an_status_message(-9999));
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("base/status");
	TCase *all = tcase_create("codes");
	tcase_add_test(all, every_code_has_its_name_and_a_sentence);
	tcase_add_test(all, no_number_and_no_name_is_there_twice);
	tcase_add_test(all, errors_are_negative);
	tcase_add_test(all, success_is_zero_and_above);
	tcase_add_test(all, an_unknown_code_is_said_to_be_unknown);
	suite_add_tcase(s, all);
	return s;
}
