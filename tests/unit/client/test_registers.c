/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "base/memory.h"
#include "client/record_make.h"
#include "client/registers.h"
#include "data/derived_keys.h"
#include "data/register.h"
#include "harness.h"
#include "virtual_network.h"

enum { PEERS = 25, GROUP = 5, STEPS = 60 };

typedef an_status writer(struct an_client *client, const struct an_register_write *write,
                         an_client_done *done, void *context, uint64_t *ret_id);
typedef an_status reader(struct an_client *client, const uint8_t owner[AN_OWNER_KEY_SIZE],
                         an_client_done *done, void *context, uint64_t *ret_id);

static struct virtual_network network;
static struct an_client *client;
static struct outcome outcome;
static uint8_t secret[AN_BLS_SECRET_SIZE], head_secret[AN_BLS_SECRET_SIZE];
static uint8_t address[AN_OWNER_KEY_SIZE], head[AN_OWNER_KEY_SIZE];

static void setup(void)
{
	network_open(&network, PEERS, 8);
	client = network_client(&network);
	an_bls_secret_random(&network.random, secret);
	ck_assert_int_eq(an_bls_public_key(secret, address), AUTONOMI_OK);
	ck_assert_int_eq(an_head_secret(secret, head_secret), AUTONOMI_OK);
	ck_assert_int_eq(an_head_public_key(address, head), AUTONOMI_OK);
}

static void teardown(void)
{
	outcome_release(&outcome);
	client = an_client_free(client);
	network_close(&network);
}

static struct an_register_write value_of(const char *text)
{
	struct an_register_write write;
	memcpy(write.secret, secret, sizeof(secret));
	ck_assert_int_eq(an_register_value(an_span_text(text), write.value), AUTONOMI_OK);
	return write;
}

static void begin_write(writer *function, const char *text)
{
	const struct an_register_write write = value_of(text);
	outcome_release(&outcome);
	ck_assert_int_eq(function(client, &write, outcome_done, &outcome, &outcome.id),
	                 AUTONOMI_OK);
	ck_assert_uint_eq(outcome.calls, 0);
}

static an_status run(void)
{
	return network_finish(&network, client, &outcome);
}

static an_status create(const char *text)
{
	begin_write(an_client_register_create, text);
	return run();
}

static an_status update(const char *text)
{
	begin_write(an_client_register_update, text);
	return run();
}

static an_status ask(reader *function)
{
	outcome_release(&outcome);
	ck_assert_int_eq(function(client, address, outcome_done, &outcome, &outcome.id),
	                 AUTONOMI_OK);
	return run();
}

static an_status get(void)
{
	return ask(an_client_register_get);
}

static an_status history(void)
{
	return ask(an_client_register_history);
}

/* The values that were read, one behind the other, each with a final space. */
static void assert_values(const char *wanted)
{
	char text[256] = "";
	const struct an_span bytes = outcome.result.bytes;
	for (size_t at = 0; at < bytes.size; at += AN_GRAPH_CONTENT_SIZE) {
		const size_t used = strlen(text);
		snprintf(text + used, sizeof(text) - used, "%s ", (const char *)bytes.data + at);
	}
	ck_assert_str_eq(text, wanted);
}

/* ---- What peers hold. */
static void name_of(const uint8_t owner[AN_OWNER_KEY_SIZE], uint8_t name[32])
{
	an_owner_key_name(owner, name);
}

/* The peers from `rank` on hold this; the value is given away. */
static void plant(const uint8_t owner[AN_OWNER_KEY_SIZE], size_t rank, size_t count,
                  struct an_blob *value)
{
	uint8_t name[32];
	size_t order[PEERS_MAX];
	name_of(owner, name);
	network_rank(&network, name, order);
	for (size_t i = rank; i < rank + count; i++)
		network_keep(&network, name, an_blob_span(value), order[i]);
	an_blob_unref(value);
}

static void lose(const uint8_t owner[AN_OWNER_KEY_SIZE])
{
	uint8_t name[32];
	name_of(owner, name);
	network_lose(&network, name, 0);
}

static struct an_blob *head_value(uint64_t counter, enum an_address_type type,
                                  const uint8_t target[AN_OWNER_KEY_SIZE])
{
	struct an_pointer pointer = {.counter = counter};
	struct an_blob *value = NULL;
	pointer.target.type = type;
	pointer.target.size = type == AN_ADDRESS_CHUNK ? 32 : AN_OWNER_KEY_SIZE;
	memcpy(pointer.target.bytes, target, pointer.target.size);
	ck_assert_int_eq(an_record_make_pointer(&pointer, head_secret, &value), AUTONOMI_OK);
	return value;
}

static void point_at(uint64_t counter, const uint8_t target[AN_OWNER_KEY_SIZE])
{
	plant(head, 0, GROUP, head_value(counter, AN_ADDRESS_GRAPH_ENTRY, target));
}

/* First entries with this value, whose next one is found at `index`. */
static struct an_graph_entry first_entry(const char *text, uint8_t index)
{
	struct an_graph_entry entry;
	const struct an_register_write write = value_of(text);
	const uint8_t bytes[AN_GRAPH_CONTENT_SIZE] = {index};
	ck_assert_int_eq(an_register_entry_make(secret, NULL, write.value, bytes, &entry),
	                 AUTONOMI_OK);
	return entry;
}

static struct an_blob *entry_value(const char *text, uint8_t index)
{
	struct an_graph_entry entry = first_entry(text, index);
	struct an_blob *value = NULL;
	ck_assert_int_eq(an_record_write_graph(&entry, &value), AUTONOMI_OK);
	an_graph_entry_done(&entry);
	return value;
}

/* Both in one record, in the order in which nodes store them. */
static struct an_blob *fork_value(const char *a, uint8_t index_a, const char *b, uint8_t index_b)
{
	struct an_graph_entry entries[2] = {first_entry(a, index_a), first_entry(b, index_b)};
	const struct an_graph_set set = {.entries = entries, .count = 2};
	if (an_graph_entry_compare(&entries[0], &entries[1]) > 0) {
		const struct an_graph_entry first = entries[0];
		entries[0] = entries[1];
		entries[1] = first;
	}
	static const uint8_t header[] = {0x91, AN_RECORD_GRAPH_ENTRY};
	struct an_buffer out;
	an_buffer_init(&out, SIZE_MAX);
	an_buffer_append(&out, an_span(header, sizeof(header)));
	an_graph_set_write(&out, &set);
	struct an_blob *value = an_blob_copy(an_buffer_span(&out));
	an_buffer_done(&out);
	an_graph_entry_done(&entries[0]);
	an_graph_entry_done(&entries[1]);
	return value;
}

/* An entry that says nothing of a next one, or of several, or of one whose key is not what its index says. */
static struct an_blob *odd_value(size_t descendants, bool derived)
{
	struct an_graph_entry entry;
	struct an_blob *value = NULL;
	ck_assert_int_eq(an_graph_entry_init(&entry, 0, descendants), AUTONOMI_OK);
	memcpy(entry.content, "alone", 5);
	for (size_t i = 0; i < descendants; i++) {
		memcpy(entry.descendants[i].key, address, sizeof(address));
		entry.descendants[i].content[0] = (uint8_t)(i + 1);
		if (derived)
			ck_assert_int_eq(an_bls_child_public(address,
			                                     an_span(entry.descendants[i].content,
			                                             AN_GRAPH_CONTENT_SIZE),
			                                     entry.descendants[i].key),
			                 AUTONOMI_OK);
	}
	ck_assert_int_eq(an_record_make_graph(&entry, secret, &value), AUTONOMI_OK);
	an_graph_entry_done(&entry);
	return value;
}

static void make_all(enum behaviour behaviour)
{
	for (size_t i = 0; i < PEERS; i++)
		network.peers[i].behaviour = behaviour;
}

/* ---- Whole ones. */
START_TEST(a_register_is_created_with_an_entry_and_a_head)
{
	ck_assert_int_eq(create("one"), AUTONOMI_OK);
	ck_assert_mem_eq(outcome.result.owner, address, sizeof(address));
	ck_assert_uint_eq(outcome.result.count, GROUP);
	ck_assert_uint_eq(outcome.result.counter, 0);
	ck_assert_uint_eq(network_record_count(&network), 2);
	ck_assert_int_eq(get(), AUTONOMI_OK);
	assert_values("one ");
	ck_assert_uint_eq(outcome.result.versions, 1);
}
END_TEST

START_TEST(an_update_appends_a_value_and_moves_the_head)
{
	ck_assert_int_eq(create("one"), AUTONOMI_OK);
	ck_assert_int_eq(update("two"), AUTONOMI_OK);
	ck_assert_mem_eq(outcome.result.owner, address, sizeof(address));
	ck_assert_uint_eq(outcome.result.counter, 1);
	ck_assert_uint_eq(outcome.result.network_counter, 1);
	ck_assert_int_eq(update("three"), AUTONOMI_OK);
	ck_assert_int_eq(get(), AUTONOMI_OK);
	assert_values("three ");
	ck_assert_uint_eq(outcome.result.counter, 2);
	ck_assert_int_eq(history(), AUTONOMI_OK);
	assert_values("one two three ");
	ck_assert_uint_eq(outcome.result.count, 3);
	ck_assert_uint_eq(outcome.result.versions, 1);
}
END_TEST

START_TEST(a_register_that_exists_is_not_created_again)
{
	ck_assert_int_eq(create("one"), AUTONOMI_OK);
	network_reset_counts(&network);
	ck_assert_int_eq(create("one"), AUTONOMI_E_EXISTS);
	ck_assert_uint_eq(network.puts, 0);
}
END_TEST

START_TEST(where_there_is_no_register_nothing_is_read_and_nothing_written)
{
	ck_assert_int_eq(update("two"), AUTONOMI_E_NOT_FOUND);
	ck_assert_int_eq(get(), AUTONOMI_E_NOT_FOUND);
	ck_assert_int_eq(history(), AUTONOMI_E_NOT_FOUND);
	ck_assert_uint_eq(network.puts, 0);
}
END_TEST

/* ---- Writes that were cut off between the entry and the head. */
START_TEST(a_creation_that_was_cut_off_is_completed_by_the_next_one)
{
	ck_assert_int_eq(create("one"), AUTONOMI_OK);
	lose(head);
	ck_assert_int_eq(get(), AUTONOMI_E_NOT_FOUND);
	ck_assert_int_eq(update("two"), AUTONOMI_E_NOT_FOUND);
	ck_assert_int_eq(create("one"), AUTONOMI_OK);
	ck_assert_int_eq(get(), AUTONOMI_OK);
	assert_values("one ");
	ck_assert_int_eq(update("two"), AUTONOMI_OK);
}
END_TEST

START_TEST(a_creation_with_another_value_completes_the_one_that_was_cut_off)
{
	ck_assert_int_eq(create("one"), AUTONOMI_OK);
	lose(head);
	ck_assert_int_eq(create("other"), AUTONOMI_E_EXISTS);
	ck_assert_int_eq(get(), AUTONOMI_OK);
	assert_values("one ");
}
END_TEST

START_TEST(an_update_that_was_cut_off_is_pointed_at_by_the_next_one)
{
	ck_assert_int_eq(create("one"), AUTONOMI_OK);
	ck_assert_int_eq(update("two"), AUTONOMI_OK);
	point_at(0, address);
	ck_assert_int_eq(get(), AUTONOMI_OK);
	assert_values("one ");
	ck_assert_int_eq(update("three"), AUTONOMI_E_OUTDATED);
	ck_assert_int_eq(get(), AUTONOMI_OK);
	assert_values("two ");
	ck_assert_int_eq(update("three"), AUTONOMI_OK);
	ck_assert_int_eq(history(), AUTONOMI_OK);
	assert_values("one two three ");
}
END_TEST

START_TEST(peers_that_take_nothing_end_a_write)
{
	make_all(FULL);
	ck_assert_int_eq(create("one"), AUTONOMI_E_QUORUM);
	make_all(HONEST);
	ck_assert_int_eq(create("one"), AUTONOMI_OK);
	make_all(FULL);
	ck_assert_int_eq(update("two"), AUTONOMI_E_QUORUM);
	make_all(HONEST);
	ck_assert_int_eq(get(), AUTONOMI_OK);
	assert_values("one ");
}
END_TEST

START_TEST(where_peers_refuse_the_head_alone_the_write_can_be_repeated)
{
	ck_assert_int_eq(create("one"), AUTONOMI_OK);
	begin_write(an_client_register_update, "two");
	while (network_record_count(&network) < 3)
		ck_assert(network_step(&network, client));
	make_all(FULL);
	ck_assert_int_eq(run(), AUTONOMI_E_QUORUM);
	make_all(HONEST);
	ck_assert_int_eq(update("two"), AUTONOMI_E_OUTDATED);
	ck_assert_int_eq(get(), AUTONOMI_OK);
	assert_values("two ");
}
END_TEST

START_TEST(without_a_network_everything_says_so)
{
	ck_assert_int_eq(create("one"), AUTONOMI_OK);
	make_all(UNREACHABLE);
	ck_assert_int_eq(create("one"), AUTONOMI_E_NO_PEERS);
	ck_assert_int_eq(update("two"), AUTONOMI_E_NO_PEERS);
	ck_assert_int_eq(get(), AUTONOMI_E_NO_PEERS);
	ck_assert_int_eq(history(), AUTONOMI_E_NO_PEERS);
}
END_TEST

/* The network is gone after so many steps, so that every request in turn meets that. */
START_TEST(a_network_that_vanishes_ends_an_operation_once)
{
	ck_assert_int_eq(create("one"), AUTONOMI_OK);
	static writer *const writers[] = {an_client_register_create, an_client_register_update};
	for (size_t i = 0; i < 2; i++) {
		if (i == 0)
			lose(head);
		begin_write(writers[i], "two");
		for (int step = 0; step < 8 * _i && outcome.calls == 0; step++)
			network_step(&network, client);
		make_all(UNREACHABLE);
		run();
		make_all(HONEST);
		create("one");
	}
	static reader *const readers[] = {an_client_register_get, an_client_register_history};
	for (size_t i = 0; i < 2; i++) {
		outcome_release(&outcome);
		ck_assert_int_eq(readers[i](client, address, outcome_done, &outcome, NULL),
		                 AUTONOMI_OK);
		for (int step = 0; step < 8 * _i && outcome.calls == 0; step++)
			network_step(&network, client);
		make_all(UNREACHABLE);
		run();
		make_all(HONEST);
	}
	ck_assert_int_eq(history(), AUTONOMI_OK);
}
END_TEST

/* ---- Several at once. */
START_TEST(two_updates_at_the_same_time_are_a_fork_that_the_next_one_mends)
{
	struct outcome other = {0};
	const struct an_register_write write = value_of("mine too");
	ck_assert_int_eq(create("one"), AUTONOMI_OK);
	begin_write(an_client_register_update, "mine");
	ck_assert_int_eq(an_client_register_update(client, &write, outcome_done, &other, NULL),
	                 AUTONOMI_OK);
	ck_assert_int_eq(run(), AUTONOMI_OK);
	ck_assert_uint_eq(other.calls, 1);
	ck_assert_int_eq(other.result.status, AUTONOMI_OK);
	ck_assert_int_eq(get(), AUTONOMI_E_FORK);
	ck_assert_uint_eq(outcome.result.bytes.size, 2 * AN_GRAPH_CONTENT_SIZE);
	ck_assert_uint_eq(outcome.result.versions, 2);
	ck_assert_int_eq(update("two"), AUTONOMI_OK);
	ck_assert_int_eq(get(), AUTONOMI_OK);
	assert_values("two ");
	outcome_release(&other);
}
END_TEST

START_TEST(an_update_goes_on_behind_the_entry_with_the_smallest_index)
{
	plant(address, 0, GROUP, fork_value("large", 9, "small", 3));
	point_at(4, address);
	ck_assert_int_eq(get(), AUTONOMI_E_FORK);
	ck_assert(memcmp(outcome.result.bytes.data, "large", 6) == 0 ||
	          memcmp(outcome.result.bytes.data + AN_GRAPH_CONTENT_SIZE, "large", 6) == 0);
	ck_assert_int_eq(history(), AUTONOMI_OK);
	assert_values("small ");
	ck_assert_int_eq(update("two"), AUTONOMI_OK);
	ck_assert_uint_eq(outcome.result.counter, 5);
	ck_assert_uint_eq(outcome.result.versions, 2);
	ck_assert_int_eq(history(), AUTONOMI_OK);
	assert_values("small two ");
	ck_assert_uint_eq(outcome.result.versions, 2);
}
END_TEST

START_TEST(entries_that_peers_have_apart_are_a_fork_too)
{
	plant(address, 0, 1, entry_value("a", 1));
	plant(address, 1, 1, entry_value("b", 2));
	point_at(0, address);
	ck_assert_int_eq(get(), AUTONOMI_E_FORK);
	ck_assert_uint_ge(outcome.result.bytes.size, AN_GRAPH_CONTENT_SIZE);
	ck_assert_uint_eq(outcome.result.versions, 2);
}
END_TEST

START_TEST(heads_that_disagree_are_a_fork_that_an_update_mends)
{
	struct an_graph_entry one = first_entry("one", 1), two;
	struct an_blob *value = NULL;
	const struct an_register_write write = value_of("two");
	ck_assert_int_eq(an_register_entry_make(secret, &one, write.value, write.value, &two),
	                 AUTONOMI_OK);
	ck_assert_int_eq(an_record_write_graph(&two, &value), AUTONOMI_OK);
	plant(address, 0, GROUP, entry_value("one", 1));
	plant(two.owner, 0, GROUP, value);
	plant(head, 0, 2, head_value(4, AN_ADDRESS_GRAPH_ENTRY, address));
	plant(head, 2, 2, head_value(4, AN_ADDRESS_GRAPH_ENTRY, two.owner));
	ck_assert_int_eq(get(), AUTONOMI_E_FORK);
	ck_assert_ptr_null(outcome.content);
	/* Which of the two heads it takes is open, and so whether it appends or moves on first. */
	const an_status status = update("three");
	ck_assert(status == AUTONOMI_OK || status == AUTONOMI_E_OUTDATED);
	ck_assert_uint_eq(outcome.result.counter, 5);
	ck_assert_int_eq(get(), AUTONOMI_OK);
	assert_values(status == AUTONOMI_OK ? "three " : "two ");
	an_graph_entry_done(&one);
	an_graph_entry_done(&two);
}
END_TEST

START_TEST(a_head_that_moved_meanwhile_is_told_with_its_counter)
{
	ck_assert_int_eq(create("one"), AUTONOMI_OK);
	begin_write(an_client_register_update, "two");
	network_reset_counts(&network);
	while (network.puts == 0)
		ck_assert(network_step(&network, client));
	point_at(7, address);
	ck_assert_int_eq(run(), AUTONOMI_E_OUTDATED);
	ck_assert_uint_eq(outcome.result.counter, 1);
	ck_assert_uint_eq(outcome.result.network_counter, 7);
}
END_TEST

/* ---- What is no register. */
START_TEST(a_head_that_points_elsewhere_is_no_register)
{
	plant(head, 0, GROUP, head_value(0, AN_ADDRESS_CHUNK, address));
	ck_assert_int_eq(get(), AUTONOMI_E_CORRUPT);
	ck_assert_int_eq(update("two"), AUTONOMI_E_CORRUPT);
	ck_assert_uint_eq(network.puts, 0);
}
END_TEST

static void assert_ends_the_register(struct an_blob *entry)
{
	plant(address, 0, GROUP, entry);
	point_at(0, address);
	ck_assert_int_eq(get(), AUTONOMI_OK);
	assert_values("alone ");
	ck_assert_int_eq(update("two"), AUTONOMI_E_CORRUPT);
	ck_assert_int_eq(history(), AUTONOMI_E_CORRUPT);
	ck_assert_uint_eq(network.puts, 0);
}

START_TEST(an_entry_without_a_next_one_ends_the_register)
{
	assert_ends_the_register(odd_value(0, true));
}
END_TEST

START_TEST(an_entry_with_two_next_ones_ends_the_register)
{
	assert_ends_the_register(odd_value(2, true));
}
END_TEST

START_TEST(an_entry_whose_next_one_is_not_derived_ends_the_register)
{
	assert_ends_the_register(odd_value(1, false));
}
END_TEST

START_TEST(a_head_whose_entry_is_lost_says_so)
{
	point_at(0, address);
	ck_assert_int_eq(get(), AUTONOMI_E_NOT_FOUND);
	ck_assert_int_eq(update("two"), AUTONOMI_E_NOT_FOUND);
}
END_TEST

START_TEST(the_highest_counter_ends_the_register)
{
	plant(address, 0, GROUP, entry_value("one", 1));
	point_at(UINT64_MAX, address);
	ck_assert_int_eq(update("two"), AUTONOMI_E_TOO_LARGE);
	ck_assert_uint_eq(network.puts, 0);
}
END_TEST

START_TEST(a_secret_that_is_none_is_refused_at_once)
{
	struct an_register_write write = value_of("one");
	memset(write.secret, 0xff, sizeof(write.secret));
	ck_assert_int_eq(an_client_register_create(client, &write, NULL, NULL, NULL),
	                 AUTONOMI_E_INVALID);
	ck_assert_int_eq(an_client_register_update(client, &write, NULL, NULL, NULL),
	                 AUTONOMI_E_INVALID);
}
END_TEST

START_TEST(an_address_that_is_none_is_no_register)
{
	memset(address, 0xff, sizeof(address));
	ck_assert_int_eq(get(), AUTONOMI_E_INVALID);
}
END_TEST

START_TEST(whoever_claims_to_have_an_entry_is_not_believed_before_it_comes)
{
	make_all(FALSE_PROOF);
	ck_assert_int_eq(create("one"), AUTONOMI_OK);
	ck_assert_int_eq(update("two"), AUTONOMI_OK);
	ck_assert_int_eq(history(), AUTONOMI_OK);
	assert_values("one two ");
}
END_TEST

/* ---- Ends. */
static void begin_any(size_t which)
{
	const struct an_register_write write = value_of("two");
	outcome_release(&outcome);
	an_status status;
	if (which == 0)
		status = an_client_register_update(client, &write, outcome_done, &outcome,
		                                   &outcome.id);
	else
		status = an_client_register_history(client, address, outcome_done, &outcome,
		                                    &outcome.id);
	ck_assert_int_eq(status, AUTONOMI_OK);
}

START_TEST(an_operation_can_be_cancelled_at_any_moment)
{
	ck_assert_int_eq(create("one"), AUTONOMI_OK);
	network.job_delay = AN_MS(20);
	for (size_t which = 0; which < 2; which++) {
		begin_any(which);
		for (int i = 0; i < 3 * _i && outcome.calls == 0; i++)
			network_step(&network, client);
		const bool over = outcome.calls > 0;
		an_client_cancel(client, outcome.id);
		ck_assert(over || run() == AUTONOMI_E_CANCELLED);
	}
}
END_TEST

START_TEST(a_client_that_is_freed_drops_what_runs)
{
	ck_assert_int_eq(create("one"), AUTONOMI_OK);
	network.job_delay = AN_MS(20);
	begin_any(_i % 2);
	for (int i = 0; i < 3 * _i && outcome.calls == 0; i++)
		network_step(&network, client);
}
END_TEST

#ifdef AN_FAULT_INJECTION
static void submit(int which)
{
	const struct an_register_write write = value_of(which == 0 ? "one" : "two");
	outcome_release(&outcome);
	an_status status;
	if (which == 0)
		status = an_client_register_create(client, &write, outcome_done, &outcome, NULL);
	else if (which == 1)
		status = an_client_register_update(client, &write, outcome_done, &outcome, NULL);
	else if (which == 2)
		status = an_client_register_get(client, address, outcome_done, &outcome, NULL);
	else
		status = an_client_register_history(client, address, outcome_done, &outcome, NULL);
	if (status == AUTONOMI_OK)
		run();
}

START_TEST(an_operation_survives_the_failure_of_any_allocation)
{
	if (_i > 0)
		ck_assert_int_eq(create("one"), AUTONOMI_OK);
	uint64_t n = 0;
	for (bool ran_out = true; ran_out; n++) {
		ck_assert_uint_lt(n, 10000);
		network.failing = true;
		network.fail_at = an_memory_allocations() + n;
		an_memory_fail_after(n);
		submit(_i);
		ran_out = an_memory_allocations() > network.fail_at;
		network.failing = false;
		an_memory_fail_after(UINT64_MAX);
	}
	ck_assert_uint_gt(n, 20);
	const an_status status = outcome.result.status;
	ck_assert(status == AUTONOMI_OK || (_i == 0 && status == AUTONOMI_E_EXISTS) ||
	          (_i == 1 && status == AUTONOMI_E_OUTDATED));
	ck_assert_int_eq(history(), AUTONOMI_OK);
	ck_assert_int_eq(update("last"), AUTONOMI_OK);
}
END_TEST
#endif

Suite *suite(void)
{
	Suite *s = suite_create("client/registers");
	TCase *whole = tcase_create("whole");
	tcase_add_checked_fixture(whole, setup, teardown);
	tcase_add_test(whole, a_register_is_created_with_an_entry_and_a_head);
	tcase_add_test(whole, an_update_appends_a_value_and_moves_the_head);
	tcase_add_test(whole, a_register_that_exists_is_not_created_again);
	tcase_add_test(whole, where_there_is_no_register_nothing_is_read_and_nothing_written);
	suite_add_tcase(s, whole);
	TCase *cut = tcase_create("cut off");
	tcase_add_checked_fixture(cut, setup, teardown);
	tcase_set_timeout(cut, 120);
	tcase_add_test(cut, a_creation_that_was_cut_off_is_completed_by_the_next_one);
	tcase_add_test(cut, a_creation_with_another_value_completes_the_one_that_was_cut_off);
	tcase_add_test(cut, an_update_that_was_cut_off_is_pointed_at_by_the_next_one);
	tcase_add_test(cut, peers_that_take_nothing_end_a_write);
	tcase_add_test(cut, where_peers_refuse_the_head_alone_the_write_can_be_repeated);
	tcase_add_test(cut, without_a_network_everything_says_so);
	tcase_add_loop_test(cut, a_network_that_vanishes_ends_an_operation_once, 0, 12);
	suite_add_tcase(s, cut);
	TCase *races = tcase_create("races");
	tcase_add_checked_fixture(races, setup, teardown);
	tcase_add_test(races, two_updates_at_the_same_time_are_a_fork_that_the_next_one_mends);
	tcase_add_test(races, an_update_goes_on_behind_the_entry_with_the_smallest_index);
	tcase_add_test(races, entries_that_peers_have_apart_are_a_fork_too);
	tcase_add_test(races, heads_that_disagree_are_a_fork_that_an_update_mends);
	tcase_add_test(races, a_head_that_moved_meanwhile_is_told_with_its_counter);
	suite_add_tcase(s, races);
	TCase *wrong = tcase_create("wrong");
	tcase_add_checked_fixture(wrong, setup, teardown);
	tcase_add_test(wrong, a_head_that_points_elsewhere_is_no_register);
	tcase_add_test(wrong, an_entry_without_a_next_one_ends_the_register);
	tcase_add_test(wrong, an_entry_with_two_next_ones_ends_the_register);
	tcase_add_test(wrong, an_entry_whose_next_one_is_not_derived_ends_the_register);
	tcase_add_test(wrong, a_head_whose_entry_is_lost_says_so);
	tcase_add_test(wrong, the_highest_counter_ends_the_register);
	tcase_add_test(wrong, a_secret_that_is_none_is_refused_at_once);
	tcase_add_test(wrong, an_address_that_is_none_is_no_register);
	tcase_add_test(wrong, whoever_claims_to_have_an_entry_is_not_believed_before_it_comes);
	suite_add_tcase(s, wrong);
	TCase *ends = tcase_create("ends");
	tcase_add_checked_fixture(ends, setup, teardown);
	tcase_set_timeout(ends, 300);
	tcase_add_loop_test(ends, an_operation_can_be_cancelled_at_any_moment, 0, STEPS);
	tcase_add_loop_test(ends, a_client_that_is_freed_drops_what_runs, 0, STEPS);
#ifdef AN_FAULT_INJECTION
	tcase_add_loop_test(ends, an_operation_survives_the_failure_of_any_allocation, 0, 4);
#endif
	suite_add_tcase(s, ends);
	return s;
}
