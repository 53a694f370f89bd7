/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "autonomi/owner.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	PATH_MAX_SIZE = 4096,
	SECRET_TEXT = OWNER_KEY_TEXT_SIZE - 1,
	PUBLIC_TEXT = 2 * AUTONOMI_PUBLIC_KEY_SIZE,
};

const struct owner_kind owner_of_pointers = {"pointer", "POINTER_SIGNING_KEY",
                                             "pointer_signing_key"};
const struct owner_kind owner_of_scratchpads = {"scratchpad", "SCRATCHPAD_SIGNING_KEY",
                                                "scratchpad_signing_key"};
const struct owner_kind owner_of_graphs = {"graph", "GRAPH_SIGNING_KEY", "graph_signing_key"};
const struct owner_kind owner_of_registers = {"register", "REGISTER_SIGNING_KEY",
                                              "register_signing_key"};

void wipe(void *bytes, size_t size)
{
	volatile uint8_t *byte = bytes;
	while (size-- > 0)
		*byte++ = 0;
}

static bool path_of(const struct owner_kind *kind, char *path, size_t size)
{
	char folder[PATH_MAX_SIZE - 64];
	if (!data_directory("client", folder, sizeof(folder)))
		return false;
	snprintf(path, size, "%s/%s", folder, kind->file);
	return true;
}

/* ---- The general key. */
static int write_key(const char *path, const char *text, bool overwrite)
{
	const int flags = O_WRONLY | O_CREAT | O_CLOEXEC | (overwrite ? O_TRUNC : O_EXCL);
	const int file = open(path, flags, 0600);
	if (file < 0 && errno == EEXIST) {
		complain("%s is there already; --overwrite replaces it, and with it the way to "
		         "change what it owns",
		         path);
		return EXIT_LOCAL;
	}
	const bool done = file >= 0 && write(file, text, SECRET_TEXT) == SECRET_TEXT &&
	                  fsync(file) == 0;
	const int error = errno;
	if (file >= 0)
		close(file);
	if (!done)
		complain("the key cannot be written to %s: %s", path, strerror(error));
	return done ? EXIT_DONE : EXIT_LOCAL;
}

int generate_owner_key(struct program *program, const struct owner_kind *kind)
{
	char path[PATH_MAX_SIZE], text[SECRET_TEXT + 1];
	uint8_t secret[AUTONOMI_SECRET_KEY_SIZE];
	if (!path_of(kind, path, sizeof(path)))
		return EXIT_LOCAL;
	const autonomi_status status = autonomi_bls_secret_generate(NULL, secret);
	if (status != AUTONOMI_OK)
		return refused(program, status, "no key can be made");
	autonomi_hex_encode(secret, sizeof(secret), text, sizeof(text));
	const int code = write_key(path, text, program->overwrite);
	if (code == EXIT_DONE && program->json)
		printf("{\"written\":true}\n");
	else if (code == EXIT_DONE)
		printf("The %s key is in %s. Keep it: nothing else can change what it owns.\n",
		       kind->noun, path);
	wipe(secret, sizeof(secret));
	wipe(text, sizeof(text));
	return code;
}

static bool read_file_key(const struct owner_kind *kind, char text[OWNER_KEY_TEXT_SIZE])
{
	char path[PATH_MAX_SIZE];
	if (!path_of(kind, path, sizeof(path)))
		return false;
	FILE *file = fopen(path, "re");
	if (file == NULL)
		return false;
	/* Or the key would stay in the stream's memory. */
	setvbuf(file, NULL, _IONBF, 0);
	text[fread(text, 1, SECRET_TEXT, file)] = '\0';
	fclose(file);
	return true;
}

bool find_owner_key(const struct owner_kind *kind, char text[OWNER_KEY_TEXT_SIZE])
{
	const char *given = getenv(kind->variable);
	if (given == NULL || given[0] == '\0')
		return read_file_key(kind, text);
	/* Longer than a key is no key, cut or not. */
	snprintf(text, OWNER_KEY_TEXT_SIZE, "%s", strlen(given) == SECRET_TEXT ? given : "-");
	return true;
}

bool keep_owner_key(const struct owner_kind *kind, const char *text)
{
	char path[PATH_MAX_SIZE];
	if (strlen(text) != SECRET_TEXT) {
		complain("the %s key that was stored is no key", kind->noun);
		return false;
	}
	return path_of(kind, path, sizeof(path)) && write_key(path, text, false) == EXIT_DONE;
}

static bool read_general_key(const struct owner_kind *kind,
                             uint8_t secret[AUTONOMI_SECRET_KEY_SIZE], int *ret_code)
{
	char text[OWNER_KEY_TEXT_SIZE];
	*ret_code = EXIT_LOCAL;
	if (!find_owner_key(kind, text)) {
		complain("there is no %s key: run \"autonomi %s generate-key\", or set %s",
		         kind->noun, kind->noun, kind->variable);
		return false;
	}
	const autonomi_status status = autonomi_bls_secret_from_hex(text, secret);
	wipe(text, sizeof(text));
	if (status == AUTONOMI_OK)
		return true;
	*ret_code = EXIT_USAGE;
	complain("the %s key is no secret key: 64 hexadecimal digits are needed", kind->noun);
	return false;
}

/* ---- The keys of names. */
static bool derive(const char *name, uint8_t secret[AUTONOMI_SECRET_KEY_SIZE])
{
	uint8_t index[AUTONOMI_NAME_SIZE], child[AUTONOMI_SECRET_KEY_SIZE];
	const bool done = autonomi_content_hash((const uint8_t *)name, strlen(name), index) ==
	                          AUTONOMI_OK &&
	                  autonomi_bls_derive_secret(secret, index, sizeof(index), child) ==
	                          AUTONOMI_OK;
	if (done)
		memcpy(secret, child, sizeof(child));
	wipe(child, sizeof(child));
	return done;
}

bool read_owner_secret(struct program *program, const struct owner_kind *kind, const char *name,
                       uint8_t secret[AUTONOMI_SECRET_KEY_SIZE], int *ret_code)
{
	if (program->is_secret_key) {
		*ret_code = EXIT_USAGE;
		if (autonomi_bls_secret_from_hex(name, secret) == AUTONOMI_OK)
			return true;
		complain("with --secret-key the name is a key: 64 hexadecimal digits are needed");
		return false;
	}
	if (!read_general_key(kind, secret, ret_code))
		return false;
	if (derive(name, secret))
		return true;
	wipe(secret, AUTONOMI_SECRET_KEY_SIZE);
	*ret_code = EXIT_GENERAL;
	complain("no key can be derived for \"%.80s\"", name);
	return false;
}

bool read_owner_public(struct program *program, const struct owner_kind *kind, const char *name,
                       uint8_t public_key[AUTONOMI_PUBLIC_KEY_SIZE], int *ret_code)
{
	if (!program->is_name && strlen(name) == PUBLIC_TEXT &&
	    autonomi_bls_public_from_hex(name, public_key) == AUTONOMI_OK)
		return true;
	uint8_t secret[AUTONOMI_SECRET_KEY_SIZE];
	if (!read_owner_secret(program, kind, name, secret, ret_code))
		return false;
	autonomi_bls_public_key(secret, public_key);
	wipe(secret, sizeof(secret));
	return true;
}

int share_owner_key(struct program *program, const struct owner_kind *kind)
{
	uint8_t secret[AUTONOMI_SECRET_KEY_SIZE];
	char text[SECRET_TEXT + 1];
	int code = EXIT_DONE;
	if (!read_owner_secret(program, kind, program->arguments[0], secret, &code))
		return code;
	autonomi_hex_encode(secret, sizeof(secret), text, sizeof(text));
	printf(program->json ? "{\"secret_key\":\"%s\"}\n" : "Secret key: %s\n", text);
	wipe(secret, sizeof(secret));
	wipe(text, sizeof(text));
	return EXIT_DONE;
}
