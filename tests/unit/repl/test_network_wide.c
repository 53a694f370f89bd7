/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Network-wide replication among the nodes of a town (semantics 6.9): what it looks at and how often,
 * what it brings back, and when the network is under load. */
#include "harness.h"

#include "base/memory.h"
#include "kad/placement.h"
#include "town.h"

enum { NODES = 12, CHUNKS = 60, FAR_NODES = 60, FAR_RECORD = 5000 };

#define CYCLE AN_HOURS(1)

static struct town town;

/* What belongs to other parts is kept out of the way. */
static void begin(size_t nodes)
{
	town_init(&town, nodes);
	town.profile.network_wide_cycle = CYCLE;
	town.profile.network_load_lifetime = CYCLE;
	town.profile.challenge_interval = AN_HOURS(1000);
}

static void setup(void)
{
	begin(NODES);
}

static void teardown(void)
{
	town_done(&town);
}

static void store_all(size_t copies)
{
	for (uint32_t i = 0; i < CHUNKS; i++)
		town_store(&town, i, 0, copies);
}

static struct an_repl_counters counters_of(const struct town_node *node)
{
	struct an_repl_counters counters;
	an_repl_count(node->repl, town.now, &counters);
	return counters;
}

static struct an_repl_counters all_counters(void)
{
	struct an_repl_counters sum = {0};
	for (size_t i = 0; i < town.count; i++) {
		const struct an_repl_counters counters = counters_of(&town.nodes[i]);
		sum.network_wide_records += counters.network_wide_records;
		sum.network_wide_asked += counters.network_wide_asked;
		sum.network_wide_lacking += counters.network_wide_lacking;
		sum.network_load += counters.network_load;
		sum.issues += counters.issues;
	}
	return sum;
}

static size_t all_records(void)
{
	size_t records = 0;
	for (size_t i = 0; i < town.count; i++)
		records += town.nodes[i].count;
	return records;
}

START_TEST(every_record_is_looked_at_once_in_a_cycle_and_all_four_others_are_asked)
{
	store_all(5);
	town_run(&town, 4 * CYCLE);
	const struct an_repl_counters counters = all_counters();
	ck_assert_uint_ge(counters.network_wide_records, 4 * all_records() * 9 / 10);
	ck_assert_uint_le(counters.network_wide_records, 4 * all_records() * 11 / 10);
	ck_assert_uint_eq(counters.network_wide_asked, counters.network_wide_records * 4);
	ck_assert_uint_eq(counters.network_wide_lacking, 0);
	ck_assert_uint_eq(counters.network_load, 0);
	ck_assert_uint_eq(town_fetched(&town), 0);
}
END_TEST

/* No burst: the records of a node are spread over the cycle. */
START_TEST(in_no_part_of_a_cycle_more_is_looked_at_than_belongs_to_it)
{
	struct town_node *node = &town.nodes[0];
	for (uint32_t i = 0; i < CHUNKS; i++)
		town_put(node, i, 0);
	for (int part = 0; part < 40; part++) {
		const uint64_t before = counters_of(node).network_wide_records;
		town_run(&town, CYCLE / 20);
		ck_assert_uint_le(counters_of(node).network_wide_records - before,
		                  CHUNKS / 20 * 10 / 9 + 2);
	}
}
END_TEST

START_TEST(the_pace_is_that_of_the_records_that_there_are_now)
{
	struct town_node *node = &town.nodes[0];
	town_run(&town, CYCLE);
	ck_assert_uint_eq(counters_of(node).network_wide_records, 0);
	store_all(5);
	town_run(&town, CYCLE);
	ck_assert_uint_ge(counters_of(node).network_wide_records, node->count * 8 / 10);
}
END_TEST

static void look_at_one(struct an_repl_network_wide *wide, const struct an_repl_host *host,
                        an_time_us *now)
{
	const struct an_repl_nearest nobody = {.now = *now};
	*now = an_repl_network_wide_deadline(wide, host);
	ck_assert_int_eq(an_repl_network_wide_begin(wide, host, true, *now),
	                 AN_REPL_NETWORK_WIDE_SEARCH);
	ck_assert(an_repl_network_wide_deadline(wide, host) == AN_TIME_NEVER);
	an_repl_network_wide_found(wide, &nobody);
}

static size_t record_count;
static struct an_store_entry entries[CHUNKS];

static size_t count_records(void *context)
{
	(void)context;
	return record_count;
}

static void visit_entries(void *context, const struct an_dht_key *after, an_repl_visitor *visitor,
                          void *visitor_context)
{
	(void)context;
	for (size_t i = 0; i < record_count; i++) {
		if (after != NULL && memcmp(entries[i].dht_key.bytes, after->bytes, 32) <= 0)
			continue;
		if (!visitor(visitor_context, &entries[i]))
			return;
	}
}

static const struct an_repl_host book = {.records = count_records, .visit = visit_entries};

/* The place of a record that is looked at is its number. */
static void fill_book(size_t count)
{
	record_count = count;
	for (size_t i = 0; i < count; i++) {
		entries[i] = (struct an_store_entry){0};
		entries[i].key[0] = entries[i].dht_key.bytes[0] = (uint8_t)i;
	}
}

START_TEST(the_walk_goes_round_and_begins_anywhere)
{
	struct an_repl_network_wide wide;
	size_t looks[CHUNKS] = {0}, beginnings[CHUNKS] = {0}, different = 0;
	fill_book(CHUNKS);
	for (int start = 0; start < 100; start++) {
		an_time_us now = AN_HOURS(1);
		an_repl_network_wide_init(&wide, &town.profile, &town.random, now);
		look_at_one(&wide, &book, &now);
		beginnings[wide.check.target[0]]++;
		for (int i = 1; i < CHUNKS; i++) {
			const unsigned last = wide.check.target[0];
			look_at_one(&wide, &book, &now);
			ck_assert_uint_eq(wide.check.target[0], (last + 1) % CHUNKS);
			looks[wide.check.target[0]]++;
		}
		/* Of the first pause any part, of the others a tenth more or less. */
		ck_assert_uint_le(now - AN_HOURS(1), CYCLE * 11 / 10);
		ck_assert_uint_ge(now - AN_HOURS(1), CYCLE * (CHUNKS - 1) / CHUNKS * 9 / 10);
	}
	for (size_t i = 0; i < CHUNKS; i++)
		different += beginnings[i] > 0;
	ck_assert_uint_gt(different, CHUNKS / 2);
}
END_TEST

START_TEST(records_that_go_and_come_are_no_trouble_for_the_walk)
{
	struct an_repl_network_wide wide;
	an_time_us now = AN_HOURS(1);
	fill_book(0);
	an_repl_network_wide_init(&wide, &town.profile, &town.random, now);
	ck_assert(an_repl_network_wide_deadline(&wide, &book) == AN_TIME_NEVER);
	ck_assert_int_eq(an_repl_network_wide_begin(&wide, &book, true, now + AN_HOURS(100)),
	                 AN_REPL_NETWORK_WIDE_NOTHING);
	fill_book(3);
	for (int i = 0; i < 3; i++)
		look_at_one(&wide, &book, &now);
	wide.cursor.bytes[0] = 50; /* behind them all */
	look_at_one(&wide, &book, &now);
	ck_assert_uint_eq(wide.check.target[0], 0);
	fill_book(0);
	ck_assert(an_repl_network_wide_deadline(&wide, &book) == AN_TIME_NEVER);
	fill_book(2);
	look_at_one(&wide, &book, &now);
	ck_assert_uint_eq(wide.check.target[0], 1);
}
END_TEST

/* Answers that come when nobody waits for them change nothing. */
START_TEST(what_comes_out_of_turn_is_ignored)
{
	struct an_repl_network_wide wide;
	const struct an_repl_nearest nobody = {.now = town.now};
	fill_book(1);
	an_repl_network_wide_init(&wide, &town.profile, &town.random, town.now);
	an_repl_network_wide_found(&wide, &nobody);
	an_repl_network_wide_proven(&wide, (struct an_message_list){0});
	ck_assert_ptr_null(an_repl_network_wide_next(&wide));
	ck_assert_int_eq(wide.state, AN_REPL_NETWORK_WIDE_WAITING);
}
END_TEST

/* A node that is none of the record's holders, and none of whose neighbours is. */
static struct town_node *far_node(uint32_t record, uint8_t version)
{
	const struct an_repl_content content = town_content(record, version);
	const struct an_dht_key key = an_dht_key_of(an_span(content.name, sizeof(content.name)));
	struct an_dht_key keys[TOWN_NODES];
	size_t holders[5], around[AN_REPL_VIEW_MAX + 1];
	for (size_t i = 0; i < town.count; i++)
		keys[i] = town.nodes[i].key;
	an_placement_nearest(&key, keys, town.count, 5, holders);
	for (size_t i = 0; i < town.count; i++) {
		size_t met = 0;
		an_placement_nearest(&keys[i], keys, town.count, AN_REPL_VIEW_MAX + 1, around);
		for (size_t j = 0; j < AN_REPL_VIEW_MAX + 1; j++)
			for (size_t k = 0; k < 5; k++)
				met += around[j] == holders[k];
		if (met == 0)
			return &town.nodes[i];
	}
	return NULL;
}

static void begin_far(struct town_node **ret_node, uint32_t *ret_record, uint8_t version)
{
	town_done(&town);
	begin(FAR_NODES);
	*ret_record = FAR_RECORD;
	while ((*ret_node = far_node(*ret_record, version)) == NULL)
		++*ret_record;
	town_put(*ret_node, *ret_record, version);
}

START_TEST(a_record_that_is_left_on_a_far_node_comes_back_to_its_holders)
{
	struct town_node *far;
	uint32_t record;
	begin_far(&far, &record, 0);
	town.profile.network_wide_cycle = AN_HOURS(1000);
	town_run(&town, AN_MINUTES(30));
	ck_assert_uint_eq(town_holders(&town, record, 0), 0);
	town.profile.network_wide_cycle = AN_MINUTES(10);
	town_run(&town, AN_MINUTES(10));
	ck_assert_uint_eq(town_holders(&town, record, 0), 5);
	ck_assert_uint_eq(counters_of(far).network_load, 1);
	ck_assert_uint_ge(counters_of(far).network_wide_lacking, 5);
}
END_TEST

/* With payments a stranger is not listened to, and of its record there is but one word. */
START_TEST(with_payments_one_far_node_is_not_enough)
{
	struct town_node *far;
	uint32_t record;
	begin_far(&far, &record, 0);
	town.profile.payments = true;
	town_run(&town, AN_HOURS(1));
	ck_assert_uint_eq(town_holders(&town, record, 0), 0);
	ck_assert_uint_ge(counters_of(far).network_wide_lacking, 5);
}
END_TEST

START_TEST(who_has_another_version_is_told_and_does_not_lack_the_record)
{
	struct town_node *far;
	uint32_t record;
	begin_far(&far, &record, 4);
	town_store(&town, record, 3, 5);
	town_run(&town, 2 * CYCLE);
	ck_assert_uint_eq(town_holders(&town, record, 4), 5);
	ck_assert_uint_eq(all_counters().network_wide_lacking, 0);
	ck_assert_uint_eq(all_counters().network_load, 0);
	ck_assert_uint_eq(all_counters().issues, 0);
}
END_TEST

/* The network is under load where three lack a record, for as long as the profile says. */
START_TEST(two_that_lack_a_record_are_no_load_and_three_are_one)
{
	struct town_node *node = NULL;
	size_t holders = 0;
	town_store(&town, 1, 0, 5);
	for (size_t i = 0; i < NODES; i++) {
		struct town_node *at = &town.nodes[i];
		if (town_version(at, 1) < 0)
			continue;
		if (node == NULL)
			node = at;
		else if (holders++ < 2)
			at->mood = TOWN_LACKS;
	}
	town_run(&town, 2 * CYCLE);
	ck_assert_uint_gt(counters_of(node).network_wide_lacking, 0);
	ck_assert_uint_eq(counters_of(node).network_load, 0);
	for (size_t i = 0; i < NODES; i++)
		if (&town.nodes[i] != node)
			town.nodes[i].mood = TOWN_LACKS;
	town_run(&town, 2 * CYCLE);
	ck_assert_uint_eq(counters_of(node).network_load, 1);
	for (size_t i = 0; i < NODES; i++)
		town.nodes[i].mood = TOWN_HONEST;
	town_run(&town, 3 * CYCLE);
	ck_assert_uint_eq(counters_of(node).network_load, 0);
}
END_TEST

static bool loads(uint32_t lacking, an_time_us after)
{
	struct an_repl_network_wide wide;
	an_repl_network_wide_init(&wide, &an_profile_autonomi, &town.random, town.now);
	struct an_repl_check *check = &wide.check;
	check->count = check->next = 4;
	check->open = 1;
	for (uint32_t i = 0; i < check->count; i++)
		check->peers[i].answer = i < lacking ? AN_REPL_ANSWER_LACKING : AN_REPL_ANSWER_SAME;
	ck_assert(an_repl_network_wide_ended(&wide, town.now));
	return an_repl_network_wide_loaded(&wide, an_time_after(town.now, after));
}

START_TEST(three_that_lack_a_record_are_a_load_for_three_days)
{
	ck_assert(!loads(2, 0));
	ck_assert(loads(3, 0));
	ck_assert(loads(3, AN_HOURS(72) - 1));
	ck_assert(!loads(3, AN_HOURS(72)));
}
END_TEST

static void assert_nobody_lacks(void)
{
	store_all(5);
	town_run(&town, 2 * CYCLE);
	ck_assert_uint_gt(all_counters().network_wide_asked, 0);
	ck_assert_uint_eq(all_counters().network_wide_lacking, 0);
	ck_assert_uint_eq(all_counters().network_load, 0);
}

START_TEST(who_is_full_does_not_lack_it)
{
	for (size_t i = 0; i < NODES; i++)
		town.nodes[i].mood = TOWN_SAYS_FULL;
	assert_nobody_lacks();
}
END_TEST

START_TEST(who_is_silent_does_not_lack_it)
{
	for (size_t i = 0; i < NODES; i++)
		town.nodes[i].mood = TOWN_ANSWERS_NOT;
	assert_nobody_lacks();
}
END_TEST

START_TEST(who_is_busy_does_not_lack_it)
{
	for (size_t i = 0; i < NODES; i++)
		town.nodes[i].busy = i % 2 == 0;
	assert_nobody_lacks();
}
END_TEST

START_TEST(who_proves_a_chunk_falsely_lacks_it_and_is_blocked_at_the_third_time)
{
	struct town_node *bad = &town.nodes[3];
	bad->mood = TOWN_PROVES_FALSELY;
	store_all(5);
	town_run(&town, 2 * CYCLE);
	ck_assert_uint_gt(all_counters().network_wide_lacking, 0);
	ck_assert_uint_ge(all_counters().issues, 3);
	size_t blockers = 0;
	for (size_t i = 0; i < NODES; i++) {
		for (size_t j = 0; j < NODES; j++) {
			const bool blocks = town_blocks(&town.nodes[i], &town.nodes[j]);
			ck_assert(!blocks || &town.nodes[j] == bad);
			blockers += blocks;
		}
	}
	ck_assert_uint_gt(blockers, 0);
}
END_TEST

static void assert_nobody_asked(void)
{
	store_all(5);
	town_run(&town, 2 * CYCLE);
	ck_assert_uint_eq(all_counters().network_wide_asked, 0);
	ck_assert_uint_eq(all_counters().network_wide_records, 0);
}

START_TEST(where_the_search_fails_nobody_is_asked)
{
	for (size_t i = 0; i < NODES; i++)
		town.nodes[i].searches_fail = true;
	assert_nobody_asked();
	ck_assert_uint_gt(town.nodes[0].searches, 1);
}
END_TEST

START_TEST(who_cannot_prove_its_own_asks_nobody)
{
	for (size_t i = 0; i < NODES; i++)
		town.nodes[i].mood = TOWN_CANNOT_PROVE;
	assert_nobody_asked();
}
END_TEST

START_TEST(before_the_table_has_converged_nobody_is_asked)
{
	for (size_t i = 0; i < NODES; i++)
		town.nodes[i].unconverged = true;
	assert_nobody_asked();
	ck_assert_uint_eq(town.nodes[0].searches, 0);
}
END_TEST

START_TEST(a_node_alone_finds_nobody_to_ask)
{
	town_done(&town);
	begin(1);
	assert_nobody_asked();
}
END_TEST

START_TEST(where_many_lists_wait_no_more_is_told)
{
	struct an_repl_host host = {0};
	struct an_repl_rounds rounds;
	const struct an_contact self = town_contact(1), peer = town_contact(2);
	const struct an_store_entry entry = {.kind = AN_RECORD_CHUNK};
	an_repl_rounds_init(&rounds, &town.profile, &host, &self.id, &town.random, town.now);
	for (int i = 0; i < AN_REPL_LISTS_MAX; i++)
		ck_assert_int_eq(an_repl_rounds_tell(&rounds, &peer, &entry, town.now),
		                 AUTONOMI_OK);
	ck_assert_int_eq(an_repl_rounds_tell(&rounds, &peer, &entry, town.now), AUTONOMI_E_BUSY);
	ck_assert_uint_eq(rounds.keys_told, AN_REPL_LISTS_MAX);
	an_repl_rounds_done(&rounds);
}
END_TEST

#ifdef AN_FAULT_INJECTION
START_TEST(without_memory_a_list_is_not_told)
{
	struct an_repl_host host = {0};
	struct an_repl_rounds rounds;
	const struct an_contact self = town_contact(1), peer = town_contact(2);
	const struct an_store_entry entry = {.kind = AN_RECORD_CHUNK};
	an_repl_rounds_init(&rounds, &town.profile, &host, &self.id, &town.random, town.now);
	an_status status = AUTONOMI_E_NO_MEMORY;
	uint64_t allocations = 0;
	for (; status != AUTONOMI_OK; allocations++) {
		an_memory_fail_after(allocations);
		status = an_repl_rounds_tell(&rounds, &peer, &entry, town.now);
		an_memory_fail_after(UINT64_MAX);
		ck_assert(status == AUTONOMI_OK || status == AUTONOMI_E_NO_MEMORY);
		ck_assert_uint_eq(rounds.list_count, status == AUTONOMI_OK);
	}
	ck_assert_uint_gt(allocations, 2);
	an_repl_rounds_done(&rounds);
}
END_TEST
#endif

Suite *suite(void)
{
	Suite *s = suite_create("repl/network_wide");
	TCase *tests = tcase_create("network_wide");
	tcase_set_timeout(tests, 120);
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests,
	               every_record_is_looked_at_once_in_a_cycle_and_all_four_others_are_asked);
	tcase_add_test(tests, in_no_part_of_a_cycle_more_is_looked_at_than_belongs_to_it);
	tcase_add_test(tests, the_pace_is_that_of_the_records_that_there_are_now);
	tcase_add_test(tests, the_walk_goes_round_and_begins_anywhere);
	tcase_add_test(tests, records_that_go_and_come_are_no_trouble_for_the_walk);
	tcase_add_test(tests, what_comes_out_of_turn_is_ignored);
	tcase_add_test(tests, a_record_that_is_left_on_a_far_node_comes_back_to_its_holders);
	tcase_add_test(tests, with_payments_one_far_node_is_not_enough);
	tcase_add_test(tests, who_has_another_version_is_told_and_does_not_lack_the_record);
	tcase_add_test(tests, two_that_lack_a_record_are_no_load_and_three_are_one);
	tcase_add_test(tests, three_that_lack_a_record_are_a_load_for_three_days);
	tcase_add_test(tests, who_is_full_does_not_lack_it);
	tcase_add_test(tests, who_is_silent_does_not_lack_it);
	tcase_add_test(tests, who_is_busy_does_not_lack_it);
	tcase_add_test(tests, who_proves_a_chunk_falsely_lacks_it_and_is_blocked_at_the_third_time);
	tcase_add_test(tests, where_the_search_fails_nobody_is_asked);
	tcase_add_test(tests, who_cannot_prove_its_own_asks_nobody);
	tcase_add_test(tests, before_the_table_has_converged_nobody_is_asked);
	tcase_add_test(tests, a_node_alone_finds_nobody_to_ask);
	tcase_add_test(tests, where_many_lists_wait_no_more_is_told);
#ifdef AN_FAULT_INJECTION
	tcase_add_test(tests, without_memory_a_list_is_not_told);
#endif
	suite_add_tcase(s, tests);
	return s;
}
