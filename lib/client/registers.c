/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client/registers.h"

#include <string.h>

#include "base/memory.h"
#include "client/parts.h"
#include "client/record_make.h"
#include "data/derived_keys.h"
#include "data/register.h"

struct register_operation {
	struct an_client_operation operation;
	struct an_client_part part;
	void (*first)(struct register_operation *self); /* NULL once it began */
	struct an_register_write write;
	uint8_t head_secret[AN_BLS_SECRET_SIZE];
	uint8_t owner[AN_OWNER_KEY_SIZE]; /* the register's address, which owns the first entry */
	uint8_t head[AN_OWNER_KEY_SIZE];
	uint8_t at
		[AN_OWNER_KEY_SIZE]; /* owner of the entry that is read, then of the one to point at */
	uint8_t index[AN_GRAPH_CONTENT_SIZE]; /* of the entry behind the one that is made */
	uint64_t counter;                     /* of the head, to write */
	struct an_blob *entry;                /* record value, to write */
	struct an_buffer values;              /* that were read */
	uint64_t versions;                    /* entries at one place, at most */
	bool is_fork;                         /* what is held */
	bool has_value;                       /* one of its entries has the value to write */
};

static struct register_operation *of_part(struct an_client_part *part)
{
	return an_container_of(part, struct register_operation, part);
}

/* ---- What was fetched. */
static void hold_entries(struct register_operation *self, const struct an_client_result *result)
{
	an_client_part_hold(&self->part, result);
	self->is_fork = result->status == AUTONOMI_E_FORK;
	if (result->versions > self->versions)
		self->versions = result->versions;
}

/* What is held as entries, to be given back where this succeeds. */
static an_status read_entries(struct register_operation *self, struct an_graph_set *ret_set)
{
	struct an_reader reader;
	const an_status status = an_record_body(self->part.record, AN_RECORD_GRAPH_ENTRY, &reader);
	if (status != AUTONOMI_OK)
		return status;
	an_graph_set_read(&reader, ret_set);
	if (!an_reader_ok(&reader))
		an_graph_set_done(ret_set);
	return reader.failed;
}

static an_status read_head_target(struct an_client_part *part)
{
	struct register_operation *self = of_part(part);
	struct an_reader reader;
	struct an_pointer pointer;
	const an_status status = an_record_body(self->part.record, AN_RECORD_POINTER, &reader);
	if (status != AUTONOMI_OK)
		return status;
	an_pointer_read(&reader, &pointer);
	if (an_reader_ok(&reader) && pointer.target.type != AN_ADDRESS_GRAPH_ENTRY)
		an_reader_fail(&reader, AUTONOMI_E_CORRUPT);
	if (an_reader_ok(&reader))
		memcpy(self->at, pointer.target.bytes, sizeof(self->at));
	return reader.failed;
}

/* Whether a job failed, for what was fetched is not what a register has; then the whole has ended. */
static bool job_failed(struct an_client_part *part, const struct an_client_result *job)
{
	if (job->status == AUTONOMI_OK)
		return false;
	an_client_end(part->whole, job->status,
	              job->status == AUTONOMI_E_TOO_LARGE
	                      ? "the register has more values than one history may have"
	                      : "what is stored at this address is no register; check the address");
	return true;
}

/* ---- Keys. */
static an_status derive_keys_to_read(struct an_client_part *part)
{
	struct register_operation *self = of_part(part);
	memcpy(self->operation.result.owner, self->owner, sizeof(self->owner));
	return an_head_public_key(self->owner, self->head);
}

static an_status derive_keys_to_write(struct an_client_part *part)
{
	struct register_operation *self = of_part(part);
	an_status status = an_bls_public_key(self->write.secret, self->owner);
	if (status == AUTONOMI_OK)
		status = an_head_secret(self->write.secret, self->head_secret);
	return status == AUTONOMI_OK ? derive_keys_to_read(part) : status;
}

static void fetch_head(struct register_operation *self, an_client_part_next *next)
{
	an_client_part_get(&self->part, AN_RECORD_POINTER, self->head, next);
}

static void end_not_found(struct register_operation *self)
{
	an_client_end(
		&self->operation, AUTONOMI_E_NOT_FOUND,
		"there is no register at this address, or its creation was cut off; check the "
		"address, or create it");
}

/* ---- The two steps of a write. */
static void store_entry(struct register_operation *self, an_client_part_next *next)
{
	const struct an_client_write write = {.mode = AN_WRITE_PUT, .value = self->entry};
	an_client_part_write(&self->part, &write, next);
}

/* Lets the head point at the entry of `at`. */
static void store_head(struct register_operation *self, an_client_part_next *next)
{
	struct an_client_write write = {.mode = AN_WRITE_PUT, .type = AN_RECORD_POINTER};
	if (self->counter > 0) {
		write.mode = AN_WRITE_UPDATE;
		write.has_counter = true;
		write.counter = self->counter - 1;
	}
	memcpy(write.secret, self->head_secret, sizeof(write.secret));
	write.target.type = AN_ADDRESS_GRAPH_ENTRY;
	write.target.size = AN_OWNER_KEY_SIZE;
	memcpy(write.target.bytes, self->at, sizeof(self->at));
	an_client_part_write(&self->part, &write, next);
	an_wipe(&write, sizeof(write));
}

static void note_head(struct register_operation *self, const struct an_client_result *written)
{
	struct an_client_result *result = &self->operation.result;
	an_client_part_note_copies(&self->part, written);
	result->counter = self->counter;
	result->network_counter = written->network_counter;
	result->versions = self->versions;
}

static void head_stored(struct an_client_part *part, const struct an_client_result *result)
{
	struct register_operation *self = of_part(part);
	note_head(self, result);
	if (result->status == AUTONOMI_E_OUTDATED)
		an_client_end(&self->operation, AUTONOMI_E_OUTDATED,
		              "somebody else changed the register at the same time; get it, and "
		              "repeat the update where it is needed still");
	else
		an_client_part_end(part, result);
}

static void entry_stored(struct an_client_part *part, const struct an_client_result *result)
{
	if (result->status != AUTONOMI_OK) {
		an_client_part_end(part, result);
		return;
	}
	an_client_part_note_copies(part, result);
	store_head(of_part(part), head_stored);
}

/* ---- Create. */
static void end_exists(struct register_operation *self, const char *what)
{
	an_client_end(&self->operation, AUTONOMI_E_EXISTS,
	              "the register %s; update it, or take another key", what);
}

static an_status make_entry(struct register_operation *self, const struct an_graph_entry *before)
{
	struct an_graph_entry entry;
	an_status status = an_register_entry_make(self->write.secret, before, self->write.value,
	                                          self->index, &entry);
	if (status != AUTONOMI_OK)
		return status;
	memcpy(self->at, entry.owner, sizeof(self->at));
	status = an_record_write_graph(&entry, &self->entry);
	an_graph_entry_done(&entry);
	return status;
}

static an_status make_first(struct an_client_part *part)
{
	return make_entry(of_part(part), NULL);
}

static void first_made(struct an_client_part *part, const struct an_client_result *result)
{
	if (!job_failed(part, result))
		store_entry(of_part(part), entry_stored);
}

static an_status compare_values(struct an_client_part *part)
{
	struct register_operation *self = of_part(part);
	struct an_graph_set set;
	const an_status status = read_entries(self, &set);
	if (status != AUTONOMI_OK)
		return status;
	for (size_t i = 0; i < set.count; i++)
		self->has_value |= memcmp(set.entries[i].content, self->write.value,
		                          AN_GRAPH_CONTENT_SIZE) == 0;
	an_graph_set_done(&set);
	return AUTONOMI_OK;
}

static void completed(struct an_client_part *part, const struct an_client_result *result)
{
	struct register_operation *self = of_part(part);
	note_head(self, result);
	if (result->status == AUTONOMI_OK && !self->has_value)
		end_exists(self, "had been created in part, with another value, and is whole now");
	else
		an_client_part_end(part, result);
}

/* The first entry is there without a head: its creation was cut off. */
static void complete(struct an_client_part *part, const struct an_client_result *result)
{
	struct register_operation *self = of_part(part);
	if (job_failed(part, result))
		return;
	memcpy(self->at, self->owner, sizeof(self->at));
	store_head(self, completed);
}

static void root_found(struct an_client_part *part, const struct an_client_result *result)
{
	if (an_client_part_has_content(result)) {
		hold_entries(of_part(part), result);
		an_client_part_compute(part, compare_values, complete);
	} else if (result->status == AUTONOMI_E_NOT_FOUND) {
		an_client_part_compute(part, make_first, first_made);
	} else {
		an_client_part_end(part, result);
	}
}

static void old_head_found(struct an_client_part *part, const struct an_client_result *result)
{
	struct register_operation *self = of_part(part);
	if (an_client_part_has_content(result))
		end_exists(self, "exists already");
	else if (result->status == AUTONOMI_E_NOT_FOUND)
		an_client_part_find(part, AN_RECORD_GRAPH_ENTRY, self->owner, root_found);
	else
		an_client_part_end(part, result);
}

static void keys_to_create(struct an_client_part *part, const struct an_client_result *result)
{
	if (!job_failed(part, result))
		an_client_part_find(part, AN_RECORD_POINTER, of_part(part)->head, old_head_found);
}

static void begin_create(struct register_operation *self)
{
	an_client_part_compute(&self->part, derive_keys_to_write, keys_to_create);
}

/* ---- Update. */
static an_status make_next(struct an_client_part *part)
{
	struct register_operation *self = of_part(part);
	struct an_graph_set set;
	an_status status = read_entries(self, &set);
	if (status != AUTONOMI_OK)
		return status;
	const struct an_graph_entry *before = an_register_entry_choose(self->owner, &set);
	status = before != NULL ? make_entry(self, before) : AUTONOMI_E_CORRUPT;
	an_graph_set_done(&set);
	return status;
}

static void moved(struct an_client_part *part, const struct an_client_result *result)
{
	struct register_operation *self = of_part(part);
	note_head(self, result);
	if (result->status == AUTONOMI_OK || result->status == AUTONOMI_E_OUTDATED)
		an_client_end(
			&self->operation, AUTONOMI_E_OUTDATED,
			"the register has a newer value, of an update that was cut off or of "
			"somebody else, and points at that now; get it, and repeat the update "
			"where it is needed still");
	else
		an_client_part_end(part, result);
}

/* Where the next entry is there already, the head has stayed behind (semantics 2.8). It must not be
 * moved on somebody's word, for then nobody could go on from there. */
static void next_found(struct an_client_part *part, const struct an_client_result *result)
{
	if (an_client_part_has_content(result))
		store_head(of_part(part), moved);
	else if (result->status == AUTONOMI_E_NOT_FOUND)
		store_entry(of_part(part), entry_stored);
	else
		an_client_part_end(part, result);
}

static void next_made(struct an_client_part *part, const struct an_client_result *result)
{
	if (!job_failed(part, result))
		an_client_part_find(part, AN_RECORD_GRAPH_ENTRY, of_part(part)->at, next_found);
}

static void current_fetched(struct an_client_part *part, const struct an_client_result *result)
{
	if (!an_client_part_has_content(result)) {
		an_client_part_end(part, result);
		return;
	}
	hold_entries(of_part(part), result);
	an_client_part_compute(part, make_next, next_made);
}

static void target_to_update(struct an_client_part *part, const struct an_client_result *result)
{
	if (!job_failed(part, result))
		an_client_part_get(part, AN_RECORD_GRAPH_ENTRY, of_part(part)->at, current_fetched);
}

/* Heads that disagree are what an update mends, as it does with every pointer. */
static void head_to_update(struct an_client_part *part, const struct an_client_result *result)
{
	struct register_operation *self = of_part(part);
	if (result->status == AUTONOMI_E_NOT_FOUND) {
		end_not_found(self);
	} else if (!an_client_part_has_content(result)) {
		an_client_part_end(part, result);
	} else if (result->counter == UINT64_MAX) {
		an_client_end(&self->operation, AUTONOMI_E_TOO_LARGE,
		              "the head of the register has the highest counter that there is and "
		              "cannot change");
	} else {
		self->counter = result->counter + 1;
		an_client_part_hold(part, result);
		an_client_part_compute(part, read_head_target, target_to_update);
	}
}

static void keys_to_update(struct an_client_part *part, const struct an_client_result *result)
{
	if (!job_failed(part, result))
		fetch_head(of_part(part), head_to_update);
}

static void begin_update(struct register_operation *self)
{
	an_client_part_compute(&self->part, derive_keys_to_write, keys_to_update);
}

/* ---- Get. */
static void give_values(struct register_operation *self, an_status status, const char *message)
{
	if (!an_client_part_give(&self->part, an_buffer_span(&self->values)))
		return;
	self->operation.result.versions = self->versions;
	an_client_end(&self->operation, status, "%s", message);
}

static an_status read_values(struct an_client_part *part)
{
	struct register_operation *self = of_part(part);
	struct an_graph_set set;
	const an_status status = read_entries(self, &set);
	if (status != AUTONOMI_OK)
		return status;
	for (size_t i = 0; i < set.count; i++)
		an_buffer_append(&self->values,
		                 an_span(set.entries[i].content, AN_GRAPH_CONTENT_SIZE));
	an_graph_set_done(&set);
	return self->values.failed;
}

static void values_read(struct an_client_part *part, const struct an_client_result *result)
{
	struct register_operation *self = of_part(part);
	if (!job_failed(part, result))
		give_values(self, self->is_fork ? AUTONOMI_E_FORK : AUTONOMI_OK,
		            "the register has several values at its newest place: its owner stored "
		            "them at the same time; an update mends that");
}

static void newest_fetched(struct an_client_part *part, const struct an_client_result *result)
{
	struct register_operation *self = of_part(part);
	if (!an_client_part_has_content(result)) {
		an_client_part_end(part, result);
		return;
	}
	self->operation.result.count = result->count;
	hold_entries(self, result);
	an_client_part_compute(part, read_values, values_read);
}

static void target_to_get(struct an_client_part *part, const struct an_client_result *result)
{
	if (!job_failed(part, result))
		an_client_part_get(part, AN_RECORD_GRAPH_ENTRY, of_part(part)->at, newest_fetched);
}

static void head_to_get(struct an_client_part *part, const struct an_client_result *result)
{
	struct register_operation *self = of_part(part);
	self->operation.result.counter = self->operation.result.network_counter = result->counter;
	if (result->status == AUTONOMI_E_NOT_FOUND) {
		end_not_found(self);
	} else if (result->status != AUTONOMI_OK) {
		an_client_part_end(part, result);
	} else {
		an_client_part_hold(part, result);
		an_client_part_compute(part, read_head_target, target_to_get);
	}
}

static void keys_to_get(struct an_client_part *part, const struct an_client_result *result)
{
	if (!job_failed(part, result))
		fetch_head(of_part(part), head_to_get);
}

static void begin_get(struct register_operation *self)
{
	an_client_part_compute(&self->part, derive_keys_to_read, keys_to_get);
}

/* ---- History: from the first entry as far as the chain goes. */
static an_status read_link(struct an_client_part *part)
{
	struct register_operation *self = of_part(part);
	struct an_graph_set set;
	an_status status = read_entries(self, &set);
	if (status != AUTONOMI_OK)
		return status;
	const struct an_graph_entry *entry = an_register_entry_choose(self->owner, &set);
	status = entry != NULL ? an_register_next_owner(self->owner, entry, self->at)
	                       : AUTONOMI_E_CORRUPT;
	if (status == AUTONOMI_OK)
		status = an_buffer_append(&self->values,
		                          an_span(entry->content, AN_GRAPH_CONTENT_SIZE));
	an_graph_set_done(&set);
	return status;
}

static void link_fetched(struct an_client_part *part, const struct an_client_result *result);

static void fetch_link(struct register_operation *self)
{
	an_client_part_get(&self->part, AN_RECORD_GRAPH_ENTRY, self->at, link_fetched);
}

static void link_read(struct an_client_part *part, const struct an_client_result *result)
{
	if (!job_failed(part, result))
		fetch_link(of_part(part));
}

static void link_fetched(struct an_client_part *part, const struct an_client_result *result)
{
	struct register_operation *self = of_part(part);
	if (result->status == AUTONOMI_E_NOT_FOUND && self->values.size > 0) {
		self->operation.result.count = self->values.size / AN_GRAPH_CONTENT_SIZE;
		give_values(self, AUTONOMI_OK, "");
	} else if (!an_client_part_has_content(result)) {
		an_client_part_end(part, result);
	} else {
		hold_entries(self, result);
		an_client_part_compute(part, read_link, link_read);
	}
}

static void begin_history(struct register_operation *self)
{
	memcpy(self->at, self->owner, sizeof(self->at));
	fetch_link(self);
}

/* ---- Operations. */
static struct register_operation *register_of(struct an_client_operation *operation)
{
	return an_container_of(operation, struct register_operation, operation);
}

static void advance(struct an_client_operation *operation)
{
	struct register_operation *self = register_of(operation);
	void (*first)(struct register_operation *) = self->first;
	self->first = NULL;
	if (first != NULL)
		first(self);
}

static void stop(struct an_client_operation *operation)
{
	an_client_part_stop(&register_of(operation)->part);
}

static void release(struct an_client_operation *operation)
{
	struct register_operation *self = register_of(operation);
	an_client_part_done(&self->part);
	an_blob_unref(self->entry);
	an_buffer_done(&self->values);
	an_wipe(self, sizeof(*self));
	an_free(self);
}

static struct register_operation *begin(struct an_client *client,
                                        void (*first)(struct register_operation *self),
                                        an_client_done *done, void *context, uint64_t *ret_id)
{
	static const struct an_client_operation_kind kind = {advance, stop, release};
	struct register_operation *self = an_calloc(1, sizeof(*self));
	if (self == NULL)
		return NULL;
	self->first = first;
	self->part.whole = &self->operation;
	an_buffer_init(&self->values, AN_REGISTER_VALUES_MAX * AN_GRAPH_CONTENT_SIZE);
	an_client_begin(client, &self->operation, &kind, done, context, ret_id);
	return self;
}

static an_status begin_write(struct an_client *client, const struct an_register_write *write,
                             void (*first)(struct register_operation *self), an_client_done *done,
                             void *context, uint64_t *ret_id)
{
	if (!an_bls_secret_valid(write->secret))
		return AUTONOMI_E_INVALID;
	struct register_operation *self = begin(client, first, done, context, ret_id);
	if (self == NULL)
		return AUTONOMI_E_NO_MEMORY;
	self->write = *write;
	an_random_fill(client->random, self->index, sizeof(self->index));
	return AUTONOMI_OK;
}

static an_status begin_read(struct an_client *client, const uint8_t owner[AN_OWNER_KEY_SIZE],
                            void (*first)(struct register_operation *self), an_client_done *done,
                            void *context, uint64_t *ret_id)
{
	struct register_operation *self = begin(client, first, done, context, ret_id);
	if (self == NULL)
		return AUTONOMI_E_NO_MEMORY;
	memcpy(self->owner, owner, sizeof(self->owner));
	return AUTONOMI_OK;
}

an_status an_client_register_create(struct an_client *client, const struct an_register_write *write,
                                    an_client_done *done, void *context, uint64_t *ret_id)
{
	return begin_write(client, write, begin_create, done, context, ret_id);
}

an_status an_client_register_update(struct an_client *client, const struct an_register_write *write,
                                    an_client_done *done, void *context, uint64_t *ret_id)
{
	return begin_write(client, write, begin_update, done, context, ret_id);
}

an_status an_client_register_get(struct an_client *client, const uint8_t owner[AN_OWNER_KEY_SIZE],
                                 an_client_done *done, void *context, uint64_t *ret_id)
{
	return begin_read(client, owner, begin_get, done, context, ret_id);
}

an_status an_client_register_history(struct an_client *client,
                                     const uint8_t owner[AN_OWNER_KEY_SIZE], an_client_done *done,
                                     void *context, uint64_t *ret_id)
{
	return begin_read(client, owner, begin_history, done, context, ret_id);
}
