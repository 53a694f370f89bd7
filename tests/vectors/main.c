/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vectors [--only KIND] [DIR]: runs every case of every file of DIR (default: the project's own).
 * Prints one line for each file; ends with 1 where a case fails, a kind or field is not known, or a
 * file has no case. Kinds that DEFERRED names are counted apart.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vectors/run.h"

enum { FILES_MAX = 256, LINE_SIZE = 512 };

/* Deferred kinds: lines of `FILE/KIND reason`, where a star is any kind. */
static bool is_deferred(const char *file, const char *kind)
{
	FILE *list = fopen(AN_TESTS_DIR "/vectors/DEFERRED", "r");
	char line[LINE_SIZE];
	char one[LINE_SIZE];
	char all[LINE_SIZE];
	bool found = false;
	(void)snprintf(one, sizeof(one), "%.200s/%.200s ", file, kind);
	(void)snprintf(all, sizeof(all), "%.200s/* ", file);
	while (list != NULL && !found && fgets(line, sizeof(line), list) != NULL)
		found = strncmp(line, one, strlen(one)) == 0 ||
		        strncmp(line, all, strlen(all)) == 0;
	if (list != NULL)
		(void)fclose(list);
	return found;
}

struct counts {
	size_t passed, failed, deferred;
};

static void count_case(const char *file, const json_t *one, struct counts *counts)
{
	switch (run_case(file, one)) {
	case RUN_PASSED:
		counts->passed++;
		break;
	case RUN_FAILED:
		counts->failed++;
		break;
	case RUN_UNKNOWN:
		if (is_deferred(file, json_string_value(json_object_get(one, "kind")))) {
			counts->deferred++;
			break;
		}
		run_show_unknown();
		counts->failed++;
	}
}

static bool is_wanted(const json_t *one, const char *only)
{
	const char *kind = json_string_value(json_object_get(one, "kind"));
	return only == NULL || (kind != NULL && strcmp(only, kind) == 0);
}

/* A file of a form that we do not know is none of ours. */
static bool has_form(const json_t *root)
{
	static const char *const names[] = {"format", "source", "notes", "cases"};
	size_t known = 0;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		known += json_object_get(root, names[i]) != NULL;
	return json_integer_value(json_object_get(root, "format")) == 1 &&
	       json_object_size(root) == known;
}

static size_t cases_seen;

static bool run_file(const char *folder, const char *name, const char *only)
{
	char path[LINE_SIZE];
	char file[LINE_SIZE];
	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	(void)snprintf(file, sizeof(file), "%.*s", (int)(strlen(name) - 5), name);
	struct counts counts = {0};
	json_error_t error;
	json_t *root = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
	if (root == NULL)
		(void)printf("  %s:%d: %s\n", path, error.line, error.text);
	const json_t *cases = json_object_get(root, "cases");
	run_begin_file();
	for (size_t i = 0; i < json_array_size(cases); i++)
		if (is_wanted(json_array_get(cases, i), only))
			count_case(file, json_array_get(cases, i), &counts);
	const size_t all = counts.passed + counts.failed + counts.deferred;
	const bool good = counts.failed == 0 && (only != NULL || all > 0) && has_form(root);
	cases_seen += all;
	if (all > 0 || !good)
		(void)printf("%s %s: %zu passed, %zu failed, %zu deferred\n",
		             good ? "ok    " : "FAILED", name, counts.passed, counts.failed,
		             counts.deferred);
	json_decref(root);
	return good;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static size_t list_files(const char *folder, char *names[FILES_MAX])
{
	DIR *open = opendir(folder);
	size_t count = 0;
	const struct dirent *entry;
	while (open != NULL && count < FILES_MAX && (entry = readdir(open)) != NULL) {
		const size_t size = strlen(entry->d_name);
		if (size > 5 && strcmp(entry->d_name + size - 5, ".json") == 0)
			names[count++] = strdup(entry->d_name);
	}
	if (open != NULL)
		(void)closedir(open);
	qsort(names, count, sizeof(names[0]), by_name);
	return count;
}

int main(int argc, char **argv)
{
	(void)setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
	const char *only = NULL;
	const char *folder = AN_TESTS_DIR "/vectors";
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--only") == 0 && i + 1 < argc)
			only = argv[++i];
		else
			folder = argv[i];
	}
	char *names[FILES_MAX];
	const size_t count = list_files(folder, names);
	bool good = count > 0;
	if (count == 0)
		(void)printf("no files in %s\n", folder);
	for (size_t i = 0; i < count; i++) {
		good = run_file(folder, names[i], only) && good;
		free(names[i]);
	}
	if (run_other_encoder() > 0)
		(void)printf("stock brotli encoder: %zu values differ from Autonomi's\n",
		             run_other_encoder());
	if (cases_seen == 0)
		(void)printf("no cases\n");
	return good && cases_seen > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
