/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ident/dht_key.h"

#include <string.h>

#include "crypt/hash.h"

_Static_assert((int)AN_DHT_KEY_SIZE == (int)AN_HASH_SIZE, "a DHT key is one hash");

struct an_dht_key an_dht_key_of(struct an_span name)
{
	struct an_dht_key key;
	an_sha256(name, key.bytes);
	return key;
}

struct an_dht_key an_dht_key_distance(const struct an_dht_key *a, const struct an_dht_key *b)
{
	struct an_dht_key distance;
	for (size_t i = 0; i < AN_DHT_KEY_SIZE; i++)
		distance.bytes[i] = a->bytes[i] ^ b->bytes[i];
	return distance;
}

struct an_dht_key an_dht_key_times(const struct an_dht_key *distance, uint32_t factor)
{
	struct an_dht_key product;
	uint64_t carry = 0;
	for (size_t i = AN_DHT_KEY_SIZE; i-- > 0;) {
		carry += (uint64_t)distance->bytes[i] * factor;
		product.bytes[i] = (uint8_t)carry;
		carry >>= 8;
	}
	if (carry != 0)
		memset(product.bytes, 0xff, sizeof(product.bytes));
	return product;
}

int an_dht_key_compare(const struct an_dht_key *target, const struct an_dht_key *a,
                       const struct an_dht_key *b)
{
	for (size_t i = 0; i < AN_DHT_KEY_SIZE; i++)
		if (a->bytes[i] != b->bytes[i])
			return (target->bytes[i] ^ a->bytes[i]) - (target->bytes[i] ^ b->bytes[i]);
	return 0;
}

int an_dht_key_bucket(const struct an_dht_key *a, const struct an_dht_key *b)
{
	for (int i = 0; i < AN_DHT_KEY_SIZE; i++) {
		int difference = a->bytes[i] ^ b->bytes[i];
		if (difference == 0)
			continue;
		int bit = 8 * (AN_DHT_KEY_SIZE - 1 - i);
		while ((difference >>= 1) != 0)
			bit++;
		return bit;
	}
	return -1;
}
