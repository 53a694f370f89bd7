/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What Autonomi's programs keep in a user's vault: where the user's archives, files and registers
 * are, and three keys (semantics 2.9). Older programs wrote fewer fields; they are read too.
 *
 * Owns: its lists. Texts and data maps are borrowed; the keys are secrets of whoever owns the bytes.
 * Pure but for memory.
 */
#ifndef AN_DATA_USER_DATA_H
#define AN_DATA_USER_DATA_H

#include "base/buffer.h"
#include "data/owner_key.h"

enum { AN_USER_ITEMS_MAX = 1 << 20 }; /* of one list */

enum an_user_list {
	AN_USER_FILE_ARCHIVES,         /* by address */
	AN_USER_PRIVATE_FILE_ARCHIVES, /* by data map */
	AN_USER_REGISTERS,             /* by owner's key */
	AN_USER_PUBLIC_FILES,          /* by address */
	AN_USER_PRIVATE_FILES,         /* by data map */
	AN_USER_LISTS,
};

enum an_user_key {
	AN_USER_REGISTER_KEY,
	AN_USER_SCRATCHPAD_KEY,
	AN_USER_POINTER_KEY,
	AN_USER_KEYS
};

struct an_user_item {
	uint8_t key[AN_OWNER_KEY_SIZE]; /* an address has 32 bytes of it */
	struct an_span data_map;        /* borrowed */
	struct an_span name;            /* borrowed */
};

struct an_user_items {
	struct an_user_item *items;
	size_t count;
};

struct an_user_data {
	struct an_user_items lists[AN_USER_LISTS];
	bool has_key[AN_USER_KEYS];
	struct an_span keys[AN_USER_KEYS]; /* hex; borrowed */
};

void an_user_data_done(struct an_user_data *data);

/* Appends the bytes. The buffer's failure. */
an_status an_user_data_encode(const struct an_user_data *data, struct an_buffer *out);

/* Borrows from `bytes`, or from `scratch` where a data map had to be gathered. E_CORRUPT,
 * E_TOO_LARGE, E_NO_MEMORY: then there is nothing to give back. */
an_status an_user_data_decode(struct an_span bytes, struct an_buffer *scratch,
                              struct an_user_data *ret_data);

#endif
