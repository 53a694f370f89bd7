/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Chunks and pointers that the fleet puts and gets, and the books about who acknowledged them. */
#include <autonomi/record.h>

#include "api/handle.h"
#include "data/chunk.h"
#include "sim/fleet.h"
#include "sim/memory.h"
#include "sim/pointers.h"
#include "store/store.h"

enum { OPERATION_SECONDS = 600, PARALLEL_MAX = 256, STRANDED_TRIES = 1000 };

/* A record whose put is under way or failed; `which` is its place in the books. */
struct put {
	struct an_sim_operation *operation;
	size_t which;
};

static uint8_t *make_content(uint64_t number, size_t size)
{
	uint8_t seed[AN_RANDOM_SEED_SIZE] = {'c'};
	memcpy(seed + 1, &number, sizeof(number));
	struct an_random random;
	an_random_init(&random, seed);
	uint8_t *content = an_sim_alloc(size);
	an_random_fill(&random, content, size);
	return content;
}

static struct an_sim_node *node_at(const struct an_sim_fleet *fleet, size_t index)
{
	return fleet->nodes[index];
}

static bool is_pointer(const struct an_sim_record *record)
{
	return record->size == 0;
}

static uint32_t version_of_hash(const struct an_sim_record *record, const uint8_t *hash)
{
	uint32_t version = record->tried;
	while (version > 0 && memcmp(record->hashes[version - 1], hash, AN_HASH_SIZE) != 0)
		version--;
	return version;
}

/* What a node that is up has of the record; 0: nothing. */
static uint32_t version_at(const struct an_sim_node *node, const struct an_sim_record *record)
{
	if (node->state != AN_SIM_NODE_UP || node->is_client)
		return 0;
	const struct an_store *store = autonomi_node_storage(node->node)->store;
	const struct an_store_entry *entry = an_store_find(store, record->address);
	if (entry == NULL)
		return 0;
	return is_pointer(record) ? version_of_hash(record, entry->content_hash) : 1;
}

static uint32_t version_needed(const struct an_sim_record *record)
{
	return record->version > 0 ? record->version : 1;
}

static bool has_record(const struct an_sim_node *node, const struct an_sim_record *record)
{
	return version_at(node, record) >= version_needed(record);
}

bool an_sim_node_has_record(const struct an_sim_node *node, const struct an_sim_record *record)
{
	return node->state == AN_SIM_NODE_DOWN ? an_sim_record_is_held_by(record, node)
	                                       : has_record(node, record);
}

static struct an_sim_holder *find_holder(const struct an_sim_record *record,
                                         const struct an_sim_node *node)
{
	for (size_t i = 0; i < record->holder_count; i++)
		if (record->holders[i].node == node->index)
			return &record->holders[i];
	return NULL;
}

bool an_sim_record_is_held_by(const struct an_sim_record *record, const struct an_sim_node *node)
{
	return find_holder(record, node) != NULL;
}

static void note_holder(struct an_sim_record *record, const struct an_sim_node *node,
                        uint32_t version)
{
	struct an_sim_holder *holder = find_holder(record, node);
	if (holder == NULL && record->holder_count == record->holder_capacity) {
		record->holder_capacity = record->holder_capacity * 2 + 8;
		record->holders = an_sim_resize(record->holders,
		                                record->holder_capacity *
		                                        sizeof(record->holders[0]));
	}
	if (holder == NULL)
		holder = &record->holders[record->holder_count++];
	*holder = (struct an_sim_holder){(uint32_t)node->index, version};
}

static void forget_older(struct an_sim_record *record)
{
	for (size_t i = record->holder_count; i-- > 0;)
		if (record->holders[i].version < version_needed(record))
			record->holders[i] = record->holders[--record->holder_count];
}

/* Who is up and has the record no more has dropped it, as one may whom it is not near to. */
static void forget_droppers(const struct an_sim_fleet *fleet, struct an_sim_record *record)
{
	for (size_t i = record->holder_count; i-- > 0;) {
		const struct an_sim_node *node = node_at(fleet, record->holders[i].node);
		if (node->state == AN_SIM_NODE_UP && !has_record(node, record))
			record->holders[i] = record->holders[--record->holder_count];
	}
}

void an_sim_record_note_holders(struct an_sim_fleet *fleet, struct an_sim_record *record)
{
	forget_droppers(fleet, record);
	for (size_t i = 0; i < fleet->count; i++) {
		const struct an_sim_node *node = node_at(fleet, i);
		const uint32_t version = version_at(node, record);
		if (version >= version_needed(record))
			note_holder(record, node, version);
	}
}

void an_sim_node_note_records(struct an_sim_node *node)
{
	struct an_sim_fleet *fleet = node->fleet;
	for (size_t i = 0; i < fleet->record_count; i++) {
		struct an_sim_record *record = &fleet->records[i];
		const uint32_t version = version_at(node, record);
		if (version >= version_needed(record))
			note_holder(record, node, version);
		else if (record->is_ended && an_sim_record_is_held_by(record, node))
			forget_droppers(fleet, record);
	}
}

void an_sim_node_forget_records(struct an_sim_node *node)
{
	struct an_sim_fleet *fleet = node->fleet;
	for (size_t i = 0; i < fleet->record_count; i++) {
		struct an_sim_record *record = &fleet->records[i];
		struct an_sim_holder *holder = find_holder(record, node);
		if (holder != NULL)
			*holder = record->holders[--record->holder_count];
	}
}

struct an_sim_record *an_sim_record_find(struct an_sim_fleet *fleet,
                                         const uint8_t name[AUTONOMI_ADDRESS_SIZE])
{
	for (size_t i = 0; i < fleet->record_count; i++)
		if (memcmp(fleet->records[i].address, name, AUTONOMI_ADDRESS_SIZE) == 0)
			return &fleet->records[i];
	return NULL;
}

void an_sim_record_drop(struct an_sim_record *record, const struct an_sim_node *node)
{
	struct an_sim_holder *holder = find_holder(record, node);
	record->dropped += !record->is_ended && version_at(node, record) == record->tried;
	if (holder != NULL)
		*holder = record->holders[--record->holder_count];
}

size_t an_sim_record_holders_up(const struct an_sim_fleet *fleet,
                                const struct an_sim_record *record)
{
	size_t count = 0;
	for (size_t i = 0; i < record->holder_count; i++)
		count += node_at(fleet, record->holders[i].node)->state == AN_SIM_NODE_UP;
	return count;
}

size_t an_sim_record_holders_left(const struct an_sim_fleet *fleet,
                                  const struct an_sim_record *record, const struct an_sim_node *but)
{
	size_t count = 0;
	for (size_t i = 0; i < record->holder_count; i++) {
		const struct an_sim_node *node = node_at(fleet, record->holders[i].node);
		count += node != but && node->state != AN_SIM_NODE_GONE &&
		         !(an_sim_node_drops(node) && an_sim_node_may_drop(node, record->address));
	}
	return count;
}

static struct an_sim_record *add_record(struct an_sim_fleet *fleet, size_t size)
{
	if (fleet->record_count == fleet->record_capacity) {
		fleet->record_capacity = fleet->record_capacity * 2 + 64;
		fleet->records = an_sim_resize(fleet->records,
		                               fleet->record_capacity * sizeof(fleet->records[0]));
	}
	struct an_sim_record *record = &fleet->records[fleet->record_count];
	*record = (struct an_sim_record){
		.number = ++fleet->record_count,
		.size = size,
	};
	return record;
}

static autonomi_status submit_chunk(struct an_sim_node *client, struct an_sim_record *record,
                                    uint64_t tag)
{
	uint8_t *content = make_content(record->number, record->size);
	an_chunk_name(an_span(content, record->size), record->address);
	record->tried = 1;
	const autonomi_status status = autonomi_chunk_put(client->node, content, record->size, tag,
	                                                  NULL);
	free(content);
	return status;
}

static autonomi_status submit_pointer(struct an_sim_node *client, struct an_sim_record *record,
                                      uint64_t tag)
{
	record->tried++;
	autonomi_pointer *pointer = an_sim_pointer_new(record->number, record->tried);
	const struct an_sim_pointer_record made = an_sim_pointer_record_of(pointer);
	record->hashes = an_sim_resize(record->hashes, record->tried * sizeof(record->hashes[0]));
	memcpy(record->hashes[record->tried - 1], made.hash, sizeof(made.hash));
	memcpy(record->address, made.key, sizeof(made.key));
	an_sim_pointer_owner(record->number, record->owner);
	const autonomi_status status = autonomi_pointer_put(client->node, pointer, 0, tag, NULL);
	autonomi_pointer_free(pointer);
	return status;
}

/* AUTONOMI_E_BUSY: the client has no room for a completion more. */
static autonomi_status submit_put(struct an_sim_node *client, struct put *put)
{
	struct an_sim_record *record = &client->fleet->records[put->which];
	put->operation = an_sim_operation_new(client);
	record->is_ended = false;
	record->dropped = 0;
	return is_pointer(record) ? submit_pointer(client, record, put->operation->tag)
	                          : submit_chunk(client, record, put->operation->tag);
}

/* A size of 0: a pointer. */
static autonomi_status begin_put(struct an_sim_node *client, size_t size, struct put *put)
{
	add_record(client->fleet, size);
	put->which = client->fleet->record_count - 1;
	return submit_put(client, put);
}

static bool expect_taken(struct an_sim_fleet *fleet, autonomi_status status, const char *what)
{
	return an_sim_expect(fleet, status == AUTONOMI_OK, "a %s was refused: %s", what,
	                     autonomi_status_name(status));
}

static void expect_copies(struct an_sim_fleet *fleet, const struct an_sim_record *record)
{
	an_sim_expect(fleet,
	              record->holder_count + record->dropped + fleet->liars >= record->copies,
	              "a put was told %llu copies, but %zu nodes have it",
	              (unsigned long long)record->copies, record->holder_count);
}

static bool names_record(const struct an_sim_record *record, const autonomi_event *event)
{
	size_t size = 0;
	const uint8_t *name = autonomi_event_data(event, &size);
	return is_pointer(record)
	               ? size == sizeof(record->owner) && memcmp(name, record->owner, size) == 0
	               : size == sizeof(record->address) &&
	                         memcmp(name, record->address, size) == 0;
}

static bool anybody_has_newest(const struct an_sim_fleet *fleet, const struct an_sim_record *record)
{
	for (size_t i = 0; i < record->holder_count; i++)
		if (record->holders[i].version == record->tried)
			return true;
	for (size_t i = 0; i < fleet->count; i++)
		if (version_at(node_at(fleet, i), record) == record->tried)
			return true;
	return false;
}

static void note_stored(struct an_sim_fleet *fleet, struct an_sim_record *record,
                        const autonomi_event *event)
{
	an_sim_expect(fleet, names_record(record, event), "a put gave another address");
	/* Two words make a put, and where both were lies nobody can keep what was never stored. */
	if (!anybody_has_newest(fleet, record) && record->dropped == 0) {
		fleet->deceived++;
		return;
	}
	record->version = record->tried;
	record->is_stored = true;
	record->copies = autonomi_event_count(event);
	forget_older(record);
	an_sim_record_note_holders(fleet, record);
	expect_copies(fleet, record);
}

static void count_answer(struct an_sim_fleet *fleet, const autonomi_event *event)
{
	fleet->asked++;
	fleet->answered += autonomi_event_status(event) == AUTONOMI_OK;
}

/* Returns 1 where it was stored. */
static size_t end_put(struct an_sim_fleet *fleet, const struct put *put, uint64_t copies_min,
                      bool must_succeed)
{
	struct an_sim_record *record = &fleet->records[put->which];
	const autonomi_event *event = put->operation->event;
	record->is_ended = true;
	if (event == NULL)
		return 0;
	count_answer(fleet, event);
	const autonomi_status status = autonomi_event_status(event);
	if (must_succeed)
		an_sim_expect(fleet, status == AUTONOMI_OK, "a put failed: %s (%s)",
		              autonomi_status_name(status), autonomi_event_message(event));
	if (status != AUTONOMI_OK)
		return 0;
	note_stored(fleet, record, event);
	if (must_succeed)
		an_sim_expect(fleet, record->copies >= copies_min,
		              "a put has %llu copies instead of %llu",
		              (unsigned long long)record->copies, (unsigned long long)copies_min);
	return 1;
}

static size_t put_all(struct an_sim_node *client, size_t count, size_t size, size_t parallel,
                      uint64_t copies_min, bool must_succeed)
{
	struct an_sim_fleet *fleet = client->fleet;
	struct put puts[PARALLEL_MAX];
	size_t stored = 0;
	parallel = parallel < PARALLEL_MAX ? parallel : PARALLEL_MAX;
	for (size_t at = 0; at < count && !fleet->failed; at += parallel) {
		const size_t batch = count - at < parallel ? count - at : parallel;
		for (size_t i = 0; i < batch; i++)
			expect_taken(fleet, begin_put(client, size, &puts[i]), "put");
		for (size_t i = 0; i < batch && !fleet->failed; i++) {
			if (!an_sim_operation_wait(puts[i].operation,
			                           AN_SECONDS(OPERATION_SECONDS)))
				break;
			stored += end_put(fleet, &puts[i], copies_min, must_succeed);
		}
		an_sim_fleet_settle(fleet, AN_SECONDS(OPERATION_SECONDS));
	}
	return stored;
}

bool an_sim_put_pointers(struct an_sim_node *client, size_t count, uint64_t copies_min)
{
	return put_all(client, count, 0, count, copies_min, true) == count;
}

bool an_sim_put(struct an_sim_node *client, size_t count, size_t size, size_t parallel,
                uint64_t copies_min)
{
	return put_all(client, count, size, parallel, copies_min, true) == count;
}

size_t an_sim_try_put(struct an_sim_node *client, size_t count, size_t size, size_t parallel)
{
	return put_all(client, count, size, parallel, 0, false);
}

static bool write_to(struct an_sim_node *node, struct an_sim_record *record)
{
	uint8_t *content = make_content(record->number, record->size);
	struct an_blob *value = an_chunk_record_value(an_span(content, record->size));
	struct an_sim_operation *write = an_sim_operation_new(node);
	const struct an_span bytes = an_blob_span(value);
	const autonomi_status status = autonomi_storage_write(autonomi_node_storage(node->node),
	                                                      record->address, bytes.data,
	                                                      bytes.size, write->tag, NULL);
	an_blob_unref(value);
	free(content);
	const autonomi_event *event = an_sim_operation_end(write, status, "a write",
	                                                   AN_SECONDS(OPERATION_SECONDS));
	return event != NULL &&
	       an_sim_expect(node->fleet, autonomi_event_status(event) == AUTONOMI_OK,
	                     "a write failed: %s", autonomi_event_message(event));
}

struct an_sim_node *an_sim_strand(struct an_sim_fleet *fleet, size_t size, size_t around)
{
	struct an_sim_node *node = NULL;
	struct an_sim_record *record = NULL;
	/* Not every name has such a node; those without stay in the books as never stored. */
	for (int i = 0; node == NULL && i < STRANDED_TRIES; i++) {
		record = add_record(fleet, size);
		uint8_t *content = make_content(record->number, size);
		an_chunk_name(an_span(content, size), record->address);
		free(content);
		record->is_ended = true;
		node = an_sim_node_far_from(fleet, record, around);
	}
	if (!an_sim_expect(fleet, node != NULL, "every node sees a holder of every record") ||
	    !write_to(node, record))
		return NULL;
	record->tried = record->version = 1;
	record->copies = 1;
	record->is_stored = true;
	note_holder(record, node, 1);
	return node;
}

/* The version that came; 0 where it is none that was put. */
static uint32_t version_of_answer(const struct an_sim_record *record, const autonomi_event *event)
{
	size_t size = 0;
	uint8_t hash[AN_HASH_SIZE];
	const uint8_t *data = autonomi_event_data(event, &size);
	if (is_pointer(record)) {
		an_sha3_256(an_span(data, size), hash);
		return version_of_hash(record, hash);
	}
	uint8_t *content = make_content(record->number, record->size);
	const bool same = size == record->size && memcmp(data, content, size) == 0;
	free(content);
	return same ? 1 : 0;
}

static uint32_t expect_unchanged(struct an_sim_fleet *fleet, const struct an_sim_record *record,
                                 const autonomi_event *event)
{
	const uint32_t version = version_of_answer(record, event);
	an_sim_expect(fleet, version > 0, "record %llu came back changed",
	              (unsigned long long)record->number);
	return version;
}

static void expect_content(struct an_sim_fleet *fleet, const struct an_sim_record *record,
                           const autonomi_event *event)
{
	const autonomi_status status = autonomi_event_status(event);
	count_answer(fleet, event);
	fleet->lost += status != AUTONOMI_OK;
	if (!an_sim_expect(fleet, status == AUTONOMI_OK,
	                   "record %llu of %zu bytes, acknowledged by %zu nodes of which %zu are "
	                   "up, was not found: %s (%s)",
	                   (unsigned long long)record->number, record->size, record->holder_count,
	                   an_sim_record_holders_up(fleet, record), autonomi_status_name(status),
	                   autonomi_event_message(event)))
		return;
	const uint32_t version = expect_unchanged(fleet, record, event);
	fleet->lost += version < record->version;
	an_sim_expect(fleet, version >= record->version,
	              "record %llu came back as version %u, after %u was acknowledged",
	              (unsigned long long)record->number, version, record->version);
}

static autonomi_status submit_get(struct an_sim_node *client, const struct an_sim_record *record,
                                  uint64_t tag)
{
	return is_pointer(record) ? autonomi_pointer_get(client->node, record->owner, tag, NULL)
	                          : autonomi_chunk_get(client->node, record->address, tag, NULL);
}

static void get_range(struct an_sim_node *client, size_t from, size_t to)
{
	struct an_sim_fleet *fleet = client->fleet;
	struct an_sim_operation *gets[PARALLEL_MAX] = {NULL};
	for (size_t i = from; i < to; i++) {
		if (!fleet->records[i].is_stored)
			continue;
		gets[i - from] = an_sim_operation_new(client);
		expect_taken(fleet, submit_get(client, &fleet->records[i], gets[i - from]->tag),
		             "get");
	}
	for (size_t i = from; i < to && !fleet->failed; i++)
		if (gets[i - from] != NULL &&
		    an_sim_operation_wait(gets[i - from], AN_SECONDS(OPERATION_SECONDS)))
			expect_content(fleet, &fleet->records[i], gets[i - from]->event);
	an_sim_fleet_settle(fleet, AN_SECONDS(OPERATION_SECONDS));
}

bool an_sim_get_one(struct an_sim_node *client, size_t which)
{
	get_range(client, which, which + 1);
	return !client->fleet->failed;
}

bool an_sim_get(struct an_sim_node *client, size_t first, size_t parallel)
{
	struct an_sim_fleet *fleet = client->fleet;
	parallel = parallel < PARALLEL_MAX ? parallel : PARALLEL_MAX;
	for (size_t at = first; at < fleet->record_count && !fleet->failed; at += parallel) {
		const size_t left = fleet->record_count - at;
		get_range(client, at, at + (left < parallel ? left : parallel));
	}
	return !fleet->failed;
}

bool an_sim_node_expect_records(struct an_sim_node *node)
{
	struct an_sim_fleet *fleet = node->fleet;
	for (size_t i = 0; i < fleet->record_count; i++) {
		const struct an_sim_record *record = &fleet->records[i];
		const struct an_sim_holder *holder = find_holder(record, node);
		if (holder == NULL)
			continue;
		if (!an_sim_expect(fleet, version_at(node, record) >= holder->version,
		                   "node %zu came back without record %llu, which it acknowledged",
		                   node->index, (unsigned long long)record->number))
			return false;
	}
	return true;
}

static bool has_room(const struct an_sim_work *work)
{
	return work->count < AN_SIM_WORK_MAX;
}

/* A client that waits for too much takes no more, and has done nothing. */
static void begin_task(struct an_sim_work *work, const struct put *put, bool is_put,
                       autonomi_status status)
{
	struct an_sim_fleet *fleet = work->client->fleet;
	if (status == AUTONOMI_E_BUSY) {
		fleet->records[put->which].is_ended |= is_put;
		fleet->not_taken++;
		an_sim_operation_refused(put->operation);
		return;
	}
	expect_taken(fleet, status, is_put ? "put" : "get");
	work->tasks[work->count].operation = put->operation;
	work->tasks[work->count].which = put->which;
	work->tasks[work->count++].is_put = is_put;
}

void an_sim_work_put(struct an_sim_work *work, size_t size)
{
	struct put put;
	if (!has_room(work))
		return;
	const autonomi_status status = begin_put(work->client, size, &put);
	begin_task(work, &put, true, status);
}

void an_sim_work_get(struct an_sim_work *work, size_t which)
{
	struct an_sim_fleet *fleet = work->client->fleet;
	if (!has_room(work) || !fleet->records[which].is_stored)
		return;
	const struct put get = {an_sim_operation_new(work->client), which};
	begin_task(work, &get, false,
	           submit_get(work->client, &fleet->records[which], get.operation->tag));
}

void an_sim_work_update(struct an_sim_work *work, size_t which)
{
	const struct an_sim_record *record = &work->client->fleet->records[which];
	struct put put = {.which = which};
	if (!has_room(work) || !is_pointer(record) || !record->is_ended)
		return;
	const autonomi_status status = submit_put(work->client, &put);
	begin_task(work, &put, true, status);
}

static void end_task(struct an_sim_work *work, size_t i)
{
	struct an_sim_fleet *fleet = work->client->fleet;
	const struct put put = {work->tasks[i].operation, work->tasks[i].which};
	const autonomi_event *event = put.operation->event;
	if (work->tasks[i].is_put) {
		end_put(fleet, &put, 0, false);
	} else if (event != NULL) {
		count_answer(fleet, event);
		if (autonomi_event_status(event) == AUTONOMI_OK)
			expect_unchanged(fleet, &fleet->records[put.which], event);
	}
	an_sim_operation_refused(put.operation);
	work->tasks[i] = work->tasks[--work->count];
}

void an_sim_work_reap(struct an_sim_work *work)
{
	for (size_t i = work->count; i-- > 0;)
		if (work->tasks[i].operation->completions > 0)
			end_task(work, i);
}

void an_sim_work_finish(struct an_sim_work *work)
{
	for (size_t i = 0; i < work->count; i++)
		an_sim_operation_wait(work->tasks[i].operation, AN_SECONDS(OPERATION_SECONDS));
	an_sim_work_reap(work);
}
