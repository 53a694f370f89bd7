/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "harness.h"

#include "client/retry.h"

static bool reads(struct an_retry *retry, const char *text)
{
	return an_retry_read(retry, an_span_text(text));
}

START_TEST(each_strategy_has_its_attempts)
{
	static const struct {
		const char *text;
		uint32_t attempts;
	} rows[] = {{"None", 1},        {"Once", 2}, {"Quick", 4},  {"Balanced", 6},
	            {"Persistent", 10}, {"N(1)", 1}, {"N(42)", 42}, {"N(4294967295)", UINT32_MAX}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct an_retry retry;
		ck_assert_msg(reads(&retry, rows[i].text), "%s", rows[i].text);
		ck_assert_uint_eq(an_retry_attempts(&retry), rows[i].attempts);
	}
}
END_TEST

START_TEST(other_texts_are_no_strategy)
{
	static const char *const texts[] = {"",    "none",  "None ",         "N",   "N()",  "N(0)",
	                                    "N(1", "N(-1)", "N(4294967296)", "N1)", "N(x)", "M(3)"};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct an_retry retry;
		ck_assert_msg(!reads(&retry, texts[i]), "%s", texts[i]);
	}
}
END_TEST

START_TEST(waits_double_up_to_8_seconds)
{
	ck_assert_uint_eq(an_retry_wait(1), AN_SECONDS(2));
	ck_assert_uint_eq(an_retry_wait(2), AN_SECONDS(4));
	ck_assert_uint_eq(an_retry_wait(3), AN_SECONDS(8));
	ck_assert_uint_eq(an_retry_wait(4), AN_SECONDS(8));
	ck_assert_uint_eq(an_retry_wait(UINT32_MAX), AN_SECONDS(8));
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("client/retry");
	TCase *all = tcase_create("all");
	tcase_add_test(all, each_strategy_has_its_attempts);
	tcase_add_test(all, other_texts_are_no_strategy);
	tcase_add_test(all, waits_double_up_to_8_seconds);
	suite_add_tcase(s, all);
	return s;
}
