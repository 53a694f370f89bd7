/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client/parts.h"

/* ---- Operations. */
static void ended(void *context, const struct an_client_result *result)
{
	struct an_client_part *part = context;
	struct an_client_operation *whole = part->whole;
	part->id = 0;
	whole->works--;
	if (whole->over)
		an_client_soon(whole);
	else
		part->next(part, result);
}

static void submitted(struct an_client_part *part, an_status status, an_client_part_next *next)
{
	if (status == AUTONOMI_OK) {
		part->next = next;
		part->whole->works++;
	} else if (status == AUTONOMI_E_NO_MEMORY) {
		an_client_end_no_memory(part->whole);
	} else {
		an_client_end(part->whole, status, "%s", an_status_message(status));
	}
}

void an_client_part_write(struct an_client_part *part, const struct an_client_write *write,
                          an_client_part_next *next)
{
	submitted(part, an_client_record_write(part->whole->client, write, ended, part, &part->id),
	          next);
}

static void get(struct an_client_part *part, enum an_record_type type,
                const uint8_t name[AN_RECORD_NAME_SIZE], an_client_part_next *next)
{
	submitted(part,
	          an_client_record_get(part->whole->client, type, name, ended, part, &part->id),
	          next);
}

void an_client_part_get(struct an_client_part *part, enum an_record_type type,
                        const uint8_t owner[AN_OWNER_KEY_SIZE], an_client_part_next *next)
{
	uint8_t name[AN_RECORD_NAME_SIZE];
	an_owner_key_name(owner, name);
	get(part, type, name, next);
}

static void looked_for(struct an_client_part *part, const struct an_client_result *result)
{
	static const struct an_client_result none = {.status = AUTONOMI_E_NOT_FOUND};
	if (result->status != AUTONOMI_OK)
		part->found(part, result);
	else if (result->count > 0)
		get(part, part->wanted, part->wanted_name, part->found);
	else
		part->found(part, &none);
}

void an_client_part_find(struct an_client_part *part, enum an_record_type type,
                         const uint8_t owner[AN_OWNER_KEY_SIZE], an_client_part_next *next)
{
	part->wanted = type;
	part->found = next;
	an_owner_key_name(owner, part->wanted_name);
	submitted(part,
	          an_client_record_exists(part->whole->client, part->wanted_name, ended, part,
	                                  &part->id),
	          looked_for);
}

/* ---- Jobs. */
static void run(struct an_job *job)
{
	struct an_client_part *part = an_container_of(job, struct an_client_part, work.job);
	part->status = part->run(part);
}

static void computed(struct an_client_work *work)
{
	struct an_client_part *part = an_container_of(work, struct an_client_part, work);
	const struct an_client_result result = {.status = part->status};
	if (part->status == AUTONOMI_E_NO_MEMORY)
		an_client_end_no_memory(part->whole);
	else
		part->next(part, &result);
}

void an_client_part_compute(struct an_client_part *part,
                            an_status (*function)(struct an_client_part *part),
                            an_client_part_next *next)
{
	part->run = function;
	part->next = next;
	an_client_operation_submit(part->whole, &part->work, AN_JOB_COMPUTE, run, computed);
}

/* ---- Results. */
bool an_client_part_has_content(const struct an_client_result *result)
{
	return result->status == AUTONOMI_OK || result->status == AUTONOMI_E_FORK;
}

void an_client_part_hold(struct an_client_part *part, const struct an_client_result *result)
{
	an_blob_unref(part->held);
	part->held = an_blob_ref(result->content);
	part->record = result->bytes;
}

void an_client_part_note_copies(struct an_client_part *part, const struct an_client_result *result)
{
	struct an_client_result *whole = &part->whole->result;
	if (whole->count == 0 || result->count < whole->count)
		whole->count = result->count;
}

bool an_client_part_give(struct an_client_part *part, struct an_span bytes)
{
	struct an_client_result *whole = &part->whole->result;
	whole->content = an_blob_copy(bytes);
	if (whole->content == NULL) {
		an_client_end_no_memory(part->whole);
		return false;
	}
	whole->bytes = an_blob_span(whole->content);
	return true;
}

/* ---- Ends. */
void an_client_part_end(struct an_client_part *part, const struct an_client_result *result)
{
	if (result->status == AUTONOMI_E_NO_MEMORY)
		an_client_end_no_memory(part->whole);
	else
		an_client_end(part->whole, result->status, "%s", result->message);
}

void an_client_part_stop(struct an_client_part *part)
{
	if (part->id != 0)
		an_client_cancel(part->whole->client, part->id);
}

void an_client_part_done(struct an_client_part *part)
{
	part->held = an_blob_unref(part->held);
}
