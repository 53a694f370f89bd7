/* SPDX-License-Identifier: GPL-3.0-or-later */
/* autonomi file upload, autonomi file download. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "autonomi/command.h"
#include "autonomi/progress.h"
#include "common/json.h"

enum { COPIES_WANTED = 5, WHAT_MAX = 256, SIZE_TEXT_MAX = 32 };

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash != NULL ? slash + 1 : path;
}

/* What the client sent and received until now: members of a JSON object. */
static void print_traffic(struct program *program)
{
	static const char *const names[] = {"bytes_sent", "datagrams_sent", "bytes_received",
	                                    "datagrams_received"};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		uint64_t value = 0;
		autonomi_node_counter(program->node, names[i], &value);
		printf(",\"%s\":%" PRIu64, names[i], value);
	}
}

static void print_upload(struct program *program, const autonomi_event *event)
{
	autonomi_event_view view;
	char size[SIZE_TEXT_MAX];
	autonomi_event_get_view(event, &view, sizeof(view));
	format_bytes(view.total, size, sizeof(size));
	if (program->is_public)
		printf("At address: %s\n", view.text);
	else
		printf("Data map (keep it: it is the only way back to the file): %s\n", view.text);
	printf("Size: %s (%" PRIu64 " bytes)\nNumber of chunks: %" PRIu64 "\n", size, view.total,
	       view.count);
	for (uint32_t copies = COPIES_WANTED + 1; copies-- > 0;) {
		const uint64_t chunks = autonomi_event_chunks_with_copies(event, copies);
		if (chunks > 0)
			printf("Chunks with %" PRIu32 " cop%s: %" PRIu64 "\n", copies,
			       copies == 1 ? "y" : "ies", chunks);
	}
}

static void print_upload_json(struct program *program, const autonomi_event *event)
{
	autonomi_event_view view;
	autonomi_event_get_view(event, &view, sizeof(view));
	printf("{\"%s\":", program->is_public ? "address" : "data_map");
	json_text(stdout, view.text);
	printf(",\"bytes\":%" PRIu64 ",\"chunks\":%" PRIu64 ",\"chunks_with_copies\":[", view.total,
	       view.count);
	for (uint32_t copies = 0; copies <= COPIES_WANTED; copies++)
		printf("%s%" PRIu64, copies > 0 ? "," : "",
		       autonomi_event_chunks_with_copies(event, copies));
	printf("]");
	print_traffic(program);
	printf("}\n");
}

int run_file_upload(struct program *program)
{
	const char *path = program->arguments[0];
	char what[WHAT_MAX];
	snprintf(what, sizeof(what), "Uploading %s", base_name(path));
	autonomi_op op = 0;
	const autonomi_status status = autonomi_file_upload(
		program->node, path, program->is_public ? AUTONOMI_UPLOAD_PUBLIC : 0, 0, &op);
	if (status != AUTONOMI_OK)
		return refused(program, status, what);
	autonomi_event *event = NULL;
	if (!follow(program, op, what, &event))
		return EXIT_GENERAL;
	int code = EXIT_DONE;
	if (autonomi_event_status(event) < 0)
		code = failed(program, event);
	else if (program->json)
		print_upload_json(program, event);
	else
		print_upload(program, event);
	autonomi_event_free(event);
	return code;
}

static int download(struct program *program, const uint8_t *source, size_t source_size)
{
	const char *path = program->arguments[1];
	char what[WHAT_MAX];
	snprintf(what, sizeof(what), "Downloading %s", base_name(path));
	autonomi_op op = 0;
	const autonomi_status status = autonomi_file_download(
		program->node, source, source_size, path,
		program->replace ? AUTONOMI_DOWNLOAD_REPLACE : 0, 0, &op);
	if (status != AUTONOMI_OK)
		return refused(program, status, what);
	autonomi_event *event = NULL;
	if (!follow(program, op, what, &event))
		return EXIT_GENERAL;
	int code = EXIT_DONE;
	if (autonomi_event_status(event) < 0) {
		code = failed(program, event);
	} else if (program->json) {
		printf("{\"path\":");
		json_text(stdout, path);
		printf(",\"bytes\":%" PRIu64, autonomi_event_count(event));
		print_traffic(program);
		printf("}\n");
	} else {
		printf("Saved %s (%" PRIu64 " bytes)\n", path, autonomi_event_count(event));
	}
	autonomi_event_free(event);
	return code;
}

int run_file_download(struct program *program)
{
	uint8_t *source = malloc(DATA_MAP_TEXT_MAX);
	if (source == NULL)
		return refused(program, AUTONOMI_E_NO_MEMORY, "the address cannot be read");
	const size_t size = read_hexadecimal(program->arguments[0], source, DATA_MAP_TEXT_MAX);
	int code = EXIT_USAGE;
	if (size < AUTONOMI_ADDRESS_SIZE)
		complain("\"%.80s\" is neither an address (64 hexadecimal digits) nor a data map",
		         program->arguments[0]);
	else
		code = download(program, source, size);
	free(source);
	return code;
}
