/* SPDX-License-Identifier: GPL-3.0-or-later */
/* autonomi dir upload, autonomi dir download. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "autonomi/transfer.h"
#include "common/json.h"

enum { FOLDER_MAX = 4096 };

/* The path with a name at its end, which becomes part of the archive: "." and ".." have one too. */
static bool name_folder(const char *given, char folder[FOLDER_MAX])
{
	size_t size = strlen(given);
	while (size > 1 && given[size - 1] == '/')
		size--;
	snprintf(folder, FOLDER_MAX, "%.*s", size < FOLDER_MAX ? (int)size : 0, given);
	const char *name = base_name(folder);
	if (strcmp(name, ".") != 0 && strcmp(name, "..") != 0)
		return true;
	char *whole = realpath(folder, NULL);
	if (whole == NULL || strlen(whole) >= FOLDER_MAX) {
		complain("the directory %s cannot be read: %s", given, strerror(errno));
		free(whole);
		return false;
	}
	snprintf(folder, FOLDER_MAX, "%s", whole);
	free(whole);
	return true;
}

/* ---- A list that was not stored. */
static void print_entry(const struct program *program, const autonomi_archive_view *entry)
{
	if (!program->json) {
		print_hexadecimal(entry->data, entry->data_size);
		printf("  %s\n", entry->path);
		return;
	}
	printf("{\"path\":");
	json_text(stdout, entry->path);
	printf(",\"%s\":\"", program->is_public ? "address" : "data_map");
	print_hexadecimal(entry->data, entry->data_size);
	printf("\",\"bytes\":%" PRIu64 "}", entry->size);
}

static void print_entries(const struct program *program, const autonomi_event *event)
{
	size_t size = 0;
	const uint8_t *bytes = autonomi_event_data(event, &size);
	autonomi_archive *archive = NULL;
	autonomi_archive_view entry;
	autonomi_archive_decode(program->is_public ? AUTONOMI_ARCHIVE_PUBLIC
	                                           : AUTONOMI_ARCHIVE_PRIVATE,
	                        bytes, size, &archive);
	for (size_t i = 0; i < autonomi_archive_count(archive); i++) {
		if (program->json && i > 0)
			printf(",");
		if (autonomi_archive_at(archive, i, &entry, sizeof(entry)) == AUTONOMI_OK)
			print_entry(program, &entry);
	}
	autonomi_archive_free(archive);
}

/* ---- Upload. */
static void print_archive(struct program *program, const autonomi_event *event)
{
	if (program->no_archive)
		print_entries(program, event);
	else
		print_place(program, event, "directory");
	printf("Number of files: %" PRIu64 "\n", autonomi_event_files(event));
	if (autonomi_event_skipped(event) > 0)
		printf("Left out: %" PRIu64 "\n", autonomi_event_skipped(event));
	print_amounts(event);
}

static void print_archive_json(struct program *program, const autonomi_event *event)
{
	if (program->no_archive) {
		printf("{\"entries\":[");
		print_entries(program, event);
		printf("]");
	} else {
		print_place_json(program, event);
	}
	printf(",\"files\":%" PRIu64 ",\"skipped\":%" PRIu64, autonomi_event_files(event),
	       autonomi_event_skipped(event));
	print_amounts_json(event);
	print_traffic_json(program);
	printf("}\n");
}

static void print_upload(struct program *program, const autonomi_event *event, const void *name)
{
	if (!program->no_archive)
		remember_upload(program, event, true, name);
	if (program->json)
		print_archive_json(program, event);
	else
		print_archive(program, event);
}

int run_directory_upload(struct program *program)
{
	char folder[FOLDER_MAX];
	struct stat info;
	if (stat(program->arguments[0], &info) == 0 && !S_ISDIR(info.st_mode))
		return refused_with(program, AUTONOMI_E_UNSUPPORTED,
		                    "what is given is no directory; store a file with file upload");
	if (!name_folder(program->arguments[0], folder))
		return EXIT_LOCAL;
	const uint32_t flags = (program->is_public ? (uint32_t)AUTONOMI_UPLOAD_PUBLIC : 0) |
	                       (program->skips ? (uint32_t)AUTONOMI_UPLOAD_SKIP : 0) |
	                       (program->no_archive ? (uint32_t)AUTONOMI_UPLOAD_NO_ARCHIVE : 0);
	return upload(program, autonomi_directory_upload, folder, flags, print_upload);
}

/* ---- Download. */
static void print_download(struct program *program, const autonomi_event *event,
                           const void *context)
{
	const char *path = program->arguments[1];
	(void)context;
	if (!program->json) {
		printf("Saved %" PRIu64 " files to %s (%" PRIu64 " bytes)\n",
		       autonomi_event_files(event), path, autonomi_event_count(event));
		return;
	}
	printf("{\"path\":");
	json_text(stdout, path);
	printf(",\"files\":%" PRIu64 ",\"bytes\":%" PRIu64, autonomi_event_files(event),
	       autonomi_event_count(event));
	print_traffic_json(program);
	printf("}\n");
}

int run_directory_download(struct program *program)
{
	return download(program, autonomi_directory_download, print_download);
}
