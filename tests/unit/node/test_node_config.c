/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <check.h>
#include <stddef.h>
#include <string.h>

#include "base/memory.h"
#include "node/config.h"
#include "node/node.h"

static struct an_node_config config;

static void setup(void)
{
	ck_assert_int_eq(an_node_config_init(&config), AUTONOMI_OK);
}

static void teardown(void)
{
	an_node_config_done(&config);
}

START_TEST(every_option_lies_within_its_own_bounds_by_default)
{
#define TEXT(member, name, value, ...) ck_assert_str_eq(config.member, value);
#define NUMBER(member, name, value, minimum, maximum, ...)                                         \
	ck_assert_uint_eq(config.member, value);                                                   \
	ck_assert_msg(config.member >= (uint64_t)(minimum) &&                                      \
	                      config.member <= (uint64_t)(maximum),                                \
	              "%s", name);
#define FLAG(member, name, value, ...)                ck_assert_uint_eq(config.member, value);
#define CHOICE(member, name, value, word, words, ...) ck_assert_ptr_nonnull(strstr(words, word));
	AN_NODE_OPTION_TABLE(TEXT, NUMBER, FLAG, CHOICE)
#undef TEXT
#undef NUMBER
#undef FLAG
#undef CHOICE
}
END_TEST

START_TEST(a_copy_shares_nothing_with_its_original)
{
	struct an_node_config copy;
	ck_assert_int_eq(an_node_config_copy(&copy, &config), AUTONOMI_OK);
	ck_assert_str_eq(copy.network_ip, "::");
	ck_assert_ptr_ne(copy.network_ip, config.network_ip);
	an_node_config_done(&config);
	ck_assert_str_eq(copy.network_ip, "::");
	an_node_config_done(&copy);
}
END_TEST

START_TEST(a_local_network_has_the_id_0_and_takes_no_payments_unless_told)
{
	ck_assert_uint_eq(an_node_profile(&config).network_id, 1);
	ck_assert(an_node_profile(&config).payments);
	config.network_local = 1;
	ck_assert_uint_eq(an_node_profile(&config).network_id, 0);
	ck_assert(!an_node_profile(&config).payments);
	config.network_id = 7;
	config.network_payments = AN_NODE_PAYMENTS_ON;
	ck_assert_uint_eq(an_node_profile(&config).network_id, 7);
	ck_assert(an_node_profile(&config).payments);
}
END_TEST

START_TEST(the_least_version_is_the_networks_unless_told)
{
	ck_assert_str_eq(an_node_profile(&config).minimum_version, "0.1.0");
	an_free(config.network_minimum_version);
	config.network_minimum_version = an_strdup("0.4.15");
	ck_assert_str_eq(an_node_profile(&config).minimum_version, "0.4.15");
}
END_TEST

/* Field failure 5: a client's timeout was shorter than the work of the one it waited for. */
START_TEST(lesson_5_nobodys_timeout_is_shorter_than_the_work_it_waits_for)
{
	const struct an_profile profile = an_node_profile(&config);
	/* A storer's slowest answer is one lookup of its own. */
	ck_assert_uint_ge(profile.request_timeout, profile.handshake_timeout);
	ck_assert_uint_ge(profile.lookup_timeout, profile.handshake_timeout);
	ck_assert_uint_ge(profile.request_timeout, profile.lookup_timeout);
}
END_TEST

static void check_proportion(an_time_us time, an_time_us usual_time)
{
	const an_time_us usual = an_profile_autonomi.replication_interval;
	const an_time_us interval = AN_MS(config.replication_interval_ms);
	ck_assert_double_eq_tol((double)time / (double)interval, (double)usual_time / (double)usual,
	                        1e-3);
}

START_TEST(times_of_replication_keep_their_proportion_to_the_interval)
{
	static const uint64_t intervals[] = {1000, 4000, 180000, 86400000};
	const struct an_profile *usual = &an_profile_autonomi;
	for (size_t i = 0; i < sizeof(intervals) / sizeof(intervals[0]); i++) {
		config.replication_interval_ms = intervals[i];
		const struct an_profile profile = an_node_profile(&config);
		ck_assert_uint_eq(profile.replication_interval, AN_MS(intervals[i]));
		check_proportion(profile.replication_spacing, usual->replication_spacing);
		check_proportion(profile.replication_spread, usual->replication_spread);
		check_proportion(profile.replication_refresh, usual->replication_refresh);
		check_proportion(profile.challenge_interval, usual->challenge_interval);
		check_proportion(profile.health_retry, usual->health_retry);
		check_proportion(profile.network_wide_cycle, usual->network_wide_cycle);
		check_proportion(profile.network_load_lifetime, usual->network_load_lifetime);
		check_proportion(profile.issue_lifetime, usual->issue_lifetime);
	}
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("node/config");
	TCase *cases = tcase_create("config");
	tcase_add_checked_fixture(cases, setup, teardown);
	tcase_add_test(cases, every_option_lies_within_its_own_bounds_by_default);
	tcase_add_test(cases, a_copy_shares_nothing_with_its_original);
	tcase_add_test(cases, a_local_network_has_the_id_0_and_takes_no_payments_unless_told);
	tcase_add_test(cases, the_least_version_is_the_networks_unless_told);
	tcase_add_test(cases, lesson_5_nobodys_timeout_is_shorter_than_the_work_it_waits_for);
	tcase_add_test(cases, times_of_replication_keep_their_proportion_to_the_interval);
	suite_add_tcase(s, cases);
	return s;
}
