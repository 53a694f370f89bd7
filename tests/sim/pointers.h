/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Pointers of made-up owners: which owner and what a version points at is a function of two numbers,
 * so that books need to keep neither. The version is the pointer's counter.
 */
#ifndef AN_SIM_POINTERS_H
#define AN_SIM_POINTERS_H

#include <autonomi/pointer.h>

#include "crypt/hash.h"

/* What owner `owner` signs as version `version`. The caller frees it. */
autonomi_pointer *an_sim_pointer_new(uint64_t owner, uint32_t version);

/* The owner's public key. */
void an_sim_pointer_owner(uint64_t owner, uint8_t public_key[AUTONOMI_PUBLIC_KEY_SIZE]);

/* Where the record of a pointer belongs, and the hash of its value as nodes keep it. */
struct an_sim_pointer_record {
	uint8_t key[AUTONOMI_NAME_SIZE];
	uint8_t hash[AN_HASH_SIZE];
};
struct an_sim_pointer_record an_sim_pointer_record_of(const autonomi_pointer *pointer);

#endif
