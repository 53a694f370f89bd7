/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A directory on its way into the network (semantics 7.9): its files are found, stored as files are,
 * some at once, and listed in an archive, which is stored as data. Small files go side by side, of
 * large ones one fills the memory limit alone. All share one journal, so that what an earlier run
 * stored is only asked for.
 */
#include <stdio.h>

#include "base/memory.h"
#include "client/directory_files.h"
#include "client/directory_walk.h"
#include "client/upload.h"
#include "data/archive.h"

enum {
	PIECES_HELD = 3,    /* of a file, whatever the memory limit says */
	ENTRY_SIZE = 64,    /* bytes of an archive's entry, without the path and what follows */
	PUBLIC_SIZE = 72,   /* an address in an archive */
	PRIVATE_SIZE = 512, /* a data map */
	LIST_SIZE_MAX = AN_CLIENT_LIST_SIZE_MAX,
};

enum phase {
	NEW,
	WALKING,
	STORING,
	LISTING, /* the archive is made */
	STORING_LIST,
	CLOSING, /* the journal is removed */
};

struct directory_upload {
	struct an_client_operation operation;
	enum phase phase;
	struct an_client_directory_put put; /* but for its path */
	char *path;
	struct an_directory_walk walk;
	bool walks_on;
	struct an_upload_share share;
	struct an_directory_files files; /* of the walk */
	size_t next;                     /* file to begin */
	bool complete;                   /* every chunk has as many copies as it should */
	struct an_client_work work;
	an_status status; /* of it */
	struct an_blob *list;
	uint64_t list_id; /* of the upload of the list */
};

static struct directory_upload *upload_of(struct an_client_operation *operation)
{
	return an_container_of(operation, struct directory_upload, operation);
}

static void submit(struct directory_upload *upload, enum an_job_lane lane,
                   void (*run)(struct an_job *job), void (*finished)(struct an_client_work *work))
{
	an_client_operation_submit(&upload->operation, &upload->work, lane, run, finished);
}

static struct directory_upload *upload_of_job(struct an_job *job)
{
	return an_container_of(job, struct directory_upload, work.job);
}

static struct directory_upload *upload_of_work(struct an_client_work *work)
{
	return an_container_of(work, struct directory_upload, work);
}

/* ---- Finding the files. */
static size_t list_size_at_most(const struct directory_upload *upload)
{
	const size_t entry = ENTRY_SIZE + (upload->put.is_public ? PUBLIC_SIZE : PRIVATE_SIZE);
	return ENTRY_SIZE + upload->walk.path_bytes + upload->walk.count * entry;
}

static void run_walk(struct an_job *job)
{
	struct directory_upload *upload = upload_of_job(job);
	upload->walks_on = an_directory_walk_step(&upload->walk);
	if (!upload->walks_on && upload->walk.status == AUTONOMI_OK)
		an_upload_share_open(&upload->share, upload->path, UINT64_MAX, 0);
}

static void walked(struct an_client_work *work)
{
	struct directory_upload *upload = upload_of_work(work);
	const struct an_directory_walk *walk = &upload->walk;
	if (walk->status != AUTONOMI_OK) {
		an_client_end(&upload->operation, walk->status, "%s", walk->message);
	} else if (upload->walks_on) {
		submit(upload, AN_JOB_DISK, run_walk, walked);
	} else if (!upload->put.has_archive && list_size_at_most(upload) > LIST_SIZE_MAX) {
		an_client_end(&upload->operation, AUTONOMI_E_TOO_LARGE,
		              "the list of '%.100s' would be too long to be given back; store the "
		              "archive too, or upload parts",
		              upload->path);
	} else {
		upload->operation.result.size = walk->size;
		upload->operation.result.files = walk->count;
		upload->operation.result.skipped = walk->skipped;
		upload->files.total = walk->size;
		upload->phase = STORING;
	}
}

static void begin_walk(struct directory_upload *upload)
{
	const an_status status = an_directory_walk_begin(&upload->walk,
	                                                 upload->operation.client->sys,
	                                                 upload->path, upload->put.skips);
	upload->phase = WALKING;
	if (status == AUTONOMI_OK)
		submit(upload, AN_JOB_DISK, run_walk, walked);
	else if (status == AUTONOMI_E_NO_MEMORY)
		an_client_end_no_memory(&upload->operation);
	else
		an_client_end(&upload->operation, status,
		              "'%.100s' does not end with the name of a directory; an archive's "
		              "paths begin with that",
		              upload->path);
}

/* ---- Storing them. */
/* What a file or the list has given to the whole. */
static void count_chunks(struct directory_upload *upload, const struct an_client_result *result)
{
	struct an_client_result *whole = &upload->operation.result;
	whole->chunks += result->chunks;
	for (size_t i = 0; i <= AN_CLIENT_COPIES_MAX; i++)
		whole->copies[i] += result->copies[i];
	upload->complete = upload->complete &&
	                   result->copies[AN_CLIENT_COPIES_MAX] == result->chunks;
}

static void take_file(struct directory_upload *upload, const struct an_directory_active *active,
                      const struct an_client_result *result)
{
	struct an_directory_file *file = &upload->walk.files[active->index];
	if (upload->put.is_public)
		memcpy(file->address, result->address, sizeof(file->address));
	else
		file->data_map = an_blob_ref(result->content);
	count_chunks(upload, result);
}

static void file_stored(void *context, const struct an_client_result *result)
{
	struct an_directory_active *active = context;
	struct directory_upload *upload = upload_of(active->files->whole);
	an_directory_file_ended(active, result);
	if (result->status < 0)
		an_client_end(&upload->operation, result->status, "%s", result->message);
	else if (!upload->operation.over)
		take_file(upload, active, result);
}

static size_t room_of(const struct directory_upload *upload, const struct an_directory_file *file)
{
	const size_t most = PIECES_HELD * upload->operation.client->profile->chunk_content_max;
	const size_t plain = file->info.size < most ? (size_t)file->info.size : most;
	return plain + (size_t)PIECES_HELD * AN_SELF_GROWTH_MAX;
}

/* Whether the next file was begun. */
static bool begin_file(struct directory_upload *upload)
{
	struct an_client *client = upload->operation.client;
	const struct an_directory_file *file = &upload->walk.files[upload->next];
	struct an_directory_active *active = an_directory_files_place(&upload->files, upload->next,
	                                                              file->info.size,
	                                                              room_of(upload, file));
	if (active == NULL)
		return false;
	const struct an_upload_spec spec = {.path = file->path,
	                                    .is_public = upload->put.is_public,
	                                    .expected = &file->info,
	                                    .share = &upload->share};
	if (an_upload_begin(client, &spec, an_directory_file_progressed, file_stored, active,
	                    &active->id) != AUTONOMI_OK) {
		an_client_end_no_memory(&upload->operation);
		return false;
	}
	an_directory_file_begun(active);
	upload->next++;
	return true;
}

/* ---- The list of them. */
static uint64_t seconds_of(uint64_t time_us)
{
	/* Times before 1970 are 0, as Autonomi's client writes them. */
	return time_us <= INT64_MAX ? time_us / 1000000 : 0;
}

static an_status add_entry(struct an_archive *archive, const struct an_directory_file *file)
{
	struct an_archive_entry entry = {
		.path = an_span_text(file->name),
		.data_map = an_blob_span(file->data_map),
		.created = seconds_of(file->info.created_us),
		.modified = seconds_of(file->info.modified_us),
		.size = file->info.size,
	};
	memcpy(entry.address, file->address, sizeof(entry.address));
	return an_archive_add(archive, &entry);
}

static void run_list(struct an_job *job)
{
	struct directory_upload *upload = upload_of_job(job);
	const struct an_directory_walk *walk = &upload->walk;
	struct an_archive archive;
	struct an_buffer bytes;
	an_archive_init(&archive, upload->put.is_public ? AN_ARCHIVE_PUBLIC : AN_ARCHIVE_PRIVATE);
	an_buffer_init(&bytes, AN_CLIENT_ARCHIVE_SIZE_MAX);
	an_status status = AUTONOMI_OK;
	for (size_t i = 0; i < walk->count && status == AUTONOMI_OK; i++)
		status = add_entry(&archive, &walk->files[i]);
	if (status == AUTONOMI_OK)
		status = an_archive_encode(&archive, &bytes);
	if (status == AUTONOMI_OK)
		upload->list = an_blob_copy(an_buffer_span(&bytes));
	upload->status = upload->list != NULL ? AUTONOMI_OK : AUTONOMI_E_NO_MEMORY;
	if (bytes.data != NULL)
		an_wipe(bytes.data, bytes.size);
	an_buffer_done(&bytes);
	an_archive_done(&archive);
}

/* ---- The end. */
static void run_close(struct an_job *job)
{
	an_journal_remove(&upload_of_job(job)->share.journal);
}

static void closed(struct an_client_work *work)
{
	an_client_end(&upload_of_work(work)->operation, AUTONOMI_OK, "%s", "");
}

static void finish(struct directory_upload *upload)
{
	upload->phase = CLOSING;
	if (upload->complete)
		submit(upload, AN_JOB_DISK, run_close, closed);
	else
		closed(&upload->work);
}

static void give(struct directory_upload *upload, struct an_blob *content)
{
	upload->operation.result.content = content;
	upload->operation.result.bytes = an_blob_span(content);
}

static void list_stored(void *context, const struct an_client_result *result)
{
	struct directory_upload *upload = context;
	struct an_client_operation *operation = &upload->operation;
	upload->list_id = 0;
	operation->works--;
	an_client_soon(operation);
	if (result->status < 0) {
		an_client_end(operation, result->status, "%s", result->message);
		return;
	}
	if (operation->over)
		return;
	count_chunks(upload, result);
	memcpy(operation->result.address, result->address, sizeof(result->address));
	if (result->content != NULL)
		give(upload, an_blob_ref(result->content));
	finish(upload);
}

static void store_list(struct directory_upload *upload)
{
	struct an_client *client = upload->operation.client;
	const struct an_upload_spec spec = {.path = "the archive",
	                                    .memory = upload->list,
	                                    .is_public = upload->put.is_public,
	                                    .share = &upload->share};
	upload->phase = STORING_LIST;
	if (an_upload_begin(client, &spec, NULL, list_stored, upload, &upload->list_id) ==
	    AUTONOMI_OK)
		upload->operation.works++;
	else
		an_client_end_no_memory(&upload->operation);
}

static void listed(struct an_client_work *work)
{
	struct directory_upload *upload = upload_of_work(work);
	if (upload->status != AUTONOMI_OK) {
		an_client_end_no_memory(&upload->operation);
	} else if (upload->put.has_archive) {
		store_list(upload);
	} else {
		give(upload, an_blob_ref(upload->list));
		finish(upload);
	}
}

/* ---- The whole. */
static void advance(struct an_client_operation *operation)
{
	struct directory_upload *upload = upload_of(operation);
	if (upload->phase == NEW)
		begin_walk(upload);
	if (upload->phase != STORING)
		return;
	while (!operation->over && upload->next < upload->walk.count && begin_file(upload))
		continue;
	if (!operation->over && upload->next == upload->walk.count && upload->files.count == 0) {
		upload->phase = LISTING;
		submit(upload, AN_JOB_COMPUTE, run_list, listed);
	}
}

static void stop(struct an_client_operation *operation)
{
	struct directory_upload *upload = upload_of(operation);
	an_directory_files_stop(&upload->files);
	if (upload->list_id != 0)
		an_client_cancel(operation->client, upload->list_id);
}

static void release(struct an_client_operation *operation)
{
	struct directory_upload *upload = upload_of(operation);
	an_directory_walk_done(&upload->walk);
	an_upload_share_done(&upload->share);
	an_blob_unref(upload->list);
	an_free(upload->path);
	an_free(upload);
}

an_status an_client_directory_upload(struct an_client *client,
                                     const struct an_client_directory_put *put,
                                     an_client_progress *progress, an_client_done *done,
                                     void *context, uint64_t *ret_id)
{
	static const struct an_client_operation_kind kind = {advance, stop, release};
	if (put->path[0] == '\0')
		return AUTONOMI_E_INVALID;
	struct directory_upload *upload = an_calloc(1, sizeof(*upload));
	char *copy = an_strdup(put->path);
	if (upload == NULL || copy == NULL) {
		an_free(upload);
		an_free(copy);
		return AUTONOMI_E_NO_MEMORY;
	}
	upload->put = *put;
	upload->path = copy;
	upload->complete = true;
	upload->files.whole = &upload->operation;
	upload->operation.progress = progress;
	an_upload_share_init(&upload->share, client, &upload->operation);
	an_client_begin(client, &upload->operation, &kind, done, context, ret_id);
	return AUTONOMI_OK;
}
