/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kad/range.h"

enum { WORDS = AN_DHT_KEY_SIZE / 4 };

/* Long division and multiplication in words of 32 bits, the highest first: both fit in 64. */
struct an_dht_key an_kad_share(uint64_t size, uint32_t factor)
{
	const uint64_t divisor = size == 0 ? 1 : size > UINT32_MAX ? UINT32_MAX : size;
	uint32_t words[WORDS];
	uint64_t rest = 0;
	for (int i = 0; i < WORDS; i++) {
		const uint64_t part = rest << 32 | UINT32_MAX;
		words[i] = (uint32_t)(part / divisor);
		rest = part % divisor;
	}

	uint64_t carry = 0;
	for (int i = WORDS - 1; i >= 0; i--) {
		carry += (uint64_t)words[i] * factor;
		words[i] = (uint32_t)carry;
		carry >>= 32;
	}

	struct an_dht_key share;
	for (int i = 0; i < AN_DHT_KEY_SIZE; i++)
		share.bytes[i] = (uint8_t)(words[i / 4] >> (24 - i % 4 * 8));
	if (carry != 0)
		memset(share.bytes, 0xff, sizeof(share.bytes));
	return share;
}
