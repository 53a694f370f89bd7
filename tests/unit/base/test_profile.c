/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The numbers of the network are Autonomi's (semantics 1.1 to 1.8, 6.8 to 6.10, 7.2), or stand among the
 * deviations of docs/compatibility.md. */
#include "harness.h"

#include "base/profile.h"

static const struct an_profile *profile = &an_profile_autonomi;

START_TEST(widths_and_sizes_are_autonomi_s)
{
	ck_assert_uint_eq(profile->k, 20);
	ck_assert_uint_eq(profile->alpha, 3);
	ck_assert_uint_eq(profile->close_group, 5);
	ck_assert_uint_eq(profile->replication, 7);
	ck_assert_uint_eq(profile->record_value_max, 5242880 - 1);
	ck_assert_uint_eq(profile->chunk_content_max, 4194304);
	ck_assert_uint_eq(profile->chunk_max, 4194336);
	ck_assert_uint_eq(profile->request_max, 2 * 5242880);
	ck_assert_uint_eq(profile->response_max, 10485760);
	ck_assert_uint_eq(profile->records_max, 16384);
}
END_TEST

START_TEST(timers_of_the_wire_are_autonomi_s)
{
	ck_assert_uint_eq(profile->request_timeout, AN_SECONDS(120));
	ck_assert_uint_eq(profile->lookup_timeout, AN_SECONDS(120));
	ck_assert_uint_eq(profile->idle_timeout, AN_SECONDS(10));
	ck_assert_uint_eq(profile->range_interval, AN_SECONDS(15));
}
END_TEST

START_TEST(numbers_of_replication_and_cleanup_are_autonomi_s)
{
	ck_assert_uint_eq(profile->replication_interval, AN_SECONDS(180));
	ck_assert_uint_eq(profile->replication_spacing, AN_SECONDS(30));
	ck_assert_uint_eq(profile->restart_suppression, AN_SECONDS(90));
	ck_assert_uint_eq(profile->offer_lifetime, AN_SECONDS(900));
	ck_assert_uint_eq(profile->fetch_parallel, 5);
	ck_assert_uint_eq(profile->prune_batch, 16384 / 10);
	ck_assert_uint_eq(profile->cleanup_share, 10);
	ck_assert_uint_eq(profile->cleanup_ranges, 10);
	ck_assert_uint_eq(profile->cleanup_interval, AN_SECONDS(7200));
	ck_assert_uint_eq(profile->challenge_interval, AN_SECONDS(7200));
	ck_assert_uint_eq(profile->health_retry, AN_MINUTES(15));
	ck_assert_uint_eq(profile->network_wide_cycle, AN_HOURS(4 * 24));
	ck_assert_uint_eq(profile->network_load_lifetime, AN_HOURS(72));
	ck_assert_uint_eq(profile->network_load_reach, 10);
	ck_assert_uint_eq(profile->issue_spacing, AN_SECONDS(10));
}
END_TEST

START_TEST(strategies_of_the_client_are_autonomi_s)
{
	/* Chunk, graph entry, pointer, scratchpad; "Balanced" is 6 tries, "Quick" 4, "None" 1. */
	static const struct an_strategy expected[] = {{2, 6, 2, 1, 1},
	                                              {3, 6, 2, 2, 4},
	                                              {3, 6, 2, 3, 4},
	                                              {3, 6, 2, 3, 4}};
	for (size_t type = 0; type < AN_PROFILE_RECORD_TYPES; type++) {
		const struct an_strategy *strategy = &profile->strategies[type];
		ck_assert_uint_eq(strategy->put_quorum, expected[type].put_quorum);
		ck_assert_uint_eq(strategy->put_tries, expected[type].put_tries);
		ck_assert_uint_eq(strategy->exists_quorum, expected[type].exists_quorum);
		ck_assert_uint_eq(strategy->get_quorum, expected[type].get_quorum);
		ck_assert_uint_eq(strategy->get_tries, expected[type].get_tries);
	}
}
END_TEST

START_TEST(numbers_of_bootstrap_are_autonomi_s)
{
	ck_assert_uint_eq(profile->bootstrap_cache_peers, 1500);
	ck_assert_uint_eq(profile->bootstrap_cache_addresses, 3);
	ck_assert_uint_eq(profile->bootstrap_dials, 10);
	ck_assert_uint_eq(profile->bootstrap_enough, 5);
}
END_TEST

START_TEST(what_is_ours_is_as_the_documents_say)
{
	ck_assert_uint_eq(profile->health_tries, 6);
	ck_assert_uint_eq(profile->issue_lifetime, AN_HOURS(12));
	ck_assert_uint_eq(profile->block_lifetime, AN_HOURS(24));
	ck_assert_uint_eq(profile->replication_refresh, AN_HOURS(1));
	ck_assert_uint_eq(profile->surplus_pause, AN_SECONDS(5));
	ck_assert_uint_eq(profile->surplus_lifetime, AN_MINUTES(90));
	ck_assert_uint_eq(profile->dial_back, AN_SECONDS(20));
	ck_assert_uint_eq(profile->handshake_timeout, AN_SECONDS(10));
	ck_assert_str_eq(profile->minimum_version, "0.1.0");
	ck_assert_int_eq(profile->record_form, AN_RECORD_FORM_BYTES);
	ck_assert(profile->payments);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("base/profile");
	TCase *tests = tcase_create("profile");
	tcase_add_test(tests, widths_and_sizes_are_autonomi_s);
	tcase_add_test(tests, timers_of_the_wire_are_autonomi_s);
	tcase_add_test(tests, numbers_of_replication_and_cleanup_are_autonomi_s);
	tcase_add_test(tests, strategies_of_the_client_are_autonomi_s);
	tcase_add_test(tests, numbers_of_bootstrap_are_autonomi_s);
	tcase_add_test(tests, what_is_ours_is_as_the_documents_say);
	suite_add_tcase(s, tests);
	return s;
}
