/* SPDX-License-Identifier: GPL-3.0-or-later */
/* autonomi file upload, autonomi file download. */
#include <inttypes.h>
#include <stdio.h>

#include "autonomi/transfer.h"
#include "autonomi/user_files.h"
#include "common/json.h"

static void print_upload(struct program *program, const autonomi_event *event, const void *name)
{
	remember_upload(program, event, false, name);
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
	if (is_directory(path))
		return run_directory_upload(program);
	return upload(program, autonomi_file_upload, path,
	              program->is_public ? AUTONOMI_UPLOAD_PUBLIC : 0, print_upload);
}

static void print_download(struct program *program, const autonomi_event *event,
                           const void *context)
{
	const char *path = program->arguments[1];
	(void)context;
	if (!program->json) {
		printf("Saved %s (%" PRIu64 " bytes)\n", path, autonomi_event_count(event));
		return;
	}
	printf("{\"path\":");
	json_text(stdout, path);
	printf(",\"bytes\":%" PRIu64, autonomi_event_count(event));
	print_traffic_json(program);
	printf("}\n");
}

int run_file_download(struct program *program)
{
	return download(program, autonomi_file_download, print_download);
}

int run_file_list(struct program *program)
{
	static const uint32_t lists[] = {AUTONOMI_USER_PUBLIC_FILES, AUTONOMI_USER_PRIVATE_FILES,
	                                 AUTONOMI_USER_FILE_ARCHIVES,
	                                 AUTONOMI_USER_PRIVATE_FILE_ARCHIVES};
	return list_remembered(program, lists, sizeof(lists) / sizeof(lists[0]));
}
