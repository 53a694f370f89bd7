/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "autonomi/transfer.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "autonomi/progress.h"
#include "autonomi/user_files.h"
#include "common/json.h"

enum { COPIES_WANTED = 5, SIZE_TEXT_MAX = 32, WHAT_MAX = 256 };

const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash != NULL ? slash + 1 : path;
}

bool is_directory(const char *path)
{
	struct stat info;
	return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

int upload(struct program *program, uploader *function, const char *path, uint32_t flags,
           printer *print)
{
	char what[WHAT_MAX];
	snprintf(what, sizeof(what), "Uploading %.200s", base_name(path));
	autonomi_op op = 0;
	const autonomi_status status = function(program->node, path, flags, 0, &op);
	if (status != AUTONOMI_OK)
		return refused(program, status, what);
	return finish(program, status, op, what, print, NULL, base_name(path));
}

static int download_from(struct program *program, const uint8_t *source, size_t size,
                         downloader *function, printer *print)
{
	const char *path = program->arguments[1];
	const uint32_t flags = program->replace ? AUTONOMI_DOWNLOAD_REPLACE : 0;
	char what[WHAT_MAX];
	snprintf(what, sizeof(what), "Downloading %.200s", base_name(path));
	autonomi_op op = 0;
	const autonomi_status status = function(program->node, source, size, path, flags, 0, &op);
	if (status != AUTONOMI_OK)
		return refused(program, status, what);
	return finish(program, status, op, what, print, NULL, NULL);
}

int download(struct program *program, downloader *function, printer *print)
{
	uint8_t *source = malloc(DATA_MAP_TEXT_MAX);
	if (source == NULL)
		return refused(program, AUTONOMI_E_NO_MEMORY, "the address cannot be read");
	size_t size = recall_data_map(program->arguments[0], source, DATA_MAP_TEXT_MAX);
	if (size == 0)
		size = read_hexadecimal(program->arguments[0], source, DATA_MAP_TEXT_MAX);
	int code = EXIT_USAGE;
	if (size < AUTONOMI_ADDRESS_SIZE)
		complain("\"%.80s\" is neither an address (64 hexadecimal digits) nor a data map, "
		         "nor the short name of one",
		         program->arguments[0]);
	else
		code = download_from(program, source, size, function, print);
	free(source);
	return code;
}

void remember_upload(const struct program *program, const autonomi_event *event, bool is_archive,
                     const char *name)
{
	const uint32_t files = program->is_public ? AUTONOMI_USER_PUBLIC_FILES
	                                          : AUTONOMI_USER_PRIVATE_FILES;
	const uint32_t archives = program->is_public ? AUTONOMI_USER_FILE_ARCHIVES
	                                             : AUTONOMI_USER_PRIVATE_FILE_ARCHIVES;
	size_t size = 0;
	const uint8_t *key = autonomi_event_data(event, &size);
	if (!remember(is_archive ? archives : files, key, size, name))
		complain("it is stored; \"file list\" alone does not know it");
}

static uint64_t short_name_of(const autonomi_event *event)
{
	uint64_t name = 0;
	size_t size = 0;
	const uint8_t *data_map = autonomi_event_data(event, &size);
	autonomi_private_short_name(data_map, size, &name);
	return name;
}

void print_place(const struct program *program, const autonomi_event *event, const char *noun)
{
	const char *text = autonomi_event_text(event);
	if (program->is_public)
		printf("At address: %s\n", text);
	else
		printf("Data map (keep it: it is the only way back to the %s): %s\n"
		       "Short name on this machine: %" PRIu64 "\n",
		       noun, text, short_name_of(event));
}

void print_amounts(const autonomi_event *event)
{
	autonomi_event_view view;
	char size[SIZE_TEXT_MAX];
	autonomi_event_get_view(event, &view, sizeof(view));
	format_bytes(view.total, size, sizeof(size));
	printf("Size: %s (%" PRIu64 " bytes)\nNumber of chunks: %" PRIu64 "\n", size, view.total,
	       view.count);
	for (uint32_t copies = COPIES_WANTED + 1; copies-- > 0;) {
		const uint64_t chunks = autonomi_event_chunks_with_copies(event, copies);
		if (chunks > 0)
			printf("Chunks with %" PRIu32 " cop%s: %" PRIu64 "\n", copies,
			       copies == 1 ? "y" : "ies", chunks);
	}
}

void print_place_json(const struct program *program, const autonomi_event *event)
{
	printf("{\"%s\":", program->is_public ? "address" : "data_map");
	json_text(stdout, autonomi_event_text(event));
	if (!program->is_public)
		printf(",\"short_name\":\"%" PRIu64 "\"", short_name_of(event));
}

void print_amounts_json(const autonomi_event *event)
{
	autonomi_event_view view;
	autonomi_event_get_view(event, &view, sizeof(view));
	printf(",\"bytes\":%" PRIu64 ",\"chunks\":%" PRIu64 ",\"chunks_with_copies\":[", view.total,
	       view.count);
	for (uint32_t copies = 0; copies <= COPIES_WANTED; copies++)
		printf("%s%" PRIu64, copies > 0 ? "," : "",
		       autonomi_event_chunks_with_copies(event, copies));
	printf("]");
}

void print_traffic_json(struct program *program)
{
	static const char *const names[] = {"bytes_sent", "datagrams_sent", "bytes_received",
	                                    "datagrams_received"};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		uint64_t value = 0;
		autonomi_node_counter(program->node, names[i], &value);
		printf(",\"%s\":%" PRIu64, names[i], value);
	}
}
