/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists of peers that are strangers, lie, or withhold (semantics 6.8.3). */
#include "harness.h"

#include <string.h>

#include "town.h"

enum { NODES = 12, MANY = 3000 };

static struct town town;
static struct an_repl_content contents[MANY];

static void setup(void)
{
	town_init(&town, NODES);
	town_run(&town, AN_MINUTES(1));
	for (uint32_t i = 0; i < MANY; i++)
		contents[i] = town_content(10000 + i, 0);
}

static void teardown(void)
{
	town_done(&town);
}

static struct an_repl_counters counters_of(const struct town_node *node)
{
	struct an_repl_counters counters;
	an_repl_count(node->repl, node->town->now, &counters);
	return counters;
}

START_TEST(a_list_of_a_stranger_is_answered_and_ignored)
{
	const struct an_contact stranger = town_contact(999);
	ck_assert_int_eq(town_tell(&town.nodes[0], &stranger, contents, 10), AUTONOMI_OK);
	ck_assert_uint_eq(counters_of(&town.nodes[0]).offers, 0);
	ck_assert_uint_eq(counters_of(&town.nodes[0]).lists_ignored, 1);
}
END_TEST

/* Records that this node must hold, or must not. */
static void choose_contents(const struct town_node *node, bool ours, size_t count)
{
	for (uint32_t record = 20000, found = 0; found < count; record++) {
		const struct an_repl_content content = town_content(record, 0);
		const bool is_ours = an_repl_stance(node->repl, content.name, town.now) ==
		                     AUTONOMI_OK;
		if (is_ours == ours)
			contents[found++] = content;
	}
}

/* As network-wide replication tells (semantics 6.9). */
START_TEST(one_record_that_a_stranger_names_is_looked_at_where_it_is_ours)
{
	struct town_node *node = &town.nodes[0];
	const struct an_contact stranger = town_contact(999);
	choose_contents(node, false, 1);
	ck_assert_int_eq(town_tell(node, &stranger, contents, 1), AUTONOMI_OK);
	ck_assert_uint_eq(counters_of(node).offers, 0);
	ck_assert_uint_eq(counters_of(node).keys_heard, 1);
	choose_contents(node, true, 2);
	ck_assert_int_eq(town_tell(node, &stranger, contents, 2), AUTONOMI_OK);
	ck_assert_uint_eq(counters_of(node).lists_ignored, 1);
	ck_assert_int_eq(town_tell(node, &stranger, contents, 1), AUTONOMI_OK);
	ck_assert_uint_eq(counters_of(node).offers, 1);
	/* With payments two neighbours must tell of it. */
	town.profile.payments = true;
	ck_assert_int_eq(town_tell(node, &stranger, contents + 1, 1), AUTONOMI_OK);
	ck_assert_uint_eq(counters_of(node).offers, 1);
	ck_assert_uint_eq(counters_of(node).lists_ignored, 2);
}
END_TEST

START_TEST(what_a_stranger_has_is_fetched_where_its_connection_comes_from)
{
	struct town_node *node = &town.nodes[0];
	const struct an_contact stranger = town_contact(999);
	struct an_repl_want want;
	choose_contents(node, true, 1);
	town_tell(node, &stranger, contents, 1);
	while (an_repl_next_want(node->repl, town.now, &want) && want.type != AN_REPL_FETCH_RECORD)
		an_repl_ended(node->repl, want.token, AUTONOMI_OK, town.now);
	ck_assert_int_eq(want.type, AN_REPL_FETCH_RECORD);
	ck_assert(an_peer_id_equal(&want.contact.id, &stranger.id));
	ck_assert_uint_eq(want.contact.endpoint_count, 1);
	ck_assert(an_endpoint_equal(&want.contact.endpoints[0], &stranger.endpoints[0]));
	an_repl_ended(node->repl, want.token, AUTONOMI_E_NOT_FOUND, town.now);
	ck_assert_uint_eq(counters_of(node).offers, 0);
}
END_TEST

/* A record of its own that all others lack. */
static void put_under_load(struct town_node *node)
{
	for (size_t i = 1; i < NODES; i++)
		town.nodes[i].mood = TOWN_LACKS;
	town.profile.network_wide_cycle = AN_MINUTES(1);
	town_put(node, 9999, 0);
	town_run(&town, AN_MINUTES(3));
	ck_assert_uint_eq(counters_of(node).network_load, 1);
}

/* Semantics 6.8.3. */
START_TEST(under_load_lists_of_strangers_are_looked_at_up_to_ten_times_the_distance)
{
	struct town_node *node = &town.nodes[0];
	struct an_contact near = town_contact(999), far = town_contact(999);
	put_under_load(node);
	choose_contents(node, true, 20);
	/* The farthest of eleven is far away; its reach is ten times as far, which is everywhere. */
	const size_t before = counters_of(node).offers;
	ck_assert_int_eq(town_tell(node, &near, contents, 10), AUTONOMI_OK);
	ck_assert_uint_eq(counters_of(node).offers, before + 10);
	town.profile.network_load_reach = 0;
	far.id.bytes[20] ^= 1;
	const uint64_t ignored = counters_of(node).lists_ignored;
	ck_assert_int_eq(town_tell(node, &far, contents + 10, 10), AUTONOMI_OK);
	ck_assert_uint_eq(counters_of(node).offers, before + 10);
	ck_assert_uint_eq(counters_of(node).lists_ignored, ignored + 1);
}
END_TEST

START_TEST(under_load_what_is_not_ours_is_not_taken_from_strangers)
{
	struct town_node *node = &town.nodes[0];
	const struct an_contact stranger = town_contact(999);
	put_under_load(node);
	choose_contents(node, false, 10);
	const size_t before = counters_of(node).offers;
	ck_assert_int_eq(town_tell(node, &stranger, contents, 10), AUTONOMI_OK);
	ck_assert_uint_eq(counters_of(node).offers, before);
}
END_TEST

START_TEST(a_list_in_the_name_of_another_peer_is_ignored)
{
	struct town_node *node = &town.nodes[0];
	const struct an_address holder = an_address_of_peer(&town.nodes[1].contact.id);
	const struct an_message_list none = {0};
	ck_assert_int_eq(an_repl_take_list(node->repl, &town.nodes[2].contact, &holder, none,
	                                   town.now),
	                 AUTONOMI_OK);
	ck_assert_uint_eq(counters_of(node).lists_ignored, 1);
}
END_TEST

START_TEST(a_list_of_ourselves_is_ignored)
{
	struct town_node *node = &town.nodes[0];
	town_tell(node, &node->contact, contents, 10);
	ck_assert_uint_eq(counters_of(node).offers, 0);
	ck_assert_uint_eq(counters_of(node).lists_ignored, 1);
}
END_TEST

START_TEST(what_we_have_already_is_no_offer)
{
	struct town_node *node = &town.nodes[0];
	town_put(node, 10000, 0);
	town_tell(node, &town.nodes[1].contact, contents, 1);
	ck_assert_uint_eq(counters_of(node).offers, 0);
	ck_assert_uint_eq(counters_of(node).keys_heard, 1);
}
END_TEST

START_TEST(of_a_long_list_the_beginning_is_looked_at_and_the_peer_is_told_that_we_are_busy_or_done)
{
	struct town_node *node = &town.nodes[0];
	town_tell(node, &town.nodes[1].contact, contents, MANY);
	ck_assert_uint_le(counters_of(node).keys_heard, AN_REPL_LIST_TAKEN);
	ck_assert_uint_le(counters_of(node).offers, AN_REPL_OFFERS_PER_REPORTER);
	ck_assert_int_eq(town_tell(node, &town.nodes[1].contact, contents + 1000, MANY - 1000),
	                 AUTONOMI_E_BUSY);
}
END_TEST

START_TEST(a_liar_whose_records_do_not_exist_costs_a_few_fetches)
{
	struct town_node *node = &town.nodes[0];
	for (int i = 0; i < 100; i++) {
		town_tell(node, &town.nodes[1].contact, contents + i * 20, 20);
		town_run(&town, AN_SECONDS(1));
	}
	ck_assert_uint_le(node->fetched_in_vain, AN_REPL_FALSE_MAX + town.profile.fetch_parallel);
	ck_assert_uint_gt(counters_of(node).lists_ignored, 50);
	ck_assert_uint_eq(counters_of(node).offers, 0);
}
END_TEST

START_TEST(one_that_failed_its_challenges_is_not_believed)
{
	struct town_node *node = &town.nodes[0];
	an_repl_challenged(node->repl, &town.nodes[1].contact.id, true);
	an_repl_challenged(node->repl, &town.nodes[1].contact.id, false);
	town_tell(node, &town.nodes[1].contact, contents, 10);
	ck_assert_uint_eq(counters_of(node).offers, 0);
	ck_assert_uint_eq(counters_of(node).lists_ignored, 1);
}
END_TEST

START_TEST(with_payments_who_passed_its_challenges_is_believed_alone_and_others_are_not)
{
	struct town_node *node = &town.nodes[0];
	town.profile.payments = true;
	for (int i = 0; i < 2; i++)
		an_repl_challenged(node->repl, &town.nodes[1].contact.id, true);
	for (uint32_t i = 0; i < 40; i++) {
		town_put(&town.nodes[1], 10000 + i, 0);
		town_put(&town.nodes[2], 20000 + i, 0);
		contents[100 + i] = town_content(20000 + i, 0);
	}
	town_tell(node, &town.nodes[1].contact, contents, 40);
	town_tell(node, &town.nodes[2].contact, contents + 100, 40);
	town_run(&town, AN_SECONDS(5));
	size_t believed = 0, doubted = 0;
	for (uint32_t i = 0; i < 40; i++) {
		believed += town_version(node, 10000 + i) == 0;
		doubted += town_version(node, 20000 + i) == 0;
	}
	ck_assert_uint_gt(believed, 0);
	ck_assert_uint_eq(doubted, 0);
}
END_TEST

START_TEST(what_one_holder_withholds_comes_from_the_next_one)
{
	for (uint32_t i = 0; i < 100; i++)
		town_store(&town, i, 0, 2);
	town.nodes[1].busy = true; /* tells, and gives nothing */
	town_run(&town, 3 * town.profile.replication_interval);
	size_t missing = 0;
	for (uint32_t i = 0; i < 100; i++) {
		const size_t holders = town_holders(&town, i, 0);
		missing += holders < 4; /* all but the one that is busy itself */
	}
	ck_assert_uint_eq(missing, 0);
}
END_TEST

START_TEST(a_key_that_is_none_of_a_record_is_passed_over)
{
	struct town_node *node = &town.nodes[0];
	struct an_buffer items;
	struct an_message_list list = {0};
	an_buffer_init(&items, 4096);
	struct an_message_key key = {.address = an_address_of_peer(&town.nodes[3].contact.id),
	                             .validation = {.is_chunk = true}};
	an_message_add_key(&items, &list, false, &key);
	const struct an_address holder = an_address_of_peer(&town.nodes[1].contact.id);
	ck_assert_int_eq(an_repl_take_list(node->repl, &town.nodes[1].contact, &holder, list,
	                                   town.now),
	                 AUTONOMI_OK);
	ck_assert_uint_eq(counters_of(node).offers, 0);
	an_buffer_done(&items);
}
END_TEST

START_TEST(an_end_that_nobody_waits_for_changes_nothing)
{
	an_repl_ended(town.nodes[0].repl, 0, AUTONOMI_OK, town.now);
	an_repl_ended(town.nodes[0].repl, 123456, AUTONOMI_E_TIMEOUT, town.now);
	ck_assert_uint_eq(counters_of(&town.nodes[0]).fetched, 0);
}
END_TEST

/* Semantics 6.3.7. */
START_TEST(what_a_client_brought_is_not_fetched)
{
	struct town_node *node = &town.nodes[0];
	const struct an_contact teller = town.nodes[1].contact;
	const struct an_repl_content told[] = {town_content(5000, 0), town_content(5001, 1),
	                                       town_content(5001, 2), town_content(5002, 0)};
	node->unconverged = true; /* so that they wait */
	ck_assert_int_eq(town_tell(node, &teller, told, 4), AUTONOMI_OK);
	ck_assert_uint_eq(counters_of(node).offers, 4);
	/* Nothing came of it. */
	an_repl_brought(node->repl, told[0].name);
	ck_assert_uint_eq(counters_of(node).offers, 4);
	town_put(node, 5000, 0);
	an_repl_brought(node->repl, told[0].name);
	ck_assert_uint_eq(counters_of(node).offers, 3);
	/* Another version than that which came is another record. */
	town_put(node, 5001, 1);
	an_repl_brought(node->repl, told[1].name);
	ck_assert_uint_eq(counters_of(node).offers, 2);
	town_put(node, 6000, 0);
	an_repl_brought(node->repl, town_content(6000, 0).name);
	ck_assert_uint_eq(counters_of(node).offers, 2);
}
END_TEST

START_TEST(a_node_that_had_no_room_listens_to_nobody_for_an_hour)
{
	struct town_node *node = &town.nodes[0], *teller = &town.nodes[1];
	choose_contents(node, true, 2);
	const struct an_repl_content first = contents[0], second = contents[1];
	uint32_t record = 20000;
	while (memcmp(town_content(record, 0).name, first.name, sizeof(first.name)) != 0)
		record++;
	town_put(teller, record, 0);
	node->full = true;
	ck_assert_int_eq(town_tell(node, &teller->contact, &first, 1), AUTONOMI_OK);
	town_run(&town, AN_SECONDS(5));
	ck_assert_uint_eq(node->fetched_in_vain, 1);
	ck_assert_int_eq(an_repl_stance(node->repl, second.name, town.now), AUTONOMI_E_FULL);
	const uint64_t ignored = counters_of(node).lists_ignored;
	ck_assert_int_eq(town_tell(node, &teller->contact, &second, 1), AUTONOMI_OK);
	ck_assert_uint_eq(counters_of(node).lists_ignored, ignored + 1);
	ck_assert_uint_eq(counters_of(node).offers, 0);
	town.now = an_time_after(town.now, town.profile.replication_refresh);
	ck_assert_int_eq(town_tell(node, &teller->contact, &second, 1), AUTONOMI_OK);
	ck_assert_uint_eq(counters_of(node).offers, 1);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("repl/lists");
	TCase *tests = tcase_create("lists");
	tcase_set_timeout(tests, 60);
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, a_list_of_a_stranger_is_answered_and_ignored);
	tcase_add_test(tests, one_record_that_a_stranger_names_is_looked_at_where_it_is_ours);
	tcase_add_test(tests, what_a_stranger_has_is_fetched_where_its_connection_comes_from);
	tcase_add_test(tests,
	               under_load_lists_of_strangers_are_looked_at_up_to_ten_times_the_distance);
	tcase_add_test(tests, under_load_what_is_not_ours_is_not_taken_from_strangers);
	tcase_add_test(tests, a_node_that_had_no_room_listens_to_nobody_for_an_hour);
	tcase_add_test(tests, a_list_in_the_name_of_another_peer_is_ignored);
	tcase_add_test(tests, a_list_of_ourselves_is_ignored);
	tcase_add_test(tests, what_we_have_already_is_no_offer);
	tcase_add_test(
		tests,
		of_a_long_list_the_beginning_is_looked_at_and_the_peer_is_told_that_we_are_busy_or_done);
	tcase_add_test(tests, a_liar_whose_records_do_not_exist_costs_a_few_fetches);
	tcase_add_test(tests, one_that_failed_its_challenges_is_not_believed);
	tcase_add_test(
		tests,
		with_payments_who_passed_its_challenges_is_believed_alone_and_others_are_not);
	tcase_add_test(tests, what_one_holder_withholds_comes_from_the_next_one);
	tcase_add_test(tests, a_key_that_is_none_of_a_record_is_passed_over);
	tcase_add_test(tests, what_a_client_brought_is_not_fetched);
	tcase_add_test(tests, an_end_that_nobody_waits_for_changes_nothing);
	suite_add_tcase(s, tests);
	return s;
}
