/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The jobs of a download. Each touches its piece, or of the download what no other job touches then. */
#include "base/memory.h"
#include "client/download.h"
#include "crypt/hash.h"

static struct an_download *download_of(struct an_job *job)
{
	return an_container_of(job, struct an_download, work.job);
}

static struct an_download_piece *piece_of(struct an_job *job)
{
	return an_container_of(job, struct an_download_piece, work.job);
}

static void submit(struct an_download *download, struct an_client_work *work, enum an_job_lane lane,
                   void (*run)(struct an_job *job), void (*finished)(struct an_client_work *work))
{
	an_client_operation_submit(&download->operation, work, lane, run, finished);
}

/* ---- The target. */
static an_status look(const struct an_sys *sys, const struct an_download *download)
{
	struct an_file_info info;
	an_status status = sys->path_info(sys->context, download->directory, &info);
	if (status != AUTONOMI_OK)
		return status;
	if (info.kind != AN_FILE_DIRECTORY)
		return AUTONOMI_E_NO_FILE;
	status = sys->path_link_info(sys->context, download->path, &info);
	if (status != AUTONOMI_OK || info.kind == AN_FILE_NONE)
		return status;
	/* A link is replaced itself: nothing is written through it. */
	const bool may_be_replaced = info.kind == AN_FILE_REGULAR || info.kind == AN_FILE_LINK;
	return download->replace && may_be_replaced ? AUTONOMI_OK : AUTONOMI_E_EXISTS;
}

/* Whether a file is there that may be the one which is to be there. */
static bool can_compare(const struct an_sys *sys, const struct an_download *download)
{
	struct an_file_info info;
	return download->compare &&
	       sys->path_link_info(sys->context, download->path, &info) == AUTONOMI_OK &&
	       info.kind == AN_FILE_REGULAR;
}

static void run_look(struct an_job *job)
{
	struct an_download *download = download_of(job);
	const struct an_sys *sys = download->operation.client->sys;
	download->exists = can_compare(sys, download);
	download->status = download->exists ? AUTONOMI_OK : look(sys, download);
}

void an_download_look(struct an_download *download, void (*finished)(struct an_client_work *work))
{
	submit(download, &download->work, AN_JOB_DISK, run_look, finished);
}

static an_status open_existing(struct an_download *download)
{
	const struct an_sys *sys = download->operation.client->sys;
	struct an_file_info info;
	const an_status status = sys->path_link_info(sys->context, download->path, &info);
	if (status != AUTONOMI_OK)
		return status;
	download->differs = info.kind != AN_FILE_REGULAR || info.size != download->size;
	return download->differs ? AUTONOMI_OK
	                         : sys->file_open(sys->context, download->path, AN_FILE_READ,
	                                          &download->file);
}

static void run_open_existing(struct an_job *job)
{
	struct an_download *download = download_of(job);
	download->status = open_existing(download);
}

void an_download_open_existing(struct an_download *download,
                               void (*finished)(struct an_client_work *work))
{
	submit(download, &download->work, AN_JOB_DISK, run_open_existing, finished);
}

static an_status open_part(struct an_download *download)
{
	const struct an_sys *sys = download->operation.client->sys;
	struct an_file_info info;
	uint64_t room = 0;
	/* The file that was there is another one: it is in the way after all. */
	an_status status = download->exists ? look(sys, download) : AUTONOMI_OK;
	if (status == AUTONOMI_OK)
		status = sys->path_link_info(sys->context, download->part_path, &info);
	if (status != AUTONOMI_OK)
		return status;
	download->resumes = info.kind == AN_FILE_REGULAR && info.size == download->size;
	/* A map can claim any size: better to say no now than when the disk is full. */
	if (!download->resumes &&
	    sys->path_free_space(sys->context, download->directory, &room) == AUTONOMI_OK &&
	    room < download->size)
		return AUTONOMI_E_DISK_FULL;
	status = sys->file_open(sys->context, download->part_path, AN_FILE_WRITE_HERE,
	                        &download->file);
	if (status == AUTONOMI_OK)
		status = sys->file_lock(sys->context, download->file, AN_FILE_LOCK_EXCLUSIVE);
	if (status == AUTONOMI_OK && !download->resumes)
		status = sys->file_truncate(sys->context, download->file, download->size);
	return status;
}

static void run_open(struct an_job *job)
{
	struct an_download *download = download_of(job);
	download->status = open_part(download);
}

void an_download_open(struct an_download *download, void (*finished)(struct an_client_work *work))
{
	submit(download, &download->work, AN_JOB_DISK, run_open, finished);
}

static an_status close_part(struct an_download *download)
{
	const struct an_sys *sys = download->operation.client->sys;
	an_status status = sys->file_sync(sys->context, download->file);
	/* It may have come into being meanwhile. */
	if (status == AUTONOMI_OK)
		status = look(sys, download);
	if (status == AUTONOMI_OK)
		status = sys->path_rename(sys->context, download->part_path, download->path);
	if (status == AUTONOMI_OK)
		status = sys->path_sync(sys->context, download->directory);
	return status;
}

static void run_close(struct an_job *job)
{
	struct an_download *download = download_of(job);
	download->status = close_part(download);
}

void an_download_close(struct an_download *download, void (*finished)(struct an_client_work *work))
{
	submit(download, &download->work, AN_JOB_DISK, run_close, finished);
}

/* ---- The data map. */
static void run_decode(struct an_job *job)
{
	struct an_download *download = download_of(job);
	download->status = an_data_map_decode_root(download->level[0], &download->map);
}

void an_download_decode(struct an_download *download, struct an_span bytes,
                        void (*finished)(struct an_client_work *work))
{
	download->level[0] = bytes;
	submit(download, &download->work, AN_JOB_COMPUTE, run_decode, finished);
}

static void run_expand(struct an_job *job)
{
	struct an_download *download = download_of(job);
	const size_t piece_max = download->operation.client->profile->chunk_content_max;
	download->status = an_self_expand(&download->map, download->level,
	                                  piece_max + AN_DOWNLOAD_PIECE_REST);
}

void an_download_expand(struct an_download *download, void (*finished)(struct an_client_work *work))
{
	submit(download, &download->work, AN_JOB_COMPUTE, run_expand, finished);
}

/* ---- Pieces. */
static void run_read(struct an_job *job)
{
	struct an_download_piece *piece = piece_of(job);
	struct an_download *download = piece->download;
	const struct an_sys *sys = download->operation.client->sys;
	size_t got = 0;
	piece->status = sys->file_read(sys->context, download->file, piece->offset,
	                               piece->plain->data, piece->plain->size, &got);
	if (piece->status == AUTONOMI_OK && got < piece->plain->size)
		piece->status = AUTONOMI_E_CORRUPT;
}

void an_download_read(struct an_download_piece *piece,
                      void (*finished)(struct an_client_work *work))
{
	submit(piece->download, &piece->work, AN_JOB_DISK, run_read, finished);
}

static void run_hash(struct an_job *job)
{
	struct an_download_piece *piece = piece_of(job);
	an_sha3_256(an_blob_span(piece->plain), piece->hash);
}

void an_download_hash(struct an_download_piece *piece,
                      void (*finished)(struct an_client_work *work))
{
	submit(piece->download, &piece->work, AN_JOB_COMPUTE, run_hash, finished);
}

static void run_decrypt(struct an_job *job)
{
	struct an_download_piece *piece = piece_of(job);
	const size_t size = (size_t)piece->download->map.entries[piece->index].src_size;
	piece->status = an_self_decrypt(&piece->key, piece->get.content, size, size, &piece->plain);
	if (piece->status == AUTONOMI_OK && piece->plain->size != size)
		piece->status = AUTONOMI_E_CORRUPT;
	if (piece->status == AUTONOMI_OK && piece->download->memory != NULL)
		memcpy(piece->download->memory->data + piece->offset, piece->plain->data, size);
}

void an_download_decrypt(struct an_download_piece *piece,
                         void (*finished)(struct an_client_work *work))
{
	submit(piece->download, &piece->work, AN_JOB_COMPUTE, run_decrypt, finished);
}

static void run_write(struct an_job *job)
{
	struct an_download_piece *piece = piece_of(job);
	struct an_download *download = piece->download;
	const struct an_sys *sys = download->operation.client->sys;
	piece->status = sys->file_write(sys->context, download->file, piece->offset,
	                                an_blob_span(piece->plain));
}

void an_download_write(struct an_download_piece *piece,
                       void (*finished)(struct an_client_work *work))
{
	submit(piece->download, &piece->work, AN_JOB_DISK, run_write, finished);
}
