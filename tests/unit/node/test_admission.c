/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verdicts of semantics 6.3, row by row, on a real store. */
#include <check.h>

#include "admission_scene.h"
#include "crypt/hash.h"
#include "data/owner_key.h"
#include "harness.h"
#include "wire/msgpack.h"

static uint8_t stored_kind(const uint8_t key[AN_RECORD_KEY_SIZE])
{
	const struct an_store_entry *entry = an_store_find(scene.store, key);
	ck_assert_ptr_nonnull(entry);
	return entry->kind;
}

static size_t stored_size(const uint8_t key[AN_RECORD_KEY_SIZE])
{
	return an_store_find(scene.store, key)->size;
}

START_TEST(a_header_that_is_none_is_refused)
{
	expect_refused(CLIENT, with_byte(signed_chunk(1, 100), 1, 4),
	               AN_PUT_ERROR_INVALID_RECORD_HEADER);
	expect_refused(PEER, with_byte(signed_chunk(1, 100), 0, 0x90),
	               AN_PUT_ERROR_INVALID_RECORD_HEADER);
}
END_TEST

START_TEST(without_payments_every_kind_is_stored_paid_or_not)
{
	expect_stored(CLIENT, signed_chunk(1, 100));
	expect_stored(CLIENT, signed_chunk(2, 300 * 1024));
	expect_stored(CLIENT, paid(signed_chunk(3, 100)));
	expect_stored(CLIENT, merkle(signed_chunk(4, 100)));
	expect_stored(CLIENT, signed_pointer(1, 0, 1));
	expect_stored(CLIENT, paid(signed_pointer(2, 0, 1)));
	expect_stored(CLIENT, merkle(signed_pointer(3, 0, 1)));
	expect_stored(CLIENT, signed_scratchpad(4, 0, 100));
	expect_stored(CLIENT, paid(signed_scratchpad(5, 0, 100)));
	expect_stored(CLIENT, merkle(signed_scratchpad(6, 0, 200 * 1024)));
	expect_stored(CLIENT, signed_graph(7, 1, 1));
	expect_stored(CLIENT, paid(signed_graph(8, 1, 1)));
	expect_stored(CLIENT, merkle(signed_graph(9, 1, 1)));
	ck_assert_uint_eq(an_store_count(scene.store), 13);
	ck_assert_uint_eq(scene.brought, 13);
}
END_TEST

static bool is_unpaid(void *context, const struct an_store_entry *entry)
{
	(void)context;
	ck_assert_uint_lt(entry->kind, 4);
	return true;
}

START_TEST(of_what_was_paid_for_only_the_record_is_stored)
{
	struct signed_record plain = signed_graph(1, 1, 1), upload = paid(signed_graph(1, 1, 1));
	admit_kept(CLIENT, &upload);
	ck_assert_uint_eq(stored_size(plain.key), plain.value->size);
	expect_stored(CLIENT, paid(signed_chunk(1, 100)));
	an_store_visit(scene.store, is_unpaid, NULL);
	signed_done(&plain);
	signed_done(&upload);
}
END_TEST

START_TEST(a_replica_has_no_payment)
{
	expect_refused(PEER, paid(signed_chunk(1, 100)), AN_PUT_ERROR_UNEXPECTED_PAYMENT);
	expect_refused(PEER, merkle(signed_pointer(1, 1, 1)), AN_PUT_ERROR_UNEXPECTED_PAYMENT);
	ck_assert_uint_eq(scene.brought, 0);
}
END_TEST

START_TEST(a_replica_of_every_kind_is_stored)
{
	expect_stored(PEER, signed_chunk(1, 100));
	expect_stored(PEER, signed_pointer(1, 0, 1));
	expect_stored(PEER, signed_scratchpad(2, 0, 100));
	expect_stored(PEER, signed_graph(3, 1, 3));
	ck_assert_uint_eq(scene.brought, 0);
}
END_TEST

START_TEST(a_chunk_under_another_key_is_refused)
{
	expect_refused(CLIENT, elsewhere(signed_chunk(1, 100)), AN_PUT_ERROR_RECORD_KEY_MISMATCH);
	expect_refused(CLIENT, elsewhere(signed_chunk(1, 100 * 1024)),
	               AN_PUT_ERROR_RECORD_KEY_MISMATCH);
	expect_refused(CLIENT, elsewhere(paid(signed_chunk(1, 100))),
	               AN_PUT_ERROR_RECORD_KEY_MISMATCH);
	expect_refused(PEER, elsewhere(signed_chunk(1, 100)), AN_PUT_ERROR_RECORD_KEY_MISMATCH);
}
END_TEST

START_TEST(a_chunk_may_be_as_large_as_autonomi_s_and_no_larger)
{
	expect_stored(CLIENT, signed_chunk(1, 4194336));
	const struct answer answer = admit(CLIENT, signed_chunk(1, 4194337));
	ck_assert_int_eq(answer.error.type, AN_PUT_ERROR_OVERSIZED_CHUNK);
	ck_assert_str_eq(answer.text, "OversizedChunk(4194337, 4194336)");
	/* Its key counts first. */
	expect_refused(PEER, elsewhere(signed_chunk(1, 4194337)), AN_PUT_ERROR_RECORD_KEY_MISMATCH);
	expect_refused(PEER, signed_chunk(1, 5242880), AN_PUT_ERROR_OVERSIZED_CHUNK);
}
END_TEST

START_TEST(a_chunk_that_is_here_is_taken_silently)
{
	expect_stored(CLIENT, signed_chunk(1, 100));
	expect_unchanged(CLIENT, signed_chunk(1, 100));
	expect_unchanged(CLIENT, paid(signed_chunk(1, 100)));
	expect_unchanged(PEER, signed_chunk(1, 100));
}
END_TEST

/* The content of this chunk is the owner's key: so its address is that of the owner's records. */
static struct signed_record chunk_of_owner(const struct signed_record *pointer)
{
	struct signed_record record = *pointer;
	uint8_t content[6 + AN_OWNER_KEY_SIZE] = {0x91, 0, 0xc4, AN_OWNER_KEY_SIZE};
	struct an_reader reader = an_reader(
		an_span(pointer->value->data + 2, pointer->value->size - 2));
	an_msgpack_read_array(&reader);
	an_owner_key_read(&reader, content + 4);
	record.value = an_blob_copy(an_span(content, 4 + AN_OWNER_KEY_SIZE));
	return record;
}

START_TEST(any_record_under_its_key_counts_as_the_chunk)
{
	struct signed_record pointer = signed_pointer(1, 1, 1);
	admit_kept(CLIENT, &pointer);
	expect_unchanged(CLIENT, chunk_of_owner(&pointer));
	ck_assert_uint_eq(stored_kind(pointer.key), AN_RECORD_POINTER);
	signed_done(&pointer);
}
END_TEST

START_TEST(a_body_that_cannot_be_read_is_no_record)
{
	expect_refused(CLIENT, cut(signed_chunk(1, 100)), AN_PUT_ERROR_INVALID_RECORD);
	expect_refused(CLIENT, cut(paid(signed_chunk(1, 100))), AN_PUT_ERROR_INVALID_RECORD);
	expect_refused(CLIENT, cut(signed_pointer(1, 1, 1)), AN_PUT_ERROR_INVALID_RECORD);
	expect_refused(PEER, cut(signed_scratchpad(1, 1, 10)), AN_PUT_ERROR_INVALID_RECORD);
	expect_refused(PEER, cut(signed_graph(1, 1, 1)), AN_PUT_ERROR_INVALID_RECORD);
}
END_TEST

START_TEST(a_pointer_with_a_higher_counter_replaces_the_one_that_is_held)
{
	struct signed_record first = signed_pointer(1, 5, 1);
	struct signed_record second = signed_pointer(1, UINT64_MAX, 2);
	ck_assert_int_eq(admit_kept(CLIENT, &first).status, AUTONOMI_OK);
	ck_assert(admit_kept(CLIENT, &first).unchanged);
	ck_assert_int_eq(admit_kept(PEER, &second).status, AUTONOMI_OK);
	ck_assert_uint_eq(stored_size(first.key), second.value->size);
	const struct answer late = admit_kept(CLIENT, &first);
	ck_assert_int_eq(late.protocol_error, AN_ERROR_OUTDATED_RECORD_COUNTER);
	ck_assert_uint_eq(late.error.counter, 5);
	ck_assert_uint_eq(late.error.expected, UINT64_MAX);
	/* Only a scratchpad that comes too late was brought all the same. */
	ck_assert_uint_eq(scene.brought, 2);
	/* An equal counter with another target. */
	ck_assert_int_eq(of(signed_pointer(1, UINT64_MAX, 3)).status, AUTONOMI_E_OUTDATED);
	signed_done(&first);
	signed_done(&second);
}
END_TEST

START_TEST(of_a_pointer_a_client_s_key_counts_first_and_of_a_replica_the_signature)
{
	expect_refused(CLIENT, signed_badly(signed_pointer(1, 1, 1)),
	               AN_PUT_ERROR_INVALID_POINTER_SIGNATURE);
	expect_refused(CLIENT, elsewhere(signed_badly(signed_pointer(1, 1, 1))),
	               AN_PUT_ERROR_RECORD_KEY_MISMATCH);
	expect_refused(PEER, elsewhere(signed_badly(signed_pointer(1, 1, 1))),
	               AN_PUT_ERROR_INVALID_POINTER_SIGNATURE);
	expect_refused(PEER, elsewhere(signed_pointer(1, 1, 1)), AN_PUT_ERROR_RECORD_KEY_MISMATCH);
	/* Before the counter. */
	expect_stored(CLIENT, signed_pointer(1, 9, 1));
	expect_refused(CLIENT, signed_badly(signed_pointer(1, 1, 1)),
	               AN_PUT_ERROR_INVALID_POINTER_SIGNATURE);
}
END_TEST

START_TEST(a_pointer_takes_the_place_of_any_other_record_of_its_owner)
{
	struct signed_record pad = signed_scratchpad(1, 100, 50), graph = signed_graph(2, 1, 1);
	struct signed_record pointer = signed_pointer(3, 1, 1), chunk = chunk_of_owner(&pointer);
	admit_kept(CLIENT, &pad);
	admit_kept(CLIENT, &graph);
	admit_kept(CLIENT, &chunk);
	for (uint8_t owner = 1; owner <= 3; owner++)
		expect_stored(CLIENT, signed_pointer(owner, 0, 1));
	ck_assert_uint_eq(stored_kind(pad.key), AN_RECORD_POINTER);
	ck_assert_uint_eq(stored_kind(graph.key), AN_RECORD_POINTER);
	ck_assert_uint_eq(stored_kind(chunk.key), AN_RECORD_POINTER);
	signed_done(&pad);
	signed_done(&graph);
	signed_done(&pointer);
	signed_done(&chunk);
}
END_TEST

START_TEST(a_scratchpad_with_a_higher_counter_replaces_the_one_that_is_held)
{
	expect_stored(CLIENT, signed_scratchpad(1, 5, 10));
	expect_unchanged(CLIENT, signed_scratchpad(1, 5, 10));
	expect_stored(PEER, signed_scratchpad(1, 6, 300 * 1024));
	expect_stored(CLIENT, signed_scratchpad(1, 7, 20));
	const struct answer late = of(signed_scratchpad(1, 7, 21));
	ck_assert_int_eq(late.protocol_error, AN_ERROR_OUTDATED_RECORD_COUNTER);
	ck_assert_uint_eq(late.error.counter, 7);
	ck_assert_uint_eq(late.error.expected, 7);
	/* A scratchpad that comes too late was brought all the same. */
	ck_assert_uint_eq(scene.brought, 4);
}
END_TEST

START_TEST(of_a_scratchpad_key_counter_signature_and_size_count_in_this_order)
{
	expect_stored(CLIENT, signed_scratchpad(1, 5, 10));
	expect_refused(CLIENT, elsewhere(signed_badly(signed_scratchpad(1, 1, 10))),
	               AN_PUT_ERROR_RECORD_KEY_MISMATCH);
	expect_refused(PEER, signed_badly(signed_scratchpad(1, 1, 10)),
	               AN_PUT_ERROR_OUTDATED_COUNTER);
	expect_refused(PEER, signed_badly(signed_scratchpad(1, 8, 4194304)),
	               AN_PUT_ERROR_INVALID_SCRATCHPAD_SIGNATURE);
	const struct answer answer = of(signed_scratchpad(1, 8, 4194304 - 336 + 1));
	ck_assert_str_eq(answer.text, "ScratchpadTooBig(4194305)");
	expect_stored(CLIENT, signed_scratchpad(1, 8, 4194304 - 336));
}
END_TEST

START_TEST(a_scratchpad_or_a_graph_entry_does_not_displace_another_kind)
{
	expect_stored(CLIENT, signed_pointer(1, 1, 1));
	expect_refused(CLIENT, signed_scratchpad(1, 9, 10), AN_PUT_ERROR_INVALID_RECORD);
	expect_refused(CLIENT, signed_graph(1, 1, 1), AN_PUT_ERROR_INVALID_RECORD);
	expect_stored(CLIENT, signed_scratchpad(2, 1, 10));
	expect_refused(PEER, signed_graph(2, 1, 1), AN_PUT_ERROR_INVALID_RECORD);
	const struct answer answer = of(signed_graph(2, 1, 1));
	ck_assert_str_eq(answer.text, "InvalidRecord(abcdef(f6a450d7320eda9444d30c518cd1d80b"
	                              "3861c5cb533175e3240e29e7615d4e5d))");
}
END_TEST

START_TEST(forks_are_kept_as_the_sorted_union)
{
	struct signed_record three = signed_graph(1, 1, 3);
	expect_stored(CLIENT, signed_graph(1, 3, 1));
	expect_stored(CLIENT, paid(signed_graph(1, 1, 1)));
	expect_unchanged(CLIENT, signed_graph(1, 3, 1));
	expect_stored(PEER, signed_graph(1, 1, 2));
	expect_unchanged(PEER, signed_graph(1, 1, 3));
	const struct an_store_entry *entry = an_store_find(scene.store, three.key);
	uint8_t hash[AN_HASH_SIZE];
	an_sha3_256(an_blob_span(three.value), hash);
	ck_assert_mem_eq(entry->content_hash, hash, sizeof(hash));
	signed_done(&three);
}
END_TEST

START_TEST(entries_of_another_key_and_with_bad_signatures_are_dropped)
{
	struct signed_record one = signed_graph(1, 1, 1);
	expect_refused(PEER, elsewhere(signed_graph(1, 1, 2)), AN_PUT_ERROR_EMPTY_GRAPH_ENTRY);
	expect_refused(CLIENT, elsewhere(signed_graph(1, 1, 1)), AN_PUT_ERROR_RECORD_KEY_MISMATCH);
	expect_refused(CLIENT, elsewhere(paid(signed_graph(1, 1, 1))),
	               AN_PUT_ERROR_RECORD_KEY_MISMATCH);
	expect_refused(CLIENT, elsewhere(merkle(signed_graph(1, 1, 1))),
	               AN_PUT_ERROR_EMPTY_GRAPH_ENTRY);
	/* No good signature: taken, and nothing stored. */
	expect_unchanged(CLIENT, signed_badly(signed_graph(1, 1, 1)));
	ck_assert_uint_eq(an_store_count(scene.store), 0);
	/* One of two. */
	expect_stored(PEER, signed_badly(signed_graph(1, 1, 2)));
	ck_assert_uint_eq(stored_size(one.key), one.value->size);
	signed_done(&one);
}
END_TEST

START_TEST(of_two_versions_at_once_the_higher_counter_stays_whatever_comes_first)
{
	for (uint8_t owner = 1; owner <= 2; owner++) {
		struct signed_record low = signed_pointer(owner, 1, 1);
		struct signed_record high = signed_pointer(owner, 2, 2);
		struct answer answers[2] = {{0}};
		admit_from(1, CLIENT, owner == 1 ? &low : &high, &answers[0]);
		admit_from(2, PEER, owner == 1 ? &high : &low, &answers[1]);
		settle();
		ck_assert_int_eq(answers[0].status, AUTONOMI_OK);
		ck_assert_int_eq(answers[1].status, owner == 1 ? AUTONOMI_OK : AUTONOMI_E_OUTDATED);
		uint8_t hash[AN_HASH_SIZE];
		an_sha3_256(an_blob_span(high.value), hash);
		ck_assert_mem_eq(an_store_find(scene.store, low.key)->content_hash, hash,
		                 sizeof(hash));
		signed_done(&low);
		signed_done(&high);
	}
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("node/admission");
	TCase *rules = tcase_create("rules");
	tcase_add_checked_fixture(rules, admission_scene_setup, admission_scene_teardown);
	tcase_add_test(rules, a_header_that_is_none_is_refused);
	tcase_add_test(rules, without_payments_every_kind_is_stored_paid_or_not);
	tcase_add_test(rules, of_what_was_paid_for_only_the_record_is_stored);
	tcase_add_test(rules, a_replica_has_no_payment);
	tcase_add_test(rules, a_replica_of_every_kind_is_stored);
	tcase_add_test(rules, a_chunk_under_another_key_is_refused);
	tcase_add_test(rules, a_chunk_may_be_as_large_as_autonomi_s_and_no_larger);
	tcase_add_test(rules, a_chunk_that_is_here_is_taken_silently);
	tcase_add_test(rules, any_record_under_its_key_counts_as_the_chunk);
	tcase_add_test(rules, a_body_that_cannot_be_read_is_no_record);
	tcase_add_test(rules, a_pointer_with_a_higher_counter_replaces_the_one_that_is_held);
	tcase_add_test(rules,
	               of_a_pointer_a_client_s_key_counts_first_and_of_a_replica_the_signature);
	tcase_add_test(rules, a_pointer_takes_the_place_of_any_other_record_of_its_owner);
	tcase_add_test(rules, a_scratchpad_with_a_higher_counter_replaces_the_one_that_is_held);
	tcase_add_test(rules, of_a_scratchpad_key_counter_signature_and_size_count_in_this_order);
	tcase_add_test(rules, a_scratchpad_or_a_graph_entry_does_not_displace_another_kind);
	tcase_add_test(rules, forks_are_kept_as_the_sorted_union);
	tcase_add_test(rules, entries_of_another_key_and_with_bad_signatures_are_dropped);
	tcase_add_test(rules,
	               of_two_versions_at_once_the_higher_counter_stays_whatever_comes_first);
	suite_add_tcase(s, rules);
	return s;
}
