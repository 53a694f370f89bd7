/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "base/memory.h"
#include "client/record_make.h"
#include "client/vaults.h"
#include "data/vault.h"
#include "harness.h"
#include "virtual_network.h"

enum {
	PEERS = 25,
	GROUP = 5,
	PADS = 4, /* of an entry that a test makes: a thousand take their time */
	TYPE = 77,
	LARGE = AN_VAULT_PIECE_SIZE + 1000,
	STEPS = 40,
};

static struct virtual_network network;
static struct an_client *client;
static struct outcome outcome;
static uint8_t secret[AN_BLS_SECRET_SIZE], head_secret[AN_BLS_SECRET_SIZE];
static uint8_t public_key[AN_OWNER_KEY_SIZE], head[AN_OWNER_KEY_SIZE];

static void setup(void)
{
	network_open(&network, PEERS, 9);
	client = network_client(&network);
	an_bls_secret_random(&network.random, secret);
	ck_assert_int_eq(an_bls_public_key(secret, public_key), AUTONOMI_OK);
	ck_assert_int_eq(an_head_secret(secret, head_secret), AUTONOMI_OK);
	ck_assert_int_eq(an_head_public_key(public_key, head), AUTONOMI_OK);
}

static void teardown(void)
{
	outcome_release(&outcome);
	client = an_client_free(client);
	network_close(&network);
}

/* Bytes that another `first` makes others. */
static struct an_blob *content_of(size_t size, uint8_t first)
{
	struct an_blob *content = an_blob_new(size);
	for (size_t i = 0; i < size; i++)
		content->data[i] = (uint8_t)(first + i % 251);
	return content;
}

static an_status begin_put(size_t size, uint8_t first)
{
	struct an_vault_put put = {.content_type = TYPE, .content = content_of(size, first)};
	memcpy(put.secret, secret, sizeof(secret));
	outcome_release(&outcome);
	const an_status status = an_client_vault_put(client, &put, outcome_progress, outcome_done,
	                                             &outcome, &outcome.id);
	an_blob_unref(put.content);
	return status;
}

static an_status begin_get(size_t size_max)
{
	outcome_release(&outcome);
	return an_client_vault_get(client, secret, size_max, outcome_done, &outcome, &outcome.id);
}

static an_status run(an_status submitted)
{
	ck_assert_int_eq(submitted, AUTONOMI_OK);
	ck_assert_uint_eq(outcome.calls, 0);
	return network_finish(&network, client, &outcome);
}

static an_status put(size_t size, uint8_t first)
{
	return run(begin_put(size, first));
}

static an_status get(void)
{
	return run(begin_get(16 << 20));
}

static void assert_got(size_t size, uint8_t first)
{
	struct an_blob *wanted = content_of(size, first);
	ck_assert_int_eq(get(), AUTONOMI_OK);
	ck_assert(an_span_equal(outcome.result.bytes, an_blob_span(wanted)));
	ck_assert_uint_eq(outcome.result.content_type, TYPE);
	ck_assert_uint_eq(outcome.result.count >= 3, 1);
	an_blob_unref(wanted);
}

/* ---- What peers hold. */
static void plant(const uint8_t owner[AN_OWNER_KEY_SIZE], struct an_blob *value)
{
	uint8_t name[32];
	size_t order[PEERS_MAX];
	an_owner_key_name(owner, name);
	network_rank(&network, name, order);
	for (size_t i = 0; i < GROUP; i++)
		network_keep(&network, name, an_blob_span(value), order[i]);
	an_blob_unref(value);
}

/* An entry with `pads` scratchpads; `first` makes their indices. */
static struct an_graph_entry make_entry(size_t pads, uint8_t first)
{
	struct an_graph_entry entry;
	ck_assert_int_eq(an_graph_entry_init(&entry, 0, 1 + pads), AUTONOMI_OK);
	for (size_t i = 0; i < 1 + pads; i++) {
		entry.descendants[i].content[0] = (uint8_t)(first + i);
		entry.descendants[i].content[31] = 1;
	}
	an_vault_entry_derive(public_key, &entry, 0, 1 + pads);
	return entry;
}

static void plant_entry(struct an_graph_entry *entry)
{
	struct an_blob *value = NULL;
	ck_assert_int_eq(an_record_make_graph(entry, head_secret, &value), AUTONOMI_OK);
	plant(head, value);
	an_graph_entry_done(entry);
}

/* A vault with room for PADS pieces and nothing in it. */
static void plant_vault(void)
{
	struct an_graph_entry entry = make_entry(PADS, 10);
	plant_entry(&entry);
}

/* The owner of scratchpad `index` of that vault. */
static void pad_of(size_t index, uint8_t owner[AN_OWNER_KEY_SIZE])
{
	struct an_graph_entry entry = make_entry(PADS, 10);
	memcpy(owner, entry.descendants[1 + index].key, AN_OWNER_KEY_SIZE);
	an_graph_entry_done(&entry);
}

static bool is_stored(size_t index)
{
	uint8_t owner[AN_OWNER_KEY_SIZE], name[32];
	pad_of(index, owner);
	an_owner_key_name(owner, name);
	return network_copies(&network, name) > 0;
}

static void lose_pad(size_t index)
{
	uint8_t owner[AN_OWNER_KEY_SIZE], name[32];
	pad_of(index, owner);
	an_owner_key_name(owner, name);
	network_lose(&network, name, 0);
}

static void make_all(enum behaviour behaviour)
{
	for (size_t i = 0; i < PEERS; i++)
		network.peers[i].behaviour = behaviour;
}

/* ---- Whole ones. */
START_TEST(a_vault_is_made_with_an_entry_and_a_scratchpad)
{
	ck_assert_int_eq(put(100, 1), AUTONOMI_OK);
	ck_assert_mem_eq(outcome.result.owner, public_key, sizeof(public_key));
	ck_assert_uint_eq(outcome.result.count, GROUP);
	ck_assert_uint_eq(outcome.progress_done, 100);
	ck_assert_uint_eq(network_record_count(&network), 2);
	assert_got(100, 1);
}
END_TEST

START_TEST(what_is_put_again_takes_the_place_of_what_was_there)
{
	plant_vault();
	ck_assert_int_eq(put(100, 1), AUTONOMI_OK);
	ck_assert_int_eq(put(50, 2), AUTONOMI_OK);
	assert_got(50, 2);
	ck_assert(is_stored(0) && !is_stored(1));
}
END_TEST

START_TEST(content_that_is_larger_than_a_scratchpad_takes_several)
{
	plant_vault();
	ck_assert_int_eq(put(LARGE, 1), AUTONOMI_OK);
	ck_assert(is_stored(0) && is_stored(1) && !is_stored(2));
	ck_assert_uint_eq(outcome.progress_calls, 2);
	assert_got(LARGE, 1);
	ck_assert_int_eq(put(70, 2), AUTONOMI_OK);
	assert_got(70, 2);
}
END_TEST

START_TEST(content_of_any_size_ends_where_it_ends_whatever_was_there_before)
{
	static const size_t sizes[] = {AN_VAULT_PIECE_SIZE - AN_BLS_CIPHERTEXT_OVERHEAD,
	                               AN_VAULT_PIECE_SIZE};
	plant_vault();
	ck_assert_int_eq(put(2 * AN_VAULT_PIECE_SIZE + 5, 1), AUTONOMI_OK);
	ck_assert_int_eq(put(sizes[_i], 2), AUTONOMI_OK);
	assert_got(sizes[_i], 2);
}
END_TEST

START_TEST(where_there_is_no_vault_nothing_is_read)
{
	ck_assert_int_eq(get(), AUTONOMI_E_NOT_FOUND);
	plant_vault();
	ck_assert_int_eq(get(), AUTONOMI_E_NOT_FOUND);
}
END_TEST

START_TEST(more_than_was_asked_for_is_refused)
{
	plant_vault();
	ck_assert_int_eq(put(100, 1), AUTONOMI_OK);
	ck_assert_int_eq(run(begin_get(100)), AUTONOMI_OK);
	ck_assert_int_eq(run(begin_get(99)), AUTONOMI_E_TOO_LARGE);
}
END_TEST

START_TEST(what_cannot_be_put_or_got_is_refused_at_once)
{
	struct an_vault_put refused = {.content = content_of(1, 0)};
	ck_assert_int_eq(begin_put(0, 1), AUTONOMI_E_INVALID);
	memset(refused.secret, 0xff, sizeof(refused.secret));
	ck_assert_int_eq(an_client_vault_put(client, &refused, NULL, NULL, NULL, NULL),
	                 AUTONOMI_E_INVALID);
	ck_assert_int_eq(an_client_vault_get(client, refused.secret, 1, NULL, NULL, NULL),
	                 AUTONOMI_E_INVALID);
	memcpy(refused.secret, secret, sizeof(secret));
	refused.content->size = (size_t)AN_VAULT_CONTENT_MAX + 1;
	ck_assert_int_eq(an_client_vault_put(client, &refused, NULL, NULL, NULL, NULL),
	                 AUTONOMI_E_TOO_LARGE);
	refused.content->size = 1;
	an_blob_unref(refused.content);
}
END_TEST

/* ---- Trouble. */
START_TEST(a_put_that_is_cut_off_leaves_the_old_content_of_one_scratchpad)
{
	plant_vault();
	ck_assert_int_eq(put(100, 1), AUTONOMI_OK);
	ck_assert_int_eq(begin_put(LARGE, 2), AUTONOMI_OK);
	while (!is_stored(1))
		ck_assert(network_step(&network, client));
	an_client_cancel(client, outcome.id);
	ck_assert_int_eq(run(AUTONOMI_OK), AUTONOMI_E_CANCELLED);
	assert_got(100, 1);
}
END_TEST

START_TEST(a_piece_that_is_lost_is_no_end)
{
	plant_vault();
	ck_assert_int_eq(put(LARGE, 1), AUTONOMI_OK);
	lose_pad(1);
	ck_assert_int_eq(get(), AUTONOMI_E_NOT_FOUND);
	ck_assert_ptr_nonnull(strstr(outcome.result.message, "piece 1"));
	ck_assert_int_eq(put(LARGE, 1), AUTONOMI_OK);
	assert_got(LARGE, 1);
}
END_TEST

START_TEST(of_two_vaults_that_were_made_at_once_all_use_the_same)
{
	static const uint8_t header[] = {0x91, AN_RECORD_GRAPH_ENTRY};
	struct an_graph_entry entries[2] = {make_entry(PADS, 10), make_entry(PADS, 90)};
	ck_assert_int_eq(an_graph_entry_sign(&entries[0], head_secret), AUTONOMI_OK);
	ck_assert_int_eq(an_graph_entry_sign(&entries[1], head_secret), AUTONOMI_OK);
	struct an_graph_set set = {.entries = entries, .count = 2};
	ck_assert_int_lt(an_graph_entry_compare(&entries[0], &entries[1]), 0);
	struct an_buffer out;
	an_buffer_init(&out, SIZE_MAX);
	an_buffer_append(&out, an_span(header, sizeof(header)));
	an_graph_set_write(&out, &set);
	plant(head, an_blob_copy(an_buffer_span(&out)));
	an_buffer_done(&out);
	an_graph_entry_done(&entries[0]);
	an_graph_entry_done(&entries[1]);
	ck_assert_int_eq(put(100, 1), AUTONOMI_OK);
	ck_assert(is_stored(0));
	assert_got(100, 1);
}
END_TEST

START_TEST(an_entry_that_is_not_the_vaults_is_refused)
{
	struct an_graph_entry entry = make_entry(PADS, 10);
	entry.descendants[1].content[5] ^= 1;
	plant_entry(&entry);
	ck_assert_int_eq(get(), AUTONOMI_E_CORRUPT);
	ck_assert_int_eq(put(100, 1), AUTONOMI_E_CORRUPT);
	ck_assert_uint_eq(network.puts, 0);
}
END_TEST

START_TEST(an_entry_with_too_few_scratchpads_takes_no_more)
{
	struct an_graph_entry entry = make_entry(1, 10);
	plant_entry(&entry);
	ck_assert_int_eq(put(LARGE, 1), AUTONOMI_E_CORRUPT);
	ck_assert_int_eq(put(100, 1), AUTONOMI_OK);
}
END_TEST

START_TEST(a_scratchpad_that_is_no_ciphertext_is_refused)
{
	struct an_graph_entry entry = make_entry(PADS, 10);
	uint8_t pad_secret[AN_BLS_SECRET_SIZE], owner[AN_OWNER_KEY_SIZE];
	ck_assert_int_eq(an_vault_pad_keys(secret, &entry, 0, pad_secret, owner), AUTONOMI_OK);
	plant_entry(&entry);
	struct an_scratchpad pad = {.encrypted_data = an_span_text("plain")};
	ck_assert_int_eq(an_scratchpad_sign(&pad, pad_secret), AUTONOMI_OK);
	static const uint8_t header[] = {0x91, AN_RECORD_SCRATCHPAD};
	struct an_buffer out;
	an_buffer_init(&out, SIZE_MAX);
	an_buffer_append(&out, an_span(header, sizeof(header)));
	an_scratchpad_write(&out, &pad);
	plant(owner, an_blob_copy(an_buffer_span(&out)));
	an_buffer_done(&out);
	ck_assert_int_eq(get(), AUTONOMI_E_CORRUPT);
}
END_TEST

START_TEST(peers_that_take_nothing_end_a_put)
{
	plant_vault();
	make_all(FULL);
	ck_assert_int_eq(put(100, 1), AUTONOMI_E_QUORUM);
	make_all(UNREACHABLE);
	ck_assert_int_eq(put(100, 1), AUTONOMI_E_NO_PEERS);
	ck_assert_int_eq(get(), AUTONOMI_E_NO_PEERS);
}
END_TEST

START_TEST(an_entry_that_nobody_takes_ends_the_first_put)
{
	make_all(FULL);
	ck_assert_int_eq(put(100, 1), AUTONOMI_E_QUORUM);
}
END_TEST

START_TEST(a_network_that_vanishes_ends_an_operation_once)
{
	plant_vault();
	ck_assert_int_eq(put(100, 1), AUTONOMI_OK);
	for (int which = 0; which < 2; which++) {
		ck_assert_int_eq(which == 0 ? begin_put(90, 2) : begin_get(1000), AUTONOMI_OK);
		for (int step = 0; step < 8 * _i && outcome.calls == 0; step++)
			network_step(&network, client);
		make_all(UNREACHABLE);
		if (outcome.calls == 0)
			run(AUTONOMI_OK);
		make_all(HONEST);
	}
	ck_assert_int_eq(get(), AUTONOMI_OK);
}
END_TEST

/* ---- Ends. */
START_TEST(an_operation_can_be_cancelled_at_any_moment)
{
	plant_vault();
	ck_assert_int_eq(put(100, 1), AUTONOMI_OK);
	network.job_delay = AN_MS(20);
	for (int which = 0; which < 2; which++) {
		ck_assert_int_eq(which == 0 ? begin_put(90, 2) : begin_get(1000), AUTONOMI_OK);
		for (int i = 0; i < 3 * _i && outcome.calls == 0; i++)
			network_step(&network, client);
		const bool over = outcome.calls > 0;
		an_client_cancel(client, outcome.id);
		ck_assert(over || run(AUTONOMI_OK) == AUTONOMI_E_CANCELLED);
	}
}
END_TEST

START_TEST(a_client_that_is_freed_drops_what_runs)
{
	plant_vault();
	ck_assert_int_eq(put(100, 1), AUTONOMI_OK);
	network.job_delay = AN_MS(20);
	ck_assert_int_eq(_i % 2 == 0 ? begin_put(90, 2) : begin_get(1000), AUTONOMI_OK);
	for (int i = 0; i < 3 * _i && outcome.calls == 0; i++)
		network_step(&network, client);
}
END_TEST

#ifdef AN_FAULT_INJECTION
/* Whether memory ran out at all. */
static bool fails_after(uint64_t allocations, bool is_put)
{
	struct an_vault_put wanted = {.content_type = TYPE, .content = content_of(100, 1)};
	memcpy(wanted.secret, secret, sizeof(secret));
	outcome_release(&outcome);
	network.failing = true;
	network.fail_at = an_memory_allocations() + allocations;
	an_memory_fail_after(allocations);
	const an_status status = is_put ? an_client_vault_put(client, &wanted, NULL, outcome_done,
	                                                      &outcome, NULL)
	                                : an_client_vault_get(client, secret, 1000, outcome_done,
	                                                      &outcome, NULL);
	if (status == AUTONOMI_OK)
		run(status);
	const bool ran_out = an_memory_allocations() > network.fail_at;
	network.failing = false;
	an_memory_fail_after(UINT64_MAX);
	an_blob_unref(wanted.content);
	return ran_out;
}

START_TEST(an_operation_survives_the_failure_of_any_allocation)
{
	uint64_t n = 0;
	plant_vault();
	if (_i == 1)
		ck_assert_int_eq(put(100, 1), AUTONOMI_OK);
	while (fails_after(n, _i == 0)) {
		n++;
		ck_assert_uint_lt(n, 10000);
	}
	ck_assert_uint_gt(n, 20);
	ck_assert_int_eq(outcome.result.status, AUTONOMI_OK);
	assert_got(100, 1);
}
END_TEST

/* Whoever makes the first entry spends most of the time on its keys: not every allocation, but some of
 * every part. */
START_TEST(the_first_put_survives_the_failure_of_an_allocation)
{
	uint64_t n = (uint64_t)_i;
	while (fails_after(n, true)) {
		n += 16;
		ck_assert_uint_lt(n, 10000);
	}
	ck_assert_int_eq(outcome.result.status, AUTONOMI_OK);
	assert_got(100, 1);
}
END_TEST
#endif

Suite *suite(void)
{
	Suite *s = suite_create("client/vaults");
	TCase *whole = tcase_create("whole");
	tcase_add_checked_fixture(whole, setup, teardown);
	tcase_set_timeout(whole, 300);
	tcase_add_test(whole, a_vault_is_made_with_an_entry_and_a_scratchpad);
	tcase_add_test(whole, what_is_put_again_takes_the_place_of_what_was_there);
	tcase_add_test(whole, content_that_is_larger_than_a_scratchpad_takes_several);
	tcase_add_loop_test(whole, content_of_any_size_ends_where_it_ends_whatever_was_there_before,
	                    0, 2);
	tcase_add_test(whole, where_there_is_no_vault_nothing_is_read);
	tcase_add_test(whole, more_than_was_asked_for_is_refused);
	tcase_add_test(whole, what_cannot_be_put_or_got_is_refused_at_once);
	suite_add_tcase(s, whole);
	TCase *trouble = tcase_create("trouble");
	tcase_add_checked_fixture(trouble, setup, teardown);
	tcase_set_timeout(trouble, 300);
	tcase_add_test(trouble, a_put_that_is_cut_off_leaves_the_old_content_of_one_scratchpad);
	tcase_add_test(trouble, a_piece_that_is_lost_is_no_end);
	tcase_add_test(trouble, of_two_vaults_that_were_made_at_once_all_use_the_same);
	tcase_add_test(trouble, an_entry_that_is_not_the_vaults_is_refused);
	tcase_add_test(trouble, an_entry_with_too_few_scratchpads_takes_no_more);
	tcase_add_test(trouble, a_scratchpad_that_is_no_ciphertext_is_refused);
	tcase_add_test(trouble, peers_that_take_nothing_end_a_put);
	tcase_add_test(trouble, an_entry_that_nobody_takes_ends_the_first_put);
	tcase_add_loop_test(trouble, a_network_that_vanishes_ends_an_operation_once, 0, 10);
	suite_add_tcase(s, trouble);
	TCase *ends = tcase_create("ends");
	tcase_add_checked_fixture(ends, setup, teardown);
	tcase_set_timeout(ends, 300);
	tcase_add_loop_test(ends, an_operation_can_be_cancelled_at_any_moment, 0, STEPS);
	tcase_add_loop_test(ends, a_client_that_is_freed_drops_what_runs, 0, STEPS);
#ifdef AN_FAULT_INJECTION
	tcase_add_loop_test(ends, an_operation_survives_the_failure_of_any_allocation, 0, 2);
	tcase_add_loop_test(ends, the_first_put_survives_the_failure_of_an_allocation, 0, 2);
#endif
	suite_add_tcase(s, ends);
	return s;
}
