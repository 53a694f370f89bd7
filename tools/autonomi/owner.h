/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owners' keys: the user has one general key for each kind of data, in the environment or in a file of
 * the user's data folder, and each name has a key derived from it. Whoever has the key of a name can
 * write what is stored under it.
 */
#ifndef TOOLS_AUTONOMI_OWNER_H
#define TOOLS_AUTONOMI_OWNER_H

#include "autonomi/command.h"

struct owner_kind {
	const char *noun;     /* "pointer": the command's first word */
	const char *variable; /* of the environment: the key in hexadecimal */
	const char *file;     /* in autonomi/client of the user's data */
};

enum { OWNER_KEY_TEXT_SIZE = 2 * AUTONOMI_SECRET_KEY_SIZE + 1 };

/* Overwrites secrets in a way that the compiler keeps. */
void wipe(void *bytes, size_t size);

extern const struct owner_kind owner_of_pointers;
extern const struct owner_kind owner_of_scratchpads;
extern const struct owner_kind owner_of_graphs;
extern const struct owner_kind owner_of_registers;

/* Makes the general key; `overwrite` replaces one that is there. The exit code. */
int generate_owner_key(struct program *program, const struct owner_kind *kind);

/* Prints the secret key of a name. The exit code. */
int share_owner_key(struct program *program, const struct owner_kind *kind);

/* The general key in hexadecimal; false, without a word, where there is none. */
bool find_owner_key(const struct owner_kind *kind, char text[OWNER_KEY_TEXT_SIZE]);

/* Writes the general key that another machine has into its file. False with a complaint, also where
 * one is there. */
bool keep_owner_key(const struct owner_kind *kind, const char *text);

/* The secret key that `name` stands for: with --secret-key the key itself, in hexadecimal, otherwise
 * the one derived for the name. False with a complaint, and the exit code. */
bool read_owner_secret(struct program *program, const struct owner_kind *kind, const char *name,
                       uint8_t secret[AUTONOMI_SECRET_KEY_SIZE], int *ret_code);

/* The public key that `name` stands for: 96 hexadecimal digits are the key, unless --name says that
 * they are not; anything else as read_owner_secret. */
bool read_owner_public(struct program *program, const struct owner_kind *kind, const char *name,
                       uint8_t public_key[AUTONOMI_PUBLIC_KEY_SIZE], int *ret_code);

#endif
