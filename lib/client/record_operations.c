/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "base/memory.h"
#include "client/record_make.h"
#include "client/record_put.h"
#include "client/record_survey.h"
#include "client/records.h"

/* ---- Write: prepare, look at what is there, make, put. */
struct record_write {
	struct an_client_operation operation;
	struct an_client_write write;
	struct an_client_work work;
	an_status status; /* of the job */
	bool began;
	uint8_t r[AN_BLS_SECRET_SIZE];
	uint64_t counter; /* to write */
	struct an_record_survey survey;
	struct an_record_put put;
};

static struct record_write *write_of(struct an_client_operation *operation)
{
	return an_container_of(operation, struct record_write, operation);
}

static void run_job(struct record_write *self, void (*run)(struct an_job *job),
                    void (*finished)(struct an_client_work *work))
{
	an_client_operation_submit(&self->operation, &self->work, AN_JOB_COMPUTE, run, finished);
}

static bool job_failed(struct record_write *self)
{
	if (self->status == AUTONOMI_OK)
		return false;
	if (self->status == AUTONOMI_E_NO_MEMORY)
		an_client_end_no_memory(&self->operation);
	else
		an_client_end(&self->operation, self->status,
		              "the record cannot be stored, for its form, key or signature is not "
		              "valid: %s",
		              an_status_message(self->status));
	return true;
}

static void put_done(struct an_record_put *put)
{
	struct record_write *self = an_container_of(put, struct record_write, put);
	struct an_client_result *result = &self->operation.result;
	result->copies[put->copies] = 1;
	result->count = put->copies;
	result->counter = self->counter;
	result->network_counter = put->outdated > 0 ? put->counter : self->counter;
	memcpy(result->address, put->name, sizeof(result->address));
	char text[AN_CLIENT_MESSAGE_MAX] = "";
	if (put->status < 0)
		an_record_put_explain(put, text);
	an_client_end(&self->operation, put->status, "%s", text);
}

static void start_put(struct record_write *self)
{
	self->put.client = self->operation.client;
	self->put.type = self->write.type;
	self->put.content = self->write.value;
	self->put.done = put_done;
	an_record_put_start(&self->put);
}

static void make(struct an_job *job)
{
	struct record_write *self = an_container_of(job, struct record_write, work.job);
	struct an_client_write *write = &self->write;
	if (write->type == AN_RECORD_POINTER) {
		struct an_pointer pointer = {.counter = self->counter, .target = write->target};
		self->status = an_record_make_pointer(&pointer, write->secret, &write->value);
		return;
	}
	struct an_scratchpad scratchpad = {.counter = self->counter,
	                                   .data_encoding = write->data_encoding};
	self->status = an_record_make_scratchpad(&scratchpad, write->secret, self->r,
	                                         an_blob_span(write->plain), &write->value);
}

static void made(struct an_client_work *work)
{
	struct record_write *self = an_container_of(work, struct record_write, work);
	if (!job_failed(self))
		start_put(self);
}

static void make_and_put(struct record_write *self)
{
	if (self->write.value != NULL)
		start_put(self);
	else
		run_job(self, make, made);
}

/* ---- What is there already. */
static void end_exists(struct record_write *self)
{
	char name[AN_CLIENT_NAME_TEXT_SIZE];
	an_client_end(&self->operation, AUTONOMI_E_EXISTS,
	              "a record exists already under %s; update it, or take another key",
	              an_client_name_text(self->survey.name, name));
}

static void survey_failed(struct record_write *self)
{
	char text[AN_CLIENT_MESSAGE_MAX];
	an_record_survey_explain(&self->survey, text);
	an_client_end(&self->operation, self->survey.status, "%s", text);
}

static void looked(struct an_record_survey *survey)
{
	struct record_write *self = an_container_of(survey, struct record_write, survey);
	if (survey->status == AUTONOMI_OK)
		end_exists(self);
	else if (survey->status == AUTONOMI_E_NOT_FOUND)
		make_and_put(self);
	else
		survey_failed(self);
}

/* A fork is what an update mends. */
static void read_current(struct an_record_survey *survey)
{
	struct record_write *self = an_container_of(survey, struct record_write, survey);
	survey->blob = an_blob_unref(survey->blob);
	if (survey->status != AUTONOMI_OK && survey->status != AUTONOMI_E_FORK) {
		survey_failed(self);
	} else if (survey->choice.counter == UINT64_MAX) {
		an_client_end(&self->operation, AUTONOMI_E_TOO_LARGE,
		              "the record has the highest counter that there is and cannot change");
	} else {
		self->counter = survey->choice.counter + 1;
		make_and_put(self);
	}
}

static void start_survey(struct record_write *self)
{
	const bool creates = self->write.mode == AN_WRITE_CREATE;
	self->survey.client = self->operation.client;
	self->survey.type = self->write.type;
	memcpy(self->survey.name, self->put.name, sizeof(self->survey.name));
	self->survey.existence = creates;
	self->survey.done = creates ? looked : read_current;
	an_record_survey_start(&self->survey);
}

/* ---- Its name, and whether a given value is good. */
static void prepare(struct an_job *job)
{
	struct record_write *self = an_container_of(job, struct record_write, work.job);
	struct an_client_write *write = &self->write;
	uint8_t *owner = self->operation.result.owner;
	if (write->value == NULL) {
		self->status = an_bls_public_key(write->secret, owner);
		an_owner_key_name(owner, self->put.name);
		return;
	}
	const struct an_span value = an_blob_span(write->value);
	struct an_versions versions = {0};
	self->status = an_record_owner_of(value, &write->type, owner);
	an_owner_key_name(owner, self->put.name);
	if (self->status == AUTONOMI_OK)
		self->status = an_versions_read(self->put.name, value, &versions);
	if (self->status == AUTONOMI_OK)
		self->counter = versions.items[0].counter;
	an_versions_done(&versions);
}

static void prepared(struct an_client_work *work)
{
	struct record_write *self = an_container_of(work, struct record_write, work);
	if (job_failed(self))
		return;
	if (self->write.mode == AN_WRITE_PUT ||
	    (self->write.mode == AN_WRITE_UPDATE && self->write.has_counter))
		make_and_put(self);
	else
		start_survey(self);
}

static void advance_write(struct an_client_operation *operation)
{
	struct record_write *self = write_of(operation);
	if (self->began)
		return;
	self->began = true;
	an_bls_secret_random(operation->client->random, self->r);
	run_job(self, prepare, prepared);
}

static void stop_write(struct an_client_operation *operation)
{
	an_record_survey_stop(&write_of(operation)->survey);
	an_record_put_stop(&write_of(operation)->put);
}

static void release_write(struct an_client_operation *operation)
{
	struct record_write *self = write_of(operation);
	an_blob_unref(self->write.value);
	an_blob_unref(self->write.plain);
	an_wipe(self, sizeof(*self));
	an_free(self);
}

static an_status check_write(const struct an_client *client, const struct an_client_write *write)
{
	if (write->value != NULL)
		return write->value->size <= client->profile->record_value_max
		               ? AUTONOMI_OK
		               : AUTONOMI_E_TOO_LARGE;
	if (write->type != AN_RECORD_POINTER && write->type != AN_RECORD_SCRATCHPAD)
		return AUTONOMI_E_INVALID;
	if (write->plain != NULL && write->plain->size > AN_SCRATCHPAD_PLAIN_MAX)
		return AUTONOMI_E_TOO_LARGE;
	if (write->has_counter && write->counter == UINT64_MAX)
		return AUTONOMI_E_TOO_LARGE;
	return an_bls_secret_valid(write->secret) ? AUTONOMI_OK : AUTONOMI_E_INVALID;
}

an_status an_client_record_write(struct an_client *client, const struct an_client_write *write,
                                 an_client_done *done, void *context, uint64_t *ret_id)
{
	static const struct an_client_operation_kind kind = {advance_write, stop_write,
	                                                     release_write};
	const an_status status = check_write(client, write);
	if (status != AUTONOMI_OK)
		return status;
	struct record_write *self = an_calloc(1, sizeof(*self));
	if (self == NULL)
		return AUTONOMI_E_NO_MEMORY;
	self->write = *write;
	if (write->value != NULL)
		an_blob_ref(write->value);
	if (write->plain != NULL)
		an_blob_ref(write->plain);
	self->counter = write->has_counter ? write->counter + 1 : 0;
	an_client_begin(client, &self->operation, &kind, done, context, ret_id);
	return AUTONOMI_OK;
}

/* ---- Get and existence. */
struct record_read {
	struct an_client_operation operation;
	bool began;
	struct an_record_survey survey;
};

static struct record_read *read_of(struct an_client_operation *operation)
{
	return an_container_of(operation, struct record_read, operation);
}

static void surveyed(struct an_record_survey *survey)
{
	struct record_read *self = an_container_of(survey, struct record_read, survey);
	struct an_client_result *result = &self->operation.result;
	an_status status = survey->status;
	/* That there is none is an answer too. */
	if (survey->existence && status == AUTONOMI_E_NOT_FOUND)
		status = AUTONOMI_OK;
	result->content = survey->blob;
	result->bytes = survey->value;
	result->count = result->holder_count = survey->copies;
	result->holders = survey->holders;
	result->counter = result->network_counter = survey->choice.counter;
	result->versions = survey->choice.distinct;
	memcpy(result->address, survey->name, sizeof(result->address));
	char text[AN_CLIENT_MESSAGE_MAX] = "";
	if (status < 0)
		an_record_survey_explain(survey, text);
	an_client_end(&self->operation, status, "%s", text);
}

static void advance_read(struct an_client_operation *operation)
{
	struct record_read *self = read_of(operation);
	if (self->began)
		return;
	self->began = true;
	self->survey.client = operation->client;
	self->survey.done = surveyed;
	an_record_survey_start(&self->survey);
}

static void stop_read(struct an_client_operation *operation)
{
	an_record_survey_stop(&read_of(operation)->survey);
}

static void release_read(struct an_client_operation *operation)
{
	an_free(read_of(operation));
}

static an_status begin_read(struct an_client *client, const struct an_record_survey *survey,
                            const uint8_t name[AN_CLIENT_ADDRESS_SIZE], an_client_done *done,
                            void *context, uint64_t *ret_id)
{
	static const struct an_client_operation_kind kind = {advance_read, stop_read, release_read};
	struct record_read *self = an_calloc(1, sizeof(*self));
	if (self == NULL)
		return AUTONOMI_E_NO_MEMORY;
	self->survey = *survey;
	memcpy(self->survey.name, name, sizeof(self->survey.name));
	an_client_begin(client, &self->operation, &kind, done, context, ret_id);
	return AUTONOMI_OK;
}

an_status an_client_record_get(struct an_client *client, enum an_record_type type,
                               const uint8_t name[AN_CLIENT_ADDRESS_SIZE], an_client_done *done,
                               void *context, uint64_t *ret_id)
{
	if (type == AN_RECORD_CHUNK)
		return AUTONOMI_E_INVALID;
	const struct an_record_survey survey = {.type = type};
	return begin_read(client, &survey, name, done, context, ret_id);
}

/* Of what may be anything the largest and the strictest is expected. */
an_status an_client_record_get_any(struct an_client *client,
                                   const uint8_t name[AN_CLIENT_ADDRESS_SIZE], an_client_done *done,
                                   void *context, uint64_t *ret_id)
{
	const struct an_record_survey survey = {.type = AN_RECORD_SCRATCHPAD, .any_type = true};
	return begin_read(client, &survey, name, done, context, ret_id);
}

an_status an_client_record_exists(struct an_client *client,
                                  const uint8_t name[AN_CLIENT_ADDRESS_SIZE], an_client_done *done,
                                  void *context, uint64_t *ret_id)
{
	/* Existence is a matter of the name alone; the strategy is the same for all types. */
	const struct an_record_survey survey = {.type = AN_RECORD_POINTER, .existence = true};
	return begin_read(client, &survey, name, done, context, ret_id);
}
