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

bool an_kad_range_of_table(const struct an_kad_table *table, struct an_dht_key *ret_range)
{
	/* With ourselves first, the peer at place 6 is the sixth of the others; 8 must be known. */
	enum { OTHERS_KNOWN = 7, OTHERS_NEAR = 6 };
	struct an_contact closest[OTHERS_KNOWN];
	const size_t group = table->profile->close_group;
	const uint64_t size = an_kad_table_network_size(table);
	if (size <= group ||
	    an_kad_table_closest(table, &table->self, closest, OTHERS_KNOWN) < OTHERS_KNOWN)
		return false;

	const struct an_dht_key key = an_peer_id_dht_key(&closest[OTHERS_NEAR - 1].id);
	const struct an_dht_key near = an_dht_key_distance(&table->self, &key);
	*ret_range = an_kad_range(size, (uint32_t)group, &near);
	return true;
}
