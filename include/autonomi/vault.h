/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Vaults: what a user keeps under one key (semantics 2.9), and the user data that Autonomi's programs
 * keep there: where the user's archives, files and registers are, and three keys.
 *
 * A vault is built of graph entries that name scratchpads; its content is cut into pieces of
 * AUTONOMI_VAULT_PIECE_SIZE bytes. <autonomi/record.h> has the operations of a node that write and read
 * vaults.
 *
 * Threading: any thread; user data belongs to one thread at a time.
 */
#ifndef AUTONOMI_VAULT_H
#define AUTONOMI_VAULT_H

#include <autonomi/keys.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes of content in one scratchpad, scratchpads in one graph entry. */
enum { AUTONOMI_VAULT_PIECE_SIZE = 4193280, AUTONOMI_VAULT_PIECES_PER_ENTRY = 1000 };

/* The secret key of the vault of an EVM key: made of its signature over the sentence that semantics
 * 2.9 says, which has 64 bytes; any others are taken too. Returns AUTONOMI_OK; AUTONOMI_E_INVALID. */
AUTONOMI_API autonomi_status autonomi_vault_key(const uint8_t *evm_signature, size_t size,
                                                uint8_t *ret_secret);

/* The same of the EVM secret key itself, 32 bytes, which signs. Returns AUTONOMI_OK;
 * AUTONOMI_E_INVALID, also where the key is none; AUTONOMI_E_NO_MEMORY. */
AUTONOMI_API autonomi_status autonomi_vault_key_of_evm(const uint8_t *evm_secret,
                                                       uint8_t *ret_secret);

/* The owner of a vault's first graph entry, of the vault's public key. Returns AUTONOMI_OK;
 * AUTONOMI_E_INVALID, also where the key is none. */
AUTONOMI_API autonomi_status autonomi_vault_head_public(const uint8_t *public_key,
                                                        uint8_t *ret_public_key);

/* The content type of an application: that of user data is of the name "UserData". Returns
 * AUTONOMI_OK; AUTONOMI_E_INVALID. */
AUTONOMI_API autonomi_status autonomi_vault_content_type(const char *application,
                                                         uint64_t *ret_type);

/* The short name of private data, of its data map's bytes. Returns AUTONOMI_OK; AUTONOMI_E_INVALID. */
AUTONOMI_API autonomi_status autonomi_private_short_name(const uint8_t *data_map, size_t size,
                                                         uint64_t *ret_name);

/* ---- User data. */

typedef struct autonomi_user_data autonomi_user_data;

/* Its lists, and what names an item of each. */
enum {
	AUTONOMI_USER_FILE_ARCHIVES = 0,         /* the 32 bytes of a public archive's address */
	AUTONOMI_USER_PRIVATE_FILE_ARCHIVES = 1, /* a private archive's data map */
	AUTONOMI_USER_REGISTERS = 2,             /* the 48 bytes of a register's address */
	AUTONOMI_USER_PUBLIC_FILES = 3,          /* the 32 bytes of a file's address */
	AUTONOMI_USER_PRIVATE_FILES = 4          /* a file's data map */
};

/* Its keys. */
enum {
	AUTONOMI_USER_REGISTER_KEY = 0,
	AUTONOMI_USER_SCRATCHPAD_KEY = 1,
	AUTONOMI_USER_POINTER_KEY = 2
};

/* An item of a list. Borrowed until the next change. New members are only added at the end. */
typedef struct autonomi_user_item_view {
	const uint8_t *key; /* what names it */
	const char *name;   /* text with a final zero that `name_size` leaves out */
	size_t key_size;
	size_t name_size;
} autonomi_user_item_view;

/* Empty user data, owned by the caller. NULL without memory. */
AUTONOMI_API autonomi_user_data *autonomi_user_data_new(void);

/* Overwrites the keys. NULL is allowed. Returns NULL. */
AUTONOMI_API autonomi_user_data *autonomi_user_data_free(autonomi_user_data *data);

/* Adds an item to a list, or gives the one with the same key another name. Everything is copied.
 * Returns AUTONOMI_OK; AUTONOMI_E_INVALID, also for a key of the wrong size or that is no point, and
 * for a name that is no UTF-8, with which nobody could read the data again; AUTONOMI_E_TOO_LARGE above
 * 1,048,576 items or 1 GiB; AUTONOMI_E_NO_MEMORY. */
AUTONOMI_API autonomi_status autonomi_user_data_add(autonomi_user_data *data, uint32_t list,
                                                    const uint8_t *key, size_t key_size,
                                                    const char *name);

/* Takes an item out of a list. Returns AUTONOMI_OK; AUTONOMI_E_NOT_FOUND; AUTONOMI_E_INVALID. */
AUTONOMI_API autonomi_status autonomi_user_data_remove(autonomi_user_data *data, uint32_t list,
                                                       const uint8_t *key, size_t key_size);

/* How many items a list has; 0 for NULL and for no list. */
AUTONOMI_API size_t autonomi_user_data_count(const autonomi_user_data *data, uint32_t list);

/* Fills `view` with an item of a list, in the order in which they were added; `view_size` is
 * sizeof(autonomi_user_item_view) of the caller's header. Returns AUTONOMI_OK; AUTONOMI_E_INVALID, also
 * where there is no such item. */
AUTONOMI_API autonomi_status autonomi_user_data_at(const autonomi_user_data *data, uint32_t list,
                                                   size_t index, autonomi_user_item_view *view,
                                                   size_t view_size);

/* Sets a key, in hexadecimal digits; NULL takes it away. Returns AUTONOMI_OK; AUTONOMI_E_INVALID;
 * AUTONOMI_E_NO_MEMORY. */
AUTONOMI_API autonomi_status autonomi_user_data_set_key(autonomi_user_data *data, uint32_t which,
                                                        const char *hex);

/* A key, borrowed until it is set again; NULL where there is none. */
AUTONOMI_API const char *autonomi_user_data_key(const autonomi_user_data *data, uint32_t which);

/* The bytes of user data, as a vault's content. They hold the keys. Returns AUTONOMI_OK;
 * AUTONOMI_E_INVALID; AUTONOMI_E_TOO_LARGE; AUTONOMI_E_NO_MEMORY. */
AUTONOMI_API autonomi_status autonomi_user_data_encode(const autonomi_user_data *data,
                                                       autonomi_bytes **ret_bytes);

/* Reads user data, also of older programs, which wrote less. Returns AUTONOMI_OK, and it goes to
 * `ret_data`, owned by the caller; AUTONOMI_E_CORRUPT; AUTONOMI_E_TOO_LARGE; AUTONOMI_E_INVALID;
 * AUTONOMI_E_NO_MEMORY. */
AUTONOMI_API autonomi_status autonomi_user_data_decode(const uint8_t *bytes, size_t size,
                                                       autonomi_user_data **ret_data);

#ifdef __cplusplus
}
#endif

#endif
