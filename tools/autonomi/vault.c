/* SPDX-License-Identifier: GPL-3.0-or-later */
/* autonomi vault: a copy of what the user's commands remember, under the key of the user's wallet. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "autonomi/owner.h"
#include "autonomi/user_files.h"

enum { WALLET_KEY_SIZE = 32, USER_DATA_MAX = 64 << 20 };

/* ---- Keys. */
static int read_vault_secret(struct program *program, uint8_t secret[AUTONOMI_SECRET_KEY_SIZE])
{
	uint8_t wallet[WALLET_KEY_SIZE];
	const char *text = getenv("SECRET_KEY");
	if (text == NULL || text[0] == '\0') {
		complain("there is no wallet: set SECRET_KEY to its key, 64 hexadecimal digits");
		return EXIT_LOCAL;
	}
	if (strncmp(text, "0x", 2) == 0)
		text += 2;
	if (read_hexadecimal(text, wallet, sizeof(wallet)) != sizeof(wallet)) {
		wipe(wallet, sizeof(wallet));
		complain("SECRET_KEY is no key of a wallet: 64 hexadecimal digits are needed");
		return EXIT_USAGE;
	}
	const autonomi_status status = autonomi_vault_key_of_evm(wallet, secret);
	wipe(wallet, sizeof(wallet));
	return status == AUTONOMI_OK ? EXIT_DONE
	                             : refused(program, status, "SECRET_KEY is no key of a wallet");
}

/* ---- What is printed. */
static void print_counts(struct program *program, const char *address,
                         const autonomi_user_data *data)
{
	static const struct {
		const char *member, *words;
	} names[VAULT_LISTS] = {
		[AUTONOMI_USER_FILE_ARCHIVES] = {"file_archives", "Public archives"},
		[AUTONOMI_USER_PRIVATE_FILE_ARCHIVES] = {"private_file_archives",
	                                                 "Private archives"},
		[AUTONOMI_USER_REGISTERS] = {"registers", "Registers"},
		[AUTONOMI_USER_PUBLIC_FILES] = {"public_files", "Public files"},
		[AUTONOMI_USER_PRIVATE_FILES] = {"private_files", "Private files"},
	};
	if (program->json)
		printf("{\"address\":\"%s\"", address);
	else
		printf("Vault: %s\n", address);
	for (uint32_t list = 0; list < VAULT_LISTS; list++)
		printf(program->json ? ",\"%s\":%zu" : "%s: %zu\n",
		       program->json ? names[list].member : names[list].words,
		       autonomi_user_data_count(data, list));
	if (program->json)
		printf("}\n");
}

/* ---- The network. */
static void print_stored(struct program *program, const autonomi_event *event, const void *data)
{
	print_counts(program, autonomi_event_text(event), data);
}

static int store(struct program *program, const uint8_t *secret, const autonomi_user_data *data)
{
	autonomi_bytes *bytes = NULL;
	uint64_t type = 0;
	size_t size = 0;
	autonomi_op op = 0;
	autonomi_status status = autonomi_vault_content_type("UserData", &type);
	if (status == AUTONOMI_OK)
		status = autonomi_user_data_encode(data, &bytes);
	if (status == AUTONOMI_OK) {
		const uint8_t *content = autonomi_bytes_data(bytes, &size);
		status = autonomi_vault_put(program->node, secret, type, content, size, 0, &op);
	}
	autonomi_bytes_free(bytes);
	return finish(program, status, op, "Storing the vault", print_stored, NULL, data);
}

static int decode(struct program *program, const autonomi_event *event,
                  autonomi_user_data **ret_data)
{
	uint64_t type = 0;
	size_t size = 0;
	const uint8_t *content = autonomi_event_data(event, &size);
	autonomi_status status = autonomi_vault_content_type("UserData", &type);
	if (status == AUTONOMI_OK && autonomi_event_content_type(event) != type)
		status = AUTONOMI_E_CORRUPT;
	if (status == AUTONOMI_OK)
		status = autonomi_user_data_decode(content, size, ret_data);
	return status == AUTONOMI_OK
	               ? EXIT_DONE
	               : refused(program, status, "the vault holds something else than user data");
}

static int fetch(struct program *program, const uint8_t *secret, autonomi_user_data **ret_data)
{
	autonomi_op op = 0;
	int code = EXIT_DONE;
	const autonomi_status status = autonomi_vault_get(program->node, secret, USER_DATA_MAX, 0,
	                                                  &op);
	if (status != AUTONOMI_OK)
		return refused(program, status, "the command cannot be carried out");
	autonomi_event *event = completion(program, op, "Fetching the vault", &code);
	if (event != NULL)
		code = decode(program, event, ret_data);
	autonomi_event_free(event);
	return code;
}

/* EXIT_DONE where there is no vault yet. What peers claim to have is asked for: it may be a lie. */
static int expect_none(struct program *program, const uint8_t *secret)
{
	uint8_t owner[AUTONOMI_PUBLIC_KEY_SIZE], head[AUTONOMI_PUBLIC_KEY_SIZE];
	autonomi_op op = 0;
	autonomi_event *event = NULL;
	autonomi_status status = autonomi_bls_public_key(secret, owner);
	if (status == AUTONOMI_OK)
		status = autonomi_vault_head_public(owner, head);
	if (status == AUTONOMI_OK)
		status = autonomi_graph_entry_get(program->node, head, 0, &op);
	if (status != AUTONOMI_OK)
		return refused(program, status, "the command cannot be carried out");
	if (!follow(program, op, "Looking for the vault", &event))
		return EXIT_GENERAL;
	int code = EXIT_DONE;
	status = autonomi_event_status(event);
	if (status == AUTONOMI_OK || status == AUTONOMI_E_FORK)
		code = refused(
			program, AUTONOMI_E_EXISTS,
			"there is a vault of this wallet; \"vault sync\" brings it up to date");
	else if (status != AUTONOMI_E_NOT_FOUND)
		code = failed(program, event);
	autonomi_event_free(event);
	return code;
}

/* ---- Both together. */
static bool has(const autonomi_user_data *data, uint32_t list,
                const autonomi_user_item_view *wanted)
{
	for (size_t i = 0; i < autonomi_user_data_count(data, list); i++) {
		autonomi_user_item_view item;
		autonomi_user_data_at(data, list, i, &item, sizeof(item));
		if (item.key_size == wanted->key_size &&
		    memcmp(item.key, wanted->key, item.key_size) == 0)
			return true;
	}
	return false;
}

/* Adds what `from` has besides: names and keys that are there stay. */
static autonomi_status merge(autonomi_user_data *data, const autonomi_user_data *from)
{
	autonomi_status status = AUTONOMI_OK;
	for (uint32_t list = 0; list < VAULT_LISTS; list++) {
		for (size_t i = 0; i < autonomi_user_data_count(from, list); i++) {
			autonomi_user_item_view item;
			autonomi_user_data_at(from, list, i, &item, sizeof(item));
			if (status == AUTONOMI_OK && !has(data, list, &item))
				status = autonomi_user_data_add(data, list, item.key, item.key_size,
				                                item.name);
		}
	}
	for (uint32_t which = 0; which <= AUTONOMI_USER_POINTER_KEY; which++) {
		const char *key = autonomi_user_data_key(from, which);
		if (status == AUTONOMI_OK && key != NULL &&
		    autonomi_user_data_key(data, which) == NULL)
			status = autonomi_user_data_set_key(data, which, key);
	}
	return status;
}

/* Neither of two keys may be lost: nothing else can change what it owns. */
static bool keys_agree(const autonomi_user_data *data, const autonomi_user_data *stored)
{
	static const char *const names[] = {
		[AUTONOMI_USER_REGISTER_KEY] = "register",
		[AUTONOMI_USER_SCRATCHPAD_KEY] = "scratchpad",
		[AUTONOMI_USER_POINTER_KEY] = "pointer",
	};
	for (uint32_t which = 0; which <= AUTONOMI_USER_POINTER_KEY; which++) {
		const char *here = autonomi_user_data_key(data, which);
		const char *there = autonomi_user_data_key(stored, which);
		if (here == NULL || there == NULL || strcmp(here, there) == 0)
			continue;
		complain("the %s key of this machine is another one than the vault's: move it "
		         "away to use the vault's, or let \"vault sync --force\" replace what is "
		         "in the vault",
		         names[which]);
		return false;
	}
	return true;
}

/* Brings what the vault has to this machine, and into `data`. */
static int fetch_and_merge(struct program *program, const uint8_t *secret, autonomi_user_data *data)
{
	autonomi_user_data *stored = NULL;
	int code = fetch(program, secret, &stored);
	if (code != EXIT_DONE)
		return code;
	autonomi_status status = AUTONOMI_OK;
	if (!keys_agree(data, stored))
		code = EXIT_LOCAL;
	else if ((status = merge(data, stored)) != AUTONOMI_OK)
		code = refused(program, status, "the vault's content cannot be taken over");
	else if (!write_user_data(data))
		code = EXIT_LOCAL;
	autonomi_user_data_free(stored);
	return code;
}

/* ---- The commands. */
typedef int action(struct program *program, const uint8_t *secret, autonomi_user_data *data);

static int with_user_data(struct program *program, action *act)
{
	uint8_t secret[AUTONOMI_SECRET_KEY_SIZE];
	int code = read_vault_secret(program, secret);
	if (code != EXIT_DONE)
		return code;
	autonomi_user_data *data = read_user_data();
	code = data != NULL ? act(program, secret, data) : EXIT_LOCAL;
	autonomi_user_data_free(data);
	wipe(secret, sizeof(secret));
	return code;
}

static int create(struct program *program, const uint8_t *secret, autonomi_user_data *data)
{
	const int code = expect_none(program, secret);
	return code == EXIT_DONE ? store(program, secret, data) : code;
}

static int load(struct program *program, const uint8_t *secret, autonomi_user_data *data)
{
	uint8_t address[AUTONOMI_PUBLIC_KEY_SIZE];
	char text[2 * AUTONOMI_PUBLIC_KEY_SIZE + 1] = "";
	const int code = fetch_and_merge(program, secret, data);
	if (code != EXIT_DONE)
		return code;
	if (autonomi_bls_public_key(secret, address) == AUTONOMI_OK)
		autonomi_hex_encode(address, sizeof(address), text, sizeof(text));
	print_counts(program, text, data);
	return EXIT_DONE;
}

static int synchronise(struct program *program, const uint8_t *secret, autonomi_user_data *data)
{
	const int code = program->force ? EXIT_DONE : fetch_and_merge(program, secret, data);
	return code == EXIT_DONE ? store(program, secret, data) : code;
}

int run_vault_create(struct program *program)
{
	return with_user_data(program, create);
}

int run_vault_load(struct program *program)
{
	return with_user_data(program, load);
}

int run_vault_sync(struct program *program)
{
	return with_user_data(program, synchronise);
}
