/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client/upload.h"

#include "base/memory.h"
#include "data/chunk.h"

enum { FEWEST_PIECES = 3 }; /* held whatever the memory limit says, so that an upload gets on */

static struct an_upload *upload_of(struct an_client_operation *operation)
{
	return an_container_of(operation, struct an_upload, operation);
}

static struct an_upload_piece *piece_at(struct an_list *link)
{
	return an_container_of(link, struct an_upload_piece, link);
}

static void end_changed(struct an_upload *upload)
{
	an_client_end(&upload->operation, AUTONOMI_E_CORRUPT,
	              "'%.100s' changed while it was being stored; start again when nothing "
	              "writes to it",
	              upload->path);
}

static void explain_open(struct an_upload *upload)
{
	struct an_client_operation *operation = &upload->operation;
	const an_status status = upload->status;
	if (status == AUTONOMI_E_TOO_SMALL)
		an_client_end(operation, status,
		              "'%.100s' has %llu bytes and self-encryption needs 3; store it with "
		              "chunk put instead",
		              upload->path, (unsigned long long)upload->info.size);
	else if (status == AUTONOMI_E_UNSUPPORTED)
		an_client_end(operation, status,
		              "'%.100s' is not a regular file; give the path of one", upload->path);
	else if (status == AUTONOMI_E_CORRUPT)
		end_changed(upload);
	else
		an_client_end(operation, status,
		              "'%.100s' could not be opened: %s; check the path and its "
		              "permissions",
		              upload->path, an_status_message(status));
}

static void end_unread(struct an_upload *upload, an_status status)
{
	if (status == AUTONOMI_E_CORRUPT)
		end_changed(upload);
	else
		an_client_end(&upload->operation, status,
		              "'%.100s' could not be read: %s; check the disk and start again",
		              upload->path, an_status_message(status));
}

/* ---- Opening. */
static an_status prepare(struct an_upload *upload)
{
	const size_t piece_max = upload->operation.client->profile->chunk_content_max;
	an_status status = an_self_layout_init(&upload->layout, upload->info.size, piece_max);
	if (status == AUTONOMI_OK)
		status = an_data_map_init(&upload->map, upload->layout.count);
	if (status != AUTONOMI_OK)
		return status;
	upload->hashed = an_calloc(upload->layout.count, sizeof(*upload->hashed));
	return upload->hashed != NULL ? AUTONOMI_OK : AUTONOMI_E_NO_MEMORY;
}

static void begin_pieces(struct an_upload *upload)
{
	if (upload->status != AUTONOMI_OK) {
		explain_open(upload);
		return;
	}
	upload->operation.result.size = upload->info.size;
	const an_status status = prepare(upload);
	if (status == AUTONOMI_E_NO_MEMORY)
		an_client_end_no_memory(&upload->operation);
	else if (status != AUTONOMI_OK)
		an_client_end(&upload->operation, status,
		              "'%.100s' is too large for one upload; split it", upload->path);
	upload->phase = AN_UPLOAD_PIECES;
}

static void opened(struct an_client_work *work)
{
	begin_pieces(an_container_of(work, struct an_upload, work));
}

/* Data in memory needs no job to be looked at. */
static void take_memory(struct an_upload *upload)
{
	upload->info.size = upload->memory->size;
	upload->status = upload->info.size < AN_SELF_ENCRYPTION_MIN ? AUTONOMI_E_TOO_SMALL
	                                                            : AUTONOMI_OK;
	begin_pieces(upload);
}

/* ---- Pieces: their memory. */
static bool has_room(const struct an_upload *upload, size_t charge)
{
	const struct an_client *client = upload->operation.client;
	return upload->piece_count < FEWEST_PIECES ||
	       (client->memory_used <= client->memory_max &&
	        charge <= client->memory_max - client->memory_used);
}

static void enter(struct an_upload *upload, struct an_upload_piece *piece, size_t charge)
{
	piece->upload = upload;
	piece->charge = charge;
	upload->operation.client->memory_used += charge;
	an_list_append(&upload->pieces, &piece->link);
	upload->piece_count++;
}

static void free_piece(struct an_upload_piece *piece)
{
	struct an_upload *upload = piece->upload;
	an_list_remove(&piece->link);
	upload->piece_count--;
	if (piece->stage == AN_PIECE_SENDING)
		upload->share->sending--;
	an_client_memory_freed(upload->operation.client, piece->charge);
	an_blob_unref(piece->plain);
	an_blob_unref(piece->chunk);
	an_wipe(&piece->key, sizeof(piece->key));
	an_free(piece);
}

/* ---- Pieces: putting. */
static void report_progress(struct an_upload *upload, const struct an_upload_piece *piece)
{
	struct an_client_operation *operation = &upload->operation;
	if (piece->index >= upload->layout.count)
		return;
	upload->stored += an_self_piece_size(&upload->layout, piece->index);
	if (operation->progress != NULL)
		operation->progress(operation->context, upload->stored, upload->info.size);
}

static void stored(struct an_record_put *put)
{
	struct an_upload_piece *piece = an_container_of(put, struct an_upload_piece, put);
	struct an_upload *upload = piece->upload;
	struct an_client_operation *operation = &upload->operation;
	char text[AN_CLIENT_MESSAGE_MAX];
	operation->result.chunks++;
	operation->result.copies[put->copies]++;
	upload->complete = upload->complete && put->copies == AN_CLIENT_COPIES_MAX;
	if (put->status < 0) {
		an_record_put_explain(put, text);
		an_client_end(operation, put->status, "%s", text);
		return;
	}
	an_upload_share_note(upload->share, put->name);
	report_progress(upload, piece);
	free_piece(piece);
	an_client_soon(operation);
}

static void lingers(struct an_record_put *put)
{
	struct an_upload_piece *piece = an_container_of(put, struct an_upload_piece, put);
	if (piece->stage != AN_PIECE_SENDING)
		return;
	piece->stage = AN_PIECE_LINGERING;
	an_upload_share_sent(piece->upload->share);
}

static void put_chunk(struct an_upload_piece *piece)
{
	struct an_upload *upload = piece->upload;
	piece->stage = AN_PIECE_HELD;
	piece->put.client = upload->operation.client;
	piece->put.content = piece->chunk;
	piece->put.held = true;
	piece->put.check = an_journal_has(&upload->share->journal, piece->put.name);
	piece->put.done = stored;
	piece->put.lingers = lingers;
	an_record_put_start(&piece->put);
}

static void send_held(struct an_upload *upload)
{
	struct an_list *link = an_list_first(&upload->pieces);
	while (link != NULL && upload->share->sending < upload->operation.client->parallel_puts) {
		struct an_upload_piece *piece = piece_at(link);
		/* Read first: a put that is released may end and take its piece along. */
		link = an_list_next(&upload->pieces, link);
		if (piece->stage != AN_PIECE_HELD)
			continue;
		piece->stage = AN_PIECE_SENDING;
		upload->share->sending++;
		an_record_put_release(&piece->put);
	}
}

/* ---- Pieces: from the file to the chunk. */
static void encrypted(struct an_client_work *work)
{
	struct an_upload_piece *piece = an_container_of(work, struct an_upload_piece, work);
	struct an_upload *upload = piece->upload;
	an_wipe(&piece->key, sizeof(piece->key));
	if (piece->status != AUTONOMI_OK) {
		an_client_end_no_memory(&upload->operation);
		return;
	}
	piece->plain = an_blob_unref(piece->plain);
	memcpy(upload->map.entries[piece->index].dst_hash, piece->put.name, AN_RECORD_NAME_SIZE);
	upload->encrypted++;
	put_chunk(piece);
}

static bool can_encrypt(const struct an_upload *upload, const struct an_upload_piece *piece)
{
	const size_t count = upload->layout.count;
	return piece->stage == AN_PIECE_HASHED &&
	       upload->hashed[an_self_neighbour_key(count, piece->index)] &&
	       upload->hashed[an_self_neighbour_pad(count, piece->index)];
}

static void encrypt_hashed(struct an_upload *upload)
{
	for (struct an_list *link = an_list_first(&upload->pieces); link != NULL;
	     link = an_list_next(&upload->pieces, link)) {
		struct an_upload_piece *piece = piece_at(link);
		if (!can_encrypt(upload, piece))
			continue;
		if (an_self_key_init(&piece->key, &upload->map, piece->index) != AUTONOMI_OK)
			continue;
		piece->stage = AN_PIECE_ENCRYPTING;
		an_upload_encrypt(piece, encrypted);
	}
}

static void hashed(struct an_client_work *work)
{
	struct an_upload_piece *piece = an_container_of(work, struct an_upload_piece, work);
	struct an_upload *upload = piece->upload;
	struct an_data_map_entry *entry = &upload->map.entries[piece->index];
	entry->index = piece->index;
	entry->src_size = piece->bytes.size;
	memcpy(entry->src_hash, piece->hash, sizeof(entry->src_hash));
	upload->hashed[piece->index] = true;
	piece->stage = AN_PIECE_HASHED;
}

static void was_read(struct an_client_work *work)
{
	struct an_upload_piece *piece = an_container_of(work, struct an_upload_piece, work);
	if (piece->status != AUTONOMI_OK) {
		end_unread(piece->upload, piece->status);
		return;
	}
	piece->stage = AN_PIECE_HASHING;
	an_upload_hash(piece, hashed);
}

/* The bytes of a piece: a part of the memory, or room for them. NULL: no memory. */
static const uint8_t *find_bytes(const struct an_upload *upload, struct an_upload_piece *piece,
                                 size_t size)
{
	if (upload->memory != NULL)
		return upload->memory->data + an_self_piece_offset(&upload->layout, upload->next);
	piece->plain = an_blob_new(size);
	return piece->plain != NULL ? piece->plain->data : NULL;
}

static bool read_next(struct an_upload *upload)
{
	const size_t size = an_self_piece_size(&upload->layout, upload->next);
	struct an_upload_piece *piece = an_calloc(1, sizeof(*piece));
	const uint8_t *bytes = piece != NULL ? find_bytes(upload, piece, size) : NULL;
	if (bytes == NULL) {
		an_free(piece);
		an_client_end_no_memory(&upload->operation);
		return false;
	}
	piece->bytes = an_span(bytes, size);
	piece->index = upload->next++;
	enter(upload, piece, size + AN_SELF_GROWTH_MAX);
	if (upload->memory != NULL) {
		piece->stage = AN_PIECE_HASHING;
		an_upload_hash(piece, hashed);
	} else {
		piece->stage = AN_PIECE_READING;
		an_upload_read(piece, was_read);
	}
	return true;
}

static void read_on(struct an_upload *upload)
{
	while (upload->next < upload->layout.count &&
	       has_room(upload, an_self_piece_size(&upload->layout, upload->next))) {
		if (!read_next(upload))
			return;
	}
}

/* ---- The data map. */
static an_status encode_root(struct an_upload *upload)
{
	struct an_buffer root;
	an_buffer_init(&root, AN_DATA_MAP_ROOT_SIZE_MAX);
	an_status status = an_data_map_encode_root(&upload->map, &root);
	if (status == AUTONOMI_OK) {
		upload->operation.result.content = an_blob_copy(an_buffer_span(&root));
		if (upload->operation.result.content == NULL)
			status = AUTONOMI_E_NO_MEMORY;
	}
	if (root.data != NULL)
		an_wipe(root.data, root.size);
	an_buffer_done(&root);
	upload->operation.result.bytes = an_blob_span(upload->operation.result.content);
	return status;
}

/* Of a public file the root becomes a chunk, whose address is the file's. */
static an_status publish_root(struct an_upload *upload)
{
	struct an_client_result *result = &upload->operation.result;
	struct an_upload_piece *piece = an_calloc(1, sizeof(*piece));
	if (piece == NULL)
		return AUTONOMI_E_NO_MEMORY;
	an_chunk_name(result->bytes, piece->put.name);
	memcpy(result->address, piece->put.name, sizeof(result->address));
	piece->index = upload->layout.count;
	piece->chunk = result->content;
	result->content = NULL;
	result->bytes = an_span(NULL, 0);
	enter(upload, piece, piece->chunk->size);
	put_chunk(piece);
	return AUTONOMI_OK;
}

static void shrunk(struct an_client_work *work)
{
	struct an_upload *upload = an_container_of(work, struct an_upload, work);
	an_status status = upload->status;
	for (struct an_list *link; (link = an_list_take(&upload->shrunk)) != NULL;) {
		struct an_upload_piece *piece = piece_at(link);
		enter(upload, piece, piece->chunk->size);
		put_chunk(piece);
	}
	if (status == AUTONOMI_OK)
		status = encode_root(upload);
	if (status == AUTONOMI_OK && upload->is_public)
		status = publish_root(upload);
	if (status == AUTONOMI_E_NO_MEMORY)
		an_client_end_no_memory(&upload->operation);
	else if (status != AUTONOMI_OK)
		an_client_end(&upload->operation, status,
		              "the data map of '%.100s' could not be made: %s; split the file",
		              upload->path, an_status_message(status));
	upload->phase = AN_UPLOAD_PUTTING;
}

/* ---- The end. */
static void file_checked(struct an_client_work *work)
{
	struct an_upload *upload = an_container_of(work, struct an_upload, work);
	if (upload->status == AUTONOMI_OK)
		an_client_end(&upload->operation, AUTONOMI_OK, "%s", "");
	else
		end_unread(upload, upload->status);
}

static void begin(struct an_upload *upload)
{
	upload->phase = AN_UPLOAD_OPENING;
	if (upload->memory != NULL)
		take_memory(upload);
	else
		an_upload_open(upload, opened);
}

/* Every chunk is stored, and nothing waits to be noted. */
static bool is_stored(const struct an_upload *upload)
{
	return upload->phase == AN_UPLOAD_PUTTING && upload->piece_count == 0 &&
	       !upload->own.is_out && !upload->operation.over;
}

static void check(struct an_upload *upload)
{
	upload->phase = AN_UPLOAD_CHECKING;
	if (upload->memory != NULL)
		an_client_end(&upload->operation, AUTONOMI_OK, "%s", "");
	else
		an_upload_check(upload, file_checked);
}

static void advance(struct an_client_operation *operation)
{
	struct an_upload *upload = upload_of(operation);
	if (upload->phase == AN_UPLOAD_NEW)
		begin(upload);
	if (operation->over)
		return;
	if (upload->phase == AN_UPLOAD_PIECES) {
		read_on(upload);
		if (operation->over)
			return;
		encrypt_hashed(upload);
	}
	if (upload->phase == AN_UPLOAD_PIECES && upload->encrypted == upload->layout.count) {
		upload->phase = AN_UPLOAD_SHRINKING;
		an_upload_shrink(upload, shrunk);
	}
	send_held(upload);
	if (is_stored(upload))
		check(upload);
}

static void stop(struct an_client_operation *operation)
{
	struct an_upload *upload = upload_of(operation);
	for (struct an_list *link = an_list_first(&upload->pieces); link != NULL;
	     link = an_list_next(&upload->pieces, link))
		an_record_put_stop(&piece_at(link)->put);
}

static void release(struct an_client_operation *operation)
{
	struct an_upload *upload = upload_of(operation);
	const struct an_sys *sys = operation->client->sys;
	for (struct an_list *link; (link = an_list_take(&upload->shrunk)) != NULL;)
		enter(upload, piece_at(link), 0);
	for (struct an_list *link; (link = an_list_first(&upload->pieces)) != NULL;)
		free_piece(piece_at(link));
	if (upload->file != NULL)
		sys->file_close(sys->context, upload->file);
	an_upload_share_done(&upload->own);
	an_data_map_done(&upload->map);
	an_blob_unref(upload->memory);
	an_free(upload->hashed);
	an_free(upload->path);
	an_free(upload);
}

an_status an_upload_begin(struct an_client *client, const struct an_upload_spec *spec,
                          an_client_progress *progress, an_client_done *done, void *context,
                          uint64_t *ret_id)
{
	static const struct an_client_operation_kind kind = {advance, stop, release};
	if (spec->path[0] == '\0')
		return AUTONOMI_E_INVALID;
	struct an_upload *upload = an_calloc(1, sizeof(*upload));
	char *copy = an_strdup(spec->path);
	if (upload == NULL || copy == NULL) {
		an_free(upload);
		an_free(copy);
		return AUTONOMI_E_NO_MEMORY;
	}
	upload->path = copy;
	if (spec->memory != NULL)
		upload->memory = an_blob_ref(spec->memory);
	upload->is_public = spec->is_public;
	upload->is_expected = spec->expected != NULL;
	if (spec->expected != NULL)
		upload->expected = *spec->expected;
	upload->complete = true;
	upload->operation.progress = progress;
	an_list_init(&upload->pieces);
	an_list_init(&upload->shrunk);
	an_upload_share_init(&upload->own, client, &upload->operation);
	upload->share = spec->share != NULL ? spec->share : &upload->own;
	an_client_begin(client, &upload->operation, &kind, done, context, ret_id);
	return AUTONOMI_OK;
}

an_status an_client_upload(struct an_client *client, const char *path, bool is_public,
                           an_client_progress *progress, an_client_done *done, void *context,
                           uint64_t *ret_id)
{
	const struct an_upload_spec spec = {.path = path, .is_public = is_public};
	return an_upload_begin(client, &spec, progress, done, context, ret_id);
}

an_status an_client_data_put(struct an_client *client, struct an_blob *content, bool is_public,
                             an_client_progress *progress, an_client_done *done, void *context,
                             uint64_t *ret_id)
{
	const struct an_upload_spec spec = {.path = "the data",
	                                    .memory = content,
	                                    .is_public = is_public};
	return an_upload_begin(client, &spec, progress, done, context, ret_id);
}
