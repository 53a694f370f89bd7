/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the user's commands remember on this machine: the names of registers, pointers and so on, in
 * folders of autonomi/client/user_data in the user's data, one file for each. An item with an address
 * has a file of that name in hexadecimal, and in it the item's name. An item with a data map has a file
 * of its short name, with the data map in hexadecimal and, on the lines behind it, the item's name.
 * All are readable for the user alone.
 */
#ifndef TOOLS_AUTONOMI_USER_FILES_H
#define TOOLS_AUTONOMI_USER_FILES_H

#include "autonomi/command.h"

/* The lists of AUTONOMI_USER_..., which vaults know too, and those of this machine alone. */
enum {
	VAULT_LISTS = AUTONOMI_USER_PRIVATE_FILES + 1,
	REMEMBERED_POINTERS = VAULT_LISTS,
	REMEMBERED_SCRATCHPADS,
};

/* Remembers an item of a list, or gives it another name. False with a complaint. */
bool remember(uint32_t list, const uint8_t *key, size_t key_size, const char *name);

/* The name of the register at an address; false where none is remembered. */
bool recall_register(const uint8_t *address, char *name, size_t name_size);

/* Prints the items of some lists, in JSON as a member for each. The exit code. */
int list_remembered(const struct program *program, const uint32_t *wanted, size_t count);

/* The data map of a private file or archive that this machine remembers under a short name; its size,
 * or 0 where there is none. */
size_t recall_data_map(const char *short_name, uint8_t *data_map, size_t capacity);

/* All that vaults know, with the general keys; to be freed. NULL with a complaint. */
autonomi_user_data *read_user_data(void);

/* Remembers all of it; general keys only where there are none yet. False with a complaint. */
bool write_user_data(const autonomi_user_data *data);

#endif
