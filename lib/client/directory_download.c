/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An archive out of the network and, where there is a place for them, its files (semantics 7.9). The
 * archive is fetched as data and read; every path in it is judged (client/directory_plan.h) and every
 * place looked at (client/directory_disk.h) before the first file comes. Then files are fetched as files
 * are, some at once, in the order of their paths. One that is there already with the right bytes, from
 * an earlier run, stays.
 */
#include <stdio.h>

#include "base/memory.h"
#include "client/directory_disk.h"
#include "client/directory_files.h"
#include "client/download.h"

enum { LOOKS_AT_ONCE = 256, SHOWN_NAME = 60 };

static const uint64_t CLAIM_MAX = UINT64_C(1) << 46; /* bytes: what the largest data map leads to */

enum phase {
	NEW,
	FETCHING,
	READING, /* the archive, and the paths in it */
	LOOKING, /* at the places of the files */
	STORING,
};

struct directory_download {
	struct an_client_operation operation;
	enum phase phase;
	struct an_blob *source;
	bool has_kind; /* the archive must be of `kind` */
	enum an_archive_kind kind;
	bool has_files;  /* otherwise the archive is all that is wanted */
	size_t size_max; /* of the archive */
	uint64_t fetch_id;
	struct an_blob *list;
	struct an_buffer scratch;
	struct an_archive archive;
	struct an_directory_plan plan;
	struct an_directory_disk disk;
	size_t looked;
	bool is_making; /* a job makes directories */
	bool is_made;   /* the destination, of an archive without files */
	struct an_download_share share;
	struct an_directory_files files; /* of the plan; the archive claims their sizes */
	size_t next;                     /* file to begin */
	struct an_client_work work;
	an_status status; /* of it */
};

static struct directory_download *download_of(struct an_client_operation *operation)
{
	return an_container_of(operation, struct directory_download, operation);
}

static struct directory_download *download_of_job(struct an_job *job)
{
	return an_container_of(job, struct directory_download, work.job);
}

static struct directory_download *download_of_work(struct an_client_work *work)
{
	return an_container_of(work, struct directory_download, work);
}

static void submit(struct directory_download *download, enum an_job_lane lane,
                   void (*run)(struct an_job *job), void (*finished)(struct an_client_work *work))
{
	an_client_operation_submit(&download->operation, &download->work, lane, run, finished);
}

/* ---- The places of the files. */
static const struct an_archive_entry *entry_of(const struct directory_download *download,
                                               const struct an_directory_target *target)
{
	return &download->archive.entries[target->entry];
}

static void run_look(struct an_job *job)
{
	struct directory_download *download = download_of_job(job);
	struct an_directory_plan *plan = &download->plan;
	download->status = AUTONOMI_OK;
	if (download->looked == 0)
		download->status = an_directory_disk_begin(&download->disk);
	for (size_t i = 0;
	     i < LOOKS_AT_ONCE && download->looked < plan->count && download->status == AUTONOMI_OK;
	     i++) {
		struct an_directory_target *target = &plan->targets[download->looked++];
		download->status = an_directory_disk_look(&download->disk, target,
		                                          entry_of(download, target)->size);
	}
}

static void looked(struct an_client_work *work)
{
	struct directory_download *download = download_of_work(work);
	if (download->status != AUTONOMI_OK)
		an_client_end(&download->operation, download->status, "%s", download->disk.message);
	else if (download->looked < download->plan.count)
		submit(download, AN_JOB_DISK, run_look, looked);
	else
		download->phase = STORING;
}

/* ---- The archive. */
static an_status read_as(struct directory_download *download, enum an_archive_kind kind)
{
	an_buffer_clear(&download->scratch);
	return an_archive_decode(an_blob_span(download->list), kind, &download->scratch,
	                         &download->archive);
}

/* A reader of private archives takes the addresses of a public one for data maps, so public comes first:
 * its reader refuses data maps, which are longer than an address.
 * One without files is of both kinds. */
static an_status read_archive(struct directory_download *download)
{
	const bool only_public = download->has_kind && download->kind == AN_ARCHIVE_PUBLIC;
	const bool only_private = download->has_kind && download->kind == AN_ARCHIVE_PRIVATE;
	const an_status status = read_as(download, AN_ARCHIVE_PUBLIC);
	if (status == AUTONOMI_OK && only_private && download->archive.count > 0)
		return AUTONOMI_E_CORRUPT;
	return status != AUTONOMI_E_CORRUPT || only_public ? status
	                                                   : read_as(download, AN_ARCHIVE_PRIVATE);
}

static void run_read(struct an_job *job)
{
	struct directory_download *download = download_of_job(job);
	download->status = read_archive(download);
	if (download->status == AUTONOMI_OK && download->has_files)
		download->status = an_directory_plan_make(&download->plan, &download->archive);
}

static void end_unread(struct directory_download *download)
{
	struct an_client_operation *operation = &download->operation;
	if (download->status == AUTONOMI_E_NO_MEMORY)
		an_client_end_no_memory(operation);
	else if (download->plan.complaint != NULL)
		an_client_end(operation, download->status,
		              "nothing of this archive was fetched: its path '%s' %s",
		              download->plan.shown, download->plan.complaint);
	else if (download->status == AUTONOMI_E_TOO_LARGE)
		an_client_end(operation, download->status,
		              "the archive lists more files than a download takes");
	else
		an_client_end(operation, download->status,
		              "what the address or data map leads to is no such archive; check it, "
		              "or fetch it as a file");
}

static void give_archive(struct directory_download *download)
{
	struct an_client_result *result = &download->operation.result;
	result->content = download->list;
	result->bytes = an_blob_span(download->list);
	download->list = NULL;
	an_client_end(&download->operation, AUTONOMI_OK, "%s", "");
}

/* What a stranger claims may be any number, and no file is larger than this. */
static uint64_t claim_of(const struct an_archive_entry *entry)
{
	return entry->size < CLAIM_MAX ? entry->size : CLAIM_MAX;
}

static void was_read(struct an_client_work *work)
{
	struct directory_download *download = download_of_work(work);
	if (download->status != AUTONOMI_OK) {
		end_unread(download);
		return;
	}
	download->operation.result.files = download->archive.count;
	if (!download->has_files) {
		give_archive(download);
		return;
	}
	for (size_t i = 0; i < download->archive.count; i++)
		download->files.total += claim_of(&download->archive.entries[i]);
	download->phase = LOOKING;
	submit(download, AN_JOB_DISK, run_look, looked);
}

static void fetched(void *context, const struct an_client_result *result)
{
	struct directory_download *download = context;
	struct an_client_operation *operation = &download->operation;
	download->fetch_id = 0;
	operation->works--;
	an_client_soon(operation);
	if (result->status < 0) {
		an_client_end(operation, result->status, "%s", result->message);
		return;
	}
	if (operation->over)
		return;
	operation->result.chunks += result->chunks;
	download->list = an_blob_ref(result->content);
	download->phase = READING;
	submit(download, AN_JOB_COMPUTE, run_read, was_read);
}

static void fetch(struct directory_download *download)
{
	const struct an_download_spec spec = {.source = an_blob_span(download->source),
	                                      .size_max = download->size_max,
	                                      .share = &download->share};
	download->phase = FETCHING;
	if (an_download_begin(download->operation.client, &spec, NULL, fetched, download,
	                      &download->fetch_id) == AUTONOMI_OK)
		download->operation.works++;
	else
		an_client_end_no_memory(&download->operation);
}

/* ---- Files. */
static void end_file(struct directory_download *download, const struct an_directory_active *active,
                     const struct an_client_result *result)
{
	char shown[AN_DIRECTORY_SHOWN_SIZE];
	an_directory_show(an_span_text(download->plan.targets[active->index].path), shown);
	an_client_end(&download->operation, result->status, "'%.*s': %s", SHOWN_NAME, shown,
	              result->message);
}

static void end_without_map(struct directory_download *download,
                            const struct an_directory_active *active)
{
	char shown[AN_DIRECTORY_SHOWN_SIZE];
	an_directory_show(an_span_text(download->plan.targets[active->index].path), shown);
	an_client_end(&download->operation, AUTONOMI_E_CORRUPT,
	              "the archive has no data map for '%s'; ask who made it", shown);
}

static void file_stored(void *context, const struct an_client_result *result)
{
	struct an_directory_active *active = context;
	struct directory_download *download = download_of(active->files->whole);
	an_directory_file_ended(active, result);
	if (result->status < 0) {
		end_file(download, active, result);
		return;
	}
	download->operation.result.chunks += result->chunks;
	download->operation.result.size += result->size;
}

/* Whether a file that is being fetched grows at this place. */
static bool is_place_of_part(const struct directory_download *download, const char *path)
{
	for (size_t i = 0; i < AN_DIRECTORY_ACTIVE_MAX; i++) {
		const struct an_directory_active *active = &download->files.active[i];
		if (!active->runs)
			continue;
		const char *other = download->plan.targets[active->index].path;
		const size_t size = strlen(other);
		if (strncmp(path, other, size) == 0 && strcmp(path + size, ".part") == 0)
			return true;
	}
	return false;
}

/* The size is only a stranger's claim: what pieces really take is counted where they are fetched. */
static size_t room_of(const struct directory_download *download, uint64_t size)
{
	const size_t piece = 3 * download->operation.client->profile->chunk_content_max;
	return size < piece ? (size_t)size : piece;
}

static an_status begin_download(struct directory_download *download,
                                struct an_directory_active *active)
{
	struct an_directory_target *target = &download->plan.targets[active->index];
	const struct an_archive_entry *entry = entry_of(download, target);
	const bool is_public = download->archive.kind == AN_ARCHIVE_PUBLIC;
	if (!is_public && entry->data_map.size <= AN_CLIENT_ADDRESS_SIZE)
		return AUTONOMI_E_CORRUPT;
	char *path = an_directory_disk_path(&download->disk, target->path);
	if (path == NULL)
		return AUTONOMI_E_NO_MEMORY;
	/* What came into being since the places were looked at is never replaced: on some disks two
	 * paths of the archive are one file. */
	const struct an_download_spec spec = {
		.source = is_public ? an_span(entry->address, sizeof(entry->address))
	                            : entry->data_map,
		.path = path,
		.replace = download->disk.replace && target->exists,
		.compare = target->exists,
		.share = &download->share,
	};
	const an_status status = an_download_begin(download->operation.client, &spec,
	                                           an_directory_file_progressed, file_stored,
	                                           active, &active->id);
	an_free(path);
	return status;
}

static void begin_file(struct directory_download *download, struct an_directory_active *active)
{
	const an_status status = begin_download(download, active);
	if (status == AUTONOMI_E_NO_MEMORY) {
		an_client_end_no_memory(&download->operation);
		return;
	}
	if (status != AUTONOMI_OK) {
		end_without_map(download, active);
		return;
	}
	an_directory_file_begun(active);
	download->next++;
}

/* ---- Their directories. */
static void run_make(struct an_job *job)
{
	struct directory_download *download = download_of_job(job);
	const bool has_more = download->next < download->plan.count;
	download->status = an_directory_disk_make(&download->disk,
	                                          has_more ? &download->plan.targets[download->next]
	                                                   : NULL);
}

static void made(struct an_client_work *work)
{
	struct directory_download *download = download_of_work(work);
	download->is_making = false;
	download->is_made = true;
	if (download->status != AUTONOMI_OK)
		an_client_end(&download->operation, download->status, "%s", download->disk.message);
}

static void make(struct directory_download *download)
{
	download->is_making = true;
	submit(download, AN_JOB_DISK, run_make, made);
}

/* ---- The whole. */
/* Whether the next file was begun. */
static bool begin_next(struct directory_download *download)
{
	const struct an_directory_target *target = &download->plan.targets[download->next];
	const struct an_archive_entry *entry = entry_of(download, target);
	struct an_directory_active *active = an_directory_files_place(
		&download->files, download->next, claim_of(entry), room_of(download, entry->size));
	if (active == NULL || is_place_of_part(download, target->path))
		return false;
	if (!an_directory_disk_is_made(&download->disk, target)) {
		make(download);
		return false;
	}
	begin_file(download, active);
	return !download->operation.over;
}

static void advance_files(struct directory_download *download)
{
	if (download->is_making)
		return;
	while (download->next < download->plan.count && begin_next(download))
		continue;
	if (download->operation.over || download->is_making || download->files.count > 0 ||
	    download->next < download->plan.count)
		return;
	if (download->plan.count == 0 && !download->is_made)
		make(download);
	else
		an_client_end(&download->operation, AUTONOMI_OK, "%s", "");
}

static void advance(struct an_client_operation *operation)
{
	struct directory_download *download = download_of(operation);
	if (download->phase == NEW)
		fetch(download);
	else if (download->phase == STORING)
		advance_files(download);
}

static void stop(struct an_client_operation *operation)
{
	struct directory_download *download = download_of(operation);
	an_directory_files_stop(&download->files);
	if (download->fetch_id != 0)
		an_client_cancel(operation->client, download->fetch_id);
}

static void release(struct an_client_operation *operation)
{
	struct directory_download *download = download_of(operation);
	an_directory_plan_done(&download->plan);
	an_directory_disk_done(&download->disk);
	an_archive_done(&download->archive);
	if (download->scratch.data != NULL)
		an_wipe(download->scratch.data, download->scratch.size);
	an_buffer_done(&download->scratch);
	an_blob_unref(download->list);
	an_blob_unref(download->source);
	an_free(download);
}

static an_status take_source(struct an_client *client, struct an_span source,
                             struct directory_download **ret_download)
{
	if (source.size == 0)
		return AUTONOMI_E_INVALID;
	if (source.size > client->profile->chunk_max)
		return AUTONOMI_E_TOO_LARGE;
	struct directory_download *download = an_calloc(1, sizeof(*download));
	struct an_blob *copy = an_blob_copy(source);
	if (download == NULL || copy == NULL) {
		an_free(download);
		an_blob_unref(copy);
		return AUTONOMI_E_NO_MEMORY;
	}
	download->source = copy;
	download->files.whole = &download->operation;
	an_buffer_init(&download->scratch, AN_CLIENT_ARCHIVE_SIZE_MAX);
	*ret_download = download;
	return AUTONOMI_OK;
}

static void begin(struct an_client *client, struct directory_download *download,
                  an_client_progress *progress, an_client_done *done, void *context,
                  uint64_t *ret_id)
{
	static const struct an_client_operation_kind kind = {advance, stop, release};
	download->operation.progress = progress;
	an_client_begin(client, &download->operation, &kind, done, context, ret_id);
}

an_status an_client_directory_download(struct an_client *client, struct an_span source,
                                       const char *path, bool replace, an_client_progress *progress,
                                       an_client_done *done, void *context, uint64_t *ret_id)
{
	struct directory_download *download = NULL;
	if (path[0] == '\0')
		return AUTONOMI_E_INVALID;
	an_status status = take_source(client, source, &download);
	if (status != AUTONOMI_OK)
		return status;
	download->has_files = true;
	download->size_max = AN_CLIENT_ARCHIVE_SIZE_MAX;
	status = an_directory_disk_init(&download->disk, client->sys, path, replace);
	if (status != AUTONOMI_OK) {
		release(&download->operation);
		return status;
	}
	begin(client, download, progress, done, context, ret_id);
	return AUTONOMI_OK;
}

an_status an_client_archive_get(struct an_client *client, enum an_archive_kind kind,
                                struct an_span source, size_t size_max, an_client_done *done,
                                void *context, uint64_t *ret_id)
{
	struct directory_download *download = NULL;
	const an_status status = take_source(client, source, &download);
	if (status != AUTONOMI_OK)
		return status;
	download->has_kind = true;
	download->kind = kind;
	download->size_max = size_max;
	begin(client, download, NULL, done, context, ret_id);
	return AUTONOMI_OK;
}
