/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "base/memory.h"
#include "data/chunk.h"
#include "harness.h"
#include "virtual_network.h"

enum { PEERS = 25, CHUNK_SIZE = 100000 };

static struct virtual_network network;
static struct an_client *client;
static struct outcome outcome;
static struct an_blob *content;
static uint8_t name[32];

static void setup(void)
{
	network_open(&network, PEERS, 7);
	client = network_client(&network);
	content = an_blob_new(CHUNK_SIZE);
	an_random_fill(&network.random, content->data, content->size);
	an_chunk_name(an_blob_span(content), name);
}

static void teardown(void)
{
	outcome_release(&outcome);
	client = an_client_free(client);
	ck_assert_uint_eq(content->references, 1);
	an_blob_unref(content);
	network_close(&network);
}

static void begin_put(void)
{
	ck_assert_int_eq(an_client_chunk_put(client, content, outcome_done, &outcome, &outcome.id),
	                 AUTONOMI_OK);
	ck_assert_uint_eq(outcome.calls, 0);
}

static an_status put(void)
{
	begin_put();
	return network_finish(&network, client, &outcome);
}

static an_status get(void)
{
	ck_assert_int_eq(an_client_chunk_get(client, name, outcome_done, &outcome, &outcome.id),
	                 AUTONOMI_OK);
	ck_assert_uint_eq(outcome.calls, 0);
	return network_finish(&network, client, &outcome);
}

static void store(void)
{
	uint8_t stored_name[32];
	network_store(&network, an_blob_span(content), stored_name);
	ck_assert_mem_eq(stored_name, name, 32);
}

/* The `count` peers closest to the chunk, beginning with `rank`, behave so. */
static void make_closest(size_t rank, size_t count, enum behaviour behaviour)
{
	for (size_t i = 0; i < count; i++)
		network_closest(&network, name, rank + i)->behaviour = behaviour;
}

static void assert_held_by_closest(size_t rank)
{
	const struct virtual_peer *peer = network_closest(&network, name, rank);
	ck_assert(network_holds(&network, name, (size_t)(peer - network.peers)));
}

static void assert_got(void)
{
	ck_assert_int_eq(outcome.result.status, AUTONOMI_OK);
	ck_assert_uint_eq(outcome.result.bytes.size, content->size);
	ck_assert_mem_eq(outcome.result.bytes.data, content->data, content->size);
}

/* ---- Put. */
START_TEST(a_put_goes_to_the_five_closest_and_to_nobody_else)
{
	ck_assert_int_eq(put(), AUTONOMI_OK);
	ck_assert_mem_eq(outcome.result.address, name, 32);
	ck_assert_uint_eq(outcome.result.copies[5], 1);
	ck_assert_uint_eq(network.puts, 5);
	for (size_t rank = 0; rank < 5; rank++)
		assert_held_by_closest(rank);
}
END_TEST

START_TEST(a_put_that_succeeds_makes_one_lookup)
{
	ck_assert_int_eq(put(), AUTONOMI_OK);
	ck_assert_uint_eq(network.lookups, 1);
}
END_TEST

START_TEST(a_peer_that_fails_is_replaced_by_the_next_closest)
{
	static const enum behaviour failing[] = {UNREACHABLE, SILENT,       FULL,   ALWAYS_BUSY,
	                                         LYING_ECHO,  OTHER_ANSWER, GARBAGE};
	make_closest(1, 1, failing[_i]);
	ck_assert_int_eq(put(), AUTONOMI_OK);
	ck_assert_uint_eq(outcome.result.copies[5], 1);
	assert_held_by_closest(5);
	ck_assert_uint_eq(network_copies(&network, name), 5);
}
END_TEST

START_TEST(a_put_to_a_dead_peer_costs_one_request_and_not_its_timeout)
{
	static const enum behaviour dead[] = {UNREACHABLE, SILENT};
	const an_time_us began = network.now;
	make_closest(2, 1, dead[_i]);
	begin_put();
	network_run(&network, client, &outcome);
	ck_assert_int_eq(outcome.result.status, AUTONOMI_OK);
	ck_assert_uint_lt(network.now - began, AN_SECONDS(1));
	ck_assert_uint_eq(outcome.result.copies[5], 1);
	ck_assert_uint_eq(network.puts, 5 + 1);
	assert_held_by_closest(5);
}
END_TEST

START_TEST(a_peer_that_takes_bytes_slowly_is_not_replaced)
{
	network.slowness = AN_SECONDS(100);
	make_closest(0, 5, SLOW_LINE);
	ck_assert_int_eq(put(), AUTONOMI_OK);
	ck_assert_uint_eq(network.puts, 5);
	assert_held_by_closest(4);
}
END_TEST

START_TEST(a_late_acknowledgement_counts_where_there_is_no_substitute)
{
	network.peer_count = 5;
	network.slowness = AN_SECONDS(3);
	make_closest(1, 4, SLOW);
	ck_assert_int_eq(put(), AUTONOMI_OK);
	ck_assert_uint_ge(network_copies(&network, name), 2);
	ck_assert_uint_eq(network.puts, 5);
}
END_TEST

START_TEST(with_few_peers_a_dead_one_is_given_up_when_the_quorum_stands)
{
	const an_time_us began = network.now;
	network.peer_count = 4;
	make_closest(1, 1, SILENT);
	begin_put();
	network_run(&network, client, &outcome);
	ck_assert_int_eq(outcome.result.status, AUTONOMI_OK);
	ck_assert_uint_eq(outcome.result.copies[3], 1);
	ck_assert_uint_lt(network.now - began, AN_SECONDS(4));
}
END_TEST

START_TEST(substitutes_for_silent_peers_have_a_budget)
{
	make_closest(0, 25, SLOW);
	network.slowness = AN_SECONDS(20);
	ck_assert_int_eq(put(), AUTONOMI_OK);
	ck_assert_uint_le(network.puts, 5 + 4);
}
END_TEST

START_TEST(a_busy_peer_is_asked_again_and_keeps_its_place)
{
	make_closest(0, 5, BUSY_FOR_A_WHILE);
	ck_assert_int_eq(put(), AUTONOMI_OK);
	for (size_t rank = 0; rank < 5; rank++)
		assert_held_by_closest(rank);
	ck_assert_uint_eq(network_copies(&network, name), 5);
	ck_assert_uint_eq(network.puts, 5 * 4);
}
END_TEST

START_TEST(our_own_limit_of_requests_is_waited_out)
{
	network.asks_refused_at_once = 12;
	ck_assert_int_eq(put(), AUTONOMI_OK);
	ck_assert_uint_eq(network_copies(&network, name), 5);
	assert_held_by_closest(4);
}
END_TEST

START_TEST(more_failures_than_spares_widen_the_search)
{
	make_closest(0, 12, FULL);
	ck_assert_int_eq(put(), AUTONOMI_OK);
	ck_assert_uint_eq(network_copies(&network, name), 5);
	ck_assert_uint_eq(network.lookups, 2);
	assert_held_by_closest(16);
}
END_TEST

START_TEST(a_put_that_reaches_the_quorum_only_says_how_many_copies_there_are)
{
	make_closest(2, 23, FULL);
	ck_assert_int_eq(put(), AUTONOMI_OK);
	ck_assert_uint_eq(outcome.result.copies[2], 1);
	ck_assert_uint_eq(outcome.result.copies[5], 0);
}
END_TEST

START_TEST(a_put_below_the_quorum_is_repeated_six_times_and_says_what_peers_said)
{
	const an_time_us began = network.now;
	make_closest(1, 24, FULL);
	ck_assert_int_eq(put(), AUTONOMI_E_QUORUM);
	ck_assert_uint_eq(outcome.result.copies[1], 1);
	ck_assert_ptr_nonnull(strstr(outcome.result.message, "MaxRecords"));
	ck_assert_ptr_nonnull(strstr(outcome.result.message, "stored by 1 peers where 2"));
	ck_assert_uint_eq(network.lookups, 6 * 2);
	/* Waits of 2, 4, 8, 8 and 8 seconds, each up to a quarter longer. */
	ck_assert_uint_ge(network.now - began, AN_SECONDS(30));
	ck_assert_uint_le(network.now - began, AN_SECONDS(40));
}
END_TEST

START_TEST(a_peer_that_stored_it_is_not_sent_it_again_by_a_later_attempt)
{
	make_closest(1, 24, FULL);
	ck_assert_int_eq(put(), AUTONOMI_E_QUORUM);
	ck_assert_uint_eq(network_closest(&network, name, 0)->puts, 1);
}
END_TEST

START_TEST(a_missing_payment_is_not_tried_again)
{
	make_closest(0, 25, NOT_PAID);
	ck_assert_int_eq(put(), AUTONOMI_E_PAYMENT);
	ck_assert_uint_le(network.lookups, 2);
}
END_TEST

START_TEST(a_lookup_that_fails_is_repeated)
{
	network.lookups_that_fail = 5;
	network.lookup_failure = AUTONOMI_E_TIMEOUT;
	ck_assert_int_eq(put(), AUTONOMI_OK);
	ck_assert_uint_eq(network_copies(&network, name), 5);
}
END_TEST

START_TEST(a_network_that_cannot_be_reached_is_said_so)
{
	network.lookups_that_fail = UINT32_MAX;
	network.lookup_failure = AUTONOMI_E_NO_PEERS;
	const an_time_us began = network.now;
	ck_assert_int_eq(put(), AUTONOMI_E_NO_PEERS);
	ck_assert_uint_le(network.now - began, AN_SECONDS(60));
	/* For ten seconds it may be that the network is not joined yet; then six attempts. */
	ck_assert_uint_le(network.lookups, 30 + 12);
}
END_TEST

START_TEST(a_client_that_knows_no_peer_yet_waits_until_it_does)
{
	const an_time_us began = network.now;
	network.lookups_that_fail = 5;
	network.lookup_failure = AUTONOMI_E_NO_PEERS;
	ck_assert_int_eq(put(), AUTONOMI_OK);
	ck_assert_uint_lt(network.now - began, AN_SECONDS(1));
	outcome_release(&outcome);
	/* Later it is an answer, and is told at once. */
	network.lookups_that_fail = UINT32_MAX;
	const an_time_us later = network.now;
	ck_assert_int_eq(get(), AUTONOMI_E_NO_PEERS);
	ck_assert_uint_lt(network.now - later, AN_SECONDS(1));
}
END_TEST

START_TEST(a_network_of_three_peers_gets_three_copies)
{
	network.peer_count = 3;
	ck_assert_int_eq(put(), AUTONOMI_OK);
	ck_assert_uint_eq(outcome.result.copies[3], 1);
}
END_TEST

START_TEST(content_above_the_limit_is_refused_at_once)
{
	struct an_blob *large = an_blob_new(network.profile.chunk_max + 1);
	ck_assert_int_eq(an_client_chunk_put(client, large, outcome_done, &outcome, NULL),
	                 AUTONOMI_E_TOO_LARGE);
	an_blob_unref(large);
}
END_TEST

START_TEST(a_cancelled_put_ends_once_and_asks_nothing_more)
{
	make_closest(0, 5, SLOW);
	begin_put();
	for (int i = 0; i < _i && outcome.calls == 0; i++)
		ck_assert(network_step(&network, client));
	if (outcome.calls > 0)
		return;
	an_client_cancel(client, outcome.id);
	ck_assert_uint_eq(outcome.calls, 0);
	network_reset_counts(&network);
	network_run(&network, client, &outcome);
	while (network_step(&network, client))
		continue;
	ck_assert_uint_eq(outcome.calls, 1);
	ck_assert_int_eq(outcome.result.status, AUTONOMI_E_CANCELLED);
	ck_assert_uint_eq(network.puts, 0);
}
END_TEST

START_TEST(a_client_freed_in_the_middle_of_a_put_leaves_nothing)
{
	begin_put();
	for (int i = 0; i < _i && network_step(&network, client); i++)
		continue;
}
END_TEST

/* ---- Get. */
START_TEST(a_get_takes_one_copy)
{
	store();
	ck_assert_int_eq(get(), AUTONOMI_OK);
	assert_got();
	ck_assert_uint_eq(network.gets, 1);
	ck_assert_uint_lt(network.bytes_received, CHUNK_SIZE + 200);
}
END_TEST

START_TEST(readers_do_not_all_ask_the_nearest_holder) /* autonomi-2 10.2 row 15 */
{
	store();
	for (int i = 0; i < 200; i++) {
		ck_assert_int_eq(get(), AUTONOMI_OK);
		outcome_release(&outcome);
	}
	for (size_t rank = 0; rank < 5; rank++) {
		const size_t gets = network_closest(&network, name, rank)->gets;
		ck_assert_uint_gt(gets, 20);
		ck_assert_uint_lt(gets, 60);
	}
}
END_TEST

START_TEST(an_answer_that_is_false_is_counted_and_the_next_holder_asked)
{
	static const enum behaviour lies[] = {WRONG_BYTES, OVERSIZED,    NO_RECORD_FORM,
	                                      GARBAGE,     OTHER_ANSWER, ALWAYS_BUSY};
	store();
	make_closest(0, 4, lies[_i]);
	ck_assert_int_eq(get(), AUTONOMI_OK);
	assert_got();
}
END_TEST

START_TEST(a_dead_holder_costs_the_time_of_one_late_answer)
{
	const an_time_us began = network.now;
	store();
	make_closest(0, 4, UNREACHABLE);
	ck_assert_int_eq(an_client_chunk_get(client, name, outcome_done, &outcome, NULL),
	                 AUTONOMI_OK);
	network_run(&network, client, &outcome);
	assert_got();
	ck_assert_uint_le(network.gets, 5);
	/* At most four waits, of 0.5, 1, 2 and 4 seconds. */
	ck_assert_uint_le(network.now - began, AN_SECONDS(8));
}
END_TEST

START_TEST(a_late_answer_that_comes_first_after_all_is_taken)
{
	store();
	make_closest(0, 25, SLOW);
	network.slowness = AN_SECONDS(3);
	ck_assert_int_eq(get(), AUTONOMI_OK);
	assert_got();
	ck_assert_uint_eq(network.gets, 2);
}
END_TEST

START_TEST(a_dead_holder_costs_one_get_its_time_and_not_each)
{
	store();
	make_closest(0, 4, SILENT);
	for (int i = 0; i < 20; i++) {
		ck_assert_int_eq(get(), AUTONOMI_OK);
		outcome_release(&outcome);
	}
	const an_time_us then = network.now;
	for (size_t rank = 0; rank < 4; rank++)
		ck_assert_uint_le(network_closest(&network, name, rank)->gets, 2);
	ck_assert_int_eq(get(), AUTONOMI_OK);
	ck_assert_uint_lt(network.now - then, AN_SECONDS(1));
}
END_TEST

START_TEST(a_peer_is_not_shunned_for_long)
{
	store();
	make_closest(0, 5, SILENT);
	make_closest(0, 1, HONEST);
	ck_assert_int_eq(get(), AUTONOMI_OK);
	make_closest(0, 5, HONEST);
	network_reset_counts(&network);
	network.now += AN_SECONDS(61);
	for (int i = 0; i < 100; i++) {
		outcome_release(&outcome);
		ck_assert_int_eq(get(), AUTONOMI_OK);
	}
	for (size_t rank = 0; rank < 5; rank++)
		ck_assert_uint_gt(network_closest(&network, name, rank)->gets, 5);
}
END_TEST

START_TEST(second_requests_for_late_chunks_have_a_budget)
{
	enum { GETS = 20 };
	struct outcome outcomes[GETS] = {0};
	store();
	make_closest(0, 25, SLOW);
	for (size_t i = 0; i < GETS; i++)
		ck_assert_int_eq(an_client_chunk_get(client, name, outcome_done, &outcomes[i],
		                                     NULL),
		                 AUTONOMI_OK);
	while (network_step(&network, client))
		continue;
	for (size_t i = 0; i < GETS; i++) {
		ck_assert_uint_eq(outcomes[i].calls, 1);
		ck_assert_int_eq(outcomes[i].result.status, AUTONOMI_OK);
		outcome_release(&outcomes[i]);
	}
	ck_assert_uint_le(network.gets, GETS + 4);
}
END_TEST

/* Hostile peers that withhold what they were asked for may be several, and the budget is for those
 * whose bytes are on their way. */
START_TEST(withheld_answers_cost_seconds_though_the_budget_is_spent)
{
	store();
	make_closest(0, 4, WITHHOLDING);
	for (size_t i = 0; i < 12; i++) {
		const an_time_us began = network.now;
		ck_assert_int_eq(an_client_chunk_get(client, name, outcome_done, &outcome, NULL),
		                 AUTONOMI_OK);
		network_run(&network, client, &outcome);
		ck_assert_int_eq(outcome.result.status, AUTONOMI_OK);
		ck_assert_uint_le(network.now - began, 5 * network.profile.idle_timeout);
		outcome_release(&outcome);
		while (network_step(&network, client))
			continue;
		network.now += AN_SECONDS(61); /* nobody is shunned any more */
	}
}
END_TEST

START_TEST(holders_outside_the_close_group_are_found)
{
	store();
	network_lose(&network, name, 0);
	struct stored_record *record = network_record(&network, name);
	record->holders = UINT32_C(1) << (network_closest(&network, name, 15) - network.peers);
	ck_assert_int_eq(get(), AUTONOMI_OK);
	assert_got();
	ck_assert_uint_eq(network.lookups, 2);
}
END_TEST

START_TEST(a_chunk_that_nobody_has_is_not_found_with_its_address_in_the_message)
{
	ck_assert_int_eq(get(), AUTONOMI_E_NOT_FOUND);
	ck_assert_uint_eq(network.gets, 20);
	char text[3];
	snprintf(text, sizeof(text), "%02x", name[0]);
	ck_assert_ptr_nonnull(strstr(outcome.result.message, text));
}
END_TEST

START_TEST(false_bytes_from_everybody_are_corruption)
{
	make_closest(0, 25, WRONG_BYTES);
	ck_assert_int_eq(get(), AUTONOMI_E_CORRUPT);
}
END_TEST

START_TEST(silence_of_everybody_is_a_timeout)
{
	make_closest(0, 25, SILENT);
	ck_assert_int_eq(get(), AUTONOMI_E_TIMEOUT);
}
END_TEST

START_TEST(busy_holders_are_asked_again_when_nobody_else_is_left)
{
	store();
	make_closest(0, 5, BUSY_FOR_A_WHILE);
	ck_assert_int_eq(get(), AUTONOMI_OK);
	assert_got();
}
END_TEST

START_TEST(a_client_freed_in_the_middle_of_a_get_leaves_nothing)
{
	store();
	make_closest(0, 3, SILENT);
	network.job_delay = AN_MS(10);
	ck_assert_int_eq(an_client_chunk_get(client, name, outcome_done, &outcome, NULL),
	                 AUTONOMI_OK);
	for (int i = 0; i < _i && network_step(&network, client); i++)
		continue;
}
END_TEST

START_TEST(cancelling_what_does_not_exist_does_nothing)
{
	an_client_cancel(client, 4711);
	ck_assert(an_client_deadline(client) == AN_TIME_NEVER);
}
END_TEST

/* Whatever peers do, each operation ends once, and what succeeds is right. */
START_TEST(any_mixture_of_peers_ends_every_operation_once)
{
	const uint8_t seed[AN_RANDOM_SEED_SIZE] = {(uint8_t)_i, 99};
	an_random_init(&network.random, seed);
	network.job_delay = AN_MS(20);
	for (size_t i = 0; i < PEERS; i++) {
		if (an_random_below(&network.random, 3) == 0)
			network.peers[i].behaviour = (enum behaviour)
				an_random_below(&network.random, SLOW + 1);
	}
	const an_status stored = put();
	if (stored == AUTONOMI_OK) {
		size_t copies = 0;
		for (size_t i = 0; i <= 5; i++)
			copies += i * outcome.result.copies[i];
		ck_assert_uint_ge(copies, 2);
		ck_assert_uint_ge(network_copies(&network, name), copies);
	}
	outcome_release(&outcome);
	if (get() == AUTONOMI_OK)
		assert_got();
	else
		ck_assert_int_ne(outcome.result.status, AUTONOMI_E_INTERNAL);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("client/chunks");
	TCase *puts = tcase_create("put");
	tcase_add_checked_fixture(puts, setup, teardown);
	tcase_add_test(puts, a_put_goes_to_the_five_closest_and_to_nobody_else);
	tcase_add_test(puts, a_put_that_succeeds_makes_one_lookup);
	tcase_add_loop_test(puts, a_peer_that_fails_is_replaced_by_the_next_closest, 0, 7);
	tcase_add_test(puts, a_busy_peer_is_asked_again_and_keeps_its_place);
	tcase_add_test(puts, our_own_limit_of_requests_is_waited_out);
	tcase_add_test(puts, more_failures_than_spares_widen_the_search);
	tcase_add_test(puts, a_put_that_reaches_the_quorum_only_says_how_many_copies_there_are);
	tcase_add_test(puts, a_put_below_the_quorum_is_repeated_six_times_and_says_what_peers_said);
	tcase_add_loop_test(puts, a_put_to_a_dead_peer_costs_one_request_and_not_its_timeout, 0, 2);
	tcase_add_test(puts, a_peer_that_takes_bytes_slowly_is_not_replaced);
	tcase_add_test(puts, a_late_acknowledgement_counts_where_there_is_no_substitute);
	tcase_add_test(puts, with_few_peers_a_dead_one_is_given_up_when_the_quorum_stands);
	tcase_add_test(puts, substitutes_for_silent_peers_have_a_budget);
	tcase_add_test(puts, a_peer_that_stored_it_is_not_sent_it_again_by_a_later_attempt);
	tcase_add_test(puts, a_missing_payment_is_not_tried_again);
	tcase_add_test(puts, a_lookup_that_fails_is_repeated);
	tcase_add_test(puts, a_network_that_cannot_be_reached_is_said_so);
	tcase_add_test(puts, a_client_that_knows_no_peer_yet_waits_until_it_does);
	tcase_add_test(puts, a_network_of_three_peers_gets_three_copies);
	tcase_add_test(puts, content_above_the_limit_is_refused_at_once);
	tcase_add_loop_test(puts, a_cancelled_put_ends_once_and_asks_nothing_more, 0, 10);
	tcase_add_loop_test(puts, a_client_freed_in_the_middle_of_a_put_leaves_nothing, 0, 12);
	suite_add_tcase(s, puts);
	TCase *gets = tcase_create("get");
	tcase_add_checked_fixture(gets, setup, teardown);
	tcase_add_test(gets, a_get_takes_one_copy);
	tcase_add_test(gets, readers_do_not_all_ask_the_nearest_holder);
	tcase_add_loop_test(gets, an_answer_that_is_false_is_counted_and_the_next_holder_asked, 0,
	                    6);
	tcase_add_test(gets, a_dead_holder_costs_the_time_of_one_late_answer);
	tcase_add_test(gets, a_late_answer_that_comes_first_after_all_is_taken);
	tcase_add_test(gets, a_dead_holder_costs_one_get_its_time_and_not_each);
	tcase_add_test(gets, a_peer_is_not_shunned_for_long);
	tcase_add_test(gets, second_requests_for_late_chunks_have_a_budget);
	tcase_add_test(gets, withheld_answers_cost_seconds_though_the_budget_is_spent);
	tcase_add_test(gets, holders_outside_the_close_group_are_found);
	tcase_add_test(gets, a_chunk_that_nobody_has_is_not_found_with_its_address_in_the_message);
	tcase_add_test(gets, false_bytes_from_everybody_are_corruption);
	tcase_add_test(gets, silence_of_everybody_is_a_timeout);
	tcase_add_test(gets, busy_holders_are_asked_again_when_nobody_else_is_left);
	tcase_add_loop_test(gets, a_client_freed_in_the_middle_of_a_get_leaves_nothing, 0, 12);
	tcase_add_test(gets, cancelling_what_does_not_exist_does_nothing);
	suite_add_tcase(s, gets);
	TCase *mixed = tcase_create("mixture");
	tcase_add_checked_fixture(mixed, setup, teardown);
	tcase_add_loop_test(mixed, any_mixture_of_peers_ends_every_operation_once, 0, 100);
	suite_add_tcase(s, mixed);
	return s;
}
