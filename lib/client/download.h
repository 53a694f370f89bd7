/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A file, or data for memory, on its way out of the network: its struct, shared by download.c (what
 * happens when) and download_jobs.c (what blocks or takes long).
 *
 * The root map comes as bytes or as a chunk; while it has a child, its chunks are fetched and give the
 * map one level below. Then each piece is fetched, decrypted and written at its place in `PATH.part`,
 * several at once. A `.part` of the right size is from an earlier run: each of its pieces is hashed
 * and only what is missing is fetched. At the end it is synced and renamed. Where a file of a
 * directory may be there already, from an earlier run, it is hashed likewise, and stays where it is
 * what the map says.
 *
 * A map comes from a stranger: the number of its levels, the size of each level and of each piece are
 * bounded before memory is taken for them, and a piece must have the size that the map says.
 */
#ifndef AN_CLIENT_DOWNLOAD_H
#define AN_CLIENT_DOWNLOAD_H

#include "client/record_get.h"
#include "data/self_encryption.h"

enum {
	AN_DOWNLOAD_LEVEL_ENTRIES_MAX = 128,   /* chunks of one map above the file's own */
	AN_DOWNLOAD_LEVEL_SIZE_MAX = 64 << 20, /* bytes that they decrypt to: maps of 3 TiB */
	AN_DOWNLOAD_CHUNK_SLACK = 1024,        /* of other encoders, above AN_SELF_GROWTH_MAX */
	AN_DOWNLOAD_PIECE_REST = 2, /* the last of three pieces takes what division by 3 leaves */
};

enum an_download_phase {
	AN_DOWNLOAD_NEW,
	AN_DOWNLOAD_LOOKING, /* whether the target may be written */
	AN_DOWNLOAD_ROOT,    /* the root map is fetched */
	AN_DOWNLOAD_LEVEL,   /* the chunks of a map with a child are fetched */
	AN_DOWNLOAD_EXPANDING,
	AN_DOWNLOAD_OPENING,
	AN_DOWNLOAD_COMPARING, /* the file that is there with what should be */
	AN_DOWNLOAD_PIECES,
	AN_DOWNLOAD_CLOSING, /* sync and rename */
};

enum an_fetch_stage {
	AN_FETCH_READING, /* what the .part has at its place */
	AN_FETCH_HASHING,
	AN_FETCH_WAITING, /* for its turn to be fetched */
	AN_FETCH_FETCHING,
	AN_FETCH_HERE, /* of a level: waits for the others */
	AN_FETCH_DECRYPTING,
	AN_FETCH_WRITING,
};

struct an_download;

struct an_download_piece {
	struct an_client_work work;
	struct an_list link;
	struct an_download *download;
	enum an_fetch_stage stage;
	size_t index;
	uint64_t offset;
	size_t charge; /* bytes counted as held */
	struct an_self_key key;
	struct an_blob *plain;
	uint8_t hash[AN_RECORD_NAME_SIZE];
	an_status status;         /* of its job */
	struct an_record_get get; /* owns the chunk while it has one */
};

/* What downloads that belong together share. A download alone has a share of its own. */
struct an_download_share {
	size_t fetching; /* chunks */
	size_t held;     /* pieces */
};

struct an_download {
	struct an_client_operation operation;
	enum an_download_phase phase;
	bool replace;
	bool compare;                       /* what is at the path may be what is to be there */
	bool exists;                        /* a file is at the path, and is to be compared */
	bool differs;                       /* it is another one */
	char *path, *part_path, *directory; /* NULL: to memory */
	uint64_t size_max;                  /* of data for memory */
	struct an_blob *memory;
	struct an_blob *root; /* given by the host; NULL: fetched */
	struct an_file *file;
	bool resumes;
	struct an_data_map map;
	unsigned levels;
	uint64_t size;
	size_t next; /* piece to begin */
	uint64_t next_offset;
	uint64_t written; /* bytes that are in place */
	struct an_list pieces;
	size_t piece_count; /* in the list */
	struct an_download_share own, *share;
	struct an_client_work work; /* look, decode, expand, open, close */
	an_status status;           /* of it */
	struct an_span *level;      /* contents of the map's chunks, while it is expanded */
	struct an_record_get get;   /* of the root */
};

struct an_download_spec {
	struct an_span source; /* an address of 32 bytes, or a data map */
	const char *path;      /* NULL: the completion's content */
	uint64_t size_max;     /* of data for memory */
	bool replace;
	bool compare; /* a file at the path that has the right bytes already stays, and is success */
	struct an_download_share *share; /* outlives the download; NULL: one of its own */
};

/* Begins an operation. */
an_status an_download_begin(struct an_client *client, const struct an_download_spec *spec,
                            an_client_progress *progress, an_client_done *done, void *context,
                            uint64_t *ret_id);

/* Each starts a job; `finished` follows on the pump. */
void an_download_look(struct an_download *download, void (*finished)(struct an_client_work *work));
/* `bytes` must stay until then. */
void an_download_decode(struct an_download *download, struct an_span bytes,
                        void (*finished)(struct an_client_work *work));
void an_download_expand(struct an_download *download,
                        void (*finished)(struct an_client_work *work));
/* Opens the file that is there, to compare it. */
void an_download_open_existing(struct an_download *download,
                               void (*finished)(struct an_client_work *work));
void an_download_open(struct an_download *download, void (*finished)(struct an_client_work *work));
void an_download_close(struct an_download *download, void (*finished)(struct an_client_work *work));
void an_download_read(struct an_download_piece *piece,
                      void (*finished)(struct an_client_work *work));
void an_download_hash(struct an_download_piece *piece,
                      void (*finished)(struct an_client_work *work));
void an_download_decrypt(struct an_download_piece *piece,
                         void (*finished)(struct an_client_work *work));
void an_download_write(struct an_download_piece *piece,
                       void (*finished)(struct an_client_work *work));

#endif
