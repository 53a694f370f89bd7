/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The client: chunks, files and directories in and out of the network (semantics 7.2 to 7.4, 7.8,
 * 7.9). Pipelines that ask for lookups, requests and jobs through struct an_client_network and are told
 * results.
 *
 * A put goes to the close group of its address. It has succeeded at the quorum; it is complete when
 * every target has answered, refused or timed out, each that failed having been replaced by the next
 * closest. A get takes one copy: it finds the closest peers and asks one after the other, the next one
 * also when the one before is late, and checks what comes.
 *
 * Each operation calls `done` exactly once, never from inside the call that began it.
 *
 * Threading: single-threaded; jobs run on workers.
 */
#ifndef AN_CLIENT_CLIENT_H
#define AN_CLIENT_CLIENT_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/log.h"
#include "client/network.h"
#include "crypt/random.h"
#include "data/archive.h"
#include "sys/sys.h"

struct an_client;

enum {
	AN_CLIENT_ADDRESS_SIZE = 32,
	AN_CLIENT_COPIES_MAX = 5,
	AN_CLIENT_MESSAGE_MAX = 256,
	AN_CLIENT_ARCHIVE_SIZE_MAX = 1 << 27, /* bytes of an archive whose files are fetched */
	AN_CLIENT_LIST_SIZE_MAX = 1 << 24,    /* of one that is only given back */
};

struct an_client_config {
	const struct an_sys *sys;   /* files, used by jobs only */
	const char *data_directory; /* journals of uploads; copied; NULL: uploads do not resume */
	size_t parallel_puts;       /* chunks of files being stored at once */
	size_t parallel_gets;       /* chunks of files being fetched at once */
	size_t memory_max;          /* bytes of chunks that file operations hold at once */
	struct an_random *random;
	struct an_logger *logger;
	struct an_peer_id self; /* of the node that this client belongs to */
	bool is_node;
	bool private_addresses; /* whether loopback and private addresses may be dialled */
};

struct an_client_result {
	an_status status;
	char message[AN_CLIENT_MESSAGE_MAX];     /* for people; "" on success */
	uint8_t address[AN_CLIENT_ADDRESS_SIZE]; /* of a put or a public upload */
	struct an_blob
		*content;     /* of a get, or the data map of an upload: a reference may be taken */
	struct an_span bytes; /* the bytes of it that matter */
	uint64_t size;        /* bytes of the file, or of all files */
	uint64_t chunks;      /* of an upload or download, those of the data map included */
	uint64_t copies[AN_CLIENT_COPIES_MAX + 1]; /* chunks with 0, 1, ... 5 or more copies */
	uint8_t owner[48];        /* of a record that was written: its owner's public key */
	uint64_t count;           /* of a record: peers that have it */
	uint64_t counter;         /* of a record: that of the version read or written */
	uint64_t network_counter; /* the highest that the network named */
	uint64_t versions;        /* different ones that peers gave */
	/* Of a record that was read: who has it; or who was found (agreement.h). Nearest first;
	 * borrowed. */
	const struct an_contact *holders;
	size_t holder_count;
	uint64_t content_type;   /* of a vault: what the application says of its content */
	uint64_t files, skipped; /* of a directory: stored or fetched, left out */
};

typedef void an_client_done(void *context, const struct an_client_result *result);
typedef void an_client_progress(void *context, uint64_t done, uint64_t total);

an_status an_client_new(const struct an_client_config *config,
                        const struct an_client_network *network, struct an_client **ret_client);

/* Operations end without `done`. Their jobs must have run or been dropped before. Takes back its
 * requests and lookups, so the network must still be there. */
struct an_client *an_client_free(struct an_client *client);

/* Stores `content` as a chunk. Takes a reference. */
an_status an_client_chunk_put(struct an_client *client, struct an_blob *content,
                              an_client_done *done, void *context, uint64_t *ret_id);

an_status an_client_chunk_get(struct an_client *client,
                              const uint8_t address[AN_CLIENT_ADDRESS_SIZE], an_client_done *done,
                              void *context, uint64_t *ret_id);

/* Stores the file at `path`; `is_public`: its data map too, as a chunk. */
an_status an_client_upload(struct an_client *client, const char *path, bool is_public,
                           an_client_progress *progress, an_client_done *done, void *context,
                           uint64_t *ret_id);

/* Fetches a file by the address of its data map (32 bytes) or by the data map itself. */
an_status an_client_download(struct an_client *client, struct an_span source, const char *path,
                             bool replace, an_client_progress *progress, an_client_done *done,
                             void *context, uint64_t *ret_id);

/* Stores data in memory as a file is; takes a reference. */
an_status an_client_data_put(struct an_client *client, struct an_blob *content, bool is_public,
                             an_client_progress *progress, an_client_done *done, void *context,
                             uint64_t *ret_id);

/* Fetches it; E_TOO_LARGE where it has more than `size_max` bytes. */
an_status an_client_data_get(struct an_client *client, struct an_span source, size_t size_max,
                             an_client_progress *progress, an_client_done *done, void *context,
                             uint64_t *ret_id);

struct an_client_directory_put {
	const char *path; /* copied */
	bool is_public;
	bool has_archive; /* the archive is stored; otherwise it is the result's content */
	bool skips;       /* leaves out what an archive cannot hold */
};

/* Stores the files below a directory, and the archive of them. */
an_status an_client_directory_upload(struct an_client *client,
                                     const struct an_client_directory_put *put,
                                     an_client_progress *progress, an_client_done *done,
                                     void *context, uint64_t *ret_id);

/* Fetches the files of an archive to the directory `path`. */
an_status an_client_directory_download(struct an_client *client, struct an_span source,
                                       const char *path, bool replace, an_client_progress *progress,
                                       an_client_done *done, void *context, uint64_t *ret_id);

/* Fetches an archive of this kind, at most `size_max` bytes, and checks that it is one. */
an_status an_client_archive_get(struct an_client *client, enum an_archive_kind kind,
                                struct an_span source, size_t size_max, an_client_done *done,
                                void *context, uint64_t *ret_id);

/* Ends the operation with E_CANCELLED as soon as its running jobs allow. Unknown ids are ignored. */
void an_client_cancel(struct an_client *client, uint64_t id);

/* When an_client_expire has something to do: 0 where it has now. */
an_time_us an_client_deadline(const struct an_client *client);
void an_client_expire(struct an_client *client, an_time_us now);

#endif
