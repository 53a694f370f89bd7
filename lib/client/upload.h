/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A file, or data in memory, on its way into the network: its struct, shared by upload.c (what happens
 * when) and upload_jobs.c (what blocks or takes long).
 *
 * Pieces are read in order, hashed, and encrypted as soon as both neighbours of each are hashed; a
 * piece becomes a chunk and is put. Pieces 0 and 1 need the hashes of the last two, so they wait in
 * memory until the end, and nothing is read twice. The maps that a shrunk data map needs, and the root
 * of a public file, are chunks as well and go the same way.
 */
#ifndef AN_CLIENT_UPLOAD_H
#define AN_CLIENT_UPLOAD_H

#include "client/record_put.h"
#include "client/upload_share.h"
#include "data/self_encryption.h"

enum an_upload_phase {
	AN_UPLOAD_NEW,
	AN_UPLOAD_OPENING,
	AN_UPLOAD_PIECES,    /* read, encrypt and put */
	AN_UPLOAD_SHRINKING, /* the data map becomes chunks; pieces are still put */
	AN_UPLOAD_PUTTING,   /* nothing new comes: the last puts */
	AN_UPLOAD_CHECKING,  /* whether the file is still the one that was read */
};

enum an_piece_stage {
	AN_PIECE_READING,
	AN_PIECE_HASHING,
	AN_PIECE_HASHED, /* waits for its neighbours */
	AN_PIECE_ENCRYPTING,
	AN_PIECE_HELD, /* a chunk that looks its peers up and waits for its turn */
	AN_PIECE_SENDING,
	AN_PIECE_LINGERING, /* stored, but for peers that are late */
};

struct an_upload;

struct an_upload_piece {
	struct an_client_work work;
	struct an_list link;
	struct an_upload *upload;
	enum an_piece_stage stage;
	size_t index;          /* of the file; of chunks of maps the count of pieces */
	size_t charge;         /* bytes counted as held */
	struct an_blob *plain; /* NULL where the data is in memory as a whole */
	struct an_blob *chunk;
	struct an_span bytes; /* the plain ones */
	struct an_self_key key;
	uint8_t hash[AN_RECORD_NAME_SIZE]; /* of the plain bytes */
	an_status status;                  /* of its job */
	struct an_record_put put;
};

struct an_upload {
	struct an_client_operation operation;
	enum an_upload_phase phase;
	bool is_public;
	char *path; /* of data in memory: what it is called */
	struct an_blob *memory;
	struct an_file *file;
	struct an_file_info info;
	bool is_expected; /* the file must be as `expected` */
	struct an_file_info expected;
	struct an_self_layout layout;
	struct an_data_map map;
	bool *hashed; /* of each piece */
	size_t next;  /* piece to read */
	size_t encrypted;
	uint64_t stored; /* bytes of the file in chunks that were put */
	struct an_list pieces;
	size_t piece_count;         /* in the list */
	struct an_client_work work; /* open, shrink, check */
	an_status status;           /* of it */
	struct an_list shrunk;      /* pieces that shrinking made */
	bool complete;              /* every chunk has as many copies as it should */
	struct an_upload_share own;
	struct an_upload_share *share; /* own, or that of the directory */
};

struct an_upload_spec {
	const char *path;       /* of the file, or what data in memory is called in messages */
	struct an_blob *memory; /* NULL: the file. A reference is taken */
	bool is_public;
	const struct an_file_info *expected; /* size and time that the file must have; or NULL */
	struct an_upload_share *share;       /* outlives the upload; NULL: one of its own */
};

/* Begins an operation. Data in memory has no journal of its own. */
an_status an_upload_begin(struct an_client *client, const struct an_upload_spec *spec,
                          an_client_progress *progress, an_client_done *done, void *context,
                          uint64_t *ret_id);

/* Each starts a job; `finished` follows on the pump. */
void an_upload_open(struct an_upload *upload, void (*finished)(struct an_client_work *work));
void an_upload_read(struct an_upload_piece *piece, void (*finished)(struct an_client_work *work));
void an_upload_hash(struct an_upload_piece *piece, void (*finished)(struct an_client_work *work));
void an_upload_encrypt(struct an_upload_piece *piece,
                       void (*finished)(struct an_client_work *work));
void an_upload_shrink(struct an_upload *upload, void (*finished)(struct an_client_work *work));
void an_upload_check(struct an_upload *upload, void (*finished)(struct an_client_work *work));

#endif
