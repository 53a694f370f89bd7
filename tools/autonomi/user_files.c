/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "autonomi/user_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "autonomi/owner.h"
#include "common/json.h"
#include "common/utf8.h"

enum {
	PATH_SIZE = 4096,
	PART_ENDING = 32, /* bytes of ".PID.part" */
	FOLDER_SIZE = PATH_SIZE - 300,
	TEXT_MAX = 1 << 20,
	ADDRESS_TEXT = 2 * AUTONOMI_ADDRESS_MAX + 1,
	SHORT_NAME_MAX = 20, /* digits */
};

static const struct list {
	const char *folder;
	size_t key_size; /* of an address; 0: it is a data map */
	const char *noun;
} lists[] = {
	[AUTONOMI_USER_FILE_ARCHIVES] = {"file_archives", AUTONOMI_NAME_SIZE, "public archive"},
	[AUTONOMI_USER_PRIVATE_FILE_ARCHIVES] = {"private_file_archives", 0, "private archive"},
	[AUTONOMI_USER_REGISTERS] = {"registers", AUTONOMI_PUBLIC_KEY_SIZE, "register"},
	[AUTONOMI_USER_PUBLIC_FILES] = {"public_files", AUTONOMI_NAME_SIZE, "public file"},
	[AUTONOMI_USER_PRIVATE_FILES] = {"private_files", 0, "private file"},
	[REMEMBERED_POINTERS] = {"pointers", AUTONOMI_PUBLIC_KEY_SIZE, "pointer"},
	[REMEMBERED_SCRATCHPADS] = {"scratchpads", AUTONOMI_PUBLIC_KEY_SIZE, "scratchpad"},
};

static bool folder_of(uint32_t list, char *path, size_t size)
{
	char name[64];
	snprintf(name, sizeof(name), "client/user_data/%s", lists[list].folder);
	return data_directory(name, path, size);
}

/* ---- Files. */
static bool cannot(const char *what, const char *path)
{
	complain("%s cannot be %s: %s", path, what, strerror(errno));
	return false;
}

/* Writes a file anew: under another name first, so that it is never there in part. Two processes may
 * write the same one. */
static bool write_file(const char *path, const char *head, const char *text)
{
	char part[PATH_SIZE + PART_ENDING];
	snprintf(part, sizeof(part), "%s.%ld.part", path, (long)getpid());
	const int number = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	FILE *file = number >= 0 ? fdopen(number, "w") : NULL;
	if (file == NULL) {
		if (number >= 0)
			close(number);
		return cannot("written", path);
	}
	bool done = fputs(head, file) >= 0 && fputs(text, file) >= 0 && fflush(file) == 0 &&
	            fsync(number) == 0;
	done = fclose(file) == 0 && done;
	if (done && rename(part, path) == 0)
		return true;
	cannot("written", path);
	unlink(part);
	return false;
}

/* A text with a final zero, to be freed; NULL where there is none, or it is too long. */
static char *read_file(const char *path)
{
	FILE *file = fopen(path, "re");
	if (file == NULL)
		return NULL;
	char *text = malloc(TEXT_MAX + 1);
	size_t size = text != NULL ? fread(text, 1, TEXT_MAX + 1, file) : 0;
	fclose(file);
	if (size > TEXT_MAX) {
		free(text);
		return NULL;
	}
	if (text != NULL)
		text[size] = '\0';
	return text;
}

/* ---- Items. */
static bool remember_address(const char *folder, const uint8_t *key, size_t key_size,
                             const char *name)
{
	char path[PATH_SIZE], text[ADDRESS_TEXT];
	if (autonomi_hex_encode(key, key_size, text, sizeof(text)) != AUTONOMI_OK)
		return false;
	snprintf(path, sizeof(path), "%s/%s", folder, text);
	return write_file(path, "", name);
}

static bool remember_data_map(const char *folder, const uint8_t *key, size_t key_size,
                              const char *name)
{
	char path[PATH_SIZE];
	uint64_t number = 0;
	const size_t size = 2 * key_size + 1;
	char *text = malloc(size + 1);
	bool done = text != NULL && autonomi_hex_encode(key, key_size, text, size) == AUTONOMI_OK &&
	            autonomi_private_short_name(key, key_size, &number) == AUTONOMI_OK;
	if (done) {
		snprintf(path, sizeof(path), "%s/%" PRIu64, folder, number);
		memcpy(text + size - 1, "\n", 2);
		done = write_file(path, text, name);
	} else {
		complain("out of memory");
	}
	free(text);
	return done;
}

bool remember(uint32_t list, const uint8_t *key, size_t key_size, const char *name)
{
	char folder[FOLDER_SIZE];
	if (!folder_of(list, folder, sizeof(folder)))
		return false;
	return lists[list].key_size > 0 ? remember_address(folder, key, key_size, name)
	                                : remember_data_map(folder, key, key_size, name);
}

bool recall_register(const uint8_t *address, char *name, size_t name_size)
{
	char folder[FOLDER_SIZE], path[PATH_SIZE], text[ADDRESS_TEXT];
	if (!folder_of(AUTONOMI_USER_REGISTERS, folder, sizeof(folder)) ||
	    autonomi_hex_encode(address, AUTONOMI_PUBLIC_KEY_SIZE, text, sizeof(text)) !=
	            AUTONOMI_OK)
		return false;
	snprintf(path, sizeof(path), "%s/%s", folder, text);
	char *content = read_file(path);
	const bool fits = content != NULL && strlen(content) < name_size;
	if (fits)
		memcpy(name, content, strlen(content) + 1);
	free(content);
	return fits;
}

/* ---- Lists. */

/* Takes one item, of which `text` may be changed. False where it is none. */
typedef bool visitor(void *context, uint32_t list, const char *file, char *text);

static void visit_item(uint32_t list, const char *folder, const char *file, visitor *visit,
                       void *context)
{
	char path[PATH_SIZE];
	snprintf(path, sizeof(path), "%s/%s", folder, file);
	char *text = read_file(path);
	if (text == NULL || !visit(context, list, file, text))
		complain("%s is passed over, for it is no file of this program", path);
	free(text);
}

static int is_item(const struct dirent *entry)
{
	const char *end = strrchr(entry->d_name, '.');
	return entry->d_name[0] != '.' && (end == NULL || strcmp(end, ".part") != 0);
}

static bool visit_list(uint32_t list, visitor *visit, void *context)
{
	char folder[FOLDER_SIZE];
	struct dirent **entries = NULL;
	if (!folder_of(list, folder, sizeof(folder)))
		return false;
	const int count = scandir(folder, &entries, is_item, alphasort);
	if (count < 0)
		return cannot("read", folder);
	for (int i = 0; i < count; i++) {
		visit_item(list, folder, entries[i]->d_name, visit, context);
		free(entries[i]);
	}
	free(entries);
	return true;
}

struct printing {
	FILE *stream;
	bool json, with_noun;
	size_t count; /* of this list */
};

static bool is_item_of(uint32_t list, const char *file, char *text, const char **ret_name)
{
	uint8_t key[AUTONOMI_ADDRESS_MAX];
	*ret_name = text;
	if (lists[list].key_size > 0)
		return read_hexadecimal(file, key, sizeof(key)) == lists[list].key_size;
	char *end = strchr(text, '\n');
	if (end != NULL)
		*ret_name = end + 1;
	return end != NULL;
}

static bool print_item(void *context, uint32_t list, const char *file, char *text)
{
	struct printing *printing = context;
	const char *name = NULL;
	if (!is_item_of(list, file, text, &name))
		return false;
	if (printing->json) {
		fputs(printing->count > 0 ? ",{\"name\":" : "{\"name\":", printing->stream);
		json_text(printing->stream, name);
		fprintf(printing->stream, ",\"%s\":\"%s\"}",
		        lists[list].key_size > 0 ? "address" : "short_name", file);
	} else if (printing->with_noun) {
		fprintf(printing->stream, "%s %s: %s\n", lists[list].noun, name, file);
	} else {
		fprintf(printing->stream, "%s: %s\n", name, file);
	}
	printing->count++;
	return true;
}

static bool print_lists(FILE *stream, bool json, const uint32_t *wanted, size_t count)
{
	bool done = true;
	for (size_t i = 0; i < count && done; i++) {
		struct printing printing = {.stream = stream, .json = json, .with_noun = count > 1};
		if (json)
			fprintf(stream, "%s\"%s\":[", i > 0 ? "," : "{", lists[wanted[i]].folder);
		done = visit_list(wanted[i], print_item, &printing);
		if (json)
			fputs("]", stream);
	}
	if (json)
		fputs("}\n", stream);
	return done;
}

/* Printed as a whole, or not at all: half an object would be none. */
int list_remembered(const struct program *program, const uint32_t *wanted, size_t count)
{
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);
	bool done = stream != NULL && print_lists(stream, program->json, wanted, count);
	if (stream == NULL || fclose(stream) != 0) {
		complain("out of memory");
		done = false;
	}
	if (done)
		fwrite(text, 1, size, stdout);
	free(text);
	return done ? EXIT_DONE : EXIT_LOCAL;
}

/* ---- Data maps by their short names. */
static size_t data_map_in(uint32_t list, const char *short_name, uint8_t *data_map, size_t capacity)
{
	char folder[FOLDER_SIZE], path[PATH_SIZE];
	if (!folder_of(list, folder, sizeof(folder)))
		return 0;
	snprintf(path, sizeof(path), "%s/%s", folder, short_name);
	char *text = read_file(path);
	char *end = text != NULL ? strchr(text, '\n') : NULL;
	size_t size = 0;
	if (end != NULL) {
		*end = '\0';
		size = read_hexadecimal(text, data_map, capacity);
	}
	free(text);
	return size;
}

size_t recall_data_map(const char *short_name, uint8_t *data_map, size_t capacity)
{
	const size_t digits = strspn(short_name, "0123456789");
	if (digits == 0 || digits > SHORT_NAME_MAX || short_name[digits] != '\0')
		return 0;
	const size_t size = data_map_in(AUTONOMI_USER_PRIVATE_FILES, short_name, data_map,
	                                capacity);
	return size > 0 ? size
	                : data_map_in(AUTONOMI_USER_PRIVATE_FILE_ARCHIVES, short_name, data_map,
	                              capacity);
}

/* ---- What vaults know. */

/* In a vault names are UTF-8; what is none in the name of a file becomes "?". */
static const char *as_utf8(char *name)
{
	for (size_t size = 0, at = 0; name[at] != '\0'; at += size) {
		size = utf8_character_size(name + at);
		if (size > 0)
			continue;
		name[at] = '?';
		size = 1;
	}
	return name;
}

static bool add_data_map(autonomi_user_data *data, uint32_t list, char *text)
{
	char *end = strchr(text, '\n');
	if (end == NULL)
		return false;
	*end = '\0';
	uint8_t *map = malloc(strlen(text) / 2 + 1);
	const size_t size = map != NULL ? read_hexadecimal(text, map, strlen(text) / 2) : 0;
	const bool done = size > 0 && autonomi_user_data_add(data, list, map, size,
	                                                     as_utf8(end + 1)) == AUTONOMI_OK;
	free(map);
	return done;
}

static bool add_item(void *context, uint32_t list, const char *file, char *text)
{
	autonomi_user_data *data = context;
	uint8_t key[AUTONOMI_ADDRESS_MAX];
	if (lists[list].key_size == 0)
		return add_data_map(data, list, text);
	const size_t size = read_hexadecimal(file, key, sizeof(key));
	return size == lists[list].key_size &&
	       autonomi_user_data_add(data, list, key, size, as_utf8(text)) == AUTONOMI_OK;
}

static const struct {
	const struct owner_kind *kind;
	uint32_t which;
} keys[] = {
	{&owner_of_registers, AUTONOMI_USER_REGISTER_KEY},
	{&owner_of_scratchpads, AUTONOMI_USER_SCRATCHPAD_KEY},
	{&owner_of_pointers, AUTONOMI_USER_POINTER_KEY},
};

enum { KEYS = sizeof(keys) / sizeof(keys[0]) };

static void read_keys(autonomi_user_data *data)
{
	char text[OWNER_KEY_TEXT_SIZE];
	for (size_t i = 0; i < KEYS; i++) {
		if (find_owner_key(keys[i].kind, text))
			autonomi_user_data_set_key(data, keys[i].which, text);
	}
	wipe(text, sizeof(text));
}

autonomi_user_data *read_user_data(void)
{
	autonomi_user_data *data = autonomi_user_data_new();
	if (data == NULL) {
		complain("out of memory");
		return NULL;
	}
	bool done = true;
	for (uint32_t list = 0; list < VAULT_LISTS && done; list++)
		done = visit_list(list, add_item, data);
	if (!done)
		return autonomi_user_data_free(data);
	read_keys(data);
	return data;
}

static bool write_keys(const autonomi_user_data *data)
{
	char text[OWNER_KEY_TEXT_SIZE];
	bool done = true;
	for (size_t i = 0; i < KEYS; i++) {
		const char *key = autonomi_user_data_key(data, keys[i].which);
		if (key == NULL)
			continue;
		if (!find_owner_key(keys[i].kind, text))
			done = keep_owner_key(keys[i].kind, key) && done;
	}
	wipe(text, sizeof(text));
	return done;
}

bool write_user_data(const autonomi_user_data *data)
{
	bool done = write_keys(data);
	for (uint32_t list = 0; list < VAULT_LISTS; list++) {
		for (size_t i = 0; i < autonomi_user_data_count(data, list); i++) {
			autonomi_user_item_view item;
			autonomi_user_data_at(data, list, i, &item, sizeof(item));
			done = remember(list, item.key, item.key_size, item.name) && done;
		}
	}
	return done;
}
