/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client/directory_files.h"

static struct an_directory_active *free_place(struct an_directory_files *files)
{
	for (size_t i = 0; i < AN_DIRECTORY_ACTIVE_MAX; i++) {
		if (!files->active[i].runs)
			return &files->active[i];
	}
	return NULL;
}

struct an_directory_active *an_directory_files_place(struct an_directory_files *files, size_t index,
                                                     uint64_t size, size_t room)
{
	struct an_directory_active *active = free_place(files);
	if (active == NULL ||
	    (files->count > 0 && files->room + room > files->whole->client->memory_max))
		return NULL;
	*active = (struct an_directory_active){.files = files,
	                                       .index = index,
	                                       .size = size,
	                                       .room = room};
	return active;
}

void an_directory_file_begun(struct an_directory_active *active)
{
	struct an_directory_files *files = active->files;
	active->runs = true;
	files->count++;
	files->room += active->room;
	files->whole->works++;
}

static void report_progress(const struct an_directory_files *files)
{
	const struct an_client_operation *whole = files->whole;
	if (whole->progress == NULL || whole->over)
		return;
	uint64_t done = files->done;
	for (size_t i = 0; i < AN_DIRECTORY_ACTIVE_MAX; i++)
		done += files->active[i].runs ? files->active[i].done : 0;
	whole->progress(whole->context, done, files->total);
}

static void correct_size(struct an_directory_active *active, uint64_t size)
{
	active->files->total = active->files->total - active->size + size;
	active->size = size;
}

void an_directory_file_progressed(void *context, uint64_t done, uint64_t total)
{
	struct an_directory_active *active = context;
	active->done = done;
	correct_size(active, total);
	report_progress(active->files);
}

void an_directory_file_ended(struct an_directory_active *active,
                             const struct an_client_result *result)
{
	struct an_directory_files *files = active->files;
	active->runs = false;
	files->count--;
	files->room -= active->room;
	files->whole->works--;
	an_client_soon(files->whole);
	if (result->status < 0)
		return;
	correct_size(active, result->size);
	files->done += result->size;
	report_progress(files);
}

void an_directory_files_stop(struct an_directory_files *files)
{
	for (size_t i = 0; i < AN_DIRECTORY_ACTIVE_MAX; i++) {
		if (files->active[i].runs)
			an_client_cancel(files->whole->client, files->active[i].id);
	}
}
