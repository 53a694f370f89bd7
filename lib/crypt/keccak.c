/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "crypt/keccak.h"

/* Names as in FIPS 202, 3.2: a state of 5 by 5 lanes of 64 bits, lane (x, y) at x + 5 * y. */
enum { LANES = 25, ROUNDS = 24, RATE = 136 };

static const uint64_t round_constant[ROUNDS] = {
	0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000,
	0x000000000000808b, 0x0000000080000001, 0x8000000080008081, 0x8000000000008009,
	0x000000000000008a, 0x0000000000000088, 0x0000000080008009, 0x000000008000000a,
	0x000000008000808b, 0x800000000000008b, 0x8000000000008089, 0x8000000000008003,
	0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
	0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
};

static uint64_t rotate(uint64_t lane, unsigned bits)
{
	return bits == 0 ? lane : lane << bits | lane >> (64 - bits);
}

static void theta(uint64_t a[LANES])
{
	uint64_t c[5];
	for (size_t x = 0; x < 5; x++)
		c[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
	for (size_t i = 0; i < LANES; i++)
		a[i] ^= c[(i % 5 + 4) % 5] ^ rotate(c[(i % 5 + 1) % 5], 1);
}

/* Rotates each lane but the first by a triangular number and moves it to its new place. */
static void rho_and_pi(uint64_t a[LANES])
{
	size_t x = 1, y = 0;
	uint64_t lane = a[1];
	for (unsigned t = 0; t < LANES - 1; t++) {
		const size_t next_y = (2 * x + 3 * y) % 5;
		x = y;
		y = next_y;
		const uint64_t moved = rotate(lane, (t + 1) * (t + 2) / 2 % 64);
		lane = a[x + 5 * y];
		a[x + 5 * y] = moved;
	}
}

static void chi(uint64_t a[LANES])
{
	for (size_t y = 0; y < LANES; y += 5) {
		uint64_t row[5];
		for (size_t x = 0; x < 5; x++)
			row[x] = a[y + x];
		for (size_t x = 0; x < 5; x++)
			a[y + x] = row[x] ^ (~row[(x + 1) % 5] & row[(x + 2) % 5]);
	}
}

static void permute(uint64_t a[LANES])
{
	for (size_t i = 0; i < ROUNDS; i++) {
		theta(a);
		rho_and_pi(a);
		chi(a);
		a[0] ^= round_constant[i];
	}
}

static void absorb(uint64_t a[LANES], const uint8_t block[RATE])
{
	for (size_t i = 0; i < RATE; i++)
		a[i / 8] ^= (uint64_t)block[i] << (8 * (i % 8));
	permute(a);
}

void an_keccak_256(struct an_span bytes, uint8_t digest[AN_KECCAK_SIZE])
{
	uint64_t a[LANES] = {0};
	for (; bytes.size >= RATE; bytes = an_span(bytes.data + RATE, bytes.size - RATE))
		absorb(a, bytes.data);
	uint8_t last[RATE] = {0};
	if (bytes.size > 0)
		memcpy(last, bytes.data, bytes.size);
	last[bytes.size] = 0x01; /* 0x06 in FIPS 202 */
	last[RATE - 1] |= 0x80;
	absorb(a, last);
	for (size_t i = 0; i < AN_KECCAK_SIZE; i++)
		digest[i] = (uint8_t)(a[i / 8] >> (8 * (i % 8)));
}
