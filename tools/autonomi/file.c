/* SPDX-License-Identifier: GPL-3.0-or-later */
/* autonomi file upload, autonomi file download. */
#include <inttypes.h>
#include <stdio.h>

#include "autonomi/transfer.h"
#include "autonomi/user_files.h"
#include "common/json.h"

enum { WHAT_MAX = 256 };

static void print_upload(struct program *program, const autonomi_event *event)
{
	remember_upload(program, event, false, base_name(program->arguments[0]));
	if (program->json) {
		print_place_json(program, event);
		print_amounts_json(event);
		print_traffic_json(program);
		printf("}\n");
	} else {
		print_place(program, event, "file");
		print_amounts(event);
	}
}

int run_file_upload(struct program *program)
{
	const char *path = program->arguments[0];
	char what[WHAT_MAX];
	if (is_directory(path))
		return run_directory_upload(program);
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
		print_traffic_json(program);
		printf("}\n");
	} else {
		printf("Saved %s (%" PRIu64 " bytes)\n", path, autonomi_event_count(event));
	}
	autonomi_event_free(event);
	return code;
}

int run_file_download(struct program *program)
{
	return with_source(program, download);
}

int run_file_list(struct program *program)
{
	static const uint32_t lists[] = {AUTONOMI_USER_PUBLIC_FILES, AUTONOMI_USER_PRIVATE_FILES,
	                                 AUTONOMI_USER_FILE_ARCHIVES,
	                                 AUTONOMI_USER_PRIVATE_FILE_ARCHIVES};
	return list_remembered(program, lists, sizeof(lists) / sizeof(lists[0]));
}
