/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ident/peer_id.h"

#include "base/assert.h"

/* What libp2p takes for a peer id: a multihash whose code and size are one byte each. */
enum {
	MULTIHASH_IDENTITY = 0x00, /* of at most 42 bytes */
	MULTIHASH_SHA256 = 0x12,   /* of exactly 32 */
	SHA256_SIZE = 32,
	HEAD_SIZE = 2,
};

static const char alphabet[] = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

an_status an_peer_id_from_bytes(struct an_peer_id *ret_id, struct an_span bytes)
{
	if (bytes.size < HEAD_SIZE || bytes.size > AN_PEER_ID_MAX ||
	    bytes.data[1] != bytes.size - HEAD_SIZE)
		return AUTONOMI_E_ADDRESS;
	const bool identity = bytes.data[0] == MULTIHASH_IDENTITY;
	const bool sha256 = bytes.data[0] == MULTIHASH_SHA256 && bytes.data[1] == SHA256_SIZE;
	if (!identity && !sha256)
		return AUTONOMI_E_ADDRESS;
	*ret_id = (struct an_peer_id){.size = (uint8_t)bytes.size};
	memcpy(ret_id->bytes, bytes.data, bytes.size);
	return AUTONOMI_OK;
}

/* bytes = bytes * factor + carry, read as a big-endian number; what no longer fits is returned. */
static unsigned multiply_add(uint8_t *bytes, size_t size, unsigned factor, unsigned carry)
{
	for (size_t i = size; i-- > 0;) {
		carry += bytes[i] * factor;
		bytes[i] = (uint8_t)carry;
		carry >>= 8;
	}
	return carry;
}

/* Divides the number by `divisor` and returns the remainder. */
static unsigned divide(uint8_t *bytes, size_t size, unsigned divisor)
{
	unsigned remainder = 0;
	for (size_t i = 0; i < size; i++) {
		remainder = remainder << 8 | bytes[i];
		bytes[i] = (uint8_t)(remainder / divisor);
		remainder %= divisor;
	}
	return remainder;
}

static size_t count_leading(struct an_span bytes, uint8_t value)
{
	size_t count = 0;
	while (count < bytes.size && bytes.data[count] == value)
		count++;
	return count;
}

/* Reads base58 as a number of AN_PEER_ID_MAX bytes. */
static bool number_of(struct an_span text, uint8_t number[AN_PEER_ID_MAX])
{
	memset(number, 0, AN_PEER_ID_MAX);
	for (size_t i = 0; i < text.size; i++) {
		const char *digit = memchr(alphabet, text.data[i], sizeof(alphabet) - 1);
		if (digit == NULL ||
		    multiply_add(number, AN_PEER_ID_MAX, 58, (unsigned)(digit - alphabet)) != 0)
			return false;
	}
	return true;
}

an_status an_peer_id_from_text(struct an_peer_id *ret_id, struct an_span text)
{
	uint8_t number[AN_PEER_ID_MAX];
	if (text.size == 0 || text.size >= AN_PEER_ID_TEXT_MAX || !number_of(text, number))
		return AUTONOMI_E_ADDRESS;
	/* Each leading "1" stands for one leading zero byte, which the number does not show. */
	const size_t ones = count_leading(text, '1');
	const size_t zeros = count_leading(an_span(number, sizeof(number)), 0);
	if (ones > zeros)
		return AUTONOMI_E_ADDRESS;
	const size_t start = zeros - ones;
	return an_peer_id_from_bytes(ret_id, an_span(number + start, sizeof(number) - start));
}

void an_peer_id_to_text(const struct an_peer_id *id, char text[AN_PEER_ID_TEXT_MAX])
{
	uint8_t number[AN_PEER_ID_MAX];
	memcpy(number, id->bytes, sizeof(number));
	char digits[AN_PEER_ID_TEXT_MAX];
	size_t start = sizeof(digits);
	const size_t zeros = count_leading(an_peer_id_span(id), 0);
	size_t first = zeros; /* of the number's bytes that are not zero yet */
	while (first < id->size) {
		an_assert(start > 0);
		digits[--start] = alphabet[divide(number + first, id->size - first, 58)];
		while (first < id->size && number[first] == 0)
			first++;
	}
	memset(text, alphabet[0], zeros);
	memcpy(text + zeros, digits + start, sizeof(digits) - start);
	text[zeros + sizeof(digits) - start] = '\0';
}

struct an_dht_key an_peer_id_dht_key(const struct an_peer_id *id)
{
	return an_dht_key_of(an_peer_id_span(id));
}
