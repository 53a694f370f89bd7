/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client/download.h"

#include <stdio.h>

#include "base/memory.h"

enum { FEWEST_PIECES = 1 }; /* held whatever the memory limit says, so that a download gets on */

static struct an_download *download_of(struct an_client_operation *operation)
{
	return an_container_of(operation, struct an_download, operation);
}

static struct an_download_piece *piece_at(struct an_list *link)
{
	return an_container_of(link, struct an_download_piece, link);
}

/* ---- What is said when it fails. */
static void end_bad_map(struct an_download *download, an_status status)
{
	if (status == AUTONOMI_E_NO_MEMORY)
		an_client_end_no_memory(&download->operation);
	else
		an_client_end(&download->operation, AUTONOMI_E_CORRUPT,
		              "what the address or data map leads to is not a file; check that it "
		              "is the address of a file and complete");
}

static void end_unwritten(struct an_download *download, const char *path, an_status status)
{
	struct an_client_operation *operation = &download->operation;
	if (status == AUTONOMI_E_EXISTS)
		an_client_end(operation, status,
		              "'%.100s' exists already; choose another name or ask to replace it",
		              path);
	else if (status == AUTONOMI_E_NO_FILE)
		an_client_end(operation, status,
		              "the directory '%.100s' does not exist; make it and try again",
		              download->directory);
	else if (status == AUTONOMI_E_DISK_FULL)
		an_client_end(operation, status,
		              "the disk has no room for '%.100s'; make room and start again, it "
		              "goes on where it stopped",
		              path);
	else if (status == AUTONOMI_E_IN_USE)
		an_client_end(operation, status, "another download writes to '%.100s'; wait for it",
		              path);
	else
		an_client_end(operation, status,
		              "'%.100s' could not be written: %s; check the path and its "
		              "permissions",
		              path, an_status_message(status));
}

static void end_unfetched(struct an_download *download, const struct an_record_get *get)
{
	char text[AN_CLIENT_MESSAGE_MAX];
	an_record_get_explain(get, text);
	an_client_end(&download->operation, get->status, "%s", text);
}

/* ---- Pieces: their memory. While a chunk is decrypted it is there three times: as it came, without its
 * encryption, and without its compression. */
static size_t charge_of(const struct an_data_map_entry *entry)
{
	return 3 * (size_t)entry->src_size + AN_SELF_GROWTH_MAX;
}

static bool has_room(const struct an_download *download, size_t charge)
{
	const struct an_client *client = download->operation.client;
	return download->share->held < FEWEST_PIECES ||
	       (client->memory_used <= client->memory_max &&
	        charge <= client->memory_max - client->memory_used);
}

static void free_piece(struct an_download_piece *piece)
{
	struct an_download *download = piece->download;
	an_list_remove(&piece->link);
	download->piece_count--;
	download->share->held--;
	if (piece->stage == AN_FETCH_FETCHING)
		download->share->fetching--;
	an_client_memory_freed(download->operation.client, piece->charge);
	an_blob_unref(piece->plain);
	an_blob_unref(piece->get.blob);
	an_wipe(&piece->key, sizeof(piece->key));
	an_free(piece);
}

/* The chunk of the map's next entry, with room for it and what it decrypts to. */
static struct an_download_piece *begin_piece(struct an_download *download)
{
	struct an_download_piece *piece = an_calloc(1, sizeof(*piece));
	if (piece == NULL) {
		an_client_end_no_memory(&download->operation);
		return NULL;
	}
	const struct an_data_map_entry *entry = &download->map.entries[download->next];
	piece->download = download;
	piece->index = download->next++;
	piece->offset = download->next_offset;
	download->next_offset += entry->src_size;
	piece->charge = charge_of(entry);
	memcpy(piece->get.name, entry->dst_hash, sizeof(piece->get.name));
	download->operation.client->memory_used += piece->charge;
	an_list_append(&download->pieces, &piece->link);
	download->piece_count++;
	download->share->held++;
	return piece;
}

static void fetched(struct an_record_get *get)
{
	struct an_download_piece *piece = an_container_of(get, struct an_download_piece, get);
	struct an_download *download = piece->download;
	const uint64_t most = download->map.entries[piece->index].src_size + AN_SELF_GROWTH_MAX +
	                      AN_DOWNLOAD_CHUNK_SLACK;
	if (get->status != AUTONOMI_OK)
		end_unfetched(download, get);
	else if (get->content.size > most)
		end_bad_map(download, AUTONOMI_E_CORRUPT);
	piece->stage = AN_FETCH_HERE;
	download->share->fetching--;
	/* Whoever waits for a turn advances, this download too. */
	an_client_memory_freed(download->operation.client, 0);
}

static void fetch_waiting(struct an_download *download)
{
	struct an_client *client = download->operation.client;
	for (struct an_list *link = an_list_first(&download->pieces);
	     link != NULL && download->share->fetching < client->parallel_gets;
	     link = an_list_next(&download->pieces, link)) {
		struct an_download_piece *piece = piece_at(link);
		if (piece->stage != AN_FETCH_WAITING)
			continue;
		piece->stage = AN_FETCH_FETCHING;
		download->share->fetching++;
		piece->get.client = client;
		piece->get.done = fetched;
		an_record_get_start(&piece->get);
	}
}

/* ---- The target, and the file beside it that grows. */
static void opened(struct an_client_work *work)
{
	struct an_download *download = an_container_of(work, struct an_download, work);
	if (download->status == AUTONOMI_E_EXISTS && download->exists)
		end_unwritten(download, download->path, download->status);
	else if (download->status != AUTONOMI_OK)
		end_unwritten(download, download->part_path, download->status);
	download->next = 0;
	download->next_offset = 0;
	download->phase = AN_DOWNLOAD_PIECES;
}

static void existing_opened(struct an_client_work *work)
{
	struct an_download *download = an_container_of(work, struct an_download, work);
	if (download->status != AUTONOMI_OK)
		end_unwritten(download, download->path, download->status);
	download->phase = AN_DOWNLOAD_COMPARING;
}

static void closed(struct an_client_work *work)
{
	struct an_download *download = an_container_of(work, struct an_download, work);
	if (download->status != AUTONOMI_OK)
		end_unwritten(download, download->path, download->status);
	else
		an_client_end(&download->operation, AUTONOMI_OK, "%s", "");
}

static void open_memory(struct an_download *download)
{
	if (download->size > download->size_max) {
		an_client_end(&download->operation, AUTONOMI_E_TOO_LARGE,
		              "the data has %llu bytes, more than the %llu that there is room for; "
		              "fetch it to a file",
		              (unsigned long long)download->size,
		              (unsigned long long)download->size_max);
		return;
	}
	download->memory = an_blob_new((size_t)download->size);
	if (download->memory == NULL)
		an_client_end_no_memory(&download->operation);
	download->phase = AN_DOWNLOAD_PIECES;
}

/* ---- The data map. */
static bool map_is_sound(const struct an_download *download)
{
	const struct an_data_map *map = &download->map;
	const uint64_t piece_max = download->operation.client->profile->chunk_content_max +
	                           AN_DOWNLOAD_PIECE_REST;
	if (map->count < AN_DATA_MAP_ROOT_ENTRIES)
		return false;
	for (size_t i = 0; i < map->count; i++) {
		if (map->entries[i].src_size == 0 || map->entries[i].src_size > piece_max)
			return false;
	}
	return !map->has_child || (map->count <= AN_DOWNLOAD_LEVEL_ENTRIES_MAX &&
	                           an_data_map_size(map) <= AN_DOWNLOAD_LEVEL_SIZE_MAX &&
	                           download->levels < AN_DATA_MAP_LEVELS_MAX);
}

static void take_map(struct an_download *download)
{
	struct an_client_result *result = &download->operation.result;
	if (!map_is_sound(download)) {
		end_bad_map(download, AUTONOMI_E_CORRUPT);
		return;
	}
	result->chunks += download->map.count;
	download->next = 0;
	download->next_offset = 0;
	if (download->map.has_child) {
		download->phase = AN_DOWNLOAD_LEVEL;
		return;
	}
	download->size = result->size = an_data_map_size(&download->map);
	download->phase = AN_DOWNLOAD_OPENING;
	if (download->path == NULL)
		open_memory(download);
	else if (download->exists)
		an_download_open_existing(download, existing_opened);
	else
		an_download_open(download, opened);
}

static void free_pieces(struct an_download *download)
{
	for (struct an_list *link; (link = an_list_first(&download->pieces)) != NULL;)
		free_piece(piece_at(link));
}

static void map_came(struct an_client_work *work)
{
	struct an_download *download = an_container_of(work, struct an_download, work);
	download->get.blob = an_blob_unref(download->get.blob);
	free_pieces(download);
	if (download->status != AUTONOMI_OK)
		end_bad_map(download, download->status);
	else
		take_map(download);
}

static void root_fetched(struct an_record_get *get)
{
	struct an_download *download = an_container_of(get, struct an_download, get);
	if (get->status != AUTONOMI_OK) {
		end_unfetched(download, get);
		return;
	}
	download->operation.result.chunks++;
	an_download_decode(download, get->content, map_came);
}

static void begin_root(struct an_download *download)
{
	download->phase = AN_DOWNLOAD_ROOT;
	if (download->root != NULL) {
		an_download_decode(download, an_blob_span(download->root), map_came);
		return;
	}
	download->get.client = download->operation.client;
	download->get.done = root_fetched;
	an_record_get_start(&download->get);
}

static void target_looked_at(struct an_client_work *work)
{
	struct an_download *download = an_container_of(work, struct an_download, work);
	if (download->status != AUTONOMI_OK)
		end_unwritten(download, download->path, download->status);
	else
		begin_root(download);
}

/* The chunks of a level are all in memory at once: maps are small, and bounded above. */
static void advance_level(struct an_download *download)
{
	struct an_download_piece *piece;
	while (download->next < download->map.count) {
		if ((piece = begin_piece(download)) == NULL)
			return;
		piece->stage = AN_FETCH_WAITING;
	}
	fetch_waiting(download);
	for (struct an_list *link = an_list_first(&download->pieces); link != NULL;
	     link = an_list_next(&download->pieces, link)) {
		piece = piece_at(link);
		if (piece->stage != AN_FETCH_HERE)
			return;
		download->level[piece->index] = piece->get.content;
	}
	download->levels++;
	download->phase = AN_DOWNLOAD_EXPANDING;
	an_download_expand(download, map_came);
}

/* ---- Pieces of the file. */
static void report_progress(struct an_download *download)
{
	struct an_client_operation *operation = &download->operation;
	if (operation->progress != NULL)
		operation->progress(operation->context, download->written, download->size);
}

static void in_place(struct an_download_piece *piece)
{
	struct an_download *download = piece->download;
	download->written += download->map.entries[piece->index].src_size;
	/* What is compared may be another file after all, and progress never goes back. */
	if (download->phase != AN_DOWNLOAD_COMPARING)
		report_progress(download);
	free_piece(piece);
}

static void written(struct an_client_work *work)
{
	struct an_download_piece *piece = an_container_of(work, struct an_download_piece, work);
	if (piece->status != AUTONOMI_OK)
		end_unwritten(piece->download, piece->download->part_path, piece->status);
	else
		in_place(piece);
}

static void decrypted(struct an_client_work *work)
{
	struct an_download_piece *piece = an_container_of(work, struct an_download_piece, work);
	piece->get.blob = an_blob_unref(piece->get.blob);
	if (piece->status != AUTONOMI_OK) {
		end_bad_map(piece->download, piece->status);
		return;
	}
	if (piece->download->memory != NULL) {
		in_place(piece);
		return;
	}
	piece->stage = AN_FETCH_WRITING;
	an_download_write(piece, written);
}

static void decrypt_arrived(struct an_download *download)
{
	for (struct an_list *link = an_list_first(&download->pieces); link != NULL;
	     link = an_list_next(&download->pieces, link)) {
		struct an_download_piece *piece = piece_at(link);
		if (piece->stage != AN_FETCH_HERE)
			continue;
		piece->stage = AN_FETCH_DECRYPTING;
		/* The map has three entries at least, so there is a key. */
		(void)an_self_key_init(&piece->key, &download->map, piece->index);
		an_download_decrypt(piece, decrypted);
	}
}

/* What is on the disk is not this piece. */
static void part_differs(struct an_download_piece *piece)
{
	struct an_download *download = piece->download;
	piece->plain = an_blob_unref(piece->plain);
	piece->stage = AN_FETCH_WAITING;
	if (download->phase != AN_DOWNLOAD_COMPARING)
		return;
	download->differs = true;
	free_piece(piece);
}

static void part_hashed(struct an_client_work *work)
{
	struct an_download_piece *piece = an_container_of(work, struct an_download_piece, work);
	const struct an_data_map_entry *entry = &piece->download->map.entries[piece->index];
	piece->plain = an_blob_unref(piece->plain);
	if (memcmp(piece->hash, entry->src_hash, sizeof(piece->hash)) == 0)
		in_place(piece);
	else
		part_differs(piece);
}

static void part_read(struct an_client_work *work)
{
	struct an_download_piece *piece = an_container_of(work, struct an_download_piece, work);
	if (piece->status != AUTONOMI_OK) {
		part_differs(piece);
		return;
	}
	piece->stage = AN_FETCH_HASHING;
	an_download_hash(piece, part_hashed);
}

static void read_part(struct an_download_piece *piece)
{
	struct an_download *download = piece->download;
	piece->plain = an_blob_new((size_t)download->map.entries[piece->index].src_size);
	if (piece->plain == NULL) {
		an_client_end_no_memory(&download->operation);
		return;
	}
	piece->stage = AN_FETCH_READING;
	an_download_read(piece, part_read);
}

static void begin_pieces(struct an_download *download)
{
	while (download->next < download->map.count && !download->operation.over) {
		if (!has_room(download, charge_of(&download->map.entries[download->next])))
			return;
		struct an_download_piece *piece = begin_piece(download);
		if (piece == NULL)
			return;
		piece->stage = AN_FETCH_WAITING;
		if (download->resumes || download->phase == AN_DOWNLOAD_COMPARING)
			read_part(piece);
	}
}

static void begin_again(struct an_download *download)
{
	const struct an_sys *sys = download->operation.client->sys;
	if (download->file != NULL)
		sys->file_close(sys->context, download->file);
	download->file = NULL;
	download->written = 0;
	download->next = 0;
	download->next_offset = 0;
	download->phase = AN_DOWNLOAD_OPENING;
	an_download_open(download, opened);
}

static void advance_comparing(struct an_download *download)
{
	if (!download->differs)
		begin_pieces(download);
	if (download->operation.over || download->piece_count > 0)
		return;
	if (download->differs) {
		begin_again(download);
	} else if (download->written == download->size) {
		report_progress(download);
		an_client_end(&download->operation, AUTONOMI_OK, "%s", "");
	}
}

static void give_memory(struct an_download *download)
{
	struct an_client_result *result = &download->operation.result;
	result->content = download->memory;
	result->bytes = an_blob_span(download->memory);
	download->memory = NULL;
	an_client_end(&download->operation, AUTONOMI_OK, "%s", "");
}

static void advance_pieces(struct an_download *download)
{
	begin_pieces(download);
	if (download->operation.over)
		return;
	fetch_waiting(download);
	decrypt_arrived(download);
	if (download->written < download->size || download->piece_count > 0)
		return;
	if (download->memory != NULL) {
		give_memory(download);
		return;
	}
	download->phase = AN_DOWNLOAD_CLOSING;
	an_download_close(download, closed);
}

/* ---- The whole. */
static void advance(struct an_client_operation *operation)
{
	struct an_download *download = download_of(operation);
	if (download->phase == AN_DOWNLOAD_NEW && download->path == NULL) {
		begin_root(download);
	} else if (download->phase == AN_DOWNLOAD_NEW) {
		download->phase = AN_DOWNLOAD_LOOKING;
		an_download_look(download, target_looked_at);
	} else if (download->phase == AN_DOWNLOAD_COMPARING) {
		advance_comparing(download);
	} else if (download->phase == AN_DOWNLOAD_LEVEL) {
		advance_level(download);
	} else if (download->phase == AN_DOWNLOAD_PIECES) {
		advance_pieces(download);
	}
}

static void stop(struct an_client_operation *operation)
{
	struct an_download *download = download_of(operation);
	an_record_get_stop(&download->get);
	for (struct an_list *link = an_list_first(&download->pieces); link != NULL;
	     link = an_list_next(&download->pieces, link))
		an_record_get_stop(&piece_at(link)->get);
}

static void release(struct an_client_operation *operation)
{
	struct an_download *download = download_of(operation);
	const struct an_sys *sys = operation->client->sys;
	free_pieces(download);
	if (download->file != NULL)
		sys->file_close(sys->context, download->file);
	an_blob_unref(download->get.blob);
	an_blob_unref(download->memory);
	an_blob_unref(download->root);
	an_data_map_done(&download->map);
	an_free(download->level);
	an_free(download->path);
	an_free(download->part_path);
	an_free(download->directory);
	an_free(download);
}

static char *directory_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	if (slash == NULL)
		return an_strdup(".");
	if (slash == path)
		return an_strdup("/");
	const size_t size = (size_t)(slash - path);
	char *directory = an_malloc(size + 1);
	if (directory != NULL)
		snprintf(directory, size + 1, "%s", path);
	return directory;
}

static an_status take_paths(struct an_download *download, const char *path)
{
	const size_t size = strlen(path) + sizeof(".part");
	download->path = an_strdup(path);
	download->directory = directory_of(path);
	download->part_path = an_malloc(size);
	if (download->part_path == NULL || download->directory == NULL || download->path == NULL)
		return AUTONOMI_E_NO_MEMORY;
	snprintf(download->part_path, size, "%s.part", path);
	return AUTONOMI_OK;
}

static an_status take_source(struct an_download *download, struct an_span source)
{
	download->level = an_calloc(AN_DOWNLOAD_LEVEL_ENTRIES_MAX, sizeof(*download->level));
	if (download->level == NULL)
		return AUTONOMI_E_NO_MEMORY;
	if (source.size == AN_CLIENT_ADDRESS_SIZE) {
		memcpy(download->get.name, source.data, source.size);
		return AUTONOMI_OK;
	}
	download->root = an_blob_copy(source);
	return download->root != NULL ? AUTONOMI_OK : AUTONOMI_E_NO_MEMORY;
}

an_status an_download_begin(struct an_client *client, const struct an_download_spec *spec,
                            an_client_progress *progress, an_client_done *done, void *context,
                            uint64_t *ret_id)
{
	static const struct an_client_operation_kind kind = {advance, stop, release};
	if ((spec->path != NULL && spec->path[0] == '\0') || spec->source.size == 0)
		return AUTONOMI_E_INVALID;
	if (spec->source.size > client->profile->chunk_max)
		return AUTONOMI_E_TOO_LARGE;
	struct an_download *download = an_calloc(1, sizeof(*download));
	if (download == NULL)
		return AUTONOMI_E_NO_MEMORY;
	download->operation.client = client;
	download->operation.progress = progress;
	download->replace = spec->replace;
	download->compare = spec->compare;
	download->size_max = spec->size_max;
	download->share = spec->share != NULL ? spec->share : &download->own;
	an_list_init(&download->pieces);
	an_status status = spec->path != NULL ? take_paths(download, spec->path) : AUTONOMI_OK;
	if (status == AUTONOMI_OK)
		status = take_source(download, spec->source);
	if (status != AUTONOMI_OK) {
		release(&download->operation);
		return status;
	}
	an_client_begin(client, &download->operation, &kind, done, context, ret_id);
	return AUTONOMI_OK;
}

an_status an_client_download(struct an_client *client, struct an_span source, const char *path,
                             bool replace, an_client_progress *progress, an_client_done *done,
                             void *context, uint64_t *ret_id)
{
	const struct an_download_spec spec = {.source = source, .path = path, .replace = replace};
	return an_download_begin(client, &spec, progress, done, context, ret_id);
}

an_status an_client_data_get(struct an_client *client, struct an_span source, size_t size_max,
                             an_client_progress *progress, an_client_done *done, void *context,
                             uint64_t *ret_id)
{
	const struct an_download_spec spec = {.source = source, .size_max = size_max};
	return an_download_begin(client, &spec, progress, done, context, ret_id);
}
