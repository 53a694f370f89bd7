/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kad/range.h"

#include <string.h>

/* floor((2^256 - 1) / divisor), bit by bit: every bit of the number that is divided is set. */
static struct an_dht_key divide(uint64_t divisor)
{
	struct an_dht_key quotient = {{0}};
	uint64_t rest = 0;
	for (size_t bit = 0; bit < (size_t)AN_DHT_KEY_SIZE * 8; bit++) {
		const bool carry = rest >> 63 != 0;
		rest = rest << 1 | 1;
		if (carry || rest >= divisor) {
			rest -= divisor;
			quotient.bytes[bit / 8] |= (uint8_t)(0x80 >> bit % 8);
		}
	}
	return quotient;
}

struct an_dht_key an_kad_share(uint64_t size, uint32_t factor)
{
	const struct an_dht_key share = divide(size > 0 ? size : 1);
	return an_dht_key_times(&share, factor);
}

struct an_dht_key an_kad_range(uint64_t size, uint32_t group, const struct an_dht_key *seventh)
{
	const struct an_dht_key share = an_kad_share(size, group);
	return memcmp(share.bytes, seventh->bytes, AN_DHT_KEY_SIZE) > 0 ? share : *seventh;
}
