/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The jobs of an upload. Each touches its piece, or of the upload what no other job touches then. */
#include "base/memory.h"
#include "client/upload.h"
#include "crypt/hash.h"

static struct an_upload *upload_of(struct an_job *job)
{
	return an_container_of(job, struct an_upload, work.job);
}

static struct an_upload_piece *piece_of(struct an_job *job)
{
	return an_container_of(job, struct an_upload_piece, work.job);
}

static void submit(struct an_upload *upload, struct an_client_work *work, enum an_job_lane lane,
                   void (*run)(struct an_job *job), void (*finished)(struct an_client_work *work))
{
	an_client_operation_submit(&upload->operation, work, lane, run, finished);
}

/* ---- Opening. */
static bool is_same(const struct an_file_info *a, const struct an_file_info *b)
{
	return a->kind == b->kind && a->size == b->size && a->modified_us == b->modified_us;
}

static an_status open_file(struct an_upload *upload)
{
	const struct an_sys *sys = upload->operation.client->sys;
	const an_status status = sys->path_info(sys->context, upload->path, &upload->info);
	if (status != AUTONOMI_OK)
		return status;
	if (upload->info.kind == AN_FILE_NONE)
		return AUTONOMI_E_NO_FILE;
	if (upload->info.kind != AN_FILE_REGULAR)
		return AUTONOMI_E_UNSUPPORTED;
	if (upload->is_expected && !is_same(&upload->info, &upload->expected))
		return AUTONOMI_E_CORRUPT;
	if (upload->info.size < AN_SELF_ENCRYPTION_MIN)
		return AUTONOMI_E_TOO_SMALL;
	return sys->file_open(sys->context, upload->path, AN_FILE_READ, &upload->file);
}

static void run_open(struct an_job *job)
{
	struct an_upload *upload = upload_of(job);
	upload->status = open_file(upload);
	if (upload->status == AUTONOMI_OK && upload->share == &upload->own)
		an_upload_share_open(&upload->own, upload->path, upload->info.size,
		                     upload->info.modified_us);
}

void an_upload_open(struct an_upload *upload, void (*finished)(struct an_client_work *work))
{
	submit(upload, &upload->work, AN_JOB_DISK, run_open, finished);
}

/* ---- Pieces. */
static void run_read(struct an_job *job)
{
	struct an_upload_piece *piece = piece_of(job);
	struct an_upload *upload = piece->upload;
	const struct an_sys *sys = upload->operation.client->sys;
	size_t got = 0;
	piece->status = sys->file_read(sys->context, upload->file,
	                               an_self_piece_offset(&upload->layout, piece->index),
	                               piece->plain->data, piece->plain->size, &got);
	/* The file was longer when we began. */
	if (piece->status == AUTONOMI_OK && got < piece->plain->size)
		piece->status = AUTONOMI_E_CORRUPT;
}

void an_upload_read(struct an_upload_piece *piece, void (*finished)(struct an_client_work *work))
{
	submit(piece->upload, &piece->work, AN_JOB_DISK, run_read, finished);
}

static void run_hash(struct an_job *job)
{
	struct an_upload_piece *piece = piece_of(job);
	an_sha3_256(piece->bytes, piece->hash);
	piece->status = AUTONOMI_OK;
}

void an_upload_hash(struct an_upload_piece *piece, void (*finished)(struct an_client_work *work))
{
	submit(piece->upload, &piece->work, AN_JOB_COMPUTE, run_hash, finished);
}

static void run_encrypt(struct an_job *job)
{
	struct an_upload_piece *piece = piece_of(job);
	piece->status = an_self_encrypt(&piece->key, piece->bytes, &piece->chunk, piece->put.name);
}

void an_upload_encrypt(struct an_upload_piece *piece, void (*finished)(struct an_client_work *work))
{
	submit(piece->upload, &piece->work, AN_JOB_COMPUTE, run_encrypt, finished);
}

/* ---- Shrinking the data map. */
static an_status take_chunk(void *context, struct an_blob *chunk,
                            const uint8_t name[AN_RECORD_NAME_SIZE])
{
	struct an_upload *upload = context;
	struct an_upload_piece *piece = an_calloc(1, sizeof(*piece));
	if (piece == NULL) {
		an_blob_unref(chunk);
		return AUTONOMI_E_NO_MEMORY;
	}
	piece->upload = upload;
	piece->index = upload->layout.count;
	piece->chunk = chunk;
	memcpy(piece->put.name, name, sizeof(piece->put.name));
	an_list_append(&upload->shrunk, &piece->link);
	return AUTONOMI_OK;
}

static void run_shrink(struct an_job *job)
{
	struct an_upload *upload = upload_of(job);
	const size_t piece_max = upload->operation.client->profile->chunk_content_max;
	upload->status = AUTONOMI_OK;
	while (upload->status == AUTONOMI_OK && an_self_must_shrink(&upload->map))
		upload->status = an_self_shrink(&upload->map, piece_max, take_chunk, upload);
}

void an_upload_shrink(struct an_upload *upload, void (*finished)(struct an_client_work *work))
{
	submit(upload, &upload->work, AN_JOB_COMPUTE, run_shrink, finished);
}

/* ---- The end. */
static void run_check(struct an_job *job)
{
	struct an_upload *upload = upload_of(job);
	const struct an_sys *sys = upload->operation.client->sys;
	struct an_file_info info;
	upload->status = sys->path_info(sys->context, upload->path, &info);
	if (upload->status == AUTONOMI_OK && !is_same(&info, &upload->info))
		upload->status = AUTONOMI_E_CORRUPT;
	if (upload->status == AUTONOMI_OK && upload->complete && upload->share == &upload->own)
		an_journal_remove(&upload->own.journal);
}

void an_upload_check(struct an_upload *upload, void (*finished)(struct an_client_work *work))
{
	submit(upload, &upload->work, AN_JOB_DISK, run_check, finished);
}
