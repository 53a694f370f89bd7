/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "node/cache.h"

#include "base/memory.h"
#include "ident/protocol_names.h"
#include "kad/bootstrap_cache.h"

enum {
	REMOVED_MAX = 256,       /* peers that left the table since the last save */
	FIRST_SAVE_SECONDS = 30, /* semantics 1.8 */
	LONGEST_SECONDS = 3 * 3600,
	RETRY_SECONDS = 5, /* where another process has the file */
};

/* What came and went since the last save. */
struct changes {
	struct an_kad_cache added;
	struct an_peer_id removed[REMOVED_MAX];
	size_t removed_count;
	bool any;
};

struct an_node_cache {
	char *base;      /* the cache's folder */
	char *directory; /* base/version_1 */
	char *path;
	char network_version[AN_PROTOCOL_NAME_MAX];
	struct changes changes;
	an_time_us due, interval;
	struct save *saving;
	bool overwrite; /* the first node of a network begins an empty cache */
	bool finished;  /* the last save, of a node that closes, was begun */
};

struct save {
	struct an_job job;
	struct an_node *node;
	struct changes changes;
	bool overwrite;
	an_status status;
};

static void start_changes(const struct an_node *node, struct changes *changes)
{
	changes->removed_count = 0;
	changes->any = false;
	an_kad_cache_init(&changes->added, &node->profile);
}

static an_status read_file(const struct an_sys *sys, struct an_file *file,
                           struct an_kad_cache *cache)
{
	uint8_t *text = an_malloc(AN_KAD_CACHE_BYTES_MAX);
	if (text == NULL)
		return AUTONOMI_E_NO_MEMORY;
	size_t size = 0;
	an_status status = sys->file_read(sys->context, file, 0, text, AN_KAD_CACHE_BYTES_MAX,
	                                  &size);
	if (status == AUTONOMI_OK && size > 0)
		status = an_kad_cache_decode(cache, an_span(text, size));
	an_free(text);
	return status;
}

static an_status write_file(const struct an_sys *sys, struct an_file *file,
                            const struct an_kad_cache *cache, const char *network_version)
{
	struct an_buffer text;
	an_buffer_init(&text, AN_KAD_CACHE_BYTES_MAX);
	an_status status = an_kad_cache_encode(cache, network_version, &text);
	if (status == AUTONOMI_OK)
		status = sys->file_truncate(sys->context, file, 0);
	if (status == AUTONOMI_OK)
		status = sys->file_write(sys->context, file, 0, an_buffer_span(&text));
	if (status == AUTONOMI_OK)
		status = sys->file_sync(sys->context, file);
	an_buffer_done(&text);
	return status;
}

/* Own peers first, then those that only the file has; then what left the table goes. */
static an_status merge_into_file(const struct save *save, struct an_file *file,
                                 struct changes *changes)
{
	const struct an_sys *sys = save->node->sys;
	struct an_kad_cache others;
	an_kad_cache_init(&others, &save->node->profile);
	an_status status = AUTONOMI_OK;
	if (!save->overwrite)
		status = read_file(sys, file, &others);
	/* A damaged cache is replaced: it holds nothing that the network would not tell again. */
	if (status == AUTONOMI_E_CORRUPT || status == AUTONOMI_E_TOO_LARGE)
		status = AUTONOMI_OK;
	if (status == AUTONOMI_OK)
		status = an_kad_cache_merge(&changes->added, &others);
	for (size_t i = 0; i < changes->removed_count; i++)
		an_kad_cache_remove(&changes->added, &changes->removed[i]);
	const uint64_t now_us = sys->unix_time_us(sys->context);
	changes->added.seconds = now_us / 1000000;
	changes->added.nanoseconds = (uint32_t)(now_us % 1000000) * 1000;
	if (status == AUTONOMI_OK)
		status = write_file(sys, file, &changes->added, save->node->cache->network_version);
	an_kad_cache_done(&others);
	return status;
}

static void run_save(struct an_job *job)
{
	struct save *save = an_container_of(job, struct save, job);
	const struct an_sys *sys = save->node->sys;
	const struct an_node_cache *cache = save->node->cache;
	struct an_file *file = NULL;
	an_status status = sys->path_make_directory(sys->context, cache->base);
	if (status == AUTONOMI_OK)
		status = sys->path_make_directory(sys->context, cache->directory);
	if (status == AUTONOMI_OK)
		status = sys->file_open(sys->context, cache->path, AN_FILE_WRITE, &file);
	if (status == AUTONOMI_OK)
		status = sys->file_lock(sys->context, file, AN_FILE_LOCK_EXCLUSIVE);
	if (status == AUTONOMI_OK)
		status = merge_into_file(save, file, &save->changes);
	if (file != NULL)
		sys->file_close(sys->context, file);
	save->status = status;
}

/* What could not be saved goes back, behind what changed meanwhile. */
static void take_back(struct an_node_cache *cache, struct changes *unsaved)
{
	if (an_kad_cache_merge(&cache->changes.added, &unsaved->added) == AUTONOMI_OK)
		cache->changes.any = true;
}

static void save_done(struct an_job *job)
{
	struct save *save = an_container_of(job, struct save, job);
	struct an_node *node = save->node;
	struct an_node_cache *cache = node->cache;
	cache->saving = NULL;
	if (job->skipped)
		save->status = AUTONOMI_E_CANCELLED;
	if (save->status == AUTONOMI_E_IN_USE) {
		take_back(cache, &save->changes);
		cache->due = an_time_after(node->now, AN_SECONDS(RETRY_SECONDS));
	} else if (save->status != AUTONOMI_OK) {
		an_log(node->logger, AN_LOG_WARNING, "node",
		       "the bootstrap cache %s was not saved: %s", cache->path,
		       an_status_message(save->status));
	}
	an_kad_cache_done(&save->changes.added);
	an_free(save);
}

static void begin_save(struct an_node *node)
{
	struct an_node_cache *cache = node->cache;
	struct save *save = an_calloc(1, sizeof(*save));
	if (save == NULL)
		return;
	save->job = (struct an_job){.lane = AN_JOB_DISK, .run = run_save, .done = save_done};
	save->node = node;
	save->changes = cache->changes;
	save->overwrite = cache->overwrite;
	cache->overwrite = false;
	start_changes(node, &cache->changes);
	cache->saving = save;
	an_node_submit(node, &save->job);
}

void an_node_cache_expire(struct an_node *node)
{
	struct an_node_cache *cache = node->cache;
	if (cache == NULL || cache->due > node->now)
		return;
	/* First after 30 s, then twice as long each time, up to three hours, each a little apart from
	 * other nodes' (semantics 1.8). */
	cache->interval = an_time_earlier(cache->interval * 2, AN_SECONDS(LONGEST_SECONDS));
	const an_time_us jitter = an_random_below(&node->random, cache->interval / 10 + 1);
	cache->due = an_time_after(node->now, cache->interval + jitter);
	if (cache->saving == NULL && (cache->changes.any || cache->overwrite))
		begin_save(node);
}

an_time_us an_node_cache_deadline(const struct an_node *node)
{
	return node->cache != NULL ? node->cache->due : AN_TIME_NEVER;
}

bool an_node_cache_finish(struct an_node *node)
{
	struct an_node_cache *cache = node->cache;
	if (cache == NULL)
		return false;
	if (cache->saving == NULL && cache->changes.any && !cache->finished) {
		cache->finished = true;
		begin_save(node);
	}
	return cache->saving != NULL;
}

void an_node_cache_changed(void *context, const struct an_contact *contact, bool added)
{
	struct an_node *node = context;
	struct an_node_cache *cache = node->cache;
	if (cache == NULL)
		return;
	if (added) {
		an_kad_cache_add(&cache->changes.added, contact);
	} else {
		an_kad_cache_remove(&cache->changes.added, &contact->id);
		if (cache->changes.removed_count < REMOVED_MAX)
			cache->changes.removed[cache->changes.removed_count++] = contact->id;
	}
	cache->changes.any = true;
}

void an_node_cache_free(struct an_node *node)
{
	struct an_node_cache *cache = node->cache;
	if (cache == NULL)
		return;
	an_kad_cache_done(&cache->changes.added);
	an_free(cache->base);
	an_free(cache->directory);
	an_free(cache->path);
	node->cache = an_free(cache);
}

static an_status name_files(struct an_node *node, struct an_node_cache *cache,
                            const char *directory)
{
	char name[AN_PROTOCOL_NAME_MAX];
	an_status status = an_protocol_network_version(&node->profile, cache->network_version);
	if (status == AUTONOMI_OK)
		status = an_protocol_cache_file(&node->profile, node->config.network_local, name);
	if (status != AUTONOMI_OK)
		return status;
	cache->base = an_strdup(directory);
	cache->directory = an_node_path(directory, AN_PROTOCOL_CACHE_FOLDER);
	if (cache->directory != NULL)
		cache->path = an_node_path(cache->directory, name);
	return cache->base != NULL && cache->path != NULL ? AUTONOMI_OK : AUTONOMI_E_NO_MEMORY;
}

static an_status read_cache(struct an_node *node, struct an_kad_cache *contacts)
{
	const struct an_sys *sys = node->sys;
	struct an_file *file = NULL;
	an_status status = sys->file_open(sys->context, node->cache->path, AN_FILE_READ, &file);
	if (status != AUTONOMI_OK)
		return status;
	status = sys->file_lock(sys->context, file, AN_FILE_LOCK_SHARED);
	if (status == AUTONOMI_OK)
		status = read_file(sys, file, contacts);
	sys->file_close(sys->context, file);
	return status;
}

static void tell(struct an_node *node, void (*add)(void *context, const struct an_contact *contact),
                 void *context)
{
	struct an_kad_cache contacts;
	an_kad_cache_init(&contacts, &node->profile);
	const an_status status = read_cache(node, &contacts);
	if (status != AUTONOMI_OK && status != AUTONOMI_E_NO_FILE)
		an_log(node->logger, AN_LOG_WARNING, "node",
		       "the bootstrap cache %s cannot be read: %s", node->cache->path,
		       an_status_message(status));
	for (size_t i = 0; i < contacts.count; i++) {
		if (!an_peer_id_equal(&contacts.peers[i].id, &node->key_pair.identity.id))
			add(context, &contacts.peers[i]);
	}
	an_kad_cache_done(&contacts);
}

an_status an_node_cache_open(struct an_node *node,
                             void (*add)(void *context, const struct an_contact *contact),
                             void *context)
{
	const struct an_node_config *config = &node->config;
	const char *directory = config->bootstrap_cache_dir[0] != '\0' ? config->bootstrap_cache_dir
	                                                               : config->root_dir;
	if (config->bootstrap_ignore_cache || directory[0] == '\0')
		return AUTONOMI_OK;
	node->cache = an_calloc(1, sizeof(*node->cache));
	if (node->cache == NULL)
		return AUTONOMI_E_NO_MEMORY;
	start_changes(node, &node->cache->changes);
	const an_status status = name_files(node, node->cache, directory);
	if (status != AUTONOMI_OK)
		return status;
	node->cache->overwrite = config->network_first;
	node->cache->interval = AN_SECONDS(FIRST_SAVE_SECONDS) / 2;
	node->cache->due = an_time_after(node->now, AN_SECONDS(FIRST_SAVE_SECONDS));
	if (!config->network_first)
		tell(node, add, context);
	return AUTONOMI_OK;
}
