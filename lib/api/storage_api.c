/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdio.h>

#include <autonomi/storage.h>

#include "api/handle.h"
#include "base/memory.h"
#include "base/profile.h"

/* What a storage that was opened alone needs besides its store. */
struct alone {
	struct autonomi_storage storage;
	struct an_profile profile;
	struct an_random random;
};

static an_status guard_storage(struct an_guard *guard, const struct autonomi_storage *storage)
{
	if (storage != NULL && storage->node != NULL)
		return an_guard_enter(guard, storage->node);
	an_guard_begin(guard);
	if (storage == NULL)
		return AUTONOMI_E_INVALID;
	return storage->process == an_sys_process_id() ? AUTONOMI_OK : AUTONOMI_E_FORKED;
}

static an_status open_alone(const struct an_node_config *config, const char *directory,
                            struct alone *alone, char *reterr, size_t reterr_size)
{
	const struct an_sys *sys = an_sys_machine();
	uint8_t seed[AN_RANDOM_SEED_SIZE];
	const an_status status = sys->entropy(sys->context, seed, sizeof(seed));
	if (status != AUTONOMI_OK)
		return status;
	an_random_init(&alone->random, seed);
	alone->profile = an_node_profile(config);
	alone->storage.process = an_sys_process_id();
	const struct an_store_config store = {
		.profile = &alone->profile,
		.sys = sys,
		.directory = directory,
		.records_max = config->storage_records_max,
		.bytes_max = config->storage_bytes_max,
		.inline_max = config->storage_inline_max,
		.pending_bytes_max = config->storage_pending_bytes_max,
		.random = &alone->random,
	};
	return an_store_open(&store, &alone->storage.store, reterr, reterr_size);
}

static an_status open_checked(const autonomi_config *config, const char *directory,
                              autonomi_storage **ret_storage, char *reterr, size_t reterr_size)
{
	struct an_node_config defaults = {0};
	an_status status = config == NULL ? an_node_config_init(&defaults) : AUTONOMI_OK;
	struct alone *alone = an_calloc(1, sizeof(*alone));
	if (alone == NULL)
		status = AUTONOMI_E_NO_MEMORY;
	if (status == AUTONOMI_OK)
		status = open_alone(config != NULL ? &config->values : &defaults, directory, alone,
		                    reterr, reterr_size);
	an_node_config_done(&defaults);
	if (status == AUTONOMI_OK)
		*ret_storage = &alone->storage;
	else
		an_free(alone);
	return status;
}

autonomi_status autonomi_storage_open(const autonomi_config *config, const char *directory,
                                      autonomi_storage **ret_storage, char *reterr,
                                      size_t reterr_size)
{
	if (directory == NULL || ret_storage == NULL)
		return AUTONOMI_E_INVALID;
	struct an_guard guard;
	an_guard_begin(&guard);
	if (reterr != NULL && reterr_size > 0)
		reterr[0] = '\0';
	const an_status status = open_checked(config, directory, ret_storage, reterr, reterr_size);
	an_api_explain(status, reterr, reterr_size);
	return an_guard_leave(&guard, status);
}

autonomi_storage *autonomi_storage_free(autonomi_storage *storage)
{
	if (storage == NULL || storage->node != NULL)
		return NULL;
	struct an_guard guard;
	const an_status status = guard_storage(&guard, storage);
	struct alone *alone = an_container_of(storage, struct alone, storage);
	/* In a forked child the database is the parent's: closing it here would write to it. */
	if (status != AUTONOMI_E_FORKED)
		an_store_free(storage->store);
	else
		an_store_leave(storage->store);
	an_random_done(&alone->random);
	an_free(alone);
	an_guard_leave(&guard, status);
	return NULL;
}

struct outcome {
	an_status status;
	uint8_t *value;
	size_t capacity;
	size_t size;
};

static void finished(void *context, const struct an_store_result *result)
{
	struct outcome *outcome = context;
	outcome->status = result->status;
	outcome->size = result->bytes.size;
	if (result->status != AUTONOMI_OK || outcome->value == NULL)
		return;
	if (result->bytes.size > outcome->capacity)
		outcome->status = AUTONOMI_E_TOO_SMALL;
	else if (result->bytes.size > 0)
		memcpy(outcome->value, result->bytes.data, result->bytes.size);
}

static an_status put(struct autonomi_storage *storage, const uint8_t *key, struct an_span value)
{
	struct outcome outcome = {.status = AUTONOMI_E_INTERNAL};
	struct an_blob *blob = an_blob_copy(value);
	if (blob == NULL)
		return AUTONOMI_E_NO_MEMORY;
	const an_status status = an_store_put(storage->store, key, blob, an_blob_span(blob),
	                                      finished, &outcome);
	an_blob_unref(blob);
	if (status != AUTONOMI_OK)
		return status;
	an_store_run_inline(storage->store);
	return outcome.status;
}

autonomi_status autonomi_storage_put(autonomi_storage *storage, const uint8_t *key,
                                     const uint8_t *value, size_t value_size)
{
	struct an_guard guard;
	an_status status = guard_storage(&guard, storage);
	if (status == AUTONOMI_OK && (key == NULL || value == NULL))
		status = AUTONOMI_E_INVALID;
	if (status == AUTONOMI_OK && storage->node != NULL)
		status = AUTONOMI_E_BUSY;
	if (status == AUTONOMI_OK && value_size > an_profile_autonomi.record_value_max)
		status = AUTONOMI_E_TOO_LARGE;
	if (status == AUTONOMI_OK)
		status = put(storage, key, an_span(value, value_size));
	return an_guard_leave(&guard, status);
}

autonomi_status autonomi_storage_get(autonomi_storage *storage, const uint8_t *key, uint8_t *value,
                                     size_t capacity, size_t *ret_size)
{
	struct an_guard guard;
	an_status status = guard_storage(&guard, storage);
	if (status == AUTONOMI_OK && (key == NULL || value == NULL))
		status = AUTONOMI_E_INVALID;
	if (status == AUTONOMI_OK && storage->node != NULL)
		status = AUTONOMI_E_BUSY;
	struct outcome outcome = {AUTONOMI_E_INTERNAL, value, capacity, 0};
	if (status == AUTONOMI_OK)
		status = an_store_get(storage->store, key, finished, &outcome);
	if (status == AUTONOMI_OK) {
		an_store_run_inline(storage->store);
		status = outcome.status;
	}
	if (ret_size != NULL)
		*ret_size = outcome.size;
	return an_guard_leave(&guard, status);
}

autonomi_status autonomi_storage_has(const autonomi_storage *storage, const uint8_t *key)
{
	struct an_guard guard;
	an_status status = guard_storage(&guard, storage);
	if (status == AUTONOMI_OK && key == NULL)
		status = AUTONOMI_E_INVALID;
	if (status == AUTONOMI_OK)
		status = an_store_find(storage->store, key) != NULL;
	return an_guard_leave(&guard, status);
}

size_t autonomi_storage_count(const autonomi_storage *storage)
{
	struct an_guard guard;
	const an_status status = guard_storage(&guard, storage);
	const size_t count = status == AUTONOMI_OK ? an_store_count(storage->store) : 0;
	an_guard_leave(&guard, status);
	return count;
}

struct key_list {
	uint8_t *keys;
	size_t capacity;
	size_t count;
};

static bool add_key(void *context, const struct an_store_entry *entry)
{
	struct key_list *list = context;
	if (list->count < list->capacity)
		memcpy(list->keys + list->count * AN_RECORD_KEY_SIZE, entry->key,
		       AN_RECORD_KEY_SIZE);
	list->count++;
	return true;
}

autonomi_status autonomi_storage_iterate(const autonomi_storage *storage, uint8_t *keys,
                                         size_t capacity, size_t *ret_count)
{
	struct an_guard guard;
	an_status status = guard_storage(&guard, storage);
	if (status == AUTONOMI_OK && (ret_count == NULL || (keys == NULL && capacity > 0)))
		status = AUTONOMI_E_INVALID;
	if (status != AUTONOMI_OK)
		return an_guard_leave(&guard, status);
	struct key_list list = {keys, capacity, 0};
	an_store_visit(storage->store, add_key, &list);
	*ret_count = list.count;
	return an_guard_leave(&guard, list.count > capacity ? AUTONOMI_E_TOO_SMALL : AUTONOMI_OK);
}

static bool fill_page(void *context, const struct an_store_entry *entry)
{
	struct key_list *list = context;
	if (list->count == list->capacity)
		return false;
	return add_key(list, entry);
}

autonomi_status autonomi_storage_iterate_after(const autonomi_storage *storage,
                                               const uint8_t *after, uint8_t *keys, size_t capacity,
                                               size_t *ret_count)
{
	struct an_guard guard;
	an_status status = guard_storage(&guard, storage);
	if (status == AUTONOMI_OK && (ret_count == NULL || keys == NULL || capacity == 0))
		status = AUTONOMI_E_INVALID;
	if (status != AUTONOMI_OK)
		return an_guard_leave(&guard, status);
	struct key_list list = {keys, capacity, 0};
	if (after == NULL) {
		an_store_visit(storage->store, fill_page, &list);
	} else {
		const struct an_dht_key key = an_dht_key_of(an_span(after, AN_RECORD_KEY_SIZE));
		an_store_visit_behind(storage->store, &key, fill_page, &list);
	}
	*ret_count = list.count;
	return an_guard_leave(&guard, AUTONOMI_OK);
}

/* What only the storage of a running node can do. */
static an_status guard_running(struct an_guard *guard, const struct autonomi_storage *storage)
{
	const an_status status = guard_storage(guard, storage);
	return status == AUTONOMI_OK && storage->node == NULL ? AUTONOMI_E_UNSUPPORTED : status;
}

autonomi_status autonomi_storage_read(autonomi_storage *storage, const uint8_t *key, uint64_t tag,
                                      autonomi_op *ret_op)
{
	struct an_guard guard;
	an_status status = guard_running(&guard, storage);
	if (status == AUTONOMI_OK && key == NULL)
		status = AUTONOMI_E_INVALID;
	if (status == AUTONOMI_OK)
		status = an_node_stored_read(storage->node->inner, key, tag, ret_op);
	return an_guard_leave(&guard, status);
}

autonomi_status autonomi_storage_write(autonomi_storage *storage, const uint8_t *key,
                                       const uint8_t *value, size_t value_size, uint64_t tag,
                                       autonomi_op *ret_op)
{
	struct an_guard guard;
	an_status status = guard_running(&guard, storage);
	if (status == AUTONOMI_OK && (key == NULL || value == NULL))
		status = AUTONOMI_E_INVALID;
	if (status == AUTONOMI_OK && value_size > an_profile_autonomi.record_value_max)
		status = AUTONOMI_E_TOO_LARGE;
	if (status == AUTONOMI_OK)
		status = an_node_stored_write(storage->node->inner, key, an_span(value, value_size),
		                              tag, ret_op);
	return an_guard_leave(&guard, status);
}

autonomi_status autonomi_storage_replicate(autonomi_storage *storage, uint64_t tag,
                                           autonomi_op *ret_op)
{
	struct an_guard guard;
	an_status status = guard_running(&guard, storage);
	if (status == AUTONOMI_OK)
		status = an_node_trigger_replication(storage->node->inner, tag, ret_op);
	return an_guard_leave(&guard, status);
}
