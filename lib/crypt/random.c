/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "crypt/random.h"

#include <string.h>

#include "base/memory.h"

enum { BLOCK_SIZE = 64, WORDS = 16 };

static uint32_t word_at(const uint8_t *bytes)
{
	return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
	       (uint32_t)bytes[3] << 24;
}

static void put_word(uint8_t *bytes, uint32_t word)
{
	for (unsigned i = 0; i < 4; i++)
		bytes[i] = (uint8_t)(word >> (8 * i));
}

static uint32_t rotate(uint32_t word, unsigned bits)
{
	return word << bits | word >> (32 - bits);
}

static void quarter_round(uint32_t *s, unsigned a, unsigned b, unsigned c, unsigned d)
{
	s[a] += s[b];
	s[d] = rotate(s[d] ^ s[a], 16);
	s[c] += s[d];
	s[b] = rotate(s[b] ^ s[c], 12);
	s[a] += s[b];
	s[d] = rotate(s[d] ^ s[a], 8);
	s[c] += s[d];
	s[b] = rotate(s[b] ^ s[c], 7);
}

static void double_round(uint32_t s[WORDS])
{
	for (unsigned i = 0; i < 4; i++)
		quarter_round(s, i, 4 + i, 8 + i, 12 + i);
	for (unsigned i = 0; i < 4; i++)
		quarter_round(s, i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4);
}

/* One block of ChaCha20 (RFC 8439, 2.3) with a nonce of zeros. */
static void keystream_block(const uint8_t key[AN_RANDOM_SEED_SIZE], uint32_t counter,
                            uint8_t out[BLOCK_SIZE])
{
	uint32_t start[WORDS] = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574, [12] = counter};
	for (unsigned i = 0; i < 8; i++)
		start[4 + i] = word_at(key + 4 * i);
	uint32_t state[WORDS];
	memcpy(state, start, sizeof(state));
	for (unsigned i = 0; i < 10; i++)
		double_round(state);
	for (unsigned i = 0; i < WORDS; i++)
		put_word(out + 4 * i, state[i] + start[i]);
	an_wipe(start, sizeof(start));
	an_wipe(state, sizeof(state));
}

/* The first bytes of each pool are the next key and are never given out. */
static void refill(struct an_random *random)
{
	for (uint32_t i = 0; i < AN_RANDOM_POOL_SIZE / BLOCK_SIZE; i++)
		keystream_block(random->key, i, random->pool + i * BLOCK_SIZE);
	memcpy(random->key, random->pool, sizeof(random->key));
	an_wipe(random->pool, sizeof(random->key));
	random->used = sizeof(random->key);
}

void an_random_init(struct an_random *random, const uint8_t seed[AN_RANDOM_SEED_SIZE])
{
	*random = (struct an_random){.used = AN_RANDOM_POOL_SIZE};
	memcpy(random->key, seed, sizeof(random->key));
}

void an_random_done(struct an_random *random)
{
	an_wipe(random, sizeof(*random));
}

void an_random_fill(struct an_random *random, void *out, size_t size)
{
	uint8_t *to = out;
	while (size > 0) {
		if (random->used == AN_RANDOM_POOL_SIZE)
			refill(random);
		const size_t left = AN_RANDOM_POOL_SIZE - random->used;
		const size_t taken = size < left ? size : left;
		memcpy(to, random->pool + random->used, taken);
		/* What was given out must not be found in the state later. */
		an_wipe(random->pool + random->used, taken);
		random->used += taken;
		to += taken;
		size -= taken;
	}
}

uint64_t an_random_u64(struct an_random *random)
{
	uint8_t bytes[8];
	an_random_fill(random, bytes, sizeof(bytes));
	return (uint64_t)word_at(bytes) | (uint64_t)word_at(bytes + 4) << 32;
}

uint64_t an_random_below(struct an_random *random, uint64_t bound)
{
	if (bound == 0)
		return 0;
	/* Numbers below 2^64 mod bound would make small results likelier. */
	const uint64_t uneven = (0 - bound) % bound;
	uint64_t number;
	do {
		number = an_random_u64(random);
	} while (number < uneven);
	return number % bound;
}
