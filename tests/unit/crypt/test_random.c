/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "crypt/random.h"

#include <stdbool.h>
#include <string.h>

#include "harness.h"

static struct an_random generator;

static void start(uint8_t first)
{
	const uint8_t seed[AN_RANDOM_SEED_SIZE] = {first};
	an_random_init(&generator, seed);
}

static void start_with_zeros(void)
{
	start(0);
}

/* RFC 8439, A.1, test vector 1: the second half of its first block. The first half is the next
 * key. */
START_TEST(the_bytes_are_the_keystream_of_chacha20)
{
	static const uint8_t expected[] = {
		0xda, 0x41, 0x59, 0x7c, 0x51, 0x57, 0x48, 0x8d, 0x77, 0x24, 0xe0,
		0x3f, 0xb8, 0xd8, 0x4a, 0x37, 0x6a, 0x43, 0xb8, 0xf4, 0x15, 0x18,
		0xa1, 0x1c, 0xc3, 0x87, 0xb6, 0x69, 0xb2, 0xee, 0x65, 0x86,
	};
	uint8_t bytes[sizeof(expected)];
	an_random_fill(&generator, bytes, sizeof(bytes));
	ck_assert_mem_eq(bytes, expected, sizeof(expected));
}
END_TEST

/* RFC 8439, A.1, test vector 2: the block with counter 1 follows. */
START_TEST(the_second_block_follows_the_first)
{
	static const uint8_t expected[] = {0x9f, 0x07, 0xe7, 0xbe, 0x55, 0x51, 0x38, 0x7a};
	uint8_t bytes[32 + sizeof(expected)];
	an_random_fill(&generator, bytes, sizeof(bytes));
	ck_assert_mem_eq(bytes + 32, expected, sizeof(expected));
}
END_TEST

START_TEST(the_same_seed_gives_the_same_bytes_however_they_are_asked_for)
{
	uint8_t whole[2000], pieces[2000];
	an_random_fill(&generator, whole, sizeof(whole));
	start(0);
	for (size_t i = 0; i < sizeof(pieces); i += 50)
		an_random_fill(&generator, pieces + i, 50);
	ck_assert_mem_eq(whole, pieces, sizeof(whole));
}
END_TEST

START_TEST(another_seed_gives_other_bytes)
{
	const uint64_t first = an_random_u64(&generator);
	start(1);
	ck_assert_uint_ne(an_random_u64(&generator), first);
}
END_TEST

/* Whether `bytes` stand anywhere in the state. */
static bool state_has(const uint8_t *bytes, size_t size)
{
	const uint8_t *state = (const uint8_t *)&generator;
	for (size_t i = 0; i + size <= sizeof(generator); i++)
		if (memcmp(state + i, bytes, size) == 0)
			return true;
	return false;
}

START_TEST(what_was_given_out_is_not_in_the_state)
{
	uint8_t bytes[16];
	an_random_fill(&generator, bytes, sizeof(bytes));
	ck_assert(!state_has(bytes, sizeof(bytes)));
}
END_TEST

START_TEST(the_key_changes_with_every_pool)
{
	uint8_t key[AN_RANDOM_SEED_SIZE], bytes[AN_RANDOM_POOL_SIZE];
	an_random_fill(&generator, bytes, 1);
	memcpy(key, generator.key, sizeof(key));
	an_random_fill(&generator, bytes, sizeof(bytes));
	ck_assert(!state_has(key, sizeof(key)));
}
END_TEST

START_TEST(done_wipes_the_state)
{
	static const uint8_t zeros[sizeof(generator.key)];
	an_random_u64(&generator);
	an_random_done(&generator);
	ck_assert_mem_eq(generator.key, zeros, sizeof(zeros));
}
END_TEST

START_TEST(numbers_stay_below_their_bound)
{
	static const uint64_t bounds[] = {1, 2, 3, 7, 1000, (uint64_t)1 << 63, UINT64_MAX};
	for (size_t b = 0; b < sizeof(bounds) / sizeof(bounds[0]); b++)
		for (int i = 0; i < 200; i++)
			ck_assert_uint_lt(an_random_below(&generator, bounds[b]), bounds[b]);
	ck_assert_uint_eq(an_random_below(&generator, 0), 0);
}
END_TEST

/* With a bound of 3 * 2^62 plain division would give the lower third twice as often: 50 % of all. */
START_TEST(numbers_below_a_bound_are_equally_likely)
{
	const uint64_t third = (uint64_t)1 << 62;
	int lowest = 0;
	for (int i = 0; i < 3000; i++)
		lowest += an_random_below(&generator, 3 * third) < third;
	ck_assert_int_gt(lowest, 900);
	ck_assert_int_lt(lowest, 1100);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("crypt/random");
	TCase *seeded = tcase_create("seeded with zeros");
	tcase_add_checked_fixture(seeded, start_with_zeros, NULL);
	tcase_add_test(seeded, the_bytes_are_the_keystream_of_chacha20);
	tcase_add_test(seeded, the_second_block_follows_the_first);
	tcase_add_test(seeded, the_same_seed_gives_the_same_bytes_however_they_are_asked_for);
	tcase_add_test(seeded, another_seed_gives_other_bytes);
	tcase_add_test(seeded, what_was_given_out_is_not_in_the_state);
	tcase_add_test(seeded, the_key_changes_with_every_pool);
	tcase_add_test(seeded, done_wipes_the_state);
	tcase_add_test(seeded, numbers_stay_below_their_bound);
	tcase_add_test(seeded, numbers_below_a_bound_are_equally_likely);
	suite_add_tcase(s, seeded);
	return s;
}
