/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Directories and archives on the network (semantics 7.9): every file of a directory is stored as a file
 * is, and an archive lists them (<autonomi/archive.h>), which is stored as data. Operations as in
 * <autonomi/network.h>, with progress events.
 *
 * Paths in an archive begin with the name of the directory, as Autonomi's own client writes them, and
 * have forward slashes. With each goes the size of the file, and when it was made and changed, in
 * seconds; 0 where the system does not know. An archive has files only: directories without any, owners
 * and permissions are not in it. Links are not followed.
 *
 * Threading: as the node.
 */
#ifndef AUTONOMI_DIRECTORY_H
#define AUTONOMI_DIRECTORY_H

#include <autonomi/archive.h>
#include <autonomi/file.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
	AUTONOMI_DIRECTORY_FILES_MAX = 131072,  /* of one upload or download */
	AUTONOMI_ARCHIVE_SIZE_MAX = 134217728,  /* bytes of an archive whose files are fetched */
	AUTONOMI_DIRECTORY_LIST_MAX = 16777216, /* bytes of an archive that is only given back */

	/* Flags of autonomi_directory_upload, besides AUTONOMI_UPLOAD_PUBLIC. Skip: what an archive
	 * cannot hold is left out and counted, as journals of uploads always are. No archive: it is
	 * given back and not stored. */
	AUTONOMI_UPLOAD_SKIP = 2,
	AUTONOMI_UPLOAD_NO_ARCHIVE = 4
};

/* Stores the files below the directory `path` (UTF-8), whose last part must be a name. Public: with the
 * data map of each, and the archive has an address; otherwise the completion gives the data map of the
 * archive, the only key to it all. Progress counts bytes of files. The completion's text and data are
 * those of autonomi_file_upload for the archive; with AUTONOMI_UPLOAD_NO_ARCHIVE its data is the archive
 * itself, for autonomi_archive_decode, at most AUTONOMI_DIRECTORY_LIST_MAX bytes, which are reserved.
 * autonomi_event_files tells how many files there are, autonomi_event_skipped how many were left out.
 * The count is the number of chunks.
 *
 * Before anything is stored, all files are found: it fails with AUTONOMI_E_TOO_SMALL where a file
 * is shorter than AUTONOMI_FILE_MIN, with AUTONOMI_E_UNSUPPORTED where there is a symbolic link, a
 * socket, a pipe, a device or a name that is no UTF-8 (neither of both with AUTONOMI_UPLOAD_SKIP),
 * with AUTONOMI_E_TOO_LARGE where there are more than AUTONOMI_DIRECTORY_FILES_MAX files,
 * AUTONOMI_E_NO_FILE where there is no such directory, AUTONOMI_E_INVALID where `path` ends in no
 * name. Afterwards as autonomi_file_upload; what was stored by then stays, and the same upload goes
 * on from there. */
AUTONOMI_API autonomi_status autonomi_directory_upload(autonomi_node *node, const char *path,
                                                       uint32_t flags, uint64_t tag,
                                                       autonomi_op *ret_op);

/* Fetches the files of an archive to the directory `path` (UTF-8), which is made where it is
 * missing. `source` is what the upload gave. Nothing is written outside of `path`: an archive with
 * a path that is absolute, leads upwards or cannot be a file's, with two files at one place, or
 * with more than AUTONOMI_DIRECTORY_FILES_MAX files is refused as a whole, and nothing below `path`
 * is written through a symbolic link. Before the first file is fetched, all places are looked at:
 * AUTONOMI_E_EXISTS where something else is there, but for files with AUTONOMI_DOWNLOAD_REPLACE. A
 * file that is there with the right bytes stays, so that the same download goes on where it was
 * interrupted. Files have mode 0600, directories 0700, and the time at which they come. Progress
 * counts bytes. The completion's count is the size of all files, and autonomi_event_files tells how
 * many there are. It fails as autonomi_file_download, with AUTONOMI_E_CORRUPT where `source` leads
 * to no archive. */
AUTONOMI_API autonomi_status autonomi_directory_download(autonomi_node *node, const uint8_t *source,
                                                         size_t source_size, const char *path,
                                                         uint32_t flags, uint64_t tag,
                                                         autonomi_op *ret_op);

/* Stores an archive, which is encoded before the function returns: a public one as public data, a
 * private one as private. Completes as autonomi_data_put, and fails likewise. */
AUTONOMI_API autonomi_status autonomi_archive_put(autonomi_node *node,
                                                  const autonomi_archive *archive, uint64_t tag,
                                                  autonomi_op *ret_op);

/* Fetches an archive of this kind and checks it. The data of the completion is its bytes, for
 * autonomi_archive_decode, and autonomi_event_files tells how many files it lists. `size_max` as for
 * autonomi_data_get. It fails likewise, and with AUTONOMI_E_CORRUPT where it is no such archive. */
AUTONOMI_API autonomi_status autonomi_archive_get(autonomi_node *node, uint32_t kind,
                                                  const uint8_t *source, size_t source_size,
                                                  size_t size_max, uint64_t tag,
                                                  autonomi_op *ret_op);

#ifdef __cplusplus
}
#endif

#endif
