/* SPDX-License-Identifier: GPL-3.0-or-later */
/* challenge.json, protocol_strings, has more of these. */
#include "harness.h"

#include "ident/protocol_names.h"

static const struct an_profile mainnet = {.protocol_version = "1.0", .network_id = 1};

START_TEST(names_have_the_version_and_the_network)
{
	char text[AN_PROTOCOL_NAME_MAX];
	ck_assert_int_eq(an_protocol_request_response(&mainnet, text), AUTONOMI_OK);
	ck_assert_str_eq(text, "/ant/1.0/1");
	ck_assert_int_eq(an_protocol_identify(&mainnet, text), AUTONOMI_OK);
	ck_assert_str_eq(text, "ant/1.0/1");
	ck_assert_int_eq(an_protocol_network_version(&mainnet, text), AUTONOMI_OK);
	ck_assert_str_eq(text, "1_1.0");
	ck_assert_int_eq(an_protocol_cache_file(&mainnet, false, text), AUTONOMI_OK);
	ck_assert_str_eq(text, "bootstrap_cache_1_1.0.json");
	ck_assert_int_eq(an_protocol_cache_file(&mainnet, true, text), AUTONOMI_OK);
	ck_assert_str_eq(text, "bootstrap_cache_local_1_1.0.json");
}
END_TEST

START_TEST(a_version_that_does_not_fit_is_refused)
{
	char text[AN_PROTOCOL_NAME_MAX];
	struct an_profile profile = mainnet;
	profile.protocol_version =
		"1.00000000000000000000000000000000000000000000000000000000000000000000000000000";
	ck_assert_int_eq(an_protocol_identify(&profile, text), AUTONOMI_E_TOO_LARGE);
	ck_assert_str_eq(text, "");
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("ident/protocol_names");
	TCase *all = tcase_create("all");
	tcase_add_test(all, names_have_the_version_and_the_network);
	tcase_add_test(all, a_version_that_does_not_fit_is_refused);
	suite_add_tcase(s, all);
	return s;
}
