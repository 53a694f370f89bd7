/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Peers that owe lookups an answer: what is found without them, and who waits for them. */
#include <string.h>

#include "base/memory.h"
#include "client/records.h"
#include "data/chunk.h"
#include "harness.h"
#include "virtual_network.h"

enum { PEERS = 25, CHUNK_SIZE = 3000 };

static struct virtual_network network;
static struct an_client *client;
static struct outcome outcome;
static struct an_blob *content;
static uint8_t name[32];
static size_t order[PEERS_MAX];
static an_time_us began;

static void setup(void)
{
	network_open(&network, PEERS, 7);
	network.lateness = AN_HOURS(1);
	client = network_client(&network);
	content = an_blob_new(CHUNK_SIZE);
	an_random_fill(&network.random, content->data, content->size);
	an_chunk_name(an_blob_span(content), name);
	network_rank(&network, name, order);
}

static void teardown(void)
{
	outcome_release(&outcome);
	client = an_client_free(client);
	ck_assert_uint_eq(content->references, 1);
	an_blob_unref(content);
	network_close(&network);
}

/* Lookups do not hear of these for a while. */
static void make_late(size_t first_rank, size_t count)
{
	for (size_t rank = first_rank; rank < first_rank + count; rank++)
		network.late |= UINT32_C(1) << order[rank];
}

static bool holds(size_t rank)
{
	return network_holds(&network, name, order[rank]);
}

/* Gives the chunk to one peer alone. */
static void store_at(size_t rank)
{
	uint8_t stored[32];
	network_store(&network, an_blob_span(content), stored);
	struct an_blob *value = an_blob_ref(network_value(&network, name, order[0]));
	network_lose(&network, name, 0);
	network_keep(&network, name, an_blob_span(value), order[rank]);
	an_blob_unref(value);
	ck_assert_uint_eq(network_copies(&network, name), 1);
}

static void store(void)
{
	uint8_t stored[32];
	network_store(&network, an_blob_span(content), stored);
}

static an_status finish(an_status submitted)
{
	ck_assert_int_eq(submitted, AUTONOMI_OK);
	network_run(&network, client, &outcome);
	return outcome.result.status;
}

static an_status put(void)
{
	began = network.now;
	return finish(an_client_chunk_put(client, content, outcome_done, &outcome, &outcome.id));
}

static an_status get(void)
{
	began = network.now;
	return finish(an_client_chunk_get(client, name, outcome_done, &outcome, &outcome.id));
}

static an_status exists(void)
{
	began = network.now;
	return finish(an_client_record_exists(client, name, outcome_done, &outcome, &outcome.id));
}

static void took(an_time_us least, an_time_us most)
{
	ck_assert_uint_ge(network.now - began, least);
	ck_assert_uint_lt(network.now - began, most);
}

/* ---- What is found does not wait for them. */
START_TEST(a_get_takes_what_others_have)
{
	store();
	make_late(0, 4);
	ck_assert_int_eq(get(), AUTONOMI_OK);
	took(0, AN_SECONDS(1));
	ck_assert_uint_eq(network.lookups, 1);
}
END_TEST

START_TEST(a_put_goes_to_the_closest_that_answer)
{
	make_late(0, 3);
	ck_assert_int_eq(put(), AUTONOMI_OK);
	took(0, AN_SECONDS(1));
	ck_assert_uint_eq(network.lookups, 1);
	ck_assert_uint_eq(outcome.result.copies[5], 1);
	ck_assert(holds(3) && holds(7) && !holds(0));
}
END_TEST

START_TEST(that_a_record_exists_is_known_from_others)
{
	store();
	make_late(0, 3);
	ck_assert_int_eq(exists(), AUTONOMI_OK);
	took(0, AN_SECONDS(1));
	ck_assert_uint_ge(outcome.result.count, 2);
}
END_TEST

/* ---- What is not found does. */
START_TEST(a_get_finds_the_last_holder_whenever_it_answers)
{
	static const an_time_us late[] = {AN_MS(700), AN_MS(1900), AN_SECONDS(3), AN_SECONDS(9)};
	store_at(2);
	make_late(2, 1);
	network.lateness = late[_i];
	ck_assert_int_eq(get(), AUTONOMI_OK);
	took(late[_i] < AN_SECONDS(2) ? late[_i] : AN_SECONDS(2), late[_i] + AN_SECONDS(4));
	/* Within two seconds the first lookup knows it. */
	ck_assert_uint_eq(network.lookups, late[_i] < AN_SECONDS(2) ? 1 : 2);
}
END_TEST

START_TEST(not_found_is_said_when_dials_have_had_their_time)
{
	make_late(2, 1);
	ck_assert_int_eq(get(), AUTONOMI_E_NOT_FOUND);
	took(AN_SECONDS(2) + AN_SECONDS(10), AN_SECONDS(14));
	ck_assert_uint_eq(network.gets, network.profile.k);
}
END_TEST

START_TEST(that_a_record_does_not_exist_is_said_after_two_seconds)
{
	make_late(0, 5);
	ck_assert_int_eq(exists(), AUTONOMI_OK);
	ck_assert_uint_eq(outcome.result.count, 0);
	took(AN_SECONDS(2), AN_SECONDS(3));
	store();
	outcome_release(&outcome);
	network.lateness = AN_MS(1500);
	ck_assert_int_eq(exists(), AUTONOMI_OK);
	ck_assert_uint_ge(outcome.result.count, 2);
	took(AN_MS(1500), AN_SECONDS(3));
}
END_TEST

/* Whoever was found first keeps the get busy until after the lookup has ended. */
START_TEST(what_a_lookup_brought_meanwhile_is_told_when_it_is_wanted)
{
	store_at(2);
	make_late(2, 1);
	network.lateness = AN_SECONDS(1);
	for (size_t rank = 0; rank < PEERS; rank++)
		network.peers[order[rank]].behaviour = rank == 2 ? HONEST : BUSY_FOR_A_WHILE;
	network.peers[order[4]].behaviour = SLOW;
	network.slowness = AN_SECONDS(3);
	ck_assert_int_eq(get(), AUTONOMI_OK);
	ck_assert_uint_eq(network.lookups, 1);
}
END_TEST

/* ---- Where few live. */
START_TEST(a_put_that_has_its_quorum_does_not_wait_for_dials)
{
	make_late(0, PEERS - 3);
	ck_assert_int_eq(put(), AUTONOMI_OK);
	took(AN_SECONDS(2), AN_SECONDS(3));
	ck_assert_uint_eq(network.lookups, 1);
	ck_assert_uint_eq(outcome.result.copies[3], 1);
}
END_TEST

START_TEST(a_put_without_its_quorum_waits_for_everybody)
{
	make_late(0, PEERS - 1);
	network.lateness = AN_SECONDS(8);
	ck_assert_int_eq(put(), AUTONOMI_OK);
	took(AN_SECONDS(10), AN_SECONDS(12));
	ck_assert_uint_eq(network.lookups, 2);
	ck_assert_uint_eq(outcome.result.copies[5], 1);
}
END_TEST

START_TEST(a_put_that_fails_is_repeated_and_waits_for_everybody_each_time)
{
	make_late(0, PEERS - 1);
	ck_assert_int_eq(put(), AUTONOMI_E_QUORUM);
	ck_assert_uint_eq(network.lookups, 6 * 2);
}
END_TEST

START_TEST(one_that_has_it_is_enough_for_it_to_exist)
{
	store_at(PEERS - 1);
	make_late(0, PEERS - 3);
	ck_assert_int_eq(exists(), AUTONOMI_OK);
	took(AN_SECONDS(2), AN_SECONDS(3));
	ck_assert_uint_eq(outcome.result.count, 1);
}
END_TEST

START_TEST(a_cancelled_operation_takes_its_lookup_back)
{
	make_late(0, 1);
	began = network.now;
	ck_assert_int_eq(an_client_chunk_get(client, name, outcome_done, &outcome, &outcome.id),
	                 AUTONOMI_OK);
	while (network.now < began + AN_SECONDS(_i))
		ck_assert(network_step(&network, client));
	an_client_cancel(client, outcome.id);
	ck_assert_int_eq(network_finish(&network, client, &outcome), AUTONOMI_E_CANCELLED);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("client/silent_peers");
	TCase *all = tcase_create("all");
	tcase_add_checked_fixture(all, setup, teardown);
	tcase_add_test(all, a_get_takes_what_others_have);
	tcase_add_test(all, a_put_goes_to_the_closest_that_answer);
	tcase_add_test(all, that_a_record_exists_is_known_from_others);
	tcase_add_loop_test(all, a_get_finds_the_last_holder_whenever_it_answers, 0, 4);
	tcase_add_test(all, not_found_is_said_when_dials_have_had_their_time);
	tcase_add_test(all, that_a_record_does_not_exist_is_said_after_two_seconds);
	tcase_add_test(all, what_a_lookup_brought_meanwhile_is_told_when_it_is_wanted);
	tcase_add_test(all, a_put_that_has_its_quorum_does_not_wait_for_dials);
	tcase_add_test(all, a_put_without_its_quorum_waits_for_everybody);
	tcase_add_test(all, a_put_that_fails_is_repeated_and_waits_for_everybody_each_time);
	tcase_add_test(all, one_that_has_it_is_enough_for_it_to_exist);
	tcase_add_loop_test(all, a_cancelled_operation_takes_its_lookup_back, 0, 4);
	suite_add_tcase(s, all);
	return s;
}
