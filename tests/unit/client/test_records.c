/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "base/memory.h"
#include "client/record_make.h"
#include "client/records.h"
#include "harness.h"
#include "virtual_network.h"

enum { PEERS = 25, PLAIN_SIZE = 3000 };

static struct virtual_network network;
static struct an_client *client;
static struct outcome outcome;
static uint8_t secret[AN_BLS_SECRET_SIZE];
static uint8_t name[32];

static void setup(void)
{
	network_open(&network, PEERS, 7);
	client = network_client(&network);
	an_bls_secret_random(&network.random, secret);
	uint8_t owner[AN_OWNER_KEY_SIZE];
	ck_assert_int_eq(an_bls_public_key(secret, owner), AUTONOMI_OK);
	an_owner_key_name(owner, name);
}

static void teardown(void)
{
	outcome_release(&outcome);
	client = an_client_free(client);
	network_close(&network);
}

static an_status run(an_status submitted)
{
	ck_assert_int_eq(submitted, AUTONOMI_OK);
	ck_assert_uint_eq(outcome.calls, 0);
	return network_finish(&network, client, &outcome);
}

static an_status write_record(const struct an_client_write *write)
{
	outcome_release(&outcome);
	return run(an_client_record_write(client, write, outcome_done, &outcome, &outcome.id));
}

static an_status get(enum an_record_type type)
{
	outcome_release(&outcome);
	return run(an_client_record_get(client, type, name, outcome_done, &outcome, &outcome.id));
}

static an_status exists(void)
{
	outcome_release(&outcome);
	return run(an_client_record_exists(client, name, outcome_done, &outcome, &outcome.id));
}

static struct an_client_write pointer_write(enum an_write_mode mode, uint8_t target)
{
	struct an_client_write write = {.mode = mode, .type = AN_RECORD_POINTER};
	const uint8_t chunk[32] = {target};
	write.target = an_address_of_chunk(chunk);
	memcpy(write.secret, secret, sizeof(secret));
	return write;
}

static an_status write_pointer(enum an_write_mode mode, uint8_t target)
{
	const struct an_client_write write = pointer_write(mode, target);
	return write_record(&write);
}

static struct an_blob *pointer_value(uint64_t counter, uint8_t target)
{
	const uint8_t chunk[32] = {target};
	struct an_pointer pointer = {.counter = counter, .target = an_address_of_chunk(chunk)};
	struct an_blob *value = NULL;
	ck_assert_int_eq(an_record_make_pointer(&pointer, secret, &value), AUTONOMI_OK);
	return value;
}

static struct an_blob *graph_value(uint8_t content)
{
	struct an_graph_entry entry;
	ck_assert_int_eq(an_graph_entry_init(&entry, 0, 0), AUTONOMI_OK);
	entry.content[0] = content;
	struct an_blob *value = NULL;
	ck_assert_int_eq(an_record_make_graph(&entry, secret, &value), AUTONOMI_OK);
	an_graph_entry_done(&entry);
	return value;
}

static struct an_pointer got_pointer(void)
{
	struct an_reader reader;
	struct an_pointer pointer;
	ck_assert_int_eq(an_record_body(outcome.result.bytes, AN_RECORD_POINTER, &reader),
	                 AUTONOMI_OK);
	an_pointer_read(&reader, &pointer);
	ck_assert(an_reader_ok(&reader));
	return pointer;
}

static struct virtual_peer *closest(size_t rank)
{
	return network_closest(&network, name, rank);
}

static size_t index_at(size_t rank)
{
	return (size_t)(closest(rank) - network.peers);
}

/* The peers from `rank` on hold this version; the value is given away. */
static void plant(size_t rank, size_t count, struct an_blob *value)
{
	for (size_t i = 0; i < count; i++)
		network_keep(&network, name, an_blob_span(value), index_at(rank + i));
	an_blob_unref(value);
}

static void make_closest(size_t rank, size_t count, enum behaviour behaviour)
{
	for (size_t i = 0; i < count; i++)
		closest(rank + i)->behaviour = behaviour;
}

static void assert_target(uint8_t target)
{
	ck_assert_uint_eq(got_pointer().target.bytes[0], target);
}

/* ---- Writing. */
START_TEST(a_pointer_is_created_on_the_five_closest_with_counter_0)
{
	ck_assert_int_eq(write_pointer(AN_WRITE_CREATE, 9), AUTONOMI_OK);
	ck_assert_mem_eq(outcome.result.address, name, 32);
	ck_assert_uint_eq(outcome.result.count, 5);
	ck_assert_uint_eq(outcome.result.counter, 0);
	ck_assert_uint_eq(network_copies(&network, name), 5);
	ck_assert_int_eq(get(AN_RECORD_POINTER), AUTONOMI_OK);
	assert_target(9);
	ck_assert_uint_eq(got_pointer().counter, 0);
}
END_TEST

START_TEST(creation_is_refused_where_a_record_exists)
{
	ck_assert_int_eq(write_pointer(AN_WRITE_CREATE, 1), AUTONOMI_OK);
	network_reset_counts(&network);
	ck_assert_int_eq(write_pointer(AN_WRITE_CREATE, 2), AUTONOMI_E_EXISTS);
	ck_assert_uint_eq(network.puts, 0);
}
END_TEST

START_TEST(an_update_goes_one_above_the_highest_counter)
{
	plant(0, 4, pointer_value(7, 1));
	plant(4, 1, pointer_value(9, 2));
	ck_assert_int_eq(write_pointer(AN_WRITE_UPDATE, 3), AUTONOMI_OK);
	ck_assert_uint_eq(outcome.result.counter, 10);
	ck_assert_int_eq(get(AN_RECORD_POINTER), AUTONOMI_OK);
	assert_target(3);
	ck_assert_uint_eq(got_pointer().counter, 10);
}
END_TEST

START_TEST(what_does_not_exist_cannot_be_updated)
{
	ck_assert_int_eq(write_pointer(AN_WRITE_UPDATE, 3), AUTONOMI_E_NOT_FOUND);
	ck_assert_uint_eq(network.puts, 0);
}
END_TEST

START_TEST(an_update_from_a_known_version_reads_nothing)
{
	plant(0, 5, pointer_value(4, 1));
	struct an_client_write write = pointer_write(AN_WRITE_UPDATE, 3);
	write.has_counter = true;
	write.counter = 4;
	ck_assert_int_eq(write_record(&write), AUTONOMI_OK);
	ck_assert_uint_eq(network.gets, 0);
	ck_assert_uint_eq(outcome.result.counter, 5);
}
END_TEST

START_TEST(an_outdated_write_says_what_the_network_has)
{
	plant(0, 5, pointer_value(9, 1));
	struct an_blob *value = pointer_value(3, 2);
	const struct an_client_write write = {.mode = AN_WRITE_PUT, .value = value};
	ck_assert_int_eq(write_record(&write), AUTONOMI_E_OUTDATED);
	ck_assert_uint_eq(outcome.result.counter, 3);
	ck_assert_uint_eq(outcome.result.network_counter, 9);
	ck_assert_ptr_nonnull(strstr(outcome.result.message, "counter 9"));
	ck_assert_uint_eq(network.puts, 5); /* not repeated, and nobody else is bothered */
	an_blob_unref(value);
}
END_TEST

START_TEST(a_write_that_one_peer_finds_outdated_succeeds_and_tells)
{
	plant(2, 1, pointer_value(9, 1));
	struct an_blob *value = pointer_value(3, 2);
	const struct an_client_write write = {.mode = AN_WRITE_PUT, .value = value};
	ck_assert_int_eq(write_record(&write), AUTONOMI_OK);
	ck_assert_uint_eq(outcome.result.count, 4);
	ck_assert_uint_eq(outcome.result.network_counter, 9);
	an_blob_unref(value);
}
END_TEST

START_TEST(a_pointer_needs_three_peers_where_a_chunk_needs_two)
{
	make_closest(0, 18, FULL);
	ck_assert_int_eq(write_pointer(AN_WRITE_PUT, 1), AUTONOMI_E_QUORUM);
	ck_assert_uint_eq(outcome.result.count, 2);
}
END_TEST

START_TEST(a_record_that_is_not_signed_is_not_sent)
{
	struct an_blob *value = pointer_value(3, 2);
	value->data[value->size - 1] ^= 1;
	const struct an_client_write write = {.mode = AN_WRITE_PUT, .value = value};
	ck_assert_int_eq(write_record(&write), AUTONOMI_E_CORRUPT);
	ck_assert_uint_eq(network.puts, 0);
	an_blob_unref(value);
}
END_TEST

START_TEST(arguments_that_cannot_be_are_refused_at_once)
{
	struct an_client_write write = pointer_write(AN_WRITE_CREATE, 1);
	write.type = AN_RECORD_GRAPH_ENTRY;
	ck_assert_int_eq(an_client_record_write(client, &write, NULL, NULL, NULL),
	                 AUTONOMI_E_INVALID);
	write.type = AN_RECORD_POINTER;
	memset(write.secret, 0xff, sizeof(write.secret));
	ck_assert_int_eq(an_client_record_write(client, &write, NULL, NULL, NULL),
	                 AUTONOMI_E_INVALID);
	write = pointer_write(AN_WRITE_UPDATE, 1);
	write.has_counter = true;
	write.counter = UINT64_MAX;
	ck_assert_int_eq(an_client_record_write(client, &write, NULL, NULL, NULL),
	                 AUTONOMI_E_TOO_LARGE);
	ck_assert_int_eq(an_client_record_get(client, AN_RECORD_CHUNK, name, NULL, NULL, NULL),
	                 AUTONOMI_E_INVALID);
	struct an_blob *large = an_blob_new(network.profile.record_value_max + 1);
	write = (struct an_client_write){.value = large};
	ck_assert_int_eq(an_client_record_write(client, &write, NULL, NULL, NULL),
	                 AUTONOMI_E_TOO_LARGE);
	write = (struct an_client_write){.type = AN_RECORD_SCRATCHPAD, .plain = large};
	ck_assert_int_eq(an_client_record_write(client, &write, NULL, NULL, NULL),
	                 AUTONOMI_E_TOO_LARGE);
	an_blob_unref(large);
}
END_TEST

START_TEST(the_highest_counter_cannot_be_updated)
{
	plant(0, 5, pointer_value(UINT64_MAX, 1));
	ck_assert_int_eq(write_pointer(AN_WRITE_UPDATE, 3), AUTONOMI_E_TOO_LARGE);
}
END_TEST

START_TEST(a_scratchpad_is_created_updated_and_opened)
{
	struct an_blob *plain = an_blob_new(PLAIN_SIZE);
	an_random_fill(&network.random, plain->data, plain->size);
	struct an_client_write write = {.mode = AN_WRITE_CREATE,
	                                .type = AN_RECORD_SCRATCHPAD,
	                                .plain = plain,
	                                .data_encoding = 77};
	memcpy(write.secret, secret, sizeof(secret));
	ck_assert_int_eq(write_record(&write), AUTONOMI_OK);
	plain->data[0] ^= 1;
	write.mode = AN_WRITE_UPDATE;
	ck_assert_int_eq(write_record(&write), AUTONOMI_OK);
	ck_assert_uint_eq(outcome.result.counter, 1);
	ck_assert_int_eq(get(AN_RECORD_SCRATCHPAD), AUTONOMI_OK);

	struct an_reader reader;
	struct an_buffer scratch, opened;
	struct an_scratchpad scratchpad;
	an_buffer_init(&scratch, SIZE_MAX);
	an_buffer_init(&opened, SIZE_MAX);
	ck_assert_int_eq(an_record_body(outcome.result.bytes, AN_RECORD_SCRATCHPAD, &reader),
	                 AUTONOMI_OK);
	an_scratchpad_read(&reader, &scratch, &scratchpad);
	ck_assert_uint_eq(scratchpad.counter, 1);
	ck_assert_uint_eq(scratchpad.data_encoding, 77);
	ck_assert_int_eq(an_scratchpad_open(&scratchpad, secret, &opened), AUTONOMI_OK);
	ck_assert(an_span_equal(an_buffer_span(&opened), an_blob_span(plain)));
	an_buffer_done(&scratch);
	an_buffer_done(&opened);
	an_blob_unref(plain);
}
END_TEST

START_TEST(an_update_mends_a_fork)
{
	plant(0, 2, pointer_value(5, 1));
	plant(2, 2, pointer_value(5, 2));
	ck_assert_int_eq(get(AN_RECORD_POINTER), AUTONOMI_E_FORK);
	ck_assert_int_eq(write_pointer(AN_WRITE_UPDATE, 3), AUTONOMI_OK);
	ck_assert_uint_eq(outcome.result.counter, 6);
	ck_assert_int_eq(get(AN_RECORD_POINTER), AUTONOMI_OK);
}
END_TEST

/* ---- Reading. */
START_TEST(a_get_ends_when_a_majority_gave_the_same)
{
	plant(0, 5, pointer_value(1, 1));
	make_closest(0, 2, SILENT);
	const an_time_us began = network.now;
	ck_assert_int_eq(get(AN_RECORD_POINTER), AUTONOMI_OK);
	ck_assert_uint_eq(outcome.result.count, 3);
	ck_assert_uint_lt(network.now - began, AN_SECONDS(1));
}
END_TEST

START_TEST(the_highest_counter_wins_against_more_copies)
{
	plant(0, 4, pointer_value(1, 1));
	plant(4, 1, pointer_value(2, 2));
	make_closest(0, 3, SLOW); /* else three of the old are there first, which is a majority */
	network.slowness = AN_MS(200);
	ck_assert_int_eq(get(AN_RECORD_POINTER), AUTONOMI_OK);
	assert_target(2);
	ck_assert_uint_eq(outcome.result.count, 1);
	ck_assert_uint_eq(outcome.result.versions, 2);
}
END_TEST

START_TEST(most_copies_win_among_the_same_counter)
{
	plant(0, 2, pointer_value(3, 1));
	plant(2, 1, pointer_value(3, 2));
	plant(3, 2, pointer_value(2, 3));
	ck_assert_int_eq(get(AN_RECORD_POINTER), AUTONOMI_OK);
	assert_target(1);
	ck_assert_uint_eq(outcome.result.versions, 3);
}
END_TEST

START_TEST(as_many_copies_are_a_fork_and_one_of_them_is_given)
{
	plant(0, 2, pointer_value(3, 1));
	plant(2, 2, pointer_value(3, 2));
	ck_assert_int_eq(get(AN_RECORD_POINTER), AUTONOMI_E_FORK);
	ck_assert_uint_eq(outcome.result.counter, 3);
	ck_assert_uint_eq(outcome.result.versions, 2);
	ck_assert_uint_eq(got_pointer().counter, 3);
}
END_TEST

START_TEST(a_false_signature_counts_for_nothing)
{
	plant(0, 4, pointer_value(3, 1));
	struct an_blob *forged = pointer_value(9, 2);
	forged->data[forged->size - 1] ^= 1;
	plant(4, 1, forged);
	ck_assert_int_eq(get(AN_RECORD_POINTER), AUTONOMI_OK);
	assert_target(1);
	ck_assert_uint_eq(outcome.result.versions, 1);
}
END_TEST

START_TEST(a_pointer_of_another_owner_counts_for_nothing)
{
	uint8_t mine[AN_BLS_SECRET_SIZE];
	memcpy(mine, secret, sizeof(mine));
	an_bls_secret_random(&network.random, secret);
	struct an_blob *foreign = pointer_value(9, 2);
	memcpy(secret, mine, sizeof(mine));
	plant(0, 5, foreign);
	ck_assert_int_eq(get(AN_RECORD_POINTER), AUTONOMI_E_NOT_FOUND);
}
END_TEST

START_TEST(another_type_under_the_name_counts_for_nothing)
{
	plant(0, PEERS, graph_value(1));
	ck_assert_int_eq(get(AN_RECORD_POINTER), AUTONOMI_E_CORRUPT);
}
END_TEST

START_TEST(a_record_that_strayed_is_found_with_the_farther_peers)
{
	plant(15, 1, pointer_value(3, 1));
	ck_assert_int_eq(get(AN_RECORD_POINTER), AUTONOMI_OK);
	assert_target(1);
}
END_TEST

START_TEST(absence_is_an_answer_and_not_asked_again)
{
	ck_assert_int_eq(get(AN_RECORD_POINTER), AUTONOMI_E_NOT_FOUND);
	ck_assert_uint_eq(network.gets, 20);
	ck_assert_uint_eq(network.lookups, 2);
}
END_TEST

START_TEST(peers_that_fail_are_asked_again_after_a_while)
{
	plant(0, 5, pointer_value(3, 1));
	make_closest(0, PEERS, UNREACHABLE);
	ck_assert_int_eq(get(AN_RECORD_POINTER), AUTONOMI_E_NO_PEERS);
	ck_assert_uint_eq(network.gets, 4 * 20);
}
END_TEST

START_TEST(nobody_to_ask_is_said_so)
{
	network.peer_count = 0;
	ck_assert_int_eq(get(AN_RECORD_POINTER), AUTONOMI_E_NO_PEERS);
}
END_TEST

START_TEST(busy_peers_are_asked_again)
{
	plant(0, 5, pointer_value(3, 1));
	make_closest(0, PEERS, BUSY_FOR_A_WHILE);
	ck_assert_int_eq(get(AN_RECORD_POINTER), AUTONOMI_OK);
	outcome_release(&outcome);
	make_closest(0, PEERS, ALWAYS_BUSY);
	ck_assert_int_eq(get(AN_RECORD_POINTER), AUTONOMI_E_BUSY);
}
END_TEST

START_TEST(noise_is_no_answer)
{
	static const enum behaviour false_ones[] = {GARBAGE, OTHER_ANSWER, NO_RECORD_FORM,
	                                            WRONG_BYTES};
	plant(0, 5, pointer_value(3, 1));
	make_closest(0, 4, false_ones[_i]);
	ck_assert_int_eq(get(AN_RECORD_POINTER), AUTONOMI_OK);
	make_closest(0, PEERS, false_ones[_i]);
	ck_assert_int_eq(get(AN_RECORD_POINTER), AUTONOMI_E_CORRUPT);
}
END_TEST

START_TEST(a_dead_peer_costs_one_request_more_and_not_its_timeout)
{
	/* No three alike, so that all five are needed. */
	plant(0, 3, pointer_value(4, 1));
	plant(3, 2, pointer_value(3, 1));
	make_closest(0, 1, SILENT);
	const an_time_us began = network.now;
	ck_assert_int_eq(get(AN_RECORD_POINTER), AUTONOMI_OK);
	ck_assert_uint_lt(network.now - began, AN_SECONDS(1));
	ck_assert_uint_eq(network.gets, 5 + 1);
	/* And the next get asks it last. */
	network_reset_counts(&network);
	ck_assert_int_eq(get(AN_RECORD_POINTER), AUTONOMI_OK);
	ck_assert_uint_eq(closest(0)->gets, 0);
}
END_TEST

START_TEST(where_nobody_is_left_the_late_are_waited_for)
{
	network.peer_count = 1;
	plant(0, 1, pointer_value(3, 1));
	make_closest(0, 1, SLOW);
	ck_assert_int_eq(get(AN_RECORD_POINTER), AUTONOMI_OK);
	make_closest(0, 1, SILENT);
	ck_assert_int_eq(get(AN_RECORD_POINTER), AUTONOMI_E_TIMEOUT);
}
END_TEST

START_TEST(a_get_can_be_cancelled_at_any_moment)
{
	plant(0, 5, pointer_value(3, 1));
	network.job_delay = AN_MS(20);
	ck_assert_int_eq(an_client_record_get(client, AN_RECORD_POINTER, name, outcome_done,
	                                      &outcome, &outcome.id),
	                 AUTONOMI_OK);
	for (int i = 0; i < _i && outcome.calls == 0; i++)
		network_step(&network, client);
	an_client_cancel(client, outcome.id);
	while (network_step(&network, client))
		continue;
	ck_assert_uint_eq(outcome.calls, 1);
}
END_TEST

START_TEST(a_write_can_be_cancelled_at_any_moment)
{
	plant(0, 5, pointer_value(3, 1));
	network.job_delay = AN_MS(20);
	const struct an_client_write write = pointer_write(AN_WRITE_UPDATE, 3);
	ck_assert_int_eq(an_client_record_write(client, &write, outcome_done, &outcome,
	                                        &outcome.id),
	                 AUTONOMI_OK);
	for (int i = 0; i < _i && outcome.calls == 0; i++)
		network_step(&network, client);
	an_client_cancel(client, outcome.id);
	while (network_step(&network, client))
		continue;
	ck_assert_uint_eq(outcome.calls, 1);
}
END_TEST

START_TEST(a_client_that_is_freed_drops_what_runs)
{
	plant(0, 5, pointer_value(3, 1));
	network.job_delay = AN_MS(20);
	const struct an_client_write write = pointer_write(AN_WRITE_UPDATE, 3);
	ck_assert_int_eq(an_client_record_write(client, &write, outcome_done, &outcome, NULL),
	                 AUTONOMI_OK);
	for (int i = 0; i < _i; i++)
		network_step(&network, client);
}
END_TEST

/* ---- Graph entries. */
START_TEST(a_graph_entry_is_put_and_read)
{
	struct an_blob *value = graph_value(1);
	const struct an_client_write write = {.mode = AN_WRITE_CREATE, .value = value};
	ck_assert_int_eq(write_record(&write), AUTONOMI_OK);
	ck_assert_int_eq(get(AN_RECORD_GRAPH_ENTRY), AUTONOMI_OK);
	ck_assert(an_span_equal(outcome.result.bytes, an_blob_span(value)));
	an_blob_unref(value);
}
END_TEST

START_TEST(two_entries_of_one_owner_are_a_fork_with_both)
{
	for (uint8_t content = 1; content <= 2; content++) {
		struct an_blob *value = graph_value(content);
		const struct an_client_write write = {.mode = AN_WRITE_PUT, .value = value};
		ck_assert_int_eq(write_record(&write), AUTONOMI_OK);
		an_blob_unref(value);
	}
	ck_assert_int_eq(get(AN_RECORD_GRAPH_ENTRY), AUTONOMI_E_FORK);
	ck_assert_uint_eq(outcome.result.versions, 2);
	struct an_reader reader;
	struct an_graph_set set;
	ck_assert_int_eq(an_record_body(outcome.result.bytes, AN_RECORD_GRAPH_ENTRY, &reader),
	                 AUTONOMI_OK);
	an_graph_set_read(&reader, &set);
	ck_assert_uint_eq(set.count, 2);
	an_graph_set_done(&set);
}
END_TEST

START_TEST(the_entry_that_most_peers_have_is_the_graphs)
{
	plant(0, 1, graph_value(2));
	plant(1, 4, graph_value(1));
	struct an_blob *wanted = graph_value(1);
	ck_assert_int_eq(get(AN_RECORD_GRAPH_ENTRY), AUTONOMI_OK);
	ck_assert(an_span_equal(outcome.result.bytes, an_blob_span(wanted)));
	an_blob_unref(wanted);
}
END_TEST

/* ---- Existence. */
START_TEST(what_exists_is_found_without_its_bytes)
{
	ck_assert_int_eq(exists(), AUTONOMI_OK);
	ck_assert_uint_eq(outcome.result.count, 0);
	ck_assert_uint_eq(network.proofs, 5);
	plant(0, 5, graph_value(1));
	ck_assert_int_eq(exists(), AUTONOMI_OK);
	ck_assert_uint_ge(outcome.result.count, 2);
	ck_assert_uint_eq(network.gets, 0);
	ck_assert_ptr_null(outcome.content);
}
END_TEST

START_TEST(one_peer_that_has_it_is_existence_too)
{
	plant(1, 1, graph_value(1));
	ck_assert_int_eq(exists(), AUTONOMI_OK);
	ck_assert_uint_eq(outcome.result.count, 1);
}
END_TEST

START_TEST(too_few_answers_say_nothing_of_existence)
{
	make_closest(1, PEERS - 1, UNREACHABLE);
	ck_assert_int_eq(exists(), AUTONOMI_E_QUORUM);
	make_closest(0, PEERS, GARBAGE);
	ck_assert_int_eq(exists(), AUTONOMI_E_CORRUPT);
	make_closest(0, PEERS, OTHER_ANSWER);
	ck_assert_int_eq(exists(), AUTONOMI_E_CORRUPT);
}
END_TEST

/* ---- Memory. */
#ifdef AN_FAULT_INJECTION
START_TEST(an_update_survives_the_failure_of_any_allocation)
{
	plant(0, 5, pointer_value(3, 1));
	for (uint64_t n = 0;; n++) {
		ck_assert_uint_lt(n, 10000);
		outcome_release(&outcome);
		network.failing = true;
		network.fail_at = an_memory_allocations() + n;
		an_memory_fail_after(n);
		const struct an_client_write write = pointer_write(AN_WRITE_UPDATE, (uint8_t)n);
		const an_status status = an_client_record_write(client, &write, outcome_done,
		                                                &outcome, NULL);
		if (status == AUTONOMI_OK)
			run(AUTONOMI_OK);
		const bool ran_out = an_memory_allocations() > network.fail_at;
		network.failing = false;
		an_memory_fail_after(UINT64_MAX);
		if (!ran_out) {
			ck_assert_int_eq(outcome.result.status, AUTONOMI_OK);
			break;
		}
	}
}
END_TEST
#endif

Suite *suite(void)
{
	Suite *s = suite_create("client/records");
	TCase *writes = tcase_create("writes");
	tcase_add_checked_fixture(writes, setup, teardown);
	tcase_add_test(writes, a_pointer_is_created_on_the_five_closest_with_counter_0);
	tcase_add_test(writes, creation_is_refused_where_a_record_exists);
	tcase_add_test(writes, an_update_goes_one_above_the_highest_counter);
	tcase_add_test(writes, what_does_not_exist_cannot_be_updated);
	tcase_add_test(writes, an_update_from_a_known_version_reads_nothing);
	tcase_add_test(writes, an_outdated_write_says_what_the_network_has);
	tcase_add_test(writes, a_write_that_one_peer_finds_outdated_succeeds_and_tells);
	tcase_add_test(writes, a_pointer_needs_three_peers_where_a_chunk_needs_two);
	tcase_add_test(writes, a_record_that_is_not_signed_is_not_sent);
	tcase_add_test(writes, arguments_that_cannot_be_are_refused_at_once);
	tcase_add_test(writes, the_highest_counter_cannot_be_updated);
	tcase_add_test(writes, a_scratchpad_is_created_updated_and_opened);
	tcase_add_test(writes, an_update_mends_a_fork);
	suite_add_tcase(s, writes);
	TCase *reads = tcase_create("reads");
	tcase_add_checked_fixture(reads, setup, teardown);
	tcase_add_test(reads, a_get_ends_when_a_majority_gave_the_same);
	tcase_add_test(reads, the_highest_counter_wins_against_more_copies);
	tcase_add_test(reads, most_copies_win_among_the_same_counter);
	tcase_add_test(reads, as_many_copies_are_a_fork_and_one_of_them_is_given);
	tcase_add_test(reads, a_false_signature_counts_for_nothing);
	tcase_add_test(reads, a_pointer_of_another_owner_counts_for_nothing);
	tcase_add_test(reads, another_type_under_the_name_counts_for_nothing);
	tcase_add_test(reads, a_record_that_strayed_is_found_with_the_farther_peers);
	tcase_add_test(reads, absence_is_an_answer_and_not_asked_again);
	tcase_add_test(reads, peers_that_fail_are_asked_again_after_a_while);
	tcase_add_test(reads, nobody_to_ask_is_said_so);
	tcase_add_test(reads, busy_peers_are_asked_again);
	tcase_add_loop_test(reads, noise_is_no_answer, 0, 4);
	tcase_add_test(reads, a_dead_peer_costs_one_request_more_and_not_its_timeout);
	tcase_add_test(reads, where_nobody_is_left_the_late_are_waited_for);
	tcase_add_loop_test(reads, a_get_can_be_cancelled_at_any_moment, 0, 20);
	tcase_add_loop_test(reads, a_write_can_be_cancelled_at_any_moment, 0, 30);
	tcase_add_loop_test(reads, a_client_that_is_freed_drops_what_runs, 0, 30);
	suite_add_tcase(s, reads);
	TCase *graphs = tcase_create("graphs and existence");
	tcase_add_checked_fixture(graphs, setup, teardown);
	tcase_add_test(graphs, a_graph_entry_is_put_and_read);
	tcase_add_test(graphs, two_entries_of_one_owner_are_a_fork_with_both);
	tcase_add_test(graphs, the_entry_that_most_peers_have_is_the_graphs);
	tcase_add_test(graphs, what_exists_is_found_without_its_bytes);
	tcase_add_test(graphs, one_peer_that_has_it_is_existence_too);
	tcase_add_test(graphs, too_few_answers_say_nothing_of_existence);
	suite_add_tcase(s, graphs);
#ifdef AN_FAULT_INJECTION
	TCase *memory = tcase_create("memory");
	tcase_add_checked_fixture(memory, setup, teardown);
	tcase_set_timeout(memory, 300);
	tcase_add_test(memory, an_update_survives_the_failure_of_any_allocation);
	suite_add_tcase(s, memory);
#endif
	return s;
}
