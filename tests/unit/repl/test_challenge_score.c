/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rules of semantics 6.10. */
#include "harness.h"

#include <string.h>

#include "repl/challenge_score.h"

enum { EXPECTED = 5, LIST_MAX = 1 << 16 };

static struct an_challenge_expected expected[EXPECTED];
static struct an_buffer items;
static struct an_message_list answer;

static struct an_address address(uint8_t n)
{
	const uint8_t name[AN_RECORD_NAME_SIZE] = {n};
	return an_address_of_chunk(name);
}

static void setup(void)
{
	for (uint8_t n = 0; n < EXPECTED; n++) {
		expected[n].address = address(n);
		memset(expected[n].proof, 0x40 + n, sizeof(expected[n].proof));
	}
	an_buffer_init(&items, LIST_MAX);
	answer = (struct an_message_list){0};
}

static void teardown(void)
{
	an_buffer_done(&items);
}

static void prove(uint8_t n, uint8_t fill)
{
	struct an_message_proof proof = {.address = address(n)};
	memset(proof.proof, fill, sizeof(proof.proof));
	an_message_add_proof(&items, &answer, &proof);
	answer.items = an_buffer_span(&items);
}

static void prove_right(uint8_t n)
{
	prove(n, (uint8_t)(0x40 + n));
}

static void refuse(uint8_t n)
{
	struct an_message_proof proof = {.address = address(n), .failed = true};
	proof.error.type = AN_ERROR_CHUNK_DOES_NOT_EXIST;
	proof.error.address = proof.address;
	an_message_add_proof(&items, &answer, &proof);
	answer.items = an_buffer_span(&items);
}

static unsigned score(an_time_us took)
{
	return an_challenge_score(expected, EXPECTED, answer, took);
}

static void prove_all(void)
{
	for (uint8_t n = 0; n < EXPECTED; n++)
		prove_right(n);
}

START_TEST(all_proofs_at_once_are_worth_the_most)
{
	prove_all();
	ck_assert_uint_eq(score(0), AN_CHALLENGE_SCORE_MAX);
	ck_assert_uint_eq(score(AN_MS(50) - 1), AN_CHALLENGE_SCORE_MAX);
}
END_TEST

START_TEST(each_50_ms_cost_one_hundredth)
{
	prove_all();
	ck_assert_uint_eq(score(AN_MS(50)), 9900);
	ck_assert_uint_eq(score(AN_MS(3450)), 3100);
	ck_assert_uint_eq(score(AN_MS(5000)), 0);
	ck_assert_uint_eq(score(AN_TIME_NEVER), 0);
}
END_TEST

START_TEST(missing_and_failed_proofs_cost_their_share)
{
	prove_right(0);
	prove_right(3);
	refuse(4);
	ck_assert_uint_eq(score(0), 100 * 40);
}
END_TEST

START_TEST(one_wrong_proof_makes_all_worthless)
{
	prove_all();
	prove(2, 0x99);
	ck_assert_uint_eq(score(0), 0);
}
END_TEST

START_TEST(unknown_records_count_for_nothing)
{
	prove(9, 0x99);
	ck_assert_uint_eq(score(0), 0);
	prove_right(1);
	ck_assert_uint_eq(score(0), 100 * 20);
}
END_TEST

START_TEST(a_proof_that_is_repeated_counts_once)
{
	for (int i = 0; i < 5; i++)
		prove_right(1);
	ck_assert_uint_eq(score(0), 100 * 20);
}
END_TEST

START_TEST(nothing_expected_and_no_answer_are_worth_nothing)
{
	ck_assert_uint_eq(score(0), 0);
	prove_all();
	ck_assert_uint_eq(an_challenge_score(expected, 0, answer, 0), 0);
}
END_TEST

START_TEST(healthy_is_more_than_3000)
{
	ck_assert(!an_challenge_healthy(3000));
	ck_assert(an_challenge_healthy(3001));
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("repl/challenge_score");
	TCase *all = tcase_create("all");
	tcase_add_checked_fixture(all, setup, teardown);
	tcase_add_test(all, all_proofs_at_once_are_worth_the_most);
	tcase_add_test(all, each_50_ms_cost_one_hundredth);
	tcase_add_test(all, missing_and_failed_proofs_cost_their_share);
	tcase_add_test(all, one_wrong_proof_makes_all_worthless);
	tcase_add_test(all, unknown_records_count_for_nothing);
	tcase_add_test(all, a_proof_that_is_repeated_counts_once);
	tcase_add_test(all, nothing_expected_and_no_answer_are_worth_nothing);
	tcase_add_test(all, healthy_is_more_than_3000);
	suite_add_tcase(s, all);
	return s;
}
