/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client/upload_share.h"

enum { NOTES_MAX = 1 << 20 }; /* bytes of addresses that wait for the journal */

void an_upload_share_init(struct an_upload_share *share, struct an_client *client,
                          struct an_client_operation *operation)
{
	share->client = client;
	share->operation = operation;
	an_buffer_init(&share->to_note, NOTES_MAX);
	an_buffer_init(&share->being_noted, NOTES_MAX);
	const uint64_t seed[2] = {an_random_u64(client->random), an_random_u64(client->random)};
	an_journal_init(&share->journal, client->sys, seed);
}

void an_upload_share_done(struct an_upload_share *share)
{
	an_journal_close(&share->journal);
	an_buffer_done(&share->to_note);
	an_buffer_done(&share->being_noted);
}

void an_upload_share_open(struct an_upload_share *share, const char *path, uint64_t size,
                          uint64_t modified_us)
{
	const struct an_client *client = share->client;
	if (client->data_directory == NULL)
		return;
	const an_status status = an_journal_open(&share->journal, client->data_directory, path,
	                                         size, modified_us);
	if (status != AUTONOMI_OK)
		an_log(client->logger, AN_LOG_WARNING, "client",
		       "the upload goes on without a journal and will not resume: %s",
		       an_status_message(status));
}

/* ---- Writing. */
static void write_notes(struct an_upload_share *share);

static void run_note(struct an_job *job)
{
	struct an_upload_share *share = an_container_of(job, struct an_upload_share, work.job);
	(void)an_journal_append(&share->journal, an_buffer_span(&share->being_noted));
}

static void noted(struct an_client_work *work)
{
	struct an_upload_share *share = an_container_of(work, struct an_upload_share, work);
	share->is_out = false;
	write_notes(share);
}

static void write_notes(struct an_upload_share *share)
{
	if (share->is_out || share->to_note.size == 0)
		return;
	const struct an_buffer kept = share->being_noted;
	share->being_noted = share->to_note;
	share->to_note = kept;
	an_buffer_clear(&share->to_note);
	share->is_out = true;
	an_client_operation_submit(share->operation, &share->work, AN_JOB_DISK, run_note, noted);
}

void an_upload_share_note(struct an_upload_share *share, const uint8_t name[AN_RECORD_NAME_SIZE])
{
	if (share->journal.file == NULL)
		return;
	/* What does not fit is only asked for less well when the upload is resumed. */
	(void)an_buffer_append(&share->to_note, an_span(name, AN_RECORD_NAME_SIZE));
	write_notes(share);
}

void an_upload_share_sent(struct an_upload_share *share)
{
	share->sending--;
	an_client_memory_freed(share->client, 0);
}
