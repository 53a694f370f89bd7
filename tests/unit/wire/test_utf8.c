/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "harness.h"

#include "wire/utf8.h"

#define VALID(text) an_utf8_valid(an_span(text, sizeof(text) - 1))

START_TEST(characters_of_every_length_are_text)
{
	ck_assert(VALID(""));
	ck_assert(VALID("a\0b\x7f"));
	ck_assert(VALID("\xc2\x80\xdf\xbf"));
	ck_assert(VALID("\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf"));
	ck_assert(VALID("\xf0\x90\x80\x80\xf4\x8f\xbf\xbf"));
}
END_TEST

START_TEST(what_rfc_3629_forbids_is_none)
{
	ck_assert(!VALID("\x80"));
	ck_assert(!VALID("\xc1\xbf"));
	ck_assert(!VALID("\xe0\x9f\xbf"));
	ck_assert(!VALID("\xed\xa0\x80"));
	ck_assert(!VALID("\xf0\x8f\xbf\xbf"));
	ck_assert(!VALID("\xf4\x90\x80\x80"));
	ck_assert(!VALID("\xf5\x80\x80\x80"));
	ck_assert(!VALID("\xff"));
	ck_assert(!VALID("a\xc2"));
	ck_assert(!VALID("\xe2\x82"));
	ck_assert(!VALID("\xe2\x82\x41"));
	ck_assert(!VALID("\xc2\x41"));
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("wire/utf8");
	TCase *all = tcase_create("all");
	tcase_add_test(all, characters_of_every_length_are_text);
	tcase_add_test(all, what_rfc_3629_forbids_is_none);
	suite_add_tcase(s, all);
	return s;
}
