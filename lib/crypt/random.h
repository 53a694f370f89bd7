/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The one random generator of a node: the ChaCha20 keystream under a 32-byte seed, rekeyed from its
 * own output as it goes, so that earlier output cannot be computed from a later state. The same seed
 * gives the same bytes, which is what the simulator needs.
 */
#ifndef AN_CRYPT_RANDOM_H
#define AN_CRYPT_RANDOM_H

#include <stddef.h>
#include <stdint.h>

enum { AN_RANDOM_SEED_SIZE = 32, AN_RANDOM_POOL_SIZE = 512 };

struct an_random {
	uint8_t key[AN_RANDOM_SEED_SIZE];
	uint8_t pool[AN_RANDOM_POOL_SIZE];
	size_t used; /* bytes of the pool that were given out */
};

void an_random_init(struct an_random *random, const uint8_t seed[AN_RANDOM_SEED_SIZE]);

/* Wipes the state. */
void an_random_done(struct an_random *random);

void an_random_fill(struct an_random *random, void *out, size_t size);
uint64_t an_random_u64(struct an_random *random);

/* A number below `bound`, each equally likely; 0 where bound is 0. */
uint64_t an_random_below(struct an_random *random, uint64_t bound);

#endif
