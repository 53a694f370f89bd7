/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/pointers.h"

#include <autonomi/data.h>

#include "crypt/random.h"
#include "sim/memory.h"

static void make_secret(uint64_t owner, uint8_t secret[AUTONOMI_SECRET_KEY_SIZE])
{
	uint8_t seed[AN_RANDOM_SEED_SIZE] = {'p'};
	memcpy(seed + 1, &owner, sizeof(owner));
	struct an_random random;
	an_random_init(&random, seed);
	an_random_fill(&random, secret, AUTONOMI_SECRET_KEY_SIZE);
	secret[0] = 0; /* so it is below the order of the group */
}

void an_sim_pointer_owner(uint64_t owner, uint8_t public_key[AUTONOMI_PUBLIC_KEY_SIZE])
{
	uint8_t secret[AUTONOMI_SECRET_KEY_SIZE];
	make_secret(owner, secret);
	if (autonomi_bls_public_key(secret, public_key) != AUTONOMI_OK)
		abort();
}

autonomi_pointer *an_sim_pointer_new(uint64_t owner, uint32_t version)
{
	uint8_t secret[AUTONOMI_SECRET_KEY_SIZE];
	uint8_t target[AUTONOMI_NAME_SIZE] = {0};
	autonomi_pointer *pointer = NULL;
	make_secret(owner, secret);
	memcpy(target, &owner, sizeof(owner));
	memcpy(target + sizeof(owner), &version, sizeof(version));
	if (autonomi_pointer_new(secret, version, AUTONOMI_ADDRESS_CHUNK, target, sizeof(target),
	                         &pointer) != AUTONOMI_OK)
		abort();
	return pointer;
}

struct an_sim_pointer_record an_sim_pointer_record_of(const autonomi_pointer *pointer)
{
	struct an_sim_pointer_record record;
	autonomi_bytes *value = NULL;
	size_t size = 0;
	if (autonomi_pointer_encode(pointer, &value) != AUTONOMI_OK)
		abort();
	const uint8_t *bytes = autonomi_bytes_data(value, &size);
	if (autonomi_record_key(bytes, size, record.key) != AUTONOMI_OK)
		abort();
	an_sha3_256(an_span(bytes, size), record.hash);
	autonomi_bytes_free(value);
	return record;
}
