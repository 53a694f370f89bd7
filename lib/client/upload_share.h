/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What uploads that belong together share: the journal of the chunks that they stored, and how many
 * chunks are being sent. A file alone has a share of its own, the files of a directory have one.
 *
 * Owns: the journal, and the addresses that wait to be written to it. Embedded in an operation, whose
 * jobs write it.
 *
 * Threading: an_upload_share_open blocks and belongs in a job; the rest is for the pump.
 */
#ifndef AN_CLIENT_UPLOAD_SHARE_H
#define AN_CLIENT_UPLOAD_SHARE_H

#include "client/internal.h"
#include "client/journal.h"

struct an_upload_share {
	struct an_client *client;
	struct an_client_operation *operation;
	struct an_journal journal;
	bool is_out; /* a job writes the journal */
	struct an_client_work work;
	struct an_buffer to_note, being_noted; /* addresses for the journal */
	size_t sending;
};

void an_upload_share_init(struct an_upload_share *share, struct an_client *client,
                          struct an_client_operation *operation);
void an_upload_share_done(struct an_upload_share *share);

/* Opens the journal of the file or directory at `path`, as an_journal_open; without one nothing is
 * remembered, which the log says. */
void an_upload_share_open(struct an_upload_share *share, const char *path, uint64_t size,
                          uint64_t modified_us);

/* A chunk is stored. Its address goes to the journal by itself. */
void an_upload_share_note(struct an_upload_share *share, const uint8_t name[AN_RECORD_NAME_SIZE]);

/* One chunk less is being sent: whoever waits for a turn advances. */
void an_upload_share_sent(struct an_upload_share *share);

#endif
