/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <check.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <autonomi/config.h>

static autonomi_config *config;

static void setup(void)
{
	config = autonomi_config_new();
	ck_assert_ptr_nonnull(config);
}

static void teardown(void)
{
	config = autonomi_config_free(config);
	ck_assert_ptr_null(config);
}

static autonomi_option_view option_at(size_t index)
{
	autonomi_option_view view;
	ck_assert_int_eq(autonomi_option_at(index, &view, sizeof(view)), AUTONOMI_OK);
	return view;
}

static void expect(const char *name, const char *value)
{
	char text[256];
	ck_assert_int_eq(autonomi_config_get(config, name, text, sizeof(text)), AUTONOMI_OK);
	ck_assert_str_eq(text, value);
}

static void accept(const char *name, const char *value)
{
	ck_assert_msg(autonomi_config_set(config, name, value) == AUTONOMI_OK, "%s",
	              autonomi_config_error(config));
	ck_assert_str_eq(autonomi_config_error(config), "");
}

static void refuse(const char *name, const char *value, autonomi_status status,
                   const char *sentence)
{
	char before[256], after[256];
	autonomi_config_get(config, name, before, sizeof(before));
	ck_assert_int_eq(autonomi_config_set(config, name, value), status);
	ck_assert_ptr_nonnull(strstr(autonomi_config_error(config), sentence));
	ck_assert_ptr_nonnull(strstr(autonomi_config_error(config), name));
	if (autonomi_config_get(config, name, after, sizeof(after)) == AUTONOMI_OK)
		ck_assert_msg(strcmp(before, after) == 0, "%s changed on error", name);
}

START_TEST(options_are_in_the_order_of_their_names_and_each_is_explained)
{
	ck_assert_uint_gt(autonomi_option_count(), 30);
	for (size_t i = 0; i < autonomi_option_count(); i++) {
		const autonomi_option_view option = option_at(i);
		if (i > 0)
			ck_assert_str_lt(option_at(i - 1).name, option.name);
		ck_assert_ptr_nonnull(strchr(option.name, '.'));
		ck_assert_uint_gt(strlen(option.description), 10);
		ck_assert(option.type >= AUTONOMI_OPTION_TEXT &&
		          option.type <= AUTONOMI_OPTION_CHOICE);
		ck_assert((option.choices[0] != '\0') == (option.type == AUTONOMI_OPTION_CHOICE));
	}
	autonomi_option_view none;
	ck_assert_int_eq(autonomi_option_at(autonomi_option_count(), &none, sizeof(none)),
	                 AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_option_at(0, NULL, 0), AUTONOMI_E_INVALID);
}
END_TEST

START_TEST(every_option_begins_with_its_default_and_takes_it_again)
{
	for (size_t i = 0; i < autonomi_option_count(); i++) {
		const autonomi_option_view option = option_at(i);
		char value[64];
		if (option.type == AUTONOMI_OPTION_NUMBER)
			snprintf(value, sizeof(value), "%" PRIu64, option.default_number);
		else
			snprintf(value, sizeof(value), "%s", option.default_text);
		expect(option.name, value);
		accept(option.name, value);
		expect(option.name, value);
	}
}
END_TEST

START_TEST(every_number_takes_its_bounds_and_nothing_beyond)
{
	for (size_t i = 0; i < autonomi_option_count(); i++) {
		const autonomi_option_view option = option_at(i);
		char text[64];
		if (option.type != AUTONOMI_OPTION_NUMBER)
			continue;
		snprintf(text, sizeof(text), "%" PRIu64, option.minimum);
		accept(option.name, text);
		expect(option.name, text);
		snprintf(text, sizeof(text), "%" PRIu64, option.maximum);
		accept(option.name, text);
		expect(option.name, text);
		if (option.minimum > 0)
			ck_assert_int_eq(autonomi_config_set_number(config, option.name,
			                                            option.minimum - 1),
			                 AUTONOMI_E_INVALID);
		if (option.maximum < UINT64_MAX)
			ck_assert_int_eq(autonomi_config_set_number(config, option.name,
			                                            option.maximum + 1),
			                 AUTONOMI_E_INVALID);
		expect(option.name, text);
		refuse(option.name, "many", AUTONOMI_E_INVALID, "a number is needed");
		refuse(option.name, "", AUTONOMI_E_INVALID, "a number is needed");
		refuse(option.name, "-1", AUTONOMI_E_INVALID, "a number is needed");
		refuse(option.name, " 1", AUTONOMI_E_INVALID, "a number is needed");
		refuse(option.name, "1x", AUTONOMI_E_INVALID, "a number is needed");
		refuse(option.name, "18446744073709551616", AUTONOMI_E_INVALID, "a number");
	}
}
END_TEST

START_TEST(every_flag_takes_its_words_and_no_others)
{
	static const char *const on[] = {"on", "true", "yes", "1"};
	static const char *const off[] = {"off", "false", "no", "0"};
	for (size_t i = 0; i < autonomi_option_count(); i++) {
		const autonomi_option_view option = option_at(i);
		if (option.type != AUTONOMI_OPTION_FLAG)
			continue;
		for (size_t j = 0; j < 4; j++) {
			accept(option.name, on[j]);
			expect(option.name, "on");
			accept(option.name, off[j]);
			expect(option.name, "off");
		}
		ck_assert_int_eq(autonomi_config_set_flag(config, option.name, 5), AUTONOMI_OK);
		expect(option.name, "on");
		ck_assert_int_eq(autonomi_config_set_number(config, option.name, 0),
		                 AUTONOMI_E_INVALID);
		refuse(option.name, "ON", AUTONOMI_E_INVALID, "on or off is needed");
		refuse(option.name, "", AUTONOMI_E_INVALID, "on or off is needed");
		refuse(option.name, "on|true", AUTONOMI_E_INVALID, "on or off is needed");
	}
}
END_TEST

START_TEST(every_choice_takes_its_words_and_no_others)
{
	for (size_t i = 0; i < autonomi_option_count(); i++) {
		const autonomi_option_view option = option_at(i);
		char words[128];
		if (option.type != AUTONOMI_OPTION_CHOICE)
			continue;
		snprintf(words, sizeof(words), "%s", option.choices);
		char *rest = NULL;
		for (char *word = strtok_r(words, "|", &rest); word != NULL;
		     word = strtok_r(NULL, "|", &rest)) {
			accept(option.name, word);
			expect(option.name, word);
		}
		refuse(option.name, "anything", AUTONOMI_E_INVALID, option.choices);
		refuse(option.name, "", AUTONOMI_E_INVALID, option.choices);
		refuse(option.name, option.choices, AUTONOMI_E_INVALID, option.choices);
	}
}
END_TEST

START_TEST(every_text_takes_any_text)
{
	for (size_t i = 0; i < autonomi_option_count(); i++) {
		const autonomi_option_view option = option_at(i);
		if (option.type != AUTONOMI_OPTION_TEXT)
			continue;
		accept(option.name, "Ärger, \"quoted\"");
		expect(option.name, "Ärger, \"quoted\"");
		ck_assert_int_eq(autonomi_config_set_flag(config, option.name, 1),
		                 AUTONOMI_E_INVALID);
		ck_assert_int_eq(autonomi_config_set_number(config, option.name, 1),
		                 AUTONOMI_E_INVALID);
		refuse(option.name, NULL, AUTONOMI_E_INVALID, "a value is needed");
		accept(option.name, "");
	}
}
END_TEST

/* Field failure 16: a shipped configuration turned something off by a name that did not exist. */
START_TEST(lesson_16_an_unknown_option_is_an_error)
{
	static const char *const unknown[] = {"",
	                                      "network",
	                                      "network.",
	                                      "network.ports",
	                                      "Network.port",
	                                      "network.port ",
	                                      "upgrade.enabled"};
	for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
		char text[8];
		refuse(unknown[i], "1", AUTONOMI_E_UNKNOWN_OPTION, "there is no such option");
		ck_assert_int_eq(autonomi_config_set_number(config, unknown[i], 1),
		                 AUTONOMI_E_UNKNOWN_OPTION);
		ck_assert_int_eq(autonomi_config_set_flag(config, unknown[i], 1),
		                 AUTONOMI_E_UNKNOWN_OPTION);
		ck_assert_int_eq(autonomi_config_get(config, unknown[i], text, sizeof(text)),
		                 AUTONOMI_E_UNKNOWN_OPTION);
	}
}
END_TEST

START_TEST(an_error_names_option_and_bounds_and_goes_with_the_next_success)
{
	refuse("network.port", "65536", AUTONOMI_E_INVALID,
	       "network.port must be between 0 and 65535, not 65536");
	accept("network.port", "65535");
	ck_assert_int_eq(autonomi_config_set_flag(config, "network.port", 1), AUTONOMI_E_INVALID);
	ck_assert_str_eq(autonomi_config_error(config), "network.port: the option is no flag");
	ck_assert_int_eq(autonomi_config_set_number(config, "network.local", 1),
	                 AUTONOMI_E_INVALID);
	ck_assert_str_eq(autonomi_config_error(config),
	                 "network.local: the option takes no number");
	ck_assert_int_eq(autonomi_config_set_log(config, NULL, NULL), AUTONOMI_OK);
	ck_assert_str_eq(autonomi_config_error(config), "");
	/* A name as long as anybody likes. */
	char *name = calloc(1, 5001);
	memset(name, 'n', 5000);
	ck_assert_int_eq(autonomi_config_set(config, name, "1"), AUTONOMI_E_UNKNOWN_OPTION);
	free(name);
}
END_TEST

START_TEST(a_value_that_does_not_fit_the_buffer_is_refused_whole)
{
	char text[8] = "before";
	accept("network.ip", "1234567");
	ck_assert_int_eq(autonomi_config_get(config, "network.ip", text, 7), AUTONOMI_E_TOO_SMALL);
	ck_assert_str_eq(text, "before");
	ck_assert_int_eq(autonomi_config_get(config, "network.ip", text, 8), AUTONOMI_OK);
	ck_assert_str_eq(text, "1234567");
}
END_TEST

START_TEST(a_view_of_another_size_is_filled_as_far_as_both_know_it)
{
	autonomi_option_view view;
	memset(&view, 0xaa, sizeof(view));
	ck_assert_int_eq(autonomi_option_at(0, &view, offsetof(autonomi_option_view, description)),
	                 AUTONOMI_OK);
	ck_assert_str_eq(view.name, option_at(0).name);
	ck_assert_uint_eq(view.type, 0xaaaaaaaa);
	struct {
		autonomi_option_view known;
		uint64_t newer;
	} larger = {.newer = 5};
	ck_assert_int_eq(autonomi_option_at(0, &larger.known, sizeof(larger)), AUTONOMI_OK);
	ck_assert_str_eq(larger.known.description, option_at(0).description);
	ck_assert_uint_eq(larger.newer, 0);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("api/config");
	TCase *cases = tcase_create("config");
	tcase_add_checked_fixture(cases, setup, teardown);
	tcase_add_test(cases, options_are_in_the_order_of_their_names_and_each_is_explained);
	tcase_add_test(cases, every_option_begins_with_its_default_and_takes_it_again);
	tcase_add_test(cases, every_number_takes_its_bounds_and_nothing_beyond);
	tcase_add_test(cases, every_flag_takes_its_words_and_no_others);
	tcase_add_test(cases, every_choice_takes_its_words_and_no_others);
	tcase_add_test(cases, every_text_takes_any_text);
	tcase_add_test(cases, lesson_16_an_unknown_option_is_an_error);
	tcase_add_test(cases, an_error_names_option_and_bounds_and_goes_with_the_next_success);
	tcase_add_test(cases, a_value_that_does_not_fit_the_buffer_is_refused_whole);
	tcase_add_test(cases, a_view_of_another_size_is_filled_as_far_as_both_know_it);
	suite_add_tcase(s, cases);
	return s;
}
