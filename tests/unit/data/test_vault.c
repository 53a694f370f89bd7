/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "base/memory.h"
#include "data/vault.h"
#include "harness.h"

enum { PIECE = AN_VAULT_PIECE_SIZE, ENOUGH = PIECE - AN_BLS_CIPHERTEXT_OVERHEAD };

static struct an_random random_source;
static uint8_t secret[AN_BLS_SECRET_SIZE], public_key[AN_OWNER_KEY_SIZE];

static void setup(void)
{
	const uint8_t seed[AN_RANDOM_SEED_SIZE] = {5};
	an_random_init(&random_source, seed);
	an_bls_secret_random(&random_source, secret);
	ck_assert_int_eq(an_bls_public_key(secret, public_key), AUTONOMI_OK);
}

static void teardown(void)
{
	an_random_done(&random_source);
}

static size_t encrypted(size_t size)
{
	return size + AN_BLS_CIPHERTEXT_OVERHEAD;
}

/* What a reader that goes on as Autonomi's does gets together. */
static void assert_is_read_whole(size_t size)
{
	static const uint8_t bytes[3 * PIECE];
	const struct an_span content = an_span(bytes, size);
	size_t read = 0, index = 0;
	bool goes_on = true;
	for (; goes_on; index++) {
		ck_assert_uint_lt(index, an_vault_piece_count(size));
		const struct an_span piece = an_vault_piece(content, index);
		ck_assert_ptr_eq(piece.data, bytes + read);
		ck_assert_uint_le(piece.size, PIECE);
		read += piece.size;
		goes_on = an_vault_goes_on(encrypted(piece.size));
	}
	ck_assert_uint_eq(index, an_vault_piece_count(size));
	ck_assert_uint_eq(read, size);
}

START_TEST(content_is_cut_so_that_readers_stop_behind_its_end_alone)
{
	static const size_t sizes[] = {0,
	                               1,
	                               1000,
	                               ENOUGH - 1,
	                               ENOUGH,
	                               ENOUGH + 1,
	                               PIECE - 1,
	                               PIECE,
	                               PIECE + 1,
	                               PIECE + ENOUGH - 1,
	                               PIECE + ENOUGH,
	                               PIECE + ENOUGH + 1,
	                               2 * PIECE,
	                               2 * PIECE + 1,
	                               2 * PIECE + ENOUGH,
	                               3 * PIECE};
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		assert_is_read_whole(sizes[i]);
}
END_TEST

START_TEST(content_is_cut_as_autonomi_cuts_it_wherever_that_can_be_read)
{
	static const uint8_t bytes[2 * PIECE];
	ck_assert_uint_eq(an_vault_piece_count(1000), 1);
	ck_assert_uint_eq(an_vault_piece_count(PIECE + 1000), 2);
	ck_assert_uint_eq(an_vault_piece(an_span(bytes, PIECE + 1000), 0).size, PIECE);
	ck_assert_uint_eq(an_vault_piece(an_span(bytes, PIECE + 1000), 1).size, 1000);
}
END_TEST

START_TEST(the_piece_that_no_cut_can_make_readable_is_followed_by_an_empty_one)
{
	static const uint8_t bytes[ENOUGH];
	ck_assert_uint_eq(an_vault_piece_count(ENOUGH), 2);
	ck_assert_uint_eq(an_vault_piece(an_span(bytes, ENOUGH), 1).size, 0);
}
END_TEST

static struct an_graph_entry new_entry(void)
{
	struct an_graph_entry entry;
	ck_assert_int_eq(an_vault_entry_init(&entry), AUTONOMI_OK);
	for (size_t i = 0; i < entry.descendant_count; i++)
		an_random_fill(&random_source, entry.descendants[i].content, AN_GRAPH_CONTENT_SIZE);
	return entry;
}

START_TEST(an_entry_names_a_thousand_scratchpads_of_the_vault)
{
	uint8_t pad_secret[AN_BLS_SECRET_SIZE], owner[AN_OWNER_KEY_SIZE];
	struct an_graph_entry entry = new_entry();
	ck_assert_uint_eq(entry.descendant_count, 1001);
	ck_assert(!an_graph_entry_too_big(&entry));
	ck_assert(an_vault_entry_derive(public_key, &entry, 0, 2));
	ck_assert(!an_vault_entry_derive(public_key, &entry, 1000, 2));
	ck_assert_uint_eq(an_vault_pad_count(&entry), 1000);
	ck_assert_int_eq(an_vault_pad_keys(secret, &entry, 0, pad_secret, owner), AUTONOMI_OK);
	ck_assert_mem_eq(owner, entry.descendants[1].key, sizeof(owner));
	ck_assert_int_eq(an_vault_pad_keys(secret, &entry, 999, pad_secret, owner), AUTONOMI_OK);
	/* One whose key is not derived, and one that is not there. */
	ck_assert_int_eq(an_vault_pad_keys(secret, &entry, 500, pad_secret, owner),
	                 AUTONOMI_E_CORRUPT);
	ck_assert_int_eq(an_vault_pad_keys(secret, &entry, 1000, pad_secret, owner),
	                 AUTONOMI_E_CORRUPT);
	an_graph_entry_done(&entry);
}
END_TEST

START_TEST(of_a_fork_the_same_entry_counts_whatever_the_order)
{
	struct an_graph_entry entries[2] = {new_entry(), new_entry()}, none = {0};
	const struct an_graph_entry swapped[2] = {entries[1], entries[0]};
	struct an_graph_set set = {.entries = entries, .count = 2};
	const struct an_graph_entry *chosen = an_vault_entry_choose(&set);
	const struct an_graph_descendant *descendants = chosen->descendants;
	set.entries = (struct an_graph_entry *)swapped;
	ck_assert_ptr_eq(an_vault_entry_choose(&set)->descendants, descendants);
	set.count = 0;
	ck_assert_ptr_null(an_vault_entry_choose(&set));
	ck_assert_uint_eq(an_vault_pad_count(&none), 0);
	an_graph_entry_done(&entries[0]);
	an_graph_entry_done(&entries[1]);
}
END_TEST

#ifdef AN_FAULT_INJECTION
START_TEST(without_memory_there_is_no_entry)
{
	struct an_graph_entry entry;
	an_memory_fail_after(0);
	const an_status status = an_vault_entry_init(&entry);
	an_memory_fail_after(UINT64_MAX);
	ck_assert_int_eq(status, AUTONOMI_E_NO_MEMORY);
}
END_TEST
#endif

Suite *suite(void)
{
	Suite *s = suite_create("data/vault");
	TCase *vault = tcase_create("vault");
	tcase_add_checked_fixture(vault, setup, teardown);
	tcase_add_test(vault, content_is_cut_so_that_readers_stop_behind_its_end_alone);
	tcase_add_test(vault, content_is_cut_as_autonomi_cuts_it_wherever_that_can_be_read);
	tcase_add_test(vault, the_piece_that_no_cut_can_make_readable_is_followed_by_an_empty_one);
	tcase_add_test(vault, an_entry_names_a_thousand_scratchpads_of_the_vault);
	tcase_add_test(vault, of_a_fork_the_same_entry_counts_whatever_the_order);
#ifdef AN_FAULT_INJECTION
	tcase_add_test(vault, without_memory_there_is_no_entry);
#endif
	suite_add_tcase(s, vault);
	return s;
}
