/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Files: self-encrypted into chunks (semantics 7.8), stored, and put together again. Files may be
 * larger than memory. Data that is in memory takes the same way. Operations as in
 * <autonomi/network.h>, with progress events.
 *
 * Threading: as the node.
 */
#ifndef AUTONOMI_FILE_H
#define AUTONOMI_FILE_H

#include <autonomi/node.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
	AUTONOMI_FILE_MIN = 3,          /* bytes that self-encryption needs */
	AUTONOMI_DATA_MAX = 1073741824, /* bytes that autonomi_data_put takes */

	/* Flags of autonomi_file_upload and autonomi_data_put. Public: the data map is stored as a
	 * chunk too, and the file has an address. Otherwise the completion gives the data map, the
	 * only key to the file. */
	AUTONOMI_UPLOAD_PUBLIC = 1,

	/* Flags of autonomi_file_download: an existing file at the target is replaced. */
	AUTONOMI_DOWNLOAD_REPLACE = 1
};

/* Stores the file at `path` (UTF-8). Progress counts bytes of the file. The completion's text is the
 * address (public) or the data map (private) in hexadecimal, its data the same in bytes; its count the
 * number of chunks, and autonomi_event_chunks_with_copies tells how many copies they have. An upload
 * that was interrupted resumes: chunks that five peers have are not sent again. It fails with
 * AUTONOMI_E_NO_FILE, AUTONOMI_E_TOO_SMALL (shorter than AUTONOMI_FILE_MIN), AUTONOMI_E_IO,
 * AUTONOMI_E_PERMISSION, AUTONOMI_E_CORRUPT where the file changed meanwhile, AUTONOMI_E_NO_PEERS,
 * AUTONOMI_E_QUORUM, AUTONOMI_E_TIMEOUT, AUTONOMI_E_PAYMENT or AUTONOMI_E_CANCELLED. */
AUTONOMI_API autonomi_status autonomi_file_upload(autonomi_node *node, const char *path,
                                                  uint32_t flags, uint64_t tag,
                                                  autonomi_op *ret_op);

/* Fetches a file to `path` (UTF-8). `source` is what the upload gave: an address of 32 bytes, or a
 * data map, `source_size` bytes. The bytes go to `path` with ".part" behind it, which resumes an
 * interrupted download, and are renamed when all are there and checked. Progress counts bytes. The
 * completion's count is the size of the file. It fails with AUTONOMI_E_NOT_FOUND, AUTONOMI_E_NO_PEERS,
 * AUTONOMI_E_TIMEOUT, AUTONOMI_E_CORRUPT, AUTONOMI_E_EXISTS, AUTONOMI_E_IO, AUTONOMI_E_PERMISSION,
 * AUTONOMI_E_DISK_FULL, AUTONOMI_E_NO_FILE (no such directory) or AUTONOMI_E_CANCELLED. */
AUTONOMI_API autonomi_status autonomi_file_download(autonomi_node *node, const uint8_t *source,
                                                    size_t source_size, const char *path,
                                                    uint32_t flags, uint64_t tag,
                                                    autonomi_op *ret_op);

/* Stores `data`, which is copied, as a file with these bytes would be: the same chunks, the same
 * address. Completes as autonomi_file_upload, and fails likewise; nothing is remembered for another
 * run. AUTONOMI_E_TOO_LARGE at once above AUTONOMI_DATA_MAX. */
AUTONOMI_API autonomi_status autonomi_data_put(autonomi_node *node, const uint8_t *data,
                                               size_t data_size, uint32_t flags, uint64_t tag,
                                               autonomi_op *ret_op);

/* Fetches a file into memory; `source` as for autonomi_file_download. The data of the completion is
 * its bytes. `size_max` bytes are reserved of the option events.max_bytes until the completion is
 * taken: AUTONOMI_E_TOO_LARGE at once where that is less, and in the completion where the file is
 * larger. It fails otherwise as autonomi_file_download, but for what concerns the disk. */
AUTONOMI_API autonomi_status autonomi_data_get(autonomi_node *node, const uint8_t *source,
                                               size_t source_size, size_t size_max, uint64_t tag,
                                               autonomi_op *ret_op);

#ifdef __cplusplus
}
#endif

#endif
