/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_mutations [--seed N] [--cases N] [--leaves N] [--only KIND] [--folder DIR]: the runner must
 * fail on cases that are not as the real crates made them. Takes some cases of each kind and
 * changes their values one by one: each change must make the case fail, and so must a field that
 * is left out and one too many. Inputs that may be others with the same result are named below,
 * each with the reason. DIR: the project's own cases by default.
 *
 * Prints one TAP line for each kind, and what was not noticed.
 */
#include <dirent.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vectors/run.h"

enum {
	CASES_DEFAULT = 2,
	LEAVES_DEFAULT = 24,
	PATH_SIZE = 256,
	KINDS_MAX = 256,
	PAYLOAD_MAX = 1 << 16, /* of the cases that are taken: larger ones take too long */
	SHOWN_PER_KIND = 12,
};

/* ---- Which values may change unnoticed. */

struct exempt {
	const char *file, *kind;
	const char *change;  /* a pattern of the value's path and of what is done to it */
	const char *verdict; /* only where this field says no: false, or an error's words */
	const char *why;
};

static const struct exempt exempt[] = {
#include "vectors/exempt.inc"
};

static bool says_no(const json_t *one, const char *field)
{
	const json_t *value = json_object_get(one, field);
	return json_is_false(value) || json_is_string(value);
}

static bool is_exempt(const char *file, const json_t *one, const char *path, const char *how)
{
	const char *kind = json_string_value(json_object_get(one, "kind"));
	char change[2 * PATH_SIZE];
	(void)snprintf(change, sizeof(change), "%s %s", path, how);
	for (size_t i = 0; i < sizeof(exempt) / sizeof(exempt[0]); i++) {
		const struct exempt *e = &exempt[i];
		if (fnmatch(e->file, file, 0) == 0 && strcmp(e->kind, kind) == 0 &&
		    fnmatch(e->change, change, 0) == 0 &&
		    (e->verdict == NULL || says_no(one, e->verdict)))
			return true;
	}
	return false;
}

/* ---- A generator of numbers (SplitMix64), so that a run can be repeated. */

static uint64_t state;

static uint64_t draw(uint64_t below)
{
	uint64_t z = state += 0x9e3779b97f4a7c15;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return (z ^ z >> 31) % below;
}

/* ---- Leaves: values without values inside. */

struct leaf {
	json_t *parent;
	const char *name; /* in an object */
	size_t index;     /* in an array */
	char path[PATH_SIZE];
};

struct leaves {
	struct leaf *items;
	size_t count, room;
};

static void add_leaf(struct leaves *leaves, const struct leaf *leaf)
{
	if (leaves->count == leaves->room) {
		leaves->room = leaves->room > 0 ? 2 * leaves->room : 64;
		leaves->items = realloc(leaves->items, leaves->room * sizeof(leaves->items[0]));
	}
	leaves->items[leaves->count++] = *leaf;
}

static bool is_leaf(const json_t *value)
{
	return json_is_object(value) ? json_object_size(value) == 0
	                             : !json_is_array(value) || json_array_size(value) == 0;
}

static void collect(struct leaves *leaves, json_t *value, const char *path)
{
	struct leaf leaf = {.parent = value};
	const char *name;
	json_t *member;
	json_object_foreach(value, name, member)
	{
		leaf.name = name;
		(void)snprintf(leaf.path, sizeof(leaf.path), "%.100s%s%.100s", path,
		               path[0] != '\0' ? "." : "", name);
		if (is_leaf(member))
			add_leaf(leaves, &leaf);
		else
			collect(leaves, member, leaf.path);
	}
	leaf.name = NULL;
	for (size_t i = 0; i < json_array_size(value); i++) {
		leaf.index = i;
		(void)snprintf(leaf.path, sizeof(leaf.path), "%.200s.%zu", path, i);
		if (is_leaf(json_array_get(value, i)))
			add_leaf(leaves, &leaf);
		else
			collect(leaves, json_array_get(value, i), leaf.path);
	}
}

static json_t *value_at(const struct leaf *leaf)
{
	return leaf->name != NULL ? json_object_get(leaf->parent, leaf->name)
	                          : json_array_get(leaf->parent, leaf->index);
}

static void put(const struct leaf *leaf, json_t *value)
{
	if (leaf->name != NULL)
		(void)json_object_set_new(leaf->parent, leaf->name, value);
	else
		(void)json_array_set_new(leaf->parent, leaf->index, value);
}

/* ---- Mutations. */

static bool consists_of(const char *text, const char *characters)
{
	return text[0] != '\0' && strspn(text, characters) == strlen(text);
}

static bool is_hex(const char *text)
{
	return strlen(text) % 2 == 0 && consists_of(text, "0123456789abcdef");
}

/* Another character of the same class, so that the form stays. */
static char other(char c)
{
	if (c >= '0' && c <= '9')
		return c == '9' ? '8' : (char)(c + 1);
	if (c >= 'a' && c <= 'f')
		return c == 'f' ? 'e' : (char)(c + 1);
	return c == 'x' ? 'y' : 'x';
}

enum how { CHANGE, SHORTEN, LENGTHEN, HOWS };
static const char *const how_names[] = {"changed", "shorter", "longer"};

static json_t *mutated_text(const char *text, enum how how)
{
	const size_t size = strlen(text);
	char *copy = calloc(1, size + 3);
	memcpy(copy, text, size);
	if (how == LENGTHEN || size == 0) {
		memcpy(copy + size, is_hex(text) ? "00" : "x", is_hex(text) ? 2 : 1);
	} else if (how == SHORTEN) {
		copy[size - (is_hex(text) && size > 1 ? 2 : 1)] = '\0';
	} else {
		const size_t at = draw(size);
		copy[at] = (copy[at] & 0x80) != 0 ? copy[at] : other(copy[at]);
		if ((copy[at] & 0x80) != 0)
			copy[size] = 'x';
	}
	json_t *json = json_string(copy);
	free(copy);
	return json;
}

/* NULL where the value cannot be changed so. */
static json_t *mutated(const json_t *value, enum how how)
{
	if (json_is_string(value))
		return mutated_text(json_string_value(value), how);
	if (how != CHANGE)
		return NULL;
	if (json_is_integer(value))
		return json_integer(json_integer_value(value) + 1);
	if (json_is_boolean(value))
		return json_boolean(!json_is_true(value));
	return json_is_null(value) ? json_integer(1) : json_null();
}

/* ---- Trying. */

static size_t tried, unnoticed, shown;

/* The case is `one` as it is now; `as_it_was` says what it said before the change. */
static void try_change(const char *file, const json_t *one, const json_t *as_it_was,
                       const char *path, const char *how)
{
	if (is_exempt(file, as_it_was, path, how))
		return;
	tried++;
	if (run_case(file, one) == RUN_FAILED)
		return;
	unnoticed++;
	if (shown++ < SHOWN_PER_KIND)
		(void)printf("# %s %s: %s %s\n", json_string_value(json_object_get(one, "kind")),
		             json_string_value(json_object_get(one, "id")), path, how);
}

static void try_leaf(const char *file, const json_t *one, const json_t *as_it_was,
                     const struct leaf *leaf)
{
	json_t *kept = json_incref(value_at(leaf));
	for (enum how how = CHANGE; how < HOWS; how++) {
		json_t *value = mutated(kept, how);
		if (value == NULL)
			continue;
		put(leaf, value);
		try_change(file, one, as_it_was, leaf->path, how_names[how]);
	}
	put(leaf, kept);
}

/* The last item of each list is left out. */
static void try_lists(const char *file, const json_t *one, const json_t *as_it_was, json_t *value,
                      const char *path)
{
	const char *name;
	json_t *member;
	json_object_foreach(value, name, member)
	{
		char deeper[PATH_SIZE];
		(void)snprintf(deeper, sizeof(deeper), "%.100s%s%.100s", path,
		               path[0] != '\0' ? "." : "", name);
		const size_t size = json_array_size(member);
		if (size > 0) {
			json_t *last = json_incref(json_array_get(member, size - 1));
			(void)json_array_remove(member, size - 1);
			try_change(file, one, as_it_was, deeper, "cut");
			(void)json_array_append_new(member, last);
		}
		try_lists(file, one, as_it_was, member, deeper);
	}
}

static bool is_for_people(const char *name)
{
	return strcmp(name, "note") == 0 || strcmp(name, "id") == 0 || strcmp(name, "kind") == 0;
}

static void try_fields(const char *file, json_t *one, const json_t *as_it_was)
{
	const char *name;
	json_t *value;
	json_object_foreach((json_t *)as_it_was, name, value)
	{
		if (is_for_people(name))
			continue;
		json_t *kept = json_incref(json_object_get(one, name));
		(void)json_object_del(one, name);
		try_change(file, one, as_it_was, name, "missing");
		(void)json_object_set_new(one, name, kept);
	}
	(void)json_object_set_new(one, "unknown", json_null());
	try_change(file, one, as_it_was, "unknown", "added");
	(void)json_object_del(one, "unknown");
}

/* The leaves, or as many of them as are wanted, each drawn once. */
static void try_case(const char *file, json_t *one, size_t leaves_max)
{
	struct leaves leaves = {0};
	json_t *as_it_was = json_deep_copy(one);
	collect(&leaves, one, "");
	for (size_t i = 0; i < leaves.count && i < leaves_max; i++) {
		const size_t at = i + draw(leaves.count - i);
		const struct leaf leaf = leaves.items[at];
		leaves.items[at] = leaves.items[i];
		leaves.items[i] = leaf;
		if (!is_for_people(leaf.path))
			try_leaf(file, one, as_it_was, &leaf);
	}
	free(leaves.items);
	try_lists(file, one, as_it_was, one, "");
	try_fields(file, one, as_it_was);
	json_decref(as_it_was);
}

/* ---- Choosing. */

static size_t cases_per_kind = CASES_DEFAULT, leaves_per_case = LEAVES_DEFAULT;
static const char *only;
static bool all_good = true;
static size_t kinds_tried;

static bool is_small(const json_t *one)
{
	static const char *const names[] = {"payload", "record_payload", "encrypted_data"};
	size_t size = (size_t)json_integer_value(json_object_get(one, "length"));
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		size += (size_t)json_integer_value(
			json_object_get(json_object_get(one, names[i]), "length"));
	return size <= PAYLOAD_MAX;
}

/* With a stock encoder the runner counts what differs in the encoder's bytes, and passes. */
static bool is_compared(const char *kind)
{
#ifdef AN_BROTLI_AUTONOMI
	(void)kind;
	return true;
#else
	return strcmp(kind, "compress") != 0 && strcmp(kind, "encrypt") != 0 &&
	       strcmp(kind, "stream") != 0;
#endif
}

static bool is_of(const json_t *one, const char *kind)
{
	const char *its = json_string_value(json_object_get(one, "kind"));
	return its != NULL && strcmp(its, kind) == 0;
}

/* Cases of a kind, from a drawn one on, small ones before others. */
static void try_kind(const char *file, const json_t *cases, const char *kind)
{
	size_t done = 0;
	tried = unnoticed = shown = 0;
	const size_t count = json_array_size(cases);
	const size_t start = draw(count);
	for (int large = 0; large < 2 && (done == 0 || !large); large++)
		for (size_t i = 0; i < count && done < (large ? 1 : cases_per_kind); i++) {
			json_t *one = json_array_get(cases, (start + i) % count);
			if (!is_of(one, kind) || (!large && !is_small(one)))
				continue;
			if (run_case(file, one) != RUN_PASSED)
				return; /* deferred */
			try_case(file, one, large ? 2 : leaves_per_case);
			done++;
		}
	(void)printf("%s %zu - %s/%s: %zu of %zu changes noticed\n",
	             unnoticed == 0 ? "ok" : "not ok", ++kinds_tried, file, kind, tried - unnoticed,
	             tried);
	all_good = all_good && unnoticed == 0;
}

static void try_file(const char *path, const char *file)
{
	const char *kinds[KINDS_MAX];
	size_t count = 0;
	json_t *root = json_load_file(path, 0, NULL);
	const json_t *cases = json_object_get(root, "cases");
	for (size_t i = 0; i < json_array_size(cases); i++) {
		const char *kind = json_string_value(
			json_object_get(json_array_get(cases, i), "kind"));
		size_t k = 0;
		while (k < count && strcmp(kinds[k], kind) != 0)
			k++;
		if (k < count || count == KINDS_MAX || !is_compared(kind) ||
		    (only != NULL && strcmp(only, kind) != 0))
			continue;
		kinds[count++] = kind;
		try_kind(file, cases, kind);
	}
	json_decref(root);
}

static void try_folder(const char *folder)
{
	DIR *open = opendir(folder);
	const struct dirent *entry;
	while (open != NULL && (entry = readdir(open)) != NULL) {
		char path[2 * PATH_SIZE], file[PATH_SIZE];
		const size_t size = strlen(entry->d_name);
		if (size <= 5 || strcmp(entry->d_name + size - 5, ".json") != 0)
			continue;
		(void)snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		(void)snprintf(file, sizeof(file), "%.*s", (int)(size - 5), entry->d_name);
		try_file(path, file);
	}
	if (open != NULL)
		(void)closedir(open);
}

int main(int argc, char **argv)
{
	uint64_t seed = 1;
	const char *folder = AN_TESTS_DIR "/vectors";
	for (int i = 1; i + 1 < argc; i += 2) {
		if (strcmp(argv[i], "--seed") == 0)
			seed = strtoull(argv[i + 1], NULL, 10);
		else if (strcmp(argv[i], "--cases") == 0)
			cases_per_kind = strtoull(argv[i + 1], NULL, 10);
		else if (strcmp(argv[i], "--leaves") == 0)
			leaves_per_case = strtoull(argv[i + 1], NULL, 10);
		else if (strcmp(argv[i], "--only") == 0)
			only = argv[i + 1];
		else if (strcmp(argv[i], "--folder") == 0)
			folder = argv[i + 1];
	}
	(void)setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
	(void)printf("# seed %llu\n", (unsigned long long)seed);
	state = seed;
	run_quietly();
	try_folder(folder);
	(void)printf("1..%zu\n", kinds_tried);
	return all_good && kinds_tried > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
