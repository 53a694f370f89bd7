/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client/vaults.h"

#include <string.h>

#include "base/memory.h"
#include "client/parts.h"
#include "client/record_make.h"
#include "data/vault.h"

enum { KEYS_AT_ONCE = 64 }; /* that one job derives: 20 ms */

struct vault_operation {
	struct an_client_operation operation;
	struct an_client_part part;
	bool began, is_put;
	uint8_t secret[AN_BLS_SECRET_SIZE];
	uint8_t head[AN_OWNER_KEY_SIZE];
	struct an_graph_entry entry; /* the one under the head */
	bool is_new;                 /* it was not there */
	size_t derived;              /* of its descendants, while it is made */
	struct an_blob *value;       /* its record */
	size_t index;                /* of the piece that is written or read */
	uint8_t pad_secret[AN_BLS_SECRET_SIZE];
	uint8_t pad[AN_OWNER_KEY_SIZE];
	uint64_t content_type;
	struct an_blob *content; /* to put */
	struct an_blob *plain;   /* one piece of it */
	uint64_t done;           /* bytes that are stored */
	struct an_buffer opened; /* content that was read */
	bool is_over;            /* that was the last piece */
};

static struct vault_operation *of_part(struct an_client_part *part)
{
	return an_container_of(part, struct vault_operation, part);
}

static bool job_failed(struct an_client_part *part, const struct an_client_result *job)
{
	if (job->status == AUTONOMI_OK)
		return false;
	an_client_end(part->whole, job->status,
	              job->status == AUTONOMI_E_TOO_LARGE
	                      ? "the content of the vault is larger than was asked for; ask for "
	                        "more"
	                      : "what is stored under this key is no vault; check the key");
	return true;
}

/* ---- The entry that names the scratchpads. */
static void next_piece(struct vault_operation *self);

static an_status derive_keys(struct an_client_part *part)
{
	struct vault_operation *self = of_part(part);
	uint8_t *public_key = self->operation.result.owner;
	const an_status status = an_bls_public_key(self->secret, public_key);
	return status == AUTONOMI_OK ? an_head_public_key(public_key, self->head) : status;
}

static an_status read_entry(struct an_client_part *part)
{
	struct vault_operation *self = of_part(part);
	struct an_reader reader;
	struct an_graph_set set;
	an_status status = an_record_body(self->part.record, AN_RECORD_GRAPH_ENTRY, &reader);
	if (status != AUTONOMI_OK)
		return status;
	an_graph_set_read(&reader, &set);
	status = reader.failed;
	const struct an_graph_entry *chosen = an_vault_entry_choose(&set);
	if (status == AUTONOMI_OK && chosen == NULL)
		status = AUTONOMI_E_CORRUPT;
	if (status == AUTONOMI_OK) {
		self->entry = *chosen;
		set.entries[chosen - set.entries] = (struct an_graph_entry){0};
	}
	an_graph_set_done(&set);
	return status;
}

static void entry_read(struct an_client_part *part, const struct an_client_result *result)
{
	if (!job_failed(part, result))
		next_piece(of_part(part));
}

static an_status derive_some(struct an_client_part *part)
{
	struct vault_operation *self = of_part(part);
	if (an_vault_entry_derive(self->operation.result.owner, &self->entry, self->derived,
	                          KEYS_AT_ONCE))
		self->derived += KEYS_AT_ONCE;
	else
		self->derived = self->entry.descendant_count;
	return AUTONOMI_OK;
}

static an_status sign_entry(struct an_client_part *part)
{
	struct vault_operation *self = of_part(part);
	uint8_t secret[AN_BLS_SECRET_SIZE];
	an_status status = an_head_secret(self->secret, secret);
	if (status == AUTONOMI_OK)
		status = an_record_make_graph(&self->entry, secret, &self->value);
	an_wipe(secret, sizeof(secret));
	return status;
}

static void entry_stored(struct an_client_part *part, const struct an_client_result *result)
{
	if (result->status != AUTONOMI_OK) {
		an_client_part_end(part, result);
		return;
	}
	an_client_part_note_copies(part, result);
	next_piece(of_part(part));
}

static void entry_signed(struct an_client_part *part, const struct an_client_result *result)
{
	if (job_failed(part, result))
		return;
	const struct an_client_write write = {.mode = AN_WRITE_PUT, .value = of_part(part)->value};
	an_client_part_write(part, &write, entry_stored);
}

static void some_derived(struct an_client_part *part, const struct an_client_result *result)
{
	struct vault_operation *self = of_part(part);
	(void)result;
	if (self->derived < self->entry.descendant_count)
		an_client_part_compute(part, derive_some, some_derived);
	else
		an_client_part_compute(part, sign_entry, entry_signed);
}

static void make_entry(struct vault_operation *self)
{
	if (an_vault_entry_init(&self->entry) != AUTONOMI_OK) {
		an_client_end_no_memory(&self->operation);
		return;
	}
	self->is_new = true;
	for (size_t i = 0; i < self->entry.descendant_count; i++)
		an_random_fill(self->operation.client->random, self->entry.descendants[i].content,
		               AN_GRAPH_CONTENT_SIZE);
	an_client_part_compute(&self->part, derive_some, some_derived);
}

static void entry_fetched(struct an_client_part *part, const struct an_client_result *result)
{
	struct vault_operation *self = of_part(part);
	if (an_client_part_has_content(result)) {
		an_client_part_hold(part, result);
		an_client_part_compute(part, read_entry, entry_read);
	} else if (result->status == AUTONOMI_E_NOT_FOUND && self->is_put) {
		make_entry(self);
	} else if (result->status == AUTONOMI_E_NOT_FOUND) {
		an_client_end(&self->operation, AUTONOMI_E_NOT_FOUND,
		              "there is no vault under this key; check the key, or create it");
	} else {
		an_client_part_end(part, result);
	}
}

static void keys_derived(struct an_client_part *part, const struct an_client_result *result)
{
	if (!job_failed(part, result))
		an_client_part_get(part, AN_RECORD_GRAPH_ENTRY, of_part(part)->head, entry_fetched);
}

static an_status derive_pad_keys(struct an_client_part *part)
{
	struct vault_operation *self = of_part(part);
	return an_vault_pad_keys(self->secret, &self->entry, self->index, self->pad_secret,
	                         self->pad);
}

/* ---- Put. */
static an_status prepare_piece(struct an_client_part *part)
{
	struct vault_operation *self = of_part(part);
	const an_status status = derive_pad_keys(part);
	if (status != AUTONOMI_OK)
		return status;
	self->plain = an_blob_copy(an_vault_piece(an_blob_span(self->content), self->index));
	return self->plain != NULL ? AUTONOMI_OK : AUTONOMI_E_NO_MEMORY;
}

static void piece_stored(struct an_client_part *part, const struct an_client_result *result);

static void store_piece(struct vault_operation *self, enum an_write_mode mode)
{
	struct an_client_write write = {.mode = mode,
	                                .type = AN_RECORD_SCRATCHPAD,
	                                .plain = self->plain,
	                                .data_encoding = self->content_type};
	memcpy(write.secret, self->pad_secret, sizeof(write.secret));
	an_client_part_write(&self->part, &write, piece_stored);
	an_wipe(&write, sizeof(write));
}

static void piece_stored(struct an_client_part *part, const struct an_client_result *result)
{
	struct vault_operation *self = of_part(part);
	/* A scratchpad that no content has needed yet. */
	if (result->status == AUTONOMI_E_NOT_FOUND) {
		store_piece(self, AN_WRITE_PUT);
		return;
	}
	if (result->status != AUTONOMI_OK) {
		an_client_part_end(part, result);
		return;
	}
	an_client_part_note_copies(part, result);
	self->done += self->plain->size;
	self->plain = an_blob_unref(self->plain);
	if (self->operation.progress != NULL)
		self->operation.progress(self->operation.context, self->done, self->content->size);
	if (self->index == 0)
		an_client_end(&self->operation, AUTONOMI_OK, "%s", "");
	else
		next_piece(self);
}

static void piece_prepared(struct an_client_part *part, const struct an_client_result *result)
{
	if (!job_failed(part, result))
		store_piece(of_part(part), of_part(part)->is_new ? AN_WRITE_PUT : AN_WRITE_UPDATE);
}

/* ---- Get. */
static an_status open_piece(struct an_client_part *part)
{
	struct vault_operation *self = of_part(part);
	struct an_reader reader;
	struct an_scratchpad pad;
	struct an_buffer scratch;
	an_status status = an_record_body(self->part.record, AN_RECORD_SCRATCHPAD, &reader);
	if (status != AUTONOMI_OK)
		return status;
	an_buffer_init(&scratch, reader.bytes.size);
	an_scratchpad_read(&reader, &scratch, &pad);
	status = reader.failed;
	if (status == AUTONOMI_OK) {
		self->is_over = !an_vault_goes_on(pad.encrypted_data.size);
		if (self->index == 0)
			self->content_type = pad.data_encoding;
		/* An end alone, which has no content. */
		if (pad.encrypted_data.size != AN_BLS_CIPHERTEXT_OVERHEAD)
			status = an_scratchpad_open(&pad, self->pad_secret, &self->opened);
	}
	an_buffer_done(&scratch);
	return status;
}

static void give_content(struct vault_operation *self)
{
	if (!an_client_part_give(&self->part, an_buffer_span(&self->opened)))
		return;
	self->operation.result.content_type = self->content_type;
	an_client_end(&self->operation, AUTONOMI_OK, "%s", "");
}

static void piece_opened(struct an_client_part *part, const struct an_client_result *result)
{
	struct vault_operation *self = of_part(part);
	if (job_failed(part, result))
		return;
	self->index++;
	if (self->is_over)
		give_content(self);
	else
		next_piece(self);
}

static void piece_fetched(struct an_client_part *part, const struct an_client_result *result)
{
	struct vault_operation *self = of_part(part);
	if (result->status == AUTONOMI_E_NOT_FOUND) {
		an_client_end(&self->operation, AUTONOMI_E_NOT_FOUND,
		              "piece %zu of the vault's content is held by no peer that was asked; "
		              "try again later, or write the vault anew",
		              self->index);
	} else if (result->status != AUTONOMI_OK) {
		an_client_part_end(part, result);
	} else {
		an_client_part_note_copies(part, result);
		an_client_part_hold(part, result);
		an_client_part_compute(part, open_piece, piece_opened);
	}
}

static void pad_known(struct an_client_part *part, const struct an_client_result *result)
{
	if (!job_failed(part, result))
		an_client_part_get(part, AN_RECORD_SCRATCHPAD, of_part(part)->pad, piece_fetched);
}

/* ---- Pieces: of a put from the last to the first, of a get from the first on. */
static void next_piece(struct vault_operation *self)
{
	if (self->is_put) {
		self->index--;
		an_client_part_compute(&self->part, prepare_piece, piece_prepared);
	} else {
		an_client_part_compute(&self->part, derive_pad_keys, pad_known);
	}
}

/* ---- Operations. */
static struct vault_operation *vault_of(struct an_client_operation *operation)
{
	return an_container_of(operation, struct vault_operation, operation);
}

static void advance(struct an_client_operation *operation)
{
	struct vault_operation *self = vault_of(operation);
	if (self->began)
		return;
	self->began = true;
	an_client_part_compute(&self->part, derive_keys, keys_derived);
}

static void stop(struct an_client_operation *operation)
{
	an_client_part_stop(&vault_of(operation)->part);
}

static void release(struct an_client_operation *operation)
{
	struct vault_operation *self = vault_of(operation);
	an_graph_entry_done(&self->entry);
	an_blob_unref(self->value);
	an_blob_unref(self->content);
	an_blob_unref(self->plain);
	an_client_part_done(&self->part);
	an_buffer_done(&self->opened);
	an_wipe(self, sizeof(*self));
	an_free(self);
}

static struct vault_operation *begin(struct an_client *client,
                                     const uint8_t secret[AN_BLS_SECRET_SIZE], an_client_done *done,
                                     void *context, uint64_t *ret_id)
{
	static const struct an_client_operation_kind kind = {advance, stop, release};
	struct vault_operation *self = an_calloc(1, sizeof(*self));
	if (self == NULL)
		return NULL;
	self->part.whole = &self->operation;
	memcpy(self->secret, secret, sizeof(self->secret));
	an_client_begin(client, &self->operation, &kind, done, context, ret_id);
	return self;
}

an_status an_client_vault_put(struct an_client *client, const struct an_vault_put *put,
                              an_client_progress *progress, an_client_done *done, void *context,
                              uint64_t *ret_id)
{
	if (!an_bls_secret_valid(put->secret) || put->content->size == 0)
		return AUTONOMI_E_INVALID;
	if (put->content->size > AN_VAULT_CONTENT_MAX)
		return AUTONOMI_E_TOO_LARGE;
	struct vault_operation *self = begin(client, put->secret, done, context, ret_id);
	if (self == NULL)
		return AUTONOMI_E_NO_MEMORY;
	self->is_put = true;
	self->operation.progress = progress;
	self->content = an_blob_ref(put->content);
	self->content_type = put->content_type;
	self->index = an_vault_piece_count(put->content->size);
	return AUTONOMI_OK;
}

an_status an_client_vault_get(struct an_client *client, const uint8_t secret[AN_BLS_SECRET_SIZE],
                              size_t size_max, an_client_done *done, void *context,
                              uint64_t *ret_id)
{
	if (!an_bls_secret_valid(secret))
		return AUTONOMI_E_INVALID;
	struct vault_operation *self = begin(client, secret, done, context, ret_id);
	if (self == NULL)
		return AUTONOMI_E_NO_MEMORY;
	an_buffer_init(&self->opened, size_max);
	return AUTONOMI_OK;
}
